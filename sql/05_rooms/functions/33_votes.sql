-- In this form, and without search_path, it becomes part of the query that asks.
create or replace function private.vote_slot()
returns int
language sql
stable
security invoker
begin atomic
  select pg_backend_pid() % 16;
end;
comment on function private.vote_slot() is 'The slot in which this connection counts votes: one of sixteen, whatever plays';

create or replace function private.votes_of(item_id uuid)
returns table (up_count int, down_count int)
language sql
stable
security invoker
begin atomic
  select
    coalesce(sum(slot.up_count)::int, (select item.up_count from public.queue_items as item where item.id = votes_of.item_id)),
    coalesce(sum(slot.down_count)::int, (select item.down_count from public.queue_items as item where item.id = votes_of.item_id))
  from private.vote_slots as slot
  where slot.item_id = votes_of.item_id;
end;
comment on function private.votes_of(uuid) is 'The votes on one item: of what plays from its slots, else as they stand in its row';

create or replace function private.open_slot(item_id uuid, ups int, downs int)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform from private.vote_slots as first where first.item_id = open_slot.item_id and first.slot = -1 for key share;
  if not found then
    return false;
  end if;
  insert into private.vote_slots as slot (item_id, slot, up_count, down_count)
  values (open_slot.item_id, private.vote_slot(), open_slot.ups, open_slot.downs)
  on conflict on constraint vote_slots_pkey do update
  set up_count = slot.up_count + excluded.up_count, down_count = slot.down_count + excluded.down_count;
  return true;
end;
$$;
comment on function private.open_slot(uuid, int, int) is
$$Add to the votes of what plays in a slot that nobody has counted in yet; false when it does not play

The item's first slot is held meanwhile, which close_item takes before all others: none is made that it does not count.$$;

create or replace function private.count_in_slot(item_id uuid, ups int, downs int)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  update private.vote_slots as slot
  set up_count = slot.up_count + count_in_slot.ups, down_count = slot.down_count + count_in_slot.downs
  where slot.item_id = count_in_slot.item_id and slot.slot = private.vote_slot();
  return case when found then true else private.open_slot(count_in_slot.item_id, count_in_slot.ups, count_in_slot.downs) end;
end;
$$;
comment on function private.count_in_slot(uuid, int, int) is 'Add to the votes of what plays; false when it does not';

create or replace function private.count_vote(item_id uuid, ups int, downs int)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  update public.queue_items as item
  set up_count = item.up_count + count_vote.ups, down_count = item.down_count + count_vote.downs
  where item.id = count_vote.item_id and item.status <> 'playing';
  return case when found then true else private.count_in_slot(count_vote.item_id, count_vote.ups, count_vote.downs) end;
end;
$$;
comment on function private.count_vote(uuid, int, int) is
'Add to the votes of an item: to its row, or while it plays to the slot of this connection. False when it was over in between';

-- Security definer: the counts are nobody's to write. Votes that come are counted by vote_track itself.
create or replace function private.tg_queue_votes__uncount()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not private.count_vote(old.item_id, -(old.value = 1)::int, -(old.value = -1)::int) then
    -- It ended meanwhile, and its row holds the counts again.
    perform private.count_vote(old.item_id, -(old.value = 1)::int, -(old.value = -1)::int);
  end if;
  return null;
end;
$$;
create trigger _500_uncount
  after delete on public.queue_votes
  for each row execute function private.tg_queue_votes__uncount();

-- Security definer: as tg_queue_votes__uncount.
create or replace function private.tg_skip_votes__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_item public.queue_items;
begin
  update public.queue_items as item
  set skip_vote_count = item.skip_vote_count + case tg_op when 'INSERT' then 1 else -1 end
  where item.id = coalesce(new.item_id, old.item_id)
  returning item.* into v_item;
  if v_item.status = 'playing' then
    perform private.leave_to_tell(v_item.id);
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete on public.skip_votes
  for each row execute function private.tg_skip_votes__count();

