"""How long to wait between two looks: longer while nothing changes, and never quite the same."""

from __future__ import annotations

import random as random_module
from collections.abc import Callable

import msgspec

# Somebody else asks the same account too; less than this gains nobody anything.
LEAST_POLL = 2.0
USUAL_POLL = 5.0
LONGEST_POLL = 60.0
_GROWTH = 1.5
# Who has waited for an hour does not mind another minute: what share of the time spent is added.
_SHARE = 0.05
# Waits that were begun together must not ask together for ever.
_JITTER = 0.1


class Pace(msgspec.Struct):
    """Seconds between looks, from `poll` on; `random` returns a number in [0, 1)."""

    poll: float = USUAL_POLL
    random: Callable[[], float] = random_module.random
    _quiet: int = 0

    def next(self, spent: float, *, changed: bool) -> float:
        """How long to wait after so many seconds: shorter after a change than in silence."""
        self._quiet = 0 if changed else self._quiet + 1
        longest = max(LONGEST_POLL, self.poll)
        # The exponent is bounded, since a wait may last for weeks.
        grown = self.poll * _GROWTH ** min(self._quiet, 64)
        usual = min(max(grown, spent * _SHARE), longest)
        return usual * (1 + _JITTER * (2 * self.random() - 1))
