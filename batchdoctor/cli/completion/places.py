"""Where each shell looks for a completion script of the user's, and what has to be said to it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import msgspec

from batchdoctor.errors import UsageError
from batchdoctor.machine import config_home, data_home, home_folder
from batchdoctor.work.files.atomic_file import atomic_file

MARK = "# batchdoctor completion"


class Place(msgspec.Struct, frozen=True):
    """The file of a script; `line` goes into `start`, or is for the user where that is None."""

    script: Path
    line: str | None = None
    start: Path | None = None
    remark: str | None = None


def place_of(shell: str, environ: Mapping[str, str]) -> Place:
    """Where the script of a shell is put. Raises UsageError where no home folder is known."""
    home, data, config = home_folder(environ), data_home(environ), config_home(environ)
    if home is None or data is None or config is None:
        raise UsageError("Nothing was written: no home folder is known.", hint="set HOME")
    if shell == "bash":
        script = data / "bash-completion" / "completions" / "batchdoctor"
        remark = f"without the package bash-completion: source {shlex.quote(str(script))}"
        return Place(script, remark=remark)
    if shell == "fish":
        return Place(config / "fish" / "completions" / "batchdoctor.fish")
    if shell == "zsh":
        script = data / "batchdoctor" / "_batchdoctor"
        return Place(script, _zsh_line(script), Path(environ.get("ZDOTDIR") or home, ".zshrc"))
    script = data / "batchdoctor" / "batchdoctor.ps1"
    quoted = str(script).replace("'", "''")
    return Place(script, f". '{quoted}'")


def _zsh_line(script: Path) -> str:
    path = shlex.quote(str(script))
    start = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }"
    return f"[[ -r {path} ]] && {{ {start}; source {path}; }}  {MARK}"


def install(place: Place, text: str) -> list[str]:
    """Write a script, and have its shell read it; give what was done. Raises UsageError."""
    _refuse_what_is_no_file(place.script)
    try:
        place.script.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(place.script) as file:
            file.write(text.encode())
        done = [f"wrote {place.script}"]
        if place.start and place.line:
            done.append(f"added to {place.start}: {place.line}")
            rest = _without_ours(place.start)
            place.start.write_text(f"{_whole_lines(rest)}{place.line}\n", encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise _unusable(place, error) from error
    if place.line and not place.start:
        done.append(f"put into your $PROFILE: {place.line}")
    return [*done, *([place.remark] if place.remark else [])]


def remove(place: Place) -> list[str]:
    """Undo `install`; give what was done, nothing where it was never done. Raises UsageError."""
    done = []
    try:
        if place.start and place.start.exists():
            before, rest = _text(place.start), _without_ours(place.start)
            if rest != before:
                place.start.write_text(rest, encoding="utf-8")
                done.append(f"took the line out of {place.start}")
                if not rest and not place.start.is_symlink():
                    place.start.unlink()
        if place.script.exists():
            _refuse_what_is_no_file(place.script)
            place.script.unlink()
            done.append(f"deleted {place.script}")
            if place.script.parent.name == "batchdoctor" and not any(place.script.parent.iterdir()):
                place.script.parent.rmdir()
    except (OSError, UnicodeError) as error:
        raise _unusable(place, error) from error
    if done and place.line and not place.start:
        done.append(f"take out of your $PROFILE: {place.line}")
    return done


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _without_ours(file: Path) -> str:
    """The text of a shell's start file without the line that is of here."""
    lines = _text(file).splitlines(keepends=True)
    return "".join(line for line in lines if not line.rstrip().endswith(MARK))


def _whole_lines(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _refuse_what_is_no_file(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError(f"{path} is no plain file and was left as it is.", hint="move it away")


def _unusable(place: Place, error: Exception) -> UsageError:
    why = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
    where = getattr(error, "filename", None) or place.start or place.script
    return UsageError(f"{where} could not be changed: {why}.", hint="see --help for the script")
