"""Who is muted everywhere writes no text, found in the catalog, and does all the rest."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.catalogue import make_song
from tests.database import Actor, Connection, actor, refused
from tests.detections import checked, detection, proof
from tests.rooms import make_room
from tests.sessions import make_party, queue
from tests.shop import Shop
from tests.trust import end, impose, loosen
from tests.words import NOT_CHANGED, NOT_MADE, WITHOUT_MUTES


def texts(db: Connection) -> dict[str, Any]:
    """How ben writes each kind of text, and what he may go on to do without one."""
    loosen(db)
    ben = actor(db, "ben")
    post, crate = ben.post(), ben.call("create_crate", title="a")["id"]
    room = make_room(db, "ben")
    comment = ben.call("create_comment", target_kind="post", target_id=post, body="a")["id"]
    message = ben.call("send_message", room_id=room, body="a")["id"]
    actor(db, "cleo").call("set_dm_permission", permission="everyone")
    talk = ben.call("start_conversation", usernames=["cleo"])["id"]
    group = ben.call("start_conversation", usernames=["cleo"], title="a")["id"]
    item = ben.call("add_to_crate", crate_id=crate, track_id=make_song(db))["id"]
    closed = make_room(db, "cleo", "private")
    shop = Shop(db)
    product = shop.offer("ben")
    elsewhere = shop.offer(
        "ben", pricing=None, price_minor=None, external_url="https://shop.test/a"
    )
    parcel = shop.lines(shop.buy("cleo", shop.offer("ben", shipping_required=True)))[0]["id"]
    _, session = make_party(db, "fan", ("ben",))
    ben.call("join_rotation", session_id=session)
    queue(ben, session, 2)
    return {
        "post": lambda: ben.post("b"),
        "edited post": lambda: ben.call("edit_post", post_id=post, body="b"),
        "comment": lambda: ben.call(
            "create_comment", target_kind="post", target_id=post, body="b"
        ),
        "edited comment": lambda: ben.call("edit_comment", comment_id=comment, body="b"),
        "message": lambda: ben.call("send_message", room_id=room, body="b"),
        "edited message": lambda: ben.call("edit_message", message_id=message, body="b"),
        "direct message": lambda: ben.call(
            "send_direct_message", conversation_id=talk, body="b"
        ),
        "title of a group": lambda: ben.call(
            "rename_conversation", conversation_id=group, title="b"
        ),
        "username": lambda: ben.call("change_username", username="words_of_ben"),
        "links": lambda: ben.run("update public.artist_profiles set links = '{https://b.test/b}'"),
        "tags of a crate": lambda: ben.call("update_crate", crate_id=crate, tags=["b"]),
        "tags of a room": lambda: ben.call("update_room", room_id=room, tags=["b"]),
        "bio": lambda: ben.run("update public.profiles set bio = 'b'"),
        "name": lambda: ben.run("update public.profiles set display_name = 'b'"),
        "crate": lambda: ben.call("create_crate", title="b"),
        "note": lambda: ben.call("note_crate_item", item_id=item, note="b"),
        "room": lambda: ben.call("create_room", name="b"),
        "request": lambda: ben.call("request_to_join", room_id=closed, message="b"),
        "link of a product": lambda: ben.run(
            "update public.products set external_url = 'https://b.test/b' where id = %s", elsewhere
        ),
        "where a parcel is": lambda: ben.call(
            "mark_shipped", order_line_id=parcel, tracking="b"
        ),
        "why a track is skipped": lambda: ben.call(
            "skip_track", session_id=session, expected_sequence=1, reason="b"
        ),
        "product": lambda: ben.run("update public.products set description = 'b'"),
        "variant": lambda: shop.vary("ben", product),
        "track": lambda: ben.call(
            "resolve_track", provider="deezer", provider_track_id="987", title="b",
            artist_name="b", duration_ms=200_000,
        ),
    }  # fmt: skip


def test_the_muted_write_no_text_and_do_all_the_rest(db: Connection, ben: Actor) -> None:
    ways = texts(db)
    posts = actor(db, "cleo").post()
    sanction = impose(db, "ben", "mute", "1 hour")
    for name, write in ways.items():
        with refused(403, "muted") as caught, db.transaction():
            write()
        assert caught.value.diag.message_hint != "forever", name
    ben.call("set_like", target_kind="post", target_id=posts, liked=True)
    ben.call("follow", username="cleo")
    ben.run("update public.profiles set genres = '{jazz}'")
    ben.call("report", target_kind="post", target_id=posts, reason="spam", description="words")
    ben.call("appeal", sanction_id=sanction, text="words")
    end(db, sanction)
    for name, write in ways.items():
        with db.transaction(force_rollback=True):
            write()
        assert name in ways


@pytest.fixture
def sale(db: Connection) -> tuple[Shop, uuid.UUID]:
    """A shop, and a parcel that ben has sold to cleo."""
    loosen(db)
    shop = Shop(db)
    product = shop.offer("ben", shipping_required=True)
    return shop, shop.lines(shop.buy("cleo", product))[0]["id"]


def test_without_a_word_the_muted_send_and_skip(
    db: Connection, ben: Actor, sale: tuple[Shop, uuid.UUID]
) -> None:
    _, parcel = sale
    _, session = make_party(db, "fan", ("ben",))
    ben.call("join_rotation", session_id=session)
    first, second = queue(ben, session, 2)
    impose(db, "ben", "mute")
    sent = ben.call("mark_shipped", order_line_id=parcel)
    assert (sent["shipped_at"] is not None, sent["tracking"]) == (True, None)
    ben.call("skip_track", session_id=session, expected_sequence=1)
    # Nor is it their word why the machine ends what they play.
    ben.call("leave_rotation", session_id=session)
    rows = db.execute("select id, skip_reason from public.queue_items").fetchall()
    assert {row["id"]: row["skip_reason"] for row in rows} == {first: None, second: "dj_left"}


def test_the_muted_ask_for_and_decide_what_is_owed_with_its_reason(
    db: Connection, ben: Actor, cleo: Actor, sale: tuple[Shop, uuid.UUID]
) -> None:
    _, parcel = sale
    for name in ("ben", "cleo"):
        impose(db, name, "mute")
    asked = cleo.call("request_refund", order_line_id=parcel, reason="broken")
    decided = ben.call("decide_refund", refund_id=asked["id"], approve=True, note="sorry")
    assert (decided["reason"], decided["note"]) == ("broken", "sorry")


def test_the_muted_say_to_the_staff_what_speaks_for_them(db: Connection, ada: Actor) -> None:
    loosen(db)
    held, flagged = (detection(db, checked(db, 90))["id"] for _ in range(2))
    impose(db, "ada", "mute")
    shown = ada.call(
        "submit_proof", detection_id=held, object_paths=[proof(db)], note="all of my stems"
    )
    assert [each["note"] for each in shown["proofs"]] == ["all of my stems"]
    appealed = ada.call("appeal_detection", detection_id=flagged, appeal="I was there")
    assert appealed["appeal_text"] == "I was there"


# Every column of text there is, of all tables; but for closed lists of words, keys and what is
# generated.
OF_PEOPLE = """
  select attribute.attrelid::regclass::text as table_name, attribute.attname::text as name,
    exists (
      select from pg_trigger as trigger
      where trigger.tgrelid = attribute.attrelid
        and trigger.tgfoid = 'private.tg__refuse_muted'::regproc
        and trigger.tgtype & 4 = 4
    ) as when_made,
    exists (
      select from pg_trigger as trigger
      where trigger.tgrelid = attribute.attrelid
        and trigger.tgfoid = 'private.tg__refuse_muted'::regproc
        and attribute.attnum = any (trigger.tgattr)
    ) as when_changed
  from pg_attribute as attribute
  join pg_class as relation on relation.oid = attribute.attrelid and relation.relkind in ('r', 'p')
  join pg_type as type on type.oid = attribute.atttypid
  left join pg_type as element on element.oid = type.typelem and type.typcategory = 'A'
  where relation.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and not relation.relispartition
    and attribute.attnum > 0
    and not attribute.attisdropped
    and attribute.attgenerated = ''
    and (
      coalesce(element.typcategory, type.typcategory) = 'S'
      or attribute.atttypid in ('json'::regtype, 'jsonb'::regtype)
    )
    and not exists (
      select from pg_constraint as held
      where held.conrelid = attribute.attrelid
        and attribute.attnum = any (held.conkey)
        and (
          held.contype = 'f'
          or (
            held.contype = 'c'
            and held.conkey = array[attribute.attnum]
            and pg_get_constraintdef(held.oid) ~ '^CHECK \\(\\(\\w+ = ANY \\(ARRAY\\['
          )
        )
    )
