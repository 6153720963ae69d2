"""Every list of the API: it goes on from its own cursors and from no others."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.foundation.test_cursors import PLACE, encode, forge
from tests.boards import roll_up
from tests.catalogue import make_upload
from tests.database import Actor, Connection, Row, actor, refused
from tests.detections import checked
from tests.live import start_live
from tests.progression import pay
from tests.shop import Shop


@dataclass(frozen=True)
class Scene:
    """Ben, who reads, and who gives him something to read."""

    ada: Actor
    ben: Actor
    cleo: Actor


Prepare = Callable[[Scene], dict[str, Any]]


def followed(scene: Scene) -> dict[str, Any]:
    """Ben and Cleo follow Ada, and she Cleo."""
    for person, username in ((scene.ben, "ada"), (scene.cleo, "ada"), (scene.ada, "cleo")):
        person.call("follow", username=username)
    scene.ben.call("follow", username="cleo")
    return {"username": "ada"}


def posted(scene: Scene) -> uuid.UUID:
    """A post of Ada's that Ben likes."""
    post = scene.ada.post("#music")
    scene.ben.call("set_like", target_kind="post", target_id=post, liked=True)
    return post


def talked(scene: Scene) -> dict[str, Any]:
    """A post with a comment that is answered."""
    about = {"target_kind": "post", "target_id": posted(scene)}
    root = scene.ada.call("create_comment", **about, body="first")
    scene.cleo.call("create_comment", **about, body="second", parent_id=root["id"])
    return about | {"root": root["id"]}


def written(scene: Scene) -> uuid.UUID:
    """A conversation of Ben's with a message."""
    followed(scene)
    scene.ada.call("follow", username="ben")
    conversation: uuid.UUID = scene.ben.call("start_conversation", usernames=["ada"])["id"]
    scene.ben.call("send_direct_message", conversation_id=conversation, body="hello")
    return conversation


def done(call: str, **arguments: Any) -> Prepare:
    """What Ben does before he reads the list."""

    def prepare(scene: Scene) -> dict[str, Any]:
        scene.ben.call(call, **arguments)
        return {}

    return prepare


def request(scene: Scene) -> dict[str, Any]:
    scene.ben.run("update public.profiles set is_private = true where id = %s", scene.ben.id)
    scene.cleo.call("follow", username="ben")
    return {}


def with_post(**arguments: Any) -> Prepare:
    def prepare(scene: Scene) -> dict[str, Any]:
        followed(scene)
        posted(scene)
        return arguments

    return prepare


def comments(scene: Scene) -> dict[str, Any]:
    about = talked(scene)
    return {"target_kind": about["target_kind"], "target_id": about["target_id"]}


def conversing(scene: Scene) -> dict[str, Any]:
    written(scene)
    return {}


def told(scene: Scene) -> dict[str, Any]:
    scene.ada.call("follow", username="ben")
    return {}


def earning(scene: Scene) -> dict[str, Any]:
    """Ben has earned points and credits."""
    scene.ben.post()
    pay(scene.ben.connection)
    scene.ben.connection.execute(
        "select private.grant_credits(%s, 'earned_quest', 5, 'x')", [scene.ben.id]
    )
    return {}


def invoiced(scene: Scene) -> dict[str, Any]:
    """Ben has an invoice."""
    scene.ben.connection.execute(
        "insert into public.invoices (id, user_id, subscription_id, status, amount_minor,"
        " paid_minor, currency, created_at, version)"
        " values ('in_1', %s, 'sub_1', 'open', 999, 0, 'USD', now(), '[]')",
        [scene.ben.id],
    )
    return {}


def paid_out(scene: Scene) -> dict[str, Any]:
    """Ben is paid something."""
    scene.ben.connection.execute(
        "insert into public.payouts (seller_id, currency, amount_minor, is_requested)"
        " values (%s, 'USD', 2000, true)",
        [scene.ben.id],
    )
    return {}


def ranked(scene: Scene) -> dict[str, Any]:
    """Ada and Cleo, whom Ben follows, and he himself stand on boards."""
    followed(scene)
    for person in (scene.ada, scene.ben, scene.cleo):
        person.post()
    roll_up(scene.ben.connection)
    return {"board": "points"}


def trophies(scene: Scene) -> dict[str, Any]:
    """Ada has won a badge for her first post."""
    scene.ada.post()
    pay(scene.ada.connection)
    return {"username": "ada"}


