create or replace function private.tg_messages__empty()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- What an erased person said is a deleted message of nobody; what they did has happened all the same.
  if new.author_id is null and new.kind = 'text' then
    new.deleted_at := coalesce(new.deleted_at, now());
  end if;
  if new.deleted_at is not null then
    new.body := null;
    new.code := null;
    new.data := '{}';
    new.track_id := null;
    new.reactions := '{}';
    new.pinned_at := null;
  end if;
  return new;
end;
$$;
comment on function private.tg_messages__empty() is 'A deleted message keeps its row and nothing that was in it';
create trigger _200_empty
  before update of author_id, deleted_at on public.messages
  for each row execute function private.tg_messages__empty();

-- Security definer: writes to the realtime schema, and what trending_rooms weighs. Ids alone: what a topic has carried stays in its log for days,
-- and reaches people between whom a block stands; what a message says is asked of room_messages and room_message, which know their reader.
create or replace function private.tg_messages__tell()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- As broadcast_room and bump_room_activity, without the calls, as this is what most rooms do most.
  perform realtime.send(
    jsonb_build_object('id', new.id, 'kind', new.kind, 'author_id', new.author_id, 'room_id', new.room_id), 'message', 'room:' || new.room_id, true
  );
  if new.kind = 'text' then
    insert into private.room_activity as activity (room_id, bucket, slot, event_count)
    values (new.room_id, date_bin('5 minutes', now(), '2001-01-01 00:00:00+00'), pg_backend_pid() % 16, 1)
    on conflict (room_id, bucket, slot) do update set event_count = activity.event_count + 1;
  end if;
  return null;
end;
$$;
create trigger _900_tell
  after insert on public.messages
  for each row execute function private.tg_messages__tell();

-- Security definer: reactions and activity are nobody's to remove, and as tg_messages__tell.
create or replace function private.tg_messages__forget()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.message_reactions as reaction where reaction.room_id = new.room_id and reaction.message_id = new.id;
  if old.pinned_at is not null then
    perform private.retract_pin(new.room_id, new.id);
  end if;
  perform private.broadcast_room(new.room_id, 'message_deleted', jsonb_build_object('id', new.id));
  return null;
end;
$$;
-- Not of deleted_at alone: erasure takes the author, and the trigger before this one deletes the message for it.
create trigger _500_forget
  after update on public.messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_messages__forget();

