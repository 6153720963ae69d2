"""What deciding a case does: each of the ten actions is carried out, on what it fits."""

from __future__ import annotations

import uuid

import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, actor, person_id, refused
from tests.rooms import enter_room, make_room, sent_to
from tests.shop import Shop
from tests.trust import (
    ACTIONS,
    decide,
    loosen,
    on_air,
    playing,
    proven,
    report,
    said,
    told,
)


@pytest.mark.parametrize(
    "kind", ["post", "comment", "message", "direct_message", "crate", "room", "product", "track"]
)
def test_deleted_is_gone_as_if_by_its_author(db: Connection, ben: Actor, kind: str) -> None:
    loosen(db)
    table = f"{kind}s"
    if kind == "post":
        target = ben.post()
    elif kind == "comment":
        about = {"target_kind": "post", "target_id": actor(db, "cleo").post()}
        target = ben.call("create_comment", **about, body="b")["id"]
    elif kind == "message":
        _, target = said(db)
    elif kind == "direct_message":
        actor(db, "eve").call("set_dm_permission", permission="everyone")
        talk = ben.call("start_conversation", usernames=["eve"])["id"]
        target = ben.call("send_direct_message", conversation_id=talk, body="b")["id"]
        kind = "message"
        report(actor(db, "eve"), kind, target)
    elif kind == "crate":
        target = ben.call("create_crate", title="b")["id"]
    elif kind == "room":
        target = make_room(db, "ben")
    elif kind == "product":
        target = Shop(db).offer("ben")
    else:
        target = make_upload(db, "ada")
    if kind != "message":
        report(actor(db, "eve"), kind, target)
    decide(db, target, "delete")
    (row,) = db.execute(f"select * from public.{table} where id = %s", [target]).fetchall() or [{}]
    if kind == "product":
        assert row == {}
    elif kind == "track":
        # A claim or an appeal may need its file.
        assert row["status"] == "removed"
    else:
        assert row["deleted_at"] is not None
        assert not row["is_withheld"]
    # Whose it was is told, and finds it in their list although the thing has gone.
    whose = actor(db, "ada" if kind == "track" else "ben")
    assert told(db, whose.name) == ["delete"]
    news = [row for row in whose.rows("my_notifications") if row["kind"] == "moderation_decision"]
    assert [row["data"] for row in news] == [
        {"action": "delete", "target_kind": kind, "target_id": str(target)}
    ]


def test_what_was_sold_is_taken_off_the_shelf_instead(db: Connection) -> None:
    shop = Shop(db)
    product = shop.offer("ada")
    shop.buy("ben", product)
    report(actor(db, "eve"), "product", product)
    decide(db, product, "delete")
    (row,) = db.execute("select is_active, is_withheld from public.products").fetchall()
    assert (row["is_active"], row["is_withheld"]) == (False, True)


@pytest.mark.parametrize(("action", "token"), [("mute", "muted"), ("ban", "banned")])
def test_who_wrote_it_is_muted_or_banned(
    db: Connection, ben: Actor, action: str, token: str
) -> None:
    report(proven(db), "post", post := ben.post())
    row = db.execute("select now() + interval '1 day' as at").fetchone()
    assert row is not None
    decide(db, post, action, note="again", until=row["at"])
    with refused(403, token):
        ben.post()
    (mine,) = ben.rows("my_sanctions")
    assert (mine["kind"], mine["until"], mine["reason"]) == (action, row["at"], "again")
    assert told(db, "ben") == [action]


def test_who_wrote_it_is_warned(db: Connection, ben: Actor) -> None:
    report(proven(db), "post", post := ben.post())
    decide(db, post, "warn", note="be kind")
    assert [row["kind"] for row in ben.rows("my_sanctions")] == ["warn"]
    ben.post()


