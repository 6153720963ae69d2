create or replace function public.activity_feed(after text default null, page_size int default null)
returns setof public.activity_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.actors, row.actor_count, row.event_count, row.target_kind, row.target_id, row.target, row.data, row.like_count,
    row.liked_by_me, row.reactions, row.created_at, row.cursor
  from private.activity_feed(activity_feed.after, activity_feed.page_size) as row;
end;
comment on function public.activity_feed(text, int) is
$$What those the caller follows do, newest first

Crates made, tracks published and put into crates, whom they follow, and what later parts add. The same done by several, or several times, within
the same 6 hours (setting activity_collapse_hours) is one row, where the first of them stands. Without what is muted, blocked, hidden or about what
the caller may not see. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.set_activity_reaction(event_id uuid, kind text, present boolean)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_activity_reaction(set_activity_reaction.event_id, set_activity_reaction.kind, set_activity_reaction.present);
end;
comment on function public.set_activity_reaction(uuid, text, boolean) is
$$React to activity, or no longer

kind: clap, fire, heart, star or wave, each once. Returns {present, count}; setting what is already so changes nothing. Errors: not_signed_in,
account_gone (401), account_deactivated, banned, feature_disabled (403), activity_not_found (404), reaction_unknown, value_missing (422), rate_limited
(429).$$;

create or replace function backend.forget_old_activity(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.forget_old_activity(forget_old_activity.size);
end;
comment on function backend.forget_old_activity(int) is
$$Delete activity older than 90 days (setting activity_kept_days), the oldest first

At most size (10000 at most) a call; returns how many.$$;

grant execute on function
  private.activity_feed(text, int), public.activity_feed(text, int),
  private.set_activity_reaction(uuid, text, boolean), public.set_activity_reaction(uuid, text, boolean)
to authenticated;

grant execute on function
  private.forget_old_activity(int), backend.forget_old_activity(int)
to service_role;
