-- Security definer: as tg_room_members__leave_live. Whoever is muted in a room does not speak in its stream either, until the mute is over: that they may
-- again is asked when it is.
create or replace function private.tg_room_mutes__hush_live()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_room_id uuid := coalesce(new.room_id, old.room_id);
  v_stream_id uuid := private.open_live(v_room_id);
begin
  if v_stream_id is null or private.role_in_room(v_room_id, coalesce(new.user_id, old.user_id)) is null then
    return null;
  end if;
  perform private.order_live(v_stream_id, coalesce(new.user_id, old.user_id), is_removal => false);
  if tg_op <> 'DELETE' then
    perform private.order_live(v_stream_id, new.user_id, is_removal => false, available_at => new.until);
  end if;
  return null;
end;
$$;
create trigger _530_hush_live
  after insert or delete or update of until on public.room_mutes
  for each row execute function private.tg_room_mutes__hush_live();
