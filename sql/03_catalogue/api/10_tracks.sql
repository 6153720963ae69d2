create or replace function public.resolve_track(
  provider text, provider_track_id text, title text, artist_name text, duration_ms int, artwork_url text default null,
  isrc text default null, is_explicit boolean default false
)
returns public.tracks
language sql
volatile
security invoker
begin atomic
  select private.resolve_track(resolve_track.provider, resolve_track.provider_track_id, resolve_track.title, resolve_track.artist_name, resolve_track.duration_ms, resolve_track.artwork_url, resolve_track.isrc, resolve_track.is_explicit);
end;
comment on function public.resolve_track(text, text, text, text, int, text, text, boolean) is
$$The track of another provider, made known when it is not yet

provider: spotify, apple_music, youtube_music, soundcloud, deezer or bandcamp; provider_track_id as the provider writes it. The first writer's
description stays: afterwards the rest is not looked at. artwork_url: https, on a host of the provider, which the hint of artwork_host_unknown names. Returns the track. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403), provider_unknown,
provider_track_id_invalid, title_invalid, artist_name_invalid, duration_invalid, artwork_invalid, artwork_host_unknown, isrc_invalid (422), track_not_found (404:
the staff has removed it), rate_limited (429).$$;

create or replace function public.create_track(
  title text, genre text, duration_ms int, file_format text, artist_name text default null, kind text default 'original',
  bpm numeric default null, musical_key text default null, is_explicit boolean default false, isrc text default null,
  artwork_path text default null, client_id uuid default null
)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.create_track(create_track.title, create_track.genre, create_track.duration_ms, create_track.file_format, create_track.artist_name, create_track.kind, create_track.bpm, create_track.musical_key, create_track.is_explicit, create_track.isrc, create_track.artwork_path, create_track.client_id);
end;
comment on function public.create_track(text, text, int, text, text, text, numeric, text, boolean, text, text, uuid) is
$$Begin to upload a track, as an artist

Returns {track {...}, bucket, path}: a draft, and where its file is to be uploaded (once; mp3, wav or flac as file_format says, at most 200
MB). Then call submit_track. A preview, for when it is sold, goes beside it at any time: -preview before the ending. artist_name: the caller's own when null. artwork_path: a picture in the caller's folder of bucket crate-covers.
client_id: sent again, it returns the same draft, which goes with its file when it is not submitted in 30 days (setting draft_kept_days). Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403),
not_an_artist (403), title_invalid, artist_name_invalid, duration_invalid, file_format_unknown, unknown_genre, track_kind_unknown,
bpm_invalid, musical_key_invalid, isrc_invalid, cover_not_found (422), draft_limit, storage_full (409; settings drafts_limit, stored_bytes_limit),
rate_limited (429).$$;

create or replace function public.declare_rights(track_id uuid, kind text, sources text[] default '{}')
returns public.rights_declarations
language sql
volatile
security invoker
begin atomic
  select row.track_id, row.artist_id, row.kind, row.sources, row.accepted_at
  from private.declare_rights(declare_rights.track_id, declare_rights.kind, declare_rights.sources) as row;
end;
comment on function public.declare_rights(uuid, text, text[]) is
$$Declare by what right an upload of the caller's is published: before submit_track

kind: original, licensed, public_domain or cover. sources: what it rests on, such as a work and who has given leave; 1 to 20 of at most 500 characters,
none needed for original. Declared anew while the track is a draft. Errors: not_signed_in, account_gone (401), account_deactivated, banned,
feature_disabled (403), track_not_found (404), rights_declared (409), rights_kind_unknown, sources_invalid, sources_missing (422).$$;

create or replace function public.submit_track(track_id uuid)
returns public.tracks
language sql
volatile
security invoker
begin atomic
  select private.submit_track(submit_track.track_id);
end;
comment on function public.submit_track(uuid) is
$$Hand in a draft whose file is uploaded and whose rights are declared (declare_rights)

