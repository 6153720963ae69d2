"""What Stripe answers to a request it does not carry out."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

Json = dict[str, Any]


class StripeError(Exception):
    """An error object: type, code, message and the parameter at fault."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        is_kept: bool = True,
    ) -> None:
        super().__init__(message)
        self.status = status
        # Whether the answer stands for its idempotency key: not if the request was never begun.
        self.is_kept = is_kept
        error = {"code": code, "message": message, "param": param, "type": kind}
        self.body: Json = {"error": {name: value for name, value in error.items() if value}}


def missing(kind: str, identity: str, param: str = "id") -> StripeError:
    """There is no such object; Stripe says 404 for the one in the path, 400 for a parameter."""
    return StripeError(
        404 if param == "id" else 400,
        f"No such {kind}: '{identity}'",
        code="resource_missing",
        param=param,
    )


def refused(message: str, code: str | None = None, param: str | None = None) -> StripeError:
    """A request that is understood and not carried out."""
    return StripeError(400, message, code=code, param=param)


def unfit(error: ValidationError) -> StripeError:
    """The first parameter that is unknown, missing or of the wrong shape."""
    fault = error.errors(include_url=False, include_context=False)[0]
    first, *rest = [str(part) for part in fault["loc"]] or ["body"]
    param = first + "".join(f"[{part}]" for part in rest)
    code, message = {
        "extra_forbidden": ("parameter_unknown", f"Received unknown parameter: {param}"),
        "missing": ("parameter_missing", f"Missing required param: {param}."),
        "int_parsing": ("parameter_invalid_integer", f"Invalid integer: {fault['input']}"),
    }.get(fault["type"], ("parameter_invalid", f"Invalid {param}: {fault['msg']}"))
    return StripeError(400, message, code=code, param=param, is_kept=False)
