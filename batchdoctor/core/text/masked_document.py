"""Takes out of a recorded document what its reader needs not know: secrets, values, names of users.

What was taken out is counted by its sort, so that whoever hands the document on can see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from batchdoctor.core.text.secrets import MASK, masked

# What stands in the place of what was taken out.
MASKED = MASK

# Lists of name and value, in which the names help and the values are nobody's business.
_ENVIRONMENTS = {"environmentsettings", "commonenvironmentsettings"}
_PASSWORDS = {"password", "sshprivatekey", "accountkey", "saskey", "accesskey", "privatekey"}
_USERS = {"username", "userid", "uid", "gid"}
# Addresses whose query may give access even where it is not signed in a known way.
_ADDRESSES = {"httpurl", "containerurl", "storagecontainerurl", "bloburl", "azurefileurl", "source"}


class Masking:
    """Masks documents and texts, and counts what it masked by sort."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def document(self, value: Any) -> Any:
        """The same without secrets; what is no text stays as it is."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.document(each) for each in value]
        if isinstance(value, Mapping):
            return {name: self._member(name, each) for name, each in value.items()}
        return value

    def text(self, text: str) -> str:
        """Text without signatures, keys, tokens and passwords."""
        found = masked(text)
        if found != text:
            self.counts["secrets in texts"] += 1
        return found

    def _member(self, name: str, value: Any) -> Any:
        low = name.lower()
        if low in _ENVIRONMENTS and isinstance(value, list):
            return [self._setting(each) for each in value]
        if low in _PASSWORDS and value:
            return self._mask("passwords and keys")
        if low in _USERS and isinstance(value, str | int):
            return self._mask("names of users")
        if low in _ADDRESSES and isinstance(value, str) and "?" in value:
            self.counts["queries of addresses"] += 1
            return f"{self.text(value.partition('?')[0])}?{MASK}"
        if low == "useraccounts" and isinstance(value, list):
            return [self._user(each) for each in value]
        return self.document(value)

    def _setting(self, setting: Any) -> Any:
        if not isinstance(setting, Mapping) or not setting.get("value"):
            return self.document(setting)
        return {**self.document(dict(setting)), "value": self._mask("values of the environment")}

    def _user(self, user: Any) -> Any:
        if not isinstance(user, Mapping) or "name" not in user:
            return self.document(user)
        return {**self.document(dict(user)), "name": self._mask("names of users")}

    def _mask(self, sort: str) -> str:
        self.counts[sort] += 1
        return MASK
