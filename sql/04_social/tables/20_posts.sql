-- What concerns the content alone is checked by tg_posts__validate.
create table public.posts (
  id uuid primary key default private.uuid_v7(),
  author_id uuid not null references public.profiles (id) on delete cascade,
  kind text not null,
  body text,
  media_paths text[] not null default '{}',
  visibility text not null default 'public',
  audience text not null default 'public',
  client_id uuid,
  like_count public.tally not null default 0,
  comment_count public.tally not null default 0,
  repost_count public.tally not null default 0,
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  track_id uuid,
  crate_id uuid,
  is_withheld boolean not null default false
) with (fillfactor = 85);
create unique index posts_client_id on public.posts (author_id, client_id) where client_id is not null;
create index posts_author_id on public.posts (author_id, id desc);
create index posts_public on public.posts (id desc) include (author_id) where audience = 'public' and deleted_at is null;
create index posts_crate_id on public.posts (crate_id, id) where crate_id is not null;
alter table public.posts enable row level security;
alter table public.posts force row level security;
comment on table public.posts is
$$What people post

Written by create_post, edit_post and delete_post. A deleted post keeps its row, without body, media and what it shared. The id is time-ordered: newest
first is order by id desc.$$;
comment on column public.posts.id is 'Time-ordered uuid';
comment on column public.posts.author_id is 'Who posted it';
comment on column public.posts.kind is 'text (a body), media (1 to 4 files), track or crate (one that is shared); all but text with or without a body';
comment on column public.posts.body is '1 to 2000 characters; null when there is none or the post is deleted';
comment on column public.posts.media_paths is 'Objects in bucket post-media, in the author''s folder';
comment on column public.posts.visibility is 'What the author asked for: public, followers, mutuals or private';
comment on column public.posts.audience is 'Who it really reaches: as visibility, but at most followers while the author''s profile is private';
comment on column public.posts.client_id is 'Made by the client: the same post when it is sent again';
comment on column public.posts.like_count is 'Likes';
comment on column public.posts.comment_count is 'Comments that are not deleted';
comment on column public.posts.repost_count is 'Reposts';
comment on column public.posts.created_at is 'When it was posted';
comment on column public.posts.edited_at is 'When its body was last edited; null when never';
comment on column public.posts.deleted_at is 'When its author or a moderator deleted it; null while it stands';
comment on column public.posts.track_id is 'The track that is shared; it may have gone since';
comment on column public.posts.crate_id is 'The crate that is shared; it may have gone since';
comment on column public.posts.is_withheld is
'Whether it is kept from all but its author and staff: by the weight of its reports, or by a decision; written by moderation alone';

-- No foreign keys across owners here and in likes: these are the families that one day are split off or sharded (docs/scaling.md).
-- private.forget_post and the counters keep them true to the posts.
create table public.reposts (
  user_id uuid not null,
  post_id uuid not null,
  id uuid not null default private.uuid_v7(),
  created_at timestamptz not null default now(),
  primary key (user_id, post_id)
);
create index reposts_post_id on public.reposts (post_id, id) include (user_id);
alter table public.reposts enable row level security;
alter table public.reposts force row level security;
comment on table public.reposts is 'What the caller has passed on to their followers; written by repost and unrepost';
comment on column public.reposts.user_id is 'Who reposted';
comment on column public.reposts.post_id is 'The post';
comment on column public.reposts.id is 'Time-ordered uuid: its place in feeds';
comment on column public.reposts.created_at is 'When';

create table public.likes (
  user_id uuid not null,
  target_kind text not null,
  target_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (user_id, target_kind, target_id),
  constraint likes_target_kind_known check (target_kind in ('post', 'comment', 'track', 'crate', 'message', 'activity_event'))
);
create index likes_target on public.likes (target_id, target_kind);
-- Without the target: with it, the planner takes it as readily as the primary key to look for one like, and walks all that somebody likes.
create index likes_newest on public.likes (user_id, target_kind, created_at desc);
alter table public.likes enable row level security;
alter table public.likes force row level security;
comment on table public.likes is 'What the caller likes; written by set_like';
comment on column public.likes.user_id is 'Who likes';
comment on column public.likes.target_kind is 'What kind of thing: post, comment, track, crate, message or activity_event';
comment on column public.likes.target_id is 'Its id';
comment on column public.likes.created_at is 'Since when';

create table private.post_tags (
  tag text not null,
  post_id uuid not null references public.posts (id) on delete cascade,
  primary key (tag, post_id)
);
create index post_tags_post_id on private.post_tags (post_id);
alter table private.post_tags enable row level security;
alter table private.post_tags force row level security;
comment on table private.post_tags is 'The hashtags of public posts, for tag_feed';

-- One stream of posts and reposts by actor, so that one index serves both; private posts are in it for their author alone.
create table private.feed_entries (
  actor_id uuid not null,
  id uuid not null,
  post_id uuid not null,
  audience text not null,
  -- As private.follow_bit() has it, which comes later.
  actor_bit int not null generated always as (uuid_hash(actor_id) & 16383) stored,
  primary key (actor_id, id) include (post_id, audience)
);
create index feed_entries_stream on private.feed_entries (id desc) include (actor_bit, actor_id, post_id, audience);
alter table private.feed_entries enable row level security;
alter table private.feed_entries force row level security;
comment on table private.feed_entries is 'Posts (id = post_id) and reposts (id of the repost) by who did it, kept by triggers';
comment on column private.feed_entries.actor_bit is 'follow_bit() of the actor: the walk of the home feed looks up nobody whose bit its filter has not';
comment on column private.feed_entries.audience is 'The post''s audience for a post; for a repost public, or followers while the reposter''s profile is private';

-- The activity clock: an actor's newest entry bounds whether they can be on the first page. Narrow, covered, rewritten often.
create table private.activity_clocks (
  actor_id uuid not null,
  newest_entry_id uuid not null,
  primary key (actor_id) include (newest_entry_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
alter table private.activity_clocks enable row level security;
alter table private.activity_clocks force row level security;
comment on table private.activity_clocks is 'The newest feed entry of each actor that is not private; equal to the entries at every commit';

create type private.feed_ref as (
  entry_id uuid,
  actor_id uuid,
  post_id uuid
);

create type public.feed_row as (
  id uuid,
  kind text,
  body text,
  media_paths text[],
  track jsonb,
  crate jsonb,
  visibility text,
  author jsonb,
  like_count int,
  comment_count int,
  repost_count int,
  liked_by_me boolean,
  reposted_by_me boolean,
  reason text,
  reposted_by jsonb,
  reposters_count int,
  created_at timestamptz,
  edited_at timestamptz,
  cursor text
);
comment on type public.feed_row is
$$A post in a feed

author {id, username, display_name, avatar_path, is_verified}; track {id, provider, provider_track_id, title, artist_name, artist_id,
duration_ms, artwork_url, artwork_path, is_explicit} and crate {id, title, cover_path, item_count, total_ms, visibility, owner} of posts of
these kinds, null when the reader may not see what is shared, or no longer; reason: following, repost, own, or public where nobody's doing brought it;
reposted_by {id, username, display_name} is who brought it by a repost, reposters_count how many whom the caller follows reposted it; it is 0
of rows that no repost brought.
Hand the last row's cursor back as after to go on.$$;
