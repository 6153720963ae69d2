create table public.currencies (
  code text primary key,
  exponent int not null,
  step_minor bigint not null,
  is_enabled boolean not null,
  constraint currencies_code_format check (code ~ '^[A-Z]{3}$'),
  constraint currencies_exponent_known check (exponent in (0, 2, 3)),
  constraint currencies_step_minor_known check (step_minor in (1, 10, 100))
);
alter table public.currencies enable row level security;
alter table public.currencies force row level security;
comment on table public.currencies is
'What Stripe charges with; what is enabled can be asked for. Switched by admins with set_currency, which audits';
comment on column public.currencies.code is 'ISO 4217: USD';
comment on column public.currencies.exponent is 'Decimals of the unit: 1.00 is 10 to this power in minor units';
comment on column public.currencies.step_minor is
'Stripe charges multiples of this alone: 10 where there are three decimals, 100 where it counts two decimals that are not used (ISK, UGX)';
comment on column public.currencies.is_enabled is 'Whether something can be offered in it';

-- No foreign key to people: what was owed and paid outlives an account.
create table private.ledger_accounts (
  id bigint generated always as identity primary key,
  owner_kind text not null,
  owner_id uuid,
  purpose text not null,
  currency text not null references public.currencies (code) on delete restrict,
  counted_minor bigint not null default 0,
  counted_to pg_catalog.xid8 not null default '0',
  constraint ledger_accounts_purpose_known check (
    case owner_kind
      when 'provider' then purpose = 'stripe_clearing'
      when 'platform' then
        purpose in ('fees', 'processing_fees', 'subscriptions', 'royalties', 'processing_costs', 'disputes')
      when 'seller' then purpose in ('payable', 'in_transit', 'owed_to_platform')
      when 'buyer' then purpose = 'held'
      else false
    end
  ),
  constraint ledger_accounts_owner_fits check ((owner_kind in ('seller', 'buyer')) = (owner_id is not null))
);
-- Of who is nobody zeros, so that each account is found by its key.
create unique index ledger_accounts_once on private.ledger_accounts (
  coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), owner_kind, purpose, currency
);
create index ledger_accounts_owner_id on private.ledger_accounts (owner_id) where owner_id is not null;
create index ledger_accounts_currency on private.ledger_accounts (currency);
alter table private.ledger_accounts enable row level security;
alter table private.ledger_accounts force row level security;
comment on table private.ledger_accounts is
$$Accounts of the double-entry ledger

A posting above 0 is a debit: more of what lies at the provider, less of what is owed. private.balance() is the sum of an account's postings.$$;
comment on column private.ledger_accounts.owner_kind is 'provider, platform, seller or buyer';
comment on column private.ledger_accounts.owner_id is 'The seller or buyer; null for the others';
comment on column private.ledger_accounts.purpose is
'provider: stripe_clearing; platform: fees, processing_fees, subscriptions, royalties, processing_costs, disputes; seller: payable, in_transit, owed_to_platform; buyer: held';
comment on column private.ledger_accounts.counted_minor is 'The sum of all postings of transactions before counted_to (checkpoint_balances)';
comment on column private.ledger_accounts.counted_to is 'The first database transaction that is not counted yet';

create table private.ledger_transactions (
  id bigint generated always as identity primary key,
  kind text not null,
  cause text not null,
  created_at timestamptz not null default now(),
  constraint ledger_transactions_once unique (kind, cause),
  constraint ledger_transactions_kind_format check (kind ~ '^[a-z][a-z_]{1,40}$'),
  constraint ledger_transactions_cause_length check (char_length(cause) between 1 and 200)
);
create index ledger_transactions_created_at on private.ledger_transactions using brin (created_at) with (autosummarize = on, pages_per_range = 32);
alter table private.ledger_transactions enable row level security;
alter table private.ledger_transactions force row level security;
comment on table private.ledger_transactions is 'Entries of the ledger, each once a kind and cause; append-only. Written by private.post_entry() alone';
comment on column private.ledger_transactions.cause is 'What exactly, once a kind';

create table private.ledger_postings (
  id bigint generated always as identity primary key,
  transaction_id bigint not null references private.ledger_transactions (id) on delete restrict,
  account_id bigint not null references private.ledger_accounts (id) on delete restrict,
  amount_minor bigint not null,
  written_by pg_catalog.xid8 not null default pg_current_xact_id(),
  constraint ledger_postings_amount_not_zero check (amount_minor <> 0)
);
create index ledger_postings_transaction_id on private.ledger_postings (transaction_id);
create index ledger_postings_account_id on private.ledger_postings (account_id, written_by) include (amount_minor);
alter table private.ledger_postings enable row level security;
alter table private.ledger_postings force row level security;
comment on table private.ledger_postings is 'What each entry moves on which account; append-only, and those of an entry sum to zero in each currency';
comment on column private.ledger_postings.amount_minor is 'A debit above 0, a credit below';
comment on column private.ledger_postings.written_by is 'The database transaction that wrote it, by which a checkpoint knows what it has counted';

create type private.posting as (
  owner_kind text,
  owner_id uuid,
  purpose text,
  currency text,
  amount_minor bigint
);
comment on type private.posting is 'An amount for an account, which is made where there is none yet';
