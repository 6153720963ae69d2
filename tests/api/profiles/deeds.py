"""What people do that ties ada to others: each deed, and how it is refused while she goes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.api.social.talking import opens, say, start
from tests.api.social.test_told_of import comment
from tests.catalogue import make_crate, make_song
from tests.database import Actor, Connection, actor, person_id
from tests.rooms import be_seen, enter_room, make_room

Refusal = tuple[str, str] | None
Ids = dict[str, Any]

GONE = ("PT404", "profile_not_found")
LEAVING = ("PT403", "account_deactivated")
ERASED = ("PT401", "account_gone")
FORMAT: dict[str, Any] = {"genre": "ambient", "duration_ms": 60_000, "file_format": "mp3"}


@dataclass(frozen=True)
class Deed:
    """What somebody does, and the refusals: while ada begins to leave, and while she is erased."""

    who: str
    act: Callable[[Actor, Ids], Any]
    leaving: Refusal
    erased: Refusal
    private: str = ""


def calls(function: str, **arguments: Any) -> Callable[[Actor, Ids], Any]:
    """Call an RPC; what is written as $name is an id of the stage, or a new one."""

    def value(ids: Ids, given: Any) -> Any:
        if given == "$new":
            return uuid.uuid4()
        if isinstance(given, str) and given.startswith("$"):
            return ids[given[1:]]
        return given

    return lambda who, ids: who.call(
        function, **{name: value(ids, given) for name, given in arguments.items()}
    )


def hers(function: str, *, private: str = "", **arguments: Any) -> Deed:
    """Ada does something herself."""
    return Deed("ada", calls(function, **arguments), LEAVING, ERASED, private)


def to_her(
    who: str, function: str, refusal: Refusal = GONE, *, private: str = "", **arguments: Any
) -> Deed:
    """Somebody does something to ada, which is refused however she goes."""
    return Deed(who, calls(function, **arguments), refusal, refusal, private)


def with_hers(who: str, function: str, erased: Refusal, **arguments: Any) -> Deed:
    """Somebody does something with what is ada's, which is there until she is erased."""
    return Deed(who, calls(function, **arguments), None, erased)


def like(kind: str, target: str) -> dict[str, Any]:
    return {"target_kind": kind, "target_id": target, "liked": True}


