-- Security definer: fingerprints are nobody's to write.
create or replace function private.tg_tracks__await_fingerprint()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.fingerprints (track_id) values (new.id) on conflict do nothing;
  return null;
end;
$$;
create trigger _500_await_fingerprint
  after update of status on public.tracks
  for each row
  when (old.status = 'draft' and new.status <> 'draft')
  execute function private.tg_tracks__await_fingerprint();

-- Security definer: service_role has no rights on fingerprints, so that each moves by these rules.
create or replace function private.claim_fingerprints(size int)
returns table (track_id uuid, bucket text, path text)
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- What no run came to an end with is given up: its worker may be dying of it.
  update private.fingerprints as lost
  set status = 'failed', leased_until = null, error = coalesce(lost.error, 'not_finished')
  where lost.track_id = any (array(
    select found.track_id
    from private.fingerprints as found
    where found.status = 'waiting'
      and found.leased_until <= clock_timestamp()
      and found.attempts >= private.setting('fingerprint_attempts')
    for update skip locked
  ));
  return query
  with due as materialized (
    select print.track_id
    from private.fingerprints as print
    where print.status = 'waiting'
      and print.next_attempt_at <= clock_timestamp()
      and (print.leased_until is null or print.leased_until <= clock_timestamp())
    order by print.next_attempt_at, print.track_id
    limit least(greatest(coalesce(claim_fingerprints.size, 1), 1), 100)
    for update skip locked
  ),
  claimed as (
    update private.fingerprints as print
    set attempts = print.attempts + 1,
        leased_until = clock_timestamp() + make_interval(secs => private.setting('fingerprint_lease_seconds')::int)
    from due
    where print.track_id = due.track_id
    returning print.track_id
  )
  select claimed.track_id, 'track-files'::text, file.path
  from claimed
  join private.track_files as file on file.track_id = claimed.track_id;
end;
$$;

