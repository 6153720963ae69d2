create or replace function private.can_charge(seller_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select from private.artist_accounts as account where account.profile_id = can_charge.seller_id and account.charges_enabled
  )
$$;
comment on function private.can_charge(uuid) is 'Whether an artist''s account at the payment provider may charge';

create or replace function private.require_price(product public.products, variant_price bigint default null)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_currency public.currencies;
begin
  select currency.* into v_currency from public.currencies as currency where currency.code = (require_price.product).currency;
  if not v_currency.is_enabled then
    perform private.raise_error(422, 'currency_disabled', 'Nothing can be sold in this currency.');
  end if;
  if coalesce((require_price.product).price_minor, 0) % v_currency.step_minor <> 0
    or coalesce((require_price.product).minimum_minor, 0) % v_currency.step_minor <> 0
    or (require_price.product).shipping_minor % v_currency.step_minor <> 0
    or coalesce(require_price.variant_price, 0) % v_currency.step_minor <> 0
  then
    perform private.raise_error(
      422, 'price_step', 'Prices in this currency are charged in steps.', v_currency.step_minor::text
    );
  end if;
  if ((require_price.product).pricing in ('fixed', 'pay_what_you_want') or (require_price.product).shipping_minor > 0)
    and not private.can_charge((require_price.product).seller_id)
  then
    perform private.raise_error(402, 'seller_not_ready', 'To sell for money, finish setting up payments first.', 'Call connect-onboarding.');
  end if;
end;
$$;
comment on function private.require_price(public.products, bigint) is
'Refuse a price that cannot be charged: currency_disabled, price_step (422), seller_not_ready (402)';

-- Security definer: accounts at the provider and the tracks of others are not the seller's to read.
create or replace function private.tg_products__validate()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (select from public.artist_profiles as artist where artist.profile_id = new.seller_id) then
    perform private.raise_error(403, 'not_an_artist', 'This is for artists; become one first.');
  end if;
  if tg_op = 'INSERT'
    or (new.pricing, new.price_minor, new.minimum_minor, new.shipping_minor, new.currency)
      is distinct from (old.pricing, old.price_minor, old.minimum_minor, old.shipping_minor, old.currency)
    or (new.is_active and not old.is_active)
  then
    perform private.require_price(new);
  end if;
  if (tg_op = 'INSERT' or new.track_ids <> old.track_ids)
    and cardinality(new.track_ids) <> (
      select count(*)
      from public.tracks as track
      where track.id = any (new.track_ids)
        and track.artist_id = new.seller_id
        and track.status in ('published', 'hidden', 'processing')
    )
  then
    perform private.raise_error(422, 'tracks_not_own', 'Sell uploads of your own, each once.');
  end if;
  if tg_op = 'UPDATE' then
    new.updated_at := now();
  end if;
  return new;
end;
$$;
create trigger _300_validate
  before insert or update of kind, name, description, pricing, price_minor, minimum_minor, currency, external_url, track_ids, max_per_order,
    shipping_required, shipping_minor, event_at, venue, image_paths, is_active
  on public.products
  for each row execute function private.tg_products__validate();

-- Security definer: as tg_products__validate.
create or replace function private.tg_product_variants__validate()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_product public.products;
begin
  select product.* into v_product from public.products as product where product.id = new.product_id;
  -- Of what is not there the policy and the foreign key say so.
  if not found then
    return new;
  end if;
  if v_product.kind not in ('merch', 'concert') or v_product.pricing is null then
    perform private.raise_error(422, 'variants_not_here', 'Merch and concerts that are sold here have variants.');
  end if;
  if new.price_minor is not null then
    if v_product.pricing <> 'fixed' then
      perform private.raise_error(422, 'variants_not_here', 'Merch and concerts that are sold here have variants.');
    end if;
    perform private.require_price(v_product, new.price_minor);
  end if;
  return new;
end;
$$;
create trigger _300_validate
  before insert or update of name, price_minor, is_active on public.product_variants
  for each row execute function private.tg_product_variants__validate();

-- Security definer: orders of others are not the seller's to read.
create or replace function private.tg__keep_sold()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- An account that is erased takes what it offered along; who bought keeps what the order says.
  if auth.uid() is not null and exists (
    select
    from public.order_lines as line
    where case tg_table_name when 'products' then line.product_id else line.variant_id end = old.id
  ) then
    perform private.raise_error(409, 'product_sold', 'This has been ordered; switch it off instead.', 'Set is_active to false.');
  end if;
  return old;
