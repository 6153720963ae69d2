create or replace function private.order_rows(bought public.orders)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'id', line.id, 'product_id', line.product_id, 'variant_id', line.variant_id, 'kind', line.kind, 'name', line.name,
        'variant_name', line.variant_name, 'seller', private.person_card(line.seller_id), 'quantity', line.quantity,
        'unit_minor', line.unit_minor, 'line_minor', line.line_minor, 'shipping_minor', line.shipping_minor,
        'charged_minor', line.charged_minor, 'refunded_minor', line.refunded_minor, 'shipping_required', line.shipping_required,
        'shipped_at', line.shipped_at, 'tracking', line.tracking,
        'refund', (
          select jsonb_build_object('id', refund.id, 'status', refund.status, 'amount_minor', refund.amount_minor, 'note', refund.note)
          from public.refunds as refund
          where refund.order_line_id = line.id
          order by refund.id desc
          limit 1
        )
      )
      order by line.place
    ),
    '[]'
  )
  from public.order_lines as line
  where line.order_id = (order_rows.bought).id
$$;
comment on function private.order_rows(public.orders) is 'The lines of an order as its buyer is shown them';

-- Security definer: a list of one's own that pages, and shows sellers.
create or replace function private.my_orders(after text, page_size int)
returns setof public.order_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_list text := 'my_orders:' || auth.uid();
  v_place text[] := private.decode_place(v_list, my_orders.after, '{uuid}');
  v_size int := private.page_size(my_orders.page_size);
begin
  perform private.require_signed_in();
  return query
  select
    bought.id, bought.status, bought.currency, bought.subtotal_minor, bought.platform_fee_minor, bought.processing_fee_minor,
    bought.shipping_minor, bought.total_minor, bought.fee_payer, bought.shipping_address, bought.created_at, bought.expires_at,
    bought.paid_at, private.order_rows(bought), private.encode_cursor(v_list, bought.id::text)
  from public.orders as bought
  where bought.buyer_id = auth.uid()
    and bought.id < coalesce(v_place[1], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid
  order by bought.id desc
  limit v_size;
end;
$$;

-- Security definer: as my_orders.
create or replace function private.order(order_id uuid)
returns public.order_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.order_row;
begin
  select
    bought.id, bought.status, bought.currency, bought.subtotal_minor, bought.platform_fee_minor, bought.processing_fee_minor,
    bought.shipping_minor, bought.total_minor, bought.fee_payer, bought.shipping_address, bought.created_at, bought.expires_at,
    bought.paid_at, private.order_rows(bought), null
  into v_row
  from public.orders as bought
  where bought.id = "order".order_id and bought.buyer_id = auth.uid();
  if not found then
    perform private.raise_error(404, 'order_not_found', 'There is no order of this id that is yours.');
  end if;
  return v_row;
end;
$$;

-- Security definer: shows whom and where to what was sold, which its seller may know.
create or replace function private.my_sales(from_at timestamptz, to_at timestamptz, after text, page_size int)
returns setof public.sale_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
-- Who has sold a lot has their newest by the index that is in this order; a plan for anybody takes all of them and sorts.
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
  v_list text := 'my_sales:' || auth.uid();
  v_place text[] := private.decode_place(v_list, my_sales.after, '{timestamptz,uuid}');
  v_size int := private.page_size(my_sales.page_size);
begin
  perform private.require_signed_in();
  return query
  select
    line.id, line.order_id, bought.status, line.product_id, line.variant_id, line.name, line.variant_name, line.quantity, line.currency,
    line.line_minor, line.shipping_minor, line.platform_fee_minor, line.processing_fee_minor, line.seller_net_minor, line.refunded_minor,
    private.person_card(line.buyer_id), case when line.shipping_required then bought.shipping_address end, line.shipping_required,
    line.paid_at, line.shipped_at, line.tracking, private.encode_cursor(v_list, jsonb_build_array(line.paid_at, line.id)::text)
  from public.order_lines as line
  join public.orders as bought on bought.id = line.order_id
  where line.seller_id = auth.uid()
    and line.paid_at is not null
    and line.paid_at >= coalesce(my_sales.from_at, '-infinity')
    and line.paid_at < coalesce(my_sales.to_at, 'infinity')
    and (line.paid_at, line.id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
  order by line.paid_at desc, line.id desc
  limit v_size;
end;
$$;

-- Security definer: orders are nobody's to write.
create or replace function private.mark_shipped(order_line_id uuid, tracking text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('commerce');
  v_line public.order_lines := private.require_line(mark_shipped.order_line_id, false);
begin
  if char_length(mark_shipped.tracking) not between 1 and 200 then
    perform private.raise_error(422, 'tracking_invalid', 'Say where it is in 1 to 200 characters, or nothing.');
  end if;
  if not v_line.shipping_required then
    perform private.raise_error(409, 'nothing_to_ship', 'This is not sent by mail.');
  end if;
  if v_line.is_refunded then
    perform private.raise_error(409, 'already_refunded', 'This was given back already.');
  end if;
  update public.order_lines as line
  set shipped_at = coalesce(line.shipped_at, now()), tracking = coalesce(mark_shipped.tracking, line.tracking)
  where line.id = v_line.id;
  perform private.settle_order(v_line.order_id);
  if v_line.shipped_at is null then
    perform private.notify(
      v_line.buyer_id, 'order_shipped', v_user_id, null, null, null,
      jsonb_build_object('order_id', v_line.order_id, 'order_line_id', v_line.id, 'name', v_line.name)
    );
  end if;
  return (
    select jsonb_build_object('order_line_id', line.id, 'shipped_at', line.shipped_at, 'tracking', line.tracking, 'status', bought.status)
    from public.order_lines as line
    join public.orders as bought on bought.id = line.order_id
    where line.id = v_line.id
  );
end;
$$;
