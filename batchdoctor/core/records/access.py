"""How a node can be reached: its address, what its pool lets in, and what it sent of its logs."""

from __future__ import annotations

import msgspec

from batchdoctor.core.records.base import Record


class RemoteLogin(Record, frozen=True):
    """Answer of `GET .../remoteloginsettings`; the service writes `IP` in capitals."""

    address: str | None = msgspec.field(default=None, name="remoteLoginIPAddress")
    port: int | None = msgspec.field(default=None, name="remoteLoginPort")


class InboundNatPool(Record, frozen=True):
    """A port of the nodes that the pool's load balancer lets in."""

    name: str | None = None
    backend_port: int | None = None


class EndpointConfiguration(Record, frozen=True):
    """What the pool lets in."""

    inbound_nat_pools: list[InboundNatPool] | None = msgspec.field(
        default=None, name="inboundNATPools"
    )


class NetworkConfiguration(Record, frozen=True):
    """The part of a pool's network that decides who gets in."""

    endpoint_configuration: EndpointConfiguration | None = None


class MachineConfiguration(Record, frozen=True):
    """The part of a pool's machines that names the operating system."""

    node_agent_sku_id: str | None = msgspec.field(default=None, name="nodeAgentSKUId")


class PoolAccess(Record, frozen=True):
    """A pool, as far as logging in to its nodes is concerned."""

    virtual_machine_configuration: MachineConfiguration | None = None
    network_configuration: NetworkConfiguration | None = None

    @property
    def is_windows(self) -> bool:
        """Whether the nodes run Windows, by the name of their agent."""
        machine = self.virtual_machine_configuration
        return bool(machine and "windows" in (machine.node_agent_sku_id or "").lower())

    @property
    def open_ports(self) -> set[int]:
        """Ports of the nodes that the pool itself lets in."""
        network = self.network_configuration
        endpoint = network.endpoint_configuration if network else None
        pools = endpoint.inbound_nat_pools if endpoint else None
        return {each.backend_port for each in pools or () if each.backend_port is not None}


class LogUpload(Record, frozen=True):
    """Answer of `POST .../uploadbatchservicelogs`; the files themselves arrive later."""

    virtual_directory_name: str | None = None
    number_of_files_uploaded: int | None = None
