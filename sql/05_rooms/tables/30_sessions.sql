create domain public.session_mode as text constraint session_mode_known check (value in ('fan', 'artist', 'public'));
comment on domain public.session_mode is 'fan: a rotation of DJs; artist: what the host lines up; public: what has the most votes';

create table public.dj_sessions (
  id uuid primary key default private.uuid_v7(),
  room_id uuid not null references public.rooms (id) on delete cascade,
  mode public.session_mode not null,
  status text not null default 'active',
  host_id uuid references public.profiles (id) on delete set null,
  current_item_id uuid,
  current_dj_id uuid references public.profiles (id) on delete set null,
  sequence bigint not null default 0,
  due_at timestamptz,
  paused_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  -- Only what is active is due, and what has ended plays nothing.
  constraint dj_sessions_fit_status check (
    case status
      when 'active' then paused_at is null and ended_at is null
      when 'paused' then paused_at is not null and ended_at is null and due_at is null
      when 'ended' then paused_at is null and ended_at is not null and due_at is null and current_item_id is null
      else false
    end
  )
) with (fillfactor = 80);
create unique index dj_sessions_one_open on public.dj_sessions (room_id) where ended_at is null;
create index dj_sessions_room_id on public.dj_sessions (room_id, id);
create index dj_sessions_host_id on public.dj_sessions (host_id);
create index dj_sessions_current_dj_id on public.dj_sessions (current_dj_id);
create index dj_sessions_due on public.dj_sessions (due_at, id) where due_at is not null;
create index dj_sessions_ended_at on public.dj_sessions (ended_at) where ended_at is not null;
alter table public.dj_sessions enable row level security;
alter table public.dj_sessions force row level security;
comment on table public.dj_sessions is
$$Music played together in a room: one that is not ended a room

Written by start_session and all that follows; one who joins asks session_state() for everything at once. Shown to who may read the room.$$;
comment on column public.dj_sessions.id is 'Time-ordered uuid';
comment on column public.dj_sessions.room_id is 'The room';
comment on column public.dj_sessions.mode is 'fan: a rotation of DJs; artist: what the host lines up; public: what has the most votes';
comment on column public.dj_sessions.status is 'active, also while nothing is queued; paused; ended';
comment on column public.dj_sessions.host_id is 'Who started it';
comment on column public.dj_sessions.current_item_id is 'The item of the queue that plays; null when nothing does';
comment on column public.dj_sessions.current_dj_id is 'Whose turn it is: who added what plays';
comment on column public.dj_sessions.sequence is 'Grows by one with every change of what plays: advance_session and skip_track are told the one the client knows';
comment on column public.dj_sessions.due_at is 'When it is to move on by itself; null when it is not';
comment on column public.dj_sessions.paused_at is 'Since when it is paused';
comment on column public.dj_sessions.ended_at is 'When it ended';
comment on column public.dj_sessions.created_at is 'When it was started';

-- Narrow for its votes, but for the card of the track: what a list of fifty shows must not cost fifty looks at tracks. Votes are counted here, and
-- two of these are written when a session moves on: what a check would say of them is said by tg_queue_items__validate (docs/decisions/0010).
create table public.queue_items (
  id uuid primary key default private.uuid_v7(),
  session_id uuid not null references public.dj_sessions (id) on delete cascade,
  room_id uuid not null references public.rooms (id) on delete cascade,
  track_id uuid references public.tracks (id) on delete set null,
  added_by uuid references public.profiles (id) on delete set null,
  position numeric not null,
  status text not null default 'queued',
  up_count public.tally not null default 0,
  down_count public.tally not null default 0,
  skip_vote_count public.tally not null default 0,
  played_before public.tally not null default 0,
  track jsonb,
  shown text,
  duration_ms int not null,
  started_at timestamptz,
  ends_at timestamptz,
  finished_at timestamptz,
  skip_reason text,
  skipped_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now()
) with (fillfactor = 80);
create unique index queue_items_one_playing on public.queue_items (session_id) where status = 'playing';
create unique index queue_items_track_once on public.queue_items (session_id, track_id) where status in ('queued', 'playing');
create index queue_items_queued on public.queue_items (session_id, position, id) where status = 'queued';
create index queue_items_session_id on public.queue_items (session_id, added_by, started_at);
create index queue_items_room_id on public.queue_items (room_id, track_id, started_at);
create index queue_items_track_id on public.queue_items (track_id);
create index queue_items_finished_at on public.queue_items (finished_at) where finished_at is not null;
create index queue_items_added_by on public.queue_items (added_by, id);
create index queue_items_skipped_by on public.queue_items (skipped_by);
alter table public.queue_items enable row level security;
alter table public.queue_items force row level security;
comment on table public.queue_items is
$$What was put on to be played in sessions, and what became of it

