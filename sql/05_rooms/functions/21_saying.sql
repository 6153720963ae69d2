-- Security definer: clients hold no insert right on messages, so that every one passes the checks below.
--
-- The commonest message, a text of a member, asks who they are in one statement, and whether they may speak once it waits for nothing any more;
-- whatever is not found so is looked at one thing after the other, which finds the reason.
create or replace function private.send_message(room_id uuid, body text, client_id uuid, reply_to_id uuid, track_id uuid)
returns public.room_message_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_body text := nullif(btrim(send_message.body, E' \t\r\n'), '');
  v_user_id uuid;
  v_role text;
  v_slow_seconds int;
  v_message_id uuid;
  v_card jsonb;
  v_message public.messages;
  v_wait text;
  v_is_held constant boolean := private.hold_person(auth.uid());
begin
  -- A message that is sent twice at once is one after the other here: the second finds the first, whatever the limits say.
  if send_message.client_id is not null then
    v_wait := pg_advisory_xact_lock(hashtextextended(send_message.client_id::text, 5))::text;
  end if;
  select writer.user_id, room.slow_mode_seconds, (
    select sent.id
    from public.messages as sent
    where sent.room_id = member.room_id and sent.author_id = member.user_id and sent.client_id = send_message.client_id
  ), (select person.card from private.person_cards as person where person.profile_id = writer.user_id)
  into v_user_id, v_slow_seconds, v_message_id, v_card
  from private.writers as writer
  join public.room_members as member on member.room_id = send_message.room_id and member.user_id = writer.user_id
  join public.rooms as room on room.id = member.room_id and room.deleted_at is null and not room.is_withheld
  where writer.feature = 'rooms' and v_is_held;
  if v_user_id is null then
    v_user_id := private.acting_user('rooms');
    perform private.require_room_speaker(send_message.room_id);
    -- They have come this moment.
    select room.slow_mode_seconds, (
      select sent.id
      from public.messages as sent
      where sent.room_id = room.id and sent.author_id = v_user_id and sent.client_id = send_message.client_id
    )
    into v_slow_seconds, v_message_id
    from public.rooms as room
    where room.id = send_message.room_id;
  end if;
  if v_message_id is not null then
    return private.own_room_message(send_message.room_id, v_message_id);
  end if;

  if v_body is null and send_message.track_id is null then
    perform private.raise_error(422, 'body_missing', 'A message needs a text, or a track it shares.');
  end if;
  if char_length(v_body) > 500 then
    perform private.raise_error(422, 'body_too_long', 'A message has at most 500 characters.');
  end if;
  if send_message.track_id is not null then
    if not private.can_see_track(send_message.track_id) then
      perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
    end if;
    if (select track.status <> 'published' from public.tracks as track where track.id = send_message.track_id) then
      perform private.raise_error(409, 'track_not_published', 'Others cannot see this track, or not yet.');
    end if;
  end if;
  if send_message.reply_to_id is not null and not exists (
    select from public.messages as message
    where message.room_id = send_message.room_id and message.id = send_message.reply_to_id and private.can_see_room_message(message.id)
  ) then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;

  -- From here on one's own messages come one after the other, as the token is one row.
  perform private.take_token('send_room_message');
  v_role := private.hold_room_speaker(send_message.room_id);
  if v_slow_seconds > 0 and v_role = 'member' then
    perform private.require_slowness(send_message.room_id, v_slow_seconds);
  end if;
  insert into public.messages (room_id, author_id, body, track_id, reply_to_id, client_id, created_at)
  values (
    send_message.room_id, v_user_id, v_body, send_message.track_id, send_message.reply_to_id, send_message.client_id, clock_timestamp()
  )
  returning * into v_message;
  if v_card is null or v_message.reply_to_id is not null or v_message.track_id is not null then
    return private.own_room_message(v_message.room_id, v_message.id);
  end if;
  -- A text alone shows what is at hand.
  return (
    v_message.id, v_message.room_id, v_message.kind, v_card, v_message.body, null, v_message.data, null, null, v_message.client_id, '[]'::jsonb,
    v_message.created_at, null, null, null, null
  )::public.room_message_row;
end;
$$;

create or replace function private.require_slowness(room_id uuid, seconds int)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_last_at timestamptz;
  v_left numeric;
begin
  if private.is_staff() then
    return;
  end if;
  -- The last one said, also when it is deleted: deleting is no way round.
  select message.created_at into v_last_at
  from public.messages as message
  where message.author_id = auth.uid() and message.room_id = require_slowness.room_id and message.kind = 'text'
  order by message.author_id desc, message.room_id desc, message.id desc
  limit 1;
  v_left := require_slowness.seconds - extract(epoch from clock_timestamp() - v_last_at);
  if v_left > 0 then
    perform private.raise_error(429, 'slow_mode', 'This room is in slow mode; wait a little.', ceil(v_left)::int::text);
  end if;
end;
$$;
comment on function private.require_slowness(uuid, int) is
'Refuse who has said something in a room within so many seconds: slow_mode (429; hint: seconds to wait). After take_token, whose lock makes it exact; staff are free of it';

-- Security definer: shows the caller what they have written, past the policies, which would cost more than the row; what it answers as room_message does,
-- as a block may have come between.
create or replace function private.own_room_message(room_id uuid, message_id uuid)
returns public.room_message_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.room_message_row;
begin
  select
    message.id, message.room_id, message.kind, message.author, message.body, message.code, message.data, message.track, message.reply_to,
    message.client_id, message.reactions, message.created_at, message.edited_at, message.pinned_at, message.deleted_at, null
  into v_row
  from private.reader as reader
  cross join lateral private.room_messages_for(
    reader.id, case when private.keeps_room(own_room_message.room_id) then '{}' else reader.blocked_ids end, private.is_staff()
  ) as message
  where message.room_id = own_room_message.room_id and message.id = own_room_message.message_id and message.author_id = reader.id;
  return v_row;
