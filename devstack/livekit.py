"""LiveKit on one machine: its room service and its webhooks as published, and no audio.

`POST /twirp/livekit.RoomService/<Method>` takes and answers the protobufs of livekit-protocol and
checks the bearer token as LiveKit does: the grant for the method, and for what concerns one room
the grant of that room. Reports go to WEBHOOK_URL, signed with the same key. This server's own:
`GET /rooms` lists the rooms and what was asked of the server, and `POST /join` {token} and
`POST /leave` {room, identity} do what an app's connection would do.

Configured by PORT (0 picks a free one), LIVEKIT_API_KEY, LIVEKIT_API_SECRET and WEBHOOK_URL.
"""

import base64
import hashlib
import json
import os
import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import jwt
from google.protobuf.json_format import MessageToDict, MessageToJson
from google.protobuf.message import DecodeError, Message
from livekit.api import AccessToken, TokenVerifier, VideoGrants
from livekit.protocol import models, room, webhook

from devstack.serving import Handler, in_thread, serve_until_stopped

PREFIX = "/twirp/livekit.RoomService/"
STATUS = {
    "bad_route": 404,
    "malformed": 400,
    "invalid_argument": 400,
    "unauthenticated": 401,
    "not_found": 404,
    "internal": 500,
}
KEPT = 1000
ATTEMPTS = 3

Json = dict[str, Any]


