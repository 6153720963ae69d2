create table public.rooms (
  id uuid primary key default private.uuid_v7(),
  slug text not null unique,
  name text,
  description text not null default '',
  kind text not null default 'open',
  visibility text not null default 'public',
  genre text references public.genres (slug) on delete set null,
  tags text[] not null default '{}',
  region text,
  avatar_path text,
  owner_id uuid references public.profiles (id) on delete set null,
  artist_id uuid references public.profiles (id) on delete set null,
  pinned_track_id uuid references public.tracks (id) on delete set null,
  member_count int not null default 0,
  member_limit int not null default 10000,
  max_track_ms int not null default 600000,
  repeat_window_minutes int not null default 60,
  queue_limit_per_member int not null default 3,
  tracks_per_turn int not null default 1,
  rotation_cycles boolean not null default true,
  downvotes_enabled boolean not null default true,
  vote_skip_enabled boolean not null default true,
  vote_skip_ratio numeric not null default 0.5,
  vote_skip_minimum int not null default 2,
  slow_mode_seconds int not null default 0,
  client_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  is_withheld boolean not null default false,
  constraint rooms_slug_format check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 100),
  constraint rooms_name_length check (char_length(name) between 1 and 80),
  constraint rooms_description_length check (char_length(description) <= 500),
  constraint rooms_kind_known check (kind in ('open', 'genre', 'artist')),
  constraint rooms_visibility_known check (visibility in ('public', 'unlisted', 'private')),
  constraint rooms_tags_limit check (cardinality(tags) <= 10 and array_position(tags, null) is null),
  constraint rooms_region_length check (char_length(region) between 1 and 60),
  constraint rooms_avatar_path_own check (avatar_path ~ ('^' || id || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$')),
  constraint rooms_member_limit_range check (member_limit between 1 and 10000),
  constraint rooms_max_track_ms_range check (max_track_ms between 30000 and 86400000),
  constraint rooms_repeat_window_minutes_range check (repeat_window_minutes between 0 and 10080),
  constraint rooms_queue_limit_per_member_range check (queue_limit_per_member between 1 and 100),
  constraint rooms_tracks_per_turn_range check (tracks_per_turn between 1 and 20),
  constraint rooms_vote_skip_ratio_range check (vote_skip_ratio between 0.01 and 1),
  constraint rooms_vote_skip_minimum_range check (vote_skip_minimum between 1 and 10000),
  constraint rooms_slow_mode_seconds_range check (slow_mode_seconds between 0 and 3600),
  constraint rooms_member_count_not_negative check (member_count >= 0),
  constraint rooms_deleted_is_empty check (
    case
      when deleted_at is null then name is not null and owner_id is not null
      else name is null and description = '' and avatar_path is null and region is null and cardinality(tags) = 0
    end
  )
) with (fillfactor = 80);
create unique index rooms_client_id on public.rooms (owner_id, client_id) where client_id is not null;
create index rooms_owner_id on public.rooms (owner_id, id);
create index rooms_artist_id on public.rooms (artist_id);
create index rooms_pinned_track_id on public.rooms (pinned_track_id);
create index rooms_new on public.rooms (id) where visibility = 'public' and deleted_at is null;
create index rooms_genre on public.rooms (genre, id);
create index rooms_search_text on public.rooms using gin (lower(name) extensions.gin_trgm_ops)
  where visibility = 'public' and deleted_at is null;
create index rooms_name_prefix on public.rooms (lower(name) text_pattern_ops) where visibility = 'public' and deleted_at is null;
create unique index rooms_avatar_path on public.rooms (avatar_path) where avatar_path is not null;
alter table public.rooms enable row level security;
alter table public.rooms force row level security;
comment on table public.rooms is
$$Places where people listen together

Written by create_room, update_room and delete_room. A deleted room keeps its row, which nobody sees, without words. What is unlisted is read
by room_state() with its id; this table shows it to its members and staff alone, as it does what is private.$$;
comment on column public.rooms.id is 'Time-ordered uuid; live on topic room:<id>';
comment on column public.rooms.slug is 'Made of the name, unique; it stays when the name changes. That of a room that is not public has an end nobody guesses: it is another once the room is public no more';
comment on column public.rooms.name is '1 to 80 characters; null when it is deleted';
comment on column public.rooms.description is 'At most 500 characters';
comment on column public.rooms.kind is 'open; genre: about the one in genre; artist: of the artist in artist_id, who may start sessions';
comment on column public.rooms.visibility is 'public; unlisted: for whoever has the id, never listed or searched; private: for members alone';
comment on column public.rooms.genre is 'A slug of genres';
comment on column public.rooms.tags is 'At most 10 words of a-z, 0-9, _ and letters of other scripts';
comment on column public.rooms.region is 'Where it is at home, at most 60 characters; null when anywhere';
comment on column public.rooms.avatar_path is 'Object in bucket room-avatars, in the room''s folder; null when there is none';
comment on column public.rooms.owner_id is 'Whose it is; null when it is deleted and the account is erased';
comment on column public.rooms.artist_id is 'Of kind artist: whose room it is for, its first owner; null for other kinds';
comment on column public.rooms.pinned_track_id is 'A track its moderators have pinned';
comment on column public.rooms.member_count is 'Members';
comment on column public.rooms.member_limit is 'How many members it takes, at most 10 000';
comment on column public.rooms.max_track_ms is 'The longest track that can be queued, in milliseconds';
comment on column public.rooms.repeat_window_minutes is 'How long a track that was played is not queued again';
comment on column public.rooms.queue_limit_per_member is 'How many queued tracks one member may have';
comment on column public.rooms.tracks_per_turn is 'How many tracks a DJ plays before the next one';
comment on column public.rooms.rotation_cycles is 'Whether a DJ goes to the end of the rotation after their turn; else they leave it';
comment on column public.rooms.downvotes_enabled is 'Whether votes may be −1';
comment on column public.rooms.vote_skip_enabled is 'Whether listeners may skip by vote';
comment on column public.rooms.vote_skip_ratio is 'Which part of the active listeners a skip by vote needs';
comment on column public.rooms.vote_skip_minimum is 'How many votes it needs at least';
comment on column public.rooms.slow_mode_seconds is 'Seconds between two messages of one member; 0 when there is no such limit';
comment on column public.rooms.client_id is 'Made by the client: the same room when it is sent again';
comment on column public.rooms.created_at is 'When it was made';
comment on column public.rooms.updated_at is 'When its description or its rules last changed';
comment on column public.rooms.deleted_at is 'When it was deleted; null while it stands';
comment on column public.rooms.is_withheld is
'Whether it is kept from all but its owner and staff: by the weight of its reports, or by a decision; written by moderation alone';

create table public.room_members (
  room_id uuid not null references public.rooms (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  role text not null default 'member',
  joined_at timestamptz not null default now(),
  primary key (room_id, user_id),
  constraint room_members_role_known check (role in ('member', 'moderator', 'owner'))
);
create unique index room_members_one_owner on public.room_members (room_id) where role = 'owner';
-- The names of the roles sort by rank: read backwards, the owner comes first. One index serves the list, its order and who is handed a room.
create index room_members_by_role on public.room_members (room_id, role, joined_at, user_id);
create index room_members_user_id on public.room_members (user_id, joined_at, room_id);
alter table public.room_members enable row level security;
alter table public.room_members force row level security;
comment on table public.room_members is
$$Who is in which room

Written by join_room, leave_room, set_member_role and their like. Shown to who may read the room; with names by room_members().$$;
comment on column public.room_members.room_id is 'The room';
comment on column public.room_members.user_id is 'Who';
comment on column public.room_members.role is 'member, moderator or owner';
comment on column public.room_members.joined_at is 'Since when';

create table public.room_bans (
  room_id uuid not null references public.rooms (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  banned_by uuid references public.profiles (id) on delete set null,
  until timestamptz,
  reason text,
  created_at timestamptz not null default now(),
  primary key (room_id, user_id),
  constraint room_bans_reason_length check (char_length(reason) between 1 and 500)
);
create index room_bans_user_id on public.room_bans (user_id, room_id);
create index room_bans_banned_by on public.room_bans (banned_by);
create index room_bans_newest on public.room_bans (room_id, created_at, user_id);
alter table public.room_bans enable row level security;
alter table public.room_bans force row level security;
comment on table public.room_bans is
$$Who may not enter a room

Written by remove_member and unban_member; shown to moderators of the room, and to whom it is about without who decided. One that has ended is as if it were not there.$$;
comment on column public.room_bans.room_id is 'The room';
comment on column public.room_bans.user_id is 'Who may not enter';
comment on column public.room_bans.banned_by is 'Which moderator decided; told by room_bans() alone';
comment on column public.room_bans.until is 'Until when; null for ever';
comment on column public.room_bans.reason is 'At most 500 characters; null when none was given';
comment on column public.room_bans.created_at is 'When it was decided';

create table public.join_requests (
  id uuid primary key default private.uuid_v7(),
  room_id uuid not null references public.rooms (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  message text,
  status text not null default 'pending',
  decided_by uuid references public.profiles (id) on delete set null,
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  constraint join_requests_message_length check (char_length(message) between 1 and 300),
  constraint join_requests_status_known check (status in ('pending', 'approved', 'declined', 'withdrawn')),
  constraint join_requests_decided_has_date check ((status = 'pending') = (decided_at is null))
);
create unique index join_requests_one_pending on public.join_requests (room_id, user_id) where status = 'pending';
create index join_requests_room_id on public.join_requests (room_id, status, id);
create index join_requests_user_id on public.join_requests (user_id, id);
create index join_requests_decided_by on public.join_requests (decided_by);
alter table public.join_requests enable row level security;
alter table public.join_requests force row level security;
comment on table public.join_requests is
$$Who asks to be let into a private room

One pending for each person and room. Written by request_to_join, withdraw_join_request and decide_join_request; the caller's own, and for
moderators those of their rooms, are read here.$$;
comment on column public.join_requests.id is 'What decide_join_request is told';
comment on column public.join_requests.room_id is 'The room';
comment on column public.join_requests.user_id is 'Who asks';
comment on column public.join_requests.message is 'At most 300 characters; null when none';
comment on column public.join_requests.status is 'pending, approved, declined or withdrawn';
comment on column public.join_requests.decided_by is 'Which moderator decided; null while it is pending, or when nobody did';
comment on column public.join_requests.decided_at is 'When it was decided or withdrawn';
comment on column public.join_requests.created_at is 'When they asked';

create table public.room_invites (
  id uuid primary key default private.uuid_v7(),
  room_id uuid not null references public.rooms (id) on delete cascade,
  code text not null unique,
  user_id uuid references public.profiles (id) on delete cascade,
  invited_by uuid not null references public.profiles (id) on delete cascade,
  role text not null default 'member',
  use_count int not null default 0,
  use_limit int,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint room_invites_role_known check (role in ('member', 'moderator')),
  constraint room_invites_uses_fit check (use_count >= 0 and use_limit > 0 and use_count <= use_limit),
  constraint room_invites_for_one_used_once check (user_id is null or use_limit = 1)
);
create index room_invites_room_id on public.room_invites (room_id, id);
create index room_invites_user_id on public.room_invites (user_id, room_id);
create index room_invites_invited_by on public.room_invites (invited_by);
create index room_invites_expires_at on public.room_invites (expires_at);
alter table public.room_invites enable row level security;
alter table public.room_invites force row level security;
comment on table public.room_invites is
$$Ways into a room: a code, for one person or for whoever has it

Written by invite_to_room, create_room_invite and revoke_room_invite. Shown to whom it is for and to moderators of the room; a code that makes
moderators of whoever has it to the owner alone. Good for 24 hours (setting room_invite_hours).$$;
comment on column public.room_invites.id is 'What revoke_room_invite is told';
comment on column public.room_invites.room_id is 'The room';
comment on column public.room_invites.code is 'What join_room is told; nobody guesses it';
comment on column public.room_invites.user_id is 'Whom it is for; null for whoever has the code';
comment on column public.room_invites.invited_by is 'Who invites';
comment on column public.room_invites.role is 'What it makes of whoever uses it: member or moderator';
comment on column public.room_invites.use_count is 'How many have joined by it';
comment on column public.room_invites.use_limit is 'How many may; null for any number';
comment on column public.room_invites.expires_at is 'Until when it is good';
comment on column public.room_invites.created_at is 'When it was made';

-- Unlogged: after a crash everybody is seen again within half a minute. No column but the keys and the time, and no counter follows it: a heartbeat
-- is the most frequent write there is.
create unlogged table public.room_presence (
  room_id uuid not null,
  user_id uuid not null,
  last_seen_at timestamptz not null default now(),
  primary key (room_id, user_id),
  -- A heartbeat that passes a removal leaves nobody behind.
  constraint room_presence_of_members foreign key (room_id, user_id) references public.room_members (room_id, user_id) on delete cascade
) with (fillfactor = 70);
create index room_presence_last_seen_at on public.room_presence (room_id, last_seen_at);
create index room_presence_user_id on public.room_presence (user_id);
alter table public.room_presence enable row level security;
alter table public.room_presence force row level security;
comment on table public.room_presence is
$$Who was last heard of in a room when

Written by heartbeat. Active means seen in the last 60 seconds (setting room_active_seconds). Shown to who may read the room; unlogged, as a crash may forget it.$$;
comment on column public.room_presence.room_id is 'The room';
comment on column public.room_presence.user_id is 'Who';
comment on column public.room_presence.last_seen_at is 'When their client last said that they are there';

-- Cut into slots, so that those who vote at once do not wait for one row. No foreign keys here and below: checking one locks the room, and
-- whoever beats or votes would wait for who deletes it, and they for them. What is left behind is shown nowhere and forgotten soon.
create unlogged table private.room_activity (
  room_id uuid not null,
  bucket timestamptz not null,
  slot int not null,
  event_count int not null default 0,
  primary key (room_id, bucket, slot)
);
create index room_activity_bucket on private.room_activity (bucket);
alter table private.room_activity enable row level security;
alter table private.room_activity force row level security;
comment on table private.room_activity is 'How much was said and voted in a room, by stretches of five minutes: what trending_rooms weighs; written by bump_room_activity';
comment on column private.room_activity.bucket is 'Where the five minutes begin';
comment on column private.room_activity.slot is 'Which of 16 parts: those who write at once write apart';
comment on column private.room_activity.event_count is 'Messages and votes';

create unlogged table private.room_pulses (
  room_id uuid primary key,
  is_listed boolean not null,
  listener_count int not null default 0,
  skip_listener_count int not null default 0,
  event_count int not null default 0,
  refreshed_at timestamptz not null
);
create index room_pulses_listed on private.room_pulses (listener_count, event_count, room_id) where is_listed;
create index room_pulses_refreshed_at on private.room_pulses (refreshed_at);
alter table private.room_pulses enable row level security;
alter table private.room_pulses force row level security;
comment on table private.room_pulses is
$$How lively each room is, at most some seconds ago: what lists of rooms show and trending_rooms orders by

Renewed by the first heartbeat after room_pulse_seconds; where no heart beats any more, what is older than room_active_seconds counts as nothing.$$;
comment on column private.room_pulses.is_listed is 'Whether the room was public then';
comment on column private.room_pulses.listener_count is 'Active listeners';
comment on column private.room_pulses.skip_listener_count is 'Listeners who count for how many votes skip a track (setting skip_active_seconds)';
comment on column private.room_pulses.event_count is 'Messages and votes of the last hour';
comment on column private.room_pulses.refreshed_at is 'When it was counted';

create table public.moderation_log (
  id bigint generated by default as identity primary key,
  room_id uuid references public.rooms (id) on delete restrict,
  actor_id uuid references public.profiles (id) on delete set null,
  action text not null,
  subject_id uuid references public.profiles (id) on delete set null,
  reason text,
  data jsonb not null default '{}',
  created_at timestamptz not null default now(),
  target_kind text,
  target_id uuid,
  before jsonb,
  after jsonb,
  case_id uuid,
  constraint moderation_log_action_format check (action ~ '^[a-z][a-z0-9_]{1,60}$'),
  constraint moderation_log_reason_length check (char_length(reason) <= 1000),
  constraint moderation_log_target_whole check (target_kind is not null or target_id is null),
  -- Of a profile that is erased they go with its id.
  constraint moderation_log_before_and_after check ((before is not null and after is not null) or (target_kind is not null and target_id is null))
);
create index moderation_log_room_id on public.moderation_log (room_id, id);
create index moderation_log_actor_id on public.moderation_log (actor_id, id);
create index moderation_log_subject_id on public.moderation_log (subject_id, id);
create index moderation_log_target on public.moderation_log (target_id, target_kind, id) where target_id is not null;
create index moderation_log_case_id on public.moderation_log (case_id, id) where case_id is not null;
alter table public.moderation_log enable row level security;
alter table public.moderation_log force row level security;
comment on table public.moderation_log is
$$What moderators have done

Written by what they do, append-only: the erasure of an account alone takes names and words off it. Shown to the moderators of the room and to staff. Newest first is order by id desc.$$;
comment on column public.moderation_log.id is 'Grows with time';
comment on column public.moderation_log.room_id is 'The room it was done in; null when in none';
comment on column public.moderation_log.actor_id is 'Who did it; null when the account is gone';
comment on column public.moderation_log.action is 'member_removed, member_banned, role_changed, ...';
comment on column public.moderation_log.subject_id is 'To whom; null when to nobody, or when the account is gone';
comment on column public.moderation_log.reason is 'At most 1000 characters; null when none was given';
comment on column public.moderation_log.data is 'What it was done to: {message_id}, {item_id}, {session_id}, {stream_id}; empty where that is somebody';
comment on column public.moderation_log.created_at is 'When';
comment on column public.moderation_log.target_kind is 'Of a decision: what it is about, post, track, sanction, ...; null for what is done in rooms';
comment on column public.moderation_log.target_id is 'Its id; null for a profile whose account is gone';
comment on column public.moderation_log.before is 'How it was: {role, ban, mute} of a member, {status}, {is_pinned}, ...; null once the account is gone that it was about';
comment on column public.moderation_log.after is 'How it is since, as before';
comment on column public.moderation_log.case_id is 'The case it was decided in; null when in none';
