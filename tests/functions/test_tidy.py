"""tidy, against a whole stack: likes of real people, told by the clock."""

import time
from collections.abc import Callable

import pytest

from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer

NOTHING = {
    "notify_likes": 0,
    "settle_deeds": 0,
    "remind_of_streaks": 0,
    "end_streaks": 0,
    "expire_credits": 0,
    "fill_badges": 0,
    "forget_old_notifications": 0,
    "forget_old_activity": 0,
    "forget_old_drafts": 0,
    "forget_old_room_pulses": 0,
    "forget_old_sessions": 0,
    "forget_old_live": 0,
    "forget_old_messages": 0,
    "forget_old_broadcasts": 0,
    "forget_full_buckets": 0,
    "expire_orders": 0,
    "complete_orders": 0,
    "checkpoint_balances": 0,
    "forget_stripe_payloads": 0,
}


@pytest.fixture
def functions(live: LiveStack, serve: Callable[..., FunctionsServer]) -> FunctionsServer:
    """The functions, and nothing left to do of other tests."""
    served = serve(**live.settings)
    for table in ("like_changes", "room_pulses", "deeds", "rate_limit_buckets"):
        live.sql(f"delete from private.{table}")
    # What was written while another transaction was open is counted by a later call.
    for _ in range(20):
        if served.client.post("/tidy", headers=live.scheduler).json() == NOTHING:
            return served
        time.sleep(0.5)
    raise AssertionError("There is always something left to do.")


def test_nothing_to_do_is_no_error(live: LiveStack, functions: FunctionsServer) -> None:
    answer = functions.client.post("/tidy", headers=live.scheduler)
    assert (answer.status_code, answer.json()) == (200, NOTHING)


def test_chores_are_done_to_their_end_in_batches(
    live: LiveStack, functions: FunctionsServer
) -> None:
    ada, ben = live.person("tidy_ada"), live.person("tidy_ben")
    live.sql("update public.feature_flags set is_enabled = true where name = 'social'")
    post = live.sends(ada, "POST", "/rpc/create_post", {"kind": "text", "body": "hello"})
    like = {"target_kind": "post", "target_id": post["id"], "liked": True}
    live.sends(ben, "POST", "/rpc/set_like", like)
    # As many again that were taken back before anybody was told.
    live.sql(
        "insert into private.like_changes"
        " select gen_random_uuid(), 'post', %s from generate_series(1, 1500)",
        post["id"],
    )
    live.sql(
        "insert into public.notifications (id, recipient_id, kind)"
        " select ('01000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, %s, 'badge'"
        " from generate_series(1, 1001) as n",
        ada,
    )
    live.sql("update public.profiles set kind = 'artist' where id = %s", ada)
    song = {"title": "Night", "genre": "ambient", "duration_ms": 60_000, "file_format": "mp3"}
    draft = live.sends(ada, "POST", "/rpc/create_track", song)
    live.sql(
        "update public.tracks set created_at = now() - interval '31 days' where artist_id = %s", ada
    )
    live.sql(
        "insert into private.rate_limit_buckets (user_id, action, about_id, tokens, refilled_at)"
        " values (%s, 'mention', %s, 4, now() - interval '1 day')",
        ada,
        ben,
    )
    beside = draft["path"].replace(".mp3", "-preview.mp3")
    answer = functions.client.post("/tidy", headers=live.scheduler)
    assert answer.json() == {
        **NOTHING,
        "notify_likes": 1501,
        "forget_old_notifications": 1001,
        "forget_old_drafts": 1,
        "forget_full_buckets": 1,
    }
    assert live.sql(
        "select payload from private.outbox where topic = 'remove_objects' and user_id = %s", ada
    ) == [({"bucket": "track-files", "names": [draft["path"], beside]},)]
    lines = functions.lines_of(answer.headers["x-request-id"])
    assert [(line["chore"], line["rows"]) for line in lines if line["message"] == "tidied"] == [
        ("notify_likes", 1000),
        ("notify_likes", 1501),
        ("forget_old_notifications", 1000),
        ("forget_old_notifications", 1001),
        ("forget_old_drafts", 1),
        ("forget_full_buckets", 1),
    ]
    told = live.sends(ada, "POST", "/rpc/my_notifications", {})
    likes = [row["actor_count"] for row in told if row["kind"] == "like"]
    assert likes == [1]


def test_a_chore_that_fails_does_not_stop_the_others(
    live: LiveStack, functions: FunctionsServer
) -> None:
    ada = live.person("tidy_cleo")
    live.sql(
        "insert into public.notifications (id, recipient_id, kind)"
        " values ('01000000-0000-7000-8000-000000000000', %s, 'badge')",
        ada,
    )
    live.sql("alter table private.like_changes rename to elsewhere")
    try:
        answer = functions.client.post("/tidy", headers=live.scheduler)
    finally:
        live.sql("alter table private.elsewhere rename to like_changes")
    assert answer.status_code == 500
    assert {name: answer.json()[name] for name in NOTHING} == {
        **NOTHING,
        "forget_old_notifications": 1,
    }
    assert answer.json()["error"] == "internal_error"


def test_people_cannot_call_it(live: LiveStack, functions: FunctionsServer) -> None:
    assert functions.client.post("/tidy").status_code == 401