def track(scene: Scene) -> uuid.UUID:
    """A track of another provider."""
    found = scene.cleo.call(
        "resolve_track",
        provider="spotify",
        provider_track_id="4uLU6hMCjMI75M1A2tKUQC",
        title="One",
        artist_name="Somebody",
        duration_ms=60_000,
    )
    identity: uuid.UUID = found["id"]
    return identity


def upload(scene: Scene, owner: str = "ada") -> dict[str, Any]:
    """A published upload."""
    person: Actor = getattr(scene, owner)
    draft = person.call(
        "create_track", title="Two", genre="house", duration_ms=60_000, file_format="mp3"
    )
    person.connection.execute(
        "insert into storage.objects (bucket_id, name, owner, metadata)"
        " values (%s, %s, %s, '{\"size\": 100000}')",
        [draft["bucket"], draft["path"], person.id],
    )
    person.connection.execute(
        "update private.settings set value = 1 where name = 'publish_without_detection'"
    )
    person.call("declare_rights", track_id=draft["track"]["id"], kind="original")
    person.call("submit_track", track_id=draft["track"]["id"])
    return {"username": owner}


def own_upload(scene: Scene) -> dict[str, Any]:
    scene.ben.call("become_artist")
    upload(scene, "ben")
    return {}


def crate(scene: Scene, owner: str = "ada") -> dict[str, Any]:
    """A public crate with a track, shared in a post, featured and played."""
    person: Actor = getattr(scene, owner)
    made = person.call("create_crate", title="Morning", genre="house")
    person.call("add_to_crate", crate_id=made["id"], track_id=track(scene))
    person.call("share_crate", crate_id=made["id"])
    scene.cleo.call("record_crate_play", crate_id=made["id"])
    return {"crate_id": made["id"]}


def own_crate(scene: Scene) -> dict[str, Any]:
    crate(scene, "ben")
    return {}


def crates(**arguments: Any) -> Prepare:
    def prepare(scene: Scene) -> dict[str, Any]:
        made = crate(scene)
        service = actor(scene.ben.connection, "service")
        service.rows("backend.refresh_trending")
        actor(scene.ben.connection, "admiral").call("feature_crate", **made, is_featured=True)
        return arguments

    return prepare


def room(scene: Scene) -> dict[str, Any]:
    """A public room of Ada's in which Ben is, and where hearts beat."""
    made = scene.ada.call("create_room", name="Listening", genre="house")
    scene.ben.call("join_room", room_id=made["id"])
    return {"room_id": made["id"]}


def rooms(scene: Scene) -> dict[str, Any]:
    room(scene)
    return {}


def session(scene: Scene) -> dict[str, Any]:
    """A session in that room, where something has played, plays and is queued."""
    here = room(scene)
    made = scene.ada.call("start_session", **here, mode="artist")["id"]
    for number in (301, 302, 303):
        song = {"title": "Three", "artist_name": "Somebody", "duration_ms": 60_000}
        found = scene.ada.call(
            "resolve_track", provider="deezer", provider_track_id=str(number), **song
        )
        scene.ada.call("enqueue_track", session_id=made, track_id=found["id"])
    scene.ada.call("skip_track", session_id=made, expected_sequence=1)
    return {**here, "session_id": made}


def live(scene: Scene) -> dict[str, Any]:
    """Ada is live in that room."""
    start_live(scene.ada.connection, uuid.UUID(room(scene)["room_id"]))
    return {}


def chat(scene: Scene) -> dict[str, Any]:
    """That room with a message, which is pinned."""
    made = room(scene)
    said = scene.ada.call("send_message", **made, body="hello")
    scene.ada.call("pin_message", message_id=said["id"])
    return made


def moderated(scene: Scene) -> dict[str, Any]:
    """That room with Ben as moderator, who has muted Cleo."""
    made = room(scene)
    scene.cleo.call("join_room", **made)
    scene.ada.call("set_member_role", **made, username="ben", role="moderator")
    scene.ben.call("mute_member", **made, username="cleo", minutes=5)
    return made


def banned(scene: Scene) -> dict[str, Any]:
    """That room, from which Ben has banned Cleo."""
    made = moderated(scene)
    scene.ben.call("remove_member", **made, username="cleo", ban_minutes=None)
    return made


def shopping(scene: Scene) -> dict[str, Any]:
    """Ben has bought a track of Ada's and she one of his; what he paid too much is held."""
    shop = Shop(scene.ben.connection)
    for buyer, seller in ((scene.ben, scene.ada), (scene.ada, scene.ben)):
        shop.buy(buyer.name, shop.track(seller.name, image_paths=[f"{seller.id}/cover.png"]))
    return {}


