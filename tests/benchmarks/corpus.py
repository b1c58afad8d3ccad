"""Text for measurements: seeded, varied, about as long-worded as English documentation."""

from __future__ import annotations

import random
from pathlib import Path

SYLLABLES = (
    "ba con der el fin gra har in jo ker lan mer nor op per qui ran ser tor ul ven wil ter man"
    " sho ble tra ing ion ent ous ive age ist"
).split()
SMALL = "the a of to and in is for on that with as it by from at this be or not are".split()


def words(seed: int) -> list[str]:
    """A vocabulary of 4,000 words."""
    random_ = random.Random(seed)
    return [
        "".join(random_.choices(SYLLABLES, k=random_.choice((1, 2, 2, 3)))) for _ in range(4000)
    ]


def paragraph(random_: random.Random, vocabulary: list[str], characters: int) -> str:
    """One paragraph of about so many characters."""
    sentences: list[str] = []
    while sum(map(len, sentences)) < characters:
        count = random_.randint(6, 18)
        picked = [
            random_.choice(SMALL) if random_.random() < 0.4 else random_.choice(vocabulary)
            for _ in range(count)
        ]
        sentences.append(" ".join(picked).capitalize() + ".")
    return " ".join(sentences)


def write_folder(folder: Path, chunks: int, per_file: int = 20, seed: int = 1) -> None:
    """A folder of Markdown files that make about so many chunks of 800 characters."""
    random_ = random.Random(seed)
    vocabulary = words(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(-(-chunks // per_file)):
        parts = [f"# Chapter {number}"]
        for section in range(per_file):
            parts += [f"## Section {number}.{section}", paragraph(random_, vocabulary, 760)]
        (folder / f"{number:05}.md").write_text("\n\n".join(parts) + "\n")
