"""A Slack export: a folder for each channel, in it a list of messages for each day.

https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

from ingest.transcripts.fields import (
    attached,
    first,
    items,
    joined,
    line,
    name,
    record,
    records,
    text,
)
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.json_scanner import decode
from ingest.transcripts.people import People
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_SAID = (None, "thread_broadcast", "bot_message", "me_message", "file_share", "file_comment")
_DIRECT = re.compile(r"D[A-Z0-9]+")
_GROUP = re.compile(r"mpdm-(.+)-\d+")
_USER = re.compile(r"<@(\w+)(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto):[^|>]+)\|([^>]+)>")
_BARE = re.compile(r"<([#!]?)([^|>]+)(?:\|([^>]*))?>")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The messages of a day in a channel, which is the conversation."""
    folders = reading.name.split("/")[:-1]
    channel = folders[-1] if folders else "slack"
    names = _names(reading.beside("../users.json"))
    people = People(Draft("slack", channel, reading, _title(channel, names, reading)))
    for message in map(record, values):
        if message.get("type") != "message" or message.get("subtype") not in _SAID:
            continue
        profile = record(message.get("user_profile"))
        user = name(message.get("user"))
        known = names.get(user) or line(first(profile, "real_name", "display_name", "name"))
        bot = line(message.get("username")) or line(record(message.get("bot_profile")).get("name"))
        speaker = known or bot or user or "a bot"
        names.setdefault(user, speaker)
        files = attached(first(file, "name", "title") for file in records(message.get("files")))
        words = joined([_plain(_said(message), names), files])
        people.say(speaker, words, name(message.get("ts")), instant(message.get("ts")))
    yield people.draft.finished()


def _title(channel: str, names: dict[str, str], reading: Reading) -> str:
    """Return the name of a channel; of direct messages, which have a number, who takes part."""
    if group := _GROUP.fullmatch(channel):
        return ", ".join(group[1].split("--"))
    if not _DIRECT.fullmatch(channel):
        return f"#{channel}"
    listed = decode(reading.beside("../dms.json").decode("utf-8", "replace"))
    members = next(
        (items(dm.get("members")) for dm in records(listed) if name(dm.get("id")) == channel), []
    )
    return ", ".join(names.get(name(member)) or name(member) for member in members) or channel


def _said(message: dict[str, object]) -> str:
    """The text; of an app that sends none, that of its blocks or of what it attached."""
    if words := text(message.get("text")).strip():
        return words
    attached_ = records(message.get("attachments"))
    blocks = "".join(_block_texts(message.get("blocks"))).strip()
    return blocks or joined(text(first(one, "fallback", "text", "title")) for one in attached_)


def _block_texts(value: object) -> Iterator[str]:
    """The texts of blocks, which are nested a few levels deep."""
    for block in records(value):
        own = block.get("text")
        yield text(own) or text(record(own).get("text")) or text(block.get("url"))
        yield from _block_texts(block.get("elements"))
        if block.get("type") in ("rich_text_section", "section", "header"):
            yield "\n"


def _names(users: bytes) -> dict[str, str]:
    listed = decode(users.decode("utf-8", "replace"))
    return {
        name(user.get("id")): line(record(user.get("profile")).get("real_name"))
        or line(first(user, "real_name", "name"))
        for user in (record(user) for user in (listed if isinstance(listed, list) else []))
    }


def _plain(words: str, names: dict[str, str]) -> str:
    words = _USER.sub(lambda match: f"@{names.get(match[1]) or match[2] or match[1]}", words)
    words = _LINK.sub(lambda match: f"{match[2]} ({match[1]})", words)
    return unescape(_BARE.sub(_named, words))


def _named(mark: re.Match[str]) -> str:
    """The words for a mark: of a channel, a group of people, a day, or a link."""
    sign, thing, words = mark[1], mark[2], mark[3] or ""
    if sign == "!" and not thing.startswith("date^"):
        return f"@{(words or thing).removeprefix('@')}"
    return f"{'#' if sign == '#' else ''}{words or thing}"


def _recognises(entry: dict[str, object]) -> bool:
    sent = "ts" in entry and ("user" in entry or "bot_id" in entry or "subtype" in entry)
    return sent and entry.get("type") == "message" and isinstance(entry.get("text"), str)


FORMAT = TranscriptFormat("slack", "Slack", any_object(_recognises), _read)
