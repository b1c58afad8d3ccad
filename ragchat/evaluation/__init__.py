"""Labelled sets, asked of the ordinary pipeline and retriever, and the metrics of the results.

Knows questions and the passages that answer them. Does not know how a question is answered.
"""
