-- Security definer: a token moves to whoever is signed in on the device, which the row's last owner could not allow.
create or replace function private.register_push_token(token text, platform text, device_name text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user();
  v_name text := nullif(btrim(register_push_token.device_name), '');
  v_device public.push_tokens;
begin
  if register_push_token.token is null or register_push_token.token !~ '^Expo(nent)?PushToken\[[A-Za-z0-9_-]{1,100}\]$' then
    perform private.raise_error(422, 'push_token_invalid', 'This is no push token of Expo.');
  end if;
  if register_push_token.platform is null or register_push_token.platform not in ('ios', 'android') then
    perform private.raise_error(422, 'platform_unknown', 'A platform is ios or android.');
  end if;
  perform private.take_token('register_push_token');

  insert into public.push_tokens as device (token, user_id, platform, device_name)
  values (register_push_token.token, v_user_id, register_push_token.platform, left(v_name, 100))
  on conflict (token) do update
    set user_id = excluded.user_id,
        platform = excluded.platform,
        device_name = excluded.device_name,
        created_at = case when device.user_id = excluded.user_id then device.created_at else now() end,
        registered_at = now()
  returning * into v_device;

  -- Nobody has more devices in use than this; the ones not heard of for longest go.
  delete from public.push_tokens as device
  where device.token = any (array(
    select old.token
    from public.push_tokens as old
    where old.user_id = v_user_id
    order by old.registered_at desc, old.token
    offset private.setting('push_tokens_limit')
    for update skip locked
  )) and device.token <> v_device.token;
  return jsonb_build_object('token', v_device.token, 'platform', v_device.platform, 'device_name', v_device.device_name);
end;
$$;

-- Security definer: clients hold no delete right on push_tokens.
create or replace function private.remove_push_token(token text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user(even_banned => true);
begin
  delete from public.push_tokens as device where device.token = remove_push_token.token and device.user_id = v_user_id;
  return jsonb_build_object('is_registered', false);
end;
$$;

create or replace function private.push_text(template text, told public.notifications, actor_ids uuid[])
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_text text := push_text.template;
  v_name text;
  v_others int := (push_text.told).actor_count - 1;
begin
  select person.display_name into v_name from public.profiles as person where person.id = push_text.actor_ids[1];
  -- One word after the other from the template alone, so that nobody's name is read as one.
  return coalesce((
    select string_agg(
      part.before || case part.word
        when '' then ''
        when 'actors' then coalesce(v_name, 'Somebody') || case
          when v_others > 1 then ' and ' || v_others || ' others'
          when v_others = 1 then ' and 1 other'
          else ''
        end
        -- What notifications do not show, such as a product, is named in their data alone.
        when 'target' then replace(coalesce((push_text.told).target_kind, (push_text.told).data ->> 'target_kind', 'account'), '_', ' ')
        else coalesce((push_text.told).data ->> part.word, '')
      end,
      '' order by part.number
    )
    from (
      select match.words[1] as before, coalesce(match.words[2], '') as word, match.number
      from regexp_matches(push_text.template, '([^{]*)(?:\{([a-z_]+)\})?', 'g') with ordinality as match (words, number)
    ) as part
  ), '');
end;
$$;
comment on function private.push_text(text, public.notifications, uuid[]) is
'The text of a push message: {actors}, {target} and the keys of data replaced';

-- The one rule of what is sent of notifications to the outside: as the recipient stands to it now, and in words.
create or replace function private.words_to_send(notification_ids uuid[], channel text)
returns table (notification_id uuid, recipient_id uuid, title text, body text, data jsonb)
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_caller text := coalesce(current_setting('request.jwt.claim.sub', true), '');
  v_told public.notifications;
  v_kind private.notification_kinds;
  v_shown uuid[];
  v_quiet_until timestamptz;
begin
  for v_told in
    select told.*
    from public.notifications as told
    where told.id = any (words_to_send.notification_ids) and told.read_at is null
    order by told.id
  loop
    if exists (
        select from private.hidden_profiles as hidden where hidden.profile_id = v_told.recipient_id and hidden.reason = 'deletion'
      )
      or not private.wants_notification(v_told.recipient_id, v_told.kind, 'in_app')
      or not private.wants_notification(v_told.recipient_id, v_told.kind, words_to_send.channel)
    then
      continue;
    end if;
    -- Quiet hours that began since it was queued: it comes again at their end, once however often this is asked. An e-mail rings nowhere.
    v_quiet_until := case words_to_send.channel when 'push' then private.after_quiet_hours(v_told.recipient_id) end;
    if v_quiet_until > now() then
      if not exists (
        select
        from private.outbox as message
        where message.user_id = v_told.recipient_id
          and message.topic = 'send_push'
          and message.payload ->> 'notification_id' = v_told.id::text
          and message.delivered_at is null
          and message.dead_at is null
          and message.attempts = 0
      ) then
        perform private.enqueue(
          'send_push', jsonb_build_object('notification_id', v_told.id), v_told.recipient_id, v_quiet_until
        );
      end if;
      continue;
    end if;
    perform set_config('request.jwt.claim.sub', v_told.recipient_id::text, true);
    select array(select (actor.card ->> 'id')::uuid from unnest(seen.actors) as actor (card))
    into v_shown
    from private.reader as reader
    cross join lateral private.notifications_for(reader.id, reader.blocked_ids, reader.muted_ids) as seen
    where seen.id = v_told.id and seen.is_shown;
    if found then
      select row.* into v_kind from private.notification_kinds as row where row.kind = v_told.kind;
      notification_id := v_told.id;
      recipient_id := v_told.recipient_id;
      title := private.push_text(v_kind.push_title, v_told, v_shown);
      body := private.push_text(v_kind.push_body, v_told, v_shown);
      data := jsonb_build_object(
        'notification_id', v_told.id, 'kind', v_told.kind, 'target_kind', v_told.target_kind, 'target_id', v_told.target_id
      );
      return next;
    end if;
    perform set_config('request.jwt.claim.sub', v_caller, true);
  end loop;
end;
$$;
comment on function private.words_to_send(uuid[], text) is
'Which of these notifications their recipients still want on a channel, push or email, unread, wanted and seen by them, with title, body and data';

-- Security definer: service_role reads no notification but to send it.
create or replace function private.push_messages(notification_ids uuid[])
returns table (notification_id uuid, token text, title text, body text, data jsonb)
language sql
volatile
security definer
set search_path = ''
as $$
  select words.notification_id, device.token, words.title, words.body, words.data
  from private.words_to_send(push_messages.notification_ids, 'push') as words
  join public.push_tokens as device on device.user_id = words.recipient_id
  order by words.notification_id, device.registered_at desc, device.token
$$;

-- Security definer: as push_messages; addresses are nobody's to read.
create or replace function private.email_messages(notification_ids uuid[])
returns table (notification_id uuid, email text, display_name text, subject text, body text, data jsonb)
language sql
volatile
security definer
set search_path = ''
as $$
  select words.notification_id, account.email::text, person.display_name, words.title, words.body, words.data
  from private.words_to_send(email_messages.notification_ids, 'email') as words
  join public.profiles as person on person.id = words.recipient_id
  join auth.users as account on account.id = words.recipient_id
  where account.email_confirmed_at is not null and account.email <> ''
  order by words.notification_id
$$;

create or replace function private.record_push_tickets(tickets jsonb)
returns int
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_count int;
begin
  if jsonb_typeof(record_push_tickets.tickets) is distinct from 'array' or exists (
    select from jsonb_array_elements(record_push_tickets.tickets) as ticket
    where jsonb_typeof(ticket) <> 'object' or ticket ->> 'token' is null
      or char_length(coalesce(ticket ->> 'ticket_id', '')) not between 1 and 200
  ) then
    perform private.raise_error(422, 'tickets_invalid', 'Tickets are an array of {ticket_id, token}.');
  end if;
  insert into private.push_tickets (ticket_id, token)
  select ticket ->> 'ticket_id', device.token
  from jsonb_array_elements(record_push_tickets.tickets) as ticket
  join public.push_tokens as device on device.token = ticket ->> 'token'
  on conflict (ticket_id) do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

comment on function private.record_push_tickets(jsonb) is
'Keep tickets [{ticket_id, token}, ...], but those of devices that are gone meanwhile and those that are known; how many';

-- Security definer: service_role holds no rights on push_tickets and push_tokens. All at once, so that a run that dies has said everything
-- of a request or nothing. Lock order: the messages by their ids, then devices, then tickets.
create or replace function private.finish_pushes(outcomes jsonb, tickets jsonb, gone_tokens text[])
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  if jsonb_typeof(finish_pushes.outcomes) is distinct from 'array' or exists (
    select from jsonb_array_elements(finish_pushes.outcomes) as outcome
    where jsonb_typeof(outcome) <> 'object' or coalesce(outcome ->> 'id', '') !~ '^[0-9]{1,18}$'
  ) then
    perform private.raise_error(422, 'outcomes_invalid', 'Outcomes are an array of {id, error}.');
  end if;
  -- The messages about a person go with their account, even one under way.
  select count(private.finish_outbox(known.id, known.error is null, known.error)) into v_count
  from (
    select message.id, outcome ->> 'error' as error
    from jsonb_array_elements(finish_pushes.outcomes) as outcome
    join private.outbox as message on message.id = (outcome ->> 'id')::bigint and message.topic = 'send_push'
    order by message.id
    for update of message
  ) as known;
  delete from public.push_tokens as device
  where device.token in (
    select gone.token from public.push_tokens as gone where gone.token = any (finish_pushes.gone_tokens) order by gone.token for update
  );
  perform private.record_push_tickets(finish_pushes.tickets);
  return v_count;
end;
$$;

-- Security definer: as finish_pushes. One that Expo has no receipt of yet is passed over for a while, so that it does not keep the others
-- from being read.
create or replace function private.due_push_tickets(size int)
returns table (ticket_id text, token text)
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_before timestamptz := now() - make_interval(mins => private.setting('push_receipt_minutes')::int);
begin
  return query
  with due as materialized (
    select ticket.ticket_id
    from private.push_tickets as ticket
    where ticket.sent_at <= v_before and (ticket.asked_at is null or ticket.asked_at <= v_before)
    order by ticket.sent_at, ticket.ticket_id
    limit least(greatest(coalesce(due_push_tickets.size, 300), 1), 1000)
    for update skip locked
  )
  update private.push_tickets as ticket
  set asked_at = clock_timestamp()
  from due
  where ticket.ticket_id = due.ticket_id
  returning ticket.ticket_id, ticket.token;
end;
$$;

-- Security definer: as finish_pushes. A device that was registered anew since it was sent to is alive again.
create or replace function private.finish_push_tickets(ticket_ids text[], gone_ticket_ids text[])
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  delete from public.push_tokens as device
  where device.token in (
    select gone.token
    from public.push_tokens as gone
    join private.push_tickets as ticket on ticket.token = gone.token
    where ticket.ticket_id = any (finish_push_tickets.gone_ticket_ids) and gone.registered_at <= ticket.sent_at
    order by gone.token
    for update of gone
  );
  get diagnostics v_count = row_count;
  delete from private.push_tickets as ticket
  where ticket.ticket_id = any (finish_push_tickets.ticket_ids || finish_push_tickets.gone_ticket_ids);
  return v_count;
end;
$$;