Written by enqueue_track and all that follows. Shown to who may read the room; who added it, the track and the votes in session_state() and
session_queue().$$;
comment on column public.queue_items.id is 'Time-ordered uuid';
comment on column public.queue_items.session_id is 'The session';
comment on column public.queue_items.room_id is 'Its room';
comment on column public.queue_items.track_id is 'The track; null when that is gone';
comment on column public.queue_items.added_by is 'Who queued it; told by session_state()';
comment on column public.queue_items.position is 'Its place: of mode artist in the queue, of mode fan among what the same person queued';
comment on column public.queue_items.status is 'queued, playing, played, skipped or removed';
comment on column public.queue_items.up_count is 'Votes up; of what plays as of the last vote_changed, exact in session_state()';
comment on column public.queue_items.down_count is 'Votes down, likewise';
comment on column public.queue_items.skip_vote_count is 'How many have voted to skip it';
comment on column public.queue_items.played_before is 'Of mode public: how much of the same person''s has played in the session already';
comment on column public.queue_items.track is 'The track as lists show it, while it is queued and to be had; as it was once it has played';
comment on column public.queue_items.shown is 'Track and added_by as session_state() shows them, in JSON, while it is queued; kept by triggers, and nobody''s to read';
comment on column public.queue_items.duration_ms is 'Length of the track in milliseconds';
comment on column public.queue_items.started_at is 'When it began, moved by the time of pauses; null when it never did';
comment on column public.queue_items.ends_at is 'When it ends if nobody skips or pauses';
comment on column public.queue_items.finished_at is 'When it was over, or taken from the queue';
comment on column public.queue_items.skip_reason is 'Why it was skipped or passed over: what a moderator said, vote, dj_left, track_unavailable or session_ended';
comment on column public.queue_items.skipped_by is 'Who skipped it; told to nobody, so that what they said goes with their account';
comment on column public.queue_items.created_at is 'When it was queued';

