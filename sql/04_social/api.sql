create or replace function public.follow(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.follow(follow.username);
end;
comment on function public.follow(text) is
$$Follow somebody, or ask a private profile

Returns {state: following or requested}; repeating changes nothing. Inserting into follows does the same for profiles that are not private.
Errors: not_signed_in (401), account_deactivated, feature_disabled (403), profile_not_found (404), not_yourself (422), follow_limit (409; hint: the limit),
follow_needs_approval (409; the profile turned private at this moment: call again), rate_limited (429).$$;

create or replace function public.unfollow(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.unfollow(unfollow.username);
end;
comment on function public.unfollow(text) is
$$Stop following somebody, or take a request back

Returns {state: none}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), profile_not_found (404).$$;

create or replace function public.decide_follow_request(username text, approve boolean)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.decide_follow_request(decide_follow_request.username, decide_follow_request.approve);
end;
comment on function public.decide_follow_request(text, boolean) is
$$Approve or refuse somebody who asks to follow the caller

Returns {state: following or none}. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), profile_not_found, follow_request_not_found (404), decision_missing (422), follow_limit (409).$$;

create or replace function public.remove_follower(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.remove_follower(remove_follower.username);
end;
comment on function public.remove_follower(text) is
$$End somebody's follow of the caller, without a word to them

Returns {is_follower: false}; repeating changes nothing. A private profile decides anew if they ask again. Errors: not_signed_in (401),
account_deactivated, feature_disabled (403), profile_not_found (404).$$;

create or replace function public.my_follow_requests(after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.my_follow_requests(my_follow_requests.after, my_follow_requests.page_size) as card;
end;
comment on function public.my_follow_requests(text, int) is
$$Who asks to follow the caller, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.followers(username text, after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.list_follows('followers', followers.username, followers.after, followers.page_size) as card;
end;
comment on function public.followers(text, text, int) is
$$Who follows somebody, newest first

Without those muted, blocked or hidden. Errors: profile_not_found (404), profile_is_private (403), bad_cursor (422).$$;

create or replace function public.following(username text, after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.list_follows('following', following.username, following.after, following.page_size) as card;
end;
comment on function public.following(text, text, int) is
$$Whom somebody follows, newest first

As followers.$$;

create or replace function public.mutuals(username text, after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.list_follows('mutuals', mutuals.username, mutuals.after, mutuals.page_size) as card;
end;
comment on function public.mutuals(text, text, int) is
$$Whom somebody follows and who follow back, newest first

As followers.$$;

create or replace function public.create_post(kind text, body text default null, media_paths text[] default '{}', visibility text default 'public', client_id uuid default null)
returns public.posts
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.create_post(create_post.kind, create_post.body, create_post.media_paths, create_post.visibility, create_post.client_id);
end;
comment on function public.create_post(text, text, text[], text, uuid) is
$$Post something

kind: text (needs a body) or media (1 to 4 media_paths, uploaded to bucket post-media before as <own id>/<uuid>.png, .jpg or
.webp). body: at most 2000
characters. visibility: public, followers, mutuals or private. client_id: sent again, it returns the same post. Returns the post. Errors:
not_signed_in (401), account_deactivated, feature_disabled (403), post_kind_unknown, visibility_unknown, body_missing, body_too_long, media_count_wrong,
media_not_found (422), rate_limited (429).$$;

create or replace function public.edit_post(post_id uuid, body text)
returns public.posts
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.edit_post(edit_post.post_id, edit_post.body);
end;
comment on function public.edit_post(uuid, text) is
$$Change the text of one's own post

Within 30 minutes (setting post_edit_minutes); edited_at tells. Returns the post. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
post_not_found (404), edit_window_passed (409), body_missing, body_too_long (422), rate_limited (429).$$;

create or replace function public.delete_post(post_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.delete_post(delete_post.post_id);
end;
comment on function public.delete_post(uuid) is
$$Delete one's own post

Body, media, likes, reposts and counts go; the row stays. Repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), post_not_found (404).$$;

create or replace function public.repost(post_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_repost(repost.post_id, true);
end;
comment on function public.repost(uuid) is
$$Pass a public post on to one's followers

Returns {reposted: true, repost_count}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), post_not_public (403),
post_not_found (404), rate_limited (429).$$;

create or replace function public.unrepost(post_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_repost(unrepost.post_id, false);
end;
comment on function public.unrepost(uuid) is
$$Take a repost back

Returns {reposted: false, repost_count}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403), post_not_found (404).$$;

create or replace function public.set_like(target_kind text, target_id uuid, liked boolean)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_like(set_like.target_kind, set_like.target_id, set_like.liked);
end;
comment on function public.set_like(text, uuid, boolean) is
$$Like something, or no longer

target_kind: post. Returns {liked, like_count}; setting what is already so changes nothing. Errors: not_signed_in (401), account_deactivated, feature_disabled (403),
post_not_found (404), target_kind_unknown, value_missing (422).$$;

create or replace function public.my_likes(kind text, after text default null, page_size int default null)
returns table (target_kind text, target_id uuid, liked_at timestamptz, post jsonb, cursor text)
language sql
stable
security invoker
set search_path = ''
begin atomic
  select favour.target_kind, favour.target_id, favour.liked_at, favour.post, favour.cursor
  from private.my_likes(my_likes.kind, my_likes.after, my_likes.page_size) as favour;
end;
comment on function public.my_likes(text, text, int) is
$$What the caller likes and still may see, newest like first

kind: post. post: a feed_row without its cursor. Errors: not_signed_in (401), target_kind_unknown, bad_cursor (422).$$;

create or replace function public.home_feed(after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.visibility, row.author, row.like_count, row.comment_count, row.repost_count,
    row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.home_feed(home_feed.after, home_feed.page_size) as row;
end;
comment on function public.home_feed(text, int) is
$$The newest of those the caller follows, and their own

Posts and reposts, newest activity first, each post once: at the earliest of its entries by people the caller follows. Without what is
muted, blocked, hidden, deleted or for another audience. page_size: 20, at most 100. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.global_feed(after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.visibility, row.author, row.like_count, row.comment_count, row.repost_count,
    row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.global_feed(global_feed.after, global_feed.page_size) as row;
end;
comment on function public.global_feed(text, int) is
$$The newest public posts

Anybody may ask; without those muted or blocked. Errors: bad_cursor (422).$$;

create or replace function public.profile_feed(username text, after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.visibility, row.author, row.like_count, row.comment_count, row.repost_count,
    row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.profile_feed(profile_feed.username, profile_feed.after, profile_feed.page_size) as row;
end;
comment on function public.profile_feed(text, text, int) is
$$What one person posted and reposted, newest first

As far as the caller may see it. Errors: profile_not_found (404), bad_cursor (422).$$;

create or replace function public.tag_feed(tag text, after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.visibility, row.author, row.like_count, row.comment_count, row.repost_count,
    row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.tag_feed(tag_feed.tag, tag_feed.after, tag_feed.page_size) as row;
end;
comment on function public.tag_feed(text, text, int) is
$$The newest public posts with a hashtag

tag: with or without #, in any case. Errors: tag_invalid, bad_cursor (422).$$;

create or replace function public.post(post_id uuid)
returns public.feed_row
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.post(post.post_id);
end;
comment on function public.post(uuid) is
$$One post

Errors: post_not_found (404).$$;

grant execute on function
  private.follow(text), public.follow(text),
  private.unfollow(text), public.unfollow(text),
  private.decide_follow_request(text, boolean), public.decide_follow_request(text, boolean),
  private.remove_follower(text), public.remove_follower(text),
  private.my_follow_requests(text, int), public.my_follow_requests(text, int),
  private.create_post(text, text, text[], text, uuid), public.create_post(text, text, text[], text, uuid),
  private.edit_post(uuid, text), public.edit_post(uuid, text),
  private.delete_post(uuid), public.delete_post(uuid),
  private.set_repost(uuid, boolean),
  public.repost(uuid),
  public.unrepost(uuid),
  private.set_like(text, uuid, boolean), public.set_like(text, uuid, boolean),
  private.my_likes(text, text, int), public.my_likes(text, text, int),
  private.home_feed(text, int), public.home_feed(text, int)
to authenticated;

grant execute on function
  private.list_follows(text, text, text, int),
  public.followers(text, text, int),
  public.following(text, text, int),
  public.mutuals(text, text, int),
  private.global_feed(text, int), public.global_feed(text, int),
  private.profile_feed(text, text, int), public.profile_feed(text, text, int),
  private.tag_feed(text, text, int), public.tag_feed(text, text, int),
  private.post(uuid), public.post(uuid)
to anon, authenticated;
