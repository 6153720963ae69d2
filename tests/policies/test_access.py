"""The access matrices at the head of each access.sql: actor by command, allowed and denied."""

from __future__ import annotations

import pytest

from tests.database import Connection, actor, forbidden
from tests.policies.checks import Check, Stage
from tests.policies.matrices import CHECKS

CASES = [(table, function) for table, functions in CHECKS.items() for function in functions]
# What each role may do to a table by grant; what rows that covers is the checks' matter.
READERS = ("visitor", "ada", "service")
GRANTS = {
    "public.detections": {"visitor": "", "ada": "select", "service": "select"},
    "public.detection_proofs": {"visitor": "", "ada": "select", "service": "select"},
    "public.detection_reviews": {"visitor": "", "ada": "select", "service": "select"},
    "public.licenses": {"visitor": "select", "ada": "select", "service": "select"},
    "public.rights_declarations": {"visitor": "", "ada": "select", "service": "select"},
    "public.verification_requests": {"visitor": "", "ada": "select", "service": "select"},
    "public.download_grants": {"visitor": "", "ada": "select", "service": "select"},
    "public.fee_policies": {"visitor": "select", "ada": "select", "service": "select"},
    "public.order_lines": {"visitor": "", "ada": "select", "service": "select"},
    "public.orders": {"visitor": "", "ada": "select", "service": "select"},
    "public.refunds": {"visitor": "", "ada": "select", "service": "select"},
    "public.product_variants": {
        "visitor": "select",
        "ada": "select insert update delete",
        "service": "select",
    },
    "public.products": {
        "visitor": "select",
        "ada": "select insert update delete",
        "service": "select",
    },
    "public.currencies": {"visitor": "select", "ada": "select", "service": "select"},
    "public.quests": {"visitor": "", "ada": "select", "service": "select"},
    "public.quest_claims": {"visitor": "", "ada": "select", "service": "select"},
    "public.entitlement_grants": {"visitor": "", "ada": "select", "service": "select"},
    "public.invoices": {"visitor": "", "ada": "select", "service": "select"},
    "public.payouts": {"visitor": "", "ada": "select", "service": "select"},
    "public.royalty_rates": {"visitor": "select", "ada": "select", "service": "select"},
    "public.subscriptions": {"visitor": "", "ada": "select", "service": "select"},
    "public.plan_limits": {"visitor": "select", "ada": "select", "service": "select"},
    "public.plan_resources": {"visitor": "select", "ada": "select", "service": "select"},
    "public.plans": {"visitor": "select", "ada": "select", "service": "select"},
    "public.badges": {"visitor": "select", "ada": "select", "service": "select"},
    "public.badge_awards": {"visitor": "", "ada": "select", "service": "select"},
    "public.credit_entries": {"visitor": "", "ada": "select", "service": "select"},
    "public.leaderboards": {"visitor": "select", "ada": "select", "service": "select"},
    "public.levels": {"visitor": "select", "ada": "select", "service": "select"},
    "public.season_results": {"visitor": "", "ada": "select", "service": "select"},
    "public.seasons": {"visitor": "select", "ada": "select", "service": "select"},
    "public.point_events": {"visitor": "", "ada": "select", "service": "select"},
    "public.point_rules": {"visitor": "select", "ada": "select", "service": "select"},
    "public.progression": {"visitor": "", "ada": "select", "service": "select"},
    "public.streaks": {"visitor": "", "ada": "select", "service": "select"},
    "public.dj_sessions": {"visitor": "", "ada": "select", "service": "select"},
    "public.queue_items": {"visitor": "", "ada": "select", "service": "select"},
    "public.queue_votes": {"visitor": "", "ada": "select", "service": "select"},
    "public.room_history": {"visitor": "", "ada": "select", "service": "select"},
    "public.rotation_slots": {"visitor": "", "ada": "select", "service": "select"},
    "public.session_contributors": {"visitor": "", "ada": "select", "service": "select"},
    "public.skip_votes": {"visitor": "", "ada": "select", "service": "select"},
    "public.activity_events": {"visitor": "", "ada": "select", "service": "select"},
    "public.activity_reactions": {"visitor": "", "ada": "select", "service": "select"},
    "public.artist_profiles": {"visitor": "select", "ada": "select update", "service": "select"},
    "public.blocks": {"visitor": "", "ada": "select", "service": "select"},
    "public.conversation_members": {"visitor": "", "ada": "select", "service": ""},
    "public.conversations": {"visitor": "", "ada": "select", "service": ""},
    "public.direct_messages": {"visitor": "", "ada": "select", "service": ""},
    "public.comment_mentions": {"visitor": "", "ada": "select", "service": "select"},
    "public.comment_reactions": {"visitor": "", "ada": "select", "service": "select"},
    "public.comments": {"visitor": "", "ada": "select", "service": "select"},
    "public.crate_collaborators": {"visitor": "", "ada": "select", "service": "select"},
    "public.crate_items": {"visitor": "select", "ada": "select", "service": "select"},
    "public.crates": {"visitor": "select", "ada": "select", "service": "select"},
    "public.feature_flags": {"visitor": "select", "ada": "select", "service": "select"},
    "public.follow_requests": {"visitor": "", "ada": "select", "service": "select"},
    "public.follows": {"visitor": "", "ada": "select insert delete", "service": "select"},
    "public.genres": {"visitor": "select", "ada": "select", "service": "select"},
    "public.likes": {"visitor": "", "ada": "select", "service": "select"},
    "public.live_participants": {"visitor": "", "ada": "select", "service": "select"},
    "public.live_speakers": {"visitor": "", "ada": "select", "service": "select"},
    "public.live_streams": {"visitor": "", "ada": "select", "service": "select"},
    "public.message_settings": {"visitor": "", "ada": "select", "service": ""},
    "public.mutes": {"visitor": "", "ada": "select", "service": "select"},
    "public.notification_preferences": {"visitor": "", "ada": "select", "service": "select"},
    "public.notifications": {"visitor": "", "ada": "select", "service": "select"},
    "public.plays": {"visitor": "", "ada": "select", "service": "select"},
    "public.posts": {"visitor": "select", "ada": "select", "service": "select"},
    "public.profiles": {"visitor": "select", "ada": "select update", "service": "select"},
    "public.reaction_emoji": {"visitor": "select", "ada": "select", "service": "select"},
    "public.push_tokens": {"visitor": "", "ada": "select", "service": "select"},
    "public.quiet_hours": {"visitor": "", "ada": "select", "service": "select"},
    "public.reposts": {"visitor": "", "ada": "select", "service": "select"},
    "public.messages": {"visitor": "", "ada": "select", "service": "select"},
    "public.message_reactions": {"visitor": "", "ada": "select", "service": "select"},
    "public.room_mutes": {"visitor": "", "ada": "select", "service": "select"},
    "public.room_members": {"visitor": "", "ada": "select", "service": "select"},
    "public.room_presence": {"visitor": "", "ada": "select", "service": "select"},
    "public.room_bans": {"visitor": "", "ada": "select", "service": "select"},
    "public.room_invites": {"visitor": "", "ada": "select", "service": "select"},
    "public.rooms": {"visitor": "select", "ada": "select", "service": "select"},
    "public.join_requests": {"visitor": "", "ada": "select", "service": "select"},
    "public.moderation_log": {"visitor": "", "ada": "select", "service": "select"},
    "public.appeals": {"visitor": "", "ada": "select", "service": "select"},
    "public.moderation_cases": {"visitor": "", "ada": "select", "service": "select"},
    "public.reports": {"visitor": "", "ada": "select", "service": "select"},
    "public.sanctions": {"visitor": "", "ada": "select", "service": "select"},
    "public.tracks": {"visitor": "select", "ada": "select", "service": "select"},
}


