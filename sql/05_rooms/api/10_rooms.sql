create or replace function public.create_room(name text, description text default null, kind text default 'open', visibility text default 'public', genre text default null, tags text[] default '{}', region text default null, member_limit int default null, client_id uuid default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.create_room(create_room.name, create_room.description, create_room.kind, create_room.visibility, create_room.genre, create_room.tags, create_room.region, create_room.member_limit, create_room.client_id);
end;
comment on function public.create_room(text, text, text, text, text, text[], text, int, uuid) is
$$Make a room, whose owner the caller is

kind: open, genre (names its genre) or artist (for artists); visibility: public, unlisted (for whoever has the id) or private; member_limit: at most
10 000. Nobody makes more than their plan gives (plan_limits). client_id: sent again, it returns the same room. Returns room_state. Errors: not_signed_in
(401), plan_limit_reached (402; hint: the limit), account_deactivated, banned, muted, feature_disabled, not_an_artist (403), room_deleted (409), room_name_invalid, room_description_too_long, room_kind_unknown, room_visibility_unknown,
unknown_genre, room_genre_missing, tags_invalid, room_region_too_long, room_rule_out_of_range (422; hint: which, and its range), room_not_found (404),
rate_limited (429).$$;

create or replace function public.update_room(room_id uuid, name text default null, description text default null, visibility text default null, genre text default null, tags text[] default null, region text default null, avatar_path text default null, member_limit int default null, max_track_ms int default null, repeat_window_minutes int default null, queue_limit_per_member int default null, tracks_per_turn int default null, rotation_cycles boolean default null, downvotes_enabled boolean default null, vote_skip_enabled boolean default null, vote_skip_ratio numeric default null, vote_skip_minimum int default null, slow_mode_seconds int default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.update_room(update_room.room_id, update_room.name, update_room.description, update_room.visibility, update_room.genre, update_room.tags, update_room.region, update_room.avatar_path, update_room.member_limit, update_room.max_track_ms, update_room.repeat_window_minutes, update_room.queue_limit_per_member, update_room.tracks_per_turn, update_room.rotation_cycles, update_room.downvotes_enabled, update_room.vote_skip_enabled, update_room.vote_skip_ratio, update_room.vote_skip_minimum, update_room.slow_mode_seconds);
end;
comment on function public.update_room(uuid, text, text, text, text, text[], text, text, int, int, int, int, int, boolean, boolean, boolean, numeric, int, int) is
$$Change a room of one's own

What is null stays; empty text takes away. avatar_path: an object in bucket room-avatars, in the folder named as the room. A member_limit below what
there are lets nobody in and puts nobody out. A room that is public no more gets another slug; where it is private now, what members invited to it is void. Tells room:<id> room_changed. Returns room_state. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403),
not_the_owner (403), room_not_found (404), room_name_invalid, room_description_too_long, room_kind_unknown, room_visibility_unknown, unknown_genre, room_genre_missing,
tags_invalid, room_region_too_long, room_rule_out_of_range (hint: which, and its range), room_avatar_not_found (422), rate_limited (429).$$;

create or replace function public.delete_room(room_id uuid)
returns void
language sql
volatile
security invoker
begin atomic
  select private.delete_room(delete_room.room_id);
end;
comment on function public.delete_room(uuid) is
$$Delete a room of one's own

With its name, pictures and invitations; nobody sees it any more. Tells room:<id> room_changed. Repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403),
not_the_owner (403), room_not_found (404).$$;

