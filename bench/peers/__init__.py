"""The page of an LSTM's gates, written as one writes it in Dash and in Streamlit."""