class TwirpError(Exception):
    """An answer that is no success."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Place:
    """A room: itself, and who is in it by identity."""

    room: models.Room
    people: dict[str, models.ParticipantInfo] = field(default_factory=dict)


@dataclass
class LiveKitServer:
    """The service: its rooms, what it was asked, and where it reports to."""

    api_key: str
    api_secret: str
    webhook_url: str | None = None
    places: dict[str, Place] = field(default_factory=dict)
    calls: deque[Json] = field(default_factory=lambda: deque(maxlen=KEPT))
    report: Callable[[Json], None] = lambda _: None
    lock: threading.RLock = field(default_factory=threading.RLock)
    reports: "queue.Queue[webhook.WebhookEvent | None]" = field(default_factory=queue.Queue)

    @property
    def pending(self) -> bool:
        """Whether something is still to be reported, or just being so."""
        return self.reports.unfinished_tasks > 0

    def answer(self, method: str, authorization: str, body: bytes) -> Message:
        """Do what a request asks; raises TwirpError."""
        found = METHODS.get(method)
        if found is None:
            raise TwirpError("bad_route", f"no handler for {PREFIX}{method}")
        request_class, grant, act = found
        grants = self._grants(authorization)
        request = request_class()
        try:
            request.ParseFromString(body)
        except DecodeError as error:
            raise TwirpError("malformed", str(error)) from None
        # Another room's administrator is none here.
        of_room = grant != "room_admin" or getattr(request, "room", "") == grants.room
        if not getattr(grants, grant) or not of_room:
            raise TwirpError("unauthenticated", "permissions denied")
        asked = {"method": method, **MessageToDict(request, preserving_proto_field_name=True)}
        with self.lock:
            self.calls.append(asked)
            self.report(asked)
            return act(self, request)

    def listing(self) -> Json:
        """What `GET /rooms` shows."""
        with self.lock:
            rooms = [
                {
                    **MessageToDict(place.room, preserving_proto_field_name=True),
                    "participants": [
                        MessageToDict(one, preserving_proto_field_name=True)
                        for one in place.people.values()
                    ],
                }
                for place in self.places.values()
            ]
            return {"rooms": rooms, "calls": list(self.calls)}

    def join(self, token: str) -> models.ParticipantInfo:
        """Connect somebody by their token, which also makes the room; raises TwirpError."""
        claims = self._claims(token)
        grants = claims.video
        if grants is None or not grants.room_join or not grants.room or not claims.identity:
            raise TwirpError("unauthenticated", "permissions denied")
        sources = [source.upper() for source in grants.can_publish_sources or []]
        now = time.time()
        one = models.ParticipantInfo(
            sid=f"PA_{uuid.uuid4().hex[:12]}",
            identity=claims.identity,
            name=claims.name,
            metadata=claims.metadata,
            state=models.ParticipantInfo.State.ACTIVE,
            joined_at=int(now),
            joined_at_ms=int(now * 1000),
            permission=models.ParticipantPermission(
                can_subscribe=grants.can_subscribe,
                can_publish=grants.can_publish,
                can_publish_data=grants.can_publish_data,
                can_publish_sources=sources,
                hidden=bool(grants.hidden),
            ),
        )
        with self.lock:
            place = self._open(room.CreateRoomRequest(name=grants.room))
            # One connection an identity: the newer one stays.
            self._drop(place, claims.identity, models.DisconnectReason.DUPLICATE_IDENTITY)
            place.people[claims.identity] = one
            self._tell("participant_joined", place, one)
        return one

    def leave(self, name: str, identity: str) -> None:
        """End somebody's connection; raises TwirpError."""
        with self.lock:
            place = self._place(name)
            if not self._drop(place, identity, models.DisconnectReason.CLIENT_INITIATED):
                raise TwirpError("not_found", "participant does not exist")

    def _claims(self, token: str) -> Any:
        try:
            return TokenVerifier(self.api_key, self.api_secret).verify(token)
        except jwt.InvalidTokenError as error:
            raise TwirpError("unauthenticated", f"invalid token: {error}") from None

    def _grants(self, authorization: str) -> VideoGrants:
        if not authorization.startswith("Bearer "):
            raise TwirpError("unauthenticated", "no token")
        grants: VideoGrants = self._claims(authorization.removeprefix("Bearer ")).video
        return grants

    def _place(self, name: str) -> Place:
        place = self.places.get(name)
        if place is None:
            raise TwirpError("not_found", "requested room does not exist")
        return place

    def _person(self, request: Any) -> models.ParticipantInfo:
        one = self._place(request.room).people.get(request.identity)
        if one is None:
            raise TwirpError("not_found", "participant does not exist")
        return one

    def _open(self, request: room.CreateRoomRequest) -> Place:
        if not request.name:
            raise TwirpError("invalid_argument", "room name is required")
        if request.name not in self.places:
            made = models.Room(
                sid=f"RM_{uuid.uuid4().hex[:12]}",
                name=request.name,
                empty_timeout=request.empty_timeout or 300,
                departure_timeout=request.departure_timeout or 20,
                max_participants=request.max_participants,
                creation_time=int(time.time()),
                metadata=request.metadata,
            )
            self.places[request.name] = Place(made)
            self._tell("room_started", self.places[request.name])
        return self.places[request.name]

    def _drop(self, place: Place, identity: str, reason: Any) -> bool:
        one = place.people.pop(identity, None)
        if one is None:
            return False
        one.state = models.ParticipantInfo.State.DISCONNECTED
        one.disconnect_reason = reason
        self._tell("participant_left", place, one)
        return True

    def _create_room(self, request: room.CreateRoomRequest) -> Message:
        return self._open(request).room

    def _delete_room(self, request: room.DeleteRoomRequest) -> Message:
        place = self._place(request.room)
        for identity in list(place.people):
            self._drop(place, identity, models.DisconnectReason.ROOM_DELETED)
        del self.places[request.room]
        self._tell("room_finished", place)
        return room.DeleteRoomResponse()

    def _list_rooms(self, request: room.ListRoomsRequest) -> Message:
        for place in self.places.values():
            place.room.num_participants = len(place.people)
        return room.ListRoomsResponse(
            rooms=[
                place.room
                for name, place in self.places.items()
                if not request.names or name in request.names
            ]
        )

    def _list_participants(self, request: room.ListParticipantsRequest) -> Message:
        people = self._place(request.room).people.values()
        return room.ListParticipantsResponse(participants=people)

    def _remove_participant(self, request: room.RoomParticipantIdentity) -> Message:
        self._person(request)
        place = self._place(request.room)
        self._drop(place, request.identity, models.DisconnectReason.PARTICIPANT_REMOVED)
        return room.RemoveParticipantResponse()

    def _update_participant(self, request: room.UpdateParticipantRequest) -> Message:
        one = self._person(request)
        if request.HasField("permission"):
            one.permission.CopyFrom(request.permission)
        return one

    def _mute_published_track(self, request: room.MuteRoomTrackRequest) -> Message:
        for track in self._person(request).tracks:
            if track.sid == request.track_sid:
                track.muted = request.muted
                return room.MuteRoomTrackResponse(track=track)
        raise TwirpError("not_found", "track is not found")

    def _tell(
        self, event: str, place: Place, participant: models.ParticipantInfo | None = None
    ) -> None:
        place.room.num_participants = len(place.people)
        self.reports.put(
            webhook.WebhookEvent(
                event=event,
                id=f"EV_{uuid.uuid4().hex[:12]}",
                created_at=int(time.time()),
                room=place.room,
                participant=participant,
            )
        )

    def send_reports(self) -> None:
        """Send what is reported, until None is; what nobody takes is sent three times."""
        while (event := self.reports.get()) is not None:
            for _ in range(ATTEMPTS if self.webhook_url else 0):
                with suppress(httpx.HTTPError):
                    if self.send(event).status_code < 500:
                        break
            self.reports.task_done()

    def send(self, event: webhook.WebhookEvent) -> httpx.Response:
        """Send one report, as LiveKit does."""
        body, token = self.signed(event)
        headers = {"Authorization": token, "Content-Type": "application/webhook+json"}
        assert self.webhook_url is not None
        with httpx.Client(trust_env=False, timeout=10) as client:
            return client.post(self.webhook_url, content=body, headers=headers)

    def signed(self, event: webhook.WebhookEvent) -> tuple[bytes, str]:
        """The body of a report, and the token that names its hash."""
        body = MessageToJson(event).encode()
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        token = (
            AccessToken(self.api_key, self.api_secret)
            .with_ttl(timedelta(minutes=5))
            .with_sha256(digest)
        )
        return body, token.to_jwt()


