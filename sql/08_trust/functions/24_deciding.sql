create or replace function private.lock_case(case_id uuid)
returns public.moderation_cases
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_case public.moderation_cases;
begin
  -- Whoever reviews a detection holds the track and then closes this case: here alone the thing comes first.
  perform
  from public.tracks as track
  where track.id = (
    select found.target_id from public.moderation_cases as found
    where found.id = lock_case.case_id and found.kind = 'ai_generated' and found.target_kind = 'track'
  )
  for no key update;
  select found.* into v_case from public.moderation_cases as found where found.id = lock_case.case_id for no key update;
  if not found then
    perform private.raise_error(404, 'case_not_found', 'There is no case of this id.');
  end if;
  if v_case.status = 'decided' then
    perform private.raise_error(409, 'case_decided', 'This case is decided.', v_case.action);
  end if;
  if v_case.claimed_by <> auth.uid()
    and v_case.claimed_at > now() - make_interval(mins => private.setting('case_claim_minutes')::int)
    and not private.is_staff('admin')
  then
    perform private.raise_error(
      409, 'case_claimed', 'Somebody else looks at this case.',
      ceil(extract(epoch from v_case.claimed_at - now()) + 60 * private.setting('case_claim_minutes'))::bigint::text
    );
  end if;
  return v_case;
end;
$$;
comment on function private.lock_case(uuid) is
'A case the caller may decide, locked: open, and not claimed by somebody else within case_claim_minutes, but for admins; else case_not_found (404), case_decided, case_claimed (409)';

-- Security definer: cases are nobody's to write.
create or replace function private.claim_case(case_id uuid)
returns public.case_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_case public.moderation_cases;
  v_before jsonb;
begin
  perform private.take_token('moderate');
  v_case := private.lock_case(claim_case.case_id);
  perform private.require_not_own(v_case.subject_id, v_case.id);
  -- Nor by claiming it does anybody keep others from deciding what they may not decide themselves.
  if v_case.kind = 'appeal' then
    perform private.require_appeal_judge(imposed) from public.sanctions as imposed where imposed.id = v_case.target_id;
  end if;
  v_before := jsonb_build_object('status', v_case.status, 'claimed_at', v_case.claimed_at);
  update public.moderation_cases as found
  set status = 'claimed', claimed_by = v_user_id, claimed_at = now()
  where found.id = v_case.id
  returning found.* into v_case;
  perform private.log_decision(
    'case_claimed', v_case.target_kind, v_case.target_id, v_case.subject_id, null, v_before,
    jsonb_build_object('status', v_case.status, 'claimed_at', v_case.claimed_at), v_case.id
  );
  return private.case_shown(v_case, null);
end;
$$;

