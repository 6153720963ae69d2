create or replace function public.follow(username text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.follow(follow.username);
end;
comment on function public.follow(text) is
$$Follow somebody, or ask a private profile

Returns {state: following or requested}; repeating changes nothing. Inserting into follows does the same for profiles that are not private.
Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), profile_not_found (404), not_yourself (422), follow_limit (409; hint: the limit),
follow_needs_approval (409; the profile turned private at this moment: call again), rate_limited (429).$$;

create or replace function public.unfollow(username text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.unfollow(unfollow.username);
end;
comment on function public.unfollow(text) is
$$Stop following somebody, or take a request back

Returns {state: none}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), profile_not_found (404).$$;

create or replace function public.decide_follow_request(username text, approve boolean)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.decide_follow_request(decide_follow_request.username, decide_follow_request.approve);
end;
comment on function public.decide_follow_request(text, boolean) is
$$Approve or refuse somebody who asks to follow the caller

Returns {state: following or none}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), profile_not_found, follow_request_not_found (404), decision_missing (422), follow_limit (409).$$;

create or replace function public.remove_follower(username text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.remove_follower(remove_follower.username);
end;
comment on function public.remove_follower(text) is
$$End somebody's follow of the caller, without a word to them

Returns {is_follower: false}; repeating changes nothing. A private profile decides anew if they ask again. Errors: not_signed_in (401),
account_deactivated, banned, feature_disabled (403), profile_not_found (404).$$;

create or replace function public.my_follow_requests(after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
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
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.list_follows('mutuals', mutuals.username, mutuals.after, mutuals.page_size) as card;
end;
comment on function public.mutuals(text, text, int) is
$$Whom somebody follows and who follow back, newest first

As followers.$$;
