create table public.point_rules (
  name text primary key,
  points int not null,
  daily_cap int,
  cooldown_seconds int not null default 0,
  minimum_account_age_days int not null default 0,
  is_active boolean not null default true,
  description text not null,
  streak text,
  constraint point_rules_name_format check (name ~ '^[a-z][a-z0-9_]{1,40}$'),
  constraint point_rules_points_range check (points between -10000 and 10000),
  constraint point_rules_daily_cap_positive check (daily_cap between 1 and 1000000),
  constraint point_rules_cooldown_range check (cooldown_seconds between 0 and 604800),
  constraint point_rules_age_range check (minimum_account_age_days between 0 and 3650),
  constraint point_rules_streak_known check (streak in ('login', 'listening', 'creation'))
);
alter table public.point_rules enable row level security;
alter table public.point_rules force row level security;
comment on table public.point_rules is 'What earns points; tuned by admins with set_point_rule, which audits, and tried before with preview_point_rule';
comment on column public.point_rules.name is 'What it pays for: post_created, ...';
comment on column public.point_rules.points is 'Points each time; below 0 it takes some';
comment on column public.point_rules.daily_cap is 'The most points of it in one day of the person''s calendar, or the most it takes; null for no end';
comment on column public.point_rules.cooldown_seconds is 'How long after it paid it does not pay again';
comment on column public.point_rules.minimum_account_age_days is 'Days an account is old before it pays';
comment on column public.point_rules.is_active is 'Whether it pays at all';
comment on column public.point_rules.description is 'For people: what one does for it';
comment on column public.point_rules.streak is 'The streak that doing it keeps, also where it pays nothing: login, listening or creation; null for none';

create table public.levels (
  level int primary key,
  points_needed int not null,
  credits int not null,
  constraint levels_level_positive check (level > 0),
  constraint levels_points_needed_not_negative check (points_needed >= 0),
  constraint levels_credits_not_negative check (credits >= 0)
);
create unique index levels_points_needed on public.levels (points_needed, level);
alter table public.levels enable row level security;
alter table public.levels force row level security;
comment on table public.levels is 'Levels, and what each takes and brings';
comment on column public.levels.level is '1 to 100';
comment on column public.levels.points_needed is 'Points at which it is reached';
comment on column public.levels.credits is 'Credits that reaching it pays, once';

-- One row a person, made with the profile. Whoever moves points holds it, so that what a person earns comes one after the other.
create table public.progression (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  total_points bigint not null default 0,
  level int not null default 1 references public.levels (level) on delete restrict,
  season text,
  season_points bigint not null default 0,
  posts_created public.tally not null default 0,
  comments_created public.tally not null default 0,
  crates_created public.tally not null default 0,
  dj_tracks_played public.tally not null default 0,
  upvotes_received public.tally not null default 0,
  artists_discovered public.tally not null default 0
) with (fillfactor = 85);
create index progression_level on public.progression (level);
alter table public.progression enable row level security;
alter table public.progression force row level security;
comment on table public.progression is
$$How far people have come: a row each

Moved with the ledger of points, in the same transaction; a law recomputes it. Everybody reads their own; my_progression() adds what belongs to it.$$;
comment on column public.progression.user_id is 'Whose';
comment on column public.progression.total_points is 'The sum of their ledger; below 0 it is shown as 0';
comment on column public.progression.level is 'The highest level reached; what is taken back later does not lower it';
comment on column public.progression.season is 'The season of season_points: that of their latest points';
comment on column public.progression.season_points is 'Points of that season';
comment on column public.progression.posts_created is 'Posts that stand';
comment on column public.progression.comments_created is 'Comments that stand';
comment on column public.progression.crates_created is 'Crates that stand';
comment on column public.progression.dj_tracks_played is 'Tracks they have played to the end in rooms';
comment on column public.progression.upvotes_received is 'Votes up that stood when what they had queued ended';
comment on column public.progression.artists_discovered is 'Artists they have heard at least one play of that counted';

