create or replace function private.owner_of(target_kind text, target_id uuid)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return case owner_of.target_kind
    when 'comment' then (select comment.author_id from public.comments as comment where comment.id = owner_of.target_id)
    when 'activity_event' then (select event.actor_id from public.activity_events as event where event.id = owner_of.target_id)
    when 'message' then (select message.sender_id from public.direct_messages as message where message.id = owner_of.target_id)
    else private.target_owner(owner_of.target_kind, owner_of.target_id)
  end;
end;
$$;
comment on function private.owner_of(text, uuid) is 'Whose a thing is that can be liked; null when it is gone';

create or replace function private.reach_milestone(target_kind text, target_id uuid, counted text, total bigint, owner_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_power bigint;
  v_step bigint;
begin
  if reach_milestone.total is null or reach_milestone.total < 10 then
    return;
  end if;
  v_power := 10 ^ floor(log(reach_milestone.total));
  v_step := case
    when reach_milestone.total >= 5 * v_power then 5 * v_power
    when 2 * reach_milestone.total >= 5 * v_power then 5 * v_power / 2
    else v_power
  end;
  -- One probe for all that lies between two steps.
  if exists (
    select from private.milestones as known
    where known.target_id = reach_milestone.target_id
      and known.target_kind = reach_milestone.target_kind
      and known.counted = reach_milestone.counted
      and known.step = v_step
  ) then
    return;
  end if;
  with reached as (
    insert into private.milestones (target_kind, target_id, counted, step)
    select reach_milestone.target_kind, reach_milestone.target_id, reach_milestone.counted, (digit * 10 ^ power)::bigint
    from generate_series(1, 17) as power
    cross join unnest(array[1, 2.5, 5]) as digit
    where digit * 10 ^ power <= reach_milestone.total
    on conflict do nothing
    returning step
  )
  select max(reached.step) into v_step from reached;

  if v_step is not null then
    perform private.notify(
      reach_milestone.owner_id, 'milestone', null, reach_milestone.target_kind, reach_milestone.target_id,
      data => jsonb_build_object('count', v_step, 'of', reach_milestone.counted)
    );
  end if;
end;
$$;
comment on function private.reach_milestone(text, uuid, text, bigint, uuid) is
$$Tell an owner of a round number, once ever: 10, 25, 50, 100, 250, 500, 1000 and so on

of counted (likes, followers or plays) of a thing. Several reached at once are told as the highest.$$;

-- Security definer: service_role moves likes from the queue into notifications through here alone.
create or replace function private.notify_likes(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  -- No more, as each who is told is held (stays), and the server has room for some thousand locks.
  v_size int := least(greatest(coalesce(notify_likes.size, 1000), 1), 1000);
  v_rows tid[];
  v_change record;
  v_taken int := 0;
  v_owner_id uuid;
  v_liker_ids uuid[];
  v_gone_ids uuid[];
begin
  -- One at a time, and not while an account is erased: whose likes are just going must not be told of after.
  if not pg_try_advisory_xact_lock(hashtextextended('notify_likes', 0)) then
    return 0;
  end if;

  -- What they are told in is locked at once, as those who block or go may hold some of it. The rows of the queue are never moved.
  v_rows := array(select next.ctid from private.like_changes as next limit v_size);
  perform private.lock_notifications(array(
    select told.id
    from (
      select distinct change.target_kind, change.target_id from private.like_changes as change where change.ctid = any (v_rows)
    ) as liked
    join public.notifications as told on told.target_id = liked.target_id and told.target_kind = liked.target_kind
    where told.kind = 'like' and told.read_at is null
  ));
  for v_change in
    with taken as (
      delete from private.like_changes as change
      where change.ctid = any (v_rows)
      returning change.user_id, change.target_kind, change.target_id
    )
    select taken.target_kind, taken.target_id, array_agg(distinct taken.user_id) as user_ids, count(*)::int as taken_count
    from taken
    group by taken.target_kind, taken.target_id
  loop
    v_taken := v_taken + v_change.taken_count;
    v_owner_id := private.owner_of(v_change.target_kind, v_change.target_id);
    if v_owner_id is null then
      continue;
    end if;
    -- What counts is whether the like stands now: one that was taken back at once is never told.
    v_liker_ids := array(
      select favour.user_id
      from unnest(v_change.user_ids) as changed (user_id)
      join public.likes as favour
        on favour.user_id = changed.user_id
        and favour.target_kind = v_change.target_kind
        and favour.target_id = v_change.target_id
      order by favour.created_at, favour.user_id
    );
    if cardinality(v_liker_ids) > 0 then
      perform private.notify_of_many(v_owner_id, 'like', v_liker_ids, v_change.target_kind, v_change.target_id);
    end if;
    v_gone_ids := array(
      select changed.user_id from unnest(v_change.user_ids) as changed (user_id)
      except all
      select liker.user_id from unnest(v_liker_ids) as liker (user_id)
    );
    if cardinality(v_gone_ids) > 0 then
      perform private.retract_many(v_owner_id, 'like', v_gone_ids, v_change.target_kind, v_change.target_id);
    end if;
    perform private.reach_milestone(
      v_change.target_kind, v_change.target_id, 'likes', private.like_count(v_change.target_kind, v_change.target_id), v_owner_id
    );
  end loop;
  return v_taken;
end;
$$;

-- Security definer: notifications are nobody's to write.
create or replace function private.tg_follows__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(edge.followee_id, 'follow', edge.follower_id, 'profile', edge.followee_id)
    from (select deleted.followee_id, deleted.follower_id from changed as deleted order by deleted.followee_id) as edge;
    return null;
  end if;
  perform
    private.notify(edge.followee_id, 'follow', edge.follower_id, 'profile', edge.followee_id),
    private.reach_milestone('profile', edge.followee_id, 'followers', edge.follower_count, edge.followee_id)
  from (
    select made.followee_id, made.follower_id, profile.follower_count
    from changed as made
    join public.profiles as profile on profile.id = made.followee_id
    order by made.followee_id
  ) as edge;
  return null;
end;
$$;
create trigger _900_notify_insert
  after insert on public.follows
  referencing new table as changed
  for each statement execute function private.tg_follows__notify();
create trigger _900_notify_delete
  after delete on public.follows
  referencing old table as changed
  for each statement execute function private.tg_follows__notify();

-- Security definer: as tg_follows__notify. A request that is decided or taken back needs no telling any more.
create or replace function private.tg_follow_requests__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(old.target_id, 'follow_request', old.requester_id, 'profile', old.target_id);
  else
    perform private.notify(new.target_id, 'follow_request', new.requester_id, 'profile', new.target_id);
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert or delete on public.follow_requests
  for each row execute function private.tg_follow_requests__notify();

-- Security definer: as tg_follows__notify.
create or replace function private.tg_reposts__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(post.author_id, 'repost', old.user_id, 'post', post.id) from public.posts as post where post.id = old.post_id;
  else
    perform private.notify(post.author_id, 'repost', new.user_id, 'post', post.id) from public.posts as post where post.id = new.post_id;
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert or delete on public.reposts
  for each row execute function private.tg_reposts__notify();

create trigger _900_forget_told
  after delete on public.posts
  for each row execute function private.tg__forget_told('post');
create trigger _910_forget_told
  after update of deleted_at on public.posts
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg__forget_told('post');

create trigger _900_forget_told
  after delete on public.profiles
  for each row execute function private.tg__forget_told('profile');

create or replace function private.told_between(a uuid, b uuid)
returns setof uuid
language sql
stable
security invoker
set search_path = ''
as $$
  select told.id
  from private.notification_actors as act
  join public.notifications as told on told.id = act.notification_id
  where (act.actor_id, told.recipient_id) in ((told_between.a, told_between.b), (told_between.b, told_between.a))
$$;
comment on function private.told_between(uuid, uuid) is 'The notifications in which either of two people was told of the other';

-- Security definer: as tg_follows__notify. A block also ends what each was told of the other; a mute hides from lists, and can be undone.
create or replace function private.tg_blocks__forget_told()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.lock_notifications(array(select private.told_between(new.blocker_id, new.blocked_id)));
  delete from private.notification_actors as act
  using public.notifications as told
  where told.id = act.notification_id
    and (act.actor_id, told.recipient_id) in ((new.blocked_id, new.blocker_id), (new.blocker_id, new.blocked_id));
  return null;
end;
$$;
create trigger _900_forget_told
  after insert on public.blocks
  for each row execute function private.tg_blocks__forget_told();

create or replace function private.lock_told_ties(user_ids uuid[])
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.lock_notifications(array(
    select told.id from public.notifications as told where told.recipient_id = any (lock_told_ties.user_ids)
    union
    select act.notification_id from private.notification_actors as act where act.actor_id = any (lock_told_ties.user_ids)
  ))
$$;
comment on function private.lock_told_ties(uuid[]) is 'Before accounts are erased: lock what they were told, and what others were told of them';

-- Security definer: service_role deletes nothing but what is over.
create or replace function private.forget_old_notifications(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before constant timestamptz := now() - make_interval(days => private.setting('notification_kept_days')::int);
  v_count int;
begin
  delete from public.notifications as told
  -- An array is looked up once; the plan of a subquery may run its limit again for each row.
  where told.id = any (array(
    select old.id
    from public.notifications as old
    -- The id says when: the first 48 bits of a uuid v7 are its milliseconds.
    where old.id < (lpad(to_hex((extract(epoch from v_before) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
    order by old.id
    limit least(greatest(coalesce(forget_old_notifications.size, 1000), 1), 10000)
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  delete from private.push_tickets as ticket where ticket.sent_at < now() - make_interval(days => 1);
  delete from private.told_and_taken_back as before
  where before.taken_back_at < now() - make_interval(hours => private.setting('notification_collapse_hours')::int);
  return v_count;
end;
$$;