end;
$$;
create trigger _300_keep_sold
  before delete on public.products
  for each row execute function private.tg__keep_sold();
create trigger _300_keep_sold
  before delete on public.product_variants
  for each row execute function private.tg__keep_sold();

-- Security definer: a policy helper; which products there are is not to be read under the policies that call this.
create or replace function private.my_product_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select product.id from public.products as product where product.seller_id = (select auth.uid())
$$;
comment on function private.my_product_ids() is 'What the caller sells, for policies';

-- Security definer: the path is nobody's to read or write but through here.
create or replace function private.set_product_file(product_id uuid, path text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('commerce');
  v_product public.products;
begin
  select product.* into v_product
  from public.products as product
  where product.id = set_product_file.product_id and product.seller_id = v_user_id
  for no key update;
  if not found then
    perform private.raise_error(404, 'product_not_found', 'There is no product of this id that you can see.');
  end if;
  if v_product.kind <> 'digital' then
    perform private.raise_error(422, 'product_has_no_file', 'Only digital products have a file of their own.');
  end if;
  if not exists (
    select
    from storage.objects as object
    where object.bucket_id = 'track-files'
      and object.name = set_product_file.path
      and set_product_file.path ~ ('^' || v_user_id || '/product-' || v_product.id || '\.(mp3|wav|flac)$')
  ) then
    perform private.raise_error(409, 'file_missing', 'Upload the file first, to the path for this product.');
  end if;
  insert into private.product_files (product_id, path)
  values (v_product.id, set_product_file.path)
  on conflict on constraint product_files_pkey do update set path = excluded.path;
  return jsonb_build_object('product_id', v_product.id, 'has_file', true);
end;
$$;

-- Security definer: a list that checks its reader itself.
create or replace function private.products_by_artist(username text, after text, page_size int)
returns setof public.product_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_profile public.profiles := private.visible_profile(products_by_artist.username);
  v_list text := 'products_by_artist:' || v_profile.id;
  v_place text[] := private.decode_place(v_list, products_by_artist.after, '{timestamptz,uuid}');
  v_size int := private.page_size(products_by_artist.page_size);
begin
  return query
  select
    product.id, product.kind, product.name, product.description, product.pricing, product.price_minor, product.minimum_minor, product.currency,
    product.external_url, product.track_ids, product.stock, product.max_per_order, product.shipping_required, product.shipping_minor,
    product.event_at, product.venue, product.image_paths, product.is_active,
    coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'id', variant.id, 'name', variant.name, 'price_minor', coalesce(variant.price_minor, product.price_minor), 'stock', variant.stock
          )
          order by variant.name
        )
        from public.product_variants as variant
        where variant.product_id = product.id and variant.is_active
      ),
      '[]'
    ),
    private.encode_cursor(v_list, jsonb_build_array(product.created_at, product.id)::text)
  from public.products as product
  where product.seller_id = v_profile.id
    and ((product.is_active and not product.is_withheld) or product.seller_id = auth.uid())
    and (product.created_at, product.id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
  order by product.created_at desc, product.id desc
  limit v_size;
end;
$$;

create or replace function private.is_single_copy(kind text)
returns boolean
language sql
immutable
security invoker
set search_path = ''
as $$
  select is_single_copy.kind in ('track', 'album', 'digital')
$$;
comment on function private.is_single_copy(text) is 'Whether a kind of product is downloaded: of that one buyer has a single copy';

create or replace function private.has_dispute(order_id uuid, statuses text[])
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select
    from private.payments as payment
    join private.disputes as dispute on dispute.payment_intent_id = payment.payment_intent_id
    where payment.order_id = has_dispute.order_id
      and payment.settled_as = 'sale'
      and dispute.status = any (has_dispute.statuses)
  )
$$;
comment on function private.has_dispute(uuid, text[]) is 'Whether of what paid an order there is a dispute of one of these statuses';

create or replace function private.owns(buyer_id uuid, product_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select
    from public.order_lines as line
    where line.buyer_id = owns.buyer_id
      and line.product_id = owns.product_id
      and line.paid_at is not null
      and not line.is_refunded
      -- While the bank has not decided nobody needs to pay for it twice: it may be theirs again.
      and not private.has_dispute(line.order_id, '{lost}')
  )
$$;
comment on function private.owns(uuid, uuid) is
'Whether somebody has paid for a product, and neither was given the money back nor had their bank fetch it';
