"""Of which deeds people are told: words, reactions, messages, crates, plays."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.api.social.talking import say, start
from tests.catalogue import join_crate, make_crate, make_song, make_upload
from tests.database import Actor, Connection


def told(who: Actor) -> list[tuple[str, list[str], int]]:
    """What somebody is told: kind, the names shown, how many it were."""
    return [
        (row["kind"], [card["username"] for card in row["actors"]], row["actor_count"])
        for row in who.rows("my_notifications")
    ]


def comment(who: Actor, post_id: uuid.UUID, body: str = "well said", **more: Any) -> uuid.UUID:
    """Comment on a post."""
    row = who.call("create_comment", target_kind="post", target_id=post_id, body=body, **more)
    assert isinstance(row["id"], uuid.UUID)
    return row["id"]


def test_whose_post_it_is_hears_of_comments_together(ada: Actor, ben: Actor, cleo: Actor) -> None:
    post = ada.post("a post")
    for body in ("one", "two"):
        comment(ben, post, body)
    last = comment(cleo, post, "three")
    comment(ada, post)
    (row,) = ada.rows("my_notifications")
    assert told(ada) == [("comment", ["cleo", "ben"], 2)]
    assert row["comment"] == {"id": str(last), "body": "three"}
    assert row["target"] == {"kind": "text", "body": "a post", "media_paths": []}


def test_only_the_last_comment_taken_back_takes_its_author_out(ada: Actor, ben: Actor) -> None:
    post = ada.post()
    first, second = comment(ben, post), comment(ben, post, "and again")
    ben.call("delete_comment", comment_id=second)
    (row,) = ada.rows("my_notifications")
    assert (row["actor_count"], row["comment"]) == (1, None)
    ben.call("delete_comment", comment_id=first)
    assert told(ada) == []


def test_what_is_taken_back_takes_nothing_else_of_its_author_along(ada: Actor, ben: Actor) -> None:
    post = ada.post()
    mine = comment(ada, post)
    comment(ben, post, "this stays")
    # A mention and a reply are told by themselves, and not among the comments.
    for body, parent in (("hello @ada", None), ("to you", mine)):
        ben.call("delete_comment", comment_id=comment(ben, post, body, parent_id=parent))
        assert told(ada) == [("comment", ["ben"], 1)]
    kept = comment(ben, post, "so it is", parent_id=mine)
    ben.call("delete_comment", comment_id=comment(ben, post, "so, @ada", parent_id=mine))
    assert told(ada) == [("reply", ["ben"], 1), ("comment", ["ben"], 1)]
    ben.call("delete_comment", comment_id=kept)
    assert told(ada) == [("comment", ["ben"], 1)]


def test_what_was_said_before_keeps_nothing_told_that_is_taken_back(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    post = ada.post()
    comment(ben, post, "read by now")
    ada.call("mark_read")
    last = comment(ben, post)
    # In one transaction all of it happens at once.
    db.execute("update public.notifications set created_at = clock_timestamp()")
    ben.call("delete_comment", comment_id=last)
    (row,) = ada.rows("my_notifications")
    assert row["is_read"]


def test_what_answers_somebody_they_do_not_see_is_not_told_to_whose_it_is(
    ada: Actor, ben: Actor, cleo: Actor
) -> None:
    post = ada.post()
    root = comment(ben, post)
    comment(cleo, post, "before", parent_id=root)
    (row,) = ada.rows("my_notifications")
    assert row["comment"]["body"] == "before"
    ben.call("block", username="ada")
    (row,) = ada.rows("my_notifications")
    assert ([card["username"] for card in row["actors"]], row["comment"]) == (["cleo"], None)
    ada.call("mark_read")
    comment(cleo, post, "after", parent_id=root)
    assert (told(ada), ada.call("unread_count")) == ([("comment", ["cleo"], 1)], 0)


@pytest.mark.parametrize("deed", ["block", "mute", "leave"])
def test_no_words_of_somebody_unwanted_stay_in_what_others_are_part_of(
    ada: Actor, ben: Actor, cleo: Actor, deed: str
) -> None:
    post = ada.post()
    root = comment(ada, post)
    for author in (cleo, ben):
        comment(author, post, f"of {author.name}")
        comment(author, post, f"of {author.name}", parent_id=root)
    shown = [(row["kind"], row["comment"]["body"]) for row in ada.rows("my_notifications")]
    assert shown == [("reply", "of ben"), ("comment", "of ben")]
    if deed == "leave":
        ben.call("delete_my_account", confirm_username="ben")
    else:
        ada.call(deed, username="ben")
    for row in ada.rows("my_notifications"):
        assert [card["username"] for card in row["actors"]] == ["cleo"]
        assert row["comment"] is None


def test_one_comment_is_told_to_one_person_once(ada: Actor, ben: Actor, cleo: Actor) -> None:
    post = ada.post()
    root = comment(ben, post)
    ada.call("mark_read")
    comment(cleo, post, "@ada @ben both", parent_id=root)
    assert told(ada)[0] == ("mention", ["cleo"], 1)
    assert len(told(ada)) == 2
    assert told(ben) == [("mention", ["cleo"], 1)]
    comment(cleo, post, "an answer", parent_id=root)
    assert told(ben) == [("reply", ["cleo"], 1), ("mention", ["cleo"], 1)]
    assert told(ada)[0] == ("comment", ["cleo"], 1)
    # An answer to the owner's own words is a reply, not a comment too.
    mine = comment(ada, post)
    comment(ben, post, "to you", parent_id=mine)
    assert [row[0] for row in told(ada)].count("comment") == 2
    assert told(ada)[0] == ("reply", ["ben"], 1)


def test_who_wants_no_mentions_still_hears_of_comments(ada: Actor, ben: Actor) -> None:
    ada.call("set_notification_preference", kind="mention", channel="in_app", is_enabled=False)
    comment(ben, ada.post(), "hello @ada")
    assert told(ada) == [("comment", ["ben"], 1)]


def test_a_mention_that_is_edited_away_is_not_told(ada: Actor, ben: Actor, cleo: Actor) -> None:
    mentioned = comment(ben, ada.post(), "ask @cleo")
    (row,) = cleo.rows("my_notifications")
    assert (row["kind"], row["target_id"]) == ("mention", mentioned)
    assert row["target"]["body"] == "ask @cleo"
    ben.call("edit_comment", comment_id=mentioned, body="ask somebody")
    assert told(cleo) == []


@pytest.mark.parametrize("end", ["comment deleted", "post deleted", "hidden"])
def test_what_ends_a_comment_ends_what_was_told_of_it(
    end: str, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    post = ada.post()
    said = comment(ben, post, "ask @cleo")
    cleo.call("set_reaction", comment_id=said, emoji="🔥", present=True)
    assert told(ben) == [("reaction", ["cleo"], 1)]
    match end:
        case "comment deleted":
            ben.call("delete_comment", comment_id=said)
        case "post deleted":
            ada.call("delete_post", post_id=post)
        case _:
            ada.call("hide_comment", comment_id=said)
    assert told(cleo) == []
    assert told(ben) == ([("reaction", ["cleo"], 1)] if end == "hidden" else [])


def test_reactions_are_told_by_person_and_taken_back(ada: Actor, ben: Actor) -> None:
    said = comment(ada, ada.post())
    for emoji in ("🔥", "🎧"):
        ben.call("set_reaction", comment_id=said, emoji=emoji, present=True)
    (row,) = ada.rows("my_notifications")
    assert (row["kind"], row["actor_count"], row["data"]) == ("reaction", 1, {"emoji": "🎧"})
    for emoji in ("🔥", "🎧"):
        ben.call("set_reaction", comment_id=said, emoji=emoji, present=False)
    assert told(ada) == []


def test_a_message_is_told_until_the_conversation_is_read(ada: Actor, ben: Actor) -> None:
    ada.call("follow", username="ben")
    ada.call("mark_read")
    conversation = start(ben, "ada")
    for body in ("hi", "are you there?"):
        last = say(ben, conversation, body)
    (row,) = ada.rows("my_notifications")
    assert (row["kind"], row["actor_count"], row["target_id"]) == (
        "direct_message", 1, conversation,
    )  # fmt: skip
    assert row["target"] == {"kind": "direct", "title": None}
    ada.call("mark_conversation_read", conversation_id=conversation, up_to=last)
    assert [found["is_read"] for found in ada.rows("my_notifications")] == [True]
    assert ada.call("unread_count") == 0


def test_a_message_that_is_deleted_unread_leaves_no_ghost(ada: Actor, ben: Actor) -> None:
    ada.call("follow", username="ben")
    message = say(ben, start(ben, "ada"))
    assert ada.call("unread_count") == 1
    ben.call("delete_direct_message", message_id=message)
    assert told(ada) == []


def test_a_message_that_is_taken_back_leaves_the_others_told(ada: Actor, ben: Actor) -> None:
    ada.call("follow", username="ben")
    conversation = start(ben, "ada")
    quiet = {"conversation_id": conversation, "until": "infinity"}
    ada.call("mute_conversation", **quiet)
    untold = say(ben, conversation)
    ada.call("mute_conversation", **{**quiet, "until": None})
    messages = [say(ben, conversation, body) for body in ("and this", "and that")]
    for message in (untold, messages[0]):
        ben.call("delete_direct_message", message_id=message)
        assert told(ada) == [("direct_message", ["ben"], 1)]
    ben.call("delete_direct_message", message_id=messages[1])
    assert told(ada) == []


def test_a_muted_conversation_is_not_told_of(db: Connection, ada: Actor, ben: Actor) -> None:
    ada.call("follow", username="ben")
    conversation = start(ben, "ada")
    db.execute(
        "update public.conversation_members set muted_until = 'infinity' where member_id = %s",
        [ada.id],
    )
    say(ben, conversation)
    assert told(ada) == []


def test_who_may_not_write_at_once_is_told_of_as_a_request(ada: Actor, stranger: Actor) -> None:
    say(stranger, start(stranger, "ada"))
    assert told(ada) == [("message_request", ["stranger"], 1)]


def test_whom_a_crate_is_opened_for_is_told(db: Connection, ada: Actor, ben: Actor) -> None:
    crate = make_crate(db, "ada", "private")
    join_crate(db, crate, "ben")
    (row,) = ben.rows("my_notifications")
    assert told(ben) == [("collaboration", ["ada"], 1)]
    assert row["target"] == {"title": "private of ada", "cover_path": None, "item_count": 0}
    db.execute("delete from public.crate_collaborators")
    assert told(ben) == []
    join_crate(db, crate, "ben")
    db.execute("update public.crates set deleted_at = now(), title = null")
    assert told(ben) == []


def test_whose_crate_is_shared_hears_of_each_share(db: Connection, ada: Actor, ben: Actor) -> None:
    crate = make_crate(db, "ada", "public")
    ada.call("create_post", kind="crate", crate_id=crate)
    assert told(ada) == []
    first, second = (
        ben.call("create_post", kind="crate", crate_id=crate, body=body)["id"] for body in "ab"
    )
    assert told(ada) == [("crate_share", ["ben"], 1)] * 2
    newest, _ = ada.rows("my_notifications")
    assert (newest["target_id"], newest["data"]) == (crate, {"post_id": str(second)})
    assert newest["target"]["title"] == "public of ada"
    ben.call("delete_post", post_id=first)
    (left,) = ada.rows("my_notifications")
    assert left["data"] == {"post_id": str(second)}
    ada.call("mark_read")
    ben.call("delete_post", post_id=second)
    assert told(ada) == [("crate_share", ["ben"], 1)]


def test_a_share_that_the_owner_may_not_see_is_not_told(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    crate = make_crate(db, "ada", "public")
    for visibility in ("private", "followers"):
        ben.call("create_post", kind="crate", crate_id=crate, visibility=visibility)
    assert told(ada) == []


def test_plays_are_told_in_round_numbers(db: Connection, ada: Actor) -> None:
    track = make_upload(db, "ada")
    song = make_song(db)
    for count in (5, 10, 11, 15, 25, 24, 25):
        for played in (track, song):
            db.execute("update public.tracks set play_count = %s where id = %s", [count, played])
    rows = ada.rows("my_notifications")
    assert [row["data"] for row in rows] == [
        {"count": 25, "of": "plays"}, {"count": 10, "of": "plays"},
    ]  # fmt: skip
    assert rows[0]["target"]["title"] == "published by ada"
    db.execute("delete from private.track_files")
    db.execute("delete from public.tracks where id = %s", [track])
    assert told(ada) == []


@pytest.mark.parametrize(
    ("total", "steps"),
    [
        (9, []),
        (10, [10]),
        (24, [10]),
        (25, [10, 25]),
        (99, [10, 25, 50]),
        (100, [10, 25, 50, 100]),
        (2499, [10, 25, 50, 100, 250, 500, 1000]),
        (2500, [10, 25, 50, 100, 250, 500, 1000, 2500]),
    ],
)
def test_milestones_are_one_two_and_a_half_and_five_of_every_size(
    total: int, steps: list[int], db: Connection, ada: Actor
) -> None:
    for _ in range(2):
        db.execute(
            "select private.reach_milestone('profile', %s, 'followers', %s, %s)",
            [ada.id, total, ada.id],
        )
    rows = db.execute("select step from private.milestones order by step").fetchall()
    assert [row["step"] for row in rows] == steps
    assert [row["data"]["count"] for row in ada.rows("my_notifications")] == steps[-1:]
