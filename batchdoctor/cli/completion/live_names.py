"""The part of the completion scripts that offers names of the account from files, and profiles.

The files are written by `batchdoctor.work.remembered_names`. No program is started: a shell reads
them by itself. Which folder is the account's is told by the profile that is typed or set, else by
AZURE_BATCH_ENDPOINT, else by the file `default`.
"""

from __future__ import annotations

BASH = """\
_batchdoctor_names() {
    local cache=${XDG_CACHE_HOME:-$HOME/.cache}/batchdoctor/names
    local profile=${BATCHDOCTOR_PROFILE-} host="" kind name owner job="" pool="" at
    local -a lines
    for ((at = 1; at < COMP_CWORD; at++)); do
        case ${COMP_WORDS[at]} in
            --profile) profile=${COMP_WORDS[at+1]} ;;
            --job | --job-id) job=${COMP_WORDS[at+1]} ;;
            --pool | --pool-id) pool=${COMP_WORDS[at+1]} ;;
        esac
    done
    if [[ -z $profile && -n ${AZURE_BATCH_ENDPOINT-} ]]; then
        host=${AZURE_BATCH_ENDPOINT#*://} host=${host%%/*} host=${host,,}
        host=${host//[^a-z0-9.-]/_}
    else
        at=$cache/${profile:+profile.}${profile:-default}
        [[ -r $at ]] && read -r host < "$at"
    fi
    for kind in "$@"; do
        owner=""
        case $kind in
            tasks) owner=${job:+$job/} ;;
            nodes) owner=${pool:+$pool/} ;;
            profiles)
                at=${BATCHDOCTOR_CONFIG:-${XDG_CONFIG_HOME:-$HOME/.config}/batchdoctor/config.toml}
                [[ -r $at ]] && mapfile -t lines < "$at" && for name in "${lines[@]}"; do
                    [[ $name =~ ^\\[profile\\.([A-Za-z0-9_-]+)\\] ]] || continue
                    [[ ${BASH_REMATCH[1]} == "$current"* ]] && COMPREPLY+=("${BASH_REMATCH[1]}")
                done
                continue ;;
        esac
        [[ -n $host && -r $cache/$host/$kind ]] || continue
        mapfile -t lines < "$cache/$host/$kind"
        if [[ -z $owner$current ]]; then
            COMPREPLY+=("${lines[@]}")
            continue
        fi
        for name in "${lines[@]}"; do
            [[ $name == "$owner$current"* ]] && COMPREPLY+=("${name#"$owner"}")
        done
    done
    compopt -o nosort 2> /dev/null || true
}
"""

ZSH = """\
_batchdoctor_names() {
    local cache=${XDG_CACHE_HOME:-$HOME/.cache}/batchdoctor/names
    local profile=$BATCHDOCTOR_PROFILE host kind owner job pool at
    local -a lines
    for ((at = 2; at < CURRENT; at++)); do
        case ${words[at]} in
            --profile) profile=${words[at+1]} ;;
            --job | --job-id) job=${words[at+1]} ;;
            --pool | --pool-id) pool=${words[at+1]} ;;
        esac
    done
    if [[ -z $profile && -n $AZURE_BATCH_ENDPOINT ]]; then
        host=${AZURE_BATCH_ENDPOINT#*://} host=${${host%%/*}:l}
        host=${host//[^a-z0-9.-]/_}
    else
        at=$cache/${profile:+profile.}${profile:-default}
        [[ -r $at ]] && read -r host < $at
    fi
    for kind in "$@"; do
        owner=
        case $kind in
            tasks) owner=${job:+$job/} ;;
            nodes) owner=${pool:+$pool/} ;;
            profiles)
                at=${BATCHDOCTOR_CONFIG:-${XDG_CONFIG_HOME:-$HOME/.config}/batchdoctor/config.toml}
                [[ -r $at ]] || continue
                lines=("${(@f)$(< $at)}")
                lines=(${${(M)lines:#\\[profile.*\\]}#\\[profile.})
                compadd -V profiles -- ${lines%%\\]*}
                continue ;;
        esac
        [[ -n $host && -r $cache/$host/$kind ]] || continue
        lines=("${(@f)$(< $cache/$host/$kind)}")
        [[ -n $owner ]] && lines=(${${(M)lines:#${owner}*}#${owner}})
        compadd -V $kind -a lines
    done
}
"""

