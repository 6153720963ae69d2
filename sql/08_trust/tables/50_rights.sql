create table public.rights_declarations (
  track_id uuid primary key references public.tracks (id) on delete cascade,
  artist_id uuid not null references public.profiles (id) on delete cascade,
  kind text not null,
  sources text[] not null default '{}',
  accepted_at timestamptz not null default now(),
  constraint rights_declarations_kind_known check (kind in ('original', 'licensed', 'public_domain', 'cover')),
  constraint rights_declarations_sources_limit check (cardinality(sources) <= 20 and array_position(sources, null) is null),
  constraint rights_declarations_sources_length check (char_length(array_to_string(sources, '')) <= 10000),
  constraint rights_declarations_sources_named check (kind = 'original' or cardinality(sources) > 0)
);
create index rights_declarations_artist_id on public.rights_declarations (artist_id);
alter table public.rights_declarations enable row level security;
alter table public.rights_declarations force row level security;
comment on table public.rights_declarations is
$$By what right each upload is published, as its artist has declared

Made by declare_rights, which submit_track asks for. Its artist and the staff read it.$$;
comment on column public.rights_declarations.track_id is 'The upload';
comment on column public.rights_declarations.artist_id is 'Who declares: its artist';
comment on column public.rights_declarations.kind is 'original, licensed, public_domain or cover';
comment on column public.rights_declarations.sources is
'What it rests on, such as a work and who has given leave: at most 20 of 1 to 500 characters, one at least unless it is original';
comment on column public.rights_declarations.accepted_at is 'When it was declared';

create table private.fingerprints (
  track_id uuid primary key references public.tracks (id) on delete cascade,
  status text not null default 'waiting',
  algorithm text,
  hash int[],
  attempts int not null default 0,
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  error text,
  created_at timestamptz not null default now(),
  compared_at timestamptz,
  constraint fingerprints_status_known check (status in ('waiting', 'done', 'failed')),
  constraint fingerprints_algorithm_format check (algorithm ~ '^[a-z][a-z0-9_]{1,40}$'),
  constraint fingerprints_hash_length check (cardinality(hash) <= 4096 and array_position(hash, null) is null),
  constraint fingerprints_done_has_hash check (
    (status = 'done') = (hash is not null) and (status = 'done') = (algorithm is not null) and (status = 'done') = (compared_at is not null)
  ),
  constraint fingerprints_attempts_not_negative check (attempts >= 0)
);
create index fingerprints_due on private.fingerprints (next_attempt_at, track_id) where status = 'waiting';
-- Which of them have a word in common: the core operator class of arrays answers && by this index, without an extension.
create index fingerprints_hash on private.fingerprints using gin (hash) where status = 'done';
alter table private.fingerprints enable row level security;
alter table private.fingerprints force row level security;
comment on table private.fingerprints is 'How each upload sounds, as Chromaprint hears it: what uploads are compared by; a row from the moment they are submitted';
comment on column private.fingerprints.status is 'waiting (for fingerprint-tracks), done or failed';
comment on column private.fingerprints.algorithm is 'What made the hash: only equal ones are compared';
comment on column private.fingerprints.hash is 'One word of 32 bits for each eighth of a second or so, signed; empty where a track is too short';
comment on column private.fingerprints.error is 'Why there was none the last time';
comment on column private.fingerprints.compared_at is 'When it was compared with all that were there';

