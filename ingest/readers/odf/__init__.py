"""OpenDocument: what texts, sheets and slides have in common, made into web pages.

Knows the schema of OpenDocument. Does not know how a page is read.
"""
