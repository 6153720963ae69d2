create or replace function private.detection_track(track_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object('id', track.id, 'title', track.title, 'artwork_path', track.artwork_path, 'status', track.status)
  from public.tracks as track
  where track.id = detection_track.track_id
$$;
comment on function private.detection_track(uuid) is 'A track beside its detection: {id, title, artwork_path, status}';

create or replace function private.detection_proofs(detection_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object('id', proof.id, 'object_paths', proof.object_paths, 'note', proof.note, 'created_at', proof.created_at)
      order by proof.id
    ),
    '[]'
  )
  from public.detection_proofs as proof
  where proof.detection_id = detection_proofs.detection_id
$$;
comment on function private.detection_proofs(uuid) is 'What was handed in for a detection: [{id, object_paths, note, created_at}]';

create or replace function private.detection_row(detection public.detections, cursor text)
returns public.detection_row
language sql
stable
security invoker
set search_path = ''
as $$
  select row(
    (detection_row.detection).id, (detection_row.detection).track_id, private.detection_track((detection_row.detection).track_id),
    (detection_row.detection).status, (detection_row.detection).risk_score, (detection_row.detection).bands, (detection_row.detection).provider,
    (detection_row.detection).provider_version, (detection_row.detection).is_current,
    (detection_row.detection).is_current
      and (detection_row.detection).status in ('flagged_ai', 'rejected')
      and (detection_row.detection).appealed_at is null,
    (detection_row.detection).appeal_text, (detection_row.detection).appealed_at, private.detection_proofs((detection_row.detection).id),
    (detection_row.detection).decided_at, (detection_row.detection).created_at, detection_row.cursor
  )::public.detection_row
$$;
comment on function private.detection_row(public.detections, text) is 'A detection as its artist sees it';

create or replace function private.detection_case_row(detection public.detections, cursor text)
returns public.detection_case_row
language sql
stable
security invoker
set search_path = ''
as $$
  select row(
    (detection_case_row.detection).id, (detection_case_row.detection).track_id,
    private.detection_track((detection_case_row.detection).track_id), private.person_card((detection_case_row.detection).artist_id),
    (detection_case_row.detection).status, (detection_case_row.detection).risk_score, (detection_case_row.detection).bands,
    (detection_case_row.detection).provider, (detection_case_row.detection).provider_version, (detection_case_row.detection).attempts,
    (detection_case_row.detection).last_error, (detection_case_row.detection).evidence, (detection_case_row.detection).is_before,
    (detection_case_row.detection).round,
    (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'round', review.round, 'reviewer', private.person_card(review.reviewer_id), 'verdict', review.verdict, 'notes', review.notes,
            'created_at', review.created_at
          )
          order by review.id
        ),
        '[]'
      )
      from public.detection_reviews as review
      where review.detection_id = (detection_case_row.detection).id
    ),
    private.detection_proofs((detection_case_row.detection).id), (detection_case_row.detection).appeal_text,
    (detection_case_row.detection).appealed_at, (detection_case_row.detection).reopened_at, (detection_case_row.detection).reviewed_by,
    (detection_case_row.detection).notes, (detection_case_row.detection).decided_at, (detection_case_row.detection).created_at,
    detection_case_row.cursor
  )::public.detection_case_row
$$;
comment on function private.detection_case_row(public.detections, text) is 'A detection as moderators see it';

-- Security definer: a list of one's own that pages; it shows of each what the artist may know.
create or replace function private.my_detections(after text, page_size int)
returns setof public.detection_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := auth.uid();
  v_list text := 'my_detections:' || v_user_id;
  v_place text[] := private.decode_place(v_list, my_detections.after, '{uuid}');
  v_size int := private.page_size(my_detections.page_size);
begin
  perform private.require_signed_in();
  return query
  select shown.*
  from (
    select detection
    from public.detections as detection
    where detection.artist_id = v_user_id
      and detection.id < coalesce(v_place[1], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid
    order by detection.id desc
    limit v_size
  ) as page
  cross join lateral private.detection_row(page.detection, private.encode_cursor(v_list, (page.detection).id::text)) as shown
  order by shown.id desc;
end;
$$;

-- Security definer: as my_detections; moderators see what the artist sees.
create or replace function private.detection_status(track_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_track public.tracks;
begin
  perform private.require_signed_in();
  select track.* into v_track
  from public.tracks as track
  where track.id = detection_status.track_id and (track.artist_id = v_user_id or (track.artist_id is not null and private.is_staff()));
  if not found then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  return jsonb_build_object(
    'track_id', v_track.id,
    'track_status', v_track.status,
    'status', (select detection.status from public.detections as detection where detection.track_id = v_track.id and detection.is_current),
    'detections', (
      select coalesce(jsonb_agg(to_jsonb(shown) - 'cursor' - 'track' order by shown.id desc), '[]')
      from public.detections as detection
      cross join lateral private.detection_row(detection, null) as shown
      where detection.track_id = v_track.id
    )
  );
end;
$$;

-- Security definer: what providers found and who decided is nobody's to read but moderators'.
create or replace function private.detection_queue(status text, after text, page_size int)
returns setof public.detection_case_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_status constant text := coalesce(detection_queue.status, 'under_review');
  v_list text := 'detection_queue:' || v_status || ':' || v_user_id;
  v_place text[];
  v_size int := private.page_size(detection_queue.page_size);
begin
  if v_status not in ('pending', 'analyzing', 'verified_human', 'under_review', 'flagged_ai', 'rejected') then
    perform private.raise_error(
      422, 'detection_status_unknown', 'A detection has another status.', 'pending, analyzing, verified_human, under_review, flagged_ai, rejected'
    );
  end if;
  v_place := private.decode_place(v_list, detection_queue.after, '{uuid}');
  return query
  select shown.*
  from (
    select detection
    from public.detections as detection
    where detection.status = v_status
      and detection.is_current
      and detection.id < coalesce(v_place[1], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid
    order by detection.id desc
    limit v_size
  ) as page
  cross join lateral private.detection_case_row(page.detection, private.encode_cursor(v_list, (page.detection).id::text)) as shown
  order by shown.id desc;
end;
$$;

-- Security definer: as review_detection.
create or replace function private.recheck_track(track_id uuid)
returns public.detection_case_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_track public.tracks;
  v_former public.detections;
  v_detection public.detections;
begin
  select track.* into v_track from public.tracks as track where track.id = recheck_track.track_id for no key update;
  if not found or v_track.artist_id is null or v_track.status = 'draft' then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  perform private.require_not_own(v_track.artist_id);
  select detection.* into v_former
  from public.detections as detection
  where detection.track_id = v_track.id and detection.is_current
  for update;
  if v_former.status in ('pending', 'analyzing') then
    return private.detection_case_row(v_former, null);
  end if;
  if v_former.status in ('flagged_ai', 'rejected', 'under_review') then
    perform private.raise_error(409, 'detection_open', 'Decide about the last check first.', v_former.status);
  end if;
  update public.detections as detection set is_current = false where detection.id = v_former.id;
  v_detection := private.open_detection(v_track, true);
  perform private.log_decision(
    action => 'detection_rechecked', target_kind => 'track', target_id => v_track.id, subject_id => v_track.artist_id, reason => null,
    before => case when v_former.id is null then '{}' else private.detection_facts(v_former) end, after => private.detection_facts(v_detection),
    actor_id => v_user_id
  );
  return private.detection_case_row(v_detection, null);
end;
$$;
