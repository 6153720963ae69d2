create or replace function public.set_live_speaker(room_id uuid, username text, speaker boolean)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_live_speaker(set_live_speaker.room_id, set_live_speaker.username, set_live_speaker.speaker);
end;
comment on function public.set_live_speaker(uuid, text, boolean) is
$$Let a member of the room speak in the stream that is on, or only listen again

For its host and moderators of the room; who speaks may go back to listening by themselves. Their microphone is opened or closed within seconds; whoever
is muted in the room does not speak until that is over. Logged; tells room:<id> live_speaker_changed {stream_id, user_id, is_speaker}. Returns {stream_id, username, is_speaker, role}:
role is what they may do at present. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found, live_not_on,
profile_not_found, member_not_found (404), live_host_speaks, live_speaker_limit (409; hint: the limit), value_missing (422), rate_limited (429).$$;

create or replace function public.live_now(after text default null, page_size int default null)
returns setof public.live_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.host, row.room, row.listener_count, row.peak_listeners, row.started_at, row.cursor
  from private.live_now(live_now.after, live_now.page_size) as row;
end;
comment on function public.live_now(text, int) is
$$Streams that are on in public rooms, those with the most listeners first

Without those of people whom the caller has muted or who are across a block. Errors: bad_cursor (422).$$;

create or replace function backend.start_live(user_id uuid, room_id uuid, title text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.start_live(start_live.user_id, start_live.room_id, start_live.title);
end;
comment on function backend.start_live(uuid, uuid, text) is
$$Begin a stream in a room, for somebody whom the function has authenticated

For the owner and moderators of the room, and the artist of an artist's room, who are not muted in it. title: 1 to 120 characters. Tells room:<id> live_started {stream_id, host_id}. Returns {stream_id, room_id,
title, started_at, role, seconds (how long a token is good, setting live_token_seconds), empty_seconds (how long the LiveKit server keeps a room nobody is in, setting live_empty_seconds)}.
Errors: not_signed_in, account_gone (401), account_deactivated, banned, feature_disabled, banned_from_room, not_a_member, not_a_moderator (403),
muted_in_room (403; hint: for how many seconds), room_not_found (404), live_exists (409), live_title_invalid (422), rate_limited (429).$$;

