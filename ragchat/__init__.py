"""A chat with Claude in the terminal that knows your documents and remembers every conversation."""
