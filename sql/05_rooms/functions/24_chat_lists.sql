-- Security definer: a list that checks its reader itself; the policies on messages would cost several times the page.
create or replace function private.room_messages(room_id uuid, after text, page_size int)
returns setof public.room_message_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_list text := 'room_messages:' || room_messages.room_id;
  v_place text[] := private.decode_place(v_list, room_messages.after, '{uuid}');
  v_before uuid := coalesce(v_place[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_reader_id uuid;
  v_unheard_ids uuid[];
  v_is_staff boolean;
  v_size int;
begin
  perform private.require_room_reader(room_messages.room_id);
  select
    reader.id, case when private.keeps_room(room_messages.room_id) then '{}' else reader.blocked_ids || reader.muted_ids end, private.is_staff(), page.size
  into v_reader_id, v_unheard_ids, v_is_staff, v_size
  from private.reader as reader
  cross join private.page(room_messages.page_size) as page;
  return query
  select
    message.id, message.room_id, message.kind, message.author, message.body, message.code, message.data, message.track, message.reply_to,
    message.client_id, message.reactions, message.created_at, message.edited_at, message.pinned_at, message.deleted_at,
    private.encode_cursor(v_list, message.id::text)
  from private.room_messages_for(v_reader_id, v_unheard_ids, v_is_staff) as message
  where (message.room_id, message.id) < (room_messages.room_id, v_before)
    and (message.room_id, message.id) > (room_messages.room_id, '00000000-0000-0000-0000-000000000000'::uuid)
    and message.is_heard
  order by message.room_id desc, message.id desc
  limit v_size;
end;
$$;

-- Security definer: as room_messages.
create or replace function private.pinned_messages(room_id uuid, after text, page_size int)
returns setof public.room_message_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_list text := 'pinned_messages:' || pinned_messages.room_id;
  v_place text[] := private.decode_place(v_list, pinned_messages.after, '{timestamptz,uuid}');
  v_reader_id uuid;
  v_unheard_ids uuid[];
  v_is_staff boolean;
  v_size int;
begin
  perform private.require_room_reader(pinned_messages.room_id);
  select
    reader.id, case when private.keeps_room(pinned_messages.room_id) then '{}' else reader.blocked_ids || reader.muted_ids end, private.is_staff(), page.size
  into v_reader_id, v_unheard_ids, v_is_staff, v_size
  from private.reader as reader
  cross join private.page(pinned_messages.page_size) as page;
  return query
  select
    message.id, message.room_id, message.kind, message.author, message.body, message.code, message.data, message.track, message.reply_to,
    message.client_id, message.reactions, message.created_at, message.edited_at, message.pinned_at, message.deleted_at,
    private.encode_cursor(v_list, jsonb_build_array(message.pinned_at, message.id)::text)
  from private.room_messages_for(v_reader_id, v_unheard_ids, v_is_staff) as message
  where message.room_id = pinned_messages.room_id
    and message.pinned_at is not null
    and (message.pinned_at, message.id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
    and message.is_heard
  order by message.pinned_at desc, message.id desc
  limit v_size;
end;
$$;

-- Security definer: looks a message up whatever the caller may read, and refuses by the one rule.
create or replace function private.room_message(message_id uuid)
returns public.room_message_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.room_message_row;
begin
  perform private.require_signed_in();
  if not private.can_see_room_message(room_message.message_id) then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;
  select
    message.id, message.room_id, message.kind, message.author, message.body, message.code, message.data, message.track, message.reply_to,
    message.client_id, message.reactions, message.created_at, message.edited_at, message.pinned_at, message.deleted_at, null
  into v_row
  from private.reader as reader
  cross join lateral private.room_messages_for(
    reader.id,
    case
      when private.keeps_room((select each.room_id from public.messages as each where each.id = room_message.message_id)) then '{}'
      else reader.blocked_ids
    end,
    private.is_staff()
  ) as message
  where message.id = room_message.message_id;
  return v_row;
end;
$$;

-- Security definer: shows moderators who decided, which the table does not.
create or replace function private.room_mutes(room_id uuid, after text, page_size int)
returns setof public.room_mute_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_list text := 'room_mutes:' || room_mutes.room_id;
  v_place text[] := private.decode_place(v_list, room_mutes.after, '{timestamptz,uuid}');
  v_size int := private.page_size(room_mutes.page_size);
begin
  perform private.require_signed_in();
  perform private.require_room_moderator(room_mutes.room_id);
  return query
  select
    mute.user_id, person.card ->> 'username', person.card ->> 'display_name', person.card ->> 'avatar_path',
    (person.card ->> 'is_verified')::boolean, private.person_card(mute.muted_by), mute.until, mute.created_at,
    private.encode_cursor(v_list, jsonb_build_array(mute.created_at, mute.user_id)::text)
  from public.room_mutes as mute
  join private.person_cards as person on person.profile_id = mute.user_id
  where mute.room_id = room_mutes.room_id
    and mute.until > now()
    and (mute.created_at, mute.user_id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
  order by mute.created_at desc, mute.user_id desc
  limit v_size;
end;
$$;

-- Security definer: names people whose rows are not the reader's to read.
create or replace function private.room_moderation(room_id uuid, after text, page_size int)
returns setof public.moderation_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_list text := 'room_moderation:' || room_moderation.room_id;
  v_place text[] := private.decode_place(v_list, room_moderation.after, '{uuid,int8}');
  v_size int := private.page_size(room_moderation.page_size);
begin
  perform private.require_signed_in();
  perform private.require_room_moderator(room_moderation.room_id);
  return query
  select
    entry.id, entry.action, private.person_card(entry.actor_id), private.person_card(entry.subject_id), entry.reason, entry.data,
    entry.before, entry.after, entry.created_at, private.encode_cursor(v_list, jsonb_build_array(entry.room_id, entry.id)::text)
  from public.moderation_log as entry
  where (entry.room_id, entry.id) < (room_moderation.room_id, coalesce(v_place[2]::bigint, 9223372036854775807))
    and (entry.room_id, entry.id) > (room_moderation.room_id, 0::bigint)
  order by entry.room_id desc, entry.id desc
  limit v_size;
end;
$$;
