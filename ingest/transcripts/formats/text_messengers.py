"""Chats that messengers save as text: LINE, KakaoTalk, iMessage (imessage-exporter), Discord
(DiscordChatExporter), and Matrix (Element).

Each has a way to begin a message, and some say the day on a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.text.invisible import DIRECTION
from ingest.transcripts.fields import attached, joined
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.formats.text_dates import guessed_order, moment
from ingest.transcripts.people import People
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_CLOCK = r"(?:(?:오전|오후|午前|午後|上午|下午)\s?)?\d{1,2}:\d\d(?::\d\d)?(?:\s?[AP]M)?"
_KOREAN = r"\d{4}(?:년 |\. )\d{1,2}(?:월 |\. )\d{1,2}(?:일|\.)"
_ENGLISH = r"(?:[A-Z][a-z]+, )?[A-Z][a-z]+ \d{1,2}, \d{4}"
_FEW = 12
_INVISIBLE = re.compile(f"[{DIRECTION}\ufeff\r]")


@dataclass(frozen=True, slots=True)
class _Style:
    """How a messenger writes a chat.

    `begins` matches the first lines, with the `title` if they say it. `head` begins a
    message, with a `name`, its `text`, and a `time` that is complete, or follows the `day` of a
    line before. `media` are words in place of a picture or of what was taken back, `note` what
    comes below the words, `files` a file among them; with `speaker_below` the name is on the line
    after the time.
    """

    origin: str
    name: str
    begins: re.Pattern[str]
    head: re.Pattern[str]
    day: re.Pattern[str] | None = None
    media: re.Pattern[str] | None = None
    note: re.Pattern[str] | None = None
    files: re.Pattern[str] | None = None
    speaker_below: bool = False

    def format(self) -> TranscriptFormat:
        """Return the format of the chats."""
        return TranscriptFormat(self.origin, self.name, self._recognises, self._read)

    def _recognises(self, values: Sequence[object]) -> bool:
        return bool(self._begun(values)) and any(map(self.head.match, _rows(values)))

    def _begun(self, values: Sequence[object]) -> re.Match[str] | None:
        return self.begins.match("".join(_rows(values[:_FEW])).lstrip())

    def _read(self, values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
        rows = _rows(values)
        begun = self._begun(rows)
        title = " ".join((begun.groupdict().get("title") or "").split()) if begun else ""
        key = title or key_of(reading)
        people = People(Draft(self.origin, key, reading, title))
        day = ""
        for found, message in self._parts(rows):
            if "day" in found.re.groupindex:
                day = found["day"]
                continue
            written = f"{day} {found['time']}"
            time = moment(written, reading.latest)
            if order := guessed_order(written):
                reading.remarks[f"days and months cannot be told apart: read as {order}"] = 1
            named, said = found["name"] or "", message
            if self.speaker_below:
                named, _, said = message.lstrip().partition("\n")
            if speaker := " ".join(named.split()):
                people.say(speaker, self._words(said), "", time)
        yield people.draft.finished()

    def _parts(self, rows: Sequence[str]) -> Iterator[tuple[re.Match[str], str]]:
        """The days, and the messages with their heads: one may go on over several lines."""
        current: re.Match[str] | None = None
        words = ""
        for row in rows:
            day, head = self.day.match(row) if self.day else None, self.head.match(row)
            if day or head:
                if current:
                    yield current, words
                current, words = day or head, (head["text"] or "") if head and not day else ""
            else:
                words += row
        if current:
            yield current, words

    def _words(self, said: str) -> str:
        said = self.note.split(said)[0] if self.note else said
        said = said.strip()
        if len(said) > 1 and said[0] == said[-1] == '"' and "\n" in said:
            said = said[1:-1]  # LINE puts what goes on over several lines in quotation marks
        if self.media and self.media.fullmatch(said):
            return ""
        links = self.files.findall(said) if self.files else []
        files = attached(link.partition("?")[0].rpartition("/")[2] for link in links)
        return joined([self.files.sub("", said) if self.files else said, files])


def _rows(values: Iterable[object]) -> list[str]:
    return [_INVISIBLE.sub("", value) for value in values if isinstance(value, str)]


LINE = _Style(
    "line",
    "LINE",
    begins=re.compile(
        r"\[LINE\] {0,2}(?:Chat history (?:with|in) )?(?P<title>\S[^\n]{0,100}?)"
        r"(?:とのトーク履歴|のトーク履歴|的聊天記錄|님과의 대화|)\s*\n"
    ),
    day=re.compile(
        r"(?P<day>\d{4}[./]\d{1,2}[./]\d{1,2}|(?:[A-Z][a-z]{2},? )?\d{1,2}/\d{1,2}/\d{4})"
        r"(?:\s?\(.\)| ?[A-Z][a-z]+day| ?[A-Z][a-z]{2}|（.）| .曜日)?\s*$"
    ),
    head=re.compile(rf"(?P<time>{_CLOCK})\t(?P<name>[^\t\n]*)(?:\t(?P<text>.*))?", re.DOTALL),
    media=re.compile(
        r"\[(?:Photo|Photos|Sticker|Video|Voice message|File|Album|Note|Contact|Location|写真"
        r"|スタンプ|動画|ボイスメッセージ|ファイル|アルバム|連絡先|位置情報|照片|貼圖|影片|語音訊息|檔案)\]"
        r"|☎.*",
        re.DOTALL,
    ),
).format()

_KAKAO_MEDIA = re.compile(
    r"사진(?: \d+장)?|동영상|이모티콘|음성메시지|삭제된 메시지입니다\.|Photo|\d+ photos|Video"
    r"|Emoticons?|Voice Note|This message was deleted\."
)
_KAKAO_BEGINS = re.compile(
    r"(?P<title>\S[^\n]{0,100}?)(?: ?(?:님과 )?카카오톡 대화| ?with KakaoTalk Chats)\s*\n"
    r"|KakaoTalk Chats with (?P<other>[^\n]+)\n"
    r"|(?:[^\n]*\n)?(?:저장한 날짜|Date Saved) ?: ",
)
KAKAOTALK = _Style(
    "kakaotalk",
    "KakaoTalk",
    begins=_KAKAO_BEGINS,
    day=re.compile(
        rf"(?:-{{5,}} )?(?P<day>{_KOREAN}|{_ENGLISH})(?: [가-힣]요일)?(?: -{{5,}})?\s*$"
    ),
    head=re.compile(rf"\[(?P<name>[^\]\n]+)\] \[(?P<time>{_CLOCK})\] (?P<text>.*)", re.DOTALL),
    media=_KAKAO_MEDIA,
).format()
KAKAOTALK_PHONE = _Style(
    "kakaotalk",
    "KakaoTalk",
    begins=_KAKAO_BEGINS,
    # A line without a name tells who came and left.
    head=re.compile(
        rf"(?P<time>(?:{_KOREAN}|{_ENGLISH}),?(?: at)? {_CLOCK})"
        r"(?:, (?P<name>[^:\n]{1,60}) : (?P<text>.*)|(?:, |: )[^:]*\n)",
        re.DOTALL,
    ),
    media=_KAKAO_MEDIA,
).format()
IMESSAGE = _Style(
    "imessage",
    "iMessage",
    begins=re.compile(r"[A-Z][a-z]{2} \d\d, \d{4} {1,2}\d{1,2}:\d\d:\d\d\s[AP]M"),
    head=re.compile(
        r"(?P<time>[A-Z][a-z]{2} \d\d, \d{4} {1,2}\d{1,2}:\d\d:\d\d\s[AP]M)"
        r"(?: \(Read by [^)\n]*\))?(?P<name>)(?P<text>\s*\n)"
    ),
    note=re.compile(r"(?:\A|\n)(?:Tapbacks:|Sent with |This message responded )"),
    files=re.compile(r"^(?:/|~/|attachments/)\S[^\n]*\.\w{2,5}$", re.MULTILINE),
    speaker_below=True,
).format()
DISCORD = _Style(
    "discord",
    "Discord",
    begins=re.compile(r"={20,}\nGuild: [^\n]*\nChannel: (?P<title>[^\n]+)\n"),
    head=re.compile(r"\[(?P<time>\d[^\]\n]{9,30})\] (?P<name>[^\n]+?)(?: \(pinned\))?(?P<text>\n)"),
    note=re.compile(r"\n(?=\{(?:Reactions|Embed|Stickers)\}|={20,})"),
    files=re.compile(r"^(?:\{Attachments\}\n)?(https?://cdn\S+)$", re.MULTILINE),
).format()
_ELEMENT_TIME = (
    r"(?P<time>(?:[^\W\d_]{2,4}\.?,? )?"
    r"(?:[A-Z][a-z]{2,8} \d{1,2}|\d{1,2}\.? [^\W\d_]{3,9}\.?),? \d{4},?"
    rf" (?:at )?{_CLOCK})"
)
ELEMENT = _Style(
    "matrix",
    "Matrix",
    begins=re.compile(rf"{_ELEMENT_TIME} - \S"),
    # A line without a name tells who came and left.
    head=re.compile(
        rf"{_ELEMENT_TIME} - (?:(?P<name>[^:\n]{{1,60}}): (?:<[^<>\n]*> )?(?P<text>.*)|[^:]*\n)",
        re.DOTALL,
    ),
    media=re.compile(r".*\((?:Media omitted|File Attached)[^()]*\)", re.DOTALL),
).format()
