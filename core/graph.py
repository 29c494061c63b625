"""A cell as a graph: named nodes in order of evaluation, the states it carries, its parameters."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Node:
    """One operation: `op` is input, previous, parameter, constant, sum, *, @ or a function of core.ops.

    `kind` tells what comes out: `input` (I,), `hidden` (H,), `number` or, for a parameter, `matrix` or `vector`.
    A sum has one of +1 and -1 in `signs` for each argument.
    """

    name: str
    op: str
    args: tuple[str, ...] = ()
    kind: str = "hidden"
    signs: tuple[float, ...] = ()
    value: float = 0.0


@dataclass(frozen=True)
class Parameter:
    """A weight of the cell: a (H, columns) matrix, or an (H,) vector when `columns` is None.

    `group` is the lecture's letter: W acts on the input, U on hidden units (a vector unit by unit), b is added.
    """

    name: str
    columns: str | None
    group: str


@dataclass(frozen=True)
class Attention:
    """mix(softmax(score(query, keys)), values): a step's look at a memory M (S, columns).

    `keys` and `values` are the matrices of Q @ M and R @ M, or None for M itself; `score` is the vector w of the
    additive score w . tanh(query + key), or None for the dot product. `weights` names the softmax's result (S,).
    """

    name: str
    weights: str
    query: str
    keys: str | None
    values: str | None
    score: str | None


@dataclass(frozen=True)
class Equation:
    """One line of the text: the node it names, its text and the name in its comment."""

    name: str
    text: str
    label: str


@dataclass(frozen=True)
class Cell:
    """A parsed cell: every node in order of evaluation, the states it carries, its parameters."""

    source: str
    nodes: dict[str, Node] = field(hash=False, compare=False)
    equations: tuple[Equation, ...] = field(hash=False, compare=False)
    states: tuple[str, ...] = field(hash=False, compare=False)
    parameters: tuple[Parameter, ...] = field(hash=False, compare=False)
    attentions: tuple[Attention, ...] = field(default=(), hash=False, compare=False)

    @property
    def output(self) -> str:
        """The state that the output layer reads: the last one computed."""
        return self.states[-1]

    @property
    def names(self) -> tuple[str, ...]:
        """The names that stand left of an equals sign, but for attention's weights."""
        return tuple(e.name for e in self.equations if self.nodes[e.name].kind != "source")

    def needs(self, node: Node) -> tuple[str, ...]:
        """What must be known before a node can be computed."""
        if node.op == "mix":
            return tuple(a.query for a in self.attentions if a.name == node.name)
        return node.args

    @property
    def pre_activations(self) -> tuple[str, ...]:
        """The named arguments of squashing functions, as `f.pre`."""
        return tuple(n for n in self.nodes if n.endswith(".pre"))
