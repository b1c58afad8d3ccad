"""The rules of questions for each language: one file of data a language, none of them code.

Knows how people point back and ask politely. A language without a file has these rules off.
"""
