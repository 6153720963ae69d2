-- Security definer: turns conversations into rows for a caller who is in them, whom the lists below have checked. One statement, as each costs as
-- much as several rows; offset 0, the generic plan and random_page_cost as in feed_rows.
create or replace function private.conversation_rows(list text, conversation_ids uuid[], order_ids uuid[], cards int)
returns setof public.conversation_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_most_unread bigint := private.setting('unread_count_limit');
  v_bottom constant uuid := '00000000-0000-0000-0000-000000000000';
  v_blocked uuid[] := private.blocked_ids();
  v_cursors text[] := private.encode_cursors(conversation_rows.list, array(select each::text from unnest(conversation_rows.order_ids) as each));
begin
  return query
  select
    conversation.id,
    conversation.kind,
    conversation.title,
    mine.state,
    case
      when others.member_count <= conversation_rows.cards + 1 then others.cards
      else jsonb_path_query_array(others.cards, '$[0 to $last]', jsonb_build_object('last', conversation_rows.cards - 1))
    end,
    others.member_count,
    case when last.id is not null then jsonb_build_object(
      'id', last.id,
      'sender_id', case when not last.is_hidden then last.sender_id end,
      'body', case when not last.is_hidden then last.body end,
      'track_id', case when not last.is_hidden then last.track_id end,
      'crate_id', case when not last.is_hidden then last.crate_id end,
      'created_at', last.created_at,
      'deleted_at', last.deleted_at
    ) end,
    case when conversation.last_message_id > greatest(mine.last_read_message_id, mine.joined_after_id, v_bottom) then (
      select count(*)
      from (
        select
        from public.direct_messages as message
        where (message.conversation_id, message.id)
            > (conversation.id, greatest(mine.last_read_message_id, mine.joined_after_id, v_bottom))
          and (message.conversation_id, message.id) <= (conversation.id, conversation.last_message_id)
          and message.deleted_at is null
          and message.sender_id <> v_user_id
          and message.sender_id <> all (v_blocked)
        limit v_most_unread
      ) as unread
    ) else 0 end::int,
    mine.last_read_message_id,
    case when mine.muted_until > now() then mine.muted_until end,
    conversation.created_at,
    v_cursors[ref.place]
  from unnest(conversation_rows.conversation_ids) with ordinality as ref (conversation_id, place)
  join public.conversations as conversation on conversation.id = ref.conversation_id
  -- offset 0 keeps it a probe: joined, it reads every conversation of its member.
  cross join lateral (
    select member.state, member.joined_after_id, member.last_read_message_id, member.muted_until
    from public.conversation_members as member
    where member.conversation_id = ref.conversation_id and member.member_id = v_user_id
    offset 0
  ) as mine
  cross join lateral (
    select
      coalesce(jsonb_agg(other.card order by other.joined_at, other.member_id), '[]') as cards,
      count(*)::int + 1 as member_count
    from (
      select member.member_id, member.joined_at,
        person.card || jsonb_build_object(
          -- That a request was declined, or only looked at, is nobody's to know.
          'state', case member.state when 'joined' then 'joined' else 'requested' end,
          'last_read_message_id', case when member.state = 'joined' then member.last_read_message_id end
        ) as card
      from public.conversation_members as member
      join private.person_cards as person on person.profile_id = member.member_id
      where member.conversation_id = ref.conversation_id
        and member.member_id <> v_user_id
        and member.state <> 'left'
        and member.member_id <> all (v_blocked)
        and not person.is_hidden
    ) as other
  ) as others
  left join lateral (
    select message.id, message.sender_id, message.body, message.track_id, message.crate_id, message.created_at, message.deleted_at,
      message.sender_id <> v_user_id
        and exists (select from private.hidden_profiles as hidden where hidden.profile_id = message.sender_id offset 0) as is_hidden
    from public.direct_messages as message
    where (message.conversation_id, message.id) > (ref.conversation_id, coalesce(mine.joined_after_id, v_bottom))
      and (message.conversation_id, message.id) <= (ref.conversation_id, conversation.last_message_id)
      and (message.sender_id is null or message.sender_id <> all (v_blocked))
    order by message.conversation_id desc, message.id desc
    limit 1
  ) as last on true
  order by ref.place;
