"""Who may write to whom, and what waits until somebody accepts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.social.talking import bodies, listed, read, say, start
from tests.database import Actor, Connection, refused

# By the receiver's permission: what a stranger, somebody she follows and a mutual may do.
PERMISSIONS = {
    None: ("request", "yes", "yes"),
    "followees": ("request", "yes", "yes"),
    "everyone": ("yes", "yes", "yes"),
    "mutuals": ("request", "request", "yes"),
    "nobody": ("no", "no", "no"),
}


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_who_may_write_is_the_receivers_choice(
    ada: Actor, cast: Callable[[str], Actor], permission: str | None
) -> None:
    ada.call("follow", username="ben")
    ada.call("follow", username="cleo")
    cast("cleo").call("follow", username="ada")
    # Whom one follows does not matter, if they do not follow back.
    cast("stranger").call("follow", username="ada")
    if permission is not None:
        for _ in range(2):
            ada.call("set_dm_permission", permission=permission)
    for name, answer in zip(("stranger", "ben", "cleo"), PERMISSIONS[permission], strict=True):
        somebody = cast(name)
        assert somebody.call("profile_page", username="ada")["can_message"] == answer
        if answer == "no":
            with refused(403, "messages_not_wanted"):
                start(somebody, "ada")
            with refused(403, "messages_not_wanted"):
                start(somebody, "ada", title="even in a group")
            continue
        conversation = start(somebody, "ada")
        say(somebody, conversation)
        assert listed(ada, requests=answer == "request")[0] == conversation
        assert conversation not in listed(ada, requests=answer != "request")
        # Once it is open it stays so.
        after = "yes" if answer == "yes" else "request"
        assert somebody.call("profile_page", username="ada")["can_message"] == after


@pytest.mark.parametrize("permission", [None, "", "friends", "EVERYONE"])
def test_an_unknown_permission_is_refused(ada: Actor, permission: str | None) -> None:
    with refused(422, "dm_permission_unknown"):
        ada.call("set_dm_permission", permission=permission)


def test_nobody_else_reads_a_permission(ada: Actor, ben: Actor, visitor: Actor) -> None:
    ada.call("set_dm_permission", permission="mutuals")
    assert ben.run("select * from public.message_settings") == []
    assert "dm_permission" not in str(ben.call("profile_page", username="ada"))
    assert visitor.call("profile_page", username="ada")["can_message"] == "no"
    assert ada.call("profile_page", username="ada")["can_message"] == "no"


def test_an_open_conversation_stays_open_whatever_is_set_later(ada: Actor, ben: Actor) -> None:
    ada.call("follow", username="ben")
    pair = start(ben, "ada")
    say(ben, pair)
    say(ada, pair, "hello you")
    ada.call("unfollow", username="ben")
    ada.call("set_dm_permission", permission="nobody")
    say(ben, pair, "still")
    assert start(ben, "ada") == pair
    assert ben.call("profile_page", username="ada")["can_message"] == "yes"
    assert bodies(ada, pair) == ["hi", "hello you", "still"]


@pytest.mark.parametrize("is_written_in", [False, True])
def test_a_conversation_nobody_answered_is_not_open(
    is_written_in: bool, ada: Actor, ben: Actor
) -> None:
    ada.call("set_dm_permission", permission="everyone")
    pair = start(ben, "ada")
    if is_written_in:
        say(ben, pair)
    assert ben.call("profile_page", username="ada")["can_message"] == "yes"
    ada.call("set_dm_permission", permission="nobody")
    assert ben.call("profile_page", username="ada")["can_message"] == "no"
    assert start(ben, "ada") == pair
    with refused(403, "messages_not_wanted"):
        say(ben, pair, "you never said a word")
    # Whoever begins wants an answer, whatever they have set for others.
    assert start(ada, "ben") == pair
    assert ben.call("profile_page", username="ada")["can_message"] == "yes"
    say(ben, pair, "at last")


def test_who_is_to_ask_first_by_now_lands_among_the_requests(ada: Actor, ben: Actor) -> None:
    ada.call("follow", username="ben")
    pair = start(ben, "ada")
    say(ben, pair, "one")
    assert listed(ada) == [pair]
    ada.call("unfollow", username="ben")
    say(ben, pair, "two")
    assert (listed(ada), listed(ada, requests=True)) == ([], [pair])
    assert [row["kind"] for row in ada.rows("my_notifications")][:1] == ["message_request"]
    say(ben, pair, "three")
    with refused(409, "message_request_pending"):
        say(ben, pair, "four")
    ada.call("accept_message_request", conversation_id=pair)
    ada.call("set_dm_permission", permission="nobody")
    say(ben, pair, "four")
    assert bodies(ada, pair) == ["one", "two", "three", "four"]


def test_who_begins_is_answered_whatever_they_have_set(ada: Actor, ben: Actor) -> None:
    ada.call("set_dm_permission", permission="nobody")
    ben.call("set_dm_permission", permission="everyone")
    pair = start(ada, "ben")
    say(ben, pair, "is it you?")
    assert listed(ada) == [pair]


def test_a_request_takes_a_few_messages_and_then_waits(
    ada: Actor, stranger: Actor, db: Connection
) -> None:
    pair = start(stranger, "ada")
    for number in range(3):
        say(stranger, pair, str(number))
    with refused(409, "message_request_pending"):
        say(stranger, pair, "more")
    assert (listed(ada), listed(ada, requests=True)) == ([], [pair])
    (row,) = ada.rows("my_conversations", requests=True)
    assert (row["state"], row["unread_count"]) == ("requested", 3)
    assert bodies(ada, pair) == ["0", "1", "2"]
    for _ in range(2):
        assert ada.call("accept_message_request", conversation_id=pair)["state"] == "joined"
    assert (listed(ada), listed(ada, requests=True)) == ([pair], [])
    say(stranger, pair, "thanks")
    db.execute("update private.settings set value = 1 where name = 'dm_request_messages'")
    say(stranger, pair, "and on")


def test_who_wants_no_messages_any_more_is_sent_none_by_those_who_wait(
    ada: Actor, stranger: Actor
) -> None:
    asked = start(stranger, "ada")
    say(stranger, asked)
    ada.call("set_dm_permission", permission="nobody")
    with refused(403, "messages_not_wanted"):
        say(stranger, asked)
    # Answering is still for her to decide.
    say(ada, asked, "well")
    say(stranger, asked, "thanks")


def test_deleting_does_not_make_room_for_more(ada: Actor, stranger: Actor) -> None:
    pair = start(stranger, "ada")
    for message in [say(stranger, pair) for _ in range(3)]:
        stranger.call("delete_direct_message", message_id=message)
    with refused(409, "message_request_pending"):
        say(stranger, pair, "more")
    assert ada.rows("my_conversations", requests=True)[0]["unread_count"] == 0


def test_a_request_that_is_looked_at_gives_no_receipt(
    ada: Actor, stranger: Actor, db: Connection
) -> None:
    pair = start(stranger, "ada")
    message = say(stranger, pair)
    heard = "select count(*) as n from realtime.messages where event = 'conversation_read'"
    read_up = ada.call("mark_conversation_read", conversation_id=pair, up_to=message)
    assert read_up == {"last_read_message_id": str(message), "unread_count": 0}
    (card,) = stranger.call("conversation", conversation_id=pair)["members"]
    assert (card["state"], card["last_read_message_id"]) == ("requested", None)
    assert db.execute(heard).fetchone() == {"n": 0}
    ada.call("accept_message_request", conversation_id=pair)
    (card,) = stranger.call("conversation", conversation_id=pair)["members"]
    assert (card["state"], card["last_read_message_id"]) == ("joined", str(message))


def test_answering_a_request_accepts_it(ada: Actor, stranger: Actor) -> None:
    pair = start(stranger, "ada")
    say(stranger, pair)
    say(ada, pair, "hello you")
    assert listed(ada) == [pair]
    assert listed(ada, requests=True) == []
    for _ in range(5):
        say(stranger, pair)


def test_a_declined_request_looks_like_one_that_waits(ada: Actor, stranger: Actor) -> None:
    pair = start(stranger, "ada")
    say(stranger, pair, "hi")
    before = stranger.call("conversation", conversation_id=pair)
    for _ in range(2):
        declined = ada.call("decline_message_request", conversation_id=pair)
        assert declined == {"is_member": False}
    assert listed(ada) == listed(ada, requests=True) == []
    for function in ("messages", "conversation", "accept_message_request"):
        with refused(404, "conversation_not_found"):
            ada.rows(function, conversation_id=pair)
    assert stranger.call("conversation", conversation_id=pair) == before
    assert start(stranger, "ada") == pair
    assert stranger.call("profile_page", username="ada")["can_message"] == "request"
    for _ in range(2):
        say(stranger, pair, "hi")
    with refused(409, "message_request_pending"):
        say(stranger, pair, "hi")
    assert listed(ada) == listed(ada, requests=True) == []
    # She may think again, and finds what was written.
    assert start(ada, "stranger") == pair
    assert listed(ada) == [pair]
    assert len(read(ada, pair)) == 3


def test_a_request_that_was_accepted_cannot_be_declined(ada: Actor, ben: Actor) -> None:
    ada.call("follow", username="ben")
    pair = start(ben, "ada")
    with refused(409, "message_request_accepted"):
        ada.call("decline_message_request", conversation_id=pair)
    for somebody, conversation in ((ada, ada.id), (ben, None)):
        for function in ("decline_message_request", "accept_message_request"):
            with refused(404, "conversation_not_found"):
                somebody.call(function, conversation_id=conversation)


def test_a_stranger_is_asked_into_a_group(ada: Actor, ben: Actor, cleo: Actor) -> None:
    ben.call("follow", username="ada")
    group = start(ada, "ben", "cleo", title="Band")
    assert (listed(ben), listed(cleo), listed(cleo, requests=True)) == ([group], [], [group])
    say(ben, group)
    calls: dict[str, dict[str, Any]] = {
        "add_to_conversation": {"usernames": ["eve"]},
        "rename_conversation": {"title": "Mine"},
    }
    for function, more in calls.items():
        with refused(409, "message_request_pending"):
            cleo.call(function, conversation_id=group, **more)
    assert cleo.call("decline_message_request", conversation_id=group) == {"is_member": False}
    with refused(404, "conversation_not_found"):
        cleo.rows("messages", conversation_id=group)
    # Declined, it is gone for her: only another invitation brings it back.
    ada.call("add_to_conversation", conversation_id=group, usernames=["cleo"])
    assert listed(cleo, requests=True) == [group]


def test_a_group_that_nobody_has_accepted_takes_no_more_than_a_request(
    ada: Actor, cleo: Actor, stranger: Actor
) -> None:
    group = start(stranger, "ada", "cleo", title="Hello")
    for number in range(3):
        say(stranger, group, str(number))
    ada.call("decline_message_request", conversation_id=group)
    with refused(409, "message_request_pending"):
        say(stranger, group, "more")
    cleo.call("accept_message_request", conversation_id=group)
    say(stranger, group, "thanks")
    # Whom all others have left waits for nobody.
    alone = start(cleo, "stranger", title="Alone")
    stranger.call("leave_conversation", conversation_id=alone)
    for number in range(4):
        say(cleo, alone, str(number))


def test_that_a_group_was_declined_is_nobodys_to_know(
    ada: Actor, ben: Actor, cleo: Actor, db: Connection
) -> None:
    ben.call("follow", username="ada")
    group = start(ada, "ben", "cleo", title="Band")
    say(ben, group)

    def seen() -> tuple[Any, ...]:
        changed = "select count(*) as n from realtime.messages where event = 'conversation_changed'"
        return (
            *(each.call("conversation", conversation_id=group) for each in (ada, ben)),
            *(each.rows("my_conversations") for each in (ada, ben)),
            db.execute(changed).fetchone(),
        )

    before = seen()
    for _ in range(2):
        cleo.call("decline_message_request", conversation_id=group)
        assert seen() == before
    assert listed(cleo) == listed(cleo, requests=True) == []
    # Asking again looks as it does while the first request waits, whether or not it comes through.
    cleo.call("set_dm_permission", permission="nobody")
    for permission, requests in (("nobody", []), ("mutuals", [group])):
        cleo.call("set_dm_permission", permission=permission)
        for _ in range(2):
            ada.call("add_to_conversation", conversation_id=group, usernames=["cleo"])
            assert seen() == before
        assert listed(cleo, requests=True) == requests
    cleo.call("accept_message_request", conversation_id=group)
    assert listed(cleo) == [group]


def test_a_request_tells_the_audience_that_it_is_one(
    ada: Actor, ben: Actor, cleo: Actor, db: Connection
) -> None:
    ben.call("follow", username="ada")
    group = start(ada, "ben", "cleo", title="Band")
    rows = db.execute(
        "select member_id, is_request from private.message_audience(%s, %s)", [group, ada.id]
    ).fetchall()
    assert {row["member_id"]: row["is_request"] for row in rows} == {ben.id: False, cleo.id: True}
