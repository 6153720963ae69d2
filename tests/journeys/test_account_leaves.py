"""A person exports what is theirs, leaves, comes back, leaves again and is erased."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.database import Actor, Connection, actor, forbidden, person_id, refused, sign_up
from tests.journeys.leaving import leave_traces
from tests.journeys.traces import LEAVER, MARKER, VOCABULARY, data_map, found, text_columns
from tests.schema.counters import counter_laws
from tests.shown import everybody

READERS = ("ben", "cleo", "dan", "stranger", "modesty", "visitor")
# What a person may do while their account waits for its erasure.
STILL_OPEN = {"delete_my_account", "restore_my_account", "export_my_data"}


@pytest.fixture
def planted(db: Connection) -> set[str]:
    """The markers the leaver has left in every column that takes text of theirs."""
    return leave_traces(db)


@pytest.fixture
def leaver(db: Connection, planted: set[str]) -> Actor:
    """Who leaves, after leaving traces."""
    assert planted
    return actor(db, LEAVER)


def username(somebody: Actor) -> str:
    return str(somebody.call("my_account")["profile"]["username"])


def leave(somebody: Actor) -> None:
    somebody.call("delete_my_account", confirm_username=username(somebody))


def make_due(db: Connection, *names: str) -> None:
    for age, name in enumerate(reversed(names), 1):
        db.execute(
            "update private.account_deletions set erase_after = now() - make_interval(hours => %s)"
            " where user_id = %s",
            [age, person_id(name)],
        )


def remove_objects(db: Connection, objects: list[dict[str, Any]]) -> None:
    """As the function does through the Storage API."""
    for each in objects:
        db.execute(
            "delete from storage.objects where bucket_id = %s and name = any (%s)",
            [each["bucket"], each["names"]],
        )


def erase(db: Connection) -> list[dict[str, Any]]:
    return actor(db, "service").rows("backend.erase_due_accounts")


def erase_wholly(db: Connection, leaver: Actor) -> None:
    leave(leaver)
    make_due(db, LEAVER)
    remove_objects(db, erase(db)[0]["objects"])
    assert [row["is_erased"] for row in erase(db)] == [True]


def delete_sign_in(db: Connection, leaver: Actor) -> None:
    """What an operator's button does in the auth server, and the function after it."""
    assert db.execute("delete from auth.users where id = %s", [leaver.id]).rowcount == 1
    messages = db.execute(
        "select payload, user_id from private.outbox where topic = 'remove_objects'"
        " and payload -> 'names' ->> 0 like %s",
        [f"{leaver.id}/%"],
    ).fetchall()
    assert {row["user_id"] for row in messages} == {None}
    remove_objects(db, [row["payload"] for row in messages])
    # What was delivered is kept for a while only.
    db.execute("delete from private.outbox where topic = 'remove_objects'")


def exists(db: Connection, name: str) -> bool:
    row = db.execute("select from auth.users where id = %s", [person_id(name)]).fetchone()
    return row is not None


def everything(db: Connection) -> dict[str, list[str]]:
    """All rows of all tables, as text."""
    tables = db.execute(
        "select schema.nspname as schema, relation.relname as name"
        " from pg_class as relation join pg_namespace as schema on schema.oid = relnamespace"
        " where relkind = 'r' and schema.nspname in"
        " ('public', 'private', 'auth', 'storage', 'realtime', 'backend')"
    ).fetchall()
    return {
        f"{table['schema']}.{table['name']}": sorted(
            row["text"]
            for row in db.execute(
                sql.SQL("select row::text as text from {} as row").format(
                    sql.Identifier(table["schema"], table["name"])
                )
            ).fetchall()
        )
        for table in tables
    }


def hides(db: Connection, name: str) -> dict[str, dict[str, set[str]]]:
    """Everybody each reader comes across, where the person of this username is looked for."""
    return {
        reader: everybody(actor(db, reader), "cleo", name, "marker", "love") for reader in READERS
    }


def test_traces_are_in_every_column_that_takes_text(db: Connection, planted: set[str]) -> None:
    """A new column of text in a registered table gets a trace in leaving.py, or a word there."""
    assert len(planted) >= 40
    places = found(db, MARKER.pattern)
    lost = planted - set().union(*places.values())
    # The first avatar, the first text of the edited post, what a deleted post and a deleted message
    # held are gone from where they stood; some are left in messages that remove them.
    assert len(lost) <= 4
    for entry in data_map(db):
        if entry["on_erasure"] == "retain":
            continue
        table = entry["table_name"]
        for column in set(text_columns(db, table)) - VOCABULARY.get(table, set()):
            assert f"{table}.{column}" in places


