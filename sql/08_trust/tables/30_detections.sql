create table public.detections (
  id uuid primary key default private.uuid_v7(),
  track_id uuid not null references public.tracks (id) on delete cascade,
  artist_id uuid not null references public.profiles (id) on delete cascade,
  file_hash text not null,
  provider text,
  provider_version text,
  status text not null default 'pending',
  risk_score numeric(5, 2),
  bands jsonb,
  attempts int not null default 0,
  evidence jsonb not null default '{}',
  reviewed_by uuid references public.profiles (id) on delete set null,
  notes text,
  is_current boolean not null default true,
  is_before boolean not null,
  trusted_number int,
  held_from text,
  has_removed boolean not null default false,
  round int not null default 1,
  provider_ref text,
  lease_id uuid,
  leased_until timestamptz,
  called_at timestamptz,
  next_attempt_at timestamptz not null default now(),
  last_error text,
  appeal_text text,
  appealed_at timestamptz,
  reopened_at timestamptz,
  rejected_at timestamptz,
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  constraint detections_once unique (track_id, provider, provider_version, file_hash),
  constraint detections_provider_ref_once unique (provider, provider_ref),
  constraint detections_status_known check (
    status in ('pending', 'analyzing', 'verified_human', 'under_review', 'flagged_ai', 'rejected')
  ),
  constraint detections_provider_format check (provider ~ '^[a-z][a-z0-9_]{0,39}$'),
  constraint detections_provider_version_format check (provider_version ~ '^[A-Za-z0-9._+-]{1,100}$'),
  constraint detections_provider_whole check ((provider is null) = (provider_version is null)),
  constraint detections_risk_score_range check (risk_score between 0 and 100),
  constraint detections_score_has_bands check ((risk_score is null) = (bands is null)),
  constraint detections_lease_whole check ((lease_id is null) = (leased_until is null)),
  constraint detections_leased_while_analyzed check ((status = 'analyzing') = (lease_id is not null)),
  constraint detections_held_from_known check (held_from in ('published', 'hidden')),
  constraint detections_attempts_not_negative check (attempts >= 0),
  constraint detections_appeal_whole check ((appeal_text is null) = (appealed_at is null)),
  constraint detections_appeal_length check (char_length(appeal_text) between 1 and 2000),
  constraint detections_notes_length check (char_length(notes) between 1 and 2000)
);
create unique index detections_current on public.detections (track_id) where is_current;
create index detections_artist_id on public.detections (artist_id, id desc);
create index detections_reviewed_by on public.detections (reviewed_by);
create index detections_status on public.detections (status, id desc);
create index detections_due on public.detections (next_attempt_at, id) where status = 'pending';
create index detections_leased on public.detections (leased_until) where status = 'analyzing';
create index detections_rejected on public.detections (artist_id, rejected_at) where rejected_at is not null;
alter table public.detections enable row level security;
alter table public.detections force row level security;
comment on table public.detections is
$$Whether the file of an upload was made by people: a row for each time it is looked at

submit_track makes one; the service has it looked at by a provider, once for each file and version of the provider; then the bands decide, or
people do. The artist reads their own without what the provider found.$$;
comment on column public.detections.id is 'Time-ordered';
comment on column public.detections.track_id is 'Which track';
comment on column public.detections.artist_id is 'Whose track';
comment on column public.detections.file_hash is 'Which file: what the storage server calls its content, else made of what it knows of the object';
comment on column public.detections.provider is 'Who looks at it: http, local, ...; null until it is claimed';
comment on column public.detections.provider_version is 'Which version of the provider; null until it is claimed';
comment on column public.detections.status is
'pending, analyzing, verified_human (published), under_review (people decide), flagged_ai (held; people may decide otherwise), rejected (by two people)';
comment on column public.detections.risk_score is 'How sure the provider is that it was made by a machine: 0 to 100; null until it has said so';
comment on column public.detections.bands is 'The bands in force then: {verified_to, flagged_from}';
comment on column public.detections.attempts is 'How often it was claimed';
comment on column public.detections.evidence is 'What the provider found; for moderators';
comment on column public.detections.reviewed_by is 'Which moderator decided last; null where none did, or when the account is gone';
comment on column public.detections.notes is 'What that moderator says; for moderators';
comment on column public.detections.is_current is 'Whether it is the last one of its track';
comment on column public.detections.is_before is 'Whether the track waited for it to be published';
comment on column public.detections.trusted_number is 'Which upload of a trusted artist it is, by number; null when they were not trusted';
comment on column public.detections.held_from is 'What the track was before it was held: published or hidden; null when it had not been published, or is not held';
comment on column public.detections.has_removed is 'Whether its rejection keeps the track removed, whatever else does';
comment on column public.detections.round is '1, and more by one for each appeal and each time it is opened again';
comment on column public.detections.provider_ref is 'What the provider calls it, where it answers later';
comment on column public.detections.lease_id is 'Which claim has it; null when none has';
comment on column public.detections.leased_until is 'Until when';
comment on column public.detections.called_at is 'When the provider was asked and has perhaps heard it; null when it surely has not';
comment on column public.detections.next_attempt_at is 'From when on it may be claimed';
comment on column public.detections.last_error is 'Why the last attempt came to nothing: a word';
comment on column public.detections.appeal_text is 'What the artist says against the decision; null when they have not appealed';
comment on column public.detections.appealed_at is 'When they did';
comment on column public.detections.reopened_at is 'When reports of others opened it again; null when none have';
comment on column public.detections.rejected_at is 'When it was rejected; stays while that is appealed against, and null once it was found to be made by people';
comment on column public.detections.decided_at is 'When its last decision was made';
comment on column public.detections.created_at is 'When it was made';