-- How alike two recordings are, where they fit best: 1 less the share of bits that differ where the one lies over the other. Which ways of laying them
-- over each other are tried is voted for by words that both have; words that come again and again, as of silence or a held tone, have no vote.
create or replace function private.fingerprint_similarity(a int[], b int[])
returns numeric
language sql
stable
security invoker
set search_path = ''
as $$
  with a_word as materialized (
    select given.word, given.place, count(*) over (partition by given.word) as times
    from unnest(fingerprint_similarity.a) with ordinality as given (word, place)
  ),
  b_word as materialized (
    select given.word, given.place, count(*) over (partition by given.word) as times
    from unnest(fingerprint_similarity.b) with ordinality as given (word, place)
  ),
  alignment as materialized (
    select a_word.place - b_word.place as shift
    from a_word
    join b_word on b_word.word = a_word.word
    where a_word.times <= (select private.setting('fingerprint_word_repeats'))
      and b_word.times <= (select private.setting('fingerprint_word_repeats'))
    group by 1
    order by count(*) desc, 1
    limit private.setting('fingerprint_alignments')
  ),
  laid as (
    select
      alignment.shift, count(*) as words, count(distinct a_word.word) as distinct_words,
      sum(bit_count((a_word.word # b_word.word)::bit(32))) as errors
    from alignment
    cross join a_word
    join b_word on b_word.place = a_word.place - alignment.shift
    group by alignment.shift
  )
  select coalesce(max(round(1 - laid.errors / (32.0 * laid.words), 4)), 0)
  from laid
  where laid.words >= (select private.setting('fingerprint_words_least'))
    and laid.distinct_words >= (select private.setting('fingerprint_distinct_least'))
$$;
comment on function private.fingerprint_similarity(int[], int[]) is
'0 to 1: how alike two fingerprints of Chromaprint are where they fit best, over ten seconds at least (setting fingerprint_words_least)';

create or replace function private.fingerprint_matches(track_id uuid)
returns table (matched_id uuid, artist_id uuid, similarity numeric)
language plpgsql
stable
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_artist_id uuid := (select track.artist_id from public.tracks as track where track.id = fingerprint_matches.track_id);
  v_print private.fingerprints;
  v_words int[];
begin
  select print.* into v_print from private.fingerprints as print where print.track_id = fingerprint_matches.track_id;
  v_words := array(
    select given.word
    from unnest(v_print.hash) as given (word)
    group by given.word
    having count(*) <= (select private.setting('fingerprint_word_repeats'))
  );
  return query
  select compared.track_id, compared.artist_id, compared.similarity
  from (
    select nearest.track_id, nearest.artist_id, private.fingerprint_similarity(v_print.hash, nearest.hash) as similarity
    from (
      select print.track_id, track.artist_id, print.hash
      from private.fingerprints as print
      join public.tracks as track on track.id = print.track_id
      where print.status = 'done'
        and print.hash && v_words
        and print.algorithm = v_print.algorithm
        and print.track_id <> v_print.track_id
        and track.artist_id <> v_artist_id
      order by (
        select count(distinct mine.word)
        from unnest(v_words) as mine (word)
        join unnest(print.hash) as theirs (word) on theirs.word = mine.word
      ) desc, print.track_id
      limit private.setting('fingerprint_candidates')
    ) as nearest
  ) as compared
  where compared.similarity * 100 > private.setting('fingerprint_match_percent')
  order by compared.similarity desc, compared.track_id;
end;
$$;
comment on function private.fingerprint_matches(uuid) is
'The tracks of other people that sound like this one, the likest first: more alike than setting fingerprint_match_percent';

-- Security definer: as claim_fingerprints.
create or replace function private.record_fingerprint(track_id uuid, algorithm text, hash int[], error text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_print private.fingerprints;
  v_artist_id uuid;
  v_matches jsonb := '[]';
begin
  -- Whose account is just being erased takes the track along; else an erasure waits, before it holds anything that a case asks for.
  select track.artist_id into v_artist_id from public.tracks as track where track.id = record_fingerprint.track_id;
  if not coalesce(private.stays(v_artist_id), false) then
    perform private.raise_error(404, 'fingerprint_not_found', 'No fingerprint of this track is waited for.');
  end if;
  -- One after the other: of two that are alike and come at once, the later one sees the earlier.
  perform pg_advisory_xact_lock(hashtextextended('record_fingerprint', 0));
  select print.* into v_print from private.fingerprints as print where print.track_id = record_fingerprint.track_id for update;
  if not found then
    perform private.raise_error(404, 'fingerprint_not_found', 'No fingerprint of this track is waited for.');
  end if;
  if record_fingerprint.hash is not null and (
    coalesce(record_fingerprint.algorithm, '') !~ '^[a-z][a-z0-9_]{1,40}$'
    or cardinality(record_fingerprint.hash) > 4096
    or array_position(record_fingerprint.hash, null) is not null
    or coalesce(array_ndims(record_fingerprint.hash), 1) <> 1
  ) then
    perform private.raise_error(422, 'fingerprint_invalid', 'A fingerprint is the name of its algorithm and at most 4096 words of 32 bits.');
  end if;
  if v_print.status = 'done' then
    return jsonb_build_object('status', v_print.status, 'matches', v_matches);
  end if;
  if record_fingerprint.hash is null then
    update private.fingerprints as print
    set status = case when print.attempts >= private.setting('fingerprint_attempts') then 'failed' else 'waiting' end,
        leased_until = null,
        error = left(coalesce(record_fingerprint.error, 'unknown'), 200),
        next_attempt_at = clock_timestamp() + make_interval(
          secs => private.setting('fingerprint_backoff_seconds') * 2 ^ least(greatest(print.attempts - 1, 0), 20)
        )
    where print.track_id = v_print.track_id
    returning print.status into v_print.status;
    return jsonb_build_object('status', v_print.status, 'matches', v_matches);
  end if;
  update private.fingerprints as print
  set status = 'done', algorithm = record_fingerprint.algorithm, hash = record_fingerprint.hash, leased_until = null, error = null,
      compared_at = now()
  where print.track_id = v_print.track_id;
  select coalesce(
    jsonb_agg(jsonb_build_object('track_id', found.track_id, 'artist_id', found.artist_id, 'similarity', found.similarity) order by found.place), '[]'
  )
  into v_matches
  from private.fingerprint_matches(v_print.track_id) with ordinality as found (track_id, artist_id, similarity, place);
  if v_matches <> '[]' then
    perform private.open_case(
      'track', v_print.track_id, 'fingerprint_match', v_artist_id,
      jsonb_build_object('algorithm', record_fingerprint.algorithm, 'matches', v_matches)
    );
  end if;
  return jsonb_build_object('status', 'done', 'matches', v_matches);
end;
$$;
