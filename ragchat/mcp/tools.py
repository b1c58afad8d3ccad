"""The tools: their names, descriptions and schemas, and arguments checked against them; pure.

A client sends all of this to its model with each conversation, so each word costs tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ragchat.errors import UsageError

_QUERY = {"type": "string", "description": "A question or keywords, in any language."}
_TIMES = {
    "since": {"type": "string", "description": "Said, or file changed, since: 2026-03-04."},
    "until": {"type": "string", "description": "The same before."},
}
_CONVERSATION = {"type": "string", "description": "Id of the only conversation to search."}
_MEMORY_FILTERS = {**_TIMES, "conversation": _CONVERSATION}


def _texts(description: str) -> Mapping[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "description": description}


_DOCUMENT_FILTERS = {
    "in": _texts("Only documents at: docs/**."),
    "type": _texts("Only documents of type: md, pdf, code."),
    "tag": _texts("Only documents tagged."),
}
_BOUNDS = {
    "top_k": {"type": "integer", "minimum": 1, "maximum": 50, "description": "Most passages."},
    "collection": {"type": "string", "description": "The only collection to read."},
    "max_tokens": {
        "type": "integer",
        "minimum": 200,
        "maximum": 20_000,
        "description": "Longest result; 4000 by default.",
    },
}
_OTHER_BOUNDS = {name: _BOUNDS[name] for name in ("collection", "max_tokens")}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as clients see it. `schema` is a JSON Schema of its arguments."""

    name: str
    title: str
    description: str
    schema: Mapping[str, Any]


def _object(properties: Mapping[str, Any], *required: str) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


TOOLS = (
    Tool(
        "search",
        "Search the library",
        "Search the user's documents and past conversations by meaning and words. Returns the"
        " relevant passages, best first, with ids for `open` and places to cite; none if nothing"
        " is relevant.",
        _object(
            {
                "query": _QUERY,
                "kinds": {
                    "type": "array",
                    "items": {"enum": ["document", "memory"]},
                    "description": "memory is past conversations; both by default.",
                },
                **_DOCUMENT_FILTERS,
                **_MEMORY_FILTERS,
                **_BOUNDS,
            },
            "query",
        ),
    ),
    Tool(
        "recall",
        "Search past conversations",
        "Search what the user said in past conversations and what was answered, with dates.",
        _object({"query": _QUERY, **_MEMORY_FILTERS, **_BOUNDS}, "query"),
    ),
    Tool(
        "open",
        "Open a passage",
        "Return a found passage, uncut, with what comes before and after it.",
        _object(
            {
                "id": {"type": "string", "description": "Id of a passage that was found."},
                "neighbours": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 20,
                    "description": "Passages on each side; 1 by default.",
                },
                **_OTHER_BOUNDS,
            },
            "id",
        ),
    ),
    Tool(
        "list_sources",
        "List the documents",
        "List the files in the library.",
        _object(
            {
                "pattern": {"type": "string", "description": "Part of a path, or *.md."},
                "offset": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Files to skip.",
                },
                **_OTHER_BOUNDS,
            }
        ),
    ),
)


def _takes_list(tool: Tool, name: str) -> bool:
    """Return whether an argument is a list. Models often send its only text without one."""
    return bool(tool.schema["properties"].get(name, {}).get("type") == "array")


def checked(name: str, arguments: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the arguments if the tool takes them. Raises UsageError, a line for the model."""
    import jsonschema

    tool = next((tool for tool in TOOLS if tool.name == name), None)
    if tool is None:
        known = ", ".join(tool.name for tool in TOOLS)
        raise UsageError(f"there is no tool {name!r}: the tools are {known}")
    given: dict[str, Any] = {
        key: [value] if isinstance(value, str) and _takes_list(tool, key) else value
        for key, value in (arguments or {}).items()
    }
    validator = jsonschema.Draft202012Validator(tool.schema)
    error = jsonschema.exceptions.best_match(validator.iter_errors(given))
    if error is not None:
        where = ".".join(str(part) for part in error.path)
        unknown = error.validator == "additionalProperties"
        advice = f": use {', '.join(tool.schema['properties'])}" if unknown else ""
        raise UsageError(f"{where or name}: {' '.join(error.message.split())[:300]}{advice}")
    if not given.get("query", "some").strip():
        raise UsageError("the query is empty: write what to search for")
    return given
