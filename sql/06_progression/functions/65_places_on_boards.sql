-- In this form, and without search_path, these become part of the query that asks.
create or replace function private.score_shift(score bigint)
returns int
language sql
immutable
security invoker
parallel safe
begin atomic
  -- By half a point off every power of two, so that the logarithm is never taken for its neighbour.
  select case
    when score_shift.score < 1024 then 0
    else floor(ln(least(score_shift.score, 4398046511103)::float8 + 0.5) / 0.6931471805599453)::int - 9
  end;
end;
comment on function private.score_shift(bigint) is 'How many of its lowest bits a bucket does not tell apart: as many as leave ten';

create or replace function private.score_bucket(score bigint)
returns bigint
language sql
immutable
security invoker
parallel safe
begin atomic
  select case
    when score_bucket.score < 1024 then -score_bucket.score
    when score_bucket.score >= 4398046511103 then -9223372036854775807
    else 1 - (((score_bucket.score >> private.score_shift(score_bucket.score)) + 1) << private.score_shift(score_bucket.score))
  end;
end;
comment on function private.score_bucket(bigint) is
$$The bucket of a score above 0, named by the place_key of the highest score in it

Each score its own up to 1023, then 512 for each doubling, up to 2^42; so buckets are in the order of places, and a bucket begins where it is named.$$;

create or replace function private.period_key(period text, at timestamptz)
returns text
language sql
stable
security invoker
begin atomic
  select case period_key.period
    when 'season' then private.season_of(period_key.at)
    when 'week' then to_char(period_key.at at time zone 'UTC', 'IYYY"-W"IW')
    else 'all_time'
  end;
end;
comment on function private.period_key(text, timestamptz) is 'The season or week a moment is in, by UTC; all_time of that';

create or replace function private.period_span(period text, key text)
returns tstzrange
language sql
immutable
security invoker
set search_path = ''
as $$
  select case period_span.period
    when 'season' then tstzrange(
      make_timestamptz(left(period_span.key, 4)::int, right(period_span.key, 1)::int * 3 - 2, 1, 0, 0, 0, 'UTC'),
      make_timestamptz(
        left(period_span.key, 4)::int + right(period_span.key, 1)::int / 4, right(period_span.key, 1)::int % 4 * 3 + 1, 1, 0, 0, 0, 'UTC'
      )
    )
    when 'week' then tstzrange(
      to_date(period_span.key, 'IYYY"-W"IW')::timestamp at time zone 'UTC',
      (to_date(period_span.key, 'IYYY"-W"IW') + 7)::timestamp at time zone 'UTC'
    )
  end
$$;
comment on function private.period_span(text, text) is 'From when until when a season or a week is; null of all_time';

create or replace function private.is_period(period text, key text)
returns boolean
language sql
immutable
security invoker
set search_path = ''
as $$
  select case is_period.period
    when 'season' then is_period.key ~ '^[12][0-9]{3}-Q[1-4]$'
    -- Not every year has a week 53.
    when 'week' then is_period.key ~ '^[12][0-9]{3}-W(0[1-9]|[1-4][0-9]|5[0-3])$'
      and to_char(to_date(is_period.key, 'IYYY"-W"IW'), 'IYYY"-W"IW') = is_period.key
    else is_period.key = 'all_time'
  end
$$;
comment on function private.is_period(text, text) is 'Whether a text names a period of this kind';

create or replace function private.standing_of(board text, scope text, period text)
returns private.standings
language plpgsql
stable
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_board public.leaderboards;
  v_standing private.standings;
  v_scope text := coalesce(standing_of.scope, '');
  v_period text;
begin
  select row.* into v_board from public.leaderboards as row where row.code = standing_of.board and row.is_active;
  if not found then
    perform private.raise_error(404, 'board_not_found', 'There is no leaderboard of this name.');
  end if;
  if v_board.scope = 'room' and pg_input_is_valid(v_scope, 'uuid') then
    perform private.require_room_reader(v_scope::uuid);
    v_scope := v_scope::uuid;
  elsif v_board.scope = 'room'
    or (v_board.scope = 'global' and standing_of.scope is not null)
    or (v_board.scope = 'genre' and not exists (select from public.genres as genre where genre.slug = v_scope))
  then
    perform private.raise_error(
      422, 'scope_invalid', 'This leaderboard is not kept by that.', 'Of a genre give its slug, of a room its id, of a global board nothing.'
    );
  end if;
  v_period := coalesce(standing_of.period, private.period_key(v_board.period, now()));
  if standing_of.period is not null and not private.is_period(v_board.period, v_period) then
    perform private.raise_error(
      422, 'period_invalid', 'This leaderboard has no such period.', 'all_time, a season such as 2026-Q4 or a week such as 2026-W47; null for the present.'
    );
  end if;
  select row.* into v_standing
  from private.standings as row
  where row.board = v_board.code and row.scope = v_scope and row.period = v_period;
  if not found then
    v_standing.board := v_board.code;
    v_standing.scope := v_scope;
    v_standing.period := v_period;
    v_standing.ends_at := upper(private.period_span(v_board.period, v_period));
    v_standing.people := 0;
  end if;
  return v_standing;
