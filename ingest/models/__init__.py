"""Embedding models and rerankers: where their files are, conversion to OpenVINO, inference.

Knows texts and vectors. Does not know where texts come from or where vectors go.
"""
