"""Who may read a room reads what was said in it, page by page."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from tests.api.chat.chatting import bodies, loosen, read, say
from tests.database import Actor, Connection, person_id, refused
from tests.rooms import ban_from_room, enter_room, make_invite, make_room

Cast = Callable[[str], Actor]


def hide(db: Connection, name: str) -> None:
    """Hide a profile, as delete_my_account does."""
    db.execute(
        "insert into private.hidden_profiles (profile_id, reason) values (%s, 'deletion')",
        [person_id(name)],
    )


@pytest.mark.parametrize("function", ["room_messages", "pinned_messages"])
@pytest.mark.parametrize(
    ("visibility", "reader", "token"),
    [
        ("public", "stranger", None),
        ("unlisted", "stranger", None),
        ("private", "stranger", (404, "room_not_found")),
        ("private", "ben", (403, "not_a_member")),
        ("private", "finn", None),
        ("private", "modesty", None),
        ("public", "eve", (403, "banned_from_room")),
        ("private", "eve", (404, "room_not_found")),
    ],
)
def test_who_reads_a_room_reads_its_chat(
    function: str,
    visibility: str,
    reader: str,
    token: tuple[int, str] | None,
    db: Connection,
    cast: Cast,
) -> None:
    room = make_room(db, "ada", visibility)
    enter_room(db, room, "finn")
    make_invite(db, room, "ben")
    ban_from_room(db, room, "eve")
    said = say(cast("finn"), room, "secret")
    cast("ada").call("pin_message", message_id=said)
    if token is None:
        assert bodies(cast(reader), room, function) == ["secret"]
        assert cast(reader).call("room_message", message_id=said)["body"] == "secret"
    else:
        with refused(*token):
            cast(reader).rows(function, room_id=room)
        with refused(404, "message_not_found"):
            cast(reader).call("room_message", message_id=said)


def test_visitors_read_nothing(db: Connection, ada: Actor, visitor: Actor, service: Actor) -> None:
    room = make_room(db, "ada")
    said = say(ada, room)
    for function in ("room_messages", "pinned_messages", "room_mutes", "room_moderation"):
        with pytest.raises(Exception, match="permission denied"):
            visitor.rows(function, room_id=room)
    with pytest.raises(Exception, match="permission denied"):
        visitor.call("room_message", message_id=said)
    assert service.run("select body from public.messages") == [{"body": "hi"}]


def test_of_a_deleted_room_nobody_reads(db: Connection, ada: Actor, modesty: Actor) -> None:
    room = make_room(db, "ada")
    said = say(ada, room)
    ada.call("delete_room", room_id=room)
    for reader in (ada, modesty):
        with refused(404, "room_not_found"):
            reader.rows("room_messages", room_id=room)
        with refused(404, "message_not_found"):
            reader.call("room_message", message_id=said)
        assert reader.run("select id from public.messages") == []


def test_pages_go_back_to_the_first_message(db: Connection, ada: Actor, stranger: Actor) -> None:
    loosen(db)
    room = make_room(db, "ada")
    for number in range(25):
        say(ada, room, str(number))
    expected = [str(number) for number in reversed(range(25))]
    assert len(stranger.rows("room_messages", room_id=room)) == 20
    for size in (1, 7, 20, 100):
        assert [row["body"] for row in read(stranger, room, page_size=size)] == expected
    cursor = stranger.rows("room_messages", room_id=room)[3]["cursor"]
    for function, place, after in (
        ("room_messages", make_room(db, "ada"), cursor),
        ("pinned_messages", room, cursor),
        ("room_messages", room, "00"),
    ):
        with refused(422, "bad_cursor"):
            stranger.rows(function, room_id=place, after=after)


def test_a_block_hides_what_each_says_from_the_other(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, dan: Actor
) -> None:
    room = make_room(db, "ada")
    for name in ("ben", "cleo", "dan"):
        enter_room(db, room, name)
    bens, cleos = say(ben, room, "ben's"), say(cleo, room, "cleo's")
    say(dan, room, "to cleo", reply_to_id=cleos)
    ben.call("block", username="cleo")
    for reader, others, hidden in ((ben, "ben's", cleos), (cleo, "cleo's", bens)):
        assert bodies(reader, room) == ["to cleo", others]
        with refused(404, "message_not_found"):
            reader.call("room_message", message_id=hidden)
        with refused(404, "message_not_found"):
            reader.call("react", message_id=hidden, emoji="🔥")
    assert read(ben, room)[0]["reply_to"] == {"id": str(cleos), "author": None, "body": None}
    assert bodies(dan, room) == bodies(ada, room) == ["to cleo", "cleo's", "ben's"]


def test_moderators_read_across_blocks(
    db: Connection, ada: Actor, ben: Actor, modesty: Actor
) -> None:
    room, other = make_room(db, "ada"), make_room(db, "cleo")
    for place in (room, other):
        enter_room(db, place, "ben")
    enter_room(db, other, "ada")
    ben.call("block", username="ada")
    ben.call("block", username="modesty")
    said, elsewhere = say(ben, room, "behind your back"), say(ben, other)
    for keeper in (ada, modesty):
        assert bodies(keeper, room) == ["behind your back"]
        assert keeper.call("room_message", message_id=said)["author"]["username"] == "ben"
    # In a room of others' it is a block like any other.
    assert bodies(ada, other) == []
    with refused(404, "message_not_found"):
        ada.call("room_message", message_id=elsewhere)
    ada.call("delete_message", message_id=said)


def test_whom_one_has_muted_is_left_out_of_lists_alone(
    db: Connection, ben: Actor, cleo: Actor
) -> None:
    room = make_room(db, "ada")
    for name in ("ben", "cleo"):
        enter_room(db, room, name)
    said = say(cleo, room, "again and again")
    ben.call("mute", username="cleo")
    assert bodies(ben, room) == []
    assert bodies(cleo, room) == ["again and again"]
    assert ben.call("room_message", message_id=said)["body"] == "again and again"


def test_what_somebody_said_who_is_leaving_comes_back_with_them(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, modesty: Actor
) -> None:
    room = make_room(db, "ada")
    for name in ("ben", "cleo"):
        enter_room(db, room, name)
    said = say(ben, room, "bye")
    say(cleo, room, "oh", reply_to_id=said)
    hide(db, "ben")
    for reader in (ada, cleo):
        assert bodies(reader, room) == ["oh"]
        assert read(reader, room)[0]["reply_to"]["body"] is None
        with refused(404, "message_not_found"):
            reader.call("room_message", message_id=said)
    assert bodies(ben, room) == bodies(modesty, room) == ["oh", "bye"]
    db.execute("delete from private.hidden_profiles")
    assert bodies(cleo, room) == ["oh", "bye"]


def test_a_client_id_is_its_senders_to_know(db: Connection, ada: Actor, ben: Actor) -> None:
    room, key = make_room(db, "ada"), uuid.uuid4()
    say(ada, room, client_id=key)
    assert read(ada, room)[0]["client_id"] == key
    assert read(ben, room)[0]["client_id"] is None
