create table private.notification_kinds (
  kind text primary key,
  category text not null,
  is_in_app_default boolean not null,
  is_push_default boolean not null,
  is_email_default boolean not null,
  is_collapsed boolean not null,
  is_repeatable boolean not null,
  is_pushed_each boolean not null,
  push_title text not null,
  push_body text not null,
  constraint notification_kinds_kind_format check (kind ~ '^[a-z][a-z_]{1,40}$'),
  constraint notification_kinds_category_known check (
    category in ('social', 'messages', 'rooms', 'progression', 'commerce', 'trust')
  ),
  constraint notification_kinds_push_length check (char_length(push_title) between 1 and 80 and char_length(push_body) between 1 and 200)
);
alter table private.notification_kinds enable row level security;
alter table private.notification_kinds force row level security;
comment on table private.notification_kinds is
$$What people are notified of, and how

Every domain that notifies has its kinds here and calls private.notify. The texts are the push message's: {actors} is "Ada and 11 others",
{target} the kind of thing it is about, any other word in braces a key of the notification's data.$$;
comment on column private.notification_kinds.kind is 'What private.notify() is told';
comment on column private.notification_kinds.category is 'How settings screens group it: social, messages, rooms, progression, commerce or trust';
comment on column private.notification_kinds.is_in_app_default is 'Whether who has not decided sees it in the app; without, there is no push or e-mail either';
comment on column private.notification_kinds.is_push_default is 'Whether who has not decided gets it as a push message';
comment on column private.notification_kinds.is_email_default is 'Whether who has not decided gets it by e-mail';
comment on column private.notification_kinds.is_collapsed is 'Whether unread ones about the same thing become one, with its actors counted';
comment on column private.notification_kinds.is_repeatable is 'Whether one person can do it again and again (comment); else a second time counts as the first (like)';
comment on column private.notification_kinds.is_pushed_each is 'Whether one that collapses into an unread one is pushed again';
comment on column private.notification_kinds.push_title is 'Title of the push message';
comment on column private.notification_kinds.push_body is 'Text of the push message';

create table public.notifications (
  id uuid primary key default private.uuid_v7(),
  recipient_id uuid not null references public.profiles (id) on delete cascade,
  kind text not null,
  actor_ids uuid[] not null default '{}',
  actor_count int not null default 0,
  target_kind text,
  target_id uuid,
  group_key text,
  is_open boolean not null default false,
  data jsonb not null default '{}',
  created_at timestamptz not null default now(),
  seen_at timestamptz,
  read_at timestamptz,
  constraint notifications_actors_fit check (
    cardinality(actor_ids) between 0 and 3 and cardinality(actor_ids) <= actor_count and (actor_count = 0) = (cardinality(actor_ids) = 0)
  ),
  constraint notifications_target_whole check ((target_kind is null) = (target_id is null)),
  constraint notifications_open_has_key check (not is_open or (group_key is not null and read_at is null))
) with (fillfactor = 85);
create unique index notifications_open on public.notifications (recipient_id, group_key) where is_open;
create index notifications_recipient_id on public.notifications (recipient_id, id);
create index notifications_unread on public.notifications (recipient_id, id) where read_at is null;
create index notifications_target on public.notifications (target_id, target_kind) where target_id is not null;
alter table public.notifications enable row level security;
alter table public.notifications force row level security;
comment on table public.notifications is
$$What the caller has been told of

Written by what happens; read with my_notifications, which names the actors and shows what it is about. Unread ones of the same group_key
within 24 hours (setting notification_collapse_hours) are one row. Kept for 90 days (setting notification_kept_days).$$;
comment on column public.notifications.id is 'Time-ordered uuid: newest first is order by id desc';
comment on column public.notifications.recipient_id is 'Who is told: the caller';
comment on column public.notifications.kind is 'follow, follow_request, like, repost, comment, reply, mention, reaction, crate_share, direct_message, milestone, ...';
comment on column public.notifications.actor_ids is 'The latest who did it, at most three, newest first; empty for what nobody did, such as a badge';
comment on column public.notifications.actor_count is 'How many people did it, each once';
comment on column public.notifications.target_kind is 'What kind of thing it is about: post, comment, track, crate, profile, ...; null when none';
comment on column public.notifications.target_id is 'Its id';
comment on column public.notifications.group_key is 'What collapses with it; null when nothing does';
comment on column public.notifications.is_open is 'Whether the next of its group still joins it';
comment on column public.notifications.data is 'What else the kind tells: {comment_id}, {count, of}, ...';
comment on column public.notifications.created_at is 'When the first of the group happened';
comment on column public.notifications.seen_at is 'When the list with it was last opened; null again once somebody joins it';
comment on column public.notifications.read_at is 'When it was read; null while unread';

-- The facts behind actor_count, so that nobody counts twice and who takes it back is taken out. No foreign key to the actor: a family of
-- its own (docs/scaling.md); it goes with its notification.
create table private.notification_actors (
  notification_id uuid not null references public.notifications (id) on delete cascade,
  actor_id uuid not null,
  last_at timestamptz not null default clock_timestamp(),
  primary key (notification_id, actor_id)
);
create index notification_actors_actor_id on private.notification_actors (actor_id);
alter table private.notification_actors enable row level security;
alter table private.notification_actors force row level security;
comment on table private.notification_actors is 'Who did what a notification tells of, once each';
comment on column private.notification_actors.last_at is 'When last';

