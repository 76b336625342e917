# bash completion for batchdoctor; written by `batchdoctor completion bash`
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
                    [[ $name =~ ^\[profile\.([A-Za-z0-9_-]+)\] ]] || continue
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

_batchdoctor() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local path="" word words="" kinds="" index
    COMPREPLY=()
    for ((index = 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        case "$path $word" in
            " triage") path=" triage" ;;
            " cost") path=" cost" ;;
            " timeline") path=" timeline" ;;
            " compare") path=" compare" ;;
            " compare jobs") path=" compare jobs" ;;
            " compare tasks") path=" compare tasks" ;;
            " compare nodes") path=" compare nodes" ;;
            " compare logs") path=" compare logs" ;;
            " compare bundles") path=" compare bundles" ;;
            " wait") path=" wait" ;;
            " wait job") path=" wait job" ;;
            " wait pool") path=" wait pool" ;;
            " wait node") path=" wait node" ;;
            " wait task") path=" wait task" ;;
            " explain") path=" explain" ;;
            " demo") path=" demo" ;;
            " completion") path=" completion" ;;
            " help") path=" help" ;;
            " tasks") path=" tasks" ;;
            " tasks list") path=" tasks list" ;;
            " tasks failed") path=" tasks failed" ;;
            " tasks reactivate") path=" tasks reactivate" ;;
            " task") path=" task" ;;
            " task show") path=" task show" ;;
            " task terminate") path=" task terminate" ;;
            " nodes") path=" nodes" ;;
            " nodes list") path=" nodes list" ;;
            " nodes suspect") path=" nodes suspect" ;;
            " node") path=" node" ;;
            " node show") path=" node show" ;;
            " node login") path=" node login" ;;
            " node logs") path=" node logs" ;;
            " node disable") path=" node disable" ;;
            " node enable") path=" node enable" ;;
            " node start") path=" node start" ;;
            " node reboot") path=" node reboot" ;;
            " node reimage") path=" node reimage" ;;
            " node deallocate") path=" node deallocate" ;;
            " node remove") path=" node remove" ;;
            " pools") path=" pools" ;;
            " pools list") path=" pools list" ;;
            " pool") path=" pool" ;;
            " pool diagnose") path=" pool diagnose" ;;
            " jobs") path=" jobs" ;;
            " jobs list") path=" jobs list" ;;
            " job") path=" job" ;;
            " job diagnose") path=" job diagnose" ;;
            " job disable") path=" job disable" ;;
            " job enable") path=" job enable" ;;
            " job terminate") path=" job terminate" ;;
            " files") path=" files" ;;
            " files list") path=" files list" ;;
            " files get") path=" files get" ;;
            " files grep") path=" files grep" ;;
            " files tail") path=" files tail" ;;
            " messages") path=" messages" ;;
            " messages test") path=" messages test" ;;
            " bundle") path=" bundle" ;;
            " mcp") path=" mcp" ;;
            " auth") path=" auth" ;;
            " auth check") path=" auth check" ;;
            " config") path=" config" ;;
            " config show") path=" config show" ;;
            " config profiles") path=" config profiles" ;;
            " config paths") path=" config paths" ;;
            " events") path=" events" ;;
            " events parse") path=" events parse" ;;
            " events query") path=" events query" ;;
            " events rule") path=" events rule" ;;
            " events map") path=" events map" ;;
            " events reduce") path=" events reduce" ;;
            " events submit") path=" events submit" ;;
            " sandbox") path=" sandbox" ;;
            " sandbox serve") path=" sandbox serve" ;;
            " sandbox events") path=" sandbox events" ;;
            " sandbox scenarios") path=" sandbox scenarios" ;;
            " schema") path=" schema" ;;
        esac
    done
    case "$path:$previous" in
            " triage:--ignore") words="pool-missing no-usable-nodes pool-support-ended pool-resize-failed autoscale-error autoscale-gives-nothing autoscale-frozen start-task-failed node-unreachable node-error node-unknown node-suspect job-not-started outage failures-rose job-failing preparation-failed slots-never-fit multi-instance-never-fits tasks-stranded dependency-never-met job-ended-by-limit job-ended-by-failure check-failed not-read job-disabled multi-instance-waits job-ended-too-early task-run-again task-hung tasks-preparing tasks-failed failures-rose-before node-stuck pool-resize-stuck pool-deletion-stuck pool-below-target jobs-fill-quota node-hides-failures node-offline start-task-failure-ignored tasks-waiting autoscale-due lower-priority parallel-limit jobs-stay-active pool-idle pool-support-ends pool-deleting node-preempted node-agent-behind tasks-failed-rarely pool-resize-failed-before job-ended-by-request counts-disagree not-looked-at" ;;
            " triage:--notify-format") words="json teams slack" ;;
            " triage:--fail-on") words="any warning error" ;;
            " triage:--auth") words="auto key entra" ;;
            " triage:-o") words="table json jsonl csv tsv ids markdown prometheus junit" ;;
            " triage:--output") words="table json jsonl csv tsv ids markdown prometheus junit" ;;
            " cost:--fail-on") words="any warning error" ;;
            " cost:--auth") words="auto key entra" ;;
            " cost:-o") words="table json jsonl csv tsv ids markdown" ;;
            " cost:--output") words="table json jsonl csv tsv ids markdown" ;;
            " timeline:--fail-on") words="any warning error" ;;
            " timeline:--auth") words="auto key entra" ;;
            " timeline:-o") words="table json jsonl csv tsv ids markdown" ;;
            " timeline:--output") words="table json jsonl csv tsv ids markdown" ;;
            " compare jobs:--fail-on") words="any warning error" ;;
            " compare jobs:--auth") words="auto key entra" ;;
            " compare jobs:-o") words="table json jsonl csv tsv ids markdown" ;;
            " compare jobs:--output") words="table json jsonl csv tsv ids markdown" ;;
            " compare tasks:--fail-on") words="any warning error" ;;
            " compare tasks:--auth") words="auto key entra" ;;
            " compare tasks:-o") words="table json jsonl csv tsv ids markdown" ;;
            " compare tasks:--output") words="table json jsonl csv tsv ids markdown" ;;
            " compare nodes:--fail-on") words="any warning error" ;;
            " compare nodes:--auth") words="auto key entra" ;;
            " compare nodes:-o") words="table json jsonl csv tsv ids markdown" ;;
            " compare nodes:--output") words="table json jsonl csv tsv ids markdown" ;;
            " compare logs:--fail-on") words="any warning error" ;;
            " compare logs:-o") words="table json jsonl csv tsv ids markdown" ;;
            " compare logs:--output") words="table json jsonl csv tsv ids markdown" ;;
            " compare bundles:--fail-on") words="any warning error" ;;
            " compare bundles:-o") words="table json jsonl csv tsv ids markdown" ;;
            " compare bundles:--output") words="table json jsonl csv tsv ids markdown" ;;
            " wait job:--fail-on") words="any warning error" ;;
            " wait job:--auth") words="auto key entra" ;;
            " wait job:-o") words="table json jsonl csv tsv ids markdown" ;;
            " wait job:--output") words="table json jsonl csv tsv ids markdown" ;;
            " wait pool:--fail-on") words="any warning error" ;;
            " wait pool:--auth") words="auto key entra" ;;
            " wait pool:-o") words="table json jsonl csv tsv ids markdown" ;;
            " wait pool:--output") words="table json jsonl csv tsv ids markdown" ;;
            " wait node:--fail-on") words="any warning error" ;;
            " wait node:--auth") words="auto key entra" ;;
            " wait node:-o") words="table json jsonl csv tsv ids markdown" ;;
            " wait node:--output") words="table json jsonl csv tsv ids markdown" ;;
            " wait task:--fail-on") words="any warning error" ;;
            " wait task:--auth") words="auto key entra" ;;
            " wait task:-o") words="table json jsonl csv tsv ids markdown" ;;
            " wait task:--output") words="table json jsonl csv tsv ids markdown" ;;
            " explain:--kind") words="task start-task preparation job node resize autoscale rest exit-code message" ;;
            " explain:--fail-on") words="any warning error" ;;
            " explain:-o") words="table json jsonl csv tsv ids markdown" ;;
            " explain:--output") words="table json jsonl csv tsv ids markdown" ;;
            " demo:--scenario") words="bad-job bad-node big healthy night-shift" ;;
            " tasks list:--state") words="active preparing running completed failed succeeded" ;;
            " tasks list:--sort") words="newest oldest id longest" ;;
            " tasks list:--fail-on") words="any warning error" ;;
            " tasks list:--auth") words="auto key entra" ;;
            " tasks list:-o") words="table json jsonl csv tsv ids markdown" ;;
            " tasks list:--output") words="table json jsonl csv tsv ids markdown" ;;
            " tasks failed:--category") words="preprocessing fileUpload application constraint node unknown" ;;
            " tasks failed:--sort") words="newest oldest" ;;
            " tasks failed:--by") words="node code category exit-code job message" ;;
            " tasks failed:--fail-on") words="any warning error" ;;
            " tasks failed:--auth") words="auto key entra" ;;
            " tasks failed:-o") words="table json jsonl csv tsv ids markdown" ;;
            " tasks failed:--output") words="table json jsonl csv tsv ids markdown" ;;
            " tasks reactivate:--category") words="preprocessing fileUpload application constraint node unknown" ;;
            " tasks reactivate:--auth") words="auto key entra" ;;
            " tasks reactivate:-o") words="table json jsonl csv tsv ids markdown" ;;
            " tasks reactivate:--output") words="table json jsonl csv tsv ids markdown" ;;
            " task show:--fail-on") words="any warning error" ;;
            " task show:--auth") words="auto key entra" ;;
            " task show:-o") words="table json jsonl csv tsv ids markdown" ;;
            " task show:--output") words="table json jsonl csv tsv ids markdown" ;;
            " task terminate:--auth") words="auto key entra" ;;
            " task terminate:-o") words="table json jsonl csv tsv ids markdown" ;;
            " task terminate:--output") words="table json jsonl csv tsv ids markdown" ;;
            " nodes list:--state") words="creating starting waitingforstarttask starttaskfailed idle running offline unusable unknown preempted rebooting reimaging upgradingos leavingpool deallocating deallocated" ;;
            " nodes list:--sort") words="newest oldest id failed" ;;
            " nodes list:--fail-on") words="any warning error" ;;
            " nodes list:--auth") words="auto key entra" ;;
            " nodes list:-o") words="table json jsonl csv tsv ids markdown" ;;
            " nodes list:--output") words="table json jsonl csv tsv ids markdown" ;;
            " nodes suspect:--verdict") words="broken suspect watch" ;;
            " nodes suspect:--fail-on") words="any warning error" ;;
            " nodes suspect:--auth") words="auto key entra" ;;
            " nodes suspect:-o") words="table json jsonl csv tsv ids markdown" ;;
            " nodes suspect:--output") words="table json jsonl csv tsv ids markdown" ;;
            " node show:--fail-on") words="any warning error" ;;
            " node show:--auth") words="auto key entra" ;;
            " node show:-o") words="table json jsonl csv tsv ids markdown" ;;
            " node show:--output") words="table json jsonl csv tsv ids markdown" ;;
            " node login:--auth") words="auto key entra" ;;
            " node login:-o") words="table json jsonl csv tsv ids markdown" ;;
            " node login:--output") words="table json jsonl csv tsv ids markdown" ;;
            " node logs:--auth") words="auto key entra" ;;
            " node logs:-o") words="table json jsonl csv tsv ids markdown" ;;
            " node logs:--output") words="table json jsonl csv tsv ids markdown" ;;
            " node disable:--auth") words="auto key entra" ;;
            " node disable:-o") words="table json jsonl csv tsv ids markdown" ;;
            " node disable:--output") words="table json jsonl csv tsv ids markdown" ;;
            " node enable:--auth") words="auto key entra" ;;
            " node enable:-o") words="table json jsonl csv tsv ids markdown" ;;
            " node enable:--output") words="table json jsonl csv tsv ids markdown" ;;
            " node start:--auth") words="auto key entra" ;;
            " node start:-o") words="table json jsonl csv tsv ids markdown" ;;
            " node start:--output") words="table json jsonl csv tsv ids markdown" ;;
            " node reboot:--auth") words="auto key entra" ;;
            " node reboot:-o") words="table json jsonl csv tsv ids markdown" ;;
            " node reboot:--output") words="table json jsonl csv tsv ids markdown" ;;
            " node reimage:--auth") words="auto key entra" ;;
            " node reimage:-o") words="table json jsonl csv tsv ids markdown" ;;
            " node reimage:--output") words="table json jsonl csv tsv ids markdown" ;;
            " node deallocate:--auth") words="auto key entra" ;;
            " node deallocate:-o") words="table json jsonl csv tsv ids markdown" ;;
            " node deallocate:--output") words="table json jsonl csv tsv ids markdown" ;;
            " node remove:--auth") words="auto key entra" ;;
            " node remove:-o") words="table json jsonl csv tsv ids markdown" ;;
            " node remove:--output") words="table json jsonl csv tsv ids markdown" ;;
            " pools list:--state") words="active deleting steady resizing stopping" ;;
            " pools list:--sort") words="newest oldest id" ;;
            " pools list:--fail-on") words="any warning error" ;;
            " pools list:--auth") words="auto key entra" ;;
            " pools list:-o") words="table json jsonl csv tsv ids markdown" ;;
            " pools list:--output") words="table json jsonl csv tsv ids markdown" ;;
            " pool diagnose:--fail-on") words="any warning error" ;;
            " pool diagnose:--auth") words="auto key entra" ;;
            " pool diagnose:-o") words="table json jsonl csv tsv ids markdown" ;;
            " pool diagnose:--output") words="table json jsonl csv tsv ids markdown" ;;
            " jobs list:--state") words="active disabled disabling enabling terminating completed deleting" ;;
            " jobs list:--sort") words="newest oldest id longest failed" ;;
            " jobs list:--fail-on") words="any warning error" ;;
            " jobs list:--auth") words="auto key entra" ;;
            " jobs list:-o") words="table json jsonl csv tsv ids markdown" ;;
            " jobs list:--output") words="table json jsonl csv tsv ids markdown" ;;
            " job diagnose:--fail-on") words="any warning error" ;;
            " job diagnose:--auth") words="auto key entra" ;;
            " job diagnose:-o") words="table json jsonl csv tsv ids markdown" ;;
            " job diagnose:--output") words="table json jsonl csv tsv ids markdown" ;;
            " job disable:--auth") words="auto key entra" ;;
            " job disable:-o") words="table json jsonl csv tsv ids markdown" ;;
            " job disable:--output") words="table json jsonl csv tsv ids markdown" ;;
            " job enable:--auth") words="auto key entra" ;;
            " job enable:-o") words="table json jsonl csv tsv ids markdown" ;;
            " job enable:--output") words="table json jsonl csv tsv ids markdown" ;;
            " job terminate:--auth") words="auto key entra" ;;
            " job terminate:-o") words="table json jsonl csv tsv ids markdown" ;;
            " job terminate:--output") words="table json jsonl csv tsv ids markdown" ;;
            " files list:--fail-on") words="any warning error" ;;
            " files list:--auth") words="auto key entra" ;;
            " files list:-o") words="table json jsonl csv tsv ids markdown" ;;
            " files list:--output") words="table json jsonl csv tsv ids markdown" ;;
            " files get:--auth") words="auto key entra" ;;
            " files grep:--fail-on") words="any warning error" ;;
            " files grep:--auth") words="auto key entra" ;;
            " files grep:-o") words="table json jsonl csv tsv ids markdown" ;;
            " files grep:--output") words="table json jsonl csv tsv ids markdown" ;;
            " files tail:--auth") words="auto key entra" ;;
            " messages test:--fail-on") words="any warning error" ;;
            " messages test:-o") words="table json jsonl csv tsv ids markdown" ;;
            " messages test:--output") words="table json jsonl csv tsv ids markdown" ;;
            " bundle:--auth") words="auto key entra" ;;
            " bundle:-o") words="table json jsonl csv tsv ids markdown" ;;
            " bundle:--output") words="table json jsonl csv tsv ids markdown" ;;
            " mcp:--auth") words="auto key entra" ;;
            " auth check:--auth") words="auto key entra" ;;
            " auth check:-o") words="table json jsonl csv tsv ids markdown" ;;
            " auth check:--output") words="table json jsonl csv tsv ids markdown" ;;
            " config show:--auth") words="auto key entra" ;;
            " config show:-o") words="table json jsonl csv tsv ids markdown" ;;
            " config show:--output") words="table json jsonl csv tsv ids markdown" ;;
            " config profiles:-o") words="table json jsonl csv tsv ids markdown" ;;
            " config profiles:--output") words="table json jsonl csv tsv ids markdown" ;;
            " config paths:-o") words="table json jsonl csv tsv ids markdown" ;;
            " config paths:--output") words="table json jsonl csv tsv ids markdown" ;;
            " events parse:--show") words="summary failures nodes unfinished timeline events" ;;
            " events parse:--by") words="message" ;;
            " events parse:--category") words="preprocessing fileUpload application constraint node unknown" ;;
            " events parse:--notify-format") words="json teams slack" ;;
            " events parse:--fail-on") words="any warning error" ;;
            " events parse:--engine") words="dask" ;;
            " events parse:-o") words="table json jsonl csv tsv ids markdown" ;;
            " events parse:--output") words="table json jsonl csv tsv ids markdown" ;;
            " events query:--show") words="summary failures nodes unfinished timeline events" ;;
            " events query:--by") words="message" ;;
            " events query:--category") words="preprocessing fileUpload application constraint node unknown" ;;
            " events query:--fail-on") words="any warning error" ;;
            " events query:-o") words="table json jsonl csv tsv ids markdown" ;;
            " events query:--output") words="table json jsonl csv tsv ids markdown" ;;
            " events rule:--show") words="failures nodes unfinished events" ;;
            " events map:-o") words="table json jsonl csv tsv ids markdown" ;;
            " events map:--output") words="table json jsonl csv tsv ids markdown" ;;
            " events reduce:--show") words="summary failures nodes unfinished timeline events" ;;
            " events reduce:--fail-on") words="any warning error" ;;
            " events reduce:-o") words="table json jsonl csv tsv ids markdown" ;;
            " events reduce:--output") words="table json jsonl csv tsv ids markdown" ;;
            " events submit:--show") words="summary failures nodes unfinished timeline events" ;;
            " events submit:--fail-on") words="any warning error" ;;
            " events submit:--auth") words="auto key entra" ;;
            " events submit:-o") words="table json jsonl csv tsv ids markdown" ;;
            " events submit:--output") words="table json jsonl csv tsv ids markdown" ;;
            " sandbox serve:--scenario") words="bad-job bad-node big healthy night-shift" ;;
            " sandbox events:--scenario") words="bad-job bad-node big healthy night-shift" ;;
            " sandbox scenarios:-o") words="table json jsonl csv tsv ids markdown" ;;
            " sandbox scenarios:--output") words="table json jsonl csv tsv ids markdown" ;;
            " schema:-o") words="table json jsonl csv tsv ids markdown" ;;
            " schema:--output") words="table json jsonl csv tsv ids markdown" ;;
    esac
    if [[ -z $words ]]; then
        case $previous in
            --pool | --pool-id) kinds=pools ;;
            --job | --job-id) kinds=jobs ;;
            --profile) kinds=profiles ;;
            --node | --node-id) kinds=nodes ;;
            --task | --task-id) kinds=tasks ;;
        esac
    fi
    if [[ -z $words$kinds ]]; then
        case "$path" in
            "") words="triage cost timeline compare wait explain demo completion help tasks task nodes node pools pool jobs job files messages bundle mcp auth config events sandbox schema --version -v --verbose -h --help" ;;
            " triage") words="--since --pool --pool-id --job --job-id --ignore --messages --out --notify --notify-format --fail-on --all-profiles --report --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " cost") words="--since --until --pool --pool-id --job --job-id --events --price --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " timeline") words="--job --job-id --pool --pool-id --node --node-id --since --until --events --only-events --limit --list --fail-on --report --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " compare") words="jobs tasks nodes logs bundles -h --help" ;;
            " compare jobs") words="--messages --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " compare tasks") words="--messages --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " compare nodes") words="--pool --pool-id --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " compare logs") words="--job --job-id --pool --pool-id --fail-on -o --output --json --no-pager -v --verbose -h --help" ;;
            " compare bundles") words="--fail-on -o --output --json --no-pager -v --verbose -h --help" ;;
            " wait") words="job pool node task -h --help" ;;
            " wait job") words="--job --job-id --until --timeout --poll --settle --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from -o --output --json --no-pager -v --verbose -h --help" ;;
            " wait pool") words="--pool --pool-id --until --timeout --poll --settle --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from -o --output --json --no-pager -v --verbose -h --help" ;;
            " wait node") words="--pool --pool-id --until --timeout --poll --settle --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from -o --output --json --no-pager -v --verbose -h --help" ;;
            " wait task") words="--job --job-id --task --task-id --until --timeout --poll --settle --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from -o --output --json --no-pager -v --verbose -h --help" ;;
            " explain") words="--list --kind --messages --fail-on -o --output --json --no-pager -v --verbose -h --help" ;;
            " demo") words="--scenario -h --help" ;;
            " completion") words="--install --remove -h --help" ;;
            " help") words="--man -h --help" ;;
            " tasks") words="list failed reactivate -h --help" ;;
            " tasks list") words="--job --job-id --state --pool --pool-id --node --node-id --exit-code --since --until --sort --limit --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " tasks failed") words="--job --job-id --pool --pool-id --node --node-id --category --exit-code --since --until --sort --limit --by --stderr --all --save-logs --messages --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " tasks reactivate") words="--job --job-id --failed --category --node --node-id -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " task") words="show terminate -h --help" ;;
            " task show") words="--job --job-id --task --task-id --lines --messages --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " task terminate") words="--job --job-id --task --task-id -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " nodes") words="list suspect -h --help" ;;
            " nodes list") words="--pool --pool-id --state --job --job-id --node --node-id --since --until --sort --limit --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " nodes suspect") words="--pool --pool-id --job --job-id --since --min-failures --exact --verdict --parked --messages --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " node") words="show login logs disable enable start reboot reimage deallocate remove -h --help" ;;
            " node show") words="--pool --pool-id --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " node login") words="--pool --pool-id --user --expires --ssh-key --admin --out --remove -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " node logs") words="--pool --pool-id --container --container-file --identity --since --since-boot --wait --wait-timeout -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " node disable") words="--pool --pool-id --requeue --terminate --task-completion --max-share --wait --wait-timeout -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " node enable") words="--pool --pool-id --mine --wait --wait-timeout -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " node start") words="--pool --pool-id --wait --wait-timeout -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " node reboot") words="--pool --pool-id --requeue --terminate --task-completion --retained-data --max-share --wait --wait-timeout -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " node reimage") words="--pool --pool-id --requeue --terminate --task-completion --retained-data --max-share --wait --wait-timeout -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " node deallocate") words="--pool --pool-id --requeue --terminate --task-completion --retained-data --max-share --wait --wait-timeout -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " node remove") words="--pool --pool-id --save-logs --requeue --terminate --task-completion --retained-data --max-share --wait --wait-timeout -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " pools") words="list -h --help" ;;
            " pools list") words="--pool --pool-id --state --since --until --sort --limit --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " pool") words="diagnose -h --help" ;;
            " pool diagnose") words="--pool --pool-id --fail-on --report --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " jobs") words="list -h --help" ;;
            " jobs list") words="--job --job-id --state --pool --pool-id --since --until --sort --no-counts --limit --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " job") words="diagnose disable enable terminate -h --help" ;;
            " job diagnose") words="--job --job-id --since --exact --messages --fail-on --report --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " job disable") words="--job --job-id --requeue --terminate --task-completion -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " job enable") words="--job --job-id -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " job terminate") words="--job --job-id --reason -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " files") words="list get grep tail -h --help" ;;
            " files list") words="--job --job-id --task --task-id --pool --pool-id --node --node-id --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose --watch -h --help" ;;
            " files get") words="--job --job-id --task --task-id --pool --pool-id --node --node-id --start-task --out --force --raw --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -v --verbose -h --help" ;;
            " files grep") words="--job --job-id --failed --file -C --context -i --ignore-case -l --files -c --count --fail-on --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " files tail") words="--job --job-id --task --task-id --pool --pool-id --node --node-id --running --start-task -n --lines -f --follow --raw --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -v --verbose -h --help" ;;
            " messages") words="test -h --help" ;;
            " messages test") words="--fail-on -o --output --json --no-pager -v --verbose -h --help" ;;
            " bundle") words="--out --job --job-id --pool --pool-id --since --events --max-size --keep-ids --force --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " mcp") words="--account-endpoint --account-name --account-key-file --auth --profile --from --timeout -v --verbose -h --help" ;;
            " auth") words="check -h --help" ;;
            " auth check") words="--account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " config") words="show profiles paths -h --help" ;;
            " config show") words="--account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " config profiles") words="-o --output --json --no-pager -v --verbose -h --help" ;;
            " config paths") words="-o --output --json --no-pager -v --verbose -h --help" ;;
            " events") words="parse query rule map reduce submit -h --help" ;;
            " events parse") words="--from --show --by --since --until --job --job-id --pool --pool-id --node --node-id --category --min-failures --merge --tally-out --force --workers --follow --state --notify --notify-format --kql --fail-on --report --engine --scheduler -o --output --json --no-pager -v --verbose -h --help" ;;
            " events query") words="--workspace --show --by --since --until --job --job-id --pool --pool-id --node --node-id --category --min-failures --endpoint --fail-on -o --output --json --no-pager -v --verbose -h --help" ;;
            " events rule") words="--show --job --job-id --pool --pool-id --node --node-id --above --window --every --severity --name -v --verbose -h --help" ;;
            " events map") words="--out --since --until --job --job-id --pool --pool-id --node --node-id --workers --keep-going -o --output --json --no-pager -v --verbose -h --help" ;;
            " events reduce") words="--shard --final --show --min-failures --fail-on -o --output --json --no-pager -v --verbose -h --help" ;;
            " events submit") words="--pool --pool-id --logs --out --since --until --show --min-failures --no-wait --fail-on --program --python --identity --reduces --job --job-id -y --yes --no-journal --confirm -n --dry-run --account-endpoint --account-name --account-key-file --auth --profile --from --timeout -o --output --json --no-pager -v --verbose -h --help" ;;
            " sandbox") words="serve events scenarios -h --help" ;;
            " sandbox serve") words="--port --scenario --size --key-auth --token --tls --run-jobs --mishap -v --verbose -h --help" ;;
            " sandbox events") words="--scenario --size --old-starts -v --verbose -h --help" ;;
            " sandbox scenarios") words="-o --output --json --no-pager -v --verbose -h --help" ;;
            " schema") words="-o --output --json --no-pager -v --verbose -h --help" ;;
        esac
        [[ $current == -* ]] || case "$path" in
            " compare jobs") kinds="jobs" ;;
            " compare tasks") kinds="tasks" ;;
            " compare nodes") kinds="nodes" ;;
            " wait job") kinds="jobs" ;;
            " wait pool") kinds="pools" ;;
            " wait node") kinds="nodes" ;;
            " wait task") kinds="tasks" ;;
            " explain") words+=" FailureExitCode CommandProgramNotFound CommandLaunchFailed BadCommandType TaskEnded BlobNotFound BlobAccessDenied BlobDownloadTimedOut BlobDownloadMiscError ResourceDownloadTimedOut ResourceContainerNotFound ResourceContainerAccessDenied ResourceContainerListTimedOut ResourceContainerListMiscError ResourceDirectoryCreateFailed ResourceFileCreateFailed ResourceFileWriteFailed DiskFull ApplicationPackageError ContainerInvalidImage ContainerInvalidRegistry ContainerInvalidSettings ContainerMiscError FileUploadContainerNotFound FileUploadAccessDenied FileUploadConflict FileUploadTimedOut FileUploadMiscError FileUploadDeleted MountConfigurationError JobPreparationTaskFailed MaxInternalRetryCountReached TaskSchedulingConstraintFailed Unknown AutoPoolCreationFailedWithQuotaReached InvalidApplicationPackageReferencesInAutoPool InvalidAutoScaleFormulaInAutoPool InvalidAutoPoolSettings InvalidCertificatesInAutoPool JobBeingTerminated JMComplete MaxWallClockTimeExpiry TerminateJobSchedule AllTasksComplete TaskFailed UserTerminate BatchAgentInstallationFailure AccountCoreQuotaReached AccountLowPriorityCoreQuotaReached AccountSpotCoreQuotaReached AccountVMSeriesCoreQuotaReached AllocationTimedOut AllocationFailed BatchOutOfCapacity OverconstrainedAllocationRequestError ResizeStopped RemoveNodesFailed CommunicationEnabledPoolReachedMaxVMCount UnsupportedVMSize IncompatibleVMSize DependentResourceNotFound DiskEncryptionFailure FailedIdentityOperation MissingPublisherPropertyInMarketPlacePlan OperationsRestrictedByPolicy OperationsOnImageRestrictedByPolicy OperationsOnLoadBalancerRestrictedByPolicy OperationsOnNetworkSecurityGroupRestrictedByPolicy OperationsOnPrivateEndpointRestrictedByPolicy OperationsOnPrivateLinkRestrictedByPolicy OperationsOnPublicIPRestrictedByPolicy OperationsOnVirtualNetworkRestrictedByPolicy MarketplacePurchaseEligibilityFailed SubnetWithExternalResourcesCannotBeUsedByOtherResources SubnetIsFull SkuNotAvailable ZonalAllocationFailed QuotaExceeded RequestDisallowedByPolicy LinkedAuthorizationFailed AuthorizationFailed KeyVaultAccessForbidden ScopeLocked PublicIPCountLimitReached InternalExecutionError InsufficientSampleData AutoScalingFormulaSyntaxError AutoScalingFormulaTooLong InvalidAutoScalingSettings TooManyEnableAutoScaleRequests ConditionNotMet MissingRequiredHeader MissingRequiredProperty MissingRequiredQueryParameter UnsupportedHeader UnsupportedProperty UnsupportedQueryParameter InvalidHeaderValue InvalidPropertyValue InvalidQueryParameterValue OutOfRangeQueryParameterValue OutOfRangeInput RequestUrlFailedToParse InvalidUri InvalidHttpVerb EmptyMetadataKey InvalidMetadata MetadataTooLarge InvalidRequestBody InvalidInput InvalidAuthenticationInfo MultipleConditionHeadersNotSupported UnsupportedRequestVersion OSVersionNotFound OSVersionDisabled OSVersionExpired PoolVersionEqualsUpgradeVersion PoolNotEligibleForOSVersionUpgrade TaskDependenciesNotSpecifiedOnJob TaskDependencyListTooLong TaskDependencyRangesTooLong AuthenticationFailed InsufficientAccountPermissions AccountIsDisabled IOError AuthorizationFailure Forbidden ResourceNotFound PoolNotFound NodeNotFound JobNotFound JobScheduleNotFound TaskNotFound FileNotFound NodeUserNotFound CertificateNotFound JobPreparationTaskNotRunOnNode JobReleaseTaskNotRunOnNode NodeAgentSKUNotFound ApplicationNotFound UnsupportedHttpVerb OperationInvalidForCurrentState PoolBeingDeleted PoolBeingResized PoolBeingCreated NodeBeingCreated NodeBeingStarted NodeBeingReimaged NodeBeingRebooted NodeStateUnusable NodeNotReady NodeAlreadyInTargetSchedulingState OperationNotValidOnNode OperationNotValidOnPool JobBeingDeleted JobDisabled JobCompleted JobNotActive JobScheduleBeingTerminated JobScheduleBeingDeleted JobScheduleDisabled JobScheduleCompleted TaskCompleted TaskNotCompleted TaskSucceeded TaskFilesUnavailable TaskFilesCleanedup UpgradePoolVersionConflict PoolExists JobExists JobScheduleExists TaskExists NodeUserExists CertificateExists JobWithSameIdExists JobScheduleWithSameIdExists TaskIdSameAsJobPreparationTask TaskIdSameAsJobReleaseTask ActiveJobAndScheduleQuotaReached PoolQuotaReached JobPreparationTaskNotSpecified JobPreparationTaskOrReleaseTaskNotSpecified JobReleaseTaskNotSpecified InvalidApplicationPackageReferences CertificateBeingDeleted MissingContentLengthHeader RequestBodyTooLarge InvalidRange TooManyRequests InternalError OperationTimedOut ServerBusy InvalidRestAPIForAccountSetting InvalidConstraintValue UnsupportedConstraint OutOfRangePriority PathNotFound NodeCountsMismatch StorageAccountNotFound ResourceAlreadyExists ResourceTypeMismatch NotImplemented HostInformationNotPresent UnsupportedHttpVersion AddTaskCollectionTerminated InvalidCertificateReferences CertificateStateActive CertificateStateDeleteFailed" ;;
            " tasks list") kinds="jobs" ;;
            " tasks failed") kinds="jobs" ;;
            " tasks reactivate") kinds="tasks" ;;
            " task show") kinds="tasks" ;;
            " task terminate") kinds="tasks" ;;
            " nodes list") kinds="pools" ;;
            " nodes suspect") kinds="pools" ;;
            " node show") kinds="nodes" ;;
            " node login") kinds="nodes" ;;
            " node logs") kinds="nodes" ;;
            " node disable") kinds="nodes" ;;
            " node enable") kinds="nodes" ;;
            " node start") kinds="nodes" ;;
            " node reboot") kinds="nodes" ;;
            " node reimage") kinds="nodes" ;;
            " node deallocate") kinds="nodes" ;;
            " node remove") kinds="nodes" ;;
            " pools list") kinds="pools" ;;
            " pool diagnose") kinds="pools" ;;
            " jobs list") kinds="jobs" ;;
            " job diagnose") kinds="jobs" ;;
            " job disable") kinds="jobs" ;;
            " job enable") kinds="jobs" ;;
            " job terminate") kinds="jobs" ;;
            " files list") kinds="tasks nodes" ;;
            " files get") kinds="tasks nodes" ;;
            " files tail") kinds="tasks nodes" ;;
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
