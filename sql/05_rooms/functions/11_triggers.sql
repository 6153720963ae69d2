-- Security definer: the counter is nobody's to write. Whoever changes who is in a room holds the room (join_room and its like;
-- lock_room_ties when accounts go), so that those who come and go at once wait here and never meet in a circle.
create or replace function private.tg_room_members__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.rooms as room set member_count = room.member_count + 1 where room.id = new.room_id;
  else
    update public.rooms as room set member_count = room.member_count - 1 where room.id = old.room_id;
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete on public.room_members
  for each row execute function private.tg_room_members__count();

-- Security definer: a room that has lost its owner passes to somebody else, whoever took the owner away. leave_room and remove_member
-- refuse that; the erasure of an account comes here.
create or replace function private.tg_room_members__hand_over()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.hand_over_room(room.id)
  from public.rooms as room
  where room.id = old.room_id and room.deleted_at is null;
  return null;
end;
$$;
create trigger _510_hand_over
  after delete on public.room_members
  for each row
  when (old.role = 'owner')
  execute function private.tg_room_members__hand_over();

create or replace function private.hand_over_room(room_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_heir_id uuid;
begin
  -- Who is leaving too is passed over: the room would go on at once, or to nobody.
  select member.user_id into v_heir_id
  from public.room_members as member
  where member.room_id = hand_over_room.room_id
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = member.user_id)
  order by member.role = 'moderator' desc, member.joined_at, member.user_id
  limit 1;
  if v_heir_id is null then
    perform private.bury_room(hand_over_room.room_id);
    return;
  end if;
  update public.room_members as member
  set role = 'owner'
  where member.room_id = hand_over_room.room_id and member.user_id = v_heir_id;
  update public.rooms as room set owner_id = v_heir_id, client_id = null where room.id = hand_over_room.room_id;
end;
$$;
comment on function private.hand_over_room(uuid) is
'Give a room whose owner has gone to the longest-serving moderator, else to the longest-serving member; with nobody left it is deleted';

