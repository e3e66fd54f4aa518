"""Webhooks to tools outside: what happened, signed, by Standard Webhooks."""
