create or replace function public.report(target_kind text, target_id uuid, reason text, description text default null, room_id uuid default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.report(report.target_kind, report.target_id, report.reason, report.description, report.room_id);
end;
comment on function public.report(text, uuid, text, text, uuid) is
$$Report something to the moderators

target_kind: profile, post, comment, track, crate, room, message (of a room, or between people) or product, which one can see and is not one's own. reason: spam, abuse, hate, sexual,
self_harm, copyright, ai_generated or other; description: at most 1000 characters; room_id: where it happened, of somebody's behaviour in a room (a profile alone; where other things are is known). A copy is kept of it as it is. One open a
person and thing: sent again, it returns the same. What many report whose reports were right before is withheld until it is reviewed. Returns {id, target_kind, target_id, reason, description,
status, created_at, reviewed_at}; the caller's are read from the table reports, without the copy, which is for staff. Errors: not_signed_in, account_gone (401), account_deactivated, banned, feature_disabled, banned_from_room, not_a_member (403), profile_not_found,
post_not_found, comment_not_found, track_not_found, crate_not_found, room_not_found, message_not_found, product_not_found (404), report_target_unknown, report_reason_unknown,
description_too_long, not_yourself (422), rate_limited (429).$$;

create or replace function public.moderation_queue(status text default 'open', kind text default null, after text default null, page_size int default null)
returns setof public.case_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.status, row.target_kind, row.target_id, row.subject, row.room_id, row.weight, row.report_count, row.is_withheld, row.reports,
    row.evidence, row.history, row.similar_cases, row.claimed_by, row.claimed_at, row.decided_by, row.decided_at, row.action, row.note, row.opened_at,
    row.cursor
  from private.moderation_queue(moderation_queue.status, moderation_queue.kind, moderation_queue.after, moderation_queue.page_size) as row;
end;
comment on function public.moderation_queue(text, text, text, int) is
$$Cases, the heaviest first: for moderators

status: open, claimed or decided; kind: report, ai_generated, fingerprint_match, strikes or appeal, null for all. With the reports and their copies, evidence, what was imposed on the same person
before, and similar cases; without those about the caller. Errors: not_signed_in, account_gone (401), account_deactivated, banned, not_allowed (403), case_status_unknown, case_kind_unknown, bad_cursor (422).$$;

create or replace function public.moderation_case(case_id uuid)
returns public.case_row
language sql
stable
security invoker
begin atomic
  select private.moderation_case(moderation_case.case_id);
end;
comment on function public.moderation_case(uuid) is
$$One case, as moderation_queue has it: for moderators

Errors: not_signed_in, account_gone (401), account_deactivated, banned, not_allowed (403), case_not_found (404).$$;

create or replace function public.claim_case(case_id uuid)
returns public.case_row
language sql
volatile
security invoker
begin atomic
  select private.claim_case(claim_case.case_id);
end;
comment on function public.claim_case(uuid) is
$$Say that one looks at a case, so that nobody else decides it: for moderators

For an hour (setting case_claim_minutes), after which it is open again; claimed again it begins anew. An appeal is for others than who imposed the sanction. Logged. Returns the case as moderation_queue. Errors: not_signed_in, account_gone (401), account_deactivated, banned, not_allowed, own_case, another_person_needed (403),
case_not_found (404), case_claimed (409; hint: for how many seconds), case_decided (409), rate_limited (429).$$;

create or replace function public.decide_case(
  case_id uuid, action text, note text default null, until timestamptz default null, scope text default 'global'
)
returns public.case_row
language sql
volatile
security invoker
begin atomic
  select private.decide_case(decide_case.case_id, decide_case.action, decide_case.note, decide_case.until, decide_case.scope);
end;
comment on function public.decide_case(uuid, text, text, timestamptz, text) is
$$Decide a case, and carry it out: for moderators

action: dismiss (what was withheld for reports is shown again); hide; delete (a track, and a product that was sold, are hidden for good instead; not a profile); warn, mute, ban: whose it is,
until a time or, null, for good, everywhere or, with scope room instead of global, in the room of the case alone (a mute in a room always ends); remove_dj, clear_queue: of that person in the room of the case, of a room whoever plays and all that is queued; clear_reactions: of a comment or a room's
message; kick_from_room: with until they are kept out until then. note: at most 1000 characters, told to whom something is imposed on. Nobody decides on what is theirs or what they have reported, nor against staff of their role or a higher one.
Who reported is right, or by dismiss wrong, which weighs their next reports; right
once about the same person, and not about a new account. Whether a machine made a track is for review_detection: a case of kind ai_generated takes neither hide nor delete while the track has a detection, nor
dismiss unless that has verified it. Logged with before and after. Returns the case as moderation_queue. Errors: not_signed_in, account_gone (401), account_deactivated,
banned, not_allowed, own_case (403), case_not_found, profile_not_found, room_not_found, message_not_found (404), case_decided, case_claimed, case_is_appeal, case_is_detection, nobody_to_sanction, nothing_to_do, owner_must_transfer (409),
action_unknown, action_unfit, scope_unknown, until_invalid, until_not_here, note_too_long (422), rate_limited (429).$$;

create or replace function public.reopen_case(case_id uuid, note text default null)
returns public.case_row
language sql
volatile
security invoker
begin atomic
  select private.reopen_case(reopen_case.case_id, reopen_case.note);
end;
comment on function public.reopen_case(uuid, text) is
$$Put a decided case back into the queue, to decide it otherwise: for moderators

What was hidden by it stays so until it is dismissed; its reports are pending again, and whoever was right or wrong by it is so no more. Logged. Repeating changes nothing. Returns the case as moderation_queue. Errors: not_signed_in, account_gone (401), account_deactivated, banned, not_allowed, own_case (403),
case_not_found (404), case_not_reopened (409), note_too_long (422), rate_limited (429).$$;

create or replace function public.audit_log(after text default null, page_size int default null)
returns setof public.audit_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.source, row.action, row.actor, row.target_kind, row.target_id, row.subject, row.room_id, row.reason, row.before, row.after, row.details,
    row.created_at, row.cursor
  from private.audit_log(audit_log.after, audit_log.page_size) as row;
end;
comment on function public.audit_log(text, int) is
$$What staff and money have done, newest first: for admins

Settings, roles, money (source audit) and what moderators have decided, in rooms too (source moderation), with before and after. Errors: not_signed_in, account_gone (401), account_deactivated, banned, not_allowed (403),
bad_cursor (422).$$;

grant execute on function
  private.report(text, uuid, text, text, uuid), public.report(text, uuid, text, text, uuid),
  private.moderation_queue(text, text, text, int), public.moderation_queue(text, text, text, int),
  private.moderation_case(uuid), public.moderation_case(uuid),
  private.claim_case(uuid), public.claim_case(uuid),
  private.decide_case(uuid, text, text, timestamptz, text), public.decide_case(uuid, text, text, timestamptz, text),
  private.reopen_case(uuid, text), public.reopen_case(uuid, text),
  private.audit_log(text, int), public.audit_log(text, int)
to authenticated;
