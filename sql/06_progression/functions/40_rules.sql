create or replace function private.changed_rule(rule_name text, changes jsonb)
returns public.point_rules
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_rule public.point_rules;
  v_key text;
  v_value jsonb;
begin
  select rule.* into v_rule from public.point_rules as rule where rule.name = changed_rule.rule_name for no key update;
  if not found then
    perform private.raise_error(404, 'rule_not_found', 'There is no rule of this name.');
  end if;
  if coalesce(jsonb_typeof(changed_rule.changes), '') <> 'object' or changed_rule.changes = '{}' then
    perform private.raise_error(422, 'changes_missing', 'Give an object with what shall change.');
  end if;
  for v_key, v_value in select entry.key, entry.value from jsonb_each(changed_rule.changes) as entry loop
    if v_key not in ('points', 'daily_cap', 'cooldown_seconds', 'minimum_account_age_days', 'is_active') then
      perform private.raise_error(
        422, 'change_unknown', 'A rule has no such setting.', 'points, daily_cap, cooldown_seconds, minimum_account_age_days, is_active'
      );
    end if;
    if (case v_key
      when 'is_active' then jsonb_typeof(v_value) <> 'boolean'
      when 'daily_cap' then jsonb_typeof(v_value) <> 'null' and not coalesce(private.is_whole(v_value, 1, 1000000), false)
      when 'points' then not coalesce(private.is_whole(v_value, -10000, 10000), false)
      when 'cooldown_seconds' then not coalesce(private.is_whole(v_value, 0, 604800), false)
      else not coalesce(private.is_whole(v_value, 0, 3650), false)
    end) then
      perform private.raise_error(
        422, 'value_out_of_range', 'The value is outside the range of this setting.',
        'points -10000 to 10000, daily_cap 1 to 1000000 or null, cooldown_seconds 0 to 604800, minimum_account_age_days 0 to 3650'
      );
    end if;
  end loop;
  return jsonb_populate_record(v_rule, changed_rule.changes);
end;
$$;
comment on function private.changed_rule(text, jsonb) is 'A rule of points, held, as it would be with these changes';

create or replace function private.is_whole(value jsonb, least_value int, most int)
returns boolean
language sql
immutable
security invoker
set search_path = ''
as $$
  select case
    when jsonb_typeof(is_whole.value) = 'number' then
      (is_whole.value #>> '{}')::numeric = trunc((is_whole.value #>> '{}')::numeric)
      and (is_whole.value #>> '{}')::numeric between is_whole.least_value and is_whole.most
  end
$$;
comment on function private.is_whole(jsonb, int, int) is 'Whether it is a whole number within these; null when it is no number';

-- Security definer: rules are writable by nobody, so that every change is audited.
create or replace function private.set_point_rule(rule_name text, changes jsonb)
returns public.point_rules
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before public.point_rules;
  v_rule public.point_rules;
begin
  perform private.require_staff('admin');
  v_rule := private.changed_rule(set_point_rule.rule_name, set_point_rule.changes);
  select rule.* into v_before from public.point_rules as rule where rule.name = set_point_rule.rule_name;
  if v_rule is distinct from v_before then
    perform private.audit(
      'point_rule_changed', 'point_rule', v_rule.name, jsonb_build_object('before', to_jsonb(v_before), 'after', to_jsonb(v_rule))
    );
    update public.point_rules as rule
    set points = v_rule.points, daily_cap = v_rule.daily_cap, cooldown_seconds = v_rule.cooldown_seconds,
        minimum_account_age_days = v_rule.minimum_account_age_days, is_active = v_rule.is_active
    where rule.name = v_rule.name;
  end if;
  return v_rule;
end;
$$;

-- Security definer: as set_point_rule; nothing is changed.
create or replace function private.preview_point_rule(rule_name text, changes jsonb, days int)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_rule public.point_rules;
  v_deed record;
  v_person_id uuid;
  v_day date;
  v_spent int;
  v_paid_at timestamptz;
  v_points int;
  v_deeds bigint := 0;
  v_people bigint := 0;
  v_paid bigint := 0;
  v_would_pay bigint := 0;
begin
  perform private.require_staff('admin');
  if preview_point_rule.days is null or preview_point_rule.days not between 1 and 366 then
    perform private.raise_error(422, 'days_invalid', 'Say for how many days, 1 to 366.');
  end if;
  v_rule := private.changed_rule(preview_point_rule.rule_name, preview_point_rule.changes);
  -- In the order in which they were done, as each depends on those before.
  for v_deed in
    select event.user_id, event.earned_on, event.created_at, event.units, event.points, profile.created_at as member_since
    from public.point_events as event
    join public.profiles as profile on profile.id = event.user_id
    where event.rule = v_rule.name
      and event.created_at > now() - make_interval(days => preview_point_rule.days)
      and event.turn = 0
      and not exists (
        select
        from public.point_events as later
        where later.user_id = event.user_id
          and later.rule = event.rule
          and later.cause = event.cause
          and later.turn % 2 = 1
          and not exists (select from public.point_events as again where again.reverses_id = later.id)
      )
    order by event.user_id, event.created_at, event.id
  loop
    if v_deed.user_id is distinct from v_person_id then
      v_person_id := v_deed.user_id;
      v_people := v_people + 1;
      v_day := null;
      v_paid_at := null;
    end if;
    if v_deed.earned_on is distinct from v_day then
      v_day := v_deed.earned_on;
      v_spent := 0;
    end if;
    v_deeds := v_deeds + 1;
    v_paid := v_paid + v_deed.points;
    continue when not v_rule.is_active
      or (
        v_rule.minimum_account_age_days > 0
        and v_deed.member_since > v_deed.created_at - make_interval(days => v_rule.minimum_account_age_days)
      )
      or (v_rule.cooldown_seconds > 0 and v_paid_at > v_deed.created_at - make_interval(secs => v_rule.cooldown_seconds));
    v_points := least(abs(v_rule.points::bigint) * v_deed.units, coalesce(v_rule.daily_cap - v_spent, 1000000000));
    v_spent := v_spent + v_points;
    v_would_pay := v_would_pay + sign(v_rule.points) * v_points;
    if v_points > 0 then
      v_paid_at := v_deed.created_at;
    end if;
  end loop;
  return jsonb_build_object(
    'rule', to_jsonb(v_rule), 'days', preview_point_rule.days, 'deeds', v_deeds, 'people', v_people, 'paid', v_paid, 'would_pay', v_would_pay
  );
end;
$$;
