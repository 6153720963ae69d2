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

-- For every table whose rows stay as they were written, whoever writes: the owner of the database too.
create or replace function private.tg__append_only()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  raise exception using errcode = 'restrict_violation', message = tg_table_name || ' is append-only';
end;
$$;
create trigger _300_append_only
  before update or delete on private.audit_events
  for each row execute function private.tg__append_only();
create trigger _310_append_only
  before truncate on private.audit_events
  for each statement execute function private.tg__append_only();

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
