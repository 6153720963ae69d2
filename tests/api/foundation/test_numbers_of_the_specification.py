"""The numbers of specs 03 to 08, as they ship, and what just fits into them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Actor, Connection, refused

SHIPS = {
    "follow_limit": 10_000,
    "post_edit_minutes": 30,
    "comment_edit_minutes": 30,
    "comment_mention_limit": 10,
    "comment_replies_shown": 3,
    "activity_collapse_hours": 6,
    "notification_collapse_hours": 24,
    "notification_kept_days": 90,
    "conversation_member_limit": 20,
    "crate_items_limit": 500,
    "trending_days": 7,
    "play_counts_from_ms": 30_000,
    "play_counts_again_seconds": 600,
    "plays_kept_months": 13,
    "stream_url_seconds": 300,
    "track_bytes_most": 200 * 1024 * 1024,
    "publish_without_detection": 0,
    "page_size_default": 20,
    "page_size_limit": 100,
    "outbox_attempts": 8,
    "outbox_backoff_seconds": 30,
    "outbox_backoff_limit_seconds": 3600,
    "room_invite_hours": 24,
    "room_active_seconds": 60,
    "room_heartbeat_seconds": 30,
    "message_edit_minutes": 5,
    "skip_active_seconds": 180,
    "skip_margin_seconds": 10,
    "live_token_seconds": 600,
    "streak_freeze_periods": 7,
    "streak_freezes_limit": 2,
    "streak_move_hours": 16,
    "streak_remind_hours": 6,
    "streak_remind_from": 3,
    "credits_live_days": 365,
    "credits_per_month": 100,
    "featured_badges_limit": 5,
    "leaderboard_page_size": 50,
    "order_reserved_minutes": 30,
    "downloads_per_grant": 3,
    "download_url_seconds": 300,
    "past_due_grace_days": 3,
    "payout_minimum": 10,
    "payout_held_days": 7,
    "reconciled_hours": 72,
    "strikes_limit": 3,
    "report_weight_least": 20,
    "report_weight_most": 300,
    "report_hide_weight": 500,
    "fingerprint_match_percent": 85,
}
SONG = {
    "provider": "spotify",
    "provider_track_id": "4uLU6hMCjMI75M1A2tKUQC",
    "title": "Rain",
    "artist_name": "Ada",
    "duration_ms": 200_000,
}


@pytest.mark.parametrize("name", SHIPS)
def test_a_number_ships_as_it_is_specified(name: str, db: Connection) -> None:
    row = db.execute("select private.setting(%s) as value", [name]).fetchone()
    assert row == {"value": SHIPS[name]}


def test_there_are_about_forty_genres(visitor: Actor) -> None:
    assert 36 <= len(visitor.run("select slug from public.genres")) <= 44


def test_there_are_forty_emoji_to_react_with(visitor: Actor) -> None:
    assert len(visitor.run("select emoji from public.reaction_emoji")) == 40


@pytest.mark.parametrize(
    "given",
    [
        {"title": "x" * 120},
        {"description": "x" * 1_000},
        {"mood": "x" * 40},
        {"tags": [f"tag{number}" for number in range(10)]},
    ],
    ids=lambda given: next(iter(given)),
)
def test_a_crate_takes_what_just_fits(given: dict[str, Any], ben: Actor) -> None:
    made = ben.call("create_crate", **{"title": "Rain", **given})
    assert {key: made[key] for key in given} == given


@pytest.mark.parametrize(
    "given",
    [
        {"title": "x" * 200},
        {"artist_name": "x" * 200},
        {"duration_ms": 1_000},
        {"duration_ms": 86_400_000},
    ],
    ids=str,
)
def test_a_track_takes_what_just_fits(given: dict[str, Any], ben: Actor) -> None:
    made = ben.call("resolve_track", **{**SONG, **given})
    assert {key: made[key] for key in given} == given


def test_a_note_has_280_characters(ben: Actor) -> None:
    crate = ben.call("create_crate", title="Rain")["id"]
    track = ben.call("resolve_track", **SONG)["id"]
    with refused(422, "note_too_long"):
        ben.call("add_to_crate", crate_id=crate, track_id=track, note="x" * 281)
    ben.call("add_to_crate", crate_id=crate, track_id=track, note="x" * 280)
    (item,) = ben.rows("crate_items", crate_id=crate)
    assert item["note"] == "x" * 280


@pytest.mark.parametrize("characters", [1, 1_000])
def test_a_comment_has_1_to_1000_characters(characters: int, ben: Actor) -> None:
    said = ben.call(
        "create_comment", target_kind="post", target_id=ben.post(), body="é" * characters
    )
    assert said["body"] == "é" * characters


def test_ten_messages_in_ten_seconds_are_said_in_rooms(db: Connection) -> None:
    row = db.execute(
        "select capacity::int, refill_seconds::int, is_exact from private.rate_limit_rules"
        " where action = 'send_room_message'"
    ).fetchone()
    assert row == {"capacity": 10, "refill_seconds": 1, "is_exact": True}


@pytest.mark.parametrize(
    "given",
    [
        {"name": "x"},
        {"name": "x" * 80},
        {"description": "x" * 500},
        {"region": "x" * 60},
        {"tags": [f"tag{number}" for number in range(10)]},
        {"member_limit": 1},
        {"member_limit": 10_000},
    ],
    ids=lambda given: next(iter(given)),
)
def test_a_room_takes_what_just_fits(given: dict[str, Any], ben: Actor) -> None:
    made = ben.call("create_room", **{"name": "Rain", **given})
    assert {key: made[key] for key in given} == given
    if "member_limit" not in given:
        assert made["member_limit"] == 10_000


@pytest.mark.parametrize(
    "given",
    [
        {"name": "Sun"},
        {"description": "where it shines"},
        {"region": "Lisbon"},
        {"tags": ["sun"]},
        {"genre": "techno"},
        {"visibility": "unlisted"},
        {"visibility": "private"},
    ],
    ids=str,
)
def test_one_thing_of_a_room_is_changed_and_the_others_stay(
    given: dict[str, Any], ben: Actor
) -> None:
    made = ben.call(
        "create_room", name="Rain", description="wet", region="Bergen", tags=["rain"],
        genre="jazz", member_limit=9,
    )  # fmt: skip
    changed = ben.call("update_room", room_id=made["id"], **given)
    moving = {"updated_at", "server_time", *(["slug"] if "visibility" in given else [])}
    for room in (made, changed):
        for key in moving:
            room.pop(key)
    assert changed == {**made, **given}
