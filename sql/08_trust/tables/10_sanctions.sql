create table public.moderation_cases (
  id uuid primary key default private.uuid_v7(),
  target_kind text not null,
  target_id uuid not null,
  kind text not null,
  subject_id uuid references public.profiles (id) on delete set null,
  room_id uuid references public.rooms (id) on delete set null,
  status text not null default 'open',
  weight numeric(10, 2) not null default 0,
  report_count int not null default 0,
  evidence jsonb not null default '[]',
  claimed_by uuid references public.profiles (id) on delete set null,
  claimed_at timestamptz,
  decided_by uuid references public.profiles (id) on delete set null,
  decided_at timestamptz,
  action text,
  note text,
  opened_at timestamptz not null default now(),
  constraint moderation_cases_target_kind_known check (
    target_kind in ('profile', 'post', 'comment', 'track', 'crate', 'room', 'message', 'product', 'sanction')
  ),
  constraint moderation_cases_kind_known check (kind in ('report', 'ai_generated', 'fingerprint_match', 'strikes', 'appeal')),
  constraint moderation_cases_status_known check (status in ('open', 'claimed', 'decided')),
  constraint moderation_cases_decided_has_date check ((status = 'decided') = (decided_at is not null and action is not null)),
  constraint moderation_cases_claimed_has_date check (status <> 'claimed' or claimed_at is not null),
  constraint moderation_cases_note_length check (char_length(note) between 1 and 1000),
  constraint moderation_cases_evidence_is_list check (jsonb_typeof(evidence) = 'array'),
  constraint moderation_cases_counts_not_negative check (weight >= 0 and report_count >= 0)
);
-- Two at once about the same thing find one case.
create unique index moderation_cases_one_open on public.moderation_cases (target_id, target_kind, kind) where status <> 'decided';
create index moderation_cases_heaviest_of_kind on public.moderation_cases (kind, status, weight, id);
create index moderation_cases_target on public.moderation_cases (target_id, target_kind, id);
create index moderation_cases_subject_id on public.moderation_cases (subject_id, id);
create index moderation_cases_room_id on public.moderation_cases (room_id);
create index moderation_cases_claimed_by on public.moderation_cases (claimed_by);
create index moderation_cases_decided_by on public.moderation_cases (decided_by);
alter table public.moderation_cases enable row level security;
alter table public.moderation_cases force row level security;
comment on table public.moderation_cases is
$$What moderators have to decide, one a thing and kind while it is open

Opened by reports, detections, fingerprints, strikes and appeals; decided by decide_case and its like. Shown to staff; with reports, history and
similar cases by moderation_queue().$$;
comment on column public.moderation_cases.id is 'Time-ordered uuid';
comment on column public.moderation_cases.target_kind is 'profile, post, comment, track, crate, room, message, product, or sanction for an appeal';
comment on column public.moderation_cases.target_id is 'What it is about';
comment on column public.moderation_cases.kind is 'report, ai_generated, fingerprint_match, strikes or appeal';
comment on column public.moderation_cases.subject_id is 'Whose content it is; null when nobody''s, or when the account is gone';
comment on column public.moderation_cases.room_id is 'The room it happened in, where there is one';
comment on column public.moderation_cases.status is 'open, claimed (somebody looks at it) or decided';
comment on column public.moderation_cases.weight is 'What its open reports weigh together; what young accounts bring to it is capped';
comment on column public.moderation_cases.report_count is 'How many have reported it';
comment on column public.moderation_cases.evidence is 'What was found, a list of objects, oldest first';
comment on column public.moderation_cases.claimed_by is 'Who looks at it';
comment on column public.moderation_cases.claimed_at is 'Since when; others may take it over after case_claim_minutes';
comment on column public.moderation_cases.decided_by is 'Who decided; null when the account is gone';
comment on column public.moderation_cases.decided_at is 'When';
comment on column public.moderation_cases.action is 'What was decided: dismiss, hide, delete, warn, mute, ban, ...';
comment on column public.moderation_cases.note is 'Why, at most 1000 characters';
comment on column public.moderation_cases.opened_at is 'When it was opened';

