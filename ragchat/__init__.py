"""A chat with Claude in the terminal that knows your documents and remembers every conversation.

Knows queries, prompts, answers and the screen. Reads and writes libraries through `ingest` alone.
"""
