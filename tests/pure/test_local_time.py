"""Local time by the rules of each moment, on both sides of UTC."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ragchat.cli.parameter_types import day_begun, day_begun_last, day_over
from ragchat.query.local_time import LOCAL


@pytest.fixture(params=["America/Los_Angeles", "Pacific/Auckland", "UTC", "Asia/Kolkata"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 2, 6, 30, tzinfo=UTC),
        datetime(2026, 7, 2, 7, 10, tzinfo=UTC),
        datetime(2026, 1, 1, 10, 59, tzinfo=UTC),
        datetime(2026, 3, 8, 9, 59, 59, tzinfo=UTC),
        datetime(2026, 9, 26, 13, 59, 59, tzinfo=UTC),
    ],
)
def test_a_moment_is_what_the_clock_on_the_wall_said_then(zone: str, moment: datetime) -> None:
    wall = moment.astimezone(LOCAL)
    shown = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment.timestamp()))
    assert f"{wall:%Y-%m-%d %H:%M:%S}" == shown, zone


def test_a_day_of_the_other_half_of_the_year_has_its_own_offset(zone: str) -> None:
    summer = datetime(2026, 7, 2, 6, 30, tzinfo=UTC).astimezone(LOCAL)
    winter = datetime(2026, 1, 2, 6, 30, tzinfo=UTC).astimezone(LOCAL)
    changes = zone in ("America/Los_Angeles", "Pacific/Auckland")
    assert (summer.utcoffset() != winter.utcoffset()) is changes


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("America/Los_Angeles", "2026-11-01T01:15"), ("Pacific/Auckland", "2026-04-05T02:40")],
    indirect=["zone"],
)
def test_a_period_that_ends_within_an_hour_that_comes_twice_takes_in_both(
    zone: str, hour: str
) -> None:
    assert (day_begun_last(hour) - day_begun(hour)).total_seconds() == 3_600, zone
    assert day_begun_last("2026-06-01") == day_begun("2026-06-01")


@pytest.mark.parametrize(
    ("period", "begin", "end"),
    [
        ("2024", "2024-01-01", "2025-01-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2026-03-28", "2026-03-28", "2026-03-29"),
    ],
)
def test_a_month_and_a_year_are_periods_as_a_day_is(period: str, begin: str, end: str) -> None:
    assert day_begun(period) == day_begun(begin)
    assert day_over(period) == day_begun(end)


def test_today_follows_yesterday() -> None:
    assert day_over("Yesterday") == day_begun("today")
    assert abs(datetime.now(UTC) - day_begun("today")) < timedelta(hours=26)
