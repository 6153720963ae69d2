create or replace function backend.place_order(buyer_id uuid, items jsonb, client_id uuid, shipping_address jsonb default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.place_order(place_order.buyer_id, place_order.items, place_order.client_id, place_order.shipping_address);
end;
comment on function backend.place_order(uuid, jsonb, uuid, jsonb) is
$$Order something for somebody the service has authenticated, and keep it from the stock for 30 minutes (setting order_reserved_minutes)

items: [{product_id, variant_id, quantity, amount_minor: of pay-what-you-want}]. shipping_address: {name, line1, line2, city, state, postal_code,
country}, where something is sent. The same client_id gives the same order. Returns {order_id, is_new, status (paid where it is free), currency,
subtotal_minor, total_minor, expires_at, charge_lines [{name, unit_minor, quantity}], which come to the total, email, stripe_customer_id,
stripe_session_id}. Errors: not_signed_in, account_gone (401), seller_not_ready (402), account_deactivated, banned, feature_disabled (403),
product_not_found, variant_not_found (404), own_product, sold_elsewhere, file_missing, event_over, already_owned, sold_out (409; hint: the product's id),
open_orders_limit (409; hint: the limit), client_id_missing, items_invalid, quantity_invalid, amount_not_open, amount_too_low, price_step, currency_mixed, currency_disabled, order_too_large,
shipping_address_invalid (422), rate_limited (429).$$;

create or replace function backend.attach_session(order_id uuid, session_id text, payment_intent_id text default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.attach_session(attach_session.order_id, attach_session.session_id, attach_session.payment_intent_id);
end;
comment on function backend.attach_session(uuid, text, text) is
$$Say in which Checkout Session an order is paid

Again with the same it changes nothing. payment_intent_id is known when it is paid, and not needed. Returns {order_id, status, stripe_session_id}: in the
page of an order that is not pending any more nobody is to pay. Errors: order_not_found (404), session_differs (409), session_invalid (422).$$;

create or replace function backend.abandon_order(order_id uuid)
returns text
language sql
volatile
security invoker
begin atomic
  select private.abandon_order(abandon_order.order_id);
end;
comment on function backend.abandon_order(uuid) is
$$Stripe will never open a session for this order: fail it, and give its stock back

Returns its status: failed, or what it was where it has a session or is over. Errors: order_not_found (404).$$;

create or replace function backend.apply_stripe_event(event jsonb)
returns text
language sql
volatile
security invoker
begin atomic
  select private.apply_stripe_event(apply_stripe_event.event);
end;
comment on function backend.apply_stripe_event(jsonb) is
$$Store and apply an event of Stripe, whose signature was checked, in one transaction

Returns duplicate, where it was applied before; else applied, stale (nothing new), ignored (not ours) or quarantined (for staff). In whatever order and
however often events come, it ends the same. Errors: transfer_not_found (404), event_invalid, outcome_missing
(422).$$;

create or replace function backend.claim_download(user_id uuid, grant_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.claim_download(claim_download.user_id, claim_download.grant_id);
end;
comment on function backend.claim_download(uuid, uuid) is
$$Count a download of somebody the service has authenticated, and say what to make a link for

Returns {bucket, path, file_name, seconds, left}. Errors: not_signed_in, account_gone (401), account_deactivated, download_revoked (403),
download_not_found (404), downloads_used_up (409; hint: how many there were).$$;

create or replace function backend.refund_to_make(refund_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.refund_to_make(refund_to_make.refund_id);
end;
comment on function backend.refund_to_make(uuid) is
$$What a refund that was approved is to be made of

{payment_intent_id, amount_minor, currency, order_id, status, approved_at}: one that is not approved any more is not to be made. Errors: refund_not_found
(404).$$;

create or replace function backend.record_refund(refund_id uuid, stripe_refund_id text, status text, failure text default null)
returns text
language sql
volatile
security invoker
begin atomic
  select private.record_refund(record_refund.refund_id, record_refund.stripe_refund_id, record_refund.status, record_refund.failure);
end;
comment on function backend.record_refund(uuid, text, text, text) is
$$Say what has become of a refund at Stripe

status: as Stripe says; pending counts as made. Returns the refund's status; again it changes nothing. Errors: refund_not_found (404), status_unknown (422).$$;

create or replace function backend.reversal_to_make(reversal_id bigint)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.reversal_to_make(reversal_to_make.reversal_id);
end;
comment on function backend.reversal_to_make(bigint) is
$$What is to be fetched back from a seller's account

{transfer_id: Stripe's, amount_minor, currency, status: due, else it was made}. Errors: reversal_not_found (404).$$;

create or replace function backend.record_reversal(reversal_id bigint, stripe_reversal_id text, status text, failure text default null)
returns text
language sql
volatile
security invoker
begin atomic
  select private.record_reversal(record_reversal.reversal_id, record_reversal.stripe_reversal_id, record_reversal.status, record_reversal.failure);
end;
comment on function backend.record_reversal(bigint, text, text, text) is
$$Say what has become of a reversal at Stripe

status: succeeded or failed; what cannot be had back is owed by the seller. Returns its status; again it changes nothing. Errors: reversal_not_found (404),
status_unknown (422).$$;

create or replace function backend.expire_orders(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.expire_orders(expire_orders.size);
end;
comment on function backend.expire_orders(int) is
$$End orders that were not paid in time, and give back what they kept of stock

Not those whose money is on its way. At most size (1000; 1000 at most) a call; returns how many; call it until it is none.$$;

create or replace function backend.complete_orders(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.complete_orders(complete_orders.size);
end;
comment on function backend.complete_orders(int) is
$$Have done with orders two weeks after they were paid, or sent (setting order_complete_days)

At most size (1000; 1000 at most) a call; returns how many; call it until it is none.$$;

create or replace function backend.forget_stripe_payloads(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.forget_stripe_payloads(forget_stripe_payloads.size);
end;
comment on function backend.forget_stripe_payloads(int) is
$$Forget the text of events of Stripe after a month (setting stripe_payload_kept_days): names and addresses of buyers are in it

At most size (1000; 10000 at most) a call; returns how many; call it until it is none.$$;

grant execute on function
  private.place_order(uuid, jsonb, uuid, jsonb), backend.place_order(uuid, jsonb, uuid, jsonb),
  private.attach_session(uuid, text, text), backend.attach_session(uuid, text, text),
  private.abandon_order(uuid), backend.abandon_order(uuid),
  private.apply_stripe_event(jsonb), backend.apply_stripe_event(jsonb),
  private.claim_download(uuid, uuid), backend.claim_download(uuid, uuid),
  private.refund_to_make(uuid), backend.refund_to_make(uuid),
  private.record_refund(uuid, text, text, text), backend.record_refund(uuid, text, text, text),
  private.reversal_to_make(bigint), backend.reversal_to_make(bigint),
  private.record_reversal(bigint, text, text, text), backend.record_reversal(bigint, text, text, text),
  private.expire_orders(int), backend.expire_orders(int),
  private.complete_orders(int), backend.complete_orders(int),
  private.forget_stripe_payloads(int), backend.forget_stripe_payloads(int)
to service_role;
