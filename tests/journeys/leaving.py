"""A person who has left something everywhere: marked, to be searched for and found again."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

from tests.catalogue import join_crate, listen, make_crate, make_song, make_upload, put
from tests.database import Actor, Connection, actor, person_id
from tests.journeys.leaving_detections import be_checked
from tests.journeys.leaving_money import earn, trade
from tests.journeys.leaving_rights import prove
from tests.journeys.leaving_rooms import gather, go_live, play
from tests.journeys.leaving_trust import complain
from tests.journeys.traces import LEAVER, VOCABULARY, add, fill, markers, store


def leave_traces(db: Connection) -> set[str]:
    """Let the leaver write a different marker wherever they can; the markers."""
    new = markers()
    db.execute("update private.rate_limit_rules set capacity = 100000")
    db.execute("update private.settings set value = 0 where name = 'username_change_days'")
    leaver = actor(db, LEAVER)
    _describe(leaver, db, new)
    _post(leaver, db, new)
    _meet(leaver, db)
    _comment(leaver, db, new)
    _talk(leaver, db, new)
    _collect(leaver, db, new)
    go_live(leaver, db, new)
    gather(leaver, db, new)
    _hear(leaver, db, new)
    play(leaver, db, new)
    earn(leaver, db)
    trade(leaver, db, new)
    be_checked(leaver, db, new)
    prove(leaver, db, new)
    complain(leaver, db, new)
    _sign_in(person_id(LEAVER), db, new)
    last = int(next(new)[6:9])
    return {f"marker{number:03d}x" for number in range(1, last)}


def _describe(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    for _ in range(2):
        leaver.call("change_username", username=next(new))
    for _ in range(2):
        path = f"{leaver.id}/{next(new)}.png"
        store(db, leaver.id, "avatars", path, next(new))
        leaver.run("update public.profiles set avatar_path = %s where id = %s", path, leaver.id)
    leaver.run(
        "update public.profiles set display_name = %s, bio = %s where id = %s",
        next(new),
        f"I am {next(new)}.",
        leaver.id,
    )
    leaver.run("update public.artist_profiles set links = %s", [f"https://{next(new)}.test/"])
    db.execute(
        "insert into private.artist_accounts (profile_id, stripe_account_id) values (%s, %s)",
        [leaver.id, next(new)],
    )
    db.execute(
        "insert into private.staff (user_id, role, granted_by) values (%s, 'moderator', %s)",
        [leaver.id, person_id("rooty")],
    )


def _post(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    leaver.post(f"{next(new)} plays #jazz and #{next(new)}")
    edited = leaver.post(next(new))
    leaver.call("edit_post", post_id=edited, body=next(new))
    for visibility in ("followers", "mutuals", "private"):
        leaver.post(next(new), visibility=visibility)
    for _ in range(2):
        path = f"{leaver.id}/{next(new)}-{uuid.uuid4()}.jpg"
        store(db, leaver.id, "post-media", path, next(new))
        media = leaver.call("create_post", kind="media", body=next(new), media_paths=[path])["id"]
    leaver.call("delete_post", post_id=media)
    row = db.execute(
        "select private.enqueue('letters', jsonb_build_object('to', %s::text), %s) as id",
        [next(new), leaver.id],
    ).fetchone()
    assert row is not None
    service = actor(db, "service")
    service.rows("backend.claim_outbox", topic="letters")
    service.call("backend.finish_outbox", id=row["id"], ok=False, error=f"no {next(new)} there")


def _meet(leaver: Actor, db: Connection) -> None:
    """Follows, requests, likes, reposts, blocks and mutes in both directions."""
    ben, cleo, dan, stranger = (actor(db, name) for name in ("ben", "cleo", "dan", "stranger"))
    name = leaver.call("my_account")["profile"]["username"]
    for friend in (ben, cleo):
        friend.call("follow", username=name)
        leaver.call("follow", username=friend.name)
    cleo.call("follow", username="ben")
    ben.call("follow", username="cleo")
    dan.run("update public.profiles set is_private = true where id = %s", dan.id)
    leaver.call("follow", username="dan")
    db.execute("insert into public.follow_requests values (%s, %s)", [leaver.id, stranger.id])
    (theirs,) = db.execute(
        "select id from public.posts where author_id = %s and body like '%%#jazz%%'", [leaver.id]
    ).fetchall()
    post_id = cleo.post("also #jazz")
    for one, other in ((leaver, post_id), (cleo, theirs["id"]), (ben, theirs["id"])):
        one.call("set_like", target_kind="post", target_id=other, liked=True)
        one.call("repost", post_id=other)
    leaver.call("mute", username="modesty")
    modesty = actor(db, "modesty")
    modesty.call("mute", username=name)
    leaver.call("block", username="admiral")
    db.execute("insert into public.blocks values (%s, %s)", [person_id("rooty"), leaver.id])


def _comment(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    """Comments of the leaver's and on what is theirs, mentions and reactions both ways."""
    cleo = actor(db, "cleo")
    name = leaver.call("my_account")["profile"]["username"]
    (theirs,) = db.execute(
        "select id from public.posts where author_id = %s and body like '%%#jazz%%'", [leaver.id]
    ).fetchall()
    for one, other, post in (
        (leaver, cleo, cleo.post("talk")),
        (cleo, leaver, theirs["id"]),
    ):
        about = {"target_kind": "post", "target_id": post}
        words = f"@cleo {next(new)}" if one is leaver else f"what does @{name} say?"
        root = one.call("create_comment", **about, body=words, client_id=uuid.uuid4())["id"]
        words = f"@{name} says so" if other is cleo else next(new)
        other.call("create_comment", **about, body=words, parent_id=root)
        for person in (one, other):
            person.call("set_reaction", comment_id=root, emoji="🔥", present=True)
        other.call("set_like", target_kind="comment", target_id=root, liked=True)


