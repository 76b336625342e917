"""The service's refusals: each error code with its HTTP status and its sentence.

Codes and statuses: https://learn.microsoft.com/rest/api/batchservice/batch-status-and-error-codes
"""

from __future__ import annotations

import json

from batchdoctor.sandbox.clock import wire_time
from batchdoctor.sandbox.wire.envelope import Stamp
from batchdoctor.sandbox.wire.messages import JSON_TYPE, Reply

ERRORS = "Microsoft.Azure.Batch.Protocol.Entities.Container.errors"
_CODES: dict[str, tuple[int, str]] = {
    "ConditionNotMet": (
        412,
        "The condition specified using HTTP conditional header(s) is not met.",
    ),
    "MissingRequiredQueryParameter": (
        400,
        "A query parameter that is mandatory for this request is not specified.",
    ),
    "UnsupportedQueryParameter": (
        400,
        "One of the query parameters of the request is not supported.",
    ),
    "InvalidQueryParameterValue": (
        400,
        "Value for one of the query parameters specified in the request URI is invalid.",
    ),
    "OutOfRangeQueryParameterValue": (
        400,
        "A query parameter of the request is outside the permissible range.",
    ),
    "InvalidHeaderValue": (400, "The value of one of the HTTP headers is invalid."),
    "InvalidRequestBody": (400, "The request body is not valid."),
    "InvalidPropertyValue": (
        400,
        "The value provided for one of the properties in the request body is invalid.",
    ),
    "MissingRequiredProperty": (400, "A required property is missing in the request body."),
    "OutOfRangeInput": (400, "One of the request inputs is out of range."),
    "AuthenticationFailed": (
        403,
        "The request could not be authenticated. Check that the value of the Authorization "
        "header, its signature included, is formed correctly.",
    ),
    "InsufficientAccountPermissions": (
        403,
        "The account being accessed does not have sufficient permissions to execute this "
        "operation.",
    ),
    "ResourceNotFound": (404, "The specified resource does not exist."),
    "PoolNotFound": (404, "The specified pool does not exist."),
    "NodeNotFound": (404, "The specified node does not exist."),
    "JobNotFound": (404, "The specified job does not exist."),
    "TaskNotFound": (404, "The specified task does not exist."),
    "FileNotFound": (404, "The specified file does not exist."),
    "NodeUserNotFound": (404, "The specified node user does not exist."),
    "NotRecorded": (404, "It was not taken into the bundle."),
    "UnsupportedHttpVerb": (405, "The resource does not support the specified HTTP verb."),
    "OperationTimedOut": (408, "The operation could not be completed within the permitted time."),
    "MissingContentLengthHeader": (411, "The Content-Length header was not specified."),
    "UnsupportedMediaType": (415, "The content type of the request body is not supported."),
    "InvalidRange": (416, "The range specified is invalid for the current size of the resource."),
    "TooManyRequests": (429, "Too many requests. Please try again later."),
    "InternalError": (500, "The server encountered an internal error. Please try again."),
    "ServerBusy": (503, "The server is currently unable to receive requests. Please try again."),
    "OperationInvalidForCurrentState": (
        409,
        "The specified operation is not valid for the current state of the resource.",
    ),
    "OperationNotValidOnPool": (409, "The specified operation is not valid on the pool."),
    "PoolBeingDeleted": (409, "The specified pool is being deleted."),
    "PoolBeingResized": (409, "The specified pool is being resized."),
    "NodeAlreadyInTargetSchedulingState": (
        409,
        "The specified node is already in the target scheduling state.",
    ),
    "NodeBeingCreated": (409, "The specified node is being created."),
    "NodeBeingStarted": (409, "The specified node is being started."),
    "NodeBeingRebooted": (409, "The specified node is being rebooted."),
    "NodeBeingReimaged": (409, "The specified node is being reimaged."),
    "NodeNotReady": (409, "The operation cannot be performed on the node in its current state."),
    "NodeStateUnusable": (409, "The specified node is unusable."),
    "NodeUserExists": (409, "The specified node user already exists."),
    "JobExists": (409, "The specified job already exists."),
    "TaskExists": (409, "The specified task already exists."),
    "JobBeingTerminated": (409, "The specified job is being terminated."),
    "JobBeingDeleted": (409, "The specified job is being deleted."),
    "JobCompleted": (409, "The specified job is already in a completed state."),
    "JobDisabled": (409, "The specified job is disabled."),
    "JobPreparationTaskOrReleaseTaskNotSpecified": (
        409,
        "The specified job does not have either job preparation task or job release task.",
    ),
    "TaskCompleted": (409, "The specified task is already in a completed state."),
    "TaskNotCompleted": (409, "The specified task is not in a completed state."),
    "TaskSucceeded": (409, "The specified task is already completed with success."),
    "TaskFilesUnavailable": (
        409,
        "The files of the specified task are unavailable on the node it ran on.",
    ),
    "TaskFilesCleanedup": (409, "The files of the specified task have been cleaned up."),
}


class ServiceError(Exception):
    """The service says no: an error code of the table above, with details as `values`."""

    def __init__(
        self,
        code: str,
        *,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status, self.sentence = _CODES[code]
        self.status = status or self.status
        self.headers = headers or {}
        self.values = {key: str(value) for key, value in values.items()}


def is_known(code: str) -> bool:
    """Whether the table has a code."""
    return code in _CODES


def bad_query(name: str, value: str, reason: str) -> ServiceError:
    """Return the refusal of a query value, with the service's three details."""
    return ServiceError(
        "InvalidQueryParameterValue",
        QueryParameterName=name,
        QueryParameterValue=value,
        Reason=reason,
    )


def bad_property(name: str, value: object, reason: str) -> ServiceError:
    """Return the refusal of a property of the request body."""
    return ServiceError(
        "InvalidPropertyValue", PropertyName=name, PropertyValue=value, Reason=reason
    )


def bad_body(reason: str) -> ServiceError:
    """Return the refusal of a request body that has not the right shape."""
    return ServiceError("InvalidRequestBody", Reason=reason)


def refusal_reply(refusal: ServiceError, stamp: Stamp) -> Reply:
    """Return the service's error body, with the request's id and time in its message."""
    message = f"{refusal.sentence}\nRequestId:{stamp.request_id}\nTime:{wire_time(stamp.moment)}"
    document: dict[str, object] = {
        "odata.metadata": f"{stamp.url}/$metadata#{ERRORS}/@Element",
        "code": refusal.code,
        "message": {"lang": "en-US", "value": message},
    }
    if refusal.values:
        document["values"] = [{"key": k, "value": v} for k, v in refusal.values.items()]
    headers = {**refusal.headers, "Content-Type": JSON_TYPE}
    body = json.dumps(document).encode()
    return Reply(refusal.status, body, headers, reason=refusal.sentence, length=True)
