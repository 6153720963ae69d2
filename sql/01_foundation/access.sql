-- Foundation: everybody reads which features are on; everything else is reached through functions.
--
--                     anon   signed in   service   admin
--   feature_flags     read   read        read      rpc
--   settings, rules   -      -           -         rpc
--   outbox            -      -           rpc       -

grant usage on schema public to anon, authenticated, service_role;
grant usage on schema backend to service_role;

grant select on public.feature_flags to anon, authenticated, service_role;
create policy select_all on public.feature_flags
  for select to anon, authenticated
  using (true);