def test_an_export_holds_every_registered_column_and_nothing_of_others(
    db: Connection, leaver: Actor
) -> None:
    leave(leaver)
    export = leaver.call("export_my_data")
    exported = [entry for entry in data_map(db) if entry["is_exported"]]
    assert set(export) == {"exported_at", "user_id"} | {entry["table_name"] for entry in exported}
    assert export["user_id"] == str(leaver.id)
    for entry in exported:
        table, column = entry["table_name"], entry["person_column"]
        columns = {
            row["name"]
            for row in db.execute(
                "select attname::text as name from pg_attribute"
                " where attrelid = %s::regclass and attnum > 0 and not attisdropped",
                [table],
            ).fetchall()
        }
        mine = [row for row in export[table] if row[column] == str(leaver.id)]
        assert mine, f"nothing of {table} by {column}"
        told = columns - set(entry["withheld_columns"])
        assert all(set(row) == told for row in mine), table
    owners = {
        table: {e["person_column"] for e in exported if e["table_name"] == table}
        for table in export
    }
    for table, rows in export.items():
        for row in rows if isinstance(rows, list) else []:
            assert str(leaver.id) in {row[column] for column in owners[table]}
    # What others have been told of the leaver, or have said of them, is theirs to export.
    mine_stored = [
        db.execute(
            f"select to_jsonb(row)::text as row from {table} as row where "
            + " or ".join(f"row.{column} = %(me)s" for column in sorted(columns)),
            {"me": leaver.id},
        ).fetchall()
        for table, columns in owners.items()
        if columns
    ]
    written = set(MARKER.findall(json.dumps(mine_stored)))
    assert len(written) >= 30
    assert written <= set(MARKER.findall(json.dumps(export)))


def test_an_export_is_the_callers_alone(db: Connection, leaver: Actor) -> None:
    export = actor(db, "cleo").call("export_my_data")
    # Whom she names in a comment is hers to know, too, as is what she has been told.
    for table in ("public.comments", "public.notifications"):
        export[table] = [str(leaver.id)]
    text = json.dumps(export)
    assert not MARKER.findall(text)
    assert str(leaver.id) in text  # whom cleo follows and likes is hers to know
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        actor(db, "visitor").call("export_my_data")


def test_exports_are_slowed(ben: Actor) -> None:
    for _ in range(3):
        ben.call("export_my_data")
    with refused(429, "rate_limited"):
        ben.call("export_my_data")


@pytest.mark.parametrize("confirmation", [None, "", "ben", "a" * 10_000, "%"])
def test_leaving_takes_ones_own_username(ada: Actor, confirmation: str | None) -> None:
    with refused(422, "confirmation_mismatch"):
        ada.call("delete_my_account", confirm_username=confirmation)
    assert ada.call("my_account")["erase_after"] is None


def test_leaving_twice_does_not_move_the_date(db: Connection, ada: Actor) -> None:
    first = ada.call("delete_my_account", confirm_username=" ADA ")
    db.execute("update private.account_deletions set erase_after = erase_after - interval '1 day'")
    second = ada.call("delete_my_account", confirm_username="ada")
    assert first["erase_after"] > second["erase_after"]
    row = db.execute(
        "select erase_after - requested_at = interval '13 days' as is_kept"
        " from private.account_deletions"
    ).fetchone()
    assert row == {"is_kept": True}


def test_who_leaves_is_hidden_at_once_from_everybody_but_staff(
    db: Connection, leaver: Actor
) -> None:
    name = username(leaver)
    before = hides(db, name)
    for reader in READERS:
        assert sum(name in people for people in before[reader].values()) >= 4, reader
    leave(leaver)
    after = hides(db, name)
    for reader in set(READERS) - {"modesty"}:
        for title, people in after[reader].items():
            assert name not in people, f"{reader} sees {name} in {title}"
            assert people == before[reader][title] - {name}, f"{reader}: {title}"
        somebody = actor(db, reader)
        for function in ("profile_page", "profile_feed", "followers", "following", "mutuals"):
            with refused(404, "profile_not_found"):
                somebody.rows(function, username=name)
        for row in db.execute("select id from public.posts where author_id = %s", [leaver.id]):
            with refused(404, "post_not_found"):
                somebody.call("post", post_id=row["id"])
    assert name in after["modesty"]["table profiles"]
    rooty = actor(db, "rooty")
    rooty.call("unblock", username=name)
    assert username(leaver) == name


