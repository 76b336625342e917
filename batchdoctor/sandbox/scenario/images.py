"""The virtual machine images of the sandbox's pools."""

from __future__ import annotations

from typing import Any

IMAGES: dict[str, dict[str, Any]] = {
    "linux": {
        "imageReference": {
            "publisher": "canonical",
            "offer": "0001-com-ubuntu-server-jammy",
            "sku": "22_04-lts",
            "version": "latest",
        },
        "nodeAgentSKUId": "batch.node.ubuntu 22.04",
    },
    "windows": {
        "imageReference": {
            "publisher": "microsoftwindowsserver",
            "offer": "windowsserver",
            "sku": "2022-datacenter",
            "version": "latest",
        },
        "nodeAgentSKUId": "batch.node.windows amd64",
    },
}
