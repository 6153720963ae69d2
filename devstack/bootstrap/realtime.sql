-- Schema realtime as hosted Supabase provides it, as far as broadcast and presence need it: the
-- table that holds messages and whose policies decide who may join, and the functions that send.
-- Run as a superuser; running it again changes nothing. That postgres may create policies on the
-- table is a matter of membership in its owner, see 1_roles.sql.
--
--                      anon, authenticated, service_role      postgres (migrations)
--   messages           select, insert, update under RLS       creates policies
--   send and friends   execute, as the caller                 execute

create schema if not exists realtime;
grant usage on schema realtime to postgres, anon, authenticated, service_role;
grant all on schema realtime to supabase_realtime_admin;

create table if not exists realtime.messages (
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default now(),
  inserted_at timestamp not null default now(),
  id uuid not null default gen_random_uuid(),
  binary_payload bytea,
  primary key (id, inserted_at),
  constraint messages_payload_exclusive check (payload is null or binary_payload is null)
) partition by range (inserted_at);

-- Hosted Supabase cuts a partition a day and drops them after three days. Here one partition takes
-- everything and the relay deletes what is old, so that nothing depends on a job having run.
create table if not exists realtime.messages_default partition of realtime.messages default;

create index if not exists messages_inserted_at_topic_index
  on realtime.messages (inserted_at desc, topic)
  where extension = 'broadcast' and private is true;

alter table realtime.messages owner to supabase_realtime_admin;
alter table realtime.messages_default owner to supabase_realtime_admin;
alter table realtime.messages enable row level security;
alter table realtime.messages_default enable row level security;
grant select, insert, update on realtime.messages
  to postgres, anon, authenticated, service_role;

create or replace function realtime.topic()
returns text
language sql
stable
as $$
  select nullif(current_setting('realtime.topic', true), '')::text
$$;

-- A message that cannot be stored is a warning: a broadcast must never undo what it reports.
create or replace function realtime.send(
  payload jsonb,
  event text,
  topic text,
  private boolean default true
)
returns void
language plpgsql
as $$
declare
  v_id uuid := gen_random_uuid();
begin
  begin
    perform set_config('realtime.topic', send.topic, true);

    insert into realtime.messages (id, payload, event, topic, private, extension)
    values (
      v_id,
      case
        when send.payload ? 'id' then send.payload
        else jsonb_set(send.payload, '{id}', to_jsonb(v_id))
      end,
      send.event,
      send.topic,
      send.private,
      'broadcast'
    );
  exception when others then
    raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
  end;
end;
$$;

create or replace function realtime.send_binary(
  payload bytea,
  event text,
  topic text,
  private boolean default true
)
returns void
language plpgsql
as $$
begin
  begin
    perform set_config('realtime.topic', send_binary.topic, true);

    insert into realtime.messages (binary_payload, event, topic, private, extension)
    values (
      send_binary.payload,
      send_binary.event,
      send_binary.topic,
      send_binary.private,
      'broadcast'
    );
  exception when others then
    raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
  end;
end;
$$;

-- Unlike send, this raises when it is called wrongly: from a statement trigger, or for an operation
-- that is no change of a row.
create or replace function realtime.broadcast_changes(
  topic_name text,
  event_name text,
  operation text,
  table_name text,
  table_schema text,
  new record,
  old record,
  level text default 'ROW'
)
returns void
language plpgsql
as $$
begin
  if broadcast_changes.level = 'STATEMENT' then
    raise exception 'function can only be triggered for each row, not for each statement';
  end if;

  if broadcast_changes.operation not in ('INSERT', 'UPDATE', 'DELETE') then
    raise exception 'Unexpected operation type: %', broadcast_changes.operation;
  end if;

  perform realtime.send(
    jsonb_build_object(
      'old_record', broadcast_changes.old,
      'record', broadcast_changes.new,
      'operation', broadcast_changes.operation,
      'table', broadcast_changes.table_name,
      'schema', broadcast_changes.table_schema
    ),
    broadcast_changes.event_name,
    broadcast_changes.topic_name
  );
exception when others then
  raise exception 'Failed to process the row: %', sqlerrm;
end;
$$;

alter function realtime.topic() owner to supabase_realtime_admin;
alter function realtime.send(jsonb, text, text, boolean) owner to supabase_realtime_admin;
alter function realtime.send_binary(bytea, text, text, boolean) owner to supabase_realtime_admin;
alter function realtime.broadcast_changes(text, text, text, text, text, record, record, text)
  owner to supabase_realtime_admin;
grant execute on all functions in schema realtime
  to postgres, anon, authenticated, service_role;

-- The relay hears of a message by NOTIFY, thus after the commit and never of one rolled back.
-- Hosted Supabase reads the write-ahead log instead, so this part is the stack's own.
create or replace function devstack.notify_realtime_message()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform pg_notify('realtime_messages', new.id::text);
  return null;
end;
$$;

create or replace trigger devstack_notify
  after insert on realtime.messages
  for each row
  when (new.event is not null)
  execute function devstack.notify_realtime_message();
