-- Security definer: as can_see_room.
create or replace function private.is_muted_in_room(room_id uuid, user_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from public.room_mutes as mute
    where mute.room_id = is_muted_in_room.room_id
      and mute.user_id = is_muted_in_room.user_id
      and mute.until > now()
  )
$$;
comment on function private.is_muted_in_room(uuid, uuid) is 'Whether somebody is muted in a room at present';

-- Security definer: as hears_room.
create or replace function private.is_muted_on_topic()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.is_muted_in_room(private.topic_room_id(), (select auth.uid())) or private.is_muted_everywhere()
$$;
comment on function private.is_muted_on_topic() is
'Whether the caller is muted, in the room whose topic realtime asks about or everywhere: what clients broadcast there is theirs to write, as a message is';

create or replace function private.require_room_speaker(room_id uuid)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_role text := private.room_role(require_room_speaker.room_id);
  v_muted_until timestamptz;
begin
  if v_role is null then
    perform private.require_room(require_room_speaker.room_id);
  end if;
  if private.is_banned_from_room(require_room_speaker.room_id, v_user_id) then
    perform private.raise_error(403, 'banned_from_room', 'You are banned from this room.');
  end if;
  if v_role is null then
    perform private.raise_error(403, 'not_a_member', 'Join the room first.');
  end if;
  select mute.until into v_muted_until
  from public.room_mutes as mute
  where mute.room_id = require_room_speaker.room_id and mute.user_id = v_user_id and mute.until > now();
  if found then
    perform private.raise_error(
      403, 'muted_in_room', 'You are muted in this room for a while.', ceil(extract(epoch from v_muted_until - now()))::bigint::text
    );
  end if;
  return v_role;
end;
$$;
comment on function private.require_room_speaker(uuid) is
'The role of a caller who may say something in a room; else room_not_found (404), banned_from_room, not_a_member or muted_in_room (403; hint: for how many seconds)';

create or replace function private.hold_room_speaker(room_id uuid)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_role text;
begin
  select member.role into v_role
  from public.room_members as member
  where member.room_id = hold_room_speaker.room_id and member.user_id = v_user_id
  for key share;
  if v_role is null
    or exists (
      select from public.room_mutes as mute
      where mute.room_id = hold_room_speaker.room_id and mute.user_id = v_user_id and mute.until > now()
    )
    or exists (
      select from public.room_bans as ban
      where ban.room_id = hold_room_speaker.room_id and ban.user_id = v_user_id and (ban.until is null or ban.until > now())
    )
  then
    perform private.require_room_speaker(hold_room_speaker.room_id);
    -- They came, or may speak again, this moment.
    return private.hold_room_speaker(hold_room_speaker.room_id);
  end if;
  return v_role;
end;
$$;
comment on function private.hold_room_speaker(uuid) is
$$As require_room_speaker, until the transaction ends: who removes, bans or mutes the caller waits for what they are saying, or is seen by it

After the last wait there is: the message, and the token.$$;

-- Security definer: memberships and roles are read for who may not read them.
create or replace function private.keeps_room(room_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(private.role_in_room(keeps_room.room_id, (select auth.uid())) >= 'moderator', false) or private.is_staff()
$$;
comment on function private.keeps_room(uuid) is
'Whether the caller answers for what is said in a room, and reads it across blocks: its moderators, and staff';

-- Security definer: as hidden_profile_ids.
create or replace function private.vanished_profile_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select hidden.profile_id
  from private.hidden_profiles as hidden
  where hidden.profile_id is distinct from (select auth.uid()) and not (select private.is_staff())
$$;
comment on function private.vanished_profile_ids() is
'The part of hidden_profile_ids that is hidden for everybody: what is left of it for whoever reads across blocks; for policies';

create or replace function private.own_room_reactions(room_id uuid, message_id uuid, shown jsonb, reader_id uuid)
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
          select from public.message_reactions as reaction
          where reaction.room_id = own_room_reactions.room_id
            and reaction.message_id = own_room_reactions.message_id
            and reaction.user_id = own_room_reactions.reader_id
            and reaction.emoji = counted.shown ->> 'emoji'
          offset 0
        ) then counted.shown || '{"mine": true}'
        else counted.shown
      end
      order by counted.place
    )
    from jsonb_array_elements(own_room_reactions.shown) with ordinality as counted (shown, place)
  );
