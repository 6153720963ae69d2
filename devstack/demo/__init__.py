"""The story of a small community, told by real clients against a running stack: `backbeat demo`."""

from __future__ import annotations

from collections.abc import Sequence

from devstack import run
from devstack.demo.community import community, sign_up
from devstack.demo.market import market
from devstack.demo.music import music
from devstack.demo.rooms import rooms
from devstack.demo.story import Story, console
from devstack.demo.week import week
from devstack.home import Home
from devstack.processes import DevstackError
from devstack.stack import Stack, open_stack


def tell_story(stack: Stack) -> int:
    """Play the story against a stack; 0 when its numbers are right."""
    if stack.settings.has_supabase:
        raise DevstackError("The demo makes people up: it plays only on a stack of its own.")
    story = Story()
    console.print(f"A community on {stack.url}\n")
    cast = sign_up(stack, story)
    community(stack, story, cast)
    music(stack, story, cast)
    rooms(stack, story, cast)
    week(stack, story, cast)
    market(stack, story, cast)
    return story.end()


def main(_: Sequence[str]) -> int:
    """Tell the story to the stack that runs, or to one started for it."""
    home = Home.from_environment()
    has_stack = home.state() is not None
    if not has_stack:
        console.print("No stack is running: starting one for the story.")
        code = run.start_detached(
            home, lambda line: console.print(line, markup=False), lambda _: None
        )
        if code:
            return code
    try:
        return tell_story(open_stack(home))
    finally:
        if not has_stack:
            run.stop_running(home, lambda line: console.print(line, markup=False))
