"""Functions that exist to test what surrounds every function."""

import threading

import functions_framework
from pydantic import Field

from backbeat.auth import Person, anyone, scheduler, signed_in
from backbeat.body import NoBody, RequestModel
from backbeat.endpoint import Call, Reply, endpoint
from backbeat.errors import DatabaseRefusedError

GUESTS = 4
door = threading.Barrier(GUESTS, timeout=180)


class Track(RequestModel):
    """A part of an order."""

    title: str = Field(min_length=1, max_length=20)
    bpm: int = Field(ge=40, le=300)


class Order(RequestModel):
    """What `order` takes."""

    note: str
    tracks: list[Track] = Field(max_length=3)


@functions_framework.http
@endpoint("GET", admit=signed_in)
def who_am_i(call: Call[Person, NoBody]) -> Reply:
    """Say who calls."""
    return Reply({"user_id": str(call.caller.user_id)})


@functions_framework.http
@endpoint("POST", admit=scheduler)
def tick(call: Call[None, NoBody]) -> Reply:
    """Answer the scheduler."""
    return Reply({"request_id": call.request_id})


@functions_framework.http
@endpoint("POST", admit=anyone, body=Order)
def order(call: Call[None, Order]) -> Reply:
    """Give a valid order back."""
    return Reply(call.body.model_dump(), status=201)


@functions_framework.http
@endpoint("GET", admit=anyone)
def boom(_: Call[None, NoBody]) -> Reply:
    """Fail with an exception that quotes what must not be seen."""
    raise RuntimeError("ada@example.com paid with sb_secret_abc123 and eyJhbGciOi.eyJzdWIiOi.c2ln")


@functions_framework.http
@endpoint("GET", admit=anyone)
def refuse(_: Call[None, NoBody]) -> Reply:
    """Pass a rule of the database on."""
    raise DatabaseRefusedError(429, "too_often", "Wait a little.", "7")


@functions_framework.http
@endpoint("GET", admit=anyone)
def meet(_: Call[None, NoBody]) -> Reply:
    """Answer once four requests are inside at the same time."""
    door.wait()
    return Reply({"met": GUESTS})
