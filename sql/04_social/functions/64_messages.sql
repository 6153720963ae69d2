-- Security definer: clients hold no insert right on messages, so that every one passes the checks below.
create or replace function private.send_direct_message(
  conversation_id uuid, body text, client_id uuid, track_id uuid, crate_id uuid, reply_to uuid
)
returns public.message_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_body text := nullif(btrim(send_direct_message.body, E' \t\r\n'), '');
  v_member public.conversation_members;
  v_other_id uuid;
  v_other public.conversation_members;
  v_permission text;
  v_conversation public.conversations;
  v_is_waiting boolean;
  v_message_id uuid;
begin
  if v_body is null and send_direct_message.track_id is null and send_direct_message.crate_id is null then
    perform private.raise_error(422, 'body_missing', 'A message needs a text, or something it shares.');
  end if;
  if send_direct_message.track_id is not null and send_direct_message.crate_id is not null then
    perform private.raise_error(422, 'one_thing_at_a_time', 'A message shares a track or a crate, not both.');
  end if;
  if char_length(v_body) > 2000 then
    perform private.raise_error(422, 'body_too_long', 'A message has at most 2000 characters.');
  end if;

  -- The pair first: what is sent after a block has been answered is refused, whoever was quicker.
  select case when pair.low_id = v_user_id then pair.high_id else pair.low_id end into v_other_id
  from private.conversation_pairs as pair
  where pair.conversation_id = send_direct_message.conversation_id and v_user_id in (pair.low_id, pair.high_id);
  if found then
    if v_other_id = any (private.lock_pair(v_user_id, v_other_id)) then
      perform private.raise_error(409, 'recipient_gone', 'The other person is not here any more.');
    end if;
  end if;
  -- And who is just leaving: whether the other one is, is asked below.
  if v_user_id = any (private.lock_profiles(array[v_user_id, v_other_id])) then
    perform private.acting_user();
  end if;
  v_member := private.my_membership(send_direct_message.conversation_id);
  v_message_id := private.sent_message_id(v_member.conversation_id, send_direct_message.client_id);
  if v_message_id is not null then
    return private.one_message(v_member.conversation_id, v_message_id);
  end if;
  if send_direct_message.track_id is not null and not private.can_see_track(send_direct_message.track_id) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  if send_direct_message.crate_id is not null and not private.can_see_crate(send_direct_message.crate_id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  perform private.take_token('send_message');

  -- One sends at a time, so that ids grow as messages appear: nothing is ever added below a marker or a cursor.
  v_conversation := private.lock_conversation(v_member.conversation_id);
  v_member := private.my_membership(v_conversation.id);
  v_message_id := private.sent_message_id(v_conversation.id, send_direct_message.client_id);
  if v_message_id is not null then
    return private.one_message(v_conversation.id, v_message_id);
  end if;

  if v_conversation.kind = 'direct' then
    select member.* into v_other
    from public.conversation_members as member
    where member.conversation_id = v_conversation.id
      and member.member_id = v_other_id
      and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = v_other_id);
    if not found then
      perform private.raise_error(409, 'recipient_gone', 'The other person is not here any more.');
    end if;
    -- Whoever has neither answered nor accepted may have decided meanwhile to be asked first, or to be asked no more.
    v_permission := private.can_message(v_other_id);
    if v_permission = 'no' then
      perform private.raise_error(403, 'messages_not_wanted', 'Somebody here takes no messages.');
    end if;
    if v_permission = 'request' and v_other.state = 'joined' then
      update public.conversation_members as member
      set state = 'requested'
      where member.conversation_id = v_conversation.id and member.member_id = v_other_id;
    end if;
  end if;
  -- In a group, too: it takes but a title to make one of two people.
  select bool_and(member.state <> 'joined') into v_is_waiting
  from public.conversation_members as member
  where member.conversation_id = v_conversation.id and member.member_id <> v_user_id and member.state <> 'left';
  if v_is_waiting and private.setting('dm_request_messages') <= (
    select count(*)
    from public.direct_messages as message
    where message.conversation_id = v_conversation.id and message.sender_id = v_user_id
  ) then
    perform private.raise_error(409, 'message_request_pending', 'Until they accept, no more messages than this can be sent.');
  end if;
  if send_direct_message.reply_to is not null and not exists (
    select from public.direct_messages as message
    where message.conversation_id = v_conversation.id
      and message.id = send_direct_message.reply_to
      and (v_member.joined_after_id is null or message.id > v_member.joined_after_id)
      and (message.sender_id is null or message.sender_id <> all (private.blocked_ids()))
  ) then
    perform private.raise_error(404, 'direct_message_not_found', 'There is no message of this id that you can see.');
  end if;

  if v_member.state = 'requested' then
    -- Whoever answers has accepted.
    update public.conversation_members as member
    set state = 'joined'
    where member.conversation_id = v_conversation.id and member.member_id = v_user_id;
  end if;
  insert into public.direct_messages (conversation_id, id, sender_id, body, track_id, crate_id, reply_to, client_id, created_at)
  values (
    v_conversation.id, private.message_id_after(v_conversation.last_message_id), v_user_id, v_body,
    send_direct_message.track_id, send_direct_message.crate_id, send_direct_message.reply_to, send_direct_message.client_id, clock_timestamp()
  )
  returning id into v_message_id;
  return private.one_message(v_conversation.id, v_message_id);
