-- Security definer: scores are nobody's to read; who is left out for its caller is decided on the rows of the page.
create or replace function private.leaderboard(board text, scope text, period text, after text, page_size int)
returns setof public.leaderboard_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  v_reader_id uuid := auth.uid();
  v_left_out uuid[];
  v_is_staff boolean;
  v_standing private.standings;
  v_standing_id bigint;
  v_salt uuid;
  v_list text;
  v_place text[];
  v_left int;
  v_found int := 0;
  v_key bigint;
  v_at timestamptz;
  v_id uuid;
  v_ids uuid[];
  v_scores bigint[];
  v_times timestamptz[];
begin
  -- One reading of all that is asked before, as each statement costs as much as ten rows.
  select coalesce(kept.blocked_ids || kept.blocker_ids || kept.muted_ids, '{}'), page.size, reader.is_staff, standing.id, standing.salt
  into v_left_out, v_left, v_is_staff, v_standing_id, v_salt
  from private.board_page(leaderboard.page_size) as page
  cross join private.names_everybody(v_reader_id) as reader
  left join private.readers as kept on kept.profile_id = v_reader_id
  left join private.present_standing(leaderboard.board, leaderboard.scope, leaderboard.period) as standing on true;
  if v_standing_id is null then
    v_standing := private.standing_of(leaderboard.board, leaderboard.scope, leaderboard.period);
    v_standing_id := v_standing.id;
    v_salt := v_standing.salt;
  end if;

  if leaderboard.after is null then
    return query
    select
      top.rank,
      case when not top.is_nameless then top.card end,
      top.score,
      top.level,
      case
        when not top.is_nameless then top.cursor
        else coalesce(
          top.veiled_cursor, private.board_cursor('leaderboard:' || v_standing_id, top.score, top.reached_at, top.user_id, v_salt, true)
        )
      end
    from (
      select
        kept.rank, kept.card, kept.score, kept.level, kept.cursor, kept.veiled_cursor, kept.user_id, kept.reached_at,
        kept.is_private and private.is_stranger_to(kept.user_id, v_reader_id, v_is_staff) as is_nameless
      from private.board_tops as kept
      where kept.standing_id = v_standing_id
        and ((not kept.is_hidden and coalesce(kept.banned_until <= now(), true)) or kept.user_id = v_reader_id)
        -- Whoever has no name here stays: else muting somebody would tell which row is theirs.
        and (kept.user_id <> all (v_left_out) or (kept.is_private and private.is_stranger_to(kept.user_id, v_reader_id, v_is_staff)))
      order by kept.place
      limit v_left
    ) as top;
    get diagnostics v_found = row_count;
    v_left := v_left - v_found;
    if v_left = 0 then
      return;
    end if;
    -- More are asked for than are kept ready, or some of these are left out.
    select -kept.score, kept.reached_at, kept.user_id into v_key, v_at, v_id
    from private.board_tops as kept
    where kept.standing_id = v_standing_id
    order by kept.place desc
    limit 1;
    v_list := 'leaderboard:' || v_standing_id;
  else
    v_list := 'leaderboard:' || coalesce(v_standing_id, 0);
    v_place := private.board_place(v_list, leaderboard.after, v_salt);
    v_key := -v_place[1]::bigint;
    v_at := 'epoch'::timestamptz + v_place[2]::bigint * interval '1 microsecond';
    v_id := case when v_place[4]::boolean then private.veiled(v_place[3]::uuid, v_salt, true) else v_place[3]::uuid end;
  end if;

  while v_left > 0 loop
    select array_agg(next.user_id), array_agg(next.score), array_agg(next.reached_at)
    into v_ids, v_scores, v_times
    from (
      select score.user_id, score.score, score.reached_at
      from private.board_scores as score
      where score.standing_id = v_standing_id
        and score.place_key < 0
        and (score.place_key, score.reached_at, score.user_id) > (v_key, v_at, v_id)
      order by score.place_key, score.reached_at, score.user_id
      limit v_left
    ) as next;
    exit when v_ids is null;
    return query
    select * from private.board_rows(v_standing_id, v_salt, v_list, v_ids, v_scores, v_times, v_reader_id, v_left_out, v_is_staff);
    get diagnostics v_found = row_count;
    exit when cardinality(v_ids) < v_left;
    v_left := v_left - v_found;
    v_key := -v_scores[cardinality(v_ids)];
    v_at := v_times[cardinality(v_ids)];
    v_id := v_ids[cardinality(v_ids)];
  end loop;
end;
$$;

-- Security definer: as leaderboard.
create or replace function private.my_rank(board text, scope text, period text)
returns public.board_rank
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_standing private.standings;
  v_mine public.board_rank;
begin
  perform private.require_signed_in();
  select placed.rank, score.score, standing.people, null, standing.ends_at
  into v_mine
  from private.present_standing(my_rank.board, my_rank.scope, my_rank.period) as standing
  left join private.board_scores as score
    on score.user_id = v_user_id and score.standing_id = standing.id and score.place_key < 0
  left join lateral private.rank_of(standing.id, score.score) as placed on score.score > 0;
  if not found then
    v_standing := private.standing_of(my_rank.board, my_rank.scope, my_rank.period);
    select placed.rank, score.score into v_mine.rank, v_mine.score
    from private.board_scores as score
    cross join lateral private.rank_of(v_standing.id, score.score) as placed
    where score.user_id = v_user_id
      and score.standing_id = v_standing.id
      and score.place_key < 0;
    v_mine."of" := v_standing.people;
    v_mine.next_reset_at := case when v_standing.ends_at > now() then v_standing.ends_at end;
  end if;
  v_mine.score := coalesce(v_mine.score, 0);
  v_mine.percentile := round((v_mine."of" - v_mine.rank + 1) * 10000.0::float8 / v_mine."of") / 100;
  return v_mine;
