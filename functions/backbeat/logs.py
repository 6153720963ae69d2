"""Logs: one JSON object a line on standard output, named as Google Cloud Logging expects."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

SEVERITIES = {"warn": "WARNING", "exception": "ERROR"}
# Tokens, the project's keys, and e-mail addresses: what an exception's text may quote.
PRIVATE = re.compile(
    r"eyJ[\w-]+\.[\w-]+\.?[\w-]*|sb_secret_[\w-]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    re.ASCII,
)


def logger() -> Any:
    """Return a logger; `.info("event", name=value)` writes one line."""
    return structlog.wrap_logger(
        structlog.WriteLogger(),
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.format_exc_info,
            _add_severity,
            _redact,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(),
        ],
    )


def _add_severity(_: WrappedLogger, method: str, event: EventDict) -> EventDict:
    event["severity"] = SEVERITIES.get(method, method.upper())
    return event


def _redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {
        name: PRIVATE.sub("[hidden]", value) if isinstance(value, str) else value
        for name, value in event.items()
    }
