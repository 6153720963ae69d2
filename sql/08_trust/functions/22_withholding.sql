create or replace function private.lock_thing(target_kind text, target_id uuid, room_id uuid default null)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- A room is named of people, messages and rooms alone: what is locked before rooms is in none.
  if lock_thing.room_id is not null then
    perform from public.rooms as room where room.id = lock_thing.room_id for no key update;
  end if;
  case lock_thing.target_kind
    when 'post' then perform from public.posts as post where post.id = lock_thing.target_id for no key update;
    when 'track' then perform from public.tracks as track where track.id = lock_thing.target_id for no key update;
    when 'crate' then perform from public.crates as crate where crate.id = lock_thing.target_id for no key update;
    when 'profile' then perform from public.profiles as profile where profile.id = lock_thing.target_id for no key update;
    when 'comment' then perform from public.comments as comment where comment.id = lock_thing.target_id for no key update;
    when 'room' then perform from public.rooms as room where room.id = lock_thing.target_id for no key update;
    when 'message' then
      perform from public.messages as message where message.id = lock_thing.target_id for no key update;
      perform from public.direct_messages as message where message.id = lock_thing.target_id for no key update;
    when 'product' then perform from public.products as product where product.id = lock_thing.target_id for no key update;
    else null;
  end case;
end;
$$;
comment on function private.lock_thing(text, uuid, uuid) is
'Lock something that can be reported, and the room where what follows is done, in their order: after its case, before what is withheld and who is told';

