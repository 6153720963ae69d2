create or replace function private.open_season(at timestamptz, status text)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_code constant text := private.season_of(open_season.at);
  v_during constant tstzrange := private.period_span('season', v_code);
begin
  insert into public.seasons as season (code, starts_at, ends_at, status)
  values (v_code, lower(v_during), upper(v_during), open_season.status)
  on conflict on constraint seasons_pkey do update set status = excluded.status where season.status = 'upcoming';
  return v_code;
end;
$$;
comment on function private.open_season(timestamptz, text) is 'The season of a moment, made upcoming or active unless it is further already';

create or replace function private.season_badge(season text, tier text)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select 'season_' || replace(lower(season_badge.season), '-', '_') || '_' || season_badge.tier
$$;
comment on function private.season_badge(text, text) is 'The badge of a tier of a season, which closing it makes';

-- Security definer: seasons, results and prizes are nobody's to write. One transaction: whoever calls it again, or at once, finds the season
-- closed and is told the same; killed, nothing has happened.
create or replace function private.close_season(code text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_season public.seasons;
  v_standing_id bigint;
  v_grace constant interval := make_interval(mins => private.setting('season_grace_minutes')::int);
begin
  perform private.lock_scores();
  select season.* into v_season from public.seasons as season where season.code = close_season.code for update;
  if not found then
    perform private.raise_error(404, 'season_not_found', 'There is no such season.');
  end if;
  if v_season.status <> 'closed' then
    if v_season.ends_at + v_grace > now() then
      perform private.raise_error(409, 'season_not_over', 'This season is not over yet.');
    end if;
    if v_season.status = 'upcoming' then
      perform private.raise_error(409, 'season_not_open', 'The season before this one is still to be closed.');
    end if;
    if exists (select from private.deeds as deed where deed.done_at < v_season.ends_at) then
      perform private.raise_error(
        409, 'season_not_settled', 'Something that was done in this season is still to be paid.', 'Call settle_deeds until it returns 0.'
      );
    end if;

    -- All that is left, at once.
    perform private.count_changes(2147483647);
    with line as (
      select
        standing.id, score.place_key, score.reached_at, score.user_id,
        rank() over (partition by standing.id order by score.place_key) || '|' || score.user_id || '|' || score.score || E'\n' as text
      from private.standings as standing
      join private.board_scores as score on score.standing_id = standing.id and score.place_key < 0
      where standing.period = v_season.code
    ),
    frozen as (
      select
        standing.id,
        encode(
          sha256(convert_to(
            coalesce(string_agg(line.text, '' order by line.place_key, line.reached_at, line.user_id), ''), 'UTF8'
          )),
          'hex'
        ) as hash
      from private.standings as standing
      left join line on line.id = standing.id
      where standing.period = v_season.code and standing.frozen_at is null
      group by standing.id
    )
    update private.standings as standing
    set frozen_at = now(), hash = frozen.hash
    from frozen
    where standing.id = frozen.id;

    select standing.id into v_standing_id
    from private.standings as standing
    where standing.board = 'season' and standing.scope = '' and standing.period = v_season.code;
    insert into public.season_results (user_id, season, rank, score, tier, credits)
    select placed.user_id, v_season.code, placed.rank, placed.score, prize.tier, prize.credits
    from (
      select score.user_id, score.score, rank() over (order by score.place_key) as rank
      from private.board_scores as score
      where score.standing_id = v_standing_id and score.place_key < 0
    ) as placed
    join private.season_prizes as prize on placed.rank between prize.from_rank and coalesce(prize.to_rank, 2147483647)
    order by placed.user_id;
    -- All at once: each is told by tell_season_results.
    insert into public.badges (code, name, description, icon, tier, rarity, category, season)
    select
      private.season_badge(v_season.code, shown.tier), shown.name || ' ' || v_season.code, shown.description, shown.icon, shown.tier,
      shown.rarity, 'competition', v_season.code
    from (values
      ('gold', 'Champion of', 'First of the season', '🥇', 'legendary'),
      ('silver', 'Runner-up of', 'Second or third of the season', '🥈', 'epic'),
      ('bronze', 'Top ten of', 'Fourth to tenth of the season', '🥉', 'rare'),
      ('participant', 'Part of', 'Earn points in the season', '🎟️', 'common')
    ) as shown (tier, name, description, icon, rarity)
    on conflict on constraint badges_pkey do nothing;
    insert into public.badge_awards (user_id, badge_code, context)
    select
      result.user_id, private.season_badge(v_season.code, result.tier),
      jsonb_build_object('season', v_season.code, 'rank', result.rank, 'score', result.score)
    from public.season_results as result
    where result.season = v_season.code
    order by result.user_id
    on conflict on constraint badge_awards_pkey do nothing;
    insert into public.credit_entries (user_id, kind, amount, cause, expires_at)
    select
      result.user_id, 'earned_season', result.credits, 'season:' || v_season.code,
      now() + make_interval(days => private.setting('credits_live_days')::int)
    from public.season_results as result
    where result.season = v_season.code and result.credits > 0
    order by result.user_id
    on conflict on constraint credit_entries_once do nothing;

    update public.seasons as season
    set status = 'closed', closed_at = now(),
        people = (select count(*) from public.season_results as result where result.season = v_season.code),
        hash = coalesce(
          (select standing.hash from private.standings as standing where standing.id = v_standing_id), encode(sha256(''), 'hex')
        )
    where season.code = v_season.code
    returning season.* into v_season;
    perform private.open_season(v_season.ends_at, 'active');
    perform private.open_season(upper(private.period_span('season', private.season_of(v_season.ends_at))), 'upcoming');
    perform private.audit(
      'season_closed', 'season', v_season.code, jsonb_build_object('people', v_season.people, 'hash', v_season.hash)
    );
  end if;
  return jsonb_build_object(
    'code', v_season.code, 'people', v_season.people, 'hash', v_season.hash, 'closed_at', v_season.closed_at,
    'next', private.season_of(v_season.ends_at),
    'winners', coalesce(
      (
        select jsonb_object_agg(counted.tier, counted.people)
        from (
          select result.tier, count(*) as people
          from public.season_results as result
          where result.season = v_season.code
          group by result.tier
        ) as counted
      ), '{}'
    )
  );
end;
$$;

-- Security definer: as close_season.
create or replace function private.seasons_to_close()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select season.code
  from public.seasons as season
  where season.status = 'active'
    and season.ends_at + make_interval(mins => private.setting('season_grace_minutes')::int) <= now()
  order by season.starts_at
$$;

-- Security definer: as close_season. After it, and in batches, as each is a letter of its own.
create or replace function private.tell_season_results(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_result public.season_results;
  v_count int := 0;
begin
  for v_result in
    select next.*
    from public.season_results as next
    where not next.is_told
    order by next.season, next.user_id
    limit least(greatest(coalesce(tell_season_results.size, 1000), 1), 1000)
    for update skip locked
  loop
    update public.season_results as result
    set is_told = true
    where result.user_id = v_result.user_id and result.season = v_result.season;
    if v_result.tier <> 'participant' then
      perform private.record_activity(
        'badge_earned', v_result.user_id, null, null, private.season_badge(v_result.season, v_result.tier), 'public',
        jsonb_build_object('code', badge.code, 'name', badge.name)
      )
      from public.badges as badge
      where badge.code = private.season_badge(v_result.season, v_result.tier);
    end if;
    perform private.notify(
      v_result.user_id, 'season', null, null, null, 'season:' || v_result.season,
      jsonb_build_object(
        'name', v_result.season, 'season', v_result.season, 'rank', v_result.rank, 'tier', v_result.tier, 'credits', v_result.credits
      )
    );
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;

