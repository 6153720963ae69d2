create or replace function private.season_of(at timestamptz)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select to_char(season_of.at at time zone 'UTC', 'YYYY"-Q"Q')
$$;
comment on function private.season_of(timestamptz) is 'The season a moment is in: the calendar quarter by UTC, such as 2026-Q4';

-- Lock order: somebody's progression is held last of all but what they are told of a new level. A deed that concerns its doer moves it when the
-- transaction ends (deferred triggers); one that earns somebody else something is queued (private.deeds) and paid in the order of people.
create or replace function private.move_points(user_id uuid, rule text, cause text, at timestamptz, is_done boolean, units int default 1)
returns int
language plpgsql
volatile
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  v_person public.progression;
  v_now record;
  v_points int;
  v_withheld text;
  v_season text;
  v_counts_at timestamptz;
  v_units int;
  v_step int;
  v_level int;
begin
  -- By itself, so that what is read next is as the one who held the row before has left it.
  select person.* into v_person from public.progression as person where person.user_id = move_points.user_id for no key update;
  if not found then
    return 0;
  end if;
  -- All that decides in one statement, as each costs as much as a row.
  select
    last.id, last.turn, last.units, last.season, rule.streak, today.day,
    coalesce(
      -last.points, greatest(-1000000000, least(1000000000, rule.points::bigint * move_points.units))::int
    ) as full_points,
    case
      when last.id is not null then null
      when not rule.is_active or not coalesce((select flag.is_enabled from public.feature_flags as flag where flag.name = 'progression'), false) then 'inactive'
      when rule.minimum_account_age_days > 0
        and profile.created_at > move_points.at - make_interval(days => rule.minimum_account_age_days)
      then 'too_young'
      when rule.cooldown_seconds > 0 and exists (
        select
        from public.point_events as event
        where event.user_id = v_person.user_id
          and event.rule = rule.name
          and event.points <> 0
          and event.turn = 0
          and event.created_at > move_points.at - make_interval(secs => rule.cooldown_seconds)
      )
      then 'cooldown'
    end as withheld,
    case when rule.daily_cap is not null and move_points.is_done then (
      select greatest(rule.daily_cap - coalesce(abs(sum(event.points)), 0), 0)
      from public.point_events as event
      where event.user_id = v_person.user_id and event.rule = rule.name and event.earned_on = today.day
    ) end as room
  into strict v_now
  from public.profiles as profile
  join public.point_rules as rule on rule.name = move_points.rule
  left join lateral (
    select event.id, event.turn, event.units, event.points, event.season, event.earned_on
    from public.point_events as event
    where event.user_id = profile.id and event.rule = rule.name and event.cause = move_points.cause
    order by event.turn desc
    limit 1
  ) as last on true
  cross join lateral (
    select coalesce(last.earned_on, (move_points.at at time zone profile.time_zone)::date) as day
  ) as today
  where profile.id = v_person.user_id;
  if coalesce(v_now.turn % 2 = 0, false) = move_points.is_done then
    return 0;
  end if;

  v_withheld := v_now.withheld;
  v_points := v_now.full_points;
  if v_withheld is not null then
    v_points := 0;
  elsif abs(v_points) > v_now.room then
    v_points := sign(v_points) * v_now.room;
    v_withheld := 'cap';
  end if;
  v_season := coalesce(v_now.season, private.season_of(move_points.at));
  v_counts_at := move_points.at;
  if v_now.id is not null then
    select first.created_at into v_counts_at
    from public.point_events as first
    where first.user_id = v_person.user_id and first.rule = move_points.rule and first.cause = move_points.cause and first.turn = 0;
  end if;
  v_units := coalesce(v_now.units, move_points.units);
  v_step := case when move_points.is_done then v_units else -v_units end;

  with event as (
    insert into public.point_events (user_id, rule, cause, turn, units, points, withheld, season, earned_on, reverses_id, created_at)
    values (
      v_person.user_id, move_points.rule, move_points.cause, coalesce(v_now.turn + 1, 0), v_units, v_points, v_withheld, v_season, v_now.day,
      v_now.id, move_points.at
    )
  ),
  -- Boards count it by and by (roll_up_leaderboards).
  change as (
    insert into private.score_changes (user_id, metric, amount, counts_at, moved_at)
    select v_person.user_id, 'points', v_points, v_counts_at, move_points.at
    where v_points <> 0
  )
  update public.progression as person
  set total_points = person.total_points + v_points,
      level = greatest(
        person.level,
        (
          select step.level
          from public.levels as step
          where step.points_needed <= person.total_points + v_points
          order by step.points_needed desc, step.level desc
          limit 1
        )
      ),
      season = greatest(person.season, v_season),
      season_points = case
        when v_season = person.season then person.season_points + v_points
        when v_season < person.season then person.season_points
        else v_points
      end,
      posts_created = person.posts_created + case when move_points.rule = 'post_created' then v_step else 0 end,
      comments_created = person.comments_created + case when move_points.rule = 'comment_created' then v_step else 0 end,
      crates_created = person.crates_created + case when move_points.rule = 'crate_created' then v_step else 0 end,
      dj_tracks_played = person.dj_tracks_played + case when move_points.rule = 'dj_track_played' then v_step else 0 end,
      upvotes_received = person.upvotes_received + case when move_points.rule = 'upvote_received' then v_step else 0 end
  where person.user_id = v_person.user_id
  returning person.level into v_level;
  if v_now.id is null and v_now.streak is not null then
    perform private.keep_streak(v_person.user_id, v_now.streak, move_points.at);
  end if;
  if v_points <> 0 and move_points.rule in ('dj_track_played', 'upvote_received', 'downvote_received') then
    perform private.queue_dj_points(v_person.user_id, move_points.cause, v_points, v_counts_at, move_points.at);
  end if;
  if v_level > v_person.level then
    perform private.reach_level(v_person.user_id, v_person.level, v_level);
  end if;
  return v_points;
