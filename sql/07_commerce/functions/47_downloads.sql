create or replace function private.grant_downloads(line public.order_lines)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_path text;
  v_grant_id uuid;
begin
  insert into public.download_grants (order_line_id, buyer_id, track_id, name, max_downloads)
  select (line).id, (line).buyer_id, track.id, track.title, private.setting('downloads_per_grant')
  from unnest((line).track_ids) with ordinality as sold (id, place)
  join public.tracks as track on track.id = sold.id
  order by sold.place
  on conflict on constraint download_grants_once do nothing;
  select file.path into v_path from private.product_files as file where file.product_id = (line).product_id;
  if found then
    insert into public.download_grants (order_line_id, buyer_id, name, max_downloads)
    values ((line).id, (line).buyer_id, (line).name, private.setting('downloads_per_grant'))
    on conflict on constraint download_grants_once do nothing
    returning id into v_grant_id;
    insert into private.download_files (grant_id, path) select v_grant_id, v_path where v_grant_id is not null;
  end if;
end;
$$;
comment on function private.grant_downloads(public.order_lines) is 'What a line that is paid brings to download: each of its tracks, or its file';

create or replace function private.settle_downloads(order_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.download_grants as held
  set revoked_at = case when line.is_refunded or bought.status = 'disputed' then coalesce(held.revoked_at, now()) end
  from public.order_lines as line
  join public.orders as bought on bought.id = line.order_id
  where line.order_id = settle_downloads.order_id
    and held.order_line_id = line.id
    and (held.revoked_at is null) = (line.is_refunded or bought.status = 'disputed')
$$;
comment on function private.settle_downloads(uuid) is 'Downloads of an order hold unless it was given back, or while the payment is disputed';

-- Security definer: paths are nobody's to read; the service asks for somebody it has authenticated.
create or replace function private.claim_download(user_id uuid, grant_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_grant public.download_grants;
  v_path text;
begin
  perform private.act_for(claim_download.user_id);
  perform private.acting_user(even_banned => true);
  perform private.act_for(null);
  select held.* into v_grant
  from public.download_grants as held
  where held.id = claim_download.grant_id and held.buyer_id = claim_download.user_id
  for update;
  if not found then
    perform private.raise_error(404, 'download_not_found', 'There is nothing of this id for you to download.');
  end if;
  if v_grant.revoked_at is not null then
    perform private.raise_error(403, 'download_revoked', 'This was given back, and is not yours to download any more.');
  end if;
  if v_grant.used_count >= v_grant.max_downloads then
    perform private.raise_error(409, 'downloads_used_up', 'This was downloaded as often as it may be.', v_grant.max_downloads::text);
  end if;
  -- Whatever has become of the product or the track: the file is what counts.
  v_path := coalesce(
    (select file.path from private.download_files as file where file.grant_id = v_grant.id),
    (select file.path from private.track_files as file where file.track_id = v_grant.track_id)
  );
  if v_path is null then
    perform private.raise_error(404, 'download_not_found', 'There is nothing of this id for you to download.');
  end if;
  update public.download_grants as held set used_count = held.used_count + 1 where held.id = v_grant.id;
  return jsonb_build_object(
    'bucket', 'track-files', 'path', v_path, 'file_name', v_grant.name || coalesce('.' || substring(v_path from '\.([A-Za-z0-9]{1,8})$'), ''),
    'seconds', private.setting('download_url_seconds'), 'left', v_grant.max_downloads - v_grant.used_count - 1
  );
end;
$$;

-- Security definer: a list of one's own that pages.
create or replace function private.my_downloads(after text, page_size int)
returns setof public.download_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_list text := 'my_downloads:' || auth.uid();
  v_place text[] := private.decode_place(v_list, my_downloads.after, '{uuid}');
  v_size int := private.page_size(my_downloads.page_size);
begin
  perform private.require_signed_in();
  return query
  select
    held.id, held.order_line_id, held.track_id, held.name, held.max_downloads - held.used_count, held.revoked_at is not null, held.created_at,
    private.encode_cursor(v_list, held.id::text)
  from public.download_grants as held
  where held.buyer_id = auth.uid()
    and held.id < coalesce(v_place[1], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid
  order by held.id desc
  limit v_size;
end;
$$;

create or replace function private.is_preview(track_id uuid, artist_id uuid, listener uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select is_preview.artist_id is distinct from is_preview.listener
    and exists (
      select
      from public.products as product
      where product.track_ids @> array[is_preview.track_id] and product.is_active and product.pricing in ('fixed', 'pay_what_you_want')
    )
    and not exists (
      select
      from public.download_grants as held
      where held.track_id = is_preview.track_id and held.buyer_id = is_preview.listener and held.revoked_at is null
    )
$$;
comment on function private.is_preview(uuid, uuid, uuid) is
'Whether somebody hears no more than the beginning of a track: it is for sale, and they have neither bought nor made it';
