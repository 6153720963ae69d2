-- The one rule of which notifications their reader still sees, for the list, the count and the push message. In arrays, kind by kind: as
-- one view over all that a notification can be about, its plan alone took longer to start than the page to read.
create or replace function private.shown_notifications(ids uuid[], out shown_ids uuid[], out unwanted_ids uuid[])
returns record
language plpgsql
stable
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_actor_ids uuid[] := '{}';
  v_visible_ids uuid[] := array[v_user_id];
  v_about record;
begin
  for v_about in
    select told.target_kind as kind, array_agg(told.target_id) as ids,
      -- Three at most, without the row that unnest would make of each.
      array_agg(told.actor_ids[1]) || array_agg(told.actor_ids[2]) || array_agg(told.actor_ids[3]) as actor_ids
    from public.notifications as told
    where told.recipient_id = v_user_id and told.id = any (shown_notifications.ids)
    group by told.target_kind
  loop
    v_actor_ids := v_actor_ids || v_about.actor_ids;
    if v_about.kind <> 'profile' or v_about.ids <> array_fill(v_user_id, array[cardinality(v_about.ids)]) then
      v_visible_ids := v_visible_ids || private.visible_told_ids(v_about.kind, v_about.ids);
    end if;
  end loop;
  unwanted_ids := array(
    select block.blocked_id from public.blocks as block where block.blocker_id = v_user_id and block.blocked_id = any (v_actor_ids)
    union all
    select block.blocker_id from public.blocks as block where block.blocked_id = v_user_id and block.blocker_id = any (v_actor_ids)
    union all
    select mute.muted_id from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = any (v_actor_ids)
    union all
    select hidden.profile_id from private.hidden_profiles as hidden where hidden.profile_id = any (v_actor_ids)
  );
  shown_ids := array(
    select told.id
    from public.notifications as told
    where told.recipient_id = v_user_id
      and told.id = any (shown_notifications.ids)
      and (told.actor_count = 0 or not told.actor_ids <@ unwanted_ids)
      and (told.target_id is null or told.target_id = any (v_visible_ids))
    order by told.id desc
  );
end;
$$;
comment on function private.shown_notifications(uuid[]) is
$$Which of these notifications the caller still sees, newest first, and which of their actors not

Not those of people all of whom are muted, blocked or hidden by now, nor about what they may no longer see.$$;

