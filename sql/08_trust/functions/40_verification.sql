create or replace function private.verification_row(request public.verification_requests)
returns public.verification_row
language sql
stable
security invoker
set search_path = ''
as $$
  select
    (verification_row.request).id, (verification_row.request).urls, (verification_row.request).code, (verification_row.request).status,
    (verification_row.request).findings, (verification_row.request).note, (verification_row.request).created_at,
    (verification_row.request).crawled_at, (verification_row.request).decided_at
$$;
comment on function private.verification_row(public.verification_requests) is 'A request as who asked may see it';

-- Security definer: requests are nobody's to write.
create or replace function private.request_verification(urls text[])
returns public.verification_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('trust');
  v_artist public.profiles;
  v_request public.verification_requests;
begin
  if coalesce(cardinality(request_verification.urls), 0) not between 1 and 5 or array_ndims(request_verification.urls) <> 1
    or exists (
      select
      from unnest(request_verification.urls) as given (url)
      where given.url is null
        or char_length(given.url) > 500
        or given.url !~ '^https://[A-Za-z0-9.-]+(:443)?(/[^\s<>"\\]*)?$'
    )
  then
    perform private.raise_error(422, 'urls_invalid', 'Name 1 to 5 pages, each beginning with https:// and of at most 500 characters.');
  end if;
  -- Locked: two at once do not both open one.
  v_artist := private.lock_own_profile();
  if v_artist.kind <> 'artist' then
    perform private.raise_error(403, 'not_an_artist', 'This is for artists; become one first.');
  end if;
  select request.* into v_request
  from public.verification_requests as request
  where request.artist_id = v_user_id and request.status in ('pending', 'crawling', 'awaiting_review');
  if found then
    -- What is sent again is found.
    if v_request.urls = request_verification.urls then
      return private.verification_row(v_request);
    end if;
    perform private.raise_error(409, 'verification_open', 'You have asked already; wait for what becomes of it.');
  end if;
  if private.is_verified(v_user_id) then
    perform private.raise_error(409, 'already_verified', 'You are verified already.');
  end if;
  perform private.take_token('request_verification');
  insert into public.verification_requests (artist_id, urls, code, next_crawl_at)
  values (
    v_user_id, request_verification.urls, 'backbeat-' || replace(gen_random_uuid()::text, '-', ''),
    now() + make_interval(mins => private.setting('verification_first_minutes')::int)
  )
  returning * into v_request;
  return private.verification_row(v_request);
end;
$$;

-- Security definer: one's own, without what is for the staff.
create or replace function private.my_verification()
returns setof public.verification_row
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_signed_in();
  return query
  select shown.*
  from public.verification_requests as request
  cross join lateral private.verification_row(request) as shown
  where request.artist_id = auth.uid()
  order by request.id desc
  limit 1;
end;
$$;

-- Security definer: service_role has no right to write requests, so that each moves by these rules.
create or replace function private.claim_verifications(size int)
returns table (id uuid, urls text[], code text)
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- What no run came to an end with is the staff's.
  update public.verification_requests as request
  set status = 'awaiting_review', leased_until = null
  where request.id = any (array(
    select lost.id
    from public.verification_requests as lost
    where lost.status = 'crawling'
      and lost.leased_until <= clock_timestamp()
      and lost.crawl_count >= private.setting('verification_crawls')
    for update skip locked
  ));
  return query
  with due as materialized (
    select request.id
    from public.verification_requests as request
    where (request.status = 'pending' and request.next_crawl_at <= clock_timestamp())
      or (request.status = 'crawling' and request.leased_until <= clock_timestamp())
    order by request.next_crawl_at, request.id
    limit least(greatest(coalesce(claim_verifications.size, 10), 1), 100)
    for update skip locked
  )
  update public.verification_requests as request
  set status = 'crawling',
      crawl_count = request.crawl_count + 1,
      leased_until = clock_timestamp() + make_interval(secs => private.setting('verification_lease_seconds')::int)
  from due
  where request.id = due.id
  returning request.id, request.urls, request.code;
end;
$$;

-- Security definer: as claim_verifications.
create or replace function private.record_verification(request_id uuid, findings jsonb)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_request public.verification_requests;
  v_is_found boolean;
