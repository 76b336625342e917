"""Which kinds of secrets text may hold, by words that stand in all text that has such a secret."""

from __future__ import annotations

from functools import cache

from batchdoctor.core.text.secret_kinds import KINDS, ROOTS

try:
    from batchdoctor.core.text.compiled import _hints
except ImportError:
    # There was no compiler where it was installed.
    _hints = None  # type: ignore[assignment]

# Those of ASCII come first: all that can stand in most text.
_HINTS = tuple(
    sorted({hint for kind in KINDS for hint in kind.hints}, key=lambda h: (not h.isascii(), h))
)
_WORDS = (
    None if _hints is None else _hints.prepared(tuple(hint for hint in _HINTS if hint.isascii()))
)


def _by_root() -> list[tuple[str, list[tuple[str, int]]]]:
    """Roots, and the hints that begin to be looked for where one is found, each with its bit."""
    root_of = {hint: next(root for root in ROOTS if root in hint) for hint in _HINTS}
    return [
        (root, [(hint, 1 << at) for at, hint in enumerate(_HINTS) if root_of[hint] == root])
        for root in ROOTS
    ]


_BY_ROOT = _by_root()


def kinds_hinted_at(text: str) -> tuple[int, ...]:
    """Return the numbers of the kinds of which text has a hint, in order."""
    if _WORDS is not None and text.isascii():
        return _kinds_of(_hints.found(_WORDS, text))
    low = text.lower()
    found = 0
    for root, hints in _BY_ROOT:
        if root in low:
            for hint, bit in hints:
                if hint in low:
                    found |= bit
    return _kinds_of(found)


@cache
def _kinds_of(found: int) -> tuple[int, ...]:
    hints = {hint for at, hint in enumerate(_HINTS) if found >> at & 1}
    return tuple(number for number, kind in enumerate(KINDS) if not hints.isdisjoint(kind.hints))
