"""People react to what was said in a room."""

from __future__ import annotations

import uuid

import pytest

from tests.api.chat.chatting import heard, loosen, read, say
from tests.database import Actor, Connection, refused
from tests.rooms import ban_from_room, make_room


def test_each_emoji_counts_once_a_person(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, stranger: Actor
) -> None:
    said = say(ada, room)
    for _ in range(2):
        assert ben.call("react", message_id=said, emoji="🔥") == {"present": True, "count": 1}
    assert ada.call("react", message_id=said, emoji="🔥") == {"present": True, "count": 2}
    ben.call("react", message_id=said, emoji="👏")
    shown = [
        {"emoji": "🔥", "count": 2, "mine": True},
        {"emoji": "👏", "count": 1, "mine": True},
    ]
    assert read(ben, room)[0]["reactions"] == shown
    assert read(ada, room)[0]["reactions"] == [shown[0], {**shown[1], "mine": False}]
    assert [each["mine"] for each in read(stranger, room)[0]["reactions"]] == [False, False]
    for _ in range(2):
        gone = ben.call("react", message_id=said, emoji="🔥", present=False)
        assert gone == {"present": False, "count": 1}
    assert ada.call("react", message_id=said, emoji="🔥", present=False)["count"] == 0
    assert [each["emoji"] for each in read(ben, room)[0]["reactions"]] == ["👏"]
    told = [(each[1]["emoji"], each[1]["count"]) for each in heard(db, room, "reaction")]
    assert told == [("🔥", 1), ("🔥", 2), ("👏", 1), ("🔥", 1), ("🔥", 0)]
    assert all(each[1]["id"] == str(said) for each in heard(db, room, "reaction"))


def test_only_who_may_speak_reacts(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, stranger: Actor, eve: Actor
) -> None:
    said = say(ada, room)
    ban_from_room(db, room, "eve")
    with refused(403, "not_a_member"):
        stranger.call("react", message_id=said, emoji="🔥")
    with refused(404, "message_not_found"):
        eve.call("react", message_id=said, emoji="🔥")
    ada.call("mute_member", room_id=room, username="ben", minutes=5)
    with refused(403, "muted_in_room"):
        ben.call("react", message_id=said, emoji="🔥")
    assert read(ada, room)[0]["reactions"] == []


@pytest.mark.parametrize("emoji", ["fire", "", None, "🔥🔥", "🐌"])
def test_only_listed_emoji_are_taken(
    emoji: str | None, room: uuid.UUID, ada: Actor, ben: Actor
) -> None:
    said = say(ada, room)
    with refused(422, "emoji_unknown"):
        ben.call("react", message_id=said, emoji=emoji)
    with refused(422, "value_missing"):
        ben.call("react", message_id=said, emoji="🔥", present=None)


def test_nobody_reacts_to_what_is_not_there(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor
) -> None:
    hidden = say(ada, make_room(db, "ada", "private"))
    deleted = say(ada, room)
    ada.call("delete_message", message_id=deleted)
    for message in (hidden, deleted, uuid.uuid4()):
        for present in (True, False):
            with refused(404, "message_not_found"):
                ben.call("react", message_id=message, emoji="🔥", present=present)


def test_a_reaction_is_taken_back_from_what_one_no_longer_sees(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor
) -> None:
    said = say(ada, room)
    ben.call("react", message_id=said, emoji="🔥")
    ban_from_room(db, room, "ben")
    db.execute("delete from public.room_members where user_id = %s", [ben.id])
    gone = ben.call("react", message_id=said, emoji="🔥", present=False)
    assert gone == {"present": False, "count": None}
    with refused(404, "message_not_found"):
        ben.call("react", message_id=said, emoji="🔥", present=False)
    assert read(ada, room)[0]["reactions"] == []


def test_reacting_has_its_limit(room: uuid.UUID, db: Connection, ada: Actor, ben: Actor) -> None:
    db.execute("update private.rate_limit_rules set capacity = 1 where action = 'react_in_room'")
    said = say(ada, room)
    ben.call("react", message_id=said, emoji="🔥")
    ben.call("react", message_id=said, emoji="🔥")
    with refused(429, "rate_limited"):
        ben.call("react", message_id=said, emoji="👏")


def test_moderators_clear_reactions(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, cleo: Actor, stranger: Actor
) -> None:
    loosen(db)
    said, other = say(ada, room), say(ada, room)
    for emoji in ("🔥", "👏"):
        for somebody in (ada, ben):
            somebody.call("react", message_id=said, emoji=emoji)
    ben.call("react", message_id=other, emoji="🔥")
    for somebody, token in ((ben, "not_a_moderator"), (stranger, "not_a_member")):
        with refused(403, token):
            somebody.call("clear_reactions", message_id=said)
    with refused(404, "message_not_found"):
        cleo.call("clear_reactions", message_id=uuid.uuid4())
    assert cleo.call("clear_reactions", message_id=said) == {"cleared": 4}
    assert cleo.call("clear_reactions", message_id=said) == {"cleared": 0}
    assert [row["reactions"] for row in read(ben, room)] == [
        [{"emoji": "🔥", "count": 1, "mine": True}],
        [],
    ]
    (entry,) = cleo.rows("room_moderation", room_id=room)
    assert (entry["action"], entry["subject"]["username"]) == ("reactions_cleared", "ada")
    assert entry["data"] == {"message_id": str(said)}
    assert (entry["before"], entry["after"]) == ({"reaction_count": 4}, {"reaction_count": 0})
    told = heard(db, room, "reaction")[-2:]
    assert sorted((each[1]["emoji"], each[1]["count"]) for each in told) == [("👏", 0), ("🔥", 0)]
