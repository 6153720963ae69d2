create or replace function public.send_message(room_id uuid, body text default null, client_id uuid default null, reply_to_id uuid default null, track_id uuid default null)
returns public.room_message_row
language sql
volatile
security invoker
begin atomic
  select private.send_message(send_message.room_id, send_message.body, send_message.client_id, send_message.reply_to_id, send_message.track_id);
end;
comment on function public.send_message(uuid, text, uuid, uuid, uuid) is
$$Say something in a room one is in

body: 1 to 500 characters, or none where a track is shared; reply_to_id: a message of the same room. client_id: sent again, it returns the same message, whatever the
limits say. 10 in 10 seconds; in slow mode one in so many seconds, but for moderators. Tells room:<id> message {id, kind, author_id}. Returns the message
as room_messages. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403), not_a_member, banned_from_room, muted_in_room
(403; hint: for how many seconds), room_not_found, message_not_found, track_not_found (404), track_not_published (409), body_missing, body_too_long (422),
slow_mode, rate_limited (429; hint: seconds to wait).$$;

create or replace function public.edit_message(message_id uuid, body text)
returns public.room_message_row
language sql
volatile
security invoker
begin atomic
  select private.edit_message(edit_message.message_id, edit_message.body);
end;
comment on function public.edit_message(uuid, text) is
$$Change what one has said in a room, within 5 minutes (setting message_edit_minutes)

Tells room:<id> message_edited {id}. Returns the message as room_messages. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403), not_a_member, banned_from_room, muted_in_room (403), room_not_found,
message_not_found (404), edit_window_passed (409), body_missing, body_too_long (422), rate_limited (429).$$;

create or replace function public.delete_message(message_id uuid)
returns void
language sql
volatile
security invoker
begin atomic
  select private.delete_message(delete_message.message_id);
end;
comment on function public.delete_message(uuid) is
$$Delete a message of one's own, or of a room one moderates

Its words, reactions and pin go; lists show an empty row for 30 days (setting deleted_message_days). One's own can be deleted from wherever one no longer is. What a
moderator deletes is logged. Tells room:<id> message_deleted {id}. Repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found, message_not_found (404), rate_limited (429).$$;

create or replace function public.pin_message(message_id uuid, present boolean default true)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.pin_message(pin_message.message_id, pin_message.present);
end;
comment on function public.pin_message(uuid, boolean) is
$$Pin a message of a room, or take it off

For moderators; at most 50 (setting pinned_messages_limit); logged. The chat tells of it by a system message, room:<id> by message_pinned {id, is_pinned}.
Returns {is_pinned}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found, message_not_found (404),
pinned_messages_limit (409; hint: the limit), value_missing (422), rate_limited (429).$$;

create or replace function public.react(message_id uuid, emoji text, present boolean default true)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.react(react.message_id, react.emoji, react.present);
end;
comment on function public.react(uuid, text, boolean) is
$$React to a message of a room with an emoji of reaction_emoji, or take that back

Each emoji once a person. Tells room:<id> reaction {id, emoji, count}. Returns {present, count}; count is null of what one no longer sees. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403),
not_a_member, banned_from_room, muted_in_room (403), room_not_found, message_not_found (404), value_missing, emoji_unknown (422), rate_limited (429).$$;

