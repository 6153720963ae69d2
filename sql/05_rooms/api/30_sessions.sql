create or replace function public.start_session(room_id uuid, mode text)
returns json
language sql
volatile
security invoker
begin atomic
  select private.start_session(start_session.room_id, start_session.mode);
end;
comment on function public.start_session(uuid, text) is
$$Begin to play music together in a room

Owner and moderators of the room, and of an artist's room its artist. mode: fan, a rotation of DJs; artist, what the host lines up; public, what has the
most votes. Returns what session_state does.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_a_moderator (403),
room_not_found, session_not_found (404), session_exists (409), mode_unknown (422), rate_limited (429).$$;

create or replace function public.end_session(session_id uuid)
returns json
language sql
volatile
security invoker
begin atomic
  select private.end_session(end_session.session_id);
end;
comment on function public.end_session(uuid) is
$$End a session

Who started it, moderators of the room. What plays is skipped, what is queued removed. Returns what session_state does; repeating it changes nothing.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_the_host (403),
room_not_found, session_not_found (404), rate_limited (429).$$;

create or replace function public.pause_session(session_id uuid)
returns json
language sql
volatile
security invoker
begin atomic
  select private.pause_session(pause_session.session_id);
end;
comment on function public.pause_session(uuid) is
$$Pause a session; the remaining time is kept

Who started it, moderators of the room. Returns what session_state does; repeating it changes nothing.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_the_host (403),
room_not_found, session_not_found (404), session_ended (409), rate_limited (429).$$;

create or replace function public.resume_session(session_id uuid)
returns json
language sql
volatile
security invoker
begin atomic
  select private.resume_session(resume_session.session_id);
end;
comment on function public.resume_session(uuid) is
$$Go on with a paused session

Who started it, moderators of the room. Returns what session_state does; repeating it changes nothing.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_the_host (403),
room_not_found, session_not_found (404), session_ended (409), rate_limited (429).$$;

create or replace function public.change_session_mode(session_id uuid, mode text)
returns json
language sql
volatile
security invoker
begin atomic
  select private.change_session_mode(change_session_mode.session_id, change_session_mode.mode);
end;
comment on function public.change_session_mode(uuid, text) is
$$Change how a session picks what plays next; the queue stays

Who started it, moderators of the room. mode: fan, artist or public. Returns what session_state does.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_the_host (403),
room_not_found, session_not_found (404), session_ended (409), mode_unknown (422), rate_limited (429).$$;

create or replace function public.join_rotation(session_id uuid)
returns json
language sql
volatile
security invoker
begin atomic
  select private.join_rotation(join_rotation.session_id);
end;
comment on function public.join_rotation(uuid) is
$$Become one of the DJs of a session of mode fan

Members of the room. Returns what session_state does; repeating it changes nothing.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member (403), room_not_found,
session_not_found (404), no_rotation, rotation_full, session_ended (409), rate_limited (429).$$;

create or replace function public.leave_rotation(session_id uuid)
returns json
language sql
volatile
security invoker
begin atomic
  select private.leave_rotation(leave_rotation.session_id);
end;
comment on function public.leave_rotation(uuid) is
$$Leave the rotation; who is on is skipped

What one has queued waits until one is back. Returns what session_state does; repeating it changes nothing.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member (403), room_not_found,
session_not_found (404).$$;

create or replace function public.remove_from_rotation(session_id uuid, username text)
returns json
language sql
volatile
security invoker
begin atomic
  select private.remove_from_rotation(remove_from_rotation.session_id, remove_from_rotation.username);
end;
comment on function public.remove_from_rotation(uuid, text) is
$$Take somebody out of the rotation

Moderators of the room; it is logged. Returns what session_state does.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_a_moderator (403),
profile_not_found, room_not_found, session_not_found (404), rate_limited (429).$$;

create or replace function public.set_contributor(session_id uuid, username text, is_allowed boolean)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_contributor(set_contributor.session_id, set_contributor.username, set_contributor.is_allowed);
end;
comment on function public.set_contributor(uuid, text, boolean) is
$$Let somebody add tracks to a session of mode artist, or no longer

Who started it, moderators of the room. Returns {is_allowed}.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_the_host (403),
profile_not_found, room_not_found, session_not_found (404), not_in_room, session_ended (409), rate_limited (429).$$;

