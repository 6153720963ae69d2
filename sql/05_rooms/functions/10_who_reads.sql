-- Lock order of the domain: a pair (lock_pair); one's own profile, or both by lock_profiles; the room; its stream; its session; queue items and
-- slots; votes; messages; then what ARCHITECTURE.md names after rooms. Whoever changes who is in a room holds the room.

-- Security definer: a policy helper; reading memberships under their own policies would recurse.
create or replace function private.my_room_ids(at_least text default 'member')
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select member.room_id
  from public.room_members as member
  join public.rooms as room on room.id = member.room_id
  where member.user_id = (select auth.uid())
    and member.role >= my_room_ids.at_least
    and room.deleted_at is null
    and (not room.is_withheld or member.role = 'owner')
$$;
comment on function private.my_room_ids(text) is
'The rooms the caller is in, as member, moderator or owner at least (the names sort by rank); for policies. Nothing more for staff';

-- Security definer: as my_room_ids.
create or replace function private.my_banned_room_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select ban.room_id
  from public.room_bans as ban
  where ban.user_id = (select auth.uid())
    and (ban.until is null or ban.until > now())
$$;
comment on function private.my_banned_room_ids() is 'The rooms the caller is banned from at present; for policies on what only readers of a room see';

-- Security definer: memberships and invitations of others are not the caller's to read.
create or replace function private.can_see_room(room_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from public.rooms as room
    where room.id = can_see_room.room_id
      and room.deleted_at is null
      and (not room.is_withheld or room.owner_id = (select auth.uid()) or (select private.is_staff()))
      and (
        room.visibility in ('public', 'unlisted')
        or exists (
          select from public.room_members as member where member.room_id = room.id and member.user_id = (select auth.uid())
        )
        or exists (
          select from public.room_invites as invite
          where invite.user_id = (select auth.uid())
            and invite.room_id = room.id
            and invite.use_count = 0
            and invite.expires_at > now()
            and not private.is_blocked(invite.invited_by, invite.user_id)
        )
        or (select private.is_staff())
      )
  )
$$;
comment on function private.can_see_room(uuid) is
$$Whether the caller may know of a room

Public and unlisted ones everybody, visitors too; private ones their members, who is invited in person, and staff. Nobody a deleted one; one that moderators
withhold its owner and staff.$$;

-- Security definer: as can_see_room.
create or replace function private.is_banned_from_room(room_id uuid, user_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from public.room_bans as ban
    where ban.room_id = is_banned_from_room.room_id
      and ban.user_id = is_banned_from_room.user_id
      and (ban.until is null or ban.until > now())
  )
$$;
comment on function private.is_banned_from_room(uuid, uuid) is 'Whether somebody is banned from a room at present';

-- In this form, and without search_path, it becomes part of the query that asks; for definer functions.
create or replace function private.readable_room(room_id uuid, reader_id uuid)
returns setof public.rooms
language sql
stable
security invoker
begin atomic
  select room.*
  from public.rooms as room
  where room.id = readable_room.room_id
    and readable_room.reader_id is not null
    and room.deleted_at is null
    and (
      (
        (not room.is_withheld or room.owner_id = readable_room.reader_id)
        and (
          room.visibility in ('public', 'unlisted')
          or exists (
            select from public.room_members as member where member.room_id = room.id and member.user_id = readable_room.reader_id offset 0
          )
        )
        and not exists (
          select
          from public.room_bans as ban
          where ban.room_id = room.id
            and ban.user_id = readable_room.reader_id
            and (ban.until is null or ban.until > now())
          offset 0
        )
      )
      or (select private.is_staff())
    );
end;
comment on function private.readable_room(uuid, uuid) is
'The room, if the caller, whose id this is, may read what happens in it: the one rule of can_read_room';

-- Security definer: as can_see_room.
create or replace function private.can_read_room(room_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from (select auth.uid() as id offset 0) as reader
    cross join lateral private.readable_room(can_read_room.room_id, reader.id)
  )
$$;
comment on function private.can_read_room(uuid) is
$$Whether the caller may read what happens in a room: chat, sessions, who is in it

