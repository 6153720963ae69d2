create or replace function public.submit_proof(detection_id uuid, object_paths text[], note text default null)
returns public.detection_row
language sql
volatile
security invoker
begin atomic
  select private.submit_proof(submit_proof.detection_id, submit_proof.object_paths, submit_proof.note);
end;
comment on function public.submit_proof(uuid, text[], text) is
$$Hand in files that show how a track of one's own was made

object_paths: what was uploaded before to the caller's folder of bucket proof-files; moderators may read it then. note: at most 2000 characters. What was
flagged is looked at by people (under_review); what is still to be checked is checked all the same. Returns the detection; the same files again are kept
once. Errors: not_signed_in (401), account_deactivated, banned,
feature_disabled (403), detection_not_found (404), detection_decided, proof_limit (409; setting proof_files_limit), proof_missing, proof_not_found,
text_too_long (422), rate_limited (429).$$;

create or replace function public.review_detection(detection_id uuid, verdict text, notes text default null)
returns public.detection_case_row
language sql
volatile
security invoker
begin atomic
  select private.review_detection(review_detection.detection_id, review_detection.verdict, review_detection.notes);
end;
comment on function public.review_detection(uuid, text, text) is
$$Say of a track whether people made it: for moderators

verdict: verified_human, which publishes it, or rejected, which removes it once two different moderators have said so; until then it stays as it was, and
the row's reviews show who has. Of what the artist has appealed against somebody decides who had no part in it; a rejection that two have agreed on is upheld
by one more. notes: for moderators, at most 2000 characters. Returns the detection. Errors: not_signed_in (401),
account_deactivated, banned, not_allowed, own_case, another_person_needed (403), detection_not_found (404), detection_not_open (409; hint: its status),
verdict_unknown, text_too_long (422).$$;

create or replace function public.appeal_detection(detection_id uuid, appeal text)
returns public.detection_row
language sql
volatile
security invoker
begin atomic
  select private.appeal_detection(appeal_detection.detection_id, appeal_detection.appeal);
end;
comment on function public.appeal_detection(uuid, text) is
$$Appeal against what was decided of a track of one's own, once

Of what is flagged_ai or rejected; it is under_review then, and decided by people who had no part in the decision. appeal: why, at most 2000 characters.
Returns the detection. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), detection_not_found (404), already_appealed,
nothing_to_appeal (409; hint: its status), appeal_missing, text_too_long (422), rate_limited (429).$$;

create or replace function public.recheck_track(track_id uuid)
returns public.detection_case_row
language sql
volatile
security invoker
begin atomic
  select private.recheck_track(recheck_track.track_id);
end;
comment on function public.recheck_track(uuid) is
$$Have an upload checked again, such as by a newer version of the provider: for moderators

The track stays as it is until that is known; a version that has looked at this file before is not asked twice, and people decide. Returns the new detection,
or the one under way. Errors: not_signed_in (401), account_deactivated, banned, not_allowed, own_case (403), track_not_found (404), detection_open (409; hint:
the status of the last one).$$;

create or replace function public.my_detections(after text default null, page_size int default null)
returns setof public.detection_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.track_id, row.track, row.status, row.risk_score, row.bands, row.provider, row.provider_version, row.is_current, row.can_appeal,
    row.appeal_text, row.appealed_at, row.proofs, row.decided_at, row.created_at, row.cursor
  from private.my_detections(my_detections.after, my_detections.page_size) as row;
end;
comment on function public.my_detections(text, int) is
$$What was found of the caller's uploads, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.detection_status(track_id uuid)
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.detection_status(detection_status.track_id);
end;
comment on function public.detection_status(uuid) is
$$What was found of one upload, for its artist and moderators

{track_id, track_status, status: of the last check, null when it was never checked, detections [newest first, as my_detections() has them]}. Errors:
not_signed_in (401), track_not_found (404).$$;

create or replace function public.detection_queue(status text default 'under_review', after text default null, page_size int default null)
returns setof public.detection_case_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.track_id, row.track, row.artist, row.status, row.risk_score, row.bands, row.provider, row.provider_version, row.attempts,
    row.last_error, row.evidence, row.is_before, row.round, row.reviews, row.proofs, row.appeal_text, row.appealed_at, row.reopened_at,
    row.reviewed_by, row.notes, row.decided_at, row.created_at, row.cursor
  from private.detection_queue(detection_queue.status, detection_queue.after, detection_queue.page_size) as row;
end;
comment on function public.detection_queue(text, text, int) is
$$Uploads whose check has this status, newest first: for moderators

The track is heard through stream-url, proofs are read from bucket proof-files. Errors: not_signed_in (401), account_deactivated, banned, not_allowed (403),
bad_cursor, detection_status_unknown (422).$$;

