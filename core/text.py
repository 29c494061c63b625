"""A cell's text as Python sees it: checked before any parser, read without running, its small trees tidied."""

import ast
import warnings
from collections.abc import Iterator

from core.errors import EquationError

LONGEST, MOST_EQUATIONS, DEEPEST, MOST_LEVELS = 4_000, 24, 24, 100


def statements_of(source: str) -> list[ast.Assign]:
    """The lines as assignments, or the first line that is none."""
    _check_text(source)
    body = _python(source).body
    _check_depth(source, body)
    for statement in body:
        if not isinstance(statement, ast.Assign):
            raise EquationError("each line is `name = expression`", source, statement.lineno, statement.col_offset)
    if not 1 <= len(body) <= MOST_EQUATIONS:
        raise EquationError(f"a cell has 1 to {MOST_EQUATIONS} equations, here are {len(body)}", source)
    return [s for s in body if isinstance(s, ast.Assign)]


def _check_text(source: str) -> None:
    """Length, characters and brackets, before any parser sees the text."""
    if len(source) > LONGEST:
        raise EquationError(f"a cell has at most {LONGEST} characters, here are {len(source)}", source[:200])
    depth = 0
    for number, line in enumerate(source.splitlines(), 1):
        code = line.split("#", 1)[0]
        for column, character in enumerate(code):
            depth += (character in "([{") - (character in ")]}")
            if character != "\t" and not " " <= character <= "~":
                raise EquationError("only plain ASCII characters in equations", source, number, column)
            if depth > DEEPEST:
                raise EquationError(f"brackets nest at most {DEEPEST} deep", source, number, column)


def _python(source: str) -> ast.Module:
    """The text through Python's own parser, its complaints as ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        column = max((error.offset or 1) - 1, 0)
        raise EquationError(_said(error.msg), source, error.lineno or 1, column) from None
    except (ValueError, RecursionError, MemoryError):
        raise EquationError("this text cannot be read", source) from None


# What Python says of a text that is none, and what it means to someone who writes equations.
SAID = {
    "was never closed": "this bracket is never closed",
    "unmatched": "this bracket was never opened",
    "does not match": "this bracket closes another kind of bracket",
    "indent": "every equation begins at the left edge",
    "forgot a comma": "something is missing between two values: W @ x, f * c",
    "cannot assign": "one plain name stands left of `=`",
    "unterminated string": "an equation has no quotation marks",
}


def _said(message: str) -> str:
    return next((ours for theirs, ours in SAID.items() if theirs in message), "this is not an equation")


def _check_depth(source: str, body: list[ast.stmt]) -> None:
    """No expression nests deeper than the walkers may follow; counted without recursion."""
    level: list[ast.AST] = list(body)
    for _ in range(MOST_LEVELS):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    line, column = getattr(level[0], "lineno", 1), getattr(level[0], "col_offset", 0)
    raise EquationError(f"expressions nest at most {MOST_LEVELS} deep", source, line, column)


def normal(value: ast.expr) -> ast.expr:
    """-a * b and -W @ x are read by Python as (-a) * b; the minus belongs to the term, or to the number."""
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub) and isinstance(value.operand, ast.Constant):
        number = value.operand.value
        if isinstance(number, int | float) and not isinstance(number, bool):
            return ast.copy_location(ast.Constant(-number), value)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult | ast.MatMult):
        left = value.left
        if isinstance(left, ast.UnaryOp) and isinstance(left.op, ast.USub):
            inner = ast.copy_location(ast.BinOp(left.operand, value.op, value.right), value)
            return ast.copy_location(ast.UnaryOp(ast.USub(), inner), value)
    return value


def is_matrix_product(value: ast.expr) -> bool:
    """Whether this is P @ v."""
    return isinstance(value, ast.BinOp) and isinstance(value.op, ast.MatMult)


def is_sum(value: ast.expr) -> bool:
    """Whether this is a chain of + and -."""
    binary = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub)
    return binary or (isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub))


def signed_terms(value: ast.expr, sign: float) -> Iterator[tuple[float, ast.expr]]:
    """The signed terms of a chain of + and -, left to right."""
    value = normal(value)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub):
        yield from signed_terms(value.left, sign)
        yield from signed_terms(value.right, sign if isinstance(value.op, ast.Add) else -sign)
    elif isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
        yield from signed_terms(value.operand, -sign)
    else:
        yield sign, value
