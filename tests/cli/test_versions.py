"""`--version -v`: what a report of a bug needs, and where to find it."""

from __future__ import annotations

import platform
import re
from importlib import metadata
from pathlib import Path

import pytest

from batchdoctor import __version__
from batchdoctor.cli.versions import COMPILED, versions
from tests.box import Run

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "argv", [["--version", "-v"], ["-v", "--version"], ["--version", "--verbose"]], ids=" ".join
)
def test_versions_of_everything_are_told(run_offline: Run, argv: list[str]) -> None:
    result = run_offline(*argv)
    assert (result.status, result.stderr) == (0, "")
    told = dict(re.split(r"  +", line, maxsplit=1) for line in result.stdout.splitlines())
    assert told["batchdoctor"] == __version__
    assert told["python"].startswith(platform.python_version())
    assert told["Batch API"] == "2025-06-01"
    assert told["azure-batch"] == metadata.version("azure-batch")
    assert told["isal"] == f"{metadata.version('isal')} (extra fast)"
    assert not {"pytest", "batchdoctor[all]"} & told.keys()


def test_what_is_not_there_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr("batchdoctor.cli.versions.metadata.version", missing)
    monkeypatch.setattr("batchdoctor.cli.versions.find_spec", lambda _: None)
    told = versions()
    assert re.search(
        r"^compiled +no: large event logs and answers take longer$", told, re.MULTILINE
    )
    assert re.search(r"^isal +not installed \(extra fast\)$", told, re.MULTILINE)


def test_what_is_compiled_in_part_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "batchdoctor.cli.versions.find_spec", lambda name: None if "text" in name else name
    )
    told = "not batchdoctor.core.text.compiled._hints: large event logs and answers take longer"
    assert re.search(rf"^compiled +{re.escape(told)}$", versions(), re.MULTILINE)


def test_what_is_named_as_compiled_is_what_is_built() -> None:
    built = re.findall(r'^ +"(batchdoctor[\w.]+)",$', (ROOT / "setup.py").read_text(), re.MULTILINE)
    assert tuple(built) == COMPILED


def test_a_copy_that_was_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr("batchdoctor.cli.versions.metadata.requires", missing)
    assert versions().splitlines()[-1] == (
        "packages     not known: batchdoctor runs without having been installed"
    )


def test_the_version_alone_is_one_line(run_offline: Run) -> None:
    assert run_offline("--version", "tasks").stdout == f"batchdoctor {__version__}\n"


def test_an_option_is_no_command(run_offline: Run) -> None:
    result = run_offline("-v")
    assert (result.status, result.stderr) == (
        2,
        "error: A command is missing.\nhint: batchdoctor --help\n",
    )


def test_a_bug_asks_for_them(run_offline: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> str:
        raise ZeroDivisionError("x")

    monkeypatch.setattr("batchdoctor.cli.commands.explain.explain_arguments", broken)
    result = run_offline("explain", "137")
    assert result.status == 1
    assert result.stderr.splitlines()[-1] == (
        "hint: this is a bug; run the command again with -v to see where it happened, "
        "and report that with what batchdoctor --version -v says"
    )
