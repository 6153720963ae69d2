-- What Stripe says, merged so that any order and number of deliveries ends the same; orders and the ledger follow it (private.settle_order).
create table private.payments (
  payment_intent_id text primary key,
  order_id uuid references public.orders (id) on delete restrict,
  status text not null default 'open',
  amount_minor bigint,
  currency text,
  refunded_minor bigint not null default 0,
  settled_as text,
  provider_refunded_minor bigint not null default 0,
  updated_at timestamptz not null default now(),
  constraint payments_status_known check (status in ('open', 'processing', 'failed', 'succeeded')),
  constraint payments_settled_as_known check (settled_as in ('sale', 'held')),
  constraint payments_amounts_not_negative check (
    coalesce(amount_minor, 0) >= 0 and refunded_minor >= 0 and provider_refunded_minor between 0 and refunded_minor
  )
);
create index payments_order_id on private.payments (order_id);
alter table private.payments enable row level security;
alter table private.payments force row level security;
comment on table private.payments is 'Payments as Stripe reports them, and what has become of each';
comment on column private.payments.order_id is 'The order it is for; null until an event has said so';
comment on column private.payments.status is 'open < processing < failed < succeeded: it only ever goes up';
comment on column private.payments.refunded_minor is 'How much of it was given back in all: it only ever grows';
comment on column private.payments.settled_as is 'sale where it paid its order; held where the order was over or the amount differs: that is the buyer''s, and staff give it back';
comment on column private.payments.provider_refunded_minor is 'Of what was given back, how much was not asked for by a refund of ours and is posted';

create table private.disputes (
  id text primary key,
  payment_intent_id text not null,
  amount_minor bigint not null,
  fees jsonb not null default '{}',
  currency text not null,
  status text not null,
  is_posted boolean not null default false,
  is_given_back boolean not null default false,
  updated_at timestamptz not null default now(),
  constraint disputes_status_known check (status in ('open', 'lost', 'won')),
  constraint disputes_amount_not_negative check (amount_minor >= 0)
);
create index disputes_payment_intent_id on private.disputes (payment_intent_id);
alter table private.disputes enable row level security;
alter table private.disputes force row level security;
comment on table private.disputes is 'Payments that the bank of a buyer has asked back, as Stripe reports them';
comment on column private.disputes.fees is 'What Stripe takes for it, by the balance transaction; below 0 where it came back';
comment on column private.disputes.status is 'open < lost < won: it only ever goes up';
comment on column private.disputes.is_posted is 'Whether the ledger has followed it';
comment on column private.disputes.is_given_back is 'Whether it had to follow it to its end, as it was won: then nothing of it is taken any more';

create table private.returned_refunds (
  id text primary key,
  payment_intent_id text not null,
  amount_minor bigint not null,
  reason text,
  returned_at timestamptz not null default now(),
  constraint returned_refunds_amount_positive check (amount_minor > 0)
);
create index returned_refunds_payment_intent_id on private.returned_refunds (payment_intent_id);
alter table private.returned_refunds enable row level security;
alter table private.returned_refunds force row level security;
comment on table private.returned_refunds is
'Refunds that the bank of a buyer has sent back to Stripe, as Stripe reports them: their money is held for the buyer until staff give it back again (refund_held)';
comment on column private.returned_refunds.id is 'The refund''s id at Stripe, ours or one that was made there';
comment on column private.returned_refunds.reason is 'Why, in Stripe''s own word';

create table private.stripe_events (
  id text primary key,
  type text not null,
  happened_at timestamptz not null,
  payload jsonb,
  outcome text not null,
  error text,
  received_at timestamptz not null default now(),
  order_id uuid,
  object_id text,
  constraint stripe_events_outcome_known check (outcome in ('applied', 'stale', 'ignored', 'quarantined'))
);
create index stripe_events_quarantined on private.stripe_events (received_at desc, id desc) where outcome = 'quarantined';
create index stripe_events_payload on private.stripe_events (received_at) where payload is not null;
create index stripe_events_happened_at on private.stripe_events (happened_at);
alter table private.stripe_events enable row level security;
alter table private.stripe_events force row level security;
comment on table private.stripe_events is
'Every event of Stripe that was applied, once each: a second delivery finds it here and changes nothing. Its text is forgotten after a while (setting stripe_payload_kept_days)';
comment on column private.stripe_events.happened_at is 'When Stripe made it';
comment on column private.stripe_events.outcome is 'applied; stale, nothing new; ignored, not ours; quarantined, for staff to look at';
comment on column private.stripe_events.error is 'Why it is in quarantine';
comment on column private.stripe_events.order_id is 'In quarantine: the order it names, which is known for longer than its text';
comment on column private.stripe_events.object_id is 'In quarantine: the payment it is about, else what it is about itself, likewise';

