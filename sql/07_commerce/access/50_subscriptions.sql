-- Subscriptions and invoices are told to whose they are; what Stripe reports alone writes them.
--
--                                    anon   signed in   service
--   subscriptions           select   -      own         all
--   invoices                select   -      own         all
--   all                     write    -      -           -

grant select (id, user_id, plan, status, started_at, period_start, period_end, cancels_at, ended_at) on public.subscriptions to authenticated;
grant select on public.subscriptions to service_role;
create policy select_own on public.subscriptions
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select (id, user_id, subscription_id, status, amount_minor, paid_minor, currency, period_end, url, created_at) on public.invoices
  to authenticated;
grant select on public.invoices to service_role;
create policy select_own on public.invoices
  for select to authenticated
  using (user_id = (select auth.uid()));
