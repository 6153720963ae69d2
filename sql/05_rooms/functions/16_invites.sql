create or replace function private.new_invite_code()
returns text
language sql
volatile
security invoker
set search_path = ''
as $$
  -- 96 random bits: of two ids the first six bytes, which are random as a whole.
  select translate(
    encode(substring(uuid_send(gen_random_uuid()) for 6) || substring(uuid_send(gen_random_uuid()) for 6), 'base64'), '+/', '-_'
  )
$$;
comment on function private.new_invite_code() is '16 characters that nobody guesses, fit for an address';

create or replace function private.require_inviter(room public.rooms, role text, is_personal boolean)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if require_inviter.role is null or require_inviter.role not in ('member', 'moderator') then
    perform private.raise_error(422, 'room_role_unknown', 'One is made member or moderator of a room.');
  end if;
  if require_inviter.role = 'moderator' then
    if private.room_role((require_inviter.room).id) is distinct from 'owner' then
      perform private.raise_error(403, 'not_the_owner', 'This is for the owner of the room.');
    end if;
  elsif require_inviter.is_personal and (require_inviter.room).visibility <> 'private' then
    perform private.require_room_member((require_inviter.room).id);
  else
    perform private.require_room_moderator((require_inviter.room).id);
  end if;
end;
$$;
comment on function private.require_inviter(public.rooms, text, boolean) is
$$Refuse who may not invite to a room, which is locked

Members invite people to rooms that are open; to private ones, and with a code for whoever has it, moderators do; who shall be moderator is
the owner's to say.$$;