METHODS: dict[str, tuple[type[Message], str, Callable[[LiveKitServer, Any], Message]]] = {
    "CreateRoom": (room.CreateRoomRequest, "room_create", LiveKitServer._create_room),
    "DeleteRoom": (room.DeleteRoomRequest, "room_create", LiveKitServer._delete_room),
    "ListRooms": (room.ListRoomsRequest, "room_list", LiveKitServer._list_rooms),
    "ListParticipants": (
        room.ListParticipantsRequest, "room_admin", LiveKitServer._list_participants,
    ),
    "RemoveParticipant": (
        room.RoomParticipantIdentity, "room_admin", LiveKitServer._remove_participant,
    ),
    "UpdateParticipant": (
        room.UpdateParticipantRequest, "room_admin", LiveKitServer._update_participant,
    ),
    "MutePublishedTrack": (
        room.MuteRoomTrackRequest, "room_admin", LiveKitServer._mute_published_track,
    ),
}  # fmt: skip


@contextmanager
def serving(livekit: LiveKitServer, port: int = 0) -> Iterator[str]:
    """Serve in a thread for the length of the block; gives the URL."""
    sender = threading.Thread(target=livekit.send_reports, daemon=True)
    sender.start()
    try:
        with in_thread(_handler(livekit), port) as url:
            yield url
    finally:
        livekit.reports.put(None)
        sender.join()


def _handler(livekit: LiveKitServer) -> type[Handler]:
    class Answering(Handler):
        def do_GET(self) -> None:
            if self.path == "/rooms":
                self.write(200, json.dumps(livekit.listing()).encode())
            else:
                self._refuse(TwirpError("bad_route", "There is nothing here."))

        def do_POST(self) -> None:
            raw = self.read()
            try:
                if self.path.startswith(PREFIX):
                    self._twirp(raw)
                else:
                    self.write(200, json.dumps(self._act(raw)).encode())
            except TwirpError as error:
                self._refuse(error)

        def _twirp(self, raw: bytes) -> None:
            if self.headers.get("Content-Type") != "application/protobuf":
                raise TwirpError("bad_route", "unexpected Content-Type")
            authorization = self.headers.get("Authorization", "")
            answer = livekit.answer(self.path.removeprefix(PREFIX), authorization, raw)
            self.write(200, answer.SerializeToString(), {"Content-Type": "application/protobuf"})

        def _act(self, raw: bytes) -> Json:
            try:
                body = json.loads(raw)
                if self.path == "/join":
                    return MessageToDict(
                        livekit.join(body["token"]), preserving_proto_field_name=True
                    )
                if self.path == "/leave":
                    livekit.leave(body["room"], body["identity"])
                    return {}
            except (ValueError, TypeError, KeyError):
                raise TwirpError("malformed", "The body is not what is expected.") from None
            raise TwirpError("bad_route", "There is nothing here.")

        def _refuse(self, error: TwirpError) -> None:
            body = json.dumps({"code": error.code, "msg": str(error)}).encode()
            self.write(STATUS[error.code], body)

    return Answering


def main() -> None:
    """Serve until SIGTERM or SIGINT, a line for each request."""
    livekit = LiveKitServer(
        os.environ["LIVEKIT_API_KEY"],
        os.environ["LIVEKIT_API_SECRET"],
        os.environ.get("WEBHOOK_URL"),
        report=lambda call: print(json.dumps({"message": "asked", **call}), flush=True),
    )
    serve_until_stopped(partial(serving, livekit))


if __name__ == "__main__":
    main()