It becomes processing until it is found to be made by people (detection_status), or is published at once: of trusted uploaders, but for every tenth
(setting trusted_checked_every), and of everybody where setting publish_without_detection is 1. Returns the track; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403),
track_not_found (404), rights_not_declared (409), file_not_found, file_size_wrong (422).$$;

create or replace function public.update_track(
  track_id uuid, title text default null, artist_name text default null, genre text default null, kind text default null,
  bpm numeric default null, musical_key text default null, is_explicit boolean default null, isrc text default null,
  artwork_path text default null
)
returns public.tracks
language sql
volatile
security invoker
begin atomic
  select private.update_track(update_track.track_id, update_track.title, update_track.artist_name, update_track.genre, update_track.kind, update_track.bpm, update_track.musical_key, update_track.is_explicit, update_track.isrc, update_track.artwork_path);
end;
comment on function public.update_track(uuid, text, text, text, text, numeric, text, boolean, text, text) is
$$Change the description of one's own upload

Null leaves a field as it is; empty text, or 0 for bpm, takes it away. Returns the track. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403),
track_not_found (404), title_invalid, artist_name_invalid, unknown_genre, track_kind_unknown, bpm_invalid, musical_key_invalid, isrc_invalid,
cover_not_found (422), rate_limited (429).$$;

create or replace function public.hide_track(track_id uuid)
returns public.tracks
language sql
volatile
security invoker
begin atomic
  select private.set_track_shown(hide_track.track_id, false);
end;
comment on function public.hide_track(uuid) is
$$Hide one's own published track from everybody else

Returns the track; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), track_not_found (404), track_not_published,
track_removed (409).$$;

create or replace function public.publish_track(track_id uuid)
returns public.tracks
language sql
volatile
security invoker
begin atomic
  select private.set_track_shown(publish_track.track_id, true);
end;
comment on function public.publish_track(uuid) is
$$Show one's own hidden track again

Only what has been published before: new tracks are published when they are found to be made by people. Returns the track; repeating changes
nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), track_not_found (404), track_not_published, track_removed (409).$$;

create or replace function public.discard_track(track_id uuid)
returns void
language sql
volatile
security invoker
begin atomic
  select private.discard_track(discard_track.track_id);
end;
comment on function public.discard_track(uuid) is
$$Throw away one's own draft, with its file and its preview

Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), track_not_found (404), track_not_draft (409).$$;

create or replace function public.remove_track(track_id uuid, reason text default null)
returns public.tracks
language sql
volatile
security invoker
begin atomic
  select private.set_track_removed(remove_track.track_id, true, remove_track.reason);
end;
comment on function public.remove_track(uuid, text) is
$$Take any track off, as staff; not one of staff of the same role or a higher one

Its artist still sees it, with status removed. It stays away until restore_track, whatever reports, claims and detections come to. Logged with the reason. Returns the track; repeating changes nothing. Errors: not_signed_in
(401), account_deactivated, banned, not_allowed, own_case (403), track_not_found (404).$$;

create or replace function public.restore_track(track_id uuid)
returns public.tracks
language sql
volatile
security invoker
begin atomic
  select private.set_track_removed(restore_track.track_id, false, null);
end;
comment on function public.restore_track(uuid) is
$$Give a removed track back the status it had, as staff

What remove_track, reports or a case have removed; while a claim stands on it, or a detection has rejected it, it stays removed. Logged. Returns the track; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, not_allowed, own_case (403), track_not_found (404).$$;

create or replace function public.track(track_id uuid)
returns public.track_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.provider, row.provider_track_id, row.title, row.artist_name, row.artist, row.duration_ms, row.artwork_url,
    row.artwork_path, row.isrc, row.genre, row.bpm, row.musical_key, row.is_explicit, row.kind, row.status, row.play_count,
    row.like_count, row.comment_count, row.repost_count, row.liked_by_me, row.published_at, row.created_at, row.cursor
  from private.track(track.track_id) as row;
end;
comment on function public.track(uuid) is
$$One track

Anybody may ask. Errors: track_not_found (404).$$;

