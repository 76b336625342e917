"""An account as it was recorded: documents that the service wrote, asked again by its protocol."""

from batchdoctor.sandbox.recorded.account import RecordedAccount
from batchdoctor.sandbox.recorded.records import Content, Records

__all__ = ["Content", "RecordedAccount", "Records"]
