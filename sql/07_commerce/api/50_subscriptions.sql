create or replace function public.my_subscription()
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.my_subscription();
end;
comment on function public.my_subscription() is
$$The caller's subscription, the one that runs before those that have ended; null when there never was one

{plan, status, started_at, period_end, cancels_at or null, ended_at or null, entitled_until or null}. Errors: not_signed_in (401).$$;

create or replace function public.my_invoices(after text default null, page_size int default null)
returns setof public.invoice_row
language sql
stable
security invoker
begin atomic
  select row.id, row.plan, row.status, row.amount_minor, row.paid_minor, row.currency, row.period_end, row.url, row.created_at, row.cursor
  from private.my_invoices(my_invoices.after, my_invoices.page_size) as row;
end;
comment on function public.my_invoices(text, int) is
$$The invoices of the caller's subscriptions, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function backend.stripe_customer(user_id uuid)
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.stripe_customer(stripe_customer.user_id);
end;
comment on function backend.stripe_customer(uuid) is
$$Which customer at the payment provider somebody is

{stripe_customer_id or null, email}. Errors: profile_not_found (404).$$;

create or replace function backend.attach_customer(user_id uuid, customer_id text)
returns text
language sql
volatile
security invoker
begin atomic
  select private.attach_customer(attach_customer.user_id, attach_customer.customer_id);
end;
comment on function backend.attach_customer(uuid, text) is
$$Note which customer at the payment provider somebody is

Returns the one that stands: the first. Errors: profile_not_found (404), provider_id_invalid (422).$$;

create or replace function backend.begin_subscription(user_id uuid, plan text, price_id text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.begin_subscription(begin_subscription.user_id, begin_subscription.plan, begin_subscription.price_id);
end;
comment on function backend.begin_subscription(uuid, text, text) is
$$Ask whether somebody may subscribe to a plan, before the provider is

price_id: the price at Stripe that the settings name for the plan, which is noted. Returns {stripe_customer_id or null, email, plan, price_id}. Errors:
banned, feature_disabled (403), profile_not_found, plan_not_found (404), already_subscribed, price_of_another_plan (409), provider_id_invalid (422).$$;

create or replace function backend.know_plan_prices(prices jsonb)
returns int
language sql
volatile
security invoker
begin atomic
  select private.know_plan_prices(know_plan_prices.prices);
end;
comment on function backend.know_plan_prices(jsonb) is
$$Note which prices at Stripe are of which plans, so that somebody who chooses another plan in the billing portal has what they pay for

prices: {plan: price id}. Earlier prices of a plan stay known. Returns how many were given. Errors: plan_not_found (404), price_of_another_plan (409),
value_missing, provider_id_invalid (422).$$;

grant execute on function
  private.my_subscription(), public.my_subscription(),
  private.my_invoices(text, int), public.my_invoices(text, int)
to authenticated;

grant execute on function
  private.stripe_customer(uuid), backend.stripe_customer(uuid),
  private.attach_customer(uuid, text), backend.attach_customer(uuid, text),
  private.begin_subscription(uuid, text, text), backend.begin_subscription(uuid, text, text),
  private.know_plan_prices(jsonb), backend.know_plan_prices(jsonb)
to service_role;
