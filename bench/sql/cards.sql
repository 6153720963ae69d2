-- cards, which the triggers of profiles would have kept
insert into private.person_cards (profile_id, is_hidden, card)
select
  profile.id, exists (select from private.hidden_profiles as hidden where hidden.profile_id = profile.id),
  jsonb_build_object(
    'id', profile.id, 'username', profile.username, 'display_name', profile.display_name, 'avatar_path', profile.avatar_path,
    'is_verified', artist.is_verified is true
  )
from public.profiles as profile
left join public.artist_profiles as artist on artist.profile_id = profile.id;
