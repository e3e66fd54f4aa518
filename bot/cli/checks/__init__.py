"""What `muster check` asks the workspace."""