create or replace function public.enqueue_track(session_id uuid, track_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.enqueue_track(enqueue_track.session_id, enqueue_track.track_id);
end;
comment on function public.enqueue_track(uuid, uuid) is
$$Queue a track

fan: those in the rotation, to their own queue; artist: the host, and whom the host allows; public: any member, within the room's
queue_limit_per_member. Where nothing plays it begins at once. Returns {id, session_id, track, status, started_at, ends_at, created_at}.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_allowed_to_queue,
not_in_rotation (403), room_not_found, session_not_found, track_not_found (404), already_queued, queue_limit_reached, session_ended,
track_not_published, track_played_recently (409), track_too_long (422), rate_limited (429).$$;

create or replace function public.remove_queue_item(item_id uuid)
returns void
language sql
volatile
security invoker
begin atomic
  select private.remove_queue_item(remove_queue_item.item_id);
end;
comment on function public.remove_queue_item(uuid) is
$$Take a track from the queue

One's own, or as who started the session or a moderator, which is logged. Repeating it changes nothing.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_the_host (403),
item_not_found, room_not_found, session_not_found (404), item_playing (409), rate_limited (429).$$;

create or replace function public.move_queue_item(item_id uuid, after_item_id uuid)
returns void
language sql
volatile
security invoker
begin atomic
  select private.move_queue_item(move_queue_item.item_id, move_queue_item.after_item_id);
end;
comment on function public.move_queue_item(uuid, uuid) is
$$Put a queued track behind another, or first

after_item_id: null for the first place. fan: one's own among one's own, moderators any; artist: the host; public: the votes decide.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_the_host (403),
item_not_found, room_not_found, session_not_found (404), item_not_open, order_is_voted (409), rate_limited (429).$$;

create or replace function public.clear_queue(session_id uuid)
returns int
language sql
volatile
security invoker
begin atomic
  select private.clear_queue(clear_queue.session_id);
end;
comment on function public.clear_queue(uuid) is
$$Take everything from the queue

Moderators of the room; it is logged. Returns how many tracks there were.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_a_moderator (403),
room_not_found, session_not_found (404), rate_limited (429).$$;

-- Without settings of its own it becomes part of the query that calls it.
create or replace function public.vote_track(item_id uuid, value int)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.vote_track(vote_track.item_id, vote_track.value);
end;
comment on function public.vote_track(uuid, int) is
$$Vote on what is queued or plays

value: 1 up, −1 down, 0 takes the vote back. Who is active in the room (heartbeat), not on one's own. Returns {up_count, down_count, my_vote}:
exact, this vote and all before it. Saying the same again changes nothing. Told to the room as vote_changed
{item_id, up_count, down_count, skip_votes}, at most once a second.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_active_in_room,
own_item (403), item_not_found, room_not_found (404), downvotes_disabled, item_not_open (409), vote_unknown (422), rate_limited (429).$$;

create or replace function public.vote_skip(item_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.vote_skip(vote_skip.item_id);
end;
comment on function public.vote_skip(uuid) is
$$Vote to skip what plays

Skips when votes reach vote_skip_ratio of those active in the last 3 minutes (setting skip_active_seconds), and vote_skip_minimum. Not in the
first and the last 10 seconds (setting skip_margin_seconds) of a track, and not in mode artist. Returns {votes, needed, skipped}. Told to the room
with the votes on it, as vote_changed.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member, not_active_in_room,
own_item (403), item_not_found, room_not_found, session_not_found (404), downvotes_disabled, item_not_open, not_playing, too_early_to_skip,
too_late_to_skip, vote_skip_disabled (409).$$;

create or replace function public.advance_session(session_id uuid, expected_sequence bigint)
returns json
language sql
volatile
security invoker
begin atomic
  select private.advance_session(advance_session.session_id, advance_session.expected_sequence);
end;
comment on function public.advance_session(uuid, bigint) is
$$Say that what played is over

For every client whose track has ended: the first one moves the session on, the others get the same new state. expected_sequence: the one the
client knows; any other changes nothing. Returns what session_state does. Before the end 409 (hint: seconds left); skip_track is for those who may skip.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, not_a_member (403), room_not_found,
session_not_found (404), track_not_over (409), sequence_missing (422).$$;

create or replace function public.skip_track(session_id uuid, expected_sequence bigint, reason text default null)
returns json
language sql
volatile
security invoker
begin atomic
  select private.skip_track(skip_track.session_id, skip_track.expected_sequence, skip_track.reason);
end;
comment on function public.skip_track(uuid, bigint, text) is
$$Skip what plays

fan: the DJ who is on; artist: the host; public: who queued it; moderators always, which is logged when it is not their own. expected_sequence: the
one the client knows; any other changes nothing. reason: at most 200 characters, none of who is muted. Returns what session_state does.
Errors: account_gone, not_signed_in (401), account_deactivated, banned, banned_from_room, feature_disabled, muted, not_a_member, not_allowed_to_skip (403),
room_not_found, session_not_found (404), reason_too_long, sequence_missing (422), rate_limited (429).$$;

create or replace function public.session_state(session_id uuid)
returns json
language sql
stable
security invoker
begin atomic
  select private.session_state(session_state.session_id);
end;
comment on function public.session_state(uuid) is
$$Everything about a session that somebody who joins needs

{id, room_id, mode, status, is_host, host, server_time, sequence, paused_at, ended_at, now_playing, queue, queue_count, rotation, listeners}. now_playing, null
when nothing plays: {item {id, created_at}, track, dj, started_at, ends_at, position_ms, ups, downs, my_vote, skip {votes, needed}}. queue: the first 50 in
the order in which they will play, {id, track, added_by, ups, downs, my_vote, is_passed_over}. rotation: the first 50, {dj, is_on, is_me, turn_count, is_warned}. Tracks
and people across a block are null. skip.needed and listeners are some seconds old. While paused, position_ms stands still.
Errors: not_signed_in (401), banned_from_room, not_a_member (403), room_not_found, session_not_found (404).$$;

create or replace function public.room_session(room_id uuid)
returns json
language sql
stable
security invoker
begin atomic
  select private.room_session(room_session.room_id);
end;
comment on function public.room_session(uuid) is
$$The session of a room that is not ended, as session_state gives it

Null when there is none.
Errors: not_signed_in (401), banned_from_room, not_a_member (403), room_not_found, session_not_found (404).$$;

create or replace function public.session_queue(session_id uuid, after text default null, page_size int default null)
returns setof public.queue_row
language sql
stable
security invoker
begin atomic
  select * from private.session_queue(session_queue.session_id, session_queue.after, session_queue.page_size);
end;
comment on function public.session_queue(uuid, text, int) is
$$All that is queued in a session, in the order of places

The order in which it will play is session_state()'s.
Errors: not_signed_in (401), banned_from_room, not_a_member (403), room_not_found, session_not_found (404), bad_cursor (422).$$;

create or replace function public.session_history(room_id uuid, after text default null, page_size int default null)
returns setof public.history_row
language sql
stable
security invoker
begin atomic
  select * from private.session_history(session_history.room_id, session_history.after, session_history.page_size);
end;
comment on function public.session_history(uuid, text, int) is
$$What has played in a room, newest first

Errors: not_signed_in (401), banned_from_room, not_a_member (403), room_not_found (404), bad_cursor (422).$$;

create or replace function backend.advance_due_sessions(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.advance_due_sessions(advance_due_sessions.size);
end;
comment on function backend.advance_due_sessions(int) is
$$Move on every session whose track is over

For every 5 seconds. Each once, however many of these run at once; those somebody is just moving are left to them. Returns how many; at most
1000, which is also the default. One that fails is left for a minute.$$;

create or replace function backend.forget_old_sessions(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.forget_old_sessions(forget_old_sessions.size);
end;
comment on function backend.forget_old_sessions(int) is
$$Delete what was queued, the votes on it and the sessions that have been over for 90 days (setting session_days)

To be called until it returns 0. Returns how many items and sessions; at most 10000 of each, by default 1000.$$;

create or replace function backend.tell_votes(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.tell_votes(tell_votes.size);
end;
comment on function backend.tell_votes(int) is
$$Tell the rooms what has been voted: vote_changed

For every second. One run at a time, at most once a second an item. Returns how many items were told of; at most 10000, by default 1000.$$;

grant execute on function
  private.start_session(uuid, text), public.start_session(uuid, text),
  private.end_session(uuid), public.end_session(uuid),
  private.pause_session(uuid), public.pause_session(uuid),
  private.resume_session(uuid), public.resume_session(uuid),
  private.change_session_mode(uuid, text), public.change_session_mode(uuid, text),
  private.join_rotation(uuid), public.join_rotation(uuid),
  private.leave_rotation(uuid), public.leave_rotation(uuid),
  private.remove_from_rotation(uuid, text), public.remove_from_rotation(uuid, text),
  private.set_contributor(uuid, text, boolean), public.set_contributor(uuid, text, boolean),
  private.enqueue_track(uuid, uuid), public.enqueue_track(uuid, uuid),
  private.remove_queue_item(uuid), public.remove_queue_item(uuid),
  private.move_queue_item(uuid, uuid), public.move_queue_item(uuid, uuid),
  private.clear_queue(uuid), public.clear_queue(uuid),
  private.vote_track(uuid, int), public.vote_track(uuid, int),
  private.vote_skip(uuid), public.vote_skip(uuid),
  private.advance_session(uuid, bigint), public.advance_session(uuid, bigint),
  private.skip_track(uuid, bigint, text), public.skip_track(uuid, bigint, text),
  private.session_state(uuid), public.session_state(uuid),
  private.room_session(uuid), public.room_session(uuid),
  private.session_queue(uuid, text, int), public.session_queue(uuid, text, int),
  private.session_history(uuid, text, int), public.session_history(uuid, text, int)
to authenticated;

grant execute on function
  private.advance_due_sessions(int), backend.advance_due_sessions(int),
  private.tell_votes(int), backend.tell_votes(int),
  private.forget_old_sessions(int), backend.forget_old_sessions(int)
to service_role;
