create or replace function private.shown_mentions(comment_id uuid, blocked_ids uuid[])
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', mention.profile_id, 'username', mention.username) order by mention.username), '[]')
    from public.comment_mentions as mention
    where mention.comment_id = shown_mentions.comment_id
      and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = mention.profile_id offset 0)
      and mention.profile_id <> all (shown_mentions.blocked_ids)
  );
end;
$$;
comment on function private.shown_mentions(uuid, uuid[]) is 'Whom a comment names, [{id, username}], without hidden ones and those across a block';

create or replace function private.own_reactions(comment_id uuid, shown jsonb, reader_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select jsonb_agg(
      case
        when exists (
          select from public.comment_reactions as reaction
          where reaction.comment_id = own_reactions.comment_id
            and reaction.user_id = own_reactions.reader_id
            and reaction.emoji = counted.shown ->> 'emoji'
          offset 0
        ) then counted.shown || '{"mine": true}'
        else counted.shown
      end
      order by counted.place
    )
    from jsonb_array_elements(own_reactions.shown) with ordinality as counted (shown, place)
  );
end;
$$;
comment on function private.own_reactions(uuid, jsonb, uuid) is 'The reactions to a comment as it keeps them to be shown, with those of a reader marked as mine';

create or replace function private.likes_comment(reader_id uuid, comment_id uuid)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return exists (
    select from public.likes as favour
    where favour.user_id = likes_comment.reader_id and favour.target_kind = 'comment' and favour.target_id = likes_comment.comment_id
  );
end;
$$;
comment on function private.likes_comment(uuid, uuid) is 'Whether somebody likes a comment';

-- Mostly one reading of all is less than one for each comment of a page, and its place in the plan.
create or replace function private.favoured_comments(reader_id uuid)
returns table (liked_ids uuid[], reacted_ids uuid[])
language sql
stable
security invoker
begin atomic
  select
    case when cardinality(found.liked_ids) <= 64 then found.liked_ids end,
    case when cardinality(found.reacted_ids) <= 64 then found.reacted_ids end
  from (
    select
      array(
        select favour.target_id
        from public.likes as favour
        where favour.user_id = favoured_comments.reader_id and favour.target_kind = 'comment'
        order by favour.target_id
        limit 65
      ) as liked_ids,
      array(
        select reaction.comment_id
        from public.comment_reactions as reaction
        where reaction.user_id = favoured_comments.reader_id
        order by reaction.comment_id
        limit 65
      ) as reacted_ids
    offset 0
  ) as found;
end;
comment on function private.favoured_comments(uuid) is 'The comments somebody likes and those they have reacted to; null where they are more than 64';

