"""Coming into rooms and leaving them: freely, by invitation, on request."""

from __future__ import annotations

import uuid

import pytest

from tests.database import Actor, Connection, actor, person_id, refused
from tests.rooms import ban_from_room, enter_room, make_room


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
def test_open_rooms_are_free_to_join(visibility: str, db: Connection, ben: Actor) -> None:
    room = make_room(db, "ada", visibility)
    for _ in range(2):
        state = ben.call("join_room", room_id=room)
        assert (state["my_role"], state["member_count"]) == ("member", 2)
    assert state["listener_count"] == 1
    for _ in range(2):
        assert ben.call("leave_room", room_id=room) == {"is_member": False}
    assert ben.call("room_state", room_id=room)["member_count"] == 1


def test_a_private_room_is_not_there_for_others(db: Connection, ben: Actor) -> None:
    room = make_room(db, "ada", "private")
    for unknown in (room, uuid.uuid4()):
        with refused(404, "room_not_found"):
            ben.call("join_room", room_id=unknown)
        with refused(404, "invite_not_found"):
            ben.call("join_room", room_id=unknown, invite_code="nothing")


def test_staff_who_see_a_private_room_are_not_in_it(db: Connection, modesty: Actor) -> None:
    with refused(403, "invite_needed"):
        modesty.call("join_room", room_id=make_room(db, "ada", "private"))


def test_who_is_banned_does_not_come_in_until_it_ends(db: Connection, ben: Actor) -> None:
    room = make_room(db, "ada")
    ban_from_room(db, room, "ben", 5)
    with refused(403, "banned_from_room"):
        ben.call("join_room", room_id=room)
    state = ben.call("room_state", room_id=room)
    assert state["my_ban"]["until"] is not None
    assert state["can_read"] is False
    db.execute("update public.room_bans set until = now()")
    assert ben.call("join_room", room_id=room)["my_ban"] is None


def test_a_full_room_takes_nobody(db: Connection, ada: Actor, ben: Actor, cleo: Actor) -> None:
    room = make_room(db, "ada", member_limit=2)
    ben.call("join_room", room_id=room)
    with refused(409, "room_full"):
        cleo.call("join_room", room_id=room)
    ben.call("leave_room", room_id=room)
    cleo.call("join_room", room_id=room)


def test_the_owner_hands_over_before_they_leave(db: Connection, ada: Actor) -> None:
    with refused(409, "owner_must_transfer"):
        ada.call("leave_room", room_id=make_room(db, "ada"))


