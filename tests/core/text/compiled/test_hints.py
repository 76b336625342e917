"""Compiled code finds the words in a text that Python finds, and refuses what are none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batchdoctor.core.text import secret_hints
from batchdoctor.core.text.secret_hints import kinds_hinted_at
from batchdoctor.core.text.secret_kinds import KINDS

_hints = pytest.importorskip(
    "batchdoctor.core.text.compiled._hints",
    reason="nothing was compiled here",
    exc_type=ImportError,
)
# Of few letters, so that words begin, end and stand within each other.
WORDS = st.lists(st.text("abc=", min_size=1, max_size=5), max_size=9)
HINTS = sorted({hint for kind in KINDS for hint in kind.hints})
# Beginnings and ends of hints, in either case, with all that may stand between them.
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(HINTS),
        st.sampled_from(HINTS).map(str.upper),
        st.sampled_from([hint[:-1] for hint in HINTS] + [hint[1:] for hint in HINTS]),
        st.text(max_size=3),
    ),
    max_size=6,
).map("".join)


@given(WORDS, st.text("abcABC=x\0\x7f", max_size=40))
@example(["abca", "bca", "ca", "a"], "xabcab")
@example(["ab"], "aab")
def test_each_word_that_stands_in_a_text_is_found_whatever_its_case(
    words: list[str], text: str
) -> None:
    found = _hints.found(_hints.prepared(tuple(words)), text)
    assert found == sum(1 << at for at, word in enumerate(words) if word in text.lower())


@given(TEXTS)
@example("PASSWORD")
@example("\u212aey=")  # the sign of a kelvin, which is a small k without case
@example("/p\uff1a")
def test_the_same_kinds_are_looked_for_as_without_a_compiler(text: str) -> None:
    compiled = kinds_hinted_at(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secret_hints, "_WORDS", None)
        assert kinds_hinted_at(text) == compiled


@pytest.mark.parametrize(
    "words",
    [
        ("Key",),
        ("",),
        ("k\u00e9y",),
        ("k" * 600,),
        tuple("abc" for _ in range(65)),
        tuple(map(chr, range(1, 65))),
        ["key"],
        "key",
    ],
    ids=["a capital", "nothing", "no ASCII", "long", "many", "many letters", "a list", "text"],
)
def test_words_that_cannot_be_looked_for_are_refused(words: Any) -> None:
    with pytest.raises(ValueError, match="words are"):
        _hints.prepared(words)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="a word is text"):
        _hints.prepared(("key", 3))
    words = _hints.prepared(("key",))
    for arguments in [(words, b"key"), (words,), ("key", "key"), (None, "key")]:
        with pytest.raises((TypeError, ValueError)):
            _hints.found(*arguments)
    with pytest.raises(UnicodeEncodeError):
        _hints.found(words, "key \ud800")


def test_64_words_are_told_apart_to_the_last() -> None:
    words = tuple(f"{at:02}x" for at in range(64))
    assert _hints.found(_hints.prepared(words), "..63x..00x") == 1 << 63 | 1
