-- A small community for development, the same under `make up` and `supabase start`: never run it on a live project.
-- Everybody's password is backbeat-demo-1. What they do goes through the RPCs, as their clients would.

update public.feature_flags set is_enabled = true;

do $seed$
declare
  v_person record;
  v_has_instances boolean := exists (
    select from information_schema.columns
    where table_schema = 'auth' and table_name = 'users' and column_name = 'instance_id'
  );
begin
  for v_person in
    select
      person.*,
      person.username || '@example.com' as email,
      md5('backbeat seed ' || person.username)::uuid as id
    from (values
      ('ada', 'Ada Amp', 'artist', 'Europe/Berlin'),
      ('ben', 'Ben Basso', 'fan', 'America/New_York'),
      ('cleo', 'Cleo Cue', 'artist', 'Asia/Tokyo'),
      ('dev', 'Dev Delay', 'fan', 'Asia/Kolkata'),
      ('esi', 'Esi Echo', 'fan', 'Africa/Accra'),
      ('flo', 'Flo Fader', 'fan', 'America/Sao_Paulo'),
      ('gus', 'Gus Groove', 'artist', 'Europe/London'),
      ('hana', 'Hana Hook', 'fan', 'UTC')
    ) as person (username, display_name, kind, time_zone)
  loop
    insert into auth.users (
      id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data,
      confirmation_token, recovery_token, email_change, email_change_token_new, created_at, updated_at
    ) values (
      v_person.id, 'authenticated', 'authenticated', v_person.email,
      '$2b$10$cWENPmn58zGu.5xoG1pBquiSUd7ggX4LqxklA69VFQD3KIrCxH.uC', now(),
      '{"provider": "email", "providers": ["email"]}',
      jsonb_build_object(
        'username', v_person.username, 'display_name', v_person.display_name,
        'kind', v_person.kind, 'time_zone', v_person.time_zone
      ),
      '', '', '', '', now(), now()
    );
    if v_has_instances then
      execute 'update auth.users set instance_id = ''00000000-0000-0000-0000-000000000000'' where id = $1' using v_person.id;
    end if;
    insert into auth.identities (id, user_id, provider, provider_id, identity_data, last_sign_in_at, created_at, updated_at)
    values (
      gen_random_uuid(), v_person.id, 'email', v_person.id::text,
      jsonb_build_object('sub', v_person.id, 'email', v_person.email, 'email_verified', true), now(), now(), now()
    );
  end loop;
end;
$seed$;

select private.make_first_super_admin('hana');

do $seed$
declare
  v_step record;
  v_post_id uuid;
begin
  for v_step in
    select step.*
    from (values
      (1, 'ben', 'follow', 'ada', null),
      (2, 'ben', 'follow', 'cleo', null),
      (3, 'dev', 'follow', 'ada', null),
      (4, 'dev', 'follow', 'ben', null),
      (5, 'esi', 'follow', 'gus', null),
      (6, 'esi', 'follow', 'ben', null),
      (7, 'flo', 'follow', 'cleo', null),
      (8, 'flo', 'follow', 'ada', null),
      (9, 'ada', 'follow', 'cleo', null),
      (10, 'cleo', 'follow', 'ada', null),
      (11, 'hana', 'follow', 'ada', null),
      (12, 'hana', 'follow', 'gus', null),
      (20, 'ada', 'post', 'First mix of the autumn is nearly done. #ambient #workinprogress', 'public'),
      (21, 'cleo', 'post', 'Digging through my father''s #jazz records tonight.', 'public'),
      (22, 'gus', 'post', 'Which two tracks should never be played one after the other?', 'public'),
      (23, 'ada', 'post', 'For those who follow me: the listening session is on Friday at nine.', 'followers'),
      (24, 'ada', 'post', 'Cleo, the stems are in our folder.', 'mutuals'),
      (25, 'ben', 'post', 'That bass line has been in my head since Tuesday. #dub', 'public'),
      (26, 'cleo', 'post', 'A crate for rainy mornings, soon. #jazz #downtempo', 'public'),
      (27, 'esi', 'post', 'My first week with a record player!', 'public'),
      (30, 'ben', 'repost', 'cleo', null),
      (31, 'esi', 'repost', 'gus', null),
      (40, 'ben', 'like', 'ada', null),
      (41, 'dev', 'like', 'ada', null),
      (42, 'flo', 'like', 'cleo', null),
      (43, 'ada', 'like', 'cleo', null),
      (44, 'hana', 'like', 'gus', null)
    ) as step (place, who, deed, what, audience)
    order by step.place
  loop
    perform set_config(
      'request.jwt.claims',
      jsonb_build_object('sub', md5('backbeat seed ' || v_step.who)::uuid, 'role', 'authenticated')::text,
      true
    );
    if v_step.deed = 'follow' then
      perform public.follow(v_step.what);
    elsif v_step.deed = 'post' then
      perform public.create_post('text', v_step.what, '{}', v_step.audience);
    else
      -- The newest public post of the person named.
      select post.id into v_post_id
      from public.posts as post
      join public.profiles as author on author.id = post.author_id
      where author.username = v_step.what and post.audience = 'public'
      order by post.id desc
      limit 1;
      if v_step.deed = 'repost' then
        perform public.repost(v_post_id);
      else
        perform public.set_like('post', v_post_id, true);
      end if;
    end if;
  end loop;
end;
$seed$;
