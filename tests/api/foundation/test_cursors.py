"""Cursors: what a list has given out comes back as it was, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database import Connection, refused

PLACE = '["2026-11-21T10:00:00+00:00", "0193a8a0-0000-7000-8000-000000000001"]'
ALPHABET = "0123456789abcdef"
on_one_connection = settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def encode(db: Connection, list_name: str, place: str) -> str:
    row = db.execute("select private.encode_cursor(%s, %s) as c", [list_name, place]).fetchone()
    assert row is not None
    return str(row["c"])


def decode(db: Connection, list_name: str, cursor: str | None) -> str | None:
    with db.transaction():
        row = db.execute(
            "select private.decode_cursor(%s, %s) as p", [list_name, cursor]
        ).fetchone()
    assert row is not None
    return None if row["p"] is None else str(row["p"])


def forge(db: Connection, payload: bytes, list_name: str = "my_blocks", version: int = 3) -> str:
    """A cursor with a true hash, as far as bytes that are no text can have one."""
    text = payload.decode("utf-8", "ignore").replace("\0", "")
    row = db.execute(
        "select int8send(hashtextextended(%s || '|' || %s, %s)) as h", [list_name, text, version]
    ).fetchone()
    assert row is not None
    return bytes(row["h"]).hex() + payload.hex()


@on_one_connection
@given(
    st.from_regex(r"[a-z_]{1,20}(:[0-9a-f-]{1,36})?", fullmatch=True),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=120),
)
def test_a_cursor_brings_its_place_back(db: Connection, list_name: str, place: str) -> None:
    assert decode(db, list_name, encode(db, list_name, place)) == place


def test_no_cursor_is_the_first_page(db: Connection) -> None:
    assert decode(db, "my_blocks", None) is None


def test_a_cursor_fits_into_an_address_as_it_is(db: Connection) -> None:
    assert set(encode(db, "my_blocks", PLACE)) <= set(ALPHABET)


def test_a_cursor_of_another_list_is_refused(db: Connection) -> None:
    cursor = encode(db, "my_blocks", PLACE)
    for other in ("my_mutes", "my_block", "my_blocks2", "my_blocks|", "", "MY_BLOCKS"):
        with refused(422, "bad_cursor"):
            decode(db, other, cursor)


def test_every_truncated_cursor_is_refused(db: Connection) -> None:
    cursor = encode(db, "my_blocks", PLACE)
    for length in range(len(cursor)):
        with refused(422, "bad_cursor"):
            decode(db, "my_blocks", cursor[:length])


def test_every_changed_character_is_refused(db: Connection) -> None:
    cursor = encode(db, "my_blocks", PLACE)
    for place, character in enumerate(cursor):
        changed = ALPHABET[(ALPHABET.index(character) + 1 + place % 15) % 16]
        with refused(422, "bad_cursor"):
            decode(db, "my_blocks", cursor[:place] + changed + cursor[place + 1 :])


def test_a_cursor_of_another_version_is_refused(db: Connection) -> None:
    assert decode(db, "my_blocks", forge(db, b"x")) == "x"
    for version in (0, 1, 2, 4, -3):
        with refused(422, "bad_cursor"):
            decode(db, "my_blocks", forge(db, b"x", version=version))


@pytest.mark.parametrize("payload", [b"\x00", b"\x00x", b"x\x00", b"\xff\xfe", b"x\xff"])
def test_bytes_that_no_list_writes_are_refused(db: Connection, payload: bytes) -> None:
    with refused(422, "bad_cursor"):
        decode(db, "my_blocks", forge(db, payload))


def test_a_place_has_only_one_spelling(db: Connection) -> None:
    """Upper case, whitespace and prefixes of hex are refused."""
    cursor = forge(db, b"\xc3\xbf\xc3\xbe~~?")
    assert decode(db, "my_blocks", cursor) == "ÿþ~~?"
    spellings = {cursor.upper(), cursor + "\n", " " + cursor, cursor + "a", "\\x" + cursor}
    spellings |= {"0x" + cursor, f"{cursor[:8]} {cursor[8:]}"}
    for other in spellings - {cursor}:
        with refused(422, "bad_cursor"):
            decode(db, "my_blocks", other)


@on_one_connection
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=500))
def test_any_text_is_refused(db: Connection, text: str) -> None:
    with refused(422, "bad_cursor"):
        decode(db, "my_blocks", text)


def test_an_endless_cursor_is_refused(db: Connection) -> None:
    with refused(422, "bad_cursor"):
        decode(db, "my_blocks", "a" * 1_000_000)
