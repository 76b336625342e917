"""Every command does on a Python as Windows has it what it does here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_lines import Outcome, command_lines, outcomes

ROOT = Path(__file__).parents[2]
# A console of western Europe, and no locale that says UTF-8.
WESTERN = {
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "LC_ALL": "C",
    "PYTHONIOENCODING": "cp1252",
}


def homes(folder: Path) -> dict[str, str]:
    """The folders of a user, as Windows names them."""
    return {
        "USERPROFILE": str(folder),
        "APPDATA": str(folder / "AppData" / "Roaming"),
        "LOCALAPPDATA": str(folder / "AppData" / "Local"),
    }


def there(folder: Path, *argv: str) -> subprocess.Popen[str]:
    """A Python in that world, which has no HOME."""
    folder.mkdir(exist_ok=True)
    environ = {key: value for key, value in os.environ.items() if key != "HOME"}
    return subprocess.Popen(
        [sys.executable, "-X", "warn_default_encoding", *argv],
        cwd=ROOT,
        env={**environ, **WESTERN, **homes(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Outcome], dict[str, Outcome]]:
    here, windows = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("windows")
    lines = command_lines()
    file = tmp_path_factory.mktemp("lines") / "lines.json"
    file.write_text(json.dumps(lines), encoding="utf-8")
    with there(windows, "-m", "tests.windows", str(file)) as program:
        out, err = program.communicate(timeout=100)
    assert program.returncode == 0, err
    found = {name: (status, *texts) for name, (status, *texts) in json.loads(out).items()}
    return outcomes(lines, {"HOME": str(here)}, here), found


def test_every_command_says_there_what_it_says_here(
    both: tuple[dict[str, Outcome], dict[str, Outcome]],
) -> None:
    here, windows = both
    assert windows == here


def test_no_command_fails_there_by_what_is_missing(
    both: tuple[dict[str, Outcome], dict[str, Outcome]],
) -> None:
    _, windows = both
    assert {name: told for name, told in windows.items() if told[0] == 1} == {}
    assert sum(told[0] in {0, 10} for told in windows.values()) > len(windows) * 0.8


def test_a_sandbox_is_served_there_until_it_is_told_to_end(tmp_path: Path) -> None:
    with there(tmp_path, "-m", "tests.windows", "sandbox", "serve") as program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith("export AZURE_BATCH_ENDPOINT=http://127.0.0.1:")
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=30) == 0


def test_a_password_is_not_asked_for_where_the_terminal_would_show_it(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from tests.windows import take_away\n"
        f"take_away(Path({str(tmp_path)!r}))\n"
        "from batchdoctor.machine import read_unseen\n"
        "read_unseen('Password: ')"
    )
    with there(tmp_path, "-c", code) as program:
        out, err = program.communicate(timeout=30)
    assert (program.returncode, out) == (1, "")
    assert err.endswith("OSError: this terminal would show what is typed\n")


def test_what_that_world_refuses_is_refused(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from tests.windows import take_away\n"
        f"take_away(Path({str(tmp_path)!r}))\n"
        "import os, sys\n"
        "def refused(act):\n"
        "    try: act()\n"
        "    except (OSError, AttributeError, ImportError): return True\n"
        f"here = Path({str(tmp_path)!r})\n"
        "held = (here / 'held').open('w', encoding='utf-8')\n"
        "acts = [lambda: (here / 'nul.txt').touch(), lambda: (here / 'a:b').touch(),\n"
        "        (here / 'held').unlink, lambda: os.replace(here / 'held', here / 'other'),\n"
        "        lambda: os.fchmod(1, 0), lambda: __import__('termios')]\n"
        "print([refused(act) for act in acts])"
    )
    with there(tmp_path, "-c", code) as program:
        out, err = program.communicate(timeout=30)
    assert (out, err) == (f"{[True] * 6}\n", "")
