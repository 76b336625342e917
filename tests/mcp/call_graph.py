"""What a function can come to call, read from the source: never too little, sometimes too much.

A name is followed through the imports of its module to what it stands for; so is an attribute of a
module. An attribute of anything else may be any method, property or field of that name, of every
class that can have been made by then: one whose name is used other than in an annotation, and all
of the core, which decoders make, and of the service, which are handed in. Only who holds an
account can call its methods, and the walls of the house (test_layers.py) let nobody below have one.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

_ALWAYS_THERE = ("batchdoctor.core.", "batchdoctor.service.")
PACKAGE = Path(__file__).parents[2] / "batchdoctor"


class CallGraph:
    """Every definition of the package, by its dotted name, and what it refers to."""

    def __init__(self) -> None:
        self._nodes: dict[str, list[ast.AST]] = {}
        self._homes: dict[str, str] = {}
        self._imports: dict[str, dict[str, str]] = {}
        # By name; each with the class that has to be there.
        self._members: dict[str, dict[str, str]] = defaultdict(dict)
        for path in sorted(PACKAGE.rglob("*.py")):
            # Neither can be imported by what an agent is given: test_layers.py.
            if not {"sandbox", "cli"} & set(path.parts):
                self._read(path)
        self._holders = self._importers("batchdoctor.account.Account")

    def _read(self, path: Path) -> None:
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        module = ".".join(parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        self._imports[module] = dict(_imported(tree))
        for statement in tree.body:
            for name in () if isinstance(statement, ast.ClassDef) else _names_of(statement):
                self._add(f"{module}.{name}", module, [statement])
            if isinstance(statement, ast.ClassDef):
                self._take_apart(statement, module)

    def _importers(self, name: str) -> set[str]:
        """The modules that import a name, those that import from these, and the name's own."""
        found = {home for home in self._imports if home.startswith("batchdoctor.account")}
        while True:
            more = {
                module
                for module, names in self._imports.items()
                for each in names.values()
                if each == name or each.rpartition(".")[0] in found or each in found
            }
            if more <= found:
                return found
            found |= more

    def _take_apart(self, kind: ast.ClassDef, module: str) -> None:
        """A class by itself is its decorators, bases and the making of one; the rest is members."""
        made: list[ast.AST] = [*kind.decorator_list, *kind.bases]
        for statement in kind.body:
            names = set(_names_of(statement))
            if names and not any(each.startswith("__") for each in names):
                for name in names:
                    self._add(f"{module}.{kind.name}.{name}", module, [statement])
                    self._members[name][f"{module}.{kind.name}.{name}"] = f"{module}.{kind.name}"
            else:
                made.append(statement)
        self._add(f"{module}.{kind.name}", module, made)

    def _add(self, name: str, module: str, nodes: list[ast.AST]) -> None:
        self._nodes[name], self._homes[name] = nodes, module

    def reached_from(self, starts: Iterable[str]) -> dict[str, str]:
        """All that can be called, each with the first that calls it."""
        reached = dict.fromkeys(starts, "")
        waiting = list(reached)
        # Attributes that were asked for, and who asked first: a class may be made later.
        asked: dict[tuple[str, bool], str] = {}
        while waiting:
            while waiting:
                name = waiting.pop()
                exact, attributes = self._references(name)
                for attribute in attributes:
                    asked.setdefault((attribute, self._homes[name] in self._holders), name)
                waiting += _enter(reached, exact, name)
            for (attribute, holds_accounts), name in asked.items():
                members = {
                    member
                    for member, owner in self._members.get(attribute, {}).items()
                    if (owner in reached or owner.startswith(_ALWAYS_THERE))
                    and (holds_accounts or self._homes[member] not in self._holders)
                }
                waiting += _enter(reached, members, name)
        return reached

    def way_to(self, name: str, reached: dict[str, str]) -> list[str]:
        """How one comes there, the start first."""
        way = [name]
        while reached[way[-1]]:
            way.append(reached[way[-1]])
        return way[::-1]

    def definitions_in(self, package: str) -> set[str]:
        """All that the modules of a package define."""
        return {name for name, home in self._homes.items() if f"{home}.".startswith(f"{package}.")}

    def definitions_with(self, text: str) -> set[str]:
        """The functions in which a string stands."""
        return {
            name
            for name, nodes in self._nodes.items()
            for node in nodes
            for each in ast.walk(node)
            if isinstance(each, ast.Constant) and each.value == text
        }

    def _references(self, name: str) -> tuple[set[str], set[str]]:
        """What a definition names for certain, and attributes of what nobody knows."""
        module = self._homes[name]
        exact: set[str] = set()
        attributes: set[str] = set()
        for node in self._nodes[name]:
            local = {**self._imports[module], **dict(_imported(node))}
            for each in _evaluated(node):
                if isinstance(each, ast.Name):
                    exact |= self._known(local.get(each.id, f"{module}.{each.id}"))
                elif isinstance(each, ast.Attribute):
                    owner = local.get(each.value.id) if isinstance(each.value, ast.Name) else None
                    found = self._known(f"{owner}.{each.attr}")
                    exact |= found
                    attributes |= set() if found else {each.attr}
        return exact, attributes

    def _known(self, name: str) -> set[str]:
        return {name} & self._nodes.keys()


def _enter(reached: dict[str, str], found: Iterable[str], caller: str) -> list[str]:
    new = [name for name in found if name not in reached]
    reached.update(dict.fromkeys(new, caller))
    return new


def _evaluated(tree: ast.AST) -> Iterator[ast.AST]:
    """All parts but annotations, which make nothing."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns"}:
                continue
            parts = value if isinstance(value, list) else [value]
            waiting += [each for each in parts if isinstance(each, ast.AST)]


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name, alias.name


def _names_of(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [each.id for each in targets if isinstance(each, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []
