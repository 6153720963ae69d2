-- Security definer: claims are nobody's to write; the service passes on what somebody without an account sends. Tokens are taken before anything is
-- looked up, and it answers alike whatever is there: nobody learns by it which tracks there are.
create or replace function private.record_claim(track_id uuid, claimant text, kind text, contact text, statement text, address text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  v_claimant text := private.clean_line(left(record_claim.claimant, 1000), 201);
  v_contact text := btrim(record_claim.contact);
  v_track public.tracks;
begin
  perform private.require_feature('trust');
  if coalesce(char_length(v_claimant), 0) not between 1 and 200 then
    perform private.raise_error(422, 'claimant_invalid', 'A name has 1 to 200 characters.');
  end if;
  if record_claim.kind is null or record_claim.kind not in ('recording', 'composition', 'sample', 'artwork', 'trademark', 'other') then
    perform private.raise_error(422, 'claim_kind_unknown', 'A claim is about a recording, composition, sample, artwork, trademark or other.');
  end if;
  if coalesce(char_length(v_contact), 0) not between 3 and 254 or v_contact !~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' then
    perform private.raise_error(422, 'contact_invalid', 'Give an e-mail address to answer to.');
  end if;
  if coalesce(char_length(btrim(record_claim.statement)), 0) not between 1 and 5000 or record_claim.statement !~ '\S' then
    perform private.raise_error(422, 'statement_invalid', 'A statement has 1 to 5000 characters.');
  end if;
  if coalesce(char_length(record_claim.address), 0) not between 1 and 100 then
    perform private.raise_error(422, 'address_invalid', 'Say from which address it came.');
  end if;
  if record_claim.track_id is null then
    perform private.raise_error(422, 'track_missing', 'Say which track it is about.');
  end if;
  -- Buckets of nobody, about the hash of an address; they go when they are full again. An e-mail is whatever its sender writes, so what one names from
  -- one network takes nothing from who names it from another.
  perform private.take_token('rights_claim_address', md5('address ' || record_claim.address)::uuid, v_nobody);
  perform private.take_token('rights_claim_contact', md5('contact ' || lower(v_contact) || ' ' || record_claim.address)::uuid, v_nobody);
  select track.* into v_track from public.tracks as track where track.id = record_claim.track_id;
  -- Of an artist who is just leaving the tracks go too.
  if v_track.id is not null and coalesce(v_track.artist_id is null or private.stays(v_track.artist_id), false) then
    insert into private.claims (track_id, artist_id, claimant, kind, contact, statement)
    select track.id, track.artist_id, v_claimant, record_claim.kind, v_contact, btrim(record_claim.statement)
    from public.tracks as track
    where track.id = v_track.id
    for key share of track
    -- The same words again are found; other words in the same name may be those of the one who truly bears it.
    on conflict (track_id, lower(contact), md5(statement)) where status = 'pending' do nothing;
  end if;
  return 'received';
end;
$$;

create or replace function private.strike_count(artist_id uuid)
returns int
language sql
stable
security invoker
set search_path = ''
as $$
  select count(distinct claim.track_id)::int
  from private.claims as claim
  where claim.artist_id = strike_count.artist_id and claim.status = 'upheld'
$$;
comment on function private.strike_count(uuid) is 'On how many tracks of an artist a claim stands; not while it is to be decided again';

-- Security definer: claims are for the staff, which this asks for, and without contacts for whose track it is.
create or replace function private.claims_queue(status text, after text, page_size int)
returns setof public.claim_queue_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_status text := coalesce(claims_queue.status, 'pending');
  v_list text := 'claims_queue:' || v_status;
  v_place text[] := private.decode_place(v_list, claims_queue.after, '{uuid}');
  v_size int := private.page_size(claims_queue.page_size);
begin
  if v_status not in ('pending', 'countered', 'upheld', 'refused') then
    perform private.raise_error(422, 'claim_status_unknown', 'A status is pending, countered, upheld or refused.');
  end if;
  return query
  select
    claim.id, private.track_card(claim.track_id), private.person_card(claim.artist_id), claim.claimant, claim.kind, claim.contact,
    claim.statement, claim.status,
    (
      select jsonb_build_object('kind', declaration.kind, 'sources', declaration.sources, 'accepted_at', declaration.accepted_at)
      from public.rights_declarations as declaration
      where declaration.track_id = claim.track_id
    ),
    private.strike_count(claim.artist_id), claim.note, claim.decided_at, private.person_card(claim.decided_by), claim.counter_statement,
    claim.countered_at, claim.counter_note, claim.redecided_at, private.person_card(claim.redecided_by), claim.created_at,
    private.encode_cursor(v_list, claim.id::text)
  from private.claims as claim
  where claim.status = v_status
    and claim.id > coalesce(v_place[1], '00000000-0000-0000-0000-000000000000')::uuid
  order by claim.id
  limit v_size;
end;
$$;

-- Security definer: as claims_queue.
create or replace function private.my_claims(after text, page_size int)
returns setof public.claim_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_list text := 'my_claims:' || auth.uid();
  v_place text[] := private.decode_place(v_list, my_claims.after, '{uuid}');
  v_size int := private.page_size(my_claims.page_size);
begin
  perform private.require_signed_in();
  return query
  select
    claim.id, claim.track_id, claim.kind, claim.statement, claim.status, claim.note, claim.decided_at, claim.counter_statement,
    claim.countered_at, claim.counter_note, claim.redecided_at, claim.created_at, private.encode_cursor(v_list, claim.id::text)
  from private.claims as claim
  where claim.artist_id = auth.uid()
    -- What was never upheld concerns the staff and who claims alone.
    and (claim.status in ('upheld', 'countered') or claim.countered_at is not null)
    and claim.id < coalesce(v_place[1], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid
  order by claim.id desc
  limit v_size;
end;
$$;

create or replace function private.locked_claim(claim_id uuid)
returns private.claims
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_track_id uuid := (select claim.track_id from private.claims as claim where claim.id = locked_claim.claim_id);
  v_claim private.claims;
begin
  perform from public.tracks as track where track.id = v_track_id for no key update;
  select claim.* into v_claim from private.claims as claim where claim.id = locked_claim.claim_id for update;
  if not found then
    perform private.raise_error(404, 'claim_not_found', 'There is no claim of this id for you to see to.');
  end if;
  return v_claim;
end;
$$;
comment on function private.locked_claim(uuid) is 'A claim, locked after its track; else claim_not_found (404)';

create or replace function private.open_strikes(claim_id uuid, uphold boolean)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_claim private.claims;
  v_strikes int;
begin
  select claim.* into v_claim from private.claims as claim where claim.id = open_strikes.claim_id;
  if not open_strikes.uphold or v_claim.artist_id is null or v_claim.status in ('upheld', 'refused') then
    return;
  end if;
  v_strikes := private.strike_count(v_claim.artist_id) + case
    when exists (
      select from private.claims as other where other.track_id = v_claim.track_id and other.status = 'upheld'
    ) then 0
    else 1
  end;
  if v_strikes >= private.setting('strikes_limit') then
    perform private.open_case(
      'profile', v_claim.artist_id, 'strikes', v_claim.artist_id,
      jsonb_build_object('claim_id', v_claim.id, 'track_id', v_claim.track_id, 'strike_count', v_strikes)
    );
  end if;
end;
$$;
comment on function private.open_strikes(uuid, boolean) is
'Before a claim is upheld: a case about its artist where that is one strike too many; before the track is locked, as cases come before tracks';

create or replace function private.follow_claim(claim private.claims, had_removed boolean)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if (follow_claim.claim).has_removed then
    perform private.mark_withheld('track', (follow_claim.claim).track_id, true);
  elsif follow_claim.had_removed then
    -- What something else keeps away stays away.
    perform private.unremove_track((follow_claim.claim).track_id);
  end if;
end;
$$;
comment on function private.follow_claim(private.claims, boolean) is
'After a claim is decided: remove its track, or bring it back where nothing else keeps it away; had_removed: whether the claim kept it away before. Both are locked';

-- Security definer: claims and tracks are nobody's to write directly.
create or replace function private.decide_claim(claim_id uuid, uphold boolean, note text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('moderator');
  v_before private.claims;
  v_after private.claims;
  v_is_again boolean;
  v_track_before text;
  v_track_after text;
  v_strikes int;
begin
  if decide_claim.uphold is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if char_length(decide_claim.note) not between 1 and 1000 then
    perform private.raise_error(422, 'note_invalid', 'A note has 1 to 1000 characters.');
  end if;
  select claim.* into v_before from private.claims as claim where claim.id = decide_claim.claim_id;
  if not found then
    perform private.raise_error(404, 'claim_not_found', 'There is no claim of this id for you to see to.');
  end if;
  perform private.require_not_own(v_before.artist_id);
  -- Claims on tracks of one artist are decided one after the other: of two that make the third strike together one knows.
  perform pg_advisory_xact_lock(hashtextextended('claims:' || coalesce(v_before.artist_id, v_before.track_id), 0));
  perform private.open_strikes(v_before.id, decide_claim.uphold);
  v_before := private.locked_claim(decide_claim.claim_id);
  v_is_again := v_before.status = 'countered';
  if v_before.status in ('upheld', 'refused') then
    if (v_before.status = 'upheld') = decide_claim.uphold then
      return jsonb_build_object(
        'claim_id', v_before.id, 'status', v_before.status, 'track_id', v_before.track_id, 'strike_count', private.strike_count(v_before.artist_id)
      );
    end if;
    perform private.raise_error(409, 'claim_decided', 'This has been decided already.', v_before.status);
  end if;
  if v_is_again and v_before.decided_by = v_user_id then
    perform private.raise_error(403, 'another_person_needed', 'Somebody else has to decide this.');
  end if;
  v_track_before := (select track.status from public.tracks as track where track.id = v_before.track_id);
  update private.claims as claim
  set status = case when decide_claim.uphold then 'upheld' else 'refused' end,
      has_removed = decide_claim.uphold,
      note = case when v_is_again then claim.note else decide_claim.note end,
      decided_at = coalesce(claim.decided_at, now()),
      decided_by = case when v_is_again then claim.decided_by else v_user_id end,
      counter_note = case when v_is_again then decide_claim.note end,
      redecided_at = case when v_is_again then now() end,
      redecided_by = case when v_is_again then v_user_id end
  where claim.id = v_before.id
  returning * into v_after;
  perform private.follow_claim(v_after, v_before.has_removed);
  v_track_after := (select track.status from public.tracks as track where track.id = v_before.track_id);
  v_strikes := private.strike_count(v_after.artist_id);
  perform private.log_decision(
    case when decide_claim.uphold then 'claim_upheld' else 'claim_refused' end, 'track', v_after.track_id, v_after.artist_id, decide_claim.note,
    jsonb_build_object('claim_id', v_before.id, 'status', v_before.status, 'track_status', v_track_before),
    jsonb_build_object('claim_id', v_after.id, 'status', v_after.status, 'track_status', v_track_after, 'strike_count', v_strikes)
  );
  if v_after.artist_id is not null and private.stays(v_after.artist_id) then
    -- Of a claim that is refused at once its artist has never heard.
    if decide_claim.uphold or v_is_again then
      perform private.notify(
        v_after.artist_id, case when v_is_again then 'counter_notice_decision' else 'claim_upheld' end, null, null, null, null,
        jsonb_build_object('claim_id', v_after.id, 'track_id', v_after.track_id, 'is_upheld', decide_claim.uphold)
      );
    end if;
  end if;
  return jsonb_build_object('claim_id', v_after.id, 'status', v_after.status, 'track_id', v_after.track_id, 'strike_count', v_strikes);
end;
$$;

-- Security definer: claims are nobody's to write.
create or replace function private.counter_notice(claim_id uuid, statement text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  -- As an appeal: strikes may be what somebody is banned for.
  v_user_id uuid := private.acting_user('trust', even_banned => true);
  v_claim private.claims;
  v_before text;
  v_statement text := btrim(counter_notice.statement);
begin
  if coalesce(char_length(v_statement), 0) not between 1 and 5000 or v_statement !~ '\S' then
    perform private.raise_error(422, 'statement_invalid', 'A statement has 1 to 5000 characters.');
  end if;
  if not exists (
    select from private.claims as claim where claim.id = counter_notice.claim_id and claim.artist_id = v_user_id
  ) then
    perform private.raise_error(404, 'claim_not_found', 'There is no claim of this id for you to see to.');
  end if;
  v_claim := private.locked_claim(counter_notice.claim_id);
  if v_claim.counter_statement = v_statement then
    return jsonb_build_object('claim_id', v_claim.id, 'status', v_claim.status);
  end if;
  if v_claim.countered_at is not null then
    perform private.raise_error(409, 'already_countered', 'A claim is countered once.');
  end if;
  if v_claim.status <> 'upheld' then
    perform private.raise_error(404, 'claim_not_found', 'There is no claim of this id for you to see to.');
  end if;
  perform private.take_token('counter_notice');
  v_before := v_claim.status;
  update private.claims as claim
  set status = 'countered', counter_statement = v_statement, countered_at = now()
  where claim.id = v_claim.id
  returning * into v_claim;
  perform private.log_decision(
    'claim_countered', 'track', v_claim.track_id, v_claim.artist_id, null, jsonb_build_object('claim_id', v_claim.id, 'status', v_before),
    jsonb_build_object('claim_id', v_claim.id, 'status', v_claim.status)
  );
  return jsonb_build_object('claim_id', v_claim.id, 'status', v_claim.status);
end;
$$;
