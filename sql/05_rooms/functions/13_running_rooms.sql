-- Security definer: rooms are nobody's to write directly.
create or replace function private.pin_track(room_id uuid, track_id uuid)
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
  v_room := private.lock_room(pin_track.room_id);
  perform private.require_room_moderator(v_room.id);
  perform private.take_token('update_room');
  if pin_track.track_id is not null and not private.can_see_track(pin_track.track_id) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  if v_room.pinned_track_id is distinct from pin_track.track_id then
    update public.rooms as room set pinned_track_id = pin_track.track_id where room.id = v_room.id;
    perform private.log_moderation(
      v_room.id, 'track_pinned', null, data => jsonb_build_object('track_id', pin_track.track_id)
    );
  end if;
  return jsonb_build_object('pinned_track', private.track_card(pin_track.track_id));
end;
$$;
