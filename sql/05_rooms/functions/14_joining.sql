create or replace function private.open_invite(room_id uuid, code text)
returns public.room_invites
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_invite public.room_invites;
begin
  -- The room is locked: nobody else uses one of its invitations at the moment. With a code that one, else the one in person.
  select invite.* into v_invite
  from public.room_invites as invite
  where invite.room_id = open_invite.room_id
    and (
      (open_invite.code is null and invite.user_id = v_user_id)
      or (invite.code = open_invite.code and (invite.user_id is null or invite.user_id = v_user_id))
    )
    and invite.expires_at > now()
    and (invite.use_limit is null or invite.use_count < invite.use_limit)
    and not private.is_blocked(invite.invited_by, v_user_id)
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = invite.invited_by)
    and not exists (select from public.rooms as room where room.id = invite.room_id and room.is_withheld)
  order by invite.role desc, invite.id
  limit 1;
  return v_invite;
end;
$$;
comment on function private.open_invite(uuid, text) is
'The invitation by which the caller may enter a room: that of the code, or with none one in person; all null when there is none that is good. Not across a block';

create or replace function private.admit(room_id uuid, user_id uuid, role text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_room public.rooms;
begin
  select room.* into strict v_room from public.rooms as room where room.id = admit.room_id;
  if v_room.member_count >= v_room.member_limit then
    perform private.raise_error(409, 'room_full', 'The room has as many members as it takes.', v_room.member_limit::text);
  end if;
  insert into public.room_members (room_id, user_id, role) values (admit.room_id, admit.user_id, admit.role);
  update public.join_requests as request
  set status = 'approved', decided_at = now(), decided_by = nullif(auth.uid(), admit.user_id)
  where request.room_id = admit.room_id and request.user_id = admit.user_id and request.status = 'pending';
  delete from public.room_invites as invite where invite.room_id = admit.room_id and invite.user_id = admit.user_id;
end;
$$;
comment on function private.admit(uuid, uuid, text) is
'Make somebody a member of a room, which is locked, as is their profile: room_full (409). What they asked and were sent for it is done with';

-- Security definer: memberships are nobody's to write directly.
create or replace function private.join_room(room_id uuid, invite_code text)
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
  -- The profile before the token: an account that is erased holds the first while it takes the second.
  perform private.lock_own_profile();
  perform private.take_token('join_room');
  -- Not by lock_room: who has an invitation does not see the room yet.
  select room.* into v_room
  from public.rooms as room
  where room.id = join_room.room_id and room.deleted_at is null and (not room.is_withheld or room.owner_id = v_user_id)
  for no key update;
  if private.room_role(v_room.id) is not null then
    return private.room_state(v_room.id);
  end if;
  v_invite := private.open_invite(v_room.id, nullif(btrim(join_room.invite_code), ''));
  if v_invite.id is null then
    if v_room.visibility is distinct from 'public' and v_room.visibility is distinct from 'unlisted'
      and nullif(btrim(join_room.invite_code), '') is not null
    then
      perform private.raise_error(404, 'invite_not_found', 'This invitation is not good, or not any more.');
    end if;
    perform private.require_room(join_room.room_id);
    if v_room.visibility = 'private' then
      perform private.raise_error(403, 'invite_needed', 'This room is entered by invitation, or when its moderators approve.');
    end if;
  end if;
  if private.is_banned_from_room(v_room.id, v_user_id) then
    perform private.raise_error(403, 'banned_from_room', 'You are banned from this room.');
  end if;
  -- One in person goes with whom it was for; the uses of others are counted.
  update public.room_invites as invite set use_count = invite.use_count + 1 where invite.id = v_invite.id;
  perform private.admit(v_room.id, v_user_id, coalesce(v_invite.role, 'member'));
  if v_invite.role = 'moderator' then
    perform private.require_moderator_quota(v_room.id);
  end if;
  perform private.be_present(v_room.id, v_user_id);
  return private.room_state(v_room.id);
end;
$$;

-- Security definer: as join_room.
create or replace function private.leave_room(room_id uuid)
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
  perform private.lock_own_profile();
  v_room := private.lock_room(leave_room.room_id);
  if v_room.owner_id = v_user_id then
    perform private.raise_error(409, 'owner_must_transfer', 'The owner hands the room over first, or deletes it.');
  end if;
  delete from public.room_members as member where member.room_id = v_room.id and member.user_id = v_user_id;
  return jsonb_build_object('is_member', false);
end;
$$;

-- Security definer: nobody is let in by who is not there any more, nor as what they could not let anybody in any more.
create or replace function private.tg_room_members__clear()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.room_invites as invite
  where invite.room_id = old.room_id
    and invite.invited_by = old.user_id
    -- Of somebody who goes new is null; a former owner keeps what moderators may make.
    and (new.role is distinct from 'moderator' or invite.role = 'moderator');
  return null;
end;
$$;
create trigger _520_clear_delete
  after delete on public.room_members
  for each row execute function private.tg_room_members__clear();
create trigger _520_clear_update
  after update of role on public.room_members
  for each row
  when (new.role < old.role)
  execute function private.tg_room_members__clear();

-- Security definer: writes what others read of the person. Who comes to a public room is news to their followers; its owner has made it.
create or replace function private.tg_room_members__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract_activity('user_joined_room', old.user_id, 'room', old.room_id);
  elsif exists (select from public.rooms as room where room.id = new.room_id and room.visibility = 'public') then
    perform private.record_activity('user_joined_room', new.user_id, 'room', new.room_id);
  end if;
  return null;
end;
$$;
create trigger _910_record_insert
  after insert on public.room_members
  for each row
  when (new.role <> 'owner')
  execute function private.tg_room_members__record();
create trigger _910_record_delete
  after delete on public.room_members
  for each row execute function private.tg_room_members__record();

-- Security definer: requests are nobody's to write directly.
create or replace function private.request_to_join(room_id uuid, message text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('rooms');
  v_message text := nullif(private.clean_line(left(request_to_join.message, 1000), 301), '');
  v_room public.rooms;
  v_request public.join_requests;
begin
  if char_length(v_message) > 300 then
    perform private.raise_error(422, 'request_message_too_long', 'What one writes with a request has at most 300 characters.');
  end if;
  perform private.lock_own_profile();
  -- Whoever has the id of a private room may knock, and learns no more than that it is there (docs/decisions/0070).
  select room.* into v_room
  from public.rooms as room
  where room.id = request_to_join.room_id and room.deleted_at is null and (not room.is_withheld or room.owner_id = v_user_id)
  for no key update;
  if v_room.id is null or private.is_blocked(v_room.owner_id, v_user_id) then
    perform private.raise_error(404, 'room_not_found', 'There is no room of this id that you can see.');
  end if;
  if private.room_role(v_room.id) is not null then
    perform private.raise_error(409, 'already_a_member', 'They are in the room already.');
  end if;
  if v_room.visibility <> 'private' then
    perform private.raise_error(409, 'room_is_open', 'Anybody may join this room; no request is needed.');
  end if;
  if private.is_banned_from_room(v_room.id, v_user_id) then
    perform private.raise_error(403, 'banned_from_room', 'You are banned from this room.');
  end if;

  select request.* into v_request
  from public.join_requests as request
  where request.room_id = v_room.id and request.user_id = v_user_id and request.status in ('pending', 'declined')
  order by request.status = 'pending' desc, request.decided_at desc
  limit 1;
  if v_request.status = 'pending' then
    return jsonb_build_object('id', v_request.id, 'status', v_request.status, 'created_at', v_request.created_at);
  end if;
  if v_request.decided_at > now() - make_interval(hours => private.setting('join_request_again_hours')::int) then
    perform private.raise_error(
      429, 'request_declined_recently', 'A request was declined only a while ago.',
      ceil(extract(epoch from v_request.decided_at + make_interval(hours => private.setting('join_request_again_hours')::int) - now()))::bigint::text
    );
  end if;
  perform private.take_token('request_to_join');
  if (
    select count(*) from public.join_requests as request where request.user_id = v_user_id and request.status = 'pending'
  ) >= private.setting('join_requests_limit') then
    perform private.raise_error(409, 'join_request_limit', 'Nobody can wait for more rooms than this.', private.setting('join_requests_limit')::text);
  end if;
  insert into public.join_requests (room_id, user_id, message) values (v_room.id, v_user_id, v_message) returning * into v_request;
  perform private.notify(
    member.user_id, 'join_request', v_user_id, 'room', v_room.id, data => jsonb_build_object('request_id', v_request.id)
  )
  from (
    select member.user_id
    from public.room_members as member
    where member.room_id = v_room.id and member.role >= 'moderator'
    order by member.user_id
  ) as member;
  return jsonb_build_object('id', v_request.id, 'status', v_request.status, 'created_at', v_request.created_at);
end;
$$;

-- Security definer: as request_to_join.
create or replace function private.withdraw_join_request(room_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_request public.join_requests;
begin
  perform private.lock_own_profile();
  perform from public.rooms as room where room.id = withdraw_join_request.room_id for no key update;
  select request.* into v_request
  from public.join_requests as request
  where request.room_id = withdraw_join_request.room_id and request.user_id = v_user_id
  order by request.status = 'pending' desc, request.decided_at desc
  limit 1;
  if not found then
    perform private.raise_error(404, 'join_request_not_found', 'There is no request of this id to decide or withdraw.');
  elsif v_request.status = 'pending' then
    update public.join_requests as request set status = 'withdrawn', decided_at = now() where request.id = v_request.id;
    perform private.retract_join_request(withdraw_join_request.room_id, v_user_id);
  elsif v_request.status <> 'withdrawn' then
    -- A moderator was faster: whoever was let in is not told that they were not.
    perform private.raise_error(409, 'join_request_decided', 'The request is decided or withdrawn already.');
  end if;
  return jsonb_build_object('status', 'withdrawn');
end;
$$;

create or replace function private.retract_join_request(room_id uuid, user_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.retract(member.user_id, 'join_request', retract_join_request.user_id, 'room', retract_join_request.room_id)
  from (
    select member.user_id
    from public.room_members as member
    where member.room_id = retract_join_request.room_id and member.role >= 'moderator'
    order by member.user_id
  ) as member
$$;
comment on function private.retract_join_request(uuid, uuid) is 'Moderators need not hear any more of a request that is decided or withdrawn';

-- Security definer: as request_to_join.
create or replace function private.decide_join_request(request_id uuid, approve boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_request public.join_requests;
  v_leaving_ids uuid[];
begin
  if decide_join_request.approve is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  select request.* into v_request from public.join_requests as request where request.id = decide_join_request.request_id;
  if v_request.id is null or (
    coalesce(private.room_role(v_request.room_id), 'member') < 'moderator' and not private.is_staff()
  ) or not private.can_see_room(v_request.room_id) or not private.can_see_profile(v_request.user_id) then
    perform private.raise_error(404, 'join_request_not_found', 'There is no request of this id to decide or withdraw.');
  end if;
  v_leaving_ids := private.lock_profiles(array[v_user_id, v_request.user_id]);
  if v_user_id = any (v_leaving_ids) then
    perform private.acting_user();
  end if;
  perform private.lock_room(v_request.room_id);
  perform private.require_room_moderator(v_request.room_id);
  perform private.take_token('moderate_room');
  -- Only now is it the last word: another moderator may have been faster.
  select request.* into v_request from public.join_requests as request where request.id = v_request.id for update;
  if v_request.status <> 'pending' then
    if v_request.status = (case when decide_join_request.approve then 'approved' else 'declined' end) then
      return jsonb_build_object('id', v_request.id, 'status', v_request.status);
    end if;
    perform private.raise_error(409, 'join_request_decided', 'The request is decided or withdrawn already.');
  end if;
  if decide_join_request.approve and v_request.user_id = any (v_leaving_ids) then
    perform private.raise_error(404, 'join_request_not_found', 'There is no request of this id to decide or withdraw.');
  end if;
  if decide_join_request.approve then
    perform private.admit(v_request.room_id, v_request.user_id, 'member');
  else
    update public.join_requests as request
    set status = 'declined', decided_by = v_user_id, decided_at = now()
    where request.id = v_request.id;
  end if;
  perform private.log_moderation(
    v_request.room_id, case when decide_join_request.approve then 'request_approved' else 'request_declined' end, v_request.user_id,
    jsonb_build_object('status', v_request.status),
    jsonb_build_object('status', case when decide_join_request.approve then 'approved' else 'declined' end)
  );
  perform private.retract_join_request(v_request.room_id, v_request.user_id);
  if decide_join_request.approve then
    perform private.notify(v_request.user_id, 'join_approved', v_user_id, 'room', v_request.room_id);
  end if;
  return jsonb_build_object('id', v_request.id, 'status', case when decide_join_request.approve then 'approved' else 'declined' end);
end;
$$;
