create table public.conversations (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  title text,
  last_message_id uuid,
  created_at timestamptz not null default now(),
  constraint conversations_kind_known check (kind in ('direct', 'group')),
  constraint conversations_title_fits_kind check ((title is not null) = (kind = 'group')),
  constraint conversations_title_length check (char_length(title) between 1 and 120)
) with (fillfactor = 85);
alter table public.conversations enable row level security;
alter table public.conversations force row level security;
comment on table public.conversations is
$$Conversations the caller is in

direct: two people, made once for each pair; group: up to 20 with a title. Written by start_conversation, add_to_conversation,
rename_conversation and leave_conversation. Lists with members and unread counts are my_conversations.$$;
comment on column public.conversations.id is 'Its id; live on topic dm:<id>';
comment on column public.conversations.kind is 'direct or group';
comment on column public.conversations.title is '1 to 120 characters for a group; null for two people';
comment on column public.conversations.last_message_id is 'The newest message; null while there is none';
comment on column public.conversations.created_at is 'When it was started';

-- Two people have one conversation because their pair is a key, whoever begins.
create table private.conversation_pairs (
  low_id uuid not null references public.profiles (id) on delete cascade,
  high_id uuid not null references public.profiles (id) on delete cascade,
  conversation_id uuid not null unique references public.conversations (id) on delete cascade,
  primary key (low_id, high_id),
  constraint conversation_pairs_ordered check (low_id < high_id)
);
create index conversation_pairs_high_id on private.conversation_pairs (high_id);
alter table private.conversation_pairs enable row level security;
alter table private.conversation_pairs force row level security;
comment on table private.conversation_pairs is 'The conversation of each two people';
comment on column private.conversation_pairs.low_id is 'The lesser of the two ids';
comment on column private.conversation_pairs.high_id is 'The greater of the two ids';

create table public.conversation_members (
  conversation_id uuid not null references public.conversations (id) on delete cascade,
  member_id uuid not null references public.profiles (id) on delete cascade,
  state text not null default 'joined',
  order_id uuid,
  joined_after_id uuid,
  last_read_message_id uuid,
  muted_until timestamptz,
  joined_at timestamptz not null default now(),
  left_at timestamptz,
  is_accepted boolean not null default false,
  primary key (conversation_id, member_id),
  constraint conversation_members_state_known check (state in ('joined', 'requested', 'declined', 'left')),
  constraint conversation_members_left_has_date check ((state = 'left') = (left_at is not null))
) with (fillfactor = 70);
-- One index serves the list, its order, and the foreign key. All ascending and read backwards: the place of a page is compared as a row.
create index conversation_members_newest on public.conversation_members (member_id, state, order_id);
alter table public.conversation_members enable row level security;
alter table public.conversation_members force row level security;
comment on table public.conversation_members is
$$The caller's own places in conversations

Others' are in my_conversations and conversation, as far as they are for others. Written by the RPCs of conversations alone.$$;
comment on column public.conversation_members.conversation_id is 'The conversation';
comment on column public.conversation_members.member_id is 'Who is in it';
comment on column public.conversation_members.state is 'joined; requested: waits for accept_message_request or decline_message_request; declined; left';
comment on column public.conversation_members.order_id is 'Its place in my_conversations: the newest message, or when a group took them in; null while there is nothing to list';
comment on column public.conversation_members.joined_after_id is 'The newest message when they joined, which they do not see any more; null when they see all';
comment on column public.conversation_members.last_read_message_id is 'Up to where they have read; never goes back';
comment on column public.conversation_members.muted_until is 'No notifications until then; null when not muted';
comment on column public.conversation_members.joined_at is 'When they joined or were asked';
comment on column public.conversation_members.left_at is 'When they left; null while they have not';
comment on column public.conversation_members.is_accepted is
'Whether they have begun it, written in it or accepted it themselves: only then is it open, and what they set later does not close it';

