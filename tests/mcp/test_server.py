"""An agent's session over stdio, with the SDK's own client and a program of its own."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp.client.session import ClientSession
from mcp.types import CallToolResult, TextContent

import batchdoctor
from batchdoctor.mcp.tools import TOOLS
from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from tests.box import Run
from tests.mcp.asking import CHARACTERS_PER_TOKEN, with_client

README = Path(__file__).parents[2] / "README.md"
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("night-shift") as box:
        yield box


@pytest.fixture
def environ(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    return {**sandbox.environment(), "HOME": str(tmp_path)}


def text_of(answer: CallToolResult) -> str:
    (block,) = answer.content
    assert isinstance(block, TextContent)
    return block.text


class Agent:
    """Asks by what it has read so far, and counts what it read."""

    def __init__(self, client: ClientSession) -> None:
        self._client = client
        self.calls = 0
        self.characters = 0

    async def ask(self, tool: str, **arguments: Any) -> Any:
        answer = await self._client.call_tool(tool, arguments)
        assert not answer.is_error
        self.calls += 1
        text = text_of(answer)
        self.characters += len(text)
        assert json.loads(text) == answer.structured_content
        return answer.structured_content


async def why(agent: Agent, job: str) -> dict[str, Any]:
    """Why did this job fail, and is it a node? As the instructions of the server advise."""
    told = await agent.ask("job", job=job)
    worst = told["items"][0]
    pool = worst["subject"]["poolId"]
    node = worst["subject"].get("nodeId")
    groups = await agent.ask("failed_tasks", job=job, by="message")
    suspects = await agent.ask("suspect_nodes", job=job, pool=pool)
    verdicts = {item["nodeId"]: item["verdict"] for item in suspects["items"]}
    return {
        "kind": worst["kind"],
        "said": groups["items"][0]["example"],
        "node": node,
        "verdict": verdicts.get(node),
        "suspects": [each for each, verdict in verdicts.items() if verdict == "suspect"],
    }


def test_why_did_it_fail_and_is_it_a_node_takes_three_calls_and_4000_tokens(
    environ: dict[str, str], tmp_path: Path
) -> None:
    async def ask(client: ClientSession) -> list[tuple[dict[str, Any], Agent]]:
        agents = {"render-20261121": Agent(client), "risk-var-20261121": Agent(client)}
        return [(await why(agent, job), agent) for job, agent in agents.items()]

    (of_node, first), (of_job, second) = with_client(["mcp"], environ, ask, tmp_path / "stderr")
    bad = "tvm-283647310_8-20261109t212451z"
    assert re.search(r"Input/output error|Read-only file system", of_node.pop("said"))
    assert of_node == {
        "kind": "node-suspect",
        "node": bad,
        "verdict": "suspect",
        "suspects": [bad],
    }
    assert of_job == {
        "kind": "job-failing",
        "said": "ModuleNotFoundError: No module named 'riskengine.curves'",
        "node": None,
        "verdict": None,
        "suspects": [],
    }
    for agent in (first, second):
        assert agent.calls == 3
        assert agent.characters / CHARACTERS_PER_TOKEN < 4_000
    # Not a word of the SDK for Azure, nor of ours.
    assert (tmp_path / "stderr").read_text() == ""


def test_tools_change_nothing_errors_are_answers_and_pages_are_turned(
    environ: dict[str, str], tmp_path: Path
) -> None:
    async def ask(client: ClientSession) -> None:
        listed = await client.list_tools()
        assert [tool.name for tool in listed.tools] == [tool.name for tool in TOOLS]
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in listed.tools)
        wrong = await client.call_tool("job", {"job": "risk-var-2026112"})
        error = json.loads(text_of(wrong))["error"]
        assert wrong.is_error
        assert (error["exitStatus"], error["hint"].partition("?")[0]) == (
            3,
            "did you mean risk-var-20261121",
        )
        assert (await client.call_tool("node", {"node": "no"})).is_error
        # Three pages of anything are less than 4,000 tokens.
        agent = Agent(client)
        page = await agent.ask("triage")
        shown = len(page["items"])
        while agent.calls < 3:
            page = await agent.ask("triage", cursor=page["rest"]["cursor"])
            shown += len(page["items"])
        assert agent.characters / CHARACTERS_PER_TOKEN < 4_000
        assert shown + page.get("rest", {"items": 0})["items"] == 17
        # Several at once are answered one after the other.
        both = await asyncio.gather(*(client.call_tool("triage", {}) for _ in range(3)))
        assert [each.is_error for each in both] == [False] * 3

    with_client(["mcp"], environ, ask, tmp_path / "stderr")


def test_an_agent_that_leaves_in_the_middle_of_a_call_is_not_waited_for(tmp_path: Path) -> None:
    call = {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "tools/call",
        "params": {"name": "triage", "arguments": {}},
    }
    started = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    with Sandbox("bad-node") as sandbox:
        sandbox.add_fault(Fault(FaultKind.SILENCE, times=None, hold=90))
        ended = subprocess.run(
            [sys.executable, "-m", "batchdoctor", "mcp"],
            input="".join(f"{json.dumps(each)}\n" for each in (HELLO, started, call)).encode(),
            capture_output=True,
            env={**sandbox.environment(), "HOME": str(tmp_path)},
            timeout=60,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert json.loads(ended.stdout.splitlines()[0])["id"] == 1


# On a machine that is too busy for an end in five seconds, SIGTERM ends it at once.
@pytest.mark.parametrize(
    ("ending", "statuses"), [(signal.SIGINT, {130}), (signal.SIGTERM, {143, -signal.SIGTERM})]
)
def test_it_ends_when_it_is_asked_to(
    environ: dict[str, str], ending: signal.Signals, statuses: set[int]
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "batchdoctor", "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(f"{json.dumps(HELLO)}\n".encode())
        program.stdin.flush()
        assert json.loads(program.stdout.readline())["id"] == 1
        program.send_signal(ending)
        assert program.wait(30) in statuses


def test_a_bundle_answers_without_a_network(environ: dict[str, str], tmp_path: Path) -> None:
    bundle = tmp_path / "night.zip"
    with batchdoctor.connect(environ=environ) as account:
        assert account.bundle(bundle).complete

    async def ask(client: ClientSession) -> Any:
        return await why(Agent(client), "risk-var-20261121")

    found = with_client(
        ["mcp", "--from", str(bundle)], {"HOME": str(tmp_path)}, ask, tmp_path / "stderr"
    )
    assert found["kind"] == "job-failing"
    told = (tmp_path / "stderr").read_text()
    assert re.fullmatch(r"note: answers come from \S+, as of [-0-9]+ [0-9:]+ UTC\n", told)


def test_the_readme_shows_what_an_agents_program_is_told(tmp_path: Path) -> None:
    _, _, rest = README.read_text(encoding="utf-8").partition("<!-- mcp example -->\n```json\n")
    (program,) = json.loads(rest.partition("```")[0])["mcpServers"].values()
    assert program["command"] == "batchdoctor"

    async def ask(client: ClientSession) -> list[str]:
        return [tool.name for tool in (await client.list_tools()).tools]

    # The profile of the example is of nobody here: the throw-away account stands for it.
    (word, *_) = program["args"]
    assert "triage" in with_client(["demo", word], {}, ask, tmp_path / "stderr")


def test_a_key_is_not_read_where_the_agent_speaks(run_offline: Run) -> None:
    told = run_offline("mcp", "--account-key-file", "-")
    assert (told.status, told.stdout, told.stderr) == (
        2,
        "",
        "error: Standard input is where the agent speaks, and no place for a key.\n"
        "hint: --account-key-file FILE, or AZURE_BATCH_ACCESS_KEY\n",
    )


def test_without_the_sdk_it_says_what_to_install(
    run_offline: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [*sys.modules]:
        if name == "batchdoctor.mcp.server" or name.partition(".")[0] == "mcp":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp.server.lowlevel", None)
    told = run_offline("mcp")
    assert (told.status, told.stderr) == (
        2,
        "error: The SDK for agents is not installed (mcp.server.lowlevel).\n"
        "hint: pip install 'batchdoctor[mcp]'\n",
    )
