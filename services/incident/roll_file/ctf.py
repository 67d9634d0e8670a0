"""A Common Transfer File, read in one pass: whatever its size, only the children of one school stay in memory.

Every version is read alike: what we know by its name, whichever of Sex and Gender there is, in whichever encoding the
file declares. What we do not know is passed over and named. A DTD or an entity is refused before it does anything.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from services.incident.roll_file.dates import date_of
from services.incident.roll_file.decoding import refuse_other_kinds
from services.incident.roll_file.rows import MOST_CONTACTS, MOST_ROWS
from shared.errors import FieldError, Invalid

CHUNK: Final = 65_536
DEEPEST: Final = 30
LONGEST_TEXT: Final = 500
MOST_UNKNOWN: Final = 50
_ELEMENT: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,49}", re.ASCII)

_PUPIL: Final = ("CTfile", "CTFpupilData", "Pupil")
_OF_PUPIL: Final = {
    ("UPN",): "upn",
    ("Surname",): "surname",
    ("Forename",): "forename",
    ("DOB",): "born",
    ("Sex",): "sex",
    ("Gender",): "sex",
    ("BasicDetails", "FormerUPN"): "former_upn",
    ("BasicDetails", "PreferredSurname"): "preferred_surname",
    ("BasicDetails", "PreferredForename"): "preferred_forename",
    ("BasicDetails", "FormerSurname"): "former_surname",
    ("BasicDetails", "FormerForename"): "former_forename",
    ("BasicDetails", "NCyearActual"): "year_group",
    ("BasicDetails", "MedicalFlag"): "medical",
    ("LookedAfter", "InCare"): "looked_after",
}
_OF_CONTACT: Final = {
    "Order": "order",
    "Title": "title",
    "Surname": "surname",
    "Forename": "forename",
    "Relationship": "relationship",
    "Responsibility": "responsibility",
    "Email": "email",
}
_OF_YEAR: Final = {
    "Year": "year",
    "SessionsPossible": "possible",
    "SessionsAttended": "attended",
    "SessionsAuthorised": "authorised",
    "SessionsUnauthorised": "unauthorised",
}
# Known and not taken: where children lived, what they scored, where they were before.
_PASSED_OVER: Final = frozenset(
    """
    CTfile Header DocumentName CTFversion DateTime DocumentQualifier DataQualifier DataDescriptor SupplierID
    SourceSchool LEA Estab SchoolName AcademicYear DestSchool CTFpupilData Pupil ApplicationReference
    UniqueLearnerNumber UCI BasicDetails MiddleNames Ethnicity EthnicitySource Languages Type Language
    LanguageSource EnrolStatus Disabilities Disability FSMhistory FSMreviewDate FSMinstance FSMstartDate FSMendDate
    UKcountry NAWdetails LookedAfter CareAuthority SENhistory SEN StartDate SENprovision SENneeds SENneed SENtype
    Rank Admissions Accept Address BS7666Address PAON SAON Street Locality Town AdministrativeArea PostTown
    UniquePropertyReferenceNumber AddressLines AddressLine1 AddressLine2 AddressLine3 AddressLine4 AddressLine5
    PostCode County Country Phones Phone TelephoneType PhoneNo Email Contacts Contact AddressAsPupil Gender Sex
    MiddleName Attendance YearData AttendSessions AttendanceStartDate AttendanceMarks StageAssessments KeyStage
    Stage StageAssessment Locale Year Subject Method Component ResultStatus ResultQualifier Result SchoolHistory
    School EntryDate LeavingDate LeavingReason LastSchool UPN Surname Forename DOB
    """.split()  # noqa: SIM905 - a hundred names read better without quotation marks
)
_KNOWN: Final = _PASSED_OVER | {name for path in _OF_PUPIL for name in path} | {*_OF_CONTACT, *_OF_YEAR}


@dataclass(slots=True)
class CtfFile:
    version: str = ""
    whole: bool = False
    as_of: date | None = None
    pupils: list[dict[str, Any]] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)


def read_ctf(file: IO[bytes], today: date) -> CtfFile:
    """The file's pupils as cells. Raises Invalid, with a sentence, for anything that is no sound CTF."""
    reading = _Reading(today)
    parser = DefusedXMLParser(target=reading, forbid_dtd=True)
    file.seek(0)
    refuse_other_kinds(file.read(8))
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException:
        raise _refused("The file declares a document type or an entity, which a CTF never does.") from None
    except ParseError as fault:
        raise _refused(f"Line {fault.position[0]} cannot be read as XML; export the file again.") from None
    except (ValueError, LookupError):
        raise _refused("The file names an encoding we cannot read; export it as UTF-8.") from None
    return reading.file


def _refused(words: str) -> Invalid:
    return Invalid(FieldError("file", words))


