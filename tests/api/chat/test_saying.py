"""Members of a room talk in it."""

from __future__ import annotations

import uuid

import pytest

from tests.api.chat.chatting import bodies, heard, loosen, read, say, set_back, told
from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, actor, refused
from tests.rooms import ban_from_room, enter_room, make_room


def test_a_member_says_something(room: uuid.UUID, db: Connection, ben: Actor) -> None:
    key = uuid.uuid4()
    sent = ben.call("send_message", room_id=room, body="  hello \n", client_id=key)
    assert sent["author"]["username"] == "ben"
    assert (sent["room_id"], sent["kind"], sent["body"]) == (room, "text", "hello")
    assert (sent["client_id"], sent["reactions"], sent["reply_to"]) == (key, [], None)
    assert read(ben, room)[0] == {**sent, "cursor": read(ben, room)[0]["cursor"]}
    assert ben.call("room_message", message_id=sent["id"]) == sent
    assert heard(db, room, "message") == [
        ("message", {"id": str(sent["id"]), "kind": "text", "author_id": str(ben.id)})
    ]


@pytest.mark.parametrize(
    ("body", "token"),
    [(None, "body_missing"), (" \n", "body_missing"), ("x" * 501, "body_too_long")],
)
def test_a_message_has_1_to_500_characters(
    body: str | None, token: str, room: uuid.UUID, ben: Actor
) -> None:
    with refused(422, token):
        say(ben, room, body)
    assert say(ben, room, "ü" * 500)


def test_only_members_speak(room: uuid.UUID, stranger: Actor, modesty: Actor) -> None:
    for somebody in (stranger, modesty):
        with refused(403, "not_a_member"):
            say(somebody, room)
        with refused(404, "room_not_found"):
            say(somebody, uuid.uuid4())


def test_a_private_room_is_not_there_for_others(db: Connection, ben: Actor) -> None:
    room = make_room(db, "ada", "private")
    with refused(404, "room_not_found"):
        say(ben, room)


def test_nobody_speaks_in_a_deleted_room(room: uuid.UUID, ada: Actor, ben: Actor) -> None:
    ada.call("delete_room", room_id=room)
    for somebody in (ada, ben):
        with refused(404, "room_not_found"):
            say(somebody, room)


def test_who_is_banned_says_nothing(room: uuid.UUID, db: Connection, ben: Actor) -> None:
    ban_from_room(db, room, "ben", 5)
    with refused(403, "banned_from_room"):
        say(ben, room)
    db.execute("delete from public.room_members where user_id = %s", [ben.id])
    with refused(403, "banned_from_room"):
        say(ben, room)
    db.execute("update public.room_bans set until = now() - interval '1 minute'")
    enter_room(db, room, "ben")
    say(ben, room)


def test_who_may_not_write_says_nothing(
    room: uuid.UUID, db: Connection, ben: Actor, visitor: Actor
) -> None:
    db.execute("update public.feature_flags set is_enabled = false where name = 'rooms'")
    with refused(403, "feature_disabled"):
        say(ben, room)
    db.execute("update public.feature_flags set is_enabled = true where name = 'rooms'")
    ben.call("delete_my_account", confirm_username="ben")
    with refused(403, "account_deactivated"):
        say(ben, room)
    with refused(403, "account_deactivated"):
        say(ben, room, "")


def test_the_same_client_id_is_the_same_message(
    room: uuid.UUID, db: Connection, ben: Actor, cleo: Actor
) -> None:
    db.execute("update public.rooms set slow_mode_seconds = 60")
    key = uuid.uuid4()
    first = say(ben, room, "once", client_id=key)
    for _ in range(12):
        assert say(ben, room, "twice", client_id=key) == first
    assert bodies(ben, room) == ["once"]
    assert say(cleo, room, "mine", client_id=key) != first


def test_a_client_id_is_for_one_room(room: uuid.UUID, db: Connection, ada: Actor) -> None:
    other, key = make_room(db, "ada"), uuid.uuid4()
    assert say(ada, room, client_id=key) != say(ada, other, client_id=key)


