"""Messages written in the database: what realtime.sql offers, and what the relay makes of it."""

import asyncio
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from devstack.parts.postgres import SUPERUSER, PostgresServer
from devstack.realtime.database import clean, create_pool
from tests.devstack.phoenix import phoenix
from tests.devstack.realtime.conftest import ADA, ANON, BEN, Stage, mint, running_relay
from tests.patience import PATIENCE_SECONDS


def test_send_stores_the_message_and_its_id(transaction: psycopg.Connection) -> None:
    transaction.execute("""select realtime.send('{"n": 1}', 'e', 't')""")
    row = transaction.execute(
        "select topic, event, extension, private, payload ->> 'id' = id::text, payload -> 'n'"
        " from realtime.messages"
    ).fetchone()
    assert row == ("t", "e", "broadcast", True, True, 1)


def test_send_keeps_an_id_of_the_sender(transaction: psycopg.Connection) -> None:
    transaction.execute("""select realtime.send('{"id": "mine"}', 'e', 't', false)""")
    row = transaction.execute("select payload, private from realtime.messages").fetchone()
    assert row == ({"id": "mine"}, False)


@pytest.mark.parametrize(
    "arguments", ["'[1]', 'e', 't'", "'{}', 'e', null", "'7', null, 't'", "null, null, null"]
)
def test_send_never_fails_its_caller(transaction: psycopg.Connection, arguments: str) -> None:
    transaction.execute("create table public.kept (n int)")
    transaction.execute("insert into public.kept values (1)")
    transaction.execute(f"select realtime.send({arguments})")
    assert transaction.execute("select count(*) from public.kept").fetchone() == (1,)


def test_send_by_one_who_may_not_stores_nothing(transaction: psycopg.Connection) -> None:
    transaction.execute("set local role anon")
    transaction.execute("select realtime.send('{}', 'e', 't')")
    transaction.execute("reset role")
    assert transaction.execute("select count(*) from realtime.messages").fetchone() == (0,)


def test_broadcast_changes_tells_the_row(transaction: psycopg.Connection) -> None:
    transaction.execute("""
        create table public.songs (id int primary key, title text);
        create function public.tell() returns trigger language plpgsql as $$
        begin
          perform realtime.broadcast_changes(
            'songs', tg_op, tg_op, tg_table_name, tg_table_schema, new, old
          );
          return null;
        end $$;
        create trigger tell after insert or update or delete on public.songs
          for each row execute function public.tell();
        insert into public.songs values (1, 'one');
        update public.songs set title = 'two';
        delete from public.songs;
    """)
    payloads = transaction.execute(
        "select payload - 'id' from realtime.messages where topic = 'songs'"
    ).fetchall()
    frame = {"schema": "public", "table": "songs"}
    one, two = {"id": 1, "title": "one"}, {"id": 1, "title": "two"}
    assert [row[0] for row in payloads] == [
        {"operation": "INSERT", "record": one, "old_record": None, **frame},
        {"operation": "UPDATE", "record": two, "old_record": one, **frame},
        {"operation": "DELETE", "record": None, "old_record": two, **frame},
    ]


@pytest.mark.parametrize(("operation", "level"), [("TRUNCATE", "ROW"), ("INSERT", "STATEMENT")])
def test_broadcast_changes_refuses_what_is_no_row(
    transaction: psycopg.Connection, operation: str, level: str
) -> None:
    with pytest.raises(psycopg.errors.RaiseException):
        transaction.execute(
            "select realtime.broadcast_changes('t', 'e', %s, 't', 's', row(1), row(1), %s)",
            [operation, level],
        )


def test_the_schema_has_the_signatures_of_hosted_supabase(transaction: psycopg.Connection) -> None:
    rows = transaction.execute(
        "select format('%s(%s) %s', proname, pg_get_function_arguments(oid), proowner::regrole)"
        " from pg_proc where pronamespace = 'realtime'::regnamespace order by 1"
    ).fetchall()
    owner = "supabase_realtime_admin"
    assert [row[0] for row in rows] == [
        "broadcast_changes(topic_name text, event_name text, operation text, table_name text,"
        f" table_schema text, new record, old record, level text DEFAULT 'ROW'::text) {owner}",
        f"send(payload jsonb, event text, topic text, private boolean DEFAULT true) {owner}",
        f"send_binary(payload bytea, event text, topic text, private boolean DEFAULT true) {owner}",
        f"topic() {owner}",
    ]


def test_clients_cannot_read_messages_without_a_policy(transaction: psycopg.Connection) -> None:
    transaction.execute("select realtime.send('{}', 'e', 't')")
    transaction.execute("set local role anon")
    assert transaction.execute("select count(*) from realtime.messages").fetchone() == (0,)


def test_a_committed_message_reaches_private_members(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA, BEN)
        async with phoenix(stage.url, ANON) as ada, phoenix(stage.url, ANON) as visitor:
            await ada.join(topic, mint("authenticated", ADA), private=True)
            await visitor.join(topic)
            with stage.server.connect(stage.database, autocommit=False) as connection:
                connection.execute("select realtime.send('{}', 'undone', %s)", [topic])
                connection.rollback()
                connection.execute("""select realtime.send('{"n": 1}', 'e', %s)""", [topic])
                assert await ada.heard() == []
                connection.commit()
            payload = (await ada.event("broadcast"))["payload"]
            assert (payload["event"], payload["payload"]["n"]) == ("e", 1)
            assert payload["meta"] == {"id": payload["payload"]["id"]}
            assert await ada.heard() == await visitor.heard() == []

    asyncio.run(story())