class _Reading:
    """Told of each element as it comes; keeps a child while it is being read and nothing of the file behind it."""

    def __init__(self, today: date) -> None:
        self.file = CtfFile()
        self._today = today
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._pupil: dict[str, Any] | None = None
        self._contact: dict[str, Any] = {}
        self._phone: dict[str, str] = {}
        self._year: dict[str, str] = {}
        self._sen: dict[str, str] = {}

    def start(self, tag: str, _: object) -> None:
        name = tag.rpartition("}")[2]
        if not self._path and name != "CTfile":
            raise _refused("This is XML, and not a Common Transfer File.")
        self._path.append(name)
        if len(self._path) > DEEPEST:
            raise _refused("The file is nested deeper than a CTF can be.")
        if name not in _KNOWN and len(self.file.unknown) < MOST_UNKNOWN and _ELEMENT.fullmatch(name):
            self.file.unknown.add(name)
        self._text, self._length = [], 0
        if tuple(self._path) == _PUPIL:
            self._pupil = {}
        elif self._pupil is not None:
            self._begin(name)

    def _begin(self, name: str) -> None:
        assert self._pupil is not None
        if name == "Contacts":
            self._pupil.setdefault("contacts", [])
        elif name == "Contact":
            self._contact = {"phones": []}
        elif name == "Phone":
            self._phone = {}
        elif name == "YearData":
            self._year = {}
        elif name == "SEN":
            self._sen = {}

    def data(self, text: str) -> None:
        # What is longer than any field we take is cut, and refused as too long where it is taken.
        if self._length < LONGEST_TEXT:
            self._text.append(text[: LONGEST_TEXT - self._length])
            self._length += len(text)

    def end(self, _: str) -> None:
        text = "".join(self._text).strip()
        path = tuple(self._path)
        if self._pupil is None:
            self._header(path, text)
        elif path == _PUPIL:
            self._finish()
        else:
            self._inside(path[len(_PUPIL) :], text)
        self._path.pop()
        self._text, self._length = [], 0

    def close(self) -> CtfFile:
        return self.file

    def _header(self, path: tuple[str, ...], text: str) -> None:
        if path == ("CTfile", "Header", "CTFversion"):
            self.file.version = text[:10]
        elif path == ("CTfile", "Header", "DocumentQualifier"):
            self.file.whole = text.casefold() == "full"
        elif path == ("CTfile", "Header", "DateTime"):
            self.file.as_of = date_of(text, self._today)

    def _finish(self) -> None:
        assert self._pupil is not None
        if len(self.file.pupils) == MOST_ROWS:
            raise _refused(f"The file has more than {MOST_ROWS} pupils; send one school's roll.")
        self._pupil.pop("sen_since", None)
        self._pupil.pop("attendance_year", None)
        self.file.pupils.append(self._pupil)
        self._pupil = None

    def _inside(self, path: tuple[str, ...], text: str) -> None:
        assert self._pupil is not None
        if column := _OF_PUPIL.get(path):
            if text:
                self._pupil[column] = text
        elif path[:2] == ("Contacts", "Contact"):
            self._of_contact(path[2:], text)
        elif path[:2] == ("Attendance", "YearData"):
            self._of_year(path[2:], text)
        elif path[:2] == ("SENhistory", "SEN"):
            self._of_sen(path[2:], text)

    def _of_contact(self, path: tuple[str, ...], text: str) -> None:
        assert self._pupil is not None
        if not path:
            contacts = self._pupil.setdefault("contacts", [])
            if len(contacts) < MOST_CONTACTS and (self._contact.get("surname") or self._contact.get("forename")):
                contacts.append(self._contact)
        elif len(path) == 1 and (column := _OF_CONTACT.get(path[0])):
            self._contact[column] = text
        elif path == ("Phones", "Phone", "TelephoneType"):
            self._phone["kind"] = text
        elif path == ("Phones", "Phone", "PhoneNo"):
            self._phone["number"] = text
        elif path == ("Phones", "Phone") and self._phone.get("number") and len(self._contact["phones"]) < MOST_CONTACTS:
            self._contact["phones"].append([self._phone.get("kind", ""), self._phone["number"]])

    def _of_year(self, path: tuple[str, ...], text: str) -> None:
        """The figures of the last year that has any."""
        assert self._pupil is not None
        if len(path) == 1 and (column := _OF_YEAR.get(path[0])):
            self._year[column] = text
        elif not path and "possible" in self._year:
            year = self._year.pop("year", "")
            if year >= self._pupil.get("attendance_year", ""):
                self._pupil |= {**self._year, "attendance_year": year}

    def _of_sen(self, path: tuple[str, ...], text: str) -> None:
        """The provision that began last."""
        assert self._pupil is not None
        if len(path) == 1 and path[0] in {"StartDate", "SENprovision"}:
            self._sen[path[0]] = text
        elif not path and "SENprovision" in self._sen:
            since = self._sen.get("StartDate", "")
            if since >= self._pupil.get("sen_since", ""):
                self._pupil |= {"sen": self._sen["SENprovision"], "sen_since": since}
