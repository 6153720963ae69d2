"""Request bodies: read within a limit, parsed as JSON, validated by a model of ours."""

from typing import Any, TypeVar

from flask import Request
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from backbeat.errors import (
    BodyTooLargeError,
    InvalidJsonError,
    InvalidRequestError,
    UnsupportedMediaTypeError,
)

# How much of a body that is too large is still read and thrown away, so that its sender gets to
# see the answer.
DRAIN_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024


class RequestModel(BaseModel):
    """A request of our own: refuses unknown fields, and NUL, which Postgres cannot store."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_nul(cls, value: Any) -> Any:
        if _has_nul(value):
            raise ValueError("must not contain the character NUL")
        return value


class NoBody(RequestModel):
    """The model of a function that ignores its body."""


BodyT = TypeVar("BodyT", bound=RequestModel)


def read_body(request: Request, limit: int) -> bytes:
    """Return the whole body; raises BodyTooLargeError beyond `limit` bytes."""
    # One more than the limit, as werkzeug cuts a chunked body off at its maximum without a word.
    request.max_content_length = limit + 1
    try:
        raw = request.get_data(cache=True)
    except RequestEntityTooLarge:
        raw = None
    except ClientDisconnected:
        raise InvalidJsonError("The body ended early.") from None
    if raw is None or len(raw) > limit:
        _drain(request)
        raise BodyTooLargeError(f"The body may have {limit} bytes at most.")
    return raw


def parse_body(request: Request, raw: bytes, model: type[BodyT]) -> BodyT:
    """Turn a body into its model; raises 415, 400 or 422 with the fields at fault."""
    if model is NoBody:
        return model()
    if not request.is_json:
        raise UnsupportedMediaTypeError
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        if faults[0]["type"] == "json_invalid":
            raise InvalidJsonError from None
        fields = [
            {"field": ".".join(str(part) for part in fault["loc"]), "message": fault["msg"]}
            for fault in faults
        ]
        raise InvalidRequestError(extra={"fields": fields}) from None


def _drain(request: Request) -> None:
    source, left = request.environ["wsgi.input"], DRAIN_BYTES
    while left > 0 and (chunk := source.read(CHUNK_BYTES)):
        left -= len(chunk)


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(_has_nul(part) for part in value)
