-- Security definer: reads every table the data map registers, for the caller's own rows alone.
create or replace function private.export_my_data()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_export jsonb;
  v_entry private.data_map;
  v_rows jsonb;
begin
  perform private.require_signed_in();
  if not exists (select from public.profiles as profile where profile.id = v_user_id) then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  perform private.take_token('export');

  v_export := jsonb_build_object('exported_at', now(), 'user_id', v_user_id);
  for v_entry in
    select entry.* from private.data_map as entry where entry.is_exported order by entry.table_name, entry.person_column
  loop
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(row) - $2), ''[]'') from %s as row where row.%I = $1', v_entry.table_name::regclass, v_entry.person_column
    ) into v_rows using v_user_id, v_entry.withheld_columns;
    v_export := jsonb_set(
      v_export, array[v_entry.table_name], coalesce(v_export -> v_entry.table_name, '[]'::jsonb) || v_rows
    );
  end loop;
  return v_export;
end;
$$;

-- Security definer: hides the profile and ends the sessions, which no client may do by itself.
create or replace function private.delete_my_account(confirm_username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_username text;
  v_erase_after timestamptz;
begin
  perform private.require_signed_in();
  -- Asked first: whoever is waited for by their own account cannot be put out of a room at that moment (stays).
  select profile.username into v_username from public.profiles as profile where profile.id = v_user_id;
  if not found then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  if lower(btrim(delete_my_account.confirm_username)) is distinct from v_username then
    perform private.raise_error(422, 'confirmation_mismatch', 'Give your own username to confirm.');
  end if;
  perform private.lock_leaving(array[v_user_id]);

  -- Roles change one at a time (set_staff_role); who has none need not wait.
  if exists (select from private.staff as staff where staff.user_id = v_user_id) then
    lock table private.staff in share row exclusive mode;
  end if;
  perform from public.profiles as profile where profile.id = v_user_id for no key update;
  if not found then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  if exists (select from private.staff as staff where staff.user_id = v_user_id and staff.role = 'super_admin')
    and not exists (
      select from private.staff as staff
      where staff.role = 'super_admin'
        and staff.user_id <> v_user_id
        and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = staff.user_id)
    )
  then
    perform private.raise_error(409, 'last_super_admin', 'The last super admin keeps the role.');
  end if;

  insert into private.account_deletions (user_id, erase_after)
  values (v_user_id, now() + make_interval(days => private.setting('erase_after_days')::int))
  on conflict (user_id) do nothing;
  select deletion.erase_after into v_erase_after from private.account_deletions as deletion where deletion.user_id = v_user_id;

  insert into private.hidden_profiles (profile_id, reason) values (v_user_id, 'deletion') on conflict do nothing;
  delete from auth.sessions as session where session.user_id = v_user_id;
  return jsonb_build_object('erase_after', v_erase_after);
end;
$$;

-- Security definer: as delete_my_account.
create or replace function private.restore_my_account()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_was_leaving boolean;
begin
  perform private.require_signed_in();
  if not exists (select from public.profiles as profile where profile.id = v_user_id) then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  -- Waits for an erasure under way: then there is nothing left to restore.
  delete from private.account_deletions as deletion where deletion.user_id = v_user_id;
  delete from private.hidden_profiles as hidden where hidden.profile_id = v_user_id and hidden.reason = 'deletion';
  v_was_leaving := found;
  if not exists (select from public.profiles as profile where profile.id = v_user_id) then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  if v_was_leaving then
    -- What bounds leaving and coming back without end.
    perform private.take_token('restore_account');
  end if;
  return jsonb_build_object('is_active', true);
end;
$$;

create or replace function private.personal_objects(user_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('bucket', found.bucket_id, 'names', found.names) order by found.bucket_id), '[]')
  from (
    select object.bucket_id, jsonb_agg(object.name order by object.name) as names
    from storage.objects as object
    where object.name like personal_objects.user_id || '/%'
    group by object.bucket_id
  ) as found
$$;
comment on function private.personal_objects(uuid) is
$$Every stored object in a person's folders

A JSON array of {bucket, names: [...]}; every bucket keeps what is a person's in a folder named as their id.$$;

