create table public.activity_events (
  id uuid primary key default private.uuid_v7(),
  actor_id uuid not null,
  kind text not null,
  target_kind text,
  target_id uuid,
  visibility text not null default 'public',
  collapse_key text not null,
  bucket bigint not null,
  event_count int not null default 1,
  data jsonb not null default '{}',
  like_count int not null default 0,
  reactions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint activity_events_kind_known check (
    kind in (
      'room_created', 'room_live_started', 'user_joined_room', 'track_added', 'dj_set_started', 'message_pinned', 'crate_created',
      'user_followed', 'badge_earned', 'level_reached'
    )
  ),
  constraint activity_events_target_whole check ((target_kind is null) = (target_id is null)),
  constraint activity_events_visibility_known check (visibility in ('public', 'followers', 'mutuals', 'private')),
  constraint activity_events_reactions_are_counts check (jsonb_typeof(reactions) = 'object'),
  constraint activity_events_counts_fit check (event_count > 0 and like_count >= 0)
) with (fillfactor = 85);
create unique index activity_events_once on public.activity_events (actor_id, collapse_key, bucket);
create index activity_events_actor_id on public.activity_events (actor_id, id);
create index activity_events_group on public.activity_events (collapse_key, bucket, id) include (actor_id);
create index activity_events_target on public.activity_events (target_id, target_kind) where target_id is not null;
alter table public.activity_events enable row level security;
alter table public.activity_events force row level security;
comment on table public.activity_events is
$$What people do, for those who follow them

Written by what happens; clients read their own here, and what those they follow do with activity_feed. What somebody does with the same
collapse_key within the same 6 hours (setting activity_collapse_hours) is one row. Kept for 90 days (setting activity_kept_days).$$;
comment on column public.activity_events.id is 'Time-ordered uuid';
comment on column public.activity_events.actor_id is 'Who did it';
comment on column public.activity_events.kind is
'room_created, room_live_started, user_joined_room, track_added, dj_set_started, message_pinned, crate_created, user_followed, badge_earned or level_reached';
comment on column public.activity_events.target_kind is 'What kind of thing it is about: profile, track, crate, room, ...; null when none';
comment on column public.activity_events.target_id is 'Its id; whoever may not see that does not see this';
comment on column public.activity_events.visibility is 'Whom its actor shows it: public (at most followers while the profile is private), followers, mutuals or private';
comment on column public.activity_events.collapse_key is 'What is shown as one';
comment on column public.activity_events.bucket is 'Which stretch of 6 hours it is in, counted from 1970';
comment on column public.activity_events.event_count is 'How often its actor did it in these hours';
comment on column public.activity_events.data is 'What else the kind tells: {track_id}, ...';
comment on column public.activity_events.like_count is 'Likes';
comment on column public.activity_events.reactions is 'How many reacted with what';
comment on column public.activity_events.created_at is 'When it happened first';

create table public.activity_reactions (
  event_id uuid not null references public.activity_events (id) on delete cascade,
  user_id uuid not null,
  reaction text not null,
  created_at timestamptz not null default now(),
  primary key (event_id, user_id, reaction),
  constraint activity_reactions_reaction_known check (reaction in ('clap', 'fire', 'heart', 'star', 'wave'))
);
create index activity_reactions_user_id on public.activity_reactions (user_id, event_id);
alter table public.activity_reactions enable row level security;
alter table public.activity_reactions force row level security;
comment on table public.activity_reactions is 'The caller''s reactions to activity; written by set_activity_reaction';
comment on column public.activity_reactions.event_id is 'The event';
comment on column public.activity_reactions.user_id is 'Who reacted';
comment on column public.activity_reactions.reaction is 'clap, fire, heart, star or wave';
comment on column public.activity_reactions.created_at is 'When';

create type public.activity_row as (
  id uuid,
  kind text,
  actors jsonb,
  actor_count int,
  event_count int,
  target_kind text,
  target_id uuid,
  target jsonb,
  data jsonb,
  like_count int,
  liked_by_me boolean,
  reactions jsonb,
  created_at timestamptz,
  cursor text
);
comment on type public.activity_row is
$$Something that people one follows did

actors: at most three {id, username, display_name, avatar_path, is_verified}, the latest first, of actor_count whom the caller follows;
event_count: how often they did it together. target, by target_kind: profile {username, display_name, avatar_path}; track {title, artist_name,
artwork_url, artwork_path}; crate {title, cover_path, item_count}; room {name, slug, avatar_path}; null for others. id, likes and reactions [{kind, count, mine}] are those
of the earliest. Hand the last row's cursor back as after to go on.$$;
