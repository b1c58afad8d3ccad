"""A labelled set in two halves: what one answers, the other does not; pure.

The halves are contiguous: neighbours are of one article and may answer each other's questions.
"""

from __future__ import annotations

from ragchat.evaluation.labelled import Id, LabelledSet, Question


def first_half(labelled: LabelledSet) -> frozenset[Id]:
    """The ids of the first half of the documents or files."""
    ids = [id_ for texts in labelled.texts.values() for id_ in texts]
    return frozenset(ids[: len(ids) // 2])


def other_half(labelled: LabelledSet) -> list[tuple[Question, str]]:
    """The questions that have no answer where they are asked, each with the place to ask.

    Conversations are asked what the one before them answers. There are none where a set is of one
    conversation or one file.
    """
    counted = [question for question in labelled.questions if question.counts]
    if labelled.shape == "memory":
        places = list(labelled.texts)
        following = dict(zip(places, [*places[1:], *places[:1]], strict=True))
        return [(q, following[q.place]) for q in counted if following[q.place] != q.place]
    half = first_half(labelled)
    return [(question, "") for question in counted if half and not half & _answering(question)]


def _answering(question: Question) -> set[Id]:
    return set(question.wanted) or {question.place}