@pytest.mark.parametrize(
    ("table", "function"),
    [
        pytest.param(table, function, id=f"{table}: {function.__name__.replace('_', ' ')}")
        for table, function in CASES
    ],
)
def test_access(table: str, function: Check, stage: Stage) -> None:
    assert table in CHECKS
    function(stage)


def test_each_table_has_its_row_of_grants(db: Connection) -> None:
    rows = db.execute(
        "select oid::regclass::text as name from pg_class"
        " where relkind in ('r', 'p', 'v')"
        " and relnamespace::regnamespace::text in ('public', 'backend')"
    ).fetchall()
    assert {f"public.{row['name']}" for row in rows} == set(GRANTS)


@pytest.mark.parametrize("table", GRANTS)
@pytest.mark.parametrize("name", READERS)
def test_nobody_does_what_is_not_granted(table: str, name: str, db: Connection) -> None:
    column_row = db.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum = 1", [table]
    ).fetchone()
    assert column_row is not None
    column = column_row["attname"]
    statements = {
        "select": f"select from {table}",
        "insert": f"insert into {table} default values",
        "update": f"update {table} set {column} = {column}",
        "delete": f"delete from {table}",
        "truncate": f"truncate {table}",
    }
    granted = GRANTS[table][name].split()
    for command, statement in statements.items():
        if command not in granted:
            with forbidden():
                actor(db, name).run(statement)
    for command in granted:
        held = db.execute(
            "select has_any_column_privilege(%(role)s, %(table)s, %(command)s)"
            " as held" if command in ("select", "insert", "update") else
            "select has_table_privilege(%(role)s, %(table)s, %(command)s) as held",
            {"role": actor(db, name).role, "table": table, "command": command},
        ).fetchone()  # fmt: skip
        assert held == {"held": True}


@pytest.mark.parametrize("name", [*READERS, "modesty", "rooty"])
def test_nobody_reaches_a_private_table(name: str, db: Connection) -> None:
    tables = db.execute(
        "select oid::regclass::text as name from pg_class"
        " where relkind in ('r', 'p') and relnamespace = 'private'::regnamespace"
    ).fetchall()
    assert len(tables) > 10
    for table in tables:
        for statement in ("select from", "delete from", "truncate"):
            with forbidden():
                actor(db, name).run(f"{statement} {table['name']}")