def reconciled(scene: Scene) -> dict[str, Any]:
    """The ledger was compared with what Stripe says, which Ben, an admin, may see."""
    scene.ben.connection.execute(
        "insert into private.staff (user_id, role) values (%s, 'admin')", [scene.ben.id]
    )
    actor(scene.ben.connection, "service").call(
        "backend.record_reconciliation",
        from_at="2026-01-01",
        to_at="2026-01-02",
        repaired=0,
        transactions="[]",
    )
    return {}


def quarantined(scene: Scene) -> dict[str, Any]:
    """Ben is an admin now, and Ada has paid for an order of hers that is over."""
    shop = Shop(scene.ben.connection)
    scene.ben.connection.execute(
        "insert into private.staff (user_id, role) values (%s, 'admin')", [scene.ben.id]
    )
    order = shop.place("ada", shop.track("cleo"))
    shop.expired(order)
    assert shop.paid(order) == "quarantined"
    return {}


def flagged(scene: Scene) -> dict[str, Any]:
    """Ben, a moderator, has uploaded something that looks as if a machine made it."""
    scene.ben.call("become_artist")
    db = scene.ben.connection
    db.execute("insert into private.staff (user_id, role) values (%s, 'moderator')", [scene.ben.id])
    checked(db, 90, "ben")
    return {}


def reported(scene: Scene) -> dict[str, Any]:
    """Cleo has reported a post of Ada's, which Ben, an admin, has warned her for."""
    db = scene.ben.connection
    db.execute("insert into private.staff (user_id, role) values (%s, 'admin')", [scene.ben.id])
    for body in ("one", "two"):
        post = scene.ada.post(body)
        scene.cleo.call("report", target_kind="post", target_id=post, reason="spam")
    (case, *_) = scene.ben.rows("moderation_queue")
    scene.ben.call("decide_case", case_id=case["id"], action="warn")
    return {}


def warned(scene: Scene) -> dict[str, Any]:
    """Ben was warned."""
    scene.ben.connection.execute(
        "insert into public.sanctions (user_id, kind) values (%s, 'warn')", [scene.ben.id]
    )
    return {}


def verifying(scene: Scene) -> dict[str, Any]:
    """Ada asks to be verified, and Ben is a moderator."""
    scene.ada.call("request_verification", urls=["https://ada.example.com/"])
    scene.ben.connection.execute(
        "insert into private.staff (user_id, role) values (%s, 'moderator')", [scene.ben.id]
    )
    return {"status": "pending"}


def claimed(scene: Scene) -> dict[str, Any]:
    """Somebody claims tracks of Ada's and of Ben's; his is removed, and he is a moderator."""
    scene.ben.call("become_artist")
    connection = scene.ben.connection
    for name in ("ada", "ben"):
        actor(connection, "service").call(
            "backend.record_claim",
            track_id=make_upload(connection, name),
            claimant="Carol",
            kind="other",
            contact="carol@example.com",
            statement="It is mine.",
            address=name,
        )
    connection.execute(
        "update private.claims set status = 'upheld', decided_at = now() where artist_id = %s",
        [scene.ben.id],
    )
    connection.execute(
        "insert into private.staff (user_id, role) values (%s, 'moderator')", [scene.ben.id]
    )
    return {}


