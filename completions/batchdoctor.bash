# bash completion for batchdoctor; written by `batchdoctor completion bash`
_batchdoctor() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local path="" word words="" index
    for ((index = 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        case "$path $word" in
            " triage") path=" triage" ;;
            " explain") path=" explain" ;;
            " demo") path=" demo" ;;
            " completion") path=" completion" ;;
            " tasks") path=" tasks" ;;
            " tasks failed") path=" tasks failed" ;;
            " nodes") path=" nodes" ;;
            " nodes suspect") path=" nodes suspect" ;;
            " node") path=" node" ;;
            " node disable") path=" node disable" ;;
            " node enable") path=" node enable" ;;
            " node start") path=" node start" ;;
            " node reboot") path=" node reboot" ;;
            " node reimage") path=" node reimage" ;;
            " node deallocate") path=" node deallocate" ;;
            " node remove") path=" node remove" ;;
            " files") path=" files" ;;
            " files get") path=" files get" ;;
            " events") path=" events" ;;
            " events parse") path=" events parse" ;;
            " sandbox") path=" sandbox" ;;
            " sandbox serve") path=" sandbox serve" ;;
            " sandbox scenarios") path=" sandbox scenarios" ;;
        esac
    done
    case "$path:$previous" in
            " triage:--fail-on") words="warning error" ;;
            " triage:--auth") words="auto key entra" ;;
            " triage:-o") words="table json jsonl csv tsv ids" ;;
            " triage:--output") words="table json jsonl csv tsv ids" ;;
            " explain:-o") words="table json jsonl csv tsv ids" ;;
            " explain:--output") words="table json jsonl csv tsv ids" ;;
            " tasks failed:--by") words="node code category exit-code job" ;;
            " tasks failed:--fail-on") words="any" ;;
            " tasks failed:--auth") words="auto key entra" ;;
            " tasks failed:-o") words="table json jsonl csv tsv ids" ;;
            " tasks failed:--output") words="table json jsonl csv tsv ids" ;;
            " nodes suspect:--fail-on") words="any" ;;
            " nodes suspect:--auth") words="auto key entra" ;;
            " nodes suspect:-o") words="table json jsonl csv tsv ids" ;;
            " nodes suspect:--output") words="table json jsonl csv tsv ids" ;;
            " node disable:--auth") words="auto key entra" ;;
            " node disable:-o") words="table json jsonl csv tsv ids" ;;
            " node disable:--output") words="table json jsonl csv tsv ids" ;;
            " node enable:--auth") words="auto key entra" ;;
            " node enable:-o") words="table json jsonl csv tsv ids" ;;
            " node enable:--output") words="table json jsonl csv tsv ids" ;;
            " node start:--auth") words="auto key entra" ;;
            " node start:-o") words="table json jsonl csv tsv ids" ;;
            " node start:--output") words="table json jsonl csv tsv ids" ;;
            " node reboot:--auth") words="auto key entra" ;;
            " node reboot:-o") words="table json jsonl csv tsv ids" ;;
            " node reboot:--output") words="table json jsonl csv tsv ids" ;;
            " node reimage:--auth") words="auto key entra" ;;
            " node reimage:-o") words="table json jsonl csv tsv ids" ;;
            " node reimage:--output") words="table json jsonl csv tsv ids" ;;
            " node deallocate:--auth") words="auto key entra" ;;
            " node deallocate:-o") words="table json jsonl csv tsv ids" ;;
            " node deallocate:--output") words="table json jsonl csv tsv ids" ;;
            " node remove:--auth") words="auto key entra" ;;
            " node remove:-o") words="table json jsonl csv tsv ids" ;;
            " node remove:--output") words="table json jsonl csv tsv ids" ;;
            " files get:--auth") words="auto key entra" ;;
            " events parse:--show") words="summary failures nodes events" ;;
            " events parse:--fail-on") words="any" ;;
            " events parse:-o") words="table json jsonl csv tsv ids" ;;
            " events parse:--output") words="table json jsonl csv tsv ids" ;;
            " sandbox scenarios:-o") words="table json jsonl csv tsv ids" ;;
            " sandbox scenarios:--output") words="table json jsonl csv tsv ids" ;;
    esac
    if [[ -z $words ]]; then
        case "$path" in
            "") words="triage explain demo completion tasks nodes node files events sandbox --version -h --help" ;;
            " triage") words="--since --ignore --fail-on --account-endpoint --account-name --account-key-file --auth --timeout -o --output -v --verbose -h --help" ;;
            " explain") words="--list -o --output -v --verbose -h --help" ;;
            " demo") words="--scenario -h --help" ;;
            " completion") words="-h --help" ;;
            " tasks") words="failed -h --help" ;;
            " tasks failed") words="--job --job-id --pool --pool-id --since --limit --by --fail-on --account-endpoint --account-name --account-key-file --auth --timeout -o --output -v --verbose -h --help" ;;
            " nodes") words="suspect -h --help" ;;
            " nodes suspect") words="--pool --pool-id --job --job-id --since --min-failures --exact --fail-on --account-endpoint --account-name --account-key-file --auth --timeout -o --output -v --verbose -h --help" ;;
            " node") words="disable enable start reboot reimage deallocate remove -h --help" ;;
            " node disable") words="--pool --pool-id --requeue --terminate --task-completion --max-share --wait --wait-timeout -y --yes -n --dry-run --account-endpoint --account-name --account-key-file --auth --timeout -o --output -v --verbose -h --help" ;;
            " node enable") words="--pool --pool-id --mine --wait --wait-timeout -y --yes -n --dry-run --account-endpoint --account-name --account-key-file --auth --timeout -o --output -v --verbose -h --help" ;;
            " node start") words="--pool --pool-id --wait --wait-timeout -y --yes -n --dry-run --account-endpoint --account-name --account-key-file --auth --timeout -o --output -v --verbose -h --help" ;;
            " node reboot") words="--pool --pool-id --requeue --terminate --task-completion --retained-data --max-share --wait --wait-timeout -y --yes -n --dry-run --account-endpoint --account-name --account-key-file --auth --timeout -o --output -v --verbose -h --help" ;;
            " node reimage") words="--pool --pool-id --requeue --terminate --task-completion --retained-data --max-share --wait --wait-timeout -y --yes -n --dry-run --account-endpoint --account-name --account-key-file --auth --timeout -o --output -v --verbose -h --help" ;;
            " node deallocate") words="--pool --pool-id --requeue --terminate --task-completion --retained-data --max-share --wait --wait-timeout -y --yes -n --dry-run --account-endpoint --account-name --account-key-file --auth --timeout -o --output -v --verbose -h --help" ;;
            " node remove") words="--pool --pool-id --requeue --terminate --task-completion --retained-data --max-share --wait --wait-timeout -y --yes -n --dry-run --account-endpoint --account-name --account-key-file --auth --timeout -o --output -v --verbose -h --help" ;;
            " files") words="get -h --help" ;;
            " files get") words="--job --job-id --task --task-id --pool --pool-id --node --node-id --start-task --out --force --raw --account-endpoint --account-name --account-key-file --auth --timeout -v --verbose -h --help" ;;
            " events") words="parse -h --help" ;;
            " events parse") words="--show --since --until --job --job-id --pool --pool-id --node --node-id --category --min-failures --fail-on -o --output -v --verbose -h --help" ;;
            " sandbox") words="serve scenarios -h --help" ;;
            " sandbox serve") words="--port --scenario --size --key-auth --token --tls -v --verbose -h --help" ;;
            " sandbox scenarios") words="-o --output -v --verbose -h --help" ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _batchdoctor batchdoctor
