"""Signing up: whatever the metadata holds, the account has a valid profile."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database import Connection, Database, sign_up
from tests.races import race, refusals

USERNAME = re.compile(r"[a-z0-9_]{3,30}")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
FIELDS = ("username", "display_name", "kind", "time_zone")

HOSTILE: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1e308,
    10**40,
    [],
    {},
    ["ada"],
    [[[[]]]],
    {"username": {"username": "ada"}},
    {"": ""},
    "",
    " ",
    "\t\r\n",
    "a",
    "ab",
    "ada",
    "ADA",
    "  ada  ",
    "admin",
    "Admin ",
    "deleted",
    "null",
    "undefined",
    "_" * 30,
    "a" * 31,
    "x" * 10_000,
    "é" * 10_000,
    "😀" * 2_500,
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "ada 🎧 lovelace",
    "'; drop table public.profiles; --",
    "') or 1 = 1 --",
    "$$; select pg_sleep(10); $$",
    "%s %(id)s {0} ${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "Europe/Berlin",
    "europe/berlin",
    "Mars/Olympus",
    "posix/UTC",
    "artist",
    "ARTIST",
    "super_admin",
    "\u202eadmin\u202c",
    "\u2066ada\u2069",
    "\u200b\u200b\u200b",
    "a\u0301\u0302\u0303" * 200,
    "line\nbreak\x07\x1b[31m\x7f\x85",
    "\ufeffada",
    "аdа",  # in Cyrillic letters
    "\u0130stanbul",
    "\\u0000",
    '{"username": "ada"}',
    "NaN",
]
# Each hostile value in each field, and alone as the whole of the metadata.
AS_FIELDS = [{field: value} for value in HOSTILE for field in FIELDS]
WHOLE = [
    *(value for value in HOSTILE if value is not None),
    {"username": "grace_" * 5, "display_name": "\u202e", "kind": [], "time_zone": {}},
    dict.fromkeys(FIELDS, "x" * 10000),
    dict.fromkeys(FIELDS),
    {"id": str(uuid.UUID(int=1)), "is_verified": True, "staff_role": "super_admin"},
    {f"key{number}": number for number in range(5_000)},
]
# What only fits into a JSON string inside the jsonb, as Supabase Lite stores the metadata.
INNER = [
    "",
    "{",
    "nonsense",
    '{"username": "\\u0000"}',
    '{"username": "\\ud800"}',
    '{"username": "a\\u0000b", "display_name": "\\u0000"}',
    '"\\"{}\\""',
    '{"username": "grace", "username": "ada"}',
    "[" * 1_000 + "]" * 1_000,
    "[" * 200_000,
    '{"a":' * 200_000,
    '{"display_name": ' + "1" * 100_000 + "}",
    '{"display_name": 1e999999}',
    "\x01",
]


def check_profile(db: Connection, identity: uuid.UUID) -> dict[str, Any]:
    """The profile of an account, after checking all that must be true of a new one."""
    row = db.execute("select * from public.profiles where id = %s", [identity]).fetchone()
    assert row is not None
    assert USERNAME.fullmatch(row["username"])
    assert 1 <= len(row["display_name"]) <= 80
    assert row["display_name"] == row["display_name"].strip(" ")
    assert not UNPRINTABLE.search(row["display_name"])
    assert row["kind"] in ("fan", "artist")
    assert (row["bio"], row["avatar_path"], row["genres"], row["is_private"]) == (
        "",
        None,
        [],
        False,
    )
    assert (row["follower_count"], row["following_count"], row["post_count"]) == (0, 0, 0)
    facts = db.execute(
        "select (select count(*) from private.time_zones where name = %(zone)s) as zones,"
        " (select array_agg(username) from private.username_claims"
        "  where profile_id = %(id)s and is_current) as claims,"
        " (select to_jsonb(artist) from public.artist_profiles as artist"
        "  where profile_id = %(id)s) as artist,"
        " (select count(*) from private.staff where user_id = %(id)s) as roles",
        {"zone": row["time_zone"], "id": identity},
    ).fetchone()
    assert facts is not None
    assert facts["zones"] == 1
    assert facts["claims"] == [row["username"]]
    assert facts["roles"] == 0
    assert (facts["artist"] is not None) == (row["kind"] == "artist")
    assert not facts["artist"] or not facts["artist"]["is_verified"]
    return row


def signed_up(db: Connection, metadata: Any) -> dict[str, Any]:
    identity = uuid.uuid4()
    sign_up(db, identity, f"{identity}@backbeat.test", metadata)
    return check_profile(db, identity)


def test_more_than_two_hundred_hostile_sign_ups_give_as_many_valid_profiles(db: Connection) -> None:
    every = [json.dumps(metadata) for metadata in (*AS_FIELDS, *WHOLE)]
    inside = [json.dumps(each) for each in (*every[::3], *INNER)]
    usernames = [signed_up(db, metadata)["username"] for metadata in (*every, *inside)]
    assert len(usernames) >= 400
    assert len(set(usernames)) == len(usernames)
    assert not {"ada", "admin", "deleted", "null", "undefined"} & set(usernames)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=120),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*FIELDS, "other"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(metadata=json_values, is_string=st.booleans())
def test_any_metadata_gives_a_valid_profile(db: Connection, metadata: Any, is_string: bool) -> None:
    text = json.dumps(metadata)
    signed_up(db, json.dumps(text) if is_string else text)


@pytest.mark.parametrize("is_string", [False, True])
def test_good_metadata_is_taken_over(db: Connection, is_string: bool) -> None:
    metadata = {
        "username": " Grace_Hopper ",
        "display_name": "  Grace \u202eHopper\n ",
        "kind": "artist",
        "time_zone": "Europe/Berlin",
    }
    row = signed_up(db, json.dumps(json.dumps(metadata)) if is_string else metadata)
    assert (row["username"], row["display_name"], row["kind"], row["time_zone"]) == (
        "grace_hopper",
        "Grace Hopper",
        "artist",
        "Europe/Berlin",
    )


def test_a_bad_field_does_not_spoil_the_good_ones(db: Connection) -> None:
    row = signed_up(db, {"username": "grace", "display_name": 7, "kind": {}, "time_zone": "Moon"})
    assert (row["username"], row["display_name"]) == ("grace", "grace")
    assert (row["kind"], row["time_zone"]) == ("fan", "UTC")


@pytest.mark.parametrize("wanted", ["ada", "ADA", "admin", "ab", "a b c", "ädä", None])
def test_who_cannot_have_the_username_gets_another(db: Connection, wanted: str | None) -> None:
    row = signed_up(db, {"username": wanted})
    assert re.fullmatch(r"user_[0-9a-f]{8}", row["username"])
    assert row["display_name"] == row["username"]


def test_the_time_zones_are_those_postgres_knows(db: Connection) -> None:
    row = db.execute(
        "select count(*) as kept,"
        " count(*) filter (where name in ('UTC', 'Europe/Berlin')) as usual,"
        " count(*) filter (where name not in (select name from pg_timezone_names)) as unknown"
        " from private.time_zones"
    ).fetchone()
    assert row is not None
    assert row["kept"] > 400
    assert (row["usual"], row["unknown"]) == (2, 0)


def test_no_metadata_at_all_is_fine(db: Connection) -> None:
    identity = uuid.uuid4()
    db.execute(
        "insert into auth.users (id, email, raw_user_meta_data)"
        " values (%s, 'x@backbeat.test', null)",
        [identity],
    )
    row = check_profile(db, identity)
    assert re.fullmatch(r"user_[0-9a-f]{8}", row["username"])
    assert (row["kind"], row["time_zone"]) == ("fan", "UTC")


def test_several_accounts_in_one_statement_get_a_profile_each(db: Connection) -> None:
    rows = db.execute(
        "insert into auth.users (id, email, raw_user_meta_data)"
        " select gen_random_uuid(), n || '@many.test', '{\"username\": \"many\"}'"
        " from generate_series(1, 20) as n returning id"
    ).fetchall()
    usernames = {check_profile(db, row["id"])["username"] for row in rows}
    assert len(usernames) == 20
    assert "many" in usernames


def test_many_who_want_one_username_all_sign_up_and_one_gets_it(database: Database) -> None:
    numbers = itertools.count()

    def join(connection: Connection) -> uuid.UUID:
        identity = uuid.uuid4()
        email = f"fan{next(numbers)}@backbeat.test"
        sign_up(connection, identity, email, {"username": "the_one", "kind": "artist"})
        return identity

    outcomes = race(database, [join] * 16)
    assert refusals(outcomes) == []
    with database.connect() as connection:
        usernames = [
            check_profile(connection, outcome)["username"]
            for outcome in outcomes
            if isinstance(outcome, uuid.UUID)
        ]
    assert len(usernames) == len(set(usernames)) == 16
    assert usernames.count("the_one") == 1


def test_a_sign_up_that_fails_elsewhere_leaves_nothing(db: Connection) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation), db.transaction():
        sign_up(db, uuid.uuid4(), "ada@backbeat.test", {"username": "unheard_of"})
    row = db.execute("select from private.username_claims where username = 'unheard_of'").fetchone()
    assert row is None
    assert signed_up(db, {"username": "unheard_of"})["username"] == "unheard_of"
