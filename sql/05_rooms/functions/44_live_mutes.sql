create or replace function private.hush_live(stream_id uuid, user_id uuid, until timestamptz)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.order_live(hush_live.stream_id, hush_live.user_id, is_removal => false);
  if hush_live.until is not null then
    perform private.order_live(hush_live.stream_id, hush_live.user_id, is_removal => false, available_at => hush_live.until);
  end if;
end;
$$;
comment on function private.hush_live(uuid, uuid, timestamptz) is
'Have asked what somebody may do in a stream who is muted, or is no more: at once, and when it is over (until)';

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
  v_user_id uuid := coalesce(new.user_id, old.user_id);
  v_stream_id uuid := private.open_live(v_room_id);
begin
  if v_stream_id is not null and private.role_in_room(v_room_id, v_user_id) is not null then
    perform private.hush_live(v_stream_id, v_user_id, new.until);
  end if;
  return null;
end;
$$;
create trigger _530_hush_live
  after insert or delete or update of until on public.room_mutes
  for each row execute function private.tg_room_mutes__hush_live();
