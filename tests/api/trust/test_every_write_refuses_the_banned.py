"""A ban refuses every write there is, found in the catalog, and ends by the clock alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.catalogue import make_song
from tests.database import Actor, Connection, actor, forbidden, person_id, refused
from tests.http.bad_input import Rpc, rpcs
from tests.rooms import be_seen, enter_room, make_room
from tests.schema.lists import PERSON_COLUMNS
from tests.shop import Shop
from tests.trust import end, impose, loosen

# What is left to who is banned, each with its reason in docs/decisions/0150.
LEFT = {
    "appeal", "appeal_detection",  # what one can say against a decision
    "counter_notice",  # the same, against a claim that may be why
    "export_my_data", "delete_my_account", "restore_my_account",  # one's own data
    "remove_push_token",  # a device that signs out hears nothing any more
    "request_refund", "decide_refund",  # money that is owed back
}  # fmt: skip
# What a column that refers to people is named, beside those that lists.py knows.
REFERRING = """
  select distinct attribute.attname::text as name
  from pg_constraint as referring
  join pg_attribute as attribute
    on attribute.attrelid = referring.conrelid and attribute.attnum = any (referring.conkey)
  where referring.contype = 'f'
    and referring.confrelid in ('public.profiles'::regclass, 'auth.users'::regclass)
"""
# RPCs of functions that are told a person and go on for who is banned, each with its reason.
FOR_THE_BANNED = {
    "claim_download": "what was paid for is theirs",
    "stream_source": "listening is reading",
    "live_role": "hearing a stream is reading: they are listeners in it",
    "live_event": "what the LiveKit server has seen, written down",
    "live_order": "what the LiveKit server shall be told: that they are put out, too",
    "stripe_customer": "a reading: who they are at Stripe, where they see and end what they pay",
    "attach_customer": "what Stripe has made already, written down: a customer, who buys nothing",
    "attach_account": "what Stripe has made already, written down: an account, which sells nothing",
}
WRITABLE = """
  select table_name as name, lower(privilege_type) as command
  from information_schema.table_privileges
  where table_schema = 'public' and grantee = 'authenticated'
    and privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
  union
  select table_name, lower(privilege_type)
  from information_schema.column_privileges
  where table_schema = 'public' and grantee = 'authenticated'
    and privilege_type in ('INSERT', 'UPDATE')
"""
POLICIES = """
  select policyname as name, tablename as table_name,
    coalesce(qual, '') || ' ' || coalesce(with_check, '') as rule
  from pg_policies
  where schemaname in ('storage', 'realtime') and cmd <> 'SELECT'
"""


def writing(connection: Connection) -> list[Rpc]:
    """Every RPC of clients that may write."""
    found = [
        rpc
        for rpc in rpcs(connection)
        if not rpc.is_reading and not rpc.name.startswith("backend.")
    ]
    assert len(found) > 120
    return found


def for_people(connection: Connection) -> dict[str, tuple[Rpc, str]]:
    """Every RPC of functions that is told a person's id, with the parameter it is told by."""
    columns = {row["name"] for row in connection.execute(REFERRING)} | set(PERSON_COLUMNS)
    people = columns | {name.removesuffix("_id") for name in columns}
    return {
        rpc.name.removeprefix("backend."): (rpc, parameter.name)
        for rpc in rpcs(connection)
        for parameter in rpc.parameters
        if rpc.name.startswith("backend.") and parameter.type == "uuid" and parameter.name in people
    }


def outcome(somebody: Actor, rpc: Rpc, **values: Any) -> tuple[str | None, str | None]:
    """The code and token an RPC refuses a call with, all it is not told being null; else nulls."""
    given = {each.name: values.get(each.name) for each in rpc.parameters}
    kinds = {each.name: each.type for each in rpc.parameters}
    listed = ", ".join(f"{name} => %s::{kinds[name]}" for name in given)
    schema = "" if "." in rpc.name else "public."
    try:
        with somebody.connection.transaction(force_rollback=True):
            somebody.run(f"select * from {schema}{rpc.name}({listed})", *given.values())
    except psycopg.Error as error:
        return error.sqlstate, error.diag.message_primary
    return None, None


