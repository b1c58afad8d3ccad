"""What old and new Word documents have in common: styles, numbers of lists, tables, symbols.

Knows how a paragraph becomes lines. Does not know how either kind of file is kept.
"""
