-- Security definer: plays and all that they move are nobody's to write.
--
-- The listener's row is locked first, so that their plays come one after the other however many connections report them: what was claimed,
-- when the play before was, and whether the track has counted lately are then facts. The track's row, which is hot, is locked by the last
-- statement, of whose other rows all are the listener's.
create or replace function private.record_play(track_id uuid, ms_played int, client_event_id uuid, source text, room_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  v_user_id uuid := auth.uid();
  v_is_held constant boolean := private.hold_person(v_user_id);
  v_source text := coalesce(record_play.source, 'app');
  v_last timestamptz;
  v_now timestamptz;
  v_duration int;
  v_status text;
  v_is_everybodys boolean;
  v_again interval;
  v_looks_back boolean := false;
  v_ms int := record_play.ms_played;
  v_day date;
  v_counts_from bigint;
  v_has_counted boolean := false;
  v_is_counted boolean;
begin
  -- One who has listened before and may write is found in one statement; whoever is not has a reason, or listens for the first time.
  select listener.listener_id, listener.last_played_at into v_user_id, v_last
  from private.listeners as listener
  where listener.listener_id = (select writer.user_id from private.writers as writer where writer.feature = 'catalogue' and v_is_held)
  for no key update;
  if not found then
    v_user_id := private.acting_user('catalogue');
  end if;
  if record_play.client_event_id is null then
    perform private.raise_error(422, 'event_id_missing', 'Give every play an id of its own, so that it counts once however often it is sent.');
  end if;
  if v_ms is null or v_ms not between 0 and 86400000 then
    perform private.raise_error(422, 'ms_played_invalid', 'A play lasts 0 to 86400000 milliseconds.');
  end if;
  if v_source not in ('app', 'room', 'crate') or (record_play.room_id is not null and v_source <> 'room') then
    perform private.raise_error(422, 'source_unknown', 'A play comes from app, room or crate, and only that from a room has a room_id.');
  end if;

  if v_last is null then
    insert into private.listeners (listener_id, last_played_at) values (v_user_id, '-infinity') on conflict do nothing;
    select listener.last_played_at into v_last from private.listeners as listener where listener.listener_id = v_user_id for no key update;
  end if;

  -- Time does not run back between two plays; but a last one that lies far ahead was written by a clock that was wrong.
  v_now := clock_timestamp();
  if v_last > v_now then
    v_looks_back := true;
    if v_last > v_now + make_interval(secs => private.setting('play_counts_again_seconds')) then
      v_last := '-infinity';
    else
      v_now := v_last;
    end if;
  end if;
  -- Plays go on when housekeeping has not run for months: a listener's first of a month looks whether it has its place. Nothing of plays is
  -- locked yet, so that nobody waits for this in a circle.
  if date_trunc('month', v_last, 'UTC') <> date_trunc('month', v_now, 'UTC')
    and to_regclass('private.plays_' || to_char(v_now at time zone 'UTC', 'YYYY_MM')) is null
  then
    perform private.ensure_play_partitions();
  end if;

  -- One reading of all that decides, as each statement costs as much as a row.
  select
    (
      select claim.is_counted
      from private.play_claims as claim
      where claim.listener_id = v_user_id and claim.client_event_id = record_play.client_event_id
    ),
    track.duration_ms, track.status,
    -- What most are; of the rest, can_see_track knows.
    track.status = 'published' and track.artist_id is null,
    (v_now at time zone profile.time_zone)::date,
    (select row.value from private.settings as row where row.name = 'play_counts_from_ms'),
    make_interval(secs => (select row.value from private.settings as row where row.name = 'play_counts_again_seconds'))
  into v_is_counted, v_duration, v_status, v_is_everybodys, v_day, v_counts_from, v_again
  from public.profiles as profile
  left join public.tracks as track on track.id = record_play.track_id
  where profile.id = v_user_id;
  if v_is_counted is not null then
    return jsonb_build_object('is_counted', v_is_counted);
  end if;
  if record_play.room_id is not null then
    perform private.require_playing(record_play.room_id, record_play.track_id);
  end if;
  if v_status is null or not (v_is_everybodys or private.can_see_track(record_play.track_id)) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  if v_status <> 'published' then
    perform private.raise_error(409, 'track_not_published', 'This track has not been published yet.');
  end if;
  perform private.take_token('record_play');
  -- Whose last play lies further back has none that could have counted. A clock that was wrong says nothing of that.
  if v_looks_back or v_last > v_now - v_again then
    v_has_counted := exists (
      select
      from public.plays as play
      where play.listener_id = v_user_id
        and play.played_at > v_now - v_again
        and play.played_at <= v_now
        and play.track_id = record_play.track_id
        and play.is_counted
    );
  end if;

  -- Nobody has heard more than the track, or more than fits between two reports.
  v_ms := least(v_ms, v_duration);
  if isfinite(v_last) then
    v_ms := least(v_ms, floor(extract(epoch from v_now - v_last) * 1000))::int;
  end if;
  v_is_counted := not v_has_counted and v_ms >= least(v_counts_from, v_duration / 2.0);

  with claim as (
    insert into private.play_claims (listener_id, client_event_id, is_counted, claimed_at)
    values (v_user_id, record_play.client_event_id, v_is_counted, v_now)
  ),
  listener as (
    update private.listeners as listener
    set last_played_at = v_now,
        play_count = listener.play_count + v_is_counted::int,
        ms_played = listener.ms_played + case when v_is_counted then v_ms else 0 end
    where listener.listener_id = v_user_id
  ),
  day as (
    insert into private.listening_days as row (listener_id, day, play_count, ms_played)
    select v_user_id, v_day, 1, v_ms
    where v_is_counted
    on conflict (listener_id, day) do update set play_count = row.play_count + 1, ms_played = row.ms_played + excluded.ms_played
  ),
  track as (
    update public.tracks as track set play_count = track.play_count + 1 where track.id = record_play.track_id and v_is_counted
  )
  insert into public.plays (track_id, listener_id, room_id, ms_played, is_counted, source, client_event_id, played_at)
  values (
    record_play.track_id, v_user_id, record_play.room_id, v_ms, v_is_counted, v_source, record_play.client_event_id, v_now
  );
  return jsonb_build_object('is_counted', v_is_counted);
end;
$$;

-- Security definer: shows its caller what no table grants in one piece.
create or replace function private.my_listening()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'total_plays', coalesce(
      (select listener.play_count from private.listeners as listener where listener.listener_id = auth.uid()), 0
    ),
    'recent', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'track_id', play.track_id, 'track', private.track_card(play.track_id), 'ms_played', play.ms_played,
            'source', play.source, 'played_at', play.played_at
          )
          order by play.played_at desc, play.id desc
        )
        from (
          select heard.id, heard.track_id, heard.ms_played, heard.source, heard.played_at
          from public.plays as heard
          where heard.listener_id = auth.uid() and heard.is_counted
          order by heard.played_at desc
          limit 20
        ) as play
      ),
      '[]'
    )
  );
