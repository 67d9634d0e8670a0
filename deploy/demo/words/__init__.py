"""What invented staff write: every sub-category at least once, in the first person, facts and speech marks only.

`{A}` is the child's full name, `{a}` the first name; `{he} {his} {him} {He} {His}` follow the child, `{B} {b} {bhe} …`
the second child, `{C} {c} …` the third. `{at}` is the time it happened. Any other slot is filled from `vary`.
"""

from deploy.demo.words import behaviour, daily, safeguarding
from deploy.demo.words.concern import Concern, Other, Step

CONCERNS: tuple[Concern, ...] = (*behaviour.CONCERNS, *daily.CONCERNS, *safeguarding.CONCERNS)

__all__ = ["CONCERNS", "Concern", "Other", "Step"]
