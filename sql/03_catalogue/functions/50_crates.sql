create or replace function private.fit_tags(tags text[])
returns text[]
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if array_ndims(fit_tags.tags) > 1 or cardinality(fit_tags.tags) > 10 or exists (
    select from unnest(fit_tags.tags) as tag where tag is null or lower(ltrim(tag, '#')) !~ '^[[:alnum:]_]{1,50}$'
  ) then
    perform private.raise_error(422, 'tags_invalid', 'There are at most 10 tags, each of 1 to 50 letters, digits or _.');
  end if;
  return array(
    select lower(ltrim(tag.word, '#'))
    from unnest(fit_tags.tags) with ordinality as tag (word, place)
    group by lower(ltrim(tag.word, '#'))
    order by min(tag.place)
  );
end;
$$;
comment on function private.fit_tags(text[]) is 'Tags in lower case without #, each once, none for null; else tags_invalid (422)';

create or replace function private.fit_crate(crate public.crates)
returns public.crates
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_crate public.crates := fit_crate.crate;
begin
  v_crate.title := private.clean_line(left(v_crate.title, 1000), 121);
  if v_crate.title is null or char_length(v_crate.title) not between 1 and 120 then
    perform private.raise_error(422, 'title_invalid', 'A title has 1 to 120 characters.');
  end if;
  v_crate.description := nullif(btrim(v_crate.description, E' \t\r\n'), '');
  if char_length(v_crate.description) > 1000 then
    perform private.raise_error(422, 'description_too_long', 'A description has at most 1000 characters.');
  end if;
  v_crate.genre := nullif(v_crate.genre, '');
  perform private.require_genre(v_crate.genre);
  v_crate.mood := nullif(private.clean_line(left(v_crate.mood, 1000), 41), '');
  if char_length(v_crate.mood) > 40 then
    perform private.raise_error(422, 'mood_too_long', 'A mood has at most 40 characters.');
  end if;
  v_crate.tags := private.fit_tags(v_crate.tags);
  v_crate.visibility := coalesce(v_crate.visibility, 'public');
  if v_crate.visibility not in ('public', 'unlisted', 'followers', 'private') then
    perform private.raise_error(422, 'crate_visibility_unknown', 'A crate is public, unlisted, followers or private.');
  end if;
  return v_crate;
end;
$$;
comment on function private.fit_crate(public.crates) is 'A description of a crate, cleaned, or the refusal of the first field that does not fit; empty text means none';

