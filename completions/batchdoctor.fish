# fish completion for batchdoctor; written by `batchdoctor completion fish`
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
            and string replace -rf '^\[profile\.([A-Za-z0-9_-]+)\].*' '$1' < $config
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

function __batchdoctor
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l place ''
    for word in $typed[2..-1]
        switch "$place $word"
            case ' triage'
                set place ' triage'
            case ' cost'
                set place ' cost'
            case ' timeline'
                set place ' timeline'
            case ' compare'
                set place ' compare'
            case ' compare jobs'
                set place ' compare jobs'
            case ' compare tasks'
                set place ' compare tasks'
            case ' compare nodes'
                set place ' compare nodes'
            case ' compare logs'
                set place ' compare logs'
            case ' compare bundles'
                set place ' compare bundles'
            case ' wait'
                set place ' wait'
            case ' wait job'
                set place ' wait job'
            case ' wait pool'
                set place ' wait pool'
            case ' wait node'
                set place ' wait node'
            case ' wait task'
                set place ' wait task'
            case ' explain'
                set place ' explain'
            case ' demo'
                set place ' demo'
            case ' completion'
                set place ' completion'
            case ' help'
                set place ' help'
            case ' tasks'
                set place ' tasks'
            case ' tasks list'
                set place ' tasks list'
            case ' tasks failed'
                set place ' tasks failed'
            case ' tasks reactivate'
                set place ' tasks reactivate'
            case ' task'
                set place ' task'
            case ' task show'
                set place ' task show'
            case ' task terminate'
                set place ' task terminate'
            case ' nodes'
                set place ' nodes'
            case ' nodes list'
                set place ' nodes list'
            case ' nodes suspect'
                set place ' nodes suspect'
            case ' node'
                set place ' node'
            case ' node show'
                set place ' node show'
            case ' node login'
                set place ' node login'
            case ' node logs'
                set place ' node logs'
            case ' node disable'
                set place ' node disable'
            case ' node enable'
                set place ' node enable'
            case ' node start'
                set place ' node start'
            case ' node reboot'
                set place ' node reboot'
            case ' node reimage'
                set place ' node reimage'
            case ' node deallocate'
                set place ' node deallocate'
            case ' node remove'
                set place ' node remove'
            case ' pools'
                set place ' pools'
            case ' pools list'
                set place ' pools list'
            case ' pool'
                set place ' pool'
            case ' pool diagnose'
                set place ' pool diagnose'
            case ' jobs'
                set place ' jobs'
            case ' jobs list'
                set place ' jobs list'
            case ' job'
                set place ' job'
            case ' job diagnose'
                set place ' job diagnose'
            case ' job disable'
                set place ' job disable'
            case ' job enable'
                set place ' job enable'
            case ' job terminate'
                set place ' job terminate'
            case ' files'
                set place ' files'
            case ' files list'
                set place ' files list'
            case ' files get'
                set place ' files get'
            case ' files grep'
                set place ' files grep'
            case ' files tail'
                set place ' files tail'
            case ' messages'
                set place ' messages'
            case ' messages test'
                set place ' messages test'
            case ' bundle'
                set place ' bundle'
            case ' mcp'
                set place ' mcp'
            case ' auth'
                set place ' auth'
            case ' auth check'
                set place ' auth check'
            case ' config'
                set place ' config'
            case ' config show'
                set place ' config show'
            case ' config profiles'
                set place ' config profiles'
            case ' config paths'
                set place ' config paths'
            case ' events'
                set place ' events'
            case ' events parse'
                set place ' events parse'
            case ' events query'
                set place ' events query'
            case ' events rule'
                set place ' events rule'
            case ' events map'
                set place ' events map'
            case ' events reduce'
                set place ' events reduce'
            case ' events submit'
                set place ' events submit'
            case ' sandbox'
                set place ' sandbox'
            case ' sandbox serve'
                set place ' sandbox serve'
            case ' sandbox events'
                set place ' sandbox events'
            case ' sandbox scenarios'
                set place ' sandbox scenarios'
            case ' schema'
                set place ' schema'
        end
    end
    set -l kinds
    set -l values
    switch "$place:$typed[-1]"
            case ' triage:--ignore'
                set values pool-missing no-usable-nodes pool-support-ended pool-resize-failed autoscale-error autoscale-gives-nothing autoscale-frozen start-task-failed node-unreachable node-error node-unknown node-suspect job-not-started outage failures-rose job-failing preparation-failed slots-never-fit multi-instance-never-fits tasks-stranded dependency-never-met job-ended-by-limit job-ended-by-failure check-failed not-read job-disabled multi-instance-waits job-ended-too-early task-run-again task-hung tasks-preparing tasks-failed failures-rose-before node-stuck pool-resize-stuck pool-deletion-stuck pool-below-target jobs-fill-quota node-hides-failures node-offline start-task-failure-ignored tasks-waiting autoscale-due lower-priority parallel-limit jobs-stay-active pool-idle pool-support-ends pool-deleting node-preempted node-agent-behind tasks-failed-rarely pool-resize-failed-before job-ended-by-request counts-disagree not-looked-at
            case ' triage:--notify-format'
                set values json teams slack
            case ' triage:--fail-on'
                set values any warning error
            case ' triage:--auth'
                set values auto key entra
            case ' triage:-o'
                set values table json jsonl csv tsv ids markdown prometheus junit
            case ' triage:--output'
                set values table json jsonl csv tsv ids markdown prometheus junit
            case ' cost:--fail-on'
                set values any warning error
            case ' cost:--auth'
                set values auto key entra
            case ' cost:-o'
                set values table json jsonl csv tsv ids markdown
            case ' cost:--output'
                set values table json jsonl csv tsv ids markdown
            case ' timeline:--fail-on'
                set values any warning error
            case ' timeline:--auth'
                set values auto key entra
            case ' timeline:-o'
                set values table json jsonl csv tsv ids markdown
            case ' timeline:--output'
                set values table json jsonl csv tsv ids markdown
            case ' compare jobs:--fail-on'
                set values any warning error
            case ' compare jobs:--auth'
                set values auto key entra
            case ' compare jobs:-o'
                set values table json jsonl csv tsv ids markdown
            case ' compare jobs:--output'
                set values table json jsonl csv tsv ids markdown
            case ' compare tasks:--fail-on'
                set values any warning error
            case ' compare tasks:--auth'
                set values auto key entra
            case ' compare tasks:-o'
                set values table json jsonl csv tsv ids markdown
            case ' compare tasks:--output'
                set values table json jsonl csv tsv ids markdown
            case ' compare nodes:--fail-on'
                set values any warning error
            case ' compare nodes:--auth'
                set values auto key entra
            case ' compare nodes:-o'
                set values table json jsonl csv tsv ids markdown
            case ' compare nodes:--output'
                set values table json jsonl csv tsv ids markdown
            case ' compare logs:--fail-on'
                set values any warning error
            case ' compare logs:-o'
                set values table json jsonl csv tsv ids markdown
            case ' compare logs:--output'
                set values table json jsonl csv tsv ids markdown
            case ' compare bundles:--fail-on'
                set values any warning error
            case ' compare bundles:-o'
                set values table json jsonl csv tsv ids markdown
            case ' compare bundles:--output'
                set values table json jsonl csv tsv ids markdown
            case ' wait job:--fail-on'
                set values any warning error
            case ' wait job:--auth'
                set values auto key entra
            case ' wait job:-o'
                set values table json jsonl csv tsv ids markdown
            case ' wait job:--output'
                set values table json jsonl csv tsv ids markdown
            case ' wait pool:--fail-on'
                set values any warning error
            case ' wait pool:--auth'
                set values auto key entra
            case ' wait pool:-o'
                set values table json jsonl csv tsv ids markdown
            case ' wait pool:--output'
                set values table json jsonl csv tsv ids markdown
            case ' wait node:--fail-on'
                set values any warning error
            case ' wait node:--auth'
                set values auto key entra
            case ' wait node:-o'
                set values table json jsonl csv tsv ids markdown
            case ' wait node:--output'
                set values table json jsonl csv tsv ids markdown
            case ' wait task:--fail-on'
                set values any warning error
            case ' wait task:--auth'
                set values auto key entra
            case ' wait task:-o'
                set values table json jsonl csv tsv ids markdown
            case ' wait task:--output'
                set values table json jsonl csv tsv ids markdown
            case ' explain:--kind'
                set values task start-task preparation job node resize autoscale rest exit-code message
            case ' explain:--fail-on'
                set values any warning error
            case ' explain:-o'
                set values table json jsonl csv tsv ids markdown
            case ' explain:--output'
                set values table json jsonl csv tsv ids markdown
            case ' demo:--scenario'
                set values bad-job bad-node big healthy night-shift
            case ' tasks list:--state'
                set values active preparing running completed failed succeeded
            case ' tasks list:--sort'
                set values newest oldest id longest
            case ' tasks list:--fail-on'
                set values any warning error
            case ' tasks list:--auth'
                set values auto key entra
            case ' tasks list:-o'
                set values table json jsonl csv tsv ids markdown
            case ' tasks list:--output'
                set values table json jsonl csv tsv ids markdown
            case ' tasks failed:--category'
                set values preprocessing fileUpload application constraint node unknown
            case ' tasks failed:--sort'
                set values newest oldest
            case ' tasks failed:--by'
                set values node code category exit-code job message
            case ' tasks failed:--fail-on'
                set values any warning error
            case ' tasks failed:--auth'
                set values auto key entra
            case ' tasks failed:-o'
                set values table json jsonl csv tsv ids markdown
            case ' tasks failed:--output'
                set values table json jsonl csv tsv ids markdown
            case ' tasks reactivate:--category'
                set values preprocessing fileUpload application constraint node unknown
            case ' tasks reactivate:--auth'
                set values auto key entra
            case ' tasks reactivate:-o'
                set values table json jsonl csv tsv ids markdown
            case ' tasks reactivate:--output'
                set values table json jsonl csv tsv ids markdown
            case ' task show:--fail-on'
                set values any warning error
            case ' task show:--auth'
                set values auto key entra
            case ' task show:-o'
                set values table json jsonl csv tsv ids markdown
            case ' task show:--output'
                set values table json jsonl csv tsv ids markdown
            case ' task terminate:--auth'
                set values auto key entra
            case ' task terminate:-o'
                set values table json jsonl csv tsv ids markdown
            case ' task terminate:--output'
                set values table json jsonl csv tsv ids markdown
            case ' nodes list:--state'
                set values creating starting waitingforstarttask starttaskfailed idle running offline unusable unknown preempted rebooting reimaging upgradingos leavingpool deallocating deallocated
            case ' nodes list:--sort'
                set values newest oldest id failed
            case ' nodes list:--fail-on'
                set values any warning error
            case ' nodes list:--auth'
                set values auto key entra
            case ' nodes list:-o'
                set values table json jsonl csv tsv ids markdown
            case ' nodes list:--output'
                set values table json jsonl csv tsv ids markdown
            case ' nodes suspect:--verdict'
                set values broken suspect watch
            case ' nodes suspect:--fail-on'
                set values any warning error
            case ' nodes suspect:--auth'
                set values auto key entra
            case ' nodes suspect:-o'
                set values table json jsonl csv tsv ids markdown
            case ' nodes suspect:--output'
                set values table json jsonl csv tsv ids markdown
            case ' node show:--fail-on'
                set values any warning error
            case ' node show:--auth'
                set values auto key entra
            case ' node show:-o'
                set values table json jsonl csv tsv ids markdown
            case ' node show:--output'
                set values table json jsonl csv tsv ids markdown
            case ' node login:--auth'
                set values auto key entra
            case ' node login:-o'
                set values table json jsonl csv tsv ids markdown
            case ' node login:--output'
                set values table json jsonl csv tsv ids markdown
            case ' node logs:--auth'
                set values auto key entra
            case ' node logs:-o'
                set values table json jsonl csv tsv ids markdown
            case ' node logs:--output'
                set values table json jsonl csv tsv ids markdown
            case ' node disable:--auth'
                set values auto key entra
            case ' node disable:-o'
                set values table json jsonl csv tsv ids markdown
            case ' node disable:--output'
                set values table json jsonl csv tsv ids markdown
            case ' node enable:--auth'
                set values auto key entra
            case ' node enable:-o'
                set values table json jsonl csv tsv ids markdown
            case ' node enable:--output'
                set values table json jsonl csv tsv ids markdown
            case ' node start:--auth'
                set values auto key entra
            case ' node start:-o'
                set values table json jsonl csv tsv ids markdown
            case ' node start:--output'
                set values table json jsonl csv tsv ids markdown
            case ' node reboot:--auth'
                set values auto key entra
            case ' node reboot:-o'
                set values table json jsonl csv tsv ids markdown
            case ' node reboot:--output'
                set values table json jsonl csv tsv ids markdown
            case ' node reimage:--auth'
                set values auto key entra
            case ' node reimage:-o'
                set values table json jsonl csv tsv ids markdown
            case ' node reimage:--output'
                set values table json jsonl csv tsv ids markdown
            case ' node deallocate:--auth'
                set values auto key entra
            case ' node deallocate:-o'
                set values table json jsonl csv tsv ids markdown
            case ' node deallocate:--output'
                set values table json jsonl csv tsv ids markdown
            case ' node remove:--auth'
                set values auto key entra
            case ' node remove:-o'
                set values table json jsonl csv tsv ids markdown
            case ' node remove:--output'
                set values table json jsonl csv tsv ids markdown
            case ' pools list:--state'
                set values active deleting steady resizing stopping
            case ' pools list:--sort'
                set values newest oldest id
            case ' pools list:--fail-on'
                set values any warning error
            case ' pools list:--auth'
                set values auto key entra
            case ' pools list:-o'
                set values table json jsonl csv tsv ids markdown
            case ' pools list:--output'
                set values table json jsonl csv tsv ids markdown
            case ' pool diagnose:--fail-on'
                set values any warning error
            case ' pool diagnose:--auth'
                set values auto key entra
            case ' pool diagnose:-o'
                set values table json jsonl csv tsv ids markdown
            case ' pool diagnose:--output'
                set values table json jsonl csv tsv ids markdown
            case ' jobs list:--state'
                set values active disabled disabling enabling terminating completed deleting
            case ' jobs list:--sort'
                set values newest oldest id longest failed
            case ' jobs list:--fail-on'
                set values any warning error
            case ' jobs list:--auth'
                set values auto key entra
            case ' jobs list:-o'
                set values table json jsonl csv tsv ids markdown
            case ' jobs list:--output'
                set values table json jsonl csv tsv ids markdown
            case ' job diagnose:--fail-on'
                set values any warning error
            case ' job diagnose:--auth'
                set values auto key entra
            case ' job diagnose:-o'
                set values table json jsonl csv tsv ids markdown
            case ' job diagnose:--output'
                set values table json jsonl csv tsv ids markdown
            case ' job disable:--auth'
                set values auto key entra
            case ' job disable:-o'
                set values table json jsonl csv tsv ids markdown
            case ' job disable:--output'
                set values table json jsonl csv tsv ids markdown
            case ' job enable:--auth'
                set values auto key entra
            case ' job enable:-o'
                set values table json jsonl csv tsv ids markdown
            case ' job enable:--output'
                set values table json jsonl csv tsv ids markdown
            case ' job terminate:--auth'
                set values auto key entra
            case ' job terminate:-o'
                set values table json jsonl csv tsv ids markdown
            case ' job terminate:--output'
                set values table json jsonl csv tsv ids markdown
            case ' files list:--fail-on'
                set values any warning error
            case ' files list:--auth'
                set values auto key entra
            case ' files list:-o'
                set values table json jsonl csv tsv ids markdown
            case ' files list:--output'
                set values table json jsonl csv tsv ids markdown
            case ' files get:--auth'
                set values auto key entra
            case ' files grep:--fail-on'
                set values any warning error
            case ' files grep:--auth'
                set values auto key entra
            case ' files grep:-o'
                set values table json jsonl csv tsv ids markdown
            case ' files grep:--output'
                set values table json jsonl csv tsv ids markdown
            case ' files tail:--auth'
                set values auto key entra
            case ' messages test:--fail-on'
                set values any warning error
            case ' messages test:-o'
                set values table json jsonl csv tsv ids markdown
            case ' messages test:--output'
                set values table json jsonl csv tsv ids markdown
            case ' bundle:--auth'
                set values auto key entra
            case ' bundle:-o'
                set values table json jsonl csv tsv ids markdown
            case ' bundle:--output'
                set values table json jsonl csv tsv ids markdown
            case ' mcp:--auth'
                set values auto key entra
            case ' auth check:--auth'
                set values auto key entra
            case ' auth check:-o'
                set values table json jsonl csv tsv ids markdown
            case ' auth check:--output'
                set values table json jsonl csv tsv ids markdown
            case ' config show:--auth'
                set values auto key entra
            case ' config show:-o'
                set values table json jsonl csv tsv ids markdown
            case ' config show:--output'
                set values table json jsonl csv tsv ids markdown
            case ' config profiles:-o'
                set values table json jsonl csv tsv ids markdown
            case ' config profiles:--output'
                set values table json jsonl csv tsv ids markdown
            case ' config paths:-o'
                set values table json jsonl csv tsv ids markdown
            case ' config paths:--output'
                set values table json jsonl csv tsv ids markdown
            case ' events parse:--show'
                set values summary failures nodes unfinished timeline events
            case ' events parse:--by'
                set values message
            case ' events parse:--category'
                set values preprocessing fileUpload application constraint node unknown
            case ' events parse:--notify-format'
                set values json teams slack
            case ' events parse:--fail-on'
                set values any warning error
            case ' events parse:--engine'
                set values dask
            case ' events parse:-o'
                set values table json jsonl csv tsv ids markdown
            case ' events parse:--output'
                set values table json jsonl csv tsv ids markdown
            case ' events query:--show'
                set values summary failures nodes unfinished timeline events
            case ' events query:--by'
                set values message
            case ' events query:--category'
                set values preprocessing fileUpload application constraint node unknown
            case ' events query:--fail-on'
                set values any warning error
            case ' events query:-o'
                set values table json jsonl csv tsv ids markdown
            case ' events query:--output'
                set values table json jsonl csv tsv ids markdown
            case ' events rule:--show'
                set values failures nodes unfinished events
            case ' events map:-o'
                set values table json jsonl csv tsv ids markdown
            case ' events map:--output'
                set values table json jsonl csv tsv ids markdown
            case ' events reduce:--show'
                set values summary failures nodes unfinished timeline events
            case ' events reduce:--fail-on'
                set values any warning error
            case ' events reduce:-o'
                set values table json jsonl csv tsv ids markdown
            case ' events reduce:--output'
                set values table json jsonl csv tsv ids markdown
            case ' events submit:--show'
                set values summary failures nodes unfinished timeline events
            case ' events submit:--fail-on'
                set values any warning error
            case ' events submit:--auth'
                set values auto key entra
            case ' events submit:-o'
                set values table json jsonl csv tsv ids markdown
            case ' events submit:--output'
                set values table json jsonl csv tsv ids markdown
            case ' sandbox serve:--scenario'
                set values bad-job bad-node big healthy night-shift
            case ' sandbox events:--scenario'
                set values bad-job bad-node big healthy night-shift
            case ' sandbox scenarios:-o'
                set values table json jsonl csv tsv ids markdown
            case ' sandbox scenarios:--output'
                set values table json jsonl csv tsv ids markdown
            case ' schema:-o'
                set values table json jsonl csv tsv ids markdown
            case ' schema:--output'
                set values table json jsonl csv tsv ids markdown
    end
    test -z "$values"; and switch "$typed[-1]"
            case --pool --pool-id
                set kinds pools
            case --job --job-id
                set kinds jobs
            case --profile
                set kinds profiles
            case --node --node-id
                set kinds nodes
            case --task --task-id
                set kinds tasks
    end
    if test -n "$values"
        printf '%s\n' $values
    else if test -n "$kinds"
        __batchdoctor_names $kinds
    else if string match -q -- '-*' $current
        switch "$place"
            case ''
                printf '%s\n' '--version	Show the version.' '-v	With --version: all that a bug report needs.' '--verbose	With --version: all that a bug report needs.' '-h	Show the help.' '--help	Show the help.'
            case ' triage'
                printf '%s\n' '--since	Failures since: 6h, today, 22:30; 24h if not said.' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--ignore	Leave out findings of this kind; may be given again.' '--messages	[[message]] tables that come first.' '--out	Write to this file, which is whole or not there.' '--notify	Tell what is new: a URL, a file, @FILE with one.' '--notify-format	json (default), teams or slack.' '--fail-on	Status 10 from here on: any, warning, error.' '--all-profiles	Every account of the configuration file.' '--report	Write a page of HTML to this file, too.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids, markdown, prometheus or junit.' '--output	table, json, jsonl, csv, tsv, ids, markdown, prometheus or junit.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' cost'
                printf '%s\n' '--since	Hours since: 6h, today. [24h; of logs all]' '--until	Hours until: 6h, today, 22:30.' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--events	Reckon from event logs: file, folder, -.' '--price	USD for an hour of a node: POOL=0.34.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' timeline'
                printf '%s\n' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--node	Only this node; again for more.' '--node-id	Only this node; again for more.' '--since	From when on: 6h, today, 22:30; 24h if not said.' '--until	Until when; now, if it is not said.' '--events	Event logs, too: a file, a folder, - or a URL.' '--only-events	Ask no account, read the logs alone.' '--limit	Items at most; more are folded.' '--list	Each item in the table, * just before it began.' '--fail-on	Status 10 if found: any, warning, error alike.' '--report	Write a page of HTML to this file, too.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' compare'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' compare jobs'
                printf '%s\n' '--messages	[[message]] tables that come first.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' compare tasks'
                printf '%s\n' '--messages	[[message]] tables that come first.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' compare nodes'
                printf '%s\n' '--pool	The pool of the nodes.' '--pool-id	The pool of the nodes.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' compare logs'
                printf '%s\n' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--fail-on	Status 10 if found: any, warning, error alike.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' compare bundles'
                printf '%s\n' '--fail-on	Status 10 if found: any, warning, error alike.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' wait'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' wait job'
                printf '%s\n' '--job	The job.' '--job-id	The job.' '--until	For what; given again: the first that is so.' '--timeout	At most so long: 90 (seconds), 30m or 6h.' '--poll	Time between looks, at first.' '--settle	How long it has to stay so.' '--fail-on	Status 10 if it went wrong: any, warning, error.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' wait pool'
                printf '%s\n' '--pool	The pool.' '--pool-id	The pool.' '--until	For what; given again: the first that is so.' '--timeout	At most so long: 90 (seconds), 30m or 6h.' '--poll	Time between looks, at first.' '--settle	How long it has to stay so.' '--fail-on	Status 10 if it went wrong: any, warning, error.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' wait node'
                printf '%s\n' '--pool	The pool of the node.' '--pool-id	The pool of the node.' '--until	For what; given again: the first that is so.' '--timeout	At most so long: 90 (seconds), 30m or 6h.' '--poll	Time between looks, at first.' '--settle	How long it has to stay so.' '--fail-on	Status 10 if it went wrong: any, warning, error.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' wait task'
                printf '%s\n' '--job	Job of the task.' '--job-id	Job of the task.' '--task	The task, or JOB/TASK.' '--task-id	The task, or JOB/TASK.' '--until	For what; given again: the first that is so.' '--timeout	At most so long: 90 (seconds), 30m or 6h.' '--poll	Time between looks, at first.' '--settle	How long it has to stay so.' '--fail-on	Status 10 if it went wrong: any, warning, error.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' explain'
                printf '%s\n' '--list	Show everything that can be explained.' '--kind	List this kind only: node, message ...' '--messages	[[message]] tables that come first.' '--fail-on	Status 10 if found: any, warning, error alike.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' demo'
                printf '%s\n' '--scenario	What state the account is in.' '-h	Show the help.' '--help	Show the help.'
            case ' completion'
                printf '%s\n' '--install	Put it where the shell looks, and say where.' '--remove	Undo --install.' '-h	Show the help.' '--help	Show the help.'
            case ' help'
                printf '%s\n' '--man	Print the page of all commands, for man -l -.' '-h	Show the help.' '--help	Show the help.'
            case ' tasks'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' tasks list'
                printf '%s\n' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--state	Only in this state, such as failed or succeeded.' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--node	Only this node; again for more.' '--node-id	Only this node; again for more.' '--exit-code	Only with this exit code.' '--since	Only changed since: 6h, today, 22:30, a time.' '--until	Only changed until: 6h, today, 22:30, a time.' '--sort	By newest, oldest, id, longest.' '--limit	Stop after this many.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' tasks failed'
                printf '%s\n' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--pool	Only tasks that ran there.' '--pool-id	Only tasks that ran there.' '--node	Only this node; again for more.' '--node-id	Only this node; again for more.' '--category	Only this kind of failure.' '--exit-code	Only with this exit code.' '--since	Only ended since: 6h, today, 22:30, a time.' '--until	Only ended until: 6h, today, 22:30, a time.' '--sort	In the order newest or oldest; waits for all.' '--limit	Stop after this many.' '--by	By node, code, category, exit-code, job or message.' '--stderr	Add the last lines of stderr.' '--all	List every one on a terminal too, not the newest 20.' '--save-logs	Save stdout and stderr of each task below it.' '--messages	[[message]] tables that come first.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' tasks reactivate'
                printf '%s\n' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--failed	All failed tasks of the jobs given with --job.' '--category	With --failed: only this kind.' '--node	With --failed: only of this node.' '--node-id	With --failed: only of this node.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The pool'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' task'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' task show'
                printf '%s\n' '--job	Job of the task.' '--job-id	Job of the task.' '--task	The task, or JOB/TASK.' '--task-id	The task, or JOB/TASK.' '--lines	Show this many lines of stderr.' '--messages	[[message]] tables that come first.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' task terminate'
                printf '%s\n' '--job	Job of the tasks.' '--job-id	Job of the tasks.' '--task	The task, or JOB/TASK.' '--task-id	The task, or JOB/TASK.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The job'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' nodes'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' nodes list'
                printf '%s\n' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--state	Only in this state, such as deallocating or deallocated.' '--job	Only that ran it lately.' '--job-id	Only that ran it lately.' '--node	Only this node; again for more.' '--node-id	Only this node; again for more.' '--since	Only changed since: 6h, today, 22:30, a time.' '--until	Only changed until: 6h, today, 22:30, a time.' '--sort	By newest, oldest, id, failed.' '--limit	Stop after this many.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' nodes suspect'
                printf '%s\n' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--since	Only ended since: 6h, today, 22:30, a time.' '--min-failures	Suspect no node with fewer failures.' '--exact	List every task, as --since does, not estimate from counters.' '--verdict	Only broken, suspect or watch; may be given again.' '--parked	Also nodes that somebody took out of scheduling.' '--messages	[[message]] tables that come first.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' node'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' node show'
                printf '%s\n' '--pool	The pool of the nodes.' '--pool-id	The pool of the nodes.' '--fail-on	Status 10 from here on: any, warning, error.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' node login'
                printf '%s\n' '--pool	The pool of the nodes.' '--pool-id	The pool of the nodes.' '--user	Name of the user.' '--expires	Ends after this long, such as 8h.' '--ssh-key	Public key; default: that of ~/.ssh.' '--admin	Make it an administrator.' '--out	Where to write the .rdp file.' '--remove	Delete the user again.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The pool'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' node logs'
                printf '%s\n' '--pool	The pool of the nodes.' '--pool-id	The pool of the nodes.' '--container	Container, with --identity.' '--container-file	File of its signed URL; BATCHDOCTOR_LOGS_CONTAINER.' '--identity	Resource id of the pool'\''s identity that may write.' '--since	Logs since then: 6h, 2d or a time.' '--since-boot	Logs since the node'\''s last boot.' '--wait	Watch the nodes until it has come true.' '--wait-timeout	The longest time to watch.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The pool'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' node disable'
                printf '%s\n' '--pool	The pool of the nodes.' '--pool-id	The pool of the nodes.' '--requeue	Stop running tasks, queue them again (default).' '--terminate	End running tasks as failed.' '--task-completion	Let running tasks finish first.' '--max-share	Refuse to take more.' '--wait	Watch the nodes until it has come true.' '--wait-timeout	The longest time to watch.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The pool'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' node enable'
                printf '%s\n' '--pool	The pool of the nodes.' '--pool-id	The pool of the nodes.' '--mine	The nodes that you disabled, by your own journal.' '--wait	Watch the nodes until it has come true.' '--wait-timeout	The longest time to watch.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The pool'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' node start'
                printf '%s\n' '--pool	The pool of the nodes.' '--pool-id	The pool of the nodes.' '--wait	Watch the nodes until it has come true.' '--wait-timeout	The longest time to watch.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The pool'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' node reboot'
                printf '%s\n' '--pool	The pool of the nodes.' '--pool-id	The pool of the nodes.' '--requeue	Stop running tasks, queue them again (default).' '--terminate	End running tasks as failed.' '--task-completion	Let running tasks finish first.' '--retained-data	Let tasks finish, and their files be kept.' '--max-share	Refuse to take more.' '--wait	Watch the nodes until it has come true.' '--wait-timeout	The longest time to watch.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The pool'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' node reimage'
                printf '%s\n' '--pool	The pool of the nodes.' '--pool-id	The pool of the nodes.' '--requeue	Stop running tasks, queue them again (default).' '--terminate	End running tasks as failed.' '--task-completion	Let running tasks finish first.' '--retained-data	Let tasks finish, and their files be kept.' '--max-share	Refuse to take more.' '--wait	Watch the nodes until it has come true.' '--wait-timeout	The longest time to watch.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The pool'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' node deallocate'
                printf '%s\n' '--pool	The pool of the nodes.' '--pool-id	The pool of the nodes.' '--requeue	Stop running tasks, queue them again (default).' '--terminate	End running tasks as failed.' '--task-completion	Let running tasks finish first.' '--retained-data	Let tasks finish, and their files be kept.' '--max-share	Refuse to take more.' '--wait	Watch the nodes until it has come true.' '--wait-timeout	The longest time to watch.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The pool'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' node remove'
                printf '%s\n' '--pool	The pool of the nodes.' '--pool-id	The pool of the nodes.' '--save-logs	First save there what failed tasks wrote.' '--requeue	Stop running tasks, queue them again (default).' '--terminate	End running tasks as failed.' '--task-completion	Let running tasks finish first.' '--retained-data	Let tasks finish, and their files be kept.' '--max-share	Refuse to take more.' '--wait	Watch the nodes until it has come true.' '--wait-timeout	The longest time to watch.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The pool'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' pools'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' pools list'
                printf '%s\n' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--state	Only in this state, such as resizing or stopping.' '--since	Only changed since: 6h, today, 22:30, a time.' '--until	Only changed until: 6h, today, 22:30, a time.' '--sort	By newest, oldest, id.' '--limit	Stop after this many.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' pool'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' pool diagnose'
                printf '%s\n' '--pool	The pool.' '--pool-id	The pool.' '--fail-on	Status 10 from here on: any, warning, error.' '--report	Write a page of HTML to this file, too.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' jobs'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' jobs list'
                printf '%s\n' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--state	Only in this state, such as completed or deleting.' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--since	Only changed since: 6h, today, 22:30, a time.' '--until	Only changed until: 6h, today, 22:30, a time.' '--sort	By newest, oldest, id, longest, failed.' '--no-counts	Count no tasks: fewer requests.' '--limit	Stop after this many.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' job'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' job diagnose'
                printf '%s\n' '--job	The job.' '--job-id	The job.' '--since	Only ended since: 6h, today, 22:30, a time.' '--exact	List all tasks, however many, to check the counts.' '--messages	[[message]] tables that come first.' '--fail-on	Status 10 from here on: any, warning, error.' '--report	Write a page of HTML to this file, too.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' job disable'
                printf '%s\n' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--requeue	Stop running tasks, queue them again (default).' '--terminate	End running tasks as failed.' '--task-completion	Let running tasks finish first.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The job'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' job enable'
                printf '%s\n' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The job'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' job terminate'
                printf '%s\n' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--reason	What the job keeps as the reason of its end.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The job'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' files'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' files list'
                printf '%s\n' '--job	Job of the task.' '--job-id	Job of the task.' '--task	The task, or JOB/TASK.' '--task-id	The task, or JOB/TASK.' '--pool	Pool of the node.' '--pool-id	Pool of the node.' '--node	The node, or POOL/NODE.' '--node-id	The node, or POOL/NODE.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '--watch	Ask again each 30 or so many seconds.' '-h	Show the help.' '--help	Show the help.'
            case ' files get'
                printf '%s\n' '--job	Job of the task.' '--job-id	Job of the task.' '--task	The task, or JOB/TASK.' '--task-id	The task, or JOB/TASK.' '--pool	Pool of the node.' '--pool-id	Pool of the node.' '--node	The node, or POOL/NODE.' '--node-id	The node, or POOL/NODE.' '--start-task	stdout and stderr of the node'\''s start task.' '--out	Write to this file or folder; - prints it.' '--force	Replace a file in the way.' '--raw	Leave control characters as they are on a terminal.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' files grep'
                printf '%s\n' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--failed	Only tasks that failed.' '--file	stdout, stderr, a path, a pattern or a folder/; may be given again. Both streams unless given.' '-C	Lines around each match.' '--context	Lines around each match.' '-i	Upper and lower case are the same.' '--ignore-case	Upper and lower case are the same.' '-l	Only which files match.' '--files	Only which files match.' '-c	Only how many lines of each file match.' '--count	Only how many lines of each file match.' '--fail-on	Status 10 if found: any, warning, error alike.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' files tail'
                printf '%s\n' '--job	Job of the task.' '--job-id	Job of the task.' '--task	The task, or JOB/TASK; may be given again.' '--task-id	The task, or JOB/TASK; may be given again.' '--pool	Pool of the node.' '--pool-id	Pool of the node.' '--node	The node, or POOL/NODE.' '--node-id	The node, or POOL/NODE.' '--running	All tasks of the job that run, each line prefixed.' '--start-task	stdout and stderr of the node'\''s start task.' '-n	How many lines.' '--lines	How many lines.' '-f	Go on until the task ends; 10 if it failed.' '--follow	Go on until the task ends; 10 if it failed.' '--raw	Leave control characters as they are on a terminal.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' messages'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' messages test'
                printf '%s\n' '--fail-on	Status 10 if found: any, warning, error alike.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' bundle'
                printf '%s\n' '--out	The file to write; .zip is its ending.' '--job	Only this job.' '--job-id	Only this job.' '--pool	Only this pool and its jobs.' '--pool-id	Only this pool and its jobs.' '--since	Unfinished jobs, and those that changed since.' '--events	Event logs to take along: file, folder or URL.' '--max-size	The largest file that it may become.' '--keep-ids	no: made-up ids stand for those of the account.' '--force	Replace a file in the way.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' mcp'
                printf '%s\n' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' auth'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' auth check'
                printf '%s\n' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' config'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' config show'
                printf '%s\n' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' config profiles'
                printf '%s\n' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' config paths'
                printf '%s\n' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' events'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' events parse'
                printf '%s\n' '--from	The logs that a bundle carries.' '--show	summary, failures, nodes, unfinished, timeline or events.' '--by	Group failures by message, where one is told.' '--since	Only ended since: 6h, today, 22:30, a time.' '--until	Only ended until: 6h, today, 22:30, a time.' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--node	Only this node.' '--node-id	Only this node.' '--category	Only failures of this category.' '--min-failures	Suspect no node with fewer.' '--merge	Add a tally that --tally-out wrote.' '--tally-out	Keep what was counted, for --merge.' '--force	Replace a tally in the way.' '--workers	Processes that count; by itself, as pays.' '--follow	Show new failures as they are written.' '--state	With --follow: go on where this file says.' '--notify	Tell what is new: a URL, a file, @FILE with one.' '--notify-format	json (default), teams or slack.' '--kql	Print the Kusto query that asks the same.' '--fail-on	Status 10 if found: any, warning, error alike.' '--report	Write a page of HTML to this file, too.' '--engine	Count on a cluster: dask.' '--scheduler	Its scheduler; processes here without.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' events query'
                printf '%s\n' '--workspace	Id of the Log Analytics workspace.' '--show	summary, failures, nodes, unfinished, timeline or events.' '--by	Group failures by message, where one is told.' '--since	Only ended since: 6h, today, 22:30, a time.' '--until	Only ended until: 6h, today, 22:30, a time.' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--node	Only this node.' '--node-id	Only this node.' '--category	Only failures of this category.' '--min-failures	Suspect no node with fewer.' '--endpoint	Endpoint of Log Analytics, in other clouds.' '--fail-on	Status 10 if found: any, warning, error alike.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' events rule'
                printf '%s\n' '--show	failures, nodes, unfinished or events.' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--node	Only this node.' '--node-id	Only this node.' '--above	Raise an alert for more rows than this.' '--window	How far back each look goes.' '--every	How often to look.' '--severity	0 (critical) to 4 (verbose).' '--name	Name of the rule: batch-WHAT unless given.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' events map'
                printf '%s\n' '--out	A folder or container for the counts.' '--since	Only ended since: 6h, today, 22:30, a time.' '--until	Only ended until: 6h, today, 22:30, a time.' '--job	Only this job; again for more.' '--job-id	Only this job; again for more.' '--pool	Only this pool; again for more.' '--pool-id	Only this pool; again for more.' '--node	Only this node.' '--node-id	Only this node.' '--workers	Processes that count; by itself, as pays.' '--keep-going	Status 0 also if a log cannot be read.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' events reduce'
                printf '%s\n' '--shard	Only this part of the work: 1/16 is the first of 16.' '--final	Answer as `events parse` does.' '--show	With --final: summary, nodes or timeline.' '--min-failures	Suspect no node with fewer.' '--fail-on	Status 10 if found: any, warning, error alike.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' events submit'
                printf '%s\n' '--pool	The pool that counts.' '--pool-id	The pool that counts.' '--logs	The container of the logs.' '--out	A container for the counts.' '--since	Only ended since: 6h, today, 22:30, a time.' '--until	Only ended until: 6h, today, 22:30, a time.' '--show	summary, nodes or timeline.' '--min-failures	Suspect no node with fewer.' '--no-wait	Make the job, only.' '--fail-on	Status 10 if found: any, warning, error alike.' '--program	batchdoctor as a single file.' '--python	What runs it on the nodes.' '--identity	Which of the pool'\''s identities.' '--reduces	Reduce tasks; by the size, unless told.' '--job	The job'\''s id.' '--job-id	The job'\''s id.' '-y	Do not ask.' '--yes	Do not ask.' '--no-journal	Write nothing down; enable --mine knows no more.' '--confirm	The pool'\''s name; a protected profile wants it.' '-n	Say what would be done, only.' '--dry-run	Say what would be done, only.' '--account-endpoint	Endpoint of the account, as in AZURE_BATCH_ENDPOINT.' '--account-name	Name of the account, as in AZURE_BATCH_ACCOUNT.' '--account-key-file	File with the account key; - reads standard input.' '--auth	How to sign in: auto (default), key or entra.' '--profile	Settings of that name, as in BATCHDOCTOR_PROFILE.' '--from	Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.' '--timeout	Seconds that all retries of one request may take together.' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' sandbox'
                printf '%s\n' '-h	Show the help.' '--help	Show the help.'
            case ' sandbox serve'
                printf '%s\n' '--port	Port on loopback; 0 takes a free one.' '--scenario	What state the account is in.' '--size	Number of tasks in the scenario big.' '--key-auth	Take a key (default).' '--token	Take a bearer token; needs --tls.' '--tls	Serve https with a certificate.' '--run-jobs	Run tasks that are created, as processes here.' '--mishap	node-lost, node-cut-off, end-unheard.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' sandbox events'
                printf '%s\n' '--scenario	What state the account is in.' '--size	Number of tasks in the scenario big.' '--old-starts	Starts name no requeue count, as until 2026.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' sandbox scenarios'
                printf '%s\n' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
            case ' schema'
                printf '%s\n' '-o	table, json, jsonl, csv, tsv, ids or markdown.' '--output	table, json, jsonl, csv, tsv, ids or markdown.' '--json	The same as -o json.' '--no-pager	Print a long page, not in a pager.' '-v	Tell of each retry and setting.' '--verbose	Tell of each retry and setting.' '-h	Show the help.' '--help	Show the help.'
        end
    else
        switch "$place"
            case ''
                printf '%s\n' 'triage	What is wrong in the account, worst first, and what do I type next?' 'cost	What were the hours of the nodes spent on, and what did it cost?' 'timeline	What happened when, since when does it fail, and what changed just before?' 'compare	What differs from the run that went well, and can matter?' 'wait	Wait until it is so: a job is done, a pool has its nodes.' 'explain	What does this error code, exit code, state of a node or line of a program mean?' 'demo	See a sick Batch account that needs no Azure, or try a command on it.' 'completion	Print the completion script of a shell, or install it.' 'help	Show the help of a command, or of all of them as a page for man.' 'tasks	Ask about many tasks.' 'task	Look at one task, or end it.' 'nodes	Ask about many nodes.' 'node	Look at given nodes, or act on them.' 'pools	Ask about many pools.' 'pool	Look at one pool.' 'jobs	Ask about many jobs.' 'job	Look at one job, or change jobs as a whole.' 'files	Files of tasks and nodes.' 'messages	What the words of programs mean, by your own tables.' 'bundle	Take along what an account says now, to be asked later with --from.' 'mcp	Give an agent the questions of an account as tools, which change nothing.' 'auth	The way in to the account.' 'config	What is set on this machine, and where it is kept.' 'events	Read diagnostic-log events.' 'sandbox	A Batch account in a box, for training and for testing scripts.' 'schema	Which keys has a command'\''s json? Its JSON Schema; without a command, which there are.'
            case ' compare'
                printf '%s\n' 'jobs	What is different about this job, compared with a run that went well?' 'tasks	What is different about this task, compared with one that went well?' 'nodes	What differs between two nodes: images, agents, settings, states, and how tasks go there?' 'logs	What differs between two diagnostic logs: failures by message, and how long tasks take?' 'bundles	What differs in an account between two bundles: pools, nodes, findings, jobs of a shape?'
            case ' compare jobs'
                __batchdoctor_names jobs
            case ' compare tasks'
                __batchdoctor_names tasks
            case ' compare nodes'
                __batchdoctor_names nodes
            case ' wait'
                printf '%s\n' 'job	Wait until a job is done (default), idle, or has failed>N or failed>P% tasks.' 'pool	Wait until a pool is steady (default), or has nodes>=N that take tasks.' 'node	Wait until a node is ready (default: it takes tasks), gone, or in a state such as idle.' 'task	Wait until a task is done (default), succeeded, failed, or runs.'
            case ' wait job'
                __batchdoctor_names jobs
            case ' wait pool'
                __batchdoctor_names pools
            case ' wait node'
                __batchdoctor_names nodes
            case ' wait task'
                __batchdoctor_names tasks
            case ' explain'
                printf '%s\n' 'FailureExitCode' 'CommandProgramNotFound' 'CommandLaunchFailed' 'BadCommandType' 'TaskEnded' 'BlobNotFound' 'BlobAccessDenied' 'BlobDownloadTimedOut' 'BlobDownloadMiscError' 'ResourceDownloadTimedOut' 'ResourceContainerNotFound' 'ResourceContainerAccessDenied' 'ResourceContainerListTimedOut' 'ResourceContainerListMiscError' 'ResourceDirectoryCreateFailed' 'ResourceFileCreateFailed' 'ResourceFileWriteFailed' 'DiskFull' 'ApplicationPackageError' 'ContainerInvalidImage' 'ContainerInvalidRegistry' 'ContainerInvalidSettings' 'ContainerMiscError' 'FileUploadContainerNotFound' 'FileUploadAccessDenied' 'FileUploadConflict' 'FileUploadTimedOut' 'FileUploadMiscError' 'FileUploadDeleted' 'MountConfigurationError' 'JobPreparationTaskFailed' 'MaxInternalRetryCountReached' 'TaskSchedulingConstraintFailed' 'Unknown' 'AutoPoolCreationFailedWithQuotaReached' 'InvalidApplicationPackageReferencesInAutoPool' 'InvalidAutoScaleFormulaInAutoPool' 'InvalidAutoPoolSettings' 'InvalidCertificatesInAutoPool' 'JobBeingTerminated' 'JMComplete' 'MaxWallClockTimeExpiry' 'TerminateJobSchedule' 'AllTasksComplete' 'TaskFailed' 'UserTerminate' 'BatchAgentInstallationFailure' 'AccountCoreQuotaReached' 'AccountLowPriorityCoreQuotaReached' 'AccountSpotCoreQuotaReached' 'AccountVMSeriesCoreQuotaReached' 'AllocationTimedOut' 'AllocationFailed' 'BatchOutOfCapacity' 'OverconstrainedAllocationRequestError' 'ResizeStopped' 'RemoveNodesFailed' 'CommunicationEnabledPoolReachedMaxVMCount' 'UnsupportedVMSize' 'IncompatibleVMSize' 'DependentResourceNotFound' 'DiskEncryptionFailure' 'FailedIdentityOperation' 'MissingPublisherPropertyInMarketPlacePlan' 'OperationsRestrictedByPolicy' 'OperationsOnImageRestrictedByPolicy' 'OperationsOnLoadBalancerRestrictedByPolicy' 'OperationsOnNetworkSecurityGroupRestrictedByPolicy' 'OperationsOnPrivateEndpointRestrictedByPolicy' 'OperationsOnPrivateLinkRestrictedByPolicy' 'OperationsOnPublicIPRestrictedByPolicy' 'OperationsOnVirtualNetworkRestrictedByPolicy' 'MarketplacePurchaseEligibilityFailed' 'SubnetWithExternalResourcesCannotBeUsedByOtherResources' 'SubnetIsFull' 'SkuNotAvailable' 'ZonalAllocationFailed' 'QuotaExceeded' 'RequestDisallowedByPolicy' 'LinkedAuthorizationFailed' 'AuthorizationFailed' 'KeyVaultAccessForbidden' 'ScopeLocked' 'PublicIPCountLimitReached' 'InternalExecutionError' 'InsufficientSampleData' 'AutoScalingFormulaSyntaxError' 'AutoScalingFormulaTooLong' 'InvalidAutoScalingSettings' 'TooManyEnableAutoScaleRequests' 'ConditionNotMet' 'MissingRequiredHeader' 'MissingRequiredProperty' 'MissingRequiredQueryParameter' 'UnsupportedHeader' 'UnsupportedProperty' 'UnsupportedQueryParameter' 'InvalidHeaderValue' 'InvalidPropertyValue' 'InvalidQueryParameterValue' 'OutOfRangeQueryParameterValue' 'OutOfRangeInput' 'RequestUrlFailedToParse' 'InvalidUri' 'InvalidHttpVerb' 'EmptyMetadataKey' 'InvalidMetadata' 'MetadataTooLarge' 'InvalidRequestBody' 'InvalidInput' 'InvalidAuthenticationInfo' 'MultipleConditionHeadersNotSupported' 'UnsupportedRequestVersion' 'OSVersionNotFound' 'OSVersionDisabled' 'OSVersionExpired' 'PoolVersionEqualsUpgradeVersion' 'PoolNotEligibleForOSVersionUpgrade' 'TaskDependenciesNotSpecifiedOnJob' 'TaskDependencyListTooLong' 'TaskDependencyRangesTooLong' 'AuthenticationFailed' 'InsufficientAccountPermissions' 'AccountIsDisabled' 'IOError' 'AuthorizationFailure' 'Forbidden' 'ResourceNotFound' 'PoolNotFound' 'NodeNotFound' 'JobNotFound' 'JobScheduleNotFound' 'TaskNotFound' 'FileNotFound' 'NodeUserNotFound' 'CertificateNotFound' 'JobPreparationTaskNotRunOnNode' 'JobReleaseTaskNotRunOnNode' 'NodeAgentSKUNotFound' 'ApplicationNotFound' 'UnsupportedHttpVerb' 'OperationInvalidForCurrentState' 'PoolBeingDeleted' 'PoolBeingResized' 'PoolBeingCreated' 'NodeBeingCreated' 'NodeBeingStarted' 'NodeBeingReimaged' 'NodeBeingRebooted' 'NodeStateUnusable' 'NodeNotReady' 'NodeAlreadyInTargetSchedulingState' 'OperationNotValidOnNode' 'OperationNotValidOnPool' 'JobBeingDeleted' 'JobDisabled' 'JobCompleted' 'JobNotActive' 'JobScheduleBeingTerminated' 'JobScheduleBeingDeleted' 'JobScheduleDisabled' 'JobScheduleCompleted' 'TaskCompleted' 'TaskNotCompleted' 'TaskSucceeded' 'TaskFilesUnavailable' 'TaskFilesCleanedup' 'UpgradePoolVersionConflict' 'PoolExists' 'JobExists' 'JobScheduleExists' 'TaskExists' 'NodeUserExists' 'CertificateExists' 'JobWithSameIdExists' 'JobScheduleWithSameIdExists' 'TaskIdSameAsJobPreparationTask' 'TaskIdSameAsJobReleaseTask' 'ActiveJobAndScheduleQuotaReached' 'PoolQuotaReached' 'JobPreparationTaskNotSpecified' 'JobPreparationTaskOrReleaseTaskNotSpecified' 'JobReleaseTaskNotSpecified' 'InvalidApplicationPackageReferences' 'CertificateBeingDeleted' 'MissingContentLengthHeader' 'RequestBodyTooLarge' 'InvalidRange' 'TooManyRequests' 'InternalError' 'OperationTimedOut' 'ServerBusy' 'InvalidRestAPIForAccountSetting' 'InvalidConstraintValue' 'UnsupportedConstraint' 'OutOfRangePriority' 'PathNotFound' 'NodeCountsMismatch' 'StorageAccountNotFound' 'ResourceAlreadyExists' 'ResourceTypeMismatch' 'NotImplemented' 'HostInformationNotPresent' 'UnsupportedHttpVersion' 'AddTaskCollectionTerminated' 'InvalidCertificateReferences' 'CertificateStateActive' 'CertificateStateDeleteFailed'
            case ' tasks'
                printf '%s\n' 'list	Which tasks are there, how did they end, where, and how long did they take?' 'failed	Which tasks failed, and what kind of failure is each?' 'reactivate	Run failed tasks again; what the service then forgets of them is saved first.'
            case ' tasks list'
                __batchdoctor_names jobs
            case ' tasks failed'
                __batchdoctor_names jobs
            case ' tasks reactivate'
                __batchdoctor_names tasks
            case ' task'
                printf '%s\n' 'show	The whole story of one task: what happened, why, where, and what to type next.' 'terminate	End tasks that hang or should not run, as failed.'
            case ' task show'
                __batchdoctor_names tasks
            case ' task terminate'
                __batchdoctor_names tasks
            case ' nodes'
                printf '%s\n' 'list	Which nodes are there, in which state, and how many of their tasks failed?' 'suspect	Which nodes should I not trust, and why?'
            case ' nodes list'
                __batchdoctor_names pools
            case ' nodes suspect'
                __batchdoctor_names pools
            case ' node'
                printf '%s\n' 'show	Show one node: state, errors explained, start task, recent tasks, next step.' 'login	Create a user on a node that expires, and say how to log in.' 'logs	Have nodes send the logs of their Batch agent to a blob container.' 'disable	Keep new tasks off nodes: they stay in the pool to be looked at.' 'enable	Give nodes new tasks again.' 'start	Start nodes that were deallocated.' 'reboot	Restart nodes, once each, and see with --wait how their start task ends.' 'reimage	Put a fresh operating system on nodes.' 'deallocate	Stop nodes and give their machines back; node start brings them up again.' 'remove	Take nodes out of their pool for good, with all files on them.'
            case ' node show'
                __batchdoctor_names nodes
            case ' node login'
                __batchdoctor_names nodes
            case ' node logs'
                __batchdoctor_names nodes
            case ' node disable'
                __batchdoctor_names nodes
            case ' node enable'
                __batchdoctor_names nodes
            case ' node start'
                __batchdoctor_names nodes
            case ' node reboot'
                __batchdoctor_names nodes
            case ' node reimage'
                __batchdoctor_names nodes
            case ' node deallocate'
                __batchdoctor_names nodes
            case ' node remove'
                __batchdoctor_names nodes
            case ' pools'
                printf '%s\n' 'list	What pools are there, how large, and how do their nodes stand?'
            case ' pools list'
                __batchdoctor_names pools
            case ' pool'
                printf '%s\n' 'diagnose	Why is this pool not delivering?'
            case ' pool diagnose'
                __batchdoctor_names pools
            case ' jobs'
                printf '%s\n' 'list	What jobs are there, and how do their tasks stand?'
            case ' jobs list'
                __batchdoctor_names jobs
            case ' job'
                printf '%s\n' 'diagnose	Why is this job stuck or failing?' 'disable	Run no more tasks of jobs, until they are enabled.' 'enable	Run the tasks of disabled jobs again.' 'terminate	End jobs for good, and their tasks that have not ended as failed.'
            case ' job diagnose'
                __batchdoctor_names jobs
            case ' job disable'
                __batchdoctor_names jobs
            case ' job enable'
                __batchdoctor_names jobs
            case ' job terminate'
                __batchdoctor_names jobs
            case ' files'
                printf '%s\n' 'list	List the files of a task or a node, with sizes and times.' 'get	Fetch files of a task or a node, byte for byte.' 'grep	Which tasks wrote this? Searches whole files of all tasks of a job, several at once.' 'tail	Show the end of a file, and with --follow what is written to it from now on.'
            case ' files list'
                __batchdoctor_names tasks nodes
            case ' files get'
                __batchdoctor_names tasks nodes
            case ' files tail'
                __batchdoctor_names tasks nodes
            case ' messages'
                printf '%s\n' 'test	Do these message patterns match as meant?'
            case ' auth'
                printf '%s\n' 'check	Which account, which credential, does it work, is the clock right?'
            case ' config'
                printf '%s\n' 'show	Every setting, and where it came from; a key is never shown. Asks no service.' 'profiles	Which accounts have a name in the configuration file? Asks no service.' 'paths	Where are settings, journal and completion scripts kept, and what would be left behind?'
            case ' events'
                printf '%s\n' 'parse	What do these diagnostic-log events say?' 'query	What do the events in a Log Analytics workspace say?' 'rule	Print the Bicep of an Azure Monitor rule that raises an alert on these events.' 'map	Count logs into small files, for `events reduce` on this machine or others.' 'reduce	Join what `events map` counted, and forget the single attempts.' 'submit	Have a pool count logs, wait, and answer as `events parse` does.'
            case ' sandbox'
                printf '%s\n' 'serve	Serve until interrupted; prints what to export in another terminal.' 'events	Print the diagnostic log that the account would have kept.' 'scenarios	Which scenarios are there?'
            case '*'
                __fish_complete_path $current
        end
    end
end
complete -c batchdoctor -f -k -a '(__batchdoctor)'