create or replace function backend.claim_detections(provider text, provider_version text, size int default 10, lease_seconds int default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.claim_detections(
    claim_detections.provider, claim_detections.provider_version, claim_detections.size, claim_detections.lease_seconds
  );
end;
comment on function backend.claim_detections(text, text, int, int) is
$$Take the next uploads that this version of a provider is to look at

size: 10, at most 100. lease_seconds: for how long they are the caller's (setting detection_lease_seconds). Returns [{detection_id, lease_id, track_id,
file_hash, bucket, path, file_format, file_bytes, url_seconds: how long an address of the file shall work, key: the idempotency key, attempts, called_at:
when the provider was asked already, and whether it heard is not known, provider_ref}]. What cannot be had from a provider any more is given to people
before. Errors: provider_invalid (422).$$;

create or replace function backend.begin_detection_call(detection_id uuid, lease_id uuid, called_at timestamptz default null)
returns boolean
language sql
volatile
security invoker
begin atomic
  select private.begin_detection_call(begin_detection_call.detection_id, begin_detection_call.lease_id, begin_detection_call.called_at);
end;
comment on function backend.begin_detection_call(uuid, uuid, timestamptz) is
$$Say that the provider is going to be asked; whoever is not told true asks nothing

Compares and sets: called_at is what the claim gave. From then on it counts as asked, until fail_detection says that it surely was not. Errors:
detection_not_found (404).$$;

create or replace function backend.record_detection(
  detection_id uuid, risk_score numeric, evidence jsonb default '{}', provider text default null, provider_ref text default null
)
returns text
language sql
volatile
security invoker
begin atomic
  select private.record_detection(
    record_detection.detection_id, record_detection.risk_score, record_detection.evidence, record_detection.provider, record_detection.provider_ref
  );
end;
comment on function backend.record_detection(uuid, numeric, jsonb, text, text) is
$$Say what a provider has found; the bands decide

Once: the first answer stands, also one that comes late, unless people have begun to decide. detection_id null: the one that the provider calls
provider_ref. risk_score: 0 (people) to 100 (a machine). evidence: an object; in place of what is over 64 kB {"dropped": "too_large"} is kept. Returns
verified_human, under_review or flagged_ai, or repeated where nothing has changed. Errors: detection_not_found (404), evidence_invalid, risk_score_invalid
(422).$$;

create or replace function backend.await_detection(detection_id uuid, lease_id uuid, provider_ref text default null)
returns text
language sql
volatile
security invoker
begin atomic
  select private.await_detection(await_detection.detection_id, await_detection.lease_id, await_detection.provider_ref);
end;
comment on function backend.await_detection(uuid, uuid, text) is
$$Say that the provider has taken a file and answers later (setting detection_callback_minutes)

Returns the status of the detection, which may be decided already. Errors: detection_not_found (404), provider_ref_invalid (422).$$;

create or replace function backend.fail_detection(
  detection_id uuid, lease_id uuid, outcome text, error text default null, retry_after_seconds int default null
)
returns text
language sql
volatile
security invoker
begin atomic
  select private.fail_detection(
    fail_detection.detection_id, fail_detection.lease_id, fail_detection.outcome, fail_detection.error, fail_detection.retry_after_seconds
  );
end;
comment on function backend.fail_detection(uuid, uuid, text, text, int) is
$$Say that an attempt came to nothing

outcome: not_made (the provider has surely not taken it: it may be asked), unknown (perhaps it has: it is asked what has become of it, never anew) or final
(no further try will do). It waits, longer each time and at least as long as the provider says (retry_after_seconds), and after five tries people decide
(settings detection_attempts, detection_backoff_seconds). error: a word. Returns the status. Errors: detection_not_found (404), outcome_unknown (422).$$;

grant execute on function
  private.submit_proof(uuid, text[], text), public.submit_proof(uuid, text[], text),
  private.review_detection(uuid, text, text), public.review_detection(uuid, text, text),
  private.appeal_detection(uuid, text), public.appeal_detection(uuid, text),
  private.recheck_track(uuid), public.recheck_track(uuid),
  private.my_detections(text, int), public.my_detections(text, int),
  private.detection_status(uuid), public.detection_status(uuid),
  private.detection_queue(text, text, int), public.detection_queue(text, text, int)
to authenticated;

grant execute on function
  private.claim_detections(text, text, int, int), backend.claim_detections(text, text, int, int),
  private.begin_detection_call(uuid, uuid, timestamptz), backend.begin_detection_call(uuid, uuid, timestamptz),
  private.record_detection(uuid, numeric, jsonb, text, text), backend.record_detection(uuid, numeric, jsonb, text, text),
  private.await_detection(uuid, uuid, text), backend.await_detection(uuid, uuid, text),
  private.fail_detection(uuid, uuid, text, text, int), backend.fail_detection(uuid, uuid, text, text, int)
to service_role;
