"""Points, levels and credits."""

LAWS = {
    "progression is the sum of the ledger": """
        select person.user_id, person.total_points, person.season_points, person.level, facts.*
        from public.progression as person
        cross join lateral (
          select coalesce(sum(event.points), 0) as total,
            coalesce(sum(event.points) filter (where event.season = person.season), 0) as season,
            max(event.season) as latest
          from public.point_events as event where event.user_id = person.user_id
        ) as facts
        where (person.total_points, person.season_points, person.season)
            is distinct from (facts.total, facts.season, facts.latest)
          or person.level < (
            select max(level.level) from public.levels as level
            where level.points_needed <= greatest(facts.total, 0)
          )""",
    "progression counts what stands": """
        select person.user_id, person.posts_created, person.comments_created, person.crates_created
        from public.progression as person
        cross join lateral (
          -- What went with somebody else's account, and is still to be taken back.
          select coalesce(array_agg(deed.rule), '{}') as rules
          from private.deeds as deed
          where deed.user_id = person.user_id and not deed.is_done and (
            select event.turn % 2 = 0
            from public.point_events as event
            where (event.user_id, event.rule, event.cause) = (deed.user_id, deed.rule, deed.cause)
            order by event.turn desc limit 1
          )
        ) as due
        where (person.posts_created, person.comments_created, person.crates_created) <> (
          (select count(*) from public.posts as post
            where post.author_id = person.user_id and post.deleted_at is null)
          + cardinality(array_positions(due.rules, 'post_created')),
          (select count(*) from public.comments as comment
            where comment.author_id = person.user_id and comment.deleted_at is null)
          + cardinality(array_positions(due.rules, 'comment_created')),
          (select count(*) from public.crates as crate
            where crate.owner_id = person.user_id and crate.deleted_at is null)
          + cardinality(array_positions(due.rules, 'crate_created'))
        )""",
    "progression counts what was played in rooms": """
        select person.user_id, person.dj_tracks_played, person.upvotes_received, facts.*
        from public.progression as person
        cross join lateral (
          select
            coalesce(sum(event.units * (1 - event.turn % 2 * 2))
              filter (where event.rule = 'dj_track_played'), 0) as tracks,
            coalesce(sum(event.units * (1 - event.turn % 2 * 2))
              filter (where event.rule = 'upvote_received'), 0) as votes
          from public.point_events as event where event.user_id = person.user_id
        ) as facts
        where (person.dj_tracks_played, person.upvotes_received) <> (facts.tracks, facts.votes)""",
    "progression counts the artists that were heard": """
        select person.user_id, person.artists_discovered
        from public.progression as person
        where person.artists_discovered <> (
          select count(*) from private.artists_heard as heard
          where heard.listener_id = person.user_id
        )""",
    "everybody has a progression": """
        select profile.id from public.profiles as profile
        where not exists (
          select from public.progression as person where person.user_id = profile.id
        )""",
    "points of a day keep to the cap": """
        select event.user_id, event.rule, event.earned_on, sum(event.points) as points
        from public.point_events as event
        join public.point_rules as rule on rule.name = event.rule
        group by event.user_id, event.rule, event.earned_on, rule.daily_cap
        having abs(sum(event.points)) > rule.daily_cap""",
    "what takes points back takes what was paid": """
        select event.id, event.points, former.points as facts
        from public.point_events as event
        join public.point_events as former on former.id = event.reverses_id
        where (event.turn % 2 = 1 and event.points <> -former.points)
          or (event.user_id, event.rule, event.cause, event.turn)
            is distinct from (former.user_id, former.rule, former.cause, former.turn + 1)""",
    "no lot of credits gives more than it has": """
        select lot.id, lot.unspent from private.credit_lots as lot where lot.unspent < 0""",
    "what is left of a lot that has ended is written off": """
        select lot.id, lot.unspent, ended.ends_at
        from private.credit_lots as lot
        left join private.credit_ends as ended on ended.lot_id = lot.id
        where (ended.lot_id is null and lot.unspent > 0) or ended.ends_at <> lot.expires_at""",
    "what goes out of credits is taken from lots": """
        select entry.id, entry.amount, coalesce(sum(used.amount), 0) as facts
        from public.credit_entries as entry
        left join private.credit_uses as used on used.entry_id = entry.id
        group by entry.id
        having coalesce(sum(used.amount), 0) <> greatest(-entry.amount, 0)""",
    "streaks are of days on which something was done": """
        select streak.user_id, streak.kind, streak.current, streak.longest, facts.*
        from public.streaks as streak
        left join lateral (
          select count(distinct done.period) as periods, max(done.period) as latest
          from (
            select case when rule.streak = 'creation' then date_trunc('week', event.earned_on)::date
              else event.earned_on end as period
            from public.point_events as event
            join public.point_rules as rule on rule.name = event.rule
            where event.user_id = streak.user_id and rule.streak = streak.kind and event.turn = 0
          ) as done
        ) as facts on true
        where streak.longest > facts.periods
          or streak.counted_period > facts.latest
          or streak.last_period < facts.latest""",
    "what keeps a streak has kept one": """
        select event.user_id, event.rule, event.cause
        from public.point_events as event
        join public.point_rules as rule on rule.name = event.rule
        where rule.streak is not null and event.turn = 0
          and not exists (
            select from public.streaks as streak
            where streak.user_id = event.user_id and streak.kind = rule.streak
          )""",
}
