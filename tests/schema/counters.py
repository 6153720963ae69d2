"""Totals follow facts: every counter and derived row, recomputed from the rows it stands for."""

from __future__ import annotations

from typing import Any

import psycopg

# Each query returns the rows that are wrong.
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
        where (person.posts_created, person.comments_created, person.crates_created) <> (
          (select count(*) from public.posts as post
            where post.author_id = person.user_id and post.deleted_at is null),
          (select count(*) from public.comments as comment
            where comment.author_id = person.user_id and comment.deleted_at is null),
          (select count(*) from public.crates as crate
            where crate.owner_id = person.user_id and crate.deleted_at is null)
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
    "what goes out of credits is taken from lots": """
        select entry.id, entry.amount, coalesce(sum(used.amount), 0) as facts
        from public.credit_entries as entry
        left join private.credit_uses as used on used.entry_id = entry.id
        group by entry.id
        having coalesce(sum(used.amount), 0) <> greatest(-entry.amount, 0)""",
    "votes on an item are its rows, in its row or while it plays in slots": """
        select item.id, votes.up_count, votes.down_count, facts.ups, facts.downs
        from public.queue_items as item
        cross join lateral private.votes_of(item.id) as votes
        cross join lateral (
          select count(*) filter (where vote.value = 1) as ups,
            count(*) filter (where vote.value = -1) as downs
          from public.queue_votes as vote where vote.item_id = item.id
        ) as facts
        where (votes.up_count, votes.down_count) is distinct from (facts.ups, facts.downs)""",
    "vote_slots are there while an item plays": """
        select item.id, item.status
        from public.queue_items as item
        full join (select distinct slot.item_id from private.vote_slots as slot) as kept
          on kept.item_id = item.id
        where (item.status = 'playing') is distinct from (kept.item_id is not null)""",
    "queue_items.skip_vote_count is the number of votes to skip": """
        select item.id, item.skip_vote_count, count(vote.user_id) as facts
        from public.queue_items as item
        left join public.skip_votes as vote on vote.item_id = item.id
        group by item.id
        having item.skip_vote_count <> count(vote.user_id)""",
    "queue_items.played_before is how much of theirs has played in the session": """
        select item.id, item.played_before
        from public.queue_items as item
        join public.dj_sessions as session on session.id = item.session_id
        where session.mode = 'public' and item.status = 'queued' and item.played_before <> (
          select count(*) from public.queue_items as past
          where past.session_id = item.session_id
            and past.added_by = item.added_by
            and past.started_at is not null
        )""",
    "sessions play the item that plays": """
        select session.id, session.current_item_id, item.id as facts
        from public.dj_sessions as session
        left join public.queue_items as item
          on item.session_id = session.id and item.status = 'playing'
        where (session.current_item_id, session.current_dj_id)
          is distinct from (item.id, item.added_by)""",
    "what is kept of a queue, and holds, is what would be made of it now": """
        select view.session_id
        from private.session_views as view
        cross join lateral private.session_view(view.session_id, '{}') as made
        where (view.mode, view.queue_print) = (made.mode, made.queue_print)
          and view.rotation_print is not distinct from made.rotation_print
          and (
            to_jsonb(view.item_ids[view.gone_count + 1:]) <> to_jsonb(made.item_ids)
            or to_jsonb(view.queue[view.gone_count + 1:]) <> to_jsonb(made.queue)
            or (view.item_count, view.dj_ids) is distinct from (made.item_count, made.dj_ids)
            or to_jsonb(view.rotation) <> to_jsonb(made.rotation)
            or view.oldest_item_id > made.oldest_item_id
            or not view.person_ids @> array_remove(made.person_ids, null)
          )""",
    "room_history has every item that began and is over, once": """
        select item.id
        from public.queue_items as item
        left join public.room_history as past on past.item_id = item.id
        where (item.started_at is not null and item.finished_at is not null)
          is distinct from (past.id is not null)""",
    "profiles.follower_count is the number of followers": """
        select profile.id, profile.follower_count, count(follow.follower_id) as facts
        from public.profiles as profile
        left join public.follows as follow on follow.followee_id = profile.id
        group by profile.id
        having profile.follower_count <> count(follow.follower_id)""",
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
    "person_cards are made of profiles": """
        select profile.id, kept.card, kept.is_hidden, facts.card as facts
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
          ) as is_hidden
        ) as facts
        where (kept.card, kept.is_hidden) is distinct from (facts.card, facts.is_hidden)""",
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
    "rooms.member_count is the number of members": """
        select room.id, room.member_count, count(member.user_id) as facts
        from public.rooms as room
        left join public.room_members as member on member.room_id = room.id
        group by room.id
        having room.member_count <> count(member.user_id)""",
    "messages.reactions are counted from the reactions": """
        select message.id, message.reactions, counted.reactions as facts
        from public.messages as message
        cross join lateral (
          select coalesce(jsonb_object_agg(emoji, number), '{}') as reactions
          from (
            select reaction.emoji, count(*) as number
            from public.message_reactions as reaction
            where reaction.room_id = message.room_id and reaction.message_id = message.id
            group by reaction.emoji
          ) as one
        ) as counted
        where message.reactions <> counted.reactions""",
    "rooms that stand have one owner, who is a member": """
        select room.id, room.owner_id
        from public.rooms as room
        where room.deleted_at is null and not exists (
          select from public.room_members as member
          where member.room_id = room.id
            and member.user_id = room.owner_id and member.role = 'owner'
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
    "live_streams.listener_count is who is there now, their peak who was there at once": """
        with stay as (
          select participant.*, stream.ended_at,
            coalesce(participant.user_id::text, participant.session_id) as person
          from public.live_participants as participant
          join public.live_streams as stream on stream.id = participant.stream_id
          where participant.user_id is distinct from stream.host_id
        ), facts as (
          select moment.stream_id,
            count(distinct moment.person) filter (where moment.left_at is null) as there,
            max((
              select count(distinct other.person)
              from stay as other
              where other.stream_id = moment.stream_id
                and other.joined_at <= moment.joined_at
                and (other.left_at is null or other.left_at > moment.joined_at)
            )) as most
          from stay as moment
          group by moment.stream_id
        )
        select stream.id, stream.listener_count, stream.peak_listeners, facts.there, facts.most
        from public.live_streams as stream
        left join facts on facts.stream_id = stream.id
        where stream.listener_count <> coalesce(facts.there, 0)
          or stream.peak_listeners < stream.listener_count
          -- Whose host is gone, or whose listeners are forgotten, is measured no more.
          or (
            stream.ended_at is not null and stream.host_id is not null
            and stream.peak_listeners <> facts.most
          )""",
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


def counter_laws(connection: psycopg.Connection[Any]) -> list[str]:
    """What does not follow from the facts; empty when every total is right."""
    # What a transaction that is not over yet still has to pay is paid first.
    connection.execute("set constraints all immediate")
    connection.execute("set constraints all deferred")
    wrong = []
    for law, query in LAWS.items():
        rows = connection.execute(query.encode()).fetchmany(3)
        if rows:
            wrong.append(f"{law}: {rows}")
    return wrong