Of public and unlisted ones whoever is signed in, of private ones members; never who is banned; staff always. The rule of topic room:<id>.$$;

-- Security definer: as can_see_room.
create or replace function private.role_in_room(room_id uuid, user_id uuid)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select member.role
  from public.room_members as member
  join public.rooms as room on room.id = member.room_id
  where member.room_id = role_in_room.room_id
    and member.user_id = role_in_room.user_id
    and room.deleted_at is null
    and (not room.is_withheld or member.role = 'owner')
$$;
comment on function private.role_in_room(uuid, uuid) is 'Somebody''s role in a room that is not deleted: member, moderator or owner (they sort by rank); null when they are not in it, or moderators withhold it from its members';

create or replace function private.room_role(room_id uuid)
returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select private.role_in_room(room_role.room_id, (select auth.uid()))
$$;
comment on function private.room_role(uuid) is 'The caller''s role in a room that is not deleted, or null';

create or replace function private.require_room(room_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if not private.can_see_room(require_room.room_id) then
    perform private.raise_error(404, 'room_not_found', 'There is no room of this id that you can see.');
  end if;
end;
$$;
comment on function private.require_room(uuid) is 'Refuse a room the caller may not know of: room_not_found (404)';

create or replace function private.require_room_reader(room_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if private.can_read_room(require_room_reader.room_id) then
    return;
  end if;
  perform private.require_room(require_room_reader.room_id);
  perform private.require_signed_in();
  if private.is_banned_from_room(require_room_reader.room_id, auth.uid()) then
    perform private.raise_error(403, 'banned_from_room', 'You are banned from this room.');
  end if;
  perform private.raise_error(403, 'not_a_member', 'Join the room first.');
end;
$$;
comment on function private.require_room_reader(uuid) is
'Refuse who may not read a room (can_read_room): room_not_found (404), not_signed_in (401), banned_from_room or not_a_member (403)';

create or replace function private.require_room_member(room_id uuid)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_role text := private.room_role(require_room_member.room_id);
begin
  if v_role is null then
    perform private.require_room(require_room_member.room_id);
    perform private.raise_error(403, 'not_a_member', 'Join the room first.');
  end if;
  return v_role;
end;
$$;
comment on function private.require_room_member(uuid) is 'The caller''s role in a room; else room_not_found (404), or not_a_member (403) of one they can see';

create or replace function private.require_room_moderator(room_id uuid)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_role text := private.room_role(require_room_moderator.room_id);
begin
  if v_role >= 'moderator' then
    return v_role;
  end if;
  perform private.require_room(require_room_moderator.room_id);
  if private.is_staff() then
    return 'moderator';
  end if;
  if v_role is null then
    perform private.raise_error(403, 'not_a_member', 'Join the room first.');
  end if;
  perform private.raise_error(403, 'not_a_moderator', 'This is for the moderators of the room.');
end;
$$;
comment on function private.require_room_moderator(uuid) is
$$moderator or owner: the caller's role in a room they may moderate

Staff count as moderators everywhere. Else room_not_found (404), not_a_member or not_a_moderator (403).$$;

create or replace function private.lock_room(room_id uuid)
returns public.rooms
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_room public.rooms;
begin
  select room.* into v_room from public.rooms as room where room.id = lock_room.room_id for no key update;
  if v_room.id is null or not private.can_see_room(v_room.id) then
    perform private.raise_error(404, 'room_not_found', 'There is no room of this id that you can see.');
  end if;
  return v_room;
end;
$$;
comment on function private.lock_room(uuid) is
'A room the caller may know of, locked until the transaction ends, so that who is in it stands still; else room_not_found (404). After one''s own profile, before all that is in the room';

-- Security definer: presence is read for those who may not read all of it.
create or replace function private.active_listeners(room_id uuid, seconds int)
returns int
language sql
stable
security definer
set search_path = ''
as $$
  select count(*)::int
  from public.room_presence as presence
  where presence.room_id = active_listeners.room_id
    and presence.last_seen_at > now() - make_interval(secs => active_listeners.seconds)
$$;
comment on function private.active_listeners(uuid, int) is 'How many were seen in a room in the last seconds, counted one by one; listener_count is the ready number';

-- Security definer: the log is nobody's to write.
create or replace function private.log_moderation(
  room_id uuid, action text, subject_id uuid, before jsonb, after jsonb, reason text default null, data jsonb default '{}'
)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into public.moderation_log (room_id, actor_id, action, subject_id, reason, data, before, after)
  values (
    log_moderation.room_id, (select auth.uid()), log_moderation.action, log_moderation.subject_id, log_moderation.reason, log_moderation.data,
    log_moderation.before, log_moderation.after
  )
$$;
comment on function private.log_moderation(uuid, text, uuid, jsonb, jsonb, text, jsonb) is
$$Write down what the caller has done as a moderator, with how it was before and how it is since

before, after: facts such as roles and numbers, without ids of people and without words: those go with their accounts. data: what it was done to, by ids.$$;

create or replace function private.member_facts(room_id uuid, user_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'role', private.role_in_room(member_facts.room_id, member_facts.user_id),
    'ban', (
      select jsonb_build_object('until', ban.until)
      from public.room_bans as ban
      where ban.room_id = member_facts.room_id and ban.user_id = member_facts.user_id
    ),
    'mute', (
      select jsonb_build_object('until', mute.until)
      from public.room_mutes as mute
      where mute.room_id = member_facts.room_id and mute.user_id = member_facts.user_id
    )
  )
$$;
comment on function private.member_facts(uuid, uuid) is
'How somebody stands in a room, for the log: {role, ban {until}, mute {until}}, each null when there is none. A ban or mute that is over is there until it is removed';

-- What was done stays as it was written down. The erasure of a person alone takes off it what the data map says.
create or replace function private.tg_moderation_log__append_only()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    if exists (
      select from private.data_map as entry
      join private.account_deletions as deletion on deletion.user_id::text = to_jsonb(old) ->> entry.person_column
      where entry.table_name = 'public.moderation_log'
        and deletion.erase_after <= now()
        and to_jsonb(new) = to_jsonb(old) || (select jsonb_object_agg(cleared, null) from unnest(entry.cleared_columns) as cleared)
    ) then
      return new;
    end if;
  end if;
  raise exception using errcode = 'restrict_violation', message = 'moderation_log is append-only';
end;
$$;
create trigger _300_append_only
  before update or delete on public.moderation_log
  for each row execute function private.tg_moderation_log__append_only();
create trigger _310_append_only
  before truncate on public.moderation_log
  for each statement execute function private.tg_moderation_log__append_only();

-- Security definer: the realtime schema is written for people who may not write there.
create or replace function private.broadcast_room(room_id uuid, event text, payload jsonb)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  select realtime.send(
    broadcast_room.payload || jsonb_build_object('room_id', broadcast_room.room_id), broadcast_room.event, 'room:' || broadcast_room.room_id, true
  )
$$;
comment on function private.broadcast_room(uuid, text, jsonb) is
'Tell who is on the topic of a room that something has happened: ids and what changed, never what a listener may not read; room_id is added';

-- Security definer: written by triggers in the transactions of people who may not write it.
create or replace function private.bump_room_activity(room_id uuid, number int default 1)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  insert into private.room_activity as activity (room_id, bucket, slot, event_count)
  values (
    bump_room_activity.room_id, date_bin('5 minutes', now(), '2001-01-01 00:00:00+00'), pg_backend_pid() % 16,
    bump_room_activity.number
  )
  on conflict (room_id, bucket, slot) do update set event_count = activity.event_count + excluded.event_count;
end;
$$;
comment on function private.bump_room_activity(uuid, int) is
'Say that so many messages or votes have come to a room: what trending_rooms weighs. Cheap enough for every vote; the last thing a transaction does in a room';

-- Security definer: pulses are nobody's to read.
create or replace function private.listener_count(room_id uuid)
returns int
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce((
    select pulse.listener_count
    from private.room_pulses as pulse
    where pulse.room_id = listener_count.room_id
      and pulse.refreshed_at > now() - make_interval(secs => private.setting('room_active_seconds')::int)
  ), 0)
$$;
comment on function private.listener_count(uuid) is 'Active listeners of a room as counted some seconds ago: one row, however many they are';