def test_a_public_message_reaches_public_channels_only(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA)
        async with phoenix(stage.url, ANON) as ada, phoenix(stage.url, ANON) as visitor:
            await ada.join(topic, mint("authenticated", ADA), private=True)
            await visitor.join(topic)
            stage.sql("select realtime.send('{}', 'e', %s, false)", topic)
            assert (await visitor.event("broadcast"))["payload"]["event"] == "e"
            assert await ada.heard() == []

    asyncio.run(story())


def test_messages_come_in_the_order_of_their_commits(stage: Stage) -> None:
    async def story() -> None:
        topic = str(uuid4())
        async with phoenix(stage.url, ANON) as ada:
            await ada.join(topic)
            for first in (0, 700):
                stage.sql(
                    "select realtime.send(jsonb_build_object('n', n), 'e', %s, false)"
                    " from generate_series(%s::int, %s::int) as n",
                    topic, first, first + 699,
                )  # fmt: skip
            received = [
                (await ada.event("broadcast"))["payload"]["payload"]["n"] for _ in range(1400)
            ]
            assert received == list(range(1400))

    asyncio.run(story())


def test_a_message_without_content_is_passed_over(stage: Stage) -> None:
    async def story() -> None:
        topic = str(uuid4())
        async with phoenix(stage.url, ANON) as ada:
            await ada.join(topic)
            stage.sql("insert into realtime.messages (topic, extension) values (%s, 'x')", topic)
            stage.sql("select realtime.send(null, 'nothing', %s, false)", topic)
            stage.sql("select realtime.send_binary('\\x00', 'bytes', %s, false)", topic)
            stage.sql("select realtime.send('{}', 'something', %s, false)", topic)
            assert (await ada.event("broadcast"))["payload"]["event"] == "something"

    asyncio.run(story())


def test_old_messages_are_deleted(stage: Stage) -> None:
    topic = str(uuid4())
    for age in ("2 days 23 hours", "3 days 1 hour"):
        stage.sql(
            "insert into realtime.messages (topic, extension, event, inserted_at)"
            " values (%s, 'broadcast', %s, now() - %s::interval)",
            topic, age, age,
        )  # fmt: skip

    async def story() -> int:
        url = stage.server.url(stage.database, "supabase_admin")
        async with create_pool(url) as pool:
            return await clean(pool, 3)

    assert asyncio.run(story()) == 1
    with stage.server.connect(stage.database) as connection:
        left = connection.execute("select event from realtime.messages where topic = %s", [topic])
        assert left.fetchall() == [("2 days 23 hours",)]


async def wait_for_health(url: str, status: int) -> None:
    async with (
        httpx.AsyncClient(trust_env=False, timeout=180) as client,
        asyncio.timeout(2 * PATIENCE_SECONDS),
    ):
        while (await client.get(f"{url}/health")).status_code != status:
            pass


@pytest.mark.usefixtures("rooms")
def test_the_relay_outlives_a_restart_of_the_database(
    tmp_path: Path, server: PostgresServer
) -> None:
    async def story(stage: Stage) -> None:
        topic = stage.room(ADA)
        async with phoenix(stage.url, ANON) as ada:
            token = mint("authenticated", ADA)
            assert (await ada.join(topic, token, private=True))["status"] == "ok"
            with server.connect("postgres", SUPERUSER) as connection:
                connection.execute("alter database outage allow_connections false")
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = 'outage'"
                )
            await wait_for_health(stage.url, 503)
            refused = await ada.join("elsewhere", token, private=True)
            assert refused["response"]["reason"].startswith("UnableToConnectToProject")
            assert (await ada.join("public"))["status"] == "ok"
            with server.connect("postgres", SUPERUSER) as connection:
                connection.execute("alter database outage allow_connections true")
            await wait_for_health(stage.url, 200)
            # The channel is still joined, and hears again.
            stage.sql("select realtime.send('{}', 'again', %s)", topic)
            assert (await ada.event("broadcast"))["payload"]["event"] == "again"
            assert not [frame for frame in ada._kept if frame["event"] == "phx_close"]

    with running_relay(
        server, "outage", tmp_path / "relay.log", REALTIME_RECHECK_SECONDS="0.2"
    ) as stage:
        asyncio.run(story(stage))


@pytest.mark.usefixtures("rooms")
def test_a_project_may_allow_private_channels_only(tmp_path: Path, server: PostgresServer) -> None:
    async def story(stage: Stage) -> None:
        topic = stage.room(ADA)
        async with phoenix(stage.url, ANON) as ada:
            refused = await ada.join(topic)
            assert refused["response"]["reason"].startswith("PrivateOnly")
            joined = await ada.join(topic, mint("authenticated", ADA), private=True)
            assert joined["status"] == "ok"

    with running_relay(
        server, "private_only", tmp_path / "relay.log", REALTIME_PRIVATE_ONLY="true"
    ) as stage:
        asyncio.run(story(stage))


@pytest.mark.usefixtures("rooms")
def test_a_silent_client_is_let_go(tmp_path: Path, server: PostgresServer) -> None:
    async def story(stage: Stage) -> None:
        async with phoenix(stage.url, ANON) as ada:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await ada.connection.wait_closed()
            assert ada.connection.close_code == 1000

    with running_relay(
        server, "silent", tmp_path / "relay.log", REALTIME_IDLE_SECONDS="0.2"
    ) as stage:
        asyncio.run(story(stage))
