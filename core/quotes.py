"""Numbers of a trace, quoted in prose and checked in claims: `{loss[7]}`, `{probs[2, 'took'] | percent}`.

A quote is an expression over the names of a trace. `s[3, 2]` is unit 2 of s at step 3 (the batch is left out where it
is one); a label may stand for a number; `dims.hidden` and `recipe.gain` are numbers too. Known functions are those of
FUNCTIONS; `+ - * /` with spaces around them, `**`, comparisons, `and`. Nothing else is understood, nothing is run.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import UnrolledError
from core.trace import Trace

NAME = re.compile(r"'[^']*'|(?<![\w.])[A-Za-z_][\w.]*(?:/[A-Za-z_][\w.]*)*")
QUOTE = re.compile(r"\{([^{}]+)\}")
LONGEST = 200
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
AXES = {"time": "time", "time_t": "time", "time_k": "time", "output": "output", "input": "input", "source": "source"}


class QuoteError(UnrolledError):
    """A quote that cannot be read, or that names what the trace does not have."""


@dataclass(frozen=True)
class Named:
    """An array with the labels of its axes: what an index is looked up in."""

    name: str
    data: Any
    axes: tuple[tuple[str, ...], ...]


def _mean(value: Any) -> float:
    return float(np.mean(value))


def _norm(value: Any) -> float:
    return float(np.linalg.norm(value))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "max": lambda v: float(np.max(v)),
    "min": lambda v: float(np.min(v)),
    "sum": lambda v: float(np.sum(v)),
    "total": lambda v: np.sum(v, axis=0),
    "mean": _mean,
    "norm": _norm,
    "abs": np.abs,
    "last": lambda v: v[-1],
    "argmax": lambda v: int(np.argmax(v)),
    "argmin": lambda v: int(np.argmin(v)),
    "count": lambda v: int(np.sum(v)),
    "filled": lambda v: int(np.count_nonzero(v)),
    "diagonal": np.diagonal,
    "singular": lambda v: np.linalg.svd(v, compute_uv=False),
    "radius": lambda v: float(np.abs(np.linalg.eigvals(v)).max()),
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
}
OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: lambda a, b: np.power(np.float64(a), b),
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def value(trace: Trace, text: str) -> Any:
    """What an expression is in a trace: a number, a truth, an array or a word; raises QuoteError."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        word = found[0]
        if word.startswith("'") or word in ("and", "not") or word in FUNCTIONS or word in LABELS:
            return word
        names.append(word)
        return f"_{len(names) - 1}"

    try:
        tree = ast.parse(NAME.sub(number, text[:LONGEST]).strip(), mode="eval")
        with np.errstate(all="ignore"):
            return _Walk(trace, names)(tree.body)
    except (SyntaxError, ValueError, TypeError, IndexError, ArithmeticError, np.linalg.LinAlgError) as error:
        message = f"“{text}” cannot be read: {error}"
        raise QuoteError(message) from error


LABELS = ("word", "step")


