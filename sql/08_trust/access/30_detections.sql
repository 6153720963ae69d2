-- Detections: each artist their own, without what the provider found and who decided; moderators all, the rest of it by RPC.
--
--                                      anon   stranger   artist   moderator   service
--   detections            select       -      -          own *    all *       all
--   detection_proofs      select       -      -          own      all         all
--   detection_reviews     select       -      -          -        all         all
--   all                   write        -      -          rpc      rpc         rpc
--   proof-files           read         -      -          own      handed in   all
--   * but evidence, reviewed_by, notes and what the service keeps

grant select (
  id, track_id, artist_id, provider, provider_version, status, risk_score, bands, is_current, is_before, appeal_text, appealed_at, reopened_at, decided_at,
  created_at
) on public.detections to authenticated;
grant select on public.detections to service_role;
create policy select_own on public.detections
  for select to authenticated
  using (artist_id = (select auth.uid()) or (select private.is_staff()));

grant select on public.detection_proofs to authenticated, service_role;
create policy select_own on public.detection_proofs
  for select to authenticated
  using (artist_id = (select auth.uid()) or (select private.is_staff()));

grant select on public.detection_reviews to authenticated, service_role;
create policy select_staff on public.detection_reviews
  for select to authenticated
  using ((select private.is_staff()));

-- What was handed in is for those who see that it was: who decides on it. What merely lies in somebody's folder is theirs.
create policy select_submitted_proof on storage.objects
  for select to authenticated
  using (
    bucket_id = 'proof-files'
    and exists (select from public.detection_proofs as proof where proof.object_paths @> array[objects.name])
  );