def test_nobody_in_others_blocks_is_somebody_who_has_left(db: Connection, ben: Actor) -> None:
    ben.call("block", username="dan")
    leave(actor(db, "dan"))
    assert ben.rows("my_blocks") == []
    assert ben.call("unblock", username="dan") == {"is_blocked": False}


def test_who_leaves_is_signed_out_everywhere(db: Connection, leaver: Actor, ben: Actor) -> None:
    session = uuid.uuid4()
    db.execute("insert into auth.sessions (id, user_id) values (%s, %s)", [session, ben.id])
    leave(leaver)
    rows = db.execute("select id from auth.sessions").fetchall()
    assert rows == [{"id": session}]
    assert db.execute("select * from auth.refresh_tokens").fetchall() == []


def write_calls(db: Connection) -> list[tuple[str, list[str]]]:
    """Every public RPC that may write, with its parameters."""
    rows = db.execute(
        "select proname::text as name, (coalesce(proargnames, '{}'))[1:pronargs] as parameters"
        " from pg_proc"
        " where pronamespace = 'public'::regnamespace and provolatile = 'v'"
    ).fetchall()
    assert len(rows) > 20
    return [(row["name"], row["parameters"]) for row in rows]


def write_statements(db: Connection) -> list[str]:
    """A statement for everything that people may write without an RPC."""
    rows = db.execute(
        "select privilege.privilege_type as verb, table_name::text, column_name::text,"
        " case when data_type in ('uuid', 'text') then 'id' else 'null' end as value"
        " from information_schema.column_privileges as privilege"
        " join information_schema.columns using (table_schema, table_name, column_name)"
        " where grantee = 'authenticated' and table_schema = 'public'"
        " and privilege_type in ('INSERT', 'UPDATE')"
    ).fetchall()
    assert len(rows) >= 8
    statements = {
        "INSERT": "insert into public.{table} ({column}) select {value} from public.profiles"
        " where username = 'ben'",
        "UPDATE": "update public.{table} set {column} = {column}",
    }
    return [
        "delete from public.follows",
        *(
            statements[row["verb"]].format(
                table=row["table_name"], column=row["column_name"], value=row["value"]
            )
            for row in rows
        ),
    ]


def test_who_leaves_writes_nothing_any_more(db: Connection, leaver: Actor) -> None:
    leave(leaver)
    before = everything(db)
    for function, parameters in write_calls(db):
        if function in STILL_OPEN:
            continue
        with refused(403, "account_deactivated") as caught:
            leaver.rows(function, **dict.fromkeys(parameters))
        assert caught.value.diag.message_hint
    for statement in write_statements(db):
        with refused(403, "account_deactivated"):
            leaver.run(statement)
    for bucket in ("avatars", "post-media"):
        with forbidden():
            leaver.run(
                "insert into storage.objects (bucket_id, name) values (%s, %s)",
                bucket,
                f"{leaver.id}/{uuid.uuid4()}.png",
            )
    assert everything(db) == before


def test_who_comes_back_in_time_finds_everything_as_it_was(db: Connection, leaver: Actor) -> None:
    name = username(leaver)
    # What plays of theirs stops when they go, and does not begin again.
    for row in db.execute(
        "select item.session_id from public.queue_items as item"
        " join public.tracks as track on track.id = item.track_id"
        " where item.status = 'playing' and track.artist_id = %s",
        [leaver.id],
    ).fetchall():
        leaver.call("end_session", session_id=row["session_id"])
    before, rows_before = hides(db, name), everything(db)
    leave(leaver)
    for _ in range(2):
        assert leaver.call("restore_my_account") == {"is_active": True}
    assert hides(db, name) == before
    rows_after = everything(db)
    for signed_out in ("auth.sessions", "auth.refresh_tokens"):
        assert rows_before.pop(signed_out)
        assert not rows_after.pop(signed_out)
    # That they came back is counted, once.
    (token,) = set(rows_after["private.rate_limit_buckets"]) - set(
        rows_before["private.rate_limit_buckets"]
    )
    assert "restore_account" in token
    rows_after["private.rate_limit_buckets"].remove(token)
    # What is kept of a queue says of which rows, and these were written twice.
    for kept in (rows_before, rows_after):
        assert kept.pop("private.session_views")
    # Coming back takes a token.
    buckets = rows_after["private.rate_limit_buckets"]
    rows_after["private.rate_limit_buckets"] = [
        bucket for bucket in buckets if ",restore_account," not in bucket
    ]
    assert rows_after == rows_before
    assert erase(db) == []
    leaver.post("I am back")


