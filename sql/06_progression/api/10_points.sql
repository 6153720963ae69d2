create or replace function public.my_progression()
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.my_progression();
end;
comment on function public.my_progression() is
$$How far the caller has come

{total_points, level, level_points, next_level_points or null at the top, season, season_points, posts_created, comments_created, crates_created,
dj_tracks_played, upvotes_received, artists_discovered, tracks_played, listening_ms}. Points below 0 are shown as 0. Errors: not_signed_in, account_gone (401).$$;

create or replace function public.my_points(after text default null, page_size int default null)
returns setof public.point_row
language sql
stable
security invoker
begin atomic
  select row.id, row.rule, row.description, row.cause, row.units, row.points, row.withheld, row.is_reversal, row.created_at, row.cursor
  from private.my_points(my_points.after, my_points.page_size) as row;
end;
comment on function public.my_points(text, int) is
$$What the caller has earned points for, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.my_credits()
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.my_credits();
end;
comment on function public.my_credits() is
$$The caller's credits

{balance, expiring_next: {amount, expires_at} or null}: what is left of what they have earned within the year. Errors: not_signed_in (401).$$;

create or replace function public.credit_history(after text default null, page_size int default null)
returns setof public.credit_row
language sql
stable
security invoker
begin atomic
  select row.id, row.kind, row.amount, row.cause, row.expires_at, row.created_at, row.cursor
  from private.credit_history(credit_history.after, credit_history.page_size) as row;
end;
comment on function public.credit_history(text, int) is
$$The caller's credits in and out, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.redeem_credits(months int, client_id uuid default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.redeem_credits(redeem_credits.months, redeem_credits.client_id);
end;
comment on function public.redeem_credits(int, uuid) is
$$Turn credits into months of Pro: 100 a month (setting credits_per_month), those that end first

They begin when the Pro the caller has already ends. client_id: sent again, it returns the same months and takes nothing. Returns
{plan, starts_at, ends_at, balance: what is left}. Errors: not_signed_in, account_gone (401), not_enough_credits (402), account_deactivated, banned,
feature_disabled (403), months_invalid (422).$$;

create or replace function public.set_point_rule(rule_name text, changes jsonb)
returns public.point_rules
language sql
volatile
security invoker
begin atomic
  select rule.name, rule.points, rule.daily_cap, rule.cooldown_seconds, rule.minimum_account_age_days, rule.is_active, rule.description,
    rule.streak
  from private.set_point_rule(set_point_rule.rule_name, set_point_rule.changes) as rule;
end;
comment on function public.set_point_rule(text, jsonb) is
$$Change what earns points: for admins, audited

changes: {points, daily_cap or null, cooldown_seconds, minimum_account_age_days, is_active}, any of them. What was paid stays. Returns the rule.
Errors: not_signed_in (401), account_deactivated, banned, not_allowed (403), rule_not_found (404), changes_missing, change_unknown, value_out_of_range
(422).$$;

create or replace function public.preview_point_rule(rule_name text, changes jsonb, days int default 30)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.preview_point_rule(preview_point_rule.rule_name, preview_point_rule.changes, preview_point_rule.days);
end;
comment on function public.preview_point_rule(text, jsonb, int) is
$$What the last days would have paid under a changed rule: for admins; nothing changes

Of what was done in these days and stands: {rule (as it would be), days, deeds, people, paid, would_pay}. Errors: not_signed_in (401),
account_deactivated, banned, not_allowed (403), rule_not_found (404), days_invalid, changes_missing, change_unknown, value_out_of_range (422).$$;

create or replace function backend.settle_deeds(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.settle_deeds(settle_deeds.size);
end;
comment on function backend.settle_deeds(int) is
$$Pay what people did for others, in the order it happened

At most size (1000 at most) a call, one run at a time; returns how many.$$;

create or replace function backend.expire_credits(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.expire_credits(expire_credits.size);
end;
comment on function backend.expire_credits(int) is
$$Write off what is left of credits that have ended

At most size (10000 at most) lots a call, one run at a time; returns how many.$$;

grant execute on function
  private.my_progression(), public.my_progression(),
  private.my_points(text, int), public.my_points(text, int),
  private.my_credits(), public.my_credits(),
  private.credit_history(text, int), public.credit_history(text, int),
  private.redeem_credits(int, uuid), public.redeem_credits(int, uuid),
  private.set_point_rule(text, jsonb), public.set_point_rule(text, jsonb),
  private.preview_point_rule(text, jsonb, int), public.preview_point_rule(text, jsonb, int)
to authenticated;

grant execute on function
  private.settle_deeds(int), backend.settle_deeds(int),
  private.expire_credits(int), backend.expire_credits(int)
to service_role;
