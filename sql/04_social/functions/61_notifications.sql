create or replace function private.told_target(target_kind text, target_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  case told_target.target_kind
    when 'crate' then
      return (
        select jsonb_build_object('title', crate.title, 'cover_path', crate.cover_path, 'item_count', crate.item_count)
        from public.crates as crate
        where crate.id = told_target.target_id
      );
    when 'room' then
      return (
        select jsonb_build_object('name', room.name, 'slug', room.slug, 'avatar_path', room.avatar_path)
        from public.rooms as room
        where room.id = told_target.target_id
      );
    when 'conversation' then
      return (
        select jsonb_build_object('kind', conversation.kind, 'title', conversation.title)
        from public.conversations as conversation
        where conversation.id = told_target.target_id
      );
    else
      return null;
  end case;
end;
$$;
comment on function private.told_target(text, uuid) is
'Enough of what a notification is about to show it, of the kinds that notifications_for does not read itself; asks nothing';

-- The one rule of which notifications their reader still sees, for the list, the count and the push message; in the form of posts_for. Each
-- thing it is about is one probe: posts and tracks here, what others are about by functions, so that it is not a part of every plan. What a
-- comment is about is the same probe as what the notification is.
create or replace function private.notifications_for(reader_id uuid, blocked_ids uuid[], muted_ids uuid[])
returns table (
  id uuid, recipient_id uuid, kind text, actors jsonb[], actor_count int, target_kind text, target_id uuid, target json, comment json, data jsonb,
  created_at timestamptz, seen_at timestamptz, read_at timestamptz, is_shown boolean
)
language sql
stable
security invoker
begin atomic
  select
    told.id, told.recipient_id, told.kind, actors.cards, told.actor_count, told.target_kind, told.target_id,
    case told.target_kind
      when 'post' then json_build_object('kind', post.kind, 'body', left(post.body, 200), 'media_paths', post.media_paths)
      when 'track' then json_build_object(
        'title', track.title, 'artist_name', track.artist_name, 'artwork_url', track.artwork_url, 'artwork_path', track.artwork_path
      )
      when 'comment' then json_build_object('body', left(said.body, 200), 'target_kind', said.target_kind, 'target_id', said.target_id)
      else to_json(private.told_target(told.target_kind, told.target_id))
    end,
    case when told.kind in ('comment', 'reply') then (
      select json_build_object('id', latest.id, 'body', left(latest.body, 200))
      from private.comments_for(notifications_for.reader_id, notifications_for.blocked_ids, notifications_for.muted_ids) as latest
      where latest.id = (told.data ->> 'comment_id')::uuid
        and not latest.is_deleted and not latest.is_hidden and latest.is_visible and latest.is_wanted
        and (
          latest.parent_id is null
          or private.sees_thread(latest.parent_id, notifications_for.reader_id, notifications_for.blocked_ids)
        )
    ) end,
    told.data, told.created_at, told.seen_at, told.read_at,
    (told.actor_count = 0 or actors.cards <> '{}')
    and case
      when told.target_kind is null then true
      when told.target_kind = 'profile' and told.target_id = notifications_for.reader_id then true
      when told.target_kind = 'post' then post.id is not null
      when told.target_kind = 'track' then track.id is not null
      when told.target_kind = 'comment' then
        said.id is not null
        and case said.target_kind
          when 'post' then post.id is not null
          when 'track' then track.id is not null
          else private.sees_target(said.target_kind, said.target_id, notifications_for.reader_id, notifications_for.blocked_ids)
        end
        and (
          said.parent_id is null
          or private.sees_thread(said.parent_id, notifications_for.reader_id, notifications_for.blocked_ids)
        )
      else private.can_see_told(told.target_kind, told.target_id)
    end
  from public.notifications as told
  cross join lateral (
    select array(
      select person.card
      from (select unnest(told.actor_ids) as id) as actor
      cross join lateral (
        select each.card
        from private.person_cards as each
        where each.profile_id = actor.id and not each.is_hidden
        offset 0
      ) as person
      where actor.id <> all (notifications_for.blocked_ids) and actor.id <> all (notifications_for.muted_ids)
    ) as cards
    offset 0
  ) as actors
  left join lateral (
    select said.id, said.target_kind, said.target_id, said.parent_id, said.body
    from private.comments_for(notifications_for.reader_id, notifications_for.blocked_ids, notifications_for.muted_ids) as said
    where said.id = case when told.target_kind = 'comment' then told.target_id end and said.is_visible and not said.is_deleted
    offset 0
  ) as said on true
  left join lateral (
    select post.id, post.kind, post.body, post.media_paths
    from private.posts_for(notifications_for.reader_id, notifications_for.blocked_ids) as post
    where post.id = case
        when told.target_kind = 'post' then told.target_id
        when said.target_kind = 'post' then said.target_id
      end
      and (post.is_visible or (post.deleted_at is null and (select private.is_staff())))
    offset 0
  ) as post on true
  left join lateral (
    select track.id, track.title, track.artist_name, track.artwork_url, track.artwork_path
    from private.tracks_for(notifications_for.reader_id, notifications_for.blocked_ids) as track
    where track.id = case
        when told.target_kind = 'track' then told.target_id
        when said.target_kind = 'track' then said.target_id
      end
      and (track.is_visible or (select private.is_staff()))
    offset 0
  ) as track on true;
end;
comment on function private.notifications_for(uuid, uuid[], uuid[]) is
$$Notifications as a reader, the caller, sees them, and whether they still do (is_shown)

Not those of people all of whom are muted, blocked or hidden by now, nor about what they may no longer see. actors: those of the latest three
that they want to see.$$;

-- Security definer: a list that checks its reader itself. Without memoize, which takes longer to set up than these probes.
create or replace function private.my_notifications(after text, page_size int)
returns setof public.notification_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
set enable_memoize = off
as $$
declare
  v_size int;
  v_before uuid := coalesce(
    (private.decode_place('my_notifications', my_notifications.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  );
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
begin
  select reader.id, reader.blocked_ids, reader.muted_ids, page.size into v_user_id, v_blocked, v_muted, v_size
  from private.reader as reader
  cross join private.page(my_notifications.page_size) as page;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return query
  select
    told.id, told.kind, to_json(told.actors), told.actor_count, told.target_kind, told.target_id, told.target, told.comment, told.data,
    told.created_at, told.seen_at is not null, told.read_at is not null, private.encode_cursor('my_notifications', told.id::text)
  from private.notifications_for(v_user_id, v_blocked, v_muted) as told
  -- A range of the key, as in home_candidates.
  where (told.recipient_id, told.id) > (v_user_id, '00000000-0000-0000-0000-000000000000')
    and (told.recipient_id, told.id) < (v_user_id, v_before)
    and told.is_shown
  order by told.recipient_id desc, told.id desc
  limit v_size;
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
set jit = off
set random_page_cost = 1.1
set enable_memoize = off
as $$
declare
  v_limit bigint := private.setting('notification_count_limit');
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
begin
  select reader.id, reader.blocked_ids, reader.muted_ids into v_user_id, v_blocked, v_muted from private.reader as reader;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return (
    select count(*)
    from (
      select
      from private.notifications_for(v_user_id, v_blocked, v_muted) as unread
      where unread.read_at is null
        and (unread.recipient_id, unread.id) > (v_user_id, '00000000-0000-0000-0000-000000000000')
        and (unread.recipient_id, unread.id) < (v_user_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        and unread.is_shown
      order by unread.recipient_id desc, unread.id desc
      limit v_limit
    ) as unread
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
  perform private.require_signed_in();
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
