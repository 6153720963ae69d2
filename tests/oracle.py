"""Who may read and write what, said once more in Python: it asks no grant and no policy.

`World.sees(reader, table, row)` follows the access matrices at the head of each access.sql. It may
allow a little more than the policies (what only an RPC can tell), never less than the matrices.
UPDATABLE, INSERTABLE and DELETABLE are all that somebody signed in may write without an RPC, in
rows that they own (`World.owns`); visitors and the service may write nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.database import Connection

Row = dict[str, Any]
Rule = Callable[["World", "str | None", Row], bool]

# Nothing of anybody's: rules, plans, vocabulary.
EVERYBODYS = {
    "badges", "currencies", "feature_flags", "fee_policies", "genres", "leaderboards", "levels",
    "plan_limits", "plan_resources", "plans", "point_rules", "reaction_emoji", "royalty_rates",
    "seasons",
}  # fmt: skip
# Read by whoever stands in one of these columns, and by nobody else.
OWN: dict[str, tuple[str, ...]] = {
    "activity_events": ("actor_id",),
    "activity_reactions": ("user_id",),
    "badge_awards": ("user_id",),
    "blocks": ("blocker_id",),
    "comment_mentions": ("profile_id",),
    "comment_reactions": ("user_id",),
    "conversation_members": ("member_id",),
    "credit_entries": ("user_id",),
    "download_grants": ("buyer_id",),
    "entitlement_grants": ("user_id",),
    "follow_requests": ("requester_id", "target_id"),
    "follows": ("follower_id", "followee_id"),
    "invoices": ("user_id",),
    "likes": ("user_id",),
    "message_reactions": ("user_id",),
    "message_settings": ("user_id",),
    "mutes": ("muter_id",),
    "notification_preferences": ("user_id",),
    "notifications": ("recipient_id",),
    "orders": ("buyer_id",),
    "payouts": ("seller_id",),
    "plays": ("listener_id",),
    "point_events": ("user_id",),
    "progression": ("user_id",),
    "push_tokens": ("user_id",),
    "quest_claims": ("user_id",),
    "queue_votes": ("user_id",),
    "quiet_hours": ("user_id",),
    "refunds": ("buyer_id", "seller_id"),
    "reposts": ("user_id",),
    "rotation_slots": ("user_id",),
    "season_results": ("user_id",),
    "session_contributors": ("user_id",),
    "skip_votes": ("user_id",),
    "streaks": ("user_id",),
    "subscriptions": ("user_id",),
    "verification_requests": ("artist_id",),
}
# The same, and by staff.
OWN_OR_STAFF: dict[str, tuple[str, ...]] = {
    "appeals": ("user_id",),
    "detection_proofs": ("artist_id",),
    "detections": ("artist_id",),
    "reports": ("reporter_id",),
    "rights_declarations": ("artist_id",),
    "sanctions": ("user_id",),
}
STAFFS = {"detection_reviews", "moderation_cases", "quests"}
# Read by who sees the room they are in and is not banned from it.
IN_ROOMS = {"dj_sessions", "live_streams", "queue_items", "room_history"}
RULES: dict[str, Rule] = {}

# Whoever widens a grant to write widens these.
PRODUCT = {
    "name", "description", "pricing", "price_minor", "minimum_minor", "currency", "external_url",
    "track_ids", "stock", "max_per_order", "shipping_required", "shipping_minor", "event_at",
    "venue", "image_paths", "is_active",
}  # fmt: skip
VARIANT = {"name", "price_minor", "stock", "is_active"}
UPDATABLE = {
    "profiles": {"display_name", "bio", "avatar_path", "genres", "time_zone", "is_private"},
    "artist_profiles": {"links"},
    "products": PRODUCT,
    "product_variants": VARIANT,
}
INSERTABLE = {
    "follows": {"followee_id"},
    "products": {"id", "kind"} | PRODUCT,
    "product_variants": {"id", "product_id"} | VARIANT,
}
DELETABLE = {"follows", "products", "product_variants"}
# By which column a row is somebody's to write.
OWNERS = {
    "artist_profiles": "profile_id",
    "follows": "follower_id",
    "products": "seller_id",
    "profiles": "id",
}


def rule(*tables: str) -> Callable[[Rule], Rule]:
    """Register who reads the rows of some tables."""

    def register(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(tables, function))
        return function

    return register


@dataclass(frozen=True)
class World:
    """Every row of every public table, and what else decides who sees them."""

    rows: dict[str, list[Row]]
    staff: frozenset[str]
    hidden: frozenset[str]
    _by_id: dict[str, dict[str, Row]] = field(default_factory=dict)

    def sees(self, reader: str | None, table: str, row: Row) -> bool:
        """Whether somebody (None: a visitor) may be shown a row."""
        if table in EVERYBODYS:
            return True
        if table in OWN:
            return reader in {row[column] for column in OWN[table]} - {None}
        is_staff = reader in self.staff
        if table in OWN_OR_STAFF:
            return is_staff or reader in {row[column] for column in OWN_OR_STAFF[table]} - {None}
        if table in STAFFS:
            return is_staff
        if table in IN_ROOMS:
            return self.hears(reader, row["room_id"])
        return RULES[table](self, reader, row)

    def owns(self, person: str | None, table: str, row: Row) -> bool:
        """Whether a row is somebody's to write."""
        if table == "product_variants":
            product = self.find("products", row["product_id"])
            return product is not None and self.owns(person, "products", product)
        return table in OWNERS and row[OWNERS[table]] == person

    def knows(self, table: str) -> bool:
        """Whether there is a rule for a table."""
        return table in {*EVERYBODYS, *OWN, *OWN_OR_STAFF, *STAFFS, *IN_ROOMS, *RULES}

    def find(self, table: str, identity: str | None) -> Row | None:
        """A row by its id."""
        if table not in self._by_id:
            self._by_id[table] = {row["id"]: row for row in self.rows[table]}
        return self._by_id[table].get(identity or "")

    def is_hidden(self, reader: str | None, person: str | None) -> bool:
        """Whether somebody is kept from a reader: by a block of either side, or as who leaves."""
        if reader in self.staff or person is None or person == reader:
            return False
        return person in self.hidden or frozenset((reader, person)) in self.blocked

    def follows(self, reader: str | None, person: str) -> bool:
        """Whether a reader follows somebody."""
        return (reader, person) in self.followed

    def includes(self, reader: str | None, owner: str, visibility: str) -> bool:
        """Whether an audience includes a reader; what private people publish is for followers."""
        profile = self.find("profiles", owner)
        assert profile is not None
        if visibility == "public" and profile["is_private"]:
            visibility = "followers"
        if visibility == "mutuals":
            return self.follows(reader, owner) and self.follows(owner, reader or "")
        return visibility == "public" or (visibility == "followers" and self.follows(reader, owner))

    def hears(self, reader: str | None, room_id: str | None) -> bool:
        """Whether somebody reads what happens in a room."""
        room = self.find("rooms", room_id)
        if room is None or reader is None or (room_id, reader) in self.banned:
            return False
        return self.sees(reader, "rooms", room)

    def role(self, reader: str | None, room_id: str | None) -> str | None:
        """What somebody is in a room."""
        room = self.find("rooms", room_id)
        found = self.roles.get((room_id, reader))
        if room is None or room["deleted_at"] or (room["is_withheld"] and found != "owner"):
            return None
        return found

    def moderates(self, reader: str | None, room_id: str | None) -> bool:
        """Whether somebody is a moderator or the owner of a room."""
        return self.role(reader, room_id) in ("moderator", "owner")

    @cached_property
    def blocked(self) -> frozenset[frozenset[str | None]]:
        """Pairs across a block."""
        return frozenset(
            frozenset((row["blocker_id"], row["blocked_id"])) for row in self.rows["blocks"]
        )

    @cached_property
    def followed(self) -> frozenset[tuple[str | None, str]]:
        """Who follows whom."""
        return frozenset((row["follower_id"], row["followee_id"]) for row in self.rows["follows"])

    @cached_property
    def roles(self) -> dict[tuple[str | None, str | None], str]:
        """What people are in rooms."""
        return {(row["room_id"], row["user_id"]): row["role"] for row in self.rows["room_members"]}

    @cached_property
    def banned(self) -> frozenset[tuple[str | None, str | None]]:
        """Who is banned from which room, all for good."""
        assert all(row["until"] is None for row in self.rows["room_bans"])
        return frozenset((row["room_id"], row["user_id"]) for row in self.rows["room_bans"])

    @cached_property
    def memberships(self) -> dict[tuple[str, str | None], Row]:
        """Who is in which conversation, and as what."""
        return {
            (row["conversation_id"], row["member_id"]): row
            for row in self.rows["conversation_members"]
        }