create or replace function public.transfer_room(room_id uuid, username text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.transfer_room(transfer_room.room_id, transfer_room.username);
end;
comment on function public.transfer_room(uuid, text) is
$$Hand a room of one's own over to another member

The caller goes on as moderator. Returns room_state. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_the_owner (403), room_not_found, profile_not_found,
member_not_found (404), moderator_limit, room_limit (409), not_yourself (422), rate_limited (429).$$;

create or replace function public.join_room(room_id uuid, invite_code text default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.join_room(join_room.room_id, join_room.invite_code);
end;
comment on function public.join_room(uuid, text) is
$$Become a member of a room

Public and unlisted ones are free to join; a private one takes the code of an invitation, or none where one was invited in person, or what
request_to_join leads to. Who is in stays so. Tells room:<id> member_changed. Returns room_state. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403),
banned_from_room, invite_needed (403), room_not_found, invite_not_found (404), room_full, moderator_limit (409; hint: the limit), rate_limited (429).$$;

create or replace function public.leave_room(room_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.leave_room(leave_room.room_id);
end;
comment on function public.leave_room(uuid) is
$$Leave a room

Tells room:<id> member_changed. Returns {is_member: false}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), room_not_found (404),
owner_must_transfer (409).$$;

create or replace function public.request_to_join(room_id uuid, message text default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.request_to_join(request_to_join.room_id, request_to_join.message);
end;
comment on function public.request_to_join(uuid, text) is
$$Ask to be let into a private room, whose id one was given

Its moderators are told. message: at most 300 characters. One request waits for each room; sent again, it is the same. Who was declined may
ask again after 24 hours (setting join_request_again_hours). Returns {id, status, created_at}. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403),
banned_from_room (403), room_not_found (404), already_a_member, room_is_open, join_request_limit (409), request_message_too_long (422),
request_declined_recently (429; hint: seconds to wait), rate_limited (429).$$;

create or replace function public.withdraw_join_request(room_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.withdraw_join_request(withdraw_join_request.room_id);
end;
comment on function public.withdraw_join_request(uuid) is
$$Take back what one has asked with request_to_join

Returns {status: withdrawn}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), join_request_not_found (404),
join_request_decided (409).$$;

create or replace function public.decide_join_request(request_id uuid, approve boolean)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.decide_join_request(decide_join_request.request_id, decide_join_request.approve);
end;
comment on function public.decide_join_request(uuid, boolean) is
$$Let somebody into a room, or not

For moderators; the pending requests are in table join_requests. Whoever is let in is a member from then on, and is told. Deciding the same again changes nothing.
Returns {id, status}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found, join_request_not_found (404),
join_request_decided, room_full (409), value_missing (422), rate_limited (429).$$;

create or replace function public.invite_to_room(room_id uuid, username text, role text default 'member')
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.invite_to_room(invite_to_room.room_id, invite_to_room.username, invite_to_room.role);
end;
comment on function public.invite_to_room(uuid, text, text) is
$$Invite somebody to a room

Members invite to rooms that are open, moderators to private ones; role moderator is the owner's to give. They are told, see the room, and enter with
join_room. Good for 24 hours (setting room_invite_hours), from now when they are invited again. Returns {id, room_id, code, role, use_count, use_limit, expires_at}.
Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member, not_a_moderator, not_the_owner (403), room_not_found, profile_not_found (404), already_a_member, invited_is_banned,
invite_limit (409; hint: the limit), not_yourself, room_role_unknown (422), rate_limited (429).$$;

create or replace function public.create_room_invite(room_id uuid, role text default 'member', use_limit int default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.create_room_invite(create_room_invite.room_id, create_room_invite.role, create_room_invite.use_limit);
end;
comment on function public.create_room_invite(uuid, text, int) is
$$Make a code by which whoever has it enters a room

For moderators; role moderator is the owner's to give. use_limit: how many may, null for any number. Good for 24 hours (setting room_invite_hours). Returns
{id, room_id, code, role, use_count, use_limit, expires_at}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member, not_a_moderator, not_the_owner (403), room_not_found (404),
invite_limit (409; hint: the limit), room_role_unknown, use_limit_out_of_range (422), rate_limited (429).$$;

create or replace function public.revoke_room_invite(invite_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.revoke_room_invite(revoke_room_invite.invite_id);
end;
comment on function public.revoke_room_invite(uuid) is
$$Take an invitation back, or decline one's own

For whoever made it, moderators of the room, and whom it is for. Returns {is_invited: false}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), invite_not_found (404).$$;

create or replace function public.set_member_role(room_id uuid, username text, role text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_member_role(set_member_role.room_id, set_member_role.username, set_member_role.role);
end;
comment on function public.set_member_role(uuid, text, text) is
$$Make a member moderator, or a moderator member again

For the owner. Tells room:<id> member_changed; logged. Returns {username, role}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_the_owner (403),
room_not_found, profile_not_found, member_not_found (404), owner_must_transfer, moderator_limit (409; hint: the limit), room_role_unknown (422), rate_limited (429).$$;

create or replace function public.remove_member(room_id uuid, username text, ban_minutes int default 0, reason text default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.remove_member(remove_member.room_id, remove_member.username, remove_member.ban_minutes, remove_member.reason);
end;
comment on function public.remove_member(uuid, text, int, text) is
$$Put somebody out of a room, and keep them out for a while

For moderators, never of somebody of an equal or higher role. ban_minutes: 0 only removes, null bans for ever; who is not in the room can be banned too. They
are told on user:<id> by removed_from_room; the room on room:<id> by member_changed; logged. Returns {is_member, is_banned, until}. Errors:
not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member, not_a_moderator, member_of_equal_rank (403), room_not_found, profile_not_found,
member_not_found (404), sanction_in_force (409), not_yourself, ban_minutes_out_of_range, reason_too_long (422), rate_limited (429).$$;

create or replace function public.unban_member(room_id uuid, username text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.unban_member(unban_member.room_id, unban_member.username);
end;
comment on function public.unban_member(uuid, text) is
$$Let somebody back who was banned from a room

For moderators; logged. Returns {is_banned: false}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found,
profile_not_found (404), sanction_in_force (409), not_yourself (422).$$;

create or replace function public.pin_track(room_id uuid, track_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.pin_track(pin_track.room_id, pin_track.track_id);
end;
comment on function public.pin_track(uuid, uuid) is
$$Pin a track to a room, or take it off with null

For moderators. Whoever cannot see the track finds nothing pinned. Tells room:<id> room_changed. Returns {pinned_track}. Errors: not_signed_in (401), account_deactivated, banned,
feature_disabled, not_a_member, not_a_moderator (403), room_not_found, track_not_found (404), rate_limited (429).$$;

create or replace function public.heartbeat(room_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.heartbeat(heartbeat.room_id);
end;
comment on function public.heartbeat(uuid) is
$$Say that one is in a room, every 30 seconds

Active is who was heard of in the last 60 seconds (setting room_active_seconds). Returns {listener_count, next_in_seconds, server_time}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_a_member (403),
room_not_found (404), rate_limited (429).$$;

create or replace function public.room_state(room_id uuid)
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.room_state(room_state.room_id);
end;
comment on function public.room_state(uuid) is
$$A room with all that its screen begins with

{id, slug, name, description, kind, visibility, genre, tags, region, avatar_path, owner (a person, null when the caller may not see them), artist_id, member_count,
member_limit, created_at, updated_at, policies {max_track_ms, repeat_window_minutes, queue_limit_per_member, tracks_per_turn, rotation_cycles,
downvotes_enabled, vote_skip_enabled, vote_skip_ratio, vote_skip_minimum, slow_mode_seconds}, pinned_track (a track as elsewhere, or null), my_role, my_ban {until, reason},
my_request {id, created_at}, listener_count, live (the stream that is on: {id, title, host, listener_count, peak_listeners, started_at, my_role: host, speaker, listener or null}, or null),
can_read (chat, sessions and members), server_time}. Errors: room_not_found (404).$$;

create or replace function public.room_by_slug(slug text)
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.room_by_slug(room_by_slug.slug);
end;
comment on function public.room_by_slug(text) is
$$A room by its slug, as room_state

Errors: room_not_found (404).$$;

create or replace function public.discover_rooms(query text default null, genre text default null, after text default null, page_size int default null)
returns setof public.room_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.slug, row.name, row.description, row.kind, row.visibility, row.genre, row.tags, row.region, row.avatar_path, row.owner, row.my_role,
    row.member_count, row.listener_count, row.created_at, row.cursor
  from private.discover_rooms(discover_rooms.query, discover_rooms.genre, discover_rooms.after, discover_rooms.page_size) as row;
end;
comment on function public.discover_rooms(text, text, text, int) is
$$Public rooms, the newest first, or those whose names are most like a query

Without those of people whom the caller has muted or who are across a block. Errors: query_too_short, bad_cursor (422).$$;

create or replace function public.trending_rooms(after text default null, page_size int default null)
returns setof public.room_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.slug, row.name, row.description, row.kind, row.visibility, row.genre, row.tags, row.region, row.avatar_path, row.owner, row.my_role,
    row.member_count, row.listener_count, row.created_at, row.cursor
  from private.trending_rooms(trending_rooms.after, trending_rooms.page_size) as row;
end;
comment on function public.trending_rooms(text, int) is
$$Public rooms in which something is going on: those with the most active listeners, then with the most messages and votes in the last hour

Counted some seconds ago; without those of people whom the caller has muted or who are across a block. Errors: bad_cursor (422).$$;

create or replace function public.my_rooms(after text default null, page_size int default null)
returns setof public.room_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.slug, row.name, row.description, row.kind, row.visibility, row.genre, row.tags, row.region, row.avatar_path, row.owner, row.my_role,
    row.member_count, row.listener_count, row.created_at, row.cursor
  from private.my_rooms(my_rooms.after, my_rooms.page_size) as row;
end;
comment on function public.my_rooms(text, int) is
$$The rooms the caller is in, the last joined first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.room_members(room_id uuid, after text default null, page_size int default null)
returns setof public.room_member_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.username, row.display_name, row.avatar_path, row.is_verified, row.role, row.is_active, row.joined_at, row.cursor
  from private.room_members(room_members.room_id, room_members.after, room_members.page_size) as row;
end;
comment on function public.room_members(uuid, text, int) is
$$Who is in a room: its owner, moderators, members, of each the newest first

For whoever may read the room. Errors: not_signed_in (401), banned_from_room, not_a_member (403), room_not_found (404), bad_cursor (422).$$;

create or replace function public.room_bans(room_id uuid, after text default null, page_size int default null)
returns setof public.room_ban_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.username, row.display_name, row.avatar_path, row.is_verified, row.banned_by, row.until, row.reason, row.created_at, row.cursor
  from private.room_bans(room_bans.room_id, room_bans.after, room_bans.page_size) as row;
end;
comment on function public.room_bans(uuid, text, int) is
$$Who is banned from a room at present, the last banned first

For its moderators. Errors: not_signed_in (401), not_a_member, not_a_moderator (403), room_not_found (404), bad_cursor (422).$$;

create or replace function public.room_invite(code text)
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.room_invite(room_invite.code);
end;
comment on function public.room_invite(text) is
$$What an invitation is to, before one joins

Returns {room, role, expires_at, invited_by}: the room as in room_state, and a person. Errors: not_signed_in (401), invite_not_found (404).$$;

create or replace function public.my_room_invites()
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.my_room_invites();
end;
comment on function public.my_room_invites() is
$$The rooms the caller is invited to in person, the newest invitation first

At most 100 of [{id, code, role, expires_at, room, invited_by}]. Errors: not_signed_in (401).$$;

create or replace function backend.forget_old_room_pulses(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.forget_old_room_pulses(forget_old_room_pulses.size);
end;
comment on function backend.forget_old_room_pulses(int) is
$$Forget what rooms were like some time ago: counts of listeners, of what was said, and invitations long past

At most size of each, 10000 at most. Returns how many rows went.$$;

grant execute on function
  private.room_state(uuid), public.room_state(uuid),
  private.room_by_slug(text), public.room_by_slug(text),
  private.discover_rooms(text, text, text, int), public.discover_rooms(text, text, text, int),
  private.trending_rooms(text, int), public.trending_rooms(text, int)
to anon, authenticated;
grant execute on function
  private.create_room(text, text, text, text, text, text[], text, int, uuid), public.create_room(text, text, text, text, text, text[], text, int, uuid),
  private.update_room(uuid, text, text, text, text, text[], text, text, int, int, int, int, int, boolean, boolean, boolean, numeric, int, int), public.update_room(uuid, text, text, text, text, text[], text, text, int, int, int, int, int, boolean, boolean, boolean, numeric, int, int),
  private.delete_room(uuid), public.delete_room(uuid),
  private.transfer_room(uuid, text), public.transfer_room(uuid, text),
  private.join_room(uuid, text), public.join_room(uuid, text),
  private.leave_room(uuid), public.leave_room(uuid),
  private.request_to_join(uuid, text), public.request_to_join(uuid, text),
  private.withdraw_join_request(uuid), public.withdraw_join_request(uuid),
  private.decide_join_request(uuid, boolean), public.decide_join_request(uuid, boolean),
  private.invite_to_room(uuid, text, text), public.invite_to_room(uuid, text, text),
  private.create_room_invite(uuid, text, int), public.create_room_invite(uuid, text, int),
  private.revoke_room_invite(uuid), public.revoke_room_invite(uuid),
  private.set_member_role(uuid, text, text), public.set_member_role(uuid, text, text),
  private.remove_member(uuid, text, int, text), public.remove_member(uuid, text, int, text),
  private.unban_member(uuid, text), public.unban_member(uuid, text),
  private.pin_track(uuid, uuid), public.pin_track(uuid, uuid),
  private.heartbeat(uuid), public.heartbeat(uuid),
  private.my_rooms(text, int), public.my_rooms(text, int),
  private.room_members(uuid, text, int), public.room_members(uuid, text, int),
  private.room_bans(uuid, text, int), public.room_bans(uuid, text, int),
  private.room_invite(text), public.room_invite(text),
  private.my_room_invites(), public.my_room_invites()
to authenticated;
grant execute on function
  private.forget_old_room_pulses(int), backend.forget_old_room_pulses(int)
to service_role;