end;
$$;

-- Security definer: clients hold no update right on messages.
create or replace function private.edit_message(message_id uuid, body text)
returns public.room_message_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_body text := nullif(btrim(edit_message.body, E' \t\r\n'), '');
  v_message public.messages;
begin
  select message.* into v_message
  from public.messages as message
  where message.id = edit_message.message_id
    and message.author_id = v_user_id
    and message.kind = 'text'
    and message.deleted_at is null
  for no key update;
  if not found then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;
  perform private.require_room_speaker(v_message.room_id);
  if v_message.body is not distinct from v_body then
    return private.own_room_message(v_message.room_id, v_message.id);
  end if;
  perform private.take_token('edit_room_message');
  perform private.hold_room_speaker(v_message.room_id);
  if v_message.created_at < now() - make_interval(mins => private.setting('message_edit_minutes')::int) then
    perform private.raise_error(409, 'edit_window_passed', 'A message can be edited only for a while after it was sent.');
  end if;
  if v_body is null and v_message.track_id is null then
    perform private.raise_error(422, 'body_missing', 'A message needs a text, or a track it shares.');
  end if;
  if char_length(v_body) > 500 then
    perform private.raise_error(422, 'body_too_long', 'A message has at most 500 characters.');
  end if;
  update public.messages as message set body = v_body, edited_at = clock_timestamp() where message.id = v_message.id;
  return private.own_room_message(v_message.room_id, v_message.id);
end;
$$;

-- Security definer: as edit_message. One's own words can be taken back from wherever one no longer is.
create or replace function private.delete_message(message_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_message public.messages;
begin
  select message.* into v_message from public.messages as message where message.id = delete_message.message_id for no key update;
  if v_message.author_id is distinct from v_user_id or v_message.kind = 'system' then
    v_message := private.message_to_moderate(v_message);
  end if;
  if v_message.deleted_at is not null then
    return;
  end if;
  update public.messages as message set deleted_at = now() where message.id = v_message.id;
  if v_message.author_id is distinct from v_user_id then
    perform private.log_moderation(
      v_message.room_id, 'message_deleted', v_message.author_id, '{"is_there": true}', '{"is_there": false}',
      data => jsonb_build_object('message_id', v_message.id)
    );
  end if;
end;
$$;

create or replace function private.message_to_moderate(message public.messages)
returns public.messages
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if (message_to_moderate.message).id is null or not private.can_read_room((message_to_moderate.message).room_id) then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;
  perform private.require_room_moderator((message_to_moderate.message).room_id);
  perform private.take_token('moderate_room');
  return message_to_moderate.message;
end;
$$;
comment on function private.message_to_moderate(public.messages) is
'A message of a room the caller moderates; else message_not_found (404), not_a_member or not_a_moderator (403). Takes a token';

-- Security definer: reactions and their counts are nobody's to write directly.
create or replace function private.react(message_id uuid, emoji text, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_message public.messages;
  v_is_visible boolean;
begin
  if react.present is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  -- The message before its reactions, as whoever deletes it does.
  select message.* into v_message from public.messages as message where message.id = react.message_id for no key update;
  v_is_visible := private.can_see_room_message(react.message_id);
  -- One's own reaction can be taken back from what one no longer sees.
  if not v_is_visible and (
    react.present
    or not exists (
      select from public.message_reactions as reaction
      where reaction.room_id = v_message.room_id and reaction.message_id = v_message.id and reaction.user_id = v_user_id
    )
  ) then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;

  if not react.present then
    delete from public.message_reactions as reaction
    where reaction.room_id = v_message.room_id
      and reaction.message_id = v_message.id
      and reaction.user_id = v_user_id
      and reaction.emoji = react.emoji;
  else
    perform private.require_room_speaker(v_message.room_id);
    if not exists (select from public.reaction_emoji as listed where listed.emoji = react.emoji) then
      perform private.raise_error(422, 'emoji_unknown', 'This emoji is none of reaction_emoji.');
    end if;
    if not exists (
      select from public.message_reactions as reaction
      where reaction.room_id = v_message.room_id
        and reaction.message_id = v_message.id
        and reaction.user_id = v_user_id
        and reaction.emoji = react.emoji
    ) then
      perform private.take_token('react_in_room');
      perform private.hold_room_speaker(v_message.room_id);
      insert into public.message_reactions (room_id, message_id, user_id, emoji)
      values (v_message.room_id, v_message.id, v_user_id, react.emoji);
    end if;
  end if;

  return jsonb_build_object('present', react.present, 'count', (
    select coalesce((message.reactions ->> react.emoji)::int, 0)
    from public.messages as message
    where message.id = v_message.id and v_is_visible
  ));
end;
$$;

-- Security definer: messages are nobody's to write directly; only what moves a room, and moderates it, calls this.
create or replace function private.system_message(room_id uuid, code text, data jsonb default '{}', author_id uuid default auth.uid())
returns uuid
language sql
volatile
security definer
set search_path = ''
as $$
  insert into public.messages (room_id, kind, author_id, code, data, created_at)
  values (
    system_message.room_id, 'system', system_message.author_id, system_message.code, system_message.data, clock_timestamp()
  )
  returning id
$$;
comment on function private.system_message(uuid, text, jsonb, uuid) is
$$Let the chat of a room tell what has happened, in no language: a code and data, no person's id in it

author_id: who did it, the caller unless another is named; null for nobody. Returns the message.$$;
