"""Writes the OpenAPI 3.1 document from the operations and their pydantic shapes."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from jobdating.web.api.models import MAX_ID, Problem

if TYPE_CHECKING:
    from jobdating.web.api.operations import Operation

_REFERENCE = "#/components/schemas/{model}"
_QUERY: dict[str, dict[str, Any]] = {
    "cursor": {"type": "string", "description": "`next` of the page before."},
    "limit": {"type": "integer", "minimum": 1, "maximum": 200, "default": 100},
    "stand": {"type": "integer", "minimum": 1, "maximum": MAX_ID},
    "free": {"type": "boolean", "default": False, "description": "Only slots with a free place."},
    "pending": {"type": "boolean", "default": False, "description": "Only what still can be answered."},
}


def openapi(operations: Iterable["Operation"], prefix: str) -> dict[str, Any]:
    """The document as plain data."""
    known = list(operations)
    models: set[type[BaseModel]] = {
        Problem,
        *(each.answer for each in known),
        *(each.body for each in known if each.body),
    }
    _, schemas = models_json_schema(
        [(model, "serialization") for model in sorted(models, key=lambda model: model.__name__)],
        ref_template=_REFERENCE,
    )
    paths: dict[str, dict[str, Any]] = {}
    for each in known:
        paths.setdefault(prefix + each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Job dating",
            "version": "1",
            "description": "Errors are application/problem+json with a stable `code`.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(each: "Operation") -> dict[str, Any]:
    parameters = [_in_path(name) for name in re.findall(r"{(\w+)}", each.path)]
    parameters += [{"name": name, "in": "query", "schema": _QUERY[name]} for name in each.query]
    if each.is_command:
        key = {"type": "string", "minLength": 1, "maxLength": 200}
        parameters.append({"name": "Idempotency-Key", "in": "header", "schema": key})
    told: dict[str, Any] = {
        "operationId": f"{each.method.lower()}{re.sub(r'[^a-z]+', '_', each.path)}",
        "summary": each.summary,
        "parameters": parameters,
        "responses": {str(each.status): _content("Done", each.answer.__name__, "application/json")},
    }
    for status in each.refusals:
        codes = f": {', '.join(f'`{code}`' for code in each.codes)}" if status == 409 and each.codes else ""
        told["responses"][str(status)] = _content(f"Refused{codes}", "Problem", "application/problem+json")
    if each.guard.name != "ANYONE":
        told["security"] = [{"token": []}]
    if each.body:
        told["requestBody"] = {
            "required": any(field.is_required() for field in each.body.model_fields.values()),
            "content": {"application/json": {"schema": {"$ref": _REFERENCE.format(model=each.body.__name__)}}},
        }
    return told


def _in_path(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = (
        {"type": "string"} if name == "fair" else {"type": "integer", "minimum": 1, "maximum": MAX_ID}
    )
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _content(description: str, model: str, media_type: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {media_type: {"schema": {"$ref": _REFERENCE.format(model=model)}}},
    }
