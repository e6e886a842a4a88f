"""Requests to every operation of an OpenAPI document, with something to be recognised by in every string of theirs."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

_METHODS = ("get", "put", "post", "patch", "delete")
_NAMED = {"email": "{0}@fit.example", "phone": "+4599{1:08d}", "barcode": "{0}", "text": "FIT1 {0}"}


@dataclass(slots=True)
class Planter:
    """Makes values nobody else has; ``planted`` are all of them. ``known`` gives values to fields by their name."""

    document: Mapping[str, Any]
    known: Mapping[str, str]
    planted: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(10_000))

    def plant(self, name: str = "") -> str:
        number = next(self._numbers)
        form = next((form for key, form in _NAMED.items() if key in name.lower()), "{0}")
        self.planted += [f"plant{number}x", f"+4599{number:08d}"]
        return form.format(f"plant{number}x", number)

    def value(self, schema: Mapping[str, Any], name: str = "", *, honest: bool = True) -> Any:
        """A value that a schema allows, as far as can be told from it; ``honest`` False: a planted text anywhere."""
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        for choices in ("anyOf", "oneOf", "allOf"):
            if choices in schema:
                return self.value(schema[choices][0], name, honest=honest)
        if schema.get("type") == "object" or "properties" in schema:
            fields = schema.get("properties", {})
            return {key: self.value(item, key, honest=honest) for key, item in fields.items()}
        if schema.get("type") == "array":
            return [self.value(schema.get("items", {}), name, honest=honest)]
        return self._single(schema, name) if honest else self.plant(name)

    def _single(self, schema: Mapping[str, Any], name: str) -> Any:
        if name in self.known:
            return self.known[name]
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        match schema.get("type"), schema.get("format"):
            case "string", "uuid":
                return "01a1f8f1-cd55-7e8c-8e2b-f28dbfad7641"
            case "string", "date":
                return "2026-11-20"
            case "string", "date-time":
                return "2026-11-20T12:00:00Z"
            case "integer" | "number", _:
                return schema.get("minimum", 1)
            case "boolean", _:
                return True
        return self.plant(name)

    def requests(self) -> Iterator[dict[str, Any]]:
        """Keyword arguments of ``client.request``: each operation as documented, and wrong in every way."""
        for path, operations in self.document["paths"].items():
            for method in _METHODS:
                if method in operations:
                    yield from self._requests(method.upper(), path, operations[method])

    def request(self, method: str, path: str, *, honest: bool = True) -> dict[str, Any]:
        """Keyword arguments of ``client.request`` for one operation, as documented or wrong everywhere."""
        operation = self.document["paths"][path][method.lower()]
        request: dict[str, Any] = {"method": method, "url": self._url(path, honest=honest)}
        request["headers"] = {name: self.plant() for name in ("User-Agent", "Cookie", "Referer", "traceparent")}
        request["params"] = self._parameters(operation, honest=honest)
        if (content := _json_of(operation)) is not None:
            request["json"] = self.value(content["schema"], honest=honest)
        return request

    def _requests(self, method: str, path: str, operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield from (self.request(method, path, honest=honest) for honest in (True, False))
        if _json_of(operation) is not None:
            broken = json.dumps({"name": self.plant()})[:-1] + self.plant()
            json_type = {"Content-Type": "application/json"}
            yield {"method": method, "url": self._url(path, honest=True), "content": broken, "headers": json_type}

    def _url(self, path: str, *, honest: bool) -> str:
        known = self.known if honest else {}
        return re.sub(r"{([^}]*)}", lambda found: known.get(found[1]) or self.plant(), path)

    def _parameters(self, operation: Mapping[str, Any], *, honest: bool) -> dict[str, Any]:
        wanted = [item for item in operation.get("parameters", []) if item["in"] == "query"]
        values = {item["name"]: self.value(item["schema"], item["name"], honest=honest) for item in wanted}
        return {name: 0 if name == "wait" and honest else value for name, value in values.items()} | {
            "further": self.plant()
        }


def _json_of(operation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the document says of an operation's JSON body; None without one."""
    found: Mapping[str, Any] | None = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return found