def test_eleven_at_once_are_too_many(room: uuid.UUID, db: Connection, ben: Actor) -> None:
    for number in range(10):
        say(ben, room, str(number))
    with refused(429, "rate_limited") as caught:
        say(ben, room, "11")
    assert caught.value.diag.message_hint == "10"
    assert len(bodies(ben, room)) == 10
    # Ten seconds later all ten are back.
    db.execute(
        "update private.rate_limit_buckets set last_times = array("
        " select last - interval '10 s' from unnest(last_times) as last order by last)"
    )
    for number in range(10):
        say(ben, room, str(number))


def test_the_limit_holds_over_all_rooms(room: uuid.UUID, db: Connection, ada: Actor) -> None:
    other = make_room(db, "ada")
    for number in range(10):
        say(ada, (room, other)[number % 2])
    with refused(429, "rate_limited"):
        say(ada, other)


def test_slow_mode_is_one_message_in_so_many_seconds(
    room: uuid.UUID, db: Connection, ben: Actor
) -> None:
    db.execute("update public.rooms set slow_mode_seconds = 30")
    first = say(ben, room)
    with refused(429, "slow_mode") as caught:
        say(ben, room)
    assert caught.value.diag.message_hint in ("29", "30")
    set_back(db, first, "29 seconds")
    with refused(429, "slow_mode") as caught:
        say(ben, room)
    assert caught.value.diag.message_hint in ("1", "0")
    set_back(db, first, "30 seconds")
    say(ben, room)


def test_deleting_is_no_way_round_slow_mode(room: uuid.UUID, db: Connection, ben: Actor) -> None:
    db.execute("update public.rooms set slow_mode_seconds = 30")
    ben.call("delete_message", message_id=say(ben, room))
    with refused(429, "slow_mode"):
        say(ben, room)


def test_slow_mode_is_not_for_moderators_nor_for_other_rooms(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, cleo: Actor, modesty: Actor
) -> None:
    other = make_room(db, "ada")
    enter_room(db, other, "ben")
    enter_room(db, room, "modesty")
    db.execute("update public.rooms set slow_mode_seconds = 30")
    for somebody in (ada, cleo, modesty):
        for _ in range(2):
            say(somebody, room)
    say(ben, room)
    say(ben, other)


def test_a_reply_is_to_a_message_of_the_same_room(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor
) -> None:
    question = say(ada, room, "who is it? " * 20)
    say(ben, room, "me", reply_to_id=question)
    answer = read(ada, room)[0]
    assert answer["reply_to"] == {
        "id": str(question),
        "author": {
            "id": str(ada.id), "username": "ada", "display_name": "Ada Lovelace",
        },
        "body": ("who is it? " * 20)[:140],
    }  # fmt: skip
    elsewhere = say(ada, make_room(db, "ada"))
    ada.call("delete_message", message_id=question)
    for target in (elsewhere, question, uuid.uuid4()):
        with refused(404, "message_not_found"):
            say(ben, room, reply_to_id=target)
    quoted = read(ada, room)[0]["reply_to"]
    assert quoted == {"id": str(question), "author": None, "body": None}


def test_nobody_replies_across_a_block(room: uuid.UUID, ben: Actor, cleo: Actor) -> None:
    said = say(cleo, room)
    ben.call("block", username="cleo")
    with refused(404, "message_not_found"):
        say(ben, room, reply_to_id=said)


def test_a_message_shares_a_track(room: uuid.UUID, db: Connection, ben: Actor) -> None:
    song = make_song(db)
    say(ben, room, None, track_id=song)
    (row,) = read(ben, room)
    assert (row["body"], row["track"]["id"]) == (None, str(song))


def test_a_track_that_is_gone_is_not_shared(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor
) -> None:
    for status in ("draft", "hidden", "removed"):
        track = make_upload(db, "ada", status)
        with refused(404, "track_not_found"):
            say(ben, room, track_id=track)
        with refused(409, "track_not_published"):
            say(ada, room, track_id=track)
    with refused(404, "track_not_found"):
        say(ben, room, track_id=uuid.uuid4())


