"""Every small way to break a module: comparisons swapped, branches dropped, operands, entries and keywords left out."""

import ast
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import singledispatch
from itertools import islice

_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_OTHERS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    **{op: tuple(other for other in _ORDER if other is not op) for op in _ORDER},
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_WITH_DEFAULTS = {"Denied", "Granted", "Notice"}
_OPPOSITES = {"min": "max", "max": "min"}

Change = Callable[[ast.AST], object]
Changes = Iterator[tuple[str, Change]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A way to break a module: ``what`` is changed at the ``index``-th node of its tree."""

    module: str
    source: str
    index: int
    what: str
    change: Change

    def tree(self) -> ast.Module:
        """The broken module."""
        broken = ast.parse(self.source)
        self.change(_node(broken, self.index))
        return ast.fix_missing_locations(broken)

    def told(self) -> str:
        """Where it is, what was done, and what came of it."""
        before, after = (_node(tree, self.index) for tree in (ast.parse(self.source), self.tree()))
        return f"{self.module}.py:{_line(before)}: {self.what}\n  {ast.unparse(before)}\n  {ast.unparse(after)}"


def mutants_of(module: str, source: str, functions: Collection[str] = ()) -> Iterator[Mutant]:
    """All mutants of a module, or of the named functions and methods in it. Deterministic."""
    tree = ast.parse(source)
    wanted = set(_nodes_within(tree, functions)) - set(_annotations(tree))
    for index, node in enumerate(ast.walk(tree)):
        for what, change in changes_of(node) if node in wanted else ():
            yield Mutant(module, source, index, what, change)


def _node(tree: ast.Module, index: int) -> ast.AST:
    return next(islice(ast.walk(tree), index, None))


def _nodes_within(tree: ast.Module, functions: Collection[str]) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if not functions or (isinstance(node, ast.FunctionDef) and node.name in functions):
            yield from ast.walk(node)


def _annotations(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            yield from ast.walk(part) if part is not None else ()


def _line(node: ast.AST) -> int:
    return min(getattr(part, "lineno", 10**9) for part in ast.walk(node))


@singledispatch
def changes_of(node: ast.AST) -> Changes:
    """The ways to break one node: what is done, and the function that does it in place."""
    yield from ()


@changes_of.register
def _(node: ast.Compare) -> Changes:
    for number, op in enumerate(node.ops):
        for other in _OTHERS[type(op)]:
            yield f"{type(op).__name__} -> {other.__name__}", _set_item("ops", number, other())


@changes_of.register(ast.If | ast.IfExp)
def _(_node: ast.AST) -> Changes:
    for value in (True, False):
        yield f"condition -> {value}", _set("test", ast.Constant(value))


@changes_of.register
def _(node: ast.BoolOp) -> Changes:
    yield ("and -> or", _set("op", ast.Or())) if isinstance(node.op, ast.And) else ("or -> and", _set("op", ast.And()))
    for number in range(len(node.values)):
        yield f"operand {number + 1} dropped", _drop_operand(number)


@changes_of.register
def _(node: ast.UnaryOp) -> Changes:
    if isinstance(node.op, ast.Not):
        yield "not dropped", _set("operand", ast.UnaryOp(ast.Not(), node.operand))
    if isinstance(node.op, ast.USub):
        yield "minus dropped", _set("op", ast.UAdd())


@changes_of.register
def _(node: ast.BinOp) -> Changes:
    if isinstance(node.op, ast.Add):
        yield "+ -> -", _set("op", ast.Sub())
    if isinstance(node.op, ast.Sub):
        yield "- -> +", _set("op", ast.Add())


@changes_of.register
def _(node: ast.comprehension) -> Changes:
    for number in range(len(node.ifs)):
        yield f"filter {number + 1} dropped", _drop_item("ifs", number)


@changes_of.register
def _(node: ast.Match) -> Changes:
    for number in range(len(node.cases) - 1):  # the last one is assert_never
        yield f"case {number + 1} dropped", _drop_item("cases", number)


@changes_of.register
def _(node: ast.Call) -> Changes:
    name = node.func.id if isinstance(node.func, ast.Name) else None
    if name in _OPPOSITES:
        yield f"{name} -> {_OPPOSITES[name]}", _set("func", ast.Name(_OPPOSITES[name], ast.Load()))
    for number, keyword in enumerate(node.keywords if name in _WITH_DEFAULTS else ()):
        yield f"{keyword.arg} left out", _drop_item("keywords", number)


@changes_of.register
def _(node: ast.Set) -> Changes:
    for number in range(len(node.elts)):
        yield f"entry {number + 1} dropped", _drop_item("elts", number)


@changes_of.register
def _(node: ast.Tuple) -> Changes:
    if not isinstance(node.ctx, ast.Load):
        return
    for number in range(len(node.elts)):
        yield f"entry {number + 1} dropped", _drop_item("elts", number)
    for number in range(len(node.elts) - 1):
        yield f"entries {number + 1} and {number + 2} swapped", _swap(number)


@changes_of.register
def _(node: ast.Constant) -> Changes:
    if type(node.value) is int:
        yield f"{node.value} -> {node.value + 1}", _set("value", node.value + 1)


def _set(field: str, value: object) -> Change:
    return lambda node: setattr(node, field, value)


def _set_item(field: str, number: int, value: object) -> Change:
    return lambda node: getattr(node, field).__setitem__(number, value)


def _drop_item(field: str, number: int) -> Change:
    return lambda node: getattr(node, field).pop(number)


def _drop_operand(number: int) -> Change:
    def drop(node: ast.BoolOp) -> None:
        del node.values[number]
        if len(node.values) == 1:  # an operator needs two operands: x or x is x
            node.values *= 2

    return drop


def _swap(number: int) -> Change:
    def swap(node: ast.Tuple) -> None:
        node.elts[number], node.elts[number + 1] = node.elts[number + 1], node.elts[number]

    return swap