create table public.refunds (
  id uuid primary key default private.uuid_v7(),
  order_id uuid not null references public.orders (id) on delete restrict,
  order_line_id uuid references public.order_lines (id) on delete restrict,
  buyer_id uuid not null,
  seller_id uuid,
  payment_intent_id text,
  amount_minor bigint not null,
  currency text not null references public.currencies (code) on delete restrict,
  status text not null,
  reason text,
  note text,
  stripe_refund_id text,
  failure text,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  decided_by uuid,
  finished_at timestamptz,
  constraint refunds_stripe_refund_id_once unique (stripe_refund_id),
  constraint refunds_status_known check (status in ('requested', 'declined', 'approved', 'succeeded', 'failed')),
  constraint refunds_amount_not_negative check (amount_minor >= 0),
  constraint refunds_reason_length check (char_length(reason) between 1 and 1000),
  constraint refunds_note_length check (char_length(note) between 1 and 1000),
  constraint refunds_line_has_seller check ((order_line_id is null) = (seller_id is null))
);
create unique index refunds_under_way on public.refunds (order_line_id) where status in ('requested', 'approved') and order_line_id is not null;
create index refunds_order_id on public.refunds (order_id);
create index refunds_order_line_id on public.refunds (order_line_id);
create index refunds_payment_intent_id on public.refunds (payment_intent_id);
create index refunds_buyer_id on public.refunds (buyer_id, id);
create index refunds_seller_id on public.refunds (seller_id, id);
create index refunds_decided_by on public.refunds (decided_by) where decided_by is not null;
create index refunds_currency on public.refunds (currency);
alter table public.refunds enable row level security;
alter table public.refunds force row level security;
comment on table public.refunds is
$$Money asked back, by line: the buyer's and the seller's to read

Asked for with request_refund, decided with decide_refund by the seller or by staff.$$;
comment on column public.refunds.id is 'Time-ordered';
comment on column public.refunds.order_id is 'Of which order';
comment on column public.refunds.order_line_id is 'Of which line; null where staff give back a payment that paid nothing';
comment on column public.refunds.buyer_id is 'Who gets it';
comment on column public.refunds.seller_id is 'Who sold it; null for a payment that paid nothing';
comment on column public.refunds.payment_intent_id is 'Of which payment; null where nothing was paid';
comment on column public.refunds.amount_minor is 'How much: the line with its share of fees and sending';
comment on column public.refunds.currency is 'Of the amount';
comment on column public.refunds.status is 'requested, declined; approved, until Stripe has made it; then succeeded or failed';
comment on column public.refunds.reason is 'What the buyer says; forgotten with their account';
comment on column public.refunds.note is 'What whoever decided says; forgotten with the seller''s account';
comment on column public.refunds.stripe_refund_id is 'What Stripe calls it';
comment on column public.refunds.failure is 'Why it failed';
comment on column public.refunds.created_at is 'When it was asked for';
comment on column public.refunds.decided_at is 'When it was decided';
comment on column public.refunds.decided_by is 'Who decided: told to nobody but themselves';
comment on column public.refunds.finished_at is 'When it was over';

create table private.line_payees (
  order_line_id uuid not null references public.order_lines (id) on delete restrict,
  payee_id uuid not null,
  amount_minor bigint not null,
  primary key (order_line_id, payee_id),
  constraint line_payees_amount_positive check (amount_minor > 0)
);
create index line_payees_payee_id on private.line_payees (payee_id);
alter table private.line_payees enable row level security;
alter table private.line_payees force row level security;
comment on table private.line_payees is
'Who gets what of a line that was sold: its seller, or those who share, as it was agreed then; a refund takes it back from the same';

create table private.transfer_reversals (
  id bigint generated always as identity primary key,
  transfer_id bigint not null,
  seller_id uuid not null,
  currency text not null,
  amount_minor bigint not null,
  cause text not null,
  status text not null default 'due',
  stripe_reversal_id text,
  failure text,
  created_at timestamptz not null default now(),
  tried_at timestamptz,
  finished_at timestamptz,
  constraint transfer_reversals_once unique (transfer_id, cause),
  constraint transfer_reversals_amount_positive check (amount_minor > 0),
  constraint transfer_reversals_status_known check (status in ('due', 'succeeded', 'failed', 'withdrawn'))
);
create index transfer_reversals_seller_id on private.transfer_reversals (seller_id);
alter table private.transfer_reversals enable row level security;
alter table private.transfer_reversals force row level security;
comment on table private.transfer_reversals is
'What is fetched back from sellers'' accounts at Stripe as their buyers got it back; what cannot be had is owed to the platform';
comment on column private.transfer_reversals.cause is 'Why: the entry of the ledger that took it from the seller; stripe: where it was taken at Stripe itself';
comment on column private.transfer_reversals.status is 'due, until Stripe was asked; then succeeded or failed; withdrawn where it was not needed any more before';
comment on column private.transfer_reversals.tried_at is 'Since when it may have been made at Stripe: from then on it is seen through';

