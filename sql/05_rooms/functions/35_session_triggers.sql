-- Security definer: sessions are nobody's to write. The one place where whoever goes from a room goes from its session: by leaving, by a
-- moderator, or with their account.
create or replace function private.tg_room_members__leave_session()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_session public.dj_sessions;
begin
  select session.* into v_session
  from public.dj_sessions as session
  where session.room_id = old.room_id and session.ended_at is null
  for no key update;
  if not found then
    return null;
  end if;
  update public.queue_items as item
  set status = 'removed', finished_at = clock_timestamp()
  where item.session_id = v_session.id and item.added_by = old.user_id and item.status = 'queued';
  if found then
    perform private.tell_queue(v_session);
  end if;
  delete from public.session_contributors as contributor
  where contributor.session_id = v_session.id and contributor.user_id = old.user_id;
  perform private.drop_from_rotation(v_session, old.user_id);
  return null;
end;
$$;
create trigger _600_leave_session
  after delete on public.room_members
  for each row execute function private.tg_room_members__leave_session();

-- Security definer: as tg_room_members__leave_session.
create or replace function private.tg_rooms__end_session()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.close_session(session.id)
  from public.dj_sessions as session
  where session.room_id = new.id and session.ended_at is null;
  return null;
end;
$$;
create trigger _600_end_session
  after update of deleted_at on public.rooms
  for each row
  when (new.deleted_at is not null and old.deleted_at is null)
  execute function private.tg_rooms__end_session();

