"""Slack: facts become messages, channels and cards."""