def test_every_rpc_refuses_the_banned_and_works_again_after(db: Connection) -> None:
    loosen(db)
    sanction = impose(db, "ada", until="1 hour")
    ada = actor(db, "ada")
    refusals = {rpc.name: outcome(ada, rpc) for rpc in writing(db)}
    assert refusals.keys() >= LEFT
    escaped = {name for name, found in refusals.items() if found != ("PT403", "banned")}
    assert sorted(escaped) == sorted(LEFT)
    end(db, sanction)
    still = {rpc.name for rpc in writing(db) if outcome(ada, rpc)[1] == "banned"}
    assert still == set()


def test_what_functions_begin_for_people_is_refused_too(db: Connection) -> None:
    found = for_people(db)
    acting = {
        row["proname"]
        for row in db.execute("select proname from pg_proc where prosrc ~ 'private.act_for\\('")
    }
    assert found.keys() >= acting | {"place_order", "consume", "attach_customer"}
    service = actor(db, "service")

    def answers() -> dict[str, tuple[str | None, str | None]]:
        return {
            name: outcome(service, rpc, **{person: person_id("ada")})
            for name, (rpc, person) in found.items()
        }

    sanction = impose(db, "ada", until="1 hour")
    escaped = {name for name, told in answers().items() if told != ("PT403", "banned")}
    # Whoever lets functions do more for people says here why it goes on, or asks.
    assert sorted(escaped) == sorted(FOR_THE_BANNED)
    end(db, sanction)
    assert [name for name, told in answers().items() if told[1] == "banned"] == []


def test_what_is_kept_for_the_banned_begins_nothing(db: Connection) -> None:
    """A customer and an account at Stripe alone: what would be begun by them is refused."""
    service = actor(db, "service")
    impose(db, "ada")
    given: dict[str, Any] = {"user_id": person_id("ada")}
    assert service.call("backend.attach_customer", **given, customer_id="cus_1") == "cus_1"
    assert service.call("backend.attach_account", **given, account_id="acct_1") == "acct_1"
    begun: dict[str, dict[str, Any]] = {
        "place_order": {"buyer_id": person_id("ada"), "items": "[]", "client_id": uuid.uuid4()},
        "begin_subscription": {**given, "plan": "pro", "price_id": "price_1"},
        "onboarding": given,
    }
    for name, arguments in begun.items():
        with refused(403, "banned"), db.transaction():
            service.call(f"backend.{name}", **arguments)
        assert name not in FOR_THE_BANNED


def test_the_refusal_tells_the_end(db: Connection, ada: Actor) -> None:
    with db.transaction(force_rollback=True):
        impose(db, "ada")
        with refused(403, "banned") as caught:
            ada.post()
        assert caught.value.diag.message_hint == "forever"
    impose(db, "ada", until="1 hour")
    impose(db, "ada", until="2 hours")
    row = db.execute(
        "select to_char((now() + interval '2 hours') at time zone 'UTC',"
        """ 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last"""
    ).fetchone()
    with refused(403, "banned") as caught:
        ada.post()
    assert row is not None
    assert caught.value.diag.message_hint == row["last"]


@pytest.fixture
def fast(db: Connection) -> dict[str, Callable[[Actor], Any]]:
    """The commonest writes, each of which asks by its own statement whether one may write."""
    loosen(db)
    post = actor(db, "ben").post()
    room = make_room(db, "ben")
    for name in ("ada", "eve"):
        enter_room(db, room, name)
        be_seen(db, room, name)
    be_seen(db, room, "ben")
    ben = actor(db, "ben")
    session = ben.call("start_session", room_id=room, mode="artist")["id"]
    song = make_song(db)
    item = ben.call("enqueue_track", session_id=session, track_id=song)["id"]
    row = db.execute("select sequence from public.dj_sessions where id = %s", [session]).fetchone()
    assert row is not None
    return {
        "like": lambda who: who.call("set_like", target_kind="post", target_id=post, liked=True),
        "message": lambda who: who.call("send_message", room_id=room, body="hi"),
        "vote": lambda who: who.call("vote_track", item_id=item, value=1),
        "play": lambda who: who.call(
            "record_play", track_id=song, ms_played=60_000, client_event_id=uuid.uuid4()
        ),
        "advance": lambda who: who.call(
            "advance_session", session_id=session, expected_sequence=row["sequence"] + 5
        ),
        "heartbeat": lambda who: who.call("heartbeat", room_id=room),
    }


