"""Boxes of a form in a PDF that are ticked or not: a viewer draws them, they are not letters."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.readers.pdf.rows import Cell, Line

if TYPE_CHECKING:
    from pypdfium2 import PdfFormEnv, PdfPage

TICKED, EMPTY = "☒", "☐"
MOST = 1_000
"""Boxes and other annotations of a page that are looked at."""


def has_typed(page: PdfPage) -> bool:
    """Whether words may be typed on a page: values of a form, notes and stamps. Links, comments and
    highlighted words, which papers and printed web pages are full of, are none.
    """
    import pypdfium2.raw as pdfium

    typed = (
        pdfium.FPDF_ANNOT_WIDGET,
        pdfium.FPDF_ANNOT_FREETEXT,
        pdfium.FPDF_ANNOT_STAMP,
        pdfium.FPDF_ANNOT_WATERMARK,
        pdfium.FPDF_ANNOT_REDACT,
        pdfium.FPDF_ANNOT_XFAWIDGET,
    )
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind in typed:
            return True
    return False


def boxes_of(page: PdfPage, form: PdfFormEnv | None) -> Sequence[Cell]:
    """Return the check boxes and radio buttons of a page as cells."""
    if form is None:
        return []
    return list(_boxes(page, form))


def _boxes(page: PdfPage, form: PdfFormEnv) -> Iterator[Cell]:
    import pypdfium2.raw as pdfium

    kinds = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
    unseen = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        place = pdfium.FS_RECTF()
        is_box = pdfium.FPDFAnnot_GetFormFieldType(form, annotation) in kinds
        hidden = pdfium.FPDFAnnot_GetFlags(annotation) & unseen
        if is_box and not hidden and pdfium.FPDFAnnot_GetRect(annotation, ctypes.byref(place)):
            ticked = pdfium.FPDFAnnot_IsChecked(form, annotation)
            height = place.top - place.bottom
            # Letters of its label are on a line with its lower half.
            bottom = place.bottom + height / 5
            sign = TICKED if ticked else EMPTY
            yield Cell(place.left, place.right, sign, bottom, max(height, 1.0))
        pdfium.FPDFPage_CloseAnnot(annotation)


def with_boxes(lines: Sequence[Line], boxes: Sequence[Cell]) -> list[Line]:
    """Return the lines and those of boxes, without the marks that are drawn in them."""
    for line in lines:
        line.cells = [cell for cell in line.cells if not any(_is_in(cell, box) for box in boxes)]
    return [*lines, *(Line(box.text, 0, [box]) for box in boxes)]


def _is_in(cell: Cell, box: Cell) -> bool:
    across = (cell.left + cell.right) / 2
    near = abs(cell.bottom - box.bottom) < box.height
    return len(cell.text) == 1 and box.left <= across <= box.right and near
