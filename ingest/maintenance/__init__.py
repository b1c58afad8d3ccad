"""Work on a whole library: backup and restore, the doctor, forgetting, secrets that are stored.

Knows the records, the index and the files of a library. Does not know how a library is searched.
"""