@rule("profiles")
def _profiles(world: World, reader: str | None, row: Row) -> bool:
    return not world.is_hidden(reader, row["id"])


@rule("artist_profiles")
def _artists(world: World, reader: str | None, row: Row) -> bool:
    return not world.is_hidden(reader, row["profile_id"])


@rule("posts")
def _posts(world: World, reader: str | None, row: Row) -> bool:
    if row["deleted_at"]:
        return False
    if reader == row["author_id"] or reader in world.staff:
        return True
    return (
        not row["is_withheld"]
        and not world.is_hidden(reader, row["author_id"])
        and world.includes(reader, row["author_id"], row["visibility"])
    )


@rule("tracks")
def _tracks(world: World, reader: str | None, row: Row) -> bool:
    if reader is not None and (reader == row["artist_id"] or reader in world.staff):
        return True
    return row["status"] == "published" and not world.is_hidden(reader, row["artist_id"])


@rule("licenses")
def _licenses(world: World, reader: str | None, row: Row) -> bool:
    track = world.find("tracks", row["track_id"])
    return track is not None and world.sees(reader, "tracks", track)


@rule("crates")
def _crates(world: World, reader: str | None, row: Row) -> bool:
    if row["deleted_at"]:
        return False
    if reader == row["owner_id"] or reader in world.staff:
        return True
    if row["is_withheld"] or world.is_hidden(reader, row["owner_id"]):
        return False
    fills = any(
        (each["crate_id"], each["user_id"]) == (row["id"], reader)
        for each in world.rows["crate_collaborators"]
    )
    return fills or world.includes(reader, row["owner_id"], row["visibility"])


