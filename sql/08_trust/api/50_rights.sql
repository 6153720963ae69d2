create or replace function public.set_license(track_id uuid, name text, terms text, price_minor bigint, currency text default 'USD')
returns public.licenses
language sql
volatile
security invoker
begin atomic
  select row.id, row.track_id, row.artist_id, row.name, row.terms, row.price_minor, row.currency, row.created_at, row.updated_at
  from private.set_license(set_license.track_id, set_license.name, set_license.terms, set_license.price_minor, set_license.currency) as row;
end;
comment on function public.set_license(uuid, text, text, bigint, text) is
$$Say on which terms, and for how much, others may use an upload of the caller's

One of the same name is replaced; a track has 10 at most (setting licenses_limit). terms: 1 to 10000 characters. price_minor: 0 or more, in minor units.
Errors: not_signed_in, account_gone (401), account_deactivated, banned, muted, feature_disabled (403), track_not_found (404), license_limit (409; hint: how many),
name_invalid, terms_invalid, price_invalid, price_step, currency_disabled (422), rate_limited (429).$$;

create or replace function public.remove_license(license_id uuid)
returns void
language sql
volatile
security invoker
begin atomic
  select private.remove_license(remove_license.license_id);
end;
comment on function public.remove_license(uuid) is
$$Offer a license of the caller's no more

Errors: not_signed_in, account_gone (401), account_deactivated, banned, feature_disabled (403), license_not_found (404).$$;

create or replace function public.my_claims(after text default null, page_size int default null)
returns setof public.claim_row
language sql
stable
security invoker
begin atomic
  select row.id, row.track_id, row.kind, row.statement, row.status, row.note, row.decided_at, row.counter_statement, row.countered_at,
    row.counter_note, row.redecided_at, row.created_at, row.cursor
  from private.my_claims(my_claims.after, my_claims.page_size) as row;
end;
comment on function public.my_claims(text, int) is
$$Claims on the caller's tracks that were upheld, newest first

Also those that a counter-notice has undone. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.counter_notice(claim_id uuid, statement text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.counter_notice(counter_notice.claim_id, counter_notice.statement);
end;
comment on function public.counter_notice(uuid, text) is
$$Counter a claim on a track of the caller's that was upheld: once

Somebody else of the staff decides again; until then the track stays away, and is no strike. Who is banned may do it. Logged. statement: 1 to 5000 characters. Returns
{claim_id, status}. Errors: not_signed_in, account_gone (401), account_deactivated, feature_disabled (403), claim_not_found (404), already_countered (409),
statement_invalid (422), rate_limited (429).$$;

create or replace function public.claims_queue(status text default null, after text default null, page_size int default null)
returns setof public.claim_queue_row
language sql
stable
security invoker
begin atomic
  select row.id, row.track, row.artist, row.claimant, row.kind, row.contact, row.statement, row.status, row.declaration, row.strike_count,
    row.note, row.decided_at, row.decided_by, row.counter_statement, row.countered_at, row.counter_note, row.redecided_at, row.redecided_by,
    row.created_at, row.cursor
  from private.claims_queue(claims_queue.status, claims_queue.after, claims_queue.page_size) as row;
end;
comment on function public.claims_queue(text, text, int) is
$$Claims on tracks, who has waited longest first: for moderators

status: pending when null, or countered (to be decided again), upheld, refused. Errors: not_signed_in, account_gone (401), account_deactivated, banned,
not_allowed (403), claim_status_unknown, bad_cursor (422).$$;

create or replace function public.decide_claim(claim_id uuid, uphold boolean, note text default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.decide_claim(decide_claim.claim_id, decide_claim.uphold, decide_claim.note);
end;
comment on function public.decide_claim(uuid, boolean, text) is
$$Decide a claim: for moderators, not on a track of their own; logged

Upheld, its track is removed, its artist is told (notification claim_upheld) and has a strike; 3 (setting strikes_limit) open a case of kind strikes. After a
counter-notice somebody else decides, and where it is refused the track comes back, unless something else keeps it away too: another claim, a detection, reports or the staff. note: for the artist, 1 to 1000
characters, or null. Returns {claim_id, status, track_id, strike_count}. Errors: not_signed_in, account_gone (401), account_deactivated, banned, not_allowed,
own_case, another_person_needed (403), claim_not_found (404), claim_decided (409; hint: how), value_missing, note_invalid (422).$$;

create or replace function backend.record_claim(track_id uuid, claimant text, kind text, contact text, statement text, address text)
returns text
language sql
volatile
security invoker
begin atomic
  select private.record_claim(
    record_claim.track_id, record_claim.claimant, record_claim.kind, record_claim.contact, record_claim.statement, record_claim.address
  );
end;
comment on function backend.record_claim(uuid, text, text, text, text, text) is
$$Take a claim on a track, of anybody with an e-mail address

kind: recording, composition, sample, artwork, trademark or other. address: where it came from, for the limits on how often. Returns received, whether or not
there is such a track; one of the same track, contact and statement that waits already is not taken twice. Errors: feature_disabled (403), claimant_invalid, claim_kind_unknown, contact_invalid,
statement_invalid, address_invalid, track_missing (422), rate_limited (429).$$;

create or replace function backend.claim_fingerprints(size int default 1)
returns table (track_id uuid, bucket text, path text)
language sql
volatile
security invoker
begin atomic
  select row.track_id, row.bucket, row.path from private.claim_fingerprints(claim_fingerprints.size) as row;
end;
comment on function backend.claim_fingerprints(int) is
$$Tracks whose fingerprint is to be taken, claimed for 600 seconds (setting fingerprint_lease_seconds)

Each is {track_id, bucket, path}. What was not recorded within the lease is claimed again, 5 times in all (setting fingerprint_attempts).$$;

create or replace function backend.record_fingerprint(track_id uuid, algorithm text, hash int[], error text default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.record_fingerprint(
    record_fingerprint.track_id, record_fingerprint.algorithm, record_fingerprint.hash, record_fingerprint.error
  );
end;
comment on function backend.record_fingerprint(uuid, text, int[], text) is
$$Keep the fingerprint of a track and compare it with those of other people's

hash: 32-bit words, signed, 4096 at most; empty for what is too short; null with an error, to be tried again. A match (setting fingerprint_match_percent) opens a
case of kind fingerprint_match. Returns {status (done, waiting, failed), matches [{track_id, artist_id, similarity}]}; recorded before, it changes nothing. Errors:
fingerprint_not_found (404), fingerprint_invalid (422).$$;

grant execute on function
  private.set_license(uuid, text, text, bigint, text), public.set_license(uuid, text, text, bigint, text),
  private.remove_license(uuid), public.remove_license(uuid),
  private.my_claims(text, int), public.my_claims(text, int),
  private.counter_notice(uuid, text), public.counter_notice(uuid, text),
  private.claims_queue(text, text, int), public.claims_queue(text, text, int),
  private.decide_claim(uuid, boolean, text), public.decide_claim(uuid, boolean, text)
to authenticated;

grant execute on function
  private.record_claim(uuid, text, text, text, text, text), backend.record_claim(uuid, text, text, text, text, text),
  private.claim_fingerprints(int), backend.claim_fingerprints(int),
  private.record_fingerprint(uuid, text, int[], text), backend.record_fingerprint(uuid, text, int[], text)
to service_role;
