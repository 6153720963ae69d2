-- In this form, and without search_path, it becomes part of what asks.
create or replace function private.streak_period(kind text, at timestamptz, time_zone text)
returns date
language sql
stable
security invoker
begin atomic
  select case
    when streak_period.kind = 'creation' then date_trunc('week', streak_period.at at time zone streak_period.time_zone)::date
    else (streak_period.at at time zone streak_period.time_zone)::date
  end;
end;
comment on function private.streak_period(text, timestamptz, text) is 'The day of a time zone''s calendar, or for creation the Monday of its week, that a moment is in';

create or replace function private.streak_ends(kind text, last_period date, freezes int, time_zones text[])
returns timestamptz
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_days int := case when streak_ends.kind = 'creation' then 7 else 1 end * (streak_ends.freezes + 2);
  v_zone text;
  v_day date;
  v_at timestamptz;
  v_end timestamptz;
begin
  foreach v_zone in array streak_ends.time_zones loop
    v_day := streak_ends.last_period + v_days;
    -- A zone that moved to the other side of the date line leapt over a day, which nobody there had.
    while streak_ends.kind <> 'creation'
      and v_day::timestamp at time zone v_zone - (streak_ends.last_period + 1)::timestamp at time zone v_zone
        < make_interval(hours => (v_days - 1) * 24 - 12)
    loop
      v_day := v_day + 1;
    end loop;
    v_at := v_day::timestamp at time zone v_zone;
    -- Of a midnight that comes twice Postgres names the second.
    while ((v_at - interval '30 minutes') at time zone v_zone)::date >= v_day loop
      v_at := v_at - interval '30 minutes';
    end loop;
    v_end := greatest(v_end, v_at);
  end loop;
  return v_end;
end;
$$;
comment on function private.streak_ends(text, date, int, text[]) is
'The moment from which a streak is broken that was last kept in this day or week: when one more than its freezes has passed, by the clock of whichever zone is the last';

-- The one rule of streaks. What somebody does is in a day (or week) of the calendar of the time zone they have now.
--   First, it makes 1. In the day that was kept last, or before, it changes nothing; so what is reported late changes nothing, and west of the
--   date line, where a day comes again, it counts once.
--   In a later day it adds 1, if the streak is not broken; the days missed meanwhile use one freeze each. Else it is 1 again, and the freezes,
--   which did not help, stay.
--   After a move it is not broken as long as it would not be in the zone where it was kept, or is not in the new one: so nobody loses it to a
--   day that they never had, flying east over the date line.
--   A zone other than that of the last counted day counts nothing within 16 hours (setting streak_move_hours) of it: the day is kept, so that
--   the streak goes on, and is counted when they do something later in it.
-- Whoever calls this holds the person's progression, so that one comes after the other.
create or replace function private.keep_streak(user_id uuid, kind text, at timestamptz)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_streak public.streaks;
  v_zone text;
  v_zones text[];
  v_period date;
  v_missed int := 0;
  v_counts boolean := true;
