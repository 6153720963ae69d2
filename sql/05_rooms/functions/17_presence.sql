-- Security definer: presence and pulses are nobody's to write directly.
create or replace function private.heartbeat(room_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
begin
  perform private.require_room_member(heartbeat.room_id);
  -- A client that beats as it should pays nothing for the limit.
  if exists (
    select from public.room_presence as seen
    where seen.room_id = heartbeat.room_id
      and seen.user_id = v_user_id
      and seen.last_seen_at > now() - make_interval(
        secs => (select rule.refill_seconds from private.rate_limit_rules as rule where rule.action = 'heartbeat')
      )
  ) then
    perform private.take_token('heartbeat');
  end if;
  if not private.be_present(heartbeat.room_id, v_user_id) then
    -- Put out a moment ago.
    perform private.require_room_member(heartbeat.room_id);
  end if;
  return jsonb_build_object(
    'listener_count', private.listener_count(heartbeat.room_id), 'next_in_seconds', private.setting('room_heartbeat_seconds'), 'server_time', now()
  );
end;
$$;

create or replace function private.be_present(room_id uuid, user_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_refreshed_at timestamptz;
begin
  update public.room_presence as seen
  set last_seen_at = greatest(seen.last_seen_at, now())
  where seen.room_id = be_present.room_id and seen.user_id = be_present.user_id;
  if not found then
    -- Waits for who puts them out at this moment.
    insert into public.room_presence as seen (room_id, user_id, last_seen_at)
    select member.room_id, member.user_id, now()
    from public.room_members as member
    where member.room_id = be_present.room_id and member.user_id = be_present.user_id
    for key share
    on conflict (room_id, user_id) do update set last_seen_at = greatest(seen.last_seen_at, excluded.last_seen_at);
    if not found then
      return false;
    end if;
  end if;
  select pulse.refreshed_at into v_refreshed_at from private.room_pulses as pulse where pulse.room_id = be_present.room_id;
  if v_refreshed_at is null or v_refreshed_at < now() - make_interval(secs => private.setting('room_pulse_seconds')::int) then
    perform private.refresh_room_pulse(be_present.room_id);
  end if;
  return true;
end;
$$;
comment on function private.be_present(uuid, uuid) is
'Note that a member is in a room, and count its listeners anew when the count is some seconds old; false when they are no member (any more)';

create or replace function private.refresh_room_pulse(room_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- One counts; whoever comes at the same moment goes on. An advisory lock, as the row may not be there yet.
  if not pg_try_advisory_xact_lock(hashtextextended('room_pulse:' || refresh_room_pulse.room_id, 0)) then
    return;
  end if;
  insert into private.room_pulses as pulse (room_id, is_listed, listener_count, skip_listener_count, event_count, refreshed_at)
  select
    room.id, room.visibility = 'public',
    private.active_listeners(room.id, private.setting('room_active_seconds')::int),
    private.active_listeners(room.id, private.setting('skip_active_seconds')::int),
    coalesce((
      select sum(activity.event_count)
      from private.room_activity as activity
      where activity.room_id = room.id and activity.bucket > now() - interval '1 hour'
    ), 0),
    now()
  from public.rooms as room
  where room.id = refresh_room_pulse.room_id and room.deleted_at is null
  on conflict (room_id) do update
    set is_listed = excluded.is_listed, listener_count = excluded.listener_count, skip_listener_count = excluded.skip_listener_count,
        event_count = excluded.event_count, refreshed_at = excluded.refreshed_at;
end;
$$;
comment on function private.refresh_room_pulse(uuid) is 'Count who is active in a room and what was said and voted there in the last hour, for lists';

-- Security definer: service_role may read and write none of this.
create or replace function private.forget_old_room_pulses(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_size int := least(greatest(coalesce(forget_old_room_pulses.size, 1000), 1), 10000);
  v_count int;
  v_done int := 0;
begin
  -- A room where no heart beats any more leaves the top of trending_rooms, where it would be walked over.
  delete from private.room_pulses as pulse
  -- An array is looked up once; the plan of a subquery may run its limit again for each row.
  where pulse.room_id = any (array(
    select old.room_id
    from private.room_pulses as old
    where old.refreshed_at < now() - make_interval(secs => 2 * private.setting('room_active_seconds')::int)
    limit v_size
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  v_done := v_done + v_count;
  delete from private.room_activity as activity
  where activity.ctid = any (array(
    select old.ctid
    from private.room_activity as old
    where old.bucket < now() - interval '2 hours'
    limit v_size
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  v_done := v_done + v_count;
  delete from public.room_invites as invite
  where invite.id = any (array(
    select old.id from public.room_invites as old
    where old.expires_at < now() - interval '7 days'
    limit v_size
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  return v_done + v_count;
end;
$$;
