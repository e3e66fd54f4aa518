"""The timeline, and the messages that people pin to it."""
