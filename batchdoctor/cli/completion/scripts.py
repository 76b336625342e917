"""Completion scripts for four shells, written from the tree of commands; they start no Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from batchdoctor.cli.completion import live_names
from batchdoctor.cli.completion.fish import fish_script
from batchdoctor.cli.completion.powershell import powershell_script
from batchdoctor.cli.completion.quoting import quoted
from batchdoctor.cli.completion.tree import CommandWords, flags_of, next_words

# Each script walks the words typed so far, leaves out options, and so finds the command whose
# words or options come next. Where neither is known, the shell completes names of files.
_BASH = """\
# bash completion for batchdoctor; written by `batchdoctor completion bash`
%(live)s
_batchdoctor() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local path="" word words="" kinds="" index
    COMPREPLY=()
    for ((index = 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        case "$path $word" in
%(steps)s
        esac
    done
    case "$path:$previous" in
%(values)s
    esac
    if [[ -z $words ]]; then
        case $previous in
%(options)s
        esac
    fi
    if [[ -z $words$kinds ]]; then
        case "$path" in
%(words)s
        esac
        [[ $current == -* ]] || case "$path" in
%(operands)s
        esac
    fi
    # Options only where one has begun: else a dash would be put where a name belongs.
    for word in $words; do
        [[ $word == "$current"* && ( $word != -* || $current == -* ) ]] && COMPREPLY+=("$word")
    done
    [[ -n $kinds ]] && _batchdoctor_names $kinds
    return 0
}
complete -o default -F _batchdoctor batchdoctor
"""

_ZSH = """\
#compdef batchdoctor
# zsh completion for batchdoctor; written by `batchdoctor completion zsh`
%(live)s
_batchdoctor() {
    local place="" word previous=${words[CURRENT-1]} before=$compstate[nmatches]
    local -a found kinds
    for word in ${words[2,CURRENT-1]}; do
        case "$place $word" in
%(steps)s
        esac
    done
    case "$place:$previous" in
%(values)s
    esac
    if (( ! ${#found} )); then
        case $previous in
%(options)s
        esac
    fi
    if (( ! ${#found} + ${#kinds} )); then
        case "$place" in
%(words)s
        esac
        [[ $PREFIX == -* ]] && found=(${(M)found:#-*}) || found=(${found:#-*})
        [[ $PREFIX == -* ]] || case "$place" in
%(operands)s
        esac
    fi
    (( ${#found} )) && _describe 'batchdoctor' found
    (( ${#kinds} )) && _batchdoctor_names $kinds
    (( ${#kinds} || compstate[nmatches] > before )) || _files
}
if [[ $funcstack[1] == _batchdoctor ]]; then
    _batchdoctor "$@"
else
    compdef _batchdoctor batchdoctor
fi
"""


def bash_script(tree: CommandWords) -> str:
    """For bash 4 and later."""
    return _BASH % {
        "live": live_names.BASH,
        "steps": _steps(tree, "path"),
        "values": _value_lines(tree, lambda values: f'words="{" ".join(values)}"'),
        "options": _option_lines(tree, "kinds={}"),
        "words": _indented(
            f'"{command.place}") words="{" ".join(word for word, _ in next_words(command))}" ;;'
            for command in tree.every()
        ),
        "operands": _operand_lines(tree, 'words+=" {values}"', 'kinds="{kinds}"'),
    }


def zsh_script(tree: CommandWords) -> str:
    """For zsh, as a function on `fpath` or sourced after compinit."""
    return _ZSH % {
        "live": live_names.ZSH,
        "steps": _steps(tree, "place"),
        "values": _value_lines(tree, lambda values: f"found=({' '.join(values)})"),
        "options": _option_lines(tree, "kinds=({})"),
        "words": _indented(
            f'"{command.place}") found=({_zsh_words(command)}) ;;' for command in tree.every()
        ),
        "operands": _operand_lines(tree, "found+=({values})", "kinds=({kinds})"),
    }


SHELLS: dict[str, tuple[str, Callable[[CommandWords], str]]] = {
    "bash": ("batchdoctor.bash", bash_script),
    "zsh": ("_batchdoctor", zsh_script),
    "fish": ("batchdoctor.fish", fish_script),
    "powershell": ("batchdoctor.ps1", powershell_script),
}


def _steps(tree: CommandWords, variable: str) -> str:
    """The moves from a command to the one below it."""
    return _indented(
        f'"{command.place}") {variable}="{command.place}" ;;'
        for command in tree.every()
        if command.path
    )


def _value_lines(tree: CommandWords, assign: Callable[[Sequence[str]], str]) -> str:
    """What follows an option that takes one of a few words."""
    return _indented(
        f'"{command.place}:{flag}") {assign(option.values)} ;;'
        for command in tree.every()
        for option in command.options
        if option.values
        for flag in option.flags
    )


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"            {line}" for line in lines)


def _zsh_words(command: CommandWords) -> str:
    return " ".join(
        quoted(f"{word}:{summary.replace(':', ' ')}") for word, summary in next_words(command)
    )


def _option_lines(tree: CommandWords, assign: str) -> str:
    """What an option names, wherever it stands."""
    return _indented(
        f"{' | '.join(flags)}) {assign.format(kind)} ;;" for kind, flags in flags_of(tree).items()
    )


def _operand_lines(tree: CommandWords, values: str, kinds: str) -> str:
    """What the operands of a command may be."""
    lines = []
    for command in tree.every():
        parts = [values.format(values=" ".join(command.values))] if command.values else []
        parts += [kinds.format(kinds=" ".join(command.names))] if command.names else []
        if parts:
            lines.append(f'"{command.place}") {" ".join(parts)} ;;')
    return _indented(lines)
