-- The roles of a hosted Supabase project. Passwords are set by devstack/platform.py. Safe to repeat.
do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'postgres', 'anon', 'authenticated', 'service_role', 'authenticator', 'supabase_auth_admin',
    'supabase_storage_admin', 'supabase_realtime_admin', 'supabase_history'
  ] loop
    if to_regrole(v_role) is null then
      execute format('create role %I', v_role);
    end if;
  end loop;
end
$$;

alter role postgres login createdb createrole bypassrls replication;
alter role anon noinherit;
alter role authenticated noinherit;
alter role service_role noinherit bypassrls;
alter role authenticator login noinherit;
alter role supabase_auth_admin login noinherit createrole;
alter role supabase_storage_admin login noinherit;
alter role supabase_realtime_admin noinherit;

grant anon, authenticated, service_role to authenticator with inherit false, set true;
grant anon, authenticated, service_role, authenticator to postgres with inherit true, set true;

-- On hosted Supabase an extension lets postgres put policies and triggers on the tables of storage and
-- realtime, which it does not own. Stock Postgres knows only ownership, so here postgres is a member of the owners.
grant supabase_storage_admin, supabase_realtime_admin to postgres with inherit true, set true;

-- Lite serves auth and storage over one connection, as supabase_auth_admin.
grant anon, authenticated, service_role to supabase_auth_admin with inherit false, set true;
grant supabase_storage_admin to supabase_auth_admin with inherit true, set true;

-- The table of applied migrations is written by the Supabase CLI (as postgres) and altered by Lite at each start.
grant supabase_history to postgres, supabase_auth_admin with inherit true, set true;

alter role postgres set search_path = "$user", public, extensions;
-- As on hosted Supabase it does not find what is in public: a trigger on auth.users must name its schemas.
alter role supabase_auth_admin set search_path = devstack_lite, pg_catalog, auth;
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
