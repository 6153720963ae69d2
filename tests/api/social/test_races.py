"""Many people at the same posts at once: counts equal rows, and nobody meets a deadlock."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.database import Actor, Database, actor, person_id, sign_up
from tests.races import wait_until_blocked
from tests.schema.counters import counter_laws

CONNECTIONS = 16


def crowd(database: Database, size: int) -> list[uuid.UUID]:
    with database.connect() as connection:
        people = [person_id(f"crowd-{number}") for number in range(size)]
        for number, identity in enumerate(people):
            sign_up(connection, identity, f"c{number}@x.test", {"username": f"crowd_{number}"})
        connection.execute("update private.rate_limit_rules set capacity = 100000")
    return people


def storm(
    database: Database, seconds: float, act: Callable[[random.Random, Callable[..., Actor]], None]
) -> tuple[int, list[str]]:
    """Let 16 connections act for some seconds; how many deeds, and what broke but for refusals."""
    barrier = threading.Barrier(CONNECTIONS)
    broken: list[str] = []
    deeds = [0] * CONNECTIONS

    def work(number: int) -> None:
        chance = random.Random(number)
        with database.connect() as connection:

            def someone(identity: uuid.UUID) -> Actor:
                return Actor(connection, "someone", identity, "authenticated")

            barrier.wait()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                try:
                    act(chance, someone)
                except psycopg.Error as error:
                    if not (error.sqlstate or "").startswith("PT"):
                        broken.append(f"{error.sqlstate} {error}")
                deeds[number] += 1

    threads = [threading.Thread(target=work, args=[number]) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(deeds), broken


def talk(
    chance: random.Random,
    person: Actor,
    owner: Actor,
    post: uuid.UUID,
    comment: uuid.UUID,
    said: list[tuple[uuid.UUID, uuid.UUID]],
) -> None:
    """Answer, react to, edit, delete, pin or hide a comment on a post, or read."""
    deed = chance.randrange(8)
    if deed < 2:
        row = person.call(
            "create_comment", target_kind="post", target_id=post, body="so?", parent_id=comment
        )
        said.append((post, row["id"]))
    elif deed < 4:
        emoji = chance.choice("🔥👏🎶")
        present = chance.random() < 0.6
        person.call("set_reaction", comment_id=comment, emoji=emoji, present=present)
    elif deed == 4:
        mine = person.run("select id from public.comments order by random() limit 1")
        if mine and chance.random() < 0.5:
            person.call("delete_comment", comment_id=mine[0]["id"])
        elif mine:
            person.call("edit_comment", comment_id=mine[0]["id"], body=f"@ada {chance.random()}")
    elif deed == 5:
        owner.call(chance.choice(("pin_comment", "unpin_comment")), comment_id=comment)
    elif deed == 6:
        owner.call(chance.choice(("hide_comment", "unhide_comment")), comment_id=comment)
    else:
        sort = chance.choice(("newest", "oldest", "top"))
        person.rows("comments_on", target_kind="post", target_id=post, sort=sort)


def test_sixty_four_people_like_comment_and_repost_the_same_ten_posts(database: Database) -> None:
    people = crowd(database, 64)
    with database.connect() as connection:
        ada = actor(connection, "ada")
        posts = [ada.post(str(number)) for number in range(10)]

    said: list[tuple[uuid.UUID, uuid.UUID]] = []

    def act(chance: random.Random, someone: Callable[..., Actor]) -> None:
        person, post = someone(chance.choice(people)), chance.choice(posts)
        deed = chance.random()
        if deed < 0.35:
            person.call("set_like", target_kind="post", target_id=post, liked=chance.random() < 0.6)
        elif deed < 0.6:
            person.call(chance.choice(("repost", "unrepost")), post_id=post)
        elif deed < 0.7 or not said:
            named = " ".join(f"@crowd_{chance.randrange(64)}" for _ in range(3))
            row = person.call("create_comment", target_kind="post", target_id=post, body=named)
            said.append((post, row["id"]))
        else:
            post, comment = chance.choice(said)
            talk(chance, person, someone(person_id("ada")), post, comment, said)

    deeds, broken = storm(database, 10, act)
    assert broken == []
    assert deeds > 100
    with database.connect() as connection:
        assert counter_laws(connection) == []
        rows = connection.execute(
            "select like_count, repost_count, comment_count from public.posts"
        ).fetchall()
        for count in ("like_count", "repost_count", "comment_count"):
            assert sum(row[count] for row in rows) > 0
        tombs = "select count(*) as n from public.comments where deleted_at is not null"
        row = connection.execute(tombs).fetchone()
        assert row is not None
        assert row["n"] > 0


def test_deleting_following_blocking_and_hiding_meet_without_a_deadlock(database: Database) -> None:
    people = crowd(database, 12)
    names = {identity: f"crowd_{number}" for number, identity in enumerate(people)}
    posts: list[uuid.UUID] = []

    def act(chance: random.Random, someone: Callable[..., Actor]) -> None:
        identity, other = chance.sample(people, 2)
        person = someone(identity)
        deed = chance.randrange(11)
        if deed < 2 or not posts:
            posts.append(person.post("#storm", visibility=chance.choice(("public", "followers"))))
        elif deed == 2:
            post = chance.choice(posts)
            with person.session() as connection:
                connection.execute("reset role")
                row = connection.execute(
                    "select author_id from public.posts where id = %s", [post]
                ).fetchone()
            assert row
            someone(row["author_id"]).call("delete_post", post_id=post)
        elif deed == 3:
            person.call(
                "set_like",
                target_kind="post",
                target_id=chance.choice(posts),
                liked=chance.random() < 0.5,
            )
        elif deed == 4:
            person.call(chance.choice(("repost", "unrepost")), post_id=chance.choice(posts))
        elif deed == 5:
            person.call(chance.choice(("follow", "unfollow")), username=names[other])
        elif deed == 6:
            person.call(chance.choice(("block", "unblock")), username=names[other])
        elif deed == 7:
            person.run(
                "update public.profiles set is_private = %s where id = %s",
                chance.random() < 0.5,
                identity,
            )
        elif deed < 10:
            said = [row["id"] for row in person.run("select id from public.comments")]
            if said and chance.random() < 0.5:
                person.call(
                    "set_reaction", comment_id=chance.choice(said), emoji="🔥", present=True
                )
            else:
                person.call(
                    "create_comment",
                    target_kind="post",
                    target_id=chance.choice(posts),
                    body=f"@{names[other]}",
                )
        else:
            person.rows("home_feed")

    deeds, broken = storm(database, 5, act)
    assert broken == []
    assert deeds > 300
    with database.connect() as connection:
        assert counter_laws(connection) == []
        across = connection.execute(
            "select * from public.follows f join public.blocks b"
            " on (b.blocker_id, b.blocked_id)"
            " in ((f.follower_id, f.followee_id), (f.followee_id, f.follower_id))"
        ).fetchall()
        assert across == []


def test_who_turns_private_takes_their_posts_in_their_order(database: Database) -> None:
    """An erasure takes those that who leaves has liked, from the first to the last."""
    with (
        database.connect() as owner,
        database.connect(autocommit=False) as gate,
        database.connect() as turning,
        database.connect() as erasing,
        ThreadPoolExecutor(2) as pool,
    ):
        dan = actor(owner, "dan")
        first, middle, last = (dan.post() for _ in range(3))
        for post in (last, middle, first):
            # Written anew in the opposite order, so that this is how they lie.
            actor(owner, "ben").call("set_like", target_kind="post", target_id=post, liked=True)
        gate.execute("select from public.posts where id = %s for no key update", [middle])
        turned = pool.submit(
            actor(turning, "dan").run,
            "update public.profiles set is_private = true where id = auth.uid()",
        )
        wait_until_blocked(owner, turning)
        erased = pool.submit(
            erasing.execute, "delete from auth.users where id = %s", [person_id("ben")]
        )
        wait_until_blocked(owner, erasing)
        gate.rollback()
        turned.result(timeout=120)
        erased.result(timeout=120)
        assert counter_laws(owner) == []


def test_a_limit_of_follows_holds_when_they_come_at_once(database: Database) -> None:
    people = crowd(database, 40)
    with database.connect() as connection:
        connection.execute("update private.settings set value = 10 where name = 'follow_limit'")

    def act(chance: random.Random, someone: Callable[..., Actor]) -> None:
        number = chance.randrange(40)
        someone(person_id("ben")).call("follow", username=f"crowd_{number}")

    _, broken = storm(database, 1.5, act)
    assert broken == []
    assert people
    with database.connect() as connection:
        rows = connection.execute(
            "select count(*) as n from public.follows where follower_id = %s", [person_id("ben")]
        ).fetchone()
        assert rows == {"n": 10}


def test_one_client_id_sent_from_sixteen_connections_is_one_post(database: Database) -> None:
    crowd(database, 1)
    client_id = uuid.uuid4()
    made: set[uuid.UUID] = set()

    def act(_: random.Random, someone: Callable[..., Actor]) -> None:
        made.add(someone(person_id("ada")).post("once", client_id=client_id))

    deeds, broken = storm(database, 0.5, act)
    assert (broken, len(made)) == ([], 1)
    assert deeds > 16


def test_accounts_are_erased_in_the_middle_of_it_all(database: Database) -> None:
    crew = crowd(database, 50)
    names = {identity: f"crowd_{number}" for number, identity in enumerate(crew)}
    # Who leaves has been gone for two weeks, but what they did is all over the place.
    people, leavers = crew[:30], crew[30:]
    posts: list[uuid.UUID] = []
    said: list[tuple[uuid.UUID, uuid.UUID]] = []
    erasures: list[dict[str, object]] = []
    with database.connect() as connection:
        chance = random.Random("before")
        for identity in crew:
            person = Actor(connection, "someone", identity, "authenticated")
            posts += [person.post("#before") for _ in range(2)]
        for identity in crew:
            person = Actor(connection, "someone", identity, "authenticated")
            for post in chance.sample(posts, 12):
                person.call("set_like", target_kind="post", target_id=post, liked=True)
                person.call("repost", post_id=post)
            for post in chance.sample(posts, 4):
                row = person.call(
                    "create_comment",
                    target_kind="post",
                    target_id=post,
                    body=f"@{names[chance.choice(crew)]}",
                )
                said.append((post, row["id"]))
                below = chance.choice(said)
                person.call(
                    "create_comment",
                    target_kind="post",
                    target_id=below[0],
                    body="below",
                    parent_id=below[1],
                )
                person.call(
                    "set_reaction", comment_id=chance.choice(said)[1], emoji="🔥", present=True
                )
            for other in chance.sample([one for one in crew if one != identity], 10):
                person.call("follow", username=names[other])
        for identity in leavers:
            person = Actor(connection, "someone", identity, "authenticated")
            person.call("delete_my_account", confirm_username=names[identity])

    def act(chance: random.Random, someone: Callable[..., Actor]) -> None:
        identity, other = chance.sample(people, 2)
        person, post = someone(identity), chance.choice(posts)
        deed = chance.random()
        if deed < 0.1:
            posts.append(person.post("#storm"))
        elif deed < 0.25:
            target, comment = chance.choice(said)
            talk(chance, person, someone(identity), target, comment, said)
        elif deed < 0.4:
            liked = chance.random() < 0.5
            person.call("set_like", target_kind="post", target_id=post, liked=liked)
        elif deed < 0.6:
            person.call(chance.choice(("repost", "unrepost")), post_id=post)
        elif deed < 0.85:
            other = chance.choice([other, chance.choice(leavers)])
            if deed < 0.7:
                person.run("delete from public.follows where followee_id = %s", other)
            else:
                person.call("follow", username=names[other])
        elif deed < 0.97:
            rows = person.run("select id from public.posts where author_id = %s", identity)
            if rows:
                person.call("delete_post", post_id=rows[0]["id"])
        else:
            due = "update private.account_deletions set erase_after = now() where user_id = %s"
            person.connection.execute(due, [chance.choice(leavers)])
            erase = "select is_erased, error from backend.erase_due_accounts(2)"
            erasures.extend(person.connection.execute(erase).fetchall())

    # Again on a machine too busy to erase several within the first five seconds.
    for _ in range(6):
        _, broken = storm(database, 5, act)
        assert broken == []
        assert [erasure["error"] for erasure in erasures if erasure["error"]] == []
        erased = sum(bool(erasure["is_erased"]) for erasure in erasures)
        if erased > 5:
            break
    assert erased > 5
    with database.connect() as connection:
        assert counter_laws(connection) == []