create or replace function private.refuse_vote(item_id uuid, value int)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_item public.queue_items;
begin
  select item.* into v_item from public.queue_items as item where item.id = refuse_vote.item_id;
  if v_item.id is null or not private.can_see_room(v_item.room_id) then
    perform private.raise_error(404, 'item_not_found', 'There is nothing of this id in a queue that you can see.');
  end if;
  perform private.require_room_reader(v_item.room_id);
  if v_item.status not in ('queued', 'playing') then
    perform private.raise_error(409, 'item_not_open', 'This is not queued any more.');
  end if;
  if refuse_vote.value is not null and v_item.added_by = v_user_id then
    perform private.raise_error(403, 'own_item', 'Nobody votes on what they have queued themselves.');
  end if;
  if not exists (
    select
    from public.room_presence as presence
    where presence.room_id = v_item.room_id
      and presence.user_id = v_user_id
      and presence.last_seen_at > now() - make_interval(secs => private.setting('room_active_seconds')::int)
  ) then
    perform private.raise_error(403, 'not_active_in_room', 'Votes are for who is in the room at present.', 'Call heartbeat.');
  end if;
  if refuse_vote.value = -1
    and not (select room.downvotes_enabled from public.rooms as room where room.id = v_item.room_id)
  then
    perform private.raise_error(409, 'downvotes_disabled', 'This room has no votes down.');
  end if;
end;
$$;
comment on function private.refuse_vote(uuid, int) is 'Say why somebody may not vote on an item; value null is a vote to skip. Returns when they may';

-- Security definer: votes and their counts are nobody's to write directly.
--
-- Everybody votes on what plays at once, nearly always for the first time: one statement asks all that decides and stores the vote, which is then
-- counted in a slot; whatever is not stored so is looked at one thing after the other, which finds the reason. The commit does not wait for the
-- disk, and the room is told by tell_votes (docs/decisions/0080).
create or replace function private.vote_track(item_id uuid, value int)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_is_held constant boolean := private.hold_person(v_user_id);
  v_is_counted boolean;
  v_answer jsonb;
begin
  insert into public.queue_votes as vote (item_id, user_id, value)
  select item.id, v_user_id, vote_track.value
  from public.queue_items as item
  where item.id = vote_track.item_id
    and v_is_held
    and item.status in ('queued', 'playing')
    and item.added_by is distinct from v_user_id
    -- Of this room alone: as a join it walks along all the rooms somebody is in.
    and exists (
      select
      from public.room_presence as presence
      where presence.room_id = item.room_id
        and presence.user_id = v_user_id
        and presence.last_seen_at > now() - make_interval(secs => (
          select setting.value from private.settings as setting where setting.name = 'room_active_seconds'
        ))
      offset 0
    )
    and exists (
      select
      from public.rooms as room
      where room.id = item.room_id
        and not room.is_withheld
        and (vote_track.value = 1 or (vote_track.value = -1 and room.downvotes_enabled))
      offset 0
    )
    and exists (select from public.feature_flags as flag where flag.name = 'rooms' and flag.is_enabled)
    and not exists (
      select from private.hidden_profiles as hidden where hidden.profile_id = v_user_id and hidden.reason = 'deletion' offset 0
    )
    and not exists (
      select from private.sanctions_in_force as sanction
      where sanction.user_id = v_user_id and sanction.kind = 'ban' and sanction.room_id is null
      offset 0
    )
  on conflict do nothing;
  if not found then
    return private.change_vote(vote_track.item_id, vote_track.value);
  end if;

  perform set_config('synchronous_commit', 'off', true);
  update private.vote_slots as slot
  set up_count = slot.up_count + (vote_track.value = 1)::int, down_count = slot.down_count + (vote_track.value = -1)::int
  where slot.item_id = vote_track.item_id and slot.slot = private.vote_slot();
  v_is_counted := found;
  if not v_is_counted then
    v_is_counted := private.open_slot(vote_track.item_id, (vote_track.value = 1)::int, (vote_track.value = -1)::int);
  end if;
  if v_is_counted then
    return (
      select jsonb_build_object('up_count', sum(slot.up_count), 'down_count', sum(slot.down_count), 'my_vote', vote_track.value)
      from private.vote_slots as slot
      where slot.item_id = vote_track.item_id
    );
  end if;
  update public.queue_items as item
  set up_count = item.up_count + (vote_track.value = 1)::int, down_count = item.down_count + (vote_track.value = -1)::int
  where item.id = vote_track.item_id and item.status = 'queued'
  returning jsonb_build_object('up_count', item.up_count, 'down_count', item.down_count, 'my_vote', vote_track.value) into v_answer;
  if not found then
    -- It has begun this moment, or is over.
    perform private.count_open_vote(vote_track.item_id, (vote_track.value = 1)::int, (vote_track.value = -1)::int);
    v_answer := private.vote_answer(vote_track.item_id, vote_track.value);
  end if;
  return v_answer;