create or replace function private.bury_room(room_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_files jsonb;
begin
  -- Before its row, as another slug locks that for all who refer to it: whoever moves the session on writes the history of the room, holding the session.
  perform from public.live_streams as stream where stream.room_id = bury_room.room_id and stream.ended_at is null for no key update;
  perform from public.dj_sessions as session where session.room_id = bury_room.room_id and session.ended_at is null for no key update;
  update public.rooms as room
  set deleted_at = now(), name = null, description = '', avatar_path = null, region = null, tags = '{}', slug = room.id::text,
      genre = null, pinned_track_id = null
  where room.id = bury_room.room_id and room.deleted_at is null;
  if not found then
    return;
  end if;
  delete from public.room_invites as invite where invite.room_id = bury_room.room_id;
  update public.join_requests as request
  set status = 'declined', decided_at = now()
  where request.room_id = bury_room.room_id and request.status = 'pending';
  delete from public.room_presence as presence where presence.room_id = bury_room.room_id;
  delete from private.room_activity as activity where activity.room_id = bury_room.room_id;
  delete from private.room_pulses as pulse where pulse.room_id = bury_room.room_id;
  select jsonb_agg(object.name order by object.name) into v_files
  from storage.objects as object
  where object.bucket_id = 'room-avatars'
    and object.name operator(pg_catalog.~>=~) (bury_room.room_id || '/')
    and object.name operator(pg_catalog.~<~) (bury_room.room_id || '0');
  if v_files is not null then
    perform private.enqueue('remove_objects', jsonb_build_object('bucket', 'room-avatars', 'names', v_files));
  end if;
  perform private.forget_target('room', bury_room.room_id);
end;
$$;
comment on function private.bury_room(uuid) is
'Delete a room: the row stays, seen by nobody, as what was played and said in it refers to it; words, invitations and pictures go';

-- Security definer: writes to the realtime schema.
create or replace function private.tg_room_members__broadcast()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- old is null where somebody joins, new where somebody goes.
  perform private.broadcast_room(
    coalesce(new.room_id, old.room_id), 'member_changed', jsonb_build_object('user_id', coalesce(new.user_id, old.user_id), 'role', new.role)
  );
  return null;
end;
$$;
create trigger _900_broadcast
  after insert or delete or update of role on public.room_members
  for each row execute function private.tg_room_members__broadcast();

-- Security definer: writes to the realtime schema. The counts of a room that change with everybody who comes are no change of the room.
create or replace function private.tg_rooms__broadcast()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.broadcast_room(new.id, 'room_changed', jsonb_build_object('changed', to_jsonb(array(
    select changed.key
    from jsonb_each(to_jsonb(new)) as changed
    join jsonb_each(to_jsonb(old)) as before on before.key = changed.key
    where changed.value <> before.value and changed.key not in ('member_count', 'updated_at', 'client_id')
    order by changed.key
  ))));
  return null;
end;
$$;
create trigger _900_broadcast
  after update on public.rooms
  for each row
  when (
    (old.name, old.description, old.kind, old.visibility, old.genre, old.tags, old.region, old.avatar_path, old.owner_id, old.pinned_track_id)
      is distinct from
    (new.name, new.description, new.kind, new.visibility, new.genre, new.tags, new.region, new.avatar_path, new.owner_id, new.pinned_track_id)
    or (
      old.member_limit, old.max_track_ms, old.repeat_window_minutes, old.queue_limit_per_member, old.tracks_per_turn, old.rotation_cycles,
      old.downvotes_enabled, old.vote_skip_enabled, old.vote_skip_ratio, old.vote_skip_minimum, old.slow_mode_seconds, old.deleted_at
    ) is distinct from (
      new.member_limit, new.max_track_ms, new.repeat_window_minutes, new.queue_limit_per_member, new.tracks_per_turn, new.rotation_cycles,
      new.downvotes_enabled, new.vote_skip_enabled, new.vote_skip_ratio, new.vote_skip_minimum, new.slow_mode_seconds, new.deleted_at
    )
  )
  execute function private.tg_rooms__broadcast();

create or replace function private.topic_room_id()
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_topic text := realtime.topic();
begin
  if v_topic ~ '^room:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    return substring(v_topic from 6)::uuid;
  end if;
  return null;
end;
$$;
comment on function private.topic_room_id() is 'The room whose topic realtime asks about, room:<id>; null for any other topic';

-- Security definer: a policy helper; memberships and bans are not the caller's to read.
create or replace function private.hears_room()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.can_read_room(private.topic_room_id())
$$;
comment on function private.hears_room() is 'Whether the caller may join the topic that realtime asks about, room:<id>: who may read the room';

-- Security definer: as hears_room.
create or replace function private.speaks_in_room()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.room_role(private.topic_room_id()) is not null
    and not private.is_banned_from_room(private.topic_room_id(), (select auth.uid()))
    and private.can_write('rooms')
$$;
comment on function private.speaks_in_room() is 'Whether the caller may type and be present on that topic: members who may write at all';

-- Security definer: as hears_room.
create or replace function private.moderated_room_folders()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select mine.room_id::text from private.my_room_ids('moderator') as mine (room_id)
$$;
comment on function private.moderated_room_folders() is 'The folders of room-avatars of rooms the caller moderates; for policies';

-- Security definer: as hears_room.
create or replace function private.room_avatar_folders()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select mine.folder
  from private.moderated_room_folders() as mine (folder)
  where (
    select count(*)
    from storage.objects as object
    where object.bucket_id = 'room-avatars'
      and object.name operator(pg_catalog.~>=~) (mine.folder || '/')
      and object.name operator(pg_catalog.~<~) (mine.folder || '0')
  ) < private.setting('room_avatar_files')
$$;
comment on function private.room_avatar_folders() is
'The folders of room-avatars that take another picture of the caller: of rooms they moderate, with fewer than room_avatar_files in them; for policies';

create or replace function private.opens_objects()
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(current_setting('storage.operation', true), '') in (
    'storage.object.get_authenticated', 'storage.object.sign', 'storage.object.sign_many', 'storage.render.image_authenticated',
    'object.get_authenticated_info', 'object.head_authenticated_info'
  )
$$;
comment on function private.opens_objects() is 'Whether the storage server asks about objects whose names the caller knows: to read or to sign them, not to list them; for policies';

-- Security definer: unlisted rooms are read by who has the id, and are in no query.
create or replace function private.is_unlisted_avatar(path text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from public.rooms as room
    where room.avatar_path = is_unlisted_avatar.path and room.visibility = 'unlisted' and private.can_see_room(room.id)
  )
$$;
comment on function private.is_unlisted_avatar(text) is 'Whether an unlisted room shows this picture; for the policy on single objects';

create or replace function private.lock_room_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from public.rooms as room
  where room.id in (select member.room_id from public.room_members as member where member.user_id = any (lock_room_ties.user_ids))
    or room.owner_id = any (lock_room_ties.user_ids)
    or room.artist_id = any (lock_room_ties.user_ids)
    or room.pinned_track_id in (select track.id from public.tracks as track where track.artist_id = any (lock_room_ties.user_ids))
  order by room.id
  -- As lock_room: what others write meanwhile refers to the room, and waits for nobody.
  for no key update;
end;
$$;
comment on function private.lock_room_ties(uuid[]) is 'Before accounts are erased: lock the rooms they are in or own, and those where a track of theirs is pinned, in the lock order';
