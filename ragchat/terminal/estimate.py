"""How far a run of ingestion is, and how long it will take; pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

RATE_OVER_SECONDS = 60.0
"""The time over which the rate is taken: files differ, and other programs come and go."""
SECONDS_BEFORE_ESTIMATE = 3.0
"""The rate of the first batch is too unsteady to derive a time from."""


class Estimate:
    """How much of a run is done, and the time that is left.

    The chunks to come are estimated from the bytes of the files that are not read yet. What was
    shown once never goes back: the share does not fall, the time left does not rise.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = clock()
        self._marks = deque([(self._began, 0)])  # times, and the chunks done by then
        self._bytes = self._read = self._current = 0
        self.known = self.done = 0
        self._share = 0.0
        self._left = float("inf")  # the seconds left as last shown

    def found(self, size: int) -> None:
        """Set the bytes of all files."""
        self._bytes = size

    def start(self, size: int) -> None:
        """Begin a file, which ends the one before."""
        self._finish_file()
        self._current = size

    def chunks(self, total: int) -> None:
        """Set the number of chunks of all files so far, the current one included."""
        self.known = total
        self._finish_file()

    def advance(self, count: int) -> None:
        """Add chunks that are done."""
        self.done += count
        now = self._clock()
        self._marks.append((now, self.done))
        while len(self._marks) > 2 and self._marks[0][0] < now - RATE_OVER_SECONDS:
            self._marks.popleft()

    def share(self) -> float:
        """Return the share of the run that is done, from 0 to 1."""
        expected = self._expected()
        if expected:
            self._share = max(self._share, min(1.0, self.done / expected))
        return self._share

    def rate(self) -> float | None:
        """Return the chunks a second of the last minute; None while there are too few."""
        (since, before), (now, done) = self._marks[0], self._marks[-1]
        return (done - before) / (now - since) if done > before and now >= since + 1 else None

    def left(self) -> tuple[float, bool] | None:
        """Return the seconds left, and whether it may take longer; None while unknown."""
        rate, now = self.rate(), self._clock()
        todo = self._expected() - self.done
        if rate is None or todo <= 0 or now < self._began + SECONDS_BEFORE_ESTIMATE:
            return None
        seconds = todo / rate
        self._left = min(self._left, seconds)
        return self._left, seconds > 1.25 * self._left

    def _expected(self) -> float:
        if not self._read:
            return float(self.known)
        per_byte = self.known / self._read
        return max(self.done, self.known + per_byte * max(0, self._bytes - self._read))

    def _finish_file(self) -> None:
        self._read += self._current
        self._current = 0
