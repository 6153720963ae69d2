-- Security definer: products are read whatever the caller may read.
create or replace function private.can_see_product(product_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from public.products as product
    where product.id = can_see_product.product_id
      and (
        product.seller_id = (select auth.uid())
        or (select private.is_staff())
        or (product.is_active and not product.is_withheld and private.can_see_profile(product.seller_id))
      )
  )
$$;
comment on function private.can_see_product(uuid) is 'Whether the caller may see a product: what is active of whom they can see, their own, staff all';

-- Security definer: asks the rule of each kind, and whether a profile is there at all.
create or replace function private.can_see_reported(target_kind text, target_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return case can_see_reported.target_kind
    when 'profile' then
      exists (select from public.profiles as profile where profile.id = can_see_reported.target_id)
      and private.can_see_profile(can_see_reported.target_id)
    when 'room' then private.can_see_room(can_see_reported.target_id)
    -- A message of a room, or one between people: no id is both.
    when 'message' then private.can_see_room_message(can_see_reported.target_id) or private.can_see_message(can_see_reported.target_id)
    when 'product' then private.can_see_product(can_see_reported.target_id)
    else private.can_see_target(can_see_reported.target_kind, can_see_reported.target_id)
  end;
end;
$$;
comment on function private.can_see_reported(text, uuid) is 'can_see_target for all that can be reported';

create or replace function private.refuse_reported(target_kind text)
returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  case refuse_reported.target_kind
    when 'profile' then
      perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
    when 'room' then
      perform private.raise_error(404, 'room_not_found', 'There is no room of this id that you can see.');
    when 'message' then
      perform private.raise_error(404, 'message_not_found', 'There is no message of this id that you can see.');
    when 'product' then
      perform private.raise_error(404, 'product_not_found', 'There is no product of this id that you can see.');
    else
      perform private.refuse_target(refuse_reported.target_kind);
  end case;
end;
$$;
comment on function private.refuse_reported(text) is 'Say that there is no such thing, by the token of its kind (404)';

-- Security definer: rows are read whatever the caller may read; whoever asks has decided that.
create or replace function private.reported(target_kind text, target_id uuid)
returns table (subject_id uuid, room_id uuid, copy jsonb)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select found.owner_id, found.place_id,
    (found.fields - '{client_id,is_withheld,reactions_shown}'::text[]) || jsonb_build_object('author', private.person_card(found.owner_id))
  from (
    select profile.id, null::uuid, to_jsonb(profile) || jsonb_build_object('links', (
      select to_jsonb(artist.links) from public.artist_profiles as artist where artist.profile_id = profile.id
    ))
    from public.profiles as profile
    where reported.target_kind = 'profile' and profile.id = reported.target_id
    union all
    select post.author_id, null, to_jsonb(post)
    from public.posts as post
    where reported.target_kind = 'post' and post.id = reported.target_id
    union all
    select comment.author_id, null, to_jsonb(comment)
    from public.comments as comment
    where reported.target_kind = 'comment' and comment.id = reported.target_id
    union all
    select track.artist_id, null, to_jsonb(track)
    from public.tracks as track
    where reported.target_kind = 'track' and track.id = reported.target_id
    union all
    select crate.owner_id, null, to_jsonb(crate)
    from public.crates as crate
    where reported.target_kind = 'crate' and crate.id = reported.target_id
    union all
    select room.owner_id, room.id, to_jsonb(room)
    from public.rooms as room
    where reported.target_kind = 'room' and room.id = reported.target_id
    union all
    select message.author_id, message.room_id, to_jsonb(message)
    from public.messages as message
    where reported.target_kind = 'message' and message.id = reported.target_id
    union all
    select message.sender_id, null, to_jsonb(message)
    from public.direct_messages as message
    where reported.target_kind = 'message' and message.id = reported.target_id
    union all
    select product.seller_id, null, to_jsonb(product)
    from public.products as product
    where reported.target_kind = 'product' and product.id = reported.target_id
  ) as found (owner_id, place_id, fields);
end;
$$;
comment on function private.reported(text, uuid) is
'Whose something that can be reported is, in which room, and a copy of it as it is at this moment: its row and {author}. No row when it is not there';

create or replace function private.is_trusted(user_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (select from private.staff as staff where staff.user_id = is_trusted.user_id)
    or exists (
      select from public.artist_profiles as artist
      where artist.profile_id = is_trusted.user_id and (artist.is_verified or artist.is_trusted_uploader)
    )
$$;
comment on function private.is_trusted(uuid) is 'Whether somebody is known: staff, verified artists and trusted uploaders. What young accounts report of them weighs little, or nothing';

create or replace function private.is_young(user_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select
    from public.profiles as profile
    where profile.id = is_young.user_id
      and profile.created_at > now() - make_interval(days => private.setting('report_young_days')::int)
  )
  and not exists (select from private.staff as staff where staff.user_id = is_young.user_id)
$$;
comment on function private.is_young(uuid) is 'Whether somebody is new here (setting report_young_days), however often they were right: being right is soon arranged';

create or replace function private.report_weight(user_id uuid)
returns table (weight numeric, is_young boolean)
language sql
stable
security invoker
set search_path = ''
as $$
  select
    least(
      private.setting('report_weight_most'),
      greatest(
        private.setting('report_weight_least'),
        case
          when exists (select from private.staff as staff where staff.user_id = known.id) then private.setting('report_weight_most')
          when known.is_young then private.setting('report_weight_young')
          else private.setting('report_weight_start')
        end
        + known.right_count * private.setting('report_weight_right')
        - known.wrong_count * private.setting('report_weight_wrong')
      )
    )::numeric / 100,
    known.is_young
  from (
    select
      profile.id, coalesce(score.right_count, 0) as right_count, coalesce(score.wrong_count, 0) as wrong_count,
      private.is_young(profile.id) as is_young
    from public.profiles as profile
    left join private.reporter_scores as score on score.user_id = profile.id
    where profile.id = report_weight.user_id
  ) as known
$$;
comment on function private.report_weight(uuid) is
$$What a report of somebody weighs, and whether they are young

A start, more for each report that was actioned, less for each that was dismissed, within bounds: all of it settings, in hundredths (docs/decisions/0152).$$;

create or replace function private.weigh_case(case_id uuid, subject_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_young_limit constant numeric := private.setting(
    case when private.is_trusted(weigh_case.subject_id) then 'report_young_limit_trusted' else 'report_young_limit' end
  ) / 100.0;
begin
  update public.moderation_cases as found
  set weight = counted.weight, report_count = counted.number
  from (
    select
      coalesce(sum(report.weight) filter (where report.status = 'pending' and not report.is_young), 0)
        + least(v_young_limit, coalesce(sum(report.weight) filter (where report.status = 'pending' and report.is_young), 0)) as weight,
      count(*)::int as number
    from public.reports as report
    where report.case_id = weigh_case.case_id
  ) as counted
  where found.id = weigh_case.case_id;
end;
$$;
comment on function private.weigh_case(uuid, uuid) is
'Weigh the open reports of a case, which is locked: those of young accounts together no more than a cap, a lower one where they are against somebody trusted';

create or replace function private.report_shown(report public.reports)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', (report_shown.report).id, 'target_kind', (report_shown.report).target_kind, 'target_id', (report_shown.report).target_id,
    'reason', (report_shown.report).reason, 'description', (report_shown.report).description, 'status', (report_shown.report).status,
    'created_at', (report_shown.report).created_at, 'reviewed_at', (report_shown.report).reviewed_at
  )
$$;

-- Security definer: reports and cases are nobody's to write.
create or replace function private.report(target_kind text, target_id uuid, reason text, description text, room_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('trust');
  v_description constant text := nullif(btrim(report.description, E' \t\r\n'), '');
  v_kind constant text := case when report.reason = 'ai_generated' and report.target_kind = 'track' then 'ai_generated' else 'report' end;
  v_report public.reports;
  v_thing record;
  v_weight record;
  v_case_id uuid;
  v_room_id uuid;
begin
  if report.target_kind is null
    or report.target_kind not in ('profile', 'post', 'comment', 'track', 'crate', 'room', 'message', 'product')
  then
    perform private.raise_error(
      422, 'report_target_unknown', 'What can be reported is a profile, post, comment, track, crate, room, message or product.'
    );
  end if;
  if report.reason is null
    or report.reason not in ('spam', 'abuse', 'hate', 'sexual', 'self_harm', 'copyright', 'ai_generated', 'other')
  then
    perform private.raise_error(
      422, 'report_reason_unknown', 'A reason is spam, abuse, hate, sexual, self_harm, copyright, ai_generated or other.'
    );
  end if;
  if char_length(v_description) > 1000 then
    perform private.raise_error(422, 'description_too_long', 'A description has at most 1000 characters.');
  end if;
  -- One open a person and thing: what is sent again is found, also when the thing has gone meanwhile.
  select found.* into v_report
  from public.reports as found
  where found.reporter_id = v_user_id
    and found.target_id = report.target_id
    and found.target_kind = report.target_kind
    and found.status = 'pending';
  if found then
    return private.report_shown(v_report);
  end if;
  if not private.can_see_reported(report.target_kind, report.target_id) then
    perform private.refuse_reported(report.target_kind);
  end if;
  if report.room_id is not null then
    perform private.require_room_reader(report.room_id);
  end if;
  perform private.take_token('report');
  -- Whoever reviews a detection holds the track before the case of its reports: so does this, and lock_case.
  if v_kind = 'ai_generated' then
    perform from public.tracks as track where track.id = report.target_id for no key update;
  end if;
  select thing.subject_id, thing.room_id, thing.copy into v_thing from private.reported(report.target_kind, report.target_id) as thing;
  if not found then
    perform private.refuse_reported(report.target_kind);
  end if;
  if v_thing.subject_id = v_user_id then
    perform private.raise_error(422, 'not_yourself', 'This is not for oneself.');
  end if;
  -- Of whose account is just being erased no copy is kept.
  if v_thing.subject_id is not null and not private.stays(v_thing.subject_id) then
    perform private.refuse_reported(report.target_kind);
  end if;
  -- Where a thing is is known; only of how somebody behaves it has to be said.
  v_room_id := coalesce(v_thing.room_id, case report.target_kind when 'profile' then report.room_id end);

  v_case_id := private.open_case(report.target_kind, report.target_id, v_kind, v_thing.subject_id);
  select weighed.weight, weighed.is_young into v_weight from private.report_weight(v_user_id) as weighed;
  insert into public.reports (reporter_id, target_kind, target_id, subject_id, case_id, reason, description, copy, weight, is_young)
  select
    v_user_id, report.target_kind, report.target_id, found.subject_id, v_case_id, report.reason, v_description, v_thing.copy, v_weight.weight,
    v_weight.is_young
  from public.moderation_cases as found
  where found.id = v_case_id
  on conflict (reporter_id, target_id, target_kind) where status = 'pending' do nothing
  returning * into v_report;
  if v_report.id is null then
    -- Sent twice at once: the other one was first.
    select found.* into v_report
    from public.reports as found
    where found.reporter_id = v_user_id and found.target_id = report.target_id and found.target_kind = report.target_kind and found.status = 'pending';
    return private.report_shown(v_report);
  end if;
  update public.moderation_cases as found set room_id = v_room_id where found.id = v_case_id and found.room_id is null and v_room_id is not null;
  perform private.weigh_case(v_case_id, v_thing.subject_id);
  perform private.follow_weight(v_case_id);
  return private.report_shown(v_report);
end;
$$;

-- Security definer: what is withheld is nobody's to write.
create or replace function private.follow_weight(case_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_case public.moderation_cases;
  v_limit constant numeric := private.setting('report_hide_weight') / 100.0;
begin
  select found.* into v_case from public.moderation_cases as found where found.id = follow_weight.case_id;
  if v_case.kind = 'ai_generated' then
    -- People look at it again; what the file is is theirs to say, not the reports'.
    if v_case.weight >= v_limit then
      perform private.reopen_detection(v_case.target_id);
    end if;
    return;
  end if;
  if private.open_weight(v_case.target_kind, v_case.target_id) >= v_limit then
    perform private.withhold(v_case.target_kind, v_case.target_id, v_case.subject_id, 'reports', null);
  end if;
end;
$$;
comment on function private.follow_weight(uuid) is
'Withhold what the open reports of a case make too heavy (setting report_hide_weight), or have a track looked at again that they say a machine made';

create or replace function private.open_weight(target_kind text, target_id uuid)
returns numeric
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(sum(found.weight), 0)
  from public.moderation_cases as found
  where found.target_id = open_weight.target_id
    and found.target_kind = open_weight.target_kind
    and found.kind <> 'ai_generated'
    and found.status <> 'decided'
$$;
comment on function private.open_weight(text, uuid) is 'What the open reports of something weigh together, but for those that say a machine made it: these are the detection''s';
