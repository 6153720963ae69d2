"""Whatever is sent, the answer is a refusal in words, never a fault, and nothing has changed."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import httpx
import pytest

from devstack.processes import ROOT
from devstack.sql_functions import functions, source_text
from tests.http.api import PERSON, Api
from tests.http.bad_input import LONG, UNKNOWN, bad_calls
from tests.schema.lists import ANON_MAY_EXECUTE

Remark = Callable[[str, object], None]
NAMES = sorted(
    name.removeprefix("public.")
    for name, function in functions(source_text()).items()
    if function.schema in ("public", "backend")
)
STAFF = {
    "grant_staff_role", "revoke_staff_role", "operator_settings", "set_feature", "set_setting",
    "set_rate_limit", "set_point_rule", "preview_point_rule",
    "feature_crate", "remove_track", "restore_track",
    "set_badge", "award_badge", "revoke_badge", "set_quest", "end_quest", "set_currency",
    "set_fee_policy", "refund_held", "quarantined_events", "reconciliations",
    "set_plan_limit", "grant_plan", "set_royalty_rate",
    "verification_queue", "decide_verification", "claims_queue", "decide_claim",
    "review_detection", "recheck_track", "detection_queue",
    "moderation_queue", "moderation_case", "claim_case", "decide_case", "reopen_case",
    "decide_appeal", "lift_sanction", "audit_log",
}  # fmt: skip
# What looks odd and is fine: JSON that is text when written out, and defaults.
FINE = {
    # To an RPC of one object PostgREST hands that, whatever stands beside it.
    ("backend.know_plan_prices", "a parameter too many"),
    *(("set_badge", f"description is {value}") for value in ("an object", "a list", "a number")),
    *(
        (function, f"note is {value}")
        for function in ("award_badge", "revoke_badge", "grant_plan")
        for value in ("nothing", "empty", "an object", "a list", "a number")
    ),
    ("create_post", "body is an object"),
    ("create_post", "body is a list"),
    ("create_post", "body is a number"),
    ("create_post", "visibility is nothing"),
    ("create_post", "track_id is nothing"),
    ("create_post", "crate_id is nothing"),
    ("create_post", "client_id is nothing"),
    ("create_post", "client_id is unknown"),
    ("backend.erase_due_accounts", "a word for an object"),
    ("backend.erase_due_accounts", "nothing for an object"),
    ("edit_post", "body is an object"),
    ("edit_post", "body is a list"),
    ("edit_post", "body is a number"),
    *(
        (function, f"{what} is {value}")
        for function, what in (
            ("send_direct_message", "body"),
            ("start_conversation", "title"),
            ("rename_conversation", "title"),
        )
        for value in ("an object", "a list", "a number")
    ),
    ("send_direct_message", "client_id is nothing"),
    ("send_direct_message", "client_id is unknown"),
    ("send_direct_message", "reply_to is nothing"),
    ("send_direct_message", "track_id is nothing"),
    ("send_direct_message", "crate_id is nothing"),
    ("start_conversation", "title is nothing"),
    # Whoever knows another sequence is told the state.
    ("advance_session", "expected_sequence is unknown"),
    *(
        ("remove_track", f"reason is {what}")
        for what in ("nothing", "empty", "100 kB", "an object", "a list", "a number")
    ),
    ("backend.refresh_trending", "after is nothing"),
    ("backend.refresh_trending", "after is unknown"),
    ("backend.refresh_trending", "a word for an object"),
    ("backend.refresh_trending", "nothing for an object"),
    *(
        ("remove_push_token", f"token is {what}")
        for what in ("nothing", "empty", "100 kB", "an object", "a list", "a number")
    ),
    ("mark_read", "ids is of nothing"),
    ("mark_read", "a word for an object"),
    ("mark_read", "nothing for an object"),
    ("mark_seen", "up_to is unknown"),
    ("backend.push_messages", "notification_ids is of nothing"),
    ("backend.email_messages", "notification_ids is of nothing"),
    *(
        (f"backend.{function}", f"{what} for an object")
        for function in (
            "claim_fingerprints",
            "claim_verifications",
            "due_push_tickets",
            "checkpoint_balances",
            "complete_orders",
            "expire_orders",
            "forget_stripe_payloads",
            "expire_credits",
            "open_due_payouts",
            "claim_transfers",
            "fill_badges",
            "settle_deeds",
            "roll_up_leaderboards",
            "tell_season_results",
            "remind_of_streaks",
            "end_streaks",
            "forget_full_buckets",
            "forget_old_activity",
            "forget_old_broadcasts",
            "forget_old_drafts",
            "forget_old_messages",
            "forget_old_notifications",
            "forget_old_live",
            "forget_old_room_pulses",
            "forget_old_sessions",
            "advance_due_sessions",
            "tell_votes",
            "notify_likes",
            "tell_live_counts",
        )
        for what in ("a word", "nothing")
    ),
    *(
        (f"backend.{function}", f"{name} is {what}")
        for function, name in (
            ("finish_push_tickets", "ticket_ids"),
            ("finish_push_tickets", "gone_ticket_ids"),
            ("finish_pushes", "gone_tokens"),
        )
        for what in ("of nothing", "of lists", "of 100 kB", "a thousand")
    ),
    *(
        ("backend.live_event", f"event_id is {what}")
        for what in ("an object", "a list", "a number")
    ),
    ("backend.claim_detections", "provider_version is a number"),
    *(
        ("backend.claim_outbox", f"topic is {what}")
        for what in ("empty", "100 kB", "an object", "a list", "a number")
    ),
}


@pytest.fixture(scope="module")
def fitting(api: Api) -> dict[str, Any]:
    """For each parameter a value that fits it."""
    post = api.rpc("ada", "create_post", {"kind": "text", "body": "ada's own"}).json()["id"]
    for name in ("ada", "ben"):
        api.rpc(name, "set_dm_permission", {"permission": "everyone"})
    started = {"usernames": [PERSON["ben"]], "title": "Band"}
    group = api.rpc("ada", "start_conversation", started).json()["id"]
    said = {"conversation_id": group, "body": "hi"}
    message = api.rpc("ada", "send_direct_message", said).json()["id"]
    song = {"provider": "deezer", "title": "x", "artist_name": "x", "duration_ms": 200_000}
    track, other = (
        api.rpc("ben", "resolve_track", {**song, "provider_track_id": str(number)}).json()["id"]
        for number in (1, 2)
    )
    crate = api.rpc("ben", "create_crate", {"title": "ben's"}).json()["id"]
    put = {"crate_id": crate, "track_id": track}
    item = api.rpc("ben", "add_to_crate", put).json()["id"]
    bens = api.rpc("ben", "create_post", {"kind": "text", "body": "ben's own"}).json()["id"]
    about = {"target_kind": "post", "target_id": bens, "body": "hi"}
    comment = api.rpc("ben", "create_comment", about).json()["id"]
    room = api.rpc("ben", "create_room", {"name": "ben's"}).json()
    closed = api.rpc("ben", "create_room", {"name": "b", "visibility": "private"}).json()["id"]
    start = {"room_id": room["id"], "mode": "artist"}
    session = api.rpc("ben", "start_session", start).json()["id"]
    queue = {"session_id": session, "track_id": track}
    queued = {"item_id": api.rpc("ben", "enqueue_track", queue).json()["id"]}
    return {
        "session_id": session, "mode": "fan", "expected_sequence": 1, "is_allowed": True,
        "of vote_track": {**queued, "value": 1}, "of vote_skip": queued,
        "of remove_queue_item": queued, "of move_queue_item": queued,
        "comment_id": comment, "parent_id": None, "position_ms": None, "sort": "newest",
        "emoji": "🔥", "present": True, "event_id": UNKNOWN, "ids": [UNKNOWN],
        "channel": "push", "starts": "22:00", "ends": "07:00", "token": "none", "platform": "ios",
        "device_name": None, "notification_ids": [UNKNOWN], "outcomes": [], "tickets": [],
        "gone_tokens": [], "ticket_ids": [], "gone_ticket_ids": [],
        "of create_comment": {"target_kind": "nonsense"},
        "of create_post": {"track_id": None, "crate_id": None},
        "of share_crate": {"crate_id": UNKNOWN},
        "of remove_track": {"track_id": other},
        # What is odd is fine in other fields of these: nothing of it shall be kept.
        "of create_crate": {"visibility": "friends"}, "of create_room": {"genre": "nonsense"},
        "of record_play": {"ms_played": -1, "room_id": None},
        "of join_room": {"room_id": closed},
        # ben's, which ada may read and not change.
        "room_id": room["id"], "slug": room["slug"], "invite_code": None, "code": "none",
        "message": None, "request_id": UNKNOWN, "invite_id": UNKNOWN, "use_limit": None,
        "ban_minutes": 0, "region": None, "avatar_path": None, "member_limit": 10,
        "max_track_ms": 600_000, "repeat_window_minutes": 60, "queue_limit_per_member": 3,
        "tracks_per_turn": 1, "rotation_cycles": True, "downvotes_enabled": True,
        "vote_skip_enabled": True, "vote_skip_ratio": 0.5, "vote_skip_minimum": 2,
        "slow_mode_seconds": 0,
        # Of nobody, or ben's: ada may read it and change nothing.
        "track_id": track, "crate_id": crate, "item_id": item, "after_item_id": None,
        "provider": "backbeat", "provider_track_id": "1", "artist_name": "x", "duration_ms": 1000,
        "artwork_url": None, "isrc": None, "is_explicit": False, "genre": "jazz", "bpm": 100,
        "file_format": "mp3", "musical_key": None, "artwork_path": None, "reason": None,
        "ms_played": 60_000, "client_event_id": str(uuid.uuid4()), "source": "app",
        "description": None, "mood": None, "tags": [], "cover_path": None,
        "note": None, "is_featured": True, "listener": None, "month": "2020-01-01",
        "object_key": "x", "row_count": 1, "checksum": "a" * 64,
        "username": PERSON["ben"], "post_id": post, "target_id": post, "target_kind": "post",
        "kind": "post", "liked": True, "after": None, "page_size": 5, "query": "http",
        "tag": "music", "body": "hi", "media_paths": [], "visibility": "public",
        "client_id": None, "approve": True, "name": "social", "is_enabled": True, "value": 10,
        "rule_name": "post_created", "changes": {"points": 5}, "days": 7, "months": 1,
        "action": "follow", "capacity": 60, "refill_seconds": 1, "role": "moderator",
        "confirm_username": "nobody", "topic": "push", "size": 5, "id": 10**12, "ok": True,
        "error": None, "usernames": [PERSON["ben"]], "title": None, "conversation_id": group,
        "minutes": 5, "reply_to_id": None, "message_id": message, "up_to": message,
        "reply_to": None, "requests": False,
        "until": None, "permission": "everyone",
        "user_id": UNKNOWN, "stream_id": UNKNOWN, "speaker": True, "event": "room_started",
        "happened_at": "2026-01-01", "joined_at": None, "granted_role": None,
        "board": "points", "scope": None, "period": None, "radius": 5,
        "quest_id": UNKNOWN, "cadence": "daily", "target": 5, "points": 5, "credits": 0,
        "starts_at": None, "ends_at": None, "pool_limit": None, "is_active": True,
        "badge_code": "early_bird", "codes": [], "icon": "x", "category": "special",
        "rarity": "common", "tier": None, "metric": None, "threshold": None,
        "is_removal": True, "ordered_at": "2026-01-01", "rooms": [], "sessions": [],
        "plan": "pro", "resource": "mashups",
        "price_id": "price_1", "prices": {"pro": "price_2"}, "customer_id": "cus_1",
        "account_id": "acct_1", "shares": [],
        "split_id": UNKNOWN, "micro_usd": 1,
        "from_day": "2026-01-01", "to_day": "2026-02-01", "transfer_id": 10**12,
        "stripe_transfer_id": "tr_1",
        "repaired": 0, "transactions": [],
        "of backend.missing_stripe_events": {"ids": ["evt_1"]},
        "of backend.record_reconciliation": {"from_at": None},
        "of set_royalty_rate": {"effective_from": "2100-01-01"},
        "of backend.record_transfer": {"status": "sent"},
        "urls": ["https://a.test/"], "findings": [], "claim_id": UNKNOWN, "statement": "x",
        "sources": [], "terms": "x", "price_minor": 5, "license_id": UNKNOWN, "claimant": "x",
        "contact": "x@example.com", "address": "x", "algorithm": "chromaprint_2", "hash": [1],
        "asked_at": None, "of backend.live_event": {"event_id": "", "session_id": None},
        "of set_currency": {"code": "USD"},
        "product_id": UNKNOWN, "path": "x", "platform_bps": 1000, "processing_bps": 500,
        "currency": "USD",
        "payer": "buyer", "effective_from": "2020-01-01", "order_id": UNKNOWN, "from_at": None,
        "to_at": None, "order_line_id": UNKNOWN, "tracking": None, "refund_id": UNKNOWN,
        "payment_intent_id": None, "buyer_id": UNKNOWN, "items": [], "shipping_address": None,
        "grant_id": UNKNOWN, "stripe_refund_id": "re_1", "status": "succeeded", "failure": None,
        "reversal_id": 10**12, "stripe_reversal_id": "trr_1",
        "of backend.apply_stripe_event": {"event": {}},
        "detection_id": UNKNOWN, "object_paths": ["x"], "verdict": "rejected", "notes": None,
        "appeal": "x", "provider_version": "1", "lease_seconds": 60, "lease_id": UNKNOWN,
        "called_at": None, "risk_score": 5, "evidence": {}, "provider_ref": "x",
        "outcome": "not_made", "retry_after_seconds": 5,
        "of detection_queue": {"status": "under_review"},
        "of send_direct_message": {"track_id": None, "crate_id": None},
        "case_id": UNKNOWN, "sanction_id": UNKNOWN, "text": "x", "uphold": True,
        # Of ada's own post, which she does not report.
        "of report": {"reason": "spam", "room_id": None},
    }  # fmt: skip


def fitted(name: str, fitting: dict[str, Any]) -> dict[str, Any]:
    """What fits this RPC, where that is not what fits the others."""
    return {**fitting, **fitting.get(f"of {name}", {})}


def caller(name: str) -> str:
    """Who gets furthest with an RPC."""
    if name.startswith("backend."):
        return "service"
    return "boss" if name in STAFF else "ada"


@cache
def documented() -> dict[str, set[int]]:
    """Each token and code of docs/errors.md with the statuses it stands for."""
    rows = re.findall(
        r"^\| (`.+?`) \| ([^|]+) \|", (ROOT / "docs" / "errors.md").read_text("utf-8"), re.MULTILINE
    )
    found: dict[str, set[int]] = {}
    for words, statuses in rows:
        for word in re.findall(r"`(\w+)`", words):
            found.setdefault(word, set()).update(map(int, re.findall(r"\d+", statuses)))
    assert len(found) > 150
    return found


def is_refusal(response: httpx.Response) -> bool:
    """Whether an answer is a refusal in a word that docs/errors.md has, with its status."""
    answer = response.json()
    is_ours = str(answer["code"]).startswith("PT")
    word = answer["message"] if is_ours else answer["code"]
    return response.status_code < 500 and response.status_code in documented().get(word, set())


@pytest.mark.parametrize("name", NAMES)
def test_bad_values_are_refused_and_change_nothing(
    name: str, api: Api, fitting: dict[str, Any]
) -> None:
    rpc = api.rpcs[name]
    given = {**fitted(name, fitting), "kind": "text" if name == "create_post" else "post"}
    before = api.digest()
    wrong = []
    for what, arguments in bad_calls(rpc, given):
        if (name, what) in FINE:
            continue
        response = api.rpc(caller(name), name, arguments)
        is_read = rpc.is_reading and response.status_code == 200
        if not is_read and not is_refusal(response):
            wrong.append(f"{what}: {response.status_code} {response.text[:200]}")
    assert wrong == []
    assert api.digest() == before


def test_odd_values_that_are_fine_are_taken(api: Api, fitting: dict[str, Any]) -> None:
    tried, refused = set(), []
    for name in {name for name, _ in FINE}:
        who = "cleo" if name == "create_post" else caller(name)
        for what, arguments in bad_calls(api.rpcs[name], {**fitted(name, fitting), "kind": "text"}):
            if (name, what) in FINE:
                tried.add((name, what))
                answer = api.rpc(who, name, arguments)
                if not answer.is_success:
                    refused.append(f"{name}, {what}: {answer.text[:200]}")
    assert (tried, refused) == (FINE, [])


@pytest.mark.parametrize("name", NAMES)
def test_visitors_call_what_is_listed_and_nothing_else(
    name: str, api: Api, fitting: dict[str, Any]
) -> None:
    arguments = {parameter.name: fitting[parameter.name] for parameter in api.rpcs[name].parameters}
    before = api.digest()
    response = api.rpc("visitor", name, arguments)
    if f"public.{name}" in ANON_MAY_EXECUTE:
        assert response.is_success, response.text
    else:
        assert (response.status_code, response.json()["code"]) == (401, "42501")
    assert api.digest() == before


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("backend.")])
@pytest.mark.parametrize("who", ["ada", "boss"])
def test_nobody_signed_in_calls_backend(
    name: str, who: str, api: Api, fitting: dict[str, Any]
) -> None:
    arguments = {parameter.name: fitting[parameter.name] for parameter in api.rpcs[name].parameters}
    response = api.rpc(who, name, arguments)
    assert (response.status_code, response.json()["code"]) == (403, "42501")


@pytest.mark.parametrize("name", sorted(STAFF))
def test_people_are_no_staff(name: str, api: Api, fitting: dict[str, Any]) -> None:
    arguments = {parameter.name: fitting[parameter.name] for parameter in api.rpcs[name].parameters}
    before = api.digest()
    response = api.rpc("ada", name, arguments)
    assert (response.status_code, response.json()["message"]) == (403, "not_allowed")
    assert api.digest() == before


@pytest.fixture(scope="module")
def secrets(api: Api) -> dict[str, str]:
    """What ada may not know of, all of it ben's, by the parameters that name it."""

    def made(function: str, **arguments: Any) -> str:
        answer = api.rpc("ben", function, arguments)
        assert answer.is_success, (function, answer.text)
        return str(answer.json()["id"])

    song = {"provider": "deezer", "title": "x", "artist_name": "x", "duration_ms": 200_000}
    post = made("create_post", kind="text", body="sealed", visibility="private")
    crate = made("create_crate", title="sealed", visibility="private")
    room = made("create_room", name="sealed", visibility="private")
    api.rpc("cleo", "set_dm_permission", {"permission": "everyone"})
    talk = made("start_conversation", usernames=[PERSON["cleo"]])
    return {
        "post_id": post, "crate_id": crate, "room_id": room, "conversation_id": talk,
        "comment_id": made("create_comment", target_kind="post", target_id=post, body="sealed"),
        "item_id": made(
            "add_to_crate", crate_id=crate,
            track_id=made("resolve_track", **song, provider_track_id="7"),
        ),
        "session_id": made("start_session", room_id=room, mode="artist"),
        "message_id": made("send_direct_message", conversation_id=talk, body="sealed"),
        "target_id": post,
    }  # fmt: skip


