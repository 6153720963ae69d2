"""Columns of text that ask for no mute, each with the reason why: for test_muted.

A column of a closed list of words, one that refers to another, and one that is generated are known
by the catalog and stand nowhere here. `table.*` is a whole table, of those that no client fills.
"""

WITHOUT_MUTES = {
    "set up by operators and admins": """
        badges.* currencies.* feature_flags.* genres.* leaderboards.* plan_resources.* plans.*
        point_rules.* quests.* reaction_emoji.* seasons.* private.artwork_hosts.*
        private.data_map.* private.notification_kinds.* private.plan_prices.*
        private.quest_pools.* private.rate_limit_rules.* private.settings.* private.time_zones.*
    """,
    "codes, keys and numbers that the machine writes": """
        activity_events.collapse_key activity_events.data activity_events.reactions
        activity_events.target_kind badge_awards.context comments.reactions credit_entries.cause
        live_participants.session_id messages.code messages.data messages.reactions
        notifications.data notifications.group_key notifications.kind notifications.target_kind
        point_events.* progression.season quest_claims.period_key room_invites.code streaks.*
        private.audit_events.* private.crate_trends.* private.deeds.* private.download_files.*
        private.feed_entries.* private.fingerprints.* private.ledger_accounts.*
        private.ledger_transactions.* private.like_changes.* private.livekit_events.*
        private.milestones.* private.order_moves.* private.outbox.* private.play_archives.*
        private.product_files.* private.push_tickets.* private.reconciliations.*
        private.score_changes.* private.session_views.* private.standings.*
        private.told_and_taken_back.* private.track_files.*
    """,
    "what Stripe says and calls things": """
        invoices.* subscriptions.* orders.stripe_payment_intent_id orders.stripe_session_id
        refunds.failure refunds.payment_intent_id refunds.stripe_refund_id
        private.artist_accounts.* private.bank_payouts.* private.disputes.* private.payments.*
        private.returned_refunds.* private.stripe_customers.* private.stripe_events.*
        private.transfer_reversals.* private.transfers.*
    """,
    "what detectors and crawlers have found, and what tells a file from another": """
        detections.bands detections.evidence detections.file_hash detections.last_error
        detections.provider detections.provider_ref detections.provider_version
        verification_requests.code verification_requests.findings
    """,
    "copies of what was asked where it was written": """
        comment_mentions.username download_grants.name order_lines.name order_lines.variant_name
        queue_items.shown queue_items.track reports.copy room_history.artist_name
        room_history.skip_reason room_history.title rooms.slug private.board_tops.*
        private.person_cards.* private.post_tags.* private.username_claims.*
    """,
    "one of a list, or of a form without room for words": """
        comment_reactions.emoji crates.audience dj_sessions.mode dj_sessions.status
        message_reactions.emoji moderation_cases.action moderation_log.action
        moderation_log.target_kind order_lines.kind posts.audience posts.kind posts.visibility
        profiles.genres profiles.time_zone queue_items.status room_history.mode tracks.file_format
        tracks.isrc tracks.kind tracks.musical_key tracks.provider tracks.provider_track_id
        tracks.removed_from tracks.status
    """,
    "paths of files that are named by ids, and pictures on hosts of providers": """
        crates.cover_path detection_proofs.object_paths posts.media_paths products.image_paths
        profiles.avatar_path rooms.avatar_path tracks.artwork_path tracks.artwork_url
    """,
    "read by nobody but whose it is": "push_tokens.device_name push_tokens.token",
    "what somebody says for themselves, or against others, to the staff: how else to be heard": """
        appeals.statement detection_proofs.note detections.appeal_text private.claims.claimant
        private.claims.contact private.claims.counter_statement private.claims.statement
        reports.description
    """,
    "by what right somebody publishes and who they are, for the staff alone": """
        rights_declarations.sources verification_requests.urls
    """,
    "why staff, or moderators of a room, have decided so": """
        appeals.note detection_reviews.notes detections.notes moderation_cases.evidence
        moderation_cases.note moderation_log.after moderation_log.before moderation_log.data
        moderation_log.reason private.claims.counter_note private.claims.note room_bans.reason
        sanctions.reason verification_requests.note
    """,
    "money that is owed back is asked for and decided with its reason, also by who is banned": """
        refunds.note refunds.reason
    """,
    "where a parcel goes: an address, for its seller": "orders.shipping_address",
}
# Of columns that are asked: why one of the two ways needs no trigger.
NOT_MADE = {
    "artist_profiles.links": "made empty",
    "order_lines.tracking": "made empty",
    "profiles.bio": "made empty",
    "profiles.display_name": "by the sign-up, before anybody could be muted",
    "profiles.username": "by the sign-up, before anybody could be muted",
    "queue_items.skip_reason": "made empty",
}
NOT_CHANGED = {
    "direct_messages.body": "written once",
    "join_requests.message": "written once",
    "live_streams.title": "written once",
}
