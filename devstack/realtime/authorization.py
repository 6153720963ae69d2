"""What a user may do on a private topic: the policies on `realtime.messages`, tried as that user.

Reading is tried by selecting a row that was inserted for the purpose, writing by inserting one,
both in a transaction that is rolled back. `realtime.topic()` and `auth.uid()` work in the policies.
"""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from devstack.realtime.tokens import Identity

_EXTENSIONS = ("broadcast", "presence")
_INSERT = "insert into realtime.messages (id, topic, extension) values (%s, %s, %s)"

# The legacy claim settings are those auth.uid() of Supabase Lite reads. The role comes last: what
# stands before it is set as the superuser.
_BECOME = """
select
  set_config('statement_timeout', '5s', true),
  set_config('realtime.topic', %(topic)s, true),
  set_config('request.jwt.claims', %(claims)s, true),
  set_config('request.jwt.claim.sub', %(subject)s, true),
  set_config('request.jwt.claim.role', %(role)s, true),
  set_config('request.headers', %(headers)s, true),
  set_config('role', %(role)s, true)
"""

logger = logging.getLogger(__name__)


class DatabaseUnavailableError(Exception):
    """The policies could not be asked."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the policies answered, for each of the two extensions."""

    broadcast: bool
    presence: bool


NOTHING = Permissions(broadcast=False, presence=False)


class Authorizer:
    """Asks the policies."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._pool = pool

    async def may_read(
        self, identity: Identity, topic: str, headers: dict[str, str]
    ) -> Permissions:
        """Try to see rows of the topic. Raises DatabaseUnavailableError."""
        ids = {extension: uuid4() for extension in _EXTENSIONS}
        seen: set[Any] = set()
        async with self._transaction(topic) as connection:
            cursor = connection.cursor()
            await cursor.executemany(
                _INSERT, [(ids[extension], topic, extension) for extension in _EXTENSIONS]
            )
            await self._become(connection, identity, topic, headers)
            await cursor.execute(
                "select id from realtime.messages where id = any(%s)", [list(ids.values())]
            )
            seen = {row[0] for row in await cursor.fetchall()}
        return Permissions(ids["broadcast"] in seen, ids["presence"] in seen)

    async def may_write(
        self, identity: Identity, topic: str, headers: dict[str, str]
    ) -> Permissions:
        """Try to insert rows of the topic. Raises DatabaseUnavailableError."""
        allowed: dict[str, bool] = {}
        async with self._transaction(topic) as connection:
            await self._become(connection, identity, topic, headers)
            for extension in _EXTENSIONS:
                try:
                    async with connection.transaction():
                        await connection.execute(_INSERT, (uuid4(), topic, extension))
                    allowed[extension] = True
                except psycopg.errors.InsufficientPrivilege:
                    allowed[extension] = False
        return Permissions(allowed.get("broadcast", False), allowed.get("presence", False))

    @asynccontextmanager
    async def _transaction(self, topic: str) -> AsyncIterator[AsyncConnection[Any]]:
        """A transaction that is always rolled back, in which an error of a policy means no."""
        try:
            async with self._pool.connection(timeout=2) as connection:
                try:
                    yield connection
                except psycopg.OperationalError:
                    if connection.broken:
                        raise
                    logger.warning("the policies took too long on %r", topic)
                except (psycopg.Error, UnicodeError) as error:
                    logger.warning("a policy failed on %r: %s", topic, error)
                finally:
                    if not connection.broken:
                        await connection.rollback()
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise DatabaseUnavailableError from error

    async def _become(
        self,
        connection: AsyncConnection[Any],
        identity: Identity,
        topic: str,
        headers: dict[str, str],
    ) -> None:
        await connection.execute(
            _BECOME,
            {
                "topic": topic,
                "claims": json.dumps(identity.claims),
                "subject": identity.subject,
                "role": identity.role,
                "headers": json.dumps(headers),
            },
        )
