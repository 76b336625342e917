r"""What gives access, and how it is taken out of text before anybody reads it.

Text is masked as it stands: plain, percent-encoded, or escaped as JSON writes it (`\u0026sig=`). No
match ends in the middle of an escape or takes a quotation mark, so that masked JSON is still JSON.
"""

from __future__ import annotations

import re
from functools import cache

from batchdoctor.core.text.secret_hints import kinds_hinted_at
from batchdoctor.core.text.secret_kinds import BARE_KEY, KEY_LENGTH, KINDS

MASK = "***"
_END_OF_KEY = re.compile(rf"[A-Za-z0-9+/]{{{KEY_LENGTH}}}")


def masked(text: str) -> str:
    """`text` without the signatures, keys, tokens and passwords in it."""
    for number in kinds_hinted_at(text):
        text = _compiled(KINDS[number].pattern).sub(rf"\g<named>{MASK}", text)
    return _compiled(BARE_KEY).sub(MASK, text) if _has_bare_key(text) else text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, made when it is first needed: most runs meet no secret, and making takes long."""
    return re.compile(pattern, re.VERBOSE | re.IGNORECASE)


def _has_bare_key(text: str) -> bool:
    """Whether an `=` ends a run of base64 as long as a key's."""
    at = text.find("=")
    while at >= 0:
        if _END_OF_KEY.fullmatch(text, max(at - KEY_LENGTH, 0), at):
            return True
        at = text.find("=", at + 1)
    return False
