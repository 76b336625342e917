"""Pools made of what Batch does not support for ever: warned of before the day, named after it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from batchdoctor.core.findings.checks.account import account_findings
from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.records import Node, Pool, PoolNodeCounts, SupportedImage
from tests.steps import words

WINDOWS_2016 = {
    "publisher": "MicrosoftWindowsServer",
    "offer": "WindowsServer",
    "sku": "2016-Datacenter-smalldisk",
}


def pool(agent: str, *, day: str = "2026-11-21", images: Any = None, **members: Any) -> PoolFacts:
    machine = {"nodeAgentSKUId": agent, "imageReference": members.pop("image", None)}
    steady = {"id": "p", "allocationState": "steady", "virtualMachineConfiguration": machine}
    return PoolFacts(
        pool=msgspec.convert(steady | members, Pool),
        at=datetime.fromisoformat(day).replace(tzinfo=UTC),
        images=msgspec.convert(images, list[SupportedImage] | None),
    )


def found_in(facts: PoolFacts) -> list[Finding]:
    return account_findings([facts], [])


def advice(finding: Finding) -> str:
    return " ".join(words(finding.advice))


@pytest.mark.parametrize(
    "name",
    [
        "centos 7",
        "centos 8",
        "debian 8",
        "debian 10",
        "ubuntu 16.04",
        "ubuntu 18.04",
        "UBUNTU 20.04",
    ],
)
def test_a_retired_node_agent_is_the_cause_of_what_its_pool_shows(name: str) -> None:
    facts = pool(f"batch.node.{name}", currentDedicatedNodes=2, targetDedicatedNodes=3)
    facts.counts = msgspec.convert(
        {"poolId": "p", "dedicated": {"unusable": 2, "total": 2}}, PoolNodeCounts
    )
    facts.nodes = [msgspec.convert({"id": "n", "state": "unusable"}, Node)]
    facts.waiting = {"job": 7}
    (found,) = found_in(facts)
    assert found.kind == "pool-support-ended"
    assert "does not support its node agent batch.node." in found.message
    assert found.evidence[1:4] == (
        "Its nodes: 2 unusable.",
        "It has 2 of 3 nodes.",
        "7 tasks wait for the pool: job.",
    )
    assert found.evidence[4].startswith("Source: https://github.com/Azure/Batch/issues/1")
    assert "443" not in advice(found)


def test_a_pool_scaled_to_zero_by_the_service_is_not_told_to_resize() -> None:
    facts = pool("batch.node.ubuntu 18.04", currentDedicatedNodes=0, targetDedicatedNodes=3)
    assert [finding.kind for finding in found_in(facts)] == ["pool-support-ended"]


@pytest.mark.parametrize(
    ("day", "kind", "told"),
    [
        ("2026-06-01", None, None),
        ("2026-11-21", "pool-support-ends", "until 2027-06-30, 221 more days."),
        ("2027-06-30", "pool-support-ends", "until 2027-06-30, 0 more days."),
        ("2027-07-01", "pool-support-ended", "any more, since 2027-06-30."),
    ],
)
def test_an_end_is_told_of_a_year_before_it_comes(
    day: str, kind: str | None, told: str | None
) -> None:
    found = found_in(pool("batch.node.ubuntu 22.04", day=day))
    assert [finding.kind for finding in found] == ([kind] if kind else [])
    assert all(finding.message.endswith(str(told)) for finding in found)


def test_an_image_has_an_end_of_its_own() -> None:
    (found,) = found_in(pool("batch.node.windows amd64", image=WINDOWS_2016))
    assert found.kind == "pool-support-ends"
    assert "image MicrosoftWindowsServer WindowsServer 2016-Datacenter-smalldisk" in found.message
    assert "Windows Server 2022" in advice(found)


def test_the_services_own_list_tells_what_nobody_has_announced() -> None:
    image = {"publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server"}
    listed = {
        "nodeAgentSKUId": "batch.node.ubuntu 24.04",
        "imageReference": {name: text.lower() for name, text in image.items()},
        "batchSupportEndOfLife": "2026-12-01T00:00:00Z",
    }
    (found,) = found_in(pool("batch.node.ubuntu 24.04", image=image, images=[listed]))
    assert found.message.endswith("until 2026-12-01, 10 more days.")
    assert found.evidence[-1] == "Source: Batch's list of supported images."
    (found,) = found_in(pool("batch.node.mariner 2.0", images=[listed]))
    assert found.message == "Batch does not support its node agent batch.node.mariner 2.0 any more."


@pytest.mark.parametrize(
    ("size", "kinds"),
    [
        ("STANDARD_D2_V2", ["pool-support-ends"]),
        ("standard_ds11-1_v2", ["pool-support-ends"]),
        ("standard_l8s", ["pool-support-ends"]),
        ("standard_d2s_v5", []),
        ("standard_l8s_v3", []),
    ],
)
def test_machine_sizes_have_ends_too(size: str, kinds: list[str]) -> None:
    facts = pool("batch.node.el 9", day="2027-12-01", vmSize=size)
    assert [finding.kind for finding in found_in(facts)] == kinds


@pytest.mark.parametrize("mode", ["classic", "simplified", None])
def test_advice_about_the_network_follows_how_nodes_communicate(mode: str | None) -> None:
    facts = pool("batch.node.el 9", currentNodeCommunicationMode=mode)
    facts.nodes = [msgspec.convert({"id": "n", "state": "unusable"}, Node)]
    (found,) = found_in(facts)
    assert "443" in advice(found)
    assert ("29876-29877" in advice(found)) == (mode == "classic")
