-- Refunds and downloads: each person's own. What Stripe reports is nobody's to read but staff's, by RPC.
--
--                                    anon   buyer   seller   service   admin
--   refunds                 select   -      own *   own *    all       rpc
--   download_grants         select   -      own     -        all       -
--   payments, events        all      -      -       -        rpc       rpc
--   all                     write    -      rpc     rpc      rpc       rpc
--   * but decided_by

-- Not decided_by: who of the staff has decided is not for buyers and sellers.
grant select (
  id, order_id, order_line_id, buyer_id, seller_id, payment_intent_id, amount_minor, currency, status, reason, note, stripe_refund_id, failure, created_at,
  decided_at, finished_at
) on public.refunds to authenticated;
grant select on public.refunds to service_role;
create policy select_own on public.refunds
  for select to authenticated
  using (buyer_id = (select auth.uid()) or seller_id = (select auth.uid()));

grant select on public.download_grants to authenticated, service_role;
create policy select_own on public.download_grants
  for select to authenticated
  using (buyer_id = (select auth.uid()));
