"""Every action that the cloud's programs write into the audit log, read from their source."""

import ast
import importlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path

CLOUD = Path(__file__).resolve().parents[2] / "cloud_api"


@dataclass
class Module:
    """A module and what it calls its functions and those of others. ``name`` is dotted."""

    name: str
    tree: ast.Module
    imported: dict[str, str] = field(default_factory=dict)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def function_of(self, node: ast.AST) -> ast.FunctionDef | None:
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, ast.FunctionDef):
                return node
        return None

    def target_of(self, call: ast.Call) -> str:
        """The dotted name of what is called, as far as the imports tell it."""
        match call.func:
            case ast.Name(id=name):
                return self.imported.get(name, f"{self.name}.{name}")
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                return f"{self.imported.get(owner, owner)}.{name}"
        return ""


def audited_actions() -> set[str]:
    """Every value that the ``action`` of ``audit.record`` can have. Raises AssertionError for one that cannot be told."""
    modules = [_read(path) for path in sorted(CLOUD.rglob("*.py"))]
    calls = [(module, node) for module in modules for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    records = [(module, call) for module, call in calls if module.target_of(call) == "cloud_api.common.audit.record"]
    assert len(records) > 20, "this looks in the wrong place"
    return {
        value
        for module, call in records
        for value in _values(next(word.value for word in call.keywords if word.arg == "action"), module, calls)
    }


def _values(value: ast.expr, module: Module, calls: list[tuple[Module, ast.Call]]) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from _values(body, module, calls)
            yield from _values(other, module, calls)
        case ast.JoinedStr(values=parts):
            choices = [list(_values(_inner(part), module, calls)) for part in parts]
            yield from ("".join(words) for words in itertools.product(*choices))
        case ast.Name(id=name) if assigned := _assigned(name, value, module):
            for each in assigned:
                yield from _values(each, module, calls)
        case ast.Name(id=name):
            yield from _given(name, value, module, calls)
        case ast.Attribute(value=ast.Name(id=name), attr="value"):
            yield from (str(each.value) for each in _choices(name, value, module))
        case _:
            message = f"{module.name}:{value.lineno}: what {ast.unparse(value)} can be is not told by the source"
            raise AssertionError(message)


def _inner(part: ast.expr) -> ast.expr:
    return part.value if isinstance(part, ast.FormattedValue) else part


def _assigned(name: str, node: ast.AST, module: Module) -> list[ast.expr]:
    """What a local variable is set to."""
    function = module.function_of(node)
    set_here = [each for each in ast.walk(function or module.tree) if isinstance(each, ast.Assign)]
    return [each.value for each in set_here if any(isinstance(t, ast.Name) and t.id == name for t in each.targets)]


def _choices(name: str, node: ast.AST, module: Module) -> type[Enum]:
    """The enumeration that a parameter is of."""
    function = module.function_of(node)
    assert function is not None, f"{module.name}: {name} is no parameter"
    every = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    kind = next(argument.annotation for argument in every if argument.arg == name)
    assert isinstance(kind, ast.Name), f"{module.name}: {name} is of no plain type"
    place, _, title = module.imported[kind.id].rpartition(".")
    found: type[Enum] = getattr(importlib.import_module(place), title)
    return found


def _given(name: str, node: ast.AST, module: Module, calls: list[tuple[Module, ast.Call]]) -> Iterator[str]:
    """What the parameter of a name is given by all who call its function."""
    function = module.function_of(node)
    assert function is not None, f"{module.name}: {name} is no parameter"
    places = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    target = f"{module.name}.{function.name}"
    for caller, call in calls:
        if caller.target_of(call) == target:
            named = next((word.value for word in call.keywords if word.arg == name), None)
            given = named if named is not None else call.args[places.index(name)]
            yield from _values(given, caller, calls)


def _read(path: Path) -> Module:
    parts = path.relative_to(CLOUD.parent).with_suffix("").parts
    module = Module(".".join(parts), ast.parse(path.read_text(encoding="utf-8")))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            module.imported |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return module
