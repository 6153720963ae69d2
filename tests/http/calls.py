"""Calls of RPCs with what is somebody else's, and what came of them."""

from __future__ import annotations

import json
import random
import re
from typing import Any

from tests.http.bad_input import Rpc
from tests.http.hostile import Hostile
from tests.oracle import Row, World

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Which tables a parameter names rows of.
NAMED: dict[str, tuple[str, ...]] = {
    "after_item_id": ("queue_items", "crate_items"), "case_id": ("moderation_cases",),
    "claim_id": (), "comment_id": ("comments",), "conversation_id": ("conversations",),
    "crate_id": ("crates",), "detection_id": ("detections",), "event_id": ("activity_events",),
    "invite_id": ("room_invites",), "item_id": ("queue_items", "crate_items"),
    "license_id": ("licenses",), "message_id": ("messages", "direct_messages"),
    "order_id": ("orders",), "order_line_id": ("order_lines",), "parent_id": ("comments",),
    "post_id": ("posts",), "product_id": ("products",), "quest_id": ("quests",),
    "refund_id": ("refunds",), "reply_to": ("direct_messages",), "reply_to_id": ("messages",),
    "request_id": ("join_requests", "verification_requests"), "room_id": ("rooms",),
    "sanction_id": ("sanctions",), "session_id": ("dj_sessions",), "stream_id": ("live_streams",),
    "target_id": (
        "posts", "comments", "tracks", "crates", "messages", "direct_messages", "products",
    ),
    "track_id": ("tracks",), "up_to": ("notifications", "direct_messages"),
    "user_id": ("profiles",),
}  # fmt: skip
KINDS = {
    "posts": "post", "comments": "comment", "tracks": "track", "crates": "crate",
    "messages": "message", "direct_messages": "message", "products": "product",
}  # fmt: skip
FITTING: dict[str, list[Any]] = {
    "action": ["dismiss", "delete", "ban"], "approve": [True, False], "board": ["points"],
    "cadence": ["daily"], "channel": ["push"], "emoji": ["\U0001f525"], "ends": ["07:00"],
    "kind": ["text", "post", "original", "clap", "share_track", "share_crate"],
    "metric": [None], "minutes": [5], "mode": ["fan", "artist"], "month": ["2026-01-01"],
    "page_size": [20], "permission": ["nobody"], "platform": ["ios"], "present": [True, False],
    "reason": ["spam"], "role": ["moderator", "member", "super_admin", "editor"],
    "sort": ["newest"], "starts": ["22:00"], "status": [None], "value": [1, -1],
    "scope": [None, "global", "room"], "verdict": ["rejected"], "genre": ["jazz"],
    "visibility": ["public", "private"],
    "query": ["of", "marker", "private"], "tag": ["jazz"], "source": ["app"], "after": [None],
    "expected_sequence": [1, 2], "client_id": [None], "media_paths": [[]], "up_to": [None],
}  # fmt: skip
# What of others' rows follows from what people do in their own name: counts of it, ...
COUNTED = re.compile(r"\w+_count|reactions|reactions_shown")
# ... what is worked out from rows and holds nobody's words or wishes, ...
WORKED_OUT = {
    "private.board_changes", "private.crate_trends", "private.credit_ends", "private.deeds",
    "private.feed_entries",
    "private.notification_actors", "private.outbox", "private.person_cards", "private.readers",
    "private.room_activity", "private.room_pulses", "private.score_changes",
    "private.session_views", "private.vote_pulses", "private.vote_slots",
}  # fmt: skip
# ... what is told of it, whom it brings together, what has to be decided about it, ...
ADDED = {
    "activity_events", "conversation_members", "conversations", "moderation_cases", "notifications",
    "room_history",
}  # fmt: skip
TOLD = {"actor_count", "actor_ids", "created_at", "data"}
# ... and what plays in a room whose members have a say in it.
SAY = {"advance_session", "join_rotation", "leave_room", "leave_rotation", "vote_skip"}
SESSION = {"dj_sessions", "queue_items", "rotation_slots"}
BY_TYPE: dict[str, Any] = {
    "boolean": True, "integer": 1, "bigint": 1, "numeric": 1, "text": "x", "uuid": None,
    "jsonb": {}, "date": "2026-01-01", "timestamp with time zone": "2027-01-01T00:00:00Z",
    "time without time zone": "22:00", "text[]": [], "uuid[]": [], "integer[]": [1],
}  # fmt: skip
# Tables of which nothing is told to who does not see the row: not by any RPC either.
SECRET = (
    "conversations", "direct_messages", "download_grants", "notifications", "order_lines", "orders",
    "payouts", "refunds", "detections", "join_requests", "moderation_cases", "posts", "reports",
    "room_invites", "sanctions", "verification_requests",
)  # fmt: skip