create table private.artists_heard (
  listener_id uuid not null references public.profiles (id) on delete cascade,
  artist_key uuid not null,
  primary key (listener_id, artist_key)
);
alter table private.artists_heard enable row level security;
alter table private.artists_heard force row level security;
comment on table private.artists_heard is 'Whom somebody has heard: for progression.artists_discovered';
comment on column private.artists_heard.listener_id is 'Who';
comment on column private.artists_heard.artist_key is 'The artist''s account, or a hash of the name where the track has none; one who leaves stays counted';

-- The key is the rule: a deed pays once. When it is undone, and done again, the turns alternate: each row takes back the one before.
create table public.point_events (
  id bigint generated by default as identity primary key,
  user_id uuid not null references public.profiles (id) on delete cascade,
  rule text not null references public.point_rules (name) on delete restrict,
  cause text not null,
  turn int not null default 0,
  units int not null default 1,
  points int not null,
  withheld text,
  season text not null,
  earned_on date not null,
  reverses_id bigint unique references public.point_events (id) on delete cascade,
  created_at timestamptz not null default now(),
  constraint point_events_once unique (user_id, rule, cause, turn),
  constraint point_events_cause_length check (char_length(cause) between 1 and 200),
  constraint point_events_units_positive check (units > 0),
  constraint point_events_turn_fits check (turn >= 0 and (turn = 0) = (reverses_id is null)),
  constraint point_events_withheld_known check (withheld in ('inactive', 'too_young', 'cooldown', 'cap'))
);
create index point_events_newest on public.point_events (user_id, created_at desc, id desc);
create index point_events_day on public.point_events (user_id, rule, earned_on, created_at) include (points);
create index point_events_rule on public.point_events (rule, created_at);
alter table public.point_events enable row level security;
alter table public.point_events force row level security;
comment on table public.point_events is
$$The ledger of points: append-only, everybody reads their own

Written by private.award and private.take_back alone, which what people do calls by triggers; no client has a way to points.$$;
comment on column public.point_events.id is 'Grows';
comment on column public.point_events.user_id is 'Whose points';
comment on column public.point_events.rule is 'What for';
comment on column public.point_events.cause is 'What exactly, such as post:<id>: each once';
comment on column public.point_events.turn is '0 when it was earned, 1 when it was taken back, 2 when it was done again, and so on';
comment on column public.point_events.units is 'How many of it the cause stands for, such as votes; the rule pays each';
comment on column public.point_events.points is 'Points; below 0 what is taken, 0 where nothing is paid';
comment on column public.point_events.withheld is
'Why it paid nothing, or less than the rule says: inactive, too_young, cooldown or cap; null when it paid in full';
comment on column public.point_events.season is 'The season it counts in, such as 2026-Q4';
comment on column public.point_events.earned_on is 'The day in the person''s calendar that it counts on for the daily cap';
comment on column public.point_events.reverses_id is 'The row it takes back';
comment on column public.point_events.created_at is 'When';

-- What somebody did for another, or what is too hot to be paid at once: paid by the clock, person by person.
create table private.deeds (
  id bigint generated by default as identity primary key,
  user_id uuid not null,
  rule text not null,
  cause text not null,
  is_done boolean not null,
  units int not null default 1,
  done_at timestamptz not null default now()
);
create index deeds_user_id on private.deeds (user_id);
alter table private.deeds enable row level security;
alter table private.deeds force row level security;
comment on table private.deeds is 'What is still to be paid, or taken back, by settle_deeds: so that whoever does something for another need not wait for that person''s row';
comment on column private.deeds.id is 'In the order they happened';
comment on column private.deeds.user_id is 'Whose points';
comment on column private.deeds.rule is 'What for';
comment on column private.deeds.cause is 'What exactly';
comment on column private.deeds.is_done is 'True when it was done, false when it was undone';
comment on column private.deeds.units is 'How many of it, such as votes';
comment on column private.deeds.done_at is 'When';

create type public.point_row as (
  id bigint,
  rule text,
  description text,
  cause text,
  units int,
  points int,
  withheld text,
  is_reversal boolean,
  created_at timestamptz,
  cursor text
);
comment on type public.point_row is
$$Points earned or taken back

rule, with description for people; units: how many of it, such as votes; withheld: why it paid nothing or less. Hand the last row's cursor back as after to go on.$$;
