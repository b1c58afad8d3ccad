"""What is sent to Chroma keeps the limits of Chroma Cloud, as its documentation has them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Chunk
from ingest.index import limits
from ingest.records.ids import ModelId
from ingest.records.models import Model
from ingest.records.public_ids import chunk_key

# T13: the Cloud's limits, as its documentation has them.


@given(st.text(max_size=30), st.integers(1, 3000))
def test_every_text_becomes_a_document_that_the_cloud_takes(text: str, times: int) -> None:
    cut = limits.document(text * times)
    assert len(cut.encode()) <= 16_384
    assert (text * times).startswith(cut)


@given(st.floats(0, 4e9), st.text(max_size=30), st.integers(0, 3000))
def test_every_turn_has_metadata_that_the_cloud_takes(when: float, name: str, times: int) -> None:
    carried = limits.metadata(when, name * times)
    assert carried is not None
    assert all(len(key) <= 36 for key in carried)
    assert len(carried["conversation"].encode()) <= 4_096
    assert carried["conversation"] == limits.conversation_value(name * times)


@given(st.text(), st.integers(0, 2**40), st.text(), st.integers(0))
def test_every_id_is_one_that_the_cloud_takes(
    owner: str, start: int, text: str, version: int
) -> None:
    chunk = Chunk(text=text, start=start, end=start + len(text), start_line=1, end_line=1)
    assert len(chunk_key(owner, chunk, version).encode()) <= 128


def test_the_longest_name_of_a_collection_is_one_that_the_cloud_takes() -> None:
    model = Model(ModelId(1), "0123456789abcdef", "m", 384)
    assert len(model.index_name("c" * 64, "document") + ".01234567") <= 128


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(1, 9), st.integers(1, 60))
def test_requests_hold_every_record_once_and_keep_both_limits(
    sizes: list[int], records: int, most: int
) -> None:
    cut = [sizes[part] for part in limits.parts(sizes, records, most)]
    assert [size for part in cut for size in part] == sizes
    assert all(len(part) <= records for part in cut)
    assert all(sum(part) <= most or len(part) == 1 for part in cut)
