"""The cells of the lecture and five beyond it, each written once.

W acts on the input, U (or a vector u, unit by unit) on the state, b is a bias. `SOURCES` names the papers.
"""

from core.equations import Cell, parse

RNN_TANH = """
s = tanh(W @ x + U @ s_prev + b)                   # hidden state
"""

RNN_SIGMOID = """
s = sigmoid(W @ x + U @ s_prev + b)                # hidden state
"""

RNN_RELU = """
s = relu(W @ x + U @ s_prev + b)                   # hidden state
"""

LSTM = """
f = sigmoid(W_f @ x + U_f @ h_prev + b_f)          # forget gate
i = sigmoid(W_i @ x + U_i @ h_prev + b_i)          # update (input) gate
g = tanh(W_c @ x + U_c @ h_prev + b_c)             # candidate
c = f * c_prev + i * g                             # cell state
o = sigmoid(W_o @ x + U_o @ h_prev + b_o)          # output gate
h = o * tanh(c)                                    # hidden state
"""

GRU = """
z = sigmoid(W_z @ x + U_z @ h_prev + b_z)          # update gate
r = sigmoid(W_r @ x + U_r @ h_prev + b_r)          # reset gate
n = tanh(W_n @ x + U_n @ (r * h_prev) + b_n)       # candidate
h = z * h_prev + (1 - z) * n                       # hidden state
"""

GRU_RESET_AFTER = """
r = sigmoid(W_r @ x + U_r @ h_prev + b_r)          # reset gate
z = sigmoid(W_z @ x + U_z @ h_prev + b_z)          # update gate
n = tanh(W_n @ x + b_n + r * (U_n @ h_prev + b_hn))  # candidate
h = z * h_prev + (1 - z) * n                       # hidden state
"""

LSTM_PEEPHOLE = """
f = sigmoid(W_f @ x + U_f @ h_prev + u_f * c_prev + b_f)  # forget gate
i = sigmoid(W_i @ x + U_i @ h_prev + u_i * c_prev + b_i)  # update (input) gate
g = tanh(W_c @ x + U_c @ h_prev + b_c)                    # candidate
c = f * c_prev + i * g                                    # cell state
o = sigmoid(W_o @ x + U_o @ h_prev + u_o * c + b_o)       # output gate
h = o * tanh(c)                                           # hidden state
"""

LSTM_COUPLED = """
f = sigmoid(W_f @ x + U_f @ h_prev + b_f)          # forget gate
g = tanh(W_c @ x + U_c @ h_prev + b_c)             # candidate
c = f * c_prev + (1 - f) * g                       # cell state
o = sigmoid(W_o @ x + U_o @ h_prev + b_o)          # output gate
h = o * tanh(c)                                    # hidden state
"""

MGU = """
f = sigmoid(W_f @ x + U_f @ h_prev + b_f)          # forget gate
n = tanh(W_n @ x + U_n @ (f * h_prev) + b_n)       # candidate
h = (1 - f) * h_prev + f * n                       # hidden state
"""

INDRNN = """
s = relu(W @ x + u * s_prev + b)                   # hidden state
"""

RNN_RESIDUAL = """
n = tanh(W @ x + U @ s_prev + b)                   # change
s = s_prev + 0.1 * n                               # hidden state
"""

LECTURE: dict[str, Cell] = {
    "rnn-tanh": parse(RNN_TANH.strip()),
    "rnn-sigmoid": parse(RNN_SIGMOID.strip()),
    "rnn-relu": parse(RNN_RELU.strip()),
    "lstm": parse(LSTM.strip()),
    "gru": parse(GRU.strip()),
    "gru-reset-after": parse(GRU_RESET_AFTER.strip()),
}

BEYOND: dict[str, Cell] = {
    "lstm-peephole": parse(LSTM_PEEPHOLE.strip()),
    "lstm-coupled": parse(LSTM_COUPLED.strip()),
    "mgu": parse(MGU.strip()),
    "indrnn": parse(INDRNN.strip()),
    "rnn-residual": parse(RNN_RESIDUAL.strip()),
}

CELLS = {**LECTURE, **BEYOND}

TITLES = {
    "rnn-tanh": "Vanilla RNN, tanh",
    "rnn-sigmoid": "Vanilla RNN, sigmoid",
    "rnn-relu": "Vanilla RNN, ReLU",
    "lstm": "LSTM",
    "gru": "GRU (reset before the product)",
    "gru-reset-after": "GRU (reset after the product)",
    "lstm-peephole": "Peephole LSTM",
    "lstm-coupled": "Coupled-gate LSTM",
    "mgu": "Minimal gated unit",
    "indrnn": "IndRNN",
    "rnn-residual": "Residual RNN",
}

ELMAN = "Elman, Finding Structure in Time (1990)"
SOURCES = {
    "rnn-tanh": ELMAN,
    "rnn-sigmoid": ELMAN,
    "rnn-relu": "Le, Jaitly and Hinton, A Simple Way to Initialize Recurrent Networks of Rectified Linear Units (2015)",
    "lstm": "Hochreiter and Schmidhuber, Long Short-Term Memory (1997); "
    "the forget gate: Gers, Schmidhuber and Cummins, Learning to Forget (2000)",
    "gru": "Cho and others, Learning Phrase Representations using RNN Encoder-Decoder (2014)",
    "gru-reset-after": "The GRU of Cho and others (2014) as PyTorch computes it: the reset gate acts on the product",
    "lstm-peephole": "Gers and Schmidhuber, Recurrent Nets that Time and Count (2000): the gates see the cell state",
    "lstm-coupled": "Greff and others, LSTM: A Search Space Odyssey (2017): what goes makes room for what comes",
    "mgu": "Zhou and others, Minimal Gated Unit for Recurrent Neural Networks (2016): a GRU with a single gate",
    "indrnn": "Li and others, Independently Recurrent Neural Network (2018): every unit remembers itself alone",
    "rnn-residual": "He and others, Deep Residual Learning (2016), through time: a state is changed a little",
}
