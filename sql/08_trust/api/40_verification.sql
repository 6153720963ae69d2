create or replace function public.request_verification(urls text[])
returns public.verification_row
language sql
volatile
security invoker
begin atomic
  select row.id, row.urls, row.code, row.status, row.findings, row.note, row.created_at, row.crawled_at, row.decided_at
  from private.request_verification(request_verification.urls) as row;
end;
comment on function public.request_verification(text[]) is
$$Ask to be verified, by a code to place on one of these pages: for artists

urls: 1 to 5 pages that are known to be the artist's, https alone. Place the code it returns anywhere in the text of one of them, and leave it there until
the decision: verify-artists looks 10 minutes later (setting verification_first_minutes) and again with growing waits, 8 times at most, then a moderator
decides. One request is open at a time; the same urls again give the same one. Errors: not_signed_in, account_gone (401), account_deactivated, banned,
feature_disabled, not_an_artist (403), verification_open, already_verified (409), urls_invalid (422), rate_limited (429).$$;

create or replace function public.my_verification()
returns setof public.verification_row
language sql
stable
security invoker
begin atomic
  select row.id, row.urls, row.code, row.status, row.findings, row.note, row.created_at, row.crawled_at, row.decided_at
  from private.my_verification() as row;
end;
comment on function public.my_verification() is
$$The caller's last request to be verified, or no row

Errors: not_signed_in (401).$$;

create or replace function public.verification_queue(status text default null, after text default null, page_size int default null)
returns setof public.verification_queue_row
language sql
stable
security invoker
begin atomic
  select row.id, row.artist, row.urls, row.code, row.status, row.findings, row.note, row.created_at, row.crawled_at, row.decided_at,
    row.decided_by, row.cursor
  from private.verification_queue(verification_queue.status, verification_queue.after, verification_queue.page_size) as row;
end;
comment on function public.verification_queue(text, text, int) is
$$Requests to be verified, who has waited longest first: for moderators

status: awaiting_review when null, or pending, crawling, approved, rejected. Errors: not_signed_in, account_gone (401), account_deactivated, banned,
not_allowed (403), verification_status_unknown, bad_cursor (422).$$;

create or replace function public.decide_verification(request_id uuid, approve boolean, note text default null)
returns public.verification_row
language sql
volatile
security invoker
begin atomic
  select row.id, row.urls, row.code, row.status, row.findings, row.note, row.created_at, row.crawled_at, row.decided_at
  from private.decide_verification(decide_verification.request_id, decide_verification.approve, decide_verification.note) as row;
end;
comment on function public.decide_verification(uuid, boolean, text) is
$$Decide whether an artist is verified: for moderators, not about themselves; logged

Whatever was found, and at any time: an approval can be taken back by another decision. The artist is told (notification verification_decision). note: for the
artist, 1 to 1000 characters, or null. Errors: not_signed_in, account_gone (401), account_deactivated, banned, not_allowed, own_case (403),
verification_not_found (404), value_missing, note_invalid (422).$$;

create or replace function backend.claim_verifications(size int default 10)
returns table (id uuid, urls text[], code text)
language sql
volatile
security invoker
begin atomic
  select row.id, row.urls, row.code from private.claim_verifications(claim_verifications.size) as row;
end;
comment on function backend.claim_verifications(int) is
$$Requests whose pages are to be looked at, claimed for 300 seconds (setting verification_lease_seconds)

Each is {id, urls, code}. What was not recorded within the lease is claimed again.$$;

create or replace function backend.record_verification(request_id uuid, findings jsonb)
returns text
language sql
volatile
security invoker
begin atomic
  select private.record_verification(record_verification.request_id, record_verification.findings);
end;
comment on function backend.record_verification(uuid, jsonb) is
$$Say what was found on the pages of a request that was claimed

findings: [{url, final_url, outcome, is_found}]. Returns its status: awaiting_review where the code was found or it was the last look, else pending;
what it was where it was recorded or decided before. Errors: verification_not_found (404), findings_invalid (422).$$;

grant execute on function
  private.request_verification(text[]), public.request_verification(text[]),
  private.my_verification(), public.my_verification(),
  private.verification_queue(text, text, int), public.verification_queue(text, text, int),
  private.decide_verification(uuid, boolean, text), public.decide_verification(uuid, boolean, text)
to authenticated;

grant execute on function
  private.claim_verifications(int), backend.claim_verifications(int),
  private.record_verification(uuid, jsonb), backend.record_verification(uuid, jsonb)
to service_role;
