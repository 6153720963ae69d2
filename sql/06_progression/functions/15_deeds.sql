-- Security definer: points are nobody's to write. What is deleted and what stands again are told by deleted_at.
create or replace function private.tg__award()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_row jsonb := case when tg_op = 'INSERT' then to_jsonb(new) else to_jsonb(old) end;
  v_user_id uuid := v_row ->> tg_argv[1];
  v_cause text := tg_argv[2] || ':' || (v_row ->> 'id');
begin
  if v_user_id is null then
    return null;
  end if;
  if tg_op <> 'DELETE' and to_jsonb(new) ->> 'deleted_at' is null then
    perform private.award(v_user_id, tg_argv[0], v_cause);
  elsif tg_op = 'UPDATE' then
    perform private.take_back(v_user_id, tg_argv[0], v_cause);
  else
    -- With a post, or an account, goes what others have said there: two that go at once would wait for each other's people.
    insert into private.deeds (user_id, rule, cause, is_done)
    select person.user_id, tg_argv[0], v_cause, false from public.progression as person where person.user_id = v_user_id;
  end if;
  return null;
end;
$$;
comment on function private.tg__award() is
'Pay whoever makes a row, and take it back when it is deleted: at once by deleted_at, by settle_deeds where the row goes. Arguments: the rule, the column of the person, what the cause begins with';

create constraint trigger _900_award
  after insert or delete or update of deleted_at on public.posts
  deferrable initially deferred
  for each row execute function private.tg__award('post_created', 'author_id', 'post');
create constraint trigger _900_award
  after insert or delete or update of deleted_at on public.comments
  deferrable initially deferred
  for each row execute function private.tg__award('comment_created', 'author_id', 'comment');
create constraint trigger _900_award
  after insert or delete or update of deleted_at on public.crates
  deferrable initially deferred
  for each row execute function private.tg__award('crate_created', 'owner_id', 'crate');

-- Security definer: the queue is nobody's to write. A crate that is not public pays nothing: its id would tell the artist of it.
create or replace function private.tg_crate_items__award()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into private.deeds (user_id, rule, cause, is_done)
    select track.artist_id, 'crate_item_received', 'crate:' || new.crate_id || ':' || new.track_id, true
    from public.tracks as track
    join public.crates as crate on crate.id = new.crate_id and crate.audience = 'public'
    where track.id = new.track_id and track.artist_id <> all (array[new.added_by, new.owner_id]);
  else
    insert into private.deeds (user_id, rule, cause, is_done)
    select track.artist_id, 'crate_item_received', 'crate:' || old.crate_id || ':' || old.track_id, false
    from public.tracks as track
    where track.id = old.track_id and track.artist_id is not null;
  end if;
  return null;
end;
$$;
create trigger _900_award
  after insert or delete on public.crate_items
  for each row execute function private.tg_crate_items__award();

-- Security definer: the queue is nobody's to write. What is heard and played is too hot to be paid at once.
create or replace function private.tg_plays__award()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.deeds (user_id, rule, cause, is_done, done_at)
  values (new.listener_id, 'play_counted', 'play:' || new.id, true, new.played_at);
  return null;
end;
$$;
create trigger _900_award
  after insert on public.plays
  for each row
  when (new.is_counted and new.listener_id is not null)
  execute function private.tg_plays__award();

-- Security definer: as above.
create or replace function private.tg_room_history__award()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.deeds (user_id, rule, cause, is_done, units)
  select new.dj_id, deed.rule, 'dj:' || new.id, true, deed.units
  from (values
    ('dj_track_played', (not new.is_skipped)::int), ('upvote_received', new.up_count::int), ('downvote_received', new.down_count::int)
  ) as deed (rule, units)
  where deed.units > 0;
  return null;
end;
$$;
comment on function private.tg_room_history__award() is
'Pay a DJ for what has played to its end, and for the votes it had when it ended, whether or not it was skipped: a vote that was withdrawn before is none';
create trigger _900_award
  after insert on public.room_history
  for each row
  when (new.dj_id is not null)
  execute function private.tg_room_history__award();

create or replace function private.hear_artist(deed private.deeds)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform from public.progression as person where person.user_id = (hear_artist.deed).user_id for no key update;
  if not found then
    return;
  end if;
  with heard as (
    insert into private.artists_heard (listener_id, artist_key)
    select (hear_artist.deed).user_id, coalesce(track.artist_id, md5(lower(track.artist_name))::uuid)
    from public.plays as play
    join public.tracks as track on track.id = play.track_id
    where play.id = split_part((hear_artist.deed).cause, ':', 2)::uuid and play.played_at = (hear_artist.deed).done_at
    on conflict do nothing
    returning 1
  )
  update public.progression as person
  set artists_discovered = person.artists_discovered + 1
  from heard
  where person.user_id = (hear_artist.deed).user_id;
end;
$$;
comment on function private.hear_artist(private.deeds) is 'Count the artist of a play that counted, when their listener has heard nothing of them before';

-- Security definer: service_role writes no points but what is queued.
create or replace function private.settle_deeds(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_deed private.deeds;
  v_listener_ids uuid[] := '{}';
  v_count int := 0;
begin
  -- One at a time, so that what was done and undone is paid in that order.
  if not pg_try_advisory_xact_lock(hashtextextended('settle_deeds', 0)) then
    return 0;
  end if;
  for v_deed in
    with due as (
      delete from private.deeds as deed
      where deed.id = any (array(
        select next.id from private.deeds as next order by next.id limit least(greatest(coalesce(settle_deeds.size, 1000), 1), 1000)
      ))
      returning deed.*
    )
    select due.* from due order by due.user_id, due.id
  loop
    perform private.move_points(v_deed.user_id, v_deed.rule, v_deed.cause, v_deed.done_at, v_deed.is_done, v_deed.units);
    if v_deed.rule = 'play_counted' then
      perform private.hear_artist(v_deed);
      perform private.queue_play(split_part(v_deed.cause, ':', 2)::uuid, v_deed.done_at);
      v_listener_ids := v_listener_ids || v_deed.user_id;
    end if;
    v_count := v_count + 1;
  end loop;
  perform private.award_rule_badges('{tracks_played,listening_ms}', v_listener_ids);
  return v_count;
end;
$$;