end;
$$;
comment on function private.conversation_rows(text, uuid[], uuid[], int) is
'Conversations as their member sees them, in the order given; cards: of how many of the others';

-- Security definer: blocks made by others are not the caller's to read.
create or replace function private.blocked_ids()
returns uuid[]
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return array(
    select block.blocked_id from public.blocks as block where block.blocker_id = auth.uid()
    union all
    select block.blocker_id from public.blocks as block where block.blocked_id = auth.uid()
  );
end;
$$;
comment on function private.blocked_ids() is 'Everybody across a block of the caller, of either side, also for staff: in a conversation nobody is staff';

-- Security definer: a policy helper; as blocked_ids.
create or replace function private.unheard_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select unnest(private.blocked_ids())
  union all
  select hidden.profile_id from private.hidden_profiles as hidden where hidden.profile_id is distinct from (select auth.uid())
$$;
comment on function private.unheard_ids() is 'Whose messages the caller does not read: across a block and hidden ones, also for staff; for policies';

-- Security definer: the caller's own conversations, with members whose rows are not theirs to read.
create or replace function private.my_conversations(after text, page_size int, requests boolean)
returns setof public.conversation_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_state text := case when my_conversations.requests then 'requested' else 'joined' end;
  v_list text := 'my_conversations:' || v_state;
  v_place text[] := private.decode_place(v_list, my_conversations.after, '{uuid}');
  v_before uuid := coalesce(v_place[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_size int := private.page_size(my_conversations.page_size);
  v_blocked uuid[];
  v_ids uuid[];
  v_order_ids uuid[];
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  v_blocked := array(select private.blocked_conversation_ids());
  select array_agg(place.conversation_id), array_agg(place.order_id) into v_ids, v_order_ids
  from (
    select member.conversation_id, member.order_id
    from public.conversation_members as member
    -- A range of the key, as in home_candidates.
    where (member.member_id, member.state, member.order_id) < (v_user_id, v_state, v_before)
      and (member.member_id, member.state, member.order_id) >= (v_user_id, v_state, '00000000-0000-0000-0000-000000000000'::uuid)
      and member.conversation_id <> all (v_blocked)
    order by member.member_id desc, member.state desc, member.order_id desc
    limit v_size
  ) as place;
  return query select row.* from private.conversation_rows(v_list, v_ids, v_order_ids, 5) as row;
end;
$$;

-- Security definer: as my_conversations.
create or replace function private.one_conversation(conversation_id uuid)
returns public.conversation_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_member public.conversation_members := private.my_membership(one_conversation.conversation_id);
  v_row public.conversation_row;
begin
  select row.* into v_row
  from private.conversation_rows('conversation', array[v_member.conversation_id], '{}', private.setting('conversation_member_limit')::int) as row;
  return v_row;
end;
$$;

-- Security definer: turns messages into rows for a reader whom its callers have checked by their membership, as the policies on messages would cost
-- several times the page; the rest as feed_rows.
create or replace function private.message_rows(list text, conversation_id uuid, joined_after_id uuid, ids uuid[])
returns setof public.message_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_blocked uuid[] := private.blocked_ids();
  v_cursors text[] := private.encode_cursors(message_rows.list, array(select each::text from unnest(message_rows.ids) as each));
begin
  return query
  select
    message.id,
    message.conversation_id,
    sender.card,
    case when sender.card is not null then message.body end,
    case when message.track_id is not null and sender.card is not null then private.track_card(message.track_id) end,
    case when message.crate_id is not null and sender.card is not null then private.crate_card(message.crate_id) end,
    case when message.reply_to > coalesce(message_rows.joined_after_id, '00000000-0000-0000-0000-000000000000') then (
      select jsonb_build_object(
        'id', replied.id,
        'sender', author.card - '{avatar_path,is_verified}'::text[],
        'body', case when author.card is not null then left(replied.body, 140) end
      )
      from public.direct_messages as replied
      left join private.person_cards as author
        on author.profile_id = replied.sender_id
        and author.profile_id <> all (v_blocked)
        and (author.profile_id = v_user_id or not author.is_hidden)
      where replied.conversation_id = message.conversation_id and replied.id = message.reply_to
    ) end,
    case when message.sender_id = v_user_id then message.client_id end,
    message.like_count,
    message.like_count > 0 and exists (
      select from public.likes as favour
      where favour.user_id = v_user_id and favour.target_kind = 'message' and favour.target_id = message.id offset 0
    ),
    message.created_at,
    message.deleted_at,
    v_cursors[ref.place]
  from unnest(message_rows.ids) with ordinality as ref (id, place)
  -- offset 0 keeps it a probe: joined, it reads the whole conversation.
  cross join lateral (
    select each.*
    from public.direct_messages as each
    where each.conversation_id = message_rows.conversation_id and each.id = ref.id
    offset 0
  ) as message
  -- What somebody wrote who is leaving is shown as of nobody, and comes back with them.
  left join private.person_cards as sender
    on sender.profile_id = message.sender_id and (sender.profile_id = v_user_id or not sender.is_hidden)
  order by ref.place;
end;
$$;
comment on function private.message_rows(text, uuid, uuid, uuid[]) is
'Messages of a conversation as its member sees them, in the order given; joined_after_id: theirs, before which no reply is quoted';

-- Security definer: as my_conversations.
create or replace function private.messages(conversation_id uuid, after text, page_size int)
returns setof public.message_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_member public.conversation_members := private.my_membership(messages.conversation_id);
  v_list text := 'messages:' || v_member.conversation_id;
  v_place text[] := private.decode_place(v_list, messages.after, '{uuid}');
  v_before uuid := coalesce(v_place[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_from uuid := coalesce(v_member.joined_after_id, '00000000-0000-0000-0000-000000000000');
  v_size int := private.page_size(messages.page_size);
  v_blocked uuid[] := private.blocked_ids();
  v_ids uuid[];
begin
  v_ids := array(
    select message.id
    from public.direct_messages as message
    where (message.conversation_id, message.id) < (v_member.conversation_id, v_before)
      and (message.conversation_id, message.id) > (v_member.conversation_id, v_from)
      and (message.sender_id is null or message.sender_id <> all (v_blocked))
    order by message.conversation_id desc, message.id desc
    limit v_size
  );
  return query
  select row.* from private.message_rows(v_list, v_member.conversation_id, v_member.joined_after_id, v_ids) as row;
end;
$$;

-- Security definer: as my_conversations, of a message the caller has sent or has just been found to see.
create or replace function private.one_message(conversation_id uuid, message_id uuid)
returns public.message_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_member public.conversation_members := private.my_membership(one_message.conversation_id);
  v_row public.message_row;
begin
  select row.* into v_row
  from private.message_rows('message', v_member.conversation_id, v_member.joined_after_id, array[one_message.message_id]) as row;
  return v_row;
end;
$$;

-- Security definer: looks a message up whatever the caller may read, and refuses by the one rule.
create or replace function private.direct_message(message_id uuid)
returns public.message_row
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if auth.uid() is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  if not private.can_see_message(direct_message.message_id) then
    perform private.raise_error(404, 'direct_message_not_found', 'There is no message of this id that you can see.');
  end if;
  return private.one_message(
    (select message.conversation_id from public.direct_messages as message where message.id = direct_message.message_id),
    direct_message.message_id
  );
end;
$$;
