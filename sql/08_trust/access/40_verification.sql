-- Verification: who asks reads their own, without who decided; all else is by RPC.
--
--                                  anon   artist   moderator   service
--   verification_requests  select   -      own *    rpc         all
--   verification_requests  write    -      rpc      rpc         rpc
--   * but decided_by and when the pages are looked at next

grant select (id, artist_id, urls, code, status, findings, note, created_at, crawled_at, decided_at) on public.verification_requests to authenticated;
grant select on public.verification_requests to service_role;
create policy select_own on public.verification_requests
  for select to authenticated
  using (artist_id = (select auth.uid()));
