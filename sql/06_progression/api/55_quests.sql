create or replace function public.my_quests()
returns setof public.quest_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.name, row.description, row.cadence, row.metric, row.target, row.progress, row.points, row.credits, row.is_complete,
    row.is_claimed, row.starts_at, row.ends_at, row.pool_left
  from private.my_quests() as row;
end;
comment on function public.my_quests() is
$$The quests that are on, and how far the caller is with each

Daily ones first, then weekly, monthly and special ones. Progress follows from what they have done since starts_at and not undone. Errors: not_signed_in,
account_gone (401).$$;

create or replace function public.claim_quest(quest_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.claim_quest(claim_quest.quest_id);
end;
comment on function public.claim_quest(uuid) is
$$Be paid for a quest that is complete

{quest_id, period_key, points, credits, claimed_at}. Once in each of its periods: again, the answer is the same and nothing is paid. Points and
credits that were paid stay, also when what was done is undone later. Errors: not_signed_in, account_gone (401), account_deactivated, banned,
feature_disabled (403), quest_not_found (404), quest_incomplete, quest_ended, pool_exhausted (409), rate_limited (429).$$;

create or replace function public.set_quest(
  name text, description text, cadence text, metric text, target bigint, points int default 0, credits int default 0,
  starts_at timestamptz default null, ends_at timestamptz default null, pool_limit int default null, is_active boolean default true,
  quest_id uuid default null
)
returns public.quests
language sql
volatile
security invoker
begin atomic
  select
    quest.id, quest.name, quest.description, quest.cadence, quest.metric, quest.target, quest.points, quest.credits, quest.starts_at,
    quest.ends_at, quest.pool_limit, quest.is_active
  from private.set_quest(
    set_quest.name, set_quest.description, set_quest.cadence, set_quest.metric, set_quest.target, set_quest.points, set_quest.credits,
    set_quest.starts_at, set_quest.ends_at, set_quest.pool_limit, set_quest.is_active, set_quest.quest_id
  ) as quest;
end;
comment on function public.set_quest(
  text, text, text, text, bigint, int, int, timestamptz, timestamptz, int, boolean, uuid
) is
$$Add a quest, or with a quest_id put all this in the place of what it said: for admins, audited

starts_at: by default now, or as it was. What was paid stays as it is. What does not fit is refused by the checks of table quests (400). Returns
the quest. Errors: not_signed_in, account_gone (401), account_deactivated, banned, not_allowed (403), quest_not_found (404).$$;

create or replace function public.end_quest(quest_id uuid)
returns public.quests
language sql
volatile
security invoker
begin atomic
  select
    quest.id, quest.name, quest.description, quest.cadence, quest.metric, quest.target, quest.points, quest.credits, quest.starts_at,
    quest.ends_at, quest.pool_limit, quest.is_active
  from private.end_quest(end_quest.quest_id) as quest;
end;
comment on function public.end_quest(uuid) is
$$Take a quest off: for admins, audited

Nobody is paid for it any more, until set_quest puts it on again. Returns the quest. Errors: not_signed_in, account_gone (401),
account_deactivated, banned, not_allowed (403), quest_not_found (404).$$;

grant execute on function
  private.my_quests(), public.my_quests(),
  private.claim_quest(uuid), public.claim_quest(uuid),
  private.set_quest(text, text, text, text, bigint, int, int, timestamptz, timestamptz, int, boolean, uuid),
  public.set_quest(text, text, text, text, bigint, int, int, timestamptz, timestamptz, int, boolean, uuid),
  private.end_quest(uuid), public.end_quest(uuid)
to authenticated;
