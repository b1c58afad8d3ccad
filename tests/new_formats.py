"""Slides, notebooks and mail as small as they can be."""

from __future__ import annotations

import json
from email.message import EmailMessage

from office import packed, relations

P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def shape(text: str, kind: str = "", name: str = "") -> str:
    paragraphs = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    place = f'<p:ph type="{kind}"/>' if kind else ""
    return (
        f"<p:sp><p:nvSpPr><p:cNvPr {name}/><p:nvPr>{place}</p:nvPr></p:nvSpPr>"
        f"<p:txBody>{paragraphs}</p:txBody></p:sp>"
    )


def slides(*bodies: str, notes: str = "", hidden: int = 0) -> bytes:
    numbers = range(1, len(bodies) + 1)
    ids = "".join(f'<p:sldId r:id="slide{n}" id="{255 + n}"/>' for n in numbers)
    members = {
        "_rels/.rels": relations(officeDocument="ppt/presentation.xml"),
        "ppt/_rels/presentation.xml.rels": relations(
            **{f"slide{n}": f"slides/slide{n}.xml" for n in numbers}
        ),
        "ppt/presentation.xml": f"<p:presentation {P} {R}>{ids}</p:presentation>",
        "ppt/slides/_rels/slide1.xml.rels": relations(notesSlide="../notesSlides/n1.xml"),
        "ppt/notesSlides/n1.xml": f"<p:notes {P} {A}>{notes}</p:notes>",
    }
    for number, body in zip(numbers, bodies, strict=True):
        show = ' show="0"' if number == hidden else ""
        members[f"ppt/slides/slide{number}.xml"] = f"<p:sld {P} {A}{show}>{body}</p:sld>"
    return packed(members)


def notebook(*cells: dict[str, object]) -> bytes:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()


def letter(subject: str, text: str, day: int = 3) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ada <ada@example.org>"
    message["To"] = "bo@example.org"
    message["Subject"] = subject
    message["Date"] = f"Tue, {day:02} Mar 2026 09:30:00 +0100"
    message.set_content(text)
    return message