end;
$$;
comment on function private.standing_of(text, text, text) is
$$A board as the caller may read it, with no id while nobody has scored there

Errors: board_not_found, room_not_found (404), not_signed_in (401), banned_from_room, not_a_member (403), scope_invalid, period_invalid (422).$$;

create or replace function private.present_standing(board text, scope text, period text)
returns setof private.standings
language sql
stable
security invoker
begin atomic
  select standing.*
  from public.leaderboards as board
  join private.standings as standing
    on standing.board = board.code and standing.scope = '' and standing.period = private.period_key(board.period, now())
  where board.code = present_standing.board
    and board.is_active
    and board.scope = 'global'
    and present_standing.scope is null
    and present_standing.period is null;
end;
comment on function private.present_standing(text, text, text) is
'What is asked for most, a global board as it is now: the same as standing_of, in the query that asks; no row is where standing_of has more to say';

create or replace function private.rank_of(standing_id bigint, score bigint)
returns table (rank int)
language sql
stable
security invoker
begin atomic
  select 1 + own.above + (
    select count(*)::int
    from private.board_scores as ahead
    where ahead.standing_id = rank_of.standing_id and ahead.place_key >= own.bucket and ahead.place_key < -rank_of.score
  )
  from (
    select kept.bucket, kept.above
    from private.board_buckets as kept
    where kept.standing_id = rank_of.standing_id and kept.bucket <= -rank_of.score
    order by kept.bucket desc
    limit 1
  ) as own;
end;
comment on function private.rank_of(bigint, bigint) is
'The rank of a score that somebody has there: all in higher buckets, and those in its own who have more. How many have the same does not matter';

-- Four rounds of a Feistel cipher, each of which takes half of the id and the key to a hash.
create or replace function private.veiled(id uuid, key uuid, is_back boolean default false)
returns uuid
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_digits constant text := replace(veiled.id::text, '-', '');
  v_left bigint := ('x' || left(v_digits, 16))::bit(64)::bigint;
  v_right bigint := ('x' || right(v_digits, 16))::bit(64)::bigint;
  v_half bigint;
begin
  for v_round in 1 .. 4 loop
    if veiled.is_back then
      v_half := v_left;
      v_left := v_right # ('x' || left(md5(veiled.key || ':' || 5 - v_round || ':' || v_left), 16))::bit(64)::bigint;
      v_right := v_half;
    else
      v_half := v_right;
      v_right := v_left # ('x' || left(md5(veiled.key || ':' || v_round || ':' || v_right), 16))::bit(64)::bigint;
      v_left := v_half;
    end if;
  end loop;
  return (lpad(to_hex(v_left), 16, '0') || lpad(to_hex(v_right), 16, '0'))::uuid;
end;
$$;
comment on function private.veiled(uuid, uuid, boolean) is
'An id as nobody can read it who has not the key, and back: a cursor holds the place of somebody whom its reader is not told';

create or replace function private.seal(place text, salt uuid)
returns text
language sql
immutable
security invoker
parallel safe
begin atomic
  select left(encode(sha256(convert_to(seal.salt || seal.place, 'UTF8')), 'hex'), 16);
end;
comment on function private.seal(text, uuid) is
'What only this database can write beside a place: with places of their own making people would find out, by halves, whose a nameless row is';

-- Expression by expression, without a query: it is asked for each row of a page.
create or replace function private.board_cursor(list text, score bigint, reached_at timestamptz, user_id uuid, salt uuid, is_veiled boolean)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_place text := board_cursor.score || ',' || (extract(epoch from board_cursor.reached_at) * 1000000)::bigint || ',"'
    || case when board_cursor.is_veiled then private.veiled(board_cursor.user_id, board_cursor.salt) else board_cursor.user_id end
    || '",' || board_cursor.is_veiled;
begin
  v_place := '[' || v_place || ',"' || private.seal(v_place, board_cursor.salt) || '"]';
  return private.encode_cursor(board_cursor.list, v_place);
end;
$$;
comment on function private.board_cursor(text, bigint, timestamptz, uuid, uuid, boolean) is
$$The cursor of a place on a board, sealed with its salt; veiled, it does not say whose it is

[score, when it was reached in microseconds since 1970, id, whether that is veiled, seal of all before].$$;

