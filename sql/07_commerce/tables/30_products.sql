create table public.products (
  id uuid primary key default gen_random_uuid(),
  seller_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  kind text not null,
  name text not null,
  description text not null default '',
  pricing text,
  price_minor bigint,
  minimum_minor bigint,
  currency text not null default 'USD' references public.currencies (code) on delete restrict,
  external_url text,
  track_ids uuid[] not null default '{}',
  stock int,
  max_per_order int not null default 10,
  shipping_required boolean not null default false,
  shipping_minor bigint not null default 0,
  event_at timestamptz,
  venue text,
  image_paths text[] not null default '{}',
  is_active boolean not null default true,
  sold_count int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  is_withheld boolean not null default false,
  constraint products_kind_known check (kind in ('track', 'album', 'merch', 'digital', 'concert')),
  constraint products_name_length check (char_length(name) between 1 and 120 and name = btrim(name)),
  constraint products_description_length check (char_length(description) <= 5000),
  constraint products_pricing_known check (pricing in ('fixed', 'pay_what_you_want', 'free')),
  constraint products_price_fits check (
    case coalesce(pricing, 'elsewhere')
      when 'fixed' then price_minor > 0 and minimum_minor is null
      when 'pay_what_you_want' then minimum_minor >= 0 and coalesce(price_minor >= minimum_minor, true)
      else price_minor is null and minimum_minor is null
    end
    -- A condition that is null refuses nothing.
    and (pricing is distinct from 'fixed' or price_minor is not null)
    and (pricing is distinct from 'pay_what_you_want' or minimum_minor is not null)
  ),
  constraint products_price_limit check (price_minor <= 100000000 and minimum_minor <= 100000000 and shipping_minor between 0 and 100000000),
  constraint products_external_url_has_no_price check ((external_url is not null) = (pricing is null)),
  constraint products_external_url_https check (
    external_url ~ '^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^\s<>"]*)?$' and char_length(external_url) <= 500
  ),
  constraint products_tracks_fit check (
    array_position(track_ids, null) is null
    and case kind
      when 'track' then cardinality(track_ids) = 1
      when 'album' then cardinality(track_ids) between 1 and 100
      else cardinality(track_ids) = 0
    end
  ),
  constraint products_stock_not_negative check (stock between 0 and 1000000),
  constraint products_max_per_order_range check (max_per_order between 1 and 100),
  constraint products_shipping_fits check (case when shipping_required then kind in ('merch', 'concert') else shipping_minor = 0 end),
  constraint products_event_fits check (kind = 'concert' or (event_at is null and venue is null)),
  constraint products_venue_length check (char_length(venue) between 1 and 200),
  constraint products_image_paths_own check (
    cardinality(image_paths) <= 10 and array_position(image_paths, null) is null
    and (
      image_paths = '{}'
      or array_to_string(image_paths, ' ') ~ ('^(' || seller_id || '/[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(jpe?g|png|webp)( |$))+$')
    )
  ),
  constraint products_sold_count_not_negative check (sold_count >= 0)
) with (fillfactor = 85);
create index products_seller_id on public.products (seller_id, created_at desc, id desc);
create index products_track_ids on public.products using gin (track_ids);
create index products_currency on public.products (currency);
alter table public.products enable row level security;
alter table public.products force row level security;
comment on table public.products is
$$What artists sell

Artists insert and update their own; what asks for money needs an account at the payment provider that may charge (seller_not_ready, 402). One that was
ever ordered is switched off with is_active, and not deleted (product_sold, 409). Everybody reads what is active.$$;
comment on column public.products.id is 'A client may make it, so that an insert that is sent again is found out';
comment on column public.products.seller_id is 'Whose: the caller';
comment on column public.products.kind is 'track, album, merch, digital or concert';
comment on column public.products.name is '1 to 120 characters';
comment on column public.products.description is 'At most 5000 characters';
comment on column public.products.pricing is 'fixed, pay_what_you_want or free; null with external_url';
comment on column public.products.price_minor is 'Of fixed the price, of pay_what_you_want what is proposed (or null), in minor units of currency';
comment on column public.products.minimum_minor is 'Of pay_what_you_want the least that is taken, 0 or more';
comment on column public.products.currency is 'One that is enabled';
comment on column public.products.external_url is 'https address where it is sold instead; then there is no price and no checkout';
comment on column public.products.track_ids is 'Of a track its one, of an album at most 100: uploads of the seller';
comment on column public.products.stock is 'How many are left; null for no end. With variants theirs counts';
comment on column public.products.max_per_order is '1 to 100';
comment on column public.products.shipping_required is 'Whether it is sent by mail: merch and concert tickets may be';
comment on column public.products.shipping_minor is 'What sending costs, once a line of an order';
comment on column public.products.event_at is 'Of a concert: when';
comment on column public.products.venue is 'Of a concert: where';
comment on column public.products.image_paths is 'At most 10 objects in bucket product-images, in the folder named as the seller''s id';
comment on column public.products.is_active is 'Whether it is shown and sold';
comment on column public.products.sold_count is 'How many were paid for, or taken where it is free';
comment on column public.products.created_at is 'When it was made';
comment on column public.products.updated_at is 'When its seller last changed it';
comment on column public.products.is_withheld is
'Whether it is kept from all but its seller and staff: by the weight of its reports, or by a decision; written by moderation alone';

create table public.product_variants (
  id uuid primary key default gen_random_uuid(),
  product_id uuid not null references public.products (id) on delete cascade,
  name text not null,
  price_minor bigint,
  stock int,
  is_active boolean not null default true,
  constraint product_variants_once unique (product_id, name),
  constraint product_variants_name_length check (char_length(name) between 1 and 80 and name = btrim(name)),
  constraint product_variants_price_range check (price_minor between 1 and 100000000),
  constraint product_variants_stock_not_negative check (stock between 0 and 1000000)
);
alter table public.product_variants enable row level security;
alter table public.product_variants force row level security;
comment on table public.product_variants is 'What one chooses from: sizes and colours of merch, kinds of tickets. Written by the seller, read with the product';
comment on column public.product_variants.id is 'What create-checkout is given as variant_id';
comment on column public.product_variants.product_id is 'Of which product';
comment on column public.product_variants.name is '1 to 80 characters: Black, L';
comment on column public.product_variants.price_minor is 'Its price where the product''s is fixed; null for that of the product';
comment on column public.product_variants.stock is 'How many are left; null for no end';
comment on column public.product_variants.is_active is 'Whether it can be chosen';

-- The path of a file is readable by nobody; whoever has bought it is given a link.
create table private.product_files (
  product_id uuid primary key references public.products (id) on delete cascade,
  path text not null
);
alter table private.product_files enable row level security;
alter table private.product_files force row level security;
comment on table private.product_files is 'What whoever buys a digital product downloads: an object in bucket track-files';

create type public.product_row as (
  id uuid,
  kind text,
  name text,
  description text,
  pricing text,
  price_minor bigint,
  minimum_minor bigint,
  currency text,
  external_url text,
  track_ids uuid[],
  stock int,
  max_per_order int,
  shipping_required boolean,
  shipping_minor bigint,
  event_at timestamptz,
  venue text,
  image_paths text[],
  is_active boolean,
  variants jsonb,
  cursor text
);
comment on type public.product_row is
$$Something that is sold

variants: what one chooses from, {id, name, price_minor, stock}; empty where there is no choice. Hand the last row's cursor back as after to go on.$$;
