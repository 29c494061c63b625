"""One update of the same network by PyTorch's own modules, float32, as its users write it."""

import torch

from bench.problems import Lesson

torch.set_num_threads(1)
KINDS = {
    "rnn-tanh": torch.nn.RNN,
    "lstm": torch.nn.LSTM,
    "rnn-relu": lambda I, H: torch.nn.RNN(I, H, nonlinearity="relu"),
}
OPTIMISERS = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}


class TorchTraining:
    """nn.RNN or nn.LSTM and a linear layer, on one batch again and again; gradients are clipped to norm 1."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.chain = KINDS[lesson.cell](lesson.I, lesson.H)
        self.head = torch.nn.Linear(lesson.H, lesson.O)
        if lesson.cell == "rnn-relu":
            with torch.no_grad():
                self.chain.weight_hh_l0.copy_(torch.eye(lesson.H))
        self.weights = [*self.chain.parameters(), *self.head.parameters()]
        self.optimiser = OPTIMISERS[lesson.optimiser](self.weights, lr=lesson.rate)
        x, target = lesson.batch()
        self.x, self.target = torch.tensor(x), torch.tensor(target)

    def update(self) -> float:
        """Forward, backward, clip, step."""
        self.optimiser.zero_grad()
        states, _ = self.chain(self.x)
        if self.lesson.classes:
            logits = self.head(states).reshape(-1, self.lesson.O)
            loss = torch.nn.functional.cross_entropy(logits, self.target.reshape(-1))
        else:
            loss = ((self.head(states[-1]) - self.target[-1]) ** 2).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
        self.optimiser.step()
        return float(loss.detach())
