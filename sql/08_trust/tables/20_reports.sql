create table public.reports (
  id uuid primary key default private.uuid_v7(),
  reporter_id uuid references public.profiles (id) on delete set null,
  target_kind text not null,
  target_id uuid not null,
  subject_id uuid references public.profiles (id) on delete set null,
  case_id uuid not null references public.moderation_cases (id) on delete cascade,
  reason text not null,
  description text,
  copy jsonb,
  status text not null default 'pending',
  weight numeric(4, 2) not null,
  is_young boolean not null,
  created_at timestamptz not null default now(),
  reviewed_at timestamptz,
  is_scored boolean not null default false,
  constraint reports_target_kind_known check (
    target_kind in ('profile', 'post', 'comment', 'track', 'crate', 'room', 'message', 'product')
  ),
  constraint reports_reason_known check (
    reason in ('spam', 'abuse', 'hate', 'sexual', 'self_harm', 'copyright', 'ai_generated', 'other')
  ),
  constraint reports_description_length check (char_length(description) between 1 and 1000),
  constraint reports_copy_is_object check (jsonb_typeof(copy) = 'object'),
  constraint reports_status_known check (status in ('pending', 'reviewed', 'actioned', 'dismissed')),
  constraint reports_reviewed_has_date check ((status = 'pending') = (reviewed_at is null)),
  constraint reports_weight_range check (weight between 0 and 99),
  constraint reports_scored_has_verdict check (not is_scored or status in ('actioned', 'dismissed'))
);
create unique index reports_one_open on public.reports (reporter_id, target_id, target_kind) where status = 'pending';
create index reports_reporter_id on public.reports (reporter_id, id);
create index reports_subject_id on public.reports (subject_id);
create index reports_case_id on public.reports (case_id, id);
create index reports_target on public.reports (target_id, target_kind) where status = 'pending';
alter table public.reports enable row level security;
alter table public.reports force row level security;
comment on table public.reports is
$$What people have reported, with a copy of it as it was

One open a person and thing; written by report(). One's own are read here, without the copy and what they weigh; all of a case by moderation_queue().$$;
comment on column public.reports.id is 'Time-ordered uuid';
comment on column public.reports.reporter_id is 'Who reported; null when the account is gone. Told to staff alone';
comment on column public.reports.target_kind is 'profile, post, comment, track, crate, room, message (of a room, or between people) or product';
comment on column public.reports.target_id is 'What was reported';
comment on column public.reports.subject_id is 'Whose it is; null when nobody''s, or when the account is gone';
comment on column public.reports.case_id is 'The case it belongs to';
comment on column public.reports.reason is 'spam, abuse, hate, sexual, self_harm, copyright, ai_generated or other';
comment on column public.reports.description is 'At most 1000 characters; null when none was given';
comment on column public.reports.copy is 'What was reported as it was then: its row, and {author}; for staff alone, by moderation_queue(); null once the account is erased whose it was';
comment on column public.reports.status is 'pending; actioned (something was done), dismissed (there was nothing) or reviewed (looked at, without a verdict on the report)';
comment on column public.reports.weight is 'What it weighs, by how its reporter was right before';
comment on column public.reports.is_young is 'Whether the reporter was new: such reports together bring a target no more than a cap';
comment on column public.reports.created_at is 'When it was made';
comment on column public.reports.reviewed_at is 'When the case was decided; null while it is pending';
comment on column public.reports.is_scored is 'Whether its reporter was counted right, or wrong, for it: what reopen_case takes back';

create table private.reporter_scores (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  right_count int not null default 0,
  wrong_count int not null default 0,
  constraint reporter_scores_not_negative check (right_count >= 0 and wrong_count >= 0)
);
alter table private.reporter_scores enable row level security;
alter table private.reporter_scores force row level security;
comment on table private.reporter_scores is 'How often somebody''s reports led to something, and how often they were dismissed: what private.report_weight goes by';
comment on column private.reporter_scores.right_count is 'Reports that were actioned: one a subject, and none whose subject was a young account';
comment on column private.reporter_scores.wrong_count is 'Reports that were dismissed';

-- What each kind's own rule reads stands with the thing itself (is_withheld, hidden_profiles, the status of a track): this says why, so that it is
-- undone where it was done.
create table private.withheld (
  target_kind text not null,
  target_id uuid not null,
  reason text not null,
  case_id uuid references public.moderation_cases (id) on delete set null,
  since timestamptz not null default now(),
  primary key (target_id, target_kind),
  constraint withheld_target_kind_known check (
    target_kind in ('profile', 'post', 'comment', 'track', 'crate', 'room', 'message', 'product')
  ),
  constraint withheld_reason_known check (reason in ('reports', 'decision'))
);
create index withheld_case_id on private.withheld (case_id);
alter table private.withheld enable row level security;
alter table private.withheld force row level security;
comment on table private.withheld is 'What is kept from all but its author and staff: by the weight of its reports, until they are reviewed, or by a decision';
comment on column private.withheld.reason is 'reports or decision';
comment on column private.withheld.case_id is 'The case that was decided; null while it is for reports';

create type public.case_row as (
  id uuid,
  kind text,
  status text,
  target_kind text,
  target_id uuid,
  subject jsonb,
  room_id uuid,
  weight numeric,
  report_count int,
  is_withheld boolean,
  reports jsonb,
  evidence jsonb,
  history jsonb,
  similar_cases jsonb,
  claimed_by jsonb,
  claimed_at timestamptz,
  decided_by jsonb,
  decided_at timestamptz,
  action text,
  note text,
  opened_at timestamptz,
  cursor text
);
comment on type public.case_row is
$$A case, as moderators see it

subject, claimed_by, decided_by: people {id, username, display_name, avatar_path, is_verified}, null when nobody or gone. reports, the newest twenty (setting case_reports_shown):
[{id, reporter, reason, description, copy, status, weight, is_young, created_at}]; evidence: [{at, kind, ...}]; history {sanctions: [{id, kind, room_id, until, reason, lifted_at, created_at}],
cases: how many, actioned: how many of them}, of the subject; similar_cases, decided ones of the same reasons or subject: [{id, kind, target_kind, action, note, decided_at, is_same_subject}].
Hand the last row's cursor back as after to go on.$$;

create type public.audit_row as (
  id bigint,
  source text,
  action text,
  actor jsonb,
  target_kind text,
  target_id text,
  subject jsonb,
  room_id uuid,
  reason text,
  before jsonb,
  after jsonb,
  details jsonb,
  created_at timestamptz,
  cursor text
);
comment on type public.audit_row is
$$Something that staff or money did

source: audit (settings, roles, money) or moderation (what moderators decided); actor, subject: people {id, username, display_name, avatar_path, is_verified}, null when
nobody or gone. before, after: of a decision. Hand the last row's cursor back as after to go on.$$;
