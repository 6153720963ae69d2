create table public.seasons (
  code text primary key,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  status text not null default 'upcoming',
  closed_at timestamptz,
  people int,
  hash text,
  constraint seasons_code_format check (code ~ '^[12][0-9]{3}-Q[1-4]$'),
  constraint seasons_status_known check (status in ('upcoming', 'active', 'closed')),
  constraint seasons_end_after_start check (ends_at > starts_at),
  constraint seasons_closed_whole check (
    (status = 'closed') = (closed_at is not null) and (closed_at is null) = (people is null) and (people is null) = (hash is null)
  ),
  constraint seasons_hash_format check (hash ~ '^[0-9a-f]{64}$')
);
create unique index seasons_active on public.seasons (status) where status = 'active';
alter table public.seasons enable row level security;
alter table public.seasons force row level security;
comment on table public.seasons is
$$Seasons: calendar quarters by UTC

Points count in the season of the moment they are earned for, whatever the status. One is active until close_season closes it, which freezes its
boards, pays its prizes and opens the next.$$;
comment on column public.seasons.code is 'Such as 2026-Q4';
comment on column public.seasons.starts_at is 'When it begins';
comment on column public.seasons.ends_at is 'When it is over: the next one begins';
comment on column public.seasons.status is 'upcoming, active or closed';
comment on column public.seasons.closed_at is 'When it was closed';
comment on column public.seasons.people is 'How many stood on its board when it was closed';
comment on column public.seasons.hash is 'SHA-256 in hex of its board when it was closed: lines rank|user|score, in the order of the board, ended by a line feed each';

create table private.season_prizes (
  tier text primary key,
  from_rank int not null unique,
  to_rank int,
  credits int not null,
  constraint season_prizes_tier_known check (tier in ('gold', 'silver', 'bronze', 'participant')),
  constraint season_prizes_ranks_fit check (from_rank > 0 and to_rank >= from_rank),
  constraint season_prizes_credits_not_negative check (credits >= 0)
);
alter table private.season_prizes enable row level security;
alter table private.season_prizes force row level security;
comment on table private.season_prizes is 'What a season pays, by rank';
comment on column private.season_prizes.to_rank is 'The last rank it is for; null for all behind';
comment on column private.season_prizes.credits is 'Credits of each who has it';

-- The owner first: one's own results, and all of one's own when an account goes.
create table public.season_results (
  user_id uuid not null references public.profiles (id) on delete cascade,
  season text not null references public.seasons (code) on delete restrict,
  rank int not null,
  score bigint not null,
  tier text not null,
  credits int not null,
  is_told boolean not null default false,
  primary key (user_id, season),
  constraint season_results_rank_positive check (rank > 0),
  constraint season_results_score_positive check (score > 0),
  constraint season_results_tier_known check (tier in ('gold', 'silver', 'bronze', 'participant'))
);
create index season_results_season on public.season_results (season, rank);
create index season_results_untold on public.season_results (season, user_id) where not is_told;
alter table public.season_results enable row level security;
alter table public.season_results force row level security;
comment on table public.season_results is
'How seasons ended for people: everybody reads their own; the whole board of a closed season is read by leaderboard()';
comment on column public.season_results.user_id is 'Whose';
comment on column public.season_results.season is 'Which season';
comment on column public.season_results.rank is 'Their rank when it was closed; equal scores share one';
comment on column public.season_results.score is 'Their points of the season then';
comment on column public.season_results.tier is 'gold, silver, bronze or participant';
comment on column public.season_results.credits is 'Credits it brought';
comment on column public.season_results.is_told is 'Whether they were told, or did not want to be';
