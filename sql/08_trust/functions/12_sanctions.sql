-- Security definer: sanctions are nobody's to write.
create or replace function private.sanction(user_id uuid, room_id uuid, kind text, until timestamptz, reason text, case_id uuid)
returns public.sanctions
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_until timestamptz := case when sanction.kind <> 'warn' then sanction.until end;
  v_sanction public.sanctions;
begin
  if v_until <= now() or not isfinite(v_until) or v_until > now() + make_interval(days => private.setting('sanction_days_limit')::int) then
    perform private.raise_error(
      422, 'until_invalid', 'A sanction ends in the future, within so many days, or is for good.', private.setting('sanction_days_limit')::text
    );
  end if;
  if not private.stays(sanction.user_id) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  if sanction.room_id is not null then
    perform from public.rooms as room where room.id = sanction.room_id and room.deleted_at is null for no key update;
    if not found then
      perform private.raise_error(404, 'room_not_found', 'There is no room of this id that you can see.');
    end if;
    if exists (
      select from public.room_members as member
      where member.room_id = sanction.room_id and member.user_id = sanction.user_id and member.role = 'owner'
    ) and sanction.kind <> 'warn' then
      perform private.raise_error(409, 'owner_must_transfer', 'The owner hands the room over first, or deletes it.');
    end if;
    -- A mute in a room has an end, as the room's own have.
    if sanction.kind = 'mute' then
      v_until := coalesce(v_until, now() + make_interval(mins => private.setting('room_mute_minutes_limit')::int));
    end if;
  end if;

  insert into public.sanctions (user_id, room_id, kind, until, reason, case_id, issued_by)
  values (
    sanction.user_id, sanction.room_id, sanction.kind, v_until, nullif(left(btrim(sanction.reason), 1000), ''), sanction.case_id, auth.uid()
  )
  returning * into v_sanction;
  -- In a room it is the room's own ban or mute, which is what everything in rooms asks: until the last of them ends.
  if v_sanction.room_id is not null and v_sanction.kind = 'ban' then
    perform private.put_out(v_sanction.room_id, v_sanction.user_id, true, private.room_sanction_end(v_sanction), left(v_sanction.reason, 500));
  elsif v_sanction.room_id is not null and v_sanction.kind = 'mute' then
    perform private.mute_in_room(v_sanction.room_id, v_sanction.user_id, private.room_sanction_end(v_sanction));
  end if;
  perform private.log_decision(
    case v_sanction.kind when 'warn' then 'person_warned' when 'mute' then 'person_muted' else 'person_banned' end, 'sanction', v_sanction.id,
    v_sanction.user_id, v_sanction.reason, '{}',
    jsonb_build_object('kind', v_sanction.kind, 'room_id', v_sanction.room_id, 'until', v_sanction.until), v_sanction.case_id
  );
  perform private.notify(
    v_sanction.user_id, 'moderation_decision', null, null, null, 'sanction:' || v_sanction.id,
    jsonb_build_object('action', v_sanction.kind, 'sanction_id', v_sanction.id, 'room_id', v_sanction.room_id, 'until', v_sanction.until)
  );
  return v_sanction;
end;
$$;
comment on function private.sanction(uuid, uuid, text, timestamptz, text, uuid) is
$$Impose a warning, a mute or a ban, everywhere or in a room, log it and tell whom it is imposed on

Whoever calls has decided by what right. until: null for good. In a room it is the room's own mute or ban. Errors: profile_not_found, room_not_found (404),
owner_must_transfer (409), until_invalid (422).$$;

create or replace function private.room_sanction_end(item public.sanctions)
returns timestamptz
language sql
stable
security invoker
set search_path = ''
as $$
  select nullif(max(coalesce(other.until, 'infinity')), 'infinity')
  from private.sanctions_in_force as other
  where other.user_id = (room_sanction_end.item).user_id
    and other.room_id = (room_sanction_end.item).room_id
    and other.kind = (room_sanction_end.item).kind
$$;
comment on function private.room_sanction_end(public.sanctions) is
'When the last of the sanctions ends that are in force on the same person, in the same room and of the same kind; null for never';

