"""What thousands of tests would do again with the same result, done once a process.

Each test has a server of its own; most of what it costs to make one is the schemas that FastAPI has built for every field
of every route, and the check of the key that signs tokens.
"""

from functools import lru_cache
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives import serialization
from fastapi._compat import v2
from pydantic import TypeAdapter


def remember() -> None:
    """Have adapters of the same annotation, and keys of the same text, made once."""
    made: dict[Any, TypeAdapter[Any]] = {}

    def adapter(annotated: Any, *, config: Any = None) -> TypeAdapter[Any]:
        key = (annotated.__origin__, repr(annotated.__metadata__), repr(config))
        if key not in made:
            made[key] = TypeAdapter(annotated, config=config)
        return made[key]

    patch.object(v2, "TypeAdapter", adapter).start()
    patch.object(serialization, "load_pem_private_key", lru_cache(64)(serialization.load_pem_private_key)).start()
