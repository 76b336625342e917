"""Ways to fail: those of the package, and those that a scenario brings along."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources

from batchdoctor.sandbox.account.model import Recipe
from batchdoctor.sandbox.scenario.load import Scenario

_RECIPES = "recipes.toml"


def recipes_of(scenario: Scenario) -> dict[str, Recipe]:
    """Return all ways to fail that a scenario may name, its own among them."""
    own = {name: Recipe(name=name, **members) for name, members in scenario.recipes.items()}
    return load_recipes() | own


@lru_cache(maxsize=1)
def load_recipes() -> dict[str, Recipe]:
    """Return all ways to fail, by name."""
    file = resources.files("batchdoctor.sandbox") / "scenario" / _RECIPES
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: Recipe(name=name, **members) for name, members in data.items()}