end;
$$;

create or replace function private.count_open_vote(item_id uuid, ups int, downs int)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- Twice, as it may begin in between.
  for v_try in 1 .. 2 loop
    if private.count_in_slot(count_open_vote.item_id, count_open_vote.ups, count_open_vote.downs) then
      return;
    end if;
    update public.queue_items as item
    set up_count = item.up_count + count_open_vote.ups, down_count = item.down_count + count_open_vote.downs
    where item.id = count_open_vote.item_id and item.status = 'queued';
    if found then
      return;
    end if;
  end loop;
  perform private.raise_error(409, 'item_not_open', 'This is not queued any more.');
end;
$$;
comment on function private.count_open_vote(uuid, int, int) is 'Add to the votes of an item that is queued or plays; else item_not_open (409)';

create or replace function private.vote_answer(item_id uuid, value int)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object('up_count', votes.up_count, 'down_count', votes.down_count, 'my_vote', vote_answer.value)
  from private.votes_of(vote_answer.item_id) as votes
$$;

create or replace function private.change_vote(item_id uuid, value int)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid;
  v_old int;
begin
  v_user_id := private.acting_user('rooms');
  if change_vote.value is null or change_vote.value not in (-1, 0, 1) then
    perform private.raise_error(422, 'vote_unknown', 'A vote is 1, 0 or −1.');
  end if;
  perform private.refuse_vote(change_vote.item_id, change_vote.value);

  select vote.value into v_old
  from public.queue_votes as vote
  where vote.item_id = change_vote.item_id and vote.user_id = v_user_id
  for update;
  if coalesce(v_old, 0) <> change_vote.value then
    perform private.take_token('change_vote');
    if change_vote.value = 0 then
      delete from public.queue_votes as vote where vote.item_id = change_vote.item_id and vote.user_id = v_user_id;
      if not exists (
        select from public.queue_items as item where item.id = change_vote.item_id and item.status in ('queued', 'playing')
      ) then
        -- It ended while this waited for it, and is in the history with this vote.
        perform private.raise_error(409, 'item_not_open', 'This is not queued any more.');
      end if;
    else
      insert into public.queue_votes as vote (item_id, user_id, value)
      values (change_vote.item_id, v_user_id, change_vote.value)
      on conflict (item_id, user_id) do update
        set value = excluded.value, voted_at = clock_timestamp()
        where vote.value = v_old;
      if not found then
        -- The same person has voted a second time this moment.
        return private.change_vote(change_vote.item_id, change_vote.value);
      end if;
      perform private.count_open_vote(
        change_vote.item_id,
        (change_vote.value = 1)::int - (v_old is not distinct from 1)::int,
        (change_vote.value = -1)::int - (v_old is not distinct from -1)::int
      );
    end if;
    -- What is taken back leaves no vote to be found by.
    perform private.leave_to_tell(change_vote.item_id);
  end if;
  return private.vote_answer(change_vote.item_id, change_vote.value);
end;
$$;
comment on function private.change_vote(uuid, int) is
'What vote_track does not do at once: votes that are changed, taken back or said again, and the reason why one may not vote';

