create table public.follows (
  follower_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  followee_id uuid not null references public.profiles (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (follower_id, followee_id),
  constraint follows_not_self check (follower_id <> followee_id)
);
create index follows_followers on public.follows (followee_id, created_at desc, follower_id desc);
create index follows_following on public.follows (follower_id, created_at desc, followee_id desc);
alter table public.follows enable row level security;
alter table public.follows force row level security;
comment on table public.follows is
$$Who follows whom

Insert {followee_id} to follow, delete to unfollow; following twice changes nothing. Clients read their own edges here; other people's lists
are followers(), following() and mutuals(). Errors: profile_not_found (404), not_yourself (422), follow_needs_approval,
follow_limit (409), rate_limited (429).$$;
comment on column public.follows.follower_id is 'Who follows: the caller';
comment on column public.follows.followee_id is 'Who is followed';
comment on column public.follows.created_at is 'Since when';

-- A Bloom filter of one hash: of all who come by in a stream, it names the few worth a look into follows.
create table private.follow_filters (
  follower_id uuid primary key,
  bits bit(16384) not null
);
alter table private.follow_filters alter column bits set storage plain;
alter table private.follow_filters enable row level security;
alter table private.follow_filters force row level security;
comment on table private.follow_filters is
'Whom a person may follow, kept for those who follow so many that the home feed walks the stream: a bit that is not set is nobody they follow';
comment on column private.follow_filters.bits is
'The bit follow_bit(id) of everybody they follow is set, also of some they have followed once; not compressed, as it is read to look at single bits';

create table public.follow_requests (
  target_id uuid not null references public.profiles (id) on delete cascade,
  requester_id uuid not null references public.profiles (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (target_id, requester_id),
  constraint follow_requests_not_self check (target_id <> requester_id)
);
create index follow_requests_requester_id on public.follow_requests (requester_id);
create index follow_requests_newest on public.follow_requests (target_id, created_at desc, requester_id desc);
alter table public.follow_requests enable row level security;
alter table public.follow_requests force row level security;
comment on table public.follow_requests is 'Wishes to follow a private profile, waiting for its owner; written by follow, unfollow and decide_follow_request';
comment on column public.follow_requests.target_id is 'The private profile';
comment on column public.follow_requests.requester_id is 'Who would like to follow it';
comment on column public.follow_requests.created_at is 'Since when';
