-- Without settings of its own it becomes part of the query that calls it.
create or replace function public.record_play(
  track_id uuid, ms_played int, client_event_id uuid, source text default 'app', room_id uuid default null
)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.record_play(record_play.track_id, record_play.ms_played, record_play.client_event_id, record_play.source, record_play.room_id);
end;
comment on function public.record_play(uuid, int, uuid, text, uuid) is
$$Tell that the caller has listened to a track

Returns {is_counted}. A play counts from 30 seconds (setting play_counts_from_ms), or half of a shorter track, once a listener and track
in 10 minutes (setting play_counts_again_seconds); never more is heard than the track is long, or than has passed since the caller's play before.
client_event_id: made by the client, sent again it changes nothing and is answered as the first time. source: app, room (with room_id, where
the track must play or have played until a moment ago, and which the caller must be allowed to read) or crate. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled, not_a_member,
banned_from_room (403), room_not_found, track_not_found (404), track_not_published, not_playing_there (409), event_id_missing,
ms_played_invalid, source_unknown (422), rate_limited (429).$$;

create or replace function backend.stream_source(track_id uuid, listener uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.stream_source(stream_source.track_id, stream_source.listener);
end;
comment on function backend.stream_source(uuid, uuid) is
$$Where the file of a track lies that this listener may hear

For the function that signs an address of it: {bucket, path, is_preview, file_format, seconds}, seconds being how long the address shall be
good (setting stream_url_seconds). listener: an id the function has authenticated, null for somebody who is not signed in. Its artist
hears a draft, too, once the file is there. Of a track that is for sale whoever has not bought it hears its preview (is_preview), which its artist
uploads beside the file. Errors: account_gone (401), purchase_needed (402), account_deactivated (403), track_not_found (404), track_has_no_file (409).$$;

create or replace function backend.keep_play_partitions()
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.keep_play_partitions();
end;
comment on function backend.keep_play_partitions() is
$$Make the partitions of the months to come, and forget what is out of date

Returns {partitions_made, claims_forgotten (10000 at most)}. For every day; repeating it changes nothing.$$;

create or replace function backend.months_to_archive()
returns table (month date, object_key text, row_count bigint, checksum text)
language sql
volatile
security invoker
begin atomic
  select row.month, row.object_key, row.row_count, row.checksum
  from private.months_to_archive() as row;
end;
comment on function backend.months_to_archive() is
$$The months of plays that are to go to the archive, oldest first

Older than plays_kept_months and not dropped yet; object_key, row_count and checksum where an object was registered already, which then need
only be read back.$$;

create or replace function backend.plays_of_month(month date, after uuid default null, size int default 10000)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select coalesce(jsonb_agg(to_jsonb(row) order by row.id), '[]')
  from private.plays_of_month(plays_of_month.month, plays_of_month.after, plays_of_month.size) as row;
end;
comment on function backend.plays_of_month(date, uuid, int) is
$$A month's plays in the order of their ids, for the archive

[{id, track_id, listener_key, room_id, ms_played, is_counted, source, played_at}, ...]: one value, as PostgREST cuts lists off at 1000 rows.
after: the last id of the page before; 50000 rows at most. listener_key is the same for one listener within the month and names nobody; null
for who has been erased. Nothing of a month that is dropped. Errors: month_not_found (404).$$;

create or replace function backend.register_play_archive(month date, object_key text, row_count bigint, checksum text)
returns void
language sql
volatile
security invoker
set search_path = ''
-- A month may take its time: PostgREST applies this before the call.
set statement_timeout = '10min'
begin atomic
  select private.register_play_archive(register_play_archive.month, register_play_archive.object_key, register_play_archive.row_count, register_play_archive.checksum);
end;
comment on function backend.register_play_archive(date, text, bigint, text) is
$$Say that a month lies in the archive, as it was read back from there

checksum: the exclusive or of the SHA-256 of each row's line id|track_id|listener_key|room_id|ms_played|is_counted|source|played_at, in hex; null as
nothing, is_counted as t or f, played_at in microseconds since 1970. The database computes its own and refuses what differs. A later call replaces
what an earlier one said, until the month is dropped; then it changes nothing. Errors: month_not_found (404), archive_not_verified (409),
archive_invalid (422).$$;

create or replace function backend.drop_archived_plays(month date, row_count bigint, checksum text)
returns boolean
language sql
volatile
security invoker
set search_path = ''
-- A month may take its time: PostgREST applies this before the call.
set statement_timeout = '10min'
begin atomic
  select private.drop_archived_plays(drop_archived_plays.month, drop_archived_plays.row_count, drop_archived_plays.checksum);
end;
comment on function backend.drop_archived_plays(date, bigint, text) is
$$Drop a month of plays whose object was read back

row_count and checksum of what was read: they must be those registered, and all rows that are here. True when it is dropped now, false when it
was before. Counts of tracks stay. Errors: month_not_found (404), archive_not_verified (409).$$;

grant execute on function
  private.record_play(uuid, int, uuid, text, uuid),
  public.record_play(uuid, int, uuid, text, uuid)
to authenticated;

grant execute on function
  private.stream_source(uuid, uuid),
  backend.stream_source(uuid, uuid),
  private.keep_play_partitions(),
  backend.keep_play_partitions(),
  private.months_to_archive(),
  backend.months_to_archive(),
  private.plays_of_month(date, uuid, int),
  backend.plays_of_month(date, uuid, int),
  private.register_play_archive(date, text, bigint, text),
  backend.register_play_archive(date, text, bigint, text),
  private.drop_archived_plays(date, bigint, text),
  backend.drop_archived_plays(date, bigint, text)
to service_role;
