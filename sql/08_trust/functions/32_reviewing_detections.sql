create or replace function private.my_detection(detection_id uuid, user_id uuid)
returns public.detections
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if not exists (
    select from public.detections as detection where detection.id = my_detection.detection_id and detection.artist_id = my_detection.user_id
  ) then
    perform private.raise_error(404, 'detection_not_found', 'There is no detection of this id that you can see.');
  end if;
  return private.lock_detection(my_detection.detection_id);
end;
$$;
comment on function private.my_detection(uuid, uuid) is 'A detection of this person''s track, locked; else detection_not_found (404)';

create or replace function private.clean_detection_text(body text)
returns text
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_text constant text := nullif(btrim(clean_detection_text.body, E' \t\r\n'), '');
begin
  if char_length(v_text) > 2000 then
    perform private.raise_error(422, 'text_too_long', 'This has at most 2000 characters.');
  end if;
  return v_text;
end;
$$;
comment on function private.clean_detection_text(text) is 'What somebody says of a detection, null when it is nothing; text_too_long (422)';

-- Security definer: detections are nobody's to write; looks into storage.
create or replace function private.submit_proof(detection_id uuid, object_paths text[], note text)
returns public.detection_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('trust');
  v_detection public.detections;
  v_note constant text := private.clean_detection_text(submit_proof.note);
  v_paths constant text[] := array(
    select distinct given.path from unnest(submit_proof.object_paths) as given (path) order by given.path
  );
begin
  v_detection := private.my_detection(submit_proof.detection_id, v_user_id);
  if v_detection.status not in ('pending', 'analyzing', 'under_review', 'flagged_ai') or not v_detection.is_current then
    perform private.raise_error(409, 'detection_decided', 'This has been decided; there is nothing left to show.', v_detection.status);
  end if;
  if cardinality(v_paths) = 0 then
    perform private.raise_error(422, 'proof_missing', 'Hand in a file at least.');
  end if;
  if exists (
    select
    from unnest(v_paths) as given (path)
    where given.path is null
      or split_part(given.path, '/', 1) <> v_user_id::text
      or not exists (select from storage.objects as object where object.bucket_id = 'proof-files' and object.name = given.path)
  ) then
    perform private.raise_error(422, 'proof_not_found', 'A file is not in your own folder of proof-files; upload it first.');
  end if;
  -- Sent again, it is there.
  if not exists (
    select from public.detection_proofs as proof where proof.detection_id = v_detection.id and proof.object_paths = v_paths
  ) then
    if cardinality(v_paths) + (
      select coalesce(sum(cardinality(proof.object_paths)), 0) from public.detection_proofs as proof where proof.detection_id = v_detection.id
    ) > private.setting('proof_files_limit') then
      perform private.raise_error(
        409, 'proof_limit', 'Nobody can hand in more files than this for one detection.', private.setting('proof_files_limit')::text
      );
    end if;
    perform private.take_token('submit_proof');
    insert into public.detection_proofs (detection_id, artist_id, object_paths, note) values (v_detection.id, v_user_id, v_paths, v_note);
  end if;
  -- Also for what was handed in before it was flagged.
  if v_detection.status = 'flagged_ai' then
    v_detection := private.move_detection(v_detection, 'under_review', 'detection_proof_submitted');
  end if;
  return private.detection_row(v_detection, null);
end;
$$;

-- Security definer: as submit_proof.
create or replace function private.review_detection(detection_id uuid, verdict text, notes text)
returns public.detection_case_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.require_staff('moderator');
  v_notes constant text := private.clean_detection_text(review_detection.notes);
  v_detection public.detections;
  v_before jsonb;
  v_is_appeal boolean;
  v_is_upheld boolean;
