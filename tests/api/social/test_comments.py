"""Commenting, answering, editing and deleting, and what the others then see."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Actor, Connection, Row, forbidden, refused


def say(person: Actor, post: uuid.UUID, body: str = "well said", **arguments: Any) -> uuid.UUID:
    """Comment on a post and return the comment's id."""
    row = person.call("create_comment", target_kind="post", target_id=post, body=body, **arguments)
    assert isinstance(row["id"], uuid.UUID)
    return row["id"]


def listed(reader: Actor, post: uuid.UUID, **arguments: Any) -> list[Row]:
    """The comments somebody is shown on a post."""
    return reader.rows("comments_on", target_kind="post", target_id=post, **arguments)


def bodies(rows: list[Row]) -> list[str | None]:
    return [row["body"] for row in rows]


def count_of(db: Connection, post: uuid.UUID) -> int:
    row = db.execute("select comment_count from public.posts where id = %s", [post]).fetchone()
    assert row is not None
    return int(row["comment_count"])


def test_a_comment_comes_back_as_it_was_stored(ada: Actor, ben: Actor, db: Connection) -> None:
    post = ada.post()
    row = ben.call("create_comment", target_kind="post", target_id=post, body="  so\n good  ")
    assert (row["body"], row["depth"], row["parent_id"]) == ("so\n good", 1, None)
    assert row["author"] == {
        "id": str(ben.id), "username": "ben", "display_name": "Ben",
        "avatar_path": None, "is_verified": False,
    }  # fmt: skip
    (shown,) = listed(ada, post)
    assert {**shown, "cursor": None, "replies": None} == row
    assert ada.call("comment", comment_id=row["id"]) == row
    assert ada.call("post", post_id=post)["comment_count"] == count_of(db, post) == 1


@pytest.mark.parametrize(
    ("arguments", "token"),
    [
        ({"body": " \n\t "}, "body_missing"),
        ({"body": None}, "body_missing"),
        ({"body": "x" * 1001}, "body_too_long"),
        ({"body": "x", "target_kind": "room"}, "target_kind_unknown"),
        ({"body": "x", "target_kind": None}, "target_kind_unknown"),
        ({"body": "x", "position_ms": 10}, "position_unfit"),
    ],
)
def test_an_unfit_comment_is_refused_with_its_reason(
    ada: Actor, db: Connection, arguments: dict[str, Any], token: str
) -> None:
    post = ada.post()
    with refused(422, token):
        ada.call("create_comment", **{"target_kind": "post", "target_id": post, **arguments})
    assert db.execute("select count(*) as n from public.comments").fetchone() == {"n": 0}


def test_the_same_client_id_is_the_same_comment_and_costs_no_token(ada: Actor, ben: Actor) -> None:
    post, client_id = ada.post(), uuid.uuid4()
    first = say(ben, post, "once", client_id=client_id)
    assert {say(ben, post, "again", client_id=client_id) for _ in range(30)} == {first}
    assert say(ada, post, "her own", client_id=client_id) != first
    assert bodies(listed(ada, post)) == ["her own", "once"]


def test_who_comments_on_and_on_is_slowed(ada: Actor, ben: Actor, db: Connection) -> None:
    post = ada.post()
    with refused(429, "rate_limited") as caught:
        for number in range(100):
            say(ben, post, str(number))
    assert int(caught.value.diag.message_hint or 0) >= 1
    assert count_of(db, post) == 15


def test_who_posts_and_posts_is_slowed(ada: Actor, db: Connection) -> None:
    with refused(429, "rate_limited") as caught:
        for number in range(100):
            ada.post(str(number))
    assert int(caught.value.diag.message_hint or 0) >= 1
    assert db.execute("select count(*) as n from public.posts").fetchone() == {"n": 10}


