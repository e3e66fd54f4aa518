"""Scheduled maintenance: windows in which known work is done on services."""
