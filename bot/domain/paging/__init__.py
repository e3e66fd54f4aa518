"""Pages and escalations: who is called, how, and who answers."""
