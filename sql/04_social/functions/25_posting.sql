-- Security definer: clients hold no insert right on posts, so that every post passes the checks below.
create or replace function private.create_post(
  kind text, body text, track_id uuid, crate_id uuid, media_paths text[], visibility text, client_id uuid
)
returns public.posts
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('social');
  v_body text := nullif(btrim(create_post.body, E' \t\r\n'), '');
  v_paths text[] := coalesce(create_post.media_paths, '{}');
  v_visibility text := coalesce(create_post.visibility, 'public');
  v_is_private boolean;
  v_post public.posts;
begin
  if create_post.kind is null or create_post.kind not in ('text', 'media', 'track', 'crate') then
    perform private.raise_error(422, 'post_kind_unknown', 'A post is of kind text, media, track or crate.');
  end if;
  if v_visibility not in ('public', 'followers', 'mutuals', 'private') then
    perform private.raise_error(422, 'visibility_unknown', 'A visibility is public, followers, mutuals or private.');
  end if;
  if create_post.kind = 'text' and v_body is null then
    perform private.raise_error(422, 'body_missing', 'A post of this kind needs a text.');
  end if;
  if char_length(v_body) > 2000 then
    perform private.raise_error(422, 'body_too_long', 'A post has at most 2000 characters.');
  end if;
  if (create_post.kind = 'media') <> (cardinality(v_paths) between 1 and 4) or (create_post.kind <> 'media' and cardinality(v_paths) > 0) then
    perform private.raise_error(422, 'media_count_wrong', 'A post of kind media has 1 to 4 files, others have none.');
  end if;
  if array_ndims(v_paths) > 1 or exists (
    select from unnest(v_paths) as path
    where path is null or path !~ ('^' || v_user_id || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$')
      or not exists (
        select from storage.objects as object where object.bucket_id = 'post-media' and object.name = path
      )
      -- The file of a post that was deleted is about to go.
      or exists (
        select from private.outbox as message
        where message.user_id = v_user_id
          and message.topic = 'remove_objects'
          and message.delivered_at is null
          and message.payload -> 'names' ? path
      )
  ) then
    perform private.raise_error(422, 'media_not_found', 'A file is not in your own folder of post-media; upload it first.');
  end if;

  if (create_post.kind = 'track') <> (create_post.track_id is not null) or (create_post.kind = 'crate') <> (create_post.crate_id is not null) then
    perform private.raise_error(422, 'shared_thing_unfit', 'A post of kind track has a track, one of kind crate a crate, others have neither.');
  end if;

  if create_post.client_id is not null then
    select post.* into v_post
    from public.posts as post
    where post.author_id = v_user_id and post.client_id = create_post.client_id;
    if found then
      return v_post;
    end if;
  end if;
  perform private.check_share(v_user_id, create_post.track_id, create_post.crate_id, v_visibility);
  perform private.take_token('create_post');

  -- Locked, so that a profile which turns private at this moment takes this post along.
  v_is_private := (private.lock_own_profile()).is_private;
  insert into public.posts (author_id, kind, body, track_id, crate_id, media_paths, visibility, audience, client_id)
  values (
    v_user_id, create_post.kind, v_body, create_post.track_id, create_post.crate_id, v_paths, v_visibility,
    private.post_audience(v_visibility, v_is_private), create_post.client_id
  )
  on conflict (author_id, client_id) where client_id is not null do nothing
  returning * into v_post;
  if not found then
    select post.* into v_post
    from public.posts as post
    where post.author_id = v_user_id and post.client_id = create_post.client_id;
  end if;
  return v_post;
end;
$$;

create or replace function private.check_share(user_id uuid, track_id uuid, crate_id uuid, visibility text)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_crate public.crates;
begin
  if check_share.track_id is not null then
    if not private.can_see_track(check_share.track_id) then
      perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
    end if;
    if check_share.visibility <> 'private'
      and (select track.status <> 'published' from public.tracks as track where track.id = check_share.track_id)
    then
      perform private.raise_error(409, 'track_not_published', 'Others cannot see this track, or not yet.');
    end if;
  end if;

  if check_share.crate_id is not null then
    if not private.can_see_crate(check_share.crate_id) then
      perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
    end if;
    select crate.* into v_crate from public.crates as crate where crate.id = check_share.crate_id;
    -- Whoever follows the author of the post follows the owner of the crate only when they are one.
    if check_share.visibility <> 'private'
      and not (case
        when v_crate.owner_id = check_share.user_id then
          v_crate.visibility in ('public', 'unlisted')
          or (v_crate.visibility = 'followers' and check_share.visibility in ('followers', 'mutuals'))
        else v_crate.audience in ('public', 'unlisted')
      end)
    then
      perform private.raise_error(409, 'crate_not_for_audience', 'Those whom the post reaches may not see this crate.');
    end if;
  end if;
end;
$$;
comment on function private.check_share(uuid, uuid, uuid, text) is
'Refuse to share what this person may not see, or what those may not see whom a post of this visibility reaches';

-- Security definer: as create_post.
create or replace function private.share_crate(crate_id uuid, body text, client_id uuid)
returns public.posts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_visibility text;
begin
  select case when crate.visibility = 'followers' and crate.owner_id = v_user_id then 'followers' else 'public' end into v_visibility
  from public.crates as crate
  where crate.id = share_crate.crate_id;
  if not found then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  return private.create_post('crate', share_crate.body, null, share_crate.crate_id, '{}', v_visibility, share_crate.client_id);
end;
$$;

-- Security definer: clients hold no update right on posts, so that the window and the length hold.
create or replace function private.edit_post(post_id uuid, body text)
returns public.posts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_body text := nullif(btrim(edit_post.body, E' \t\r\n'), '');
  v_post public.posts;
begin
  select post.* into v_post
  from public.posts as post
  where post.id = edit_post.post_id and post.author_id = v_user_id and post.deleted_at is null
  for no key update;
  if not found then
    perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you may change.');
  end if;
  if v_post.body is not distinct from v_body then
    return v_post;
  end if;
  perform private.take_token('edit_post');
  if v_post.created_at < now() - make_interval(mins => private.setting('post_edit_minutes')::int) then
    perform private.raise_error(409, 'edit_window_passed', 'A post can be edited only for a while after it was posted.');
  end if;
  if v_body is null and v_post.kind = 'text' then
    perform private.raise_error(422, 'body_missing', 'A post of this kind needs a text.');
  end if;
  if char_length(v_body) > 2000 then
    perform private.raise_error(422, 'body_too_long', 'A post has at most 2000 characters.');
  end if;
  update public.posts as post
  set body = v_body, edited_at = now()
  where post.id = v_post.id
  returning post.* into v_post;
  return v_post;
end;
$$;

-- Security definer: clients hold no update right on posts. Files go too: a public bucket serves whoever knows the address.
create or replace function private.delete_post(post_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
begin
  -- The profile before its posts, as when it turns private.
  perform from public.profiles as profile where profile.id = v_user_id for no key update;
  if not exists (select from public.posts as post where post.id = delete_post.post_id and post.author_id = v_user_id) then
    perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you may change.');
  end if;
  perform private.bury_post(delete_post.post_id);
end;
$$;

create or replace function private.bury_post(post_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_post public.posts;
  v_names text[];
begin
  select post.* into v_post from public.posts as post where post.id = bury_post.post_id for update;
  if not found or v_post.deleted_at is not null then
    return false;
  end if;
  -- The author's profile is locked, so no other post begins to show one of the files just now.
  v_names := array(
    select path
    from unnest(v_post.media_paths) as path
    where not exists (
      select from public.posts as other
      where other.author_id = v_post.author_id and other.id <> v_post.id and other.kind = 'media' and path = any (other.media_paths)
    )
  );
  if cardinality(v_names) > 0 then
    perform private.enqueue('remove_objects', jsonb_build_object('bucket', 'post-media', 'names', to_jsonb(v_names)), v_post.author_id);
  end if;
  update public.posts as post
  set deleted_at = now(), body = null, media_paths = '{}', track_id = null, crate_id = null
  where post.id = v_post.id;
  return true;
end;
$$;
comment on function private.bury_post(uuid) is 'Delete a post with its files, its author''s profile locked; false when it was deleted already: for its author, and for moderators';
