"""The walls of the house: who may import whom, where a program may end, and what may draw."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Set
from pathlib import Path

import pytest

import batchdoctor
from batchdoctor.cli.words import WORDS

PACKAGE = Path(__file__).parents[1] / "batchdoctor"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Room -> rooms of ours it may import. A room may always import itself.
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    # Threads that fetch ahead, of an account and of its logs alike.
    "prefetch": set(),
    # What differs between systems.
    "machine": set(),
    "core": {"errors"},
    "events": {"core", "errors", "machine", "prefetch"},
    "service": {"core", "errors", "machine"},
    "report": {"core", "errors"},
    "sandbox": {"errors", "machine"},
    "work": {"core", "errors", "events", "machine", "prefetch", "service"},
    # The Python face: the same work as behind the commands, and nothing of the terminal.
    "account": {
        *("account_compare", "account_hours", "account_jobs", "account_lists"),
        "account_nodes",
        *("core", "errors", "work"),
    },
    "account_hours": {"core", "work"},
    "account_compare": {"core", "work"},
    "account_jobs": {"core", "work"},
    "account_lists": {"core", "work"},
    "account_nodes": {"core", "work"},
    # What was recorded of an account, asked by the client through what the sandbox speaks.
    "replay": {"errors", "machine", "sandbox", "service", "work"},
    "opening": {"account", "replay", "service", "work"},
    # Tools for agents: the Python face, and the machine formats.
    "mcp": {"account", "core", "errors", "offline", "report", "service", "work"},
    "offline": {"core", "events", "replay", "work"},
    "cli": {
        "core",
        "errors",
        "events",
        "machine",
        "mcp",
        "service",
        "work",
        "report",
        "sandbox",
        "replay",
    },
}

# Every outside package that there is -> where it may be imported: a room, or one module.
OUTSIDE: dict[str, set[str]] = {
    # Logs in a storage account and in Log Analytics: one module each, loaded when asked for.
    "azure": {
        "service",
        "events/blobs.py",
        "events/log_analytics.py",
        "events/remote_errors.py",
    },
    "tenacity": {"service"},
    "msgspec": {"core", "events", "service", "work", "account", "report", "mcp", "cli"},
    # The protocol that agents speak.
    "mcp": {"mcp/server.py"},
    # The connections themselves, below the SDK.
    "requests": {"service/session.py", "service/webhook.py"},
    "urllib3": {"service/session.py", "service/transport.py"},
    "rich": {"report/paint.py"},
    "typer": {"cli"},
    "trustme": {"sandbox/certificate.py"},
    # Pages of HTML, for whoever asks for one; markupsafe is the escaping of jinja2.
    "jinja2": {"report/html_page.py"},
    "markupsafe": {"report/html_page.py"},
    # A cluster, for whoever has one.
    "distributed": {"work/logs/on_dask.py"},
    # Unpackers, taken where they are installed. `compression` is Python's own from 3.14 on.
    "backports": {"events/compression.py"},
    "compression": {"events/compression.py"},
    "isal": {"events/compression.py"},
}

# What takes secrets and control characters out of text, and who may go past the one gate: a message
# of the service is cut, a pasted text is searched, and the bytes of a file are shown as text.
CLEANERS = {"batchdoctor.core.text.secrets", "batchdoctor.core.text.visible"}
MAY_CLEAN = {
    # What goes into a bundle is masked value by value, and counted.
    "core/text/masked_document.py",
    "core/text/gate.py",
    "core/meaning/explanation.py",
    "service/wording.py",
    "cli/commands/files/download.py",
}

# Ways to import that take a name as a value: a plain text, so that it can be judged like others.
DYNAMIC_IMPORTS = {"import_module", "__import__"}

# Modules that are imported by the name that a table of the module gives.
TABLES_OF_MODULES = {
    "cli/app.py": {module for word in WORDS.values() for module in word.modules.values()},
    # What `import batchdoctor` offers, each loaded when it is asked for.
    "__init__.py": set(batchdoctor._HOMES.values()),
}

# Ways to end the program, and the places that may: the way out, and --version in mid-parsing.
ENDINGS = {"SystemExit", "exit", "quit", "_exit", "abort", "Exit"}
MAY_END = {"__main__.py": {"exit"}, "cli/app.py": {"Exit"}}

# Ways to touch the world that the core must not know.
IMPURE_MODULES = {"os", "sys", "io", "time", "random", "socket", "subprocess", "logging", "pathlib"}
IMPURE_CALLS = {"open", "print", "input"}

# In lines.
LONGEST_FILE, LONGEST_FUNCTION = 300, 60

# What some systems have and others not: asked for in one place.
OF_SOME_SYSTEMS = {
    *("fchmod", "fchown", "geteuid", "getuid", "get_terminal_size", "kill", "mkfifo"),
    *("umask", "uname", "SIGALRM", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGTERM"),
    *("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "getpass"),
    *("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"),
    *("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"),
}
# What other tools call a command of ours.
WORDS_OF_OTHERS = {"cli/neighbours.py": {"kill"}}
OF_SOME_SYSTEMS_MODULES = {"fcntl", "grp", "msvcrt", "pty", "pwd", "resource", "termios", "tty"}


def room_of(module: Path) -> str:
    relative = module.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def place_of(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def imports_of(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative imports hide which wall they cross"
            assert node.module is not None
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and name_of(node.func) in DYNAMIC_IMPORTS:
            named = node.args[0]
            known = isinstance(named, ast.Constant) or place_of(module) in TABLES_OF_MODULES
            assert known, f"{module}: an import that nobody can foresee"
            if isinstance(named, ast.Constant):
                names.add(str(named.value))
    return names | TABLES_OF_MODULES.get(place_of(module), set())


def ours_in(module: Path) -> set[str]:
    """The modules of ours that a module imports, by their dotted names."""
    found = {name if name in NAMES else name.rpartition(".")[0] for name in imports_of(module)}
    return found & NAMES - {dotted(module)}


def dotted(module: Path) -> str:
    parts = module.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def circles(arrows: Mapping[str, Set[str]]) -> list[str]:
    """What can be reached from itself: nothing, in a house where data goes one way."""
    left = {name: set(others) for name, others in arrows.items()}
    # Who points nowhere, or is pointed at by nobody, is in no circle; taken away, it frees others.
    while free := {
        name
        for name, others in left.items()
        if not others & left.keys() or not any(name in each for each in left.values())
    }:
        left = {name: others - free for name, others in left.items() if name not in free}
    return sorted(left)


def arrows_between_rooms(floor: str) -> dict[str, set[str]]:
    """Which room of a floor imports which; a file that lies on the floor itself is a room too."""
    arrows: dict[str, set[str]] = {}
    for module, imported in IMPORTS.items():
        if not module.startswith(f"batchdoctor.{floor}."):
            continue
        room = module.split(".")[2]
        others = {
            name.split(".")[2] for name in imported if name.startswith(f"batchdoctor.{floor}.")
        }
        arrows.setdefault(room, set()).update(others - {room})
    return arrows


def name_of(expression: ast.expr | None) -> str:
    """The last part of a name: `exit` for both `exit` and `sys.exit`."""
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""


def endings_in(source: str) -> set[str]:
    """Every way to end the program that a module calls, raises or imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            found.add(name_of(node.func))
        elif isinstance(node, ast.Raise):
            found.add(name_of(node.exc))
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.name for alias in node.names}
    return found & ENDINGS


