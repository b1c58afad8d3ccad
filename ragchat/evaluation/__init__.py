"""Labelled sets, asked of the ordinary pipeline and retriever, and what came of it in figures."""
