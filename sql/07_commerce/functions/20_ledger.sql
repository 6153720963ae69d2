create trigger _300_append_only
  before update or delete on private.ledger_transactions
  for each row execute function private.tg__append_only();
create trigger _310_append_only
  before truncate on private.ledger_transactions
  for each statement execute function private.tg__append_only();
create trigger _300_append_only
  before update or delete on private.ledger_postings
  for each row execute function private.tg__append_only();
create trigger _310_append_only
  before truncate on private.ledger_postings
  for each statement execute function private.tg__append_only();
create trigger _300_append_only
  before update of id, owner_kind, owner_id, purpose, currency or delete on private.ledger_accounts
  for each row execute function private.tg__append_only();

-- What every entry in a currency may need is there before any: who makes an account is waited for by all who need it, and an event that makes
-- several in one transaction, entry by entry, could meet another that makes them the other way round.
create or replace function private.tg_currencies__open_accounts()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  insert into private.ledger_accounts (owner_kind, purpose, currency)
  select account.owner_kind, account.purpose, new.code
  from (
    values
      ('platform', 'disputes'), ('platform', 'fees'), ('platform', 'processing_costs'), ('platform', 'processing_fees'),
      ('platform', 'royalties'), ('platform', 'subscriptions'), ('provider', 'stripe_clearing')
  ) as account (owner_kind, purpose)
  on conflict (coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), owner_kind, purpose, currency) do nothing;
  return null;
end;
$$;
create trigger _500_open_accounts
  after insert or update of is_enabled on public.currencies
  for each row when (new.is_enabled) execute function private.tg_currencies__open_accounts();

create or replace function private.tg_ledger_postings__balance()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if exists (
    select
    from private.ledger_postings as posting
    join private.ledger_accounts as account on account.id = posting.account_id
    where posting.transaction_id = new.transaction_id
    group by account.currency
    having sum(posting.amount_minor) <> 0
  ) then
    raise exception using errcode = 'check_violation', message = 'the postings of an entry do not sum to zero';
  end if;
  return null;
end;
$$;
create constraint trigger _300_balance
  after insert on private.ledger_postings
  deferrable initially deferred
  for each row execute function private.tg_ledger_postings__balance();

-- Lock order: the ledger comes after people, orders and products. Its accounts are only ever added to, and no row of them is waited for but one
-- that is being made, a person's, in the order of their owners.
create or replace function private.post_entry(kind text, cause text, postings private.posting[])
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_postings private.posting[];
  v_id bigint;
begin
  v_postings := array(
    select row(posting.owner_kind, posting.owner_id, posting.purpose, posting.currency, sum(posting.amount_minor))::private.posting
    from unnest(post_entry.postings) as posting
    group by posting.owner_kind, posting.owner_id, posting.purpose, posting.currency
    having sum(posting.amount_minor) <> 0
    order by posting.owner_kind, posting.owner_id, posting.purpose, posting.currency
  );
  if cardinality(v_postings) = 0 then
    return null;
  end if;
  insert into private.ledger_transactions (kind, cause)
  values (post_entry.kind, post_entry.cause)
  on conflict on constraint ledger_transactions_once do nothing
  returning id into v_id;
  if v_id is null then
    return null;
  end if;

  insert into private.ledger_accounts (owner_kind, owner_id, purpose, currency)
  select posting.owner_kind, posting.owner_id, posting.purpose, posting.currency
  from unnest(v_postings) as posting
  where not exists (
    select
    from private.ledger_accounts as account
    where account.owner_kind = posting.owner_kind
      and coalesce(account.owner_id, '00000000-0000-0000-0000-000000000000') = coalesce(posting.owner_id, '00000000-0000-0000-0000-000000000000')
      and account.purpose = posting.purpose
      and account.currency = posting.currency
  )
  on conflict (coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), owner_kind, purpose, currency) do nothing;

  insert into private.ledger_postings (transaction_id, account_id, amount_minor)
  select v_id, account.id, posting.amount_minor
  from unnest(v_postings) as posting
  join private.ledger_accounts as account
    on account.owner_kind = posting.owner_kind
    and coalesce(account.owner_id, '00000000-0000-0000-0000-000000000000') = coalesce(posting.owner_id, '00000000-0000-0000-0000-000000000000')
    and account.purpose = posting.purpose
    and account.currency = posting.currency;
  return v_id;
end;
$$;
comment on function private.post_entry(text, text, private.posting[]) is
$$Write an entry of the ledger, once a kind and cause: the one way to move money

postings: what it moves; several of one account are added up, zeros are left out. Returns the id of the entry; null, and nothing is written, where it
stands already or moves nothing. When the transaction ends its postings sum to zero in each currency, or it fails.$$;

create or replace function private.balance(owner_kind text, owner_id uuid, purpose text, currency text)
returns bigint
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(
    (
      select account.counted_minor + coalesce(
        (
          select sum(posting.amount_minor)
          from private.ledger_postings as posting
          where posting.account_id = account.id and posting.written_by >= account.counted_to
        ),
        0
      )
      from private.ledger_accounts as account
      where account.owner_kind = balance.owner_kind
        and coalesce(account.owner_id, '00000000-0000-0000-0000-000000000000') = coalesce(balance.owner_id, '00000000-0000-0000-0000-000000000000')
        and account.purpose = balance.purpose
        and account.currency = balance.currency
    ),
    0
  )::bigint
$$;
comment on function private.balance(text, uuid, text, text) is
'The sum of the postings of an account: what the last checkpoint has counted, and what came since; 0 where there is no such account';

-- Security definer: the ledger is nobody's to write; service_role counts what stands in it.
create or replace function private.checkpoint_balances(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  -- Whatever has begun before is over: of it nothing more can come.
  v_horizon constant pg_catalog.xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_count int;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('checkpoint_balances', 0)) then
    return 0;
  end if;
  -- In a database that was restored into a younger server transactions begin anew: nothing of such an account is counted any more.
  update private.ledger_accounts as account set counted_minor = 0, counted_to = '0' where account.counted_to > v_horizon;
  with behind as materialized (
    select account.id
    from private.ledger_accounts as account
    where exists (
      select
      from private.ledger_postings as posting
      where posting.account_id = account.id and posting.written_by >= account.counted_to and posting.written_by < v_horizon
    )
    order by account.id
    limit least(greatest(coalesce(checkpoint_balances.size, 1000), 1), 10000)
  )
  update private.ledger_accounts as account
  set counted_minor = account.counted_minor + (
        select sum(posting.amount_minor)
        from private.ledger_postings as posting
        where posting.account_id = account.id and posting.written_by >= account.counted_to and posting.written_by < v_horizon
      ),
      counted_to = v_horizon
  from behind
  where account.id = behind.id;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

-- Security definer: which currencies there are is nobody's to write, so that every change is audited.
create or replace function private.set_currency(code text, is_enabled boolean)
returns public.currencies
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_currency public.currencies;
begin
  perform private.require_staff('admin');
  select currency.* into v_currency from public.currencies as currency where currency.code = upper(set_currency.code) for update;
  if not found then
    perform private.raise_error(404, 'currency_not_found', 'There is no currency of this code that can be charged.');
  end if;
  if set_currency.is_enabled is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if v_currency.is_enabled <> set_currency.is_enabled then
    update public.currencies as currency
    set is_enabled = set_currency.is_enabled
    where currency.code = v_currency.code
    returning currency.* into v_currency;
    perform private.audit('currency_set', 'currency', v_currency.code, jsonb_build_object('is_enabled', v_currency.is_enabled));
  end if;
  return v_currency;
end;
$$;
