from __future__ import annotations

import datetime
import uuid
from typing import (
    Annotated,
    Any,
    List,
    Literal,
    Optional,
    TypedDict,
)
from typing_extensions import NotRequired, TypeAlias

from pydantic import BaseModel, Field, JsonValue



class PublicActivityEvents(BaseModel):
    actor_id: uuid.UUID = Field(alias="actor_id")
    bucket: int = Field(alias="bucket")
    collapse_key: str = Field(alias="collapse_key")
    created_at: datetime.datetime = Field(alias="created_at")
    data: JsonValue = Field(alias="data")
    event_count: int = Field(alias="event_count")
    id: uuid.UUID = Field(alias="id")
    kind: str = Field(alias="kind")
    like_count: int = Field(alias="like_count")
    reactions: JsonValue = Field(alias="reactions")
    target_id: Optional[uuid.UUID] = Field(alias="target_id")
    target_kind: Optional[str] = Field(alias="target_kind")
    visibility: str = Field(alias="visibility")

class PublicActivityEventsInsert(TypedDict):
    actor_id: Annotated[uuid.UUID, Field(alias="actor_id")]
    bucket: Annotated[int, Field(alias="bucket")]
    collapse_key: Annotated[str, Field(alias="collapse_key")]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    data: NotRequired[Annotated[JsonValue, Field(alias="data")]]
    event_count: NotRequired[Annotated[int, Field(alias="event_count")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    kind: Annotated[str, Field(alias="kind")]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    reactions: NotRequired[Annotated[JsonValue, Field(alias="reactions")]]
    target_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="target_id")]]
    target_kind: NotRequired[Annotated[Optional[str], Field(alias="target_kind")]]
    visibility: NotRequired[Annotated[str, Field(alias="visibility")]]

class PublicActivityEventsUpdate(TypedDict):
    actor_id: NotRequired[Annotated[uuid.UUID, Field(alias="actor_id")]]
    bucket: NotRequired[Annotated[int, Field(alias="bucket")]]
    collapse_key: NotRequired[Annotated[str, Field(alias="collapse_key")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    data: NotRequired[Annotated[JsonValue, Field(alias="data")]]
    event_count: NotRequired[Annotated[int, Field(alias="event_count")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    reactions: NotRequired[Annotated[JsonValue, Field(alias="reactions")]]
    target_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="target_id")]]
    target_kind: NotRequired[Annotated[Optional[str], Field(alias="target_kind")]]
    visibility: NotRequired[Annotated[str, Field(alias="visibility")]]

class PublicActivityReactions(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    event_id: uuid.UUID = Field(alias="event_id")
    reaction: str = Field(alias="reaction")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicActivityReactionsInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    event_id: Annotated[uuid.UUID, Field(alias="event_id")]
    reaction: Annotated[str, Field(alias="reaction")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicActivityReactionsUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    event_id: NotRequired[Annotated[uuid.UUID, Field(alias="event_id")]]
    reaction: NotRequired[Annotated[str, Field(alias="reaction")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicAppeals(BaseModel):
    case_id: Optional[uuid.UUID] = Field(alias="case_id")
    created_at: datetime.datetime = Field(alias="created_at")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    decided_by: Optional[uuid.UUID] = Field(alias="decided_by")
    note: Optional[str] = Field(alias="note")
    sanction_id: uuid.UUID = Field(alias="sanction_id")
    statement: str = Field(alias="statement")
    status: str = Field(alias="status")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicAppealsInsert(TypedDict):
    case_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="case_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    decided_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="decided_by")]]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    sanction_id: Annotated[uuid.UUID, Field(alias="sanction_id")]
    statement: Annotated[str, Field(alias="statement")]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicAppealsUpdate(TypedDict):
    case_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="case_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    decided_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="decided_by")]]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    sanction_id: NotRequired[Annotated[uuid.UUID, Field(alias="sanction_id")]]
    statement: NotRequired[Annotated[str, Field(alias="statement")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicArtistProfiles(BaseModel):
    is_trusted_uploader: bool = Field(alias="is_trusted_uploader")
    is_verified: bool = Field(alias="is_verified")
    links: List[str] = Field(alias="links")
    profile_id: uuid.UUID = Field(alias="profile_id")
    trusted_since: Optional[datetime.datetime] = Field(alias="trusted_since")
    upload_count: int = Field(alias="upload_count")
    verified_at: Optional[datetime.datetime] = Field(alias="verified_at")
    verified_upload_count: int = Field(alias="verified_upload_count")

class PublicArtistProfilesInsert(TypedDict):
    is_trusted_uploader: NotRequired[Annotated[bool, Field(alias="is_trusted_uploader")]]
    is_verified: NotRequired[Annotated[bool, Field(alias="is_verified")]]
    links: NotRequired[Annotated[List[str], Field(alias="links")]]
    profile_id: Annotated[uuid.UUID, Field(alias="profile_id")]
    trusted_since: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="trusted_since")]]
    upload_count: NotRequired[Annotated[int, Field(alias="upload_count")]]
    verified_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="verified_at")]]
    verified_upload_count: NotRequired[Annotated[int, Field(alias="verified_upload_count")]]

class PublicArtistProfilesUpdate(TypedDict):
    is_trusted_uploader: NotRequired[Annotated[bool, Field(alias="is_trusted_uploader")]]
    is_verified: NotRequired[Annotated[bool, Field(alias="is_verified")]]
    links: NotRequired[Annotated[List[str], Field(alias="links")]]
    profile_id: NotRequired[Annotated[uuid.UUID, Field(alias="profile_id")]]
    trusted_since: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="trusted_since")]]
    upload_count: NotRequired[Annotated[int, Field(alias="upload_count")]]
    verified_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="verified_at")]]
    verified_upload_count: NotRequired[Annotated[int, Field(alias="verified_upload_count")]]

class PublicBadgeAwards(BaseModel):
    awarded_at: datetime.datetime = Field(alias="awarded_at")
    badge_code: str = Field(alias="badge_code")
    context: JsonValue = Field(alias="context")
    featured_place: Optional[int] = Field(alias="featured_place")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicBadgeAwardsInsert(TypedDict):
    awarded_at: NotRequired[Annotated[datetime.datetime, Field(alias="awarded_at")]]
    badge_code: Annotated[str, Field(alias="badge_code")]
    context: NotRequired[Annotated[JsonValue, Field(alias="context")]]
    featured_place: NotRequired[Annotated[Optional[int], Field(alias="featured_place")]]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicBadgeAwardsUpdate(TypedDict):
    awarded_at: NotRequired[Annotated[datetime.datetime, Field(alias="awarded_at")]]
    badge_code: NotRequired[Annotated[str, Field(alias="badge_code")]]
    context: NotRequired[Annotated[JsonValue, Field(alias="context")]]
    featured_place: NotRequired[Annotated[Optional[int], Field(alias="featured_place")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicBadges(BaseModel):
    category: str = Field(alias="category")
    code: str = Field(alias="code")
    description: str = Field(alias="description")
    icon: str = Field(alias="icon")
    metric: Optional[str] = Field(alias="metric")
    name: str = Field(alias="name")
    rarity: str = Field(alias="rarity")
    season: Optional[str] = Field(alias="season")
    threshold: Optional[int] = Field(alias="threshold")
    tier: Optional[str] = Field(alias="tier")

class PublicBadgesInsert(TypedDict):
    category: Annotated[str, Field(alias="category")]
    code: Annotated[str, Field(alias="code")]
    description: Annotated[str, Field(alias="description")]
    icon: Annotated[str, Field(alias="icon")]
    metric: NotRequired[Annotated[Optional[str], Field(alias="metric")]]
    name: Annotated[str, Field(alias="name")]
    rarity: Annotated[str, Field(alias="rarity")]
    season: NotRequired[Annotated[Optional[str], Field(alias="season")]]
    threshold: NotRequired[Annotated[Optional[int], Field(alias="threshold")]]
    tier: NotRequired[Annotated[Optional[str], Field(alias="tier")]]

class PublicBadgesUpdate(TypedDict):
    category: NotRequired[Annotated[str, Field(alias="category")]]
    code: NotRequired[Annotated[str, Field(alias="code")]]
    description: NotRequired[Annotated[str, Field(alias="description")]]
    icon: NotRequired[Annotated[str, Field(alias="icon")]]
    metric: NotRequired[Annotated[Optional[str], Field(alias="metric")]]
    name: NotRequired[Annotated[str, Field(alias="name")]]
    rarity: NotRequired[Annotated[str, Field(alias="rarity")]]
    season: NotRequired[Annotated[Optional[str], Field(alias="season")]]
    threshold: NotRequired[Annotated[Optional[int], Field(alias="threshold")]]
    tier: NotRequired[Annotated[Optional[str], Field(alias="tier")]]

class PublicBlocks(BaseModel):
    blocked_id: uuid.UUID = Field(alias="blocked_id")
    blocker_id: uuid.UUID = Field(alias="blocker_id")
    created_at: datetime.datetime = Field(alias="created_at")

class PublicBlocksInsert(TypedDict):
    blocked_id: Annotated[uuid.UUID, Field(alias="blocked_id")]
    blocker_id: NotRequired[Annotated[uuid.UUID, Field(alias="blocker_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]

class PublicBlocksUpdate(TypedDict):
    blocked_id: NotRequired[Annotated[uuid.UUID, Field(alias="blocked_id")]]
    blocker_id: NotRequired[Annotated[uuid.UUID, Field(alias="blocker_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]

class PublicCommentMentions(BaseModel):
    comment_id: uuid.UUID = Field(alias="comment_id")
    created_at: datetime.datetime = Field(alias="created_at")
    profile_id: uuid.UUID = Field(alias="profile_id")
    username: str = Field(alias="username")

class PublicCommentMentionsInsert(TypedDict):
    comment_id: Annotated[uuid.UUID, Field(alias="comment_id")]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    profile_id: Annotated[uuid.UUID, Field(alias="profile_id")]
    username: Annotated[str, Field(alias="username")]

class PublicCommentMentionsUpdate(TypedDict):
    comment_id: NotRequired[Annotated[uuid.UUID, Field(alias="comment_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    profile_id: NotRequired[Annotated[uuid.UUID, Field(alias="profile_id")]]
    username: NotRequired[Annotated[str, Field(alias="username")]]

class PublicCommentReactions(BaseModel):
    comment_id: uuid.UUID = Field(alias="comment_id")
    created_at: datetime.datetime = Field(alias="created_at")
    emoji: str = Field(alias="emoji")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicCommentReactionsInsert(TypedDict):
    comment_id: Annotated[uuid.UUID, Field(alias="comment_id")]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    emoji: Annotated[str, Field(alias="emoji")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicCommentReactionsUpdate(TypedDict):
    comment_id: NotRequired[Annotated[uuid.UUID, Field(alias="comment_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    emoji: NotRequired[Annotated[str, Field(alias="emoji")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicComments(BaseModel):
    author_id: Optional[uuid.UUID] = Field(alias="author_id")
    body: Optional[str] = Field(alias="body")
    client_id: Optional[uuid.UUID] = Field(alias="client_id")
    created_at: datetime.datetime = Field(alias="created_at")
    deleted_at: Optional[datetime.datetime] = Field(alias="deleted_at")
    depth: int = Field(alias="depth")
    edited_at: Optional[datetime.datetime] = Field(alias="edited_at")
    hidden_by: Optional[str] = Field(alias="hidden_by")
    id: uuid.UUID = Field(alias="id")
    is_pinned: bool = Field(alias="is_pinned")
    is_withheld: bool = Field(alias="is_withheld")
    like_count: int = Field(alias="like_count")
    parent_id: Optional[uuid.UUID] = Field(alias="parent_id")
    position_ms: Optional[int] = Field(alias="position_ms")
    reactions: JsonValue = Field(alias="reactions")
    reactions_shown: JsonValue = Field(alias="reactions_shown")
    reply_count: int = Field(alias="reply_count")
    target_id: uuid.UUID = Field(alias="target_id")
    target_kind: str = Field(alias="target_kind")

class PublicCommentsInsert(TypedDict):
    author_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="author_id")]]
    body: NotRequired[Annotated[Optional[str], Field(alias="body")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    depth: NotRequired[Annotated[int, Field(alias="depth")]]
    edited_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="edited_at")]]
    hidden_by: NotRequired[Annotated[Optional[str], Field(alias="hidden_by")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_pinned: NotRequired[Annotated[bool, Field(alias="is_pinned")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    parent_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="parent_id")]]
    position_ms: NotRequired[Annotated[Optional[int], Field(alias="position_ms")]]
    reactions: NotRequired[Annotated[JsonValue, Field(alias="reactions")]]
    reactions_shown: NotRequired[Annotated[JsonValue, Field(alias="reactions_shown")]]
    reply_count: NotRequired[Annotated[int, Field(alias="reply_count")]]
    target_id: Annotated[uuid.UUID, Field(alias="target_id")]
    target_kind: Annotated[str, Field(alias="target_kind")]

class PublicCommentsUpdate(TypedDict):
    author_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="author_id")]]
    body: NotRequired[Annotated[Optional[str], Field(alias="body")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    depth: NotRequired[Annotated[int, Field(alias="depth")]]
    edited_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="edited_at")]]
    hidden_by: NotRequired[Annotated[Optional[str], Field(alias="hidden_by")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_pinned: NotRequired[Annotated[bool, Field(alias="is_pinned")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    parent_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="parent_id")]]
    position_ms: NotRequired[Annotated[Optional[int], Field(alias="position_ms")]]
    reactions: NotRequired[Annotated[JsonValue, Field(alias="reactions")]]
    reactions_shown: NotRequired[Annotated[JsonValue, Field(alias="reactions_shown")]]
    reply_count: NotRequired[Annotated[int, Field(alias="reply_count")]]
    target_id: NotRequired[Annotated[uuid.UUID, Field(alias="target_id")]]
    target_kind: NotRequired[Annotated[str, Field(alias="target_kind")]]

class PublicConversationMembers(BaseModel):
    conversation_id: uuid.UUID = Field(alias="conversation_id")
    is_accepted: bool = Field(alias="is_accepted")
    joined_after_id: Optional[uuid.UUID] = Field(alias="joined_after_id")
    joined_at: datetime.datetime = Field(alias="joined_at")
    last_read_message_id: Optional[uuid.UUID] = Field(alias="last_read_message_id")
    left_at: Optional[datetime.datetime] = Field(alias="left_at")
    member_id: uuid.UUID = Field(alias="member_id")
    muted_until: Optional[datetime.datetime] = Field(alias="muted_until")
    order_id: Optional[uuid.UUID] = Field(alias="order_id")
    state: str = Field(alias="state")

class PublicConversationMembersInsert(TypedDict):
    conversation_id: Annotated[uuid.UUID, Field(alias="conversation_id")]
    is_accepted: NotRequired[Annotated[bool, Field(alias="is_accepted")]]
    joined_after_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="joined_after_id")]]
    joined_at: NotRequired[Annotated[datetime.datetime, Field(alias="joined_at")]]
    last_read_message_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="last_read_message_id")]]
    left_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="left_at")]]
    member_id: Annotated[uuid.UUID, Field(alias="member_id")]
    muted_until: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="muted_until")]]
    order_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="order_id")]]
    state: NotRequired[Annotated[str, Field(alias="state")]]

class PublicConversationMembersUpdate(TypedDict):
    conversation_id: NotRequired[Annotated[uuid.UUID, Field(alias="conversation_id")]]
    is_accepted: NotRequired[Annotated[bool, Field(alias="is_accepted")]]
    joined_after_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="joined_after_id")]]
    joined_at: NotRequired[Annotated[datetime.datetime, Field(alias="joined_at")]]
    last_read_message_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="last_read_message_id")]]
    left_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="left_at")]]
    member_id: NotRequired[Annotated[uuid.UUID, Field(alias="member_id")]]
    muted_until: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="muted_until")]]
    order_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="order_id")]]
    state: NotRequired[Annotated[str, Field(alias="state")]]

class PublicConversations(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    id: uuid.UUID = Field(alias="id")
    kind: str = Field(alias="kind")
    last_message_id: Optional[uuid.UUID] = Field(alias="last_message_id")
    title: Optional[str] = Field(alias="title")

class PublicConversationsInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    kind: Annotated[str, Field(alias="kind")]
    last_message_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="last_message_id")]]
    title: NotRequired[Annotated[Optional[str], Field(alias="title")]]

class PublicConversationsUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    last_message_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="last_message_id")]]
    title: NotRequired[Annotated[Optional[str], Field(alias="title")]]

class PublicCrateCollaborators(BaseModel):
    added_at: datetime.datetime = Field(alias="added_at")
    crate_id: uuid.UUID = Field(alias="crate_id")
    role: str = Field(alias="role")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicCrateCollaboratorsInsert(TypedDict):
    added_at: NotRequired[Annotated[datetime.datetime, Field(alias="added_at")]]
    crate_id: Annotated[uuid.UUID, Field(alias="crate_id")]
    role: Annotated[str, Field(alias="role")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicCrateCollaboratorsUpdate(TypedDict):
    added_at: NotRequired[Annotated[datetime.datetime, Field(alias="added_at")]]
    crate_id: NotRequired[Annotated[uuid.UUID, Field(alias="crate_id")]]
    role: NotRequired[Annotated[str, Field(alias="role")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicCrateItems(BaseModel):
    added_at: datetime.datetime = Field(alias="added_at")
    added_by: Optional[uuid.UUID] = Field(alias="added_by")
    crate_id: uuid.UUID = Field(alias="crate_id")
    duration_ms: int = Field(alias="duration_ms")
    id: uuid.UUID = Field(alias="id")
    note: Optional[str] = Field(alias="note")
    owner_id: uuid.UUID = Field(alias="owner_id")
    position: float = Field(alias="position")
    track_id: uuid.UUID = Field(alias="track_id")

class PublicCrateItemsInsert(TypedDict):
    added_at: NotRequired[Annotated[datetime.datetime, Field(alias="added_at")]]
    added_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="added_by")]]
    crate_id: Annotated[uuid.UUID, Field(alias="crate_id")]
    duration_ms: Annotated[int, Field(alias="duration_ms")]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    owner_id: Annotated[uuid.UUID, Field(alias="owner_id")]
    position: Annotated[float, Field(alias="position")]
    track_id: Annotated[uuid.UUID, Field(alias="track_id")]