def test_a_track_that_is_taken_down_later_is_shown_no_more(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor
) -> None:
    track = make_upload(db, "ada", "published")
    say(ben, room, "listen", track_id=track)
    assert read(ben, room)[0]["track"]["id"] == str(track)
    ada.call("hide_track", track_id=track)
    assert (read(ben, room)[0]["track"], read(ben, room)[0]["body"]) == (None, "listen")


def test_what_is_said_makes_a_room_lively(room: uuid.UUID, db: Connection, ben: Actor) -> None:
    for _ in range(3):
        say(ben, room)
    events = "select sum(event_count) as n from private.room_activity where room_id = %s"
    (row,) = db.execute(events, [room]).fetchall()
    assert row["n"] == 3


def test_one_edits_what_one_has_said_within_five_minutes(
    room: uuid.UUID, db: Connection, ben: Actor
) -> None:
    said = say(ben, room, "helo")
    edited = ben.call("edit_message", message_id=said, body=" hello ")
    assert (edited["id"], edited["body"]) == (said, "hello")
    assert edited["edited_at"] is not None
    assert heard(db, room, "message_edited") == [("message_edited", {"id": str(said)})]
    set_back(db, said, "4 minutes 59 seconds")
    ben.call("edit_message", message_id=said, body="hello!")
    set_back(db, said, "5 minutes 1 second")
    with refused(409, "edit_window_passed"):
        ben.call("edit_message", message_id=said, body="bye")
    # What is so already changes nothing, whenever.
    assert ben.call("edit_message", message_id=said, body="hello!")["body"] == "hello!"
    assert len(heard(db, room, "message_edited")) == 2


def test_what_ones_own_words_answer_is_not_shown_across_a_block(
    room: uuid.UUID, db: Connection, ben: Actor
) -> None:
    enter_room(db, room, "dan")
    dan, key = actor(db, "dan"), uuid.uuid4()
    said = say(dan, room, "first")
    answer = say(ben, room, "indeed", reply_to_id=said, client_id=key)
    db.execute(
        "insert into public.blocks (blocker_id, blocked_id) values (%s, %s)", [dan.id, ben.id]
    )
    dan.call("edit_message", message_id=said, body="not for ben")
    hidden = {"id": str(said), "author": None, "body": None}
    again = ben.call("send_message", room_id=room, body="indeed", reply_to_id=said, client_id=key)
    assert (again["id"], again["reply_to"]) == (answer, hidden)
    for body in ("indeed", "indeed!"):
        assert ben.call("edit_message", message_id=answer, body=body)["reply_to"] == hidden


def test_only_ones_own_words_are_edited(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, cleo: Actor, modesty: Actor
) -> None:
    said = say(ben, room)
    for somebody in (ada, cleo, modesty):
        with refused(404, "message_not_found"):
            somebody.call("edit_message", message_id=said, body="mine")
    for body, token in (("", "body_missing"), ("x" * 501, "body_too_long")):
        with refused(422, token):
            ben.call("edit_message", message_id=said, body=body)
    db.execute("delete from public.room_members where user_id = %s", [ben.id])
    with refused(403, "not_a_member"):
        ben.call("edit_message", message_id=said, body="gone")
    ben.call("delete_message", message_id=said)
    with refused(404, "message_not_found"):
        ben.call("edit_message", message_id=said, body="gone")


def test_editing_has_its_limit(room: uuid.UUID, db: Connection, ben: Actor) -> None:
    db.execute("update private.rate_limit_rules set capacity = 1 where action like 'edit_room%'")
    said = say(ben, room)
    ben.call("edit_message", message_id=said, body="one")
    with refused(429, "rate_limited"):
        ben.call("edit_message", message_id=said, body="two")


