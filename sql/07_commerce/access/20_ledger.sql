-- The ledger is nobody's: what people are told of it, RPCs work out. Currencies are everybody's to read.
--
--                                    anon   signed in   service   admin
--   currencies              select   yes    yes         yes       yes
--   currencies              write    -      -           -         rpc
--   ledger                  all      -      -           rpc       -

grant select on public.currencies to anon, authenticated, service_role;
create policy select_all on public.currencies
  for select to anon, authenticated
  using (true);