# Who was told the id of a private room may ask to be let in.
KNOCKS = "request_to_join"


def test_an_id_of_what_is_hidden_is_answered_as_an_id_of_nothing(
    api: Api, fitting: dict[str, Any], secrets: dict[str, str], record_property: Remark
) -> None:
    before = api.digest()
    statuses: Counter[int] = Counter()
    wrong = []
    for rpc in api.rpcs.values():
        given = {each.name: fitted(rpc.name, fitting)[each.name] for each in rpc.parameters}
        for name in given.keys() & secrets.keys():
            if "." in rpc.name or rpc.name in STAFF or rpc.name == KNOCKS:
                continue
            hidden, nothing = (
                api.rpc("ada", rpc.name, {**given, name: identity})
                for identity in (secrets[name], UNKNOWN)
            )
            said = hidden.text.replace(secrets[name], UNKNOWN)
            if (hidden.status_code, said) != (nothing.status_code, nothing.text):
                wrong.append(f"{rpc.name} by {name}: {hidden.text[:200]} and {nothing.text[:200]}")
            statuses[hidden.status_code] += 1
    assert wrong == [], "\n".join(wrong)
    assert api.digest() == before
    # Not vacuous: ben, whose they are, is answered otherwise.
    for function in ("post", "crate", "room_state"):
        (name,) = (each.name for each in api.rpcs[function].parameters)
        assert api.rpc("ben", function, {name: secrets[name]}).is_success
    assert statuses[404] > 40
    told = ", ".join(f"{count} of {status}" for status, count in sorted(statuses.items()))
    record_property("remark", f"{statuses.total()} calls with ids of what is hidden: {told}")


