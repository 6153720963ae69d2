-- how far everybody has come, as the triggers of what they made would have counted it
update public.progression as person
set posts_created = made.posts, comments_created = made.comments, crates_created = made.crates
from (
  select
    profile.id,
    (select count(*) from public.posts as post where post.author_id = profile.id and post.deleted_at is null) as posts,
    (select count(*) from public.comments as comment where comment.author_id = profile.id and comment.deleted_at is null) as comments,
    (select count(*) from public.crates as crate where crate.owner_id = profile.id and crate.deleted_at is null) as crates
  from public.profiles as profile
) as made
where made.id = person.user_id;

-- and the badges that they have won by it
insert into public.badge_awards (user_id, badge_code, context)
select found.user_id, badge.code, jsonb_build_object('threshold', badge.threshold)
from private.badge_values as found
join public.badges as badge on badge.metric = found.metric and badge.threshold <= found.value
where exists (select from public.profiles as profile where profile.id = found.user_id)
on conflict do nothing;
