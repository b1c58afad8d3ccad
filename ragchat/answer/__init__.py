"""An answer checked against what it was given: citations, quotations, links, repetition.

Knows the answer's text and the passages that were sent. Does not know the network or a terminal.
"""
