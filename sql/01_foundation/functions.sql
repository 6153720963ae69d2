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
create or replace function private.take_token(action text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_rule private.rate_limit_rules;
  v_user_id uuid := auth.uid();
  v_now timestamptz := clock_timestamp();
  v_tokens double precision;
begin
  select rule.* into strict v_rule from private.rate_limit_rules as rule where rule.action = take_token.action;

  insert into private.rate_limit_buckets as bucket (user_id, action, tokens, refilled_at)
  values (v_user_id, v_rule.action, v_rule.capacity - 1, v_now)
  on conflict (user_id, action) do update
    set tokens = least(
          v_rule.capacity,
          bucket.tokens + greatest(0, extract(epoch from v_now - bucket.refilled_at)) / v_rule.refill_seconds
        ) - 1,
        refilled_at = greatest(v_now, bucket.refilled_at)
    where bucket.tokens + greatest(0, extract(epoch from v_now - bucket.refilled_at)) / v_rule.refill_seconds >= 1
  returning bucket.tokens into v_tokens;

  if v_tokens is null then
    select bucket.tokens + greatest(0, extract(epoch from v_now - bucket.refilled_at)) / v_rule.refill_seconds
    into v_tokens
    from private.rate_limit_buckets as bucket
    where bucket.user_id = v_user_id and bucket.action = v_rule.action;

    perform private.raise_error(
      429, 'rate_limited', 'That is too often; wait a little.',
      greatest(1, ceil((1 - v_tokens) * v_rule.refill_seconds))::int::text
    );
  end if;
end;
$$;
comment on function private.take_token(text) is
$$Take one token from the caller's bucket for an action

Refuses with rate_limited (429; hint: seconds until a token is back). A refused or failed call takes nothing.$$;

-- Security definer: private.settings is readable by nobody.
create or replace function private.page_size(requested int)
returns int
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return least(
    greatest(coalesce(page_size.requested, private.setting('page_size_default')), 1),
    private.setting('page_size_limit')
  );
end;
$$;
comment on function private.page_size(int) is 'Rows of a page: the default when null, at least 1, at most the limit';

create or replace function private.encode_cursors(list text, places text[])
returns text[]
language plpgsql
immutable
security invoker
parallel safe
set search_path = ''
as $$
begin
  return array(
    select translate(encode(substring(sha256(cursor.payload) from 1 for 4) || cursor.payload, 'base64'), E'+/=\n', '-_')
    from unnest(encode_cursors.places) with ordinality as at (place, number)
    cross join lateral (select convert_to('1|' || encode_cursors.list || '|' || at.place, 'UTF8') as payload offset 0) as cursor
    order by at.number
  );
end;
$$;
comment on function private.encode_cursors(text, text[]) is 'encode_cursor for all rows of a page in one call';

create or replace function private.encode_cursor(list text, place text)
returns text
language plpgsql
immutable
security invoker
parallel safe
set search_path = ''
as $$
begin
  return (private.encode_cursors(encode_cursor.list, array[encode_cursor.place]))[1];
end;
$$;
comment on function private.encode_cursor(text, text) is
$$An opaque cursor: a place in one list

Base64url of a four-byte digest, the version 1, the list's name and the place. The digest is not a secret: a cursor holds nothing
but a place in a list the caller may read; it is there so that a damaged or foreign cursor is refused and never read as another place.$$;

create or replace function private.decode_cursor(list text, cursor text)
returns text
language plpgsql
immutable
security invoker
parallel safe
set search_path = ''
as $$
declare
  v_bytes bytea;
  v_payload bytea;
  v_prefix text := '1|' || decode_cursor.list || '|';
  v_text text;
begin
  if decode_cursor.cursor is null then
    return null;
  end if;

  begin
    if length(decode_cursor.cursor) > 1000 or decode_cursor.cursor !~ '^[A-Za-z0-9_-]+$' then
      raise exception using errcode = 'data_exception';
    end if;
    v_bytes := decode(
      translate(decode_cursor.cursor, '-_', '+/') || repeat('=', (4 - length(decode_cursor.cursor) % 4) % 4),
      'base64'
    );
    v_payload := substring(v_bytes from 5);
    v_text := convert_from(v_payload, 'UTF8');
    if length(v_bytes) < 6
      or substring(v_bytes from 1 for 4) <> substring(sha256(v_payload) from 1 for 4)
      or not starts_with(v_text, v_prefix)
      or private.encode_cursor(decode_cursor.list, substring(v_text from length(v_prefix) + 1)) <> decode_cursor.cursor
    then
      raise exception using errcode = 'data_exception';
    end if;
  exception when data_exception or character_not_in_repertoire or untranslatable_character then
    perform private.raise_error(422, 'bad_cursor', 'This cursor is not one this list has given out; start again without it.');
  end;

  return substring(v_text from length(v_prefix) + 1);
end;
$$;
comment on function private.decode_cursor(text, text) is 'The place a cursor of this list stands for; null for null; bad_cursor (422) for anything else';

create or replace function private.decode_place(list text, cursor text, types text[])
returns text[]
language plpgsql
immutable
security invoker
parallel safe
set search_path = ''
as $$
declare
  v_text text := private.decode_cursor(decode_place.list, decode_place.cursor);
  v_place text[];
begin
  if v_text is null then
    return null;
  end if;
  if cardinality(decode_place.types) = 1 then
    v_place := array[v_text];
  elsif pg_input_is_valid(v_text, 'jsonb') and jsonb_typeof(v_text::jsonb) = 'array' then
    v_place := array(select part from jsonb_array_elements_text(v_text::jsonb) as part);
  end if;
  if cardinality(v_place) is distinct from cardinality(decode_place.types) or exists (
    select
    from unnest(v_place, decode_place.types) as part (value, type)
    where part.value is null or not pg_input_is_valid(part.value, part.type)
  ) then
    perform private.raise_error(422, 'bad_cursor', 'This cursor is not one this list has given out; start again without it.');
  end if;
  return v_place;
end;
$$;
comment on function private.decode_place(text, text, text[]) is
$$The parts of a place of several, each fit for its type

What encode_cursor was given: the part itself where there is one, else the text of a JSON array. Null for null; bad_cursor (422) for anything else, so that its casts cannot fail.$$;

-- Security definer: the outbox is written in the transactions of people who may not read it.
create or replace function private.enqueue(topic text, payload jsonb, user_id uuid default null)
returns bigint
language sql
volatile
security definer
set search_path = ''
as $$
  insert into private.outbox (topic, payload, user_id)
  values (enqueue.topic, enqueue.payload, enqueue.user_id)
  returning id
$$;
comment on function private.enqueue(text, jsonb, uuid) is 'Write something for the outside to the outbox';

-- Security definer: service_role has no rights on the outbox, so that every message moves by these rules.
create or replace function private.claim_outbox(topic text, size int)
returns table (id bigint, payload jsonb, attempts int, created_at timestamptz)
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if claim_outbox.topic is null then
    perform private.raise_error(422, 'topic_missing', 'Say which topic to claim.');
  end if;

  -- What its worker did not finish the last time either is given up here: its worker may be dying of it.
  update private.outbox as message
  set dead_at = clock_timestamp(), leased_until = null, last_error = coalesce(message.last_error, 'not finished within its lease')
  where message.id in (
    select lost.id
    from private.outbox as lost
    where lost.topic = claim_outbox.topic
      and lost.delivered_at is null
      and lost.dead_at is null
      and lost.leased_until <= clock_timestamp()
      and lost.attempts >= private.setting('outbox_attempts')
    for update skip locked
  );
  delete from private.outbox as message
  where message.id in (
    select old.id
    from private.outbox as old
    where old.delivered_at < clock_timestamp() - make_interval(days => private.setting('outbox_kept_days')::int)
    limit 1000
    for update skip locked
  );

  return query
  with due as materialized (
    select message.id
    from private.outbox as message
    where message.topic = claim_outbox.topic
      and message.delivered_at is null
      and message.dead_at is null
      and message.next_attempt_at <= clock_timestamp()
      and (message.leased_until is null or message.leased_until <= clock_timestamp())
    order by message.next_attempt_at, message.id
    limit least(greatest(coalesce(claim_outbox.size, 100), 1), 1000)
    for update skip locked
  ),
  claimed as (
    update private.outbox as message
    set attempts = message.attempts + 1,
        leased_until = clock_timestamp() + make_interval(secs => private.setting('outbox_lease_seconds')::int)
    from due
    where message.id = due.id
    returning message.id, message.payload, message.attempts, message.created_at, message.next_attempt_at
  )
  select claimed.id, claimed.payload, claimed.attempts, claimed.created_at
  from claimed
  order by claimed.next_attempt_at, claimed.id;
end;
$$;

-- Security definer: as claim_outbox.
create or replace function private.finish_outbox(id bigint, ok boolean, error text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_message private.outbox;
  v_is_dead boolean;
begin
  select message.* into v_message from private.outbox as message where message.id = finish_outbox.id for update;

  if not found then
    perform private.raise_error(404, 'message_not_found', 'The outbox has no message with this id.');
  end if;
  if v_message.delivered_at is not null then
    return 'delivered';
  end if;
  if finish_outbox.ok is null then
    perform private.raise_error(422, 'outcome_missing', 'Say whether the message was delivered.');
  end if;

  if finish_outbox.ok then
    update private.outbox as message
    set delivered_at = clock_timestamp(), leased_until = null, dead_at = null, last_error = null
    where message.id = finish_outbox.id;
    return 'delivered';
  end if;

  if v_message.dead_at is not null then
    return 'dead';
  end if;

  -- A failure reported twice for one claim must not count twice: only a leased message can fail.
  if v_message.leased_until is null then
    return 'waiting';
  end if;

  v_is_dead := v_message.attempts >= private.setting('outbox_attempts');
  update private.outbox as message
  set leased_until = null,
      last_error = left(finish_outbox.error, 1000),
      dead_at = case when v_is_dead then clock_timestamp() end,
      next_attempt_at = clock_timestamp() + make_interval(secs => least(
        private.setting('outbox_backoff_seconds') * 2 ^ (v_message.attempts - 1),
        private.setting('outbox_backoff_limit_seconds')
      ))
  where message.id = finish_outbox.id;
  return case when v_is_dead then 'dead' else 'waiting' end;
end;
$$;

-- Security definer: as claim_outbox.
create or replace function private.dead_letters(topic text, size int)
returns table (id bigint, topic text, payload jsonb, attempts int, last_error text, created_at timestamptz, dead_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select message.id, message.topic, message.payload, message.attempts, message.last_error, message.created_at, message.dead_at
  from private.outbox as message
  where message.dead_at is not null
    and (dead_letters.topic is null or message.topic = dead_letters.topic)
  order by message.id
  limit least(greatest(coalesce(dead_letters.size, 100), 1), 1000)
$$;

-- Security definer: as claim_outbox.
create or replace function private.retry_dead_letter(id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.outbox as message
  set dead_at = null, attempts = 0, leased_until = null, next_attempt_at = clock_timestamp()
  where message.id = retry_dead_letter.id
    and message.dead_at is not null;
  if found then
    return true;
  end if;
  if not exists (select from private.outbox as message where message.id = retry_dead_letter.id) then
    perform private.raise_error(404, 'message_not_found', 'The outbox has no message with this id.');
  end if;
  return false;
end;
$$;

-- Security definer: the audit trail is written in the transactions of people who may not read it.
create or replace function private.audit(action text, target_kind text, target_id text, details jsonb default '{}')
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into private.audit_events (actor_id, action, target_kind, target_id, details)
  values ((select auth.uid()), audit.action, audit.target_kind, audit.target_id, audit.details)
$$;
comment on function private.audit(text, text, text, jsonb) is 'Append to the audit trail, in the caller''s name';

create or replace function private.tg_audit_events__append_only()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  raise exception using errcode = 'restrict_violation', message = 'audit_events is append-only';
end;
$$;
create trigger _300_append_only
  before update or delete on private.audit_events
  for each row execute function private.tg_audit_events__append_only();
create trigger _310_append_only
  before truncate on private.audit_events
  for each statement execute function private.tg_audit_events__append_only();

-- Security definer: reads the CLI's own table of applied migrations, which service_role cannot.
create or replace function private.schema_version()
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if to_regclass('supabase_migrations.schema_migrations') is null then
    return null;
  end if;
  return (select max(migration.version) from supabase_migrations.schema_migrations as migration);
end;
$$;