def test_nobody_is_erased_before_their_time(db: Connection, ada: Actor) -> None:
    leave(ada)
    db.execute("update private.account_deletions set erase_after = now() + interval '1 second'")
    assert erase(db) == []
    assert exists(db, "ada")
    make_due(db, "ada")
    assert [row["is_erased"] for row in erase(db)] == [True]
    assert not exists(db, "ada")


def test_erasure_waits_for_the_stored_objects(db: Connection, leaver: Actor) -> None:
    leave(leaver)
    make_due(db, LEAVER)
    before = everything(db)
    for _ in range(2):
        (row,) = erase(db)
        assert (row["user_id"], row["is_erased"], row["error"]) == (leaver.id, False, None)
        stored = db.execute(
            "select bucket_id as bucket, array_agg(name order by name) as names"
            " from storage.objects where not starts_with(name, %s) group by 1 order by 1",
            [str(person_id("eve"))],
        ).fetchall()
        assert row["objects"] == stored
        assert sum(len(each["names"]) for each in row["objects"]) > 4
    after = everything(db)
    # Only its turn has moved behind that of others.
    del before["private.account_deletions"], after["private.account_deletions"]
    assert after == before
    remove_objects(db, row["objects"][:1])
    assert [row["is_erased"] for row in erase(db)] == [False]
    remove_objects(db, row["objects"][1:])
    (row,) = erase(db)
    assert (row["is_erased"], row["objects"], row["error"]) == (True, [], None)


@pytest.mark.parametrize("end", [erase_wholly, delete_sign_in])
def test_after_the_erasure_nothing_of_a_person_is_found_anywhere(
    end: Callable[[Connection, Actor], None], db: Connection, leaver: Actor, planted: set[str]
) -> None:
    pattern = f"{MARKER.pattern}|{leaver.id}|ada@backbeat|lovelace"
    before = found(db, pattern)
    assert len({what for held in before.values() for what in held}) > 40
    end(db, leaver)
    # The platform keeps broadcasts for three days; an account waits longer for its erasure.
    with db.transaction():
        db.execute("set local role supabase_realtime_admin")
        db.execute("delete from realtime.messages")
        db.execute("reset role")
    retained = {
        e["table_name"]
        for e in data_map(db)
        if e["on_erasure"] == "retain"
        or (e["on_erasure"] == "anonymise" and e["person_column"] not in e["cleared_columns"])
    }
    left = found(db, pattern)
    assert {place.rsplit(".", 1)[0] for place in left} <= retained
    assert {what for held in left.values() for what in held} == {str(leaver.id)}
    assert not planted & {what for held in left.values() for what in held}
    assert counter_laws(db) == []


def test_of_a_person_who_is_withheld_nothing_stays(db: Connection, leaver: Actor) -> None:
    withhold = "select private.withhold('profile', %s, %s, 'decision', null)"
    db.execute(withhold, [leaver.id] * 2)
    erase_wholly(db, leaver)
    assert db.execute("select target_id from private.withheld").fetchall() == []
    assert counter_laws(db) == []


def test_conversations_stay_readable_after_an_erasure(db: Connection, leaver: Actor) -> None:
    ben = actor(db, "ben")
    before = {row["id"]: row["kind"] for row in ben.rows("my_conversations")}
    erase_wholly(db, leaver)
    rows = ben.rows("my_conversations")
    assert {row["id"]: row["kind"] for row in rows} == before
    (pair,) = [row["id"] for row in rows if row["kind"] == "direct"]
    said = [row["body"] for row in ben.rows("messages", conversation_id=pair)]
    assert said == ["see you", None, None, "are you there?"]
    senders = [row["sender"] for row in ben.rows("messages", conversation_id=pair)]
    assert [sender and sender["username"] for sender in senders] == ["ben", None, None, "ben"]
    with refused(409, "recipient_gone"):
        ben.call("send_direct_message", conversation_id=pair, body="hello?")
    # What nobody had accepted waits for dan as it was, without what it said.
    (request,) = actor(db, "dan").rows("my_conversations", requests=True)
    assert (request["members"], request["last_message"]["body"]) == ([], None)


