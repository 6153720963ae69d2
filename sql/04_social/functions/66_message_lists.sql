create or replace function private.member_card(person jsonb, state text, last_read_message_id uuid)
returns jsonb
language sql
stable
security invoker
begin atomic
  select member_card.person || jsonb_build_object(
    -- That a request was declined, or only looked at, is nobody's to know.
    'state', case member_card.state when 'joined' then 'joined' else 'requested' end,
    'last_read_message_id', case when member_card.state = 'joined' then member_card.last_read_message_id end
  );
end;
comment on function private.member_card(jsonb, text, uuid) is 'A member of a conversation as the others see them: their person_card with state and last_read_message_id';

create or replace function private.other_members(conversation_id uuid, reader_id uuid, blocked_ids uuid[])
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select jsonb_agg(private.member_card(person.card, member.state, member.last_read_message_id) order by member.joined_at, member.member_id)
    from public.conversation_members as member
    join private.person_cards as person on person.profile_id = member.member_id
    where member.conversation_id = other_members.conversation_id
      and member.member_id <> other_members.reader_id
      and member.state <> 'left'
      and member.member_id <> all (other_members.blocked_ids)
      and not person.is_hidden
  );
end;
$$;
comment on function private.other_members(uuid, uuid, uuid[]) is 'The other members of a group as a reader sees them, those first who joined first; null for nobody';

-- In the form of posts_for; offset 0 keeps each subquery a probe, also those that find what is never missing: joined, they would read every
-- conversation of their member. The members of a group are asked of a function, as most conversations are of two.
create or replace function private.conversations_for(reader_id uuid, blocked_ids uuid[], cards int, most_unread bigint)
returns table (
  id uuid, member_id uuid, member_state text, order_id uuid, kind text, title text, members jsonb, member_count int, last_message json,
  unread_count int, last_read_message_id uuid, muted_until timestamptz, created_at timestamptz
)
language sql
stable
security invoker
begin atomic
  select
    mine.conversation_id,
    mine.member_id,
    mine.state,
    mine.order_id,
    conversation.kind,
    conversation.title,
    case
      when others.cards is null then '[]'
      when jsonb_array_length(others.cards) <= conversations_for.cards then others.cards
      else jsonb_path_query_array(others.cards, '$[0 to $last]', jsonb_build_object('last', conversations_for.cards - 1))
    end,
    1 + coalesce(jsonb_array_length(others.cards), 0),
    case when last.id is not null then json_build_object(
      'id', last.id,
      'sender_id', case when not last.is_hidden then last.sender_id end,
      'body', case when not last.is_hidden then last.body end,
      'track_id', case when not last.is_hidden then last.track_id end,
      'crate_id', case when not last.is_hidden then last.crate_id end,
      'created_at', last.created_at,
      'deleted_at', last.deleted_at
    ) end,
    case
      when conversation.last_message_id
        > greatest(mine.last_read_message_id, mine.joined_after_id, '00000000-0000-0000-0000-000000000000'::uuid) then (
        select count(*)
        from (
          select
          from public.direct_messages as message
          where (message.conversation_id, message.id) > (
              mine.conversation_id,
              greatest(mine.last_read_message_id, mine.joined_after_id, '00000000-0000-0000-0000-000000000000'::uuid)
            )
            and (message.conversation_id, message.id) <= (mine.conversation_id, conversation.last_message_id)
            and message.deleted_at is null
            and not message.is_withheld
            and message.sender_id <> conversations_for.reader_id
            and message.sender_id <> all (conversations_for.blocked_ids)
          limit conversations_for.most_unread
        ) as unread
      )
      else 0
    end::int,
    mine.last_read_message_id,
    case when mine.muted_until > now() then mine.muted_until end,
    conversation.created_at
  from public.conversation_members as mine
  cross join lateral (
    select each.kind, each.title, each.last_message_id, each.created_at
    from public.conversations as each
    where each.id = mine.conversation_id
    offset 0
  ) as conversation
  cross join lateral (
    select case conversation.kind
      when 'direct' then (
        select jsonb_build_array(private.member_card(person.card, member.state, member.last_read_message_id))
        from public.conversation_members as member
        cross join lateral (
          select each.card from private.person_cards as each where each.profile_id = member.member_id and not each.is_hidden offset 0
        ) as person
        where member.conversation_id = mine.conversation_id
          and member.member_id <> conversations_for.reader_id
          and member.state <> 'left'
          and member.member_id <> all (conversations_for.blocked_ids)
        limit 1
      )
      else private.other_members(mine.conversation_id, conversations_for.reader_id, conversations_for.blocked_ids)
    end as cards
    offset 0
  ) as others
  left join lateral (
    select message.id, message.sender_id, message.body, message.track_id, message.crate_id, message.created_at, message.deleted_at,
      message.sender_id <> conversations_for.reader_id
        and (
          message.is_withheld
          or exists (select from private.hidden_profiles as hidden where hidden.profile_id = message.sender_id offset 0)
        ) as is_hidden
    from public.direct_messages as message
    where message.conversation_id = mine.conversation_id
      and message.id > coalesce(mine.joined_after_id, '00000000-0000-0000-0000-000000000000'::uuid)
      and message.id = case
        when conversation.kind = 'direct' or conversations_for.blocked_ids = '{}' then conversation.last_message_id
        -- In a group others may have written after the last one that its reader is to see.
        else (
          select each.id
          from public.direct_messages as each
          where (each.conversation_id, each.id) > (mine.conversation_id, '00000000-0000-0000-0000-000000000000'::uuid)
            and (each.conversation_id, each.id) <= (mine.conversation_id, conversation.last_message_id)
            and (each.sender_id is null or each.sender_id <> all (conversations_for.blocked_ids))
          order by each.conversation_id desc, each.id desc
          limit 1
        )
      end
    offset 0
  ) as last on true;
