"""Which exchanges a fault meets, how often, and what is still to come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.errors import UsageError
from batchdoctor.sandbox import Fault, FaultKind, Sandbox, fault_set_names, load_faults
from tests.sandbox.wire import VERSION, Wire

TASKS = "/jobs/render-20261120/tasks"


@pytest.fixture
def healthy(start: Callable[..., Sandbox]) -> Sandbox:
    return start("healthy")


def test_a_fault_meets_only_its_route(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.BUSY, "GET /jobs/{job}/tasks/{task}"))
    wire = Wire(healthy)
    assert [wire.get(path).status for path in ("/jobs", TASKS, "/jobs/render-20261120")] == [
        200
    ] * 3
    assert wire.get(f"{TASKS}/frame-0001").status == 503


@pytest.mark.parametrize(
    ("route", "path", "meets"),
    [
        ("*", "/jobs", True),
        ("GET *", "/jobs", True),
        ("POST *", "/jobs", False),
        ("/jobs", "/jobs", True),
        ("/jobs", "/jobs/render-20261120", False),
        ("/jobs/render-*", "/jobs/render-20261120", True),
        ("/jobs/{job}", TASKS, False),
        ("/jobs/*", TASKS, True),
    ],
)
def test_a_route_is_a_pattern(healthy: Sandbox, route: str, path: str, meets: bool) -> None:
    healthy.add_fault(Fault(FaultKind.BUSY, route))
    assert Wire(healthy).get(path).status == (503 if meets else 200)
    if not meets:
        assert [fault.route for fault in healthy.unfired_faults()] == [route]
        method = "POST" if route.startswith("POST") else "GET"
        target = "/jobs/a" if route == "/jobs/{job}" else "/jobs"
        assert Wire(healthy).send(method, f"{target}?{VERSION}").status == 503


def test_a_fault_spares_some_exchanges_and_meets_as_many_as_ordered(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.BUSY, after=2, times=3))
    wire = Wire(healthy)
    assert [wire.get("/jobs").status for _ in range(7)] == [200, 200, 503, 503, 503, 200, 200]


def test_faults_wait_for_each_other(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.BUSY))
    healthy.add_fault(Fault(FaultKind.THROTTLED))
    wire = Wire(healthy)
    assert [wire.get("/jobs").status for _ in range(3)] == [503, 429, 200]


def test_a_share_of_exchanges_is_the_same_at_every_run(start: Callable[..., Sandbox]) -> None:
    def statuses() -> list[int]:
        fault = Fault(FaultKind.BUSY, share=0.3, seed=5)
        wire = Wire(start("healthy", faults=[fault]))
        return [wire.get("/nodecounts").status for _ in range(60)]

    first = statuses()
    assert first == statuses()
    assert 8 <= first.count(503) <= 30


def test_a_fault_without_an_end_counts_as_fired_once_it_struck(healthy: Sandbox) -> None:
    fault = Fault(FaultKind.BUSY, times=None)
    healthy.add_fault(fault)
    assert healthy.unfired_faults() == [fault]
    wire = Wire(healthy)
    assert [wire.get("/jobs").status for _ in range(4)] == [503] * 4
    assert healthy.unfired_faults() == []


def test_a_fault_that_struck_too_seldom_is_told(healthy: Sandbox) -> None:
    fault = Fault(FaultKind.BUSY, times=2)
    healthy.add_fault(fault)
    wire = Wire(healthy)
    wire.get("/jobs")
    assert healthy.unfired_faults() == [fault]
    wire.get("/jobs")
    assert healthy.unfired_faults() == []


def test_a_link_fault_waits_for_a_page_that_has_a_link(healthy: Sandbox) -> None:
    healthy.add_fault(Fault(FaultKind.DUPLICATE_ITEM))
    wire = Wire(healthy)
    wire.get("/jobs")
    wire.get(f"{TASKS}/frame-0001")
    assert len(healthy.unfired_faults()) == 1
    wire.get(TASKS, "maxresults=9")
    assert healthy.unfired_faults() == []


def test_the_sets_of_the_package_can_be_read() -> None:
    assert fault_set_names() == ["bad-network", "broken-listing", "busy-service"]
    for name in fault_set_names():
        assert load_faults(name)


def test_a_set_of_ones_own_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[faults]]\nkind = "throttled"\nretry_after = 3\ntimes = 2\n', encoding="utf-8"
    )
    assert load_faults(file) == [Fault("throttled", retry_after="3", times=2)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[faults]]\nkind = "gremlin"\n', "gremlin"),
        ('[[faults]]\nkind = "reset"\ncolour = "red"\n', "colour"),
        ("[[faults]]\ntimes = 1\n", "no kind"),
        ("[[faults\n", "cannot be read"),
    ],
)
def test_a_set_with_a_mistake_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        load_faults(file)


def test_a_set_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="no set of faults 'nowhere'"):
        load_faults("nowhere")


def test_every_kind_has_a_test_of_its_own() -> None:
    source = "".join(
        file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("*.py")
    )
    untested: list[Any] = [kind for kind in FaultKind if f"FaultKind.{kind.name}" not in source]
    assert untested == []
