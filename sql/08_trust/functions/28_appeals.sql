-- Security definer: appeals are nobody's to write. Left to who is banned: it is what is left to them.
create or replace function private.appeal(sanction_id uuid, text text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user(even_banned => true);
  v_text constant text := btrim(appeal.text, E' \t\r\n');
  v_sanction public.sanctions;
  v_appeal public.appeals;
  v_case_id uuid;
begin
  if coalesce(char_length(v_text), 0) not between 1 and 2000 then
    perform private.raise_error(422, 'statement_invalid', 'Say why, in 1 to 2000 characters.');
  end if;
  select found.* into v_sanction
  from public.sanctions as found
  where found.id = appeal.sanction_id and found.user_id = v_user_id;
  if not found then
    perform private.raise_error(404, 'sanction_not_found', 'There is no sanction of this id that you can see.');
  end if;
  perform private.take_token('appeal');
  -- The case before the sanction, as who decides it has them.
  v_case_id := private.open_case('sanction', v_sanction.id, 'appeal', v_user_id);
  select found.* into v_sanction from public.sanctions as found where found.id = v_sanction.id for no key update;
  if v_sanction.lifted_at is not null then
    perform private.raise_error(409, 'sanction_lifted', 'This sanction was taken back already.');
  end if;
  insert into public.appeals (sanction_id, user_id, statement, case_id)
  values (v_sanction.id, v_user_id, v_text, v_case_id)
  on conflict on constraint appeals_pkey do nothing
  returning * into v_appeal;
  if v_appeal.sanction_id is null then
    select found.* into v_appeal from public.appeals as found where found.sanction_id = v_sanction.id;
    -- What is sent again is found; another one there is not.
    if v_appeal.status <> 'pending' or v_appeal.statement <> v_text then
      perform private.raise_error(409, 'already_appealed', 'One appeals once against a sanction.');
    end if;
  else
    update public.moderation_cases as found set room_id = v_sanction.room_id where found.id = v_case_id and found.room_id is null;
    perform private.log_decision(
      'sanction_appealed', 'sanction', v_sanction.id, v_user_id, null, '{"status": null}', jsonb_build_object('status', v_appeal.status), v_case_id
    );
  end if;
  return private.appeal_shown(v_appeal);
end;
$$;

create or replace function private.appeal_shown(item public.appeals)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'sanction_id', (appeal_shown.item).sanction_id, 'status', (appeal_shown.item).status, 'statement', (appeal_shown.item).statement,
    'note', (appeal_shown.item).note, 'created_at', (appeal_shown.item).created_at, 'decided_at', (appeal_shown.item).decided_at
  )
$$;

create or replace function private.require_appeal_judge(sanction public.sanctions)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  -- The case is that of the sanction: who has reported what it is for is no judge of it either.
  perform private.require_not_own((require_appeal_judge.sanction).user_id, (require_appeal_judge.sanction).case_id);
  if (require_appeal_judge.sanction).issued_by = auth.uid() then
    perform private.raise_error(403, 'another_person_needed', 'Somebody else has to decide this.');
  end if;
end;
$$;
comment on function private.require_appeal_judge(public.sanctions) is
'Refuse who bears the sanction that is appealed against, or has reported what it is for: own_case (403), or has imposed it: another_person_needed (403)';

-- Security definer: as appeal.
create or replace function private.decide_appeal(sanction_id uuid, uphold boolean, note text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_note constant text := private.clean_note(decide_appeal.note);
  v_sanction public.sanctions;
  v_appeal public.appeals;
  v_case public.moderation_cases;
begin
  if decide_appeal.uphold is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  perform private.take_token('moderate');
  select found.* into v_appeal from public.appeals as found where found.sanction_id = decide_appeal.sanction_id;
  if not found then
    perform private.raise_error(404, 'appeal_not_found', 'Nobody has appealed against a sanction of this id.');
  end if;
  if v_appeal.status <> 'pending' then
    perform private.raise_error(409, 'appeal_decided', 'This appeal is decided.', v_appeal.status);
  end if;
  v_case := private.lock_case(v_appeal.case_id);
  -- The room before the sanction, as who lifts it has them.
  perform
  from public.rooms as room
  where room.id = (select found.room_id from public.sanctions as found where found.id = v_appeal.sanction_id)
  for no key update;
  select found.* into v_sanction from public.sanctions as found where found.id = v_appeal.sanction_id for no key update;
  perform private.require_appeal_judge(v_sanction);
  perform private.require_above(v_sanction.user_id);

  update public.appeals as found
  set status = case when decide_appeal.uphold then 'upheld' else 'refused' end, decided_by = v_user_id, decided_at = now(), note = v_note
  where found.sanction_id = v_sanction.id
  returning found.* into v_appeal;
  perform private.close_case(v_case.id, case when decide_appeal.uphold then 'uphold' else 'refuse' end, v_note, 'reviewed');
  perform private.log_decision(
    'appeal_decided', 'sanction', v_sanction.id, v_sanction.user_id, v_note, '{"status": "pending"}',
    jsonb_build_object('status', v_appeal.status), v_case.id
  );
  if decide_appeal.uphold then
    perform private.lift(v_sanction, v_note, v_case.id);
  else
    perform private.notify(
      v_sanction.user_id, 'moderation_decision', null, null, null, 'appeal:' || v_sanction.id,
      jsonb_build_object('action', 'appeal_refused', 'sanction_id', v_sanction.id)
    );
  end if;
  return private.appeal_shown(v_appeal);
end;
$$;

-- Security definer: shows the caller their own, in a row with what they said against it.
create or replace function private.my_sanctions(after text, page_size int)
returns setof public.sanction_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := auth.uid();
  v_before constant uuid := coalesce(
    (private.decode_place('my_sanctions', my_sanctions.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  );
  v_size int := private.page_size(my_sanctions.page_size);
begin
  perform private.require_signed_in();
  return query
  select
    imposed.id, imposed.kind, imposed.room_id, imposed.until, imposed.reason,
    imposed.kind <> 'warn' and imposed.lifted_at is null and (imposed.until is null or imposed.until > now()),
    imposed.lifted_at,
    (select private.appeal_shown(said) - 'sanction_id' from public.appeals as said where said.sanction_id = imposed.id),
    imposed.created_at, private.encode_cursor('my_sanctions', imposed.id::text)
  from public.sanctions as imposed
  where (imposed.user_id, imposed.id) < (v_user_id, v_before)
    and (imposed.user_id, imposed.id) > (v_user_id, '00000000-0000-0000-0000-000000000000'::uuid)
  order by imposed.user_id desc, imposed.id desc
  limit v_size;
end;
$$;

-- Security definer: cases and scores are nobody's to write. Of detections people decide elsewhere (review_detection): who said that a machine made a
-- track is right or wrong by that. The track is locked before its case, as by report().
create or replace function private.tg_detections__settle_reports()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.close_cases(
    'track', new.track_id, 'ai_generated', case new.status when 'verified_human' then 'dismiss' else 'reject' end, null
  );
  return null;
end;
$$;
create trigger _600_settle_reports
  after update of status on public.detections
  for each row
  when (old.status is distinct from new.status and new.status in ('verified_human', 'rejected') and new.reviewed_by is not null)
  execute function private.tg_detections__settle_reports();
