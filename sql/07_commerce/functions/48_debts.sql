create or replace function private.settle_debt(seller_id uuid, currency text, earned_minor bigint, cause text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_paid bigint;
begin
  if private.balance('seller', settle_debt.seller_id, 'owed_to_platform', settle_debt.currency) <= 0 then
    return;
  end if;
  -- Whoever owes pays once, however much of what they earn is settled at this moment.
  perform pg_advisory_xact_lock(hashtextextended('debt:' || settle_debt.seller_id, 0));
  v_paid := least(private.balance('seller', settle_debt.seller_id, 'owed_to_platform', settle_debt.currency), settle_debt.earned_minor);
  if v_paid > 0 then
    perform private.post_entry(
      'debt_settled', settle_debt.cause,
      array[
        row('seller', settle_debt.seller_id, 'payable', settle_debt.currency, v_paid)::private.posting,
        row('seller', settle_debt.seller_id, 'owed_to_platform', settle_debt.currency, -v_paid)::private.posting
      ]
    );
  end if;
end;
$$;
comment on function private.settle_debt(uuid, text, bigint, text) is 'Take what a seller owes the platform from what they have just earned, once a cause';

create or replace function private.settle_debts_by_sale(order_id uuid, postings private.posting[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_earned record;
begin
  for v_earned in
    select posting.owner_id, posting.currency, -sum(posting.amount_minor)::bigint as amount_minor
    from unnest(settle_debts_by_sale.postings) as posting
    where posting.purpose = 'payable'
    group by posting.owner_id, posting.currency
    order by posting.owner_id
  loop
    perform private.settle_debt(
      v_earned.owner_id, v_earned.currency, v_earned.amount_minor, settle_debts_by_sale.order_id || ':' || v_earned.owner_id
    );
  end loop;
end;
$$;
comment on function private.settle_debts_by_sale(uuid, private.posting[]) is 'Take what sellers owe the platform from what a sale brings them';
