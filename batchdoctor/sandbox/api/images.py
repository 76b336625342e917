"""The images that pools may be made of, a few of the service's long list."""

from __future__ import annotations

from typing import Any

from batchdoctor.sandbox.api import filterable
from batchdoctor.sandbox.api.call import Call
from batchdoctor.sandbox.wire.messages import Reply

# Publisher, offer, sku, node agent, and the end of Batch's support where there is one.
_LISTED = (
    ("canonical", "0001-com-ubuntu-server-jammy", "22_04-lts", "batch.node.ubuntu 22.04", 2027),
    ("canonical", "ubuntu-24_04-lts", "server", "batch.node.ubuntu 24.04", None),
    ("almalinux", "almalinux-x86_64", "9-gen2", "batch.node.el 9", None),
    ("debian", "debian-12", "12", "batch.node.debian 12", None),
    (
        "microsoftwindowsserver",
        "windowsserver",
        "2019-datacenter",
        "batch.node.windows amd64",
        None,
    ),
    (
        "microsoftwindowsserver",
        "windowsserver",
        "2022-datacenter",
        "batch.node.windows amd64",
        None,
    ),
)


class _Image:
    """One image; lists are cut into pages by `seq`."""

    def __init__(self, seq: int, listed: tuple[str, str, str, str, int | None]) -> None:
        publisher, offer, sku, agent, year = listed
        self.seq = seq
        self.os = "windows" if "windows" in agent else "linux"
        self.verification = "verified"
        self.document: dict[str, Any] = {
            "nodeAgentSKUId": agent,
            "imageReference": {
                "publisher": publisher,
                "offer": offer,
                "sku": sku,
                "version": "latest",
            },
            "osType": self.os,
            "capabilities": [],
            "verificationType": self.verification,
        }
        if year is not None:
            self.document["batchSupportEndOfLife"] = f"{year}-06-30T00:00:00Z"


_IMAGES = [_Image(seq, listed) for seq, listed in enumerate(_LISTED)]


def list_images(call: Call) -> Reply:
    """GET /supportedimages."""
    return call.page("supportedimages", _IMAGES, lambda image: image.document, filterable.IMAGES)
