-- Lock order of the domain: who acts (private.acting_user) and their token; the case, several in the order of their ids; then what it is about, as
-- ARCHITECTURE.md has it; what is withheld; sanctions; who is told. Nothing that holds a post, a room or a track asks for a case, but for those of kind
-- ai_generated: they come after their track, for whoever reports, decides and reviews (private.lock_case).

-- Security definer: cases are nobody's to write.
create or replace function private.open_case(target_kind text, target_id uuid, kind text, subject_id uuid, evidence jsonb default '{}')
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_case_id uuid;
  v_found constant jsonb := coalesce(nullif(open_case.evidence, 'null'), '{}');
  v_evidence constant jsonb := case
    when v_found = '{}' then '[]'
    else jsonb_build_array(jsonb_build_object('at', now()) || case jsonb_typeof(v_found) when 'object' then v_found else jsonb_build_object('found', v_found) end)
  end;
begin
  insert into public.moderation_cases as found (target_kind, target_id, kind, subject_id, evidence)
  values (
    open_case.target_kind, open_case.target_id, open_case.kind,
    -- Whose account is just being erased is nobody.
    (select profile.id from public.profiles as profile where profile.id = open_case.subject_id and private.stays(profile.id)), v_evidence
  )
  on conflict (target_id, target_kind, kind) where status <> 'decided' do update
    set evidence = case
      when jsonb_array_length(found.evidence) < private.setting('case_evidence_limit') then found.evidence || excluded.evidence
      else found.evidence
    end
  returning found.id into v_case_id;
  return v_case_id;
end;
$$;
comment on function private.open_case(text, uuid, text, uuid, jsonb) is
$$Open a case, or find the open one of the same target and kind, and add what was found to its evidence

kind: report, ai_generated, fingerprint_match, strikes or appeal. subject_id: whose content it is, null for nobody. evidence: an object; {} adds nothing. No more than
case_evidence_limit. Returns the case, which is locked. For definer functions: it asks nobody's right.$$;

create or replace function private.tied_cases(user_ids uuid[])
returns setof public.moderation_cases
language sql
stable
security invoker
set search_path = ''
as $$
  select found.*
  from public.moderation_cases as found
  where found.id in (
    select mine.id from public.moderation_cases as mine where mine.subject_id = any (tied_cases.user_ids)
    union all
    select mine.id from public.moderation_cases as mine where mine.claimed_by = any (tied_cases.user_ids)
    union all
    select mine.id from public.moderation_cases as mine where mine.decided_by = any (tied_cases.user_ids)
    union all
    select mine.id from public.moderation_cases as mine where mine.target_id = any (tied_cases.user_ids)
    union all
    select report.case_id from public.reports as report where report.reporter_id = any (tied_cases.user_ids)
    union all
    select report.case_id from public.reports as report where report.subject_id = any (tied_cases.user_ids)
  )
$$;
comment on function private.tied_cases(uuid[]) is 'The cases an erasure of these people changes: about them and theirs, of what they have reported, claimed or decided';

create or replace function private.lock_case_ties(user_ids uuid[], kinds text[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from public.moderation_cases as found
  where found.id in (select tied.id from private.tied_cases(lock_case_ties.user_ids) as tied)
    and found.kind = any (lock_case_ties.kinds)
  order by found.id
  for update;
end;
$$;
comment on function private.lock_case_ties(uuid[], text[]) is
'Before accounts are erased: lock the cases that changes; all but those of kind ai_generated before what they are about, these after the tracks (lock_catalogue_ties)';

-- Security definer: the log is nobody's to write.
create or replace function private.log_decision(
  action text, target_kind text, target_id uuid, subject_id uuid, reason text, before jsonb, after jsonb, case_id uuid default null,
  actor_id uuid default auth.uid()
)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into public.moderation_log (actor_id, action, target_kind, target_id, subject_id, reason, before, after, case_id)
  values (
    log_decision.actor_id, log_decision.action, log_decision.target_kind, log_decision.target_id,
    -- Whose account is just being erased is nobody: the log takes no name back afterwards.
    (select profile.id from public.profiles as profile where profile.id = log_decision.subject_id and private.stays(profile.id)),
    nullif(left(log_decision.reason, 1000), ''), log_decision.before, log_decision.after, log_decision.case_id
  )
$$;
comment on function private.log_decision(text, text, uuid, uuid, text, jsonb, jsonb, uuid, uuid) is
$$Write down a decision, with how it was before and how it is since

actor_id: who decided, the caller unless another is named; null for the machine. before, after: facts, not words that people have written: those go with their accounts.$$;

-- Security definer: who reported what is nobody's to read.
create or replace function private.require_not_own(subject_id uuid, case_id uuid default null)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if require_not_own.subject_id = auth.uid()
    or exists (
      select from public.moderation_cases as found
      where found.id = require_not_own.case_id
        -- What it is said to be a copy of is theirs, too.
        and (
          found.subject_id = auth.uid()
          or found.evidence @> jsonb_build_array(jsonb_build_object('matches', jsonb_build_array(jsonb_build_object('artist_id', auth.uid()))))
        )
    )
    -- A room may have become theirs since.
    or exists (
      select
      from public.moderation_cases as found
      cross join lateral private.reported(found.target_kind, found.target_id) as thing
      where found.id = require_not_own.case_id and thing.subject_id = auth.uid()
    )
    or exists (
      select from public.reports as report where report.case_id = require_not_own.case_id and report.reporter_id = auth.uid()
    )
  then
    perform private.raise_error(403, 'own_case', 'Nobody decides on what is theirs, or on what they have reported.');
  end if;
end;
$$;
comment on function private.require_not_own(uuid, uuid) is 'Refuse who decides on their own content, on what is alike to it, or on a case they have reported: own_case (403)';

-- Security definer: roles are readable by nobody.
create or replace function private.require_above(user_id uuid)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_roles constant text[] := '{moderator,admin,super_admin}';
begin
  if exists (
    select
    from private.staff as theirs
    where theirs.user_id = require_above.user_id
      and not exists (
        select
        from private.staff as mine
        where mine.user_id = auth.uid() and array_position(v_roles, mine.role) > array_position(v_roles, theirs.role)
      )
  ) then
    perform private.raise_error(403, 'not_allowed', 'This is for staff with a higher role.');
  end if;
end;
$$;
comment on function private.require_above(uuid) is 'Refuse who would decide against staff of their own role or a higher one: not_allowed (403)';

create or replace function private.clean_note(note text)
returns text
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_note constant text := nullif(btrim(clean_note.note, E' \t\r\n'), '');
begin
  if char_length(v_note) > 1000 then
    perform private.raise_error(422, 'note_too_long', 'A note has at most 1000 characters.');
  end if;
  return v_note;
end;
$$;
comment on function private.clean_note(text) is 'A note of a decision, null when it is empty; note_too_long (422)';