@rule("crate_items")
def _crate_items(world: World, reader: str | None, row: Row) -> bool:
    crate = world.find("crates", row["crate_id"])
    return crate is not None and world.sees(reader, "crates", crate)


@rule("crate_collaborators")
def _collaborators(world: World, reader: str | None, row: Row) -> bool:
    crate = world.find("crates", row["crate_id"])
    assert crate is not None
    return reader is not None and reader in (row["user_id"], crate["owner_id"])


@rule("comments")
def _comments(_: World, reader: str | None, row: Row) -> bool:
    return reader is not None and reader == row["author_id"] and not row["deleted_at"]


@rule("conversations")
def _conversations(world: World, reader: str | None, row: Row) -> bool:
    own = world.memberships.get((row["id"], reader))
    if own is None or own["state"] not in ("joined", "requested"):
        return False
    others = {who for where, who in world.memberships if where == row["id"]} - {reader}
    is_across = any(frozenset((reader, other)) in world.blocked for other in others)
    return row["kind"] == "group" or not is_across


@rule("direct_messages")
def _direct_messages(world: World, reader: str | None, row: Row) -> bool:
    conversation = world.find("conversations", row["conversation_id"])
    if conversation is None or not world.sees(reader, "conversations", conversation):
        return False
    since = world.memberships[row["conversation_id"], reader]["joined_after_id"] or ""
    sender = row["sender_id"]
    is_unheard = sender != reader and (
        sender in world.hidden or frozenset((reader, sender)) in world.blocked
    )
    return row["id"] > since and not is_unheard and (not row["is_withheld"] or sender == reader)


