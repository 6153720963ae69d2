"""Every RPC that says so refuses who is not signed in, and writes of a domain switched off."""

from __future__ import annotations

import re
import uuid

import pytest

from devstack.processes import ROOT
from tests.database import Actor, Connection, refused
from tests.http.bad_input import Rpc, rpcs
from tests.sessions import make_party

# What guards the RPCs in a folder of sql/.
FLAGS = {
    "02_profiles": "profiles",
    "03_catalogue": "catalogue",
    "04_social": "social",
    "05_rooms": "rooms",
    "06_progression": "progression",
    "07_commerce": "commerce",
    "08_trust": "trust",
}
# What is about oneself alone, or keeps others away, goes on; so does what staff do.
GO_ON = {
    "02_profiles": {
        "block", "unblock", "mute", "unmute", "grant_staff_role", "revoke_staff_role",
        "set_feature", "set_setting", "set_rate_limit", "export_my_data", "delete_my_account",
        "restore_my_account",
    },
    "03_catalogue": {"remove_track", "restore_track", "feature_crate"},
    "04_social": {
        "mark_seen", "mark_read", "set_notification_preference", "set_quiet_hours",
        "register_push_token", "remove_push_token",
    },
    "05_rooms": set(),
    "06_progression": {
        "set_point_rule", "preview_point_rule", "set_badge", "award_badge", "revoke_badge",
        "set_quest", "end_quest",
    },
    "07_commerce": {
        "set_currency", "set_fee_policy", "refund_held",
        "set_plan_limit", "grant_plan", "set_royalty_rate",
    },
    "08_trust": {
        "appeal", "claim_case", "decide_case", "decide_appeal", "lift_sanction", "reopen_case",
        "decide_claim", "decide_verification", "recheck_track", "review_detection",
    },
}  # fmt: skip
# What is there comes before who asks: anybody may read some rooms, and others are not told of.
LOOKS_FIRST = {
    "pinned_messages", "room_members", "room_messages", "room_session", "session_history",
    "session_queue", "session_state",
}  # fmt: skip


def functions_of(domain: str) -> set[str]:
    """The RPCs that a folder of sql/ gives to clients."""
    files = [path for path in (ROOT / "sql" / domain).rglob("*.sql") if "api" in str(path)]
    text = "\n".join(path.read_text("utf-8") for path in sorted(files))
    return set(re.findall(r"^create or replace function public\.(\w+)\(", text, re.MULTILINE))


def documented(db: Connection, token: str) -> dict[str, Rpc]:
    """The RPCs of clients whose documentation names a token."""
    rows = db.execute(
        "select proname::text as name from pg_proc"
        " where pronamespace = 'public'::regnamespace"
        " and obj_description(oid, 'pg_proc') ~ ('\\m' || %s || '\\M')",
        [token],
    ).fetchall()
    named = {row["name"] for row in rows}
    return {rpc.name: rpc for rpc in rpcs(db) if rpc.name in named}


def call_with_nothing(person: Actor, rpc: Rpc) -> None:
    """Call an RPC with null for every parameter."""
    listed = ", ".join(f"null::{parameter.type}" for parameter in rpc.parameters)
    person.run(f"select public.{rpc.name}({listed})")


@pytest.mark.parametrize("domain", FLAGS)
def test_what_a_domain_writes_is_refused_while_it_is_switched_off(
    domain: str, ben: Actor, db: Connection
) -> None:
    guarded = documented(db, "feature_disabled")
    own = functions_of(domain)
    writing = {rpc.name for rpc in rpcs(db) if rpc.name in own and not rpc.is_reading}
    assert writing - guarded.keys() == GO_ON[domain]
    db.execute(
        "update public.feature_flags set is_enabled = false where name = %s", [FLAGS[domain]]
    )
    for name in sorted(writing & guarded.keys()):
        with refused(403, "feature_disabled"):
            call_with_nothing(ben, guarded[name])


def test_who_is_not_signed_in_is_told_so_by_every_rpc_for_people(
    ada: Actor, db: Connection
) -> None:
    nobody = Actor(db, "nobody", None, "authenticated")
    guarded = documented(db, "not_signed_in")
    assert len(guarded) > 100
    # Visitors read leaderboards, but those of rooms.
    for name in sorted(guarded.keys() - LOOKS_FIRST - {"leaderboard"}):
        with refused(401, "not_signed_in"):
            call_with_nothing(nobody, guarded[name])
    room, session = make_party(db)
    with refused(401, "not_signed_in"):
        nobody.rows("leaderboard", board="room_djs", scope=str(room))
    named = {"room_id": room, "session_id": session}
    for name in LOOKS_FIRST:
        (argument,) = {each.name for each in guarded[name].parameters} & named.keys()
        with refused(401, "not_signed_in"):
            nobody.rows(name, **{argument: named[argument]})


def test_who_is_leaving_or_gone_is_told_so_by_every_rpc_that_writes(
    ben: Actor, db: Connection
) -> None:
    writing = documented(db, "account_deactivated")
    assert len(writing) > 80
    gone = Actor(db, "gone", uuid.uuid4(), "authenticated")
    for rpc in writing.values():
        with refused(401, "account_gone"):
            call_with_nothing(gone, rpc)
    ben.call("delete_my_account", confirm_username="ben")
    for rpc in writing.values():
        with refused(403, "account_deactivated"):
            call_with_nothing(ben, rpc)