create or replace function backend.end_live(user_id uuid, stream_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.end_live(end_live.user_id, end_live.stream_id);
end;
comment on function backend.end_live(uuid, uuid) is
$$End a stream, for somebody whom the function has authenticated

For its host and the moderators of the room; ending it again changes nothing. Everybody is put out of it, by the outbox (topic livekit); tells room:<id> live_ended {stream_id, reason}.
Returns {stream_id, ended_at, peak_listeners}. Errors: not_signed_in, account_gone (401), account_deactivated, banned, feature_disabled, not_a_member, not_a_moderator (403),
room_not_found, live_not_found (404).$$;

create or replace function backend.live_role(user_id uuid, room_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.live_role(live_role.user_id, live_role.room_id);
end;
comment on function backend.live_role(uuid, uuid) is
$$What somebody whom the function has authenticated may do in the stream that is on in a room

{stream_id, role: host, speaker or listener, seconds: how long a token of it is good}. Whoever may read the room may listen. Errors: not_signed_in, account_gone (401),
account_deactivated, feature_disabled, banned_from_room, not_a_member (403), room_not_found, live_not_on (404), rate_limited (429).$$;

create or replace function backend.live_event(event_id text, event text, stream_id uuid, happened_at timestamptz, user_id uuid default null, session_id text default null, joined_at timestamptz default null, granted_role text default null)
returns text
language sql
volatile
security invoker
begin atomic
  select private.live_event(live_event.event_id, live_event.event, live_event.stream_id, live_event.happened_at, live_event.user_id, live_event.session_id, live_event.joined_at, live_event.granted_role);
end;
comment on function backend.live_event(text, text, uuid, timestamptz, uuid, text, timestamptz, text) is
$$What the LiveKit server reports, once its signature is verified: twice and in any order is as once and in order

event: room_started, room_finished (ends the stream), participant_joined, participant_left, participant_connection_aborted; others are ignored. Of participants: user_id, session_id (the
server's), joined_at, and granted_role, what their token lets them do. Returns counted; ordered: something for the LiveKit server has been written to the outbox; stranger: this
participant has no account; repeated: the event was seen; unknown: no stream of ours; ignored. Errors: live_event_invalid (422).$$;

create or replace function backend.live_order(stream_id uuid, user_id uuid, is_removal boolean, ordered_at timestamptz)
returns text
language sql
stable
security invoker
begin atomic
  select private.live_order(live_order.stream_id, live_order.user_id, live_order.is_removal, live_order.ordered_at);
end;
comment on function backend.live_order(uuid, uuid, boolean, timestamptz) is
$$What is to be done at the LiveKit server about somebody in a stream, as things are now

For the messages {order: remove or update} of topic livekit. Returns remove; host, speaker or listener: give them the rights of this role; none: the stream is over.$$;

create or replace function backend.live_census(rooms jsonb, asked_at timestamptz)
returns uuid[]
language sql
volatile
security invoker
begin atomic
  select private.live_census(live_census.rooms, live_census.asked_at);
end;
comment on function backend.live_census(jsonb, timestamptz) is
$$Compare streams with the rooms that the LiveKit server knew when it was asked: [{stream_id, count}]

Ends streams it has not known for some minutes (setting live_lost_seconds), and has rooms ended whose streams are over. Returns the streams in which it counts other people than
we do: ask it who is there and tell live_roll. Errors: value_missing (422).$$;

create or replace function backend.live_roll(stream_id uuid, sessions jsonb, asked_at timestamptz)
returns uuid[]
language sql
volatile
security invoker
begin atomic
  select private.live_roll(live_roll.stream_id, live_roll.sessions, live_roll.asked_at);
end;
comment on function backend.live_roll(uuid, jsonb, timestamptz) is
$$Who was in a stream when the LiveKit server was asked: [{session_id, user_id, joined_at, granted_role}]

Who is not there has gone, but those who came within the last seconds (setting live_slack_seconds); who was not known has come. Returns the user_ids that are no account: put them out.
Errors: value_missing (422).$$;

create or replace function backend.tell_live_counts(size int default 1000)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.tell_live_counts(tell_live_counts.size);
end;
comment on function backend.tell_live_counts(int) is
$$Tell rooms how many listen, where the last change came too soon after the one before

live_listeners {stream_id, listener_count, peak_listeners} on room:<id>, at most once a second (setting live_count_seconds). Returns {told, open}: open streams.$$;

create or replace function backend.forget_old_live(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.forget_old_live(forget_old_live.size);
end;
comment on function backend.forget_old_live(int) is
$$Forget which events of the LiveKit server were seen, and who listened to streams long over

At most size of each, 10000 at most. Returns how many rows went.$$;

grant execute on function private.live_now(text, int), public.live_now(text, int) to anon, authenticated;
grant execute on function private.set_live_speaker(uuid, text, boolean), public.set_live_speaker(uuid, text, boolean) to authenticated;
grant execute on function
  private.start_live(uuid, uuid, text), backend.start_live(uuid, uuid, text),
  private.end_live(uuid, uuid), backend.end_live(uuid, uuid),
  private.live_role(uuid, uuid), backend.live_role(uuid, uuid),
  private.live_event(text, text, uuid, timestamptz, uuid, text, timestamptz, text),
  backend.live_event(text, text, uuid, timestamptz, uuid, text, timestamptz, text),
  private.live_order(uuid, uuid, boolean, timestamptz), backend.live_order(uuid, uuid, boolean, timestamptz),
  private.live_census(jsonb, timestamptz), backend.live_census(jsonb, timestamptz),
  private.live_roll(uuid, jsonb, timestamptz), backend.live_roll(uuid, jsonb, timestamptz),
  private.tell_live_counts(int), backend.tell_live_counts(int),
  private.forget_old_live(int), backend.forget_old_live(int)
to service_role;