-- No foreign keys: it is written while a notification is locked, after which no profile may be; it goes by the data map, and in a day.
create table private.told_and_taken_back (
  recipient_id uuid not null,
  actor_id uuid not null,
  kind text not null,
  target_kind text not null,
  target_id uuid not null,
  taken_back_at timestamptz not null default now(),
  primary key (recipient_id, actor_id, kind, target_id, target_kind)
);
create index told_and_taken_back_actor_id on private.told_and_taken_back (actor_id);
create index told_and_taken_back_taken_back_at on private.told_and_taken_back (taken_back_at);
alter table private.told_and_taken_back enable row level security;
alter table private.told_and_taken_back force row level security;
comment on table private.told_and_taken_back is
'What somebody was told of and is no longer so: done again within the hours of collapsing, it is listed without calling anybody a second time';
comment on column private.told_and_taken_back.taken_back_at is 'When last';

-- No key and no index: an insert costs a like as little as can be; the drain reads all of it.
create table private.like_changes (
  user_id uuid not null,
  target_kind text not null,
  target_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table private.like_changes enable row level security;
alter table private.like_changes force row level security;
comment on table private.like_changes is 'Likes given and taken back whose owners are still to be notified, by backend.notify_likes; whether the like stands is asked then';

create table private.milestones (
  target_kind text not null,
  target_id uuid not null,
  counted text not null,
  step bigint not null,
  reached_at timestamptz not null default now(),
  primary key (target_id, target_kind, counted, step),
  constraint milestones_counted_known check (counted in ('likes', 'followers', 'plays')),
  constraint milestones_step_positive check (step > 0)
);
alter table private.milestones enable row level security;
alter table private.milestones force row level security;
comment on table private.milestones is 'Which round numbers something has reached, so that each is told once ever';

create table public.notification_preferences (
  user_id uuid not null references public.profiles (id) on delete cascade,
  kind text not null references private.notification_kinds (kind) on delete cascade,
  channel text not null,
  is_enabled boolean not null,
  primary key (user_id, kind, channel),
  constraint notification_preferences_channel_known check (channel in ('in_app', 'push', 'email'))
);
create index notification_preferences_kind on public.notification_preferences (kind);
alter table public.notification_preferences enable row level security;
alter table public.notification_preferences force row level security;
comment on table public.notification_preferences is
'What the caller has decided about kinds of notifications; what is not here is as it ships. Written by set_notification_preference, read whole with my_notification_preferences';
comment on column public.notification_preferences.user_id is 'Whose';
comment on column public.notification_preferences.kind is 'Of which notifications';
comment on column public.notification_preferences.channel is 'in_app, push or email';
comment on column public.notification_preferences.is_enabled is 'Whether they are wanted there';

create table public.quiet_hours (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  starts time not null,
  ends time not null,
  constraint quiet_hours_not_empty check (starts <> ends)
);
alter table public.quiet_hours enable row level security;
alter table public.quiet_hours force row level security;
comment on table public.quiet_hours is 'When the caller wants no push messages: they come when it ends. Written by set_quiet_hours';
comment on column public.quiet_hours.user_id is 'Whose';
comment on column public.quiet_hours.starts is 'From this time of day, in the time zone of the profile';
comment on column public.quiet_hours.ends is 'Until this time of day; before starts, it is that of the next day';

create table public.push_tokens (
  token text primary key,
  user_id uuid not null references public.profiles (id) on delete cascade,
  platform text not null,
  device_name text,
  created_at timestamptz not null default now(),
  registered_at timestamptz not null default now(),
  constraint push_tokens_token_format check (token ~ '^Expo(nent)?PushToken\[[A-Za-z0-9_-]{1,100}\]$'),
  constraint push_tokens_platform_known check (platform in ('ios', 'android')),
  constraint push_tokens_device_name_length check (char_length(device_name) between 1 and 100)
);
create index push_tokens_user_id on public.push_tokens (user_id, registered_at desc);
alter table public.push_tokens enable row level security;
alter table public.push_tokens force row level security;
comment on table public.push_tokens is 'The devices on which the caller gets push messages; written by register_push_token and remove_push_token';
comment on column public.push_tokens.token is 'What Expo gave the app: ExponentPushToken[...]';
comment on column public.push_tokens.user_id is 'Who is signed in on it';
comment on column public.push_tokens.platform is 'ios or android';
comment on column public.push_tokens.device_name is 'What its owner calls it';
comment on column public.push_tokens.created_at is 'When it was first registered';
comment on column public.push_tokens.registered_at is 'When it was last';

create table private.push_tickets (
  ticket_id text primary key,
  token text not null references public.push_tokens (token) on delete cascade,
  sent_at timestamptz not null default now(),
  asked_at timestamptz,
  constraint push_tickets_ticket_id_length check (char_length(ticket_id) between 1 and 200)
);
create index push_tickets_token on private.push_tickets (token);
create index push_tickets_sent_at on private.push_tickets (sent_at);
alter table private.push_tickets enable row level security;
alter table private.push_tickets force row level security;
comment on table private.push_tickets is 'Push messages that Expo has taken, until their receipts are read';
comment on column private.push_tickets.asked_at is 'When its receipt was last asked for, in vain so far';

create type public.notification_row as (
  id uuid,
  kind text,
  actors json,
  actor_count int,
  target_kind text,
  target_id uuid,
  target json,
  comment json,
  data jsonb,
  created_at timestamptz,
  is_seen boolean,
  is_read boolean,
  cursor text
);
comment on type public.notification_row is
$$Something the caller was told of

actors: at most three {id, username, display_name, avatar_path, is_verified}, the latest first, of actor_count in all. target: enough of
what it is about to show it, by target_kind: post {kind, body, media_paths}; track {title, artist_name, artwork_url, artwork_path};
crate {title, cover_path, item_count}; comment {body, target_kind, target_id}; conversation {kind, title}; null for others. Texts are cut at
200 characters. comment {id, body}: the latest comment or reply, for those kinds. Hand the last row's cursor back as after to go on.$$;
