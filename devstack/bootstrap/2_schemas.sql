-- What a hosted database has before its first migration, but for the tables of auth and storage, which
-- Lite creates. Runs as supabase_admin in the database itself. Safe to repeat.
create schema if not exists extensions authorization postgres;
create schema if not exists auth authorization supabase_auth_admin;
create schema if not exists storage authorization supabase_storage_admin;
create schema if not exists supabase_migrations authorization supabase_history;
create schema if not exists devstack;

-- Untrusted extensions, which postgres could not create itself.
do $$
begin
  -- PostgreSQL 17 of `make test-pg17` comes without it.
  if exists (select from pg_available_extensions where name = 'vector') then
    create extension if not exists vector with schema extensions;
  end if;
end
$$;
create extension if not exists pg_trgm with schema extensions;

grant usage on schema public, extensions, auth, storage to postgres, anon, authenticated, service_role;
grant create on schema public to postgres;

-- When Lite serves its first object, it looks in pg_class for tables under row-level security and grants
-- ALL on every table of their schemas to anon, authenticated and service_role, today's and tomorrow's.
-- It reads pg_class through its search_path, which 1_roles.sql points here: it then sees only the tables
-- of storage under row-level security and leaves the rest alone.
create schema if not exists devstack_lite;
grant usage on schema devstack_lite to supabase_auth_admin;

do $$
begin
  execute (
    select format(
      'create or replace view devstack_lite.pg_class as select %s from pg_catalog.pg_class as class',
      string_agg(
        case attribute.attname
          when 'relrowsecurity' then
            'class.relrowsecurity and class.relnamespace = ''storage''::regnamespace as relrowsecurity'
          else format('class.%I', attribute.attname)
        end,
        ', ' order by attribute.attnum
      )
    )
    from pg_attribute as attribute
    where attribute.attrelid = 'pg_catalog.pg_class'::regclass
      and attribute.attnum > 0
      and not attribute.attisdropped
  );
end
$$;

grant select on devstack_lite.pg_class to supabase_auth_admin;

-- The claims of the caller, as hosted Supabase defines them.
create or replace function devstack.define_auth_functions()
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $define$
begin
  perform set_config('devstack.defining', 'on', true);

  create or replace function auth.uid()
  returns uuid
  language sql
  stable
  as $$
    select coalesce(
      nullif(current_setting('request.jwt.claim.sub', true), ''),
      nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
    )::uuid
  $$;

  create or replace function auth.role()
  returns text
  language sql
  stable
  as $$
    select coalesce(
      nullif(current_setting('request.jwt.claim.role', true), ''),
      nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
    )
  $$;

  create or replace function auth.email()
  returns text
  language sql
  stable
  as $$
    select coalesce(
      nullif(current_setting('request.jwt.claim.email', true), ''),
      nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
    )
  $$;

  create or replace function auth.jwt()
  returns jsonb
  language sql
  stable
  as $$
    select coalesce(
      nullif(current_setting('request.jwt.claim', true), ''),
      nullif(current_setting('request.jwt.claims', true), '')
    )::jsonb
  $$;

  alter function auth.uid() owner to supabase_auth_admin;
  alter function auth.role() owner to supabase_auth_admin;
  alter function auth.email() owner to supabase_auth_admin;
  alter function auth.jwt() owner to supabase_auth_admin;

  perform set_config('devstack.defining', 'off', true);
end
$define$;

revoke execute on function devstack.define_auth_functions() from public;

-- Lite re-creates these functions at each start, so that they read only the settings which PostgREST no
-- longer makes. This puts the right ones back at once, in the same statement.
create or replace function devstack.keep_auth_functions()
returns event_trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if coalesce(current_setting('devstack.defining', true), 'off') <> 'on'
    and exists (
      select
      from pg_catalog.pg_event_trigger_ddl_commands() as command
      where command.object_identity in ('auth.uid()', 'auth.role()', 'auth.email()', 'auth.jwt()')
    )
  then
    perform devstack.define_auth_functions();
  end if;
end
$$;

revoke execute on function devstack.keep_auth_functions() from public;

drop event trigger if exists devstack_keep_auth_functions;
select devstack.define_auth_functions();
create event trigger devstack_keep_auth_functions
  on ddl_command_end
  when tag in ('CREATE FUNCTION')
  execute function devstack.keep_auth_functions();
