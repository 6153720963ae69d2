create or replace function private.is_username_fit(username text)
returns boolean
language sql
immutable
security invoker
set search_path = ''
as $$
  select coalesce(is_username_fit.username ~ '^[a-z0-9_]{3,30}$', false)
$$;

-- Security definer: claims are written for people who may not write them.
create or replace function private.claim_username(username text, profile_id uuid, is_change boolean)
returns boolean
language sql
volatile
security definer
set search_path = ''
as $$
  with claim as (
    insert into private.username_claims as claim (username, profile_id, is_current, changed_at)
    values (claim_username.username, claim_username.profile_id, true, case when claim_username.is_change then now() end)
    on conflict (username) do update
      set profile_id = excluded.profile_id, is_current = true, reserved_until = null, changed_at = excluded.changed_at
      where not claim.is_current
        and (claim.reserved_until <= now() or claim.profile_id = excluded.profile_id)
    returning claim.username
  )
  select exists (select from claim)
$$;
comment on function private.claim_username(text, uuid, boolean) is
$$Take a username, or return false because somebody has it or it is reserved

One statement, so that of two who want it at once one gets it. The last holder of a reserved name may take it back.$$;

create or replace function private.clean_line(line text, longest int)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case when cleaned.line ~ '[^ \u00a0\u034f\u115f\u1160\u1680\u17b4\u17b5\u2000-\u200d\u202f\u205f\u2800\u3000\u3164\uffa0]' then cleaned.line else '' end
  from (
    select btrim(left(btrim(regexp_replace(
      clean_line.line, '[[:cntrl:]\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+', '', 'g'
    )), clean_line.longest)) as line
  ) as cleaned
$$;
comment on function private.clean_line(text, int) is 'One line of text without control and invisible characters and direction marks, trimmed and cut; empty when nothing is to be seen';

create or replace function private.sign_up_metadata(raw jsonb)
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_metadata jsonb := sign_up_metadata.raw;
begin
  -- Supabase Lite stores the metadata as a JSON string inside the jsonb.
  if jsonb_typeof(v_metadata) = 'string' then
    begin
      v_metadata := (v_metadata #>> '{}')::jsonb;
    exception when data_exception or syntax_error or program_limit_exceeded then
      return '{}';
    end;
  end if;
  if v_metadata is null or jsonb_typeof(v_metadata) <> 'object' then
    return '{}';
  end if;
  return (
    select coalesce(jsonb_object_agg(entry.key, entry.value), '{}')
    from jsonb_each(v_metadata) as entry
    where entry.key in ('username', 'display_name', 'kind', 'time_zone') and jsonb_typeof(entry.value) = 'string'
  );
end;
$$;
comment on function private.sign_up_metadata(jsonb) is 'The known text fields of a sign-up''s metadata, whatever it holds';

-- Security definer: runs as the auth server, which has no rights here.
create or replace function private.tg_users__make_profile()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_metadata jsonb := private.sign_up_metadata(new.raw_user_meta_data::jsonb);
  v_username text := lower(btrim(left(v_metadata ->> 'username', 100)));
  v_display_name text := private.clean_line(left(v_metadata ->> 'display_name', 1000), 80);
  v_time_zone text := left(v_metadata ->> 'time_zone', 100);
  v_kind text := case when v_metadata ->> 'kind' = 'artist' then 'artist' else 'fan' end;
begin
  if not exists (select from private.time_zones as zone where zone.name = v_time_zone) then
    v_time_zone := 'UTC';
  end if;

  -- The row comes first, under a name nobody can want, as a claim names its profile.
  insert into public.profiles (id, username, display_name, kind, time_zone)
  values (new.id, left('x' || replace(new.id::text, '-', ''), 30), 'x', v_kind, v_time_zone);

  if not private.is_username_fit(v_username) or not private.claim_username(v_username, new.id, false) then
    loop
      v_username := 'user_' || substring(md5(gen_random_uuid()::text) from 1 for 8);
      exit when private.claim_username(v_username, new.id, false);
    end loop;
  end if;

  update public.profiles as profile
  set username = v_username, display_name = coalesce(nullif(v_display_name, ''), v_username)
  where profile.id = new.id;

  if v_kind = 'artist' then
    insert into public.artist_profiles (profile_id) values (new.id);
  end if;
  return null;
end;
$$;
comment on function private.tg_users__make_profile() is 'Make the profile of a new account from its metadata; nothing in the metadata can make a sign-up fail';

create trigger _500_make_profile
  after insert on auth.users
  for each row execute function private.tg_users__make_profile();
