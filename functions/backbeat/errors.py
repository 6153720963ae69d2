"""What may go wrong in a function, and what its caller is told.

    BackbeatError
    ├── RequestRefusedError              the caller can mend it
    │   ├── MethodNotAllowedError        405 method_not_allowed
    │   ├── BodyTooLargeError            413 body_too_large
    │   ├── UnsupportedMediaTypeError    415 unsupported_media_type
    │   ├── InvalidJsonError             400 invalid_json
    │   ├── InvalidRequestError          422 invalid_request (with fields)
    │   ├── LivemodeDiffersError         400 livemode_differs
    │   ├── CustomerNotFoundError        404 customer_not_found
    │   └── StripeConflictError          409 stripe_conflict
    ├── UnauthorisedError                we do not know who calls
    │   ├── MissingTokenError            401 missing_token
    │   ├── InvalidTokenError            401 invalid_token
    │   ├── ExpiredTokenError            401 expired_token
    │   ├── MissingSignatureError        401 missing_signature
    │   └── InvalidSignatureError        401 invalid_signature
    ├── DatabaseRefusedError             status, token, sentence and hint are the database's own
    └── ServerFailedError                the caller can only try again
        ├── InternalError                500 internal_error
        │   ├── DatabaseFaultError       500 internal_error (the SQLSTATE goes to the log)
        │   └── MalformedMessageError    500 malformed_message (the fields go to the log)
        ├── NotConfiguredError           500 not_configured (the variable's name goes to the log)
        ├── StorageUnavailableError      502 storage_unavailable
        ├── ArchiveUnavailableError      502 archive_unavailable
        ├── ArchiveDiffersError          500 archive_differs (what differs goes to the log)
        ├── PushUnavailableError         502 push_unavailable
        │   ├── PushRefusedError         one request, for what is in it
        │   └── PushBusyError            one request, for now
        ├── EmailUnavailableError        502 email_unavailable
        ├── LiveUnavailableError         502 live_unavailable
        ├── DetectorUnavailableError     502 detector_unavailable
        ├── StripeUnavailableError       502 stripe_unavailable
        ├── StripeRefusedError           502 stripe_refused (its code goes to the log)
        ├── StripeNotConfiguredError     503 stripe_not_configured (the log names the variables)
        ├── LiveNotConfiguredError       503 live_not_configured (the log names the variables)
        ├── DetectorNotConfiguredError   503 detector_not_configured (the log names the variables)
        ├── DatabaseUnavailableError     503 database_unavailable
        └── KeysUnavailableError         503 keys_unavailable

The endpoint wrapper alone turns one into an answer: `{"error": token, "message": sentence}` and
whatever `extra` holds.
"""

from collections.abc import Mapping


