create or replace function private.first_midnight(day timestamp, time_zone text)
returns timestamptz
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_at timestamptz := first_midnight.day at time zone first_midnight.time_zone;
begin
  -- Of a midnight that comes twice Postgres names the second.
  while (v_at - interval '30 minutes') at time zone first_midnight.time_zone >= first_midnight.day loop
    v_at := v_at - interval '30 minutes';
  end loop;
  return v_at;
end;
$$;
comment on function private.first_midnight(timestamp, text) is 'The moment at which a day begins somewhere: of a midnight that comes twice the first, of one that is leapt over the end of the leap';

create or replace function private.quest_period(cadence text, time_zone text, at timestamptz)
returns table (period_key text, starts_at timestamptz, ends_at timestamptz)
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_unit text := case quest_period.cadence when 'daily' then 'day' when 'weekly' then 'week' when 'monthly' then 'month' end;
  v_first timestamp := date_trunc(v_unit, quest_period.at at time zone quest_period.time_zone);
begin
  if v_unit is null then
    return query select 'special', timestamptz '-infinity', timestamptz 'infinity';
    return;
  end if;
  return query
  select
    to_char(v_first, case v_unit when 'day' then 'YYYY-MM-DD' when 'week' then 'IYYY"-W"IW' else 'YYYY-MM' end),
    private.first_midnight(v_first, quest_period.time_zone),
    private.first_midnight(v_first + ('1 ' || v_unit)::interval, quest_period.time_zone);
end;
$$;
comment on function private.quest_period(text, text, timestamptz) is
$$The day, week or month around a moment, by the clock on the wall of a time zone: its name, where it begins and where the next does

A day that begins with a leap of the clock begins at the leap.$$;

-- The one place that says how each metric is derived. A deed counts where it was first done, if it stands now.
create or replace function private.quest_progress(user_id uuid, metric text, since timestamptz, until timestamptz)
returns bigint
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if quest_progress.since >= quest_progress.until then
    return 0;
  end if;
  if quest_progress.metric in ('tracks_played', 'listening_ms') then
    -- Plays themselves, as their points come later.
    return (
      select case quest_progress.metric when 'tracks_played' then count(*) else coalesce(sum(play.ms_played), 0) end
      from public.plays as play
      where play.listener_id = quest_progress.user_id
        and play.played_at >= quest_progress.since
        and play.played_at < quest_progress.until
        and play.is_counted
    );
  elsif quest_progress.metric = 'likes_given' then
    return (
      select count(*)
      from unnest('{post,comment,track,crate,message,activity_event}'::text[]) as kind (name)
      join public.likes as favour on favour.user_id = quest_progress.user_id and favour.target_kind = kind.name
      where favour.created_at >= quest_progress.since and favour.created_at < quest_progress.until
    );
  elsif quest_progress.metric = 'follows_made' then
    return (
      select count(*)
      from public.follows as follow
      where follow.follower_id = quest_progress.user_id
        and follow.created_at >= quest_progress.since
        and follow.created_at < quest_progress.until
    );
  elsif quest_progress.metric = 'points_earned' then
    -- Turns come after the deed they undo or do again, and are few.
    return (
      select greatest(coalesce(sum(event.points), 0), 0)
      from public.point_events as event
      where event.user_id = quest_progress.user_id
        and event.created_at >= quest_progress.since
        and event.rule <> 'quest_completed'
        and case
          when event.turn = 0 then event.created_at < quest_progress.until
          else exists (
            select
            from public.point_events as deed
            where deed.user_id = event.user_id
              and deed.rule = event.rule
              and deed.cause = event.cause
              and deed.turn = 0
              and deed.created_at >= quest_progress.since
              and deed.created_at < quest_progress.until
          )
        end
    );
  end if;
  return (
    select coalesce(sum(deed.units), 0)
    from public.point_events as deed
    where deed.user_id = quest_progress.user_id
      and deed.rule = case quest_progress.metric
        when 'posts_created' then 'post_created'
        when 'comments_created' then 'comment_created'
        when 'crates_created' then 'crate_created'
        when 'crate_items_received' then 'crate_item_received'
        when 'dj_tracks_played' then 'dj_track_played'
        when 'upvotes_received' then 'upvote_received'
        when 'check_ins' then 'daily_login'
      end
      -- Near enough for the index: no calendar is further than a day from that of UTC.
      and deed.earned_on >= (quest_progress.since at time zone 'UTC')::date - 1
      and deed.earned_on <= (quest_progress.until at time zone 'UTC')::date + 1
      and deed.created_at >= quest_progress.since
      and deed.created_at < quest_progress.until
      and deed.turn = 0
      and (
        select max(turn.turn) % 2 = 0
        from public.point_events as turn
        where turn.user_id = deed.user_id and turn.rule = deed.rule and turn.cause = deed.cause
      )
  );
