create or replace function public.set_revenue_split(shares jsonb, track_id uuid default null, product_id uuid default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_revenue_split(set_revenue_split.shares, set_revenue_split.track_id, set_revenue_split.product_id);
end;
comment on function public.set_revenue_split(jsonb, uuid, uuid) is
$$Propose how what a track or a product of the caller's earns is shared

One of track_id and product_id. shares: [{username, bps}], 1 to 20 of them, which sum to 10000. It holds when everybody in it has accepted, who proposes
it at once; until then what held before does. Where somebody's account is erased before they accepted, it lapses and its owner is told (notifications of
kind split_lapsed). Who has no share any more is told (split_ended). A track that is sold is shared as its product is, or, where that has no split, as the
track. What is heard in a month is shared by the first split that held in it: another one counts for plays from the next month on. Returns
revenue_split. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), track_not_found, product_not_found,
profile_not_found (404), split_target_invalid, shares_invalid, shares_do_not_add_up (422), rate_limited (429).$$;

create or replace function public.accept_revenue_split(split_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.accept_revenue_split(accept_revenue_split.split_id);
end;
comment on function public.accept_revenue_split(uuid) is
$$Accept the caller's share of a split

Again changes nothing. Returns revenue_split. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), split_not_found (404).$$;

create or replace function public.revenue_split(track_id uuid default null, product_id uuid default null)
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.revenue_split(revenue_split.track_id, revenue_split.product_id);
end;
comment on function public.revenue_split(uuid, uuid) is
$$How what a track or a product earns is shared, for who has a part in it

{active, proposed}, each {id, shares: [{payee {id, username, display_name, avatar_path, is_verified}, bps, is_accepted}]} or null. Errors:
not_signed_in (401).$$;

create or replace function public.set_royalty_rate(effective_from date, micro_usd bigint)
returns public.royalty_rates
language sql
volatile
security invoker
begin atomic
  select rate.effective_from, rate.micro_usd
  from private.set_royalty_rate(set_royalty_rate.effective_from, set_royalty_rate.micro_usd) as rate;
end;
comment on function public.set_royalty_rate(date, bigint) is
$$Set what a counted play pays from a month on: for admins, audited

effective_from: the first day of this month or of one to come; micro_usd: millionths of a US dollar. Returns the rate. Errors: not_signed_in (401),
account_deactivated, banned, not_allowed (403), month_invalid, value_out_of_range (422).$$;

create or replace function public.request_payout(currency text)
returns public.payouts
language sql
volatile
security invoker
begin atomic
  select payout.id, payout.seller_id, payout.currency, payout.amount_minor, payout.status, payout.is_requested, payout.created_at, payout.closed_at
  from private.request_payout(request_payout.currency) as payout;
end;
comment on function public.request_payout(text) is
$$Have everything paid out that is due and no longer held

What is sold is held for 7 days (setting payout_held_days). Returns the payout. Errors: not_signed_in (401), seller_not_ready (402), account_deactivated, banned,
feature_disabled (403), currency_not_found (404), payout_open, nothing_to_pay_out (409; hint: what it must be above, in minor units).$$;

create or replace function public.my_earnings(from_day date, to_day date)
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.my_earnings(my_earnings.from_day, my_earnings.to_day);
end;
comment on function public.my_earnings(date, date) is
$$What the caller has earned, by month and source, and what they are still to have

{earned: [{month, source: sales, streams or rewards, currency, amount_minor}], balances: [{currency, payable_minor, held_minor (of it), in_transit_minor,
owed_to_platform_minor}]}. Days are by UTC, both included; refunds are taken off in the month they were made. Errors: not_signed_in (401), days_invalid (422).$$;

create or replace function public.my_payouts(after text default null, page_size int default null)
returns setof public.payout_row
language sql
stable
security invoker
begin atomic
  select row.id, row.currency, row.amount_minor, row.status, row.is_requested, row.created_at, row.closed_at, row.cursor
  from private.my_payouts(my_payouts.after, my_payouts.page_size) as row;
end;
comment on function public.my_payouts(text, int) is
$$The caller's payouts, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function backend.onboarding(user_id uuid)
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.onboarding(onboarding.user_id);
end;
comment on function backend.onboarding(uuid) is
$$What a seller's account at the payment provider is opened with