def test_who_is_invited_in_person_sees_the_room_and_comes_in_without_a_code(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    room = make_room(db, "ada", "private")
    invite = ada.call("invite_to_room", room_id=room, username="ben")
    assert (invite["role"], invite["use_limit"]) == ("member", 1)
    assert ben.call("room_state", room_id=room)["can_read"] is False
    (mine,) = ben.call("my_room_invites")
    assert (mine["room"]["id"], mine["invited_by"]["username"]) == (str(room), "ada")
    with refused(404, "invite_not_found"):
        cleo.call("join_room", room_id=room, invite_code=invite["code"])
    assert ben.call("join_room", room_id=room)["my_role"] == "member"
    assert ben.call("my_room_invites") == []
    ben.call("leave_room", room_id=room)
    with refused(404, "room_not_found"):
        ben.call("join_room", room_id=room)


def test_whoever_has_the_code_comes_in_as_often_as_it_says(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, dan: Actor
) -> None:
    room = make_room(db, "ada", "private")
    invite = ada.call("create_room_invite", room_id=room, role="moderator", use_limit=2)
    seen = ben.call("room_invite", code=invite["code"])
    assert (seen["room"]["id"], seen["role"]) == (str(room), "moderator")
    for guest in (ben, cleo):
        joined = guest.call("join_room", room_id=room, invite_code=invite["code"])
        assert joined["my_role"] == "moderator"
    with refused(404, "invite_not_found"):
        dan.call("join_room", room_id=room, invite_code=invite["code"])
    with refused(404, "invite_not_found"):
        dan.call("room_invite", code=invite["code"])


def test_an_invitation_is_good_for_a_day(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada", "private")
    code = ada.call("create_room_invite", room_id=room)["code"]
    left = db.execute("select expires_at - now() as left from public.room_invites").fetchone()
    assert left is not None
    assert left["left"].total_seconds() == 86_400
    db.execute("update public.room_invites set expires_at = now()")
    with refused(404, "invite_not_found"):
        ben.call("join_room", room_id=room, invite_code=code)


def test_an_invitation_in_person_is_good_for_a_day_and_again_when_it_is_repeated(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    room = make_room(db, "ada", "private")
    first = ada.call("invite_to_room", room_id=room, username="ben")
    left = "select expires_at - now() as left from public.room_invites"
    row = db.execute(left).fetchone()
    assert row is not None
    assert row["left"].total_seconds() == 86_400
    db.execute("update public.room_invites set expires_at = now()")
    for function in ("room_state", "join_room", "room_members"):
        with refused(404, "room_not_found"):
            ben.rows(function, room_id=room)
    with refused(404, "invite_not_found"):
        ben.call("join_room", room_id=room, invite_code=first["code"])
    assert ben.call("my_room_invites") == []
    ada.call("invite_to_room", room_id=room, username="ben")
    assert db.execute(left).fetchone() == row
    assert ben.call("join_room", room_id=room)["my_role"] == "member"


def test_nobody_is_let_into_a_full_room_on_request(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada", "private", member_limit=1)
    request = ben.call("request_to_join", room_id=room, message="x" * 300)["id"]
    with refused(409, "room_full") as caught:
        ada.call("decide_join_request", request_id=request, approve=True)
    assert caught.value.diag.message_hint == "1"
    # It waits for a place.
    ada.call("update_room", room_id=room, member_limit=2)
    decided = ada.call("decide_join_request", request_id=request, approve=True)
    assert decided == {"id": request, "status": "approved"}
    assert ben.call("room_state", room_id=room)["member_count"] == 2


def test_an_invitation_of_another_room_opens_nothing(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    room, other = make_room(db, "ada", "private"), make_room(db, "ada", "private")
    code = ada.call("create_room_invite", room_id=other)["code"]
    with refused(404, "invite_not_found"):
        ben.call("join_room", room_id=room, invite_code=code)


def test_invitations_go_with_who_made_them(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada", "private")
    enter_room(db, room, "cleo", "moderator")
    code = actor(db, "cleo").call("create_room_invite", room_id=room)["code"]
    ada.call("remove_member", room_id=room, username="cleo")
    with refused(404, "invite_not_found"):
        ben.call("join_room", room_id=room, invite_code=code)


def test_nobody_comes_in_by_an_invitation_of_who_is_leaving(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    room = make_room(db, "cleo", "private")
    enter_room(db, room, "ada", "moderator")
    code = ada.call("create_room_invite", room_id=room)["code"]
    ada.call("delete_my_account", confirm_username="ada")
    for function, arguments in (
        ("join_room", {"room_id": room, "invite_code": code}),
        ("room_invite", {"code": code}),
    ):
        with refused(404, "invite_not_found"):
            ben.call(function, **arguments)
    ada.call("restore_my_account")
    assert ben.call("join_room", room_id=room, invite_code=code)["my_role"] == "member"


def test_nobody_is_invited_across_a_block(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    room = make_room(db, "ada", "private")
    ben.call("block", username="ada")
    with refused(404, "profile_not_found"):
        ada.call("invite_to_room", room_id=room, username="ben")
    code = ada.call("create_room_invite", room_id=room)["code"]
    with refused(404, "invite_not_found"):
        ben.call("join_room", room_id=room, invite_code=code)
    ada.call("invite_to_room", room_id=room, username="cleo")
    cleo.call("block", username="ada")
    for function in ("join_room", "room_state"):
        with refused(404, "room_not_found"):
            cleo.call(function, room_id=room)
    assert cleo.call("my_room_invites") == []


def test_people_across_a_block_are_in_the_same_public_room(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    room = make_room(db, "cleo")
    ada.call("block", username="ben")
    for guest in (ada, ben):
        guest.call("join_room", room_id=room)
    assert ada.call("room_state", room_id=room)["member_count"] == 3


def test_members_invite_to_open_rooms_moderators_to_private_ones(
    db: Connection, ben: Actor, cleo: Actor
) -> None:
    room, secret = make_room(db, "ada"), make_room(db, "ada", "private")
    for name, role in (("ben", "member"), ("cleo", "moderator")):
        for each in (room, secret):
            enter_room(db, each, name, role)
    ben.call("invite_to_room", room_id=room, username="finn")
    cleo.call("invite_to_room", room_id=secret, username="finn")
    with refused(403, "not_a_moderator"):
        ben.call("invite_to_room", room_id=secret, username="eve")
    with refused(403, "not_a_moderator"):
        ben.call("create_room_invite", room_id=room)
    for function, arguments in (
        ("invite_to_room", {"username": "eve"}),
        ("create_room_invite", {}),
    ):
        with refused(403, "not_the_owner"):
            cleo.call(function, room_id=secret, role="moderator", **arguments)
        with refused(422, "room_role_unknown"):
            cleo.call(function, room_id=secret, role="owner", **arguments)
    with refused(403, "not_a_member"):
        actor(db, "dan").call("invite_to_room", room_id=room, username="eve")


def test_only_who_can_come_is_invited(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    ban_from_room(db, room, "cleo")
    for token, name in (("already_a_member", "ben"), ("invited_is_banned", "cleo")):
        with refused(409, token):
            ada.call("invite_to_room", room_id=room, username=name)
    with refused(422, "not_yourself"):
        ada.call("invite_to_room", room_id=room, username="ada")
    with refused(422, "use_limit_out_of_range"):
        ada.call("create_room_invite", room_id=room, use_limit=0)


def test_only_so_many_invitations_are_open(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    db.execute("update private.settings set value = 2 where name = 'room_invites_limit'")
    for _ in range(2):
        ada.call("create_room_invite", room_id=room)
    with refused(409, "invite_limit"):
        ada.call("create_room_invite", room_id=room)


def test_no_member_uses_up_the_invitations_of_a_room(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    for name in ("ben", "cleo"):
        enter_room(db, room, name)
    enter_room(db, room, "dan", "moderator")
    for setting in ("member_invites_limit", "room_invites_limit"):
        db.execute("update private.settings set value = 2 where name = %s", [setting])
    ben, cleo, dan = (actor(db, name) for name in ("ben", "cleo", "dan"))
    for name in ("eve", "finn"):
        ben.call("invite_to_room", room_id=room, username=name)
    with refused(409, "invite_limit") as caught:
        ben.call("invite_to_room", room_id=room, username="stranger")
    assert caught.value.diag.message_hint == "2"
    # One that is there already is made anew.
    ben.call("invite_to_room", room_id=room, username="eve")
    # Others have their own, and moderators what is theirs together.
    cleo.call("invite_to_room", room_id=room, username="stranger")
    ada.call("create_room_invite", room_id=room)
    dan.call("invite_to_room", room_id=room, username="modesty")
    for person in (ada, dan):
        with refused(409, "invite_limit"):
            person.call("create_room_invite", room_id=room)
    # What is over leaves room for another.
    db.execute("update public.room_invites set expires_at = now() where user_id = %s", [ben.id])
    db.execute(
        "update public.room_invites set expires_at = now() where invited_by = %s and user_id = %s",
        [ben.id, person_id("finn")],
    )
    ben.call("invite_to_room", room_id=room, username="stranger")


def test_invited_again_it_is_the_same_invitation(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada")
    first = ada.call("invite_to_room", room_id=room, username="ben")
    again = ada.call("invite_to_room", room_id=room, username="ben", role="moderator")
    assert first["code"] == again["code"]
    assert ben.call("join_room", room_id=room)["my_role"] == "moderator"


def test_invitations_are_revoked_and_declined(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    room = make_room(db, "ada", "private")
    for revoker in (ada, ben):
        invite = ada.call("invite_to_room", room_id=room, username="ben")
        assert len(ben.rows("my_notifications")) == 1
        with refused(404, "invite_not_found"):
            cleo.call("revoke_room_invite", invite_id=invite["id"])
        assert revoker.call("revoke_room_invite", invite_id=invite["id"]) == {"is_invited": False}
        assert ben.rows("my_notifications") == []
        with refused(404, "room_not_found"):
            ben.call("join_room", room_id=room)
        db.execute("delete from private.told_and_taken_back")


def test_who_is_invited_is_told_once(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada", "private", name="Backstage")
    invite = ada.call("invite_to_room", room_id=room, username="ben")
    ada.call("invite_to_room", room_id=room, username="ben")
    (told,) = ben.rows("my_notifications")
    assert (told["kind"], told["target_id"]) == ("room_invite", room)
    assert told["target"]["name"] == "Backstage"
    assert told["data"] == {"invite_id": invite["id"], "role": "member"}


def test_a_request_is_approved(db: Connection, ada: Actor, ben: Actor, cleo: Actor) -> None:
    room = make_room(db, "ada", "private")
    enter_room(db, room, "cleo", "moderator")
    request = ben.call("request_to_join", room_id=room, message="let me in")
    assert ben.call("request_to_join", room_id=room) == request
    for moderator in (ada, cleo):
        (told,) = moderator.rows("my_notifications")
        assert (told["kind"], told["data"]) == ("join_request", {"request_id": request["id"]})
    (waiting,) = cleo.run("select user_id, message, status from public.join_requests")
    assert waiting == {"user_id": person_id("ben"), "message": "let me in", "status": "pending"}
    for _ in range(2):
        decided = cleo.call("decide_join_request", request_id=request["id"], approve=True)
        assert decided["status"] == "approved"
    with refused(409, "join_request_decided"):
        ada.call("decide_join_request", request_id=request["id"], approve=False)
    assert ben.call("room_state", room_id=room)["my_role"] == "member"
    # Whoever was let in is not told that they have taken it back.
    with refused(409, "join_request_decided"):
        ben.call("withdraw_join_request", room_id=room)
    assert ada.rows("my_notifications") == []
    assert [row["kind"] for row in ben.rows("my_notifications")] == ["join_approved"]
    (decided_by,) = ada.run("select decided_by from public.join_requests")
    assert decided_by == {"decided_by": person_id("cleo")}


def test_who_was_declined_waits_a_day(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada", "private")
    request = ben.call("request_to_join", room_id=room)
    ada.call("decide_join_request", request_id=request["id"], approve=False)
    with refused(404, "room_not_found"):
        ben.call("room_state", room_id=room)
    with refused(409, "join_request_decided"):
        ben.call("withdraw_join_request", room_id=room)
    with refused(429, "request_declined_recently"):
        ben.call("request_to_join", room_id=room)
    db.execute("update public.join_requests set decided_at = now() - interval '25 hours'")
    assert ben.call("request_to_join", room_id=room)["id"] != request["id"]


def test_who_comes_in_another_way_waits_no_more(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada", "private")
    request = ben.call("request_to_join", room_id=room)["id"]
    code = ada.call("create_room_invite", room_id=room)["code"]
    ben.call("join_room", room_id=room, invite_code=code)
    assert ben.run("select status, decided_by from public.join_requests") == [
        {"status": "approved", "decided_by": None}
    ]
    with refused(409, "join_request_decided"):
        ada.call("decide_join_request", request_id=request, approve=False)
    assert ben.call("room_state", room_id=room)["my_request"] is None


def test_a_request_is_withdrawn(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada", "private")
    with refused(404, "join_request_not_found"):
        ben.call("withdraw_join_request", room_id=room)
    request = ben.call("request_to_join", room_id=room)
    for _ in range(2):
        assert ben.call("withdraw_join_request", room_id=room) == {"status": "withdrawn"}
    assert ada.rows("my_notifications") == []
    with refused(409, "join_request_decided"):
        ada.call("decide_join_request", request_id=request["id"], approve=True)


def test_who_need_not_or_may_not_ask_is_told_so(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    room, secret = make_room(db, "ada"), make_room(db, "ada", "private")
    ban_from_room(db, secret, "ben")
    with refused(409, "room_is_open"):
        ben.call("request_to_join", room_id=room)
    with refused(403, "banned_from_room"):
        ben.call("request_to_join", room_id=secret)
    with refused(409, "already_a_member"):
        ada.call("request_to_join", room_id=secret)
    with refused(404, "room_not_found"):
        ben.call("request_to_join", room_id=uuid.uuid4())
    with refused(422, "request_message_too_long"):
        cleo.call("request_to_join", room_id=secret, message="x" * 301)
    ada.call("block", username="cleo")
    with refused(404, "room_not_found"):
        cleo.call("request_to_join", room_id=secret)


def test_nobody_waits_for_too_many_rooms(db: Connection, ben: Actor) -> None:
    db.execute("update private.settings set value = 1 where name = 'join_requests_limit'")
    ben.call("request_to_join", room_id=make_room(db, "ada", "private"))
    with refused(409, "join_request_limit"):
        ben.call("request_to_join", room_id=make_room(db, "ada", "private"))


def test_only_moderators_decide(db: Connection, ben: Actor, modesty: Actor) -> None:
    room = make_room(db, "ada", "private")
    enter_room(db, room, "finn")
    request = ben.call("request_to_join", room_id=room)
    for name in ("ben", "finn", "stranger"):
        with refused(404, "join_request_not_found"):
            actor(db, name).call("decide_join_request", request_id=request["id"], approve=True)
    with refused(422, "value_missing"):
        modesty.call("decide_join_request", request_id=request["id"], approve=None)
    modesty.call("decide_join_request", request_id=request["id"], approve=True)


def test_what_people_make_and_join_is_activity_of_public_rooms(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    for name in ("ada", "ben"):
        cleo.run("insert into public.follows (followee_id) values (%s)", person_id(name))
    room = ada.call("create_room", name="Techno")
    for visibility in ("unlisted", "private"):
        ada.call("create_room", name="Quiet", visibility=visibility)
    ben.call("join_room", room_id=room["id"])
    feed = cleo.rows("activity_feed")
    assert [(row["kind"], row["target"]["name"]) for row in feed] == [
        ("user_joined_room", "Techno"), ("room_created", "Techno"),
    ]  # fmt: skip
    ben.call("leave_room", room_id=room["id"])
    assert [row["kind"] for row in cleo.rows("activity_feed")] == ["room_created"]
    ada.call("update_room", room_id=room["id"], visibility="unlisted")
    assert cleo.rows("activity_feed") == []


def test_nobody_is_let_in_by_who_could_not_invite_any_more(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    room = make_room(db, "ada", "private")
    enter_room(db, room, "ben", "moderator")
    code = ben.call("create_room_invite", room_id=room)["code"]
    ada.call("set_member_role", room_id=room, username="ben", role="member")
    with refused(404, "invite_not_found"):
        cleo.call("join_room", room_id=room, invite_code=code)


def test_a_former_owner_makes_no_more_moderators(
    db: Connection, ada: Actor, cleo: Actor, dan: Actor
) -> None:
    room = make_room(db, "ada", "private")
    enter_room(db, room, "ben")
    codes = {
        role: ada.call("create_room_invite", room_id=room, role=role)["code"]
        for role in ("member", "moderator")
    }
    ada.call("transfer_room", room_id=room, username="ben")
    with refused(404, "invite_not_found"):
        cleo.call("join_room", room_id=room, invite_code=codes["moderator"])
    joined = dan.call("join_room", room_id=room, invite_code=codes["member"])
    assert joined["my_role"] == "member"


def test_whom_members_invited_does_not_come_in_when_the_room_has_become_private(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, dan: Actor
) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    ben.call("invite_to_room", room_id=room, username="cleo")
    ada.call("invite_to_room", room_id=room, username="dan")
    ada.call("update_room", room_id=room, visibility="private")
    with refused(404, "room_not_found"):
        cleo.call("join_room", room_id=room)
    assert dan.call("join_room", room_id=room)["my_role"] == "member"


def test_no_code_makes_more_moderators_than_a_room_may_have(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    room = make_room(db, "ada")
    db.execute("update private.settings set value = 1 where name = 'room_moderators_limit'")
    code = ada.call("create_room_invite", room_id=room, role="moderator")["code"]
    assert ben.call("join_room", room_id=room, invite_code=code)["my_role"] == "moderator"
    with refused(409, "moderator_limit"):
        cleo.call("join_room", room_id=room, invite_code=code)
    assert cleo.call("join_room", room_id=room)["my_role"] == "member"
