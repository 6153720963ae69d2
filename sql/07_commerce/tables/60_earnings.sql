create table public.royalty_rates (
  effective_from date primary key,
  micro_usd bigint not null,
  constraint royalty_rates_first_of_month check (extract(day from effective_from) = 1),
  constraint royalty_rates_range check (micro_usd between 0 and 100000000)
);
alter table public.royalty_rates enable row level security;
alter table public.royalty_rates force row level security;
comment on table public.royalty_rates is 'What a counted play of an upload pays, from a month on; set by admins with set_royalty_rate, which audits';
comment on column public.royalty_rates.effective_from is 'The first day of the month it holds from';
comment on column public.royalty_rates.micro_usd is 'Millionths of a US dollar for each play';

-- No foreign keys to tracks and people: what was paid for outlives both.
create table private.royalties (
  track_id uuid not null,
  month date not null,
  accrual_id bigint not null,
  seller_id uuid not null,
  play_count bigint not null,
  micro_usd bigint not null,
  primary key (track_id, month),
  constraint royalties_play_count_positive check (play_count > 0),
  constraint royalties_micro_usd_not_negative check (micro_usd >= 0)
);
create index royalties_month on private.royalties (month);
create index royalties_seller_id on private.royalties (seller_id);
alter table private.royalties enable row level security;
alter table private.royalties force row level security;
comment on table private.royalties is 'What each track earned each month by its plays, each once';
comment on column private.royalties.accrual_id is 'The run that counted it (sequence royalty_accruals)';
comment on column private.royalties.seller_id is 'Whose track it was';
comment on column private.royalties.micro_usd is 'In millionths of a US dollar, before it is split';

create sequence private.royalty_accruals;

create table private.royalty_months (
  month date primary key,
  accrued_at timestamptz not null default now(),
  constraint royalty_months_first_of_month check (extract(day from month) = 1)
);
alter table private.royalty_months enable row level security;
alter table private.royalty_months force row level security;
comment on table private.royalty_months is
'The months whose plays were paid: one that was missed is made up for as long as its plays are kept (months_to_accrue)';
comment on column private.royalty_months.accrued_at is 'When they were paid first';

create table private.royalty_remainders (
  seller_id uuid primary key,
  accrued_micro bigint not null,
  posted_minor bigint not null,
  constraint royalty_remainders_carry check (accrued_micro - posted_minor * 10000 between 0 and 9999)
);
alter table private.royalty_remainders enable row level security;
alter table private.royalty_remainders force row level security;
comment on table private.royalty_remainders is 'What people were ever to have by royalties, and how much of it the ledger has: less than a cent is carried to the next month';
comment on column private.royalty_remainders.accrued_micro is 'Their shares in all, in millionths of a US dollar';
comment on column private.royalty_remainders.posted_minor is 'Cents in the ledger';

create table private.revenue_splits (
  id uuid primary key default gen_random_uuid(),
  track_id uuid references public.tracks (id) on delete cascade,
  product_id uuid references public.products (id) on delete cascade,
  owner_id uuid not null references public.profiles (id) on delete cascade,
  is_active boolean not null generated always as (holds_from is not null and holds_until is null) stored,
  created_at timestamptz not null default now(),
  holds_from timestamptz,
  holds_until timestamptz,
  constraint revenue_splits_of_one check (num_nonnulls(track_id, product_id) = 1),
  constraint revenue_splits_times_fit check (holds_until is null or coalesce(holds_until >= holds_from, false))
);
create unique index revenue_splits_track_once on private.revenue_splits (track_id, is_active) where holds_until is null;
create unique index revenue_splits_product_once on private.revenue_splits (product_id, is_active) where holds_until is null;
create index revenue_splits_track_id on private.revenue_splits (track_id, holds_from);
create index revenue_splits_product_id on private.revenue_splits (product_id, holds_from);
create index revenue_splits_owner_id on private.revenue_splits (owner_id);
alter table private.revenue_splits enable row level security;
alter table private.revenue_splits force row level security;
comment on table private.revenue_splits is
'How what a track or product earns is shared: the split that holds, those that held before it, and one that waits until everybody in it has accepted';
comment on column private.revenue_splits.is_active is 'Whether it holds now';
comment on column private.revenue_splits.holds_from is 'Since when everybody in it has accepted; null while it waits';
comment on column private.revenue_splits.holds_until is 'Since when another holds in its place: the plays of a month are shared by what held in it';

create table private.split_shares (
  split_id uuid not null references private.revenue_splits (id) on delete cascade,
  payee_id uuid not null references public.profiles (id) on delete cascade,
  bps int not null,
  accepted_at timestamptz,
  primary key (split_id, payee_id),
  constraint split_shares_bps_range check (bps between 1 and 10000)
);
create index split_shares_payee_id on private.split_shares (payee_id);
alter table private.split_shares enable row level security;
alter table private.split_shares force row level security;
comment on table private.split_shares is 'Who has which part of a split, in ten thousandths; the part of somebody who is gone is the owner''s';
