"""Totals follow facts: every counter and derived row, recomputed from the rows it stands for."""

from __future__ import annotations

from typing import Any

import psycopg

# Each query returns the rows that are wrong.
LAWS = {
    "profiles.follower_count is the number of followers": """
        select profile.id, profile.follower_count, count(follow.follower_id) as facts
        from public.profiles as profile
        left join public.follows as follow on follow.followee_id = profile.id
        group by profile.id
        having profile.follower_count <> count(follow.follower_id)""",
    "profiles.following_count is the number of those followed": """
        select profile.id, profile.following_count, count(follow.followee_id) as facts
        from public.profiles as profile
        left join public.follows as follow on follow.follower_id = profile.id
        group by profile.id
        having profile.following_count <> count(follow.followee_id)""",
    "profiles.post_count is the number of posts that stand and are not private": """
        select profile.id, profile.post_count, count(post.id) as facts
        from public.profiles as profile
        left join public.posts as post
          on post.author_id = profile.id
          and post.deleted_at is null
          and post.visibility <> 'private'
        group by profile.id
        having profile.post_count <> count(post.id)""",
    "posts.like_count is the number of likes": """
        select post.id, post.like_count, count(favour.user_id) as facts
        from public.posts as post
        left join public.likes as favour
          on favour.target_kind = 'post' and favour.target_id = post.id
        group by post.id
        having post.like_count <> count(favour.user_id)""",
    "posts.repost_count is the number of reposts": """
        select post.id, post.repost_count, count(repost.user_id) as facts
        from public.posts as post
        left join public.reposts as repost on repost.post_id = post.id
        group by post.id
        having post.repost_count <> count(repost.user_id)""",
    "likes and reposts have a post": """
        select favour.target_id from public.likes as favour
        where favour.target_kind = 'post'
          and not exists (select from public.posts as post where post.id = favour.target_id)
        union all
        select repost.post_id from public.reposts as repost
        where not exists (select from public.posts as post where post.id = repost.post_id)""",
    "posts.audience follows visibility and the author's privacy": """
        select post.id, post.visibility, post.audience
        from public.posts as post
        join public.profiles as author on author.id = post.author_id
        where post.deleted_at is null
          and post.audience <> case
            when post.visibility = 'public' and author.is_private then 'followers'
            else post.visibility
          end""",
    "feed_entries are the posts that stand and the reposts": """
        with facts as (
          select author_id as actor_id, id, id as post_id, audience
          from public.posts where deleted_at is null
          union all
          select repost.user_id, repost.id, repost.post_id,
            case when reposter.is_private then 'followers' else 'public' end
          from public.reposts as repost
          join public.profiles as reposter on reposter.id = repost.user_id
        ), entries as (
          select actor_id, id, post_id, audience from private.feed_entries
        )
        (select 'missing' as wrong, * from (table facts except table entries) as missing)
        union all
        (select 'left over', * from (table entries except table facts) as left_over)""",
    "activity_clocks are the newest entries that are not private": """
        select actor_id, clock.newest_entry_id, newest.id as fact
        from private.activity_clocks as clock
        full join (
          select distinct on (actor_id) actor_id, id
          from private.feed_entries
          where audience <> 'private'
          order by actor_id, id desc
        ) as newest using (actor_id)
        where clock.newest_entry_id is distinct from newest.id""",
    "post_tags are the hashtags of public posts": """
        with facts as (
          select tag, post.id as post_id
          from public.posts as post
          cross join lateral private.hashtags(post.body) as tag
          where post.audience = 'public' and post.deleted_at is null
        ), tags as (
          select tag, post_id from private.post_tags
        )
        (select 'missing' as wrong, * from (table facts except table tags) as missing)
        union all
        (select 'left over', * from (table tags except table facts) as left_over)""",
}


def counter_laws(connection: psycopg.Connection[Any]) -> list[str]:
    """What does not follow from the facts; empty when every total is right."""
    wrong = []
    for law, query in LAWS.items():
        rows = connection.execute(query.encode()).fetchmany(3)
        if rows:
            wrong.append(f"{law}: {rows}")
    return wrong
