-- people who have scores, by a law of chance that gives few of them many: log-normal
insert into public.profiles (id, username, display_name, is_private)
select bench.uuid_of(n, 'scored'), 'scored_' || n, 'Scored ' || n, n % 50 = 0
from generate_series(1, current_setting('bench.scored')::int) as n;

insert into private.person_cards (profile_id, card, is_private)
select
  profile.id,
  jsonb_build_object(
    'id', profile.id, 'username', profile.username, 'display_name', profile.display_name, 'avatar_path', null, 'is_verified', false
  ),
  profile.is_private
from public.profiles as profile
where profile.username like 'scored\_%';

insert into private.standings (board, scope, period) values ('djs', '', 'all_time');

insert into private.board_scores (user_id, standing_id, score, reached_at)
select
  bench.uuid_of(n, 'scored'), (select standing.id from private.standings as standing where standing.board = 'djs'),
  greatest(1, round(exp(
    6 + 1.5 * sqrt(-2 * ln(1 - bench.chance(n, 'score'))) * cos(2 * pi() * bench.chance(n, 'score, the other'))
  )))::bigint,
  timestamptz '2026-01-01 00:00:00+00' + make_interval(secs => n)
from generate_series(1, current_setting('bench.scored')::int) as n;

insert into public.progression (user_id, level)
select score.user_id, (select max(step.level) from public.levels as step where step.points_needed <= score.score)
from private.board_scores as score;

select private.recount_board(standing.id) from private.standings as standing;