def test_answers_go_four_levels_deep_and_then_stand_side_by_side(ada: Actor, ben: Actor) -> None:
    post = ada.post()
    levels = [say(ben, post, "1")]
    for depth in ("2", "3", "4"):
        levels.append(say(ada, post, depth, parent_id=levels[-1]))
    below = ben.call(
        "create_comment", target_kind="post", target_id=post, body="5", parent_id=levels[3]
    )
    assert (below["depth"], below["parent_id"]) == (4, levels[2])
    rows = ada.rows("replies_to", comment_id=levels[2])
    assert [(row["body"], row["depth"]) for row in rows] == [("4", 4), ("5", 4)]
    assert [row["body"] for row in ada.rows("replies_to", comment_id=levels[3])] == []


def test_an_answer_belongs_to_what_it_answers(ada: Actor, ben: Actor, db: Connection) -> None:
    post, other = ada.post(), ada.post()
    root = say(ben, post)
    for parent in (root, uuid.uuid4()):
        with refused(404, "comment_not_found"):
            say(ben, other, parent_id=parent)
    with pytest.raises(Exception, match="comments_parent_fkey"), db.transaction():
        db.execute(
            "insert into public.comments"
            " (target_kind, target_id, author_id, parent_id, depth, body)"
            " values ('post', %s, %s, %s, 2, 'x')",
            [other, ben.id, root],
        )


def test_a_list_shows_the_first_three_replies(ada: Actor, ben: Actor) -> None:
    post = ada.post()
    root, lonely = say(ben, post, "root"), say(ben, post, "lonely")
    for number in range(5):
        say(ada, post, str(number), parent_id=root)
    first, second = listed(ada, post)
    assert (first["id"], first["reply_count"], first["replies"]) == (lonely, 0, [])
    assert second["reply_count"] == 5
    assert [reply["body"] for reply in second["replies"]] == ["0", "1", "2"]
    page = ada.rows("replies_to", comment_id=root, page_size=2)
    rest = ada.rows("replies_to", comment_id=root, page_size=9, after=page[-1]["cursor"])
    assert bodies(page + rest) == ["0", "1", "2", "3", "4"]
    told_by_the_root = {"target_kind", "target_id", "parent_id", "position_ms", "is_pinned"}
    kept = page[0].keys() - {"cursor", "replies"} - told_by_the_root
    assert second["replies"][0] == {
        **{key: page[0][key] for key in kept},
        "id": str(page[0]["id"]),
        "created_at": second["replies"][0]["created_at"],
    }


