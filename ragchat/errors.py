"""What can go wrong in a chat, as a tree. `exit_code` is part of the command line's contract.

Every message is one line for the user: what happened, then what to do.

    RagchatError             1
    ├── CostLimitReached     1   the next request could pass the limit of --max-cost
    ├── UsageError           2   the given arguments or settings cannot be used
    ├── CredentialsError     3   no key, or one that was refused (401, 403)
    └── ModelServiceError    4   the model's service failed; what came of an answer is kept
        └── RequestTooLong       it takes less than was sent
"""


class RagchatError(Exception):
    """Anything that this package raises on purpose."""

    exit_code = 1


class UsageError(RagchatError):
    """The given arguments or settings cannot be used."""

    exit_code = 2


class CredentialsError(RagchatError):
    """No credentials, or refused ones."""

    exit_code = 3


class ModelServiceError(RagchatError):
    """The model's service failed."""

    exit_code = 4


class RequestTooLong(ModelServiceError):
    """The model takes less than was sent."""


class CostLimitReached(RagchatError):
    """The next request could pass the limit of --max-cost."""
