-- Lock order of the domain: a pair (lock_pair); one's own profile; posts; tracks in the order of ids; crates in the order of ids; their items
-- and collaborators; comments. A play locks its listener, and the track last.

-- Security definer: the artist's counter is nobody's to write.
create or replace function private.tg_tracks__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_step int := case
    when tg_op = 'INSERT' then (new.status <> 'draft')::int
    when tg_op = 'DELETE' then -(old.status <> 'draft')::int
    else (new.status <> 'draft')::int - (old.status <> 'draft')::int
  end;
begin
  if v_step <> 0 then
    update public.artist_profiles as artist
    set upload_count = artist.upload_count + v_step
    where artist.profile_id = coalesce(new.artist_id, old.artist_id);
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete or update of status on public.tracks
  for each row execute function private.tg_tracks__count();

-- Security definer: a crate's totals are nobody's to write. Whoever changes items has locked the crate before, so that 50 editors of one
-- crate wait for each other here and never meet in a circle; when a track goes with its artist, lock_catalogue_ties has.
create or replace function private.tg_crate_items__total()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.crates as crate
    set item_count = crate.item_count + 1, total_ms = crate.total_ms + new.duration_ms, updated_at = now()
    where crate.id = new.crate_id;
  else
    update public.crates as crate
    set item_count = crate.item_count - 1, total_ms = crate.total_ms - old.duration_ms, updated_at = now()
    where crate.id = old.crate_id;
  end if;
  return null;
end;
$$;
create trigger _500_total
  after insert or delete on public.crate_items
  for each row execute function private.tg_crate_items__total();

-- Security definer: as tg_crate_items__total.
create or replace function private.tg_crate_plays__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.crates as crate set play_count = crate.play_count + 1 where crate.id = new.crate_id;
  else
    update public.crates as crate set play_count = crate.play_count - 1 where crate.id = old.crate_id;
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete on private.crate_plays
  for each row execute function private.tg_crate_plays__count();

-- Security definer: whose crates reach whom follows their privacy, whoever switches it.
create or replace function private.tg_profiles__crate_audience()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform
  from public.crates as crate
  where crate.owner_id = new.id and crate.visibility in ('public', 'unlisted')
  order by crate.id
  for no key update;
  update public.crates as crate
  set audience = private.crate_audience(crate.visibility, new.is_private)
  where crate.owner_id = new.id and crate.visibility in ('public', 'unlisted');
  return null;
end;
$$;
create trigger _510_crate_audience
  after update of is_private on public.profiles
  for each row
  when (old.is_private <> new.is_private)
  execute function private.tg_profiles__crate_audience();

create or replace function private.crate_audience(visibility text, is_private boolean)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case
    when crate_audience.is_private and crate_audience.visibility in ('public', 'unlisted') then 'followers'
    else crate_audience.visibility
  end
$$;
comment on function private.crate_audience(text, boolean) is 'Who a crate really reaches: a private profile''s is at most for followers';

-- Security definer: a block ends what the two do together in each other's crates.
create or replace function private.tg_blocks__end_collaborations()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.crate_collaborators as collaborator
  using public.crates as crate
  where crate.id = collaborator.crate_id
    and (
      (collaborator.user_id = new.blocked_id and crate.owner_id = new.blocker_id)
      or (collaborator.user_id = new.blocker_id and crate.owner_id = new.blocked_id)
    );
  return null;
end;
$$;
create trigger _510_end_collaborations
  after insert on public.blocks
  for each row execute function private.tg_blocks__end_collaborations();

-- Plays are facts. Nobody changes one; the erasure of a person alone takes their name off it.
create trigger _300_append_only
  before delete on public.plays
  for each row execute function private.tg__append_only();
create trigger _310_append_only
  before truncate on public.plays
  for each statement execute function private.tg__append_only();
create trigger _320_append_only
  before update on public.plays
  for each row
  when (
    new.listener_id is not null
    or new.client_event_id is not null
    or (new.id, new.track_id, new.ms_played, new.is_counted, new.source, new.played_at, new.room_id)
      is distinct from (old.id, old.track_id, old.ms_played, old.is_counted, old.source, old.played_at, old.room_id)
  )
  execute function private.tg__append_only();

create or replace function private.lock_catalogue_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from public.tracks as track
  where track.artist_id = any (lock_catalogue_ties.user_ids)
    or track.id in (select private.tied_targets(lock_catalogue_ties.user_ids, 'track'))
    or track.id in (select post.track_id from public.posts as post where post.author_id = any (lock_catalogue_ties.user_ids))
    -- These come before their cases (lock_case_ties).
    or track.id in (
      select tied.target_id from private.tied_cases(lock_catalogue_ties.user_ids) as tied where tied.kind = 'ai_generated' and tied.target_kind = 'track'
    )
  order by track.id
  for update;
  perform
  from public.crates as crate
  where crate.owner_id = any (lock_catalogue_ties.user_ids)
    or crate.id in (
      select item.crate_id
      from public.crate_items as item
      join public.tracks as track on track.id = item.track_id
      where track.artist_id = any (lock_catalogue_ties.user_ids)
    )
    or crate.id in (select play.crate_id from private.crate_plays as play where play.listener_id = any (lock_catalogue_ties.user_ids))
    or crate.id in (select private.tied_targets(lock_catalogue_ties.user_ids, 'crate'))
  order by crate.id
  for no key update;
end;
$$;
comment on function private.lock_catalogue_ties(uuid[]) is
'Before accounts are erased: lock the tracks that go, and the tracks and crates whose totals that moves, in the lock order';

-- Security definer: creates and owns the partitions, which clients reach through public.plays alone.
create or replace function private.ensure_play_partitions()
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_month date;
  v_name text;
  v_made int := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('play_partitions', 0));
  for v_month in
    select month::date
    from generate_series(
      date_trunc('month', now() at time zone 'UTC'),
      date_trunc('month', now() at time zone 'UTC') + make_interval(months => private.setting('play_partitions_ahead')::int),
      '1 month'
    ) as month
  loop
    v_name := 'plays_' || to_char(v_month, 'YYYY_MM');
    if to_regclass('private.' || v_name) is null then
      execute format(
        'create table private.%I partition of public.plays for values from (%L) to (%L)',
        v_name, v_month::text || ' 00:00:00+00', (v_month + interval '1 month')::date::text || ' 00:00:00+00'
      );
      execute format('alter table private.%I enable row level security', v_name);
      execute format('alter table private.%I force row level security', v_name);
      execute format('comment on table private.%I is %L', v_name, 'Plays of ' || to_char(v_month, 'YYYY-MM') || ', reached through public.plays');
      v_made := v_made + 1;
    end if;
  end loop;
  return v_made;
end;
$$;
comment on function private.ensure_play_partitions() is
'Make the partitions of plays for this month and the next ones (setting play_partitions_ahead); how many were missing';