create table private.claims (
  id uuid primary key default private.uuid_v7(),
  track_id uuid not null references public.tracks (id) on delete cascade,
  artist_id uuid references public.profiles (id) on delete cascade,
  claimant text not null,
  kind text not null,
  contact text not null,
  statement text not null,
  status text not null default 'pending',
  created_at timestamptz not null default now(),
  note text,
  decided_at timestamptz,
  decided_by uuid references public.profiles (id) on delete set null,
  has_removed boolean not null default false,
  counter_statement text,
  countered_at timestamptz,
  counter_note text,
  redecided_at timestamptz,
  redecided_by uuid references public.profiles (id) on delete set null,
  constraint claims_claimant_length check (char_length(claimant) between 1 and 200),
  constraint claims_kind_known check (kind in ('recording', 'composition', 'sample', 'artwork', 'trademark', 'other')),
  constraint claims_contact_format check (contact ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' and char_length(contact) <= 254),
  constraint claims_statement_length check (char_length(statement) between 1 and 5000),
  constraint claims_status_known check (status in ('pending', 'upheld', 'refused', 'countered')),
  constraint claims_decided_has_date check ((status = 'pending') = (decided_at is null)),
  constraint claims_counter_statement_length check (char_length(counter_statement) between 1 and 5000),
  constraint claims_notes_length check (char_length(note) between 1 and 1000 and char_length(counter_note) between 1 and 1000),
  constraint claims_redecided_after_counter check (redecided_at is null or countered_at is not null),
  constraint claims_countered_fits check (
    case status when 'countered' then countered_at is not null and redecided_at is null else (countered_at is null) = (redecided_at is null) end
  )
);
-- Anybody may name anybody's e-mail: what is sent again is known by its words too.
create unique index claims_once on private.claims (track_id, lower(contact), md5(statement)) where status = 'pending';
create index claims_track_id on private.claims (track_id);
create index claims_artist_id on private.claims (artist_id, id desc);
create index claims_status on private.claims (status, id);
create index claims_decided_by on private.claims (decided_by);
create index claims_redecided_by on private.claims (redecided_by);
alter table private.claims enable row level security;
alter table private.claims force row level security;
comment on table private.claims is
'Who says that a track is theirs, or has something of theirs: by the function rights-claim; decided by the staff, again by somebody else after a counter-notice';
comment on column private.claims.artist_id is 'Whose upload it is; null of a track of another provider';
comment on column private.claims.claimant is 'Who claims, as they name themselves';
comment on column private.claims.contact is 'Their e-mail: for the staff alone';
comment on column private.claims.status is 'pending, upheld, refused, or countered: upheld, and to be decided again';
comment on column private.claims.has_removed is 'Whether this claim keeps the track away: from when it is upheld until it is refused';
comment on column private.claims.counter_statement is 'What its artist says to it, once';
comment on column private.claims.redecided_by is 'Who decided again: somebody else';

create table public.licenses (
  id uuid primary key default gen_random_uuid(),
  track_id uuid not null references public.tracks (id) on delete cascade,
  artist_id uuid not null references public.profiles (id) on delete cascade,
  name text not null,
  terms text not null,
  price_minor bigint not null,
  currency text not null references public.currencies (code) on delete restrict,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint licenses_once unique (track_id, name),
  constraint licenses_name_length check (char_length(name) between 1 and 80 and name = btrim(name)),
  constraint licenses_terms_length check (char_length(terms) between 1 and 10000),
  constraint licenses_price_range check (price_minor between 0 and 100000000)
);
create index licenses_artist_id on public.licenses (artist_id);
create index licenses_currency on public.licenses (currency);
alter table public.licenses enable row level security;
alter table public.licenses force row level security;
comment on table public.licenses is
$$On which terms, and for how much, others may use a track

Written by set_license and remove_license; whoever may read the track reads them. What they say is between the two: nothing is sold by them here.$$;
comment on column public.licenses.id is 'What remove_license is given';
comment on column public.licenses.track_id is 'An upload';
comment on column public.licenses.artist_id is 'Its artist';
comment on column public.licenses.name is '1 to 80 characters, once a track: Personal, Film and games';
comment on column public.licenses.terms is '1 to 10000 characters';
comment on column public.licenses.price_minor is 'In minor units of currency; 0 for nothing';
comment on column public.licenses.currency is 'One that is enabled';
comment on column public.licenses.created_at is 'When it was first offered';
comment on column public.licenses.updated_at is 'When it was last changed';

create type public.claim_row as (
  id uuid,
  track_id uuid,
  kind text,
  statement text,
  status text,
  note text,
  decided_at timestamptz,
  counter_statement text,
  countered_at timestamptz,
  counter_note text,
  redecided_at timestamptz,
  created_at timestamptz,
  cursor text
);
comment on type public.claim_row is
$$A claim on a track that was upheld, as its artist sees it

Not who claims, and not who decided. Hand the last row's cursor back as after to go on.$$;

create type public.claim_queue_row as (
  id uuid,
  track jsonb,
  artist jsonb,
  claimant text,
  kind text,
  contact text,
  statement text,
  status text,
  declaration jsonb,
  strike_count int,
  note text,
  decided_at timestamptz,
  decided_by jsonb,
  counter_statement text,
  countered_at timestamptz,
  counter_note text,
  redecided_at timestamptz,
  redecided_by jsonb,
  created_at timestamptz,
  cursor text
);
comment on type public.claim_queue_row is
$$A claim on a track, as the staff sees it

track as in lists; artist, decided_by, redecided_by {id, username, display_name, avatar_path, is_verified}; declaration {kind, sources, accepted_at}, or null;
strike_count: tracks of the artist on which a claim stands. Hand the last row's cursor back as after to go on.$$;
