create or replace function public.set_fee_policy(platform_bps int, processing_bps int, payer text, effective_from timestamptz default null)
returns public.fee_policies
language sql
volatile
security invoker
begin atomic
  select row.id, row.effective_from, row.platform_bps, row.processing_bps, row.payer
  from private.set_fee_policy(set_fee_policy.platform_bps, set_fee_policy.processing_bps, set_fee_policy.payer, set_fee_policy.effective_from) as row;
end;
comment on function public.set_fee_policy(int, int, text, timestamptz) is
$$Set what the platform takes of a sale: for admins, audited

Basis points of the subtotal; payer: buyer or seller; effective_from: from when, by default from now. What was ordered stays as it was. Errors:
not_signed_in (401), account_deactivated, banned, not_allowed (403), bps_invalid, payer_unknown, effective_from_invalid (422).$$;

create or replace function public.my_orders(after text default null, page_size int default null)
returns setof public.order_row
language sql
stable
security invoker
begin atomic
  select row.id, row.status, row.currency, row.subtotal_minor, row.platform_fee_minor, row.processing_fee_minor, row.shipping_minor,
    row.total_minor, row.fee_payer, row.shipping_address, row.created_at, row.expires_at, row.paid_at, row.lines, row.cursor
  from private.my_orders(my_orders.after, my_orders.page_size) as row;
end;
comment on function public.my_orders(text, int) is
$$What the caller has ordered, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.order(order_id uuid)
returns public.order_row
language sql
stable
security invoker
begin atomic
  select row.id, row.status, row.currency, row.subtotal_minor, row.platform_fee_minor, row.processing_fee_minor, row.shipping_minor,
    row.total_minor, row.fee_payer, row.shipping_address, row.created_at, row.expires_at, row.paid_at, row.lines, row.cursor
  from private.order("order".order_id) as row;
end;
comment on function public.order(uuid) is
$$One order of the caller's, with its lines

Errors: order_not_found (404).$$;

create or replace function public.my_sales(from_at timestamptz default null, to_at timestamptz default null, after text default null, page_size int default null)
returns setof public.sale_row
language sql
stable
security invoker
begin atomic
  select row.order_line_id, row.order_id, row.order_status, row.product_id, row.variant_id, row.name, row.variant_name, row.quantity,
    row.currency, row.line_minor, row.shipping_minor, row.platform_fee_minor, row.processing_fee_minor, row.seller_net_minor,
    row.refunded_minor, row.buyer, row.shipping_address, row.shipping_required, row.paid_at, row.shipped_at, row.tracking, row.cursor
  from private.my_sales(my_sales.from_at, my_sales.to_at, my_sales.after, my_sales.page_size) as row;
end;
comment on function public.my_sales(timestamptz, timestamptz, text, int) is
$$What the caller has sold and was paid for, newest first

