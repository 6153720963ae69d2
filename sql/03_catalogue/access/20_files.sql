-- Files: objects lie in a folder named as their owner's id; the bucket limits size and kind.
--
--                    anybody          stranger    owner                                   service
--   crate-covers     read by address  -           list, upload, delete                    yes
--   product-images   read by address  -           list, upload, delete                    yes
--   track-files      -                -           upload, to the path of a draft of theirs yes
--   proof-files      -                -           read, upload                            yes
--   exports          -                -           read                                    yes

grant execute on function private.my_upload_paths() to authenticated;

create policy select_own_images on storage.objects
  for select to authenticated
  using (bucket_id in ('crate-covers', 'product-images') and split_part(name, '/', 1) = (select auth.uid())::text);
-- As post-media: 20 characters at least, so that nobody guesses the cover of a private crate.
create policy insert_own_images on storage.objects
  for insert to authenticated
  with check (
    bucket_id in ('crate-covers', 'product-images')
    and name ~ ('^' || (select auth.uid()) || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$')
    and (select private.can_write('catalogue'))
    and (select private.has_room())
  );
create policy delete_own_images on storage.objects
  for delete to authenticated
  using (
    bucket_id in ('crate-covers', 'product-images')
    and split_part(name, '/', 1) = (select auth.uid())::text
    and not (select private.is_banned())
  );

-- What was submitted and checked must not be replaced: there is no policy to update, none to insert once it is no draft, and
-- tg_objects__keep_track_file stops an upload that began before.
create policy insert_own_track on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'track-files'
    and name = any (array(select private.my_upload_paths()))
    and (select private.can_write('catalogue'))
    and (select private.has_room())
  );

create policy insert_own_proof on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'proof-files'
    and name ~ ('^' || (select auth.uid()) || '/[A-Za-z0-9_-]{1,100}\.[A-Za-z0-9]{1,10}$')
    and (select private.can_write('catalogue'))
    and (select private.has_room())
  );
create policy select_own_private_files on storage.objects
  for select to authenticated
  using (bucket_id in ('proof-files', 'exports') and split_part(name, '/', 1) = (select auth.uid())::text);