create or replace function private.lock_queues_with(track_id uuid, is_open boolean default true)
returns uuid[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  return array(
    select locked.id
    from (
      select session.id
      from public.dj_sessions as session
      where session.id in (
        select item.session_id
        from public.queue_items as item
        where item.track_id = lock_queues_with.track_id
          and (item.status in ('queued', 'playing') or not lock_queues_with.is_open)
      )
      order by session.id
      for no key update
    ) as locked
  );
end;
$$;
comment on function private.lock_queues_with(uuid, boolean) is
'Lock the sessions in which a track is queued or plays, in the lock order, and return them; is_open false: also those where it ever was';

-- Security definer: as tg_room_members__leave_session. What is queued shows its track without looking at it: so it is told when that changes.
-- The sessions are locked first, in the order of their ids: the schedule holds several at once.
create or replace function private.tg_tracks__keep_queued()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_session_ids constant uuid[] := private.lock_queues_with(new.id);
begin
  if v_session_ids = '{}' then
    return null;
  end if;
  perform private.keep_queued(array[new.id]);
  perform private.keep_session_view(session.id) from unnest(v_session_ids) as session (id);
  return null;
end;
$$;
create trigger _600_keep_queued
  after update of title, artist_name, duration_ms, artwork_url, artwork_path, is_explicit, status on public.tracks
  for each row execute function private.tg_tracks__keep_queued();

create or replace function private.keep_queued(track_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.advance(playing.session, true, 'track_unavailable')
  from (
    select session
    from public.queue_items as item
    join private.tracks_for(null, '{}') as track on track.id = item.track_id
    join public.dj_sessions as session on session.id = item.session_id
    where item.track_id = any (keep_queued.track_ids) and item.status = 'playing' and not track.is_visible
    order by session.id
  ) as playing;
  -- What plays ends when it was going to.
  update public.queue_items as item
  set track = case when track.is_visible then track.card end,
      duration_ms = case item.status when 'queued' then track.duration_ms else item.duration_ms end
  from private.tracks_for(null, '{}') as track
  where track.id = item.track_id and item.track_id = any (keep_queued.track_ids) and item.status in ('queued', 'playing');
  update public.queue_items as item
  set shown = private.shown_item(item.track, item.added_by, '{}')
  where item.track_id = any (keep_queued.track_ids) and item.status = 'queued';
end;
$$;
comment on function private.keep_queued(uuid[]) is
$$Have sessions, which are locked, show tracks as they are now; what others may not see any more plays no longer

A track that is hidden, removed or of a hidden artist is skipped where it plays, with the reason track_unavailable, and shown nowhere in a queue.$$;

create or replace function private.shown_item(track jsonb, added_by uuid, blocked_ids uuid[])
returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select '"track":' || coalesce(
      case when (shown_item.track ->> 'artist_id')::uuid = any (shown_item.blocked_ids) then null else shown_item.track::text end, 'null'
    )
    || ',"added_by":' || coalesce((
      select person.card::text
      from private.person_cards as person
      where person.profile_id = shown_item.added_by
        and not person.is_hidden
        and shown_item.added_by <> all (shown_item.blocked_ids)
    ), 'null')
$$;
comment on function private.shown_item(jsonb, uuid, uuid[]) is
'A track in the queue and who put it there, as a part of a JSON object, for who is across a block from these';

create or replace function private.lock_queues_of(user_id uuid)
returns uuid[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  return array(
    select locked.id
    from (
      select session.id
      from public.dj_sessions as session
      where session.id in (
        select item.session_id from public.queue_items as item where item.added_by = lock_queues_of.user_id and item.status = 'queued'
        union all
        select slot.session_id from public.rotation_slots as slot where slot.user_id = lock_queues_of.user_id
        union all
        select item.session_id
        from public.tracks as track
        join public.queue_items as item on item.track_id = track.id and item.status in ('queued', 'playing')
        where track.artist_id = lock_queues_of.user_id
      )
      order by session.id
      for no key update
    ) as locked
  );
end;
$$;
comment on function private.lock_queues_of(uuid) is
$$Lock the sessions in which somebody has something queued, is a DJ, or has a track that is queued or plays, in the lock order, and return them

Before they are shown there with another card.$$;

-- Security definer: as tg_room_members__leave_session. The sessions are locked first: who advances takes several items of one person, in an order
-- of their own.
create or replace function private.tg_person_cards__keep_queued()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_session_ids constant uuid[] := private.lock_queues_of(new.profile_id);
  -- Of an artist who is hidden, or is back.
  v_track_ids constant uuid[] := array(
    select item.track_id
    from public.tracks as track
    join public.queue_items as item on item.track_id = track.id and item.status in ('queued', 'playing')
    where track.artist_id = new.profile_id and new.is_hidden <> old.is_hidden
  );
begin
  if v_session_ids = '{}' then
    return null;
  end if;
  if v_track_ids <> '{}' then
    perform private.keep_queued(v_track_ids);
  end if;
  update public.queue_items as item
  set shown = private.shown_item(item.track, item.added_by, '{}')
  where item.added_by = new.profile_id and item.status = 'queued';
  -- The same, but another row: what is kept of a rotation shows the former card.
  update public.rotation_slots as slot set turn_count = slot.turn_count where slot.user_id = new.profile_id;
  perform private.keep_session_view(session.id) from unnest(v_session_ids) as session (id);
  return null;
end;
$$;
create trigger _600_keep_queued
  after update on private.person_cards
  for each row
  when ((old.card, old.is_hidden) is distinct from (new.card, new.is_hidden))
  execute function private.tg_person_cards__keep_queued();

-- Security definer: as tg_room_members__leave_session. What plays ends with the track. An upload goes with its artist: so do its words, wherever it
-- has played. Before the foreign key forgets which items it was; the sessions first, as the foreign key writes to their items.
create or replace function private.tg_tracks__forget_played()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_session_ids constant uuid[] := private.lock_queues_with(old.id, is_open => false);
begin
  perform private.advance(playing.session, true, 'track_unavailable')
  from (
    select session
    from public.queue_items as item
    join public.dj_sessions as session on session.id = item.session_id
    where item.track_id = old.id and item.status = 'playing'
    order by session.id
  ) as playing;
  update public.queue_items as item set track = null, shown = private.shown_item(null, item.added_by, '{}')
  where item.track_id = old.id and (old.artist_id is not null or item.status = 'queued');
  if old.artist_id is not null then
    perform from public.room_history as past where past.track_id = old.id order by past.id for no key update;
    update public.room_history as past set title = null, artist_name = null where past.track_id = old.id;
  end if;
  perform private.keep_session_view(session.id)
  from public.dj_sessions as session
  where session.id = any (v_session_ids) and session.ended_at is null;
  return old;
end;
$$;
create trigger _600_forget_played
  before delete on public.tracks
  for each row execute function private.tg_tracks__forget_played();

-- As tg_posts__validate.
create or replace function private.tg_queue_items__validate()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_broken text := case
    when new.status not in ('queued', 'playing', 'played', 'skipped', 'removed') then 'queue_items_status_known'
    when new.duration_ms <= 0 then 'queue_items_duration_positive'
    when (new.started_at is null) <> (new.ends_at is null)
      or (new.finished_at is null) <> (new.status in ('queued', 'playing'))
      or (new.status = 'queued' and new.started_at is not null)
      or (new.status in ('playing', 'played') and new.started_at is null)
    then 'queue_items_dates_fit_status'
    when char_length(new.skip_reason) not between 1 and 200 then 'queue_items_skip_reason_length'
  end;
begin
  if v_broken is not null then
    perform private.refuse_row('queue_items', v_broken);
  end if;
  return null;
end;
$$;
create trigger _300_validate
  after insert or update of status, duration_ms, started_at, ends_at, finished_at, skip_reason on public.queue_items
  for each row execute function private.tg_queue_items__validate();

-- Security definer: votes have no foreign keys, and go with what they are on.
create or replace function private.tg_queue_items__forget()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.queue_votes as vote where vote.item_id = old.id;
  delete from private.vote_slots as slot where slot.item_id = old.id;
  delete from private.vote_pulses as pulse where pulse.item_id = old.id;
  return null;
end;
$$;
create trigger _500_forget
  after delete on public.queue_items
  for each row execute function private.tg_queue_items__forget();

create or replace function private.lock_session_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from public.dj_sessions as session
  where session.id in (
    select open.id
    from public.room_members as member
    join public.dj_sessions as open on open.room_id = member.room_id and open.ended_at is null
    where member.user_id = any (lock_session_ties.user_ids)
    union all
    select item.session_id
    from public.queue_votes as vote
    join public.queue_items as item on item.id = vote.item_id and item.status in ('queued', 'playing')
    where vote.user_id = any (lock_session_ties.user_ids)
    union all
    select item.session_id
    from public.skip_votes as vote
    join public.queue_items as item on item.id = vote.item_id
    where vote.user_id = any (lock_session_ties.user_ids)
    union all
    select item.session_id from public.queue_items as item where item.added_by = any (lock_session_ties.user_ids)
    union all
    select item.session_id
    from public.tracks as track
    join public.queue_items as item on item.track_id = track.id
    where track.artist_id = any (lock_session_ties.user_ids)
  )
    or session.host_id = any (lock_session_ties.user_ids)
  order by session.id
  for no key update;
  perform
  from public.room_history as past
  where past.dj_id = any (lock_session_ties.user_ids)
    or past.skipped_by = any (lock_session_ties.user_ids)
    or past.track_id in (select track.id from public.tracks as track where track.artist_id = any (lock_session_ties.user_ids))
  order by past.id
  for no key update;
end;
$$;
comment on function private.lock_session_ties(uuid[]) is
'Before accounts are erased: lock the sessions they are in, have voted in or have tracks in, then what they have played, in the lock order';

-- Security definer: service_role deletes nothing here by itself. What has played stays known in room_history.
create or replace function private.forget_old_sessions(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_size constant int := least(greatest(coalesce(forget_old_sessions.size, 1000), 1), 10000);
  v_before constant timestamptz := now() - make_interval(days => private.setting('session_days')::int);
  v_count int;
  v_done int := 0;
begin
  delete from public.queue_items as item
  where item.id = any (array(
    select old.id from public.queue_items as old where old.finished_at < v_before order by old.finished_at limit v_size for update skip locked
  ));
  get diagnostics v_done = row_count;
  -- Their items are gone before they are: those are not finished later than the session ended.
  delete from public.dj_sessions as session
  where session.id = any (array(
    select old.id
    from public.dj_sessions as old
    where old.ended_at < v_before
      and not exists (select from public.queue_items as item where item.session_id = old.id)
    order by old.ended_at
    limit v_size
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  return v_done + v_count;
end;
$$;
