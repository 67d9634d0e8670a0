"""The writing coach (R46 to R52, R124, C16): pure; it warns and never blocks."""

from services.incident.coach.coaching import review
from services.incident.coach.findings import Finding, Rule
from services.incident.coach.roll import Name, Roll
from services.incident.coach.words import STANDARD, WordLists

__all__ = ["STANDARD", "Finding", "Name", "Roll", "Rule", "WordLists", "review"]
