-- No foreign key to tracks: messages are spread by room one day (docs/scaling.md). What is shared is shown as far as the reader may see it.
create table public.messages (
  room_id uuid not null references public.rooms (id) on delete cascade,
  id uuid not null default private.uuid_v7(),
  author_id uuid references public.profiles (id) on delete set null,
  kind text not null default 'text',
  body text,
  code text,
  data jsonb not null default '{}',
  track_id uuid,
  reply_to_id uuid,
  client_id uuid,
  reactions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  pinned_at timestamptz,
  deleted_at timestamptz,
  reactions_shown jsonb not null generated always as (
    case when reactions = '{}' then '[]' else private.reactions_in_order(reactions) end
  ) stored,
  is_withheld boolean not null default false,
  primary key (room_id, id),
  constraint messages_id_key unique (id),
  constraint messages_reply_to_id_fkey foreign key (room_id, reply_to_id)
    references public.messages (room_id, id) on delete set null (reply_to_id),
  constraint messages_kind_known check (kind in ('text', 'system')),
  constraint messages_body_length check (char_length(body) between 1 and 500),
  constraint messages_code_format check (code ~ '^[a-z][a-z0-9_]{1,60}$'),
  constraint messages_fields_fit_kind check (
    case kind
      when 'text' then code is null and data = '{}'
      else num_nonnulls(body, track_id, reply_to_id, client_id, edited_at) = 0 and (code is null) = (deleted_at is not null)
    end
  ),
  constraint messages_stands_or_is_empty check (
    case
      when deleted_at is null then kind = 'system' or (author_id is not null and num_nonnulls(body, track_id) > 0)
      else num_nonnulls(body, track_id, code, pinned_at) = 0 and data = '{}' and reactions = '{}'
    end
  ),
  constraint messages_reactions_are_counts check (jsonb_typeof(reactions) = 'object')
) with (fillfactor = 90);
create unique index messages_client_id on public.messages (room_id, author_id, client_id) where client_id is not null;
create index messages_author_id on public.messages (author_id, room_id, id);
create index messages_reply_to_id on public.messages (reply_to_id, room_id);
create index messages_pinned on public.messages (room_id, pinned_at, id) where pinned_at is not null;
create index messages_deleted on public.messages (deleted_at) where deleted_at is not null;
alter table public.messages enable row level security;
alter table public.messages force row level security;
comment on table public.messages is
$$What is said in rooms

Written by send_message, edit_message, delete_message, pin_message and react; with authors, replies and tracks by room_messages(). A deleted
message keeps its row, without what was in it, for 30 days (setting deleted_message_days). Newest first is order by id desc. Messages between
people are direct_messages.$$;
comment on column public.messages.room_id is 'The room';
comment on column public.messages.id is 'Time-ordered uuid';
comment on column public.messages.author_id is 'Who said it, or did what a system message tells; null when nobody, or when the account is gone';
comment on column public.messages.kind is 'text: somebody said it; system: something happened, told by code and data';
comment on column public.messages.body is '1 to 500 characters; null when it only shares a track, is of kind system, or is deleted';
comment on column public.messages.code is 'What happened: message_pinned, track_pinned, room_renamed, owner_changed, slow_mode_changed, ...; clients have the words for it; null for texts';
comment on column public.messages.data is 'What else a code tells: {message_id}, {track_id}, {seconds}, ...';
comment on column public.messages.track_id is 'The track it shares; null when none';
comment on column public.messages.reply_to_id is 'The message of the same room it answers; null when none, or when that one is gone for good';
comment on column public.messages.client_id is 'Made by the client: the same message when it is sent again';
comment on column public.messages.reactions is 'How many reacted with which emoji';
comment on column public.messages.created_at is 'When it was said';
comment on column public.messages.edited_at is 'When it was last edited; null when never';
comment on column public.messages.pinned_at is 'When a moderator pinned it; null when it is not pinned';
comment on column public.messages.deleted_at is 'When it was deleted; null while it stands';
comment on column public.messages.reactions_shown is 'reactions as lists show them to who has none of their own: [{emoji, count, mine}], most first';
comment on column public.messages.is_withheld is
'Whether it is kept from all but its author and staff: by the weight of its reports, or by a decision; written by moderation alone';

