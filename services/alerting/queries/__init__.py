"""Reads. Every select of alerts starts from whose they are (`alerts.theirs`)."""