"""


def columns_of_text(db: Connection) -> dict[str, dict[str, Any]]:
    """Every column that OF_PEOPLE finds, by its name; those of private with their schema."""
    return {
        f"{row['table_name'].removeprefix('public.')}.{row['name']}": row
        for row in db.execute(OF_PEOPLE).fetchall()
    }


def exempt(found: dict[str, dict[str, Any]]) -> set[str]:
    """Those of them that WITHOUT_MUTES names; whatever it names has to be there, once."""
    named = [each for listed in WITHOUT_MUTES.values() for each in listed.split()]
    assert len(named) == len(set(named))
    columns: set[str] = set()
    for each in named:
        these = {
            column for column in found
            if column == each or (each.endswith(".*") and column.rsplit(".", 1)[0] == each[:-2])
        }  # fmt: skip
        assert these, each
        assert not these & columns, each
        columns |= these
    return columns


def test_every_column_of_peoples_texts_asks_for_mutes(db: Connection) -> None:
    found = columns_of_text(db)
    assert found.keys() >= {
        "posts.body", "messages.body", "profiles.bio", "profiles.username", "crates.tags",
        "artist_profiles.links", "products.external_url", "order_lines.tracking",
        "queue_items.skip_reason", "private.claims.statement",
    }  # fmt: skip
    # Whoever adds a column of text has a trigger ask, or says in tests/words.py why none does.
    free = exempt(found)
    asked = found.keys() - free
    unmade = {name for name in asked if not found[name]["when_made"]}
    unchanged = {name for name in asked if not found[name]["when_changed"]}
    assert unmade == NOT_MADE.keys()
    assert unchanged == NOT_CHANGED.keys()
    # No exemption where a change is asked for already.
    assert {name for name in free if found[name]["when_changed"]} == set()


def test_a_column_of_words_that_nothing_asks_about_is_found(db: Connection) -> None:
    """The law, shown failing."""
    db.execute("alter table public.crates add column epigraph text")
    db.execute("alter table public.rooms add column rules text[]")
    db.execute("alter table public.profiles add column mood text, add column extra jsonb")
    # A closed list has no words.
    db.execute(
        "alter table public.profiles add column season text"
        " check (season in ('spring', 'summer', 'autumn', 'winter'))"
    )
    found = columns_of_text(db)
    asked = found.keys() - exempt(found)
    silent = {name for name in asked if not found[name]["when_changed"]} - NOT_CHANGED.keys()
    assert silent == {"crates.epigraph", "rooms.rules", "profiles.mood", "profiles.extra"}
