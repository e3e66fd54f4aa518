"""How long a test waits for what needs real time: a process to start, a socket to open."""

PATIENCE = 60.0
"""Seconds. Only what is broken takes so long, however much else the machine has to do."""
