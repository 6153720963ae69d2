-- Security definer: readers is nobody's to write. Each row is changed by what is new in it, under its lock, so that of two blocks of one person
-- neither loses the other's. The rows come last in the lock order, in the order of their people.
create or replace function private.tg_blocks__keep_readers()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into private.readers as kept (profile_id, blocked_ids, blocker_ids)
    select
      side.profile_id,
      coalesce(array_agg(side.blocked_id) filter (where side.blocked_id is not null), '{}'),
      coalesce(array_agg(side.blocker_id) filter (where side.blocker_id is not null), '{}')
    from (
      select block.blocker_id, block.blocked_id, null from changed as block
      union all
      select block.blocked_id, null, block.blocker_id from changed as block
    ) as side (profile_id, blocked_id, blocker_id)
    group by side.profile_id
    order by side.profile_id
    on conflict (profile_id) do update
    set blocked_ids = kept.blocked_ids || excluded.blocked_ids, blocker_ids = kept.blocker_ids || excluded.blocker_ids;
    return null;
  end if;

  perform
  from private.readers as kept
  where kept.profile_id in (select block.blocker_id from changed as block union select block.blocked_id from changed as block)
  order by kept.profile_id
  for no key update;
  update private.readers as kept
  set blocked_ids = array(
      select of.id from unnest(kept.blocked_ids) as of (id)
      where of.id not in (select block.blocked_id from changed as block where block.blocker_id = kept.profile_id)
    ),
    blocker_ids = array(
      select of.id from unnest(kept.blocker_ids) as of (id)
      where of.id not in (select block.blocker_id from changed as block where block.blocked_id = kept.profile_id)
    )
  where kept.profile_id in (select block.blocker_id from changed as block union select block.blocked_id from changed as block);
  return null;
end;
$$;
create trigger _900_keep_readers
  after insert on public.blocks
  referencing new table as changed
  for each statement execute function private.tg_blocks__keep_readers();
create trigger _900_keep_readers_delete
  after delete on public.blocks
  referencing old table as changed
  for each statement execute function private.tg_blocks__keep_readers();

-- Security definer: as tg_blocks__keep_readers.
create or replace function private.tg_mutes__keep_readers()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into private.readers as kept (profile_id, muted_ids)
    select mute.muter_id, array_agg(mute.muted_id)
    from changed as mute
    group by mute.muter_id
    order by mute.muter_id
    on conflict (profile_id) do update set muted_ids = kept.muted_ids || excluded.muted_ids;
    return null;
  end if;

  perform
  from private.readers as kept
  where kept.profile_id in (select mute.muter_id from changed as mute)
  order by kept.profile_id
  for no key update;
  update private.readers as kept
  set muted_ids = array(
    select of.id from unnest(kept.muted_ids) as of (id)
    where of.id not in (select mute.muted_id from changed as mute where mute.muter_id = kept.profile_id)
  )
  where kept.profile_id in (select mute.muter_id from changed as mute);
  return null;
end;
$$;
create trigger _900_keep_readers
  after insert on public.mutes
  referencing new table as changed
  for each statement execute function private.tg_mutes__keep_readers();
create trigger _900_keep_readers_delete
  after delete on public.mutes
  referencing old table as changed
  for each statement execute function private.tg_mutes__keep_readers();

create or replace function private.lock_reader_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- Whoever takes a block or a mute back holds its row, and then waits for those of the readers.
  perform
  from public.blocks as block
  where block.blocker_id = any (lock_reader_ties.user_ids) or block.blocked_id = any (lock_reader_ties.user_ids)
  order by block.blocker_id, block.blocked_id
  for update;
  perform
  from public.mutes as mute
  where mute.muter_id = any (lock_reader_ties.user_ids) or mute.muted_id = any (lock_reader_ties.user_ids)
  order by mute.muter_id, mute.muted_id
  for update;
  perform
  from private.readers as kept
  where kept.profile_id = any (lock_reader_ties.user_ids)
    or kept.profile_id in (
      select block.blocker_id from public.blocks as block where block.blocked_id = any (lock_reader_ties.user_ids)
      union all
      select block.blocked_id from public.blocks as block where block.blocker_id = any (lock_reader_ties.user_ids)
      union all
      select mute.muter_id from public.mutes as mute where mute.muted_id = any (lock_reader_ties.user_ids)
    )
  order by kept.profile_id
  for update;
