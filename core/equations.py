"""A cell's text, parsed once into a graph of named nodes.

One line an equation, `name = expression  # the name people use`. Words that the text may use: the input `x`,
the state before the step (`h_prev` for a state `h`), names of earlier equations, numbers, `+ - * @` and the
functions of `core.ops`. Any other name is a parameter: a matrix if it stands left of `@`, else a vector.
"""

import ast
import math
import re
from dataclasses import replace
from functools import lru_cache
from typing import NoReturn

from core.errors import EquationError
from core.graph import Attention, Cell, Equation, Node, Parameter
from core.ops import OPS
from core.text import is_matrix_product, is_sum, normal, signed_terms, statements_of

__all__ = ["Attention", "Cell", "Equation", "Node", "Parameter", "parse"]

MOST_NODES = 160
RESERVED = frozenset(
    [
        "x",
        "M",
        "V",
        "d",
        "y",
        "J",
        "target",
        "mask",
        "logits",
        "probs",
        "prediction",
        "loss",
        "np",
        "score",
        "softmax",
        "mix",
        "param",
        "grad",
        "grad_norm",
        "contribution",
        "contribution_dot",
        "jacobian",
        "truncated",
        "truncation",
    ]
)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")


@lru_cache(maxsize=256)
def parse(source: str) -> Cell:
    """Read a cell's text; raises EquationError, which points at the character."""
    statements = statements_of(source)
    remembered = {n.id for s in statements for n in ast.walk(s) if isinstance(n, ast.Name)}
    reader = _Reader(source, [_target(source, s) for s in statements], remembered)
    for statement in statements:
        reader.equation(statement)
    return reader.cell(statements)


def _target(source: str, statement: ast.Assign) -> str:
    """The one plain name left of the equals sign."""
    target = statement.targets[0]
    if len(statement.targets) > 1 or not isinstance(target, ast.Name):
        raise EquationError("one plain name stands left of `=`", source, target.lineno, target.col_offset)
    bad = target.id in RESERVED or target.id in OPS or target.id.endswith("_prev")
    if bad or not NAME.fullmatch(target.id):
        raise EquationError(f"`{target.id}` cannot be assigned", source, target.lineno, target.col_offset)
    return target.id


