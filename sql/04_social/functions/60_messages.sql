-- Security definer: settings and follows of others are not the caller's to read.
create or replace function private.can_message(profile_id uuid)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_permission text := coalesce(
    (select row.dm_permission from public.message_settings as row where row.user_id = can_message.profile_id), 'followees'
  );
  v_follows_me boolean := exists (
    select from public.follows as follow where follow.follower_id = can_message.profile_id and follow.followee_id = v_user_id
  );
begin
  return case
    when v_user_id is null
      or can_message.profile_id = v_user_id
      or private.is_blocked(v_user_id, can_message.profile_id)
      or exists (select from private.hidden_profiles as hidden where hidden.profile_id = can_message.profile_id)
      then 'no'
    when exists (
      select from private.conversation_pairs as pair
      join public.conversation_members as member
        on member.conversation_id = pair.conversation_id and member.member_id = can_message.profile_id
      where pair.low_id = least(v_user_id, can_message.profile_id)
        and pair.high_id = greatest(v_user_id, can_message.profile_id)
        and member.state = 'joined'
        and member.is_accepted
    ) then 'yes'
    when v_permission = 'nobody' then 'no'
    when v_permission = 'everyone' then 'yes'
    when v_follows_me and (v_permission = 'followees' or private.is_followed_by_me(can_message.profile_id)) then 'yes'
    else 'request'
  end;
end;
$$;
comment on function private.can_message(uuid) is
$$Whether the caller can write to somebody: yes, request (it waits until they accept) or no

By their dm_permission, but a conversation stays open in which they have answered, which they have begun, or which they have accepted. Never
across a block, not to oneself, not to who is leaving; not for staff either.$$;

-- Security definer: a policy helper; pairs and blocks made by others are not the caller's to read.
create or replace function private.blocked_conversation_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select pair.conversation_id
  from private.reader as reader
  cross join unnest(reader.blocked_ids) as block (other_id)
  join private.conversation_pairs as pair
    on pair.low_id = least(block.other_id, (select auth.uid())) and pair.high_id = greatest(block.other_id, (select auth.uid()))
$$;
comment on function private.blocked_conversation_ids() is 'The caller''s conversations of two with somebody across a block: not there until it is taken back';

-- Security definer: a policy helper; reading memberships under their own policies would recurse.
create or replace function private.my_conversation_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select member.conversation_id
  from public.conversation_members as member
  where member.member_id = (select auth.uid())
    and member.state in ('joined', 'requested')
    and member.conversation_id <> all (array(select private.blocked_conversation_ids()))
$$;
comment on function private.my_conversation_ids() is 'Which conversations the caller is in or asked into, for policies; staff no others';

-- Security definer: as my_conversation_ids.
create or replace function private.my_conversation_starts()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(member.conversation_id, member.joined_after_id), '{}')
  from public.conversation_members as member
  where member.member_id = (select auth.uid()) and member.joined_after_id is not null
$$;
comment on function private.my_conversation_starts() is 'For the conversations the caller joined later, the last message they do not see; for policies';

-- Security definer: memberships, pairs and blocks are not the caller's to read. The one rule of who is in a conversation; the policies
-- are its array form.
create or replace function private.my_membership(conversation_id uuid)
returns public.conversation_members
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_member public.conversation_members;
begin
  perform private.require_signed_in();
  select member.* into v_member
  from public.conversation_members as member
  where member.conversation_id = my_membership.conversation_id and member.member_id = auth.uid() and member.state in ('joined', 'requested');
  if not found or exists (
    select from private.conversation_pairs as pair
    where pair.conversation_id = my_membership.conversation_id and private.is_blocked(pair.low_id, pair.high_id)
  ) then
    perform private.raise_error(404, 'conversation_not_found', 'There is no conversation of this id that you are in.');
  end if;
  return v_member;
end;
$$;
comment on function private.my_membership(uuid) is
$$The caller's place in a conversation they have joined or are asked into

Else conversation_not_found (404), also across a block of two, also for staff; not_signed_in (401).$$;

-- The one rule of who sees which message, in the form of posts_for.
create or replace function private.messages_for(reader_id uuid, blocked_ids uuid[])
returns table (id uuid, conversation_id uuid, joined_after_id uuid, is_visible boolean)
language sql
stable
security invoker
begin atomic
  select
    message.id, message.conversation_id, member.joined_after_id,
    message.deleted_at is null
    and member.state in ('joined', 'requested')
    and (member.joined_after_id is null or message.id > member.joined_after_id)
    and (message.sender_id is null or message.sender_id <> all (messages_for.blocked_ids))
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = message.sender_id offset 0)
    and (not message.is_withheld or message.sender_id = messages_for.reader_id)
    and not exists (
      select from private.conversation_pairs as pair
      where pair.conversation_id = message.conversation_id
        and (pair.low_id = any (messages_for.blocked_ids) or pair.high_id = any (messages_for.blocked_ids))
      offset 0
    )
  from public.direct_messages as message
  cross join lateral (
    select mine.state, mine.joined_after_id
    from public.conversation_members as mine
    where mine.conversation_id = message.conversation_id and mine.member_id = messages_for.reader_id
    offset 0
  ) as member;
end;
comment on function private.messages_for(uuid, uuid[]) is
$$Messages of the conversations a reader is or was in, and whether they may see what each says (is_visible)

In the conversation, since they joined, not deleted, its sender neither blocked nor hidden, not withheld but from its sender; staff no more than others.$$;

