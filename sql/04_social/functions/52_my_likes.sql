-- Security definer: shows what the rule of each kind allows.
create or replace function private.liked_target(target_kind text, target_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if liked_target.target_kind = 'track' then
    return private.track_card(liked_target.target_id);
  elsif liked_target.target_kind = 'crate' then
    return private.crate_card(liked_target.target_id);
  elsif not private.can_see_target(liked_target.target_kind, liked_target.target_id) then
    return null;
  elsif liked_target.target_kind = 'comment' then
    return to_jsonb(private.comment_row(liked_target.target_id)) - 'cursor' - 'replies';
  elsif liked_target.target_kind = 'activity_event' then
    return (
      select jsonb_build_object(
        'id', event.id, 'kind', event.kind, 'actor', private.person_card(event.actor_id), 'target_kind', event.target_kind,
        'target_id', event.target_id, 'target', event.target, 'event_count', event.event_count, 'like_count', event.like_count,
        'created_at', event.created_at
      )
      from private.reader_activity as event
      where event.id = liked_target.target_id
    );
  else
    return to_jsonb(private.direct_message(liked_target.target_id)) - 'cursor';
  end if;
end;
$$;
comment on function private.liked_target(text, uuid) is 'A thing as my_likes shows it; null when the caller may not see it any more';

-- Security definer: a list over the caller's own likes that checks its reader itself.
create or replace function private.my_likes(kind text, after text, page_size int)
returns table (target_kind text, target_id uuid, liked_at timestamptz, target jsonb, cursor text)
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_user_id uuid := auth.uid();
  v_list text := 'my_likes:' || coalesce(my_likes.kind, '');
  v_size int := private.page_size(my_likes.page_size);
  v_place text[] := private.decode_place(v_list, my_likes.after, '{timestamptz,uuid}');
  v_at timestamptz := coalesce(v_place[1]::timestamptz, 'infinity');
  v_id uuid := coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_times timestamptz[];
  v_ids uuid[];
  v_reader private.reader;
  v_taken int;
  v_found int := 0;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  if my_likes.kind is null or my_likes.kind not in ('post', 'comment', 'track', 'crate', 'message', 'activity_event') then
    perform private.raise_error(422, 'target_kind_unknown', 'This kind of thing cannot be liked.');
  end if;

  select reader.* into v_reader from private.reader as reader;
  loop
    select array_agg(batch.created_at), array_agg(batch.target_id) into v_times, v_ids
    from (
      select favour.created_at, favour.target_id
      from public.likes as favour
      where favour.user_id = v_user_id
        and favour.target_kind = my_likes.kind
        and (favour.created_at, favour.target_id) < (v_at, v_id)
      order by favour.created_at desc, favour.target_id desc
      limit v_size + 4
    ) as batch;
    if my_likes.kind = 'post' then
      return query
      select my_likes.kind, row.id, favour.created_at, to_jsonb(row) - 'cursor',
        private.encode_cursor(v_list, jsonb_build_array(favour.created_at, row.id)::text)
      from private.feed_rows(
        v_list,
        array(
          select (batch.target_id, null, batch.target_id)::private.feed_ref
          from unnest(v_ids) with ordinality as batch (target_id, place)
          order by batch.place
        ),
        v_size - v_found,
        v_reader.id,
        v_reader.blocked_ids,
        v_reader.muted_ids
      ) as row
      join public.likes as favour
        on favour.user_id = v_user_id and favour.target_kind = my_likes.kind and favour.target_id = row.id
      order by favour.created_at desc, row.id desc;
    else
      return query
      select my_likes.kind, batch.target_id, batch.created_at, shown.target,
        private.encode_cursor(v_list, jsonb_build_array(batch.created_at, batch.target_id)::text)
      from unnest(v_times, v_ids) with ordinality as batch (created_at, target_id, place)
      cross join lateral (select private.liked_target(my_likes.kind, batch.target_id) as target offset 0) as shown
      where shown.target is not null
      order by batch.place
      limit v_size - v_found;
    end if;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or coalesce(cardinality(v_ids), 0) < v_size + 4;
    v_at := v_times[v_size + 4];
    v_id := v_ids[v_size + 4];
  end loop;
end;
$$;
