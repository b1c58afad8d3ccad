"""The Messages API: requests sent, answers streamed, failures explained, tokens and money counted.

Knows the records of `wire.py`. Does not know where the text of a request comes from. The only
package that imports anthropic (`connection.py`, `sdk_failures.py`).
"""