-- Security definer: a list that checks its reader itself.
create or replace function private.my_notifications(after text, page_size int)
returns setof public.notification_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_size int := private.page_size(my_notifications.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid := coalesce(
    (private.decode_place('my_notifications', my_notifications.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  );
  v_batch uuid[];
  v_shown uuid[];
  v_unwanted uuid[];
  v_cursors text[];
  v_found int := 0;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;

  loop
    v_batch := array(
      select told.id
      from public.notifications as told
      -- A range of the key, as in home_candidates.
      where (told.recipient_id, told.id) > (v_user_id, '00000000-0000-0000-0000-000000000000')
        and (told.recipient_id, told.id) < (v_user_id, v_before)
      order by told.recipient_id desc, told.id desc
      limit v_batch_size
    );
    exit when v_batch = '{}';
    select told.shown_ids[1:v_size - v_found], told.unwanted_ids into v_shown, v_unwanted from private.shown_notifications(v_batch) as told;
    v_cursors := private.encode_cursors('my_notifications', v_shown::text[]);
    return query
    select
      told.id,
      told.kind,
      coalesce(
        (
          select jsonb_agg(person.card order by actor.place)
          from unnest(told.actor_ids) with ordinality as actor (id, place)
          join private.person_cards as person on person.profile_id = actor.id
          where actor.id <> all (v_unwanted)
        ),
        '[]'
      ),
      told.actor_count,
      told.target_kind,
      told.target_id,
      case told.target_kind
        when 'post' then (
          select jsonb_build_object('kind', post.kind, 'body', left(post.body, 200), 'media_paths', to_jsonb(post.media_paths))
          from public.posts as post
          where post.id = told.target_id
        )
        when 'track' then (
          select jsonb_build_object(
            'title', track.title, 'artist_name', track.artist_name, 'artwork_url', track.artwork_url, 'artwork_path', track.artwork_path
          )
          from public.tracks as track
          where track.id = told.target_id
        )
        when 'crate' then (
          select jsonb_build_object('title', crate.title, 'cover_path', crate.cover_path, 'item_count', crate.item_count)
          from public.crates as crate
          where crate.id = told.target_id
        )
        when 'comment' then (
          select jsonb_build_object('body', left(said.body, 200), 'target_kind', said.target_kind, 'target_id', said.target_id)
          from public.comments as said
          where said.id = told.target_id
        )
        when 'conversation' then (
          select jsonb_build_object('kind', conversation.kind, 'title', conversation.title)
          from public.conversations as conversation
          where conversation.id = told.target_id
        )
      end,
      case when told.kind in ('comment', 'reply') then (
        select jsonb_build_object('id', said.id, 'body', left(said.body, 200))
        from private.reader_comments as said
        where said.id = (told.data ->> 'comment_id')::uuid
          and not said.is_deleted and not said.is_hidden and said.is_visible and said.is_wanted
      ) end,
      told.data,
      told.created_at,
      told.seen_at is not null,
      told.read_at is not null,
      v_cursors[ref.place]
    from unnest(v_shown) with ordinality as ref (id, place)
    join public.notifications as told on told.recipient_id = v_user_id and told.id = ref.id
    order by ref.place;
    v_found := v_found + cardinality(v_shown);
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size];
    -- What is filtered away in quantity is passed in longer strides.
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

-- Security definer: as my_notifications, which it must agree with.
create or replace function private.unread_count()
returns int
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_limit int := private.setting('notification_count_limit');
  v_batch_size int := v_limit;
  v_before uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_batch uuid[];
  v_count int := 0;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  loop
    v_batch := array(
      select unread.id
      from public.notifications as unread
      where unread.read_at is null
        and (unread.recipient_id, unread.id) > (v_user_id, '00000000-0000-0000-0000-000000000000')
        and (unread.recipient_id, unread.id) < (v_user_id, v_before)
      order by unread.recipient_id desc, unread.id desc
      limit v_batch_size
    );
    exit when v_batch = '{}';
    v_count := v_count + (select cardinality(told.shown_ids) from private.shown_notifications(v_batch) as told);
    exit when v_count >= v_limit or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size];
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
  return least(v_count, v_limit);
end;
$$;

-- Security definer: clients hold no update right on notifications, so that only these two marks change.
create or replace function private.mark_seen(up_to uuid)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user();
  v_count int;
begin
  if mark_seen.up_to is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  with marked as (
    select told.id
    from public.notifications as told
    where told.recipient_id = v_user_id and told.read_at is null and told.seen_at is null and told.id <= mark_seen.up_to
    order by told.id
    for no key update
  )
  update public.notifications as told set seen_at = now() from marked where told.id = marked.id;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

-- Security definer: as mark_seen.
create or replace function private.mark_read(ids uuid[])
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user();
  v_count int;
begin
  with marked as (
    select told.id
    from public.notifications as told
    where told.recipient_id = v_user_id
      and told.read_at is null
      and (mark_read.ids is null or told.id = any (mark_read.ids))
    order by told.id
    for no key update
  )
  update public.notifications as told
  set read_at = now(), seen_at = coalesce(told.seen_at, now()), is_open = false
  from marked
  where told.id = marked.id;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

-- Security definer: clients hold no write rights on preferences, so that kinds and channels are checked with words of ours.
create or replace function private.set_notification_preference(kind text, channel text, is_enabled boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user();
begin
  if not exists (select from private.notification_kinds as row where row.kind = set_notification_preference.kind) then
    perform private.raise_error(422, 'notification_kind_unknown', 'There are no notifications of this kind.');
  end if;
  if set_notification_preference.channel is null or set_notification_preference.channel not in ('in_app', 'push', 'email') then
    perform private.raise_error(422, 'channel_unknown', 'A channel is in_app, push or email.');
  end if;
  if set_notification_preference.is_enabled is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  insert into public.notification_preferences as preference (user_id, kind, channel, is_enabled)
  values (v_user_id, set_notification_preference.kind, set_notification_preference.channel, set_notification_preference.is_enabled)
  on conflict (user_id, kind, channel) do update set is_enabled = excluded.is_enabled;
  return jsonb_build_object(
    'kind', set_notification_preference.kind,
    'channel', set_notification_preference.channel,
    'is_enabled', set_notification_preference.is_enabled
  );
end;
$$;

-- Security definer: the kinds and how they ship are readable by nobody.
create or replace function private.my_notification_preferences()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return jsonb_build_object(
    'kinds', (
      select jsonb_agg(
        jsonb_build_object(
          'kind', kind.kind,
          'category', kind.category,
          'in_app', private.wants_notification(v_user_id, kind.kind, 'in_app'),
          'push', private.wants_notification(v_user_id, kind.kind, 'push'),
          'email', private.wants_notification(v_user_id, kind.kind, 'email')
        )
        order by kind.category, kind.kind
      )
      from private.notification_kinds as kind
    ),
    'quiet_hours', (
      select jsonb_build_object('starts', quiet.starts, 'ends', quiet.ends, 'time_zone', profile.time_zone)
      from public.quiet_hours as quiet
      join public.profiles as profile on profile.id = quiet.user_id
      where quiet.user_id = v_user_id
    )
  );
end;
$$;

-- Security definer: clients hold no write rights on quiet_hours.
create or replace function private.set_quiet_hours(starts time, ends time)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user();
begin
  if set_quiet_hours.starts is null and set_quiet_hours.ends is null then
    delete from public.quiet_hours as quiet where quiet.user_id = v_user_id;
    return jsonb_build_object('quiet_hours', null);
  end if;
  if set_quiet_hours.starts is null or set_quiet_hours.ends is null or set_quiet_hours.starts = set_quiet_hours.ends then
    perform private.raise_error(422, 'quiet_hours_invalid', 'Quiet hours have a beginning and another end, or neither.');
  end if;
  insert into public.quiet_hours as quiet (user_id, starts, ends)
  values (v_user_id, set_quiet_hours.starts, set_quiet_hours.ends)
  on conflict (user_id) do update set starts = excluded.starts, ends = excluded.ends;
  return jsonb_build_object('quiet_hours', jsonb_build_object('starts', set_quiet_hours.starts, 'ends', set_quiet_hours.ends));
end;
$$;
