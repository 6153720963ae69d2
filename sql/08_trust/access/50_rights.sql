-- Rights: licenses are read with their track; what is declared, by its artist and the staff; claims and fingerprints by nobody directly.
--
--                               anon          signed in     artist   moderator   service
--   rights_declarations select  -             -             own      yes         all
--   licenses            select  of a track they can read    own      yes         all
--   claims                      -             -             rpc      rpc         rpc
--   fingerprints                -             -             -        -           rpc
--   all                 write   -             -             rpc      rpc         rpc

grant select on public.rights_declarations to authenticated, service_role;
create policy select_own on public.rights_declarations
  for select to authenticated
  using (artist_id = (select auth.uid()) or (select private.is_staff()));

grant select on public.licenses to anon, authenticated, service_role;
create policy select_of_track on public.licenses
  for select to anon, authenticated
  using (exists (select from public.tracks as track where track.id = licenses.track_id));
