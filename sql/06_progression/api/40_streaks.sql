create or replace function public.check_in()
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.check_in();
end;
comment on function public.check_in() is
$$Say that the caller is there today: call it whenever the app opens

{is_first_today, points, streak: {current, longest, at_risk_at, freezes}}. The first time in a day of their calendar counts the day and pays
daily_login; again it changes nothing and answers is_first_today false and points 0. After a change of time zone a day within 16 hours of the
last counted one keeps the streak, and is counted and paid by a later call of that day. streak: as in my_streaks.
Errors: not_signed_in, account_gone (401), account_deactivated, banned, feature_disabled (403).$$;

create or replace function public.my_streaks()
returns setof public.streak_row
language sql
stable
security invoker
begin atomic
  select row.kind, row.current, row.longest, row.at_risk_at, row.freezes from private.my_streaks() as row;
end;
comment on function public.my_streaks() is
$$The caller's streaks: login and listening by the day, creation by the week

All three kinds, also those never begun. current: 0 once it is broken. at_risk_at: the moment at which it breaks unless something is done
before, freezes used up by then; null where there is nothing to lose. freezes: how many missed days (or weeks) it outlasts; one is earned with
each seventh, 2 at most. What counts: check_in; plays that count; posts and crates. Errors: not_signed_in, account_gone (401).$$;

create or replace function backend.remind_of_streaks(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.remind_of_streaks(remind_of_streaks.size);
end;
comment on function backend.remind_of_streaks(int) is
$$Remind people of streaks that are about to break, each once

Of three or more (setting streak_remind_from), six hours before (streak_remind_hours), as a notification of kind streak: data {streak, current, unit
days or weeks, at_risk_at}. At most size (1000 at most) a call, as many calls at once as one likes; returns how many were looked at.$$;

grant execute on function
  private.check_in(), public.check_in(),
  private.my_streaks(), public.my_streaks()
to authenticated;

create or replace function backend.end_streaks(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.end_streaks(end_streaks.size);
end;
comment on function backend.end_streaks(int) is
$$Take streaks that are broken off their leaderboard

At most size (1000 at most) a call, as many calls at once as one likes; returns how many were looked at. The next roll-up counts it.$$;
grant execute on function
  private.remind_of_streaks(int), backend.remind_of_streaks(int),
  private.end_streaks(int), backend.end_streaks(int)
to service_role;
