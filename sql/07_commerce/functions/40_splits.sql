create or replace function private.split_amount(total bigint, weights bigint[], step bigint default 1)
returns bigint[]
language sql
immutable
security invoker
set search_path = ''
as $$
  with part as (
    select
      weight.place,
      div(whole.units * weight.value, greatest(whole.weight, 1)) as floor,
      mod(whole.units * weight.value, greatest(whole.weight, 1)) as remainder,
      whole.units
    from unnest(split_amount.weights) with ordinality as weight (value, place)
    cross join (
      select (split_amount.total / split_amount.step)::numeric as units, coalesce(sum(each.value), 0)::numeric as weight
      from unnest(split_amount.weights) as each (value)
    ) as whole
  ),
  ranked as (
    select
      part.place, part.floor,
      row_number() over (order by part.remainder desc, part.place) <= part.units - sum(part.floor) over () as is_rounded_up
    from part
  )
  select coalesce(array_agg(((ranked.floor + ranked.is_rounded_up::int) * split_amount.step)::bigint order by ranked.place), '{}')
  from ranked
$$;
comment on function private.split_amount(bigint, bigint[], bigint) is
$$Split an amount in proportion to weights, by largest remainder: the parts sum to it exactly

total and weights are 0 or more, total a multiple of step, and so is each part; of equal remainders the first comes first. No part is more than its share
rounded up to a step.$$;

create type private.line_amounts as (
  platform_fee_minor bigint,
  processing_fee_minor bigint,
  seller_net_minor bigint,
  charged_minor bigint
);

create or replace function private.split_order(
  line_minors bigint[], shipping_minors bigint[], platform_bps int, processing_bps int, payer text, step bigint default 1
)
returns setof private.line_amounts
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_subtotal constant numeric := (select coalesce(sum(line.minor), 0) from unnest(split_order.line_minors) as line (minor));
  v_platform constant bigint := div(v_subtotal * split_order.platform_bps, 10000 * split_order.step) * split_order.step;
  v_processing constant bigint := div(v_subtotal * split_order.processing_bps, 10000 * split_order.step) * split_order.step;
  -- Both fees at once, then the one of the two within that: split each for itself, a line of a cent could be rounded up to two cents of fees.
  v_fees constant bigint[] := private.split_amount(v_platform + v_processing, split_order.line_minors, split_order.step);
  v_platforms constant bigint[] := private.split_amount(v_platform, v_fees, split_order.step);
begin
  return query
  select
    v_platforms[place], v_fees[place] - v_platforms[place],
    sold.minor - case split_order.payer when 'seller' then v_fees[place] else 0 end,
    sold.minor + case split_order.payer when 'buyer' then v_fees[place] else 0 end
  from generate_subscripts(split_order.line_minors, 1) as place
  cross join lateral (select split_order.line_minors[place] + split_order.shipping_minors[place] as minor) as sold
  order by place;
end;
$$;
comment on function private.split_order(bigint[], bigint[], int, int, text, bigint) is
$$The fees of an order, and what each line has of them, in the order of the lines

Each fee is the subtotal by its basis points, rounded down to a step. payer: buyer, who pays them beside, or seller, out of whose share they come.
Sending is not charged with fees.$$;

create or replace function private.fee_policy(at timestamptz default now())
returns public.fee_policies
language sql
stable
security invoker
set search_path = ''
as $$
  select policy.* from public.fee_policies as policy where policy.effective_from <= fee_policy.at order by policy.effective_from desc limit 1
$$;
comment on function private.fee_policy(timestamptz) is 'The fees in force';

-- Security definer: fees are nobody's to write, so that every change is audited.
create or replace function private.set_fee_policy(platform_bps int, processing_bps int, payer text, effective_from timestamptz)
returns public.fee_policies
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_policy public.fee_policies;
begin
  perform private.require_staff('admin');
  if not coalesce(
    set_fee_policy.platform_bps between 0 and 10000
    and set_fee_policy.processing_bps between 0 and 10000
    and set_fee_policy.platform_bps + set_fee_policy.processing_bps <= 10000,
    false
  ) then
    perform private.raise_error(422, 'bps_invalid', 'Fees are 0 to 10000 basis points, both together as well.');
  end if;
  if coalesce(set_fee_policy.payer, '') not in ('buyer', 'seller') then
    perform private.raise_error(422, 'payer_unknown', 'Fees are paid by buyer or seller.');
  end if;
  -- What was sold was sold by the rules of then.
  if set_fee_policy.effective_from < now() or not isfinite(set_fee_policy.effective_from) then
    perform private.raise_error(422, 'effective_from_invalid', 'Fees change from now or a later moment on.');
  end if;
  insert into public.fee_policies (platform_bps, processing_bps, payer, effective_from)
  values (
    set_fee_policy.platform_bps, set_fee_policy.processing_bps, set_fee_policy.payer,
    coalesce(set_fee_policy.effective_from, now())
  )
  on conflict on constraint fee_policies_effective_from_once do update
    set platform_bps = excluded.platform_bps, processing_bps = excluded.processing_bps, payer = excluded.payer
  returning * into v_policy;
  perform private.audit('fee_policy_set', 'fee_policy', v_policy.id::text, to_jsonb(v_policy));
  return v_policy;
end;
$$;

create or replace function private.tg_orders__move()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if new.status <> old.status and not exists (
    select from private.order_moves as move where move.from_status = old.status and move.to_status = new.status
  ) then
    raise exception using
      errcode = 'check_violation', schema = 'public', table = 'orders', constraint = 'orders_status_moves',
      message = format('an order does not move from %s to %s', old.status, new.status);
  end if;
  return new;
end;
$$;
create trigger _300_move
  before update of status on public.orders
  for each row execute function private.tg_orders__move();
create trigger _310_append_only
  before delete on public.orders
  for each row execute function private.tg__append_only();
create trigger _310_append_only
  before delete on public.order_lines
  for each row execute function private.tg__append_only();

create or replace function private.stripe_customer_of(user_id uuid)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (select customer.stripe_customer_id from private.stripe_customers as customer where customer.user_id = stripe_customer_of.user_id);
end;
$$;
comment on function private.stripe_customer_of(uuid) is 'What Stripe calls somebody, if they are a customer there';
