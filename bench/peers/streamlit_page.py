"""The page in Streamlit, `streamlit run bench/peers/streamlit_page.py`: the script runs anew when the slider moves."""

import sys
import time
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.peers.gates import NAMES, T, heat, run

gates = st.cache_data(run)()

st.title("The gates of an LSTM")
if "step" not in st.session_state:
    st.session_state.step = 0
playing = st.toggle("Play")
step = st.slider("Step", 0, T - 1, key="step")
for name in NAMES:
    st.plotly_chart(heat(name, gates[name], step), key=name)
if playing:
    time.sleep(0.06)
    del st.session_state.step
    st.session_state.step = (step + 1) % T
    st.rerun()
