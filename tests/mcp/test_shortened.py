"""Values are kept below a length, and what was left out of them is told."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from batchdoctor.mcp.shortened import length_of, shortened


def test_what_is_short_enough_stays_as_it_is() -> None:
    value = {"id": "a", "codes": {"137": 2}}
    assert shortened(value, 100) == (value, ())


def test_a_long_text_keeps_its_beginning() -> None:
    value, left_out = shortened({"message": "x" * 3000}, 2500)
    assert (value, left_out) == (
        {"message": "x" * 2000 + "…"},
        ("message: 2,000 of 3,000 characters",),
    )


def test_a_list_keeps_its_beginning_and_the_lines_of_a_file_their_end() -> None:
    many = [f"{number:03}" for number in range(500)]
    value, left_out = shortened({"nodeIds": many, "stderr": many}, 5000)
    assert value == {"nodeIds": many[:400], "stderr": many[-400:]}
    assert left_out == ("nodeIds: 400 of 500", "stderr: 400 of 500")


def test_a_table_keeps_its_largest_and_a_struct_all_its_keys() -> None:
    table = {f"node-{number}": 1000 - number for number in range(60)}
    struct = {f"key{number}": number for number in range(60)}
    value, left_out = shortened({**struct, "byNode": table}, 1200)
    assert value == {**struct, "byNode": dict(list(table.items())[:20])}
    assert left_out == ("byNode: 20 of 60",)


_TEXT = st.text(max_size=400)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    _TEXT | st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=60) | st.dictionaries(st.text(max_size=9), st.integers())
    ),
    max_leaves=80,
)


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from("abcdef"), _VALUES, min_size=1), st.integers(600, 4000))
def test_nothing_is_left_out_in_silence(value: dict[str, Any], most: int) -> None:
    kept, left_out = shortened(value, most)
    assert kept.keys() == value.keys()
    assert (kept == value) == (not left_out)
    assert length_of(kept) <= length_of(value) + 4 * len(left_out)
