"""Reporting each kind of thing: who may, what is kept of it, and what many reports hide."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.catalogue import make_crate, make_song, make_upload
from tests.database import Actor, Connection, actor, forbidden, person_id, refused
from tests.detections import checked, stands
from tests.rooms import enter_room, make_room
from tests.shop import Shop
from tests.trust import case_of, log, loosen, newcomer, proven, report, told

KINDS = (
    "profile", "post", "comment", "track", "crate", "room", "message", "direct", "product",
)  # fmt: skip


REASONS = (
    "spam", "abuse", "hate", "sexual", "self_harm", "copyright", "ai_generated", "other",
)  # fmt: skip


def make(db: Connection, kind: str) -> tuple[str, uuid.UUID]:
    """Something of ada's that ben sees: the kind it is reported as, and its id."""
    loosen(db)
    ada = actor(db, "ada")
    if kind == "profile":
        return "profile", person_id("ada")
    if kind == "post":
        return "post", ada.post("words of ada")
    if kind == "comment":
        post = actor(db, "ben").post()
        said = ada.call("create_comment", target_kind="post", target_id=post, body="words of ada")
        return "comment", said["id"]
    if kind == "track":
        return "track", make_upload(db, "ada")
    if kind == "crate":
        return "crate", make_crate(db, "ada")
    if kind == "room":
        return "room", make_room(db, "ada")
    if kind == "message":
        room = make_room(db, "ada")
        return "message", ada.call("send_message", room_id=room, body="words of ada")["id"]
    if kind == "direct":
        actor(db, "ben").call("set_dm_permission", permission="everyone")
        talk = ada.call("start_conversation", usernames=["ben"])["id"]
        said = ada.call("send_direct_message", conversation_id=talk, body="words of ada")
        return "message", said["id"]
    return "product", Shop(db).offer("ada")


