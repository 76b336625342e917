"""Until when Batch supports what a pool is made of: its node agent, its image, its machines.

The service tells it in its list of supported images; what it has announced is known without.
https://learn.microsoft.com/rest/api/batchservice/pools/list-supported-images
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from batchdoctor.core.meaning.once import read_once
from batchdoctor.core.records import ImageReference, Pool, SupportedImage, same
from batchdoctor.errors import BatchdoctorError

LISTED = "Batch's list of supported images"


class SupportEnd(msgspec.Struct, frozen=True):
    """The last day of support; `what` it is of, and who says so.

    `day` is None where the service does not list the thing any more.
    """

    what: str
    day: date | None
    source: str


class _Agents(msgspec.Struct, frozen=True):
    names: list[str]
    day: date
    page: str


class _Image(msgspec.Struct, frozen=True):
    publisher: str
    offer: str
    sku: str
    day: date
    page: str


class _Size(msgspec.Struct, frozen=True):
    pattern: str
    day: date
    page: str


class _Announced(msgspec.Struct, frozen=True):
    agent: list[_Agents]
    image: list[_Image]
    size: list[_Size]


def support_end(pool: Pool, images: Sequence[SupportedImage] | None) -> SupportEnd | None:
    """Return the first end of support of what a pool is made of, None where none is known.

    `images` is the service's list, None if it was not read.
    """
    ends = [*_listed(pool, images or ()), *_announced(pool)]
    return min(ends, key=lambda end: end.day or date.min, default=None)


def _listed(pool: Pool, images: Sequence[SupportedImage]) -> Iterator[SupportEnd]:
    machine = pool.virtual_machine_configuration
    agent = machine.node_agent_sku_id if machine else None
    if machine is None or not images or not agent:
        return
    if not any(same(image.node_agent_sku_id, agent) for image in images):
        yield SupportEnd(f"node agent {agent}", None, LISTED)
    for image in images:
        end = image.batch_support_end_of_life
        if end and _is_same_image(image.image_reference, machine.image_reference):
            yield SupportEnd(f"image {_name(machine.image_reference)}", end.date(), LISTED)


def _announced(pool: Pool) -> Iterator[SupportEnd]:
    machine = pool.virtual_machine_configuration
    agent = machine.node_agent_sku_id if machine else None
    image = machine.image_reference if machine else None
    known = _read()
    for agents in known.agent:
        if any(same(agent, name) for name in agents.names):
            yield SupportEnd(f"node agent {agent}", agents.day, agents.page)
    for each in known.image:
        of_offer = image and same(image.publisher, each.publisher) and same(image.offer, each.offer)
        if image and of_offer and (image.sku or "").lower().startswith(each.sku):
            yield SupportEnd(f"image {_name(image)}", each.day, each.page)
    for size in known.size:
        if re.fullmatch(size.pattern, (pool.vm_size or "").lower()):
            yield SupportEnd(f"machine size {pool.vm_size}", size.day, size.page)


def _is_same_image(one: ImageReference | None, other: ImageReference | None) -> bool:
    if one is None or other is None or not other.publisher:
        return False
    return all(
        same(getattr(one, name), getattr(other, name)) for name in ("publisher", "offer", "sku")
    )


def _name(image: ImageReference | None) -> str:
    parts = (image.publisher, image.offer, image.sku) if image else ()
    return " ".join(part for part in parts if part)


@read_once
def _read() -> _Announced:
    import pkgutil
    import tomllib

    data = pkgutil.get_data("batchdoctor.core.meaning", "ends.toml")
    if data is None:
        raise BatchdoctorError(
            "The list of announced ends of support cannot be read.",
            hint="Install batchdoctor again.",
        )
    return msgspec.convert(tomllib.loads(data.decode()), _Announced)
