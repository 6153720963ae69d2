create or replace function public.pin_track(room_id uuid, track_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.pin_track(pin_track.room_id, pin_track.track_id);
end;
comment on function public.pin_track(uuid, uuid) is
$$Pin a track to a room, or take it off with null

For moderators. Whoever cannot see the track finds nothing pinned. Tells room:<id> room_changed. Returns {pinned_track}. Errors: not_signed_in (401), account_deactivated,
feature_disabled, not_a_member, not_a_moderator (403), room_not_found, track_not_found (404), rate_limited (429).$$;

create or replace function public.room_members(room_id uuid, after text default null, page_size int default null)
returns setof public.room_member_row
language sql
stable
security invoker
begin atomic
  select row.id, row.username, row.display_name, row.avatar_path, row.is_verified, row.role, row.is_active, row.joined_at, row.cursor
  from private.room_members(room_members.room_id, room_members.after, room_members.page_size) as row;
end;
comment on function public.room_members(uuid, text, int) is
$$Who is in a room: its owner, moderators, members, of each the newest first

For whoever may read the room. Errors: not_signed_in (401), banned_from_room, not_a_member (403), room_not_found (404), bad_cursor (422).$$;

grant execute on function
  private.pin_track(uuid, uuid), public.pin_track(uuid, uuid),
  private.room_members(uuid, text, int), public.room_members(uuid, text, int)
to authenticated;