class _Reader:
    """Walks the expressions and collects nodes; lives for one parse only."""

    def __init__(self, source: str, targets: list[str], remembered: set[str]) -> None:
        self.source, self.targets, self.remembered = source, targets, remembered
        self.nodes: dict[str, Node] = {}
        self.equations: list[Equation] = []
        self.parameters: list[Parameter] = []
        self.attentions: list[Attention] = []
        self.scores: dict[str, tuple[str, str | None, str | None]] = {}
        self.current, self.count = "", 0

    def fail(self, message: str, at: ast.AST) -> NoReturn:
        raise EquationError(message, self.source, getattr(at, "lineno", 1), getattr(at, "col_offset", 0))

    def equation(self, statement: ast.Assign) -> None:
        """One line: its expression becomes the node of its name."""
        name = self.targets[len(self.equations)]
        if name in self.nodes or name in self.targets[: len(self.equations)]:
            self.fail(f"`{name}` is assigned twice", statement)
        self.current, self.count = name, 0
        self._root(name, statement.value)
        if self.nodes[name].kind not in ("hidden", "source"):
            self.fail(f"`{name}` is not a vector of hidden units; multiply by a matrix (W @ x)", statement.value)
        self.equations.append(Equation(name, *self._text(statement, name)))

    def _root(self, name: str, value: ast.expr) -> None:
        """The top of an expression; a state that is a bare sum of products gets a node of its own above it."""
        is_call = isinstance(value, ast.Call)
        if is_call or not self._needs_identity(name, value):
            self.expression(value, name)
        else:
            argument = self.expression(value, f"{name}.pre")
            self.hidden(argument, value)
            self.add(name, "identity", (argument,), value)

    def _needs_identity(self, name: str, value: ast.expr) -> bool:
        if isinstance(value, ast.Name | ast.Constant):
            return True
        terms = [term for _, term in signed_terms(value, 1.0)]
        affine = any(is_matrix_product(t) or self._is_new(t) for t in terms)
        return affine and f"{name}_prev" in self.remembered

    def _is_new(self, node: ast.expr) -> bool:
        """Whether this is a name that would be a parameter."""
        known = {"x", *self.targets}
        return isinstance(node, ast.Name) and node.id not in known and not node.id.endswith("_prev")

    def _text(self, statement: ast.Assign, name: str) -> tuple[str, str]:
        lines = self.source.splitlines()
        comment = lines[(statement.end_lineno or 1) - 1].split("#", 1)
        text = ast.get_source_segment(self.source, statement) or ""
        return text, comment[1].strip()[:80] if len(comment) > 1 else name

    def fresh(self) -> str:
        self.count += 1
        return f"{self.current}.{self.count}"

    def add(self, name: str, op: str, args: tuple[str, ...], at: ast.AST, **more: object) -> str:
        if len(self.nodes) >= MOST_NODES:
            self.fail(f"a cell has at most {MOST_NODES} operations", at)
        self.nodes[name] = Node(name, op, args, **more)  # type: ignore[arg-type]
        return name

    def expression(self, value: ast.expr, name: str = "") -> str:
        """The node of an expression, under `name` if one is given."""
        value = normal(value)
        if isinstance(value, ast.Call):
            return self.call(value, name)
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
            return self.product(value, name)
        if isinstance(value, ast.BinOp) and is_matrix_product(value):
            return self.matrix_product(value, name)
        if isinstance(value, ast.Name):
            return self.named(value)
        if isinstance(value, ast.Constant):
            return self.constant(value.value, value)
        if not is_sum(value):
            self.fail("only + - * @, names, numbers and the functions of the table", value)
        return self.sum(value, name)

    def call(self, value: ast.Call, name: str) -> str:
        """A function of the table, applied to one argument, or attention."""
        if isinstance(value.func, ast.Name) and value.func.id in ("softmax", "mix"):
            return self.mixed(value, name) if value.func.id == "mix" else self.weighed(value, name)
        if not isinstance(value.func, ast.Name) or value.func.id not in OPS:
            self.fail(f"no such function; there are {', '.join(OPS)}", value.func)
        if len(value.args) != 1 or value.keywords or isinstance(value.args[0], ast.Starred):
            self.fail(f"{value.func.id} takes one argument", value)
        name = name or self.fresh()
        argument = self.expression(value.args[0], f"{name}.pre" if name == self.current else "")
        self.hidden(argument, value.args[0])
        return self.add(name, value.func.id, (argument,), value)

    def weighed(self, value: ast.Call, name: str) -> str:
        """softmax(score(query, keys)) or softmax(score(query, keys, w)): a weight for each place of the memory."""
        score = value.args[0] if len(value.args) == 1 else None
        is_score = isinstance(score, ast.Call) and isinstance(score.func, ast.Name) and score.func.id == "score"
        if not isinstance(score, ast.Call) or not is_score or len(score.args) not in (2, 3):
            self.fail("attention's weights are softmax(score(query, keys)) or softmax(score(query, keys, w))", value)
        name = name or self.fresh()
        query = self.expression(score.args[0])
        if self.nodes[query].kind != "hidden":
            self.fail("the query is a vector of hidden units", score.args[0])
        vector = self.expression(score.args[2]) if len(score.args) == 3 else None
        if vector is not None and self.nodes[vector].op != "parameter":
            self.fail("the third argument of score is a weight vector", score.args[2])
        if vector is not None:
            self.parameters[-1] = Parameter(vector, None, "Q")
        self.scores[name] = (query, self.memory(score.args[1]), vector)
        return self.add(name, "softmax", (query,), value, kind="source")

    def memory(self, value: ast.expr) -> str | None:
        """M itself (None), or the matrix in front of it."""
        if isinstance(value, ast.Name) and value.id == "M":
            return None
        product = isinstance(value, ast.BinOp) and is_matrix_product(value)
        right = value.right if isinstance(value, ast.BinOp) else None
        if not product or not isinstance(right, ast.Name) or right.id != "M" or not self._is_new(value.left):  # type: ignore[attr-defined]
            self.fail("here stands the memory: M, or a matrix times it (Q @ M)", value)
        return self.parameter(value.left, "memory")  # type: ignore[attr-defined]

    def mixed(self, value: ast.Call, name: str) -> str:
        """mix(weights, values): the memory, averaged by attention's weights."""
        if len(value.args) != 2:
            self.fail("mix takes attention's weights and the memory: mix(a, M)", value)
        name = name or self.fresh()
        first = value.args[0]
        known = isinstance(first, ast.Name) and first.id in self.scores
        weights = first.id if isinstance(first, ast.Name) and known else self.expression(first)
        if weights not in self.scores:
            self.fail("mix takes attention's weights: softmax(score(query, keys))", first)
        query, keys, score = self.scores[weights]
        self.attentions.append(Attention(name, weights, query, keys, self.memory(value.args[1]), score))
        return self.add(name, "mix", (weights,), value)

    def product(self, value: ast.BinOp, name: str) -> str:
        """a * b, element by element."""
        name = name or self.fresh()
        pair = (self.expression(value.left), self.expression(value.right))
        kinds = [self.nodes[p].kind for p in pair]
        if kinds.count("hidden") + kinds.count("vector") == 0:
            self.fail("a product of two numbers: write the number itself", value)
        for argument, side in zip(pair, (value.left, value.right), strict=True):
            self.element(argument, side)
        self.parameters = [replace(p, group="U") if p.name in pair else p for p in self.parameters]
        return self.add(name, "*", pair, value)

    def matrix_product(self, value: ast.BinOp, name: str) -> str:
        """P @ v: a new matrix times the input or a vector of hidden units."""
        if not self._is_new(value.left):
            self.fail("left of @ stands a weight matrix of its own", value.left)
        name = name or self.fresh()
        argument = self.expression(value.right)
        if self.nodes[argument].kind not in ("input", "hidden"):
            self.fail("right of @ stands the input or a vector of hidden units", value.right)
        columns = "input" if self.nodes[argument].kind == "input" else "hidden"
        matrix = self.parameter(value.left, columns)  # type: ignore[arg-type]
        return self.add(name, "@", (matrix, argument), value)

    def sum(self, value: ast.expr, name: str) -> str:
        """A chain of + and -, as one node."""
        name = name or self.fresh()
        terms = list(signed_terms(value, 1.0))
        args = tuple(self.expression(term) for _, term in terms)
        for argument, (_, term) in zip(args, terms, strict=True):
            self.element(argument, term)
        if all(self.nodes[a].kind == "number" for a in args):
            self.fail("a sum of numbers: write the number itself", value)
        return self.add(name, "sum", args, value, signs=tuple(sign for sign, _ in terms))

    def hidden(self, argument: str, at: ast.AST) -> None:
        if self.nodes[argument].kind not in ("hidden", "vector"):
            self.fail("this needs a vector of hidden units", at)

    def element(self, argument: str, at: ast.AST) -> None:
        if self.nodes[argument].kind == "source":
            self.fail("attention's weights can only be mixed: mix(a, M)", at)
        if self.nodes[argument].kind == "input":
            self.fail("the input enters through a matrix: W @ x", at)

    def named(self, value: ast.Name) -> str:
        """The input, a previous state, an earlier equation, or a new parameter vector."""
        name = value.id
        if name == "x":
            return self.leaf("x", "input", kind="input")
        if name.endswith("_prev"):
            return self.previous(value)
        if name in self.targets:
            if name not in self.nodes:
                self.fail(f"`{name}` is used before it is computed; its value a step earlier is `{name}_prev`", value)
            return name
        return self.parameter(value, None)

    def previous(self, value: ast.Name) -> str:
        if value.id.removesuffix("_prev") not in self.targets:
            self.fail(f"`{value.id}` is the state before the step, but no equation computes that state", value)
        return self.leaf(value.id, "previous")

    def parameter(self, value: ast.Name, columns: str | None) -> str:
        """A new weight; each may be used in one place only, so that its contributions have one address."""
        name = value.id
        if name in self.nodes:
            self.fail(f"`{name}` is used twice; give the second place a weight of its own", value)
        if name in RESERVED or name in OPS or not NAME.fullmatch(name):
            self.fail(f"`{name}` is taken; choose another name", value)
        group = {"input": "W", "hidden": "U", "memory": "Q"}.get(columns or "", "b")
        self.parameters.append(Parameter(name, columns, group))
        return self.leaf(name, "parameter", kind="vector" if columns is None else "matrix")

    def leaf(self, name: str, op: str, kind: str = "hidden") -> str:
        self.nodes.setdefault(name, Node(name, op, kind=kind))
        return name

    def constant(self, number: object, at: ast.AST) -> str:
        """A plain finite number."""
        if isinstance(number, bool) or not isinstance(number, int | float):
            self.fail("only plain numbers", at)
        if not abs(number) <= 1e6 or not math.isfinite(number):
            self.fail("numbers lie between -1000000 and 1000000", at)
        name = repr(float(number))
        self.nodes.setdefault(name, Node(name, "constant", kind="number", value=float(number)))
        return name

    def cell(self, statements: list[ast.Assign]) -> Cell:
        """The finished cell, once something in it remembers and nothing in it is idle."""
        states = tuple(t for t in self.targets if f"{t}_prev" in self.nodes)
        if not states:
            raise EquationError("nothing here remembers: use a state of the step before, such as h_prev", self.source)
        self._check_idle(statements, states)
        equations, parameters = tuple(self.equations), tuple(self.parameters)
        return Cell(self.source, self.nodes, equations, states, parameters, tuple(self.attentions))

    def _check_idle(self, statements: list[ast.Assign], states: tuple[str, ...]) -> None:
        """Every equation leads to a state: a weight that cannot matter has no gradient to show."""
        live = set(states)
        for node in reversed(self.nodes.values()):
            if node.name in live:
                live.update(node.args)
                live.update(a.query for a in self.attentions if a.name == node.name)
        for statement, name in zip(statements, self.targets, strict=True):
            if name not in live:
                self.fail(f"`{name}` leads nowhere: no state depends on it", statement)
