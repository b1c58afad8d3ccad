"""A query and its hits become a request: recent turns, passages within the budget, the prompt.

Knows conversations, passages and token budgets. Does not know how passages are found or how a
request travels.
"""