begin
  -- What has not come yet would keep all that comes until then from counting.
  if keep_streak.at is null or not isfinite(keep_streak.at) or keep_streak.at > clock_timestamp() then
    return false;
  end if;
  select profile.time_zone, private.streak_period(keep_streak.kind, keep_streak.at, profile.time_zone) into v_zone, v_period
  from public.profiles as profile
  where profile.id = keep_streak.user_id;
  if not found then
    return false;
  end if;
  select streak.* into v_streak
  from public.streaks as streak
  where streak.user_id = keep_streak.user_id and streak.kind = keep_streak.kind
  -- What end_streaks and remind_of_streaks are just writing holds no progression.
  for no key update;

  if not found then
    v_streak.current := 1;
    v_streak.longest := 1;
    v_streak.freezes := 0;
  elsif v_period < v_streak.last_period or keep_streak.at <= v_streak.counted_at
    or (v_period = v_streak.counted_period and v_zone = v_streak.kept_in)
  then
    return false;
  else
    v_counts := v_period > v_streak.counted_period and (
      v_zone = v_streak.counted_in
      or keep_streak.at >= v_streak.counted_at + make_interval(hours => private.setting('streak_move_hours')::int)
    );
    v_zones := case when v_zone = v_streak.kept_in then array[v_zone] else array[v_streak.kept_in, v_zone] end;
    while v_missed <= v_streak.freezes
      and keep_streak.at >= private.streak_ends(keep_streak.kind, v_streak.last_period, v_missed, v_zones)
    loop
      v_missed := v_missed + 1;
    end loop;
    if v_counts then
      v_streak.current := case when v_missed <= v_streak.freezes then v_streak.current + 1 else 1 end;
      v_streak.longest := greatest(v_streak.longest, v_streak.current);
      v_streak.freezes := v_streak.freezes - case when v_missed <= v_streak.freezes then v_missed else 0 end;
    end if;
  end if;

  if v_counts then
    if v_streak.current % private.setting('streak_freeze_periods') = 0 then
      v_streak.freezes := greatest(v_streak.freezes, least(v_streak.freezes + 1, private.setting('streak_freezes_limit')));
    end if;
    v_streak.counted_period := v_period;
    v_streak.counted_at := keep_streak.at;
    v_streak.counted_in := v_zone;
  end if;
  -- Who was reminded of it is not again until another day is kept.
  if v_streak.last_period is distinct from v_period or v_counts or v_streak.remind_at is not null then
    v_streak.remind_at := case
      when v_streak.current >= private.setting('streak_remind_from')
      then private.streak_ends(keep_streak.kind, v_period, v_streak.freezes, array[v_zone])
        - make_interval(hours => private.setting('streak_remind_hours')::int)
    end;
  end if;
  if keep_streak.kind = 'login' then
    perform private.queue_streak(keep_streak.user_id, v_streak.current - coalesce(v_streak.board_score, 0), keep_streak.at);
    v_streak.board_score := v_streak.current;
    v_streak.breaks_at := private.streak_ends(keep_streak.kind, v_period, v_streak.freezes, array[v_zone]);
  end if;
  insert into public.streaks (
    user_id, kind, current, longest, last_period, freezes, updated_at, kept_in, counted_period, counted_at, counted_in, remind_at, board_score,
    breaks_at
  )
  values (
    keep_streak.user_id, keep_streak.kind, v_streak.current, v_streak.longest, v_period, v_streak.freezes, now(), v_zone,
    v_streak.counted_period, v_streak.counted_at, v_streak.counted_in, v_streak.remind_at, coalesce(v_streak.board_score, 0), v_streak.breaks_at
  )
  on conflict on constraint streaks_pkey do update
    set current = excluded.current, longest = excluded.longest, last_period = excluded.last_period, freezes = excluded.freezes,
        updated_at = excluded.updated_at, kept_in = excluded.kept_in, counted_period = excluded.counted_period,
        counted_at = excluded.counted_at, counted_in = excluded.counted_in, remind_at = excluded.remind_at, board_score = excluded.board_score, breaks_at = excluded.breaks_at;
  return v_counts;
end;
$$;
comment on function private.keep_streak(uuid, text, timestamptz) is
$$Keep somebody's streak by what they did at a moment; whether its day, or week, was counted

Called by move_points for the rules that keep a streak, and by check_in. Nothing a client can call does this with a moment of its own choosing.$$;

create or replace function private.queue_streak(user_id uuid, days int, at timestamptz)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into private.score_changes (user_id, metric, amount, counts_at, moved_at)
  select queue_streak.user_id, 'streak', queue_streak.days, queue_streak.at, queue_streak.at
  where queue_streak.days <> 0
$$;
comment on function private.queue_streak(uuid, int, timestamptz) is 'Have days of a streak counted on its leaderboard, or when it breaks no more';

create or replace function private.daily_login(user_id uuid, at timestamptz)
returns int
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform from public.progression as person where person.user_id = daily_login.user_id for no key update;
  if not private.keep_streak(daily_login.user_id, 'login', daily_login.at) then
    return null;
  end if;
  return private.award(daily_login.user_id, 'daily_login', 'login:' || streak.counted_period, daily_login.at)
  from public.streaks as streak
  where streak.user_id = daily_login.user_id and streak.kind = 'login';
end;
$$;
comment on function private.daily_login(uuid, timestamptz) is
'Count and pay the day on which somebody is there; the points, or null where the day is counted already or too near the last one after a move: what is not counted is not paid';