end;
$$;
comment on function private.my_listening() is
'The caller''s plays that count, for my_account: total_plays, recent [up to 20 {track_id, track or null, ms_played, source, played_at}]';

-- Security definer: paths are readable by nobody; the service asks for a listener it has authenticated.
create or replace function private.stream_source(track_id uuid, listener uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_claims text := current_setting('request.jwt.claims', true);
  v_sub text := current_setting('request.jwt.claim.sub', true);
  v_is_visible boolean;
  v_track public.tracks;
  v_file private.track_files;
  v_is_preview boolean;
begin
  -- The one rule of who sees a track looks at who calls: for this question that is the listener.
  perform set_config('request.jwt.claims', coalesce(jsonb_build_object('sub', stream_source.listener)::text, ''), true);
  perform set_config('request.jwt.claim.sub', coalesce(stream_source.listener::text, ''), true);
  if stream_source.listener is not null then
    perform private.acting_user(even_banned => true);
  end if;
  v_is_visible := private.can_see_track(stream_source.track_id);
  perform set_config('request.jwt.claims', coalesce(v_claims, ''), true);
  perform set_config('request.jwt.claim.sub', coalesce(v_sub, ''), true);

  if not v_is_visible then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  select track.* into v_track from public.tracks as track where track.id = stream_source.track_id;
  select file.* into v_file from private.track_files as file where file.track_id = v_track.id;
  if not found
    or (
      v_track.status = 'draft'
      and not exists (select from storage.objects as object where object.bucket_id = 'track-files' and object.name = v_file.path)
    )
  then
    perform private.raise_error(409, 'track_has_no_file', 'There is nothing of this track to be played from here.');
  end if;
  v_is_preview := private.is_preview(v_track.id, v_track.artist_id, stream_source.listener);
  if v_is_preview then
    v_file.path := private.preview_path(v_file.path);
    if not exists (select from storage.objects as object where object.bucket_id = 'track-files' and object.name = v_file.path) then
      perform private.raise_error(402, 'purchase_needed', 'This is for sale, and there is nothing of it to be heard before.');
    end if;
  end if;
  return jsonb_build_object(
    'bucket', 'track-files', 'path', v_file.path, 'is_preview', v_is_preview, 'file_format', v_track.file_format,
    'seconds', private.setting('stream_url_seconds')
  );
end;
$$;

-- Security definer: as stream_source; plays and their partitions are not the service's to change.
create or replace function private.keep_play_partitions()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_made int := private.ensure_play_partitions();
  v_forgotten int;
begin
  delete from private.play_claims as claim
  -- An array is looked up once; the plan of a subquery may run its limit again for each row.
  where claim.ctid = any (array(
    select old.ctid
    from private.play_claims as old
    where old.claimed_at < now() - make_interval(months => private.setting('plays_kept_months')::int)
    limit 10000
    for update skip locked
  ));
  get diagnostics v_forgotten = row_count;
  return jsonb_build_object('partitions_made', v_made, 'claims_forgotten', v_forgotten);
end;
$$;

create or replace function private.play_partition(month date)
returns regclass
language sql
stable
security invoker
set search_path = ''
as $$
  select child.inhrelid::regclass
  from pg_catalog.pg_inherits as child
  where child.inhparent = 'public.plays'::regclass
    and child.inhrelid = to_regclass('private.plays_' || to_char(play_partition.month, 'YYYY_MM'))
$$;
comment on function private.play_partition(date) is 'The partition of this month, or null';

-- Security definer: as keep_play_partitions.
create or replace function private.months_to_archive()
returns table (month date, object_key text, row_count bigint, checksum text)
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  insert into private.play_archives (month)
  select old.month
  from (
    select to_date(substring(child.inhrelid::regclass::text from '\d{4}_\d{2}$'), 'YYYY_MM') as month
    from pg_catalog.pg_inherits as child
    where child.inhparent = 'public.plays'::regclass
  ) as old
  where old.month + interval '1 month' <= (now() at time zone 'UTC') - make_interval(months => private.setting('plays_kept_months')::int)
  on conflict (month) do nothing;

  return query
  select archive.month, archive.object_key, archive.row_count, archive.checksum
  from private.play_archives as archive
  where archive.dropped_at is null
  order by archive.month;
end;
$$;

create or replace function private.archive_under_way(month date)
returns private.play_archives
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_archive private.play_archives;
begin
  select archive.* into v_archive from private.play_archives as archive where archive.month = archive_under_way.month for update;
  if not found then
    perform private.raise_error(404, 'month_not_found', 'This is no month that is to be archived.');
  end if;
  return v_archive;
end;
$$;
comment on function private.archive_under_way(date) is 'The archive of a month, locked; else month_not_found (404)';

-- Security definer: as keep_play_partitions. In the archive a listener is a key that is the same within the month and leads to nobody once
-- the salt is forgotten: who has been erased since must not live on there.
create or replace function private.plays_of_month(month date, after uuid, size int)
returns table (
  id uuid, track_id uuid, listener_key text, room_id uuid, ms_played int, is_counted boolean, source text, played_at timestamptz
)
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_archive private.play_archives := private.archive_under_way(plays_of_month.month);
begin
  if v_archive.dropped_at is not null then
    return;
  end if;
  return query execute format(
    $query$
      select play.id, play.track_id,
        encode(sha256(convert_to($1::text || play.listener_id::text, 'UTF8')), 'hex'),
        play.room_id, play.ms_played, play.is_counted, play.source, play.played_at
      from %s as play
      where play.id > $2
      order by play.id
      limit $3
    $query$,
    private.play_partition(plays_of_month.month)
  )
  using v_archive.salt, coalesce(plays_of_month.after, '00000000-0000-0000-0000-000000000000'),
    least(greatest(coalesce(plays_of_month.size, 10000), 1), 50000);
end;
$$;

create or replace function private.plays_checksum(archive private.play_archives)
returns table (row_count bigint, checksum text)
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return query execute format(
    $query$
      select
        count(*),
        lpad(to_hex(coalesce(bit_xor(('x' || substr(line.hash, 1, 16))::bit(64)::bigint), 0)), 16, '0')
          || lpad(to_hex(coalesce(bit_xor(('x' || substr(line.hash, 17, 16))::bit(64)::bigint), 0)), 16, '0')
          || lpad(to_hex(coalesce(bit_xor(('x' || substr(line.hash, 33, 16))::bit(64)::bigint), 0)), 16, '0')
          || lpad(to_hex(coalesce(bit_xor(('x' || substr(line.hash, 49, 16))::bit(64)::bigint), 0)), 16, '0')
      from (
        select encode(
          sha256(convert_to(
            concat_ws(
              '|', play.id, play.track_id,
              coalesce(encode(sha256(convert_to($1::text || play.listener_id::text, 'UTF8')), 'hex'), ''),
              coalesce(play.room_id::text, ''), play.ms_played, play.is_counted, play.source,
              (extract(epoch from play.played_at) * 1000000)::bigint
            ),
            'UTF8'
          )),
          'hex'
        ) as hash
        from %s as play
        offset 0
      ) as line
    $query$,
    private.play_partition((plays_checksum.archive).month)
  )
  using (plays_checksum.archive).salt;
end;
$$;
comment on function private.plays_checksum(private.play_archives) is
$$The plays of a month as the archive has them: how many, and the exclusive or of their lines' SHA-256, in hex

A line is id|track_id|listener_key|room_id|ms_played|is_counted|source|played_at as plays_of_month gives them, null as nothing, is_counted as
t or f, played_at in microseconds since 1970: whoever reads the archive can compute the same.$$;

-- Security definer: as keep_play_partitions.
create or replace function private.register_play_archive(month date, object_key text, row_count bigint, checksum text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_archive private.play_archives := private.archive_under_way(register_play_archive.month);
begin
  if register_play_archive.object_key is null
    or char_length(register_play_archive.object_key) not between 1 and 1000
    or register_play_archive.row_count is null
    or register_play_archive.row_count < 0
    or coalesce(register_play_archive.checksum, '') !~ '^[0-9a-f]{64}$'
  then
    perform private.raise_error(422, 'archive_invalid', 'An archive has an object, a number of rows and a checksum of 64 hex digits.');
  end if;
  if v_archive.dropped_at is not null then
    return;
  end if;
  if not exists (
    select
    from private.plays_checksum(v_archive) as here
    where here.row_count = register_play_archive.row_count and here.checksum = register_play_archive.checksum
  ) then
    perform private.raise_error(409, 'archive_not_verified', 'What was read back is not what was registered, or not all that is here.');
  end if;
  update private.play_archives as archive
  set object_key = register_play_archive.object_key, row_count = register_play_archive.row_count,
      checksum = register_play_archive.checksum, registered_at = now()
  where archive.month = v_archive.month;
end;
$$;

-- Security definer: as keep_play_partitions.
create or replace function private.drop_archived_plays(month date, row_count bigint, checksum text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_archive private.play_archives := private.archive_under_way(drop_archived_plays.month);
  v_partition regclass := private.play_partition(drop_archived_plays.month);
  v_rows bigint;
begin
  if v_archive.dropped_at is not null then
    return false;
  end if;
  -- Whoever is erased alone writes to plays that old: not now. People who read go on while the rows are counted; then the parent is locked
  -- before the partition, as every query locks them, so that nobody waits for this in a circle.
  perform pg_advisory_xact_lock(hashtextextended('erase_due_accounts', 0));
  execute format('lock table %s in share mode', v_partition);
  execute format('select count(*) from %s', v_partition) into v_rows;
  if v_archive.registered_at is null
    or v_archive.row_count is distinct from drop_archived_plays.row_count
    or v_archive.checksum is distinct from drop_archived_plays.checksum
    or v_archive.row_count <> v_rows
  then
    perform private.raise_error(409, 'archive_not_verified', 'What was read back is not what was registered, or not all that is here.');
  end if;

  execute format(
    $query$
      insert into private.archived_plays as archived (track_id, play_count)
      select play.track_id, count(*)
      from %s as play
      join public.tracks as track on track.id = play.track_id
      where play.is_counted
      group by play.track_id
      order by play.track_id
      on conflict (track_id) do update set play_count = archived.play_count + excluded.play_count
    $query$,
    v_partition
  );
  lock table only public.plays in access exclusive mode;
  execute format('drop table %s', v_partition);
  update private.play_archives as archive set dropped_at = now(), salt = null where archive.month = v_archive.month;
  return true;
end;
$$;
