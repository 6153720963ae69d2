-- Reports: everybody reads what they have reported themselves; staff read all, by RPC with what they weigh. Writing is by RPC.
--
--                           anon   signed in   who reported        whose it is   moderator   service
--   reports          select -      -           own, without copy  -             all *       all
--                    write  -      rpc         -                   -             -           -
--   * without the copy and the weight, which moderation_queue() shows, and without those about themselves
--   reporter_scores, withheld      -           -                   -             -           -

grant select (id, target_kind, target_id, case_id, reason, description, status, created_at, reviewed_at, reporter_id) on public.reports to authenticated;
grant select on public.reports to service_role;
create policy select_own_or_staff on public.reports
  for select to authenticated
  -- Who reads the case: staff, but for those about themselves.
  using (
    reporter_id = (select auth.uid())
    or exists (select from public.moderation_cases as found where found.id = case_id)
  );
