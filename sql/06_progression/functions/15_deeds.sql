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
  else
    perform private.take_back(v_user_id, tg_argv[0], v_cause);
  end if;
  return null;
end;
$$;
comment on function private.tg__award() is
'Pay whoever makes a row, and take it back when it is deleted, by itself or by deleted_at. Arguments: the rule, the column of the person, what the cause begins with';

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
    perform private.move_points(v_deed.user_id, v_deed.rule, v_deed.cause, v_deed.done_at, v_deed.is_done);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
