-- Owners and grants of what Lite has created in auth, storage and supabase_migrations. Runs as
-- supabase_admin after Lite's first start. Safe to repeat.
do $$
declare
  v_relation record;
begin
  for v_relation in
    select relation.oid::regclass as name,
      case namespace.nspname
        when 'storage' then 'supabase_storage_admin'
        else 'supabase_history'
      end as owner
    from pg_class as relation
    join pg_namespace as namespace on namespace.oid = relation.relnamespace
    where namespace.nspname in ('storage', 'supabase_migrations')
      and relation.relkind = 'r'
  loop
    execute format('alter table %s owner to %I', v_relation.name, v_relation.owner);
  end loop;

  for v_relation in
    select routine.oid::regprocedure as name
    from pg_proc as routine
    where routine.pronamespace = 'storage'::regnamespace
  loop
    execute format('alter function %s owner to supabase_storage_admin', v_relation.name);
  end loop;
end
$$;

grant all on all tables in schema auth to postgres;
grant all on all sequences in schema auth to postgres;
grant all on all routines in schema auth to postgres;
grant all on all tables in schema storage to postgres, anon, authenticated, service_role;