create or replace function private.leave_to_tell(item_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
begin
  insert into private.vote_pulses as pulse (item_id, told_at, up_count, down_count)
  values (leave_to_tell.item_id, '-infinity', 0, 0)
  on conflict (item_id) do update set is_settled = false where pulse.is_settled;
end;
$$;
comment on function private.leave_to_tell(uuid) is 'Have tell_votes look at an item again that is queued or plays';

create or replace function private.tell_votes_of(item public.queue_items, ups int, downs int, skips int)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_before constant int := coalesce((
    select pulse.up_count + pulse.down_count from private.vote_pulses as pulse where pulse.item_id = (tell_votes_of.item).id
  ), 0);
begin
  insert into private.vote_pulses as pulse (item_id, told_at, up_count, down_count, skip_count, is_settled)
  values ((tell_votes_of.item).id, clock_timestamp(), tell_votes_of.ups, tell_votes_of.downs, tell_votes_of.skips, true)
  on conflict (item_id) do update
    set told_at = excluded.told_at, up_count = excluded.up_count, down_count = excluded.down_count, skip_count = excluded.skip_count,
        is_settled = true;
  update public.queue_items as item
  set up_count = tell_votes_of.ups, down_count = tell_votes_of.downs
  where item.id = (tell_votes_of.item).id and item.status = 'playing';
  perform private.broadcast_room((tell_votes_of.item).room_id, 'vote_changed', jsonb_build_object(
    'item_id', (tell_votes_of.item).id, 'up_count', tell_votes_of.ups, 'down_count', tell_votes_of.downs,
    'skip_votes', tell_votes_of.skips
  ));
  if tell_votes_of.ups + tell_votes_of.downs > v_before then
    perform private.bump_room_activity((tell_votes_of.item).room_id, tell_votes_of.ups + tell_votes_of.downs - v_before);
  end if;
end;
$$;
comment on function private.tell_votes_of(public.queue_items, int, int, int) is 'Tell vote_changed, and what trending_rooms weighs. A part of tell_votes, which sees to the second between';

-- Security definer: service_role reads no votes. Whoever votes leaves nothing but the vote: what is new is found by its time. One run at a time:
-- who finds another at it leaves it to that one.
create or replace function private.tell_votes(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_size constant int := least(greatest(coalesce(tell_votes.size, 1000), 1), 10000);
  v_now constant timestamptz := clock_timestamp();
  v_pause constant interval := make_interval(secs => private.setting('votes_told_seconds'));
  v_since timestamptz;
  v_item public.queue_items;
  v_pulse private.vote_pulses;
  v_ups int;
  v_downs int;
  v_skips int;
  v_is_known boolean;
  v_seen int := 0;
  v_told int := 0;
  v_is_whole boolean := true;
  v_session_ids uuid[] := '{}';
begin
  select sweep.swept_at into v_since from private.vote_sweep as sweep for no key update skip locked;
  if not found then
    insert into private.vote_sweep (swept_at) values (v_now - interval '1 minute') on conflict do nothing returning swept_at into v_since;
    if not found then
      return 0;
    end if;
  end if;
  for v_item in
    select item.*
    from (
      -- A vote is dated when its transaction began, and there when that ended.
      select vote.item_id from public.queue_votes as vote where vote.voted_at > v_since - interval '5 seconds'
      union
      select pulse.item_id from private.vote_pulses as pulse where not pulse.is_settled
    ) as changed
    join public.queue_items as item on item.id = changed.item_id and item.status in ('queued', 'playing')
    left join private.vote_pulses as pulse on pulse.item_id = changed.item_id
    cross join lateral private.votes_of(changed.item_id) as votes
    where (votes.up_count, votes.down_count) is distinct from (pulse.up_count, pulse.down_count) or not pulse.is_settled
    limit v_size
  loop
    v_seen := v_seen + 1;
    if v_item.status = 'playing' then
      -- Before its pulse, as close_item does. Whoever holds it may be ending it: it is looked at again.
      perform from public.queue_items as item where item.id = v_item.id and item.status = 'playing' for no key update skip locked;
      if not found then
        v_is_whole := false;
        continue;
      end if;
    end if;
    -- Counted anew with the pulse in hand: who changes a vote after this waits, and leaves it to be told the next time.
    select pulse.* into v_pulse from private.vote_pulses as pulse where pulse.item_id = v_item.id for update;
    select votes.up_count, votes.down_count, item.skip_vote_count into v_ups, v_downs, v_skips
    from public.queue_items as item
    cross join lateral private.votes_of(item.id) as votes
    where item.id = v_item.id;
    v_is_known := (v_ups, v_downs, v_skips) is not distinct from (v_pulse.up_count, v_pulse.down_count, v_pulse.skip_count);
    if v_is_known or v_pulse.told_at > v_now - v_pause then
      update private.vote_pulses as pulse set is_settled = v_is_known where pulse.item_id = v_item.id;
      continue;
    end if;
    perform private.tell_votes_of(v_item, v_ups, v_downs, v_skips);
    v_told := v_told + 1;
    if v_item.status = 'queued' and v_item.session_id <> all (v_session_ids) then
      v_session_ids := v_session_ids || v_item.session_id;
    end if;
  end loop;
  perform private.renew_session_view(session.id) from unnest(v_session_ids) as session (id);
  -- Of what was taken from the queue meanwhile nothing is told any more: here, as whoever takes it holds what is waited for above.
  delete from private.vote_pulses as pulse
  where pulse.item_id = any (array(
    select old.item_id
    from private.vote_pulses as old
    join public.queue_items as item on item.id = old.item_id and item.status not in ('queued', 'playing')
    where not old.is_settled
    limit v_size
    for update of old skip locked
  ));
  if v_is_whole and v_seen < v_size then
    update private.vote_sweep as sweep set swept_at = v_now;
  end if;
  return v_told;
end;
$$;

create or replace function private.skip_votes_needed(room_id uuid)
returns int
language sql
stable
security invoker
set search_path = ''
as $$
  select greatest(
    room.vote_skip_minimum,
    ceil(room.vote_skip_ratio * private.active_listeners(room.id, private.setting('skip_active_seconds')::int))
  )::int
  from public.rooms as room
  where room.id = skip_votes_needed.room_id
$$;
comment on function private.skip_votes_needed(uuid) is 'How many votes skip what plays in a room, for those who were active in the last 3 minutes (setting skip_active_seconds)';

-- Security definer: as vote_track. The session is held while votes to skip are counted: of two that come at once one sees the other.
create or replace function private.vote_skip(item_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_item public.queue_items := private.lock_queue_item(vote_skip.item_id);
  v_session public.dj_sessions;
  v_now timestamptz;
  v_margin constant interval := make_interval(secs => private.setting('skip_margin_seconds')::int);
  v_is_new boolean;
  v_votes int;
  v_needed int;
  v_skips boolean;
begin
  perform private.refuse_vote(v_item.id, null);
  if v_item.status <> 'playing' then
    perform private.raise_error(409, 'not_playing', 'Only what plays can be skipped.');
  end if;
  select session.* into v_session from public.dj_sessions as session where session.id = v_item.session_id;
  if v_session.mode = 'artist' or not (select room.vote_skip_enabled from public.rooms as room where room.id = v_item.room_id) then
    perform private.raise_error(409, 'vote_skip_disabled', 'Nothing is skipped by vote here.');
  end if;
  v_now := coalesce(v_session.paused_at, clock_timestamp());
  if v_now < v_item.started_at + v_margin then
    perform private.raise_error(409, 'too_early_to_skip', 'Give it some seconds first.', v_margin::text);
  end if;
  if v_now > v_item.ends_at - v_margin then
    perform private.raise_error(409, 'too_late_to_skip', 'It is about to end.');
  end if;

  insert into public.skip_votes (item_id, user_id) values (v_item.id, v_user_id) on conflict do nothing;
  v_is_new := found;
  v_votes := (select item.skip_vote_count from public.queue_items as item where item.id = v_item.id);
  v_needed := private.skip_votes_needed(v_item.room_id);
  v_skips := v_votes >= v_needed;
  if v_skips then
    perform private.advance(v_session, true, 'vote');
  end if;
  -- Last, as tell_votes holds pulses when it comes here.
  if v_is_new then
    perform private.bump_room_activity(v_item.room_id);
  end if;
  return jsonb_build_object('votes', v_votes, 'needed', v_needed, 'skipped', v_skips);
end;
$$;