# For each list: how something comes to stand in it, and what it is asked with.
LISTS: dict[str, Prepare] = {
    "activity_feed": conversing,
    "artist_tracks": upload,
    "audit_log": reported,
    "claims_queue": claimed,
    "comments_on": comments,
    "crate_items": crate,
    "credit_history": earning,
    "crate_posts": crate,
    "crates_by_genre": crates(genre="house"),
    "crates_containing": lambda scene: own_crate(scene) | {"track_id": track(scene)},
    "detection_queue": lambda scene: flagged(scene) | {"status": "flagged_ai"},
    "discover_rooms": rooms,
    "featured_crates": crates(),
    "followers": followed,
    "following": followed,
    "global_feed": with_post(),
    "home_feed": with_post(),
    "leaderboard": ranked,
    "leaderboard_following": ranked,
    "live_now": live,
    "messages": lambda scene: {"conversation_id": written(scene)},
    "moderation_queue": reported,
    "mutuals": followed,
    "my_blocks": done("block", username="ada"),
    "my_claims": claimed,
    "my_crates": own_crate,
    "my_conversations": conversing,
    "my_detections": flagged,
    "my_downloads": shopping,
    "my_follow_requests": request,
    "my_invoices": invoiced,
    "my_payouts": paid_out,
    "my_likes": with_post(kind="post"),
    "my_mutes": done("mute", username="ada"),
    "my_notifications": told,
    "my_points": earning,
    "my_orders": shopping,
    "my_rooms": rooms,
    "my_sales": shopping,
    "my_sanctions": warned,
    "my_tracks": own_upload,
    "new_crates": crates(),
    "pinned_messages": chat,
    "products_by_artist": lambda scene: shopping(scene) | {"username": "ada"},
    "profile_crates": crates(username="ada"),
    "profile_feed": with_post(username="ada"),
    "quarantined_events": quarantined,
    "reconciliations": reconciled,
    "replies_to": lambda scene: {"comment_id": talked(scene)["root"]},
    "room_bans": banned,
    "room_members": room,
    "room_messages": chat,
    "room_moderation": moderated,
    "room_mutes": moderated,
    "search_profiles": lambda _: {"query": "ada"},
    "search_tracks": lambda scene: {"query": "one"} if track(scene) else {},
    "session_history": lambda scene: {"room_id": session(scene)["room_id"]},
    "session_queue": lambda scene: {"session_id": session(scene)["session_id"]},
    "tag_feed": with_post(tag="music"),
    "trophy_case": trophies,
    "trending_crates": crates(),
    "trending_rooms": rooms,
    "verification_queue": verifying,
}


@pytest.fixture
def scene(ada: Actor, ben: Actor, cleo: Actor) -> Scene:
    return Scene(ada, ben, cleo)


def test_these_are_all_the_lists(db: Connection) -> None:
    rows = db.execute(
        "select proname::text as name from pg_proc"
        " where pronamespace = 'public'::regnamespace and 'after' = any (proargnames)"
    ).fetchall()
    assert {row["name"] for row in rows} == set(LISTS)


@pytest.mark.parametrize("function", sorted(LISTS))
def test_every_list_refuses_the_cursor_of_another(
    scene: Scene, db: Connection, function: str
) -> None:
    arguments = LISTS[function](scene)
    for cursor in (encode(db, "another_list", PLACE), "x", ""):
        with refused(422, "bad_cursor"):
            scene.ben.rows(function, **arguments, after=cursor)


def name_of_list(db: Connection, first_page: Callable[[], list[Row]]) -> str:
    """What a list calls itself in its cursors, read from cursors that say it in clear."""
    with db.transaction(force_rollback=True):
        db.execute(
            "create or replace function private.encode_cursor(list text, place text) returns text"
            " language sql stable parallel safe begin atomic"
            " select encode_cursor.list || '|' || encode_cursor.place; end"
        )
        # What boards keep of cursors is made anew.
        db.execute("select private.keep_tops(array(select id from private.standings))")
        name, _ = str(first_page()[0]["cursor"]).split("|", 1)
    return name


@pytest.mark.parametrize("function", sorted(LISTS))
def test_a_forged_place_is_a_bad_cursor_too(scene: Scene, db: Connection, function: str) -> None:
    """The hash is no secret, so a place can be forged: unless it is fit for the list, in vain."""
    arguments = LISTS[function](scene)
    name = name_of_list(db, lambda: scene.ben.rows(function, **arguments, page_size=1))
    assert name.startswith(function)
    (row,) = scene.ben.rows(function, **arguments, page_size=1)
    place = bytes.fromhex(row["cursor"])[8:]
    assert forge(db, place, name) == row["cursor"]
    for other in ("", "null", "7", "[]", "{}", "[1, 2, 3]", '["a"]', "nonsense", '{"score": "x"}'):
        with refused(422, "bad_cursor"):
            scene.ben.rows(function, **arguments, after=forge(db, other.encode(), name))


@pytest.mark.parametrize("function", sorted(LISTS))
def test_a_page_has_a_row_at_least_and_a_hundred_at_most(scene: Scene, function: str) -> None:
    arguments = LISTS[function](scene)
    for size in (0, -1, -(2**31), 1):
        assert len(scene.ben.rows(function, **arguments, page_size=size)) == 1
    found = scene.ben.rows(function, **arguments, page_size=2**31 - 1)
    assert 1 <= len(found) <= 100
    assert scene.ben.rows(function, **arguments, page_size=None) == found
    assert scene.ben.rows(function, **arguments, after=found[-1]["cursor"]) == []
