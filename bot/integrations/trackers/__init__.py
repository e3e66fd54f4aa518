"""Issue trackers outside: an incident's issue follows it."""