@pytest.mark.parametrize(
    ("action", "token"), [("mute", "muted_in_room"), ("ban", "banned_from_room"), ("warn", None)]
)
def test_who_said_it_is_sanctioned_in_that_room_alone(
    db: Connection, ben: Actor, action: str, token: str | None
) -> None:
    room, message = said(db)
    other = make_room(db, "ada")
    enter_room(db, other, "ben")
    decide(db, message, action, note="not here", scope="room")
    (mine,) = ben.rows("my_sanctions")
    assert (mine["kind"], mine["room_id"], mine["reason"]) == (action, room, "not here")
    ben.post()
    ben.call("send_message", room_id=other, body="hi")
    if token == "muted_in_room":
        with refused(403, token):
            ben.call("send_message", room_id=room, body="hi")
    elif token:
        with refused(403, token):
            ben.call("join_room", room_id=room)
    else:
        ben.call("send_message", room_id=room, body="hi")


def test_a_scope_fits_the_action_and_the_case(db: Connection, ben: Actor) -> None:
    _, message = said(db)
    for scope in ("everywhere", "", None):
        with refused(422, "scope_unknown"):
            decide(db, message, "mute", scope=scope)
    for action in ("hide", "dismiss", "kick_from_room"):
        with refused(422, "action_unfit"):
            decide(db, message, action, scope="room")
    report(proven(db), "post", post := ben.post())
    with refused(409, "nothing_to_do"):
        decide(db, post, "mute", scope="room")
    decide(db, message, "mute", scope="global")
    with refused(403, "muted"):
        ben.post()


def test_reactions_are_cleared(db: Connection) -> None:
    _, message = said(db)
    actor(db, "eve").call("react", message_id=message, emoji="🔥", present=True)
    decide(db, message, "clear_reactions")
    (row,) = db.execute("select reactions from public.messages where id = %s", [message]).fetchall()
    assert row["reactions"] == {}
    post = actor(db, "ben").post()
    about = {"target_kind": "post", "target_id": post, "body": "b"}
    comment = actor(db, "ben").call("create_comment", **about)["id"]
    actor(db, "eve").call("set_reaction", comment_id=comment, emoji="🔥", present=True)
    report(actor(db, "eve"), "comment", comment)
    decide(db, comment, "clear_reactions")
    assert db.execute("select from public.comment_reactions").fetchall() == []


def members(db: Connection, room: uuid.UUID) -> set[uuid.UUID]:
    """Who is in a room."""
    rows = db.execute(
        "select user_id from public.room_members where room_id = %s", [room]
    ).fetchall()
    return {row["user_id"] for row in rows}


def test_who_said_it_is_put_out_of_the_room(db: Connection, ben: Actor) -> None:
    room, message = said(db)
    # A ban that is over is none.
    db.execute(
        "insert into public.room_bans (room_id, user_id, until)"
        " values (%s, %s, now() - interval '1 day')",
        [room, ben.id],
    )
    decide(db, message, "kick_from_room")
    assert ben.id not in members(db, room)
    assert sent_to(db, f"user:{ben.id}", "removed_from_room") == [
        {"room_id": str(room), "is_banned": False, "until": None}
    ]
    ben.call("join_room", room_id=room)


def test_who_said_it_is_kept_out_of_the_room_for_a_while(db: Connection, ben: Actor) -> None:
    room, message = said(db)
    row = db.execute("select now() + interval '1 day' as at").fetchone()
    assert row is not None
    decide(db, message, "kick_from_room", until=row["at"])
    assert ben.id not in members(db, room)
    (payload,) = sent_to(db, f"user:{ben.id}", "removed_from_room")
    assert (payload["is_banned"], payload["until"] is None) == (True, False)
    with refused(403, "banned_from_room"):
        ben.call("join_room", room_id=room)
    (mine,) = ben.rows("my_sanctions")
    assert (mine["kind"], mine["room_id"]) == ("ban", room)


def queued(db: Connection) -> list[uuid.UUID]:
    """Whose songs wait."""
    rows = db.execute(
        "select added_by from public.queue_items where status = 'queued' order by 1"
    ).fetchall()
    return [row["added_by"] for row in rows]


def djs(db: Connection) -> set[uuid.UUID]:
    """Who is in the rotation."""
    return {
        row["user_id"] for row in db.execute("select user_id from public.rotation_slots").fetchall()
    }


