"""What reaches people's phones: when they want it, where they are signed in, in words."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.social.talking import start
from tests.database import Actor, Connection, refused

ADAS = "ExponentPushToken[ada-phone]"
BENS = "ExponentPushToken[ben-phone]"
# Whose rules stand: Python and Postgres each bring their own table of zones, of different years.
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe",
    "Asia/Kathmandu", "Pacific/Apia", "America/Santiago", "Europe/Dublin",
)  # fmt: skip


def register(who: Actor, token: str = ADAS, **arguments: Any) -> None:
    """Sign in on a phone."""
    who.call("register_push_token", token=token, platform="ios", **arguments)


def queued(db: Connection) -> list[dict[str, Any]]:
    """The outbox messages of push."""
    return db.execute(
        "select payload, user_id, next_attempt_at, next_attempt_at <= now() as is_due"
        " from private.outbox where topic = 'send_push' order by id"
    ).fetchall()


def messages(service: Actor) -> list[tuple[str, str, str]]:
    """What would be sent for all that is queued: token, title, body."""
    ids = [row["payload"]["notification_id"] for row in queued(service.connection)]
    return [
        (row["token"], row["title"], row["body"])
        for row in service.rows("backend.push_messages", notification_ids=ids)
    ]


def test_a_follow_is_pushed_to_every_device(
    db: Connection, ada: Actor, ben: Actor, service: Actor
) -> None:
    register(ada)
    register(ada, "ExponentPushToken[ada-tablet]")
    ben.call("follow", username="ada")
    (message,) = queued(db)
    assert (message["user_id"], message["is_due"]) == (ada.id, True)
    (notification,) = ada.rows("my_notifications")
    assert message["payload"] == {"notification_id": str(notification["id"])}
    rows = service.rows("backend.push_messages", notification_ids=[notification["id"]])
    assert {row["token"] for row in rows} == {ADAS, "ExponentPushToken[ada-tablet]"}
    for row in rows:
        assert (row["title"], row["body"]) == ("New followers", "Ben followed you")
        assert row["data"] == {
            "notification_id": str(notification["id"]), "kind": "follow",
            "target_kind": "profile", "target_id": str(ada.id),
        }  # fmt: skip


def test_who_has_no_device_gets_nothing_queued(db: Connection, ada: Actor, ben: Actor) -> None:
    register(ben, BENS)
    ben.call("follow", username="ada")
    assert queued(db) == []


def test_those_who_join_are_told_of_in_the_one_message(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, dan: Actor, service: Actor
) -> None:
    register(ada)
    for fan in (ben, cleo):
        fan.call("follow", username="ada")
    assert len(queued(db)) == 1
    assert messages(service) == [(ADAS, "New followers", "Cleo and 1 other followed you")]
    dan.call("follow", username="ada")
    assert messages(service) == [(ADAS, "New followers", "Dan and 2 others followed you")]


def test_each_direct_message_is_pushed_but_not_twice_while_one_waits(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    register(ada)
    tell = "select private.notify(%s, 'direct_message', %s, 'profile', %s)"
    for _ in range(2):
        db.execute(tell, [ada.id, ben.id, ada.id])
    assert len(queued(db)) == 1
    db.execute("update private.outbox set attempts = 1, delivered_at = now()")
    db.execute(tell, [ada.id, ben.id, ada.id])
    assert len(queued(db)) == 2
    assert len(ada.rows("my_notifications")) == 1


def test_what_is_not_wanted_as_push_is_not_queued(db: Connection, ada: Actor, ben: Actor) -> None:
    register(ada)
    ada.call("set_notification_preference", kind="follow", channel="push", is_enabled=False)
    ben.call("follow", username="ada")
    assert queued(db) == []
    assert len(ada.rows("my_notifications")) == 1


@pytest.mark.parametrize(
    "change",
    [
        "read",
        "no push",
        "no kind",
        "muted",
        "blocked",
        "leaving",
        "myself leaving",
        "taken back",
        "signed out",
    ],
)
def test_what_changed_meanwhile_counts_when_it_is_sent(
    change: str, ada: Actor, ben: Actor, service: Actor
) -> None:
    register(ada)
    ben.call("follow", username="ada")
    assert len(messages(service)) == 1
    prefer = {"kind": "follow", "is_enabled": False}
    match change:
        case "read":
            ada.call("mark_read")
        case "no push":
            ada.call("set_notification_preference", channel="push", **prefer)
        case "no kind":
            ada.call("set_notification_preference", channel="in_app", **prefer)
        case "muted":
            ada.call("mute", username="ben")
        case "blocked":
            ben.call("block", username="ada")
        case "leaving":
            ben.call("delete_my_account", confirm_username="ben")
        case "myself leaving":
            ada.call("delete_my_account", confirm_username="ada")
        case "taken back":
            ben.call("unfollow", username="ada")
        case _:
            assert ada.call("remove_push_token", token=ADAS) == {"is_registered": False}
    assert messages(service) == []


def test_who_is_leaving_is_told_nothing_until_they_are_back(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, dan: Actor, service: Actor
) -> None:
    register(ada)
    ben.call("follow", username="ada")
    ada.call("set_dm_permission", permission="everyone")
    pair = start(dan, "ada")
    ada.call("delete_my_account", confirm_username="ada")
    assert messages(service) == []
    # Whatever happens to what is still there of hers: nobody and nothing notifies her.
    for kind, about in (("like", "profile"), ("direct_message", "conversation")):
        target = pair if about == "conversation" else ada.id
        row = db.execute(
            "select private.notify(%s, %s, %s, %s, %s) as id",
            [ada.id, kind, cleo.id, about, target],
        ).fetchone()
        assert row == {"id": None}
    with refused(403, "account_deactivated"):
        register(ada, "ExponentPushToken[another]")
    assert len(queued(db)) == 1
    ada.call("restore_my_account")
    cleo.call("follow", username="ada")
    assert messages(service) == [(ADAS, "New followers", "Cleo and 1 other followed you")]


def test_what_may_not_be_seen_any_more_is_not_sent(
    db: Connection, ada: Actor, ben: Actor, service: Actor
) -> None:
    register(ada)
    ada.call("follow", username="ben")
    post = ben.post("for followers", visibility="followers")
    db.execute("select private.notify(%s, 'mention', %s, 'post', %s)", [ada.id, ben.id, post])
    assert messages(service) == [(ADAS, "You were mentioned", "Ben mentioned you")]
    ada.call("unfollow", username="ben")
    assert messages(service) == []


def test_a_text_takes_its_words_from_the_data_and_never_from_a_name(
    db: Connection, ada: Actor, ben: Actor, service: Actor
) -> None:
    register(ada)
    post = ada.post()
    ben.run("update public.profiles set display_name = '{target} {count}' where id = %s", ben.id)
    for kind, actor_id, data in (
        ("milestone", None, {"count": 100, "of": "likes"}),
        ("comment", ben.id, {}),
        ("badge", None, {}),
    ):
        db.execute(
            "select private.notify(%s, %s, %s, %s, %s, null, %s)",
            [
                ada.id, kind, actor_id, None if kind == "badge" else "post",
                None if kind == "badge" else post, json.dumps(data),
            ],
        )  # fmt: skip
    assert [(title, body) for _, title, body in messages(service)] == [
        ("Milestone", "Your post has reached 100 likes"),
        ("New comments", "{target} {count} commented on your post"),
        ("New badge", "You earned a badge: "),
    ]


@pytest.mark.parametrize(
    ("kind", "named"),
    [("profile", "profile"), ("product", "product"), ("message", "message"), (None, "account")],
)
def test_a_decision_says_about_what_it_is_also_where_that_is_not_shown(
    kind: str | None, named: str, db: Connection, ada: Actor, service: Actor
) -> None:
    register(ada)
    if kind is None:
        db.execute("select private.sanction(%s, null, 'warn', null, null, null)", [ada.id])
    else:
        db.execute(
            "select private.tell_decision(%s, %s, %s, 'hide')",
            [kind, ada.id if kind == "profile" else uuid.uuid4(), ada.id],
        )
    assert messages(service) == [(ADAS, "A decision", f"There is a decision about your {named}")]


def test_push_messages_leave_the_caller_who_they_are(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    register(ada)
    ben.call("follow", username="ada")
    ids = [row["payload"]["notification_id"] for row in queued(db)]
    db.execute("select set_config('request.jwt.claim.sub', %s, true)", [str(ben.id)])
    row = db.execute(
        "select count(*) as n from private.push_messages(%s::uuid[])", [ids]
    ).fetchone()
    me = db.execute("select auth.uid() as me").fetchone()
    assert (row, me) == ({"n": 1}, {"me": ben.id})


def test_a_device_belongs_to_who_signed_in_last(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, service: Actor
) -> None:
    register(ada, device_name="  Ada's phone ")
    assert ada.run("select user_id, device_name from public.push_tokens") == [
        {"user_id": ada.id, "device_name": "Ada's phone"}
    ]
    cleo.call("follow", username="ada")
    register(ben)
    assert ada.run("select user_id from public.push_tokens") == []
    assert ben.run("select token, device_name from public.push_tokens") == [
        {"token": ADAS, "device_name": None}
    ]
    assert messages(service) == []
    # Nobody else learns of it: not by the table, nor in an export, nor by asking once more.
    for somebody in (ada, cleo):
        for columns in ("token", "user_id", "*"):
            assert somebody.run(f"select {columns} from public.push_tokens") == []
        assert "ExponentPushToken" not in json.dumps(somebody.call("export_my_data"), default=str)
    # What is somebody else's by now cannot be signed out.
    ada.call("remove_push_token", token=ADAS)
    assert len(ben.run("select token from public.push_tokens")) == 1


def test_who_lost_a_device_to_somebody_who_knew_its_token_has_it_back_at_the_next_start(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, service: Actor
) -> None:
    register(ada)
    register(ben)
    # Nothing of hers goes anywhere meanwhile, and what her phone may show is ben's own.
    cleo.call("follow", username="ada")
    assert messages(service) == []
    register(ada)
    assert messages(service) == []
    db.execute("select private.notify(%s, 'badge', null, null, null)", [ada.id])
    assert [token for token, *_ in messages(service)] == [ADAS]
    assert ben.run("select token from public.push_tokens") == []


def test_the_devices_not_heard_of_for_longest_go(db: Connection, ada: Actor) -> None:
    db.execute("update private.settings set value = 3 where name = 'push_tokens_limit'")
    for number in range(5):
        register(ada, f"ExponentPushToken[{number}]")
        db.execute(
            "update public.push_tokens set registered_at = registered_at - interval '1 minute'"
        )
    rows = ada.run("select token from public.push_tokens order by token")
    assert [row["token"] for row in rows] == [f"ExponentPushToken[{n}]" for n in (2, 3, 4)]


@pytest.mark.parametrize("platform", ["ios", "android"])
@pytest.mark.parametrize("token", [ADAS, "ExpoPushToken[x-Y_9]"])
def test_phones_of_both_kinds_are_registered(token: str, platform: str, ada: Actor) -> None:
    answer = ada.call("register_push_token", token=token, platform=platform)
    assert answer == {"token": token, "platform": platform, "device_name": None}
    other = {"ios": "android", "android": "ios"}[platform]
    ada.call("register_push_token", token=token, platform=other, device_name="new")
    assert ada.run("select platform, device_name from public.push_tokens") == [
        {"platform": other, "device_name": "new"}
    ]


@pytest.mark.parametrize(
    ("token", "platform", "refusal"),
    [
        ("fcm:abc", "ios", "push_token_invalid"),
        ("ExponentPushToken[]", "ios", "push_token_invalid"),
        ("ExponentPushToken[a b]", "ios", "push_token_invalid"),
        (None, "ios", "push_token_invalid"),
        (ADAS, "fridge", "platform_unknown"),
        (ADAS, None, "platform_unknown"),
    ],
)
def test_devices_are_checked(
    token: str | None, platform: str | None, refusal: str, ada: Actor
) -> None:
    with refused(422, refusal):
        ada.call("register_push_token", token=token, platform=platform)


def test_tickets_wait_for_their_receipts(db: Connection, ada: Actor, service: Actor) -> None:
    register(ada)
    tickets = [{"ticket_id": f"t{n}", "token": ADAS} for n in range(3)]
    gone = {"ticket_id": "t9", "token": "ExponentPushToken[gone]"}
    for _ in range(2):
        service.call("backend.finish_pushes", outcomes="[]", tickets=json.dumps([*tickets, gone]))
        assert service.rows("backend.due_push_tickets") == []
    db.execute("update private.push_tickets set sent_at = now() - interval '15 minutes'")
    due = service.rows("backend.due_push_tickets", size=2)
    assert sorted(due, key=str) == [
        {"ticket_id": "t0", "token": ADAS},
        {"ticket_id": "t1", "token": ADAS},
    ]
    assert service.call("backend.finish_push_tickets", ticket_ids=["t0", "t9"]) == 0
    # What there is no receipt of keeps nothing else from being read, and is asked for again.
    assert [row["ticket_id"] for row in service.rows("backend.due_push_tickets")] == ["t2"]
    assert service.rows("backend.due_push_tickets") == []
    db.execute("update private.push_tickets set asked_at = now() - interval '15 minutes'")
    assert len(service.rows("backend.due_push_tickets")) == 2


def test_a_device_that_is_gone_is_forgotten_with_its_tickets(
    db: Connection, ada: Actor, ben: Actor, service: Actor
) -> None:
    register(ada)
    register(ben, BENS)
    tickets = [{"ticket_id": "a", "token": ADAS}, {"ticket_id": "b", "token": BENS}]
    service.call("backend.finish_pushes", outcomes="[]", tickets=json.dumps(tickets))
    # Ben has installed the app anew since.
    db.execute(
        "update public.push_tokens set registered_at = now() + interval '1 second'"
        " where token = %s",
        [BENS],
    )
    gone = {"ticket_ids": ["a", "b"], "gone_ticket_ids": ["a", "b"]}
    assert service.call("backend.finish_push_tickets", **gone) == 1
    assert service.call("backend.finish_push_tickets", **gone) == 0
    rows = db.execute("select token from public.push_tokens").fetchall()
    assert rows == [{"token": BENS}]
    assert db.execute("select from private.push_tickets").fetchall() == []
    service.call("backend.finish_pushes", outcomes="[]", gone_tokens=[ADAS, BENS])
    assert db.execute("select from public.push_tokens").fetchall() == []


def test_messages_tickets_and_devices_are_finished_at_once(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, service: Actor
) -> None:
    register(ada)
    register(ben, BENS)
    cleo.call("follow", username="ada")
    cleo.call("follow", username="ben")
    mine = db.execute("select private.enqueue('something_else', '{}') as id").fetchone()
    assert mine is not None
    ids = [row["id"] for row in service.rows("backend.claim_outbox", topic="send_push")]
    assert len(ids) == 2
    outcomes = [
        {"id": ids[0], "error": None},
        {"id": ids[1], "error": "push_unavailable"},
        {"id": mine["id"], "error": None},
        {"id": 999999999, "error": None},
    ]
    for _ in range(2):
        done = service.call(
            "backend.finish_pushes",
            outcomes=json.dumps(outcomes),
            tickets=json.dumps([{"ticket_id": "t", "token": ADAS}]),
            gone_tokens=[BENS],
        )
        assert done == 2
    rows = db.execute(
        "select delivered_at is not null as is_delivered, last_error, attempts"
        " from private.outbox order by id"
    ).fetchall()
    assert [tuple(row.values()) for row in rows if row["attempts"]] == [
        (True, None, 1),
        (False, "push_unavailable", 1),
    ]
    assert db.execute("select token from public.push_tokens").fetchall() == [{"token": ADAS}]


@pytest.mark.parametrize("outcomes", ["{}", "[1]", '[{"error": null}]', '[{"id": "x"}]'])
def test_outcomes_are_checked(outcomes: str, service: Actor) -> None:
    with refused(422, "outcomes_invalid"):
        service.call("backend.finish_pushes", outcomes=outcomes)


def test_tickets_whose_receipts_are_gone_are_forgotten(
    db: Connection, ada: Actor, service: Actor
) -> None:
    register(ada)
    for ticket, age in (("old", "25 hours"), ("new", "23 hours")):
        db.execute(
            "insert into private.push_tickets values (%s, %s, now() - %s::interval)",
            [ticket, ADAS, age],
        )
    service.call("backend.forget_old_notifications")
    assert [row["ticket_id"] for row in service.rows("backend.due_push_tickets")] == ["new"]


@pytest.mark.parametrize("tickets", ["{}", "[1]", '[{"token": "x"}]', '[{"ticket_id": "x"}]'])
def test_tickets_are_checked(tickets: str, service: Actor) -> None:
    with refused(422, "tickets_invalid"):
        service.call("backend.finish_pushes", outcomes="[]", tickets=tickets)


def test_push_waits_for_the_end_of_quiet_hours(
    db: Connection, ada: Actor, ben: Actor, service: Actor
) -> None:
    register(ada)
    ada.run("update public.profiles set time_zone = 'Asia/Kathmandu' where id = %s", ada.id)
    (local,) = ada.run("select date_trunc('second', now()) at time zone 'Asia/Kathmandu' as now")
    starts, ends = local["now"] - timedelta(hours=1), local["now"] + timedelta(hours=2)
    answer = ada.call("set_quiet_hours", starts=starts.time(), ends=ends.time())
    assert answer == {"quiet_hours": {"starts": str(starts.time()), "ends": str(ends.time())}}
    assert ada.call("my_notification_preferences")["quiet_hours"] == {
        "starts": str(starts.time()), "ends": str(ends.time()), "time_zone": "Asia/Kathmandu",
    }  # fmt: skip
    ben.call("follow", username="ada")
    (message,) = queued(db)
    assert (
        message["next_attempt_at"].astimezone(ZoneInfo("Asia/Kathmandu")).replace(tzinfo=None)
        == ends
    )
    assert service.rows("backend.claim_outbox", topic="send_push") == []
    # It is in the app at once.
    assert ada.call("unread_count") == 1
    assert ada.call("set_quiet_hours", starts=None, ends=None) == {"quiet_hours": None}
    ben.call("repost", post_id=ada.post())
    assert ada.call("my_notification_preferences")["quiet_hours"] is None


def test_quiet_hours_that_began_meanwhile_count_when_it_is_sent(
    db: Connection, ada: Actor, ben: Actor, service: Actor
) -> None:
    register(ada)
    ben.call("follow", username="ada")
    (claimed,) = service.rows("backend.claim_outbox", topic="send_push")
    (local,) = ada.run("select now() at time zone 'UTC' as now")
    starts, ends = local["now"] - timedelta(hours=1), local["now"] + timedelta(hours=2)
    ada.call("set_quiet_hours", starts=starts.time(), ends=ends.time())
    for _ in range(2):
        assert messages(service) == []
    outcomes = json.dumps([{"id": claimed["id"], "error": None}])
    service.call("backend.finish_pushes", outcomes=outcomes)
    _, later = queued(db)
    assert later["next_attempt_at"].replace(tzinfo=None) == ends
    assert later["payload"] == claimed["payload"]
    ada.call("set_quiet_hours", starts=None, ends=None)
    assert set(messages(service)) == {(ADAS, "New followers", "Ben followed you")}


@pytest.mark.parametrize(("starts", "ends"), [("22:00", None), (None, "07:00"), ("22:00", "22:00")])
def test_quiet_hours_have_two_ends(starts: str | None, ends: str | None, ada: Actor) -> None:
    with refused(422, "quiet_hours_invalid"):
        ada.call("set_quiet_hours", starts=starts, ends=ends)


MINUTES = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
# Both changes of the clocks of every zone lie in this year.
MOMENTS = st.integers(0, 366 * 24 * 12).map(
    lambda n: datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(minutes=5 * n)
)


def is_quiet(moment: datetime, zone: str, starts: time, ends: time) -> bool:
    """Whether the clock on the wall is within the quiet hours."""
    wall = moment.astimezone(ZoneInfo(zone)).time()
    return starts <= wall < ends if starts < ends else wall >= starts or wall < ends


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(zone=st.sampled_from(ZONES), starts=MINUTES, ends=MINUTES, moment=MOMENTS)
def test_the_end_of_quiet_hours_is_never_quiet_whatever_the_clocks_do(
    zone: str, starts: time, ends: time, moment: datetime, db: Connection, ada: Actor
) -> None:
    if starts == ends:
        return
    db.execute("update public.profiles set time_zone = %s where id = %s", [zone, ada.id])
    db.execute("delete from public.quiet_hours")
    db.execute("insert into public.quiet_hours values (%s, %s, %s)", [ada.id, starts, ends])
    (row,) = db.execute(
        "select private.after_quiet_hours(%s, %s) as then", [ada.id, moment]
    ).fetchall()
    then = row["then"]
    if not is_quiet(moment, zone, starts, ends):
        assert then == moment
    else:
        assert moment < then <= moment + timedelta(hours=25)
        assert not is_quiet(then, zone, starts, ends)


@pytest.mark.parametrize(
    ("zone", "starts", "ends", "moment", "then"),
    [
        # The clocks leap from 02:00 to 03:00: the end comes right after.
        ("Europe/Berlin", "22:00", "02:30", "2026-03-29 00:30+00", "2026-03-29 01:30+00"),
        # 02:30 comes twice: the second counts.
        ("Europe/Berlin", "22:00", "02:30", "2026-10-24 23:00+00", "2026-10-25 01:30+00"),
        ("Europe/Berlin", "22:00", "07:00", "2026-07-01 19:59+00", "2026-07-01 19:59+00"),
        ("Europe/Berlin", "22:00", "07:00", "2026-07-01 20:00+00", "2026-07-02 05:00+00"),
        ("Europe/Berlin", "22:00", "07:00", "2026-07-02 04:59+00", "2026-07-02 05:00+00"),
        ("Europe/Berlin", "13:00", "14:00", "2026-07-01 11:30+00", "2026-07-01 12:00+00"),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(
    zone: str, starts: str, ends: str, moment: str, then: str, db: Connection, ada: Actor
) -> None:
    db.execute("update public.profiles set time_zone = %s where id = %s", [zone, ada.id])
    db.execute("insert into public.quiet_hours values (%s, %s, %s)", [ada.id, starts, ends])
    (row,) = db.execute(
        "select private.after_quiet_hours(%s, %s) = %s::timestamptz as same",
        [ada.id, moment, then],
    ).fetchall()
    assert row == {"same": True}


def test_a_stored_token_is_always_of_expos_shape(db: Connection, ada: Actor) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        db.execute(
            "insert into public.push_tokens (token, user_id, platform) values ('x', %s, 'ios')",
            [ada.id],
        )
