"""The one door to the database: the RPCs of schema `backend`, called with the secret key."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

import httpx
import stamina
from postgrest import APIError, SyncPostgrestClient
from pydantic import TypeAdapter, ValidationError

from backbeat.errors import (
    BackbeatError,
    DatabaseFaultError,
    DatabaseRefusedError,
    DatabaseUnavailableError,
)
from backbeat.settings import Settings

T = TypeVar("T")

SCHEMA = "backend"
ATTEMPTS = 3
RULE = re.compile(r"PT([45]\d\d)")
TOKEN = re.compile(r"[a-z][a-z0-9_]*")
# Serialization failure and deadlock: the same call may well succeed the next time.
TRANSIENT_CODES = ("40001", "40P01")
UNAVAILABLE_STATUSES = (502, 503, 504)


class Database:
    """Calls `backend` RPCs; an open connection is shared by all calls of a process."""

    def __init__(self, client: SyncPostgrestClient) -> None:
        self._client = client

    def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        returns: TypeAdapter[T],
        *,
        is_idempotent: bool = False,
    ) -> T:
        """Call `backend.<function>` and return its validated result.

        A call that is idempotent is tried up to three times while the database is away. Raises
        DatabaseRefusedError for a PT code, DatabaseUnavailableError when there is no answer, and
        DatabaseFaultError for anything else.
        """
        for attempt in stamina.retry_context(
            on=_is_transient,
            attempts=ATTEMPTS if is_idempotent else 1,
            wait_initial=0.1,
            wait_max=1,
        ):
            with attempt:
                data = self._send(function, arguments)
        try:
            return returns.validate_python(data)
        except ValidationError:
            raise DatabaseFaultError(function, "a result of the wrong shape") from None

    def close(self) -> None:
        """Close the open connection; the Database is of no use afterwards."""
        self._client.session.close()

    def _send(self, function: str, arguments: Mapping[str, Any]) -> Any:
        try:
            return self._client.rpc(function, dict(arguments)).execute().data
        except APIError as error:
            raise _translated(function, error) from None
        except httpx.HTTPError as error:
            reason = f"backend.{function}: {type(error).__name__}"
            raise DatabaseUnavailableError(reason=reason) from None


@lru_cache(maxsize=2)
def connect_database(settings: Settings) -> Database:
    """Return this process's one Database of these settings, made when first asked for."""
    return open_database(settings)


def open_database(settings: Settings) -> Database:
    """Return a new Database."""
    # Its default hook would write the arguments of a call to the log.
    stamina.instrumentation.set_on_retry_hooks([])
    key = settings.supabase_secret_key.get_secret_value()
    return Database(
        SyncPostgrestClient(
            f"{settings.supabase_url}/rest/v1",
            schema=SCHEMA,
            headers={"apikey": key, "Authorization": f"Bearer {key}"},
            http_client=httpx.Client(
                timeout=httpx.Timeout(
                    settings.database_timeout_seconds, connect=settings.connect_timeout_seconds
                ),
                event_hooks={"response": [_refuse_unavailable]},
            ),
            retry_enabled=False,
        )
    )


def _is_transient(error: Exception) -> bool:
    return isinstance(error, DatabaseUnavailableError) or (
        isinstance(error, DatabaseFaultError) and error.code in TRANSIENT_CODES
    )


def _refuse_unavailable(response: httpx.Response) -> None:
    # APIError does not carry the status, and what stands between us and PostgREST has bodies of
    # its own.
    if response.status_code in UNAVAILABLE_STATUSES:
        raise DatabaseUnavailableError(reason=f"the gateway answered {response.status_code}")


def _translated(function: str, error: APIError) -> BackbeatError:
    rule = RULE.fullmatch(error.code or "")
    if rule and TOKEN.fullmatch(error.message or ""):
        details = error.details if isinstance(error.details, str) else None
        return DatabaseRefusedError(int(rule[1]), error.message or "", details, error.hint)
    # Not the text: it may quote a row.
    return DatabaseFaultError(function, error.code or "an unknown code")
