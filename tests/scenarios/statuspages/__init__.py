"""Status pages of other services, and small servers that check what the real ones check."""
