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
  username text not null,
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
-- Partial in form alone, so that it is no key that a foreign key could refer to: who changes theirs locks the row no more than any other change
-- does, and need not wait for those who write what refers to them.
create unique index profiles_username on public.profiles (username) where username is not null;
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
  constraint artist_profiles_counts_not_negative check (upload_count >= 0 and verified_upload_count >= 0)
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
  updated_at timestamptz not null default now(),
  version jsonb
);
alter table private.artist_accounts enable row level security;
alter table private.artist_accounts force row level security;
comment on table private.artist_accounts is 'An artist''s account at the payment provider, as its webhooks report it';
comment on column private.artist_accounts.version is 'What reports of the provider are compared by: the highest stands';

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

-- Every list asks whom its reader has blocked or muted, and who has blocked them: one row has the answer. Who has nobody has no row.
create table private.readers (
  profile_id uuid primary key references public.profiles (id) on delete cascade,
  blocked_ids uuid[] not null default '{}',
  blocker_ids uuid[] not null default '{}',
  muted_ids uuid[] not null default '{}'
);
alter table private.readers alter column blocked_ids set storage external;
alter table private.readers alter column blocker_ids set storage external;
alter table private.readers alter column muted_ids set storage external;
alter table private.readers enable row level security;
alter table private.readers force row level security;
comment on table private.readers is 'Blocks and mutes as lists ask for them, a row a reader, kept by triggers; read through the view private.reader';
comment on column private.readers.blocked_ids is 'Whom they have blocked';
comment on column private.readers.blocker_ids is 'Who has blocked them';
comment on column private.readers.muted_ids is 'Whom they have muted';

create table private.hidden_profiles (
  profile_id uuid not null references public.profiles (id) on delete cascade,
  reason text not null,
  hidden_at timestamptz not null default now(),
  primary key (profile_id, reason),
  constraint hidden_profiles_reason_known check (reason in ('deletion', 'moderation'))
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
  is_private boolean not null default false,
  banned_until timestamptz,
  primary key (profile_id) include (is_hidden, card, is_private, banned_until)
);
alter table private.person_cards enable row level security;
alter table private.person_cards force row level security;
comment on table private.person_cards is 'Each profile as lists show it, kept by triggers';
comment on column private.person_cards.is_hidden is 'Whether hidden_profiles has a reason';
comment on column private.person_cards.card is '{id, username, display_name, avatar_path, is_verified}';
comment on column private.person_cards.is_private is 'As the profile''s: leaderboards name them to followers alone';
comment on column private.person_cards.banned_until is 'Until when they are banned everywhere, infinity for good; null, or past, when they are not: feeds and leaderboards leave them out so long';

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
