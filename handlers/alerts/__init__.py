"""Alerts: what monitoring sends, and what people see of it."""
