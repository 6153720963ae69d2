"""Totals follow facts after everything people do, and a total that does not is found."""

from __future__ import annotations

import pytest

from tests.boards import roll_up
from tests.database import person_id
from tests.ledger import post
from tests.live import join, start_live
from tests.policies.checks import Stage
from tests.policies.sessions import play
from tests.rooms import enter_room, make_room
from tests.schema.counters import LAWS, counter_laws
from tests.shop import Shop

# What makes each law false, without the triggers that keep it.
BROKEN = {
    "artist_profiles.verified_upload_count is the number of tracks verified at last": (
        "update public.artist_profiles set verified_upload_count = 1 where upload_count > 0"
    ),
    "a track whose check was rejected or flagged is not published": (
        "insert into public.detections (track_id, artist_id, file_hash, status, is_before)"
        " select id, artist_id, 'x', 'rejected', true from public.tracks"
        " where status = 'published' and artist_id is not null limit 1"
    ),
    "moderation_cases.report_count is the number of reports": (
        "select private.open_case('profile', id, 'strikes', id, '{}')"
        " from public.profiles order by id limit 1;"
        " update public.moderation_cases set report_count = report_count + 1"
    ),
    "what is withheld bears its mark": (
        "insert into private.withheld (target_kind, target_id, reason)"
        " select 'post', id, 'decision' from public.posts order by id limit 1"
    ),
    "progression is the sum of the ledger": (
        "update public.progression set total_points = total_points + 1"
    ),
    "progression counts what stands": (
        "update public.progression set posts_created = posts_created + 1"
    ),
    "progression counts what was played in rooms": (
        "update public.progression set upvotes_received = upvotes_received + 1"
    ),
    "progression counts the artists that were heard": (
        "update public.progression set artists_discovered = artists_discovered + 1"
    ),
    "everybody has a progression": "delete from public.progression",
    "scores of points are the sum of the ledger, in the period it was earned in": (
        "update private.board_scores set score = score + 1"
    ),
    "a score is somebody's": "update private.board_scores set user_id = gen_random_uuid()",
    "the board of streaks is what streaks count for on it": (
        "insert into public.streaks (user_id, kind, current, longest, last_period, freezes,"
        " kept_in, counted_period, counted_at, counted_in, board_score, breaks_at)"
        " select id, 'login', 3, 3, current_date, 0, 'UTC', current_date, now(), 'UTC', 3, now()"
        " from public.profiles order by id limit 1"
        " on conflict (user_id, kind) do update set board_score = 0, breaks_at = null"
    ),
    "board_buckets count the scores, and standings the people": (
        "update private.board_buckets set above = above + 1"
    ),
    "board_tops are the first of each board, as their cards are": (
        "update private.board_tops set is_private = true"
    ),
    "points of a day keep to the cap": (
        "update public.point_rules set daily_cap = 1 where name = 'post_created'"
    ),
    "what takes points back takes what was paid": (
        "insert into public.point_events"
        " (user_id, rule, cause, turn, points, season, earned_on, reverses_id)"
        " select user_id, rule, cause, turn + 1, -1, season, earned_on, id"
        " from public.point_events where points = 10 limit 1"
    ),
    "streaks are of days on which something was done": (
        "update public.streaks set longest = longest + 1"
    ),
    "what keeps a streak has kept one": "delete from public.streaks",
    "no lot of credits gives more than it has": (
        "insert into public.credit_entries (user_id, kind, amount, cause, expires_at)"
        " select id, 'adjustment', 5, 'x', now() from public.profiles limit 1;"
        " insert into private.credit_uses (entry_id, lot_id, amount)"
        " select id, id, 6 from public.credit_entries where cause = 'x'"
    ),
    "what is left of a lot that has ended is written off": (
        "insert into public.credit_entries (user_id, kind, amount, cause, expires_at)"
        " select id, 'adjustment', 5, 'x', now() from public.profiles limit 1;"
        " delete from private.credit_ends"
    ),
    "what goes out of credits is taken from lots": (
        "insert into public.credit_entries (user_id, kind, amount, cause)"
        " select id, 'redeemed_premium', -5, 'x' from public.profiles limit 1"
    ),
    "who has reached the threshold of a badge holds it": (
        "delete from public.badge_awards where badge_code = 'first_post'"
    ),
    "quest_pools.claim_count is the number of claims": (
        "insert into private.quest_pools (quest_id, period_key, claim_count)"
        " select id, 'x', 1 from public.quests limit 1"
    ),
    "what a quest paid is in the ledgers": (
        "insert into public.quest_claims (quest_id, user_id, period_key, points, credits)"
        " select quest.id, profile.id, 'x', 1, 0 from public.quests as quest, public.profiles"
        " as profile limit 1"
    ),
    "every entry of the ledger sums to zero in each currency": (
        "alter table private.ledger_postings disable trigger user;"
        " update private.ledger_postings set amount_minor = 7 where amount_minor > 0"
    ),
    "in_transit is what open payouts are still to send": (
        "with payout as (insert into public.payouts"
        "  (seller_id, currency, amount_minor, is_requested)"
        "  values (gen_random_uuid(), 'USD', 5, true) returning id, seller_id)"
        " insert into private.transfers (payout_id, seller_id, currency, amount_minor)"
        " select id, seller_id, 'USD', 5 from payout"
    ),
    "a payout is its transfers": (
        "insert into public.payouts (seller_id, currency, amount_minor, is_requested)"
        " values (gen_random_uuid(), 'USD', 5, true)"
    ),
    "royalties in the ledger are what was accrued, but for what is carried": (
        "insert into private.royalty_remainders values (gen_random_uuid(), 10000, 1)"
    ),
    "what a paid invoice brought is in the ledger": (
        "insert into public.invoices (id, subscription_id, status, amount_minor, paid_minor,"
        " currency, created_at, version)"
        " values ('in_1', 'sub_1', 'paid', 9, 9, 'USD', now(), '[]')"
    ),
    "a subscription that is paid entitles to its plan until its period ends": (
        "insert into public.subscriptions"
        " (id, user_id, plan, status, started_at, period_start, period_end, version)"
        " select 'sub_1', id, 'pro', 'active', now(), now(), now() + interval '1 day', '[]'"
        " from public.profiles limit 1"
    ),
    "every entry of the ledger moves something": (
        "insert into private.ledger_transactions (kind, cause) values ('sale', 'nothing')"
    ),
    "what a checkpoint has counted are the postings before it": (
        "update private.ledger_accounts set counted_minor = 1"
    ),
    "a balance is the sum of its postings": (
        "update private.ledger_accounts set counted_to ="
        " (pg_current_xact_id()::text::bigint + 1)::text::xid8 where owner_kind = 'provider'"
    ),
    "what an order comes to is what its lines come to": (
        "update public.orders set subtotal_minor = subtotal_minor + 1,"
        " total_minor = total_minor + 1"
    ),
    "products.sold_count is how many were paid for": (
        "update public.products set sold_count = sold_count + 1"
    ),
    "what is paid is what its status says, and what is over keeps nothing of stock": (
        "update public.orders set status = 'disputed'"
    ),
    "each paid order is one sale in the ledger, of what was charged": (
        "alter table private.ledger_transactions disable trigger user;"
        " update private.ledger_transactions set cause = 'x' where kind = 'sale' and cause <> '10'"
    ),
    "a line was given back what its refunds and the provider gave": (
        "update public.order_lines set refunded_minor = 1"
    ),
    "what is disputed of an order its lines have given, as far as they go": (
        "update public.order_lines set disputed_minor = disputed_minor + 1"
        " where refunded_minor + disputed_minor < charged_minor"
    ),
    "votes on an item are its rows, in its row or while it plays in slots": (
        "update private.vote_slots set up_count = up_count + 1 where slot = -1"
    ),
    "vote_slots are there while an item plays": (
        "alter table public.queue_votes disable trigger user; delete from public.queue_votes;"
        " delete from private.vote_slots; update public.queue_items set up_count = 0"
    ),
    "queue_items.skip_vote_count is the number of votes to skip": (
        "update public.queue_items set skip_vote_count = skip_vote_count + 1"
    ),
    "queue_items.played_before is how much of theirs has played in the session": (
        "update public.queue_items set played_before = 7 where status = 'queued'"
    ),
    "sessions play the item that plays": "update public.dj_sessions set current_item_id = null",
    "what is kept of a queue, and holds, is what would be made of it now": (
        "update private.session_views as view set (mode, queue_print, rotation_print, queue) = ("
        "  select made.mode, made.queue_print, made.rotation_print, array['7'::json]"
        "  from private.session_view(view.session_id, '{}') as made)"
    ),
    "room_history has every item that began and is over, once": "delete from public.room_history",
    "profiles.follower_count is the number of followers": (
        "update public.profiles set follower_count = follower_count + 1 where username = 'ada'"
    ),
    "rooms.member_count is the number of members": (
        "update public.rooms set member_count = member_count + 1"
    ),
    "messages.reactions are counted from the reactions": (
        "alter table public.message_reactions disable trigger user;"
        " delete from public.message_reactions"
    ),
    "rooms that stand have one owner, who is a member": (
        "update public.room_members set role = 'moderator'"
    ),
    "activity_events.reactions are the counts of reactions": (
        "update public.activity_events set reactions = jsonb_build_object('clap', 1)"
    ),
    "activity is about what is there": (
        "update public.activity_events set target_id = gen_random_uuid()"
        " where kind = 'user_followed'"
    ),
    "person_cards are made of profiles": (
        "update private.person_cards set card = card || jsonb_build_object('is_verified', true)"
    ),
    "readers are made of blocks and mutes": (
        "insert into private.readers (profile_id, muted_ids)"
        " select id, array[id] from public.profiles"
        " on conflict (profile_id) do update set muted_ids = '{}', blocker_ids = '{}'"
    ),
    "follow_filters have the bit of everybody who is followed": (
        "insert into private.follow_filters (follower_id, bits)"
        " select distinct follower_id, 0::bit(16384) from public.follows"
    ),
    "profiles.following_count is the number of those followed": (
        "update public.profiles set following_count = 0 where username = 'ben'"
    ),
    "profiles.post_count is the number of posts that stand and are not private": (
        "update public.profiles set post_count = 7 where username = 'stranger'"
    ),
    "posts.like_count is the number of likes": (
        "alter table public.likes disable trigger user; delete from public.likes"
    ),
    "notifications.actor_count is the number of their actors, three of whom are shown": (
        "update public.notifications set actor_count = actor_count + 1 where kind = 'follow'"
    ),
    "notifications are of a known kind and about what is there": (
        "update public.notifications set target_id = gen_random_uuid() where kind = 'follow'"
    ),
    "posts.repost_count is the number of reposts": (
        "update public.posts set repost_count = repost_count + 1 where body = 'public'"
    ),
    "posts.comment_count is the number of comments that stand": (
        "update public.posts set comment_count = comment_count + 1 where body = 'public'"
    ),
    "tracks.repost_count is the number of posts that share it and are not private": (
        "update public.tracks set repost_count = 7"
    ),
    "tracks.comment_count is the number of comments that stand": (
        "update public.tracks set comment_count = comment_count + 1"
    ),
    "crates.comment_count is the number of comments that stand": (
        "alter table public.comments disable trigger user;"
        " delete from public.comments where target_kind = 'crate'"
    ),
    "comments.reply_count is the number of replies that lists show": (
        "update public.comments set reply_count = reply_count + 1 where reply_count = 1"
    ),
    "comments.like_count is the number of likes": (
        "update public.comments set like_count = like_count + 1"
    ),
    "activity_events.like_count is the number of likes": (
        "update public.activity_events set like_count = like_count + 1"
    ),
    "tracks.like_count is the number of likes": (
        "alter table public.likes disable trigger user;"
        " delete from public.likes where target_kind = 'track'"
    ),
    "crates.like_count is the number of likes": (
        "alter table public.likes disable trigger user;"
        " delete from public.likes where target_kind = 'crate'"
    ),
    "direct_messages.like_count is the number of likes": (
        "update public.direct_messages set like_count = like_count + 1"
    ),
    "comments.reactions are counted from the reactions": (
        "alter table public.comment_reactions disable trigger user;"
        " delete from public.comment_reactions"
    ),
    "comments have what they are about": (
        "alter table public.posts disable trigger user; delete from public.posts"
    ),
    "mentions stand in the comment that makes them": (
        "update public.comments set body = 'nobody' where body like '%@%'"
    ),
    "likes and reposts have what they are of": (
        "insert into public.likes (user_id, target_kind, target_id)"
        " values (gen_random_uuid(), 'post', gen_random_uuid())"
    ),
    "posts.audience follows visibility and the author's privacy": (
        "alter table public.posts disable trigger user;"
        " update public.posts set audience = 'followers' where body = 'public'"
    ),
    "feed_entries are the posts that stand and the reposts": (
        "alter table private.feed_entries disable trigger user; delete from private.feed_entries"
    ),
    "activity_clocks are the newest entries that are not private": (
        "update private.activity_clocks set newest_entry_id = private.uuid_v7()"
    ),
    "post_tags are the hashtags of public posts": "delete from private.post_tags",
    "conversations.last_message_id is the newest message": (
        "update public.conversations set last_message_id = private.uuid_v7()"
    ),
    "conversation_members.order_id is the newest message since they joined": (
        "update public.conversation_members set order_id = null"
    ),
    "conversations have members, at most 20; those of two are the pair's": (
        "update private.conversation_pairs set conversation_id = (select id from"
        " public.conversations where kind = 'group')"
    ),
    "who has written has read it, and an answer is to the same conversation": (
        "update public.direct_messages set reply_to = private.uuid_v7()"
    ),
    "live_streams.listener_count is who is there now, their peak who was there at once": (
        "update public.live_streams set listener_count = listener_count + 1"
    ),
    "artist_profiles.upload_count is the number of uploads that are no drafts": (
        "update public.artist_profiles set upload_count = upload_count + 1"
    ),
    "tracks.play_count is the number of plays that count, those in the archive too": (
        "update public.tracks set play_count = 3 where provider = 'deezer'"
    ),
    "crates.item_count and total_ms are those of their items": (
        "update public.crates set total_ms = total_ms + 1"
    ),
    "crate_items.duration_ms is that of their track": (
        "update public.tracks set duration_ms = duration_ms + 1"
    ),
    "crates.play_count is the number of hours in which somebody played it": (
        "update public.crates set play_count = 1"
    ),
    "crates.audience follows visibility and the owner's privacy": (
        "update public.crates set audience = 'followers' where visibility = 'public'"
    ),
    "a listener's totals are those of their plays and of their days": (
        "insert into private.listening_days (listener_id, day, play_count, ms_played)"
        " select id, current_date, 1, 60000 from public.profiles"
    ),
}


