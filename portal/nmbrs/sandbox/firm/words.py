"""Words that the firm is made of: names of people, places, businesses, departments and functions."""

from typing import Final

FEMALE: Final = (
    "Anna", "Emma", "Sanne", "Fatima", "Zoë", "Noor", "Chloé", "Maria", "Eva", "Lieke", "Yasmin", "Femke", "Daniëlle",
    "Marit", "Ilse", "Priya", "Renée", "Kim", "Agnieszka", "Britt", "Hülya", "Joke", "Wilhelmina", "Saskia",
)  # fmt: skip
MALE: Final = (
    "Jan", "Daan", "Mohammed", "Lucas", "Björn", "Pieter", "Kees", "André", "Thijs", "Youssef", "René", "Bram", "Ruben",
    "Søren", "Henk", "Noël", "Mehmet", "Willem", "Jesse", "Stijn", "Łukasz", "Gerrit", "Sander", "Xander",
)  # fmt: skip
# Prefix and name belong together: lists sort by the name, letters show both.
SURNAMES: Final = (
    ("", "Jansen"), ("de", "Vries"), ("van den", "Berg"), ("", "Bakker"), ("van", "Dijk"), ("", "Visser"),
    ("", "Smit"), ("de", "Boer"), ("", "Mulder"), ("van der", "Linden"), ("", "Özdemir"), ("", "Peters"),
    ("van 't", "Hof"), ("", "El Amrani"), ("", "Kowalski"), ("", "Brouwer"), ("de", "Graaf"), ("", "Müller"),
    ("van de", "Ven"), ("", "Dekker"), ("in 't", "Veld"), ("", "Çelik"), ("", "Nguyễn"), ("ten", "Brinke"),
    ("", "Hendriks"), ("van der", "Meer"), ("", "Postma"), ("op den", "Kamp"), ("", "Kuipers"), ("", "Singh"),
    ("", "Schouten"), ("d'", "Ancona"), ("", "Willems"), ("von", "Straßburg"), ("", "Hoekstra"), ("", "Reijnders"),
)  # fmt: skip
CITIES: Final = (
    ("Utrecht", "3511"), ("Zwolle", "8011"), ("Breda", "4811"), ("Groningen", "9711"), ("'s-Hertogenbosch", "5211"),
    ("Leiden", "2311"), ("Apeldoorn", "7311"), ("Nijmegen", "6511"), ("Hoorn", "1621"), ("Súdwest-Fryslân", "8601"),
)  # fmt: skip
STREETS: Final = (
    "Dorpsstraat", "Kerkweg", "Burgemeester van Rijnlaan", "Molenpad", "Prinses Beatrixstraat", "Havenkade",
    "Lange Nieuwstraat", "1e Oosterparkstraat", "Wilgenlaan", "'t Zand",
)  # fmt: skip
BUSINESSES: Final = (
    "Bakkerij 't Hoekje", "Schildersbedrijf Van Loon & Zn.", "Café De Zwaan", "Installatietechniek Boersma",
    "Kinderopvang Het Vlindertje", "Transportbedrijf Kuiper", "Bloemisterij Flora", "Tandartspraktijk Oost",
    "Garage Hendriks", "Architectenbureau Lijn & Vlak", "Fysiotherapie De Brug", "Hoveniersbedrijf Groenrijk",
    "Slagerij Van Dam", "Drukkerij Letterkast", "Kapsalon Knip & Krul", "Loodgietersbedrijf Waterman",
    "Makelaardij Thuis", "Rijschool Groen Licht", "Boekhandel De Uil", "Zuivelboerderij Ál's Hoeve",
)  # fmt: skip
BRANCHES: Final = ("Holding", "Productie", "Winkel", "Personeel")
DEPARTMENTS: Final = ("Directie", "Administratie", "Winkel", "Productie", "Magazijn", "Verkoop", "Buitendienst")
FUNCTIONS: Final = (
    "Directeur", "Administratief medewerker", "Verkoopmedewerker", "Monteur", "Chauffeur", "Teamleider",
    "Magazijnmedewerker", "Planner", "Stagiair", "Huishoudelijk medewerker (m/v/x)",
)  # fmt: skip
#: Names that break pages which do not escape: markup, a spreadsheet formula, marks that turn the writing direction.
HOSTILE: Final = (
    ("<script>alert(1)</script>", "Eva"),
    ("Tables'); DROP TABLE employees;--", "Robert"),
    ("Vermeer", "=1+1"),
    ("\u202enesnaJ\u202c", "\u200fNoor"),
)
