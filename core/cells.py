"""The cells of the lecture, each written once. W acts on the input, U on the state, b is a bias."""

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

CELLS: dict[str, Cell] = {
    "rnn-tanh": parse(RNN_TANH.strip()),
    "rnn-sigmoid": parse(RNN_SIGMOID.strip()),
    "rnn-relu": parse(RNN_RELU.strip()),
    "lstm": parse(LSTM.strip()),
    "gru": parse(GRU.strip()),
    "gru-reset-after": parse(GRU_RESET_AFTER.strip()),
}

TITLES = {
    "rnn-tanh": "Vanilla RNN, tanh",
    "rnn-sigmoid": "Vanilla RNN, sigmoid",
    "rnn-relu": "Vanilla RNN, ReLU",
    "lstm": "LSTM",
    "gru": "GRU (reset before the product)",
    "gru-reset-after": "GRU (reset after the product)",
}