class Calls:
    """Arguments that aim at others, and a look at what has changed since the last one."""

    def __init__(self, scene: Hostile, dice: random.Random) -> None:
        self.scene, self.dice = scene, dice
        self.world = scene.world
        self.last = scene.api.digest()
        self.kept = {name: self._read(name) for name in self.last}
        self.others = {
            str(row["id"]) for rows in scene.world.rows.values() for row in rows if "id" in row
        }
        self.others |= {row["username"] for row in scene.world.rows["profiles"]}

    def arguments(self, rpc: Rpc, name: str) -> dict[str, Any]:
        """Something of others for each parameter that names one, something fitting for the rest."""
        me = None if name == "visitor" else str(self.scene.api.people[name])
        given: dict[str, Any] = {}
        kind = None
        for parameter in rpc.parameters:
            if parameter.name in ("username", "confirm_username", "usernames"):
                given[parameter.name] = self._usernames(me, parameter.type)
            elif parameter.name == "object_paths":
                given[parameter.name] = [self._path(me)]
            elif parameter.name == "slug":
                given[parameter.name] = self.dice.choice(self.world.rows["rooms"])["slug"]
            elif parameter.name == "ids":
                given[parameter.name] = [self._row("notifications", me)["id"]]
            elif tables := NAMED.get(parameter.name):
                table = self.dice.choice(tables)
                given[parameter.name] = self._row(table, me)["id"]
                kind = KINDS.get(table) if parameter.name == "target_id" else kind
            else:
                fitting = FITTING.get(parameter.name, [BY_TYPE[parameter.type]])
                given[parameter.name] = self.dice.choice(fitting)
        if "target_kind" in given and kind:
            given["target_kind"] = kind
        if "shares" in given:
            given["shares"] = [{"username": given.get("username", "ben"), "bps": 10_000}]
        return given

    def is_aimed(self, arguments: dict[str, Any]) -> bool:
        """Whether something in a call is of somebody else and exists."""
        return any(value in self.others for value in arguments.values() if isinstance(value, str))

    def _usernames(self, me: str | None, kind: str) -> Any:
        people = self.world.rows["profiles"]
        names = sorted(row["username"] for row in people if row["id"] != me)
        return [self.dice.choice(names)] if kind.endswith("[]") else self.dice.choice(names)

    def _row(self, table: str, me: str | None) -> Row:
        rows = [row for row in self.scene.world.rows[table] if me is None or me not in row.values()]
        return self.dice.choice(rows or self.scene.world.rows[table])

    def _path(self, me: str | None) -> str:
        names = [row["name"] for row in self.kept["storage.objects"] if row["name"][:36] != me]
        return str(self.dice.choice(names))

    def secrets_told(
        self, name: str, function: str, arguments: dict[str, Any], text: str
    ) -> list[str]:
        """Ids in an answer of what the caller may not know of; in an export is their part."""
        me = None if name == "visitor" else str(self.scene.api.people[name])
        said = set(UUID.findall(text)) - set(UUID.findall(json.dumps(arguments)))
        return [
            f"{table} {identity}"
            for table in SECRET
            for identity in said
            if (row := self.world.find(table, identity))
            and not self.world.sees(me, table, row)
            and not (function == "export_my_data" and self._has_part(me, table, row))
        ]

    def _has_part(self, me: str | None, table: str, row: Row) -> bool:
        """Whether a row names somebody, or is of a conversation they are in."""
        place = {"conversations": "id", "direct_messages": "conversation_id"}.get(table)
        return me in row.values() or (
            place is not None and (row[place], me) in self.world.memberships
        )

    def changes(self, name: str, function: str) -> list[str]:
        """What is not the caller's and has changed nevertheless."""
        digest = self.scene.api.digest()
        moved = [table for table in digest if digest[table] != self.last.get(table)]
        self.last = digest
        wrong = []
        for table in moved:
            before, after = self.kept.get(table, []), self._read(table)
            self.kept[table] = after
            wrong += [
                f"{table}: {each}" for each in self._judge(name, function, table, before, after)
            ]
        if moved:
            rows = {
                **self.world.rows,
                **{table: self.kept[table] for table in moved if table in self.world.rows},
            }
            self.world = World(rows, self.world.staff, self.world.hidden)
        return wrong

    def _judge(
        self, name: str, function: str, table: str, before: list[Row], after: list[Row]
    ) -> list[str]:
        me = "nobody" if name == "visitor" else str(self.scene.api.people[name])
        old = {self._key(table, row): row for row in before}
        new = {self._key(table, row): row for row in after}
        wrong = []
        for key in old.keys() | new.keys():
            was, now = old.get(key), new.get(key)
            if was == now or (was and me in json.dumps(was)) or (not was and me in json.dumps(now)):
                continue
            if self._follows(function, table, was, now) or self._keeps_order(me, table, was):
                continue
            what = "changed" if was and now else "new" if now else "gone"
            wrong.append(f"{what}: {was or now}, then {now}")
        return wrong

    def _keeps_order(self, me: str, table: str, was: Row | None) -> bool:
        """Whether a row lies in a room that the caller moderates, or below what is theirs."""
        if was is None:
            return False
        if table == "comments":
            targets = {"post": "posts", "track": "tracks", "crate": "crates"}
            about = self.world.find(targets[was["target_kind"]], was["target_id"])
            return about is not None and me in about.values()
        return self.world.moderates(me, was.get("room_id"))

    def _follows(self, function: str, table: str, was: Row | None, now: Row | None) -> bool:
        """Whether a change to what is not the caller's follows from what the caller may do."""
        if function == "block" and table == "crate_collaborators":
            # Who is blocked no longer fills the crate; whose it is stands in the crate alone.
            return now is None
        if table in WORKED_OUT or (function in SAY and table in SESSION):
            return True
        if was is None or now is None:
            return was is None and table in ADDED
        moved = {column for column in now if was[column] != now[column]}
        if function == "report" and table == "moderation_cases":
            # The first who says in which room it was is believed until moderators look.
            return moved <= {"report_count", "room_id", "weight"}
        return (table == "notifications" and moved <= TOLD) or all(map(COUNTED.fullmatch, moved))

    def _key(self, table: str, row: Row) -> str:
        known = self.scene.tables.get(table)
        parts = known.key if known else self.keys.get(table, tuple(row))
        return json.dumps([row[part] for part in parts])

    @property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """The primary keys of the tables that are not public."""
        if not hasattr(self, "_keys"):
            rows = self.scene.api.watcher.execute(
                "select conrelid::regclass::text as name, array(select attname::text"
                " from pg_attribute where attrelid = conrelid and attnum = any (conkey)) as key"
                " from pg_constraint where contype = 'p'"
            ).fetchall()
            self._keys = {row["name"]: tuple(row["key"]) for row in rows}
        return self._keys

    def _read(self, table: str) -> list[Row]:
        query = f"select to_jsonb(item) as row from {table} as item"
        return [row["row"] for row in self.scene.api.watcher.execute(query.encode()).fetchall()]
