"""A second example of real use for each command, beside that of its own docstring."""

from __future__ import annotations

from collections.abc import Mapping

# click keeps the lines of a paragraph that begins with it.
_AS_IT_IS = "\b"
_MARK = "Example: "

SECOND: Mapping[str, str] = {
    "triage": "batchdoctor triage --pool render --fail-on error -o ids",
    "cost": "batchdoctor cost --events insights-logs-servicelog/ -o csv",
    "timeline": "batchdoctor timeline --pool render --list",
    "explain": "batchdoctor explain --list -o tsv",
    "tasks list": "batchdoctor tasks list --state failed --since today --limit 50",
    "tasks failed": "batchdoctor tasks failed --pool render --by node",
    "tasks reactivate": "batchdoctor tasks failed nightly -o ids | batchdoctor tasks reactivate -",
    "task show": "batchdoctor task show nightly/frame-7 --lines 40",
    "task terminate": "batchdoctor task terminate frame-7 frame-8 --job nightly --dry-run",
    "nodes list": "batchdoctor nodes list render --sort failed --limit 10",
    "nodes suspect": "batchdoctor nodes suspect render -o ids",
    "node show": "batchdoctor node show tvm-1 --pool render",
    "node disable": "batchdoctor node disable tvm-1 tvm-2 --pool render --task-completion",
    "node enable": "batchdoctor node enable render/tvm-1 --wait",
    "node start": "batchdoctor node start tvm-1 tvm-2 --pool render --yes",
    "node reboot": "batchdoctor node reboot render/tvm-1 --task-completion --yes",
    "node reimage": "batchdoctor node reimage render/tvm-1 --wait --yes",
    "node deallocate": "batchdoctor node deallocate render/tvm-1 --task-completion --wait",
    "node remove": "batchdoctor node remove render/tvm-1 --dry-run",
    "node login": "batchdoctor node login render/tvm-1 --ssh-key ~/.ssh/id_ed25519.pub",
    "node logs": "batchdoctor node logs render/tvm-1 --container-file sas.txt --since 6h",
    "pools list": "batchdoctor pools list -o jsonl",
    "pool diagnose": "batchdoctor pool diagnose --pool render --fail-on warning",
    "jobs list": "batchdoctor jobs list --pool render --since yesterday -o csv",
    "job diagnose": "batchdoctor job diagnose nightly --since 6h --fail-on error",
    "job disable": "batchdoctor job disable nightly weekly --requeue --dry-run",
    "job enable": "batchdoctor job enable nightly weekly --yes",
    "job terminate": "batchdoctor job terminate nightly --dry-run",
    "files list": "batchdoctor files list nightly/frame-7 '*.log'",
    "files get": "batchdoctor files get 'wd/*.log' nightly/frame-7 --out logs",
    "files tail": "batchdoctor files tail stderr nightly/frame-7 --lines 100",
    "files grep": "batchdoctor files grep Traceback --job nightly --file stderr --files",
    "messages test": "batchdoctor messages test messages.toml -o json",
    "config paths": "batchdoctor config paths -o json",
    "config profiles": "batchdoctor config profiles -o ids",
    "config show": "batchdoctor config show -o json",
    "mcp": "batchdoctor mcp --from night.zip",
    "auth check": "batchdoctor auth check --profile prod -v",
    "bundle": "batchdoctor bundle --since 6h --out night.zip",
    "compare jobs": "batchdoctor compare jobs nightly-20261121 nightly-20261120 -o json",
    "compare tasks": "batchdoctor compare tasks nightly-2/frame-7 nightly-1/frame-7 -o json",
    "compare nodes": "batchdoctor compare nodes tvm-1 tvm-2 --pool render -o markdown",
    "compare logs": "batchdoctor compare logs monday.jsonl tuesday.jsonl --job nightly",
    "compare bundles": "batchdoctor compare bundles monday.zip tuesday.zip -o jsonl",
    "wait job": "batchdoctor wait job nightly --until 'failed>10' --timeout 2h",
    "wait pool": "batchdoctor wait pool render --timeout 30m",
    "wait node": "batchdoctor wait node tvm-1 --pool render --until idle --timeout 20m",
    "wait task": "batchdoctor wait task frame-7 --job nightly",
    "events parse": "batchdoctor events parse logs/ --show failures -o jsonl",
    "events rule": "batchdoctor events rule --show nodes --pool render --window 1h",
    "events map": "batchdoctor events map logs/ --out counts/ --since 2026-08-01 --workers 8",
    "events reduce": "batchdoctor events reduce counts/ --shard 2/16",
    "events submit": "batchdoctor events submit --pool P --logs URL --out URL --dry-run",
    "events query": "batchdoctor events query --workspace WORKSPACE-ID --since 2d -o json",
    "sandbox serve": "batchdoctor sandbox serve --scenario bad-node --port 8100",
    "sandbox scenarios": "batchdoctor sandbox scenarios -o ids",
    "sandbox events": "batchdoctor sandbox events --scenario bad-job",
    "schema": "batchdoctor schema -o ids",
}


def with_examples(text: str | None, command: str) -> str | None:
    """The text of a docstring with both examples, a line each."""
    second = SECOND.get(command)
    if text is None or second is None or _MARK not in text:
        return text
    before, _, after = text.partition(_MARK)
    first, _, rest = after.partition("\n")
    indent = before.rpartition("\n")[2]
    lines = [_AS_IT_IS, f"{_MARK}{first}", f"{_MARK}{second}"]
    return f"{before}{f'{chr(10)}{indent}'.join(lines)}\n{rest}"
