create or replace function public.trophy_case(username text, after text default null, page_size int default null)
returns setof public.trophy
language sql
stable
security invoker
begin atomic
  select
    row.code, row.name, row.description, row.icon, row.tier, row.rarity, row.category, row.season, row.awarded_at, row.context,
    row.featured_place, row.cursor
  from private.trophy_case(trophy_case.username, trophy_case.after, trophy_case.page_size) as row;
end;
comment on function public.trophy_case(text, text, int) is
$$The badges somebody has won: those they feature first, in their order, then the newest

Of a private profile for its followers alone. Errors: profile_is_private (403), profile_not_found (404), bad_cursor (422).$$;

create or replace function public.feature_badges(codes text[])
returns setof public.badge_awards
language sql
volatile
security invoker
begin atomic
  select row.user_id, row.badge_code, row.awarded_at, row.context, row.featured_place
  from private.feature_badges(feature_badges.codes) as row;
end;
comment on function public.feature_badges(text[]) is
$$Choose which of one's badges are shown first, and in which order

At most 5 (setting featured_badges_limit), in the place of those chosen before; an empty array chooses none. Returns them in order. Errors:
not_signed_in, account_gone (401), account_deactivated, banned, feature_disabled (403), badge_not_found (404), badge_not_won (409), badges_invalid,
too_many_featured (422; hint: the limit), rate_limited (429).$$;

create or replace function public.set_badge(
  badge_code text, name text, description text, icon text, category text, rarity text, tier text default null, metric text default null,
  threshold bigint default null
)
returns public.badges
language sql
volatile
security invoker
begin atomic
  select
    badge.code, badge.name, badge.description, badge.icon, badge.tier, badge.rarity, badge.category, badge.metric, badge.threshold,
    badge.season
  from private.set_badge(
    set_badge.badge_code, set_badge.name, set_badge.description, set_badge.icon, set_badge.category, set_badge.rarity, set_badge.tier,
    set_badge.metric, set_badge.threshold
  ) as badge;
end;
comment on function public.set_badge(text, text, text, text, text, text, text, text, bigint) is
$$Add a badge, or put all this in the place of what it said: for admins, audited

With a metric and a threshold it is won by what people do, and within minutes given to those who have done it already; without, staff give it with
award_badge. Whoever has won it keeps it, also when it is made harder. What does not fit is refused by the checks of table badges (400). Returns the badge.
Errors: not_signed_in, account_gone (401), account_deactivated, banned, not_allowed (403), badge_of_a_season (409).$$;

create or replace function public.award_badge(username text, badge_code text, note text default null)
returns boolean
language sql
volatile
security invoker
begin atomic
  select private.award_badge(award_badge.username, award_badge.badge_code, award_badge.note);
end;
comment on function public.award_badge(text, text, text) is
$$Give somebody a badge: for moderators, audited

note: why, at most 300 characters, which whoever sees the badge reads. Whether it is new: given twice, it is given once. Errors: not_signed_in,
account_gone (401), account_deactivated, banned, not_allowed (403), profile_not_found, badge_not_found (404), badge_is_earned, badge_of_a_season
(409), note_too_long (422).$$;

create or replace function public.revoke_badge(username text, badge_code text, note text default null)
returns boolean
language sql
volatile
security invoker
begin atomic
  select private.revoke_badge(revoke_badge.username, revoke_badge.badge_code, revoke_badge.note);
end;
comment on function public.revoke_badge(text, text, text) is
$$Take a badge back that staff gave: for moderators, audited

note: why, for the audit alone. Whether they had it. Errors: not_signed_in, account_gone (401), account_deactivated, banned, not_allowed (403),
profile_not_found, badge_not_found (404), badge_is_earned, badge_of_a_season (409), note_too_long (422).$$;

create or replace function backend.fill_badges(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.fill_badges(fill_badges.size);
end;
comment on function backend.fill_badges(int) is
$$Give badges that were added, or made easier, to those who have earned them already

At most size (1000 at most) people a call, one run at a time; returns how many were looked at, and goes on where the last call ended.$$;

grant execute on function private.trophy_case(text, text, int), public.trophy_case(text, text, int) to anon, authenticated;

grant execute on function
  private.feature_badges(text[]), public.feature_badges(text[]),
  private.set_badge(text, text, text, text, text, text, text, text, bigint),
  public.set_badge(text, text, text, text, text, text, text, text, bigint),
  private.award_badge(text, text, text), public.award_badge(text, text, text),
  private.revoke_badge(text, text, text), public.revoke_badge(text, text, text)
to authenticated;

grant execute on function private.fill_badges(int), backend.fill_badges(int) to service_role;
