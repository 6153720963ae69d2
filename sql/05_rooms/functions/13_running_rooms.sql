-- Security definer: rooms are nobody's to write directly.
create or replace function private.pin_track(room_id uuid, track_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
begin
  v_room := private.lock_room(pin_track.room_id);
  perform private.require_room_moderator(v_room.id);
  perform private.take_token('update_room');
  if pin_track.track_id is not null and not private.can_see_track(pin_track.track_id) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  if v_room.pinned_track_id is distinct from pin_track.track_id then
    update public.rooms as room set pinned_track_id = pin_track.track_id where room.id = v_room.id;
    perform private.log_moderation(
      v_room.id, 'track_pinned', null, jsonb_build_object('track_id', v_room.pinned_track_id), jsonb_build_object('track_id', pin_track.track_id)
    );
  end if;
  return jsonb_build_object('pinned_track', private.track_card(pin_track.track_id));
exception when foreign_key_violation then
  -- It was deleted this moment.
  perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
end;
$$;

create or replace function private.person_to_moderate(room_id uuid, username text)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_other_id uuid;
begin
  -- Past blocks: who has blocked the moderators of a room is moderated all the same.
  select profile.id into v_other_id from public.profiles as profile where profile.username = lower(btrim(person_to_moderate.username));
  if not private.stays(v_other_id) or (
    private.role_in_room(person_to_moderate.room_id, v_other_id) is null
    and not private.is_banned_from_room(person_to_moderate.room_id, v_other_id)
    and exists (select from private.hidden_profiles as hidden where hidden.profile_id = v_other_id)
  ) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  return v_other_id;
end;
$$;
comment on function private.person_to_moderate(uuid, text) is 'Somebody by their username, for who moderates a room; who is hidden, as far as they are in it or banned from it';

create or replace function private.require_moderator_quota(room_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if (
    select count(*) from public.room_members as member
    where member.room_id = require_moderator_quota.room_id and member.role = 'moderator'
  ) > private.setting('room_moderators_limit') then
    perform private.raise_error(
      409, 'moderator_limit', 'A room cannot have more moderators than this.', private.setting('room_moderators_limit')::text
    );
  end if;
end;
$$;
comment on function private.require_moderator_quota(uuid) is
'Refuse the moderator who was just made one too many of a room, which is locked: moderator_limit (409)';

-- Security definer: roles are nobody's to write directly.
create or replace function private.set_member_role(room_id uuid, username text, role text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_other_id uuid;
  v_before text;
  v_facts jsonb;
begin
  if set_member_role.role is null or set_member_role.role not in ('member', 'moderator') then
    perform private.raise_error(422, 'room_role_unknown', 'One is made member or moderator of a room.');
  end if;
  v_room := private.lock_own_room(set_member_role.room_id);
  v_other_id := private.person_to_moderate(v_room.id, set_member_role.username);
  v_before := private.role_in_room(v_room.id, v_other_id);
  if v_before is null then
    perform private.raise_error(404, 'member_not_found', 'Nobody of this username is in the room.');
  end if;
  if v_before = 'owner' then
    perform private.raise_error(409, 'owner_must_transfer', 'The owner hands the room over first, or deletes it.');
  end if;
  perform private.take_token('moderate_room');
  if v_before <> set_member_role.role then
    v_facts := private.member_facts(v_room.id, v_other_id);
    update public.room_members as member
    set role = set_member_role.role
    where member.room_id = v_room.id and member.user_id = v_other_id;
    perform private.require_moderator_quota(v_room.id);
    perform private.log_moderation(v_room.id, 'role_changed', v_other_id, v_facts, private.member_facts(v_room.id, v_other_id));
  end if;
  return jsonb_build_object('username', lower(btrim(set_member_role.username)), 'role', set_member_role.role);
end;
$$;

create or replace function private.put_out(room_id uuid, user_id uuid, is_banned boolean, until timestamptz default null, reason text default null)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_was_in boolean;
begin
  if put_out.is_banned then
    insert into public.room_bans (room_id, user_id, banned_by, until, reason)
    values (put_out.room_id, put_out.user_id, auth.uid(), put_out.until, put_out.reason)
    on conflict on constraint room_bans_pkey do update
      set banned_by = excluded.banned_by, until = excluded.until, reason = excluded.reason, created_at = now();
  end if;
  delete from public.room_members as member where member.room_id = put_out.room_id and member.user_id = put_out.user_id;
  v_was_in := found;
  delete from public.room_invites as invite where invite.room_id = put_out.room_id and invite.user_id = put_out.user_id;
  -- Whoever asked reads their request, and is not told who has banned them.
  update public.join_requests as request
  set status = 'declined', decided_at = now()
  where request.room_id = put_out.room_id and request.user_id = put_out.user_id and request.status = 'pending';
  perform realtime.send(
    jsonb_build_object('room_id', put_out.room_id, 'is_banned', put_out.is_banned, 'until', put_out.until), 'removed_from_room',
    'user:' || put_out.user_id, true
  );
  return v_was_in;
end;
$$;
comment on function private.put_out(uuid, uuid, boolean, timestamptz, text) is
$$Put somebody out of a room, which is locked, with their invitations and requests, and tell them; whether they were in it

is_banned: they are kept out, too; until: null for ever. Their place in its session and its stream goes by triggers. Whoever calls has decided, and logs.$$;

-- Security definer: memberships and bans are nobody's to write directly.
create or replace function private.remove_member(room_id uuid, username text, ban_minutes int, reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_reason text := nullif(private.clean_line(left(remove_member.reason, 2000), 501), '');
  v_is_banned boolean := remove_member.ban_minutes is distinct from 0;
  v_until timestamptz := case when v_is_banned then now() + make_interval(mins => remove_member.ban_minutes) end;
  v_room public.rooms;
  v_other_id uuid;
  v_role text;
  v_before jsonb;
begin
  if remove_member.ban_minutes not between 0 and 5256000 then
    perform private.raise_error(422, 'ban_minutes_out_of_range', 'A ban lasts up to 5256000 minutes, or for ever; 0 is none.');
  end if;
  if char_length(v_reason) > 500 then
    perform private.raise_error(422, 'reason_too_long', 'A reason has at most 500 characters.');
  end if;
  v_room := private.lock_room(remove_member.room_id);
  v_role := private.require_room_moderator(v_room.id);
  v_other_id := private.person_to_moderate(v_room.id, remove_member.username);
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  -- Staff stand above moderators; the owner is above all.
  if private.role_in_room(v_room.id, v_other_id) >= (case when private.is_staff() then 'owner' else v_role end) then
    perform private.raise_error(403, 'member_of_equal_rank', 'They have the same role in the room, or a higher one.');
  end if;
  perform private.take_token('moderate_room');
  if not v_is_banned and private.role_in_room(v_room.id, v_other_id) is null then
    perform private.raise_error(404, 'member_not_found', 'Nobody of this username is in the room.');
  end if;

  v_before := private.member_facts(v_room.id, v_other_id);
  if v_is_banned then
    perform private.refuse_against_staff(v_room.id, v_other_id, 'ban');
  end if;
  perform private.put_out(v_room.id, v_other_id, v_is_banned, v_until, v_reason);
  perform private.log_moderation(
    v_room.id, case when v_is_banned then 'member_banned' else 'member_removed' end, v_other_id, v_before,
    private.member_facts(v_room.id, v_other_id), v_reason
  );
  return jsonb_build_object('is_member', false, 'is_banned', v_is_banned, 'until', v_until);
end;
$$;

-- Security definer: as remove_member.
create or replace function private.unban_member(room_id uuid, username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_other_id uuid;
  v_before jsonb;
begin
  v_room := private.lock_room(unban_member.room_id);
  perform private.require_room_moderator(v_room.id);
  v_other_id := private.person_to_moderate(v_room.id, unban_member.username);
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  perform private.refuse_against_staff(v_room.id, v_other_id, 'ban');
  v_before := private.member_facts(v_room.id, v_other_id);
  delete from public.room_bans as ban where ban.room_id = v_room.id and ban.user_id = v_other_id;
  if found then
    perform private.log_moderation(v_room.id, 'member_unbanned', v_other_id, v_before, private.member_facts(v_room.id, v_other_id));
  end if;
  return jsonb_build_object('is_banned', false);
end;
$$;
