"""What the words of a failed allocation tell, where Azure gives no code or one without a cause."""

from __future__ import annotations

import re
from functools import lru_cache

from batchdoctor.core.meaning.catalog import CatalogEntry, Where, load_catalog

# The code of the catalog that tells the same, and the words; what is narrower comes first.
# https://learn.microsoft.com/troubleshoot/azure/hpc/batch/azure-batch-pool-resizing-failure
_WORDS: tuple[tuple[str, str], ...] = (
    (
        "MarketplacePurchaseEligibilityFailed",
        r"marketplace purchase eligibility|legal terms have not been accepted|cannot be purchased",
    ),
    (
        "MissingPublisherPropertyInMarketPlacePlan",
        r"requires plan information|marketplaceinvalidinput",
    ),
    (
        "SubnetWithExternalResourcesCannotBeUsedByOtherResources",
        r"subnet.{0,80}\bdelegat|contains external resources",
    ),
    (
        "SubnetIsFull",
        r"subnet is full|capacity for \d+ ip addresses"
        r"|not enough (?:free |available )?ip addresses",
    ),
    (
        "KeyVaultAccessForbidden",
        r"(?:not authorized|denied|forbidden|permission|access).{0,60}key ?vault"
        r"|key ?vault.{0,80}(?:not authorized|denied|forbidden)",
    ),
    ("PublicIPCountLimitReached", r"public ?ip ?(?:addresses|count).{0,60}(?:limit|subscription)"),
    (
        "QuotaExceeded",
        r"exceeding (?:approved|quota)|exceeds? .{0,60}\bquota|quota .{0,20}(?:exceeded|reached)",
    ),
    ("RequestDisallowedByPolicy", r"disallowed by (?:azure )?policy|denied by policy"),
    ("ScopeLocked", r"scope\(?s?\)? (?:is|are) locked|scopelocked"),
    (
        "OverconstrainedAllocationRequestError",
        r"overconstrained|condition is too restrictive",
    ),
    (
        "BatchOutOfCapacity",
        r"out of capacity|(?:not|n't) (?:have )?(?:sufficient|enough) (?:\w+ )?capacity"
        r"|(?:insufficient|no) capacity|capacity restrictions|lack of capacity"
        r"|no capacity (?:is )?(?:left|available)",
    ),
    (
        "IncompatibleVMSize",
        r"hypervisor generation|cannot boot|trusted ?launch|security ?type|ephemeral"
        r"|encryption at host|ultra ?ssd|accelerated networking"
        r"|not (?:supported|allowed|valid) (?:for|by|on|with) (?:the )?(?:vm|virtual machine) ?size"
        r"|(?:vm|virtual machine) size .{0,80}(?:not support|not compatible|incompatible)",
    ),
    (
        "DiskEncryptionFailure",
        r"disk ?encryption ?set",
    ),
    ("FailedIdentityOperation", r"managed ?(?:service )?identity|userassignedidentit"),
    (
        "DependentResourceNotFound",
        r"not ?found\b|does not exist|is not available in .{0,40}region|has been deleted"
        r"|invalidresourcereference",
    ),
    (
        "AuthorizationFailed",
        r"desired permissions|authorization to perform|have permission|authorizationfailed",
    ),
    (
        "InternalExecutionError",
        r"internal ?(?:server |execution |operation )?error|throttl|too many requests"
        r"|please (?:retry|try again)|temporarily unavailable|server is busy",
    ),
)


@lru_cache(maxsize=256)
def told_in(text: str) -> CatalogEntry | None:
    """The entry of the catalog that the words of an allocation's error tell, or None."""
    for code, pattern in _WORDS:
        if re.search(pattern, text, re.IGNORECASE):
            return load_catalog().find(code, Where.RESIZE)
    return None
