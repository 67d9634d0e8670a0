"""Names as a school office meets them: many origins, hyphens, apostrophes, particles, surnames that follow the sex."""

from dataclasses import dataclass
from random import Random
from typing import Literal

Sex = Literal["F", "M"]


@dataclass(frozen=True, slots=True)
class Origin:
    share: int
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    # "Kowalska/Kowalski": the daughter's form, then the son's. Siblings then differ in surname; an import must bear it.
    surnames: tuple[str, ...]


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


ORIGINS: tuple[Origin, ...] = (
    Origin(
        34,
        _names(
            "Olivia, Amelia, Isla, Ava, Ivy, Freya, Lily, Florence, Willow, Rosie, Sophie, Grace, Daisy, Evie, Poppy, "
            "Maisie, Ella, Phoebe, Harriet, Matilda, Emily, Jessica, Chloe, Lola, Bonnie, Ruby, Scarlett, Erin, Holly"
        ),
        _names(
            "Noah, Oliver, George, Arthur, Leo, Harry, Oscar, Archie, Jack, Theo, Freddie, Alfie, Charlie, Henry, "
            "Thomas, Joshua, William, James, Max, Lucas, Reuben, Finley, Toby, Jude, Rowan, Dexter, Ralph, Stanley, Kit"
        ),
        _names(
            "Smith, Jones, Taylor, Brown, Wilson, Walker, Wright, Robinson, Thompson, White, Hughes, Edwards, Green, "
            "Hall, Wood, Harris, Clarke, Turner, Cooper, Ward, Marsh, Fletcher, Barlow, Hargreaves, Pickering, "
            "Whitaker, Ashworth, Bell, Gill, Webb, Chapman, Dawson, Shaw-Bennett, Carter-Hale, Lowe, Thornton, Birch"
        ),
    ),
    Origin(
        5,
        _names("Seren, Cerys, Ffion, Nia, Carys, Mared, Isla, Eilidh, Mhairi, Skye, Catriona"),
        _names("Tomos, Rhys, Dylan, Osian, Ifan, Callum, Hamish, Fergus, Ewan, Lachlan"),
        _names("Price, Bevan, Llewellyn, ap Rhys, Gwynne, MacDonald, McLeod, Campbell, MacIntyre, Fraser"),
    ),
    Origin(
        5,
        _names("Aoife, Niamh, Saoirse, Róisín, Caitlin, Ciara, Sinéad, Orla"),
        _names("Cian, Oisín, Declan, Pádraig, Conor, Eoin, Ronan, Fionn"),
        _names("Brennan, O'Brien, O'Neill, Murphy, Doherty, Kavanagh, Ó Súilleabháin, Connors, Ward, Quinn"),
    ),
    Origin(
        10,
        _names("Aisha, Zainab, Fatima, Maryam, Hafsa, Amina, Iqra, Khadija, Noor, Sana, Zara, Inaya"),
        _names("Mohammed, Muhammad, Ibrahim, Yusuf, Idris, Hamza, Bilal, Zayn, Ismail, Umar, Haris, Musa"),
        _names("Khan, Ahmed, Hussain, Malik, Iqbal, Mahmood, Begum, Akhtar, Shah, Chaudhry, Mirza, Rafiq"),
    ),
    Origin(
        5,
        _names("Nusrat, Tahmina, Sumaiya, Anika, Jannat, Raisa"),
        _names("Rafi, Tanvir, Ayaan, Sami, Nabil, Farhan"),
        _names("Miah, Uddin, Rahman, Islam, Choudhury, Khatun, Ali, Haque"),
    ),
    Origin(
        7,
        _names("Simran, Jasleen, Anaya, Diya, Meera, Priya, Harpreet, Kavya, Nithya, Anoushka"),
        _names("Arjun, Jaspreet, Rohan, Vihaan, Dev, Gurpreet, Karan, Ishaan, Aarav, Nikhil"),
        _names("Singh, Kaur, Patel, Shah, Sharma, Gill, Dhillon, Mehta, D'Souza, Fernandes, Sivakumar, Thevarajah"),
    ),
    Origin(
        8,
        _names("Temi, Ife, Adaeze, Chidinma, Folake, Ngozi, Abena, Akosua, Efua, Blessing, Precious"),
        _names("Tobi, Emeka, Ayo, Chinedu, Kwame, Kofi, Yaw, Obinna, Femi, Emmanuel, Josiah"),
        _names("Adeyemi, Okafor, Ogunleye, Eze, Nwosu, Balogun, Mensah, Owusu, Asante, Boateng, Okonkwo-Reid, Adewale"),
    ),
    Origin(
        4,
        _names("Shanice, Tiana, Nevaeh, Renée, Jada, Aaliyah"),
        _names("Jerome, Tyrell, Malachi, Andre, Kymani, Isaiah"),
        _names("Campbell, Grant, Francis, Joseph, St. Hilaire, Clarke-Morgan, Baptiste, Gayle"),
    ),
    Origin(
        6,
        _names("Zofia, Julia, Hanna, Maja, Lena, Oliwia, Gabriela, Łucja"),
        _names("Jakub, Szymon, Filip, Kacper, Antoni, Wojciech, Oskar"),
        _names(
            "Kowalska/Kowalski, Wiśniewska/Wiśniewski, Nowak, Zielińska/Zieliński, Lewandowska/Lewandowski, "
            "Wójcik, Dąbrowska/Dąbrowski"
        ),
    ),
    Origin(
        4,
        _names("Ioana, Andreea, Maria, Sofia, Daria, Kateryna, Olha, Anastasiia"),
        _names("Andrei, Matei, Luca, Ștefan, Danylo, Bohdan, Maksym"),
        _names("Popescu, Ionescu, Dumitru, Țurcanu, Shevchenko, Kovalenko, Bondar, Petrenko"),
    ),
    Origin(
        4,
        _names("Hodan, Ayaan, Sagal, Hamdi, Selam, Feven, Bethlehem"),
        _names("Abdirahman, Liban, Guled, Zakariya, Natnael, Yonas, Abel"),
        _names("Abdi, Warsame, Farah, Mohamud, Hassan, Tesfay, Gebremariam, Haile"),
    ),
    Origin(
        4,
        _names("Layla, Yara, Rima, Nour, Dilan, Elif, Zeynep, Rojin"),
        _names("Omar, Kareem, Ali, Jamal, Emre, Baran, Yusuf, Azad"),
        _names("Haddad, Al Masri, Khalil, Nasser, Yılmaz, Şahin, Demir, Aziz, bin Saleh"),
    ),
    Origin(
        4,
        _names("Mei, Xin Yi, Jia Hui, Linh, Thu, Angelica, Bea, Joy"),
        _names("Wei, Jun, Hao, Minh, Duc, Jayden, Miguel, Joshua"),
        _names("Chen, Wang, Li, Ng, Nguyen, Tran, Dela Cruz, Santos, Reyes"),
    ),
    Origin(
        3,
        _names("Beatriz, Inês, Isabela, Larissa, Camille, Elodie"),
        _names("João, Tiago, Rafael, Mateus, Théo, Gabriel"),
        _names("da Silva, Ferreira, Souza, dos Santos, Dubois, van der Berg, Lindqvist, Rossi"),
    ),
    Origin(
        2,
        _names("Miriam, Leah, Esther, Kezia, Tamar"),
        _names("Eli, Asher, Levi, Gideon, Ezra"),
        _names("Cohen, Levy, Goldberg, Boswell, Lee, Price, Katz"),
    ),
)
_SHARES = tuple(origin.share for origin in ORIGINS)


def some_origin(chance: Random) -> Origin:
    return chance.choices(ORIGINS, weights=_SHARES)[0]


def forename(chance: Random, origin: Origin, sex: Sex) -> str:
    return chance.choice(origin.girls if sex == "F" else origin.boys)


def surname_for(form: str, sex: Sex) -> str:
    daughter, _, son = form.partition("/")
    return daughter if sex == "F" or not son else son