create table public.rotation_slots (
  session_id uuid not null references public.dj_sessions (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  position bigint not null,
  turn_count int not null default 0,
  afk_warned_at timestamptz,
  joined_at timestamptz not null default now(),
  primary key (session_id, user_id),
  constraint rotation_slots_turn_count_not_negative check (turn_count >= 0)
);
create unique index rotation_slots_position on public.rotation_slots (session_id, position);
create index rotation_slots_user_id on public.rotation_slots (user_id);
alter table public.rotation_slots enable row level security;
alter table public.rotation_slots force row level security;
comment on table public.rotation_slots is
$$Who is in the rotation of a session of mode fan

Written by join_rotation and leave_rotation; people read their own here, and the rotation with names in session_state().$$;
comment on column public.rotation_slots.session_id is 'The session';
comment on column public.rotation_slots.user_id is 'The DJ';
comment on column public.rotation_slots.position is 'Lower is sooner; grows when the turn is over';
comment on column public.rotation_slots.turn_count is 'Tracks played in the turn under way; 0 when it is another''s';
comment on column public.rotation_slots.afk_warned_at is 'When they were away at their turn and were warned: away the next time, too, they are passed over';
comment on column public.rotation_slots.joined_at is 'Since when they are in it';

create table public.session_contributors (
  session_id uuid not null references public.dj_sessions (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (session_id, user_id)
);
create index session_contributors_user_id on public.session_contributors (user_id);
alter table public.session_contributors enable row level security;
alter table public.session_contributors force row level security;
comment on table public.session_contributors is
'Whom the host of a session of mode artist lets add tracks; written by set_contributor, people read their own';
comment on column public.session_contributors.session_id is 'The session';
comment on column public.session_contributors.user_id is 'Who may add';
comment on column public.session_contributors.created_at is 'Since when';

-- Votes have no foreign keys: a check of one locks the row it asks, and everybody votes on the same. What becomes of the item or the person
-- takes them along (tg_queue_items__forget, the data map).
create table public.queue_votes (
  item_id uuid not null,
  user_id uuid not null,
  value int not null,
  voted_at timestamptz not null default now(),
  primary key (item_id, user_id),
  constraint queue_votes_value_known check (value in (-1, 1))
);
create index queue_votes_user_id on public.queue_votes (user_id, item_id);
create index queue_votes_voted_at on public.queue_votes (voted_at);
alter table public.queue_votes enable row level security;
alter table public.queue_votes force row level security;
comment on table public.queue_votes is 'Votes on what is queued or plays; written by vote_track, people read their own';
comment on column public.queue_votes.item_id is 'The item of the queue';
comment on column public.queue_votes.user_id is 'Who voted';
comment on column public.queue_votes.value is '1 up, −1 down';
comment on column public.queue_votes.voted_at is 'When they voted so';

-- Everybody votes on what plays: docs/decisions/0080 says why in slots, and why on what is queued without.
create table private.vote_slots (
  item_id uuid not null,
  slot int not null,
  up_count int not null,
  down_count int not null,
  primary key (item_id, slot)
) with (fillfactor = 50);
alter table private.vote_slots enable row level security;
alter table private.vote_slots force row level security;
comment on table private.vote_slots is
'What the votes on what plays come to: the sum over an item''s slots, which are there while it plays. Single slots may be negative';
comment on column private.vote_slots.slot is '-1 what it had when it began; else of a connection (vote_slot), so that those who vote at once write apart; made by its first vote';

create unlogged table private.vote_pulses (
  item_id uuid primary key,
  told_at timestamptz not null,
  up_count int not null,
  down_count int not null,
  skip_count int not null default 0,
  is_settled boolean not null default false
) with (fillfactor = 70);
create index vote_pulses_unsettled on private.vote_pulses (item_id) where not is_settled;
alter table private.vote_pulses enable row level security;
alter table private.vote_pulses force row level security;
comment on table private.vote_pulses is 'What vote_changed told of an item last, so that it tells at most one in votes_told_seconds, and nothing twice; written by tell_votes';
comment on column private.vote_pulses.is_settled is 'False where there is more to tell that no new vote shows: one was changed, one is to skip, or votes_told_seconds were not over';

create unlogged table private.vote_sweep (
  is_only boolean primary key default true,
  swept_at timestamptz not null,
  constraint vote_sweep_is_only check (is_only)
);
alter table private.vote_sweep enable row level security;
alter table private.vote_sweep force row level security;
comment on table private.vote_sweep is 'Until when tell_votes has looked for new votes: one row, which a run holds';

-- A thousand listeners read the same queue: it is put together once. Whether it still holds is asked of the rows themselves (queue_print), so that
-- whoever changes them owes it nothing. Without a lock anybody waits for, and without a log: what is not here is put together by who reads.
create unlogged table private.session_views (
  session_id uuid primary key references public.dj_sessions (id) on delete cascade,
  mode text,
  queue_print bigint,
  rotation_print bigint,
  item_ids uuid[] not null default '{}',
  oldest_item_id uuid,
  item_count int not null default 0,
  dj_ids uuid[] not null default '{}',
  person_ids uuid[] not null default '{}',
  gone_count int not null default 0,
  queue json[] not null default '{}',
  rotation json
) with (fillfactor = 50);
alter table private.session_views alter column queue set storage external, alter column rotation set storage external;
alter table private.session_views enable row level security;
alter table private.session_views force row level security;
comment on table private.session_views is
'What session_state shows of a queue and a rotation to whoever has no blocks with anybody in it; renewed when the room is told of a change';
comment on column private.session_views.mode is 'Of the session; where it or a print is another now, this is not shown';
comment on column private.session_views.queue_print is 'queue_print of what it was made from';
comment on column private.session_views.rotation_print is 'rotation_print of what it was made from; of mode fan';
comment on column private.session_views.item_ids is 'What is in queue, in that order';
comment on column private.session_views.oldest_item_id is 'The one of them with the lowest id';
comment on column private.session_views.item_count is 'How much is queued, beyond what is in queue too';
comment on column private.session_views.gone_count is 'How many of the first in item_ids and queue have begun since: what was next, while the rest stays as it is';
comment on column private.session_views.dj_ids is 'Who is in rotation, in that order';
comment on column private.session_views.person_ids is 'Everybody shown in either, artists too';

create table public.skip_votes (
  item_id uuid not null references public.queue_items (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  voted_at timestamptz not null default now(),
  primary key (item_id, user_id)
);
create index skip_votes_user_id on public.skip_votes (user_id);
alter table public.skip_votes enable row level security;
alter table public.skip_votes force row level security;
comment on table public.skip_votes is 'Who wants to skip what plays; written by vote_skip, people read their own';
comment on column public.skip_votes.item_id is 'The item of the queue';
comment on column public.skip_votes.user_id is 'Who wants to skip it';
comment on column public.skip_votes.voted_at is 'Since when';

create table public.room_history (
  id uuid primary key default private.uuid_v7(),
  room_id uuid not null references public.rooms (id) on delete cascade,
  session_id uuid not null,
  item_id uuid not null unique,
  mode public.session_mode not null,
  track_id uuid,
  title text,
  artist_name text,
  dj_id uuid references public.profiles (id) on delete set null,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  ms_played public.tally not null,
  listener_count public.tally not null,
  up_count public.tally not null,
  down_count public.tally not null,
  is_skipped boolean not null,
  skip_reason text,
  skipped_by uuid references public.profiles (id) on delete set null,
  constraint room_history_reason_fits check (skip_reason is null or is_skipped)
);
create index room_history_room_id on public.room_history (room_id, id);
create index room_history_dj_id on public.room_history (dj_id, id);
create index room_history_track_id on public.room_history (track_id);
create index room_history_skipped_by on public.room_history (skipped_by);
alter table public.room_history enable row level security;
alter table public.room_history force row level security;
comment on table public.room_history is
$$What has played in rooms: one row an item that began, when it is over

Written by the advance alone, so that what hangs on it (points) happens once. Shown to who may read the room; with the DJ by
session_history().$$;
comment on column public.room_history.id is 'Time-ordered uuid';
comment on column public.room_history.room_id is 'The room';
comment on column public.room_history.session_id is 'The session';
comment on column public.room_history.item_id is 'The item of the queue';
comment on column public.room_history.mode is 'The mode it was played in';
comment on column public.room_history.track_id is 'The track, which may be gone since; null when it went while it played';
comment on column public.room_history.title is 'Its title then; null when it was an upload whose artist is gone';
comment on column public.room_history.artist_name is 'Its artist then, likewise';
comment on column public.room_history.dj_id is 'Who had queued it; null when the account is gone';
comment on column public.room_history.started_at is 'When it began, moved by the time of pauses';
comment on column public.room_history.finished_at is 'When it was over';
comment on column public.room_history.ms_played is 'How much of it was played, in milliseconds, pauses left out';
comment on column public.room_history.listener_count is 'Active listeners at the end, as counted some seconds before';
comment on column public.room_history.up_count is 'Votes up at the end';
comment on column public.room_history.down_count is 'Votes down at the end';
comment on column public.room_history.is_skipped is 'Whether it was ended before its time';
comment on column public.room_history.skip_reason is 'Why: what a moderator said, vote, dj_left, track_unavailable or session_ended; null when nobody said';
comment on column public.room_history.skipped_by is 'Who skipped it; told to nobody, so that what they said goes with their account';

create type public.history_row as (
  id uuid,
  session_id uuid,
  item_id uuid,
  mode text,
  track jsonb,
  title text,
  artist_name text,
  dj jsonb,
  started_at timestamptz,
  finished_at timestamptz,
  ms_played int,
  listener_count int,
  up_count int,
  down_count int,
  is_skipped boolean,
  skip_reason text,
  cursor text
);
comment on type public.history_row is
$$What has played in a room, in a list

track: as it is now, null when the caller may not see it any more; title and artist_name as they were. dj {id, username, display_name,
avatar_path, is_verified}, null when gone or across a block. Hand the last row's cursor back as after to go on.$$;

create type public.queue_row as (
  id uuid,
  track jsonb,
  added_by jsonb,
  is_mine boolean,
  up_count int,
  down_count int,
  my_vote int,
  created_at timestamptz,
  cursor text
);
comment on type public.queue_row is
$$What is queued in a session, in a list

track: null when it is not to be had any more, or is an artist's across a block; added_by {id, username, display_name, avatar_path, is_verified},
likewise. Hand the last row's cursor back as after to go on.$$;
