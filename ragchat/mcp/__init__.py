"""The library for MCP clients: tools that only read, resources and a prompt.

Knows the protocol and how passages are fenced as data. Prints nothing but the protocol.
"""