-- The one rule of who sees which comment, among those who see what it is about; can_see_comment asks it for a comment and all that it
-- answers, as a thread goes with its beginning. A tombstone is nobody's and seen by all, but one that was hidden stays so. In the form of
-- posts_for: the query that asks pays only for the columns it names. What few comments have is asked of functions, so that it is not a part
-- of every plan.
create or replace function private.comments_for(
  reader_id uuid, blocked_ids uuid[], muted_ids uuid[], liked_ids uuid[] default null, reacted_ids uuid[] default null
)
returns table (
  id uuid, target_kind text, target_id uuid, parent_id uuid, depth int, body text, position_ms int, author jsonb, mentions jsonb,
  like_count int, liked_by_me boolean, reactions jsonb, reply_count int, is_pinned boolean, is_hidden boolean, is_deleted boolean,
  created_at timestamptz, edited_at timestamptz, deleted_at timestamptz, is_visible boolean, is_wanted boolean
)
language sql
stable
security invoker
begin atomic
  select
    comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
    case when comment.deleted_at is null then author.card end,
    case when position('@' in comment.body) > 0 then private.shown_mentions(comment.id, comments_for.blocked_ids) else '[]' end,
    comment.like_count,
    comment.like_count > 0 and case
      when comments_for.liked_ids is null then private.likes_comment(comments_for.reader_id, comment.id)
      else comment.id = any (comments_for.liked_ids)
    end,
    case
      when comment.reactions <> '{}' and coalesce(comment.id = any (comments_for.reacted_ids), true)
      then private.own_reactions(comment.id, comment.reactions_shown, comments_for.reader_id)
      else comment.reactions_shown
    end,
    comment.reply_count,
    comment.is_pinned,
    comment.hidden_by is not null,
    comment.deleted_at is not null,
    comment.created_at,
    comment.edited_at,
    comment.deleted_at,
    -- Never null, as where nobody owns the thing or nobody is signed in: bool_and would pass over it.
    coalesce(
      comment.author_id = comments_for.reader_id
      or (
        (
          comment.deleted_at is not null
          or (author.is_hidden is not true and comment.author_id <> all (comments_for.blocked_ids))
        )
        and not comment.is_withheld
        and (
          comment.hidden_by is null
          or private.target_owner(comment.target_kind, comment.target_id) = comments_for.reader_id
        )
      )
      or (select private.is_staff()),
      false
    ),
    comment.deleted_at is not null or comment.author_id <> all (comments_for.muted_ids)
  from public.comments as comment
  left join private.person_cards as author on author.profile_id = comment.author_id;
end;
comment on function private.comments_for(uuid, uuid[], uuid[], uuid[], uuid[]) is
$$Comments as a reader sees them, and whether

is_visible: one's own, and those of people neither hidden nor across a block; hidden ones to their author, the owner of the target and
staff, those that moderators withhold to their author and staff; staff see all, the caller being the reader. is_wanted: not by somebody the reader has muted, which counts in lists alone. liked_ids,
reacted_ids: all comments that the reader likes or has reacted to (favoured_comments); null when each is to be looked up.$$;

-- Each level of a thread is asked for by itself: most comments answer none, and others one.
create or replace function private.sees_thread(comment_id uuid, reader_id uuid, blocked_ids uuid[])
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_id uuid := sees_thread.comment_id;
  v_is_visible boolean;
begin
  while v_id is not null loop
    select comment.parent_id, comment.is_visible into v_id, v_is_visible
    from private.comments_for(sees_thread.reader_id, sees_thread.blocked_ids, '{}') as comment
    where comment.id = v_id;
    if v_is_visible is not true then
      return false;
    end if;
  end loop;
  return true;
end;
$$;
comment on function private.sees_thread(uuid, uuid, uuid[]) is
'Whether a reader may see a comment or its tombstone and all that it answers; true for null, which a root answers';

-- Security definer: reads comments_for, over blocks and mutes that are not the caller's to read.
create or replace function private.can_see_comment(comment_id uuid, is_tombstone_enough boolean default false)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid;
  v_blocked uuid[];
  v_comment record;
begin
  select reader.id, reader.blocked_ids into v_user_id, v_blocked from private.reader as reader;
  select comment.parent_id, comment.target_kind, comment.target_id into v_comment
  from private.comments_for(v_user_id, v_blocked, '{}') as comment
  where comment.id = can_see_comment.comment_id
    and comment.is_visible
    and (not comment.is_deleted or (can_see_comment.is_tombstone_enough and comment.reply_count > 0));
  return found
    and private.sees_thread(v_comment.parent_id, v_user_id, v_blocked)
    and private.sees_target(v_comment.target_kind, v_comment.target_id, v_user_id, v_blocked);
end;
$$;
comment on function private.can_see_comment(uuid, boolean) is
'Whether the caller may see a comment, all that it answers, and what it is about; deleted ones only while they are tombstones, where that is enough';

-- Security definer: a policy helper; as can_see_comment.
create or replace function private.my_mention_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select mention.comment_id
  from public.comment_mentions as mention
  where mention.profile_id = (select auth.uid()) and private.can_see_comment(mention.comment_id)
