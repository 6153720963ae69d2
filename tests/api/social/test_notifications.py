"""What people are told of: once, of what they may see, by whom they want to hear of."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, person_id, refused, sign_up
from tests.races import race, refusals

LIKERS = 64


def told(who: Actor, **arguments: Any) -> list[tuple[str, list[str], int]]:
    """What somebody is told: kind, the names shown, how many it were."""
    return [
        (row["kind"], [card["username"] for card in row["actors"]], row["actor_count"])
        for row in who.rows("my_notifications", **arguments)
    ]


def like(who: Actor, post_id: uuid.UUID, *, liked: bool = True) -> None:
    """Like or unlike a post, and let the queue be drained."""
    who.call("set_like", target_kind="post", target_id=post_id, liked=liked)
    drain(who.connection)


def drain(connection: Connection) -> int:
    """Tell owners of likes, as the schedule does."""
    taken = actor(connection, "service").call("backend.notify_likes")
    assert isinstance(taken, int)
    return taken


def follow(who: Actor, name: str) -> None:
    """Follow somebody."""
    who.call("follow", username=name)


def test_a_follow_is_told_with_who_it_was(ada: Actor, ben: Actor) -> None:
    follow(ben, "ada")
    (row,) = ada.rows("my_notifications")
    (card,) = row["actors"]
    assert (row["kind"], row["is_seen"], row["is_read"]) == ("follow", False, False)
    assert (row["target_kind"], row["target_id"]) == ("profile", ada.id)
    assert card == {
        "id": str(ben.id), "username": "ben", "display_name": "Ben", "avatar_path": None,
        "is_verified": False,
    }  # fmt: skip
    assert ada.call("unread_count") == 1
    assert ben.rows("my_notifications") == []


def test_unread_ones_about_the_same_become_one(
    ada: Actor, ben: Actor, cleo: Actor, dan: Actor, eve: Actor
) -> None:
    post, other = ada.post("one"), ada.post("two")
    for fan in (ben, cleo, dan, eve):
        like(fan, post)
    like(ben, other)
    assert told(ada) == [("like", ["ben"], 1), ("like", ["eve", "dan", "cleo"], 4)]
    assert ada.call("unread_count") == 2
    (_, row) = ada.rows("my_notifications")
    assert row["target"] == {"kind": "text", "body": "one", "media_paths": []}


def test_what_was_read_is_not_joined(ada: Actor, ben: Actor, cleo: Actor) -> None:
    post = ada.post()
    like(ben, post)
    assert ada.call("mark_read") == 1
    like(cleo, post)
    assert told(ada) == [("like", ["cleo"], 1), ("like", ["ben"], 1)]
    assert ada.call("unread_count") == 1


def test_what_is_a_day_old_is_not_joined(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, dan: Actor
) -> None:
    post = ada.post()
    like(ben, post)
    db.execute("update public.notifications set created_at = now() - interval '23:59'")
    like(dan, post)
    assert told(ada) == [("like", ["dan", "ben"], 2)]
    db.execute("update public.notifications set created_at = now() - interval '24 hours'")
    like(cleo, post)
    assert told(ada) == [("like", ["cleo"], 1), ("like", ["dan", "ben"], 2)]
    assert ada.call("unread_count") == 2


def test_the_same_person_counts_once(ada: Actor, ben: Actor, cleo: Actor) -> None:
    post = ada.post()
    like(cleo, post)
    for liked in (True, False, True, True):
        like(ben, post, liked=liked)
    assert told(ada) == [("like", ["ben", "cleo"], 2)]
    assert ada.call("mark_read") == 1
    # Nor is it told anew once it was read.
    for liked in (False, True):
        like(ben, post, liked=liked)
    assert told(ada) == [("like", ["ben", "cleo"], 2)]


def test_what_is_taken_back_unread_leaves_no_ghost(
    ada: Actor, ben: Actor, cleo: Actor, dan: Actor, eve: Actor
) -> None:
    post = ada.post()
    fans = (ben, cleo, dan, eve)
    for fan in fans:
        like(fan, post)
    like(eve, post, liked=False)
    assert told(ada) == [("like", ["dan", "cleo", "ben"], 3)]
    for fan in fans[:3]:
        like(fan, post, liked=False)
    assert told(ada) == []
    follow(ben, "ada")
    ben.call("unfollow", username="ada")
    ben.call("repost", post_id=post)
    ben.call("unrepost", post_id=post)
    assert told(ada) == []
    assert ada.call("unread_count") == 0


def test_a_like_taken_back_before_the_queue_is_drained_is_never_told(
    ada: Actor, ben: Actor
) -> None:
    post = ada.post()
    for liked in (True, False):
        ben.call("set_like", target_kind="post", target_id=post, liked=liked)
    assert drain(ada.connection) == 2
    assert told(ada) == []
    assert drain(ada.connection) == 0


def test_what_was_read_stays_when_it_is_taken_back(ada: Actor, ben: Actor) -> None:
    follow(ben, "ada")
    ada.call("mark_read")
    ben.call("unfollow", username="ada")
    assert told(ada) == [("follow", ["ben"], 1)]


def test_nobody_is_told_of_their_own_doing(ada: Actor) -> None:
    post = ada.post()
    like(ada, post)
    ada.call("repost", post_id=post)
    assert told(ada) == []


def test_muted_people_are_not_told_of(ada: Actor, ben: Actor, cleo: Actor) -> None:
    post = ada.post()
    ada.call("mute", username="ben")
    follow(ben, "ada")
    like(cleo, post)
    like(ben, post)
    assert told(ada) == [("like", ["cleo"], 1)]


def test_a_mute_hides_what_was_told_until_it_is_undone(ada: Actor, ben: Actor) -> None:
    follow(ben, "ada")
    ada.call("mute", username="ben")
    assert (told(ada), ada.call("unread_count")) == ([], 0)
    ada.call("unmute", username="ben")
    assert (told(ada), ada.call("unread_count")) == ([("follow", ["ben"], 1)], 1)


@pytest.mark.parametrize("blocker", ["ada", "ben"])
def test_a_block_ends_what_was_told(
    blocker: str, db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    post = ada.post()
    for fan in (ben, cleo):
        like(fan, post)
        follow(fan, "ada")
    actor(db, blocker).call("block", username="ben" if blocker == "ada" else "ada")
    assert told(ada) == [("follow", ["cleo"], 1), ("like", ["cleo"], 1)]
    # A like of before the block stands; it is not told anew.
    assert drain(db) == 0


def test_nobody_who_leaves_is_told_of(db: Connection, ada: Actor, ben: Actor) -> None:
    follow(ben, "ada")
    ben.call("delete_my_account", confirm_username="ben")
    assert (told(ada), ada.call("unread_count")) == ([], 0)
    ben.call("restore_my_account")
    assert told(ada) == [("follow", ["ben"], 1)]


def test_a_deleted_post_takes_what_was_told_along(ada: Actor, ben: Actor) -> None:
    post = ada.post()
    like(ben, post)
    ben.call("repost", post_id=post)
    ada.call("delete_post", post_id=post)
    drain(ada.connection)
    assert told(ada) == []


def test_a_kind_that_is_switched_off_is_not_kept(ada: Actor, ben: Actor, cleo: Actor) -> None:
    answer = ada.call(
        "set_notification_preference", kind="follow", channel="in_app", is_enabled=False
    )
    assert answer == {"kind": "follow", "channel": "in_app", "is_enabled": False}
    follow(ben, "ada")
    ada.call("set_notification_preference", kind="follow", channel="in_app", is_enabled=True)
    assert told(ada) == []
    follow(cleo, "ada")
    assert told(ada) == [("follow", ["cleo"], 1)]


def test_a_private_profile_is_told_of_requests(ada: Actor, ben: Actor, cleo: Actor) -> None:
    ada.run("update public.profiles set is_private = true")
    for fan in (ben, cleo):
        follow(fan, "ada")
    assert told(ada) == [("follow_request", ["cleo", "ben"], 2)]
    ada.call("decide_follow_request", username="ben", approve=True)
    assert told(ada) == [("follow", ["ben"], 1), ("follow_request", ["cleo"], 1)]
    ada.call("decide_follow_request", username="cleo", approve=False)
    assert told(ada) == [("follow", ["ben"], 1)]


def test_nobody_is_told_of_what_they_may_not_see(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    follow(ben, "ada")
    post = ada.post("for followers", visibility="followers")
    tell = "select private.notify(%s, 'mention', %s, 'post', %s)"
    for who in (ben, cleo):
        db.execute(tell, [who.id, ada.id, post])
    assert told(ben) == [("mention", ["ada"], 1)]
    assert told(cleo) == []
    ben.call("unfollow", username="ada")
    assert (told(ben), ben.call("unread_count")) == ([], 0)


def test_what_is_told_later_knows_what_came_with_it(db: Connection, ada: Actor, ben: Actor) -> None:
    post = ada.post()
    first, second = (str(uuid.uuid4()) for _ in range(2))
    for comment in (first, second):
        db.execute(
            "select private.notify(%s, 'comment', %s, 'post', %s, null, %s)",
            [ada.id, ben.id, post, f'{{"comment_id": "{comment}"}}'],
        )
    (row,) = ada.rows("my_notifications")
    assert (row["actor_count"], row["data"]) == (1, {"comment_id": second})
    # No such comment stands.
    take_back = "select private.retract(%s, 'comment', %s, 'post', %s)"
    db.execute(take_back, [ada.id, ben.id, post])
    assert told(ada) == []


def test_what_nobody_did_is_told_too(db: Connection, ada: Actor) -> None:
    db.execute("select private.notify(%s, 'badge', null, null, null)", [ada.id])
    assert told(ada) == [("badge", [], 0)]


def test_an_unknown_kind_is_a_mistake_of_the_caller(db: Connection, ada: Actor) -> None:
    with pytest.raises(Exception, match="query returned no rows"):
        db.execute("select private.notify(%s, 'gossip', null, null, null)", [ada.id])


def test_seen_is_not_read(ada: Actor, ben: Actor, cleo: Actor) -> None:
    post = ada.post()
    like(ben, post)
    follow(ben, "ada")
    newest, older = ada.rows("my_notifications")
    assert ada.call("mark_seen", up_to=older["id"]) == 1
    assert [row["is_seen"] for row in ada.rows("my_notifications")] == [False, True]
    assert ada.call("mark_seen", up_to=newest["id"]) == 1
    assert ada.call("mark_seen", up_to=newest["id"]) == 0
    assert ada.call("unread_count") == 2
    # Somebody who joins makes it new again.
    like(cleo, post)
    assert [row["is_seen"] for row in ada.rows("my_notifications")] == [True, False]
    assert ada.call("mark_read", ids=[older["id"]]) == 1
    assert [(row["is_seen"], row["is_read"]) for row in ada.rows("my_notifications")] == [
        (True, False),
        (True, True),
    ]
    assert ada.call("unread_count") == 1


def test_nobody_marks_what_is_not_theirs(ada: Actor, ben: Actor, cleo: Actor) -> None:
    follow(ben, "ada")
    (row,) = ada.rows("my_notifications")
    assert cleo.call("mark_read", ids=[row["id"]]) == 0
    assert cleo.call("mark_seen", up_to=row["id"]) == 0
    (row,) = ada.rows("my_notifications")
    assert (row["is_seen"], row["is_read"]) == (False, False)
    with refused(422, "value_missing"):
        cleo.call("mark_seen", up_to=None)


def test_the_count_stops_at_its_limit(db: Connection, ada: Actor) -> None:
    db.execute(
        "insert into public.notifications (recipient_id, kind)"
        " select %s, 'quest' from generate_series(1, 130)",
        [ada.id],
    )
    assert ada.call("unread_count") == 100
    assert ada.call("mark_read") == 130
    assert ada.call("unread_count") == 0


def test_preferences_are_listed_as_decided_or_as_they_ship(ada: Actor) -> None:
    shipped = {row["kind"]: row for row in ada.call("my_notification_preferences")["kinds"]}
    assert len(shipped) == 39
    assert shipped["like"] == {
        "kind": "like", "category": "social", "in_app": True, "push": False, "email": False,
    }  # fmt: skip
    for enabled in (False, True):
        ada.call("set_notification_preference", kind="like", channel="push", is_enabled=enabled)
    decided = {row["kind"]: row for row in ada.call("my_notification_preferences")["kinds"]}
    assert decided == {**shipped, "like": {**shipped["like"], "push": True}}
    assert ada.call("my_notification_preferences")["quiet_hours"] is None


@pytest.mark.parametrize(
    ("kind", "channel", "enabled", "token"),
    [
        ("gossip", "push", True, "notification_kind_unknown"),
        (None, "push", True, "notification_kind_unknown"),
        ("like", "pigeon", True, "channel_unknown"),
        ("like", None, True, "channel_unknown"),
        ("like", "push", None, "value_missing"),
    ],
)
def test_preferences_are_checked(
    kind: str | None, channel: str | None, enabled: bool | None, token: str, ada: Actor
) -> None:
    with refused(422, token):
        ada.call("set_notification_preference", kind=kind, channel=channel, is_enabled=enabled)


def test_visitors_have_no_notifications(visitor: Actor, db: Connection) -> None:
    nobody = Actor(db, "nobody", None, "authenticated")
    for function in ("my_notifications", "unread_count", "my_notification_preferences"):
        with refused(401, "not_signed_in"):
            nobody.call(function)
    with refused(422, "bad_cursor"):
        actor(db, "ada").rows("my_notifications", after="nonsense")


def test_milestones_are_told_once_ever(db: Connection, ada: Actor) -> None:
    post = ada.post()
    people = _crowd(db, 12)
    for person in people[:9]:
        person.call("set_like", target_kind="post", target_id=post, liked=True)
    drain(db)
    assert [(kind, count) for kind, _, count in told(ada)] == [("like", 9)]
    for person in people[9:]:
        person.call("set_like", target_kind="post", target_id=post, liked=True)
    drain(db)
    (milestone, _) = ada.rows("my_notifications")
    assert (milestone["kind"], milestone["data"]) == ("milestone", {"count": 10, "of": "likes"})
    assert (milestone["actors"], milestone["target_id"]) == ([], post)
    for liked in (False, True):
        for person in people:
            person.call("set_like", target_kind="post", target_id=post, liked=liked)
        drain(db)
    assert [row[0] for row in told(ada)].count("milestone") == 1


def test_of_several_milestones_at_once_the_highest_is_told(db: Connection, ada: Actor) -> None:
    db.execute(
        "select private.reach_milestone('profile', %s, 'followers', 60, %s)", [ada.id, ada.id]
    )
    db.execute(
        "select private.reach_milestone('profile', %s, 'followers', 26, %s)", [ada.id, ada.id]
    )
    (row,) = ada.rows("my_notifications")
    assert row["data"] == {"count": 50, "of": "followers"}
    steps = db.execute("select step from private.milestones order by step").fetchall()
    assert [step["step"] for step in steps] == [10, 25, 50]


def test_ten_followers_are_a_milestone(db: Connection, ada: Actor) -> None:
    for person in _crowd(db, 10):
        follow(person, "ada")
    assert [row[0] for row in told(ada)] == ["milestone", "badge", "follow"]
    assert ada.call("unread_count") == 3


def test_a_new_one_is_broadcast_to_its_recipient_alone(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    for fan in (ben, cleo):
        follow(fan, "ada")
    rows = db.execute(
        "select topic, event, private, payload - 'created_at' as payload from realtime.messages"
        " where event = 'notification'"
    ).fetchall()
    (notification,) = ada.rows("my_notifications")
    (message,) = rows
    assert (message["topic"], message["private"]) == (f"user:{ada.id}", True)
    assert message["payload"] == {
        "id": str(notification["id"]),
        "kind": "follow",
        "actor": {
            "id": str(ben.id), "username": "ben", "display_name": "Ben", "avatar_path": None,
            "is_verified": False,
        },
        "target_kind": "profile",
        "target_id": str(ada.id),
    }  # fmt: skip


def rung(connection: Connection, who: Actor) -> tuple[int, int]:
    """How often somebody was called: broadcasts on their topic, push messages queued."""
    row = connection.execute(
        "select (select count(*) from realtime.messages where topic = %s) as heard,"
        " (select count(*) from private.outbox where topic = 'send_push' and user_id = %s)"
        " as pushed",
        [f"user:{who.id}", who.id],
    ).fetchone()
    assert row is not None
    return row["heard"], row["pushed"]


def test_what_is_done_on_and_off_rings_once(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    ada.call("register_push_token", token="ExponentPushToken[ada]", platform="ios")
    for _ in range(3):
        follow(ben, "ada")
        ben.call("unfollow", username="ada")
    follow(ben, "ada")
    assert told(ada) == [("follow", ["ben"], 1)]
    assert rung(db, ada) == (1, 1)
    ben.call("unfollow", username="ada")
    # Of somebody else, and of something else, she is told as ever.
    follow(cleo, "ada")
    assert rung(db, ada) == (2, 2)
    post = cleo.post()
    said = ben.call("create_comment", target_kind="post", target_id=post, body="@ada")["id"]
    for body in ("nobody", "@ada", "nobody", "@ada again"):
        ben.call("edit_comment", comment_id=said, body=body)
    assert told(ada)[0] == ("mention", ["ben"], 1)
    assert rung(db, ada) == (3, 3)
    mine = ada.call("create_comment", target_kind="post", target_id=post, body="well")["id"]
    for present in (True, False, True):
        ben.call("set_reaction", comment_id=mine, emoji="🔥", present=present)
    assert rung(db, ada)[0] == 4
    # A day later it is news again.
    ben.call("set_reaction", comment_id=mine, emoji="🔥", present=False)
    db.execute("update private.told_and_taken_back set taken_back_at = now() - interval '25 hours'")
    ben.call("set_reaction", comment_id=mine, emoji="🔥", present=True)
    assert rung(db, ada)[0] == 5
    actor(db, "service").call("backend.forget_old_notifications")
    assert db.execute("select from private.told_and_taken_back").fetchall() == []


def test_old_ones_go_in_batches(db: Connection, ada: Actor, service: Actor) -> None:
    db.execute(
        "insert into public.notifications (id, recipient_id, kind)"
        " select ("
        "   lpad(to_hex((extract(epoch from now() - days * interval '1 day') * 1000)::bigint),"
        "     12, '0') || replace(substring(gen_random_uuid()::text from 15), '-', ''))::uuid,"
        "   %s, 'badge'"
        " from unnest(array[200, 120, 91, 89, 0]) as days",
        [ada.id],
    )
    assert [service.call("backend.forget_old_notifications", size=2) for _ in range(3)] == [2, 1, 0]
    assert len(told(ada)) == 2


def test_sixty_four_likes_at_once_are_one_notification(database: Database) -> None:
    with database.connect() as connection:
        ada = actor(connection, "ada")
        post = ada.post()
        crowd = _crowd(connection, LIKERS)

        def job(person: Actor) -> Any:
            def run(own: Connection) -> None:
                liker = Actor(own, person.name, person.id, person.role)
                liker.call("set_like", target_kind="post", target_id=post, liked=True)
                actor(own, "service").call("backend.notify_likes", size=7)

            return run

        assert refusals(race(database, [job(person) for person in crowd])) == []
        while drain(connection):
            pass
        counts = [(row[0], row[2]) for row in told(ada) if row[0] not in {"milestone", "badge"}]
        assert counts == [("like", LIKERS)]


def test_sixty_four_people_told_of_at_once_are_one_notification(database: Database) -> None:
    with database.connect() as connection:
        ada = actor(connection, "ada")
        crowd = _crowd(connection, LIKERS)

        def job(person: Actor) -> Any:
            return lambda own: follow(Actor(own, person.name, person.id, person.role), "ada")

        assert refusals(race(database, [job(person) for person in crowd])) == []
        counts = [(row[0], row[2]) for row in told(ada) if row[0] not in {"milestone", "badge"}]
        assert counts == [("follow", LIKERS)]
        reached = connection.execute("select step from private.milestones order by 1").fetchall()
        assert [row["step"] for row in reached] == [10, 25, 50]


def _crowd(connection: Connection, size: int) -> list[Actor]:
    people = []
    for number in range(size):
        name = f"fan_{number:03}"
        identity = person_id(name)
        sign_up(connection, identity, f"{name}@backbeat.test", {"username": name})
        people.append(Actor(connection, name, identity, "authenticated"))
    return people


def test_no_more_than_a_thousand_likes_are_told_at_once(db: Connection, service: Actor) -> None:
    """Everybody who is told is held meanwhile, and the server's table of locks is not endless."""
    db.execute(
        "insert into private.like_changes (user_id, target_kind, target_id)"
        " select gen_random_uuid(), 'post', gen_random_uuid() from generate_series(1, 1001)"
    )
    assert service.call("backend.notify_likes", size=5000) == 1000
    assert service.call("backend.notify_likes", size=5000) == 1
