"""What a person who will leave leaves in rooms."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.catalogue import insert, make_song, make_upload
from tests.database import Actor, Connection, actor, person_id
from tests.journeys.traces import LEAVER
from tests.rooms import ban_from_room, be_seen, enter_room, make_invite, make_room

OVER = datetime(2026, 1, 1, tzinfo=UTC)


def go_live(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    """Streams in cleo's room that are over: one of the leaver's, one of hers they spoke in."""
    theirs = make_room(db, "cleo")
    for where, host, title in ((theirs, LEAVER, next(new)), (theirs, "cleo", "late")):
        stream = insert(
            db,
            "public.live_streams",
            room_id=where,
            host_id=person_id(host),
            title=title,
            started_at=OVER,
            ended_at=OVER,
            end_reason="ended",
        )
        for name, by in ((LEAVER, "cleo"), ("ben", LEAVER)):
            db.execute(
                "insert into public.live_speakers (stream_id, user_id, granted_by)"
                " values (%s, %s, %s)",
                [stream, person_id(name), person_id(by)],
            )
        db.execute(
            "insert into public.live_participants"
            " (stream_id, session_id, user_id, joined_at, left_at) values (%s, 'PA_1', %s, %s, %s)",
            [stream, leaver.id, OVER, OVER],
        )


def gather(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    """A room nobody else is in, a place in cleo's, and all that ties people to rooms both ways."""
    room = make_room(
        db,
        LEAVER,
        slug=next(new),
        name=next(new),
        description=next(new),
        region=next(new),
        tags=[next(new)],
    )
    path = f"{room}/{next(new)}-{uuid.uuid4()}.png"
    db.execute("update public.rooms set avatar_path = %s where id = %s", [path, room])
    db.execute("update public.rooms set artist_id = owner_id")
    theirs, other = make_room(db, "cleo"), make_room(db, "cleo", "private")
    enter_room(db, theirs, LEAVER)
    be_seen(db, theirs, LEAVER)
    ban_from_room(db, other, LEAVER)
    make_invite(db, room, by=LEAVER, code=next(new))
    make_invite(db, other, LEAVER, by="cleo")
    for whose, of, by, message in (
        (other, LEAVER, "cleo", next(new)),
        (room, "ben", LEAVER, "please"),
    ):
        db.execute(
            "insert into public.join_requests"
            " (room_id, user_id, message, status, decided_by, decided_at)"
            " values (%s, %s, %s, 'approved', %s, now())",
            [whose, person_id(of), message, person_id(by)],
        )
    db.execute(
        "insert into public.room_bans (room_id, user_id, banned_by, reason)"
        " values (%s, %s, %s, %s)",
        [room, person_id("ben"), leaver.id, next(new)],
    )
    for name, subject, reason in ((LEAVER, "ben", next(new)), ("cleo", LEAVER, "noise")):
        db.execute(
            "insert into public.moderation_log"
            " (room_id, actor_id, action, subject_id, reason, before, after)"
            " values (%s, %s, 'member_banned', %s, %s, '{}', '{}')",
            [theirs, person_id(name), person_id(subject), reason],
        )
    _chat(leaver, db, new, theirs, room)


def _chat(
    leaver: Actor, db: Connection, new: Iterator[str], theirs: uuid.UUID, own: uuid.UUID
) -> None:
    """What the leaver says in cleo's room and in their own, with reactions both ways, and mutes."""
    cleo = actor(db, "cleo")
    said = cleo.call("send_message", room_id=theirs, body="who is there?")["id"]
    for room, reply_to in ((theirs, said), (theirs, None), (own, None)):
        answer = leaver.call(
            "send_message",
            room_id=room,
            body=next(new),
            client_id=uuid.uuid4(),
            reply_to_id=reply_to,
            track_id=make_song(db),
        )["id"]
    leaver.call("pin_message", message_id=answer)
    mine = leaver.call("send_message", room_id=theirs, body=next(new))["id"]
    cleo.call("send_message", room_id=theirs, body="really?", reply_to_id=mine)
    leaver.call("edit_message", message_id=mine, body=next(new))
    for person, message in ((leaver, said), (cleo, mine)):
        person.call("react", message_id=message, emoji="🔥")
    gone = leaver.call("send_message", room_id=theirs, body="gone")["id"]
    leaver.call("delete_message", message_id=gone)
    name = leaver.call("my_account")["profile"]["username"]
    cleo.call("mute_member", room_id=theirs, username=name, minutes=5)
    db.execute(
        "insert into public.room_mutes (room_id, user_id, muted_by, until)"
        " values (%s, %s, %s, now() + interval '5 minutes')",
        [theirs, person_id("finn"), leaver.id],
    )


def play(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    """A session the leaver runs and skips in, and one of cleo's where they are a DJ and vote."""
    cleo = actor(db, "cleo")
    room, theirs = make_room(db, LEAVER), make_room(db, "cleo")
    enter_room(db, theirs, LEAVER)
    be_seen(db, theirs, LEAVER)
    own = leaver.call("start_session", room_id=room, mode="artist")["id"]
    track = make_upload(db, LEAVER, title=next(new), artist_name=next(new))
    leaver.call("enqueue_track", session_id=own, track_id=track)
    leaver.call("skip_track", session_id=own, expected_sequence=1, reason=next(new))
    again = make_upload(db, LEAVER, title=next(new), artist_name=next(new))
    leaver.call("enqueue_track", session_id=own, track_id=again)

    session = cleo.call("start_session", room_id=theirs, mode="fan")["id"]
    db.execute(
        "insert into public.session_contributors (session_id, user_id) values (%s, %s)",
        [session, leaver.id],
    )
    for somebody in (cleo, leaver):
        somebody.call("join_rotation", session_id=session)
        somebody.call("enqueue_track", session_id=session, track_id=make_song(db))
    playing = cleo.call("session_state", session_id=session)["now_playing"]["item"]["id"]
    leaver.call("vote_track", item_id=playing, value=1)
    db.execute(
        "insert into public.skip_votes (item_id, user_id) values (%s, %s)", [playing, leaver.id]
    )
