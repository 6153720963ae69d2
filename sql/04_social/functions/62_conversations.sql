create or replace function private.conversation_title(title text)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_title text := private.clean_line(left(conversation_title.title, 1000), 1000);
begin
  if v_title is null or char_length(v_title) not between 1 and 120 then
    perform private.raise_error(422, 'title_invalid', 'A group has a title of 1 to 120 characters.');
  end if;
  return v_title;
end;
$$;
comment on function private.conversation_title(text) is 'A title as it is stored; title_invalid (422) when it is none';

create or replace function private.find_recipients(usernames text[])
returns uuid[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_limit bigint := private.setting('conversation_member_limit');
  v_names text[];
  v_ids uuid[];
  v_leaving_ids uuid[];
  v_other_id uuid;
begin
  if coalesce(cardinality(find_recipients.usernames), 0) not between 1 and v_limit - 1
    or array_ndims(find_recipients.usernames) > 1
    or array_position(find_recipients.usernames, null) is not null
  then
    perform private.raise_error(422, 'recipients_invalid', 'Name at least one other person, and no more than a group may have.', v_limit - 1 || ' others');
  end if;
  v_names := array(select distinct lower(btrim(name)) from unnest(find_recipients.usernames) as name);
  -- In the order of the pairs, so that people who write to each other in a round cannot wait for one another.
  select array_agg(found.id order by least(found.id, v_user_id), greatest(found.id, v_user_id)) into v_ids
  from (
    select profile.id from public.profiles as profile where profile.username = any (v_names) and private.can_see_profile(profile.id)
  ) as found;
  if coalesce(cardinality(v_ids), 0) < cardinality(v_names) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  if v_user_id = any (v_ids) then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;

  foreach v_other_id in array v_ids loop
    perform private.refuse_leaving(private.lock_pair(v_user_id, v_other_id));
    -- Asked again under the lock. Nobody writes across a block, and staff see no more people here than others.
    if private.is_blocked(v_user_id, v_other_id) then
      perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
    end if;
  end loop;
  -- Asked in a statement of its own, which sees what came while waiting.
  v_leaving_ids := private.lock_profiles(v_user_id || v_ids);
  perform private.refuse_leaving(v_leaving_ids);
  return v_ids;
end;
$$;
comment on function private.find_recipients(text[]) is 'The ids of people the caller names to write to, each pair locked against a block, in the order of the pairs, and each person against leaving';

create or replace function private.require_wanted(profile_ids uuid[])
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if exists (select from unnest(require_wanted.profile_ids) as other (id) where private.can_message(other.id) = 'no') then
    perform private.raise_error(403, 'messages_not_wanted', 'Somebody here takes no messages.');
  end if;
end;
$$;
comment on function private.require_wanted(uuid[]) is 'messages_not_wanted (403) if any of these people takes no messages of the caller, not even as a request';

create or replace function private.broadcast_conversation(conversation_id uuid, event text)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select realtime.send(
    jsonb_build_object('conversation_id', broadcast_conversation.conversation_id),
    broadcast_conversation.event,
    'dm:' || broadcast_conversation.conversation_id,
    true
  )
$$;
comment on function private.broadcast_conversation(uuid, text) is 'Tell who is listening on dm:<id> that something changed, and not who did it';

-- Security definer: makes rows for others, which nobody may insert.
create or replace function private.start_conversation(usernames text[], title text)
returns public.conversation_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_title text := case when start_conversation.title is not null then private.conversation_title(start_conversation.title) end;
  v_ids uuid[] := private.find_recipients(start_conversation.usernames);
  v_other_id uuid := v_ids[1];
  v_conversation_id uuid;
  v_last_id uuid;
begin
  if v_title is null and cardinality(v_ids) > 1 then
    perform private.conversation_title(null);
  end if;

  if v_title is null then
    select pair.conversation_id into v_conversation_id
    from private.conversation_pairs as pair
    where pair.low_id = least(v_user_id, v_other_id) and pair.high_id = greatest(v_user_id, v_other_id);
    if found then
      -- Whoever now begins has accepted, asked or not.
      select conversation.last_message_id into v_last_id
      from public.conversations as conversation
      where conversation.id = v_conversation_id
      for no key update;
      update public.conversation_members as member
      set state = 'joined', order_id = v_last_id, is_accepted = true
      where member.conversation_id = v_conversation_id
        and member.member_id = v_user_id
        and (member.state <> 'joined' or not member.is_accepted);
      if found then
        perform private.broadcast_conversation(v_conversation_id, 'conversation_changed');
      end if;
      return private.one_conversation(v_conversation_id);
    end if;
  end if;

  perform private.require_wanted(v_ids);
  perform private.take_token('start_conversation');
  insert into public.conversations (kind, title)
  values (case when v_title is null then 'direct' else 'group' end, v_title)
  returning id into v_conversation_id;
  insert into public.conversation_members (conversation_id, member_id, state, is_accepted, order_id)
  select v_conversation_id, person.id,
    case when person.id = v_user_id or private.can_message(person.id) = 'yes' then 'joined' else 'requested' end,
    person.id = v_user_id,
    -- Two people have nothing to list before the first message; a group shows whom it has taken in.
    case when v_title is not null then private.uuid_v7() end
  from unnest(v_user_id || v_ids) as person (id);
  if v_title is null then
    insert into private.conversation_pairs (low_id, high_id, conversation_id)
    values (least(v_user_id, v_other_id), greatest(v_user_id, v_other_id), v_conversation_id);
  end if;
  return private.one_conversation(v_conversation_id);
end;
$$;

-- Lock order: pairs; the conversation; its members; its messages; their likes. Whoever changes who is in, or sends, holds the conversation.
create or replace function private.lock_conversation(conversation_id uuid)
returns public.conversations
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_conversation public.conversations;
begin
  select conversation.* into v_conversation
  from public.conversations as conversation
  where conversation.id = lock_conversation.conversation_id
  for update;
  if not found then
    perform private.raise_error(404, 'conversation_not_found', 'There is no conversation of this id that you are in.');
  end if;
  return v_conversation;
end;
$$;
comment on function private.lock_conversation(uuid) is 'The conversation, locked; the caller''s place in it is asked after, as it may have changed while waiting';

create or replace function private.lock_own_group(conversation_id uuid)
returns public.conversations
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_conversation public.conversations := private.lock_conversation(lock_own_group.conversation_id);
begin
  if (private.my_membership(lock_own_group.conversation_id)).state <> 'joined' then
    perform private.raise_error(409, 'message_request_pending', 'Accept the request first.');
  end if;
  if v_conversation.kind <> 'group' then
    perform private.raise_error(409, 'not_a_group', 'A conversation of two stays as it is.');
  end if;
  return v_conversation;
end;
$$;
comment on function private.lock_own_group(uuid) is 'A group the caller has joined, locked';

-- Security definer: makes rows for others, which nobody may insert.
create or replace function private.add_to_conversation(conversation_id uuid, usernames text[])
returns public.conversation_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('social');
  v_ids uuid[];
  v_new_ids uuid[];
  v_conversation public.conversations;
  v_limit bigint := private.setting('conversation_member_limit');
begin
  perform private.my_membership(add_to_conversation.conversation_id);
  -- The pairs before the conversation.
  v_ids := private.find_recipients(add_to_conversation.usernames);
  v_conversation := private.lock_own_group(add_to_conversation.conversation_id);
  v_ids := array(
    select other.id
    from unnest(v_ids) as other (id)
    where not exists (
      select from public.conversation_members as member
      where member.conversation_id = v_conversation.id and member.member_id = other.id and member.state in ('joined', 'requested')
    )
  );
  if cardinality(v_ids) = 0 then
    return private.one_conversation(v_conversation.id);
  end if;

  -- Who has declined is asked again, if they may be; whoever asks does not learn that they had.
  v_new_ids := array(
    select other.id
    from unnest(v_ids) as other (id)
    where not exists (
      select from public.conversation_members as member
      where member.conversation_id = v_conversation.id and member.member_id = other.id and member.state = 'declined'
    )
  );
  v_ids := array(
    select other.id from unnest(v_ids) as other (id) where other.id = any (v_new_ids) or private.can_message(other.id) <> 'no'
  );
  perform private.require_wanted(v_new_ids);
  perform private.take_token('start_conversation');
  if cardinality(v_new_ids) + (
    select count(*) from public.conversation_members as member where member.conversation_id = v_conversation.id and member.state <> 'left'
  ) > v_limit then
    perform private.raise_error(409, 'conversation_full', 'A group cannot have more members than this.', v_limit::text);
  end if;
  -- Whoever has left comes back only by accepting.
  insert into public.conversation_members as member (conversation_id, member_id, state, order_id, joined_after_id)
  select v_conversation.id, other.id, case private.can_message(other.id) when 'yes' then 'joined' else 'requested' end,
    private.message_id_after(v_conversation.last_message_id), v_conversation.last_message_id
  from unnest(v_ids) as other (id)
  -- As they are told of it: by the order of ids.
  order by other.id
  on conflict (conversation_id, member_id) do update
    set state = 'requested', left_at = null, joined_at = now(), muted_until = null,
        order_id = excluded.order_id, joined_after_id = excluded.joined_after_id;
  if cardinality(v_new_ids) > 0 then
    perform private.broadcast_conversation(v_conversation.id, 'conversation_changed');
  end if;
  return private.one_conversation(v_conversation.id);
end;
$$;

-- Security definer: clients hold no update right on members.
create or replace function private.leave_conversation(conversation_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_conversation public.conversations := private.lock_conversation(leave_conversation.conversation_id);
  v_member public.conversation_members;
begin
  select member.* into v_member
  from public.conversation_members as member
  where member.conversation_id = v_conversation.id and member.member_id = v_user_id;
  if v_member.state is distinct from 'left' then
    perform private.my_membership(v_conversation.id);
    if v_conversation.kind <> 'group' then
      perform private.raise_error(409, 'not_a_group', 'A conversation of two stays as it is.');
    end if;
    perform private.broadcast_conversation(v_conversation.id, 'conversation_changed');
    update public.conversation_members as member
    set state = 'left', left_at = now(), order_id = null
    where member.conversation_id = v_conversation.id and member.member_id = v_user_id;
  end if;
  return jsonb_build_object('is_member', false);
end;
$$;

-- Security definer: clients hold no update right on conversations.
create or replace function private.rename_conversation(conversation_id uuid, title text)
returns public.conversation_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_title text := private.conversation_title(rename_conversation.title);
  v_conversation public.conversations;
begin
  perform private.lock_own_profile();
  perform private.my_membership(rename_conversation.conversation_id);
  perform private.take_token('change_conversation');
  v_conversation := private.lock_own_group(rename_conversation.conversation_id);
  if v_conversation.title <> v_title then
    update public.conversations as conversation set title = v_title where conversation.id = v_conversation.id;
    perform private.broadcast_conversation(v_conversation.id, 'conversation_changed');
  end if;
  return private.one_conversation(v_conversation.id);
end;
$$;

-- Security definer: clients hold no update right on members.
create or replace function private.mute_conversation(conversation_id uuid, until timestamptz)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  -- What has passed is not muted.
  v_until timestamptz := case when mute_conversation.until > now() then mute_conversation.until end;
begin
  perform private.my_membership(mute_conversation.conversation_id);
  update public.conversation_members as member
  set muted_until = v_until
  where member.conversation_id = mute_conversation.conversation_id
    and member.member_id = v_user_id
    and member.muted_until is distinct from v_until;
  return jsonb_build_object('muted_until', v_until);
end;
$$;

-- Security definer: clients hold no update right on members.
create or replace function private.accept_message_request(conversation_id uuid)
returns public.conversation_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_conversation public.conversations := private.lock_conversation(accept_message_request.conversation_id);
begin
  if (private.my_membership(v_conversation.id)).state = 'requested' then
    update public.conversation_members as member
    set state = 'joined', is_accepted = true
    where member.conversation_id = v_conversation.id and member.member_id = v_user_id;
    perform private.broadcast_conversation(v_conversation.id, 'conversation_changed');
  end if;
  return private.one_conversation(v_conversation.id);
end;
$$;

-- Security definer: clients hold no update right on members. Nothing tells who asked, nor who else is there: a request that was declined looks as
-- one that waits.
create or replace function private.decline_message_request(conversation_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_conversation public.conversations := private.lock_conversation(decline_message_request.conversation_id);
  v_state text;
begin
  select member.state into v_state
  from public.conversation_members as member
  where member.conversation_id = v_conversation.id and member.member_id = v_user_id;
  if v_state is null then
    perform private.raise_error(404, 'conversation_not_found', 'There is no conversation of this id that you are in.');
  end if;
  if v_state = 'joined' then
    perform private.my_membership(v_conversation.id);
    perform private.raise_error(409, 'message_request_accepted', 'There is no request any more: it was accepted.');
  end if;
  update public.conversation_members as member
  set state = 'declined', order_id = null
  where member.conversation_id = v_conversation.id and member.member_id = v_user_id and member.state = 'requested';
  return jsonb_build_object('is_member', false);
end;
$$;
