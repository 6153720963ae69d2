-- What one change moves: each board of its metric, in its scope, in the period it counts in. The one place that says so.
create or replace view private.board_changes with (security_invoker = true) as
select
  change.id, board.code as board, board.period as kind,
  case board.scope when 'genre' then change.genre when 'room' then change.room_id::text else '' end as scope,
  private.period_key(board.period, change.counts_at) as period,
  change.user_id, change.amount, change.moved_at
from private.score_changes as change
join public.leaderboards as board
  on case board.metric when 'season_points' then 'points' else board.metric end = change.metric
  and board.is_active
where case board.scope when 'genre' then change.genre is not null when 'room' then change.room_id is not null else true end;
comment on view private.board_changes is 'The queue of changes by the boards they move';
