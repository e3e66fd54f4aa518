"""The workspace: its people and channels."""
