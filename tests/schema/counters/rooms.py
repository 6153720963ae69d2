"""Rooms, chat, sessions and live audio."""

LAWS = {
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
}
