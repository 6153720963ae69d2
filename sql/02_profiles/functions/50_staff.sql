-- Security definer: roles are readable and writable by nobody.
create or replace function private.grant_staff_role(username text, role text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('super_admin');
  v_profile public.profiles := private.visible_profile(grant_staff_role.username);
begin
  if grant_staff_role.role is null or grant_staff_role.role not in ('moderator', 'admin', 'super_admin') then
    perform private.raise_error(422, 'role_unknown', 'A role is moderator, admin or super_admin.');
  end if;
  perform private.set_staff_role(v_profile.id, grant_staff_role.role, v_user_id);
  return jsonb_build_object('username', v_profile.username, 'role', grant_staff_role.role);
end;
$$;

-- Security definer: as grant_staff_role.
create or replace function private.revoke_staff_role(username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('super_admin');
  v_profile public.profiles := private.visible_profile(revoke_staff_role.username);
begin
  perform private.set_staff_role(v_profile.id, null, v_user_id);
  return jsonb_build_object('username', v_profile.username, 'role', null);
end;
$$;

create or replace function private.set_staff_role(profile_id uuid, role text, granted_by uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_before text;
begin
  -- Two super admins who revoke each other at once must not both succeed: roles change one at a time.
  lock table private.staff in share row exclusive mode;

  -- Whoever asked may have lost the role while waiting for the lock.
  if set_staff_role.granted_by is not null and not exists (
    select from private.staff as staff where staff.user_id = set_staff_role.granted_by and staff.role = 'super_admin'
  ) then
    perform private.raise_error(403, 'not_allowed', 'This is for staff with a higher role.');
  end if;

  select staff.role into v_before from private.staff as staff where staff.user_id = set_staff_role.profile_id;
  if v_before is not distinct from set_staff_role.role then
    return;
  end if;

  if v_before = 'super_admin' and not exists (
    select from private.staff as staff
    where staff.role = 'super_admin'
      and staff.user_id <> set_staff_role.profile_id
      and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = staff.user_id)
  ) then
    perform private.raise_error(409, 'last_super_admin', 'The last super admin keeps the role.');
  end if;

  if set_staff_role.role is null then
    delete from private.staff as staff where staff.user_id = set_staff_role.profile_id;
  else
    insert into private.staff as staff (user_id, role, granted_by)
    values (set_staff_role.profile_id, set_staff_role.role, set_staff_role.granted_by)
    on conflict (user_id) do update
      set role = excluded.role, granted_by = excluded.granted_by, granted_at = now();
  end if;

  perform private.audit(
    'staff_role_changed', 'profile', set_staff_role.profile_id::text,
    jsonb_build_object('before', v_before, 'after', set_staff_role.role)
  );
end;
$$;

create or replace function private.make_first_super_admin(username text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_profile_id uuid;
begin
  lock table private.staff in share row exclusive mode;
  if exists (select from private.staff as staff where staff.role = 'super_admin') then
    perform private.raise_error(409, 'super_admin_exists', 'There is a super admin already, who grants roles.');
  end if;
  select profile.id into v_profile_id from public.profiles as profile where profile.username = lower(btrim(make_first_super_admin.username));
  if not found then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  perform private.set_staff_role(v_profile_id, 'super_admin', null);
end;
$$;
comment on function private.make_first_super_admin(text) is 'Run once by the owner of the database: the first super admin, who grants every other role';

-- Security definer: flags, settings and rate limits are writable by nobody, so that every change is audited.
create or replace function private.set_feature(name text, is_enabled boolean)
returns public.feature_flags
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_flag public.feature_flags;
begin
  perform private.require_staff('admin');
  select flag.* into v_flag from public.feature_flags as flag where flag.name = set_feature.name for update;
  if not found then
    perform private.raise_error(404, 'feature_not_found', 'There is no feature flag of this name.');
  end if;
  if set_feature.is_enabled is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if v_flag.is_enabled <> set_feature.is_enabled then
    perform private.audit(
      'feature_changed', 'feature', v_flag.name, jsonb_build_object('before', v_flag.is_enabled, 'after', set_feature.is_enabled)
    );
    update public.feature_flags as flag
    set is_enabled = set_feature.is_enabled
    where flag.name = v_flag.name
    returning flag.* into v_flag;
  end if;
  return v_flag;
end;
$$;

-- Security definer: as set_feature.
create or replace function private.set_setting(name text, value bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_setting private.settings;
begin
  perform private.require_staff('admin');
  select setting.* into v_setting from private.settings as setting where setting.name = set_setting.name for update;
  if not found then
    perform private.raise_error(404, 'setting_not_found', 'There is no setting of this name.');
  end if;
  if set_setting.value is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if set_setting.value not between v_setting.minimum and v_setting.maximum then
    perform private.raise_error(
      422, 'value_out_of_range', 'The value is outside the range of this setting.',
      v_setting.minimum || ' to ' || v_setting.maximum || ' ' || v_setting.unit
    );
  end if;
  if v_setting.value <> set_setting.value then
    perform private.audit(
      'setting_changed', 'setting', v_setting.name, jsonb_build_object('before', v_setting.value, 'after', set_setting.value)
    );
    update private.settings as setting
    set value = set_setting.value
    where setting.name = v_setting.name
    returning setting.* into v_setting;
  end if;
  return to_jsonb(v_setting);
end;
$$;

-- Security definer: as set_feature.
create or replace function private.set_rate_limit(action text, capacity int, refill_seconds numeric)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_rule private.rate_limit_rules;
begin
  perform private.require_staff('admin');
  select rule.* into v_rule from private.rate_limit_rules as rule where rule.action = set_rate_limit.action for update;
  if not found then
    perform private.raise_error(404, 'rate_limit_not_found', 'There is no rate limit of this name.');
  end if;
  if set_rate_limit.capacity is null or set_rate_limit.refill_seconds is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if set_rate_limit.capacity not between 1 and 100000
    or not (set_rate_limit.refill_seconds > 0 and set_rate_limit.refill_seconds <= 86400)
  then
    perform private.raise_error(
      422, 'value_out_of_range', 'The value is outside the range of this setting.',
      'capacity 1 to 100000, refill_seconds over 0 to 86400'
    );
  end if;
  if (v_rule.capacity, v_rule.refill_seconds) is distinct from (set_rate_limit.capacity, set_rate_limit.refill_seconds) then
    perform private.audit(
      'rate_limit_changed', 'rate_limit', v_rule.action,
      jsonb_build_object(
        'before', jsonb_build_array(v_rule.capacity, v_rule.refill_seconds),
        'after', jsonb_build_array(set_rate_limit.capacity, set_rate_limit.refill_seconds)
      )
    );
    update private.rate_limit_rules as rule
    set capacity = set_rate_limit.capacity, refill_seconds = set_rate_limit.refill_seconds
    where rule.action = v_rule.action
    returning rule.* into v_rule;
  end if;
  return to_jsonb(v_rule);
end;
$$;

-- Security definer: shows admins what they may tune, which no table grants.
create or replace function private.operator_settings()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_staff('admin');
  return jsonb_build_object(
    'features', (select jsonb_agg(to_jsonb(flag) order by flag.name) from public.feature_flags as flag),
    'settings', (select jsonb_agg(to_jsonb(setting) order by setting.name) from private.settings as setting),
    'rate_limits', (select jsonb_agg(to_jsonb(rule) order by rule.action) from private.rate_limit_rules as rule)
  );
end;
$$;
