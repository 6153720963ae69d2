"""Badges that are won by what people do, and the pools of quests."""

# Plays are settled by the clock.
LAWS = {
    "who has reached the threshold of a badge holds it": """
        select found.user_id, badge.code, found.value
        from private.badge_values as found
        join public.badges as badge
          on badge.metric = found.metric and badge.threshold <= found.value
        where (
            badge.metric not in ('tracks_played', 'listening_ms')
            or not exists (select from private.deeds as deed where deed.user_id = found.user_id)
          )
          and badge.code not in (select fill.badge_code from private.badge_fills as fill)
          and exists (select from public.profiles as profile where profile.id = found.user_id)
          and not exists (
            select from public.badge_awards as award
            where award.user_id = found.user_id and award.badge_code = badge.code
          )""",
    "quest_pools.claim_count is the number of claims": """
        select pool.quest_id, pool.period_key, pool.claim_count, claimed.facts
        from private.quest_pools as pool
        cross join lateral (
          select count(*) as facts from public.quest_claims as claim
          where claim.quest_id = pool.quest_id and claim.period_key = pool.period_key
        ) as claimed
        where pool.claim_count::bigint <> claimed.facts""",
    "what a quest paid is in the ledgers": """
        select claim.id, claim.points, claim.credits, paid.points as paid
        from public.quest_claims as claim
        cross join lateral (
          select 'quest:' || claim.quest_id || ':' || claim.period_key as cause
        ) as key
        left join public.point_events as paid on paid.user_id = claim.user_id
          and paid.rule = 'quest_completed' and paid.cause = key.cause
        where claim.user_id is not null
          and (
            coalesce(paid.points, 0) <> claim.points
            or claim.credits <> coalesce((
              select sum(entry.amount) from public.credit_entries as entry
              where entry.user_id = claim.user_id and entry.kind = 'earned_quest'
                and entry.cause = key.cause
            ), 0)
          )""",
}
