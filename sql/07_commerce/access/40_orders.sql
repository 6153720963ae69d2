-- Orders: whoever ordered reads theirs, whoever sells reads what of it is paid for and theirs. Nobody writes but by RPC.
--
--                                    anon   buyer     seller         service
--   fee_policies            select   yes    yes       yes            all
--   orders                  select   -      own       -              all
--   order_lines             select   -      own       own, paid      all
--   all                     write    -      rpc       rpc            rpc

grant select on public.fee_policies to anon, authenticated, service_role;
create policy select_all on public.fee_policies
  for select to anon, authenticated
  using (true);

grant select on public.orders to authenticated, service_role;
create policy select_own on public.orders
  for select to authenticated
  using (buyer_id = (select auth.uid()));

grant select on public.order_lines to authenticated, service_role;
create policy select_own on public.order_lines
  for select to authenticated
  using (buyer_id = (select auth.uid()) or (seller_id = (select auth.uid()) and paid_at is not null));
