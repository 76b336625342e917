"""Blocks of whole lines, wherever the pieces that are read happen to end."""

from __future__ import annotations

from io import BufferedReader, BytesIO

from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.events.blocks import blocks

CONTENT = st.text("ab\n", max_size=60).map(str.encode)


@given(CONTENT, st.integers(1, 9), st.integers(3, 12))
def test_every_line_is_in_one_block_with_its_place(content: bytes, size: int, longest: int) -> None:
    found = list(blocks(BufferedReader(BytesIO(content)), size=size, longest=longest))
    lines = content.split(b"\n")
    starts = [sum(len(line) + 1 for line in lines[:index]) for index in range(len(lines))]
    seen: list[tuple[int, bytes | None]] = []
    for block in found:
        assert block.offset == starts[block.number - 1]
        assert block.count == (1 if block.overlong else len(block.lines))
        texts: list[bytes | None] = [None] if block.overlong else [*block.lines]
        seen += enumerate(texts, block.number)
    expected = lines if lines[-1] else lines[:-1]
    assert [number for number, _ in seen] == list(range(1, len(expected) + 1))
    for (_, text), line in zip(seen, expected, strict=True):
        assert text == line or (text is None and len(line) > longest)
        assert text is None or len(line) <= longest + size


@given(CONTENT, CONTENT, st.integers(1, 9))
def test_a_limited_length_is_never_read_beyond(content: bytes, more: bytes, size: int) -> None:
    stream: BufferedReader = BufferedReader(BytesIO(content + b"\n" + more))
    found = blocks(stream, length=len(content) + 1, size=size, longest=5)
    lines = [line for block in found for line in (block.lines or [b""])]
    assert len(lines) == content.count(b"\n") + 1
    assert stream.read() == more