end;
$$;

-- Security definer: as leaderboard.
create or replace function private.leaderboard_around_me(board text, scope text, period text, radius int)
returns setof public.leaderboard_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_standing private.standings;
  v_standing_id bigint;
  v_salt uuid;
  v_left_out uuid[];
  v_is_staff boolean;
  v_radius constant int := leaderboard_around_me.radius;
  v_score bigint;
  v_at timestamptz;
  v_ids uuid[];
  v_scores bigint[];
  v_times timestamptz[];
begin
  perform private.require_signed_in();
  if v_radius is null or v_radius not between 0 and 50 then
    perform private.raise_error(422, 'radius_invalid', 'Say how many people on either side, 0 to 50.');
  end if;
  select standing.id, standing.salt, score.score, score.reached_at
  into v_standing_id, v_salt, v_score, v_at
  from private.present_standing(leaderboard_around_me.board, leaderboard_around_me.scope, leaderboard_around_me.period) as standing
  left join private.board_scores as score
    on score.user_id = v_user_id and score.standing_id = standing.id and score.place_key < 0;
  if not found then
    v_standing := private.standing_of(leaderboard_around_me.board, leaderboard_around_me.scope, leaderboard_around_me.period);
    v_standing_id := v_standing.id;
    v_salt := v_standing.salt;
    select score.score, score.reached_at into v_score, v_at
    from private.board_scores as score
    where score.user_id = v_user_id and score.standing_id = v_standing.id and score.place_key < 0;
  end if;
  if v_score is null then
    return;
  end if;
  select
    array_agg(near.user_id order by near.place_key, near.reached_at, near.user_id),
    array_agg(near.score order by near.place_key, near.reached_at, near.user_id),
    array_agg(near.reached_at order by near.place_key, near.reached_at, near.user_id),
    coalesce((select kept.blocked_ids || kept.blocker_ids || kept.muted_ids from private.readers as kept where kept.profile_id = v_user_id), '{}'),
    (select reader.is_staff from private.names_everybody(v_user_id) as reader)
  into v_ids, v_scores, v_times, v_left_out, v_is_staff
  from (
    (
      select score.user_id, score.score, score.place_key, score.reached_at
      from private.board_scores as score
      where score.standing_id = v_standing_id
        and (score.place_key, score.reached_at, score.user_id) < (-v_score, v_at, v_user_id)
      order by score.place_key desc, score.reached_at desc, score.user_id desc
      limit v_radius
    )
    union all
    (
      select score.user_id, score.score, score.place_key, score.reached_at
      from private.board_scores as score
      where score.standing_id = v_standing_id
        and score.place_key < 0
        and (score.place_key, score.reached_at, score.user_id) >= (-v_score, v_at, v_user_id)
      order by score.place_key, score.reached_at, score.user_id
      limit v_radius + 1
    )
  ) as near;
  return query
  select *
  from private.board_rows(v_standing_id, v_salt, 'leaderboard:' || v_standing_id, v_ids, v_scores, v_times, v_user_id, v_left_out, v_is_staff);
end;
$$;

-- Security definer: as leaderboard.
create or replace function private.leaderboard_following(board text, scope text, period text, after text, page_size int)
returns setof public.leaderboard_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_standing private.standings;
  v_left_out uuid[];
  v_list text;
  v_place text[];
begin
  perform private.require_signed_in();
  v_standing := private.standing_of(leaderboard_following.board, leaderboard_following.scope, leaderboard_following.period);
  v_list := 'leaderboard_following:' || v_user_id || ':' || coalesce(v_standing.id, 0);
  v_place := private.decode_place(v_list, leaderboard_following.after, '{bigint,timestamptz,uuid}');
  select reader.blocked_ids || reader.muted_ids into v_left_out from private.reader as reader;
  return query
  select
    placed.rank,
    kept.card::json,
    found.score,
    person.level,
    private.encode_cursor(v_list, jsonb_build_array(found.score, found.reached_at, found.user_id)::text)
  from (
    select score.user_id, score.score, score.place_key, score.reached_at
    from (
      select v_user_id as user_id
      union all
      select follow.followee_id from public.follows as follow where follow.follower_id = v_user_id
    ) as listed
    join private.board_scores as score on score.user_id = listed.user_id and score.standing_id = v_standing.id
    where score.place_key < 0
      and listed.user_id <> all (v_left_out)
      and (
        v_place is null
        or (score.place_key, score.reached_at, score.user_id) > (-v_place[1]::bigint, v_place[2]::timestamptz, v_place[3]::uuid)
      )
      and not exists (
        select from private.kept_from_feeds as kept where kept.profile_id = listed.user_id and listed.user_id <> v_user_id
      )
    order by score.place_key, score.reached_at, score.user_id
    limit (select page.size from private.board_page(leaderboard_following.page_size) as page)
  ) as found
  cross join lateral private.rank_of(v_standing.id, found.score) as placed
  join private.person_cards as kept on kept.profile_id = found.user_id
  join public.progression as person on person.user_id = found.user_id
  order by found.place_key, found.reached_at, found.user_id;
end;
$$;