create table public.download_grants (
  id uuid primary key default private.uuid_v7(),
  order_line_id uuid not null references public.order_lines (id) on delete restrict,
  buyer_id uuid not null,
  track_id uuid,
  name text not null,
  max_downloads int not null,
  used_count int not null default 0,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  constraint download_grants_once unique nulls not distinct (order_line_id, track_id),
  constraint download_grants_used_count_range check (used_count between 0 and max_downloads)
);
create index download_grants_buyer_id on public.download_grants (buyer_id, id);
create index download_grants_track_id on public.download_grants (track_id, buyer_id);
alter table public.download_grants enable row level security;
alter table public.download_grants force row level security;
comment on table public.download_grants is 'What the caller has bought to download; function download-link gives a link for one, and counts it';
comment on column public.download_grants.id is 'What download-link is given';
comment on column public.download_grants.order_line_id is 'What was bought';
comment on column public.download_grants.buyer_id is 'Who may: the caller';
comment on column public.download_grants.track_id is 'The track; null for the file of a digital product';
comment on column public.download_grants.name is 'For people';
comment on column public.download_grants.max_downloads is 'How often';
comment on column public.download_grants.used_count is 'How often it was';
comment on column public.download_grants.created_at is 'When it was bought';
comment on column public.download_grants.revoked_at is 'Since when it does not hold: it was given back, or the payment is disputed';

-- Where the file lies, as it was when it was bought: nobody's to read.
create table private.download_files (
  grant_id uuid primary key references public.download_grants (id) on delete restrict,
  path text not null
);
alter table private.download_files enable row level security;
alter table private.download_files force row level security;
comment on table private.download_files is 'The object of bucket track-files that a download of a digital product gives';

create type public.order_row as (
  id uuid,
  status text,
  currency text,
  subtotal_minor bigint,
  platform_fee_minor bigint,
  processing_fee_minor bigint,
  shipping_minor bigint,
  total_minor bigint,
  fee_payer text,
  shipping_address jsonb,
  created_at timestamptz,
  expires_at timestamptz,
  paid_at timestamptz,
  lines jsonb,
  cursor text
);
comment on type public.order_row is
$$An order

lines: {id, product_id, variant_id, kind, name, variant_name, seller {id, username, display_name, avatar_path, is_verified}, quantity, unit_minor,
line_minor, shipping_minor, charged_minor, refunded_minor, shipping_required, shipped_at, tracking, refund {id, status, amount_minor, note} or null}.
Hand the last row's cursor back as after to go on.$$;

create type public.sale_row as (
  order_line_id uuid,
  order_id uuid,
  order_status text,
  product_id uuid,
  variant_id uuid,
  name text,
  variant_name text,
  quantity int,
  currency text,
  line_minor bigint,
  shipping_minor bigint,
  platform_fee_minor bigint,
  processing_fee_minor bigint,
  seller_net_minor bigint,
  refunded_minor bigint,
  buyer jsonb,
  shipping_address jsonb,
  shipping_required boolean,
  paid_at timestamptz,
  shipped_at timestamptz,
  tracking text,
  cursor text
);
comment on type public.sale_row is
$$Something that was sold and paid for

buyer: {id, username, display_name, avatar_path, is_verified}, null when they have gone. shipping_address: where it is sent, if it is. Hand the last row's
cursor back as after to go on.$$;

create type public.download_row as (
  grant_id uuid,
  order_line_id uuid,
  track_id uuid,
  name text,
  downloads_left int,
  is_revoked boolean,
  created_at timestamptz,
  cursor text
);
comment on type public.download_row is 'Something bought to download; hand the last row''s cursor back as after to go on';

create type public.quarantined_event as (
  id text,
  type text,
  error text,
  order_id uuid,
  payment_intent_id text,
  happened_at timestamptz,
  received_at timestamptz,
  cursor text
);
comment on type public.quarantined_event is
$$What Stripe reported and nobody was given anything for

payment_intent_id: the payment it is about; of what is about none, such as a subscription, its own id. Hand the last row's cursor back as after to go on.$$;
