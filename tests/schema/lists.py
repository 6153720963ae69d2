"""What the laws compare the schema with: lists that are changed by decision, not by accident."""

# What anybody may do who holds no more than the publishable key.
ANON_MAY_EXECUTE = {
    "private.crate_posts", "public.crate_posts", "private.leaderboard", "public.leaderboard",
    "private.artist_tracks", "private.crate", "private.crate_items", "private.crates_by_genre",
    "private.featured_crates", "private.new_crates", "private.profile_crates",
    "private.search_tracks", "private.track", "private.trending_crates", "public.artist_tracks",
    "public.crate", "public.crate_items", "public.crates_by_genre", "public.featured_crates",
    "public.new_crates", "public.profile_crates", "public.search_tracks", "public.track",
    "public.trending_crates",
    "private.discover_rooms", "private.room_by_slug", "private.room_state",
    "private.trending_rooms", "public.discover_rooms", "public.room_by_slug",
    "public.room_state", "public.trending_rooms", "private.live_now", "public.live_now",
    "private.is_unlisted_avatar", "private.opens_objects",
    "private.comment", "private.comments_on", "private.replies_to", "public.comment",
    "public.comments_on", "public.replies_to",
    "private.global_feed", "private.hidden_profile_ids", "private.list_follows", "private.post",
    "private.profile_feed", "private.profile_page", "private.search_profiles", "private.tag_feed",
    "public.followers", "public.following", "public.global_feed", "public.mutuals", "public.post",
    "public.profile_feed", "public.profile_page", "public.search_profiles", "public.tag_feed",
    "private.trophy_case", "public.trophy_case",
    "private.products_by_artist", "public.products_by_artist",
}  # fmt: skip

# Columns of these names hold a person's id, also where no foreign key says so.
PERSON_COLUMNS = (
    "user_id", "profile_id", "person_id", "owner_id", "author_id", "actor_id", "artist_id",
    "follower_id", "followee_id", "requester_id", "target_id", "blocker_id", "blocked_id",
    "muter_id", "muted_id", "sender_id", "recipient_id", "reporter_id", "buyer_id", "seller_id",
    "member_id", "granted_by", "created_by", "decided_by", "reviewed_by", "invited_by",
    "listener_id", "added_by", "banned_by", "muted_by", "subject_id", "about_id", "payee_id",
)  # fmt: skip
# Named like a person's id, and not one.
NOT_PERSONS = {
    "private.like_changes.target_id",
    "private.milestones.target_id",
    "private.told_and_taken_back.target_id",
    "public.activity_events.target_id",
    "public.comments.target_id",
    "public.likes.target_id",
    "public.notifications.target_id",
    "public.reports.target_id",
}

# RPCs that write for whoever is signed in, also when the account is on its way out.
WRITES_ANYWAY = {
    "public.delete_my_account", "public.export_my_data", "public.restore_my_account",
}  # fmt: skip

EXTENSIONS = {"plpgsql", "vector", "pg_trgm"}

# Written for Postgres 18 or later, or not to be had on hosted Supabase.
TOO_NEW = {
    r"\buuidv7\s*\(": "uuidv7()",
    r"\buuidv4\s*\(": "uuidv4()",
    r"\buuid_extract_timestamp\s*\([^)]*v7": "uuid_extract_timestamp of a v7",
    r"\bgenerated\s+always\s+as\s*\((?:[^()]|\([^()]*\))*\)(?!\s*stored)": "a virtual column",
    r"\breturning\b[^;]*?\b(?:old|new)\.\w+": "returning old or new",
    r"\breturning\s+with\s*\(": "returning with (old as ...)",
    r"\bwithout\s+overlaps\b": "without overlaps",
    r"\bfor\s+portion\s+of\b": "for portion of",
    r"\bnot\s+enforced\b": "not enforced",
    r"\bcrc32c?\s*\(": "crc32()",
    r"\bcasefold\s*\(": "casefold()",
    r"\barray_(?:sort|reverse)\s*\(": "array_sort() or array_reverse()",
    r"\bjson_strip_nulls\s*\([^)]*,": "json_strip_nulls() with two parameters",
    r"\b(?:gamma|lgamma)\s*\(": "gamma()",
    r"\bon\s+conflict\b[^;]*?\bdo\s+select\b": "on conflict do select",
    r"\bignore\s+nulls\b|\brespect\s+nulls\b": "ignore nulls",
    r"\bgroup\s+by\s+all\b": "group by all",
}
