"""Plans, royalties and payouts."""

LAWS = {
    "in_transit is what open payouts are still to send": """
        select facts.seller_id, facts.currency, facts.open
        from (
          select seller_id, currency, sum(amount_minor) as open
          from (
            select seller_id, currency, amount_minor from private.transfers
            where status = 'pending'
            union all
            select owner_id, currency, 0 from private.ledger_accounts
            where owner_kind = 'seller' and purpose = 'in_transit'
          ) as waiting group by seller_id, currency
        ) as facts
        where facts.open
          <> -private.balance('seller', facts.seller_id, 'in_transit', facts.currency)""",
    "a payout is its transfers": """
        select payout.id, payout.status, payout.amount_minor, facts.*
        from public.payouts as payout
        cross join lateral (
          select
            coalesce(sum(transfer.amount_minor) filter (where transfer.status = 'sent'), 0) as sent,
            coalesce(sum(transfer.amount_minor), 0) as asked,
            count(*) filter (where transfer.status = 'pending') as waiting
          from private.transfers as transfer where transfer.payout_id = payout.id
        ) as facts
        where payout.amount_minor
            <> case when payout.status = 'open' then facts.asked else facts.sent end
          or (payout.status = 'open') <> (facts.waiting > 0)
          or (payout.status = 'paid') <> (facts.waiting = 0 and facts.sent > 0)""",
    "royalties in the ledger are what was accrued, but for what is carried": """
        select person.*, facts.posted
        from private.royalty_remainders as person
        cross join lateral (
          select -coalesce(sum(posting.amount_minor), 0) as posted
          from private.ledger_postings as posting
          join private.ledger_accounts as account on account.id = posting.account_id
          join private.ledger_transactions as entry on entry.id = posting.transaction_id
          where entry.kind = 'royalties'
            and account.purpose = 'payable'
            and account.owner_id = person.seller_id
        ) as facts
        where person.posted_minor <> facts.posted
          or person.accrued_micro / 10000 <> person.posted_minor""",
    "what a paid invoice brought is in the ledger": """
        select invoice.id, invoice.paid_minor
        from public.invoices as invoice
        where invoice.status = 'paid'
          and invoice.paid_minor <> coalesce(
            (
              select sum(posting.amount_minor)
              from private.ledger_postings as posting
              join private.ledger_accounts as account on account.id = posting.account_id
              join private.ledger_transactions as entry on entry.id = posting.transaction_id
              where entry.kind = 'invoice'
                and entry.cause = invoice.id
                and account.purpose = 'stripe_clearing'
            ),
            0
          )""",
    "a subscription that is paid entitles to its plan until its period ends": """
        select subscription.id, subscription.status
        from public.subscriptions as subscription
        where subscription.status in ('trialing', 'active')
          and subscription.period_end > subscription.started_at
          and not exists (
            select from public.entitlement_grants as entitlement
            where entitlement.subscription_id = subscription.id
              and entitlement.plan = subscription.plan
              and entitlement.ends_at = subscription.period_end
          )""",
}
