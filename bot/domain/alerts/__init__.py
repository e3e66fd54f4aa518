"""Alerts: what monitoring says, in one form, whatever sent it."""
