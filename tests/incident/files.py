"""Common Transfer Files, made as the systems of schools write them."""

CONTACTS = """<Contacts><Contact><Order>1</Order><Title>Mrs</Title><Surname>Ade</Surname><Forename>Bola</Forename>
<Relationship>PAM</Relationship><Responsibility>true</Responsibility><Address><AddressLines><AddressLine1>1 Mill Lane
</AddressLine1></AddressLines></Address><Phones><Phone><TelephoneType>M</TelephoneType><PhoneNo>07700 900123</PhoneNo>
</Phone></Phones></Contact></Contacts>"""


def ctf(*pupils: str, encoding: str = "utf-8", whole: bool = True, extra: str = "", version: str = "25.0") -> bytes:
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
<CTfile><Header><DocumentName>Common Transfer File</DocumentName><CTFversion>{version}</CTFversion>
<DateTime>2026-09-10T10:00:00</DateTime><DocumentQualifier>{"full" if whole else "partial"}</DocumentQualifier>
<SupplierID>Test</SupplierID><SourceSchool><LEA>801</LEA><Estab>2000</Estab></SourceSchool></Header>
<CTFpupilData>{"".join(pupils)}{extra}</CTFpupilData></CTfile>"""
    return text.encode(encoding)


def pupil(
    *,
    UPN: str = "",  # noqa: N803 - the element's name
    Surname: str = "Ade",  # noqa: N803
    Forename: str = "Rowan",  # noqa: N803
    sex: str = "Sex",
    full: bool = False,
    contacts: str = CONTACTS,
) -> str:
    details, more = "", ""
    if full:
        details = (
            "<FormerSurname>Bello</FormerSurname><PreferredForename>Ro</PreferredForename><MedicalFlag>1</MedicalFlag>"
        )
        more = f"""<LookedAfter><InCare>true</InCare></LookedAfter><SENhistory>
<SEN><StartDate>2024-01-01</StartDate><SENprovision>K</SENprovision></SEN>
<SEN><StartDate>2025-01-01</StartDate><SENprovision>E</SENprovision></SEN></SENhistory>{contacts}
<Attendance><YearData><Year>2025</Year><SessionsPossible>380</SessionsPossible><SessionsAttended>370</SessionsAttended>
</YearData><YearData><Year>2026</Year><SessionsPossible>200</SessionsPossible><SessionsAuthorised>8</SessionsAuthorised>
<SessionsAttended>188</SessionsAttended><SessionsUnauthorised>4</SessionsUnauthorised></YearData></Attendance>"""
    return f"""<Pupil><UPN>{UPN}</UPN><Surname>{Surname}</Surname><Forename>{Forename}</Forename><DOB>2017-03-12</DOB>
<{sex}>M</{sex}><BasicDetails>{details}<NCyearActual>4</NCyearActual></BasicDetails>{more}</Pupil>"""