create or replace function private.require_invite_quota(room_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_is_keeper constant boolean := private.keeps_room(require_invite_quota.room_id);
  v_limit constant bigint := private.setting(case when v_is_keeper then 'room_invites_limit' else 'member_invites_limit' end);
begin
  if (
    select count(*)
    from public.room_invites as invite
    where invite.room_id = require_invite_quota.room_id
      and invite.expires_at > now()
      and case
        when v_is_keeper then coalesce(private.role_in_room(invite.room_id, invite.invited_by) > 'member', true)
        else invite.invited_by = v_user_id
      end
  ) >= v_limit then
    perform private.raise_error(409, 'invite_limit', 'No more invitations to one room are open at once than this.', v_limit::text);
  end if;
end;
$$;
comment on function private.require_invite_quota(uuid) is
$$Refuse another invitation to a room, which is locked: invite_limit (409)

Members have a number each (setting member_invites_limit), moderators one together (room_invites_limit), which members cannot use up.$$;

-- Security definer: invitations are nobody's to write directly.
create or replace function private.invite_to_room(room_id uuid, username text, role text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('rooms');
  v_other_id uuid;
  v_room public.rooms;
  v_invite public.room_invites;
begin
  perform private.require_room(invite_to_room.room_id);
  v_other_id := (private.visible_profile(invite_to_room.username)).id;
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  -- A block of the two waits for this, or this sees it.
  perform private.refuse_leaving(private.lock_pair(v_user_id, v_other_id));
  perform private.refuse_leaving(private.lock_profiles(array[v_user_id, v_other_id]));
  v_room := private.lock_room(invite_to_room.room_id);
  if private.is_blocked(v_user_id, v_other_id) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  perform private.require_inviter(v_room, invite_to_room.role, true);
  if private.role_in_room(v_room.id, v_other_id) is not null then
    perform private.raise_error(409, 'already_a_member', 'They are in the room already.');
  end if;
  if private.is_banned_from_room(v_room.id, v_other_id) then
    perform private.raise_error(409, 'invited_is_banned', 'They are banned from this room; the ban has to end first.');
  end if;
  perform private.take_token('invite_to_room');

  -- Invited again by the same person it is the same invitation, good from now on.
  update public.room_invites as invite
  set role = invite_to_room.role, expires_at = now() + make_interval(hours => private.setting('room_invite_hours')::int)
  where invite.room_id = v_room.id and invite.user_id = v_other_id and invite.invited_by = v_user_id
  returning invite.* into v_invite;
  if not found then
    perform private.require_invite_quota(v_room.id);
    insert into public.room_invites (room_id, code, user_id, invited_by, role, use_limit, expires_at)
    values (
      v_room.id, private.new_invite_code(), v_other_id, v_user_id, invite_to_room.role, 1,
      now() + make_interval(hours => private.setting('room_invite_hours')::int)
    )
    returning * into v_invite;
    perform private.notify(
      v_other_id, 'room_invite', v_user_id, 'room', v_room.id,
      data => jsonb_build_object('invite_id', v_invite.id, 'role', v_invite.role)
    );
  end if;
  return private.invite_card(v_invite);
end;
$$;

create or replace function private.invite_card(invite public.room_invites)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', (invite_card.invite).id, 'room_id', (invite_card.invite).room_id, 'code', (invite_card.invite).code,
    'role', (invite_card.invite).role, 'use_count', (invite_card.invite).use_count, 'use_limit', (invite_card.invite).use_limit,
    'expires_at', (invite_card.invite).expires_at
  )
$$;
comment on function private.invite_card(public.room_invites) is 'An invitation as those see it who made it';

-- Security definer: as invite_to_room.
create or replace function private.create_room_invite(room_id uuid, role text, use_limit int)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_invite public.room_invites;
begin
  if create_room_invite.use_limit not between 1 and 10000 then
    perform private.raise_error(422, 'use_limit_out_of_range', 'An invitation is for 1 to 10000 uses, or any number.');
  end if;
  perform private.lock_own_profile();
  v_room := private.lock_room(create_room_invite.room_id);
  perform private.require_inviter(v_room, create_room_invite.role, false);
  perform private.require_invite_quota(v_room.id);
  perform private.take_token('invite_to_room');
  insert into public.room_invites (room_id, code, invited_by, role, use_limit, expires_at)
  values (
    v_room.id, private.new_invite_code(), v_user_id, create_room_invite.role, create_room_invite.use_limit,
    now() + make_interval(hours => private.setting('room_invite_hours')::int)
  )
  returning * into v_invite;
  return private.invite_card(v_invite);
end;
$$;

-- Security definer: as invite_to_room.
create or replace function private.revoke_room_invite(invite_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_invite public.room_invites;
begin
  select invite.* into v_invite from public.room_invites as invite where invite.id = revoke_room_invite.invite_id;
  if v_invite.id is null or not (
    v_user_id = v_invite.invited_by
    -- Who was invited declines.
    or v_user_id is not distinct from v_invite.user_id
    or coalesce(private.room_role(v_invite.room_id), 'member') >= 'moderator'
    or private.is_staff()
  ) then
    perform private.raise_error(404, 'invite_not_found', 'This invitation is not good, or not any more.');
  end if;
  perform from public.rooms as room where room.id = v_invite.room_id for no key update;
  delete from public.room_invites as invite where invite.id = v_invite.id;
  if v_invite.user_id is not null then
    perform private.retract(v_invite.user_id, 'room_invite', v_invite.invited_by, 'room', v_invite.room_id);
  end if;
  return jsonb_build_object('is_invited', false);
end;
$$;

-- Security definer: shows a room to whom a code was given, before they join.
create or replace function private.room_invite(code text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_invite public.room_invites;
begin
  perform private.require_signed_in();
  select invite.* into v_invite from public.room_invites as invite where invite.code = btrim(room_invite.code);
  v_invite := private.open_invite(v_invite.room_id, v_invite.code);
  if v_invite.id is null then
    perform private.raise_error(404, 'invite_not_found', 'This invitation is not good, or not any more.');
  end if;
  return (
    select jsonb_build_object(
      'room', private.room_card(room.id), 'role', v_invite.role, 'expires_at', v_invite.expires_at,
      'invited_by', private.person_card(v_invite.invited_by)
    )
    from public.rooms as room
    where room.id = v_invite.room_id and room.deleted_at is null
  );
end;
$$;

-- Security definer: as room_invite.
create or replace function private.my_room_invites()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  perform private.require_signed_in();
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', invite.id, 'code', invite.code, 'role', invite.role, 'expires_at', invite.expires_at, 'room', private.room_card(invite.room_id),
      'invited_by', private.person_card(invite.invited_by)
    ) order by invite.id desc), '[]')
    from (
      select invite.*
      from public.room_invites as invite
      where invite.user_id = v_user_id
        and invite.expires_at > now()
        and private.can_see_profile(invite.invited_by)
        and not private.is_banned_from_room(invite.room_id, v_user_id)
        and not exists (select from public.rooms as room where room.id = invite.room_id and room.is_withheld)
      order by invite.id desc
      limit 100
    ) as invite
  );
end;
$$;
