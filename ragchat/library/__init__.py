"""A library as a Python object: what the command line, MCP and other programs use.

Knows how settings become a store, models and chats. Prints nothing and reads no arguments.
"""
