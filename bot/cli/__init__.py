"""The commands of the `muster` program."""
