"""The rules of the words index for each language: one file of data a language, none of them code.

Knows stemmers, stop words and folding. Does not know questions: see `ragchat.query.languages`.
"""
