"""The even process: ones come in pairs; no fixed window predicts it as well as two states do."""

from functools import partial

from core.data.automaton import Automaton, stream_batch
from core.data.dataset import Baseline, Task

EVEN = Automaton(("0", "1"), (("even", "0", "even", 0.5), ("even", "1", "odd", 0.5), ("odd", "1", "even", 1.0)))

EVEN_PROCESS = Task(
    id="even-process",
    title="The even process",
    description="Between zeros the ones stand in even numbers. Say the next bit; its entropy rate is 2/3 bit.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="bit",
    inputs=EVEN.symbols,
    outputs=EVEN.symbols,
    head="softmax",
    length=60,
    shortest=1,
    baseline=Baseline("the entropy of one third, .918296 bit", lambda _T: EVEN.constant_entropy),
    more=partial(stream_batch, EVEN),
    stream=True,
    optimum=EVEN.optimum,
)
