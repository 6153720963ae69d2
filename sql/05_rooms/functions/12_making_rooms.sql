create or replace function private.room_slug(name text, is_open boolean, attempt int)
returns text
language sql
volatile
security invoker
set search_path = ''
as $$
  -- Latin letters without their marks; what is left over is a hyphen. Only a public room's first choice is its bare name: the slug of any
  -- other must not be guessed.
  select coalesce(nullif(btrim(left(btrim(regexp_replace(
    translate(
      replace(replace(replace(lower(room_slug.name), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
      'àáâãäåāăąçćčďđèéêëēęěìíîïīłñńňòóôõöøōőřśšşťùúûüūůűýÿžźż',
      'aaaaaaaaacccddeeeeeeeiiiiilnnnoooooooorssstuuuuuuuyyzzz'
    ),
    '[^a-z0-9]+', '-', 'g'
  ), '-'), 60), '-'), ''), 'room') || case
    when not room_slug.is_open then '-' || left(replace(gen_random_uuid()::text, '-', ''), 12)
    when room_slug.attempt > 0 then '-' || left(gen_random_uuid()::text, 6)
    else ''
  end
$$;
comment on function private.room_slug(text, boolean, int) is
'A slug made of a name: techno-nights for a public room, techno-nights-3fa2c1 when that is taken, and with an end nobody guesses for any other';

create or replace function private.fit_rule(name text, value numeric, least_value numeric, most_value numeric)
returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if fit_rule.value not between fit_rule.least_value and fit_rule.most_value then
    perform private.raise_error(
      422, 'room_rule_out_of_range', 'A rule of the room is outside its range.',
      fit_rule.name || ': ' || fit_rule.least_value || ' to ' || fit_rule.most_value
    );
  end if;
end;
$$;
comment on function private.fit_rule(text, numeric, numeric, numeric) is 'Refuse a number of a room that is outside its range, as the checks of the table would';

create or replace function private.fit_room(room public.rooms)
returns public.rooms
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_room public.rooms := fit_room.room;
begin
  v_room.name := private.clean_line(left(v_room.name, 1000), 81);
  if v_room.name is null or char_length(v_room.name) not between 1 and 80 then
    perform private.raise_error(422, 'room_name_invalid', 'A room has a name of 1 to 80 characters.');
  end if;
  v_room.description := coalesce(btrim(v_room.description, E' \t\r\n'), '');
  if char_length(v_room.description) > 500 then
    perform private.raise_error(422, 'room_description_too_long', 'The description of a room has at most 500 characters.');
  end if;
  v_room.kind := coalesce(v_room.kind, 'open');
  if v_room.kind not in ('open', 'genre', 'artist') then
    perform private.raise_error(422, 'room_kind_unknown', 'A room is open, or of kind genre or artist.');
  end if;
  v_room.visibility := coalesce(v_room.visibility, 'public');
  if v_room.visibility not in ('public', 'unlisted', 'private') then
    perform private.raise_error(422, 'room_visibility_unknown', 'A room is public, unlisted or private.');
  end if;
  v_room.genre := nullif(v_room.genre, '');
  perform private.require_genre(v_room.genre);
  if v_room.kind = 'genre' and v_room.genre is null then
    perform private.raise_error(422, 'room_genre_missing', 'A room of kind genre names its genre.');
  end if;
  v_room.tags := private.fit_tags(v_room.tags);
  v_room.region := nullif(private.clean_line(left(v_room.region, 1000), 61), '');
  if char_length(v_room.region) > 60 then
    perform private.raise_error(422, 'room_region_too_long', 'The region of a room has at most 60 characters.');
  end if;
  perform private.fit_rule('member_limit', v_room.member_limit, 1, 10000);
  perform private.fit_rule('max_track_ms', v_room.max_track_ms, 30000, 86400000);
  perform private.fit_rule('repeat_window_minutes', v_room.repeat_window_minutes, 0, 10080);
  perform private.fit_rule('queue_limit_per_member', v_room.queue_limit_per_member, 1, 100);
  perform private.fit_rule('tracks_per_turn', v_room.tracks_per_turn, 1, 20);
  perform private.fit_rule('vote_skip_ratio', v_room.vote_skip_ratio, 0.01, 1);
  perform private.fit_rule('vote_skip_minimum', v_room.vote_skip_minimum, 1, 10000);
  perform private.fit_rule('slow_mode_seconds', v_room.slow_mode_seconds, 0, 3600);
  return v_room;
end;
$$;
comment on function private.fit_room(public.rooms) is 'A room, cleaned, or the refusal of the first field that does not fit; empty text means none';

-- Security definer: rooms are nobody's to write directly.
create or replace function private.create_room(
  name text, description text, kind text, visibility text, genre text, tags text[], region text, member_limit int, client_id uuid
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('rooms');
  v_profile public.profiles;
  v_room public.rooms;
  v_id uuid;
begin
  -- Locked, so that the limit holds, and so that a client_id that is sent twice at once makes one room.
  v_profile := private.lock_own_profile();
  if create_room.client_id is not null then
    select room.* into v_room
    from public.rooms as room
    where room.owner_id = v_user_id and room.client_id = create_room.client_id;
    if found and v_room.deleted_at is not null then
      perform private.raise_error(409, 'room_deleted', 'This room was made and has been deleted since; another needs a client_id of its own.');
    elsif found then
      return private.room_state(v_room.id);
    end if;
  end if;
  v_room.name := create_room.name;
  v_room.description := create_room.description;
  v_room.kind := create_room.kind;
  v_room.visibility := create_room.visibility;
  v_room.genre := create_room.genre;
  v_room.tags := create_room.tags;
  v_room.region := create_room.region;
  v_room.member_limit := coalesce(create_room.member_limit, 10000);
  v_room := private.fit_room(v_room);
  if v_room.kind = 'artist' and v_profile.kind <> 'artist' then
    perform private.raise_error(403, 'not_an_artist', 'Only artists make rooms of kind artist.', 'Call become_artist.');
  end if;
  perform private.take_token('create_room');
  perform private.require_within_plan(v_user_id, 'rooms', private.rooms_owned(v_user_id) + 1);
  for v_attempt in 0..20 loop
    insert into public.rooms (
      slug, name, description, kind, visibility, genre, tags, region, owner_id, artist_id, member_limit, client_id
    )
    values (
      private.room_slug(v_room.name, v_room.visibility = 'public', v_attempt), v_room.name, v_room.description, v_room.kind, v_room.visibility,
      v_room.genre, v_room.tags, v_room.region, v_user_id, case when v_room.kind = 'artist' then v_user_id end, v_room.member_limit,
      create_room.client_id
    )
    on conflict (slug) do nothing
    returning id into v_id;
    exit when found;
  end loop;
  insert into public.room_members (room_id, user_id, role) values (v_id, v_user_id, 'owner');
  if v_room.visibility = 'public' then
    perform private.record_activity('room_created', v_user_id, 'room', v_id);
  end if;
  return private.room_state(v_id);
end;
$$;

create or replace function private.rooms_owned(owner_id uuid)
returns int
language sql
stable
security invoker
set search_path = ''
as $$
  select count(*)::int from public.rooms as room where room.owner_id = rooms_owned.owner_id and room.deleted_at is null
$$;
comment on function private.rooms_owned(uuid) is 'How many rooms somebody has; their profile is locked by whoever makes or hands over one';

create or replace function private.lock_own_room(room_id uuid)
returns public.rooms
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_room public.rooms := private.lock_room(lock_own_room.room_id);
begin
  if v_room.owner_id <> auth.uid() then
    perform private.raise_error(403, 'not_the_owner', 'This is for the owner of the room.');
  end if;
  return v_room;
end;
$$;
comment on function private.lock_own_room(uuid) is 'A room of the caller''s own, locked; else room_not_found (404), not_the_owner (403)';

-- Security definer: as create_room.
create or replace function private.update_room(
  room_id uuid, name text, description text, visibility text, genre text, tags text[], region text, avatar_path text, member_limit int,
  max_track_ms int, repeat_window_minutes int, queue_limit_per_member int, tracks_per_turn int, rotation_cycles boolean,
  downvotes_enabled boolean, vote_skip_enabled boolean, vote_skip_ratio numeric, vote_skip_minimum int, slow_mode_seconds int
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_before public.rooms;
begin
  perform private.lock_own_profile();
  v_room := private.lock_own_room(update_room.room_id);
  perform private.take_token('update_room');
  v_before := v_room;
  v_room.name := coalesce(update_room.name, v_room.name);
  v_room.description := coalesce(update_room.description, v_room.description);
  v_room.visibility := coalesce(update_room.visibility, v_room.visibility);
  v_room.genre := coalesce(update_room.genre, v_room.genre);
  v_room.tags := coalesce(update_room.tags, v_room.tags);
  v_room.region := coalesce(update_room.region, v_room.region);
  v_room.member_limit := coalesce(update_room.member_limit, v_room.member_limit);
  v_room.max_track_ms := coalesce(update_room.max_track_ms, v_room.max_track_ms);
  v_room.repeat_window_minutes := coalesce(update_room.repeat_window_minutes, v_room.repeat_window_minutes);
  v_room.queue_limit_per_member := coalesce(update_room.queue_limit_per_member, v_room.queue_limit_per_member);
  v_room.tracks_per_turn := coalesce(update_room.tracks_per_turn, v_room.tracks_per_turn);
  v_room.rotation_cycles := coalesce(update_room.rotation_cycles, v_room.rotation_cycles);
  v_room.downvotes_enabled := coalesce(update_room.downvotes_enabled, v_room.downvotes_enabled);
  v_room.vote_skip_enabled := coalesce(update_room.vote_skip_enabled, v_room.vote_skip_enabled);
  v_room.vote_skip_ratio := coalesce(update_room.vote_skip_ratio, v_room.vote_skip_ratio);
  v_room.vote_skip_minimum := coalesce(update_room.vote_skip_minimum, v_room.vote_skip_minimum);
  v_room.slow_mode_seconds := coalesce(update_room.slow_mode_seconds, v_room.slow_mode_seconds);
  v_room := private.fit_room(v_room);
  if v_before.visibility = 'public' and v_room.visibility <> 'public' then
    -- Whoever knows the name could go on asking for the room by it.
    v_room.slug := private.room_slug(v_room.name, false, 0);
  end if;
  v_room.avatar_path := nullif(coalesce(update_room.avatar_path, v_before.avatar_path), '');
  if v_room.avatar_path is distinct from v_before.avatar_path then
    perform private.change_room_avatar(v_room.id, v_before.avatar_path, v_room.avatar_path);
  end if;
  if v_room is distinct from v_before then
    update public.rooms as room
    set slug = v_room.slug, name = v_room.name, description = v_room.description, visibility = v_room.visibility, genre = v_room.genre, tags = v_room.tags,
        region = v_room.region, avatar_path = v_room.avatar_path, member_limit = v_room.member_limit, max_track_ms = v_room.max_track_ms,
        repeat_window_minutes = v_room.repeat_window_minutes, queue_limit_per_member = v_room.queue_limit_per_member,
        tracks_per_turn = v_room.tracks_per_turn, rotation_cycles = v_room.rotation_cycles, downvotes_enabled = v_room.downvotes_enabled,
        vote_skip_enabled = v_room.vote_skip_enabled, vote_skip_ratio = v_room.vote_skip_ratio, vote_skip_minimum = v_room.vote_skip_minimum,
        slow_mode_seconds = v_room.slow_mode_seconds, updated_at = now()
    where room.id = v_room.id;
    if v_room.visibility <> v_before.visibility then
      update private.room_pulses as pulse set is_listed = v_room.visibility = 'public' where pulse.room_id = v_room.id;
      if v_room.visibility = 'private' then
        -- Members invite to rooms that are open; to this one its moderators do.
        delete from public.room_invites as invite
        using public.room_members as member
        where invite.room_id = v_room.id
          and member.room_id = invite.room_id
          and member.user_id = invite.invited_by
          and member.role = 'member';
      end if;
    end if;
  end if;
  return private.room_state(v_room.id);
end;
$$;

create or replace function private.change_room_avatar(room_id uuid, former text, path text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if change_room_avatar.path is not null then
    if not starts_with(change_room_avatar.path, change_room_avatar.room_id || '/') or not exists (
      select from storage.objects as object where object.bucket_id = 'room-avatars' and object.name = change_room_avatar.path
    ) then
      perform private.raise_error(422, 'room_avatar_not_found', 'The picture is not in the room''s folder of room-avatars; upload it first.');
    end if;
    -- What is shown again is not to be removed any more.
    delete from private.outbox as message
    where message.topic = 'remove_objects'
      and message.delivered_at is null
      and message.payload = jsonb_build_object('bucket', 'room-avatars', 'names', jsonb_build_array(change_room_avatar.path));
  end if;
  if change_room_avatar.former is not null then
    perform private.enqueue('remove_objects', jsonb_build_object('bucket', 'room-avatars', 'names', jsonb_build_array(change_room_avatar.former)));
  end if;
end;
$$;
comment on function private.change_room_avatar(uuid, text, text) is
'What goes with another picture of a room, which is locked: the new one lies in its folder, the former is removed from there';

-- Security definer: as create_room.
create or replace function private.delete_room(room_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
begin
  perform private.lock_own_profile();
  if exists (
    select from public.rooms as room
    where room.id = delete_room.room_id and room.owner_id = v_user_id and room.deleted_at is not null
  ) then
    return;
  end if;
  v_room := private.lock_own_room(delete_room.room_id);
  perform private.bury_room(v_room.id);
end;
$$;

-- Security definer: as create_room.
create or replace function private.transfer_room(room_id uuid, username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_other_id uuid;
  v_room public.rooms;
  v_before jsonb;
begin
  perform private.require_room(transfer_room.room_id);
  v_other_id := (private.visible_profile(transfer_room.username)).id;
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  -- Both, as the limit of rooms is the other's.
  perform private.refuse_leaving(private.lock_profiles(array[v_user_id, v_other_id]));
  v_room := private.lock_own_room(transfer_room.room_id);
  perform private.take_token('update_room');
  if private.role_in_room(v_room.id, v_other_id) is null then
    perform private.raise_error(404, 'member_not_found', 'Nobody of this username is in the room.');
  end if;
  if private.rooms_owned(v_other_id) >= private.plan_limit(v_other_id, 'rooms') then
    perform private.raise_error(409, 'room_limit', 'This person cannot own more rooms than they do.');
  end if;
  v_before := private.member_facts(v_room.id, v_other_id);
  update public.room_members as member set role = 'moderator' where member.room_id = v_room.id and member.user_id = v_user_id;
  update public.room_members as member set role = 'owner' where member.room_id = v_room.id and member.user_id = v_other_id;
  update public.rooms as room set owner_id = v_other_id, client_id = null, updated_at = now() where room.id = v_room.id;
  -- Who was the owner is a moderator now.
  perform private.require_moderator_quota(v_room.id);
  perform private.log_moderation(v_room.id, 'room_transferred', v_other_id, v_before, private.member_facts(v_room.id, v_other_id));
  return private.room_state(v_room.id);
end;
$$;
