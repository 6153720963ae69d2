-- Generated from sql/ by `make baseline`: edit the files named below, not this one.

-- source: sql/01_foundation/tables.sql

-- Three schemas: public is the API, backend is for the cloud functions, private is reached by nobody directly.
create schema if not exists private;
create schema if not exists backend;
comment on schema backend is 'RPCs for the cloud functions: service_role only, idempotent';
comment on schema private is 'Helpers, inboxes, ledgers and settings: reached only through public and backend functions';

-- Closed by default: only the global form (without a schema) takes execute away from public.
alter default privileges revoke execute on functions from public;
-- Older hosted projects grant every new object in public to the API roles; whatever was the default, from here on it is nothing.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

create extension if not exists pg_trgm with schema extensions;

-- Here and not in functions.sql, as defaults of columns name it.
-- Hosted Postgres 17 has no uuidv7(); layout of RFC 9562 section 5.7, with the 12 bits after the version holding the
-- fraction of the millisecond (section 6.2, method 3), so that ids made one after the other sort that way.
create or replace function private.uuid_v7()
returns uuid
language plpgsql
volatile
security invoker
parallel safe
set search_path = ''
as $$
declare
  v_micros bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  v_fraction int := ((v_micros % 1000) * 4096 / 1000)::int;
begin
  return encode(
    substring(int8send(v_micros / 1000) from 3)
      || set_byte(set_byte('\x0000'::bytea, 0, 112 | (v_fraction >> 8)), 1, v_fraction & 255)
      || substring(uuid_send(gen_random_uuid()) from 9),
    'hex'
  )::uuid;
end;
$$;
comment on function private.uuid_v7() is 'A time-ordered uuid (RFC 9562 version 7) with microsecond order, for what is listed by time';

create table public.feature_flags (
  name text primary key,
  is_enabled boolean not null,
  description text not null,
  constraint feature_flags_name_format check (name ~ '^[a-z][a-z0-9_]{1,40}$')
);
alter table public.feature_flags enable row level security;
alter table public.feature_flags force row level security;
comment on table public.feature_flags is
$$Which domains accept writes

A domain that is switched off refuses writes with 403 feature_disabled; reading goes on. Changed by admins with set_feature.$$;
comment on column public.feature_flags.name is 'The domain: social, ...';
comment on column public.feature_flags.is_enabled is 'False refuses every write of the domain';
comment on column public.feature_flags.description is 'What stops working when it is off';

create table private.settings (
  name text primary key,
  value bigint not null,
  minimum bigint not null,
  maximum bigint not null,
  unit text not null,
  description text not null,
  constraint settings_value_range check (value between minimum and maximum)
);
alter table private.settings enable row level security;
alter table private.settings force row level security;
comment on table private.settings is 'Numbers an operator may tune; changed by admins with set_setting, which audits';
comment on column private.settings.name is 'What private.setting() is asked for';
comment on column private.settings.value is 'The number in force';
comment on column private.settings.minimum is 'The least that set_setting accepts';
comment on column private.settings.maximum is 'The most that set_setting accepts';
comment on column private.settings.unit is 'What the number counts: days, rows, seconds, ...';
comment on column private.settings.description is 'What changes with it';

create table private.rate_limit_rules (
  action text primary key,
  capacity int not null,
  refill_seconds numeric not null,
  description text not null,
  constraint rate_limit_rules_capacity_positive check (capacity between 1 and 100000),
  constraint rate_limit_rules_refill_positive check (refill_seconds > 0 and refill_seconds <= 86400)
);
alter table private.rate_limit_rules enable row level security;
alter table private.rate_limit_rules force row level security;
comment on table private.rate_limit_rules is 'Token buckets by action; changed by admins with set_rate_limit, which audits';
comment on column private.rate_limit_rules.action is 'What private.take_token() is asked for';
comment on column private.rate_limit_rules.capacity is 'Tokens in a full bucket: the burst that passes';
comment on column private.rate_limit_rules.refill_seconds is 'Seconds until one token comes back';
comment on column private.rate_limit_rules.description is 'What is limited';

-- No foreign key to the person: a bucket is worth nothing, is written on hot paths, and is erased through the data map.
create unlogged table private.rate_limit_buckets (
  user_id uuid not null,
  action text not null references private.rate_limit_rules (action) on delete cascade,
  tokens double precision not null,
  refilled_at timestamptz not null,
  about_id uuid not null default '00000000-0000-0000-0000-000000000000',
  primary key (user_id, action, about_id)
);
create index rate_limit_buckets_action on private.rate_limit_buckets (action);
create index rate_limit_buckets_about_id on private.rate_limit_buckets (about_id) where about_id <> '00000000-0000-0000-0000-000000000000';
alter table private.rate_limit_buckets enable row level security;
alter table private.rate_limit_buckets force row level security;
comment on table private.rate_limit_buckets is 'What is left of each person''s token buckets; unlogged, as a crash may refill them';
comment on column private.rate_limit_buckets.user_id is 'Whose bucket it is';
comment on column private.rate_limit_buckets.action is 'What it limits';
comment on column private.rate_limit_buckets.tokens is 'What was left when it was last taken from';
comment on column private.rate_limit_buckets.refilled_at is 'When that was';
comment on column private.rate_limit_buckets.about_id is
'Whom or what the action is about, where each has a bucket of its own; zeros where one bucket is for all';

create table private.outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  payload jsonb not null,
  user_id uuid,
  attempts int not null default 0,
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  delivered_at timestamptz,
  dead_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  constraint outbox_topic_format check (topic ~ '^[a-z][a-z0-9_]{1,40}$')
);
create index outbox_due on private.outbox (topic, next_attempt_at, id) where delivered_at is null and dead_at is null;
create index outbox_leased on private.outbox (topic, leased_until) where leased_until is not null and delivered_at is null and dead_at is null;
create index outbox_delivered on private.outbox (delivered_at) where delivered_at is not null;
create index outbox_dead on private.outbox (id) where dead_at is not null;
create index outbox_user_id on private.outbox (user_id) where user_id is not null;
alter table private.outbox enable row level security;
alter table private.outbox force row level security;
comment on table private.outbox is
$$What must reach the outside, written in the transaction that causes it

Delivered at least once by a scheduled function: claim (with a lease), deliver, finish. Failures wait 30 s, doubling to 1 h;
after 8 attempts a row is a dead letter that an operator lists and retries. The numbers are private.settings.$$;
comment on column private.outbox.user_id is 'The person the payload is about, for erasure; null when none';

create table private.audit_events (
  id bigint generated always as identity primary key,
  actor_id uuid,
  action text not null,
  target_kind text,
  target_id text,
  details jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint audit_events_action_format check (action ~ '^[a-z][a-z0-9_]{1,60}$')
);
create index audit_events_created_at on private.audit_events using brin (created_at) with (autosummarize = on, pages_per_range = 32);
create index audit_events_actor_id on private.audit_events (actor_id, id desc);
alter table private.audit_events enable row level security;
alter table private.audit_events force row level security;
comment on table private.audit_events is 'What staff and money do, appended in the same transaction; a trigger refuses update, delete and truncate';

create table private.data_map (
  table_name text not null,
  person_column text not null,
  is_exported boolean not null,
  on_erasure text not null,
  cleared_columns text[] not null default '{}',
  erase_order int not null default 100,
  reason text not null,
  primary key (table_name, person_column),
  constraint data_map_on_erasure_known check (on_erasure in ('delete', 'anonymise', 'retain')),
  constraint data_map_cleared_columns_fit check ((on_erasure = 'anonymise') = (cardinality(cleared_columns) > 0))
);
alter table private.data_map enable row level security;
alter table private.data_map force row level security;
comment on table private.data_map is
$$Where personal data lies, and what becomes of it

One row a column that holds a person's id. export_my_data() reads the exported ones; erasure deletes, clears columns or keeps
(with the reason), in erase_order. A law fails when a table with a person's id is missing.$$;
comment on column private.data_map.table_name is 'schema.table';
comment on column private.data_map.person_column is 'The column that holds the person''s id';
comment on column private.data_map.is_exported is 'Whether export_my_data() gives the person these rows';
comment on column private.data_map.on_erasure is 'delete the rows, anonymise them (set cleared_columns null) or retain them for the reason given';
comment on column private.data_map.cleared_columns is 'What anonymise sets to null';
comment on column private.data_map.erase_order is 'Lower goes first';
comment on column private.data_map.reason is 'Why it is kept or treated so';

-- source: sql/02_profiles/tables.sql

create table public.genres (
  slug text primary key,
  name text not null,
  constraint genres_slug_format check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
);
alter table public.genres enable row level security;
alter table public.genres force row level security;
comment on table public.genres is 'Genres a profile, track, crate or room may name';
comment on column public.genres.slug is 'What other tables store: drum-and-bass';
comment on column public.genres.name is 'What people read: Drum and Bass';

-- pg_timezone_names reads some 600 files at every look; a table is asked on each profile that is written.
create table private.time_zones (
  name text primary key
);
alter table private.time_zones enable row level security;
alter table private.time_zones force row level security;
comment on table private.time_zones is 'IANA names this Postgres knows';

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  username text not null unique,
  display_name text not null,
  bio text not null default '',
  avatar_path text,
  kind text not null default 'fan',
  genres text[] not null default '{}',
  time_zone text not null default 'UTC',
  is_private boolean not null default false,
  follower_count int not null default 0,
  following_count int not null default 0,
  post_count int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint profiles_username_format check (username ~ '^[a-z0-9_]{3,30}$'),
  constraint profiles_display_name_length check (char_length(display_name) between 1 and 80),
  constraint profiles_display_name_printable check (
    display_name = btrim(display_name) and display_name !~ '[[:cntrl:]\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]'
    and display_name ~ '[^ \u00a0\u034f\u115f\u1160\u1680\u17b4\u17b5\u2000-\u200d\u202f\u205f\u2800\u3000\u3164\uffa0]'
  ),
  constraint profiles_bio_length check (char_length(bio) <= 500),
  constraint profiles_avatar_path_own check (
    avatar_path ~ ('^' || id || '/[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(jpe?g|png|webp)$')
  ),
  constraint profiles_kind_known check (kind in ('fan', 'artist')),
  constraint profiles_genres_limit check (cardinality(genres) <= 10 and array_position(genres, null) is null),
  constraint profiles_counts_not_negative check (follower_count >= 0 and following_count >= 0 and post_count >= 0)
) with (fillfactor = 85);
create index profiles_username_prefix on public.profiles (username text_pattern_ops);
create index profiles_search_text on public.profiles using gin ((username || ' ' || lower(display_name)) extensions.gin_trgm_ops);
alter table public.profiles enable row level security;
alter table public.profiles force row level security;
comment on table public.profiles is
$$People and artists, one row an account

Made at sign-up from the metadata username, display_name, kind and time_zone. Their owner updates display_name, bio, avatar_path, genres,
time_zone and is_private here; the username with change_username; the rest follows from what happens.$$;
comment on column public.profiles.id is 'The id in auth.users';
comment on column public.profiles.username is '3 to 30 of a-z, 0-9 and _, unique';
comment on column public.profiles.display_name is '1 to 80 characters, at least one to be seen, none that is invisible or turns the direction of writing';
comment on column public.profiles.bio is 'At most 500 characters';
comment on column public.profiles.avatar_path is 'Object in bucket avatars, in the folder named as the id; null when there is none';
comment on column public.profiles.kind is 'fan or artist';
comment on column public.profiles.genres is 'At most 10 slugs of genres';
comment on column public.profiles.time_zone is 'IANA name; the days and weeks of this person are counted in it';
comment on column public.profiles.is_private is 'Followers are approved, and posts are at most for followers';
comment on column public.profiles.follower_count is 'How many follow this profile';
comment on column public.profiles.following_count is 'How many this profile follows';
comment on column public.profiles.post_count is 'Posts that are neither deleted nor private';
comment on column public.profiles.created_at is 'When they signed up';
comment on column public.profiles.updated_at is 'When its owner last changed it';

-- The claim table makes a username unique over people, reserved words and names just given up, in one statement.
create table private.username_claims (
  username text primary key,
  profile_id uuid references public.profiles (id) on delete cascade,
  is_current boolean not null default false,
  reserved_until timestamptz,
  changed_at timestamptz,
  constraint username_claims_current_has_holder check (not is_current or profile_id is not null)
);
create unique index username_claims_current on private.username_claims (profile_id) where is_current;
create index username_claims_profile_id on private.username_claims (profile_id);
alter table private.username_claims enable row level security;
alter table private.username_claims force row level security;
comment on table private.username_claims is 'Who holds each username, and which are reserved';
comment on column private.username_claims.profile_id is 'Its holder, or the last one; null for a reserved word';
comment on column private.username_claims.is_current is 'Whether the holder bears it now';
comment on column private.username_claims.reserved_until is 'When a name given up, or a word, is free; infinity for words';
comment on column private.username_claims.changed_at is 'When its holder changed to it; null for the name of the sign-up';

create table public.artist_profiles (
  profile_id uuid primary key references public.profiles (id) on delete cascade,
  links text[] not null default '{}',
  is_verified boolean not null default false,
  verified_at timestamptz,
  is_trusted_uploader boolean not null default false,
  trusted_since timestamptz,
  upload_count int not null default 0,
  verified_upload_count int not null default 0,
  constraint artist_profiles_links_limit check (cardinality(links) <= 10 and array_position(links, null) is null),
  constraint artist_profiles_links_separate check (
    array_position(links, '') is null
    and cardinality(links) = cardinality(string_to_array(array_to_string(links, ' '), ' '))
  ),
  constraint artist_profiles_links_https check (
    array_to_string(links, ' ') ~ '^(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^\s<>"]*)?( |$))*$'
    and char_length(array_to_string(links, ' ')) <= 5000
  ),
  constraint artist_profiles_verified_has_date check (is_verified = (verified_at is not null)),
  constraint artist_profiles_trusted_has_date check (is_trusted_uploader = (trusted_since is not null)),
  constraint artist_profiles_counts_not_negative check (upload_count >= 0 and verified_upload_count between 0 and upload_count)
);
alter table public.artist_profiles enable row level security;
alter table public.artist_profiles force row level security;
comment on table public.artist_profiles is 'What an artist has beyond a profile; exists for kind artist, who may change the links alone';
comment on column public.artist_profiles.profile_id is 'The profile';
comment on column public.artist_profiles.links is 'At most 10 https addresses';
comment on column public.artist_profiles.is_verified is 'Staff have confirmed who this is';
comment on column public.artist_profiles.verified_at is 'When staff did';
comment on column public.artist_profiles.is_trusted_uploader is 'Uploads are published at once and checked after';
comment on column public.artist_profiles.trusted_since is 'Since when';
comment on column public.artist_profiles.upload_count is 'Tracks uploaded';
comment on column public.artist_profiles.verified_upload_count is 'Of these, found to be made by people';

create table private.staff (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  role text not null,
  granted_by uuid references public.profiles (id) on delete set null,
  granted_at timestamptz not null default now(),
  constraint staff_role_known check (role in ('moderator', 'admin', 'super_admin'))
);
create index staff_granted_by on private.staff (granted_by);
alter table private.staff enable row level security;
alter table private.staff force row level security;
comment on table private.staff is 'Who works here: moderator < admin < super_admin';

create table private.artist_accounts (
  profile_id uuid primary key references public.artist_profiles (profile_id) on delete restrict,
  stripe_account_id text unique,
  charges_enabled boolean not null default false,
  payouts_enabled boolean not null default false,
  updated_at timestamptz not null default now()
);
alter table private.artist_accounts enable row level security;
alter table private.artist_accounts force row level security;
comment on table private.artist_accounts is 'An artist''s account at the payment provider, as its webhooks report it';

create table public.blocks (
  blocker_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  blocked_id uuid not null references public.profiles (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (blocker_id, blocked_id),
  constraint blocks_not_self check (blocker_id <> blocked_id)
);
create index blocks_blocked_id on public.blocks (blocked_id, blocker_id);
create index blocks_newest on public.blocks (blocker_id, created_at desc, blocked_id desc);
alter table public.blocks enable row level security;
alter table public.blocks force row level security;
comment on table public.blocks is 'Whom the caller has blocked: either side''s block hides each from the other; written by block and unblock';
comment on column public.blocks.blocker_id is 'Who blocks';
comment on column public.blocks.blocked_id is 'Who is blocked';
comment on column public.blocks.created_at is 'Since when';

create table public.mutes (
  muter_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  muted_id uuid not null references public.profiles (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (muter_id, muted_id),
  constraint mutes_not_self check (muter_id <> muted_id)
);
create index mutes_muted_id on public.mutes (muted_id);
create index mutes_newest on public.mutes (muter_id, created_at desc, muted_id desc);
alter table public.mutes enable row level security;
alter table public.mutes force row level security;
comment on table public.mutes is 'Whom the caller has muted: hidden from their lists only; written by mute and unmute';
comment on column public.mutes.muter_id is 'Who mutes';
comment on column public.mutes.muted_id is 'Who is muted';
comment on column public.mutes.created_at is 'Since when';

create table private.hidden_profiles (
  profile_id uuid not null references public.profiles (id) on delete cascade,
  reason text not null,
  hidden_at timestamptz not null default now(),
  primary key (profile_id, reason),
  constraint hidden_profiles_reason_known check (reason in ('deletion'))
);
alter table private.hidden_profiles enable row level security;
alter table private.hidden_profiles force row level security;
comment on table private.hidden_profiles is 'Profiles nobody but staff and themselves may see, with all that is theirs; a row a reason';

-- Every list shows people twenty at a time: what it shows of each is kept ready, in a narrow row that no counter touches.
-- The key holds the whole row, which lists thus read from the index alone.
create table private.person_cards (
  profile_id uuid not null references public.profiles (id) on delete cascade,
  is_hidden boolean not null default false,
  card jsonb not null,
  primary key (profile_id) include (is_hidden, card)
);
alter table private.person_cards enable row level security;
alter table private.person_cards force row level security;
comment on table private.person_cards is 'Each profile as lists show it, kept by triggers';
comment on column private.person_cards.is_hidden is 'Whether hidden_profiles has a reason';
comment on column private.person_cards.card is '{id, username, display_name, avatar_path, is_verified}';

create table private.account_deletions (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  requested_at timestamptz not null default now(),
  erase_after timestamptz not null
);
create index account_deletions_erase_after on private.account_deletions (erase_after);
alter table private.account_deletions enable row level security;
alter table private.account_deletions force row level security;
comment on table private.account_deletions is 'Accounts on their way out: restored by their owner before erase_after, erased by the scheduled job after';

create type public.profile_card as (
  id uuid,
  username text,
  display_name text,
  avatar_path text,
  is_verified boolean,
  is_followed_by_me boolean,
  cursor text
);
comment on type public.profile_card is 'A person in a list; hand the last row''s cursor back as after to go on';

-- source: sql/03_catalogue/tables/10_tracks.sql

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
  play_count bigint not null default 0,
  like_count int not null default 0,
  comment_count int not null default 0,
  repost_count int not null default 0,
  published_at timestamptz,
  created_at timestamptz not null default now(),
  constraint tracks_provider_track_id_once unique (provider, provider_track_id),
  -- What concerns the content alone is checked by tg_tracks__validate: a check here is compiled anew by each play that counts.
  constraint tracks_counts_not_negative check (play_count >= 0 and like_count >= 0 and comment_count >= 0 and repost_count >= 0)
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
  preview_path text,
  constraint track_files_path_shape check (path ~ '^[0-9a-f-]{36}/[0-9a-f-]{36}\.(mp3|wav|flac)$'),
  constraint track_files_preview_path_shape check (preview_path ~ '^[0-9a-f-]{36}/[0-9a-f-]{36}-preview\.mp3$')
);
alter table private.track_files enable row level security;
alter table private.track_files force row level security;
comment on table private.track_files is 'Where the file of an upload lies in bucket track-files: for the service alone, which signs addresses of it';
comment on column private.track_files.path is 'The whole track: <artist id>/<track id>.<format>';
comment on column private.track_files.preview_path is 'Its 30 seconds for those who have not bought it; null when there is none';

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

-- source: sql/03_catalogue/tables/20_plays.sql

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
  play_count bigint not null default 0,
  ms_played bigint not null default 0,
  constraint listeners_not_negative check (play_count >= 0 and ms_played >= 0)
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
  play_count int not null,
  ms_played bigint not null,
  primary key (listener_id, day),
  constraint listening_days_not_negative check (play_count >= 0 and ms_played >= 0)
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

-- source: sql/03_catalogue/tables/30_crates.sql

create table public.crates (
  id uuid primary key default private.uuid_v7(),
  owner_id uuid not null references public.profiles (id) on delete cascade,
  title text,
  description text,
  cover_path text,
  genre text references public.genres (slug) on delete set null,
  mood text,
  tags text[] not null default '{}',
  visibility text not null default 'public',
  audience text not null default 'public',
  is_featured boolean not null default false,
  featured_at timestamptz,
  client_id uuid,
  item_count int not null default 0,
  total_ms bigint not null default 0,
  play_count bigint not null default 0,
  like_count int not null default 0,
  comment_count int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint crates_title_length check (char_length(title) between 1 and 120),
  constraint crates_description_length check (char_length(description) between 1 and 1000),
  constraint crates_cover_path_own check (cover_path ~ ('^' || owner_id || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$')),
  constraint crates_mood_length check (char_length(mood) between 1 and 40),
  constraint crates_tags_limit check (cardinality(tags) <= 10 and array_position(tags, null) is null),
  constraint crates_visibility_known check (visibility in ('public', 'unlisted', 'followers', 'private')),
  constraint crates_audience_fits_visibility check (
    audience = visibility or (visibility in ('public', 'unlisted') and audience = 'followers')
  ),
  constraint crates_featured_has_date check (is_featured = (featured_at is not null)),
  constraint crates_deleted_is_empty check (
    case
      when deleted_at is null then title is not null
      else title is null and description is null and cover_path is null and mood is null and cardinality(tags) = 0
        and not is_featured and item_count = 0
    end
  ),
  constraint crates_counts_not_negative check (
    item_count >= 0 and total_ms >= 0 and play_count >= 0 and like_count >= 0 and comment_count >= 0
  )
) with (fillfactor = 85);
create unique index crates_client_id on public.crates (owner_id, client_id) where client_id is not null;
-- Unique, as items name their crate with its owner.
create unique index crates_owner_id on public.crates (owner_id, id desc);
create index crates_genre on public.crates (genre);
create index crates_new on public.crates (id desc) include (owner_id) where audience = 'public' and deleted_at is null;
create index crates_new_of_genre on public.crates (genre, id desc) include (owner_id) where audience = 'public' and deleted_at is null;
create index crates_featured on public.crates (featured_at desc, id desc) where is_featured;
alter table public.crates enable row level security;
alter table public.crates force row level security;
comment on table public.crates is
$$Collections of tracks in an order somebody chose

Written by create_crate, update_crate and delete_crate. A deleted crate keeps its row, without words, items and people. What is unlisted is
read by crate() and crate_items() with its id; this table shows it to its owner, collaborators and staff alone.$$;
comment on column public.crates.id is 'Time-ordered uuid';
comment on column public.crates.owner_id is 'Whose it is';
comment on column public.crates.title is '1 to 120 characters; null when it is deleted';
comment on column public.crates.description is 'At most 1000 characters';
comment on column public.crates.cover_path is 'Object in bucket crate-covers, in the owner''s folder';
comment on column public.crates.genre is 'A slug of genres';
comment on column public.crates.mood is 'At most 40 characters';
comment on column public.crates.tags is 'At most 10 words of a-z, 0-9, _ and letters of other scripts';
comment on column public.crates.visibility is 'What the owner asked for: public, unlisted (whoever has the id), followers or private';
comment on column public.crates.audience is 'Who it really reaches: as visibility, but at most followers while the owner''s profile is private';
comment on column public.crates.is_featured is 'Chosen by staff';
comment on column public.crates.featured_at is 'When staff chose it';
comment on column public.crates.client_id is 'Made by the client: the same crate when it is sent again';
comment on column public.crates.item_count is 'Tracks in it';
comment on column public.crates.total_ms is 'Their length together, in milliseconds';
comment on column public.crates.play_count is 'Plays of the crate: once a listener and hour';
comment on column public.crates.like_count is 'Likes';
comment on column public.crates.comment_count is 'Comments that are not deleted';
comment on column public.crates.created_at is 'When it was made';
comment on column public.crates.updated_at is 'When its description or its items last changed';
comment on column public.crates.deleted_at is 'When its owner deleted it; null while it stands';

create table public.crate_items (
  id uuid primary key default private.uuid_v7(),
  crate_id uuid not null,
  track_id uuid not null references public.tracks (id) on delete cascade,
  position numeric not null,
  duration_ms int not null,
  note text,
  added_by uuid references public.profiles (id) on delete set null,
  added_at timestamptz not null default now(),
  owner_id uuid not null,
  constraint crate_items_crate_fkey foreign key (crate_id, owner_id) references public.crates (id, owner_id) on delete cascade,
  -- A crate has one owner: this is once a crate and track, and in this order also the index of the foreign key.
  constraint crate_items_track_once unique (crate_id, owner_id, track_id),
  constraint crate_items_place_once unique (crate_id, position),
  constraint crate_items_note_length check (char_length(note) between 1 and 280)
);
create index crate_items_track_id on public.crate_items (track_id, crate_id);
-- In which of their crates somebody has a track.
create index crate_items_owner_id on public.crate_items (owner_id, track_id, crate_id);
create index crate_items_added_by on public.crate_items (added_by);
alter table public.crate_items enable row level security;
alter table public.crate_items force row level security;
comment on table public.crate_items is
$$What lies in crates, each track once

Written by add_to_crate, remove_from_crate and move_crate_item. In the order of position. Name the columns you select: note and added_by are
told by crate() and crate_items() alone, to those who may see that person.$$;
comment on column public.crate_items.id is 'What move_crate_item and remove_from_crate are told';
comment on column public.crate_items.crate_id is 'The crate';
comment on column public.crate_items.track_id is 'The track';
comment on column public.crate_items.position is 'Its place: a fraction between its neighbours'', so that moving one item changes no other';
comment on column public.crate_items.duration_ms is 'Length of the track in milliseconds, which never changes once it is published';
comment on column public.crate_items.note is 'At most 280 characters by whoever added it';
comment on column public.crate_items.added_by is 'Who added it; null when that person is erased';
comment on column public.crate_items.added_at is 'When';
comment on column public.crate_items.owner_id is 'Whose the crate is';

create table public.crate_collaborators (
  crate_id uuid not null references public.crates (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  role text not null,
  added_at timestamptz not null default now(),
  primary key (crate_id, user_id),
  constraint crate_collaborators_role_known check (role in ('viewer', 'editor'))
);
create index crate_collaborators_user_id on public.crate_collaborators (user_id, crate_id desc);
alter table public.crate_collaborators enable row level security;
alter table public.crate_collaborators force row level security;
comment on table public.crate_collaborators is 'Who may see (viewer) or fill (editor) a crate beside its owner; written by set_crate_collaborator';
comment on column public.crate_collaborators.crate_id is 'The crate';
comment on column public.crate_collaborators.user_id is 'Who';
comment on column public.crate_collaborators.role is 'viewer or editor';
comment on column public.crate_collaborators.added_at is 'Since when';

-- The key is the rule: a listener plays a crate once an hour. In this order it is also the index of a crate's last seven days.
create table private.crate_plays (
  crate_id uuid not null references public.crates (id) on delete cascade,
  hour timestamptz not null,
  listener_id uuid not null,
  primary key (crate_id, hour, listener_id),
  constraint crate_plays_hour_whole check (hour = date_trunc('hour', hour, 'UTC'))
);
create index crate_plays_listener_id on private.crate_plays (listener_id);
alter table private.crate_plays enable row level security;
alter table private.crate_plays force row level security;
comment on table private.crate_plays is 'Who played which crate in which hour: what crates.play_count counts and trending_crates weighs';

create table private.crate_trends (
  crate_id uuid primary key references public.crates (id) on delete cascade,
  genre text,
  score bigint not null default 0,
  refreshed_at timestamptz
);
create index crate_trends_score on private.crate_trends (score desc, crate_id desc);
create index crate_trends_genre on private.crate_trends (genre, score desc, crate_id desc);
alter table private.crate_trends enable row level security;
alter table private.crate_trends force row level security;
comment on table private.crate_trends is
$$The public crates somebody has played in the last seven days, and what that weighs

Renewed by refresh_trending in batches; stands still in between, so that pages fit together.$$;
comment on column private.crate_trends.genre is 'The crate''s genre when it was weighed';
comment on column private.crate_trends.score is 'A listener weighs a million at once and half after each day since their last play; rounded';
comment on column private.crate_trends.refreshed_at is 'When it was weighed; null while it waits for the first time';

create type public.crate_row as (
  id uuid,
  title text,
  description text,
  cover_path text,
  genre text,
  mood text,
  tags text[],
  visibility text,
  is_featured boolean,
  owner jsonb,
  my_role text,
  item_count int,
  total_ms bigint,
  play_count bigint,
  like_count int,
  comment_count int,
  liked_by_me boolean,
  created_at timestamptz,
  updated_at timestamptz,
  cursor text
);
comment on type public.crate_row is
$$A crate in a list

owner {id, username, display_name, avatar_path, is_verified}; my_role: owner, editor, viewer or null. Hand the last row's cursor back as
after to go on.$$;

create type public.crate_item_row as (
  id uuid,
  track jsonb,
  note text,
  added_by jsonb,
  added_at timestamptz,
  cursor text
);
comment on type public.crate_item_row is
$$What lies in a crate

track {id, provider, provider_track_id, title, artist_name, artist_id, duration_ms, artwork_url, artwork_path, is_explicit}, or null when the
caller may not see it (any more); added_by {id, username, display_name, avatar_path, is_verified}, null with the note when they are hidden.
Hand the last row's cursor back as after to go on.$$;

-- source: sql/04_social/tables/10_graph.sql

create table public.follows (
  follower_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  followee_id uuid not null references public.profiles (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (follower_id, followee_id),
  constraint follows_not_self check (follower_id <> followee_id)
);
create index follows_followers on public.follows (followee_id, created_at desc, follower_id desc);
create index follows_following on public.follows (follower_id, created_at desc, followee_id desc);
create index follows_reverse on public.follows (followee_id, follower_id);
alter table public.follows enable row level security;
alter table public.follows force row level security;
comment on table public.follows is
$$Who follows whom

Insert {followee_id} to follow, delete to unfollow; following twice changes nothing. Clients read their own edges here; other people's lists
are followers(), following() and mutuals(). Errors: profile_not_found (404), not_yourself (422), follow_needs_approval,
follow_limit (409), rate_limited (429).$$;
comment on column public.follows.follower_id is 'Who follows: the caller';
comment on column public.follows.followee_id is 'Who is followed';
comment on column public.follows.created_at is 'Since when';

-- A Bloom filter of one hash: of all who come by in a stream, it names the few worth a look into follows.
create table private.follow_filters (
  follower_id uuid primary key,
  bits bit(16384) not null
);
alter table private.follow_filters alter column bits set storage plain;
alter table private.follow_filters enable row level security;
alter table private.follow_filters force row level security;
comment on table private.follow_filters is
'Whom a person may follow, kept for those who follow so many that the home feed walks the stream: a bit that is not set is nobody they follow';
comment on column private.follow_filters.bits is
'The bit follow_bit(id) of everybody they follow is set, also of some they have followed once; not compressed, as it is read to look at single bits';

create table public.follow_requests (
  target_id uuid not null references public.profiles (id) on delete cascade,
  requester_id uuid not null references public.profiles (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (target_id, requester_id),
  constraint follow_requests_not_self check (target_id <> requester_id)
);
create index follow_requests_requester_id on public.follow_requests (requester_id);
create index follow_requests_newest on public.follow_requests (target_id, created_at desc, requester_id desc);
alter table public.follow_requests enable row level security;
alter table public.follow_requests force row level security;
comment on table public.follow_requests is 'Wishes to follow a private profile, waiting for its owner; written by follow, unfollow and decide_follow_request';
comment on column public.follow_requests.target_id is 'The private profile';
comment on column public.follow_requests.requester_id is 'Who would like to follow it';
comment on column public.follow_requests.created_at is 'Since when';

-- source: sql/04_social/tables/20_posts.sql

-- A counter of a row that is hot: what a domain checks is compiled once a session, a check of the table by each statement that writes a row.
create domain private.tally as int constraint tally_not_negative check (value >= 0);
comment on domain private.tally is 'How many there are';

-- What concerns the content alone is checked by tg_posts__validate.
create table public.posts (
  id uuid primary key default private.uuid_v7(),
  author_id uuid not null references public.profiles (id) on delete cascade,
  kind text not null,
  body text,
  media_paths text[] not null default '{}',
  visibility text not null default 'public',
  audience text not null default 'public',
  client_id uuid,
  like_count private.tally not null default 0,
  comment_count private.tally not null default 0,
  repost_count private.tally not null default 0,
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  track_id uuid,
  crate_id uuid
) with (fillfactor = 85);
create unique index posts_client_id on public.posts (author_id, client_id) where client_id is not null;
create index posts_author_id on public.posts (author_id, id desc);
create index posts_public on public.posts (id desc) include (author_id) where audience = 'public' and deleted_at is null;
create index posts_crate_id on public.posts (crate_id, id) where crate_id is not null;
alter table public.posts enable row level security;
alter table public.posts force row level security;
comment on table public.posts is
$$What people post

Written by create_post, edit_post and delete_post. A deleted post keeps its row, without body, media and what it shared. The id is time-ordered: newest
first is order by id desc.$$;
comment on column public.posts.id is 'Time-ordered uuid';
comment on column public.posts.author_id is 'Who posted it';
comment on column public.posts.kind is 'text (a body), media (1 to 4 files), track or crate (one that is shared); all but text with or without a body';
comment on column public.posts.body is '1 to 2000 characters; null when there is none or the post is deleted';
comment on column public.posts.media_paths is 'Objects in bucket post-media, in the author''s folder';
comment on column public.posts.visibility is 'What the author asked for: public, followers, mutuals or private';
comment on column public.posts.audience is 'Who it really reaches: as visibility, but at most followers while the author''s profile is private';
comment on column public.posts.client_id is 'Made by the client: the same post when it is sent again';
comment on column public.posts.like_count is 'Likes';
comment on column public.posts.comment_count is 'Comments that are not deleted';
comment on column public.posts.repost_count is 'Reposts';
comment on column public.posts.created_at is 'When it was posted';
comment on column public.posts.edited_at is 'When its body was last edited; null when never';
comment on column public.posts.deleted_at is 'When its author or a moderator deleted it; null while it stands';
comment on column public.posts.track_id is 'The track that is shared; it may have gone since';
comment on column public.posts.crate_id is 'The crate that is shared; it may have gone since';

-- No foreign keys across owners here and in likes: these are the families that one day are split off or sharded (docs/scaling.md).
-- private.forget_post and the counters keep them true to the posts.
create table public.reposts (
  user_id uuid not null,
  post_id uuid not null,
  id uuid not null default private.uuid_v7(),
  created_at timestamptz not null default now(),
  primary key (user_id, post_id)
);
create index reposts_post_id on public.reposts (post_id, id) include (user_id);
alter table public.reposts enable row level security;
alter table public.reposts force row level security;
comment on table public.reposts is 'What the caller has passed on to their followers; written by repost and unrepost';
comment on column public.reposts.user_id is 'Who reposted';
comment on column public.reposts.post_id is 'The post';
comment on column public.reposts.id is 'Time-ordered uuid: its place in feeds';
comment on column public.reposts.created_at is 'When';

create table public.likes (
  user_id uuid not null,
  target_kind text not null,
  target_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (user_id, target_kind, target_id),
  constraint likes_target_kind_known check (target_kind in ('post', 'comment', 'track', 'crate', 'message', 'activity_event'))
);
create index likes_target on public.likes (target_id, target_kind);
-- Without the target: with it, the planner takes it as readily as the primary key to look for one like, and walks all that somebody likes.
create index likes_newest on public.likes (user_id, target_kind, created_at desc);
alter table public.likes enable row level security;
alter table public.likes force row level security;
comment on table public.likes is 'What the caller likes; written by set_like';
comment on column public.likes.user_id is 'Who likes';
comment on column public.likes.target_kind is 'What kind of thing: post, comment, track, crate, message or activity_event';
comment on column public.likes.target_id is 'Its id';
comment on column public.likes.created_at is 'Since when';

create table private.post_tags (
  tag text not null,
  post_id uuid not null references public.posts (id) on delete cascade,
  primary key (tag, post_id)
);
create index post_tags_post_id on private.post_tags (post_id);
alter table private.post_tags enable row level security;
alter table private.post_tags force row level security;
comment on table private.post_tags is 'The hashtags of public posts, for tag_feed';

-- One stream of posts and reposts by actor, so that one index serves both; private posts are in it for their author alone.
create table private.feed_entries (
  actor_id uuid not null,
  id uuid not null,
  post_id uuid not null,
  audience text not null,
  primary key (actor_id, id) include (post_id, audience)
);
create index feed_entries_stream on private.feed_entries (id desc) include (actor_id, post_id, audience);
alter table private.feed_entries enable row level security;
alter table private.feed_entries force row level security;
comment on table private.feed_entries is 'Posts (id = post_id) and reposts (id of the repost) by who did it, kept by triggers';
comment on column private.feed_entries.audience is 'The post''s audience for a post; for a repost public, or followers while the reposter''s profile is private';

-- The activity clock: an actor's newest entry bounds whether they can be on the first page. Narrow, covered, rewritten often.
create table private.activity_clocks (
  actor_id uuid not null,
  newest_entry_id uuid not null,
  primary key (actor_id) include (newest_entry_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
alter table private.activity_clocks enable row level security;
alter table private.activity_clocks force row level security;
comment on table private.activity_clocks is 'The newest feed entry of each actor that is not private; equal to the entries at every commit';

create type private.feed_ref as (
  entry_id uuid,
  actor_id uuid,
  post_id uuid
);

create type public.feed_row as (
  id uuid,
  kind text,
  body text,
  media_paths text[],
  track jsonb,
  crate jsonb,
  visibility text,
  author jsonb,
  like_count int,
  comment_count int,
  repost_count int,
  liked_by_me boolean,
  reposted_by_me boolean,
  reason text,
  reposted_by jsonb,
  reposters_count int,
  created_at timestamptz,
  edited_at timestamptz,
  cursor text
);
comment on type public.feed_row is
$$A post in a feed

author {id, username, display_name, avatar_path, is_verified}; track {id, provider, provider_track_id, title, artist_name, artist_id,
duration_ms, artwork_url, artwork_path, is_explicit} and crate {id, title, cover_path, item_count, total_ms, visibility, owner} of posts of
these kinds, null when the reader may not see what is shared, or no longer; reason: following, repost, own, or public where nobody's doing brought it;
reposted_by {id, username, display_name} is who brought it by a repost, reposters_count how many whom the caller follows reposted it; it is 0
of rows that no repost brought.
Hand the last row's cursor back as after to go on.$$;

-- source: sql/04_social/tables/25_comments.sql

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

-- source: sql/04_social/tables/60_messages.sql

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

-- source: sql/04_social/tables/60_notifications.sql

create table private.notification_kinds (
  kind text primary key,
  category text not null,
  is_in_app_default boolean not null,
  is_push_default boolean not null,
  is_email_default boolean not null,
  is_collapsed boolean not null,
  is_repeatable boolean not null,
  is_pushed_each boolean not null,
  push_title text not null,
  push_body text not null,
  constraint notification_kinds_kind_format check (kind ~ '^[a-z][a-z_]{1,40}$'),
  constraint notification_kinds_category_known check (
    category in ('social', 'messages', 'rooms', 'progression', 'commerce', 'trust')
  ),
  constraint notification_kinds_push_length check (char_length(push_title) between 1 and 80 and char_length(push_body) between 1 and 200)
);
alter table private.notification_kinds enable row level security;
alter table private.notification_kinds force row level security;
comment on table private.notification_kinds is
$$What people are notified of, and how

Every domain that notifies has its kinds here and calls private.notify. The texts are the push message's: {actors} is "Ada and 11 others",
{target} the kind of thing it is about, any other word in braces a key of the notification's data.$$;
comment on column private.notification_kinds.kind is 'What private.notify() is told';
comment on column private.notification_kinds.category is 'How settings screens group it: social, messages, rooms, progression, commerce or trust';
comment on column private.notification_kinds.is_in_app_default is 'Whether who has not decided sees it in the app; without, there is no push or e-mail either';
comment on column private.notification_kinds.is_push_default is 'Whether who has not decided gets it as a push message';
comment on column private.notification_kinds.is_email_default is 'Whether who has not decided gets it by e-mail';
comment on column private.notification_kinds.is_collapsed is 'Whether unread ones about the same thing become one, with its actors counted';
comment on column private.notification_kinds.is_repeatable is 'Whether one person can do it again and again (comment); else a second time counts as the first (like)';
comment on column private.notification_kinds.is_pushed_each is 'Whether one that collapses into an unread one is pushed again';
comment on column private.notification_kinds.push_title is 'Title of the push message';
comment on column private.notification_kinds.push_body is 'Text of the push message';

create table public.notifications (
  id uuid primary key default private.uuid_v7(),
  recipient_id uuid not null references public.profiles (id) on delete cascade,
  kind text not null,
  actor_ids uuid[] not null default '{}',
  actor_count int not null default 0,
  target_kind text,
  target_id uuid,
  group_key text,
  is_open boolean not null default false,
  data jsonb not null default '{}',
  created_at timestamptz not null default now(),
  seen_at timestamptz,
  read_at timestamptz,
  constraint notifications_actors_fit check (
    cardinality(actor_ids) between 0 and 3 and cardinality(actor_ids) <= actor_count and (actor_count = 0) = (cardinality(actor_ids) = 0)
  ),
  constraint notifications_target_whole check ((target_kind is null) = (target_id is null)),
  constraint notifications_open_has_key check (not is_open or (group_key is not null and read_at is null))
) with (fillfactor = 85);
create unique index notifications_open on public.notifications (recipient_id, group_key) where is_open;
create index notifications_recipient_id on public.notifications (recipient_id, id);
create index notifications_unread on public.notifications (recipient_id, id) where read_at is null;
create index notifications_target on public.notifications (target_id, target_kind) where target_id is not null;
alter table public.notifications enable row level security;
alter table public.notifications force row level security;
comment on table public.notifications is
$$What the caller has been told of

Written by what happens; read with my_notifications, which names the actors and shows what it is about. Unread ones of the same group_key
within 24 hours (setting notification_collapse_hours) are one row. Kept for 90 days (setting notification_kept_days).$$;
comment on column public.notifications.id is 'Time-ordered uuid: newest first is order by id desc';
comment on column public.notifications.recipient_id is 'Who is told: the caller';
comment on column public.notifications.kind is 'follow, follow_request, like, repost, comment, reply, mention, reaction, crate_share, direct_message, milestone, ...';
comment on column public.notifications.actor_ids is 'The latest who did it, at most three, newest first; empty for what nobody did, such as a badge';
comment on column public.notifications.actor_count is 'How many people did it, each once';
comment on column public.notifications.target_kind is 'What kind of thing it is about: post, comment, track, crate, profile, ...; null when none';
comment on column public.notifications.target_id is 'Its id';
comment on column public.notifications.group_key is 'What collapses with it; null when nothing does';
comment on column public.notifications.is_open is 'Whether the next of its group still joins it';
comment on column public.notifications.data is 'What else the kind tells: {comment_id}, {count, of}, ...';
comment on column public.notifications.created_at is 'When the first of the group happened';
comment on column public.notifications.seen_at is 'When the list with it was last opened; null again once somebody joins it';
comment on column public.notifications.read_at is 'When it was read; null while unread';

-- The facts behind actor_count, so that nobody counts twice and who takes it back is taken out. No foreign key to the actor: a family of
-- its own (docs/scaling.md); it goes with its notification.
create table private.notification_actors (
  notification_id uuid not null references public.notifications (id) on delete cascade,
  actor_id uuid not null,
  acts int not null default 1,
  last_at timestamptz not null default clock_timestamp(),
  primary key (notification_id, actor_id),
  constraint notification_actors_acts_positive check (acts > 0)
);
create index notification_actors_actor_id on private.notification_actors (actor_id);
alter table private.notification_actors enable row level security;
alter table private.notification_actors force row level security;
comment on table private.notification_actors is 'Who did what a notification tells of, once each';
comment on column private.notification_actors.acts is 'How often, for kinds that can be repeated: only the last one taken back takes its actor out';
comment on column private.notification_actors.last_at is 'When last';

-- No foreign keys: it is written while a notification is locked, after which no profile may be; it goes by the data map, and in a day.
create table private.told_and_taken_back (
  recipient_id uuid not null,
  actor_id uuid not null,
  kind text not null,
  target_kind text not null,
  target_id uuid not null,
  taken_back_at timestamptz not null default now(),
  primary key (recipient_id, actor_id, kind, target_id, target_kind)
);
create index told_and_taken_back_actor_id on private.told_and_taken_back (actor_id);
create index told_and_taken_back_taken_back_at on private.told_and_taken_back (taken_back_at);
alter table private.told_and_taken_back enable row level security;
alter table private.told_and_taken_back force row level security;
comment on table private.told_and_taken_back is
'What somebody was told of and is no longer so: done again within the hours of collapsing, it is listed without calling anybody a second time';
comment on column private.told_and_taken_back.taken_back_at is 'When last';

-- No key and no index: an insert costs a like as little as can be; the drain reads all of it.
create table private.like_changes (
  user_id uuid not null,
  target_kind text not null,
  target_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table private.like_changes enable row level security;
alter table private.like_changes force row level security;
comment on table private.like_changes is 'Likes given and taken back whose owners are still to be notified, by backend.notify_likes; whether the like stands is asked then';

create table private.milestones (
  target_kind text not null,
  target_id uuid not null,
  counted text not null,
  step bigint not null,
  reached_at timestamptz not null default now(),
  primary key (target_id, target_kind, counted, step),
  constraint milestones_counted_known check (counted in ('likes', 'followers', 'plays')),
  constraint milestones_step_positive check (step > 0)
);
alter table private.milestones enable row level security;
alter table private.milestones force row level security;
comment on table private.milestones is 'Which round numbers something has reached, so that each is told once ever';

create table public.notification_preferences (
  user_id uuid not null references public.profiles (id) on delete cascade,
  kind text not null references private.notification_kinds (kind) on delete cascade,
  channel text not null,
  is_enabled boolean not null,
  primary key (user_id, kind, channel),
  constraint notification_preferences_channel_known check (channel in ('in_app', 'push', 'email'))
);
create index notification_preferences_kind on public.notification_preferences (kind);
alter table public.notification_preferences enable row level security;
alter table public.notification_preferences force row level security;
comment on table public.notification_preferences is
'What the caller has decided about kinds of notifications; what is not here is as it ships. Written by set_notification_preference, read whole with my_notification_preferences';
comment on column public.notification_preferences.user_id is 'Whose';
comment on column public.notification_preferences.kind is 'Of which notifications';
comment on column public.notification_preferences.channel is 'in_app, push or email';
comment on column public.notification_preferences.is_enabled is 'Whether they are wanted there';

create table public.quiet_hours (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  starts time not null,
  ends time not null,
  constraint quiet_hours_not_empty check (starts <> ends)
);
alter table public.quiet_hours enable row level security;
alter table public.quiet_hours force row level security;
comment on table public.quiet_hours is 'When the caller wants no push messages: they come when it ends. Written by set_quiet_hours';
comment on column public.quiet_hours.user_id is 'Whose';
comment on column public.quiet_hours.starts is 'From this time of day, in the time zone of the profile';
comment on column public.quiet_hours.ends is 'Until this time of day; before starts, it is that of the next day';

create table public.push_tokens (
  token text primary key,
  user_id uuid not null references public.profiles (id) on delete cascade,
  platform text not null,
  device_name text,
  created_at timestamptz not null default now(),
  registered_at timestamptz not null default now(),
  constraint push_tokens_token_format check (token ~ '^Expo(nent)?PushToken\[[A-Za-z0-9_-]{1,100}\]$'),
  constraint push_tokens_platform_known check (platform in ('ios', 'android')),
  constraint push_tokens_device_name_length check (char_length(device_name) between 1 and 100)
);
create index push_tokens_user_id on public.push_tokens (user_id, registered_at desc);
alter table public.push_tokens enable row level security;
alter table public.push_tokens force row level security;
comment on table public.push_tokens is 'The devices on which the caller gets push messages; written by register_push_token and remove_push_token';
comment on column public.push_tokens.token is 'What Expo gave the app: ExponentPushToken[...]';
comment on column public.push_tokens.user_id is 'Who is signed in on it';
comment on column public.push_tokens.platform is 'ios or android';
comment on column public.push_tokens.device_name is 'What its owner calls it';
comment on column public.push_tokens.created_at is 'When it was first registered';
comment on column public.push_tokens.registered_at is 'When it was last';

create table private.push_tickets (
  ticket_id text primary key,
  token text not null references public.push_tokens (token) on delete cascade,
  sent_at timestamptz not null default now(),
  asked_at timestamptz,
  constraint push_tickets_ticket_id_length check (char_length(ticket_id) between 1 and 200)
);
create index push_tickets_token on private.push_tickets (token);
create index push_tickets_sent_at on private.push_tickets (sent_at);
alter table private.push_tickets enable row level security;
alter table private.push_tickets force row level security;
comment on table private.push_tickets is 'Push messages that Expo has taken, until their receipts are read';
comment on column private.push_tickets.asked_at is 'When its receipt was last asked for, in vain so far';

create type public.notification_row as (
  id uuid,
  kind text,
  actors json,
  actor_count int,
  target_kind text,
  target_id uuid,
  target json,
  comment json,
  data jsonb,
  created_at timestamptz,
  is_seen boolean,
  is_read boolean,
  cursor text
);
comment on type public.notification_row is
$$Something the caller was told of

actors: at most three {id, username, display_name, avatar_path, is_verified}, the latest first, of actor_count in all. target: enough of
what it is about to show it, by target_kind: post {kind, body, media_paths}; track {title, artist_name, artwork_url, artwork_path};
crate {title, cover_path, item_count}; comment {body, target_kind, target_id}; conversation {kind, title}; null for others. Texts are cut at
200 characters. comment {id, body}: the latest comment or reply, for those kinds. Hand the last row's cursor back as after to go on.$$;

-- source: sql/04_social/tables/70_activity.sql

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

-- source: sql/05_rooms/tables/10_rooms.sql

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
comment on column public.rooms.slug is 'Made of the name, unique; it stays when the name changes. That of a room that is not public has an end nobody guesses';
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

Written by invite_to_room, create_room_invite and revoke_room_invite. Shown to whom it is for and to moderators of the room. Good for 24 hours (setting room_invite_hours).$$;
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
comment on column private.room_pulses.event_count is 'Messages and votes of the last hour';
comment on column private.room_pulses.refreshed_at is 'When it was counted';

create table public.moderation_log (
  id bigint generated by default as identity primary key,
  room_id uuid references public.rooms (id) on delete cascade,
  actor_id uuid references public.profiles (id) on delete set null,
  action text not null,
  subject_id uuid references public.profiles (id) on delete set null,
  reason text,
  data jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint moderation_log_action_format check (action ~ '^[a-z][a-z0-9_]{1,60}$'),
  constraint moderation_log_reason_length check (char_length(reason) <= 1000)
);
create index moderation_log_room_id on public.moderation_log (room_id, id);
create index moderation_log_actor_id on public.moderation_log (actor_id, id);
create index moderation_log_subject_id on public.moderation_log (subject_id, id);
alter table public.moderation_log enable row level security;
alter table public.moderation_log force row level security;
comment on table public.moderation_log is
$$What moderators have done

Written by what they do; shown to the moderators of the room and to staff. Newest first is order by id desc.$$;
comment on column public.moderation_log.id is 'Grows with time';
comment on column public.moderation_log.room_id is 'The room it was done in; null when in none';
comment on column public.moderation_log.actor_id is 'Who did it; null when the account is gone';
comment on column public.moderation_log.action is 'member_removed, member_banned, role_changed, ...';
comment on column public.moderation_log.subject_id is 'To whom; null when to nobody, or when the account is gone';
comment on column public.moderation_log.reason is 'At most 1000 characters; null when none was given';
comment on column public.moderation_log.data is 'What else the action tells: {role}, {until}, {message_id}, ...';
comment on column public.moderation_log.created_at is 'When';

-- source: sql/05_rooms/tables/11_room_rows.sql

create type public.room_row as (
  id uuid,
  slug text,
  name text,
  description text,
  kind text,
  visibility text,
  genre text,
  tags text[],
  region text,
  avatar_path text,
  owner jsonb,
  my_role text,
  member_count int,
  listener_count int,
  created_at timestamptz,
  cursor text
);
comment on type public.room_row is
$$A room in a list

owner {id, username, display_name, avatar_path, is_verified}, null when the caller may not see them; my_role: owner, moderator, member or null;
listener_count: active listeners, some seconds ago. Hand the last row's cursor back as after to go on.$$;

create type public.room_member_row as (
  id uuid,
  username text,
  display_name text,
  avatar_path text,
  is_verified boolean,
  role text,
  is_active boolean,
  joined_at timestamptz,
  cursor text
);
comment on type public.room_member_row is
$$Who is in a room

role: owner, moderator or member; is_active: seen in the last 60 seconds (setting room_active_seconds). Hand the last row's cursor back as after to go on.$$;

-- source: sql/05_rooms/tables/20_chat.sql

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
  created_at timestamptz,
  cursor text
);
comment on type public.moderation_row is
$$What a moderator of a room has done

actor, subject: people {id, username, display_name, avatar_path, is_verified}, null when nobody or when the account is gone; action: member_removed,
member_muted, message_deleted, ...; data: what else it tells. Hand the last row's cursor back as after to go on.$$;

-- source: sql/01_foundation/functions/10_rules.sql

create or replace function private.raise_error(status int, token text, detail text, hint text default null)
returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if raise_error.hint is null then
    raise exception using errcode = 'PT' || raise_error.status, message = raise_error.token, detail = raise_error.detail;
  end if;
  raise exception using
    errcode = 'PT' || raise_error.status, message = raise_error.token, detail = raise_error.detail, hint = raise_error.hint;
end;
$$;
comment on function private.raise_error(int, text, text, text) is
$$Refuse, as PostgREST understands it

status is the HTTP status, token the snake_case message programs read, detail a sentence for people, hint what helps (for 429 the
seconds to wait). docs/errors.md is generated from the calls, so token and detail are literals.$$;

create or replace function private.refuse_row(table_name text, constraint_name text)
returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  raise exception using
    errcode = 'check_violation', schema = 'public', table = refuse_row.table_name, constraint = refuse_row.constraint_name,
    message = format('new row for relation "%s" violates check constraint "%s"', refuse_row.table_name, refuse_row.constraint_name);
end;
$$;
comment on function private.refuse_row(text, text) is
'Refuse a row as a check constraint of this name would; for tables whose content is checked by a trigger (docs/decisions/0010)';

-- Security definer: private.settings is readable by nobody.
create or replace function private.setting(name text)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_value bigint;
begin
  select row.value into strict v_value from private.settings as row where row.name = setting.name;
  return v_value;
end;
$$;
comment on function private.setting(text) is 'The number in force; an unknown name is a programming error and fails';

-- Security definer: reads the flags whatever the caller may read.
create or replace function private.require_feature(name text)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not exists (
    select from public.feature_flags as flag where flag.name = require_feature.name and flag.is_enabled
  ) then
    perform private.raise_error(403, 'feature_disabled', 'This part of the community is switched off at present.');
  end if;
end;
$$;
comment on function private.require_feature(text) is 'Refuse a write of a domain that is switched off';

-- Security definer: the buckets are written for people who may not write them.
create or replace function private.take_token(
  action text, about_id uuid default '00000000-0000-0000-0000-000000000000', taker_id uuid default auth.uid(), or_refuse boolean default true
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_rule private.rate_limit_rules;
  v_now timestamptz := clock_timestamp();
  v_tokens double precision;
begin
  select rule.* into strict v_rule from private.rate_limit_rules as rule where rule.action = take_token.action;

  insert into private.rate_limit_buckets as bucket (user_id, action, about_id, tokens, refilled_at)
  values (take_token.taker_id, v_rule.action, take_token.about_id, v_rule.capacity - 1, v_now)
  on conflict (user_id, action, about_id) do update
    set tokens = least(
          v_rule.capacity,
          bucket.tokens + greatest(0, extract(epoch from v_now - bucket.refilled_at)) / v_rule.refill_seconds
        ) - 1,
        refilled_at = greatest(v_now, bucket.refilled_at)
    where bucket.tokens + greatest(0, extract(epoch from v_now - bucket.refilled_at)) / v_rule.refill_seconds >= 1
  returning bucket.tokens into v_tokens;

  if v_tokens is null and take_token.or_refuse then
    select bucket.tokens + greatest(0, extract(epoch from v_now - bucket.refilled_at)) / v_rule.refill_seconds
    into v_tokens
    from private.rate_limit_buckets as bucket
    where bucket.user_id = take_token.taker_id and bucket.action = v_rule.action and bucket.about_id = take_token.about_id;

    perform private.raise_error(
      429, 'rate_limited', 'That is too often; wait a little.',
      greatest(1, ceil((1 - v_tokens) * v_rule.refill_seconds))::int::text
    );
  end if;
  return v_tokens is not null;
end;
$$;
comment on function private.take_token(text, uuid, uuid, boolean) is
$$Take one token from a bucket for an action: the caller's

about_id: whom or what the action is about, where each has a bucket of its own. taker_id: whose bucket, where it is not the caller's. Where the
bucket is empty: rate_limited (429; hint: seconds until a token is back), or false with or_refuse => false. A refused or failed call takes
nothing.$$;

-- Security definer: service_role deletes nothing but what is worth nothing.
create or replace function private.forget_full_buckets(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  delete from private.rate_limit_buckets as bucket
  where (bucket.user_id, bucket.action, bucket.about_id) in (
    select full_one.user_id, full_one.action, full_one.about_id
    from private.rate_limit_buckets as full_one
    join private.rate_limit_rules as rule on rule.action = full_one.action
    where full_one.about_id <> '00000000-0000-0000-0000-000000000000'
      and full_one.tokens + extract(epoch from clock_timestamp() - full_one.refilled_at) / rule.refill_seconds >= rule.capacity
    limit least(greatest(coalesce(forget_full_buckets.size, 1000), 1), 10000)
    for update of full_one skip locked
  );
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.forget_full_buckets(int) is
'Delete buckets about somebody or something that are full again, which is what a missing one is; those of a person alone are few and stay';

-- source: sql/01_foundation/functions/20_pages.sql

-- In this form, and without search_path, it becomes part of the query that asks, as private.settings is small and a call of page_size costs as
-- much as several rows.
create or replace function private.page(requested int)
returns table (size int)
language sql
stable
security invoker
begin atomic
  -- One setting is asked for, as each costs every list.
  select case when page.requested is null then setting.value else least(greatest(page.requested, 1), setting.value) end
  from private.settings as setting
  where setting.name = case when page.requested is null then 'page_size_default' else 'page_size_limit' end;
end;
comment on function private.page(int) is 'page_size for definer functions, in the query that finds the reader';

-- Security definer: private.settings is readable by nobody.
create or replace function private.page_size(requested int)
returns int
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (select page.size from private.page(page_size.requested) as page);
end;
$$;
comment on function private.page_size(int) is 'Rows of a page: the default when null, at least 1, at most the limit';

-- In this form, and without search_path, it becomes part of the query that asks, and is worked out for the rows that are given out.
create or replace function private.encode_cursor(list text, place text)
returns text
language sql
stable
security invoker
parallel safe
begin atomic
  select encode(
    int8send(hashtextextended(encode_cursor.list || '|' || encode_cursor.place, 3)) || convert_to(encode_cursor.place, 'UTF8'), 'hex'
  );
end;
comment on function private.encode_cursor(text, text) is
$$An opaque cursor: a place in one list

Hex of an eight-byte hash of the list's name and the place, with the version 3 as its seed, and of the place. The hash is not a secret: a
cursor holds nothing but a place in a list the caller may read; it is there so that a damaged or foreign cursor is refused and never read
as another place. A digest of the cryptographic kind costs three times as much for each row.$$;

create or replace function private.encode_cursors(list text, places text[])
returns text[]
language plpgsql
stable
security invoker
parallel safe
set search_path = ''
as $$
begin
  return array(
    select private.encode_cursor(encode_cursors.list, at.place)
    from unnest(encode_cursors.places) with ordinality as at (place, number)
    order by at.number
  );
end;
$$;
comment on function private.encode_cursors(text, text[]) is 'encode_cursor for all rows of a page in one call';

create or replace function private.decode_cursor(list text, cursor text)
returns text
language plpgsql
immutable
security invoker
parallel safe
set search_path = ''
as $$
declare
  v_bytes bytea;
  v_place text;
begin
  if decode_cursor.cursor is null then
    return null;
  end if;

  begin
    if length(decode_cursor.cursor) > 2000 or decode_cursor.cursor !~ '^([0-9a-f]{2})+$' then
      raise exception using errcode = 'data_exception';
    end if;
    v_bytes := decode(decode_cursor.cursor, 'hex');
    v_place := convert_from(substring(v_bytes from 9), 'UTF8');
    if length(v_bytes) < 8
      or substring(v_bytes from 1 for 8) <> int8send(hashtextextended(decode_cursor.list || '|' || v_place, 3))
    then
      raise exception using errcode = 'data_exception';
    end if;
  exception when data_exception or character_not_in_repertoire or untranslatable_character then
    perform private.raise_error(422, 'bad_cursor', 'This cursor is not one this list has given out; start again without it.');
  end;

  return v_place;
end;
$$;
comment on function private.decode_cursor(text, text) is 'The place a cursor of this list stands for; null for null; bad_cursor (422) for anything else';

create or replace function private.decode_place(list text, cursor text, types text[])
returns text[]
language plpgsql
immutable
security invoker
parallel safe
set search_path = ''
as $$
declare
  v_text text;
  v_place text[];
begin
  if decode_place.cursor is null then
    return null;
  end if;
  v_text := private.decode_cursor(decode_place.list, decode_place.cursor);
  if cardinality(decode_place.types) = 1 then
    v_place := array[v_text];
  elsif pg_input_is_valid(v_text, 'jsonb') and jsonb_typeof(v_text::jsonb) = 'array' then
    v_place := array(select part from jsonb_array_elements_text(v_text::jsonb) as part);
  end if;
  if cardinality(v_place) is distinct from cardinality(decode_place.types) or exists (
    select
    from unnest(v_place, decode_place.types) as part (value, type)
    where part.value is null or not pg_input_is_valid(part.value, part.type)
  ) then
    perform private.raise_error(422, 'bad_cursor', 'This cursor is not one this list has given out; start again without it.');
  end if;
  return v_place;
end;
$$;
comment on function private.decode_place(text, text, text[]) is
$$The parts of a place of several, each fit for its type

What encode_cursor was given: the part itself where there is one, else the text of a JSON array. Null for null; bad_cursor (422) for anything else, so that its casts cannot fail.$$;

-- source: sql/01_foundation/functions/30_outbox.sql

-- Security definer: the outbox is written in the transactions of people who may not read it.
create or replace function private.enqueue(topic text, payload jsonb, user_id uuid default null, available_at timestamptz default null)
returns bigint
language sql
volatile
security definer
set search_path = ''
as $$
  insert into private.outbox (topic, payload, user_id, next_attempt_at)
  values (enqueue.topic, enqueue.payload, enqueue.user_id, coalesce(enqueue.available_at, now()))
  returning id
$$;
comment on function private.enqueue(text, jsonb, uuid, timestamptz) is 'Write something for the outside to the outbox, to be delivered now or from available_at on';

-- Security definer: service_role has no rights on the outbox, so that every message moves by these rules.
create or replace function private.claim_outbox(topic text, size int)
returns table (id bigint, payload jsonb, attempts int, created_at timestamptz)
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if claim_outbox.topic is null then
    perform private.raise_error(422, 'topic_missing', 'Say which topic to claim.');
  end if;

  -- What its worker did not finish the last time either is given up here: its worker may be dying of it.
  update private.outbox as message
  set dead_at = clock_timestamp(), leased_until = null, last_error = coalesce(message.last_error, 'not finished within its lease')
  where message.id in (
    select lost.id
    from private.outbox as lost
    where lost.topic = claim_outbox.topic
      and lost.delivered_at is null
      and lost.dead_at is null
      and lost.leased_until <= clock_timestamp()
      and lost.attempts >= private.setting('outbox_attempts')
    for update skip locked
  );
  delete from private.outbox as message
  where message.id = any (array(
    select old.id
    from private.outbox as old
    where old.delivered_at < clock_timestamp() - make_interval(days => private.setting('outbox_kept_days')::int)
    limit 1000
    for update skip locked
  ));

  return query
  with due as materialized (
    select message.id
    from private.outbox as message
    where message.topic = claim_outbox.topic
      and message.delivered_at is null
      and message.dead_at is null
      and message.next_attempt_at <= clock_timestamp()
      and (message.leased_until is null or message.leased_until <= clock_timestamp())
    order by message.next_attempt_at, message.id
    limit least(greatest(coalesce(claim_outbox.size, 100), 1), 1000)
    for update skip locked
  ),
  claimed as (
    update private.outbox as message
    set attempts = message.attempts + 1,
        leased_until = clock_timestamp() + make_interval(secs => private.setting('outbox_lease_seconds')::int)
    from due
    where message.id = due.id
    returning message.id, message.payload, message.attempts, message.created_at, message.next_attempt_at
  )
  select claimed.id, claimed.payload, claimed.attempts, claimed.created_at
  from claimed
  order by claimed.next_attempt_at, claimed.id;
end;
$$;

-- Security definer: as claim_outbox.
create or replace function private.finish_outbox(id bigint, ok boolean, error text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_message private.outbox;
  v_is_dead boolean;
begin
  select message.* into v_message from private.outbox as message where message.id = finish_outbox.id for update;

  if not found then
    perform private.raise_error(404, 'message_not_found', 'The outbox has no message with this id.');
  end if;
  if v_message.delivered_at is not null then
    return 'delivered';
  end if;
  if finish_outbox.ok is null then
    perform private.raise_error(422, 'outcome_missing', 'Say whether the message was delivered.');
  end if;

  if finish_outbox.ok then
    update private.outbox as message
    set delivered_at = clock_timestamp(), leased_until = null, dead_at = null, last_error = null
    where message.id = finish_outbox.id;
    return 'delivered';
  end if;

  if v_message.dead_at is not null then
    return 'dead';
  end if;

  -- A failure reported twice for one claim must not count twice: only a leased message can fail.
  if v_message.leased_until is null then
    return 'waiting';
  end if;

  v_is_dead := v_message.attempts >= private.setting('outbox_attempts');
  update private.outbox as message
  set leased_until = null,
      last_error = left(finish_outbox.error, 1000),
      dead_at = case when v_is_dead then clock_timestamp() end,
      next_attempt_at = clock_timestamp() + make_interval(secs => least(
        private.setting('outbox_backoff_seconds') * 2 ^ (v_message.attempts - 1),
        private.setting('outbox_backoff_limit_seconds')
      ))
  where message.id = finish_outbox.id;
  return case when v_is_dead then 'dead' else 'waiting' end;
end;
$$;

-- Security definer: as claim_outbox.
create or replace function private.dead_letters(topic text, size int)
returns table (id bigint, topic text, payload jsonb, attempts int, last_error text, created_at timestamptz, dead_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select message.id, message.topic, message.payload, message.attempts, message.last_error, message.created_at, message.dead_at
  from private.outbox as message
  where message.dead_at is not null
    and (dead_letters.topic is null or message.topic = dead_letters.topic)
  order by message.id
  limit least(greatest(coalesce(dead_letters.size, 100), 1), 1000)
$$;

-- Security definer: as claim_outbox.
create or replace function private.retry_dead_letter(id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.outbox as message
  set dead_at = null, attempts = 0, leased_until = null, next_attempt_at = clock_timestamp()
  where message.id = retry_dead_letter.id
    and message.dead_at is not null;
  if found then
    return true;
  end if;
  if not exists (select from private.outbox as message where message.id = retry_dead_letter.id) then
    perform private.raise_error(404, 'message_not_found', 'The outbox has no message with this id.');
  end if;
  return false;
end;
$$;

-- source: sql/01_foundation/functions/40_audit.sql

-- Security definer: the audit trail is written in the transactions of people who may not read it.
create or replace function private.audit(action text, target_kind text, target_id text, details jsonb default '{}')
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into private.audit_events (actor_id, action, target_kind, target_id, details)
  values ((select auth.uid()), audit.action, audit.target_kind, audit.target_id, audit.details)
$$;
comment on function private.audit(text, text, text, jsonb) is 'Append to the audit trail, in the caller''s name';

create or replace function private.tg_audit_events__append_only()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  raise exception using errcode = 'restrict_violation', message = 'audit_events is append-only';
end;
$$;
create trigger _300_append_only
  before update or delete on private.audit_events
  for each row execute function private.tg_audit_events__append_only();
create trigger _310_append_only
  before truncate on private.audit_events
  for each statement execute function private.tg_audit_events__append_only();

-- Security definer: reads the CLI's own table of applied migrations, which service_role cannot.
create or replace function private.schema_version()
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if to_regclass('supabase_migrations.schema_migrations') is null then
    return null;
  end if;
  return (select max(migration.version) from supabase_migrations.schema_migrations as migration);
end;
$$;

-- source: sql/02_profiles/functions/10_who.sql

-- Security definer: reads hidden_profiles, which nobody may. The one place that decides whether the caller may write at all:
-- every write RPC begins with it, and may_write() is its form for policies.
create or replace function private.acting_user(feature text default null)
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_is_known boolean;
  v_is_leaving boolean;
  v_is_enabled boolean;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;

  -- One reading, as every write pays for it.
  select
    exists (select from public.profiles as profile where profile.id = v_user_id),
    exists (select from private.hidden_profiles as hidden where hidden.profile_id = v_user_id and hidden.reason = 'deletion'),
    acting_user.feature is null
      or exists (select from public.feature_flags as flag where flag.name = acting_user.feature and flag.is_enabled)
  into v_is_known, v_is_leaving, v_is_enabled;

  if not v_is_known then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  if v_is_leaving then
    perform private.raise_error(
      403, 'account_deactivated', 'This account is going to be deleted; restore it to go on.', 'Call restore_my_account.'
    );
  end if;
  if not v_is_enabled then
    perform private.require_feature(acting_user.feature);
  end if;
  return v_user_id;
end;
$$;
comment on function private.acting_user(text) is
$$The caller, if they may write

Errors: not_signed_in, account_gone (401), account_deactivated (403), feature_disabled (403) when the named feature is off.$$;

-- Security definer: called by policies, for people without a right on what acting_user reads.
create or replace function private.may_write(feature text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.acting_user(may_write.feature) is not null
$$;
comment on function private.may_write(text) is 'acting_user for policies: true, or its error';

-- Who may write, as acting_user says it, for what must know without a second statement; only definer functions read it.
create or replace view private.writers with (security_invoker = true) as
select profile.id as user_id, flag.name as feature
from public.profiles as profile
cross join public.feature_flags as flag
where profile.id = (select auth.uid())
  and flag.is_enabled
  and not exists (
    select from private.hidden_profiles as hidden where hidden.profile_id = profile.id and hidden.reason = 'deletion' offset 0
  );
comment on view private.writers is 'The caller, once for each feature they may write in: no row is where acting_user has an error to tell';

-- Who reads, found once for all that a list asks of its reader: the *_for functions take these columns. offset 0 keeps it one row of its own.
create or replace view private.reader with (security_invoker = true) as
select
  me.id,
  array(
    select block.blocked_id from public.blocks as block where block.blocker_id = me.id
    union all
    select block.blocker_id from public.blocks as block where block.blocked_id = me.id
  ) as blocked_ids,
  array(select mute.muted_id from public.mutes as mute where mute.muter_id = me.id) as muted_ids
from (select auth.uid() as id offset 0) as me
offset 0;
comment on view private.reader is
$$The caller, in one row: id, null for visitors; blocked_ids, everybody across a block of either side; muted_ids, whom they keep out of their lists

For definer functions alone. A list that ends at a limit takes the columns into variables first: joined, its order would be lost.$$;

-- Security definer: as may_write.
create or replace function private.can_write(feature text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from private.writers as writer where writer.feature = can_write.feature)
$$;
comment on function private.can_write(text) is
'may_write for policies on storage, whose server knows no errors of ours: false instead of an error';

-- Security definer: roles are readable by nobody.
create or replace function private.is_staff(at_least text default 'moderator')
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from private.staff as staff
    where staff.user_id = (select auth.uid())
      and array_position('{moderator,admin,super_admin}', staff.role)
        >= array_position('{moderator,admin,super_admin}', is_staff.at_least)
      and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = staff.user_id)
  )
$$;
comment on function private.is_staff(text) is 'Whether the caller works here, as moderator, admin or super_admin at least';

-- Security definer: roles are readable by nobody.
create or replace function private.require_staff(at_least text)
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user();
begin
  if not private.is_staff(require_staff.at_least) then
    perform private.raise_error(403, 'not_allowed', 'This is for staff with a higher role.');
  end if;
  return v_user_id;
end;
$$;
comment on function private.require_staff(text) is 'The caller, if they work here with at least this role; else not_allowed (403)';

-- Security definer: a policy helper; blocks made by others are not the caller's to read.
create or replace function private.hidden_profile_ids()
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  if private.is_staff() then
    return;
  end if;
  return query
  select block.blocked_id from public.blocks as block where block.blocker_id = v_user_id
  union all
  select block.blocker_id from public.blocks as block where block.blocked_id = v_user_id
  union all
  select hidden.profile_id from private.hidden_profiles as hidden where hidden.profile_id is distinct from v_user_id;
end;
$$;
comment on function private.hidden_profile_ids() is
$$Whose profiles, and all that is theirs, the caller may not see

Across a block of either side, and profiles hidden for a reason of hidden_profiles. Nobody for staff, nobody's own. The array form
for policies of what can_see_profile decides for one.$$;

-- Security definer: blocks made by others are not the caller's to read.
create or replace function private.can_see_profile(profile_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select
    can_see_profile.profile_id is not distinct from (select auth.uid())
    or (
      not exists (select from private.hidden_profiles as hidden where hidden.profile_id = can_see_profile.profile_id)
      and not exists (
        select from public.blocks as block
        where block.blocker_id = (select auth.uid()) and block.blocked_id = can_see_profile.profile_id
      )
      and not exists (
        select from public.blocks as block
        where block.blocker_id = can_see_profile.profile_id and block.blocked_id = (select auth.uid())
      )
    )
    or (select private.is_staff())
$$;
comment on function private.can_see_profile(uuid) is 'Whether the caller may know of a profile: not across a block of either side, not a hidden one; staff see all';

-- Security definer: as can_see_profile.
create or replace function private.is_listed(profile_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.can_see_profile(is_listed.profile_id)
    and not exists (
      select from public.mutes as mute where mute.muter_id = (select auth.uid()) and mute.muted_id = is_listed.profile_id
    )
$$;
comment on function private.is_listed(uuid) is 'Whether lists show the caller this profile: one they can see and have not muted';

-- Security definer: looks a profile up whatever the caller may read, and refuses by the one rule.
create or replace function private.visible_profile(username text)
returns public.profiles
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_profile public.profiles;
begin
  select profile.* into v_profile from public.profiles as profile where profile.username = lower(btrim(visible_profile.username));
  if not found or not private.can_see_profile(v_profile.id) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  return v_profile;
end;
$$;
comment on function private.visible_profile(text) is 'The profile of this username, if the caller may see it; else profile_not_found (404)';

-- A follow and a block of the same two people must not pass each other: both begin here.
create or replace function private.lock_pair(a uuid, b uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended(least(lock_pair.a, lock_pair.b)::text || greatest(lock_pair.a, lock_pair.b)::text, 0))
$$;
comment on function private.lock_pair(uuid, uuid) is 'Serialise what concerns these two people until the transaction ends; taken before any row lock';

-- Security definer: reads hidden_profiles, which nobody may.
create or replace function private.lock_profiles(profile_ids uuid[])
returns uuid[]
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform
  from public.profiles as profile
  where profile.id = any (lock_profiles.profile_ids)
  order by profile.id
  for no key update;
  -- Only now, as somebody may have left while this waited for them (delete_my_account holds the profile too).
  return array(
    select hidden.profile_id from private.hidden_profiles as hidden where hidden.profile_id = any (lock_profiles.profile_ids)
  );
end;
$$;
comment on function private.lock_profiles(uuid[]) is
'Lock people in the order of their ids until the transaction ends; those of them who are leaving or hidden: nothing new may land there';

create or replace function private.lock_own_profile()
returns public.profiles
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_profile public.profiles;
begin
  if cardinality(private.lock_profiles(array[v_user_id])) > 0 then
    perform private.acting_user();
  end if;
  select profile.* into v_profile from public.profiles as profile where profile.id = v_user_id;
  if not found then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  return v_profile;
end;
$$;
comment on function private.lock_own_profile() is
'The caller''s profile, locked: what they make goes along when it turns private, and is refused (account_deactivated) when they have just begun to leave';

create or replace function private.is_verified(profile_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce((select artist.is_verified from public.artist_profiles as artist where artist.profile_id = is_verified.profile_id), false)
$$;

-- source: sql/02_profiles/functions/15_cards.sql

-- Security definer: person_cards is nobody's to write. Each trigger writes the keys it knows, so that two at once lose neither's.
create or replace function private.tg_profiles__keep_card()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.person_cards as kept (profile_id, card)
  values (new.id, jsonb_build_object(
    'id', new.id, 'username', new.username, 'display_name', new.display_name, 'avatar_path', new.avatar_path, 'is_verified', false
  ))
  on conflict (profile_id) do update set card = kept.card || (excluded.card - 'is_verified');
  return null;
end;
$$;
create trigger _500_keep_card
  after insert or update of username, display_name, avatar_path on public.profiles
  for each row execute function private.tg_profiles__keep_card();

-- Security definer: as tg_profiles__keep_card.
create or replace function private.tg_artist_profiles__keep_card()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.person_cards as kept
  set card = kept.card || jsonb_build_object('is_verified', coalesce(new.is_verified, false))
  where kept.profile_id = coalesce(new.profile_id, old.profile_id);
  return null;
end;
$$;
create trigger _500_keep_card
  after insert or update of is_verified or delete on public.artist_profiles
  for each row execute function private.tg_artist_profiles__keep_card();

-- Security definer: as tg_profiles__keep_card. The row is locked before the reasons are looked at: of two who hide and show a profile at once,
-- the later one sees what the earlier has done.
create or replace function private.tg_hidden_profiles__keep_card()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_profile_id uuid := coalesce(new.profile_id, old.profile_id);
begin
  perform from private.person_cards as kept where kept.profile_id = v_profile_id for no key update;
  update private.person_cards as kept
  set is_hidden = exists (select from private.hidden_profiles as hidden where hidden.profile_id = v_profile_id)
  where kept.profile_id = v_profile_id;
  return null;
end;
$$;
create trigger _500_keep_card
  after insert or delete on private.hidden_profiles
  for each row execute function private.tg_hidden_profiles__keep_card();

create or replace function private.person_card(profile_id uuid)
returns jsonb
language sql
stable
security invoker
begin atomic
  select person.card from private.person_cards as person where person.profile_id = person_card.profile_id;
end;
comment on function private.person_card(uuid) is
$$A person as things of theirs show them: {id, username, display_name, avatar_path, is_verified}

Asks nothing: whoever uses it has decided that the thing may be seen. For definer functions, which may read person_cards.$$;

-- source: sql/02_profiles/functions/20_signup.sql

create or replace function private.is_username_fit(username text)
returns boolean
language sql
immutable
security invoker
set search_path = ''
as $$
  select coalesce(is_username_fit.username ~ '^[a-z0-9_]{3,30}$', false)
$$;

-- Security definer: claims are written for people who may not write them.
create or replace function private.claim_username(username text, profile_id uuid, is_change boolean)
returns boolean
language sql
volatile
security definer
set search_path = ''
as $$
  with claim as (
    insert into private.username_claims as claim (username, profile_id, is_current, changed_at)
    values (claim_username.username, claim_username.profile_id, true, case when claim_username.is_change then now() end)
    on conflict (username) do update
      set profile_id = excluded.profile_id, is_current = true, reserved_until = null, changed_at = excluded.changed_at
      where not claim.is_current
        and (claim.reserved_until <= now() or claim.profile_id = excluded.profile_id)
    returning claim.username
  )
  select exists (select from claim)
$$;
comment on function private.claim_username(text, uuid, boolean) is
$$Take a username, or return false because somebody has it or it is reserved

One statement, so that of two who want it at once one gets it. The last holder of a reserved name may take it back.$$;

create or replace function private.clean_line(line text, longest int)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case when cleaned.line ~ '[^ \u00a0\u034f\u115f\u1160\u1680\u17b4\u17b5\u2000-\u200d\u202f\u205f\u2800\u3000\u3164\uffa0]' then cleaned.line else '' end
  from (
    select btrim(left(btrim(regexp_replace(
      clean_line.line, '[[:cntrl:]\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+', '', 'g'
    )), clean_line.longest)) as line
  ) as cleaned
$$;
comment on function private.clean_line(text, int) is 'One line of text without control and invisible characters and direction marks, trimmed and cut; empty when nothing is to be seen';

create or replace function private.sign_up_metadata(raw jsonb)
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_metadata jsonb := sign_up_metadata.raw;
begin
  -- Supabase Lite stores the metadata as a JSON string inside the jsonb.
  if jsonb_typeof(v_metadata) = 'string' then
    begin
      v_metadata := (v_metadata #>> '{}')::jsonb;
    exception when data_exception or syntax_error or program_limit_exceeded then
      return '{}';
    end;
  end if;
  if v_metadata is null or jsonb_typeof(v_metadata) <> 'object' then
    return '{}';
  end if;
  return (
    select coalesce(jsonb_object_agg(entry.key, entry.value), '{}')
    from jsonb_each(v_metadata) as entry
    where entry.key in ('username', 'display_name', 'kind', 'time_zone') and jsonb_typeof(entry.value) = 'string'
  );
end;
$$;
comment on function private.sign_up_metadata(jsonb) is 'The known text fields of a sign-up''s metadata, whatever it holds';

-- Security definer: runs as the auth server, which has no rights here.
create or replace function private.tg_users__make_profile()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_metadata jsonb := private.sign_up_metadata(new.raw_user_meta_data::jsonb);
  v_username text := lower(btrim(left(v_metadata ->> 'username', 100)));
  v_display_name text := private.clean_line(left(v_metadata ->> 'display_name', 1000), 80);
  v_time_zone text := left(v_metadata ->> 'time_zone', 100);
  v_kind text := case when v_metadata ->> 'kind' = 'artist' then 'artist' else 'fan' end;
begin
  if not exists (select from private.time_zones as zone where zone.name = v_time_zone) then
    v_time_zone := 'UTC';
  end if;

  -- The row comes first, under a name nobody can want, as a claim names its profile.
  insert into public.profiles (id, username, display_name, kind, time_zone)
  values (new.id, left('x' || replace(new.id::text, '-', ''), 30), 'x', v_kind, v_time_zone);

  if not private.is_username_fit(v_username) or not private.claim_username(v_username, new.id, false) then
    loop
      v_username := 'user_' || substring(md5(gen_random_uuid()::text) from 1 for 8);
      exit when private.claim_username(v_username, new.id, false);
    end loop;
  end if;

  update public.profiles as profile
  set username = v_username, display_name = coalesce(nullif(v_display_name, ''), v_username)
  where profile.id = new.id;

  if v_kind = 'artist' then
    insert into public.artist_profiles (profile_id) values (new.id);
  end if;
  return null;
end;
$$;
comment on function private.tg_users__make_profile() is 'Make the profile of a new account from its metadata; nothing in the metadata can make a sign-up fail';

create trigger _500_make_profile
  after insert on auth.users
  for each row execute function private.tg_users__make_profile();

-- source: sql/02_profiles/functions/30_profiles.sql

create or replace function private.tg_profiles__stamp()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;
create trigger _100_stamp
  before update of username, display_name, bio, avatar_path, genres, time_zone, is_private, kind on public.profiles
  for each row execute function private.tg_profiles__stamp();

-- Security definer: reads time_zones, which nobody may.
create or replace function private.tg_profiles__validate()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if exists (
    select from unnest(new.genres) as named (slug)
    where not exists (select from public.genres as genre where genre.slug = named.slug)
  ) then
    perform private.raise_error(422, 'unknown_genre', 'A genre is none of those in genres.');
  end if;
  if not exists (select from private.time_zones as zone where zone.name = new.time_zone) then
    perform private.raise_error(422, 'unknown_time_zone', 'The time zone is not an IANA name like Europe/Berlin.');
  end if;
  return new;
end;
$$;
create trigger _300_validate
  before insert or update of genres, time_zone on public.profiles
  for each row execute function private.tg_profiles__validate();

-- Security definer: looks into storage and writes the outbox.
create or replace function private.tg_profiles__change_avatar()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if new.avatar_path is not null then
    if not exists (
      select from storage.objects as object where object.bucket_id = 'avatars' and object.name = new.avatar_path
    ) then
      perform private.raise_error(422, 'avatar_not_found', 'The picture is not in your own folder of avatars; upload it first.');
    end if;
    -- What is shown again is not to be removed any more.
    delete from private.outbox as message
    where message.user_id = new.id
      and message.topic = 'remove_objects'
      and message.delivered_at is null
      and message.payload = jsonb_build_object('bucket', 'avatars', 'names', jsonb_build_array(new.avatar_path));
  end if;
  -- An avatar that is no longer shown must not stay readable by its old address.
  if old.avatar_path is not null then
    perform private.enqueue('remove_objects', jsonb_build_object('bucket', 'avatars', 'names', jsonb_build_array(old.avatar_path)), old.id);
  end if;
  return null;
end;
$$;
create trigger _900_change_avatar
  after update of avatar_path on public.profiles
  for each row
  when (old.avatar_path is distinct from new.avatar_path)
  execute function private.tg_profiles__change_avatar();

-- Security definer: clients hold no update right on username, so that every change passes through the claims.
create or replace function private.change_username(username text)
returns public.profiles
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('profiles');
  v_username text := lower(btrim(change_username.username));
  v_profile public.profiles;
  v_free_at timestamptz;
begin
  if not private.is_username_fit(v_username) then
    perform private.raise_error(422, 'username_invalid', 'A username has 3 to 30 of the characters a-z, 0-9 and _.');
  end if;

  select profile.* into v_profile from public.profiles as profile where profile.id = v_user_id for no key update;
  if v_profile.username = v_username then
    return v_profile;
  end if;

  select claim.changed_at + make_interval(days => private.setting('username_change_days')::int) into v_free_at
  from private.username_claims as claim
  where claim.profile_id = v_user_id and claim.is_current;
  if v_free_at > now() then
    perform private.raise_error(
      429, 'username_changed_recently', 'The username was changed only a few days ago.',
      ceil(extract(epoch from v_free_at - now()))::bigint::text
    );
  end if;

  -- Two who want each other's username must not wait for one another: both names are locked in their order.
  perform
  from private.username_claims as claim
  where claim.username in (v_profile.username, v_username)
  order by claim.username
  for update;
  update private.username_claims as claim
  set is_current = false, reserved_until = now() + make_interval(days => private.setting('username_reserved_days')::int)
  where claim.profile_id = v_user_id and claim.is_current;
  if not private.claim_username(v_username, v_user_id, true) then
    perform private.raise_error(409, 'username_taken', 'Somebody has this username, or it is reserved.');
  end if;

  update public.profiles as profile set username = v_username where profile.id = v_user_id returning profile.* into v_profile;
  return v_profile;
end;
$$;

-- Security definer: clients hold no update right on kind and no insert right on artist_profiles.
create or replace function private.become_artist()
returns public.artist_profiles
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('profiles');
  v_artist public.artist_profiles;
begin
  update public.profiles as profile set kind = 'artist' where profile.id = v_user_id and profile.kind <> 'artist';
  insert into public.artist_profiles (profile_id) values (v_user_id) on conflict (profile_id) do nothing;
  select artist.* into v_artist from public.artist_profiles as artist where artist.profile_id = v_user_id;
  return v_artist;
end;
$$;

-- Security definer: shows its caller their own e-mail, role and payment state, which no table grants.
create or replace function private.my_account()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_account jsonb;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;

  select jsonb_build_object(
    'user_id', profile.id,
    'email', account.email,
    'kind', profile.kind,
    'staff_role', (select staff.role from private.staff as staff where staff.user_id = profile.id),
    'tier', 'free',
    'is_subscribed', false,
    'erase_after', (select deletion.erase_after from private.account_deletions as deletion where deletion.user_id = profile.id),
    'profile', to_jsonb(profile),
    'listening', private.my_listening(),
    'artist', (
      select jsonb_build_object('track_count', artist.upload_count, 'total_earned_minor', 0, 'currency', 'USD')
      from public.artist_profiles as artist
      where artist.profile_id = profile.id
    )
  ) into v_account
  from public.profiles as profile
  join auth.users as account on account.id = profile.id
  where profile.id = v_user_id;

  if not found then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  return v_account;
end;
$$;

-- Security definer: a list of people that checks its reader itself; trigram operators cannot use their index under RLS.
create or replace function private.search_profiles(query text, after text, page_size int)
returns setof public.profile_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_query text := lower(private.clean_line(left(search_profiles.query, 1000), 80));
  v_pattern text := regexp_replace(v_query, '([\\%_])', '\\\1', 'g') || '%';
  v_place text[] := private.decode_place('search_profiles', search_profiles.after, '{text,float8,uuid}');
  v_ids uuid[];
begin
  if coalesce(char_length(v_query), 0) < 2 then
    perform private.raise_error(422, 'query_too_short', 'Search for at least two characters.');
  end if;
  if v_place[1] <> v_query then
    perform private.raise_error(422, 'bad_cursor', 'This cursor belongs to another search; start again without it.');
  end if;

  -- Two statements, as each has an index of its own. A common word would otherwise rank half the community: five hundred, whoever bears
  -- the very name and the most followed, are enough to choose from. Two characters have no trigram: they begin a username.
  if char_length(v_query) > 2 then
    v_ids := array(
      select profile.id
      from public.profiles as profile
      where profile.username || ' ' || lower(profile.display_name) like '%' || v_pattern
      order by profile.username = v_query desc, profile.follower_count desc, profile.id
      limit private.setting('search_candidates')
    );
  else
    v_ids := array(
      select profile.id
      from public.profiles as profile
      where profile.username like v_pattern
      order by profile.username
      limit private.setting('search_candidates')
    );
  end if;

  return query
  with found as (
    select profile.id, profile.username, profile.display_name, profile.avatar_path,
      extensions.similarity(profile.username || ' ' || lower(profile.display_name), v_query)
        + case when profile.username = v_query then 2 when starts_with(profile.username, v_query) then 1 else 0 end as score
    from public.profiles as profile
    where profile.id = any (v_ids)
  )
  select
    found.id, found.username, found.display_name, found.avatar_path, private.is_verified(found.id),
    private.is_followed_by_me(found.id),
    private.encode_cursor(
      'search_profiles',
      jsonb_build_array(v_query, found.score, found.id)::text
    )
  from found
  where private.is_listed(found.id)
    and (v_place is null or (-found.score, found.id) > (-v_place[2]::double precision, v_place[3]::uuid))
  order by -found.score, found.id
  limit private.page_size(search_profiles.page_size);
end;
$$;

-- Security definer: tells the caller about follows and blocks which the tables show to their owners alone.
create or replace function private.profile_page(username text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_profile public.profiles := private.visible_profile(profile_page.username);
begin
  return jsonb_build_object(
    'profile', to_jsonb(v_profile),
    'artist', (
      select to_jsonb(artist) - 'profile_id' from public.artist_profiles as artist where artist.profile_id = v_profile.id
    ),
    'is_me', v_profile.id is not distinct from v_user_id,
    'is_followed_by_me', private.is_followed_by_me(v_profile.id),
    'follows_me', exists (
      select from public.follows as follow where follow.follower_id = v_profile.id and follow.followee_id = v_user_id
    ),
    'is_follow_requested_by_me', exists (
      select from public.follow_requests as request
      where request.requester_id = v_user_id and request.target_id = v_profile.id
    ),
    -- Staff see whom they have blocked; nobody else gets this far across a block.
    'is_blocked_by_me', exists (
      select from public.blocks as block where block.blocker_id = v_user_id and block.blocked_id = v_profile.id
    ),
    'is_muted_by_me', exists (
      select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = v_profile.id
    ),
    'can_message', private.can_message(v_profile.id)
  );
end;
$$;

-- source: sql/02_profiles/functions/40_blocks.sql

-- Security definer: blocking also removes what ties the two, which neither may do for the other.
create or replace function private.set_block(username text, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user();
  v_other_id uuid;
begin
  perform private.take_token('block');

  if not set_block.present then
    -- One's own is taken back whoever it is of; about others the answer tells no more than their page.
    delete from public.blocks as block
    using public.profiles as profile
    where profile.username = lower(btrim(set_block.username))
      and block.blocker_id = v_user_id
      and block.blocked_id = profile.id;
    if not found then
      perform private.visible_profile(set_block.username);
    end if;
    return jsonb_build_object('is_blocked', false);
  end if;

  -- One may block who has blocked oneself, so this looks past blocks; only hidden profiles are unknown.
  select profile.id into v_other_id
  from public.profiles as profile
  where profile.username = lower(btrim(set_block.username))
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = profile.id);
  if not found then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;

  perform private.lock_pair(v_user_id, v_other_id);
  insert into public.blocks (blocker_id, blocked_id) values (v_user_id, v_other_id) on conflict do nothing;
  return jsonb_build_object('is_blocked', true);
end;
$$;

-- Security definer: writes only the caller's own mutes, by a username looked up past their rights.
create or replace function private.set_mute(username text, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user();
  v_other_id uuid;
begin
  perform private.take_token('block');

  if not set_mute.present then
    delete from public.mutes as mute
    using public.profiles as profile
    where profile.username = lower(btrim(set_mute.username))
      and mute.muter_id = v_user_id
      and mute.muted_id = profile.id;
    if not found then
      perform private.visible_profile(set_mute.username);
    end if;
    return jsonb_build_object('is_muted', false);
  end if;

  v_other_id := (private.visible_profile(set_mute.username)).id;
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  insert into public.mutes (muter_id, muted_id) values (v_user_id, v_other_id) on conflict do nothing;
  return jsonb_build_object('is_muted', true);
end;
$$;

-- Security definer: the caller's own blocks, with the names of people whose profiles the block hides from them.
create or replace function private.my_blocks(after text, page_size int)
returns setof public.profile_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_place text[] := private.decode_place('my_blocks', my_blocks.after, '{timestamptz,uuid}');
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return query
  select profile.id, profile.username, profile.display_name, null::text, false, false,
    private.encode_cursor('my_blocks', jsonb_build_array(block.created_at, block.blocked_id)::text)
  from public.blocks as block
  join public.profiles as profile on profile.id = block.blocked_id
  where block.blocker_id = v_user_id
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = profile.id)
    and (v_place is null or (block.created_at, block.blocked_id) < (v_place[1]::timestamptz, v_place[2]::uuid))
  order by block.created_at desc, block.blocked_id desc
  limit private.page_size(my_blocks.page_size);
end;
$$;

-- Security definer: the caller's own mutes, with names.
create or replace function private.my_mutes(after text, page_size int)
returns setof public.profile_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_place text[] := private.decode_place('my_mutes', my_mutes.after, '{timestamptz,uuid}');
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return query
  select profile.id, profile.username, profile.display_name, profile.avatar_path, private.is_verified(profile.id),
    private.is_followed_by_me(profile.id),
    private.encode_cursor('my_mutes', jsonb_build_array(mute.created_at, mute.muted_id)::text)
  from public.mutes as mute
  join public.profiles as profile on profile.id = mute.muted_id
  where mute.muter_id = v_user_id
    and private.can_see_profile(profile.id)
    and (v_place is null or (mute.created_at, mute.muted_id) < (v_place[1]::timestamptz, v_place[2]::uuid))
  order by mute.created_at desc, mute.muted_id desc
  limit private.page_size(my_mutes.page_size);
end;
$$;

-- source: sql/02_profiles/functions/50_staff.sql

-- Security definer: roles are readable and writable by nobody.
create or replace function private.grant_staff_role(username text, role text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('super_admin');
  v_profile public.profiles := private.visible_profile(grant_staff_role.username);
begin
  if grant_staff_role.role is null or grant_staff_role.role not in ('moderator', 'admin', 'super_admin') then
    perform private.raise_error(422, 'role_unknown', 'A role is moderator, admin or super_admin.');
  end if;
  perform private.set_staff_role(v_profile.id, grant_staff_role.role, v_user_id);
  return jsonb_build_object('username', v_profile.username, 'role', grant_staff_role.role);
end;
$$;

-- Security definer: as grant_staff_role.
create or replace function private.revoke_staff_role(username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('super_admin');
  v_profile public.profiles := private.visible_profile(revoke_staff_role.username);
begin
  perform private.set_staff_role(v_profile.id, null, v_user_id);
  return jsonb_build_object('username', v_profile.username, 'role', null);
end;
$$;

create or replace function private.set_staff_role(profile_id uuid, role text, granted_by uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_before text;
begin
  -- Two super admins who revoke each other at once must not both succeed: roles change one at a time.
  lock table private.staff in share row exclusive mode;

  -- Whoever asked may have lost the role while waiting for the lock.
  if set_staff_role.granted_by is not null and not exists (
    select from private.staff as staff where staff.user_id = set_staff_role.granted_by and staff.role = 'super_admin'
  ) then
    perform private.raise_error(403, 'not_allowed', 'This is for staff with a higher role.');
  end if;

  select staff.role into v_before from private.staff as staff where staff.user_id = set_staff_role.profile_id;
  if v_before is not distinct from set_staff_role.role then
    return;
  end if;

  if v_before = 'super_admin' and not exists (
    select from private.staff as staff
    where staff.role = 'super_admin'
      and staff.user_id <> set_staff_role.profile_id
      and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = staff.user_id)
  ) then
    perform private.raise_error(409, 'last_super_admin', 'The last super admin keeps the role.');
  end if;

  if set_staff_role.role is null then
    delete from private.staff as staff where staff.user_id = set_staff_role.profile_id;
  else
    insert into private.staff as staff (user_id, role, granted_by)
    values (set_staff_role.profile_id, set_staff_role.role, set_staff_role.granted_by)
    on conflict (user_id) do update
      set role = excluded.role, granted_by = excluded.granted_by, granted_at = now();
  end if;

  perform private.audit(
    'staff_role_changed', 'profile', set_staff_role.profile_id::text,
    jsonb_build_object('before', v_before, 'after', set_staff_role.role)
  );
end;
$$;

create or replace function private.make_first_super_admin(username text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_profile_id uuid;
begin
  lock table private.staff in share row exclusive mode;
  if exists (select from private.staff as staff where staff.role = 'super_admin') then
    perform private.raise_error(409, 'super_admin_exists', 'There is a super admin already, who grants roles.');
  end if;
  select profile.id into v_profile_id from public.profiles as profile where profile.username = lower(btrim(make_first_super_admin.username));
  if not found then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  perform private.set_staff_role(v_profile_id, 'super_admin', null);
end;
$$;
comment on function private.make_first_super_admin(text) is 'Run once by the owner of the database: the first super admin, who grants every other role';

-- Security definer: flags, settings and rate limits are writable by nobody, so that every change is audited.
create or replace function private.set_feature(name text, is_enabled boolean)
returns public.feature_flags
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_flag public.feature_flags;
begin
  perform private.require_staff('admin');
  select flag.* into v_flag from public.feature_flags as flag where flag.name = set_feature.name for update;
  if not found then
    perform private.raise_error(404, 'feature_not_found', 'There is no feature flag of this name.');
  end if;
  if set_feature.is_enabled is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if v_flag.is_enabled <> set_feature.is_enabled then
    perform private.audit(
      'feature_changed', 'feature', v_flag.name, jsonb_build_object('before', v_flag.is_enabled, 'after', set_feature.is_enabled)
    );
    update public.feature_flags as flag
    set is_enabled = set_feature.is_enabled
    where flag.name = v_flag.name
    returning flag.* into v_flag;
  end if;
  return v_flag;
end;
$$;

-- Security definer: as set_feature.
create or replace function private.set_setting(name text, value bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_setting private.settings;
begin
  perform private.require_staff('admin');
  select setting.* into v_setting from private.settings as setting where setting.name = set_setting.name for update;
  if not found then
    perform private.raise_error(404, 'setting_not_found', 'There is no setting of this name.');
  end if;
  if set_setting.value is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if set_setting.value not between v_setting.minimum and v_setting.maximum then
    perform private.raise_error(
      422, 'value_out_of_range', 'The value is outside the range of this setting.',
      v_setting.minimum || ' to ' || v_setting.maximum || ' ' || v_setting.unit
    );
  end if;
  if v_setting.value <> set_setting.value then
    perform private.audit(
      'setting_changed', 'setting', v_setting.name, jsonb_build_object('before', v_setting.value, 'after', set_setting.value)
    );
    update private.settings as setting
    set value = set_setting.value
    where setting.name = v_setting.name
    returning setting.* into v_setting;
  end if;
  return to_jsonb(v_setting);
end;
$$;

-- Security definer: as set_feature.
create or replace function private.set_rate_limit(action text, capacity int, refill_seconds numeric)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_rule private.rate_limit_rules;
begin
  perform private.require_staff('admin');
  select rule.* into v_rule from private.rate_limit_rules as rule where rule.action = set_rate_limit.action for update;
  if not found then
    perform private.raise_error(404, 'rate_limit_not_found', 'There is no rate limit of this name.');
  end if;
  if set_rate_limit.capacity is null or set_rate_limit.refill_seconds is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if set_rate_limit.capacity not between 1 and 100000
    or not (set_rate_limit.refill_seconds > 0 and set_rate_limit.refill_seconds <= 86400)
  then
    perform private.raise_error(
      422, 'value_out_of_range', 'The value is outside the range of this setting.',
      'capacity 1 to 100000, refill_seconds over 0 to 86400'
    );
  end if;
  if (v_rule.capacity, v_rule.refill_seconds) is distinct from (set_rate_limit.capacity, set_rate_limit.refill_seconds) then
    perform private.audit(
      'rate_limit_changed', 'rate_limit', v_rule.action,
      jsonb_build_object(
        'before', jsonb_build_array(v_rule.capacity, v_rule.refill_seconds),
        'after', jsonb_build_array(set_rate_limit.capacity, set_rate_limit.refill_seconds)
      )
    );
    update private.rate_limit_rules as rule
    set capacity = set_rate_limit.capacity, refill_seconds = set_rate_limit.refill_seconds
    where rule.action = v_rule.action
    returning rule.* into v_rule;
  end if;
  return to_jsonb(v_rule);
end;
$$;

-- Security definer: shows admins what they may tune, which no table grants.
create or replace function private.operator_settings()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_staff('admin');
  return jsonb_build_object(
    'features', (select jsonb_agg(to_jsonb(flag) order by flag.name) from public.feature_flags as flag),
    'settings', (select jsonb_agg(to_jsonb(setting) order by setting.name) from private.settings as setting),
    'rate_limits', (select jsonb_agg(to_jsonb(rule) order by rule.action) from private.rate_limit_rules as rule)
  );
end;
$$;

-- source: sql/02_profiles/functions/60_account.sql

-- Security definer: reads every table the data map registers, for the caller's own rows alone.
create or replace function private.export_my_data()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_export jsonb;
  v_entry private.data_map;
  v_rows jsonb;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  if not exists (select from public.profiles as profile where profile.id = v_user_id) then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  perform private.take_token('export');

  v_export := jsonb_build_object('exported_at', now(), 'user_id', v_user_id);
  for v_entry in
    select entry.* from private.data_map as entry where entry.is_exported order by entry.table_name, entry.person_column
  loop
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(row)), ''[]'') from %s as row where row.%I = $1', v_entry.table_name::regclass, v_entry.person_column
    ) into v_rows using v_user_id;
    v_export := jsonb_set(
      v_export, array[v_entry.table_name], coalesce(v_export -> v_entry.table_name, '[]'::jsonb) || v_rows
    );
  end loop;
  return v_export;
end;
$$;

-- Security definer: hides the profile and ends the sessions, which no client may do by itself.
create or replace function private.delete_my_account(confirm_username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_username text;
  v_erase_after timestamptz;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;

  -- Roles change one at a time (set_staff_role); who has none need not wait.
  if exists (select from private.staff as staff where staff.user_id = v_user_id) then
    lock table private.staff in share row exclusive mode;
  end if;
  select profile.username into v_username from public.profiles as profile where profile.id = v_user_id for no key update;
  if not found then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  if lower(btrim(delete_my_account.confirm_username)) is distinct from v_username then
    perform private.raise_error(422, 'confirmation_mismatch', 'Give your own username to confirm.');
  end if;
  if exists (select from private.staff as staff where staff.user_id = v_user_id and staff.role = 'super_admin')
    and not exists (
      select from private.staff as staff
      where staff.role = 'super_admin'
        and staff.user_id <> v_user_id
        and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = staff.user_id)
    )
  then
    perform private.raise_error(409, 'last_super_admin', 'The last super admin keeps the role.');
  end if;

  insert into private.account_deletions (user_id, erase_after)
  values (v_user_id, now() + make_interval(days => private.setting('erase_after_days')::int))
  on conflict (user_id) do nothing;
  select deletion.erase_after into v_erase_after from private.account_deletions as deletion where deletion.user_id = v_user_id;

  insert into private.hidden_profiles (profile_id, reason) values (v_user_id, 'deletion') on conflict do nothing;
  delete from auth.sessions as session where session.user_id = v_user_id;
  return jsonb_build_object('erase_after', v_erase_after);
end;
$$;

-- Security definer: as delete_my_account.
create or replace function private.restore_my_account()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  if not exists (select from public.profiles as profile where profile.id = v_user_id) then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  -- Waits for an erasure under way: then there is nothing left to restore.
  delete from private.account_deletions as deletion where deletion.user_id = v_user_id;
  delete from private.hidden_profiles as hidden where hidden.profile_id = v_user_id and hidden.reason = 'deletion';
  if not exists (select from public.profiles as profile where profile.id = v_user_id) then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  return jsonb_build_object('is_active', true);
end;
$$;

create or replace function private.personal_objects(user_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('bucket', found.bucket_id, 'names', found.names) order by found.bucket_id), '[]')
  from (
    select object.bucket_id, jsonb_agg(object.name order by object.name) as names
    from storage.objects as object
    where object.name like personal_objects.user_id || '/%'
    group by object.bucket_id
  ) as found
$$;
comment on function private.personal_objects(uuid) is
$$Every stored object in a person's folders

A JSON array of {bucket, names: [...]}; every bucket keeps what is a person's in a folder named as their id.$$;

create or replace function private.object_size(metadata jsonb)
returns bigint
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_metadata jsonb := object_size.metadata;
begin
  -- Supabase Lite stores it as a JSON string inside the jsonb.
  if jsonb_typeof(v_metadata) = 'string' and pg_input_is_valid(v_metadata #>> '{}', 'jsonb') then
    v_metadata := (v_metadata #>> '{}')::jsonb;
  end if;
  return case when v_metadata ->> 'size' ~ '^[0-9]{1,15}$' then (v_metadata ->> 'size')::bigint end;
end;
$$;
comment on function private.object_size(jsonb) is 'The size that the storage server notes of an object; null when it does not say';

-- Security definer: looks into storage, and at a setting, for the policies of people who may not.
create or replace function private.has_room()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(private.object_size(object.metadata)), 0) < private.setting('stored_bytes_limit')
  from storage.objects as object
  -- What begins with the folder, bytewise, as Storage's index on names is: 0 comes after /. A pattern that is no constant takes no index.
  where object.name operator(pg_catalog.~>=~) (select auth.uid()::text || '/')
    and object.name operator(pg_catalog.~<~) (select auth.uid()::text || '0')
$$;
comment on function private.has_room() is
$$Whether the caller's files, over all buckets, leave them room for another

The storage server asks when an upload begins and knows its size when it ends: so the last one may reach over the limit (setting
stored_bytes_limit), by no more than its bucket lets one file have.$$;

create or replace function private.lock_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  lock table private.staff in row exclusive mode;
  perform private.lock_social_ties(lock_ties.user_ids);
  perform private.lock_catalogue_ties(lock_ties.user_ids);
  perform private.lock_comment_ties(lock_ties.user_ids);
  perform private.lock_room_ties(lock_ties.user_ids);
  perform private.lock_chat_ties(lock_ties.user_ids);
  perform private.lock_told_ties(lock_ties.user_ids);
end;
$$;
comment on function private.lock_ties(uuid[]) is 'Before accounts are erased: lock all that moves with them, in the lock order';

create or replace function private.erase_account(user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_entry private.data_map;
begin
  for v_entry in
    select entry.* from private.data_map as entry
    where entry.on_erasure <> 'retain'
      -- Where the deletion of the sign-in itself asks, that goes on by itself.
      and (entry.table_name <> 'auth.users' or pg_trigger_depth() = 0)
    order by entry.erase_order, entry.table_name, entry.person_column
  loop
    if v_entry.on_erasure = 'delete' then
      execute format('delete from %s as row where row.%I = $1', v_entry.table_name::regclass, v_entry.person_column)
      using erase_account.user_id;
    else
      execute format(
        'update %s as row set %s where row.%I = $1',
        v_entry.table_name::regclass,
        (select string_agg(format('%I = null', cleared), ', ') from unnest(v_entry.cleared_columns) as cleared),
        v_entry.person_column
      ) using erase_account.user_id;
    end if;
  end loop;
  -- The auth server's own log names people by e-mail and has no column that the map could point at.
  delete from auth.audit_log_entries as entry where entry.payload ->> 'actor_id' = erase_account.user_id::text;
  perform private.audit('account_erased', 'profile', erase_account.user_id::text);
end;
$$;
comment on function private.erase_account(uuid) is
'Delete or anonymise all that the data map registers of one person, whose ties are locked (lock_ties)';

-- Security definer: service_role erases only through here, and only whom the law of the map and the date allow.
create or replace function private.erase_due_accounts(size int)
returns table (user_id uuid, is_erased boolean, objects jsonb, error text)
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_due_ids uuid[];
begin
  -- One erasure at a time: two of them could wait for each other's counters.
  perform pg_advisory_xact_lock(hashtextextended('erase_due_accounts', 0));

  v_due_ids := array(
    select deletion.user_id
    from private.account_deletions as deletion
    where deletion.erase_after <= now()
    order by deletion.erase_after, deletion.user_id
    limit least(greatest(coalesce(erase_due_accounts.size, 20), 1), 100)
    for update skip locked
  );
  -- Of all who go now at once: between the locks of one and those of the next, somebody else could wait for the one and hold the other.
  perform private.lock_ties(v_due_ids);

  foreach user_id in array v_due_ids loop
    is_erased := false;
    error := null;
    objects := private.personal_objects(erase_due_accounts.user_id);
    if objects = '[]' then
      -- One account that cannot be erased must not keep the others from it.
      begin
        perform private.erase_account(erase_due_accounts.user_id);
        is_erased := true;
      exception when others then
        error := sqlstate || ' ' || sqlerrm;
      end;
    end if;
    if not is_erased then
      -- Behind the others that are due, the next time: whoever cannot be erased must not stand in their way.
      update private.account_deletions as deletion set erase_after = now() where deletion.user_id = erase_due_accounts.user_id;
    end if;
    return next;
  end loop;
end;
$$;

-- Security definer: runs as whoever deletes the sign-in, the auth server or an operator. Without this, all that has no foreign key to the
-- profile, and every stored file, would stay.
create or replace function private.tg_users__erase()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_objects jsonb;
begin
  -- As erase_due_accounts, which has been here when the profile is gone.
  if exists (select from public.profiles as profile where profile.id = old.id) then
    perform pg_advisory_xact_lock(hashtextextended('erase_due_accounts', 0));
    insert into private.account_deletions (user_id, erase_after)
    values (old.id, now())
    on conflict on constraint account_deletions_pkey do update set erase_after = now();
    perform private.lock_ties(array[old.id]);
    v_objects := private.personal_objects(old.id);
    perform private.erase_account(old.id);
    perform private.enqueue('remove_objects', found.files) from jsonb_array_elements(v_objects) as found (files);
  end if;
  return old;
end;
$$;
create trigger _500_erase
  before delete on auth.users
  for each row execute function private.tg_users__erase();

-- source: sql/03_catalogue/functions/10_who_sees.sql

-- The one rule of who sees which track and which crate, as posts_for is for posts: lists, cards, plays and likes ask it, the policies are its
-- array form, and a test compares the two.
create or replace function private.tracks_for(reader_id uuid, blocked_ids uuid[])
returns table (
  id uuid, provider text, provider_track_id text, title text, artist_name text, artist_id uuid, duration_ms int, artwork_url text,
  artwork_path text, isrc text, genre text, bpm numeric, musical_key text, is_explicit boolean, kind text, file_format text, file_bytes bigint,
  status text, play_count bigint, like_count int, comment_count int, repost_count int, published_at timestamptz, created_at timestamptz,
  is_visible boolean, artist_card jsonb, card jsonb
)
language sql
stable
security invoker
begin atomic
  select
    track.id, track.provider, track.provider_track_id, track.title, track.artist_name, track.artist_id, track.duration_ms, track.artwork_url,
    track.artwork_path, track.isrc, track.genre, track.bpm, track.musical_key, track.is_explicit, track.kind, track.file_format,
    track.file_bytes, track.status, track.play_count, track.like_count, track.comment_count, track.repost_count, track.published_at,
    track.created_at,
    track.artist_id is not distinct from tracks_for.reader_id and track.artist_id is not null
    or (
      track.status = 'published'
      and (track.artist_id is null or (not artist.is_hidden and track.artist_id <> all (tracks_for.blocked_ids)))
    ),
    artist.card,
    jsonb_build_object(
      'id', track.id, 'provider', track.provider, 'provider_track_id', track.provider_track_id, 'title', track.title,
      'artist_name', track.artist_name, 'artist_id', track.artist_id, 'duration_ms', track.duration_ms,
      'artwork_url', track.artwork_url, 'artwork_path', track.artwork_path, 'is_explicit', track.is_explicit
    )
  from public.tracks as track
  left join private.person_cards as artist on artist.profile_id = track.artist_id;
end;
comment on function private.tracks_for(uuid, uuid[]) is
$$Tracks, and whether a reader may see each (is_visible)

What is published, but not across a block of either side or by a hidden artist; one's own uploads in every state. What staff may see beyond
that is decided by can_see_track, for single tracks.$$;

create or replace view private.reader_tracks with (security_invoker = true) as
select
  track.id, track.provider, track.provider_track_id, track.title, track.artist_name, track.artist_id, track.duration_ms, track.artwork_url,
  track.artwork_path, track.isrc, track.genre, track.bpm, track.musical_key, track.is_explicit, track.kind, track.file_format,
  track.file_bytes, track.status, track.play_count, track.like_count, track.comment_count, track.repost_count, track.published_at,
  track.created_at, track.is_visible, track.artist_card, track.card
from private.reader as reader
cross join lateral private.tracks_for(reader.id, reader.blocked_ids) as track;
comment on view private.reader_tracks is 'tracks_for the caller';

create or replace function private.crates_for(reader_id uuid, blocked_ids uuid[])
returns table (
  id uuid, owner_id uuid, title text, description text, cover_path text, genre text, mood text, tags text[], visibility text, audience text,
  is_featured boolean, featured_at timestamptz, item_count int, total_ms bigint, play_count bigint, like_count int, comment_count int,
  created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, is_mine boolean, is_visible boolean, is_listed boolean,
  owner_card jsonb, my_role text, liked_by_me boolean, card jsonb
)
language sql
stable
security invoker
begin atomic
  select
    crate.id, crate.owner_id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility,
    crate.audience, crate.is_featured, crate.featured_at, crate.item_count, crate.total_ms, crate.play_count, crate.like_count,
    crate.comment_count, crate.created_at, crate.updated_at, crate.deleted_at,
    reach.is_mine,
    crate.deleted_at is null and (reach.is_reached or reach.is_mine),
    crate.deleted_at is null and ((reach.is_reached and crate.visibility <> 'unlisted') or reach.is_mine),
    owner.card,
    case
      when crate.owner_id = crates_for.reader_id then 'owner'
      when reach.is_mine then (
        select collaborator.role
        from public.crate_collaborators as collaborator
        where collaborator.crate_id = crate.id and collaborator.user_id = crates_for.reader_id
      )
    end,
    crate.like_count > 0 and exists (
      select from public.likes as favour
      where favour.user_id = crates_for.reader_id and favour.target_kind = 'crate' and favour.target_id = crate.id offset 0
    ),
    jsonb_build_object(
      'id', crate.id, 'title', crate.title, 'cover_path', crate.cover_path, 'item_count', crate.item_count, 'total_ms', crate.total_ms,
      'visibility', crate.visibility, 'owner', owner.card
    )
  from public.crates as crate
  join private.person_cards as owner on owner.profile_id = crate.owner_id
  cross join lateral (
    select
      crate.owner_id is not distinct from crates_for.reader_id
      or (
        not owner.is_hidden
        and exists (
          select from public.crate_collaborators as collaborator
          where collaborator.crate_id = crate.id and collaborator.user_id = crates_for.reader_id offset 0
        )
      ) as is_mine,
      (
        crate.audience in ('public', 'unlisted')
        or (
          crate.audience = 'followers'
          and exists (
            select from public.follows as follow
            where follow.follower_id = crates_for.reader_id and follow.followee_id = crate.owner_id offset 0
          )
        )
      )
      and not owner.is_hidden
      and crate.owner_id <> all (crates_for.blocked_ids) as is_reached
  ) as reach;
end;
comment on function private.crates_for(uuid, uuid[]) is
$$Crates, and whether a reader may see each and find it in lists

is_mine: their own, or one they collaborate on. is_visible: mine, public, whoever has the id of an unlisted one, followers' to
followers; nothing deleted, across a block of either side or of a hidden owner. is_listed: the same without what is unlisted and not mine.
What staff may see beyond that is decided by can_see_crate, for single crates.$$;

create or replace view private.reader_crates with (security_invoker = true) as
select
  crate.id, crate.owner_id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility,
  crate.audience, crate.is_featured, crate.featured_at, crate.item_count, crate.total_ms, crate.play_count, crate.like_count,
  crate.comment_count, crate.created_at, crate.updated_at, crate.deleted_at, crate.is_mine, crate.is_visible, crate.is_listed,
  crate.owner_card, crate.card
from private.reader as reader
cross join lateral private.crates_for(reader.id, reader.blocked_ids) as crate;
comment on view private.reader_crates is 'crates_for the caller';

-- Security definer: reads reader_tracks, over blocks that are not the caller's to read.
create or replace function private.can_see_track(track_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return coalesce(
    (
      select track.is_visible or private.is_staff() from private.reader_tracks as track where track.id = can_see_track.track_id
    ),
    false
  );
end;
$$;
comment on function private.can_see_track(uuid) is 'Whether the caller may see one track: as reader_tracks says, and staff every track';

-- Security definer: reads reader_crates, over blocks, follows and collaborators that are not the caller's to read.
create or replace function private.can_see_crate(crate_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return coalesce(
    (
      select crate.is_visible or (crate.deleted_at is null and private.is_staff())
      from private.reader_crates as crate
      where crate.id = can_see_crate.crate_id
    ),
    false
  );
end;
$$;
comment on function private.can_see_crate(uuid) is
'Whether the caller may see one crate: as reader_crates says, and staff every crate that is not deleted';

-- Security definer: as can_see_track.
create or replace function private.track_card(track_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return (
    select track.card
    from private.reader_tracks as track
    where track.id = track_card.track_id and (track.is_visible or private.is_staff())
  );
end;
$$;
comment on function private.track_card(uuid) is
$$A track as other things show it, or null when the caller may not see it

{id, provider, provider_track_id, title, artist_name, artist_id, duration_ms, artwork_url, artwork_path, is_explicit}$$;

-- Security definer: as can_see_crate.
create or replace function private.crate_card(crate_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return (
    select crate.card
    from private.reader_crates as crate
    where crate.id = crate_card.crate_id
      and (crate.is_visible or (crate.deleted_at is null and private.is_staff()))
  );
end;
$$;
comment on function private.crate_card(uuid) is
$$A crate as other things show it, or null when the caller may not see it

{id, title, cover_path, item_count, total_ms, visibility, owner {id, username, display_name, avatar_path, is_verified}}$$;

-- Security definer: a policy helper; collaborations of others and hidden profiles are not the caller's to read.
create or replace function private.my_collaborated_crate_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select collaborator.crate_id from public.crate_collaborators as collaborator where collaborator.user_id = (select auth.uid())
$$;
comment on function private.my_collaborated_crate_ids() is 'The crates of others that the caller may see or fill, for policies';

-- Security definer: a policy helper; reading crates under the policies that call this would recurse.
create or replace function private.my_own_crate_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select crate.id from public.crates as crate where crate.owner_id = (select auth.uid()) and crate.deleted_at is null
$$;
comment on function private.my_own_crate_ids() is 'The caller''s own crates, for policies';

-- source: sql/03_catalogue/functions/20_counters.sql

-- Lock order of the domain: a pair (lock_pair); one's own profile; posts; tracks in the order of ids; crates in the order of ids; their items
-- and collaborators; comments. A play locks its listener, and the track last.

-- Security definer: the artist's counter is nobody's to write.
create or replace function private.tg_tracks__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_step int := case
    when tg_op = 'INSERT' then (new.status <> 'draft')::int
    when tg_op = 'DELETE' then -(old.status <> 'draft')::int
    else (new.status <> 'draft')::int - (old.status <> 'draft')::int
  end;
begin
  if v_step <> 0 then
    -- What is gone was perhaps one of those found to be made by people; there are never more of them than uploads.
    update public.artist_profiles as artist
    set upload_count = artist.upload_count + v_step,
        verified_upload_count = least(artist.verified_upload_count, artist.upload_count + v_step)
    where artist.profile_id = coalesce(new.artist_id, old.artist_id);
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete or update of status on public.tracks
  for each row execute function private.tg_tracks__count();

-- Security definer: a crate's totals are nobody's to write. Whoever changes items has locked the crate before, so that 50 editors of one
-- crate wait for each other here and never meet in a circle; when a track goes with its artist, lock_catalogue_ties has.
create or replace function private.tg_crate_items__total()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.crates as crate
    set item_count = crate.item_count + 1, total_ms = crate.total_ms + new.duration_ms, updated_at = now()
    where crate.id = new.crate_id;
  else
    update public.crates as crate
    set item_count = crate.item_count - 1, total_ms = crate.total_ms - old.duration_ms, updated_at = now()
    where crate.id = old.crate_id;
  end if;
  return null;
end;
$$;
create trigger _500_total
  after insert or delete on public.crate_items
  for each row execute function private.tg_crate_items__total();

-- Security definer: as tg_crate_items__total.
create or replace function private.tg_crate_plays__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.crates as crate set play_count = crate.play_count + 1 where crate.id = new.crate_id;
  else
    update public.crates as crate set play_count = crate.play_count - 1 where crate.id = old.crate_id;
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete on private.crate_plays
  for each row execute function private.tg_crate_plays__count();

-- Security definer: whose crates reach whom follows their privacy, whoever switches it.
create or replace function private.tg_profiles__crate_audience()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform
  from public.crates as crate
  where crate.owner_id = new.id and crate.visibility in ('public', 'unlisted')
  order by crate.id
  for no key update;
  update public.crates as crate
  set audience = private.crate_audience(crate.visibility, new.is_private)
  where crate.owner_id = new.id and crate.visibility in ('public', 'unlisted');
  return null;
end;
$$;
create trigger _510_crate_audience
  after update of is_private on public.profiles
  for each row
  when (old.is_private <> new.is_private)
  execute function private.tg_profiles__crate_audience();

create or replace function private.crate_audience(visibility text, is_private boolean)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case
    when crate_audience.is_private and crate_audience.visibility in ('public', 'unlisted') then 'followers'
    else crate_audience.visibility
  end
$$;
comment on function private.crate_audience(text, boolean) is 'Who a crate really reaches: a private profile''s is at most for followers';

-- Security definer: a block ends what the two do together in each other's crates.
create or replace function private.tg_blocks__end_collaborations()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.crate_collaborators as collaborator
  using public.crates as crate
  where crate.id = collaborator.crate_id
    and (
      (collaborator.user_id = new.blocked_id and crate.owner_id = new.blocker_id)
      or (collaborator.user_id = new.blocker_id and crate.owner_id = new.blocked_id)
    );
  return null;
end;
$$;
create trigger _510_end_collaborations
  after insert on public.blocks
  for each row execute function private.tg_blocks__end_collaborations();

-- Plays are facts. Nobody changes one; the erasure of a person alone takes their name off it.
create or replace function private.tg_plays__append_only()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and new.listener_id is null and new.client_event_id is null
    and (new.id, new.track_id, new.ms_played, new.is_counted, new.source, new.played_at)
      = (old.id, old.track_id, old.ms_played, old.is_counted, old.source, old.played_at)
    and new.room_id is not distinct from old.room_id
  then
    return new;
  end if;
  raise exception using errcode = 'restrict_violation', message = 'plays is append-only';
end;
$$;
create trigger _300_append_only
  before update or delete on public.plays
  for each row execute function private.tg_plays__append_only();
create trigger _310_append_only
  before truncate on public.plays
  for each statement execute function private.tg_plays__append_only();

create or replace function private.lock_catalogue_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from public.tracks as track
  where track.artist_id = any (lock_catalogue_ties.user_ids)
    or track.id in (select private.tied_targets(lock_catalogue_ties.user_ids, 'track'))
    or track.id in (select post.track_id from public.posts as post where post.author_id = any (lock_catalogue_ties.user_ids))
  order by track.id
  for update;
  perform
  from public.crates as crate
  where crate.owner_id = any (lock_catalogue_ties.user_ids)
    or crate.id in (
      select item.crate_id
      from public.crate_items as item
      join public.tracks as track on track.id = item.track_id
      where track.artist_id = any (lock_catalogue_ties.user_ids)
    )
    or crate.id in (select play.crate_id from private.crate_plays as play where play.listener_id = any (lock_catalogue_ties.user_ids))
    or crate.id in (select private.tied_targets(lock_catalogue_ties.user_ids, 'crate'))
  order by crate.id
  for no key update;
end;
$$;
comment on function private.lock_catalogue_ties(uuid[]) is
'Before accounts are erased: lock the tracks that go, and the tracks and crates whose totals that moves, in the lock order';

-- Security definer: creates and owns the partitions, which clients reach through public.plays alone.
create or replace function private.ensure_play_partitions()
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_month date;
  v_name text;
  v_made int := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('play_partitions', 0));
  for v_month in
    select month::date
    from generate_series(
      date_trunc('month', now() at time zone 'UTC'),
      date_trunc('month', now() at time zone 'UTC') + make_interval(months => private.setting('play_partitions_ahead')::int),
      '1 month'
    ) as month
  loop
    v_name := 'plays_' || to_char(v_month, 'YYYY_MM');
    if to_regclass('private.' || v_name) is null then
      execute format(
        'create table private.%I partition of public.plays for values from (%L) to (%L)',
        v_name, v_month::text || ' 00:00:00+00', (v_month + interval '1 month')::date::text || ' 00:00:00+00'
      );
      execute format('alter table private.%I enable row level security', v_name);
      execute format('alter table private.%I force row level security', v_name);
      execute format('comment on table private.%I is %L', v_name, 'Plays of ' || to_char(v_month, 'YYYY-MM') || ', reached through public.plays');
      v_made := v_made + 1;
    end if;
  end loop;
  return v_made;
end;
$$;
comment on function private.ensure_play_partitions() is
'Make the partitions of plays for this month and the next ones (setting play_partitions_ahead); how many were missing';

-- source: sql/03_catalogue/functions/30_tracks.sql

-- What check constraints would say of the content, as tg_posts__validate: a check costs every statement that writes the row, and plays are
-- far more than tracks.
create or replace function private.tg_tracks__validate()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_broken text := case
    when new.provider not in ('backbeat', 'spotify', 'apple_music', 'youtube_music', 'soundcloud', 'deezer', 'bandcamp') then 'tracks_provider_known'
    when not case new.provider
      when 'backbeat' then new.provider_track_id = new.id::text
      when 'spotify' then new.provider_track_id ~ '^[A-Za-z0-9]{22}$'
      when 'youtube_music' then new.provider_track_id ~ '^[A-Za-z0-9_-]{11}$'
      else new.provider_track_id ~ '^[1-9][0-9]{0,19}$'
    end then 'tracks_provider_track_id_format'
    when char_length(new.title) not between 1 and 200 then 'tracks_title_length'
    when char_length(new.artist_name) not between 1 and 200 then 'tracks_artist_name_length'
    when new.duration_ms not between 1000 and 86400000 then 'tracks_duration_range'
    when new.artwork_url !~ '^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^\s<>"]*)?$' or char_length(new.artwork_url) > 2000 then 'tracks_artwork_url_https'
    when new.artwork_path !~ ('^' || new.artist_id || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$') then 'tracks_artwork_path_own'
    when new.isrc !~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$' then 'tracks_isrc_format'
    when new.bpm not between 20 and 400 then 'tracks_bpm_range'
    when new.musical_key !~ '^[A-G][#b]?m?$' then 'tracks_musical_key_format'
    when new.kind not in ('original', 'remix', 'mashup') then 'tracks_kind_known'
    when new.file_format not in ('mp3', 'wav', 'flac') then 'tracks_file_format_known'
    when new.file_bytes <= 0 then 'tracks_file_bytes_positive'
    when new.status not in ('draft', 'processing', 'published', 'hidden', 'removed') then 'tracks_status_known'
    when (new.status = 'removed') <> (new.removed_from is not null) then 'tracks_removed_from_fits'
    when new.removed_from not in ('draft', 'processing', 'published', 'hidden') then 'tracks_removed_from_known'
    when new.status = 'published' and new.published_at is null then 'tracks_published_has_date'
    when (new.provider = 'backbeat') <> (new.artist_id is not null) then 'tracks_upload_has_artist'
    when (new.provider = 'backbeat') <> (new.file_format is not null) then 'tracks_upload_has_format'
    when new.provider <> 'backbeat' and new.status not in ('published', 'removed') then 'tracks_upload_alone_has_stages'
  end;
begin
  if v_broken is not null then
    perform private.refuse_row('tracks', v_broken);
  end if;
  return new;
end;
$$;
create trigger _300_validate
  before insert or update of id, provider, provider_track_id, title, artist_name, artist_id, duration_ms, artwork_url, artwork_path, isrc, bpm,
    musical_key, kind, file_format, file_bytes, status, removed_from, published_at
  on public.tracks
  for each row execute function private.tg_tracks__validate();

create or replace function private.fit_track(track public.tracks)
returns public.tracks
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_track public.tracks := fit_track.track;
begin
  v_track.title := private.clean_line(left(v_track.title, 1000), 201);
  if v_track.title is null or char_length(v_track.title) not between 1 and 200 then
    perform private.raise_error(422, 'title_invalid', 'A title has 1 to 200 characters.');
  end if;
  v_track.artist_name := private.clean_line(left(v_track.artist_name, 1000), 201);
  if v_track.artist_name is null or char_length(v_track.artist_name) not between 1 and 200 then
    perform private.raise_error(422, 'artist_name_invalid', 'The name of an artist has 1 to 200 characters.');
  end if;
  if v_track.duration_ms is null or v_track.duration_ms not between 1000 and 86400000 then
    perform private.raise_error(422, 'duration_invalid', 'A track lasts 1 second to 24 hours, in milliseconds.');
  end if;
  v_track.artwork_url := nullif(v_track.artwork_url, '');
  if char_length(v_track.artwork_url) > 2000 or v_track.artwork_url !~ '^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^\s<>"]*)?$' then
    perform private.raise_error(422, 'artwork_invalid', 'The address of a picture begins with https:// and has at most 2000 characters.');
  end if;
  v_track.isrc := nullif(upper(translate(left(v_track.isrc, 100), '- ', '')), '');
  if v_track.isrc !~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$' then
    perform private.raise_error(422, 'isrc_invalid', 'An ISRC is two letters, three letters or digits and seven digits.');
  end if;
  v_track.genre := nullif(v_track.genre, '');
  if v_track.genre is not null and not exists (select from public.genres as genre where genre.slug = v_track.genre) then
    perform private.raise_error(422, 'unknown_genre', 'A genre is none of those in genres.');
  end if;
  v_track.bpm := nullif(v_track.bpm, 0);
  if v_track.bpm not between 20 and 400 then
    perform private.raise_error(422, 'bpm_invalid', 'A track has 20 to 400 beats a minute.');
  end if;
  v_track.musical_key := nullif(v_track.musical_key, '');
  if v_track.musical_key !~ '^[A-G][#b]?m?$' then
    perform private.raise_error(422, 'musical_key_invalid', 'A key is written like C, F#m or Bb.');
  end if;
  v_track.kind := coalesce(v_track.kind, 'original');
  if v_track.kind not in ('original', 'remix', 'mashup') then
    perform private.raise_error(422, 'track_kind_unknown', 'A track is original, remix or mashup.');
  end if;
  v_track.is_explicit := coalesce(v_track.is_explicit, false);
  return v_track;
end;
$$;
comment on function private.fit_track(public.tracks) is 'A description of a track, cleaned, or the refusal of the first field that does not fit; empty text and 0 mean none';

create or replace function private.fit_bpm(bpm numeric)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  -- NaN is greater than all numbers; a number of a hundred digits would not fit the column.
  if fit_bpm.bpm <> 0 and fit_bpm.bpm not between 20 and 400 then
    perform private.raise_error(422, 'bpm_invalid', 'A track has 20 to 400 beats a minute.');
  end if;
  return round(fit_bpm.bpm, 2);
end;
$$;

-- Security definer: looks into storage and the outbox, which nobody may.
create or replace function private.require_cover(path text)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  if require_cover.path is null then
    return;
  end if;
  if require_cover.path !~ ('^' || v_user_id || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$')
    or not exists (
      select from storage.objects as object where object.bucket_id = 'crate-covers' and object.name = require_cover.path
    )
    -- What was shown before may be about to go.
    or exists (
      select from private.outbox as message
      where message.user_id = v_user_id
        and message.topic = 'remove_objects'
        and message.delivered_at is null
        and message.payload -> 'names' ? require_cover.path
    )
  then
    perform private.raise_error(422, 'cover_not_found', 'The picture is not in your own folder of crate-covers; upload it first.');
  end if;
end;
$$;
comment on function private.require_cover(text) is 'Refuse a picture that does not lie in the caller''s folder of crate-covers; null is none';

create or replace function private.release_cover(path text, person_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- The owner's profile is locked, so nothing else of theirs begins to show it just now.
  if release_cover.path is not null
    and not exists (
      select from public.crates as crate where crate.owner_id = release_cover.person_id and crate.cover_path = release_cover.path
    )
    and not exists (
      select from public.tracks as track where track.artist_id = release_cover.person_id and track.artwork_path = release_cover.path
    )
  then
    perform private.enqueue(
      'remove_objects',
      jsonb_build_object('bucket', 'crate-covers', 'names', jsonb_build_array(release_cover.path)),
      release_cover.person_id
    );
  end if;
end;
$$;
comment on function private.release_cover(text, uuid) is 'Have a picture removed that none of this person''s crates and tracks shows any more';

create or replace function private.require_artwork_host(provider text, artwork_url text)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_host text := lower(substring(require_artwork_host.artwork_url from '^https://([A-Za-z0-9.-]+)(?:/|$)'));
begin
  if require_artwork_host.artwork_url is not null and not exists (
    select from private.artwork_hosts as known
    where known.provider = require_artwork_host.provider
      and (v_host = known.host or right(v_host, char_length(known.host) + 1) = '.' || known.host)
  ) then
    perform private.raise_error(
      422, 'artwork_host_unknown', 'The picture of a track lies with its provider; leave it out where it does not.',
      (select string_agg(known.host, ', ' order by known.host) from private.artwork_hosts as known where known.provider = require_artwork_host.provider)
    );
  end if;
end;
$$;
comment on function private.require_artwork_host(text, text) is 'Refuse the address of a picture that is not on a host of the provider (artwork_hosts), or on a port of its own; null is none';

-- Security definer: tracks are nobody's to write directly.
create or replace function private.resolve_track(
  provider text, provider_track_id text, title text, artist_name text, duration_ms int, artwork_url text, isrc text, is_explicit boolean
)
returns public.tracks
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_track public.tracks;
  v_found public.tracks;
begin
  if resolve_track.provider is null
    or resolve_track.provider not in ('spotify', 'apple_music', 'youtube_music', 'soundcloud', 'deezer', 'bandcamp')
  then
    perform private.raise_error(
      422, 'provider_unknown', 'A provider is spotify, apple_music, youtube_music, soundcloud, deezer or bandcamp.'
    );
  end if;
  if coalesce(resolve_track.provider_track_id, '') !~ (
    case resolve_track.provider
      when 'spotify' then '^[A-Za-z0-9]{22}$'
      when 'youtube_music' then '^[A-Za-z0-9_-]{11}$'
      else '^[1-9][0-9]{0,19}$'
    end
  ) then
    perform private.raise_error(422, 'provider_track_id_invalid', 'This is not how the provider writes the id of a track.');
  end if;

  select track.* into v_found
  from public.tracks as track
  where track.provider = resolve_track.provider and track.provider_track_id = resolve_track.provider_track_id;
  if not found then
    v_track.title := resolve_track.title;
    v_track.artist_name := resolve_track.artist_name;
    v_track.duration_ms := resolve_track.duration_ms;
    v_track.artwork_url := resolve_track.artwork_url;
    v_track.isrc := resolve_track.isrc;
    v_track.is_explicit := resolve_track.is_explicit;
    v_track := private.fit_track(v_track);
    perform private.require_artwork_host(resolve_track.provider, v_track.artwork_url);
    perform private.take_token('resolve_track');
    insert into public.tracks (
      provider, provider_track_id, title, artist_name, duration_ms, artwork_url, isrc, is_explicit, status, published_at
    ) values (
      resolve_track.provider, resolve_track.provider_track_id, v_track.title, v_track.artist_name, v_track.duration_ms,
      v_track.artwork_url, v_track.isrc, v_track.is_explicit, 'published', now()
    )
    on conflict (provider, provider_track_id) do nothing
    returning * into v_found;
    if not found then
      select track.* into v_found
      from public.tracks as track
      where track.provider = resolve_track.provider and track.provider_track_id = resolve_track.provider_track_id;
    end if;
  end if;
  if not private.can_see_track(v_found.id) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  return v_found;
end;
$$;

-- source: sql/03_catalogue/functions/35_uploads.sql

-- Security definer: tracks are nobody's to write directly.
create or replace function private.create_track(
  title text, genre text, duration_ms int, file_format text, artist_name text, kind text, bpm numeric, musical_key text,
  is_explicit boolean, isrc text, artwork_path text, client_id uuid
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_artist public.profiles;
  v_track public.tracks;
begin
  -- Locked, so that a picture which is being released elsewhere is not taken up here.
  v_artist := private.lock_own_profile();
  if v_artist.kind <> 'artist' then
    perform private.raise_error(403, 'not_an_artist', 'Only artists upload tracks.', 'Call become_artist.');
  end if;
  if create_track.client_id is not null then
    select track.* into v_track
    from public.tracks as track
    where track.artist_id = v_user_id and track.client_id = create_track.client_id;
  end if;
  if v_track.id is null then
    if create_track.file_format is null or create_track.file_format not in ('mp3', 'wav', 'flac') then
      perform private.raise_error(422, 'file_format_unknown', 'A file is mp3, wav or flac.');
    end if;
    v_track.title := create_track.title;
    v_track.artist_name := coalesce(nullif(create_track.artist_name, ''), v_artist.display_name);
    v_track.genre := create_track.genre;
    v_track.duration_ms := create_track.duration_ms;
    v_track.kind := create_track.kind;
    v_track.bpm := private.fit_bpm(create_track.bpm);
    v_track.musical_key := create_track.musical_key;
    v_track.is_explicit := create_track.is_explicit;
    v_track.isrc := create_track.isrc;
    v_track := private.fit_track(v_track);
    v_track.artwork_path := nullif(create_track.artwork_path, '');
    perform private.require_cover(v_track.artwork_path);
    -- The profile is locked: two at once cannot both be the last.
    if (
      select count(*) from public.tracks as track where track.artist_id = v_user_id and track.status = 'draft'
    ) >= private.setting('drafts_limit') then
      perform private.raise_error(
        409, 'draft_limit', 'Nobody can have more drafts than this; submit one, or throw one away.', private.setting('drafts_limit')::text
      );
    end if;
    if not private.has_room() then
      perform private.raise_error(409, 'storage_full', 'Your files take all the room you have; remove some.', private.setting('stored_bytes_limit')::text);
    end if;
    perform private.take_token('create_track');
    v_track.id := private.uuid_v7();
    insert into public.tracks (
      id, provider, provider_track_id, title, artist_name, artist_id, duration_ms, artwork_path, isrc, genre, bpm, musical_key, is_explicit,
      kind, file_format, status, client_id
    ) values (
      v_track.id, 'backbeat', v_track.id::text, v_track.title, v_track.artist_name, v_user_id, v_track.duration_ms, v_track.artwork_path,
      v_track.isrc, v_track.genre, v_track.bpm, v_track.musical_key, v_track.is_explicit, v_track.kind, create_track.file_format, 'draft',
      create_track.client_id
    )
    returning * into v_track;
    insert into private.track_files (track_id, path)
    values (v_track.id, v_user_id || '/' || v_track.id || '.' || v_track.file_format);
  end if;
  return jsonb_build_object(
    'track', to_jsonb(v_track),
    'bucket', 'track-files',
    'path', (select file.path from private.track_files as file where file.track_id = v_track.id)
  );
end;
$$;

create or replace function private.my_upload(track_id uuid, user_id uuid)
returns public.tracks
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_track public.tracks;
begin
  select track.* into v_track
  from public.tracks as track
  where track.id = my_upload.track_id and track.artist_id = my_upload.user_id
  for no key update;
  if not found then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  return v_track;
end;
$$;
comment on function private.my_upload(uuid, uuid) is 'This person''s upload, locked; else track_not_found (404)';

-- Security definer: as create_track; looks into storage.
create or replace function private.submit_track(track_id uuid)
returns public.tracks
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_track public.tracks := private.my_upload(submit_track.track_id, v_user_id);
  v_is_unchecked boolean := private.setting('publish_without_detection') = 1;
  v_size bigint;
begin
  if v_track.status <> 'draft' then
    return v_track;
  end if;

  select private.object_size(object.metadata) into v_size
  from private.track_files as file
  join storage.objects as object on object.bucket_id = 'track-files' and object.name = file.path
  where file.track_id = v_track.id;
  if not found then
    perform private.raise_error(422, 'file_not_found', 'The file is not at the path that create_track gave; upload it first.');
  end if;
  if v_size is null or v_size not between private.setting('track_bytes_least') and private.setting('track_bytes_most') then
    perform private.raise_error(422, 'file_size_wrong', 'The file is empty or larger than files may be.');
  end if;

  -- What is published at once is looked at nevertheless, unless nobody looks at anything.
  if not v_is_unchecked then
    perform private.enqueue('detect_track', jsonb_build_object('track_id', v_track.id), v_user_id);
  end if;
  update public.tracks as track
  set file_bytes = v_size,
      status = case when v_is_unchecked or private.is_trusted_uploader(v_user_id) then 'published' else 'processing' end,
      published_at = case when v_is_unchecked or private.is_trusted_uploader(v_user_id) then now() end
  where track.id = v_track.id
  returning track.* into v_track;
  return v_track;
end;
$$;

create or replace function private.is_trusted_uploader(profile_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select from public.artist_profiles as artist where artist.profile_id = is_trusted_uploader.profile_id and artist.is_trusted_uploader
  )
$$;

-- Security definer: as create_track.
create or replace function private.update_track(
  track_id uuid, title text, artist_name text, genre text, kind text, bpm numeric, musical_key text, is_explicit boolean, isrc text,
  artwork_path text
)
returns public.tracks
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_track public.tracks;
  v_before text;
begin
  perform from public.profiles as profile where profile.id = v_user_id for no key update;
  v_track := private.my_upload(update_track.track_id, v_user_id);
  perform private.take_token('update_track');
  v_before := v_track.artwork_path;
  v_track.title := coalesce(update_track.title, v_track.title);
  v_track.artist_name := coalesce(update_track.artist_name, v_track.artist_name);
  v_track.genre := coalesce(update_track.genre, v_track.genre);
  v_track.kind := coalesce(update_track.kind, v_track.kind);
  v_track.bpm := coalesce(private.fit_bpm(update_track.bpm), v_track.bpm);
  v_track.musical_key := coalesce(update_track.musical_key, v_track.musical_key);
  v_track.is_explicit := coalesce(update_track.is_explicit, v_track.is_explicit);
  v_track.isrc := coalesce(update_track.isrc, v_track.isrc);
  v_track := private.fit_track(v_track);
  if update_track.artwork_path is distinct from v_before then
    v_track.artwork_path := nullif(coalesce(update_track.artwork_path, v_before), '');
    if v_track.artwork_path is distinct from v_before then
      perform private.require_cover(v_track.artwork_path);
    end if;
  end if;
  update public.tracks as track
  set title = v_track.title, artist_name = v_track.artist_name, genre = v_track.genre, kind = v_track.kind, bpm = v_track.bpm,
      musical_key = v_track.musical_key, is_explicit = v_track.is_explicit, isrc = v_track.isrc, artwork_path = v_track.artwork_path
  where track.id = v_track.id
  returning track.* into v_track;
  if v_before is distinct from v_track.artwork_path then
    perform private.release_cover(v_before, v_user_id);
  end if;
  return v_track;
end;
$$;

-- Security definer: as create_track.
create or replace function private.set_track_shown(track_id uuid, shown boolean)
returns public.tracks
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_track public.tracks := private.my_upload(set_track_shown.track_id, v_user_id);
begin
  if v_track.status = 'removed' then
    perform private.raise_error(409, 'track_removed', 'The staff has removed this track.');
  end if;
  if v_track.status not in ('published', 'hidden') or v_track.published_at is null then
    perform private.raise_error(409, 'track_not_published', 'This track has not been published yet.');
  end if;
  update public.tracks as track
  set status = case when set_track_shown.shown then 'published' else 'hidden' end
  where track.id = v_track.id
  returning track.* into v_track;
  return v_track;
end;
$$;

-- Security definer: as create_track.
create or replace function private.discard_track(track_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_track public.tracks;
begin
  perform from public.profiles as profile where profile.id = v_user_id for no key update;
  v_track := private.my_upload(discard_track.track_id, v_user_id);
  if v_track.status <> 'draft' then
    perform private.raise_error(409, 'track_not_draft', 'Only a draft can be thrown away; hide the track instead.');
  end if;
  perform private.throw_away(v_track);
end;
$$;

create or replace function private.throw_away(draft public.tracks)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_path text;
begin
  delete from private.track_files as file where file.track_id = (throw_away.draft).id returning file.path into v_path;
  perform private.enqueue(
    'remove_objects', jsonb_build_object('bucket', 'track-files', 'names', jsonb_build_array(v_path)), (throw_away.draft).artist_id
  );
  delete from public.tracks as track where track.id = (throw_away.draft).id;
  perform private.release_cover((throw_away.draft).artwork_path, (throw_away.draft).artist_id);
end;
$$;
comment on function private.throw_away(public.tracks) is 'Remove a draft with its file and its picture; it is locked, after its artist';

-- Security definer: service_role deletes nothing but what is over. Lock order: the artists by their ids, then their drafts.
create or replace function private.forget_old_drafts(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before constant timestamptz := now() - make_interval(days => private.setting('draft_kept_days')::int);
  v_ids uuid[] := array(
    select track.id
    from public.tracks as track
    where track.status = 'draft' and track.created_at < v_before
    order by track.created_at
    limit least(greatest(coalesce(forget_old_drafts.size, 100), 1), 1000)
  );
  v_track public.tracks;
  v_count int := 0;
begin
  perform private.lock_profiles(array(select track.artist_id from public.tracks as track where track.id = any (v_ids)));
  for v_track in
    select track.*
    from public.tracks as track
    where track.id = any (v_ids) and track.status = 'draft'
    order by track.id
    for update
  loop
    perform private.throw_away(v_track);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;

-- Security definer: as create_track.
create or replace function private.set_track_removed(track_id uuid, removed boolean, reason text)
returns public.tracks
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_track public.tracks;
begin
  select track.* into v_track from public.tracks as track where track.id = set_track_removed.track_id for no key update;
  if not found then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  if (v_track.status = 'removed') = set_track_removed.removed then
    return v_track;
  end if;
  perform private.audit(
    case when set_track_removed.removed then 'track_removed' else 'track_restored' end, 'track', v_track.id::text,
    jsonb_build_object('status', v_track.status, 'reason', left(set_track_removed.reason, 1000))
  );
  update public.tracks as track
  set status = case when set_track_removed.removed then 'removed' else v_track.removed_from end,
      removed_from = case when set_track_removed.removed then v_track.status end
  where track.id = v_track.id
  returning track.* into v_track;
  return v_track;
end;
$$;

-- Security definer: a policy helper; drafts are asked for beside the policies, and paths are readable by nobody.
create or replace function private.my_upload_paths()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select file.path
  from public.tracks as track
  join private.track_files as file on file.track_id = track.id
  where track.artist_id = (select auth.uid()) and track.status = 'draft'
$$;
comment on function private.my_upload_paths() is 'Where the caller may upload: the paths of their drafts, for the policy of bucket track-files';

-- Security definer: files and tracks are not the storage server's to read. That server checks a policy when an upload begins and writes its
-- row when it ends, perhaps hours later, over what is there: so an upload that began while the track was a draft would replace what was
-- submitted since. The track is locked as submit_track locks it, so one of the two sees the other.
create or replace function private.tg_objects__keep_track_file()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_status text;
begin
  select track.status into v_status
  from private.track_files as file
  join public.tracks as track on track.id = file.track_id
  where file.path = old.name
  for share of track;
  if v_status <> 'draft' then
    raise exception using errcode = 'restrict_violation', message = 'the file of a submitted track stays';
  end if;
  return new;
end;
$$;
create trigger _300_keep_track_file
  before update on storage.objects
  for each row
  when (
    old.bucket_id = 'track-files' and (old.bucket_id, old.name, old.metadata) is distinct from (new.bucket_id, new.name, new.metadata)
  )
  execute function private.tg_objects__keep_track_file();

-- source: sql/03_catalogue/functions/40_plays.sql

-- Security definer: plays and all that they move are nobody's to write.
--
-- The listener's row is locked first, so that their plays come one after the other however many connections report them: what was claimed,
-- when the play before was, and whether the track has counted lately are then facts. The track's row, which is hot, is locked by the last
-- statement, of whose other rows all are the listener's.
create or replace function private.record_play(track_id uuid, ms_played int, client_event_id uuid, source text, room_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  v_user_id uuid;
  v_source text := coalesce(record_play.source, 'app');
  v_last timestamptz;
  v_now timestamptz;
  v_duration int;
  v_status text;
  v_ms int := record_play.ms_played;
  v_day date;
  v_counts_from bigint;
  v_has_counted boolean;
  v_is_counted boolean;
begin
  -- One who has listened before and may write is found in one statement; whoever is not has a reason, or listens for the first time.
  select listener.listener_id, listener.last_played_at into v_user_id, v_last
  from private.listeners as listener
  where listener.listener_id = (select writer.user_id from private.writers as writer where writer.feature = 'catalogue')
  for no key update;
  if not found then
    v_user_id := private.acting_user('catalogue');
  end if;
  if record_play.client_event_id is null then
    perform private.raise_error(422, 'event_id_missing', 'Give every play an id of its own, so that it counts once however often it is sent.');
  end if;
  if v_ms is null or v_ms not between 0 and 86400000 then
    perform private.raise_error(422, 'ms_played_invalid', 'A play lasts 0 to 86400000 milliseconds.');
  end if;
  if v_source not in ('app', 'room', 'crate') or (record_play.room_id is not null and v_source <> 'room') then
    perform private.raise_error(422, 'source_unknown', 'A play comes from app, room or crate, and only that from a room has a room_id.');
  end if;

  if v_last is null then
    insert into private.listeners (listener_id, last_played_at) values (v_user_id, '-infinity') on conflict do nothing;
    select listener.last_played_at into v_last from private.listeners as listener where listener.listener_id = v_user_id for no key update;
  end if;

  -- Time does not run back between two plays; but a last one that lies far ahead was written by a clock that was wrong.
  v_now := clock_timestamp();
  if v_last > v_now then
    if v_last > v_now + make_interval(secs => private.setting('play_counts_again_seconds')) then
      v_last := '-infinity';
    else
      v_now := v_last;
    end if;
  end if;
  -- Plays go on when housekeeping has not run for months: a listener's first of a month looks whether it has its place. Nothing of plays is
  -- locked yet, so that nobody waits for this in a circle.
  if date_trunc('month', v_last, 'UTC') <> date_trunc('month', v_now, 'UTC')
    and to_regclass('private.plays_' || to_char(v_now at time zone 'UTC', 'YYYY_MM')) is null
  then
    perform private.ensure_play_partitions();
  end if;

  -- One reading of all that decides, as each statement costs as much as a row.
  select
    (
      select claim.is_counted
      from private.play_claims as claim
      where claim.listener_id = v_user_id and claim.client_event_id = record_play.client_event_id
    ),
    track.duration_ms, track.status, (v_now at time zone profile.time_zone)::date,
    (select row.value from private.settings as row where row.name = 'play_counts_from_ms'),
    exists (
      select
      from public.plays as play
      where play.listener_id = v_user_id
        and play.played_at > v_now - make_interval(secs => (
          select row.value from private.settings as row where row.name = 'play_counts_again_seconds'
        ))
        and play.played_at <= v_now
        and play.track_id = record_play.track_id
        and play.is_counted
    )
  into v_is_counted, v_duration, v_status, v_day, v_counts_from, v_has_counted
  from public.profiles as profile
  left join private.reader_tracks as track on track.id = record_play.track_id and (track.is_visible or private.is_staff())
  where profile.id = v_user_id;
  if v_is_counted is not null then
    return jsonb_build_object('is_counted', v_is_counted);
  end if;
  if v_status is null then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  if v_status <> 'published' then
    perform private.raise_error(409, 'track_not_published', 'This track has not been published yet.');
  end if;
  perform private.take_token('record_play');

  -- Nobody has heard more than the track, or more than fits between two reports.
  v_ms := least(v_ms, v_duration);
  if isfinite(v_last) then
    v_ms := least(v_ms, floor(extract(epoch from v_now - v_last) * 1000))::int;
  end if;
  v_is_counted := not v_has_counted and v_ms >= least(v_counts_from, v_duration / 2.0);

  with claim as (
    insert into private.play_claims (listener_id, client_event_id, is_counted, claimed_at)
    values (v_user_id, record_play.client_event_id, v_is_counted, v_now)
  ),
  listener as (
    update private.listeners as listener
    set last_played_at = v_now,
        play_count = listener.play_count + v_is_counted::int,
        ms_played = listener.ms_played + case when v_is_counted then v_ms else 0 end
    where listener.listener_id = v_user_id
  ),
  day as (
    insert into private.listening_days as row (listener_id, day, play_count, ms_played)
    select v_user_id, v_day, 1, v_ms
    where v_is_counted
    on conflict (listener_id, day) do update set play_count = row.play_count + 1, ms_played = row.ms_played + excluded.ms_played
  ),
  track as (
    update public.tracks as track set play_count = track.play_count + 1 where track.id = record_play.track_id and v_is_counted
  )
  insert into public.plays (track_id, listener_id, room_id, ms_played, is_counted, source, client_event_id, played_at)
  values (
    record_play.track_id, v_user_id, record_play.room_id, v_ms, v_is_counted, v_source, record_play.client_event_id, v_now
  );
  return jsonb_build_object('is_counted', v_is_counted);
end;
$$;

-- Security definer: shows its caller what no table grants in one piece.
create or replace function private.my_listening()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'total_plays', coalesce(
      (select listener.play_count from private.listeners as listener where listener.listener_id = auth.uid()), 0
    ),
    'recent', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'track_id', play.track_id, 'track', private.track_card(play.track_id), 'ms_played', play.ms_played,
            'source', play.source, 'played_at', play.played_at
          )
          order by play.played_at desc, play.id desc
        )
        from (
          select heard.id, heard.track_id, heard.ms_played, heard.source, heard.played_at
          from public.plays as heard
          where heard.listener_id = auth.uid() and heard.is_counted
          order by heard.played_at desc
          limit 20
        ) as play
      ),
      '[]'
    )
  );
end;
$$;
comment on function private.my_listening() is
'The caller''s plays that count, for my_account: total_plays, recent [up to 20 {track_id, track or null, ms_played, source, played_at}]';

-- Security definer: paths are readable by nobody; the service asks for a listener it has authenticated.
create or replace function private.stream_source(track_id uuid, listener uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_claims text := current_setting('request.jwt.claims', true);
  v_sub text := current_setting('request.jwt.claim.sub', true);
  v_is_visible boolean;
  v_track public.tracks;
  v_file private.track_files;
begin
  -- The one rule of who sees a track looks at who calls: for this question that is the listener.
  perform set_config('request.jwt.claims', coalesce(jsonb_build_object('sub', stream_source.listener)::text, ''), true);
  perform set_config('request.jwt.claim.sub', coalesce(stream_source.listener::text, ''), true);
  if stream_source.listener is not null then
    perform private.acting_user();
  end if;
  v_is_visible := private.can_see_track(stream_source.track_id);
  perform set_config('request.jwt.claims', coalesce(v_claims, ''), true);
  perform set_config('request.jwt.claim.sub', coalesce(v_sub, ''), true);

  if not v_is_visible then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  select track.* into v_track from public.tracks as track where track.id = stream_source.track_id;
  select file.* into v_file from private.track_files as file where file.track_id = v_track.id;
  if not found
    or (
      v_track.status = 'draft'
      and not exists (select from storage.objects as object where object.bucket_id = 'track-files' and object.name = v_file.path)
    )
  then
    perform private.raise_error(409, 'track_has_no_file', 'There is nothing of this track to be played from here.');
  end if;
  return jsonb_build_object(
    'bucket', 'track-files', 'path', v_file.path, 'is_preview', false, 'file_format', v_track.file_format,
    'seconds', private.setting('stream_url_seconds')
  );
end;
$$;

-- Security definer: as stream_source; plays and their partitions are not the service's to change.
create or replace function private.keep_play_partitions()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_made int := private.ensure_play_partitions();
  v_forgotten int;
begin
  delete from private.play_claims as claim
  where (claim.listener_id, claim.client_event_id) in (
    select old.listener_id, old.client_event_id
    from private.play_claims as old
    where old.claimed_at < now() - make_interval(months => private.setting('plays_kept_months')::int)
    limit 10000
    for update skip locked
  );
  get diagnostics v_forgotten = row_count;
  return jsonb_build_object('partitions_made', v_made, 'claims_forgotten', v_forgotten);
end;
$$;

create or replace function private.play_partition(month date)
returns regclass
language sql
stable
security invoker
set search_path = ''
as $$
  select child.inhrelid::regclass
  from pg_catalog.pg_inherits as child
  where child.inhparent = 'public.plays'::regclass
    and child.inhrelid = to_regclass('private.plays_' || to_char(play_partition.month, 'YYYY_MM'))
$$;
comment on function private.play_partition(date) is 'The partition of this month, or null';

-- Security definer: as keep_play_partitions.
create or replace function private.months_to_archive()
returns table (month date, object_key text, row_count bigint, checksum text)
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  insert into private.play_archives (month)
  select old.month
  from (
    select to_date(substring(child.inhrelid::regclass::text from '\d{4}_\d{2}$'), 'YYYY_MM') as month
    from pg_catalog.pg_inherits as child
    where child.inhparent = 'public.plays'::regclass
  ) as old
  where old.month + interval '1 month' <= (now() at time zone 'UTC') - make_interval(months => private.setting('plays_kept_months')::int)
  on conflict (month) do nothing;

  return query
  select archive.month, archive.object_key, archive.row_count, archive.checksum
  from private.play_archives as archive
  where archive.dropped_at is null
  order by archive.month;
end;
$$;

create or replace function private.archive_under_way(month date)
returns private.play_archives
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_archive private.play_archives;
begin
  select archive.* into v_archive from private.play_archives as archive where archive.month = archive_under_way.month for update;
  if not found then
    perform private.raise_error(404, 'month_not_found', 'This is no month that is to be archived.');
  end if;
  return v_archive;
end;
$$;
comment on function private.archive_under_way(date) is 'The archive of a month, locked; else month_not_found (404)';

-- Security definer: as keep_play_partitions. In the archive a listener is a key that is the same within the month and leads to nobody once
-- the salt is forgotten: who has been erased since must not live on there.
create or replace function private.plays_of_month(month date, after uuid, size int)
returns table (
  id uuid, track_id uuid, listener_key text, room_id uuid, ms_played int, is_counted boolean, source text, played_at timestamptz
)
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_archive private.play_archives := private.archive_under_way(plays_of_month.month);
begin
  if v_archive.dropped_at is not null then
    return;
  end if;
  return query execute format(
    $query$
      select play.id, play.track_id,
        encode(sha256(convert_to($1::text || play.listener_id::text, 'UTF8')), 'hex'),
        play.room_id, play.ms_played, play.is_counted, play.source, play.played_at
      from %s as play
      where play.id > $2
      order by play.id
      limit $3
    $query$,
    private.play_partition(plays_of_month.month)
  )
  using v_archive.salt, coalesce(plays_of_month.after, '00000000-0000-0000-0000-000000000000'),
    least(greatest(coalesce(plays_of_month.size, 10000), 1), 50000);
end;
$$;

create or replace function private.plays_checksum(archive private.play_archives)
returns table (row_count bigint, checksum text)
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return query execute format(
    $query$
      select
        count(*),
        lpad(to_hex(coalesce(bit_xor(('x' || substr(line.hash, 1, 16))::bit(64)::bigint), 0)), 16, '0')
          || lpad(to_hex(coalesce(bit_xor(('x' || substr(line.hash, 17, 16))::bit(64)::bigint), 0)), 16, '0')
          || lpad(to_hex(coalesce(bit_xor(('x' || substr(line.hash, 33, 16))::bit(64)::bigint), 0)), 16, '0')
          || lpad(to_hex(coalesce(bit_xor(('x' || substr(line.hash, 49, 16))::bit(64)::bigint), 0)), 16, '0')
      from (
        select encode(
          sha256(convert_to(
            concat_ws(
              '|', play.id, play.track_id,
              coalesce(encode(sha256(convert_to($1::text || play.listener_id::text, 'UTF8')), 'hex'), ''),
              coalesce(play.room_id::text, ''), play.ms_played, play.is_counted, play.source,
              (extract(epoch from play.played_at) * 1000000)::bigint
            ),
            'UTF8'
          )),
          'hex'
        ) as hash
        from %s as play
        offset 0
      ) as line
    $query$,
    private.play_partition((plays_checksum.archive).month)
  )
  using (plays_checksum.archive).salt;
end;
$$;
comment on function private.plays_checksum(private.play_archives) is
$$The plays of a month as the archive has them: how many, and the exclusive or of their lines' SHA-256, in hex

A line is id|track_id|listener_key|room_id|ms_played|is_counted|source|played_at as plays_of_month gives them, null as nothing, is_counted as
t or f, played_at in microseconds since 1970: whoever reads the archive can compute the same.$$;

-- Security definer: as keep_play_partitions.
create or replace function private.register_play_archive(month date, object_key text, row_count bigint, checksum text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_archive private.play_archives := private.archive_under_way(register_play_archive.month);
begin
  if register_play_archive.object_key is null
    or char_length(register_play_archive.object_key) not between 1 and 1000
    or register_play_archive.row_count is null
    or register_play_archive.row_count < 0
    or coalesce(register_play_archive.checksum, '') !~ '^[0-9a-f]{64}$'
  then
    perform private.raise_error(422, 'archive_invalid', 'An archive has an object, a number of rows and a checksum of 64 hex digits.');
  end if;
  if v_archive.dropped_at is not null then
    return;
  end if;
  if not exists (
    select
    from private.plays_checksum(v_archive) as here
    where here.row_count = register_play_archive.row_count and here.checksum = register_play_archive.checksum
  ) then
    perform private.raise_error(409, 'archive_not_verified', 'What was read back is not what was registered, or not all that is here.');
  end if;
  update private.play_archives as archive
  set object_key = register_play_archive.object_key, row_count = register_play_archive.row_count,
      checksum = register_play_archive.checksum, registered_at = now()
  where archive.month = v_archive.month;
end;
$$;

-- Security definer: as keep_play_partitions.
create or replace function private.drop_archived_plays(month date, row_count bigint, checksum text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_archive private.play_archives := private.archive_under_way(drop_archived_plays.month);
  v_partition regclass := private.play_partition(drop_archived_plays.month);
  v_rows bigint;
begin
  if v_archive.dropped_at is not null then
    return false;
  end if;
  -- Whoever is erased alone writes to plays that old: not now. People who read go on while the rows are counted; then the parent is locked
  -- before the partition, as every query locks them, so that nobody waits for this in a circle.
  perform pg_advisory_xact_lock(hashtextextended('erase_due_accounts', 0));
  execute format('lock table %s in share mode', v_partition);
  execute format('select count(*) from %s', v_partition) into v_rows;
  if v_archive.registered_at is null
    or v_archive.row_count is distinct from drop_archived_plays.row_count
    or v_archive.checksum is distinct from drop_archived_plays.checksum
    or v_archive.row_count <> v_rows
  then
    perform private.raise_error(409, 'archive_not_verified', 'What was read back is not what was registered, or not all that is here.');
  end if;

  execute format(
    $query$
      insert into private.archived_plays as archived (track_id, play_count)
      select play.track_id, count(*)
      from %s as play
      join public.tracks as track on track.id = play.track_id
      where play.is_counted
      group by play.track_id
      order by play.track_id
      on conflict (track_id) do update set play_count = archived.play_count + excluded.play_count
    $query$,
    v_partition
  );
  lock table only public.plays in access exclusive mode;
  execute format('drop table %s', v_partition);
  update private.play_archives as archive set dropped_at = now(), salt = null where archive.month = v_archive.month;
  return true;
end;
$$;

-- source: sql/03_catalogue/functions/50_crates.sql

create or replace function private.fit_tags(tags text[])
returns text[]
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if array_ndims(fit_tags.tags) > 1 or cardinality(fit_tags.tags) > 10 or exists (
    select from unnest(fit_tags.tags) as tag where tag is null or lower(ltrim(tag, '#')) !~ '^[[:alnum:]_]{1,50}$'
  ) then
    perform private.raise_error(422, 'tags_invalid', 'There are at most 10 tags, each of 1 to 50 letters, digits or _.');
  end if;
  return array(
    select lower(ltrim(tag.word, '#'))
    from unnest(fit_tags.tags) with ordinality as tag (word, place)
    group by lower(ltrim(tag.word, '#'))
    order by min(tag.place)
  );
end;
$$;
comment on function private.fit_tags(text[]) is 'Tags in lower case without #, each once, none for null; else tags_invalid (422)';

create or replace function private.fit_crate(crate public.crates)
returns public.crates
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_crate public.crates := fit_crate.crate;
begin
  v_crate.title := private.clean_line(left(v_crate.title, 1000), 121);
  if v_crate.title is null or char_length(v_crate.title) not between 1 and 120 then
    perform private.raise_error(422, 'title_invalid', 'A title has 1 to 120 characters.');
  end if;
  v_crate.description := nullif(btrim(v_crate.description, E' \t\r\n'), '');
  if char_length(v_crate.description) > 1000 then
    perform private.raise_error(422, 'description_too_long', 'A description has at most 1000 characters.');
  end if;
  v_crate.genre := nullif(v_crate.genre, '');
  if v_crate.genre is not null and not exists (select from public.genres as genre where genre.slug = v_crate.genre) then
    perform private.raise_error(422, 'unknown_genre', 'A genre is none of those in genres.');
  end if;
  v_crate.mood := nullif(private.clean_line(left(v_crate.mood, 1000), 41), '');
  if char_length(v_crate.mood) > 40 then
    perform private.raise_error(422, 'mood_too_long', 'A mood has at most 40 characters.');
  end if;
  v_crate.tags := private.fit_tags(v_crate.tags);
  v_crate.visibility := coalesce(v_crate.visibility, 'public');
  if v_crate.visibility not in ('public', 'unlisted', 'followers', 'private') then
    perform private.raise_error(422, 'crate_visibility_unknown', 'A crate is public, unlisted, followers or private.');
  end if;
  return v_crate;
end;
$$;
comment on function private.fit_crate(public.crates) is 'A description of a crate, cleaned, or the refusal of the first field that does not fit; empty text means none';

create or replace function private.lock_crate(crate_id uuid, at_least text)
returns public.crates
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_crate public.crates;
begin
  select crate.* into v_crate from public.crates as crate where crate.id = lock_crate.crate_id for no key update;
  if v_crate.id is null or not private.can_see_crate(v_crate.id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  if v_crate.owner_id <> v_user_id and not (
    lock_crate.at_least = 'editor'
    and exists (
      select from public.crate_collaborators as collaborator
      where collaborator.crate_id = v_crate.id and collaborator.user_id = v_user_id and collaborator.role = 'editor'
    )
  ) then
    perform private.raise_error(403, 'crate_not_yours', 'Its owner, and for its tracks its editors, may change a crate.');
  end if;
  return v_crate;
end;
$$;
comment on function private.lock_crate(uuid, text) is 'A crate the caller may change as owner, or editor where that is enough, locked; else crate_not_found (404), crate_not_yours (403)';

-- Security definer: crates are nobody's to write directly.
create or replace function private.create_crate(
  title text, description text, genre text, mood text, tags text[], visibility text, cover_path text, client_id uuid
)
returns public.crates
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_is_private boolean;
  v_crate public.crates;
begin
  -- Locked, so that a profile which turns private at this moment takes this crate along, and so that the limit holds.
  v_is_private := (private.lock_own_profile()).is_private;
  if create_crate.client_id is not null then
    select crate.* into v_crate
    from public.crates as crate
    where crate.owner_id = v_user_id and crate.client_id = create_crate.client_id;
    if found and v_crate.deleted_at is not null then
      perform private.raise_error(409, 'crate_deleted', 'This crate was made and has been deleted since; another needs a client_id of its own.');
    elsif found then
      return v_crate;
    end if;
  end if;
  v_crate.title := create_crate.title;
  v_crate.description := create_crate.description;
  v_crate.genre := create_crate.genre;
  v_crate.mood := create_crate.mood;
  v_crate.tags := create_crate.tags;
  v_crate.visibility := create_crate.visibility;
  v_crate := private.fit_crate(v_crate);
  v_crate.cover_path := nullif(create_crate.cover_path, '');
  perform private.require_cover(v_crate.cover_path);
  perform private.take_token('create_crate');
  if (
    select count(*) from public.crates as crate where crate.owner_id = v_user_id and crate.deleted_at is null
  ) >= private.setting('crates_limit') then
    perform private.raise_error(409, 'crate_limit', 'Nobody can have more crates than this.', private.setting('crates_limit')::text);
  end if;
  insert into public.crates (owner_id, title, description, cover_path, genre, mood, tags, visibility, audience, client_id)
  values (
    v_user_id, v_crate.title, v_crate.description, v_crate.cover_path, v_crate.genre, v_crate.mood, v_crate.tags, v_crate.visibility,
    private.crate_audience(v_crate.visibility, v_is_private), create_crate.client_id
  )
  returning * into v_crate;
  return v_crate;
end;
$$;

-- Security definer: as create_crate.
create or replace function private.update_crate(
  crate_id uuid, title text, description text, genre text, mood text, tags text[], visibility text, cover_path text
)
returns public.crates
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_is_private boolean;
  v_crate public.crates;
  v_before text;
begin
  v_is_private := (private.lock_own_profile()).is_private;
  v_crate := private.lock_crate(update_crate.crate_id, 'owner');
  perform private.take_token('update_crate');
  v_before := v_crate.cover_path;
  v_crate.title := coalesce(update_crate.title, v_crate.title);
  v_crate.description := coalesce(update_crate.description, v_crate.description);
  v_crate.genre := coalesce(update_crate.genre, v_crate.genre);
  v_crate.mood := coalesce(update_crate.mood, v_crate.mood);
  v_crate.tags := coalesce(update_crate.tags, v_crate.tags);
  v_crate.visibility := coalesce(update_crate.visibility, v_crate.visibility);
  v_crate := private.fit_crate(v_crate);
  v_crate.cover_path := nullif(coalesce(update_crate.cover_path, v_before), '');
  if v_crate.cover_path is distinct from v_before then
    perform private.require_cover(v_crate.cover_path);
  end if;
  update public.crates as crate
  set title = v_crate.title, description = v_crate.description, genre = v_crate.genre, mood = v_crate.mood, tags = v_crate.tags,
      visibility = v_crate.visibility, audience = private.crate_audience(v_crate.visibility, v_is_private),
      cover_path = v_crate.cover_path, updated_at = now()
  where crate.id = v_crate.id
  returning crate.* into v_crate;
  if v_before is distinct from v_crate.cover_path then
    perform private.release_cover(v_before, v_user_id);
  end if;
  return v_crate;
end;
$$;

-- Security definer: as create_crate. The row stays, as posts may show it and likes may count it; nothing in it can be read.
create or replace function private.delete_crate(crate_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_crate public.crates;
begin
  perform from public.profiles as profile where profile.id = v_user_id for no key update;
  if exists (
    select from public.crates as crate
    where crate.id = delete_crate.crate_id and crate.owner_id = v_user_id and crate.deleted_at is not null
  ) then
    return;
  end if;
  v_crate := private.lock_crate(delete_crate.crate_id, 'owner');
  delete from public.crate_items as item where item.crate_id = v_crate.id;
  delete from public.crate_collaborators as collaborator where collaborator.crate_id = v_crate.id;
  delete from private.crate_trends as trend where trend.crate_id = v_crate.id;
  update public.crates as crate
  set deleted_at = now(), title = null, description = null, cover_path = null, mood = null, genre = null, tags = '{}',
      is_featured = false, featured_at = null
  where crate.id = v_crate.id;
  perform private.release_cover(v_crate.cover_path, v_user_id);
end;
$$;

-- Security definer: as create_crate.
create or replace function private.set_crate_collaborator(crate_id uuid, username text, role text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_username text := lower(btrim(set_crate_collaborator.username));
  v_other_id uuid;
  v_crate public.crates;
begin
  if set_crate_collaborator.role not in ('viewer', 'editor') then
    perform private.raise_error(422, 'collaborator_role_unknown', 'A collaborator is viewer or editor.');
  end if;

  if set_crate_collaborator.role is null then
    -- Who collaborates may go by themself.
    delete from public.crate_collaborators as collaborator
    using public.profiles as profile, public.crates as crate
    where collaborator.crate_id = set_crate_collaborator.crate_id
      and crate.id = collaborator.crate_id
      and profile.id = collaborator.user_id
      and profile.username = v_username
      and v_user_id in (crate.owner_id, collaborator.user_id);
    if not found then
      -- Nothing to take away; about a crate or a person the caller cannot see the answer says no more than that.
      if not private.can_see_crate(set_crate_collaborator.crate_id) then
        perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
      end if;
      v_other_id := (private.visible_profile(v_username)).id;
      if v_other_id <> v_user_id then
        perform private.lock_crate(set_crate_collaborator.crate_id, 'owner');
      end if;
    end if;
    return jsonb_build_object('username', v_username, 'role', null);
  end if;

  v_other_id := (private.visible_profile(v_username)).id;
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  -- A block of the two waits for this, or this sees it.
  perform private.lock_pair(v_user_id, v_other_id);
  v_crate := private.lock_crate(set_crate_collaborator.crate_id, 'owner');
  if exists (
    select from public.blocks as block
    where (block.blocker_id, block.blocked_id) in ((v_user_id, v_other_id), (v_other_id, v_user_id))
  ) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  perform private.take_token('invite_collaborator');
  insert into public.crate_collaborators as collaborator (crate_id, user_id, role)
  values (v_crate.id, v_other_id, set_crate_collaborator.role)
  on conflict (crate_id, user_id) do update set role = excluded.role;
  if (
    select count(*) from public.crate_collaborators as collaborator where collaborator.crate_id = v_crate.id
  ) > private.setting('crate_collaborators_limit') then
    perform private.raise_error(
      409, 'collaborator_limit', 'A crate cannot have more collaborators than this.', private.setting('crate_collaborators_limit')::text
    );
  end if;
  return jsonb_build_object('username', v_username, 'role', set_crate_collaborator.role);
end;
$$;

-- Security definer: as create_crate.
create or replace function private.feature_crate(crate_id uuid, is_featured boolean)
returns public.crates
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_crate public.crates;
begin
  if feature_crate.is_featured is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  select crate.* into v_crate
  from public.crates as crate
  where crate.id = feature_crate.crate_id and crate.deleted_at is null
  for no key update;
  if not found then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  if feature_crate.is_featured and v_crate.audience <> 'public' then
    perform private.raise_error(409, 'crate_not_public', 'Only public crates can be featured.');
  end if;
  if v_crate.is_featured <> feature_crate.is_featured then
    perform private.audit(
      case when feature_crate.is_featured then 'crate_featured' else 'crate_unfeatured' end, 'crate', v_crate.id::text
    );
    update public.crates as crate
    set is_featured = feature_crate.is_featured, featured_at = case when feature_crate.is_featured then now() end
    where crate.id = v_crate.id
    returning crate.* into v_crate;
  end if;
  return v_crate;
end;
$$;

-- Security definer: as create_crate.
create or replace function private.record_crate_play(crate_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('catalogue');
begin
  if not private.can_see_crate(record_crate_play.crate_id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  perform private.take_token('record_crate_play');
  -- What trends gets its row here and its weight by refresh_trending. Before the play, whose trigger locks the crate: it is hot.
  insert into private.crate_trends (crate_id, genre)
  select crate.id, crate.genre
  from public.crates as crate
  where crate.id = record_crate_play.crate_id
    and crate.audience = 'public'
    and not exists (select from private.crate_trends as trend where trend.crate_id = crate.id)
  on conflict (crate_id) do nothing;
  insert into private.crate_plays (crate_id, hour, listener_id)
  values (record_crate_play.crate_id, date_trunc('hour', now(), 'UTC'), v_user_id)
  on conflict do nothing;
  return jsonb_build_object('is_counted', found);
end;
$$;

-- source: sql/03_catalogue/functions/55_crate_items.sql

create or replace function private.item_as_seen(item public.crate_items)
returns public.crate_items
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_item public.crate_items := item_as_seen.item;
begin
  if v_item.added_by is null or not private.can_see_profile(v_item.added_by) then
    v_item.added_by := null;
    v_item.note := null;
  end if;
  return v_item;
end;
$$;
comment on function private.item_as_seen(public.crate_items) is
'An item as its changer is told of it: without the note and the name of somebody they cannot see';

-- Security definer: crates are nobody's to write directly. The track is locked before the crate (lock order in 20_counters.sql), so that it
-- cannot go with its artist while it is put in.
create or replace function private.add_to_crate(crate_id uuid, track_id uuid, note text)
returns public.crate_items
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_note text := nullif(btrim(add_to_crate.note, E' \t\r\n'), '');
  v_track public.tracks;
  v_crate public.crates;
  v_item public.crate_items;
begin
  if char_length(v_note) > 280 then
    perform private.raise_error(422, 'note_too_long', 'A note has at most 280 characters.');
  end if;
  select track.* into v_track from public.tracks as track where track.id = add_to_crate.track_id for key share;
  if v_track.id is null or not private.can_see_track(v_track.id) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  v_crate := private.lock_crate(add_to_crate.crate_id, 'editor');

  select item.* into v_item from public.crate_items as item where item.crate_id = v_crate.id and item.track_id = v_track.id;
  if found then
    return private.item_as_seen(v_item);
  end if;
  if v_track.status <> 'published' then
    perform private.raise_error(409, 'track_not_published', 'This track has not been published yet.');
  end if;
  if v_crate.item_count >= private.setting('crate_items_limit') then
    perform private.raise_error(409, 'crate_full', 'A crate cannot hold more tracks than this.', private.setting('crate_items_limit')::text);
  end if;
  perform private.take_token('fill_crate');
  insert into public.crate_items (crate_id, track_id, position, duration_ms, note, added_by, owner_id)
  select v_crate.id, v_track.id, coalesce(floor(max(item.position)), 0) + 1, v_track.duration_ms, v_note, v_user_id, v_crate.owner_id
  from public.crate_items as item
  where item.crate_id = v_crate.id
  returning * into v_item;
  return v_item;
end;
$$;

create or replace function private.lock_crate_item(item_id uuid)
returns public.crate_items
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_item public.crate_items;
begin
  select item.* into v_item from public.crate_items as item where item.id = lock_crate_item.item_id;
  -- An item of a crate one cannot see is as unknown as one that is not there.
  if v_item.id is null or not private.can_see_crate(v_item.crate_id) then
    perform private.raise_error(404, 'crate_item_not_found', 'There is no item of this id in a crate that you can see.');
  end if;
  perform private.lock_crate(v_item.crate_id, 'editor');
  select item.* into v_item from public.crate_items as item where item.id = lock_crate_item.item_id;
  if not found then
    perform private.raise_error(404, 'crate_item_not_found', 'There is no item of this id in a crate that you can see.');
  end if;
  return v_item;
end;
$$;
comment on function private.lock_crate_item(uuid) is 'An item the caller may change, as it is with its crate locked; else crate_item_not_found, crate_not_found (404), crate_not_yours (403)';

-- Security definer: as add_to_crate.
create or replace function private.remove_from_crate(item_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_item public.crate_items := private.lock_crate_item(remove_from_crate.item_id);
begin
  delete from public.crate_items as item where item.id = v_item.id;
end;
$$;

-- Security definer: as add_to_crate.
create or replace function private.note_crate_item(item_id uuid, note text)
returns public.crate_items
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_note text := nullif(btrim(note_crate_item.note, E' \t\r\n'), '');
  v_item public.crate_items;
begin
  if char_length(v_note) > 280 then
    perform private.raise_error(422, 'note_too_long', 'A note has at most 280 characters.');
  end if;
  v_item := private.lock_crate_item(note_crate_item.item_id);
  perform private.take_token('fill_crate');
  update public.crate_items as item
  set note = v_note, added_by = case when v_note is null then item.added_by else v_user_id end
  where item.id = v_item.id
  returning item.* into v_item;
  return private.item_as_seen(v_item);
end;
$$;

-- Security definer: as add_to_crate. A place is a fraction half-way between its neighbours; it is exact and grows by a digit when the same
-- gap is halved again and again. Only when one has become too long are the items of this crate, whose row is locked, numbered anew.
create or replace function private.move_crate_item(item_id uuid, after_item_id uuid)
returns public.crate_items
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_item public.crate_items := private.lock_crate_item(move_crate_item.item_id);
  v_after numeric;
  v_before numeric;
  v_place numeric;
begin
  perform private.take_token('fill_crate');
  if move_crate_item.after_item_id = v_item.id then
    return private.item_as_seen(v_item);
  end if;
  loop
    v_after := null;
    if move_crate_item.after_item_id is not null then
      select item.position into v_after
      from public.crate_items as item
      where item.id = move_crate_item.after_item_id and item.crate_id = v_item.crate_id;
      if not found then
        perform private.raise_error(404, 'crate_item_not_found', 'There is no item of this id in a crate that you can see.');
      end if;
    end if;
    v_before := (
      select min(item.position)
      from public.crate_items as item
      where item.crate_id = v_item.crate_id and item.id <> v_item.id and (v_after is null or item.position > v_after)
    );
    -- It is there already.
    if (v_after is null or v_item.position > v_after) and (v_before is null or v_item.position < v_before) then
      return private.item_as_seen(v_item);
    end if;
    v_place := trim_scale(case
      when v_after is null then ceil(v_before) - 1
      when v_before is null then floor(v_after) + 1
      else (v_after + v_before) * 0.5
    end);
    exit when scale(v_place) <= private.setting('crate_position_digits');

    update public.crate_items as item
    set position = placed.place
    from (
      select each.id, ceil(max(each.position) over ()) + row_number() over (order by each.position) as place
      from public.crate_items as each
      where each.crate_id = v_item.crate_id
    ) as placed
    where item.id = placed.id;
    select item.* into v_item from public.crate_items as item where item.id = v_item.id;
  end loop;

  update public.crate_items as item set position = v_place where item.id = v_item.id returning item.* into v_item;
  update public.crates as crate set updated_at = now() where crate.id = v_item.crate_id;
  return private.item_as_seen(v_item);
end;
$$;

-- source: sql/03_catalogue/functions/60_track_lists.sql

-- Security definer: turns ids into rows and checks the reader on these rows itself, as feed_rows does for posts.
create or replace function private.track_rows(ids uuid[], cursors text[], size int, is_checked boolean default false)
returns setof public.track_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return query
  select
    track.id, track.provider, track.provider_track_id, track.title, track.artist_name,
    track.artist_card,
    track.duration_ms, track.artwork_url, track.artwork_path, track.isrc, track.genre, track.bpm::numeric, track.musical_key,
    track.is_explicit, track.kind, track.status, track.play_count, track.like_count, track.comment_count, track.repost_count,
    track.like_count > 0 and exists (
      select from public.likes as favour
      where favour.user_id = v_user_id and favour.target_kind = 'track' and favour.target_id = track.id offset 0
    ),
    track.published_at, track.created_at, track_rows.cursors[given.place]
  from unnest(track_rows.ids) with ordinality as given (id, place)
  join private.reader_tracks as track on track.id = given.id
  where track_rows.is_checked or track.is_visible
  order by given.place
  limit track_rows.size;
end;
$$;
comment on function private.track_rows(uuid[], text[], int, boolean) is
'The first size of these tracks that the caller may see, in their order, each with its cursor. is_checked: the caller of this has decided that all may be seen';

-- Security definer: one track, for whom can_see_track lets.
create or replace function private.track(track_id uuid)
returns public.track_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.track_row;
begin
  if not private.can_see_track(track.track_id) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  select found.* into v_row from private.track_rows(array[track.track_id], '{}', 1, is_checked => true) as found;
  return v_row;
end;
$$;

-- Security definer: a list that checks its reader itself.
create or replace function private.artist_tracks(username text, after text, page_size int)
returns setof public.track_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_profile public.profiles := private.visible_profile(artist_tracks.username);
  v_list text := 'artist_tracks:' || v_profile.id;
  v_place text[] := private.decode_place(v_list, artist_tracks.after, '{timestamptz,uuid}');
  v_ids uuid[];
  v_cursors text[];
begin
  -- Whose page one may see has published what one may see: nothing is filtered away.
  select array_agg(page.id), private.encode_cursors(v_list, array_agg(jsonb_build_array(page.published_at, page.id)::text))
  into v_ids, v_cursors
  from (
    select track.id, track.published_at
    from public.tracks as track
    where track.artist_id = v_profile.id
      and track.status = 'published'
      and (track.published_at, track.id) < (
        coalesce(v_place[1]::timestamptz, 'infinity'), coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      )
    order by track.published_at desc, track.id desc
    limit private.page_size(artist_tracks.page_size)
  ) as page;
  return query select row.* from private.track_rows(v_ids, v_cursors, cardinality(v_ids), is_checked => true) as row;
end;
$$;

-- Security definer: the caller's own uploads in every state.
create or replace function private.my_tracks(after text, page_size int)
returns setof public.track_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := auth.uid();
  v_before uuid := coalesce((private.decode_place('my_tracks', my_tracks.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_ids uuid[];
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  v_ids := array(
    select track.id
    from public.tracks as track
    where track.artist_id = v_user_id and track.id < v_before
    order by track.id desc
    limit private.page_size(my_tracks.page_size)
  );
  return query
  select row.*
  from private.track_rows(v_ids, private.encode_cursors('my_tracks', v_ids::text[]), cardinality(v_ids), is_checked => true) as row;
end;
$$;

-- Security definer: as artist_tracks; trigram operators cannot use their index under RLS.
create or replace function private.search_tracks(query text, after text, page_size int)
returns setof public.track_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_query text := lower(private.clean_line(left(search_tracks.query, 1000), 80));
  v_pattern text := '%' || regexp_replace(v_query, '([\\%_])', '\\\1', 'g') || '%';
  v_list text := 'search_tracks:' || md5(coalesce(v_query, ''));
  v_place text[];
  v_ids uuid[];
  v_cursors text[];
begin
  if coalesce(char_length(v_query), 0) < 3 then
    perform private.raise_error(422, 'query_too_short', 'Search for at least three characters.');
  end if;
  v_place := private.decode_place(v_list, search_tracks.after, '{bigint,uuid}');

  -- The most played of what matches; what the reader may not see of it is passed over.
  select array_agg(page.id), private.encode_cursors(v_list, array_agg(jsonb_build_array(page.play_count, page.id)::text))
  into v_ids, v_cursors
  from (
    select track.id, track.play_count
    from public.tracks as track
    where lower(track.title || ' ' || track.artist_name) like v_pattern
      and track.status = 'published'
      and (v_place is null or (track.play_count, track.id) < (v_place[1]::bigint, v_place[2]::uuid))
    order by track.play_count desc, track.id desc
    limit private.setting('search_candidates')
  ) as page;
  return query select row.* from private.track_rows(v_ids, v_cursors, private.page_size(search_tracks.page_size)) as row;
end;
$$;

-- source: sql/03_catalogue/functions/62_crate_lists.sql

-- In the form of crates_for, for lists that are not of one person's crates.
create or replace function private.listed_crates_for(reader_id uuid, blocked_ids uuid[], muted_ids uuid[])
returns table (
  id uuid, owner_id uuid, title text, description text, cover_path text, genre text, mood text, tags text[], visibility text, audience text,
  is_featured boolean, featured_at timestamptz, item_count int, total_ms bigint, play_count bigint, like_count int, comment_count int,
  created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, owner_card jsonb, my_role text, liked_by_me boolean
)
language sql
stable
security invoker
begin atomic
  select
    crate.id, crate.owner_id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility,
    crate.audience, crate.is_featured, crate.featured_at, crate.item_count, crate.total_ms, crate.play_count, crate.like_count,
    crate.comment_count, crate.created_at, crate.updated_at, crate.deleted_at, crate.owner_card, crate.my_role, crate.liked_by_me
  from private.crates_for(listed_crates_for.reader_id, listed_crates_for.blocked_ids) as crate
  where crate.is_listed and (crate.owner_id <> all (listed_crates_for.muted_ids) or crate.is_mine);
end;
comment on function private.listed_crates_for(uuid, uuid[], uuid[]) is 'crates_for, only those that lists show a reader: is_listed, and not of somebody they have muted';

-- Security definer: one crate, for whom can_see_crate lets, with its first items and whom it is made with.
create or replace function private.crate(crate_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.crate_row;
begin
  if not private.can_see_crate(crate.crate_id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  select
    found.id, found.title, found.description, found.cover_path, found.genre, found.mood, found.tags, found.visibility, found.is_featured,
    found.owner_card, found.my_role, found.item_count, found.total_ms, found.play_count, found.like_count, found.comment_count,
    found.liked_by_me, found.created_at, found.updated_at, null
  into v_row
  from private.reader as reader
  cross join lateral private.crates_for(reader.id, reader.blocked_ids) as found
  where found.id = crate.crate_id;
  return jsonb_build_object(
    'crate', to_jsonb(v_row) - 'cursor',
    'items', (
      select coalesce(jsonb_agg(to_jsonb(item) - 'number' order by item.number), '[]')
      from private.crate_items(crate.crate_id, null, null) with ordinality
        as item (id, track, note, added_by, added_at, cursor, number)
    ),
    'collaborators', (
      select coalesce(
        jsonb_agg(private.person_card(collaborator.user_id) || jsonb_build_object('role', collaborator.role) order by collaborator.added_at),
        '[]'
      )
      from public.crate_collaborators as collaborator
      where collaborator.crate_id = crate.crate_id
        and private.can_see_profile(collaborator.user_id)
        -- Nobody is asked before they are made a collaborator: who has no part in the crate is told of those alone who have taken one.
        and (
          v_row.my_role is not null
          or private.is_staff()
          or exists (
            select from public.crate_items as item where item.crate_id = collaborator.crate_id and item.added_by = collaborator.user_id
          )
        )
    )
  );
end;
$$;

-- Security definer: as crate.
create or replace function private.crate_items(crate_id uuid, after text, page_size int)
returns setof public.crate_item_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_list text := 'crate_items:' || crate_items.crate_id;
  v_place text[];
  v_is_staff boolean := private.is_staff();
begin
  if not private.can_see_crate(crate_items.crate_id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  v_place := private.decode_place(v_list, crate_items.after, '{numeric,uuid}');
  return query
  select
    item.id,
    case when track.is_visible or v_is_staff then jsonb_build_object(
      'id', track.id, 'provider', track.provider, 'provider_track_id', track.provider_track_id, 'title', track.title,
      'artist_name', track.artist_name, 'artist_id', track.artist_id, 'duration_ms', track.duration_ms,
      'artwork_url', track.artwork_url, 'artwork_path', track.artwork_path, 'is_explicit', track.is_explicit
    ) end,
    case when person.is_visible then item.note end,
    case when person.is_visible then private.person_card(item.added_by) end,
    item.added_at,
    private.encode_cursor(v_list, jsonb_build_array(item.position::text, item.id)::text)
  from (
    select each.id, each.track_id, each.note, each.added_by, each.added_at, each.position
    from public.crate_items as each
    where each.crate_id = crate_items.crate_id
      and (v_place is null or (each.position, each.id) > (v_place[1]::numeric, v_place[2]::uuid))
    order by each.position, each.id
    limit private.page_size(crate_items.page_size)
  ) as item
  join private.reader_tracks as track on track.id = item.track_id
  cross join lateral (select item.added_by is not null and private.can_see_profile(item.added_by) as is_visible) as person
  order by item.position, item.id;
end;
$$;

-- Security definer: the caller's own crates and those they collaborate on.
create or replace function private.my_crates(after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
  v_size int;
  v_before uuid := coalesce((private.decode_place('my_crates', my_crates.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  select reader.id, reader.blocked_ids, reader.muted_ids, page.size into v_user_id, v_blocked, v_muted, v_size
  from private.reader as reader
  cross join private.page(my_crates.page_size) as page;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return query
  select
    crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
    crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
    crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor('my_crates', crate.id::text)
  from (
    (
      select own.id
      from public.crates as own
      where own.owner_id = v_user_id and own.deleted_at is null and own.id < v_before
      order by own.id desc
      limit v_size
    )
    union all
    (
      select collaborator.crate_id
      from public.crate_collaborators as collaborator
      where collaborator.user_id = v_user_id
        and collaborator.crate_id < v_before
        and exists (
          select from private.crates_for(v_user_id, v_blocked) as shared where shared.id = collaborator.crate_id and shared.is_visible offset 0
        )
      order by collaborator.crate_id desc
      limit v_size
    )
  ) as mine
  cross join lateral (select each.* from private.crates_for(v_user_id, v_blocked) as each where each.id = mine.id offset 0) as crate
  order by crate.id desc
  limit v_size;
end;
$$;

-- Security definer: as my_crates. What they collaborate on is looked up at once in the index of the track's crates.
create or replace function private.crates_containing(track_id uuid, after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid;
  v_blocked uuid[];
  v_size int;
  v_list text := 'crates_containing:' || coalesce(crates_containing.track_id::text, '');
  v_before uuid := coalesce((private.decode_place(v_list, crates_containing.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  select reader.id, reader.blocked_ids, page.size into v_user_id, v_blocked, v_size
  from private.reader as reader
  cross join private.page(crates_containing.page_size) as page;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return query
  select
    crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
    crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
    crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(v_list, crate.id::text)
  from (
    (
      select item.crate_id
      from public.crate_items as item
      where item.owner_id = v_user_id and item.track_id = crates_containing.track_id and item.crate_id < v_before
      order by item.crate_id desc
      limit v_size
    )
    union all
    (
      select item.crate_id
      from public.crate_items as item
      where item.track_id = crates_containing.track_id
        and item.crate_id = any (array(
          select collaborator.crate_id
          from public.crate_collaborators as collaborator
          where collaborator.user_id = v_user_id and collaborator.crate_id < v_before
        ))
        and exists (
          select from private.crates_for(v_user_id, v_blocked) as shared where shared.id = item.crate_id and shared.is_visible offset 0
        )
      order by item.crate_id desc
      limit v_size
    )
  ) as mine
  cross join lateral (select each.* from private.crates_for(v_user_id, v_blocked) as each where each.id = mine.crate_id offset 0) as crate
  order by mine.crate_id desc
  limit v_size;
end;
$$;

-- Security definer: as artist_tracks.
create or replace function private.profile_crates(username text, after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_profile public.profiles := private.visible_profile(profile_crates.username);
  v_list text := 'profile_crates:' || v_profile.id;
  v_before uuid := coalesce((private.decode_place(v_list, profile_crates.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_user_id uuid;
  v_blocked uuid[];
  v_size int;
begin
  select reader.id, reader.blocked_ids, page.size into v_user_id, v_blocked, v_size
  from private.reader as reader
  cross join private.page(profile_crates.page_size) as page;
  -- On somebody's own page a mute of them does not count.
  return query
  select
    crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
    crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
    crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(v_list, crate.id::text)
  from private.crates_for(v_user_id, v_blocked) as crate
  where crate.owner_id = v_profile.id and crate.id < v_before and crate.is_listed
  order by crate.id desc
  limit v_size;
end;
$$;

-- source: sql/03_catalogue/functions/65_public_crates.sql

-- Security definer: a list that checks its reader itself. The stored ranks stand still between two refreshes, so pages fit together; score
-- and id are one key, never a function of now().
create or replace function private.trending_crates(genre text, after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
  v_size int;
  v_list text := 'trending_crates:' || coalesce(trending_crates.genre, '');
  v_place text[];
  v_score bigint;
  v_before uuid;
begin
  perform private.require_genre(trending_crates.genre);
  v_place := private.decode_place(v_list, trending_crates.after, '{bigint,uuid}');
  v_score := coalesce(v_place[1]::bigint, 9223372036854775807);
  v_before := coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  select reader.id, reader.blocked_ids, reader.muted_ids, page.size into v_user_id, v_blocked, v_muted, v_size
  from private.reader as reader
  cross join private.page(trending_crates.page_size) as page;
  if trending_crates.genre is null then
    return query
    select
      crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
      crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
      crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(v_list, format('[%s, "%s"]', trend.score, crate.id))
    from private.crate_trends as trend
    cross join lateral (
      select each.* from private.listed_crates_for(v_user_id, v_blocked, v_muted) as each where each.id = trend.crate_id offset 0
    ) as crate
    where (trend.score, trend.crate_id) < (v_score, v_before) and trend.score > 0
    order by trend.score desc, trend.crate_id desc
    limit v_size;
  else
    return query
    select
      crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
      crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
      crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(v_list, format('[%s, "%s"]', trend.score, crate.id))
    from private.crate_trends as trend
    cross join lateral (
      select each.* from private.listed_crates_for(v_user_id, v_blocked, v_muted) as each where each.id = trend.crate_id offset 0
    ) as crate
    where trend.genre = trending_crates.genre and (trend.score, trend.crate_id) < (v_score, v_before) and trend.score > 0
    order by trend.score desc, trend.crate_id desc
    limit v_size;
  end if;
end;
$$;

create or replace function private.require_genre(genre text)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if require_genre.genre is not null and not exists (select from public.genres as known where known.slug = require_genre.genre) then
    perform private.raise_error(422, 'unknown_genre', 'A genre is none of those in genres.');
  end if;
end;
$$;
comment on function private.require_genre(text) is 'Refuse a genre that there is not; null is none';

-- Security definer: as trending_crates.
create or replace function private.newest_crates(list text, genre text, after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
  v_size int;
  v_before uuid := coalesce(
    (private.decode_place(newest_crates.list, newest_crates.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  );
begin
  select reader.id, reader.blocked_ids, reader.muted_ids, page.size into v_user_id, v_blocked, v_muted, v_size
  from private.reader as reader
  cross join private.page(newest_crates.page_size) as page;
  if newest_crates.genre is null then
    return query
    select
      crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
      crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
      crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(newest_crates.list, crate.id::text)
    from private.listed_crates_for(v_user_id, v_blocked, v_muted) as crate
    where crate.audience = 'public' and crate.deleted_at is null and crate.id < v_before
    order by crate.id desc
    limit v_size;
  else
    return query
    select
      crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
      crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
      crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(newest_crates.list, crate.id::text)
    from private.listed_crates_for(v_user_id, v_blocked, v_muted) as crate
    where crate.audience = 'public' and crate.deleted_at is null and crate.genre = newest_crates.genre and crate.id < v_before
    order by crate.id desc
    limit v_size;
  end if;
end;
$$;

-- Security definer: as trending_crates.
create or replace function private.new_crates(after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query select row.* from private.newest_crates('new_crates', null, new_crates.after, new_crates.page_size) as row;
end;
$$;

-- Security definer: as trending_crates.
create or replace function private.crates_by_genre(genre text, after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_genre(coalesce(crates_by_genre.genre, ''));
  return query
  select row.*
  from private.newest_crates(
    'crates_by_genre:' || crates_by_genre.genre, crates_by_genre.genre, crates_by_genre.after, crates_by_genre.page_size
  ) as row;
end;
$$;

-- Security definer: as trending_crates.
create or replace function private.featured_crates(after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
  v_size int;
  v_place text[] := private.decode_place('featured_crates', featured_crates.after, '{timestamptz,uuid}');
  v_at timestamptz := coalesce(v_place[1]::timestamptz, 'infinity');
  v_before uuid := coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  select reader.id, reader.blocked_ids, reader.muted_ids, page.size into v_user_id, v_blocked, v_muted, v_size
  from private.reader as reader
  cross join private.page(featured_crates.page_size) as page;
  return query
  select
    crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
    crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
    crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor('featured_crates', jsonb_build_array(crate.featured_at, crate.id)::text)
  from private.listed_crates_for(v_user_id, v_blocked, v_muted) as crate
  where crate.is_featured and (crate.featured_at, crate.id) < (v_at, v_before)
  order by crate.featured_at desc, crate.id desc
  limit v_size;
end;
$$;

-- Security definer: ranks are nobody's to write; the service renews them by the clock.
create or replace function private.refresh_trending(after uuid, size int)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  v_ids := array(
    select trend.crate_id
    from private.crate_trends as trend
    where trend.crate_id > coalesce(refresh_trending.after, '00000000-0000-0000-0000-000000000000')
    order by trend.crate_id
    limit least(greatest(coalesce(refresh_trending.size, 1000), 1), 10000)
    for update
  );
  -- Each listener weighs once, by their latest play of the crate: a million at once, half of that a day later.
  with weighed as (
    select given.id, crate.genre, crate.audience = 'public' and crate.deleted_at is null as is_public, (
      select sum(1000000 * 0.5 ^ (extract(epoch from now() - latest.hour) / 3600 / private.setting('trending_half_life_hours')))::bigint
      from (
        select max(play.hour) as hour
        from private.crate_plays as play
        where play.crate_id = given.id and play.hour > now() - make_interval(days => private.setting('trending_days')::int)
        group by play.listener_id
      ) as latest
    ) as score
    from unnest(v_ids) as given (id)
    join public.crates as crate on crate.id = given.id
  ),
  gone as (
    delete from private.crate_trends as trend
    using weighed
    where trend.crate_id = weighed.id and (weighed.score is null or not weighed.is_public)
  )
  update private.crate_trends as trend
  set score = weighed.score, genre = weighed.genre, refreshed_at = now()
  from weighed
  where trend.crate_id = weighed.id and weighed.score is not null and weighed.is_public;
  return v_ids[cardinality(v_ids)];
end;
$$;

-- source: sql/04_social/functions/10_graph.sql

-- Security definer: follows of others are not the caller's to read.
create or replace function private.is_followed_by_me(profile_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.follows as follow
    where follow.follower_id = (select auth.uid()) and follow.followee_id = is_followed_by_me.profile_id
  )
$$;

-- Security definer: a policy helper; follows of others are not the caller's to read.
create or replace function private.my_followee_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select follow.followee_id from public.follows as follow where follow.follower_id = (select auth.uid())
$$;
comment on function private.my_followee_ids() is 'Whom the caller follows, for policies';

-- Security definer: a policy helper; follows of others are not the caller's to read.
create or replace function private.my_mutual_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select follow.followee_id
  from public.follows as follow
  where follow.follower_id = (select auth.uid())
    and exists (
      select from public.follows as back
      where back.follower_id = follow.followee_id and back.followee_id = follow.follower_id
    )
$$;
comment on function private.my_mutual_ids() is 'Whom the caller follows and who follow back, for policies';

-- Security definer: looks at blocks, requests and profiles past the follower's rights.
create or replace function private.tg_follows__validate()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_target public.profiles;
begin
  -- Through the table and through the RPC alike, the caller is the follower, or the owner of a private profile who approves.
  perform private.acting_user('social');
  if new.follower_id = new.followee_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;

  perform private.lock_pair(new.follower_id, new.followee_id);
  select profile.* into v_target from public.profiles as profile where profile.id = new.followee_id;
  if v_target.id is null
    or exists (select from private.hidden_profiles as hidden where hidden.profile_id in (new.followee_id, new.follower_id))
    or exists (
      select from public.blocks as block
      where (block.blocker_id, block.blocked_id) in ((new.follower_id, new.followee_id), (new.followee_id, new.follower_id))
    )
  then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  if exists (
    select from public.follows as follow where follow.follower_id = new.follower_id and follow.followee_id = new.followee_id
  ) then
    return null;
  end if;

  if auth.uid() = new.follower_id then
    perform private.take_token('follow');
    if v_target.is_private then
      perform private.raise_error(
        409, 'follow_needs_approval', 'This profile decides who follows it.', 'Call follow, which asks for approval.'
      );
    end if;
  end if;
  new.created_at := now();
  return new;
end;
$$;
create trigger _300_validate
  before insert on public.follows
  for each row execute function private.tg_follows__validate();

create or replace function private.refuse_leaving(profile_ids uuid[])
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if auth.uid() = any (refuse_leaving.profile_ids) then
    perform private.acting_user();
  end if;
  if cardinality(refuse_leaving.profile_ids) > 0 then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
end;
$$;
comment on function private.refuse_leaving(uuid[]) is
'Refuse what would tie the caller to people of whom lock_profiles says that they are leaving: account_deactivated (403) or profile_not_found (404)';

-- Security definer: counters are nobody's to write. All profiles concerned are locked in the order of their ids first, so that two
-- statements that meet in several people cannot wait for each other.
create or replace function private.tg_follows__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_step int := case tg_op when 'INSERT' then 1 else -1 end;
  v_leaving_ids uuid[] := private.lock_profiles(array(
    select edge.follower_id from changed as edge union select edge.followee_id from changed as edge
  ));
begin
  if tg_op = 'INSERT' then
    perform private.refuse_leaving(v_leaving_ids);
  end if;

  update public.profiles as profile
  set follower_count = profile.follower_count + v_step * edge.followers,
      following_count = profile.following_count + v_step * edge.following
  from (
    select side.profile_id, sum(side.followers)::int as followers, sum(side.following)::int as following
    from (
      select edge.followee_id as profile_id, 1 as followers, 0 as following from changed as edge
      union all
      select edge.follower_id, 0, 1 from changed as edge
    ) as side
    group by side.profile_id
  ) as edge
  where profile.id = edge.profile_id;

  if tg_op = 'INSERT' then
    if exists (
      select from public.profiles as profile
      where profile.id in (select edge.follower_id from changed as edge)
        and profile.following_count > private.setting('follow_limit')
    ) then
      perform private.raise_error(409, 'follow_limit', 'Nobody can follow more people than this.', private.setting('follow_limit')::text);
    end if;
    delete from public.follow_requests as request
    using changed as edge
    where request.target_id = edge.followee_id and request.requester_id = edge.follower_id;
  end if;
  return null;
end;
$$;
create trigger _500_count_insert
  after insert on public.follows
  referencing new table as changed
  for each statement execute function private.tg_follows__count();
create trigger _500_count_delete
  after delete on public.follows
  referencing old table as changed
  for each statement execute function private.tg_follows__count();

create or replace function private.follow_bit(profile_id uuid)
returns int
language sql
immutable
security invoker
begin atomic
  select uuid_hash(follow_bit.profile_id) & 16383;
end;
comment on function private.follow_bit(uuid) is 'The bit of a profile in follow_filters';

create or replace function private.follow_bits(profile_id uuid)
returns bit(16384)
language sql
immutable
security invoker
begin atomic
  select set_bit(0::bit(16384), private.follow_bit(follow_bits.profile_id), 1);
end;
comment on function private.follow_bits(uuid) is 'The filter of follow_filters that names one profile: bit_or of several is the filter of them all';

-- In this form, and without search_path, it becomes part of the query that asks: a call that hands two kilobytes back costs as much as several rows.
create or replace function private.my_follow_filter()
returns bit(16384)
language sql
stable
security invoker
begin atomic
  select coalesce(
    (select filter.bits from private.follow_filters as filter where filter.follower_id = (select auth.uid())),
    (
      select bit_or(private.follow_bits(follow.followee_id))
      from public.follows as follow
      where follow.follower_id = (select auth.uid())
    ),
    0::bit(16384)
  );
end;
comment on function private.my_follow_filter() is 'The caller''s row of follow_filters, made of follows for who has none, who follows few. For definer functions, which may read them';

-- Security definer: follow_filters is nobody's to write. Runs when tg_follows__count has locked the profile of each follower, so that of two
-- follows of one person the later finds what the earlier has made.
create or replace function private.tg_follows__keep_filter()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.follow_filters as filter
  set bits = filter.bits | added.bits
  from (
    select edge.follower_id, bit_or(private.follow_bits(edge.followee_id)) as bits
    from changed as edge
    group by edge.follower_id
  ) as added
  where filter.follower_id = added.follower_id;

  insert into private.follow_filters (follower_id, bits)
  select follow.follower_id, bit_or(private.follow_bits(follow.followee_id))
  from public.profiles as profile
  join public.follows as follow on follow.follower_id = profile.id
  where profile.id in (select edge.follower_id from changed as edge)
    and profile.following_count >= private.setting('feed_walk_from_follows')
    and not exists (select from private.follow_filters as filter where filter.follower_id = profile.id)
  group by follow.follower_id;
  return null;
end;
$$;
create trigger _510_keep_filter
  after insert on public.follows
  referencing new table as changed
  for each statement execute function private.tg_follows__keep_filter();

-- Security definer: a block ends what ties the two in both directions. What goes with it is locked first, in the lock order: the follows,
-- the two, what was told of their following, and all they were told of each other.
create or replace function private.tg_blocks__untie()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_event_ids uuid[];
begin
  perform
  from public.follows as follow
  where (follow.follower_id, follow.followee_id) in ((new.blocker_id, new.blocked_id), (new.blocked_id, new.blocker_id))
  order by follow.follower_id, follow.followee_id
  for update;
  if found then
    perform
    from public.profiles as profile
    where profile.id in (new.blocker_id, new.blocked_id)
    order by profile.id
    for no key update;
    v_event_ids := array(
      select event.id
      from public.activity_events as event
      where (event.actor_id, event.target_id) in ((new.blocker_id, new.blocked_id), (new.blocked_id, new.blocker_id))
        and event.target_kind = 'profile'
        and event.kind = 'user_followed'
      order by event.id
      for update
    );
  end if;
  perform private.lock_notifications(array(
    select private.told_between(new.blocker_id, new.blocked_id)
    union all
    select told.id from public.notifications as told where told.target_id = any (v_event_ids) and told.target_kind = 'activity_event'
  ));
  delete from public.follows as follow
  where (follow.follower_id, follow.followee_id) in ((new.blocker_id, new.blocked_id), (new.blocked_id, new.blocker_id));
  delete from public.follow_requests as request
  where (request.requester_id, request.target_id) in ((new.blocker_id, new.blocked_id), (new.blocked_id, new.blocker_id));
  return null;
end;
$$;
create trigger _500_untie
  after insert on public.blocks
  for each row execute function private.tg_blocks__untie();

-- source: sql/04_social/functions/15_following.sql

-- Security definer: asks in the name of the caller where the table would refuse.
create or replace function private.follow(username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_target public.profiles := private.visible_profile(follow.username);
begin
  if v_target.id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  perform private.lock_pair(v_user_id, v_target.id);

  if exists (select from public.follows as edge where edge.follower_id = v_user_id and edge.followee_id = v_target.id) then
    return jsonb_build_object('state', 'following');
  end if;
  if v_target.is_private then
    -- Asked again under the lock: a block may have come in between. The unseen are not there for staff either: nobody follows across a block.
    if private.is_blocked(v_user_id, v_target.id) then
      perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
    end if;
    if not exists (
      select from public.follow_requests as request where request.target_id = v_target.id and request.requester_id = v_user_id
    ) then
      perform private.take_token('follow');
      perform private.refuse_leaving(private.lock_profiles(array[v_user_id, v_target.id]));
      insert into public.follow_requests (target_id, requester_id) values (v_target.id, v_user_id) on conflict do nothing;
    end if;
    return jsonb_build_object('state', 'requested');
  end if;
  insert into public.follows (follower_id, followee_id) values (v_user_id, v_target.id);
  return jsonb_build_object('state', 'following');
end;
$$;

-- Security definer: also removes the caller's request, which the table does not let them delete.
create or replace function private.unfollow(username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_target public.profiles := private.visible_profile(unfollow.username);
begin
  perform private.lock_pair(v_user_id, v_target.id);
  delete from public.follows as edge where edge.follower_id = v_user_id and edge.followee_id = v_target.id;
  delete from public.follow_requests as request where request.target_id = v_target.id and request.requester_id = v_user_id;
  return jsonb_build_object('state', 'none');
end;
$$;

-- Security definer: ends a follow that is somebody else's row, by right of whom it follows.
create or replace function private.remove_follower(username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
begin
  -- Whoever it is; about others the answer tells no more than their page.
  delete from public.follows as edge
  using public.profiles as follower
  where follower.username = lower(btrim(remove_follower.username))
    and edge.follower_id = follower.id
    and edge.followee_id = v_user_id;
  if not found then
    perform private.visible_profile(remove_follower.username);
  end if;
  return jsonb_build_object('is_follower', false);
end;
$$;

-- Security definer: makes a follow in the requester's name, by right of the owner of the private profile.
create or replace function private.decide_follow_request(username text, approve boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_requester public.profiles := private.visible_profile(decide_follow_request.username);
begin
  if decide_follow_request.approve is null then
    perform private.raise_error(422, 'decision_missing', 'Say whether the request is approved.');
  end if;
  perform private.lock_pair(v_user_id, v_requester.id);
  if not exists (
    select from public.follow_requests as request where request.target_id = v_user_id and request.requester_id = v_requester.id
  ) then
    -- Deciding again as before changes nothing.
    if decide_follow_request.approve and exists (
      select from public.follows as edge where edge.follower_id = v_requester.id and edge.followee_id = v_user_id
    ) then
      return jsonb_build_object('state', 'following');
    end if;
    perform private.raise_error(404, 'follow_request_not_found', 'This person has not asked to follow you.');
  end if;

  if decide_follow_request.approve then
    insert into public.follows (follower_id, followee_id) values (v_requester.id, v_user_id);
    return jsonb_build_object('state', 'following');
  end if;
  delete from public.follow_requests as request where request.target_id = v_user_id and request.requester_id = v_requester.id;
  return jsonb_build_object('state', 'none');
end;
$$;

create or replace function private.is_blocked(a uuid, b uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select from public.blocks as block
    where (block.blocker_id, block.blocked_id) in ((is_blocked.a, is_blocked.b), (is_blocked.b, is_blocked.a))
  )
$$;
comment on function private.is_blocked(uuid, uuid) is 'Whether either of two people has blocked the other';

-- Security definer: other people's follows, for those who may see the profile.
create or replace function private.list_follows(list text, username text, after text, page_size int)
returns setof public.profile_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_profile public.profiles := private.visible_profile(list_follows.username);
  v_place text[] := private.decode_place(list_follows.list, list_follows.after, '{uuid,timestamptz,uuid}');
  v_at timestamptz := coalesce(v_place[2]::timestamptz, 'infinity');
  v_id uuid := coalesce(v_place[3]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_size int := private.page_size(list_follows.page_size);
  v_ids uuid[];
  v_times timestamptz[];
begin
  if v_profile.is_private
    and v_profile.id is distinct from v_user_id
    and not private.is_followed_by_me(v_profile.id)
    and not private.is_staff()
  then
    perform private.raise_error(403, 'profile_is_private', 'Only followers of this profile see this.');
  end if;
  if v_place[1]::uuid <> v_profile.id then
    perform private.raise_error(422, 'bad_cursor', 'This cursor is not one this list has given out; start again without it.');
  end if;

  -- Three statements, as each walks an index of its own in the order of the page.
  if list_follows.list = 'followers' then
    select array_agg(edge.other_id), array_agg(edge.created_at) into v_ids, v_times
    from (
      select follow.follower_id as other_id, follow.created_at
      from public.follows as follow
      where follow.followee_id = v_profile.id
        and (follow.created_at, follow.follower_id) < (v_at, v_id)
        and private.is_listed(follow.follower_id)
      order by follow.created_at desc, follow.follower_id desc
      limit v_size
    ) as edge;
  elsif list_follows.list = 'following' then
    select array_agg(edge.other_id), array_agg(edge.created_at) into v_ids, v_times
    from (
      select follow.followee_id as other_id, follow.created_at
      from public.follows as follow
      where follow.follower_id = v_profile.id
        and (follow.created_at, follow.followee_id) < (v_at, v_id)
        and private.is_listed(follow.followee_id)
      order by follow.created_at desc, follow.followee_id desc
      limit v_size
    ) as edge;
  else
    select array_agg(edge.other_id), array_agg(edge.created_at) into v_ids, v_times
    from (
      select follow.followee_id as other_id, follow.created_at
      from public.follows as follow
      where follow.follower_id = v_profile.id
        and (follow.created_at, follow.followee_id) < (v_at, v_id)
        and exists (
          select from public.follows as back
          where back.follower_id = follow.followee_id and back.followee_id = v_profile.id
        )
        and private.is_listed(follow.followee_id)
      order by follow.created_at desc, follow.followee_id desc
      limit v_size
    ) as edge;
  end if;

  return query
  select
    person.id, person.username, person.display_name, person.avatar_path, private.is_verified(person.id),
    private.is_followed_by_me(person.id),
    private.encode_cursor(list_follows.list, jsonb_build_array(v_profile.id, edge.created_at, edge.other_id)::text)
  from unnest(v_ids, v_times) with ordinality as edge (other_id, created_at, place)
  join public.profiles as person on person.id = edge.other_id
  order by edge.place;
end;
$$;

-- Security definer: who asks to follow the caller, with names.
create or replace function private.my_follow_requests(after text, page_size int)
returns setof public.profile_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_place text[] := private.decode_place('my_follow_requests', my_follow_requests.after, '{timestamptz,uuid}');
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return query
  select
    person.id, person.username, person.display_name, person.avatar_path, private.is_verified(person.id),
    private.is_followed_by_me(person.id),
    private.encode_cursor('my_follow_requests', jsonb_build_array(request.created_at, request.requester_id)::text)
  from public.follow_requests as request
  join public.profiles as person on person.id = request.requester_id
  where request.target_id = v_user_id
    and private.can_see_profile(person.id)
    and (v_place is null or (request.created_at, request.requester_id) < (v_place[1]::timestamptz, v_place[2]::uuid))
  order by request.created_at desc, request.requester_id desc
  limit private.page_size(my_follow_requests.page_size);
end;
$$;

-- source: sql/04_social/functions/20_posts.sql

-- The one rule of who sees which post. Every feed, like, repost and single post asks it; the policy on posts is its array form, and a test
-- compares the two. In this form, without search_path, it becomes part of the query that asks, as a view would, with its reader as parameters;
-- only definer functions ask it. offset 0 keeps each subquery a probe of one index entry, never a hash of a whole table.
create or replace function private.posts_for(reader_id uuid, blocked_ids uuid[])
returns table (
  id uuid, author_id uuid, kind text, body text, media_paths text[], visibility text, audience text, like_count int, comment_count int,
  repost_count int, created_at timestamptz, edited_at timestamptz, deleted_at timestamptz, track_id uuid, crate_id uuid, is_visible boolean,
  author_card jsonb
)
language sql
stable
security invoker
begin atomic
  select
    post.id, post.author_id, post.kind, post.body, post.media_paths, post.visibility, post.audience, post.like_count, post.comment_count,
    post.repost_count, post.created_at, post.edited_at, post.deleted_at, post.track_id, post.crate_id,
    post.deleted_at is null
    and (
      post.author_id = posts_for.reader_id
      or (
        (
          post.audience = 'public'
          or (
            post.audience in ('followers', 'mutuals')
            and exists (
              select from public.follows as follow
              where follow.follower_id = posts_for.reader_id and follow.followee_id = post.author_id offset 0
            )
            and (
              post.audience = 'followers'
              or exists (
                select from public.follows as back
                where back.follower_id = post.author_id and back.followee_id = posts_for.reader_id offset 0
              )
            )
          )
        )
        and not author.is_hidden
        and post.author_id <> all (posts_for.blocked_ids)
      )
    ),
    author.card
  from public.posts as post
  join private.person_cards as author on author.profile_id = post.author_id;
end;
comment on function private.posts_for(uuid, uuid[]) is
$$Posts, and whether a reader may see each (is_visible)

Own; public; followers' to followers; mutuals' to those who follow each other; nothing deleted, across a block of either side or by a hidden
profile. What staff may see beyond that is decided by can_see_post, for single posts.$$;

create or replace view private.reader_posts with (security_invoker = true) as
select
  post.id, post.author_id, post.kind, post.body, post.media_paths, post.visibility, post.audience, post.like_count, post.comment_count,
  post.repost_count, post.created_at, post.edited_at, post.deleted_at, post.track_id, post.crate_id, post.is_visible, post.author_card,
  reader.id as reader_id,
  reader.muted_ids
from private.reader as reader
cross join lateral private.posts_for(reader.id, reader.blocked_ids) as post;
comment on view private.reader_posts is 'posts_for the caller; muted_ids: whom they keep out of their lists';

-- Security definer: reads reader_posts, over blocks and follows that are not the caller's to read.
create or replace function private.can_see_post(post_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return coalesce(
    (
      select post.is_visible or (post.deleted_at is null and private.is_staff())
      from private.reader_posts as post
      where post.id = can_see_post.post_id
    ),
    false
  );
end;
$$;
comment on function private.can_see_post(uuid) is 'Whether the caller may see one post: as reader_posts says, and staff every post that is not deleted';

create or replace function private.post_audience(visibility text, is_private boolean)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case when post_audience.visibility = 'public' and post_audience.is_private then 'followers' else post_audience.visibility end
$$;
comment on function private.post_audience(text, boolean) is 'Who a post really reaches: what a private profile posts is at most for followers';

create or replace function private.hashtags(body text)
returns setof text
language sql
immutable
security invoker
set search_path = ''
as $$
  select distinct lower(found[1])
  from regexp_matches(hashtags.body, '(?:^|[^[:alnum:]_&/#])#([[:alnum:]_]{1,50})(?![[:alnum:]_])', 'g') as found
  where found[1] ~ '[^0-9_]'
  limit 20
$$;
comment on function private.hashtags(text) is 'The hashtags of a text: # and 1 to 50 letters, digits or _, not digits alone; lower case, 20 at most';

-- What a check constraint would say of the content. A check costs every statement that writes the row, as each compiles it anew, and likes are
-- far more than posts: here it is asked only when the content changes. After the row is written, as a trigger before it would have every like lock
-- the post in a step of its own.
create or replace function private.tg_posts__validate()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_broken text := case
    when new.kind not in ('text', 'media', 'track', 'crate') then 'posts_kind_known'
    when new.visibility not in ('public', 'followers', 'mutuals', 'private') then 'posts_visibility_known'
    when new.audience <> new.visibility and (new.visibility <> 'public' or new.audience <> 'followers') then 'posts_audience_fits_visibility'
    when char_length(new.body) not between 1 and 2000 then 'posts_body_length'
    when cardinality(new.media_paths) > 4 or array_position(new.media_paths, null) is not null then 'posts_media_limit'
    when new.deleted_at is not null then
      case when num_nonnulls(new.body, new.track_id, new.crate_id) > 0 or cardinality(new.media_paths) > 0 then 'posts_fields_fit_kind' end
    when new.kind = 'text' and new.body is null
      or (new.kind = 'media') <> (cardinality(new.media_paths) > 0)
      or (new.kind = 'track') <> (new.track_id is not null)
      or (new.kind = 'crate') <> (new.crate_id is not null)
    then 'posts_fields_fit_kind'
  end;
begin
  if v_broken is not null then
    perform private.refuse_row('posts', v_broken);
  end if;
  return null;
end;
$$;
create trigger _300_validate
  after insert or update of kind, body, media_paths, visibility, audience, deleted_at, track_id, crate_id on public.posts
  for each row execute function private.tg_posts__validate();

-- Security definer: moves the author's counters and feed entries, which are nobody's to write.
create or replace function private.tg_posts__publish()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.feed_entries (actor_id, id, post_id, audience) values (new.author_id, new.id, new.id, new.audience);
  if new.audience = 'public' then
    insert into private.post_tags (tag, post_id) select tag, new.id from private.hashtags(new.body) as tag;
  end if;
  if new.visibility <> 'private' then
    update public.profiles as profile set post_count = profile.post_count + 1 where profile.id = new.author_id;
  end if;
  return null;
end;
$$;
create trigger _500_publish
  after insert on public.posts
  for each row execute function private.tg_posts__publish();

-- Security definer: as tg_posts__publish.
create or replace function private.tg_posts__follow_changes()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from private.post_tags as tag where tag.post_id = new.id;
  if new.audience = 'public' and new.deleted_at is null then
    insert into private.post_tags (tag, post_id) select tag, new.id from private.hashtags(new.body) as tag;
  end if;
  if old.deleted_at is null and new.deleted_at is not null then
    perform private.forget_post(new.id, new.author_id, new.visibility <> 'private');
  end if;
  return null;
end;
$$;
create trigger _500_follow_changes
  after update of body, deleted_at on public.posts
  for each row execute function private.tg_posts__follow_changes();

-- Security definer: as tg_posts__publish.
create or replace function private.tg_posts__forget()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if old.deleted_at is null then
    perform private.forget_post(old.id, old.author_id, old.visibility <> 'private');
  end if;
  return null;
end;
$$;
create trigger _500_forget
  after delete on public.posts
  for each row execute function private.tg_posts__forget();

-- Security definer: the track's counter is nobody's to write. As post_count, it leaves out what is private.
create or replace function private.tg_posts__count_shares()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.tracks as track set repost_count = track.repost_count + 1 where track.id = new.track_id;
  elsif old.deleted_at is null then
    update public.tracks as track set repost_count = track.repost_count - 1 where track.id = old.track_id;
  end if;
  return null;
end;
$$;
create trigger _550_count_shares
  after insert on public.posts
  for each row
  when (new.track_id is not null and new.visibility <> 'private')
  execute function private.tg_posts__count_shares();
create trigger _560_count_shares
  after delete or update of deleted_at on public.posts
  for each row
  when (old.track_id is not null and old.visibility <> 'private')
  execute function private.tg_posts__count_shares();

-- Lock order of the domain: a pair (lock_pair); one's own profile; the post; its likes or reposts; clocks in the order of actors; comments; other
-- profiles in the order of ids, all at once. The post is locked by whoever deletes it; likes and reposts that others are just taking back are skipped, and theirs find it gone.
create or replace function private.forget_post(post_id uuid, author_id uuid, is_counted boolean)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from private.activity_clocks as clock
  where clock.actor_id = forget_post.author_id
    or clock.actor_id in (select repost.user_id from public.reposts as repost where repost.post_id = forget_post.post_id)
  order by clock.actor_id
  for update;

  delete from public.reposts as repost
  where (repost.user_id, repost.post_id) in (
    select gone.user_id, gone.post_id from public.reposts as gone where gone.post_id = forget_post.post_id for update skip locked
  );
  perform private.forget_likes('post', array[forget_post.post_id]);
  perform private.forget_comments('post', forget_post.post_id);
  delete from private.feed_entries as entry where entry.actor_id = forget_post.author_id and entry.id = forget_post.post_id;
  if forget_post.is_counted then
    update public.profiles as profile set post_count = profile.post_count - 1 where profile.id = forget_post.author_id;
  end if;
end;
$$;
comment on function private.forget_post(uuid, uuid, boolean) is 'Remove what hangs on a post that is deleted: reposts, likes, comments, feed entries, its place in the author''s count';

create or replace function private.lock_social_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- Nobody is told of a like that is just going.
  perform pg_advisory_xact_lock(hashtextextended('notify_likes', 0));
  -- The edges before the people they count for, as unfollowing locks them.
  perform
  from public.follows as follow
  where follow.follower_id = any (lock_social_ties.user_ids) or follow.followee_id = any (lock_social_ties.user_ids)
  order by follow.follower_id, follow.followee_id
  for update;
  perform
  from public.profiles as profile
  where profile.id = any (lock_social_ties.user_ids)
    or profile.id in (select follow.followee_id from public.follows as follow where follow.follower_id = any (lock_social_ties.user_ids))
    or profile.id in (select follow.follower_id from public.follows as follow where follow.followee_id = any (lock_social_ties.user_ids))
  order by profile.id
  for no key update;
  perform
  from public.posts as post
  where post.author_id = any (lock_social_ties.user_ids)
    or post.id in (select repost.post_id from public.reposts as repost where repost.user_id = any (lock_social_ties.user_ids))
    or post.id in (select private.tied_targets(lock_social_ties.user_ids, 'post'))
  order by post.id
  for no key update;
  perform
  from private.activity_clocks as clock
  where clock.actor_id = any (lock_social_ties.user_ids)
    or clock.actor_id in (
      select repost.user_id
      from public.reposts as repost
      join public.posts as post on post.id = repost.post_id
      where post.author_id = any (lock_social_ties.user_ids)
    )
  order by clock.actor_id
  for update;
  perform
  from public.conversations as conversation
  where conversation.id in (
    select member.conversation_id from public.conversation_members as member where member.member_id = any (lock_social_ties.user_ids)
    union all
    select message.conversation_id from public.direct_messages as message where message.sender_id = any (lock_social_ties.user_ids)
  )
  order by conversation.id
  for update;
end;
$$;
comment on function private.lock_social_ties(uuid[]) is
'Before accounts are erased: lock all whose counters, posts, clocks and conversations that moves, in the lock order, so that no client meets a deadlock';

-- Security definer: the clocks are nobody's to write.
create or replace function private.tg_feed_entries__clock()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_newest_id uuid;
begin
  if tg_op = 'INSERT' then
    if new.audience <> 'private' then
      insert into private.activity_clocks as clock (actor_id, newest_entry_id)
      values (new.actor_id, new.id)
      on conflict (actor_id) do update
        set newest_entry_id = excluded.newest_entry_id
        where clock.newest_entry_id < excluded.newest_entry_id;
    end if;
    return null;
  end if;

  -- A clock that is too new would hide others' entries from the first page: it is set back from the entries, under its lock, so that
  -- an entry made at the same time either is seen here or moves it after. Locked whatever it shows: another deletion that is not
  -- committed yet may be about to set it back to the entry that goes here.
  select clock.newest_entry_id into v_newest_id from private.activity_clocks as clock where clock.actor_id = old.actor_id for update;
  if v_newest_id = old.id then
    update private.activity_clocks as clock
    set newest_entry_id = newest.id
    from (
      select entry.id
      from private.feed_entries as entry
      where entry.actor_id = old.actor_id and entry.audience <> 'private'
      order by entry.id desc
      limit 1
    ) as newest
    where clock.actor_id = old.actor_id;
    if not found then
      delete from private.activity_clocks as clock where clock.actor_id = old.actor_id;
    end if;
  end if;
  return null;
end;
$$;
create trigger _500_clock
  after insert or delete on private.feed_entries
  for each row execute function private.tg_feed_entries__clock();

-- Security definer: what a profile has posted and reposted follows its privacy, whoever switches it. In four statements, not a trigger a
-- post: somebody with very many posts must be able to turn private.
create or replace function private.tg_profiles__audience()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_audience text := private.post_audience('public', new.is_private);
begin
  if auth.uid() is not null then
    perform private.take_token('switch_privacy');
  end if;

  update public.posts as post
  set audience = v_audience
  where post.author_id = new.id and post.visibility = 'public' and post.deleted_at is null;
  -- Reposts too: their entries are those that are not a post's own.
  update private.feed_entries as entry
  set audience = v_audience
  where entry.actor_id = new.id and entry.audience in ('public', 'followers') and (
    entry.id <> entry.post_id
    or exists (select from public.posts as post where post.id = entry.post_id and post.visibility = 'public')
  );
  if new.is_private then
    delete from private.post_tags as tag
    where tag.post_id in (select post.id from public.posts as post where post.author_id = new.id);
  else
    insert into private.post_tags (tag, post_id)
    select tag, post.id
    from public.posts as post
    cross join lateral private.hashtags(post.body) as tag
    where post.author_id = new.id and post.audience = 'public' and post.deleted_at is null;
  end if;
  return null;
end;
$$;
create trigger _500_audience
  after update of is_private on public.profiles
  for each row
  when (old.is_private <> new.is_private)
  execute function private.tg_profiles__audience();

-- source: sql/04_social/functions/25_posting.sql

-- Security definer: clients hold no insert right on posts, so that every post passes the checks below.
create or replace function private.create_post(
  kind text, body text, track_id uuid, crate_id uuid, media_paths text[], visibility text, client_id uuid
)
returns public.posts
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('social');
  v_body text := nullif(btrim(create_post.body, E' \t\r\n'), '');
  v_paths text[] := coalesce(create_post.media_paths, '{}');
  v_visibility text := coalesce(create_post.visibility, 'public');
  v_is_private boolean;
  v_post public.posts;
begin
  if create_post.kind is null or create_post.kind not in ('text', 'media', 'track', 'crate') then
    perform private.raise_error(422, 'post_kind_unknown', 'A post is of kind text, media, track or crate.');
  end if;
  if v_visibility not in ('public', 'followers', 'mutuals', 'private') then
    perform private.raise_error(422, 'visibility_unknown', 'A visibility is public, followers, mutuals or private.');
  end if;
  if create_post.kind = 'text' and v_body is null then
    perform private.raise_error(422, 'body_missing', 'A post of this kind needs a text.');
  end if;
  if char_length(v_body) > 2000 then
    perform private.raise_error(422, 'body_too_long', 'A post has at most 2000 characters.');
  end if;
  if (create_post.kind = 'media') <> (cardinality(v_paths) between 1 and 4) or (create_post.kind <> 'media' and cardinality(v_paths) > 0) then
    perform private.raise_error(422, 'media_count_wrong', 'A post of kind media has 1 to 4 files, others have none.');
  end if;
  if array_ndims(v_paths) > 1 or exists (
    select from unnest(v_paths) as path
    where path is null or path !~ ('^' || v_user_id || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$')
      or not exists (
        select from storage.objects as object where object.bucket_id = 'post-media' and object.name = path
      )
      -- The file of a post that was deleted is about to go.
      or exists (
        select from private.outbox as message
        where message.user_id = v_user_id
          and message.topic = 'remove_objects'
          and message.delivered_at is null
          and message.payload -> 'names' ? path
      )
  ) then
    perform private.raise_error(422, 'media_not_found', 'A file is not in your own folder of post-media; upload it first.');
  end if;

  if (create_post.kind = 'track') <> (create_post.track_id is not null) or (create_post.kind = 'crate') <> (create_post.crate_id is not null) then
    perform private.raise_error(422, 'shared_thing_unfit', 'A post of kind track has a track, one of kind crate a crate, others have neither.');
  end if;

  if create_post.client_id is not null then
    select post.* into v_post
    from public.posts as post
    where post.author_id = v_user_id and post.client_id = create_post.client_id;
    if found then
      return v_post;
    end if;
  end if;
  perform private.check_share(v_user_id, create_post.track_id, create_post.crate_id, v_visibility);
  perform private.take_token('create_post');

  -- Locked, so that a profile which turns private at this moment takes this post along.
  v_is_private := (private.lock_own_profile()).is_private;
  insert into public.posts (author_id, kind, body, track_id, crate_id, media_paths, visibility, audience, client_id)
  values (
    v_user_id, create_post.kind, v_body, create_post.track_id, create_post.crate_id, v_paths, v_visibility,
    private.post_audience(v_visibility, v_is_private), create_post.client_id
  )
  on conflict (author_id, client_id) where client_id is not null do nothing
  returning * into v_post;
  if not found then
    select post.* into v_post
    from public.posts as post
    where post.author_id = v_user_id and post.client_id = create_post.client_id;
  end if;
  return v_post;
end;
$$;

create or replace function private.check_share(user_id uuid, track_id uuid, crate_id uuid, visibility text)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_crate public.crates;
begin
  if check_share.track_id is not null then
    if not private.can_see_track(check_share.track_id) then
      perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
    end if;
    if check_share.visibility <> 'private'
      and (select track.status <> 'published' from public.tracks as track where track.id = check_share.track_id)
    then
      perform private.raise_error(409, 'track_not_published', 'Others cannot see this track, or not yet.');
    end if;
  end if;

  if check_share.crate_id is not null then
    if not private.can_see_crate(check_share.crate_id) then
      perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
    end if;
    select crate.* into v_crate from public.crates as crate where crate.id = check_share.crate_id;
    -- Whoever follows the author of the post follows the owner of the crate only when they are one.
    if check_share.visibility <> 'private'
      and not (case
        when v_crate.owner_id = check_share.user_id then
          v_crate.visibility in ('public', 'unlisted')
          or (v_crate.visibility = 'followers' and check_share.visibility in ('followers', 'mutuals'))
        else v_crate.audience in ('public', 'unlisted')
      end)
    then
      perform private.raise_error(409, 'crate_not_for_audience', 'Those whom the post reaches may not see this crate.');
    end if;
  end if;
end;
$$;
comment on function private.check_share(uuid, uuid, uuid, text) is
'Refuse to share what this person may not see, or what those may not see whom a post of this visibility reaches';

-- Security definer: as create_post.
create or replace function private.share_crate(crate_id uuid, body text, client_id uuid)
returns public.posts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_visibility text;
begin
  select case when crate.visibility = 'followers' and crate.owner_id = v_user_id then 'followers' else 'public' end into v_visibility
  from public.crates as crate
  where crate.id = share_crate.crate_id;
  if not found then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  return private.create_post('crate', share_crate.body, null, share_crate.crate_id, '{}', v_visibility, share_crate.client_id);
end;
$$;

-- Security definer: clients hold no update right on posts, so that the window and the length hold.
create or replace function private.edit_post(post_id uuid, body text)
returns public.posts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_body text := nullif(btrim(edit_post.body, E' \t\r\n'), '');
  v_post public.posts;
begin
  select post.* into v_post
  from public.posts as post
  where post.id = edit_post.post_id and post.author_id = v_user_id and post.deleted_at is null
  for no key update;
  if not found then
    perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you may change.');
  end if;
  if v_post.body is not distinct from v_body then
    return v_post;
  end if;
  perform private.take_token('edit_post');
  if v_post.created_at < now() - make_interval(mins => private.setting('post_edit_minutes')::int) then
    perform private.raise_error(409, 'edit_window_passed', 'A post can be edited only for a while after it was posted.');
  end if;
  if v_body is null and v_post.kind = 'text' then
    perform private.raise_error(422, 'body_missing', 'A post of this kind needs a text.');
  end if;
  if char_length(v_body) > 2000 then
    perform private.raise_error(422, 'body_too_long', 'A post has at most 2000 characters.');
  end if;
  update public.posts as post
  set body = v_body, edited_at = now()
  where post.id = v_post.id
  returning post.* into v_post;
  return v_post;
end;
$$;

-- Security definer: clients hold no update right on posts. Files go too: a public bucket serves whoever knows the address.
create or replace function private.delete_post(post_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_post public.posts;
  v_names text[];
begin
  -- The profile before its posts, as when it turns private.
  perform from public.profiles as profile where profile.id = v_user_id for no key update;
  select post.* into v_post
  from public.posts as post
  where post.id = delete_post.post_id and post.author_id = v_user_id
  for update;
  if not found then
    perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you may change.');
  end if;
  if v_post.deleted_at is not null then
    return;
  end if;
  -- The author's profile is locked, so no other post begins to show one of the files just now.
  v_names := array(
    select path
    from unnest(v_post.media_paths) as path
    where not exists (
      select from public.posts as other
      where other.author_id = v_user_id and other.id <> v_post.id and other.kind = 'media' and path = any (other.media_paths)
    )
  );
  if cardinality(v_names) > 0 then
    perform private.enqueue('remove_objects', jsonb_build_object('bucket', 'post-media', 'names', to_jsonb(v_names)), v_user_id);
  end if;
  update public.posts as post
  set deleted_at = now(), body = null, media_paths = '{}', track_id = null, crate_id = null
  where post.id = v_post.id;
end;
$$;

-- source: sql/04_social/functions/30_favours.sql

create or replace function private.like_count(target_kind text, target_id uuid)
returns int
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  case like_count.target_kind
    when 'post' then return (select post.like_count from public.posts as post where post.id = like_count.target_id);
    when 'track' then return (select track.like_count from public.tracks as track where track.id = like_count.target_id);
    when 'crate' then return (select crate.like_count from public.crates as crate where crate.id = like_count.target_id);
    when 'comment' then return (select comment.like_count from public.comments as comment where comment.id = like_count.target_id);
    when 'message' then return (select message.like_count from public.direct_messages as message where message.id = like_count.target_id);
    when 'activity_event' then return (select event.like_count from public.activity_events as event where event.id = like_count.target_id);
  end case;
end;
$$;
comment on function private.like_count(text, uuid) is
'How many like it; a new kind of likes has a line here, in tg_likes__count and tg_likes__uncount, set_like, my_likes and liked_target, in can_see_target and refuse_target, and in the check of likes';

-- Security definer: likes and counters are nobody's to write directly.
--
-- The commonest like, a new one of a post, is stored at once: who may write and who may see the post is asked by the trigger, in the statement
-- that counts it, which also leaves the count. Whatever is not stored so is looked at one thing after the other, which finds the reason.
create or replace function private.set_like(target_kind text, target_id uuid, liked boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid;
  v_count int;
begin
  insert into public.likes (user_id, target_kind, target_id)
  select me.id, 'post', set_like.target_id
  from (select auth.uid() as id offset 0) as me
  where set_like.target_kind = 'post' and set_like.liked and set_like.target_id is not null and me.id is not null
  on conflict do nothing;
  if found then
    return jsonb_build_object('liked', true, 'like_count', current_setting('backbeat.like_count')::int);
  end if;

  v_user_id := private.acting_user('social');
  if set_like.target_kind is null or set_like.target_kind not in ('post', 'comment', 'track', 'crate', 'message', 'activity_event') then
    perform private.raise_error(422, 'target_kind_unknown', 'This kind of thing cannot be liked.');
  end if;
  if set_like.liked is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;

  if set_like.liked then
    perform private.require_target(set_like.target_kind, set_like.target_id);
    insert into public.likes (user_id, target_kind, target_id)
    values (v_user_id, set_like.target_kind, set_like.target_id)
    on conflict do nothing;
    v_count := private.like_count(set_like.target_kind, set_like.target_id);
  else
    -- One's own like can be taken back from what one no longer sees, which tells nothing then, not even how many like it.
    delete from public.likes as favour
    where favour.user_id = v_user_id
      and favour.target_kind = set_like.target_kind
      and favour.target_id = set_like.target_id;
    if found then
      -- What bounds liking and unliking without end; giving a like takes no token (docs/decisions/0011).
      perform private.take_token('unlike');
    else
      perform private.require_target(set_like.target_kind, set_like.target_id);
    end if;
    if private.can_see_target(set_like.target_kind, set_like.target_id) then
      v_count := private.like_count(set_like.target_kind, set_like.target_id);
    end if;
  end if;
  return jsonb_build_object('liked', set_like.liked, 'like_count', v_count);
end;
$$;

create or replace function private.may_like_post(user_id uuid, post_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if may_like_post.user_id = auth.uid() then
    perform private.acting_user('social');
  end if;
  return private.sees(may_like_post.user_id, 'post', may_like_post.post_id);
end;
$$;
comment on function private.may_like_post(uuid, uuid) is 'Whether somebody may like a post: sees, after the error of acting_user where the caller may not write';

-- Security definer: the counter and the queue are nobody's to write. The count comes last in the transaction of a like, as the row may be
-- hot; a like of what has just been deleted finds no row to count and is refused, so no like of nothing is ever stored, nor of a post that
-- whoever likes it may not see. The new count is left for set_like, which would have to look for the row once more.
--
-- Of a public post the statement that counts it knows nearly all of the rule, of who may write too; what it does not know, may_like_post does.
-- A like is an insert into the queue and nothing else until it is told (docs/decisions/0040), in one statement with the count.
create or replace function private.tg_likes__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_count int;
  v_left text;
begin
  if new.target_kind = 'post' then
    with queued as (
      insert into private.like_changes (user_id, target_kind, target_id) values (new.user_id, new.target_kind, new.target_id)
    )
    update public.posts as post
    set like_count = post.like_count + 1
    where post.id = new.target_id
      and post.deleted_at is null
      and (
        (
          post.audience = 'public'
          and exists (select from public.feature_flags as flag where flag.name = 'social' and flag.is_enabled)
          -- Both are there and neither is hidden, or leaving.
          and exists (
            select
            from private.person_cards as person
            where person.profile_id = any (array[new.user_id, post.author_id]) and not person.is_hidden
            offset 1
          )
          -- Either has blocked the other: nobody blocks themselves.
          and not exists (
            select from public.blocks as block
            where block.blocker_id = any (array[new.user_id, post.author_id])
              and block.blocked_id = any (array[new.user_id, post.author_id])
            offset 0
          )
        )
        or private.may_like_post(new.user_id, post.id)
      )
    returning post.like_count into v_count;
  else
    insert into private.like_changes (user_id, target_kind, target_id) values (new.user_id, new.target_kind, new.target_id);
    case new.target_kind
      when 'track' then
        update public.tracks as track
        set like_count = track.like_count + 1
        where track.id = new.target_id
        returning track.like_count into v_count;
      when 'crate' then
        update public.crates as crate
        set like_count = crate.like_count + 1
        where crate.id = new.target_id and crate.deleted_at is null
        returning crate.like_count into v_count;
      when 'comment' then
        update public.comments as comment
        set like_count = comment.like_count + 1
        where comment.id = new.target_id and comment.deleted_at is null
        returning comment.like_count into v_count;
      when 'message' then
        update public.direct_messages as message
        set like_count = message.like_count + 1
        where message.id = new.target_id and message.deleted_at is null
        returning message.like_count into v_count;
      when 'activity_event' then
        update public.activity_events as event
        set like_count = event.like_count + 1
        where event.id = new.target_id
        returning event.like_count into v_count;
    end case;
  end if;
  if v_count is null then
    if new.user_id = auth.uid() then
      perform private.acting_user('social');
    end if;
    perform private.refuse_target(new.target_kind);
  end if;
  v_left := set_config('backbeat.like_count', v_count::text, true);
  return null;
end;
$$;
create trigger _500_count
  after insert on public.likes
  for each row execute function private.tg_likes__count();

-- Security definer: as tg_likes__count.
create or replace function private.tg_likes__uncount()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.like_changes (user_id, target_kind, target_id) values (old.user_id, old.target_kind, old.target_id);
  case old.target_kind
    when 'post' then
      update public.posts as post set like_count = post.like_count - 1 where post.id = old.target_id;
    when 'track' then
      update public.tracks as track set like_count = track.like_count - 1 where track.id = old.target_id;
    when 'crate' then
      update public.crates as crate set like_count = crate.like_count - 1 where crate.id = old.target_id;
    when 'comment' then
      update public.comments as comment set like_count = comment.like_count - 1 where comment.id = old.target_id;
    when 'message' then
      update public.direct_messages as message set like_count = message.like_count - 1 where message.id = old.target_id;
    when 'activity_event' then
      update public.activity_events as event set like_count = event.like_count - 1 where event.id = old.target_id;
  end case;
  return null;
end;
$$;
create trigger _500_uncount
  after delete on public.likes
  for each row execute function private.tg_likes__uncount();

-- Security definer: reposts and counters are nobody's to write directly.
create or replace function private.set_repost(post_id uuid, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_post public.posts;
begin
  -- One's own profile, so that a repost made while it turns private goes along; then the post, before the repost and the clock (lock order
  -- in 20_posts.sql).
  perform private.lock_own_profile();
  select post.* into v_post from public.posts as post where post.id = set_repost.post_id for no key update;
  if not found
    or not private.can_see_post(set_repost.post_id) and (
      set_repost.present
      or not exists (
        select from public.reposts as repost where repost.user_id = v_user_id and repost.post_id = set_repost.post_id
      )
    )
  then
    perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you can see.');
  end if;

  if set_repost.present then
    if v_post.audience <> 'public' then
      perform private.raise_error(403, 'post_not_public', 'Only public posts can be reposted.');
    end if;
    if not exists (
      select from public.reposts as repost where repost.user_id = v_user_id and repost.post_id = v_post.id
    ) then
      perform private.take_token('repost');
      insert into public.reposts (user_id, post_id) values (v_user_id, v_post.id) on conflict do nothing;
    end if;
  else
    delete from public.reposts as repost where repost.user_id = v_user_id and repost.post_id = v_post.id;
  end if;

  return jsonb_build_object('reposted', set_repost.present, 'repost_count', (
    select post.repost_count
    from public.posts as post
    where post.id = v_post.id and (set_repost.present or private.can_see_post(post.id))
  ));
end;
$$;

-- Security definer: feed entries and counters are nobody's to write.
create or replace function private.tg_reposts__publish()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into private.feed_entries (actor_id, id, post_id, audience)
    select new.user_id, new.id, new.post_id, private.post_audience('public', profile.is_private)
    from public.profiles as profile
    where profile.id = new.user_id;
    update public.posts as post
    set repost_count = post.repost_count + 1
    where post.id = new.post_id and post.deleted_at is null;
    if not found then
      perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you can see.');
    end if;
  else
    delete from private.feed_entries as entry where entry.actor_id = old.user_id and entry.id = old.id;
    update public.posts as post set repost_count = post.repost_count - 1 where post.id = old.post_id;
  end if;
  return null;
end;
$$;
create trigger _500_publish
  after insert or delete on public.reposts
  for each row execute function private.tg_reposts__publish();

-- source: sql/04_social/functions/32_comments.sql

-- What can be liked, talked about and shared is named by its kind and id; each kind keeps its own rule of who sees it.
create or replace function private.can_see_target(target_kind text, target_id uuid)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  case can_see_target.target_kind
    when 'post' then return private.can_see_post(can_see_target.target_id);
    when 'track' then return private.can_see_track(can_see_target.target_id);
    when 'crate' then return private.can_see_crate(can_see_target.target_id);
    when 'comment' then return private.can_see_comment(can_see_target.target_id);
    when 'message' then return private.can_see_message(can_see_target.target_id);
    when 'activity_event' then return private.can_see_activity_event(can_see_target.target_id);
    else return false;
  end case;
end;
$$;
comment on function private.can_see_target(text, uuid) is 'Whether the caller may see one thing, whatever its kind';

create or replace function private.sees_target(target_kind text, target_id uuid, reader_id uuid, blocked_ids uuid[])
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
  case sees_target.target_kind
    when 'post' then
      return exists (
        select
        from private.posts_for(sees_target.reader_id, sees_target.blocked_ids) as post
        where post.id = sees_target.target_id and (post.is_visible or (post.deleted_at is null and (select private.is_staff())))
      );
    when 'track' then
      return exists (
        select
        from private.tracks_for(sees_target.reader_id, sees_target.blocked_ids) as track
        where track.id = sees_target.target_id and (track.is_visible or (select private.is_staff()))
      );
    when 'crate' then
      return exists (
        select
        from private.crates_for(sees_target.reader_id, sees_target.blocked_ids) as crate
        where crate.id = sees_target.target_id and (crate.is_visible or (crate.deleted_at is null and (select private.is_staff())))
      );
    else
      return false;
  end case;
end;
$$;
comment on function private.sees_target(text, uuid, uuid, uuid[]) is
'can_see_target for the caller, who has been found already, of what can be talked about: a post, a track or a crate';

create or replace function private.require_target(target_kind text, target_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if not private.can_see_target(require_target.target_kind, require_target.target_id) then
    perform private.refuse_target(require_target.target_kind);
  end if;
end;
$$;
comment on function private.require_target(text, uuid) is 'Refuse, by the token of its kind (404), what the caller may not see';

create or replace function private.refuse_target(target_kind text)
returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  case refuse_target.target_kind
    when 'track' then
      perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
    when 'crate' then
      perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
    when 'comment' then
      perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
    when 'message' then
      perform private.raise_error(404, 'direct_message_not_found', 'There is no message of this id that you can see.');
    when 'activity_event' then
      perform private.raise_error(404, 'activity_not_found', 'There is no activity of this id that you can see.');
    else
      perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you can see.');
  end case;
end;
$$;
comment on function private.refuse_target(text) is 'Say that there is no such thing, by the token of its kind (404)';

create or replace function private.target_owner(target_kind text, target_id uuid)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  case target_owner.target_kind
    when 'track' then return (select track.artist_id from public.tracks as track where track.id = target_owner.target_id);
    when 'crate' then return (select crate.owner_id from public.crates as crate where crate.id = target_owner.target_id);
    else return (select post.author_id from public.posts as post where post.id = target_owner.target_id);
  end case;
end;
$$;
comment on function private.target_owner(text, uuid) is 'Whose a post, a track or a crate is; null when nobody''s';

create or replace function private.lock_target(target_kind text, target_id uuid)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  case lock_target.target_kind
    when 'track' then perform from public.tracks as track where track.id = lock_target.target_id for no key update;
    when 'crate' then perform from public.crates as crate where crate.id = lock_target.target_id for no key update;
    else perform from public.posts as post where post.id = lock_target.target_id for no key update;
  end case;
  return private.target_owner(lock_target.target_kind, lock_target.target_id);
end;
$$;
comment on function private.lock_target(text, uuid) is
'Lock what is talked about, and say whose it is: whoever makes, deletes, pins or hides a comment begins here, so that a thread changes by one at a time';

create or replace function private.sees(profile_id uuid, target_kind text, target_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_caller text := coalesce(current_setting('request.jwt.claim.sub', true), '');
  v_sees boolean;
begin
  perform set_config('request.jwt.claim.sub', sees.profile_id::text, true);
  v_sees := private.can_see_told(sees.target_kind, sees.target_id);
  perform set_config('request.jwt.claim.sub', v_caller, true);
  return v_sees;
end;
$$;
comment on function private.sees(uuid, text, uuid) is
'Whether somebody else may see a thing: the rules know one reader, the caller, so they are asked in that person''s name, for a moment';

create or replace function private.mentioned_names(body text)
returns setof text
language sql
immutable
security invoker
set search_path = ''
as $$
  select named.username
  from (
    select lower(found.parts[1]) as username, min(found.place) as place
    from regexp_matches(mentioned_names.body, '(?:^|[^[:alnum:]_@.])@([A-Za-z0-9_]{3,30})(?![[:alnum:]_])', 'g')
      with ordinality as found (parts, place)
    group by lower(found.parts[1])
  ) as named
  order by named.place
$$;
comment on function private.mentioned_names(text) is 'The usernames a text names with @, in lower case, each once, in their order';

create or replace function private.people_named(author_id uuid, body text)
returns setof public.profiles
language sql
stable
security invoker
set search_path = ''
as $$
  select person.*
  from private.mentioned_names(people_named.body) with ordinality as named (username, place)
  join public.profiles as person on person.username = named.username
  where person.id <> people_named.author_id
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = person.id)
    and not private.is_blocked(person.id, people_named.author_id)
  order by named.place
  limit private.setting('comment_mention_limit')
$$;
comment on function private.people_named(uuid, text) is 'Whom a text mentions: the first comment_mention_limit people it names whom its author can see';

create or replace function private.keep_mentions(comment public.comments)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_found public.profiles[] := array(select private.people_named(keep_mentions.comment.author_id, keep_mentions.comment.body));
begin
  if keep_mentions.comment.edited_at is not null then
    perform private.lock_told_of_comment(keep_mentions.comment);
  end if;
  delete from public.comment_mentions as mention
  where mention.comment_id = keep_mentions.comment.id
    and mention.profile_id not in (select person.id from unnest(v_found) as person);
  insert into public.comment_mentions (comment_id, profile_id, username)
  select keep_mentions.comment.id, person.id, person.username
  from unnest(v_found) as person
  order by person.id
  on conflict on constraint comment_mentions_pkey do nothing;
end;
$$;
comment on function private.keep_mentions(public.comments) is
$$Make the mentions of a comment those of its text: at most comment_mention_limit people whom its author can see

Whether they may see the comment is asked where they are told, or read of it: a mention must not tell its author who is whose follower, who has
blocked whom and who is staff.$$;

create or replace function private.count_comments(target_kind text, target_id uuid, step int)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  case count_comments.target_kind
    when 'track' then
      update public.tracks as track
      set comment_count = track.comment_count + count_comments.step
      where track.id = count_comments.target_id;
    when 'crate' then
      update public.crates as crate
      set comment_count = crate.comment_count + count_comments.step
      where crate.id = count_comments.target_id;
    else
      update public.posts as post
      set comment_count = post.comment_count + count_comments.step
      where post.id = count_comments.target_id;
  end case;
end;
$$;

create or replace function private.tg_comments__bury()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if new.author_id is null then
    new.deleted_at := coalesce(new.deleted_at, now());
    new.client_id := null;
  end if;
  if new.deleted_at is not null then
    new.body := null;
    new.position_ms := null;
    new.edited_at := null;
    new.reactions := '{}';
    new.is_pinned := false;
  end if;
  return new;
end;
$$;
comment on function private.tg_comments__bury() is 'A comment without an author is deleted, and a deleted comment holds nothing';
create trigger _200_bury
  before update of author_id, deleted_at on public.comments
  for each row execute function private.tg_comments__bury();

-- Security definer: counters are nobody's to write. A comment is listed while it stands or has listed replies; one that begins or ceases to be
-- listed is counted by its parent, which may thereby cease itself.
create or replace function private.tg_comments__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_stood boolean := tg_op = 'UPDATE' and old.deleted_at is null;
  v_stands boolean := new.deleted_at is null;
  v_was_listed boolean := v_stood or (tg_op = 'UPDATE' and old.reply_count > 0);
  v_is_listed boolean := v_stands or new.reply_count > 0;
begin
  if v_stands <> v_stood then
    perform private.count_comments(new.target_kind, new.target_id, v_stands::int - v_stood::int);
  end if;
  if v_is_listed <> v_was_listed and new.parent_id is not null then
    update public.comments as parent
    set reply_count = parent.reply_count + (v_is_listed::int - v_was_listed::int)
    where parent.id = new.parent_id;
  end if;
  if v_stood and not v_stands then
    perform private.lock_told_of_comment(old);
    delete from public.comment_reactions as reaction where reaction.comment_id = new.id;
    delete from public.comment_mentions as mention where mention.comment_id = new.id;
    perform private.forget_likes('comment', array[new.id]);
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or update of author_id, deleted_at, reply_count on public.comments
  for each row execute function private.tg_comments__count();

-- Security definer: as tg_comments__count. Comments go for good only with what they are about, all at once.
create or replace function private.tg_comments__forget()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_target record;
begin
  perform private.forget_likes('comment', array(select comment.id from gone as comment));
  for v_target in
    select comment.target_kind, comment.target_id, count(*)::int as number
    from gone as comment
    where comment.deleted_at is null
    group by comment.target_kind, comment.target_id
  loop
    perform private.count_comments(v_target.target_kind, v_target.target_id, -v_target.number);
  end loop;
  return null;
end;
$$;
create trigger _500_forget
  after delete on public.comments
  referencing old table as gone
  for each statement execute function private.tg_comments__forget();

create or replace function private.forget_likes(target_kind text, target_ids uuid[])
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  delete from public.likes as favour
  where (favour.user_id, favour.target_kind, favour.target_id) in (
    select gone.user_id, gone.target_kind, gone.target_id
    from public.likes as gone
    where gone.target_id = any (forget_likes.target_ids) and gone.target_kind = forget_likes.target_kind
    for update skip locked
  )
$$;
comment on function private.forget_likes(text, uuid[]) is
'Remove the likes of what is deleted; those that their owners are just taking back are skipped, and theirs find it gone';

create or replace function private.forget_comments(target_kind text, target_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  delete from public.comments as comment
  where comment.target_id = forget_comments.target_id and comment.target_kind = forget_comments.target_kind
$$;
comment on function private.forget_comments(text, uuid) is
'Remove all that was said about what is deleted, with mentions, reactions and likes; whoever calls holds the lock of the target';

-- Security definer: the counts on the comment are nobody's to write.
create or replace function private.tg_comment_reactions__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.comments as comment
    set reactions = comment.reactions
      || jsonb_build_object(new.emoji, coalesce((comment.reactions ->> new.emoji)::int, 0) + 1)
    where comment.id = new.comment_id;
  else
    update public.comments as comment
    set reactions = case
      when (comment.reactions ->> old.emoji)::int > 1
        then comment.reactions || jsonb_build_object(old.emoji, (comment.reactions ->> old.emoji)::int - 1)
      else comment.reactions - old.emoji
    end
    where comment.id = old.comment_id and comment.deleted_at is null;
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete on public.comment_reactions
  for each row execute function private.tg_comment_reactions__count();

-- Security definer: what hangs on a track, a crate or a message is nobody's to remove.
create or replace function private.tg__forget_talk()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.forget_likes(tg_argv[0], array[old.id]);
  perform private.forget_comments(tg_argv[0], old.id);
  return null;
end;
$$;
comment on function private.tg__forget_talk() is 'Likes and comments go with a track, a crate or a message, named by the argument';
create trigger _550_forget_talk
  after delete on public.tracks
  for each row execute function private.tg__forget_talk('track');
create trigger _550_forget_talk
  after delete on public.crates
  for each row execute function private.tg__forget_talk('crate');
create trigger _550_forget_talk
  after delete on public.direct_messages
  for each row execute function private.tg__forget_talk('message');
-- Not of deleted_at alone: erasure takes the sender, and a trigger before this one deletes the message for it.
create trigger _560_forget_talk
  after update on public.direct_messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg__forget_talk('message');
create trigger _560_forget_talk
  after update of deleted_at on public.crates
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg__forget_talk('crate');

create or replace function private.tied_comments(user_ids uuid[])
returns table (comment_id uuid, target_kind text, target_id uuid)
language sql
stable
security invoker
set search_path = ''
as $$
  with recursive tied as (
    select comment.id, comment.target_kind, comment.target_id, comment.parent_id
    from public.comments as comment
    where comment.author_id = any (tied_comments.user_ids)
      or comment.id in (
        select favour.target_id from public.likes as favour
        where favour.user_id = any (tied_comments.user_ids) and favour.target_kind = 'comment'
      )
      or comment.id in (select reaction.comment_id from public.comment_reactions as reaction where reaction.user_id = any (tied_comments.user_ids))
      or comment.id in (select mention.comment_id from public.comment_mentions as mention where mention.profile_id = any (tied_comments.user_ids))
      or comment.target_id in (
        select post.id from public.posts as post where post.author_id = any (tied_comments.user_ids)
        union all
        select track.id from public.tracks as track where track.artist_id = any (tied_comments.user_ids)
        union all
        select crate.id from public.crates as crate where crate.owner_id = any (tied_comments.user_ids)
      )
    union
    select parent.id, parent.target_kind, parent.target_id, parent.parent_id
    from tied
    join public.comments as parent on parent.id = tied.parent_id
  )
  select tied.id, tied.target_kind, tied.target_id from tied
$$;
comment on function private.tied_comments(uuid[]) is
'The comments that an erasure touches: people''s own and all they answer, those they like, react to or are named in, and those about what is theirs';

create or replace function private.tied_targets(user_ids uuid[], kind text)
returns setof uuid
language sql
stable
security invoker
set search_path = ''
as $$
  select favour.target_id from public.likes as favour where favour.user_id = any (tied_targets.user_ids) and favour.target_kind = tied_targets.kind
  union
  select tied.target_id from private.tied_comments(tied_targets.user_ids) as tied where tied.target_kind = tied_targets.kind
$$;
comment on function private.tied_targets(uuid[], text) is 'The things of a kind whose counters move when these people are erased: what they like, and what tied comments are about';

create or replace function private.lock_comment_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from public.comments as comment
  where comment.id in (select tied.comment_id from private.tied_comments(lock_comment_ties.user_ids) as tied)
  order by comment.id
  for no key update;
end;
$$;
comment on function private.lock_comment_ties(uuid[]) is
'Before accounts are erased: lock the comments that touches; what they are about is locked before (lock_social_ties, lock_catalogue_ties)';

-- Security definer: as tg_comments__count. What others say of somebody stays theirs, without the name of an account that is erased: it may
-- be somebody else's one day. Edits take mentions away too, but from a text that does not hold the name any more.
create or replace function private.tg_comment_mentions__unname()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (select from public.profiles as profile where profile.id = old.profile_id)
    or exists (select from private.account_deletions as deletion where deletion.user_id = old.profile_id and deletion.erase_after <= now())
  then
    update public.comments as comment
    set body = regexp_replace(comment.body, '@' || old.username || '(?![[:alnum:]_])', '@…', 'gi')
    where comment.id = old.comment_id and comment.body is not null;
  end if;
  return null;
end;
$$;
create trigger _500_unname
  after delete on public.comment_mentions
  for each row execute function private.tg_comment_mentions__unname();

-- source: sql/04_social/functions/33_commenting.sql

-- Security definer: clients hold no insert right on comments, so that every comment passes the checks below.
create or replace function private.create_comment(
  target_kind text, target_id uuid, body text, parent_id uuid, position_ms int, client_id uuid
)
returns public.comment_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_body text := nullif(btrim(create_comment.body, E' \t\r\n'), '');
  v_owner_id uuid;
  v_parent public.comments;
  v_comment public.comments;
begin
  if create_comment.target_kind is null or create_comment.target_kind not in ('post', 'track', 'crate') then
    perform private.raise_error(422, 'target_kind_unknown', 'This cannot be done with things of this kind.');
  end if;
  if v_body is null then
    perform private.raise_error(422, 'body_missing', 'A comment needs a text.');
  end if;
  if char_length(v_body) > 1000 then
    perform private.raise_error(422, 'body_too_long', 'A comment has at most 1000 characters.');
  end if;

  select comment.* into v_comment
  from public.comments as comment
  where comment.author_id = v_user_id
    and comment.client_id = create_comment.client_id
    and comment.target_id = create_comment.target_id;
  if found then
    return private.comment_row(v_comment.id);
  end if;
  perform private.take_token('create_comment');

  perform private.lock_own_profile();
  v_owner_id := private.lock_target(create_comment.target_kind, create_comment.target_id);
  perform private.require_target(create_comment.target_kind, create_comment.target_id);
  -- Asked once the track is known to be seen: its length is for those who see it.
  if create_comment.position_ms is not null and (
    create_comment.target_kind <> 'track'
    or create_comment.parent_id is not null
    or create_comment.position_ms not between 0 and coalesce(
      (select track.duration_ms from public.tracks as track where track.id = create_comment.target_id), 2147483647
    )
  ) then
    perform private.raise_error(422, 'position_unfit', 'A moment is given for a track alone, by a comment that is no reply, and lies inside its length.');
  end if;
  -- Staff see across blocks, and still do not talk across one of their own.
  if exists (
    select from public.blocks as block
    where (block.blocker_id, block.blocked_id) in ((v_user_id, v_owner_id), (v_owner_id, v_user_id))
  ) then
    perform private.raise_error(403, 'owner_is_blocked', 'There is a block between you and whose this is.');
  end if;
  if create_comment.parent_id is not null then
    select parent.* into v_parent
    from public.comments as parent
    where parent.id = create_comment.parent_id
      and parent.target_id = create_comment.target_id
      and parent.target_kind = create_comment.target_kind;
    if not private.can_see_comment(v_parent.id) then
      perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
    end if;
  end if;

  -- Of those sent twice at once, the second has waited for the lock.
  insert into public.comments (target_kind, target_id, author_id, parent_id, depth, body, position_ms, client_id)
  values (
    create_comment.target_kind, create_comment.target_id, v_user_id,
    case when v_parent.depth = 4 then v_parent.parent_id else v_parent.id end,
    least(coalesce(v_parent.depth, 0) + 1, 4),
    v_body, create_comment.position_ms, create_comment.client_id
  )
  on conflict do nothing
  returning * into v_comment;
  if found then
    perform private.keep_mentions(v_comment);
  else
    select comment.* into v_comment
    from public.comments as comment
    where comment.author_id = v_user_id
      and comment.client_id = create_comment.client_id
      and comment.target_id = create_comment.target_id;
  end if;
  return private.comment_row(v_comment.id);
end;
$$;

-- Security definer: clients hold no update right on comments, so that the window, the length and the mentions hold.
create or replace function private.edit_comment(comment_id uuid, body text)
returns public.comment_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_body text := nullif(btrim(edit_comment.body, E' \t\r\n'), '');
  v_comment public.comments;
begin
  -- Whoever names people, by a new comment or an old one, does so by one at a time.
  perform private.lock_own_profile();
  select comment.* into v_comment
  from public.comments as comment
  where comment.id = edit_comment.comment_id and comment.author_id = v_user_id and comment.deleted_at is null
  for no key update;
  if not found or not private.can_see_target(v_comment.target_kind, v_comment.target_id) then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you may change.');
  end if;
  if v_comment.body = v_body then
    return private.comment_row(v_comment.id);
  end if;
  perform private.take_token('edit_comment');
  if v_comment.created_at < now() - make_interval(mins => private.setting('comment_edit_minutes')::int) then
    perform private.raise_error(409, 'edit_window_passed', 'A comment can be edited only for a while after it was made.');
  end if;
  if v_body is null then
    perform private.raise_error(422, 'body_missing', 'A comment needs a text.');
  end if;
  if char_length(v_body) > 1000 then
    perform private.raise_error(422, 'body_too_long', 'A comment has at most 1000 characters.');
  end if;
  update public.comments as comment
  set body = v_body, edited_at = now()
  where comment.id = v_comment.id
  returning comment.* into v_comment;
  perform private.keep_mentions(v_comment);
  return private.comment_row(v_comment.id);
end;
$$;

-- Security definer: clients hold no update right on comments.
create or replace function private.delete_comment(comment_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_comment public.comments;
begin
  select comment.* into v_comment
  from public.comments as comment
  where comment.id = delete_comment.comment_id and comment.author_id = v_user_id;
  if not found then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you may change.');
  end if;
  perform private.lock_target(v_comment.target_kind, v_comment.target_id);
  update public.comments as comment set deleted_at = now() where comment.id = v_comment.id and comment.deleted_at is null;
end;
$$;

-- Security definer: looks past the caller's rights for whose the thread is, and locks it.
create or replace function private.comment_to_judge(comment_id uuid, is_for_staff boolean)
returns public.comments
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_comment public.comments;
begin
  if not private.can_see_comment(comment_to_judge.comment_id) then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
  end if;
  select comment.* into v_comment from public.comments as comment where comment.id = comment_to_judge.comment_id;
  if private.lock_target(v_comment.target_kind, v_comment.target_id) is distinct from v_user_id
    and not (comment_to_judge.is_for_staff and private.is_staff())
  then
    perform private.raise_error(403, 'not_the_owner', 'This is for the owner of what is talked about.');
  end if;
  select comment.* into v_comment
  from public.comments as comment
  where comment.id = comment_to_judge.comment_id and comment.deleted_at is null
  for no key update;
  if not found then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
  end if;
  return v_comment;
end;
$$;
comment on function private.comment_to_judge(uuid, boolean) is
'A comment, locked after its target, for the owner of the target or, where that is for them, staff; else not_the_owner (403)';

-- Security definer: clients hold no update right on comments.
create or replace function private.set_comment_pinned(comment_id uuid, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_comment public.comments := private.comment_to_judge(set_comment_pinned.comment_id, false);
begin
  if set_comment_pinned.present and (v_comment.parent_id is not null or v_comment.hidden_by is not null) then
    perform private.raise_error(409, 'comment_not_pinnable', 'Only a comment that is no reply and not hidden can be pinned.');
  end if;
  update public.comments as comment
  set is_pinned = false
  where comment.target_id = v_comment.target_id
    and comment.target_kind = v_comment.target_kind
    and comment.is_pinned
    and (comment.id = v_comment.id) <> set_comment_pinned.present;
  update public.comments as comment
  set is_pinned = true
  where comment.id = v_comment.id and set_comment_pinned.present and not comment.is_pinned;
  return jsonb_build_object('is_pinned', set_comment_pinned.present);
end;
$$;

-- Security definer: as set_comment_pinned.
create or replace function private.set_comment_hidden(comment_id uuid, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_comment public.comments := private.comment_to_judge(set_comment_hidden.comment_id, true);
  v_judge text := case
    when private.target_owner(v_comment.target_kind, v_comment.target_id) is not distinct from auth.uid() then 'owner' else 'staff'
  end;
begin
  -- Staff hide over an owner, who else could show again what staff have judged.
  if (v_comment.hidden_by is not null) = set_comment_hidden.present
    and not (v_comment.hidden_by = 'owner' and v_judge = 'staff' and set_comment_hidden.present)
  then
    return jsonb_build_object('is_hidden', set_comment_hidden.present);
  end if;
  if not set_comment_hidden.present and v_comment.hidden_by = 'staff' and not private.is_staff() then
    perform private.raise_error(403, 'hidden_by_staff', 'What staff have hidden, only they show again.');
  end if;
  update public.comments as comment
  set hidden_by = case when set_comment_hidden.present then v_judge end, is_pinned = false
  where comment.id = v_comment.id;
  if v_judge = 'staff' then
    perform private.audit(
      case when set_comment_hidden.present then 'comment_hidden' else 'comment_shown' end,
      'comment', v_comment.id::text, jsonb_build_object('author_id', v_comment.author_id)
    );
  end if;
  return jsonb_build_object('is_hidden', set_comment_hidden.present);
end;
$$;

-- Security definer: reactions and their counts are nobody's to write directly.
create or replace function private.set_reaction(comment_id uuid, emoji text, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_is_visible boolean;
begin
  if set_reaction.present is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if set_reaction.present then
    perform private.lock_own_profile();
  end if;
  -- The comment before its reactions, as whoever deletes it does.
  perform from public.comments as comment where comment.id = set_reaction.comment_id for no key update;
  v_is_visible := private.can_see_comment(set_reaction.comment_id);
  -- One's own reaction can be taken back from what one no longer sees.
  if not v_is_visible and (
    set_reaction.present
    or not exists (
      select from public.comment_reactions as reaction
      where reaction.comment_id = set_reaction.comment_id and reaction.user_id = v_user_id
    )
  ) then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
  end if;

  if not set_reaction.present then
    delete from public.comment_reactions as reaction
    where reaction.comment_id = set_reaction.comment_id
      and reaction.user_id = v_user_id
      and reaction.emoji = set_reaction.emoji;
  elsif not exists (select from public.reaction_emoji as listed where listed.emoji = set_reaction.emoji) then
    perform private.raise_error(422, 'emoji_unknown', 'This emoji is none of reaction_emoji.');
  elsif not exists (
    select from public.comment_reactions as reaction
    where reaction.comment_id = set_reaction.comment_id
      and reaction.user_id = v_user_id
      and reaction.emoji = set_reaction.emoji
  ) then
    perform private.take_token('react');
    insert into public.comment_reactions (comment_id, user_id, emoji)
    values (set_reaction.comment_id, v_user_id, set_reaction.emoji);
  end if;

  return jsonb_build_object('present', set_reaction.present, 'count', (
    select coalesce((comment.reactions ->> set_reaction.emoji)::int, 0)
    from public.comments as comment
    where comment.id = set_reaction.comment_id and v_is_visible
  ));
end;
$$;

-- source: sql/04_social/functions/34_comment_lists.sql

create or replace function private.shown_mentions(comment_id uuid, blocked_ids uuid[])
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', mention.profile_id, 'username', mention.username) order by mention.username), '[]')
    from public.comment_mentions as mention
    where mention.comment_id = shown_mentions.comment_id
      and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = mention.profile_id offset 0)
      and mention.profile_id <> all (shown_mentions.blocked_ids)
  );
end;
$$;
comment on function private.shown_mentions(uuid, uuid[]) is 'Whom a comment names, [{id, username}], without hidden ones and those across a block';

create or replace function private.own_reactions(comment_id uuid, shown jsonb, reader_id uuid)
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
          select from public.comment_reactions as reaction
          where reaction.comment_id = own_reactions.comment_id
            and reaction.user_id = own_reactions.reader_id
            and reaction.emoji = counted.shown ->> 'emoji'
          offset 0
        ) then counted.shown || '{"mine": true}'
        else counted.shown
      end
      order by counted.place
    )
    from jsonb_array_elements(own_reactions.shown) with ordinality as counted (shown, place)
  );
end;
$$;
comment on function private.own_reactions(uuid, jsonb, uuid) is 'The reactions to a comment as it keeps them to be shown, with those of a reader marked as mine';

create or replace function private.likes_comment(reader_id uuid, comment_id uuid)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return exists (
    select from public.likes as favour
    where favour.user_id = likes_comment.reader_id and favour.target_kind = 'comment' and favour.target_id = likes_comment.comment_id
  );
end;
$$;
comment on function private.likes_comment(uuid, uuid) is 'Whether somebody likes a comment';

-- Mostly one reading of all is less than one for each comment of a page, and its place in the plan.
create or replace function private.favoured_comments(reader_id uuid)
returns table (liked_ids uuid[], reacted_ids uuid[])
language sql
stable
security invoker
begin atomic
  select
    case when cardinality(found.liked_ids) <= 64 then found.liked_ids end,
    case when cardinality(found.reacted_ids) <= 64 then found.reacted_ids end
  from (
    select
      array(
        select favour.target_id
        from public.likes as favour
        where favour.user_id = favoured_comments.reader_id and favour.target_kind = 'comment'
        order by favour.target_id
        limit 65
      ) as liked_ids,
      array(
        select reaction.comment_id
        from public.comment_reactions as reaction
        where reaction.user_id = favoured_comments.reader_id
        order by reaction.comment_id
        limit 65
      ) as reacted_ids
    offset 0
  ) as found;
end;
comment on function private.favoured_comments(uuid) is 'The comments somebody likes and those they have reacted to; null where they are more than 64';

-- The one rule of who sees which comment, among those who see what it is about; can_see_comment asks it for a comment and all that it
-- answers, as a thread goes with its beginning. A tombstone is nobody's and seen by all, but one that was hidden stays so. In the form of
-- posts_for: the query that asks pays only for the columns it names. What few comments have is asked of functions, so that it is not a part
-- of every plan.
create or replace function private.comments_for(
  reader_id uuid, blocked_ids uuid[], muted_ids uuid[], liked_ids uuid[] default null, reacted_ids uuid[] default null
)
returns table (
  id uuid, target_kind text, target_id uuid, parent_id uuid, depth int, body text, position_ms int, author jsonb, mentions jsonb,
  like_count int, liked_by_me boolean, reactions jsonb, reply_count int, is_pinned boolean, is_hidden boolean, is_deleted boolean,
  created_at timestamptz, edited_at timestamptz, deleted_at timestamptz, is_visible boolean, is_wanted boolean
)
language sql
stable
security invoker
begin atomic
  select
    comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
    case when comment.deleted_at is null then author.card end,
    case when position('@' in comment.body) > 0 then private.shown_mentions(comment.id, comments_for.blocked_ids) else '[]' end,
    comment.like_count,
    comment.like_count > 0 and case
      when comments_for.liked_ids is null then private.likes_comment(comments_for.reader_id, comment.id)
      else comment.id = any (comments_for.liked_ids)
    end,
    case
      when comment.reactions <> '{}' and coalesce(comment.id = any (comments_for.reacted_ids), true)
      then private.own_reactions(comment.id, comment.reactions_shown, comments_for.reader_id)
      else comment.reactions_shown
    end,
    comment.reply_count,
    comment.is_pinned,
    comment.hidden_by is not null,
    comment.deleted_at is not null,
    comment.created_at,
    comment.edited_at,
    comment.deleted_at,
    -- Never null, as where nobody owns the thing or nobody is signed in: bool_and would pass over it.
    coalesce(
      comment.author_id = comments_for.reader_id
      or (
        (
          comment.deleted_at is not null
          or (author.is_hidden is not true and comment.author_id <> all (comments_for.blocked_ids))
        )
        and (
          comment.hidden_by is null
          or private.target_owner(comment.target_kind, comment.target_id) = comments_for.reader_id
        )
      )
      or (select private.is_staff()),
      false
    ),
    comment.deleted_at is not null or comment.author_id <> all (comments_for.muted_ids)
  from public.comments as comment
  left join private.person_cards as author on author.profile_id = comment.author_id;
end;
comment on function private.comments_for(uuid, uuid[], uuid[], uuid[], uuid[]) is
$$Comments as a reader sees them, and whether

is_visible: one's own, and those of people neither hidden nor across a block; hidden ones to their author, the owner of the target and
staff; staff see all, the caller being the reader. is_wanted: not by somebody the reader has muted, which counts in lists alone. liked_ids,
reacted_ids: all comments that the reader likes or has reacted to (favoured_comments); null when each is to be looked up.$$;

-- Each level of a thread is asked for by itself: most comments answer none, and others one.
create or replace function private.sees_thread(comment_id uuid, reader_id uuid, blocked_ids uuid[])
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_id uuid := sees_thread.comment_id;
  v_is_visible boolean;
begin
  while v_id is not null loop
    select comment.parent_id, comment.is_visible into v_id, v_is_visible
    from private.comments_for(sees_thread.reader_id, sees_thread.blocked_ids, '{}') as comment
    where comment.id = v_id;
    if v_is_visible is not true then
      return false;
    end if;
  end loop;
  return true;
end;
$$;
comment on function private.sees_thread(uuid, uuid, uuid[]) is
'Whether a reader may see a comment or its tombstone and all that it answers; true for null, which a root answers';

-- Security definer: reads comments_for, over blocks and mutes that are not the caller's to read.
create or replace function private.can_see_comment(comment_id uuid, is_tombstone_enough boolean default false)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid;
  v_blocked uuid[];
  v_comment record;
begin
  select reader.id, reader.blocked_ids into v_user_id, v_blocked from private.reader as reader;
  select comment.parent_id, comment.target_kind, comment.target_id into v_comment
  from private.comments_for(v_user_id, v_blocked, '{}') as comment
  where comment.id = can_see_comment.comment_id
    and comment.is_visible
    and (not comment.is_deleted or (can_see_comment.is_tombstone_enough and comment.reply_count > 0));
  return found
    and private.sees_thread(v_comment.parent_id, v_user_id, v_blocked)
    and private.sees_target(v_comment.target_kind, v_comment.target_id, v_user_id, v_blocked);
end;
$$;
comment on function private.can_see_comment(uuid, boolean) is
'Whether the caller may see a comment, all that it answers, and what it is about; deleted ones only while they are tombstones, where that is enough';

-- Security definer: a policy helper; as can_see_comment.
create or replace function private.my_mention_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select mention.comment_id
  from public.comment_mentions as mention
  where mention.profile_id = (select auth.uid()) and private.can_see_comment(mention.comment_id)
$$;
comment on function private.my_mention_ids() is 'The comments that name the caller, of those the caller may see; for policies';

-- A reply repeats nothing of the comment it stands in.
create or replace function private.threads_for(
  reader_id uuid, blocked_ids uuid[], muted_ids uuid[], liked_ids uuid[], reacted_ids uuid[], replies_shown int
)
returns table (
  id uuid, target_kind text, target_id uuid, parent_id uuid, depth int, body text, position_ms int, author jsonb, mentions jsonb,
  like_count int, liked_by_me boolean, reactions jsonb, reply_count int, replies json, is_pinned boolean, is_hidden boolean,
  is_deleted boolean, created_at timestamptz, edited_at timestamptz, deleted_at timestamptz, is_visible boolean, is_wanted boolean
)
language sql
stable
security invoker
begin atomic
  select
    comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
    comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count,
    case
      when threads_for.replies_shown is null then null
      when comment.reply_count = 0 then '[]'
      else to_json(array(
        select reply
        from (
          select
            first.id, first.depth, first.body, first.author, first.mentions, first.like_count, first.liked_by_me, first.reactions,
            first.reply_count, first.is_hidden, first.is_deleted, first.created_at, first.edited_at
          from private.comments_for(
            threads_for.reader_id, threads_for.blocked_ids, threads_for.muted_ids, threads_for.liked_ids, threads_for.reacted_ids
          ) as first
          -- A range of the key, as in home_candidates.
          where (first.parent_id, first.target_id, first.target_kind, first.id)
              > (comment.id, comment.target_id, comment.target_kind, comment.id)
            and (first.parent_id, first.target_id, first.target_kind, first.id)
              < (comment.id, comment.target_id, comment.target_kind, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            and (first.deleted_at is null or first.reply_count > 0)
            and first.is_visible
            and first.is_wanted
          order by first.parent_id, first.target_id, first.target_kind, first.id
          limit threads_for.replies_shown
        ) as reply
      ))
    end,
    comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at, comment.deleted_at,
    comment.is_visible, comment.is_wanted
  from private.comments_for(
    threads_for.reader_id, threads_for.blocked_ids, threads_for.muted_ids, threads_for.liked_ids, threads_for.reacted_ids
  ) as comment;
end;
comment on function private.threads_for(uuid, uuid[], uuid[], uuid[], uuid[], int) is
'comments_for with their first replies, in their order; replies_shown: how many, null for none at all';

-- Security definer: as can_see_comment; its callers decide whether the comment may be seen.
create or replace function private.comment_row(comment_id uuid)
returns public.comment_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  v_user_id uuid;
  v_blocked uuid[];
  v_row public.comment_row;
begin
  select reader.id, reader.blocked_ids into v_user_id, v_blocked from private.reader as reader;
  select
    comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
    comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
    comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
    null
  into v_row
  from private.threads_for(v_user_id, v_blocked, '{}', null, null, null) as comment
  where comment.id = comment_row.comment_id;
  return v_row;
end;
$$;

-- Security definer: a list of mixed audience that checks its reader itself.
--
-- Each order walks its own index from the place of the cursor, as a range of the key (as home_candidates), and passes what the reader may
-- not or will not see. The cursor remembers which comment was pinned when the list began: that one came first and is passed afterwards,
-- whatever is pinned by then, so that it is met once.
create or replace function private.comments_on(target_kind text, target_id uuid, sort text, after text, page_size int)
returns setof public.comment_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_sort text := coalesce(comments_on.sort, 'newest');
  v_list text := concat_ws(':', 'comments_on', v_sort, comments_on.target_kind, comments_on.target_id);
  v_size int;
  v_replies_shown int;
  v_bottom constant uuid := '00000000-0000-0000-0000-000000000000';
  v_top constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
  v_liked uuid[];
  v_reacted uuid[];
  v_place text[];
  v_key int;
  v_id uuid;
  v_pinned_id uuid;
  v_is_seen boolean;
begin
  if v_sort not in ('newest', 'oldest', 'top', 'position') then
    perform private.raise_error(422, 'sort_unknown', 'Comments are sorted newest, oldest, top or position.');
  end if;
  if comments_on.target_kind is null or comments_on.target_kind not in ('post', 'track', 'crate') then
    perform private.raise_error(422, 'target_kind_unknown', 'This cannot be done with things of this kind.');
  end if;
  -- One reading of all that decides, as each statement costs as much as a row.
  select
    reader.id, reader.blocked_ids, reader.muted_ids, page.size,
    (select setting.value from private.settings as setting where setting.name = 'comment_replies_shown'),
    (
      select comment.id
      from public.comments as comment
      where comment.target_id = comments_on.target_id
        and comment.target_kind = comments_on.target_kind
        and comment.is_pinned
        and v_sort <> 'position'
    ),
    -- What most are about; of the rest, sees_target knows.
    comments_on.target_kind = 'post' and exists (
      select
      from private.posts_for(reader.id, reader.blocked_ids) as post
      where post.id = comments_on.target_id and post.is_visible
      offset 0
    ),
    mine.liked_ids, mine.reacted_ids
  into v_user_id, v_blocked, v_muted, v_size, v_replies_shown, v_pinned_id, v_is_seen, v_liked, v_reacted
  from private.reader as reader
  cross join private.page(comments_on.page_size) as page
  cross join lateral private.favoured_comments(reader.id) as mine;
  if not v_is_seen and not private.sees_target(comments_on.target_kind, comments_on.target_id, v_user_id, v_blocked) then
    perform private.refuse_target(comments_on.target_kind);
  end if;
  v_place := private.decode_place(v_list, comments_on.after, '{int,uuid,uuid}');

  if v_place is null then
    v_key := case when v_sort = 'top' then 2147483647 else -1 end;
    v_id := case when v_sort in ('newest', 'top') then v_top else v_bottom end;
    if v_pinned_id is not null then
      return query
      select
        comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
        comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
        comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
        -- After the pinned one the list begins.
        private.encode_cursor(v_list, format('[%s, "%s", "%s"]', v_key, v_id, v_pinned_id))
      from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, v_replies_shown) as comment
      where comment.id = v_pinned_id and comment.is_visible and comment.is_wanted;
      if found then
        v_size := v_size - 1;
      else
        v_pinned_id := null;
      end if;
    end if;
    v_pinned_id := coalesce(v_pinned_id, v_bottom);
  else
    v_key := v_place[1]::int;
    v_id := v_place[2]::uuid;
    v_pinned_id := v_place[3]::uuid;
  end if;

  if v_sort = 'newest' then
    return query
    select
      comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
      comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
      comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
      private.encode_cursor(v_list, format('[0, "%s", "%s"]', comment.id, v_pinned_id))
    from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, v_replies_shown) as comment
    where (comment.target_id, comment.target_kind, comment.id)
        > (comments_on.target_id, comments_on.target_kind, v_bottom)
      and (comment.target_id, comment.target_kind, comment.id)
        < (comments_on.target_id, comments_on.target_kind, v_id)
      and comment.parent_id is null
      and (comment.deleted_at is null or comment.reply_count > 0)
      and comment.id <> v_pinned_id
      and comment.is_visible
      and comment.is_wanted
    order by comment.target_id desc, comment.target_kind desc, comment.id desc
    limit v_size;
  elsif v_sort = 'oldest' then
    return query
    select
      comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
      comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
      comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
      private.encode_cursor(v_list, format('[0, "%s", "%s"]', comment.id, v_pinned_id))
    from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, v_replies_shown) as comment
    where (comment.target_id, comment.target_kind, comment.id)
        > (comments_on.target_id, comments_on.target_kind, v_id)
      and (comment.target_id, comment.target_kind, comment.id)
        < (comments_on.target_id, comments_on.target_kind, v_top)
      and comment.parent_id is null
      and (comment.deleted_at is null or comment.reply_count > 0)
      and comment.id <> v_pinned_id
      and comment.is_visible
      and comment.is_wanted
    order by comment.target_id, comment.target_kind, comment.id
    limit v_size;
  elsif v_sort = 'top' then
    return query
    select
      comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
      comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
      comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
      private.encode_cursor(v_list, format('[%s, "%s", "%s"]', comment.like_count, comment.id, v_pinned_id))
    from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, v_replies_shown) as comment
    where (comment.target_id, comment.target_kind, comment.like_count, comment.id)
        > (comments_on.target_id, comments_on.target_kind, -1, v_bottom)
      and (comment.target_id, comment.target_kind, comment.like_count, comment.id)
        < (comments_on.target_id, comments_on.target_kind, v_key, v_id)
      and comment.parent_id is null
      and (comment.deleted_at is null or comment.reply_count > 0)
      and comment.id <> v_pinned_id
      and comment.is_visible
      and comment.is_wanted
    order by comment.target_id desc, comment.target_kind desc, comment.like_count desc, comment.id desc
    limit v_size;
  else
    return query
    select
      comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
      comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
      comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
      private.encode_cursor(v_list, format('[%s, "%s", "%s"]', comment.position_ms, comment.id, v_pinned_id))
    from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, v_replies_shown) as comment
    where (comment.target_id, comment.target_kind, comment.position_ms, comment.id)
        > (comments_on.target_id, comments_on.target_kind, v_key, v_id)
      and (comment.target_id, comment.target_kind, comment.position_ms, comment.id)
        < (comments_on.target_id, comments_on.target_kind, 2147483647, v_top)
      and comment.position_ms is not null
      and comment.is_visible
      and comment.is_wanted
    order by comment.target_id, comment.target_kind, comment.position_ms, comment.id
    limit v_size;
  end if;
end;
$$;

-- Security definer: as comments_on.
create or replace function private.replies_to(comment_id uuid, after text, page_size int)
returns setof public.comment_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_list text := 'replies_to:' || coalesce(replies_to.comment_id::text, '');
  v_size int := private.page_size(replies_to.page_size);
  v_after uuid := coalesce(
    (private.decode_place(v_list, replies_to.after, '{uuid}'))[1]::uuid, '00000000-0000-0000-0000-000000000000'
  );
  v_top constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_root public.comments;
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
  v_liked uuid[];
  v_reacted uuid[];
begin
  if not private.can_see_comment(replies_to.comment_id, is_tombstone_enough => true) then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
  end if;
  select reader.id, reader.blocked_ids, reader.muted_ids, mine.liked_ids, mine.reacted_ids
  into v_user_id, v_blocked, v_muted, v_liked, v_reacted
  from private.reader as reader
  cross join lateral private.favoured_comments(reader.id) as mine;
  select comment.* into v_root from public.comments as comment where comment.id = replies_to.comment_id;
  return query
  select
    comment.id, comment.target_kind, comment.target_id, comment.parent_id, comment.depth, comment.body, comment.position_ms,
    comment.author, comment.mentions, comment.like_count, comment.liked_by_me, comment.reactions, comment.reply_count, comment.replies,
    comment.is_pinned, comment.is_hidden, comment.is_deleted, comment.created_at, comment.edited_at,
    private.encode_cursor(v_list, comment.id::text)
  from private.threads_for(v_user_id, v_blocked, v_muted, v_liked, v_reacted, null) as comment
  where (comment.parent_id, comment.target_id, comment.target_kind, comment.id)
      > (v_root.id, v_root.target_id, v_root.target_kind, v_after)
    and (comment.parent_id, comment.target_id, comment.target_kind, comment.id)
      < (v_root.id, v_root.target_id, v_root.target_kind, v_top)
    and (comment.deleted_at is null or comment.reply_count > 0)
    and comment.is_visible
    and comment.is_wanted
  order by comment.parent_id, comment.target_id, comment.target_kind, comment.id
  limit v_size;
end;
$$;

-- Security definer: as comments_on.
create or replace function private.comment(comment_id uuid)
returns public.comment_row
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not private.can_see_comment(comment.comment_id, is_tombstone_enough => true) then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
  end if;
  return private.comment_row(comment.comment_id);
end;
$$;

-- source: sql/04_social/functions/40_feed_rows.sql

-- The filter names the few to look up. In this form, without search_path, it becomes part of the query that asks.
create or replace function private.near_reposts(reader_id uuid, follow_filter bit, post_id uuid)
returns table (id uuid, user_id uuid)
language sql
stable
security invoker
begin atomic
  select repost.id, repost.user_id
  from public.reposts as repost
  where repost.post_id = near_reposts.post_id
    and get_bit(near_reposts.follow_filter, private.follow_bit(repost.user_id)) = 1
    and (
      repost.user_id = near_reposts.reader_id
      or exists (
        select from public.follows as follow
        where follow.follower_id = near_reposts.reader_id and follow.followee_id = repost.user_id offset 0
      )
    );
end;
comment on function private.near_reposts(uuid, bit, uuid) is
'Reposts of a post by its reader and those they follow, who are all in the filter: reads all reposts of the post. For definer functions';

create or replace function private.follows_fewer(reader_id uuid, than int)
returns boolean
language sql
stable
security invoker
begin atomic
  select exists (
    select from public.profiles as profile where profile.id = follows_fewer.reader_id and profile.following_count < follows_fewer.than
  );
end;
comment on function private.follows_fewer(uuid, int) is 'Whether somebody follows fewer people than this; for definer functions';

-- Security definer: looks over follows and reposts that are not the caller's to read.
--
-- From the shorter side: those one follows, each a probe of the reposts, or the reposts.
create or replace function private.count_followed_reposters(reader_id uuid, follow_filter bit, post_id uuid, repost_count int)
returns int
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
begin
  if private.follows_fewer(count_followed_reposters.reader_id, count_followed_reposters.repost_count) then
    return (
      select count(*)
      from public.follows as follow
      -- A range of the key: of equality, the planner may think that a post has few reposts, and read them all each time.
      cross join lateral (
        select
        from public.reposts as each
        where (each.user_id, each.post_id) >= (follow.followee_id, count_followed_reposters.post_id)
          and (each.user_id, each.post_id) <= (follow.followee_id, count_followed_reposters.post_id)
        order by each.user_id, each.post_id
        limit 1
      ) as repost
      where follow.follower_id = count_followed_reposters.reader_id
    );
  end if;
  return (
    select count(*)
    from private.near_reposts(
      count_followed_reposters.reader_id, count_followed_reposters.follow_filter, count_followed_reposters.post_id
    ) as repost
    where repost.user_id <> count_followed_reposters.reader_id
  );
end;
$$;

-- Security definer: as count_followed_reposters.
create or replace function private.has_earlier_repost(
  reader_id uuid, muted_ids uuid[], follow_filter bit, entry_id uuid, post_id uuid, repost_count int
)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
begin
  if private.follows_fewer(has_earlier_repost.reader_id, has_earlier_repost.repost_count) then
    return exists (
      select
      from (
        select has_earlier_repost.reader_id as profile_id
        union all
        select follow.followee_id
        from public.follows as follow
        where follow.follower_id = has_earlier_repost.reader_id
          and follow.followee_id <> all (has_earlier_repost.muted_ids)
          and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = follow.followee_id offset 0)
      ) as near
      cross join lateral (
        select each.id
        from public.reposts as each
        where (each.user_id, each.post_id) >= (near.profile_id, has_earlier_repost.post_id)
          and (each.user_id, each.post_id) <= (near.profile_id, has_earlier_repost.post_id)
        order by each.user_id, each.post_id
        limit 1
      ) as repost
      where repost.id < has_earlier_repost.entry_id
    );
  end if;
  return exists (
    select
    from private.near_reposts(has_earlier_repost.reader_id, has_earlier_repost.follow_filter, has_earlier_repost.post_id) as repost
    where repost.id < has_earlier_repost.entry_id
      and repost.user_id <> all (has_earlier_repost.muted_ids)
      and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = repost.user_id offset 0)
  );
end;
$$;
comment on function private.has_earlier_repost(uuid, uuid[], bit, uuid, uuid, int) is
'Whether the reader, or somebody they follow, have not muted and may see, has reposted a post before this entry';

-- The one place that turns what a feed found into rows. It asks for each row whether its reader may see it, as the policies on posts would cost
-- several times the page: for definer functions alone.
--
-- One statement of SQL, so that it becomes part of the query of the feed that asks, as a view would: each call between it and the client
-- costs as much as several rows, for all rows are copied. Each table it names costs as much as a row, asked or not, and so the feed finds its
-- reader before. What it needs of the feed are the settings beside search_path: a generic plan saves planning that takes longer than
-- the page, and random_page_cost says that indexes are in memory. offset 0 keeps a subquery a probe of one index entry (the planner may
-- else hash all follows or likes of the reader).
--
-- The rows come as the references do, without a sort, so that whatever stands after the last row of the page is never read: each thing joined
-- is lateral and ends at a limit, which can only be done reference by reference.
create or replace function private.feed_rows(
  list text,
  refs private.feed_ref[],
  size int,
  reader_id uuid,
  blocked_ids uuid[],
  muted_ids uuid[],
  follow_filter bit default null,
  own_page_of uuid default null,
  is_checked boolean default false
)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    post.id,
    post.kind,
    post.body,
    post.media_paths,
    case when post.track_id is not null then private.track_card(post.track_id) end,
    case when post.crate_id is not null then private.crate_card(post.crate_id) end,
    post.visibility,
    post.author_card,
    post.like_count,
    post.comment_count,
    post.repost_count,
    post.like_count > 0 and exists (
      select from public.likes as favour
      where favour.user_id = feed_rows.reader_id and favour.target_kind = 'post' and favour.target_id = post.id offset 0
    ),
    post.repost_count > 0 and exists (
      select from public.reposts as mine
      where mine.user_id = feed_rows.reader_id and mine.post_id = post.id offset 0
    ),
    case
      when post.actor_id is null then
        case when post.author_id = feed_rows.reader_id then 'own' else 'public' end
      when post.actor_id <> post.author_id then 'repost'
      when post.author_id = feed_rows.reader_id then 'own'
      when feed_rows.own_page_of is not null and not private.is_followed_by_me(post.author_id) then 'public'
      else 'following'
    end,
    post.reposter_card - '{avatar_path,is_verified}'::text[],
    case
      when post.actor_id is null or post.actor_id = post.author_id then 0
      when post.repost_count = 1 and feed_rows.own_page_of is null then (post.actor_id <> feed_rows.reader_id)::int
      when post.repost_count <= 200 then (
        select count(*)
        from private.near_reposts(feed_rows.reader_id, feed_rows.follow_filter, post.id) as repost
        where repost.user_id <> feed_rows.reader_id
      )::int
      else private.count_followed_reposters(feed_rows.reader_id, feed_rows.follow_filter, post.id, post.repost_count)
    end,
    post.created_at,
    post.edited_at,
    private.encode_cursor(feed_rows.list, post.entry_id::text)
  from (
    select post.*, ref.entry_id, ref.actor_id, reposter.is_hidden, reposter.card as reposter_card
    from unnest(feed_rows.refs) as ref
    cross join lateral (
      select found.* from private.posts_for(feed_rows.reader_id, feed_rows.blocked_ids) as found where found.id = ref.post_id limit 1
    ) as post
    left join lateral (
      select person.is_hidden, person.card
      from private.person_cards as person
      where person.profile_id = nullif(ref.actor_id, post.author_id)
      limit 1
    ) as reposter on true
    where feed_rows.is_checked
      or (
        post.is_visible
        and (
          post.author_id is not distinct from feed_rows.own_page_of
          or post.author_id <> all (feed_rows.muted_ids)
        )
        and (
          ref.entry_id = ref.post_id
          or (
            -- A hidden profile brings nothing that it has reposted.
            (not reposter.is_hidden or ref.actor_id in (feed_rows.reader_id, feed_rows.own_page_of))
            -- Whoever reposts themself is shown once, by the post.
            and post.author_id <> coalesce(feed_rows.own_page_of, feed_rows.reader_id)
            and (
              feed_rows.own_page_of is not null
              or get_bit(feed_rows.follow_filter, private.follow_bit(post.author_id)) = 0
              or not exists (
                select from public.follows as follow
                where follow.follower_id = feed_rows.reader_id and follow.followee_id = post.author_id offset 0
              )
            )
          )
        )
      )
    offset 0
  ) as post
  -- In the home feed each post stands once, at its earliest entry: what is new above a page never moves what is below it, so no page is
  -- wrong. The post itself is always earlier than a repost of it, and a lone repost is that of the entry.
  where feed_rows.is_checked
    or feed_rows.own_page_of is not null
    or post.entry_id = post.id
    or post.repost_count = 1
    or not case
      when post.repost_count <= 200 then exists (
        select
        from private.near_reposts(feed_rows.reader_id, feed_rows.follow_filter, post.id) as repost
        where repost.id < post.entry_id
          and repost.user_id <> all (feed_rows.muted_ids)
          and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = repost.user_id offset 0)
        offset 0
      )
      else private.has_earlier_repost(
        feed_rows.reader_id, feed_rows.muted_ids, feed_rows.follow_filter, post.entry_id, post.id, post.repost_count
      )
    end
  limit feed_rows.size;
end;
comment on function private.feed_rows(text, private.feed_ref[], int, uuid, uuid[], uuid[], bit, uuid, boolean) is
$$The first size rows of a feed that its reader may and wants to see, in the order of the references

entry_id: the post's own id, or that of a repost; actor_id: the author, the reposter, or null in lists that nobody's doing brought.
reader_id, blocked_ids, muted_ids: a row of private.reader. follow_filter: my_follow_filter, with the reader in it, of lists with reposts.
own_page_of: whose profile the list is of: a mute of them does not count there. is_checked: the caller has decided that all may be seen.$$;

-- source: sql/04_social/functions/45_home_feed.sql

-- Candidates are found obliviously of what they hold, newest first, and filtered after: a batch that is filtered away is followed by the
-- next one, so the page is right whatever the filter takes. There are two ways to the same candidates. Whoever follows many finds them soon
-- by walking the newest of the whole stream, with a filter of whom they follow, so that only who passes it is looked up. Who follows few, or
-- people who post seldom, is better served by a merge, whose cost grows with their number and not with the stream.
--
-- Runs inside home_feed, under its settings and with what it knows of the reader: followee_ids are all they follow, or null for who follows
-- so many that the filter is kept.
create or replace function private.home_candidates(
  reader_id uuid, muted_ids uuid[], following int, followee_ids uuid[], follow_filter bit, before uuid, size int
)
returns private.feed_ref[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_bottom constant uuid := '00000000-0000-0000-0000-000000000000';
  v_per_follow int;
  v_refs private.feed_ref[];
  v_heads uuid[];
  v_from uuid;
begin
  if home_candidates.followee_ids is null then
    v_per_follow := (select setting.value from private.settings as setting where setting.name = 'feed_walk_entries_per_follow');
    v_refs := array(
      select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
      from (
        select stream.id, stream.actor_id, stream.post_id, stream.audience
        from private.feed_entries as stream
        where stream.id < home_candidates.before
        order by stream.id desc
        limit home_candidates.following * v_per_follow
      ) as entry
      where case
        when get_bit(home_candidates.follow_filter, private.follow_bit(entry.actor_id)) = 0 then false
        when entry.actor_id = home_candidates.reader_id then true
        else entry.audience <> 'private'
          and exists (
            select from public.follows as follow
            where follow.follower_id = home_candidates.reader_id and follow.followee_id = entry.actor_id offset 0
          )
          and entry.actor_id <> all (home_candidates.muted_ids)
      end
      order by entry.id desc
      limit home_candidates.size
    );
    if cardinality(v_refs) = home_candidates.size then
      return v_refs;
    end if;
  end if;

  -- Only the actors with the newest entries below the cursor can contribute, and of these only what is not older than the last one's;
  -- where there are no more actors than rows, that is all of them.
  -- One actor's entries are asked for as a range of (actor_id, id): of actor_id = x order by id, the planner may think that x is all over
  -- the stream, and walk that to its end.
  if cardinality(home_candidates.followee_ids) <= home_candidates.size then
    v_heads := array(
      select followee.id from unnest(home_candidates.followee_ids) as followee (id) where followee.id <> all (home_candidates.muted_ids)
    );
  elsif home_candidates.before = 'ffffffff-ffff-ffff-ffff-ffffffffffff' then
    select array_agg(head.actor_id), (array_agg(head.newest_entry_id))[home_candidates.size] into v_heads, v_from
    from (
      select clock.actor_id, clock.newest_entry_id
      from public.follows as follow
      join private.activity_clocks as clock on clock.actor_id = follow.followee_id
      where follow.follower_id = home_candidates.reader_id
        and follow.followee_id <> all (home_candidates.muted_ids)
      order by clock.newest_entry_id desc
      limit home_candidates.size
    ) as head;
  else
    select array_agg(head.actor_id), (array_agg(head.id))[home_candidates.size] into v_heads, v_from
    from (
      select follow.followee_id as actor_id, newest.id
      from public.follows as follow
      cross join lateral (
        select stream.id
        from private.feed_entries as stream
        where (stream.actor_id, stream.id) > (follow.followee_id, v_bottom)
          and (stream.actor_id, stream.id) < (follow.followee_id, home_candidates.before)
          and stream.audience <> 'private'
        order by stream.actor_id desc, stream.id desc
        limit 1
      ) as newest
      where follow.follower_id = home_candidates.reader_id
        and follow.followee_id <> all (home_candidates.muted_ids)
      order by newest.id desc
      limit home_candidates.size
    ) as head;
  end if;

  return array(
    select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
    from unnest(v_heads || home_candidates.reader_id) as head (actor_id)
    cross join lateral (
      select stream.id, stream.actor_id, stream.post_id
      from private.feed_entries as stream
      where (stream.actor_id, stream.id) >= (head.actor_id, coalesce(v_from, v_bottom))
        and (stream.actor_id, stream.id) < (head.actor_id, home_candidates.before)
        and (stream.audience <> 'private' or stream.actor_id = home_candidates.reader_id)
      order by stream.actor_id desc, stream.id desc
      limit home_candidates.size
    ) as entry
    order by entry.id desc
    limit home_candidates.size
  );
end;
$$;

-- Security definer: a list of mixed audience that checks its reader itself.
create or replace function private.home_feed(after text, page_size int)
returns setof public.feed_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_user_id uuid;
  v_blocked_ids uuid[];
  v_muted_ids uuid[];
  v_following int;
  v_followee_ids uuid[];
  v_filter bit(16384);
  v_size int;
  v_batch_size int;
  v_before uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
begin
  select reader.id, reader.blocked_ids, reader.muted_ids, coalesce(profile.following_count, 0), filter.bits, page.size
  into v_user_id, v_blocked_ids, v_muted_ids, v_following, v_filter, v_size
  from private.reader as reader
  cross join private.page(home_feed.page_size) as page
  left join public.profiles as profile on profile.id = reader.id
  left join private.follow_filters as filter on filter.follower_id = reader.id;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;

  if v_filter is null then
    select coalesce(array_agg(follow.followee_id), '{}'), coalesce(bit_or(private.follow_bits(follow.followee_id)), 0::bit(16384))
    into v_followee_ids, v_filter
    from public.follows as follow
    where follow.follower_id = v_user_id;
  end if;
  v_filter := v_filter | private.follow_bits(v_user_id);
  if home_feed.after is not null then
    v_before := (private.decode_place('home_feed', home_feed.after, '{uuid}'))[1]::uuid;
  end if;
  -- Some more: there are reposts among them of what the reader has already, the more the more they follow, and a second batch costs more than
  -- spare candidates, most of all further back.
  v_batch_size := v_size + case
    when home_feed.after is null then 3 + v_size * least(v_following, 10000) / 40000
    else v_size / 4 + 2
  end;
  loop
    v_batch := private.home_candidates(v_user_id, v_muted_ids, v_following, v_followee_ids, v_filter, v_before, v_batch_size);
    return query
    select row.*
    from private.feed_rows('home_feed', v_batch, v_size - v_found, v_user_id, v_blocked_ids, v_muted_ids, v_filter) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
    -- What is filtered away in quantity is passed in longer strides.
    if 2 * v_taken < v_batch_size then
      v_batch_size := least(4 * v_batch_size, 1000);
    end if;
  end loop;
end;
$$;

-- source: sql/04_social/functions/50_feeds.sql

-- Security definer: a list of mixed audience that checks its reader itself.
create or replace function private.global_feed(after text, page_size int)
returns setof public.feed_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_size int := private.page_size(global_feed.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid := coalesce((private.decode_place('global_feed', global_feed.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_reader private.reader;
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
begin
  select reader.* into v_reader from private.reader as reader;
  loop
    v_batch := array(
      select (post.id, null, post.id)::private.feed_ref
      from public.posts as post
      where post.audience = 'public' and post.deleted_at is null and post.id < v_before
      order by post.id desc
      limit v_batch_size
    );
    return query
    select row.*
    from private.feed_rows(
      'global_feed', v_batch, v_size - v_found, v_reader.id, v_reader.blocked_ids, v_reader.muted_ids
    ) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
    -- What is filtered away in quantity is passed in longer strides.
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

-- Security definer: as global_feed.
create or replace function private.tag_feed(tag text, after text, page_size int)
returns setof public.feed_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_tag text := lower(ltrim(btrim(tag_feed.tag), '#'));
  v_list text := 'tag_feed:' || coalesce(v_tag, '');
  v_size int := private.page_size(tag_feed.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid;
  v_reader private.reader;
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
begin
  if v_tag is null or v_tag !~ '^[[:alnum:]_]{1,50}$' then
    perform private.raise_error(422, 'tag_invalid', 'A tag has 1 to 50 letters, digits or _.');
  end if;
  v_before := coalesce((private.decode_place(v_list, tag_feed.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');

  select reader.* into v_reader from private.reader as reader;
  loop
    v_batch := array(
      select (tagged.post_id, null, tagged.post_id)::private.feed_ref
      from private.post_tags as tagged
      -- A range of the key, as in home_candidates.
      where (tagged.tag, tagged.post_id) > (v_tag, '00000000-0000-0000-0000-000000000000')
        and (tagged.tag, tagged.post_id) < (v_tag, v_before)
      order by tagged.tag desc, tagged.post_id desc
      limit v_batch_size
    );
    return query
    select row.*
    from private.feed_rows(v_list, v_batch, v_size - v_found, v_reader.id, v_reader.blocked_ids, v_reader.muted_ids) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
    -- What is filtered away in quantity is passed in longer strides.
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

-- Security definer: as global_feed.
create or replace function private.profile_feed(username text, after text, page_size int)
returns setof public.feed_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_profile public.profiles := private.visible_profile(profile_feed.username);
  v_list text := 'profile_feed:' || v_profile.id;
  v_size int := private.page_size(profile_feed.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid := coalesce((private.decode_place(v_list, profile_feed.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_reader private.reader;
  v_filter bit(16384) := private.my_follow_filter();
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
  v_is_mine boolean := v_profile.id is not distinct from auth.uid();
  v_is_followed boolean := private.is_followed_by_me(v_profile.id);
  -- Only what the reader may see is looked at: a profile full of private posts costs a stranger nothing.
  v_audiences text[] := array['public']
    || case when v_is_mine or v_is_followed then array['followers'] end
    || case when v_is_mine or v_is_followed and v_profile.id in (select private.my_mutual_ids()) then array['mutuals'] end
    || case when v_is_mine then array['private'] end;
begin
  select reader.* into v_reader from private.reader as reader;
  loop
    v_batch := array(
      select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
      from private.feed_entries as entry
      -- A range of the key, as in home_candidates.
      where (entry.actor_id, entry.id) > (v_profile.id, '00000000-0000-0000-0000-000000000000')
        and (entry.actor_id, entry.id) < (v_profile.id, v_before)
        and entry.audience = any (v_audiences)
      order by entry.actor_id desc, entry.id desc
      limit v_batch_size
    );
    return query
    select row.*
    from private.feed_rows(
      v_list, v_batch, v_size - v_found, v_reader.id, v_reader.blocked_ids, v_reader.muted_ids, v_filter, own_page_of => v_profile.id
    ) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
    -- What is filtered away in quantity is passed in longer strides.
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

-- Security definer: as global_feed.
create or replace function private.crate_posts(crate_id uuid, after text, page_size int)
returns setof public.feed_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_list text := 'crate_posts:' || coalesce(crate_posts.crate_id::text, '');
  v_size int := private.page_size(crate_posts.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid := coalesce((private.decode_place(v_list, crate_posts.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_reader private.reader;
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
begin
  if not private.can_see_crate(crate_posts.crate_id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  select reader.* into v_reader from private.reader as reader;
  loop
    v_batch := array(
      select (post.id, null, post.id)::private.feed_ref
      from public.posts as post
      -- A range of the key, as in home_candidates.
      where (post.crate_id, post.id) > (crate_posts.crate_id, '00000000-0000-0000-0000-000000000000')
        and (post.crate_id, post.id) < (crate_posts.crate_id, v_before)
        and post.crate_id is not null
      order by post.crate_id desc, post.id desc
      limit v_batch_size
    );
    return query
    select row.*
    from private.feed_rows(v_list, v_batch, v_size - v_found, v_reader.id, v_reader.blocked_ids, v_reader.muted_ids) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
    -- What is filtered away in quantity is passed in longer strides.
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

-- Security definer: as global_feed.
create or replace function private.post(post_id uuid)
returns public.feed_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_reader private.reader;
  v_row public.feed_row;
begin
  if not private.can_see_post(post.post_id) then
    perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you can see.');
  end if;
  select reader.* into v_reader from private.reader as reader;
  select found.* into v_row
  from private.feed_rows(
    'post', array[(post.post_id, null, post.post_id)::private.feed_ref], 1, v_reader.id, v_reader.blocked_ids, v_reader.muted_ids,
    is_checked => true
  ) as found;
  return v_row;
end;
$$;

-- source: sql/04_social/functions/52_my_likes.sql

-- Security definer: shows what the rule of each kind allows.
create or replace function private.liked_activity(event_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not private.can_see_activity_event(liked_activity.event_id) then
    return null;
  end if;
  return (
    select jsonb_build_object(
      'id', event.id, 'kind', event.kind, 'actor', private.person_card(event.actor_id), 'target_kind', event.target_kind,
      'target_id', event.target_id, 'target', event.target, 'event_count', event.event_count, 'like_count', event.like_count,
      'created_at', event.created_at
    )
    from private.reader_activity as event
    where event.id = liked_activity.event_id
  );
end;
$$;
comment on function private.liked_activity(uuid) is 'An event as my_likes shows it; null when the caller may not see it any more';

-- Security definer: as liked_activity.
create or replace function private.liked_targets(target_kind text, ids uuid[], reader_id uuid, blocked_ids uuid[])
returns jsonb[]
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_place record;
  v_messages jsonb := '{}';
begin
  case liked_targets.target_kind
    when 'track' then
      return array(
        select (
          select track.card
          from private.tracks_for(liked_targets.reader_id, liked_targets.blocked_ids) as track
          where track.id = liked.id and (track.is_visible or (select private.is_staff()))
        )
        from unnest(liked_targets.ids) with ordinality as liked (id, place)
        order by liked.place
      );
    when 'crate' then
      return array(
        select (
          select crate.card
          from private.crates_for(liked_targets.reader_id, liked_targets.blocked_ids) as crate
          where crate.id = liked.id and (crate.is_visible or (crate.deleted_at is null and (select private.is_staff())))
        )
        from unnest(liked_targets.ids) with ordinality as liked (id, place)
        order by liked.place
      );
    when 'comment' then
      return array(
        select (
          select to_jsonb(comment)
          from (
            select
              said.id, said.target_kind, said.target_id, said.parent_id, said.depth, said.body, said.position_ms, said.author,
              said.mentions, said.like_count, said.liked_by_me, said.reactions, said.reply_count, said.is_pinned, said.is_hidden,
              said.is_deleted, said.created_at, said.edited_at
            from private.comments_for(liked_targets.reader_id, liked_targets.blocked_ids, '{}', liked_targets.ids) as said
            where said.id = liked.id
              and said.is_visible
              and not said.is_deleted
              and (said.parent_id is null or private.sees_thread(said.parent_id, liked_targets.reader_id, liked_targets.blocked_ids))
              -- What most are about; of the rest, sees_target knows.
              and (
                (
                  said.target_kind = 'post' and exists (
                    select
                    from private.posts_for(liked_targets.reader_id, liked_targets.blocked_ids) as post
                    where post.id = said.target_id and post.is_visible
                    offset 0
                  )
                )
                or private.sees_target(said.target_kind, said.target_id, liked_targets.reader_id, liked_targets.blocked_ids)
              )
          ) as comment
        )
        from unnest(liked_targets.ids) with ordinality as liked (id, place)
        order by liked.place
      );
    when 'message' then
      -- One query for each conversation: who has joined one when is asked once.
      for v_place in
        select message.conversation_id, message.joined_after_id, array_agg(message.id) as ids
        from unnest(liked_targets.ids) as liked (id)
        cross join lateral (
          select each.* from private.messages_for(liked_targets.reader_id, liked_targets.blocked_ids) as each where each.id = liked.id offset 0
        ) as message
        where message.is_visible
        group by message.conversation_id, message.joined_after_id
      loop
        v_messages := v_messages || (
          select coalesce(jsonb_object_agg(row.id, to_jsonb(row) - 'cursor'), '{}')
          from private.message_rows('message', v_place.conversation_id, v_place.joined_after_id, v_place.ids) as row
        );
      end loop;
      return array(
        select v_messages -> liked.id::text
        from unnest(liked_targets.ids) with ordinality as liked (id, place)
        order by liked.place
      );
    else
      return array(
        select private.liked_activity(liked.id)
        from unnest(liked_targets.ids) with ordinality as liked (id, place)
        order by liked.place
      );
  end case;
end;
$$;
comment on function private.liked_targets(text, uuid[], uuid, uuid[]) is
$$Things as my_likes shows them, in the order given; null for each that the reader, the caller, may not see any more

One query for all of a kind: a function for each thing would find the reader again for each.$$;

-- Security definer: a list over the caller's own likes that checks its reader itself.
create or replace function private.my_likes(kind text, after text, page_size int)
returns table (target_kind text, target_id uuid, liked_at timestamptz, target jsonb, cursor text)
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_user_id uuid := auth.uid();
  v_list text := 'my_likes:' || coalesce(my_likes.kind, '');
  v_size int := private.page_size(my_likes.page_size);
  v_place text[] := private.decode_place(v_list, my_likes.after, '{timestamptz,uuid}');
  v_at timestamptz := coalesce(v_place[1]::timestamptz, 'infinity');
  v_id uuid := coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_times timestamptz[];
  v_ids uuid[];
  v_reader private.reader;
  v_taken int;
  v_found int := 0;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  if my_likes.kind is null or my_likes.kind not in ('post', 'comment', 'track', 'crate', 'message', 'activity_event') then
    perform private.raise_error(422, 'target_kind_unknown', 'This kind of thing cannot be liked.');
  end if;

  select reader.* into v_reader from private.reader as reader;
  loop
    select array_agg(batch.created_at), array_agg(batch.target_id) into v_times, v_ids
    from (
      select favour.created_at, favour.target_id
      from public.likes as favour
      where favour.user_id = v_user_id
        and favour.target_kind = my_likes.kind
        and (favour.created_at, favour.target_id) < (v_at, v_id)
      order by favour.created_at desc, favour.target_id desc
      limit v_size + 4
    ) as batch;
    if my_likes.kind = 'post' then
      return query
      select my_likes.kind, row.id, favour.created_at, to_jsonb(row) - 'cursor',
        private.encode_cursor(v_list, jsonb_build_array(favour.created_at, row.id)::text)
      from private.feed_rows(
        v_list,
        array(
          select (batch.target_id, null, batch.target_id)::private.feed_ref
          from unnest(v_ids) with ordinality as batch (target_id, place)
          order by batch.place
        ),
        v_size - v_found,
        v_reader.id,
        v_reader.blocked_ids,
        v_reader.muted_ids
      ) as row
      join public.likes as favour
        on favour.user_id = v_user_id and favour.target_kind = my_likes.kind and favour.target_id = row.id
      order by favour.created_at desc, row.id desc;
    else
      return query
      select my_likes.kind, batch.target_id, batch.created_at, batch.target,
        private.encode_cursor(v_list, jsonb_build_array(batch.created_at, batch.target_id)::text)
      from unnest(v_times, v_ids, private.liked_targets(my_likes.kind, v_ids, v_reader.id, v_reader.blocked_ids)) with ordinality
        as batch (created_at, target_id, target, place)
      where batch.target is not null
      order by batch.place
      limit v_size - v_found;
    end if;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or coalesce(cardinality(v_ids), 0) < v_size + 4;
    v_at := v_times[v_size + 4];
    v_id := v_ids[v_size + 4];
  end loop;
end;
$$;

-- source: sql/04_social/functions/60_messages.sql

-- Security definer: settings and follows of others are not the caller's to read.
create or replace function private.can_message(profile_id uuid)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_permission text := coalesce(
    (select row.dm_permission from public.message_settings as row where row.user_id = can_message.profile_id), 'followees'
  );
  v_follows_me boolean := exists (
    select from public.follows as follow where follow.follower_id = can_message.profile_id and follow.followee_id = v_user_id
  );
begin
  return case
    when v_user_id is null
      or can_message.profile_id = v_user_id
      or private.is_blocked(v_user_id, can_message.profile_id)
      or exists (select from private.hidden_profiles as hidden where hidden.profile_id = can_message.profile_id)
      then 'no'
    when exists (
      select from private.conversation_pairs as pair
      join public.conversation_members as member
        on member.conversation_id = pair.conversation_id and member.member_id = can_message.profile_id
      where pair.low_id = least(v_user_id, can_message.profile_id)
        and pair.high_id = greatest(v_user_id, can_message.profile_id)
        and member.state = 'joined'
        and member.is_accepted
    ) then 'yes'
    when v_permission = 'nobody' then 'no'
    when v_permission = 'everyone' then 'yes'
    when v_follows_me and (v_permission = 'followees' or private.is_followed_by_me(can_message.profile_id)) then 'yes'
    else 'request'
  end;
end;
$$;
comment on function private.can_message(uuid) is
$$Whether the caller can write to somebody: yes, request (it waits until they accept) or no

By their dm_permission, but a conversation stays open in which they have answered, which they have begun, or which they have accepted. Never
across a block, not to oneself, not to who is leaving; not for staff either.$$;

-- Security definer: a policy helper; pairs and blocks made by others are not the caller's to read.
create or replace function private.blocked_conversation_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select pair.conversation_id
  from private.reader as reader
  cross join unnest(reader.blocked_ids) as block (other_id)
  join private.conversation_pairs as pair
    on pair.low_id = least(block.other_id, (select auth.uid())) and pair.high_id = greatest(block.other_id, (select auth.uid()))
$$;
comment on function private.blocked_conversation_ids() is 'The caller''s conversations of two with somebody across a block: not there until it is taken back';

-- Security definer: a policy helper; reading memberships under their own policies would recurse.
create or replace function private.my_conversation_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select member.conversation_id
  from public.conversation_members as member
  where member.member_id = (select auth.uid())
    and member.state in ('joined', 'requested')
    and member.conversation_id <> all (array(select private.blocked_conversation_ids()))
$$;
comment on function private.my_conversation_ids() is 'Which conversations the caller is in or asked into, for policies; staff no others';

-- Security definer: as my_conversation_ids.
create or replace function private.my_conversation_starts()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(member.conversation_id, member.joined_after_id), '{}')
  from public.conversation_members as member
  where member.member_id = (select auth.uid()) and member.joined_after_id is not null
$$;
comment on function private.my_conversation_starts() is 'For the conversations the caller joined later, the last message they do not see; for policies';

-- Security definer: memberships, pairs and blocks are not the caller's to read. The one rule of who is in a conversation; the policies
-- are its array form.
create or replace function private.my_membership(conversation_id uuid)
returns public.conversation_members
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_member public.conversation_members;
begin
  if auth.uid() is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  select member.* into v_member
  from public.conversation_members as member
  where member.conversation_id = my_membership.conversation_id and member.member_id = auth.uid() and member.state in ('joined', 'requested');
  if not found or exists (
    select from private.conversation_pairs as pair
    where pair.conversation_id = my_membership.conversation_id and private.is_blocked(pair.low_id, pair.high_id)
  ) then
    perform private.raise_error(404, 'conversation_not_found', 'There is no conversation of this id that you are in.');
  end if;
  return v_member;
end;
$$;
comment on function private.my_membership(uuid) is
$$The caller's place in a conversation they have joined or are asked into

Else conversation_not_found (404), also across a block of two, also for staff; not_signed_in (401).$$;

-- The one rule of who sees which message, in the form of posts_for.
create or replace function private.messages_for(reader_id uuid, blocked_ids uuid[])
returns table (id uuid, conversation_id uuid, joined_after_id uuid, is_visible boolean)
language sql
stable
security invoker
begin atomic
  select
    message.id, message.conversation_id, member.joined_after_id,
    message.deleted_at is null
    and member.state in ('joined', 'requested')
    and (member.joined_after_id is null or message.id > member.joined_after_id)
    and (message.sender_id is null or message.sender_id <> all (messages_for.blocked_ids))
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = message.sender_id offset 0)
    and not exists (
      select from private.conversation_pairs as pair
      where pair.conversation_id = message.conversation_id
        and (pair.low_id = any (messages_for.blocked_ids) or pair.high_id = any (messages_for.blocked_ids))
      offset 0
    )
  from public.direct_messages as message
  cross join lateral (
    select mine.state, mine.joined_after_id
    from public.conversation_members as mine
    where mine.conversation_id = message.conversation_id and mine.member_id = messages_for.reader_id
    offset 0
  ) as member;
end;
comment on function private.messages_for(uuid, uuid[]) is
$$Messages of the conversations a reader is or was in, and whether they may see what each says (is_visible)

In the conversation, since they joined, not deleted, its sender neither blocked nor hidden; staff no more than others.$$;

-- Security definer: as my_membership.
create or replace function private.can_see_message(message_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return exists (
    select
    from private.reader as reader
    cross join lateral private.messages_for(reader.id, reader.blocked_ids) as message
    where message.id = can_see_message.message_id and message.is_visible
  );
end;
$$;
comment on function private.can_see_message(uuid) is 'Whether the caller may see what a message says, as messages_for has it';

-- Security definer: whom a message reaches is for the notifications, which ask in the sender's transaction.
create or replace function private.message_audience(conversation_id uuid, sender_id uuid)
returns table (member_id uuid, is_request boolean)
language sql
stable
security definer
set search_path = ''
as $$
  select member.member_id, member.state = 'requested'
  from public.conversation_members as member
  where member.conversation_id = message_audience.conversation_id
    and member.member_id <> message_audience.sender_id
    and member.state in ('joined', 'requested')
    and (member.muted_until is null or member.muted_until <= now())
    and not private.is_blocked(member.member_id, message_audience.sender_id)
$$;
comment on function private.message_audience(uuid, uuid) is 'Who is to hear of a message: members who have not muted the conversation nor stand across a block of its sender; is_request: they have not accepted yet';

-- Security definer: a policy helper; memberships and pairs are not the caller's to read.
create or replace function private.hears_conversation()
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_topic text := realtime.topic();
  v_conversation_id uuid;
begin
  if v_topic is null or v_topic !~ '^dm:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    return false;
  end if;
  v_conversation_id := substring(v_topic from 4)::uuid;
  return exists (
      select from public.conversation_members as member
      where member.conversation_id = v_conversation_id and member.member_id = auth.uid() and member.state = 'joined'
    )
    and not exists (
      select from private.conversation_pairs as pair
      where pair.conversation_id = v_conversation_id and private.is_blocked(pair.low_id, pair.high_id)
    );
end;
$$;
comment on function private.hears_conversation() is
'Whether the caller may join the topic that realtime asks about, dm:<id>: members who have accepted, so that presence tells nobody that a request was looked at';

-- Security definer: as hears_conversation.
create or replace function private.speaks_in_conversation()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.hears_conversation() and private.can_write('social')
$$;
comment on function private.speaks_in_conversation() is 'hears_conversation, for who may write at all: typing and presence';

create or replace function private.message_id_after(last_id uuid)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_id uuid := private.uuid_v7();
begin
  if message_id_after.last_id is null or v_id > message_id_after.last_id then
    return v_id;
  end if;
  -- The clock was set back: go on from the last id, so that newer still means greater.
  return (
    left(message_id_after.last_id::text, 24)
      || lpad(to_hex((('x' || right(message_id_after.last_id::text, 12))::bit(48)::bigint + 1) % 281474976710656), 12, '0')
  )::uuid;
end;
$$;
comment on function private.message_id_after(uuid) is 'A time-ordered id greater than the last one of the conversation, whatever the clock does; asked under the conversation''s lock';

-- Security definer: the order of others' lists is not the sender's to write. Members are at most 20; only who is in, or asked in, hears of it.
create or replace function private.tg_direct_messages__deliver()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.conversations as conversation
  set last_message_id = greatest(conversation.last_message_id, new.id)
  where conversation.id = new.conversation_id;
  update public.conversation_members as member
  set order_id = greatest(member.order_id, new.id),
      is_accepted = member.is_accepted or member.member_id = new.sender_id
  where member.conversation_id = new.conversation_id and member.state in ('joined', 'requested');
  return null;
end;
$$;
create trigger _500_deliver
  after insert on public.direct_messages
  for each row execute function private.tg_direct_messages__deliver();

create or replace function private.tg_direct_messages__forget_sender()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.deleted_at := coalesce(new.deleted_at, now());
  return new;
end;
$$;
comment on function private.tg_direct_messages__forget_sender() is 'What an erased person wrote is a deleted message of nobody';
create trigger _200_forget_sender
  before update of sender_id on public.direct_messages
  for each row
  when (new.sender_id is null)
  execute function private.tg_direct_messages__forget_sender();

-- Security definer: writes realtime.messages. Ids alone: what a topic has carried stays in its log for days, and reaches members between whom
-- a block stands; what a message says is asked of the lists, which know their reader.
create or replace function private.tg_direct_messages__broadcast()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object('id', new.id, 'conversation_id', new.conversation_id),
    case when new.deleted_at is null then 'message_sent' else 'message_deleted' end,
    'dm:' || new.conversation_id,
    true
  );
  return null;
end;
$$;
create trigger _900_broadcast_insert
  after insert on public.direct_messages
  for each row execute function private.tg_direct_messages__broadcast();
create trigger _900_broadcast_update
  after update of deleted_at on public.direct_messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_direct_messages__broadcast();

-- Security definer: a conversation nobody is in, or asked into, any more is nobody's to read, and goes with its messages.
create or replace function private.tg_conversation_members__close()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (
    select from public.conversation_members as member
    where member.conversation_id = old.conversation_id and member.state in ('joined', 'requested')
  ) then
    delete from public.conversations as conversation where conversation.id = old.conversation_id;
  end if;
  return null;
end;
$$;
create trigger _500_close_update
  after update of state on public.conversation_members
  for each row
  when (old.state in ('joined', 'requested') and new.state not in ('joined', 'requested'))
  execute function private.tg_conversation_members__close();
create trigger _500_close_delete
  after delete on public.conversation_members
  for each row execute function private.tg_conversation_members__close();

-- source: sql/04_social/functions/60_notify.sql

create or replace function private.can_see_told(target_kind text, target_id uuid)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return case can_see_told.target_kind
    when 'profile' then private.can_see_profile(can_see_told.target_id)
    when 'activity_event' then private.can_see_activity_event(can_see_told.target_id)
    when 'room' then private.can_see_room(can_see_told.target_id)
    when 'conversation' then exists (
      select from private.my_conversation_ids() as conversation (id) where conversation.id = can_see_told.target_id
    )
    else private.can_see_target(can_see_told.target_kind, can_see_told.target_id)
  end;
end;
$$;
comment on function private.can_see_told(text, uuid) is
'Whether the caller may see what a notification is about: as can_see_target, for every kind';

create or replace function private.can_list_told(target_kind text, target_id uuid)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return case can_list_told.target_kind
    when 'room' then private.is_listed_room(can_list_told.target_id)
    else private.can_see_told(can_list_told.target_kind, can_list_told.target_id)
  end;
end;
$$;
comment on function private.can_list_told(text, uuid) is
'As can_see_told, for who has not asked: whoever has the id of an unlisted room may see it, and is not given it here';

create or replace function private.wants_notification(user_id uuid, kind text, channel text)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(
    (
      select preference.is_enabled
      from public.notification_preferences as preference
      where preference.user_id = wants_notification.user_id
        and preference.kind = wants_notification.kind
        and preference.channel = wants_notification.channel
    ),
    case wants_notification.channel
      when 'in_app' then kind.is_in_app_default
      when 'push' then kind.is_push_default
      when 'email' then kind.is_email_default
    end
  )
  from private.notification_kinds as kind
  where kind.kind = wants_notification.kind
$$;
comment on function private.wants_notification(uuid, text, text) is 'Whether somebody wants a kind of notification on a channel: as decided, else as it ships; null for an unknown kind';

create or replace function private.is_unwelcome(user_id uuid, actor_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select private.is_blocked(is_unwelcome.user_id, is_unwelcome.actor_id)
    or exists (
      select from public.mutes as mute where mute.muter_id = is_unwelcome.user_id and mute.muted_id = is_unwelcome.actor_id
    )
    or exists (select from private.hidden_profiles as hidden where hidden.profile_id = is_unwelcome.actor_id)
$$;
comment on function private.is_unwelcome(uuid, uuid) is 'Whether somebody is told nothing of what a person does: across a block of either side, muted, or hidden';

create or replace function private.is_quiet(at timestamptz, time_zone text, starts time, ends time)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select case
    when is_quiet.starts < is_quiet.ends then wall.clock >= is_quiet.starts and wall.clock < is_quiet.ends
    else wall.clock >= is_quiet.starts or wall.clock < is_quiet.ends
  end
  from (select (is_quiet.at at time zone is_quiet.time_zone)::time as clock) as wall
$$;
comment on function private.is_quiet(timestamptz, text, time, time) is 'Whether the clock on the wall of a time zone is within these hours';

create or replace function private.after_quiet_hours(user_id uuid, at timestamptz default now())
returns timestamptz
language sql
stable
security invoker
set search_path = ''
as $$
  -- By the clock on the wall: of an end that comes twice Postgres names one pass, and one that is leapt over it moves. Where that is past
  -- already, or quiet itself, the first minute that is not quiet is looked for.
  select coalesce(
    (
      select case
        when wall.ends_at > after_quiet_hours.at
          and not private.is_quiet(wall.ends_at, profile.time_zone, quiet.starts, quiet.ends)
        then wall.ends_at
        else (
          select min(minute.at)
          from generate_series(
            date_trunc('minute', after_quiet_hours.at) + interval '1 minute', after_quiet_hours.at + interval '26 hours', interval '1 minute'
          ) as minute (at)
          where not private.is_quiet(minute.at, profile.time_zone, quiet.starts, quiet.ends)
        )
      end
      from public.quiet_hours as quiet
      join public.profiles as profile on profile.id = quiet.user_id
      cross join lateral (select after_quiet_hours.at at time zone profile.time_zone as at) as local
      cross join lateral (
        select (local.at::date + case when local.at::time < quiet.ends then 0 else 1 end + quiet.ends) at time zone profile.time_zone as ends_at
      ) as wall
      where quiet.user_id = after_quiet_hours.user_id
        and private.is_quiet(after_quiet_hours.at, profile.time_zone, quiet.starts, quiet.ends)
    ),
    after_quiet_hours.at
  )
$$;
comment on function private.after_quiet_hours(uuid, timestamptz) is 'The moment itself, or the end of the person''s quiet hours that it falls into';

-- Lock order: notifications, then their actors; after everything else a transaction locks. Whoever tells several people goes by the order of
-- their ids, and whoever changes several notifications locks them here first.
create or replace function private.lock_notifications(notification_ids uuid[])
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select
  from public.notifications as told
  where told.id = any (lock_notifications.notification_ids)
  order by told.recipient_id, told.id
  for update
$$;
comment on function private.lock_notifications(uuid[]) is
'Lock notifications by recipient and id, so that two who change several of the same cannot wait for each other';

create or replace function private.notify_of_many(
  recipient_id uuid, kind text, actor_ids uuid[], target_kind text, target_id uuid, group_key text default null, data jsonb default '{}'
)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_kind private.notification_kinds;
  v_new_id constant uuid := private.uuid_v7();
  v_since timestamptz := now() - make_interval(hours => private.setting('notification_collapse_hours')::int);
  v_actor_ids uuid[];
  v_key text;
  v_id uuid;
  v_is_quiet boolean;
begin
  select row.* into strict v_kind from private.notification_kinds as row where row.kind = notify_of_many.kind;

  -- Taken back and done again is told once, also when it was read in between.
  v_actor_ids := array(
    select actor.id
    from unnest(notify_of_many.actor_ids) with ordinality as actor (id, place)
    where actor.id <> notify_of_many.recipient_id
      and not private.is_unwelcome(notify_of_many.recipient_id, actor.id)
      and (v_kind.is_repeatable or not exists (
        select
        from public.notifications as told
        join private.notification_actors as act on act.notification_id = told.id and act.actor_id = actor.id
        where told.target_id = notify_of_many.target_id
          and told.target_kind = notify_of_many.target_kind
          and told.recipient_id = notify_of_many.recipient_id
          and told.kind = notify_of_many.kind
          and act.last_at > v_since
      ))
    order by actor.place
  );
  if notify_of_many.recipient_id is null
    or (cardinality(notify_of_many.actor_ids) > 0 and cardinality(v_actor_ids) = 0)
    or not exists (select from public.profiles as profile where profile.id = notify_of_many.recipient_id)
    or exists (select from private.hidden_profiles as hidden where hidden.profile_id = notify_of_many.recipient_id)
    or not private.wants_notification(notify_of_many.recipient_id, notify_of_many.kind, 'in_app')
    or (
      notify_of_many.target_id is not null
      and not private.sees(notify_of_many.recipient_id, notify_of_many.target_kind, notify_of_many.target_id)
    )
  then
    return null;
  end if;

  v_key := coalesce(
    notify_of_many.group_key,
    case
      when v_kind.is_collapsed
      then notify_of_many.kind || coalesce(':' || notify_of_many.target_kind || ':' || notify_of_many.target_id, '')
    end
  );
  loop
    insert into public.notifications as told (id, recipient_id, kind, target_kind, target_id, group_key, is_open, data)
    values (
      v_new_id, notify_of_many.recipient_id, notify_of_many.kind, notify_of_many.target_kind, notify_of_many.target_id, v_key,
      v_key is not null, notify_of_many.data
    )
    on conflict (recipient_id, group_key) where is_open do update
      set data = told.data || excluded.data
      where told.created_at > v_since
    returning told.id into v_id;
    exit when found;
    -- Its time is over, and it stays as it is; the next one begins.
    update public.notifications as told
    set is_open = false
    where told.recipient_id = notify_of_many.recipient_id and told.group_key = v_key and told.is_open and told.created_at <= v_since;
  end loop;

  insert into private.notification_actors as act (notification_id, actor_id)
  select v_id, actor.id
  from unnest(v_actor_ids) with ordinality as actor (id, place)
  order by actor.place
  on conflict (notification_id, actor_id) do update
    set acts = act.acts + 1, last_at = clock_timestamp()
    where v_kind.is_repeatable;
  -- Done, taken back and done again, it is listed and calls nobody: else following on and off would ring without end.
  v_is_quiet := not v_kind.is_pushed_each and cardinality(v_actor_ids) > 0 and not exists (
    select
    from unnest(v_actor_ids) as actor (id)
    where not exists (
      select
      from private.told_and_taken_back as before
      where before.recipient_id = notify_of_many.recipient_id
        and before.actor_id = actor.id
        and before.kind = notify_of_many.kind
        and before.target_id = notify_of_many.target_id
        and before.target_kind = notify_of_many.target_kind
        and before.taken_back_at > v_since
    )
  );
  if v_id = v_new_id and not v_is_quiet then
    perform private.broadcast_notification(v_id);
  end if;
  if ((v_id = v_new_id and not v_is_quiet) or v_kind.is_pushed_each)
    and exists (select from public.push_tokens as device where device.user_id = notify_of_many.recipient_id)
    and private.wants_notification(notify_of_many.recipient_id, notify_of_many.kind, 'push')
    -- What still waits, for the end of quiet hours, will tell of this too.
    and not exists (
      select
      from private.outbox as message
      where message.user_id = notify_of_many.recipient_id
        and message.topic = 'send_push'
        and message.payload ->> 'notification_id' = v_id::text
        and message.delivered_at is null
        and message.dead_at is null
        and message.attempts = 0
    )
  then
    perform private.enqueue(
      'send_push', jsonb_build_object('notification_id', v_id), notify_of_many.recipient_id,
      private.after_quiet_hours(notify_of_many.recipient_id)
    );
  end if;
  -- Later than the push: what is read meanwhile needs no e-mail.
  if v_id = v_new_id and not v_is_quiet and private.setting('send_emails') = 1
    and private.wants_notification(notify_of_many.recipient_id, notify_of_many.kind, 'email')
  then
    perform private.enqueue(
      'send_email', jsonb_build_object('notification_id', v_id), notify_of_many.recipient_id,
      now() + make_interval(mins => private.setting('email_after_minutes')::int)
    );
  end if;
  return v_id;
end;
$$;
comment on function private.notify_of_many(uuid, text, uuid[], text, uuid, text, jsonb) is
$$Tell somebody of what several people did, as notify does of one

actor_ids: in the order in which they did it; empty for nobody. The work for one notification, however many did it.$$;

create or replace function private.notify(
  recipient_id uuid, kind text, actor_id uuid, target_kind text, target_id uuid, group_key text default null, data jsonb default '{}'
)
returns uuid
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.notify_of_many(
    notify.recipient_id, notify.kind, array_remove(array[notify.actor_id], null), notify.target_kind, notify.target_id, notify.group_key,
    notify.data
  )
$$;
comment on function private.notify(uuid, text, uuid, text, uuid, text, jsonb) is
$$Tell somebody of something: the one way to notify

kind: of notification_kinds. actor_id: who did it, null for nobody. target: what it is about, null for nothing. group_key: what it collapses
with, by default the kind and the target where the kind collapses. data: what else the kind tells; a key that comes again replaces the former.
Returns the notification, or null where there is none: one's own act, for somebody leaving or hidden, across a block, from somebody muted or
hidden, a kind that is not wanted, a thing its recipient may not see, something that was told already.$$;

create or replace function private.broadcast_notification(id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select realtime.send(
    jsonb_build_object(
      'id', told.id,
      'kind', told.kind,
      'actor', private.person_card(told.actor_ids[1]),
      'target_kind', told.target_kind,
      'target_id', told.target_id,
      'created_at', told.created_at
    ),
    'notification',
    'user:' || told.recipient_id,
    true
  )
  from public.notifications as told
  where told.id = broadcast_notification.id
$$;
comment on function private.broadcast_notification(uuid) is
$$Tell the app of a new notification, on its recipient's private topic user:<id>

Event notification: {id, kind, actor {id, username, display_name, avatar_path, is_verified} or null, target_kind, target_id, created_at}.$$;

-- source: sql/04_social/functions/60_retract.sql

create or replace function private.retract_many(recipient_id uuid, kind text, actor_ids uuid[], target_kind text, target_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_ids uuid[];
begin
  v_ids := array(
    select told.id
    from public.notifications as told
    where told.target_id = retract_many.target_id
      and told.target_kind = retract_many.target_kind
      and told.kind = retract_many.kind
      and told.recipient_id = retract_many.recipient_id
      and told.read_at is null
      and exists (
        select from private.notification_actors as act where act.notification_id = told.id and act.actor_id = any (retract_many.actor_ids)
      )
    order by told.id
    for update of told
  );

  -- What was done several times is once less, and that is all that is taken back of it.
  with acted as (
    select
      act.notification_id, act.actor_id, act.acts,
      coalesce(
        bool_or(act.acts > 1) over (
          partition by act.actor_id order by act.notification_id rows between unbounded preceding and 1 preceding
        ),
        false
      ) as is_done
    from private.notification_actors as act
    where act.notification_id = any (v_ids) and act.actor_id = any (retract_many.actor_ids)
  ),
  lessened as (
    update private.notification_actors as act
    set acts = act.acts - 1
    from acted
    where act.notification_id = acted.notification_id and act.actor_id = acted.actor_id and acted.acts > 1 and not acted.is_done
  ),
  gone as (
    delete from private.notification_actors as act
    using acted
    where act.notification_id = acted.notification_id and act.actor_id = acted.actor_id and acted.acts = 1 and not acted.is_done
    returning act.actor_id
  )
  insert into private.told_and_taken_back as before (recipient_id, actor_id, kind, target_kind, target_id)
  select distinct retract_many.recipient_id, gone.actor_id, retract_many.kind, retract_many.target_kind, retract_many.target_id
  from gone
  on conflict (recipient_id, actor_id, kind, target_id, target_kind) do update set taken_back_at = now();
end;
$$;
comment on function private.retract_many(uuid, text, uuid[], text, uuid) is 'Take back what notify_of_many told, as retract does for one';

create or replace function private.retract(recipient_id uuid, kind text, actor_id uuid, target_kind text, target_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.retract_many(
    retract.recipient_id, retract.kind, array[retract.actor_id], retract.target_kind, retract.target_id
  )
$$;
comment on function private.retract(uuid, text, uuid, text, uuid) is
'Take back what notify told, as far as it is unread: its actor is taken out, and the notification goes with its last one';

create or replace function private.forget_target(target_kind text, target_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.lock_notifications(array(
    select told.id
    from public.notifications as told
    where told.target_id = forget_target.target_id and told.target_kind = forget_target.target_kind
  ));
  delete from public.notifications as told
  where told.target_id = forget_target.target_id and told.target_kind = forget_target.target_kind;
  delete from private.milestones as milestone
  where milestone.target_id = forget_target.target_id and milestone.target_kind = forget_target.target_kind;
  delete from public.activity_events as event
  where event.target_id = forget_target.target_id and event.target_kind = forget_target.target_kind;
$$;
comment on function private.forget_target(text, uuid) is 'Remove every notification and activity about something that is deleted';

-- Security definer: the counter and the names shown are nobody's to write. Once a statement: a row that is written again and again in one
-- transaction is found through all its versions, which for ten thousand who like one post would be the square of them.
create or replace function private.tg_notification_actors__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.notifications as told
  set actor_count = told.actor_count + joined.actor_count,
      actor_ids = (joined.actor_ids || told.actor_ids)[1:3],
      seen_at = null
  from (
    select
      act.notification_id, count(*) as actor_count,
      (array_agg(act.actor_id order by act.last_at desc, act.actor_id))[1:3] as actor_ids
    from changed as act
    group by act.notification_id
  ) as joined
  where told.id = joined.notification_id;
  return null;
end;
$$;
create trigger _500_count
  after insert on private.notification_actors
  referencing new table as changed
  for each statement execute function private.tg_notification_actors__count();

-- Security definer: as tg_notification_actors__count.
create or replace function private.tg_notification_actors__uncount()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- First those that lose their last actor: what is left of the others afterwards could be as few.
  delete from public.notifications as told
  using (select act.notification_id, count(*) as actor_count from changed as act group by act.notification_id) as left_by
  where told.id = left_by.notification_id and told.actor_count <= left_by.actor_count;
  update public.notifications as told
  set actor_count = told.actor_count - left_by.actor_count,
      actor_ids = case
        when told.actor_ids && left_by.actor_ids then array(
          select act.actor_id
          from private.notification_actors as act
          where act.notification_id = told.id
          order by act.last_at desc, act.actor_id
          limit 3
        )
        else told.actor_ids
      end
  from (
    select act.notification_id, count(*) as actor_count, array_agg(act.actor_id) as actor_ids
    from changed as act
    group by act.notification_id
  ) as left_by
  where told.id = left_by.notification_id;
  return null;
end;
$$;
create trigger _510_uncount
  after delete on private.notification_actors
  referencing old table as changed
  for each statement execute function private.tg_notification_actors__uncount();

-- Security definer: as tg_notification_actors__count. Who does it again comes first again.
create or replace function private.tg_notification_actors__show()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.notifications as told
  set actor_ids = (new.actor_id || array_remove(told.actor_ids, new.actor_id))[1:3], seen_at = null
  where told.id = new.notification_id;
  return null;
end;
$$;
create trigger _520_show
  after update of last_at on private.notification_actors
  for each row execute function private.tg_notification_actors__show();

-- source: sql/04_social/functions/61_notifications.sql

create or replace function private.told_target(target_kind text, target_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  case told_target.target_kind
    when 'crate' then
      return (
        select jsonb_build_object('title', crate.title, 'cover_path', crate.cover_path, 'item_count', crate.item_count)
        from public.crates as crate
        where crate.id = told_target.target_id
      );
    when 'room' then
      return (
        select jsonb_build_object('name', room.name, 'slug', room.slug, 'avatar_path', room.avatar_path)
        from public.rooms as room
        where room.id = told_target.target_id
      );
    when 'conversation' then
      return (
        select jsonb_build_object('kind', conversation.kind, 'title', conversation.title)
        from public.conversations as conversation
        where conversation.id = told_target.target_id
      );
    else
      return null;
  end case;
end;
$$;
comment on function private.told_target(text, uuid) is
'Enough of what a notification is about to show it, of the kinds that notifications_for does not read itself; asks nothing';

-- The one rule of which notifications their reader still sees, for the list, the count and the push message; in the form of posts_for. Each
-- thing it is about is one probe: posts and tracks here, what others are about by functions, so that it is not a part of every plan. What a
-- comment is about is the same probe as what the notification is.
create or replace function private.notifications_for(reader_id uuid, blocked_ids uuid[], muted_ids uuid[])
returns table (
  id uuid, recipient_id uuid, kind text, actors jsonb[], actor_count int, target_kind text, target_id uuid, target json, comment json, data jsonb,
  created_at timestamptz, seen_at timestamptz, read_at timestamptz, is_shown boolean
)
language sql
stable
security invoker
begin atomic
  select
    told.id, told.recipient_id, told.kind, actors.cards, told.actor_count, told.target_kind, told.target_id,
    case told.target_kind
      when 'post' then json_build_object('kind', post.kind, 'body', left(post.body, 200), 'media_paths', post.media_paths)
      when 'track' then json_build_object(
        'title', track.title, 'artist_name', track.artist_name, 'artwork_url', track.artwork_url, 'artwork_path', track.artwork_path
      )
      when 'comment' then json_build_object('body', left(said.body, 200), 'target_kind', said.target_kind, 'target_id', said.target_id)
      else to_json(private.told_target(told.target_kind, told.target_id))
    end,
    case when told.kind in ('comment', 'reply') then (
      select json_build_object('id', latest.id, 'body', left(latest.body, 200))
      from private.comments_for(notifications_for.reader_id, notifications_for.blocked_ids, notifications_for.muted_ids) as latest
      where latest.id = (told.data ->> 'comment_id')::uuid
        and not latest.is_deleted and not latest.is_hidden and latest.is_visible and latest.is_wanted
    ) end,
    told.data, told.created_at, told.seen_at, told.read_at,
    (told.actor_count = 0 or actors.cards <> '{}')
    and case
      when told.target_kind is null then true
      when told.target_kind = 'profile' and told.target_id = notifications_for.reader_id then true
      when told.target_kind = 'post' then post.id is not null
      when told.target_kind = 'track' then track.id is not null
      when told.target_kind = 'comment' then
        said.id is not null
        and case said.target_kind
          when 'post' then post.id is not null
          when 'track' then track.id is not null
          else private.sees_target(said.target_kind, said.target_id, notifications_for.reader_id, notifications_for.blocked_ids)
        end
        and (
          said.parent_id is null
          or private.sees_thread(said.parent_id, notifications_for.reader_id, notifications_for.blocked_ids)
        )
      else private.can_see_told(told.target_kind, told.target_id)
    end
  from public.notifications as told
  cross join lateral (
    select array(
      select person.card
      from (select unnest(told.actor_ids) as id) as actor
      cross join lateral (
        select each.card
        from private.person_cards as each
        where each.profile_id = actor.id and not each.is_hidden
        offset 0
      ) as person
      where actor.id <> all (notifications_for.blocked_ids) and actor.id <> all (notifications_for.muted_ids)
    ) as cards
    offset 0
  ) as actors
  left join lateral (
    select said.id, said.target_kind, said.target_id, said.parent_id, said.body
    from private.comments_for(notifications_for.reader_id, notifications_for.blocked_ids, notifications_for.muted_ids) as said
    where said.id = case when told.target_kind = 'comment' then told.target_id end and said.is_visible and not said.is_deleted
    offset 0
  ) as said on true
  left join lateral (
    select post.id, post.kind, post.body, post.media_paths
    from private.posts_for(notifications_for.reader_id, notifications_for.blocked_ids) as post
    where post.id = case
        when told.target_kind = 'post' then told.target_id
        when said.target_kind = 'post' then said.target_id
      end
      and (post.is_visible or (post.deleted_at is null and (select private.is_staff())))
    offset 0
  ) as post on true
  left join lateral (
    select track.id, track.title, track.artist_name, track.artwork_url, track.artwork_path
    from private.tracks_for(notifications_for.reader_id, notifications_for.blocked_ids) as track
    where track.id = case
        when told.target_kind = 'track' then told.target_id
        when said.target_kind = 'track' then said.target_id
      end
      and (track.is_visible or (select private.is_staff()))
    offset 0
  ) as track on true;
end;
comment on function private.notifications_for(uuid, uuid[], uuid[]) is
$$Notifications as a reader, the caller, sees them, and whether they still do (is_shown)

Not those of people all of whom are muted, blocked or hidden by now, nor about what they may no longer see. actors: those of the latest three
that they want to see.$$;

-- Security definer: a list that checks its reader itself. Without memoize, which takes longer to set up than these probes.
create or replace function private.my_notifications(after text, page_size int)
returns setof public.notification_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
set enable_memoize = off
as $$
declare
  v_size int;
  v_before uuid := coalesce(
    (private.decode_place('my_notifications', my_notifications.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  );
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
begin
  select reader.id, reader.blocked_ids, reader.muted_ids, page.size into v_user_id, v_blocked, v_muted, v_size
  from private.reader as reader
  cross join private.page(my_notifications.page_size) as page;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return query
  select
    told.id, told.kind, to_json(told.actors), told.actor_count, told.target_kind, told.target_id, told.target, told.comment, told.data,
    told.created_at, told.seen_at is not null, told.read_at is not null, private.encode_cursor('my_notifications', told.id::text)
  from private.notifications_for(v_user_id, v_blocked, v_muted) as told
  -- A range of the key, as in home_candidates.
  where (told.recipient_id, told.id) > (v_user_id, '00000000-0000-0000-0000-000000000000')
    and (told.recipient_id, told.id) < (v_user_id, v_before)
    and told.is_shown
  order by told.recipient_id desc, told.id desc
  limit v_size;
end;
$$;

-- Security definer: as my_notifications, which it must agree with.
create or replace function private.unread_count()
returns int
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
set enable_memoize = off
as $$
declare
  v_limit bigint := private.setting('notification_count_limit');
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
begin
  select reader.id, reader.blocked_ids, reader.muted_ids into v_user_id, v_blocked, v_muted from private.reader as reader;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return (
    select count(*)
    from (
      select
      from private.notifications_for(v_user_id, v_blocked, v_muted) as unread
      where unread.read_at is null
        and (unread.recipient_id, unread.id) > (v_user_id, '00000000-0000-0000-0000-000000000000')
        and (unread.recipient_id, unread.id) < (v_user_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        and unread.is_shown
      order by unread.recipient_id desc, unread.id desc
      limit v_limit
    ) as unread
  );
end;
$$;

-- Security definer: clients hold no update right on notifications, so that only these two marks change.
create or replace function private.mark_seen(up_to uuid)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user();
  v_count int;
begin
  if mark_seen.up_to is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  with marked as (
    select told.id
    from public.notifications as told
    where told.recipient_id = v_user_id and told.read_at is null and told.seen_at is null and told.id <= mark_seen.up_to
    order by told.id
    for no key update
  )
  update public.notifications as told set seen_at = now() from marked where told.id = marked.id;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

-- Security definer: as mark_seen.
create or replace function private.mark_read(ids uuid[])
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user();
  v_count int;
begin
  with marked as (
    select told.id
    from public.notifications as told
    where told.recipient_id = v_user_id
      and told.read_at is null
      and (mark_read.ids is null or told.id = any (mark_read.ids))
    order by told.id
    for no key update
  )
  update public.notifications as told
  set read_at = now(), seen_at = coalesce(told.seen_at, now()), is_open = false
  from marked
  where told.id = marked.id;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

-- Security definer: clients hold no write rights on preferences, so that kinds and channels are checked with words of ours.
create or replace function private.set_notification_preference(kind text, channel text, is_enabled boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user();
begin
  if not exists (select from private.notification_kinds as row where row.kind = set_notification_preference.kind) then
    perform private.raise_error(422, 'notification_kind_unknown', 'There are no notifications of this kind.');
  end if;
  if set_notification_preference.channel is null or set_notification_preference.channel not in ('in_app', 'push', 'email') then
    perform private.raise_error(422, 'channel_unknown', 'A channel is in_app, push or email.');
  end if;
  if set_notification_preference.is_enabled is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  insert into public.notification_preferences as preference (user_id, kind, channel, is_enabled)
  values (v_user_id, set_notification_preference.kind, set_notification_preference.channel, set_notification_preference.is_enabled)
  on conflict (user_id, kind, channel) do update set is_enabled = excluded.is_enabled;
  return jsonb_build_object(
    'kind', set_notification_preference.kind,
    'channel', set_notification_preference.channel,
    'is_enabled', set_notification_preference.is_enabled
  );
end;
$$;

-- Security definer: the kinds and how they ship are readable by nobody.
create or replace function private.my_notification_preferences()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return jsonb_build_object(
    'kinds', (
      select jsonb_agg(
        jsonb_build_object(
          'kind', kind.kind,
          'category', kind.category,
          'in_app', private.wants_notification(v_user_id, kind.kind, 'in_app'),
          'push', private.wants_notification(v_user_id, kind.kind, 'push'),
          'email', private.wants_notification(v_user_id, kind.kind, 'email')
        )
        order by kind.category, kind.kind
      )
      from private.notification_kinds as kind
    ),
    'quiet_hours', (
      select jsonb_build_object('starts', quiet.starts, 'ends', quiet.ends, 'time_zone', profile.time_zone)
      from public.quiet_hours as quiet
      join public.profiles as profile on profile.id = quiet.user_id
      where quiet.user_id = v_user_id
    )
  );
end;
$$;

-- Security definer: clients hold no write rights on quiet_hours.
create or replace function private.set_quiet_hours(starts time, ends time)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user();
begin
  if set_quiet_hours.starts is null and set_quiet_hours.ends is null then
    delete from public.quiet_hours as quiet where quiet.user_id = v_user_id;
    return jsonb_build_object('quiet_hours', null);
  end if;
  if set_quiet_hours.starts is null or set_quiet_hours.ends is null or set_quiet_hours.starts = set_quiet_hours.ends then
    perform private.raise_error(422, 'quiet_hours_invalid', 'Quiet hours have a beginning and another end, or neither.');
  end if;
  insert into public.quiet_hours as quiet (user_id, starts, ends)
  values (v_user_id, set_quiet_hours.starts, set_quiet_hours.ends)
  on conflict (user_id) do update set starts = excluded.starts, ends = excluded.ends;
  return jsonb_build_object('quiet_hours', jsonb_build_object('starts', set_quiet_hours.starts, 'ends', set_quiet_hours.ends));
end;
$$;

-- source: sql/04_social/functions/62_conversations.sql

create or replace function private.conversation_title(title text)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_title text := private.clean_line(left(conversation_title.title, 1000), 1000);
begin
  if v_title is null or char_length(v_title) not between 1 and 120 then
    perform private.raise_error(422, 'title_invalid', 'A group has a title of 1 to 120 characters.');
  end if;
  return v_title;
end;
$$;
comment on function private.conversation_title(text) is 'A title as it is stored; title_invalid (422) when it is none';

create or replace function private.find_recipients(usernames text[])
returns uuid[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_limit bigint := private.setting('conversation_member_limit');
  v_names text[];
  v_ids uuid[];
  v_leaving_ids uuid[];
  v_other_id uuid;
begin
  if coalesce(cardinality(find_recipients.usernames), 0) not between 1 and v_limit - 1
    or array_ndims(find_recipients.usernames) > 1
    or array_position(find_recipients.usernames, null) is not null
  then
    perform private.raise_error(422, 'recipients_invalid', 'Name at least one other person, and no more than a group may have.', v_limit - 1 || ' others');
  end if;
  v_names := array(select distinct lower(btrim(name)) from unnest(find_recipients.usernames) as name);
  -- In the order of the pairs, so that people who write to each other in a round cannot wait for one another.
  select array_agg(found.id order by least(found.id, v_user_id), greatest(found.id, v_user_id)) into v_ids
  from (
    select profile.id from public.profiles as profile where profile.username = any (v_names) and private.can_see_profile(profile.id)
  ) as found;
  if coalesce(cardinality(v_ids), 0) < cardinality(v_names) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  if v_user_id = any (v_ids) then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;

  foreach v_other_id in array v_ids loop
    perform private.lock_pair(v_user_id, v_other_id);
    -- Asked again under the lock. Nobody writes across a block, and staff see no more people here than others.
    if private.is_blocked(v_user_id, v_other_id) then
      perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
    end if;
  end loop;
  -- Asked in a statement of its own, which sees what came while waiting.
  v_leaving_ids := private.lock_profiles(v_user_id || v_ids);
  perform private.refuse_leaving(v_leaving_ids);
  return v_ids;
end;
$$;
comment on function private.find_recipients(text[]) is 'The ids of people the caller names to write to, each pair locked against a block, in the order of the pairs, and each person against leaving';

create or replace function private.require_wanted(profile_ids uuid[])
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if exists (select from unnest(require_wanted.profile_ids) as other (id) where private.can_message(other.id) = 'no') then
    perform private.raise_error(403, 'messages_not_wanted', 'Somebody here takes no messages.');
  end if;
end;
$$;
comment on function private.require_wanted(uuid[]) is 'messages_not_wanted (403) if any of these people takes no messages of the caller, not even as a request';

create or replace function private.broadcast_conversation(conversation_id uuid, event text)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select realtime.send(
    jsonb_build_object('conversation_id', broadcast_conversation.conversation_id),
    broadcast_conversation.event,
    'dm:' || broadcast_conversation.conversation_id,
    true
  )
$$;
comment on function private.broadcast_conversation(uuid, text) is 'Tell who is listening on dm:<id> that something changed, and not who did it';

-- Security definer: makes rows for others, which nobody may insert.
create or replace function private.start_conversation(usernames text[], title text)
returns public.conversation_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_title text := case when start_conversation.title is not null then private.conversation_title(start_conversation.title) end;
  v_ids uuid[] := private.find_recipients(start_conversation.usernames);
  v_other_id uuid := v_ids[1];
  v_conversation_id uuid;
  v_last_id uuid;
begin
  if v_title is null and cardinality(v_ids) > 1 then
    perform private.conversation_title(null);
  end if;

  if v_title is null then
    select pair.conversation_id into v_conversation_id
    from private.conversation_pairs as pair
    where pair.low_id = least(v_user_id, v_other_id) and pair.high_id = greatest(v_user_id, v_other_id);
    if found then
      -- Whoever now begins has accepted, asked or not.
      select conversation.last_message_id into v_last_id
      from public.conversations as conversation
      where conversation.id = v_conversation_id
      for no key update;
      update public.conversation_members as member
      set state = 'joined', order_id = v_last_id, is_accepted = true
      where member.conversation_id = v_conversation_id
        and member.member_id = v_user_id
        and (member.state <> 'joined' or not member.is_accepted);
      if found then
        perform private.broadcast_conversation(v_conversation_id, 'conversation_changed');
      end if;
      return private.one_conversation(v_conversation_id);
    end if;
  end if;

  perform private.require_wanted(v_ids);
  perform private.take_token('start_conversation');
  insert into public.conversations (kind, title)
  values (case when v_title is null then 'direct' else 'group' end, v_title)
  returning id into v_conversation_id;
  insert into public.conversation_members (conversation_id, member_id, state, is_accepted, order_id)
  select v_conversation_id, person.id,
    case when person.id = v_user_id or private.can_message(person.id) = 'yes' then 'joined' else 'requested' end,
    person.id = v_user_id,
    -- Two people have nothing to list before the first message; a group shows whom it has taken in.
    case when v_title is not null then private.uuid_v7() end
  from unnest(v_user_id || v_ids) as person (id);
  if v_title is null then
    insert into private.conversation_pairs (low_id, high_id, conversation_id)
    values (least(v_user_id, v_other_id), greatest(v_user_id, v_other_id), v_conversation_id);
  end if;
  return private.one_conversation(v_conversation_id);
end;
$$;

-- Lock order: pairs; the conversation; its members; its messages; their likes. Whoever changes who is in, or sends, holds the conversation.
create or replace function private.lock_conversation(conversation_id uuid)
returns public.conversations
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_conversation public.conversations;
begin
  select conversation.* into v_conversation
  from public.conversations as conversation
  where conversation.id = lock_conversation.conversation_id
  for update;
  if not found then
    perform private.raise_error(404, 'conversation_not_found', 'There is no conversation of this id that you are in.');
  end if;
  return v_conversation;
end;
$$;
comment on function private.lock_conversation(uuid) is 'The conversation, locked; the caller''s place in it is asked after, as it may have changed while waiting';

create or replace function private.lock_own_group(conversation_id uuid)
returns public.conversations
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_conversation public.conversations := private.lock_conversation(lock_own_group.conversation_id);
begin
  if (private.my_membership(lock_own_group.conversation_id)).state <> 'joined' then
    perform private.raise_error(409, 'message_request_pending', 'Accept the request first.');
  end if;
  if v_conversation.kind <> 'group' then
    perform private.raise_error(409, 'not_a_group', 'A conversation of two stays as it is.');
  end if;
  return v_conversation;
end;
$$;
comment on function private.lock_own_group(uuid) is 'A group the caller has joined, locked';

-- Security definer: makes rows for others, which nobody may insert.
create or replace function private.add_to_conversation(conversation_id uuid, usernames text[])
returns public.conversation_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('social');
  v_ids uuid[];
  v_new_ids uuid[];
  v_conversation public.conversations;
  v_limit bigint := private.setting('conversation_member_limit');
begin
  perform private.my_membership(add_to_conversation.conversation_id);
  -- The pairs before the conversation.
  v_ids := private.find_recipients(add_to_conversation.usernames);
  v_conversation := private.lock_own_group(add_to_conversation.conversation_id);
  v_ids := array(
    select other.id
    from unnest(v_ids) as other (id)
    where not exists (
      select from public.conversation_members as member
      where member.conversation_id = v_conversation.id and member.member_id = other.id and member.state in ('joined', 'requested')
    )
  );
  if cardinality(v_ids) = 0 then
    return private.one_conversation(v_conversation.id);
  end if;

  -- Who has declined is asked again, if they may be; whoever asks does not learn that they had.
  v_new_ids := array(
    select other.id
    from unnest(v_ids) as other (id)
    where not exists (
      select from public.conversation_members as member
      where member.conversation_id = v_conversation.id and member.member_id = other.id and member.state = 'declined'
    )
  );
  v_ids := array(
    select other.id from unnest(v_ids) as other (id) where other.id = any (v_new_ids) or private.can_message(other.id) <> 'no'
  );
  perform private.require_wanted(v_new_ids);
  perform private.take_token('start_conversation');
  if cardinality(v_new_ids) + (
    select count(*) from public.conversation_members as member where member.conversation_id = v_conversation.id and member.state <> 'left'
  ) > v_limit then
    perform private.raise_error(409, 'conversation_full', 'A group cannot have more members than this.', v_limit::text);
  end if;
  -- Whoever has left comes back only by accepting.
  insert into public.conversation_members as member (conversation_id, member_id, state, order_id, joined_after_id)
  select v_conversation.id, other.id, case private.can_message(other.id) when 'yes' then 'joined' else 'requested' end,
    private.message_id_after(v_conversation.last_message_id), v_conversation.last_message_id
  from unnest(v_ids) as other (id)
  -- As they are told of it: by the order of ids.
  order by other.id
  on conflict (conversation_id, member_id) do update
    set state = 'requested', left_at = null, joined_at = now(), muted_until = null,
        order_id = excluded.order_id, joined_after_id = excluded.joined_after_id;
  if cardinality(v_new_ids) > 0 then
    perform private.broadcast_conversation(v_conversation.id, 'conversation_changed');
  end if;
  return private.one_conversation(v_conversation.id);
end;
$$;

-- Security definer: clients hold no update right on members.
create or replace function private.leave_conversation(conversation_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_conversation public.conversations := private.lock_conversation(leave_conversation.conversation_id);
  v_member public.conversation_members;
begin
  select member.* into v_member
  from public.conversation_members as member
  where member.conversation_id = v_conversation.id and member.member_id = v_user_id;
  if v_member.state is distinct from 'left' then
    perform private.my_membership(v_conversation.id);
    if v_conversation.kind <> 'group' then
      perform private.raise_error(409, 'not_a_group', 'A conversation of two stays as it is.');
    end if;
    perform private.broadcast_conversation(v_conversation.id, 'conversation_changed');
    update public.conversation_members as member
    set state = 'left', left_at = now(), order_id = null
    where member.conversation_id = v_conversation.id and member.member_id = v_user_id;
  end if;
  return jsonb_build_object('is_member', false);
end;
$$;

-- Security definer: clients hold no update right on conversations.
create or replace function private.rename_conversation(conversation_id uuid, title text)
returns public.conversation_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_title text := private.conversation_title(rename_conversation.title);
  v_conversation public.conversations;
begin
  perform private.lock_own_profile();
  perform private.my_membership(rename_conversation.conversation_id);
  perform private.take_token('change_conversation');
  v_conversation := private.lock_own_group(rename_conversation.conversation_id);
  if v_conversation.title <> v_title then
    update public.conversations as conversation set title = v_title where conversation.id = v_conversation.id;
    perform private.broadcast_conversation(v_conversation.id, 'conversation_changed');
  end if;
  return private.one_conversation(v_conversation.id);
end;
$$;

-- Security definer: clients hold no update right on members.
create or replace function private.mute_conversation(conversation_id uuid, until timestamptz)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  -- What has passed is not muted.
  v_until timestamptz := case when mute_conversation.until > now() then mute_conversation.until end;
begin
  perform private.my_membership(mute_conversation.conversation_id);
  update public.conversation_members as member
  set muted_until = v_until
  where member.conversation_id = mute_conversation.conversation_id
    and member.member_id = v_user_id
    and member.muted_until is distinct from v_until;
  return jsonb_build_object('muted_until', v_until);
end;
$$;

-- Security definer: clients hold no update right on members.
create or replace function private.accept_message_request(conversation_id uuid)
returns public.conversation_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_conversation public.conversations := private.lock_conversation(accept_message_request.conversation_id);
begin
  if (private.my_membership(v_conversation.id)).state = 'requested' then
    update public.conversation_members as member
    set state = 'joined', is_accepted = true
    where member.conversation_id = v_conversation.id and member.member_id = v_user_id;
    perform private.broadcast_conversation(v_conversation.id, 'conversation_changed');
  end if;
  return private.one_conversation(v_conversation.id);
end;
$$;

-- Security definer: clients hold no update right on members. Nothing tells who asked, nor who else is there: a request that was declined looks as
-- one that waits.
create or replace function private.decline_message_request(conversation_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_conversation public.conversations := private.lock_conversation(decline_message_request.conversation_id);
  v_state text;
begin
  select member.state into v_state
  from public.conversation_members as member
  where member.conversation_id = v_conversation.id and member.member_id = v_user_id;
  if v_state is null then
    perform private.raise_error(404, 'conversation_not_found', 'There is no conversation of this id that you are in.');
  end if;
  if v_state = 'joined' then
    perform private.my_membership(v_conversation.id);
    perform private.raise_error(409, 'message_request_accepted', 'There is no request any more: it was accepted.');
  end if;
  update public.conversation_members as member
  set state = 'declined', order_id = null
  where member.conversation_id = v_conversation.id and member.member_id = v_user_id and member.state = 'requested';
  return jsonb_build_object('is_member', false);
end;
$$;

-- source: sql/04_social/functions/62_push.sql

-- Security definer: a token moves to whoever is signed in on the device, which the row's last owner could not allow.
create or replace function private.register_push_token(token text, platform text, device_name text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user();
  v_name text := nullif(btrim(register_push_token.device_name), '');
  v_device public.push_tokens;
begin
  if register_push_token.token is null or register_push_token.token !~ '^Expo(nent)?PushToken\[[A-Za-z0-9_-]{1,100}\]$' then
    perform private.raise_error(422, 'push_token_invalid', 'This is no push token of Expo.');
  end if;
  if register_push_token.platform is null or register_push_token.platform not in ('ios', 'android') then
    perform private.raise_error(422, 'platform_unknown', 'A platform is ios or android.');
  end if;
  perform private.take_token('register_push_token');

  insert into public.push_tokens as device (token, user_id, platform, device_name)
  values (register_push_token.token, v_user_id, register_push_token.platform, left(v_name, 100))
  on conflict (token) do update
    set user_id = excluded.user_id,
        platform = excluded.platform,
        device_name = excluded.device_name,
        created_at = case when device.user_id = excluded.user_id then device.created_at else now() end,
        registered_at = now()
  returning * into v_device;

  -- Nobody has more devices in use than this; the ones not heard of for longest go.
  delete from public.push_tokens as device
  where device.token in (
    select old.token
    from public.push_tokens as old
    where old.user_id = v_user_id
    order by old.registered_at desc, old.token
    offset private.setting('push_tokens_limit')
    for update skip locked
  ) and device.token <> v_device.token;
  return jsonb_build_object('token', v_device.token, 'platform', v_device.platform, 'device_name', v_device.device_name);
end;
$$;

-- Security definer: clients hold no delete right on push_tokens.
create or replace function private.remove_push_token(token text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user();
begin
  delete from public.push_tokens as device where device.token = remove_push_token.token and device.user_id = v_user_id;
  return jsonb_build_object('is_registered', false);
end;
$$;

create or replace function private.push_text(template text, told public.notifications, actor_ids uuid[])
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_text text := push_text.template;
  v_name text;
  v_others int := (push_text.told).actor_count - 1;
begin
  select person.display_name into v_name from public.profiles as person where person.id = push_text.actor_ids[1];
  -- One word after the other from the template alone, so that nobody's name is read as one.
  return coalesce((
    select string_agg(
      part.before || case part.word
        when '' then ''
        when 'actors' then coalesce(v_name, 'Somebody') || case
          when v_others > 1 then ' and ' || v_others || ' others'
          when v_others = 1 then ' and 1 other'
          else ''
        end
        when 'target' then coalesce(replace((push_text.told).target_kind, '_', ' '), 'account')
        else coalesce((push_text.told).data ->> part.word, '')
      end,
      '' order by part.number
    )
    from (
      select match.words[1] as before, coalesce(match.words[2], '') as word, match.number
      from regexp_matches(push_text.template, '([^{]*)(?:\{([a-z_]+)\})?', 'g') with ordinality as match (words, number)
    ) as part
  ), '');
end;
$$;
comment on function private.push_text(text, public.notifications, uuid[]) is
'The text of a push message: {actors}, {target} and the keys of data replaced';

-- The one rule of what is sent of notifications to the outside: as the recipient stands to it now, and in words.
create or replace function private.words_to_send(notification_ids uuid[], channel text)
returns table (notification_id uuid, recipient_id uuid, title text, body text, data jsonb)
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_caller text := coalesce(current_setting('request.jwt.claim.sub', true), '');
  v_told public.notifications;
  v_kind private.notification_kinds;
  v_shown uuid[];
  v_quiet_until timestamptz;
begin
  for v_told in
    select told.*
    from public.notifications as told
    where told.id = any (words_to_send.notification_ids) and told.read_at is null
    order by told.id
  loop
    if exists (select from private.hidden_profiles as hidden where hidden.profile_id = v_told.recipient_id)
      or not private.wants_notification(v_told.recipient_id, v_told.kind, 'in_app')
      or not private.wants_notification(v_told.recipient_id, v_told.kind, words_to_send.channel)
    then
      continue;
    end if;
    -- Quiet hours that began since it was queued: it comes again at their end, once however often this is asked. An e-mail rings nowhere.
    v_quiet_until := case words_to_send.channel when 'push' then private.after_quiet_hours(v_told.recipient_id) end;
    if v_quiet_until > now() then
      if not exists (
        select
        from private.outbox as message
        where message.user_id = v_told.recipient_id
          and message.topic = 'send_push'
          and message.payload ->> 'notification_id' = v_told.id::text
          and message.delivered_at is null
          and message.dead_at is null
          and message.attempts = 0
      ) then
        perform private.enqueue(
          'send_push', jsonb_build_object('notification_id', v_told.id), v_told.recipient_id, v_quiet_until
        );
      end if;
      continue;
    end if;
    perform set_config('request.jwt.claim.sub', v_told.recipient_id::text, true);
    select array(select (actor.card ->> 'id')::uuid from unnest(seen.actors) as actor (card))
    into v_shown
    from private.reader as reader
    cross join lateral private.notifications_for(reader.id, reader.blocked_ids, reader.muted_ids) as seen
    where seen.id = v_told.id and seen.is_shown;
    if found then
      select row.* into v_kind from private.notification_kinds as row where row.kind = v_told.kind;
      notification_id := v_told.id;
      recipient_id := v_told.recipient_id;
      title := private.push_text(v_kind.push_title, v_told, v_shown);
      body := private.push_text(v_kind.push_body, v_told, v_shown);
      data := jsonb_build_object(
        'notification_id', v_told.id, 'kind', v_told.kind, 'target_kind', v_told.target_kind, 'target_id', v_told.target_id
      );
      return next;
    end if;
    perform set_config('request.jwt.claim.sub', v_caller, true);
  end loop;
end;
$$;
comment on function private.words_to_send(uuid[], text) is
'Which of these notifications their recipients still want on a channel, push or email, unread, wanted and seen by them, with title, body and data';

-- Security definer: service_role reads no notification but to send it.
create or replace function private.push_messages(notification_ids uuid[])
returns table (notification_id uuid, token text, title text, body text, data jsonb)
language sql
volatile
security definer
set search_path = ''
as $$
  select words.notification_id, device.token, words.title, words.body, words.data
  from private.words_to_send(push_messages.notification_ids, 'push') as words
  join public.push_tokens as device on device.user_id = words.recipient_id
  order by words.notification_id, device.registered_at desc, device.token
$$;

-- Security definer: as push_messages; addresses are nobody's to read.
create or replace function private.email_messages(notification_ids uuid[])
returns table (notification_id uuid, email text, display_name text, subject text, body text, data jsonb)
language sql
volatile
security definer
set search_path = ''
as $$
  select words.notification_id, account.email::text, person.display_name, words.title, words.body, words.data
  from private.words_to_send(email_messages.notification_ids, 'email') as words
  join public.profiles as person on person.id = words.recipient_id
  join auth.users as account on account.id = words.recipient_id
  where account.email_confirmed_at is not null and account.email <> ''
  order by words.notification_id
$$;

create or replace function private.record_push_tickets(tickets jsonb)
returns int
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_count int;
begin
  if jsonb_typeof(record_push_tickets.tickets) is distinct from 'array' or exists (
    select from jsonb_array_elements(record_push_tickets.tickets) as ticket
    where jsonb_typeof(ticket) <> 'object' or ticket ->> 'token' is null
      or char_length(coalesce(ticket ->> 'ticket_id', '')) not between 1 and 200
  ) then
    perform private.raise_error(422, 'tickets_invalid', 'Tickets are an array of {ticket_id, token}.');
  end if;
  insert into private.push_tickets (ticket_id, token)
  select ticket ->> 'ticket_id', device.token
  from jsonb_array_elements(record_push_tickets.tickets) as ticket
  join public.push_tokens as device on device.token = ticket ->> 'token'
  on conflict (ticket_id) do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

comment on function private.record_push_tickets(jsonb) is
'Keep tickets [{ticket_id, token}, ...], but those of devices that are gone meanwhile and those that are known; how many';

-- Security definer: service_role holds no rights on push_tickets and push_tokens. All at once, so that a run that dies has said everything
-- of a request or nothing. Lock order: the messages by their ids, then devices, then tickets.
create or replace function private.finish_pushes(outcomes jsonb, tickets jsonb, gone_tokens text[])
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  if jsonb_typeof(finish_pushes.outcomes) is distinct from 'array' or exists (
    select from jsonb_array_elements(finish_pushes.outcomes) as outcome
    where jsonb_typeof(outcome) <> 'object' or coalesce(outcome ->> 'id', '') !~ '^[0-9]{1,18}$'
  ) then
    perform private.raise_error(422, 'outcomes_invalid', 'Outcomes are an array of {id, error}.');
  end if;
  -- The messages about a person go with their account, even one under way.
  select count(private.finish_outbox(known.id, known.error is null, known.error)) into v_count
  from (
    select message.id, outcome ->> 'error' as error
    from jsonb_array_elements(finish_pushes.outcomes) as outcome
    join private.outbox as message on message.id = (outcome ->> 'id')::bigint and message.topic = 'send_push'
    order by message.id
    for update of message
  ) as known;
  delete from public.push_tokens as device
  where device.token in (
    select gone.token from public.push_tokens as gone where gone.token = any (finish_pushes.gone_tokens) order by gone.token for update
  );
  perform private.record_push_tickets(finish_pushes.tickets);
  return v_count;
end;
$$;

-- Security definer: as finish_pushes. One that Expo has no receipt of yet is passed over for a while, so that it does not keep the others
-- from being read.
create or replace function private.due_push_tickets(size int)
returns table (ticket_id text, token text)
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_before timestamptz := now() - make_interval(mins => private.setting('push_receipt_minutes')::int);
begin
  return query
  with due as materialized (
    select ticket.ticket_id
    from private.push_tickets as ticket
    where ticket.sent_at <= v_before and (ticket.asked_at is null or ticket.asked_at <= v_before)
    order by ticket.sent_at, ticket.ticket_id
    limit least(greatest(coalesce(due_push_tickets.size, 300), 1), 1000)
    for update skip locked
  )
  update private.push_tickets as ticket
  set asked_at = clock_timestamp()
  from due
  where ticket.ticket_id = due.ticket_id
  returning ticket.ticket_id, ticket.token;
end;
$$;

-- Security definer: as finish_pushes. A device that was registered anew since it was sent to is alive again.
create or replace function private.finish_push_tickets(ticket_ids text[], gone_ticket_ids text[])
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  delete from public.push_tokens as device
  where device.token in (
    select gone.token
    from public.push_tokens as gone
    join private.push_tickets as ticket on ticket.token = gone.token
    where ticket.ticket_id = any (finish_push_tickets.gone_ticket_ids) and gone.registered_at <= ticket.sent_at
    order by gone.token
    for update of gone
  );
  get diagnostics v_count = row_count;
  delete from private.push_tickets as ticket
  where ticket.ticket_id = any (finish_push_tickets.ticket_ids || finish_push_tickets.gone_ticket_ids);
  return v_count;
end;
$$;

-- source: sql/04_social/functions/63_told_of.sql

create or replace function private.owner_of(target_kind text, target_id uuid)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return case owner_of.target_kind
    when 'comment' then (select comment.author_id from public.comments as comment where comment.id = owner_of.target_id)
    when 'activity_event' then (select event.actor_id from public.activity_events as event where event.id = owner_of.target_id)
    when 'message' then (select message.sender_id from public.direct_messages as message where message.id = owner_of.target_id)
    else private.target_owner(owner_of.target_kind, owner_of.target_id)
  end;
end;
$$;
comment on function private.owner_of(text, uuid) is 'Whose a thing is that can be liked; null when it is gone';

create or replace function private.reach_milestone(target_kind text, target_id uuid, counted text, total bigint, owner_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_power bigint;
  v_step bigint;
begin
  if reach_milestone.total is null or reach_milestone.total < 10 then
    return;
  end if;
  v_power := 10 ^ floor(log(reach_milestone.total));
  v_step := case
    when reach_milestone.total >= 5 * v_power then 5 * v_power
    when 2 * reach_milestone.total >= 5 * v_power then 5 * v_power / 2
    else v_power
  end;
  -- One probe for all that lies between two steps.
  if exists (
    select from private.milestones as known
    where known.target_id = reach_milestone.target_id
      and known.target_kind = reach_milestone.target_kind
      and known.counted = reach_milestone.counted
      and known.step = v_step
  ) then
    return;
  end if;
  with reached as (
    insert into private.milestones (target_kind, target_id, counted, step)
    select reach_milestone.target_kind, reach_milestone.target_id, reach_milestone.counted, (digit * 10 ^ power)::bigint
    from generate_series(1, 17) as power
    cross join unnest(array[1, 2.5, 5]) as digit
    where digit * 10 ^ power <= reach_milestone.total
    on conflict do nothing
    returning step
  )
  select max(reached.step) into v_step from reached;

  if v_step is not null then
    perform private.notify(
      reach_milestone.owner_id, 'milestone', null, reach_milestone.target_kind, reach_milestone.target_id,
      data => jsonb_build_object('count', v_step, 'of', reach_milestone.counted)
    );
  end if;
end;
$$;
comment on function private.reach_milestone(text, uuid, text, bigint, uuid) is
$$Tell an owner of a round number, once ever: 10, 25, 50, 100, 250, 500, 1000 and so on

of counted (likes, followers or plays) of a thing. Several reached at once are told as the highest.$$;

-- Security definer: service_role moves likes from the queue into notifications through here alone.
create or replace function private.notify_likes(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_size int := least(greatest(coalesce(notify_likes.size, 1000), 1), 10000);
  v_rows tid[];
  v_change record;
  v_taken int := 0;
  v_owner_id uuid;
  v_liker_ids uuid[];
  v_gone_ids uuid[];
begin
  -- One at a time, and not while an account is erased: whose likes are just going must not be told of after.
  if not pg_try_advisory_xact_lock(hashtextextended('notify_likes', 0)) then
    return 0;
  end if;

  -- What they are told in is locked at once, as those who block or go may hold some of it. The rows of the queue are never moved.
  v_rows := array(select next.ctid from private.like_changes as next limit v_size);
  perform private.lock_notifications(array(
    select told.id
    from (
      select distinct change.target_kind, change.target_id from private.like_changes as change where change.ctid = any (v_rows)
    ) as liked
    join public.notifications as told on told.target_id = liked.target_id and told.target_kind = liked.target_kind
    where told.kind = 'like' and told.read_at is null
  ));
  for v_change in
    with taken as (
      delete from private.like_changes as change
      where change.ctid = any (v_rows)
      returning change.user_id, change.target_kind, change.target_id
    )
    select taken.target_kind, taken.target_id, array_agg(distinct taken.user_id) as user_ids, count(*)::int as taken_count
    from taken
    group by taken.target_kind, taken.target_id
  loop
    v_taken := v_taken + v_change.taken_count;
    v_owner_id := private.owner_of(v_change.target_kind, v_change.target_id);
    if v_owner_id is null then
      continue;
    end if;
    -- What counts is whether the like stands now: one that was taken back at once is never told.
    v_liker_ids := array(
      select favour.user_id
      from unnest(v_change.user_ids) as changed (user_id)
      join public.likes as favour
        on favour.user_id = changed.user_id
        and favour.target_kind = v_change.target_kind
        and favour.target_id = v_change.target_id
      order by favour.created_at, favour.user_id
    );
    if cardinality(v_liker_ids) > 0 then
      perform private.notify_of_many(v_owner_id, 'like', v_liker_ids, v_change.target_kind, v_change.target_id);
    end if;
    v_gone_ids := array(
      select changed.user_id from unnest(v_change.user_ids) as changed (user_id)
      except all
      select liker.user_id from unnest(v_liker_ids) as liker (user_id)
    );
    if cardinality(v_gone_ids) > 0 then
      perform private.retract_many(v_owner_id, 'like', v_gone_ids, v_change.target_kind, v_change.target_id);
    end if;
    perform private.reach_milestone(
      v_change.target_kind, v_change.target_id, 'likes', private.like_count(v_change.target_kind, v_change.target_id), v_owner_id
    );
  end loop;
  return v_taken;
end;
$$;

-- Security definer: notifications are nobody's to write.
create or replace function private.tg_follows__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(edge.followee_id, 'follow', edge.follower_id, 'profile', edge.followee_id)
    from (select deleted.followee_id, deleted.follower_id from changed as deleted order by deleted.followee_id) as edge;
    return null;
  end if;
  perform
    private.notify(edge.followee_id, 'follow', edge.follower_id, 'profile', edge.followee_id),
    private.reach_milestone('profile', edge.followee_id, 'followers', edge.follower_count, edge.followee_id)
  from (
    select made.followee_id, made.follower_id, profile.follower_count
    from changed as made
    join public.profiles as profile on profile.id = made.followee_id
    order by made.followee_id
  ) as edge;
  return null;
end;
$$;
create trigger _900_notify_insert
  after insert on public.follows
  referencing new table as changed
  for each statement execute function private.tg_follows__notify();
create trigger _900_notify_delete
  after delete on public.follows
  referencing old table as changed
  for each statement execute function private.tg_follows__notify();

-- Security definer: as tg_follows__notify. A request that is decided or taken back needs no telling any more.
create or replace function private.tg_follow_requests__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(old.target_id, 'follow_request', old.requester_id, 'profile', old.target_id);
  else
    perform private.notify(new.target_id, 'follow_request', new.requester_id, 'profile', new.target_id);
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert or delete on public.follow_requests
  for each row execute function private.tg_follow_requests__notify();

-- Security definer: as tg_follows__notify.
create or replace function private.tg_reposts__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(post.author_id, 'repost', old.user_id, 'post', post.id) from public.posts as post where post.id = old.post_id;
  else
    perform private.notify(post.author_id, 'repost', new.user_id, 'post', post.id) from public.posts as post where post.id = new.post_id;
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert or delete on public.reposts
  for each row execute function private.tg_reposts__notify();

-- Security definer: as tg_follows__notify.
create or replace function private.tg_posts__forget_told()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.forget_target('post', old.id);
  return null;
end;
$$;
create trigger _900_forget_told
  after delete on public.posts
  for each row execute function private.tg_posts__forget_told();
create trigger _910_forget_told
  after update of deleted_at on public.posts
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_posts__forget_told();

-- Security definer: as tg_follows__notify.
create or replace function private.tg_profiles__forget_told()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.forget_target('profile', old.id);
  return null;
end;
$$;
create trigger _900_forget_told
  after delete on public.profiles
  for each row execute function private.tg_profiles__forget_told();

create or replace function private.told_between(a uuid, b uuid)
returns setof uuid
language sql
stable
security invoker
set search_path = ''
as $$
  select told.id
  from private.notification_actors as act
  join public.notifications as told on told.id = act.notification_id
  where (act.actor_id, told.recipient_id) in ((told_between.a, told_between.b), (told_between.b, told_between.a))
$$;
comment on function private.told_between(uuid, uuid) is 'The notifications in which either of two people was told of the other';

-- Security definer: as tg_follows__notify. A block also ends what each was told of the other; a mute hides from lists, and can be undone.
create or replace function private.tg_blocks__forget_told()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.lock_notifications(array(select private.told_between(new.blocker_id, new.blocked_id)));
  delete from private.notification_actors as act
  using public.notifications as told
  where told.id = act.notification_id
    and (act.actor_id, told.recipient_id) in ((new.blocked_id, new.blocker_id), (new.blocker_id, new.blocked_id));
  return null;
end;
$$;
create trigger _900_forget_told
  after insert on public.blocks
  for each row execute function private.tg_blocks__forget_told();

create or replace function private.lock_told_ties(user_ids uuid[])
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.lock_notifications(array(
    select told.id from public.notifications as told where told.recipient_id = any (lock_told_ties.user_ids)
    union
    select act.notification_id from private.notification_actors as act where act.actor_id = any (lock_told_ties.user_ids)
  ))
$$;
comment on function private.lock_told_ties(uuid[]) is 'Before accounts are erased, last of all: lock what they were told, and what others were told of them';

-- Security definer: service_role deletes nothing but what is over.
create or replace function private.forget_old_notifications(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before constant timestamptz := now() - make_interval(days => private.setting('notification_kept_days')::int);
  v_count int;
begin
  delete from public.notifications as told
  -- An array is looked up once; the plan of a subquery may run its limit again for each row.
  where told.id = any (array(
    select old.id
    from public.notifications as old
    -- The id says when: the first 48 bits of a uuid v7 are its milliseconds.
    where old.id < (lpad(to_hex((extract(epoch from v_before) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
    order by old.id
    limit least(greatest(coalesce(forget_old_notifications.size, 1000), 1), 10000)
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  delete from private.push_tickets as ticket where ticket.sent_at < now() - make_interval(days => 1);
  delete from private.told_and_taken_back as before
  where before.taken_back_at < now() - make_interval(hours => private.setting('notification_collapse_hours')::int);
  return v_count;
end;
$$;

-- source: sql/04_social/functions/64_messages.sql

-- Security definer: clients hold no insert right on messages, so that every one passes the checks below.
create or replace function private.send_direct_message(
  conversation_id uuid, body text, client_id uuid, track_id uuid, crate_id uuid, reply_to uuid
)
returns public.message_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_body text := nullif(btrim(send_direct_message.body, E' \t\r\n'), '');
  v_member public.conversation_members;
  v_other_id uuid;
  v_other public.conversation_members;
  v_permission text;
  v_conversation public.conversations;
  v_message_id uuid;
begin
  if v_body is null and send_direct_message.track_id is null and send_direct_message.crate_id is null then
    perform private.raise_error(422, 'body_missing', 'A message needs a text, or something it shares.');
  end if;
  if send_direct_message.track_id is not null and send_direct_message.crate_id is not null then
    perform private.raise_error(422, 'one_thing_at_a_time', 'A message shares a track or a crate, not both.');
  end if;
  if char_length(v_body) > 2000 then
    perform private.raise_error(422, 'body_too_long', 'A message has at most 2000 characters.');
  end if;

  -- The pair first: what is sent after a block has been answered is refused, whoever was quicker.
  select case when pair.low_id = v_user_id then pair.high_id else pair.low_id end into v_other_id
  from private.conversation_pairs as pair
  where pair.conversation_id = send_direct_message.conversation_id and v_user_id in (pair.low_id, pair.high_id);
  if found then
    perform private.lock_pair(v_user_id, v_other_id);
  end if;
  -- And who is just leaving: whether the other one is, is asked below.
  if v_user_id = any (private.lock_profiles(array[v_user_id, v_other_id])) then
    perform private.acting_user();
  end if;
  v_member := private.my_membership(send_direct_message.conversation_id);
  v_message_id := private.sent_message_id(v_member.conversation_id, send_direct_message.client_id);
  if v_message_id is not null then
    return private.one_message(v_member.conversation_id, v_message_id);
  end if;
  if send_direct_message.track_id is not null and not private.can_see_track(send_direct_message.track_id) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  if send_direct_message.crate_id is not null and not private.can_see_crate(send_direct_message.crate_id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  perform private.take_token('send_message');

  -- One sends at a time, so that ids grow as messages appear: nothing is ever added below a marker or a cursor.
  v_conversation := private.lock_conversation(v_member.conversation_id);
  v_member := private.my_membership(v_conversation.id);
  v_message_id := private.sent_message_id(v_conversation.id, send_direct_message.client_id);
  if v_message_id is not null then
    return private.one_message(v_conversation.id, v_message_id);
  end if;

  if v_conversation.kind = 'direct' then
    select member.* into v_other
    from public.conversation_members as member
    where member.conversation_id = v_conversation.id
      and member.member_id = v_other_id
      and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = v_other_id);
    if not found then
      perform private.raise_error(409, 'recipient_gone', 'The other person is not here any more.');
    end if;
    -- Whoever has neither answered nor accepted may have decided meanwhile to be asked first, or to be asked no more.
    v_permission := private.can_message(v_other_id);
    if v_permission = 'no' then
      perform private.raise_error(403, 'messages_not_wanted', 'Somebody here takes no messages.');
    end if;
    if v_permission = 'request' and v_other.state = 'joined' then
      update public.conversation_members as member
      set state = 'requested'
      where member.conversation_id = v_conversation.id and member.member_id = v_other_id
      returning member.* into v_other;
    end if;
    if v_other.state <> 'joined' and private.setting('dm_request_messages') <= (
      select count(*)
      from public.direct_messages as message
      where message.conversation_id = v_conversation.id and message.sender_id = v_user_id
    ) then
      perform private.raise_error(409, 'message_request_pending', 'Until they accept, no more messages than this can be sent.');
    end if;
  end if;
  if send_direct_message.reply_to is not null and not exists (
    select from public.direct_messages as message
    where message.conversation_id = v_conversation.id
      and message.id = send_direct_message.reply_to
      and (v_member.joined_after_id is null or message.id > v_member.joined_after_id)
  ) then
    perform private.raise_error(404, 'direct_message_not_found', 'There is no message of this id that you can see.');
  end if;

  if v_member.state = 'requested' then
    -- Whoever answers has accepted.
    update public.conversation_members as member
    set state = 'joined'
    where member.conversation_id = v_conversation.id and member.member_id = v_user_id;
  end if;
  insert into public.direct_messages (conversation_id, id, sender_id, body, track_id, crate_id, reply_to, client_id, created_at)
  values (
    v_conversation.id, private.message_id_after(v_conversation.last_message_id), v_user_id, v_body,
    send_direct_message.track_id, send_direct_message.crate_id, send_direct_message.reply_to, send_direct_message.client_id, clock_timestamp()
  )
  returning id into v_message_id;
  return private.one_message(v_conversation.id, v_message_id);
end;
$$;

create or replace function private.sent_message_id(conversation_id uuid, client_id uuid)
returns uuid
language sql
volatile
security invoker
set search_path = ''
as $$
  select message.id
  from public.direct_messages as message
  where message.conversation_id = sent_message_id.conversation_id
    and message.sender_id = (select auth.uid())
    and message.client_id = sent_message_id.client_id
$$;
comment on function private.sent_message_id(uuid, uuid) is 'The caller''s message that was sent with this client_id before; null when none. Volatile, to see what came while waiting for the lock';

-- Security definer: clients hold no update right on messages. One's own words can be taken back from wherever one no longer is.
create or replace function private.delete_direct_message(message_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_message public.direct_messages;
begin
  -- The conversation first, as sending does: both go on to what its members are told.
  perform
  from public.conversations as conversation
  where conversation.id = (
    select message.conversation_id
    from public.direct_messages as message
    where message.id = delete_direct_message.message_id and message.sender_id = v_user_id
  )
  for update;
  select message.* into v_message
  from public.direct_messages as message
  where message.id = delete_direct_message.message_id and message.sender_id = v_user_id
  for no key update;
  if not found then
    perform private.raise_error(404, 'direct_message_not_found', 'There is no message of this id that you can see.');
  end if;
  if v_message.deleted_at is null then
    update public.direct_messages as message
    set deleted_at = now(), body = null, track_id = null, crate_id = null
    where message.conversation_id = v_message.conversation_id and message.id = v_message.id;
  end if;
end;
$$;

-- Security definer: clients hold no update right on their markers, which only move on.
create or replace function private.mark_conversation_read(conversation_id uuid, up_to uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_member public.conversation_members := private.my_membership(mark_conversation_read.conversation_id);
begin
  if mark_conversation_read.up_to is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if not exists (
    select from public.direct_messages as message
    where message.conversation_id = v_member.conversation_id
      and message.id = mark_conversation_read.up_to
      and (v_member.joined_after_id is null or message.id > v_member.joined_after_id)
  ) then
    perform private.raise_error(404, 'direct_message_not_found', 'There is no message of this id that you can see.');
  end if;

  update public.conversation_members as member
  set last_read_message_id = mark_conversation_read.up_to
  where member.conversation_id = v_member.conversation_id
    and member.member_id = v_user_id
    and (member.last_read_message_id is null or member.last_read_message_id < mark_conversation_read.up_to);
  -- A request that is looked at gives no receipt.
  if found and v_member.state = 'joined' then
    perform private.broadcast_conversation(v_member.conversation_id, 'conversation_read');
  end if;
  return (
    select jsonb_build_object('last_read_message_id', row.last_read_message_id, 'unread_count', row.unread_count)
    from private.one_conversation(v_member.conversation_id) as row
  );
end;
$$;

-- Security definer: writes only the caller's own setting, whose table takes no writes.
create or replace function private.set_dm_permission(permission text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
begin
  if set_dm_permission.permission is null or set_dm_permission.permission not in ('everyone', 'followees', 'mutuals', 'nobody') then
    perform private.raise_error(422, 'dm_permission_unknown', 'A permission is everyone, followees, mutuals or nobody.');
  end if;
  insert into public.message_settings as mine (user_id, dm_permission)
  values (v_user_id, set_dm_permission.permission)
  on conflict (user_id) do update
    set dm_permission = excluded.dm_permission
    where mine.dm_permission <> excluded.dm_permission;
  return jsonb_build_object('dm_permission', set_dm_permission.permission);
end;
$$;

-- source: sql/04_social/functions/65_told_of_words.sql

create or replace function private.lock_told_of_comment(comment public.comments)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.lock_notifications(
    array(
      select told.id
      from public.notifications as told
      where told.target_id = (lock_told_of_comment.comment).id and told.target_kind = 'comment'
    ) || array(
      select told.id
      from public.notifications as told
      join private.notification_actors as act
        on act.notification_id = told.id and act.actor_id = (lock_told_of_comment.comment).author_id
      where told.read_at is null
        and (told.target_id, told.target_kind, told.kind) in (
          ((lock_told_of_comment.comment).parent_id, 'comment', 'reply'),
          ((lock_told_of_comment.comment).target_id, (lock_told_of_comment.comment).target_kind, 'comment')
        )
    )
  )
$$;
comment on function private.lock_told_of_comment(public.comments) is 'Lock all that may have been told of a comment, to whom it names, answers and belongs, before that changes';

create or replace function private.tell_of_comment(comment public.comments, hearer_ids uuid[])
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.notify(
    hearer.id, hearer.kind, (tell_of_comment.comment).author_id, hearer.target_kind, hearer.target_id,
    data => jsonb_build_object('comment_id', (tell_of_comment.comment).id)
  )
  from (
    select distinct on (hearer.id) hearer.id, hearer.kind, hearer.target_kind, hearer.target_id
    from (
      select parent.author_id as id, 1 as place, 'reply' as kind, 'comment' as target_kind, parent.id as target_id
      from public.comments as parent
      where parent.id = (tell_of_comment.comment).parent_id
      union all
      select
        private.target_owner((tell_of_comment.comment).target_kind, (tell_of_comment.comment).target_id), 2,
        'comment', (tell_of_comment.comment).target_kind, (tell_of_comment.comment).target_id
    ) as hearer
    where hearer.id = any (tell_of_comment.hearer_ids)
    order by hearer.id, hearer.place
  ) as hearer
$$;
comment on function private.tell_of_comment(public.comments, uuid[]) is
'Tell those of hearer_ids whom a comment answers, by a reply, and whose the thing is, by a comment; who is both, by the reply';

-- Security definer: notifications are nobody's to write. One comment is told to one person once: who is named in it by the mention, whom it
-- answers by the reply, whose the thing is by the comment.
create or replace function private.tg_comments__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_owner_id uuid := private.target_owner(new.target_kind, new.target_id);
  v_answered_id uuid;
begin
  if new.parent_id is not null then
    select parent.author_id into v_answered_id from public.comments as parent where parent.id = new.parent_id;
  end if;
  if tg_op = 'UPDATE' then
    perform private.retract(v_answered_id, 'reply', old.author_id, 'comment', new.parent_id);
    perform private.retract(v_owner_id, 'comment', old.author_id, new.target_kind, new.target_id);
    perform private.forget_target('comment', new.id);
    return null;
  end if;

  perform private.tell_of_comment(new, array(
    select hearer.id
    from unnest(array[v_owner_id, v_answered_id]) as hearer (id)
    where not (
      hearer.id in (select person.id from private.people_named(new.author_id, new.body) as person)
      and private.wants_notification(hearer.id, 'mention', 'in_app')
    )
  ));
  return null;
end;
$$;
create trigger _900_notify_insert
  after insert on public.comments
  for each row execute function private.tg_comments__notify();
create trigger _900_notify_update
  after update of author_id, deleted_at on public.comments
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_comments__notify();

-- Security definer: as tg_comments__notify. Comments go for good with what they are about alone, whose notifications go by themselves.
create or replace function private.tg_comments__forget_told()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.forget_target('comment', old.id);
  return null;
end;
$$;
create trigger _900_forget_told
  after delete on public.comments
  for each row execute function private.tg_comments__forget_told();

-- Security definer: as tg_comments__notify. Whoever names somebody again and again is heard so often alone; of a new comment that answers them
-- or is about what is theirs, people are told nevertheless.
create or replace function private.tg_comment_mentions__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_comment public.comments;
begin
  select comment.* into v_comment from public.comments as comment where comment.id = new.comment_id;
  -- Whoever is erased at this moment is held before what is about them.
  perform from public.profiles as person where person.id = new.profile_id for key share;
  if private.take_token('mention', new.profile_id, v_comment.author_id, or_refuse => false) then
    perform private.notify(new.profile_id, 'mention', v_comment.author_id, 'comment', v_comment.id);
  elsif v_comment.edited_at is null and private.wants_notification(new.profile_id, 'mention', 'in_app') then
    perform private.tell_of_comment(v_comment, array[new.profile_id]);
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert on public.comment_mentions
  for each row execute function private.tg_comment_mentions__notify();

-- Security definer: as tg_comments__notify.
create or replace function private.tg_comment_mentions__retract()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.retract(old.profile_id, 'mention', comment.author_id, 'comment', comment.id)
  from public.comments as comment
  where comment.id = old.comment_id;
  return null;
end;
$$;
create trigger _900_retract
  after delete on public.comment_mentions
  for each row execute function private.tg_comment_mentions__retract();

-- Security definer: as tg_comments__notify.
create or replace function private.tg_comment_reactions__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(comment.author_id, 'reaction', old.user_id, 'comment', comment.id)
    from public.comments as comment
    where comment.id = old.comment_id;
  else
    perform private.notify(
      comment.author_id, 'reaction', new.user_id, 'comment', comment.id, data => jsonb_build_object('emoji', new.emoji)
    )
    from public.comments as comment
    where comment.id = new.comment_id;
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert or delete on public.comment_reactions
  for each row execute function private.tg_comment_reactions__notify();

-- Security definer: as tg_comments__notify; markers are nobody's to write either. Who has muted a conversation is not in its audience.
create or replace function private.tg_direct_messages__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_hearer record;
begin
  if tg_op = 'UPDATE' then
    -- A block does not wait for the conversation.
    perform private.lock_notifications(array(
      select told.id
      from public.notifications as told
      where told.target_id = new.conversation_id
        and told.target_kind = 'conversation'
        and told.read_at is null
        and exists (
          select from private.notification_actors as act where act.notification_id = told.id and act.actor_id = old.sender_id
        )
    ));
    perform private.retract(hearer.member_id, hearer.kind, old.sender_id, 'conversation', new.conversation_id)
    from (
      select member.member_id, kind
      from public.conversation_members as member
      cross join unnest(array['direct_message', 'message_request']) as kind
      where member.conversation_id = new.conversation_id
      order by member.member_id, kind
    ) as hearer;
    return null;
  end if;
  -- The sender has read up to here, which they were told of among the others: in their place, by the order of ids.
  for v_hearer in
    select audience.member_id, audience.is_request
    from private.message_audience(new.conversation_id, new.sender_id) as audience
    union all
    select new.sender_id, false
    order by member_id
  loop
    if v_hearer.member_id = new.sender_id then
      update public.conversation_members as member
      set last_read_message_id = greatest(member.last_read_message_id, new.id)
      where member.conversation_id = new.conversation_id and member.member_id = new.sender_id;
    else
      perform private.notify(
        v_hearer.member_id, case when v_hearer.is_request then 'message_request' else 'direct_message' end,
        new.sender_id, 'conversation', new.conversation_id
      );
    end if;
  end loop;
  return null;
end;
$$;
create trigger _900_notify_insert
  after insert on public.direct_messages
  for each row execute function private.tg_direct_messages__notify();
create trigger _900_notify_update
  after update of deleted_at on public.direct_messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_direct_messages__notify();

-- Security definer: as tg_comments__notify. Whoever has read the conversation has read of it, and whoever leaves it needs no telling.
create or replace function private.tg_conversation_members__read()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  with marked as (
    select told.id
    from public.notifications as told
    where told.target_id = new.conversation_id
      and told.target_kind = 'conversation'
      and told.recipient_id = new.member_id
      and told.read_at is null
    order by told.id
    for no key update
  )
  update public.notifications as told
  set read_at = now(), seen_at = coalesce(told.seen_at, now()), is_open = false
  from marked
  where told.id = marked.id;
  return null;
end;
$$;
create trigger _900_read
  after update of last_read_message_id, state on public.conversation_members
  for each row
  when (old.last_read_message_id is distinct from new.last_read_message_id or old.state <> new.state)
  execute function private.tg_conversation_members__read();

-- Security definer: as tg_comments__notify.
create or replace function private.tg_conversations__forget_told()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.forget_target('conversation', old.id);
  return null;
end;
$$;
create trigger _900_forget_told
  after delete on public.conversations
  for each row execute function private.tg_conversations__forget_told();

-- Security definer: as tg_comments__notify.
create or replace function private.tg_crate_collaborators__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(old.user_id, 'collaboration', crate.owner_id, 'crate', crate.id)
    from public.crates as crate
    where crate.id = old.crate_id;
  else
    perform private.notify(new.user_id, 'collaboration', crate.owner_id, 'crate', crate.id)
    from public.crates as crate
    where crate.id = new.crate_id;
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert or delete on public.crate_collaborators
  for each row execute function private.tg_crate_collaborators__notify();

-- Security definer: as tg_comments__notify. Only of what the owner may see: who shares a crate with their followers tells nobody else.
create or replace function private.tg_posts__tell_of_share()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_owner_id uuid := private.target_owner('crate', coalesce(new.crate_id, old.crate_id));
begin
  if tg_op = 'UPDATE' then
    -- Each share is told by itself, so the one that is taken back is found by its post.
    delete from public.notifications as told
    where told.target_id = old.crate_id
      and told.target_kind = 'crate'
      and told.kind = 'crate_share'
      and told.recipient_id = v_owner_id
      and told.read_at is null
      and told.data ->> 'post_id' = new.id::text;
  elsif private.sees(v_owner_id, 'post', new.id) then
    perform private.notify(
      v_owner_id, 'crate_share', new.author_id, 'crate', new.crate_id, data => jsonb_build_object('post_id', new.id)
    );
  end if;
  return null;
end;
$$;
create trigger _900_tell_of_share
  after insert on public.posts
  for each row
  when (new.crate_id is not null)
  execute function private.tg_posts__tell_of_share();
create trigger _920_tell_of_share
  after update of deleted_at on public.posts
  for each row
  when (old.deleted_at is null and new.deleted_at is not null and old.crate_id is not null)
  execute function private.tg_posts__tell_of_share();

-- Security definer: as tg_comments__notify.
create or replace function private.tg_crates__forget_told()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.forget_target('crate', old.id);
  return null;
end;
$$;
create trigger _900_forget_told
  after delete on public.crates
  for each row execute function private.tg_crates__forget_told();
create trigger _910_forget_told
  after update of deleted_at on public.crates
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_crates__forget_told();

-- Security definer: as tg_comments__notify.
create or replace function private.tg_tracks__forget_told()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.forget_target('track', old.id);
  return null;
end;
$$;
create trigger _900_forget_told
  after delete on public.tracks
  for each row execute function private.tg_tracks__forget_told();

-- Security definer: as tg_comments__notify. Every step is a multiple of five, so four plays of five cost nothing.
create or replace function private.tg_tracks__milestone()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.reach_milestone('track', new.id, 'plays', new.play_count, new.artist_id);
  return null;
end;
$$;
create trigger _900_milestone
  after update of play_count on public.tracks
  for each row
  when (new.play_count > old.play_count and new.play_count % 5 = 0)
  execute function private.tg_tracks__milestone();

-- source: sql/04_social/functions/66_message_lists.sql

create or replace function private.member_card(person jsonb, state text, last_read_message_id uuid)
returns jsonb
language sql
stable
security invoker
begin atomic
  select member_card.person || jsonb_build_object(
    -- That a request was declined, or only looked at, is nobody's to know.
    'state', case member_card.state when 'joined' then 'joined' else 'requested' end,
    'last_read_message_id', case when member_card.state = 'joined' then member_card.last_read_message_id end
  );
end;
comment on function private.member_card(jsonb, text, uuid) is 'A member of a conversation as the others see them: their person_card with state and last_read_message_id';

create or replace function private.other_members(conversation_id uuid, reader_id uuid, blocked_ids uuid[])
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select jsonb_agg(private.member_card(person.card, member.state, member.last_read_message_id) order by member.joined_at, member.member_id)
    from public.conversation_members as member
    join private.person_cards as person on person.profile_id = member.member_id
    where member.conversation_id = other_members.conversation_id
      and member.member_id <> other_members.reader_id
      and member.state <> 'left'
      and member.member_id <> all (other_members.blocked_ids)
      and not person.is_hidden
  );
end;
$$;
comment on function private.other_members(uuid, uuid, uuid[]) is 'The other members of a group as a reader sees them, those first who joined first; null for nobody';

-- In the form of posts_for; offset 0 keeps each subquery a probe, also those that find what is never missing: joined, they would read every
-- conversation of their member. The members of a group are asked of a function, as most conversations are of two.
create or replace function private.conversations_for(reader_id uuid, blocked_ids uuid[], cards int, most_unread bigint)
returns table (
  id uuid, member_id uuid, member_state text, order_id uuid, kind text, title text, members jsonb, member_count int, last_message json,
  unread_count int, last_read_message_id uuid, muted_until timestamptz, created_at timestamptz
)
language sql
stable
security invoker
begin atomic
  select
    mine.conversation_id,
    mine.member_id,
    mine.state,
    mine.order_id,
    conversation.kind,
    conversation.title,
    case
      when others.cards is null then '[]'
      when jsonb_array_length(others.cards) <= conversations_for.cards then others.cards
      else jsonb_path_query_array(others.cards, '$[0 to $last]', jsonb_build_object('last', conversations_for.cards - 1))
    end,
    1 + coalesce(jsonb_array_length(others.cards), 0),
    case when last.id is not null then json_build_object(
      'id', last.id,
      'sender_id', case when not last.is_hidden then last.sender_id end,
      'body', case when not last.is_hidden then last.body end,
      'track_id', case when not last.is_hidden then last.track_id end,
      'crate_id', case when not last.is_hidden then last.crate_id end,
      'created_at', last.created_at,
      'deleted_at', last.deleted_at
    ) end,
    case
      when conversation.last_message_id
        > greatest(mine.last_read_message_id, mine.joined_after_id, '00000000-0000-0000-0000-000000000000'::uuid) then (
        select count(*)
        from (
          select
          from public.direct_messages as message
          where (message.conversation_id, message.id) > (
              mine.conversation_id,
              greatest(mine.last_read_message_id, mine.joined_after_id, '00000000-0000-0000-0000-000000000000'::uuid)
            )
            and (message.conversation_id, message.id) <= (mine.conversation_id, conversation.last_message_id)
            and message.deleted_at is null
            and message.sender_id <> conversations_for.reader_id
            and message.sender_id <> all (conversations_for.blocked_ids)
          limit conversations_for.most_unread
        ) as unread
      )
      else 0
    end::int,
    mine.last_read_message_id,
    case when mine.muted_until > now() then mine.muted_until end,
    conversation.created_at
  from public.conversation_members as mine
  cross join lateral (
    select each.kind, each.title, each.last_message_id, each.created_at
    from public.conversations as each
    where each.id = mine.conversation_id
    offset 0
  ) as conversation
  cross join lateral (
    select case conversation.kind
      when 'direct' then (
        select jsonb_build_array(private.member_card(person.card, member.state, member.last_read_message_id))
        from public.conversation_members as member
        cross join lateral (
          select each.card from private.person_cards as each where each.profile_id = member.member_id and not each.is_hidden offset 0
        ) as person
        where member.conversation_id = mine.conversation_id
          and member.member_id <> conversations_for.reader_id
          and member.state <> 'left'
          and member.member_id <> all (conversations_for.blocked_ids)
        limit 1
      )
      else private.other_members(mine.conversation_id, conversations_for.reader_id, conversations_for.blocked_ids)
    end as cards
    offset 0
  ) as others
  left join lateral (
    select message.id, message.sender_id, message.body, message.track_id, message.crate_id, message.created_at, message.deleted_at,
      message.sender_id <> conversations_for.reader_id
        and exists (select from private.hidden_profiles as hidden where hidden.profile_id = message.sender_id offset 0) as is_hidden
    from public.direct_messages as message
    where message.conversation_id = mine.conversation_id
      and message.id > coalesce(mine.joined_after_id, '00000000-0000-0000-0000-000000000000'::uuid)
      and message.id = case
        when conversation.kind = 'direct' or conversations_for.blocked_ids = '{}' then conversation.last_message_id
        -- In a group others may have written after the last one that its reader is to see.
        else (
          select each.id
          from public.direct_messages as each
          where (each.conversation_id, each.id) > (mine.conversation_id, '00000000-0000-0000-0000-000000000000'::uuid)
            and (each.conversation_id, each.id) <= (mine.conversation_id, conversation.last_message_id)
            and (each.sender_id is null or each.sender_id <> all (conversations_for.blocked_ids))
          order by each.conversation_id desc, each.id desc
          limit 1
        )
      end
    offset 0
  ) as last on true;
end;
comment on function private.conversations_for(uuid, uuid[], int, bigint) is
$$Conversations as a reader sees them who is, was or is asked to be in them

Whoever asks names the member_id, which is the reader's, and decides which are theirs to see. cards: of how many of the others; most_unread: where counting ends.$$;

-- Security definer: blocks made by others are not the caller's to read.
create or replace function private.blocked_ids()
returns uuid[]
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (select reader.blocked_ids from private.reader as reader);
end;
$$;
comment on function private.blocked_ids() is 'Everybody across a block of the caller, of either side, also for staff: in a conversation nobody is staff';

-- Security definer: a policy helper; as blocked_ids.
create or replace function private.unheard_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select unnest(private.blocked_ids())
  union all
  select hidden.profile_id from private.hidden_profiles as hidden where hidden.profile_id is distinct from (select auth.uid())
$$;
comment on function private.unheard_ids() is 'Whose messages the caller does not read: across a block and hidden ones, also for staff; for policies';

-- Security definer: the caller's own conversations, with members whose rows are not theirs to read.
create or replace function private.my_conversations(after text, page_size int, requests boolean)
returns setof public.conversation_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
set enable_memoize = off
as $$
declare
  v_state text := case when my_conversations.requests then 'requested' else 'joined' end;
  v_list text := 'my_conversations:' || v_state;
  v_place text[] := private.decode_place(v_list, my_conversations.after, '{uuid}');
  v_before uuid := coalesce(v_place[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_user_id uuid;
  v_blocked uuid[];
  v_blocked_conversations uuid[];
  v_size int;
  v_most_unread bigint;
begin
  select
    reader.id, reader.blocked_ids, page.size,
    case when reader.blocked_ids = '{}' then '{}' else array(select private.blocked_conversation_ids()) end,
    (select setting.value from private.settings as setting where setting.name = 'unread_count_limit')
  into v_user_id, v_blocked, v_size, v_blocked_conversations, v_most_unread
  from private.reader as reader
  cross join private.page(my_conversations.page_size) as page;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return query
  select
    place.id, place.kind, place.title, place.member_state, place.members, place.member_count, place.last_message, place.unread_count,
    place.last_read_message_id, place.muted_until, place.created_at, private.encode_cursor(v_list, place.order_id::text)
  from private.conversations_for(v_user_id, v_blocked, 5, v_most_unread) as place
  -- A range of the key, as in home_candidates.
  where (place.member_id, place.member_state, place.order_id) < (v_user_id, v_state, v_before)
    and (place.member_id, place.member_state, place.order_id) >= (v_user_id, v_state, '00000000-0000-0000-0000-000000000000'::uuid)
    and place.id <> all (v_blocked_conversations)
  order by place.member_id desc, place.member_state desc, place.order_id desc
  limit v_size;
end;
$$;

-- Security definer: as my_conversations.
create or replace function private.one_conversation(conversation_id uuid)
returns public.conversation_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_member public.conversation_members := private.my_membership(one_conversation.conversation_id);
  v_blocked uuid[] := private.blocked_ids();
  v_row public.conversation_row;
begin
  select
    place.id, place.kind, place.title, place.member_state, place.members, place.member_count, place.last_message, place.unread_count,
    place.last_read_message_id, place.muted_until, place.created_at, null
  into v_row
  from private.conversations_for(
    v_member.member_id, v_blocked, private.setting('conversation_member_limit')::int, private.setting('unread_count_limit')
  ) as place
  where place.id = v_member.conversation_id and place.member_id = v_member.member_id;
  return v_row;
end;
$$;

-- Security definer: turns messages into rows for a reader whom its callers have checked by their membership, as the policies on messages would cost
-- several times the page; the rest as feed_rows.
create or replace function private.message_rows(list text, conversation_id uuid, joined_after_id uuid, ids uuid[])
returns setof public.message_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_blocked uuid[] := private.blocked_ids();
  v_cursors text[] := private.encode_cursors(message_rows.list, array(select each::text from unnest(message_rows.ids) as each));
begin
  return query
  select
    message.id,
    message.conversation_id,
    sender.card,
    case when sender.card is not null then message.body end,
    case when message.track_id is not null and sender.card is not null then private.track_card(message.track_id) end,
    case when message.crate_id is not null and sender.card is not null then private.crate_card(message.crate_id) end,
    case when message.reply_to > coalesce(message_rows.joined_after_id, '00000000-0000-0000-0000-000000000000') then (
      select jsonb_build_object(
        'id', replied.id,
        'sender', author.card - '{avatar_path,is_verified}'::text[],
        'body', case when author.card is not null then left(replied.body, 140) end
      )
      from public.direct_messages as replied
      left join private.person_cards as author
        on author.profile_id = replied.sender_id
        and author.profile_id <> all (v_blocked)
        and (author.profile_id = v_user_id or not author.is_hidden)
      where replied.conversation_id = message.conversation_id and replied.id = message.reply_to
    ) end,
    case when message.sender_id = v_user_id then message.client_id end,
    message.like_count,
    message.like_count > 0 and exists (
      select from public.likes as favour
      where favour.user_id = v_user_id and favour.target_kind = 'message' and favour.target_id = message.id offset 0
    ),
    message.created_at,
    message.deleted_at,
    v_cursors[ref.place]
  from unnest(message_rows.ids) with ordinality as ref (id, place)
  -- offset 0 keeps it a probe: joined, it reads the whole conversation.
  cross join lateral (
    select each.*
    from public.direct_messages as each
    where each.conversation_id = message_rows.conversation_id and each.id = ref.id
    offset 0
  ) as message
  -- What somebody wrote who is leaving is shown as of nobody, and comes back with them.
  left join private.person_cards as sender
    on sender.profile_id = message.sender_id and (sender.profile_id = v_user_id or not sender.is_hidden)
  order by ref.place;
end;
$$;
comment on function private.message_rows(text, uuid, uuid, uuid[]) is
'Messages of a conversation as its member sees them, in the order given; joined_after_id: theirs, before which no reply is quoted';

-- Security definer: as my_conversations.
create or replace function private.messages(conversation_id uuid, after text, page_size int)
returns setof public.message_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_member public.conversation_members := private.my_membership(messages.conversation_id);
  v_list text := 'messages:' || v_member.conversation_id;
  v_place text[] := private.decode_place(v_list, messages.after, '{uuid}');
  v_before uuid := coalesce(v_place[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_from uuid := coalesce(v_member.joined_after_id, '00000000-0000-0000-0000-000000000000');
  v_size int := private.page_size(messages.page_size);
  v_blocked uuid[] := private.blocked_ids();
  v_ids uuid[];
begin
  v_ids := array(
    select message.id
    from public.direct_messages as message
    where (message.conversation_id, message.id) < (v_member.conversation_id, v_before)
      and (message.conversation_id, message.id) > (v_member.conversation_id, v_from)
      and (message.sender_id is null or message.sender_id <> all (v_blocked))
    order by message.conversation_id desc, message.id desc
    limit v_size
  );
  return query
  select row.* from private.message_rows(v_list, v_member.conversation_id, v_member.joined_after_id, v_ids) as row;
end;
$$;

-- Security definer: as my_conversations, of a message the caller has sent or has just been found to see.
create or replace function private.one_message(conversation_id uuid, message_id uuid)
returns public.message_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_member public.conversation_members := private.my_membership(one_message.conversation_id);
  v_row public.message_row;
begin
  select row.* into v_row
  from private.message_rows('message', v_member.conversation_id, v_member.joined_after_id, array[one_message.message_id]) as row;
  return v_row;
end;
$$;

-- Security definer: looks a message up whatever the caller may read, and refuses by the one rule.
create or replace function private.direct_message(message_id uuid)
returns public.message_row
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if auth.uid() is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  if not private.can_see_message(direct_message.message_id) then
    perform private.raise_error(404, 'direct_message_not_found', 'There is no message of this id that you can see.');
  end if;
  return private.one_message(
    (select message.conversation_id from public.direct_messages as message where message.id = direct_message.message_id),
    direct_message.message_id
  );
end;
$$;

-- source: sql/04_social/functions/70_activity.sql

-- The one rule of who sees which activity; a view for the same reasons as reader_posts. What it is about keeps its own rule.
create or replace view private.reader_activity with (security_invoker = true) as
select
  event.id, event.actor_id, event.kind, event.target_kind, event.target_id, event.collapse_key, event.bucket, event.event_count, event.data,
  event.like_count, event.reactions, event.created_at,
  (
    event.actor_id = (select auth.uid())
    or (
      (
        (event.visibility = 'public' and not actor.is_private)
        or (
          event.visibility in ('public', 'followers', 'mutuals')
          and exists (
            select from public.follows as follow
            where follow.follower_id = (select auth.uid()) and follow.followee_id = event.actor_id offset 0
          )
          and (
            event.visibility <> 'mutuals'
            or exists (
              select from public.follows as back
              where back.follower_id = event.actor_id and back.followee_id = (select auth.uid()) offset 0
            )
          )
        )
      )
      and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = event.actor_id offset 0)
      and event.actor_id <> all (array(
        select block.blocked_id from public.blocks as block where block.blocker_id = (select auth.uid())
        union all
        select block.blocker_id from public.blocks as block where block.blocked_id = (select auth.uid())
      ))
    )
  )
  and case event.target_kind
    when 'track' then coalesce(track.is_visible, false)
    -- Whoever has the id of an unlisted crate may see it; here they would be given it.
    when 'crate' then coalesce(crate.is_listed, false)
    when 'profile' then person.id is not null and private.can_see_profile(person.id) and (
      not person.is_private
      or (select auth.uid()) in (person.id, event.actor_id)
      or private.is_followed_by_me(person.id)
    )
    else event.target_kind is null or private.can_list_told(event.target_kind, event.target_id)
  end as is_visible,
  case event.target_kind
    when 'track' then jsonb_build_object(
      'title', track.title, 'artist_name', track.artist_name, 'artwork_url', track.artwork_url, 'artwork_path', track.artwork_path
    )
    when 'crate' then jsonb_build_object('title', crate.title, 'cover_path', crate.cover_path, 'item_count', crate.item_count)
    when 'profile' then jsonb_build_object(
      'username', person.username, 'display_name', person.display_name, 'avatar_path', person.avatar_path
    )
    when 'room' then private.told_target('room', event.target_id)
  end as target
from public.activity_events as event
join public.profiles as actor on actor.id = event.actor_id
left join private.reader_tracks as track on event.target_kind = 'track' and track.id = event.target_id
left join private.reader_crates as crate on event.target_kind = 'crate' and crate.id = event.target_id
left join public.profiles as person on event.target_kind = 'profile' and person.id = event.target_id;
comment on view private.reader_activity is
$$Activity, and whether the caller may see each

By its visibility, as posts are; nothing across a block of either side or by a hidden profile; nothing about what the caller may not see or
find, nor about whom a private profile follows or is followed by, to those who do not follow it.$$;

-- Security definer: reads reader_activity, over blocks and follows that are not the caller's to read.
create or replace function private.can_see_activity_event(event_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return coalesce(
    (
      select event.is_visible or private.is_staff()
      from private.reader_activity as event
      where event.id = can_see_activity_event.event_id
    ),
    false
  );
end;
$$;
comment on function private.can_see_activity_event(uuid) is 'Whether the caller may see one event: as reader_activity says, and staff every event';

create or replace function private.record_activity(
  kind text, actor_id uuid, target_kind text, target_id uuid, collapse_key text default null, visibility text default 'public',
  data jsonb default '{}'
)
returns uuid
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into public.activity_events as event (actor_id, kind, target_kind, target_id, visibility, collapse_key, bucket, data)
  values (
    record_activity.actor_id,
    record_activity.kind,
    record_activity.target_kind,
    record_activity.target_id,
    record_activity.visibility,
    record_activity.kind || ':' || coalesce(
      record_activity.collapse_key, record_activity.target_kind || ':' || record_activity.target_id, record_activity.actor_id::text
    ),
    floor(extract(epoch from now()) / (3600 * private.setting('activity_collapse_hours')))::bigint,
    record_activity.data
  )
  on conflict (actor_id, collapse_key, bucket) do update
    set event_count = event.event_count + 1, data = event.data || excluded.data
  returning event.id
$$;
comment on function private.record_activity(text, uuid, text, uuid, text, text, jsonb) is
$$Write down what somebody did: the one way into activity

collapse_key: what is shown as one within the same hours, by default the kind and the target. data: a key that comes again replaces the former.
Done again within these hours, it is counted in the same row. Returns the event.$$;

create or replace function private.retract_activity(kind text, actor_id uuid, target_kind text, target_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  delete from public.activity_events as event
  where event.target_id = retract_activity.target_id
    and event.target_kind = retract_activity.target_kind
    and event.kind = retract_activity.kind
    and event.actor_id = retract_activity.actor_id
$$;
comment on function private.retract_activity(text, uuid, text, uuid) is 'Remove what record_activity wrote, when it is no longer so';

-- Security definer: activity is nobody's to write.
create or replace function private.tg_follows__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract_activity('user_followed', old.follower_id, 'profile', old.followee_id);
  else
    perform private.record_activity('user_followed', new.follower_id, 'profile', new.followee_id);
  end if;
  return null;
end;
$$;
create trigger _910_record
  after insert or delete on public.follows
  for each row execute function private.tg_follows__record();

-- Security definer: as tg_follows__record. A crate is news when it can first be found.
create or replace function private.tg_crates__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (
    select from public.activity_events as event
    where event.target_id = new.id and event.target_kind = 'crate' and event.kind = 'crate_created'
  ) then
    perform private.record_activity('crate_created', new.owner_id, 'crate', new.id);
  end if;
  return null;
end;
$$;
create trigger _910_record
  after insert or update of visibility on public.crates
  for each row
  when (new.deleted_at is null and new.visibility in ('public', 'followers'))
  execute function private.tg_crates__record();

-- Security definer: as tg_follows__record.
create or replace function private.tg_crate_items__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.record_activity(
    'track_added', new.added_by, 'crate', crate.id, data => jsonb_build_object('track_id', new.track_id)
  )
  from public.crates as crate
  where crate.id = new.crate_id and crate.visibility in ('public', 'followers') and new.added_by is not null;
  return null;
end;
$$;
create trigger _910_record
  after insert on public.crate_items
  for each row execute function private.tg_crate_items__record();

-- Security definer: as tg_follows__record. Each upload that is published is news once; those of an album are shown as one.
create or replace function private.tg_tracks__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (
    select from public.activity_events as event
    where event.target_id = new.id and event.target_kind = 'track' and event.kind = 'track_added'
  ) then
    perform private.record_activity(
      'track_added', new.artist_id, 'track', new.id, collapse_key => 'artist:' || new.artist_id,
      data => jsonb_build_object('track_id', new.id)
    );
  end if;
  return null;
end;
$$;
create trigger _910_record_insert
  after insert on public.tracks
  for each row
  when (new.artist_id is not null and new.status = 'published')
  execute function private.tg_tracks__record();
create trigger _910_record_update
  after update of status on public.tracks
  for each row
  when (new.artist_id is not null and new.status = 'published' and old.status in ('draft', 'processing'))
  execute function private.tg_tracks__record();

-- Security definer: as tg_follows__record. What hangs on an event goes with it.
create or replace function private.tg_activity_events__forget()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.forget_likes('activity_event', array(select event.id from gone as event));
  perform private.lock_notifications(array(
    select told.id
    from gone as event
    join public.notifications as told on told.target_id = event.id and told.target_kind = 'activity_event'
  ));
  perform private.forget_target('activity_event', event.id) from gone as event;
  return null;
end;
$$;
create trigger _500_forget
  after delete on public.activity_events
  referencing old table as gone
  for each statement execute function private.tg_activity_events__forget();

-- Security definer: the counts on the event are nobody's to write.
create or replace function private.tg_activity_reactions__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.activity_events as event
    set reactions = event.reactions
      || jsonb_build_object(new.reaction, coalesce((event.reactions ->> new.reaction)::int, 0) + 1)
    where event.id = new.event_id;
  else
    update public.activity_events as event
    set reactions = case
      when (event.reactions ->> old.reaction)::int > 1
        then event.reactions || jsonb_build_object(old.reaction, (event.reactions ->> old.reaction)::int - 1)
      else event.reactions - old.reaction
    end
    where event.id = old.event_id;
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete on public.activity_reactions
  for each row execute function private.tg_activity_reactions__count();

-- Security definer: as tg_follows__notify.
create or replace function private.tg_activity_reactions__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(event.actor_id, 'reaction', old.user_id, 'activity_event', event.id)
    from public.activity_events as event
    where event.id = old.event_id;
  else
    perform private.notify(
      event.actor_id, 'reaction', new.user_id, 'activity_event', event.id, data => jsonb_build_object('reaction', new.reaction)
    )
    from public.activity_events as event
    where event.id = new.event_id;
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert or delete on public.activity_reactions
  for each row execute function private.tg_activity_reactions__notify();

-- Security definer: reactions and their counts are nobody's to write directly.
create or replace function private.set_activity_reaction(event_id uuid, kind text, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_is_visible boolean;
begin
  if set_activity_reaction.kind is null or set_activity_reaction.kind not in ('clap', 'fire', 'heart', 'star', 'wave') then
    perform private.raise_error(422, 'reaction_unknown', 'A reaction is clap, fire, heart, star or wave.');
  end if;
  if set_activity_reaction.present is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  -- The event before its reactions, as whoever deletes it does.
  perform from public.activity_events as event where event.id = set_activity_reaction.event_id for no key update;
  v_is_visible := private.can_see_activity_event(set_activity_reaction.event_id);
  -- One's own reaction can be taken back from what one no longer sees.
  if not v_is_visible and (
    set_activity_reaction.present
    or not exists (
      select from public.activity_reactions as mine
      where mine.event_id = set_activity_reaction.event_id and mine.user_id = v_user_id
    )
  ) then
    perform private.raise_error(404, 'activity_not_found', 'There is no activity of this id that you can see.');
  end if;

  if not set_activity_reaction.present then
    delete from public.activity_reactions as mine
    where mine.event_id = set_activity_reaction.event_id
      and mine.user_id = v_user_id
      and mine.reaction = set_activity_reaction.kind;
  elsif not exists (
    select from public.activity_reactions as mine
    where mine.event_id = set_activity_reaction.event_id
      and mine.user_id = v_user_id
      and mine.reaction = set_activity_reaction.kind
  ) then
    perform private.take_token('react_to_activity');
    insert into public.activity_reactions (event_id, user_id, reaction)
    values (set_activity_reaction.event_id, v_user_id, set_activity_reaction.kind);
  end if;

  return jsonb_build_object('present', set_activity_reaction.present, 'count', (
    select coalesce((event.reactions ->> set_activity_reaction.kind)::int, 0)
    from public.activity_events as event
    where event.id = set_activity_reaction.event_id and v_is_visible
  ));
end;
$$;

-- Security definer: as home_candidates, from which the two steps are taken: only those whose newest event below the cursor is among the
-- newest can contribute.
create or replace function private.activity_candidates(before uuid, size int)
returns uuid[]
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_bottom constant uuid := '00000000-0000-0000-0000-000000000000';
  v_actors uuid[];
  v_from uuid;
begin
  select array_agg(head.actor_id), (array_agg(head.id))[activity_candidates.size] into v_actors, v_from
  from (
    select follow.followee_id as actor_id, newest.id
    from public.follows as follow
    cross join lateral (
      select event.id
      from public.activity_events as event
      where (event.actor_id, event.id) > (follow.followee_id, v_bottom)
        and (event.actor_id, event.id) < (follow.followee_id, activity_candidates.before)
      order by event.actor_id desc, event.id desc
      limit 1
    ) as newest
    where follow.follower_id = v_user_id
      and not exists (
        select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = follow.followee_id offset 0
      )
    order by newest.id desc
    limit activity_candidates.size
  ) as head;

  return array(
    select event.id
    from unnest(v_actors) as head (actor_id)
    cross join lateral (
      select each.id
      from public.activity_events as each
      where (each.actor_id, each.id) >= (head.actor_id, coalesce(v_from, v_bottom))
        and (each.actor_id, each.id) < (head.actor_id, activity_candidates.before)
      order by each.actor_id desc, each.id desc
      limit activity_candidates.size
    ) as event
    order by event.id desc
    limit activity_candidates.size
  );
end;
$$;

-- Security definer: a list of mixed audience that checks its reader itself.
--
-- What has the same key and the same hours is one row, at the place of the earliest of those the reader sees: what comes later joins it
-- there, and never moves what is below a page (docs/decisions/0041).
create or replace function private.activity_feed(after text, page_size int)
returns setof public.activity_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_size int := private.page_size(activity_feed.page_size);
  v_batch_size int := v_size + v_size / 2 + 4;
  v_before uuid := coalesce(
    (private.decode_place('activity_feed', activity_feed.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  );
  v_batch uuid[];
  v_cursors text[];
  v_taken int;
  v_found int := 0;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;

  loop
    v_batch := private.activity_candidates(v_before, v_batch_size);
    v_cursors := private.encode_cursors('activity_feed', v_batch::text[]);
    return query
    select
      event.id,
      event.kind,
      together.actors,
      together.actor_count,
      together.event_count,
      event.target_kind,
      event.target_id,
      event.target,
      event.data,
      event.like_count,
      event.like_count > 0 and exists (
        select from public.likes as favour
        where favour.user_id = v_user_id and favour.target_kind = 'activity_event' and favour.target_id = event.id offset 0
      ),
      case when event.reactions = '{}' then '[]' else (
        select jsonb_agg(
          jsonb_build_object('kind', reaction.kind, 'count', reaction.count::int, 'mine', exists (
            select from public.activity_reactions as mine
            where mine.event_id = event.id and mine.user_id = v_user_id and mine.reaction = reaction.kind
          ))
          order by reaction.count::int desc, reaction.kind
        )
        from jsonb_each_text(event.reactions) as reaction (kind, count)
      ) end,
      event.created_at,
      v_cursors[ref.place]
    from unnest(v_batch) with ordinality as ref (id, place)
    join private.reader_activity as event on event.id = ref.id
    cross join lateral (
      select
        count(*)::int as actor_count,
        sum(seen.event_count)::int as event_count,
        min(seen.id::text)::uuid as earliest_id,
        coalesce(jsonb_agg(private.person_card(seen.actor_id) order by seen.id desc) filter (where seen.place <= 3), '[]') as actors
      from (
        select other.id, other.actor_id, other.event_count, row_number() over (order by other.id desc) as place
        from public.activity_events as same
        join private.reader_activity as other on other.id = same.id
        where same.collapse_key = event.collapse_key
          and same.bucket = event.bucket
          and exists (
            select from public.follows as follow
            where follow.follower_id = v_user_id and follow.followee_id = same.actor_id offset 0
          )
          and not exists (
            select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = same.actor_id offset 0
          )
          and other.is_visible
      ) as seen
    ) as together
    where event.is_visible and together.earliest_id = event.id
    order by ref.place
    limit v_size - v_found;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size];
    -- What is filtered away in quantity is passed in longer strides.
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

-- Security definer: service_role deletes nothing but what is over.
create or replace function private.forget_old_activity(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before constant timestamptz := now() - make_interval(days => private.setting('activity_kept_days')::int);
  v_count int;
begin
  delete from public.activity_events as event
  -- An array is looked up once; the plan of a subquery may run its limit again for each row.
  where event.id = any (array(
    select old.id
    from public.activity_events as old
    -- As in forget_old_notifications.
    where old.id < (lpad(to_hex((extract(epoch from v_before) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
    order by old.id
    limit least(greatest(coalesce(forget_old_activity.size, 1000), 1), 10000)
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

-- source: sql/05_rooms/functions/10_who_reads.sql

-- Lock order of the domain: a pair (lock_pair); one's own profile, or both by lock_profiles; the room; its session; queue items and slots;
-- votes; messages; then what ARCHITECTURE.md names after rooms. Whoever changes who is in a room holds the room.

-- Security definer: a policy helper; reading memberships under their own policies would recurse.
create or replace function private.my_room_ids(at_least text default 'member')
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select member.room_id
  from public.room_members as member
  join public.rooms as room on room.id = member.room_id
  where member.user_id = (select auth.uid())
    and member.role >= my_room_ids.at_least
    and room.deleted_at is null
$$;
comment on function private.my_room_ids(text) is
'The rooms the caller is in, as member, moderator or owner at least (the names sort by rank); for policies. Nothing more for staff';

-- Security definer: as my_room_ids.
create or replace function private.my_banned_room_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select ban.room_id
  from public.room_bans as ban
  where ban.user_id = (select auth.uid())
    and (ban.until is null or ban.until > now())
$$;
comment on function private.my_banned_room_ids() is 'The rooms the caller is banned from at present; for policies on what only readers of a room see';

-- Security definer: memberships and invitations of others are not the caller's to read.
create or replace function private.can_see_room(room_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from public.rooms as room
    where room.id = can_see_room.room_id
      and room.deleted_at is null
      and (
        room.visibility in ('public', 'unlisted')
        or exists (
          select from public.room_members as member where member.room_id = room.id and member.user_id = (select auth.uid())
        )
        or exists (
          select from public.room_invites as invite
          where invite.user_id = (select auth.uid())
            and invite.room_id = room.id
            and invite.use_count = 0
            and invite.expires_at > now()
            and not private.is_blocked(invite.invited_by, invite.user_id)
        )
        or (select private.is_staff())
      )
  )
$$;
comment on function private.can_see_room(uuid) is
$$Whether the caller may know of a room

Public and unlisted ones everybody, visitors too; private ones their members, who is invited in person, and staff. Nobody a deleted one.$$;

-- Security definer: as can_see_room.
create or replace function private.is_banned_from_room(room_id uuid, user_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from public.room_bans as ban
    where ban.room_id = is_banned_from_room.room_id
      and ban.user_id = is_banned_from_room.user_id
      and (ban.until is null or ban.until > now())
  )
$$;
comment on function private.is_banned_from_room(uuid, uuid) is 'Whether somebody is banned from a room at present';

-- Security definer: as can_see_room.
create or replace function private.can_read_room(room_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select (select auth.uid()) is not null and exists (
    select
    from public.rooms as room
    where room.id = can_read_room.room_id
      and room.deleted_at is null
      and (
        (
          (
            room.visibility in ('public', 'unlisted')
            or exists (
              select from public.room_members as member where member.room_id = room.id and member.user_id = (select auth.uid())
            )
          )
          and not private.is_banned_from_room(room.id, (select auth.uid()))
        )
        or (select private.is_staff())
      )
  )
$$;
comment on function private.can_read_room(uuid) is
$$Whether the caller may read what happens in a room: chat, sessions, who is in it

Of public and unlisted ones whoever is signed in, of private ones members; never who is banned; staff always. The rule of topic room:<id>.$$;

-- Security definer: as can_see_room.
create or replace function private.role_in_room(room_id uuid, user_id uuid)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select member.role
  from public.room_members as member
  join public.rooms as room on room.id = member.room_id
  where member.room_id = role_in_room.room_id
    and member.user_id = role_in_room.user_id
    and room.deleted_at is null
$$;
comment on function private.role_in_room(uuid, uuid) is 'Somebody''s role in a room that is not deleted: member, moderator or owner (they sort by rank); null when they are not in it';

create or replace function private.room_role(room_id uuid)
returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select private.role_in_room(room_role.room_id, (select auth.uid()))
$$;
comment on function private.room_role(uuid) is 'The caller''s role in a room that is not deleted, or null';

create or replace function private.require_room(room_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if not private.can_see_room(require_room.room_id) then
    perform private.raise_error(404, 'room_not_found', 'There is no room of this id that you can see.');
  end if;
end;
$$;
comment on function private.require_room(uuid) is 'Refuse a room the caller may not know of: room_not_found (404)';

create or replace function private.require_room_reader(room_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if private.can_read_room(require_room_reader.room_id) then
    return;
  end if;
  perform private.require_room(require_room_reader.room_id);
  if auth.uid() is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  if private.is_banned_from_room(require_room_reader.room_id, auth.uid()) then
    perform private.raise_error(403, 'banned_from_room', 'You are banned from this room.');
  end if;
  perform private.raise_error(403, 'not_a_member', 'Join the room first.');
end;
$$;
comment on function private.require_room_reader(uuid) is
'Refuse who may not read a room (can_read_room): room_not_found (404), not_signed_in (401), banned_from_room or not_a_member (403)';

create or replace function private.require_room_member(room_id uuid)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_role text := private.room_role(require_room_member.room_id);
begin
  if v_role is null then
    perform private.require_room(require_room_member.room_id);
    perform private.raise_error(403, 'not_a_member', 'Join the room first.');
  end if;
  return v_role;
end;
$$;
comment on function private.require_room_member(uuid) is 'The caller''s role in a room; else room_not_found (404), or not_a_member (403) of one they can see';

create or replace function private.require_room_moderator(room_id uuid)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_role text := private.room_role(require_room_moderator.room_id);
begin
  if v_role >= 'moderator' then
    return v_role;
  end if;
  perform private.require_room(require_room_moderator.room_id);
  if private.is_staff() then
    return 'moderator';
  end if;
  if v_role is null then
    perform private.raise_error(403, 'not_a_member', 'Join the room first.');
  end if;
  perform private.raise_error(403, 'not_a_moderator', 'This is for the moderators of the room.');
end;
$$;
comment on function private.require_room_moderator(uuid) is
$$moderator or owner: the caller's role in a room they may moderate

Staff count as moderators everywhere. Else room_not_found (404), not_a_member or not_a_moderator (403).$$;

create or replace function private.lock_room(room_id uuid)
returns public.rooms
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_room public.rooms;
begin
  select room.* into v_room from public.rooms as room where room.id = lock_room.room_id for no key update;
  if v_room.id is null or not private.can_see_room(v_room.id) then
    perform private.raise_error(404, 'room_not_found', 'There is no room of this id that you can see.');
  end if;
  return v_room;
end;
$$;
comment on function private.lock_room(uuid) is
'A room the caller may know of, locked until the transaction ends, so that who is in it stands still; else room_not_found (404). After one''s own profile, before all that is in the room';

-- Security definer: presence is read for those who may not read all of it.
create or replace function private.active_listeners(room_id uuid, seconds int)
returns int
language sql
stable
security definer
set search_path = ''
as $$
  select count(*)::int
  from public.room_presence as presence
  where presence.room_id = active_listeners.room_id
    and presence.last_seen_at > now() - make_interval(secs => active_listeners.seconds)
$$;
comment on function private.active_listeners(uuid, int) is 'How many were seen in a room in the last seconds, counted one by one; listener_count is the ready number';

-- Security definer: the log is nobody's to write.
create or replace function private.log_moderation(room_id uuid, action text, subject_id uuid, reason text default null, data jsonb default '{}')
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into public.moderation_log (room_id, actor_id, action, subject_id, reason, data)
  values (
    log_moderation.room_id, (select auth.uid()), log_moderation.action, log_moderation.subject_id, log_moderation.reason, log_moderation.data
  )
$$;
comment on function private.log_moderation(uuid, text, uuid, text, jsonb) is 'Write down what the caller has done as a moderator';

-- Security definer: the realtime schema is written for people who may not write there.
create or replace function private.broadcast_room(room_id uuid, event text, payload jsonb)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  select realtime.send(
    broadcast_room.payload || jsonb_build_object('room_id', broadcast_room.room_id), broadcast_room.event, 'room:' || broadcast_room.room_id, true
  )
$$;
comment on function private.broadcast_room(uuid, text, jsonb) is
'Tell who is on the topic of a room that something has happened: ids and what changed, never what a listener may not read; room_id is added';

-- Security definer: written by triggers in the transactions of people who may not write it.
create or replace function private.bump_room_activity(room_id uuid, number int default 1)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  insert into private.room_activity as activity (room_id, bucket, slot, event_count)
  values (
    bump_room_activity.room_id, date_bin('5 minutes', now(), '2001-01-01 00:00:00+00'), pg_backend_pid() % 16,
    bump_room_activity.number
  )
  on conflict (room_id, bucket, slot) do update set event_count = activity.event_count + excluded.event_count;
end;
$$;
comment on function private.bump_room_activity(uuid, int) is
'Say that so many messages or votes have come to a room: what trending_rooms weighs. Cheap enough for every vote; the last thing a transaction does in a room';

-- Security definer: pulses are nobody's to read.
create or replace function private.listener_count(room_id uuid)
returns int
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce((
    select pulse.listener_count
    from private.room_pulses as pulse
    where pulse.room_id = listener_count.room_id
      and pulse.refreshed_at > now() - make_interval(secs => private.setting('room_active_seconds')::int)
  ), 0)
$$;
comment on function private.listener_count(uuid) is 'Active listeners of a room as counted some seconds ago: one row, however many they are';

-- source: sql/05_rooms/functions/11_triggers.sql

-- Security definer: the counter is nobody's to write. Whoever changes who is in a room holds the room (join_room and its like;
-- lock_room_ties when accounts go), so that those who come and go at once wait here and never meet in a circle.
create or replace function private.tg_room_members__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.rooms as room set member_count = room.member_count + 1 where room.id = new.room_id;
  else
    update public.rooms as room set member_count = room.member_count - 1 where room.id = old.room_id;
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete on public.room_members
  for each row execute function private.tg_room_members__count();

-- Security definer: a room that has lost its owner passes to somebody else, whoever took the owner away. leave_room and remove_member
-- refuse that; the erasure of an account comes here.
create or replace function private.tg_room_members__hand_over()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.hand_over_room(room.id)
  from public.rooms as room
  where room.id = old.room_id and room.deleted_at is null;
  return null;
end;
$$;
create trigger _510_hand_over
  after delete on public.room_members
  for each row
  when (old.role = 'owner')
  execute function private.tg_room_members__hand_over();

create or replace function private.hand_over_room(room_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_heir_id uuid;
begin
  -- Who is leaving too is passed over: the room would go on at once, or to nobody.
  select member.user_id into v_heir_id
  from public.room_members as member
  where member.room_id = hand_over_room.room_id
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = member.user_id)
  order by member.role = 'moderator' desc, member.joined_at, member.user_id
  limit 1;
  if v_heir_id is null then
    perform private.bury_room(hand_over_room.room_id);
    return;
  end if;
  update public.room_members as member
  set role = 'owner'
  where member.room_id = hand_over_room.room_id and member.user_id = v_heir_id;
  update public.rooms as room set owner_id = v_heir_id, client_id = null where room.id = hand_over_room.room_id;
end;
$$;
comment on function private.hand_over_room(uuid) is
'Give a room whose owner has gone to the longest-serving moderator, else to the longest-serving member; with nobody left it is deleted';

create or replace function private.bury_room(room_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_files jsonb;
begin
  update public.rooms as room
  set deleted_at = now(), name = null, description = '', avatar_path = null, region = null, tags = '{}', slug = room.id::text,
      genre = null, pinned_track_id = null
  where room.id = bury_room.room_id and room.deleted_at is null;
  if not found then
    return;
  end if;
  delete from public.room_invites as invite where invite.room_id = bury_room.room_id;
  update public.join_requests as request
  set status = 'declined', decided_at = now()
  where request.room_id = bury_room.room_id and request.status = 'pending';
  delete from public.room_presence as presence where presence.room_id = bury_room.room_id;
  delete from private.room_activity as activity where activity.room_id = bury_room.room_id;
  delete from private.room_pulses as pulse where pulse.room_id = bury_room.room_id;
  select jsonb_agg(object.name order by object.name) into v_files
  from storage.objects as object
  where object.bucket_id = 'room-avatars'
    and object.name operator(pg_catalog.~>=~) (bury_room.room_id || '/')
    and object.name operator(pg_catalog.~<~) (bury_room.room_id || '0');
  if v_files is not null then
    perform private.enqueue('remove_objects', jsonb_build_object('bucket', 'room-avatars', 'names', v_files));
  end if;
  perform private.forget_target('room', bury_room.room_id);
end;
$$;
comment on function private.bury_room(uuid) is
'Delete a room: the row stays, seen by nobody, as what was played and said in it refers to it; words, invitations and pictures go';

-- Security definer: writes to the realtime schema.
create or replace function private.tg_room_members__broadcast()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- old is null where somebody joins, new where somebody goes.
  perform private.broadcast_room(
    coalesce(new.room_id, old.room_id), 'member_changed', jsonb_build_object('user_id', coalesce(new.user_id, old.user_id), 'role', new.role)
  );
  return null;
end;
$$;
create trigger _900_broadcast
  after insert or delete or update of role on public.room_members
  for each row execute function private.tg_room_members__broadcast();

-- Security definer: writes to the realtime schema. The counts of a room that change with everybody who comes are no change of the room.
create or replace function private.tg_rooms__broadcast()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.broadcast_room(new.id, 'room_changed', jsonb_build_object('changed', to_jsonb(array(
    select changed.key
    from jsonb_each(to_jsonb(new)) as changed
    join jsonb_each(to_jsonb(old)) as before on before.key = changed.key
    where changed.value <> before.value and changed.key not in ('member_count', 'updated_at', 'client_id')
    order by changed.key
  ))));
  return null;
end;
$$;
create trigger _900_broadcast
  after update on public.rooms
  for each row
  when (
    (old.name, old.description, old.kind, old.visibility, old.genre, old.tags, old.region, old.avatar_path, old.owner_id, old.pinned_track_id)
      is distinct from
    (new.name, new.description, new.kind, new.visibility, new.genre, new.tags, new.region, new.avatar_path, new.owner_id, new.pinned_track_id)
    or (
      old.member_limit, old.max_track_ms, old.repeat_window_minutes, old.queue_limit_per_member, old.tracks_per_turn, old.rotation_cycles,
      old.downvotes_enabled, old.vote_skip_enabled, old.vote_skip_ratio, old.vote_skip_minimum, old.slow_mode_seconds, old.deleted_at
    ) is distinct from (
      new.member_limit, new.max_track_ms, new.repeat_window_minutes, new.queue_limit_per_member, new.tracks_per_turn, new.rotation_cycles,
      new.downvotes_enabled, new.vote_skip_enabled, new.vote_skip_ratio, new.vote_skip_minimum, new.slow_mode_seconds, new.deleted_at
    )
  )
  execute function private.tg_rooms__broadcast();

create or replace function private.topic_room_id()
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_topic text := realtime.topic();
begin
  if v_topic ~ '^room:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    return substring(v_topic from 6)::uuid;
  end if;
  return null;
end;
$$;
comment on function private.topic_room_id() is 'The room whose topic realtime asks about, room:<id>; null for any other topic';

-- Security definer: a policy helper; memberships and bans are not the caller's to read.
create or replace function private.hears_room()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.can_read_room(private.topic_room_id())
$$;
comment on function private.hears_room() is 'Whether the caller may join the topic that realtime asks about, room:<id>: who may read the room';

-- Security definer: as hears_room.
create or replace function private.speaks_in_room()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.room_role(private.topic_room_id()) is not null
    and not private.is_banned_from_room(private.topic_room_id(), (select auth.uid()))
    and private.can_write('rooms')
$$;
comment on function private.speaks_in_room() is 'Whether the caller may type and be present on that topic: members who may write at all';

-- Security definer: as hears_room.
create or replace function private.moderated_room_folders()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select mine.room_id::text from private.my_room_ids('moderator') as mine (room_id)
$$;
comment on function private.moderated_room_folders() is 'The folders of room-avatars of rooms the caller moderates; for policies';

-- Security definer: as hears_room.
create or replace function private.room_avatar_folders()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select mine.folder
  from private.moderated_room_folders() as mine (folder)
  where (
    select count(*)
    from storage.objects as object
    where object.bucket_id = 'room-avatars'
      and object.name operator(pg_catalog.~>=~) (mine.folder || '/')
      and object.name operator(pg_catalog.~<~) (mine.folder || '0')
  ) < private.setting('room_avatar_files')
$$;
comment on function private.room_avatar_folders() is
'The folders of room-avatars that take another picture of the caller: of rooms they moderate, with fewer than room_avatar_files in them; for policies';

create or replace function private.lock_room_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from public.rooms as room
  where room.id in (select member.room_id from public.room_members as member where member.user_id = any (lock_room_ties.user_ids))
    or room.owner_id = any (lock_room_ties.user_ids)
    or room.artist_id = any (lock_room_ties.user_ids)
  order by room.id
  -- As lock_room: what others write meanwhile refers to the room, and waits for nobody.
  for no key update;
end;
$$;
comment on function private.lock_room_ties(uuid[]) is 'Before accounts are erased: lock the rooms they are in or own, in the lock order';

-- source: sql/05_rooms/functions/12_making_rooms.sql

create or replace function private.room_slug(name text, is_open boolean, attempt int)
returns text
language sql
volatile
security invoker
set search_path = ''
as $$
  -- Latin letters without their marks; what is left over is a hyphen. Only a public room's first choice is its bare name: the slug of any
  -- other must not be guessed.
  select coalesce(nullif(btrim(left(btrim(regexp_replace(
    translate(
      replace(replace(replace(lower(room_slug.name), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
      'àáâãäåāăąçćčďđèéêëēęěìíîïīłñńňòóôõöøōőřśšşťùúûüūůűýÿžźż',
      'aaaaaaaaacccddeeeeeeeiiiiilnnnoooooooorssstuuuuuuuyyzzz'
    ),
    '[^a-z0-9]+', '-', 'g'
  ), '-'), 60), '-'), ''), 'room') || case
    when not room_slug.is_open then '-' || left(replace(gen_random_uuid()::text, '-', ''), 12)
    when room_slug.attempt > 0 then '-' || left(gen_random_uuid()::text, 6)
    else ''
  end
$$;
comment on function private.room_slug(text, boolean, int) is
'A slug made of a name: techno-nights for a public room, techno-nights-3fa2c1 when that is taken, and with an end nobody guesses for any other';

create or replace function private.fit_rule(name text, value numeric, least_value numeric, most_value numeric)
returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if fit_rule.value not between fit_rule.least_value and fit_rule.most_value then
    perform private.raise_error(
      422, 'room_rule_out_of_range', 'A rule of the room is outside its range.',
      fit_rule.name || ': ' || fit_rule.least_value || ' to ' || fit_rule.most_value
    );
  end if;
end;
$$;
comment on function private.fit_rule(text, numeric, numeric, numeric) is 'Refuse a number of a room that is outside its range, as the checks of the table would';

create or replace function private.fit_room(room public.rooms)
returns public.rooms
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_room public.rooms := fit_room.room;
begin
  v_room.name := private.clean_line(left(v_room.name, 1000), 81);
  if v_room.name is null or char_length(v_room.name) not between 1 and 80 then
    perform private.raise_error(422, 'room_name_invalid', 'A room has a name of 1 to 80 characters.');
  end if;
  v_room.description := coalesce(btrim(v_room.description, E' \t\r\n'), '');
  if char_length(v_room.description) > 500 then
    perform private.raise_error(422, 'room_description_too_long', 'The description of a room has at most 500 characters.');
  end if;
  v_room.kind := coalesce(v_room.kind, 'open');
  if v_room.kind not in ('open', 'genre', 'artist') then
    perform private.raise_error(422, 'room_kind_unknown', 'A room is open, or of kind genre or artist.');
  end if;
  v_room.visibility := coalesce(v_room.visibility, 'public');
  if v_room.visibility not in ('public', 'unlisted', 'private') then
    perform private.raise_error(422, 'room_visibility_unknown', 'A room is public, unlisted or private.');
  end if;
  v_room.genre := nullif(v_room.genre, '');
  if v_room.genre is not null and not exists (select from public.genres as genre where genre.slug = v_room.genre) then
    perform private.raise_error(422, 'unknown_genre', 'A genre is none of those in genres.');
  end if;
  if v_room.kind = 'genre' and v_room.genre is null then
    perform private.raise_error(422, 'room_genre_missing', 'A room of kind genre names its genre.');
  end if;
  v_room.tags := private.fit_tags(v_room.tags);
  v_room.region := nullif(private.clean_line(left(v_room.region, 1000), 61), '');
  if char_length(v_room.region) > 60 then
    perform private.raise_error(422, 'room_region_too_long', 'The region of a room has at most 60 characters.');
  end if;
  perform private.fit_rule('member_limit', v_room.member_limit, 1, 10000);
  perform private.fit_rule('max_track_ms', v_room.max_track_ms, 30000, 86400000);
  perform private.fit_rule('repeat_window_minutes', v_room.repeat_window_minutes, 0, 10080);
  perform private.fit_rule('queue_limit_per_member', v_room.queue_limit_per_member, 1, 100);
  perform private.fit_rule('tracks_per_turn', v_room.tracks_per_turn, 1, 20);
  perform private.fit_rule('vote_skip_ratio', v_room.vote_skip_ratio, 0.01, 1);
  perform private.fit_rule('vote_skip_minimum', v_room.vote_skip_minimum, 1, 10000);
  perform private.fit_rule('slow_mode_seconds', v_room.slow_mode_seconds, 0, 3600);
  return v_room;
end;
$$;
comment on function private.fit_room(public.rooms) is 'A room, cleaned, or the refusal of the first field that does not fit; empty text means none';

-- Security definer: rooms are nobody's to write directly.
create or replace function private.create_room(
  name text, description text, kind text, visibility text, genre text, tags text[], region text, member_limit int, client_id uuid
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('rooms');
  v_profile public.profiles;
  v_room public.rooms;
  v_id uuid;
begin
  -- Locked, so that the limit holds, and so that a client_id that is sent twice at once makes one room.
  v_profile := private.lock_own_profile();
  if create_room.client_id is not null then
    select room.* into v_room
    from public.rooms as room
    where room.owner_id = v_user_id and room.client_id = create_room.client_id;
    if found and v_room.deleted_at is not null then
      perform private.raise_error(409, 'room_deleted', 'This room was made and has been deleted since; another needs a client_id of its own.');
    elsif found then
      return private.room_state(v_room.id);
    end if;
  end if;
  v_room.name := create_room.name;
  v_room.description := create_room.description;
  v_room.kind := create_room.kind;
  v_room.visibility := create_room.visibility;
  v_room.genre := create_room.genre;
  v_room.tags := create_room.tags;
  v_room.region := create_room.region;
  v_room.member_limit := coalesce(create_room.member_limit, 10000);
  v_room := private.fit_room(v_room);
  if v_room.kind = 'artist' and v_profile.kind <> 'artist' then
    perform private.raise_error(403, 'not_an_artist', 'Only artists make rooms of kind artist.', 'Call become_artist.');
  end if;
  perform private.take_token('create_room');
  perform private.require_room_quota(v_user_id);
  for v_attempt in 0..20 loop
    insert into public.rooms (
      slug, name, description, kind, visibility, genre, tags, region, owner_id, artist_id, member_limit, client_id
    )
    values (
      private.room_slug(v_room.name, v_room.visibility = 'public', v_attempt), v_room.name, v_room.description, v_room.kind, v_room.visibility,
      v_room.genre, v_room.tags, v_room.region, v_user_id, case when v_room.kind = 'artist' then v_user_id end, v_room.member_limit,
      create_room.client_id
    )
    on conflict (slug) do nothing
    returning id into v_id;
    exit when found;
  end loop;
  insert into public.room_members (room_id, user_id, role) values (v_id, v_user_id, 'owner');
  if v_room.visibility = 'public' then
    perform private.record_activity('room_created', v_user_id, 'room', v_id);
  end if;
  return private.room_state(v_id);
end;
$$;

create or replace function private.require_room_quota(owner_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if (
    select count(*) from public.rooms as room where room.owner_id = require_room_quota.owner_id and room.deleted_at is null
  ) >= private.setting('rooms_owned_limit') then
    perform private.raise_error(409, 'room_limit', 'Nobody can own more rooms than this.', private.setting('rooms_owned_limit')::text);
  end if;
end;
$$;
comment on function private.require_room_quota(uuid) is 'Refuse another room for somebody, whose profile is locked: room_limit (409)';

create or replace function private.lock_own_room(room_id uuid)
returns public.rooms
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_room public.rooms := private.lock_room(lock_own_room.room_id);
begin
  if v_room.owner_id <> auth.uid() then
    perform private.raise_error(403, 'not_the_owner', 'This is for the owner of the room.');
  end if;
  return v_room;
end;
$$;
comment on function private.lock_own_room(uuid) is 'A room of the caller''s own, locked; else room_not_found (404), not_the_owner (403)';

-- Security definer: as create_room.
create or replace function private.update_room(
  room_id uuid, name text, description text, visibility text, genre text, tags text[], region text, avatar_path text, member_limit int,
  max_track_ms int, repeat_window_minutes int, queue_limit_per_member int, tracks_per_turn int, rotation_cycles boolean,
  downvotes_enabled boolean, vote_skip_enabled boolean, vote_skip_ratio numeric, vote_skip_minimum int, slow_mode_seconds int
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_before public.rooms;
begin
  perform private.lock_own_profile();
  v_room := private.lock_own_room(update_room.room_id);
  perform private.take_token('update_room');
  v_before := v_room;
  v_room.name := coalesce(update_room.name, v_room.name);
  v_room.description := coalesce(update_room.description, v_room.description);
  v_room.visibility := coalesce(update_room.visibility, v_room.visibility);
  v_room.genre := coalesce(update_room.genre, v_room.genre);
  v_room.tags := coalesce(update_room.tags, v_room.tags);
  v_room.region := coalesce(update_room.region, v_room.region);
  v_room.member_limit := coalesce(update_room.member_limit, v_room.member_limit);
  v_room.max_track_ms := coalesce(update_room.max_track_ms, v_room.max_track_ms);
  v_room.repeat_window_minutes := coalesce(update_room.repeat_window_minutes, v_room.repeat_window_minutes);
  v_room.queue_limit_per_member := coalesce(update_room.queue_limit_per_member, v_room.queue_limit_per_member);
  v_room.tracks_per_turn := coalesce(update_room.tracks_per_turn, v_room.tracks_per_turn);
  v_room.rotation_cycles := coalesce(update_room.rotation_cycles, v_room.rotation_cycles);
  v_room.downvotes_enabled := coalesce(update_room.downvotes_enabled, v_room.downvotes_enabled);
  v_room.vote_skip_enabled := coalesce(update_room.vote_skip_enabled, v_room.vote_skip_enabled);
  v_room.vote_skip_ratio := coalesce(update_room.vote_skip_ratio, v_room.vote_skip_ratio);
  v_room.vote_skip_minimum := coalesce(update_room.vote_skip_minimum, v_room.vote_skip_minimum);
  v_room.slow_mode_seconds := coalesce(update_room.slow_mode_seconds, v_room.slow_mode_seconds);
  v_room := private.fit_room(v_room);
  v_room.avatar_path := nullif(coalesce(update_room.avatar_path, v_before.avatar_path), '');
  if v_room.avatar_path is distinct from v_before.avatar_path then
    perform private.change_room_avatar(v_room.id, v_before.avatar_path, v_room.avatar_path);
  end if;
  if v_room is distinct from v_before then
    update public.rooms as room
    set name = v_room.name, description = v_room.description, visibility = v_room.visibility, genre = v_room.genre, tags = v_room.tags,
        region = v_room.region, avatar_path = v_room.avatar_path, member_limit = v_room.member_limit, max_track_ms = v_room.max_track_ms,
        repeat_window_minutes = v_room.repeat_window_minutes, queue_limit_per_member = v_room.queue_limit_per_member,
        tracks_per_turn = v_room.tracks_per_turn, rotation_cycles = v_room.rotation_cycles, downvotes_enabled = v_room.downvotes_enabled,
        vote_skip_enabled = v_room.vote_skip_enabled, vote_skip_ratio = v_room.vote_skip_ratio, vote_skip_minimum = v_room.vote_skip_minimum,
        slow_mode_seconds = v_room.slow_mode_seconds, updated_at = now()
    where room.id = v_room.id;
    if v_room.visibility <> v_before.visibility then
      update private.room_pulses as pulse set is_listed = v_room.visibility = 'public' where pulse.room_id = v_room.id;
    end if;
  end if;
  return private.room_state(v_room.id);
end;
$$;

create or replace function private.change_room_avatar(room_id uuid, former text, path text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if change_room_avatar.path is not null then
    if not starts_with(change_room_avatar.path, change_room_avatar.room_id || '/') or not exists (
      select from storage.objects as object where object.bucket_id = 'room-avatars' and object.name = change_room_avatar.path
    ) then
      perform private.raise_error(422, 'room_avatar_not_found', 'The picture is not in the room''s folder of room-avatars; upload it first.');
    end if;
    -- What is shown again is not to be removed any more.
    delete from private.outbox as message
    where message.topic = 'remove_objects'
      and message.delivered_at is null
      and message.payload = jsonb_build_object('bucket', 'room-avatars', 'names', jsonb_build_array(change_room_avatar.path));
  end if;
  if change_room_avatar.former is not null then
    perform private.enqueue('remove_objects', jsonb_build_object('bucket', 'room-avatars', 'names', jsonb_build_array(change_room_avatar.former)));
  end if;
end;
$$;
comment on function private.change_room_avatar(uuid, text, text) is
'What goes with another picture of a room, which is locked: the new one lies in its folder, the former is removed from there';

-- Security definer: as create_room.
create or replace function private.delete_room(room_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
begin
  perform private.lock_own_profile();
  if exists (
    select from public.rooms as room
    where room.id = delete_room.room_id and room.owner_id = v_user_id and room.deleted_at is not null
  ) then
    return;
  end if;
  v_room := private.lock_own_room(delete_room.room_id);
  perform private.bury_room(v_room.id);
end;
$$;

-- Security definer: as create_room.
create or replace function private.transfer_room(room_id uuid, username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_other_id uuid;
  v_room public.rooms;
begin
  perform private.require_room(transfer_room.room_id);
  v_other_id := (private.visible_profile(transfer_room.username)).id;
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  -- Both, as the limit of rooms is the other's.
  perform private.refuse_leaving(private.lock_profiles(array[v_user_id, v_other_id]));
  v_room := private.lock_own_room(transfer_room.room_id);
  perform private.take_token('update_room');
  if private.role_in_room(v_room.id, v_other_id) is null then
    perform private.raise_error(404, 'member_not_found', 'Nobody of this username is in the room.');
  end if;
  perform private.require_room_quota(v_other_id);
  update public.room_members as member set role = 'moderator' where member.room_id = v_room.id and member.user_id = v_user_id;
  update public.room_members as member set role = 'owner' where member.room_id = v_room.id and member.user_id = v_other_id;
  update public.rooms as room set owner_id = v_other_id, client_id = null, updated_at = now() where room.id = v_room.id;
  perform private.log_moderation(v_room.id, 'room_transferred', v_other_id);
  return private.room_state(v_room.id);
end;
$$;

-- source: sql/05_rooms/functions/13_running_rooms.sql

-- Security definer: rooms are nobody's to write directly.
create or replace function private.pin_track(room_id uuid, track_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
begin
  v_room := private.lock_room(pin_track.room_id);
  perform private.require_room_moderator(v_room.id);
  perform private.take_token('update_room');
  if pin_track.track_id is not null and not private.can_see_track(pin_track.track_id) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  if v_room.pinned_track_id is distinct from pin_track.track_id then
    update public.rooms as room set pinned_track_id = pin_track.track_id where room.id = v_room.id;
    perform private.log_moderation(
      v_room.id, 'track_pinned', null, data => jsonb_build_object('track_id', pin_track.track_id)
    );
  end if;
  return jsonb_build_object('pinned_track', private.track_card(pin_track.track_id));
end;
$$;

create or replace function private.person_to_moderate(room_id uuid, username text)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_other_id uuid;
begin
  -- Past blocks: who has blocked the moderators of a room is moderated all the same.
  select profile.id into v_other_id from public.profiles as profile where profile.username = lower(btrim(person_to_moderate.username));
  if v_other_id is null or (
    private.role_in_room(person_to_moderate.room_id, v_other_id) is null
    and not private.is_banned_from_room(person_to_moderate.room_id, v_other_id)
    and exists (select from private.hidden_profiles as hidden where hidden.profile_id = v_other_id)
  ) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  return v_other_id;
end;
$$;
comment on function private.person_to_moderate(uuid, text) is 'Somebody by their username, for who moderates a room; who is hidden, as far as they are in it or banned from it';

-- Security definer: roles are nobody's to write directly.
create or replace function private.set_member_role(room_id uuid, username text, role text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_other_id uuid;
  v_before text;
begin
  if set_member_role.role is null or set_member_role.role not in ('member', 'moderator') then
    perform private.raise_error(422, 'room_role_unknown', 'One is made member or moderator of a room.');
  end if;
  v_room := private.lock_own_room(set_member_role.room_id);
  v_other_id := private.person_to_moderate(v_room.id, set_member_role.username);
  v_before := private.role_in_room(v_room.id, v_other_id);
  if v_before is null then
    perform private.raise_error(404, 'member_not_found', 'Nobody of this username is in the room.');
  end if;
  if v_before = 'owner' then
    perform private.raise_error(409, 'owner_must_transfer', 'The owner hands the room over first, or deletes it.');
  end if;
  perform private.take_token('moderate_room');
  if v_before <> set_member_role.role then
    update public.room_members as member
    set role = set_member_role.role
    where member.room_id = v_room.id and member.user_id = v_other_id;
    if (
      select count(*) from public.room_members as member where member.room_id = v_room.id and member.role = 'moderator'
    ) > private.setting('room_moderators_limit') then
      perform private.raise_error(
        409, 'moderator_limit', 'A room cannot have more moderators than this.', private.setting('room_moderators_limit')::text
      );
    end if;
    perform private.log_moderation(
      v_room.id, 'role_changed', v_other_id, data => jsonb_build_object('before', v_before, 'after', set_member_role.role)
    );
  end if;
  return jsonb_build_object('username', lower(btrim(set_member_role.username)), 'role', set_member_role.role);
end;
$$;

-- Security definer: memberships and bans are nobody's to write directly.
create or replace function private.remove_member(room_id uuid, username text, ban_minutes int, reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('rooms');
  v_reason text := nullif(private.clean_line(left(remove_member.reason, 2000), 501), '');
  v_is_banned boolean := remove_member.ban_minutes is distinct from 0;
  v_until timestamptz := now() + make_interval(mins => remove_member.ban_minutes);
  v_room public.rooms;
  v_other_id uuid;
  v_role text;
begin
  if remove_member.ban_minutes not between 0 and 5256000 then
    perform private.raise_error(422, 'ban_minutes_out_of_range', 'A ban lasts up to 5256000 minutes, or for ever; 0 is none.');
  end if;
  if char_length(v_reason) > 500 then
    perform private.raise_error(422, 'reason_too_long', 'A reason has at most 500 characters.');
  end if;
  v_room := private.lock_room(remove_member.room_id);
  v_role := private.require_room_moderator(v_room.id);
  v_other_id := private.person_to_moderate(v_room.id, remove_member.username);
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  -- Staff stand above moderators; the owner is above all.
  if private.role_in_room(v_room.id, v_other_id) >= (case when private.is_staff() then 'owner' else v_role end) then
    perform private.raise_error(403, 'member_of_equal_rank', 'They have the same role in the room, or a higher one.');
  end if;
  perform private.take_token('moderate_room');
  if not v_is_banned and private.role_in_room(v_room.id, v_other_id) is null then
    perform private.raise_error(404, 'member_not_found', 'Nobody of this username is in the room.');
  end if;

  if v_is_banned then
    insert into public.room_bans as ban (room_id, user_id, banned_by, until, reason)
    values (v_room.id, v_other_id, v_user_id, v_until, v_reason)
    on conflict (room_id, user_id) do update
      set banned_by = excluded.banned_by, until = excluded.until, reason = excluded.reason, created_at = now();
  end if;
  delete from public.room_members as member where member.room_id = v_room.id and member.user_id = v_other_id;
  delete from public.room_invites as invite where invite.room_id = v_room.id and invite.user_id = v_other_id;
  update public.join_requests as request
  set status = 'declined', decided_by = v_user_id, decided_at = now()
  where request.room_id = v_room.id and request.user_id = v_other_id and request.status = 'pending';
  perform private.log_moderation(
    v_room.id, case when v_is_banned then 'member_banned' else 'member_removed' end, v_other_id, v_reason,
    case when v_is_banned then jsonb_build_object('until', v_until) else '{}' end
  );
  perform realtime.send(
    jsonb_build_object('room_id', v_room.id, 'is_banned', v_is_banned, 'until', case when v_is_banned then v_until end),
    'removed_from_room', 'user:' || v_other_id, true
  );
  return jsonb_build_object('is_member', false, 'is_banned', v_is_banned, 'until', case when v_is_banned then v_until end);
end;
$$;

-- Security definer: as remove_member.
create or replace function private.unban_member(room_id uuid, username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_other_id uuid;
begin
  v_room := private.lock_room(unban_member.room_id);
  perform private.require_room_moderator(v_room.id);
  v_other_id := private.person_to_moderate(v_room.id, unban_member.username);
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  delete from public.room_bans as ban where ban.room_id = v_room.id and ban.user_id = v_other_id;
  if found then
    perform private.log_moderation(v_room.id, 'member_unbanned', v_other_id);
  end if;
  return jsonb_build_object('is_banned', false);
end;
$$;

-- source: sql/05_rooms/functions/14_joining.sql

create or replace function private.open_invite(room_id uuid, code text)
returns public.room_invites
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_invite public.room_invites;
begin
  -- The room is locked: nobody else uses one of its invitations at the moment. With a code that one, else the one in person.
  select invite.* into v_invite
  from public.room_invites as invite
  where invite.room_id = open_invite.room_id
    and (
      (open_invite.code is null and invite.user_id = v_user_id)
      or (invite.code = open_invite.code and (invite.user_id is null or invite.user_id = v_user_id))
    )
    and invite.expires_at > now()
    and (invite.use_limit is null or invite.use_count < invite.use_limit)
    and not private.is_blocked(invite.invited_by, v_user_id)
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = invite.invited_by)
  order by invite.role desc, invite.id
  limit 1;
  return v_invite;
end;
$$;
comment on function private.open_invite(uuid, text) is
'The invitation by which the caller may enter a room: that of the code, or with none one in person; all null when there is none that is good. Not across a block';

create or replace function private.admit(room_id uuid, user_id uuid, role text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_room public.rooms;
begin
  select room.* into strict v_room from public.rooms as room where room.id = admit.room_id;
  if v_room.member_count >= v_room.member_limit then
    perform private.raise_error(409, 'room_full', 'The room has as many members as it takes.', v_room.member_limit::text);
  end if;
  insert into public.room_members (room_id, user_id, role) values (admit.room_id, admit.user_id, admit.role);
  update public.join_requests as request
  set status = 'approved', decided_at = now(), decided_by = nullif(auth.uid(), admit.user_id)
  where request.room_id = admit.room_id and request.user_id = admit.user_id and request.status = 'pending';
  delete from public.room_invites as invite where invite.room_id = admit.room_id and invite.user_id = admit.user_id;
end;
$$;
comment on function private.admit(uuid, uuid, text) is
'Make somebody a member of a room, which is locked, as is their profile: room_full (409). What they asked and were sent for it is done with';

-- Security definer: memberships are nobody's to write directly.
create or replace function private.join_room(room_id uuid, invite_code text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_invite public.room_invites;
begin
  perform private.take_token('join_room');
  perform private.lock_own_profile();
  -- Not by lock_room: who has an invitation does not see the room yet.
  select room.* into v_room
  from public.rooms as room
  where room.id = join_room.room_id and room.deleted_at is null
  for no key update;
  if private.room_role(v_room.id) is not null then
    return private.room_state(v_room.id);
  end if;
  v_invite := private.open_invite(v_room.id, nullif(btrim(join_room.invite_code), ''));
  if v_invite.id is null then
    if v_room.visibility is distinct from 'public' and v_room.visibility is distinct from 'unlisted'
      and nullif(btrim(join_room.invite_code), '') is not null
    then
      perform private.raise_error(404, 'invite_not_found', 'This invitation is not good, or not any more.');
    end if;
    perform private.require_room(join_room.room_id);
    if v_room.visibility = 'private' then
      perform private.raise_error(403, 'invite_needed', 'This room is entered by invitation, or when its moderators approve.');
    end if;
  end if;
  if private.is_banned_from_room(v_room.id, v_user_id) then
    perform private.raise_error(403, 'banned_from_room', 'You are banned from this room.');
  end if;
  -- One in person goes with whom it was for; the uses of others are counted.
  update public.room_invites as invite set use_count = invite.use_count + 1 where invite.id = v_invite.id;
  perform private.admit(v_room.id, v_user_id, coalesce(v_invite.role, 'member'));
  perform private.be_present(v_room.id, v_user_id);
  return private.room_state(v_room.id);
end;
$$;

-- Security definer: as join_room.
create or replace function private.leave_room(room_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
begin
  perform private.lock_own_profile();
  v_room := private.lock_room(leave_room.room_id);
  if v_room.owner_id = v_user_id then
    perform private.raise_error(409, 'owner_must_transfer', 'The owner hands the room over first, or deletes it.');
  end if;
  delete from public.room_members as member where member.room_id = v_room.id and member.user_id = v_user_id;
  return jsonb_build_object('is_member', false);
end;
$$;

-- Security definer: nobody is let in by who is not there any more.
create or replace function private.tg_room_members__clear()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.room_invites as invite where invite.room_id = old.room_id and invite.invited_by = old.user_id;
  return null;
end;
$$;
create trigger _520_clear
  after delete on public.room_members
  for each row execute function private.tg_room_members__clear();

-- Security definer: writes what others read of the person. Who comes to a public room is news to their followers; its owner has made it.
create or replace function private.tg_room_members__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract_activity('user_joined_room', old.user_id, 'room', old.room_id);
  elsif exists (select from public.rooms as room where room.id = new.room_id and room.visibility = 'public') then
    perform private.record_activity('user_joined_room', new.user_id, 'room', new.room_id);
  end if;
  return null;
end;
$$;
create trigger _910_record_insert
  after insert on public.room_members
  for each row
  when (new.role <> 'owner')
  execute function private.tg_room_members__record();
create trigger _910_record_delete
  after delete on public.room_members
  for each row execute function private.tg_room_members__record();

-- Security definer: requests are nobody's to write directly.
create or replace function private.request_to_join(room_id uuid, message text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('rooms');
  v_message text := nullif(private.clean_line(left(request_to_join.message, 1000), 301), '');
  v_room public.rooms;
  v_request public.join_requests;
begin
  if char_length(v_message) > 300 then
    perform private.raise_error(422, 'request_message_too_long', 'What one writes with a request has at most 300 characters.');
  end if;
  perform private.lock_own_profile();
  -- Whoever has the id of a private room may knock, and learns no more than that it is there (docs/decisions/0070).
  select room.* into v_room
  from public.rooms as room
  where room.id = request_to_join.room_id and room.deleted_at is null
  for no key update;
  if v_room.id is null or private.is_blocked(v_room.owner_id, v_user_id) then
    perform private.raise_error(404, 'room_not_found', 'There is no room of this id that you can see.');
  end if;
  if private.room_role(v_room.id) is not null then
    perform private.raise_error(409, 'already_a_member', 'They are in the room already.');
  end if;
  if v_room.visibility <> 'private' then
    perform private.raise_error(409, 'room_is_open', 'Anybody may join this room; no request is needed.');
  end if;
  if private.is_banned_from_room(v_room.id, v_user_id) then
    perform private.raise_error(403, 'banned_from_room', 'You are banned from this room.');
  end if;

  select request.* into v_request
  from public.join_requests as request
  where request.room_id = v_room.id and request.user_id = v_user_id and request.status in ('pending', 'declined')
  order by request.status = 'pending' desc, request.decided_at desc
  limit 1;
  if v_request.status = 'pending' then
    return jsonb_build_object('id', v_request.id, 'status', v_request.status, 'created_at', v_request.created_at);
  end if;
  if v_request.decided_at > now() - make_interval(hours => private.setting('join_request_again_hours')::int) then
    perform private.raise_error(
      429, 'request_declined_recently', 'A request was declined only a while ago.',
      ceil(extract(epoch from v_request.decided_at + make_interval(hours => private.setting('join_request_again_hours')::int) - now()))::bigint::text
    );
  end if;
  perform private.take_token('request_to_join');
  if (
    select count(*) from public.join_requests as request where request.user_id = v_user_id and request.status = 'pending'
  ) >= private.setting('join_requests_limit') then
    perform private.raise_error(409, 'join_request_limit', 'Nobody can wait for more rooms than this.', private.setting('join_requests_limit')::text);
  end if;
  insert into public.join_requests (room_id, user_id, message) values (v_room.id, v_user_id, v_message) returning * into v_request;
  perform private.notify(
    member.user_id, 'join_request', v_user_id, 'room', v_room.id, data => jsonb_build_object('request_id', v_request.id)
  )
  from (
    select member.user_id
    from public.room_members as member
    where member.room_id = v_room.id and member.role >= 'moderator'
    order by member.user_id
  ) as member;
  return jsonb_build_object('id', v_request.id, 'status', v_request.status, 'created_at', v_request.created_at);
end;
$$;

-- Security definer: as request_to_join.
create or replace function private.withdraw_join_request(room_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_id uuid;
begin
  perform private.lock_own_profile();
  perform from public.rooms as room where room.id = withdraw_join_request.room_id for no key update;
  update public.join_requests as request
  set status = 'withdrawn', decided_at = now()
  where request.room_id = withdraw_join_request.room_id and request.user_id = v_user_id and request.status = 'pending'
  returning request.id into v_id;
  if v_id is null and not exists (
    select from public.join_requests as request where request.room_id = withdraw_join_request.room_id and request.user_id = v_user_id
  ) then
    perform private.raise_error(404, 'join_request_not_found', 'There is no request of this id to decide or withdraw.');
  end if;
  if v_id is not null then
    perform private.retract_join_request(withdraw_join_request.room_id, v_user_id);
  end if;
  return jsonb_build_object('status', 'withdrawn');
end;
$$;

create or replace function private.retract_join_request(room_id uuid, user_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.retract(member.user_id, 'join_request', retract_join_request.user_id, 'room', retract_join_request.room_id)
  from (
    select member.user_id
    from public.room_members as member
    where member.room_id = retract_join_request.room_id and member.role >= 'moderator'
    order by member.user_id
  ) as member
$$;
comment on function private.retract_join_request(uuid, uuid) is 'Moderators need not hear any more of a request that is decided or withdrawn';

-- Security definer: as request_to_join.
create or replace function private.decide_join_request(request_id uuid, approve boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_request public.join_requests;
  v_leaving_ids uuid[];
begin
  if decide_join_request.approve is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  select request.* into v_request from public.join_requests as request where request.id = decide_join_request.request_id;
  if v_request.id is null or (
    coalesce(private.room_role(v_request.room_id), 'member') < 'moderator' and not private.is_staff()
  ) or not private.can_see_room(v_request.room_id) or not private.can_see_profile(v_request.user_id) then
    perform private.raise_error(404, 'join_request_not_found', 'There is no request of this id to decide or withdraw.');
  end if;
  perform private.take_token('moderate_room');
  v_leaving_ids := private.lock_profiles(array[v_user_id, v_request.user_id]);
  if v_user_id = any (v_leaving_ids) then
    perform private.acting_user();
  end if;
  perform private.lock_room(v_request.room_id);
  perform private.require_room_moderator(v_request.room_id);
  -- Only now is it the last word: another moderator may have been faster.
  select request.* into v_request from public.join_requests as request where request.id = v_request.id for update;
  if v_request.status <> 'pending' then
    if v_request.status = (case when decide_join_request.approve then 'approved' else 'declined' end) then
      return jsonb_build_object('id', v_request.id, 'status', v_request.status);
    end if;
    perform private.raise_error(409, 'join_request_decided', 'The request is decided or withdrawn already.');
  end if;
  if decide_join_request.approve and v_request.user_id = any (v_leaving_ids) then
    perform private.raise_error(404, 'join_request_not_found', 'There is no request of this id to decide or withdraw.');
  end if;
  if decide_join_request.approve then
    perform private.admit(v_request.room_id, v_request.user_id, 'member');
  else
    update public.join_requests as request
    set status = 'declined', decided_by = v_user_id, decided_at = now()
    where request.id = v_request.id;
  end if;
  perform private.log_moderation(
    v_request.room_id, case when decide_join_request.approve then 'request_approved' else 'request_declined' end, v_request.user_id
  );
  perform private.retract_join_request(v_request.room_id, v_request.user_id);
  if decide_join_request.approve then
    perform private.notify(v_request.user_id, 'join_approved', v_user_id, 'room', v_request.room_id);
  end if;
  return jsonb_build_object('id', v_request.id, 'status', case when decide_join_request.approve then 'approved' else 'declined' end);
end;
$$;

-- source: sql/05_rooms/functions/15_member_lists.sql

-- Security definer: a list of people that checks its reader itself.
create or replace function private.room_members(room_id uuid, after text, page_size int)
returns setof public.room_member_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_reader_id uuid := auth.uid();
  v_is_staff boolean := private.is_staff();
  v_place text[] := private.decode_place('room_members', room_members.after, '{uuid,text,timestamptz,uuid}');
  v_size int := private.page_size(room_members.page_size);
  v_hidden_ids uuid[] := array(select private.hidden_profile_ids());
  v_seen_from timestamptz := now() - make_interval(secs => private.setting('room_active_seconds')::int);
begin
  perform private.require_room_reader(room_members.room_id);
  if v_place[1]::uuid <> room_members.room_id then
    perform private.raise_error(422, 'bad_cursor', 'This cursor is not one this list has given out; start again without it.');
  end if;
  return query
  select
    member.user_id, person.card ->> 'username', person.card ->> 'display_name', person.card ->> 'avatar_path',
    (person.card ->> 'is_verified')::boolean, member.role,
    exists (
      select from public.room_presence as seen
      where seen.room_id = member.room_id and seen.user_id = member.user_id and seen.last_seen_at > v_seen_from
      offset 0
    ),
    member.joined_at,
    private.encode_cursor('room_members', jsonb_build_array(member.room_id, member.role, member.joined_at, member.user_id)::text)
  from (
    select member.*
    from public.room_members as member
    where member.room_id = room_members.room_id
      and (member.role, member.joined_at, member.user_id) < (
        coalesce(v_place[2], 'z'), coalesce(v_place[3]::timestamptz, 'infinity'),
        coalesce(v_place[4]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      )
      and member.user_id <> all (v_hidden_ids)
    order by member.role desc, member.joined_at desc, member.user_id desc
    limit v_size
  ) as member
  join private.person_cards as person on person.profile_id = member.user_id
  order by member.role desc, member.joined_at desc, member.user_id desc;
end;
$$;

-- source: sql/05_rooms/functions/16_invites.sql

create or replace function private.new_invite_code()
returns text
language sql
volatile
security invoker
set search_path = ''
as $$
  -- 96 random bits: of two ids the first six bytes, which are random as a whole.
  select translate(
    encode(substring(uuid_send(gen_random_uuid()) for 6) || substring(uuid_send(gen_random_uuid()) for 6), 'base64'), '+/', '-_'
  )
$$;
comment on function private.new_invite_code() is '16 characters that nobody guesses, fit for an address';

create or replace function private.require_inviter(room public.rooms, role text, is_personal boolean)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if require_inviter.role is null or require_inviter.role not in ('member', 'moderator') then
    perform private.raise_error(422, 'room_role_unknown', 'One is made member or moderator of a room.');
  end if;
  if require_inviter.role = 'moderator' then
    if private.room_role((require_inviter.room).id) is distinct from 'owner' then
      perform private.raise_error(403, 'not_the_owner', 'This is for the owner of the room.');
    end if;
  elsif require_inviter.is_personal and (require_inviter.room).visibility <> 'private' then
    perform private.require_room_member((require_inviter.room).id);
  else
    perform private.require_room_moderator((require_inviter.room).id);
  end if;
  if (
    select count(*) from public.room_invites as invite where invite.room_id = (require_inviter.room).id and invite.expires_at > now()
  ) >= private.setting('room_invites_limit') then
    perform private.raise_error(
      409, 'invite_limit', 'No more invitations to one room are open at once than this.', private.setting('room_invites_limit')::text
    );
  end if;
end;
$$;
comment on function private.require_inviter(public.rooms, text, boolean) is
$$Refuse who may not invite to a room, which is locked

Members invite people to rooms that are open; to private ones, and with a code for whoever has it, moderators do; who shall be moderator is
the owner's to say.$$;

-- Security definer: invitations are nobody's to write directly.
create or replace function private.invite_to_room(room_id uuid, username text, role text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('rooms');
  v_other_id uuid;
  v_room public.rooms;
  v_invite public.room_invites;
begin
  perform private.require_room(invite_to_room.room_id);
  v_other_id := (private.visible_profile(invite_to_room.username)).id;
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  -- A block of the two waits for this, or this sees it.
  perform private.lock_pair(v_user_id, v_other_id);
  perform private.refuse_leaving(private.lock_profiles(array[v_user_id, v_other_id]));
  v_room := private.lock_room(invite_to_room.room_id);
  if private.is_blocked(v_user_id, v_other_id) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  perform private.require_inviter(v_room, invite_to_room.role, true);
  if private.role_in_room(v_room.id, v_other_id) is not null then
    perform private.raise_error(409, 'already_a_member', 'They are in the room already.');
  end if;
  if private.is_banned_from_room(v_room.id, v_other_id) then
    perform private.raise_error(409, 'invited_is_banned', 'They are banned from this room; the ban has to end first.');
  end if;
  perform private.take_token('invite_to_room');

  -- Invited again by the same person it is the same invitation, good from now on.
  update public.room_invites as invite
  set role = invite_to_room.role, expires_at = now() + make_interval(hours => private.setting('room_invite_hours')::int)
  where invite.room_id = v_room.id and invite.user_id = v_other_id and invite.invited_by = v_user_id
  returning invite.* into v_invite;
  if not found then
    insert into public.room_invites (room_id, code, user_id, invited_by, role, use_limit, expires_at)
    values (
      v_room.id, private.new_invite_code(), v_other_id, v_user_id, invite_to_room.role, 1,
      now() + make_interval(hours => private.setting('room_invite_hours')::int)
    )
    returning * into v_invite;
    perform private.notify(
      v_other_id, 'room_invite', v_user_id, 'room', v_room.id,
      data => jsonb_build_object('invite_id', v_invite.id, 'role', v_invite.role)
    );
  end if;
  return private.invite_card(v_invite);
end;
$$;

create or replace function private.invite_card(invite public.room_invites)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', (invite_card.invite).id, 'room_id', (invite_card.invite).room_id, 'code', (invite_card.invite).code,
    'role', (invite_card.invite).role, 'use_count', (invite_card.invite).use_count, 'use_limit', (invite_card.invite).use_limit,
    'expires_at', (invite_card.invite).expires_at
  )
$$;
comment on function private.invite_card(public.room_invites) is 'An invitation as those see it who made it';

-- Security definer: as invite_to_room.
create or replace function private.create_room_invite(room_id uuid, role text, use_limit int)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_invite public.room_invites;
begin
  if create_room_invite.use_limit not between 1 and 10000 then
    perform private.raise_error(422, 'use_limit_out_of_range', 'An invitation is for 1 to 10000 uses, or any number.');
  end if;
  perform private.lock_own_profile();
  v_room := private.lock_room(create_room_invite.room_id);
  perform private.require_inviter(v_room, create_room_invite.role, false);
  perform private.take_token('invite_to_room');
  insert into public.room_invites (room_id, code, invited_by, role, use_limit, expires_at)
  values (
    v_room.id, private.new_invite_code(), v_user_id, create_room_invite.role, create_room_invite.use_limit,
    now() + make_interval(hours => private.setting('room_invite_hours')::int)
  )
  returning * into v_invite;
  return private.invite_card(v_invite);
end;
$$;

-- Security definer: as invite_to_room.
create or replace function private.revoke_room_invite(invite_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_invite public.room_invites;
begin
  select invite.* into v_invite from public.room_invites as invite where invite.id = revoke_room_invite.invite_id;
  if v_invite.id is null or not (
    v_user_id = v_invite.invited_by
    -- Who was invited declines.
    or v_user_id is not distinct from v_invite.user_id
    or coalesce(private.room_role(v_invite.room_id), 'member') >= 'moderator'
    or private.is_staff()
  ) then
    perform private.raise_error(404, 'invite_not_found', 'This invitation is not good, or not any more.');
  end if;
  perform from public.rooms as room where room.id = v_invite.room_id for no key update;
  delete from public.room_invites as invite where invite.id = v_invite.id;
  if v_invite.user_id is not null then
    perform private.retract(v_invite.user_id, 'room_invite', v_invite.invited_by, 'room', v_invite.room_id);
  end if;
  return jsonb_build_object('is_invited', false);
end;
$$;

-- Security definer: shows a room to whom a code was given, before they join.
create or replace function private.room_invite(code text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_invite public.room_invites;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  select invite.* into v_invite from public.room_invites as invite where invite.code = btrim(room_invite.code);
  v_invite := private.open_invite(v_invite.room_id, v_invite.code);
  if v_invite.id is null then
    perform private.raise_error(404, 'invite_not_found', 'This invitation is not good, or not any more.');
  end if;
  return (
    select jsonb_build_object(
      'room', private.room_card(room.id), 'role', v_invite.role, 'expires_at', v_invite.expires_at,
      'invited_by', private.person_card(v_invite.invited_by)
    )
    from public.rooms as room
    where room.id = v_invite.room_id and room.deleted_at is null
  );
end;
$$;

-- Security definer: as room_invite.
create or replace function private.my_room_invites()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', invite.id, 'code', invite.code, 'role', invite.role, 'expires_at', invite.expires_at, 'room', private.room_card(invite.room_id),
      'invited_by', private.person_card(invite.invited_by)
    ) order by invite.id desc), '[]')
    from (
      select invite.*
      from public.room_invites as invite
      where invite.user_id = v_user_id
        and invite.expires_at > now()
        and private.can_see_profile(invite.invited_by)
        and not private.is_banned_from_room(invite.room_id, v_user_id)
      order by invite.id desc
      limit 100
    ) as invite
  );
end;
$$;

-- source: sql/05_rooms/functions/17_presence.sql

-- Security definer: presence and pulses are nobody's to write directly.
create or replace function private.heartbeat(room_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
begin
  perform private.require_room_member(heartbeat.room_id);
  -- A client that beats as it should pays nothing for the limit.
  if exists (
    select from public.room_presence as seen
    where seen.room_id = heartbeat.room_id and seen.user_id = v_user_id and seen.last_seen_at > now() - interval '5 seconds'
  ) then
    perform private.take_token('heartbeat');
  end if;
  if not private.be_present(heartbeat.room_id, v_user_id) then
    -- Put out a moment ago.
    perform private.require_room_member(heartbeat.room_id);
  end if;
  return jsonb_build_object(
    'listener_count', private.listener_count(heartbeat.room_id), 'next_in_seconds', private.setting('room_heartbeat_seconds'), 'server_time', now()
  );
end;
$$;

create or replace function private.be_present(room_id uuid, user_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_refreshed_at timestamptz;
begin
  update public.room_presence as seen
  set last_seen_at = greatest(seen.last_seen_at, now())
  where seen.room_id = be_present.room_id and seen.user_id = be_present.user_id;
  if not found then
    -- Waits for who puts them out at this moment.
    insert into public.room_presence as seen (room_id, user_id, last_seen_at)
    select member.room_id, member.user_id, now()
    from public.room_members as member
    where member.room_id = be_present.room_id and member.user_id = be_present.user_id
    for key share
    on conflict (room_id, user_id) do update set last_seen_at = greatest(seen.last_seen_at, excluded.last_seen_at);
    if not found then
      return false;
    end if;
  end if;
  select pulse.refreshed_at into v_refreshed_at from private.room_pulses as pulse where pulse.room_id = be_present.room_id;
  if v_refreshed_at is null or v_refreshed_at < now() - make_interval(secs => private.setting('room_pulse_seconds')::int) then
    perform private.refresh_room_pulse(be_present.room_id);
  end if;
  return true;
end;
$$;
comment on function private.be_present(uuid, uuid) is
'Note that a member is in a room, and count its listeners anew when the count is some seconds old; false when they are no member (any more)';

create or replace function private.refresh_room_pulse(room_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- One counts; whoever comes at the same moment goes on. An advisory lock, as the row may not be there yet.
  if not pg_try_advisory_xact_lock(hashtextextended('room_pulse:' || refresh_room_pulse.room_id, 0)) then
    return;
  end if;
  insert into private.room_pulses as pulse (room_id, is_listed, listener_count, event_count, refreshed_at)
  select
    room.id, room.visibility = 'public',
    private.active_listeners(room.id, private.setting('room_active_seconds')::int),
    coalesce((
      select sum(activity.event_count)
      from private.room_activity as activity
      where activity.room_id = room.id and activity.bucket > now() - interval '1 hour'
    ), 0),
    now()
  from public.rooms as room
  where room.id = refresh_room_pulse.room_id and room.deleted_at is null
  on conflict (room_id) do update
    set is_listed = excluded.is_listed, listener_count = excluded.listener_count, event_count = excluded.event_count,
        refreshed_at = excluded.refreshed_at;
end;
$$;
comment on function private.refresh_room_pulse(uuid) is 'Count who is active in a room and what was said and voted there in the last hour, for lists';

-- Security definer: service_role may read and write none of this.
create or replace function private.forget_old_room_pulses(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_size int := least(greatest(coalesce(forget_old_room_pulses.size, 1000), 1), 10000);
  v_count int;
  v_done int := 0;
begin
  -- A room where no heart beats any more leaves the top of trending_rooms, where it would be walked over.
  delete from private.room_pulses as pulse
  where pulse.room_id in (
    select old.room_id
    from private.room_pulses as old
    where old.refreshed_at < now() - make_interval(secs => 2 * private.setting('room_active_seconds')::int)
    limit v_size
    for update skip locked
  );
  get diagnostics v_count = row_count;
  v_done := v_done + v_count;
  delete from private.room_activity as activity
  where (activity.room_id, activity.bucket, activity.slot) in (
    select old.room_id, old.bucket, old.slot
    from private.room_activity as old
    where old.bucket < now() - interval '2 hours'
    limit v_size
    for update skip locked
  );
  get diagnostics v_count = row_count;
  v_done := v_done + v_count;
  delete from public.room_invites as invite
  where invite.id in (
    select old.id from public.room_invites as old
    where old.expires_at < now() - interval '7 days'
    limit v_size
    for update skip locked
  );
  get diagnostics v_count = row_count;
  return v_done + v_count;
end;
$$;

-- source: sql/05_rooms/functions/18_room_lists.sql

-- Security definer: as can_see_room.
create or replace function private.room_card(room_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', room.id, 'slug', room.slug, 'name', room.name, 'description', room.description, 'kind', room.kind, 'visibility', room.visibility,
    'genre', room.genre, 'tags', to_jsonb(room.tags), 'region', room.region, 'avatar_path', room.avatar_path,
    'owner', case when private.can_see_profile(room.owner_id) then private.person_card(room.owner_id) end, 'artist_id', room.artist_id,
    'member_count', room.member_count, 'member_limit', room.member_limit, 'created_at', room.created_at, 'updated_at', room.updated_at
  )
  from public.rooms as room
  where room.id = room_card.room_id and room.deleted_at is null
$$;
comment on function private.room_card(uuid) is
'A room as things of the rooms show it; asks nothing but whether the caller may see its owner: whoever uses it has decided that the room may be seen';

-- Security definer: shows the caller what the tables show to members alone, of a room whose id they have.
create or replace function private.room_state(room_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := auth.uid();
  v_state jsonb;
begin
  perform private.require_room(room_state.room_id);
  select private.room_card(room.id) || jsonb_build_object(
    'policies', jsonb_build_object(
      'max_track_ms', room.max_track_ms, 'repeat_window_minutes', room.repeat_window_minutes,
      'queue_limit_per_member', room.queue_limit_per_member, 'tracks_per_turn', room.tracks_per_turn,
      'rotation_cycles', room.rotation_cycles, 'downvotes_enabled', room.downvotes_enabled, 'vote_skip_enabled', room.vote_skip_enabled,
      'vote_skip_ratio', room.vote_skip_ratio, 'vote_skip_minimum', room.vote_skip_minimum, 'slow_mode_seconds', room.slow_mode_seconds
    ),
    'pinned_track', private.track_card(room.pinned_track_id),
    'my_role', (
      select member.role from public.room_members as member where member.room_id = room.id and member.user_id = v_user_id
    ),
    'my_ban', (
      select jsonb_build_object('until', ban.until, 'reason', ban.reason)
      from public.room_bans as ban
      where ban.room_id = room.id and ban.user_id = v_user_id and (ban.until is null or ban.until > now())
    ),
    'my_request', (
      select jsonb_build_object('id', request.id, 'created_at', request.created_at)
      from public.join_requests as request
      where request.room_id = room.id and request.user_id = v_user_id and request.status = 'pending'
    ),
    'listener_count', private.listener_count(room.id),
    'can_read', private.can_read_room(room.id),
    'server_time', now()
  )
  into v_state
  from public.rooms as room
  where room.id = room_state.room_id;
  return v_state;
end;
$$;

-- Security definer: as room_state.
create or replace function private.room_by_slug(slug text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return private.room_state((
    select room.id from public.rooms as room where room.slug = lower(btrim(room_by_slug.slug)) and room.deleted_at is null
  ));
end;
$$;

-- Security definer: reads rooms that the table does not show, and blocks made by others.
create or replace function private.is_listed_room(room_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from public.rooms as room
    where room.id = is_listed_room.room_id
      and room.deleted_at is null
      and (
        room.visibility = 'public'
        or exists (
          select from public.room_members as member where member.room_id = room.id and member.user_id = (select auth.uid())
        )
      )
  )
$$;
comment on function private.is_listed_room(uuid) is 'Whether the caller may be told of a room they have not asked for: public ones, and those they are in';

create or replace function private.room_rows(room_ids uuid[], hidden_ids uuid[], list text, places text[])
returns setof public.room_row
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_from timestamptz := now() - make_interval(secs => private.setting('room_active_seconds')::int);
begin
  return query
  select
    room.id, room.slug, room.name, room.description, room.kind, room.visibility, room.genre, room.tags, room.region, room.avatar_path,
    case
      when room.owner_id <> all (room_rows.hidden_ids) then (
        select person.card from private.person_cards as person where person.profile_id = room.owner_id offset 0
      )
    end,
    (select member.role from public.room_members as member where member.room_id = room.id and member.user_id = v_user_id offset 0),
    room.member_count,
    coalesce((
      select pulse.listener_count
      from private.room_pulses as pulse
      where pulse.room_id = room.id and pulse.refreshed_at > v_from
      offset 0
    ), 0),
    room.created_at,
    private.encode_cursor(room_rows.list, room_rows.places[found.place])
  from unnest(room_rows.room_ids) with ordinality as found (id, place)
  join public.rooms as room on room.id = found.id
  order by found.place;
end;
$$;
comment on function private.room_rows(uuid[], uuid[], text, text[]) is
'Rooms as lists show them, in this order, each with the cursor of its place; owners among hidden_ids are not shown; who has them found asks whether they may be seen';

-- Security definer: a list that checks its reader itself; trigram operators cannot use their index under RLS.
create or replace function private.discover_rooms(query text, genre text, after text, page_size int)
returns setof public.room_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_query text := coalesce(lower(private.clean_line(left(discover_rooms.query, 1000), 80)), '');
  v_genre text := nullif(discover_rooms.genre, '');
  v_search text := v_query || '|' || coalesce(v_genre, '');
  v_pattern text := '%' || regexp_replace(v_query, '([\\%_])', '\\\1', 'g') || '%';
  v_candidates int := private.setting('room_search_candidates');
  v_place text[] := private.decode_place('discover_rooms', discover_rooms.after, '{text,float8,uuid}');
  v_size int := private.page_size(discover_rooms.page_size);
  v_hidden_ids uuid[] := array(
    select private.hidden_profile_ids() union all select mute.muted_id from public.mutes as mute where mute.muter_id = (select auth.uid())
  );
  v_ids uuid[];
  v_scores float8[];
begin
  if char_length(v_query) = 1 then
    perform private.raise_error(422, 'query_too_short', 'Search for at least two characters.');
  end if;
  if v_place[1] <> v_search then
    perform private.raise_error(422, 'bad_cursor', 'This cursor belongs to another search; start again without it.');
  end if;

  -- Statements of their own, as each has its index.
  if v_query = '' and v_genre is null then
    v_ids := array(
      select room.id
      from public.rooms as room
      where room.visibility = 'public'
        and room.deleted_at is null
        and room.id < coalesce(v_place[3]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        and room.owner_id <> all (v_hidden_ids)
      order by room.id desc
      limit v_size
    );
    v_scores := array_fill(0::float8, array[cardinality(v_ids)]);
  elsif v_query = '' then
    v_ids := array(
      select room.id
      from public.rooms as room
      where room.visibility = 'public'
        and room.deleted_at is null
        and (room.genre, room.id) < (v_genre, coalesce(v_place[3]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        and (room.genre, room.id) > (v_genre, '00000000-0000-0000-0000-000000000000')
        and room.owner_id <> all (v_hidden_ids)
      order by room.genre desc, room.id desc
      limit v_size
    );
    v_scores := array_fill(0::float8, array[cardinality(v_ids)]);
  else
    -- A common word would otherwise rank half of all rooms. What begins with it ranks above what has it elsewhere; two characters have no
    -- trigram and begin a name. Bounds of a range, as no pattern that comes as a parameter is looked up in a tree.
    select array_agg(found.id), array_agg(found.score) into v_ids, v_scores
    from (
      select room.id, extensions.similarity(lower(room.name), v_query) + case when lower(room.name) = v_query then 2 else 1 end as score
      from public.rooms as room
      where room.visibility = 'public'
        and room.deleted_at is null
        and lower(room.name) operator(pg_catalog.~>=~) v_query
        and lower(room.name) operator(pg_catalog.~<~) (v_query || U&'\+10FFFF')
        and (v_genre is null or room.genre = v_genre)
        and room.owner_id <> all (v_hidden_ids)
      order by lower(room.name) using operator(pg_catalog.~<~), room.id
      limit v_candidates
    ) as found;
    if char_length(v_query) > 2 and coalesce(cardinality(v_ids), 0) < v_candidates then
      select v_ids || array_agg(found.id), v_scores || array_agg(found.score) into v_ids, v_scores
      from (
        select room.id, extensions.similarity(lower(room.name), v_query) as score
        from public.rooms as room
        where room.visibility = 'public'
          and room.deleted_at is null
          and lower(room.name) like v_pattern
          and not starts_with(lower(room.name), v_query)
          and (v_genre is null or room.genre = v_genre)
          and room.owner_id <> all (v_hidden_ids)
        limit v_candidates
      ) as found;
    end if;
    select array_agg(page.id order by page.place), array_agg(page.score order by page.place) into v_ids, v_scores
    from (
      select found.id, found.score, row_number() over (order by -found.score, found.id) as place
      from unnest(v_ids, v_scores) as found (id, score)
      where v_place is null or (-found.score, found.id) > (-v_place[2]::double precision, v_place[3]::uuid)
      order by -found.score, found.id
      limit v_size
    ) as page;
  end if;
  return query
  select row.*
  from private.room_rows(v_ids, '{}', 'discover_rooms', array(
    select jsonb_build_array(v_search, found.score, found.id)::text
    from unnest(v_ids, v_scores) with ordinality as found (id, score, place)
    order by found.place
  )) as row;
end;
$$;

-- Security definer: as discover_rooms, over pulses nobody may read.
create or replace function private.trending_rooms(after text, page_size int)
returns setof public.room_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_place text[] := private.decode_place('trending_rooms', trending_rooms.after, '{int4,int4,uuid}');
  v_size int := private.page_size(trending_rooms.page_size);
  v_hidden_ids uuid[] := array(
    select private.hidden_profile_ids() union all select mute.muted_id from public.mutes as mute where mute.muter_id = (select auth.uid())
  );
  v_from timestamptz := now() - make_interval(secs => private.setting('room_active_seconds')::int);
  v_ids uuid[];
  v_places text[];
begin
  select array_agg(found.id order by found.place), array_agg(found.text order by found.place) into v_ids, v_places
  from (
    select pulse.room_id as id,
      jsonb_build_array(pulse.listener_count, pulse.event_count, pulse.room_id)::text as text,
      row_number() over (order by pulse.listener_count desc, pulse.event_count desc, pulse.room_id desc) as place
    from private.room_pulses as pulse
    join public.rooms as room on room.id = pulse.room_id
    where pulse.is_listed
      and pulse.refreshed_at > v_from
      and (pulse.listener_count, pulse.event_count, pulse.room_id) < (
        coalesce(v_place[1]::int, 2147483647), coalesce(v_place[2]::int, 2147483647),
        coalesce(v_place[3]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      )
      and room.visibility = 'public'
      and room.deleted_at is null
      and room.owner_id <> all (v_hidden_ids)
    order by pulse.listener_count desc, pulse.event_count desc, pulse.room_id desc
    limit v_size
  ) as found;
  return query select row.* from private.room_rows(v_ids, '{}', 'trending_rooms', v_places) as row;
end;
$$;

-- Security definer: as discover_rooms.
create or replace function private.my_rooms(after text, page_size int)
returns setof public.room_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_place text[] := private.decode_place('my_rooms', my_rooms.after, '{timestamptz,uuid}');
  v_size int := private.page_size(my_rooms.page_size);
  v_ids uuid[];
  v_places text[];
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  select array_agg(found.room_id order by found.joined_at desc, found.room_id desc),
    array_agg(jsonb_build_array(found.joined_at, found.room_id)::text order by found.joined_at desc, found.room_id desc)
  into v_ids, v_places
  from (
    select member.room_id, member.joined_at
    from public.room_members as member
    join public.rooms as room on room.id = member.room_id
    where member.user_id = v_user_id
      and (member.joined_at, member.room_id) < (
        coalesce(v_place[1]::timestamptz, 'infinity'), coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      )
      and room.deleted_at is null
    order by member.joined_at desc, member.room_id desc
    limit v_size
  ) as found;
  return query select row.* from private.room_rows(v_ids, array(select private.hidden_profile_ids()), 'my_rooms', v_places) as row;
end;
$$;

-- source: sql/05_rooms/functions/20_who_hears.sql

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
  select private.is_muted_in_room(private.topic_room_id(), (select auth.uid()))
$$;
comment on function private.is_muted_on_topic() is
'Whether the caller is muted in the room whose topic realtime asks about: what clients broadcast there is theirs to write, as a message is';

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
            or (not each.is_hidden and each.profile_id <> all (room_messages_for.unheard_ids))
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
      or (not author.is_hidden and message.author_id <> all (room_messages_for.unheard_ids))
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
'Whether the caller may see what a message of a room says: who reads the room; not across a block, but for its moderators; not of who is hidden; not deleted';

-- source: sql/05_rooms/functions/21_saying.sql

-- Security definer: clients hold no insert right on messages, so that every one passes the checks below.
--
-- The commonest message, a text of a member, asks all that stands against it in one statement; whatever is not found so is looked at one thing
-- after the other, which finds the reason.
create or replace function private.send_message(room_id uuid, body text, client_id uuid, reply_to_id uuid, track_id uuid)
returns public.room_message_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_body text := nullif(btrim(send_message.body, E' \t\r\n'), '');
  v_user_id uuid;
  v_role text;
  v_slow_seconds int;
  v_message_id uuid;
  v_card jsonb;
  v_message public.messages;
  v_wait text;
begin
  -- A message that is sent twice at once is one after the other here: the second finds the first, whatever the limits say.
  if send_message.client_id is not null then
    v_wait := pg_advisory_xact_lock(hashtextextended(send_message.client_id::text, 5))::text;
  end if;
  select writer.user_id, member.role, room.slow_mode_seconds, (
    select sent.id
    from public.messages as sent
    where sent.room_id = member.room_id and sent.author_id = member.user_id and sent.client_id = send_message.client_id
  ), (select person.card from private.person_cards as person where person.profile_id = writer.user_id)
  into v_user_id, v_role, v_slow_seconds, v_message_id, v_card
  from private.writers as writer
  join public.room_members as member on member.room_id = send_message.room_id and member.user_id = writer.user_id
  join public.rooms as room on room.id = member.room_id and room.deleted_at is null
  where writer.feature = 'rooms'
    and not exists (
      select from public.room_mutes as mute
      where mute.room_id = member.room_id and mute.user_id = member.user_id and mute.until > now()
      offset 0
    )
    and not exists (
      select from public.room_bans as ban
      where ban.room_id = member.room_id and ban.user_id = member.user_id and (ban.until is null or ban.until > now())
      offset 0
    );
  if v_user_id is null then
    v_user_id := private.acting_user('rooms');
    v_role := private.require_room_speaker(send_message.room_id);
    select room.slow_mode_seconds into v_slow_seconds from public.rooms as room where room.id = send_message.room_id;
  end if;
  if v_message_id is not null then
    return private.own_room_message(send_message.room_id, v_message_id);
  end if;

  if v_body is null and send_message.track_id is null then
    perform private.raise_error(422, 'body_missing', 'A message needs a text, or a track it shares.');
  end if;
  if char_length(v_body) > 500 then
    perform private.raise_error(422, 'body_too_long', 'A message has at most 500 characters.');
  end if;
  if send_message.track_id is not null then
    if not private.can_see_track(send_message.track_id) then
      perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
    end if;
    if (select track.status <> 'published' from public.tracks as track where track.id = send_message.track_id) then
      perform private.raise_error(409, 'track_not_published', 'Others cannot see this track, or not yet.');
    end if;
  end if;
  if send_message.reply_to_id is not null and not exists (
    select from public.messages as message
    where message.room_id = send_message.room_id and message.id = send_message.reply_to_id and private.can_see_room_message(message.id)
  ) then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;

  -- From here on one's own messages come one after the other, as the token is one row.
  perform private.take_token('send_room_message');
  if v_slow_seconds > 0 and v_role = 'member' then
    perform private.require_slowness(send_message.room_id, v_slow_seconds);
  end if;
  insert into public.messages (room_id, author_id, body, track_id, reply_to_id, client_id, created_at)
  values (
    send_message.room_id, v_user_id, v_body, send_message.track_id, send_message.reply_to_id, send_message.client_id, clock_timestamp()
  )
  returning * into v_message;
  if v_card is null or v_message.reply_to_id is not null or v_message.track_id is not null then
    return private.own_room_message(v_message.room_id, v_message.id);
  end if;
  -- A text alone shows what is at hand.
  return (
    v_message.id, v_message.room_id, v_message.kind, v_card, v_message.body, null, v_message.data, null, null, v_message.client_id, '[]'::jsonb,
    v_message.created_at, null, null, null, null
  )::public.room_message_row;
end;
$$;

create or replace function private.require_slowness(room_id uuid, seconds int)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_last_at timestamptz;
  v_left numeric;
begin
  if private.is_staff() then
    return;
  end if;
  -- The last one said, also when it is deleted: deleting is no way round.
  select message.created_at into v_last_at
  from public.messages as message
  where message.author_id = auth.uid() and message.room_id = require_slowness.room_id and message.kind = 'text'
  order by message.author_id desc, message.room_id desc, message.id desc
  limit 1;
  v_left := require_slowness.seconds - extract(epoch from clock_timestamp() - v_last_at);
  if v_left > 0 then
    perform private.raise_error(429, 'slow_mode', 'This room is in slow mode; wait a little.', ceil(v_left)::int::text);
  end if;
end;
$$;
comment on function private.require_slowness(uuid, int) is
'Refuse who has said something in a room within so many seconds: slow_mode (429; hint: seconds to wait). After take_token, whose lock makes it exact; staff are free of it';

-- Security definer: shows the caller what they have just written, past the policies, which would cost more than the row.
create or replace function private.own_room_message(room_id uuid, message_id uuid)
returns public.room_message_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_row public.room_message_row;
begin
  select
    message.id, message.room_id, message.kind, message.author, message.body, message.code, message.data, message.track, message.reply_to,
    message.client_id, message.reactions, message.created_at, message.edited_at, message.pinned_at, message.deleted_at, null
  into v_row
  from private.room_messages_for(v_user_id, '{}', true) as message
  where message.room_id = own_room_message.room_id and message.id = own_room_message.message_id and message.author_id = v_user_id;
  return v_row;
end;
$$;

-- Security definer: clients hold no update right on messages.
create or replace function private.edit_message(message_id uuid, body text)
returns public.room_message_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_body text := nullif(btrim(edit_message.body, E' \t\r\n'), '');
  v_message public.messages;
begin
  select message.* into v_message
  from public.messages as message
  where message.id = edit_message.message_id
    and message.author_id = v_user_id
    and message.kind = 'text'
    and message.deleted_at is null
  for no key update;
  if not found then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;
  perform private.require_room_speaker(v_message.room_id);
  if v_message.body is not distinct from v_body then
    return private.own_room_message(v_message.room_id, v_message.id);
  end if;
  perform private.take_token('edit_room_message');
  if v_message.created_at < now() - make_interval(mins => private.setting('message_edit_minutes')::int) then
    perform private.raise_error(409, 'edit_window_passed', 'A message can be edited only for a while after it was sent.');
  end if;
  if v_body is null and v_message.track_id is null then
    perform private.raise_error(422, 'body_missing', 'A message needs a text, or a track it shares.');
  end if;
  if char_length(v_body) > 500 then
    perform private.raise_error(422, 'body_too_long', 'A message has at most 500 characters.');
  end if;
  update public.messages as message set body = v_body, edited_at = clock_timestamp() where message.id = v_message.id;
  return private.own_room_message(v_message.room_id, v_message.id);
end;
$$;

-- Security definer: as edit_message. One's own words can be taken back from wherever one no longer is.
create or replace function private.delete_message(message_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_message public.messages;
begin
  select message.* into v_message from public.messages as message where message.id = delete_message.message_id for no key update;
  if v_message.author_id is distinct from v_user_id or v_message.kind = 'system' then
    v_message := private.message_to_moderate(v_message);
  end if;
  if v_message.deleted_at is not null then
    return;
  end if;
  update public.messages as message set deleted_at = now() where message.id = v_message.id;
  if v_message.author_id is distinct from v_user_id then
    perform private.log_moderation(
      v_message.room_id, 'message_deleted', v_message.author_id, data => jsonb_build_object('message_id', v_message.id)
    );
  end if;
end;
$$;

create or replace function private.message_to_moderate(message public.messages)
returns public.messages
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if (message_to_moderate.message).id is null or not private.can_read_room((message_to_moderate.message).room_id) then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;
  perform private.require_room_moderator((message_to_moderate.message).room_id);
  perform private.take_token('moderate_room');
  return message_to_moderate.message;
end;
$$;
comment on function private.message_to_moderate(public.messages) is
'A message of a room the caller moderates; else message_not_found (404), not_a_member or not_a_moderator (403). Takes a token';

-- Security definer: reactions and their counts are nobody's to write directly.
create or replace function private.react(message_id uuid, emoji text, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_message public.messages;
  v_is_visible boolean;
begin
  if react.present is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  -- The message before its reactions, as whoever deletes it does.
  select message.* into v_message from public.messages as message where message.id = react.message_id for no key update;
  v_is_visible := private.can_see_room_message(react.message_id);
  -- One's own reaction can be taken back from what one no longer sees.
  if not v_is_visible and (
    react.present
    or not exists (
      select from public.message_reactions as reaction
      where reaction.room_id = v_message.room_id and reaction.message_id = v_message.id and reaction.user_id = v_user_id
    )
  ) then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;

  if not react.present then
    delete from public.message_reactions as reaction
    where reaction.room_id = v_message.room_id
      and reaction.message_id = v_message.id
      and reaction.user_id = v_user_id
      and reaction.emoji = react.emoji;
  else
    perform private.require_room_speaker(v_message.room_id);
    if not exists (select from public.reaction_emoji as listed where listed.emoji = react.emoji) then
      perform private.raise_error(422, 'emoji_unknown', 'This emoji is none of reaction_emoji.');
    end if;
    if not exists (
      select from public.message_reactions as reaction
      where reaction.room_id = v_message.room_id
        and reaction.message_id = v_message.id
        and reaction.user_id = v_user_id
        and reaction.emoji = react.emoji
    ) then
      perform private.take_token('react_in_room');
      insert into public.message_reactions (room_id, message_id, user_id, emoji)
      values (v_message.room_id, v_message.id, v_user_id, react.emoji);
    end if;
  end if;

  return jsonb_build_object('present', react.present, 'count', (
    select coalesce((message.reactions ->> react.emoji)::int, 0)
    from public.messages as message
    where message.id = v_message.id and v_is_visible
  ));
end;
$$;

-- Security definer: messages are nobody's to write directly; only what moves a room, and moderates it, calls this.
create or replace function private.system_message(room_id uuid, code text, data jsonb default '{}', author_id uuid default auth.uid())
returns uuid
language sql
volatile
security definer
set search_path = ''
as $$
  insert into public.messages (room_id, kind, author_id, code, data, created_at)
  values (
    system_message.room_id, 'system', system_message.author_id, system_message.code, system_message.data, clock_timestamp()
  )
  returning id
$$;
comment on function private.system_message(uuid, text, jsonb, uuid) is
$$Let the chat of a room tell what has happened, in no language: a code and data, no person's id in it

author_id: who did it, the caller unless another is named; null for nobody. Returns the message.$$;

-- source: sql/05_rooms/functions/22_chat_triggers.sql

create or replace function private.tg_messages__empty()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- What an erased person said is a deleted message of nobody; what they did has happened all the same.
  if new.author_id is null and new.kind = 'text' then
    new.deleted_at := coalesce(new.deleted_at, now());
  end if;
  if new.deleted_at is not null then
    new.body := null;
    new.code := null;
    new.data := '{}';
    new.track_id := null;
    new.reactions := '{}';
    new.pinned_at := null;
  end if;
  return new;
end;
$$;
comment on function private.tg_messages__empty() is 'A deleted message keeps its row and nothing that was in it';
create trigger _200_empty
  before update of author_id, deleted_at on public.messages
  for each row execute function private.tg_messages__empty();

-- Security definer: writes to the realtime schema, and what trending_rooms weighs. Ids alone: what a topic has carried stays in its log for days,
-- and reaches people between whom a block stands; what a message says is asked of room_messages and room_message, which know their reader.
create or replace function private.tg_messages__tell()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- As broadcast_room and bump_room_activity, without the calls, as this is what most rooms do most.
  perform realtime.send(
    jsonb_build_object('id', new.id, 'kind', new.kind, 'author_id', new.author_id, 'room_id', new.room_id), 'message', 'room:' || new.room_id, true
  );
  if new.kind = 'text' then
    insert into private.room_activity as activity (room_id, bucket, slot, event_count)
    values (new.room_id, date_bin('5 minutes', now(), '2001-01-01 00:00:00+00'), pg_backend_pid() % 16, 1)
    on conflict (room_id, bucket, slot) do update set event_count = activity.event_count + 1;
  end if;
  return null;
end;
$$;
create trigger _900_tell
  after insert on public.messages
  for each row execute function private.tg_messages__tell();

-- Security definer: reactions and activity are nobody's to remove, and as tg_messages__tell.
create or replace function private.tg_messages__forget()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.message_reactions as reaction where reaction.room_id = new.room_id and reaction.message_id = new.id;
  if old.pinned_at is not null then
    perform private.retract_pin(new.room_id, new.id);
  end if;
  perform private.broadcast_room(new.room_id, 'message_deleted', jsonb_build_object('id', new.id));
  return null;
end;
$$;
-- Not of deleted_at alone: erasure takes the author, and the trigger before this one deletes the message for it.
create trigger _500_forget
  after update on public.messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_messages__forget();

create or replace function private.retract_pin(room_id uuid, message_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  delete from public.activity_events as event
  where event.target_id = retract_pin.room_id
    and event.target_kind = 'room'
    and event.kind = 'message_pinned'
    and event.data ->> 'message_id' = retract_pin.message_id::text
$$;
comment on function private.retract_pin(uuid, uuid) is 'What is pinned no more is no news';

-- Security definer: as tg_messages__tell; and writes what others read of the moderator. In a public room it is news to their followers.
create or replace function private.tg_messages__tell_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_actor_id uuid := auth.uid();
begin
  if new.edited_at is distinct from old.edited_at then
    perform private.broadcast_room(new.room_id, 'message_edited', jsonb_build_object('id', new.id));
  end if;
  if (new.pinned_at is null) <> (old.pinned_at is null) then
    perform private.broadcast_room(
      new.room_id, 'message_pinned', jsonb_build_object('id', new.id, 'is_pinned', new.pinned_at is not null)
    );
    if new.pinned_at is null then
      perform private.retract_pin(new.room_id, new.id);
    else
      perform private.system_message(new.room_id, 'message_pinned', jsonb_build_object('message_id', new.id));
      if v_actor_id is not null and exists (
        select from public.rooms as room where room.id = new.room_id and room.visibility = 'public'
      ) then
        perform private.record_activity(
          'message_pinned', v_actor_id, 'room', new.room_id, data => jsonb_build_object('message_id', new.id)
        );
      end if;
    end if;
  end if;
  return null;
end;
$$;
create trigger _900_tell_change
  after update on public.messages
  for each row
  when (
    new.deleted_at is null
    and (new.edited_at is distinct from old.edited_at or (new.pinned_at is null) <> (old.pinned_at is null))
  )
  execute function private.tg_messages__tell_change();

-- Security definer: the counts on the message are nobody's to write, nor is the realtime schema.
create or replace function private.tg_message_reactions__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_reactions jsonb;
begin
  update public.messages as message
  set reactions = message.reactions
    || jsonb_build_object(new.emoji, coalesce((message.reactions ->> new.emoji)::int, 0) + 1)
  where message.room_id = new.room_id and message.id = new.message_id
  returning message.reactions into v_reactions;
  perform private.broadcast_room(
    new.room_id, 'reaction', jsonb_build_object('id', new.message_id, 'emoji', new.emoji, 'count', v_reactions -> new.emoji)
  );
  return null;
end;
$$;
create trigger _500_count
  after insert on public.message_reactions
  for each row execute function private.tg_message_reactions__count();

-- Security definer: as tg_message_reactions__count. Once a statement, as a moderator may clear thousands: a row that is written again and again
-- in one transaction is found through all its versions.
create or replace function private.tg_message_reactions__uncount()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_change record;
begin
  for v_change in
    with fewer as (
      select reaction.room_id, reaction.message_id, reaction.emoji, count(*)::int as number
      from gone as reaction
      group by reaction.room_id, reaction.message_id, reaction.emoji
    ),
    changed as (
      update public.messages as message
      set reactions = (
        select coalesce(jsonb_object_agg(counted.emoji, counted.number), '{}')
        from (
          select each.key as emoji, each.value::int - coalesce((
            select fewer.number
            from fewer
            where fewer.room_id = message.room_id and fewer.message_id = message.id and fewer.emoji = each.key
          ), 0) as number
          from jsonb_each_text(message.reactions) as each
        ) as counted
        where counted.number > 0
      )
      where (message.room_id, message.id) in (select fewer.room_id, fewer.message_id from fewer) and message.deleted_at is null
      returning message.room_id, message.id, message.reactions
    )
    select changed.room_id, changed.id, fewer.emoji, coalesce((changed.reactions ->> fewer.emoji)::int, 0) as number
    from changed
    join fewer on fewer.room_id = changed.room_id and fewer.message_id = changed.id
    order by changed.room_id, changed.id, fewer.emoji
  loop
    perform private.broadcast_room(
      v_change.room_id, 'reaction', jsonb_build_object('id', v_change.id, 'emoji', v_change.emoji, 'count', v_change.number)
    );
  end loop;
  return null;
end;
$$;
create trigger _500_uncount
  after delete on public.message_reactions
  referencing old table as gone
  for each statement execute function private.tg_message_reactions__uncount();

-- Security definer: messages are nobody's to write. What all in a room should know of it stands in its chat; who comes and goes does not.
create or replace function private.tg_rooms__tell_chat()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if new.name <> old.name then
    perform private.system_message(new.id, 'room_renamed');
  end if;
  if new.pinned_track_id is distinct from old.pinned_track_id and new.pinned_track_id is not null then
    perform private.system_message(new.id, 'track_pinned', jsonb_build_object('track_id', new.pinned_track_id));
  end if;
  if new.slow_mode_seconds <> old.slow_mode_seconds then
    perform private.system_message(new.id, 'slow_mode_changed', jsonb_build_object('seconds', new.slow_mode_seconds));
  end if;
  if new.owner_id <> old.owner_id then
    perform private.system_message(new.id, 'owner_changed', author_id => new.owner_id);
  end if;
  return null;
end;
$$;
create trigger _910_tell_chat
  after update of name, pinned_track_id, slow_mode_seconds, owner_id on public.rooms
  for each row
  when (
    new.deleted_at is null
    and (old.name, old.pinned_track_id, old.slow_mode_seconds, old.owner_id)
      is distinct from (new.name, new.pinned_track_id, new.slow_mode_seconds, new.owner_id)
  )
  execute function private.tg_rooms__tell_chat();

create or replace function private.lock_chat_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from public.messages as message
  where message.author_id = any (lock_chat_ties.user_ids)
    or (message.room_id, message.id) in (
      select reaction.room_id, reaction.message_id from public.message_reactions as reaction where reaction.user_id = any (lock_chat_ties.user_ids)
    )
  order by message.room_id, message.id
  for no key update;
end;
$$;
comment on function private.lock_chat_ties(uuid[]) is
'Before accounts are erased: lock the messages of rooms that they wrote or reacted to, in the order of their ids, after the rooms';

-- source: sql/05_rooms/functions/23_keeping_order.sql

-- Security definer: messages are nobody's to write directly.
create or replace function private.pin_message(message_id uuid, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_message public.messages;
begin
  if pin_message.present is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  select message.* into v_message from public.messages as message where message.id = pin_message.message_id;
  if v_message.id is null or not private.can_read_room(v_message.room_id) then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;
  -- The room, so that the limit holds whoever pins at once.
  perform private.lock_room(v_message.room_id);
  select message.* into v_message from public.messages as message where message.id = v_message.id for no key update;
  v_message := private.message_to_moderate(v_message);
  if v_message.deleted_at is not null or v_message.kind = 'system' then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;
  if (v_message.pinned_at is not null) <> pin_message.present then
    if pin_message.present and (
      select count(*) from public.messages as message where message.room_id = v_message.room_id and message.pinned_at is not null
    ) >= private.setting('pinned_messages_limit') then
      perform private.raise_error(
        409, 'pinned_messages_limit', 'No more messages of a room can be pinned than this.', private.setting('pinned_messages_limit')::text
      );
    end if;
    update public.messages as message
    set pinned_at = case when pin_message.present then clock_timestamp() end
    where message.id = v_message.id;
    perform private.log_moderation(
      v_message.room_id, case when pin_message.present then 'message_pinned' else 'message_unpinned' end, v_message.author_id,
      data => jsonb_build_object('message_id', v_message.id)
    );
  end if;
  return jsonb_build_object('is_pinned', pin_message.present);
end;
$$;

-- Security definer: as pin_message.
create or replace function private.clear_reactions(message_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_message public.messages;
  v_count int;
begin
  select message.* into v_message from public.messages as message where message.id = clear_reactions.message_id for no key update;
  v_message := private.message_to_moderate(v_message);
  delete from public.message_reactions as reaction where reaction.room_id = v_message.room_id and reaction.message_id = v_message.id;
  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform private.log_moderation(
      v_message.room_id, 'reactions_cleared', v_message.author_id,
      data => jsonb_build_object('message_id', v_message.id, 'count', v_count)
    );
  end if;
  return jsonb_build_object('cleared', v_count);
end;
$$;

-- Security definer: mutes are nobody's to write directly.
create or replace function private.mute_member(room_id uuid, username text, minutes int)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_role text;
  v_other_id uuid;
  v_other_role text;
  v_until timestamptz;
begin
  if mute_member.minutes is null or mute_member.minutes not between 1 and private.setting('room_mute_minutes_limit') then
    perform private.raise_error(
      422, 'mute_minutes_out_of_range', 'A mute lasts from one minute to this many.', private.setting('room_mute_minutes_limit')::text
    );
  end if;
  v_until := now() + make_interval(mins => mute_member.minutes);
  v_room := private.lock_room(mute_member.room_id);
  v_role := private.require_room_moderator(v_room.id);
  v_other_id := private.person_to_moderate(v_room.id, mute_member.username);
  if v_other_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  v_other_role := private.role_in_room(v_room.id, v_other_id);
  if v_other_role is null then
    perform private.raise_error(404, 'member_not_found', 'Nobody of this username is in the room.');
  end if;
  -- Staff stand above moderators; the owner is above all.
  if v_other_role >= (case when private.is_staff() then 'owner' else v_role end) then
    perform private.raise_error(403, 'member_of_equal_rank', 'They have the same role in the room, or a higher one.');
  end if;
  perform private.take_token('moderate_room');
  insert into public.room_mutes as mute (room_id, user_id, muted_by, until)
  values (v_room.id, v_other_id, v_user_id, v_until)
  on conflict (room_id, user_id) do update set muted_by = excluded.muted_by, until = excluded.until, created_at = now();
  perform private.log_moderation(v_room.id, 'member_muted', v_other_id, data => jsonb_build_object('until', v_until));
  perform realtime.send(
    jsonb_build_object('room_id', v_room.id, 'until', v_until), 'muted_in_room', 'user:' || v_other_id, true
  );
  return jsonb_build_object('is_muted', true, 'until', v_until);
end;
$$;

-- Security definer: as mute_member.
create or replace function private.unmute_member(room_id uuid, username text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_role text;
  v_other_id uuid;
begin
  v_room := private.lock_room(unmute_member.room_id);
  v_role := private.require_room_moderator(v_room.id);
  select mute.user_id into v_other_id
  from public.room_mutes as mute
  join public.profiles as profile on profile.id = mute.user_id
  where mute.room_id = v_room.id and profile.username = lower(btrim(unmute_member.username));
  if v_other_id is null then
    v_other_id := private.person_to_moderate(v_room.id, unmute_member.username);
  end if;
  if v_other_id = v_user_id and not private.is_staff() then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  perform private.take_token('moderate_room');
  delete from public.room_mutes as mute where mute.room_id = v_room.id and mute.user_id = v_other_id;
  if found then
    perform private.log_moderation(v_room.id, 'member_unmuted', v_other_id);
    perform realtime.send(
      jsonb_build_object('room_id', v_room.id, 'until', null), 'muted_in_room', 'user:' || v_other_id, true
    );
  end if;
  return jsonb_build_object('is_muted', false);
end;
$$;

-- Security definer: service_role may remove none of this.
create or replace function private.forget_old_messages(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_size int := least(greatest(coalesce(forget_old_messages.size, 1000), 1), 10000);
  v_before timestamptz := now() - make_interval(days => private.setting('deleted_message_days')::int);
  v_count int;
  v_done int := 0;
begin
  -- By their keys: a row that is locked is left for the next time.
  delete from public.messages as message
  where (message.room_id, message.id) in (
    select old.room_id, old.id
    from public.messages as old
    where old.deleted_at < v_before
    order by old.deleted_at
    limit v_size
    for update skip locked
  );
  get diagnostics v_count = row_count;
  v_done := v_done + v_count;
  delete from public.messages as message
  where (message.room_id, message.id) in (
    select old.room_id, old.id
    from public.rooms as room
    join public.messages as old on old.room_id = room.id
    where room.deleted_at < v_before
    limit v_size
    for update of old skip locked
  );
  get diagnostics v_count = row_count;
  v_done := v_done + v_count;
  delete from public.room_mutes as mute
  where (mute.room_id, mute.user_id) in (
    select old.room_id, old.user_id from public.room_mutes as old where old.until < now() limit v_size for update skip locked
  );
  get diagnostics v_count = row_count;
  return v_done + v_count;
end;
$$;

-- source: sql/05_rooms/functions/24_chat_lists.sql

-- Security definer: a list that checks its reader itself; the policies on messages would cost several times the page.
create or replace function private.room_messages(room_id uuid, after text, page_size int)
returns setof public.room_message_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_list text := 'room_messages:' || room_messages.room_id;
  v_place text[] := private.decode_place(v_list, room_messages.after, '{uuid}');
  v_before uuid := coalesce(v_place[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_reader_id uuid;
  v_unheard_ids uuid[];
  v_is_staff boolean;
  v_size int;
begin
  perform private.require_room_reader(room_messages.room_id);
  select
    reader.id, case when private.keeps_room(room_messages.room_id) then '{}' else reader.blocked_ids || reader.muted_ids end, private.is_staff(), page.size
  into v_reader_id, v_unheard_ids, v_is_staff, v_size
  from private.reader as reader
  cross join private.page(room_messages.page_size) as page;
  return query
  select
    message.id, message.room_id, message.kind, message.author, message.body, message.code, message.data, message.track, message.reply_to,
    message.client_id, message.reactions, message.created_at, message.edited_at, message.pinned_at, message.deleted_at,
    private.encode_cursor(v_list, message.id::text)
  from private.room_messages_for(v_reader_id, v_unheard_ids, v_is_staff) as message
  where (message.room_id, message.id) < (room_messages.room_id, v_before)
    and (message.room_id, message.id) > (room_messages.room_id, '00000000-0000-0000-0000-000000000000'::uuid)
    and message.is_heard
  order by message.room_id desc, message.id desc
  limit v_size;
end;
$$;

-- Security definer: as room_messages.
create or replace function private.pinned_messages(room_id uuid, after text, page_size int)
returns setof public.room_message_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_list text := 'pinned_messages:' || pinned_messages.room_id;
  v_place text[] := private.decode_place(v_list, pinned_messages.after, '{timestamptz,uuid}');
  v_reader_id uuid;
  v_unheard_ids uuid[];
  v_is_staff boolean;
  v_size int;
begin
  perform private.require_room_reader(pinned_messages.room_id);
  select
    reader.id, case when private.keeps_room(pinned_messages.room_id) then '{}' else reader.blocked_ids || reader.muted_ids end, private.is_staff(), page.size
  into v_reader_id, v_unheard_ids, v_is_staff, v_size
  from private.reader as reader
  cross join private.page(pinned_messages.page_size) as page;
  return query
  select
    message.id, message.room_id, message.kind, message.author, message.body, message.code, message.data, message.track, message.reply_to,
    message.client_id, message.reactions, message.created_at, message.edited_at, message.pinned_at, message.deleted_at,
    private.encode_cursor(v_list, jsonb_build_array(message.pinned_at, message.id)::text)
  from private.room_messages_for(v_reader_id, v_unheard_ids, v_is_staff) as message
  where message.room_id = pinned_messages.room_id
    and message.pinned_at is not null
    and (v_place is null or (message.pinned_at, message.id) < (v_place[1]::timestamptz, v_place[2]::uuid))
    and message.is_heard
  order by message.pinned_at desc, message.id desc
  limit v_size;
end;
$$;

-- Security definer: looks a message up whatever the caller may read, and refuses by the one rule.
create or replace function private.room_message(message_id uuid)
returns public.room_message_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.room_message_row;
begin
  if auth.uid() is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  if not private.can_see_room_message(room_message.message_id) then
    perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
  end if;
  select
    message.id, message.room_id, message.kind, message.author, message.body, message.code, message.data, message.track, message.reply_to,
    message.client_id, message.reactions, message.created_at, message.edited_at, message.pinned_at, message.deleted_at, null
  into v_row
  from private.reader as reader
  cross join lateral private.room_messages_for(
    reader.id,
    case
      when private.keeps_room((select each.room_id from public.messages as each where each.id = room_message.message_id)) then '{}'
      else reader.blocked_ids
    end,
    private.is_staff()
  ) as message
  where message.id = room_message.message_id;
  return v_row;
end;
$$;

-- Security definer: shows moderators who decided, which the table does not.
create or replace function private.room_mutes(room_id uuid, after text, page_size int)
returns setof public.room_mute_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_list text := 'room_mutes:' || room_mutes.room_id;
  v_place text[] := private.decode_place(v_list, room_mutes.after, '{timestamptz,uuid}');
  v_size int := private.page_size(room_mutes.page_size);
begin
  if auth.uid() is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  perform private.require_room_moderator(room_mutes.room_id);
  return query
  select
    mute.user_id, person.card ->> 'username', person.card ->> 'display_name', person.card ->> 'avatar_path',
    (person.card ->> 'is_verified')::boolean, private.person_card(mute.muted_by), mute.until, mute.created_at,
    private.encode_cursor(v_list, jsonb_build_array(mute.created_at, mute.user_id)::text)
  from public.room_mutes as mute
  join private.person_cards as person on person.profile_id = mute.user_id
  where mute.room_id = room_mutes.room_id
    and mute.until > now()
    and (v_place is null or (mute.created_at, mute.user_id) < (v_place[1]::timestamptz, v_place[2]::uuid))
  order by mute.created_at desc, mute.user_id desc
  limit v_size;
end;
$$;

-- Security definer: names people whose rows are not the reader's to read.
create or replace function private.room_moderation(room_id uuid, after text, page_size int)
returns setof public.moderation_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_list text := 'room_moderation:' || room_moderation.room_id;
  v_place text[] := private.decode_place(v_list, room_moderation.after, '{uuid,int8}');
  v_size int := private.page_size(room_moderation.page_size);
begin
  if auth.uid() is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  perform private.require_room_moderator(room_moderation.room_id);
  return query
  select
    entry.id, entry.action, private.person_card(entry.actor_id), private.person_card(entry.subject_id), entry.reason, entry.data,
    entry.created_at, private.encode_cursor(v_list, jsonb_build_array(entry.room_id, entry.id)::text)
  from public.moderation_log as entry
  where (entry.room_id, entry.id) < (room_moderation.room_id, coalesce(v_place[2]::bigint, 9223372036854775807))
    and (entry.room_id, entry.id) > (room_moderation.room_id, 0::bigint)
  order by entry.room_id desc, entry.id desc
  limit v_size;
end;
$$;

-- source: sql/01_foundation/access.sql

-- Foundation: everybody reads which features are on; everything else is reached through functions.
--
--                     anon   signed in   service   admin
--   feature_flags     read   read        read      rpc
--   settings, rules   -      -           -         rpc
--   outbox            -      -           rpc       -

grant usage on schema public to anon, authenticated, service_role;
grant usage on schema backend to service_role;

grant select on public.feature_flags to anon, authenticated, service_role;
create policy select_all on public.feature_flags
  for select to anon, authenticated
  using (true);

-- source: sql/02_profiles/access.sql

-- Profiles: everybody reads whom they may see, and changes their own description.
--
--                        anon      signed in            owner     staff
--   profiles      select visible   visible              yes       all
--                 update -         -                    columns   -
--   artist_profiles sel. visible   visible              yes       all
--                 update -         -                    links     -
--   blocks, mutes select -         own                  own       own
--                 write  -         rpc                  rpc       rpc
--   genres        select yes       yes                  yes       yes
--
-- Visible: not across a block of either side, not a profile that is hidden (private.hidden_profile_ids).
-- Rows are made by the sign-up trigger and by RPCs alone; nobody inserts or deletes.

grant execute on function private.hidden_profile_ids() to anon, authenticated;
grant execute on function private.may_write(text), private.can_write(text), private.has_room() to authenticated;

grant select on public.genres to anon, authenticated, service_role;
create policy select_all on public.genres
  for select to anon, authenticated
  using (true);

grant select on public.profiles to anon, authenticated, service_role;
grant update (display_name, bio, avatar_path, genres, time_zone, is_private) on public.profiles to authenticated;
create policy select_visible on public.profiles
  for select to anon, authenticated
  using (id <> all (array(select private.hidden_profile_ids())));
create policy update_own on public.profiles
  for update to authenticated
  using (id = (select auth.uid()) and (select private.may_write('profiles')))
  with check (id = (select auth.uid()));

grant select on public.artist_profiles to anon, authenticated, service_role;
grant update (links) on public.artist_profiles to authenticated;
create policy select_visible on public.artist_profiles
  for select to anon, authenticated
  using (profile_id <> all (array(select private.hidden_profile_ids())));
create policy update_own on public.artist_profiles
  for update to authenticated
  using (profile_id = (select auth.uid()) and (select private.may_write('profiles')))
  with check (profile_id = (select auth.uid()));

grant select on public.blocks to authenticated, service_role;
create policy select_own on public.blocks
  for select to authenticated
  using (blocker_id = (select auth.uid()));

grant select on public.mutes to authenticated, service_role;
create policy select_own on public.mutes
  for select to authenticated
  using (muter_id = (select auth.uid()));

-- Objects lie in a folder named as their owner's id; the bucket limits size and kind. Public buckets serve anybody who knows
-- the address; listing and writing are their owner's.
create policy select_own_avatar on storage.objects
  for select to authenticated
  using (bucket_id = 'avatars' and split_part(name, '/', 1) = (select auth.uid())::text);
create policy insert_own_avatar on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'avatars'
    and name ~ ('^' || (select auth.uid()) || '/[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(jpe?g|png|webp)$')
    and (select private.can_write('profiles'))
    and (select private.has_room())
  );
create policy update_own_avatar on storage.objects
  for update to authenticated
  using (bucket_id = 'avatars' and split_part(name, '/', 1) = (select auth.uid())::text)
  with check (
    bucket_id = 'avatars'
    and name ~ ('^' || (select auth.uid()) || '/[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(jpe?g|png|webp)$')
    and (select private.can_write('profiles'))
  );
create policy delete_own_avatar on storage.objects
  for delete to authenticated
  using (bucket_id = 'avatars' and split_part(name, '/', 1) = (select auth.uid())::text);

-- source: sql/03_catalogue/access/10_catalogue.sql

-- Catalogue: everybody reads what is published and what a crate's audience includes them in; writing is by RPC.
--
--                             anon   stranger  follower  collaborator  owner   moderator
--   tracks   published        yes    yes       yes       yes           yes     yes
--            other states     -      -         -         -             yes     yes
--   crates   public           yes    yes       yes       yes           yes     yes
--            unlisted         rpc    rpc       rpc       yes           yes     yes
--            followers        -      -         yes       yes           yes     yes
--            private          -      -         -         yes           yes     yes
--   crate_items               as their crate; note and added_by by rpc alone
--   crate_collaborators       -      -         -         own           yes     -
--   plays                     -      own       own       own           own     own
--
-- Across a block of either side, and of a hidden profile, nothing but to moderators. Deleted crates to nobody.

grant execute on function private.my_collaborated_crate_ids(), private.my_own_crate_ids() to authenticated;

grant select on public.tracks to anon, authenticated, service_role;
create policy select_published on public.tracks
  for select to anon
  using (
    status = 'published'
    and (artist_id is null or artist_id <> all (array(select private.hidden_profile_ids())))
  );
create policy select_visible on public.tracks
  for select to authenticated
  using (
    (
      status = 'published'
      and (artist_id is null or artist_id <> all (array(select private.hidden_profile_ids())))
    )
    or artist_id = (select auth.uid())
    or (select private.is_staff())
  );

grant select on public.plays to authenticated, service_role;
create policy select_own on public.plays
  for select to authenticated
  using (listener_id = (select auth.uid()));

grant select on public.crates to anon, authenticated, service_role;
create policy select_public on public.crates
  for select to anon
  using (
    deleted_at is null
    and audience = 'public'
    and owner_id <> all (array(select private.hidden_profile_ids()))
  );
create policy select_audience on public.crates
  for select to authenticated
  using (
    deleted_at is null
    and (
      owner_id = (select auth.uid())
      or (select private.is_staff())
      or (
        owner_id <> all (array(select private.hidden_profile_ids()))
        and (
          audience = 'public'
          or (
            audience = 'followers'
            and visibility <> 'unlisted'
            and owner_id = any (array(select private.my_followee_ids()))
          )
          or id = any (array(select private.my_collaborated_crate_ids()))
        )
      )
    )
  );

-- Who added an item and what they noted is a person's, hidden where they are: crate_items() alone tells it.
grant select (id, crate_id, track_id, position, duration_ms, added_at, owner_id) on public.crate_items to anon, authenticated;
grant select on public.crate_items to service_role;
create policy select_of_crate on public.crate_items
  for select to anon, authenticated
  using (exists (select from public.crates as crate where crate.id = crate_items.crate_id));

grant select on public.crate_collaborators to authenticated, service_role;
create policy select_tied on public.crate_collaborators
  for select to authenticated
  using (user_id = (select auth.uid()) or crate_id = any (array(select private.my_own_crate_ids())));

-- source: sql/03_catalogue/access/20_files.sql

-- Files: objects lie in a folder named as their owner's id; the bucket limits size and kind.
--
--                    anybody          stranger    owner                                   service
--   crate-covers     read by address  -           list, upload, delete                    yes
--   product-images   read by address  -           list, upload, delete                    yes
--   track-files      -                -           upload, to the path of a draft of theirs yes
--   proof-files      -                -           read, upload                            yes
--   exports          -                -           read                                    yes

grant execute on function private.my_upload_paths() to authenticated;

create policy select_own_images on storage.objects
  for select to authenticated
  using (bucket_id in ('crate-covers', 'product-images') and split_part(name, '/', 1) = (select auth.uid())::text);
-- As post-media: 20 characters at least, so that nobody guesses the cover of a private crate.
create policy insert_own_images on storage.objects
  for insert to authenticated
  with check (
    bucket_id in ('crate-covers', 'product-images')
    and name ~ ('^' || (select auth.uid()) || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$')
    and (select private.can_write('catalogue'))
    and (select private.has_room())
  );
create policy delete_own_images on storage.objects
  for delete to authenticated
  using (bucket_id in ('crate-covers', 'product-images') and split_part(name, '/', 1) = (select auth.uid())::text);

-- What was submitted and checked must not be replaced: there is no policy to update, none to insert once it is no draft, and
-- tg_objects__keep_track_file stops an upload that began before.
create policy insert_own_track on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'track-files'
    and name = any (array(select private.my_upload_paths()))
    and (select private.can_write('catalogue'))
    and (select private.has_room())
  );

create policy insert_own_proof on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'proof-files'
    and name ~ ('^' || (select auth.uid()) || '/[A-Za-z0-9_-]{1,100}\.[A-Za-z0-9]{1,10}$')
    and (select private.can_write('catalogue'))
    and (select private.has_room())
  );
create policy select_own_private_files on storage.objects
  for select to authenticated
  using (bucket_id in ('proof-files', 'exports') and split_part(name, '/', 1) = (select auth.uid())::text);

-- source: sql/04_social/access/10_posts.sql

-- Social: everybody reads what its audience includes them in; writing is by RPC, but for following.
--
--                          anon     stranger   follower    mutual   author   moderator
--   posts        public    yes      yes        yes         yes      yes      yes
--                followers -        -          yes         yes      yes      yes
--                mutuals   -        -          -           yes      yes      yes
--                private   -        -          -           -        yes      yes
--   follows      select    -        own        own         own      own      own
--                insert    -        own        own         own      own      own
--                delete    -        own        own         own      own      own
--   requests     select    -        own (asked or asking)
--   likes, reposts select  -        own
--
-- Across a block of either side, and of a hidden profile, nothing but to moderators. Deleted posts to nobody. Mutes hide from lists only.

grant execute on function private.my_followee_ids(), private.my_mutual_ids() to authenticated;
grant execute on function private.is_staff(text) to authenticated;

grant select on public.follows to authenticated, service_role;
grant insert (followee_id), delete on public.follows to authenticated;
create policy select_own on public.follows
  for select to authenticated
  using (follower_id = (select auth.uid()) or followee_id = (select auth.uid()));
create policy insert_own on public.follows
  for insert to authenticated
  with check (follower_id = (select auth.uid()) and (select private.may_write('social')));
create policy delete_own on public.follows
  for delete to authenticated
  using (follower_id = (select auth.uid()) and (select private.may_write('social')));

grant select on public.follow_requests to authenticated, service_role;
create policy select_own on public.follow_requests
  for select to authenticated
  using (requester_id = (select auth.uid()) or target_id = (select auth.uid()));

grant select on public.posts to anon, authenticated, service_role;
create policy select_public on public.posts
  for select to anon
  using (
    deleted_at is null
    and audience = 'public'
    and author_id <> all (array(select private.hidden_profile_ids()))
  );
create policy select_audience on public.posts
  for select to authenticated
  using (
    deleted_at is null
    and (
      author_id = (select auth.uid())
      or (select private.is_staff())
      or (
        author_id <> all (array(select private.hidden_profile_ids()))
        and (
          audience = 'public'
          or (audience = 'followers' and author_id = any (array(select private.my_followee_ids())))
          or (audience = 'mutuals' and author_id = any (array(select private.my_mutual_ids())))
        )
      )
    )
  );

grant select on public.likes to authenticated, service_role;
create policy select_own on public.likes
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.reposts to authenticated, service_role;
create policy select_own on public.reposts
  for select to authenticated
  using (user_id = (select auth.uid()));

-- The bucket is public, as the specification has it: whoever has an address can read the file, whatever the post's audience. The name
-- has 20 characters at least, so that nobody guesses one: use a uuid (docs/decisions/0008).
create policy select_own_post_media on storage.objects
  for select to authenticated
  using (bucket_id = 'post-media' and split_part(name, '/', 1) = (select auth.uid())::text);
create policy insert_own_post_media on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'post-media'
    and name ~ ('^' || (select auth.uid()) || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$')
    and (select private.can_write('social'))
    and (select private.has_room())
  );
create policy delete_own_post_media on storage.objects
  for delete to authenticated
  using (bucket_id = 'post-media' and split_part(name, '/', 1) = (select auth.uid())::text);

-- A person's own private topic, which every later domain notifies on.
create policy select_own_topic on realtime.messages
  for select to authenticated
  using ((select realtime.topic()) = 'user:' || (select auth.uid()));

-- source: sql/04_social/access/25_comments.sql

-- Comments: everybody reads them by RPC, as far as they see what they are about; writing is by RPC.
--
--                                  anon     stranger   author   owner of target   moderator
--   comments              select    rpc      rpc        own      rpc               rpc
--   comment_mentions      select    rpc      rpc        those that name the reader, in comments they see
--   comment_reactions     select    rpc      own
--   reaction_emoji        select    yes      yes
--
-- A table's policy would have to ask the rule of each kind of target for each row: lists are asked for by RPC, which asks once a list.

grant select on public.comments to authenticated, service_role;
create policy select_own on public.comments
  for select to authenticated
  using (author_id = (select auth.uid()) and deleted_at is null);

grant execute on function private.my_mention_ids() to authenticated;

grant select on public.comment_mentions to authenticated, service_role;
create policy select_own on public.comment_mentions
  for select to authenticated
  using (profile_id = (select auth.uid()) and comment_id = any (array(select private.my_mention_ids())));

grant select on public.comment_reactions to authenticated, service_role;
create policy select_own on public.comment_reactions
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.reaction_emoji to anon, authenticated, service_role;
create policy select_all on public.reaction_emoji
  for select to anon, authenticated
  using (true);

-- source: sql/04_social/access/60_messages.sql

-- Messages: who is in a conversation reads it; writing is by RPC. Staff have no part in conversations they are not in.
--
--                              anon   joined         asked in      left, declined   stranger   staff   across a block
--   conversations      select  -      yes            yes           -                -          -       - (of two)
--   messages           select  -      since joined   since asked   -                -          -       - (of two); in groups not each other's
--   members            select  -      own            own           own              -          -       own
--   settings           select  -      own            own           own              own        own     own
--   topic dm:<id>      join    -      yes            -             -                -          -       - (of two)
--                      speak   -      yes            -             -                -          -       - (of two)
--
-- Nor may service_role read any of it: no function needs to.

grant execute on function
  private.my_conversation_ids(), private.my_conversation_starts(), private.unheard_ids(),
  private.hears_conversation(), private.speaks_in_conversation()
to authenticated;

grant select on public.conversations to authenticated;
create policy select_member on public.conversations
  for select to authenticated
  using (id = any (array(select private.my_conversation_ids())));

grant select on public.conversation_members to authenticated;
create policy select_own on public.conversation_members
  for select to authenticated
  using (member_id = (select auth.uid()));

grant select on public.direct_messages to authenticated;
create policy select_member on public.direct_messages
  for select to authenticated
  using (
    conversation_id = any (array(select private.my_conversation_ids()))
    and id > coalesce(
      ((select private.my_conversation_starts()) ->> conversation_id::text)::uuid, '00000000-0000-0000-0000-000000000000'
    )
    and (sender_id is null or sender_id <> all (array(select private.unheard_ids())))
  );

grant select on public.message_settings to authenticated;
create policy select_own on public.message_settings
  for select to authenticated
  using (user_id = (select auth.uid()));

-- A conversation's own private topic: what happens in it comes from the database, typing and presence from its members.
create policy select_conversation on realtime.messages
  for select to authenticated
  using ((select private.hears_conversation()));
create policy insert_conversation on realtime.messages
  for insert to authenticated
  with check ((select private.speaks_in_conversation()));

-- source: sql/04_social/access/60_notifications.sql

-- Notifications: everybody reads their own; what happens writes them, RPCs change the marks and the wishes.
--
--                              anon   signed in   service
--   notifications     select   -      own         all
--   preferences       select   -      own         all
--   quiet_hours       select   -      own         all
--   push_tokens       select   -      own         all
--   all of them       write    -      rpc         rpc
--
-- Nothing of anybody's to staff. The policy on realtime.messages for the topic user:<id> stands with the posts.

grant select on public.notifications to authenticated, service_role;
create policy select_own on public.notifications
  for select to authenticated
  using (recipient_id = (select auth.uid()));

grant select on public.notification_preferences to authenticated, service_role;
create policy select_own on public.notification_preferences
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.quiet_hours to authenticated, service_role;
create policy select_own on public.quiet_hours
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.push_tokens to authenticated, service_role;
create policy select_own on public.push_tokens
  for select to authenticated
  using (user_id = (select auth.uid()));

-- source: sql/04_social/access/70_activity.sql

-- Activity: everybody reads their own rows; what others do is for activity_feed, which asks the one rule (private.reader_activity).
--
--                           anon   signed in   service
--   events       select     -      own         all
--   reactions    select     -      own         all
--   both         write      -      rpc         -

grant select on public.activity_events to authenticated, service_role;
create policy select_own on public.activity_events
  for select to authenticated
  using (actor_id = (select auth.uid()));

grant select on public.activity_reactions to authenticated, service_role;
create policy select_own on public.activity_reactions
  for select to authenticated
  using (user_id = (select auth.uid()));

-- source: sql/05_rooms/access/10_rooms.sql

-- Rooms: everybody finds what is public, who is signed in reads what happens there; a private room is its members'. Writing is by RPC.
--
--                                   anon    stranger   invited   member   banned   moderator of it   staff
--   rooms           public          yes     yes        yes       yes      yes      yes               yes
--                   unlisted        rpc     rpc        rpc       yes      rpc      yes               yes
--                   private         -       -          rpc       yes      -        yes               yes
--                   deleted         -       -          -         -        -        -                 -
--   room_members    public          -       yes        yes       yes      -        yes               yes
--                   unlisted        -       rpc        rpc       yes      -        yes               yes
--                   private         -       -          -         yes      -        yes               yes
--   room_presence                   as room_members
--   room_bans                       -       -          -         -        own      yes               yes
--   join_requests                   -       own        own       own      own      yes               yes
--   room_invites                    -       -          own       -        own      yes               -
--   moderation_log                  -       -          -         -        -        yes               yes
--   topic room:<id> join            -       not priv.  not priv. yes      -        yes               yes
--                   speak           -       -          -         yes      -        yes               members
--   room-avatars    read shown      as rooms
--                   list, upload,   -       -          -         -        -        yes               -
--                   delete
--
-- People who are hidden from the caller, and everybody across a block of either side, are in no list of members.

grant execute on function
  private.my_room_ids(text), private.my_banned_room_ids(), private.hears_room(), private.speaks_in_room(),
  private.moderated_room_folders(), private.room_avatar_folders(),
  private.is_staff(text)
to authenticated;

grant select on public.rooms to anon, authenticated, service_role;
create policy select_public on public.rooms
  for select to anon
  using (deleted_at is null and visibility = 'public');
create policy select_visible on public.rooms
  for select to authenticated
  using (
    deleted_at is null
    and (
      visibility = 'public'
      or id = any (array(select private.my_room_ids()))
      or (select private.is_staff())
    )
  );

grant select on public.room_members to authenticated, service_role;
create policy select_of_room on public.room_members
  for select to authenticated
  using (
    exists (select from public.rooms as room where room.id = room_members.room_id)
    and room_id <> all (array(select private.my_banned_room_ids()))
    and user_id <> all (array(select private.hidden_profile_ids()))
  );

grant select on public.room_presence to authenticated, service_role;
create policy select_of_room on public.room_presence
  for select to authenticated
  using (
    exists (select from public.rooms as room where room.id = room_presence.room_id)
    and room_id <> all (array(select private.my_banned_room_ids()))
    and user_id <> all (array(select private.hidden_profile_ids()))
  );

-- Which moderator decided is told to moderators alone, by room_bans().
grant select (room_id, user_id, until, reason, created_at) on public.room_bans to authenticated;
grant select on public.room_bans to service_role;
create policy select_own_or_moderated on public.room_bans
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or room_id = any (array(select private.my_room_ids('moderator')))
    or (select private.is_staff())
  );

grant select on public.join_requests to authenticated, service_role;
create policy select_own_or_moderated on public.join_requests
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or (
      (room_id = any (array(select private.my_room_ids('moderator'))) or (select private.is_staff()))
      and user_id <> all (array(select private.hidden_profile_ids()))
    )
  );

grant select on public.room_invites to authenticated, service_role;
create policy select_own_or_moderated on public.room_invites
  for select to authenticated
  using (
    (user_id = (select auth.uid()) and invited_by <> all (array(select private.hidden_profile_ids())))
    or room_id = any (array(select private.my_room_ids('moderator')))
  );

grant select on public.moderation_log to authenticated, service_role;
create policy select_moderated on public.moderation_log
  for select to authenticated
  using (room_id = any (array(select private.my_room_ids('moderator'))) or (select private.is_staff()));

-- A room's own private topic: what happens in it comes from the database, typing and presence from its members; of who is muted presence alone.
create policy select_room on realtime.messages
  for select to authenticated
  using ((select private.hears_room()));
create policy insert_room on realtime.messages
  for insert to authenticated
  with check (
    (select private.speaks_in_room())
    and (extension = 'presence' or not (select private.is_muted_on_topic()))
  );

-- The bucket is not public: a private room's picture is its members'. What a room shows is read by whoever sees the room, the folder by
-- those who fill it. 20 characters at least, as elsewhere.
create policy select_shown_room_avatar on storage.objects
  for select to anon, authenticated
  using (bucket_id = 'room-avatars' and exists (select from public.rooms as room where room.avatar_path = objects.name));
create policy select_moderated_room_avatar on storage.objects
  for select to authenticated
  using (
    bucket_id = 'room-avatars'
    and split_part(name, '/', 1) = any (array(select private.moderated_room_folders()))
  );
create policy insert_moderated_room_avatar on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'room-avatars'
    and name ~ '^[0-9a-f-]{36}/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$'
    and split_part(name, '/', 1) = any (array(select private.room_avatar_folders()))
    and (select private.can_write('rooms'))
  );
create policy delete_moderated_room_avatar on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'room-avatars'
    and split_part(name, '/', 1) = any (array(select private.moderated_room_folders()))
  );

-- source: sql/05_rooms/access/20_chat.sql

-- Chat: who may read a room reads what is said there; writing is by RPC.
--
--                                   anon    stranger   member    muted    banned   moderator of it   staff
--   messages        public          -       yes        yes       yes      -        yes               yes
--                   unlisted        -       rpc        yes       yes      -        yes               yes
--                   private         -       -          yes       yes      -        yes               yes
--                   deleted room    -       -          -         -        -        -                 -
--   message_reactions               -       own        own       own      own      own               own
--   room_mutes                      -       -          -         own      own      yes               yes
--   topic room:<id> broadcast       -       -          yes       -        -        yes               members
--                   presence        -       -          yes       yes      -        yes               members
--
-- What is said across a block of either side is read by the moderators of the room and staff alone; what is said by who is hidden by staff and by themselves.

grant execute on function private.is_muted_on_topic(), private.vanished_profile_ids() to authenticated;

grant select on public.messages to authenticated, service_role;
create policy select_of_room on public.messages
  for select to authenticated
  using (
    exists (select from public.rooms as room where room.id = messages.room_id)
    and room_id <> all (array(select private.my_banned_room_ids()))
    and (
      author_id is null
      or author_id <> all (array(select private.hidden_profile_ids()))
      or (
        room_id = any (array(select private.my_room_ids('moderator')))
        and author_id <> all (array(select private.vanished_profile_ids()))
      )
    )
  );

grant select on public.message_reactions to authenticated, service_role;
create policy select_own on public.message_reactions
  for select to authenticated
  using (user_id = (select auth.uid()));

-- Which moderator decided is told to moderators alone, by room_mutes().
grant select (room_id, user_id, until, created_at) on public.room_mutes to authenticated;
grant select on public.room_mutes to service_role;
create policy select_own_or_moderated on public.room_mutes
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or room_id = any (array(select private.my_room_ids('moderator')))
    or (select private.is_staff())
  );

-- source: sql/01_foundation/api.sql

create or replace function backend.claim_outbox(topic text, size int default 100)
returns table (id bigint, payload jsonb, attempts int, created_at timestamptz)
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select claimed.id, claimed.payload, claimed.attempts, claimed.created_at
  from private.claim_outbox(claim_outbox.topic, claim_outbox.size) as claimed;
end;
comment on function backend.claim_outbox(text, int) is
$$Lease the next messages of a topic

Oldest due first, at most 1000. Each must be finished with finish_outbox within the lease (setting outbox_lease_seconds), else it is
given out again. Errors: topic_missing (422).$$;

create or replace function backend.finish_outbox(id bigint, ok boolean, error text default null)
returns text
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.finish_outbox(finish_outbox.id, finish_outbox.ok, finish_outbox.error);
end;
comment on function backend.finish_outbox(bigint, boolean, text) is
$$Say how a claimed message went

Returns delivered, waiting (it will be tried again) or dead. Finishing a delivered message again changes nothing. error is kept to 1000
characters. Errors: message_not_found (404), outcome_missing (422).$$;

create or replace function backend.dead_letters(topic text default null, size int default 100)
returns table (id bigint, topic text, payload jsonb, attempts int, last_error text, created_at timestamptz, dead_at timestamptz)
language sql
stable
security invoker
set search_path = ''
begin atomic
  select letter.id, letter.topic, letter.payload, letter.attempts, letter.last_error, letter.created_at, letter.dead_at
  from private.dead_letters(dead_letters.topic, dead_letters.size) as letter;
end;
comment on function backend.dead_letters(text, int) is
$$Messages that were given up, oldest first

Of one topic, or of all when null; at most 1000.$$;

create or replace function backend.retry_dead_letter(id bigint)
returns boolean
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.retry_dead_letter(retry_dead_letter.id);
end;
comment on function backend.retry_dead_letter(bigint) is
$$Put a dead letter back in the queue with all its attempts

True when it was dead, false when it was not. Errors: message_not_found (404).$$;

create or replace function backend.schema_version()
returns text
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.schema_version();
end;
comment on function backend.schema_version() is
$$The newest migration that is applied

What the function health compares with the version it was built for. Null on a database that the Supabase CLI has not migrated.$$;

create or replace function backend.forget_full_buckets(size int default 1000)
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.forget_full_buckets(forget_full_buckets.size);
end;
comment on function backend.forget_full_buckets(int) is
$$Forget the limits about one person or thing that nobody is near any more

At most size (1000; 10000 at most). Returns how many; call it until it is none.$$;

grant execute on function
  private.claim_outbox(text, int), backend.claim_outbox(text, int),
  private.finish_outbox(bigint, boolean, text), backend.finish_outbox(bigint, boolean, text),
  private.dead_letters(text, int), backend.dead_letters(text, int),
  private.retry_dead_letter(bigint), backend.retry_dead_letter(bigint),
  private.schema_version(), backend.schema_version(),
  private.forget_full_buckets(int), backend.forget_full_buckets(int)
to service_role;

-- source: sql/02_profiles/api.sql

create or replace function public.my_account()
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.my_account();
end;
comment on function public.my_account() is
$$Who the caller is, in one reading

{user_id, email, kind, staff_role or null, tier, is_subscribed, erase_after or null, profile {...}, listening {total_plays, recent [up to 20
{track_id, track {...} or null, ms_played, source, played_at}]},
artist {track_count, total_earned_minor, currency} or null}. Errors: not_signed_in, account_gone (401).$$;

create or replace function public.profile_page(username text)
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.profile_page(profile_page.username);
end;
comment on function public.profile_page(text) is
$$A person as their page shows them

{profile {...}, artist {...} or null, is_me, is_followed_by_me, follows_me, is_follow_requested_by_me,
is_blocked_by_me, is_muted_by_me, can_message: yes, request or no}. Anybody may ask. Errors: profile_not_found (404), also across a block.$$;

create or replace function public.search_profiles(query text, after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.search_profiles(search_profiles.query, search_profiles.after, search_profiles.page_size) as card;
end;
comment on function public.search_profiles(text, text, int) is
$$People by a part of their username or display name

Best match first, of at most 500 found (the very username, then the most followed). query: 2 to 80 characters. Without those muted, blocked or hidden. Errors:
query_too_short, bad_cursor (422).$$;

create or replace function public.change_username(username text)
returns public.profiles
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.change_username(change_username.username);
end;
comment on function public.change_username(text) is
$$Take another username

Returns the profile. Once in 7 days (setting username_change_days); the old name stays reserved for its holder for 30. The same name again
changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), username_invalid (422), username_taken (409),
username_changed_recently (429; hint: seconds to wait).$$;

create or replace function public.become_artist()
returns public.artist_profiles
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.become_artist();
end;
comment on function public.become_artist() is
$$Turn a fan's account into an artist's

Returns the artist profile, also when it was one already. Errors: not_signed_in (401), account_deactivated, feature_disabled (403).$$;

create or replace function public.block(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_block(block.username, true);
end;
comment on function public.block(text) is
$$Block somebody

Each is hidden from the other, follows and requests between them end. Returns {is_blocked: true}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated (403),
profile_not_found (404), not_yourself (422), rate_limited (429).$$;

create or replace function public.unblock(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_block(unblock.username, false);
end;
comment on function public.unblock(text) is
$$Take a block back

Returns {is_blocked: false}; repeating changes nothing. Follows do not come back. Errors: as block.$$;

create or replace function public.mute(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_mute(mute.username, true);
end;
comment on function public.mute(text) is
$$Mute somebody

They disappear from the caller's feeds and lists, and are not told. Returns {is_muted: true}; repeating changes nothing. Errors: as block.$$;

create or replace function public.unmute(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_mute(unmute.username, false);
end;
comment on function public.unmute(text) is
$$Take a mute back

Returns {is_muted: false}; repeating changes nothing. Errors: as block.$$;

create or replace function public.my_blocks(after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.my_blocks(my_blocks.after, my_blocks.page_size) as card;
end;
comment on function public.my_blocks(text, int) is
$$Whom the caller has blocked, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.my_mutes(after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.my_mutes(my_mutes.after, my_mutes.page_size) as card;
end;
comment on function public.my_mutes(text, int) is
$$Whom the caller has muted, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.grant_staff_role(username text, role text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.grant_staff_role(grant_staff_role.username, grant_staff_role.role);
end;
comment on function public.grant_staff_role(text, text) is
$$Give somebody a role: moderator, admin or super_admin

For super admins; audited. Returns {username, role}. Errors: not_signed_in (401), account_deactivated (403), not_allowed (403), profile_not_found (404), role_unknown (422),
last_super_admin (409).$$;

create or replace function public.revoke_staff_role(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.revoke_staff_role(revoke_staff_role.username);
end;
comment on function public.revoke_staff_role(text) is
$$Take somebody's role

For super admins; audited. Returns {username, role: null}. Errors: not_signed_in (401), account_deactivated (403), not_allowed (403), profile_not_found (404), last_super_admin (409).$$;

create or replace function public.set_feature(name text, is_enabled boolean)
returns public.feature_flags
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_feature(set_feature.name, set_feature.is_enabled);
end;
comment on function public.set_feature(text, boolean) is
$$Switch a domain on or off

For admins; audited. Returns the flag. Errors: not_signed_in (401), account_deactivated (403), not_allowed (403), feature_not_found (404), value_missing (422).$$;

create or replace function public.set_setting(name text, value bigint)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_setting(set_setting.name, set_setting.value);
end;
comment on function public.set_setting(text, bigint) is
$$Tune a number

For admins; audited. Returns the setting with its range and unit. Errors: not_signed_in (401), account_deactivated (403), not_allowed (403), setting_not_found (404), value_missing,
value_out_of_range (422; hint: the range).$$;

create or replace function public.set_rate_limit(action text, capacity int, refill_seconds numeric)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_rate_limit(set_rate_limit.action, set_rate_limit.capacity, set_rate_limit.refill_seconds);
end;
comment on function public.set_rate_limit(text, int, numeric) is
$$Tune a rate limit

For admins; audited. capacity: the burst that passes; refill_seconds: until one more passes. Returns the rule. Errors: not_signed_in (401), account_deactivated (403), not_allowed (403),
rate_limit_not_found (404), value_missing, value_out_of_range (422).$$;

create or replace function public.operator_settings()
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.operator_settings();
end;
comment on function public.operator_settings() is
$$All that admins may tune

{features [...], settings [...], rate_limits [...]}, each with its description. Errors: not_signed_in (401), account_deactivated (403), not_allowed (403).$$;

create or replace function public.export_my_data()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.export_my_data();
end;
comment on function public.export_my_data() is
$$Every row that is the caller's

{exported_at, user_id, "schema.table": [rows]} over all that private.data_map registers as exported. Errors: not_signed_in, account_gone (401), rate_limited (429).$$;

create or replace function public.delete_my_account(confirm_username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.delete_my_account(delete_my_account.confirm_username);
end;
comment on function public.delete_my_account(text) is
$$Delete the caller's account

At once the profile is hidden, its sessions end and it cannot write; after 14 days (setting erase_after_days) it is erased. Returns
{erase_after}; repeating changes nothing. Errors: not_signed_in, account_gone (401), confirmation_mismatch (422), last_super_admin (409).$$;

create or replace function public.restore_my_account()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.restore_my_account();
end;
comment on function public.restore_my_account() is
$$Take the deletion back, while there is time

Sign in again first. Returns {is_active: true}; repeating changes nothing. Errors: not_signed_in, account_gone (401).$$;

create or replace function backend.erase_due_accounts(size int default 20)
returns table (user_id uuid, is_erased boolean, objects jsonb, error text)
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select erased.user_id, erased.is_erased, erased.objects, erased.error from private.erase_due_accounts(erase_due_accounts.size) as erased;
end;
comment on function backend.erase_due_accounts(int) is
$$Erase the accounts whose time has come

At most 100. An account that still has stored objects is not erased: its row lists them as [{bucket, names}], to be removed through the
Storage API before the next call. error says why an erasure failed; it did not touch the others. Whoever was not erased comes after the
others the next time.$$;

grant execute on function
  private.my_account(), public.my_account(),
  private.change_username(text), public.change_username(text),
  private.become_artist(), public.become_artist(),
  private.set_block(text, boolean), private.set_mute(text, boolean),
  public.block(text),
  public.unblock(text),
  public.mute(text),
  public.unmute(text),
  private.my_blocks(text, int), public.my_blocks(text, int),
  private.my_mutes(text, int), public.my_mutes(text, int),
  private.grant_staff_role(text, text), public.grant_staff_role(text, text),
  private.revoke_staff_role(text), public.revoke_staff_role(text),
  private.set_feature(text, boolean), public.set_feature(text, boolean),
  private.set_setting(text, bigint), public.set_setting(text, bigint),
  private.set_rate_limit(text, int, numeric), public.set_rate_limit(text, int, numeric),
  private.operator_settings(), public.operator_settings(),
  private.export_my_data(), public.export_my_data(),
  private.delete_my_account(text), public.delete_my_account(text),
  private.restore_my_account(), public.restore_my_account()
to authenticated;

grant execute on function
  private.profile_page(text), public.profile_page(text),
  private.search_profiles(text, text, int), public.search_profiles(text, text, int)
to anon, authenticated;

grant execute on function
  private.erase_due_accounts(int), backend.erase_due_accounts(int)
to service_role;

-- source: sql/03_catalogue/api/10_tracks.sql

create or replace function public.resolve_track(
  provider text, provider_track_id text, title text, artist_name text, duration_ms int, artwork_url text default null,
  isrc text default null, is_explicit boolean default false
)
returns public.tracks
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.resolve_track(resolve_track.provider, resolve_track.provider_track_id, resolve_track.title, resolve_track.artist_name, resolve_track.duration_ms, resolve_track.artwork_url, resolve_track.isrc, resolve_track.is_explicit);
end;
comment on function public.resolve_track(text, text, text, text, int, text, text, boolean) is
$$The track of another provider, made known when it is not yet

provider: spotify, apple_music, youtube_music, soundcloud, deezer or bandcamp; provider_track_id as the provider writes it. The first writer's
description stays: afterwards the rest is not looked at. artwork_url: https, on a host of the provider, which the hint of artwork_host_unknown names. Returns the track. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), provider_unknown,
provider_track_id_invalid, title_invalid, artist_name_invalid, duration_invalid, artwork_invalid, artwork_host_unknown, isrc_invalid (422), track_not_found (404:
the staff has removed it), rate_limited (429).$$;

create or replace function public.create_track(
  title text, genre text, duration_ms int, file_format text, artist_name text default null, kind text default 'original',
  bpm numeric default null, musical_key text default null, is_explicit boolean default false, isrc text default null,
  artwork_path text default null, client_id uuid default null
)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.create_track(create_track.title, create_track.genre, create_track.duration_ms, create_track.file_format, create_track.artist_name, create_track.kind, create_track.bpm, create_track.musical_key, create_track.is_explicit, create_track.isrc, create_track.artwork_path, create_track.client_id);
end;
comment on function public.create_track(text, text, int, text, text, text, numeric, text, boolean, text, text, uuid) is
$$Begin to upload a track, as an artist

Returns {track {...}, bucket, path}: a draft, and where its file is to be uploaded (once; mp3, wav or flac as file_format says, at most 200
MB). Then call submit_track. artist_name: the caller's own when null. artwork_path: a picture in the caller's folder of bucket crate-covers.
client_id: sent again, it returns the same draft, which goes with its file when it is not submitted in 30 days (setting draft_kept_days). Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
not_an_artist (403), title_invalid, artist_name_invalid, duration_invalid, file_format_unknown, unknown_genre, track_kind_unknown,
bpm_invalid, musical_key_invalid, isrc_invalid, cover_not_found (422), draft_limit, storage_full (409; settings drafts_limit, stored_bytes_limit),
rate_limited (429).$$;

create or replace function public.submit_track(track_id uuid)
returns public.tracks
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.submit_track(submit_track.track_id);
end;
comment on function public.submit_track(uuid) is
$$Hand in a draft whose file is uploaded

It becomes processing until it is found to be made by people, or is published at once (trusted uploaders; everybody where setting
publish_without_detection is 1). Returns the track; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
track_not_found (404), file_not_found, file_size_wrong (422).$$;

create or replace function public.update_track(
  track_id uuid, title text default null, artist_name text default null, genre text default null, kind text default null,
  bpm numeric default null, musical_key text default null, is_explicit boolean default null, isrc text default null,
  artwork_path text default null
)
returns public.tracks
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.update_track(update_track.track_id, update_track.title, update_track.artist_name, update_track.genre, update_track.kind, update_track.bpm, update_track.musical_key, update_track.is_explicit, update_track.isrc, update_track.artwork_path);
end;
comment on function public.update_track(uuid, text, text, text, text, numeric, text, boolean, text, text) is
$$Change the description of one's own upload

Null leaves a field as it is; empty text, or 0 for bpm, takes it away. Returns the track. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
track_not_found (404), title_invalid, artist_name_invalid, unknown_genre, track_kind_unknown, bpm_invalid, musical_key_invalid, isrc_invalid,
cover_not_found (422), rate_limited (429).$$;

create or replace function public.hide_track(track_id uuid)
returns public.tracks
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_track_shown(hide_track.track_id, false);
end;
comment on function public.hide_track(uuid) is
$$Hide one's own published track from everybody else

Returns the track; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), track_not_found (404), track_not_published,
track_removed (409).$$;

create or replace function public.publish_track(track_id uuid)
returns public.tracks
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_track_shown(publish_track.track_id, true);
end;
comment on function public.publish_track(uuid) is
$$Show one's own hidden track again

Only what has been published before: new tracks are published when they are found to be made by people. Returns the track; repeating changes
nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), track_not_found (404), track_not_published, track_removed (409).$$;

create or replace function public.discard_track(track_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.discard_track(discard_track.track_id);
end;
comment on function public.discard_track(uuid) is
$$Throw away one's own draft, with its file

Errors: not_signed_in (401), account_deactivated, feature_disabled (403), track_not_found (404), track_not_draft (409).$$;

create or replace function public.remove_track(track_id uuid, reason text default null)
returns public.tracks
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_track_removed(remove_track.track_id, true, remove_track.reason);
end;
comment on function public.remove_track(uuid, text) is
$$Take any track off, as staff

Its artist still sees it, with status removed. Audited with the reason. Returns the track; repeating changes nothing. Errors: not_signed_in
(401), account_deactivated, not_allowed (403), track_not_found (404).$$;

create or replace function public.restore_track(track_id uuid)
returns public.tracks
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_track_removed(restore_track.track_id, false, null);
end;
comment on function public.restore_track(uuid) is
$$Give a removed track back the status it had, as staff

Audited. Returns the track; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, not_allowed (403), track_not_found (404).$$;

create or replace function public.track(track_id uuid)
returns public.track_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select
    row.id, row.provider, row.provider_track_id, row.title, row.artist_name, row.artist, row.duration_ms, row.artwork_url,
    row.artwork_path, row.isrc, row.genre, row.bpm, row.musical_key, row.is_explicit, row.kind, row.status, row.play_count,
    row.like_count, row.comment_count, row.repost_count, row.liked_by_me, row.published_at, row.created_at, row.cursor
  from private.track(track.track_id) as row;
end;
comment on function public.track(uuid) is
$$One track

Anybody may ask. Errors: track_not_found (404).$$;

create or replace function public.artist_tracks(username text, after text default null, page_size int default null)
returns setof public.track_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select
    row.id, row.provider, row.provider_track_id, row.title, row.artist_name, row.artist, row.duration_ms, row.artwork_url,
    row.artwork_path, row.isrc, row.genre, row.bpm, row.musical_key, row.is_explicit, row.kind, row.status, row.play_count,
    row.like_count, row.comment_count, row.repost_count, row.liked_by_me, row.published_at, row.created_at, row.cursor
  from private.artist_tracks(artist_tracks.username, artist_tracks.after, artist_tracks.page_size) as row;
end;
comment on function public.artist_tracks(text, text, int) is
$$What an artist has published here, newest first

Anybody may ask. Errors: profile_not_found (404), bad_cursor (422).$$;

create or replace function public.my_tracks(after text default null, page_size int default null)
returns setof public.track_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select
    row.id, row.provider, row.provider_track_id, row.title, row.artist_name, row.artist, row.duration_ms, row.artwork_url,
    row.artwork_path, row.isrc, row.genre, row.bpm, row.musical_key, row.is_explicit, row.kind, row.status, row.play_count,
    row.like_count, row.comment_count, row.repost_count, row.liked_by_me, row.published_at, row.created_at, row.cursor
  from private.my_tracks(my_tracks.after, my_tracks.page_size) as row;
end;
comment on function public.my_tracks(text, int) is
$$The caller's own uploads in every state, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.search_tracks(query text, after text default null, page_size int default null)
returns setof public.track_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select
    row.id, row.provider, row.provider_track_id, row.title, row.artist_name, row.artist, row.duration_ms, row.artwork_url,
    row.artwork_path, row.isrc, row.genre, row.bpm, row.musical_key, row.is_explicit, row.kind, row.status, row.play_count,
    row.like_count, row.comment_count, row.repost_count, row.liked_by_me, row.published_at, row.created_at, row.cursor
  from private.search_tracks(search_tracks.query, search_tracks.after, search_tracks.page_size) as row;
end;
comment on function public.search_tracks(text, text, int) is
$$Published tracks by a part of their title and artist, the most played first

query: 3 to 80 characters. Anybody may ask. Errors: query_too_short, bad_cursor (422).$$;

create or replace function backend.forget_old_drafts(size int default 100)
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.forget_old_drafts(forget_old_drafts.size);
end;
comment on function backend.forget_old_drafts(int) is
$$Throw away the drafts that were never submitted, with their files

Those older than draft_kept_days, at most size (100; 1000 at most). Returns how many; call it until it is none.$$;

grant execute on function
  private.resolve_track(text, text, text, text, int, text, text, boolean),
  public.resolve_track(text, text, text, text, int, text, text, boolean),
  private.create_track(text, text, int, text, text, text, numeric, text, boolean, text, text, uuid),
  public.create_track(text, text, int, text, text, text, numeric, text, boolean, text, text, uuid),
  private.submit_track(uuid),
  public.submit_track(uuid),
  private.update_track(uuid, text, text, text, text, numeric, text, boolean, text, text),
  public.update_track(uuid, text, text, text, text, numeric, text, boolean, text, text),
  private.set_track_shown(uuid, boolean),
  public.hide_track(uuid),
  public.publish_track(uuid),
  private.discard_track(uuid),
  public.discard_track(uuid),
  private.set_track_removed(uuid, boolean, text),
  public.remove_track(uuid, text),
  public.restore_track(uuid),
  private.my_tracks(text, int),
  public.my_tracks(text, int)
to authenticated;

grant execute on function
  private.track(uuid),
  public.track(uuid),
  private.artist_tracks(text, text, int),
  public.artist_tracks(text, text, int),
  private.search_tracks(text, text, int),
  public.search_tracks(text, text, int)
to anon, authenticated;

grant execute on function private.forget_old_drafts(int), backend.forget_old_drafts(int) to service_role;

-- source: sql/03_catalogue/api/20_plays.sql

-- Without settings of its own it becomes part of the query that calls it.
create or replace function public.record_play(
  track_id uuid, ms_played int, client_event_id uuid, source text default 'app', room_id uuid default null
)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.record_play(record_play.track_id, record_play.ms_played, record_play.client_event_id, record_play.source, record_play.room_id);
end;
comment on function public.record_play(uuid, int, uuid, text, uuid) is
$$Tell that the caller has listened to a track

Returns {is_counted}. A play counts from 30 seconds (setting play_counts_from_ms), or half of a shorter track, once a listener and track
in 10 minutes (setting play_counts_again_seconds); never more is heard than the track is long, or than has passed since the caller's play before.
client_event_id: made by the client, sent again it changes nothing and is answered as the first time. source: app, room (with room_id) or
crate. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), track_not_found (404), track_not_published (409), event_id_missing,
ms_played_invalid, source_unknown (422), rate_limited (429).$$;

create or replace function backend.stream_source(track_id uuid, listener uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.stream_source(stream_source.track_id, stream_source.listener);
end;
comment on function backend.stream_source(uuid, uuid) is
$$Where the file of a track lies that this listener may hear

For the function that signs an address of it: {bucket, path, is_preview, file_format, seconds}, seconds being how long the address shall be
good (setting stream_url_seconds). listener: an id the function has authenticated, null for somebody who is not signed in. Its artist
hears a draft, too, once the file is there. Errors: account_gone (401), account_deactivated (403), track_not_found (404), track_has_no_file
(409).$$;

create or replace function backend.keep_play_partitions()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.keep_play_partitions();
end;
comment on function backend.keep_play_partitions() is
$$Make the partitions of the months to come, and forget what is out of date

Returns {partitions_made, claims_forgotten (10000 at most)}. For every day; repeating it changes nothing.$$;

create or replace function backend.months_to_archive()
returns table (month date, object_key text, row_count bigint, checksum text)
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select row.month, row.object_key, row.row_count, row.checksum
  from private.months_to_archive() as row;
end;
comment on function backend.months_to_archive() is
$$The months of plays that are to go to the archive, oldest first

Older than plays_kept_months and not dropped yet; object_key, row_count and checksum where an object was registered already, which then need
only be read back.$$;

create or replace function backend.plays_of_month(month date, after uuid default null, size int default 10000)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select coalesce(jsonb_agg(to_jsonb(row) order by row.id), '[]')
  from private.plays_of_month(plays_of_month.month, plays_of_month.after, plays_of_month.size) as row;
end;
comment on function backend.plays_of_month(date, uuid, int) is
$$A month's plays in the order of their ids, for the archive

[{id, track_id, listener_key, room_id, ms_played, is_counted, source, played_at}, ...]: one value, as PostgREST cuts lists off at 1000 rows.
after: the last id of the page before; 50000 rows at most. listener_key is the same for one listener within the month and names nobody; null
for who has been erased. Nothing of a month that is dropped. Errors: month_not_found (404).$$;

create or replace function backend.register_play_archive(month date, object_key text, row_count bigint, checksum text)
returns void
language sql
volatile
security invoker
set search_path = ''
-- A month may take its time: PostgREST applies this before the call.
set statement_timeout = '10min'
begin atomic
  select private.register_play_archive(register_play_archive.month, register_play_archive.object_key, register_play_archive.row_count, register_play_archive.checksum);
end;
comment on function backend.register_play_archive(date, text, bigint, text) is
$$Say that a month lies in the archive, as it was read back from there

checksum: the exclusive or of the SHA-256 of each row's line id|track_id|listener_key|room_id|ms_played|is_counted|source|played_at, in hex; null as
nothing, is_counted as t or f, played_at in microseconds since 1970. The database computes its own and refuses what differs. A later call replaces
what an earlier one said, until the month is dropped; then it changes nothing. Errors: month_not_found (404), archive_not_verified (409),
archive_invalid (422).$$;

create or replace function backend.drop_archived_plays(month date, row_count bigint, checksum text)
returns boolean
language sql
volatile
security invoker
set search_path = ''
-- A month may take its time: PostgREST applies this before the call.
set statement_timeout = '10min'
begin atomic
  select private.drop_archived_plays(drop_archived_plays.month, drop_archived_plays.row_count, drop_archived_plays.checksum);
end;
comment on function backend.drop_archived_plays(date, bigint, text) is
$$Drop a month of plays whose object was read back

row_count and checksum of what was read: they must be those registered, and all rows that are here. True when it is dropped now, false when it
was before. Counts of tracks stay. Errors: month_not_found (404), archive_not_verified (409).$$;

grant execute on function
  private.record_play(uuid, int, uuid, text, uuid),
  public.record_play(uuid, int, uuid, text, uuid)
to authenticated;

grant execute on function
  private.stream_source(uuid, uuid),
  backend.stream_source(uuid, uuid),
  private.keep_play_partitions(),
  backend.keep_play_partitions(),
  private.months_to_archive(),
  backend.months_to_archive(),
  private.plays_of_month(date, uuid, int),
  backend.plays_of_month(date, uuid, int),
  private.register_play_archive(date, text, bigint, text),
  backend.register_play_archive(date, text, bigint, text),
  private.drop_archived_plays(date, bigint, text),
  backend.drop_archived_plays(date, bigint, text)
to service_role;

-- source: sql/03_catalogue/api/30_crates.sql

create or replace function public.create_crate(
  title text, description text default null, genre text default null, mood text default null, tags text[] default '{}',
  visibility text default 'public', cover_path text default null, client_id uuid default null
)
returns public.crates
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.create_crate(create_crate.title, create_crate.description, create_crate.genre, create_crate.mood, create_crate.tags, create_crate.visibility, create_crate.cover_path, create_crate.client_id);
end;
comment on function public.create_crate(text, text, text, text, text[], text, text, uuid) is
$$Make a crate

visibility: public, unlisted (whoever has the id), followers or private. tags: at most 10. cover_path: a picture in the caller's folder of
bucket crate-covers. client_id: sent again, it returns the same crate, or crate_deleted once that is gone. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), title_invalid,
description_too_long, unknown_genre, mood_too_long, tags_invalid, crate_visibility_unknown, cover_not_found (422), crate_deleted, crate_limit (409),
rate_limited (429).$$;

create or replace function public.update_crate(
  crate_id uuid, title text default null, description text default null, genre text default null, mood text default null,
  tags text[] default null, visibility text default null, cover_path text default null
)
returns public.crates
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.update_crate(update_crate.crate_id, update_crate.title, update_crate.description, update_crate.genre, update_crate.mood, update_crate.tags, update_crate.visibility, update_crate.cover_path);
end;
comment on function public.update_crate(uuid, text, text, text, text, text[], text, text) is
$$Change the description of one's own crate

Null leaves a field as it is; empty text, or no tags, takes it away. Returns the crate. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
crate_not_yours (403), crate_not_found (404), title_invalid, description_too_long, unknown_genre, mood_too_long, tags_invalid,
crate_visibility_unknown, cover_not_found (422), rate_limited (429).$$;

create or replace function public.delete_crate(crate_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.delete_crate(delete_crate.crate_id);
end;
comment on function public.delete_crate(uuid) is
$$Delete one's own crate

Nothing of it can be read any more. Repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), crate_not_yours (403),
crate_not_found (404).$$;

create or replace function public.add_to_crate(crate_id uuid, track_id uuid, note text default null)
returns public.crate_items
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.add_to_crate(add_to_crate.crate_id, add_to_crate.track_id, add_to_crate.note);
end;
comment on function public.add_to_crate(uuid, uuid, text) is
$$Put a track at the end of a crate, as owner or editor

Returns the item. A crate holds a track once: adding it again returns the item that is there, as it is. At most 500 (setting
crate_items_limit). note: at most 280 characters. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), crate_not_yours (403),
track_not_found, crate_not_found (404), track_not_published, crate_full (409), note_too_long (422), rate_limited (429).$$;

create or replace function public.remove_from_crate(item_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.remove_from_crate(remove_from_crate.item_id);
end;
comment on function public.remove_from_crate(uuid) is
$$Take an item out of a crate, as owner or editor

Errors: not_signed_in (401), account_deactivated, feature_disabled (403), crate_not_yours (403), crate_item_not_found, crate_not_found (404).$$;

create or replace function public.note_crate_item(item_id uuid, note text)
returns public.crate_items
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.note_crate_item(note_crate_item.item_id, note_crate_item.note);
end;
comment on function public.note_crate_item(uuid, text) is
$$Write the note of an item anew, or take it away with null, as owner or editor

Returns the item, which then is by the caller. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), crate_not_yours (403), crate_item_not_found,
crate_not_found (404), note_too_long (422), rate_limited (429).$$;

create or replace function public.move_crate_item(item_id uuid, after_item_id uuid)
returns public.crate_items
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.move_crate_item(move_crate_item.item_id, move_crate_item.after_item_id);
end;
comment on function public.move_crate_item(uuid, uuid) is
$$Put an item behind another of its crate, or with null in front of all, as owner or editor

Returns the item; no other changes its position. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), crate_not_yours (403),
crate_item_not_found, crate_not_found (404), rate_limited (429).$$;

create or replace function public.set_crate_collaborator(crate_id uuid, username text, role text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_crate_collaborator(set_crate_collaborator.crate_id, set_crate_collaborator.username, set_crate_collaborator.role);
end;
comment on function public.set_crate_collaborator(uuid, text, text) is
$$Let somebody see (viewer) or fill (editor) one's own crate, or with null no longer

Who collaborates may take themself out. Returns {username, role}; repeating changes nothing. A block of the two ends it. Errors:
not_signed_in (401), account_deactivated, feature_disabled (403), crate_not_yours (403), crate_not_found, profile_not_found (404), collaborator_limit (409),
collaborator_role_unknown, not_yourself (422), rate_limited (429).$$;

create or replace function public.record_crate_play(crate_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.record_crate_play(record_crate_play.crate_id);
end;
comment on function public.record_crate_play(uuid) is
$$Tell that the caller plays a crate

Returns {is_counted}: once a listener and hour. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), crate_not_found (404), rate_limited (429).$$;

create or replace function public.feature_crate(crate_id uuid, is_featured boolean)
returns public.crates
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.feature_crate(feature_crate.crate_id, feature_crate.is_featured);
end;
comment on function public.feature_crate(uuid, boolean) is
$$Feature a public crate, or no longer, as staff

Audited. Returns the crate; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, not_allowed (403), crate_not_found
(404), crate_not_public (409), value_missing (422).$$;

grant execute on function
  private.create_crate(text, text, text, text, text[], text, text, uuid),
  public.create_crate(text, text, text, text, text[], text, text, uuid),
  private.update_crate(uuid, text, text, text, text, text[], text, text),
  public.update_crate(uuid, text, text, text, text, text[], text, text),
  private.delete_crate(uuid),
  public.delete_crate(uuid),
  private.add_to_crate(uuid, uuid, text),
  public.add_to_crate(uuid, uuid, text),
  private.remove_from_crate(uuid),
  public.remove_from_crate(uuid),
  private.note_crate_item(uuid, text),
  public.note_crate_item(uuid, text),
  private.move_crate_item(uuid, uuid),
  public.move_crate_item(uuid, uuid),
  private.set_crate_collaborator(uuid, text, text),
  public.set_crate_collaborator(uuid, text, text),
  private.record_crate_play(uuid),
  public.record_crate_play(uuid),
  private.feature_crate(uuid, boolean),
  public.feature_crate(uuid, boolean)
to authenticated;

-- source: sql/03_catalogue/api/40_lists.sql

create or replace function public.crate(crate_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.crate(crate.crate_id);
end;
comment on function public.crate(uuid) is
$$A crate with its first items

{crate {a crate_row without cursor}, items [crate_item_row ...], collaborators [{id, username, display_name, avatar_path, is_verified, role}]}.
To who has no part in the crate, of the collaborators those who have put something into it.
More items with crate_items. Anybody may ask. Errors: crate_not_found (404).$$;

create or replace function public.crate_items(crate_id uuid, after text default null, page_size int default null)
returns setof public.crate_item_row
language sql
stable
security invoker
begin atomic
  select row.id, row.track, row.note, row.added_by, row.added_at, row.cursor
  from private.crate_items(crate_items.crate_id, crate_items.after, crate_items.page_size) as row;
end;
comment on function public.crate_items(uuid, text, int) is
$$What lies in a crate, in its order

Anybody may ask. Errors: crate_not_found (404), bad_cursor (422).$$;

create or replace function public.my_crates(after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.my_crates(my_crates.after, my_crates.page_size) as row;
end;
comment on function public.my_crates(text, int) is
$$The caller's own crates and those they collaborate on, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.crates_containing(track_id uuid, after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.crates_containing(crates_containing.track_id, crates_containing.after, crates_containing.page_size) as row;
end;
comment on function public.crates_containing(uuid, text, int) is
$$Which of my_crates hold a track: "you already have this in ..."

Newest first. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.profile_crates(username text, after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.profile_crates(profile_crates.username, profile_crates.after, profile_crates.page_size) as row;
end;
comment on function public.profile_crates(text, text, int) is
$$Somebody's crates that the caller may see and that are not unlisted, newest first

Anybody may ask. Errors: profile_not_found (404), bad_cursor (422).$$;

create or replace function public.trending_crates(genre text default null, after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.trending_crates(trending_crates.genre, trending_crates.after, trending_crates.page_size) as row;
end;
comment on function public.trending_crates(text, text, int) is
$$The public crates that most listeners play these days

Each listener of the last 7 days (setting trending_days) weighs once, half after each day (trending_half_life_hours). Ranks are renewed by the
clock and stand still in between. Without those muted or blocked. Anybody may ask. Errors: unknown_genre, bad_cursor (422).$$;

create or replace function public.new_crates(after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.new_crates(new_crates.after, new_crates.page_size) as row;
end;
comment on function public.new_crates(text, int) is
$$The newest public crates

Without those muted or blocked. Anybody may ask. Errors: bad_cursor (422).$$;

create or replace function public.crates_by_genre(genre text, after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.crates_by_genre(crates_by_genre.genre, crates_by_genre.after, crates_by_genre.page_size) as row;
end;
comment on function public.crates_by_genre(text, text, int) is
$$The newest public crates of a genre

Without those muted or blocked. Anybody may ask. Errors: unknown_genre, bad_cursor (422).$$;

create or replace function public.featured_crates(after text default null, page_size int default null)
returns setof public.crate_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.title, row.description, row.cover_path, row.genre, row.mood, row.tags, row.visibility, row.is_featured, row.owner,
    row.my_role, row.item_count, row.total_ms, row.play_count, row.like_count, row.comment_count, row.liked_by_me, row.created_at,
    row.updated_at, row.cursor
  from private.featured_crates(featured_crates.after, featured_crates.page_size) as row;
end;
comment on function public.featured_crates(text, int) is
$$The crates that staff chose, the latest choice first

Without those muted or blocked. Anybody may ask. Errors: bad_cursor (422).$$;

create or replace function backend.refresh_trending(after uuid default null, size int default 1000)
returns uuid
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.refresh_trending(refresh_trending.after, refresh_trending.size);
end;
comment on function backend.refresh_trending(uuid, int) is
$$Weigh the next crates that trend

Returns the last of them, to be handed in as after, or null when there are no more. 10000 at most.$$;

grant execute on function
  private.crate(uuid),
  public.crate(uuid),
  private.crate_items(uuid, text, int),
  public.crate_items(uuid, text, int),
  private.profile_crates(text, text, int),
  public.profile_crates(text, text, int),
  private.trending_crates(text, text, int),
  public.trending_crates(text, text, int),
  private.new_crates(text, int),
  public.new_crates(text, int),
  private.crates_by_genre(text, text, int),
  public.crates_by_genre(text, text, int),
  private.featured_crates(text, int),
  public.featured_crates(text, int)
to anon, authenticated;

grant execute on function
  private.my_crates(text, int),
  public.my_crates(text, int),
  private.crates_containing(uuid, text, int),
  public.crates_containing(uuid, text, int)
to authenticated;

grant execute on function
  private.refresh_trending(uuid, int),
  backend.refresh_trending(uuid, int)
to service_role;

-- source: sql/04_social/api/10_graph.sql

create or replace function public.follow(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.follow(follow.username);
end;
comment on function public.follow(text) is
$$Follow somebody, or ask a private profile

Returns {state: following or requested}; repeating changes nothing. Inserting into follows does the same for profiles that are not private.
Errors: not_signed_in (401), account_deactivated, feature_disabled (403), profile_not_found (404), not_yourself (422), follow_limit (409; hint: the limit),
follow_needs_approval (409; the profile turned private at this moment: call again), rate_limited (429).$$;

create or replace function public.unfollow(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.unfollow(unfollow.username);
end;
comment on function public.unfollow(text) is
$$Stop following somebody, or take a request back

Returns {state: none}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), profile_not_found (404).$$;

create or replace function public.decide_follow_request(username text, approve boolean)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.decide_follow_request(decide_follow_request.username, decide_follow_request.approve);
end;
comment on function public.decide_follow_request(text, boolean) is
$$Approve or refuse somebody who asks to follow the caller

Returns {state: following or none}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), profile_not_found, follow_request_not_found (404), decision_missing (422), follow_limit (409).$$;

create or replace function public.remove_follower(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.remove_follower(remove_follower.username);
end;
comment on function public.remove_follower(text) is
$$End somebody's follow of the caller, without a word to them

Returns {is_follower: false}; repeating changes nothing. A private profile decides anew if they ask again. Errors: not_signed_in (401),
account_deactivated, feature_disabled (403), profile_not_found (404).$$;

create or replace function public.my_follow_requests(after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.my_follow_requests(my_follow_requests.after, my_follow_requests.page_size) as card;
end;
comment on function public.my_follow_requests(text, int) is
$$Who asks to follow the caller, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.followers(username text, after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.list_follows('followers', followers.username, followers.after, followers.page_size) as card;
end;
comment on function public.followers(text, text, int) is
$$Who follows somebody, newest first

Without those muted, blocked or hidden. Errors: profile_not_found (404), profile_is_private (403), bad_cursor (422).$$;

create or replace function public.following(username text, after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.list_follows('following', following.username, following.after, following.page_size) as card;
end;
comment on function public.following(text, text, int) is
$$Whom somebody follows, newest first

As followers.$$;

create or replace function public.mutuals(username text, after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.list_follows('mutuals', mutuals.username, mutuals.after, mutuals.page_size) as card;
end;
comment on function public.mutuals(text, text, int) is
$$Whom somebody follows and who follow back, newest first

As followers.$$;

-- source: sql/04_social/api/20_posts.sql

create or replace function public.create_post(
  kind text, body text default null, track_id uuid default null, crate_id uuid default null, media_paths text[] default '{}',
  visibility text default 'public', client_id uuid default null
)
returns public.posts
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.create_post(
    create_post.kind, create_post.body, create_post.track_id, create_post.crate_id, create_post.media_paths, create_post.visibility,
    create_post.client_id
  );
end;
comment on function public.create_post(text, text, uuid, uuid, text[], text, uuid) is
$$Post something

kind: text (needs a body), media (1 to 4 media_paths, uploaded to bucket post-media before as <own id>/<uuid>.png, .jpg or
.webp), track (a track_id) or crate (a crate_id). body: at most 2000
characters. visibility: public, followers, mutuals or private. What is shared must be seen by those whom the post reaches: a track that is
not published, and a private crate, only in a private post; a followers' crate by its owner alone, for followers or mutuals. client_id: sent
again, it returns the same post. Returns the post. Errors:
not_signed_in (401), account_deactivated, feature_disabled (403), track_not_found, crate_not_found (404), track_not_published,
crate_not_for_audience (409), post_kind_unknown, visibility_unknown, body_missing, body_too_long, media_count_wrong, media_not_found,
shared_thing_unfit (422), rate_limited (429).$$;

create or replace function public.share_crate(crate_id uuid, body text default null, client_id uuid default null)
returns public.posts
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.share_crate(share_crate.crate_id, share_crate.body, share_crate.client_id);
end;
comment on function public.share_crate(uuid, text, uuid) is
$$Post a crate to all who may see it

Public, or for followers when the crate is the caller's own and for followers. Returns the post. Errors: not_signed_in (401),
account_deactivated, feature_disabled (403), crate_not_found (404), crate_not_for_audience (409; a private crate, or a followers' crate of
somebody else), body_too_long (422), rate_limited (429).$$;

create or replace function public.edit_post(post_id uuid, body text)
returns public.posts
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.edit_post(edit_post.post_id, edit_post.body);
end;
comment on function public.edit_post(uuid, text) is
$$Change the text of one's own post

Within 30 minutes (setting post_edit_minutes); edited_at tells. Returns the post. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
post_not_found (404), edit_window_passed (409), body_missing, body_too_long (422), rate_limited (429).$$;

create or replace function public.delete_post(post_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.delete_post(delete_post.post_id);
end;
comment on function public.delete_post(uuid) is
$$Delete one's own post

Body, media, likes, reposts and counts go; the row stays. Repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), post_not_found (404).$$;

create or replace function public.repost(post_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_repost(repost.post_id, true);
end;
comment on function public.repost(uuid) is
$$Pass a public post on to one's followers

Returns {reposted: true, repost_count}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), post_not_public (403),
post_not_found (404), rate_limited (429).$$;

create or replace function public.unrepost(post_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_repost(unrepost.post_id, false);
end;
comment on function public.unrepost(uuid) is
$$Take a repost back

Returns {reposted: false, repost_count}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), post_not_found (404).$$;

-- Without settings of its own it becomes part of the query that calls it.
create or replace function public.set_like(target_kind text, target_id uuid, liked boolean)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_like(set_like.target_kind, set_like.target_id, set_like.liked);
end;
comment on function public.set_like(text, uuid, boolean) is
$$Like something, or no longer

target_kind: post, comment, track, crate, message or activity_event, of what one may see. Returns {liked, like_count}; setting what is already so changes
nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), post_not_found, comment_not_found, track_not_found,
crate_not_found, direct_message_not_found, activity_not_found (404), target_kind_unknown, value_missing (422), rate_limited (429; for taking back).$$;

create or replace function public.my_likes(kind text, after text default null, page_size int default null)
returns table (target_kind text, target_id uuid, liked_at timestamptz, target jsonb, cursor text)
language sql
stable
security invoker
set search_path = ''
begin atomic
  select favour.target_kind, favour.target_id, favour.liked_at, favour.target, favour.cursor
  from private.my_likes(my_likes.kind, my_likes.after, my_likes.page_size) as favour;
end;
comment on function public.my_likes(text, text, int) is
$$What the caller likes and still may see, newest like first

kind: post, comment, track, crate, message or activity_event. target: a feed_row, comment_row or message_row, each without its cursor, the
track or crate as posts show it, or {id, kind, actor, target_kind, target_id, target, event_count, like_count, created_at} of an event. Errors: not_signed_in (401), target_kind_unknown, bad_cursor (422).$$;

-- source: sql/04_social/api/25_comments.sql

create or replace function public.create_comment(target_kind text, target_id uuid, body text, parent_id uuid default null, position_ms int default null, client_id uuid default null)
returns public.comment_row
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.create_comment(create_comment.target_kind, create_comment.target_id, create_comment.body, create_comment.parent_id, create_comment.position_ms, create_comment.client_id);
end;
comment on function public.create_comment(text, uuid, text, uuid, int, uuid) is
$$Say something about a post, a track or a crate, or answer a comment on it

body: at most 1000 characters; @username names people, the first 10 of whom are told, as far as they may see the comment. parent_id: the comment it answers;
below the fourth level an answer stands beside what it answers. position_ms: the moment of the track it is about. client_id: sent again, it returns the same comment. Errors:
not_signed_in (401), account_deactivated, feature_disabled (403), owner_is_blocked (403), post_not_found, track_not_found, crate_not_found, comment_not_found (404),
target_kind_unknown, body_missing, body_too_long,
position_unfit (422), rate_limited (429).$$;

create or replace function public.edit_comment(comment_id uuid, body text)
returns public.comment_row
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.edit_comment(edit_comment.comment_id, edit_comment.body);
end;
comment on function public.edit_comment(uuid, text) is
$$Change the text of one's own comment

Within 30 minutes (setting comment_edit_minutes); edited_at tells, and the mentions become those of the new text. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
comment_not_found (404), edit_window_passed (409), body_missing, body_too_long (422), rate_limited (429).$$;

create or replace function public.delete_comment(comment_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.delete_comment(delete_comment.comment_id);
end;
comment on function public.delete_comment(uuid) is
$$Delete one's own comment

Text, mentions, reactions and likes go. While it has replies it is shown as a tombstone, without author and text. Repeating changes nothing.
Errors: not_signed_in (401), account_deactivated, feature_disabled (403), comment_not_found (404).$$;

create or replace function public.pin_comment(comment_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_comment_pinned(pin_comment.comment_id, true);
end;
comment on function public.pin_comment(uuid) is
$$Put one comment first on what is the caller's

It takes the place of the one that was pinned. Returns {is_pinned: true}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
not_the_owner (403), comment_not_found (404), comment_not_pinnable (409; a reply, or hidden).$$;

create or replace function public.unpin_comment(comment_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_comment_pinned(unpin_comment.comment_id, false);
end;
comment on function public.unpin_comment(uuid) is
$$No longer put a comment first

Returns {is_pinned: false}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_the_owner (403), comment_not_found (404).$$;

create or replace function public.hide_comment(comment_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_comment_hidden(hide_comment.comment_id, true);
end;
comment on function public.hide_comment(uuid) is
$$Hide a comment on what is the caller's

With its replies, from all but its author, the owner and staff. Staff may hide any, which is audited. Returns {is_hidden: true}; repeating
changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_the_owner (403), comment_not_found (404).$$;

create or replace function public.unhide_comment(comment_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_comment_hidden(unhide_comment.comment_id, false);
end;
comment on function public.unhide_comment(uuid) is
$$Show a hidden comment again

What staff have hidden, only they show. Returns {is_hidden: false}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
not_the_owner, hidden_by_staff (403), comment_not_found (404).$$;

create or replace function public.set_reaction(comment_id uuid, emoji text, present boolean)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_reaction(set_reaction.comment_id, set_reaction.emoji, set_reaction.present);
end;
comment on function public.set_reaction(uuid, text, boolean) is
$$React to a comment with an emoji, or no longer

emoji: one of reaction_emoji, each once a person. Returns {present, count}; setting what is already so changes nothing. Errors:
not_signed_in (401), account_deactivated, feature_disabled (403), comment_not_found (404), emoji_unknown, value_missing (422), rate_limited (429).$$;

create or replace function public.comments_on(target_kind text, target_id uuid, sort text default 'newest', after text default null, page_size int default null)
returns setof public.comment_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.target_kind, row.target_id, row.parent_id, row.depth, row.body, row.position_ms, row.author, row.mentions, row.like_count,
    row.liked_by_me, row.reactions, row.reply_count, row.replies, row.is_pinned, row.is_hidden, row.is_deleted, row.created_at, row.edited_at,
    row.cursor
  from private.comments_on(comments_on.target_kind, comments_on.target_id, comments_on.sort, comments_on.after, comments_on.page_size) as row;
end;
comment on function public.comments_on(text, uuid, text, text, int) is
$$What is said about a post, a track or a crate, each comment with its first three replies

sort: newest, oldest, top (most liked) or position (those about a moment of a track, in its order). The pinned comment comes first,
but by position. Anybody may ask who sees the thing; without those muted, blocked or hidden. Pages of top go by the likes at the time of
each page: a comment whose likes change between two pages may be met twice or not at all, every other one once. Errors:
post_not_found, track_not_found, crate_not_found (404), target_kind_unknown, sort_unknown, bad_cursor (422).$$;

create or replace function public.replies_to(comment_id uuid, after text default null, page_size int default null)
returns setof public.comment_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.target_kind, row.target_id, row.parent_id, row.depth, row.body, row.position_ms, row.author, row.mentions, row.like_count,
    row.liked_by_me, row.reactions, row.reply_count, row.replies, row.is_pinned, row.is_hidden, row.is_deleted, row.created_at, row.edited_at,
    row.cursor
  from private.replies_to(replies_to.comment_id, replies_to.after, replies_to.page_size) as row;
end;
comment on function public.replies_to(uuid, text, int) is
$$The direct replies to a comment, oldest first

Errors: comment_not_found (404), bad_cursor (422).$$;

create or replace function public.comment(comment_id uuid)
returns public.comment_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.comment(comment.comment_id);
end;
comment on function public.comment(uuid) is
$$One comment

Errors: comment_not_found (404).$$;

grant execute on function
  private.create_comment(text, uuid, text, uuid, int, uuid), public.create_comment(text, uuid, text, uuid, int, uuid),
  private.edit_comment(uuid, text), public.edit_comment(uuid, text),
  private.delete_comment(uuid), public.delete_comment(uuid),
  private.set_comment_pinned(uuid, boolean),
  public.pin_comment(uuid),
  public.unpin_comment(uuid),
  private.set_comment_hidden(uuid, boolean),
  public.hide_comment(uuid),
  public.unhide_comment(uuid),
  private.set_reaction(uuid, text, boolean), public.set_reaction(uuid, text, boolean)
to authenticated;

grant execute on function
  private.comments_on(text, uuid, text, text, int), public.comments_on(text, uuid, text, text, int),
  private.replies_to(uuid, text, int), public.replies_to(uuid, text, int),
  private.comment(uuid), public.comment(uuid)
to anon, authenticated;

-- source: sql/04_social/api/50_feeds.sql

create or replace function public.home_feed(after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.track, row.crate, row.visibility, row.author, row.like_count, row.comment_count,
    row.repost_count, row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.home_feed(home_feed.after, home_feed.page_size) as row;
end;
comment on function public.home_feed(text, int) is
$$The newest of those the caller follows, and their own

Posts and reposts, newest activity first, each post once: at the earliest of its entries by people the caller follows. Without what is
muted, blocked, hidden, deleted or for another audience. page_size: 20, at most 100. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.global_feed(after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.track, row.crate, row.visibility, row.author, row.like_count, row.comment_count,
    row.repost_count, row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.global_feed(global_feed.after, global_feed.page_size) as row;
end;
comment on function public.global_feed(text, int) is
$$The newest public posts

Anybody may ask; without those muted or blocked. Errors: bad_cursor (422).$$;

create or replace function public.profile_feed(username text, after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.track, row.crate, row.visibility, row.author, row.like_count, row.comment_count,
    row.repost_count, row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.profile_feed(profile_feed.username, profile_feed.after, profile_feed.page_size) as row;
end;
comment on function public.profile_feed(text, text, int) is
$$What one person posted and reposted, newest first

As far as the caller may see it. Errors: profile_not_found (404), bad_cursor (422).$$;

create or replace function public.tag_feed(tag text, after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.track, row.crate, row.visibility, row.author, row.like_count, row.comment_count,
    row.repost_count, row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.tag_feed(tag_feed.tag, tag_feed.after, tag_feed.page_size) as row;
end;
comment on function public.tag_feed(text, text, int) is
$$The newest public posts with a hashtag

tag: with or without #, in any case. Errors: tag_invalid, bad_cursor (422).$$;

create or replace function public.crate_posts(crate_id uuid, after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.track, row.crate, row.visibility, row.author, row.like_count, row.comment_count,
    row.repost_count, row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.crate_posts(crate_posts.crate_id, crate_posts.after, crate_posts.page_size) as row;
end;
comment on function public.crate_posts(uuid, text, int) is
$$The newest posts that share a crate

As far as the caller may see them. Errors: crate_not_found (404), bad_cursor (422).$$;

create or replace function public.post(post_id uuid)
returns public.feed_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.post(post.post_id);
end;
comment on function public.post(uuid) is
$$One post

Errors: post_not_found (404).$$;

grant execute on function
  private.follow(text), public.follow(text),
  private.unfollow(text), public.unfollow(text),
  private.decide_follow_request(text, boolean), public.decide_follow_request(text, boolean),
  private.remove_follower(text), public.remove_follower(text),
  private.my_follow_requests(text, int), public.my_follow_requests(text, int),
  private.create_post(text, text, uuid, uuid, text[], text, uuid), public.create_post(text, text, uuid, uuid, text[], text, uuid),
  private.share_crate(uuid, text, uuid), public.share_crate(uuid, text, uuid),
  private.edit_post(uuid, text), public.edit_post(uuid, text),
  private.delete_post(uuid), public.delete_post(uuid),
  private.set_repost(uuid, boolean),
  public.repost(uuid),
  public.unrepost(uuid),
  private.set_like(text, uuid, boolean), public.set_like(text, uuid, boolean),
  private.my_likes(text, text, int), public.my_likes(text, text, int),
  private.home_feed(text, int), public.home_feed(text, int)
to authenticated;

grant execute on function
  private.list_follows(text, text, text, int),
  public.followers(text, text, int),
  public.following(text, text, int),
  public.mutuals(text, text, int),
  private.global_feed(text, int), public.global_feed(text, int),
  private.profile_feed(text, text, int), public.profile_feed(text, text, int),
  private.tag_feed(text, text, int), public.tag_feed(text, text, int),
  private.crate_posts(uuid, text, int), public.crate_posts(uuid, text, int),
  private.post(uuid), public.post(uuid)
to anon, authenticated;

-- source: sql/04_social/api/60_messages.sql

create or replace function public.start_conversation(usernames text[], title text default null)
returns public.conversation_row
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.start_conversation(start_conversation.usernames, start_conversation.title);
end;
comment on function public.start_conversation(text[], text) is
$$Begin to write to somebody, or to a group

One username without a title: the conversation of these two, the same whoever starts it; an empty one is in nobody's list yet. With a title (1 to 120
characters) a group, of at most 20 with oneself. Who does not let the caller write directly (their dm_permission) is asked first: state requested.
A conversation of two is open once the other has begun, answered or accepted it: only then what they set later does not close it.
Returns the conversation. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
messages_not_wanted (403), profile_not_found (404), recipients_invalid, not_yourself, title_invalid (422), rate_limited (429).$$;

create or replace function public.send_direct_message(conversation_id uuid, body text default null, client_id uuid default null, track_id uuid default null, crate_id uuid default null, reply_to uuid default null)
returns public.message_row
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.send_direct_message(send_direct_message.conversation_id, send_direct_message.body, send_direct_message.client_id, send_direct_message.track_id, send_direct_message.crate_id, send_direct_message.reply_to);
end;
comment on function public.send_direct_message(uuid, text, uuid, uuid, uuid, uuid) is
$$Write in a conversation

body: 1 to 2000 characters, or none with a track or a crate, which each reader finds as far as they may see it. client_id: sent again, it returns the same message. reply_to: a message of the same conversation. Answering a
request accepts it. Tells dm:<conversation_id> message_sent. Returns the message. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
messages_not_wanted (403; they have neither answered nor accepted, and take none any more), conversation_not_found, direct_message_not_found, track_not_found, crate_not_found (404), recipient_gone, message_request_pending (409; three messages, setting
dm_request_messages, until they accept), body_missing, body_too_long, one_thing_at_a_time (422), rate_limited (429).$$;

create or replace function public.delete_direct_message(message_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.delete_direct_message(delete_direct_message.message_id);
end;
comment on function public.delete_direct_message(uuid) is
$$Take one's own message back

Its row stays without what was in it. Tells dm:<conversation_id> message_deleted. Repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
direct_message_not_found (404).$$;

create or replace function public.mark_conversation_read(conversation_id uuid, up_to uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.mark_conversation_read(mark_conversation_read.conversation_id, mark_conversation_read.up_to);
end;
comment on function public.mark_conversation_read(uuid, uuid) is
$$Move the caller's marker to a message

It never goes back; sending moves it too. Others see it in members, and hear conversation_read, once the caller has accepted the conversation. Returns
{last_read_message_id, unread_count}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), conversation_not_found,
direct_message_not_found (404), value_missing (422).$$;

create or replace function public.my_conversations(after text default null, page_size int default null, requests boolean default false)
returns setof public.conversation_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.title, row.state, row.members, row.member_count, row.last_message, row.unread_count,
    row.last_read_message_id, row.muted_until, row.created_at, row.cursor
  from private.my_conversations(my_conversations.after, my_conversations.page_size, my_conversations.requests) as row;
end;
comment on function public.my_conversations(text, int, boolean) is
$$The caller's conversations, those with the newest message first

With the last message, five of the other members and unread_count (at most 100). requests: those that wait to be accepted, instead. A conversation
that moves up while one is paging is not shown a second time. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.conversation(conversation_id uuid)
returns public.conversation_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.one_conversation(conversation.conversation_id);
end;
comment on function public.conversation(uuid) is
$$One conversation, with all its members

Errors: not_signed_in (401), conversation_not_found (404).$$;

create or replace function public.messages(conversation_id uuid, after text default null, page_size int default null)
returns setof public.message_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.conversation_id, row.sender, row.body, row.track, row.crate, row.reply_to, row.client_id,
    row.like_count, row.liked_by_me, row.created_at, row.deleted_at, row.cursor
  from private.messages(messages.conversation_id, messages.after, messages.page_size) as row;
end;
comment on function public.messages(uuid, text, int) is
$$The messages of a conversation, newest first

Since the caller joined; in groups without those of people across a block. Errors: not_signed_in (401), conversation_not_found (404),
bad_cursor (422).$$;

create or replace function public.direct_message(message_id uuid)
returns public.message_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.direct_message(direct_message.message_id);
end;
comment on function public.direct_message(uuid) is
$$One message, such as one that message_sent told of

Errors: not_signed_in (401), direct_message_not_found (404), also when it is deleted.$$;

create or replace function public.add_to_conversation(conversation_id uuid, usernames text[])
returns public.conversation_row
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.add_to_conversation(add_to_conversation.conversation_id, add_to_conversation.usernames);
end;
comment on function public.add_to_conversation(uuid, text[]) is
$$Take more people into a group

Any member may. They see what is written from then on. Who does not let the caller write directly, or has left, is asked first. Who is in already
stays so. Returns the conversation. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), messages_not_wanted (403), conversation_not_found,
profile_not_found (404), conversation_full (409; hint: the limit), not_a_group, message_request_pending (409), recipients_invalid, not_yourself (422),
rate_limited (429).$$;

create or replace function public.leave_conversation(conversation_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.leave_conversation(leave_conversation.conversation_id);
end;
comment on function public.leave_conversation(uuid) is
$$Leave a group

The caller's messages stay; when nobody is left the group goes with all of them. Returns {is_member: false}; repeating changes nothing. Errors:
not_signed_in (401), account_deactivated, feature_disabled (403), conversation_not_found (404), not_a_group (409).$$;

create or replace function public.rename_conversation(conversation_id uuid, title text)
returns public.conversation_row
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.rename_conversation(rename_conversation.conversation_id, rename_conversation.title);
end;
comment on function public.rename_conversation(uuid, text) is
$$Give a group another title

Any member may. Returns the conversation. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), conversation_not_found (404), not_a_group,
message_request_pending (409), title_invalid (422), rate_limited (429).$$;

create or replace function public.mute_conversation(conversation_id uuid, until timestamptz)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.mute_conversation(mute_conversation.conversation_id, mute_conversation.until);
end;
comment on function public.mute_conversation(uuid, timestamptz) is
$$Have no notifications from a conversation for a while

until: infinity for ever, null or what has passed to hear of it again. Returns {muted_until}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), conversation_not_found (404).$$;

create or replace function public.accept_message_request(conversation_id uuid)
returns public.conversation_row
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.accept_message_request(accept_message_request.conversation_id);
end;
comment on function public.accept_message_request(uuid) is
$$Let somebody write to the caller

Returns the conversation; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), conversation_not_found (404).$$;

create or replace function public.decline_message_request(conversation_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.decline_message_request(decline_message_request.conversation_id);
end;
comment on function public.decline_message_request(uuid) is
$$Not take part in a conversation one was asked into

Whoever asked is not told. Starting the conversation oneself takes it back. Returns {is_member: false}; repeating changes nothing. Errors:
not_signed_in (401), account_deactivated, feature_disabled (403), conversation_not_found (404), message_request_accepted (409).$$;

create or replace function public.set_dm_permission(permission text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_dm_permission(set_dm_permission.permission);
end;
comment on function public.set_dm_permission(text) is
$$Decide who may write to the caller without asking

permission: everyone, followees (those the caller follows; the default), mutuals, or nobody, which also refuses requests. Conversations that are open stay
open. Returns {dm_permission}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), dm_permission_unknown (422).$$;

grant execute on function
  private.start_conversation(text[], text), public.start_conversation(text[], text),
  private.send_direct_message(uuid, text, uuid, uuid, uuid, uuid), public.send_direct_message(uuid, text, uuid, uuid, uuid, uuid),
  private.delete_direct_message(uuid), public.delete_direct_message(uuid),
  private.mark_conversation_read(uuid, uuid), public.mark_conversation_read(uuid, uuid),
  private.my_conversations(text, int, boolean), public.my_conversations(text, int, boolean),
  private.one_conversation(uuid), public.conversation(uuid),
  private.messages(uuid, text, int), public.messages(uuid, text, int),
  private.direct_message(uuid), public.direct_message(uuid),
  private.add_to_conversation(uuid, text[]), public.add_to_conversation(uuid, text[]),
  private.leave_conversation(uuid), public.leave_conversation(uuid),
  private.rename_conversation(uuid, text), public.rename_conversation(uuid, text),
  private.mute_conversation(uuid, timestamptz), public.mute_conversation(uuid, timestamptz),
  private.accept_message_request(uuid), public.accept_message_request(uuid),
  private.decline_message_request(uuid), public.decline_message_request(uuid),
  private.set_dm_permission(text), public.set_dm_permission(text)
to authenticated;

-- source: sql/04_social/api/60_notifications.sql

create or replace function public.my_notifications(after text default null, page_size int default null)
returns setof public.notification_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.actors, row.actor_count, row.target_kind, row.target_id, row.target, row.comment, row.data,
    row.created_at, row.is_seen, row.is_read, row.cursor
  from private.my_notifications(my_notifications.after, my_notifications.page_size) as row;
end;
comment on function public.my_notifications(text, int) is
$$What the caller was told of, newest first

A group stands where its first one happened. Without what all whose doing it is are muted, blocked or gone, and without what the caller may
no longer see. New ones are broadcast on the private topic user:<id> as event notification {id, kind, actor, target_kind, target_id,
created_at}. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.unread_count()
returns int
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.unread_count();
end;
comment on function public.unread_count() is
$$How many notifications the caller has not read

Counted to 100 at most (setting notification_count_limit). Errors: not_signed_in (401).$$;

create or replace function public.mark_seen(up_to uuid)
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.mark_seen(mark_seen.up_to);
end;
comment on function public.mark_seen(uuid) is
$$Say that the list was opened

up_to: the id of the newest notification that was shown; it and all older ones are seen. They stay unread. Returns how many were not seen
before. Errors: not_signed_in, account_gone (401), account_deactivated (403), value_missing (422).$$;

create or replace function public.mark_read(ids uuid[] default null)
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.mark_read(mark_read.ids);
end;
comment on function public.mark_read(uuid[]) is
$$Say that notifications were read

ids: which; all when null. Ids of others' or unknown ones change nothing. What happens after begins a new notification. Returns how many
were unread before. Errors: not_signed_in, account_gone (401), account_deactivated (403).$$;

create or replace function public.set_notification_preference(kind text, channel text, is_enabled boolean)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_notification_preference(
    set_notification_preference.kind, set_notification_preference.channel, set_notification_preference.is_enabled
  );
end;
comment on function public.set_notification_preference(text, text, boolean) is
$$Decide about a kind of notifications

channel: in_app, push or email. What is not wanted in_app comes on no other channel either, and is not kept for later. Returns {kind, channel,
is_enabled}. Errors: not_signed_in, account_gone (401), account_deactivated (403), notification_kind_unknown, channel_unknown, value_missing
(422).$$;

create or replace function public.my_notification_preferences()
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.my_notification_preferences();
end;
comment on function public.my_notification_preferences() is
$$What the caller wants to be told, and how

{kinds: [{kind, category, in_app, push, email}], quiet_hours: {starts, ends, time_zone} or null}: every kind there is, as decided or as it
ships. Errors: not_signed_in (401).$$;

create or replace function public.set_quiet_hours(starts time, ends time)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_quiet_hours(set_quiet_hours.starts, set_quiet_hours.ends);
end;
comment on function public.set_quiet_hours(time, time) is
$$Choose when no push message shall come

From starts until ends in the time zone of the caller's profile, over midnight when ends is the earlier; both null for none. What comes in
between is delivered at the end. Returns {quiet_hours: {starts, ends} or null}. Errors: not_signed_in, account_gone (401),
account_deactivated (403), quiet_hours_invalid (422).$$;

create or replace function public.register_push_token(token text, platform text, device_name text default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.register_push_token(register_push_token.token, register_push_token.platform, register_push_token.device_name);
end;
comment on function public.register_push_token(text, text, text) is
$$Get push messages on this device

token: Expo's, ExponentPushToken[...]; call it at each start of the app. platform: ios or android. A token that was somebody else's is the caller's
from now on. Of more than 20 devices (setting push_tokens_limit) those not registered for longest go. Returns {token, platform, device_name}.
Errors: not_signed_in, account_gone (401), account_deactivated (403), push_token_invalid, platform_unknown (422), rate_limited (429).$$;

create or replace function public.remove_push_token(token text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.remove_push_token(remove_push_token.token);
end;
comment on function public.remove_push_token(text) is
$$Get no more push messages on this device

To be called before signing out. Returns {is_registered: false}; repeating changes nothing. Errors: not_signed_in, account_gone (401),
account_deactivated (403).$$;

create or replace function backend.notify_likes(size int default 1000)
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.notify_likes(notify_likes.size);
end;
comment on function backend.notify_likes(int) is
$$Tell owners of the likes that were given and taken back since the last call

Takes at most size (10000 at most) from the queue, and returns how many it took: 0 when there are none, or another call is at it.$$;

create or replace function backend.forget_old_notifications(size int default 1000)
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.forget_old_notifications(forget_old_notifications.size);
end;
comment on function backend.forget_old_notifications(int) is
$$Delete notifications older than 90 days (setting notification_kept_days), the oldest first

At most size (10000 at most) a call; returns how many. Also deletes push tickets older than a day, whose receipts Expo no longer has.$$;

create or replace function backend.push_messages(notification_ids uuid[])
returns table (notification_id uuid, token text, title text, body text, data jsonb)
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select message.notification_id, message.token, message.title, message.body, message.data
  from private.push_messages(push_messages.notification_ids) as message;
end;
comment on function backend.push_messages(uuid[]) is
$$What to send for notifications whose outbox message (topic send_push) is due

One row a device. Nothing for a notification that is gone, was read, whose recipient has switched its kind off, blocked or muted its actors, may no
longer see what it is about, or has no device. In quiet hours nothing, too: what was asked for is queued anew for their end. data:
{notification_id, kind, target_kind, target_id}.$$;

create or replace function backend.email_messages(notification_ids uuid[])
returns table (notification_id uuid, email text, display_name text, subject text, body text, data jsonb)
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select row.notification_id, row.email, row.display_name, row.subject, row.body, row.data
  from private.email_messages(email_messages.notification_ids) as row;
end;
comment on function backend.email_messages(uuid[]) is
$$What is to be sent for messages of the outbox topic send_email

Their payload is {notification_id}. At most one row for each notification: the recipient's address, confirmed, and name; subject and body in
words; data {notification_id, kind, target_kind, target_id}. None where it was read or taken back meanwhile, is not wanted by e-mail, or
its recipient is leaving or has no confirmed address: then there is nothing to send, and the message is done.$$;

create or replace function backend.finish_pushes(outcomes jsonb, tickets jsonb default '[]', gone_tokens text[] default '{}')
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.finish_pushes(finish_pushes.outcomes, finish_pushes.tickets, finish_pushes.gone_tokens);
end;
comment on function backend.finish_pushes(jsonb, jsonb, text[]) is
$$Say how claimed messages of the topic send_push went, all at once

outcomes: [{id, error}, ...], the outbox's ids, error null when delivered; as finish_outbox, but that unknown ids are passed over. tickets:
[{ticket_id, token}, ...], Expo's, kept until their receipts can be read. gone_tokens: devices that Expo says are no longer registered; they are
forgotten. Returns how many messages there were; repeating changes nothing. Errors: outcomes_invalid, tickets_invalid (422).$$;

create or replace function backend.due_push_tickets(size int default 300)
returns table (ticket_id text, token text)
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select ticket.ticket_id, ticket.token from private.due_push_tickets(due_push_tickets.size) as ticket;
end;
comment on function backend.due_push_tickets(int) is
$$Tickets whose receipts can be read by now, the oldest first

15 minutes after sending (setting push_receipt_minutes); at most 1000. Until finish_push_tickets they come again every 15 minutes, for a day.$$;

create or replace function backend.finish_push_tickets(ticket_ids text[], gone_ticket_ids text[] default '{}')
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.finish_push_tickets(finish_push_tickets.ticket_ids, finish_push_tickets.gone_ticket_ids);
end;
comment on function backend.finish_push_tickets(text[], text[]) is
$$Forget tickets whose receipts were read

gone_ticket_ids: those whose device is no longer registered; it is forgotten, unless it was registered anew since. Returns how many devices
were; repeating changes nothing.$$;

grant execute on function
  private.my_notifications(text, int), public.my_notifications(text, int),
  private.unread_count(), public.unread_count(),
  private.mark_seen(uuid), public.mark_seen(uuid),
  private.mark_read(uuid[]), public.mark_read(uuid[]),
  private.set_notification_preference(text, text, boolean), public.set_notification_preference(text, text, boolean),
  private.my_notification_preferences(), public.my_notification_preferences(),
  private.set_quiet_hours(time, time), public.set_quiet_hours(time, time),
  private.register_push_token(text, text, text), public.register_push_token(text, text, text),
  private.remove_push_token(text), public.remove_push_token(text)
to authenticated;

grant execute on function
  private.notify_likes(int), backend.notify_likes(int),
  private.forget_old_notifications(int), backend.forget_old_notifications(int),
  private.push_messages(uuid[]), backend.push_messages(uuid[]),
  private.email_messages(uuid[]), backend.email_messages(uuid[]),
  private.finish_pushes(jsonb, jsonb, text[]), backend.finish_pushes(jsonb, jsonb, text[]),
  private.due_push_tickets(int), backend.due_push_tickets(int),
  private.finish_push_tickets(text[], text[]), backend.finish_push_tickets(text[], text[])
to service_role;

-- source: sql/04_social/api/70_activity.sql

create or replace function public.activity_feed(after text default null, page_size int default null)
returns setof public.activity_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select
    row.id, row.kind, row.actors, row.actor_count, row.event_count, row.target_kind, row.target_id, row.target, row.data, row.like_count,
    row.liked_by_me, row.reactions, row.created_at, row.cursor
  from private.activity_feed(activity_feed.after, activity_feed.page_size) as row;
end;
comment on function public.activity_feed(text, int) is
$$What those the caller follows do, newest first

Crates made, tracks published and put into crates, whom they follow, and what later parts add. The same done by several, or several times, within
the same 6 hours (setting activity_collapse_hours) is one row, where the first of them stands. Without what is muted, blocked, hidden or about what
the caller may not see. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.set_activity_reaction(event_id uuid, kind text, present boolean)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_activity_reaction(set_activity_reaction.event_id, set_activity_reaction.kind, set_activity_reaction.present);
end;
comment on function public.set_activity_reaction(uuid, text, boolean) is
$$React to activity, or no longer

kind: clap, fire, heart, star or wave, each once. Returns {present, count}; setting what is already so changes nothing. Errors: not_signed_in,
account_gone (401), account_deactivated, feature_disabled (403), activity_not_found (404), reaction_unknown, value_missing (422), rate_limited
(429).$$;

create or replace function backend.forget_old_activity(size int default 1000)
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.forget_old_activity(forget_old_activity.size);
end;
comment on function backend.forget_old_activity(int) is
$$Delete activity older than 90 days (setting activity_kept_days), the oldest first

At most size (10000 at most) a call; returns how many.$$;

grant execute on function
  private.activity_feed(text, int), public.activity_feed(text, int),
  private.set_activity_reaction(uuid, text, boolean), public.set_activity_reaction(uuid, text, boolean)
to authenticated;

grant execute on function
  private.forget_old_activity(int), backend.forget_old_activity(int)
to service_role;

-- source: sql/05_rooms/api/10_rooms.sql

create or replace function public.create_room(name text, description text default null, kind text default 'open', visibility text default 'public', genre text default null, tags text[] default '{}', region text default null, member_limit int default null, client_id uuid default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.create_room(create_room.name, create_room.description, create_room.kind, create_room.visibility, create_room.genre, create_room.tags, create_room.region, create_room.member_limit, create_room.client_id);
end;
comment on function public.create_room(text, text, text, text, text, text[], text, int, uuid) is
$$Make a room, whose owner the caller is

kind: open, genre (names its genre) or artist (for artists); visibility: public, unlisted (for whoever has the id) or private; member_limit: at most
10 000. Nobody owns more than 10 (setting rooms_owned_limit). client_id: sent again, it returns the same room. Returns room_state. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
not_an_artist (403), room_deleted, room_limit (409; hint: the limit), room_name_invalid, room_description_too_long, room_kind_unknown, room_visibility_unknown,
unknown_genre, room_genre_missing, tags_invalid, room_region_too_long, room_rule_out_of_range (422; hint: which, and its range), room_not_found (404),
rate_limited (429).$$;

create or replace function public.update_room(room_id uuid, name text default null, description text default null, visibility text default null, genre text default null, tags text[] default null, region text default null, avatar_path text default null, member_limit int default null, max_track_ms int default null, repeat_window_minutes int default null, queue_limit_per_member int default null, tracks_per_turn int default null, rotation_cycles boolean default null, downvotes_enabled boolean default null, vote_skip_enabled boolean default null, vote_skip_ratio numeric default null, vote_skip_minimum int default null, slow_mode_seconds int default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.update_room(update_room.room_id, update_room.name, update_room.description, update_room.visibility, update_room.genre, update_room.tags, update_room.region, update_room.avatar_path, update_room.member_limit, update_room.max_track_ms, update_room.repeat_window_minutes, update_room.queue_limit_per_member, update_room.tracks_per_turn, update_room.rotation_cycles, update_room.downvotes_enabled, update_room.vote_skip_enabled, update_room.vote_skip_ratio, update_room.vote_skip_minimum, update_room.slow_mode_seconds);
end;
comment on function public.update_room(uuid, text, text, text, text, text[], text, text, int, int, int, int, int, boolean, boolean, boolean, numeric, int, int) is
$$Change a room of one's own

What is null stays; empty text takes away. avatar_path: an object in bucket room-avatars, in the folder named as the room. A member_limit below what
there are lets nobody in and puts nobody out. Tells room:<id> room_changed. Returns room_state. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
not_the_owner (403), room_not_found (404), room_name_invalid, room_description_too_long, room_kind_unknown, room_visibility_unknown, unknown_genre, room_genre_missing,
tags_invalid, room_region_too_long, room_rule_out_of_range (hint: which, and its range), room_avatar_not_found (422), rate_limited (429).$$;

create or replace function public.delete_room(room_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.delete_room(delete_room.room_id);
end;
comment on function public.delete_room(uuid) is
$$Delete a room of one's own

With its name, pictures and invitations; nobody sees it any more. Tells room:<id> room_changed. Repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
not_the_owner (403), room_not_found (404).$$;

create or replace function public.transfer_room(room_id uuid, username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.transfer_room(transfer_room.room_id, transfer_room.username);
end;
comment on function public.transfer_room(uuid, text) is
$$Hand a room of one's own over to another member

The caller goes on as moderator. Returns room_state. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_the_owner (403), room_not_found, profile_not_found,
member_not_found (404), room_limit (409; hint: the limit), not_yourself (422), rate_limited (429).$$;

create or replace function public.join_room(room_id uuid, invite_code text default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.join_room(join_room.room_id, join_room.invite_code);
end;
comment on function public.join_room(uuid, text) is
$$Become a member of a room

Public and unlisted ones are free to join; a private one takes the code of an invitation, or none where one was invited in person, or what
request_to_join leads to. Who is in stays so. Tells room:<id> member_changed. Returns room_state. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
banned_from_room, invite_needed (403), room_not_found, invite_not_found (404), room_full (409; hint: the limit), rate_limited (429).$$;

create or replace function public.leave_room(room_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.leave_room(leave_room.room_id);
end;
comment on function public.leave_room(uuid) is
$$Leave a room

Tells room:<id> member_changed. Returns {is_member: false}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), room_not_found (404),
owner_must_transfer (409).$$;

create or replace function public.request_to_join(room_id uuid, message text default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.request_to_join(request_to_join.room_id, request_to_join.message);
end;
comment on function public.request_to_join(uuid, text) is
$$Ask to be let into a private room, whose id one was given

Its moderators are told. message: at most 300 characters. One request waits for each room; sent again, it is the same. Who was declined may
ask again after 24 hours (setting join_request_again_hours). Returns {id, status, created_at}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
banned_from_room (403), room_not_found (404), already_a_member, room_is_open, join_request_limit (409), request_message_too_long (422),
request_declined_recently (429; hint: seconds to wait), rate_limited (429).$$;

create or replace function public.withdraw_join_request(room_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.withdraw_join_request(withdraw_join_request.room_id);
end;
comment on function public.withdraw_join_request(uuid) is
$$Take back what one has asked with request_to_join

Returns {status: withdrawn}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), join_request_not_found (404).$$;

create or replace function public.decide_join_request(request_id uuid, approve boolean)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.decide_join_request(decide_join_request.request_id, decide_join_request.approve);
end;
comment on function public.decide_join_request(uuid, boolean) is
$$Let somebody into a room, or not

For moderators; the pending requests are in table join_requests. Whoever is let in is a member from then on, and is told. Deciding the same again changes nothing.
Returns {id, status}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found, join_request_not_found (404),
join_request_decided, room_full (409), value_missing (422), rate_limited (429).$$;

create or replace function public.invite_to_room(room_id uuid, username text, role text default 'member')
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.invite_to_room(invite_to_room.room_id, invite_to_room.username, invite_to_room.role);
end;
comment on function public.invite_to_room(uuid, text, text) is
$$Invite somebody to a room

Members invite to rooms that are open, moderators to private ones; role moderator is the owner's to give. They are told, see the room, and enter with
join_room. Good for 24 hours (setting room_invite_hours), from now when they are invited again. Returns {id, room_id, code, role, use_count, use_limit, expires_at}.
Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member, not_a_moderator, not_the_owner (403), room_not_found, profile_not_found (404), already_a_member, invited_is_banned,
invite_limit (409; hint: the limit), not_yourself, room_role_unknown (422), rate_limited (429).$$;

create or replace function public.create_room_invite(room_id uuid, role text default 'member', use_limit int default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.create_room_invite(create_room_invite.room_id, create_room_invite.role, create_room_invite.use_limit);
end;
comment on function public.create_room_invite(uuid, text, int) is
$$Make a code by which whoever has it enters a room

For moderators; role moderator is the owner's to give. use_limit: how many may, null for any number. Good for 24 hours (setting room_invite_hours). Returns
{id, room_id, code, role, use_count, use_limit, expires_at}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member, not_a_moderator, not_the_owner (403), room_not_found (404),
invite_limit (409; hint: the limit), room_role_unknown, use_limit_out_of_range (422), rate_limited (429).$$;

create or replace function public.revoke_room_invite(invite_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.revoke_room_invite(revoke_room_invite.invite_id);
end;
comment on function public.revoke_room_invite(uuid) is
$$Take an invitation back, or decline one's own

For whoever made it, moderators of the room, and whom it is for. Returns {is_invited: false}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), invite_not_found (404).$$;

create or replace function public.set_member_role(room_id uuid, username text, role text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_member_role(set_member_role.room_id, set_member_role.username, set_member_role.role);
end;
comment on function public.set_member_role(uuid, text, text) is
$$Make a member moderator, or a moderator member again

For the owner. Tells room:<id> member_changed; logged. Returns {username, role}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_the_owner (403),
room_not_found, profile_not_found, member_not_found (404), owner_must_transfer, moderator_limit (409; hint: the limit), room_role_unknown (422), rate_limited (429).$$;

create or replace function public.remove_member(room_id uuid, username text, ban_minutes int default 0, reason text default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.remove_member(remove_member.room_id, remove_member.username, remove_member.ban_minutes, remove_member.reason);
end;
comment on function public.remove_member(uuid, text, int, text) is
$$Put somebody out of a room, and keep them out for a while

For moderators, never of somebody of an equal or higher role. ban_minutes: 0 only removes, null bans for ever; who is not in the room can be banned too. They
are told on user:<id> by removed_from_room; the room on room:<id> by member_changed; logged. Returns {is_member, is_banned, until}. Errors:
not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member, not_a_moderator, member_of_equal_rank (403), room_not_found, profile_not_found,
member_not_found (404), not_yourself, ban_minutes_out_of_range, reason_too_long (422), rate_limited (429).$$;

create or replace function public.unban_member(room_id uuid, username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.unban_member(unban_member.room_id, unban_member.username);
end;
comment on function public.unban_member(uuid, text) is
$$Let somebody back who was banned from a room

For moderators; logged. Returns {is_banned: false}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found,
profile_not_found (404), not_yourself (422).$$;

create or replace function public.pin_track(room_id uuid, track_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.pin_track(pin_track.room_id, pin_track.track_id);
end;
comment on function public.pin_track(uuid, uuid) is
$$Pin a track to a room, or take it off with null

For moderators. Whoever cannot see the track finds nothing pinned. Tells room:<id> room_changed. Returns {pinned_track}. Errors: not_signed_in (401), account_deactivated,
feature_disabled, not_a_member, not_a_moderator (403), room_not_found, track_not_found (404), rate_limited (429).$$;

create or replace function public.heartbeat(room_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.heartbeat(heartbeat.room_id);
end;
comment on function public.heartbeat(uuid) is
$$Say that one is in a room, every 30 seconds

Active is who was heard of in the last 60 seconds (setting room_active_seconds). Returns {listener_count, next_in_seconds, server_time}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member (403),
room_not_found (404), rate_limited (429).$$;

create or replace function public.room_state(room_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.room_state(room_state.room_id);
end;
comment on function public.room_state(uuid) is
$$A room with all that its screen begins with

{id, slug, name, description, kind, visibility, genre, tags, region, avatar_path, owner (a person, null when the caller may not see them), artist_id, member_count,
member_limit, created_at, updated_at, policies {max_track_ms, repeat_window_minutes, queue_limit_per_member, tracks_per_turn, rotation_cycles,
downvotes_enabled, vote_skip_enabled, vote_skip_ratio, vote_skip_minimum, slow_mode_seconds}, pinned_track (a track as elsewhere, or null), my_role, my_ban {until, reason},
my_request {id, created_at}, listener_count, can_read (chat, sessions and members), server_time}. Errors: room_not_found (404).$$;

create or replace function public.room_by_slug(slug text)
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.room_by_slug(room_by_slug.slug);
end;
comment on function public.room_by_slug(text) is
$$A room by its slug, as room_state

Errors: room_not_found (404).$$;

create or replace function public.discover_rooms(query text default null, genre text default null, after text default null, page_size int default null)
returns setof public.room_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.slug, row.name, row.description, row.kind, row.visibility, row.genre, row.tags, row.region, row.avatar_path, row.owner, row.my_role,
    row.member_count, row.listener_count, row.created_at, row.cursor
  from private.discover_rooms(discover_rooms.query, discover_rooms.genre, discover_rooms.after, discover_rooms.page_size) as row;
end;
comment on function public.discover_rooms(text, text, text, int) is
$$Public rooms, the newest first, or those whose names are most like a query

Without those of people whom the caller has muted or who are across a block. Errors: query_too_short, bad_cursor (422).$$;

create or replace function public.trending_rooms(after text default null, page_size int default null)
returns setof public.room_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.slug, row.name, row.description, row.kind, row.visibility, row.genre, row.tags, row.region, row.avatar_path, row.owner, row.my_role,
    row.member_count, row.listener_count, row.created_at, row.cursor
  from private.trending_rooms(trending_rooms.after, trending_rooms.page_size) as row;
end;
comment on function public.trending_rooms(text, int) is
$$Public rooms in which something is going on: those with the most active listeners, then with the most messages and votes in the last hour

Counted some seconds ago; without those of people whom the caller has muted or who are across a block. Errors: bad_cursor (422).$$;

create or replace function public.my_rooms(after text default null, page_size int default null)
returns setof public.room_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.slug, row.name, row.description, row.kind, row.visibility, row.genre, row.tags, row.region, row.avatar_path, row.owner, row.my_role,
    row.member_count, row.listener_count, row.created_at, row.cursor
  from private.my_rooms(my_rooms.after, my_rooms.page_size) as row;
end;
comment on function public.my_rooms(text, int) is
$$The rooms the caller is in, the last joined first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.room_members(room_id uuid, after text default null, page_size int default null)
returns setof public.room_member_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.username, row.display_name, row.avatar_path, row.is_verified, row.role, row.is_active, row.joined_at, row.cursor
  from private.room_members(room_members.room_id, room_members.after, room_members.page_size) as row;
end;
comment on function public.room_members(uuid, text, int) is
$$Who is in a room: its owner, moderators, members, of each the newest first

For whoever may read the room. Errors: not_signed_in (401), banned_from_room, not_a_member (403), room_not_found (404), bad_cursor (422).$$;

create or replace function public.room_invite(code text)
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.room_invite(room_invite.code);
end;
comment on function public.room_invite(text) is
$$What an invitation is to, before one joins

Returns {room, role, expires_at, invited_by}: the room as in room_state, and a person. Errors: not_signed_in (401), invite_not_found (404).$$;

create or replace function public.my_room_invites()
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.my_room_invites();
end;
comment on function public.my_room_invites() is
$$The rooms the caller is invited to in person, the newest invitation first

At most 100 of [{id, code, role, expires_at, room, invited_by}]. Errors: not_signed_in (401).$$;

create or replace function backend.forget_old_room_pulses(size int default 1000)
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.forget_old_room_pulses(forget_old_room_pulses.size);
end;
comment on function backend.forget_old_room_pulses(int) is
$$Forget what rooms were like some time ago: counts of listeners, of what was said, and invitations long past

At most size of each, 10000 at most. Returns how many rows went.$$;

grant execute on function
  private.room_state(uuid), public.room_state(uuid),
  private.room_by_slug(text), public.room_by_slug(text),
  private.discover_rooms(text, text, text, int), public.discover_rooms(text, text, text, int),
  private.trending_rooms(text, int), public.trending_rooms(text, int)
to anon, authenticated;
grant execute on function
  private.create_room(text, text, text, text, text, text[], text, int, uuid), public.create_room(text, text, text, text, text, text[], text, int, uuid),
  private.update_room(uuid, text, text, text, text, text[], text, text, int, int, int, int, int, boolean, boolean, boolean, numeric, int, int), public.update_room(uuid, text, text, text, text, text[], text, text, int, int, int, int, int, boolean, boolean, boolean, numeric, int, int),
  private.delete_room(uuid), public.delete_room(uuid),
  private.transfer_room(uuid, text), public.transfer_room(uuid, text),
  private.join_room(uuid, text), public.join_room(uuid, text),
  private.leave_room(uuid), public.leave_room(uuid),
  private.request_to_join(uuid, text), public.request_to_join(uuid, text),
  private.withdraw_join_request(uuid), public.withdraw_join_request(uuid),
  private.decide_join_request(uuid, boolean), public.decide_join_request(uuid, boolean),
  private.invite_to_room(uuid, text, text), public.invite_to_room(uuid, text, text),
  private.create_room_invite(uuid, text, int), public.create_room_invite(uuid, text, int),
  private.revoke_room_invite(uuid), public.revoke_room_invite(uuid),
  private.set_member_role(uuid, text, text), public.set_member_role(uuid, text, text),
  private.remove_member(uuid, text, int, text), public.remove_member(uuid, text, int, text),
  private.unban_member(uuid, text), public.unban_member(uuid, text),
  private.pin_track(uuid, uuid), public.pin_track(uuid, uuid),
  private.heartbeat(uuid), public.heartbeat(uuid),
  private.my_rooms(text, int), public.my_rooms(text, int),
  private.room_members(uuid, text, int), public.room_members(uuid, text, int),
  private.room_invite(text), public.room_invite(text),
  private.my_room_invites(), public.my_room_invites()
to authenticated;
grant execute on function
  private.forget_old_room_pulses(int), backend.forget_old_room_pulses(int)
to service_role;

-- source: sql/05_rooms/api/20_chat.sql

create or replace function public.send_message(room_id uuid, body text default null, client_id uuid default null, reply_to_id uuid default null, track_id uuid default null)
returns public.room_message_row
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.send_message(send_message.room_id, send_message.body, send_message.client_id, send_message.reply_to_id, send_message.track_id);
end;
comment on function public.send_message(uuid, text, uuid, uuid, uuid) is
$$Say something in a room one is in

body: 1 to 500 characters, or none where a track is shared; reply_to_id: a message of the same room. client_id: sent again, it returns the same message, whatever the
limits say. 10 in 10 seconds; in slow mode one in so many seconds, but for moderators. Tells room:<id> message {id, kind, author_id}. Returns the message
as room_messages. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member, banned_from_room, muted_in_room
(403; hint: for how many seconds), room_not_found, message_not_found, track_not_found (404), track_not_published (409), body_missing, body_too_long (422),
slow_mode, rate_limited (429; hint: seconds to wait).$$;

create or replace function public.edit_message(message_id uuid, body text)
returns public.room_message_row
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.edit_message(edit_message.message_id, edit_message.body);
end;
comment on function public.edit_message(uuid, text) is
$$Change what one has said in a room, within 5 minutes (setting message_edit_minutes)

Tells room:<id> message_edited {id}. Returns the message as room_messages. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member, banned_from_room, muted_in_room (403), room_not_found,
message_not_found (404), edit_window_passed (409), body_missing, body_too_long (422), rate_limited (429).$$;

create or replace function public.delete_message(message_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.delete_message(delete_message.message_id);
end;
comment on function public.delete_message(uuid) is
$$Delete a message of one's own, or of a room one moderates

Its words, reactions and pin go; lists show an empty row for 30 days (setting deleted_message_days). One's own can be deleted from wherever one no longer is. What a
moderator deletes is logged. Tells room:<id> message_deleted {id}. Repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found, message_not_found (404), rate_limited (429).$$;

create or replace function public.pin_message(message_id uuid, present boolean default true)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.pin_message(pin_message.message_id, pin_message.present);
end;
comment on function public.pin_message(uuid, boolean) is
$$Pin a message of a room, or take it off

For moderators; at most 50 (setting pinned_messages_limit); logged. The chat tells of it by a system message, room:<id> by message_pinned {id, is_pinned}.
Returns {is_pinned}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found, message_not_found (404),
pinned_messages_limit (409; hint: the limit), value_missing (422), rate_limited (429).$$;

create or replace function public.react(message_id uuid, emoji text, present boolean default true)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.react(react.message_id, react.emoji, react.present);
end;
comment on function public.react(uuid, text, boolean) is
$$React to a message of a room with an emoji of reaction_emoji, or take that back

Each emoji once a person. Tells room:<id> reaction {id, emoji, count}. Returns {present, count}; count is null of what one no longer sees. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
not_a_member, banned_from_room, muted_in_room (403), room_not_found, message_not_found (404), value_missing, emoji_unknown (422), rate_limited (429).$$;

create or replace function public.clear_reactions(message_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.clear_reactions(clear_reactions.message_id);
end;
comment on function public.clear_reactions(uuid) is
$$Remove all reactions to a message of a room

For moderators; logged. Tells room:<id> reaction {id, emoji, count} of each emoji. Returns {cleared}, how many. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member, not_a_moderator (403), room_not_found, message_not_found (404), rate_limited (429).$$;

create or replace function public.mute_member(room_id uuid, username text, minutes int)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.mute_member(mute_member.room_id, mute_member.username, mute_member.minutes);
end;
comment on function public.mute_member(uuid, text, int) is
$$Let somebody write, react and type nothing in a room for some minutes

For moderators, never of somebody of an equal or higher role; from now when they are muted already. It holds when they leave and come back. They are told on
user:<id> by muted_in_room {room_id, until}; logged. Returns {is_muted, until}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member,
not_a_moderator, member_of_equal_rank (403), room_not_found, profile_not_found, member_not_found (404), not_yourself, mute_minutes_out_of_range
(422; hint: the most), rate_limited (429).$$;

create or replace function public.unmute_member(room_id uuid, username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.unmute_member(unmute_member.room_id, unmute_member.username);
end;
comment on function public.unmute_member(uuid, text) is
$$Let somebody speak again who was muted in a room

For moderators; logged. Returns {is_muted: false}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), not_a_member, not_a_moderator (403),
room_not_found, profile_not_found (404), not_yourself (422), rate_limited (429).$$;

create or replace function public.room_messages(room_id uuid, after text default null, page_size int default null)
returns setof public.room_message_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.room_id, row.kind, row.author, row.body, row.code, row.data, row.track, row.reply_to, row.client_id, row.reactions, row.created_at,
    row.edited_at, row.pinned_at, row.deleted_at, row.cursor
  from private.room_messages(room_messages.room_id, room_messages.after, room_messages.page_size) as row;
end;
comment on function public.room_messages(uuid, text, int) is
$$What was said in a room, the newest first

For whoever may read the room. Without what is said across a block, by who is hidden, and by whom the caller has muted; moderators of the room read across blocks. Errors:
not_signed_in (401), banned_from_room, not_a_member (403), room_not_found (404), bad_cursor (422).$$;

create or replace function public.pinned_messages(room_id uuid, after text default null, page_size int default null)
returns setof public.room_message_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.room_id, row.kind, row.author, row.body, row.code, row.data, row.track, row.reply_to, row.client_id, row.reactions, row.created_at,
    row.edited_at, row.pinned_at, row.deleted_at, row.cursor
  from private.pinned_messages(pinned_messages.room_id, pinned_messages.after, pinned_messages.page_size) as row;
end;
comment on function public.pinned_messages(uuid, text, int) is
$$The pinned messages of a room, the last pinned first, as room_messages

Errors: not_signed_in (401), banned_from_room, not_a_member (403), room_not_found (404), bad_cursor (422).$$;

create or replace function public.room_message(message_id uuid)
returns public.room_message_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.room_message(room_message.message_id);
end;
comment on function public.room_message(uuid) is
$$One message of a room, as room_messages: what to ask when room:<id> tells of one

Errors: not_signed_in (401), message_not_found (404): also of who is across a block or hidden, and of what is deleted.$$;

create or replace function public.room_mutes(room_id uuid, after text default null, page_size int default null)
returns setof public.room_mute_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.username, row.display_name, row.avatar_path, row.is_verified, row.muted_by, row.until, row.created_at, row.cursor
  from private.room_mutes(room_mutes.room_id, room_mutes.after, room_mutes.page_size) as row;
end;
comment on function public.room_mutes(uuid, text, int) is
$$Who is muted in a room at present, the last muted first

For its moderators. Errors: not_signed_in (401), not_a_member, not_a_moderator (403), room_not_found (404), bad_cursor (422).$$;

create or replace function public.room_moderation(room_id uuid, after text default null, page_size int default null)
returns setof public.moderation_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.action, row.actor, row.subject, row.reason, row.data, row.created_at, row.cursor
  from private.room_moderation(room_moderation.room_id, room_moderation.after, room_moderation.page_size) as row;
end;
comment on function public.room_moderation(uuid, text, int) is
$$What moderators have done in a room, the newest first

For its moderators. Errors: not_signed_in (401), not_a_member, not_a_moderator (403), room_not_found (404), bad_cursor (422).$$;

create or replace function backend.forget_old_messages(size int default 1000)
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.forget_old_messages(forget_old_messages.size);
end;
comment on function backend.forget_old_messages(int) is
$$Remove for good what was deleted in rooms 30 days ago (setting deleted_message_days), what was said in rooms deleted as long ago, and mutes that have ended

At most size of each, 10000 at most. Returns how many rows went.$$;

grant execute on function
  private.send_message(uuid, text, uuid, uuid, uuid), public.send_message(uuid, text, uuid, uuid, uuid),
  private.edit_message(uuid, text), public.edit_message(uuid, text),
  private.delete_message(uuid), public.delete_message(uuid),
  private.pin_message(uuid, boolean), public.pin_message(uuid, boolean),
  private.react(uuid, text, boolean), public.react(uuid, text, boolean),
  private.clear_reactions(uuid), public.clear_reactions(uuid),
  private.mute_member(uuid, text, int), public.mute_member(uuid, text, int),
  private.unmute_member(uuid, text), public.unmute_member(uuid, text),
  private.room_messages(uuid, text, int), public.room_messages(uuid, text, int),
  private.pinned_messages(uuid, text, int), public.pinned_messages(uuid, text, int),
  private.room_message(uuid), public.room_message(uuid),
  private.room_mutes(uuid, text, int), public.room_mutes(uuid, text, int),
  private.room_moderation(uuid, text, int), public.room_moderation(uuid, text, int)
to authenticated;
grant execute on function
  private.forget_old_messages(int), backend.forget_old_messages(int)
to service_role;

-- source: sql/01_foundation/data.sql

insert into public.feature_flags (name, is_enabled, description) values
  ('profiles', true, 'Changing profiles and usernames, becoming an artist'),
  ('social', false, 'Following, posting, liking and reposting');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('page_size_default', 20, 1, 100, 'rows', 'Rows of a page when the client does not say'),
  ('page_size_limit', 100, 1, 1000, 'rows', 'The most rows a page may have when the client says'),
  ('outbox_lease_seconds', 300, 10, 3600, 'seconds', 'How long a claimed message is left to the function that claimed it'),
  ('outbox_kept_days', 7, 0, 3650, 'days', 'How long a delivered message is kept'),
  ('outbox_attempts', 8, 1, 100, 'attempts', 'Deliveries tried before a message is a dead letter'),
  ('outbox_backoff_seconds', 30, 1, 3600, 'seconds', 'Wait after the first failure; doubles with each further one'),
  ('outbox_backoff_limit_seconds', 3600, 1, 86400, 'seconds', 'The longest wait between two attempts');

-- After the profile: who takes a token holds the profile of whom it is about.
insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('private.rate_limit_buckets', 'about_id', false, 'delete', 1100, 'Worth nothing to anybody once the person is gone');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, reason) values
  ('private.rate_limit_buckets', 'user_id', false, 'delete', 'Worth nothing to anybody once the person is gone'),
  ('private.outbox', 'user_id', false, 'delete', 'What was still to be delivered about the person'),
  ('private.audit_events', 'actor_id', false, 'retain', 'Who decided what must stay provable; the id then names nobody');

-- source: sql/02_profiles/data.sql

insert into public.genres (slug, name) values
  ('acoustic', 'Acoustic'), ('afrobeats', 'Afrobeats'), ('alternative', 'Alternative'), ('ambient', 'Ambient'),
  ('blues', 'Blues'), ('bossa-nova', 'Bossa Nova'), ('breakbeat', 'Breakbeat'), ('classical', 'Classical'),
  ('country', 'Country'), ('dancehall', 'Dancehall'), ('deep-house', 'Deep House'), ('disco', 'Disco'),
  ('downtempo', 'Downtempo'), ('drill', 'Drill'), ('drum-and-bass', 'Drum and Bass'), ('dub', 'Dub'),
  ('dubstep', 'Dubstep'), ('edm', 'EDM'), ('electronic', 'Electronic'), ('experimental', 'Experimental'),
  ('folk', 'Folk'), ('funk', 'Funk'), ('garage', 'Garage'), ('gospel', 'Gospel'),
  ('hip-hop', 'Hip-Hop'), ('house', 'House'), ('indie', 'Indie'), ('jazz', 'Jazz'),
  ('k-pop', 'K-Pop'), ('latin', 'Latin'), ('lo-fi', 'Lo-Fi'), ('metal', 'Metal'),
  ('pop', 'Pop'), ('punk', 'Punk'), ('reggae', 'Reggae'), ('rnb', 'R&B'),
  ('rock', 'Rock'), ('soul', 'Soul'), ('techno', 'Techno'), ('trance', 'Trance'),
  ('trap', 'Trap'), ('world', 'World');

insert into private.time_zones (name)
select zone.name
from pg_catalog.pg_timezone_names as zone
where zone.name !~ '^(posix|right)/' and zone.name not in ('posixrules', 'localtime', 'Factory');

insert into private.username_claims (username, reserved_until)
select word, 'infinity'
from unnest(array[
  'about', 'account', 'accounts', 'admin', 'administrator', 'anonymous', 'api', 'app', 'artist', 'artists', 'auth', 'backbeat', 'badge',
  'badges', 'billing', 'blog', 'bot', 'charts', 'contact', 'copyright', 'crate', 'crates', 'dashboard', 'deleted', 'dev', 'developer',
  'developers', 'discover', 'dj', 'download', 'email', 'everyone', 'explore', 'faq', 'feed', 'followers', 'following', 'guest', 'help',
  'here', 'home', 'invite', 'legal', 'live', 'login', 'logout', 'mail', 'marketplace', 'me', 'messages', 'mod', 'moderation', 'moderator',
  'moderators', 'news', 'notifications', 'null', 'official', 'owner', 'payments', 'payouts', 'player', 'press', 'privacy', 'profile',
  'profiles', 'register', 'root', 'room', 'rooms', 'search', 'security', 'settings', 'shop', 'signin', 'signup', 'staff', 'status',
  'store', 'stripe', 'superadmin', 'super_admin', 'support', 'sysadmin', 'system', 'team', 'terms', 'test', 'track', 'tracks', 'trust',
  'undefined', 'user', 'users', 'verified', 'verify', 'webmaster', 'www'
]) as word;

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('username_change_days', 7, 0, 365, 'days', 'Between two changes of one person''s username'),
  ('username_reserved_days', 30, 0, 3650, 'days', 'How long a username that was given up stays its last holder''s'),
  ('search_candidates', 500, 20, 10000, 'profiles', 'How many matches search_profiles ranks, the most followed first'),
  ('stored_bytes_limit', 21474836480, 1048576, 1099511627776, 'bytes', 'How much the files of one person may take, over all buckets'),
  ('erase_after_days', 14, 0, 365, 'days', 'Between delete_my_account and the erasure');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('block', 60, 2, 'Blocking, muting and undoing either'),
  ('export', 3, 1200, 'Asking for one''s data');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('private.account_deletions', 'user_id', true, 'delete', '{}', 900, 'The wish itself goes with the account'),
  ('private.artist_accounts', 'profile_id', true, 'delete', '{}', 800, 'The account at the payment provider is the provider''s to keep'),
  ('private.hidden_profiles', 'profile_id', false, 'delete', '{}', 900, 'Goes with the profile'),
  ('private.person_cards', 'profile_id', false, 'delete', '{}', 910, 'Made of the profile, and goes with it'),
  ('private.staff', 'user_id', true, 'delete', '{}', 100, 'A person who leaves has no role'),
  ('private.staff', 'granted_by', false, 'anonymise', '{granted_by}', 100, 'The role stays, who granted it is in the audit trail'),
  ('private.username_claims', 'profile_id', true, 'delete', '{}', 100, 'The name is free again'),
  ('public.artist_profiles', 'profile_id', true, 'delete', '{}', 810, 'The person''s own'),
  ('public.blocks', 'blocker_id', true, 'delete', '{}', 100, 'The person''s own'),
  ('public.blocks', 'blocked_id', false, 'delete', '{}', 100, 'Pointless without the person; exported to the blocker alone'),
  ('public.mutes', 'muter_id', true, 'delete', '{}', 100, 'The person''s own'),
  ('public.mutes', 'muted_id', false, 'delete', '{}', 100, 'Pointless without the person; exported to the muter alone'),
  ('public.profiles', 'id', true, 'delete', '{}', 1000, 'The person''s own'),
  ('auth.flow_state', 'user_id', false, 'delete', '{}', 1050, 'Sign-ins under way; the auth server ties them to no account'),
  ('auth.users', 'id', false, 'delete', '{}', 1100, 'The sign-in; what it holds is shown by my_account');

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('avatars', 'avatars', true, 5242880, '{image/jpeg,image/png,image/webp}');

-- source: sql/03_catalogue/data.sql

insert into public.feature_flags (name, is_enabled, description) values
  ('catalogue', true, 'Uploading tracks, recording plays, making and filling crates');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('play_partitions_ahead', 3, 1, 24, 'months', 'How many months of plays have a place before they begin'),
  ('plays_kept_months', 13, 1, 1200, 'months', 'How long plays are kept before they are archived and dropped'),
  ('play_counts_from_ms', 30000, 0, 86400000, 'ms', 'How long a track must be heard for a play to count, or half of it when that is less'),
  ('play_counts_again_seconds', 600, 0, 86400, 'seconds', 'How long until a play of the same track by the same listener counts again'),
  ('publish_without_detection', 0, 0, 1, 'switch', '1: uploads are published at once and nobody looks at them (for development)'),
  ('track_bytes_least', 1, 1, 209715200, 'bytes', 'The smallest file that submit_track takes'),
  ('track_bytes_most', 209715200, 1, 5368709120, 'bytes', 'The largest file that submit_track takes; bucket track-files has a limit of its own'),
  ('drafts_limit', 50, 1, 10000, 'drafts', 'How many uploads an artist may have begun and not submitted'),
  ('draft_kept_days', 30, 1, 3650, 'days', 'How long a draft waits to be submitted before it goes, with its file'),
  ('stream_url_seconds', 300, 30, 86400, 'seconds', 'How long an address of a track that stream-url signs is good'),
  ('crates_limit', 1000, 1, 100000, 'crates', 'How many crates one person may have'),
  ('crate_items_limit', 500, 1, 10000, 'tracks', 'How many tracks a crate may hold'),
  ('crate_collaborators_limit', 100, 1, 1000, 'people', 'How many may collaborate on a crate'),
  ('crate_position_digits', 60, 1, 1000, 'digits', 'How long a position may grow before a crate is numbered anew'),
  ('trending_days', 7, 1, 90, 'days', 'How far back plays of crates weigh in trending_crates'),
  ('trending_half_life_hours', 24, 1, 1000, 'hours', 'After how long a play of a crate weighs half');

insert into private.artwork_hosts (provider, host) values
  ('spotify', 'scdn.co'),
  ('spotify', 'spotifycdn.com'),
  ('apple_music', 'mzstatic.com'),
  ('youtube_music', 'ytimg.com'),
  ('youtube_music', 'yt3.ggpht.com'),
  ('youtube_music', 'lh3.googleusercontent.com'),
  ('youtube_music', 'yt3.googleusercontent.com'),
  ('soundcloud', 'sndcdn.com'),
  ('deezer', 'dzcdn.net'),
  ('deezer', 'deezer.com'),
  ('bandcamp', 'bcbits.com');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('resolve_track', 200, 1, 'Making tracks of other providers known'),
  ('create_track', 10, 60, 'Beginning uploads'),
  ('update_track', 30, 10, 'Changing the description of uploads'),
  ('record_play', 120, 1, 'Recording plays'),
  ('create_crate', 20, 30, 'Making crates'),
  ('update_crate', 60, 2, 'Changing the description of crates'),
  ('fill_crate', 300, 0.5, 'Adding, moving and noting items of crates'),
  ('invite_collaborator', 30, 60, 'Making collaborators'),
  ('record_crate_play', 60, 2, 'Recording plays of crates');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.crate_collaborators', 'user_id', true, 'delete', '{}', 200, 'The person''s own'),
  ('public.crate_items', 'added_by', true, 'anonymise', '{added_by,note}', 205, 'The track stays where its crate''s owner has it; the words go'),
  ('public.crate_items', 'owner_id', false, 'delete', '{}', 261, 'The crate''s own, and gone with it; the crate is exported'),
  ('private.crate_plays', 'listener_id', true, 'delete', '{}', 206, 'The person''s own'),
  ('public.plays', 'listener_id', true, 'anonymise', '{listener_id,client_event_id}', 210, 'A track''s count of plays stays true; who played is gone'),
  ('private.play_claims', 'listener_id', false, 'delete', '{}', 211, 'Worth nothing without the person; what it says is in plays'),
  ('private.listeners', 'listener_id', true, 'delete', '{}', 212, 'The person''s own'),
  ('private.listening_days', 'listener_id', true, 'delete', '{}', 213, 'The person''s own'),
  ('public.crates', 'owner_id', true, 'delete', '{}', 260, 'The person''s own'),
  ('public.tracks', 'artist_id', true, 'delete', '{}', 270, 'The person''s own');

select private.ensure_play_partitions();

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('crate-covers', 'crate-covers', true, 5242880, '{image/jpeg,image/png,image/webp}'),
  ('product-images', 'product-images', true, 5242880, '{image/jpeg,image/png,image/webp}'),
  ('track-files', 'track-files', false, 209715200, '{audio/mpeg,audio/mp3,audio/wav,audio/x-wav,audio/wave,audio/vnd.wave,audio/flac,audio/x-flac}'),
  -- Proofs are whatever shows how a track was made: projects, stems, pictures, recordings of a screen.
  ('proof-files', 'proof-files', false, 52428800, null),
  ('exports', 'exports', false, null, null);

-- source: sql/04_social/data/10_posts.sql

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('follow_limit', 10000, 1, 1000000, 'profiles', 'How many one person may follow'),
  ('post_edit_minutes', 30, 0, 1000000, 'minutes', 'How long a post can be edited'),
  ('feed_walk_from_follows', 100, 0, 1000000, 'profiles', 'From how many follows on the home feed walks the whole stream first'),
  ('feed_walk_entries_per_follow', 20, 1, 1000, 'rows', 'How far the home feed walks for each follow before it merges by actor instead');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('create_post', 10, 6, 'Posting'),
  ('follow', 60, 1, 'Following and asking to follow'),
  ('edit_post', 20, 6, 'Editing posts'),
  ('repost', 30, 2, 'Reposting'),
  ('unlike', 600, 0.1, 'Taking likes back, and so giving and taking them in turns'),
  ('switch_privacy', 5, 600, 'Turning a profile private or public');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('private.follow_filters', 'follower_id', false, 'delete', 210, 'Derived from follows'),
  ('public.follows', 'follower_id', true, 'delete', 200, 'The person''s own'),
  ('public.follows', 'followee_id', false, 'delete', 200, 'Pointless without the person; exported to the follower alone'),
  ('public.follow_requests', 'requester_id', true, 'delete', 200, 'The person''s own'),
  ('public.follow_requests', 'target_id', true, 'delete', 200, 'Asked of the person'),
  ('public.likes', 'user_id', true, 'delete', 210, 'The person''s own'),
  ('public.reposts', 'user_id', true, 'delete', 220, 'The person''s own'),
  ('public.posts', 'author_id', true, 'delete', 230, 'The person''s own'),
  ('private.feed_entries', 'actor_id', false, 'delete', 240, 'Derived from posts and reposts'),
  ('private.activity_clocks', 'actor_id', false, 'delete', 250, 'Derived from feed_entries');

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('post-media', 'post-media', true, 5242880, '{image/jpeg,image/png,image/webp}');

-- source: sql/04_social/data/25_comments.sql

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('comment_edit_minutes', 30, 0, 1000000, 'minutes', 'How long a comment can be edited'),
  ('comment_mention_limit', 10, 0, 100, 'people', 'How many of those a comment names are mentioned'),
  ('comment_replies_shown', 3, 0, 20, 'rows', 'How many replies comments_on shows below each comment');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('create_comment', 15, 4, 'Commenting'),
  ('edit_comment', 20, 6, 'Editing comments'),
  ('mention', 5, 720, 'Telling one and the same person that somebody has mentioned them; what is beyond is said, and not told'),
  ('react', 60, 1, 'Reacting to comments');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.comment_reactions', 'user_id', true, 'delete', '{}', 205, 'The person''s own'),
  ('public.comment_mentions', 'profile_id', true, 'delete', '{}', 205, 'Pointless without the person'),
  (
    'public.comments', 'author_id', true, 'anonymise', '{author_id,body,client_id}', 215,
    'The text goes; an empty row stays where others have replied'
  );

insert into public.reaction_emoji (emoji, place)
select emoji, place
from unnest(array[
  '❤️', '🔥', '👏', '😂', '😍', '🙌', '💯', '👍', '😮', '😢',
  '🎉', '🎶', '🎧', '🎤', '🎸', '🥁', '🎹', '🎷', '🎺', '🎻',
  '🎵', '🎚️', '🔊', '💿', '📻', '🕺', '💃', '🪩', '✨', '⭐',
  '🚀', '⚡', '🌊', '💎', '👑', '🤘', '🙏', '🥹', '🤯', '👀'
]) with ordinality as listed (emoji, place);

-- source: sql/04_social/data/60_messages.sql

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('conversation_member_limit', 20, 2, 100, 'people', 'How many may be in one conversation'),
  ('dm_request_messages', 3, 1, 1000, 'messages', 'How many may be sent to somebody who has not accepted the conversation yet'),
  ('unread_count_limit', 100, 1, 10000, 'messages', 'How far unread messages of a conversation are counted');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('start_conversation', 20, 30, 'Starting conversations and adding people to them'),
  ('send_message', 60, 1, 'Sending direct messages'),
  ('change_conversation', 30, 2, 'Renaming conversations');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.direct_messages', 'sender_id', true, 'anonymise', '{sender_id,body,track_id,crate_id,client_id}', 225, 'What was written goes; its place stays, as others have replied to it'),
  ('private.conversation_pairs', 'low_id', false, 'delete', '{}', 226, 'Follows from who is in the conversation'),
  ('private.conversation_pairs', 'high_id', false, 'delete', '{}', 226, 'Follows from who is in the conversation'),
  ('public.conversation_members', 'member_id', true, 'delete', '{}', 227, 'The person''s own place; a conversation nobody else is in goes with it'),
  ('public.message_settings', 'user_id', true, 'delete', '{}', 228, 'The person''s own');

-- source: sql/04_social/data/60_notifications.sql

insert into private.notification_kinds
  (kind, category, is_in_app_default, is_push_default, is_email_default, is_collapsed, is_repeatable, is_pushed_each, push_title, push_body)
values
  ('follow', 'social', true, true, false, true, false, false, 'New followers', '{actors} followed you'),
  ('follow_request', 'social', true, true, false, true, false, false, 'Follow request', '{actors} asked to follow you'),
  ('like', 'social', true, false, false, true, false, false, 'Likes', '{actors} liked your {target}'),
  ('repost', 'social', true, false, false, true, false, false, 'Reposts', '{actors} reposted your post'),
  ('comment', 'social', true, true, false, true, true, false, 'New comments', '{actors} commented on your {target}'),
  ('reply', 'social', true, true, false, true, true, false, 'New replies', '{actors} replied to your comment'),
  ('mention', 'social', true, true, false, false, true, false, 'You were mentioned', '{actors} mentioned you'),
  ('reaction', 'social', true, false, false, true, true, false, 'Reactions', '{actors} reacted to your {target}'),
  ('crate_share', 'social', true, true, false, false, true, false, 'Your crate was shared', '{actors} shared your crate'),
  ('collaboration', 'social', true, true, false, false, false, false, 'A crate for you', '{actors} opened a crate for you'),
  ('milestone', 'social', true, true, false, false, false, false, 'Milestone', 'Your {target} has reached {count} {of}'),
  ('direct_message', 'messages', true, true, false, true, true, true, 'New message', '{actors} wrote to you'),
  ('message_request', 'messages', true, false, false, true, true, false, 'Message request', '{actors} would like to write to you'),
  ('room_invite', 'rooms', true, true, false, false, true, false, 'Room invitation', '{actors} invited you to a room'),
  ('join_request', 'rooms', true, true, false, true, false, false, 'Join request', '{actors} asked to join your room'),
  ('join_approved', 'rooms', true, true, false, false, true, false, 'You are in', '{actors} let you into a room'),
  ('turn_coming_up', 'rooms', true, true, false, false, true, false, 'Your turn', 'Your turn to play is coming up'),
  ('badge', 'progression', true, true, false, false, false, false, 'New badge', 'You earned a badge: {name}'),
  ('level', 'progression', true, true, false, false, false, false, 'New level', 'You reached level {level}'),
  ('quest', 'progression', true, false, false, false, false, false, 'Quest done', 'You finished a quest: {name}'),
  ('season', 'progression', true, true, false, false, false, false, 'Season', 'The season is over: {name}'),
  ('sale', 'commerce', true, true, true, false, true, false, 'You made a sale', 'You sold {name}'),
  ('payout', 'commerce', true, true, true, false, true, false, 'Payout', 'A payout is on its way to you'),
  ('moderation_decision', 'trust', true, true, true, false, true, false, 'A decision', 'There is a decision about your {target}');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('notification_collapse_hours', 24, 0, 8760, 'hours', 'How long after the first one unread notifications about the same thing still join it'),
  ('notification_kept_days', 90, 1, 36500, 'days', 'How long a notification is kept'),
  ('notification_count_limit', 100, 1, 10000, 'rows', 'The most that unread_count counts to'),
  ('push_tokens_limit', 20, 1, 1000, 'devices', 'How many devices of one person get push messages'),
  ('send_emails', 0, 0, 1, 'switch', '1: what people want by e-mail is queued for a sender, which has to be there (docs/deploy.md)'),
  ('email_after_minutes', 10, 0, 1440, 'minutes', 'How long a notification stays unread before it goes by e-mail'),
  ('push_receipt_minutes', 15, 0, 1440, 'minutes', 'How long after a push message its receipt is read');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('register_push_token', 20, 30, 'Registering devices for push messages');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('private.like_changes', 'user_id', false, 'delete', 260, 'The owner is not told any more'),
  ('private.told_and_taken_back', 'recipient_id', false, 'delete', 275, 'Keeps what is done again and again from ringing'),
  ('private.told_and_taken_back', 'actor_id', false, 'delete', 275, 'Keeps what is done again and again from ringing'),
  ('private.notification_actors', 'actor_id', false, 'delete', 270, 'Who did what is exported where it was done'),
  ('public.notifications', 'recipient_id', true, 'delete', 280, 'The person''s own'),
  ('public.notification_preferences', 'user_id', true, 'delete', 280, 'The person''s own'),
  ('public.quiet_hours', 'user_id', true, 'delete', 280, 'The person''s own'),
  ('public.push_tokens', 'user_id', true, 'delete', 280, 'The person''s own');

-- source: sql/04_social/data/70_activity.sql

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('activity_collapse_hours', 6, 1, 168, 'hours', 'How long a stretch of time is in which equal activity is shown as one'),
  ('activity_kept_days', 90, 1, 36500, 'days', 'How long activity is kept');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('react_to_activity', 60, 1, 'Reacting to activity');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('public.activity_reactions', 'user_id', true, 'delete', 255, 'The person''s own'),
  ('public.activity_events', 'actor_id', true, 'delete', 256, 'The person''s own');

-- source: sql/05_rooms/data/10_rooms.sql

insert into public.feature_flags (name, is_enabled, description) values
  ('rooms', true, 'Making and joining rooms, and all that happens in them');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('rooms_owned_limit', 10, 1, 10000, 'rooms', 'How many rooms one person may own'),
  ('room_active_seconds', 60, 10, 3600, 'seconds', 'How long after their last heartbeat somebody counts as active in a room'),
  ('room_pulse_seconds', 10, 1, 600, 'seconds', 'How old the count of a room''s listeners may be before a heartbeat renews it'),
  ('room_heartbeat_seconds', 30, 1, 3600, 'seconds', 'How long heartbeat tells clients to wait until the next one'),
  ('room_moderators_limit', 50, 1, 10000, 'people', 'How many moderators a room may have'),
  ('room_search_candidates', 200, 20, 10000, 'rooms', 'How many matches discover_rooms ranks, names that begin with the query first'),
  ('join_request_again_hours', 24, 0, 8760, 'hours', 'How long after a request was declined one may ask again'),
  ('room_invite_hours', 24, 1, 8760, 'hours', 'How long an invitation to a room is good'),
  ('room_invites_limit', 100, 1, 100000, 'invitations', 'How many invitations to one room may be open'),
  ('join_requests_limit', 20, 1, 1000, 'requests', 'How many requests of one person may be pending'),
  ('room_avatar_files', 10, 1, 1000, 'files', 'How many pictures may lie in the folder of one room');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('create_room', 5, 60, 'Making rooms'),
  ('update_room', 30, 10, 'Changing rooms, pinning tracks and handing rooms over'),
  ('join_room', 30, 10, 'Joining and leaving rooms'),
  ('request_to_join', 10, 60, 'Asking to be let into rooms'),
  ('invite_to_room', 30, 20, 'Inviting to rooms'),
  ('moderate_room', 60, 2, 'Moderating rooms'),
  ('heartbeat', 10, 5, 'Saying that one is in a room more often than every 5 seconds');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.room_presence', 'user_id', true, 'delete', '{}', 214, 'The person''s own'),
  ('public.join_requests', 'user_id', true, 'delete', '{}', 215, 'The person''s own'),
  ('public.join_requests', 'decided_by', false, 'anonymise', '{decided_by}', 215, 'The request is somebody else''s'),
  ('public.room_invites', 'user_id', true, 'delete', '{}', 216, 'Pointless without the person'),
  ('public.room_invites', 'invited_by', true, 'delete', '{}', 216, 'Nobody is invited by who is gone'),
  ('public.room_bans', 'user_id', true, 'delete', '{}', 217, 'Pointless without the person'),
  ('public.room_bans', 'banned_by', false, 'anonymise', '{banned_by,reason}', 217, 'The ban stays, as the room''s; the words go'),
  ('public.moderation_log', 'actor_id', true, 'anonymise', '{actor_id,reason}', 218, 'What was done in a room stays known to its moderators; the words go'),
  ('public.moderation_log', 'subject_id', false, 'anonymise', '{subject_id,reason}', 218, 'It names who decided; bans themselves are exported'),
  ('public.room_members', 'user_id', true, 'delete', '{}', 219, 'The person''s own; rooms they own are handed over'),
  ('public.rooms', 'artist_id', false, 'anonymise', '{artist_id}', 220, 'The room is its owner''s'),
  ('public.rooms', 'owner_id', true, 'anonymise', '{owner_id}', 220, 'Handed over before, or deleted when nobody was there to take it');

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('room-avatars', 'room-avatars', false, 5242880, '{image/jpeg,image/png,image/webp}');

-- source: sql/05_rooms/data/20_chat.sql

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('message_edit_minutes', 5, 0, 1000000, 'minutes', 'How long a message in a room can be edited'),
  ('pinned_messages_limit', 50, 1, 1000, 'messages', 'How many messages of a room may be pinned'),
  ('room_mute_minutes_limit', 525600, 1, 5256000, 'minutes', 'How long somebody may be muted in a room'),
  ('deleted_message_days', 30, 0, 36500, 'days', 'How long the row of a deleted message is kept, and what was said in a deleted room');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('send_room_message', 10, 1, 'Sending messages in rooms'),
  ('edit_room_message', 20, 6, 'Editing messages in rooms'),
  ('react_in_room', 60, 1, 'Reacting to messages in rooms');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.message_reactions', 'user_id', true, 'delete', '{}', 211, 'The person''s own'),
  ('public.room_mutes', 'user_id', true, 'delete', '{}', 212, 'Pointless without the person'),
  ('public.room_mutes', 'muted_by', false, 'anonymise', '{muted_by}', 212, 'The mute stays, as the room''s'),
  ('public.messages', 'author_id', true, 'anonymise', '{author_id,body,track_id,client_id}', 213, 'What was said goes; its place stays for a while, as others have replied to it');