def test_a_comment_is_edited_by_its_author_for_half_an_hour(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    post = ada.post()
    comment = say(ben, post, "teh first")
    with refused(404, "comment_not_found"):
        ada.call("edit_comment", comment_id=comment, body="mine")
    assert ben.call("edit_comment", comment_id=comment, body="teh first")["edited_at"] is None
    edited = ben.call("edit_comment", comment_id=comment, body="the first")
    assert edited["body"] == "the first"
    assert edited["edited_at"] is not None
    for body, token in ((None, "body_missing"), ("x" * 1001, "body_too_long")):
        with refused(422, token):
            ben.call("edit_comment", comment_id=comment, body=body)
    db.execute("update public.comments set created_at = now() - interval '30 minutes'")
    for body in ("at first", "the first"):
        assert ben.call("edit_comment", comment_id=comment, body=body)["body"] == body
    db.execute("update public.comments set created_at = now() - interval '30 minutes 1 second'")
    with refused(409, "edit_window_passed"):
        ben.call("edit_comment", comment_id=comment, body="too late")
    assert ben.call("edit_comment", comment_id=comment, body="the first")["body"] == "the first"


def test_a_comment_on_what_one_no_longer_sees_is_not_edited(ada: Actor, ben: Actor) -> None:
    comment = say(ben, ada.post())
    ada.call("block", username="ben")
    with refused(404, "comment_not_found"):
        ben.call("edit_comment", comment_id=comment, body="from afar")
    ben.call("delete_comment", comment_id=comment)


def test_a_deleted_comment_is_a_tombstone_while_it_has_replies(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    post = ada.post()
    root = say(ben, post, "root @ada")
    ben.call("set_reaction", comment_id=root, emoji="🔥", present=True)
    reply = say(ada, post, "reply", parent_id=root)
    with refused(404, "comment_not_found"):
        ada.call("delete_comment", comment_id=root)
    for _ in range(2):
        ben.call("delete_comment", comment_id=root)
    (tomb,) = listed(ada, post)
    assert (tomb["is_deleted"], tomb["body"], tomb["author"]) == (True, None, None)
    assert (tomb["mentions"], tomb["reactions"], tomb["reply_count"]) == ([], [], 1)
    assert [one["body"] for one in tomb["replies"]] == ["reply"]
    assert [row["id"] for row in ada.rows("replies_to", comment_id=root)] == [reply]
    assert ada.call("comment", comment_id=root)["is_deleted"]
    assert count_of(db, post) == 1
    for refusal in (
        lambda: say(ben, post, "to nobody", parent_id=root),
        lambda: ben.call("set_reaction", comment_id=root, emoji="🔥", present=True),
        lambda: ben.call("edit_comment", comment_id=root, body="back"),
    ):
        with refused(404, "comment_not_found"):
            refusal()
    ada.call("delete_comment", comment_id=reply)
    assert listed(ada, post) == listed(ben, post) == []
    with refused(404, "comment_not_found"):
        ada.call("comment", comment_id=root)
    assert count_of(db, post) == 0


def test_tombstones_go_with_the_last_that_stands_below_them(ada: Actor) -> None:
    post = ada.post()
    chain = [say(ada, post, "1")]
    for depth in ("2", "3", "4"):
        chain.append(say(ada, post, depth, parent_id=chain[-1]))
    for comment in chain[:3]:
        ada.call("delete_comment", comment_id=comment)
    (root,) = listed(ada, post)
    assert (root["is_deleted"], root["reply_count"]) == (True, 1)
    ada.call("delete_comment", comment_id=chain[3])
    assert listed(ada, post) == []


def test_nobody_writes_comments_past_the_rpcs(ada: Actor, ben: Actor) -> None:
    comment = say(ben, ada.post(), "@ada")
    ben.call("set_reaction", comment_id=comment, emoji="🔥", present=True)
    for statement in (
        "insert into public.comments (target_kind, target_id, author_id, body)"
        " select target_kind, target_id, auth.uid(), 'x' from public.comments",
        "update public.comments set body = 'x'",
        "update public.comments set like_count = 9",
        "delete from public.comments",
        "insert into public.comment_mentions (comment_id, profile_id, username)"
        f" values ('{comment}', auth.uid(), 'x')",
        "delete from public.comment_mentions",
        "insert into public.comment_reactions (comment_id, user_id, emoji)"
        f" values ('{comment}', auth.uid(), '🔥')",
        "delete from public.comment_reactions",
        "insert into public.reaction_emoji (emoji, place) values ('x', 99)",
        "select * from private.comments_for(auth.uid(), '{}', '{}')",
        f"select private.sees(auth.uid(), 'post', '{comment}')",
    ):
        for person in (ada, ben):
            with forbidden():
                person.run(statement)


def test_visitors_read_and_do_not_write(ada: Actor, visitor: Actor) -> None:
    post = ada.post()
    comment = say(ada, post)
    assert [row["id"] for row in listed(visitor, post)] == [comment]
    assert visitor.rows("replies_to", comment_id=comment) == []
    calls: dict[str, dict[str, Any]] = {
        "create_comment": {"target_kind": "post", "target_id": post, "body": "x"},
        "set_reaction": {"comment_id": comment, "emoji": "🔥", "present": True},
        "pin_comment": {"comment_id": comment},
    }
    for function, arguments in calls.items():
        with forbidden():
            visitor.call(function, **arguments)


def test_what_is_said_goes_with_the_post(ada: Actor, ben: Actor, db: Connection) -> None:
    post = ada.post()
    root = say(ben, post, "@ada")
    say(ada, post, "reply", parent_id=root)
    ben.call("set_reaction", comment_id=root, emoji="🔥", present=True)
    ada.call("delete_post", post_id=post)
    for table in ("comments", "comment_mentions", "comment_reactions"):
        rows = db.execute(f"select count(*) as n from public.{table}".encode()).fetchone()
        assert rows == {"n": 0}, table
    assert count_of(db, post) == 0
    with refused(404, "post_not_found"):
        listed(ada, post)
    with refused(404, "post_not_found"):
        say(ben, post)


@pytest.mark.parametrize("sort", ["newest", "oldest", "top"])
def test_each_order_is_what_it_says(ada: Actor, ben: Actor, db: Connection, sort: str) -> None:
    post = ada.post()
    made = [say(ben, post, str(number)) for number in range(5)]
    for comment, likes in zip(made, (1, 0, 3, 0, 2), strict=True):
        db.execute("update public.comments set like_count = %s where id = %s", [likes, comment])
    expected = {"newest": "43210", "oldest": "01234", "top": "24031"}[sort]
    seen: list[str | None] = []
    after = None
    while page := listed(ada, post, sort=sort, after=after, page_size=2):
        seen += bodies(page)
        after = page[-1]["cursor"]
    assert seen == list(expected)


def test_unknown_orders_and_foreign_cursors_are_refused(ada: Actor) -> None:
    post, other = ada.post(), ada.post()
    for one in (post, other):
        say(ada, one)
    (row,) = listed(ada, post)
    with refused(422, "sort_unknown"):
        listed(ada, post, sort="best")
    with refused(422, "target_kind_unknown"):
        ada.rows("comments_on", target_kind="room", target_id=post)
    for arguments in ({"after": "x"}, {"after": row["cursor"], "sort": "oldest"}):
        with refused(422, "bad_cursor"):
            listed(ada, post, **arguments)
    with refused(422, "bad_cursor"):
        listed(ada, other, after=row["cursor"])


def test_comments_of_those_not_wanted_are_not_listed(
    cast: Callable[[str], Actor], ada: Actor, modesty: Actor, db: Connection
) -> None:
    post = ada.post()
    ben, cleo, dan, eve, finn = (cast(name) for name in ("ben", "cleo", "dan", "eve", "finn"))
    for person in (ben, cleo, dan, eve):
        root = say(person, post, f"{person.name}'s root")
        for other in (ben, cleo, dan, eve):
            say(other, post, other.name, parent_id=root)
    finn.call("block", username="ben")
    cleo.call("block", username="finn")
    finn.call("mute", username="dan")
    rows = listed(finn, post)
    assert [row["author"]["username"] for row in rows] == ["eve"]
    assert [reply["author"]["username"] for reply in rows[0]["replies"]] == ["eve"]
    # What a mute hides is still there when one asks for it; what a block hides is not.
    roots = {row["author"]["username"]: row["id"] for row in listed(ada, post)}
    assert bodies(finn.rows("replies_to", comment_id=roots["dan"])) == ["eve"]
    for name in ("ben", "cleo"):
        for function in ("replies_to", "comment"):
            with refused(404, "comment_not_found"):
                finn.rows(function, comment_id=roots[name])
        with refused(404, "comment_not_found"):
            say(finn, post, "hello?", parent_id=roots[name])
    db.execute(
        "insert into private.hidden_profiles (profile_id, reason) values (%s, 'deletion')", [eve.id]
    )
    assert listed(finn, post) == []
    assert len(listed(modesty, post)) == 4
    assert {row["author"]["username"] for row in listed(ada, post)} == {"ben", "cleo", "dan"}


def test_a_block_stops_the_talk_both_ways(ada: Actor, ben: Actor, modesty: Actor) -> None:
    post = ada.post()
    ada.call("block", username="ben")
    with refused(404, "post_not_found"):
        say(ben, post)
    ada.call("block", username="modesty")
    assert listed(modesty, post) == []
    with refused(403, "owner_is_blocked"):
        say(modesty, post, "as staff")