$$;
comment on function private.my_mention_ids() is 'The comments that name the caller, of those the caller may see; for policies';

-- A reply repeats nothing of the comment it stands in.
create or replace function private.threads_for(
  reader_id uuid, blocked_ids uuid[], muted_ids uuid[], liked_ids uuid[], reacted_ids uuid[], replies_shown int
)
returns table (
  id uuid, target_kind text, target_id uuid, parent_id uuid, depth int, body text, position_ms int, author jsonb, mentions jsonb,
  like_count int, liked_by_me boolean, reactions jsonb, reply_count int, replies json, is_pinned boolean, is_hidden boolean,
  is_deleted boolean, created_at timestamptz, edited_at timestamptz, deleted_at timestamptz, is_visible boolean, is_wanted boolean
)
language sql
stable
security invoker
begin atomic
  select
    comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
    comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count,
    case
      when threads_for.replies_shown is null then null
      when comment.reply_count = 0 then '[]'
      else to_json(array(
        select reply
        from (
          select
            first.id, first.depth, first.body, first.author, first.mentions, first.like_count, first.liked_by_me, first.reactions,
            first.reply_count, first.is_hidden, first.is_deleted, first.created_at, first.edited_at
          from private.comments_for(
            threads_for.reader_id, threads_for.blocked_ids, threads_for.muted_ids, threads_for.liked_ids, threads_for.reacted_ids
          ) as first
          -- A range of the key, as in home_candidates.
          where (first.parent_id, first.target_id, first.target_kind, first.id)
              > (comment.id, comment.target_id, comment.target_kind, comment.id)
            and (first.parent_id, first.target_id, first.target_kind, first.id)
              < (comment.id, comment.target_id, comment.target_kind, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            and (first.deleted_at is null or first.reply_count > 0)
            and first.is_visible
            and first.is_wanted
          order by first.parent_id, first.target_id, first.target_kind, first.id
          limit threads_for.replies_shown
        ) as reply
      ))
    end,
    comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at, comment.deleted_at,
    comment.is_visible, comment.is_wanted
  from private.comments_for(
    threads_for.reader_id, threads_for.blocked_ids, threads_for.muted_ids, threads_for.liked_ids, threads_for.reacted_ids
  ) as comment;
end;
comment on function private.threads_for(uuid, uuid[], uuid[], uuid[], uuid[], int) is
'comments_for with their first replies, in their order; replies_shown: how many, null for none at all';

-- Security definer: as can_see_comment; its callers decide whether the comment may be seen.
create or replace function private.comment_row(comment_id uuid)
returns public.comment_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  v_user_id uuid;
  v_blocked uuid[];
  v_row public.comment_row;
begin
  select reader.id, reader.blocked_ids into v_user_id, v_blocked from private.reader as reader;
  select
    comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
    comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
    comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
    null
  into v_row
  from private.threads_for(v_user_id, v_blocked, '{}', null, null, null) as comment
  where comment.id = comment_row.comment_id;
  return v_row;
end;
$$;

-- Security definer: a list of mixed audience that checks its reader itself.
--
-- Each order walks its own index from the place of the cursor, as a range of the key (as home_candidates), and passes what the reader may
-- not or will not see. The cursor remembers which comment was pinned when the list began: that one came first and is passed afterwards,
-- whatever is pinned by then, so that it is met once.
create or replace function private.comments_on(target_kind text, target_id uuid, sort text, after text, page_size int)
returns setof public.comment_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_sort text := coalesce(comments_on.sort, 'newest');
  v_list text := concat_ws(':', 'comments_on', v_sort, comments_on.target_kind, comments_on.target_id);
  v_size int;
  v_replies_shown int;
  v_bottom constant uuid := '00000000-0000-0000-0000-000000000000';
  v_top constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
  v_liked uuid[];
  v_reacted uuid[];
  v_place text[];
  v_key int;
  v_id uuid;
  v_pinned_id uuid;
  v_is_seen boolean;
begin
  if v_sort not in ('newest', 'oldest', 'top', 'position') then
    perform private.raise_error(422, 'sort_unknown', 'Comments are sorted newest, oldest, top or position.');
  end if;
  if comments_on.target_kind is null or comments_on.target_kind not in ('post', 'track', 'crate') then
    perform private.raise_error(422, 'target_kind_unknown', 'This cannot be done with things of this kind.');
  end if;
  -- One reading of all that decides, as each statement costs as much as a row.
  select
    reader.id, reader.blocked_ids, reader.muted_ids, page.size,
    (select setting.value from private.settings as setting where setting.name = 'comment_replies_shown'),
    (
      select comment.id
      from public.comments as comment
      where comment.target_id = comments_on.target_id
        and comment.target_kind = comments_on.target_kind
        and comment.is_pinned
        and v_sort <> 'position'
    ),
    -- What most are about; of the rest, sees_target knows.
    comments_on.target_kind = 'post' and exists (
      select
      from private.posts_for(reader.id, reader.blocked_ids) as post
      where post.id = comments_on.target_id and post.is_visible
      offset 0
    ),
    mine.liked_ids, mine.reacted_ids
  into v_user_id, v_blocked, v_muted, v_size, v_replies_shown, v_pinned_id, v_is_seen, v_liked, v_reacted
  from private.reader as reader
  cross join private.page(comments_on.page_size) as page
  cross join lateral private.favoured_comments(reader.id) as mine;
  if not v_is_seen and not private.sees_target(comments_on.target_kind, comments_on.target_id, v_user_id, v_blocked) then
    perform private.refuse_target(comments_on.target_kind);
  end if;
  v_place := private.decode_place(v_list, comments_on.after, '{int,uuid,uuid}');

  if v_place is null then
    v_key := case when v_sort = 'top' then 2147483647 else -1 end;
    v_id := case when v_sort in ('newest', 'top') then v_top else v_bottom end;
    if v_pinned_id is not null then
      return query
      select
        comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
        comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
        comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
        -- After the pinned one the list begins.
        private.encode_cursor(v_list, format('[%s, "%s", "%s"]', v_key, v_id, v_pinned_id))
      from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, v_replies_shown) as comment
      where comment.id = v_pinned_id and comment.is_visible and comment.is_wanted;
      if found then
        v_size := v_size - 1;
      else
        v_pinned_id := null;
      end if;
    end if;
    v_pinned_id := coalesce(v_pinned_id, v_bottom);
  else
    v_key := v_place[1]::int;
    v_id := v_place[2]::uuid;
    v_pinned_id := v_place[3]::uuid;
  end if;

  if v_sort = 'newest' then
    return query
    select
      comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
      comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
      comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
      private.encode_cursor(v_list, format('[0, "%s", "%s"]', comment.id, v_pinned_id))
    from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, v_replies_shown) as comment
    where (comment.target_id, comment.target_kind, comment.id)
        > (comments_on.target_id, comments_on.target_kind, v_bottom)
      and (comment.target_id, comment.target_kind, comment.id)
        < (comments_on.target_id, comments_on.target_kind, v_id)
      and comment.parent_id is null
      and (comment.deleted_at is null or comment.reply_count > 0)
      and comment.id <> v_pinned_id
      and comment.is_visible
      and comment.is_wanted
    order by comment.target_id desc, comment.target_kind desc, comment.id desc
    limit v_size;
  elsif v_sort = 'oldest' then
    return query
    select
      comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
      comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
      comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
      private.encode_cursor(v_list, format('[0, "%s", "%s"]', comment.id, v_pinned_id))
    from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, v_replies_shown) as comment
    where (comment.target_id, comment.target_kind, comment.id)
        > (comments_on.target_id, comments_on.target_kind, v_id)
      and (comment.target_id, comment.target_kind, comment.id)
        < (comments_on.target_id, comments_on.target_kind, v_top)
      and comment.parent_id is null
      and (comment.deleted_at is null or comment.reply_count > 0)
      and comment.id <> v_pinned_id
      and comment.is_visible
      and comment.is_wanted
    order by comment.target_id, comment.target_kind, comment.id
    limit v_size;
  elsif v_sort = 'top' then
    return query
    select
      comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
      comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
      comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
      private.encode_cursor(v_list, format('[%s, "%s", "%s"]', comment.like_count, comment.id, v_pinned_id))
    from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, v_replies_shown) as comment
    where (comment.target_id, comment.target_kind, comment.like_count, comment.id)
        > (comments_on.target_id, comments_on.target_kind, -1, v_bottom)
      and (comment.target_id, comment.target_kind, comment.like_count, comment.id)
        < (comments_on.target_id, comments_on.target_kind, v_key, v_id)
      and comment.parent_id is null
      and (comment.deleted_at is null or comment.reply_count > 0)
      and comment.id <> v_pinned_id
      and comment.is_visible
      and comment.is_wanted
    order by comment.target_id desc, comment.target_kind desc, comment.like_count desc, comment.id desc
    limit v_size;
  else
    return query
    select
      comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
      comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
      comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
      private.encode_cursor(v_list, format('[%s, "%s", "%s"]', comment.position_ms, comment.id, v_pinned_id))
    from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, v_replies_shown) as comment
    where (comment.target_id, comment.target_kind, comment.position_ms, comment.id)
        > (comments_on.target_id, comments_on.target_kind, v_key, v_id)
      and (comment.target_id, comment.target_kind, comment.position_ms, comment.id)
        < (comments_on.target_id, comments_on.target_kind, 2147483647, v_top)
      and comment.position_ms is not null
      and comment.is_visible
      and comment.is_wanted
    order by comment.target_id, comment.target_kind, comment.position_ms, comment.id
    limit v_size;
  end if;
