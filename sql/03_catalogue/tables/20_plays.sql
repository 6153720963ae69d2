-- No foreign keys: plays are a family that is only appended to, archived by month and one day split off (docs/scaling.md). The partitions
-- are in private, so that clients reach them through this table and its policy alone.
create table public.plays (
  id uuid not null default private.uuid_v7(),
  track_id uuid not null,
  listener_id uuid,
  room_id uuid,
  ms_played int not null,
  is_counted boolean not null,
  source text not null,
  client_event_id uuid,
  played_at timestamptz not null default now(),
  primary key (id, played_at),
  constraint plays_ms_played_range check (ms_played between 0 and 86400000),
  constraint plays_source_known check (source in ('app', 'room', 'crate')),
  constraint plays_room_fits_source check (room_id is null or source = 'room')
) partition by range (played_at);
create index plays_listener on public.plays (listener_id, played_at desc);
create index plays_played_at on public.plays using brin (played_at) with (autosummarize = on, pages_per_range = 32);
alter table public.plays enable row level security;
alter table public.plays force row level security;
comment on table public.plays is
$$One row a listening; people read their own

Written by record_play, never changed; a partition a month. Months older than 13 (setting plays_kept_months) are archived and dropped.
When a person is erased, their plays stay as nobody's.$$;
comment on column public.plays.id is 'Time-ordered uuid';
comment on column public.plays.track_id is 'What was played';
comment on column public.plays.listener_id is 'Who listened; null when that person is erased';
comment on column public.plays.room_id is 'The room it was played in, if any';
comment on column public.plays.ms_played is 'How long it was heard, in milliseconds: at most the track, and the time since the play before';
comment on column public.plays.is_counted is 'Whether it counts';
comment on column public.plays.source is 'app, room or crate';
comment on column public.plays.client_event_id is 'Made by the client, once a listener: sent again, it changes nothing';
comment on column public.plays.played_at is 'When it was reported';

-- A unique key of a partitioned table must hold its month, and a replay may come in another month: so an event is claimed here.
create table private.play_claims (
  listener_id uuid not null,
  client_event_id uuid not null,
  is_counted boolean not null,
  claimed_at timestamptz not null,
  primary key (listener_id, client_event_id)
);
create index play_claims_claimed_at on private.play_claims using brin (claimed_at) with (autosummarize = on, pages_per_range = 32);
alter table private.play_claims enable row level security;
alter table private.play_claims force row level security;
comment on table private.play_claims is 'Which events of a listener were recorded, and how they were answered; kept as long as plays';

create table private.listeners (
  listener_id uuid primary key,
  last_played_at timestamptz not null,
  play_count public.long_tally not null default 0,
  ms_played public.long_tally not null default 0
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
alter table private.listeners enable row level security;
alter table private.listeners force row level security;
comment on table private.listeners is 'A listener''s last play, whose row puts their plays one after the other, and what they have listened to in all';
comment on column private.listeners.last_played_at is 'When their last play was reported, counted or not';
comment on column private.listeners.play_count is 'Their plays that count';
comment on column private.listeners.ms_played is 'The time of these';

create table private.listening_days (
  listener_id uuid not null,
  day date not null,
  play_count public.tally not null,
  ms_played public.long_tally not null,
  primary key (listener_id, day)
) with (fillfactor = 85);
alter table private.listening_days enable row level security;
alter table private.listening_days force row level security;
comment on table private.listening_days is 'What a person listened to each day of theirs (in their time zone): plays that count, and their time';

create table private.play_archives (
  month date primary key,
  salt uuid default gen_random_uuid(),
  object_key text,
  row_count bigint,
  checksum text,
  registered_at timestamptz,
  dropped_at timestamptz,
  constraint play_archives_month_first check (extract(day from month) = 1),
  constraint play_archives_row_count_not_negative check (row_count >= 0),
  constraint play_archives_checksum_format check (checksum ~ '^[0-9a-f]{64}$'),
  constraint play_archives_registered_whole check (
    (registered_at is null) = (object_key is null) and (object_key is null) = (row_count is null) and (row_count is null) = (checksum is null)
  ),
  constraint play_archives_dropped_after check (dropped_at is null or (registered_at is not null and salt is null))
);
alter table private.play_archives enable row level security;
alter table private.play_archives force row level security;
comment on table private.play_archives is 'The months of plays that are on their way to the archive, or there';
comment on column private.play_archives.salt is 'What makes a listener''s key in the archive of this month; forgotten when the month is dropped, so that it names nobody';
comment on column private.play_archives.object_key is 'The object in the archive''s bucket';
comment on column private.play_archives.row_count is 'Its rows';
comment on column private.play_archives.checksum is 'The checksum of its rows that register_play_archive describes';
comment on column private.play_archives.dropped_at is 'When the partition went, after the object was read back';

create table private.archived_plays (
  track_id uuid primary key references public.tracks (id) on delete cascade,
  play_count bigint not null,
  constraint archived_plays_positive check (play_count > 0)
);
alter table private.archived_plays enable row level security;
alter table private.archived_plays force row level security;
comment on table private.archived_plays is 'How many plays that count have gone to the archive, so that play_count can still be recomputed';
