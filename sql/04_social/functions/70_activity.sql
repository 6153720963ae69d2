-- The one rule of who sees which activity; a view for the same reasons as reader_posts. What it is about keeps its own rule.
create or replace view private.reader_activity with (security_invoker = true) as
select
  event.id, event.actor_id, event.kind, event.target_kind, event.target_id, event.collapse_key, event.bucket, event.event_count, event.data,
  event.like_count, event.reactions, event.created_at,
  (
    event.actor_id = (select auth.uid())
    or (
      (
        (event.visibility = 'public' and not actor.is_private)
        or (
          event.visibility in ('public', 'followers', 'mutuals')
          and exists (
            select from public.follows as follow
            where follow.follower_id = (select auth.uid()) and follow.followee_id = event.actor_id offset 0
          )
          and (
            event.visibility <> 'mutuals'
            or exists (
              select from public.follows as back
              where back.follower_id = event.actor_id and back.followee_id = (select auth.uid()) offset 0
            )
          )
        )
      )
      and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = event.actor_id offset 0)
      and event.actor_id <> all (array(
        select block.blocked_id from public.blocks as block where block.blocker_id = (select auth.uid())
        union all
        select block.blocker_id from public.blocks as block where block.blocked_id = (select auth.uid())
      ))
    )
  )
  and case event.target_kind
    when 'track' then coalesce(track.is_visible, false)
    -- Whoever has the id of an unlisted crate may see it; here they would be given it.
    when 'crate' then coalesce(crate.is_listed, false)
    when 'profile' then person.id is not null and private.can_see_profile(person.id) and (
      not person.is_private
      or (select auth.uid()) in (person.id, event.actor_id)
      or private.is_followed_by_me(person.id)
    )
    else event.target_kind is null or private.can_list_told(event.target_kind, event.target_id)
  end as is_visible,
  case event.target_kind
    when 'track' then jsonb_build_object(
      'title', track.title, 'artist_name', track.artist_name, 'artwork_url', track.artwork_url, 'artwork_path', track.artwork_path
    )
    when 'crate' then jsonb_build_object('title', crate.title, 'cover_path', crate.cover_path, 'item_count', crate.item_count)
    when 'profile' then jsonb_build_object(
      'username', person.username, 'display_name', person.display_name, 'avatar_path', person.avatar_path
    )
    when 'room' then private.told_target('room', event.target_id)
  end as target
from public.activity_events as event
join public.profiles as actor on actor.id = event.actor_id
left join private.reader_tracks as track on event.target_kind = 'track' and track.id = event.target_id
left join private.reader_crates as crate on event.target_kind = 'crate' and crate.id = event.target_id
left join public.profiles as person on event.target_kind = 'profile' and person.id = event.target_id;
comment on view private.reader_activity is
$$Activity, and whether the caller may see each

By its visibility, as posts are; nothing across a block of either side or by a hidden profile; nothing about what the caller may not see or
find, nor about whom a private profile follows or is followed by, to those who do not follow it.$$;

