"""The relay's side of the database: hears of new messages, reads them, deletes old ones."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from devstack.realtime.authorization import DatabaseUnavailableError
from devstack.realtime.join import Replay
from devstack.realtime.protocol import Broadcast

_CHANNEL = "realtime_messages"
_BATCH = 500
_BACKOFF_SECONDS = (0.1, 0.2, 0.5, 1.0)
_CLEAN_EVERY_SECONDS = 3600.0
_COLUMNS = "id, topic, coalesce(private, false), event, payload::text, binary_payload"

logger = logging.getLogger(__name__)

# Takes topic, whether it is private, and the message.
Deliver = Callable[[str, bool, Broadcast], Awaitable[None]]


def create_pool(url: str) -> AsyncConnectionPool[AsyncConnection[Any]]:
    """Connections for policies and reads; each is tried before use, so that a restart heals."""
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=8,
        open=False,
        check=AsyncConnectionPool.check_connection,
        # The pool waits twice as long after each failure; giving up soon, it starts afresh with the
        # next request instead of sleeping through the return of the database.
        reconnect_timeout=1.0,
        kwargs={"application_name": "devstack-realtime"},
    )


class MessageFeed:
    """Hands each committed row of `realtime.messages` to `deliver`, in the order of the commits.

    As on hosted Supabase nothing is handed over later that was committed while nobody listened.
    """

    def __init__(
        self, url: str, pool: AsyncConnectionPool[AsyncConnection[Any]], deliver: Deliver
    ) -> None:
        self._url = url
        self._pool = pool
        self._deliver = deliver
        self._ids: asyncio.Queue[UUID] = asyncio.Queue()
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Listen and deliver until cancelled; reconnect whenever the database goes away."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._read())

    async def _listen(self) -> None:
        attempt = 0
        while True:
            try:
                async with await AsyncConnection.connect(
                    self._url,
                    autocommit=True,
                    connect_timeout=5,
                    application_name="devstack-realtime-feed",
                ) as connection:
                    await connection.execute(f"listen {_CHANNEL}")
                    self.listening.set()
                    attempt = 0
                    while True:
                        # Without a limit of time it would wake ten times a second.
                        async for notify in connection.notifies(timeout=0):
                            self._ids.put_nowait(UUID(notify.payload))
                        await _readable(connection.fileno())
            except psycopg.Error as error:
                logger.warning("not listening to the database: %s", error)
            finally:
                self.listening.clear()
            await asyncio.sleep(_backoff(attempt))
            attempt += 1

    async def _read(self) -> None:
        while True:
            ids = [await self._ids.get()]
            while len(ids) < _BATCH and not self._ids.empty():
                ids.append(self._ids.get_nowait())
            for row in await self._fetch(ids):
                await self._deliver(*row)

    async def _fetch(self, ids: list[UUID]) -> list[tuple[str, bool, Broadcast]]:
        attempt = 0
        while True:
            try:
                async with self._pool.connection(timeout=2) as connection:
                    cursor = await connection.execute(
                        f"select {_COLUMNS} from realtime.messages where id = any(%s)",
                        [ids],
                    )
                    rows = {row[0]: row for row in await cursor.fetchall()}
                break
            except (psycopg.OperationalError, PoolTimeout) as error:
                logger.warning("messages cannot be read yet: %s", error)
                await asyncio.sleep(_backoff(attempt))
                attempt += 1
        return [_to_broadcast(rows[id]) for id in ids if id in rows and _has_body(rows[id])]


class PastMessages:
    """What was sent to private topics and is still kept."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._pool = pool

    async def read(self, topic: str, wish: Replay) -> list[Broadcast]:
        """The newest messages since then, oldest first. Raises DatabaseUnavailableError."""
        try:
            async with self._pool.connection(timeout=2) as connection:
                cursor = await connection.execute(
                    f"select {_COLUMNS} from realtime.messages"
                    " where topic = %s and private and extension = 'broadcast'"
                    " and event is not null"
                    " and inserted_at >= to_timestamp(%s / 1000.0)::timestamp"
                    " order by inserted_at desc, id desc limit %s",
                    [topic, wish.since, wish.limit],
                )
                rows = await cursor.fetchall()
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise DatabaseUnavailableError from error
        return [_as_past(_to_broadcast(row)[2]) for row in reversed(rows) if _has_body(row)]


async def clean(pool: AsyncConnectionPool[AsyncConnection[Any]], days: int) -> int:
    """Delete messages older than so many days; returns how many."""
    async with pool.connection(timeout=10) as connection:
        cursor = await connection.execute(
            "delete from realtime.messages where inserted_at < now() - make_interval(days => %s)",
            [days],
        )
        return cursor.rowcount


async def clean_forever(pool: AsyncConnectionPool[AsyncConnection[Any]], days: int) -> None:
    """Delete old messages now and every hour."""
    while True:
        try:
            deleted = await clean(pool, days)
            if deleted:
                logger.info("deleted %d messages older than %d days", deleted, days)
        except (psycopg.Error, PoolTimeout) as error:
            logger.warning("old messages were not deleted: %s", error)
        await asyncio.sleep(_CLEAN_EVERY_SECONDS)


async def _readable(descriptor: int) -> None:
    """Wait until a socket has something to read, or has ended."""
    loop = asyncio.get_running_loop()
    is_readable = asyncio.Event()
    loop.add_reader(descriptor, is_readable.set)
    try:
        await is_readable.wait()
    finally:
        loop.remove_reader(descriptor)


def _backoff(attempt: int) -> float:
    return _BACKOFF_SECONDS[min(attempt, len(_BACKOFF_SECONDS) - 1)]


def _has_body(row: tuple[Any, ...]) -> bool:
    return row[4] is not None or row[5] is not None


def _to_broadcast(row: tuple[Any, ...]) -> tuple[str, bool, Broadcast]:
    message_id, topic, private, event, text, binary = row
    body = text if binary is None else bytes(binary)
    return topic, private, Broadcast(event=event, body=body, meta={"id": str(message_id)})


def _as_past(broadcast: Broadcast) -> Broadcast:
    return replace(broadcast, meta={"replayed": True, **(broadcast.meta or {})})
