create type public.room_row as (
  id uuid,
  slug text,
  name text,
  description text,
  kind text,
  visibility text,
  genre text,
  tags text[],
  region text,
  avatar_path text,
  owner jsonb,
  my_role text,
  member_count int,
  listener_count int,
  created_at timestamptz,
  cursor text
);
comment on type public.room_row is
$$A room in a list

owner {id, username, display_name, avatar_path, is_verified}, null when the caller may not see them; my_role: owner, moderator, member or null;
listener_count: active listeners, some seconds ago. Hand the last row's cursor back as after to go on.$$;

create type public.room_member_row as (
  id uuid,
  username text,
  display_name text,
  avatar_path text,
  is_verified boolean,
  role text,
  is_active boolean,
  joined_at timestamptz,
  cursor text
);
comment on type public.room_member_row is
$$Who is in a room

role: owner, moderator or member; is_active: seen in the last 60 seconds (setting room_active_seconds). Hand the last row's cursor back as after to go on.$$;

create type public.room_ban_row as (
  id uuid,
  username text,
  display_name text,
  avatar_path text,
  is_verified boolean,
  banned_by jsonb,
  until timestamptz,
  reason text,
  created_at timestamptz,
  cursor text
);
comment on type public.room_ban_row is
$$Somebody who is banned from a room

banned_by: the moderator {id, username, display_name, avatar_path, is_verified}, null when the account is gone; until: null for ever; reason: null when none was
given. Hand the last row's cursor back as after to go on.$$;
