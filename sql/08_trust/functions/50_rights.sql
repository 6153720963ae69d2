create or replace function private.require_rights(track_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if not exists (
    select from public.rights_declarations as declaration where declaration.track_id = require_rights.track_id
  ) then
    perform private.raise_error(409, 'rights_not_declared', 'Declare first by what right you publish this.', 'Call declare_rights.');
  end if;
end;
$$;
comment on function private.require_rights(uuid) is 'Refuse an upload for which no rights are declared; else nothing';

-- Security definer: declarations are nobody's to write.
create or replace function private.declare_rights(track_id uuid, kind text, sources text[])
returns public.rights_declarations
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_track public.tracks := private.my_upload(declare_rights.track_id, v_user_id);
  v_sources text[];
  v_before public.rights_declarations;
  v_after public.rights_declarations;
begin
  if declare_rights.kind is null or declare_rights.kind not in ('original', 'licensed', 'public_domain', 'cover') then
    perform private.raise_error(422, 'rights_kind_unknown', 'Rights are original, licensed, public_domain or cover.');
  end if;
  if coalesce(cardinality(declare_rights.sources), 0) > 20 or coalesce(array_ndims(declare_rights.sources), 1) <> 1
    or exists (
      select
      from unnest(declare_rights.sources) as given (source)
      where coalesce(char_length(btrim(given.source)), 0) not between 1 and 500
    )
  then
    perform private.raise_error(422, 'sources_invalid', 'Name at most 20 sources, each of 1 to 500 characters.');
  end if;
  v_sources := array(
    select btrim(given.source)
    from unnest(declare_rights.sources) with ordinality as given (source, place)
    order by given.place
  );
  if declare_rights.kind <> 'original' and cardinality(v_sources) = 0 then
    perform private.raise_error(422, 'sources_missing', 'What is not original rests on something: name it.');
  end if;
  select declaration.* into v_before from public.rights_declarations as declaration where declaration.track_id = v_track.id;
  if found then
    if (v_before.kind, v_before.sources) = (declare_rights.kind, v_sources) then
      return v_before;
    end if;
    -- What it was published by stays as it was said.
    if v_track.status <> 'draft' then
      perform private.raise_error(409, 'rights_declared', 'By what right a track was submitted stays as it was declared.');
    end if;
  end if;
  insert into public.rights_declarations as declaration (track_id, artist_id, kind, sources)
  values (v_track.id, v_user_id, declare_rights.kind, v_sources)
  on conflict on constraint rights_declarations_pkey do update
    set kind = excluded.kind, sources = excluded.sources, accepted_at = now()
  returning declaration.* into v_after;
  return v_after;
end;
$$;

-- Security definer: licenses are nobody's to write.
create or replace function private.set_license(track_id uuid, name text, terms text, price_minor bigint, currency text)
returns public.licenses
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('trust');
  v_track public.tracks := private.my_upload(set_license.track_id, v_user_id);
  v_name text := private.clean_line(left(set_license.name, 1000), 81);
  v_currency public.currencies;
  v_license public.licenses;
begin
  if coalesce(char_length(v_name), 0) not between 1 and 80 then
    perform private.raise_error(422, 'name_invalid', 'A name has 1 to 80 characters.');
  end if;
  if coalesce(char_length(set_license.terms), 0) not between 1 and 10000 then
    perform private.raise_error(422, 'terms_invalid', 'Terms have 1 to 10000 characters.');
  end if;
  select row.* into v_currency from public.currencies as row where row.code = set_license.currency and row.is_enabled;
  if not found then
    perform private.raise_error(422, 'currency_disabled', 'Nothing can be sold in this currency.');
  end if;
  if set_license.price_minor is null or set_license.price_minor not between 0 and 100000000 then
    perform private.raise_error(422, 'price_invalid', 'A price is 0 to 100000000, in minor units.');
  end if;
  if set_license.price_minor % v_currency.step_minor <> 0 then
    perform private.raise_error(
      422, 'price_step', 'Prices in this currency are charged in steps.', v_currency.step_minor::text
    );
  end if;
  -- The track is locked: two at once cannot both be the last.
  if not exists (select from public.licenses as license where license.track_id = v_track.id and license.name = v_name)
    and (select count(*) from public.licenses as license where license.track_id = v_track.id) >= private.setting('licenses_limit')
  then
    perform private.raise_error(409, 'license_limit', 'A track has no more licenses than this.', private.setting('licenses_limit')::text);
  end if;
  perform private.take_token('set_license');
  insert into public.licenses as license (track_id, artist_id, name, terms, price_minor, currency)
  values (v_track.id, v_user_id, v_name, set_license.terms, set_license.price_minor, set_license.currency)
  on conflict on constraint licenses_once do update
    set terms = excluded.terms, price_minor = excluded.price_minor, currency = excluded.currency, updated_at = now()
  returning license.* into v_license;
  return v_license;
end;
$$;

-- Security definer: as set_license.
create or replace function private.remove_license(license_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('trust');
begin
  delete from public.licenses as license where license.id = remove_license.license_id and license.artist_id = v_user_id;
  if not found then
    perform private.raise_error(404, 'license_not_found', 'There is no license of yours of this id.');
  end if;
end;
$$;
