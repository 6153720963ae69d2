"""Cases, their reports, and what is withheld."""

LAWS = {
    "moderation_cases.report_count is the number of reports": """
        select found.id, found.report_count, count(report.id) as facts
        from public.moderation_cases as found
        left join public.reports as report on report.case_id = found.id
        group by found.id
        having found.report_count <> count(report.id)""",
    "what is withheld bears its mark": """
        select held.target_kind, held.target_id
        from private.withheld as held
        where case held.target_kind
          when 'profile' then not exists (
            select from private.hidden_profiles as hidden
            where hidden.profile_id = held.target_id and hidden.reason = 'moderation'
          )
          when 'post' then exists (
            select from public.posts as post where post.id = held.target_id and not post.is_withheld
          )
          when 'track' then exists (
            select from public.tracks as track
            where track.id = held.target_id and track.status <> 'removed'
          )
          when 'room' then exists (
            select from public.rooms as room where room.id = held.target_id and not room.is_withheld
          )
          else false
        end""",
}
