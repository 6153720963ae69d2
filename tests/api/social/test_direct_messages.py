"""What is said in a conversation: sending, answering, taking back, reading."""

from __future__ import annotations

import uuid

import pytest

from tests.api.social.talking import bodies, listed, opens, read, say, start
from tests.catalogue import make_crate, make_song, make_upload
from tests.database import Actor, Connection, refused


@pytest.fixture(autouse=True)
def open_people(ada: Actor, ben: Actor, cleo: Actor) -> None:
    """Requests have tests of their own."""
    opens(ada, ben, cleo)


def unread(somebody: Actor, conversation: uuid.UUID) -> int:
    return int(somebody.call("conversation", conversation_id=conversation)["unread_count"])


def test_a_message_shows_who_said_what(ada: Actor, ben: Actor) -> None:
    pair = start(ada, "ben")
    row = ada.call("send_direct_message", conversation_id=pair, body="  hello\n")
    assert (row["body"], row["sender"]["username"], row["like_count"]) == ("hello", "ada", 0)
    assert (row["liked_by_me"], row["reply_to"], row["deleted_at"]) == (False, None, None)
    (seen,) = ben.rows("messages", conversation_id=pair)
    assert {**seen, "cursor": None} == {**row, "cursor": None}
    one = ben.call("direct_message", message_id=row["id"])
    assert {**one, "cursor": None} == {**row, "cursor": None}


@pytest.mark.parametrize(
    ("body", "token"),
    [
        (None, "body_missing"),
        ("", "body_missing"),
        (" \n\t", "body_missing"),
        ("x" * 2001, "body_too_long"),
    ],
)
def test_a_message_has_1_to_2000_characters(ada: Actor, body: str | None, token: str) -> None:
    pair = start(ada, "ben")
    with refused(422, token):
        ada.call("send_direct_message", conversation_id=pair, body=body)
    say(ada, pair, "x" * 2000)


def test_a_message_that_is_sent_again_is_the_same(ada: Actor, ben: Actor, db: Connection) -> None:
    pair, client_id = start(ada, "ben"), uuid.uuid4()
    db.execute("update private.rate_limit_rules set capacity = 2 where action = 'send_message'")
    first = say(ada, pair, "once", client_id=client_id)
    for _ in range(3):
        assert say(ada, pair, "once", client_id=client_id) == first
    assert bodies(ben, pair) == ["once"]
    assert read(ada, pair)[0]["client_id"] == client_id
    assert read(ben, pair)[0]["client_id"] is None
    # Another's id is another's message.
    assert say(ben, pair, "mine", client_id=client_id) != first
    ada.call("delete_direct_message", message_id=first)
    assert say(ada, pair, "once", client_id=client_id) == first


def test_an_answer_quotes_what_it_answers(ada: Actor, ben: Actor) -> None:
    pair = start(ada, "ben")
    question = say(ada, pair, "why? " * 100)
    answer = say(ben, pair, "because", reply_to=question)
    row = ada.call("direct_message", message_id=answer)
    assert (row["reply_to"]["id"], row["reply_to"]["sender"]["username"]) == (str(question), "ada")
    assert row["reply_to"]["body"] == ("why? " * 100)[:140]
    ada.call("delete_direct_message", message_id=question)
    assert ben.call("direct_message", message_id=answer)["reply_to"]["body"] is None


def test_an_answer_is_to_the_same_conversation(ada: Actor, ben: Actor, cleo: Actor) -> None:
    elsewhere = say(ada, start(ada, "cleo"))
    pair = start(ada, "ben")
    for reply_to in (elsewhere, uuid.uuid4()):
        with refused(404, "direct_message_not_found"):
            say(ada, pair, reply_to=reply_to)
    assert read(ben, pair) == []
    assert len(read(cleo, start(ada, "cleo"))) == 1


