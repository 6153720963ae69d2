create or replace function private.tg_profiles__stamp()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;
create trigger _100_stamp
  before update of username, display_name, bio, avatar_path, genres, time_zone, is_private, kind on public.profiles
  for each row execute function private.tg_profiles__stamp();

-- Security definer: reads time_zones, which nobody may.
create or replace function private.tg_profiles__validate()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if exists (
    select from unnest(new.genres) as named (slug)
    where not exists (select from public.genres as genre where genre.slug = named.slug)
  ) then
    perform private.raise_error(422, 'unknown_genre', 'A genre is none of those in genres.');
  end if;
  if not exists (select from private.time_zones as zone where zone.name = new.time_zone) then
    perform private.raise_error(422, 'unknown_time_zone', 'The time zone is not an IANA name like Europe/Berlin.');
  end if;
  return new;
end;
$$;
create trigger _300_validate
  before insert or update of genres, time_zone on public.profiles
  for each row execute function private.tg_profiles__validate();

-- Security definer: looks into storage and writes the outbox.
create or replace function private.tg_profiles__change_avatar()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if new.avatar_path is not null then
    if not exists (
      select from storage.objects as object where object.bucket_id = 'avatars' and object.name = new.avatar_path
    ) then
      perform private.raise_error(422, 'avatar_not_found', 'The picture is not in your own folder of avatars; upload it first.');
    end if;
    -- What is shown again is not to be removed any more.
    delete from private.outbox as message
    where message.user_id = new.id
      and message.topic = 'remove_objects'
      and message.delivered_at is null
      and message.payload = jsonb_build_object('bucket', 'avatars', 'names', jsonb_build_array(new.avatar_path));
  end if;
  -- An avatar that is no longer shown must not stay readable by its old address.
  if old.avatar_path is not null then
    perform private.enqueue('remove_objects', jsonb_build_object('bucket', 'avatars', 'names', jsonb_build_array(old.avatar_path)), old.id);
  end if;
  return null;
end;
$$;
create trigger _900_change_avatar
  after update of avatar_path on public.profiles
  for each row
  when (old.avatar_path is distinct from new.avatar_path)
  execute function private.tg_profiles__change_avatar();

-- Security definer: clients hold no update right on username, so that every change passes through the claims.
create or replace function private.change_username(username text)
returns public.profiles
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('profiles');
  v_username text := lower(btrim(change_username.username));
  v_profile public.profiles;
  v_free_at timestamptz;
begin
  if not private.is_username_fit(v_username) then
    perform private.raise_error(422, 'username_invalid', 'A username has 3 to 30 of the characters a-z, 0-9 and _.');
  end if;

  select profile.* into v_profile from public.profiles as profile where profile.id = v_user_id for no key update;
  if v_profile.username = v_username then
    return v_profile;
  end if;

  select claim.changed_at + make_interval(days => private.setting('username_change_days')::int) into v_free_at
  from private.username_claims as claim
  where claim.profile_id = v_user_id and claim.is_current;
  if v_free_at > now() then
    perform private.raise_error(
      429, 'username_changed_recently', 'The username was changed only a few days ago.',
      ceil(extract(epoch from v_free_at - now()))::bigint::text
    );
  end if;

  -- Two who want each other's username must not wait for one another: both names are locked in their order.
  perform
  from private.username_claims as claim
  where claim.username in (v_profile.username, v_username)
  order by claim.username
  for update;
  update private.username_claims as claim
  set is_current = false, reserved_until = now() + make_interval(days => private.setting('username_reserved_days')::int)
  where claim.profile_id = v_user_id and claim.is_current;
  if not private.claim_username(v_username, v_user_id, true) then
    perform private.raise_error(409, 'username_taken', 'Somebody has this username, or it is reserved.');
  end if;

  update public.profiles as profile set username = v_username where profile.id = v_user_id returning profile.* into v_profile;
  return v_profile;
end;
$$;

-- Security definer: clients hold no update right on kind and no insert right on artist_profiles.
create or replace function private.become_artist()
returns public.artist_profiles
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('profiles');
  v_artist public.artist_profiles;
begin
  update public.profiles as profile set kind = 'artist' where profile.id = v_user_id and profile.kind <> 'artist';
  insert into public.artist_profiles (profile_id) values (v_user_id) on conflict (profile_id) do nothing;
  select artist.* into v_artist from public.artist_profiles as artist where artist.profile_id = v_user_id;
  return v_artist;
end;
$$;

