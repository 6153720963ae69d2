-- Security definer: tracks are nobody's to write directly.
create or replace function private.create_track(
  title text, genre text, duration_ms int, file_format text, artist_name text, kind text, bpm numeric, musical_key text,
  is_explicit boolean, isrc text, artwork_path text, client_id uuid
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_artist public.profiles;
  v_track public.tracks;
begin
  -- Locked, so that a picture which is being released elsewhere is not taken up here.
  v_artist := private.lock_own_profile();
  if v_artist.kind <> 'artist' then
    perform private.raise_error(403, 'not_an_artist', 'Only artists upload tracks.', 'Call become_artist.');
  end if;
  if create_track.client_id is not null then
    select track.* into v_track
    from public.tracks as track
    where track.artist_id = v_user_id and track.client_id = create_track.client_id;
  end if;
  if v_track.id is null then
    if create_track.file_format is null or create_track.file_format not in ('mp3', 'wav', 'flac') then
      perform private.raise_error(422, 'file_format_unknown', 'A file is mp3, wav or flac.');
    end if;
    v_track.title := create_track.title;
    v_track.artist_name := coalesce(nullif(create_track.artist_name, ''), v_artist.display_name);
    v_track.genre := create_track.genre;
    v_track.duration_ms := create_track.duration_ms;
    v_track.kind := create_track.kind;
    v_track.bpm := private.fit_bpm(create_track.bpm);
    v_track.musical_key := create_track.musical_key;
    v_track.is_explicit := create_track.is_explicit;
    v_track.isrc := create_track.isrc;
    v_track := private.fit_track(v_track);
    v_track.artwork_path := nullif(create_track.artwork_path, '');
    perform private.require_cover(v_track.artwork_path);
    -- The profile is locked: two at once cannot both be the last.
    if (
      select count(*) from public.tracks as track where track.artist_id = v_user_id and track.status = 'draft'
    ) >= private.setting('drafts_limit') then
      perform private.raise_error(
        409, 'draft_limit', 'Nobody can have more drafts than this; submit one, or throw one away.', private.setting('drafts_limit')::text
      );
    end if;
    if not private.has_room() then
      perform private.raise_error(409, 'storage_full', 'Your files take all the room you have; remove some.', private.setting('stored_bytes_limit')::text);
    end if;
    perform private.take_token('create_track');
    v_track.id := private.uuid_v7();
    insert into public.tracks (
      id, provider, provider_track_id, title, artist_name, artist_id, duration_ms, artwork_path, isrc, genre, bpm, musical_key, is_explicit,
      kind, file_format, status, client_id
    ) values (
      v_track.id, 'backbeat', v_track.id::text, v_track.title, v_track.artist_name, v_user_id, v_track.duration_ms, v_track.artwork_path,
      v_track.isrc, v_track.genre, v_track.bpm, v_track.musical_key, v_track.is_explicit, v_track.kind, create_track.file_format, 'draft',
      create_track.client_id
    )
    returning * into v_track;
    insert into private.track_files (track_id, path)
    values (v_track.id, v_user_id || '/' || v_track.id || '.' || v_track.file_format);
  end if;
  return jsonb_build_object(
    'track', to_jsonb(v_track),
    'bucket', 'track-files',
    'path', (select file.path from private.track_files as file where file.track_id = v_track.id)
  );
end;
$$;

create or replace function private.my_upload(track_id uuid, user_id uuid)
returns public.tracks
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_track public.tracks;
begin
  select track.* into v_track
  from public.tracks as track
  where track.id = my_upload.track_id and track.artist_id = my_upload.user_id
  for no key update;
  if not found then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  return v_track;
end;
$$;
comment on function private.my_upload(uuid, uuid) is 'This person''s upload, locked; else track_not_found (404)';

-- Security definer: as create_track; looks into storage.
create or replace function private.submit_track(track_id uuid)
returns public.tracks
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_track public.tracks := private.my_upload(submit_track.track_id, v_user_id);
  v_is_held boolean := false;
  v_size bigint;
begin
  if v_track.status <> 'draft' then
    return v_track;
  end if;

  select private.object_size(object.metadata) into v_size
  from private.track_files as file
  join storage.objects as object on object.bucket_id = 'track-files' and object.name = file.path
  where file.track_id = v_track.id;
  if not found then
    perform private.raise_error(422, 'file_not_found', 'The file is not at the path that create_track gave; upload it first.');
  end if;
  if v_size is null or v_size not between private.setting('track_bytes_least') and private.setting('track_bytes_most') then
    perform private.raise_error(422, 'file_size_wrong', 'The file is empty or larger than files may be.');
  end if;
  perform private.require_rights(v_track.id);

  -- What is published at once is looked at nevertheless, unless nobody looks at anything.
  if private.setting('publish_without_detection') = 0 then
    v_is_held := (private.open_detection(v_track)).is_before;
  end if;
  update public.tracks as track
  set file_bytes = v_size,
      status = case when v_is_held then 'processing' else 'published' end,
      published_at = case when not v_is_held then now() end
  where track.id = v_track.id
  returning track.* into v_track;
  return v_track;
end;
$$;

-- Security definer: as create_track.
create or replace function private.update_track(
  track_id uuid, title text, artist_name text, genre text, kind text, bpm numeric, musical_key text, is_explicit boolean, isrc text,
  artwork_path text
)
returns public.tracks
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_track public.tracks;
  v_before text;
begin
  perform from public.profiles as profile where profile.id = v_user_id for no key update;
  v_track := private.my_upload(update_track.track_id, v_user_id);
  perform private.take_token('update_track');
  v_before := v_track.artwork_path;
  v_track.title := coalesce(update_track.title, v_track.title);
  v_track.artist_name := coalesce(update_track.artist_name, v_track.artist_name);
  v_track.genre := coalesce(update_track.genre, v_track.genre);
  v_track.kind := coalesce(update_track.kind, v_track.kind);
  v_track.bpm := coalesce(private.fit_bpm(update_track.bpm), v_track.bpm);
  v_track.musical_key := coalesce(update_track.musical_key, v_track.musical_key);
  v_track.is_explicit := coalesce(update_track.is_explicit, v_track.is_explicit);
  v_track.isrc := coalesce(update_track.isrc, v_track.isrc);
  v_track := private.fit_track(v_track);
  if update_track.artwork_path is distinct from v_before then
    v_track.artwork_path := nullif(coalesce(update_track.artwork_path, v_before), '');
    if v_track.artwork_path is distinct from v_before then
      perform private.require_cover(v_track.artwork_path);
    end if;
  end if;
  update public.tracks as track
  set title = v_track.title, artist_name = v_track.artist_name, genre = v_track.genre, kind = v_track.kind, bpm = v_track.bpm,
      musical_key = v_track.musical_key, is_explicit = v_track.is_explicit, isrc = v_track.isrc, artwork_path = v_track.artwork_path
  where track.id = v_track.id
  returning track.* into v_track;
  if v_before is distinct from v_track.artwork_path then
    perform private.release_cover(v_before, v_user_id);
  end if;
  return v_track;
end;
$$;

-- Security definer: as create_track.
create or replace function private.set_track_shown(track_id uuid, shown boolean)
returns public.tracks
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_track public.tracks := private.my_upload(set_track_shown.track_id, v_user_id);
begin
  if v_track.status = 'removed' then
    perform private.raise_error(409, 'track_removed', 'The staff has removed this track.');
  end if;
  if v_track.status not in ('published', 'hidden') or v_track.published_at is null then
    perform private.raise_error(409, 'track_not_published', 'This track has not been published yet.');
  end if;
  update public.tracks as track
  set status = case when set_track_shown.shown then 'published' else 'hidden' end
  where track.id = v_track.id
  returning track.* into v_track;
  return v_track;
end;
$$;

-- Security definer: as create_track.
create or replace function private.discard_track(track_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_track public.tracks;
begin
  perform from public.profiles as profile where profile.id = v_user_id for no key update;
  v_track := private.my_upload(discard_track.track_id, v_user_id);
  if v_track.status <> 'draft' then
    perform private.raise_error(409, 'track_not_draft', 'Only a draft can be thrown away; hide the track instead.');
  end if;
  perform private.throw_away(v_track);
end;
$$;

create or replace function private.throw_away(draft public.tracks)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_path text;
begin
  delete from private.track_files as file where file.track_id = (throw_away.draft).id returning file.path into v_path;
  perform private.enqueue(
    'remove_objects', jsonb_build_object('bucket', 'track-files', 'names', jsonb_build_array(v_path, private.preview_path(v_path))),
    (throw_away.draft).artist_id
  );
  delete from public.tracks as track where track.id = (throw_away.draft).id;
  perform private.release_cover((throw_away.draft).artwork_path, (throw_away.draft).artist_id);
end;
$$;
comment on function private.throw_away(public.tracks) is 'Remove a draft with its file, its preview and its picture; it is locked, after its artist';

-- Security definer: service_role deletes nothing but what is over. Lock order: the artists by their ids, then their drafts.
create or replace function private.forget_old_drafts(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before constant timestamptz := now() - make_interval(days => private.setting('draft_kept_days')::int);
  v_ids uuid[] := array(
    select track.id
    from public.tracks as track
    where track.status = 'draft' and track.created_at < v_before
    order by track.created_at
    limit least(greatest(coalesce(forget_old_drafts.size, 100), 1), 1000)
  );
  v_track public.tracks;
  v_count int := 0;
begin
  perform private.lock_profiles(array(select track.artist_id from public.tracks as track where track.id = any (v_ids)));
  for v_track in
    select track.*
    from public.tracks as track
    where track.id = any (v_ids) and track.status = 'draft'
    order by track.id
    for update
  loop
    perform private.throw_away(v_track);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;

-- Security definer: as create_track.
create or replace function private.set_track_removed(track_id uuid, removed boolean, reason text)
returns public.tracks
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_track public.tracks;
  v_before text;
  v_is_new boolean;
begin
  select track.* into v_track from public.tracks as track where track.id = set_track_removed.track_id for no key update;
  if not found then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  perform private.require_not_own(v_track.artist_id);
  if set_track_removed.removed then
    perform private.require_above(v_track.artist_id);
  end if;
  v_before := v_track.status;
  -- Staff keep a track away by a row of their own, which outlasts reports, cases, claims and detections; they alone take it back.
  if set_track_removed.removed then
    insert into private.withheld as held (target_kind, target_id, reason)
    values ('track', v_track.id, 'decision')
    on conflict (target_id, target_kind) do update
      set reason = 'decision', case_id = null, since = now()
      where held.reason <> 'decision' or held.case_id is not null;
    v_is_new := found;
    perform private.mark_withheld('track', v_track.id, true);
  else
    delete from private.withheld as held where held.target_id = v_track.id and held.target_kind = 'track';
    v_is_new := found;
    if private.unremove_track(v_track.id) then
      v_is_new := true;
    end if;
  end if;
  if not v_is_new then
    return v_track;
  end if;
  select track.* into v_track from public.tracks as track where track.id = v_track.id;
  perform private.log_decision(
    case when set_track_removed.removed then 'track_removed' else 'track_restored' end, 'track', v_track.id, v_track.artist_id,
    set_track_removed.reason, jsonb_build_object('status', v_before), jsonb_build_object('status', v_track.status)
  );
  return v_track;
end;
$$;

create or replace function private.preview_path(path text)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select regexp_replace(preview_path.path, '(\.[A-Za-z0-9]+)$', '-preview\1')
$$;
comment on function private.preview_path(text) is 'Where the preview of a track lies: beside its file, with -preview before the ending';

-- Security definer: a policy helper; drafts are asked for beside the policies, and paths are readable by nobody.
create or replace function private.my_upload_paths()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select file.path
  from public.tracks as track
  join private.track_files as file on file.track_id = track.id
  where track.artist_id = (select auth.uid()) and track.status = 'draft'
  union all
  -- What is heard of a track that is for sale, also once that is published; what is there already is not replaced.
  select private.preview_path(file.path)
  from public.tracks as track
  join private.track_files as file on file.track_id = track.id
  where track.artist_id = (select auth.uid()) and track.status <> 'removed'
  union all
  select (select auth.uid()) || '/product-' || product.id || '.' || format.ending
  from public.products as product
  cross join unnest(array['mp3', 'wav', 'flac']) as format (ending)
  where product.seller_id = (select auth.uid())
    and product.kind = 'digital'
    and not exists (select from private.product_files as file where file.product_id = product.id)
$$;
comment on function private.my_upload_paths() is
'Where the caller may upload: the paths of their drafts, of previews of their tracks and of files they sell, for the policy of bucket track-files';

-- Security definer: files and tracks are not the storage server's to read. That server checks a policy when an upload begins and writes its
-- row when it ends, perhaps hours later, over what is there: so an upload that began while the track was a draft would replace what was
-- submitted since. The track is locked as submit_track locks it, so one of the two sees the other.
create or replace function private.tg_objects__keep_track_file()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_status text;
begin
  select track.status into v_status
  from private.track_files as file
  join public.tracks as track on track.id = file.track_id
  where file.path = old.name
  for share of track;
  if v_status is null then
    -- What is sold may be uploaded again until it is said to be what is sold; set_product_file locks the product.
    select case when exists (select from private.product_files as file where file.path = old.name) then 'sold' else 'draft' end
    into v_status
    from public.products as product
    where product.id::text = substring(old.name from '/product-([0-9a-f-]{36})\.[a-z0-9]+$')
    for share of product;
  end if;
  -- Previews are uploaded once.
  if v_status is distinct from 'draft' then
    raise exception using errcode = 'restrict_violation', message = 'the file of a submitted track stays';
  end if;
  return new;
end;
$$;
create trigger _300_keep_track_file
  before update on storage.objects
  for each row
  when (
    old.bucket_id = 'track-files' and (old.bucket_id, old.name, old.metadata) is distinct from (new.bucket_id, new.name, new.metadata)
  )
  execute function private.tg_objects__keep_track_file();