NAMES = {dotted(module) for module in MODULES}
IMPORTS = {dotted(module): ours_in(module) for module in MODULES}


@pytest.mark.parametrize("module", MODULES, ids=place_of)
def test_a_module_imports_only_the_rooms_its_own_room_may_see(module: Path) -> None:
    room = room_of(module)
    if room in {"__init__", "__main__"}:
        return
    allowed = ROOMS[room] | {room}
    crossed = {
        name.split(".")[1]
        for name in imports_of(module)
        if name.startswith("batchdoctor.") and name != "batchdoctor.__version__"
    }
    assert crossed <= allowed


def test_no_file_is_imported_by_what_it_imports() -> None:
    assert circles(IMPORTS) == []


@pytest.mark.parametrize("floor", ["cli", "core", "events", "report", "sandbox", "service", "work"])
def test_no_arrow_runs_back_up_between_the_rooms_of_a_floor(floor: str) -> None:
    assert circles(arrows_between_rooms(floor)) == []


def test_a_circle_is_seen_however_long_it_is() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()}) == ["a", "b", "c"]


@pytest.mark.parametrize("module", MODULES, ids=place_of)
def test_an_outside_package_is_imported_only_where_it_belongs(module: Path) -> None:
    for name in imports_of(module):
        package = name.split(".", maxsplit=1)[0]
        if package != "batchdoctor" and package not in sys.stdlib_module_names - OUTSIDE.keys():
            assert OUTSIDE.get(package, set()) & {room_of(module), place_of(module)}, name