class PublicCrateItemsUpdate(TypedDict):
    added_at: NotRequired[Annotated[datetime.datetime, Field(alias="added_at")]]
    added_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="added_by")]]
    crate_id: NotRequired[Annotated[uuid.UUID, Field(alias="crate_id")]]
    duration_ms: NotRequired[Annotated[int, Field(alias="duration_ms")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    owner_id: NotRequired[Annotated[uuid.UUID, Field(alias="owner_id")]]
    position: NotRequired[Annotated[float, Field(alias="position")]]
    track_id: NotRequired[Annotated[uuid.UUID, Field(alias="track_id")]]

class PublicCrates(BaseModel):
    audience: str = Field(alias="audience")
    client_id: Optional[uuid.UUID] = Field(alias="client_id")
    comment_count: int = Field(alias="comment_count")
    cover_path: Optional[str] = Field(alias="cover_path")
    created_at: datetime.datetime = Field(alias="created_at")
    deleted_at: Optional[datetime.datetime] = Field(alias="deleted_at")
    description: Optional[str] = Field(alias="description")
    featured_at: Optional[datetime.datetime] = Field(alias="featured_at")
    genre: Optional[str] = Field(alias="genre")
    id: uuid.UUID = Field(alias="id")
    is_featured: bool = Field(alias="is_featured")
    is_withheld: bool = Field(alias="is_withheld")
    item_count: int = Field(alias="item_count")
    like_count: int = Field(alias="like_count")
    mood: Optional[str] = Field(alias="mood")
    owner_id: uuid.UUID = Field(alias="owner_id")
    play_count: int = Field(alias="play_count")
    tags: List[str] = Field(alias="tags")
    title: Optional[str] = Field(alias="title")
    total_ms: int = Field(alias="total_ms")
    updated_at: datetime.datetime = Field(alias="updated_at")
    visibility: str = Field(alias="visibility")

class PublicCratesInsert(TypedDict):
    audience: NotRequired[Annotated[str, Field(alias="audience")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    comment_count: NotRequired[Annotated[int, Field(alias="comment_count")]]
    cover_path: NotRequired[Annotated[Optional[str], Field(alias="cover_path")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    description: NotRequired[Annotated[Optional[str], Field(alias="description")]]
    featured_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="featured_at")]]
    genre: NotRequired[Annotated[Optional[str], Field(alias="genre")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_featured: NotRequired[Annotated[bool, Field(alias="is_featured")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    item_count: NotRequired[Annotated[int, Field(alias="item_count")]]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    mood: NotRequired[Annotated[Optional[str], Field(alias="mood")]]
    owner_id: Annotated[uuid.UUID, Field(alias="owner_id")]
    play_count: NotRequired[Annotated[int, Field(alias="play_count")]]
    tags: NotRequired[Annotated[List[str], Field(alias="tags")]]
    title: NotRequired[Annotated[Optional[str], Field(alias="title")]]
    total_ms: NotRequired[Annotated[int, Field(alias="total_ms")]]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]
    visibility: NotRequired[Annotated[str, Field(alias="visibility")]]

class PublicCratesUpdate(TypedDict):
    audience: NotRequired[Annotated[str, Field(alias="audience")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    comment_count: NotRequired[Annotated[int, Field(alias="comment_count")]]
    cover_path: NotRequired[Annotated[Optional[str], Field(alias="cover_path")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    description: NotRequired[Annotated[Optional[str], Field(alias="description")]]
    featured_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="featured_at")]]
    genre: NotRequired[Annotated[Optional[str], Field(alias="genre")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_featured: NotRequired[Annotated[bool, Field(alias="is_featured")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    item_count: NotRequired[Annotated[int, Field(alias="item_count")]]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    mood: NotRequired[Annotated[Optional[str], Field(alias="mood")]]
    owner_id: NotRequired[Annotated[uuid.UUID, Field(alias="owner_id")]]
    play_count: NotRequired[Annotated[int, Field(alias="play_count")]]
    tags: NotRequired[Annotated[List[str], Field(alias="tags")]]
    title: NotRequired[Annotated[Optional[str], Field(alias="title")]]
    total_ms: NotRequired[Annotated[int, Field(alias="total_ms")]]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]
    visibility: NotRequired[Annotated[str, Field(alias="visibility")]]

class PublicCreditEntries(BaseModel):
    amount: int = Field(alias="amount")
    cause: str = Field(alias="cause")
    created_at: datetime.datetime = Field(alias="created_at")
    expires_at: Optional[datetime.datetime] = Field(alias="expires_at")
    id: int = Field(alias="id")
    kind: str = Field(alias="kind")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicCreditEntriesInsert(TypedDict):
    amount: Annotated[int, Field(alias="amount")]
    cause: Annotated[str, Field(alias="cause")]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    expires_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="expires_at")]]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    kind: Annotated[str, Field(alias="kind")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicCreditEntriesUpdate(TypedDict):
    amount: NotRequired[Annotated[int, Field(alias="amount")]]
    cause: NotRequired[Annotated[str, Field(alias="cause")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    expires_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="expires_at")]]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicCurrencies(BaseModel):
    code: str = Field(alias="code")
    exponent: int = Field(alias="exponent")
    is_enabled: bool = Field(alias="is_enabled")
    step_minor: int = Field(alias="step_minor")

class PublicCurrenciesInsert(TypedDict):
    code: Annotated[str, Field(alias="code")]
    exponent: Annotated[int, Field(alias="exponent")]
    is_enabled: Annotated[bool, Field(alias="is_enabled")]
    step_minor: Annotated[int, Field(alias="step_minor")]

class PublicCurrenciesUpdate(TypedDict):
    code: NotRequired[Annotated[str, Field(alias="code")]]
    exponent: NotRequired[Annotated[int, Field(alias="exponent")]]
    is_enabled: NotRequired[Annotated[bool, Field(alias="is_enabled")]]
    step_minor: NotRequired[Annotated[int, Field(alias="step_minor")]]

class PublicDetectionProofs(BaseModel):
    artist_id: uuid.UUID = Field(alias="artist_id")
    created_at: datetime.datetime = Field(alias="created_at")
    detection_id: uuid.UUID = Field(alias="detection_id")
    id: uuid.UUID = Field(alias="id")
    note: Optional[str] = Field(alias="note")
    object_paths: List[str] = Field(alias="object_paths")

class PublicDetectionProofsInsert(TypedDict):
    artist_id: Annotated[uuid.UUID, Field(alias="artist_id")]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    detection_id: Annotated[uuid.UUID, Field(alias="detection_id")]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    object_paths: Annotated[List[str], Field(alias="object_paths")]

class PublicDetectionProofsUpdate(TypedDict):
    artist_id: NotRequired[Annotated[uuid.UUID, Field(alias="artist_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    detection_id: NotRequired[Annotated[uuid.UUID, Field(alias="detection_id")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    object_paths: NotRequired[Annotated[List[str], Field(alias="object_paths")]]

class PublicDetectionReviews(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    detection_id: uuid.UUID = Field(alias="detection_id")
    id: uuid.UUID = Field(alias="id")
    notes: Optional[str] = Field(alias="notes")
    reviewer_id: Optional[uuid.UUID] = Field(alias="reviewer_id")
    round: int = Field(alias="round")
    verdict: str = Field(alias="verdict")

class PublicDetectionReviewsInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    detection_id: Annotated[uuid.UUID, Field(alias="detection_id")]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    notes: NotRequired[Annotated[Optional[str], Field(alias="notes")]]
    reviewer_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="reviewer_id")]]
    round: Annotated[int, Field(alias="round")]
    verdict: Annotated[str, Field(alias="verdict")]

class PublicDetectionReviewsUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    detection_id: NotRequired[Annotated[uuid.UUID, Field(alias="detection_id")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    notes: NotRequired[Annotated[Optional[str], Field(alias="notes")]]
    reviewer_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="reviewer_id")]]
    round: NotRequired[Annotated[int, Field(alias="round")]]
    verdict: NotRequired[Annotated[str, Field(alias="verdict")]]

class PublicDetections(BaseModel):
    appeal_text: Optional[str] = Field(alias="appeal_text")
    appealed_at: Optional[datetime.datetime] = Field(alias="appealed_at")
    artist_id: uuid.UUID = Field(alias="artist_id")
    attempts: int = Field(alias="attempts")
    bands: Optional[JsonValue] = Field(alias="bands")
    called_at: Optional[datetime.datetime] = Field(alias="called_at")
    created_at: datetime.datetime = Field(alias="created_at")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    evidence: JsonValue = Field(alias="evidence")
    file_hash: str = Field(alias="file_hash")
    has_removed: bool = Field(alias="has_removed")
    held_from: Optional[str] = Field(alias="held_from")
    id: uuid.UUID = Field(alias="id")
    is_before: bool = Field(alias="is_before")
    is_current: bool = Field(alias="is_current")
    last_error: Optional[str] = Field(alias="last_error")
    lease_id: Optional[uuid.UUID] = Field(alias="lease_id")
    leased_until: Optional[datetime.datetime] = Field(alias="leased_until")
    next_attempt_at: datetime.datetime = Field(alias="next_attempt_at")
    notes: Optional[str] = Field(alias="notes")
    provider: Optional[str] = Field(alias="provider")
    provider_ref: Optional[str] = Field(alias="provider_ref")
    provider_version: Optional[str] = Field(alias="provider_version")
    rejected_at: Optional[datetime.datetime] = Field(alias="rejected_at")
    reopened_at: Optional[datetime.datetime] = Field(alias="reopened_at")
    reviewed_by: Optional[uuid.UUID] = Field(alias="reviewed_by")
    risk_score: Optional[float] = Field(alias="risk_score")
    round: int = Field(alias="round")
    status: str = Field(alias="status")
    track_id: uuid.UUID = Field(alias="track_id")
    trusted_number: Optional[int] = Field(alias="trusted_number")

class PublicDetectionsInsert(TypedDict):
    appeal_text: NotRequired[Annotated[Optional[str], Field(alias="appeal_text")]]
    appealed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="appealed_at")]]
    artist_id: Annotated[uuid.UUID, Field(alias="artist_id")]
    attempts: NotRequired[Annotated[int, Field(alias="attempts")]]
    bands: NotRequired[Annotated[Optional[JsonValue], Field(alias="bands")]]
    called_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="called_at")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    evidence: NotRequired[Annotated[JsonValue, Field(alias="evidence")]]
    file_hash: Annotated[str, Field(alias="file_hash")]
    has_removed: NotRequired[Annotated[bool, Field(alias="has_removed")]]
    held_from: NotRequired[Annotated[Optional[str], Field(alias="held_from")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_before: Annotated[bool, Field(alias="is_before")]
    is_current: NotRequired[Annotated[bool, Field(alias="is_current")]]
    last_error: NotRequired[Annotated[Optional[str], Field(alias="last_error")]]
    lease_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="lease_id")]]
    leased_until: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="leased_until")]]
    next_attempt_at: NotRequired[Annotated[datetime.datetime, Field(alias="next_attempt_at")]]
    notes: NotRequired[Annotated[Optional[str], Field(alias="notes")]]
    provider: NotRequired[Annotated[Optional[str], Field(alias="provider")]]
    provider_ref: NotRequired[Annotated[Optional[str], Field(alias="provider_ref")]]
    provider_version: NotRequired[Annotated[Optional[str], Field(alias="provider_version")]]
    rejected_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="rejected_at")]]
    reopened_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="reopened_at")]]
    reviewed_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="reviewed_by")]]
    risk_score: NotRequired[Annotated[Optional[float], Field(alias="risk_score")]]
    round: NotRequired[Annotated[int, Field(alias="round")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    track_id: Annotated[uuid.UUID, Field(alias="track_id")]
    trusted_number: NotRequired[Annotated[Optional[int], Field(alias="trusted_number")]]

class PublicDetectionsUpdate(TypedDict):
    appeal_text: NotRequired[Annotated[Optional[str], Field(alias="appeal_text")]]
    appealed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="appealed_at")]]
    artist_id: NotRequired[Annotated[uuid.UUID, Field(alias="artist_id")]]
    attempts: NotRequired[Annotated[int, Field(alias="attempts")]]
    bands: NotRequired[Annotated[Optional[JsonValue], Field(alias="bands")]]
    called_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="called_at")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    evidence: NotRequired[Annotated[JsonValue, Field(alias="evidence")]]
    file_hash: NotRequired[Annotated[str, Field(alias="file_hash")]]
    has_removed: NotRequired[Annotated[bool, Field(alias="has_removed")]]
    held_from: NotRequired[Annotated[Optional[str], Field(alias="held_from")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_before: NotRequired[Annotated[bool, Field(alias="is_before")]]
    is_current: NotRequired[Annotated[bool, Field(alias="is_current")]]
    last_error: NotRequired[Annotated[Optional[str], Field(alias="last_error")]]
    lease_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="lease_id")]]
    leased_until: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="leased_until")]]
    next_attempt_at: NotRequired[Annotated[datetime.datetime, Field(alias="next_attempt_at")]]
    notes: NotRequired[Annotated[Optional[str], Field(alias="notes")]]
    provider: NotRequired[Annotated[Optional[str], Field(alias="provider")]]
    provider_ref: NotRequired[Annotated[Optional[str], Field(alias="provider_ref")]]
    provider_version: NotRequired[Annotated[Optional[str], Field(alias="provider_version")]]
    rejected_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="rejected_at")]]
    reopened_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="reopened_at")]]
    reviewed_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="reviewed_by")]]
    risk_score: NotRequired[Annotated[Optional[float], Field(alias="risk_score")]]
    round: NotRequired[Annotated[int, Field(alias="round")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    track_id: NotRequired[Annotated[uuid.UUID, Field(alias="track_id")]]
    trusted_number: NotRequired[Annotated[Optional[int], Field(alias="trusted_number")]]

class PublicDirectMessages(BaseModel):
    body: Optional[str] = Field(alias="body")
    client_id: Optional[uuid.UUID] = Field(alias="client_id")
    conversation_id: uuid.UUID = Field(alias="conversation_id")
    crate_id: Optional[uuid.UUID] = Field(alias="crate_id")
    created_at: datetime.datetime = Field(alias="created_at")
    deleted_at: Optional[datetime.datetime] = Field(alias="deleted_at")
    id: uuid.UUID = Field(alias="id")
    is_withheld: bool = Field(alias="is_withheld")
    like_count: int = Field(alias="like_count")
    reply_to: Optional[uuid.UUID] = Field(alias="reply_to")
    sender_id: Optional[uuid.UUID] = Field(alias="sender_id")
    track_id: Optional[uuid.UUID] = Field(alias="track_id")

class PublicDirectMessagesInsert(TypedDict):
    body: NotRequired[Annotated[Optional[str], Field(alias="body")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    conversation_id: Annotated[uuid.UUID, Field(alias="conversation_id")]
    crate_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="crate_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    reply_to: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="reply_to")]]
    sender_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="sender_id")]]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]

class PublicDirectMessagesUpdate(TypedDict):
    body: NotRequired[Annotated[Optional[str], Field(alias="body")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    conversation_id: NotRequired[Annotated[uuid.UUID, Field(alias="conversation_id")]]
    crate_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="crate_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    reply_to: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="reply_to")]]
    sender_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="sender_id")]]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]

class PublicDjSessions(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    current_dj_id: Optional[uuid.UUID] = Field(alias="current_dj_id")
    current_item_id: Optional[uuid.UUID] = Field(alias="current_item_id")
    due_at: Optional[datetime.datetime] = Field(alias="due_at")
    ended_at: Optional[datetime.datetime] = Field(alias="ended_at")
    host_id: Optional[uuid.UUID] = Field(alias="host_id")
    id: uuid.UUID = Field(alias="id")
    mode: str = Field(alias="mode")
    paused_at: Optional[datetime.datetime] = Field(alias="paused_at")
    room_id: uuid.UUID = Field(alias="room_id")
    sequence: int = Field(alias="sequence")
    status: str = Field(alias="status")

class PublicDjSessionsInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    current_dj_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="current_dj_id")]]
    current_item_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="current_item_id")]]
    due_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="due_at")]]
    ended_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="ended_at")]]
    host_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="host_id")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    mode: Annotated[str, Field(alias="mode")]
    paused_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="paused_at")]]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    sequence: NotRequired[Annotated[int, Field(alias="sequence")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]

class PublicDjSessionsUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    current_dj_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="current_dj_id")]]
    current_item_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="current_item_id")]]
    due_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="due_at")]]
    ended_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="ended_at")]]
    host_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="host_id")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    mode: NotRequired[Annotated[str, Field(alias="mode")]]
    paused_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="paused_at")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    sequence: NotRequired[Annotated[int, Field(alias="sequence")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]

class PublicDownloadGrants(BaseModel):
    buyer_id: uuid.UUID = Field(alias="buyer_id")
    created_at: datetime.datetime = Field(alias="created_at")
    id: uuid.UUID = Field(alias="id")
    max_downloads: int = Field(alias="max_downloads")
    name: str = Field(alias="name")
    order_line_id: uuid.UUID = Field(alias="order_line_id")
    revoked_at: Optional[datetime.datetime] = Field(alias="revoked_at")
    track_id: Optional[uuid.UUID] = Field(alias="track_id")
    used_count: int = Field(alias="used_count")

class PublicDownloadGrantsInsert(TypedDict):
    buyer_id: Annotated[uuid.UUID, Field(alias="buyer_id")]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    max_downloads: Annotated[int, Field(alias="max_downloads")]
    name: Annotated[str, Field(alias="name")]
    order_line_id: Annotated[uuid.UUID, Field(alias="order_line_id")]
    revoked_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="revoked_at")]]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]
    used_count: NotRequired[Annotated[int, Field(alias="used_count")]]

class PublicDownloadGrantsUpdate(TypedDict):
    buyer_id: NotRequired[Annotated[uuid.UUID, Field(alias="buyer_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    max_downloads: NotRequired[Annotated[int, Field(alias="max_downloads")]]
    name: NotRequired[Annotated[str, Field(alias="name")]]
    order_line_id: NotRequired[Annotated[uuid.UUID, Field(alias="order_line_id")]]
    revoked_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="revoked_at")]]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]
    used_count: NotRequired[Annotated[int, Field(alias="used_count")]]

class PublicEntitlementGrants(BaseModel):
    client_id: Optional[uuid.UUID] = Field(alias="client_id")
    created_at: datetime.datetime = Field(alias="created_at")
    ends_at: datetime.datetime = Field(alias="ends_at")
    id: int = Field(alias="id")
    plan: str = Field(alias="plan")
    source: str = Field(alias="source")
    starts_at: datetime.datetime = Field(alias="starts_at")
    subscription_id: Optional[str] = Field(alias="subscription_id")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicEntitlementGrantsInsert(TypedDict):
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    ends_at: Annotated[datetime.datetime, Field(alias="ends_at")]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    plan: Annotated[str, Field(alias="plan")]
    source: Annotated[str, Field(alias="source")]
    starts_at: Annotated[datetime.datetime, Field(alias="starts_at")]
    subscription_id: NotRequired[Annotated[Optional[str], Field(alias="subscription_id")]]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicEntitlementGrantsUpdate(TypedDict):
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    ends_at: NotRequired[Annotated[datetime.datetime, Field(alias="ends_at")]]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    plan: NotRequired[Annotated[str, Field(alias="plan")]]
    source: NotRequired[Annotated[str, Field(alias="source")]]
    starts_at: NotRequired[Annotated[datetime.datetime, Field(alias="starts_at")]]
    subscription_id: NotRequired[Annotated[Optional[str], Field(alias="subscription_id")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicFeatureFlags(BaseModel):
    description: str = Field(alias="description")
    is_enabled: bool = Field(alias="is_enabled")
    name: str = Field(alias="name")

class PublicFeatureFlagsInsert(TypedDict):
    description: Annotated[str, Field(alias="description")]
    is_enabled: Annotated[bool, Field(alias="is_enabled")]
    name: Annotated[str, Field(alias="name")]

class PublicFeatureFlagsUpdate(TypedDict):
    description: NotRequired[Annotated[str, Field(alias="description")]]
    is_enabled: NotRequired[Annotated[bool, Field(alias="is_enabled")]]
    name: NotRequired[Annotated[str, Field(alias="name")]]

class PublicFeePolicies(BaseModel):
    effective_from: datetime.datetime = Field(alias="effective_from")
    id: int = Field(alias="id")
    payer: str = Field(alias="payer")
    platform_bps: int = Field(alias="platform_bps")
    processing_bps: int = Field(alias="processing_bps")

class PublicFeePoliciesInsert(TypedDict):
    effective_from: NotRequired[Annotated[datetime.datetime, Field(alias="effective_from")]]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    payer: Annotated[str, Field(alias="payer")]
    platform_bps: Annotated[int, Field(alias="platform_bps")]
    processing_bps: Annotated[int, Field(alias="processing_bps")]

class PublicFeePoliciesUpdate(TypedDict):
    effective_from: NotRequired[Annotated[datetime.datetime, Field(alias="effective_from")]]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    payer: NotRequired[Annotated[str, Field(alias="payer")]]
    platform_bps: NotRequired[Annotated[int, Field(alias="platform_bps")]]
    processing_bps: NotRequired[Annotated[int, Field(alias="processing_bps")]]

class PublicFollowRequests(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    requester_id: uuid.UUID = Field(alias="requester_id")
    target_id: uuid.UUID = Field(alias="target_id")

class PublicFollowRequestsInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    requester_id: Annotated[uuid.UUID, Field(alias="requester_id")]
    target_id: Annotated[uuid.UUID, Field(alias="target_id")]

class PublicFollowRequestsUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    requester_id: NotRequired[Annotated[uuid.UUID, Field(alias="requester_id")]]
    target_id: NotRequired[Annotated[uuid.UUID, Field(alias="target_id")]]

class PublicFollows(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    followee_id: uuid.UUID = Field(alias="followee_id")
    follower_id: uuid.UUID = Field(alias="follower_id")

class PublicFollowsInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    followee_id: Annotated[uuid.UUID, Field(alias="followee_id")]
    follower_id: NotRequired[Annotated[uuid.UUID, Field(alias="follower_id")]]

class PublicFollowsUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    followee_id: NotRequired[Annotated[uuid.UUID, Field(alias="followee_id")]]
    follower_id: NotRequired[Annotated[uuid.UUID, Field(alias="follower_id")]]

class PublicGenres(BaseModel):
    name: str = Field(alias="name")
    slug: str = Field(alias="slug")

class PublicGenresInsert(TypedDict):
    name: Annotated[str, Field(alias="name")]
    slug: Annotated[str, Field(alias="slug")]

class PublicGenresUpdate(TypedDict):
    name: NotRequired[Annotated[str, Field(alias="name")]]
    slug: NotRequired[Annotated[str, Field(alias="slug")]]

class PublicInvoices(BaseModel):
    amount_minor: int = Field(alias="amount_minor")
    created_at: datetime.datetime = Field(alias="created_at")
    currency: str = Field(alias="currency")
    id: str = Field(alias="id")
    paid_minor: int = Field(alias="paid_minor")
    period_end: Optional[datetime.datetime] = Field(alias="period_end")
    status: str = Field(alias="status")
    subscription_id: str = Field(alias="subscription_id")
    url: Optional[str] = Field(alias="url")
    user_id: Optional[uuid.UUID] = Field(alias="user_id")
    version: JsonValue = Field(alias="version")

class PublicInvoicesInsert(TypedDict):
    amount_minor: Annotated[int, Field(alias="amount_minor")]
    created_at: Annotated[datetime.datetime, Field(alias="created_at")]
    currency: Annotated[str, Field(alias="currency")]
    id: Annotated[str, Field(alias="id")]
    paid_minor: Annotated[int, Field(alias="paid_minor")]
    period_end: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="period_end")]]
    status: Annotated[str, Field(alias="status")]
    subscription_id: Annotated[str, Field(alias="subscription_id")]
    url: NotRequired[Annotated[Optional[str], Field(alias="url")]]
    user_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="user_id")]]
    version: Annotated[JsonValue, Field(alias="version")]

