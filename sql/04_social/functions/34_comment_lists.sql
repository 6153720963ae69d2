-- The one rule of who sees which comment, among those who see what it is about; can_see_comment asks it for a comment and all that it
-- answers, as a thread goes with its beginning. A tombstone is nobody's and seen by all, but one that was hidden stays so. A view, so that it
-- becomes part of the query that asks, which pays only for the columns it names; only definer functions read it. offset 0 as in reader_posts.
create or replace view private.reader_comments with (security_invoker = true) as
select
  comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
  case when comment.deleted_at is null then author.card end as author,
  case
    when position('@' in comment.body) > 0 then (
      select coalesce(jsonb_agg(jsonb_build_object('id', mention.profile_id, 'username', mention.username) order by mention.username), '[]')
      from public.comment_mentions as mention
      where mention.comment_id = comment.id
        and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = mention.profile_id offset 0)
        and mention.profile_id <> all (array(
          select block.blocked_id from public.blocks as block where block.blocker_id = (select auth.uid())
          union all
          select block.blocker_id from public.blocks as block where block.blocked_id = (select auth.uid())
        ))
    )
    else '[]'
  end as mentions,
  comment.like_count,
  comment.like_count > 0 and exists (
    select from public.likes as favour
    where favour.user_id = (select auth.uid()) and favour.target_kind = 'comment' and favour.target_id = comment.id offset 0
  ) as liked_by_me,
  case
    when comment.reactions = '{}' then '[]'
    else (
      select jsonb_agg(
        jsonb_build_object('emoji', counted.key, 'count', counted.value::int, 'mine', exists (
          select from public.comment_reactions as reaction
          where reaction.comment_id = comment.id and reaction.user_id = (select auth.uid()) and reaction.emoji = counted.key offset 0
        ))
        order by counted.value::int desc, counted.key
      )
      from jsonb_each_text(comment.reactions) as counted
    )
  end as reactions,
  comment.reply_count,
  comment.is_pinned,
  comment.hidden_by is not null as is_hidden,
  comment.deleted_at is not null as is_deleted,
  comment.created_at,
  comment.edited_at,
  comment.deleted_at,
  -- Never null, as where nobody owns the thing or nobody is signed in: bool_and would pass over it.
  coalesce(
    comment.author_id = (select auth.uid())
    or (select private.is_staff())
    or (
      (
        comment.deleted_at is not null
        or (
          author.is_hidden is not true
          and comment.author_id <> all (array(
            select block.blocked_id from public.blocks as block where block.blocker_id = (select auth.uid())
            union all
            select block.blocker_id from public.blocks as block where block.blocked_id = (select auth.uid())
          ))
        )
      )
      and (
        comment.hidden_by is null
        or private.target_owner(comment.target_kind, comment.target_id) = (select auth.uid())
      )
    ),
    false
  ) as is_visible,
  comment.deleted_at is not null
  or comment.author_id <> all (array(
    select mute.muted_id from public.mutes as mute where mute.muter_id = (select auth.uid())
  )) as is_wanted
from public.comments as comment
left join private.person_cards as author on author.profile_id = comment.author_id;
comment on view private.reader_comments is
$$Comments as their reader sees them, and whether

is_visible: one's own, and those of people neither hidden nor across a block; hidden ones to their author, the owner of the target and
staff; staff see all. is_wanted: not by somebody the reader has muted, which counts in lists alone.$$;

-- Security definer: reads reader_comments, over blocks and mutes that are not the caller's to read.
create or replace function private.can_see_comment(comment_id uuid, is_tombstone_enough boolean default false)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_thread record;
begin
  with recursive thread as (
    select comment.parent_id, comment.target_kind, comment.target_id, comment.is_visible,
      not comment.is_deleted or (can_see_comment.is_tombstone_enough and comment.reply_count > 0) as stands
    from private.reader_comments as comment
    where comment.id = can_see_comment.comment_id
    union all
    select parent.parent_id, parent.target_kind, parent.target_id, parent.is_visible, true
    from thread
    join private.reader_comments as parent on parent.id = thread.parent_id
  )
  select bool_and(thread.is_visible and thread.stands) as is_visible, min(thread.target_kind) as target_kind,
    (array_agg(thread.target_id))[1] as target_id
  into v_thread
  from thread;
  return coalesce(v_thread.is_visible, false) and private.can_see_target(v_thread.target_kind, v_thread.target_id);
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

-- Security definer: as can_see_comment; its callers decide which comments may be seen.
create or replace function private.comment_rows(ids uuid[], cursors text[], replies_shown int)
returns setof public.comment_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_top constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
begin
  return query
  select
    comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
    comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count,
    case
      when comment_rows.replies_shown is null then null
      when comment.reply_count = 0 then '[]'
      else (
        select coalesce(jsonb_agg(
          jsonb_build_object(
            'id', reply.id, 'target_kind', reply.target_kind, 'target_id', reply.target_id, 'parent_id', reply.parent_id,
            'depth', reply.depth, 'body', reply.body, 'position_ms', null, 'author', reply.author, 'mentions', reply.mentions,
            'like_count', reply.like_count, 'liked_by_me', reply.liked_by_me, 'reactions', reply.reactions,
            'reply_count', reply.reply_count, 'is_pinned', false, 'is_hidden', reply.is_hidden, 'is_deleted', reply.is_deleted,
            'created_at', reply.created_at, 'edited_at', reply.edited_at
          )
          order by reply.id
        ), '[]')
        from (
          select first.*
          from private.reader_comments as first
          -- A range of the key, as in home_candidates.
          where (first.parent_id, first.target_id, first.target_kind, first.id) > (comment.id, comment.target_id, comment.target_kind, comment.id)
            and (first.parent_id, first.target_id, first.target_kind, first.id) < (comment.id, comment.target_id, comment.target_kind, v_top)
            and (first.deleted_at is null or first.reply_count > 0)
            and first.is_visible
            and first.is_wanted
          order by first.parent_id, first.target_id, first.target_kind, first.id
          limit comment_rows.replies_shown
        ) as reply
      )
    end,
    comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
    comment_rows.cursors[ref.place]
  from unnest(comment_rows.ids) with ordinality as ref (id, place)
  join private.reader_comments as comment on comment.id = ref.id
  order by ref.place;
