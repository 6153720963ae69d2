-- The one place that says where each metric lies. A branch whose name is not asked for costs nothing.
create or replace view private.badge_values with (security_invoker = true) as
select 'level' as metric, person.user_id, person.level::bigint as value from public.progression as person
union all
select 'total_points', person.user_id, person.total_points from public.progression as person
union all
select 'posts_created', person.user_id, person.posts_created::bigint from public.progression as person
union all
select 'comments_created', person.user_id, person.comments_created::bigint from public.progression as person
union all
select 'crates_created', person.user_id, person.crates_created::bigint from public.progression as person
union all
select 'dj_tracks_played', person.user_id, person.dj_tracks_played::bigint from public.progression as person
union all
select 'upvotes_received', person.user_id, person.upvotes_received::bigint from public.progression as person
union all
select 'artists_discovered', person.user_id, person.artists_discovered::bigint from public.progression as person
union all
select 'tracks_played', listener.listener_id, listener.play_count::bigint from private.listeners as listener
union all
select 'listening_ms', listener.listener_id, listener.ms_played::bigint from private.listeners as listener
union all
select 'tracks_published', track.artist_id, count(*)
from public.tracks as track
where track.status = 'published' and track.artist_id is not null
group by track.artist_id
union all
select 'followers', profile.id, profile.follower_count::bigint from public.profiles as profile
union all
select 'login_streak', streak.user_id, streak.longest::bigint from public.streaks as streak where streak.kind = 'login'
union all
select 'listening_streak', streak.user_id, streak.longest::bigint from public.streaks as streak where streak.kind = 'listening'
union all
select 'creation_streak', streak.user_id, streak.longest::bigint from public.streaks as streak where streak.kind = 'creation';
comment on view private.badge_values is
$$How far everybody is, metric by metric: what rule badges are won by

A metric is a branch here, its name in badges_metric_known, and a trigger that calls award_rule_badges when it grows; what is played is awarded by
settle_deeds. A streak is the longest there was.$$;

-- Lock order: awards after what holds the metric, in the order of people; nothing is waited for after them but what their bearer is told.
create or replace function private.give_badges(badge_codes text[], user_ids uuid[], contexts jsonb[], is_news boolean default true)
returns int
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  -- Who is just leaving gets nothing: what is being erased would else be waited for.
  v_held_ids constant uuid[] := array(
    select person.id from (select distinct unnest(give_badges.user_ids) as id) as person where private.hold_person(person.id)
  );
  v_award record;
  v_count int := 0;
begin
  for v_award in
    with given as (
      insert into public.badge_awards (user_id, badge_code, context)
      select award.user_id, award.badge_code, award.context
      from unnest(give_badges.user_ids, give_badges.badge_codes, give_badges.contexts) as award (user_id, badge_code, context)
      where award.user_id = any (v_held_ids)
        and exists (select from public.profiles as profile where profile.id = award.user_id)
      order by award.user_id, award.badge_code
      on conflict (user_id, badge_code) do nothing
      returning user_id, badge_code
    )
    select given.user_id, given.badge_code, badge.name
    from given
    join public.badges as badge on badge.code = given.badge_code
    order by given.user_id, given.badge_code
  loop
    if give_badges.is_news then
      perform private.record_activity(
        'badge_earned', v_award.user_id, null, null, v_award.badge_code, 'public',
        jsonb_build_object('code', v_award.badge_code, 'name', v_award.name)
      );
    end if;
    perform private.notify(
      v_award.user_id, 'badge', null, null, null, null, jsonb_build_object('code', v_award.badge_code, 'name', v_award.name)
    );
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
comment on function private.give_badges(text[], uuid[], jsonb[], boolean) is
$$Give badges to people, each once: the one way to a badge. Returns how many were new

The arrays are read side by side: badge, person, context. Each is told once; is_news: so are those who follow them.$$;

create or replace function private.award_rule_badges(metrics text[], user_ids uuid[], is_news boolean default true)
returns int
language plpgsql
volatile
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_metric text;
  v_codes text[];
  v_user_ids uuid[];
  v_contexts jsonb[];
  v_count int := 0;
begin
  if cardinality(award_rule_badges.user_ids) = 0 then
    return 0;
  end if;
  -- Metric by metric, as a plan for one of them leaves the other branches of the view alone.
  foreach v_metric in array award_rule_badges.metrics loop
    select array_agg(badge.code), array_agg(reached.user_id), array_agg(jsonb_build_object('threshold', badge.threshold))
    into v_codes, v_user_ids, v_contexts
    from private.badge_values as reached
    join public.badges as badge on badge.metric = v_metric and badge.threshold <= reached.value
    where reached.metric = v_metric
      and reached.user_id = any (award_rule_badges.user_ids)
      and not exists (
        select from public.badge_awards as award where award.user_id = reached.user_id and award.badge_code = badge.code
      );
    if v_codes is not null then
      v_count := v_count + private.give_badges(v_codes, v_user_ids, v_contexts, award_rule_badges.is_news);
    end if;
  end loop;
  return v_count;
