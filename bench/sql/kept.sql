-- what the triggers of profiles and follows would have kept
insert into private.person_cards (profile_id, is_hidden, card, is_private)
select
  profile.id, exists (select from private.hidden_profiles as hidden where hidden.profile_id = profile.id),
  jsonb_build_object(
    'id', profile.id, 'username', profile.username, 'display_name', profile.display_name, 'avatar_path', profile.avatar_path,
    'is_verified', artist.is_verified is true
  ),
  profile.is_private
from public.profiles as profile
left join public.artist_profiles as artist on artist.profile_id = profile.id;

insert into private.readers (profile_id, blocked_ids, blocker_ids, muted_ids)
select person.profile_id, person.blocked_ids, person.blocker_ids, person.muted_ids
from (
  select
    profile.id,
    array(select block.blocked_id from public.blocks as block where block.blocker_id = profile.id),
    array(select block.blocker_id from public.blocks as block where block.blocked_id = profile.id),
    array(select mute.muted_id from public.mutes as mute where mute.muter_id = profile.id)
  from public.profiles as profile
) as person (profile_id, blocked_ids, blocker_ids, muted_ids)
where (person.blocked_ids, person.blocker_ids, person.muted_ids) <> ('{}', '{}', '{}');

insert into private.follow_filters (follower_id, bits)
select follow.follower_id, private.follow_bits(array_agg(follow.followee_id))
from public.profiles as profile
join public.follows as follow on follow.follower_id = profile.id
where profile.following_count >= private.setting('feed_walk_from_follows')
group by follow.follower_id;

insert into public.progression (user_id) select profile.id from public.profiles as profile;