-- Security definer: scores are nobody's to write.
create or replace function private.lock_scores_of(case_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.reporter_scores (user_id)
  select distinct report.reporter_id
  from public.reports as report
  -- Whose account is just being erased has no score any more.
  where report.case_id = lock_scores_of.case_id and private.stays(report.reporter_id)
  order by report.reporter_id
  on conflict on constraint reporter_scores_pkey do nothing;
  perform
  from private.reporter_scores as score
  where score.user_id in (select report.reporter_id from public.reports as report where report.case_id = lock_scores_of.case_id)
  order by score.user_id
  for no key update;
end;
$$;
comment on function private.lock_scores_of(uuid) is
'Lock how right they were who reported a case, which is locked, in the order of people: so of two cases about one person that are decided at once one sees the other';

-- Security definer: scores are nobody's to write.
create or replace function private.settle_reports(case_id uuid, status text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_subject_id constant uuid := (select found.subject_id from public.moderation_cases as found where found.id = settle_reports.case_id);
  -- New accounts are made to be reported: who is right about one proves nothing.
  v_is_proof constant boolean := not private.is_young(v_subject_id);
begin
  perform private.lock_scores_of(settle_reports.case_id);
  with settled as (
    update public.reports as report
    -- Whoever fears for somebody's life is not wrong to say so.
    set status = case when settle_reports.status = 'dismissed' and report.reason = 'self_harm' then 'reviewed' else settle_reports.status end,
        reviewed_at = now(),
        is_scored = report.reporter_id is not null and case settle_reports.status
          when 'dismissed' then report.reason <> 'self_harm'
          when 'actioned' then v_is_proof and not exists (
            select
            from public.reports as former
            where former.reporter_id = report.reporter_id
              and former.subject_id is not distinct from v_subject_id
              and former.status = 'actioned'
              and former.is_scored
          )
          else false
        end
    where report.case_id = settle_reports.case_id and report.status = 'pending'
    returning report.reporter_id, report.status, report.is_scored
  )
  update private.reporter_scores as score
  set right_count = score.right_count + (settled.status = 'actioned')::int, wrong_count = score.wrong_count + (settled.status = 'dismissed')::int
  from settled
  where score.user_id = settled.reporter_id and settled.is_scored;
end;
$$;
comment on function private.settle_reports(uuid, text) is
$$Close the open reports of a case, which is locked: actioned, dismissed or reviewed; who reported is right or wrong by it, once a report

Right once a reporter and subject, and not where the subject is young: or a crowd of new accounts would prove itself on one that it has made.$$;

-- Security definer: scores are nobody's to write.
create or replace function private.unsettle_reports(case_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.lock_scores_of(unsettle_reports.case_id);
  update private.reporter_scores as score
  set right_count = greatest(0, score.right_count - counted.rights), wrong_count = greatest(0, score.wrong_count - counted.wrongs)
  from (
    select
      report.reporter_id, count(*) filter (where report.status = 'actioned')::int as rights,
      count(*) filter (where report.status = 'dismissed')::int as wrongs
    from public.reports as report
    where report.case_id = unsettle_reports.case_id and report.is_scored
    group by report.reporter_id
  ) as counted
  where score.user_id = counted.reporter_id;
  update public.reports as report
  set is_scored = false
  where report.case_id = unsettle_reports.case_id and report.is_scored;
  update public.reports as report
  set status = 'pending', reviewed_at = null
  where report.case_id = unsettle_reports.case_id
    and report.status <> 'pending'
    -- One open a person and thing: who has reported it once more is heard by the later one.
    and not exists (
      select
      from public.reports as other
      where other.reporter_id = report.reporter_id
        and other.target_id = report.target_id
        and other.target_kind = report.target_kind
        and (other.status = 'pending' or (other.case_id = report.case_id and other.id > report.id))
    );
end;
$$;
comment on function private.unsettle_reports(uuid) is
'Open the reports of a case again, which is locked: who was right or wrong by it is so no more';

-- Security definer: cases are nobody's to write.
create or replace function private.close_case(case_id uuid, action text, note text, status text)
returns public.moderation_cases
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_case public.moderation_cases;
begin
  perform private.settle_reports(close_case.case_id, close_case.status);
  update public.moderation_cases as found
  set status = 'decided', action = close_case.action, note = close_case.note, decided_by = auth.uid(), decided_at = now()
  where found.id = close_case.case_id
  returning found.* into v_case;
  return v_case;
end;
$$;
comment on function private.close_case(uuid, text, text, text) is 'Write the decision of a case, which is locked, and close its reports; its weight stays, as what it weighed then';

create or replace function private.close_cases(target_kind text, target_id uuid, kind text, action text, note text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_case_id uuid;
begin
  for v_case_id in
    select found.id
    from public.moderation_cases as found
    where found.target_id = close_cases.target_id
      and found.target_kind = close_cases.target_kind
      and found.kind = close_cases.kind
      and found.status <> 'decided'
    order by found.id
    for no key update
  loop
    perform private.close_case(v_case_id, close_cases.action, close_cases.note, case close_cases.action when 'dismiss' then 'dismissed' else 'actioned' end);
  end loop;
end;
$$;
comment on function private.close_cases(text, uuid, text, text, text) is
$$Close the open case of a thing and kind that was decided elsewhere, as detections are; action: dismiss, or what was done

For definer functions: it asks nobody's right. It does nothing where there is none.$$;

-- Security definer: what happens in rooms is nobody's to change directly. By the ways of the room's own moderators, which staff are everywhere.
create or replace function private.act_in_room(item public.moderation_cases, action text, note text, until timestamptz)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_case constant public.moderation_cases := act_in_room.item;
  v_session public.dj_sessions;
  v_dj_id uuid;
  v_count int;
  v_before jsonb;
begin
  if act_in_room.action = 'clear_reactions' then
    if v_case.target_kind = 'comment' then
      delete from public.comment_reactions as reaction where reaction.comment_id = v_case.target_id;
      get diagnostics v_count = row_count;
      return jsonb_build_object('cleared', v_count);
    end if;
    return private.clear_reactions(v_case.target_id);
  end if;

  if act_in_room.action = 'kick_from_room' then
    if act_in_room.until is not null then
      return jsonb_build_object('sanction_id', (
        private.sanction(v_case.subject_id, v_case.room_id, 'ban', act_in_room.until, act_in_room.note, v_case.id)
      ).id);
    end if;
    if private.role_in_room(v_case.room_id, v_case.subject_id) = 'owner' then
      perform private.raise_error(409, 'owner_must_transfer', 'The owner hands the room over first, or deletes it.');
    end if;
    v_before := private.member_facts(v_case.room_id, v_case.subject_id);
    if not private.put_out(v_case.room_id, v_case.subject_id, is_banned => false) then
      perform private.raise_error(409, 'nothing_to_do', 'There is nothing left of this to act upon.');
    end if;
    perform private.log_moderation(
      v_case.room_id, 'member_removed', v_case.subject_id, v_before, private.member_facts(v_case.room_id, v_case.subject_id), act_in_room.note
    );
    return jsonb_build_object('room_id', v_case.room_id);
  end if;

  select session.* into v_session
  from public.dj_sessions as session
  where session.room_id = v_case.room_id and session.ended_at is null
  for no key update;
  if not found then
    perform private.raise_error(409, 'nothing_to_do', 'There is nothing left of this to act upon.');
  end if;
  -- Of a room it is who plays and all that is queued; of somebody in it, themselves and what is theirs.
  v_dj_id := case when v_case.target_kind = 'room' then v_session.current_dj_id else v_case.subject_id end;
  if act_in_room.action = 'remove_dj' then
    delete from public.session_contributors as contributor where contributor.session_id = v_session.id and contributor.user_id = v_dj_id;
    v_count := found::int;
    if exists (select from public.rotation_slots as slot where slot.session_id = v_session.id and slot.user_id = v_dj_id) then
      perform private.drop_from_rotation(v_session, v_dj_id);
      v_count := 1;
    end if;
    if v_count = 0 then
      perform private.raise_error(409, 'nothing_to_do', 'There is nothing left of this to act upon.');
    end if;
    perform private.log_moderation(v_session.room_id, 'dj_removed', v_dj_id, '{"is_dj": true}', '{"is_dj": false}', act_in_room.note);
    return jsonb_build_object('session_id', v_session.id);
  end if;

  update public.queue_items as queued
  set status = 'removed', finished_at = clock_timestamp()
  where queued.session_id = v_session.id
    and queued.status = 'queued'
    and (v_case.target_kind = 'room' or queued.added_by = v_dj_id);
  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform private.log_moderation(
      v_session.room_id, 'queue_cleared', case when v_case.target_kind <> 'room' then v_dj_id end, jsonb_build_object('queued_count', v_count),
      '{"queued_count": 0}', act_in_room.note, jsonb_build_object('session_id', v_session.id)
    );
    perform private.tell_queue(v_session);
  end if;
  return jsonb_build_object('session_id', v_session.id, 'cleared', v_count);
end;
$$;
comment on function private.act_in_room(public.moderation_cases, text, text, timestamptz) is
'Carry out remove_dj, clear_queue, clear_reactions or kick_from_room, with what it is about and its room locked; what was done, for the log. Errors: nothing_to_do, owner_must_transfer (409)';

create or replace function private.require_action(item public.moderation_cases, action text, until timestamptz, scope text)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_case constant public.moderation_cases := require_action.item;
begin
  if require_action.action is null or require_action.action not in (
    'dismiss', 'hide', 'delete', 'warn', 'mute', 'ban', 'remove_dj', 'clear_queue', 'clear_reactions', 'kick_from_room'
  ) then
    perform private.raise_error(
      422, 'action_unknown',
      'An action is dismiss, hide, delete, warn, mute, ban, remove_dj, clear_queue, clear_reactions or kick_from_room.'
    );
  end if;
  if require_action.scope is null or require_action.scope not in ('global', 'room') then
    perform private.raise_error(422, 'scope_unknown', 'A scope is global, or room: in the room of the case alone.');
  end if;
  if v_case.kind = 'appeal' then
    perform private.raise_error(409, 'case_is_appeal', 'An appeal is decided by decide_appeal.', 'Call decide_appeal.');
  end if;
  -- Two people take a track away for that; what they, or the machine, have found to be human, one may agree with.
  if v_case.kind = 'ai_generated' and require_action.action in ('dismiss', 'hide', 'delete') and exists (
    select
    from public.detections as detection
    where detection.track_id = v_case.target_id
      and detection.is_current
      and (require_action.action <> 'dismiss' or detection.status <> 'verified_human')
  ) then
    perform private.raise_error(
      409, 'case_is_detection', 'Whether a machine made it is decided by review_detection.', 'Call review_detection.'
    );
  end if;
  if require_action.until is not null and require_action.action not in ('mute', 'ban', 'kick_from_room') then
    perform private.raise_error(422, 'until_not_here', 'Only a mute, a ban and being kept out of a room have an end.');
  end if;
  if (require_action.scope = 'room' and require_action.action not in ('warn', 'mute', 'ban'))
    or (require_action.action = 'delete' and v_case.target_kind = 'profile')
    or (require_action.action in ('remove_dj', 'clear_queue') and v_case.room_id is null)
    or (require_action.action = 'kick_from_room' and (v_case.room_id is null or v_case.target_kind = 'room'))
    or (require_action.action = 'clear_reactions' and v_case.target_kind <> 'comment' and not (
      v_case.target_kind = 'message' and exists (select from public.messages as message where message.id = v_case.target_id)
    ))
  then
    perform private.raise_error(422, 'action_unfit', 'This cannot be done about a thing of this kind.');
  end if;
  if require_action.scope = 'room' and v_case.room_id is null then
    perform private.raise_error(409, 'nothing_to_do', 'There is nothing left of this to act upon.');
  end if;
  if v_case.subject_id is null and (
    require_action.action in ('warn', 'mute', 'ban', 'kick_from_room')
    or (require_action.action in ('remove_dj', 'clear_queue') and v_case.target_kind <> 'room')
  ) then
    perform private.raise_error(409, 'nobody_to_sanction', 'Nobody is there any more whom this could be imposed on.');
  end if;
end;
$$;
comment on function private.require_action(public.moderation_cases, text, timestamptz, text) is
'Refuse an action that does not fit a case: action_unknown, action_unfit, scope_unknown, until_not_here (422), case_is_appeal, case_is_detection, nobody_to_sanction, nothing_to_do (409)';

-- Security definer: cases, and all that is decided about, are nobody's to write.
create or replace function private.decide_case(case_id uuid, action text, note text, until timestamptz, scope text)
returns public.case_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_note constant text := private.clean_note(decide_case.note);
  v_case public.moderation_cases;
  v_before jsonb;
  v_done jsonb := '{}';
  v_is_in_room constant boolean := coalesce(
    decide_case.scope = 'room' or decide_case.action in ('remove_dj', 'clear_queue', 'clear_reactions', 'kick_from_room'), false
  );
begin
  perform private.take_token('moderate');
  v_case := private.lock_case(decide_case.case_id);
  perform private.require_not_own(v_case.subject_id, v_case.id);
  perform private.require_action(v_case, decide_case.action, decide_case.until, decide_case.scope);
  if decide_case.action <> 'dismiss' then
    perform private.require_above(v_case.subject_id);
  end if;
  -- What it is about before what is withheld, imposed and told. What is deleted is locked as its author would lock it.
  if decide_case.action <> 'delete' then
    if decide_case.action = 'clear_reactions' and v_case.target_kind = 'comment' then
      perform private.lock_target(comment.target_kind, comment.target_id) from public.comments as comment where comment.id = v_case.target_id;
    end if;
    perform private.lock_thing(v_case.target_kind, v_case.target_id, case when v_is_in_room then v_case.room_id end);
  end if;
  v_before := private.target_facts(v_case.target_kind, v_case.target_id);

  -- What is imposed before what is hidden: of a profile nobody is told once it is.
  case
    when decide_case.action in ('warn', 'mute', 'ban') then
      v_done := jsonb_build_object('sanction_id', (
        private.sanction(
          v_case.subject_id, case when decide_case.scope = 'room' then v_case.room_id end, decide_case.action, decide_case.until, v_note, v_case.id
        )
      ).id);
    when decide_case.action in ('remove_dj', 'clear_queue', 'clear_reactions', 'kick_from_room') then
      v_done := private.act_in_room(v_case, decide_case.action, v_note, decide_case.until);
    else
      null;
  end case;
  if decide_case.action in ('hide', 'delete', 'clear_reactions', 'clear_queue', 'remove_dj')
    or (decide_case.action = 'kick_from_room' and decide_case.until is null)
  then
    perform private.tell_decision(v_case.target_kind, v_case.target_id, v_case.subject_id, decide_case.action);
  end if;
  if decide_case.action = 'delete' and private.delete_target(v_case.target_kind, v_case.target_id) then
    delete from private.withheld as held where held.target_id = v_case.target_id and held.target_kind = v_case.target_kind;
  elsif decide_case.action in ('hide', 'delete') then
    perform private.withhold(v_case.target_kind, v_case.target_id, v_case.subject_id, 'decision', v_case.id);
  end if;

  v_case := private.close_case(v_case.id, decide_case.action, v_note, case decide_case.action when 'dismiss' then 'dismissed' else 'actioned' end);
  perform private.settle_withheld(v_case);
  perform private.log_decision(
    'case_decided', v_case.target_kind, v_case.target_id, v_case.subject_id, v_note, v_before,
    private.target_facts(v_case.target_kind, v_case.target_id) || jsonb_build_object('action', v_case.action) || v_done, v_case.id
  );
  return private.case_shown(v_case, null);
end;
$$;

create or replace function private.settle_withheld(item public.moderation_cases)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_case constant public.moderation_cases := settle_withheld.item;
  v_held private.withheld;
begin
  select held.* into v_held
  from private.withheld as held
  where held.target_id = v_case.target_id and held.target_kind = v_case.target_kind
  for update;
  if not found then
    return;
  end if;
  if v_case.action = 'dismiss' then
    -- For reports it stays only as long as others of it are too heavy; for a decision only when it was not this case's.
    if (v_held.reason = 'reports' and private.open_weight(v_case.target_kind, v_case.target_id) < private.setting('report_hide_weight') / 100.0)
      or (v_held.reason = 'decision' and v_held.case_id = v_case.id)
    then
      perform private.release(v_case.target_kind, v_case.target_id, v_case.subject_id);
    end if;
  elsif v_held.reason = 'reports' then
    -- What something was done about stays as it is.
    perform private.withhold(v_case.target_kind, v_case.target_id, v_case.subject_id, 'decision', v_case.id);
  end if;
end;
$$;
comment on function private.settle_withheld(public.moderation_cases) is
$$After a case is decided, whose thing is locked: show it again, or leave it withheld

A dismissal shows again what was withheld for its reports, or by an earlier decision of it; any other action leaves it withheld.$$;

-- Security definer: as decide_case.
create or replace function private.reopen_case(case_id uuid, note text)
returns public.case_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_note constant text := private.clean_note(reopen_case.note);
  v_case public.moderation_cases;
begin
  perform private.take_token('moderate');
  select found.* into v_case from public.moderation_cases as found where found.id = reopen_case.case_id for no key update;
  if not found then
    perform private.raise_error(404, 'case_not_found', 'There is no case of this id.');
  end if;
  perform private.require_not_own(v_case.subject_id, v_case.id);
  if v_case.kind in ('appeal', 'ai_generated') then
    perform private.raise_error(409, 'case_not_reopened', 'What was decided in this case is opened again elsewhere, or never.');
  end if;
  if v_case.status = 'decided' then
    perform private.log_decision(
      'case_reopened', v_case.target_kind, v_case.target_id, v_case.subject_id, v_note,
      jsonb_build_object('status', v_case.status, 'action', v_case.action), '{"status": "open"}', v_case.id
    );
    begin
      update public.moderation_cases as found
      set status = 'open', action = null, decided_at = null, decided_by = null, claimed_by = null, claimed_at = null
      where found.id = v_case.id;
      perform private.unsettle_reports(v_case.id);
    exception when unique_violation then
      -- What is open already is the next case of the same, be it of this very moment.
      perform private.raise_error(409, 'case_not_reopened', 'What was decided in this case is opened again elsewhere, or never.');
    end;
    perform private.weigh_case(v_case.id, v_case.subject_id);
    select found.* into v_case from public.moderation_cases as found where found.id = v_case.id;
  end if;
  return private.case_shown(v_case, null);
end;
$$;
