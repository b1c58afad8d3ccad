"""Mail: messages and mailboxes, with what is attached.

Knows headers, bodies and quotations. Attachments are read by their own readers.
"""

from ingest.readers.mail.message import document, read

__all__ = ["document", "read"]
