"""Leaderboards: scores, buckets, first pages."""

LAWS = {
    "scores of points are the sum of the ledger, in the period it was earned in": """
        with expected as (
          select event.user_id, board.code as board,
            private.period_key(board.period, first.created_at) as period,
            sum(event.points) as score, max(event.created_at) as reached_at
          from public.point_events as event
          join public.point_events as first
            on (first.user_id, first.rule, first.cause, first.turn)
              = (event.user_id, event.rule, event.cause, 0)
          join public.leaderboards as board
            on board.metric in ('points', 'season_points') and board.is_active
          where event.points <> 0
          group by 1, 2, 3
        ),
        kept as (
          select part.user_id, part.board, part.period, sum(part.score) as score,
            max(part.reached_at) as reached_at
          from (
            select score.user_id, standing.board, standing.period, score.score, score.reached_at
            from private.board_scores as score
            join private.standings as standing on standing.id = score.standing_id
            union all
            select change.user_id, change.board, change.period, change.amount, change.moved_at
            from private.board_changes as change
          ) as part
          join public.leaderboards as board
            on board.code = part.board and board.metric in ('points', 'season_points')
          group by 1, 2, 3
        )
        select coalesce(kept.user_id, expected.user_id), expected.*, kept.*
        from expected
        full join kept using (user_id, board, period)
        left join private.standings as standing
          on (standing.board, standing.period)
            = (coalesce(kept.board, expected.board), coalesce(kept.period, expected.period))
        where (kept.score, kept.reached_at)
            is distinct from (expected.score, expected.reached_at)
          and standing.frozen_at is null
          and not exists (
            select from public.seasons as season
            where season.code = coalesce(kept.period, expected.period)
              and season.status = 'closed'
          )""",
    "a score is somebody's": """
        select score.user_id from private.board_scores as score
        where not exists (
          select from public.profiles as profile where profile.id = score.user_id
        )""",
    "the board of streaks is what streaks count for on it": """
        with kept as (
          select part.user_id, sum(part.score) as score
          from (
            select score.user_id, score.score
            from private.board_scores as score
            join private.standings as standing on standing.id = score.standing_id
            where standing.board = 'streaks'
            union all
            select change.user_id, change.amount
            from private.board_changes as change where change.board = 'streaks'
          ) as part
          group by part.user_id
        )
        select user_id, streak.board_score, kept.score
        from (select * from public.streaks where kind = 'login') as streak
        full join kept using (user_id)
        where coalesce(streak.board_score, 0) <> coalesce(kept.score, 0)""",
    "board_buckets count the scores, and standings the people": """
        with facts as (
          select part.standing_id, part.bucket, sum(part.people) as people
          from (
            select score.standing_id, private.score_bucket(score.score) as bucket, 1 as people
            from private.board_scores as score where score.score > 0
            union all
            -- Who has left is taken out by the next roll-up.
            select gone.standing_id, gone.bucket, -gone.people from private.bucket_changes as gone
          ) as part
          group by 1, 2
        ),
        summed as (
          select facts.*,
            sum(facts.people) over (partition by standing_id order by bucket)
              - facts.people as above
          from facts
        )
        select summed.*, kept.*
        from summed
        full join (select * from private.board_buckets where people <> 0) as kept
          using (standing_id, bucket)
        where (kept.people, kept.above) is distinct from (summed.people, summed.above)
        union all
        select null, null, null, null, standing.id, null, standing.people, null
        from private.standings as standing
        where standing.people <> (
          select coalesce(sum(kept.people), 0) from private.board_buckets as kept
          where kept.standing_id = standing.id
        )""",
    "board_tops are the first of each board, as their cards are": """
        with facts as (
          select score.standing_id, score.user_id, score.score, score.reached_at, person.card,
            person.is_hidden, person.is_private, person.banned_until,
            row_number() over (
              partition by score.standing_id
              order by score.score desc, score.reached_at, score.user_id
            ) as place,
            rank() over (partition by score.standing_id order by score.score desc) as rank
          from private.board_scores as score
          join private.person_cards as person on person.profile_id = score.user_id
          where score.score > 0
        )
        select facts.*, kept.*
        from (select * from facts where place <= 100) as facts
        full join private.board_tops as kept using (standing_id, place)
        where (
            kept.user_id, kept.score, kept.reached_at, kept.rank, kept.card::jsonb,
            kept.is_hidden, kept.is_private, kept.banned_until
          ) is distinct from (
            facts.user_id, facts.score, facts.reached_at, facts.rank, facts.card,
            facts.is_hidden, facts.is_private, facts.banned_until
          )
          and not exists (
            select from private.bucket_changes as gone
            where gone.standing_id = coalesce(kept.standing_id, facts.standing_id)
          )""",
}