class PublicInvoicesUpdate(TypedDict):
    amount_minor: NotRequired[Annotated[int, Field(alias="amount_minor")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    currency: NotRequired[Annotated[str, Field(alias="currency")]]
    id: NotRequired[Annotated[str, Field(alias="id")]]
    paid_minor: NotRequired[Annotated[int, Field(alias="paid_minor")]]
    period_end: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="period_end")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    subscription_id: NotRequired[Annotated[str, Field(alias="subscription_id")]]
    url: NotRequired[Annotated[Optional[str], Field(alias="url")]]
    user_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="user_id")]]
    version: NotRequired[Annotated[JsonValue, Field(alias="version")]]

class PublicJoinRequests(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    decided_by: Optional[uuid.UUID] = Field(alias="decided_by")
    id: uuid.UUID = Field(alias="id")
    message: Optional[str] = Field(alias="message")
    room_id: uuid.UUID = Field(alias="room_id")
    status: str = Field(alias="status")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicJoinRequestsInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    decided_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="decided_by")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    message: NotRequired[Annotated[Optional[str], Field(alias="message")]]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicJoinRequestsUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    decided_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="decided_by")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    message: NotRequired[Annotated[Optional[str], Field(alias="message")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicLeaderboards(BaseModel):
    code: str = Field(alias="code")
    is_active: bool = Field(alias="is_active")
    metric: str = Field(alias="metric")
    name: str = Field(alias="name")
    period: str = Field(alias="period")
    scope: str = Field(alias="scope")

class PublicLeaderboardsInsert(TypedDict):
    code: Annotated[str, Field(alias="code")]
    is_active: NotRequired[Annotated[bool, Field(alias="is_active")]]
    metric: Annotated[str, Field(alias="metric")]
    name: Annotated[str, Field(alias="name")]
    period: Annotated[str, Field(alias="period")]
    scope: Annotated[str, Field(alias="scope")]

class PublicLeaderboardsUpdate(TypedDict):
    code: NotRequired[Annotated[str, Field(alias="code")]]
    is_active: NotRequired[Annotated[bool, Field(alias="is_active")]]
    metric: NotRequired[Annotated[str, Field(alias="metric")]]
    name: NotRequired[Annotated[str, Field(alias="name")]]
    period: NotRequired[Annotated[str, Field(alias="period")]]
    scope: NotRequired[Annotated[str, Field(alias="scope")]]

class PublicLevels(BaseModel):
    credits: int = Field(alias="credits")
    level: int = Field(alias="level")
    points_needed: int = Field(alias="points_needed")

class PublicLevelsInsert(TypedDict):
    credits: Annotated[int, Field(alias="credits")]
    level: Annotated[int, Field(alias="level")]
    points_needed: Annotated[int, Field(alias="points_needed")]

class PublicLevelsUpdate(TypedDict):
    credits: NotRequired[Annotated[int, Field(alias="credits")]]
    level: NotRequired[Annotated[int, Field(alias="level")]]
    points_needed: NotRequired[Annotated[int, Field(alias="points_needed")]]

class PublicLicenses(BaseModel):
    artist_id: uuid.UUID = Field(alias="artist_id")
    created_at: datetime.datetime = Field(alias="created_at")
    currency: str = Field(alias="currency")
    id: uuid.UUID = Field(alias="id")
    name: str = Field(alias="name")
    price_minor: int = Field(alias="price_minor")
    terms: str = Field(alias="terms")
    track_id: uuid.UUID = Field(alias="track_id")
    updated_at: datetime.datetime = Field(alias="updated_at")

class PublicLicensesInsert(TypedDict):
    artist_id: Annotated[uuid.UUID, Field(alias="artist_id")]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    currency: Annotated[str, Field(alias="currency")]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    name: Annotated[str, Field(alias="name")]
    price_minor: Annotated[int, Field(alias="price_minor")]
    terms: Annotated[str, Field(alias="terms")]
    track_id: Annotated[uuid.UUID, Field(alias="track_id")]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]

class PublicLicensesUpdate(TypedDict):
    artist_id: NotRequired[Annotated[uuid.UUID, Field(alias="artist_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    currency: NotRequired[Annotated[str, Field(alias="currency")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    name: NotRequired[Annotated[str, Field(alias="name")]]
    price_minor: NotRequired[Annotated[int, Field(alias="price_minor")]]
    terms: NotRequired[Annotated[str, Field(alias="terms")]]
    track_id: NotRequired[Annotated[uuid.UUID, Field(alias="track_id")]]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]

class PublicLikes(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    target_id: uuid.UUID = Field(alias="target_id")
    target_kind: str = Field(alias="target_kind")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicLikesInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    target_id: Annotated[uuid.UUID, Field(alias="target_id")]
    target_kind: Annotated[str, Field(alias="target_kind")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicLikesUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    target_id: NotRequired[Annotated[uuid.UUID, Field(alias="target_id")]]
    target_kind: NotRequired[Annotated[str, Field(alias="target_kind")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicLiveParticipants(BaseModel):
    joined_at: datetime.datetime = Field(alias="joined_at")
    left_at: Optional[datetime.datetime] = Field(alias="left_at")
    session_id: str = Field(alias="session_id")
    stream_id: uuid.UUID = Field(alias="stream_id")
    user_id: Optional[uuid.UUID] = Field(alias="user_id")

class PublicLiveParticipantsInsert(TypedDict):
    joined_at: Annotated[datetime.datetime, Field(alias="joined_at")]
    left_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="left_at")]]
    session_id: Annotated[str, Field(alias="session_id")]
    stream_id: Annotated[uuid.UUID, Field(alias="stream_id")]
    user_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="user_id")]]

class PublicLiveParticipantsUpdate(TypedDict):
    joined_at: NotRequired[Annotated[datetime.datetime, Field(alias="joined_at")]]
    left_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="left_at")]]
    session_id: NotRequired[Annotated[str, Field(alias="session_id")]]
    stream_id: NotRequired[Annotated[uuid.UUID, Field(alias="stream_id")]]
    user_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="user_id")]]

class PublicLiveSpeakers(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    granted_by: Optional[uuid.UUID] = Field(alias="granted_by")
    stream_id: uuid.UUID = Field(alias="stream_id")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicLiveSpeakersInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    granted_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="granted_by")]]
    stream_id: Annotated[uuid.UUID, Field(alias="stream_id")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicLiveSpeakersUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    granted_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="granted_by")]]
    stream_id: NotRequired[Annotated[uuid.UUID, Field(alias="stream_id")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicLiveStreams(BaseModel):
    end_reason: Optional[str] = Field(alias="end_reason")
    ended_at: Optional[datetime.datetime] = Field(alias="ended_at")
    host_id: Optional[uuid.UUID] = Field(alias="host_id")
    id: uuid.UUID = Field(alias="id")
    known_at: datetime.datetime = Field(alias="known_at")
    listener_count: int = Field(alias="listener_count")
    peak_listeners: int = Field(alias="peak_listeners")
    room_id: uuid.UUID = Field(alias="room_id")
    started_at: datetime.datetime = Field(alias="started_at")
    title: Optional[str] = Field(alias="title")
    told_at: Optional[datetime.datetime] = Field(alias="told_at")
    told_count: int = Field(alias="told_count")

class PublicLiveStreamsInsert(TypedDict):
    end_reason: NotRequired[Annotated[Optional[str], Field(alias="end_reason")]]
    ended_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="ended_at")]]
    host_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="host_id")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    known_at: NotRequired[Annotated[datetime.datetime, Field(alias="known_at")]]
    listener_count: NotRequired[Annotated[int, Field(alias="listener_count")]]
    peak_listeners: NotRequired[Annotated[int, Field(alias="peak_listeners")]]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    started_at: NotRequired[Annotated[datetime.datetime, Field(alias="started_at")]]
    title: NotRequired[Annotated[Optional[str], Field(alias="title")]]
    told_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="told_at")]]
    told_count: NotRequired[Annotated[int, Field(alias="told_count")]]

class PublicLiveStreamsUpdate(TypedDict):
    end_reason: NotRequired[Annotated[Optional[str], Field(alias="end_reason")]]
    ended_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="ended_at")]]
    host_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="host_id")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    known_at: NotRequired[Annotated[datetime.datetime, Field(alias="known_at")]]
    listener_count: NotRequired[Annotated[int, Field(alias="listener_count")]]
    peak_listeners: NotRequired[Annotated[int, Field(alias="peak_listeners")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    started_at: NotRequired[Annotated[datetime.datetime, Field(alias="started_at")]]
    title: NotRequired[Annotated[Optional[str], Field(alias="title")]]
    told_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="told_at")]]
    told_count: NotRequired[Annotated[int, Field(alias="told_count")]]

class PublicMessageReactions(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    emoji: str = Field(alias="emoji")
    message_id: uuid.UUID = Field(alias="message_id")
    room_id: uuid.UUID = Field(alias="room_id")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicMessageReactionsInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    emoji: Annotated[str, Field(alias="emoji")]
    message_id: Annotated[uuid.UUID, Field(alias="message_id")]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicMessageReactionsUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    emoji: NotRequired[Annotated[str, Field(alias="emoji")]]
    message_id: NotRequired[Annotated[uuid.UUID, Field(alias="message_id")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicMessageSettings(BaseModel):
    dm_permission: str = Field(alias="dm_permission")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicMessageSettingsInsert(TypedDict):
    dm_permission: NotRequired[Annotated[str, Field(alias="dm_permission")]]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicMessageSettingsUpdate(TypedDict):
    dm_permission: NotRequired[Annotated[str, Field(alias="dm_permission")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicMessages(BaseModel):
    author_id: Optional[uuid.UUID] = Field(alias="author_id")
    body: Optional[str] = Field(alias="body")
    client_id: Optional[uuid.UUID] = Field(alias="client_id")
    code: Optional[str] = Field(alias="code")
    created_at: datetime.datetime = Field(alias="created_at")
    data: JsonValue = Field(alias="data")
    deleted_at: Optional[datetime.datetime] = Field(alias="deleted_at")
    edited_at: Optional[datetime.datetime] = Field(alias="edited_at")
    id: uuid.UUID = Field(alias="id")
    is_withheld: bool = Field(alias="is_withheld")
    kind: str = Field(alias="kind")
    pinned_at: Optional[datetime.datetime] = Field(alias="pinned_at")
    reactions: JsonValue = Field(alias="reactions")
    reactions_shown: JsonValue = Field(alias="reactions_shown")
    reply_to_id: Optional[uuid.UUID] = Field(alias="reply_to_id")
    room_id: uuid.UUID = Field(alias="room_id")
    track_id: Optional[uuid.UUID] = Field(alias="track_id")

class PublicMessagesInsert(TypedDict):
    author_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="author_id")]]
    body: NotRequired[Annotated[Optional[str], Field(alias="body")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    code: NotRequired[Annotated[Optional[str], Field(alias="code")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    data: NotRequired[Annotated[JsonValue, Field(alias="data")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    edited_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="edited_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    pinned_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="pinned_at")]]
    reactions: NotRequired[Annotated[JsonValue, Field(alias="reactions")]]
    reactions_shown: NotRequired[Annotated[JsonValue, Field(alias="reactions_shown")]]
    reply_to_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="reply_to_id")]]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]

class PublicMessagesUpdate(TypedDict):
    author_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="author_id")]]
    body: NotRequired[Annotated[Optional[str], Field(alias="body")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    code: NotRequired[Annotated[Optional[str], Field(alias="code")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    data: NotRequired[Annotated[JsonValue, Field(alias="data")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    edited_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="edited_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    pinned_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="pinned_at")]]
    reactions: NotRequired[Annotated[JsonValue, Field(alias="reactions")]]
    reactions_shown: NotRequired[Annotated[JsonValue, Field(alias="reactions_shown")]]
    reply_to_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="reply_to_id")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]

class PublicModerationCases(BaseModel):
    action: Optional[str] = Field(alias="action")
    claimed_at: Optional[datetime.datetime] = Field(alias="claimed_at")
    claimed_by: Optional[uuid.UUID] = Field(alias="claimed_by")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    decided_by: Optional[uuid.UUID] = Field(alias="decided_by")
    evidence: JsonValue = Field(alias="evidence")
    id: uuid.UUID = Field(alias="id")
    kind: str = Field(alias="kind")
    note: Optional[str] = Field(alias="note")
    opened_at: datetime.datetime = Field(alias="opened_at")
    report_count: int = Field(alias="report_count")
    room_id: Optional[uuid.UUID] = Field(alias="room_id")
    status: str = Field(alias="status")
    subject_id: Optional[uuid.UUID] = Field(alias="subject_id")
    target_id: uuid.UUID = Field(alias="target_id")
    target_kind: str = Field(alias="target_kind")
    weight: float = Field(alias="weight")

class PublicModerationCasesInsert(TypedDict):
    action: NotRequired[Annotated[Optional[str], Field(alias="action")]]
    claimed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="claimed_at")]]
    claimed_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="claimed_by")]]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    decided_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="decided_by")]]
    evidence: NotRequired[Annotated[JsonValue, Field(alias="evidence")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    kind: Annotated[str, Field(alias="kind")]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    opened_at: NotRequired[Annotated[datetime.datetime, Field(alias="opened_at")]]
    report_count: NotRequired[Annotated[int, Field(alias="report_count")]]
    room_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="room_id")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    subject_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="subject_id")]]
    target_id: Annotated[uuid.UUID, Field(alias="target_id")]
    target_kind: Annotated[str, Field(alias="target_kind")]
    weight: NotRequired[Annotated[float, Field(alias="weight")]]

class PublicModerationCasesUpdate(TypedDict):
    action: NotRequired[Annotated[Optional[str], Field(alias="action")]]
    claimed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="claimed_at")]]
    claimed_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="claimed_by")]]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    decided_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="decided_by")]]
    evidence: NotRequired[Annotated[JsonValue, Field(alias="evidence")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    opened_at: NotRequired[Annotated[datetime.datetime, Field(alias="opened_at")]]
    report_count: NotRequired[Annotated[int, Field(alias="report_count")]]
    room_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="room_id")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    subject_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="subject_id")]]
    target_id: NotRequired[Annotated[uuid.UUID, Field(alias="target_id")]]
    target_kind: NotRequired[Annotated[str, Field(alias="target_kind")]]
    weight: NotRequired[Annotated[float, Field(alias="weight")]]

class PublicModerationLog(BaseModel):
    action: str = Field(alias="action")
    actor_id: Optional[uuid.UUID] = Field(alias="actor_id")
    after: Optional[JsonValue] = Field(alias="after")
    before: Optional[JsonValue] = Field(alias="before")
    case_id: Optional[uuid.UUID] = Field(alias="case_id")
    created_at: datetime.datetime = Field(alias="created_at")
    data: JsonValue = Field(alias="data")
    id: int = Field(alias="id")
    reason: Optional[str] = Field(alias="reason")
    room_id: Optional[uuid.UUID] = Field(alias="room_id")
    subject_id: Optional[uuid.UUID] = Field(alias="subject_id")
    target_id: Optional[uuid.UUID] = Field(alias="target_id")
    target_kind: Optional[str] = Field(alias="target_kind")

class PublicModerationLogInsert(TypedDict):
    action: Annotated[str, Field(alias="action")]
    actor_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="actor_id")]]
    after: NotRequired[Annotated[Optional[JsonValue], Field(alias="after")]]
    before: NotRequired[Annotated[Optional[JsonValue], Field(alias="before")]]
    case_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="case_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    data: NotRequired[Annotated[JsonValue, Field(alias="data")]]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    reason: NotRequired[Annotated[Optional[str], Field(alias="reason")]]
    room_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="room_id")]]
    subject_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="subject_id")]]
    target_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="target_id")]]
    target_kind: NotRequired[Annotated[Optional[str], Field(alias="target_kind")]]

class PublicModerationLogUpdate(TypedDict):
    action: NotRequired[Annotated[str, Field(alias="action")]]
    actor_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="actor_id")]]
    after: NotRequired[Annotated[Optional[JsonValue], Field(alias="after")]]
    before: NotRequired[Annotated[Optional[JsonValue], Field(alias="before")]]
    case_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="case_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    data: NotRequired[Annotated[JsonValue, Field(alias="data")]]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    reason: NotRequired[Annotated[Optional[str], Field(alias="reason")]]
    room_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="room_id")]]
    subject_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="subject_id")]]
    target_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="target_id")]]
    target_kind: NotRequired[Annotated[Optional[str], Field(alias="target_kind")]]

class PublicMutes(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    muted_id: uuid.UUID = Field(alias="muted_id")
    muter_id: uuid.UUID = Field(alias="muter_id")

class PublicMutesInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    muted_id: Annotated[uuid.UUID, Field(alias="muted_id")]
    muter_id: NotRequired[Annotated[uuid.UUID, Field(alias="muter_id")]]

class PublicMutesUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    muted_id: NotRequired[Annotated[uuid.UUID, Field(alias="muted_id")]]
    muter_id: NotRequired[Annotated[uuid.UUID, Field(alias="muter_id")]]

class PublicNotificationPreferences(BaseModel):
    channel: str = Field(alias="channel")
    is_enabled: bool = Field(alias="is_enabled")
    kind: str = Field(alias="kind")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicNotificationPreferencesInsert(TypedDict):
    channel: Annotated[str, Field(alias="channel")]
    is_enabled: Annotated[bool, Field(alias="is_enabled")]
    kind: Annotated[str, Field(alias="kind")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicNotificationPreferencesUpdate(TypedDict):
    channel: NotRequired[Annotated[str, Field(alias="channel")]]
    is_enabled: NotRequired[Annotated[bool, Field(alias="is_enabled")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicNotifications(BaseModel):
    actor_count: int = Field(alias="actor_count")
    actor_ids: List[uuid.UUID] = Field(alias="actor_ids")
    created_at: datetime.datetime = Field(alias="created_at")
    data: JsonValue = Field(alias="data")
    group_key: Optional[str] = Field(alias="group_key")
    id: uuid.UUID = Field(alias="id")
    is_open: bool = Field(alias="is_open")
    kind: str = Field(alias="kind")
    read_at: Optional[datetime.datetime] = Field(alias="read_at")
    recipient_id: uuid.UUID = Field(alias="recipient_id")
    seen_at: Optional[datetime.datetime] = Field(alias="seen_at")
    target_id: Optional[uuid.UUID] = Field(alias="target_id")
    target_kind: Optional[str] = Field(alias="target_kind")

class PublicNotificationsInsert(TypedDict):
    actor_count: NotRequired[Annotated[int, Field(alias="actor_count")]]
    actor_ids: NotRequired[Annotated[List[uuid.UUID], Field(alias="actor_ids")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    data: NotRequired[Annotated[JsonValue, Field(alias="data")]]
    group_key: NotRequired[Annotated[Optional[str], Field(alias="group_key")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_open: NotRequired[Annotated[bool, Field(alias="is_open")]]
    kind: Annotated[str, Field(alias="kind")]
    read_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="read_at")]]
    recipient_id: Annotated[uuid.UUID, Field(alias="recipient_id")]
    seen_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="seen_at")]]
    target_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="target_id")]]
    target_kind: NotRequired[Annotated[Optional[str], Field(alias="target_kind")]]

class PublicNotificationsUpdate(TypedDict):
    actor_count: NotRequired[Annotated[int, Field(alias="actor_count")]]
    actor_ids: NotRequired[Annotated[List[uuid.UUID], Field(alias="actor_ids")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    data: NotRequired[Annotated[JsonValue, Field(alias="data")]]
    group_key: NotRequired[Annotated[Optional[str], Field(alias="group_key")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_open: NotRequired[Annotated[bool, Field(alias="is_open")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    read_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="read_at")]]
    recipient_id: NotRequired[Annotated[uuid.UUID, Field(alias="recipient_id")]]
    seen_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="seen_at")]]
    target_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="target_id")]]
    target_kind: NotRequired[Annotated[Optional[str], Field(alias="target_kind")]]

class PublicOrderLines(BaseModel):
    buyer_id: uuid.UUID = Field(alias="buyer_id")
    charged_minor: int = Field(alias="charged_minor")
    currency: str = Field(alias="currency")
    disputed_minor: int = Field(alias="disputed_minor")
    id: uuid.UUID = Field(alias="id")
    is_refunded: bool = Field(alias="is_refunded")
    is_stock_taken: bool = Field(alias="is_stock_taken")
    kind: str = Field(alias="kind")
    line_minor: int = Field(alias="line_minor")
    name: str = Field(alias="name")
    order_id: uuid.UUID = Field(alias="order_id")
    paid_at: Optional[datetime.datetime] = Field(alias="paid_at")
    place: int = Field(alias="place")
    platform_fee_minor: int = Field(alias="platform_fee_minor")
    processing_fee_minor: int = Field(alias="processing_fee_minor")
    product_id: uuid.UUID = Field(alias="product_id")
    provider_refunded_minor: int = Field(alias="provider_refunded_minor")
    quantity: int = Field(alias="quantity")
    refunded_minor: int = Field(alias="refunded_minor")
    seller_id: uuid.UUID = Field(alias="seller_id")
    seller_net_minor: int = Field(alias="seller_net_minor")
    shipped_at: Optional[datetime.datetime] = Field(alias="shipped_at")
    shipping_minor: int = Field(alias="shipping_minor")
    shipping_required: bool = Field(alias="shipping_required")
    track_ids: List[uuid.UUID] = Field(alias="track_ids")
    tracking: Optional[str] = Field(alias="tracking")
    unit_minor: int = Field(alias="unit_minor")
    variant_id: Optional[uuid.UUID] = Field(alias="variant_id")
    variant_name: Optional[str] = Field(alias="variant_name")

