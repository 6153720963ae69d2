"""Warnings, mutes and bans: what they hold back, where, until when, and who takes them back."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.catalogue import make_song
from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.races import wait_until_blocked
from tests.rooms import enter_room, make_room, sent_to
from tests.schema.counters import counter_laws
from tests.shop import Shop
from tests.trust import case_of, end, impose, log, loosen, told

SANCTION = "select * from private.sanction(%s, %s, %s, now() + %s::interval, %s, null)"


def decide(
    db: Connection, name: str, kind: str, until: str | None = None, room: uuid.UUID | None = None
) -> Any:
    """Impose something as a moderator's decision does; the sanction."""
    row = db.execute(SANCTION, [person_id(name), room, kind, until, "because"]).fetchone()
    assert row is not None
    return row


def test_a_warning_is_told_and_holds_nothing_back(db: Connection, ben: Actor) -> None:
    sanction = decide(db, "ben", "warn")
    ben.post()
    assert told(db, "ben") == ["warn"]
    (mine,) = ben.rows("my_sanctions")
    assert (mine["id"], mine["kind"], mine["reason"]) == (sanction["id"], "warn", "because")
    assert (mine["in_force"], mine["appeal"]) == (False, None)


def test_what_is_imposed_is_in_the_log(db: Connection) -> None:
    sanction = decide(db, "ben", "ban", "1 day")
    (entry,) = log(db)
    assert entry["action"] == "person_banned"
    assert (entry["target_kind"], entry["target_id"]) == ("sanction", sanction["id"])
    assert (entry["subject_id"], entry["before"]) == (person_id("ben"), {})
    assert (entry["after"]["kind"], entry["after"]["room_id"]) == ("ban", None)


def test_people_read_their_own_sanctions_newest_first(db: Connection, ben: Actor) -> None:
    ids = [decide(db, "ben", "warn")["id"] for _ in range(3)]
    decide(db, "cleo", "warn")
    page = ben.rows("my_sanctions", page_size=2)
    rest = ben.rows("my_sanctions", after=page[-1]["cursor"], page_size=2)
    assert [row["id"] for row in page + rest] == ids[::-1]


@pytest.mark.parametrize(
    ("kind", "until", "token"),
    [
        ("ban", "-1 day", "until_invalid"),
        ("ban", "infinity", "until_invalid"),
        ("mute", "1000 years", "until_invalid"),
    ],
)
def test_a_sanction_has_a_kind_and_an_end_to_come(
    db: Connection, kind: str, until: str | None, token: str
) -> None:
    statement = SANCTION.replace("now() + %s::interval", "%s::timestamptz")
    given = until if until in (None, "infinity") else None
    with refused(422, token), db.transaction():
        if given == until:
            db.execute(statement, [person_id("ben"), None, kind, given, None])
        else:
            decide(db, "ben", kind, until)


# The texts there are, each with how ben would write it.
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
    product = Shop(db).offer("ben")
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
        "product": lambda: ben.run("update public.products set description = 'b'"),
        "variant": lambda: Shop(db).vary("ben", product),
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


# Texts that are not for others to read, or are those of staff and sellers about what they decide.
OTHERWISE = {
    "appeals.note", "appeals.statement", "moderation_cases.note", "moderation_log.reason",
    "reports.description", "room_bans.reason", "sanctions.reason",
    # A code of twelve characters.
    "tracks.isrc",
    # For the staff alone, who are told by what right somebody publishes.
    "rights_declarations.sources",
}  # fmt: skip
# Lists and objects that hold nobody's words: ids, paths, slugs and counts, what the machine tells,
# an address for a seller, and what Stripe says.
NO_WORDS = {
    "activity_events.data", "activity_events.reactions", "badge_awards.context",
    "comments.reactions", "comments.reactions_shown", "detection_proofs.object_paths",
    "invoices.version", "messages.data", "messages.reactions", "messages.reactions_shown",
    "moderation_cases.evidence", "moderation_log.after", "moderation_log.before",
    "moderation_log.data", "notifications.data", "orders.shipping_address", "posts.media_paths",
    "products.image_paths", "profiles.genres", "queue_items.track", "reports.copy",
    "subscriptions.version",
}  # fmt: skip
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
  where relation.relnamespace = 'public'::regnamespace
    and attribute.attnum > 0
    and not relation.relispartition
    and not attribute.attisdropped
    and (
      attribute.atttypid in ('text[]'::regtype, 'jsonb'::regtype)
      or attribute.atttypid = 'text'::regtype
      and col_description(attribute.attrelid, attribute.attnum) ~ ' characters| of a-z'
    )
