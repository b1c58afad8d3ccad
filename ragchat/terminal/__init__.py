"""What a user sees and types. Every string from outside is cleaned before it is shown.

Knows terminals, rich and prompt_toolkit. Does not know how an answer is found or made.
"""
