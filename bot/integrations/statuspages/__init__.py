"""Status pages of other services: what is published is said there too."""
