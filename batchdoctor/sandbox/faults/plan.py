"""The faults still to come: counts exchanges, picks the fault that meets one, knows the unfired."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from batchdoctor.sandbox.faults.fault import Fault
from batchdoctor.sandbox.wire.messages import Request


@dataclass(slots=True)
class _Order:
    fault: Fault
    dice: random.Random
    seen: int = 0
    fired: int = 0

    def due(self) -> bool:
        """Count one matching exchange and say whether the fault meets it."""
        self.seen += 1
        if self.seen <= self.fault.after:
            return False
        if self.fault.share is not None:
            return self.dice.random() < self.fault.share
        return self.fault.times is None or self.fired < self.fault.times

    def outstanding(self) -> bool:
        counted = self.fault.share is None and self.fault.times is not None
        return self.fired < (self.fault.times or 0 if counted else 1)


@dataclass(slots=True)
class FaultPlan:
    """All faults that were ordered; the first that is due meets the exchange."""

    _orders: list[_Order] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, faults: Iterable[Fault]) -> None:
        """Order more faults."""
        with self._lock:
            for fault in faults:
                dice = random.Random(fault.seed)  # noqa: S311  # repeatable, not secret
                self._orders.append(_Order(fault, dice))

    def pick(self, request: Request, applies: Callable[[Fault], bool]) -> Fault | None:
        """Return the fault that meets an exchange, None for most of them."""
        text = f"{request.method} {request.path}"
        with self._lock:
            for order in self._orders:
                matches = order.fault.pattern().fullmatch(text) and applies(order.fault)
                if matches and order.due():
                    order.fired += 1
                    return order.fault
        return None

    def unfired(self) -> list[Fault]:
        """Return the faults that have not struck as often as they were ordered."""
        with self._lock:
            return [order.fault for order in self._orders if order.outstanding()]