def test_the_fast_ways_refuse_the_banned_too(
    db: Connection, fast: dict[str, Callable[[Actor], Any]]
) -> None:
    eve = actor(db, "eve")
    with db.transaction(force_rollback=True):
        # One who has listened before is found in one statement.
        for act in fast.values():
            act(eve)
    fast["play"](eve)
    sanction = impose(db, "eve", until="1 hour")
    for name, act in fast.items():
        with refused(403, "banned"), db.transaction():
            act(eve)
        assert name in fast
    end(db, sanction)
    for act in fast.values():
        act(eve)


@pytest.fixture
def statements(db: Connection) -> dict[tuple[str, str], str]:
    """For each table that people write by, and each command, a statement ada may make."""
    loosen(db)
    shop = Shop(db)
    product = shop.offer("ada")
    variant = shop.vary("ada", product)
    actor(db, "ada").call("follow", username="ben")
    cleo = person_id("cleo")
    merch = "insert into public.products (kind, name, pricing) values ('merch', 'x', 'free')"
    return {
        ("profiles", "update"): "update public.profiles set bio = 'x'",
        ("artist_profiles", "update"): "update public.artist_profiles set links = '{}'",
        ("follows", "insert"): f"insert into public.follows (followee_id) values ('{cleo}')",
        ("follows", "delete"): "delete from public.follows",
        ("products", "insert"): merch,
        ("products", "update"): "update public.products set description = 'x'",
        ("products", "delete"): f"delete from public.products where id = '{product}'",
        ("product_variants", "insert"): (
            f"insert into public.product_variants (product_id, name) values ('{product}', 'y')"
        ),
        ("product_variants", "update"): "update public.product_variants set stock = 5",
        ("product_variants", "delete"): (
            f"delete from public.product_variants where id = '{variant}'"
        ),
    }


def test_every_table_that_is_written_directly_refuses_the_banned(
    db: Connection, ada: Actor, statements: dict[tuple[str, str], str]
) -> None:
    granted = {(row["name"], row["command"]) for row in db.execute(WRITABLE).fetchall()}
    # Whoever opens a table to direct writes adds how here.
    assert granted == statements.keys()
    sanction = impose(db, "ada", until="1 hour")
    for key, statement in statements.items():
        with refused(403, "banned"), db.transaction():
            ada.run(statement)
        assert key in granted
    end(db, sanction)
    for key, statement in statements.items():
        with db.transaction(force_rollback=True):
            assert ada.count(statement) >= 1, key


def test_every_policy_of_the_platforms_tables_asks(db: Connection) -> None:
    found = db.execute(POLICIES).fetchall()
    assert len(found) >= 12
    silent = [
        row["name"]
        for row in found
        if not any(
            f"{asked}(" in row["rule"]
            for asked in (
                "can_write", "may_write", "is_banned", "speaks_in_room", "speaks_in_conversation",
            )
        )
    ]  # fmt: skip
    assert silent == []


def test_files_of_the_banned_stay_as_they_are(db: Connection, ada: Actor) -> None:
    insert = "insert into storage.objects (bucket_id, name) values (%s, %s)"
    buckets = ("avatars", "post-media", "crate-covers", "product-images")
    for bucket in buckets:
        ada.run(insert, bucket, f"{ada.id}/a-name-nobody-guesses-1.png")
    sanction = impose(db, "ada", until="1 hour")
    for bucket in buckets:
        with forbidden(), db.transaction():
            ada.run(insert, bucket, f"{ada.id}/a-name-nobody-guesses-2.png")
    with forbidden(), db.transaction():
        ada.run("update storage.objects set metadata = '{}'")
    assert ada.count("delete from storage.objects") == 0
    end(db, sanction)
    assert ada.count("delete from storage.objects") == len(buckets)


def test_the_banned_read_and_sign_off(db: Connection, ada: Actor, ben: Actor) -> None:
    loosen(db)
    post = ben.post()
    impose(db, "ada")
    assert ada.call("post", post_id=post)["id"] == post
    for name in ("my_account", "my_sanctions", "my_notifications", "my_downloads", "home_feed"):
        ada.rows(name)
    ada.call("remove_push_token", token="none")
    assert "public.sanctions" in ada.call("export_my_data")
    ada.call("delete_my_account", confirm_username="ada")
    ada.call("restore_my_account")
