create table private.stripe_customers (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  stripe_customer_id text not null unique,
  created_at timestamptz not null default now()
);
alter table private.stripe_customers enable row level security;
alter table private.stripe_customers force row level security;
comment on table private.stripe_customers is 'Who is which customer at the payment provider';

create table private.plan_prices (
  price_id text primary key,
  plan text not null references public.plans (code) on delete cascade,
  created_at timestamptz not null default now(),
  constraint plan_prices_price_id_length check (char_length(price_id) between 1 and 255)
);
create index plan_prices_plan on private.plan_prices (plan);
alter table private.plan_prices enable row level security;
alter table private.plan_prices force row level security;
comment on table private.plan_prices is 'Which plan a price at Stripe is for, former ones included: the settings of the functions say it when somebody subscribes';

create table public.subscriptions (
  id text primary key,
  user_id uuid not null references public.profiles (id) on delete cascade,
  plan text not null references public.plans (code) on delete restrict,
  status text not null,
  started_at timestamptz not null,
  period_start timestamptz not null,
  period_end timestamptz not null,
  cancels_at timestamptz,
  ended_at timestamptz,
  version jsonb not null,
  constraint subscriptions_status_known check (
    status in ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'incomplete_expired', 'canceled')
  )
);
create index subscriptions_user_id on public.subscriptions (user_id);
create index subscriptions_plan on public.subscriptions (plan);
alter table public.subscriptions enable row level security;
alter table public.subscriptions force row level security;
comment on table public.subscriptions is 'Subscriptions as Stripe reports them; everybody reads their own, its events alone write them';
comment on column public.subscriptions.id is 'Its id at Stripe';
comment on column public.subscriptions.user_id is 'Whose';
comment on column public.subscriptions.plan is 'The plan its price is for';
comment on column public.subscriptions.status is
'incomplete, trialing, active, past_due, unpaid, paused, incomplete_expired or canceled, as Stripe names them';
comment on column public.subscriptions.started_at is 'Since when';
comment on column public.subscriptions.period_start is 'When the period that runs began';
comment on column public.subscriptions.period_end is 'When it ends';
comment on column public.subscriptions.cancels_at is 'When it ends for good, where that was asked for';
comment on column public.subscriptions.ended_at is 'When it ended';
comment on column public.subscriptions.version is 'What its states are compared by: the highest stands, in whatever order they come';

-- No foreign key to the subscription: its first invoice may be reported before it.
create table public.invoices (
  id text primary key,
  user_id uuid references public.profiles (id) on delete set null,
  subscription_id text not null,
  status text not null,
  amount_minor bigint not null,
  paid_minor bigint not null,
  currency text not null references public.currencies (code) on delete restrict,
  period_end timestamptz,
  url text,
  created_at timestamptz not null,
  version jsonb not null,
  constraint invoices_status_known check (status in ('draft', 'open', 'uncollectible', 'void', 'paid')),
  constraint invoices_amounts_not_negative check (amount_minor >= 0 and paid_minor >= 0)
);
create index invoices_user_id on public.invoices (user_id, created_at desc, id desc);
create index invoices_subscription_id on public.invoices (subscription_id);
create index invoices_currency on public.invoices (currency);
alter table public.invoices enable row level security;
alter table public.invoices force row level security;
comment on table public.invoices is 'Invoices of subscriptions as Stripe reports them; everybody reads their own with my_invoices';
comment on column public.invoices.id is 'Its id at Stripe';
comment on column public.invoices.user_id is 'Whose; null when that person is erased';
comment on column public.invoices.subscription_id is 'The subscription it is for';
comment on column public.invoices.status is 'draft, open, uncollectible, void or paid';
comment on column public.invoices.amount_minor is 'What is to be paid, in minor units';
comment on column public.invoices.paid_minor is 'What was paid';
comment on column public.invoices.currency is 'ISO 4217';
comment on column public.invoices.period_end is 'Until when it pays for the subscription';
comment on column public.invoices.url is 'Where Stripe shows it to who has this address';
comment on column public.invoices.created_at is 'When Stripe made it';
comment on column public.invoices.version is 'As of subscriptions';

create table public.entitlement_grants (
  id bigint generated by default as identity primary key,
  user_id uuid not null references public.profiles (id) on delete cascade,
  plan text not null references public.plans (code) on delete restrict,
  source text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  created_at timestamptz not null default now(),
  subscription_id text references public.subscriptions (id) on delete cascade,
  client_id uuid,
  constraint entitlement_grants_subscription_id_once unique (subscription_id),
  constraint entitlement_grants_source_known check (source in ('stripe', 'credits', 'staff')),
  constraint entitlement_grants_times_fit check (ends_at > starts_at)
);
create index entitlement_grants_user_id on public.entitlement_grants (user_id, ends_at);
create unique index entitlement_grants_client_id on public.entitlement_grants (user_id, client_id) where client_id is not null;
create index entitlement_grants_plan on public.entitlement_grants (plan);
alter table public.entitlement_grants enable row level security;
alter table public.entitlement_grants force row level security;
comment on table public.entitlement_grants is 'Who is entitled to which plan, and when; everybody reads their own';
comment on column public.entitlement_grants.id is 'Grows';
comment on column public.entitlement_grants.user_id is 'Whose';
comment on column public.entitlement_grants.plan is 'The plan';
comment on column public.entitlement_grants.source is 'Where it is from: stripe, credits or staff';
comment on column public.entitlement_grants.starts_at is 'From when';
comment on column public.entitlement_grants.ends_at is 'Until when, not included';
comment on column public.entitlement_grants.created_at is 'When it was granted';
comment on column public.entitlement_grants.subscription_id is 'Of source stripe: the subscription, of which it has the end';
comment on column public.entitlement_grants.client_id is 'Of source credits: made by the client: the same months when it is sent again';

create type public.invoice_row as (
  id text,
  plan text,
  status text,
  amount_minor bigint,
  paid_minor bigint,
  currency text,
  period_end timestamptz,
  url text,
  created_at timestamptz,
  cursor text
);
comment on type public.invoice_row is 'An invoice; plan is that of its subscription, null when it is gone. Hand the last row''s cursor back as after to go on';
