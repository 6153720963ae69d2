-- Security definer: whose customer is whose is nobody's to write; functions ask for whom they have authenticated.
create or replace function private.attach_customer(user_id uuid, customer_id text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not coalesce(private.stays(attach_customer.user_id), false) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  if coalesce(attach_customer.customer_id, '') !~ '^[A-Za-z0-9_]{1,255}$' then
    perform private.raise_error(422, 'provider_id_invalid', 'This is no id of the payment provider.');
  end if;
  insert into private.stripe_customers (user_id, stripe_customer_id)
  values (attach_customer.user_id, attach_customer.customer_id)
  on conflict do nothing;
  return private.stripe_customer(attach_customer.user_id) ->> 'stripe_customer_id';
end;
$$;

-- Security definer: whoever erases an account has no rights on the outbox.
create or replace function private.tg_stripe_customers__forget()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.enqueue('stripe_customer', jsonb_build_object('stripe_customer_id', old.stripe_customer_id));
  return null;
end;
$$;
create trigger _300_forget
  after delete on private.stripe_customers
  for each row execute function private.tg_stripe_customers__forget();

-- Security definer: as attach_customer; addresses are the auth server's.
create or replace function private.stripe_customer(user_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not exists (select from public.profiles as profile where profile.id = stripe_customer.user_id) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  return jsonb_build_object(
    'stripe_customer_id', private.stripe_customer_of(stripe_customer.user_id),
    'email', (select account.email from auth.users as account where account.id = stripe_customer.user_id)
  );
end;
$$;

-- Security definer: as attach_customer.
create or replace function private.begin_subscription(user_id uuid, plan text, price_id text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.require_feature('commerce');
  perform private.refuse_banned(begin_subscription.user_id);
  if not coalesce(private.stays(begin_subscription.user_id), false) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  perform private.know_plan_price(begin_subscription.plan, begin_subscription.price_id);
  if exists (
    select from public.subscriptions as subscription
    where subscription.user_id = begin_subscription.user_id
      and subscription.status in ('trialing', 'active', 'past_due', 'unpaid', 'paused')
  ) then
    perform private.raise_error(409, 'already_subscribed', 'There is a subscription already; change it in the billing portal.');
  end if;
  return private.stripe_customer(begin_subscription.user_id)
    || jsonb_build_object('plan', begin_subscription.plan, 'price_id', begin_subscription.price_id);
end;
$$;

-- Security definer: prices are nobody's to write; functions know those of the settings.
create or replace function private.know_plan_prices(prices jsonb)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_price record;
begin
  if coalesce(jsonb_typeof(know_plan_prices.prices), '') <> 'object' or know_plan_prices.prices = '{}' then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  for v_price in select price.key as plan, price.value as id from jsonb_each_text(know_plan_prices.prices) as price order by price.key loop
    perform private.know_plan_price(v_price.plan, v_price.id);
  end loop;
  return (select count(*) from jsonb_object_keys(know_plan_prices.prices));
end;
$$;

create or replace function private.know_plan_price(plan text, price_id text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if not exists (select from public.plans as row where row.code = know_plan_price.plan and row.price_minor > 0) then
    perform private.raise_error(404, 'plan_not_found', 'There is no plan of this name to be had.');
  end if;
  if coalesce(know_plan_price.price_id, '') !~ '^[A-Za-z0-9_]{1,255}$' then
    perform private.raise_error(422, 'provider_id_invalid', 'This is no id of the payment provider.');
  end if;
  insert into private.plan_prices (price_id, plan)
  values (know_plan_price.price_id, know_plan_price.plan)
  on conflict on constraint plan_prices_pkey do nothing;
  if not exists (
    select from private.plan_prices as price where price.price_id = know_plan_price.price_id and price.plan = know_plan_price.plan
  ) then
    perform private.raise_error(409, 'price_of_another_plan', 'This price is another plan''s.');
  end if;
end;
$$;
comment on function private.know_plan_price(text, text) is
'A price is of this plan from now on: plan_not_found (404), price_of_another_plan (409), provider_id_invalid (422)';

create or replace function private.await_person(profile_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock_shared(private.person_key(await_person.profile_id));
  return exists (select from public.profiles as profile where profile.id = await_person.profile_id);
end;
$$;
comment on function private.await_person(uuid) is
$$Whether somebody is there and stays until the transaction ends, as stays() asks; but who is just leaving or coming back is waited for

Asked before any lock that an erasure may want: what the provider reports comes once, and must not be lost to who deletes their account at that moment.$$;

create or replace function private.from_epoch(value jsonb)
returns timestamptz
language sql
immutable
security invoker
set search_path = ''
as $$
  select case when jsonb_typeof(from_epoch.value) = 'number' then to_timestamp((from_epoch.value #>> '{}')::double precision) end
$$;
comment on function private.from_epoch(jsonb) is 'A moment as Stripe writes it, in whole seconds; null for null';

create or replace function private.customer_of(object jsonb)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_named text;
begin
  v_named := coalesce(
    (
      select customer.user_id::text
      from private.stripe_customers as customer
      where customer.stripe_customer_id = coalesce(customer_of.object #>> '{customer,id}', customer_of.object ->> 'customer')
    ),
    customer_of.object #>> '{metadata,user_id}',
    customer_of.object #>> '{parent,subscription_details,metadata,user_id}'
  );
  return case when pg_input_is_valid(v_named, 'uuid') then v_named::uuid end;
end;
$$;
comment on function private.customer_of(jsonb) is
'Whose an object of Stripe is: by its customer, else as its metadata say, also when they are gone since; null for nobody of ours';

create or replace function private.plan_of(object jsonb)
returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select price.plan from private.plan_prices as price where price.price_id = plan_of.object #>> '{items,data,0,price,id}'
$$;
comment on function private.plan_of(jsonb) is
'The plan a subscription is of, by what is paid for it: its metadata still say what it began as when another was chosen at Stripe. Null for a price that is not known';

-- States have an order of their own, as they come in any: what has ended stays so, a later period is later, then what was reported later; within one
-- second the status decides, and last the words. The highest stands, so each may come as often as it likes.
create or replace function private.mirror_subscription(object jsonb, happened_at timestamptz)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_ranks constant text[] := '{incomplete,trialing,active,past_due,unpaid,paused,incomplete_expired,canceled}';
  v_id constant text := mirror_subscription.object ->> 'id';
  v_status constant text := mirror_subscription.object ->> 'status';
  v_user_id constant uuid := private.customer_of(mirror_subscription.object);
  v_plan constant text := private.plan_of(mirror_subscription.object);
  v_item constant jsonb := mirror_subscription.object #> '{items,data,0}';
  -- Since 2025 the period is the item's; before it was the subscription's.
  v_period_start constant timestamptz := private.from_epoch(
    coalesce(v_item -> 'current_period_start', mirror_subscription.object -> 'current_period_start')
  );
  v_period_end constant timestamptz := private.from_epoch(
    coalesce(v_item -> 'current_period_end', mirror_subscription.object -> 'current_period_end')
  );
  v_cancels_at constant timestamptz := coalesce(
    private.from_epoch(mirror_subscription.object -> 'cancel_at'),
    case when mirror_subscription.object -> 'cancel_at_period_end' = 'true' then v_period_end end
  );
  v_version jsonb;
  v_is_new boolean;
begin
  if v_user_id is null or not private.await_person(v_user_id) then
    return 'ignored';
  end if;
  if v_id is null or v_plan is null or v_period_start is null or v_period_end is null or array_position(v_ranks, v_status) is null then
    return 'quarantined';
  end if;
  v_version := jsonb_build_array(
    (v_status in ('canceled', 'incomplete_expired'))::int, extract(epoch from v_period_start), extract(epoch from mirror_subscription.happened_at),
    array_position(v_ranks, v_status), (v_cancels_at is not null)::int, md5(mirror_subscription.object::text)
  );
  -- Its events one after the other, whichever come first.
  perform pg_advisory_xact_lock(hashtextextended('subscription:' || v_id, 0));
  insert into public.subscriptions as subscription (
    id, user_id, plan, status, started_at, period_start, period_end, cancels_at, ended_at, version
  )
  values (
    v_id, v_user_id, v_plan, v_status,
    coalesce(
      private.from_epoch(mirror_subscription.object -> 'start_date'), private.from_epoch(mirror_subscription.object -> 'created'), v_period_start
    ),
    v_period_start, v_period_end, v_cancels_at,
    case when v_status in ('canceled', 'incomplete_expired') then coalesce(
      private.from_epoch(mirror_subscription.object -> 'ended_at'), private.from_epoch(mirror_subscription.object -> 'canceled_at'),
      mirror_subscription.happened_at
    ) end,
    v_version
  )
  on conflict on constraint subscriptions_pkey do update
    set plan = excluded.plan, status = excluded.status, started_at = excluded.started_at, period_start = excluded.period_start,
        period_end = excluded.period_end, cancels_at = excluded.cancels_at, ended_at = excluded.ended_at, version = excluded.version
    where subscription.version < excluded.version
  returning true into v_is_new;
  if v_is_new is null then
    return 'stale';
  end if;
  perform private.settle_subscription(v_id);
  -- Who has opened two pages of Stripe's may have paid on both: staff give one of them back.
  return case
    when v_status in ('trialing', 'active', 'past_due') and exists (
      select
      from public.subscriptions as other
      where other.user_id = v_user_id and other.id <> v_id and other.status in ('trialing', 'active', 'past_due')
    ) then 'quarantined'
    else 'applied'
  end;
end;
$$;
comment on function private.mirror_subscription(jsonb, timestamptz) is
$$Take over what Stripe says of a subscription, and entitle its owner by it

Returns applied, stale (what is known is newer, or the same), ignored (of nobody of ours) or quarantined (of no plan or period that is known; or applied,
and the second one of somebody who has one).$$;

create or replace function private.settle_subscription(subscription_id text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_subscription public.subscriptions;
  v_ends_at timestamptz;
begin
  select subscription.* into v_subscription
  from public.subscriptions as subscription
  where subscription.id = settle_subscription.subscription_id
  for update;
  if not found then
    return;
  end if;
  v_ends_at := case
    when v_subscription.ended_at is not null then v_subscription.ended_at
    when v_subscription.status in ('trialing', 'active') then v_subscription.period_end
    when v_subscription.status = 'past_due' then
      -- What is paid runs on; a renewal that is not has begun its period nonetheless.
      greatest(
        v_subscription.period_start,
        (
          select max(invoice.period_end)
          from public.invoices as invoice
          where invoice.subscription_id = v_subscription.id and invoice.status = 'paid'
        )
      ) + make_interval(days => private.setting('past_due_grace_days')::int)
  end;
  if v_ends_at > v_subscription.started_at and v_subscription.status <> 'incomplete_expired' then
    insert into public.entitlement_grants as entitlement (user_id, plan, source, starts_at, ends_at, subscription_id)
    values (
      v_subscription.user_id, v_subscription.plan, 'stripe', v_subscription.started_at, v_ends_at, v_subscription.id
    )
    on conflict on constraint entitlement_grants_subscription_id_once do update
      set plan = excluded.plan, starts_at = excluded.starts_at, ends_at = excluded.ends_at;
  else
    delete from public.entitlement_grants as entitlement where entitlement.subscription_id = v_subscription.id;
  end if;
  perform private.stack_entitlements(v_subscription.user_id, v_subscription.plan);
end;
$$;
comment on function private.settle_subscription(text) is
'Bring the entitlement of a subscription to what it and its invoices say: to the end of the period, of what is past due some days (past_due_grace_days) longer than it is paid';

create or replace function private.mirror_invoice(object jsonb, happened_at timestamptz)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_ranks constant text[] := '{draft,open,uncollectible,void,paid}';
  v_id constant text := mirror_invoice.object ->> 'id';
  v_status constant text := mirror_invoice.object ->> 'status';
  v_subscription_id constant text := mirror_invoice.object #>> '{parent,subscription_details,subscription}';
  v_currency constant text := upper(mirror_invoice.object ->> 'currency');
  v_user_id uuid := private.customer_of(mirror_invoice.object);
  v_is_new boolean;
begin
  v_user_id := coalesce(
    v_user_id, (select subscription.user_id from public.subscriptions as subscription where subscription.id = v_subscription_id)
  );
  if v_subscription_id is null
    or (v_user_id is null and not exists (select from public.invoices as invoice where invoice.subscription_id = v_subscription_id))
  then
    return 'ignored';
  end if;
  -- What somebody has paid who is gone since was paid nonetheless: it names nobody then, as their other invoices do.
  if not private.await_person(v_user_id) then
    v_user_id := null;
  end if;
  if v_id is null or array_position(v_ranks, v_status) is null
    or not exists (select from public.currencies as currency where currency.code = v_currency)
    or not coalesce(private.is_whole(mirror_invoice.object -> 'amount_due', 0, 2147483647), false)
    or not coalesce(private.is_whole(mirror_invoice.object -> 'amount_paid', 0, 2147483647), false)
  then
    return 'quarantined';
  end if;
  -- As mirror_subscription.
  perform pg_advisory_xact_lock(hashtextextended('subscription:' || v_subscription_id, 0));
  insert into public.invoices as invoice (
    id, user_id, subscription_id, status, amount_minor, paid_minor, currency, period_end, url, created_at, version
  )
  values (
    v_id, v_user_id, v_subscription_id, v_status, (mirror_invoice.object ->> 'amount_due')::bigint,
    (mirror_invoice.object ->> 'amount_paid')::bigint, v_currency,
    (
      select max(private.from_epoch(line.item #> '{period,end}'))
      from jsonb_array_elements(mirror_invoice.object #> '{lines,data}') as line (item)
    ),
    case when v_user_id is not null then mirror_invoice.object ->> 'hosted_invoice_url' end,
    coalesce(private.from_epoch(mirror_invoice.object -> 'created'), mirror_invoice.happened_at),
    jsonb_build_array(
      array_position(v_ranks, v_status), extract(epoch from mirror_invoice.happened_at), md5(mirror_invoice.object::text)
    )
  )
  on conflict on constraint invoices_pkey do update
    set status = excluded.status, amount_minor = excluded.amount_minor, paid_minor = excluded.paid_minor, period_end = excluded.period_end,
        url = excluded.url, version = excluded.version
    where invoice.version < excluded.version
  returning true into v_is_new;
  if v_is_new is null then
    return 'stale';
  end if;
  if v_status = 'paid' then
    perform private.post_entry(
      'invoice', v_id,
      array[
        row('provider', null, 'stripe_clearing', v_currency, (mirror_invoice.object ->> 'amount_paid')::bigint)::private.posting,
        row('platform', null, 'subscriptions', v_currency, -(mirror_invoice.object ->> 'amount_paid')::bigint)::private.posting
      ]
    );
  end if;
  perform private.settle_subscription(v_subscription_id);
  return 'applied';
end;
$$;
comment on function private.mirror_invoice(jsonb, timestamptz) is
$$Take over what Stripe says of an invoice of a subscription; what is paid goes into the ledger, once, whoever is gone since

Returns applied, stale, ignored (of no subscription, or of nobody of ours) or quarantined (an amount or currency that cannot be).$$;

-- Security definer: tells the caller of their own alone.
create or replace function private.my_subscription()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_signed_in();
  return (
    select jsonb_build_object(
      'plan', subscription.plan, 'status', subscription.status, 'started_at', subscription.started_at,
      'period_end', subscription.period_end, 'cancels_at', subscription.cancels_at, 'ended_at', subscription.ended_at,
      'entitled_until', (
        select entitlement.ends_at from public.entitlement_grants as entitlement where entitlement.subscription_id = subscription.id
      )
    )
    from public.subscriptions as subscription
    where subscription.user_id = auth.uid()
    order by subscription.ended_at is not null, subscription.started_at desc, subscription.id
    limit 1
  );
end;
$$;

-- Security definer: a list of one's own that pages.
create or replace function private.my_invoices(after text, page_size int)
returns setof public.invoice_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_list text := 'my_invoices:' || auth.uid();
  v_place text[] := private.decode_place(v_list, my_invoices.after, '{timestamptz,text}');
  v_size int := private.page_size(my_invoices.page_size);
begin
  perform private.require_signed_in();
  return query
  select
    invoice.id,
    (select subscription.plan from public.subscriptions as subscription where subscription.id = invoice.subscription_id),
    invoice.status, invoice.amount_minor, invoice.paid_minor, invoice.currency, invoice.period_end, invoice.url, invoice.created_at,
    private.encode_cursor(v_list, jsonb_build_array(invoice.created_at, invoice.id)::text)
  from public.invoices as invoice
  where invoice.user_id = auth.uid()
    and (invoice.created_at, invoice.id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], ''))
  order by invoice.created_at desc, invoice.id desc
  limit v_size;
end;
$$;