end;
$$;

-- Security definer: as comment_rows.
create or replace function private.comment_row(comment_id uuid)
returns public.comment_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.comment_row;
begin
  select row.* into v_row from private.comment_rows(array[comment_row.comment_id], null, null) as row;
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
set random_page_cost = 1.1
as $$
declare
  v_sort text := coalesce(comments_on.sort, 'newest');
  v_list text := concat_ws(':', 'comments_on', v_sort, comments_on.target_kind, comments_on.target_id);
  v_size int := private.page_size(comments_on.page_size);
  v_bottom constant uuid := '00000000-0000-0000-0000-000000000000';
  v_top constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_place text[];
  v_key int;
  v_id uuid;
  v_pinned_id uuid;
  v_found private.comment_place[] := '{}';
begin
  if v_sort not in ('newest', 'oldest', 'top', 'position') then
    perform private.raise_error(422, 'sort_unknown', 'Comments are sorted newest, oldest, top or position.');
  end if;
  if comments_on.target_kind is null or comments_on.target_kind not in ('post', 'track', 'crate') then
    perform private.raise_error(422, 'target_kind_unknown', 'This cannot be done with things of this kind.');
  end if;
  perform private.require_target(comments_on.target_kind, comments_on.target_id);
  v_place := private.decode_place(v_list, comments_on.after, '{int,uuid,uuid}');

  if v_place is null then
    v_key := case when v_sort = 'top' then 2147483647 else -1 end;
    v_id := case when v_sort in ('newest', 'top') then v_top else v_bottom end;
    v_pinned_id := v_bottom;
    if v_sort <> 'position' then
      select comment.id into v_pinned_id
      from private.reader_comments as comment
      where comment.target_id = comments_on.target_id
        and comment.target_kind = comments_on.target_kind
        and comment.is_pinned
        and comment.is_visible
        and comment.is_wanted;
      if found then
        v_found := array[(v_key, v_pinned_id)::private.comment_place];
        v_size := v_size - 1;
      else
        v_pinned_id := v_bottom;
      end if;
    end if;
  else
    v_key := v_place[1]::int;
    v_id := v_place[2]::uuid;
    v_pinned_id := v_place[3]::uuid;
  end if;

  if v_sort = 'newest' then
    v_found := v_found || array(
      select (0, comment.id)::private.comment_place
      from private.reader_comments as comment
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
      limit v_size
    );
  elsif v_sort = 'oldest' then
    v_found := v_found || array(
      select (0, comment.id)::private.comment_place
      from private.reader_comments as comment
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
      limit v_size
    );
  elsif v_sort = 'top' then
    v_found := v_found || array(
      select (comment.like_count, comment.id)::private.comment_place
      from private.reader_comments as comment
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
      limit v_size
    );
  else
    v_found := v_found || array(
      select (comment.position_ms, comment.id)::private.comment_place
      from private.reader_comments as comment
      where (comment.target_id, comment.target_kind, comment.position_ms, comment.id)
          > (comments_on.target_id, comments_on.target_kind, v_key, v_id)
        and (comment.target_id, comment.target_kind, comment.position_ms, comment.id)
          < (comments_on.target_id, comments_on.target_kind, 2147483647, v_top)
        and comment.position_ms is not null
        and comment.is_visible
        and comment.is_wanted
      order by comment.target_id, comment.target_kind, comment.position_ms, comment.id
      limit v_size
    );
  end if;

  return query
  select row.*
  from private.comment_rows(
    array(select found.id from unnest(v_found) as found),
    private.encode_cursors(v_list, array(
      select jsonb_build_array(
        found.key,
        -- After the pinned one the list begins.
        case when found.id = v_pinned_id then v_id else found.id end,
        v_pinned_id
      )::text
      from unnest(v_found) as found
    )),
    private.setting('comment_replies_shown')::int
  ) as row;
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
  v_ids uuid[];
begin
  if not private.can_see_comment(replies_to.comment_id, is_tombstone_enough => true) then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
  end if;
  select comment.* into v_root from public.comments as comment where comment.id = replies_to.comment_id;
  v_ids := array(
    select comment.id
    from private.reader_comments as comment
    where (comment.parent_id, comment.target_id, comment.target_kind, comment.id)
        > (v_root.id, v_root.target_id, v_root.target_kind, v_after)
      and (comment.parent_id, comment.target_id, comment.target_kind, comment.id)
        < (v_root.id, v_root.target_id, v_root.target_kind, v_top)
      and (comment.deleted_at is null or comment.reply_count > 0)
      and comment.is_visible
      and comment.is_wanted
    order by comment.parent_id, comment.target_id, comment.target_kind, comment.id
    limit v_size
  );
  return query
  select row.*
  from private.comment_rows(v_ids, private.encode_cursors(v_list, array(select id::text from unnest(v_ids) as id)), null) as row;
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