def be_live(stage: Stage) -> None:
    """ada is live, and cleo listens."""
    room = make_room(stage.connection, "ada")
    join(stage.service, start_live(stage.connection, room), "cleo")


def write(stage: Stage) -> None:
    """cleo writes to ada, and ada answers; the two are in a room of ada's, and talk there."""
    room = make_room(stage.connection, "ada")
    enter_room(stage.connection, room, "cleo")
    said = stage.cleo.call("send_message", room_id=room, body="hi")["id"]
    for person in (stage.ada, stage.cleo):
        for emoji in ("🔥", "👏"):
            person.call("react", message_id=said, emoji=emoji)
    stage.ada.call("start_conversation", usernames=["cleo"], title="Band")
    pair = stage.cleo.call("start_conversation", usernames=["ada"])["id"]
    first = stage.cleo.call("send_direct_message", conversation_id=pair, body="hi")["id"]
    stage.ada.call("send_direct_message", conversation_id=pair, body="hi", reply_to=first)


def sell(stage: Stage) -> None:
    """ben pays ada for a song; and ten dollars, of which the platform keeps one."""
    post(stage.connection, "sale", "10", {"provider": 1000, "fees": -100, "seller ada": -900})
    shop = Shop(stage.connection)
    shop.buy("ben", shop.track("ada"))


