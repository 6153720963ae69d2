create or replace function private.like_count(target_kind text, target_id uuid)
returns int
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  case like_count.target_kind
    when 'post' then return (select post.like_count from public.posts as post where post.id = like_count.target_id);
    when 'track' then return (select track.like_count from public.tracks as track where track.id = like_count.target_id);
    when 'crate' then return (select crate.like_count from public.crates as crate where crate.id = like_count.target_id);
    when 'comment' then return (select comment.like_count from public.comments as comment where comment.id = like_count.target_id);
    when 'message' then return (select message.like_count from public.direct_messages as message where message.id = like_count.target_id);
    when 'activity_event' then return (select event.like_count from public.activity_events as event where event.id = like_count.target_id);
  end case;
end;
$$;
comment on function private.like_count(text, uuid) is
'How many like it; a new kind of likes has a line here, in count_likes and set_like, my_likes and liked_target, in can_see_target and refuse_target, and in the check of likes';

create or replace function private.count_likes(target_kind text, target_id uuid, by int)
returns int
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_count int;
begin
  case count_likes.target_kind
    when 'post' then
      update public.posts as post
      set like_count = post.like_count + count_likes.by
      where post.id = count_likes.target_id and (post.deleted_at is null or count_likes.by < 0)
      returning post.like_count into v_count;
    when 'track' then
      update public.tracks as track
      set like_count = track.like_count + count_likes.by
      where track.id = count_likes.target_id
      returning track.like_count into v_count;
    when 'crate' then
      update public.crates as crate
      set like_count = crate.like_count + count_likes.by
      where crate.id = count_likes.target_id and (crate.deleted_at is null or count_likes.by < 0)
      returning crate.like_count into v_count;
    when 'comment' then
      update public.comments as comment
      set like_count = comment.like_count + count_likes.by
      where comment.id = count_likes.target_id and (comment.deleted_at is null or count_likes.by < 0)
      returning comment.like_count into v_count;
    when 'message' then
      update public.direct_messages as message
      set like_count = message.like_count + count_likes.by
      where message.id = count_likes.target_id and (message.deleted_at is null or count_likes.by < 0)
      returning message.like_count into v_count;
    when 'activity_event' then
      update public.activity_events as event
      set like_count = event.like_count + count_likes.by
      where event.id = count_likes.target_id
      returning event.like_count into v_count;
  end case;
  return v_count;
end;
$$;
comment on function private.count_likes(text, uuid, int) is
'Add to how many like it, and say how many do now; null when it is deleted, which nobody likes any more but may stop to';

-- Security definer: likes and counters are nobody's to write directly.
--
-- A new like of a post is the commonest write there is. It is stored at once, and the statement that counts it asks who may write and who may
-- see the post. Of a public post it knows nearly all of the rule, from rows that are at hand; what it does not know, may_like_post does. A like
-- is an insert into the queue and nothing else until it is told (docs/decisions/0040). Likes are counted here and not by a trigger, as each
-- statement builds anew what a trigger needs. The count comes late in the transaction, as the row may be hot; a like of what has just been
-- deleted finds no row to count and is refused, so no like of nothing is ever stored, nor of a post that whoever likes it may not see.
create or replace function private.set_like(target_kind text, target_id uuid, liked boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_count int;
begin
  if set_like.target_kind = 'post' and set_like.liked and set_like.target_id is not null and v_user_id is not null then
    if not private.hold_person(v_user_id) then
      perform private.acting_user('social');
    end if;
    insert into public.likes (user_id, target_kind, target_id) values (v_user_id, 'post', set_like.target_id) on conflict do nothing;
    if found then
      update public.posts as post
      set like_count = post.like_count + 1
      where post.id = set_like.target_id
        and post.deleted_at is null
        and (
          (
            post.audience = 'public'
            and exists (select from public.feature_flags as flag where flag.name = 'social' and flag.is_enabled offset 0)
            -- Both are there and neither is hidden, or leaving: a post has an author. Who likes is not banned.
            and exists (
              select
              from private.person_cards as person
              where person.profile_id = v_user_id and not person.is_hidden and coalesce(person.banned_until <= now(), true)
              offset 0
            )
            and not post.is_withheld
            and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = post.author_id offset 0)
            and not exists (
              select
              from private.readers as kept
              where kept.profile_id = v_user_id and (post.author_id = any (kept.blocked_ids) or post.author_id = any (kept.blocker_ids))
              offset 0
            )
          )
          or private.may_like_post(v_user_id, post.id)
        )
      returning post.like_count into v_count;
      if v_count is null then
        perform private.acting_user('social');
        perform private.refuse_target('post');
      end if;
      insert into private.like_changes (user_id, target_kind, target_id) values (v_user_id, 'post', set_like.target_id);
      return jsonb_build_object('liked', true, 'like_count', v_count);
    end if;
  end if;

  v_user_id := private.acting_user('social');
  if set_like.target_kind is null or set_like.target_kind not in ('post', 'comment', 'track', 'crate', 'message', 'activity_event') then
    perform private.raise_error(422, 'target_kind_unknown', 'This kind of thing cannot be liked.');
  end if;
  if set_like.liked is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;

  if set_like.liked then
    perform private.require_target(set_like.target_kind, set_like.target_id);
    insert into public.likes (user_id, target_kind, target_id)
    values (v_user_id, set_like.target_kind, set_like.target_id)
    on conflict do nothing;
    if found then
      insert into private.like_changes (user_id, target_kind, target_id) values (v_user_id, set_like.target_kind, set_like.target_id);
      v_count := private.count_likes(set_like.target_kind, set_like.target_id, 1);
      if v_count is null then
        perform private.refuse_target(set_like.target_kind);
      end if;
    else
      v_count := private.like_count(set_like.target_kind, set_like.target_id);
    end if;
  else
    -- One's own like can be taken back from what one no longer sees, which tells nothing then, not even how many like it.
    delete from public.likes as favour
    where favour.user_id = v_user_id
      and favour.target_kind = set_like.target_kind
      and favour.target_id = set_like.target_id;
    if found then
      -- What bounds liking and unliking without end; giving a like takes no token (docs/decisions/0011).
      perform private.take_token('unlike');
    else
      perform private.require_target(set_like.target_kind, set_like.target_id);
    end if;
    if private.can_see_target(set_like.target_kind, set_like.target_id) then
      v_count := private.like_count(set_like.target_kind, set_like.target_id);
    end if;
  end if;
  return jsonb_build_object('liked', set_like.liked, 'like_count', v_count);
