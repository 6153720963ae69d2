create or replace function public.set_product_file(product_id uuid, path text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_product_file(set_product_file.product_id, set_product_file.path);
end;
comment on function public.set_product_file(uuid, text) is
$$Say which file whoever buys a digital product downloads

path: what was uploaded before to bucket track-files as <own id>/product-<product_id>.mp3, .wav or .flac. It is told to nobody, and can be uploaded
once. Returns {product_id, has_file}. Errors:
not_signed_in, account_gone (401), account_deactivated, banned, feature_disabled (403), product_not_found (404), file_missing (409), product_has_no_file (422).$$;

create or replace function public.products_by_artist(username text, after text default null, page_size int default null)
returns setof public.product_row
language sql
stable
security invoker
begin atomic
  select row.id, row.kind, row.name, row.description, row.pricing, row.price_minor, row.minimum_minor, row.currency, row.external_url,
    row.track_ids, row.stock, row.max_per_order, row.shipping_required, row.shipping_minor, row.event_at, row.venue, row.image_paths,
    row.is_active, row.variants, row.cursor
  from private.products_by_artist(products_by_artist.username, products_by_artist.after, products_by_artist.page_size) as row;
end;
comment on function public.products_by_artist(text, text, int) is
$$What an artist sells, newest first

Artists see their own also while it is switched off. Errors: profile_not_found (404), bad_cursor (422).$$;

grant execute on function private.products_by_artist(text, text, int), public.products_by_artist(text, text, int) to anon, authenticated;
grant execute on function private.set_product_file(uuid, text), public.set_product_file(uuid, text) to authenticated;
grant execute on function private.my_product_ids() to authenticated;
