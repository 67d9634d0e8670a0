"""Reads. Every select of incidents starts from what this member of staff may see (`reach`)."""
