-- What check constraints would say of the content, as tg_posts__validate: a check costs every statement that writes the row, and plays are
-- far more than tracks.
create or replace function private.tg_tracks__validate()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_broken text := case
    when new.provider not in ('backbeat', 'spotify', 'apple_music', 'youtube_music', 'soundcloud', 'deezer', 'bandcamp') then 'tracks_provider_known'
    when not case new.provider
      when 'backbeat' then new.provider_track_id = new.id::text
      when 'spotify' then new.provider_track_id ~ '^[A-Za-z0-9]{22}$'
      when 'youtube_music' then new.provider_track_id ~ '^[A-Za-z0-9_-]{11}$'
      else new.provider_track_id ~ '^[1-9][0-9]{0,19}$'
    end then 'tracks_provider_track_id_format'
    when char_length(new.title) not between 1 and 200 then 'tracks_title_length'
    when char_length(new.artist_name) not between 1 and 200 then 'tracks_artist_name_length'
    when new.duration_ms not between 1000 and 86400000 then 'tracks_duration_range'
    when new.artwork_url !~ '^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^\s<>"]*)?$' or char_length(new.artwork_url) > 2000 then 'tracks_artwork_url_https'
    when new.artwork_path !~ ('^' || new.artist_id || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$') then 'tracks_artwork_path_own'
    when new.isrc !~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$' then 'tracks_isrc_format'
    when new.bpm not between 20 and 400 then 'tracks_bpm_range'
    when new.musical_key !~ '^[A-G][#b]?m?$' then 'tracks_musical_key_format'
    when new.kind not in ('original', 'remix', 'mashup') then 'tracks_kind_known'
    when new.file_format not in ('mp3', 'wav', 'flac') then 'tracks_file_format_known'
    when new.file_bytes <= 0 then 'tracks_file_bytes_positive'
    when new.status not in ('draft', 'processing', 'published', 'hidden', 'removed') then 'tracks_status_known'
    when (new.status = 'removed') <> (new.removed_from is not null) then 'tracks_removed_from_fits'
    when new.removed_from not in ('draft', 'processing', 'published', 'hidden') then 'tracks_removed_from_known'
    when new.status = 'published' and new.published_at is null then 'tracks_published_has_date'
    when (new.provider = 'backbeat') <> (new.artist_id is not null) then 'tracks_upload_has_artist'
    when (new.provider = 'backbeat') <> (new.file_format is not null) then 'tracks_upload_has_format'
    when new.provider <> 'backbeat' and new.status not in ('published', 'removed') then 'tracks_upload_alone_has_stages'
  end;
begin
  if v_broken is not null then
    perform private.refuse_row('tracks', v_broken);
  end if;
  return new;
end;
$$;
create trigger _300_validate
  before insert or update of id, provider, provider_track_id, title, artist_name, artist_id, duration_ms, artwork_url, artwork_path, isrc, bpm,
    musical_key, kind, file_format, file_bytes, status, removed_from, published_at
  on public.tracks
  for each row execute function private.tg_tracks__validate();

create or replace function private.require_genre(genre text)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if require_genre.genre is not null and not exists (select from public.genres as known where known.slug = require_genre.genre) then
    perform private.raise_error(422, 'unknown_genre', 'A genre is none of those in genres.');
  end if;
end;
$$;
comment on function private.require_genre(text) is 'Refuse a genre that there is not; null is none';

create or replace function private.fit_track(track public.tracks)
returns public.tracks
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_track public.tracks := fit_track.track;
begin
  v_track.title := private.clean_line(left(v_track.title, 1000), 201);
  if v_track.title is null or char_length(v_track.title) not between 1 and 200 then
    perform private.raise_error(422, 'title_invalid', 'A title has 1 to 200 characters.');
  end if;
  v_track.artist_name := private.clean_line(left(v_track.artist_name, 1000), 201);
  if v_track.artist_name is null or char_length(v_track.artist_name) not between 1 and 200 then
    perform private.raise_error(422, 'artist_name_invalid', 'The name of an artist has 1 to 200 characters.');
  end if;
  if v_track.duration_ms is null or v_track.duration_ms not between 1000 and 86400000 then
    perform private.raise_error(422, 'duration_invalid', 'A track lasts 1 second to 24 hours, in milliseconds.');
  end if;
  v_track.artwork_url := nullif(v_track.artwork_url, '');
  if char_length(v_track.artwork_url) > 2000 or v_track.artwork_url !~ '^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^\s<>"]*)?$' then
    perform private.raise_error(422, 'artwork_invalid', 'The address of a picture begins with https:// and has at most 2000 characters.');
  end if;
  v_track.isrc := nullif(upper(translate(left(v_track.isrc, 100), '- ', '')), '');
  if v_track.isrc !~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$' then
    perform private.raise_error(422, 'isrc_invalid', 'An ISRC is two letters, three letters or digits and seven digits.');
  end if;
  v_track.genre := nullif(v_track.genre, '');
  perform private.require_genre(v_track.genre);
  v_track.bpm := nullif(v_track.bpm, 0);
  if v_track.bpm not between 20 and 400 then
    perform private.raise_error(422, 'bpm_invalid', 'A track has 20 to 400 beats a minute.');
  end if;
  v_track.musical_key := nullif(v_track.musical_key, '');
  if v_track.musical_key !~ '^[A-G][#b]?m?$' then
    perform private.raise_error(422, 'musical_key_invalid', 'A key is written like C, F#m or Bb.');
  end if;
  v_track.kind := coalesce(v_track.kind, 'original');
  if v_track.kind not in ('original', 'remix', 'mashup') then
    perform private.raise_error(422, 'track_kind_unknown', 'A track is original, remix or mashup.');
  end if;
  v_track.is_explicit := coalesce(v_track.is_explicit, false);
  return v_track;
end;
$$;
comment on function private.fit_track(public.tracks) is 'A description of a track, cleaned, or the refusal of the first field that does not fit; empty text and 0 mean none';

create or replace function private.fit_bpm(bpm numeric)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  -- NaN is greater than all numbers; a number of a hundred digits would not fit the column.
  if fit_bpm.bpm <> 0 and fit_bpm.bpm not between 20 and 400 then
    perform private.raise_error(422, 'bpm_invalid', 'A track has 20 to 400 beats a minute.');
  end if;
  return round(fit_bpm.bpm, 2);
end;
$$;

-- Security definer: looks into storage and the outbox, which nobody may.
create or replace function private.require_cover(path text)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  if require_cover.path is null then
    return;
  end if;
  if require_cover.path !~ ('^' || v_user_id || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$')
    or not exists (
      select from storage.objects as object where object.bucket_id = 'crate-covers' and object.name = require_cover.path
    )
    -- What was shown before may be about to go.
    or exists (
      select from private.outbox as message
      where message.user_id = v_user_id
        and message.topic = 'remove_objects'
        and message.delivered_at is null
        and message.payload -> 'names' ? require_cover.path
    )
  then
    perform private.raise_error(422, 'cover_not_found', 'The picture is not in your own folder of crate-covers; upload it first.');
  end if;
end;
$$;
comment on function private.require_cover(text) is 'Refuse a picture that does not lie in the caller''s folder of crate-covers; null is none';

create or replace function private.release_cover(path text, person_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- The owner's profile is locked, so nothing else of theirs begins to show it just now.
  if release_cover.path is not null
    and not exists (
      select from public.crates as crate where crate.owner_id = release_cover.person_id and crate.cover_path = release_cover.path
    )
    and not exists (
      select from public.tracks as track where track.artist_id = release_cover.person_id and track.artwork_path = release_cover.path
    )
  then
    perform private.enqueue(
      'remove_objects',
      jsonb_build_object('bucket', 'crate-covers', 'names', jsonb_build_array(release_cover.path)),
      release_cover.person_id
    );
  end if;
end;
$$;
comment on function private.release_cover(text, uuid) is 'Have a picture removed that none of this person''s crates and tracks shows any more';

create or replace function private.require_artwork_host(provider text, artwork_url text)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_host text := lower(substring(require_artwork_host.artwork_url from '^https://([A-Za-z0-9.-]+)(?:/|$)'));
begin
  if require_artwork_host.artwork_url is not null and not exists (
    select from private.artwork_hosts as known
    where known.provider = require_artwork_host.provider
      and (v_host = known.host or right(v_host, char_length(known.host) + 1) = '.' || known.host)
  ) then
    perform private.raise_error(
      422, 'artwork_host_unknown', 'The picture of a track lies with its provider; leave it out where it does not.',
      (select string_agg(known.host, ', ' order by known.host) from private.artwork_hosts as known where known.provider = require_artwork_host.provider)
    );
  end if;
end;
$$;
comment on function private.require_artwork_host(text, text) is 'Refuse the address of a picture that is not on a host of the provider (artwork_hosts), or on a port of its own; null is none';

-- Security definer: tracks are nobody's to write directly.
create or replace function private.resolve_track(
  provider text, provider_track_id text, title text, artist_name text, duration_ms int, artwork_url text, isrc text, is_explicit boolean
)
returns public.tracks
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('catalogue');
  v_track public.tracks;
  v_found public.tracks;
begin
  if resolve_track.provider is null
    or resolve_track.provider not in ('spotify', 'apple_music', 'youtube_music', 'soundcloud', 'deezer', 'bandcamp')
  then
    perform private.raise_error(
      422, 'provider_unknown', 'A provider is spotify, apple_music, youtube_music, soundcloud, deezer or bandcamp.'
    );
  end if;
  if coalesce(resolve_track.provider_track_id, '') !~ (
    case resolve_track.provider
      when 'spotify' then '^[A-Za-z0-9]{22}$'
      when 'youtube_music' then '^[A-Za-z0-9_-]{11}$'
      else '^[1-9][0-9]{0,19}$'
    end
  ) then
    perform private.raise_error(422, 'provider_track_id_invalid', 'This is not how the provider writes the id of a track.');
  end if;

  select track.* into v_found
  from public.tracks as track
  where track.provider = resolve_track.provider and track.provider_track_id = resolve_track.provider_track_id;
  if not found then
    v_track.title := resolve_track.title;
    v_track.artist_name := resolve_track.artist_name;
    v_track.duration_ms := resolve_track.duration_ms;
    v_track.artwork_url := resolve_track.artwork_url;
    v_track.isrc := resolve_track.isrc;
    v_track.is_explicit := resolve_track.is_explicit;
    v_track := private.fit_track(v_track);
    perform private.require_artwork_host(resolve_track.provider, v_track.artwork_url);
    perform private.take_token('resolve_track');
    insert into public.tracks (
      provider, provider_track_id, title, artist_name, duration_ms, artwork_url, isrc, is_explicit, status, published_at
    ) values (
      resolve_track.provider, resolve_track.provider_track_id, v_track.title, v_track.artist_name, v_track.duration_ms,
      v_track.artwork_url, v_track.isrc, v_track.is_explicit, 'published', now()
    )
    on conflict (provider, provider_track_id) do nothing
    returning * into v_found;
    if not found then
      select track.* into v_found
      from public.tracks as track
      where track.provider = resolve_track.provider and track.provider_track_id = resolve_track.provider_track_id;
    end if;
  end if;
  if not private.can_see_track(v_found.id) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  return v_found;
end;
$$;
