"""Pagers that teams keep: their pages are raised there too."""