end;
$$;
comment on function private.quest_progress(uuid, text, timestamptz, timestamptz) is
$$How much of a metric somebody has done in a stretch of time and not undone since

A deed is counted whether or not a cap let it be paid; points_earned are those that were, without what quests pay.$$;

-- A claim ends what it counted: whoever moves to another time zone, where the day has another name, begins at nothing.
create or replace function private.quest_window(quest public.quests, user_id uuid, time_zone text, at timestamptz)
returns table (period_key text, starts_at timestamptz, ends_at timestamptz, counts_from timestamptz)
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return query
  select
    period.period_key,
    greatest(period.starts_at, (quest_window.quest).starts_at),
    nullif(least(period.ends_at, (quest_window.quest).ends_at), 'infinity'),
    greatest(
      period.starts_at, (quest_window.quest).starts_at,
      (
        select max(claim.claimed_at) + interval '1 microsecond'
        from public.quest_claims as claim
        where claim.user_id = quest_window.user_id
          and claim.quest_id = (quest_window.quest).id
          and claim.period_key <> period.period_key
      )
    )
  from private.quest_period((quest_window.quest).cadence, quest_window.time_zone, quest_window.at) as period;
end;
$$;
comment on function private.quest_window(public.quests, uuid, text, timestamptz) is
'The period of a quest that a moment lies in for somebody, and from when on what they do counts';

-- Security definer: derives what its caller has done from tables that clients cannot read.
create or replace function private.my_quests()
returns setof public.quest_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_time_zone text;
begin
  perform private.require_signed_in();
  select profile.time_zone into v_time_zone from public.profiles as profile where profile.id = auth.uid();
  if not found then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  return query
  select
    quest.id, quest.name, quest.description, quest.cadence, quest.metric, quest.target,
    case when claim.id is not null then quest.target else done.progress end, quest.points, quest.credits,
    claim.id is not null or done.progress >= quest.target, claim.id is not null, span.starts_at, span.ends_at,
    case when quest.pool_limit is not null then
      greatest(
        quest.pool_limit - coalesce(
          (
            select pool.claim_count::bigint
            from private.quest_pools as pool
            where pool.quest_id = quest.id and pool.period_key = span.period_key
          ),
          (
            select count(*)
            from public.quest_claims as paid
            where paid.quest_id = quest.id and paid.period_key = span.period_key
          )
        ),
        0
      )::int
    end
  from public.quests as quest
  cross join lateral private.quest_window(quest, auth.uid(), v_time_zone, now()) as span
  left join public.quest_claims as claim
    on claim.user_id = auth.uid() and claim.quest_id = quest.id and claim.period_key = span.period_key
  cross join lateral (
    select least(
      case when claim.id is null then private.quest_progress(auth.uid(), quest.metric, span.counts_from, coalesce(span.ends_at, 'infinity')) end,
      quest.target
    ) as progress
  ) as done
  where quest.is_active
    and quest.starts_at <= now()
    and (quest.ends_at is null or quest.ends_at > now())
  order by array_position('{daily,weekly,monthly,special}', quest.cadence), span.ends_at, quest.name, quest.id;
end;
$$;

