create or replace function private.subject_history(subject_id uuid, case_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select case when subject_history.subject_id is not null then jsonb_build_object(
    'sanctions', coalesce((
      select jsonb_agg(
        jsonb_build_object(
          'id', sanction.id, 'kind', sanction.kind, 'room_id', sanction.room_id, 'until', sanction.until, 'reason', sanction.reason,
          'lifted_at', sanction.lifted_at, 'created_at', sanction.created_at
        )
        order by sanction.id desc
      )
      from (
        select each.*
        from public.sanctions as each
        where each.user_id = subject_history.subject_id
        order by each.user_id desc, each.id desc
        limit private.setting('case_reports_shown')
      ) as sanction
    ), '[]'),
    'cases', (
      select count(*) from public.moderation_cases as found
      where found.subject_id = subject_history.subject_id and found.id <> subject_history.case_id
    ),
    'actioned', (
      select count(*) from public.moderation_cases as found
      where found.subject_id = subject_history.subject_id
        and found.id <> subject_history.case_id
        and found.status = 'decided'
        and found.action not in ('dismiss', 'refuse')
    )
  ) end
$$;
comment on function private.subject_history(uuid, uuid) is 'What was imposed on somebody, and how many other cases there are about them; null for nobody';

create or replace function private.similar_cases(item public.moderation_cases)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'id', shown.id, 'kind', shown.kind, 'target_kind', shown.target_kind, 'action', shown.action, 'note', shown.note,
        'decided_at', shown.decided_at, 'is_same_subject', shown.is_same_subject
      )
      order by shown.is_same_subject desc, shown.id desc
    ),
    '[]'
  )
  from (
    select near.*
    from (
      (
        select found.*, true as is_same_subject
        from public.moderation_cases as found
        where found.subject_id = (similar_cases.item).subject_id and found.id <> (similar_cases.item).id and found.status = 'decided'
        order by found.subject_id desc, found.id desc
        limit private.setting('similar_cases_shown')
      )
      union all
      (
        -- The heaviest that were decided, of the same kind, about the same kind of thing and for one of the same reasons.
        select found.*, false
        from public.moderation_cases as found
        where found.kind = (similar_cases.item).kind
          and found.status = 'decided'
          and found.target_kind = (similar_cases.item).target_kind
          and found.id <> (similar_cases.item).id
          and found.subject_id is distinct from (similar_cases.item).subject_id
          and (
            (similar_cases.item).kind <> 'report'
            or exists (
              select
              from public.reports as theirs
              join public.reports as mine on mine.reason = theirs.reason and mine.case_id = (similar_cases.item).id
              where theirs.case_id = found.id
            )
          )
        order by found.kind desc, found.status desc, found.weight desc, found.id desc
        limit private.setting('similar_cases_shown')
      )
    ) as near
    order by near.is_same_subject desc, near.id desc
    limit private.setting('similar_cases_shown')
  ) as shown
$$;
comment on function private.similar_cases(public.moderation_cases) is 'Decided cases to compare with: of the same person first, then of the same kind and reasons';

-- Security definer: shows moderators who reported, and people whatever they have blocked.
create or replace function private.case_shown(item public.moderation_cases, cursor text)
returns public.case_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_case constant public.moderation_cases := case_shown.item;
  v_row public.case_row;
begin
  v_row.id := v_case.id;
  v_row.kind := v_case.kind;
  v_row.status := v_case.status;
  v_row.target_kind := v_case.target_kind;
  v_row.target_id := v_case.target_id;
  v_row.subject := private.person_card(v_case.subject_id);
  v_row.room_id := v_case.room_id;
  v_row.weight := v_case.weight;
  v_row.report_count := v_case.report_count;
  v_row.is_withheld := exists (
    select from private.withheld as held where held.target_id = v_case.target_id and held.target_kind = v_case.target_kind
  );
  v_row.reports := (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'id', report.id, 'reporter', private.person_card(report.reporter_id), 'reason', report.reason, 'description', report.description,
          'copy', report.copy, 'status', report.status, 'weight', report.weight, 'is_young', report.is_young, 'created_at', report.created_at
        )
        order by report.id desc
      ),
      '[]'
    )
    from (
      select each.*
      from public.reports as each
      where each.case_id = v_case.id
      order by each.case_id desc, each.id desc
      limit private.setting('case_reports_shown')
    ) as report
  );
  v_row.evidence := v_case.evidence;
  v_row.history := private.subject_history(v_case.subject_id, v_case.id);
  v_row.similar_cases := private.similar_cases(v_case);
  v_row.claimed_by := private.person_card(v_case.claimed_by);
  v_row.claimed_at := v_case.claimed_at;
  v_row.decided_by := private.person_card(v_case.decided_by);
  v_row.decided_at := v_case.decided_at;
  v_row.action := v_case.action;
  v_row.note := v_case.note;
  v_row.opened_at := v_case.opened_at;
  v_row.cursor := case_shown.cursor;
  return v_row;
end;
$$;
comment on function private.case_shown(public.moderation_cases, text) is 'A case as moderators see it; whoever asks has decided that the caller is one';

