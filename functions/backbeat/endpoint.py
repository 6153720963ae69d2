"""What every function does around its own work: CORS, limits, validation, errors, one log line."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Generic, TypeVar
from uuid import uuid4

from flask import Request, Response

from backbeat.body import BodyT, NoBody, parse_body, read_body
from backbeat.cors import add_cors
from backbeat.database import Database, connect_database
from backbeat.errors import BackbeatError, BodyTooLargeError, InternalError, MethodNotAllowedError
from backbeat.livekit import LiveKit, connect_livekit
from backbeat.logs import logger
from backbeat.mail import Mailer, connect_mailer
from backbeat.push import PushService, connect_push
from backbeat.s3 import ObjectStore, connect_s3
from backbeat.settings import Settings, load_settings
from backbeat.storage import Storage, connect_storage
from backbeat.stream_url import Signer
from backbeat.stripe_client import Stripe, connect_stripe

CallerT = TypeVar("CallerT")

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


@dataclass(frozen=True)
class Call(Generic[CallerT, BodyT]):
    """One admitted and validated request, and what its function may need for it."""

    caller: CallerT
    body: BodyT
    request_id: str
    settings: Settings

    @property
    def database(self) -> Database:
        """The door to the `backend` RPCs."""
        return connect_database(self.settings)

    @property
    def patient_database(self) -> Database:
        """The same door, for calls that look through a month of plays."""
        limit = self.settings.archive_timeout_seconds
        return connect_database(
            self.settings.model_copy(update={"database_timeout_seconds": limit})
        )

    @property
    def storage(self) -> Storage:
        """The door to stored files."""
        return connect_storage(self.settings)

    @property
    def objects(self) -> ObjectStore:
        """The door to S3."""
        return connect_s3(self.settings)

    @property
    def signer(self) -> Signer:
        """What signs addresses of tracks, by STREAM_URLS."""
        return self.objects if self.settings.stream_urls == "s3" else self.storage

    @property
    def push(self) -> PushService:
        """The door to Expo's push service."""
        return connect_push(self.settings)

    @property
    def livekit(self) -> LiveKit:
        """The door to the server of live audio."""
        return connect_livekit(self.settings)

    @property
    def stripe(self) -> Stripe:
        """The door to Stripe."""
        return connect_stripe(self.settings)

    @property
    def mailer(self) -> Mailer | None:
        """The door to people's e-mail, None where there is no mail server."""
        return connect_mailer(self.settings)


@dataclass(frozen=True)
class Reply:
    """A JSON answer; `reason` goes to the log only."""

    body: Mapping[str, object]
    status: int = 200
    reason: str | None = None


def endpoint(
    method: str,
    *,
    admit: Callable[[Request, Settings], CallerT],
    body: type[BodyT] = NoBody,  # type: ignore[assignment]
) -> Callable[[Callable[[Call[CallerT, BodyT]], Reply]], Callable[[Request], Response]]:
    """Make an HTTP function of a handler that takes a `Call` and returns a `Reply`.

    `admit` says who may call and returns them; `body` is the model of the JSON body. Errors are
    answered as `{"error": token, "message": sentence}`; what is not ours is 500 internal_error.
    """

    def decorate(
        handler: Callable[[Call[CallerT, BodyT]], Reply],
    ) -> Callable[[Request], Response]:
        @wraps(handler)
        def serve(request: Request) -> Response:
            started = time.monotonic()
            request_id = _request_id(request)
            error: BackbeatError | None = None
            reason: str | None = None
            settings: Settings | None = None
            try:
                settings = load_settings()
                raw = read_body(request, settings.max_body_bytes)
                if request.method == "OPTIONS":
                    response = Response(status=204)
                else:
                    _require_method(request, method)
                    caller = admit(request, settings)
                    call = Call(caller, parse_body(request, raw, body), request_id, settings)
                    reply = handler(call)
                    reason = reply.reason
                    response = _json_response(reply.body, reply.status)
            except Exception as exception:
                error = _as_ours(exception)
                reason = error.reason
                response = _error_response(error, method)
            response.headers["x-request-id"] = request_id
            if settings is not None:
                add_cors(response, request, settings.allowed_origins, method)
            _log(handler.__name__, request_id, response.status_code, error, reason, started)
            return response

        return serve

    return decorate


def _request_id(request: Request) -> str:
    given = request.headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else uuid4().hex


def _require_method(request: Request, method: str) -> None:
    if request.method != method and (request.method, method) != ("HEAD", "GET"):
        raise MethodNotAllowedError


def _as_ours(exception: Exception) -> BackbeatError:
    if isinstance(exception, BackbeatError):
        return exception
    error = InternalError()
    error.__cause__ = exception
    return error


def _json_response(body: Mapping[str, object], status: int) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


def _error_response(error: BackbeatError, method: str) -> Response:
    body = {"error": error.token, "message": error.message, **error.extra}
    response = _json_response(body, error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowedError):
        response.headers["Allow"] = f"{method}, OPTIONS"
    if isinstance(error, BodyTooLargeError):
        # functions-framework reads what is left of the body before it answers, unless the answer
        # is streamed.
        response.response = iter([response.get_data()])
    return response


def _log(
    function: str,
    request_id: str,
    status: int,
    error: BackbeatError | None,
    reason: str | None,
    started: float,
) -> None:
    line: dict[str, object] = {
        "function": function.replace("_", "-"),
        "outcome": "ok" if status < 400 else "refused" if status < 500 else "failed",
        "status": status,
        "token": error.token if error else None,
        "duration_ms": round((time.monotonic() - started) * 1000, 1),
        "request_id": request_id,
    }
    if reason:
        line["reason"] = reason
    if error and error.__cause__:
        line["exc_info"] = error.__cause__
    write = logger().error if status >= 500 else logger().info
    write("request", **line)
