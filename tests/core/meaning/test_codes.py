"""The catalog as shipped, entry by entry."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise

import pytest

from batchdoctor.core.meaning.catalog import CatalogEntry, Where, load_catalog
from batchdoctor.core.meaning.category import Category

TASK = """
FailureExitCode CommandProgramNotFound CommandLaunchFailed BadCommandType TaskEnded BlobNotFound
BlobAccessDenied BlobDownloadTimedOut BlobDownloadMiscError ResourceDownloadTimedOut
ResourceContainerNotFound ResourceContainerAccessDenied ResourceContainerListTimedOut
ResourceContainerListMiscError ResourceDirectoryCreateFailed ResourceFileCreateFailed
ResourceFileWriteFailed FileCreateFailed DiskFull ApplicationPackageError ContainerInvalidImage
ContainerInvalidRegistry ContainerInvalidSettings ContainerMiscError FileUploadContainerNotFound
FileUploadAccessDenied FileUploadConflict FileUploadTimedOut FileUploadMiscError FileUploadDeleted
MountConfigurationError JobPreparationTaskFailed MaxInternalRetryCountReached
TaskSchedulingConstraintFailed Unknown
"""
JOB = """
AutoPoolCreationFailedWithQuotaReached InvalidApplicationPackageReferencesInAutoPool
InvalidAutoScaleFormulaInAutoPool InvalidAutoPoolSettings InvalidCertificatesInAutoPool
JobBeingTerminated Unknown JMComplete MaxWallClockTimeExpiry TerminateJobSchedule AllTasksComplete
TaskFailed UserTerminate
"""
NODE = """
DiskFull BatchAgentInstallationFailure ApplicationPackageError MountConfigurationError
ContainerInvalidImage ContainerInvalidRegistry ContainerInvalidSettings ContainerMiscError
"""
RESIZE = """
AccountCoreQuotaReached AccountLowPriorityCoreQuotaReached AccountSpotCoreQuotaReached
AccountVMSeriesCoreQuotaReached AllocationTimedOut AllocationTimedout AllocationFailed
BatchOutOfCapacity OverconstrainedAllocationRequestError ResizeStopped RemoveNodesFailed
CommunicationEnabledPoolReachedMaxVMCount UnsupportedVMSize IncompatibleVMSize
DependentResourceNotFound DiskEncryptionFailure FailedIdentityOperation
MissingPublisherPropertyInMarketPlacePlan OperationsRestrictedByPolicy
OperationsOnImageRestrictedByPolicy OperationsOnLoadBalancerRestrictedByPolicy
OperationsOnNetworkSecurityGroupRestrictedByPolicy OperationsOnPrivateEndpointRestrictedByPolicy
OperationsOnPrivateLinkRestrictedByPolicy OperationsOnPublicIPRestrictedByPolicy
OperationsOnVirtualNetworkRestrictedByPolicy Unknown MarketplacePurchaseEligibilityFailed
SubnetWithExternalResourcesCannotBeUsedByOtherResources SubnetIsFull SkuNotAvailable
ZonalAllocationFailed QuotaExceeded RequestDisallowedByPolicy LinkedAuthorizationFailed
AuthorizationFailed KeyVaultAccessForbidden ScopeLocked PublicIPCountLimitReached
InternalExecutionError
"""
AUTOSCALE = """
InsufficientSampleData AutoScalingFormulaSyntaxError AutoScalingFormulaTooLong
AutoScaleFormulaTooLong InvalidAutoScalingSettings TooManyEnableAutoScaleRequests
"""
REST: dict[int | None, str] = {
    304: "ConditionNotMet",
    400: """
    MissingRequiredHeader MissingRequiredProperty MissingRequiredQueryParameter UnsupportedHeader
    UnsupportedProperty UnsupportedQueryParameter InvalidHeaderValue InvalidPropertyValue
    InvalidQueryParameterValue OutOfRangeQueryParameterValue OutOfRangeInput RequestUrlFailedToParse
    InvalidUri InvalidHttpVerb EmptyMetadataKey InvalidMetadata MetadataTooLarge InvalidRequestBody
    InvalidInput InvalidAuthenticationInfo MultipleConditionHeadersNotSupported
    UnsupportedRequestVersion InvalidAutoScalingSettings AutoScalingFormulaSyntaxError
    AutoScalingFormulaTooLong AutoScaleFormulaTooLong OSVersionNotFound OSVersionDisabled
    OSVersionExpired PoolVersionEqualsUpgradeVersion PoolNotEligibleForOSVersionUpgrade
    TaskDependenciesNotSpecifiedOnJob TaskDependencyListTooLong TaskDependencyRangesTooLong
    """,
    403: """
    AuthenticationFailed InsufficientAccountPermissions AccountIsDisabled IOError
    AuthorizationFailure Forbidden
    """,
    404: """
    ResourceNotFound PoolNotFound NodeNotFound JobNotFound JobScheduleNotFound TaskNotFound
    FileNotFound NodeUserNotFound CertificateNotFound JobPreparationTaskNotRunOnNode
    JobReleaseTaskNotRunOnNode NodeAgentSKUNotFound ApplicationNotFound
    """,
    405: "UnsupportedHttpVerb",
    409: """
    OperationInvalidForCurrentState PoolBeingDeleted PoolBeingResized PoolBeingCreated
    NodeBeingCreated NodeBeingStarted NodeBeingReimaged NodeBeingRebooted NodeStateUnusable
    NodeNotReady NodeAlreadyInTargetSchedulingState OperationNotValidOnNode OperationNotValidOnPool
    JobBeingTerminated JobBeingDeleted JobDisabled JobCompleted JobNotActive
    JobScheduleBeingTerminated JobScheduleBeingDeleted JobScheduleDisabled JobScheduleCompleted
    TaskCompleted TaskNotCompleted TaskSucceeded TaskFilesUnavailable TaskFilesCleanedup
    UpgradePoolVersionConflict PoolExists JobExists TaskExists JobScheduleExists NodeUserExists
    CertificateExists JobWithSameIdExists JobScheduleWithSameIdExists TaskIdSameAsJobPreparationTask
    TaskIdSameAsJobReleaseTask ActiveJobAndScheduleQuotaReached PoolQuotaReached
    JobPreparationTaskNotSpecified JobReleaseTaskNotSpecified InvalidApplicationPackageReferences
    CertificateBeingDeleted JobPreparationTaskOrReleaseTaskNotSpecified
    """,
    411: "MissingContentLengthHeader",
    412: "ConditionNotMet",
    413: "RequestBodyTooLarge",
    416: "InvalidRange",
    429: "TooManyRequests",
    500: "InternalError OperationTimedOut",
    503: "ServerBusy TooManyEnableAutoScaleRequests",
    None: """
    InvalidRestAPIForAccountSetting InvalidConstraintValue UnsupportedConstraint OutOfRangePriority
    PathNotFound NodeCountsMismatch StorageAccountNotFound ResourceAlreadyExists
    ResourceTypeMismatch NotImplemented HostInformationNotPresent UnsupportedHttpVersion
    AddTaskCollectionTerminated CertificateDeleteFailed CertificateStateDeleteFailed
    """,
}
PUBLISHED = {
    Where.TASK: TASK,
    Where.JOB: JOB,
    Where.NODE: NODE,
    Where.RESIZE: RESIZE,
    Where.AUTOSCALE: AUTOSCALE,
    Where.REST: " ".join(REST.values()),
}

# Commands of the command line, and which ids may stand after their options.
COMMANDS = {
    "auth check", "files get", "files list", "files tail", "job diagnose", "node disable",
    "node login", "node logs", "node reboot", "node reimage", "node remove", "node show",
    "nodes suspect", "pool diagnose", "task show", "tasks failed", "tasks reactivate",
}  # fmt: skip
OPTIONS = {"--job": "JOB", "--task": "TASK", "--pool": "POOL", "--node": "NODE"}
ENTRIES = tuple(load_catalog())


def test_every_published_code_is_there_under_its_own_place() -> None:
    catalog = load_catalog()
    missing = [
        (where, code)
        for where, codes in PUBLISHED.items()
        for code in codes.split()
        if catalog.find(code, where) is None
    ]
    assert missing == []


def test_the_catalog_has_nothing_that_was_not_meant_to_be_there() -> None:
    published = {code.lower() for codes in PUBLISHED.values() for code in codes.split()}
    extra = {entry.code for entry in ENTRIES if entry.code.lower() not in published}
    assert extra == {"InvalidCertificateReferences", "CertificateStateActive"}


@pytest.mark.parametrize(
    ("status", "code"), [(status, code) for status, codes in REST.items() for code in codes.split()]
)
def test_a_rest_code_has_its_http_status(status: int | None, code: str) -> None:
    entry = load_catalog().lookup(code, Where.REST)
    assert (status in entry.status) if status is not None else (entry.status == ())


@pytest.mark.parametrize(
    ("code", "service"),
    [
        ("FailureExitCode", "UserError"),
        ("BlobNotFound", "UserError"),
        ("BlobDownloadTimedOut", "ServerError"),
        ("DiskFull", "ServerError"),
        ("Unknown", "ServerError"),
        ("BadCommandType", None),
        ("TaskEnded", None),
    ],
)
def test_the_services_own_category_is_told_where_sources_agree(
    code: str, service: str | None
) -> None:
    entry = load_catalog().lookup(code, "task")
    assert entry.service == service
    assert "service" not in entry.inferred


@pytest.mark.parametrize(
    ("category", "codes"),
    [
        (Category.APPLICATION, "FailureExitCode"),
        (Category.CONSTRAINT, "TaskEnded"),
        (
            Category.NODE,
            "DiskFull ResourceDirectoryCreateFailed ResourceFileCreateFailed "
            "ResourceFileWriteFailed MaxInternalRetryCountReached",
        ),
        (Category.UNKNOWN, "Unknown"),
    ],
)
def test_the_categories_of_task_codes_are_these(category: Category, codes: str) -> None:
    assert {entry.code for entry in ENTRIES if entry.category is category} == set(codes.split())


def test_upload_codes_are_uploads_and_all_other_task_codes_are_failed_starts() -> None:
    uploads = {entry.code for entry in ENTRIES if entry.category is Category.FILE_UPLOAD}
    starts = {entry.code for entry in ENTRIES if entry.category is Category.PREPROCESSING}
    assert uploads == {code for code in TASK.split() if code.startswith("FileUpload")}
    assert len(starts) == 20
    assert {"CommandProgramNotFound", "BlobAccessDenied", "ApplicationPackageError"} <= starts


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.where[0]}-{entry.code}")
def test_an_entry_is_prose_that_fits_a_screen(entry: CatalogEntry) -> None:
    for sentence in (entry.meaning, *entry.causes):
        # A word in the service's own spelling, such as retentionTime, may open a sentence.
        assert sentence[0].isupper() or sentence[0].isdigit() or re.match("[a-z]+[A-Z]", sentence)
        assert sentence.endswith(".")
    assert len(entry.meaning) <= 130
    assert len(entry.causes) <= 4
    assert len(entry.actions) <= 5
    assert not entry.why.endswith(".")
    for text in (entry.meaning, *entry.causes, *map(str, entry.actions), entry.why):
        assert text == " ".join(text.split())
        assert len(text) <= 140


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.where[0]}-{entry.code}")
def test_a_command_of_an_entry_can_be_typed(entry: CatalogEntry) -> None:
    for action in entry.actions:
        sentence = action.say or ""
        assert not re.search(r"\b(JOB|TASK|POOL|NODE)\b", sentence)
        if action.run is None:
            assert sentence.endswith(".")
            continue
        assert not sentence.endswith((".", ":"))
        program, *words = shlex.split(action.run)
        assert program == "batchdoctor"
        assert words == ["triage"] or " ".join(words[:2]) in COMMANDS
        for option, value in pairwise(words):
            assert OPTIONS.get(option, value) == value
