-- Lock order of detections: the tracks, in the order of their ids, their detections, the artist's counters. What claim_detections claims it locks without
-- the tracks, and waits for nobody.

create or replace function private.file_hash(id uuid, metadata jsonb, updated_at timestamptz)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_metadata jsonb := file_hash.metadata;
  v_tag text;
begin
  -- Supabase Lite stores it as a JSON string inside the jsonb.
  if jsonb_typeof(v_metadata) = 'string' and pg_input_is_valid(v_metadata #>> '{}', 'jsonb') then
    v_metadata := (v_metadata #>> '{}')::jsonb;
  end if;
  v_tag := btrim(v_metadata ->> 'eTag', '"');
  if v_tag ~ '^[A-Za-z0-9-]{8,200}$' then
    return v_tag;
  end if;
  return md5(file_hash.id::text || coalesce(file_hash.updated_at::text, '') || coalesce(v_metadata ->> 'size', ''));
end;
$$;
comment on function private.file_hash(uuid, jsonb, timestamptz) is
'What tells one stored file from another: its eTag, by which the storage server knows the content, else made of what is known of the object';

create or replace function private.track_file_hash(track_id uuid)
returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select private.file_hash(object.id, object.metadata, object.updated_at)
  from private.track_files as file
  join storage.objects as object on object.bucket_id = 'track-files' and object.name = file.path
  where file.track_id = track_file_hash.track_id
$$;
comment on function private.track_file_hash(uuid) is 'file_hash of an upload; null when its file is not there';

create or replace function private.weigh_trust(artist_id uuid, is_rejected boolean default false)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_artist public.artist_profiles;
begin
  select artist.* into v_artist from public.artist_profiles as artist where artist.profile_id = weigh_trust.artist_id for no key update;
  if weigh_trust.is_rejected then
    update public.artist_profiles as artist
    set is_trusted_uploader = false, trusted_since = null
    where artist.profile_id = weigh_trust.artist_id and artist.is_trusted_uploader;
    return false;
  end if;
  if not v_artist.is_trusted_uploader
    and v_artist.verified_upload_count >= private.setting('trusted_uploads')
    -- Also while it is appealed against.
    and not exists (
      select
      from public.detections as detection
      where detection.artist_id = weigh_trust.artist_id
        and detection.rejected_at > now() - make_interval(days => private.setting('trusted_clean_days')::int)
    )
    -- The same file, however often it was uploaded, is one.
    and (
      select count(distinct detection.file_hash)
      from public.detections as detection
      where detection.artist_id = weigh_trust.artist_id and detection.is_current and detection.status = 'verified_human'
    ) >= private.setting('trusted_uploads')
  then
    update public.artist_profiles as artist
    set is_trusted_uploader = true, trusted_since = now()
    where artist.profile_id = weigh_trust.artist_id;
    return true;
  end if;
  return coalesce(v_artist.is_trusted_uploader, false);
end;
$$;
comment on function private.weigh_trust(uuid, boolean) is
$$Whether an artist is trusted, after it was found out anew; locks their counters

Who has enough verified uploads, of different files, and none rejected of late is trusted (settings trusted_uploads, trusted_clean_days) until one is
rejected. A rejection counts until it was found to be wrong.$$;

create or replace function private.open_detection(track public.tracks, is_anew boolean default false)
returns public.detections
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_detection public.detections;
  v_number int;
begin
  -- Whose counters are locked, so that of two uploads at once one is counted after the other.
  if private.weigh_trust((open_detection.track).artist_id) and not open_detection.is_anew then
    select count(*) + 1 into v_number
    from public.detections as former
    where former.artist_id = (open_detection.track).artist_id and former.trusted_number is not null;
  end if;
  insert into public.detections (track_id, artist_id, file_hash, trusted_number, is_before)
  values (
    (open_detection.track).id, (open_detection.track).artist_id,
    coalesce(private.track_file_hash((open_detection.track).id), 'missing'), v_number,
    not open_detection.is_anew and (v_number is null or v_number % private.setting('trusted_checked_every') = 0)
  )
  returning * into v_detection;
  return v_detection;
end;
$$;
comment on function private.open_detection(public.tracks, boolean) is
$$Have an upload looked at; its track is locked

is_before says whether it waits for that to be published: but for trusted artists, of whom each tenth does (setting trusted_checked_every). is_anew: it
has been published already.$$;

create or replace function private.lock_detection(detection_id uuid)
returns public.detections
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_detection public.detections;
begin
  perform
  from public.tracks as track
  where track.id = (select detection.track_id from public.detections as detection where detection.id = lock_detection.detection_id)
  for no key update;
  select detection.* into v_detection from public.detections as detection where detection.id = lock_detection.detection_id for update;
  if not found then
    perform private.raise_error(404, 'detection_not_found', 'There is no detection of this id that you can see.');
  end if;
  return v_detection;
end;
$$;
comment on function private.lock_detection(uuid) is 'A detection, locked after its track; else detection_not_found (404)';

create or replace function private.detection_facts(detection public.detections)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'detection_id', (detection_facts.detection).id, 'status', (detection_facts.detection).status,
    'risk_score', (detection_facts.detection).risk_score, 'round', (detection_facts.detection).round,
    'rejections', (
      select count(*)
      from public.detection_reviews as review
      where review.detection_id = (detection_facts.detection).id
        and review.round = (detection_facts.detection).round
        and review.verdict = 'rejected'
    ),
    'track_status', (select track.status from public.tracks as track where track.id = (detection_facts.detection).track_id)
  )
$$;
comment on function private.detection_facts(public.detections) is
'What the log keeps of a detection before and after: {detection_id, status, risk_score, round, rejections (of this round), track_status}';

create or replace function private.show_track(detection public.detections)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if (show_track.detection).has_removed then
    perform private.unremove_track((show_track.detection).track_id);
  end if;
  update public.tracks as track
  set status = coalesce((show_track.detection).held_from, 'published'), published_at = coalesce(track.published_at, now())
  where track.id = (show_track.detection).track_id and track.status = 'processing';
  -- What staff has removed for something else stays so, and is published once that is taken back.
  update public.tracks as track
  set removed_from = coalesce((show_track.detection).held_from, 'published'), published_at = coalesce(track.published_at, now())
  where track.id = (show_track.detection).track_id and track.status = 'removed' and track.removed_from = 'processing';
end;
$$;
comment on function private.show_track(public.detections) is
$$A track was found to be made by people: publish it, or give it back the state it had before it was held

Of its rejection, which holds it no more, has_removed is false by now in the table.$$;

create or replace function private.hold_track(detection public.detections, is_rejected boolean)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_track public.tracks;
begin
  select track.* into v_track from public.tracks as track where track.id = (hold_track.detection).track_id;
  if v_track.status in ('published', 'hidden') then
    update public.tracks as track set status = 'processing' where track.id = v_track.id;
  elsif v_track.status = 'removed' and v_track.removed_from in ('published', 'hidden') then
    update public.tracks as track set removed_from = 'processing' where track.id = v_track.id;
  end if;
  if hold_track.is_rejected then
    update public.tracks as track
    set status = 'removed', removed_from = 'processing'
    where track.id = v_track.id and track.status <> 'removed';
  end if;
  return coalesce(
    case when v_track.status = 'removed' then nullif(v_track.removed_from, 'processing') else nullif(v_track.status, 'processing') end,
    (hold_track.detection).held_from
  );
end;
$$;
comment on function private.hold_track(public.detections, boolean) is
'Keep a track from being published, and remove it when it was rejected; what it was before, published or hidden, null when it was not out yet';

create or replace function private.move_detection(
  detection public.detections, status text, action text, reason text default null, actor_id uuid default auth.uid()
)
returns public.detections
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_before constant public.detections := (select former from public.detections as former where former.id = (move_detection.detection).id);
  v_facts constant jsonb := private.detection_facts(v_before);
  v_detection public.detections := move_detection.detection;
  v_track public.tracks;
begin
  if move_detection.status = 'verified_human' then
    -- Before the track is shown: what else holds it is asked there, and this would be among it.
    update public.detections as row set has_removed = false where row.id = v_detection.id and row.has_removed;
    perform private.show_track(v_detection);
    v_detection.held_from := null;
    v_detection.has_removed := false;
  elsif move_detection.status in ('flagged_ai', 'rejected') then
    v_detection.held_from := private.hold_track(v_detection, move_detection.status = 'rejected');
    -- Also of what was removed before: when that is taken back, this holds it.
    v_detection.has_removed := v_detection.has_removed or move_detection.status = 'rejected';
  end if;
  update public.detections as row
  set status = move_detection.status, risk_score = v_detection.risk_score, bands = v_detection.bands, evidence = v_detection.evidence,
      provider_ref = v_detection.provider_ref, reviewed_by = v_detection.reviewed_by, notes = v_detection.notes, round = v_detection.round,
      last_error = v_detection.last_error, appeal_text = v_detection.appeal_text, appealed_at = v_detection.appealed_at,
      reopened_at = v_detection.reopened_at, held_from = v_detection.held_from, has_removed = v_detection.has_removed,
      lease_id = null, leased_until = null, called_at = null,
      -- An appeal takes nothing back, and one that fails begins nothing anew.
      rejected_at = case move_detection.status
        when 'rejected' then coalesce(row.rejected_at, now())
        when 'verified_human' then null
        else row.rejected_at
      end,
      decided_at = case when move_detection.status = 'under_review' then row.decided_at else now() end
  where row.id = v_detection.id
  returning row.* into v_detection;
  if move_detection.status in ('verified_human', 'rejected') then
    perform private.weigh_trust(v_detection.artist_id, move_detection.status = 'rejected');
  end if;
  perform private.log_decision(
    action => move_detection.action, target_kind => 'track', target_id => v_detection.track_id, subject_id => v_detection.artist_id,
    reason => move_detection.reason, before => v_facts, after => private.detection_facts(v_detection), actor_id => move_detection.actor_id
  );
  -- Who was published at once and passes hears nothing of it.
  select track.* into v_track from public.tracks as track where track.id = v_detection.track_id;
  if v_before.status <> v_detection.status
    and (v_detection.status <> 'verified_human' or v_before.is_before or v_before.status in ('under_review', 'flagged_ai', 'rejected'))
  then
    perform private.notify(
      v_detection.artist_id,
      case v_detection.status
        when 'verified_human' then 'track_verified'
        when 'under_review' then 'track_under_review'
        when 'flagged_ai' then 'track_held'
        else 'track_rejected'
      end,
      null, 'track', v_detection.track_id, null,
      jsonb_build_object('detection_id', v_detection.id, 'status', v_detection.status, 'name', v_track.title)
    );
  end if;
  return v_detection;
end;
$$;
comment on function private.move_detection(public.detections, text, text, text, uuid) is
$$Come to something about a detection, with all that follows: the track, the artist's trust, the log, and the artist is told

It is locked, after its track. What it is given is kept: score, evidence, who reviewed it. action is the word of the log, actor_id who it says has done
it: the caller unless another is named; null for nobody.$$;

-- Security definer: the artist's counters are nobody's to write.
create or replace function private.tg_detections__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_step int := case when tg_op = 'DELETE' then 0 else (new.is_current and new.status = 'verified_human')::int end
    - case when tg_op = 'INSERT' then 0 else (old.is_current and old.status = 'verified_human')::int end;
begin
  if v_step <> 0 then
    update public.artist_profiles as artist
    set verified_upload_count = artist.verified_upload_count + v_step
    where artist.profile_id = coalesce(new.artist_id, old.artist_id);
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete or update of status, is_current on public.detections
  for each row execute function private.tg_detections__count();