create or replace function private.lock_crate(crate_id uuid, at_least text)
returns public.crates
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_crate public.crates;
begin
  select crate.* into v_crate from public.crates as crate where crate.id = lock_crate.crate_id for no key update;
  if v_crate.id is null or not private.can_see_crate(v_crate.id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  if v_crate.owner_id <> v_user_id and not (
    lock_crate.at_least = 'editor'
    and exists (
      select from public.crate_collaborators as collaborator
      where collaborator.crate_id = v_crate.id and collaborator.user_id = v_user_id and collaborator.role = 'editor'
    )
  ) then
    perform private.raise_error(403, 'crate_not_yours', 'Its owner, and for its tracks its editors, may change a crate.');
  end if;
  return v_crate;
end;
$$;
comment on function private.lock_crate(uuid, text) is 'A crate the caller may change as owner, or editor where that is enough, locked; else crate_not_found (404), crate_not_yours (403)';

-- Security definer: crates are nobody's to write directly.
create or replace function private.create_crate(
  title text, description text, genre text, mood text, tags text[], visibility text, cover_path text, client_id uuid
)
returns public.crates
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_is_private boolean;
  v_crate public.crates;
begin
  -- Locked, so that a profile which turns private at this moment takes this crate along, and so that the limit holds.
  v_is_private := (private.lock_own_profile()).is_private;
  if create_crate.client_id is not null then
    select crate.* into v_crate
    from public.crates as crate
    where crate.owner_id = v_user_id and crate.client_id = create_crate.client_id;
    if found and v_crate.deleted_at is not null then
      perform private.raise_error(409, 'crate_deleted', 'This crate was made and has been deleted since; another needs a client_id of its own.');
    elsif found then
      return v_crate;
    end if;
  end if;
  v_crate.title := create_crate.title;
  v_crate.description := create_crate.description;
  v_crate.genre := create_crate.genre;
  v_crate.mood := create_crate.mood;
  v_crate.tags := create_crate.tags;
  v_crate.visibility := create_crate.visibility;
  v_crate := private.fit_crate(v_crate);
  v_crate.cover_path := nullif(create_crate.cover_path, '');
  perform private.require_cover(v_crate.cover_path);
  perform private.take_token('create_crate');
  if (
    select count(*) from public.crates as crate where crate.owner_id = v_user_id and crate.deleted_at is null
  ) >= private.setting('crates_limit') then
    perform private.raise_error(409, 'crate_limit', 'Nobody can have more crates than this.', private.setting('crates_limit')::text);
  end if;
  insert into public.crates (owner_id, title, description, cover_path, genre, mood, tags, visibility, audience, client_id)
  values (
    v_user_id, v_crate.title, v_crate.description, v_crate.cover_path, v_crate.genre, v_crate.mood, v_crate.tags, v_crate.visibility,
    private.crate_audience(v_crate.visibility, v_is_private), create_crate.client_id
  )
  returning * into v_crate;
  return v_crate;
end;
$$;

-- Security definer: as create_crate.
create or replace function private.update_crate(
  crate_id uuid, title text, description text, genre text, mood text, tags text[], visibility text, cover_path text
)
returns public.crates
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_is_private boolean;
  v_crate public.crates;
  v_before text;
begin
  v_is_private := (private.lock_own_profile()).is_private;
  v_crate := private.lock_crate(update_crate.crate_id, 'owner');
  perform private.take_token('update_crate');
  v_before := v_crate.cover_path;
  v_crate.title := coalesce(update_crate.title, v_crate.title);
  v_crate.description := coalesce(update_crate.description, v_crate.description);
  v_crate.genre := coalesce(update_crate.genre, v_crate.genre);
  v_crate.mood := coalesce(update_crate.mood, v_crate.mood);
  v_crate.tags := coalesce(update_crate.tags, v_crate.tags);
  v_crate.visibility := coalesce(update_crate.visibility, v_crate.visibility);
  v_crate := private.fit_crate(v_crate);
  v_crate.cover_path := nullif(coalesce(update_crate.cover_path, v_before), '');
  if v_crate.cover_path is distinct from v_before then
    perform private.require_cover(v_crate.cover_path);
  end if;
  update public.crates as crate
  set title = v_crate.title, description = v_crate.description, genre = v_crate.genre, mood = v_crate.mood, tags = v_crate.tags,
      visibility = v_crate.visibility, audience = private.crate_audience(v_crate.visibility, v_is_private),
      cover_path = v_crate.cover_path, updated_at = now()
  where crate.id = v_crate.id
  returning crate.* into v_crate;
  if v_before is distinct from v_crate.cover_path then
    perform private.release_cover(v_before, v_user_id);
  end if;
  return v_crate;
end;
$$;

-- Security definer: as create_crate. The row stays, as posts may show it and likes may count it; nothing in it can be read.
create or replace function private.delete_crate(crate_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_crate public.crates;
begin
  perform from public.profiles as profile where profile.id = v_user_id for no key update;
  if exists (
    select from public.crates as crate
    where crate.id = delete_crate.crate_id and crate.owner_id = v_user_id and crate.deleted_at is not null
  ) then
    return;
  end if;
  v_crate := private.lock_crate(delete_crate.crate_id, 'owner');
  perform private.bury_crate(v_crate.id);
end;
$$;

create or replace function private.bury_crate(crate_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_crate public.crates;
begin
  select crate.* into v_crate from public.crates as crate where crate.id = bury_crate.crate_id and crate.deleted_at is null for no key update;
  if not found then
    return false;
  end if;
  delete from public.crate_items as item where item.crate_id = v_crate.id;
  delete from public.crate_collaborators as collaborator where collaborator.crate_id = v_crate.id;
  delete from private.crate_trends as trend where trend.crate_id = v_crate.id;
  update public.crates as crate
  set deleted_at = now(), title = null, description = null, cover_path = null, mood = null, genre = null, tags = '{}',
      is_featured = false, featured_at = null
  where crate.id = v_crate.id;
  perform private.release_cover(v_crate.cover_path, v_crate.owner_id);
  return true;
end;
$$;
comment on function private.bury_crate(uuid) is 'Delete a crate with what is in it, its owner''s profile locked; false when it was deleted already: for its owner, and for moderators';

-- Security definer: as create_crate.
create or replace function private.set_crate_collaborator(crate_id uuid, username text, role text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_username text := lower(btrim(set_crate_collaborator.username));
  v_other_id uuid;
  v_crate public.crates;
  v_is_one_already boolean;
begin
  if set_crate_collaborator.role not in ('viewer', 'editor') then
    perform private.raise_error(422, 'collaborator_role_unknown', 'A collaborator is viewer or editor.');
  end if;

  if set_crate_collaborator.role is null then
    -- Who collaborates may go by themself.
    delete from public.crate_collaborators as collaborator
    using public.profiles as profile, public.crates as crate
    where collaborator.crate_id = set_crate_collaborator.crate_id
      and crate.id = collaborator.crate_id
      and profile.id = collaborator.user_id
      and profile.username = v_username
      and v_user_id in (crate.owner_id, collaborator.user_id);
    if not found then
      -- Nothing to take away; about a crate or a person the caller cannot see the answer says no more than that.
      if not private.can_see_crate(set_crate_collaborator.crate_id) then
        perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
      end if;
      v_other_id := (private.visible_profile(v_username)).id;
      if v_other_id <> v_user_id then
        perform private.lock_crate(set_crate_collaborator.crate_id, 'owner');
      end if;
    end if;
    return jsonb_build_object('username', v_username, 'role', null);
  end if;

  v_other_id := (private.visible_profile(v_username)).id;
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  -- A block of the two waits for this, or this sees it.
  perform private.refuse_leaving(private.lock_pair(v_user_id, v_other_id));
  v_crate := private.lock_crate(set_crate_collaborator.crate_id, 'owner');
  if exists (
    select from public.blocks as block
    where (block.blocker_id, block.blocked_id) in ((v_user_id, v_other_id), (v_other_id, v_user_id))
  ) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  perform private.take_token('invite_collaborator');
  v_is_one_already := exists (
    select from public.crate_collaborators as collaborator where collaborator.crate_id = v_crate.id and collaborator.user_id = v_other_id
  );
  insert into public.crate_collaborators as collaborator (crate_id, user_id, role)
  values (v_crate.id, v_other_id, set_crate_collaborator.role)
  on conflict (crate_id, user_id) do update set role = excluded.role;
  if not v_is_one_already then
    perform private.require_within_plan(
      v_user_id, 'collaborators',
      (select count(*) from public.crate_collaborators as collaborator where collaborator.crate_id = v_crate.id)
    );
  end if;
  return jsonb_build_object('username', v_username, 'role', set_crate_collaborator.role);
end;
$$;

-- Security definer: as create_crate.
create or replace function private.feature_crate(crate_id uuid, is_featured boolean)
returns public.crates
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_crate public.crates;
begin
  if feature_crate.is_featured is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  select crate.* into v_crate
  from public.crates as crate
  where crate.id = feature_crate.crate_id and crate.deleted_at is null
  for no key update;
  if not found then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  if feature_crate.is_featured and v_crate.audience <> 'public' then
    perform private.raise_error(409, 'crate_not_public', 'Only public crates can be featured.');
  end if;
  if v_crate.is_featured <> feature_crate.is_featured then
    perform private.audit(
      case when feature_crate.is_featured then 'crate_featured' else 'crate_unfeatured' end, 'crate', v_crate.id::text
    );
    update public.crates as crate
    set is_featured = feature_crate.is_featured, featured_at = case when feature_crate.is_featured then now() end
    where crate.id = v_crate.id
    returning crate.* into v_crate;
  end if;
  return v_crate;
end;
$$;

-- Security definer: as create_crate.
create or replace function private.record_crate_play(crate_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('catalogue');
begin
  if not private.can_see_crate(record_crate_play.crate_id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  perform private.take_token('record_crate_play');
  -- Before anything refers to it: whoever held it by a reference alone, and wanted to count in it then, would meet who is just deleting it.
  perform from public.crates as crate where crate.id = record_crate_play.crate_id and crate.deleted_at is null for no key update;
  if not found then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  -- What trends gets its row here and its weight by refresh_trending, also while it is not public: it may be so later, with these plays. The
  -- row is held, so that who renews it either weighs this play, or has it out of the ranks already.
  perform from private.crate_trends as trend where trend.crate_id = record_crate_play.crate_id for key share;
  if not found then
    insert into private.crate_trends (crate_id, genre)
    select crate.id, crate.genre
    from public.crates as crate
    where crate.id = record_crate_play.crate_id;
  end if;
  insert into private.crate_plays (crate_id, hour, listener_id)
  values (record_crate_play.crate_id, date_trunc('hour', now(), 'UTC'), v_user_id)
  on conflict do nothing;
  return jsonb_build_object('is_counted', found);
end;
$$;
