-- Security definer: follows of others are not the caller's to read.
create or replace function private.is_followed_by_me(profile_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.follows as follow
    where follow.follower_id = (select auth.uid()) and follow.followee_id = is_followed_by_me.profile_id
  )
$$;

-- Security definer: a policy helper; follows of others are not the caller's to read.
create or replace function private.my_followee_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select follow.followee_id from public.follows as follow where follow.follower_id = (select auth.uid())
$$;
comment on function private.my_followee_ids() is 'Whom the caller follows, for policies';

-- Security definer: a policy helper; follows of others are not the caller's to read.
create or replace function private.my_mutual_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select follow.followee_id
  from public.follows as follow
  where follow.follower_id = (select auth.uid())
    and exists (
      select from public.follows as back
      where back.follower_id = follow.followee_id and back.followee_id = follow.follower_id
    )
$$;
comment on function private.my_mutual_ids() is 'Whom the caller follows and who follow back, for policies';

-- Security definer: looks at blocks, requests and profiles past the follower's rights.
create or replace function private.tg_follows__validate()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_target public.profiles;
begin
  -- Through the table and through the RPC alike, the caller is the follower, or the owner of a private profile who approves.
  perform private.acting_user('social');
  if new.follower_id = new.followee_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;

  perform private.refuse_leaving(private.lock_pair(new.follower_id, new.followee_id));
  select profile.* into v_target from public.profiles as profile where profile.id = new.followee_id;
  if v_target.id is null
    or exists (select from private.hidden_profiles as hidden where hidden.profile_id in (new.followee_id, new.follower_id))
    or exists (
      select from public.blocks as block
      where (block.blocker_id, block.blocked_id) in ((new.follower_id, new.followee_id), (new.followee_id, new.follower_id))
    )
  then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  if exists (
    select from public.follows as follow where follow.follower_id = new.follower_id and follow.followee_id = new.followee_id
  ) then
    return null;
  end if;

  if auth.uid() = new.follower_id then
    perform private.take_token('follow');
    if v_target.is_private then
      perform private.raise_error(
        409, 'follow_needs_approval', 'This profile decides who follows it.', 'Call follow, which asks for approval.'
      );
    end if;
  end if;
  new.created_at := now();
  return new;
end;
$$;
create trigger _300_validate
  before insert on public.follows
  for each row execute function private.tg_follows__validate();

-- Security definer: counters are nobody's to write. All profiles concerned are locked in the order of their ids first, so that two
-- statements that meet in several people cannot wait for each other.
create or replace function private.tg_follows__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_step int := case tg_op when 'INSERT' then 1 else -1 end;
  v_leaving_ids uuid[] := private.lock_profiles(array(
    select edge.follower_id from changed as edge union select edge.followee_id from changed as edge
  ));
begin
  if tg_op = 'INSERT' then
    perform private.refuse_leaving(v_leaving_ids);
  end if;

  update public.profiles as profile
  set follower_count = profile.follower_count + v_step * edge.followers,
      following_count = profile.following_count + v_step * edge.following
  from (
    select side.profile_id, sum(side.followers)::int as followers, sum(side.following)::int as following
    from (
      select edge.followee_id as profile_id, 1 as followers, 0 as following from changed as edge
      union all
      select edge.follower_id, 0, 1 from changed as edge
    ) as side
    group by side.profile_id
  ) as edge
  where profile.id = edge.profile_id;

  if tg_op = 'INSERT' then
    if exists (
      select from public.profiles as profile
      where profile.id in (select edge.follower_id from changed as edge)
        and profile.following_count > private.setting('follow_limit')
    ) then
      perform private.raise_error(409, 'follow_limit', 'Nobody can follow more people than this.', private.setting('follow_limit')::text);
    end if;
    delete from public.follow_requests as request
    using changed as edge
    where request.target_id = edge.followee_id and request.requester_id = edge.follower_id;
  end if;
  return null;
end;
$$;
create trigger _500_count_insert
  after insert on public.follows
  referencing new table as changed
  for each statement execute function private.tg_follows__count();
create trigger _500_count_delete
  after delete on public.follows
  referencing old table as changed
  for each statement execute function private.tg_follows__count();