def test_one_deletes_what_one_has_said(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor
) -> None:
    said = say(ben, room, "oops", track_id=make_song(db))
    ada.call("react", message_id=said, emoji="🔥")
    db.execute("delete from public.room_members where user_id = %s", [ben.id])
    for _ in range(2):
        ben.call("delete_message", message_id=said)
    (row,) = read(ada, room)
    assert (row["id"], row["body"], row["track"], row["reactions"]) == (said, None, None, [])
    assert row["deleted_at"] is not None
    with refused(404, "message_not_found"):
        ada.call("room_message", message_id=said)
    assert heard(db, room, "message_deleted") == [("message_deleted", {"id": str(said)})]
    assert db.execute("select user_id from public.message_reactions").fetchall() == []
    assert ada.run("select action from public.moderation_log") == []


def test_deleted_messages_go_for_good_after_a_while(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, service: Actor
) -> None:
    loosen(db)
    old, young, kept = (say(ben, room, name) for name in ("old", "young", "kept"))
    answer = say(ada, room, "so?", reply_to_id=old)
    for message, days in ((old, 31), (young, 29)):
        ben.call("delete_message", message_id=message)
        db.execute(
            "update public.messages set deleted_at = now() - make_interval(days => %s)"
            " where id = %s",
            [days, message],
        )
    ended, elsewhere = make_room(db, "ada"), make_room(db, "ada")
    for place in (ended, elsewhere):
        say(ada, place)
        ada.call("delete_room", room_id=place)
    db.execute(
        "update public.rooms set deleted_at = now() - interval '31 days' where id = %s", [ended]
    )
    ada.call("mute_member", room_id=room, username="ben", minutes=1)
    db.execute("update public.room_mutes set until = now() - interval '1 second'")
    assert service.call("backend.forget_old_messages") == 3
    assert service.call("backend.forget_old_messages") == 0
    assert {row["id"] for row in read(ada, room)} == {young, kept, answer}
    assert read(ada, room)[0]["reply_to"] is None
    left = db.execute("select room_id from public.messages where room_id <> %s", [room]).fetchall()
    assert [row["room_id"] for row in left] == [elsewhere]
    assert db.execute("select user_id from public.room_mutes").fetchall() == []


def test_the_room_tells_what_happens_in_it(room: uuid.UUID, db: Connection, ada: Actor) -> None:
    song = make_song(db)
    ada.call("update_room", room_id=room, name="New name", slow_mode_seconds=5)
    ada.call("pin_track", room_id=room, track_id=song)
    ada.call("pin_track", room_id=room, track_id=None)
    ada.call("transfer_room", room_id=room, username="cleo")
    assert told(ada, room) == [
        ("owner_changed", {}),
        ("track_pinned", {"track_id": str(song)}),
        ("slow_mode_changed", {"seconds": 5}),
        ("room_renamed", {}),
    ]
    authors = [row["author"]["username"] for row in read(ada, room)]
    assert authors == ["cleo", "ada", "ada", "ada"]
    assert [row["body"] for row in read(ada, room)] == [None] * 4
    # Who comes and goes is no message, nor does the room's own voice count as talk.
    assert db.execute("select room_id from private.room_activity").fetchall() == []


def test_no_ten_seconds_see_more_than_ten_messages(db: Connection, ben: Actor) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")

    def wait(seconds: float) -> None:
        db.execute(
            "update private.rate_limit_buckets set refilled_at = refilled_at - step,"
            " last_times = array("
            " select taken - step from unnest(last_times) as taken order by taken)"
            " from (select make_interval(secs => %s) as step) as given",
            [seconds],
        )

    for number in range(10):
        say(ben, room, str(number))
        wait(0.5)
    for _ in range(4):
        with refused(429, "rate_limited"):
            say(ben, room)
        wait(1)
    # The first is nine seconds old: when it is ten there is one more, and not two.
    wait(1.1)
    say(ben, room)
    with refused(429, "rate_limited") as caught:
        say(ben, room)
    assert caught.value.diag.message_hint == "1"
