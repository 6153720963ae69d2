-- The one rule of who sees which track and which crate, as posts_for is for posts: lists, cards, plays and likes ask it, the policies are its
-- array form, and a test compares the two.
create or replace function private.tracks_for(reader_id uuid, blocked_ids uuid[])
returns table (
  id uuid, provider text, provider_track_id text, title text, artist_name text, artist_id uuid, duration_ms int, artwork_url text,
  artwork_path text, isrc text, genre text, bpm numeric, musical_key text, is_explicit boolean, kind text, file_format text, file_bytes bigint,
  status text, play_count bigint, like_count int, comment_count int, repost_count int, published_at timestamptz, created_at timestamptz,
  is_visible boolean, artist_card jsonb, card jsonb
)
language sql
stable
security invoker
begin atomic
  select
    track.id, track.provider, track.provider_track_id, track.title, track.artist_name, track.artist_id, track.duration_ms, track.artwork_url,
    track.artwork_path, track.isrc, track.genre, track.bpm, track.musical_key, track.is_explicit, track.kind, track.file_format,
    track.file_bytes, track.status, track.play_count, track.like_count, track.comment_count, track.repost_count, track.published_at,
    track.created_at,
    track.artist_id is not distinct from tracks_for.reader_id and track.artist_id is not null
    or (
      track.status = 'published'
      and (track.artist_id is null or (not artist.is_hidden and track.artist_id <> all (tracks_for.blocked_ids)))
    ),
    artist.card,
    jsonb_build_object(
      'id', track.id, 'provider', track.provider, 'provider_track_id', track.provider_track_id, 'title', track.title,
      'artist_name', track.artist_name, 'artist_id', track.artist_id, 'duration_ms', track.duration_ms,
      'artwork_url', track.artwork_url, 'artwork_path', track.artwork_path, 'is_explicit', track.is_explicit
    )
  from public.tracks as track
  left join private.person_cards as artist on artist.profile_id = track.artist_id;
end;
comment on function private.tracks_for(uuid, uuid[]) is
$$Tracks, and whether a reader may see each (is_visible)

What is published, but not across a block of either side or by a hidden artist; one's own uploads in every state. What staff may see beyond
that is decided by can_see_track, for single tracks.$$;

create or replace view private.reader_tracks with (security_invoker = true) as
select
  track.id, track.provider, track.provider_track_id, track.title, track.artist_name, track.artist_id, track.duration_ms, track.artwork_url,
  track.artwork_path, track.isrc, track.genre, track.bpm, track.musical_key, track.is_explicit, track.kind, track.file_format,
  track.file_bytes, track.status, track.play_count, track.like_count, track.comment_count, track.repost_count, track.published_at,
  track.created_at, track.is_visible, track.artist_card, track.card
from private.reader as reader
cross join lateral private.tracks_for(reader.id, reader.blocked_ids) as track;
comment on view private.reader_tracks is 'tracks_for the caller';

create or replace function private.crates_for(reader_id uuid, blocked_ids uuid[])
returns table (
  id uuid, owner_id uuid, title text, description text, cover_path text, genre text, mood text, tags text[], visibility text, audience text,
  is_featured boolean, featured_at timestamptz, item_count int, total_ms bigint, play_count bigint, like_count int, comment_count int,
  created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, is_mine boolean, is_visible boolean, is_listed boolean,
  owner_card jsonb, my_role text, liked_by_me boolean, card jsonb
)
language sql
stable
security invoker
begin atomic
  select
    crate.id, crate.owner_id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility,
    crate.audience, crate.is_featured, crate.featured_at, crate.item_count, crate.total_ms, crate.play_count, crate.like_count,
    crate.comment_count, crate.created_at, crate.updated_at, crate.deleted_at,
    reach.is_mine,
    crate.deleted_at is null and (reach.is_reached or reach.is_mine),
    crate.deleted_at is null and ((reach.is_reached and crate.visibility <> 'unlisted') or reach.is_mine),
    owner.card,
    case
      when crate.owner_id = crates_for.reader_id then 'owner'
      when reach.is_mine then (
        select collaborator.role
        from public.crate_collaborators as collaborator
        where collaborator.crate_id = crate.id and collaborator.user_id = crates_for.reader_id
      )
    end,
    crate.like_count > 0 and exists (
      select from public.likes as favour
      where favour.user_id = crates_for.reader_id and favour.target_kind = 'crate' and favour.target_id = crate.id offset 0
    ),
    jsonb_build_object(
      'id', crate.id, 'title', crate.title, 'cover_path', crate.cover_path, 'item_count', crate.item_count, 'total_ms', crate.total_ms,
      'visibility', crate.visibility, 'owner', owner.card
    )
  from public.crates as crate
  join private.person_cards as owner on owner.profile_id = crate.owner_id
  cross join lateral (
    select
      crate.owner_id is not distinct from crates_for.reader_id
      or (
        not owner.is_hidden
        and not crate.is_withheld
        and exists (
          select from public.crate_collaborators as collaborator
          where collaborator.crate_id = crate.id and collaborator.user_id = crates_for.reader_id offset 0
        )
      ) as is_mine,
      (
        crate.audience in ('public', 'unlisted')
        or (
          crate.audience = 'followers'
          and exists (
            select from public.follows as follow
            where follow.follower_id = crates_for.reader_id and follow.followee_id = crate.owner_id offset 0
          )
        )
      )
      and not owner.is_hidden
      and not crate.is_withheld
      and crate.owner_id <> all (crates_for.blocked_ids) as is_reached
  ) as reach;