class PublicOrderLinesInsert(TypedDict):
    buyer_id: Annotated[uuid.UUID, Field(alias="buyer_id")]
    charged_minor: Annotated[int, Field(alias="charged_minor")]
    currency: Annotated[str, Field(alias="currency")]
    disputed_minor: NotRequired[Annotated[int, Field(alias="disputed_minor")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_refunded: NotRequired[Annotated[bool, Field(alias="is_refunded")]]
    is_stock_taken: Annotated[bool, Field(alias="is_stock_taken")]
    kind: Annotated[str, Field(alias="kind")]
    line_minor: Annotated[int, Field(alias="line_minor")]
    name: Annotated[str, Field(alias="name")]
    order_id: Annotated[uuid.UUID, Field(alias="order_id")]
    paid_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="paid_at")]]
    place: Annotated[int, Field(alias="place")]
    platform_fee_minor: Annotated[int, Field(alias="platform_fee_minor")]
    processing_fee_minor: Annotated[int, Field(alias="processing_fee_minor")]
    product_id: Annotated[uuid.UUID, Field(alias="product_id")]
    provider_refunded_minor: NotRequired[Annotated[int, Field(alias="provider_refunded_minor")]]
    quantity: Annotated[int, Field(alias="quantity")]
    refunded_minor: NotRequired[Annotated[int, Field(alias="refunded_minor")]]
    seller_id: Annotated[uuid.UUID, Field(alias="seller_id")]
    seller_net_minor: Annotated[int, Field(alias="seller_net_minor")]
    shipped_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="shipped_at")]]
    shipping_minor: Annotated[int, Field(alias="shipping_minor")]
    shipping_required: Annotated[bool, Field(alias="shipping_required")]
    track_ids: NotRequired[Annotated[List[uuid.UUID], Field(alias="track_ids")]]
    tracking: NotRequired[Annotated[Optional[str], Field(alias="tracking")]]
    unit_minor: Annotated[int, Field(alias="unit_minor")]
    variant_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="variant_id")]]
    variant_name: NotRequired[Annotated[Optional[str], Field(alias="variant_name")]]

class PublicOrderLinesUpdate(TypedDict):
    buyer_id: NotRequired[Annotated[uuid.UUID, Field(alias="buyer_id")]]
    charged_minor: NotRequired[Annotated[int, Field(alias="charged_minor")]]
    currency: NotRequired[Annotated[str, Field(alias="currency")]]
    disputed_minor: NotRequired[Annotated[int, Field(alias="disputed_minor")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_refunded: NotRequired[Annotated[bool, Field(alias="is_refunded")]]
    is_stock_taken: NotRequired[Annotated[bool, Field(alias="is_stock_taken")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    line_minor: NotRequired[Annotated[int, Field(alias="line_minor")]]
    name: NotRequired[Annotated[str, Field(alias="name")]]
    order_id: NotRequired[Annotated[uuid.UUID, Field(alias="order_id")]]
    paid_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="paid_at")]]
    place: NotRequired[Annotated[int, Field(alias="place")]]
    platform_fee_minor: NotRequired[Annotated[int, Field(alias="platform_fee_minor")]]
    processing_fee_minor: NotRequired[Annotated[int, Field(alias="processing_fee_minor")]]
    product_id: NotRequired[Annotated[uuid.UUID, Field(alias="product_id")]]
    provider_refunded_minor: NotRequired[Annotated[int, Field(alias="provider_refunded_minor")]]
    quantity: NotRequired[Annotated[int, Field(alias="quantity")]]
    refunded_minor: NotRequired[Annotated[int, Field(alias="refunded_minor")]]
    seller_id: NotRequired[Annotated[uuid.UUID, Field(alias="seller_id")]]
    seller_net_minor: NotRequired[Annotated[int, Field(alias="seller_net_minor")]]
    shipped_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="shipped_at")]]
    shipping_minor: NotRequired[Annotated[int, Field(alias="shipping_minor")]]
    shipping_required: NotRequired[Annotated[bool, Field(alias="shipping_required")]]
    track_ids: NotRequired[Annotated[List[uuid.UUID], Field(alias="track_ids")]]
    tracking: NotRequired[Annotated[Optional[str], Field(alias="tracking")]]
    unit_minor: NotRequired[Annotated[int, Field(alias="unit_minor")]]
    variant_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="variant_id")]]
    variant_name: NotRequired[Annotated[Optional[str], Field(alias="variant_name")]]

class PublicOrders(BaseModel):
    buyer_id: uuid.UUID = Field(alias="buyer_id")
    client_id: uuid.UUID = Field(alias="client_id")
    completed_at: Optional[datetime.datetime] = Field(alias="completed_at")
    created_at: datetime.datetime = Field(alias="created_at")
    currency: str = Field(alias="currency")
    expires_at: datetime.datetime = Field(alias="expires_at")
    fee_payer: str = Field(alias="fee_payer")
    id: uuid.UUID = Field(alias="id")
    paid_at: Optional[datetime.datetime] = Field(alias="paid_at")
    platform_fee_minor: int = Field(alias="platform_fee_minor")
    processing_fee_minor: int = Field(alias="processing_fee_minor")
    session_status: str = Field(alias="session_status")
    shipping_address: Optional[JsonValue] = Field(alias="shipping_address")
    shipping_minor: int = Field(alias="shipping_minor")
    status: str = Field(alias="status")
    stripe_payment_intent_id: Optional[str] = Field(alias="stripe_payment_intent_id")
    stripe_session_id: Optional[str] = Field(alias="stripe_session_id")
    subtotal_minor: int = Field(alias="subtotal_minor")
    total_minor: int = Field(alias="total_minor")

class PublicOrdersInsert(TypedDict):
    buyer_id: Annotated[uuid.UUID, Field(alias="buyer_id")]
    client_id: Annotated[uuid.UUID, Field(alias="client_id")]
    completed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="completed_at")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    currency: Annotated[str, Field(alias="currency")]
    expires_at: Annotated[datetime.datetime, Field(alias="expires_at")]
    fee_payer: Annotated[str, Field(alias="fee_payer")]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    paid_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="paid_at")]]
    platform_fee_minor: Annotated[int, Field(alias="platform_fee_minor")]
    processing_fee_minor: Annotated[int, Field(alias="processing_fee_minor")]
    session_status: NotRequired[Annotated[str, Field(alias="session_status")]]
    shipping_address: NotRequired[Annotated[Optional[JsonValue], Field(alias="shipping_address")]]
    shipping_minor: Annotated[int, Field(alias="shipping_minor")]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    stripe_payment_intent_id: NotRequired[Annotated[Optional[str], Field(alias="stripe_payment_intent_id")]]
    stripe_session_id: NotRequired[Annotated[Optional[str], Field(alias="stripe_session_id")]]
    subtotal_minor: Annotated[int, Field(alias="subtotal_minor")]
    total_minor: Annotated[int, Field(alias="total_minor")]

class PublicOrdersUpdate(TypedDict):
    buyer_id: NotRequired[Annotated[uuid.UUID, Field(alias="buyer_id")]]
    client_id: NotRequired[Annotated[uuid.UUID, Field(alias="client_id")]]
    completed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="completed_at")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    currency: NotRequired[Annotated[str, Field(alias="currency")]]
    expires_at: NotRequired[Annotated[datetime.datetime, Field(alias="expires_at")]]
    fee_payer: NotRequired[Annotated[str, Field(alias="fee_payer")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    paid_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="paid_at")]]
    platform_fee_minor: NotRequired[Annotated[int, Field(alias="platform_fee_minor")]]
    processing_fee_minor: NotRequired[Annotated[int, Field(alias="processing_fee_minor")]]
    session_status: NotRequired[Annotated[str, Field(alias="session_status")]]
    shipping_address: NotRequired[Annotated[Optional[JsonValue], Field(alias="shipping_address")]]
    shipping_minor: NotRequired[Annotated[int, Field(alias="shipping_minor")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    stripe_payment_intent_id: NotRequired[Annotated[Optional[str], Field(alias="stripe_payment_intent_id")]]
    stripe_session_id: NotRequired[Annotated[Optional[str], Field(alias="stripe_session_id")]]
    subtotal_minor: NotRequired[Annotated[int, Field(alias="subtotal_minor")]]
    total_minor: NotRequired[Annotated[int, Field(alias="total_minor")]]

class PublicPayouts(BaseModel):
    amount_minor: int = Field(alias="amount_minor")
    closed_at: Optional[datetime.datetime] = Field(alias="closed_at")
    created_at: datetime.datetime = Field(alias="created_at")
    currency: str = Field(alias="currency")
    id: uuid.UUID = Field(alias="id")
    is_requested: bool = Field(alias="is_requested")
    seller_id: uuid.UUID = Field(alias="seller_id")
    status: str = Field(alias="status")

class PublicPayoutsInsert(TypedDict):
    amount_minor: Annotated[int, Field(alias="amount_minor")]
    closed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="closed_at")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    currency: Annotated[str, Field(alias="currency")]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_requested: Annotated[bool, Field(alias="is_requested")]
    seller_id: Annotated[uuid.UUID, Field(alias="seller_id")]
    status: NotRequired[Annotated[str, Field(alias="status")]]

class PublicPayoutsUpdate(TypedDict):
    amount_minor: NotRequired[Annotated[int, Field(alias="amount_minor")]]
    closed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="closed_at")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    currency: NotRequired[Annotated[str, Field(alias="currency")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_requested: NotRequired[Annotated[bool, Field(alias="is_requested")]]
    seller_id: NotRequired[Annotated[uuid.UUID, Field(alias="seller_id")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]

class PublicPlanLimits(BaseModel):
    most: Optional[int] = Field(alias="most")
    plan: str = Field(alias="plan")
    resource: str = Field(alias="resource")

class PublicPlanLimitsInsert(TypedDict):
    most: NotRequired[Annotated[Optional[int], Field(alias="most")]]
    plan: Annotated[str, Field(alias="plan")]
    resource: Annotated[str, Field(alias="resource")]

class PublicPlanLimitsUpdate(TypedDict):
    most: NotRequired[Annotated[Optional[int], Field(alias="most")]]
    plan: NotRequired[Annotated[str, Field(alias="plan")]]
    resource: NotRequired[Annotated[str, Field(alias="resource")]]

class PublicPlanResources(BaseModel):
    code: str = Field(alias="code")
    description: str = Field(alias="description")
    is_monthly: bool = Field(alias="is_monthly")
    unit: str = Field(alias="unit")

class PublicPlanResourcesInsert(TypedDict):
    code: Annotated[str, Field(alias="code")]
    description: Annotated[str, Field(alias="description")]
    is_monthly: Annotated[bool, Field(alias="is_monthly")]
    unit: Annotated[str, Field(alias="unit")]

class PublicPlanResourcesUpdate(TypedDict):
    code: NotRequired[Annotated[str, Field(alias="code")]]
    description: NotRequired[Annotated[str, Field(alias="description")]]
    is_monthly: NotRequired[Annotated[bool, Field(alias="is_monthly")]]
    unit: NotRequired[Annotated[str, Field(alias="unit")]]

class PublicPlans(BaseModel):
    billing_interval: Optional[str] = Field(alias="billing_interval")
    code: str = Field(alias="code")
    currency: str = Field(alias="currency")
    description: str = Field(alias="description")
    name: str = Field(alias="name")
    price_minor: int = Field(alias="price_minor")
    rank: int = Field(alias="rank")

class PublicPlansInsert(TypedDict):
    billing_interval: NotRequired[Annotated[Optional[str], Field(alias="billing_interval")]]
    code: Annotated[str, Field(alias="code")]
    currency: Annotated[str, Field(alias="currency")]
    description: Annotated[str, Field(alias="description")]
    name: Annotated[str, Field(alias="name")]
    price_minor: Annotated[int, Field(alias="price_minor")]
    rank: Annotated[int, Field(alias="rank")]

class PublicPlansUpdate(TypedDict):
    billing_interval: NotRequired[Annotated[Optional[str], Field(alias="billing_interval")]]
    code: NotRequired[Annotated[str, Field(alias="code")]]
    currency: NotRequired[Annotated[str, Field(alias="currency")]]
    description: NotRequired[Annotated[str, Field(alias="description")]]
    name: NotRequired[Annotated[str, Field(alias="name")]]
    price_minor: NotRequired[Annotated[int, Field(alias="price_minor")]]
    rank: NotRequired[Annotated[int, Field(alias="rank")]]

class PublicPlays(BaseModel):
    client_event_id: Optional[uuid.UUID] = Field(alias="client_event_id")
    id: uuid.UUID = Field(alias="id")
    is_counted: bool = Field(alias="is_counted")
    listener_id: Optional[uuid.UUID] = Field(alias="listener_id")
    ms_played: int = Field(alias="ms_played")
    played_at: datetime.datetime = Field(alias="played_at")
    room_id: Optional[uuid.UUID] = Field(alias="room_id")
    source: str = Field(alias="source")
    track_id: uuid.UUID = Field(alias="track_id")

class PublicPlaysInsert(TypedDict):
    client_event_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_event_id")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_counted: Annotated[bool, Field(alias="is_counted")]
    listener_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="listener_id")]]
    ms_played: Annotated[int, Field(alias="ms_played")]
    played_at: NotRequired[Annotated[datetime.datetime, Field(alias="played_at")]]
    room_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="room_id")]]
    source: Annotated[str, Field(alias="source")]
    track_id: Annotated[uuid.UUID, Field(alias="track_id")]

class PublicPlaysUpdate(TypedDict):
    client_event_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_event_id")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_counted: NotRequired[Annotated[bool, Field(alias="is_counted")]]
    listener_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="listener_id")]]
    ms_played: NotRequired[Annotated[int, Field(alias="ms_played")]]
    played_at: NotRequired[Annotated[datetime.datetime, Field(alias="played_at")]]
    room_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="room_id")]]
    source: NotRequired[Annotated[str, Field(alias="source")]]
    track_id: NotRequired[Annotated[uuid.UUID, Field(alias="track_id")]]

class PublicPointEvents(BaseModel):
    cause: str = Field(alias="cause")
    created_at: datetime.datetime = Field(alias="created_at")
    earned_on: datetime.date = Field(alias="earned_on")
    id: int = Field(alias="id")
    points: int = Field(alias="points")
    reverses_id: Optional[int] = Field(alias="reverses_id")
    rule: str = Field(alias="rule")
    season: str = Field(alias="season")
    turn: int = Field(alias="turn")
    units: int = Field(alias="units")
    user_id: uuid.UUID = Field(alias="user_id")
    withheld: Optional[str] = Field(alias="withheld")

class PublicPointEventsInsert(TypedDict):
    cause: Annotated[str, Field(alias="cause")]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    earned_on: Annotated[datetime.date, Field(alias="earned_on")]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    points: Annotated[int, Field(alias="points")]
    reverses_id: NotRequired[Annotated[Optional[int], Field(alias="reverses_id")]]
    rule: Annotated[str, Field(alias="rule")]
    season: Annotated[str, Field(alias="season")]
    turn: NotRequired[Annotated[int, Field(alias="turn")]]
    units: NotRequired[Annotated[int, Field(alias="units")]]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]
    withheld: NotRequired[Annotated[Optional[str], Field(alias="withheld")]]

