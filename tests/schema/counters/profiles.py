"""Follows, blocks and mutes, and how people are shown."""

LAWS = {
    "profiles.follower_count is the number of followers": """
        select profile.id, profile.follower_count, count(follow.follower_id) as facts
        from public.profiles as profile
        left join public.follows as follow on follow.followee_id = profile.id
        group by profile.id
        having profile.follower_count <> count(follow.follower_id)""",
    "person_cards are made of profiles": """
        select profile.id, kept.*, facts.*
        from public.profiles as profile
        left join private.person_cards as kept on kept.profile_id = profile.id
        cross join lateral (
          select jsonb_build_object(
            'id', profile.id, 'username', profile.username, 'display_name', profile.display_name,
            'avatar_path', profile.avatar_path, 'is_verified', exists (
              select from public.artist_profiles as artist
              where artist.profile_id = profile.id and artist.is_verified
            )
          ) as card,
          exists (
            select from private.hidden_profiles as hidden where hidden.profile_id = profile.id
          ) as is_hidden,
          (
            select max(coalesce(sanction.until, 'infinity')) from public.sanctions as sanction
            where sanction.user_id = profile.id and sanction.kind = 'ban'
              and sanction.room_id is null and sanction.lifted_at is null
          ) as banned_until
        ) as facts
        where (kept.card, kept.is_hidden, kept.is_private, kept.banned_until)
          is distinct from (facts.card, facts.is_hidden, profile.is_private, facts.banned_until)""",
    "readers are made of blocks and mutes": """
        select profile.id, kept.*, facts.*
        from public.profiles as profile
        left join private.readers as kept on kept.profile_id = profile.id
        cross join lateral (
          select
            array(
              select block.blocked_id from public.blocks as block
              where block.blocker_id = profile.id order by 1
            ) as blocked_ids,
            array(
              select block.blocker_id from public.blocks as block
              where block.blocked_id = profile.id order by 1
            ) as blocker_ids,
            array(
              select mute.muted_id from public.mutes as mute
              where mute.muter_id = profile.id order by 1
            ) as muted_ids
        ) as facts
        where (facts.blocked_ids, facts.blocker_ids, facts.muted_ids) is distinct from (
          array(select unnest(kept.blocked_ids) order by 1),
          array(select unnest(kept.blocker_ids) order by 1),
          array(select unnest(kept.muted_ids) order by 1)
        )""",
    "follow_filters have the bit of everybody who is followed": """
        select follow.follower_id, follow.followee_id
        from private.follow_filters as filter
        join public.follows as follow on follow.follower_id = filter.follower_id
        where get_bit(filter.bits, private.follow_bit(follow.followee_id)) = 0""",
    "profiles.following_count is the number of those followed": """
        select profile.id, profile.following_count, count(follow.followee_id) as facts
        from public.profiles as profile
        left join public.follows as follow on follow.follower_id = profile.id
        group by profile.id
        having profile.following_count <> count(follow.followee_id)""",
}
