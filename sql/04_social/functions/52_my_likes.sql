-- Security definer: shows what the rule of each kind allows.
create or replace function private.liked_activity(event_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not private.can_see_activity_event(liked_activity.event_id) then
    return null;
  end if;
  return (
    select jsonb_build_object(
      'id', event.id, 'kind', event.kind, 'actor', private.person_card(event.actor_id), 'target_kind', event.target_kind,
      'target_id', event.target_id, 'target', event.target, 'event_count', event.event_count, 'like_count', event.like_count,
      'created_at', event.created_at
    )
    from private.reader_activity as event
    where event.id = liked_activity.event_id
  );
end;
$$;
comment on function private.liked_activity(uuid) is 'An event as my_likes shows it; null when the caller may not see it any more';

-- Security definer: as liked_activity.
create or replace function private.liked_targets(target_kind text, ids uuid[], reader_id uuid, blocked_ids uuid[])
returns jsonb[]
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_place record;
  v_messages jsonb := '{}';
begin
  case liked_targets.target_kind
    when 'track' then
      return array(
        select (
          select track.card
          from private.tracks_for(liked_targets.reader_id, liked_targets.blocked_ids) as track
          where track.id = liked.id and (track.is_visible or (select private.is_staff()))
        )
        from unnest(liked_targets.ids) with ordinality as liked (id, place)
        order by liked.place
      );
    when 'crate' then
      return array(
        select (
          select crate.card
          from private.crates_for(liked_targets.reader_id, liked_targets.blocked_ids) as crate
          where crate.id = liked.id and (crate.is_visible or (crate.deleted_at is null and (select private.is_staff())))
        )
        from unnest(liked_targets.ids) with ordinality as liked (id, place)
        order by liked.place
      );
    when 'comment' then
      return array(
        select (
          select to_jsonb(comment)
          from (
            select
              said.id, said.target_kind, said.target_id, said.parent_id, said.depth, said.body, said.position_ms, said.author,
              said.mentions, said.like_count, said.liked_by_me, said.reactions, said.reply_count, said.is_pinned, said.is_hidden,
              said.is_deleted, said.created_at, said.edited_at
            from private.comments_for(liked_targets.reader_id, liked_targets.blocked_ids, '{}', liked_targets.ids) as said
            where said.id = liked.id
              and said.is_visible
              and not said.is_deleted
              and (said.parent_id is null or private.sees_thread(said.parent_id, liked_targets.reader_id, liked_targets.blocked_ids))
              -- What most are about; of the rest, sees_target knows.
              and (
                (
                  said.target_kind = 'post' and exists (
                    select
                    from private.posts_for(liked_targets.reader_id, liked_targets.blocked_ids) as post
                    where post.id = said.target_id and post.is_visible
                    offset 0
                  )
                )
                or private.sees_target(said.target_kind, said.target_id, liked_targets.reader_id, liked_targets.blocked_ids)
              )
          ) as comment
        )
        from unnest(liked_targets.ids) with ordinality as liked (id, place)
        order by liked.place
      );
    when 'message' then
      -- One query for each conversation: who has joined one when is asked once.
      for v_place in
        select message.conversation_id, message.joined_after_id, array_agg(message.id) as ids
        from unnest(liked_targets.ids) as liked (id)
        cross join lateral (
          select each.* from private.messages_for(liked_targets.reader_id, liked_targets.blocked_ids) as each where each.id = liked.id offset 0
        ) as message
        where message.is_visible
        group by message.conversation_id, message.joined_after_id
      loop
        v_messages := v_messages || (
          select coalesce(jsonb_object_agg(row.id, to_jsonb(row) - 'cursor'), '{}')
          from private.message_rows('message', v_place.conversation_id, v_place.joined_after_id, v_place.ids) as row
        );
      end loop;
      return array(
        select v_messages -> liked.id::text
        from unnest(liked_targets.ids) with ordinality as liked (id, place)
        order by liked.place
      );
    else
      return array(
        select private.liked_activity(liked.id)
        from unnest(liked_targets.ids) with ordinality as liked (id, place)
        order by liked.place
      );
  end case;
end;
$$;
comment on function private.liked_targets(text, uuid[], uuid, uuid[]) is
$$Things as my_likes shows them, in the order given; null for each that the reader, the caller, may not see any more

One query for all of a kind: a function for each thing would find the reader again for each.$$;

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
  perform private.require_signed_in();
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
      select my_likes.kind, batch.target_id, batch.created_at, batch.target,
        private.encode_cursor(v_list, jsonb_build_array(batch.created_at, batch.target_id)::text)
      from unnest(v_times, v_ids, private.liked_targets(my_likes.kind, v_ids, v_reader.id, v_reader.blocked_ids)) with ordinality
        as batch (created_at, target_id, target, place)
      where batch.target is not null
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
