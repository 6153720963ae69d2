-- What a play pays is everybody's to read; what people earn, share and are paid an RPC tells them.
--
--                                    anon   signed in   service   admin
--   royalty_rates           select   yes    yes         yes       yes
--   royalty_rates           write    -      -           -         rpc
--   payouts                 select   -      own         all       own
--   payouts                 write    -      rpc         rpc       -
--   the others              all      -      -           rpc       -

grant select on public.royalty_rates to anon, authenticated, service_role;
create policy select_all on public.royalty_rates
  for select to anon, authenticated
  using (true);

grant select on public.payouts to authenticated, service_role;
create policy select_own on public.payouts
  for select to authenticated
  using (seller_id = (select auth.uid()));
