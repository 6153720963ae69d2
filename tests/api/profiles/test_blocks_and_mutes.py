"""Blocks hide two people from each other; mutes keep somebody out of one's own lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, forbidden, person_id, refused
from tests.races import race, refusals
from tests.shown import authors, everybody, names

# Lists of one's own that are still empty in the community below.
OWN = {"my_blocks", "my_mutes", "my_follow_requests"}
PAIRS = [("block", "is_blocked", "blocks"), ("mute", "is_muted", "mutes")]


def rows_of(db: Connection, table: str) -> list[dict[str, Any]]:
    return db.execute(f"select * from public.{table} order by created_at, 1, 2").fetchall()


def all_lists(reader: Actor) -> dict[str, set[str]]:
    return everybody(reader, "cleo", "ada", "ben")


@pytest.fixture
def community(db: Connection) -> dict[str, Actor]:
    """ada, ben and dan and cleo follow each other, post, like, repost, write and meet."""
    people = {name: actor(db, name) for name in ("ada", "ben", "cleo", "dan", "modesty", "visitor")}
    posts = {name: people[name].post("I love #jazz") for name in ("ada", "ben", "cleo", "dan")}
    for name in ("ada", "ben", "dan"):
        people[name].call("follow", username="cleo")
        people["cleo"].call("follow", username=name)
        people["cleo"].call("repost", post_id=posts[name])
    for name in ("ada", "ben"):
        other = "ben" if name == "ada" else "ada"
        people[name].call("follow", username=other)
        people[name].call("set_like", target_kind="post", target_id=posts[other], liked=True)
    for name in ("ada", "ben"):
        pair = people[name].call(
            "start_conversation", usernames=["ben" if name == "ada" else "ada"]
        )
        people[name].call("send_direct_message", conversation_id=pair["id"], body="hi")
    room = people["cleo"].call("create_room", name="Late show")["id"]
    for name in ("ada", "ben"):
        people[name].call("join_room", room_id=room)
        people[name].call("heartbeat", room_id=room)
        people[name].call("send_message", room_id=room, body="hi")
    return people


@pytest.mark.parametrize(("verb", "key", "table"), PAIRS)
def test_doing_it_twice_and_undoing_it_twice_is_fine(
    ben: Actor, db: Connection, verb: str, key: str, table: str
) -> None:
    for _ in range(2):
        assert ben.call(verb, username=" ADA ") == {key: True}
        rows = rows_of(db, table)
        assert len(rows) == 1
    assert rows_of(db, table) == rows
    for _ in range(2):
        assert ben.call(f"un{verb}", username="ada") == {key: False}
        assert rows_of(db, table) == []


@pytest.mark.parametrize(("verb", "key", "table"), PAIRS)
def test_it_is_for_others_who_exist_and_for_people_signed_in(
    ben: Actor, visitor: Actor, db: Connection, verb: str, key: str, table: str
) -> None:
    with refused(422, "not_yourself"):
        ben.call(verb, username="ben")
    for username in ("nobody", "", None, "a" * 100_000):
        with refused(404, "profile_not_found"):
            ben.call(verb, username=username)
    for username in ("ada", "ben"):
        assert ben.call(f"un{verb}", username=username) == {key: False}
    for username in ("nobody", "", None, "a" * 100_000):
        with refused(404, "profile_not_found"):
            ben.call(f"un{verb}", username=username)
    for function in (verb, f"un{verb}"):
        with forbidden():
            visitor.call(function, username="ada")
    assert (key, rows_of(db, table)) == (key, [])


def test_a_block_hides_both_from_each_other_everywhere(community: dict[str, Actor]) -> None:
    ada, ben = community["ada"], community["ben"]
    before = {name: all_lists(community[name]) for name in community}
    for name, other in (("ada", "ben"), ("ben", "ada")):
        unseen = {title for title, people in before[name].items() if other not in people}
        assert unseen == {f"search for {name}", *OWN} | (
            {"table artist_profiles"} if other == "ben" else set()
        )
    ada.call("block", username="ben")
    for reader, other in ((ada, "ben"), (ben, "ada")):
        for title, people in all_lists(reader).items():
            if title == "my_blocks":
                assert people == ({"ben"} if reader is ada else set())
                continue
            assert other not in people, f"{reader.name} sees {other} in {title}"
        with refused(404, "profile_not_found"):
            reader.call("profile_page", username=other)
        for function in ("profile_feed", "followers", "following", "mutuals"):
            with refused(404, "profile_not_found"):
                reader.rows(function, username=other)
    for name in ("cleo", "dan", "modesty", "visitor"):
        assert all_lists(community[name]) == before[name], name


def test_a_mute_hides_from_ones_own_lists_alone(community: dict[str, Actor]) -> None:
    ada, ben = community["ada"], community["ben"]
    before = {name: all_lists(community[name]) for name in community if name != "ben"}
    ben.call("mute", username="ada")
    for title, people in all_lists(ben).items():
        # What they write to each other is not a list of others' doings.
        if title in ("my_mutes", "my_conversations", "messages") or title.startswith("table "):
            continue
        assert "ada" not in people, title
    assert ben.call("profile_page", username="ada")["is_muted_by_me"]
    assert authors(ben, "profile_feed", username="ada") == {"ada"}
    assert ada.call("profile_page", username="ben")["follows_me"]
    for name, lists in before.items():
        assert all_lists(community[name]) == lists, name


@pytest.mark.parametrize(("verb", "key", "table"), PAIRS)
def test_undoing_it_shows_everything_but_the_follows_again(
    community: dict[str, Actor], verb: str, key: str, table: str
) -> None:
    ben = community["ben"]
    before = all_lists(ben)
    ben.call(verb, username="ada")
    ben.call(f"un{verb}", username="ada")
    after = all_lists(ben)
    assert after == before
    page = ben.call("profile_page", username="ada")
    assert page["is_followed_by_me"] == page["follows_me"] == (verb == "mute")


def test_a_block_ends_follows_and_requests_both_ways_and_the_counts_follow(
    community: dict[str, Actor], db: Connection
) -> None:
    ada, ben, cleo = community["ada"], community["ben"], community["cleo"]
    cleo.run("update public.profiles set is_private = true where id = %s", cleo.id)
    ada.call("unfollow", username="cleo")
    ada.call("follow", username="cleo")
    cleo.call("block", username="ada")
    ben.call("block", username="ada")
    rows = db.execute(
        "select 1 from public.follows where %(ada)s in (follower_id, followee_id) union all"
        " select 1 from public.follow_requests where %(ada)s in (requester_id, target_id)",
        {"ada": ada.id},
    ).fetchall()
    assert rows == []
    counts = ada.call("my_account")["profile"]
    assert (counts["follower_count"], counts["following_count"]) == (0, 0)
    counts = cleo.call("my_account")["profile"]
    assert (counts["follower_count"], counts["following_count"]) == (2, 2)


@pytest.mark.parametrize("blocker", ["ada", "ben"])
def test_nobody_follows_across_a_block(cast: Any, db: Connection, blocker: str) -> None:
    ada, ben = cast("ada"), cast("ben")
    cast(blocker).call("block", username="ben" if blocker == "ada" else "ada")
    for follower, other in ((ada, ben), (ben, ada)):
        with refused(404, "profile_not_found"):
            follower.call("follow", username=other.name)
        with refused(404, "profile_not_found"):
            follower.run("insert into public.follows (followee_id) values (%s)", other.id)
    assert rows_of(db, "follows") == []


def test_who_is_blocked_may_block_back_and_each_undoes_their_own(ada: Actor, ben: Actor) -> None:
    ada.call("block", username="ben")
    assert ben.call("block", username="ada") == {"is_blocked": True}
    ada.call("unblock", username="ben")
    with refused(404, "profile_not_found"):
        ada.call("profile_page", username="ben")
    ben.call("unblock", username="ada")
    assert ada.call("profile_page", username="ben")["profile"]["username"] == "ben"


def test_nobody_learns_of_a_block_by_muting(ada: Actor, ben: Actor) -> None:
    ada.call("block", username="ben")
    for function in ("mute", "unmute", "unblock"):
        with refused(404, "profile_not_found"):
            ben.call(function, username="ada")


@pytest.mark.parametrize(("verb", "key", "table"), PAIRS)
def test_only_ones_own_are_listed_newest_first(
    ada: Actor, ben: Actor, visitor: Actor, db: Connection, verb: str, key: str, table: str
) -> None:
    for username in ("ada", "cleo", "dan"):
        ben.call(verb, username=username)
        db.execute(f"update public.{table} set created_at = created_at - interval '1 hour'")
    ada.call(verb, username="stranger")
    assert names(ben, f"my_{table}") == ["dan", "cleo", "ada"]
    assert len(ben.run(f"select * from public.{table}")) == 3
    assert names(ada, f"my_{table}") == ["stranger"]
    with forbidden():
        visitor.rows(f"my_{table}")
    with forbidden():
        visitor.run(f"select * from public.{table}")


@pytest.mark.parametrize(("verb", "key", "table"), PAIRS)
def test_equal_times_do_not_lose_anybody_between_pages(
    ben: Actor, db: Connection, verb: str, key: str, table: str
) -> None:
    people = ["ada", "cleo", "dan", "stranger", "modesty", "admiral", "rooty"]
    for username in people:
        ben.call(verb, username=username)
    db.execute(f"update public.{table} set created_at = now()")
    assert sorted(names(ben, f"my_{table}")) == sorted(people)


def test_it_is_slowed_when_it_is_too_often(ben: Actor, admiral: Actor) -> None:
    admiral.call("set_rate_limit", action="block", capacity=2, refill_seconds=100)
    ben.call("block", username="ada")
    ben.call("unmute", username="dan")
    for function in ("block", "unblock", "mute", "unmute"):
        with refused(429, "rate_limited"):
            ben.call(function, username="cleo")


def test_nobody_writes_the_tables(ben: Actor, rooty: Actor, service: Actor) -> None:
    for somebody in (ben, rooty, service):
        for table, mine, other in (
            ("blocks", "blocker_id", "blocked_id"),
            ("mutes", "muter_id", "muted_id"),
        ):
            for statement in (
                f"insert into public.{table} ({other}) values ('{person_id('ada')}')",
                f"update public.{table} set {mine} = {other}",
                f"delete from public.{table}",
            ):
                with forbidden():
                    somebody.run(statement)


def test_a_follow_and_a_block_at_once_never_leave_a_follow_across_a_block(
    database: Database,
) -> None:
    def follow(connection: Connection, table: bool) -> str:
        ben = actor(connection, "ben")
        if table:
            ben.run("insert into public.follows (followee_id) values (%s)", person_id("ada"))
        else:
            ben.call("follow", username="ada")
        return "followed"

    def block(connection: Connection) -> str:
        actor(connection, "ada").call("block", username="ben")
        return "blocked"

    jobs: list[Callable[[Connection], str]] = [
        lambda connection: follow(connection, False),
        block,
        lambda connection: follow(connection, True),
        lambda connection: str(actor(connection, "ada").call("follow", username="ben")),
    ]
    with database.connect() as connection:
        connection.execute("update private.rate_limit_rules set capacity = 1000")
        for turn in range(12):
            outcomes = race(database, jobs[turn % 4 :] + jobs[: turn % 4])
            assert "blocked" in outcomes
            assert set(refusals(outcomes)) <= {("PT404", "profile_not_found")}
            row = connection.execute(
                "select (select count(*) from public.follows) as follows,"
                " (select count(*) from public.blocks) as blocks,"
                " (select sum(follower_count + following_count) from public.profiles) as counts"
            ).fetchone()
            assert row == {"follows": 0, "blocks": 1, "counts": 0}
            actor(connection, "ada").call("unblock", username="ben")


def test_two_who_block_each_other_at_once_both_succeed(database: Database) -> None:
    with database.connect() as connection:
        actor(connection, "ben").call("follow", username="ada")
        actor(connection, "ada").call("follow", username="ben")
    outcomes = race(
        database,
        [
            lambda connection: actor(connection, "ada").call("block", username="ben"),
            lambda connection: actor(connection, "ben").call("block", username="ada"),
        ]
        * 4,
    )
    assert outcomes == [{"is_blocked": True}] * 8