create or replace function public.artist_tracks(username text, after text default null, page_size int default null)
returns setof public.track_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.provider, row.provider_track_id, row.title, row.artist_name, row.artist, row.duration_ms, row.artwork_url,
    row.artwork_path, row.isrc, row.genre, row.bpm, row.musical_key, row.is_explicit, row.kind, row.status, row.play_count,
    row.like_count, row.comment_count, row.repost_count, row.liked_by_me, row.published_at, row.created_at, row.cursor
  from private.artist_tracks(artist_tracks.username, artist_tracks.after, artist_tracks.page_size) as row;
end;
comment on function public.artist_tracks(text, text, int) is
$$What an artist has published here, newest first

Anybody may ask. Errors: profile_not_found (404), bad_cursor (422).$$;

create or replace function public.my_tracks(after text default null, page_size int default null)
returns setof public.track_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.provider, row.provider_track_id, row.title, row.artist_name, row.artist, row.duration_ms, row.artwork_url,
    row.artwork_path, row.isrc, row.genre, row.bpm, row.musical_key, row.is_explicit, row.kind, row.status, row.play_count,
    row.like_count, row.comment_count, row.repost_count, row.liked_by_me, row.published_at, row.created_at, row.cursor
  from private.my_tracks(my_tracks.after, my_tracks.page_size) as row;
end;
comment on function public.my_tracks(text, int) is
$$The caller's own uploads in every state, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.search_tracks(query text, after text default null, page_size int default null)
returns setof public.track_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.provider, row.provider_track_id, row.title, row.artist_name, row.artist, row.duration_ms, row.artwork_url,
    row.artwork_path, row.isrc, row.genre, row.bpm, row.musical_key, row.is_explicit, row.kind, row.status, row.play_count,
    row.like_count, row.comment_count, row.repost_count, row.liked_by_me, row.published_at, row.created_at, row.cursor
  from private.search_tracks(search_tracks.query, search_tracks.after, search_tracks.page_size) as row;
end;
comment on function public.search_tracks(text, text, int) is
$$Published tracks by a part of their title and artist, the most played first

query: 3 to 80 characters. Anybody may ask. Errors: query_too_short, bad_cursor (422).$$;

create or replace function backend.forget_old_drafts(size int default 100)
returns int
language sql
volatile
security invoker
begin atomic
  select private.forget_old_drafts(forget_old_drafts.size);
end;
comment on function backend.forget_old_drafts(int) is
$$Throw away the drafts that were never submitted, with their files and previews

Those older than draft_kept_days, at most size (100; 1000 at most). Returns how many; call it until it is none.$$;

grant execute on function
  private.declare_rights(uuid, text, text[]), public.declare_rights(uuid, text, text[]),
  private.resolve_track(text, text, text, text, int, text, text, boolean),
  public.resolve_track(text, text, text, text, int, text, text, boolean),
  private.create_track(text, text, int, text, text, text, numeric, text, boolean, text, text, uuid),
  public.create_track(text, text, int, text, text, text, numeric, text, boolean, text, text, uuid),
  private.submit_track(uuid),
  public.submit_track(uuid),
  private.update_track(uuid, text, text, text, text, numeric, text, boolean, text, text),
  public.update_track(uuid, text, text, text, text, numeric, text, boolean, text, text),
  private.set_track_shown(uuid, boolean),
  public.hide_track(uuid),
  public.publish_track(uuid),
  private.discard_track(uuid),
  public.discard_track(uuid),
  private.set_track_removed(uuid, boolean, text),
  public.remove_track(uuid, text),
  public.restore_track(uuid),
  private.my_tracks(text, int),
  public.my_tracks(text, int)
to authenticated;

grant execute on function
  private.track(uuid),
  public.track(uuid),
  private.artist_tracks(text, text, int),
  public.artist_tracks(text, text, int),
  private.search_tracks(text, text, int),
  public.search_tracks(text, text, int)
to anon, authenticated;

grant execute on function private.forget_old_drafts(int), backend.forget_old_drafts(int) to service_role;
