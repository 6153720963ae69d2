"""Hundreds who like one post are one thing to be told of, however they come in."""

from __future__ import annotations

import pytest

from bench.fan_in import fan_in
from tests.database import Connection


@pytest.mark.parametrize("size", [1_000, 70], ids=["at once", "in turns"])
def test_a_post_liked_by_hundreds_is_one_notification(size: int, community: Connection) -> None:
    told = fan_in(community, likers=300, size=size)
    assert told.rows == 1
    assert told.actors == 300
    assert told.shown == 3
    assert told.milestones == 1  # the highest reached, 250


def test_however_many_are_told_of_at_once_the_notification_is_written_once(
    community: Connection,
) -> None:
    fan_in(community, likers=300, size=1_000)
    row = community.execute(
        "select n_tup_ins as made, n_tup_upd as changed from pg_stat_xact_user_tables"
        " where relid = 'public.notifications'::regclass"
    ).fetchone()
    assert row == {"made": 2, "changed": 1}  # of likes, with its names, and of a milestone


def test_those_who_take_their_likes_back_at_once_are_taken_out_at_once(
    community: Connection,
) -> None:
    fan_in(community, likers=300, size=1_000)
    gone = community.execute(
        "delete from public.likes where target_kind = 'post' and (user_id, target_id) in ("
        "  select act.actor_id, told.target_id from public.notifications as told"
        "  join private.notification_actors as act on act.notification_id = told.id"
        "  where told.kind = 'like' and told.actor_count = 300 order by act.actor_id limit 299)"
        " returning target_id"
    ).fetchall()
    community.execute("select private.notify_likes(1000)")
    (told,) = community.execute(
        "select id, actor_count, actor_ids from public.notifications"
        " where kind = 'like' and target_id = %s",
        [gone[0]["target_id"]],
    ).fetchall()
    assert told["actor_count"] == 1
    left = community.execute(
        "select user_id from public.likes where target_id = %s", [gone[0]["target_id"]]
    ).fetchall()
    assert told["actor_ids"] == [row["user_id"] for row in left]