end;
$$;
comment on function private.move_points(uuid, text, text, timestamptz, boolean, int) is
$$Write down that something was done, or undone, and move what hangs on it; the points that were moved

What is so already, and whoever is gone, moves nothing. A deed that is undone takes back what it had paid; done again it pays that, no more. units: how
many of it this cause stands for, such as votes; a rule pays each. The first time a deed keeps the streak of its rule, paid or not; undoing it
takes no streak back: they were there.$$;

create or replace function private.award(user_id uuid, rule text, cause text, at timestamptz default now(), units int default 1)
returns int
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  return private.move_points(award.user_id, award.rule, award.cause, award.at, true, award.units);
end;
$$;
comment on function private.award(uuid, text, text, timestamptz, int) is
'Pay a deed, by its rule: once a cause, however often it is called. Returns the points paid, 0 where none are. Nothing a client can call does this';

create or replace function private.take_back(user_id uuid, rule text, cause text, at timestamptz default now())
returns int
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  return private.move_points(take_back.user_id, take_back.rule, take_back.cause, take_back.at, false);
end;
$$;
comment on function private.take_back(uuid, text, text, timestamptz) is
'Take back what a deed has paid, when it is undone; what was not paid, or is taken back already, changes nothing. Returns the points moved';

create or replace function private.reach_level(user_id uuid, level_before int, level int)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.grant_credits(reach_level.user_id, 'earned_level_up', step.credits, 'level:' || step.level)
  from public.levels as step
  where step.level > reach_level.level_before and step.level <= reach_level.level and step.credits > 0
  order by step.level;
  perform private.award(reach_level.user_id, 'level_up', 'level:' || step.level)
  from public.levels as step
  where step.level > reach_level.level_before
    and step.level <= reach_level.level
    and exists (select from public.point_rules as rule where rule.name = 'level_up' and rule.points <> 0)
  order by step.level;
  perform private.record_activity(
    'level_reached', reach_level.user_id, null, null, null, 'public', jsonb_build_object('level', reach_level.level)
  );
  perform private.notify(
    reach_level.user_id, 'level', null, null, null, null, jsonb_build_object('level', reach_level.level)
  );
end;
$$;
comment on function private.reach_level(uuid, int, int) is
'What a new level brings: the credits of each level that was passed, once, its bonus where there is one, and one line to its bearer and to those who follow them';

-- Security definer: looks whether the person is just being erased, for whoever erases them: what they have earned goes with the account alone.
create or replace function private.tg__keep_ledger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' and not exists (select from public.progression as person where person.user_id = old.user_id) then
    return old;
  end if;
  raise exception using errcode = 'restrict_violation', message = tg_table_name || ' is append-only';
end;
$$;
create trigger _300_append_only
  before update or delete on public.point_events
  for each row execute function private.tg__keep_ledger();
create trigger _310_append_only
  before truncate on public.point_events
  for each statement execute function private.tg__keep_ledger();

-- Security definer: runs as whoever makes the profile.
create or replace function private.tg_profiles__make_progression()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into public.progression (user_id) values (new.id);
  return null;
end;
$$;
create trigger _600_make_progression
  after insert on public.profiles
  for each row execute function private.tg_profiles__make_progression();
