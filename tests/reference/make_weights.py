"""Make files of weights with PyTorch, as people make them, and what the networks in them compute.

Each `weights/<name>.safetensors` is the state of a module, written by PyTorch's side of the format; beside it
`weights/<name>.npz` holds inputs, the output states, the losses and autograd's gradients under PyTorch's names.
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

HERE = Path(__file__).parent / "weights"
T, B, I, H, O, SYMBOLS, WIDTH = 7, 2, 3, 4, 5, 6, 3
DOUBLE = {"dtype": torch.float64}
MODULES = {
    "rnn-tanh": lambda: nn.RNN(I, H, nonlinearity="tanh", **DOUBLE),
    "rnn-relu": lambda: nn.RNN(I, H, nonlinearity="relu", **DOUBLE),
    "lstm": lambda: nn.LSTM(I, H, **DOUBLE),
    "gru": lambda: nn.GRU(I, H, **DOUBLE),
    "lstm-three-layers": lambda: nn.LSTM(I, H, num_layers=3, **DOUBLE),
    "rnn-both-ways": lambda: nn.RNN(I, H, bidirectional=True, **DOUBLE),
    "gru-two-layers-both-ways": lambda: nn.GRU(I, H, num_layers=2, bidirectional=True, **DOUBLE),
}


class Writer(nn.Module):
    """A model of text as people write it: embedding, LSTM, linear layer; single precision."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS, WIDTH)
        self.rnn = nn.LSTM(WIDTH, H)
        self.fc = nn.Linear(H, SYMBOLS)

    def forward(self, tokens: Tensor) -> Tensor:
        """tokens (T, B) -> logits (T, B, symbols)."""
        return self.fc(self.rnn(self.embedding(tokens))[0])


def numbers(named: dict[str, Tensor]) -> dict[str, np.ndarray]:
    """Tensors as arrays."""
    return {name: value.detach().numpy() for name, value in named.items()}


def module(name: str) -> None:
    """One recurrent module: its file, and output states, the loss and gradients for a random input."""
    torch.manual_seed(list(MODULES).index(name))
    net = MODULES[name]()
    notes = {"nonlinearity": "relu"} if name == "rnn-relu" else None
    save_file(net.state_dict(), HERE / f"{name}.safetensors", metadata=notes)
    x, target = torch.randn(T, B, I, **DOUBLE), torch.randint(O, (T, B))
    output, _ = net(x)
    V, d = torch.randn(O, output.shape[-1], **DOUBLE), torch.randn(O, **DOUBLE)
    loss = nn.functional.cross_entropy((output @ V.T + d).flatten(0, 1), target.flatten(), reduction="sum")
    loss.backward()
    gradients = {f"grad/{n}": p.grad for n, p in net.named_parameters()}
    given = {"x": x, "target": target, "V": V, "d": d, "output": output, "loss": loss}
    np.savez_compressed(HERE / f"{name}.npz", **numbers(given | gradients))


def writer() -> None:
    """A whole model in single precision, and what it expects after each token."""
    torch.manual_seed(9)
    model = Writer()
    save_file(model.state_dict(), HERE / "writer.safetensors")
    half = {name: value.to(torch.bfloat16) for name, value in model.state_dict().items()}
    save_file(half, HERE / "writer-bf16.safetensors")
    double = Writer().double()
    double.load_state_dict({name: value.double() for name, value in model.state_dict().items()})
    tokens = torch.randint(SYMBOLS, (T, B))
    np.savez_compressed(HERE / "writer.npz", tokens=tokens.numpy(), logits=double(tokens).detach().numpy())


def projected() -> None:
    """An LSTM that no cell of ours is."""
    torch.manual_seed(10)
    save_file(nn.LSTM(I, H, proj_size=2).state_dict(), HERE / "projected.safetensors")


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for each in MODULES:
        module(each)
    writer()
    projected()
