"""A person who has left something everywhere: marked, searched for and found again."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from psycopg import sql

from tests.boards import roll_up
from tests.catalogue import insert, join_crate, listen, make_crate, make_song, make_upload, put
from tests.database import Actor, Connection, actor, person_id
from tests.rooms import ban_from_room, be_seen, enter_room, make_invite, make_room

LEAVER = "ada"
OVER = datetime(2026, 1, 1, tzinfo=UTC)
MARKER = re.compile(r"marker\d{3}x")
# Columns of text that hold words of ours and nothing of a person's.
VOCABULARY = {
    "auth.flow_state": {"code_challenge_method"},
    "auth.users": {"aud", "role"},
    "private.feed_entries": {"audience"},
    "private.hidden_profiles": {"reason"},
    "private.like_changes": {"target_kind"},
    "private.told_and_taken_back": {"kind", "target_kind"},
    "private.board_tops": {"cursor", "veiled_cursor"},
    "private.deeds": {"rule", "cause"},
    "private.score_changes": {"metric", "genre"},
    "private.outbox": {"topic"},
    "private.rate_limit_buckets": {"action"},
    "private.staff": {"role"},
    "public.activity_events": {
        "kind",
        "target_kind",
        "visibility",
        "collapse_key",
        "reactions",
    },
    "public.activity_reactions": {"reaction"},
    "public.badge_awards": {"badge_code", "context"},
    "public.comment_reactions": {"emoji"},
    "public.comments": {"target_kind", "hidden_by", "reactions"},
    "public.conversation_members": {"state"},
    "public.credit_entries": {"kind", "cause"},
    "public.entitlement_grants": {"plan", "source"},
    "public.message_reactions": {"emoji"},
    "public.messages": {"kind", "code", "data", "reactions"},
    "public.message_settings": {"dm_permission"},
    "public.crate_collaborators": {"role"},
    "public.crates": {"genre", "visibility", "audience"},
    "public.join_requests": {"status"},
    "public.likes": {"target_kind"},
    # What the LiveKit server calls a connection.
    "public.live_participants": {"session_id"},
    "public.live_streams": {"end_reason"},
    "public.moderation_log": {"action", "data"},
    "public.notification_preferences": {"kind", "channel"},
    "public.notifications": {"kind", "target_kind", "group_key"},
    "public.plays": {"source"},
    "public.point_events": {"rule", "cause", "withheld", "season"},
    "public.posts": {"kind", "visibility", "audience"},
    "public.profiles": {"kind", "genres", "time_zone"},
    "public.progression": {"season"},
    "public.quest_claims": {"period_key"},
    "public.push_tokens": {"platform"},
    "public.streaks": {"kind", "kept_in", "counted_in"},
    "public.dj_sessions": {"mode", "status"},
    "public.season_results": {"season", "tier"},
    "public.queue_items": {"status"},
    "public.room_history": {"mode"},
    "public.room_invites": {"role"},
    "public.room_members": {"role"},
    "public.rooms": {"kind", "visibility", "genre"},
    "public.tracks": {
        "provider",
        "provider_track_id",
        "isrc",
        "genre",
        "musical_key",
        "kind",
        "file_format",
        "status",
        "removed_from",
    },
}
TEXT_KINDS = ("text", "varchar", "bpchar", "_text", "_varchar", "json", "jsonb", "name")


def text_columns(db: Connection, table: str) -> dict[str, str]:
    """The columns of a table that can hold text, with their types; generated ones left out."""
    rows = db.execute(
        "select attribute.attname::text as name, type.typname::text as kind"
        " from pg_attribute as attribute join pg_type as type on type.oid = attribute.atttypid"
        " where attribute.attrelid = %s::regclass and attribute.attnum > 0"
        " and not attribute.attisdropped and attribute.attgenerated = ''",
        [table],
    ).fetchall()
    return {row["name"]: row["kind"] for row in rows if row["kind"] in TEXT_KINDS}


def data_map(db: Connection) -> list[dict[str, Any]]:
    return db.execute("select * from private.data_map order by table_name").fetchall()


def found(db: Connection, pattern: str) -> dict[str, set[str]]:
    """Each column of each table of all schemas that holds text like this, with what matched."""
    tables = db.execute(
        "select schema.nspname as schema, relation.relname as name"
        " from pg_class as relation join pg_namespace as schema on schema.oid = relnamespace"
        " where relation.relkind in ('r', 'p', 'm')"
        " and schema.nspname !~ '^pg_' and schema.nspname <> 'information_schema' order by 1, 2"
    ).fetchall()
    assert {"auth", "private", "public", "realtime", "storage"} <= {row["schema"] for row in tables}
    places: dict[str, set[str]] = {}
    for table in tables:
        query = sql.SQL(
            "select distinct field.key as column, match[1] as what"
            " from {} as row cross join lateral jsonb_each_text(to_jsonb(row)) as field"
            " cross join lateral regexp_matches(field.value, %s, 'gi') as match"
        ).format(sql.Identifier(table["schema"], table["name"]))
        for row in db.execute(query, [f"({pattern})"]).fetchall():
            place = f"{table['schema']}.{table['name']}.{row['column']}"
            places.setdefault(place, set()).add(row["what"].lower())
    return places


def markers() -> Iterator[str]:
    return (f"marker{number:03d}x" for number in itertools.count(1))


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
    _go_live(leaver, db, new)
    _gather(leaver, db, new)
    _hear(leaver, db, new)
    _play(leaver, db, new)
    _earn(leaver, db)
    _sign_in(person_id(LEAVER), db, new)
    last = int(next(new)[6:9])
    return {f"marker{number:03d}x" for number in range(1, last)}


def _describe(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    for _ in range(2):
        leaver.call("change_username", username=next(new))
    for _ in range(2):
        path = f"{leaver.id}/{next(new)}.png"
        _store(db, leaver.id, "avatars", path, next(new))
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
        _store(db, leaver.id, "post-media", path, next(new))
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


def _go_live(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
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


def _earn(leaver: Actor, db: Connection) -> None:
    db.execute("select private.award(%s, 'daily_login', 'login:of old')", [leaver.id])
    db.execute("select private.award(%s, 'crate_item_received', 'crate:of old')", [leaver.id])
    db.execute("select private.grant_credits(%s, 'earned_level_up', 110, 'level:2')", [leaver.id])
    leaver.call("redeem_credits", months=1)
    db.execute("insert into private.artists_heard values (%s, gen_random_uuid())", [leaver.id])
    db.execute(
        "update public.progression set artists_discovered = 1 where user_id = %s", [leaver.id]
    )
    db.execute("update public.quests set target = 1 where name = 'Spread some love'")
    (quest,) = [row for row in leaver.rows("my_quests") if row["name"] == "Spread some love"]
    leaver.call("claim_quest", quest_id=quest["id"])
    actor(db, "rooty").call(
        "award_badge",
        username=leaver.call("my_account")["profile"]["username"],
        badge_code="early_bird",
        note="hello",
    )
    roll_up(db)
    db.execute("select private.award(%s, 'crate_item_received', 'crate:of new')", [leaver.id])
    db.execute(
        "insert into public.season_results (user_id, season, rank, score, tier, credits)"
        " select %s, code, 7, 30, 'bronze', 100 from public.seasons where status = 'active'",
        [leaver.id],
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


def _gather(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
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
            "insert into public.moderation_log (room_id, actor_id, action, subject_id, reason)"
            " values (%s, %s, 'member_banned', %s, %s)",
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


def _play(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
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


def _sign_in(identity: uuid.UUID, db: Connection, new: Iterator[str]) -> None:
    """What the auth server keeps: a marker in every column of text that it has."""
    session, token = uuid.uuid4(), uuid.uuid4()
    _fill(db, "auth.users", new, {"id": identity}, skip=VOCABULARY["auth.users"])
    _add(db, "auth.identities", new, {"id": uuid.uuid4(), "user_id": identity})
    _add(db, "auth.sessions", new, {"id": session, "user_id": identity, "aal": "aal1"})
    _add(
        db,
        "auth.refresh_tokens",
        new,
        {"id": str(token), "user_id": identity, "session_id": session},
    )
    method = {"code_challenge_method": "s256"}
    _add(db, "auth.flow_state", new, {"id": uuid.uuid4(), "user_id": identity, **method})
    payload = {"actor_id": str(identity), "actor_username": next(new), "action": "login"}
    _add(db, "auth.audit_log_entries", new, {"id": uuid.uuid4(), "payload": json.dumps(payload)})


def _value(kind: str, marker: str) -> str:
    return json.dumps({"kept": marker}) if kind in ("json", "jsonb") else marker


def _add(db: Connection, table: str, new: Iterator[str], fixed: dict[str, Any]) -> None:
    marked = {
        name: _value(kind, next(new))
        for name, kind in text_columns(db, table).items()
        if name not in fixed
    }
    values = {**marked, **fixed}
    db.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(*table.split(".")),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        ),
        list(values.values()),
    )


def _fill(
    db: Connection, table: str, new: Iterator[str], key: dict[str, Any], skip: set[str]
) -> None:
    ((key_column, key_value),) = key.items()
    for name, kind in text_columns(db, table).items():
        if name in skip:
            continue
        db.execute(
            sql.SQL("update {} set {} = %s where {} = %s").format(
                sql.Identifier(*table.split(".")), sql.Identifier(name), sql.Identifier(key_column)
            ),
            [_value(kind, next(new)), key_value],
        )


def _store(db: Connection, owner: uuid.UUID | None, bucket: str, name: str, note: str) -> None:
    db.execute(
        "insert into storage.objects (bucket_id, name, owner, owner_id, user_metadata)"
        " values (%s, %s, %s, %s, jsonb_build_object('note', %s::text))",
        [bucket, name, owner, str(owner), note],
    )
