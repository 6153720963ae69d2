insert into public.feature_flags (name, is_enabled, description) values
  ('catalogue', true, 'Uploading tracks, recording plays, making and filling crates');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('play_partitions_ahead', 3, 1, 24, 'months', 'How many months of plays have a place before they begin'),
  ('plays_kept_months', 13, 1, 1200, 'months', 'How long plays are kept before they are archived and dropped'),
  ('play_counts_from_ms', 30000, 0, 86400000, 'ms', 'How long a track must be heard for a play to count, or half of it when that is less'),
  ('play_counts_again_seconds', 600, 0, 86400, 'seconds', 'How long until a play of the same track by the same listener counts again'),
  ('publish_without_detection', 0, 0, 1, 'switch', '1: uploads are published at once and nobody looks at them (for development)'),
  ('track_bytes_least', 1, 1, 209715200, 'bytes', 'The smallest file that submit_track takes'),
  ('track_bytes_most', 209715200, 1, 5368709120, 'bytes', 'The largest file that submit_track takes; bucket track-files has a limit of its own'),
  ('drafts_limit', 50, 1, 10000, 'drafts', 'How many uploads an artist may have begun and not submitted'),
  ('draft_kept_days', 30, 1, 3650, 'days', 'How long a draft waits to be submitted before it goes, with its file'),
  ('stream_url_seconds', 300, 30, 86400, 'seconds', 'How long an address of a track that stream-url signs is good'),
  ('crates_limit', 1000, 1, 100000, 'crates', 'How many crates one person may have'),
  ('crate_items_limit', 500, 1, 10000, 'tracks', 'How many tracks a crate may hold'),
  ('crate_position_digits', 60, 1, 1000, 'digits', 'How long a position may grow before a crate is numbered anew'),
  ('trending_days', 7, 1, 90, 'days', 'How far back plays of crates weigh in trending_crates'),
  ('trending_half_life_hours', 24, 1, 1000, 'hours', 'After how long a play of a crate weighs half');

insert into private.artwork_hosts (provider, host) values
  ('spotify', 'scdn.co'),
  ('spotify', 'spotifycdn.com'),
  ('apple_music', 'mzstatic.com'),
  ('youtube_music', 'ytimg.com'),
  ('youtube_music', 'yt3.ggpht.com'),
  ('youtube_music', 'lh3.googleusercontent.com'),
  ('youtube_music', 'yt3.googleusercontent.com'),
  ('soundcloud', 'sndcdn.com'),
  ('deezer', 'dzcdn.net'),
  ('deezer', 'deezer.com'),
  ('bandcamp', 'bcbits.com');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('resolve_track', 200, 1, 'Making tracks of other providers known'),
  ('create_track', 10, 60, 'Beginning uploads'),
  ('update_track', 30, 10, 'Changing the description of uploads'),
  ('record_play', 120, 1, 'Recording plays'),
  ('create_crate', 20, 30, 'Making crates'),
  ('update_crate', 60, 2, 'Changing the description of crates'),
  ('fill_crate', 300, 0.5, 'Adding, moving and noting items of crates'),
  ('invite_collaborator', 30, 60, 'Making collaborators'),
  ('record_crate_play', 60, 2, 'Recording plays of crates');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.crate_collaborators', 'user_id', true, 'delete', '{}', 200, 'The person''s own'),
  ('public.crate_items', 'added_by', true, 'anonymise', '{added_by,note}', 205, 'The track stays where its crate''s owner has it; the words go'),
  ('public.crate_items', 'owner_id', false, 'delete', '{}', 261, 'The crate''s own, and gone with it; the crate is exported'),
  ('private.crate_plays', 'listener_id', true, 'delete', '{}', 206, 'The person''s own'),
  ('public.plays', 'listener_id', true, 'anonymise', '{listener_id,client_event_id}', 210, 'A track''s count of plays stays true; who played is gone'),
  ('private.play_claims', 'listener_id', false, 'delete', '{}', 211, 'Worth nothing without the person; what it says is in plays'),
  ('private.listeners', 'listener_id', true, 'delete', '{}', 212, 'The person''s own'),
  ('private.listening_days', 'listener_id', true, 'delete', '{}', 213, 'The person''s own'),
  ('public.crates', 'owner_id', true, 'delete', '{}', 260, 'The person''s own'),
  ('public.tracks', 'artist_id', true, 'delete', '{}', 270, 'The person''s own');

select private.ensure_play_partitions();

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('crate-covers', 'crate-covers', true, 5242880, '{image/jpeg,image/png,image/webp}'),
  ('product-images', 'product-images', true, 5242880, '{image/jpeg,image/png,image/webp}'),
  ('track-files', 'track-files', false, 209715200, '{audio/mpeg,audio/mp3,audio/wav,audio/x-wav,audio/wave,audio/vnd.wave,audio/flac,audio/x-flac}'),
  -- Proofs are whatever shows how a track was made: projects, stems, pictures, recordings of a screen.
  ('proof-files', 'proof-files', false, 52428800, null),
  ('exports', 'exports', false, null, null);