-- Security definer: shows its caller their own e-mail, role and payment state, which no table grants.
create or replace function private.my_account()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_account jsonb;
begin
  perform private.require_signed_in();

  select jsonb_build_object(
    'user_id', profile.id,
    'email', account.email,
    'kind', profile.kind,
    'staff_role', (select staff.role from private.staff as staff where staff.user_id = profile.id),
    'tier', private.tier_of(profile.id),
    'is_subscribed', exists (
      select from public.entitlement_grants as entitled
      where entitled.user_id = profile.id and entitled.source = 'stripe' and entitled.starts_at <= now() and entitled.ends_at > now()
    ),
    'erase_after', (select deletion.erase_after from private.account_deletions as deletion where deletion.user_id = profile.id),
    'profile', to_jsonb(profile),
    'listening', private.my_listening(),
    'artist', (
      select jsonb_build_object(
        'track_count', artist.upload_count,
        'total_earned_minor', (
          select coalesce(sum(earning.amount_minor), 0)
          from private.earnings as earning
          where earning.seller_id = profile.id and earning.currency = 'USD'
        ),
        'currency', 'USD'
      )
      from public.artist_profiles as artist
      where artist.profile_id = profile.id
    )
  ) into v_account
  from public.profiles as profile
  join auth.users as account on account.id = profile.id
  where profile.id = v_user_id;

  if not found then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  return v_account;
end;
$$;

-- Security definer: a list of people that checks its reader itself; trigram operators cannot use their index under RLS.
create or replace function private.search_profiles(query text, after text, page_size int)
returns setof public.profile_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_query text := lower(private.clean_line(left(search_profiles.query, 1000), 80));
  v_pattern text := regexp_replace(v_query, '([\\%_])', '\\\1', 'g') || '%';
  v_place text[] := private.decode_place('search_profiles', search_profiles.after, '{text,float8,uuid}');
  v_ids uuid[];
begin
  if coalesce(char_length(v_query), 0) < 2 then
    perform private.raise_error(422, 'query_too_short', 'Search for at least two characters.');
  end if;
  if v_place[1] <> v_query then
    perform private.raise_error(422, 'bad_cursor', 'This cursor belongs to another search; start again without it.');
  end if;

  -- Two statements, as each has an index of its own. A common word would otherwise rank half the community: five hundred, whoever bears
  -- the very name and the most followed, are enough to choose from. Two characters have no trigram: they begin a username.
  if char_length(v_query) > 2 then
    v_ids := array(
      select profile.id
      from public.profiles as profile
      where profile.username || ' ' || lower(profile.display_name) like '%' || v_pattern
      order by profile.username = v_query desc, profile.follower_count desc, profile.id
      limit private.setting('search_candidates')
    );
  else
    v_ids := array(
      select profile.id
      from public.profiles as profile
      where profile.username like v_pattern
      order by profile.username
      limit private.setting('search_candidates')
    );
  end if;

  return query
  with found as (
    select profile.id, profile.username, profile.display_name, profile.avatar_path,
      extensions.similarity(profile.username || ' ' || lower(profile.display_name), v_query)
        + case when profile.username = v_query then 2 when starts_with(profile.username, v_query) then 1 else 0 end as score
    from public.profiles as profile
    where profile.id = any (v_ids)
  )
  select
    found.id, found.username, found.display_name, found.avatar_path, private.is_verified(found.id),
    private.is_followed_by_me(found.id),
    private.encode_cursor(
      'search_profiles',
      jsonb_build_array(v_query, found.score, found.id)::text
    )
  from found
  where private.is_listed(found.id)
    and (-found.score, found.id) > (coalesce(-v_place[2]::double precision, '-infinity'), coalesce(v_place[3], '00000000-0000-0000-0000-000000000000')::uuid)
  order by -found.score, found.id
  limit private.page_size(search_profiles.page_size);
end;
$$;

-- Security definer: tells the caller about follows and blocks which the tables show to their owners alone.
create or replace function private.profile_page(username text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_profile public.profiles := private.visible_profile(profile_page.username);
begin
  return jsonb_build_object(
    'profile', to_jsonb(v_profile),
    'artist', (
      select to_jsonb(artist) - 'profile_id' from public.artist_profiles as artist where artist.profile_id = v_profile.id
    ),
    'is_me', v_profile.id is not distinct from v_user_id,
    'is_followed_by_me', private.is_followed_by_me(v_profile.id),
    'follows_me', exists (
      select from public.follows as follow where follow.follower_id = v_profile.id and follow.followee_id = v_user_id
    ),
    'is_follow_requested_by_me', exists (
      select from public.follow_requests as request
      where request.requester_id = v_user_id and request.target_id = v_profile.id
    ),
    -- Staff see whom they have blocked; nobody else gets this far across a block.
    'is_blocked_by_me', exists (
      select from public.blocks as block where block.blocker_id = v_user_id and block.blocked_id = v_profile.id
    ),
    'is_muted_by_me', exists (
      select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = v_profile.id
    ),
    'can_message', private.can_message(v_profile.id)
  );
end;
$$;
