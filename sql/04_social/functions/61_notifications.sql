-- The one rule of which notifications their reader still sees; a view for the same reasons as reader_posts. offset 0 keeps each thing a
-- notification is about a probe of one row.
create or replace view private.reader_notifications with (security_invoker = true) as
select
  told.id, told.recipient_id, told.kind, told.actor_count, told.target_kind, told.target_id, told.data, told.created_at,
  told.seen_at, told.read_at, shown.ids as shown_ids,
  (told.actor_count = 0 or cardinality(shown.ids) > 0)
  and case told.target_kind
    when 'post' then coalesce(post.is_visible or (post.deleted_at is null and (select private.is_staff())), false)
    when 'track' then coalesce(track.is_visible or (select private.is_staff()), false)
    when 'crate' then coalesce(crate.is_visible or (crate.deleted_at is null and (select private.is_staff())), false)
    else told.target_kind is null or told.target_id = told.recipient_id or private.can_see_told(told.target_kind, told.target_id)
  end as is_visible,
  case told.target_kind
    when 'post' then jsonb_build_object('kind', post.kind, 'body', left(post.body, 200), 'media_paths', to_jsonb(post.media_paths))
    when 'track' then jsonb_build_object(
      'title', track.title, 'artist_name', track.artist_name, 'artwork_url', track.artwork_url, 'artwork_path', track.artwork_path
    )
    when 'crate' then jsonb_build_object('title', crate.title, 'cover_path', crate.cover_path, 'item_count', crate.item_count)
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
  end as target,
  case when told.kind in ('comment', 'reply') then (
    select jsonb_build_object('id', said.id, 'body', left(said.body, 200))
    from public.comments as said
    where said.id = (told.data ->> 'comment_id')::uuid and said.deleted_at is null and said.hidden_by is null
  ) end as comment
from public.notifications as told
left join lateral (
  select found.* from private.reader_posts as found where told.target_kind = 'post' and found.id = told.target_id offset 0
) as post on true
left join lateral (
  select found.* from private.reader_tracks as found where told.target_kind = 'track' and found.id = told.target_id offset 0
) as track on true
left join lateral (
  select found.* from private.reader_crates as found where told.target_kind = 'crate' and found.id = told.target_id offset 0
) as crate on true
cross join lateral (
  select array(
    select actor.id
    from unnest(told.actor_ids) with ordinality as actor (id, place)
    where actor.id <> all (array(
        select block.blocked_id from public.blocks as block where block.blocker_id = (select auth.uid())
        union all
        select block.blocker_id from public.blocks as block where block.blocked_id = (select auth.uid())
        union all
        select mute.muted_id from public.mutes as mute where mute.muter_id = (select auth.uid())
      ))
      and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = actor.id offset 0)
    order by actor.place
  ) as ids
) as shown
where told.recipient_id = (select auth.uid());
comment on view private.reader_notifications is
$$The caller's notifications, and whether they still see each

Not those of people all of whom are muted, blocked or hidden by now, nor about what they may no longer see. shown_ids: who of the latest
actors is shown.$$;

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
  v_cursors text[];
  v_taken int;
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
    v_cursors := private.encode_cursors('my_notifications', v_batch::text[]);
    return query
    select
      told.id,
      told.kind,
      coalesce(
        (
          select jsonb_agg(
            jsonb_build_object(
              'id', person.id,
              'username', person.username,
              'display_name', person.display_name,
              'avatar_path', person.avatar_path,
              'is_verified', person.kind = 'artist' and coalesce(
                (select artist.is_verified from public.artist_profiles as artist where artist.profile_id = person.id), false
              )
            )
            order by actor.place
          )
          from unnest(told.shown_ids) with ordinality as actor (id, place)
          join public.profiles as person on person.id = actor.id
        ),
        '[]'
      ),
      told.actor_count,
      told.target_kind,
      told.target_id,
      told.target,
      told.comment,
      told.data,
      told.created_at,
      told.seen_at is not null,
      told.read_at is not null,
      v_cursors[ref.place]
    from unnest(v_batch) with ordinality as ref (id, place)
    -- offset 0: one probe a row of the page, never all of the reader's.
    cross join lateral (select seen.* from private.reader_notifications as seen where seen.id = ref.id offset 0) as told
    where told.is_visible
    order by ref.place
    limit v_size - v_found;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
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
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return (
    select count(*)
    from (
      select
      from (
        select unread.id
        from public.notifications as unread
        where unread.recipient_id = v_user_id and unread.read_at is null
        order by unread.id desc
        offset 0
      ) as newest
      cross join lateral (
        select seen.is_visible from private.reader_notifications as seen where seen.id = newest.id offset 0
      ) as told
      where told.is_visible
      limit private.setting('notification_count_limit')
    ) as counted
  );
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
