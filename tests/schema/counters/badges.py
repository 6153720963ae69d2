"""Badges that are won by what people do."""

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
}
