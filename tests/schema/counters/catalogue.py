"""Tracks, plays and crates."""

LAWS = {
    "artist_profiles.upload_count is the number of uploads that are no drafts": """
        select artist.profile_id, artist.upload_count, count(track.id) as facts
        from public.artist_profiles as artist
        left join public.tracks as track
          on track.artist_id = artist.profile_id and track.status <> 'draft'
        group by artist.profile_id
        having artist.upload_count <> count(track.id)""",
    "tracks.play_count is the number of plays that count, those in the archive too": """
        select track.id, track.play_count, plays.facts
        from public.tracks as track
        cross join lateral (
          select (
            select count(*) from public.plays as play
            where play.track_id = track.id and play.is_counted
          ) + coalesce((
            select play_count from private.archived_plays as archived
            where archived.track_id = track.id
          ), 0) as facts
        ) as plays
        where track.play_count <> plays.facts""",
    "crates.item_count and total_ms are those of their items": """
        select crate.id, crate.item_count, crate.total_ms, count(item.id) as facts
        from public.crates as crate
        left join public.crate_items as item on item.crate_id = crate.id
        group by crate.id
        having crate.item_count <> count(item.id)
          or crate.total_ms <> coalesce(sum(item.duration_ms), 0)""",
    "crate_items.duration_ms is that of their track": """
        select item.id, item.duration_ms, track.duration_ms as fact
        from public.crate_items as item
        join public.tracks as track on track.id = item.track_id
        where item.duration_ms <> track.duration_ms""",
    "crates.play_count is the number of hours in which somebody played it": """
        select crate.id, crate.play_count, count(play.crate_id) as facts
        from public.crates as crate
        left join private.crate_plays as play on play.crate_id = crate.id
        group by crate.id
        having crate.play_count <> count(play.crate_id)""",
    "crates.audience follows visibility and the owner's privacy": """
        select crate.id, crate.visibility, crate.audience
        from public.crates as crate
        join public.profiles as owner on owner.id = crate.owner_id
        where crate.audience <> case
          when crate.visibility in ('public', 'unlisted') and owner.is_private then 'followers'
          else crate.visibility
        end""",
    "a listener's totals are those of their plays and of their days": """
        with played as (
          select listener_id, count(*) as play_count, sum(ms_played) as ms_played
          from public.plays
          where is_counted and listener_id is not null
            and not exists (select from private.play_archives where dropped_at is not null)
          group by listener_id
        ), days as (
          select listener_id, sum(play_count) as play_count, sum(ms_played) as ms_played
          from private.listening_days
          group by listener_id
        )
        select listener_id, listener.play_count, days.play_count as of_days, played.play_count
        from private.listeners as listener
        full join days using (listener_id)
        full join played using (listener_id)
        where (coalesce(listener.play_count, 0), coalesce(listener.ms_played, 0))
          <> (coalesce(days.play_count, 0), coalesce(days.ms_played, 0))
          or (
            not exists (select from private.play_archives where dropped_at is not null)
            and (coalesce(listener.play_count, 0), coalesce(listener.ms_played, 0))
              <> (coalesce(played.play_count, 0), coalesce(played.ms_played, 0))
          )""",
}
