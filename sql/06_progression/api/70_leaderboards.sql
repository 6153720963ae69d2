-- Without search_path, these doors become part of the query that asks.
create or replace function public.leaderboard(
  board text, scope text default null, period text default null, after text default null, page_size int default null
)
returns setof public.leaderboard_row
language sql
stable
security invoker
begin atomic
  select row.rank, row.profile, row.score, row.level, row.cursor
  from private.leaderboard(leaderboard.board, leaderboard.scope, leaderboard.period, leaderboard.after, leaderboard.page_size) as row;
end;
comment on function public.leaderboard(text, text, text, text, int) is
$$A leaderboard, from the first on: as of the last roll-up

board: a code of leaderboards. scope: a genre's slug or a room's id for boards by genre or room, null for global ones. period: a season such as
2026-Q4 or a week such as 2026-W47; null for the present one. 50 rows by default, 100 at most. Higher scores first, then who reached theirs first.
Whoever leaves or is banned everywhere, and people across a block or muted, are left out without moving anybody's rank. Errors: board_not_found, room_not_found (404),
not_signed_in (401, of a room), banned_from_room, not_a_member (403), scope_invalid, period_invalid, bad_cursor (422).$$;

create or replace function public.my_rank(board text, scope text default null, period text default null)
returns public.board_rank
language sql
stable
security invoker
begin atomic
  select private.my_rank(my_rank.board, my_rank.scope, my_rank.period);
end;
comment on function public.my_rank(text, text, text) is
$$Where the caller stands on a leaderboard: as of the last roll-up

Parameters as leaderboard(). Errors: not_signed_in (401), board_not_found, room_not_found (404), banned_from_room, not_a_member (403),
scope_invalid, period_invalid (422).$$;

create or replace function public.leaderboard_around_me(
  board text, scope text default null, period text default null, radius int default 5
)
returns setof public.leaderboard_row
language sql
stable
security invoker
begin atomic
  select row.rank, row.profile, row.score, row.level, row.cursor
  from private.leaderboard_around_me(
    leaderboard_around_me.board, leaderboard_around_me.scope, leaderboard_around_me.period, leaderboard_around_me.radius
  ) as row;
end;
comment on function public.leaderboard_around_me(text, text, text, int) is
$$The caller on a leaderboard between those before and behind them

radius: how many on either side, 0 to 50; fewer where some are left out. Nothing for who has no score there. The cursor goes on in leaderboard().
Other parameters as there. Errors: not_signed_in (401), board_not_found, room_not_found (404), banned_from_room, not_a_member (403),
scope_invalid, period_invalid, radius_invalid (422).$$;

create or replace function public.leaderboard_following(
  board text, scope text default null, period text default null, after text default null, page_size int default null
)
returns setof public.leaderboard_row
language sql
stable
security invoker
begin atomic
  select row.rank, row.profile, row.score, row.level, row.cursor
  from private.leaderboard_following(
    leaderboard_following.board, leaderboard_following.scope, leaderboard_following.period, leaderboard_following.after,
    leaderboard_following.page_size
  ) as row;
end;
comment on function public.leaderboard_following(text, text, text, text, int) is
$$A leaderboard of the caller and whom they follow

rank is that on the whole board. Otherwise as leaderboard(). Errors: not_signed_in (401), board_not_found, room_not_found (404), banned_from_room,
not_a_member (403), scope_invalid, period_invalid, bad_cursor (422).$$;

create or replace function backend.roll_up_leaderboards(size int default 10000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.roll_up_leaderboards(roll_up_leaderboards.size);
end;
comment on function backend.roll_up_leaderboards(int) is
$$Count on the leaderboards what has happened since the last time

At most size (100000 at most) changes a call, one call at a time; returns how many: none when there is nothing left.$$;

grant execute on function
  private.leaderboard(text, text, text, text, int), public.leaderboard(text, text, text, text, int)
to anon, authenticated;

grant execute on function
  private.my_rank(text, text, text), public.my_rank(text, text, text),
  private.leaderboard_around_me(text, text, text, int), public.leaderboard_around_me(text, text, text, int),
  private.leaderboard_following(text, text, text, text, int), public.leaderboard_following(text, text, text, text, int)
to authenticated;

grant execute on function
  private.roll_up_leaderboards(int), backend.roll_up_leaderboards(int)
to service_role;
