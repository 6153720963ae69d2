-- What goes again of what was paid: given back here or at Stripe, or fetched by a bank. Everything here is done with the order locked.

create or replace function private.move_held(payment private.payments, kind text, cause text, amount_minor bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_buyer_id constant uuid := (select bought.buyer_id from public.orders as bought where bought.id = (move_held.payment).order_id);
begin
  perform private.post_entry(
    move_held.kind, move_held.cause,
    array[
      row('provider', null, 'stripe_clearing', (move_held.payment).currency, move_held.amount_minor)::private.posting,
      row('buyer', v_buyer_id, 'held', (move_held.payment).currency, -move_held.amount_minor)::private.posting
    ]
  );
end;
$$;
comment on function private.move_held(private.payments, text, text, bigint) is 'Take money that belongs to no order for its buyer, or with an amount below 0 give it back';

create or replace function private.first_minor(total bigint, weights bigint[], step bigint)
returns bigint[]
language sql
immutable
security invoker
set search_path = ''
as $$
  with whole as (
    select
      (first_minor.total / first_minor.step)::numeric as steps, first_minor.total % first_minor.step as rest,
      coalesce(sum(each.value / first_minor.step), 0)::numeric as weight
    from unnest(first_minor.weights) as each (value)
  ),
  -- Of each line as many as are in front of its exact share: these are among the first for sure.
  part as (
    select
      weight.place, (weight.value / first_minor.step)::numeric as steps,
      div(whole.steps * (weight.value / first_minor.step), greatest(whole.weight, 1)) as sure
    from unnest(first_minor.weights) with ordinality as weight (value, place)
    cross join whole
  ),
  missing as (
    select (select whole.steps from whole) - coalesce(sum(part.sure), 0) as steps from part
  ),
  -- 40 decimals tell any two fractions of amounts apart.
  candidate as (
    select
      part.place, row_number() over (order by (part.sure + unit.number)::numeric(60, 40) / part.steps, part.place) as turn
    from part
    cross join missing
    cross join lateral generate_series(1, least(missing.steps + 1, part.steps - part.sure)) as unit (number)
  ),
  more as (
    select
      candidate.place,
      sum(case when candidate.turn <= missing.steps then first_minor.step when candidate.turn = missing.steps + 1 then whole.rest end) as minor
    from candidate
    cross join missing
    cross join whole
    group by candidate.place
  )
  select coalesce(array_agg((part.sure * first_minor.step + coalesce(more.minor, 0))::bigint order by part.place), '{}')
  from part
  left join more on more.place = part.place
$$;
comment on function private.first_minor(bigint, bigint[], bigint) is
$$How many of the first units of an order are of each of its lines

All units of all lines stand in one row: the k-th of a line of n at k/n, at equal places the line that comes first, and in steps. So the parts sum to the
total and are in proportion; of a greater total no part is less; and where a line is taken out with all that it has, the parts of the others stay as they
are. split_amount, which rounds by the largest remainder, promises neither. total is at most the sum of weights, which are multiples of step.$$;

create or replace function private.settle_lines(order_id uuid, kind text, cause text, moved_minor bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_refunded bigint;
  v_disputed bigint;
  v_ours bigint[];
  v_weights bigint[];
  v_open bigint;
  v_step bigint;
  v_given bigint[];
  v_taken bigint[];
  v_currency text;
  v_line public.order_lines;
  v_place int := 0;
  v_is_refunded boolean;
  v_postings private.posting[] := '{}';
  v_rest bigint := settle_lines.moved_minor;
begin
  perform private.lock_stock(array[settle_lines.order_id]);
  select
    payment.provider_refunded_minor,
    (
      select sum(dispute.amount_minor)
      from private.disputes as dispute
      where dispute.payment_intent_id = payment.payment_intent_id and dispute.is_posted and not dispute.is_given_back
    )
  into v_refunded, v_disputed
  from private.payments as payment
  where payment.order_id = settle_lines.order_id and payment.settled_as = 'sale';
  -- A refund of ours gives back all that its line has left: such a line has done with what else is given back.
  select
    max(line.currency), max(currency.step_minor), array_agg(ours.minor order by line.place),
    array_agg(case when ours.minor is null then line.charged_minor else 0 end order by line.place),
    coalesce(sum(line.charged_minor) filter (where ours.minor is null), 0),
    coalesce(v_refunded, 0) - coalesce(sum(line.charged_minor - ours.minor), 0)
  into v_currency, v_step, v_ours, v_weights, v_open, v_refunded
  from public.order_lines as line
  join public.currencies as currency on currency.code = line.currency
  cross join lateral (
    select sum(refund.amount_minor)::bigint as minor
    from public.refunds as refund
    where refund.order_line_id = line.id and refund.status = 'succeeded'
  ) as ours
  where line.order_id = settle_lines.order_id;
  v_given := private.first_minor(least(v_refunded, v_open), v_weights, v_step);
  v_taken := private.first_minor(least(v_refunded + coalesce(v_disputed, 0), v_open), v_weights, v_step);
  for v_line in
    select line.* from public.order_lines as line where line.order_id = settle_lines.order_id order by line.place
  loop
    v_place := v_place + 1;
    if v_ours[v_place] is not null then
      v_given[v_place] := v_line.charged_minor;
      v_taken[v_place] := v_line.charged_minor;
    end if;
    v_postings := v_postings || private.line_postings(v_line, v_line.refunded_minor + v_line.disputed_minor, v_taken[v_place]);
    v_rest := v_rest - (v_taken[v_place] - v_line.refunded_minor - v_line.disputed_minor);
    v_is_refunded := v_ours[v_place] is not null or (v_line.charged_minor > 0 and v_given[v_place] = v_line.charged_minor);
    update public.order_lines as line
    set refunded_minor = v_given[v_place], provider_refunded_minor = v_given[v_place] - coalesce(v_ours[v_place], 0),
        disputed_minor = v_taken[v_place] - v_given[v_place], is_refunded = v_is_refunded
    where line.id = v_line.id;
    if v_is_refunded then
      perform private.give_stock_back(v_line.order_id, v_line.id);
    end if;
  end loop;
  -- What a bank fetches beyond what the order has left is the platform's loss: no seller gives more than they got.
  perform private.take_from_sellers(
    settle_lines.order_id, settle_lines.kind, settle_lines.cause,
    v_postings || array[
      row('platform', null, 'disputes', v_currency, v_rest)::private.posting,
      row('provider', null, 'stripe_clearing', v_currency, -v_rest)::private.posting
    ]
  );
end;
$$;
comment on function private.settle_lines(uuid, text, text, bigint) is
$$Bring the lines of an order, which is locked, to what was given back of it and is disputed, and write what that moves as one entry

kind, cause: of the entry. moved_minor: by how much that is more than before; below 0 where a dispute was won.

What a line has given comes from three sums alone: our refunds that were made, what was given back at Stripe itself, and the disputes that stand. A refund of
ours takes all that its line has left. Of the units of the other lines (first_minor) the first are what was given back at Stripe, and the next are disputed.
So it does not matter in which order these sums came to be what they are: an entry only writes the difference. And what was given back of a line never
becomes less: the sums of refunds only grow, and one of ours finds its line as settle_refunds has left it, and takes with it what the line had of them.$$;

create or replace function private.take_from_payment(payment private.payments, kind text, cause text, moved_minor bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if (take_from_payment.payment).settled_as = 'held' then
    perform private.move_held(take_from_payment.payment, take_from_payment.kind, take_from_payment.cause, -take_from_payment.moved_minor);
  else
    perform private.settle_lines((take_from_payment.payment).order_id, take_from_payment.kind, take_from_payment.cause, take_from_payment.moved_minor);
  end if;
end;
$$;
comment on function private.take_from_payment(private.payments, text, text, bigint) is
'So much more of a payment has gone at Stripe, which is written there already: from its order, or from what is held of it';

create or replace function private.settle_refunds(payment private.payments)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_payment constant private.payments := settle_refunds.payment;
  -- What nobody asked for here was given back at Stripe itself.
  v_target constant bigint := least(v_payment.refunded_minor, v_payment.amount_minor) - (
    select coalesce(sum(refund.amount_minor), 0)
    from public.refunds as refund
    where refund.payment_intent_id = v_payment.payment_intent_id and refund.status = 'succeeded'
  );
begin
  -- It may be the one of ours that is under way; when that is over this is asked again.
  if v_target > v_payment.provider_refunded_minor and not exists (
    select from public.refunds as refund where refund.payment_intent_id = v_payment.payment_intent_id and refund.status = 'approved'
  ) then
    update private.payments as mirror set provider_refunded_minor = v_target where mirror.payment_intent_id = v_payment.payment_intent_id;
    perform private.take_from_payment(
      v_payment, 'provider_refund', v_payment.payment_intent_id || ':' || v_target, v_target - v_payment.provider_refunded_minor
    );
  end if;
end;
$$;
comment on function private.settle_refunds(private.payments) is
$$Bring the ledger to what Stripe says was given back beyond our own refunds

Never while one of ours is under way: its line is not open to others meanwhile, and whether it will be is not known. So what is written never has to be
taken back, whenever it was reported.$$;

create or replace function private.settle_returned(payment private.payments)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_payment constant private.payments := settle_returned.payment;
  v_returned private.returned_refunds;
begin
  for v_returned in
    select returned.*
    from private.returned_refunds as returned
    where returned.payment_intent_id = v_payment.payment_intent_id
    order by returned.id
  loop
    perform private.move_held(v_payment, 'refund_returned', v_returned.id, v_returned.amount_minor);
  end loop;
end;
$$;
comment on function private.settle_returned(private.payments) is
'Hold for its buyer what their bank has sent back, once a refund: the sale stays undone, and the money is theirs until it reaches them';

create or replace function private.settle_disputes(payment private.payments)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_payment constant private.payments := settle_disputes.payment;
  v_dispute private.disputes;
  v_fee record;
begin
  for v_dispute in
    select dispute.* from private.disputes as dispute where dispute.payment_intent_id = v_payment.payment_intent_id order by dispute.id
  loop
    -- Once a balance transaction: any report has those there were until then.
    for v_fee in select fee.key as id, fee.value::bigint as minor from jsonb_each_text(v_dispute.fees) as fee order by fee.key loop
      perform private.post_entry(
        'dispute_fee', v_fee.id,
        array[
          row('provider', null, 'stripe_clearing', v_dispute.currency, -v_fee.minor)::private.posting,
          row('platform', null, 'disputes', v_dispute.currency, v_fee.minor)::private.posting
        ]
      );
    end loop;
    continue when v_dispute.is_posted and (v_dispute.is_given_back or v_dispute.status <> 'won');
    update private.disputes as dispute
    set is_posted = true, is_given_back = v_dispute.status = 'won'
    where dispute.id = v_dispute.id;
    if v_dispute.is_posted then
      perform private.take_from_payment(v_payment, 'dispute_won', v_dispute.id, -v_dispute.amount_minor);
    elsif v_dispute.status <> 'won' then
      perform private.take_from_payment(v_payment, 'dispute', v_dispute.id, v_dispute.amount_minor);
    end if;
  end loop;
end;
$$;
comment on function private.settle_disputes(private.payments) is
$$Bring the ledger to what Stripe says of disputes: what was taken, what came back where it was won, and what it costs

One that is known only when it was won has moved nothing but its fee.$$;