-- No foreign key to the emoji: one that is taken from the list keeps its reactions.
create table public.message_reactions (
  room_id uuid not null,
  message_id uuid not null,
  user_id uuid not null references public.profiles (id) on delete cascade,
  emoji text not null,
  created_at timestamptz not null default now(),
  primary key (room_id, message_id, user_id, emoji),
  constraint message_reactions_message_id_fkey foreign key (room_id, message_id)
    references public.messages (room_id, id) on delete cascade
);
create index message_reactions_user_id on public.message_reactions (user_id, room_id, message_id);
alter table public.message_reactions enable row level security;
alter table public.message_reactions force row level security;
comment on table public.message_reactions is 'The caller''s reactions to messages of rooms; written by react and clear_reactions. How many there are stands with each message';
comment on column public.message_reactions.room_id is 'The room of the message';
comment on column public.message_reactions.message_id is 'The message';
comment on column public.message_reactions.user_id is 'Who reacted';
comment on column public.message_reactions.emoji is 'One of reaction_emoji';
comment on column public.message_reactions.created_at is 'When';

-- Not of members alone: who leaves and comes back is still muted.
create table public.room_mutes (
  room_id uuid not null references public.rooms (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  muted_by uuid references public.profiles (id) on delete set null,
  until timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (room_id, user_id)
);
create index room_mutes_user_id on public.room_mutes (user_id, room_id);
create index room_mutes_muted_by on public.room_mutes (muted_by);
create index room_mutes_until on public.room_mutes (until);
create index room_mutes_newest on public.room_mutes (room_id, created_at, user_id);
alter table public.room_mutes enable row level security;
alter table public.room_mutes force row level security;
comment on table public.room_mutes is
$$Who may not say anything in a room for a while

Written by mute_member and unmute_member; shown to moderators of the room, and to whom it is about without who decided. One that has ended is as if it were not there.$$;
comment on column public.room_mutes.room_id is 'The room';
comment on column public.room_mutes.user_id is 'Who may neither write, react nor type';
comment on column public.room_mutes.muted_by is 'Which moderator decided; told by room_mutes() alone';
comment on column public.room_mutes.until is 'Until when';
comment on column public.room_mutes.created_at is 'When it was decided';

create type public.room_message_row as (
  id uuid,
  room_id uuid,
  kind text,
  author jsonb,
  body text,
  code text,
  data jsonb,
  track jsonb,
  reply_to jsonb,
  client_id uuid,
  reactions jsonb,
  created_at timestamptz,
  edited_at timestamptz,
  pinned_at timestamptz,
  deleted_at timestamptz,
  cursor text
);
comment on type public.room_message_row is
$$A message in a room

kind: text or system; author {id, username, display_name, avatar_path, is_verified}, null when nobody or when the account is gone; code and data: what a
system message tells, whose words are the client's; track: a card as far as the reader may see it; reply_to {id, author {id, username, display_name},
body (at most 140 characters)}, with author and body null when that one is deleted or not the reader's to see; client_id: of one's own messages;
reactions [{emoji, count, mine}], most first. A deleted message has neither body nor track. Hand the last row's cursor back as after to go on.$$;

create type public.room_mute_row as (
  id uuid,
  username text,
  display_name text,
  avatar_path text,
  is_verified boolean,
  muted_by jsonb,
  until timestamptz,
  created_at timestamptz,
  cursor text
);
comment on type public.room_mute_row is
$$Somebody who is muted in a room

muted_by: the moderator {id, username, display_name, avatar_path, is_verified}, null when the account is gone. Hand the last row's cursor back as after to go on.$$;

create type public.moderation_row as (
  id bigint,
  action text,
  actor jsonb,
  subject jsonb,
  reason text,
  data jsonb,
  before jsonb,
  after jsonb,
  created_at timestamptz,
  cursor text
);
comment on type public.moderation_row is
$$What a moderator of a room has done

actor, subject: people {id, username, display_name, avatar_path, is_verified}, null when nobody or when the account is gone; action: member_removed,
member_muted, message_deleted, ...; data: what it was done to, by ids; before, after: how it was and is since, {role, ban {until}, mute {until}} of a
member. Hand the last row's cursor back as after to go on.$$;
