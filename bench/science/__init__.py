"""Experiments of the literature, carried out by this engine: `python -m bench.science --list`."""