{stripe_account_id or null, email, country: null, as nobody is asked for it here}. Errors: banned, feature_disabled, not_an_artist (403).$$;

create or replace function backend.attach_account(user_id uuid, account_id text)
returns text
language sql
volatile
security invoker
begin atomic
  select private.attach_account(attach_account.user_id, attach_account.account_id);
end;
comment on function backend.attach_account(uuid, text) is
$$Note which account at the payment provider is a seller's

Returns the one that stands: the first. Errors: not_an_artist (403), provider_id_invalid (422).$$;

create or replace function backend.accrue_royalties(month date)
returns int
language sql
volatile
security invoker
begin atomic
  select private.accrue_royalties(accrue_royalties.month);
end;
comment on function backend.accrue_royalties(date) is
$$Pay the counted plays of a month that is over, each track once

Returns how many tracks were paid for; again it is none. Errors: month_not_over (422).$$;

create or replace function backend.months_to_accrue()
returns date[]
language sql
stable
security invoker
begin atomic
  select private.months_to_accrue();
end;
comment on function backend.months_to_accrue() is
$$The months whose plays are still to be paid with accrue_royalties

Their first days, oldest first: of those whose plays are kept and that have been over for a day.$$;

create or replace function backend.open_due_payouts(size int default 100)
returns int
language sql
volatile
security invoker
begin atomic
  select private.open_due_payouts(open_due_payouts.size);
end;
comment on function backend.open_due_payouts(int) is
$$Open payouts for sellers who have enough that is due

At most size (100; 1000 at most), one run at a time, and none while the setting payouts_automatic is 0 or commerce is switched off. Whom a transfer was
refused to is left out for a day (setting payout_retry_hours), and may ask sooner with request_payout. Returns how many. Errors: payout_open (409), where
somebody has just asked for theirs: all is as before, and the next call opens the others.$$;

create or replace function backend.claim_transfers(size int default 100)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.claim_transfers(claim_transfers.size);
end;
comment on function backend.claim_transfers(int) is
$$Lease the next transfers to make at the payment provider

At most size (100; 1000 at most), none while commerce is switched off: [{transfer_id, payout_id, account_id, amount_minor, currency, transfer_group, key,
created_at}]. Each is told of with record_transfer within the lease (setting outbox_lease_seconds), else it is given out again; its key stays, so that it is
made once.$$;

create or replace function backend.record_transfer(transfer_id bigint, stripe_transfer_id text, status text, failure text default null)
returns text
language sql
volatile
security invoker
begin atomic
  select private.record_transfer(record_transfer.transfer_id, record_transfer.stripe_transfer_id, record_transfer.status, record_transfer.failure);
end;
comment on function backend.record_transfer(bigint, text, text, text) is
$$Say how a claimed transfer went: sent, with its id at the provider, or failed for good

What failed is payable again. What was sent stays so; again changes nothing. Returns the status that stands. Errors: transfer_not_found (404),
outcome_missing (422).$$;

grant execute on function
  private.set_revenue_split(jsonb, uuid, uuid), public.set_revenue_split(jsonb, uuid, uuid),
  private.accept_revenue_split(uuid), public.accept_revenue_split(uuid),
  private.revenue_split(uuid, uuid), public.revenue_split(uuid, uuid),
  private.set_royalty_rate(date, bigint), public.set_royalty_rate(date, bigint),
  private.request_payout(text), public.request_payout(text),
  private.my_earnings(date, date), public.my_earnings(date, date),
  private.my_payouts(text, int), public.my_payouts(text, int)
to authenticated;

grant execute on function
  private.onboarding(uuid), backend.onboarding(uuid),
  private.attach_account(uuid, text), backend.attach_account(uuid, text),
  private.accrue_royalties(date), backend.accrue_royalties(date),
  private.months_to_accrue(), backend.months_to_accrue(),
  private.open_due_payouts(int), backend.open_due_payouts(int),
  private.claim_transfers(int), backend.claim_transfers(int),
  private.record_transfer(bigint, text, text, text), backend.record_transfer(bigint, text, text, text)
to service_role;