end;
$$;

create or replace function private.may_like_post(user_id uuid, post_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if may_like_post.user_id = auth.uid() then
    perform private.acting_user('social');
  end if;
  return private.sees(may_like_post.user_id, 'post', may_like_post.post_id);
end;
$$;
comment on function private.may_like_post(uuid, uuid) is 'Whether somebody may like a post: sees, after the error of acting_user where the caller may not write';

-- Security definer: the counter and the queue are nobody's to write. Likes go with accounts too, so what takes them off is the row that goes.
create or replace function private.tg_likes__uncount()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.like_changes (user_id, target_kind, target_id) values (old.user_id, old.target_kind, old.target_id);
  perform private.count_likes(old.target_kind, old.target_id, -1);
  return null;
end;
$$;
create trigger _500_uncount
  after delete on public.likes
  for each row execute function private.tg_likes__uncount();

-- Security definer: reposts and counters are nobody's to write directly.
create or replace function private.set_repost(post_id uuid, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_post public.posts;
begin
  -- One's own profile, so that a repost made while it turns private goes along; then the post, before the repost and the clock (lock order
  -- in 20_posts.sql).
  perform private.lock_own_profile();
  select post.* into v_post from public.posts as post where post.id = set_repost.post_id for no key update;
  if not found
    or not private.can_see_post(set_repost.post_id) and (
      set_repost.present
      or not exists (
        select from public.reposts as repost where repost.user_id = v_user_id and repost.post_id = set_repost.post_id
      )
    )
  then
    perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you can see.');
  end if;

  if set_repost.present then
    if v_post.audience <> 'public' then
      perform private.raise_error(403, 'post_not_public', 'Only public posts can be reposted.');
    end if;
    if not exists (
      select from public.reposts as repost where repost.user_id = v_user_id and repost.post_id = v_post.id
    ) then
      perform private.take_token('repost');
      insert into public.reposts (user_id, post_id) values (v_user_id, v_post.id) on conflict do nothing;
    end if;
  else
    delete from public.reposts as repost where repost.user_id = v_user_id and repost.post_id = v_post.id;
  end if;

  return jsonb_build_object('reposted', set_repost.present, 'repost_count', (
    select post.repost_count
    from public.posts as post
    where post.id = v_post.id and (set_repost.present or private.can_see_post(post.id))
  ));
end;
$$;

-- Security definer: feed entries and counters are nobody's to write.
create or replace function private.tg_reposts__publish()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into private.feed_entries (actor_id, id, post_id, audience)
    select new.user_id, new.id, new.post_id, private.post_audience('public', profile.is_private)
    from public.profiles as profile
    where profile.id = new.user_id;
    update public.posts as post
    set repost_count = post.repost_count + 1
    where post.id = new.post_id and post.deleted_at is null;
    if not found then
      perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you can see.');
    end if;
  else
    delete from private.feed_entries as entry where entry.actor_id = old.user_id and entry.id = old.id;
    update public.posts as post set repost_count = post.repost_count - 1 where post.id = old.post_id;
  end if;
  return null;
end;
$$;
create trigger _500_publish
  after insert or delete on public.reposts
  for each row execute function private.tg_reposts__publish();