end;
$$;

-- Security definer: as comments_on.
create or replace function private.replies_to(comment_id uuid, after text, page_size int)
returns setof public.comment_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_list text := 'replies_to:' || coalesce(replies_to.comment_id::text, '');
  v_size int := private.page_size(replies_to.page_size);
  v_after uuid := coalesce(
    (private.decode_place(v_list, replies_to.after, '{uuid}'))[1]::uuid, '00000000-0000-0000-0000-000000000000'
  );
  v_top constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_root public.comments;
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
  v_liked uuid[];
  v_reacted uuid[];
begin
  if not private.can_see_comment(replies_to.comment_id, is_tombstone_enough => true) then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
  end if;
  select reader.id, reader.blocked_ids, reader.muted_ids, mine.liked_ids, mine.reacted_ids
  into v_user_id, v_blocked, v_muted, v_liked, v_reacted
  from private.reader as reader
  cross join lateral private.favoured_comments(reader.id) as mine;
  select comment.* into v_root from public.comments as comment where comment.id = replies_to.comment_id;
  return query
  select
    comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
    comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
    comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
    private.encode_cursor(v_list, comment.id::text)
  from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, null) as comment
  where (comment.parent_id, comment.target_id, comment.target_kind, comment.id)
      > (v_root.id, v_root.target_id, v_root.target_kind, v_after)
    and (comment.parent_id, comment.target_id, comment.target_kind, comment.id)
      < (v_root.id, v_root.target_id, v_root.target_kind, v_top)
    and (comment.deleted_at is null or comment.reply_count > 0)
    and comment.is_visible
    and comment.is_wanted
  order by comment.parent_id, comment.target_id, comment.target_kind, comment.id
  limit v_size;
end;
$$;

-- Security definer: as comments_on.
create or replace function private.comment(comment_id uuid)
returns public.comment_row
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not private.can_see_comment(comment.comment_id, is_tombstone_enough => true) then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
  end if;
  return private.comment_row(comment.comment_id);
end;
$$;
