create or replace function public.set_currency(code text, is_enabled boolean)
returns public.currencies
language sql
volatile
security invoker
begin atomic
  select currency.code, currency.exponent, currency.step_minor, currency.is_enabled
  from private.set_currency(set_currency.code, set_currency.is_enabled) as currency;
end;
comment on function public.set_currency(text, boolean) is
$$Switch a currency on or off: for admins, audited

What is offered in it already stays offered, and cannot be bought while it is off. Errors: not_signed_in (401), account_deactivated, banned, not_allowed (403),
currency_not_found (404), value_missing (422).$$;

create or replace function backend.checkpoint_balances(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.checkpoint_balances(checkpoint_balances.size);
end;
comment on function backend.checkpoint_balances(int) is
$$Count what has come into the ledger, so that a balance is read from few rows

At most size (1000; 10000 at most) accounts a call, one run at a time; returns how many. Postings of transactions that may still be under way are
left to the next run.$$;

grant execute on function private.set_currency(text, boolean), public.set_currency(text, boolean) to authenticated;
grant execute on function private.checkpoint_balances(int), backend.checkpoint_balances(int) to service_role;