"""
# Made by the sign-up, and written once.
NOT_MADE = {
    "artist_profiles.links", "profiles.bio", "profiles.display_name", "profiles.username",
}  # fmt: skip
NOT_CHANGED = {"direct_messages.body", "join_requests.message", "live_streams.title"}


def test_every_column_of_peoples_texts_asks_for_mutes(db: Connection) -> None:
    found = {
        f"{row['table_name'].removeprefix('public.')}.{row['name']}": row
        for row in db.execute(OF_PEOPLE).fetchall()
    }
    assert found.keys() >= {"posts.body", "messages.body", "profiles.bio", "profiles.username"}
    # Whoever adds a list or an object says here that it holds no words, or has a trigger for it.
    assert found.keys() >= {"artist_profiles.links", "crates.tags", "rooms.tags"} | NO_WORDS
    ours = {
        name for name in found.keys() - NO_WORDS
        if not name.startswith(("detections.", "claims.", "verification_requests."))
    }  # fmt: skip
    unmade = {name for name in ours if not found[name]["when_made"]}
    unchanged = {name for name in ours if not found[name]["when_changed"]}
    assert unmade - NOT_MADE <= OTHERWISE
    assert unchanged - NOT_CHANGED <= OTHERWISE


def test_a_ban_in_a_room_is_the_rooms_own(db: Connection, ben: Actor, ada: Actor) -> None:
    loosen(db)
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    sanction = decide(db, "ben", "ban", "1 hour", room)
    with refused(403, "banned_from_room"):
        ben.call("join_room", room_id=room)
    ben.post()
    # The room's moderators do not undo it; the staff does.
    with refused(409, "sanction_in_force"):
        ada.call("unban_member", room_id=room, username="ben")
    with refused(409, "sanction_in_force"):
        ada.call("remove_member", room_id=room, username="ben", ban_minutes=1)
    actor(db, "modesty").call("lift_sanction", sanction_id=sanction["id"])
    ben.call("join_room", room_id=room)


def test_a_mute_in_a_room_is_the_rooms_own(db: Connection, ben: Actor, ada: Actor) -> None:
    loosen(db)
    room, other = make_room(db, "ada"), make_room(db, "ada")
    for each in (room, other):
        enter_room(db, each, "ben")
    sanction = decide(db, "ben", "mute", None, room)
    # A mute in a room has an end, as the room's own.
    assert sanction["until"] is not None
    with refused(403, "muted_in_room"):
        ben.call("send_message", room_id=room, body="hi")
    ben.call("send_message", room_id=other, body="hi")
    with refused(409, "sanction_in_force"):
        ada.call("unmute_member", room_id=room, username="ben")
    actor(db, "modesty").call("lift_sanction", sanction_id=sanction["id"])
    ben.call("send_message", room_id=room, body="hi")


def test_who_is_muted_in_a_room_and_is_no_more_is_told_there(db: Connection, ben: Actor) -> None:
    loosen(db)
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    mutes = [decide(db, "ben", "mute", until, room) for until in ("1 hour", "2 hours")]
    for mute in mutes:
        with refused(403, "muted_in_room"), db.transaction():
            ben.call("send_message", room_id=room, body="hi")
        actor(db, "modesty").call("lift_sanction", sanction_id=mute["id"])
    # As by the room's own moderators; not while another mute stands.
    payloads = sent_to(db, f"user:{ben.id}", "muted_in_room")
    assert {payload["room_id"] for payload in payloads} == {str(room)}
    assert [payload["until"] is None for payload in payloads] == [False, False, True]


def test_the_owner_of_a_room_is_not_banned_from_it(db: Connection) -> None:
    room = make_room(db, "ada")
    with refused(409, "owner_must_transfer"), db.transaction():
        decide(db, "ada", "ban", "1 hour", room)


def test_of_two_bans_at_once_the_later_end_keeps_out_of_feeds(database: Database) -> None:
    """Whoever comes second looks at the bans after the first has written theirs."""
    with database.connect() as db, database.connect() as first, database.connect() as second:
        with ThreadPoolExecutor(1) as pool:
            first.execute("begin")
            impose(first, "ada", until="2 hours")
            shorter = pool.submit(impose, second, "ada", until="1 hour")
            wait_until_blocked(db, second)
            first.execute("commit")
            shorter.result(timeout=120)
        row = db.execute(
            "select banned_until - now() > interval '90 minutes' as is_later"
            " from private.person_cards where profile_id = %s",
            [person_id("ada")],
        ).fetchone()
        assert row == {"is_later": True}
        assert counter_laws(db) == []


def test_what_is_lifted_is_over_at_once_and_told_once(db: Connection, ben: Actor) -> None:
    sanction = decide(db, "ben", "ban")
    modesty = actor(db, "modesty")
    for _ in range(2):
        lifted = modesty.call("lift_sanction", sanction_id=sanction["id"], note="a mistake")
        assert lifted["lifted_at"] is not None
    ben.post()
    assert told(db, "ben") == ["ban", "lifted"]
    assert [entry["action"] for entry in log(db)] == ["person_banned", "sanction_lifted"]
    with refused(404, "sanction_not_found"):
        modesty.call("lift_sanction", sanction_id=uuid.uuid4())
    with refused(403, "not_allowed"):
        ben.call("lift_sanction", sanction_id=sanction["id"])


def test_nobody_lifts_their_own(db: Connection) -> None:
    sanction = impose(db, "modesty", "mute")
    with refused(403, "own_case"):
        actor(db, "modesty").call("lift_sanction", sanction_id=sanction)


def test_one_appeals_once_and_somebody_else_decides(db: Connection, ben: Actor) -> None:
    sanction = impose(db, "ben", by="modesty")
    asked = ben.call("appeal", sanction_id=sanction, text=" it was not me ")
    assert (asked["status"], asked["statement"]) == ("pending", "it was not me")
    # Sent again it is found; another one is one too many.
    assert ben.call("appeal", sanction_id=sanction, text="it was not me") == asked
    (entry,) = (each for each in log(db) if each["action"] == "sanction_appealed")
    assert (entry["actor_id"], entry["target_id"]) == (person_id("ben"), sanction)
    assert (entry["before"], entry["after"]) == ({"status": None}, {"status": "pending"})
    with refused(409, "already_appealed"):
        ben.call("appeal", sanction_id=sanction, text="and besides")
    case = case_of(db, sanction, "appeal")
    assert (case["target_kind"], case["subject_id"]) == ("sanction", person_id("ben"))
    with refused(403, "another_person_needed"):
        actor(db, "modesty").call("decide_appeal", sanction_id=sanction, uphold=True)
    with refused(409, "case_is_appeal"):
        actor(db, "admiral").call("decide_case", case_id=case["id"], action="dismiss")
    decided = actor(db, "admiral").call(
        "decide_appeal", sanction_id=sanction, uphold=True, note="indeed"
    )
    assert (decided["status"], decided["note"]) == ("upheld", "indeed")
    ben.post()
    assert case_of(db, sanction, "appeal")["status"] == "decided"
    with refused(409, "appeal_decided"):
        actor(db, "admiral").call("decide_appeal", sanction_id=sanction, uphold=False)
    with refused(409, "sanction_lifted"):
        ben.call("appeal", sanction_id=sanction, text="thanks")


def test_a_refused_appeal_leaves_the_sanction(db: Connection, ben: Actor) -> None:
    sanction = impose(db, "ben")
    ben.call("appeal", sanction_id=sanction, text="please")
    actor(db, "modesty").call("decide_appeal", sanction_id=sanction, uphold=False, note="no")
    with refused(403, "banned"):
        ben.post()
    (mine,) = ben.rows("my_sanctions")
    assert (mine["appeal"]["status"], mine["appeal"]["note"]) == ("refused", "no")
    assert told(db, "ben") == ["appeal_refused"]
    with refused(409, "already_appealed"):
        ben.call("appeal", sanction_id=sanction, text="please")


def test_an_appeal_is_against_ones_own_and_in_words(db: Connection, ben: Actor) -> None:
    sanction = impose(db, "ben")
    with refused(404, "sanction_not_found"):
        actor(db, "cleo").call("appeal", sanction_id=sanction, text="for him")
    for text in (" ", "x" * 2001):
        with refused(422, "statement_invalid"):
            ben.call("appeal", sanction_id=sanction, text=text)
    with refused(404, "appeal_not_found"):
        actor(db, "modesty").call("decide_appeal", sanction_id=sanction, uphold=True)
    with refused(422, "value_missing"):
        actor(db, "modesty").call("decide_appeal", sanction_id=sanction, uphold=None)