-- Security definer: claims, points and credits are nobody's to write. One's own profile is held, so that the claims of one person come one after
-- the other; then the pool, then one's progression.
create or replace function private.claim_quest(quest_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('progression');
  v_profile public.profiles;
  v_quest public.quests;
  v_window record;
  v_claim public.quest_claims;
  v_cause text;
begin
  v_profile := private.lock_own_profile();
  perform private.take_token('claim_quest');
  -- Whoever changes the quest waits until it is paid, or is waited for.
  select quest.* into v_quest from public.quests as quest where quest.id = claim_quest.quest_id for share;
  if not found or v_quest.starts_at > now() then
    perform private.raise_error(404, 'quest_not_found', 'There is no quest of this id.');
  end if;
  select span.* into v_window from private.quest_window(v_quest, v_user_id, v_profile.time_zone, now()) as span;
  select claim.* into v_claim
  from public.quest_claims as claim
  where claim.user_id = v_user_id and claim.quest_id = v_quest.id and claim.period_key = v_window.period_key;

  if not found then
    if not v_quest.is_active or v_quest.ends_at <= now() then
      perform private.raise_error(409, 'quest_ended', 'This quest is over.');
    end if;
    if private.quest_progress(v_user_id, v_quest.metric, v_window.counts_from, coalesce(v_window.ends_at, 'infinity')) < v_quest.target then
      perform private.raise_error(409, 'quest_incomplete', 'There is still something to do for this quest.');
    end if;
    if v_quest.pool_limit is not null then
      -- The first one counts those who were paid before there was a pool; whoever gave it one has waited for them.
      insert into private.quest_pools as pool (quest_id, period_key, claim_count)
      select v_quest.id, v_window.period_key, paid.count + 1
      from (
        select case
          when not exists (
            select from private.quest_pools as pool where pool.quest_id = v_quest.id and pool.period_key = v_window.period_key
          )
          then (
            select count(*)
            from public.quest_claims as claim
            where claim.quest_id = v_quest.id and claim.period_key = v_window.period_key
          )
          else 0
        end as count
      ) as paid
      where paid.count < v_quest.pool_limit
      on conflict (quest_id, period_key) do update
        set claim_count = pool.claim_count + 1
        where pool.claim_count < v_quest.pool_limit;
      if not found then
        perform private.raise_error(409, 'pool_exhausted', 'Others were first: this quest pays no more.');
      end if;
    end if;

    v_cause := 'quest:' || v_quest.id || ':' || v_window.period_key;
    -- After all it counted: what was done while this waited for the profile began later than it.
    insert into public.quest_claims as claim (quest_id, user_id, period_key, points, credits, claimed_at)
    values (
      v_quest.id, v_user_id, v_window.period_key,
      case when v_quest.points > 0 then private.award(v_user_id, 'quest_completed', v_cause, now(), v_quest.points) else 0 end, v_quest.credits,
      clock_timestamp()
    )
    returning claim.* into v_claim;
    if v_quest.credits > 0 then
      perform private.grant_credits(v_user_id, 'earned_quest', v_quest.credits, v_cause);
    end if;
    perform private.notify(
      v_user_id, 'quest', null, null, null, null,
      jsonb_build_object('quest_id', v_quest.id, 'name', v_quest.name, 'points', v_claim.points, 'credits', v_claim.credits)
    );
  end if;
  return jsonb_build_object(
    'quest_id', v_claim.quest_id, 'period_key', v_claim.period_key, 'points', v_claim.points, 'credits', v_claim.credits,
    'claimed_at', v_claim.claimed_at
  );
end;
$$;

-- Security definer: quests are writable by nobody, so that every change is audited.
create or replace function private.set_quest(
  name text, description text, cadence text, metric text, target bigint, points int, credits int, starts_at timestamptz, ends_at timestamptz,
  pool_limit int, is_active boolean, quest_id uuid
)
returns public.quests
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before public.quests;
  v_quest public.quests;
begin
  perform private.require_staff('admin');
  if set_quest.quest_id is not null then
    select quest.* into v_before from public.quests as quest where quest.id = set_quest.quest_id for no key update;
    if not found then
      perform private.raise_error(404, 'quest_not_found', 'There is no quest of this id.');
    end if;
  end if;
  insert into public.quests as quest (
    id, name, description, cadence, metric, target, points, credits, starts_at, ends_at, pool_limit, is_active
  )
  values (
    coalesce(set_quest.quest_id, private.uuid_v7()), set_quest.name, set_quest.description, set_quest.cadence, set_quest.metric,
    set_quest.target, coalesce(set_quest.points, 0), coalesce(set_quest.credits, 0), coalesce(set_quest.starts_at, v_before.starts_at, now()),
    set_quest.ends_at, set_quest.pool_limit, coalesce(set_quest.is_active, true)
  )
  on conflict (id) do update
    set name = excluded.name, description = excluded.description, cadence = excluded.cadence, metric = excluded.metric,
        target = excluded.target, points = excluded.points, credits = excluded.credits, starts_at = excluded.starts_at,
        ends_at = excluded.ends_at, pool_limit = excluded.pool_limit, is_active = excluded.is_active
  returning quest.* into v_quest;
  -- Without a limit nothing is counted: with a new one it begins anew.
  if (v_before.pool_limit is null) <> (v_quest.pool_limit is null) then
    delete from private.quest_pools as pool where pool.quest_id = v_quest.id;
  end if;
  if v_quest is distinct from v_before then
    perform private.audit(
      'quest_changed', 'quest', v_quest.id::text, jsonb_build_object('before', to_jsonb(v_before), 'after', to_jsonb(v_quest))
    );
  end if;
  return v_quest;
end;
$$;

-- Security definer: as set_quest.
create or replace function private.end_quest(quest_id uuid)
returns public.quests
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_quest public.quests;
begin
  perform private.require_staff('admin');
  select quest.* into v_quest from public.quests as quest where quest.id = end_quest.quest_id for no key update;
  if not found then
    perform private.raise_error(404, 'quest_not_found', 'There is no quest of this id.');
  end if;
  if v_quest.is_active then
    perform private.audit('quest_ended', 'quest', v_quest.id::text, '{}');
    update public.quests as quest set is_active = false where quest.id = v_quest.id returning quest.* into v_quest;
  end if;
  return v_quest;
end;
$$;
