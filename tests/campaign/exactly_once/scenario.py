"""A scenario: a plain list of operations with plain arguments, which plays again without Hypothesis.

A file is JSON: ``{"about": ..., "seed": ..., "steps": [["scan", {"kiosk": 0, ...}], ...]}``. Whatever an argument points
at (an image, a backup, a late request) is an index taken modulo what is there, so any list of steps is playable.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "scenarios"

Step = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """``seed`` feeds the world's chance (ids, nonces, jitter)."""

    about: str
    seed: int
    steps: tuple[Step, ...]

    def save(self, name: str) -> Path:
        path = FOLDER / f"{name}.json"
        lines = ",\n".join(f"    {json.dumps([op, args])}" for op, args in self.steps)
        head = f'{{\n  "about": {json.dumps(self.about)},\n  "seed": {self.seed},\n'
        path.write_text(f'{head}  "steps": [\n{lines}\n  ]\n}}\n', encoding="utf-8")
        return path


def load(name: str) -> Scenario:
    content = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Scenario(content["about"], content["seed"], tuple((op, args) for op, args in content["steps"]))


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))