class BackbeatError(Exception):
    """Anything a function answers with an error; subclasses know their status, token and sentence.

    `reason` is for the log only; `extra` is merged into the answer.
    """

    status = 500
    token = "internal_error"
    message = "Something went wrong on our side."

    def __init__(
        self,
        message: str | None = None,
        *,
        reason: str | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        if message is not None:
            self.message = message
        self.reason = reason
        self.extra: Mapping[str, object] = extra or {}
        super().__init__(reason or self.message)


class RequestRefusedError(BackbeatError):
    """The request itself is at fault."""

    status = 400
    token = "invalid_request"


class MethodNotAllowedError(RequestRefusedError):
    """The function does not answer this method; the header `Allow` says which it does."""

    status = 405
    token = "method_not_allowed"
    message = "This function does not answer this method."


class BodyTooLargeError(RequestRefusedError):
    """The body is longer than MAX_BODY_BYTES."""

    status = 413
    token = "body_too_large"
    message = "The body is too large."


class UnsupportedMediaTypeError(RequestRefusedError):
    """The body is not declared as JSON."""

    status = 415
    token = "unsupported_media_type"
    message = "Send the body as application/json."


class InvalidJsonError(RequestRefusedError):
    """The body is not JSON."""

    status = 400
    token = "invalid_json"
    message = "The body is not valid JSON."


class InvalidRequestError(RequestRefusedError):
    """The body is JSON of the wrong shape; `fields` lists `{"field", "message"}`."""

    status = 422
    token = "invalid_request"
    message = "Some fields are missing or have unfit values."


class LivemodeDiffersError(RequestRefusedError):
    """An event of Stripe's test mode came where real money is, or the other way round."""

    status = 400
    token = "livemode_differs"
    message = "This is an event of the other mode."


class CustomerNotFoundError(RequestRefusedError):
    """Stripe does not know somebody, as they have never subscribed."""

    status = 404
    token = "customer_not_found"
    message = "There is no subscription to manage."


class StripeConflictError(RequestRefusedError):
    """The same thing was begun with other values, such as other paths to come back to."""

    status = 409
    token = "stripe_conflict"
    message = "This was begun with other values; send the same ones again, or begin anew."


class UnauthorisedError(BackbeatError):
    """The caller has not shown who they are."""

    status = 401
    token = "invalid_token"


class MissingTokenError(UnauthorisedError):
    """There is no bearer token."""

    token = "missing_token"
    message = "Sign in and send your access token as a bearer token."


class InvalidTokenError(UnauthorisedError):
    """The bearer token is forged, malformed or meant for something else."""

    token = "invalid_token"
    message = "The access token is not valid here."


class ExpiredTokenError(UnauthorisedError):
    """The bearer token was good once."""

    token = "expired_token"
    message = "The access token has expired; refresh it."


class MissingSignatureError(UnauthorisedError):
    """A report of a provider comes without its signature."""

    token = "missing_signature"
    message = "There is no signature."


class InvalidSignatureError(UnauthorisedError):
    """A report was not signed by its provider, not lately, or is another than what was signed."""

    token = "invalid_signature"
    message = "The signature is not valid here."


class DatabaseRefusedError(BackbeatError):
    """A rule of the database said no; the answer is passed on as it came."""

    def __init__(self, status: int, token: str, message: str | None, hint: str | None) -> None:
        super().__init__(message or token, extra={"hint": hint} if hint else None)
        self.status = status
        self.token = token


class ServerFailedError(BackbeatError):
    """We, or something we depend on, failed."""


class InternalError(ServerFailedError):
    """A mistake of ours; the log has the traceback."""

    status = 500
    token = "internal_error"


class DatabaseFaultError(InternalError):
    """The database failed in a way no rule of ours foresees; `code` is its SQLSTATE."""

    def __init__(self, function: str, code: str) -> None:
        super().__init__(reason=f"backend.{function} failed with {code}")
        self.code = code


class MalformedMessageError(InternalError):
    """A message of the outbox does not have the shape its topic promises."""

    token = "malformed_message"
    message = "A message of the outbox has the wrong shape."


class NotConfiguredError(ServerFailedError):
    """A setting is missing or unfit; the log names the variable."""

    status = 500
    token = "not_configured"
    message = "This function is not configured."


class StorageUnavailableError(ServerFailedError):
    """The Storage API did not do what was asked."""

    status = 502
    token = "storage_unavailable"
    message = "The file storage did not do what was asked; try again later."


class ArchiveUnavailableError(ServerFailedError):
    """The object store did not do what was asked."""

    status = 502
    token = "archive_unavailable"
    message = "The archive did not do what was asked; the next run goes on."


class ArchiveDiffersError(ServerFailedError):
    """What lies in the archive is not what the database has; nothing was dropped."""

    status = 500
    token = "archive_differs"
    message = "The archive differs from the database; nothing was dropped."


class PushUnavailableError(ServerFailedError):
    """Expo did not take the messages, or does not say whether it did."""

    status = 502
    token = "push_unavailable"
    message = "The push service did not do what was asked; messages wait for their next try."


class PushRefusedError(PushUnavailableError):
    """Expo refuses a request for what is in it; nothing of it was sent."""

    def __init__(self, code: str, details: Mapping[str, object]) -> None:
        super().__init__(reason=f"refused: {code}")
        self.code = code
        self.details = details


class PushBusyError(PushUnavailableError):
    """Expo asks us to wait so many seconds; nothing of the request was sent."""

    def __init__(self, seconds: float) -> None:
        super().__init__(reason="too many requests")
        self.seconds = seconds


class EmailUnavailableError(ServerFailedError):
    """The mail server did not take a letter, or does not say whether it did."""

    status = 502
    token = "email_unavailable"
    message = "The mail server did not do what was asked; messages wait for their next try."


class LiveUnavailableError(ServerFailedError):
    """The LiveKit server did not do what was asked."""

    status = 502
    token = "live_unavailable"
    message = "The server of live audio did not do what was asked; try again later."


class LiveNotConfiguredError(ServerFailedError):
    """No LiveKit server is named; the log says which variables are missing."""

    status = 503
    token = "live_not_configured"
    message = "There is no live audio here."


class DetectorUnavailableError(ServerFailedError):
    """Of some uploads the provider did not say what it was asked."""

    status = 502
    token = "detector_unavailable"
    message = "The detector did not answer for some uploads; they wait, or people decide."


class DetectorNotConfiguredError(ServerFailedError):
    """No provider is expected to report here; the log says which variables are missing."""

    status = 503
    token = "detector_not_configured"
    message = "No detector reports here."


class StripeUnavailableError(ServerFailedError):
    """Stripe did not do what was asked, or does not say whether it did."""

    status = 502
    token = "stripe_unavailable"
    message = "The payment provider did not do what was asked; try again later."


class StripeRefusedError(ServerFailedError):
    """Stripe will not do what was asked, however often; `code` is its own word for why."""

    status = 502
    token = "stripe_refused"
    message = "The payment provider refuses this."

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason=reason)
        self.code = code


class StripeNotConfiguredError(ServerFailedError):
    """Stripe's keys, prices or the app's address are missing; the log says which variables."""

    status = 503
    token = "stripe_not_configured"
    message = "Nothing is paid here."


class DatabaseUnavailableError(ServerFailedError):
    """The database does not answer, or not in time."""

    status = 503
    token = "database_unavailable"
    message = "The database does not answer; try again later."


class KeysUnavailableError(ServerFailedError):
    """The keys that tokens are checked with cannot be fetched."""

    status = 503
    token = "keys_unavailable"
    message = "Tokens cannot be checked right now; try again later."
