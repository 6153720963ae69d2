-- Products: everybody reads what is active of artists they can see; artists keep their own shelf.
--
--                                    anon     signed in        seller    service
--   products                select   active   active           own       all
--   products                insert   -        artists' own     own       -
--   products                update   -        -                columns   -
--   products                delete   -        -                unsold    -
--   product_variants        as the product
--
-- What moderators withhold is its seller's alone; they read it in its case.

grant select on public.products to anon, authenticated, service_role;
grant insert (
  id, kind, name, description, pricing, price_minor, minimum_minor, currency, external_url, track_ids, stock, max_per_order, shipping_required,
  shipping_minor, event_at, venue, image_paths, is_active
) on public.products to authenticated;
grant update (
  name, description, pricing, price_minor, minimum_minor, currency, external_url, track_ids, stock, max_per_order, shipping_required,
  shipping_minor, event_at, venue, image_paths, is_active
) on public.products to authenticated;
grant delete on public.products to authenticated;
create policy select_all on public.products
  for select to anon, authenticated
  using ((is_active and not is_withheld and seller_id <> all (array(select private.hidden_profile_ids()))) or seller_id = (select auth.uid()));
-- seller_id is not granted: it is the caller, by default.
create policy insert_own on public.products
  for insert to authenticated
  with check ((select private.may_write('commerce')));
create policy update_own on public.products
  for update to authenticated
  using (seller_id = (select auth.uid()) and (select private.may_write('commerce')));
create policy delete_own on public.products
  for delete to authenticated
  using (seller_id = (select auth.uid()) and (select private.may_write('commerce')));

grant select on public.product_variants to anon, authenticated, service_role;
grant insert (id, product_id, name, price_minor, stock, is_active) on public.product_variants to authenticated;
grant update (name, price_minor, stock, is_active) on public.product_variants to authenticated;
grant delete on public.product_variants to authenticated;
create policy select_all on public.product_variants
  for select to anon, authenticated
  using (exists (select from public.products as product where product.id = product_variants.product_id));
create policy insert_own on public.product_variants
  for insert to authenticated
  -- First whether they may write at all: that says why not.
  with check ((select private.may_write('commerce')) and product_id = any (array(select private.my_product_ids())));
create policy update_own on public.product_variants
  for update to authenticated
  using (product_id = any (array(select private.my_product_ids())) and (select private.may_write('commerce')));
create policy delete_own on public.product_variants
  for delete to authenticated
  using (product_id = any (array(select private.my_product_ids())) and (select private.may_write('commerce')));
