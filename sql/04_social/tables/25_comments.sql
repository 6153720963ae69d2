create or replace function private.reactions_in_order(reactions jsonb)
returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(jsonb_build_object('emoji', counted.key, 'count', counted.value, 'mine', false) order by counted.value desc, counted.key collate "C"),
    '[]'
  )
  from jsonb_each(reactions_in_order.reactions) as counted
$$;
comment on function private.reactions_in_order(jsonb) is 'Counted reactions as lists show them to who has none of their own: [{emoji, count, mine}], most first';

create table public.comments (
  id uuid primary key default private.uuid_v7(),
  target_kind text not null,
  target_id uuid not null,
  author_id uuid references public.profiles (id) on delete set null,
  parent_id uuid,
  depth int not null default 1,
  body text,
  position_ms int,
  client_id uuid,
  like_count int not null default 0,
  reply_count int not null default 0,
  reactions jsonb not null default '{}',
  is_pinned boolean not null default false,
  hidden_by text,
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  reactions_shown jsonb not null generated always as (
    case when reactions = '{}' then '[]' else private.reactions_in_order(reactions) end
  ) stored,
  is_withheld boolean not null default false,
  constraint comments_target_key unique (target_id, target_kind, id),
  constraint comments_parent_fkey foreign key (parent_id, target_id, target_kind)
    references public.comments (id, target_id, target_kind) on delete cascade,
  constraint comments_target_kind_known check (target_kind in ('post', 'track', 'crate')),
  constraint comments_depth_fits_parent check (depth between 1 and 4 and (depth = 1) = (parent_id is null)),
  constraint comments_body_length check (char_length(body) between 1 and 1000),
  constraint comments_stands_or_is_empty check (
    case
      when deleted_at is null then body is not null and author_id is not null
      else body is null and position_ms is null and reactions = '{}' and not is_pinned
    end
  ),
  constraint comments_moment_is_of_a_track check (position_ms is null or (target_kind = 'track' and parent_id is null and position_ms >= 0)),
  constraint comments_pinned_stands_open check (not is_pinned or (parent_id is null and hidden_by is null)),
  constraint comments_hidden_by_known check (hidden_by in ('owner', 'staff')),
  constraint comments_reactions_are_counts check (jsonb_typeof(reactions) = 'object'),
  constraint comments_counts_not_negative check (like_count >= 0 and reply_count >= 0)
) with (fillfactor = 85);
create unique index comments_client_id on public.comments (author_id, client_id, target_id) where client_id is not null;
create unique index comments_pinned on public.comments (target_id, target_kind) where is_pinned;
create index comments_author_id on public.comments (author_id, id desc);
create index comments_replies on public.comments (parent_id, target_id, target_kind, id);
-- Of what lists show: what stands, and what is deleted and has replies.
create index comments_newest on public.comments (target_id, target_kind, id)
  where parent_id is null and (deleted_at is null or reply_count > 0);
create index comments_top on public.comments (target_id, target_kind, like_count, id)
  where parent_id is null and (deleted_at is null or reply_count > 0);
create index comments_moments on public.comments (target_id, target_kind, position_ms, id)
  where position_ms is not null;
alter table public.comments enable row level security;
alter table public.comments force row level security;
comment on table public.comments is
$$What people say about posts, tracks and crates

