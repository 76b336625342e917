"""The page for `man batchdoctor`, written from the tree of commands, in the macros of man(7)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from batchdoctor.cli.completion.tree import CommandWords, OptionWords
from batchdoctor.errors import ExitCode

# An option of so many commands is told of once.
_SHARED_FROM = 8

_ENVIRONMENT = {
    "AZURE_BATCH_ENDPOINT, AZURE_BATCH_ACCOUNT": "The account: endpoint, and name if it differs.",
    "AZURE_BATCH_ACCESS_KEY, AZURE_BATCH_AUTH_MODE": "Its key, and shared_key or aad.",
    "AZURE_CONFIG_DIR": "Where az keeps its configuration; the section [batch] is read.",
    "BATCHDOCTOR_CONFIG, BATCHDOCTOR_PROFILE": "Another file of settings; a profile in it.",
    "BATCHDOCTOR_READ_ONLY": "Refuse every change to an account.",
    "NO_COLOR, FORCE_COLOR, COLUMNS": "How tables are drawn.",
    "BATCHDOCTOR_LINKS": "0 or 1: whether pages of documentation are links.",
    "BATCHDOCTOR_PAGER, PAGER": "What shows a page longer than the screen; empty for nothing.",
    "XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME": "Where files are kept.",
    "APPDATA, LOCALAPPDATA": "The same on Windows.",
}
_FILES = {
    "~/.config/batchdoctor/config.toml": "Profiles and accepted findings.",
    "~/.local/state/batchdoctor/journal.jsonl": "Every change that was made.",
    "~/.cache/batchdoctor/names": "Names that a shell offers.",
}


def man_page(tree: CommandWords, version: str) -> str:
    """The page in roff; `version` stands at its foot. It is the same whenever it is written."""
    lines = [f'.TH BATCHDOCTOR 1 "" "batchdoctor {_plain(version)}" "User Commands"']
    lines += [".SH NAME", "batchdoctor \\- say what is wrong in an Azure Batch account"]
    lines += [
        ".SH SYNOPSIS",
        ".B batchdoctor",
        "[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGS\\fR]...",
    ]
    lines += [".SH DESCRIPTION", *_paragraphs(tree.text)]
    lines += [".SH OPTIONS", *_options(tree.options)]
    shared = _shared_options(tree)
    lines.append(".SH COMMANDS")
    for command in tree.every():
        if not command.children:
            lines += _command(command, shared)
    lines += [".SH SHARED OPTIONS", *_options(shared)]
    lines += [".SH EXIT STATUS", *_terms((str(int(code)), code.meaning) for code in ExitCode)]
    lines += [".SH ENVIRONMENT", *_terms(_ENVIRONMENT.items())]
    lines += [".SH FILES", *_terms(_FILES.items())]
    lines += ["batchdoctor config paths tells where they are on this machine."]
    return "\n".join(lines) + "\n"


def _shared_options(tree: CommandWords) -> list[OptionWords]:
    counted = Counter(option for command in tree.every() for option in command.options)
    return [option for option, count in counted.items() if count >= _SHARED_FROM]


def _command(command: CommandWords, shared: list[OptionWords]) -> Iterator[str]:
    yield f".SS {_plain(' '.join(command.path))}"
    yield from _paragraphs(command.text)
    yield from _terms(command.arguments)
    yield from _options([option for option in command.options if option not in shared])


def _options(options: Iterable[OptionWords]) -> Iterator[str]:
    for option in options:
        value = f" \\fI{_plain(option.metavar)}\\fR" if option.takes_value else ""
        flags = ", ".join(f"\\fB{_plain(flag)}\\fR" for flag in option.flags)
        yield from (".TP", f"{flags}{value}", _line(option.summary))


def _terms(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in pairs:
        yield from (".TP", f"\\fB{_plain(term)}\\fR", _line(text))


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        yield from (".PP", _line(" ".join(paragraph.split())))


def _line(text: str) -> str:
    """One line of text, which must not look like a macro."""
    plain = _plain(text)
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


def _plain(text: str) -> str:
    """Text that stands for itself: a dash that can be copied, and no escapes."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("`", "")
