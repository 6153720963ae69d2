-- A counter of a row that is hot: what a domain checks is compiled once a session, a check of the table by each statement that writes a row.
create domain public.tally as int constraint tally_not_negative check (value >= 0);
comment on domain public.tally is 'How many there are';
create domain public.long_tally as bigint constraint long_tally_not_negative check (value >= 0);
comment on domain public.long_tally is 'How many there are, where they may be more than two billion';

-- Three schemas: public is the API, backend is for the cloud functions, private is reached by nobody directly.
create schema if not exists private;
create schema if not exists backend;
comment on schema backend is 'RPCs for the cloud functions: service_role only, idempotent';
comment on schema private is 'Helpers, inboxes, ledgers and settings: reached only through public and backend functions';

-- Closed by default: only the global form (without a schema) takes execute away from public.
alter default privileges revoke execute on functions from public;
-- Older hosted projects grant every new object in public to the API roles; whatever was the default, from here on it is nothing.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

create extension if not exists pg_trgm with schema extensions;

-- Here and not in functions.sql, as defaults of columns name it.
-- Hosted Postgres 17 has no uuidv7(); layout of RFC 9562 section 5.7, with the 12 bits after the version holding the
-- fraction of the millisecond (section 6.2, method 3), so that ids made one after the other sort that way.
-- In this form, and without search_path, it becomes part of the insert: forty-eight bits of milliseconds and twelve of their 4096ths are fifteen hex
-- digits, the version comes between the two, and all that follows is random.
create or replace function private.uuid_v7()
returns uuid
language sql
volatile
security invoker
parallel safe
begin atomic
  select (
    overlay(lpad(to_hex((extract(epoch from clock_timestamp()) * 4096000)::bigint), 15, '0') placing '7' from 13 for 0)
    || substr(gen_random_uuid()::text, 20)
  )::uuid;
end;
comment on function private.uuid_v7() is 'A time-ordered uuid (RFC 9562 version 7) with microsecond order, for what is listed by time';

create table public.feature_flags (
  name text primary key,
  is_enabled boolean not null,
  description text not null,
  constraint feature_flags_name_format check (name ~ '^[a-z][a-z0-9_]{1,40}$')
);
alter table public.feature_flags enable row level security;
alter table public.feature_flags force row level security;
comment on table public.feature_flags is
$$Which domains accept writes

A domain that is switched off refuses writes with 403 feature_disabled; reading goes on. Changed by admins with set_feature.$$;
comment on column public.feature_flags.name is 'The domain: social, ...';
comment on column public.feature_flags.is_enabled is 'False refuses every write of the domain';
comment on column public.feature_flags.description is 'What stops working when it is off';

create table private.settings (
  name text primary key,
  value bigint not null,
  minimum bigint not null,
  maximum bigint not null,
  unit text not null,
  description text not null,
  constraint settings_value_range check (value between minimum and maximum)
);
alter table private.settings enable row level security;
alter table private.settings force row level security;
comment on table private.settings is 'Numbers an operator may tune; changed by admins with set_setting, which audits';
comment on column private.settings.name is 'What private.setting() is asked for';
comment on column private.settings.value is 'The number in force';
comment on column private.settings.minimum is 'The least that set_setting accepts';
comment on column private.settings.maximum is 'The most that set_setting accepts';
comment on column private.settings.unit is 'What the number counts: days, rows, seconds, ...';
comment on column private.settings.description is 'What changes with it';

create table private.rate_limit_rules (
  action text primary key,
  capacity int not null,
  refill_seconds numeric not null,
  description text not null,
  is_exact boolean not null default false,
  constraint rate_limit_rules_capacity_positive check (capacity between 1 and 100000),
  constraint rate_limit_rules_refill_positive check (refill_seconds > 0 and refill_seconds <= 86400)
);
alter table private.rate_limit_rules enable row level security;
alter table private.rate_limit_rules force row level security;
comment on table private.rate_limit_rules is 'Token buckets and windows by action; changed by admins with set_rate_limit, which audits';
comment on column private.rate_limit_rules.action is 'What private.take_token() is asked for';
comment on column private.rate_limit_rules.capacity is 'Tokens in a full bucket: the burst that passes';
comment on column private.rate_limit_rules.refill_seconds is 'Seconds until one token comes back';
comment on column private.rate_limit_rules.description is 'What is limited';
comment on column private.rate_limit_rules.is_exact is
'Never more than capacity within any capacity × refill_seconds, where a bucket lets a burst through and refills meanwhile; for capacities up to 1000';

