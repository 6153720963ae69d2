-- Who writes, or is tied to somebody by what is written, stays until that is done: their account is erased before or after it, never in
-- between. Of the lists of locks it is the first, and costs no row. In this form, and without search_path, these become part of the expression.
create or replace function private.person_key(profile_id uuid)
returns bigint
language sql
immutable
security invoker
begin atomic
  select uuid_hash_extended(person_key.profile_id, 0);
end;
comment on function private.person_key(uuid) is 'The advisory lock of a person: shared by who needs them to stay, exclusive for who erases them';

create or replace function private.hold_person(profile_id uuid)
returns boolean
language sql
volatile
security invoker
begin atomic
  select pg_try_advisory_xact_lock_shared(private.person_key(hold_person.profile_id));
end;
comment on function private.hold_person(uuid) is
$$Keep somebody from leaving until the transaction ends; false when they are just leaving or being erased, null for nobody

It waits for nobody, so it may be asked at any point. Whether they are there at all is asked after it, in a statement of its own: stays().$$;

create or replace function private.stays(profile_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if private.hold_person(stays.profile_id) then
    return exists (select from public.profiles as profile where profile.id = stays.profile_id);
  end if;
  return false;
end;
$$;
comment on function private.stays(uuid) is
'Whether somebody is there and stays until the transaction ends: asked before a row is written that ties them to what somebody else does';

create or replace function private.lock_leaving(profile_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(private.person_key(person.id)) from unnest(lock_leaving.profile_ids) as person (id) order by person.id;
end;
$$;
comment on function private.lock_leaving(uuid[]) is
$$Wait for all that is being written by these people or ties somebody to them, and let nothing else begin until the transaction ends

Before any other lock: whoever holds a person may wait for anything but another person.$$;

-- Security definer: reads hidden_profiles and sanctions, which nobody may. The one place that decides whether the caller may write at all:
-- every write RPC begins with it, and may_write() is its form for policies. Volatile, to see what has become of them while it waited.
create or replace function private.acting_user(feature text default null, even_banned boolean default false)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_is_known boolean;
  v_is_leaving boolean;
  v_is_enabled boolean;
  v_is_banned boolean;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  if not private.hold_person(v_user_id) then
    perform pg_advisory_xact_lock_shared(private.person_key(v_user_id));
  end if;

  -- One reading, as every write pays for it.
  select
    exists (select from public.profiles as profile where profile.id = v_user_id),
    exists (select from private.hidden_profiles as hidden where hidden.profile_id = v_user_id and hidden.reason = 'deletion'),
    acting_user.feature is null
      or exists (select from public.feature_flags as flag where flag.name = acting_user.feature and flag.is_enabled),
    not acting_user.even_banned and exists (
      select from private.sanctions_in_force as sanction
      where sanction.user_id = v_user_id and sanction.kind = 'ban' and sanction.room_id is null
    )
  into v_is_known, v_is_leaving, v_is_enabled, v_is_banned;

  if not v_is_known then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  if v_is_leaving then
    perform private.raise_error(
      403, 'account_deactivated', 'This account is going to be deleted; restore it to go on.', 'Call restore_my_account.'
    );
  end if;
  if v_is_banned then
    perform private.refuse_banned(v_user_id);
  end if;
  if not v_is_enabled then
    perform private.require_feature(acting_user.feature);
  end if;
  return v_user_id;
end;
$$;
comment on function private.acting_user(text, boolean) is
$$The caller, if they may write

even_banned: for the few acts that are left to who is banned (docs/decisions/0150). Errors: not_signed_in, account_gone (401),
account_deactivated (403), banned (403; hint: its end as ISO 8601, or forever), feature_disabled (403) when the named feature is off.$$;

-- Security definer: called by policies, for people without a right on what acting_user reads.
create or replace function private.may_write(feature text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.acting_user(may_write.feature) is not null
$$;
comment on function private.may_write(text) is 'acting_user for policies: true, or its error';

-- Who may write, as acting_user says it, for what must know without a second statement; only definer functions read it.
create or replace view private.writers with (security_invoker = true) as
select profile.id as user_id, flag.name as feature
from public.profiles as profile
cross join public.feature_flags as flag
where profile.id = (select auth.uid())
  and flag.is_enabled
  and not exists (
    select from private.hidden_profiles as hidden where hidden.profile_id = profile.id and hidden.reason = 'deletion' offset 0
  )
  and not exists (
    select from private.sanctions_in_force as sanction
    where sanction.user_id = profile.id and sanction.kind = 'ban' and sanction.room_id is null
    offset 0
  );
comment on view private.writers is
'The caller, once for each feature they may write in: no row is where acting_user has an error to tell. Whoever writes by it has asked hold_person before';

-- Who reads, found once for all that a list asks of its reader: the *_for functions take these columns. offset 0 keeps it one row of its own.
create or replace view private.reader with (security_invoker = true) as
select
  me.id,
  coalesce(kept.blocked_ids || kept.blocker_ids, '{}') as blocked_ids,
  coalesce(kept.muted_ids, '{}') as muted_ids
from (select auth.uid() as id offset 0) as me
left join private.readers as kept on kept.profile_id = me.id
offset 0;
comment on view private.reader is
$$The caller, in one row: id, null for visitors; blocked_ids, everybody across a block of either side; muted_ids, whom they keep out of their lists

For definer functions alone. A list that ends at a limit takes the columns into variables first: joined, its order would be lost.$$;

-- Security definer: as may_write.
create or replace function private.can_write(feature text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from private.writers as writer where writer.feature = can_write.feature)
$$;
comment on function private.can_write(text) is
'may_write for policies on storage, whose server knows no errors of ours: false instead of an error';

-- Security definer: roles are readable by nobody.
create or replace function private.is_staff(at_least text default 'moderator')
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from private.staff as staff
    where staff.user_id = (select auth.uid())
      and array_position('{moderator,admin,super_admin}', staff.role)
        >= array_position('{moderator,admin,super_admin}', is_staff.at_least)
      -- Who is only hidden by the weight of reports still works here.
      and not exists (
        select from private.hidden_profiles as hidden where hidden.profile_id = staff.user_id and hidden.reason = 'deletion'
      )
  )
$$;
comment on function private.is_staff(text) is 'Whether the caller works here, as moderator, admin or super_admin at least';

-- Security definer: roles are readable by nobody.
create or replace function private.require_staff(at_least text)
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user();
begin
  if not private.is_staff(require_staff.at_least) then
    perform private.raise_error(403, 'not_allowed', 'This is for staff with a higher role.');
  end if;
  return v_user_id;
end;
$$;
comment on function private.require_staff(text) is 'The caller, if they work here with at least this role; else not_allowed (403)';

-- Security definer: a policy helper; blocks made by others are not the caller's to read.
create or replace function private.hidden_profile_ids()
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  if private.is_staff() then
    return;
  end if;
  return query
  select block.blocked_id from public.blocks as block where block.blocker_id = v_user_id
  union all
  select block.blocker_id from public.blocks as block where block.blocked_id = v_user_id
  union all
  select hidden.profile_id from private.hidden_profiles as hidden where hidden.profile_id is distinct from v_user_id;
end;
$$;
comment on function private.hidden_profile_ids() is
$$Whose profiles, and all that is theirs, the caller may not see

Across a block of either side, and profiles hidden for a reason of hidden_profiles. Nobody for staff, nobody's own. The array form
for policies of what can_see_profile decides for one.$$;

-- Security definer: blocks made by others are not the caller's to read.
create or replace function private.can_see_profile(profile_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select
    can_see_profile.profile_id is not distinct from (select auth.uid())
    or (
      not exists (select from private.hidden_profiles as hidden where hidden.profile_id = can_see_profile.profile_id)
      and not exists (
        select from public.blocks as block
        where block.blocker_id = (select auth.uid()) and block.blocked_id = can_see_profile.profile_id
      )
      and not exists (
        select from public.blocks as block
        where block.blocker_id = can_see_profile.profile_id and block.blocked_id = (select auth.uid())
      )
    )
    or (select private.is_staff())
$$;
comment on function private.can_see_profile(uuid) is 'Whether the caller may know of a profile: not across a block of either side, not a hidden one; staff see all';

-- Security definer: as can_see_profile.
create or replace function private.is_listed(profile_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.can_see_profile(is_listed.profile_id)
    and not exists (
      select from public.mutes as mute where mute.muter_id = (select auth.uid()) and mute.muted_id = is_listed.profile_id
    )
$$;
comment on function private.is_listed(uuid) is 'Whether lists show the caller this profile: one they can see and have not muted';

-- Security definer: looks a profile up whatever the caller may read, and refuses by the one rule.
create or replace function private.visible_profile(username text)
returns public.profiles
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_profile public.profiles;
begin
  select profile.* into v_profile from public.profiles as profile where profile.username = lower(btrim(visible_profile.username));
  if not found or not private.can_see_profile(v_profile.id) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  return v_profile;
end;
$$;
comment on function private.visible_profile(text) is 'The profile of this username, if the caller may see it; else profile_not_found (404)';

-- A follow and a block of the same two people must not pass each other: both begin here.
create or replace function private.lock_pair(a uuid, b uuid)
returns uuid[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(least(lock_pair.a, lock_pair.b)::text || greatest(lock_pair.a, lock_pair.b)::text, 0));
  return array(select person.id from unnest(array[lock_pair.a, lock_pair.b]) as person (id) where not private.stays(person.id));
end;
$$;
comment on function private.lock_pair(uuid, uuid) is
'Serialise what concerns these two people until the transaction ends; taken before any row lock. Those of them who do not stay, for refuse_leaving';

create or replace function private.refuse_leaving(profile_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if auth.uid() = any (refuse_leaving.profile_ids) then
    perform private.acting_user();
  end if;
  if cardinality(refuse_leaving.profile_ids) > 0 then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
end;
$$;
comment on function private.refuse_leaving(uuid[]) is
$$Refuse what would tie the caller to people who are leaving, as lock_profiles and lock_pair name them

account_deactivated (403) when it is the caller, else profile_not_found (404).$$;

-- Security definer: reads hidden_profiles, which nobody may.
create or replace function private.lock_profiles(profile_ids uuid[])
returns uuid[]
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform
  from public.profiles as profile
  where profile.id = any (lock_profiles.profile_ids)
  order by profile.id
  for no key update;
  -- Only now, as somebody may have left while this waited for them (delete_my_account holds the profile too).
  return array(
    select hidden.profile_id
    from private.hidden_profiles as hidden
    where hidden.profile_id = any (lock_profiles.profile_ids)
      -- Whoever is hidden by moderators goes on with what is theirs.
      and (hidden.reason = 'deletion' or hidden.profile_id is distinct from auth.uid())
  );
end;
$$;
comment on function private.lock_profiles(uuid[]) is
'Lock people in the order of their ids until the transaction ends; those of them who are leaving or hidden: nothing new may land there';

create or replace function private.lock_own_profile()
returns public.profiles
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_profile public.profiles;
begin
  if cardinality(private.lock_profiles(array[v_user_id])) > 0 then
    perform private.acting_user();
  end if;
  select profile.* into v_profile from public.profiles as profile where profile.id = v_user_id;
  if not found then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  return v_profile;
end;
$$;
comment on function private.lock_own_profile() is
'The caller''s profile, locked: what they make goes along when it turns private, and is refused (account_deactivated) when they have just begun to leave';

create or replace function private.is_verified(profile_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce((select artist.is_verified from public.artist_profiles as artist where artist.profile_id = is_verified.profile_id), false)
$$;