create or replace function private.follow_bit(profile_id uuid)
returns int
language sql
immutable
security invoker
begin atomic
  select uuid_hash(follow_bit.profile_id) & 16383;
end;
comment on function private.follow_bit(uuid) is 'The bit of a profile in follow_filters';

-- A loop, as it is many times faster than bit_or, which goes through the filter byte by byte for each profile.
create or replace function private.follow_bits(profile_ids uuid[])
returns bit(16384)
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_bits bit(16384) := 0::bit(16384);
  v_id uuid;
begin
  foreach v_id in array follow_bits.profile_ids loop
    v_bits := set_bit(v_bits, private.follow_bit(v_id), 1);
  end loop;
  return v_bits;
end;
$$;
comment on function private.follow_bits(uuid[]) is 'The filter of follow_filters that names these profiles';

-- In this form, and without search_path, it becomes part of the query that asks: a call that hands two kilobytes back costs as much as several rows.
create or replace function private.my_follow_filter()
returns bit(16384)
language sql
stable
security invoker
begin atomic
  select coalesce(
    (select filter.bits from private.follow_filters as filter where filter.follower_id = (select auth.uid())),
    private.follow_bits(array(
      select follow.followee_id from public.follows as follow where follow.follower_id = (select auth.uid())
    ))
  );
end;
comment on function private.my_follow_filter() is 'The caller''s row of follow_filters, made of follows for who has none, who follows few. For definer functions, which may read them';

-- Security definer: follow_filters is nobody's to write. Runs when tg_follows__count has locked the profile of each follower, so that of two
-- follows of one person the later finds what the earlier has made.
create or replace function private.tg_follows__keep_filter()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.follow_filters as filter
  set bits = filter.bits | added.bits
  from (
    select edge.follower_id, private.follow_bits(array_agg(edge.followee_id)) as bits
    from changed as edge
    group by edge.follower_id
  ) as added
  where filter.follower_id = added.follower_id;

  insert into private.follow_filters (follower_id, bits)
  select follow.follower_id, private.follow_bits(array_agg(follow.followee_id))
  from public.profiles as profile
  join public.follows as follow on follow.follower_id = profile.id
  where profile.id in (select edge.follower_id from changed as edge)
    and profile.following_count >= private.setting('feed_walk_from_follows')
    and not exists (select from private.follow_filters as filter where filter.follower_id = profile.id)
  group by follow.follower_id;
  return null;
end;
$$;
create trigger _510_keep_filter
  after insert on public.follows
  referencing new table as changed
  for each statement execute function private.tg_follows__keep_filter();

-- Security definer: a block ends what ties the two in both directions. What goes with it is locked first, in the lock order: the follows,
-- the two, what was told of their following, and all they were told of each other.
create or replace function private.tg_blocks__untie()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_event_ids uuid[];
begin
  perform
  from public.follows as follow
  where (follow.follower_id, follow.followee_id) in ((new.blocker_id, new.blocked_id), (new.blocked_id, new.blocker_id))
  order by follow.follower_id, follow.followee_id
  for update;
  if found then
    perform
    from public.profiles as profile
    where profile.id in (new.blocker_id, new.blocked_id)
    order by profile.id
    for no key update;
    v_event_ids := array(
      select event.id
      from public.activity_events as event
      where (event.actor_id, event.target_id) in ((new.blocker_id, new.blocked_id), (new.blocked_id, new.blocker_id))
        and event.target_kind = 'profile'
        and event.kind = 'user_followed'
      order by event.id
      for update
    );
  end if;
  perform private.lock_notifications(array(
    select private.told_between(new.blocker_id, new.blocked_id)
    union all
    select told.id from public.notifications as told where told.target_id = any (v_event_ids) and told.target_kind = 'activity_event'
  ));
  delete from public.follows as follow
  where (follow.follower_id, follow.followee_id) in ((new.blocker_id, new.blocked_id), (new.blocked_id, new.blocker_id));
  delete from public.follow_requests as request
  where (request.requester_id, request.target_id) in ((new.blocker_id, new.blocked_id), (new.blocked_id, new.blocker_id));
  return null;
end;
$$;
create trigger _500_untie
  after insert on public.blocks
  for each row execute function private.tg_blocks__untie();
