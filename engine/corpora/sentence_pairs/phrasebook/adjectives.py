"""The adjectives, with every French form, their place and the groups of nouns they suit."""

from .grammar_types import Adjective

GOODS = "thing clothing vehicle building paper text"


def _adjective(en: str, forms: str, kinds: str, is_before_noun: bool = False, fr_vowel: str = "") -> Adjective:
    """Return an adjective; `forms` is masculine, feminine, masculine plural, feminine plural."""
    masculine, feminine, masculine_plural, feminine_plural = (form.strip() for form in forms.split("/"))
    return Adjective(
        en, (masculine, feminine, masculine_plural, feminine_plural), frozenset(kinds.split()), is_before_noun, fr_vowel
    )


BEFORE: list[Adjective] = [
    _adjective("big", "grand / grande / grands / grandes", "thing vehicle building tree", True),
    _adjective("small", "petit / petite / petits / petites", "thing animal vehicle building tree", True),
    _adjective("little", "petit / petite / petits / petites", "child youth", True),
    _adjective("young", "jeune / jeune / jeunes / jeunes", "person youth student", True),
    _adjective("old", "vieux / vieille / vieux / vieilles", GOODS + " person animal tree", True, "vieil"),
    _adjective("beautiful", "beau / belle / beaux / belles", GOODS + " animal tree", True, "bel"),
    _adjective("new", "nouveau / nouvelle / nouveaux / nouvelles", "thing clothing vehicle", True, "nouvel"),
    _adjective("pretty", "joli / jolie / jolis / jolies", "clothing building", True),
    _adjective("good", "bon / bonne / bons / bonnes", "food text", True),
    _adjective("long", "long / longue / longs / longues", "text", True),
    _adjective("fat", "gros / grosse / gros / grosses", "animal", True),
]

COLOURS: list[Adjective] = [
    _adjective("red", "rouge / rouge / rouges / rouges", "thing clothing vehicle"),
    _adjective("blue", "bleu / bleue / bleus / bleues", "thing clothing vehicle"),
    _adjective("green", "vert / verte / verts / vertes", "thing clothing vehicle"),
    _adjective("yellow", "jaune / jaune / jaunes / jaunes", "thing clothing vehicle"),
    _adjective("black", "noir / noire / noirs / noires", "thing clothing vehicle animal"),
    _adjective("white", "blanc / blanche / blancs / blanches", "thing clothing vehicle animal"),
    _adjective("grey", "gris / grise / gris / grises", "thing clothing vehicle animal"),
    _adjective("brown", "marron / marron / marron / marron", "clothing"),
    _adjective("pink", "rose / rose / roses / roses", "clothing"),
    _adjective("purple", "violet / violette / violets / violettes", "clothing"),
    _adjective("orange", "orange / orange / orange / orange", "clothing"),
    _adjective("dark blue", "bleu foncé / bleu foncé / bleu foncé / bleu foncé", "clothing vehicle"),
    _adjective("light green", "vert clair / vert clair / vert clair / vert clair", "clothing"),
]

AFTER: list[Adjective] = [
    _adjective("interesting", "intéressant / intéressante / intéressants / intéressantes", "text"),
    _adjective("sad", "triste / triste / tristes / tristes", "text"),
    _adjective("funny", "drôle / drôle / drôles / drôles", "text"),
    _adjective("expensive", "cher / chère / chers / chères", "clothing vehicle"),
    _adjective("warm", "chaud / chaude / chauds / chaudes", "clothing"),
    _adjective("dirty", "sale / sale / sales / sales", "clothing vehicle"),
    _adjective("empty", "vide / vide / vides / vides", "building"),
    _adjective("quiet", "calme / calme / calmes / calmes", "building"),
    _adjective("Italian", "italien / italienne / italiens / italiennes", "clothing vehicle text"),
    _adjective("English", "anglais / anglaise / anglais / anglaises", "clothing text"),
]

# Adjectives only used after être, for people.
FEELINGS: list[Adjective] = [
    _adjective("tired", "fatigué / fatiguée / fatigués / fatiguées", "person family child"),
    _adjective("happy", "heureux / heureuse / heureux / heureuses", "person family child"),
    _adjective("sad", "triste / triste / tristes / tristes", "person family child"),
    _adjective("ill", "malade / malade / malades / malades", "person family child"),
    _adjective("busy", "occupé / occupée / occupés / occupées", "person family"),
    _adjective("angry", "fâché / fâchée / fâchés / fâchées", "person family"),
    _adjective("late", "en retard / en retard / en retard / en retard", "person family"),
    _adjective("ready", "prêt / prête / prêts / prêtes", "person family"),
    _adjective("worried", "inquiet / inquiète / inquiets / inquiètes", "person family"),
    _adjective("kind", "gentil / gentille / gentils / gentilles", "person family"),
    _adjective("shy", "timide / timide / timides / timides", "person family child"),
    _adjective("proud", "fier / fière / fiers / fières", "person family"),
]

# English adjective, English comparative, French adjective. A `#` sets off the sense: people are âgés rather than vieux.
# A French comparative is regular (plus + adjective) except for bon (meilleur).
COMPARISONS: list[tuple[str, str, str]] = [
    ("small", "smaller", "petit / petite / petits / petites"),
    ("big", "bigger", "grand / grande / grands / grandes"),
    ("old", "older", "vieux / vieille / vieux / vieilles"),
    ("fast", "faster", "rapide / rapide / rapides / rapides"),
    ("quiet", "quieter", "calme / calme / calmes / calmes"),
    ("heavy", "heavier", "lourd / lourde / lourds / lourdes"),
    ("expensive", "more expensive", "cher / chère / chers / chères"),
    ("beautiful", "more beautiful", "beau / belle / beaux / belles"),
    ("interesting", "more interesting", "intéressant / intéressante / intéressants / intéressantes"),
    ("young", "younger", "jeune / jeune / jeunes / jeunes"),
    ("strong", "stronger", "fort / forte / forts / fortes"),
    ("good", "better", "bon / bonne / bons / bonnes"),
    ("old#person", "older", "âgé / âgée / âgés / âgées"),
    ("tall", "taller", "grand / grande / grands / grandes"),
    ("patient", "more patient", "patient / patiente / patients / patientes"),
    ("cheerful", "more cheerful", "joyeux / joyeuse / joyeux / joyeuses"),
]

BY_ENGLISH: dict[str, Adjective] = {adjective.en: adjective for adjective in BEFORE + COLOURS + AFTER}
COMPARED: dict[str, tuple[str, Adjective]] = {
    en: (comparative, _adjective(en, forms, "")) for en, comparative, forms in COMPARISONS
}


def suiting(kind: str, adjectives: list[Adjective]) -> list[Adjective]:
    """Return those of `adjectives` that can describe a noun of group `kind`."""
    return [adjective for adjective in adjectives if kind in adjective.kinds]
