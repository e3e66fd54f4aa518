"""Figures, for whoever asks for them."""