class PublicPointEventsUpdate(TypedDict):
    cause: NotRequired[Annotated[str, Field(alias="cause")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    earned_on: NotRequired[Annotated[datetime.date, Field(alias="earned_on")]]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    points: NotRequired[Annotated[int, Field(alias="points")]]
    reverses_id: NotRequired[Annotated[Optional[int], Field(alias="reverses_id")]]
    rule: NotRequired[Annotated[str, Field(alias="rule")]]
    season: NotRequired[Annotated[str, Field(alias="season")]]
    turn: NotRequired[Annotated[int, Field(alias="turn")]]
    units: NotRequired[Annotated[int, Field(alias="units")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]
    withheld: NotRequired[Annotated[Optional[str], Field(alias="withheld")]]

class PublicPointRules(BaseModel):
    cooldown_seconds: int = Field(alias="cooldown_seconds")
    daily_cap: Optional[int] = Field(alias="daily_cap")
    description: str = Field(alias="description")
    is_active: bool = Field(alias="is_active")
    minimum_account_age_days: int = Field(alias="minimum_account_age_days")
    name: str = Field(alias="name")
    points: int = Field(alias="points")
    streak: Optional[str] = Field(alias="streak")

class PublicPointRulesInsert(TypedDict):
    cooldown_seconds: NotRequired[Annotated[int, Field(alias="cooldown_seconds")]]
    daily_cap: NotRequired[Annotated[Optional[int], Field(alias="daily_cap")]]
    description: Annotated[str, Field(alias="description")]
    is_active: NotRequired[Annotated[bool, Field(alias="is_active")]]
    minimum_account_age_days: NotRequired[Annotated[int, Field(alias="minimum_account_age_days")]]
    name: Annotated[str, Field(alias="name")]
    points: Annotated[int, Field(alias="points")]
    streak: NotRequired[Annotated[Optional[str], Field(alias="streak")]]

class PublicPointRulesUpdate(TypedDict):
    cooldown_seconds: NotRequired[Annotated[int, Field(alias="cooldown_seconds")]]
    daily_cap: NotRequired[Annotated[Optional[int], Field(alias="daily_cap")]]
    description: NotRequired[Annotated[str, Field(alias="description")]]
    is_active: NotRequired[Annotated[bool, Field(alias="is_active")]]
    minimum_account_age_days: NotRequired[Annotated[int, Field(alias="minimum_account_age_days")]]
    name: NotRequired[Annotated[str, Field(alias="name")]]
    points: NotRequired[Annotated[int, Field(alias="points")]]
    streak: NotRequired[Annotated[Optional[str], Field(alias="streak")]]

class PublicPosts(BaseModel):
    audience: str = Field(alias="audience")
    author_id: uuid.UUID = Field(alias="author_id")
    body: Optional[str] = Field(alias="body")
    client_id: Optional[uuid.UUID] = Field(alias="client_id")
    comment_count: int = Field(alias="comment_count")
    crate_id: Optional[uuid.UUID] = Field(alias="crate_id")
    created_at: datetime.datetime = Field(alias="created_at")
    deleted_at: Optional[datetime.datetime] = Field(alias="deleted_at")
    edited_at: Optional[datetime.datetime] = Field(alias="edited_at")
    id: uuid.UUID = Field(alias="id")
    is_withheld: bool = Field(alias="is_withheld")
    kind: str = Field(alias="kind")
    like_count: int = Field(alias="like_count")
    media_paths: List[str] = Field(alias="media_paths")
    repost_count: int = Field(alias="repost_count")
    track_id: Optional[uuid.UUID] = Field(alias="track_id")
    visibility: str = Field(alias="visibility")

class PublicPostsInsert(TypedDict):
    audience: NotRequired[Annotated[str, Field(alias="audience")]]
    author_id: Annotated[uuid.UUID, Field(alias="author_id")]
    body: NotRequired[Annotated[Optional[str], Field(alias="body")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    comment_count: NotRequired[Annotated[int, Field(alias="comment_count")]]
    crate_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="crate_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    edited_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="edited_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    kind: Annotated[str, Field(alias="kind")]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    media_paths: NotRequired[Annotated[List[str], Field(alias="media_paths")]]
    repost_count: NotRequired[Annotated[int, Field(alias="repost_count")]]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]
    visibility: NotRequired[Annotated[str, Field(alias="visibility")]]

class PublicPostsUpdate(TypedDict):
    audience: NotRequired[Annotated[str, Field(alias="audience")]]
    author_id: NotRequired[Annotated[uuid.UUID, Field(alias="author_id")]]
    body: NotRequired[Annotated[Optional[str], Field(alias="body")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    comment_count: NotRequired[Annotated[int, Field(alias="comment_count")]]
    crate_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="crate_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    edited_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="edited_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    media_paths: NotRequired[Annotated[List[str], Field(alias="media_paths")]]
    repost_count: NotRequired[Annotated[int, Field(alias="repost_count")]]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]
    visibility: NotRequired[Annotated[str, Field(alias="visibility")]]

class PublicProductVariants(BaseModel):
    id: uuid.UUID = Field(alias="id")
    is_active: bool = Field(alias="is_active")
    name: str = Field(alias="name")
    price_minor: Optional[int] = Field(alias="price_minor")
    product_id: uuid.UUID = Field(alias="product_id")
    stock: Optional[int] = Field(alias="stock")

class PublicProductVariantsInsert(TypedDict):
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_active: NotRequired[Annotated[bool, Field(alias="is_active")]]
    name: Annotated[str, Field(alias="name")]
    price_minor: NotRequired[Annotated[Optional[int], Field(alias="price_minor")]]
    product_id: Annotated[uuid.UUID, Field(alias="product_id")]
    stock: NotRequired[Annotated[Optional[int], Field(alias="stock")]]

class PublicProductVariantsUpdate(TypedDict):
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_active: NotRequired[Annotated[bool, Field(alias="is_active")]]
    name: NotRequired[Annotated[str, Field(alias="name")]]
    price_minor: NotRequired[Annotated[Optional[int], Field(alias="price_minor")]]
    product_id: NotRequired[Annotated[uuid.UUID, Field(alias="product_id")]]
    stock: NotRequired[Annotated[Optional[int], Field(alias="stock")]]

class PublicProducts(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    currency: str = Field(alias="currency")
    description: str = Field(alias="description")
    event_at: Optional[datetime.datetime] = Field(alias="event_at")
    external_url: Optional[str] = Field(alias="external_url")
    id: uuid.UUID = Field(alias="id")
    image_paths: List[str] = Field(alias="image_paths")
    is_active: bool = Field(alias="is_active")
    is_withheld: bool = Field(alias="is_withheld")
    kind: str = Field(alias="kind")
    max_per_order: int = Field(alias="max_per_order")
    minimum_minor: Optional[int] = Field(alias="minimum_minor")
    name: str = Field(alias="name")
    price_minor: Optional[int] = Field(alias="price_minor")
    pricing: Optional[str] = Field(alias="pricing")
    seller_id: uuid.UUID = Field(alias="seller_id")
    shipping_minor: int = Field(alias="shipping_minor")
    shipping_required: bool = Field(alias="shipping_required")
    sold_count: int = Field(alias="sold_count")
    stock: Optional[int] = Field(alias="stock")
    track_ids: List[uuid.UUID] = Field(alias="track_ids")
    updated_at: datetime.datetime = Field(alias="updated_at")
    venue: Optional[str] = Field(alias="venue")

class PublicProductsInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    currency: NotRequired[Annotated[str, Field(alias="currency")]]
    description: NotRequired[Annotated[str, Field(alias="description")]]
    event_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="event_at")]]
    external_url: NotRequired[Annotated[Optional[str], Field(alias="external_url")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    image_paths: NotRequired[Annotated[List[str], Field(alias="image_paths")]]
    is_active: NotRequired[Annotated[bool, Field(alias="is_active")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    kind: Annotated[str, Field(alias="kind")]
    max_per_order: NotRequired[Annotated[int, Field(alias="max_per_order")]]
    minimum_minor: NotRequired[Annotated[Optional[int], Field(alias="minimum_minor")]]
    name: Annotated[str, Field(alias="name")]
    price_minor: NotRequired[Annotated[Optional[int], Field(alias="price_minor")]]
    pricing: NotRequired[Annotated[Optional[str], Field(alias="pricing")]]
    seller_id: NotRequired[Annotated[uuid.UUID, Field(alias="seller_id")]]
    shipping_minor: NotRequired[Annotated[int, Field(alias="shipping_minor")]]
    shipping_required: NotRequired[Annotated[bool, Field(alias="shipping_required")]]
    sold_count: NotRequired[Annotated[int, Field(alias="sold_count")]]
    stock: NotRequired[Annotated[Optional[int], Field(alias="stock")]]
    track_ids: NotRequired[Annotated[List[uuid.UUID], Field(alias="track_ids")]]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]
    venue: NotRequired[Annotated[Optional[str], Field(alias="venue")]]

class PublicProductsUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    currency: NotRequired[Annotated[str, Field(alias="currency")]]
    description: NotRequired[Annotated[str, Field(alias="description")]]
    event_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="event_at")]]
    external_url: NotRequired[Annotated[Optional[str], Field(alias="external_url")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    image_paths: NotRequired[Annotated[List[str], Field(alias="image_paths")]]
    is_active: NotRequired[Annotated[bool, Field(alias="is_active")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    max_per_order: NotRequired[Annotated[int, Field(alias="max_per_order")]]
    minimum_minor: NotRequired[Annotated[Optional[int], Field(alias="minimum_minor")]]
    name: NotRequired[Annotated[str, Field(alias="name")]]
    price_minor: NotRequired[Annotated[Optional[int], Field(alias="price_minor")]]
    pricing: NotRequired[Annotated[Optional[str], Field(alias="pricing")]]
    seller_id: NotRequired[Annotated[uuid.UUID, Field(alias="seller_id")]]
    shipping_minor: NotRequired[Annotated[int, Field(alias="shipping_minor")]]
    shipping_required: NotRequired[Annotated[bool, Field(alias="shipping_required")]]
    sold_count: NotRequired[Annotated[int, Field(alias="sold_count")]]
    stock: NotRequired[Annotated[Optional[int], Field(alias="stock")]]
    track_ids: NotRequired[Annotated[List[uuid.UUID], Field(alias="track_ids")]]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]
    venue: NotRequired[Annotated[Optional[str], Field(alias="venue")]]

class PublicProfiles(BaseModel):
    avatar_path: Optional[str] = Field(alias="avatar_path")
    bio: str = Field(alias="bio")
    created_at: datetime.datetime = Field(alias="created_at")
    display_name: str = Field(alias="display_name")
    follower_count: int = Field(alias="follower_count")
    following_count: int = Field(alias="following_count")
    genres: List[str] = Field(alias="genres")
    id: uuid.UUID = Field(alias="id")
    is_private: bool = Field(alias="is_private")
    kind: str = Field(alias="kind")
    post_count: int = Field(alias="post_count")
    time_zone: str = Field(alias="time_zone")
    updated_at: datetime.datetime = Field(alias="updated_at")
    username: str = Field(alias="username")

class PublicProfilesInsert(TypedDict):
    avatar_path: NotRequired[Annotated[Optional[str], Field(alias="avatar_path")]]
    bio: NotRequired[Annotated[str, Field(alias="bio")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    display_name: Annotated[str, Field(alias="display_name")]
    follower_count: NotRequired[Annotated[int, Field(alias="follower_count")]]
    following_count: NotRequired[Annotated[int, Field(alias="following_count")]]
    genres: NotRequired[Annotated[List[str], Field(alias="genres")]]
    id: Annotated[uuid.UUID, Field(alias="id")]
    is_private: NotRequired[Annotated[bool, Field(alias="is_private")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    post_count: NotRequired[Annotated[int, Field(alias="post_count")]]
    time_zone: NotRequired[Annotated[str, Field(alias="time_zone")]]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]
    username: Annotated[str, Field(alias="username")]

class PublicProfilesUpdate(TypedDict):
    avatar_path: NotRequired[Annotated[Optional[str], Field(alias="avatar_path")]]
    bio: NotRequired[Annotated[str, Field(alias="bio")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    display_name: NotRequired[Annotated[str, Field(alias="display_name")]]
    follower_count: NotRequired[Annotated[int, Field(alias="follower_count")]]
    following_count: NotRequired[Annotated[int, Field(alias="following_count")]]
    genres: NotRequired[Annotated[List[str], Field(alias="genres")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_private: NotRequired[Annotated[bool, Field(alias="is_private")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    post_count: NotRequired[Annotated[int, Field(alias="post_count")]]
    time_zone: NotRequired[Annotated[str, Field(alias="time_zone")]]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]
    username: NotRequired[Annotated[str, Field(alias="username")]]

class PublicProgression(BaseModel):
    artists_discovered: int = Field(alias="artists_discovered")
    comments_created: int = Field(alias="comments_created")
    crates_created: int = Field(alias="crates_created")
    dj_tracks_played: int = Field(alias="dj_tracks_played")
    level: int = Field(alias="level")
    posts_created: int = Field(alias="posts_created")
    season: Optional[str] = Field(alias="season")
    season_points: int = Field(alias="season_points")
    total_points: int = Field(alias="total_points")
    upvotes_received: int = Field(alias="upvotes_received")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicProgressionInsert(TypedDict):
    artists_discovered: NotRequired[Annotated[int, Field(alias="artists_discovered")]]
    comments_created: NotRequired[Annotated[int, Field(alias="comments_created")]]
    crates_created: NotRequired[Annotated[int, Field(alias="crates_created")]]
    dj_tracks_played: NotRequired[Annotated[int, Field(alias="dj_tracks_played")]]
    level: NotRequired[Annotated[int, Field(alias="level")]]
    posts_created: NotRequired[Annotated[int, Field(alias="posts_created")]]
    season: NotRequired[Annotated[Optional[str], Field(alias="season")]]
    season_points: NotRequired[Annotated[int, Field(alias="season_points")]]
    total_points: NotRequired[Annotated[int, Field(alias="total_points")]]
    upvotes_received: NotRequired[Annotated[int, Field(alias="upvotes_received")]]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicProgressionUpdate(TypedDict):
    artists_discovered: NotRequired[Annotated[int, Field(alias="artists_discovered")]]
    comments_created: NotRequired[Annotated[int, Field(alias="comments_created")]]
    crates_created: NotRequired[Annotated[int, Field(alias="crates_created")]]
    dj_tracks_played: NotRequired[Annotated[int, Field(alias="dj_tracks_played")]]
    level: NotRequired[Annotated[int, Field(alias="level")]]
    posts_created: NotRequired[Annotated[int, Field(alias="posts_created")]]
    season: NotRequired[Annotated[Optional[str], Field(alias="season")]]
    season_points: NotRequired[Annotated[int, Field(alias="season_points")]]
    total_points: NotRequired[Annotated[int, Field(alias="total_points")]]
    upvotes_received: NotRequired[Annotated[int, Field(alias="upvotes_received")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicPushTokens(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    device_name: Optional[str] = Field(alias="device_name")
    platform: str = Field(alias="platform")
    registered_at: datetime.datetime = Field(alias="registered_at")
    token: str = Field(alias="token")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicPushTokensInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    device_name: NotRequired[Annotated[Optional[str], Field(alias="device_name")]]
    platform: Annotated[str, Field(alias="platform")]
    registered_at: NotRequired[Annotated[datetime.datetime, Field(alias="registered_at")]]
    token: Annotated[str, Field(alias="token")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicPushTokensUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    device_name: NotRequired[Annotated[Optional[str], Field(alias="device_name")]]
    platform: NotRequired[Annotated[str, Field(alias="platform")]]
    registered_at: NotRequired[Annotated[datetime.datetime, Field(alias="registered_at")]]
    token: NotRequired[Annotated[str, Field(alias="token")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicQuestClaims(BaseModel):
    claimed_at: datetime.datetime = Field(alias="claimed_at")
    credits: int = Field(alias="credits")
    id: int = Field(alias="id")
    period_key: str = Field(alias="period_key")
    points: int = Field(alias="points")
    quest_id: uuid.UUID = Field(alias="quest_id")
    user_id: Optional[uuid.UUID] = Field(alias="user_id")

class PublicQuestClaimsInsert(TypedDict):
    claimed_at: NotRequired[Annotated[datetime.datetime, Field(alias="claimed_at")]]
    credits: Annotated[int, Field(alias="credits")]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    period_key: Annotated[str, Field(alias="period_key")]
    points: Annotated[int, Field(alias="points")]
    quest_id: Annotated[uuid.UUID, Field(alias="quest_id")]
    user_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="user_id")]]

class PublicQuestClaimsUpdate(TypedDict):
    claimed_at: NotRequired[Annotated[datetime.datetime, Field(alias="claimed_at")]]
    credits: NotRequired[Annotated[int, Field(alias="credits")]]
    id: NotRequired[Annotated[int, Field(alias="id")]]
    period_key: NotRequired[Annotated[str, Field(alias="period_key")]]
    points: NotRequired[Annotated[int, Field(alias="points")]]
    quest_id: NotRequired[Annotated[uuid.UUID, Field(alias="quest_id")]]
    user_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="user_id")]]

class PublicQuests(BaseModel):
    cadence: str = Field(alias="cadence")
    credits: int = Field(alias="credits")
    description: str = Field(alias="description")
    ends_at: Optional[datetime.datetime] = Field(alias="ends_at")
    id: uuid.UUID = Field(alias="id")
    is_active: bool = Field(alias="is_active")
    metric: str = Field(alias="metric")
    name: str = Field(alias="name")
    points: int = Field(alias="points")
    pool_limit: Optional[int] = Field(alias="pool_limit")
    starts_at: datetime.datetime = Field(alias="starts_at")
    target: int = Field(alias="target")

class PublicQuestsInsert(TypedDict):
    cadence: Annotated[str, Field(alias="cadence")]
    credits: Annotated[int, Field(alias="credits")]
    description: Annotated[str, Field(alias="description")]
    ends_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="ends_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_active: NotRequired[Annotated[bool, Field(alias="is_active")]]
    metric: Annotated[str, Field(alias="metric")]
    name: Annotated[str, Field(alias="name")]
    points: Annotated[int, Field(alias="points")]
    pool_limit: NotRequired[Annotated[Optional[int], Field(alias="pool_limit")]]
    starts_at: Annotated[datetime.datetime, Field(alias="starts_at")]
    target: Annotated[int, Field(alias="target")]

class PublicQuestsUpdate(TypedDict):
    cadence: NotRequired[Annotated[str, Field(alias="cadence")]]
    credits: NotRequired[Annotated[int, Field(alias="credits")]]
    description: NotRequired[Annotated[str, Field(alias="description")]]
    ends_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="ends_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_active: NotRequired[Annotated[bool, Field(alias="is_active")]]
    metric: NotRequired[Annotated[str, Field(alias="metric")]]
    name: NotRequired[Annotated[str, Field(alias="name")]]
    points: NotRequired[Annotated[int, Field(alias="points")]]
    pool_limit: NotRequired[Annotated[Optional[int], Field(alias="pool_limit")]]
    starts_at: NotRequired[Annotated[datetime.datetime, Field(alias="starts_at")]]
    target: NotRequired[Annotated[int, Field(alias="target")]]

class PublicQueueItems(BaseModel):
    added_by: Optional[uuid.UUID] = Field(alias="added_by")
    created_at: datetime.datetime = Field(alias="created_at")
    down_count: int = Field(alias="down_count")
    duration_ms: int = Field(alias="duration_ms")
    ends_at: Optional[datetime.datetime] = Field(alias="ends_at")
    finished_at: Optional[datetime.datetime] = Field(alias="finished_at")
    id: uuid.UUID = Field(alias="id")
    played_before: int = Field(alias="played_before")
    position: float = Field(alias="position")
    room_id: uuid.UUID = Field(alias="room_id")
    session_id: uuid.UUID = Field(alias="session_id")
    shown: Optional[str] = Field(alias="shown")
    skip_reason: Optional[str] = Field(alias="skip_reason")
    skip_vote_count: int = Field(alias="skip_vote_count")
    skipped_by: Optional[uuid.UUID] = Field(alias="skipped_by")
    started_at: Optional[datetime.datetime] = Field(alias="started_at")
    status: str = Field(alias="status")
    track: Optional[JsonValue] = Field(alias="track")
    track_id: Optional[uuid.UUID] = Field(alias="track_id")
    up_count: int = Field(alias="up_count")

class PublicQueueItemsInsert(TypedDict):
    added_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="added_by")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    down_count: NotRequired[Annotated[int, Field(alias="down_count")]]
    duration_ms: Annotated[int, Field(alias="duration_ms")]
    ends_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="ends_at")]]
    finished_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="finished_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    played_before: NotRequired[Annotated[int, Field(alias="played_before")]]
    position: Annotated[float, Field(alias="position")]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    session_id: Annotated[uuid.UUID, Field(alias="session_id")]
    shown: NotRequired[Annotated[Optional[str], Field(alias="shown")]]
    skip_reason: NotRequired[Annotated[Optional[str], Field(alias="skip_reason")]]
    skip_vote_count: NotRequired[Annotated[int, Field(alias="skip_vote_count")]]
    skipped_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="skipped_by")]]
    started_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="started_at")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    track: NotRequired[Annotated[Optional[JsonValue], Field(alias="track")]]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]
    up_count: NotRequired[Annotated[int, Field(alias="up_count")]]

class PublicQueueItemsUpdate(TypedDict):
    added_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="added_by")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    down_count: NotRequired[Annotated[int, Field(alias="down_count")]]
    duration_ms: NotRequired[Annotated[int, Field(alias="duration_ms")]]
    ends_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="ends_at")]]
    finished_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="finished_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    played_before: NotRequired[Annotated[int, Field(alias="played_before")]]
    position: NotRequired[Annotated[float, Field(alias="position")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    session_id: NotRequired[Annotated[uuid.UUID, Field(alias="session_id")]]
    shown: NotRequired[Annotated[Optional[str], Field(alias="shown")]]
    skip_reason: NotRequired[Annotated[Optional[str], Field(alias="skip_reason")]]
    skip_vote_count: NotRequired[Annotated[int, Field(alias="skip_vote_count")]]
    skipped_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="skipped_by")]]
    started_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="started_at")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    track: NotRequired[Annotated[Optional[JsonValue], Field(alias="track")]]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]
    up_count: NotRequired[Annotated[int, Field(alias="up_count")]]

class PublicQueueVotes(BaseModel):
    item_id: uuid.UUID = Field(alias="item_id")
    user_id: uuid.UUID = Field(alias="user_id")
    value: int = Field(alias="value")
    voted_at: datetime.datetime = Field(alias="voted_at")

class PublicQueueVotesInsert(TypedDict):
    item_id: Annotated[uuid.UUID, Field(alias="item_id")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]
    value: Annotated[int, Field(alias="value")]
    voted_at: NotRequired[Annotated[datetime.datetime, Field(alias="voted_at")]]

class PublicQueueVotesUpdate(TypedDict):
    item_id: NotRequired[Annotated[uuid.UUID, Field(alias="item_id")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]
    value: NotRequired[Annotated[int, Field(alias="value")]]
    voted_at: NotRequired[Annotated[datetime.datetime, Field(alias="voted_at")]]

class PublicQuietHours(BaseModel):
    ends: datetime.time = Field(alias="ends")
    starts: datetime.time = Field(alias="starts")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicQuietHoursInsert(TypedDict):
    ends: Annotated[datetime.time, Field(alias="ends")]
    starts: Annotated[datetime.time, Field(alias="starts")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicQuietHoursUpdate(TypedDict):
    ends: NotRequired[Annotated[datetime.time, Field(alias="ends")]]
    starts: NotRequired[Annotated[datetime.time, Field(alias="starts")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicReactionEmoji(BaseModel):
    emoji: str = Field(alias="emoji")
    place: int = Field(alias="place")

class PublicReactionEmojiInsert(TypedDict):
    emoji: Annotated[str, Field(alias="emoji")]
    place: Annotated[int, Field(alias="place")]

class PublicReactionEmojiUpdate(TypedDict):
    emoji: NotRequired[Annotated[str, Field(alias="emoji")]]
    place: NotRequired[Annotated[int, Field(alias="place")]]

class PublicRefunds(BaseModel):
    amount_minor: int = Field(alias="amount_minor")
    buyer_id: uuid.UUID = Field(alias="buyer_id")
    created_at: datetime.datetime = Field(alias="created_at")
    currency: str = Field(alias="currency")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    decided_by: Optional[uuid.UUID] = Field(alias="decided_by")
    failure: Optional[str] = Field(alias="failure")
    finished_at: Optional[datetime.datetime] = Field(alias="finished_at")
    id: uuid.UUID = Field(alias="id")
    note: Optional[str] = Field(alias="note")
    order_id: uuid.UUID = Field(alias="order_id")
    order_line_id: Optional[uuid.UUID] = Field(alias="order_line_id")
    payment_intent_id: Optional[str] = Field(alias="payment_intent_id")
    reason: Optional[str] = Field(alias="reason")
    seller_id: Optional[uuid.UUID] = Field(alias="seller_id")
    status: str = Field(alias="status")
    stripe_refund_id: Optional[str] = Field(alias="stripe_refund_id")

class PublicRefundsInsert(TypedDict):
    amount_minor: Annotated[int, Field(alias="amount_minor")]
    buyer_id: Annotated[uuid.UUID, Field(alias="buyer_id")]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    currency: Annotated[str, Field(alias="currency")]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    decided_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="decided_by")]]
    failure: NotRequired[Annotated[Optional[str], Field(alias="failure")]]
    finished_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="finished_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    order_id: Annotated[uuid.UUID, Field(alias="order_id")]
    order_line_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="order_line_id")]]
    payment_intent_id: NotRequired[Annotated[Optional[str], Field(alias="payment_intent_id")]]
    reason: NotRequired[Annotated[Optional[str], Field(alias="reason")]]
    seller_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="seller_id")]]
    status: Annotated[str, Field(alias="status")]
    stripe_refund_id: NotRequired[Annotated[Optional[str], Field(alias="stripe_refund_id")]]

class PublicRefundsUpdate(TypedDict):
    amount_minor: NotRequired[Annotated[int, Field(alias="amount_minor")]]
    buyer_id: NotRequired[Annotated[uuid.UUID, Field(alias="buyer_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    currency: NotRequired[Annotated[str, Field(alias="currency")]]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    decided_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="decided_by")]]
    failure: NotRequired[Annotated[Optional[str], Field(alias="failure")]]
    finished_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="finished_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    order_id: NotRequired[Annotated[uuid.UUID, Field(alias="order_id")]]
    order_line_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="order_line_id")]]
    payment_intent_id: NotRequired[Annotated[Optional[str], Field(alias="payment_intent_id")]]
    reason: NotRequired[Annotated[Optional[str], Field(alias="reason")]]
    seller_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="seller_id")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    stripe_refund_id: NotRequired[Annotated[Optional[str], Field(alias="stripe_refund_id")]]

