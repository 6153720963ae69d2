-- Hosted projects made before Supabase closed its defaults: everything that postgres creates in public is
-- granted to the API roles. A test shows that our grants come out the same with and without this.
alter default privileges for role postgres in schema public
  grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  grant all on functions to anon, authenticated, service_role;