end;
$$;
comment on function private.award_rule_badges(text[], uuid[], boolean) is
'Give these people the badges that these metrics of theirs have reached, whatever they had before. Returns how many were new';

-- Security definer: badges are nobody's to write.
create or replace function private.tg_progression__award_badges()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_metrics text[];
begin
  select array_agg(moved.metric) into v_metrics
  from (values
    ('level', old.level::bigint, new.level::bigint),
    ('total_points', old.total_points, new.total_points),
    ('posts_created', old.posts_created::bigint, new.posts_created::bigint),
    ('comments_created', old.comments_created::bigint, new.comments_created::bigint),
    ('crates_created', old.crates_created::bigint, new.crates_created::bigint),
    ('dj_tracks_played', old.dj_tracks_played::bigint, new.dj_tracks_played::bigint),
    ('upvotes_received', old.upvotes_received::bigint, new.upvotes_received::bigint),
    ('artists_discovered', old.artists_discovered::bigint, new.artists_discovered::bigint)
  ) as moved (metric, before, after)
  where moved.after > moved.before
    and exists (
      select
      from public.badges as badge
      where badge.metric = moved.metric and badge.threshold > moved.before and badge.threshold <= moved.after
    );
  if v_metrics is not null then
    perform private.award_rule_badges(v_metrics, array[new.user_id]);
  end if;
  return null;
end;
$$;
-- Most awards move points alone, and these are looked at by the hundred (badges_points_by_hundreds): each other one costs this comparison.
create trigger _900_award_badges
  after update on public.progression
  for each row
  when (
    new.total_points / 100 > old.total_points / 100
    or new.level > old.level
    or new.posts_created > old.posts_created
    or new.comments_created > old.comments_created
    or new.crates_created > old.crates_created
    or new.dj_tracks_played > old.dj_tracks_played
    or new.upvotes_received > old.upvotes_received
    or new.artists_discovered > old.artists_discovered
  )
  execute function private.tg_progression__award_badges();

-- Security definer: as tg_progression__award_badges.
create or replace function private.tg_profiles__award_badges()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if exists (
    select
    from public.badges as badge
    where badge.metric = 'followers' and badge.threshold > old.follower_count and badge.threshold <= new.follower_count
  ) then
    perform private.award_rule_badges('{followers}', array[new.id]);
  end if;
  return null;
end;
$$;
create trigger _900_award_badges
  after update of follower_count on public.profiles
  for each row
  when (new.follower_count > old.follower_count)
  execute function private.tg_profiles__award_badges();

-- Security definer: as tg_progression__award_badges.
create or replace function private.tg_streaks__award_badges()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_metric text := new.kind || '_streak';
  v_before int := case when tg_op = 'UPDATE' then old.longest else 0 end;
begin
  if exists (
    select
    from public.badges as badge
    where badge.metric = v_metric and badge.threshold > v_before and badge.threshold <= new.longest
  ) then
    perform private.award_rule_badges(array[v_metric], array[new.user_id]);
  end if;
  return null;
end;
$$;
create trigger _900_award_badges
  after insert or update of longest on public.streaks
  for each row execute function private.tg_streaks__award_badges();

-- Security definer: as tg_progression__award_badges.
create or replace function private.tg_tracks__award_badges()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.award_rule_badges('{tracks_published}', array[new.artist_id]);
  return null;
end;
$$;
create constraint trigger _900_award_badges
  after insert or update of status on public.tracks
  deferrable initially deferred
  for each row
  when (new.status = 'published' and new.artist_id is not null)
  execute function private.tg_tracks__award_badges();

