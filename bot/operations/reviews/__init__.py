"""The review of an incident: its document, and what is written there."""
