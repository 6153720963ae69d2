insert into public.genres (slug, name) values
  ('acoustic', 'Acoustic'), ('afrobeats', 'Afrobeats'), ('alternative', 'Alternative'), ('ambient', 'Ambient'),
  ('blues', 'Blues'), ('bossa-nova', 'Bossa Nova'), ('breakbeat', 'Breakbeat'), ('classical', 'Classical'),
  ('country', 'Country'), ('dancehall', 'Dancehall'), ('deep-house', 'Deep House'), ('disco', 'Disco'),
  ('downtempo', 'Downtempo'), ('drill', 'Drill'), ('drum-and-bass', 'Drum and Bass'), ('dub', 'Dub'),
  ('dubstep', 'Dubstep'), ('edm', 'EDM'), ('electronic', 'Electronic'), ('experimental', 'Experimental'),
  ('folk', 'Folk'), ('funk', 'Funk'), ('garage', 'Garage'), ('gospel', 'Gospel'),
  ('hip-hop', 'Hip-Hop'), ('house', 'House'), ('indie', 'Indie'), ('jazz', 'Jazz'),
  ('k-pop', 'K-Pop'), ('latin', 'Latin'), ('lo-fi', 'Lo-Fi'), ('metal', 'Metal'),
  ('pop', 'Pop'), ('punk', 'Punk'), ('reggae', 'Reggae'), ('rnb', 'R&B'),
  ('rock', 'Rock'), ('soul', 'Soul'), ('techno', 'Techno'), ('trance', 'Trance'),
  ('trap', 'Trap'), ('world', 'World');

insert into private.time_zones (name)
select zone.name
from pg_catalog.pg_timezone_names as zone
where zone.name !~ '^(posix|right)/' and zone.name not in ('posixrules', 'localtime', 'Factory');

insert into private.username_claims (username, reserved_until)
select word, 'infinity'
from unnest(array[
  'about', 'account', 'accounts', 'admin', 'administrator', 'anonymous', 'api', 'app', 'artist', 'artists', 'auth', 'backbeat', 'badge',
  'badges', 'billing', 'blog', 'bot', 'charts', 'contact', 'copyright', 'crate', 'crates', 'dashboard', 'deleted', 'dev', 'developer',
  'developers', 'discover', 'dj', 'download', 'email', 'everyone', 'explore', 'faq', 'feed', 'followers', 'following', 'guest', 'help',
  'here', 'home', 'invite', 'legal', 'live', 'login', 'logout', 'mail', 'marketplace', 'me', 'messages', 'mod', 'moderation', 'moderator',
  'moderators', 'news', 'notifications', 'null', 'official', 'owner', 'payments', 'payouts', 'player', 'press', 'privacy', 'profile',
  'profiles', 'register', 'root', 'room', 'rooms', 'search', 'security', 'settings', 'shop', 'signin', 'signup', 'staff', 'status',
  'store', 'stripe', 'superadmin', 'super_admin', 'support', 'sysadmin', 'system', 'team', 'terms', 'test', 'track', 'tracks', 'trust',
  'undefined', 'user', 'users', 'verified', 'verify', 'webmaster', 'www'
]) as word;

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('username_change_days', 7, 0, 365, 'days', 'Between two changes of one person''s username'),
  ('username_reserved_days', 30, 0, 3650, 'days', 'How long a username that was given up stays its last holder''s'),
  ('search_candidates', 500, 20, 10000, 'profiles', 'How many matches search_profiles ranks, the most followed first'),
  ('stored_bytes_limit', 21474836480, 1048576, 1099511627776, 'bytes', 'How much the files of one person may take, over all buckets'),
  ('erase_after_days', 14, 0, 365, 'days', 'Between delete_my_account and the erasure');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('block', 60, 2, 'Blocking, muting and undoing either'),
  ('restore_account', 5, 720, 'Taking the deletion of one''s account back'),
  ('export', 3, 1200, 'Asking for one''s data');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('private.account_deletions', 'user_id', true, 'delete', '{}', 900, 'The wish itself goes with the account'),
  ('private.artist_accounts', 'profile_id', true, 'delete', '{}', 800, 'The account at the payment provider is the provider''s to keep'),
  ('private.hidden_profiles', 'profile_id', false, 'delete', '{}', 900, 'Goes with the profile'),
  ('private.person_cards', 'profile_id', false, 'delete', '{}', 910, 'Made of the profile, and goes with it'),
  ('private.readers', 'profile_id', false, 'delete', '{}', 910, 'Made of blocks and mutes, which are exported themselves'),
  ('private.staff', 'user_id', true, 'delete', '{}', 100, 'A person who leaves has no role'),
  ('private.staff', 'granted_by', false, 'anonymise', '{granted_by}', 100, 'The role stays, who granted it is in the audit trail'),
  ('private.username_claims', 'profile_id', true, 'delete', '{}', 100, 'The name is free again'),
  ('public.artist_profiles', 'profile_id', true, 'delete', '{}', 810, 'The person''s own'),
  ('public.blocks', 'blocker_id', true, 'delete', '{}', 905, 'The person''s own'),
  ('public.blocks', 'blocked_id', false, 'delete', '{}', 905, 'Pointless without the person; exported to the blocker alone'),
  ('public.mutes', 'muter_id', true, 'delete', '{}', 905, 'The person''s own'),
  ('public.mutes', 'muted_id', false, 'delete', '{}', 905, 'Pointless without the person; exported to the muter alone'),
  ('public.profiles', 'id', true, 'delete', '{}', 1000, 'The person''s own'),
  ('auth.flow_state', 'user_id', false, 'delete', '{}', 1050, 'Sign-ins under way; the auth server ties them to no account'),
  ('auth.users', 'id', false, 'delete', '{}', 1100, 'The sign-in; what it holds is shown by my_account');

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('avatars', 'avatars', true, 5242880, '{image/jpeg,image/png,image/webp}');
