create or replace function private.can_see_told(target_kind text, target_id uuid)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return case can_see_told.target_kind
    when 'profile' then private.can_see_profile(can_see_told.target_id)
    when 'activity_event' then private.can_see_activity_event(can_see_told.target_id)
    when 'room' then private.can_see_room(can_see_told.target_id)
    when 'conversation' then exists (
      select from private.my_conversation_ids() as conversation (id) where conversation.id = can_see_told.target_id
    )
    else private.can_see_target(can_see_told.target_kind, can_see_told.target_id)
  end;
end;
$$;
comment on function private.can_see_told(text, uuid) is
'Whether the caller may see what a notification is about: as can_see_target, for every kind';

create or replace function private.can_list_told(target_kind text, target_id uuid)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return case can_list_told.target_kind
    when 'room' then private.is_listed_room(can_list_told.target_id)
    else private.can_see_told(can_list_told.target_kind, can_list_told.target_id)
  end;
end;
$$;
comment on function private.can_list_told(text, uuid) is
'As can_see_told, for who has not asked: whoever has the id of an unlisted room may see it, and is not given it here';

create or replace function private.wants_notification(user_id uuid, kind text, channel text)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(
    (
      select preference.is_enabled
      from public.notification_preferences as preference
      where preference.user_id = wants_notification.user_id
        and preference.kind = wants_notification.kind
        and preference.channel = wants_notification.channel
    ),
    case wants_notification.channel
      when 'in_app' then kind.is_in_app_default
      when 'push' then kind.is_push_default
      when 'email' then kind.is_email_default
    end
  )
  from private.notification_kinds as kind
  where kind.kind = wants_notification.kind
$$;
comment on function private.wants_notification(uuid, text, text) is 'Whether somebody wants a kind of notification on a channel: as decided, else as it ships; null for an unknown kind';