from_at: included, to_at: not. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.mark_shipped(order_line_id uuid, tracking text default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.mark_shipped(mark_shipped.order_line_id, mark_shipped.tracking);
end;
comment on function public.mark_shipped(uuid, text) is
$$Say that something the caller sold was sent

Again, it changes what is said about where it is. Who is muted sends it without a word. The buyer is notified once. Returns {order_line_id, shipped_at, tracking,
status: of the order}. Errors: not_signed_in, account_gone (401), account_deactivated, banned, muted, feature_disabled (403), order_line_not_found (404), nothing_to_ship, already_refunded (409), tracking_invalid (422).$$;

create or replace function public.request_refund(order_line_id uuid, reason text)
returns public.refunds
language sql
volatile
security invoker
begin atomic
  select row.id, row.order_id, row.order_line_id, row.buyer_id, row.seller_id, row.payment_intent_id, row.amount_minor, row.currency,
    row.status, row.reason, row.note, row.stripe_refund_id, row.failure, row.created_at, row.decided_at,
    case when row.decided_by = auth.uid() then row.decided_by end, row.finished_at
  from private.request_refund(request_refund.order_line_id, request_refund.reason) as row;
end;
comment on function public.request_refund(uuid, text) is
$$Ask the money for something back

The seller is notified, and decides. Asked again while that is open it gives the same. Errors: not_signed_in, account_gone (401), account_deactivated, feature_disabled (403),
order_line_not_found (404), already_refunded, refund_too_late (409; hint: the days), reason_invalid (422), rate_limited (429).$$;

create or replace function public.decide_refund(refund_id uuid, approve boolean, note text default null)
returns public.refunds
language sql
volatile
security invoker
begin atomic
  select row.id, row.order_id, row.order_line_id, row.buyer_id, row.seller_id, row.payment_intent_id, row.amount_minor, row.currency,
    row.status, row.reason, row.note, row.stripe_refund_id, row.failure, row.created_at, row.decided_at,
    case when row.decided_by = auth.uid() then row.decided_by end, row.finished_at
  from private.decide_refund(decide_refund.refund_id, decide_refund.approve, decide_refund.note) as row;
end;
comment on function public.decide_refund(uuid, boolean, text) is
$$Decide whether money is given back: for the seller, and admins who have not bought it; audited

Approved, it is made within minutes; the seller's share is taken from what they have coming, or fetched back. Errors: not_signed_in, account_gone (401), account_deactivated, feature_disabled, own_case (403),
refund_not_found (404), refund_decided (409; hint: how), value_missing, note_invalid (422).$$;

create or replace function public.refund_held(payment_intent_id text, note text)
returns public.refunds
language sql
volatile
security invoker
begin atomic
  select row.id, row.order_id, row.order_line_id, row.buyer_id, row.seller_id, row.payment_intent_id, row.amount_minor, row.currency,
    row.status, row.reason, row.note, row.stripe_refund_id, row.failure, row.created_at, row.decided_at, row.decided_by, row.finished_at
  from private.refund_held(refund_held.payment_intent_id, refund_held.note) as row;
end;
comment on function public.refund_held(text, text) is
$$Give back what is held for its buyer: a payment that paid for nothing, or a refund that their bank sent back (quarantined_events)

For admins, audited. Errors: not_signed_in (401), account_deactivated, banned, not_allowed (403), payment_not_found (404), already_refunded (409), note_invalid (422).$$;

create or replace function public.quarantined_events(after text default null, page_size int default null)
returns setof public.quarantined_event
language sql
stable
security invoker
begin atomic
  select row.id, row.type, row.error, row.order_id, row.payment_intent_id, row.happened_at, row.received_at, row.cursor
  from private.quarantined_events(quarantined_events.after, quarantined_events.page_size) as row;
end;
comment on function public.quarantined_events(text, int) is
$$Payments that paid for nothing, newest first: for admins

Of another amount or currency than their order, or for one that was over. Errors: not_signed_in (401), account_deactivated, banned, not_allowed (403),
bad_cursor (422).$$;

create or replace function public.my_downloads(after text default null, page_size int default null)
returns setof public.download_row
language sql
stable
security invoker
begin atomic
  select row.grant_id, row.order_line_id, row.track_id, row.name, row.downloads_left, row.is_revoked, row.created_at, row.cursor
  from private.my_downloads(my_downloads.after, my_downloads.page_size) as row;
end;
comment on function public.my_downloads(text, int) is
$$What the caller has bought to download, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

grant execute on function
  private.set_fee_policy(int, int, text, timestamptz), public.set_fee_policy(int, int, text, timestamptz),
  private.my_orders(text, int), public.my_orders(text, int),
  private.order(uuid), public.order(uuid),
  private.my_sales(timestamptz, timestamptz, text, int), public.my_sales(timestamptz, timestamptz, text, int),
  private.mark_shipped(uuid, text), public.mark_shipped(uuid, text),
  private.request_refund(uuid, text), public.request_refund(uuid, text),
  private.decide_refund(uuid, boolean, text), public.decide_refund(uuid, boolean, text),
  private.refund_held(text, text), public.refund_held(text, text),
  private.quarantined_events(text, int), public.quarantined_events(text, int),
  private.my_downloads(text, int), public.my_downloads(text, int)
to authenticated;
