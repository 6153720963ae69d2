create or replace function private.queue_dj_points(person_id uuid, cause text, points int, counts_at timestamptz, moved_at timestamptz)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into private.score_changes (user_id, metric, room_id, amount, counts_at, moved_at)
  select
    queue_dj_points.person_id, 'dj_points', played.room_id, queue_dj_points.points, queue_dj_points.counts_at, queue_dj_points.moved_at
  from (
    select case when pg_input_is_valid(split_part(queue_dj_points.cause, ':', 2), 'uuid') then split_part(queue_dj_points.cause, ':', 2) end
  ) as cause (id)
  left join public.room_history as played on played.id = cause.id::uuid
$$;
comment on function private.queue_dj_points(uuid, text, int, timestamptz, timestamptz) is
'Have points counted that somebody got by playing in a room; what was played is in the cause, dj:<id of room_history>. Of a room that is gone the boards of all rooms count it still';

create or replace function private.queue_play(play_id uuid, played_at timestamptz)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into private.score_changes (user_id, metric, genre, amount, counts_at, moved_at)
  select moved.user_id, moved.metric, track.genre, moved.amount, play.played_at, play.played_at
  from public.plays as play
  join public.tracks as track on track.id = play.track_id
  cross join lateral (values
    (play.listener_id, 'listening', play.ms_played::bigint),
    (nullif(track.artist_id, play.listener_id), 'artist_plays', 1)
  ) as moved (user_id, metric, amount)
  where play.id = queue_play.play_id
    and play.played_at = queue_play.played_at
    and moved.user_id is not null
    and moved.amount > 0
$$;
comment on function private.queue_play(uuid, timestamptz) is
'Have a play counted on boards: its time for who listened, and one for its artist, who does not earn their own';

-- Whoever moves scores holds this, and whoever is erased: so no score is made for somebody who just goes.
create or replace function private.lock_scores()
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended('roll_up_leaderboards', 0))
$$;
comment on function private.lock_scores() is 'One roll-up, closing of a season or erasure at a time: last of all locks, and before anything of boards';

