-- Security definer: streams are nobody's to write; service_role calls for somebody whom the function has authenticated.
create or replace function private.start_live(user_id uuid, room_id uuid, title text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_title text := private.clean_line(left(start_live.title, 1000), 121);
  v_user_id uuid;
  v_room public.rooms;
  v_role text;
  v_stream public.live_streams;
begin
  perform private.act_for(start_live.user_id);
  v_user_id := private.acting_user('rooms');
  perform private.lock_own_profile();
  v_room := private.lock_room(start_live.room_id);
  -- Whoever starts a stream speaks in it.
  v_role := private.require_room_speaker(v_room.id);
  if v_role < 'moderator' and not (v_room.kind = 'artist' and v_room.artist_id is not distinct from v_user_id) then
    perform private.raise_error(403, 'not_a_moderator', 'This is for the moderators of the room.');
  end if;
  if v_title is null or char_length(v_title) not between 1 and 120 then
    perform private.raise_error(422, 'live_title_invalid', 'A stream has a title of 1 to 120 characters.');
  end if;
  if private.open_live(v_room.id) is not null then
    perform private.raise_error(409, 'live_exists', 'Somebody is live in this room already.');
  end if;
  perform private.take_token('start_live');
  insert into public.live_streams (room_id, host_id, title) values (v_room.id, v_user_id, v_title) returning * into v_stream;
  if v_room.visibility = 'public' then
    perform private.record_activity('room_live_started', v_user_id, 'room', v_room.id, data => jsonb_build_object('stream_id', v_stream.id));
  end if;
  perform private.broadcast_room(v_room.id, 'live_started', jsonb_build_object('stream_id', v_stream.id, 'host_id', v_user_id));
  return jsonb_build_object(
    'stream_id', v_stream.id, 'room_id', v_room.id, 'title', v_stream.title, 'started_at', v_stream.started_at, 'role', 'host',
    'seconds', private.setting('live_token_seconds'), 'empty_seconds', private.setting('live_empty_seconds')
  );
end;
$$;

-- Security definer: as start_live.
create or replace function private.end_live(user_id uuid, stream_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid;
  v_stream public.live_streams;
begin
  perform private.act_for(end_live.user_id);
  v_user_id := private.acting_user('rooms');
  select stream.* into v_stream from public.live_streams as stream where stream.id = end_live.stream_id;
  if v_stream.id is null or not private.can_see_room(v_stream.room_id) then
    perform private.raise_error(404, 'live_not_found', 'There is no stream of this id that you can see.');
  end if;
  perform private.lock_room(v_stream.room_id);
  if v_stream.host_id is distinct from v_user_id then
    perform private.require_room_moderator(v_stream.room_id);
  end if;
  if private.close_live(v_stream.id, 'ended') and v_stream.host_id is distinct from v_user_id then
    perform private.log_moderation(
      v_stream.room_id, 'live_ended', v_stream.host_id, '{"is_live": true}', '{"is_live": false}',
      data => jsonb_build_object('stream_id', v_stream.id)
    );
  end if;
  select stream.* into v_stream from public.live_streams as stream where stream.id = v_stream.id;
  return jsonb_build_object('stream_id', v_stream.id, 'ended_at', v_stream.ended_at, 'peak_listeners', v_stream.peak_listeners);
end;
$$;

-- Security definer: as start_live.
create or replace function private.live_role(user_id uuid, room_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid;
  v_stream_id uuid;
  v_role text;
begin
  perform private.act_for(live_role.user_id);
  v_user_id := private.acting_user('rooms', even_banned => true);
  perform private.require_room_reader(live_role.room_id);
  v_stream_id := private.open_live(live_role.room_id);
  v_role := private.live_role_of(v_stream_id, v_user_id);
  if v_role is null then
    perform private.raise_error(404, 'live_not_on', 'Nobody is live in this room at present.');
  end if;
  perform private.take_token('live_token');
  return jsonb_build_object('stream_id', v_stream_id, 'role', v_role, 'seconds', private.setting('live_token_seconds'));
end;
$$;

-- Security definer: who may speak is nobody's to write directly.
create or replace function private.set_live_speaker(room_id uuid, username text, speaker boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_stream public.live_streams;
  v_other_id uuid;
begin
  if set_live_speaker.speaker is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  v_room := private.lock_room(set_live_speaker.room_id);
  select stream.* into v_stream
  from public.live_streams as stream
  where stream.id = private.open_live(v_room.id)
  for no key update;
  -- Who speaks may go back to listening by themselves.
  if v_stream.host_id = v_user_id or (not set_live_speaker.speaker and exists (
    select from public.profiles as profile
    where profile.id = v_user_id and profile.username = lower(btrim(set_live_speaker.username))
  )) then
    perform private.require_room_member(v_room.id);
  else
    perform private.require_room_moderator(v_room.id);
  end if;
  if v_stream.id is null or v_stream.ended_at is not null then
    perform private.raise_error(404, 'live_not_on', 'Nobody is live in this room at present.');
  end if;
  v_other_id := private.person_to_moderate(v_room.id, set_live_speaker.username);
  if private.role_in_room(v_room.id, v_other_id) is null then
    perform private.raise_error(404, 'member_not_found', 'Nobody of this username is in the room.');
  end if;
  if v_other_id = v_stream.host_id then
    perform private.raise_error(409, 'live_host_speaks', 'The host of a stream speaks as long as it is on.');
  end if;
  perform private.take_token('set_live_speaker');
  if set_live_speaker.speaker then
    if (
      select count(*) from public.live_speakers as speaker where speaker.stream_id = v_stream.id and speaker.user_id <> v_other_id
    ) >= private.setting('live_speakers_limit') then
      perform private.raise_error(409, 'live_speaker_limit', 'A stream cannot have more speakers than this.', private.setting('live_speakers_limit')::text);
    end if;
    insert into public.live_speakers (stream_id, user_id, granted_by) values (v_stream.id, v_other_id, v_user_id) on conflict do nothing;
  else
    delete from public.live_speakers as speaker where speaker.stream_id = v_stream.id and speaker.user_id = v_other_id;
  end if;
  if found then
    perform private.order_live(v_stream.id, v_other_id, is_removal => false);
    perform private.log_moderation(
      v_room.id, 'speaker_changed', v_other_id, jsonb_build_object('is_speaker', not set_live_speaker.speaker),
      jsonb_build_object('is_speaker', set_live_speaker.speaker), data => jsonb_build_object('stream_id', v_stream.id)
    );
    perform private.broadcast_room(v_room.id, 'live_speaker_changed', jsonb_build_object(
      'stream_id', v_stream.id, 'user_id', v_other_id, 'is_speaker', set_live_speaker.speaker
    ));
  end if;
  return jsonb_build_object(
    'stream_id', v_stream.id, 'username', lower(btrim(set_live_speaker.username)), 'is_speaker', set_live_speaker.speaker,
    'role', private.live_role_of(v_stream.id, v_other_id)
  );
end;
$$;

-- Security definer: as room_state, which it is part of.
create or replace function private.live_card(room_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', stream.id, 'title', stream.title,
    'host', case when private.can_see_profile(stream.host_id) then private.person_card(stream.host_id) end,
    'listener_count', stream.listener_count, 'peak_listeners', stream.peak_listeners, 'started_at', stream.started_at,
    'my_role', private.live_role_of(stream.id, (select auth.uid()))
  )
  from public.live_streams as stream
  where stream.room_id = live_card.room_id
    and stream.ended_at is null
    -- Who is invited to a private room knows of the room, and not yet of what happens in it.
    and (
      private.can_read_room(live_card.room_id)
      or exists (select from public.rooms as room where room.id = live_card.room_id and room.visibility <> 'private' and not room.is_withheld)
    )
$$;
comment on function private.live_card(uuid) is 'The stream that is on in a room, as room_state shows it; null when there is none, or it is not the caller''s to know';

-- Security definer: a list that checks its reader itself, as discover_rooms.
create or replace function private.live_now(after text, page_size int)
returns setof public.live_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_place text[] := private.decode_place('live_now', live_now.after, '{int4,uuid}');
  v_size int := private.page_size(live_now.page_size);
  v_hidden_ids uuid[] := array(
    select private.hidden_profile_ids() union all select mute.muted_id from public.mutes as mute where mute.muter_id = (select auth.uid())
  );
begin
  return query
  select
    stream.id, stream.title, private.person_card(stream.host_id), private.room_card(stream.room_id), stream.listener_count,
    stream.peak_listeners, stream.started_at,
    private.encode_cursor('live_now', jsonb_build_array(stream.listener_count, stream.id)::text)
  from (
    select open.*
    from public.live_streams as open
    join public.rooms as room on room.id = open.room_id
    where open.ended_at is null
      and (open.listener_count, open.id) < (coalesce(v_place[1], '2147483647')::int, coalesce(v_place[2], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
      and room.visibility = 'public'
      and room.deleted_at is null
      and not room.is_withheld
      and room.owner_id <> all (v_hidden_ids)
      and open.host_id <> all (v_hidden_ids)
    order by open.listener_count desc, open.id desc
    limit v_size
  ) as stream
  order by stream.listener_count desc, stream.id desc;
end;
$$;
