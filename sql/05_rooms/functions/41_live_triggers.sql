-- Security definer: streams are nobody's to write. Whoever leaves a room or is put out of it leaves its stream, which ends when it is theirs.
create or replace function private.tg_room_members__leave_live()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_stream_id uuid := private.open_live(old.room_id);
begin
  if v_stream_id is not null then
    perform private.leave_live(v_stream_id, old.user_id);
  end if;
  return null;
end;
$$;
create trigger _530_leave_live
  after delete on public.room_members
  for each row execute function private.tg_room_members__leave_live();

-- Security definer: as tg_room_members__leave_live. The token of a host gives rights over the whole stream: it ends with the rank that it was started by.
create or replace function private.tg_room_members__lose_live()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_stream_id uuid;
begin
  select stream.id into v_stream_id
  from public.live_streams as stream
  join public.rooms as room on room.id = stream.room_id
  where stream.room_id = new.room_id
    and stream.ended_at is null
    and stream.host_id = new.user_id
    -- Whose room it is goes on.
    and (room.kind <> 'artist' or room.artist_id is distinct from new.user_id);
  if found and private.close_live(v_stream_id, 'ended') then
    perform private.log_moderation(
      new.room_id, 'live_ended', new.user_id, '{"is_live": true}', '{"is_live": false}', data => jsonb_build_object('stream_id', v_stream_id)
    );
  end if;
  return null;
end;
$$;
create trigger _530_lose_live
  after update of role on public.room_members
  for each row
  when (new.role = 'member' and old.role <> 'member')
  execute function private.tg_room_members__lose_live();

create or replace function private.leave_live(stream_id uuid, user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if exists (
    select from public.live_streams as stream where stream.id = leave_live.stream_id and stream.host_id = leave_live.user_id
  ) then
    perform private.close_live(leave_live.stream_id, 'host_left');
    return;
  end if;
  delete from public.live_speakers as speaker where speaker.stream_id = leave_live.stream_id and speaker.user_id = leave_live.user_id;
  perform private.order_live(leave_live.stream_id, leave_live.user_id, is_removal => true);
end;
$$;
comment on function private.leave_live(uuid, uuid) is 'What becomes of a stream when somebody has to go: it ends with its host, others are put out of it and speak no more';

-- Security definer: as tg_room_members__leave_live. Of a member it is their membership's end that puts them out.
create or replace function private.tg_room_bans__leave_live()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_stream_id uuid := private.open_live(new.room_id);
begin
  if v_stream_id is not null and private.role_in_room(new.room_id, new.user_id) is null then
    perform private.leave_live(v_stream_id, new.user_id);
  end if;
  return null;
end;
$$;
create trigger _530_leave_live
  after insert or update of until on public.room_bans
  for each row execute function private.tg_room_bans__leave_live();

-- Security definer: as tg_room_members__leave_live. A room that becomes private is its members' from then on, one that is withheld its owner's.
create or replace function private.tg_rooms__leave_live()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_stream_id uuid := private.open_live(new.id);
begin
  if v_stream_id is null then
    return null;
  end if;
  if new.deleted_at is not null then
    perform private.close_live(v_stream_id, 'room_deleted');
  else
    perform private.order_live(v_stream_id, listening.user_id, is_removal => true)
    from (
      select distinct participant.user_id
      from public.live_participants as participant
      where participant.stream_id = v_stream_id and participant.left_at is null and participant.user_id is not null
    ) as listening
    where private.live_role_of(v_stream_id, listening.user_id) is null;
  end if;
  return null;
end;
$$;
create trigger _530_leave_live
  after update of deleted_at, visibility, is_withheld on public.rooms
  for each row
  when (
    new.deleted_at is distinct from old.deleted_at
    or (new.visibility = 'private' and old.visibility <> 'private')
    or (new.is_withheld and not old.is_withheld)
  )
  execute function private.tg_rooms__leave_live();

-- Security definer: as tg_room_members__leave_live. Whoever is hidden, for whatever reason, is heard nowhere.
create or replace function private.tg_hidden_profiles__leave_live()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.leave_live(stream.id, new.profile_id)
  from (
    select open.id
    from public.room_members as member
    join public.live_streams as open on open.room_id = member.room_id and open.ended_at is null
    where member.user_id = new.profile_id
    union
    select participant.stream_id
    from public.live_participants as participant
    where participant.user_id = new.profile_id and participant.left_at is null
  ) as stream
  order by stream.id;
  return null;
end;
$$;
-- Before their card is hidden (_500_keep_card), which locks sessions.
create trigger _430_leave_live
  after insert on private.hidden_profiles
  for each row execute function private.tg_hidden_profiles__leave_live();

-- Security definer: as tg_room_members__leave_live. An account that is erased leaves its connections without a name.
create or replace function private.tg_live_participants__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.count_live(new.stream_id) from public.live_streams as stream where stream.id = new.stream_id and stream.ended_at is null;
  return null;
end;
$$;
create trigger _500_count
  after update of user_id on public.live_participants
  for each row
  when (new.user_id is distinct from old.user_id)
  execute function private.tg_live_participants__count();

create or replace function private.lock_live_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- Of rooms they are not members of, too, they may have heard streams.
  perform
  from public.live_streams as stream
  where stream.host_id = any (lock_live_ties.user_ids)
    or stream.id in (
      select participant.stream_id from public.live_participants as participant where participant.user_id = any (lock_live_ties.user_ids)
    )
  order by stream.id
  for no key update;
end;
$$;
comment on function private.lock_live_ties(uuid[]) is 'Before accounts are erased: lock the streams they were in, after the rooms';
