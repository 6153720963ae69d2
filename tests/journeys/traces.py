"""Marked words of one person: where they can stand, and where they are found again."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

from psycopg import sql

from tests.database import Connection

LEAVER = "ada"
MARKER = re.compile(r"marker\d{3}x")
# Columns of text that hold words of ours and nothing of a person's.
VOCABULARY = {
    "auth.flow_state": {"code_challenge_method"},
    "auth.users": {"aud", "role"},
    "private.feed_entries": {"audience"},
    "private.hidden_profiles": {"reason"},
    "private.like_changes": {"target_kind"},
    "private.told_and_taken_back": {"kind", "target_kind"},
    "private.board_tops": {"cursor", "veiled_cursor"},
    "private.deeds": {"rule", "cause"},
    "private.score_changes": {"metric", "genre"},
    "private.outbox": {"topic"},
    "private.stripe_customers": {"stripe_customer_id"},
    "private.withheld": {"target_kind", "reason"},
    # Who claims is somebody else.
    "private.claims": {"claimant", "contact", "kind", "status"},
    "public.licenses": {"currency"},
    "public.rights_declarations": {"kind"},
    "public.verification_requests": {"code", "status"},
    "private.artist_accounts": {"version"},
    "private.transfers": {"currency", "status", "stripe_transfer_id", "failure"},
    "private.bank_payouts": {"id", "status", "currency", "failure", "version"},
    "public.invoices": {"id", "subscription_id", "status", "currency", "url", "version"},
    "public.payouts": {"currency", "status"},
    "public.subscriptions": {"id", "plan", "status", "version"},
    "private.usage_counts": {"resource"},
    "private.rate_limit_buckets": {"action"},
    "private.staff": {"role"},
    "public.activity_events": {
        "kind",
        "target_kind",
        "visibility",
        "collapse_key",
        "reactions",
    },
    "public.activity_reactions": {"reaction"},
    "public.badge_awards": {"badge_code", "context"},
    "public.comment_reactions": {"emoji"},
    "public.comments": {"target_kind", "hidden_by", "reactions"},
    "public.conversation_members": {"state"},
    "public.credit_entries": {"kind", "cause"},
    "public.entitlement_grants": {"plan", "source", "subscription_id"},
    "public.message_reactions": {"emoji"},
    "public.messages": {"kind", "code", "data", "reactions"},
    "public.message_settings": {"dm_permission"},
    "public.crate_collaborators": {"role"},
    "public.crates": {"genre", "visibility", "audience"},
    "public.join_requests": {"status"},
    "public.likes": {"target_kind"},
    # What the LiveKit server calls a connection.
    "public.live_participants": {"session_id"},
    "public.live_streams": {"end_reason"},
    "public.moderation_log": {"action", "data", "target_kind", "before", "after"},
    "public.appeals": {"status"},
    "public.moderation_cases": {"target_kind", "kind", "status", "action", "evidence"},
    "public.reports": {"target_kind", "reason", "status"},
    "public.sanctions": {"kind"},
    "public.notification_preferences": {"kind", "channel"},
    "public.notifications": {"kind", "target_kind", "group_key"},
    "public.plays": {"source"},
    "public.point_events": {"rule", "cause", "withheld", "season"},
    "public.posts": {"kind", "visibility", "audience"},
    "public.profiles": {"kind", "genres", "time_zone"},
    "public.orders": {
        "status",
        "currency",
        "fee_payer",
        "session_status",
        "stripe_session_id",
        "stripe_payment_intent_id",
    },
    "public.products": {"kind", "pricing", "currency"},
    "public.refunds": {
        "status",
        "currency",
        "failure",
        "stripe_refund_id",
        "payment_intent_id",
    },
    "public.progression": {"season"},
    "public.quest_claims": {"period_key"},
    "public.push_tokens": {"platform"},
    "public.streaks": {"kind", "kept_in", "counted_in"},
    "public.dj_sessions": {"mode", "status"},
    "public.season_results": {"season", "tier"},
    "public.queue_items": {"status"},
    "public.room_history": {"mode"},
    "public.room_invites": {"role"},
    "public.room_members": {"role"},
    "public.rooms": {"kind", "visibility", "genre"},
    "public.detections": {
        "file_hash",
        "provider",
        "provider_version",
        "status",
        "bands",
        # What a provider found, by its own words.
        "evidence",
        "held_from",
        "provider_ref",
        "last_error",
    },
    "public.detection_reviews": {"verdict"},
    "public.tracks": {
        "provider",
        "provider_track_id",
        "isrc",
        "genre",
        "musical_key",
        "kind",
        "file_format",
        "status",
        "removed_from",
    },
}
TEXT_KINDS = ("text", "varchar", "bpchar", "_text", "_varchar", "json", "jsonb", "name")


def text_columns(db: Connection, table: str) -> dict[str, str]:
    """The columns of a table that can hold text, with their types; generated ones left out."""
    rows = db.execute(
        "select attribute.attname::text as name, type.typname::text as kind"
        " from pg_attribute as attribute join pg_type as type on type.oid = attribute.atttypid"
        " where attribute.attrelid = %s::regclass and attribute.attnum > 0"
        " and not attribute.attisdropped and attribute.attgenerated = ''",
        [table],
    ).fetchall()
    return {row["name"]: row["kind"] for row in rows if row["kind"] in TEXT_KINDS}


def data_map(db: Connection) -> list[dict[str, Any]]:
    return db.execute("select * from private.data_map order by table_name").fetchall()


def found(db: Connection, pattern: str) -> dict[str, set[str]]:
    """Each column of each table of all schemas that holds text like this, with what matched."""
    tables = db.execute(
        "select schema.nspname as schema, relation.relname as name"
        " from pg_class as relation join pg_namespace as schema on schema.oid = relnamespace"
        " where relation.relkind in ('r', 'p', 'm')"
        " and schema.nspname !~ '^pg_' and schema.nspname <> 'information_schema' order by 1, 2"
    ).fetchall()
    assert {"auth", "private", "public", "realtime", "storage"} <= {row["schema"] for row in tables}
    places: dict[str, set[str]] = {}
    for table in tables:
        query = sql.SQL(
            "select distinct field.key as column, match[1] as what"
            " from {} as row cross join lateral jsonb_each_text(to_jsonb(row)) as field"
            " cross join lateral regexp_matches(field.value, %s, 'gi') as match"
        ).format(sql.Identifier(table["schema"], table["name"]))
        for row in db.execute(query, [f"({pattern})"]).fetchall():
            place = f"{table['schema']}.{table['name']}.{row['column']}"
            places.setdefault(place, set()).add(row["what"].lower())
    return places


def markers() -> Iterator[str]:
    return (f"marker{number:03d}x" for number in itertools.count(1))


def _value(kind: str, marker: str) -> str:
    return json.dumps({"kept": marker}) if kind in ("json", "jsonb") else marker


def add(db: Connection, table: str, new: Iterator[str], fixed: dict[str, Any]) -> None:
    """Insert a row with another marker in every other column of text."""
    marked = {
        name: _value(kind, next(new))
        for name, kind in text_columns(db, table).items()
        if name not in fixed
    }
    values = {**marked, **fixed}
    db.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(*table.split(".")),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        ),
        list(values.values()),
    )


def fill(
    db: Connection, table: str, new: Iterator[str], key: dict[str, Any], skip: set[str]
) -> None:
    """Write another marker into every column of text of a row."""
    ((key_column, key_value),) = key.items()
    for name, kind in text_columns(db, table).items():
        if name in skip:
            continue
        db.execute(
            sql.SQL("update {} set {} = %s where {} = %s").format(
                sql.Identifier(*table.split(".")), sql.Identifier(name), sql.Identifier(key_column)
            ),
            [_value(kind, next(new)), key_value],
        )


def store(db: Connection, owner: uuid.UUID | None, bucket: str, name: str, note: str) -> None:
    """Note a stored file, as the storage server does."""
    db.execute(
        "insert into storage.objects (bucket_id, name, owner, owner_id, user_metadata)"
        " values (%s, %s, %s, %s, jsonb_build_object('note', %s::text))",
        [bucket, name, owner, str(owner), note],
    )