def test_only_the_sender_takes_a_message_back_and_its_place_stays(
    ada: Actor, ben: Actor, cleo: Actor, modesty: Actor
) -> None:
    pair = start(ada, "ben")
    message = say(ada, pair, "oops")
    for other in (ben, cleo, modesty):
        with refused(404, "direct_message_not_found"):
            other.call("delete_direct_message", message_id=message)
    for _ in range(2):
        ada.call("delete_direct_message", message_id=message)
    (row,) = read(ben, pair)
    assert (row["body"], row["sender"]["username"]) == (None, "ada")
    assert row["deleted_at"] is not None
    for person in (ada, ben):
        with refused(404, "direct_message_not_found"):
            person.call("direct_message", message_id=message)
    (listing,) = ben.rows("my_conversations")
    assert (listing["last_message"]["body"], listing["unread_count"]) == (None, 0)
    with refused(404, "direct_message_not_found"):
        ada.call("delete_direct_message", message_id=uuid.uuid4())


def test_unread_is_counted_from_the_marker_which_never_goes_back(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    pair = start(ada, "ben")
    first, second, third = (say(ada, pair, str(number)) for number in range(3))
    assert (unread(ben, pair), unread(ada, pair)) == (3, 0)
    for up_to, left in ((first, 2), (third, 0), (second, 0)):
        reply = ben.call("mark_conversation_read", conversation_id=pair, up_to=up_to)
        assert reply["unread_count"] == left
    assert reply["last_read_message_id"] == str(third)
    (card,) = ada.call("conversation", conversation_id=pair)["members"]
    assert card["last_read_message_id"] == str(third)
    with refused(422, "value_missing"):
        ben.call("mark_conversation_read", conversation_id=pair, up_to=None)
    # One's own sending moves it too.
    say(ada, pair)
    assert unread(ben, pair) == 1
    say(ben, pair)
    assert (unread(ben, pair), unread(ada, pair)) == (0, 1)
    db.execute("update private.settings set value = 5 where name = 'unread_count_limit'")
    for _ in range(9):
        say(ben, pair)
    assert unread(ada, pair) == 5


def test_the_newest_conversation_comes_first(ada: Actor, ben: Actor, cleo: Actor) -> None:
    with_ben, with_cleo = start(ada, "ben"), start(ada, "cleo")
    say(ada, with_ben)
    say(cleo, with_cleo, "later")
    assert listed(ada) == [with_cleo, with_ben]
    say(ben, with_ben, "latest")
    rows = ada.rows("my_conversations")
    assert [row["id"] for row in rows] == [with_ben, with_cleo]
    assert [row["last_message"]["body"] for row in rows] == ["latest", "later"]
    assert [row["unread_count"] for row in rows] == [1, 1]
    assert [row["members"][0]["username"] for row in rows] == ["ben", "cleo"]
    page = ada.rows("my_conversations", page_size=1)
    next_page = ada.rows("my_conversations", after=page[0]["cursor"])
    assert [row["id"] for row in next_page] == [with_cleo]


def test_a_cursor_belongs_to_its_list(ada: Actor) -> None:
    pair = start(ada, "ben")
    say(ada, pair)
    group = start(ada, "ben", title="x")
    cursor = read(ada, pair)[-1]["cursor"]
    with refused(422, "bad_cursor"):
        ada.rows("messages", conversation_id=group, after=cursor)
    with refused(422, "bad_cursor"):
        ada.rows("my_conversations", after=cursor)
    (own, _) = (row["cursor"] for row in ada.rows("my_conversations"))
    with refused(422, "bad_cursor"):
        ada.rows("my_conversations", after=own, requests=True)


def test_sending_is_slowed(ada: Actor, db: Connection) -> None:
    db.execute("update private.rate_limit_rules set capacity = 3 where action = 'send_message'")
    pair = start(ada, "ben")
    with refused(429, "rate_limited"):
        for _ in range(5):
            say(ada, pair)


def test_who_is_leaving_is_nobody_until_they_come_back(ada: Actor, ben: Actor) -> None:
    pair = start(ada, "ben")
    question = say(ben, pair, "still there?")
    say(ada, pair, "yes", reply_to=question)
    say(ben, pair, "good")
    ben.call("delete_my_account", confirm_username="ben")
    with refused(409, "recipient_gone"):
        say(ada, pair)
    (row,) = ada.rows("my_conversations")
    assert (row["members"], row["member_count"]) == ([], 1)
    assert (row["last_message"]["body"], row["last_message"]["sender_id"]) == (None, None)
    newest, answer, oldest = read(ada, pair)
    assert [one["body"] for one in (newest, answer, oldest)] == [None, "yes", None]
    assert (newest["sender"], answer["reply_to"]["body"]) == (None, None)
    with refused(404, "direct_message_not_found"):
        ada.call("direct_message", message_id=question)
    assert bodies(ben, pair) == ["still there?", "yes", "good"]
    ben.call("restore_my_account")
    assert bodies(ada, pair) == ["still there?", "yes", "good"]


def test_staff_read_no_conversation_they_are_not_in(ada: Actor, modesty: Actor) -> None:
    pair = start(ada, "ben")
    message = say(ada, pair)
    with refused(404, "conversation_not_found"):
        modesty.rows("messages", conversation_id=pair)
    with refused(404, "direct_message_not_found"):
        modesty.call("direct_message", message_id=message)
    assert modesty.run("select * from public.direct_messages") == []


def test_only_ids_are_broadcast(ada: Actor, ben: Actor, db: Connection) -> None:
    pair = start(ada, "ben")
    message = say(ada, pair, "a secret")
    ben.call("mark_conversation_read", conversation_id=pair, up_to=message)
    ada.call("delete_direct_message", message_id=message)
    rows = db.execute(
        "select event, payload, private from realtime.messages where topic = %s"
        " order by inserted_at, event",
        [f"dm:{pair}"],
    ).fetchall()
    heard = {row["event"]: row["payload"] for row in rows}
    told = {"id": str(message), "conversation_id": str(pair)}
    assert heard["message_sent"] == heard["message_deleted"] == told
    assert set(heard) == {"message_sent", "message_deleted", "conversation_read"}
    assert set(heard["conversation_read"]) == {"id", "conversation_id"}
    assert all(row["private"] for row in rows)
    assert str(ada.id) not in str(rows)
    assert "secret" not in str(rows)


def test_newer_messages_have_greater_ids_whatever_the_clock_does(db: Connection) -> None:
    ahead = uuid.UUID("0fffffff-ffff-7fff-bfff-00000000ffff")
    row = db.execute("select private.message_id_after(%s) as id", [ahead]).fetchone()
    assert row == {"id": uuid.UUID("0fffffff-ffff-7fff-bfff-000000010000")}
    row = db.execute("select private.message_id_after(null) as id").fetchone()
    assert row is not None
    assert row["id"].version == 7


def test_a_message_shares_a_track_or_a_crate_with_or_without_words(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    pair, song, crate = start(ada, "ben"), make_song(db), make_crate(db, "ada")
    ada.call("send_direct_message", conversation_id=pair, track_id=song)
    say(ada, pair, "and this", crate_id=crate)
    newest, oldest = read(ben, pair)
    assert (oldest["body"], oldest["track"]["id"], oldest["crate"]) == (None, str(song), None)
    assert (newest["body"], newest["track"], newest["crate"]["id"]) == (
        "and this",
        None,
        str(crate),
    )
    (listing,) = ben.rows("my_conversations")
    assert listing["last_message"]["crate_id"] == str(crate)
    ada.call("delete_direct_message", message_id=newest["id"])
    assert read(ben, pair)[0]["crate"] is None
    with refused(422, "one_thing_at_a_time"):
        say(ada, pair, track_id=song, crate_id=crate)


def test_what_is_shared_is_seen_by_whom_it_is_for(ada: Actor, ben: Actor, db: Connection) -> None:
    pair = start(ada, "ben")
    secret, draft = make_crate(db, "ada", "private"), make_upload(db, "ada", "draft")
    for thing, token in (("track_id", "track_not_found"), ("crate_id", "crate_not_found")):
        with refused(404, token):
            say(ben, pair, "look", **{thing: draft if thing == "track_id" else secret})
        with refused(404, token):
            say(ben, pair, "look", **{thing: uuid.uuid4()})
    say(ada, pair, crate_id=secret)
    say(ada, pair, track_id=draft)
    assert [(row["track"], row["crate"]) for row in read(ben, pair)] == [(None, None)] * 2
    mine = read(ada, pair)
    assert (mine[0]["track"]["id"], mine[1]["crate"]["id"]) == (str(draft), str(secret))