create or replace function private.unremove_track(track_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  update public.tracks as track
  set status = track.removed_from, removed_from = null
  where track.id = unremove_track.track_id
    and track.status = 'removed'
    and not exists (select from private.withheld as held where held.target_id = track.id and held.target_kind = 'track')
    and not exists (
      select from private.claims as claim where claim.track_id = track.id and claim.has_removed and claim.status in ('upheld', 'countered')
    )
    and not exists (
      select from public.detections as detection where detection.track_id = track.id and detection.is_current and detection.has_removed
    );
  return found;
end;
$$;
comment on function private.unremove_track(uuid) is
$$Give a removed track its former status back, when nothing keeps it away any more; whether it did

It is locked, and whoever kept it away has taken their own row back: staff and reports in private.withheld, claims and detections by has_removed.$$;

-- Security definer: the marks are nobody's to write. Each kind's own rule of who sees it reads its mark: is_withheld of the row, hidden_profiles, the
-- status of a track.
create or replace function private.mark_withheld(target_kind text, target_id uuid, present boolean)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_room_id uuid;
  v_is_done boolean := false;
begin
  case mark_withheld.target_kind
    when 'profile' then
      perform from public.profiles as profile where profile.id = mark_withheld.target_id for no key update;
      if found and mark_withheld.present then
        insert into private.hidden_profiles (profile_id, reason) values (mark_withheld.target_id, 'moderation') on conflict do nothing;
      elsif found then
        delete from private.hidden_profiles as hidden where hidden.profile_id = mark_withheld.target_id and hidden.reason = 'moderation';
      end if;
      v_is_done := found;
    when 'post' then
      update public.posts as post set is_withheld = mark_withheld.present
      where post.id = mark_withheld.target_id and post.is_withheld <> mark_withheld.present;
      v_is_done := found;
    when 'comment' then
      update public.comments as comment set is_withheld = mark_withheld.present
      where comment.id = mark_withheld.target_id and comment.is_withheld <> mark_withheld.present;
      v_is_done := found;
    when 'track' then
      if mark_withheld.present then
        -- What something else has removed already is kept away by this too.
        v_is_done := exists (select from public.tracks as track where track.id = mark_withheld.target_id);
        update public.tracks as track set status = 'removed', removed_from = track.status
        where track.id = mark_withheld.target_id and track.status <> 'removed';
      else
        v_is_done := private.unremove_track(mark_withheld.target_id);
      end if;
    when 'crate' then
      update public.crates as crate set is_withheld = mark_withheld.present
      where crate.id = mark_withheld.target_id and crate.is_withheld <> mark_withheld.present;
      v_is_done := found;
    when 'room' then
      update public.rooms as room set is_withheld = mark_withheld.present
      where room.id = mark_withheld.target_id and room.is_withheld <> mark_withheld.present;
      v_is_done := found;
      if v_is_done then
        perform private.broadcast_room(mark_withheld.target_id, 'room_changed', '{"changed": ["visibility"]}');
      end if;
    when 'message' then
      update public.messages as message set is_withheld = mark_withheld.present
      where message.id = mark_withheld.target_id and message.is_withheld <> mark_withheld.present
      returning message.room_id into v_room_id;
      v_is_done := found;
      if v_is_done then
        -- Whoever shows it reads it again.
        perform private.broadcast_room(v_room_id, 'message_edited', jsonb_build_object('id', mark_withheld.target_id));
      else
        update public.direct_messages as message set is_withheld = mark_withheld.present
        where message.id = mark_withheld.target_id and message.is_withheld <> mark_withheld.present;
        v_is_done := found;
      end if;
    when 'product' then
      update public.products as product set is_withheld = mark_withheld.present
      where product.id = mark_withheld.target_id and product.is_withheld <> mark_withheld.present;
      v_is_done := found;
    else
      v_is_done := false;
  end case;
  return v_is_done;
end;
$$;
comment on function private.mark_withheld(text, uuid, boolean) is 'Set or take the mark that the rule of a kind reads, of a thing that is locked; whether it was another before, of a track that is withheld whether it is there';

create or replace function private.tell_decision(target_kind text, target_id uuid, subject_id uuid, action text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_kind text := tell_decision.target_kind;
  v_id uuid := tell_decision.target_id;
begin
  if tell_decision.subject_id is null then
    return;
  end if;
  -- Of what notifications show; of a message in a room, a product and what is deleted nothing but the words: what is told of a thing goes with it.
  if v_kind = 'message' and not exists (select from public.direct_messages as message where message.id = v_id) then
    v_kind := null;
  elsif v_kind in ('product', 'sanction') or tell_decision.action = 'delete' then
    v_kind := null;
  end if;
  perform private.notify(
    tell_decision.subject_id, 'moderation_decision', null, v_kind, case when v_kind is not null then v_id end,
    -- Each decision is told, and each in a row of its own.
    'decision:' || private.uuid_v7(),
    jsonb_build_object('action', tell_decision.action, 'target_kind', tell_decision.target_kind, 'target_id', tell_decision.target_id)
  );
end;
$$;
comment on function private.tell_decision(text, uuid, uuid, text) is
'Tell somebody what was decided about something of theirs: withheld, released, or the action of a case. Before a profile is hidden, and after it is shown again, as nobody is told while they are hidden';

-- Security definer: as mark_withheld.
create or replace function private.withhold(target_kind text, target_id uuid, subject_id uuid, reason text, case_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_before text;
begin
  perform private.lock_thing(withhold.target_kind, withhold.target_id);
  select held.reason into v_before
  from private.withheld as held
  where held.target_id = withhold.target_id and held.target_kind = withhold.target_kind
  for update;
  if v_before = 'decision' or v_before = withhold.reason then
    return false;
  end if;
  if v_before is not null then
    -- It is withheld for reports, and now for good.
    update private.withheld as held
    set reason = withhold.reason, case_id = withhold.case_id, since = now()
    where held.target_id = withhold.target_id and held.target_kind = withhold.target_kind;
    return true;
  end if;
  if withhold.target_kind = 'profile' and withhold.reason = 'reports' then
    perform private.tell_decision(withhold.target_kind, withhold.target_id, withhold.subject_id, 'withheld');
  end if;
  if not private.mark_withheld(withhold.target_kind, withhold.target_id, true) then
    return false;
  end if;
  insert into private.withheld (target_kind, target_id, reason, case_id)
  values (withhold.target_kind, withhold.target_id, withhold.reason, withhold.case_id)
  on conflict (target_id, target_kind) do nothing;
  if withhold.reason = 'reports' then
    perform private.log_decision(
      'withheld_for_reports', withhold.target_kind, withhold.target_id, withhold.subject_id, null, '{"is_withheld": false}',
      jsonb_build_object('is_withheld', true, 'weight', private.open_weight(withhold.target_kind, withhold.target_id)), withhold.case_id,
      actor_id => null
    );
    if withhold.target_kind <> 'profile' then
      perform private.tell_decision(withhold.target_kind, withhold.target_id, withhold.subject_id, 'withheld');
    end if;
  end if;
  return true;
end;
$$;
comment on function private.withhold(text, uuid, uuid, text, uuid) is
$$Keep something from all but its author and staff, until it is released; whether that is new

reason: reports (the author is told here, and it is logged as done by nobody) or decision (whoever decides tells and logs).$$;

-- Security definer: as mark_withheld.
create or replace function private.release(target_kind text, target_id uuid, subject_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.lock_thing(release.target_kind, release.target_id);
  delete from private.withheld as held where held.target_id = release.target_id and held.target_kind = release.target_kind;
  if not found then
    return false;
  end if;
  -- A track that a claim or a detection keeps away is not shown, so nobody is told that it is.
  if private.mark_withheld(release.target_kind, release.target_id, false) then
    perform private.tell_decision(release.target_kind, release.target_id, release.subject_id, 'released');
  end if;
  return true;
end;
$$;
comment on function private.release(text, uuid, uuid) is 'Show again what is withheld, unless a track is kept away by something else too, and tell its author; whether it was';

create or replace function private.target_facts(target_kind text, target_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_fields jsonb := (select thing.copy from private.reported(target_facts.target_kind, target_facts.target_id) as thing);
begin
  -- What was decided about, without anybody's words.
  return jsonb_strip_nulls(jsonb_build_object(
    'is_there', v_fields is not null and v_fields ->> 'deleted_at' is null,
    'is_withheld', exists (
      select from private.withheld as held where held.target_id = target_facts.target_id and held.target_kind = target_facts.target_kind
    ),
    'status', v_fields -> 'status', 'is_active', v_fields -> 'is_active', 'deleted_at', v_fields -> 'deleted_at',
    'reaction_count', case
      when v_fields ? 'reactions' then (select coalesce(sum(counted.number::int), 0) from jsonb_each_text(v_fields -> 'reactions') as counted (emoji, number))
    end
  ));
end;
$$;
comment on function private.target_facts(text, uuid) is 'How something stands, for the log: {is_there, is_withheld, status, is_active, deleted_at, reaction_count}, as far as its kind has them';

-- Security definer: what others have made is nobody's to delete. By the same ways as their own authors delete it.
create or replace function private.delete_target(target_kind text, target_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_owner_id uuid;
  v_comment public.comments;
begin
  case delete_target.target_kind
    when 'post' then
      v_owner_id := (select post.author_id from public.posts as post where post.id = delete_target.target_id);
      perform from public.profiles as profile where profile.id = v_owner_id for no key update;
      return private.bury_post(delete_target.target_id);
    when 'comment' then
      select comment.* into v_comment from public.comments as comment where comment.id = delete_target.target_id;
      perform private.lock_target(v_comment.target_kind, v_comment.target_id);
      update public.comments as comment set deleted_at = now() where comment.id = delete_target.target_id and comment.deleted_at is null;
      return found;
    when 'message' then
      update public.messages as message set deleted_at = now()
      where message.id = delete_target.target_id and message.deleted_at is null and message.kind = 'text';
      if found then
        return true;
      end if;
      perform
      from public.conversations as conversation
      where conversation.id = (
        select message.conversation_id from public.direct_messages as message where message.id = delete_target.target_id
      )
      for update;
      update public.direct_messages as message set deleted_at = now(), body = null, track_id = null, crate_id = null
      where message.id = delete_target.target_id and message.deleted_at is null;
      return found;
    when 'crate' then
      v_owner_id := (select crate.owner_id from public.crates as crate where crate.id = delete_target.target_id);
      perform from public.profiles as profile where profile.id = v_owner_id for no key update;
      return private.bury_crate(delete_target.target_id);
    when 'room' then
      v_owner_id := (select room.owner_id from public.rooms as room where room.id = delete_target.target_id);
      perform from public.profiles as profile where profile.id = v_owner_id for no key update;
      perform from public.rooms as room where room.id = delete_target.target_id for no key update;
      perform private.bury_room(delete_target.target_id);
      return true;
    when 'product' then
      perform from public.products as product where product.id = delete_target.target_id for no key update;
      if exists (select from public.order_lines as line where line.product_id = delete_target.target_id) then
        -- Who bought it keeps what they have; nobody buys it any more.
        update public.products as product set is_active = false where product.id = delete_target.target_id and product.is_active;
        return false;
      end if;
      delete from public.products as product where product.id = delete_target.target_id;
      return found;
    else
      return false;
  end case;
end;
$$;
comment on function private.delete_target(text, uuid) is
$$Delete what somebody else has made, as they would themselves; true when it is gone

False of what cannot go: a track, whose file a claim or an appeal may need, a product that was sold; they are withheld for good instead.$$;
