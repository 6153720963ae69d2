create or replace function private.raise_error(status int, token text, detail text, hint text default null)
returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if raise_error.hint is null then
    raise exception using errcode = 'PT' || raise_error.status, message = raise_error.token, detail = raise_error.detail;
  end if;
  raise exception using
    errcode = 'PT' || raise_error.status, message = raise_error.token, detail = raise_error.detail, hint = raise_error.hint;
end;
$$;
comment on function private.raise_error(int, text, text, text) is
$$Refuse, as PostgREST understands it

status is the HTTP status, token the snake_case message programs read, detail a sentence for people, hint what helps (for 429 the
seconds to wait). docs/errors.md is generated from the calls, so token and detail are literals.$$;

create or replace function private.require_signed_in()
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if auth.uid() is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
end;
$$;
comment on function private.require_signed_in() is 'Refuse whoever has not signed in: not_signed_in (401)';

create or replace function private.refuse_row(table_name text, constraint_name text)
returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  raise exception using
    errcode = 'check_violation', schema = 'public', table = refuse_row.table_name, constraint = refuse_row.constraint_name,
    message = format('new row for relation "%s" violates check constraint "%s"', refuse_row.table_name, refuse_row.constraint_name);
end;
$$;
comment on function private.refuse_row(text, text) is
'Refuse a row as a check constraint of this name would; for tables whose content is checked by a trigger (docs/decisions/0010)';

-- Security definer: private.settings is readable by nobody.
create or replace function private.setting(name text)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_value bigint;
begin
  select row.value into strict v_value from private.settings as row where row.name = setting.name;
  return v_value;
end;
$$;
comment on function private.setting(text) is 'The number in force; an unknown name is a programming error and fails';

-- Security definer: reads the flags whatever the caller may read.
create or replace function private.require_feature(name text)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not exists (
    select from public.feature_flags as flag where flag.name = require_feature.name and flag.is_enabled
  ) then
    perform private.raise_error(403, 'feature_disabled', 'This part of the community is switched off at present.');
  end if;
end;
$$;
comment on function private.require_feature(text) is 'Refuse a write of a domain that is switched off';

-- Security definer: the buckets are written for people who may not write them.
create or replace function private.take_token(
  action text, about_id uuid default '00000000-0000-0000-0000-000000000000', taker_id uuid default auth.uid(), or_refuse boolean default true
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_rule private.rate_limit_rules;
  v_now timestamptz := clock_timestamp();
  v_span interval;
  v_tokens double precision;
begin
  select rule.* into strict v_rule from private.rate_limit_rules as rule where rule.action = take_token.action;
  if v_rule.is_exact and v_rule.capacity <= 1000 then
    -- By the times of the last ones. The clock is read when the row is held, and never goes back. No tokens: such a bucket is full
    -- (forget_full_buckets) when the last of these has gone from the span.
    v_span := make_interval(secs => (v_rule.capacity * v_rule.refill_seconds)::double precision);
    insert into private.rate_limit_buckets as bucket (user_id, action, about_id, tokens, refilled_at, last_times)
    values (take_token.taker_id, v_rule.action, take_token.about_id, 0, v_now, array[v_now])
    on conflict (user_id, action, about_id) do update
      set tokens = 0,
          refilled_at = greatest(clock_timestamp(), bucket.refilled_at),
          last_times = (bucket.last_times || greatest(clock_timestamp(), bucket.refilled_at))[
            greatest(1, cardinality(bucket.last_times) + 2 - v_rule.capacity):
          ]
      where coalesce(bucket.last_times[cardinality(bucket.last_times) - v_rule.capacity + 1] <= clock_timestamp() - v_span, true);
    if not found and take_token.or_refuse then
      perform private.raise_error(
        429, 'rate_limited', 'That is too often; wait a little.',
        greatest(1, ceil(extract(epoch from (
          select bucket.last_times[cardinality(bucket.last_times) - v_rule.capacity + 1] + v_span - clock_timestamp()
          from private.rate_limit_buckets as bucket
          where bucket.user_id = take_token.taker_id and bucket.action = v_rule.action and bucket.about_id = take_token.about_id
        ))))::int::text
      );
    end if;
    return found;
  end if;

  insert into private.rate_limit_buckets as bucket (user_id, action, about_id, tokens, refilled_at)
  values (take_token.taker_id, v_rule.action, take_token.about_id, v_rule.capacity - 1, v_now)
  on conflict (user_id, action, about_id) do update
    set tokens = least(
          v_rule.capacity,
          bucket.tokens + greatest(0, extract(epoch from v_now - bucket.refilled_at)) / v_rule.refill_seconds
        ) - 1,
        refilled_at = greatest(v_now, bucket.refilled_at)
    where bucket.tokens + greatest(0, extract(epoch from v_now - bucket.refilled_at)) / v_rule.refill_seconds >= 1
  returning bucket.tokens into v_tokens;

  if v_tokens is null and take_token.or_refuse then
    select bucket.tokens + greatest(0, extract(epoch from v_now - bucket.refilled_at)) / v_rule.refill_seconds
    into v_tokens
    from private.rate_limit_buckets as bucket
    where bucket.user_id = take_token.taker_id and bucket.action = v_rule.action and bucket.about_id = take_token.about_id;

    perform private.raise_error(
      429, 'rate_limited', 'That is too often; wait a little.',
      greatest(1, ceil((1 - v_tokens) * v_rule.refill_seconds))::int::text
    );
  end if;
  return v_tokens is not null;
end;
$$;
comment on function private.take_token(text, uuid, uuid, boolean) is
$$Take one token from a bucket for an action: the caller's

Of an exact rule never more than its capacity within its span, of any other a burst of its capacity and what comes back meanwhile.
about_id: whom or what the action is about, where each has a bucket of its own. taker_id: whose bucket, where it is not the caller's. Where the
bucket is empty: rate_limited (429; hint: seconds until a token is back), or false with or_refuse => false. A refused or failed call takes
nothing.$$;

-- Security definer: service_role deletes nothing but what is worth nothing.
create or replace function private.forget_full_buckets(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  delete from private.rate_limit_buckets as bucket
  -- An array is looked up once; the plan of a subquery may run its limit again for each row.
  where bucket.ctid = any (array(
    select full_one.ctid
    from private.rate_limit_buckets as full_one
    join private.rate_limit_rules as rule on rule.action = full_one.action
    where full_one.about_id <> '00000000-0000-0000-0000-000000000000'
      and full_one.tokens + extract(epoch from clock_timestamp() - full_one.refilled_at) / rule.refill_seconds >= rule.capacity
    limit least(greatest(coalesce(forget_full_buckets.size, 1000), 1), 10000)
    for update of full_one skip locked
  ));
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.forget_full_buckets(int) is
'Delete buckets about somebody or something that are full again, which is what a missing one is; those of a person alone are few and stay';