def test_the_counts_of_others_are_right_after_an_erasure(db: Connection, leaver: Actor) -> None:
    assert counter_laws(db) == []
    erase_wholly(db, leaver)
    rows = db.execute(
        "select username, follower_count, following_count from public.profiles"
        " where username in ('ben', 'cleo') order by 1"
    ).fetchall()
    assert rows == [
        {"username": "ben", "follower_count": 1, "following_count": 1},
        {"username": "cleo", "follower_count": 1, "following_count": 1},
    ]
    row = db.execute("select like_count, repost_count from public.posts").fetchone()
    assert row == {"like_count": 0, "repost_count": 0}
    assert counter_laws(db) == []


def test_erasing_again_changes_nothing(db: Connection, leaver: Actor) -> None:
    erase_wholly(db, leaver)
    before = everything(db)
    assert erase(db) == []
    assert everything(db) == before


def test_a_sign_in_that_outlives_its_account_is_worth_nothing(
    db: Connection, leaver: Actor
) -> None:
    erase_wholly(db, leaver)
    before = everything(db)
    for function, parameters in [*write_calls(db), ("my_account", [])]:
        with refused(401, "account_gone"):
            leaver.rows(function, **dict.fromkeys(parameters))
    assert leaver.rows("home_feed") == []
    assert everything(db) == before


def test_username_and_address_are_free_again(db: Connection, ada: Actor) -> None:
    leave(ada)
    newcomer = uuid.uuid4()
    sign_up(db, newcomer, "new@backbeat.test", {"username": "ada"})
    row = db.execute("select username from public.profiles where id = %s", [newcomer]).fetchone()
    assert row != {"username": "ada"}
    make_due(db, "ada")
    erase(db)
    newcomer = uuid.uuid4()
    sign_up(db, newcomer, "ada@backbeat.test", {"username": "ada"})
    row = db.execute("select username from public.profiles where id = %s", [newcomer]).fetchone()
    assert row == {"username": "ada"}


def test_staff_who_are_erased_leave_their_decisions_on_record(db: Connection) -> None:
    rooty = actor(db, "rooty")
    rooty.call("grant_staff_role", username="ben", role="super_admin")
    rooty.call("grant_staff_role", username="cleo", role="moderator")
    leave(rooty)
    make_due(db, "rooty")
    assert [row["is_erased"] for row in erase(db)] == [True]
    rows = db.execute("select user_id, granted_by from private.staff").fetchall()
    assert {row["granted_by"] for row in rows} == {None}
    assert {person_id("ben"), person_id("cleo")} <= {row["user_id"] for row in rows}
    actions = db.execute("select action, actor_id from private.audit_events order by id").fetchall()
    assert [(row["action"], row["actor_id"]) for row in actions] == [
        ("staff_role_changed", rooty.id),
        ("staff_role_changed", rooty.id),
        ("account_erased", None),
    ]


def test_one_erasure_that_fails_does_not_stop_the_others(db: Connection, leaver: Actor) -> None:
    db.execute(
        "create function public.break_erasure() returns trigger language plpgsql as"
        " $$ begin raise exception 'broken on purpose'; end; $$"
    )
    db.execute(
        "create trigger break before delete on public.posts for each row"
        " when (old.author_id = '{}') execute function public.break_erasure()".format(
            person_id("ben")
        )
    )
    names = ("dan", "ben", "stranger")
    actor(db, "ben").post("here I stay")
    for name in names:
        leave(actor(db, name))
    make_due(db, *reversed(names))
    bens = found(db, str(person_id("ben")))
    rows = {row["user_id"]: row for row in erase(db)}
    assert [rows[person_id(name)]["is_erased"] for name in names] == [True, False, True]
    assert rows[person_id("ben")]["error"] == "P0001 broken on purpose"
    assert [exists(db, name) for name in names] == [False, True, False]
    assert found(db, str(person_id("ben"))) == bens
    assert counter_laws(db) == []

    leave(leaver)
    make_due(db, LEAVER)
    assert [row["user_id"] for row in erase(db)] == [leaver.id, person_id("ben")]
    db.execute("drop trigger break on public.posts")
    rows = {row["user_id"]: row for row in erase(db)}
    assert rows[person_id("ben")]["is_erased"]
    assert not exists(db, "ben")
    assert counter_laws(db) == []