def sees(somebody: Actor, kind: str, target: uuid.UUID) -> bool:
    """Whether somebody sees a thing, by the table and by the RPC that shows one."""
    tables = {
        "profile": "profiles", "post": "posts", "track": "tracks", "crate": "crates",
        "room": "rooms", "product": "products",
    }  # fmt: skip
    if kind in tables:
        return bool(somebody.run(f"select id from public.{tables[kind]} where id = %s", target))
    if kind == "comment":
        function = "private.can_see_comment"
    elif somebody.connection.execute(
        "select 1 from public.messages where id = %s", [target]
    ).fetchone():
        function = "private.can_see_room_message"
    else:
        function = "private.can_see_message"
    with somebody.connection.transaction(force_rollback=True):
        # As they are, past the grants on helpers.
        somebody.connection.execute(
            "select set_config('request.jwt.claim.sub', %s, true)", [str(somebody.id)]
        )
        row = somebody.connection.execute(f"select {function}(%s) as is_so", [target]).fetchone()
    assert row is not None
    return bool(row["is_so"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_keeps_a_copy_of_what_it_was(db: Connection, ben: Actor, kind: str) -> None:
    name, target = make(db, kind)
    made = report(ben, name, target, "abuse", description=" look at this ")
    assert (made["reason"], made["description"]) == ("abuse", "look at this")
    assert made["status"] == "pending"
    (mine,) = ben.run("select id, target_id from public.reports")
    assert mine["target_id"] == target
    (row,) = actor(db, "modesty").rows("moderation_queue")
    assert row["reports"][0]["copy"]["id"] == str(target)
    assert row["reports"][0]["copy"]["author"]["username"] == "ada"
    case = case_of(db, target)
    assert (case["subject_id"], case["report_count"]) == (person_id("ada"), 1)


def test_the_copy_stays_when_the_thing_goes(db: Connection, ada: Actor, ben: Actor) -> None:
    _, post = make(db, "post")
    report(ben, "post", post)
    ada.call("delete_post", post_id=post)
    # For staff alone: who has reported it reads nothing that is gone, or across a block.
    for somebody in (ben, actor(db, "modesty")):
        with forbidden():
            somebody.run("select copy from public.reports")
    (row,) = actor(db, "modesty").rows("moderation_queue")
    assert row["reports"][0]["copy"]["body"] == "words of ada"


@pytest.mark.parametrize("kind", KINDS)
def test_enough_weight_hides_a_thing_and_its_author_is_told(
    db: Connection, ada: Actor, kind: str
) -> None:
    name, target = make(db, kind)
    ben, modesty = actor(db, "ben"), actor(db, "modesty")
    report(proven(db) if kind != "direct" else ben, name, target)
    assert sees(ben, name, target)
    if kind == "direct":
        # Only who is in the conversation can report it: weighed as if ben had been right before.
        db.execute("update public.reports set weight = 9, is_young = false")
        db.execute("select private.weigh_case(id, subject_id) from public.moderation_cases")
        db.execute("select private.follow_weight(id) from public.moderation_cases")
    else:
        report(proven(db), name, target)
    assert not sees(ben, name, target)
    assert sees(ada, name, target)
    if kind not in ("direct", "product"):
        assert sees(modesty, name, target)
    assert told(db, "ada") == ["withheld"]
    entry = log(db)[-1]
    assert (entry["action"], entry["actor_id"]) == ("withheld_for_reports", None)
    assert (entry["before"]["is_withheld"], entry["after"]["is_withheld"]) == (False, True)
    # And back.
    case = case_of(db, target)
    modesty.call("decide_case", case_id=case["id"], action="dismiss")
    assert sees(ben, name, target)
    assert told(db, "ada") == ["withheld", "released"]
    assert db.execute("select from private.withheld").fetchall() == []


def test_one_open_report_a_person_and_thing(db: Connection, ben: Actor) -> None:
    name, target = make(db, "post")
    first = report(ben, name, target)
    assert report(ben, name, target, "hate") == first
    actor(db, "modesty").call("decide_case", case_id=case_of(db, target)["id"], action="dismiss")
    assert report(ben, name, target)["id"] != first["id"]
    assert ben.run("select count(*) as n from public.reports") == [{"n": 2}]


@pytest.mark.parametrize("kind", KINDS)
def test_what_one_cannot_see_one_cannot_report(db: Connection, kind: str) -> None:
    name, target = make(db, kind)
    dan = actor(db, "dan")
    actor(db, "ada").call("block", username="dan")
    token = {
        "profile": "profile_not_found", "post": "post_not_found", "comment": "comment_not_found",
        "track": "track_not_found", "crate": "crate_not_found", "message": "message_not_found",
        "product": "product_not_found",
    }  # fmt: skip
    if name == "room":
        # A block between people closes no room; being private does.
        db.execute("update public.rooms set visibility = 'private' where id = %s", [target])
    with refused(404, token.get(name, "room_not_found")):
        report(dan, name, target)
    with refused(404, token.get(name, "room_not_found")):
        report(actor(db, "stranger"), name, uuid.uuid4())
    assert db.execute("select from public.reports").fetchall() == []


def test_what_is_wrong_with_a_report_is_said(db: Connection, ada: Actor, ben: Actor) -> None:
    _, post = make(db, "post")
    with refused(422, "not_yourself"):
        report(ada, "post", post)
    with refused(422, "report_target_unknown"):
        report(ben, "conversation", post)
    with refused(422, "report_reason_unknown"):
        report(ben, "post", post, "boring")
    with refused(422, "description_too_long"):
        report(ben, "post", post, description="x" * 1001)
    db.execute("update public.feature_flags set is_enabled = false where name = 'trust'")
    with refused(403, "feature_disabled"):
        report(ben, "post", post)


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_is_taken(db: Connection, ben: Actor, reason: str) -> None:
    _, post = make(db, "post")
    made = report(ben, "post", post, reason, description="x" * 1000)
    assert (made["reason"], len(made["description"])) == (reason, 1000)
    assert ben.run("select reason from public.reports") == [{"reason": reason}]
    # That a machine made it is a case of its own for tracks alone.
    assert case_of(db, post, "report")["report_count"] == 1


@pytest.mark.parametrize(("wrong", "is_enough"), [(0, True), (1, False)])
def test_five_is_enough_and_less_is_not(
    db: Connection, ben: Actor, wrong: int, is_enough: bool
) -> None:
    """Of a post that it hides, and of a track that it has looked at again."""
    loosen(db)
    post, track = make(db, "post")[1], checked(db, 5)
    # One weighs 3, the other 2, or 1.6 who was wrong once.
    for somebody in (proven(db), newcomer(db, "31 days", right=2, wrong=wrong)):
        report(somebody, "post", post)
        report(somebody, "track", track, "ai_generated")
    assert sees(ben, "post", post) is not is_enough
    assert stands(db, track)[1] == ("under_review" if is_enough else "verified_human")


def test_a_track_of_a_provider_is_nobodys(db: Connection, ben: Actor) -> None:
    song = make_song(db)
    for somebody in (ben, proven(db), proven(db)):
        report(somebody, "track", song)
    assert case_of(db, song)["subject_id"] is None
    assert not sees(ben, "track", song)


def test_what_happens_in_a_room_is_reported_with_the_room(db: Connection, ben: Actor) -> None:
    room, other = make_room(db, "ada"), make_room(db, "ada", "private")
    enter_room(db, room, "ben")
    report(ben, "profile", person_id("cleo"), room_id=room)
    assert case_of(db, person_id("cleo"))["room_id"] == room
    with refused(404, "room_not_found"):
        report(ben, "profile", person_id("dan"), room_id=other)
    # Where a post is nobody has to be told.
    post = actor(db, "ada").post()
    report(ben, "post", post, room_id=room)
    assert case_of(db, post)["room_id"] is None


def test_that_a_machine_made_it_is_the_detections_to_say(db: Connection, ben: Actor) -> None:
    loosen(db)
    track = make_upload(db, "ada")
    for _ in range(3):
        report(proven(db), "track", track, "ai_generated")
    assert case_of(db, track, "ai_generated")["report_count"] == 3
    # It is looked at again, and heard meanwhile.
    assert sees(ben, "track", track)
    (found,) = db.execute(
        "select status from public.detections where track_id = %s and is_current", [track]
    ).fetchall()
    assert found["status"] == "pending"


def test_several_cases_of_a_thing_weigh_together(db: Connection, ada: Actor, ben: Actor) -> None:
    post = ada.post()
    db.execute(
        "select private.open_case('post', %s, 'fingerprint_match', %s, '{}')", [post, ada.id]
    )
    db.execute("update public.moderation_cases set weight = 3")
    report(proven(db), "post", post)
    assert not sees(ben, "post", post)


@pytest.mark.parametrize(("weight", "is_enough"), [(4, False), (5, True)])
def test_what_is_dismissed_stays_hidden_while_another_case_is_as_heavy(
    db: Connection, ada: Actor, ben: Actor, weight: int, is_enough: bool
) -> None:
    loosen(db)
    post, modesty = ada.post(), actor(db, "modesty")
    for _ in range(2):
        report(proven(db), "post", post)
    db.execute(
        "select private.open_case('post', %s, 'fingerprint_match', %s, '{}')", [post, ada.id]
    )
    db.execute(
        "update public.moderation_cases set weight = %s where kind = 'fingerprint_match'", [weight]
    )
    for kind, is_hidden in (("report", is_enough), ("fingerprint_match", False)):
        case = case_of(db, post, kind)["id"]
        modesty.call("decide_case", case_id=case, action="dismiss")
        assert sees(ben, "post", post) is not is_hidden
    assert told(db, "ada") == ["withheld", "released"]


def test_people_read_their_own_reports_alone(db: Connection, ben: Actor) -> None:
    _, post = make(db, "post")
    report(ben, "post", post)
    assert newcomer(db).run("select id from public.reports") == []
    assert actor(db, "ada").run("select id from public.reports") == []
    assert len(actor(db, "modesty").run("select id from public.reports")) == 1


def test_an_author_who_is_erased_takes_the_copy_along(db: Connection, ben: Actor) -> None:
    _, post = make(db, "post")
    report(ben, "post", post, description="mine")
    for name in ("ada", "ben"):
        db.execute("select private.lock_ties(array[%s]::uuid[])", [person_id(name)])
        db.execute("select private.erase_account(%s)", [person_id(name)])
    (row,) = db.execute("select * from public.reports").fetchall()
    gone: dict[str, Any] = {
        key: row[key] for key in ("reporter_id", "subject_id", "copy", "description")
    }
    assert set(gone.values()) == {None}
