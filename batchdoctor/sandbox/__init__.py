"""An Azure Batch account in a box: the REST protocol on loopback, without a line of the client.

Where it is knowingly unlike the service: pools cannot be created, and nothing be deleted; a file is
made when it is asked for. Jobs can be created, with tasks, and really run if that is asked for.
Without that, and without a `lag`, nothing schedules, so an active task stays active until it is
ended, and nodes obey at once.
"""

from __future__ import annotations

from batchdoctor.sandbox.box import LAG, Sandbox
from batchdoctor.sandbox.faults.fault import Fault, FaultKind
from batchdoctor.sandbox.faults.load import fault_set_names, load_faults
from batchdoctor.sandbox.running.mishap import Mishap, MishapKind
from batchdoctor.sandbox.scenario.load import Scenario, describe, load_scenario, scenario_names
from batchdoctor.sandbox.wire.messages import Request

__all__ = [
    "LAG",
    "Fault",
    "FaultKind",
    "Mishap",
    "MishapKind",
    "Request",
    "Sandbox",
    "Scenario",
    "describe",
    "fault_set_names",
    "load_faults",
    "load_scenario",
    "scenario_names",
]