create or replace function private.streaks_of(user_id uuid, at timestamptz)
returns setof public.streak_row
language sql
stable
security invoker
set search_path = ''
as $$
  select
    known.kind, case when ends.at > streaks_of.at then streak.current else 0 end, coalesce(streak.longest, 0),
    case when ends.at > streaks_of.at then ends.at end, coalesce(streak.freezes, 0)
  from unnest(array['login', 'listening', 'creation']) with ordinality as known (kind, place)
  join public.profiles as profile on profile.id = streaks_of.user_id
  left join public.streaks as streak on streak.user_id = profile.id and streak.kind = known.kind
  left join lateral (
    select private.streak_ends(streak.kind, streak.last_period, streak.freezes, array[streak.kept_in, profile.time_zone]) as at
    where streak.kind is not null
  ) as ends on true
  order by known.place
$$;
comment on function private.streaks_of(uuid, timestamptz) is 'Somebody''s streaks as they are at a moment: all kinds, also those never begun';

-- Security definer: points and streaks are nobody's to write. The time is the server's own.
create or replace function private.check_in()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('progression');
  v_points int := private.daily_login(v_user_id, now());
begin
  return jsonb_build_object(
    'is_first_today', v_points is not null,
    'points', coalesce(v_points, 0),
    'streak', (
      select jsonb_build_object('current', row.current, 'longest', row.longest, 'at_risk_at', row.at_risk_at, 'freezes', row.freezes)
      from private.streaks_of(v_user_id, now()) as row
      where row.kind = 'login'
    )
  );
end;
$$;

-- Security definer: what a streak is now needs the time zone it was kept in and settings, which are nobody's to read.
create or replace function private.my_streaks()
returns setof public.streak_row
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_signed_in();
  return query select row.* from private.streaks_of(auth.uid(), now()) as row;
  if not found then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
end;
$$;

-- Security definer: service_role changes no streak but what is to be reminded of. It waits for nobody: neither for who is just doing something,
-- nor for whose profile is held.
create or replace function private.remind_of_streaks(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before constant interval := make_interval(hours => private.setting('streak_remind_hours')::int);
  v_streak record;
  v_ends timestamptz;
  v_count int := 0;
begin
  for v_streak in
    select streak.*, profile.time_zone
    from public.streaks as streak
    join public.profiles as profile on profile.id = streak.user_id
    where streak.remind_at <= now()
    order by streak.remind_at
    limit least(greatest(coalesce(remind_of_streaks.size, 1000), 1), 1000)
    for no key update of streak skip locked
    for key share of profile skip locked
  loop
    v_ends := private.streak_ends(v_streak.kind, v_streak.last_period, v_streak.freezes, array[v_streak.kept_in, v_streak.time_zone]);
    -- Who has moved west since has longer, and is reminded later.
    update public.streaks as streak
    set remind_at = case when v_ends - v_before > now() then v_ends - v_before end
    where streak.user_id = v_streak.user_id and streak.kind = v_streak.kind;
    if v_ends > now() and v_ends - v_before <= now() then
      perform private.notify(
        v_streak.user_id, 'streak', null, null, null, null,
        jsonb_build_object(
          'streak', v_streak.kind, 'current', v_streak.current,
          'unit', case when v_streak.kind = 'creation' then 'weeks' else 'days' end, 'at_risk_at', v_ends
        )
      );
    end if;
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;

-- Security definer: as remind_of_streaks, and as that it waits for nobody.
create or replace function private.end_streaks(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_streak record;
  v_ends timestamptz;
  v_count int := 0;
begin
  for v_streak in
    select streak.*, profile.time_zone
    from public.streaks as streak
    join public.profiles as profile on profile.id = streak.user_id
    where streak.breaks_at <= now()
    order by streak.breaks_at
    limit least(greatest(coalesce(end_streaks.size, 1000), 1), 1000)
    for no key update of streak skip locked
    for key share of profile skip locked
  loop
    v_ends := private.streak_ends(v_streak.kind, v_streak.last_period, v_streak.freezes, array[v_streak.kept_in, v_streak.time_zone]);
    -- Who has moved west since has longer.
    if v_ends > now() then
      update public.streaks as streak
      set breaks_at = v_ends
      where streak.user_id = v_streak.user_id and streak.kind = v_streak.kind;
    else
      update public.streaks as streak
      set board_score = 0, breaks_at = null
      where streak.user_id = v_streak.user_id and streak.kind = v_streak.kind;
      perform private.queue_streak(v_streak.user_id, -v_streak.board_score, v_ends);
    end if;
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