def test_totals_follow_facts_after_everything_people_do(stage: Stage) -> None:
    db = stage.connection
    play(stage)
    assert counter_laws(db) == []
    be_live(stage)
    stage.ada.post("with a #tag")
    write(stage)
    sell(stage)
    roll_up(db)
    assert counter_laws(db) == []
    stage.ada.run("update public.profiles set is_private = true")
    assert counter_laws(db) == []
    stage.ben.call("unfollow", username="ada")
    stage.ben.call("unrepost", post_id=stage.posts["public"])
    stage.ada.run("update public.profiles set is_private = false")
    stage.ada.call("edit_post", post_id=stage.posts["followers"], body="now with #tag")
    assert counter_laws(db) == []
    stage.ada.call("delete_post", post_id=stage.posts["public"])
    stage.cleo.call("block", username="ada")
    assert counter_laws(db) == []
    roll_up(db)
    stage.owner("select private.erase_account(%s)", person_id("ada"))
    assert counter_laws(db) == []
    roll_up(db)
    assert counter_laws(db) == []
    assert stage.value("select count(*) from public.posts") == 1


@pytest.mark.parametrize("law", LAWS)
def test_a_total_that_does_not_follow_is_found(law: str, stage: Stage) -> None:
    db = stage.connection
    be_live(stage)
    play(stage)
    stage.ada.post("with a #tag")
    write(stage)
    sell(stage)
    roll_up(db)
    assert counter_laws(db) == []
    db.execute(BROKEN[law].encode())
    assert any(wrong.startswith(f"{law}: ") for wrong in counter_laws(db))