-- Security definer: as my_membership.
create or replace function private.can_see_message(message_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return exists (
    select
    from private.reader as reader
    cross join lateral private.messages_for(reader.id, reader.blocked_ids) as message
    where message.id = can_see_message.message_id and message.is_visible
  );
end;
$$;
comment on function private.can_see_message(uuid) is 'Whether the caller may see what a message says, as messages_for has it';

-- Security definer: whom a message reaches is for the notifications, which ask in the sender's transaction.
create or replace function private.message_audience(conversation_id uuid, sender_id uuid)
returns table (member_id uuid, is_request boolean)
language sql
stable
security definer
set search_path = ''
as $$
  select member.member_id, member.state = 'requested'
  from public.conversation_members as member
  where member.conversation_id = message_audience.conversation_id
    and member.member_id <> message_audience.sender_id
    and member.state in ('joined', 'requested')
    and (member.muted_until is null or member.muted_until <= now())
    and not private.is_blocked(member.member_id, message_audience.sender_id)
$$;
comment on function private.message_audience(uuid, uuid) is 'Who is to hear of a message: members who have not muted the conversation nor stand across a block of its sender; is_request: they have not accepted yet';

-- Security definer: a policy helper; memberships and pairs are not the caller's to read.
create or replace function private.hears_conversation()
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_topic text := realtime.topic();
  v_conversation_id uuid;
begin
  if v_topic is null or v_topic !~ '^dm:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    return false;
  end if;
  v_conversation_id := substring(v_topic from 4)::uuid;
  return exists (
      select from public.conversation_members as member
      where member.conversation_id = v_conversation_id and member.member_id = auth.uid() and member.state = 'joined'
    )
    and not exists (
      select from private.conversation_pairs as pair
      where pair.conversation_id = v_conversation_id and private.is_blocked(pair.low_id, pair.high_id)
    );
end;
$$;
comment on function private.hears_conversation() is
'Whether the caller may join the topic that realtime asks about, dm:<id>: members who have accepted, so that presence tells nobody that a request was looked at';

-- Security definer: as hears_conversation.
create or replace function private.speaks_in_conversation()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.hears_conversation() and private.can_write('social')
$$;
comment on function private.speaks_in_conversation() is 'hears_conversation, for who may write at all: typing and presence';

create or replace function private.message_id_after(last_id uuid)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_id uuid := private.uuid_v7();
begin
  if message_id_after.last_id is null or v_id > message_id_after.last_id then
    return v_id;
  end if;
  -- The clock was set back: go on from the last id, so that newer still means greater.
  return (
    left(message_id_after.last_id::text, 24)
      || lpad(to_hex((('x' || right(message_id_after.last_id::text, 12))::bit(48)::bigint + 1) % 281474976710656), 12, '0')
  )::uuid;
end;
$$;
comment on function private.message_id_after(uuid) is 'A time-ordered id greater than the last one of the conversation, whatever the clock does; asked under the conversation''s lock';

-- Security definer: the order of others' lists is not the sender's to write. Members are at most 20; only who is in, or asked in, hears of it.
create or replace function private.tg_direct_messages__deliver()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.conversations as conversation
  set last_message_id = greatest(conversation.last_message_id, new.id)
  where conversation.id = new.conversation_id;
  update public.conversation_members as member
  set order_id = greatest(member.order_id, new.id),
      is_accepted = member.is_accepted or member.member_id = new.sender_id
  where member.conversation_id = new.conversation_id and member.state in ('joined', 'requested');
  return null;
end;
$$;
create trigger _500_deliver
  after insert on public.direct_messages
  for each row execute function private.tg_direct_messages__deliver();

create or replace function private.tg_direct_messages__forget_sender()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.deleted_at := coalesce(new.deleted_at, now());
  return new;
end;
$$;
comment on function private.tg_direct_messages__forget_sender() is 'What an erased person wrote is a deleted message of nobody';
create trigger _200_forget_sender
  before update of sender_id on public.direct_messages
  for each row
  when (new.sender_id is null)
  execute function private.tg_direct_messages__forget_sender();

-- Security definer: writes realtime.messages. Ids alone: what a topic has carried stays in its log for days, and reaches members between whom
-- a block stands; what a message says is asked of the lists, which know their reader.
create or replace function private.tg_direct_messages__broadcast()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object('id', new.id, 'conversation_id', new.conversation_id),
    case when new.deleted_at is null then 'message_sent' else 'message_deleted' end,
    'dm:' || new.conversation_id,
    true
  );
  return null;
end;
$$;
create trigger _900_broadcast_insert
  after insert on public.direct_messages
  for each row execute function private.tg_direct_messages__broadcast();
create trigger _900_broadcast_update
  after update of deleted_at on public.direct_messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_direct_messages__broadcast();

-- Security definer: a conversation nobody is in, or asked into, any more is nobody's to read, and goes with its messages.
create or replace function private.tg_conversation_members__close()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (
    select from public.conversation_members as member
    where member.conversation_id = old.conversation_id and member.state in ('joined', 'requested')
  ) then
    delete from public.conversations as conversation where conversation.id = old.conversation_id;
  end if;
  return null;
end;
$$;
create trigger _500_close_update
  after update of state on public.conversation_members
  for each row
  when (old.state in ('joined', 'requested') and new.state not in ('joined', 'requested'))
  execute function private.tg_conversation_members__close();
create trigger _500_close_delete
  after delete on public.conversation_members
  for each row execute function private.tg_conversation_members__close();
