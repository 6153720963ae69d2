-- Security definer: messages are nobody's to write directly.
create or replace function private.pin_message(message_id uuid, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_message public.messages;
begin
  if pin_message.present is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  select message.* into v_message from public.messages as message where message.id = pin_message.message_id;
  if v_message.id is null or not private.can_read_room(v_message.room_id) then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;
  -- The room, so that the limit holds whoever pins at once.
  perform private.lock_room(v_message.room_id);
  select message.* into v_message from public.messages as message where message.id = v_message.id for no key update;
  v_message := private.message_to_moderate(v_message);
  if v_message.deleted_at is not null or v_message.kind = 'system' then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;
  if (v_message.pinned_at is not null) <> pin_message.present then
    if pin_message.present and (
      select count(*) from public.messages as message where message.room_id = v_message.room_id and message.pinned_at is not null
    ) >= private.setting('pinned_messages_limit') then
      perform private.raise_error(
        409, 'pinned_messages_limit', 'No more messages of a room can be pinned than this.', private.setting('pinned_messages_limit')::text
      );
    end if;
    update public.messages as message
    set pinned_at = case when pin_message.present then clock_timestamp() end
    where message.id = v_message.id;
    perform private.log_moderation(
      v_message.room_id, case when pin_message.present then 'message_pinned' else 'message_unpinned' end, v_message.author_id,
      jsonb_build_object('is_pinned', not pin_message.present), jsonb_build_object('is_pinned', pin_message.present),
      data => jsonb_build_object('message_id', v_message.id)
    );
  end if;
  return jsonb_build_object('is_pinned', pin_message.present);
end;
$$;

-- Security definer: as pin_message.
create or replace function private.clear_reactions(message_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_message public.messages;
  v_count int;
begin
  select message.* into v_message from public.messages as message where message.id = clear_reactions.message_id for no key update;
  v_message := private.message_to_moderate(v_message);
  delete from public.message_reactions as reaction where reaction.room_id = v_message.room_id and reaction.message_id = v_message.id;
  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform private.log_moderation(
      v_message.room_id, 'reactions_cleared', v_message.author_id, jsonb_build_object('reaction_count', v_count), '{"reaction_count": 0}',
      data => jsonb_build_object('message_id', v_message.id)
    );
  end if;
  return jsonb_build_object('cleared', v_count);
end;
$$;

create or replace function private.mute_in_room(room_id uuid, user_id uuid, until timestamptz)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- What they are saying at this moment is said before (hold_room_speaker).
  perform from public.room_members as member where member.room_id = mute_in_room.room_id and member.user_id = mute_in_room.user_id for update;
  insert into public.room_mutes (room_id, user_id, muted_by, until)
  values (mute_in_room.room_id, mute_in_room.user_id, auth.uid(), mute_in_room.until)
  on conflict on constraint room_mutes_pkey do update set muted_by = excluded.muted_by, until = excluded.until, created_at = now();
  perform realtime.send(
    jsonb_build_object('room_id', mute_in_room.room_id, 'until', mute_in_room.until), 'muted_in_room', 'user:' || mute_in_room.user_id, true
  );
end;
$$;
comment on function private.mute_in_room(uuid, uuid, timestamptz) is
'Mute somebody in a room, which is locked, and tell them. Whoever calls has decided and logs';

create or replace function private.unmute_in_room(room_id uuid, user_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  delete from public.room_mutes as mute where mute.room_id = unmute_in_room.room_id and mute.user_id = unmute_in_room.user_id;
  if not found then
    return false;
  end if;
  perform realtime.send(
    jsonb_build_object('room_id', unmute_in_room.room_id, 'until', null), 'muted_in_room', 'user:' || unmute_in_room.user_id, true
  );
  return true;
end;
$$;
comment on function private.unmute_in_room(uuid, uuid) is
'Take back a mute in a room, which is locked, and tell whom it was of; whether there was one. Whoever calls has decided and logs';

-- Security definer: mutes are nobody's to write directly.
create or replace function private.mute_member(room_id uuid, username text, minutes int)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_role text;
  v_other_id uuid;
  v_other_role text;
  v_until timestamptz;
  v_before jsonb;
begin
  if mute_member.minutes is null or mute_member.minutes not between 1 and private.setting('room_mute_minutes_limit') then
    perform private.raise_error(
      422, 'mute_minutes_out_of_range', 'A mute lasts from one minute to this many.', private.setting('room_mute_minutes_limit')::text
    );
  end if;
  v_until := now() + make_interval(mins => mute_member.minutes);
  v_room := private.lock_room(mute_member.room_id);
  v_role := private.require_room_moderator(v_room.id);
  v_other_id := private.person_to_moderate(v_room.id, mute_member.username);
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  v_other_role := private.role_in_room(v_room.id, v_other_id);
  if v_other_role is null then
    perform private.raise_error(404, 'member_not_found', 'Nobody of this username is in the room.');
  end if;
  -- Staff stand above moderators; the owner is above all.
  if v_other_role >= (case when private.is_staff() then 'owner' else v_role end) then
    perform private.raise_error(403, 'member_of_equal_rank', 'They have the same role in the room, or a higher one.');
  end if;
  perform private.refuse_against_staff(v_room.id, v_other_id, 'mute');
  perform private.take_token('moderate_room');
  v_before := private.member_facts(v_room.id, v_other_id);
  perform private.mute_in_room(v_room.id, v_other_id, v_until);
  perform private.log_moderation(v_room.id, 'member_muted', v_other_id, v_before, private.member_facts(v_room.id, v_other_id));
  return jsonb_build_object('is_muted', true, 'until', v_until);
end;
$$;

-- Security definer: as mute_member.
create or replace function private.unmute_member(room_id uuid, username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_role text;
  v_other_id uuid;
  v_before jsonb;
begin
  v_room := private.lock_room(unmute_member.room_id);
  v_role := private.require_room_moderator(v_room.id);
  select mute.user_id into v_other_id
  from public.room_mutes as mute
  join public.profiles as profile on profile.id = mute.user_id
  where mute.room_id = v_room.id and profile.username = lower(btrim(unmute_member.username));
  if v_other_id is null then
    v_other_id := private.person_to_moderate(v_room.id, unmute_member.username);
  end if;
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  perform private.refuse_against_staff(v_room.id, v_other_id, 'mute');
  perform private.take_token('moderate_room');
  v_before := private.member_facts(v_room.id, v_other_id);
  if private.unmute_in_room(v_room.id, v_other_id) then
    perform private.log_moderation(v_room.id, 'member_unmuted', v_other_id, v_before, private.member_facts(v_room.id, v_other_id));
  end if;
  return jsonb_build_object('is_muted', false);
end;
$$;

-- Security definer: service_role may remove none of this.
create or replace function private.forget_old_messages(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_size int := least(greatest(coalesce(forget_old_messages.size, 1000), 1), 10000);
  v_before timestamptz := now() - make_interval(days => private.setting('deleted_message_days')::int);
  v_count int;
  v_done int := 0;
begin
  -- A row that is locked is left for the next time. An array is looked up once; the plan of a subquery may run its limit again for each row.
  delete from public.messages as message
  where message.id = any (array(
    select old.id
    from public.messages as old
    where old.deleted_at < v_before
    order by old.deleted_at
    limit v_size
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  v_done := v_done + v_count;
  delete from public.messages as message
  where message.id = any (array(
    select old.id
    from public.rooms as room
    join public.messages as old on old.room_id = room.id
    where room.deleted_at < v_before
    limit v_size
    for update of old skip locked
  ));
  get diagnostics v_count = row_count;
  v_done := v_done + v_count;
  delete from public.room_mutes as mute
  where mute.ctid = any (array(
    select old.ctid from public.room_mutes as old where old.until < now() limit v_size for update skip locked
  ));
  get diagnostics v_count = row_count;
  return v_done + v_count;
end;
$$;
