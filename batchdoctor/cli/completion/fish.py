"""The completion script of fish, which asks one function for what may follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from batchdoctor.cli.completion import live_names
from batchdoctor.cli.completion.quoting import quoted
from batchdoctor.cli.completion.tree import CommandWords, flags_of

# One function that is asked once: conditions of hundreds of lines would be looked at one by one.
_FISH = """\
# fish completion for batchdoctor; written by `batchdoctor completion fish`
%(live)s
function __batchdoctor
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l place ''
    for word in $typed[2..-1]
        switch "$place $word"
%(steps)s
        end
    end
    set -l kinds
    set -l values
    switch "$place:$typed[-1]"
%(values)s
    end
    test -z "$values"; and switch "$typed[-1]"
%(options)s
    end
    if test -n "$values"
        printf '%%s\\n' $values
    else if test -n "$kinds"
        __batchdoctor_names $kinds
    else if string match -q -- '-*' $current
        switch "$place"
%(words)s
        end
    else
        switch "$place"
%(operands)s
            case '*'
                __fish_complete_path $current
        end
    end
end
complete -c batchdoctor -f -k -a '(__batchdoctor)'
"""


def fish_script(tree: CommandWords) -> str:
    """For fish 3 and later."""
    steps = (f"case '{c.place}'\n    set place '{c.place}'" for c in tree.every() if c.path)
    values = (
        f"case '{command.place}:{flag}'\n    set values {' '.join(option.values)}"
        for command in tree.every()
        for option in command.options
        if option.values
        for flag in option.flags
    )
    options = (
        f"case {' '.join(flags)}\n    set kinds {kind}" for kind, flags in flags_of(tree).items()
    )
    return _FISH % {
        "live": live_names.FISH,
        "steps": _fish_lines(steps),
        "values": _fish_lines(values),
        "options": _fish_lines(options),
        "words": _fish_lines(map(_fish_options, tree.every())),
        "operands": _fish_lines(filter(None, map(_fish_operands, tree.every()))),
    }


def _fish_lines(blocks: Iterable[str]) -> str:
    return "\n".join(f"            {line}" for block in blocks for line in block.split("\n"))


def _fish_options(command: CommandWords) -> str:
    words = [(flag, option.summary) for option in command.options for flag in option.flags]
    return f"case '{command.place}'\n    printf '%s\\n' {_fish_words(words)}"


def _fish_operands(command: CommandWords) -> str | None:
    """What may follow a command, other than options; None where that is a name of a file."""
    words = [(child.path[-1], child.summary) for child in command.children]
    words += [(value, "") for value in command.values]
    lines = [f"    printf '%s\\n' {_fish_words(words)}"] if words else []
    lines += [f"    __batchdoctor_names {' '.join(command.names)}"] if command.names else []
    return "\n".join([f"case '{command.place}'", *lines]) if lines else None


def _fish_words(words: Sequence[tuple[str, str]]) -> str:
    return " ".join(quoted(f"{word}\t{about}" if about else word) for word, about in words)
