"""PDFs that are made to do harm, as small as they come."""

from __future__ import annotations

import zlib

FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf(*objects: str | bytes, trailer: str = "") -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalogue."""
    body, offsets = b"%PDF-1.7\n", []
    for number, entry in enumerate(objects, 1):
        offsets.append(len(body))
        content = entry.encode("latin-1") if isinstance(entry, str) else entry
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    size = len(objects) + 1
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    end += f"trailer << /Size {size} /Root 1 0 R {trailer}>>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + end.encode("latin-1")


def page(content: bytes, *, packed: int = 0, catalogue: str = "") -> bytes:
    """Return a PDF of one page that shows `content`, compressed several times over."""
    filters = "/FlateDecode " * packed
    stream = b"<< /Length %d /Filter [%s] >>\nstream\n" % (len(content), filters.encode())
    return pdf(
        f"<< /Type /Catalog /Pages 2 0 R {catalogue}>>",
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        f" /Resources << /Font << /F1 {FONT} >> >> >>",
        stream + content + b"\nendstream",
    )


TEXT = b"BT /F1 12 Tf 72 720 Td (High tide at noon) Tj ET"


def with_script() -> bytes:
    """Runs JavaScript when it is opened, in a viewer that obeys."""
    act = "/S /JavaScript /JS (app.launchURL\\('http://127.0.0.1/'\\); while\\(1\\);)"
    return page(TEXT, catalogue=f"/OpenAction << {act} >> /AA << /WC << {act} >> >> ")


def endless_tree() -> bytes:
    """A tree of pages that holds itself, and says that it has a billion."""
    return pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1000000000 /Kids [2 0 R 3 0 R] >>",
        "<< /Type /Pages /Count 1000000000 /Parent 2 0 R /Kids [2 0 R 2 0 R 3 0 R] >>",
    )


def bomb(megabytes: int) -> bytes:
    """Return a page of spaces, compressed twice: a few kilobytes unpack to this many bytes."""
    packing = zlib.compressobj(9)
    first = packing.compress(b" " * 10**6) + packing.flush(zlib.Z_FULL_FLUSH)
    again = packing.compress(b" " * 10**6) + packing.flush(zlib.Z_FULL_FLUSH)
    return page(zlib.compress(first + again * megabytes + packing.flush(), 9), packed=2)


def deep(levels: int = 200_000) -> bytes:
    """Arrays in arrays."""
    return pdf("<< /Type /Catalog /Pages 2 0 R >>", "[" * levels + "]" * levels)


def circle() -> bytes:
    """A form that draws itself."""
    form = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 6"
    return pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        "<< /Type /Page /Parent 3 0 R /MediaBox [0 0 9 9] /Contents 4 0 R"
        " /Resources << /XObject << /X 4 0 R >> >> >>",
        f"{form} /Resources << /XObject << /X 4 0 R >> >> >>\nstream\n/X Do \nendstream",
    )
