create or replace function public.reconciliations(after text default null, page_size int default null)
returns setof public.reconciliation_row
language sql
stable
security invoker
begin atomic
  select row.id, row.from_at, row.to_at, row.repaired_count, row.transaction_count, row.currencies, row.is_even, row.created_at, row.cursor
  from private.reconciliations(reconciliations.after, reconciliations.page_size) as row;
end;
comment on function public.reconciliations(text, int) is
$$How the ledger and the payment provider compared, newest first: for admins

Errors: not_signed_in (401), account_deactivated, banned, not_allowed (403), bad_cursor (422).$$;

create or replace function backend.missing_stripe_events(ids text[])
returns text[]
language sql
stable
security invoker
begin atomic
  select private.missing_stripe_events(missing_stripe_events.ids);
end;
comment on function backend.missing_stripe_events(text[]) is
$$Which of these events of Stripe have not come

Of the ids given, in their order.$$;

create or replace function backend.reconciled_since()
returns timestamptz
language sql
stable
security invoker
begin atomic
  select private.reconciled_since();
end;
comment on function backend.reconciled_since() is
$$How far back what Stripe knows is to be compared with what came

72 hours ago (setting reconciled_hours).$$;

create or replace function backend.open_sessions()
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.open_sessions();
end;
comment on function backend.open_sessions() is
$$Checkout sessions of orders that wait to be paid

Their ids, oldest first: of the last 72 hours (setting reconciled_hours), and however old where the money is on its way.$$;

create or replace function backend.record_reconciliation(from_at timestamptz, to_at timestamptz, repaired int, transactions jsonb)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.record_reconciliation(
    record_reconciliation.from_at, record_reconciliation.to_at, record_reconciliation.repaired, record_reconciliation.transactions
  );
end;
comment on function backend.record_reconciliation(timestamptz, timestamptz, int, jsonb) is
$$Compare the ledger with Stripe's balance transactions of a time, and keep the report

transactions: [{id, type, amount_minor, fee_minor, currency}], amounts before fees; repaired: how many events had not come before. What Stripe kept of
charges goes into the ledger, once each. What was moved at one edge of the time at Stripe, and written here beyond it, is a difference of that report. Refunds,
reversals and deletions of customers that were given up (dead_letters) are tried again. Returns the report {id, from_at, to_at, repaired_count, transaction_count, currencies {<currency>: {ledger_minor,
stripe_minor, difference_minor, fees_minor}}, is_even, created_at}. Errors: report_invalid (422).$$;

grant execute on function private.reconciliations(text, int), public.reconciliations(text, int) to authenticated;

grant execute on function
  private.missing_stripe_events(text[]), backend.missing_stripe_events(text[]),
  private.reconciled_since(), backend.reconciled_since(),
  private.open_sessions(), backend.open_sessions(),
  private.record_reconciliation(timestamptz, timestamptz, int, jsonb), backend.record_reconciliation(timestamptz, timestamptz, int, jsonb)
to service_role;