-- Security definer: reads reader_activity, over blocks and follows that are not the caller's to read.
create or replace function private.can_see_activity_event(event_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
begin
  return coalesce(
    (
      select event.is_visible or private.is_staff()
      from private.reader_activity as event
      where event.id = can_see_activity_event.event_id
    ),
    false
  );
end;
$$;
comment on function private.can_see_activity_event(uuid) is 'Whether the caller may see one event: as reader_activity says, and staff every event';

create or replace function private.record_activity(
  kind text, actor_id uuid, target_kind text, target_id uuid, collapse_key text default null, visibility text default 'public',
  data jsonb default '{}'
)
returns uuid
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into public.activity_events as event (actor_id, kind, target_kind, target_id, visibility, collapse_key, bucket, data)
  values (
    record_activity.actor_id,
    record_activity.kind,
    record_activity.target_kind,
    record_activity.target_id,
    record_activity.visibility,
    record_activity.kind || ':' || coalesce(
      record_activity.collapse_key, record_activity.target_kind || ':' || record_activity.target_id, record_activity.actor_id::text
    ),
    floor(extract(epoch from now()) / (3600 * private.setting('activity_collapse_hours')))::bigint,
    record_activity.data
  )
  on conflict (actor_id, collapse_key, bucket) do update
    set event_count = event.event_count + 1, data = event.data || excluded.data
  returning event.id
$$;
comment on function private.record_activity(text, uuid, text, uuid, text, text, jsonb) is
$$Write down what somebody did: the one way into activity

collapse_key: what is shown as one within the same hours, by default the kind and the target. data: a key that comes again replaces the former.
Done again within these hours, it is counted in the same row. Returns the event.$$;

create or replace function private.retract_activity(kind text, actor_id uuid, target_kind text, target_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  delete from public.activity_events as event
  where event.target_id = retract_activity.target_id
    and event.target_kind = retract_activity.target_kind
    and event.kind = retract_activity.kind
    and event.actor_id = retract_activity.actor_id
$$;
comment on function private.retract_activity(text, uuid, text, uuid) is 'Remove what record_activity wrote, when it is no longer so';

-- Security definer: activity is nobody's to write.
create or replace function private.tg_follows__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract_activity('user_followed', old.follower_id, 'profile', old.followee_id);
  else
    perform private.record_activity('user_followed', new.follower_id, 'profile', new.followee_id);
  end if;
  return null;
end;
$$;
create trigger _910_record
  after insert or delete on public.follows
  for each row execute function private.tg_follows__record();

-- Security definer: as tg_follows__record. A crate is news when it can first be found.
create or replace function private.tg_crates__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (
    select from public.activity_events as event
    where event.target_id = new.id and event.target_kind = 'crate' and event.kind = 'crate_created'
  ) then
    perform private.record_activity('crate_created', new.owner_id, 'crate', new.id);
  end if;
  return null;
end;
$$;
create trigger _910_record
  after insert or update of visibility on public.crates
  for each row
  when (new.deleted_at is null and new.visibility in ('public', 'followers'))
  execute function private.tg_crates__record();

-- Security definer: as tg_follows__record.
create or replace function private.tg_crate_items__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.record_activity(
    'track_added', new.added_by, 'crate', crate.id, data => jsonb_build_object('track_id', new.track_id)
  )
  from public.crates as crate
  where crate.id = new.crate_id and crate.visibility in ('public', 'followers') and new.added_by is not null;
  return null;
end;
$$;
create trigger _910_record
  after insert on public.crate_items
  for each row execute function private.tg_crate_items__record();

-- Security definer: as tg_follows__record. Each upload that is published is news once; those of an album are shown as one.
create or replace function private.tg_tracks__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (
    select from public.activity_events as event
    where event.target_id = new.id and event.target_kind = 'track' and event.kind = 'track_added'
  ) then
    perform private.record_activity(
      'track_added', new.artist_id, 'track', new.id, collapse_key => 'artist:' || new.artist_id,
      data => jsonb_build_object('track_id', new.id)
    );
  end if;
  return null;
end;
$$;
create trigger _910_record_insert
  after insert on public.tracks
  for each row
  when (new.artist_id is not null and new.status = 'published')
  execute function private.tg_tracks__record();
create trigger _910_record_update
  after update of status on public.tracks
  for each row
  when (new.artist_id is not null and new.status = 'published' and old.status in ('draft', 'processing'))
  execute function private.tg_tracks__record();

-- Security definer: as tg_follows__record. What hangs on an event goes with it.
create or replace function private.tg_activity_events__forget()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.forget_likes('activity_event', array(select event.id from gone as event));
  perform private.lock_notifications(array(
    select told.id
    from gone as event
    join public.notifications as told on told.target_id = event.id and told.target_kind = 'activity_event'
  ));
  perform private.forget_target('activity_event', event.id) from gone as event;
  return null;
end;
$$;
create trigger _500_forget
  after delete on public.activity_events
  referencing old table as gone
  for each statement execute function private.tg_activity_events__forget();

-- Security definer: the counts on the event are nobody's to write.
create or replace function private.tg_activity_reactions__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.activity_events as event
    set reactions = event.reactions
      || jsonb_build_object(new.reaction, coalesce((event.reactions ->> new.reaction)::int, 0) + 1)
    where event.id = new.event_id;
  else
    update public.activity_events as event
    set reactions = case
      when (event.reactions ->> old.reaction)::int > 1
        then event.reactions || jsonb_build_object(old.reaction, (event.reactions ->> old.reaction)::int - 1)
      else event.reactions - old.reaction
    end
    where event.id = old.event_id;
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete on public.activity_reactions
  for each row execute function private.tg_activity_reactions__count();

-- Security definer: as tg_follows__notify.
create or replace function private.tg_activity_reactions__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(event.actor_id, 'reaction', old.user_id, 'activity_event', event.id)
    from public.activity_events as event
    where event.id = old.event_id;
  else
    perform private.notify(
      event.actor_id, 'reaction', new.user_id, 'activity_event', event.id, data => jsonb_build_object('reaction', new.reaction)
    )
    from public.activity_events as event
    where event.id = new.event_id;
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert or delete on public.activity_reactions
  for each row execute function private.tg_activity_reactions__notify();

-- Security definer: reactions and their counts are nobody's to write directly.
create or replace function private.set_activity_reaction(event_id uuid, kind text, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_is_visible boolean;
begin
  if set_activity_reaction.kind is null or set_activity_reaction.kind not in ('clap', 'fire', 'heart', 'star', 'wave') then
    perform private.raise_error(422, 'reaction_unknown', 'A reaction is clap, fire, heart, star or wave.');
  end if;
  if set_activity_reaction.present is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  -- The event before its reactions, as whoever deletes it does.
  perform from public.activity_events as event where event.id = set_activity_reaction.event_id for no key update;
  v_is_visible := private.can_see_activity_event(set_activity_reaction.event_id);
  -- One's own reaction can be taken back from what one no longer sees.
  if not v_is_visible and (
    set_activity_reaction.present
    or not exists (
      select from public.activity_reactions as mine
      where mine.event_id = set_activity_reaction.event_id and mine.user_id = v_user_id
    )
  ) then
    perform private.raise_error(404, 'activity_not_found', 'There is no activity of this id that you can see.');
  end if;

  if not set_activity_reaction.present then
    delete from public.activity_reactions as mine
    where mine.event_id = set_activity_reaction.event_id
      and mine.user_id = v_user_id
      and mine.reaction = set_activity_reaction.kind;
  elsif not exists (
    select from public.activity_reactions as mine
    where mine.event_id = set_activity_reaction.event_id
      and mine.user_id = v_user_id
      and mine.reaction = set_activity_reaction.kind
  ) then
    perform private.take_token('react_to_activity');
    insert into public.activity_reactions (event_id, user_id, reaction)
    values (set_activity_reaction.event_id, v_user_id, set_activity_reaction.kind);
  end if;

  return jsonb_build_object('present', set_activity_reaction.present, 'count', (
    select coalesce((event.reactions ->> set_activity_reaction.kind)::int, 0)
    from public.activity_events as event
    where event.id = set_activity_reaction.event_id and v_is_visible
  ));
end;
$$;

-- Security definer: as home_candidates, from which the two steps are taken: only those whose newest event below the cursor is among the
-- newest can contribute.
create or replace function private.activity_candidates(before uuid, size int)
returns uuid[]
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_bottom constant uuid := '00000000-0000-0000-0000-000000000000';
  v_actors uuid[];
  v_from uuid;
begin
  select array_agg(head.actor_id), (array_agg(head.id))[activity_candidates.size] into v_actors, v_from
  from (
    select follow.followee_id as actor_id, newest.id
    from public.follows as follow
    cross join lateral (
      select event.id
      from public.activity_events as event
      where (event.actor_id, event.id) > (follow.followee_id, v_bottom)
        and (event.actor_id, event.id) < (follow.followee_id, activity_candidates.before)
      order by event.actor_id desc, event.id desc
      limit 1
    ) as newest
    where follow.follower_id = v_user_id
      and not exists (
        select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = follow.followee_id offset 0
      )
    order by newest.id desc
    limit activity_candidates.size
  ) as head;

  return array(
    select event.id
    from unnest(v_actors) as head (actor_id)
    cross join lateral (
      select each.id
      from public.activity_events as each
      where (each.actor_id, each.id) >= (head.actor_id, coalesce(v_from, v_bottom))
        and (each.actor_id, each.id) < (head.actor_id, activity_candidates.before)
      order by each.actor_id desc, each.id desc
      limit activity_candidates.size
    ) as event
    order by event.id desc
    limit activity_candidates.size
  );
end;
$$;

-- Security definer: a list of mixed audience that checks its reader itself.
--
-- What has the same key and the same hours is one row, at the place of the earliest of those the reader sees: what comes later joins it
-- there, and never moves what is below a page (docs/decisions/0041).
create or replace function private.activity_feed(after text, page_size int)
returns setof public.activity_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_size int := private.page_size(activity_feed.page_size);
  v_batch_size int := v_size + v_size / 2 + 4;
  v_before uuid := coalesce(
    (private.decode_place('activity_feed', activity_feed.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  );
  v_batch uuid[];
  v_cursors text[];
  v_taken int;
  v_found int := 0;
begin
  perform private.require_signed_in();

  loop
    v_batch := private.activity_candidates(v_before, v_batch_size);
    v_cursors := private.encode_cursors('activity_feed', v_batch::text[]);
    return query
    select
      event.id,
      event.kind,
      together.actors,
      together.actor_count,
      together.event_count,
      event.target_kind,
      event.target_id,
      event.target,
      event.data,
      event.like_count,
      event.like_count > 0 and exists (
        select from public.likes as favour
        where favour.user_id = v_user_id and favour.target_kind = 'activity_event' and favour.target_id = event.id offset 0
      ),
      case when event.reactions = '{}' then '[]' else (
        select jsonb_agg(
          jsonb_build_object('kind', reaction.kind, 'count', reaction.count::int, 'mine', exists (
            select from public.activity_reactions as mine
            where mine.event_id = event.id and mine.user_id = v_user_id and mine.reaction = reaction.kind
          ))
          order by reaction.count::int desc, reaction.kind
        )
        from jsonb_each_text(event.reactions) as reaction (kind, count)
      ) end,
      event.created_at,
      v_cursors[ref.place]
    from unnest(v_batch) with ordinality as ref (id, place)
    join private.reader_activity as event on event.id = ref.id
    cross join lateral (
      select
        count(*)::int as actor_count,
        sum(seen.event_count)::int as event_count,
        min(seen.id::text)::uuid as earliest_id,
        coalesce(jsonb_agg(private.person_card(seen.actor_id) order by seen.id desc) filter (where seen.place <= 3), '[]') as actors
      from (
        select other.id, other.actor_id, other.event_count, row_number() over (order by other.id desc) as place
        from public.activity_events as same
        join private.reader_activity as other on other.id = same.id
        where same.collapse_key = event.collapse_key
          and same.bucket = event.bucket
          and exists (
            select from public.follows as follow
            where follow.follower_id = v_user_id and follow.followee_id = same.actor_id offset 0
          )
          and not exists (
            select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = same.actor_id offset 0
          )
          and other.is_visible
      ) as seen
    ) as together
    where event.is_visible and together.earliest_id = event.id
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

-- Security definer: service_role deletes nothing but what is over.
create or replace function private.forget_old_activity(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before constant timestamptz := now() - make_interval(days => private.setting('activity_kept_days')::int);
  v_count int;
begin
  delete from public.activity_events as event
  -- An array is looked up once; the plan of a subquery may run its limit again for each row.
  where event.id = any (array(
    select old.id
    from public.activity_events as old
    -- As in forget_old_notifications.
    where old.id < (lpad(to_hex((extract(epoch from v_before) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
    order by old.id
    limit least(greatest(coalesce(forget_old_activity.size, 1000), 1), 10000)
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
