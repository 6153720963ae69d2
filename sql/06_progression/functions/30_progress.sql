-- Security definer: shows its caller what no table grants in one piece.
create or replace function private.my_progression()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_progression jsonb;
begin
  perform private.require_signed_in();
  select jsonb_build_object(
    'total_points', greatest(person.total_points, 0),
    'level', person.level,
    'level_points', step.points_needed,
    'next_level_points', (select next.points_needed from public.levels as next where next.level = person.level + 1),
    'season', private.season_of(now()),
    'season_points', case when person.season = private.season_of(now()) then greatest(person.season_points, 0) else 0 end,
    'posts_created', person.posts_created,
    'comments_created', person.comments_created,
    'crates_created', person.crates_created,
    'dj_tracks_played', person.dj_tracks_played,
    'upvotes_received', person.upvotes_received,
    'artists_discovered', person.artists_discovered,
    'tracks_played', coalesce(listener.play_count, 0),
    'listening_ms', coalesce(listener.ms_played, 0)
  )
  into v_progression
  from public.progression as person
  join public.levels as step on step.level = person.level
  left join private.listeners as listener on listener.listener_id = person.user_id
  where person.user_id = auth.uid();
  if not found then
    perform private.raise_error(401, 'account_gone', 'The account of this sign-in does not exist any more.');
  end if;
  return v_progression;
end;
$$;

-- Security definer: a list of one's own that pages, with the rules' words.
create or replace function private.my_points(after text, page_size int)
returns setof public.point_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_list text := 'my_points:' || auth.uid();
  v_place text[] := private.decode_place(v_list, my_points.after, '{timestamptz,bigint}');
  v_size int := private.page_size(my_points.page_size);
begin
  perform private.require_signed_in();
  return query
  select
    event.id, event.rule, rule.description, event.cause, event.units, event.points, event.withheld, event.turn % 2 = 1, event.created_at,
    private.encode_cursor(v_list, jsonb_build_array(event.created_at, event.id)::text)
  from public.point_events as event
  join public.point_rules as rule on rule.name = event.rule
  where event.user_id = auth.uid()
    and (event.created_at, event.id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], '9223372036854775807')::bigint)
  order by event.created_at desc, event.id desc
  limit v_size;
end;
$$;
