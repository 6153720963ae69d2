"""Posts, comments, likes, feeds, activity, notifications and messages."""

LAWS = {
    "activity_events.reactions are the counts of reactions": """
        select event.id, event.reactions, facts.reactions as facts
        from public.activity_events as event
        cross join lateral (
          select coalesce(jsonb_object_agg(counted.reaction, counted.number), '{}') as reactions
          from (
            select reaction, count(*) as number
            from public.activity_reactions as each
            where each.event_id = event.id
            group by reaction
          ) as counted
        ) as facts
        where event.reactions <> facts.reactions""",
    "activity is about what is there": """
        select event.id, event.target_kind, event.target_id
        from public.activity_events as event
        where (event.target_kind = 'track' and not exists (
            select from public.tracks as track where track.id = event.target_id
          ))
          or (event.target_kind = 'crate' and not exists (
            select from public.crates as crate
            where crate.id = event.target_id and crate.deleted_at is null
          ))
          or (event.target_kind = 'profile' and not exists (
            select from public.profiles as profile where profile.id = event.target_id
          ))
          or not exists (
            select from public.profiles as profile where profile.id = event.actor_id
          )""",
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
    "notifications.actor_count is the number of their actors, three of whom are shown": """
        select told.id, told.actor_count, told.actor_ids, count(act.actor_id) as facts
        from public.notifications as told
        left join private.notification_actors as act on act.notification_id = told.id
        group by told.id
        having told.actor_count <> count(act.actor_id)
          or cardinality(told.actor_ids) <> least(3, count(act.actor_id))
          or not coalesce(array_agg(act.actor_id) filter (where act.actor_id is not null), '{}')
            @> told.actor_ids""",
    "notifications are of a known kind and about what is there": """
        select told.id, told.kind, told.target_kind, told.target_id
        from public.notifications as told
        where not exists (
            select from private.notification_kinds as kind where kind.kind = told.kind
          )
          or (told.target_kind = 'post' and not exists (
            select from public.posts as post
            where post.id = told.target_id and post.deleted_at is null
          ))
          or (told.target_kind = 'profile' and not exists (
            select from public.profiles as profile where profile.id = told.target_id
          ))""",
    "posts.repost_count is the number of reposts": """
        select post.id, post.repost_count, count(repost.user_id) as facts
        from public.posts as post
        left join public.reposts as repost on repost.post_id = post.id
        group by post.id
        having post.repost_count <> count(repost.user_id)""",
    "posts.comment_count is the number of comments that stand": """
        select post.id, post.comment_count, count(comment.id) as facts
        from public.posts as post
        left join public.comments as comment
          on comment.target_kind = 'post' and comment.target_id = post.id
          and comment.deleted_at is null
        group by post.id
        having post.comment_count <> count(comment.id)""",
    "tracks.repost_count is the number of posts that share it and are not private": """
        select track.id, track.repost_count, count(post.id) as facts
        from public.tracks as track
        left join public.posts as post
          on post.track_id = track.id and post.deleted_at is null and post.visibility <> 'private'
        group by track.id
        having track.repost_count <> count(post.id)""",
    "tracks.comment_count is the number of comments that stand": """
        select track.id, track.comment_count, count(comment.id) as facts
        from public.tracks as track
        left join public.comments as comment
          on comment.target_kind = 'track' and comment.target_id = track.id
          and comment.deleted_at is null
        group by track.id
        having track.comment_count <> count(comment.id)""",
    "crates.comment_count is the number of comments that stand": """
        select crate.id, crate.comment_count, count(comment.id) as facts
        from public.crates as crate
        left join public.comments as comment
          on comment.target_kind = 'crate' and comment.target_id = crate.id
          and comment.deleted_at is null
        group by crate.id
        having crate.comment_count <> count(comment.id)""",
    "comments.reply_count is the number of replies that lists show": """
        select comment.id, comment.reply_count, count(reply.id) as facts
        from public.comments as comment
        left join public.comments as reply
          on reply.parent_id = comment.id
          and (
            reply.deleted_at is null
            or exists (
              with recursive below as (
                select child.id, child.deleted_at
                from public.comments as child where child.parent_id = reply.id
                union all
                select child.id, child.deleted_at
                from below join public.comments as child on child.parent_id = below.id
              )
              select from below where below.deleted_at is null
            )
          )
        group by comment.id
        having comment.reply_count <> count(reply.id)""",
    "comments.like_count is the number of likes": """
        select comment.id, comment.like_count, count(favour.user_id) as facts
        from public.comments as comment
        left join public.likes as favour
          on favour.target_kind = 'comment' and favour.target_id = comment.id
        group by comment.id, comment.like_count
        having comment.like_count <> count(favour.user_id)""",
    "activity_events.like_count is the number of likes": """
        select event.id, event.like_count, count(favour.user_id) as facts
        from public.activity_events as event
        left join public.likes as favour
          on favour.target_kind = 'activity_event' and favour.target_id = event.id
        group by event.id, event.like_count
        having event.like_count <> count(favour.user_id)""",
    "tracks.like_count is the number of likes": """
        select track.id, track.like_count, count(favour.user_id) as facts
        from public.tracks as track
        left join public.likes as favour
          on favour.target_kind = 'track' and favour.target_id = track.id
        group by track.id, track.like_count
        having track.like_count <> count(favour.user_id)""",
    "crates.like_count is the number of likes": """
        select crate.id, crate.like_count, count(favour.user_id) as facts
        from public.crates as crate
        left join public.likes as favour
          on favour.target_kind = 'crate' and favour.target_id = crate.id
        group by crate.id, crate.like_count
        having crate.like_count <> count(favour.user_id)""",
    "direct_messages.like_count is the number of likes": """
        select message.id, message.like_count, count(favour.user_id) as facts
        from public.direct_messages as message
        left join public.likes as favour
          on favour.target_kind = 'message' and favour.target_id = message.id
        group by message.id, message.like_count
        having message.like_count <> count(favour.user_id)""",
    "comments.reactions are counted from the reactions": """
        select comment.id, comment.reactions, counted.reactions as facts
        from public.comments as comment
        cross join lateral (
          select coalesce(jsonb_object_agg(emoji, number), '{}') as reactions
          from (
            select reaction.emoji, count(*) as number
            from public.comment_reactions as reaction
            where reaction.comment_id = comment.id
            group by reaction.emoji
          ) as one
        ) as counted
        where comment.reactions <> counted.reactions""",
    "comments have what they are about": """
        select comment.target_id from public.comments as comment
        where (comment.target_kind, comment.target_id) not in (
          select 'post', post.id from public.posts as post where post.deleted_at is null
          union all
          select 'track', track.id from public.tracks as track
          union all
          select 'crate', crate.id from public.crates as crate where crate.deleted_at is null
        )""",
    "mentions stand in the comment that makes them": """
        select mention.comment_id, mention.username
        from public.comment_mentions as mention
        left join public.comments as comment on comment.id = mention.comment_id
        where mention.username not in (
          select name from private.mentioned_names(comment.body) as name
        )""",
    "likes and reposts have what they are of": """
        select favour.target_id from public.likes as favour
        where (favour.target_kind, favour.target_id) not in (
          select 'post', post.id from public.posts as post
          union all
          select 'comment', comment.id from public.comments as comment
          where comment.deleted_at is null
          union all
          select 'track', track.id from public.tracks as track
          union all
          select 'crate', crate.id from public.crates as crate where crate.deleted_at is null
          union all
          select 'message', message.id from public.direct_messages as message
          where message.deleted_at is null
          union all
          select 'activity_event', event.id from public.activity_events as event
        )
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
    "conversations.last_message_id is the newest message": """
        select conversation.id, conversation.last_message_id, max(message.id::text) as facts
        from public.conversations as conversation
        left join public.direct_messages as message on message.conversation_id = conversation.id
        group by conversation.id
        having conversation.last_message_id::text is distinct from max(message.id::text)""",
    "conversation_members.order_id is the newest message since they joined": """
        select member.conversation_id, member.member_id, member.order_id,
          conversation.last_message_id
        from public.conversation_members as member
        join public.conversations as conversation on conversation.id = member.conversation_id
        where case
          when member.state not in ('joined', 'requested') then member.order_id is not null
          when conversation.last_message_id is not distinct from member.joined_after_id
            then (member.order_id is null) <> (conversation.kind = 'direct')
          else member.order_id is distinct from conversation.last_message_id
        end""",
    "conversations have members, at most 20; those of two are the pair's": """
        select conversation.id
        from public.conversations as conversation
        left join public.conversation_members as member
          on member.conversation_id = conversation.id and member.state in ('joined', 'requested')
        left join private.conversation_pairs as pair on pair.conversation_id = conversation.id
        group by conversation.id, pair.low_id, pair.high_id
        having count(member.member_id) not between 1 and 20
          or (pair.low_id is not null and conversation.kind <> 'direct')
          or (
            pair.low_id is not null and exists (
              select from public.conversation_members as stray
              where stray.conversation_id = conversation.id
                and stray.member_id not in (pair.low_id, pair.high_id)
            )
          )""",
    "who has written has read it, and an answer is to the same conversation": """
        select message.id
        from public.direct_messages as message
        left join public.conversation_members as sender
          on sender.conversation_id = message.conversation_id
          and sender.member_id = message.sender_id
        where sender.last_read_message_id < message.id
          or not sender.is_accepted
          or (message.reply_to is not null and not exists (
            select from public.direct_messages as replied
            where replied.conversation_id = message.conversation_id
              and replied.id = message.reply_to and replied.id < message.id
          ))""",
}
