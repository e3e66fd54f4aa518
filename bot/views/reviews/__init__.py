"""The review of an incident as a document."""
