"""Messages of Outlook (.msg), made into mail.

Knows MS-OXMSG. Does not know how mail is read.
"""

from ingest.readers.msg.message import read

__all__ = ["read"]
