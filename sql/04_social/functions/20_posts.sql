-- The one rule of who sees which post. Every feed, like, repost and single post asks it; the policy on posts is its array form, and a test
-- compares the two. In this form, without search_path, it becomes part of the query that asks, as a view would, with its reader as parameters;
-- only definer functions ask it. offset 0 keeps each subquery a probe of one index entry, never a hash of a whole table.
create or replace function private.posts_for(reader_id uuid, blocked_ids uuid[])
returns table (
  id uuid, author_id uuid, kind text, body text, media_paths text[], visibility text, audience text, like_count int, comment_count int,
  repost_count int, created_at timestamptz, edited_at timestamptz, deleted_at timestamptz, track_id uuid, crate_id uuid, is_visible boolean,
  author_card jsonb, is_author_banned boolean
)
language sql
stable
security invoker
begin atomic
  select
    post.id, post.author_id, post.kind, post.body, post.media_paths, post.visibility, post.audience, post.like_count, post.comment_count,
    post.repost_count, post.created_at, post.edited_at, post.deleted_at, post.track_id, post.crate_id,
    post.deleted_at is null
    and (
      post.author_id = posts_for.reader_id
      or (
        (
          post.audience = 'public'
          or (
            post.audience in ('followers', 'mutuals')
            and exists (
              select from public.follows as follow
              where follow.follower_id = posts_for.reader_id and follow.followee_id = post.author_id offset 0
            )
            and (
              post.audience = 'followers'
              or exists (
                select from public.follows as back
                where back.follower_id = post.author_id and back.followee_id = posts_for.reader_id offset 0
              )
            )
          )
        )
        and not author.is_hidden
        and not post.is_withheld
        and post.author_id <> all (posts_for.blocked_ids)
      )
    ),
    author.card,
    coalesce(author.banned_until > now(), false)
  from public.posts as post
  join private.person_cards as author on author.profile_id = post.author_id;
end;
comment on function private.posts_for(uuid, uuid[]) is
$$Posts, and whether a reader may see each (is_visible)

Own; public; followers' to followers; mutuals' to those who follow each other; nothing deleted, across a block of either side or by a hidden
profile; what moderators withhold to its author. What staff may see beyond that is decided by can_see_post, for single posts. is_author_banned: what
feeds leave out, though it may be seen.$$;

create or replace view private.reader_posts with (security_invoker = true) as
select
  post.id, post.author_id, post.kind, post.body, post.media_paths, post.visibility, post.audience, post.like_count, post.comment_count,
  post.repost_count, post.created_at, post.edited_at, post.deleted_at, post.track_id, post.crate_id, post.is_visible, post.author_card,
  reader.id as reader_id,
  reader.muted_ids
from private.reader as reader
cross join lateral private.posts_for(reader.id, reader.blocked_ids) as post;
comment on view private.reader_posts is 'posts_for the caller; muted_ids: whom they keep out of their lists';

