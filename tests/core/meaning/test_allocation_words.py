"""What the words of a failed allocation tell, where its code has many causes."""

from __future__ import annotations

import pytest

from batchdoctor.core.meaning.allocation_words import told_in
from batchdoctor.core.meaning.catalog import Where, load_catalog


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "Allocation failed as subnet has delegation to external resources",
            "SubnetWithExternalResourcesCannotBeUsedByOtherResources",
        ),
        ("BadRequest: Legal terms have not been accepted", "MarketplacePurchaseEligibilityFailed"),
        (
            "image requires Plan information in the request",
            "MissingPublisherPropertyInMarketPlacePlan",
        ),
        ("Subnet b does not have enough capacity for 20 IP addresses.", "SubnetIsFull"),
        ("Batch is not authorized to access the key vault", "KeyVaultAccessForbidden"),
        (
            "Cannot create more than 20 public IP addresses for this subscription",
            "PublicIPCountLimitReached",
        ),
        ("OperationNotAllowed: exceeding approved standardDSv3Family Cores quota", "QuotaExceeded"),
        ("Resource 'x' was disallowed by policy", "RequestDisallowedByPolicy"),
        ("cannot write because following scope(s) are locked", "ScopeLocked"),
        (
            "the following constraints: the condition is too restrictive",
            "OverconstrainedAllocationRequestError",
        ),
        ("We do not have sufficient capacity for the requested VM size", "BatchOutOfCapacity"),
        ("Azure Batch is currently out of capacity for this VM family", "BatchOutOfCapacity"),
        ("The selected VM size 'A1' cannot boot Hypervisor Generation '2'", "IncompatibleVMSize"),
        ("The gallery image y is not available in westus region", "DependentResourceNotFound"),
        ("Batch does not have the desired permissions to perform it", "AuthorizationFailed"),
        ("The server encountered an internal error", "InternalExecutionError"),
    ],
)
def test_the_cause_is_told_by_its_words(text: str, code: str) -> None:
    found = told_in(text)
    assert found == load_catalog().find(code, Where.RESIZE)
    assert found is not None


@pytest.mark.parametrize("text", ["Failed to allocate compute nodes", "nsg rules", ""])
def test_words_that_name_no_cause_tell_none(text: str) -> None:
    assert told_in(text) is None
