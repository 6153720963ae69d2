-- Security definer: asks in the name of the caller where the table would refuse.
create or replace function private.follow(username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_target public.profiles := private.visible_profile(follow.username);
begin
  if v_target.id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  perform private.refuse_leaving(private.lock_pair(v_user_id, v_target.id));

  if exists (select from public.follows as edge where edge.follower_id = v_user_id and edge.followee_id = v_target.id) then
    return jsonb_build_object('state', 'following');
  end if;
  if v_target.is_private then
    -- Asked again under the lock: a block may have come in between. The unseen are not there for staff either: nobody follows across a block.
    if private.is_blocked(v_user_id, v_target.id) then
      perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
    end if;
    if not exists (
      select from public.follow_requests as request where request.target_id = v_target.id and request.requester_id = v_user_id
    ) then
      perform private.take_token('follow');
      perform private.refuse_leaving(private.lock_profiles(array[v_user_id, v_target.id]));
      insert into public.follow_requests (target_id, requester_id) values (v_target.id, v_user_id) on conflict do nothing;
    end if;
    return jsonb_build_object('state', 'requested');
  end if;
  insert into public.follows (follower_id, followee_id) values (v_user_id, v_target.id);
  return jsonb_build_object('state', 'following');
end;
$$;

-- Security definer: also removes the caller's request, which the table does not let them delete.
create or replace function private.unfollow(username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_target public.profiles := private.visible_profile(unfollow.username);
begin
  perform private.lock_pair(v_user_id, v_target.id);
  delete from public.follows as edge where edge.follower_id = v_user_id and edge.followee_id = v_target.id;
  delete from public.follow_requests as request where request.target_id = v_target.id and request.requester_id = v_user_id;
  return jsonb_build_object('state', 'none');
end;
$$;

-- Security definer: ends a follow that is somebody else's row, by right of whom it follows.
create or replace function private.remove_follower(username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
begin
  -- Whoever it is; about others the answer tells no more than their page.
  delete from public.follows as edge
  using public.profiles as follower
  where follower.username = lower(btrim(remove_follower.username))
    and edge.follower_id = follower.id
    and edge.followee_id = v_user_id;
  if not found then
    perform private.visible_profile(remove_follower.username);
  end if;
  return jsonb_build_object('is_follower', false);
end;
$$;

-- Security definer: makes a follow in the requester's name, by right of the owner of the private profile.
create or replace function private.decide_follow_request(username text, approve boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_requester public.profiles := private.visible_profile(decide_follow_request.username);
begin
  if decide_follow_request.approve is null then
    perform private.raise_error(422, 'decision_missing', 'Say whether the request is approved.');
  end if;
  perform private.refuse_leaving(private.lock_pair(v_user_id, v_requester.id));
  if not exists (
    select from public.follow_requests as request where request.target_id = v_user_id and request.requester_id = v_requester.id
  ) then
    -- Deciding again as before changes nothing.
    if decide_follow_request.approve and exists (
      select from public.follows as edge where edge.follower_id = v_requester.id and edge.followee_id = v_user_id
    ) then
      return jsonb_build_object('state', 'following');
    end if;
    perform private.raise_error(404, 'follow_request_not_found', 'This person has not asked to follow you.');
  end if;

  if decide_follow_request.approve then
    insert into public.follows (follower_id, followee_id) values (v_requester.id, v_user_id);
    return jsonb_build_object('state', 'following');
  end if;
  delete from public.follow_requests as request where request.target_id = v_user_id and request.requester_id = v_requester.id;
  return jsonb_build_object('state', 'none');
end;
$$;

create or replace function private.is_blocked(a uuid, b uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select from public.blocks as block
    where (block.blocker_id, block.blocked_id) in ((is_blocked.a, is_blocked.b), (is_blocked.b, is_blocked.a))
  )
$$;
comment on function private.is_blocked(uuid, uuid) is 'Whether either of two people has blocked the other';

create or replace function private.open_profile(username text)
returns public.profiles
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_profile public.profiles := private.visible_profile(open_profile.username);
begin
  if v_profile.is_private
    and v_profile.id is distinct from auth.uid()
    and not private.is_followed_by_me(v_profile.id)
    and not private.is_staff()
  then
    perform private.raise_error(403, 'profile_is_private', 'Only followers of this profile see this.');
  end if;
  return v_profile;
end;
$$;
comment on function private.open_profile(text) is
'visible_profile, if the caller may see what its owner shows to followers alone; else profile_is_private (403)';

-- Security definer: other people's follows, for those who may see the profile.
create or replace function private.list_follows(list text, username text, after text, page_size int)
returns setof public.profile_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_profile public.profiles := private.open_profile(list_follows.username);
  v_place text[] := private.decode_place(list_follows.list, list_follows.after, '{uuid,timestamptz,uuid}');
  v_at timestamptz := coalesce(v_place[2]::timestamptz, 'infinity');
  v_id uuid := coalesce(v_place[3]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_size int := private.page_size(list_follows.page_size);
  v_ids uuid[];
  v_times timestamptz[];
begin
  if v_place[1]::uuid <> v_profile.id then
    perform private.raise_error(422, 'bad_cursor', 'This cursor is not one this list has given out; start again without it.');
  end if;

  -- Three statements, as each walks an index of its own in the order of the page.
  if list_follows.list = 'followers' then
    select array_agg(edge.other_id), array_agg(edge.created_at) into v_ids, v_times
    from (
      select follow.follower_id as other_id, follow.created_at
      from public.follows as follow
      where follow.followee_id = v_profile.id
        and (follow.created_at, follow.follower_id) < (v_at, v_id)
        and private.is_listed(follow.follower_id)
      order by follow.created_at desc, follow.follower_id desc
      limit v_size
    ) as edge;
  elsif list_follows.list = 'following' then
    select array_agg(edge.other_id), array_agg(edge.created_at) into v_ids, v_times
    from (
      select follow.followee_id as other_id, follow.created_at
      from public.follows as follow
      where follow.follower_id = v_profile.id
        and (follow.created_at, follow.followee_id) < (v_at, v_id)
        and private.is_listed(follow.followee_id)
      order by follow.created_at desc, follow.followee_id desc
      limit v_size
    ) as edge;
  else
    select array_agg(edge.other_id), array_agg(edge.created_at) into v_ids, v_times
    from (
      select follow.followee_id as other_id, follow.created_at
      from public.follows as follow
      where follow.follower_id = v_profile.id
        and (follow.created_at, follow.followee_id) < (v_at, v_id)
        and exists (
          select from public.follows as back
          where back.follower_id = follow.followee_id and back.followee_id = v_profile.id
        )
        and private.is_listed(follow.followee_id)
      order by follow.created_at desc, follow.followee_id desc
      limit v_size
    ) as edge;
  end if;

  return query
  select
    person.id, person.username, person.display_name, person.avatar_path, private.is_verified(person.id),
    private.is_followed_by_me(person.id),
    private.encode_cursor(list_follows.list, jsonb_build_array(v_profile.id, edge.created_at, edge.other_id)::text)
  from unnest(v_ids, v_times) with ordinality as edge (other_id, created_at, place)
  join public.profiles as person on person.id = edge.other_id
  order by edge.place;
end;
$$;

-- Security definer: who asks to follow the caller, with names.
create or replace function private.my_follow_requests(after text, page_size int)
returns setof public.profile_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_place text[] := private.decode_place('my_follow_requests', my_follow_requests.after, '{timestamptz,uuid}');
begin
  perform private.require_signed_in();
  return query
  select
    person.id, person.username, person.display_name, person.avatar_path, private.is_verified(person.id),
    private.is_followed_by_me(person.id),
    private.encode_cursor('my_follow_requests', jsonb_build_array(request.created_at, request.requester_id)::text)
  from public.follow_requests as request
  join public.profiles as person on person.id = request.requester_id
  where request.target_id = v_user_id
    and private.can_see_profile(person.id)
    and (request.created_at, request.requester_id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
  order by request.created_at desc, request.requester_id desc
  limit private.page_size(my_follow_requests.page_size);
end;
$$;