class _Walk:
    """The value of a tree of what is allowed."""

    def __init__(self, trace: Trace, names: list[str]) -> None:
        self.trace, self.names = trace, names

    def __call__(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=int() | float() | str() as found):
                pass
            case ast.Name(id=name):
                found = self.named(self.names[int(name[1:])]).data
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                found = 0 - self(inner)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                found = OPERATORS[type(op)](self(left), self(right))
            case ast.Compare(left=left, ops=ops, comparators=rest):
                found = self.compared(left, ops, rest)
            case ast.BoolOp(op=ast.And(), values=parts):
                found = all(bool(np.all(self(p))) for p in parts)
            case ast.Subscript(value=inner, slice=index):
                found = self.entry(inner, index)
            case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]):
                found = self.call(name, self(inner))
            case _:
                raise ValueError("this is not among what a quote may hold")
        return found

    def compared(self, left: ast.expr, ops: list[ast.cmpop], rest: list[ast.expr]) -> Any:
        """A chain of comparisons: where all of it holds, entry by entry."""
        values = [self(left), *map(self, rest)]
        links = [OPERATORS[type(op)](a, b) for op, a, b in zip(ops, values[:-1], values[1:], strict=True)]
        found = np.all(np.broadcast_arrays(*links), axis=0)
        return found if found.ndim else bool(found)

    def call(self, name: str, given: Any) -> Any:
        """A function of the table, or the label of an output or a step."""
        if name in LABELS:
            return self.trace.labels["output" if name == "word" else "time"][int(given)]
        if name not in FUNCTIONS:
            raise ValueError("only the functions of the table can be called")
        return FUNCTIONS[name](given)

    def entry(self, inner: ast.expr, index: ast.expr) -> Any:
        """Part of an array, by numbers, slices and labels."""
        if not isinstance(inner, ast.Name):
            return self(inner)[self(index)]
        named = self.named(self.names[int(inner.id[1:])])
        places = index.elts if isinstance(index, ast.Tuple) else [index]
        axes = (*named.axes, *[()] * len(places))
        return named.data[tuple(self.place(p, axis) for p, axis in zip(places, axes, strict=False))]

    def place(self, node: ast.expr, axis: tuple[str, ...]) -> Any:
        """A number, a slice or the place of a label."""
        if isinstance(node, ast.Slice):
            ends = [None if end is None else int(self(end)) for end in (node.lower, node.upper)]
            return slice(*ends)
        found = self(node)
        if isinstance(found, str):
            if found not in axis:
                raise ValueError(f"there is no “{found}” here")
            return axis.index(found)
        return int(found)

    def named(self, name: str) -> Named:
        """An array of the trace without its batch, one of its sizes, or a choice of its recipe."""
        kind, _, rest = name.partition(".")
        if kind in ("dims", "recipe") and rest:
            table: Mapping[str, Any] = self.trace.dims if kind == "dims" else self.trace.recipe
            if rest not in table:
                raise ValueError(f"the trace has no {name}")
            return Named(name, table[rest], ())
        if name not in self.trace.arrays:
            raise ValueError(f"the trace has no array {name}")
        array = self.trace.arrays[name]
        single = "batch" in array.dims and array.data.shape[array.dims.index("batch")] == 1
        data = array.data.take(0, axis=array.dims.index("batch")) if single else array.data
        dims = [d for d in array.dims if not (single and d == "batch")]
        return Named(name, data, tuple(tuple(self.trace.labels.get(AXES.get(d, ""), ())) for d in dims))


# -- in prose -----------------------------------------------------------------------------------------------


def short(number: float, digits: int = 3) -> str:
    """Three digits at most, as the page writes them: 0.0312, 12.4, 3.1·10⁻⁷."""
    if not math.isfinite(number):
        return "not a number" if math.isnan(number) else "∞" if number > 0 else "−∞"
    size = abs(number)
    if size and (size < 1e-3 or size >= 1e5):
        mantissa, exponent = f"{number:.{max(0, digits - 2)}e}".split("e")
        return f"{mantissa}·10{str(int(exponent)).translate(RAISED)}".replace("-", "−")
    text = f"{number:.{digits}g}" if size else "0"
    plain = f"{float(text):.0f}" if "e" in text else text
    return plain.replace("-", "−")


def percent(share: float) -> str:
    """A share of one as hundredths, as the page writes it."""
    hundredths = 100 * share
    if 0 < hundredths < 0.1:
        return "<0.1%"
    return f"{hundredths:.1f}%" if hundredths < 10 else f"{hundredths:.0f}%"


FORMATS: dict[str, Callable[[Any], str]] = {
    "": lambda v: v if isinstance(v, str) else short(float(v)),
    "percent": lambda v: percent(float(v)),
    "count": lambda v: f"{round(float(v)):,}".replace(",", "\u202f"),
    "two": lambda v: short(float(v), 2),
    "fixed": lambda v: f"{float(v):.2f}".replace("-", "−"),
    "times": lambda v: f"{short(float(v), 2)} times",
}


def quoted(trace: Trace, quote: str) -> str:
    """One quote, without its braces, as people read it."""
    text, _, form = quote.partition("|")
    found = value(trace, text)
    if form.strip() not in FORMATS:
        raise QuoteError(f"“{quote}”: a number may be written as one of {sorted(FORMATS)}")
    if not isinstance(found, str) and np.size(found) != 1:
        raise QuoteError(f"“{quote}” is {np.size(found)} numbers; prose can say one")
    return FORMATS[form.strip()](found)


def holds(trace: Trace, claim: str) -> bool:
    """Whether a comparison is true of a trace, everywhere where it is one of arrays."""
    found = np.asarray(value(trace, claim))
    if found.dtype != np.bool_:
        raise QuoteError(f"“{claim}” is not a claim: it compares nothing")
    return bool(found.all())