create or replace function private.board_place(list text, cursor text, salt uuid)
returns text[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_place text[] := private.decode_place(board_place.list, board_place.cursor, '{bigint,bigint,uuid,boolean,text}');
begin
  if v_place[5] is distinct from private.seal(
    v_place[1] || ',' || v_place[2] || ',"' || v_place[3] || '",' || v_place[4], board_place.salt
  ) then
    perform private.raise_error(422, 'bad_cursor', 'This cursor is not one this list has given out; start again without it.');
  end if;
  return v_place;
end;
$$;
comment on function private.board_place(text, text, uuid) is 'The place that board_cursor made this of; bad_cursor (422) for anything else';

create or replace function private.names_everybody(reader_id uuid)
returns table (is_staff boolean)
language sql
stable
security invoker
begin atomic
  -- Hardly anybody has a row, and who has none is asked no more.
  select exists (select from private.staff as staff where staff.user_id = names_everybody.reader_id) and private.is_staff();
end;
comment on function private.names_everybody(uuid) is 'Whether leaderboards show the caller, whose id this is, private profiles by name that they do not follow: staff';

create or replace function private.is_stranger_to(user_id uuid, reader_id uuid, is_staff boolean)
returns boolean
language sql
stable
security invoker
begin atomic
  select is_stranger_to.user_id is distinct from is_stranger_to.reader_id
    and not is_stranger_to.is_staff
    and not exists (
      select
      from public.follows as follow
      where follow.follower_id = is_stranger_to.reader_id and follow.followee_id = is_stranger_to.user_id
      offset 0
    );
end;
comment on function private.is_stranger_to(uuid, uuid, boolean) is
$$Whether a reader, who is staff or not, does not follow somebody: a private profile of theirs has no name on a board

Asked of private profiles alone, as a call costs as much as the rest of a row.$$;

-- Rows that stand one after the other on a board, from the first of the arrays on. Their ranks take two looks at the buckets: one for all who
-- share the first score, one for the next score; from there on they are counted here.
create or replace function private.board_rows(
  standing_id bigint, salt uuid, list text, user_ids uuid[], scores bigint[], times timestamptz[], reader_id uuid, left_out uuid[],
  is_staff boolean
)
returns setof public.leaderboard_row
language plpgsql
stable
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_first int;
  v_second int;
  v_place int := 1;
begin
  while board_rows.scores[v_place] = board_rows.scores[1] loop
    v_place := v_place + 1;
  end loop;
  select first.rank, second.rank into v_first, v_second
  from private.rank_of(board_rows.standing_id, board_rows.scores[1]) as first
  cross join private.rank_of(board_rows.standing_id, coalesce(board_rows.scores[v_place], 1)) as second;
  return query
  select
    case when placed.rank = 1 then v_first else v_second + placed.rank - v_place end,
    case when not placed.is_nameless then placed.card::json end,
    placed.score,
    placed.level,
    private.board_cursor(board_rows.list, placed.score, placed.reached_at, placed.user_id, board_rows.salt, placed.is_nameless)
  from (
    select shown.*
    from (
      select
        at.user_id, at.score, at.reached_at, at.number, kept.card, kept.is_hidden, kept.banned_until, person.level,
        (rank() over (order by at.score desc))::int as rank,
        kept.is_private and private.is_stranger_to(at.user_id, board_rows.reader_id, board_rows.is_staff) as is_nameless
      from unnest(board_rows.user_ids, board_rows.scores, board_rows.times) with ordinality as at (user_id, score, reached_at, number)
      left join private.person_cards as kept on kept.profile_id = at.user_id
      left join public.progression as person on person.user_id = at.user_id
    ) as shown
    -- Whoever has no name here stays: else muting somebody would tell which row is theirs.
    where (shown.is_nameless or shown.user_id <> all (board_rows.left_out))
      and ((not shown.is_hidden and coalesce(shown.banned_until <= now(), true)) or shown.user_id = board_rows.reader_id)
    offset 0
  ) as placed
  order by placed.number;
end;
$$;
comment on function private.board_rows(bigint, uuid, text, uuid[], bigint[], timestamptz[], uuid, uuid[], boolean) is
'People who stand one after the other on a board, as a reader sees them; who is left out is counted in the ranks of the others';

create or replace function private.board_page(requested int)
returns table (size int)
language sql
stable
security invoker
begin atomic
  select case when board_page.requested is null then setting.value else least(greatest(board_page.requested, 1), setting.value) end
  from private.settings as setting
  where setting.name = case when board_page.requested is null then 'leaderboard_page_size' else 'page_size_limit' end;
end;
comment on function private.board_page(int) is 'private.page for leaderboards, whose pages are longer (setting leaderboard_page_size)';