create or replace function private.keep_tops(standing_ids bigint[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_first record;
begin
  -- Cards are held before what is kept of them: who changes theirs writes them in that order too, and finds here what this has kept.
  select array_agg(found.standing_id) as standing_ids, array_agg(found.place) as places, array_agg(found.user_id) as user_ids,
    array_agg(found.score) as scores, array_agg(found.reached_at) as times, array_agg(found.rank) as ranks
  into v_first
  from (
    select
      standing.id as standing_id, first.user_id, first.score, first.reached_at,
      row_number() over (partition by standing.id order by first.place_key, first.reached_at, first.user_id)::int as place,
      rank() over (partition by standing.id order by first.place_key)::int as rank
    from unnest(keep_tops.standing_ids) as standing (id)
    cross join lateral (
      select score.user_id, score.score, score.place_key, score.reached_at
      from private.board_scores as score
      where score.standing_id = standing.id and score.place_key < 0
      order by score.place_key, score.reached_at, score.user_id
      limit 100
    ) as first
  ) as found;
  perform
  from private.person_cards as kept
  where kept.profile_id = any (v_first.user_ids)
  order by kept.profile_id
  for share;

  insert into private.board_tops as top (
    standing_id, place, user_id, score, reached_at, rank, level, card, is_hidden, is_private, cursor, veiled_cursor, banned_until
  )
  select
    first.standing_id, first.place, first.user_id, first.score, first.reached_at, first.rank, person.level, kept.card, kept.is_hidden,
    kept.is_private,
    private.board_cursor('leaderboard:' || first.standing_id, first.score, first.reached_at, first.user_id, standing.salt, false),
    case
      when kept.is_private
      then private.board_cursor('leaderboard:' || first.standing_id, first.score, first.reached_at, first.user_id, standing.salt, true)
    end,
    kept.banned_until
  from unnest(v_first.standing_ids, v_first.places, v_first.user_ids, v_first.scores, v_first.times, v_first.ranks)
    as first (standing_id, place, user_id, score, reached_at, rank)
  join private.standings as standing on standing.id = first.standing_id
  join private.person_cards as kept on kept.profile_id = first.user_id
  join public.progression as person on person.user_id = first.user_id
  on conflict (standing_id, place) do update
  set user_id = excluded.user_id, score = excluded.score, reached_at = excluded.reached_at, rank = excluded.rank, level = excluded.level,
      card = excluded.card, is_hidden = excluded.is_hidden, is_private = excluded.is_private, cursor = excluded.cursor,
      veiled_cursor = excluded.veiled_cursor, banned_until = excluded.banned_until
  where (top.cursor, top.rank, top.level, top.card::text, top.is_hidden, top.is_private, top.banned_until)
    is distinct from (
      excluded.cursor, excluded.rank, excluded.level, excluded.card::text, excluded.is_hidden, excluded.is_private, excluded.banned_until
    );
  delete from private.board_tops as top
  using (
    select standing.id, count(first.place) as people
    from unnest(keep_tops.standing_ids) as standing (id)
    left join unnest(v_first.standing_ids, v_first.places) as first (standing_id, place) on first.standing_id = standing.id
    group by standing.id
  ) as kept
  where top.standing_id = kept.id and top.place > kept.people;
end;
$$;
comment on function private.keep_tops(bigint[]) is 'Make the first pages of these boards anew; what is the same is not written';

create or replace function private.keep_ranks(standing_ids bigint[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  update private.board_buckets as kept
  set above = summed.above
  from (
    select
      row.standing_id, row.bucket,
      (sum(row.people) over (partition by row.standing_id order by row.bucket) - row.people)::int as above
    from private.board_buckets as row
    where row.standing_id = any (keep_ranks.standing_ids)
  ) as summed
  where kept.standing_id = summed.standing_id
    and kept.bucket = summed.bucket
    and kept.above <> summed.above;
  update private.standings as standing
  set people = summed.people
  from (
    select row.standing_id, sum(row.people)::int as people
    from private.board_buckets as row
    where row.standing_id = any (keep_ranks.standing_ids)
    group by row.standing_id
  ) as summed
  where standing.id = summed.standing_id
    and standing.people <> summed.people;
end;
$$;
comment on function private.keep_ranks(bigint[]) is
'Sum up the buckets of these boards: as much work as there are buckets, however many people, and only what differs is written';

-- Once a transaction: what it holds of first pages is not to be held while it waits for cards.
create or replace function private.count_changes(size int)
returns int
language plpgsql
volatile
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_ids bigint[];
  v_standing_ids bigint[];
  v_user_ids uuid[];
  v_touched_ids bigint[];
  v_left_ids bigint[];
begin
  perform private.lock_scores();
  v_ids := array(select next.id from private.score_changes as next order by next.id limit count_changes.size);

  -- Boards on which somebody scores for the first time.
  insert into private.standings (board, scope, period, starts_at, ends_at)
  select change.board, change.scope, change.period, lower(span.during), upper(span.during)
  from (
    select distinct change.board, change.scope, change.period, change.kind
    from private.board_changes as change
    where change.id = any (v_ids)
      and not exists (
        select
        from private.standings as standing
        where standing.board = change.board and standing.scope = change.scope and standing.period = change.period
      )
      -- A board on which nobody stood when its season was closed stays empty.
      and not exists (select from public.seasons as season where season.code = change.period and season.status = 'closed')
  ) as change
  cross join lateral private.period_span(change.kind, change.period) as span (during)
  on conflict on constraint standings_once do nothing;

  with moved as materialized (
    -- With what they had before, which nobody else moves: nothing is joined with what this statement writes.
    select summed.*, coalesce(former.score, 0) as former_score
    from (
      select standing.id as standing_id, change.user_id, sum(change.amount)::bigint as amount, max(change.moved_at) as moved_at
      from private.board_changes as change
      join private.standings as standing
        on standing.board = change.board and standing.scope = change.scope and standing.period = change.period
      where change.id = any (v_ids)
        and standing.frozen_at is null
        and exists (select from public.profiles as profile where profile.id = change.user_id offset 0)
      group by standing.id, change.user_id
      offset 0
    ) as summed
    left join private.board_scores as former on former.user_id = summed.user_id and former.standing_id = summed.standing_id
  ),
  counted as (
    delete from private.score_changes as change where change.id = any (v_ids)
  ),
  stored as (
    insert into private.board_scores as row (user_id, standing_id, score, reached_at)
    select moved.user_id, moved.standing_id, moved.amount, moved.moved_at
    from moved
    order by moved.user_id, moved.standing_id
    on conflict (user_id, standing_id) do update
    set score = row.score + excluded.score, reached_at = greatest(row.reached_at, excluded.reached_at)
  ),
  gone as (
    delete from private.bucket_changes as change returning change.standing_id, change.bucket, change.people
  ),
  delta as (
    select change.standing_id, change.bucket, sum(change.people)::int as people
    from (
      select moved.standing_id, private.score_bucket(moved.former_score + moved.amount) as bucket, 1 as people
      from moved
      where moved.former_score + moved.amount > 0
      union all
      select moved.standing_id, private.score_bucket(moved.former_score), -1
      from moved
      where moved.former_score > 0
      union all
      select gone.standing_id, gone.bucket, gone.people from gone
    ) as change
    group by change.standing_id, change.bucket
    having sum(change.people) <> 0
  ),
  told as (
    insert into private.board_buckets as kept (standing_id, bucket, people)
    select delta.standing_id, delta.bucket, delta.people
    from delta
    order by delta.standing_id, delta.bucket
    on conflict (standing_id, bucket) do update set people = kept.people + excluded.people
    returning kept.standing_id
  )
  select
    (select array_agg(moved.standing_id order by moved.standing_id, moved.user_id) from moved),
    (select array_agg(moved.user_id order by moved.standing_id, moved.user_id) from moved),
    array(select distinct told.standing_id from told order by 1),
    array(select distinct gone.standing_id from gone order by 1)
  into v_standing_ids, v_user_ids, v_touched_ids, v_left_ids;

  perform private.keep_ranks(v_touched_ids);
  -- Where somebody moved on, to or from the first page, or it is not full.
  perform private.keep_tops(array(
    select changed.id
    from (
      select moved.standing_id as id
      from unnest(v_standing_ids, v_user_ids) as moved (standing_id, user_id)
      join private.board_scores as score on score.user_id = moved.user_id and score.standing_id = moved.standing_id
      left join private.board_tops as last on last.standing_id = moved.standing_id and last.place = 100
      where last.place is null
        or (score.place_key, score.reached_at, score.user_id) < (-last.score, last.reached_at, last.user_id)
        or exists (select from private.board_tops as top where top.user_id = moved.user_id and top.standing_id = moved.standing_id)
      union
      select left_by.id from unnest(v_left_ids) as left_by (id)
    ) as changed
  ));
  -- A level goes with points: whoever has reached one is shown with it on the other boards too.
  update private.board_tops as top
  set level = person.level
  from public.progression as person
  where person.user_id = any (v_user_ids)
    and top.user_id = person.user_id
    and top.level <> person.level;
  return cardinality(v_ids);
end;
$$;
comment on function private.count_changes(int) is 'The roll-up: move the oldest changes of the queue to the boards they belong to; how many there were';

-- Security definer: scores are nobody's to write; service_role counts nothing but what is queued. Batch by batch, each a transaction: what was
-- counted is deleted with it, so that a run that is killed, or runs beside another, counts nothing twice.
create or replace function private.roll_up_leaderboards(size int)
returns int
language sql
volatile
security definer
set search_path = ''
as $$
  select private.count_changes(least(greatest(coalesce(roll_up_leaderboards.size, 10000), 1), 100000))
$$;

create or replace function private.recount_board(standing_id bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.lock_scores();
  delete from private.bucket_changes as change where change.standing_id = recount_board.standing_id;
  with counted as (
    select private.score_bucket(score.score) as bucket, count(*)::int as people
    from private.board_scores as score
    where score.standing_id = recount_board.standing_id and score.place_key < 0
    group by 1
  ),
  emptied as (
    update private.board_buckets as kept
    set people = 0
    where kept.standing_id = recount_board.standing_id
      and kept.people <> 0
      and not exists (select from counted where counted.bucket = kept.bucket)
  )
  insert into private.board_buckets as kept (standing_id, bucket, people)
  select recount_board.standing_id, counted.bucket, counted.people
  from counted
  on conflict (standing_id, bucket) do update set people = excluded.people where kept.people <> excluded.people;
  perform private.keep_ranks(array[recount_board.standing_id]);
  perform private.keep_tops(array[recount_board.standing_id]);
end;
$$;
comment on function private.recount_board(bigint) is
'Make buckets, ranks and the first page of a board anew from its scores: for operators, after a repair; the roll-up keeps them by itself';

-- Security definer: runs as whoever erases. On frozen boards too; their hash stays as it was written.
create or replace function private.tg_board_scores__leave()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.bucket_changes (standing_id, bucket, people)
  select gone.standing_id, private.score_bucket(gone.score), -1
  from gone
  -- What goes with its board needs no counting.
  where gone.score > 0 and exists (select from private.standings as standing where standing.id = gone.standing_id);
  return null;
end;
$$;
create trigger _500_leave
  after delete on private.board_scores
  referencing old table as gone
  for each statement execute function private.tg_board_scores__leave();

-- Security definer: as tg_profiles__keep_card. Last of all that a card is shown on.
create or replace function private.tg_person_cards__keep_tops()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.board_tops as top
  set card = new.card, is_hidden = new.is_hidden, is_private = new.is_private, banned_until = new.banned_until
  where top.user_id = new.profile_id;
  return null;
end;
$$;
create trigger _700_keep_tops
  after update on private.person_cards
  for each row
  when (
    (old.card, old.is_hidden, old.is_private, old.banned_until)
      is distinct from (new.card, new.is_hidden, new.is_private, new.banned_until)
  )
  execute function private.tg_person_cards__keep_tops();
