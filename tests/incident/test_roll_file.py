"""A Common Transfer File as it is read, however much stands in it beside the children."""

import io
import tracemalloc
from datetime import date

import pytest

from services.incident.roll_file import read_ctf
from tests.incident.files import ctf, pupil

TODAY = date(2026, 9, 12)


@pytest.mark.parametrize("megabytes", [1, 10])
def test_what_stands_beside_the_children_takes_no_memory(megabytes: int) -> None:
    result = "<StageAssessment><Locale>ENG</Locale><Subject>ENG</Subject><Result>4</Result></StageAssessment>"
    scored = f"<StageAssessments>{result * (megabytes * 1_000_000 // len(result))}</StageAssessments>"
    file = io.BytesIO(ctf(pupil(UPN="B801200005001"), pupil(UPN="R674123101121"), extra=scored))
    del scored
    assert len(file.getbuffer()) > megabytes * 990_000
    tracemalloc.start()
    try:
        read = read_ctf(file, TODAY)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(read.pupils) == 2
    # Half of the smaller file: as much as is read at once, and not as much as there is.
    assert most < 500_000