create or replace function private.retract_pin(room_id uuid, message_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  delete from public.activity_events as event
  where event.target_id = retract_pin.room_id
    and event.target_kind = 'room'
    and event.kind = 'message_pinned'
    and event.data ->> 'message_id' = retract_pin.message_id::text
$$;
comment on function private.retract_pin(uuid, uuid) is 'What is pinned no more is no news';

-- Security definer: as tg_messages__tell; and writes what others read of the moderator. In a public room it is news to their followers.
create or replace function private.tg_messages__tell_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_actor_id uuid := auth.uid();
begin
  if new.edited_at is distinct from old.edited_at then
    perform private.broadcast_room(new.room_id, 'message_edited', jsonb_build_object('id', new.id));
  end if;
  if (new.pinned_at is null) <> (old.pinned_at is null) then
    perform private.broadcast_room(
      new.room_id, 'message_pinned', jsonb_build_object('id', new.id, 'is_pinned', new.pinned_at is not null)
    );
    if new.pinned_at is null then
      perform private.retract_pin(new.room_id, new.id);
    else
      perform private.system_message(new.room_id, 'message_pinned', jsonb_build_object('message_id', new.id));
      if v_actor_id is not null and exists (
        select from public.rooms as room where room.id = new.room_id and room.visibility = 'public'
      ) then
        perform private.record_activity(
          'message_pinned', v_actor_id, 'room', new.room_id, data => jsonb_build_object('message_id', new.id)
        );
      end if;
    end if;
  end if;
  return null;
end;
$$;
create trigger _900_tell_change
  after update on public.messages
  for each row
  when (
    new.deleted_at is null
    and (new.edited_at is distinct from old.edited_at or (new.pinned_at is null) <> (old.pinned_at is null))
  )
  execute function private.tg_messages__tell_change();

-- Security definer: the counts on the message are nobody's to write, nor is the realtime schema.
create or replace function private.tg_message_reactions__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_reactions jsonb;
begin
  update public.messages as message
  set reactions = message.reactions
    || jsonb_build_object(new.emoji, coalesce((message.reactions ->> new.emoji)::int, 0) + 1)
  where message.room_id = new.room_id and message.id = new.message_id
  returning message.reactions into v_reactions;
  perform private.broadcast_room(
    new.room_id, 'reaction', jsonb_build_object('id', new.message_id, 'emoji', new.emoji, 'count', v_reactions -> new.emoji)
  );
  return null;
end;
$$;
create trigger _500_count
  after insert on public.message_reactions
  for each row execute function private.tg_message_reactions__count();

-- Security definer: as tg_message_reactions__count. Once a statement, as a moderator may clear thousands: a row that is written again and again
-- in one transaction is found through all its versions.
create or replace function private.tg_message_reactions__uncount()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_change record;
begin
  for v_change in
    with fewer as (
      select reaction.room_id, reaction.message_id, reaction.emoji, count(*)::int as number
      from gone as reaction
      group by reaction.room_id, reaction.message_id, reaction.emoji
    ),
    changed as (
      update public.messages as message
      set reactions = (
        select coalesce(jsonb_object_agg(counted.emoji, counted.number), '{}')
        from (
          select each.key as emoji, each.value::int - coalesce((
            select fewer.number
            from fewer
            where fewer.room_id = message.room_id and fewer.message_id = message.id and fewer.emoji = each.key
          ), 0) as number
          from jsonb_each_text(message.reactions) as each
        ) as counted
        where counted.number > 0
      )
      where (message.room_id, message.id) in (select fewer.room_id, fewer.message_id from fewer) and message.deleted_at is null
      returning message.room_id, message.id, message.reactions
    )
    select changed.room_id, changed.id, fewer.emoji, coalesce((changed.reactions ->> fewer.emoji)::int, 0) as number
    from changed
    join fewer on fewer.room_id = changed.room_id and fewer.message_id = changed.id
    order by changed.room_id, changed.id, fewer.emoji
  loop
    perform private.broadcast_room(
      v_change.room_id, 'reaction', jsonb_build_object('id', v_change.id, 'emoji', v_change.emoji, 'count', v_change.number)
    );
  end loop;
  return null;
end;
$$;
create trigger _500_uncount
  after delete on public.message_reactions
  referencing old table as gone
  for each statement execute function private.tg_message_reactions__uncount();

-- Security definer: messages are nobody's to write. What all in a room should know of it stands in its chat; who comes and goes does not.
create or replace function private.tg_rooms__tell_chat()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if new.name <> old.name then
    perform private.system_message(new.id, 'room_renamed');
  end if;
  if new.pinned_track_id is distinct from old.pinned_track_id and new.pinned_track_id is not null then
    perform private.system_message(new.id, 'track_pinned', jsonb_build_object('track_id', new.pinned_track_id));
  end if;
  if new.slow_mode_seconds <> old.slow_mode_seconds then
    perform private.system_message(new.id, 'slow_mode_changed', jsonb_build_object('seconds', new.slow_mode_seconds));
  end if;
  if new.owner_id <> old.owner_id then
    perform private.system_message(new.id, 'owner_changed', author_id => new.owner_id);
  end if;
  return null;
end;
$$;
create trigger _910_tell_chat
  after update of name, pinned_track_id, slow_mode_seconds, owner_id on public.rooms
  for each row
  when (
    new.deleted_at is null
    and (old.name, old.pinned_track_id, old.slow_mode_seconds, old.owner_id)
      is distinct from (new.name, new.pinned_track_id, new.slow_mode_seconds, new.owner_id)
  )
  execute function private.tg_rooms__tell_chat();

create or replace function private.lock_chat_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from public.messages as message
  where message.author_id = any (lock_chat_ties.user_ids)
    or (message.room_id, message.id) in (
      select reaction.room_id, reaction.message_id from public.message_reactions as reaction where reaction.user_id = any (lock_chat_ties.user_ids)
    )
  order by message.room_id, message.id
  for no key update;
end;
$$;
comment on function private.lock_chat_ties(uuid[]) is
'Before accounts are erased: lock the messages of rooms that they wrote or reacted to, in the order of their ids, after the rooms';