end;
$$;

create or replace function private.sent_message_id(conversation_id uuid, client_id uuid)
returns uuid
language sql
volatile
security invoker
set search_path = ''
as $$
  select message.id
  from public.direct_messages as message
  where message.conversation_id = sent_message_id.conversation_id
    and message.sender_id = (select auth.uid())
    and message.client_id = sent_message_id.client_id
$$;
comment on function private.sent_message_id(uuid, uuid) is 'The caller''s message that was sent with this client_id before; null when none. Volatile, to see what came while waiting for the lock';

-- Security definer: clients hold no update right on messages. One's own words can be taken back from wherever one no longer is.
create or replace function private.delete_direct_message(message_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_message public.direct_messages;
begin
  -- The conversation first, as sending does: both go on to what its members are told.
  perform
  from public.conversations as conversation
  where conversation.id = (
    select message.conversation_id
    from public.direct_messages as message
    where message.id = delete_direct_message.message_id and message.sender_id = v_user_id
  )
  for update;
  select message.* into v_message
  from public.direct_messages as message
  where message.id = delete_direct_message.message_id and message.sender_id = v_user_id
  for no key update;
  if not found then
    perform private.raise_error(404, 'direct_message_not_found', 'There is no message of this id that you can see.');
  end if;
  if v_message.deleted_at is null then
    update public.direct_messages as message
    set deleted_at = now(), body = null, track_id = null, crate_id = null
    where message.conversation_id = v_message.conversation_id and message.id = v_message.id;
  end if;
end;
$$;

-- Security definer: clients hold no update right on their markers, which only move on.
create or replace function private.mark_conversation_read(conversation_id uuid, up_to uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_member public.conversation_members := private.my_membership(mark_conversation_read.conversation_id);
begin
  if mark_conversation_read.up_to is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if not exists (
    select from public.direct_messages as message
    where message.conversation_id = v_member.conversation_id
      and message.id = mark_conversation_read.up_to
      and (v_member.joined_after_id is null or message.id > v_member.joined_after_id)
  ) then
    perform private.raise_error(404, 'direct_message_not_found', 'There is no message of this id that you can see.');
  end if;

  update public.conversation_members as member
  set last_read_message_id = mark_conversation_read.up_to
  where member.conversation_id = v_member.conversation_id
    and member.member_id = v_user_id
    and (member.last_read_message_id is null or member.last_read_message_id < mark_conversation_read.up_to);
  -- A request that is looked at gives no receipt.
  if found and v_member.state = 'joined' then
    perform private.broadcast_conversation(v_member.conversation_id, 'conversation_read');
  end if;
  return (
    select jsonb_build_object('last_read_message_id', row.last_read_message_id, 'unread_count', row.unread_count)
    from private.one_conversation(v_member.conversation_id) as row
  );
end;
$$;

-- Security definer: writes only the caller's own setting, whose table takes no writes.
create or replace function private.set_dm_permission(permission text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
begin
  if set_dm_permission.permission is null or set_dm_permission.permission not in ('everyone', 'followees', 'mutuals', 'nobody') then
    perform private.raise_error(422, 'dm_permission_unknown', 'A permission is everyone, followees, mutuals or nobody.');
  end if;
  insert into public.message_settings as mine (user_id, dm_permission)
  values (v_user_id, set_dm_permission.permission)
  on conflict (user_id) do update
    set dm_permission = excluded.dm_permission
    where mine.dm_permission <> excluded.dm_permission;
  return jsonb_build_object('dm_permission', set_dm_permission.permission);
end;
$$;
