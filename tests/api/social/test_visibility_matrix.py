"""Who sees which post where: the written table, cell by cell."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import psycopg
import pytest

from tests.catalogue import make_crate, make_song
from tests.database import Actor, Connection, actor, refused

# y: sees it. -: does not. p: sees it, and is told that only public posts are reposted.
# like_told, repost_told: ada is told of their like or repost; liked_told: they are told that ada
# likes what they once said below it; _live: the same as a broadcast to whom is told.
# muter follows ada and mutes her; blocked is blocked by ada; blocker blocks ada.
WRITTEN_TABLE = """
place         visibility  self follower mutual stranger blocked blocker muter anon staff
post          public      y    y        y      y        -       -       y     y    y
post          followers   y    y        y      -        -       -       y     -    y
post          mutuals     y    -        y      -        -       -       -     -    y
post          private     y    -        -      -        -       -       -     -    y
table         public      y    y        y      y        -       -       y     y    y
table         followers   y    y        y      -        -       -       y     -    y
table         mutuals     y    -        y      -        -       -       -     -    y
table         private     y    -        -      -        -       -       -     -    y
like          public      y    y        y      y        -       -       y     -    y
like          followers   y    y        y      -        -       -       y     -    y
like          mutuals     y    -        y      -        -       -       -     -    y
like          private     y    -        -      -        -       -       -     -    y
comments      public      y    y        y      y        -       -       y     y    y
comments      followers   y    y        y      -        -       -       y     -    y
comments      mutuals     y    -        y      -        -       -       -     -    y
comments      private     y    -        -      -        -       -       -     -    y
comment       public      y    y        y      y        -       -       y     -    y
comment       followers   y    y        y      -        -       -       y     -    y
comment       mutuals     y    -        y      -        -       -       -     -    y
comment       private     y    -        -      -        -       -       -     -    y
mention       public      -    y        y      y        -       -       y     -    y
mention       followers   -    y        y      -        -       -       y     -    y
mention       mutuals     -    -        y      -        -       -       -     -    y
mention       private     -    -        -      -        -       -       -     -    y
notification  public      -    y        y      y        -       -       -     -    y
notification  followers   -    y        y      -        -       -       -     -    y
notification  mutuals     -    -        y      -        -       -       -     -    y
notification  private     -    -        -      -        -       -       -     -    y
realtime      public      -    y        y      y        -       -       -     -    y
realtime      followers   -    y        y      -        -       -       -     -    y
realtime      mutuals     -    -        y      -        -       -       -     -    y
realtime      private     -    -        -      -        -       -       -     -    y
like_told     public      -    y        y      y        -       -       y     -    y
like_told     followers   -    y        y      -        -       -       y     -    y
like_told     mutuals     -    -        y      -        -       -       -     -    y
like_told     private     -    -        -      -        -       -       -     -    y
like_live     public      -    y        y      y        -       -       y     -    y
like_live     followers   -    y        y      -        -       -       y     -    y
like_live     mutuals     -    -        y      -        -       -       -     -    y
like_live     private     -    -        -      -        -       -       -     -    y
liked_told    public      -    y        y      y        -       -       -     -    y
liked_told    followers   -    y        y      -        -       -       -     -    y
liked_told    mutuals     -    -        y      -        -       -       -     -    y
liked_told    private     -    -        -      -        -       -       -     -    y
liked_live    public      -    y        y      y        -       -       -     -    y
liked_live    followers   -    y        y      -        -       -       -     -    y
liked_live    mutuals     -    -        y      -        -       -       -     -    y
liked_live    private     -    -        -      -        -       -       -     -    y
embed         public      y    y        y      y        -       -       y     y    y
embed         followers   y    y        y      -        -       -       y     -    y
embed         mutuals     y    -        y      -        -       -       -     -    y
embed         private     y    -        -      -        -       -       -     -    y
search        public      y    y        y      y        -       -       y     y    y
search        followers   y    y        y      -        -       -       y     -    y
search        mutuals     y    -        y      -        -       -       -     -    y
search        private     y    -        -      -        -       -       -     -    y
repost        public      y    y        y      y        -       -       y     -    y
repost        followers   p    p        p      -        -       -       p     -    p
repost        mutuals     p    -        p      -        -       -       -     -    p
repost        private     p    -        -      -        -       -       -     -    p
repost_told   public      -    y        y      y        -       -       y     -    y
repost_told   followers   p    p        p      -        -       -       p     -    p
repost_told   mutuals     p    -        p      -        -       -       -     -    p
repost_told   private     p    -        -      -        -       -       -     -    p
repost_live   public      -    y        y      y        -       -       y     -    y
repost_live   followers   p    p        p      -        -       -       p     -    p
repost_live   mutuals     p    -        p      -        -       -       -     -    p
repost_live   private     p    -        -      -        -       -       -     -    p
home_feed     public      y    y        y      -        -       -       -     -    -
home_feed     followers   y    y        y      -        -       -       -     -    -
home_feed     mutuals     y    -        y      -        -       -       -     -    -
home_feed     private     y    -        -      -        -       -       -     -    -
profile_feed  public      y    y        y      y        -       -       y     y    y
profile_feed  followers   y    y        y      -        -       -       y     -    -
profile_feed  mutuals     y    -        y      -        -       -       -     -    -
profile_feed  private     y    -        -      -        -       -       -     -    -
global_feed   public      y    y        y      y        -       -       -     y    y
global_feed   followers   -    -        -      -        -       -       -     -    -
global_feed   mutuals     -    -        -      -        -       -       -     -    -
global_feed   private     -    -        -      -        -       -       -     -    -
tag_feed      public      y    y        y      y        -       -       -     y    y
tag_feed      followers   -    -        -      -        -       -       -     -    -
tag_feed      mutuals     -    -        -      -        -       -       -     -    -
tag_feed      private     -    -        -      -        -       -       -     -    -
"""

PLAYS = {
    "self": "ada",
    "follower": "ben",
    "mutual": "cleo",
    "stranger": "stranger",
    "blocked": "dan",
    "blocker": "eve",
    "muter": "finn",
    "anon": "visitor",
    "staff": "modesty",
}


def written_cells() -> list[tuple[str, str, str, str]]:
    header, *lines = WRITTEN_TABLE.strip().splitlines()
    people = header.split()[2:]
    cells = [
        (place, visibility, person, mark)
        for place, visibility, *marks in (line.split() for line in lines)
        for person, mark in zip(people, marks, strict=True)
    ]
    # A repost brings the post into the reposter's own feed, so it is tried after the feeds.
    return sorted(cells, key=lambda cell: cell[0].startswith("repost"))


@pytest.fixture(params=["text", "track", "crate"])
def posts(
    request: pytest.FixtureRequest, cast: Callable[[str], Actor], db: Connection
) -> dict[str, uuid.UUID]:
    """One post of ada's by visibility, made when everybody stands to her as the table says.

    What a post shares is for everybody, so that all that is seen or not is the post.
    """
    db.execute("update private.rate_limit_rules set capacity = 1000")
    ada = cast("ada")
    for follower in ("ben", "cleo", "finn"):
        cast(follower).call("follow", username="ada")
    ada.call("follow", username="cleo")
    cast("finn").call("mute", username="ada")
    ada.call("block", username="dan")
    cast("eve").call("block", username="ada")
    shared = {
        "text": {},
        "track": {"track_id": make_song(db)},
        "crate": {"crate_id": make_crate(db, "rooty")},
    }[request.param]
    return {
        visibility: ada.call(
            "create_post",
            kind=request.param,
            body="hello #matrix",
            visibility=visibility,
            **shared,
        )["id"]
        for visibility in ("public", "followers", "mutuals", "private")
    }


def named(place: str, person: Actor, post: uuid.UUID) -> str:
    """Whether somebody whom ada names below her post is told of it, where place says."""
    if person.id is None:
        return "-"
    ada = actor(person.connection, "ada")
    made = ada.call(
        "create_comment", target_kind="post", target_id=post, body=f"@{person.name} and the others"
    )
    if place == "mention":
        rows = person.run(
            "select comment_id from public.comment_mentions where comment_id = %s", made["id"]
        )
    elif place == "notification":
        told = person.rows("my_notifications")
        rows = [row for row in told if row["target_id"] == made["id"]]
    else:
        rows = person.connection.execute(
            "select from realtime.messages where topic = %s and payload ->> 'target_id' = %s",
            [f"user:{person.id}", str(made["id"])],
        ).fetchall()
    ada.call("delete_comment", comment_id=made["id"])
    return "y" if rows else "-"


def say_below(person: Actor, post: uuid.UUID) -> uuid.UUID:
    """What somebody said when they still saw the post."""
    row = person.connection.execute(
        "insert into public.comments (target_kind, target_id, author_id, body)"
        " values ('post', %s, %s, 'once') returning id",
        [post, person.id],
    ).fetchone()
    assert row is not None
    identity = row["id"]
    assert isinstance(identity, uuid.UUID)
    return identity


def told(place: str, person: Actor, post: uuid.UUID) -> str:
    """Whether a like or a repost is told to whom it concerns, in their list or live."""
    db, ada, service = (
        person.connection,
        actor(person.connection, "ada"),
        actor(person.connection, "service"),
    )
    deed, way = place.split("_")
    if person.id is None:
        return "-"
    doer, hearer, target_kind, target = person, ada, "post", post
    if deed == "liked":
        doer, hearer, target_kind, target = ada, person, "comment", say_below(person, post)

    def act(present: bool) -> None:
        if deed == "repost":
            doer.call("repost" if present else "unrepost", post_id=post)
        else:
            doer.call("set_like", target_kind=target_kind, target_id=target, liked=present)
        service.call("backend.notify_likes")

    live = (
        "select count(*) as n from realtime.messages where topic = %s"
        " and payload ->> 'target_id' = %s and payload -> 'actor' ->> 'username' = %s"
    )
    heard = [f"user:{hearer.id}", str(target), doer.name]
    # As if nothing had happened before: what is done again is told more quietly.
    act(False)
    db.execute("delete from public.notifications")
    db.execute("delete from private.told_and_taken_back")
    before = db.execute(live, heard).fetchone()
    act(True)
    if way == "live":
        is_told = db.execute(live, heard).fetchone() != before
    else:
        is_told = any(
            row["target_id"] == target and row["actors"][0]["username"] == doer.name
            for row in hearer.rows("my_notifications")
        )
    act(False)
    return "y" if is_told else "-"


def observe(place: str, person: Actor, post: uuid.UUID) -> str:
    """What really happens: y, p or -."""

    def listed(function: str, **arguments: str) -> str:
        return "y" if post in {row["id"] for row in person.rows(function, **arguments)} else "-"

    try:
        if place == "post":
            return "y" if person.call("post", post_id=post)["id"] == post else "-"
        if place == "table":
            return "y" if person.run("select id from public.posts where id = %s", post) else "-"
        if place == "comments":
            rows = person.rows("comments_on", target_kind="post", target_id=post)
            assert rows == []
            return "y"
        if place == "comment":
            said = {"target_kind": "post", "target_id": post, "body": "so it is"}
            made = person.call("create_comment", **said)
            person.call("delete_comment", comment_id=made["id"])
            return "y"
        if place in ("mention", "notification", "realtime"):
            return named(place, person, post)
        if place.endswith(("_told", "_live")):
            return told(place, person, post)
        if place == "embed":
            # What PostgREST asks for profiles?select=posts(id).
            rows = person.run(
                "select post.id from public.profiles as author"
                " left join lateral (select post.id from public.posts as post"
                " where post.author_id = author.id) as post on true"
                " where author.username = 'ada'"
            )
            return "y" if post in {row["id"] for row in rows} else "-"
        if place == "search":
            rows = person.run("select id from public.posts where body ilike '%%matrix%%'")
            return "y" if post in {row["id"] for row in rows} else "-"
        if place == "like":
            reply = person.call("set_like", target_kind="post", target_id=post, liked=True)
            return "y" if reply["liked"] else "-"
        if place == "repost":
            return "y" if person.call("repost", post_id=post)["reposted"] else "-"
        if place == "tag_feed":
            return listed("tag_feed", tag="matrix")
        if place == "profile_feed":
            return listed("profile_feed", username="ada")
        return listed(place)
    except psycopg.errors.InsufficientPrivilege:
        assert person.role == "anon"
        return "-"
    except psycopg.Error as error:
        if error.diag.message_primary == "post_not_public":
            return "p"
        assert error.sqlstate == "PT404", error
        return "-"


def test_posts_and_feeds_equal_the_written_table(
    cast: Callable[[str], Actor], posts: dict[str, uuid.UUID]
) -> None:
    wrong = [
        f"{place} of a post for {visibility} by {person}: {seen} instead of {mark}"
        for place, visibility, person, mark in written_cells()
        if (seen := observe(place, cast(PLAYS[person]), posts[visibility])) != mark
    ]
    assert not wrong, "\n".join(wrong)


def test_a_refused_like_or_repost_leaves_nothing_behind(
    cast: Callable[[str], Actor], posts: dict[str, uuid.UUID], db: Connection
) -> None:
    for place, visibility, person, mark in written_cells():
        if place in ("like", "repost") and mark != "y":
            observe(place, cast(PLAYS[person]), posts[visibility])
    assert db.execute("select count(*) as n from public.likes").fetchone() == {"n": 0}
    assert db.execute("select count(*) as n from public.reposts").fetchone() == {"n": 0}


def test_what_a_private_profile_posts_reaches_at_most_its_followers(
    ada: Actor, ben: Actor, stranger: Actor, visitor: Actor
) -> None:
    ben.call("follow", username="ada")
    before = ada.post("before #quiet")
    ada.run("update public.profiles set is_private = true where username = 'ada'")
    after = ada.post("after #quiet")
    for post in (before, after):
        assert ben.call("post", post_id=post)["visibility"] == "public"
        with refused(404, "post_not_found"):
            stranger.call("post", post_id=post)
        assert stranger.run("select id from public.posts where id = %s", post) == []
        with refused(403, "post_not_public"):
            ben.call("repost", post_id=post)
    assert visitor.rows("global_feed") == visitor.rows("tag_feed", tag="quiet") == []
    ada.run("update public.profiles set is_private = false where username = 'ada'")
    assert [row["id"] for row in visitor.rows("tag_feed", tag="quiet")] == [after, before]


def test_a_repost_of_somebody_who_turns_private_is_seen_by_their_followers_alone(
    ada: Actor, ben: Actor, cleo: Actor, stranger: Actor
) -> None:
    post = ada.post("pass me on")
    cleo.call("repost", post_id=post)
    for reader in (ben, stranger):
        reader.call("follow", username="cleo")
    ben.call("follow", username="ada")
    ada.run("update public.profiles set is_private = true where username = 'ada'")
    assert [row["id"] for row in ben.rows("home_feed")] == [post]
    assert stranger.rows("home_feed") == []
    assert stranger.rows("profile_feed", username="cleo") == []


def test_a_deleted_post_is_seen_by_nobody(ada: Actor, ben: Actor, modesty: Actor) -> None:
    ben.call("follow", username="ada")
    post = ada.post("#gone soon")
    ada.call("delete_post", post_id=post)
    for person in (ada, ben, modesty):
        with refused(404, "post_not_found"):
            person.call("post", post_id=post)
        assert person.run("select * from public.posts") == []
        assert person.rows("tag_feed", tag="gone") == []
    assert ada.rows("home_feed") == ben.rows("home_feed") == []


def test_the_policy_on_posts_says_what_the_function_says(
    cast: Callable[[str], Actor], posts: dict[str, uuid.UUID]
) -> None:
    """The array form of the rule and the row form of it agree for everybody over every post."""
    for name in PLAYS.values():
        person = cast(name)
        by_policy = {row["id"] for row in person.run("select id from public.posts")}
        with person.session() as connection:
            connection.execute("reset role")
            by_function = {
                post
                for post in posts.values()
                if connection.execute("select private.can_see_post(%s) as seen", [post]).fetchone()
                == {"seen": True}
            }
        assert by_policy == by_function, name


def test_what_a_private_profile_reposts_is_for_its_followers(
    ada: Actor, ben: Actor, cleo: Actor, stranger: Actor, visitor: Actor
) -> None:
    cleo.call("follow", username="ben")
    early, late = ada.post("early"), ada.post("late")
    ben.call("repost", post_id=early)
    ben.run("update public.profiles set is_private = true where id = %s", ben.id)
    ben.call("repost", post_id=late)
    for follower in (cleo, ben):
        rows = follower.rows("profile_feed", username="ben")
        assert [row["id"] for row in rows] == [late, early]
    assert [row["id"] for row in cleo.rows("home_feed")] == [late, early]
    for other in (stranger, visitor):
        assert other.rows("profile_feed", username="ben") == []
    ben.run("update public.profiles set is_private = false where id = %s", ben.id)
    assert len(visitor.rows("profile_feed", username="ben")) == 2


def test_a_profile_feed_gives_the_reason_the_reader_has(
    ada: Actor, ben: Actor, stranger: Actor, visitor: Actor
) -> None:
    ben.call("follow", username="ada")
    ada.post()
    for reader, reason in (
        (ben, "following"),
        (ada, "own"),
        (stranger, "public"),
        (visitor, "public"),
    ):
        assert [row["reason"] for row in reader.rows("profile_feed", username="ada")] == [reason]


def test_turning_private_and_back_is_slowed(ada: Actor) -> None:
    with refused(429, "rate_limited"):
        for number in range(10):
            ada.run(
                "update public.profiles set is_private = %s where id = %s", number % 2 == 0, ada.id
            )
