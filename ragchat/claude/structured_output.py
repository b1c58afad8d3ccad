"""Structured output: the schema that an answer has to follow, and the answer checked against it.

https://docs.claude.com/en/docs/build-with-claude/structured-outputs; the only file that imports
jsonschema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ragchat.errors import ModelServiceError, UsageError


def read_schema(path: Path) -> Mapping[str, Any]:
    """Return the JSON Schema in a file. Raises UsageError if it is not one."""
    import jsonschema

    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror}): check --schema") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not JSON: correct it") from error
    except jsonschema.SchemaError as error:
        raise UsageError(f"{path} is not a JSON Schema ({error.message}): correct it") from error
    if not isinstance(schema, dict):
        raise UsageError(f"{path} is not a JSON Schema: it must be an object")
    return schema


def structured(text: str, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """An answer as the JSON it is. Raises ModelServiceError if it does not follow the schema."""
    import jsonschema

    try:
        value = json.loads(text)
        jsonschema.validate(value, schema, cls=jsonschema.Draft202012Validator)
    except (ValueError, RecursionError) as error:
        raise ModelServiceError("the answer is not JSON: ask again") from error
    except jsonschema.ValidationError as error:
        why = " ".join(error.message.split())[:200]
        raise ModelServiceError(
            f"the answer does not follow the schema ({why}): ask again"
        ) from error
    return value