-- No foreign key to the person: a bucket is worth nothing, is written on hot paths, and is erased through the data map.
create unlogged table private.rate_limit_buckets (
  user_id uuid not null,
  action text not null references private.rate_limit_rules (action) on delete cascade,
  tokens double precision not null,
  refilled_at timestamptz not null,
  about_id uuid not null default '00000000-0000-0000-0000-000000000000',
  last_times timestamptz[] not null default '{}',
  primary key (user_id, action, about_id)
);
create index rate_limit_buckets_action on private.rate_limit_buckets (action);
create index rate_limit_buckets_about_id on private.rate_limit_buckets (about_id) where about_id <> '00000000-0000-0000-0000-000000000000';
alter table private.rate_limit_buckets enable row level security;
alter table private.rate_limit_buckets force row level security;
comment on table private.rate_limit_buckets is 'What is left of each person''s token buckets; unlogged, as a crash may refill them';
comment on column private.rate_limit_buckets.user_id is 'Whose bucket it is';
comment on column private.rate_limit_buckets.action is 'What it limits';
comment on column private.rate_limit_buckets.tokens is 'What was left when it was last taken from';
comment on column private.rate_limit_buckets.refilled_at is 'When that was';
comment on column private.rate_limit_buckets.last_times is 'Of an exact rule: the last times, no more than its capacity, oldest first';
comment on column private.rate_limit_buckets.about_id is
'Whom or what the action is about, where each has a bucket of its own; zeros where one bucket is for all';

create table private.outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  payload jsonb not null,
  user_id uuid,
  attempts int not null default 0,
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  delivered_at timestamptz,
  dead_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  constraint outbox_topic_format check (topic ~ '^[a-z][a-z0-9_]{1,40}$')
);
create index outbox_due on private.outbox (topic, next_attempt_at, id) where delivered_at is null and dead_at is null;
create index outbox_leased on private.outbox (topic, leased_until) where leased_until is not null and delivered_at is null and dead_at is null;
create index outbox_delivered on private.outbox (delivered_at) where delivered_at is not null;
create index outbox_dead on private.outbox (id) where dead_at is not null;
create index outbox_user_id on private.outbox (user_id) where user_id is not null;
alter table private.outbox enable row level security;
alter table private.outbox force row level security;
comment on table private.outbox is
$$What must reach the outside, written in the transaction that causes it

Delivered at least once by a scheduled function: claim (with a lease), deliver, finish. Failures wait 30 s, doubling to 1 h;
after 8 attempts a row is a dead letter that an operator lists and retries. The numbers are private.settings.$$;
comment on column private.outbox.user_id is 'The person the payload is about, for erasure; null when none';

create table private.audit_events (
  id bigint generated always as identity primary key,
  actor_id uuid,
  action text not null,
  target_kind text,
  target_id text,
  details jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint audit_events_action_format check (action ~ '^[a-z][a-z0-9_]{1,60}$')
);
create index audit_events_created_at on private.audit_events using brin (created_at) with (autosummarize = on, pages_per_range = 32);
create index audit_events_actor_id on private.audit_events (actor_id, id desc);
alter table private.audit_events enable row level security;
alter table private.audit_events force row level security;
comment on table private.audit_events is 'What staff and money do, appended in the same transaction; a trigger refuses update, delete and truncate';

create table private.data_map (
  table_name text not null,
  person_column text not null,
  is_exported boolean not null,
  withheld_columns text[] not null default '{}',
  on_erasure text not null,
  cleared_columns text[] not null default '{}',
  erase_order int not null default 100,
  reason text not null,
  primary key (table_name, person_column),
  constraint data_map_on_erasure_known check (on_erasure in ('delete', 'anonymise', 'retain')),
  constraint data_map_cleared_columns_fit check ((on_erasure = 'anonymise') = (cardinality(cleared_columns) > 0))
);
alter table private.data_map enable row level security;
alter table private.data_map force row level security;
comment on table private.data_map is
$$Where personal data lies, and what becomes of it

One row a column that holds a person's id. export_my_data() reads the exported ones; erasure deletes, clears columns or keeps
(with the reason), in erase_order. A law fails when a table with a person's id is missing.$$;
comment on column private.data_map.table_name is 'schema.table';
comment on column private.data_map.person_column is 'The column that holds the person''s id';
comment on column private.data_map.is_exported is 'Whether export_my_data() gives the person these rows';
comment on column private.data_map.withheld_columns is 'What of these rows the export leaves out: whom the person is not told of';
comment on column private.data_map.on_erasure is 'delete the rows, anonymise them (set cleared_columns null) or retain them for the reason given';
comment on column private.data_map.cleared_columns is 'What anonymise sets to null';
comment on column private.data_map.erase_order is 'Lower goes first';
comment on column private.data_map.reason is 'Why it is kept or treated so';
