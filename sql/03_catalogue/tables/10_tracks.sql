create table public.tracks (
  id uuid primary key default private.uuid_v7(),
  provider text not null,
  provider_track_id text not null,
  title text not null,
  artist_name text not null,
  artist_id uuid references public.profiles (id) on delete cascade,
  duration_ms int not null,
  artwork_url text,
  artwork_path text,
  isrc text,
  genre text references public.genres (slug) on delete set null,
  bpm numeric(5, 2),
  musical_key text,
  is_explicit boolean not null default false,
  kind text not null default 'original',
  file_format text,
  file_bytes bigint,
  status text not null default 'published',
  removed_from text,
  client_id uuid,
  play_count public.long_tally not null default 0,
  like_count public.tally not null default 0,
  comment_count public.tally not null default 0,
  repost_count public.tally not null default 0,
  published_at timestamptz,
  created_at timestamptz not null default now(),
  -- What concerns the content alone is checked by tg_tracks__validate: a check here is compiled anew by each play that counts.
  constraint tracks_provider_track_id_once unique (provider, provider_track_id)
) with (fillfactor = 85);
create index tracks_artist_id on public.tracks (artist_id, id desc) where artist_id is not null;
create index tracks_artist on public.tracks (artist_id);
create index tracks_published on public.tracks (artist_id, published_at desc, id desc) where status = 'published' and artist_id is not null;
create unique index tracks_client_id on public.tracks (artist_id, client_id) where client_id is not null;
create index tracks_drafts on public.tracks (created_at) where status = 'draft';
create index tracks_genre on public.tracks (genre);
create index tracks_search_text on public.tracks using gin (lower(title || ' ' || artist_name) extensions.gin_trgm_ops);
alter table public.tracks enable row level security;
alter table public.tracks force row level security;
comment on table public.tracks is
$$Everything that can be played, queued, posted or sold, whatever its source

Tracks of other providers are written by resolve_track, the first writer's description stays; uploads by create_track, submit_track,
update_track, hide_track and publish_track. Where the file of an upload lies is readable by nobody.$$;
comment on column public.tracks.id is 'Time-ordered uuid';
comment on column public.tracks.provider is 'backbeat (an upload), spotify, apple_music, youtube_music, soundcloud, deezer or bandcamp';
comment on column public.tracks.provider_track_id is 'The provider''s own id; of an upload its id';
comment on column public.tracks.title is '1 to 200 characters';
comment on column public.tracks.artist_name is '1 to 200 characters, as it is shown';
comment on column public.tracks.artist_id is 'The artist who uploaded it; null for other providers';
comment on column public.tracks.duration_ms is 'Length in milliseconds: 1 second to 24 hours';
comment on column public.tracks.artwork_url is 'Picture at the provider, https; null when there is none';
comment on column public.tracks.artwork_path is 'Picture of an upload: object in bucket crate-covers, in the artist''s folder';
comment on column public.tracks.isrc is 'International Standard Recording Code, 12 characters';
comment on column public.tracks.genre is 'A slug of genres';
comment on column public.tracks.bpm is 'Beats a minute';
comment on column public.tracks.musical_key is 'Such as C#m or F';
comment on column public.tracks.is_explicit is 'Has explicit lyrics';
comment on column public.tracks.kind is 'original, remix or mashup';
comment on column public.tracks.file_format is 'Of an upload: mp3, wav or flac';
comment on column public.tracks.file_bytes is 'Of an upload: the size of its file, once it is submitted';
comment on column public.tracks.status is 'draft, processing, published, hidden (by its artist) or removed (by staff)';
comment on column public.tracks.removed_from is 'The status it had when staff removed it; null while it is not removed';
comment on column public.tracks.client_id is 'Made by the client: the same draft when it is sent again';
comment on column public.tracks.play_count is 'Plays that count';
comment on column public.tracks.like_count is 'Likes';
comment on column public.tracks.comment_count is 'Comments that are not deleted';
comment on column public.tracks.repost_count is 'Standing posts that share it, but for private ones';
comment on column public.tracks.published_at is 'When it was first published; null when it never was';
comment on column public.tracks.created_at is 'When it came here';

create table private.artwork_hosts (
  provider text not null,
  host text not null,
  primary key (provider, host),
  constraint artwork_hosts_provider_known check (
    provider in ('spotify', 'apple_music', 'youtube_music', 'soundcloud', 'deezer', 'bandcamp')
  ),
  constraint artwork_hosts_host_shape check (host ~ '^([a-z0-9-]+\.)+[a-z]{2,}$')
);
alter table private.artwork_hosts enable row level security;
alter table private.artwork_hosts force row level security;
comment on table private.artwork_hosts is
$$Where the pictures of each provider lie

Everybody's app loads the picture that whoever made a track known has named, so it names no host of theirs. A row holds for the hosts below it,
too. A provider that moves gets a row more by a migration of the team.$$;
comment on column private.artwork_hosts.provider is 'As in tracks';
comment on column private.artwork_hosts.host is 'A host, lower case, such as i.scdn.co, or what its hosts end in, such as mzstatic.com';

create table private.track_files (
  track_id uuid primary key references public.tracks (id) on delete cascade,
  path text not null unique,
  constraint track_files_path_shape check (path ~ '^[0-9a-f-]{36}/[0-9a-f-]{36}\.(mp3|wav|flac)$')
);
alter table private.track_files enable row level security;
alter table private.track_files force row level security;
comment on table private.track_files is 'Where the file of an upload lies in bucket track-files: for the service alone, which signs addresses of it';
comment on column private.track_files.path is 'The whole track: <artist id>/<track id>.<format>; its preview, where there is one, lies beside it (preview_path())';

create type public.track_row as (
  id uuid,
  provider text,
  provider_track_id text,
  title text,
  artist_name text,
  artist jsonb,
  duration_ms int,
  artwork_url text,
  artwork_path text,
  isrc text,
  genre text,
  bpm numeric,
  musical_key text,
  is_explicit boolean,
  kind text,
  status text,
  play_count bigint,
  like_count int,
  comment_count int,
  repost_count int,
  liked_by_me boolean,
  published_at timestamptz,
  created_at timestamptz,
  cursor text
);
comment on type public.track_row is
$$A track in a list

artist {id, username, display_name, avatar_path, is_verified} of an upload, null for other providers. Hand the last row's cursor back as
after to go on.$$;