create or replace function public.clear_reactions(message_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.clear_reactions(clear_reactions.message_id);
end;
comment on function public.clear_reactions(uuid) is
$$Remove all reactions to a message of a room

For moderators; logged. Tells room:<id> reaction {id, emoji, count} of each emoji. Returns {cleared}, how many. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found, message_not_found (404), rate_limited (429).$$;

create or replace function public.mute_member(room_id uuid, username text, minutes int)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.mute_member(mute_member.room_id, mute_member.username, mute_member.minutes);
end;
comment on function public.mute_member(uuid, text, int) is
$$Let somebody write, react and type nothing in a room for some minutes

For moderators, never of somebody of an equal or higher role; from now when they are muted already. It holds when they leave and come back. They are told on
user:<id> by muted_in_room {room_id, until}; logged. Returns {is_muted, until}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member,
not_a_moderator, member_of_equal_rank (403), room_not_found, profile_not_found, member_not_found (404), sanction_in_force (409), not_yourself, mute_minutes_out_of_range
(422; hint: the most), rate_limited (429).$$;

create or replace function public.unmute_member(room_id uuid, username text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.unmute_member(unmute_member.room_id, unmute_member.username);
end;
comment on function public.unmute_member(uuid, text) is
$$Let somebody speak again who was muted in a room

For moderators; logged. They are told on user:<id> by muted_in_room {room_id, until: null}. Returns {is_muted: false}; repeating changes nothing. Errors:
not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found, profile_not_found (404),
sanction_in_force (409), not_yourself (422), rate_limited (429).$$;

create or replace function public.room_messages(room_id uuid, after text default null, page_size int default null)
returns setof public.room_message_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.room_id, row.kind, row.author, row.body, row.code, row.data, row.track, row.reply_to, row.client_id, row.reactions, row.created_at,
    row.edited_at, row.pinned_at, row.deleted_at, row.cursor
  from private.room_messages(room_messages.room_id, room_messages.after, room_messages.page_size) as row;
end;
comment on function public.room_messages(uuid, text, int) is
$$What was said in a room, the newest first

For whoever may read the room. Without what is said across a block, by who is hidden, and by whom the caller has muted; moderators of the room read across blocks. Errors:
not_signed_in (401), banned_from_room, not_a_member (403), room_not_found (404), bad_cursor (422).$$;

create or replace function public.pinned_messages(room_id uuid, after text default null, page_size int default null)
returns setof public.room_message_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.room_id, row.kind, row.author, row.body, row.code, row.data, row.track, row.reply_to, row.client_id, row.reactions, row.created_at,
    row.edited_at, row.pinned_at, row.deleted_at, row.cursor
  from private.pinned_messages(pinned_messages.room_id, pinned_messages.after, pinned_messages.page_size) as row;
end;
comment on function public.pinned_messages(uuid, text, int) is
$$The pinned messages of a room, the last pinned first, as room_messages

Errors: not_signed_in (401), banned_from_room, not_a_member (403), room_not_found (404), bad_cursor (422).$$;

create or replace function public.room_message(message_id uuid)
returns public.room_message_row
language sql
stable
security invoker
begin atomic
  select private.room_message(room_message.message_id);
end;
comment on function public.room_message(uuid) is
$$One message of a room, as room_messages: what to ask when room:<id> tells of one

Errors: not_signed_in (401), message_not_found (404): also of who is across a block or hidden, and of what is deleted.$$;

create or replace function public.room_mutes(room_id uuid, after text default null, page_size int default null)
returns setof public.room_mute_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.username, row.display_name, row.avatar_path, row.is_verified, row.muted_by, row.until, row.created_at, row.cursor
  from private.room_mutes(room_mutes.room_id, room_mutes.after, room_mutes.page_size) as row;
end;
comment on function public.room_mutes(uuid, text, int) is
$$Who is muted in a room at present, the last muted first

For its moderators. Errors: not_signed_in (401), not_a_member, not_a_moderator (403), room_not_found (404), bad_cursor (422).$$;

create or replace function public.room_moderation(room_id uuid, after text default null, page_size int default null)
returns setof public.moderation_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.action, row.actor, row.subject, row.reason, row.data, row.before, row.after, row.created_at, row.cursor
  from private.room_moderation(room_moderation.room_id, room_moderation.after, room_moderation.page_size) as row;
end;
comment on function public.room_moderation(uuid, text, int) is
$$What moderators have done in a room, the newest first

For its moderators. Errors: not_signed_in (401), not_a_member, not_a_moderator (403), room_not_found (404), bad_cursor (422).$$;

create or replace function backend.forget_old_messages(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.forget_old_messages(forget_old_messages.size);
end;
comment on function backend.forget_old_messages(int) is
$$Remove for good what was deleted in rooms 30 days ago (setting deleted_message_days), what was said in rooms deleted as long ago, and mutes that have ended

At most size of each, 10000 at most. Returns how many rows went.$$;

grant execute on function
  private.send_message(uuid, text, uuid, uuid, uuid), public.send_message(uuid, text, uuid, uuid, uuid),
  private.edit_message(uuid, text), public.edit_message(uuid, text),
  private.delete_message(uuid), public.delete_message(uuid),
  private.pin_message(uuid, boolean), public.pin_message(uuid, boolean),
  private.react(uuid, text, boolean), public.react(uuid, text, boolean),
  private.clear_reactions(uuid), public.clear_reactions(uuid),
  private.mute_member(uuid, text, int), public.mute_member(uuid, text, int),
  private.unmute_member(uuid, text), public.unmute_member(uuid, text),
  private.room_messages(uuid, text, int), public.room_messages(uuid, text, int),
  private.pinned_messages(uuid, text, int), public.pinned_messages(uuid, text, int),
  private.room_message(uuid), public.room_message(uuid),
  private.room_mutes(uuid, text, int), public.room_mutes(uuid, text, int),
  private.room_moderation(uuid, text, int), public.room_moderation(uuid, text, int)
to authenticated;
grant execute on function
  private.forget_old_messages(int), backend.forget_old_messages(int)
to service_role;
