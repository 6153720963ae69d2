"""Checked uploads."""

LAWS = {
    "artist_profiles.verified_upload_count is the number of tracks verified at last": """
        select artist.profile_id, artist.verified_upload_count, count(detection.id) as facts
        from public.artist_profiles as artist
        left join public.detections as detection
          on detection.artist_id = artist.profile_id
          and detection.is_current
          and detection.status = 'verified_human'
        group by artist.profile_id
        having artist.verified_upload_count <> count(detection.id)""",
    "a track whose check was rejected or flagged is not published": """
        select detection.id, detection.status, track.status as track_status
        from public.detections as detection
        join public.tracks as track on track.id = detection.track_id
        where detection.is_current
          and detection.status in ('flagged_ai', 'rejected')
          and track.status in ('published', 'hidden')""",
}
