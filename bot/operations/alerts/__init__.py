"""Alerts: taken, and what becomes of them."""
