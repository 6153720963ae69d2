"""The ledger, and what follows from orders."""

LAWS = {
    "every entry of the ledger sums to zero in each currency": """
        select posting.transaction_id, account.currency, sum(posting.amount_minor) as facts
        from private.ledger_postings as posting
        join private.ledger_accounts as account on account.id = posting.account_id
        group by posting.transaction_id, account.currency
        having sum(posting.amount_minor) <> 0""",
    "every entry of the ledger moves something": """
        select entry.id, entry.kind, entry.cause
        from private.ledger_transactions as entry
        where not exists (
          select from private.ledger_postings as posting where posting.transaction_id = entry.id
        )""",
    "what a checkpoint has counted are the postings before it": """
        select account.id, account.counted_minor, account.counted_to, facts.counted
        from private.ledger_accounts as account
        cross join lateral (
          select coalesce(sum(posting.amount_minor), 0) as counted
          from private.ledger_postings as posting
          where posting.account_id = account.id and posting.written_by < account.counted_to
        ) as facts
        where account.counted_minor <> facts.counted""",
    "a balance is the sum of its postings": """
        select account.*, facts.total
        from private.ledger_accounts as account
        cross join lateral (
          select coalesce(sum(posting.amount_minor), 0) as total
          from private.ledger_postings as posting where posting.account_id = account.id
        ) as facts
        where facts.total <> private.balance(
          account.owner_kind, account.owner_id, account.purpose, account.currency
        )""",
    "what an order comes to is what its lines come to": """
        select bought.id, bought.total_minor, facts.*
        from public.orders as bought
        cross join lateral (
          select sum(line.line_minor) as subtotal, sum(line.platform_fee_minor) as platform,
            sum(line.processing_fee_minor) as processing, sum(line.shipping_minor) as shipping,
            sum(line.charged_minor) as total
          from public.order_lines as line where line.order_id = bought.id
        ) as facts
        where (
          bought.subtotal_minor, bought.platform_fee_minor, bought.processing_fee_minor,
          bought.shipping_minor, bought.total_minor
        ) is distinct from (
          facts.subtotal, facts.platform, facts.processing, facts.shipping, facts.total
        )""",
    "products.sold_count is how many were paid for": """
        select product.id, product.sold_count, facts.sold
        from public.products as product
        cross join lateral (
          select coalesce(sum(line.quantity), 0) as sold
          from public.order_lines as line
          where line.product_id = product.id and line.paid_at is not null
        ) as facts
        where product.sold_count <> facts.sold""",
    "what is paid is what its status says, and what is over keeps nothing of stock": """
        select bought.id, bought.status
        from public.orders as bought
        where bought.status <> case
            when bought.paid_at is not null then private.derived_status(bought)
            else bought.status
          end
          or exists (
            select from public.order_lines as line
            where line.order_id = bought.id and (
              line.paid_at is distinct from bought.paid_at
              or (line.is_stock_taken and bought.status in ('expired', 'failed'))
            )
          )""",
    "each paid order is one sale in the ledger, of what was charged": """
        select bought.id, bought.total_minor, facts.charged
        from public.orders as bought
        left join lateral (
          select sum(posting.amount_minor) as charged
          from private.ledger_transactions as entry
          join private.ledger_postings as posting on posting.transaction_id = entry.id
          join private.ledger_accounts as account on account.id = posting.account_id
          where entry.kind = 'sale' and entry.cause = bought.id::text
            and account.owner_kind = 'provider'
        ) as facts on true
        where coalesce(facts.charged, 0)
          <> case when bought.paid_at is null then 0 else bought.total_minor end""",
    "a line was given back what its refunds and the provider gave": """
        select line.id, line.refunded_minor, facts.refunded
        from public.order_lines as line
        cross join lateral (
          select coalesce(sum(refund.amount_minor), 0) as refunded
          from public.refunds as refund
          where refund.order_line_id = line.id and refund.status = 'succeeded'
        ) as facts
        where line.refunded_minor <> facts.refunded + line.provider_refunded_minor""",
    "what is disputed of an order its lines have given, as far as they go": """
        select bought.id, facts.*
        from public.orders as bought
        cross join lateral (
          select coalesce(sum(line.disputed_minor), 0) as disputed,
            coalesce(sum(line.charged_minor - line.refunded_minor), 0) as has,
            (
              select coalesce(sum(dispute.amount_minor), 0)
              from private.payments as payment
              join private.disputes as dispute
                on dispute.payment_intent_id = payment.payment_intent_id
              where payment.order_id = bought.id and payment.settled_as = 'sale'
                and dispute.status <> 'won'
            ) as asked
          from public.order_lines as line where line.order_id = bought.id
        ) as facts
        where facts.disputed <> least(facts.asked, facts.has)""",
}
