"""What old and new workbooks have in common: dates, tables, invisible cells, rows as lines.

Knows cells and their formats. Does not know how either kind of file is kept.
"""
