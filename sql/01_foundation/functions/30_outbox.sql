-- Security definer: the outbox is written in the transactions of people who may not read it.
create or replace function private.enqueue(topic text, payload jsonb, user_id uuid default null, available_at timestamptz default null)
returns bigint
language sql
volatile
security definer
set search_path = ''
as $$
  insert into private.outbox (topic, payload, user_id, next_attempt_at)
  values (enqueue.topic, enqueue.payload, enqueue.user_id, coalesce(enqueue.available_at, now()))
  returning id
$$;
comment on function private.enqueue(text, jsonb, uuid, timestamptz) is 'Write something for the outside to the outbox, to be delivered now or from available_at on';

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
  where message.id = any (array(
    select old.id
    from private.outbox as old
    where old.delivered_at < clock_timestamp() - make_interval(days => private.setting('outbox_kept_days')::int)
    limit 1000
    for update skip locked
  ));

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
