"""What in a log was unusable: counted by kind, with the first few places to look at."""

from __future__ import annotations

from bisect import insort

import msgspec

# Enough to see the pattern; a log that is broken throughout must not fill the memory.
EXAMPLES = 5


class Place(msgspec.Struct, frozen=True, order=True):
    """Where something unusable was found: byte `offset` in the file, lines counted from 1.

    `line` is unknown where a file has no lines, as inside one long array. `hint` says what to do
    about it, where that is known.
    """

    file: str
    offset: int
    line: int | None
    kind: str
    reason: str
    hint: str = ""


def _order(place: Place) -> tuple[str, int, str]:
    return (place.file, place.offset, place.kind)


class Damage(msgspec.Struct):
    """Unusable pieces by kind, and the first places by file and offset."""

    kinds: dict[str, int] = msgspec.field(default_factory=dict)
    places: list[Place] = msgspec.field(default_factory=list)

    @property
    def total(self) -> int:
        """How many pieces were skipped."""
        return sum(self.kinds.values())

    def add(self, place: Place) -> None:
        """Count one piece."""
        self.kinds[place.kind] = self.kinds.get(place.kind, 0) + 1
        self._keep(place)

    def merge(self, other: Damage) -> None:
        """Add another's pieces; the order of merging makes no difference."""
        for kind, times in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + times
        for place in other.places:
            self._keep(place)

    def _keep(self, place: Place) -> None:
        # Most come in their order, and a log that is broken throughout has very many.
        if len(self.places) == EXAMPLES and _order(place) >= _order(self.places[-1]):
            return
        insort(self.places, place, key=_order)
        del self.places[EXAMPLES:]
