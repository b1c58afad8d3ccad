"""What a question says, read once: times, events, references to earlier turns or to the user.

Knows words and calendars. Does not know a library, a model or the network. Pure.
"""