end;
$$;
comment on function private.lock_reader_ties(uuid[]) is 'Before accounts are erased, last of all: lock whom they have blocked and muted and who them, then whom lists leave out for these';

-- Security definer: blocking also removes what ties the two, which neither may do for the other.
create or replace function private.set_block(username text, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user();
  v_other_id uuid;
begin
  if not set_block.present then
    perform private.take_token('block');
    -- One's own is taken back whoever it is of; about others the answer tells no more than their page.
    delete from public.blocks as block
    using public.profiles as profile
    where profile.username = lower(btrim(set_block.username))
      and block.blocker_id = v_user_id
      and block.blocked_id = profile.id;
    if not found then
      perform private.visible_profile(set_block.username);
    end if;
    return jsonb_build_object('is_blocked', false);
  end if;

  -- One may block who has blocked oneself, so this looks past blocks; only hidden profiles are unknown.
  select profile.id into v_other_id
  from public.profiles as profile
  where profile.username = lower(btrim(set_block.username))
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = profile.id);
  if not found then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;

  perform private.refuse_leaving(private.lock_pair(v_user_id, v_other_id));
  perform private.take_token('block');
  insert into public.blocks (blocker_id, blocked_id) values (v_user_id, v_other_id) on conflict do nothing;
  return jsonb_build_object('is_blocked', true);
end;
$$;

-- Security definer: writes only the caller's own mutes, by a username looked up past their rights.
create or replace function private.set_mute(username text, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user();
  v_other_id uuid;
begin
  perform private.take_token('block');

  if not set_mute.present then
    delete from public.mutes as mute
    using public.profiles as profile
    where profile.username = lower(btrim(set_mute.username))
      and mute.muter_id = v_user_id
      and mute.muted_id = profile.id;
    if not found then
      perform private.visible_profile(set_mute.username);
    end if;
    return jsonb_build_object('is_muted', false);
  end if;

  v_other_id := (private.visible_profile(set_mute.username)).id;
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  if not private.stays(v_other_id) then
    perform private.refuse_leaving(array[v_other_id]);
  end if;
  insert into public.mutes (muter_id, muted_id) values (v_user_id, v_other_id) on conflict do nothing;
  return jsonb_build_object('is_muted', true);
end;
$$;

-- Security definer: the caller's own blocks, with the names of people whose profiles the block hides from them.
create or replace function private.my_blocks(after text, page_size int)
returns setof public.profile_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_place text[] := private.decode_place('my_blocks', my_blocks.after, '{timestamptz,uuid}');
begin
  perform private.require_signed_in();
  return query
  select profile.id, profile.username, profile.display_name, null::text, false, false,
    private.encode_cursor('my_blocks', jsonb_build_array(block.created_at, block.blocked_id)::text)
  from public.blocks as block
  join public.profiles as profile on profile.id = block.blocked_id
  where block.blocker_id = v_user_id
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = profile.id)
    and (block.created_at, block.blocked_id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
  order by block.created_at desc, block.blocked_id desc
  limit private.page_size(my_blocks.page_size);
end;
$$;

-- Security definer: the caller's own mutes, with names.
create or replace function private.my_mutes(after text, page_size int)
returns setof public.profile_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_place text[] := private.decode_place('my_mutes', my_mutes.after, '{timestamptz,uuid}');
begin
  perform private.require_signed_in();
  return query
  select profile.id, profile.username, profile.display_name, profile.avatar_path, private.is_verified(profile.id),
    private.is_followed_by_me(profile.id),
    private.encode_cursor('my_mutes', jsonb_build_array(mute.created_at, mute.muted_id)::text)
  from public.mutes as mute
  join public.profiles as profile on profile.id = mute.muted_id
  where mute.muter_id = v_user_id
    and private.can_see_profile(profile.id)
    and (mute.created_at, mute.muted_id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
  order by mute.created_at desc, mute.muted_id desc
  limit private.page_size(my_mutes.page_size);
end;
$$;