-- Security definer: reads reader_posts, over blocks and follows that are not the caller's to read.
create or replace function private.can_see_post(post_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return coalesce(
    (
      select post.is_visible or (post.deleted_at is null and private.is_staff())
      from private.reader_posts as post
      where post.id = can_see_post.post_id
    ),
    false
  );
end;
$$;
comment on function private.can_see_post(uuid) is 'Whether the caller may see one post: as reader_posts says, and staff every post that is not deleted';

create or replace function private.post_audience(visibility text, is_private boolean)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case when post_audience.visibility = 'public' and post_audience.is_private then 'followers' else post_audience.visibility end
$$;
comment on function private.post_audience(text, boolean) is 'Who a post really reaches: what a private profile posts is at most for followers';

create or replace function private.hashtags(body text)
returns setof text
language sql
immutable
security invoker
set search_path = ''
as $$
  select distinct lower(found[1])
  from regexp_matches(hashtags.body, '(?:^|[^[:alnum:]_&/#])#([[:alnum:]_]{1,50})(?![[:alnum:]_])', 'g') as found
  where found[1] ~ '[^0-9_]'
  limit 20
$$;
comment on function private.hashtags(text) is 'The hashtags of a text: # and 1 to 50 letters, digits or _, not digits alone; lower case, 20 at most';

-- What a check constraint would say of the content. A check costs every statement that writes the row, as each compiles it anew, and likes are
-- far more than posts: here it is asked only when the content changes. After the row is written, as a trigger before it would have every like lock
-- the post in a step of its own.
create or replace function private.tg_posts__validate()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_broken text := case
    when new.kind not in ('text', 'media', 'track', 'crate') then 'posts_kind_known'
    when new.visibility not in ('public', 'followers', 'mutuals', 'private') then 'posts_visibility_known'
    when new.audience <> new.visibility and (new.visibility <> 'public' or new.audience <> 'followers') then 'posts_audience_fits_visibility'
    when char_length(new.body) not between 1 and 2000 then 'posts_body_length'
    when cardinality(new.media_paths) > 4 or array_position(new.media_paths, null) is not null then 'posts_media_limit'
    when new.deleted_at is not null then
      case when num_nonnulls(new.body, new.track_id, new.crate_id) > 0 or cardinality(new.media_paths) > 0 then 'posts_fields_fit_kind' end
    when new.kind = 'text' and new.body is null
      or (new.kind = 'media') <> (cardinality(new.media_paths) > 0)
      or (new.kind = 'track') <> (new.track_id is not null)
      or (new.kind = 'crate') <> (new.crate_id is not null)
    then 'posts_fields_fit_kind'
  end;
begin
  if v_broken is not null then
    perform private.refuse_row('posts', v_broken);
  end if;
  return null;
end;
$$;
create trigger _300_validate
  after insert or update of kind, body, media_paths, visibility, audience, deleted_at, track_id, crate_id on public.posts
  for each row execute function private.tg_posts__validate();

-- Security definer: moves the author's counters and feed entries, which are nobody's to write.
create or replace function private.tg_posts__publish()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.feed_entries (actor_id, id, post_id, audience) values (new.author_id, new.id, new.id, new.audience);
  if new.audience = 'public' then
    insert into private.post_tags (tag, post_id) select tag, new.id from private.hashtags(new.body) as tag;
  end if;
  if new.visibility <> 'private' then
    update public.profiles as profile set post_count = profile.post_count + 1 where profile.id = new.author_id;
  end if;
  return null;
end;
$$;
create trigger _500_publish
  after insert on public.posts
  for each row execute function private.tg_posts__publish();

-- Security definer: as tg_posts__publish.
create or replace function private.tg_posts__follow_changes()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from private.post_tags as tag where tag.post_id = new.id;
  if new.audience = 'public' and new.deleted_at is null then
    insert into private.post_tags (tag, post_id) select tag, new.id from private.hashtags(new.body) as tag;
  end if;
  if old.deleted_at is null and new.deleted_at is not null then
    perform private.forget_post(new.id, new.author_id, new.visibility <> 'private');
  end if;
  return null;
end;
$$;
create trigger _500_follow_changes
  after update of body, deleted_at on public.posts
  for each row execute function private.tg_posts__follow_changes();

-- Security definer: as tg_posts__publish.
create or replace function private.tg_posts__forget()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if old.deleted_at is null then
    perform private.forget_post(old.id, old.author_id, old.visibility <> 'private');
  end if;
  return null;
end;
$$;
create trigger _500_forget
  after delete on public.posts
  for each row execute function private.tg_posts__forget();

-- Security definer: the track's counter is nobody's to write. As post_count, it leaves out what is private.
create or replace function private.tg_posts__count_shares()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.tracks as track set repost_count = track.repost_count + 1 where track.id = new.track_id;
  elsif old.deleted_at is null then
    update public.tracks as track set repost_count = track.repost_count - 1 where track.id = old.track_id;
  end if;
  return null;
end;
$$;
create trigger _550_count_shares
  after insert on public.posts
  for each row
  when (new.track_id is not null and new.visibility <> 'private')
  execute function private.tg_posts__count_shares();
create trigger _560_count_shares
  after delete or update of deleted_at on public.posts
  for each row
  when (old.track_id is not null and old.visibility <> 'private')
  execute function private.tg_posts__count_shares();

-- Lock order of the domain: a pair (lock_pair); one's own profile; the post; its likes or reposts; clocks in the order of actors; comments; other
-- profiles in the order of ids, all at once. The post is locked by whoever deletes it; likes and reposts that others are just taking back are skipped, and theirs find it gone.
create or replace function private.forget_post(post_id uuid, author_id uuid, is_counted boolean)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from private.activity_clocks as clock
  where clock.actor_id = forget_post.author_id
    or clock.actor_id in (select repost.user_id from public.reposts as repost where repost.post_id = forget_post.post_id)
  order by clock.actor_id
  for update;

  delete from public.reposts as repost
  where (repost.user_id, repost.post_id) in (
    select gone.user_id, gone.post_id from public.reposts as gone where gone.post_id = forget_post.post_id for update skip locked
  );
  perform private.forget_likes('post', array[forget_post.post_id]);
  perform private.forget_comments('post', forget_post.post_id);
  delete from private.feed_entries as entry where entry.actor_id = forget_post.author_id and entry.id = forget_post.post_id;
  if forget_post.is_counted then
    update public.profiles as profile set post_count = profile.post_count - 1 where profile.id = forget_post.author_id;
  end if;
end;
$$;
comment on function private.forget_post(uuid, uuid, boolean) is 'Remove what hangs on a post that is deleted: reposts, likes, comments, feed entries, its place in the author''s count';

create or replace function private.lock_social_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- Nobody is told of a like that is just going.
  perform pg_advisory_xact_lock(hashtextextended('notify_likes', 0));
  -- The edges before the people they count for, as unfollowing locks them.
  perform
  from public.follows as follow
  where follow.follower_id = any (lock_social_ties.user_ids) or follow.followee_id = any (lock_social_ties.user_ids)
  order by follow.follower_id, follow.followee_id
  for update;
  perform
  from public.profiles as profile
  where profile.id = any (lock_social_ties.user_ids)
    or profile.id in (select follow.followee_id from public.follows as follow where follow.follower_id = any (lock_social_ties.user_ids))
    or profile.id in (select follow.follower_id from public.follows as follow where follow.followee_id = any (lock_social_ties.user_ids))
  order by profile.id
  for no key update;
  perform
  from public.posts as post
  where post.author_id = any (lock_social_ties.user_ids)
    or post.id in (select repost.post_id from public.reposts as repost where repost.user_id = any (lock_social_ties.user_ids))
    or post.id in (select private.tied_targets(lock_social_ties.user_ids, 'post'))
  order by post.id
  for no key update;
  perform
  from private.activity_clocks as clock
  where clock.actor_id = any (lock_social_ties.user_ids)
    or clock.actor_id in (
      select repost.user_id
      from public.reposts as repost
      join public.posts as post on post.id = repost.post_id
      where post.author_id = any (lock_social_ties.user_ids)
    )
  order by clock.actor_id
  for update;
  perform
  from public.conversations as conversation
  where conversation.id in (
    select member.conversation_id from public.conversation_members as member where member.member_id = any (lock_social_ties.user_ids)
    union all
    select message.conversation_id from public.direct_messages as message where message.sender_id = any (lock_social_ties.user_ids)
  )
  order by conversation.id
  for update;
end;
$$;
comment on function private.lock_social_ties(uuid[]) is
'Before accounts are erased: lock all whose counters, posts, clocks and conversations that moves, in the lock order, so that no client meets a deadlock';

-- Security definer: the clocks are nobody's to write.
create or replace function private.tg_feed_entries__clock()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_newest_id uuid;
begin
  if tg_op = 'INSERT' then
    if new.audience <> 'private' then
      insert into private.activity_clocks as clock (actor_id, newest_entry_id)
      values (new.actor_id, new.id)
      on conflict (actor_id) do update
        set newest_entry_id = excluded.newest_entry_id
        where clock.newest_entry_id < excluded.newest_entry_id;
    end if;
    return null;
  end if;

  -- A clock that is too new would hide others' entries from the first page: it is set back from the entries, under its lock, so that
  -- an entry made at the same time either is seen here or moves it after. Locked whatever it shows: another deletion that is not
  -- committed yet may be about to set it back to the entry that goes here.
  select clock.newest_entry_id into v_newest_id from private.activity_clocks as clock where clock.actor_id = old.actor_id for update;
  if v_newest_id = old.id then
    update private.activity_clocks as clock
    set newest_entry_id = newest.id
    from (
      select entry.id
      from private.feed_entries as entry
      where entry.actor_id = old.actor_id and entry.audience <> 'private'
      order by entry.id desc
      limit 1
    ) as newest
    where clock.actor_id = old.actor_id;
    if not found then
      delete from private.activity_clocks as clock where clock.actor_id = old.actor_id;
    end if;
  end if;
  return null;
end;
$$;
create trigger _500_clock
  after insert or delete on private.feed_entries
  for each row execute function private.tg_feed_entries__clock();

-- Security definer: what a profile has posted and reposted follows its privacy, whoever switches it. In a few statements, not a trigger a
-- post: somebody with very many posts must be able to turn private.
create or replace function private.tg_profiles__audience()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_audience text := private.post_audience('public', new.is_private);
begin
  if auth.uid() is not null then
    perform private.take_token('switch_privacy');
  end if;

  -- In their order: an erasure may take several of them at once.
  perform
  from public.posts as post
  where post.author_id = new.id and post.visibility = 'public' and post.deleted_at is null
  order by post.id
  for no key update;
  update public.posts as post
  set audience = v_audience
  where post.author_id = new.id and post.visibility = 'public' and post.deleted_at is null;
  -- Reposts too: their entries are those that are not a post's own.
  update private.feed_entries as entry
  set audience = v_audience
  where entry.actor_id = new.id and entry.audience in ('public', 'followers') and (
    entry.id <> entry.post_id
    or exists (select from public.posts as post where post.id = entry.post_id and post.visibility = 'public')
  );
  if new.is_private then
    delete from private.post_tags as tag
    where tag.post_id in (select post.id from public.posts as post where post.author_id = new.id);
  else
    insert into private.post_tags (tag, post_id)
    select tag, post.id
    from public.posts as post
    cross join lateral private.hashtags(post.body) as tag
    where post.author_id = new.id and post.audience = 'public' and post.deleted_at is null;
  end if;
  return null;
end;
$$;
create trigger _500_audience
  after update of is_private on public.profiles
  for each row
  when (old.is_private <> new.is_private)
  execute function private.tg_profiles__audience();
