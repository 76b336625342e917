"""`config paths`: where files are kept, and that nothing is left when those are deleted."""

from __future__ import annotations

import shutil
from pathlib import Path

import batchdoctor
from tests.box import Open, Run

HOME = Path(batchdoctor.__file__).parent


def test_every_place_is_told_with_what_it_holds(run_offline: Run) -> None:
    result = run_offline("config", "paths", environ={"HOME": "/h"})
    assert (result.status, result.stderr) == (0, "")
    assert [line.split() for line in result.stdout.splitlines() if line.startswith("settings")] == [
        ["settings", "/h/.config/batchdoctor"]
    ]
    items = run_offline("config", "paths", "-o", "jsonl", environ={"HOME": "/h"}).jsonl()
    assert {item["name"]: (item["path"], item["namedBy"]) for item in items} == {
        "settings": ("/h/.config/batchdoctor", "XDG_CONFIG_HOME"),
        "journal": ("/h/.local/state/batchdoctor", "XDG_STATE_HOME"),
        "names": ("/h/.cache/batchdoctor/names", "XDG_CACHE_HOME"),
        "completion-bash": ("/h/.local/share/bash-completion/completions/batchdoctor", None),
        "completion-zsh": ("/h/.local/share/batchdoctor/_batchdoctor", None),
        "completion-fish": ("/h/.config/fish/completions/batchdoctor.fish", None),
        "completion-powershell": ("/h/.local/share/batchdoctor/batchdoctor.ps1", None),
        "az": ("/h/.azure/config", "AZURE_CONFIG_DIR"),
        "program": (str(HOME), None),
    }
    assert [item["name"] for item in items if not item["deletable"]] == ["az", "program"]


def test_a_file_that_the_user_named_is_not_among_what_to_delete(
    run_offline: Run, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.touch()
    environ = {"BATCHDOCTOR_CONFIG": str(file)}
    first, *_ = run_offline("config", "paths", "-o", "jsonl", environ=environ).jsonl()
    assert (first["path"], first["isThere"], first["deletable"]) == (str(file), True, False)
    assert run_offline("config", "paths", "-o", "ids", environ=environ).stdout == ""


def test_what_it_names_is_all_that_is_left_behind(open_box: Open, tmp_path: Path) -> None:
    box, home = open_box("bad-node"), {"HOME": str(tmp_path)}
    suspect = box.run("nodes", "suspect", "-o", "ids").stdout.strip()
    box.run("node", "disable", suspect, "--yes", environ=home)
    for shell in ("bash", "zsh", "fish", "powershell"):
        box.run("completion", shell, "--install", environ=home)
    for shell in ("zsh", "powershell"):
        box.run("completion", shell, "--remove", environ=home)
    left = box.run("config", "paths", "-o", "ids", environ=home).stdout.splitlines()
    assert left == [
        f"{tmp_path}/.local/state/batchdoctor",
        f"{tmp_path}/.cache/batchdoctor/names",
        f"{tmp_path}/.local/share/bash-completion/completions/batchdoctor",
        f"{tmp_path}/.config/fish/completions/batchdoctor.fish",
    ]
    told = box.run("config", "paths", environ=home).stdout.splitlines()
    assert told[-1] == "Uninstalling leaves 4 places: batchdoctor config paths -o ids"
    for each in map(Path, left):
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []
    told = box.run("config", "paths", environ=home).stdout.splitlines()
    assert told[-1] == "Uninstalling leaves nothing behind."


def test_without_a_home_what_is_known_is_told(run_offline: Run) -> None:
    result = run_offline("config", "paths", "-o", "jsonl", environ={"HOME": ""})
    assert [item["name"] for item in result.jsonl()] == ["program"]