-- Security definer: a list that checks its reader itself.
create or replace function private.moderation_queue(status text, kind text, after text, page_size int)
returns setof public.case_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_status constant text := coalesce(moderation_queue.status, 'open');
  v_list constant text := concat_ws(':', 'moderation_queue', v_status, coalesce(moderation_queue.kind, '*'));
  v_place text[] := private.decode_place(v_list, moderation_queue.after, '{numeric,uuid}');
  v_weight constant numeric := coalesce(v_place[1]::numeric, 'infinity');
  v_before constant uuid := coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_size int := private.page_size(moderation_queue.page_size);
  v_since constant timestamptz := now() - make_interval(mins => private.setting('case_claim_minutes')::int);
  v_case public.moderation_cases;
begin
  if v_status not in ('open', 'claimed', 'decided') then
    perform private.raise_error(422, 'case_status_unknown', 'A case is open, claimed or decided.');
  end if;
  if moderation_queue.kind not in ('report', 'ai_generated', 'fingerprint_match', 'strikes', 'appeal') then
    perform private.raise_error(422, 'case_kind_unknown', 'A case is of kind report, ai_generated, fingerprint_match, strikes or appeal.');
  end if;
  -- Of each kind and status its own index is walked, as far as a page. What was claimed and not decided in time is open again.
  for v_case in
    select found.*
    from unnest(
      case when moderation_queue.kind is null then '{report,ai_generated,fingerprint_match,strikes,appeal}' else array[moderation_queue.kind] end
    ) as wanted (kind)
    cross join unnest(case v_status when 'open' then '{open,claimed}' else array[v_status] end) as state (status)
    cross join lateral (
      select each.*
      from public.moderation_cases as each
      where each.kind = wanted.kind
        and each.status = state.status
        -- Nobody reads who has reported them.
        and each.subject_id is distinct from v_user_id
        and (state.status <> 'claimed' or (each.claimed_at > v_since) = (v_status = 'claimed'))
        and (each.weight, each.id) < (v_weight, v_before)
      order by each.weight desc, each.id desc
      limit v_size
    ) as found
    order by found.weight desc, found.id desc
    limit v_size
  loop
    return next private.case_shown(v_case, private.encode_cursor(v_list, jsonb_build_array(v_case.weight, v_case.id)::text));
  end loop;
end;
$$;

-- Security definer: as moderation_queue.
create or replace function private.moderation_case(case_id uuid)
returns public.case_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_case public.moderation_cases;
begin
  select found.* into v_case from public.moderation_cases as found where found.id = moderation_case.case_id and found.subject_id is distinct from v_user_id;
  if not found then
    perform private.raise_error(404, 'case_not_found', 'There is no case of this id.');
  end if;
  return private.case_shown(v_case, null);
end;
$$;

-- Security definer: as moderation_queue. The two logs are merged by time; each is walked by its own key, which grows with time but for transactions
-- that overlap: so a row stands no later than those after it in its log, and the cursor has a place in each.
create or replace function private.audit_log(after text, page_size int)
returns setof public.audit_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := private.require_staff('admin');
  v_place text[] := private.decode_place('audit_log', audit_log.after, '{int8,int8}');
  v_event_before constant bigint := coalesce(v_place[1]::bigint, 9223372036854775807);
  v_entry_before constant bigint := coalesce(v_place[2]::bigint, 9223372036854775807);
  v_size int := private.page_size(audit_log.page_size);
begin
  return query
  with events as (
    select event.*
    from private.audit_events as event
    where event.id < v_event_before
    order by event.id desc
    limit v_size
  ), entries as (
    select entry.*
    from public.moderation_log as entry
    where entry.id < v_entry_before
    order by entry.id desc
    limit v_size
  ), merged as (
    select
      event.id, 'audit' as source, event.action, event.actor_id, event.target_kind, event.target_id, null::uuid as subject_id,
      null::uuid as room_id, null as reason, null::jsonb as before, null::jsonb as after, event.details, event.created_at,
      min(event.created_at) over (order by event.id desc) as stands_at
    from events as event
    union all
    select
      entry.id, 'moderation', entry.action, entry.actor_id, entry.target_kind, entry.target_id::text, entry.subject_id, entry.room_id,
      entry.reason, entry.before, entry.after, entry.data, entry.created_at, min(entry.created_at) over (order by entry.id desc)
    from entries as entry
  ), placed as (
    select
      merged.*,
      coalesce(min(merged.id) filter (where merged.source = 'audit') over so_far, v_event_before) as event_id,
      coalesce(min(merged.id) filter (where merged.source = 'moderation') over so_far, v_entry_before) as entry_id,
      row_number() over so_far as number
    from merged
    window so_far as (order by merged.stands_at desc, merged.source, merged.id desc rows unbounded preceding)
    order by number
    limit v_size
  )
  select
    placed.id, placed.source, placed.action, private.person_card(placed.actor_id), placed.target_kind, placed.target_id,
    private.person_card(placed.subject_id), placed.room_id, placed.reason, placed.before, placed.after, placed.details, placed.created_at,
    private.encode_cursor('audit_log', jsonb_build_array(placed.event_id, placed.entry_id)::text)
  from placed
  order by placed.number;
end;
$$;