begin
  if review_detection.verdict is null or review_detection.verdict not in ('verified_human', 'rejected') then
    perform private.raise_error(422, 'verdict_unknown', 'A verdict is verified_human or rejected.');
  end if;
  v_detection := private.lock_detection(review_detection.detection_id);
  perform private.require_not_own(v_detection.artist_id);
  if exists (
    select
    from public.reports as report
    where report.reporter_id = v_user_id and report.target_kind = 'track' and report.target_id = v_detection.track_id
  ) then
    perform private.raise_error(403, 'own_case', 'Nobody decides on what is theirs, or on what they have reported.');
  end if;
  if v_detection.status not in ('under_review', 'flagged_ai') or not v_detection.is_current then
    perform private.raise_error(409, 'detection_not_open', 'There is nothing to decide about this at present.', v_detection.status);
  end if;
  v_is_appeal := v_detection.appealed_at is not null and coalesce(v_detection.appealed_at > v_detection.reopened_at, true);
  if v_is_appeal and exists (
    select
    from public.detection_reviews as review
    where review.detection_id = v_detection.id and review.round < v_detection.round and review.reviewer_id = v_user_id
  ) then
    perform private.raise_error(403, 'another_person_needed', 'Somebody else has to decide this.');
  end if;
  if review_detection.verdict = 'rejected' and exists (
    select
    from public.detection_reviews as review
    where review.detection_id = v_detection.id
      and review.round = v_detection.round
      and review.reviewer_id = v_user_id
      and review.verdict = 'rejected'
  ) then
    perform private.raise_error(403, 'another_person_needed', 'Somebody else has to decide this.');
  end if;

  v_before := private.detection_facts(v_detection);
  insert into public.detection_reviews as review (detection_id, round, reviewer_id, verdict, notes)
  values (v_detection.id, v_detection.round, v_user_id, review_detection.verdict, v_notes)
  on conflict (detection_id, round, reviewer_id) do update
    set verdict = excluded.verdict, notes = excluded.notes, created_at = now();
  -- Two have agreed on what is appealed against: one more, another, is enough to uphold it.
  v_is_upheld := v_is_appeal and (
    select count(*)
    from public.detection_reviews as review
    where review.detection_id = v_detection.id and review.round = v_detection.round - 1 and review.verdict = 'rejected'
  ) > 1;
  if review_detection.verdict = 'rejected' and not v_is_upheld and (
    select count(*)
    from public.detection_reviews as review
    where review.detection_id = v_detection.id and review.round = v_detection.round and review.verdict = 'rejected'
  ) < 2 then
    update public.detections as detection
    set reviewed_by = v_user_id, notes = v_notes
    where detection.id = v_detection.id
    returning detection.* into v_detection;
    perform private.log_decision(
      action => 'detection_rejection_proposed', target_kind => 'track', target_id => v_detection.track_id, subject_id => v_detection.artist_id,
      reason => v_notes, before => v_before, after => private.detection_facts(v_detection)
    );
  else
    v_detection.reviewed_by := v_user_id;
    v_detection.notes := v_notes;
    v_detection := private.move_detection(
      v_detection, review_detection.verdict,
      case when review_detection.verdict = 'rejected' then 'detection_rejected' else 'detection_verified' end, v_notes
    );
  end if;
  return private.detection_case_row(v_detection, null);
end;
$$;

-- Security definer: as submit_proof.
create or replace function private.appeal_detection(detection_id uuid, appeal text)
returns public.detection_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('trust', even_banned => true);
  v_text constant text := private.clean_detection_text(appeal_detection.appeal);
  v_detection public.detections := private.my_detection(appeal_detection.detection_id, v_user_id);
begin
  if v_detection.appealed_at is not null then
    perform private.raise_error(409, 'already_appealed', 'You have appealed against this already.');
  end if;
  if v_detection.status not in ('flagged_ai', 'rejected') or not v_detection.is_current then
    perform private.raise_error(409, 'nothing_to_appeal', 'There is no decision about this to appeal against.', v_detection.status);
  end if;
  if v_text is null then
    perform private.raise_error(422, 'appeal_missing', 'Say why, in 1 to 2000 characters.');
  end if;
  perform private.take_token('appeal_detection');
  v_detection.appeal_text := v_text;
  v_detection.appealed_at := now();
  v_detection.round := v_detection.round + 1;
  v_detection := private.move_detection(v_detection, 'under_review', 'detection_appealed');
  return private.detection_row(v_detection, null);
end;
$$;

create or replace function private.reopen_detection(track_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_track public.tracks;
  v_detection public.detections;
begin
  select track.* into v_track
  from public.tracks as track
  where track.id = reopen_detection.track_id and track.artist_id is not null
  for no key update;
  -- Of another provider, a draft, or gone meanwhile: there is no file to look at.
  if not found or v_track.status = 'draft' then
    return;
  end if;
  select detection.* into v_detection
  from public.detections as detection
  where detection.track_id = v_track.id and detection.is_current
  for update;
  if not found then
    v_detection := private.open_detection(v_track, true);
    perform private.log_decision(
      action => 'detection_reopened', target_kind => 'track', target_id => v_track.id, subject_id => v_track.artist_id, reason => null,
      before => '{}', after => private.detection_facts(v_detection), actor_id => null
    );
    return;
  end if;
  -- What was decided for good, or waits for a decision, is not opened by more of the same.
  if v_detection.status <> 'verified_human'
    -- One case opens it once: the next report of it knows nothing new.
    or exists (
      select
      from public.moderation_cases as found
      where found.target_id = v_track.id
        and found.target_kind = 'track'
        and found.kind = 'ai_generated'
        and found.status <> 'decided'
        and found.opened_at <= v_detection.reopened_at
    )
  then
    return;
  end if;
  v_detection.round := v_detection.round + 1;
  v_detection.reopened_at := now();
  perform private.move_detection(v_detection, 'under_review', 'detection_reopened', actor_id => null);
end;
$$;
comment on function private.reopen_detection(uuid) is
$$Reports of others say that a machine made this track: people look at it (again)

What was verified is under review again; what nobody has looked at is given to the provider; what is being decided or was
decided the other way stays, and one case opens it once. The track stays as it is. For definer functions: it asks nobody's right.$$;
