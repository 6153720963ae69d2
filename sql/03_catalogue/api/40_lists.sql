create or replace function public.crate(crate_id uuid)
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.crate(crate.crate_id);
end;
comment on function public.crate(uuid) is
$$A crate with its first items

{crate {a crate_row without cursor}, items [crate_item_row ...], collaborators [{id, username, display_name, avatar_path, is_verified, role}]}.
To who has no part in the crate, of the collaborators those who have put something into it.
More items with crate_items. Anybody may ask. Errors: crate_not_found (404).$$;

create or replace function public.crate_items(crate_id uuid, after text default null, page_size int default null)
returns setof public.crate_item_row
language sql
stable
security invoker
begin atomic
  select row.id, row.track, row.note, row.added_by, row.added_at, row.cursor
  from private.crate_items(crate_items.crate_id, crate_items.after, crate_items.page_size) as row;
end;
comment on function public.crate_items(uuid, text, int) is
$$What lies in a crate, in its order

Anybody may ask. Errors: crate_not_found (404), bad_cursor (422).$$;

create or replace function public.my_crates(after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.my_crates(my_crates.after, my_crates.page_size) as row;
end;
comment on function public.my_crates(text, int) is
$$The caller's own crates and those they collaborate on, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.crates_containing(track_id uuid, after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.crates_containing(crates_containing.track_id, crates_containing.after, crates_containing.page_size) as row;
end;
comment on function public.crates_containing(uuid, text, int) is
$$Which of my_crates hold a track: "you already have this in ..."

Newest first. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.profile_crates(username text, after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.profile_crates(profile_crates.username, profile_crates.after, profile_crates.page_size) as row;
end;
comment on function public.profile_crates(text, text, int) is
$$Somebody's crates that the caller may see and that are not unlisted, newest first

Anybody may ask. Errors: profile_not_found (404), bad_cursor (422).$$;

create or replace function public.trending_crates(genre text default null, after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.trending_crates(trending_crates.genre, trending_crates.after, trending_crates.page_size) as row;
end;
comment on function public.trending_crates(text, text, int) is
$$The public crates that most listeners play these days

Each listener of the last 7 days (setting trending_days) weighs once, half after each day (trending_half_life_hours). Ranks are renewed by the
clock and stand still in between. Without those muted or blocked. Anybody may ask. Errors: unknown_genre, bad_cursor (422).$$;

create or replace function public.new_crates(after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.new_crates(new_crates.after, new_crates.page_size) as row;
end;
comment on function public.new_crates(text, int) is
$$The newest public crates

Without those muted or blocked. Anybody may ask. Errors: bad_cursor (422).$$;

create or replace function public.crates_by_genre(genre text, after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.crates_by_genre(crates_by_genre.genre, crates_by_genre.after, crates_by_genre.page_size) as row;
end;
comment on function public.crates_by_genre(text, text, int) is
$$The newest public crates of a genre

Without those muted or blocked. Anybody may ask. Errors: unknown_genre, bad_cursor (422).$$;

create or replace function public.featured_crates(after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.featured_crates(featured_crates.after, featured_crates.page_size) as row;
end;
comment on function public.featured_crates(text, int) is
$$The crates that staff chose, the latest choice first

Without those muted or blocked. Anybody may ask. Errors: bad_cursor (422).$$;

create or replace function backend.refresh_trending(after uuid default null, size int default 1000)
returns uuid
language sql
volatile
security invoker
begin atomic
  select private.refresh_trending(refresh_trending.after, refresh_trending.size);
end;
comment on function backend.refresh_trending(uuid, int) is
$$Weigh the next crates that trend

Returns the last of them, to be handed in as after, or null when there are no more. 10000 at most.$$;

grant execute on function
  private.crate(uuid),
  public.crate(uuid),
  private.crate_items(uuid, text, int),
  public.crate_items(uuid, text, int),
  private.profile_crates(text, text, int),
  public.profile_crates(text, text, int),
  private.trending_crates(text, text, int),
  public.trending_crates(text, text, int),
  private.new_crates(text, int),
  public.new_crates(text, int),
  private.crates_by_genre(text, text, int),
  public.crates_by_genre(text, text, int),
  private.featured_crates(text, int),
  public.featured_crates(text, int)
to anon, authenticated;

grant execute on function
  private.my_crates(text, int),
  public.my_crates(text, int),
  private.crates_containing(uuid, text, int),
  public.crates_containing(uuid, text, int)
to authenticated;

grant execute on function
  private.refresh_trending(uuid, int),
  backend.refresh_trending(uuid, int)
to service_role;
