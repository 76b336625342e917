"""What messages have in common: their text with all masked that varies from task to task."""

from __future__ import annotations

import re

from batchdoctor.core.meaning.chatter import read_line

_LONGEST = 240
_HEX = "[0-9a-fA-F]"
_EXTENSIONS = (
    "bam|bin|blend|bz2|cfg|conf|csv|dat|exr|fasta|fastq|fq|gz|h5|hdf5|inp|jpe?g|json|log|mat|mp4"
    "|mov|nc|npy|npz|out|parquet|pdf|pickle|pkl|png|pt|rds|sam|tar|tiff?|tmp|toml|tsv|txt|vcf|xlsx?"
    "|xml|ya?ml|zip"
)
_DOMAINS = "com|net|org|io|local|internal|lan|edu|gov|cloud|dev|svc"
# The first that fits at a place is taken; each is bounded, and none has a loop within a loop that
# could be walked in two ways.
_VARIES = re.compile(
    r"(?P<url>\b[a-zA-Z][a-zA-Z0-9+.-]{1,12}://[^\s\"'<>)\]]{1,600})"
    r"|(?P<time>\b\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
    r"(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)"
    rf"|(?P<id>\b{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}\b"
    rf"|\b0[xX]{_HEX}{{1,16}}\b|\b(?=[a-fA-F]{{0,40}}\d)(?=\d{{0,40}}[a-fA-F]){_HEX}{{8,64}}\b)"
    r"|(?P<node>\btvm[a-z]{0,4}[_-][\w-]{4,120})"
    r"|(?P<path>(?<![\w.])[A-Za-z]:[\\/][^\s\"'<>|?*:,;)]{1,300}"
    r"|(?<![\w./])(?:~|\.{1,2})?/[^\s\"'<>|?*:,;)(/]{1,120}(?:/[^\s\"'<>|?*:,;)(/]{0,120}){0,30}"
    r"|(?<![\w./])[\w.-]{1,80}(?:/[\w.-]{1,80}){1,12}\.[A-Za-z]\w{0,7}\b"
    rf"|(?<![\w./])[\w-]{{1,80}}(?:\.[\w-]{{1,40}}){{0,3}}\.(?:{_EXTENSIONS})\b)"
    r"|(?P<host>\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5})?\b"
    rf"|(?<![\w.-])(?:[a-z0-9-]{{1,63}}\.){{1,8}}(?:{_DOMAINS})\b(?![\w.])(?::\d{{1,5}})?)"
    r"|(?P<n>\d{1,3}(?:,\d{3}){1,6}(?:\.\d{1,20})?|\d{1,40}(?:\.\d{1,20})?)"
)


def template(line: str) -> str:
    """A line with `<n>`, `<path>`, `<host>`, `<time>`, `<url>`, `<node>`, `<id>` for what varies.

    What a logger puts before a message is left out. The same line gives the same text always.
    """
    masked = _VARIES.sub(lambda found: f"<{found.lastgroup}>", read_line(line).message)
    return masked if len(masked) <= _LONGEST else f"{masked[: _LONGEST - 1]}…"