-- No foreign keys to tracks, crates and the message replied to: messages are spread by conversation one day (docs/scaling.md). What is
-- shared is shown as far as the reader may see it; a reply is checked under the lock of its conversation, where no message is ever removed.
create table public.direct_messages (
  conversation_id uuid not null references public.conversations (id) on delete cascade,
  id uuid not null default private.uuid_v7(),
  sender_id uuid references public.profiles (id) on delete set null,
  body text,
  track_id uuid,
  crate_id uuid,
  reply_to uuid,
  client_id uuid,
  like_count int not null default 0,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  is_withheld boolean not null default false,
  primary key (conversation_id, id),
  constraint direct_messages_id_key unique (id),
  constraint direct_messages_body_length check (char_length(body) between 1 and 2000),
  constraint direct_messages_one_thing_shared check (track_id is null or crate_id is null),
  constraint direct_messages_fields_fit_state check (
    case
      when deleted_at is null then sender_id is not null and num_nonnulls(body, track_id, crate_id) > 0
      else num_nonnulls(body, track_id, crate_id) = 0
    end
  ),
  constraint direct_messages_like_count_not_negative check (like_count >= 0)
) with (fillfactor = 90);
create unique index direct_messages_client_id on public.direct_messages (conversation_id, sender_id, client_id) where client_id is not null;
create index direct_messages_sender_id on public.direct_messages (sender_id, id);
alter table public.direct_messages enable row level security;
alter table public.direct_messages force row level security;
comment on table public.direct_messages is
$$Messages of conversations the caller is in, from when they joined

Written by send_direct_message and delete_direct_message. A deleted message keeps its row, without what was in it; when its sender's
account is erased it also forgets who that was. Newest first is order by id desc.$$;
comment on column public.direct_messages.conversation_id is 'The conversation';
comment on column public.direct_messages.id is 'Time-ordered uuid, growing within the conversation';
comment on column public.direct_messages.sender_id is 'Who wrote it; null when the account is gone';
comment on column public.direct_messages.body is '1 to 2000 characters; null when it only shares something, or is deleted';
comment on column public.direct_messages.track_id is 'The track it shares; null when none';
comment on column public.direct_messages.crate_id is 'The crate it shares; null when none';
comment on column public.direct_messages.reply_to is 'The message of the same conversation it replies to; null when none';
comment on column public.direct_messages.client_id is 'Made by the client: the same message when it is sent again';
comment on column public.direct_messages.like_count is 'Likes';
comment on column public.direct_messages.created_at is 'When it was sent';
comment on column public.direct_messages.deleted_at is 'When it was deleted; null while it stands';
comment on column public.direct_messages.is_withheld is
'Whether it is kept from all but its sender and staff: by the weight of its reports, or by a decision; written by moderation alone';

create table public.message_settings (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  dm_permission text not null default 'followees',
  constraint message_settings_dm_permission_known check (dm_permission in ('everyone', 'followees', 'mutuals', 'nobody'))
);
alter table public.message_settings enable row level security;
alter table public.message_settings force row level security;
comment on table public.message_settings is
$$Who may write to the caller

No row stands for followees. Written by set_dm_permission; what it means to others is can_message of profile_page.$$;
comment on column public.message_settings.user_id is 'Whose setting';
comment on column public.message_settings.dm_permission is 'Who may start a conversation without asking: everyone, followees (those one follows), mutuals; nobody refuses even requests';

create type public.message_row as (
  id uuid,
  conversation_id uuid,
  sender jsonb,
  body text,
  track jsonb,
  crate jsonb,
  reply_to jsonb,
  client_id uuid,
  like_count int,
  liked_by_me boolean,
  created_at timestamptz,
  deleted_at timestamptz,
  cursor text
);
comment on type public.message_row is
$$A message in a conversation

sender {id, username, display_name, avatar_path, is_verified}, null when the account is gone or going; track, crate: cards as far as the reader
may see them; reply_to {id, sender {id, username, display_name}, body (at most 140 characters)}; client_id: of one's own messages. A deleted message has neither body nor
cards. Hand the last row's cursor back as after to go on.$$;

create type public.conversation_row as (
  id uuid,
  kind text,
  title text,
  state text,
  members jsonb,
  member_count int,
  last_message json,
  unread_count int,
  last_read_message_id uuid,
  muted_until timestamptz,
  created_at timestamptz,
  cursor text
);
comment on type public.conversation_row is
$$A conversation as its member sees it

state: joined or requested; members: the others [{id, username, display_name, avatar_path, is_verified, state, last_read_message_id}] (in lists the first
five), last_read_message_id null until they accept; member_count: with oneself; last_message {id, sender_id, body, track_id, crate_id, created_at, deleted_at}
or null; unread_count: at most 100.$$;