create table public.detection_reviews (
  id uuid primary key default private.uuid_v7(),
  detection_id uuid not null references public.detections (id) on delete cascade,
  round int not null,
  reviewer_id uuid references public.profiles (id) on delete set null,
  verdict text not null,
  notes text,
  created_at timestamptz not null default now(),
  constraint detection_reviews_once unique (detection_id, round, reviewer_id),
  constraint detection_reviews_verdict_known check (verdict in ('verified_human', 'rejected')),
  constraint detection_reviews_notes_length check (char_length(notes) between 1 and 2000)
);
create index detection_reviews_reviewer_id on public.detection_reviews (reviewer_id);
alter table public.detection_reviews enable row level security;
alter table public.detection_reviews force row level security;
comment on table public.detection_reviews is
$$What each moderator says of a detection: for moderators

To reject a track takes two different people of one round; the rejection that was appealed against, one who had no part in it.$$;
comment on column public.detection_reviews.id is 'Time-ordered';
comment on column public.detection_reviews.detection_id is 'Of which detection';
comment on column public.detection_reviews.round is 'In which of its rounds';
comment on column public.detection_reviews.reviewer_id is 'Who says so; null when the account is gone';
comment on column public.detection_reviews.verdict is 'verified_human or rejected';
comment on column public.detection_reviews.notes is 'Why; null where nothing was said';
comment on column public.detection_reviews.created_at is 'When';

create table public.detection_proofs (
  id uuid primary key default private.uuid_v7(),
  detection_id uuid not null references public.detections (id) on delete cascade,
  artist_id uuid not null references public.profiles (id) on delete cascade,
  object_paths text[] not null,
  note text,
  created_at timestamptz not null default now(),
  constraint detection_proofs_has_files check (cardinality(object_paths) > 0 and array_position(object_paths, null) is null),
  constraint detection_proofs_note_length check (char_length(note) between 1 and 2000)
);
create index detection_proofs_detection_id on public.detection_proofs (detection_id, id);
create index detection_proofs_artist_id on public.detection_proofs (artist_id);
create index detection_proofs_object_paths on public.detection_proofs using gin (object_paths);
alter table public.detection_proofs enable row level security;
alter table public.detection_proofs force row level security;
comment on table public.detection_proofs is 'What artists hand in to show how a track was made: for them and for moderators, who may read the files then';
comment on column public.detection_proofs.id is 'Time-ordered';
comment on column public.detection_proofs.detection_id is 'For which detection';
comment on column public.detection_proofs.artist_id is 'Whose';
comment on column public.detection_proofs.object_paths is 'Files in bucket proof-files: projects, stems, pictures, recordings of a screen';
comment on column public.detection_proofs.note is 'What they say of them; null where nothing';
comment on column public.detection_proofs.created_at is 'When';

create type public.detection_row as (
  id uuid,
  track_id uuid,
  track jsonb,
  status text,
  risk_score numeric,
  bands jsonb,
  provider text,
  provider_version text,
  is_current boolean,
  can_appeal boolean,
  appeal_text text,
  appealed_at timestamptz,
  proofs jsonb,
  decided_at timestamptz,
  created_at timestamptz,
  cursor text
);
comment on type public.detection_row is
$$A detection as the artist sees it

track: {id, title, artwork_path, status}. can_appeal: whether appeal_detection would take it. proofs: [{id, object_paths, note, created_at}]. Hand the
last row's cursor back as after to go on.$$;

create type public.detection_case_row as (
  id uuid,
  track_id uuid,
  track jsonb,
  artist jsonb,
  status text,
  risk_score numeric,
  bands jsonb,
  provider text,
  provider_version text,
  attempts int,
  last_error text,
  evidence jsonb,
  is_before boolean,
  round int,
  reviews jsonb,
  proofs jsonb,
  appeal_text text,
  appealed_at timestamptz,
  reopened_at timestamptz,
  reviewed_by uuid,
  notes text,
  decided_at timestamptz,
  created_at timestamptz,
  cursor text
);
comment on type public.detection_case_row is
$$A detection as moderators see it

track: {id, title, artwork_path, status}. artist: {id, username, display_name, avatar_path, is_verified}. reviews: [{round, reviewer {as artist},
verdict, notes, created_at}]; of the running round those who would reject it wait for another who agrees. proofs: [{id, object_paths, note, created_at}],
files of bucket proof-files. Hand the last row's cursor back as after to go on.$$;