class PublicReports(BaseModel):
    case_id: uuid.UUID = Field(alias="case_id")
    copy: Optional[JsonValue] = Field(alias="copy")
    created_at: datetime.datetime = Field(alias="created_at")
    description: Optional[str] = Field(alias="description")
    id: uuid.UUID = Field(alias="id")
    is_scored: bool = Field(alias="is_scored")
    is_young: bool = Field(alias="is_young")
    reason: str = Field(alias="reason")
    reporter_id: Optional[uuid.UUID] = Field(alias="reporter_id")
    reviewed_at: Optional[datetime.datetime] = Field(alias="reviewed_at")
    status: str = Field(alias="status")
    subject_id: Optional[uuid.UUID] = Field(alias="subject_id")
    target_id: uuid.UUID = Field(alias="target_id")
    target_kind: str = Field(alias="target_kind")
    weight: float = Field(alias="weight")

class PublicReportsInsert(TypedDict):
    case_id: Annotated[uuid.UUID, Field(alias="case_id")]
    copy: NotRequired[Annotated[Optional[JsonValue], Field(alias="copy")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    description: NotRequired[Annotated[Optional[str], Field(alias="description")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_scored: NotRequired[Annotated[bool, Field(alias="is_scored")]]
    is_young: Annotated[bool, Field(alias="is_young")]
    reason: Annotated[str, Field(alias="reason")]
    reporter_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="reporter_id")]]
    reviewed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="reviewed_at")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    subject_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="subject_id")]]
    target_id: Annotated[uuid.UUID, Field(alias="target_id")]
    target_kind: Annotated[str, Field(alias="target_kind")]
    weight: Annotated[float, Field(alias="weight")]

class PublicReportsUpdate(TypedDict):
    case_id: NotRequired[Annotated[uuid.UUID, Field(alias="case_id")]]
    copy: NotRequired[Annotated[Optional[JsonValue], Field(alias="copy")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    description: NotRequired[Annotated[Optional[str], Field(alias="description")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_scored: NotRequired[Annotated[bool, Field(alias="is_scored")]]
    is_young: NotRequired[Annotated[bool, Field(alias="is_young")]]
    reason: NotRequired[Annotated[str, Field(alias="reason")]]
    reporter_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="reporter_id")]]
    reviewed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="reviewed_at")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    subject_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="subject_id")]]
    target_id: NotRequired[Annotated[uuid.UUID, Field(alias="target_id")]]
    target_kind: NotRequired[Annotated[str, Field(alias="target_kind")]]
    weight: NotRequired[Annotated[float, Field(alias="weight")]]

class PublicReposts(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    id: uuid.UUID = Field(alias="id")
    post_id: uuid.UUID = Field(alias="post_id")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicRepostsInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    post_id: Annotated[uuid.UUID, Field(alias="post_id")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicRepostsUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    post_id: NotRequired[Annotated[uuid.UUID, Field(alias="post_id")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicRightsDeclarations(BaseModel):
    accepted_at: datetime.datetime = Field(alias="accepted_at")
    artist_id: uuid.UUID = Field(alias="artist_id")
    kind: str = Field(alias="kind")
    sources: List[str] = Field(alias="sources")
    track_id: uuid.UUID = Field(alias="track_id")

class PublicRightsDeclarationsInsert(TypedDict):
    accepted_at: NotRequired[Annotated[datetime.datetime, Field(alias="accepted_at")]]
    artist_id: Annotated[uuid.UUID, Field(alias="artist_id")]
    kind: Annotated[str, Field(alias="kind")]
    sources: NotRequired[Annotated[List[str], Field(alias="sources")]]
    track_id: Annotated[uuid.UUID, Field(alias="track_id")]

class PublicRightsDeclarationsUpdate(TypedDict):
    accepted_at: NotRequired[Annotated[datetime.datetime, Field(alias="accepted_at")]]
    artist_id: NotRequired[Annotated[uuid.UUID, Field(alias="artist_id")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    sources: NotRequired[Annotated[List[str], Field(alias="sources")]]
    track_id: NotRequired[Annotated[uuid.UUID, Field(alias="track_id")]]

class PublicRoomBans(BaseModel):
    banned_by: Optional[uuid.UUID] = Field(alias="banned_by")
    created_at: datetime.datetime = Field(alias="created_at")
    reason: Optional[str] = Field(alias="reason")
    room_id: uuid.UUID = Field(alias="room_id")
    until: Optional[datetime.datetime] = Field(alias="until")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicRoomBansInsert(TypedDict):
    banned_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="banned_by")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    reason: NotRequired[Annotated[Optional[str], Field(alias="reason")]]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    until: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="until")]]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicRoomBansUpdate(TypedDict):
    banned_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="banned_by")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    reason: NotRequired[Annotated[Optional[str], Field(alias="reason")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    until: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="until")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicRoomHistory(BaseModel):
    artist_name: Optional[str] = Field(alias="artist_name")
    dj_id: Optional[uuid.UUID] = Field(alias="dj_id")
    down_count: int = Field(alias="down_count")
    finished_at: datetime.datetime = Field(alias="finished_at")
    id: uuid.UUID = Field(alias="id")
    is_skipped: bool = Field(alias="is_skipped")
    item_id: uuid.UUID = Field(alias="item_id")
    listener_count: int = Field(alias="listener_count")
    mode: str = Field(alias="mode")
    ms_played: int = Field(alias="ms_played")
    room_id: uuid.UUID = Field(alias="room_id")
    session_id: uuid.UUID = Field(alias="session_id")
    skip_reason: Optional[str] = Field(alias="skip_reason")
    skipped_by: Optional[uuid.UUID] = Field(alias="skipped_by")
    started_at: datetime.datetime = Field(alias="started_at")
    title: Optional[str] = Field(alias="title")
    track_id: Optional[uuid.UUID] = Field(alias="track_id")
    up_count: int = Field(alias="up_count")

class PublicRoomHistoryInsert(TypedDict):
    artist_name: NotRequired[Annotated[Optional[str], Field(alias="artist_name")]]
    dj_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="dj_id")]]
    down_count: Annotated[int, Field(alias="down_count")]
    finished_at: Annotated[datetime.datetime, Field(alias="finished_at")]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_skipped: Annotated[bool, Field(alias="is_skipped")]
    item_id: Annotated[uuid.UUID, Field(alias="item_id")]
    listener_count: Annotated[int, Field(alias="listener_count")]
    mode: Annotated[str, Field(alias="mode")]
    ms_played: Annotated[int, Field(alias="ms_played")]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    session_id: Annotated[uuid.UUID, Field(alias="session_id")]
    skip_reason: NotRequired[Annotated[Optional[str], Field(alias="skip_reason")]]
    skipped_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="skipped_by")]]
    started_at: Annotated[datetime.datetime, Field(alias="started_at")]
    title: NotRequired[Annotated[Optional[str], Field(alias="title")]]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]
    up_count: Annotated[int, Field(alias="up_count")]

class PublicRoomHistoryUpdate(TypedDict):
    artist_name: NotRequired[Annotated[Optional[str], Field(alias="artist_name")]]
    dj_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="dj_id")]]
    down_count: NotRequired[Annotated[int, Field(alias="down_count")]]
    finished_at: NotRequired[Annotated[datetime.datetime, Field(alias="finished_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_skipped: NotRequired[Annotated[bool, Field(alias="is_skipped")]]
    item_id: NotRequired[Annotated[uuid.UUID, Field(alias="item_id")]]
    listener_count: NotRequired[Annotated[int, Field(alias="listener_count")]]
    mode: NotRequired[Annotated[str, Field(alias="mode")]]
    ms_played: NotRequired[Annotated[int, Field(alias="ms_played")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    session_id: NotRequired[Annotated[uuid.UUID, Field(alias="session_id")]]
    skip_reason: NotRequired[Annotated[Optional[str], Field(alias="skip_reason")]]
    skipped_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="skipped_by")]]
    started_at: NotRequired[Annotated[datetime.datetime, Field(alias="started_at")]]
    title: NotRequired[Annotated[Optional[str], Field(alias="title")]]
    track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="track_id")]]
    up_count: NotRequired[Annotated[int, Field(alias="up_count")]]

class PublicRoomInvites(BaseModel):
    code: str = Field(alias="code")
    created_at: datetime.datetime = Field(alias="created_at")
    expires_at: datetime.datetime = Field(alias="expires_at")
    id: uuid.UUID = Field(alias="id")
    invited_by: uuid.UUID = Field(alias="invited_by")
    role: str = Field(alias="role")
    room_id: uuid.UUID = Field(alias="room_id")
    use_count: int = Field(alias="use_count")
    use_limit: Optional[int] = Field(alias="use_limit")
    user_id: Optional[uuid.UUID] = Field(alias="user_id")

class PublicRoomInvitesInsert(TypedDict):
    code: Annotated[str, Field(alias="code")]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    expires_at: Annotated[datetime.datetime, Field(alias="expires_at")]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    invited_by: Annotated[uuid.UUID, Field(alias="invited_by")]
    role: NotRequired[Annotated[str, Field(alias="role")]]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    use_count: NotRequired[Annotated[int, Field(alias="use_count")]]
    use_limit: NotRequired[Annotated[Optional[int], Field(alias="use_limit")]]
    user_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="user_id")]]

class PublicRoomInvitesUpdate(TypedDict):
    code: NotRequired[Annotated[str, Field(alias="code")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    expires_at: NotRequired[Annotated[datetime.datetime, Field(alias="expires_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    invited_by: NotRequired[Annotated[uuid.UUID, Field(alias="invited_by")]]
    role: NotRequired[Annotated[str, Field(alias="role")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    use_count: NotRequired[Annotated[int, Field(alias="use_count")]]
    use_limit: NotRequired[Annotated[Optional[int], Field(alias="use_limit")]]
    user_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="user_id")]]

class PublicRoomMembers(BaseModel):
    joined_at: datetime.datetime = Field(alias="joined_at")
    role: str = Field(alias="role")
    room_id: uuid.UUID = Field(alias="room_id")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicRoomMembersInsert(TypedDict):
    joined_at: NotRequired[Annotated[datetime.datetime, Field(alias="joined_at")]]
    role: NotRequired[Annotated[str, Field(alias="role")]]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicRoomMembersUpdate(TypedDict):
    joined_at: NotRequired[Annotated[datetime.datetime, Field(alias="joined_at")]]
    role: NotRequired[Annotated[str, Field(alias="role")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicRoomMutes(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    muted_by: Optional[uuid.UUID] = Field(alias="muted_by")
    room_id: uuid.UUID = Field(alias="room_id")
    until: datetime.datetime = Field(alias="until")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicRoomMutesInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    muted_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="muted_by")]]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    until: Annotated[datetime.datetime, Field(alias="until")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicRoomMutesUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    muted_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="muted_by")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    until: NotRequired[Annotated[datetime.datetime, Field(alias="until")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicRoomPresence(BaseModel):
    last_seen_at: datetime.datetime = Field(alias="last_seen_at")
    room_id: uuid.UUID = Field(alias="room_id")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicRoomPresenceInsert(TypedDict):
    last_seen_at: NotRequired[Annotated[datetime.datetime, Field(alias="last_seen_at")]]
    room_id: Annotated[uuid.UUID, Field(alias="room_id")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicRoomPresenceUpdate(TypedDict):
    last_seen_at: NotRequired[Annotated[datetime.datetime, Field(alias="last_seen_at")]]
    room_id: NotRequired[Annotated[uuid.UUID, Field(alias="room_id")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicRooms(BaseModel):
    artist_id: Optional[uuid.UUID] = Field(alias="artist_id")
    avatar_path: Optional[str] = Field(alias="avatar_path")
    client_id: Optional[uuid.UUID] = Field(alias="client_id")
    created_at: datetime.datetime = Field(alias="created_at")
    deleted_at: Optional[datetime.datetime] = Field(alias="deleted_at")
    description: str = Field(alias="description")
    downvotes_enabled: bool = Field(alias="downvotes_enabled")
    genre: Optional[str] = Field(alias="genre")
    id: uuid.UUID = Field(alias="id")
    is_withheld: bool = Field(alias="is_withheld")
    kind: str = Field(alias="kind")
    max_track_ms: int = Field(alias="max_track_ms")
    member_count: int = Field(alias="member_count")
    member_limit: int = Field(alias="member_limit")
    name: Optional[str] = Field(alias="name")
    owner_id: Optional[uuid.UUID] = Field(alias="owner_id")
    pinned_track_id: Optional[uuid.UUID] = Field(alias="pinned_track_id")
    queue_limit_per_member: int = Field(alias="queue_limit_per_member")
    region: Optional[str] = Field(alias="region")
    repeat_window_minutes: int = Field(alias="repeat_window_minutes")
    rotation_cycles: bool = Field(alias="rotation_cycles")
    slow_mode_seconds: int = Field(alias="slow_mode_seconds")
    slug: str = Field(alias="slug")
    tags: List[str] = Field(alias="tags")
    tracks_per_turn: int = Field(alias="tracks_per_turn")
    updated_at: datetime.datetime = Field(alias="updated_at")
    visibility: str = Field(alias="visibility")
    vote_skip_enabled: bool = Field(alias="vote_skip_enabled")
    vote_skip_minimum: int = Field(alias="vote_skip_minimum")
    vote_skip_ratio: float = Field(alias="vote_skip_ratio")

class PublicRoomsInsert(TypedDict):
    artist_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="artist_id")]]
    avatar_path: NotRequired[Annotated[Optional[str], Field(alias="avatar_path")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    description: NotRequired[Annotated[str, Field(alias="description")]]
    downvotes_enabled: NotRequired[Annotated[bool, Field(alias="downvotes_enabled")]]
    genre: NotRequired[Annotated[Optional[str], Field(alias="genre")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    max_track_ms: NotRequired[Annotated[int, Field(alias="max_track_ms")]]
    member_count: NotRequired[Annotated[int, Field(alias="member_count")]]
    member_limit: NotRequired[Annotated[int, Field(alias="member_limit")]]
    name: NotRequired[Annotated[Optional[str], Field(alias="name")]]
    owner_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="owner_id")]]
    pinned_track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="pinned_track_id")]]
    queue_limit_per_member: NotRequired[Annotated[int, Field(alias="queue_limit_per_member")]]
    region: NotRequired[Annotated[Optional[str], Field(alias="region")]]
    repeat_window_minutes: NotRequired[Annotated[int, Field(alias="repeat_window_minutes")]]
    rotation_cycles: NotRequired[Annotated[bool, Field(alias="rotation_cycles")]]
    slow_mode_seconds: NotRequired[Annotated[int, Field(alias="slow_mode_seconds")]]
    slug: Annotated[str, Field(alias="slug")]
    tags: NotRequired[Annotated[List[str], Field(alias="tags")]]
    tracks_per_turn: NotRequired[Annotated[int, Field(alias="tracks_per_turn")]]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]
    visibility: NotRequired[Annotated[str, Field(alias="visibility")]]
    vote_skip_enabled: NotRequired[Annotated[bool, Field(alias="vote_skip_enabled")]]
    vote_skip_minimum: NotRequired[Annotated[int, Field(alias="vote_skip_minimum")]]
    vote_skip_ratio: NotRequired[Annotated[float, Field(alias="vote_skip_ratio")]]

class PublicRoomsUpdate(TypedDict):
    artist_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="artist_id")]]
    avatar_path: NotRequired[Annotated[Optional[str], Field(alias="avatar_path")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    description: NotRequired[Annotated[str, Field(alias="description")]]
    downvotes_enabled: NotRequired[Annotated[bool, Field(alias="downvotes_enabled")]]
    genre: NotRequired[Annotated[Optional[str], Field(alias="genre")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_withheld: NotRequired[Annotated[bool, Field(alias="is_withheld")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    max_track_ms: NotRequired[Annotated[int, Field(alias="max_track_ms")]]
    member_count: NotRequired[Annotated[int, Field(alias="member_count")]]
    member_limit: NotRequired[Annotated[int, Field(alias="member_limit")]]
    name: NotRequired[Annotated[Optional[str], Field(alias="name")]]
    owner_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="owner_id")]]
    pinned_track_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="pinned_track_id")]]
    queue_limit_per_member: NotRequired[Annotated[int, Field(alias="queue_limit_per_member")]]
    region: NotRequired[Annotated[Optional[str], Field(alias="region")]]
    repeat_window_minutes: NotRequired[Annotated[int, Field(alias="repeat_window_minutes")]]
    rotation_cycles: NotRequired[Annotated[bool, Field(alias="rotation_cycles")]]
    slow_mode_seconds: NotRequired[Annotated[int, Field(alias="slow_mode_seconds")]]
    slug: NotRequired[Annotated[str, Field(alias="slug")]]
    tags: NotRequired[Annotated[List[str], Field(alias="tags")]]
    tracks_per_turn: NotRequired[Annotated[int, Field(alias="tracks_per_turn")]]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]
    visibility: NotRequired[Annotated[str, Field(alias="visibility")]]
    vote_skip_enabled: NotRequired[Annotated[bool, Field(alias="vote_skip_enabled")]]
    vote_skip_minimum: NotRequired[Annotated[int, Field(alias="vote_skip_minimum")]]
    vote_skip_ratio: NotRequired[Annotated[float, Field(alias="vote_skip_ratio")]]

class PublicRotationSlots(BaseModel):
    afk_warned_at: Optional[datetime.datetime] = Field(alias="afk_warned_at")
    joined_at: datetime.datetime = Field(alias="joined_at")
    position: int = Field(alias="position")
    session_id: uuid.UUID = Field(alias="session_id")
    turn_count: int = Field(alias="turn_count")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicRotationSlotsInsert(TypedDict):
    afk_warned_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="afk_warned_at")]]
    joined_at: NotRequired[Annotated[datetime.datetime, Field(alias="joined_at")]]
    position: Annotated[int, Field(alias="position")]
    session_id: Annotated[uuid.UUID, Field(alias="session_id")]
    turn_count: NotRequired[Annotated[int, Field(alias="turn_count")]]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicRotationSlotsUpdate(TypedDict):
    afk_warned_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="afk_warned_at")]]
    joined_at: NotRequired[Annotated[datetime.datetime, Field(alias="joined_at")]]
    position: NotRequired[Annotated[int, Field(alias="position")]]
    session_id: NotRequired[Annotated[uuid.UUID, Field(alias="session_id")]]
    turn_count: NotRequired[Annotated[int, Field(alias="turn_count")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicRoyaltyRates(BaseModel):
    effective_from: datetime.date = Field(alias="effective_from")
    micro_usd: int = Field(alias="micro_usd")

class PublicRoyaltyRatesInsert(TypedDict):
    effective_from: Annotated[datetime.date, Field(alias="effective_from")]
    micro_usd: Annotated[int, Field(alias="micro_usd")]

class PublicRoyaltyRatesUpdate(TypedDict):
    effective_from: NotRequired[Annotated[datetime.date, Field(alias="effective_from")]]
    micro_usd: NotRequired[Annotated[int, Field(alias="micro_usd")]]

class PublicSanctions(BaseModel):
    case_id: Optional[uuid.UUID] = Field(alias="case_id")
    created_at: datetime.datetime = Field(alias="created_at")
    id: uuid.UUID = Field(alias="id")
    issued_by: Optional[uuid.UUID] = Field(alias="issued_by")
    kind: str = Field(alias="kind")
    lifted_at: Optional[datetime.datetime] = Field(alias="lifted_at")
    lifted_by: Optional[uuid.UUID] = Field(alias="lifted_by")
    reason: Optional[str] = Field(alias="reason")
    room_id: Optional[uuid.UUID] = Field(alias="room_id")
    until: Optional[datetime.datetime] = Field(alias="until")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicSanctionsInsert(TypedDict):
    case_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="case_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    issued_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="issued_by")]]
    kind: Annotated[str, Field(alias="kind")]
    lifted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="lifted_at")]]
    lifted_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="lifted_by")]]
    reason: NotRequired[Annotated[Optional[str], Field(alias="reason")]]
    room_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="room_id")]]
    until: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="until")]]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicSanctionsUpdate(TypedDict):
    case_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="case_id")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    issued_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="issued_by")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    lifted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="lifted_at")]]
    lifted_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="lifted_by")]]
    reason: NotRequired[Annotated[Optional[str], Field(alias="reason")]]
    room_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="room_id")]]
    until: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="until")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicSeasonResults(BaseModel):
    credits: int = Field(alias="credits")
    is_told: bool = Field(alias="is_told")
    rank: int = Field(alias="rank")
    score: int = Field(alias="score")
    season: str = Field(alias="season")
    tier: str = Field(alias="tier")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicSeasonResultsInsert(TypedDict):
    credits: Annotated[int, Field(alias="credits")]
    is_told: NotRequired[Annotated[bool, Field(alias="is_told")]]
    rank: Annotated[int, Field(alias="rank")]
    score: Annotated[int, Field(alias="score")]
    season: Annotated[str, Field(alias="season")]
    tier: Annotated[str, Field(alias="tier")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicSeasonResultsUpdate(TypedDict):
    credits: NotRequired[Annotated[int, Field(alias="credits")]]
    is_told: NotRequired[Annotated[bool, Field(alias="is_told")]]
    rank: NotRequired[Annotated[int, Field(alias="rank")]]
    score: NotRequired[Annotated[int, Field(alias="score")]]
    season: NotRequired[Annotated[str, Field(alias="season")]]
    tier: NotRequired[Annotated[str, Field(alias="tier")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicSeasons(BaseModel):
    closed_at: Optional[datetime.datetime] = Field(alias="closed_at")
    code: str = Field(alias="code")
    ends_at: datetime.datetime = Field(alias="ends_at")
    hash: Optional[str] = Field(alias="hash")
    people: Optional[int] = Field(alias="people")
    starts_at: datetime.datetime = Field(alias="starts_at")
    status: str = Field(alias="status")

class PublicSeasonsInsert(TypedDict):
    closed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="closed_at")]]
    code: Annotated[str, Field(alias="code")]
    ends_at: Annotated[datetime.datetime, Field(alias="ends_at")]
    hash: NotRequired[Annotated[Optional[str], Field(alias="hash")]]
    people: NotRequired[Annotated[Optional[int], Field(alias="people")]]
    starts_at: Annotated[datetime.datetime, Field(alias="starts_at")]
    status: NotRequired[Annotated[str, Field(alias="status")]]

