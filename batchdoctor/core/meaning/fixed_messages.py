"""The fixed sentences that the service sends with its codes, for texts that lost the code.

Only what tells one code from all others is kept of a sentence, in small letters.
Source: https://learn.microsoft.com/rest/api/batchservice/batch-status-and-error-codes
"""

from __future__ import annotations

FIXED_MESSAGES: dict[str, str] = {
    # Tasks.
    "exited with an exit code representing a failure": "FailureExitCode",
    "specified command program is not found": "CommandProgramNotFound",
    "failed to launch the specified command line": "CommandLaunchFailed",
    "task was ended by user request": "TaskEnded",
    "specified azure blob(s) is not found": "BlobNotFound",
    "specified azure blob(s) is denied": "BlobAccessDenied",
    "timeout encountered while downloading one of the specified azure blob": "BlobDownloadTimedOut",
    "error encountered while downloading one of the specified azure blob": "BlobDownloadMiscError",
    "specified azure container(s) is not found": "ResourceContainerNotFound",
    "specified azure blob container(s) is not found": "ResourceContainerNotFound",
    "specified azure container(s) is denied": "ResourceContainerAccessDenied",
    "specified azure blob container(s) is denied": "ResourceContainerAccessDenied",
    "failure encountered creating resource directory": "ResourceDirectoryCreateFailed",
    "failure encountered creating resource file": "ResourceFileCreateFailed",
    "failure encountered writing resource file": "ResourceFileWriteFailed",
    "not enough disk space on the node": "DiskFull",
    "container images specified are invalid": "ContainerInvalidImage",
    "container image specified is invalid": "ContainerInvalidImage",
    "container registries specified are invalid": "ContainerInvalidRegistry",
    "container settings specified are invalid": "ContainerInvalidSettings",
    "reached maximum internal retry count": "MaxInternalRetryCountReached",
    "task cannot be scheduled on the pool associated": "TaskSchedulingConstraintFailed",
    # Jobs.
    "certificate references in the auto pool specification are not valid": (
        "InvalidCertificatesInAutoPool"
    ),
    "one or more certificates specified for the pool are invalid": "InvalidCertificatesInAutoPool",
    "the pool quota for the account is reached": "AutoPoolCreationFailedWithQuotaReached",
    "application packages specified for the pool are invalid": (
        "InvalidApplicationPackageReferencesInAutoPool"
    ),
    "specified autopool settings are not valid": "InvalidAutoPoolSettings",
    "specified job is being terminated": "JobBeingTerminated",
    "associated job is being terminated": "JobBeingTerminated",
    # Resizes and autoscale.
    "due to a stop resize operation": "ResizeStopped",
    "nodes could not be allocated as the resize timeout was reached": "AllocationTimedOut",
    "insufficient sample data": "InsufficientSampleData",
    "auto-scaling settings are not valid": "InvalidAutoScalingSettings",
    "auto-scaling formula has a syntax error": "AutoScalingFormulaSyntaxError",
    "auto-scaling formula exceeds": "AutoScalingFormulaTooLong",
    "too many enable pool autoscale requests": "TooManyEnableAutoScaleRequests",
    # The request itself.
    "condition specified using http conditional header(s) is not met": "ConditionNotMet",
    "condition specified in the conditional header(s) was not met": "ConditionNotMet",
    "a required http header was not specified": "MissingRequiredHeader",
    "required property was not specified in the request body": "MissingRequiredProperty",
    "required query parameter was not specified": "MissingRequiredQueryParameter",
    "one of the http headers specified in the request is not supported": "UnsupportedHeader",
    "properties specified in the request body is not supported": "UnsupportedProperty",
    "query parameters specified in the request uri is not supported": "UnsupportedQueryParameter",
    "one of the http headers was not in the correct format": "InvalidHeaderValue",
    "one of the properties in the request body is invalid": "InvalidPropertyValue",
    "one of the property in the request body is invalid": "InvalidPropertyValue",
    "query parameters specified in the request uri is invalid": "InvalidQueryParameterValue",
    "invalid value was specified for one of the query parameters": "InvalidQueryParameterValue",
    "query parameter specified in the request uri is outside": "OutOfRangeQueryParameterValue",
    "one of the request inputs is out of range": "OutOfRangeInput",
    "one of the request inputs is not valid": "InvalidInput",
    "url in the request could not be parsed": "RequestUrlFailedToParse",
    "requested uri does not represent any resource on the server": "InvalidUri",
    "http verb specified was not recognized": "InvalidHttpVerb",
    "specified request body is not syntactically valid": "InvalidRequestBody",
    "authentication information was not provided in the correct format": (
        "InvalidAuthenticationInfo"
    ),
    "server failed to authenticate the request": "AuthenticationFailed",
    "does not have sufficient permissions to execute this operation": (
        "InsufficientAccountPermissions"
    ),
    "the specified account is disabled": "AccountIsDisabled",
    "specified request version is not supported": "UnsupportedRequestVersion",
    "request body exceeds the maximum size": "RequestBodyTooLarge",
    "request body is too large": "RequestBodyTooLarge",
    "range specified is invalid for the current size": "InvalidRange",
    "server encountered an internal error. please retry": "InternalError",
    "operation could not be completed within the permitted time": "OperationTimedOut",
    "operation could not be completed within the specified time": "OperationTimedOut",
    "server is currently unable to receive requests": "ServerBusy",
    "too many requests": "TooManyRequests",
    # What it was about.
    "the specified resource does not exist": "ResourceNotFound",
    "the specified pool does not exist": "PoolNotFound",
    "the specified node does not exist": "NodeNotFound",
    "the specified job does not exist": "JobNotFound",
    "the specified job schedule does not exist": "JobScheduleNotFound",
    "the specified task does not exist": "TaskNotFound",
    "the specified file does not exist": "FileNotFound",
    "the specified node user does not exist": "NodeUserNotFound",
    "the specified certificate does not exist": "CertificateNotFound",
    "the specified application does not exist": "ApplicationNotFound",
    "the specified node agent sku does not exist": "NodeAgentSKUNotFound",
    "application package references could not be satisfied": "InvalidApplicationPackageReferences",
    "application package references are invalid": "InvalidApplicationPackageReferences",
    "operation is not valid for the current state of the resource": (
        "OperationInvalidForCurrentState"
    ),
    "pool has been marked for deletion": "PoolBeingDeleted",
    "specified pool is being resized": "PoolBeingResized",
    "specified pool is being created": "PoolBeingCreated",
    "specified node is being created": "NodeBeingCreated",
    "specified node is being started": "NodeBeingStarted",
    "specified node is being reimaged": "NodeBeingReimaged",
    "specified node is being rebooted": "NodeBeingRebooted",
    "state of the specified node is unusable": "NodeStateUnusable",
    "node is already in the target scheduling state": "NodeAlreadyInTargetSchedulingState",
    "specified operation is not valid on the node": "OperationNotValidOnNode",
    "specified operation is not valid on the pool": "OperationNotValidOnPool",
    "the specified pool already exists": "PoolExists",
    "the specified job already exists": "JobExists",
    "the specified job schedule already exists": "JobScheduleExists",
    "the specified task already exists": "TaskExists",
    "the specified node user already exists": "NodeUserExists",
    "the specified certificate already exists": "CertificateExists",
    "job has been marked for deletion": "JobBeingDeleted",
    "job schedule has been marked for deletion": "JobScheduleBeingDeleted",
    "specified job schedule is disabled": "JobScheduleDisabled",
    "the specified job is disabled": "JobDisabled",
    "specified job is already in a completed state": "JobCompleted",
    "specified job is in a completed state": "JobCompleted",
    "specified job is not in active state": "JobNotActive",
    "specified task is already in a completed state": "TaskCompleted",
    "specified task is not in a completed state": "TaskNotCompleted",
    "specified task has already completed successfully": "TaskSucceeded",
    "files of the specified task are unavailable": "TaskFilesUnavailable",
    "files of the specified task are cleaned": "TaskFilesCleanedup",
    "active job and schedule quota for the account has been reached": (
        "ActiveJobAndScheduleQuotaReached"
    ),
    "pool quota for the account has been reached": "PoolQuotaReached",
    "but the job did not specify that it would use task dependencies": (
        "TaskDependenciesNotSpecifiedOnJob"
    ),
    "list of dependencies was too long to be stored": "TaskDependencyListTooLong",
}