end;
comment on function private.conversations_for(uuid, uuid[], int, bigint) is
$$Conversations as a reader sees them who is, was or is asked to be in them

Whoever asks names the member_id, which is the reader's, and decides which are theirs to see. cards: of how many of the others; most_unread: where counting ends.$$;

-- Security definer: blocks made by others are not the caller's to read.
create or replace function private.blocked_ids()
returns uuid[]
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (select reader.blocked_ids from private.reader as reader);
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
set jit = off
set random_page_cost = 1.1
set enable_memoize = off
as $$
declare
  v_state text := case when my_conversations.requests then 'requested' else 'joined' end;
  v_list text := 'my_conversations:' || v_state;
  v_place text[] := private.decode_place(v_list, my_conversations.after, '{uuid}');
  v_before uuid := coalesce(v_place[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_user_id uuid;
  v_blocked uuid[];
  v_blocked_conversations uuid[];
  v_size int;
  v_most_unread bigint;
begin
  select
    reader.id, reader.blocked_ids, page.size,
    case when reader.blocked_ids = '{}' then '{}' else array(select private.blocked_conversation_ids()) end,
    (select setting.value from private.settings as setting where setting.name = 'unread_count_limit')
  into v_user_id, v_blocked, v_size, v_blocked_conversations, v_most_unread
  from private.reader as reader
  cross join private.page(my_conversations.page_size) as page;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return query
  select
    place.id, place.kind, place.title, place.member_state, place.members, place.member_count, place.last_message, place.unread_count,
    place.last_read_message_id, place.muted_until, place.created_at, private.encode_cursor(v_list, place.order_id::text)
  from private.conversations_for(v_user_id, v_blocked, 5, v_most_unread) as place
  -- A range of the key, as in home_candidates.
  where (place.member_id, place.member_state, place.order_id) < (v_user_id, v_state, v_before)
    and (place.member_id, place.member_state, place.order_id) >= (v_user_id, v_state, '00000000-0000-0000-0000-000000000000'::uuid)
    and place.id <> all (v_blocked_conversations)
  order by place.member_id desc, place.member_state desc, place.order_id desc
  limit v_size;
end;
$$;

-- Security definer: as my_conversations.
create or replace function private.one_conversation(conversation_id uuid)
returns public.conversation_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_member public.conversation_members := private.my_membership(one_conversation.conversation_id);
  v_blocked uuid[] := private.blocked_ids();
  v_row public.conversation_row;
begin
  select
    place.id, place.kind, place.title, place.member_state, place.members, place.member_count, place.last_message, place.unread_count,
    place.last_read_message_id, place.muted_until, place.created_at, null
  into v_row
  from private.conversations_for(
    v_member.member_id, v_blocked, private.setting('conversation_member_limit')::int, private.setting('unread_count_limit')
  ) as place
  where place.id = v_member.conversation_id and place.member_id = v_member.member_id;
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
        and (author.profile_id = v_user_id or not (author.is_hidden or replied.is_withheld))
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
  -- What somebody wrote who is leaving, or what moderators withhold, is shown as of nobody, and comes back with them.
  left join private.person_cards as sender
    on sender.profile_id = message.sender_id and (sender.profile_id = v_user_id or not (sender.is_hidden or message.is_withheld))
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
set jit = off
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
  perform private.require_signed_in();
  if not private.can_see_message(direct_message.message_id) then
    perform private.raise_error(404, 'direct_message_not_found', 'There is no message of this id that you can see.');
  end if;
  return private.one_message(
    (select message.conversation_id from public.direct_messages as message where message.id = direct_message.message_id),
    direct_message.message_id
  );
end;
$$;
