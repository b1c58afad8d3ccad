"""A query returns hits: candidates of all pools in one ranking, thresholds, near-duplicates folded.

Knows the store's candidates and their two scores. Does not know prompts, budgets or Claude.
"""