begin
  select request.* into v_request
  from public.verification_requests as request
  where request.id = record_verification.request_id
  for update;
  if not found then
    perform private.raise_error(404, 'verification_not_found', 'There is no request to be verified of this id.');
  end if;
  if coalesce(jsonb_typeof(record_verification.findings), '') <> 'array'
    or jsonb_array_length(record_verification.findings) not between 1 and 5
    or exists (
      select
      from jsonb_array_elements(record_verification.findings) as finding (item)
      where jsonb_typeof(finding.item) <> 'object'
        or not coalesce(finding.item ->> 'url' = any (v_request.urls), false)
        or coalesce(finding.item ->> 'outcome', '') !~ '^[a-z][a-z0-9_]{0,60}$'
        or coalesce(jsonb_typeof(finding.item -> 'is_found'), '') <> 'boolean'
        or char_length(finding.item ->> 'final_url') > 2000
    )
  then
    perform private.raise_error(422, 'findings_invalid', 'Findings are a list of {url, final_url, outcome, is_found}, of pages of the request.');
  end if;
  -- Reported twice, or decided meanwhile: nothing is left to be said.
  if v_request.status <> 'crawling' then
    return v_request.status;
  end if;
  v_is_found := record_verification.findings @> '[{"is_found": true}]';
  update public.verification_requests as request
  set findings = (
        select jsonb_agg(jsonb_build_object(
          'url', finding.item -> 'url', 'final_url', finding.item -> 'final_url', 'outcome', finding.item -> 'outcome',
          'is_found', finding.item -> 'is_found'
        ) order by finding.place)
        from jsonb_array_elements(record_verification.findings) with ordinality as finding (item, place)
      ),
      crawled_at = now(),
      leased_until = null,
      -- Who has not placed the code yet has time to; then the staff looks, whatever was found.
      status = case
        when v_is_found or request.crawl_count >= private.setting('verification_crawls') then 'awaiting_review' else 'pending'
      end,
      next_crawl_at = clock_timestamp() + make_interval(
        mins => (private.setting('verification_first_minutes') * 2 ^ least(request.crawl_count, 20))::int
      )
  where request.id = v_request.id
  returning request.status into v_request.status;
  return v_request.status;
end;
$$;

-- Security definer: requests are for who made them and for the staff, which this asks for.
create or replace function private.verification_queue(status text, after text, page_size int)
returns setof public.verification_queue_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_status text := coalesce(verification_queue.status, 'awaiting_review');
  v_list text := 'verification_queue:' || v_status;
  v_place text[] := private.decode_place(v_list, verification_queue.after, '{uuid}');
  v_size int := private.page_size(verification_queue.page_size);
begin
  if v_status not in ('pending', 'crawling', 'awaiting_review', 'approved', 'rejected') then
    perform private.raise_error(422, 'verification_status_unknown', 'A status is pending, crawling, awaiting_review, approved or rejected.');
  end if;
  return query
  select
    request.id, private.person_card(request.artist_id), request.urls, request.code, request.status, request.findings, request.note,
    request.created_at, request.crawled_at, request.decided_at, private.person_card(request.decided_by),
    private.encode_cursor(v_list, request.id::text)
  from public.verification_requests as request
  where request.status = v_status
    and request.id > coalesce(v_place[1], '00000000-0000-0000-0000-000000000000')::uuid
  order by request.id
  limit v_size;
end;
$$;

-- Security definer: neither requests nor artists are the staff's to write directly.
create or replace function private.decide_verification(request_id uuid, approve boolean, note text)
returns public.verification_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_artist_id uuid;
  v_before public.verification_requests;
  v_after public.verification_requests;
  v_was_verified boolean;
  v_is_verified boolean;
begin
  if decide_verification.approve is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if char_length(decide_verification.note) not between 1 and 1000 then
    perform private.raise_error(422, 'note_invalid', 'A note has 1 to 1000 characters.');
  end if;
  select request.artist_id into v_artist_id from public.verification_requests as request where request.id = decide_verification.request_id;
  if not found then
    perform private.raise_error(404, 'verification_not_found', 'There is no request to be verified of this id.');
  end if;
  perform private.require_not_own(v_artist_id);
  -- The artist first, as request_verification locks them.
  perform private.lock_profiles(array[v_artist_id]);
  select request.* into v_before from public.verification_requests as request where request.id = decide_verification.request_id for update;
  if not found then
    perform private.raise_error(404, 'verification_not_found', 'There is no request to be verified of this id.');
  end if;
  if v_before.status = (case when decide_verification.approve then 'approved' else 'rejected' end) then
    return private.verification_row(v_before);
  end if;
  v_was_verified := private.is_verified(v_artist_id);
  update public.verification_requests as request
  set status = case when decide_verification.approve then 'approved' else 'rejected' end,
      note = decide_verification.note,
      decided_at = now(),
      decided_by = v_user_id,
      leased_until = null
  where request.id = v_before.id
  returning * into v_after;
  -- A decision can be taken back by another: verified is who has an approved request.
  update public.artist_profiles as artist
  set is_verified = kept.is_approved,
      verified_at = case when kept.is_approved then coalesce(artist.verified_at, now()) end
  from (
    select exists (
      select from public.verification_requests as request where request.artist_id = v_artist_id and request.status = 'approved'
    ) as is_approved
  ) as kept
  where artist.profile_id = v_artist_id and artist.is_verified <> kept.is_approved;
  v_is_verified := private.is_verified(v_artist_id);
  perform private.log_decision(
    case when decide_verification.approve then 'verification_approved' else 'verification_rejected' end, 'profile', v_artist_id, v_artist_id,
    decide_verification.note,
    jsonb_build_object('request_id', v_before.id, 'status', v_before.status, 'is_verified', v_was_verified),
    jsonb_build_object('request_id', v_after.id, 'status', v_after.status, 'is_verified', v_is_verified)
  );
  perform private.notify(
    v_artist_id, 'verification_decision', null, null, null, null,
    jsonb_build_object('request_id', v_after.id, 'is_approved', decide_verification.approve)
  );
  return private.verification_row(v_after);
end;
$$;
