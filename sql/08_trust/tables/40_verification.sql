create table public.verification_requests (
  id uuid primary key default private.uuid_v7(),
  artist_id uuid not null references public.profiles (id) on delete cascade,
  urls text[] not null,
  code text not null unique,
  status text not null default 'pending',
  findings jsonb not null default '[]',
  note text,
  created_at timestamptz not null default now(),
  crawled_at timestamptz,
  decided_at timestamptz,
  decided_by uuid references public.profiles (id) on delete set null,
  crawl_count int not null default 0,
  next_crawl_at timestamptz not null default now(),
  leased_until timestamptz,
  constraint verification_requests_urls_limit check (cardinality(urls) between 1 and 5 and array_position(urls, null) is null),
  constraint verification_requests_urls_https check (
    array_to_string(urls, ' ') ~ '^(https://[A-Za-z0-9.-]+(:443)?(/[^\s<>"\\]*)?( |$))+$'
    and char_length(array_to_string(urls, ' ')) <= 2600
  ),
  constraint verification_requests_code_format check (code ~ '^backbeat-[0-9a-f]{32}$'),
  constraint verification_requests_status_known check (status in ('pending', 'crawling', 'awaiting_review', 'approved', 'rejected')),
  constraint verification_requests_findings_list check (jsonb_typeof(findings) = 'array'),
  constraint verification_requests_note_length check (char_length(note) between 1 and 1000),
  constraint verification_requests_decided_has_date check ((status in ('approved', 'rejected')) = (decided_at is not null)),
  constraint verification_requests_lease_fits check ((status = 'crawling') = (leased_until is not null)),
  constraint verification_requests_crawl_count_not_negative check (crawl_count >= 0)
);
create unique index verification_requests_open on public.verification_requests (artist_id)
where status in ('pending', 'crawling', 'awaiting_review');
create index verification_requests_artist_id on public.verification_requests (artist_id, id desc);
create index verification_requests_decided_by on public.verification_requests (decided_by);
create index verification_requests_status on public.verification_requests (status, id);
create index verification_requests_due on public.verification_requests (next_crawl_at) where status = 'pending';
create index verification_requests_leased on public.verification_requests (leased_until) where status = 'crawling';
alter table public.verification_requests enable row level security;
alter table public.verification_requests force row level security;
comment on table public.verification_requests is
$$Artists who ask to be verified, by a code that they place on a page of theirs

Made by request_verification; the scheduled function verify-artists looks for the code, and a moderator decides. One's own are readable,
without who decided.$$;
comment on column public.verification_requests.id is 'Time-ordered uuid';
comment on column public.verification_requests.artist_id is 'Who asks';
comment on column public.verification_requests.urls is '1 to 5 https addresses of pages, at most 500 characters each';
comment on column public.verification_requests.code is 'What is to be found on one of the pages';
comment on column public.verification_requests.status is 'pending, crawling, awaiting_review, approved or rejected';
comment on column public.verification_requests.findings is
'What was found on each page the last time: [{url, final_url, outcome, is_found}]; outcome is found, not_found or why the page was not read';
comment on column public.verification_requests.note is 'What the staff says about it, 1 to 1000 characters; null for nothing';
comment on column public.verification_requests.created_at is 'When it was asked for';
comment on column public.verification_requests.crawled_at is 'When the pages were last looked at; null before';
comment on column public.verification_requests.decided_at is 'When the staff decided; null before';
comment on column public.verification_requests.decided_by is 'Who did: for the staff alone';
comment on column public.verification_requests.crawl_count is 'How often the pages were looked at, or were to be: for the service alone';
comment on column public.verification_requests.next_crawl_at is 'When they are looked at next: for the service alone';
comment on column public.verification_requests.leased_until is 'While crawling, until when the function that looks has time: for the service alone';

create type public.verification_row as (
  id uuid,
  urls text[],
  code text,
  status text,
  findings jsonb,
  note text,
  created_at timestamptz,
  crawled_at timestamptz,
  decided_at timestamptz
);
comment on type public.verification_row is
$$A request to be verified, as who asked sees it

code: what to place on one of the pages. findings: [{url, final_url, outcome, is_found}] of the last look.$$;

create type public.verification_queue_row as (
  id uuid,
  artist jsonb,
  urls text[],
  code text,
  status text,
  findings jsonb,
  note text,
  created_at timestamptz,
  crawled_at timestamptz,
  decided_at timestamptz,
  decided_by jsonb,
  cursor text
);
comment on type public.verification_queue_row is
$$A request to be verified, as the staff sees it

artist and decided_by are {id, username, display_name, avatar_path, is_verified}. Hand the last row's cursor back as after to go on.$$;