FISH = """\
function __batchdoctor_names
    set -l cache $HOME/.cache/batchdoctor/names
    test -n "$XDG_CACHE_HOME"; and set cache $XDG_CACHE_HOME/batchdoctor/names
    set -l config $HOME/.config
    test -n "$XDG_CONFIG_HOME"; and set config $XDG_CONFIG_HOME
    set config $config/batchdoctor/config.toml
    test -n "$BATCHDOCTOR_CONFIG"; and set config $BATCHDOCTOR_CONFIG
    set -l profile $BATCHDOCTOR_PROFILE
    set -l job
    set -l pool
    set -l host
    set -l before
    for word in (commandline -opc)
        switch "$before"
            case --profile
                set profile $word
            case --job --job-id
                set job $word
            case --pool --pool-id
                set pool $word
        end
        set before $word
    end
    if test -n "$profile"
        test -r $cache/profile.$profile; and read host < $cache/profile.$profile
    else if test -n "$AZURE_BATCH_ENDPOINT"
        set host (string replace -r '^.*://' '' -- $AZURE_BATCH_ENDPOINT)
        set host (string lower -- (string replace -r '/.*$' '' -- $host))
        set host (string replace -ra '[^a-z0-9.-]' _ -- $host)
    else if test -r $cache/default
        read host < $cache/default
    end
    for kind in $argv
        if test $kind = profiles
            test -r $config
            and string replace -rf '^\\[profile\\.([A-Za-z0-9_-]+)\\].*' '$1' < $config
            continue
        end
        test -n "$host" -a -r "$cache/$host/$kind"; or continue
        set -l owner
        test $kind = tasks; and set owner $job
        test $kind = nodes; and set owner $pool
        if test -n "$owner"
            string replace -rf '^'(string escape --style=regex -- $owner)'/' '' < $cache/$host/$kind
        else
            string match -- '*' < $cache/$host/$kind
        end
    end
end
"""

POWERSHELL = """\
function Get-BatchdoctorName {
    param([string[]]$Kinds, [string[]]$Typed)
    $base = if ($env:XDG_CACHE_HOME) { $env:XDG_CACHE_HOME } else { Join-Path $HOME '.cache' }
    $cache = Join-Path (Join-Path $base 'batchdoctor') 'names'
    $named = @{ '--profile' = $env:BATCHDOCTOR_PROFILE }
    for ($at = 0; $at -lt $Typed.Count - 1; $at++) {
        $named[($Typed[$at] -replace '-id$', '')] = $Typed[$at + 1]
    }
    $account = ''
    if (-not $named['--profile'] -and $env:AZURE_BATCH_ENDPOINT) {
        $account = $env:AZURE_BATCH_ENDPOINT -replace '^.*?://', '' -replace '/.*$', ''
        $account = $account.ToLowerInvariant() -replace '[^a-z0-9.-]', '_'
    } else {
        $pointer = if ($named['--profile']) { "profile.$($named['--profile'])" } else { 'default' }
        $pointer = Join-Path $cache $pointer
        if (Test-Path -LiteralPath $pointer -PathType Leaf) {
            $account = Get-Content -LiteralPath $pointer -TotalCount 1
        }
    }
    foreach ($kind in $Kinds) {
        if ($kind -eq 'profiles') {
            $config = $env:BATCHDOCTOR_CONFIG
            if (-not $config) {
                $base = @($env:XDG_CONFIG_HOME, $env:APPDATA, (Join-Path $HOME '.config')) |
                    Where-Object { $_ } | Select-Object -First 1
                $config = Join-Path (Join-Path $base 'batchdoctor') 'config.toml'
            }
            if (Test-Path -LiteralPath $config -PathType Leaf) {
                Get-Content -LiteralPath $config |
                    Where-Object { $_ -match '^\\[profile\\.([A-Za-z0-9_-]+)\\]' } |
                    ForEach-Object { $Matches[1] }
            }
            continue
        }
        if (-not $account) { continue }
        $file = Join-Path (Join-Path $cache $account) $kind
        if (-not (Test-Path -LiteralPath $file -PathType Leaf)) { continue }
        $owner = switch ($kind) { 'tasks' { $named['--job'] } 'nodes' { $named['--pool'] } }
        $owner = if ($owner) { "$owner/" } else { '' }
        foreach ($line in [System.IO.File]::ReadAllLines($file)) {
            if ($line.StartsWith($owner, [StringComparison]::OrdinalIgnoreCase)) {
                $line.Substring($owner.Length)
            }
        }
    }
}
"""
