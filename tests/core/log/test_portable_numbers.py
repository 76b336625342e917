"""The number that stands for a task on every machine."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import product

from batchdoctor.core.log.attempt import Names

number = Names(portable=True).task_number


def bits_of(task_id: str) -> int:
    return number(task_id) & 2**64 - 1


def alike() -> Iterator[str]:
    """Ids as people number tasks, and such as differ in few letters far from each other."""
    yield from (f"task-{at:08}" for at in range(60_000))
    yield from (f"render_frame{at}" for at in range(20_000))
    yield from (f"{a}{'-' * 6}{b}{'-' * 6}{c}" for a, b, c in product(LETTERS, repeat=3))
    yield from (f"{at:032x}" for at in range(0, 2**20, 64))
    yield from ("a" * length for length in range(300))


NUMBERS = [0, 1162503919372028965, -5751150190043559284, 3077699203571473942]
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH"


def test_it_is_the_same_for_ever() -> None:
    # Counts of one version travel to machines that may have another one of Python.
    assert [number(each) for each in ("", "a", "task-00000001", "ü\udc80")] == NUMBERS


def test_ids_that_are_alike_have_different_numbers_in_all_buckets() -> None:
    ids = list(dict.fromkeys(alike()))
    numbers = [bits_of(each) for each in ids]
    assert len(set(numbers)) == len(ids)
    for shift in (56, 28, 0):
        buckets = Counter(each >> shift & 255 for each in numbers)
        fair = len(ids) / 256
        assert sum((times - fair) ** 2 / fair for times in buckets.values()) < 400


def test_each_bit_of_an_id_changes_half_of_the_number() -> None:
    rnd, changed = random.Random(3), Counter[int]()
    tries = 4000
    for _ in range(tries):
        name = bytearray(rnd.randbytes(rnd.randrange(1, 40)))
        name = bytearray(byte & 127 for byte in name)
        before = bits_of(name.decode())
        name[rnd.randrange(len(name))] ^= 1 << rnd.randrange(7)
        difference = before ^ bits_of(name.decode())
        changed.update(bit for bit in range(64) if difference >> bit & 1)
    assert all(0.44 * tries < changed[bit] < 0.56 * tries for bit in range(64))