-- Security definer: service_role gives nothing but what was earned.
create or replace function private.fill_badges(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_fill private.badge_fills;
  v_metric text;
  v_ids uuid[];
begin
  if not pg_try_advisory_xact_lock(hashtextextended('fill_badges', 0)) then
    return 0;
  end if;
  -- Whoever reached the threshold in a transaction that did not know the badge yet is seen once that is over; later ones award it themselves.
  update private.badge_fills as fill set starts_after = pg_snapshot_xmax(pg_current_snapshot()) where fill.starts_after is null;
  select fill.* into v_fill
  from private.badge_fills as fill
  where fill.starts_after <= pg_snapshot_xmin(pg_current_snapshot())
  order by fill.badge_code
  limit 1;
  if not found then
    return 0;
  end if;
  select badge.metric into v_metric from public.badges as badge where badge.code = v_fill.badge_code;

  v_ids := array(
    select person.user_id
    from public.progression as person
    where person.user_id > coalesce(v_fill.after_id, '00000000-0000-0000-0000-000000000000')
    order by person.user_id
    limit least(greatest(coalesce(fill_badges.size, 1000), 1), 1000)
  );
  if cardinality(v_ids) = 0 or v_metric is null then
    delete from private.badge_fills as fill where fill.badge_code = v_fill.badge_code and fill.starts_after = v_fill.starts_after;
    return 1;
  end if;
  perform private.award_rule_badges(array[v_metric], v_ids, false);
  update private.badge_fills as fill
  set after_id = v_ids[cardinality(v_ids)]
  where fill.badge_code = v_fill.badge_code and fill.starts_after = v_fill.starts_after;
  return cardinality(v_ids);
end;
$$;

-- Security definer: shows badges of others, by the one rule of who sees whom.
create or replace function private.trophy_case(username text, after text, page_size int)
returns setof public.trophy
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_profile public.profiles := private.open_profile(trophy_case.username);
  v_list text := 'trophy_case:' || v_profile.id;
  v_place text[] := private.decode_place(v_list, trophy_case.after, '{int,timestamptz,text}');
  v_size int := private.page_size(trophy_case.page_size);
begin
  return query
  select
    badge.code, badge.name, badge.description, badge.icon, badge.tier, badge.rarity, badge.category, badge.season, award.awarded_at,
    award.context, award.featured_place,
    private.encode_cursor(v_list, jsonb_build_array(award.rank, award.awarded_at, badge.code)::text)
  from (
    select won.*, -coalesce(won.featured_place, 2147483647) as rank from public.badge_awards as won where won.user_id = v_profile.id
  ) as award
  join public.badges as badge on badge.code = award.badge_code
  where (award.rank, award.awarded_at, award.badge_code) < (coalesce(v_place[1], '2147483647')::int, coalesce(v_place[2], 'infinity')::timestamptz, coalesce(v_place[3], ''))
  order by award.rank desc, award.awarded_at desc, award.badge_code desc
  limit v_size;
end;
$$;

-- Security definer: awards are nobody's to write; their owner decides what is shown first.
create or replace function private.feature_badges(codes text[])
returns setof public.badge_awards
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('progression');
  v_codes text[] := coalesce(feature_badges.codes, '{}');
begin
  if coalesce(array_ndims(v_codes), 1) > 1 or array_position(v_codes, null) is not null then
    perform private.raise_error(422, 'badges_invalid', 'Name each badge once, by its code.');
  end if;
  if cardinality(v_codes) > private.setting('featured_badges_limit') then
    perform private.raise_error(
      422, 'too_many_featured', 'No more badges than this are shown first.', private.setting('featured_badges_limit')::text
    );
  end if;
  if cardinality(v_codes) <> (select count(distinct named.code) from unnest(v_codes) as named (code)) then
    perform private.raise_error(422, 'badges_invalid', 'Name each badge once, by its code.');
  end if;
  if exists (
    select from unnest(v_codes) as named (code)
    where not exists (select from public.badges as badge where badge.code = named.code)
  ) then
    perform private.raise_error(404, 'badge_not_found', 'There is no badge of this code.');
  end if;
  -- Two of one person go one after the other.
  perform from public.badge_awards as award where award.user_id = v_user_id order by award.badge_code for no key update;
  if exists (
    select from unnest(v_codes) as named (code)
    where not exists (
      select from public.badge_awards as award where award.user_id = v_user_id and award.badge_code = named.code
    )
  ) then
    perform private.raise_error(409, 'badge_not_won', 'You have not won this badge yet.');
  end if;
  perform private.take_token('feature_badges');

  update public.badge_awards as award
  set featured_place = array_position(v_codes, award.badge_code)
  where award.user_id = v_user_id
    and award.featured_place is distinct from array_position(v_codes, award.badge_code);
  return query
  select award.*
  from public.badge_awards as award
  where award.user_id = v_user_id and award.featured_place is not null
  order by award.featured_place;
end;
$$;

-- Security definer: badges are writable by nobody, so that every change is audited.
create or replace function private.set_badge(
  badge_code text, name text, description text, icon text, category text, rarity text, tier text, metric text, threshold bigint
)
returns public.badges
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before public.badges;
  v_badge public.badges;
begin
  perform private.require_staff('admin');
  -- Of two who add the same badge the later one changes it.
  perform pg_advisory_xact_lock(hashtextextended('set_badge', 0));
  select badge.* into v_before from public.badges as badge where badge.code = set_badge.badge_code for no key update;
  if v_before.season is not null then
    perform private.raise_error(409, 'badge_of_a_season', 'The badges of a season are made and given when it closes.');
  end if;
  insert into public.badges as badge (code, name, description, icon, tier, rarity, category, metric, threshold)
  values (
    set_badge.badge_code, set_badge.name, set_badge.description, set_badge.icon, set_badge.tier, set_badge.rarity, set_badge.category,
    set_badge.metric, set_badge.threshold
  )
  on conflict (code) do update
    set name = excluded.name, description = excluded.description, icon = excluded.icon, tier = excluded.tier, rarity = excluded.rarity,
        category = excluded.category, metric = excluded.metric, threshold = excluded.threshold
  returning badge.* into v_badge;
  if v_badge is distinct from v_before then
    perform private.audit(
      'badge_changed', 'badge', v_badge.code, jsonb_build_object('before', to_jsonb(v_before), 'after', to_jsonb(v_badge))
    );
  end if;
  if v_badge.metric is not null
    and (v_badge.metric is distinct from v_before.metric or v_badge.threshold < v_before.threshold)
  then
    perform private.begin_badge_fill(v_badge.code);
  end if;
  return v_badge;
end;
$$;

create or replace function private.begin_badge_fill(badge_code text)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into private.badge_fills (badge_code)
  values (begin_badge_fill.badge_code)
  on conflict (badge_code) do update set starts_after = null, after_id = null
$$;
comment on function private.begin_badge_fill(text) is 'Have a badge given to those who have earned it already, from the first person on';

create or replace function private.badge_of_staff(badge_code text)
returns public.badges
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_badge public.badges;
begin
  select badge.* into v_badge from public.badges as badge where badge.code = badge_of_staff.badge_code;
  if not found then
    perform private.raise_error(404, 'badge_not_found', 'There is no badge of this code.');
  end if;
  if v_badge.metric is not null then
    perform private.raise_error(409, 'badge_is_earned', 'This badge is won by what people do, and nobody gives or takes it.');
  end if;
  if v_badge.season is not null then
    perform private.raise_error(409, 'badge_of_a_season', 'The badges of a season are made and given when it closes.');
  end if;
  return v_badge;
end;
$$;
comment on function private.badge_of_staff(text) is 'A badge that staff give and take; else badge_not_found (404), badge_is_earned, badge_of_a_season (409)';

-- Security definer: as set_badge. Two who give the same badge at once give it once.
create or replace function private.award_badge(username text, badge_code text, note text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_note text := btrim(award_badge.note);
  v_profile public.profiles;
  v_badge public.badges;
  v_is_new boolean;
begin
  perform private.require_staff('moderator');
  v_profile := private.visible_profile(award_badge.username);
  v_badge := private.badge_of_staff(award_badge.badge_code);
  if char_length(v_note) > 300 then
    perform private.raise_error(422, 'note_too_long', 'A note has at most 300 characters.', '300');
  end if;
  v_is_new := private.give_badges(
    array[v_badge.code], array[v_profile.id],
    array[case when v_note <> '' then jsonb_build_object('note', v_note) else '{}' end]
  ) = 1;
  if v_is_new then
    perform private.audit('badge_awarded', 'profile', v_profile.id::text, jsonb_build_object('badge', v_badge.code, 'note', v_note));
  end if;
  return v_is_new;
end;
$$;

-- Security definer: as set_badge. What was told of the award stays, as any notification does.
create or replace function private.revoke_badge(username text, badge_code text, note text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_note text := btrim(revoke_badge.note);
  v_profile public.profiles;
  v_badge public.badges;
begin
  perform private.require_staff('moderator');
  v_profile := private.visible_profile(revoke_badge.username);
  v_badge := private.badge_of_staff(revoke_badge.badge_code);
  if char_length(v_note) > 300 then
    perform private.raise_error(422, 'note_too_long', 'A note has at most 300 characters.', '300');
  end if;
  delete from public.badge_awards as award where award.user_id = v_profile.id and award.badge_code = v_badge.code;
  if not found then
    return false;
  end if;
  delete from public.activity_events as event
  where event.actor_id = v_profile.id and event.kind = 'badge_earned' and event.collapse_key = 'badge_earned:' || v_badge.code;
  perform private.audit('badge_revoked', 'profile', v_profile.id::text, jsonb_build_object('badge', v_badge.code, 'note', v_note));
  return true;
end;
$$;
