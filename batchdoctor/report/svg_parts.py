"""The parts that pictures are put together from: images that a screen reader tells, and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

WIDTH = 720

Escape = Callable[[str], str]


def figure(caption: str, body: str) -> str:
    """A picture with what it shows below it."""
    return f"<figure>{body}<figcaption>{caption}</figcaption></figure>"


def svg(width: float, height: float, told: str, body: Iterator[str]) -> str:
    """An image that a screen reader tells in one sentence."""
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img"'
        f' aria-label="{told}"><title>{told}</title>{"".join(body)}</svg>'
    )


def rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A box."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(height, 0):.1f}"'
        f' class="{kind}"/>'
    )


def text(x: float, y: float, told: str, kind: str = "text", anchor: str = "start") -> str:
    """Words at a place; they must be safe."""
    at = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{at} class="{kind}">{told}</text>'


def line(x: float, top: float, bottom: float, *, dashed: bool = False) -> str:
    """An upright line."""
    dashes = ' stroke-dasharray="3 3"' if dashed else ""
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}"'
        f' class="stroke-mark"{dashes}/>'
    )


def table(head: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    """A table of cells that are markup, folded away below a picture of the same.

    A screen reader reads it cell by cell.
    """
    titles = "".join(f'<th scope="col"><div>{each}</div></th>' for each in head)
    body = "".join(f'<tr><th scope="row">{name}</th>{"".join(cells)}</tr>' for name, cells in rows)
    return (
        "<details><summary>The same as a table</summary>"
        f'<div class="wide"><table class="matrix"><thead><tr>{titles}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></details>"
    )


def minute(moment: datetime) -> str:
    """A moment as captions have it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