def test_no_permission_to_import_outlives_its_need() -> None:
    used = {name.split(".", maxsplit=1)[0] for module in MODULES for name in imports_of(module)}
    assert OUTSIDE.keys() <= used


@pytest.mark.parametrize("module", sorted((PACKAGE / "core").rglob("*.py")), ids=place_of)
def test_the_core_is_pure(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    touched = {name.split(".", maxsplit=1)[0] for name in imports_of(module)} & IMPURE_MODULES
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    } & IMPURE_CALLS
    clocks = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today", "environ"}
    }
    assert (touched, called, clocks) == (set(), set(), set())


@pytest.mark.parametrize("module", MODULES, ids=place_of)
def test_only_one_place_ends_the_program(module: Path) -> None:
    allowed = MAY_END.get(place_of(module), set())
    assert endings_in(module.read_text(encoding="utf-8")) == allowed


@pytest.mark.parametrize(
    "ending",
    [
        "import sys; sys.exit(1)",
        "from sys import exit as leave; leave(1)",
        "exit(1)",
        "quit()",
        "raise SystemExit",
        "raise SystemExit(1)",
        "import os; os._exit(1)",
        "import os; os.abort()",
        "raise typer.Exit(1)",
        "context.exit(1)",
    ],
)
def test_every_way_to_end_a_program_is_known(ending: str) -> None:
    assert endings_in(ending)


@pytest.mark.parametrize("module", MODULES, ids=place_of)
def test_every_module_opens_with_what_it_owns(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", MODULES, ids=place_of)
def test_no_room_has_a_drawer_for_odds_and_ends(module: Path) -> None:
    assert module.stem not in {"utils", "helpers", "common", "misc"}


def test_text_is_cleaned_at_the_one_gate_and_nowhere_else() -> None:
    cleaning = {place_of(module) for module in MODULES if ours_in(module) & CLEANERS}
    assert cleaning == MAY_CLEAN


@pytest.mark.parametrize("module", MODULES, ids=place_of)
def test_one_module_knows_what_differs_between_systems(module: Path) -> None:
    if place_of(module) == "machine.py" or room_of(module) == "core":
        return
    tree = ast.parse(module.read_text(encoding="utf-8"))
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    named |= {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named -= WORDS_OF_OTHERS.get(place_of(module), set())
    modules = {name.split(".", maxsplit=1)[0] for name in imports_of(module)}
    assert (named & OF_SOME_SYSTEMS, modules & OF_SOME_SYSTEMS_MODULES) == (set(), set())


@pytest.mark.parametrize("module", MODULES, ids=place_of)
def test_a_file_is_read_at_one_sitting_and_a_function_on_one_screen(module: Path) -> None:
    text = module.read_text()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = {
        node.name: length
        for node in ast.walk(ast.parse(text))
        if isinstance(node, functions)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert (len(text.splitlines()) <= LONGEST_FILE, long) == (True, {})
