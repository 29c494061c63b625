"""Trained models that are shipped: a safetensors file and a card each; `cards` reads them."""