SAID = {"body": "x"}
DEEDS: dict[str, Deed] = {
    "follows her": to_her("ben", "follow", username="ada"),
    "inserts a follow": Deed(
        "ben",
        lambda ben, ids: ben.run(
            "insert into public.follows (followee_id) values (%s)", ids["ada"]
        ),
        GONE,
        GONE,
    ),
    "asks to follow her": to_her("ben", "follow", private="ada", username="ada"),
    "lets her follow": to_her(
        "dan", "decide_follow_request", private="dan", username="ada", approve=True
    ),
    "blocks her": to_her("ben", "block", username="ada"),
    "mutes her": to_her("ben", "mute", username="ada"),
    "lets her into a crate": to_her(
        "ben", "set_crate_collaborator", crate_id="$his_crate", username="ada", role="editor"
    ),
    "invites her": to_her("ben", "invite_to_room", room_id="$closed", username="ada"),
    "puts her out": to_her("ben", "remove_member", room_id="$room", username="ada", ban_minutes=60),
    "bans her where she never was": to_her(
        "ben", "remove_member", room_id="$closed", username="ada", ban_minutes=60
    ),
    "mutes her in a room": to_her(
        "ben", "mute_member", room_id="$room", username="ada", minutes=60
    ),
    "makes her a moderator": to_her(
        "ben", "set_member_role", room_id="$room", username="ada", role="moderator"
    ),
    "lets her fill the queue": to_her(
        "ben", "set_contributor", session_id="$session", username="ada", is_allowed=True
    ),
    "names her": to_her(
        "ben", "create_comment", None, target_kind="post", target_id="$post", body="@ada"
    ),
    "writes to her": to_her(
        "ben", "send_direct_message", ("PT409", "recipient_gone"), conversation_id="$pair", **SAID
    ),
    "begins to write to her": to_her("dan", "start_conversation", usernames=["ada"]),
    "gathers a group with her": to_her(
        "dan", "start_conversation", usernames=["ben", "ada"], title="x"
    ),
    "takes her into a group": to_her(
        "ben", "add_to_conversation", conversation_id="$others", usernames=["ada"]
    ),
    "likes her post": with_hers(
        "ben", "set_like", ("PT404", "post_not_found"), **like("post", "$her_post")
    ),
    "likes her comment": with_hers(
        "ben", "set_like", ("PT404", "comment_not_found"), **like("comment", "$hers")
    ),
    "likes her crate": with_hers(
        "ben", "set_like", ("PT404", "crate_not_found"), **like("crate", "$crate")
    ),
    "likes what she did": with_hers(
        "ben", "set_like", ("PT404", "activity_not_found"), **like("activity_event", "$her_event")
    ),
    "reacts to what she did": with_hers(
        "ben",
        "set_activity_reaction",
        ("PT404", "activity_not_found"),
        event_id="$her_event",
        kind="clap",
        present=True,
    ),
    "reposts her post": with_hers(
        "ben", "repost", ("PT404", "post_not_found"), post_id="$her_post"
    ),
    "comments on her post": with_hers(
        "ben",
        "create_comment",
        ("PT404", "post_not_found"),
        target_kind="post",
        target_id="$her_post",
        **SAID,
    ),
    "answers her comment": with_hers(
        "ben",
        "create_comment",
        ("PT404", "comment_not_found"),
        target_kind="post",
        target_id="$post",
        parent_id="$hers",
        **SAID,
    ),
    "she follows": hers("follow", username="ben"),
    "she asks to follow": hers("follow", private="ben", username="ben"),
    "she lets somebody follow": hers(
        "decide_follow_request", private="ada", username="eve", approve=True
    ),
    "she lets somebody not follow": hers(
        "decide_follow_request", private="ada", username="eve", approve=False
    ),
    "she blocks": hers("block", username="ben"),
    "she mutes": hers("mute", username="ben"),
    "she posts": hers("create_post", kind="text", **SAID),
    "she reposts": hers("repost", post_id="$post"),
    "she likes a post": hers("set_like", **like("post", "$post")),
    "she likes a comment": hers("set_like", **like("comment", "$comment")),
    "she likes a track": hers("set_like", **like("track", "$song")),
    "she likes a crate": hers("set_like", **like("crate", "$his_crate")),
    "she likes a message": hers("set_like", **like("message", "$message")),
    "she likes what was done": hers("set_like", **like("activity_event", "$event")),
    "she likes no more": hers("set_like", target_kind="post", target_id="$liked", liked=False),
    "she reacts to what was done": hers(
        "set_activity_reaction", event_id="$event", kind="fire", present=True
    ),
    "she comments": hers("create_comment", target_kind="post", target_id="$post", **SAID),
    "she comments on a track": hers(
        "create_comment", target_kind="track", target_id="$song", **SAID
    ),
    "she reacts to a comment": hers(
        "set_reaction", comment_id="$comment", emoji="🔥", present=True
    ),
    "she edits a comment": hers("edit_comment", comment_id="$hers", body="@ben"),
    "she makes a crate": hers("create_crate", title="x"),
    "she changes a crate": hers("update_crate", crate_id="$crate", title="x"),
    "she fills a crate": hers("add_to_crate", crate_id="$crate", track_id="$song"),
    "she begins an upload": hers("create_track", title="x", **FORMAT),
    "she names a track": hers(
        "resolve_track",
        provider="deezer",
        provider_track_id="4242",
        title="x",
        artist_name="x",
        duration_ms=60_000,
    ),
    "she listens": hers("record_play", track_id="$song", ms_played=40_000, client_event_id="$new"),
    "she listens to a crate": hers("record_crate_play", crate_id="$his_crate"),
    "she writes to him": hers("send_direct_message", conversation_id="$pair", **SAID),
    "she writes to a group": hers("send_direct_message", conversation_id="$group", **SAID),
    "she accepts what he wrote": hers("accept_message_request", conversation_id="$request"),
    "she declines what he wrote": hers("decline_message_request", conversation_id="$request"),
    "she begins to write": hers("start_conversation", usernames=["dan"]),
    "she takes somebody into a group": hers(
        "add_to_conversation", conversation_id="$group", usernames=["dan"]
    ),
    "she renames a group": hers("rename_conversation", conversation_id="$group", title="x"),
    "she makes a room": hers("create_room", name="x"),
    "she joins a room": hers("join_room", room_id="$open"),
    "she leaves a room": hers("leave_room", room_id="$room"),
    "she is in a room": hers("heartbeat", room_id="$room"),
    "she knocks": hers("request_to_join", room_id="$closed"),
    "she says something": hers("send_message", room_id="$room", **SAID),
    "she reacts in a room": hers("react", message_id="$said", emoji="🔥"),
    "she votes": hers("vote_track", item_id="$item", value=1),
    "she takes turns": hers("join_rotation", session_id="$turns"),
    "she hears of a device": hers(
        "register_push_token", token="ExponentPushToken[x]", platform="ios"
    ),
    "she wants no e-mail": hers(
        "set_notification_preference", kind="like", channel="email", is_enabled=True
    ),
}