end;
$$;
comment on function private.own_room_reactions(uuid, uuid, jsonb, uuid) is
'The reactions to a message as it keeps them to be shown, with those of a reader marked as mine';

-- In the form of posts_for; offset 0 keeps each subquery a probe.
create or replace function private.room_messages_for(reader_id uuid, unheard_ids uuid[], is_staff boolean)
returns table (
  room_id uuid, id uuid, kind text, author jsonb, body text, code text, data jsonb, track jsonb, reply_to jsonb, client_id uuid, reactions jsonb,
  created_at timestamptz, edited_at timestamptz, pinned_at timestamptz, deleted_at timestamptz, author_id uuid, is_heard boolean
)
language sql
stable
security invoker
begin atomic
  select
    message.room_id,
    message.id,
    message.kind,
    author.card,
    message.body,
    message.code,
    message.data,
    case when message.track_id is not null then private.track_card(message.track_id) end,
    case when message.reply_to_id is not null then (
      select jsonb_build_object(
        'id', replied.id,
        'author', speaker.card - '{avatar_path,is_verified}'::text[],
        'body', case when speaker.card is not null then left(replied.body, 140) end
      )
      from public.messages as replied
      left join lateral (
        select each.card
        from private.person_cards as each
        where each.profile_id = replied.author_id
          and replied.deleted_at is null
          and (
            room_messages_for.is_staff
            or each.profile_id = room_messages_for.reader_id
            or (not each.is_hidden and not replied.is_withheld and each.profile_id <> all (room_messages_for.unheard_ids))
          )
        offset 0
      ) as speaker on true
      where replied.room_id = message.room_id and replied.id = message.reply_to_id
      offset 0
    ) end,
    case when message.author_id = room_messages_for.reader_id then message.client_id end,
    case
      when message.reactions <> '{}' and exists (
        select from public.message_reactions as reaction
        where reaction.room_id = message.room_id and reaction.message_id = message.id and reaction.user_id = room_messages_for.reader_id
        offset 0
      ) then private.own_room_reactions(message.room_id, message.id, message.reactions_shown, room_messages_for.reader_id)
      else message.reactions_shown
    end,
    message.created_at,
    message.edited_at,
    message.pinned_at,
    message.deleted_at,
    message.author_id,
    message.author_id is null
      or room_messages_for.is_staff
      or message.author_id = room_messages_for.reader_id
      or (not author.is_hidden and not message.is_withheld and message.author_id <> all (room_messages_for.unheard_ids))
  from public.messages as message
  left join lateral (
    select each.card, each.is_hidden from private.person_cards as each where each.profile_id = message.author_id offset 0
  ) as author on true;
end;
comment on function private.room_messages_for(uuid, uuid[], boolean) is
$$Messages of rooms as a reader sees them who may read the room, and whether they are to see each (is_heard)

unheard_ids: across a block, and in lists whom the reader has muted; nobody for who keeps the room. is_staff: those who are hidden, too. Whoever asks decides
which rooms the reader may read.$$;

-- Security definer: memberships, blocks and hidden profiles are not the caller's to read.
create or replace function private.can_see_room_message(message_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_message public.messages;
begin
  select message.* into v_message from public.messages as message where message.id = can_see_room_message.message_id and message.deleted_at is null;
  return v_message.id is not null
    and private.can_read_room(v_message.room_id)
    and (not v_message.is_withheld or v_message.author_id = auth.uid() or private.is_staff())
    and (
      v_message.author_id is null
      or private.can_see_profile(v_message.author_id)
      or (
        private.keeps_room(v_message.room_id)
        and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = v_message.author_id)
      )
    );
end;
$$;
comment on function private.can_see_room_message(uuid) is
'Whether the caller may see what a message of a room says: who reads the room; not across a block, but for its moderators; not of who is hidden; not deleted; not withheld, but to its author and staff';
