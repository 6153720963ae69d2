"""Mentions, reactions, pinning and hiding."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from tests.api.social.test_comments import bodies, listed, say
from tests.catalogue import make_song
from tests.database import Actor, Connection, Row, actor, person_id, refused, sign_up


def named(db: Connection) -> list[str]:
    rows = db.execute("select username from public.comment_mentions order by username").fetchall()
    return [row["username"] for row in rows]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("@ben look", ["ben"]),
        ("(@Ben, @CLEO!)", ["ben", "cleo"]),
        ("@ben @ben @ben", ["ben"]),
        ("mail ben@cleo.test or a@@ben", []),
        ("@ben_ @nobody @be @" + "x" * 31, []),
        ("@ada herself", []),
        ("@ben.", ["ben"]),
        ("@ben@cleo", ["ben"]),
    ],
)
def test_a_text_names_whom_it_names(
    ada: Actor, db: Connection, body: str, expected: list[str]
) -> None:
    row = ada.call("create_comment", target_kind="post", target_id=ada.post(), body=body)
    assert named(db) == expected
    assert row["mentions"] == [{"id": str(person_id(name)), "username": name} for name in expected]


def test_mentions_follow_the_text(ada: Actor, db: Connection) -> None:
    comment = say(ada, ada.post(), "@ben and @cleo")
    before = db.execute("select * from public.comment_mentions where username = 'cleo'").fetchone()
    edited = ada.call("edit_comment", comment_id=comment, body="@cleo and @dan")
    assert named(db) == ["cleo", "dan"]
    assert [mention["username"] for mention in edited["mentions"]] == ["cleo", "dan"]
    after = db.execute("select * from public.comment_mentions where username = 'cleo'").fetchone()
    assert before == after
    ada.call("edit_comment", comment_id=comment, body="nobody")
    assert named(db) == []


def test_a_mention_tells_its_author_nothing_of_whom_they_name(
    ada: Actor, ben: Actor, cleo: Actor, finn: Actor, db: Connection
) -> None:
    for follower in (ben, cleo, finn):
        follower.call("follow", username="ada")
    cleo.call("block", username="ben")
    ada.call("block", username="dan")
    db.execute(
        "insert into private.hidden_profiles (profile_id, reason) values (%s, 'deletion')",
        [person_id("eve")],
    )
    post = ada.post("for friends", visibility="followers")
    said = ben.call(
        "create_comment",
        target_kind="post",
        target_id=post,
        body="@ada @cleo @dan @eve @finn @stranger @modesty",
    )
    # Whom ben cannot see is missing. That dan is blocked, that stranger does not follow ada and
    # that modesty is staff makes no difference.
    seen = ["ada", "dan", "finn", "modesty", "stranger"]
    assert [mention["username"] for mention in said["mentions"]] == seen == named(db)
    for name in ("cleo", "dan", "eve", "stranger"):
        person = actor(db, name)
        assert person.run("select * from public.comment_mentions") == [], name
        assert person.rows("my_notifications") == [], name
    for name in ("ada", "finn", "modesty"):
        person = actor(db, name)
        assert len(person.run("select * from public.comment_mentions")) == 1, name
        assert "mention" in {row["kind"] for row in person.rows("my_notifications")}, name


def test_ten_people_are_named_at_most(ada: Actor, db: Connection) -> None:
    for number in range(12):
        name = f"fan_{number:02}"
        sign_up(db, person_id(name), f"{name}@x.test", {"username": name})
    say(ada, ada.post(), " ".join(f"@fan_{number:02}" for number in range(12)))
    assert named(db) == [f"fan_{number:02}" for number in range(10)]


def test_a_reader_is_shown_no_mention_of_whom_they_may_not_know(
    ada: Actor, ben: Actor, cleo: Actor
) -> None:
    post = ada.post()
    say(ada, post, "@ben @cleo")
    cleo.call("block", username="ben")
    for reader, expected in ((ada, ["ben", "cleo"]), (ben, ["ben"]), (cleo, ["cleo"])):
        (row,) = listed(reader, post)
        assert [mention["username"] for mention in row["mentions"]] == expected


def test_reactions_are_counted_by_emoji_each_once_a_person(
    ada: Actor, ben: Actor, cleo: Actor, stranger: Actor
) -> None:
    post = ada.post()
    comment = say(ada, post)
    react = {"comment_id": comment, "present": True}
    for _ in range(2):
        assert ben.call("set_reaction", emoji="🔥", **react) == {"present": True, "count": 1}
    ben.call("set_reaction", emoji="👏", **react)
    assert cleo.call("set_reaction", emoji="🔥", **react) == {"present": True, "count": 2}
    shown = {reader.name: listed(reader, post)[0]["reactions"] for reader in (ben, cleo, stranger)}
    assert shown["ben"] == [
        {"emoji": "🔥", "count": 2, "mine": True},
        {"emoji": "👏", "count": 1, "mine": True},
    ]
    assert [one["mine"] for one in shown["cleo"]] == [True, False]
    assert [one["mine"] for one in shown["stranger"]] == [False, False]
    for _ in range(2):
        answer = ben.call("set_reaction", comment_id=comment, emoji="👏", present=False)
        assert answer == {"present": False, "count": 0}
    assert listed(ben, post)[0]["reactions"] == [{"emoji": "🔥", "count": 2, "mine": True}]


def test_reactions_of_equal_number_stand_by_code_point_whoever_reads(
    ada: Actor, ben: Actor, stranger: Actor
) -> None:
    post = ada.post()
    comment = say(ada, post)
    for emoji in ("🔥", "👏"):
        ben.call("set_reaction", comment_id=comment, emoji=emoji, present=True)
    for reader in (ben, stranger):
        (row,) = listed(reader, post)
        assert [one["emoji"] for one in row["reactions"]] == ["👏", "🔥"]


@pytest.mark.parametrize("likes", [64, 65])
def test_a_like_is_shown_to_who_likes_few_comments_or_many(
    ada: Actor, ben: Actor, db: Connection, likes: int
) -> None:
    elsewhere, post = ada.post(), ada.post()
    root, other = say(ada, post, "liked"), say(ada, post, "not liked")
    reply = say(ada, post, "a liked reply", parent_id=root)
    for comment in (root, reply):
        ben.call("set_like", target_kind="comment", target_id=comment, liked=True)
    db.execute(
        "with said as (insert into public.comments (target_kind, target_id, author_id, body)"
        " select 'post', %s, %s, 'more' from generate_series(1, %s) returning id)"
        " insert into public.likes (user_id, target_kind, target_id)"
        " select %s, 'comment', id from said",
        [elsewhere, ada.id, likes - 2, ben.id],
    )
    rows = {row["id"]: row for row in listed(ben, post)}
    assert (rows[root]["liked_by_me"], rows[other]["liked_by_me"]) == (True, False)
    assert [one["liked_by_me"] for one in rows[root]["replies"]] == [True]


@pytest.mark.parametrize("reactions", [64, 65])
def test_ones_own_reaction_is_shown_to_who_has_few_or_many(
    ada: Actor, ben: Actor, db: Connection, reactions: int
) -> None:
    elsewhere, post = ada.post(), ada.post()
    root, other = say(ada, post, "reacted to"), say(ada, post, "by somebody else alone")
    reply = say(ada, post, "a reply", parent_id=root)
    for comment in (root, reply):
        ben.call("set_reaction", comment_id=comment, emoji="🔥", present=True)
    ada.call("set_reaction", comment_id=other, emoji="🔥", present=True)
    db.execute(
        "with said as (insert into public.comments (target_kind, target_id, author_id, body)"
        " select 'post', %s, %s, 'more' from generate_series(1, %s) returning id)"
        " insert into public.comment_reactions (comment_id, user_id, emoji)"
        " select id, %s, '🔥' from said",
        [elsewhere, ada.id, reactions - 2, ben.id],
    )
    rows = {row["id"]: row for row in listed(ben, post)}
    mine, others = ([{"emoji": "🔥", "count": 1, "mine": one}] for one in (True, False))
    assert (rows[root]["reactions"], rows[other]["reactions"]) == (mine, others)
    assert [one["reactions"] for one in rows[root]["replies"]] == [mine]
    (answer,) = ben.rows("replies_to", comment_id=root)
    assert answer["reactions"] == mine


def test_only_the_listed_emoji_are_reactions(ada: Actor) -> None:
    comment = say(ada, ada.post())
    for emoji in ("🧨", "fire", "", None):
        with refused(422, "emoji_unknown"):
            ada.call("set_reaction", comment_id=comment, emoji=emoji, present=True)
    with refused(422, "value_missing"):
        ada.call("set_reaction", comment_id=comment, emoji="🔥", present=None)
    listed_emoji = ada.run("select emoji from public.reaction_emoji order by place")
    assert len({row["emoji"] for row in listed_emoji}) == 40
    for row in listed_emoji:
        ada.call("set_reaction", comment_id=comment, emoji=row["emoji"], present=True)


def test_a_reaction_is_taken_back_from_what_one_no_longer_sees(ada: Actor, ben: Actor) -> None:
    comment = say(ada, ada.post())
    ben.call("set_reaction", comment_id=comment, emoji="🔥", present=True)
    ada.call("block", username="ben")
    with refused(404, "comment_not_found"):
        ben.call("set_reaction", comment_id=comment, emoji="👏", present=True)
    answer = ben.call("set_reaction", comment_id=comment, emoji="🔥", present=False)
    assert answer == {"present": False, "count": None}
    with refused(404, "comment_not_found"):
        ben.call("set_reaction", comment_id=comment, emoji="🔥", present=False)


def test_reacting_is_slowed(ada: Actor) -> None:
    comment = say(ada, ada.post())
    with refused(429, "rate_limited"):
        for number in range(200):
            ada.call("set_reaction", comment_id=comment, emoji="🔥", present=number % 2 == 0)


def test_the_owner_pins_one_comment_and_it_comes_first_once(
    ada: Actor, ben: Actor, modesty: Actor
) -> None:
    post = ada.post()
    made = [say(ben, post, str(number)) for number in range(6)]
    for person in (ben, modesty):
        for function in ("pin_comment", "unpin_comment"):
            with refused(403, "not_the_owner"):
                person.call(function, comment_id=made[1])
    for comment in (made[2], made[1], made[1]):
        assert ada.call("pin_comment", comment_id=comment) == {"is_pinned": True}
    expected = {"newest": "154320", "oldest": "102345", "top": "154320"}
    for sort, order in expected.items():
        for size in (1, 2, 4, 20):
            seen = []
            after = None
            while page := listed(ben, post, sort=sort, page_size=size, after=after):
                seen += page
                after = page[-1]["cursor"]
            assert bodies(seen) == list(order), (sort, size)
            assert [row["is_pinned"] for row in seen] == [True] + [False] * 5


def test_what_is_pinned_while_somebody_reads_is_met_once(ada: Actor, ben: Actor) -> None:
    post = ada.post()
    made = [say(ben, post, str(number)) for number in range(6)]
    ada.call("pin_comment", comment_id=made[1])
    first = listed(ben, post, page_size=3)
    ada.call("pin_comment", comment_id=made[2])
    rest = listed(ben, post, after=first[-1]["cursor"])
    assert bodies(first + rest) == list("154320")


def test_a_comment_is_unpinned_by_its_owner_or_by_going(ada: Actor, ben: Actor) -> None:
    post = ada.post()
    first, second = say(ben, post, "first"), say(ben, post, "second")
    ada.call("pin_comment", comment_id=first)
    for _ in range(2):
        assert ada.call("unpin_comment", comment_id=first) == {"is_pinned": False}
    assert not any(row["is_pinned"] for row in listed(ben, post))
    ada.call("pin_comment", comment_id=first)
    # Not the pinned one: nothing changes.
    ada.call("unpin_comment", comment_id=second)
    assert listed(ben, post)[0]["id"] == first
    say(ben, post, "reply", parent_id=first)
    ben.call("delete_comment", comment_id=first)
    assert not any(row["is_pinned"] for row in listed(ben, post))


def test_replies_hidden_and_unseen_comments_are_not_pinned(ada: Actor, ben: Actor) -> None:
    post = ada.post()
    root = say(ben, post)
    reply = say(ben, post, parent_id=root)
    hidden = say(ben, post)
    ada.call("hide_comment", comment_id=hidden)
    for comment in (reply, hidden):
        with refused(409, "comment_not_pinnable"):
            ada.call("pin_comment", comment_id=comment)
    ben.call("delete_comment", comment_id=root)
    for function in ("pin_comment", "hide_comment"):
        with refused(404, "comment_not_found"):
            ada.call(function, comment_id=root)


def test_what_the_owner_hides_is_seen_by_its_author_the_owner_and_staff(
    cast: Callable[[str], Actor], ada: Actor, ben: Actor
) -> None:
    post = ada.post()
    root = say(ben, post, "rude")
    say(cast("cleo"), post, "reply", parent_id=root)
    for function in ("hide_comment", "unhide_comment"):
        with refused(403, "not_the_owner"):
            cast("cleo").call(function, comment_id=root)
    ada.call("pin_comment", comment_id=root)
    for _ in range(2):
        assert ada.call("hide_comment", comment_id=root) == {"is_hidden": True}
    for name, sees in {
        "ada": True, "ben": True, "modesty": True,
        "cleo": False, "stranger": False, "visitor": False,
    }.items():  # fmt: skip
        reader = cast(name)
        shown = [(row["is_hidden"], row["is_pinned"]) for row in listed(reader, post)]
        assert shown == ([(True, False)] if sees else []), name
        if sees:
            assert bodies(reader.rows("replies_to", comment_id=root)) == ["reply"]
        else:
            with refused(404, "comment_not_found"):
                reader.rows("replies_to", comment_id=root)
    for _ in range(2):
        assert ada.call("unhide_comment", comment_id=root) == {"is_hidden": False}
    assert bodies(listed(cast("visitor"), post)) == ["rude"]


@pytest.mark.parametrize("blocker", ["ada", "ben"])
def test_an_owner_hides_also_what_somebody_across_a_block_has_said(
    blocker: str, cast: Callable[[str], Actor], ada: Actor, ben: Actor, cleo: Actor
) -> None:
    post = ada.post()
    said = say(ben, post, "rude")
    cast(blocker).call("block", username="ben" if blocker == "ada" else "ada")
    assert (listed(ada, post), bodies(listed(cast("visitor"), post))) == ([], ["rude"])
    for person, function, status, token in (
        (ada, "pin_comment", 404, "comment_not_found"),
        (cleo, "hide_comment", 403, "not_the_owner"),
    ):
        with refused(status, token):
            person.call(function, comment_id=said)
    for _ in range(2):
        assert ada.call("hide_comment", comment_id=said) == {"is_hidden": True}
    assert listed(cast("visitor"), post) == []
    assert ada.call("unhide_comment", comment_id=said) == {"is_hidden": False}
    ben.call("delete_comment", comment_id=said)
    for comment in (said, uuid.uuid4()):
        with refused(404, "comment_not_found"):
            ada.call("hide_comment", comment_id=comment)


def test_what_answers_a_hidden_comment_is_not_found_by_its_id_either(
    cast: Callable[[str], Actor], ada: Actor, ben: Actor, db: Connection
) -> None:
    # The song is nobody's, so that nobody is its owner.
    for kind, target in (("post", ada.post()), ("track", make_song(db))):
        root, reply = (
            row["id"]
            for row in say_and_answer(ben, kind, target, "rude", "ruder", answering=cast("finn"))
        )
        cast("modesty").call("hide_comment", comment_id=root)
        for name in ("cleo", "visitor"):
            for comment in (root, reply):
                for function in ("comment", "replies_to"):
                    with refused(404, "comment_not_found"):
                        cast(name).rows(function, comment_id=comment)
        with refused(404, "comment_not_found"):
            cast("cleo").call("set_reaction", comment_id=reply, emoji="🔥", present=True)


def say_and_answer(
    who: Actor, kind: str, target: uuid.UUID, *bodies: str, answering: Actor
) -> list[Row]:
    """A comment on anything, and what somebody answers."""
    root = who.call("create_comment", target_kind=kind, target_id=target, body=bodies[0])
    return [root] + [
        answering.call(
            "create_comment", target_kind=kind, target_id=target, body=body, parent_id=root["id"]
        )
        for body in bodies[1:]
    ]


def test_deleting_a_hidden_comment_does_not_bring_back_what_answers_it(
    cast: Callable[[str], Actor], ada: Actor, ben: Actor
) -> None:
    post = ada.post()
    root = say(ben, post, "rude")
    reply = say(cast("finn"), post, "ruder", parent_id=root)
    ada.call("hide_comment", comment_id=root)
    ben.call("delete_comment", comment_id=root)
    for name in ("cleo", "visitor"):
        assert listed(cast(name), post) == [], name
        for function in ("comment", "replies_to"):
            for comment in (root, reply):
                with refused(404, "comment_not_found"):
                    cast(name).rows(function, comment_id=comment)
    for name in ("ada", "modesty"):
        assert bodies(cast(name).rows("replies_to", comment_id=root)) == ["ruder"], name


def test_a_hidden_reply_leaves_the_others(ada: Actor, ben: Actor, cleo: Actor) -> None:
    post = ada.post()
    root = say(ada, post)
    replies = [say(ben, post, str(number), parent_id=root) for number in range(4)]
    ada.call("hide_comment", comment_id=replies[1])
    assert [reply["body"] for reply in listed(cleo, post)[0]["replies"]] == ["0", "2", "3"]
    assert [reply["body"] for reply in listed(ben, post)[0]["replies"]] == ["0", "1", "2"]


def test_what_staff_hide_only_staff_show_again(
    ada: Actor, ben: Actor, modesty: Actor, db: Connection
) -> None:
    comment = say(ben, ada.post())
    modesty.call("hide_comment", comment_id=comment)
    with refused(403, "hidden_by_staff"):
        ada.call("unhide_comment", comment_id=comment)
    modesty.call("unhide_comment", comment_id=comment)
    rows = db.execute(
        "select action, actor_id, before, after from public.moderation_log"
        " where target_id = %s order by id",
        [comment],
    ).fetchall()
    assert [tuple(row.values()) for row in rows] == [
        ("comment_hidden", modesty.id, {"hidden_by": None}, {"hidden_by": "staff"}),
        ("comment_shown", modesty.id, {"hidden_by": "staff"}, {"hidden_by": None}),
    ]


def test_an_owner_shows_nothing_again_that_staff_hide_after_them(
    ada: Actor, ben: Actor, modesty: Actor
) -> None:
    comment = say(ben, ada.post())
    ada.call("hide_comment", comment_id=comment)
    modesty.call("hide_comment", comment_id=comment)
    ada.call("hide_comment", comment_id=comment)
    with refused(403, "hidden_by_staff"):
        ada.call("unhide_comment", comment_id=comment)
