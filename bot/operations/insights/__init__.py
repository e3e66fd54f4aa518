"""Reading what figures are made of, for whoever may know of it."""
