create table public.crates (
  id uuid primary key default private.uuid_v7(),
  owner_id uuid not null references public.profiles (id) on delete cascade,
  title text,
  description text,
  cover_path text,
  genre text references public.genres (slug) on delete set null,
  mood text,
  tags text[] not null default '{}',
  visibility text not null default 'public',
  audience text not null default 'public',
  is_featured boolean not null default false,
  featured_at timestamptz,
  client_id uuid,
  item_count int not null default 0,
  total_ms bigint not null default 0,
  play_count bigint not null default 0,
  like_count int not null default 0,
  comment_count int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  is_withheld boolean not null default false,
  constraint crates_title_length check (char_length(title) between 1 and 120),
  constraint crates_description_length check (char_length(description) between 1 and 1000),
  constraint crates_cover_path_own check (cover_path ~ ('^' || owner_id || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$')),
  constraint crates_mood_length check (char_length(mood) between 1 and 40),
  constraint crates_tags_limit check (cardinality(tags) <= 10 and array_position(tags, null) is null),
  constraint crates_visibility_known check (visibility in ('public', 'unlisted', 'followers', 'private')),
  constraint crates_audience_fits_visibility check (
    audience = visibility or (visibility in ('public', 'unlisted') and audience = 'followers')
  ),
  constraint crates_featured_has_date check (is_featured = (featured_at is not null)),
  constraint crates_deleted_is_empty check (
    case
      when deleted_at is null then title is not null
      else title is null and description is null and cover_path is null and mood is null and cardinality(tags) = 0
        and not is_featured and item_count = 0
    end
  ),
  constraint crates_counts_not_negative check (
    item_count >= 0 and total_ms >= 0 and play_count >= 0 and like_count >= 0 and comment_count >= 0
  )
) with (fillfactor = 85);
create unique index crates_client_id on public.crates (owner_id, client_id) where client_id is not null;
-- Unique, as items name their crate with its owner.
create unique index crates_owner_id on public.crates (owner_id, id desc);
create index crates_genre on public.crates (genre);
create index crates_new on public.crates (id desc) include (owner_id) where audience = 'public' and deleted_at is null;
create index crates_new_of_genre on public.crates (genre, id desc) include (owner_id) where audience = 'public' and deleted_at is null;
create index crates_featured on public.crates (featured_at desc, id desc) where is_featured;
alter table public.crates enable row level security;
alter table public.crates force row level security;
comment on table public.crates is
$$Collections of tracks in an order somebody chose

Written by create_crate, update_crate and delete_crate. A deleted crate keeps its row, without words, items and people. What is unlisted is
read by crate() and crate_items() with its id; this table shows it to its owner, collaborators and staff alone.$$;
comment on column public.crates.id is 'Time-ordered uuid';
comment on column public.crates.owner_id is 'Whose it is';
comment on column public.crates.title is '1 to 120 characters; null when it is deleted';
comment on column public.crates.description is 'At most 1000 characters';
comment on column public.crates.cover_path is 'Object in bucket crate-covers, in the owner''s folder';
comment on column public.crates.genre is 'A slug of genres';
comment on column public.crates.mood is 'At most 40 characters';
comment on column public.crates.tags is 'At most 10 words of a-z, 0-9, _ and letters of other scripts';
comment on column public.crates.visibility is 'What the owner asked for: public, unlisted (whoever has the id), followers or private';
comment on column public.crates.audience is 'Who it really reaches: as visibility, but at most followers while the owner''s profile is private';
comment on column public.crates.is_featured is 'Chosen by staff';
comment on column public.crates.featured_at is 'When staff chose it';
comment on column public.crates.client_id is 'Made by the client: the same crate when it is sent again';
comment on column public.crates.item_count is 'Tracks in it';
comment on column public.crates.total_ms is 'Their length together, in milliseconds';
comment on column public.crates.play_count is 'Plays of the crate: once a listener and hour';
comment on column public.crates.like_count is 'Likes';
comment on column public.crates.comment_count is 'Comments that are not deleted';
comment on column public.crates.created_at is 'When it was made';
comment on column public.crates.updated_at is 'When its description or its items last changed';
comment on column public.crates.deleted_at is 'When its owner deleted it; null while it stands';
comment on column public.crates.is_withheld is
'Whether it is kept from all but its owner and staff: by the weight of its reports, or by a decision; written by moderation alone';

create table public.crate_items (
  id uuid primary key default private.uuid_v7(),
  crate_id uuid not null,
  track_id uuid not null references public.tracks (id) on delete cascade,
  position numeric not null,
  duration_ms int not null,
  note text,
  added_by uuid references public.profiles (id) on delete set null,
  added_at timestamptz not null default now(),
  owner_id uuid not null,
  constraint crate_items_crate_fkey foreign key (crate_id, owner_id) references public.crates (id, owner_id) on delete cascade,
  -- A crate has one owner: this is once a crate and track, and in this order also the index of the foreign key.
  constraint crate_items_track_once unique (crate_id, owner_id, track_id),
  constraint crate_items_place_once unique (crate_id, position),
  constraint crate_items_note_length check (char_length(note) between 1 and 280)
);
create index crate_items_track_id on public.crate_items (track_id, crate_id);
-- In which of their crates somebody has a track.
create index crate_items_owner_id on public.crate_items (owner_id, track_id, crate_id);
create index crate_items_added_by on public.crate_items (added_by);
alter table public.crate_items enable row level security;
alter table public.crate_items force row level security;
comment on table public.crate_items is
$$What lies in crates, each track once

Written by add_to_crate, remove_from_crate and move_crate_item. In the order of position. Name the columns you select: note and added_by are
told by crate() and crate_items() alone, to those who may see that person.$$;
comment on column public.crate_items.id is 'What move_crate_item and remove_from_crate are told';
comment on column public.crate_items.crate_id is 'The crate';
comment on column public.crate_items.track_id is 'The track';
comment on column public.crate_items.position is 'Its place: a fraction between its neighbours'', so that moving one item changes no other';
comment on column public.crate_items.duration_ms is 'Length of the track in milliseconds, which never changes once it is published';
comment on column public.crate_items.note is 'At most 280 characters by whoever added it';
comment on column public.crate_items.added_by is 'Who added it; null when that person is erased';
comment on column public.crate_items.added_at is 'When';
comment on column public.crate_items.owner_id is 'Whose the crate is';

create table public.crate_collaborators (
  crate_id uuid not null references public.crates (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  role text not null,
  added_at timestamptz not null default now(),
  primary key (crate_id, user_id),
  constraint crate_collaborators_role_known check (role in ('viewer', 'editor'))
);
create index crate_collaborators_user_id on public.crate_collaborators (user_id, crate_id desc);
alter table public.crate_collaborators enable row level security;
alter table public.crate_collaborators force row level security;
comment on table public.crate_collaborators is 'Who may see (viewer) or fill (editor) a crate beside its owner; written by set_crate_collaborator';
comment on column public.crate_collaborators.crate_id is 'The crate';
comment on column public.crate_collaborators.user_id is 'Who';
comment on column public.crate_collaborators.role is 'viewer or editor';
comment on column public.crate_collaborators.added_at is 'Since when';

-- The key is the rule: a listener plays a crate once an hour. In this order it is also the index of a crate's last seven days.
create table private.crate_plays (
  crate_id uuid not null references public.crates (id) on delete cascade,
  hour timestamptz not null,
  listener_id uuid not null,
  primary key (crate_id, hour, listener_id),
  constraint crate_plays_hour_whole check (hour = date_trunc('hour', hour, 'UTC'))
);
create index crate_plays_listener_id on private.crate_plays (listener_id);
alter table private.crate_plays enable row level security;
alter table private.crate_plays force row level security;
comment on table private.crate_plays is 'Who played which crate in which hour: what crates.play_count counts and trending_crates weighs';

create table private.crate_trends (
  crate_id uuid primary key references public.crates (id) on delete cascade,
  genre text,
  score bigint not null default 0,
  refreshed_at timestamptz
);
create index crate_trends_score on private.crate_trends (score desc, crate_id desc);
create index crate_trends_genre on private.crate_trends (genre, score desc, crate_id desc);
alter table private.crate_trends enable row level security;
alter table private.crate_trends force row level security;
comment on table private.crate_trends is
$$The crates somebody has played in the last seven days, and what that weighs; what is not public weighs nothing

Renewed by refresh_trending in batches; stands still in between, so that pages fit together.$$;
comment on column private.crate_trends.genre is 'The crate''s genre when it was weighed';
comment on column private.crate_trends.score is 'A listener weighs a million at once and half after each day since their last play; rounded';
comment on column private.crate_trends.refreshed_at is 'When it was weighed; null while it waits for the first time';

create type public.crate_row as (
  id uuid,
  title text,
  description text,
  cover_path text,
  genre text,
  mood text,
  tags text[],
  visibility text,
  is_featured boolean,
  owner jsonb,
  my_role text,
  item_count int,
  total_ms bigint,
  play_count bigint,
  like_count int,
  comment_count int,
  liked_by_me boolean,
  created_at timestamptz,
  updated_at timestamptz,
  cursor text
);
comment on type public.crate_row is
$$A crate in a list

owner {id, username, display_name, avatar_path, is_verified}; my_role: owner, editor, viewer or null. Hand the last row's cursor back as
after to go on.$$;

create type public.crate_item_row as (
  id uuid,
  track jsonb,
  note text,
  added_by jsonb,
  added_at timestamptz,
  cursor text
);
comment on type public.crate_item_row is
$$What lies in a crate

track {id, provider, provider_track_id, title, artist_name, artist_id, duration_ms, artwork_url, artwork_path, is_explicit}, or null when the
caller may not see it (any more); added_by {id, username, display_name, avatar_path, is_verified}, null with the note when they are hidden.
Hand the last row's cursor back as after to go on.$$;
