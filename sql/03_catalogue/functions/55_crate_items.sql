create or replace function private.item_as_seen(item public.crate_items)
returns public.crate_items
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_item public.crate_items := item_as_seen.item;
begin
  if v_item.added_by is null or not private.can_see_profile(v_item.added_by) then
    v_item.added_by := null;
    v_item.note := null;
  end if;
  return v_item;
end;
$$;
comment on function private.item_as_seen(public.crate_items) is
'An item as its changer is told of it: without the note and the name of somebody they cannot see';

-- Security definer: crates are nobody's to write directly. The track is locked before the crate (lock order in 20_counters.sql), so that it
-- cannot go with its artist while it is put in.
create or replace function private.add_to_crate(crate_id uuid, track_id uuid, note text)
returns public.crate_items
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_note text := nullif(btrim(add_to_crate.note, E' \t\r\n'), '');
  v_track public.tracks;
  v_crate public.crates;
  v_item public.crate_items;
begin
  if char_length(v_note) > 280 then
    perform private.raise_error(422, 'note_too_long', 'A note has at most 280 characters.');
  end if;
  select track.* into v_track from public.tracks as track where track.id = add_to_crate.track_id for key share;
  if v_track.id is null or not private.can_see_track(v_track.id) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  v_crate := private.lock_crate(add_to_crate.crate_id, 'editor');

  select item.* into v_item from public.crate_items as item where item.crate_id = v_crate.id and item.track_id = v_track.id;
  if found then
    return private.item_as_seen(v_item);
  end if;
  if v_track.status <> 'published' then
    perform private.raise_error(409, 'track_not_published', 'This track has not been published yet.');
  end if;
  if v_crate.item_count >= private.setting('crate_items_limit') then
    perform private.raise_error(409, 'crate_full', 'A crate cannot hold more tracks than this.', private.setting('crate_items_limit')::text);
  end if;
  perform private.take_token('fill_crate');
  insert into public.crate_items (crate_id, track_id, position, duration_ms, note, added_by, owner_id)
  select v_crate.id, v_track.id, coalesce(floor(max(item.position)), 0) + 1, v_track.duration_ms, v_note, v_user_id, v_crate.owner_id
  from public.crate_items as item
  where item.crate_id = v_crate.id
  returning * into v_item;
  return v_item;
end;
$$;

create or replace function private.lock_crate_item(item_id uuid)
returns public.crate_items
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_item public.crate_items;
begin
  select item.* into v_item from public.crate_items as item where item.id = lock_crate_item.item_id;
  -- An item of a crate one cannot see is as unknown as one that is not there.
  if v_item.id is null or not private.can_see_crate(v_item.crate_id) then
    perform private.raise_error(404, 'crate_item_not_found', 'There is no item of this id in a crate that you can see.');
  end if;
  perform private.lock_crate(v_item.crate_id, 'editor');
  select item.* into v_item from public.crate_items as item where item.id = lock_crate_item.item_id;
  if not found then
    perform private.raise_error(404, 'crate_item_not_found', 'There is no item of this id in a crate that you can see.');
  end if;
  return v_item;
end;
$$;
comment on function private.lock_crate_item(uuid) is 'An item the caller may change, as it is with its crate locked; else crate_item_not_found, crate_not_found (404), crate_not_yours (403)';

-- Security definer: as add_to_crate.
create or replace function private.remove_from_crate(item_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_item public.crate_items := private.lock_crate_item(remove_from_crate.item_id);
begin
  delete from public.crate_items as item where item.id = v_item.id;
end;
$$;

-- Security definer: as add_to_crate.
create or replace function private.note_crate_item(item_id uuid, note text)
returns public.crate_items
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_note text := nullif(btrim(note_crate_item.note, E' \t\r\n'), '');
  v_item public.crate_items;
begin
  if char_length(v_note) > 280 then
    perform private.raise_error(422, 'note_too_long', 'A note has at most 280 characters.');
  end if;
  v_item := private.lock_crate_item(note_crate_item.item_id);
  perform private.take_token('fill_crate');
  update public.crate_items as item
  set note = v_note, added_by = case when v_note is null then item.added_by else v_user_id end
  where item.id = v_item.id
  returning item.* into v_item;
  return private.item_as_seen(v_item);
end;
$$;

-- Security definer: as add_to_crate. A place is a fraction half-way between its neighbours; it is exact and grows by a digit when the same
-- gap is halved again and again. Only when one has become too long are the items of this crate, whose row is locked, numbered anew.
create or replace function private.move_crate_item(item_id uuid, after_item_id uuid)
returns public.crate_items
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_item public.crate_items := private.lock_crate_item(move_crate_item.item_id);
  v_after numeric;
  v_before numeric;
  v_place numeric;
begin
  perform private.take_token('fill_crate');
  if move_crate_item.after_item_id = v_item.id then
    return private.item_as_seen(v_item);
  end if;
  loop
    v_after := null;
    if move_crate_item.after_item_id is not null then
      select item.position into v_after
      from public.crate_items as item
      where item.id = move_crate_item.after_item_id and item.crate_id = v_item.crate_id;
      if not found then
        perform private.raise_error(404, 'crate_item_not_found', 'There is no item of this id in a crate that you can see.');
      end if;
    end if;
    v_before := (
      select min(item.position)
      from public.crate_items as item
      where item.crate_id = v_item.crate_id and item.id <> v_item.id and (v_after is null or item.position > v_after)
    );
    -- It is there already.
    if (v_after is null or v_item.position > v_after) and (v_before is null or v_item.position < v_before) then
      return private.item_as_seen(v_item);
    end if;
    v_place := trim_scale(case
      when v_after is null then ceil(v_before) - 1
      when v_before is null then floor(v_after) + 1
      else (v_after + v_before) * 0.5
    end);
    exit when scale(v_place) <= private.setting('crate_position_digits');

    update public.crate_items as item
    set position = placed.place
    from (
      select each.id, ceil(max(each.position) over ()) + row_number() over (order by each.position) as place
      from public.crate_items as each
      where each.crate_id = v_item.crate_id
    ) as placed
    where item.id = placed.id;
    select item.* into v_item from public.crate_items as item where item.id = v_item.id;
  end loop;

  update public.crate_items as item set position = v_place where item.id = v_item.id returning item.* into v_item;
  update public.crates as crate set updated_at = now() where crate.id = v_item.crate_id;
  return private.item_as_seen(v_item);
end;
$$;
