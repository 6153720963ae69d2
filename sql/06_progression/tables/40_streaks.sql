-- Two places in time: what was kept last, which decides whether the streak breaks, and what was counted last, which decides whether it grows.
-- They are the same but after a move to another time zone (docs/decisions/0131).
create table public.streaks (
  user_id uuid not null references public.profiles (id) on delete cascade,
  kind text not null,
  current int not null,
  longest int not null,
  last_period date not null,
  freezes int not null,
  updated_at timestamptz not null default now(),
  kept_in text not null,
  counted_period date not null,
  counted_at timestamptz not null,
  counted_in text not null,
  remind_at timestamptz,
  board_score int not null default 0,
  breaks_at timestamptz,
  primary key (user_id, kind),
  constraint streaks_kind_known check (kind in ('login', 'listening', 'creation')),
  constraint streaks_current_fits check (current between 1 and longest),
  constraint streaks_freezes_not_negative check (freezes >= 0),
  constraint streaks_board_score_fits check (board_score in (0, current) and (kind = 'login' or board_score = 0)),
  constraint streaks_board_score_ends check ((board_score > 0) = (breaks_at is not null)),
  constraint streaks_counted_was_kept check (counted_period <= last_period)
) with (fillfactor = 85);
create index streaks_remind_at on public.streaks (remind_at) where remind_at is not null;
create index streaks_breaks_at on public.streaks (breaks_at) where breaks_at is not null;
alter table public.streaks enable row level security;
alter table public.streaks force row level security;
comment on table public.streaks is
$$How many days (login, listening) or weeks (creation) in a row somebody was there: everybody reads their own

Kept by what they do. What is written here stays as it was when they last did something: my_streaks() says what a streak is now.$$;
comment on column public.streaks.user_id is 'Whose';
comment on column public.streaks.kind is 'login, listening or creation';
comment on column public.streaks.current is 'Days or weeks counted in a row, as of the last one';
comment on column public.streaks.longest is 'The most there ever were in a row';
comment on column public.streaks.last_period is 'The last day, or the Monday of the last week, in the person''s calendar, in which they did something';
comment on column public.streaks.freezes is 'How many missed days or weeks it still outlasts; used when the streak goes on after a gap';
comment on column public.streaks.updated_at is 'When it last changed';
comment on column public.streaks.kept_in is 'The time zone in which last_period was kept, last';
comment on column public.streaks.counted_period is 'The last day or week that was counted; before last_period where one was kept too soon after a move to be counted';
comment on column public.streaks.counted_at is 'The moment at which that was counted';
comment on column public.streaks.counted_in is 'The time zone in which that was counted';
comment on column public.streaks.remind_at is 'When its owner is to be reminded of it; null when they are not, or were';
comment on column public.streaks.board_score is 'What it counts for on the leaderboard of streaks: of logins as many days as current, until end_streaks finds it broken';
comment on column public.streaks.breaks_at is 'When end_streaks looks whether it is broken; null where it counts for nothing';

create type public.streak_row as (
  kind text,
  current int,
  longest int,
  at_risk_at timestamptz,
  freezes int
);
comment on type public.streak_row is
$$A streak as it is now

kind: login, listening (days) or creation (weeks, from Monday). current: 0 once it is broken. at_risk_at: the moment at which it breaks unless
something is done before, freezes used up by then; null where there is nothing to lose.$$;
