"""Calls: made by a service for an incident, ended with it."""
