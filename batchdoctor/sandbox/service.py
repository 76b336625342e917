"""One exchange from request to bytes: faults, authentication, the operation, the record of it."""

from __future__ import annotations

import random
import threading
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.api.call import Settings
from batchdoctor.sandbox.api.routes import answer
from batchdoctor.sandbox.clock import seconds, ticks, utc_now
from batchdoctor.sandbox.faults import effects
from batchdoctor.sandbox.faults.fault import Fault, FaultKind
from batchdoctor.sandbox.faults.plan import FaultPlan
from batchdoctor.sandbox.identity import TOKEN_PATH, token_reply
from batchdoctor.sandbox.protocol.authentication import Door, authenticate
from batchdoctor.sandbox.protocol.paging import Listing
from batchdoctor.sandbox.protocol.refusals import ServiceError, refusal_reply
from batchdoctor.sandbox.wire.envelope import Stamp, compose
from batchdoctor.sandbox.wire.messages import WHOLE, Delivery, Reply, Request


@dataclass(slots=True)
class Service:
    """Answers requests one at a time; safe to call from many threads."""

    store: Store
    settings: Settings
    now: Callable[[], datetime]
    plan: FaultPlan
    requests: deque[Request]
    door: Callable[[], Door]
    exclusive: threading.RLock = field(default_factory=threading.RLock)
    """Held by whoever reads or changes the account."""
    _dice: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311

    def respond(self, request: Request) -> tuple[bytes, bytes, Delivery]:
        """Return the head and body that answer a request, and how they are to be delivered."""
        with self.exclusive:
            if request.path == TOKEN_PATH:
                return self._token(request)
            self.requests.append(request)
            fault = self.plan.pick(request, lambda f: effects.before(f, request) and not _late(f))
            stamp = self._stamp(fault)
            reply = self._reply(request, fault, stamp)
            if fault is None:
                reply, fault = self._spoilt(request, reply)
            delivery = effects.delivery_of(fault)
            request.status = reply.status if delivery is WHOLE or delivery.part >= 1 else None
            if delivery.without_length:
                reply = replace(reply, length=True)
            head, body = compose(request, reply, stamp)
            return head, body, delivery

    def _token(self, request: Request) -> tuple[bytes, bytes, Delivery]:
        """Answer for the host of a managed identity: that is not the service, so no faults."""
        stamp = self._stamp(None)
        try:
            reply = token_reply(request, self.door(), stamp.moment)
        except ServiceError as refusal:
            reply = refusal_reply(refusal, stamp)
        return *compose(request, reply, stamp), WHOLE

    def _stamp(self, fault: Fault | None) -> Stamp:
        skew = fault.skew if fault is not None and fault.kind == FaultKind.CLOCK_SKEW else 0.0
        request_id = str(uuid.UUID(int=self._dice.getrandbits(128), version=4))
        return Stamp(request_id, ticks(utc_now()) + seconds(skew), self.store.url)

    def _reply(self, request: Request, fault: Fault | None, stamp: Stamp) -> Reply:
        try:
            early = effects.instead(fault, stamp.moment) if fault else None
            return early or self._handle(request, effects.heard(fault, request), stamp)
        except ServiceError as refusal:
            return refusal_reply(refusal, stamp)

    def _handle(self, request: Request, heard: Request, stamp: Stamp) -> Reply:
        authenticate(request, self.door(), stamp.moment)
        self.store.settle(ticks(self.now()))
        return answer(heard, self.store, self.settings)

    def _spoilt(self, request: Request, reply: Reply) -> tuple[Reply, Fault | None]:
        """Let a fault that needs to see the reply have its turn."""
        fault = self.plan.pick(
            request,
            lambda f: _late(f) and effects.before(f, request) and effects.applies_to(f, reply),
        )
        if fault is None:
            return reply, None
        listing = Listing(self.store.url, request.path, request.query, self.settings.secret)
        own = f"{self.store.url}{request.target}"
        links = effects.Links(own, listing.link(-1), listing.rewound)
        return effects.spoil(fault, reply, links), fault


def _late(fault: Fault) -> bool:
    return effects.on_reply(fault.kind)
