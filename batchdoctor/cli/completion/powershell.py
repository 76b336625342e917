"""The completion script of PowerShell, whose tables say what may follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from batchdoctor.cli.completion import live_names
from batchdoctor.cli.completion.tree import CommandWords, flags_of, next_words

_POWERSHELL = """\
# PowerShell completion for batchdoctor; written by `batchdoctor completion powershell`
%(live)s
Register-ArgumentCompleter -Native -CommandName batchdoctor -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $table = @{
%(words)s
    }
    $values = @{
%(values)s
    }
    $options = @{
%(options)s
    }
    $operands = @{
%(operands)s
    }
    $kinds = @{
%(kinds)s
    }
    $typed = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
    $path = ''
    foreach ($word in $typed | Select-Object -Skip 1) {
        $next = "$path $word".Trim()
        if ($table.ContainsKey($next)) { $path = $next }
    }
    $before = "$($typed | Select-Object -Last 1)"
    # As a list, also of one: else a word and what it is for would be two words.
    $found = @(if ($values.ContainsKey("$path $before")) {
        $values["$path $before"]
    } elseif ($options.ContainsKey($before)) {
        Get-BatchdoctorName -Kinds $options[$before] -Typed $typed
    } else {
        # Options only where one has begun: else a dash would be put where a name belongs.
        $isOption = "$wordToComplete".StartsWith('-')
        $table[$path] | Where-Object { $_[0].StartsWith('-') -eq $isOption } |
            ForEach-Object { , $_ }
        if (-not $isOption) {
            if ($operands.ContainsKey($path)) { $operands[$path] }
            if ($kinds.ContainsKey($path)) {
                Get-BatchdoctorName -Kinds $kinds[$path] -Typed $typed
            }
        }
    })
    foreach ($each in $found) {
        $text = "$(@($each)[0])"
        if ($text.StartsWith("$wordToComplete", [StringComparison]::OrdinalIgnoreCase)) {
            $about = "$(@($each)[-1])"
            [System.Management.Automation.CompletionResult]::new(
                $text, $text, 'ParameterValue', $about)
        }
    }
}
"""


def powershell_script(tree: CommandWords) -> str:
    """For PowerShell 5.1 and later."""
    commands = list(tree.every())
    return _POWERSHELL % {
        "live": live_names.POWERSHELL,
        "words": _rows({_place(command): _pairs(command) for command in commands}),
        "values": _rows(
            {
                f"{_place(command)} {flag}": map(_quoted, option.values)
                for command in commands
                for option in command.options
                if option.values
                for flag in option.flags
            }
        ),
        "options": _rows(
            {flag: [_quoted(kind)] for kind, flags in flags_of(tree).items() for flag in flags}
        ),
        "operands": _rows({_place(c): map(_quoted, c.values) for c in commands if c.values}),
        "kinds": _rows({_place(c): map(_quoted, c.names) for c in commands if c.names}),
    }


def _place(command: CommandWords) -> str:
    return command.place.strip()


def _pairs(command: CommandWords) -> Iterable[str]:
    """Each word with what it is for."""
    return (
        f"@({_quoted(word)}, {_quoted(summary or word)})" for word, summary in next_words(command)
    )


def _rows(table: Mapping[str, Iterable[str]]) -> str:
    return "\n".join(f"        {_quoted(key)} = @({', '.join(row)})" for key, row in table.items())


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
