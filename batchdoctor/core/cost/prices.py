"""Prices of node hours by pool, and the money that node hours come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from fractions import Fraction

from batchdoctor.core.names import folded
from batchdoctor.errors import UsageError

MICROSECONDS_OF_AN_HOUR = 3_600_000_000
# The dearest machine that can be rented costs some hundreds of dollars an hour.
DEAREST = 100_000
# Longer texts of digits are no price that anybody ever wrote.
_LONGEST = 32

Price = Fraction


class Prices:
    """US dollars for an hour of a node, by pool; ids of pools compare without case."""

    def __init__(self, prices: Mapping[str, Price] | None = None) -> None:
        self._prices = {folded(pool): price for pool, price in (prices or {}).items()}

    def __bool__(self) -> bool:
        return bool(self._prices)

    def of(self, pool_id: str, length: Fraction) -> Fraction | None:
        """Dollars for microseconds of the nodes of a pool; None where there is no price."""
        price = self._prices.get(folded(pool_id))
        return None if price is None else price * length / MICROSECONDS_OF_AN_HOUR


def price_of(pool_id: str, told: object, origin: str) -> Price:
    """The price of a pool as somebody wrote it. Raises UsageError for what is none."""
    text = str(told).strip() if not isinstance(told, bool) else ""
    price = _number(text)
    if price is None:
        shown = text[:_LONGEST] or repr(told)[:_LONGEST]
        raise UsageError(
            f"{origin}: {shown} is no price of an hour of a node of {pool_id or 'a pool'}.",
            hint=f"a number of US dollars from 0 to {DEAREST:,}: --price {pool_id or 'POOL'}=0.34",
        )
    return price


def _number(text: str) -> Price | None:
    """A number that can be a price, exactly as it was written."""
    if len(text) > _LONGEST or not text.isascii() or "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # An exponent may ask for more digits than there is memory for.
    if not number.is_finite() or not 0 <= number <= DEAREST or number.adjusted() < -_LONGEST:
        return None
    return Fraction(number)


def parse_prices(words: Iterable[str]) -> dict[str, Price]:
    """Prices written as `POOL=USD_PER_HOUR`. Raises UsageError."""
    found: dict[str, Price] = {}
    spelled: dict[str, str] = {}
    for word in words:
        pool_id, sign, told = word.rpartition("=")
        pool_id = pool_id.strip()
        if not sign or not pool_id:
            raise UsageError(
                f"--price {word}: this names no pool and its price.",
                hint="--price POOL=USD_PER_HOUR, such as --price render=0.34",
            )
        price = price_of(pool_id, told, f"--price {word}")
        known = spelled.setdefault(folded(pool_id), pool_id)
        if found.setdefault(known, price) != price:
            raise UsageError(f"Two prices are given for the pool {known}.", hint="give one of them")
    return found


def unknown_name(noun: str, name: str, known: Iterable[str]) -> str | None:
    """That nothing is called so, with the nearest name that there is; None for a known name."""
    spellings = {folded(each): each for each in known}
    if folded(name) in spellings:
        return None
    near = get_close_matches(folded(name), spellings, 1)
    meant = f"; did you mean {spellings[near[0]]}?" if near else ""
    return f"there is no {noun} of that name here{meant}"
