"""An Azure Batch account in a box: the REST protocol on loopback, without a line of the client.

Where it is knowingly unlike the service: jobs, tasks and pools cannot be created or deleted; a file
is made when it is asked for, and deleting one is not offered. Without a `lag` nothing schedules, so
an active task stays active until it is ended, and nodes obey at once.
"""

from __future__ import annotations

from batchdoctor.sandbox.box import LAG, Sandbox
from batchdoctor.sandbox.faults.fault import Fault, FaultKind
from batchdoctor.sandbox.faults.load import fault_set_names, load_faults
from batchdoctor.sandbox.scenario.load import Scenario, describe, load_scenario, scenario_names
from batchdoctor.sandbox.wire.messages import Request

__all__ = [
    "LAG",
    "Fault",
    "FaultKind",
    "Request",
    "Sandbox",
    "Scenario",
    "describe",
    "fault_set_names",
    "load_faults",
    "load_scenario",
    "scenario_names",
]