create or replace function private.is_unwelcome(user_id uuid, actor_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select private.is_blocked(is_unwelcome.user_id, is_unwelcome.actor_id)
    or exists (
      select from public.mutes as mute where mute.muter_id = is_unwelcome.user_id and mute.muted_id = is_unwelcome.actor_id
    )
    or exists (select from private.hidden_profiles as hidden where hidden.profile_id = is_unwelcome.actor_id)
$$;
comment on function private.is_unwelcome(uuid, uuid) is 'Whether somebody is told nothing of what a person does: across a block of either side, muted, or hidden';

create or replace function private.is_quiet(at timestamptz, time_zone text, starts time, ends time)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select case
    when is_quiet.starts < is_quiet.ends then wall.clock >= is_quiet.starts and wall.clock < is_quiet.ends
    else wall.clock >= is_quiet.starts or wall.clock < is_quiet.ends
  end
  from (select (is_quiet.at at time zone is_quiet.time_zone)::time as clock) as wall
$$;
comment on function private.is_quiet(timestamptz, text, time, time) is 'Whether the clock on the wall of a time zone is within these hours';

create or replace function private.after_quiet_hours(user_id uuid, at timestamptz default now())
returns timestamptz
language sql
stable
security invoker
set search_path = ''
as $$
  -- By the clock on the wall: of an end that comes twice Postgres names one pass, and one that is leapt over it moves. Where that is past
  -- already, or quiet itself, the first minute that is not quiet is looked for.
  select coalesce(
    (
      select case
        when wall.ends_at > after_quiet_hours.at
          and not private.is_quiet(wall.ends_at, profile.time_zone, quiet.starts, quiet.ends)
        then wall.ends_at
        else (
          select min(minute.at)
          from generate_series(
            date_trunc('minute', after_quiet_hours.at) + interval '1 minute', after_quiet_hours.at + interval '26 hours', interval '1 minute'
          ) as minute (at)
          where not private.is_quiet(minute.at, profile.time_zone, quiet.starts, quiet.ends)
        )
      end
      from public.quiet_hours as quiet
      join public.profiles as profile on profile.id = quiet.user_id
      cross join lateral (select after_quiet_hours.at at time zone profile.time_zone as at) as local
      cross join lateral (
        select (local.at::date + case when local.at::time < quiet.ends then 0 else 1 end + quiet.ends) at time zone profile.time_zone as ends_at
      ) as wall
      where quiet.user_id = after_quiet_hours.user_id
        and private.is_quiet(after_quiet_hours.at, profile.time_zone, quiet.starts, quiet.ends)
    ),
    after_quiet_hours.at
  )
$$;
comment on function private.after_quiet_hours(uuid, timestamptz) is 'The moment itself, or the end of the person''s quiet hours that it falls into';

-- Lock order: notifications, then their actors; after everything else a transaction locks. Whoever tells several people goes by the order of
-- their ids, and whoever changes several notifications locks them here first.
create or replace function private.lock_notifications(notification_ids uuid[])
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select
  from public.notifications as told
  where told.id = any (lock_notifications.notification_ids)
  order by told.recipient_id, told.id
  for update
$$;
comment on function private.lock_notifications(uuid[]) is
'Lock notifications by recipient and id, so that two who change several of the same cannot wait for each other';

create or replace function private.notify_of_many(
  recipient_id uuid, kind text, actor_ids uuid[], target_kind text, target_id uuid, group_key text default null, data jsonb default '{}'
)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_kind private.notification_kinds;
  v_new_id constant uuid := private.uuid_v7();
  v_since timestamptz := now() - make_interval(hours => private.setting('notification_collapse_hours')::int);
  v_actor_ids uuid[];
  v_key text;
  v_id uuid;
  v_is_quiet boolean;
begin
  if not private.stays(notify_of_many.recipient_id) then
    return null;
  end if;
  select row.* into strict v_kind from private.notification_kinds as row where row.kind = notify_of_many.kind;

  -- Taken back and done again is told once, also when it was read in between.
  v_actor_ids := array(
    select actor.id
    from unnest(notify_of_many.actor_ids) with ordinality as actor (id, place)
    where actor.id <> notify_of_many.recipient_id
      and not private.is_unwelcome(notify_of_many.recipient_id, actor.id)
      and (v_kind.is_repeatable or not exists (
        select
        from public.notifications as told
        join private.notification_actors as act on act.notification_id = told.id and act.actor_id = actor.id
        where told.target_id = notify_of_many.target_id
          and told.target_kind = notify_of_many.target_kind
          and told.recipient_id = notify_of_many.recipient_id
          and told.kind = notify_of_many.kind
          and act.last_at > v_since
      ))
    order by actor.place
  );
  if (cardinality(notify_of_many.actor_ids) > 0 and cardinality(v_actor_ids) = 0)
    -- Whom moderators have hidden is told of it, and of the rest.
    or exists (
      select from private.hidden_profiles as hidden where hidden.profile_id = notify_of_many.recipient_id and hidden.reason = 'deletion'
    )
    or not private.wants_notification(notify_of_many.recipient_id, notify_of_many.kind, 'in_app')
    or (
      notify_of_many.target_id is not null
      and not private.sees(notify_of_many.recipient_id, notify_of_many.target_kind, notify_of_many.target_id)
    )
  then
    return null;
  end if;

  v_key := coalesce(
    notify_of_many.group_key,
    case
      when v_kind.is_collapsed
      then notify_of_many.kind || coalesce(':' || notify_of_many.target_kind || ':' || notify_of_many.target_id, '')
    end
  );
  loop
    insert into public.notifications as told (id, recipient_id, kind, target_kind, target_id, group_key, is_open, data)
    values (
      v_new_id, notify_of_many.recipient_id, notify_of_many.kind, notify_of_many.target_kind, notify_of_many.target_id, v_key,
      v_key is not null, notify_of_many.data
    )
    on conflict (recipient_id, group_key) where is_open do update
      set data = told.data || excluded.data
      where told.created_at > v_since
    returning told.id into v_id;
    exit when found;
    -- Its time is over, and it stays as it is; the next one begins.
    update public.notifications as told
    set is_open = false
    where told.recipient_id = notify_of_many.recipient_id and told.group_key = v_key and told.is_open and told.created_at <= v_since;
  end loop;

  insert into private.notification_actors as act (notification_id, actor_id)
  select v_id, actor.id
  from unnest(v_actor_ids) with ordinality as actor (id, place)
  order by actor.place
  on conflict (notification_id, actor_id) do update
    set last_at = clock_timestamp()
    where v_kind.is_repeatable;
  -- Done, taken back and done again, it is listed and calls nobody: else following on and off would ring without end.
  v_is_quiet := not v_kind.is_pushed_each and cardinality(v_actor_ids) > 0 and not exists (
    select
    from unnest(v_actor_ids) as actor (id)
    where not exists (
      select
      from private.told_and_taken_back as before
      where before.recipient_id = notify_of_many.recipient_id
        and before.actor_id = actor.id
        and before.kind = notify_of_many.kind
        and before.target_id = notify_of_many.target_id
        and before.target_kind = notify_of_many.target_kind
        and before.taken_back_at > v_since
    )
  );
  if v_id = v_new_id and not v_is_quiet then
    perform private.broadcast_notification(v_id);
  end if;
  if ((v_id = v_new_id and not v_is_quiet) or v_kind.is_pushed_each)
    and exists (select from public.push_tokens as device where device.user_id = notify_of_many.recipient_id)
    and private.wants_notification(notify_of_many.recipient_id, notify_of_many.kind, 'push')
    -- What still waits, for the end of quiet hours, will tell of this too.
    and not exists (
      select
      from private.outbox as message
      where message.user_id = notify_of_many.recipient_id
        and message.topic = 'send_push'
        and message.payload ->> 'notification_id' = v_id::text
        and message.delivered_at is null
        and message.dead_at is null
        and message.attempts = 0
    )
  then
    perform private.enqueue(
      'send_push', jsonb_build_object('notification_id', v_id), notify_of_many.recipient_id,
      private.after_quiet_hours(notify_of_many.recipient_id)
    );
  end if;
  -- Later than the push: what is read meanwhile needs no e-mail.
  if v_id = v_new_id and not v_is_quiet and private.setting('send_emails') = 1
    and private.wants_notification(notify_of_many.recipient_id, notify_of_many.kind, 'email')
  then
    perform private.enqueue(
      'send_email', jsonb_build_object('notification_id', v_id), notify_of_many.recipient_id,
      now() + make_interval(mins => private.setting('email_after_minutes')::int)
    );
  end if;
  return v_id;
end;
$$;
comment on function private.notify_of_many(uuid, text, uuid[], text, uuid, text, jsonb) is
$$Tell somebody of what several people did, as notify does of one

actor_ids: in the order in which they did it; empty for nobody. The work for one notification, however many did it.$$;

create or replace function private.notify(
  recipient_id uuid, kind text, actor_id uuid, target_kind text, target_id uuid, group_key text default null, data jsonb default '{}'
)
returns uuid
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.notify_of_many(
    notify.recipient_id, notify.kind, array_remove(array[notify.actor_id], null), notify.target_kind, notify.target_id, notify.group_key,
    notify.data
  )
$$;
comment on function private.notify(uuid, text, uuid, text, uuid, text, jsonb) is
$$Tell somebody of something: the one way to notify

kind: of notification_kinds. actor_id: who did it, null for nobody. target: what it is about, null for nothing. group_key: what it collapses
with, by default the kind and the target where the kind collapses. data: what else the kind tells; a key that comes again replaces the former.
Returns the notification, or null where there is none: one's own act, for somebody leaving, across a block, from somebody muted or
hidden, a kind that is not wanted, a thing its recipient may not see, something that was told already.$$;

create or replace function private.broadcast_notification(id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select realtime.send(
    jsonb_build_object(
      'id', told.id,
      'kind', told.kind,
      'actor', private.person_card(told.actor_ids[1]),
      'target_kind', told.target_kind,
      'target_id', told.target_id,
      'created_at', told.created_at
    ),
    'notification',
    'user:' || told.recipient_id,
    true
  )
  from public.notifications as told
  where told.id = broadcast_notification.id
$$;
comment on function private.broadcast_notification(uuid) is
$$Tell the app of a new notification, on its recipient's private topic user:<id>

Event notification: {id, kind, actor {id, username, display_name, avatar_path, is_verified} or null, target_kind, target_id, created_at}.$$;
