create table public.live_streams (
  id uuid primary key default private.uuid_v7(),
  room_id uuid not null references public.rooms (id) on delete cascade,
  host_id uuid references public.profiles (id) on delete set null,
  title text,
  listener_count int not null default 0,
  peak_listeners int not null default 0,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  end_reason text,
  known_at timestamptz not null default now(),
  told_count int not null default 0,
  told_at timestamptz,
  constraint live_streams_title_length check (char_length(title) between 1 and 120),
  constraint live_streams_counts_fit check (listener_count >= 0 and peak_listeners >= 0),
  constraint live_streams_end_reason_known check (end_reason in ('ended', 'host_left', 'room_deleted', 'finished', 'lost')),
  constraint live_streams_ended_whole check (
    (ended_at is null) = (end_reason is null) and (ended_at is null or (ended_at >= started_at and listener_count = 0))
  ),
  constraint live_streams_open_has_host check (ended_at is not null or host_id is not null)
) with (fillfactor = 80);
create unique index live_streams_one_open on public.live_streams (room_id) where ended_at is null;
create index live_streams_room_id on public.live_streams (room_id, id);
create index live_streams_host_id on public.live_streams (host_id, id);
create index live_streams_open on public.live_streams (listener_count, id) where ended_at is null;
alter table public.live_streams enable row level security;
alter table public.live_streams force row level security;
comment on table public.live_streams is
$$Live audio in rooms; what is said about it is the room's chat

Written by the functions live-start and live-end and by what the LiveKit server reports. One at a time in a room. Shown to who may read the room;
live_now() lists those of public rooms.$$;
comment on column public.live_streams.id is 'Time-ordered uuid; the name of its room on the LiveKit server';
comment on column public.live_streams.room_id is 'The room it is in';
comment on column public.live_streams.host_id is 'Who started it; null when the account is gone';
comment on column public.live_streams.title is '1 to 120 characters; null when the account of its host is gone';
comment on column public.live_streams.listener_count is 'People who are in it at present, its host apart; 0 when it has ended';
comment on column public.live_streams.peak_listeners is 'The most who were in it at once, its host apart; once it has ended, by when each came and went';
comment on column public.live_streams.started_at is 'When it began';
comment on column public.live_streams.ended_at is 'When it ended; null while it is on';
comment on column public.live_streams.end_reason is
'ended: by its host or a moderator, or as its host is a moderator no more; host_left; room_deleted; finished: everybody had gone; lost: the LiveKit server did not know it any more';
comment on column public.live_streams.known_at is 'When the LiveKit server last knew it';
comment on column public.live_streams.told_count is 'The listener_count that the room was last told';
comment on column public.live_streams.told_at is 'When that was; at most once a second';

create table public.live_speakers (
  stream_id uuid not null references public.live_streams (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  granted_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  primary key (stream_id, user_id)
);
create index live_speakers_user_id on public.live_speakers (user_id);
create index live_speakers_granted_by on public.live_speakers (granted_by);
alter table public.live_speakers enable row level security;
alter table public.live_speakers force row level security;
comment on table public.live_speakers is
$$Who may speak in a stream beside its host

Written by set_live_speaker; shown to who may read the room. Those of a stream that has ended are gone.$$;
comment on column public.live_speakers.stream_id is 'The stream';
comment on column public.live_speakers.user_id is 'Who';
comment on column public.live_speakers.granted_by is 'Who made them a speaker; null when the account is gone';
comment on column public.live_speakers.created_at is 'Since when';

-- A row for each connection, by the id the server gives it. What is known of one only ever becomes more (the earliest joined_at, the earliest
-- left_at), so events may come twice and in any order.
create table public.live_participants (
  stream_id uuid not null references public.live_streams (id) on delete cascade,
  session_id text not null,
  user_id uuid references public.profiles (id) on delete set null,
  joined_at timestamptz not null,
  left_at timestamptz,
  primary key (stream_id, session_id),
  constraint live_participants_session_id_length check (char_length(session_id) between 1 and 100),
  constraint live_participants_left_after check (left_at >= joined_at)
);
create index live_participants_present on public.live_participants (stream_id, user_id) where left_at is null;
create index live_participants_user_id on public.live_participants (user_id, joined_at);
create index live_participants_left_at on public.live_participants (left_at);
alter table public.live_participants enable row level security;
alter table public.live_participants force row level security;
comment on table public.live_participants is
$$Who was connected to a stream from when to when, as the LiveKit server reports it

One's own; of others those who are there at present, shown to who may read the room. Kept for 30 days (setting live_participants_kept_days).$$;
comment on column public.live_participants.stream_id is 'The stream';
comment on column public.live_participants.session_id is 'The connection, as the LiveKit server names it';
comment on column public.live_participants.user_id is 'Who; null when the account is gone';
comment on column public.live_participants.joined_at is 'When they came';
comment on column public.live_participants.left_at is 'When they went; null while they are there';

create table private.livekit_events (
  id text primary key,
  received_at timestamptz not null default now(),
  constraint livekit_events_id_length check (char_length(id) between 1 and 100)
);
create index livekit_events_received_at on private.livekit_events (received_at);
alter table private.livekit_events enable row level security;
alter table private.livekit_events force row level security;
comment on table private.livekit_events is 'Which events of the LiveKit server were seen: each counts once; kept for some days (setting live_events_kept_days)';

create type public.live_row as (
  id uuid,
  title text,
  host jsonb,
  room jsonb,
  listener_count int,
  peak_listeners int,
  started_at timestamptz,
  cursor text
);
comment on type public.live_row is
$$A stream that is on

host {id, username, display_name, avatar_path, is_verified}, null when the caller may not see them; room as in room_state, without what only its screen needs.
Hand the last row's cursor back as after to go on.$$;
