"""How often a client may do something."""

import time
from collections import deque


class Rate:
    """At most so many in any window of so many seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._taken: deque[float] = deque()

    def take(self) -> bool:
        """Count one; False, and nothing is counted, when there is no room for it."""
        now = time.monotonic()
        while self._taken and self._taken[0] <= now - self._seconds:
            self._taken.popleft()
        if len(self._taken) >= self._most:
            return False
        self._taken.append(now)
        return True
