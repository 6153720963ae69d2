create or replace function private.unanswerable_detections(provider text, provider_version text)
returns table (id uuid, artist_id uuid, error text, former_id uuid)
language sql
stable
security invoker
set search_path = ''
as $$
  select
    detection.id, detection.artist_id,
    case
      -- What its worker did not finish the last time either: its worker may be dying of it.
      when detection.attempts >= private.setting('detection_attempts') then 'not_finished'
      -- What another provider was asked, which this one cannot be asked about.
      when detection.called_at is not null
        and (detection.provider, detection.provider_version)
          is distinct from (unanswerable_detections.provider, unanswerable_detections.provider_version)
      then 'provider_changed'
      -- A provider is never asked twice about the same file by the same version: what it said then stands, and people decide.
      else 'known_already'
    end,
    former.id
  from public.detections as detection
  left join public.detections as former
    on former.track_id = detection.track_id
    and former.provider = unanswerable_detections.provider
    and former.provider_version = unanswerable_detections.provider_version
    and former.file_hash = detection.file_hash
    and former.id <> detection.id
  where (detection.status = 'pending' or (detection.status = 'analyzing' and detection.leased_until <= clock_timestamp()))
    and (
      detection.attempts >= private.setting('detection_attempts')
      or (
        detection.called_at is not null
        and (detection.provider, detection.provider_version)
          is distinct from (unanswerable_detections.provider, unanswerable_detections.provider_version)
      )
      or former.id is not null
    )
$$;
comment on function private.unanswerable_detections(text, text) is
'What waits for an answer that this version of a provider cannot give: why, and for known_already the detection that has it';

-- Security definer: service_role writes detections by these rules alone.
create or replace function private.claim_detections(provider text, provider_version text, size int, lease_seconds int)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_ids uuid[];
  v_lost record;
  v_former public.detections;
  v_detection public.detections;
  v_claimed jsonb;
begin
  if coalesce(claim_detections.provider, '') !~ '^[a-z][a-z0-9_]{0,39}$'
    or coalesce(claim_detections.provider_version, '') !~ '^[A-Za-z0-9._+-]{1,100}$'
  then
    perform private.raise_error(422, 'provider_invalid', 'A provider has a name in lower case and a version.');
  end if;

  v_ids := array(
    select given.id
    from private.unanswerable_detections(claim_detections.provider, claim_detections.provider_version) as given
    order by given.id
    limit 100
  );
  -- All of them before anything else: tracks are locked in the order of their ids, and before whom they are of is told.
  perform
  from public.tracks as track
  where track.id = any (array(select detection.track_id from public.detections as detection where detection.id = any (v_ids)))
  order by track.id
  for no key update;
  -- What is still so after the wait, by artist: who tells several people goes by the order of their ids.
  for v_lost in
    select given.*
    from private.unanswerable_detections(claim_detections.provider, claim_detections.provider_version) as given
    where given.id = any (v_ids)
    order by given.artist_id, given.id
  loop
    v_detection := private.lock_detection(v_lost.id);
    -- Who claims locks no track, and may have claimed it meanwhile.
    if v_detection.status = 'pending' or (v_detection.status = 'analyzing' and v_detection.leased_until <= clock_timestamp()) then
      if v_lost.error = 'known_already' then
        select former.* into v_former from public.detections as former where former.id = v_lost.former_id;
        v_detection.risk_score := v_former.risk_score;
        v_detection.bands := v_former.bands;
        v_detection.evidence := jsonb_build_object('known_from', v_former.id);
      end if;
      v_detection.last_error := v_lost.error;
      perform private.move_detection(v_detection, 'under_review', 'detection_given_up', v_lost.error);
    end if;
  end loop;

  with due as materialized (
    select detection.id
    from public.detections as detection
    where (
        (detection.status = 'pending' and detection.next_attempt_at <= clock_timestamp())
        or (detection.status = 'analyzing' and detection.leased_until <= clock_timestamp())
      )
      and detection.attempts < private.setting('detection_attempts')
      and (
        detection.called_at is null
        or (detection.provider, detection.provider_version) = (claim_detections.provider, claim_detections.provider_version)
      )
      and not exists (
        select
        from public.detections as former
        where former.track_id = detection.track_id
          and former.provider = claim_detections.provider
          and former.provider_version = claim_detections.provider_version
          and former.file_hash = detection.file_hash
          and former.id <> detection.id
      )
    order by detection.next_attempt_at, detection.id
    limit least(greatest(coalesce(claim_detections.size, 10), 1), 100)
    for update skip locked
  ),
  claimed as (
    update public.detections as detection
    set status = 'analyzing', provider = claim_detections.provider, provider_version = claim_detections.provider_version,
        attempts = detection.attempts + 1, lease_id = gen_random_uuid(),
        leased_until = clock_timestamp() + make_interval(secs => least(greatest(
          coalesce(claim_detections.lease_seconds, private.setting('detection_lease_seconds')::int), 1
        ), 3600))
    from due
    where detection.id = due.id
    returning detection.*
  )
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'detection_id', claimed.id, 'lease_id', claimed.lease_id, 'track_id', claimed.track_id, 'file_hash', claimed.file_hash,
        'bucket', 'track-files', 'path', file.path, 'file_format', track.file_format, 'file_bytes', track.file_bytes,
        'url_seconds', private.setting('detection_url_seconds'), 'key', 'detection:' || claimed.id, 'attempts', claimed.attempts,
        'called_at', claimed.called_at, 'provider_ref', claimed.provider_ref
      )
      order by claimed.next_attempt_at, claimed.id
    ),
    '[]'
  )
  into v_claimed
  from claimed
  join public.tracks as track on track.id = claimed.track_id
  left join private.track_files as file on file.track_id = claimed.track_id;
  return v_claimed;
