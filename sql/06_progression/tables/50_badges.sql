create table public.badges (
  code text primary key,
  name text not null,
  description text not null,
  icon text not null,
  tier text,
  rarity text not null,
  category text not null,
  metric text,
  threshold bigint,
  season text,
  constraint badges_code_format check (code ~ '^[a-z0-9][a-z0-9_]{1,59}$'),
  constraint badges_name_length check (char_length(name) between 1 and 80),
  constraint badges_description_length check (char_length(description) between 1 and 300),
  constraint badges_icon_length check (char_length(icon) between 1 and 200),
  constraint badges_tier_known check (tier in ('gold', 'silver', 'bronze', 'participant')),
  constraint badges_rarity_known check (rarity in ('common', 'rare', 'epic', 'legendary')),
  constraint badges_category_known check (category in ('activity', 'social', 'curator', 'discovery', 'competition', 'special')),
  constraint badges_metric_known check (
    metric in (
      'level', 'total_points', 'posts_created', 'comments_created', 'crates_created', 'dj_tracks_played', 'upvotes_received',
      'artists_discovered', 'tracks_played', 'listening_ms', 'tracks_published', 'followers', 'login_streak', 'listening_streak',
      'creation_streak'
    )
  ),
  constraint badges_rule_whole check ((metric is null) = (threshold is null)),
  constraint badges_threshold_positive check (threshold > 0),
  constraint badges_points_by_hundreds check (metric <> 'total_points' or threshold % 100 = 0),
  constraint badges_season_format check (season ~ '^[0-9]{4}-Q[1-4]$'),
  constraint badges_season_without_rule check (season is null or metric is null)
);
create index badges_rule on public.badges (metric, threshold) where metric is not null;
alter table public.badges enable row level security;
alter table public.badges force row level security;
comment on table public.badges is
$$What people can win

With a metric, a badge is won by whoever reaches its threshold; without one it is given by staff, or when its season closes. Changed with set_badge,
which audits.$$;
comment on column public.badges.code is 'What programs call it: first_post';
comment on column public.badges.name is 'What people read';
comment on column public.badges.description is 'For people: what one does for it';
comment on column public.badges.icon is 'An emoji, or the name of a picture of the app';
comment on column public.badges.tier is 'gold, silver, bronze or participant; null for none';
comment on column public.badges.rarity is 'common, rare, epic or legendary';
comment on column public.badges.category is 'activity, social, curator, discovery, competition or special';
comment on column public.badges.metric is
'level, total_points, posts_created, comments_created, crates_created, dj_tracks_played, upvotes_received, artists_discovered, tracks_played, listening_ms, tracks_published, followers, login_streak, listening_streak or creation_streak; null when it is given';
comment on column public.badges.threshold is 'The value of the metric at which it is won; of total_points a multiple of 100';
comment on column public.badges.season is 'The season whose result it is, such as 2026-Q4; each season has its own';

create table public.badge_awards (
  user_id uuid not null references public.profiles (id) on delete cascade,
  badge_code text not null references public.badges (code) on delete restrict,
  awarded_at timestamptz not null default now(),
  context jsonb not null default '{}',
  featured_place int,
  primary key (user_id, badge_code),
  constraint badge_awards_context_is_object check (jsonb_typeof(context) = 'object'),
  constraint badge_awards_featured_place_positive check (featured_place > 0)
);
create index badge_awards_badge_code on public.badge_awards (badge_code, user_id);
alter table public.badge_awards enable row level security;
alter table public.badge_awards force row level security;
comment on table public.badge_awards is
$$Who has won which badge: each once a person, and a badge once won stays when its metric falls

Everybody reads their own here, and what others show with trophy_case.$$;
comment on column public.badge_awards.user_id is 'Who';
comment on column public.badge_awards.badge_code is 'Which badge';
comment on column public.badge_awards.awarded_at is 'When';
comment on column public.badge_awards.context is 'What for: {threshold} of a metric, {note} of staff, {season, rank, score} of a season';
comment on column public.badge_awards.featured_place is 'The place, from 1, at which its owner shows it first; null when they do not';

-- A badge that is added, or made easier, is given to those who are there already: walked through person by person.
create table private.badge_fills (
  badge_code text primary key references public.badges (code) on delete cascade,
  starts_after pg_catalog.xid8,
  after_id uuid
);
alter table private.badge_fills enable row level security;
alter table private.badge_fills force row level security;
comment on table private.badge_fills is 'Badges still to be given to who has earned them already, by fill_badges';
comment on column private.badge_fills.starts_after is
'The first transaction that knows the badge: it is walked when all before it are over, so that nobody who has just earned it is overlooked';
comment on column private.badge_fills.after_id is 'The last person looked at';

create type public.trophy as (
  code text,
  name text,
  description text,
  icon text,
  tier text,
  rarity text,
  category text,
  season text,
  awarded_at timestamptz,
  context jsonb,
  featured_place int,
  cursor text
);
comment on type public.trophy is
$$A badge somebody has won

context: what for. featured_place: from 1, when its owner shows it first. Hand the last row's cursor back as after to go on.$$;
