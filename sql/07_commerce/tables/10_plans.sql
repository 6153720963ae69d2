create table public.plans (
  code text primary key,
  rank int not null unique,
  name text not null,
  description text not null,
  price_minor bigint not null,
  currency text not null,
  billing_interval text,
  constraint plans_code_format check (code ~ '^[a-z][a-z0-9_]{1,40}$'),
  constraint plans_price_not_negative check (price_minor >= 0),
  constraint plans_currency_format check (currency ~ '^[A-Z]{3}$'),
  constraint plans_billing_interval_known check (billing_interval in ('month', 'year')),
  constraint plans_free_is_not_billed check ((price_minor = 0) = (billing_interval is null))
);
alter table public.plans enable row level security;
alter table public.plans force row level security;
comment on table public.plans is 'What people can be entitled to';
comment on column public.plans.code is 'free, pro, studio';
comment on column public.plans.rank is 'The better one is higher';
comment on column public.plans.name is 'For people';
comment on column public.plans.description is 'For people: what it is for';
comment on column public.plans.price_minor is 'What it costs each interval, in minor units; 0 costs nothing. What is charged is the price at Stripe (STRIPE_PRICE_PRO, ...)';
comment on column public.plans.currency is 'ISO 4217';
comment on column public.plans.billing_interval is 'month or year; null for what costs nothing';

create table public.plan_resources (
  code text primary key,
  is_monthly boolean not null,
  unit text not null,
  description text not null,
  constraint plan_resources_code_format check (code ~ '^[a-z][a-z0-9_]{1,40}$')
);
alter table public.plan_resources enable row level security;
alter table public.plan_resources force row level security;
comment on table public.plan_resources is 'What plans limit';
comment on column public.plan_resources.code is 'ai_generations, rooms, ...';
comment on column public.plan_resources.is_monthly is 'Whether it is used up and comes back each calendar month (UTC); else the limit is of what there is at a time';
comment on column public.plan_resources.unit is 'What the limit counts';
comment on column public.plan_resources.description is 'For people';

create table public.plan_limits (
  plan text not null references public.plans (code) on delete cascade,
  resource text not null references public.plan_resources (code) on delete cascade,
  most int,
  primary key (plan, resource),
  constraint plan_limits_most_not_negative check (most >= 0)
);
create index plan_limits_resource on public.plan_limits (resource);
alter table public.plan_limits enable row level security;
alter table public.plan_limits force row level security;
comment on table public.plan_limits is 'How much of what each plan gives; changed by admins with set_plan_limit, which audits';
comment on column public.plan_limits.plan is 'The plan';
comment on column public.plan_limits.resource is 'What is limited';
comment on column public.plan_limits.most is 'The most of it; null for no end';

create table private.usage_counts (
  user_id uuid not null references public.profiles (id) on delete cascade,
  month date not null,
  resource text not null references public.plan_resources (code) on delete restrict,
  used int not null,
  primary key (user_id, month, resource),
  constraint usage_counts_month_first check (extract(day from month) = 1),
  constraint usage_counts_used_positive check (used > 0)
);
create index usage_counts_resource on private.usage_counts (resource);
alter table private.usage_counts enable row level security;
alter table private.usage_counts force row level security;
comment on table private.usage_counts is 'What people have used of what comes back each month; written by private.consume alone';
comment on column private.usage_counts.month is 'The first day of the calendar month, UTC';