create or replace function private.object_size(metadata jsonb)
returns bigint
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_metadata jsonb := object_size.metadata;
begin
  -- Supabase Lite stores it as a JSON string inside the jsonb.
  if jsonb_typeof(v_metadata) = 'string' and pg_input_is_valid(v_metadata #>> '{}', 'jsonb') then
    v_metadata := (v_metadata #>> '{}')::jsonb;
  end if;
  return case when v_metadata ->> 'size' ~ '^[0-9]{1,15}$' then (v_metadata ->> 'size')::bigint end;
end;
$$;
comment on function private.object_size(jsonb) is 'The size that the storage server notes of an object; null when it does not say';

-- Security definer: looks into storage, and at a setting, for the policies of people who may not.
create or replace function private.has_room()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(private.object_size(object.metadata)), 0) < private.setting('stored_bytes_limit')
  from storage.objects as object
  -- What begins with the folder, bytewise, as Storage's index on names is: 0 comes after /. A pattern that is no constant takes no index.
  where object.name operator(pg_catalog.~>=~) (select auth.uid()::text || '/')
    and object.name operator(pg_catalog.~<~) (select auth.uid()::text || '0')
$$;
comment on function private.has_room() is
$$Whether the caller's files, over all buckets, leave them room for another

The storage server asks when an upload begins and knows its size when it ends: so the last one may reach over the limit (setting
stored_bytes_limit), by no more than its bucket lets one file have.$$;

create or replace function private.lock_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.lock_leaving(lock_ties.user_ids);
  lock table private.staff in row exclusive mode;
  perform private.lock_case_ties(lock_ties.user_ids, '{report,fingerprint_match,strikes,appeal}');
  perform private.lock_social_ties(lock_ties.user_ids);
  perform private.lock_catalogue_ties(lock_ties.user_ids);
  perform private.lock_case_ties(lock_ties.user_ids, '{ai_generated}');
  perform private.lock_comment_ties(lock_ties.user_ids);
  perform private.lock_room_ties(lock_ties.user_ids);
  perform private.lock_live_ties(lock_ties.user_ids);
  perform private.lock_session_ties(lock_ties.user_ids);
  perform private.lock_chat_ties(lock_ties.user_ids);
  perform private.lock_split_ties(lock_ties.user_ids);
  perform private.lock_told_ties(lock_ties.user_ids);
  perform private.lock_reader_ties(lock_ties.user_ids);
  perform private.lock_scores();
end;
$$;
comment on function private.lock_ties(uuid[]) is 'Before accounts are erased: lock all that moves with them, in the lock order';

create or replace function private.erase_account(user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_entry private.data_map;
begin
  for v_entry in
    select entry.* from private.data_map as entry
    where entry.on_erasure <> 'retain'
      -- Where the deletion of the sign-in itself asks, that goes on by itself.
      and (entry.table_name <> 'auth.users' or pg_trigger_depth() = 0)
    order by entry.erase_order, entry.table_name, entry.person_column
  loop
    if v_entry.on_erasure = 'delete' then
      execute format('delete from %s as row where row.%I = $1', v_entry.table_name::regclass, v_entry.person_column)
      using erase_account.user_id;
    else
      execute format(
        'update %s as row set %s where row.%I = $1',
        v_entry.table_name::regclass,
        (select string_agg(format('%I = null', cleared), ', ') from unnest(v_entry.cleared_columns) as cleared),
        v_entry.person_column
      ) using erase_account.user_id;
    end if;
  end loop;
  -- The auth server's own log names people by e-mail and has no column that the map could point at.
  delete from auth.audit_log_entries as entry where entry.payload ->> 'actor_id' = erase_account.user_id::text;
  perform private.audit('account_erased', 'profile', erase_account.user_id::text);
end;
$$;
comment on function private.erase_account(uuid) is
'Delete or anonymise all that the data map registers of one person, whose ties are locked (lock_ties)';

-- Security definer: service_role erases only through here, and only whom the law of the map and the date allow.
create or replace function private.erase_due_accounts(size int)
returns table (user_id uuid, is_erased boolean, objects jsonb, error text)
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_due_ids uuid[];
begin
  -- One erasure at a time: two of them could wait for each other's counters.
  perform pg_advisory_xact_lock(hashtextextended('erase_due_accounts', 0));

  v_due_ids := array(
    select deletion.user_id
    from private.account_deletions as deletion
    where deletion.erase_after <= now()
    order by deletion.erase_after, deletion.user_id
    limit least(greatest(coalesce(erase_due_accounts.size, 20), 1), 100)
    for update skip locked
  );
  -- Of all who go now at once: between the locks of one and those of the next, somebody else could wait for the one and hold the other.
  perform private.lock_ties(v_due_ids);

  foreach user_id in array v_due_ids loop
    is_erased := false;
    error := null;
    objects := private.personal_objects(erase_due_accounts.user_id);
    if objects = '[]' then
      -- One account that cannot be erased must not keep the others from it.
      begin
        perform private.erase_account(erase_due_accounts.user_id);
        is_erased := true;
      exception when others then
        error := sqlstate || ' ' || sqlerrm;
      end;
    end if;
    if not is_erased then
      -- Behind the others that are due, the next time: whoever cannot be erased must not stand in their way.
      update private.account_deletions as deletion set erase_after = now() where deletion.user_id = erase_due_accounts.user_id;
    end if;
    return next;
  end loop;
end;
$$;

-- Before the first sign-in is locked: an erasure under way may have to look at it, for the foreign key of a profile that it counts anew.
create or replace function private.tg_users__queue()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- As erase_due_accounts.
  perform pg_advisory_xact_lock(hashtextextended('erase_due_accounts', 0));
  return null;
end;
$$;
create trigger _100_queue
  before delete on auth.users
  for each statement execute function private.tg_users__queue();

-- Security definer: runs as whoever deletes the sign-in, the auth server or an operator. Without this, all that has no foreign key to the
-- profile, and every stored file, would stay.
create or replace function private.tg_users__erase()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_objects jsonb;
begin
  -- erase_due_accounts has been here when the profile is gone.
  if exists (select from public.profiles as profile where profile.id = old.id) then
    -- Before the row, which refers to the profile, and which delete_my_account writes too.
    perform private.lock_leaving(array[old.id]);
    insert into private.account_deletions (user_id, erase_after)
    values (old.id, now())
    on conflict on constraint account_deletions_pkey do update set erase_after = now();
    perform private.lock_ties(array[old.id]);
    v_objects := private.personal_objects(old.id);
    perform private.erase_account(old.id);
    perform private.enqueue('remove_objects', found.files) from jsonb_array_elements(v_objects) as found (files);
  end if;
  return old;
end;
$$;
create trigger _500_erase
  before delete on auth.users
  for each row execute function private.tg_users__erase();