@rule("rooms")
def _rooms(world: World, reader: str | None, row: Row) -> bool:
    if row["deleted_at"]:
        return False
    if row["visibility"] == "public" and not row["is_withheld"]:
        return True
    return reader in world.staff or world.role(reader, row["id"]) is not None


@rule("room_members", "room_presence")
def _in_the_room(world: World, reader: str | None, row: Row) -> bool:
    return world.hears(reader, row["room_id"]) and not world.is_hidden(reader, row["user_id"])


@rule("messages")
def _messages(world: World, reader: str | None, row: Row) -> bool:
    author, is_staff = row["author_id"], reader in world.staff
    if not world.hears(reader, row["room_id"]):
        return False
    if row["is_withheld"] and author != reader and not is_staff:
        return False
    if world.moderates(reader, row["room_id"]):
        return author not in world.hidden or author == reader or is_staff
    return not world.is_hidden(reader, author)


@rule("room_bans", "room_mutes")
def _imposed_in_rooms(world: World, reader: str | None, row: Row) -> bool:
    return reader is not None and (
        reader == row["user_id"] or reader in world.staff or world.moderates(reader, row["room_id"])
    )


@rule("join_requests")
def _join_requests(world: World, reader: str | None, row: Row) -> bool:
    if reader is None or reader == row["user_id"]:
        return reader is not None
    decides = reader in world.staff or world.moderates(reader, row["room_id"])
    return decides and not world.is_hidden(reader, row["user_id"])


@rule("room_invites")
def _room_invites(world: World, reader: str | None, row: Row) -> bool:
    if reader is not None and reader == row["user_id"]:
        return not world.is_hidden(reader, row["invited_by"]) or world.moderates(
            reader, row["room_id"]
        )
    # A code that makes a moderator of whoever has it is the owner's.
    is_power = row["role"] != "member" and row["user_id"] is None
    role = world.role(reader, row["room_id"])
    return role == "owner" or (role == "moderator" and not is_power)


@rule("moderation_log")
def _moderation_log(world: World, reader: str | None, row: Row) -> bool:
    return reader in world.staff or world.moderates(reader, row["room_id"])


@rule("live_speakers")
def _live_speakers(world: World, reader: str | None, row: Row) -> bool:
    stream = world.find("live_streams", row["stream_id"])
    assert stream is not None
    return world.sees(reader, "live_streams", stream) and not world.is_hidden(
        reader, row["user_id"]
    )


@rule("live_participants")
def _live_participants(world: World, reader: str | None, row: Row) -> bool:
    if reader is not None and reader == row["user_id"]:
        return True
    return row["left_at"] is None and _live_speakers(world, reader, row)


@rule("order_lines")
def _order_lines(_: World, reader: str | None, row: Row) -> bool:
    if reader is None:
        return False
    return reader == row["buyer_id"] or (reader == row["seller_id"] and bool(row["paid_at"]))


@rule("products")
def _products(world: World, reader: str | None, row: Row) -> bool:
    if reader is not None and reader == row["seller_id"]:
        return True
    is_on_the_shelf = row["is_active"] and not row["is_withheld"]
    return is_on_the_shelf and not world.is_hidden(reader, row["seller_id"])


@rule("product_variants")
def _product_variants(world: World, reader: str | None, row: Row) -> bool:
    product = world.find("products", row["product_id"])
    return product is not None and world.sees(reader, "products", product)


def read_world(connection: Connection) -> World:
    """The world as the owner of the database sees it."""
    names = connection.execute(
        "select relname as name from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p') and not relispartition order by 1"
    ).fetchall()
    rows = {
        name["name"]: [
            each["row"]
            for each in connection.execute(
                f'select to_jsonb(item) as row from public."{name["name"]}" as item'.encode()
            ).fetchall()
        ]
        for name in names
    }
    staff = connection.execute("select user_id::text as id from private.staff").fetchall()
    hidden = connection.execute(
        "select profile_id::text as id from private.hidden_profiles"
    ).fetchall()
    return World(
        rows, frozenset(row["id"] for row in staff), frozenset(row["id"] for row in hidden)
    )
