-- Security definer: person_cards is nobody's to write. Each trigger writes the keys it knows, so that two at once lose neither's.
create or replace function private.tg_profiles__keep_card()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.person_cards as kept (profile_id, card, is_private)
  values (
    new.id,
    jsonb_build_object(
      'id', new.id, 'username', new.username, 'display_name', new.display_name, 'avatar_path', new.avatar_path, 'is_verified', false
    ),
    new.is_private
  )
  on conflict (profile_id) do update set card = kept.card || (excluded.card - 'is_verified'), is_private = excluded.is_private;
  return null;
end;
$$;
create trigger _500_keep_card
  after insert or update of username, display_name, avatar_path, is_private on public.profiles
  for each row execute function private.tg_profiles__keep_card();

-- Security definer: as tg_profiles__keep_card.
create or replace function private.tg_artist_profiles__keep_card()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.person_cards as kept
  set card = kept.card || jsonb_build_object('is_verified', coalesce(new.is_verified, false))
  where kept.profile_id = coalesce(new.profile_id, old.profile_id);
  return null;
end;
$$;
create trigger _500_keep_card
  after insert or update of is_verified or delete on public.artist_profiles
  for each row execute function private.tg_artist_profiles__keep_card();

-- Security definer: as tg_profiles__keep_card. The row is locked before the reasons are looked at: of two who hide and show a profile at once,
-- the later one sees what the earlier has done.
create or replace function private.tg_hidden_profiles__keep_card()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_profile_id uuid := coalesce(new.profile_id, old.profile_id);
begin
  perform from private.person_cards as kept where kept.profile_id = v_profile_id for no key update;
  update private.person_cards as kept
  set is_hidden = exists (select from private.hidden_profiles as hidden where hidden.profile_id = v_profile_id)
  where kept.profile_id = v_profile_id;
  return null;
end;
$$;
create trigger _500_keep_card
  after insert or delete on private.hidden_profiles
  for each row execute function private.tg_hidden_profiles__keep_card();

-- Security definer: as tg_hidden_profiles__keep_card, and as there the row is locked before the bans are looked at. Whether the last of them has
-- ended is asked when the card is read.
create or replace function private.tg_sanctions__keep_card()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := coalesce(new.user_id, old.user_id);
begin
  perform from private.person_cards as kept where kept.profile_id = v_user_id for no key update;
  update private.person_cards as kept
  set banned_until = (
    select max(coalesce(sanction.until, 'infinity'))
    from public.sanctions as sanction
    where sanction.user_id = v_user_id and sanction.kind = 'ban' and sanction.room_id is null and sanction.lifted_at is null
  )
  where kept.profile_id = v_user_id;
  return null;
end;
$$;
-- After what is done to streams (_540_hush_live), as where a card is hidden.
create trigger _550_keep_card
  after insert or update of until, lifted_at on public.sanctions
  for each row
  when (new.kind = 'ban' and new.room_id is null)
  execute function private.tg_sanctions__keep_card();
create trigger _560_keep_card
  after delete on public.sanctions
  for each row
  when (old.kind = 'ban' and old.room_id is null)
  execute function private.tg_sanctions__keep_card();

create or replace function private.person_card(profile_id uuid)
returns jsonb
language sql
stable
security invoker
begin atomic
  select person.card from private.person_cards as person where person.profile_id = person_card.profile_id;
end;
comment on function private.person_card(uuid) is
$$A person as things of theirs show them: {id, username, display_name, avatar_path, is_verified}

Asks nothing: whoever uses it has decided that the thing may be seen. For definer functions, which may read person_cards.$$;