def stage(db: Connection, private: str = "") -> Ids:
    """What ada and others have before she goes, one of them with a private profile."""
    ada, ben, cleo, dan, eve, finn = (
        actor(db, name) for name in ("ada", "ben", "cleo", "dan", "eve", "finn")
    )
    finn.call("start_conversation", usernames=["ada"])
    opens(ada, ben, cleo, dan)
    request = start(eve, "ada")
    db.execute(
        "update public.conversation_members set state = 'requested', is_accepted = false"
        " where conversation_id = %s and member_id = %s",
        [request, ada.id],
    )
    post, her_post = ben.post(), ada.post()
    room, opened = make_room(db, "ben"), make_room(db, "ben")
    closed = make_room(db, "ben", "private")
    fans = make_room(db, "ben")
    enter_room(db, fans, "ada")
    for name in ("ada", "cleo"):
        enter_room(db, room, name)
        # Whoever is looked at in a minute is still there.
        be_seen(db, room, name, seconds_ago=-3600)
        be_seen(db, fans, "ada", seconds_ago=-3600)
    session = ben.call("start_session", room_id=room, mode="public")["id"]
    songs = [make_song(db) for _ in range(3)]
    items = [
        cleo.call("enqueue_track", session_id=session, track_id=song)["id"] for song in songs[:2]
    ]
    pair = start(ben, "ada")
    her_crate = make_crate(db, "ada", title="Rain")
    for follower, followed in ((ben, "finn"), (ada, "finn"), (ben, "ada"), (ada, "cleo")):
        follower.call("follow", username=followed)
    ben.call("unfollow", username="ada")
    events = {
        row["actor_id"]: row["id"]
        for row in db.execute(
            "select actor_id, id from public.activity_events where kind = 'user_followed'"
            " and target_id = %s",
            [person_id("finn")],
        ).fetchall()
    }
    ada.call("set_like", target_kind="post", target_id=post, liked=True)
    liked, post = post, ben.post("another")
    ids: Ids = {
        "ada": ada.id,
        "post": post,
        "liked": liked,
        "her_post": her_post,
        "crate": her_crate,
        "his_crate": make_crate(db, "ben", title="Sun"),
        "comment": comment(ben, post),
        "hers": comment(ada, post),
        "pair": pair,
        "message": say(ben, pair),
        "request": request,
        "group": start(ben, "ada", "cleo", title="with her"),
        "others": start(ben, "cleo", title="without her"),
        "song": songs[2],
        "room": room,
        "open": opened,
        "closed": closed,
        "session": session,
        "turns": ben.call("start_session", room_id=fans, mode="fan")["id"],
        "item": items[1],
        "said": ben.call("send_message", room_id=room, body="hi")["id"],
        "event": events[ben.id],
        "her_event": events[ada.id],
    }
    if private:
        db.execute("update public.profiles set is_private = true where username = %s", [private])
        asks = {"ada": (eve, "ada"), "dan": (ada, "dan")}.get(private)
        if asks:
            asks[0].call("follow", username=asks[1])
    return ids


def tables(db: Connection) -> list[tuple[str, str]]:
    """Where rows of a person are, which must not outlive them: tables and columns."""
    rows = db.execute(
        "select table_name, person_column from private.data_map where on_erasure <> 'retain'"
        " order by 1, 2"
    ).fetchall()
    assert len(rows) > 60
    return [(row["table_name"], row["person_column"]) for row in rows]


def rows_left(db: Connection, name: str) -> dict[str, int]:
    """How many rows of somebody are where, by table and column; all but the audit trail."""
    counts = {
        f"{table}.{column}": f"select count(*) from {table} where {column} = '{person_id(name)}'"
        for table, column in tables(db)
    }
    return {place: number for place, number in _counted(db, counts).items() if number}


def everything(db: Connection) -> dict[str, int]:
    """How many rows each table of the data map has, but for what leaving itself writes."""
    leaving = {"private.account_deletions", "private.hidden_profiles"}
    return _counted(
        db,
        {table: f"select count(*) from {table}" for table, _ in tables(db) if table not in leaving},
    )


def _counted(db: Connection, counts: dict[str, str]) -> dict[str, int]:
    listed = ", ".join(f'({count}) as "{name}"' for name, count in counts.items())
    row = db.execute(f"select {listed}".encode()).fetchone()
    assert row is not None
    return row
