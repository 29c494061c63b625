"""The rivals: hand-written NumPy, PyTorch loops, FastAPI's own JSON, a page redrawn by Plotly."""
