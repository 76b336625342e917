"""The gate: no secret passes it, nothing that a terminal would obey, and JSON stays what it was."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.text.gate import json_line, shown, shown_lines

# Bits of secrets and of escapes, to be met in every order.
_BITS = st.sampled_from(
    [
        *("sig=", "sig", "%26", "&", "\\u0026", "\\", '"', "'", ":", "=", "%3D", "AccountKey"),
        *("Bearer ", "SharedKey a:", "eyJabcdefghi.", "c2VjcmV0" * 6, "://u:", "@"),
        *("\n", "\x1b", "é", "/", " "),
    ]
)
_TEXTS = st.lists(_BITS, max_size=12).map("".join)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)


def shape(value: object) -> object:
    """A value without its texts, and without how many keys became one by being masked."""
    match value:
        case dict():
            return {"an object": sorted(repr(shape(each)) for each in value.values())}
        case list():
            return [shape(each) for each in value]
        case str():
            return "a text"
        case _:
            return value


@given(st.lists(_VALUES, max_size=4))
def test_masked_json_is_json_of_the_same_shape(value: list[object]) -> None:
    told = json_line(value)
    assert told.isprintable()
    read = json.loads(told)
    # Two keys may become one by being masked; nothing else may go.
    if keys(read) == keys(value):
        assert shape(read) == shape(value)


def keys(value: object) -> int:
    """How many keys there are, at every depth."""
    if isinstance(value, dict):
        return len(value) + sum(map(keys, value.values()))
    return sum(map(keys, value)) if isinstance(value, list) else 0


@given(_TEXTS)
def test_what_has_passed_the_gate_may_pass_it_again(text: str) -> None:
    assert shown(shown(text)) == shown(text)


def test_json_keeps_every_value_that_is_no_secret() -> None:
    value = {"a": 'say "no"\n\x1b[2J\u202e é \U000e0001', "sig": None, "b": ["\\", "%", "x=1"]}
    assert json.loads(json_line(value)) == value


def test_a_secret_is_found_however_deep_it_is_quoted() -> None:
    inner = json.dumps({"url": "https://a/c?sv=1&sig=SECRET%2F%3D&se=2", "AccountKey": "SECRET"})
    once = json.dumps({"text": inner}).replace("&", "\\u0026")
    assert "SECRET" not in json_line({"message": inner, "again": once, "bytes": [once]})


def test_lines_stay_lines_and_one_line_stays_one() -> None:
    text = "first sig=abc\n\tsecond \x1b[2J"
    assert shown_lines(text) == "first sig=***\n\tsecond \\x1b[2J"
    assert shown(text) == "first sig=***\\n\\tsecond \\x1b[2J"