create table public.sanctions (
  id uuid primary key default private.uuid_v7(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  room_id uuid references public.rooms (id) on delete cascade,
  kind text not null,
  until timestamptz,
  reason text,
  case_id uuid references public.moderation_cases (id) on delete set null,
  issued_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  lifted_at timestamptz,
  lifted_by uuid references public.profiles (id) on delete set null,
  constraint sanctions_kind_known check (kind in ('warn', 'mute', 'ban')),
  constraint sanctions_reason_length check (char_length(reason) between 1 and 1000),
  constraint sanctions_warning_has_no_end check (kind <> 'warn' or until is null),
  constraint sanctions_lifted_has_date check (lifted_by is null or lifted_at is not null)
);
-- What every write asks (private.sanctions_in_force): no more than those that were not lifted, read from the index alone.
create index sanctions_in_force on public.sanctions (user_id, kind, room_id, until) where lifted_at is null and kind <> 'warn';
create index sanctions_user_id on public.sanctions (user_id, id);
create index sanctions_room_id on public.sanctions (room_id);
create index sanctions_case_id on public.sanctions (case_id);
create index sanctions_issued_by on public.sanctions (issued_by);
create index sanctions_lifted_by on public.sanctions (lifted_by);
alter table public.sanctions enable row level security;
alter table public.sanctions force row level security;
comment on table public.sanctions is
$$What moderators have imposed on people

Written by what they decide. A ban refuses every write with 403 banned, a mute every text with 403 muted; both end by themselves. In a room they are
the room's own bans and mutes. One's own are read with my_sanctions().$$;
comment on column public.sanctions.id is 'Time-ordered uuid: what appeal is told';
comment on column public.sanctions.user_id is 'On whom';
comment on column public.sanctions.room_id is 'In which room; null: everywhere';
comment on column public.sanctions.kind is 'warn, mute or ban';
comment on column public.sanctions.until is 'When it ends; null for good, and for a warning';
comment on column public.sanctions.reason is 'Why, at most 1000 characters, as its bearer is told';
comment on column public.sanctions.case_id is 'The case it was decided in; null when none';
comment on column public.sanctions.issued_by is 'Who decided; told to staff alone';
comment on column public.sanctions.created_at is 'When';
comment on column public.sanctions.lifted_at is 'When it was taken back; null while it stands';
comment on column public.sanctions.lifted_by is 'Who took it back; told to staff alone';

create table public.appeals (
  sanction_id uuid primary key references public.sanctions (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  statement text not null,
  status text not null default 'pending',
  case_id uuid references public.moderation_cases (id) on delete set null,
  decided_by uuid references public.profiles (id) on delete set null,
  decided_at timestamptz,
  note text,
  created_at timestamptz not null default now(),
  constraint appeals_statement_length check (char_length(statement) between 1 and 2000),
  constraint appeals_status_known check (status in ('pending', 'upheld', 'refused')),
  constraint appeals_decided_has_date check ((status = 'pending') = (decided_at is null)),
  constraint appeals_note_length check (char_length(note) between 1 and 1000)
);
create index appeals_user_id on public.appeals (user_id);
create index appeals_case_id on public.appeals (case_id);
create index appeals_decided_by on public.appeals (decided_by);
alter table public.appeals enable row level security;
alter table public.appeals force row level security;
comment on table public.appeals is
$$What people say against a sanction, once each

Written by appeal, decided by decide_appeal: by somebody else than who imposed it. One's own stand in my_sanctions().$$;
comment on column public.appeals.sanction_id is 'Against which';
comment on column public.appeals.user_id is 'Who appeals: its bearer';
comment on column public.appeals.statement is '1 to 2000 characters';
comment on column public.appeals.status is 'pending, upheld (the sanction is lifted) or refused';
comment on column public.appeals.case_id is 'The case it is decided in';
comment on column public.appeals.decided_by is 'Who decided; told to staff alone';
comment on column public.appeals.decided_at is 'When; null while it is pending';
comment on column public.appeals.note is 'Why, at most 1000 characters, as its author is told';
comment on column public.appeals.created_at is 'When it was made';

create type public.sanction_row as (
  id uuid,
  kind text,
  room_id uuid,
  until timestamptz,
  reason text,
  in_force boolean,
  lifted_at timestamptz,
  appeal jsonb,
  created_at timestamptz,
  cursor text
);
comment on type public.sanction_row is
$$A sanction of one's own

kind: warn, mute or ban; room_id: null everywhere; until: null for good; in_force: of a mute or a ban, neither ended nor lifted; appeal {status, statement, note, created_at, decided_at},
null when there is none. Hand the last row's cursor back as after to go on.$$;