def test_a_dj_is_removed_and_their_songs_too(db: Connection, ben: Actor) -> None:
    room, _ = playing(db)
    enter_room(db, room, "eve")
    for action in ("remove_dj", "clear_queue"):
        report(actor(db, "eve"), "profile", ben.id, room_id=room)
        decide(db, ben.id, action)
    assert djs(db) == {person_id("cleo")}
    assert ben.id not in queued(db)
    assert person_id("cleo") in queued(db)


def test_of_a_room_who_plays_is_removed_and_all_that_waits(db: Connection) -> None:
    room, _ = playing(db)
    report(actor(db, "eve"), "room", room)
    decide(db, room, "remove_dj")
    assert len(djs(db)) == 1
    report(actor(db, "eve"), "room", room)
    decide(db, room, "clear_queue")
    assert queued(db) == []


def test_whom_the_host_lets_add_tracks_is_removed_from_those(db: Connection, ben: Actor) -> None:
    room, session = on_air(db, "artist", "ben", "eve")
    adds = "insert into public.session_contributors (session_id, user_id) values (%s, %s)"
    for name in ("ben", "cleo"):
        db.execute(adds, [session, person_id(name)])
    report(actor(db, "eve"), "profile", ben.id, room_id=room)
    decide(db, ben.id, "remove_dj")
    left = db.execute("select user_id from public.session_contributors").fetchall()
    assert left == [{"user_id": person_id("cleo")}]
    # Once more there is nothing left of it.
    report(actor(db, "eve"), "profile", ben.id, room_id=room)
    with refused(409, "nothing_to_do"):
        decide(db, ben.id, "remove_dj")


def test_who_has_left_or_owns_the_room_is_not_put_out_of_it(db: Connection, ben: Actor) -> None:
    room, message = said(db)
    ben.call("leave_room", room_id=room)
    with refused(409, "nothing_to_do"):
        decide(db, message, "kick_from_room")
    report(actor(db, "eve"), "profile", person_id("ada"), room_id=room)
    with refused(409, "owner_must_transfer"):
        decide(db, person_id("ada"), "kick_from_room")
    report(actor(db, "eve"), "room", room)
    for action in ("kick_from_room", "clear_reactions"):
        with refused(422, "action_unfit"):
            decide(db, room, action)


def test_where_nothing_plays_there_is_nothing_to_do(db: Connection) -> None:
    _, message = said(db)
    for action in ("remove_dj", "clear_queue"):
        with refused(409, "nothing_to_do"):
            decide(db, message, action)


@pytest.mark.parametrize(
    ("action", "token"),
    [
        ("explode", "action_unknown"),
        ("remove_dj", "action_unfit"),
        ("clear_queue", "action_unfit"),
        ("clear_reactions", "action_unfit"),
        ("kick_from_room", "action_unfit"),
    ],
)
def test_what_does_not_fit_a_post_is_refused(
    db: Connection, ben: Actor, action: str, token: str
) -> None:
    report(proven(db), "post", post := ben.post())
    with refused(422, token):
        decide(db, post, action)
    with refused(422, "until_not_here"):
        decide(db, post, "hide", until="2100-01-01")
    with refused(422, "note_too_long"):
        decide(db, post, "hide", note="x" * 1001)
    assert action in (*ACTIONS, "explode")


def test_a_profile_is_hidden_not_deleted(db: Connection, ben: Actor) -> None:
    report(proven(db), "profile", ben.id)
    with refused(422, "action_unfit"):
        decide(db, ben.id, "delete")
    decide(db, ben.id, "hide")
    stranger = actor(db, "stranger")
    assert stranger.run("select from public.profiles where username = 'ben'") == []
    # They go on, and are told.
    ben.post()
    assert told(db, "ben") == ["hide"]


def test_nobody_is_sanctioned_for_what_is_nobodys(db: Connection) -> None:
    report(proven(db), "track", song := make_song(db))
    with refused(409, "nobody_to_sanction"):
        decide(db, song, "ban")
    decide(db, song, "hide")