end;
$$;

-- Security definer: as claim_detections.
create or replace function private.begin_detection_call(detection_id uuid, lease_id uuid, called_at timestamptz)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- Compare and set: whoever does not get true asks no provider.
  update public.detections as detection
  set called_at = clock_timestamp()
  where detection.id = begin_detection_call.detection_id
    and detection.lease_id = begin_detection_call.lease_id
    and detection.leased_until > clock_timestamp()
    and detection.status = 'analyzing'
    and detection.called_at is not distinct from begin_detection_call.called_at;
  if found then
    return true;
  end if;
  if not exists (select from public.detections as detection where detection.id = begin_detection_call.detection_id) then
    perform private.raise_error(404, 'detection_not_found', 'There is no detection of this id that you can see.');
  end if;
  return false;
end;
$$;

-- Security definer: as claim_detections.
create or replace function private.record_detection(detection_id uuid, risk_score numeric, evidence jsonb, provider text, provider_ref text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_id uuid := record_detection.detection_id;
  v_detection public.detections;
  v_verified_to constant bigint := private.setting('detection_verified_to');
  v_flagged_from constant bigint := private.setting('detection_flagged_from');
begin
  if record_detection.risk_score is null or record_detection.risk_score not between 0 and 100 then
    perform private.raise_error(422, 'risk_score_invalid', 'A risk score is 0 to 100.');
  end if;
  if coalesce(jsonb_typeof(record_detection.evidence), '') <> 'object' then
    perform private.raise_error(422, 'evidence_invalid', 'Evidence is an object.');
  end if;
  if v_id is null then
    select detection.id into v_id
    from public.detections as detection
    where detection.provider = record_detection.provider and detection.provider_ref = record_detection.provider_ref;
  end if;
  v_detection := private.lock_detection(v_id);
  -- What comes late still decides where nothing but its silence did; what people have begun to decide stays theirs. A proof begins that only once it
  -- is before them: handed in sooner it keeps nobody from being checked.
  if v_detection.risk_score is not null
    or v_detection.status not in ('pending', 'analyzing', 'under_review')
    or v_detection.appealed_at is not null
    or v_detection.reopened_at is not null
    or (
      v_detection.status = 'under_review'
      and (
        exists (select from public.detection_reviews as review where review.detection_id = v_detection.id)
        or exists (select from public.detection_proofs as proof where proof.detection_id = v_detection.id)
      )
    )
  then
    return 'repeated';
  end if;
  v_detection.risk_score := round(record_detection.risk_score, 2);
  v_detection.bands := jsonb_build_object('verified_to', v_verified_to, 'flagged_from', v_flagged_from);
  -- A short answer may be long here: jsonb spells numbers such as 1e300 out. The score is what counts.
  v_detection.evidence := case
    when length(record_detection.evidence::text) > 65536 then '{"dropped": "too_large"}' else record_detection.evidence
  end;
  v_detection.last_error := null;
  v_detection := private.move_detection(
    v_detection,
    case
      when v_detection.risk_score >= v_flagged_from then 'flagged_ai'
      when v_detection.risk_score <= v_verified_to then 'verified_human'
      else 'under_review'
    end,
    'detection_decided'
  );
  return v_detection.status;
end;
$$;

-- Security definer: as claim_detections.
create or replace function private.await_detection(detection_id uuid, lease_id uuid, provider_ref text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_status text;
begin
  if char_length(await_detection.provider_ref) not between 1 and 200 then
    perform private.raise_error(422, 'provider_ref_invalid', 'What a provider calls it has 1 to 200 characters.');
  end if;
  update public.detections as detection
  set provider_ref = coalesce(
        case
          when not exists (
            select
            from public.detections as other
            where other.provider = detection.provider and other.provider_ref = await_detection.provider_ref and other.id <> detection.id
          )
          then await_detection.provider_ref
        end,
        detection.provider_ref
      ),
      leased_until = clock_timestamp() + make_interval(mins => private.setting('detection_callback_minutes')::int)
  where detection.id = await_detection.detection_id
    and detection.lease_id = await_detection.lease_id
    and detection.status = 'analyzing';
  -- It may have called back already.
  select detection.status into v_status from public.detections as detection where detection.id = await_detection.detection_id;
  if not found then
    perform private.raise_error(404, 'detection_not_found', 'There is no detection of this id that you can see.');
  end if;
  return v_status;
end;
$$;

-- Security definer: as claim_detections.
create or replace function private.fail_detection(detection_id uuid, lease_id uuid, outcome text, error text, retry_after_seconds int)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_detection public.detections;
begin
  if coalesce(fail_detection.outcome, '') not in ('not_made', 'unknown', 'final') then
    perform private.raise_error(422, 'outcome_unknown', 'An outcome is not_made, unknown or final.');
  end if;
  v_detection := private.lock_detection(fail_detection.detection_id);
  -- Of whoever has it alone, once: what was claimed again or decided meanwhile stays.
  if v_detection.status <> 'analyzing' or v_detection.lease_id is distinct from fail_detection.lease_id then
    return v_detection.status;
  end if;
  if fail_detection.outcome = 'final' or v_detection.attempts >= private.setting('detection_attempts') then
    -- No provider will say anything of it any more: people decide.
    v_detection.last_error := left(fail_detection.error, 200);
    return (private.move_detection(v_detection, 'under_review', 'detection_given_up', v_detection.last_error)).status;
  end if;
  update public.detections as detection
  set status = 'pending', lease_id = null, leased_until = null, last_error = left(fail_detection.error, 200),
      called_at = case when fail_detection.outcome = 'unknown' then detection.called_at end,
      next_attempt_at = clock_timestamp() + make_interval(secs => greatest(
        least(
          private.setting('detection_backoff_seconds') * 2 ^ (detection.attempts - 1), private.setting('detection_backoff_limit_seconds')
        ),
        least(greatest(coalesce(fail_detection.retry_after_seconds, 0), 0), private.setting('detection_retry_after_limit_seconds'))
      ))
  where detection.id = v_detection.id;
  return 'pending';
end;
$$;