end;
comment on function private.crates_for(uuid, uuid[]) is
$$Crates, and whether a reader may see each and find it in lists

is_mine: their own, or one they collaborate on. is_visible: mine, public, whoever has the id of an unlisted one, followers' to
followers; nothing deleted, across a block of either side or of a hidden owner; what moderators withhold to its owner. is_listed: the same without what is unlisted and not mine.
What staff may see beyond that is decided by can_see_crate, for single crates.$$;

create or replace view private.reader_crates with (security_invoker = true) as
select
  crate.id, crate.owner_id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility,
  crate.audience, crate.is_featured, crate.featured_at, crate.item_count, crate.total_ms, crate.play_count, crate.like_count,
  crate.comment_count, crate.created_at, crate.updated_at, crate.deleted_at, crate.is_mine, crate.is_visible, crate.is_listed,
  crate.owner_card, crate.card
from private.reader as reader
cross join lateral private.crates_for(reader.id, reader.blocked_ids) as crate;
comment on view private.reader_crates is 'crates_for the caller';

-- Security definer: reads reader_tracks, over blocks that are not the caller's to read.
create or replace function private.can_see_track(track_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return coalesce(
    (
      select track.is_visible or private.is_staff() from private.reader_tracks as track where track.id = can_see_track.track_id
    ),
    false
  );
end;
$$;
comment on function private.can_see_track(uuid) is 'Whether the caller may see one track: as reader_tracks says, and staff every track';

-- Security definer: reads reader_crates, over blocks, follows and collaborators that are not the caller's to read.
create or replace function private.can_see_crate(crate_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return coalesce(
    (
      select crate.is_visible or (crate.deleted_at is null and private.is_staff())
      from private.reader_crates as crate
      where crate.id = can_see_crate.crate_id
    ),
    false
  );
end;
$$;
comment on function private.can_see_crate(uuid) is
'Whether the caller may see one crate: as reader_crates says, and staff every crate that is not deleted';

-- Security definer: as can_see_track.
create or replace function private.track_card(track_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return (
    select track.card
    from private.reader_tracks as track
    where track.id = track_card.track_id and (track.is_visible or private.is_staff())
  );
end;
$$;
comment on function private.track_card(uuid) is
$$A track as other things show it, or null when the caller may not see it

{id, provider, provider_track_id, title, artist_name, artist_id, duration_ms, artwork_url, artwork_path, is_explicit}$$;

-- Security definer: as can_see_crate.
create or replace function private.crate_card(crate_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return (
    select crate.card
    from private.reader_crates as crate
    where crate.id = crate_card.crate_id
      and (crate.is_visible or (crate.deleted_at is null and private.is_staff()))
  );
end;
$$;
comment on function private.crate_card(uuid) is
$$A crate as other things show it, or null when the caller may not see it

{id, title, cover_path, item_count, total_ms, visibility, owner {id, username, display_name, avatar_path, is_verified}}$$;

-- Security definer: a policy helper; collaborations of others and hidden profiles are not the caller's to read.
create or replace function private.my_collaborated_crate_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select collaborator.crate_id from public.crate_collaborators as collaborator where collaborator.user_id = (select auth.uid())
$$;
comment on function private.my_collaborated_crate_ids() is 'The crates of others that the caller may see or fill, for policies';

-- Security definer: a policy helper; reading crates under the policies that call this would recurse.
create or replace function private.my_own_crate_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select crate.id from public.crates as crate where crate.owner_id = (select auth.uid()) and crate.deleted_at is null
$$;
comment on function private.my_own_crate_ids() is 'The caller''s own crates, for policies';
