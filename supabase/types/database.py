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

class PublicPosts(BaseModel):
    audience: str = Field(alias="audience")
    author_id: uuid.UUID = Field(alias="author_id")
    body: Optional[str] = Field(alias="body")
    client_id: Optional[uuid.UUID] = Field(alias="client_id")
    comment_count: int = Field(alias="comment_count")
    created_at: datetime.datetime = Field(alias="created_at")
    deleted_at: Optional[datetime.datetime] = Field(alias="deleted_at")
    edited_at: Optional[datetime.datetime] = Field(alias="edited_at")
    id: uuid.UUID = Field(alias="id")
    kind: str = Field(alias="kind")
    like_count: int = Field(alias="like_count")
    media_paths: List[str] = Field(alias="media_paths")
    repost_count: int = Field(alias="repost_count")
    visibility: str = Field(alias="visibility")

class PublicPostsInsert(TypedDict):
    audience: NotRequired[Annotated[str, Field(alias="audience")]]
    author_id: Annotated[uuid.UUID, Field(alias="author_id")]
    body: NotRequired[Annotated[Optional[str], Field(alias="body")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    comment_count: NotRequired[Annotated[int, Field(alias="comment_count")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    edited_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="edited_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    kind: Annotated[str, Field(alias="kind")]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    media_paths: NotRequired[Annotated[List[str], Field(alias="media_paths")]]
    repost_count: NotRequired[Annotated[int, Field(alias="repost_count")]]
    visibility: NotRequired[Annotated[str, Field(alias="visibility")]]

class PublicPostsUpdate(TypedDict):
    audience: NotRequired[Annotated[str, Field(alias="audience")]]
    author_id: NotRequired[Annotated[uuid.UUID, Field(alias="author_id")]]
    body: NotRequired[Annotated[Optional[str], Field(alias="body")]]
    client_id: NotRequired[Annotated[Optional[uuid.UUID], Field(alias="client_id")]]
    comment_count: NotRequired[Annotated[int, Field(alias="comment_count")]]
    created_at: NotRequired[Annotated[datetime.datetime, Field(alias="created_at")]]
    deleted_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="deleted_at")]]
    edited_at: NotRequired[Annotated[Optional[datetime.datetime], Field(alias="edited_at")]]
    id: NotRequired[Annotated[uuid.UUID, Field(alias="id")]]
    kind: NotRequired[Annotated[str, Field(alias="kind")]]
    like_count: NotRequired[Annotated[int, Field(alias="like_count")]]
    media_paths: NotRequired[Annotated[List[str], Field(alias="media_paths")]]
    repost_count: NotRequired[Annotated[int, Field(alias="repost_count")]]
    visibility: NotRequired[Annotated[str, Field(alias="visibility")]]

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





class PublicFeedRow(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    kind: Optional[str] = Field(alias="kind")
    body: Optional[str] = Field(alias="body")
    media_paths: Optional[List[str]] = Field(alias="media_paths")
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

class PublicProfileCard(BaseModel):
    id: Optional[uuid.UUID] = Field(alias="id")
    username: Optional[str] = Field(alias="username")
    display_name: Optional[str] = Field(alias="display_name")
    avatar_path: Optional[str] = Field(alias="avatar_path")
    is_verified: Optional[bool] = Field(alias="is_verified")
    is_followed_by_me: Optional[bool] = Field(alias="is_followed_by_me")
    cursor: Optional[str] = Field(alias="cursor")