# Method, path with {ada} and {ben} for ids, body, status and code of the answer.
TABLES: list[tuple[str, str, Any, int, str]] = [
    ("PATCH", "profiles?id=eq.{ada}", {"bio": LONG}, 400, "23514"),
    ("PATCH", "profiles?id=eq.{ada}", {"display_name": ""}, 400, "23514"),
    ("PATCH", "profiles?id=eq.{ada}", {"display_name": "a\u202eb"}, 400, "23514"),
    ("PATCH", "profiles?id=eq.{ada}", {"display_name": None}, 400, "23502"),
    ("PATCH", "profiles?id=eq.{ada}", {"bio": "a\x00b"}, 400, "22P05"),
    ("PATCH", "profiles?id=eq.{ada}", {"time_zone": "Mars/Base"}, 422, "PT422"),
    ("PATCH", "profiles?id=eq.{ada}", {"genres": ["polka-core"]}, 422, "PT422"),
    ("PATCH", "profiles?id=eq.{ada}", {"genres": "jazz"}, 400, "22P02"),
    ("PATCH", "profiles?id=eq.{ada}", {"genres": ["jazz"] * 11}, 400, "23514"),
    ("PATCH", "profiles?id=eq.{ada}", {"is_private": "perhaps"}, 400, "22P02"),
    ("PATCH", "profiles?id=eq.{ada}", {"avatar_path": "{ben}/a.png"}, 400, "23514"),
    ("PATCH", "profiles?id=eq.{ada}", {"avatar_path": "../a.png"}, 400, "23514"),
    ("PATCH", "profiles?id=eq.{ada}", {"username": "taken_over"}, 403, "42501"),
    ("PATCH", "profiles?id=eq.{ada}", {"follower_count": 10**6}, 403, "42501"),
    ("PATCH", "profiles?id=eq.{ada}", {"kind": "artist"}, 403, "42501"),
    ("PATCH", "profiles?id=eq.{ada}", {"id": "{ben}"}, 403, "42501"),
    ("PATCH", "profiles?id=eq.{ada}", {"nickname": "x"}, 400, "PGRST204"),
    ("PATCH", "profiles?id=eq.x", {"bio": "x"}, 400, "22P02"),
    ("POST", "profiles", {"username": "x"}, 403, "42501"),
    ("DELETE", "profiles?id=eq.{ada}", None, 403, "42501"),
    ("PATCH", "artist_profiles?profile_id=eq.{ada}", {"links": ["http://x.test"]}, 400, "23514"),
    ("PATCH", "artist_profiles?profile_id=eq.{ada}", {"links": [LONG]}, 400, "23514"),
    ("PATCH", "artist_profiles?profile_id=eq.{ada}", {"is_verified": True}, 403, "42501"),
    ("POST", "follows", {"followee_id": str(uuid.UUID(int=7))}, 404, "PT404"),
    ("POST", "follows", {"followee_id": "{ada}"}, 422, "PT422"),
    ("POST", "follows", {"followee_id": "x"}, 400, "22P02"),
    ("POST", "follows", {"followee_id": None}, 404, "PT404"),
    ("POST", "follows", {"follower_id": "{ben}", "followee_id": "{ada}"}, 403, "42501"),
    ("POST", "follows", {"followee_id": "{ben}", "created_at": "2000-01-01"}, 403, "42501"),
    ("PATCH", "follows?follower_id=eq.{ada}", {"followee_id": "{ben}"}, 403, "42501"),
    ("POST", "posts", {"body": "x", "kind": "text"}, 403, "42501"),
    ("PATCH", "posts?author_id=eq.{ben}", {"body": "x"}, 403, "42501"),
    ("DELETE", "posts?author_id=eq.{ada}", None, 403, "42501"),
    ("POST", "likes", {"target_kind": "post", "target_id": "{ada}"}, 403, "42501"),
    ("POST", "blocks", {"blocked_id": "{ben}"}, 403, "42501"),
    ("POST", "conversations", {"kind": "group", "title": "x"}, 403, "42501"),
    ("PATCH", "conversation_members?member_id=eq.{ada}", {"state": "left"}, 403, "42501"),
    ("POST", "direct_messages", {"body": "x", "sender_id": "{ada}"}, 403, "42501"),
    ("PATCH", "direct_messages?sender_id=eq.{ada}", {"body": "x"}, 403, "42501"),
    ("DELETE", "direct_messages?sender_id=eq.{ada}", None, 403, "42501"),
    ("POST", "message_settings", {"user_id": "{ada}"}, 403, "42501"),
    ("POST", "feature_flags", {"name": "x", "is_enabled": True}, 403, "42501"),
    ("PATCH", "feature_flags?name=eq.social", {"is_enabled": False}, 403, "42501"),
    ("GET", "posts?select=nothing", None, 400, "42703"),
    ("GET", "posts?id=in.(x)", None, 400, "22P02"),
    ("GET", "posts?select=*,profiles!wrong(*)", None, 400, "PGRST200"),
    ("GET", "posts?order=id.sideways", None, 400, "PGRST100"),
    ("GET", "posts?body=fts.%27", None, 400, "42601"),
    ("GET", "staff", None, 404, "42P01"),
    ("GET", "rpc/create_post?kind=text&body=x", None, 405, "25006"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), TABLES)
def test_tables_refuse_in_words_and_stay_as_they_are(
    method: str, path: str, body: Any, status: int, code: str, api: Api
) -> None:
    ids = {name: str(identity) for name, identity in api.people.items()}

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("{ada}", ids["ada"]).replace("{ben}", ids["ben"])
        return (
            {key: filled(item) for key, item in value.items()} if isinstance(value, dict) else value
        )

    before = api.digest()
    response = api.client.request(
        method, f"/rest/v1/{filled(path)}", json=filled(body), headers=api.headers("ada")
    )
    assert (response.status_code, response.json()["code"]) == (status, code), response.text[:300]
    assert api.digest() == before
