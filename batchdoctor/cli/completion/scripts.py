"""Completion scripts for four shells, written from the tree of commands; they start no Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from batchdoctor.cli.completion.tree import CommandWords, OptionWords

_PROGRAM = "batchdoctor"

# Each script walks the words typed so far, leaves out options, and so finds the command whose
# words or options come next. Where neither is known, the shell completes names of files.
_BASH = """\
# bash completion for batchdoctor; written by `batchdoctor completion bash`
_batchdoctor() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local path="" word words="" index
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
        case "$path" in
%(words)s
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _batchdoctor batchdoctor
"""

_ZSH = """\
#compdef batchdoctor
# zsh completion for batchdoctor; written by `batchdoctor completion zsh`
_batchdoctor() {
    local place="" word previous=${words[CURRENT-1]}
    local -a found
    for word in ${words[2,CURRENT-1]}; do
        case "$place $word" in
%(steps)s
        esac
    done
    case "$place:$previous" in
%(values)s
    esac
    if (( ! ${#found} )); then
        case "$place" in
%(words)s
        esac
        [[ $PREFIX == -* ]] && found=(${(M)found:#-*}) || found=(${found:#-*})
    fi
    if (( ${#found} )); then
        _describe 'batchdoctor' found
    else
        _files
    fi
}
if [[ $funcstack[1] == _batchdoctor ]]; then
    _batchdoctor "$@"
else
    compdef _batchdoctor batchdoctor
fi
"""

_POWERSHELL = """\
# PowerShell completion for batchdoctor; written by `batchdoctor completion powershell`
Register-ArgumentCompleter -Native -CommandName batchdoctor -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $table = @{
%(words)s
    }
    $path = ''
    foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
        $next = ($path + ' ' + $element.ToString()).Trim()
        if ($table.ContainsKey($next) -and $element.Extent.EndOffset -lt $cursorPosition) {
            $path = $next
        }
    }
    $table[$path] | Where-Object { $_[0] -like "$wordToComplete*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
    }
}
"""


def bash_script(tree: CommandWords) -> str:
    """For bash 4 and later."""
    return _BASH % {
        "steps": _steps(tree, "path"),
        "values": _value_lines(tree, lambda values: f'words="{" ".join(values)}"'),
        "words": _indented(
            f'"{_place(command)}") words="{" ".join(word for word, _ in _next_words(command))}" ;;'
            for command in tree.every()
        ),
    }


def zsh_script(tree: CommandWords) -> str:
    """For zsh, as a function on `fpath` or sourced after compinit."""
    return _ZSH % {
        "steps": _steps(tree, "place"),
        "values": _value_lines(tree, lambda values: f"found=({' '.join(values)})"),
        "words": _indented(
            f'"{_place(command)}") found=({_zsh_words(command)}) ;;' for command in tree.every()
        ),
    }


def fish_script(tree: CommandWords) -> str:
    """For fish 3 and later."""
    lines = ["# fish completion for batchdoctor; written by `batchdoctor completion fish`"]
    for command in tree.every():
        condition = f"-n '{_fish_condition(command)}'" if _place(command) else ""
        for child in command.children:
            name = child.path[-1]
            here = condition or "-n __fish_use_subcommand"
            lines.append(f"complete -c {_PROGRAM} {here} -f -a {name} -d {_quoted(child.summary)}")
        lines += [
            " ".join(part for part in (f"complete -c {_PROGRAM}", condition, _fish(option)) if part)
            for option in command.options
        ]
    return "\n".join(lines) + "\n"


def powershell_script(tree: CommandWords) -> str:
    """For PowerShell 5.1 and later."""
    rows = []
    for command in tree.every():
        words = ", ".join(
            f"@({_ps_quoted(word)}, {_ps_quoted(summary or word)})"
            for word, summary in _next_words(command)
        )
        rows.append(f"        {_ps_quoted(_place(command).strip())} = @({words})")
    return _POWERSHELL % {"words": "\n".join(rows)}


SHELLS: dict[str, tuple[str, Callable[[CommandWords], str]]] = {
    "bash": ("batchdoctor.bash", bash_script),
    "zsh": ("_batchdoctor", zsh_script),
    "fish": ("batchdoctor.fish", fish_script),
    "powershell": ("batchdoctor.ps1", powershell_script),
}


def _place(command: CommandWords) -> str:
    """A command's words, each after a blank, as the scripts put them together."""
    return "".join(f" {word}" for word in command.path)


def _next_words(command: CommandWords) -> list[tuple[str, str]]:
    words = [(child.path[-1], child.summary) for child in command.children]
    words += [(flag, option.summary) for option in command.options for flag in option.flags]
    return words


def _steps(tree: CommandWords, variable: str) -> str:
    """The moves from a command to the one below it."""
    return _indented(
        f'"{_place(command)}") {variable}="{_place(command)}" ;;'
        for command in tree.every()
        if command.path
    )


def _value_lines(tree: CommandWords, assign: Callable[[Sequence[str]], str]) -> str:
    """What follows an option that takes one of a few words."""
    return _indented(
        f'"{_place(command)}:{flag}") {assign(option.values)} ;;'
        for command in tree.every()
        for option in command.options
        if option.values
        for flag in option.flags
    )


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"            {line}" for line in lines)


def _zsh_words(command: CommandWords) -> str:
    return " ".join(
        _quoted(f"{word}:{summary.replace(':', ' ')}") for word, summary in _next_words(command)
    )


def _fish_condition(command: CommandWords) -> str:
    return "; and ".join(f"__fish_seen_subcommand_from {word}" for word in command.path)


def _fish(option: OptionWords) -> str:
    parts = [
        f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags
    ]
    if option.values:
        parts.append(f"-x -a {_quoted(' '.join(option.values))}")
    elif option.takes_value:
        parts.append("-r")
    return " ".join([*parts, f"-d {_quoted(option.summary)}"])


def _quoted(text: str) -> str:
    escaped = text.replace("'", "'\\''")
    return f"'{escaped}'"


def _ps_quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
