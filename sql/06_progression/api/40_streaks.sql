create or replace function public.check_in()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.check_in();
end;
comment on function public.check_in() is
$$Say that the caller is there today: call it whenever the app opens

{is_first_today, points, streak: {current, longest, at_risk_at, freezes}}. The first time in a day of their calendar counts the day and pays
daily_login; again it changes nothing and answers is_first_today false and points 0. After a change of time zone a day within 16 hours of the
last counted one keeps the streak, and is counted and paid by a later call of that day. streak: as in my_streaks.
Errors: not_signed_in, account_gone (401), account_deactivated, feature_disabled (403).$$;

create or replace function public.my_streaks()
returns setof public.streak_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select row.kind, row.current, row.longest, row.at_risk_at, row.freezes from private.my_streaks() as row;
end;
comment on function public.my_streaks() is
$$The caller's streaks: login and listening by the day, creation by the week

All three kinds, also those never begun. current: 0 once it is broken. at_risk_at: the moment at which it breaks unless something is done
before, freezes used up by then; null where there is nothing to lose. freezes: how many missed days (or weeks) it outlasts; one is earned with
each seventh, 2 at most. What counts: check_in; plays that count; posts and crates. Errors: not_signed_in, account_gone (401).$$;

grant execute on function
  private.check_in(), public.check_in(),
  private.my_streaks(), public.my_streaks()
to authenticated;