-- Security definer: as sanction.
create or replace function private.lift(sanction public.sanctions, reason text, case_id uuid default null)
returns public.sanctions
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_sanction public.sanctions;
begin
  if (lift.sanction).room_id is not null then
    perform from public.rooms as room where room.id = (lift.sanction).room_id for no key update;
  end if;
  update public.sanctions as found
  set lifted_at = now(), lifted_by = auth.uid()
  where found.id = (lift.sanction).id and found.lifted_at is null
  returning found.* into v_sanction;
  if not found then
    return lift.sanction;
  end if;
  -- The room's own; where another sanction still stands behind it, it ends with that.
  if v_sanction.room_id is not null then
    if exists (
      select
      from private.sanctions_in_force as other
      where other.user_id = v_sanction.user_id and other.room_id = v_sanction.room_id and other.kind = v_sanction.kind
    ) then
      update public.room_bans as ban
      set until = private.room_sanction_end(v_sanction)
      where v_sanction.kind = 'ban' and ban.room_id = v_sanction.room_id and ban.user_id = v_sanction.user_id
        and ban.until is not distinct from v_sanction.until;
      update public.room_mutes as mute
      set until = private.room_sanction_end(v_sanction)
      where v_sanction.kind = 'mute' and mute.room_id = v_sanction.room_id and mute.user_id = v_sanction.user_id
        and mute.until = v_sanction.until;
    elsif v_sanction.kind = 'ban' then
      delete from public.room_bans as ban where ban.room_id = v_sanction.room_id and ban.user_id = v_sanction.user_id;
    elsif v_sanction.kind = 'mute' then
      perform private.unmute_in_room(v_sanction.room_id, v_sanction.user_id);
    end if;
  end if;
  perform private.log_decision(
    'sanction_lifted', 'sanction', v_sanction.id, v_sanction.user_id, lift.reason,
    jsonb_build_object('kind', v_sanction.kind, 'room_id', v_sanction.room_id, 'until', v_sanction.until),
    jsonb_build_object('lifted_at', v_sanction.lifted_at), coalesce(lift.case_id, v_sanction.case_id)
  );
  perform private.notify(
    v_sanction.user_id, 'moderation_decision', null, null, null, 'sanction_lifted:' || v_sanction.id,
    jsonb_build_object('action', 'lifted', 'sanction_id', v_sanction.id, 'room_id', v_sanction.room_id)
  );
  return v_sanction;
end;
$$;
comment on function private.lift(public.sanctions, text, uuid) is 'Take a sanction back, log it and tell whom it was imposed on; once, however often';

-- Security definer: as sanction.
create or replace function private.lift_sanction(sanction_id uuid, note text)
returns public.sanctions
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_note constant text := private.clean_note(lift_sanction.note);
  v_sanction public.sanctions;
begin
  select found.* into v_sanction from public.sanctions as found where found.id = lift_sanction.sanction_id;
  if not found then
    perform private.raise_error(404, 'sanction_not_found', 'There is no sanction of this id that you can see.');
  end if;
  perform private.require_not_own(v_sanction.user_id);
  perform private.require_above(v_sanction.user_id);
  return private.lift(v_sanction, v_note);
end;
$$;

-- Security definer: sanctions of others are not the room's to see.
create or replace function private.refuse_against_staff(room_id uuid, user_id uuid, kind text)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if exists (
    select
    from private.sanctions_in_force as sanction
    where sanction.user_id = refuse_against_staff.user_id
      and sanction.room_id = refuse_against_staff.room_id
      and sanction.kind = refuse_against_staff.kind
  ) then
    perform private.raise_error(409, 'sanction_in_force', 'The staff has decided this; it ends when they lift it, or by itself.');
  end if;
end;
$$;
comment on function private.refuse_against_staff(uuid, uuid, text) is
'Refuse to a room''s moderators what would undo or shorten a sanction of the staff in it: sanction_in_force (409)';

-- Security definer: who speaks in streams is asked for people who may not read it. A ban or a mute that holds everywhere holds at the LiveKit server at
-- once, and for as long as it lasts; that they may speak again is asked when it is over.
create or replace function private.tg_sanctions__hush_live()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.hush_live(stream.id, new.user_id, case when new.lifted_at is null then new.until end)
  from (
    select open.id
    from public.room_members as member
    join public.live_streams as open on open.room_id = member.room_id and open.ended_at is null
    where member.user_id = new.user_id
    order by open.id
  ) as stream;
  return null;
end;
$$;
create trigger _530_hush_live
  after insert or update of lifted_at on public.sanctions
  for each row
  when (new.room_id is null and new.kind <> 'warn')
  execute function private.tg_sanctions__hush_live();