Clients read their own here; what others say is comments_on, replies_to and comment. Written by create_comment, edit_comment, delete_comment
and the RPCs of whoever owns what is talked about. A deleted comment keeps its row, without text: while it has replies, lists show it as a
tombstone.$$;
comment on column public.comments.id is 'Time-ordered uuid';
comment on column public.comments.target_kind is 'What kind of thing is talked about: post, track or crate';
comment on column public.comments.target_id is 'Its id';
comment on column public.comments.author_id is 'Who said it; null when the account is erased';
comment on column public.comments.parent_id is 'The comment it answers, on the same target; null for a root';
comment on column public.comments.depth is '1 for a root, 4 at most: an answer to a comment of depth 4 stands beside it';
comment on column public.comments.body is '1 to 1000 characters; null when deleted';
comment on column public.comments.position_ms is 'The moment of the track it is about, in milliseconds; null when none';
comment on column public.comments.client_id is 'Made by the client: the same comment when it is sent again';
comment on column public.comments.like_count is 'Likes';
comment on column public.comments.reply_count is 'Direct replies that lists show: those that stand, and tombstones with replies of their own';
comment on column public.comments.reactions is 'How many reacted with which emoji';
comment on column public.comments.is_pinned is 'Whether the owner of the target has put it first';
comment on column public.comments.hidden_by is 'owner or staff when one of them has hidden it; null when it is open to all who see the target';
comment on column public.comments.created_at is 'When it was said';
comment on column public.comments.edited_at is 'When it was last edited; null when never';
comment on column public.comments.deleted_at is 'When it was deleted; null while it stands';
comment on column public.comments.reactions_shown is 'reactions as lists show them to who has none of their own: [{emoji, count, mine}], most first';
comment on column public.comments.is_withheld is
'Whether it is kept from all but its author and staff: by the weight of its reports, or by a decision; written by moderation alone';

create table public.comment_mentions (
  comment_id uuid not null references public.comments (id) on delete cascade,
  profile_id uuid not null,
  username text not null,
  created_at timestamptz not null default now(),
  primary key (comment_id, profile_id)
);
create index comment_mentions_profile_id on public.comment_mentions (profile_id, comment_id);
alter table public.comment_mentions enable row level security;
alter table public.comment_mentions force row level security;
comment on table public.comment_mentions is 'Whom standing comments name with @username; clients read where they are named';
comment on column public.comment_mentions.comment_id is 'The comment';
comment on column public.comment_mentions.profile_id is 'Who is named';
comment on column public.comment_mentions.username is 'The username as it was then, as it stands in the text';
comment on column public.comment_mentions.created_at is 'Since when';

create table public.reaction_emoji (
  emoji text primary key,
  place int not null,
  constraint reaction_emoji_place_unique unique (place),
  constraint reaction_emoji_length check (char_length(emoji) between 1 and 8)
);
alter table public.reaction_emoji enable row level security;
alter table public.reaction_emoji force row level security;
comment on table public.reaction_emoji is 'The emoji that comments can be reacted to with';
comment on column public.reaction_emoji.emoji is 'The emoji';
comment on column public.reaction_emoji.place is 'Its place in a picker';

-- No foreign key to the emoji: one that is taken from the list keeps its reactions.
create table public.comment_reactions (
  comment_id uuid not null references public.comments (id) on delete cascade,
  user_id uuid not null,
  emoji text not null,
  created_at timestamptz not null default now(),
  primary key (comment_id, user_id, emoji)
);
create index comment_reactions_user_id on public.comment_reactions (user_id, comment_id);
alter table public.comment_reactions enable row level security;
alter table public.comment_reactions force row level security;
comment on table public.comment_reactions is 'The caller''s reactions to comments; written by set_reaction';
comment on column public.comment_reactions.comment_id is 'The comment';
comment on column public.comment_reactions.user_id is 'Who reacted';
comment on column public.comment_reactions.emoji is 'One of reaction_emoji';
comment on column public.comment_reactions.created_at is 'When';

create type public.comment_row as (
  id uuid,
  target_kind text,
  target_id uuid,
  parent_id uuid,
  depth int,
  body text,
  position_ms int,
  author jsonb,
  mentions jsonb,
  like_count int,
  liked_by_me boolean,
  reactions jsonb,
  reply_count int,
  replies json,
  is_pinned boolean,
  is_hidden boolean,
  is_deleted boolean,
  created_at timestamptz,
  edited_at timestamptz,
  cursor text
);
comment on type public.comment_row is
$$A comment in a list

author {id, username, display_name, avatar_path, is_verified}; mentions [{id, username}], username as it stands in the text; reactions
[{emoji, count, mine}], most first; replies: the first three, each {id, depth, body, author, mentions, like_count, liked_by_me, reactions,
reply_count, is_hidden, is_deleted, created_at, edited_at} as in such a row (of comments_on alone, else null); is_hidden: hidden by the owner
of the target or by staff, shown to them and its author alone. A tombstone (is_deleted) has no author and no body. Hand the last row's cursor
back as after to go on.$$;