def _talk(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    """Conversations with ben and in a group, and one that nobody has answered."""
    ben = actor(db, "ben")
    name = leaver.call("my_account")["profile"]["username"]
    leaver.call("set_dm_permission", permission="everyone")
    pair = ben.call("start_conversation", usernames=[name])["id"]
    first = ben.call("send_direct_message", conversation_id=pair, body="are you there?")["id"]
    group = leaver.call("start_conversation", usernames=["ben", "cleo"], title="Band")["id"]
    alone = leaver.call("start_conversation", usernames=["dan"])["id"]
    for conversation, reply_to in ((pair, first), (group, None), (alone, None), (pair, None)):
        message = leaver.call(
            "send_direct_message",
            conversation_id=conversation,
            body=next(new),
            client_id=uuid.uuid4(),
            reply_to=reply_to,
        )["id"]
    leaver.call("delete_direct_message", message_id=message)
    ben.call("send_direct_message", conversation_id=pair, body="see you", reply_to=first)


def _hear(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    """Notifications and activity, told and still to be told, of the leaver and to them."""
    ben = actor(db, "ben")
    leaver.call("set_notification_preference", kind="like", channel="push", is_enabled=True)
    leaver.call("set_quiet_hours", starts="22:00", ends="07:00")
    leaver.call(
        "register_push_token",
        token=f"ExponentPushToken[{next(new)}]",
        platform="ios",
        device_name=next(new),
    )
    told = [
        db.execute(
            "select private.notify(%s, 'badge', %s, null, null, null, %s) as id",
            [to.id, by.id, json.dumps({"name": next(new)})],
        ).fetchone()
        for to, by in ((leaver, ben), (ben, leaver))
    ]
    assert None not in told
    for who, of, name in ((leaver, ben, "Early bird"), (ben, leaver, next(new))):
        event = db.execute(
            "select private.record_activity('badge_earned', %s, null, null, data => %s) as id",
            [of.id, json.dumps({"name": name})],
        ).fetchone()
        assert event is not None
        who.call("set_activity_reaction", event_id=event["id"], kind="clap", present=True)
    db.execute(
        "insert into private.like_changes values (%s, 'post', gen_random_uuid())", [leaver.id]
    )
    for one, other in ((leaver.id, person_id("ben")), (person_id("ben"), leaver.id)):
        db.execute(
            "insert into private.told_and_taken_back"
            " (recipient_id, actor_id, kind, target_kind, target_id)"
            " values (%s, %s, 'like', 'post', gen_random_uuid())",
            [one, other],
        )


def _collect(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    """A track, crates, items, plays."""
    cover = f"{leaver.id}/{next(new)}-{uuid.uuid4()}.png"
    picture = f"{leaver.id}/{next(new)}-{uuid.uuid4()}.png"
    track = make_upload(
        db,
        LEAVER,
        title=next(new),
        artist_name=next(new),
        artwork_path=picture,
        artwork_url=f"https://{next(new)}.test/",
    )
    crate = make_crate(
        db,
        LEAVER,
        title=next(new),
        description=next(new),
        cover_path=cover,
        mood=next(new),
        tags=[next(new)],
    )
    theirs = make_crate(db, "cleo")
    for place, into in enumerate((crate, theirs)):
        item = put(db, into, track, place)
        db.execute(
            "update public.crate_items set note = %s, added_by = %s where id = %s",
            [next(new), leaver.id, item],
        )
    song = make_song(db)
    item = put(db, theirs, song, 7)
    db.execute(
        "update public.crate_items set note = %s, added_by = %s where id = %s",
        [next(new), leaver.id, item],
    )
    join_crate(db, theirs, LEAVER)
    listen(db, LEAVER, song)
    db.execute(
        "insert into private.crate_plays (crate_id, hour, listener_id)"
        " values (%s, date_trunc('hour', now(), 'UTC'), %s)",
        [theirs, leaver.id],
    )


def _sign_in(identity: uuid.UUID, db: Connection, new: Iterator[str]) -> None:
    """What the auth server keeps: a marker in every column of text that it has."""
    session, token = uuid.uuid4(), uuid.uuid4()
    fill(db, "auth.users", new, {"id": identity}, skip=VOCABULARY["auth.users"])
    add(db, "auth.identities", new, {"id": uuid.uuid4(), "user_id": identity})
    add(db, "auth.sessions", new, {"id": session, "user_id": identity, "aal": "aal1"})
    add(
        db,
        "auth.refresh_tokens",
        new,
        {"id": str(token), "user_id": identity, "session_id": session},
    )
    method = {"code_challenge_method": "s256"}
    add(db, "auth.flow_state", new, {"id": uuid.uuid4(), "user_id": identity, **method})
    payload = {"actor_id": str(identity), "actor_username": next(new), "action": "login"}
    add(db, "auth.audit_log_entries", new, {"id": uuid.uuid4(), "payload": json.dumps(payload)})