class PublicSeasonsUpdate(TypedDict):
    closed_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="closed_at")]]
    code: NotRequired[Annotated[str, Field(alias="code")]]
    ends_at: NotRequired[Annotated[datetime.datetime, Field(alias="ends_at")]]
    hash: NotRequired[Annotated[Optional[str], Field(alias="hash")]]
    people: NotRequired[Annotated[Optional[int], Field(alias="people")]]
    starts_at: NotRequired[Annotated[datetime.datetime, Field(alias="starts_at")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]

class PublicSessionContributors(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    session_id: uuid.UUID = Field(alias="session_id")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicSessionContributorsInsert(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    session_id: Annotated[uuid.UUID, Field(alias="session_id")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicSessionContributorsUpdate(TypedDict):
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    session_id: NotRequired[Annotated[uuid.UUID, Field(alias="session_id")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicSkipVotes(BaseModel):
    item_id: uuid.UUID = Field(alias="item_id")
    user_id: uuid.UUID = Field(alias="user_id")
    voted_at: datetime.datetime = Field(alias="voted_at")

class PublicSkipVotesInsert(TypedDict):
    item_id: Annotated[uuid.UUID, Field(alias="item_id")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]
    voted_at: NotRequired[Annotated[datetime.datetime, Field(alias="voted_at")]]

class PublicSkipVotesUpdate(TypedDict):
    item_id: NotRequired[Annotated[uuid.UUID, Field(alias="item_id")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]
    voted_at: NotRequired[Annotated[datetime.datetime, Field(alias="voted_at")]]

class PublicStreaks(BaseModel):
    board_score: int = Field(alias="board_score")
    breaks_at: Optional[datetime.datetime] = Field(alias="breaks_at")
    counted_at: datetime.datetime = Field(alias="counted_at")
    counted_in: str = Field(alias="counted_in")
    counted_period: datetime.date = Field(alias="counted_period")
    current: int = Field(alias="current")
    freezes: int = Field(alias="freezes")
    kept_in: str = Field(alias="kept_in")
    kind: str = Field(alias="kind")
    last_period: datetime.date = Field(alias="last_period")
    longest: int = Field(alias="longest")
    remind_at: Optional[datetime.datetime] = Field(alias="remind_at")
    updated_at: datetime.datetime = Field(alias="updated_at")
    user_id: uuid.UUID = Field(alias="user_id")

class PublicStreaksInsert(TypedDict):
    board_score: NotRequired[Annotated[int, Field(alias="board_score")]]
    breaks_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="breaks_at")]]
    counted_at: Annotated[datetime.datetime, Field(alias="counted_at")]
    counted_in: Annotated[str, Field(alias="counted_in")]
    counted_period: Annotated[datetime.date, Field(alias="counted_period")]
    current: Annotated[int, Field(alias="current")]
    freezes: Annotated[int, Field(alias="freezes")]
    kept_in: Annotated[str, Field(alias="kept_in")]
    kind: Annotated[str, Field(alias="kind")]
    last_period: Annotated[datetime.date, Field(alias="last_period")]
    longest: Annotated[int, Field(alias="longest")]
    remind_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="remind_at")]]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]

class PublicStreaksUpdate(TypedDict):
    board_score: NotRequired[Annotated[int, Field(alias="board_score")]]
    breaks_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="breaks_at")]]
    counted_at: NotRequired[Annotated[datetime.datetime, Field(alias="counted_at")]]
    counted_in: NotRequired[Annotated[str, Field(alias="counted_in")]]
    counted_period: NotRequired[Annotated[datetime.date, Field(alias="counted_period")]]
    current: NotRequired[Annotated[int, Field(alias="current")]]
    freezes: NotRequired[Annotated[int, Field(alias="freezes")]]
    kept_in: NotRequired[Annotated[str, Field(alias="kept_in")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    last_period: NotRequired[Annotated[datetime.date, Field(alias="last_period")]]
    longest: NotRequired[Annotated[int, Field(alias="longest")]]
    remind_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="remind_at")]]
    updated_at: NotRequired[Annotated[datetime.datetime, Field(alias="updated_at")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]

class PublicSubscriptions(BaseModel):
    cancels_at: Optional[datetime.datetime] = Field(alias="cancels_at")
    ended_at: Optional[datetime.datetime] = Field(alias="ended_at")
    id: str = Field(alias="id")
    period_end: datetime.datetime = Field(alias="period_end")
    period_start: datetime.datetime = Field(alias="period_start")
    plan: str = Field(alias="plan")
    started_at: datetime.datetime = Field(alias="started_at")
    status: str = Field(alias="status")
    user_id: uuid.UUID = Field(alias="user_id")
    version: JsonValue = Field(alias="version")

class PublicSubscriptionsInsert(TypedDict):
    cancels_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="cancels_at")]]
    ended_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="ended_at")]]
    id: Annotated[str, Field(alias="id")]
    period_end: Annotated[datetime.datetime, Field(alias="period_end")]
    period_start: Annotated[datetime.datetime, Field(alias="period_start")]
    plan: Annotated[str, Field(alias="plan")]
    started_at: Annotated[datetime.datetime, Field(alias="started_at")]
    status: Annotated[str, Field(alias="status")]
    user_id: Annotated[uuid.UUID, Field(alias="user_id")]
    version: Annotated[JsonValue, Field(alias="version")]

class PublicSubscriptionsUpdate(TypedDict):
    cancels_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="cancels_at")]]
    ended_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="ended_at")]]
    id: NotRequired[Annotated[str, Field(alias="id")]]
    period_end: NotRequired[Annotated[datetime.datetime, Field(alias="period_end")]]
    period_start: NotRequired[Annotated[datetime.datetime, Field(alias="period_start")]]
    plan: NotRequired[Annotated[str, Field(alias="plan")]]
    started_at: NotRequired[Annotated[datetime.datetime, Field(alias="started_at")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    user_id: NotRequired[Annotated[uuid.UUID, Field(alias="user_id")]]
    version: NotRequired[Annotated[JsonValue, Field(alias="version")]]

class PublicTracks(BaseModel):
    artist_id: Optional[uuid.UUID] = Field(alias="artist_id")
    artist_name: str = Field(alias="artist_name")
    artwork_path: Optional[str] = Field(alias="artwork_path")
    artwork_url: Optional[str] = Field(alias="artwork_url")
    bpm: Optional[float] = Field(alias="bpm")
    client_id: Optional[uuid.UUID] = Field(alias="client_id")
    comment_count: int = Field(alias="comment_count")
    created_at: datetime.datetime = Field(alias="created_at")
    duration_ms: int = Field(alias="duration_ms")
    file_bytes: Optional[int] = Field(alias="file_bytes")
    file_format: Optional[str] = Field(alias="file_format")
    genre: Optional[str] = Field(alias="genre")
    id: uuid.UUID = Field(alias="id")
    is_explicit: bool = Field(alias="is_explicit")
    isrc: Optional[str] = Field(alias="isrc")
    kind: str = Field(alias="kind")
    like_count: int = Field(alias="like_count")
    musical_key: Optional[str] = Field(alias="musical_key")
    play_count: int = Field(alias="play_count")
    provider: str = Field(alias="provider")
    provider_track_id: str = Field(alias="provider_track_id")
    published_at: Optional[datetime.datetime] = Field(alias="published_at")
    removed_from: Optional[str] = Field(alias="removed_from")
    repost_count: int = Field(alias="repost_count")
    status: str = Field(alias="status")
    title: str = Field(alias="title")

class PublicTracksInsert(TypedDict):
    artist_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="artist_id")]]
    artist_name: Annotated[str, Field(alias="artist_name")]
    artwork_path: NotRequired[Annotated[Optional[str], Field(alias="artwork_path")]]
    artwork_url: NotRequired[Annotated[Optional[str], Field(alias="artwork_url")]]
    bpm: NotRequired[Annotated[Optional[float], Field(alias="bpm")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    comment_count: NotRequired[Annotated[int, Field(alias="comment_count")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    duration_ms: Annotated[int, Field(alias="duration_ms")]
    file_bytes: NotRequired[Annotated[Optional[int], Field(alias="file_bytes")]]
    file_format: NotRequired[Annotated[Optional[str], Field(alias="file_format")]]
    genre: NotRequired[Annotated[Optional[str], Field(alias="genre")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_explicit: NotRequired[Annotated[bool, Field(alias="is_explicit")]]
    isrc: NotRequired[Annotated[Optional[str], Field(alias="isrc")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    musical_key: NotRequired[Annotated[Optional[str], Field(alias="musical_key")]]
    play_count: NotRequired[Annotated[int, Field(alias="play_count")]]
    provider: Annotated[str, Field(alias="provider")]
    provider_track_id: Annotated[str, Field(alias="provider_track_id")]
    published_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="published_at")]]
    removed_from: NotRequired[Annotated[Optional[str], Field(alias="removed_from")]]
    repost_count: NotRequired[Annotated[int, Field(alias="repost_count")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    title: Annotated[str, Field(alias="title")]

class PublicTracksUpdate(TypedDict):
    artist_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="artist_id")]]
    artist_name: NotRequired[Annotated[str, Field(alias="artist_name")]]
    artwork_path: NotRequired[Annotated[Optional[str], Field(alias="artwork_path")]]
    artwork_url: NotRequired[Annotated[Optional[str], Field(alias="artwork_url")]]
    bpm: NotRequired[Annotated[Optional[float], Field(alias="bpm")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    comment_count: NotRequired[Annotated[int, Field(alias="comment_count")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    duration_ms: NotRequired[Annotated[int, Field(alias="duration_ms")]]
    file_bytes: NotRequired[Annotated[Optional[int], Field(alias="file_bytes")]]
    file_format: NotRequired[Annotated[Optional[str], Field(alias="file_format")]]
    genre: NotRequired[Annotated[Optional[str], Field(alias="genre")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    is_explicit: NotRequired[Annotated[bool, Field(alias="is_explicit")]]
    isrc: NotRequired[Annotated[Optional[str], Field(alias="isrc")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    musical_key: NotRequired[Annotated[Optional[str], Field(alias="musical_key")]]
    play_count: NotRequired[Annotated[int, Field(alias="play_count")]]
    provider: NotRequired[Annotated[str, Field(alias="provider")]]
    provider_track_id: NotRequired[Annotated[str, Field(alias="provider_track_id")]]
    published_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="published_at")]]
    removed_from: NotRequired[Annotated[Optional[str], Field(alias="removed_from")]]
    repost_count: NotRequired[Annotated[int, Field(alias="repost_count")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    title: NotRequired[Annotated[str, Field(alias="title")]]

class PublicVerificationRequests(BaseModel):
    artist_id: uuid.UUID = Field(alias="artist_id")
    code: str = Field(alias="code")
    crawl_count: int = Field(alias="crawl_count")
    crawled_at: Optional[datetime.datetime] = Field(alias="crawled_at")
    created_at: datetime.datetime = Field(alias="created_at")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    decided_by: Optional[uuid.UUID] = Field(alias="decided_by")
    findings: JsonValue = Field(alias="findings")
    id: uuid.UUID = Field(alias="id")
    leased_until: Optional[datetime.datetime] = Field(alias="leased_until")
    next_crawl_at: datetime.datetime = Field(alias="next_crawl_at")
    note: Optional[str] = Field(alias="note")
    status: str = Field(alias="status")
    urls: List[str] = Field(alias="urls")

class PublicVerificationRequestsInsert(TypedDict):
    artist_id: Annotated[uuid.UUID, Field(alias="artist_id")]
    code: Annotated[str, Field(alias="code")]
    crawl_count: NotRequired[Annotated[int, Field(alias="crawl_count")]]
    crawled_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="crawled_at")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    decided_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="decided_by")]]
    findings: NotRequired[Annotated[JsonValue, Field(alias="findings")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    leased_until: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="leased_until")]]
    next_crawl_at: NotRequired[Annotated[datetime.datetime, Field(alias="next_crawl_at")]]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    urls: Annotated[List[str], Field(alias="urls")]

class PublicVerificationRequestsUpdate(TypedDict):
    artist_id: NotRequired[Annotated[uuid.UUID, Field(alias="artist_id")]]
    code: NotRequired[Annotated[str, Field(alias="code")]]
    crawl_count: NotRequired[Annotated[int, Field(alias="crawl_count")]]
    crawled_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="crawled_at")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    decided_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="decided_at")]]
    decided_by: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="decided_by")]]
    findings: NotRequired[Annotated[JsonValue, Field(alias="findings")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    leased_until: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="leased_until")]]
    next_crawl_at: NotRequired[Annotated[datetime.datetime, Field(alias="next_crawl_at")]]
    note: NotRequired[Annotated[Optional[str], Field(alias="note")]]
    status: NotRequired[Annotated[str, Field(alias="status")]]
    urls: NotRequired[Annotated[List[str], Field(alias="urls")]]





class PublicActivityRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    kind: Optional[str] = Field(alias="kind")
    actors: Optional[JsonValue] = Field(alias="actors")
    actor_count: Optional[int] = Field(alias="actor_count")
    event_count: Optional[int] = Field(alias="event_count")
    target_kind: Optional[str] = Field(alias="target_kind")
    target_id: Optional[uuid.UUID] = Field(alias="target_id")
    target: Optional[JsonValue] = Field(alias="target")
    data: Optional[JsonValue] = Field(alias="data")
    like_count: Optional[int] = Field(alias="like_count")
    liked_by_me: Optional[bool] = Field(alias="liked_by_me")
    reactions: Optional[JsonValue] = Field(alias="reactions")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicAuditRow(BaseModel):
    id: Optional[int] = Field(alias="id")
    source: Optional[str] = Field(alias="source")
    action: Optional[str] = Field(alias="action")
    actor: Optional[JsonValue] = Field(alias="actor")
    target_kind: Optional[str] = Field(alias="target_kind")
    target_id: Optional[str] = Field(alias="target_id")
    subject: Optional[JsonValue] = Field(alias="subject")
    room_id: Optional[uuid.UUID] = Field(alias="room_id")
    reason: Optional[str] = Field(alias="reason")
    before: Optional[JsonValue] = Field(alias="before")
    after: Optional[JsonValue] = Field(alias="after")
    details: Optional[JsonValue] = Field(alias="details")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicBoardRank(BaseModel):
    rank: Optional[int] = Field(alias="rank")
    score: Optional[int] = Field(alias="score")
    of: Optional[int] = Field(alias="of")
    percentile: Optional[float] = Field(alias="percentile")
    next_reset_at: Optional[datetime.datetime] = Field(alias="next_reset_at")

class PublicCaseRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    kind: Optional[str] = Field(alias="kind")
    status: Optional[str] = Field(alias="status")
    target_kind: Optional[str] = Field(alias="target_kind")
    target_id: Optional[uuid.UUID] = Field(alias="target_id")
    subject: Optional[JsonValue] = Field(alias="subject")
    room_id: Optional[uuid.UUID] = Field(alias="room_id")
    weight: Optional[float] = Field(alias="weight")
    report_count: Optional[int] = Field(alias="report_count")
    is_withheld: Optional[bool] = Field(alias="is_withheld")
    reports: Optional[JsonValue] = Field(alias="reports")
    evidence: Optional[JsonValue] = Field(alias="evidence")
    history: Optional[JsonValue] = Field(alias="history")
    similar_cases: Optional[JsonValue] = Field(alias="similar_cases")
    claimed_by: Optional[JsonValue] = Field(alias="claimed_by")
    claimed_at: Optional[datetime.datetime] = Field(alias="claimed_at")
    decided_by: Optional[JsonValue] = Field(alias="decided_by")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    action: Optional[str] = Field(alias="action")
    note: Optional[str] = Field(alias="note")
    opened_at: Optional[datetime.datetime] = Field(alias="opened_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicClaimQueueRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    track: Optional[JsonValue] = Field(alias="track")
    artist: Optional[JsonValue] = Field(alias="artist")
    claimant: Optional[str] = Field(alias="claimant")
    kind: Optional[str] = Field(alias="kind")
    contact: Optional[str] = Field(alias="contact")
    statement: Optional[str] = Field(alias="statement")
    status: Optional[str] = Field(alias="status")
    declaration: Optional[JsonValue] = Field(alias="declaration")
    strike_count: Optional[int] = Field(alias="strike_count")
    note: Optional[str] = Field(alias="note")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    decided_by: Optional[JsonValue] = Field(alias="decided_by")
    counter_statement: Optional[str] = Field(alias="counter_statement")
    countered_at: Optional[datetime.datetime] = Field(alias="countered_at")
    counter_note: Optional[str] = Field(alias="counter_note")
    redecided_at: Optional[datetime.datetime] = Field(alias="redecided_at")
    redecided_by: Optional[JsonValue] = Field(alias="redecided_by")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicClaimRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    track_id: Optional[uuid.UUID] = Field(alias="track_id")
    kind: Optional[str] = Field(alias="kind")
    statement: Optional[str] = Field(alias="statement")
    status: Optional[str] = Field(alias="status")
    note: Optional[str] = Field(alias="note")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    counter_statement: Optional[str] = Field(alias="counter_statement")
    countered_at: Optional[datetime.datetime] = Field(alias="countered_at")
    counter_note: Optional[str] = Field(alias="counter_note")
    redecided_at: Optional[datetime.datetime] = Field(alias="redecided_at")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicCommentRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    target_kind: Optional[str] = Field(alias="target_kind")
    target_id: Optional[uuid.UUID] = Field(alias="target_id")
    parent_id: Optional[uuid.UUID] = Field(alias="parent_id")
    depth: Optional[int] = Field(alias="depth")
    body: Optional[str] = Field(alias="body")
    position_ms: Optional[int] = Field(alias="position_ms")
    author: Optional[JsonValue] = Field(alias="author")
    mentions: Optional[JsonValue] = Field(alias="mentions")
    like_count: Optional[int] = Field(alias="like_count")
    liked_by_me: Optional[bool] = Field(alias="liked_by_me")
    reactions: Optional[JsonValue] = Field(alias="reactions")
    reply_count: Optional[int] = Field(alias="reply_count")
    replies: Optional[JsonValue] = Field(alias="replies")
    is_pinned: Optional[bool] = Field(alias="is_pinned")
    is_hidden: Optional[bool] = Field(alias="is_hidden")
    is_deleted: Optional[bool] = Field(alias="is_deleted")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    edited_at: Optional[datetime.datetime] = Field(alias="edited_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicConversationRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    kind: Optional[str] = Field(alias="kind")
    title: Optional[str] = Field(alias="title")
    state: Optional[str] = Field(alias="state")
    members: Optional[JsonValue] = Field(alias="members")
    member_count: Optional[int] = Field(alias="member_count")
    last_message: Optional[JsonValue] = Field(alias="last_message")
    unread_count: Optional[int] = Field(alias="unread_count")
    last_read_message_id: Optional[uuid.UUID] = Field(alias="last_read_message_id")
    muted_until: Optional[datetime.datetime] = Field(alias="muted_until")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicCrateItemRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    track: Optional[JsonValue] = Field(alias="track")
    note: Optional[str] = Field(alias="note")
    added_by: Optional[JsonValue] = Field(alias="added_by")
    added_at: Optional[datetime.datetime] = Field(alias="added_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicCrateRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    title: Optional[str] = Field(alias="title")
    description: Optional[str] = Field(alias="description")
    cover_path: Optional[str] = Field(alias="cover_path")
    genre: Optional[str] = Field(alias="genre")
    mood: Optional[str] = Field(alias="mood")
    tags: Optional[List[str]] = Field(alias="tags")
    visibility: Optional[str] = Field(alias="visibility")
    is_featured: Optional[bool] = Field(alias="is_featured")
    owner: Optional[JsonValue] = Field(alias="owner")
    my_role: Optional[str] = Field(alias="my_role")
    item_count: Optional[int] = Field(alias="item_count")
    total_ms: Optional[int] = Field(alias="total_ms")
    play_count: Optional[int] = Field(alias="play_count")
    like_count: Optional[int] = Field(alias="like_count")
    comment_count: Optional[int] = Field(alias="comment_count")
    liked_by_me: Optional[bool] = Field(alias="liked_by_me")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    updated_at: Optional[datetime.datetime] = Field(alias="updated_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicCreditRow(BaseModel):
    id: Optional[int] = Field(alias="id")
    kind: Optional[str] = Field(alias="kind")
    amount: Optional[int] = Field(alias="amount")
    cause: Optional[str] = Field(alias="cause")
    expires_at: Optional[datetime.datetime] = Field(alias="expires_at")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicDetectionCaseRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    track_id: Optional[uuid.UUID] = Field(alias="track_id")
    track: Optional[JsonValue] = Field(alias="track")
    artist: Optional[JsonValue] = Field(alias="artist")
    status: Optional[str] = Field(alias="status")
    risk_score: Optional[float] = Field(alias="risk_score")
    bands: Optional[JsonValue] = Field(alias="bands")
    provider: Optional[str] = Field(alias="provider")
    provider_version: Optional[str] = Field(alias="provider_version")
    attempts: Optional[int] = Field(alias="attempts")
    last_error: Optional[str] = Field(alias="last_error")
    evidence: Optional[JsonValue] = Field(alias="evidence")
    is_before: Optional[bool] = Field(alias="is_before")
    round: Optional[int] = Field(alias="round")
    reviews: Optional[JsonValue] = Field(alias="reviews")
    proofs: Optional[JsonValue] = Field(alias="proofs")
    appeal_text: Optional[str] = Field(alias="appeal_text")
    appealed_at: Optional[datetime.datetime] = Field(alias="appealed_at")
    reopened_at: Optional[datetime.datetime] = Field(alias="reopened_at")
    reviewed_by: Optional[uuid.UUID] = Field(alias="reviewed_by")
    notes: Optional[str] = Field(alias="notes")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicDetectionRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    track_id: Optional[uuid.UUID] = Field(alias="track_id")
    track: Optional[JsonValue] = Field(alias="track")
    status: Optional[str] = Field(alias="status")
    risk_score: Optional[float] = Field(alias="risk_score")
    bands: Optional[JsonValue] = Field(alias="bands")
    provider: Optional[str] = Field(alias="provider")
    provider_version: Optional[str] = Field(alias="provider_version")
    is_current: Optional[bool] = Field(alias="is_current")
    can_appeal: Optional[bool] = Field(alias="can_appeal")
    appeal_text: Optional[str] = Field(alias="appeal_text")
    appealed_at: Optional[datetime.datetime] = Field(alias="appealed_at")
    proofs: Optional[JsonValue] = Field(alias="proofs")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicDownloadRow(BaseModel):
    grant_id: Optional[uuid.UUID] = Field(alias="grant_id")
    order_line_id: Optional[uuid.UUID] = Field(alias="order_line_id")
    track_id: Optional[uuid.UUID] = Field(alias="track_id")
    name: Optional[str] = Field(alias="name")
    downloads_left: Optional[int] = Field(alias="downloads_left")
    is_revoked: Optional[bool] = Field(alias="is_revoked")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicFeedRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    kind: Optional[str] = Field(alias="kind")
    body: Optional[str] = Field(alias="body")
    media_paths: Optional[List[str]] = Field(alias="media_paths")
    track: Optional[JsonValue] = Field(alias="track")
    crate: Optional[JsonValue] = Field(alias="crate")
    visibility: Optional[str] = Field(alias="visibility")
    author: Optional[JsonValue] = Field(alias="author")
    like_count: Optional[int] = Field(alias="like_count")
    comment_count: Optional[int] = Field(alias="comment_count")
    repost_count: Optional[int] = Field(alias="repost_count")
    liked_by_me: Optional[bool] = Field(alias="liked_by_me")
    reposted_by_me: Optional[bool] = Field(alias="reposted_by_me")
    reason: Optional[str] = Field(alias="reason")
    reposted_by: Optional[JsonValue] = Field(alias="reposted_by")
    reposters_count: Optional[int] = Field(alias="reposters_count")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    edited_at: Optional[datetime.datetime] = Field(alias="edited_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicHistoryRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    session_id: Optional[uuid.UUID] = Field(alias="session_id")
    item_id: Optional[uuid.UUID] = Field(alias="item_id")
    mode: Optional[str] = Field(alias="mode")
    track: Optional[JsonValue] = Field(alias="track")
    title: Optional[str] = Field(alias="title")
    artist_name: Optional[str] = Field(alias="artist_name")
    dj: Optional[JsonValue] = Field(alias="dj")
    started_at: Optional[datetime.datetime] = Field(alias="started_at")
    finished_at: Optional[datetime.datetime] = Field(alias="finished_at")
    ms_played: Optional[int] = Field(alias="ms_played")
    listener_count: Optional[int] = Field(alias="listener_count")
    up_count: Optional[int] = Field(alias="up_count")
    down_count: Optional[int] = Field(alias="down_count")
    is_skipped: Optional[bool] = Field(alias="is_skipped")
    skip_reason: Optional[str] = Field(alias="skip_reason")
    cursor: Optional[str] = Field(alias="cursor")

class PublicInvoiceRow(BaseModel):
    id: Optional[str] = Field(alias="id")
    plan: Optional[str] = Field(alias="plan")
    status: Optional[str] = Field(alias="status")
    amount_minor: Optional[int] = Field(alias="amount_minor")
    paid_minor: Optional[int] = Field(alias="paid_minor")
    currency: Optional[str] = Field(alias="currency")
    period_end: Optional[datetime.datetime] = Field(alias="period_end")
    url: Optional[str] = Field(alias="url")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicLeaderboardRow(BaseModel):
    rank: Optional[int] = Field(alias="rank")
    profile: Optional[JsonValue] = Field(alias="profile")
    score: Optional[int] = Field(alias="score")
    level: Optional[int] = Field(alias="level")
    cursor: Optional[str] = Field(alias="cursor")

class PublicLiveRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    title: Optional[str] = Field(alias="title")
    host: Optional[JsonValue] = Field(alias="host")
    room: Optional[JsonValue] = Field(alias="room")
    listener_count: Optional[int] = Field(alias="listener_count")
    peak_listeners: Optional[int] = Field(alias="peak_listeners")
    started_at: Optional[datetime.datetime] = Field(alias="started_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicMessageRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    conversation_id: Optional[uuid.UUID] = Field(alias="conversation_id")
    sender: Optional[JsonValue] = Field(alias="sender")
    body: Optional[str] = Field(alias="body")
    track: Optional[JsonValue] = Field(alias="track")
    crate: Optional[JsonValue] = Field(alias="crate")
    reply_to: Optional[JsonValue] = Field(alias="reply_to")
    client_id: Optional[uuid.UUID] = Field(alias="client_id")
    like_count: Optional[int] = Field(alias="like_count")
    liked_by_me: Optional[bool] = Field(alias="liked_by_me")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    deleted_at: Optional[datetime.datetime] = Field(alias="deleted_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicModerationRow(BaseModel):
    id: Optional[int] = Field(alias="id")
    action: Optional[str] = Field(alias="action")
    actor: Optional[JsonValue] = Field(alias="actor")
    subject: Optional[JsonValue] = Field(alias="subject")
    reason: Optional[str] = Field(alias="reason")
    data: Optional[JsonValue] = Field(alias="data")
    before: Optional[JsonValue] = Field(alias="before")
    after: Optional[JsonValue] = Field(alias="after")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicNotificationRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    kind: Optional[str] = Field(alias="kind")
    actors: Optional[JsonValue] = Field(alias="actors")
    actor_count: Optional[int] = Field(alias="actor_count")
    target_kind: Optional[str] = Field(alias="target_kind")
    target_id: Optional[uuid.UUID] = Field(alias="target_id")
    target: Optional[JsonValue] = Field(alias="target")
    comment: Optional[JsonValue] = Field(alias="comment")
    data: Optional[JsonValue] = Field(alias="data")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    is_seen: Optional[bool] = Field(alias="is_seen")
    is_read: Optional[bool] = Field(alias="is_read")
    cursor: Optional[str] = Field(alias="cursor")

class PublicOrderRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    status: Optional[str] = Field(alias="status")
    currency: Optional[str] = Field(alias="currency")
    subtotal_minor: Optional[int] = Field(alias="subtotal_minor")
    platform_fee_minor: Optional[int] = Field(alias="platform_fee_minor")
    processing_fee_minor: Optional[int] = Field(alias="processing_fee_minor")
    shipping_minor: Optional[int] = Field(alias="shipping_minor")
    total_minor: Optional[int] = Field(alias="total_minor")
    fee_payer: Optional[str] = Field(alias="fee_payer")
    shipping_address: Optional[JsonValue] = Field(alias="shipping_address")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    expires_at: Optional[datetime.datetime] = Field(alias="expires_at")
    paid_at: Optional[datetime.datetime] = Field(alias="paid_at")
    lines: Optional[JsonValue] = Field(alias="lines")
    cursor: Optional[str] = Field(alias="cursor")

class PublicPayoutRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    currency: Optional[str] = Field(alias="currency")
    amount_minor: Optional[int] = Field(alias="amount_minor")
    status: Optional[str] = Field(alias="status")
    is_requested: Optional[bool] = Field(alias="is_requested")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    closed_at: Optional[datetime.datetime] = Field(alias="closed_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicPointRow(BaseModel):
    id: Optional[int] = Field(alias="id")
    rule: Optional[str] = Field(alias="rule")
    description: Optional[str] = Field(alias="description")
    cause: Optional[str] = Field(alias="cause")
    units: Optional[int] = Field(alias="units")
    points: Optional[int] = Field(alias="points")
    withheld: Optional[str] = Field(alias="withheld")
    is_reversal: Optional[bool] = Field(alias="is_reversal")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicProductRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    kind: Optional[str] = Field(alias="kind")
    name: Optional[str] = Field(alias="name")
    description: Optional[str] = Field(alias="description")
    pricing: Optional[str] = Field(alias="pricing")
    price_minor: Optional[int] = Field(alias="price_minor")
    minimum_minor: Optional[int] = Field(alias="minimum_minor")
    currency: Optional[str] = Field(alias="currency")
    external_url: Optional[str] = Field(alias="external_url")
    track_ids: Optional[List[uuid.UUID]] = Field(alias="track_ids")
    stock: Optional[int] = Field(alias="stock")
    max_per_order: Optional[int] = Field(alias="max_per_order")
    shipping_required: Optional[bool] = Field(alias="shipping_required")
    shipping_minor: Optional[int] = Field(alias="shipping_minor")
    event_at: Optional[datetime.datetime] = Field(alias="event_at")
    venue: Optional[str] = Field(alias="venue")
    image_paths: Optional[List[str]] = Field(alias="image_paths")
    is_active: Optional[bool] = Field(alias="is_active")
    variants: Optional[JsonValue] = Field(alias="variants")
    cursor: Optional[str] = Field(alias="cursor")

class PublicProfileCard(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    username: Optional[str] = Field(alias="username")
    display_name: Optional[str] = Field(alias="display_name")
    avatar_path: Optional[str] = Field(alias="avatar_path")
    is_verified: Optional[bool] = Field(alias="is_verified")
    is_followed_by_me: Optional[bool] = Field(alias="is_followed_by_me")
    cursor: Optional[str] = Field(alias="cursor")

class PublicQuarantinedEvent(BaseModel):
    id: Optional[str] = Field(alias="id")
    type: Optional[str] = Field(alias="type")
    error: Optional[str] = Field(alias="error")
    order_id: Optional[uuid.UUID] = Field(alias="order_id")
    payment_intent_id: Optional[str] = Field(alias="payment_intent_id")
    happened_at: Optional[datetime.datetime] = Field(alias="happened_at")
    received_at: Optional[datetime.datetime] = Field(alias="received_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicQuestRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    name: Optional[str] = Field(alias="name")
    description: Optional[str] = Field(alias="description")
    cadence: Optional[str] = Field(alias="cadence")
    metric: Optional[str] = Field(alias="metric")
    target: Optional[int] = Field(alias="target")
    progress: Optional[int] = Field(alias="progress")
    points: Optional[int] = Field(alias="points")
    credits: Optional[int] = Field(alias="credits")
    is_complete: Optional[bool] = Field(alias="is_complete")
    is_claimed: Optional[bool] = Field(alias="is_claimed")
    starts_at: Optional[datetime.datetime] = Field(alias="starts_at")
    ends_at: Optional[datetime.datetime] = Field(alias="ends_at")
    pool_left: Optional[int] = Field(alias="pool_left")

class PublicQueueRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    track: Optional[JsonValue] = Field(alias="track")
    added_by: Optional[JsonValue] = Field(alias="added_by")
    is_mine: Optional[bool] = Field(alias="is_mine")
    up_count: Optional[int] = Field(alias="up_count")
    down_count: Optional[int] = Field(alias="down_count")
    my_vote: Optional[int] = Field(alias="my_vote")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicReconciliationRow(BaseModel):
    id: Optional[int] = Field(alias="id")
    from_at: Optional[datetime.datetime] = Field(alias="from_at")
    to_at: Optional[datetime.datetime] = Field(alias="to_at")
    repaired_count: Optional[int] = Field(alias="repaired_count")
    transaction_count: Optional[int] = Field(alias="transaction_count")
    currencies: Optional[JsonValue] = Field(alias="currencies")
    is_even: Optional[bool] = Field(alias="is_even")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicRoomBanRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    username: Optional[str] = Field(alias="username")
    display_name: Optional[str] = Field(alias="display_name")
    avatar_path: Optional[str] = Field(alias="avatar_path")
    is_verified: Optional[bool] = Field(alias="is_verified")
    banned_by: Optional[JsonValue] = Field(alias="banned_by")
    until: Optional[datetime.datetime] = Field(alias="until")
    reason: Optional[str] = Field(alias="reason")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicRoomMemberRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    username: Optional[str] = Field(alias="username")
    display_name: Optional[str] = Field(alias="display_name")
    avatar_path: Optional[str] = Field(alias="avatar_path")
    is_verified: Optional[bool] = Field(alias="is_verified")
    role: Optional[str] = Field(alias="role")
    is_active: Optional[bool] = Field(alias="is_active")
    joined_at: Optional[datetime.datetime] = Field(alias="joined_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicRoomMessageRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    room_id: Optional[uuid.UUID] = Field(alias="room_id")
    kind: Optional[str] = Field(alias="kind")
    author: Optional[JsonValue] = Field(alias="author")
    body: Optional[str] = Field(alias="body")
    code: Optional[str] = Field(alias="code")
    data: Optional[JsonValue] = Field(alias="data")
    track: Optional[JsonValue] = Field(alias="track")
    reply_to: Optional[JsonValue] = Field(alias="reply_to")
    client_id: Optional[uuid.UUID] = Field(alias="client_id")
    reactions: Optional[JsonValue] = Field(alias="reactions")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    edited_at: Optional[datetime.datetime] = Field(alias="edited_at")
    pinned_at: Optional[datetime.datetime] = Field(alias="pinned_at")
    deleted_at: Optional[datetime.datetime] = Field(alias="deleted_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicRoomMuteRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    username: Optional[str] = Field(alias="username")
    display_name: Optional[str] = Field(alias="display_name")
    avatar_path: Optional[str] = Field(alias="avatar_path")
    is_verified: Optional[bool] = Field(alias="is_verified")
    muted_by: Optional[JsonValue] = Field(alias="muted_by")
    until: Optional[datetime.datetime] = Field(alias="until")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicRoomRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    slug: Optional[str] = Field(alias="slug")
    name: Optional[str] = Field(alias="name")
    description: Optional[str] = Field(alias="description")
    kind: Optional[str] = Field(alias="kind")
    visibility: Optional[str] = Field(alias="visibility")
    genre: Optional[str] = Field(alias="genre")
    tags: Optional[List[str]] = Field(alias="tags")
    region: Optional[str] = Field(alias="region")
    avatar_path: Optional[str] = Field(alias="avatar_path")
    owner: Optional[JsonValue] = Field(alias="owner")
    my_role: Optional[str] = Field(alias="my_role")
    member_count: Optional[int] = Field(alias="member_count")
    listener_count: Optional[int] = Field(alias="listener_count")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicSaleRow(BaseModel):
    order_line_id: Optional[uuid.UUID] = Field(alias="order_line_id")
    order_id: Optional[uuid.UUID] = Field(alias="order_id")
    order_status: Optional[str] = Field(alias="order_status")
    product_id: Optional[uuid.UUID] = Field(alias="product_id")
    variant_id: Optional[uuid.UUID] = Field(alias="variant_id")
    name: Optional[str] = Field(alias="name")
    variant_name: Optional[str] = Field(alias="variant_name")
    quantity: Optional[int] = Field(alias="quantity")
    currency: Optional[str] = Field(alias="currency")
    line_minor: Optional[int] = Field(alias="line_minor")
    shipping_minor: Optional[int] = Field(alias="shipping_minor")
    platform_fee_minor: Optional[int] = Field(alias="platform_fee_minor")
    processing_fee_minor: Optional[int] = Field(alias="processing_fee_minor")
    seller_net_minor: Optional[int] = Field(alias="seller_net_minor")
    refunded_minor: Optional[int] = Field(alias="refunded_minor")
    buyer: Optional[JsonValue] = Field(alias="buyer")
    shipping_address: Optional[JsonValue] = Field(alias="shipping_address")
    shipping_required: Optional[bool] = Field(alias="shipping_required")
    paid_at: Optional[datetime.datetime] = Field(alias="paid_at")
    shipped_at: Optional[datetime.datetime] = Field(alias="shipped_at")
    tracking: Optional[str] = Field(alias="tracking")
    cursor: Optional[str] = Field(alias="cursor")

class PublicSanctionRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    kind: Optional[str] = Field(alias="kind")
    room_id: Optional[uuid.UUID] = Field(alias="room_id")
    until: Optional[datetime.datetime] = Field(alias="until")
    reason: Optional[str] = Field(alias="reason")
    in_force: Optional[bool] = Field(alias="in_force")
    lifted_at: Optional[datetime.datetime] = Field(alias="lifted_at")
    appeal: Optional[JsonValue] = Field(alias="appeal")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicStreakRow(BaseModel):
    kind: Optional[str] = Field(alias="kind")
    current: Optional[int] = Field(alias="current")
    longest: Optional[int] = Field(alias="longest")
    at_risk_at: Optional[datetime.datetime] = Field(alias="at_risk_at")
    freezes: Optional[int] = Field(alias="freezes")

class PublicTrackRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    provider: Optional[str] = Field(alias="provider")
    provider_track_id: Optional[str] = Field(alias="provider_track_id")
    title: Optional[str] = Field(alias="title")
    artist_name: Optional[str] = Field(alias="artist_name")
    artist: Optional[JsonValue] = Field(alias="artist")
    duration_ms: Optional[int] = Field(alias="duration_ms")
    artwork_url: Optional[str] = Field(alias="artwork_url")
    artwork_path: Optional[str] = Field(alias="artwork_path")
    isrc: Optional[str] = Field(alias="isrc")
    genre: Optional[str] = Field(alias="genre")
    bpm: Optional[float] = Field(alias="bpm")
    musical_key: Optional[str] = Field(alias="musical_key")
    is_explicit: Optional[bool] = Field(alias="is_explicit")
    kind: Optional[str] = Field(alias="kind")
    status: Optional[str] = Field(alias="status")
    play_count: Optional[int] = Field(alias="play_count")
    like_count: Optional[int] = Field(alias="like_count")
    comment_count: Optional[int] = Field(alias="comment_count")
    repost_count: Optional[int] = Field(alias="repost_count")
    liked_by_me: Optional[bool] = Field(alias="liked_by_me")
    published_at: Optional[datetime.datetime] = Field(alias="published_at")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    cursor: Optional[str] = Field(alias="cursor")

class PublicTrophy(BaseModel):
    code: Optional[str] = Field(alias="code")
    name: Optional[str] = Field(alias="name")
    description: Optional[str] = Field(alias="description")
    icon: Optional[str] = Field(alias="icon")
    tier: Optional[str] = Field(alias="tier")
    rarity: Optional[str] = Field(alias="rarity")
    category: Optional[str] = Field(alias="category")
    season: Optional[str] = Field(alias="season")
    awarded_at: Optional[datetime.datetime] = Field(alias="awarded_at")
    context: Optional[JsonValue] = Field(alias="context")
    featured_place: Optional[int] = Field(alias="featured_place")
    cursor: Optional[str] = Field(alias="cursor")

class PublicVerificationQueueRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    artist: Optional[JsonValue] = Field(alias="artist")
    urls: Optional[List[str]] = Field(alias="urls")
    code: Optional[str] = Field(alias="code")
    status: Optional[str] = Field(alias="status")
    findings: Optional[JsonValue] = Field(alias="findings")
    note: Optional[str] = Field(alias="note")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    crawled_at: Optional[datetime.datetime] = Field(alias="crawled_at")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
    decided_by: Optional[JsonValue] = Field(alias="decided_by")
    cursor: Optional[str] = Field(alias="cursor")

class PublicVerificationRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    urls: Optional[List[str]] = Field(alias="urls")
    code: Optional[str] = Field(alias="code")
    status: Optional[str] = Field(alias="status")
    findings: Optional[JsonValue] = Field(alias="findings")
    note: Optional[str] = Field(alias="note")
    created_at: Optional[datetime.datetime] = Field(alias="created_at")
    crawled_at: Optional[datetime.datetime] = Field(alias="crawled_at")
    decided_at: Optional[datetime.datetime] = Field(alias="decided_at")
