"""Names by language: family names that are frequent where a language is spoken; what its letters tell of a word.

The idea is that of PyTorch's tutorial "NLP from scratch: classifying names with a character-level RNN"; the names are
listed here, a few dozen for each of ten languages.
"""

from __future__ import annotations

import random

from engine.corpora.base import CORPORA, SAMPLES, CorpusSpec
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.corpora.samples import write_splits

NAMES = {
    "Czech": "Novák Svoboda Novotný Dvořák Černý Procházka Kučera Veselý Horák Němec Marek Pospíšil Pokorný Hájek "
    "Jelínek Král Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Krejčí Navrátil Čermák Vaněk Urban Blažek Kříž "
    "Kratochvíl Kovář Kopecký Bartoš Vlček Musil Šimek Polák Konečný Malý Čech Štěpánek Staněk Holub Šťastný Říha "
    "Havlíček Dušek Tichý Soukup",
    "Dutch": "de Jong|Jansen|de Vries|van den Berg|van Dijk|Bakker|Janssen|Visser|Smit|Meijer|de Boer|Mulder|de Groot|"
    "Bos|Vos|Peters|Hendriks|van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smits|de Graaf|van der Meer|van der Linden|"
    "Kok|Jacobs|de Haan|Vermeulen|van den Heuvel|van der Veen|van den Broek|de Bruin|van der Heijden|Schouten|"
    "van Beek|Willems|van Vliet|Hoekstra|Maas|Verhoeven|Koster|van Dam|Prins|Blom|Huisman|Peeters|Kuipers|van Veen",
    "English": "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White "
    "Roberts Green Hall Wood Jackson Clarke Harris Clark Turner Hill Cooper Ward Moore Parker Baker Bennett Carter "
    "Foster Shaw Webb Palmer Holmes Mills Barnes Knight Matthews Chapman Butler Russell Barker Fisher Stevens Jenkins "
    "Dixon Hunt Hughes",
    "Finnish": "Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen "
    "Lehtinen Saarinen Salminen Heinonen Niemi Heikkilä Kinnunen Salonen Turunen Salo Laitinen Tuominen Rantanen "
    "Karjalainen Jokinen Mattila Savolainen Lahtinen Ahonen Ojala Leppänen Väisänen Hiltunen Kallio Leinonen Aaltonen "
    "Miettinen Pitkänen Hakala Laaksonen Manninen Koivisto Hirvonen Räsänen Anttila Laakso Toivonen Peltonen Kettunen",
    "French": "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Laurent Simon Lefebvre Michel "
    "Garnier Bertrand Roux Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefèvre Faure "
    "Mercier Blanc Guérin Boyer Chevalier François Legrand Gauthier Perrin Robin Clément Morin Nicolas Roussel Mathieu "
    "Gautier Masson Marchand Duval Denis Dumont Lemaire",
    "German": "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter "
    "Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause "
    "Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Lang Scholz Möller Weiß "
    "Jung Hahn Vogel Friedrich",
    "Italian": "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti Mancini Costa "
    "Giordano Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo "
    "Gentile Martinelli Vitale Lombardo Serra Coppola Marchetti Parisi Villa Conte Ferraro Ferri Fabbri Bianco Marini "
    "Grasso Valentini Messina Sala Gatti",
    "Japanese": "Satō Suzuki Takahashi Tanaka Watanabe Itō Yamamoto Nakamura Kobayashi Katō Yoshida Yamada Sasaki "
    "Yamaguchi Matsumoto Inoue Kimura Hayashi Saitō Shimizu Yamazaki Mori Abe Ikeda Hashimoto Yamashita Ishikawa "
    "Nakajima Maeda Fujita Ogawa Gotō Okada Hasegawa Murakami Kondō Ishii Sakamoto Endō Aoki Fujii Nishimura Fukuda "
    "Ōta Miura Fujiwara Okamoto Matsuda Nakagawa Harada",
    "Polish": "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski "
    "Kozłowski Jankowski Mazur Kwiatkowski Krawczyk Kaczmarek Piotrowski Grabowski Zając Pawłowski Michalski Król "
    "Wieczorek Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Nowicki "
    "Pawlak Górski Witkowski Walczak Sikora Baran Rutkowski Michalak Szewczyk Ostrowski Tomaszewski Pietrzak "
    "Zalewski Wróblewski Marciniak",
    "Spanish": "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández "
    "Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Ramírez Serrano "
    "Blanco Molina Morales Suárez Ortega Delgado Castro Ortiz Rubio Marín Sanz Núñez Iglesias Medina Garrido Cortés "
    "Castillo Santos Lozano Guerrero Cano Prieto",
}
COUNTS = {"train": 400, "validation": 50, "test": 50}

CORPORA.register("names_by_language")(
    CorpusSpec(
        name="names_by_language",
        title="Names by language",
        content=LABELLED_TEXTS,
        labels=tuple(NAMES),
        columns=("text", "label"),
        licence="CC0 1.0",
        weights_licence="MIT License, as the code.",
        origin="Frequent family names of ten languages, listed for Unrolled",
    )
)


def rows() -> list[tuple[str, int]]:
    """Return (name, number of the language) of every name, shuffled by a fixed seed."""
    found = [
        (name, number)
        for number, names in enumerate(NAMES.values())
        for name in (names.split("|") if "|" in names else names.split())
    ]
    random.Random(0).shuffle(found)
    return found


def write() -> None:
    """Write the sample's folder."""
    write_splits(
        SAMPLES / "names_by_language",
        iter(rows()),
        COUNTS,
        ("text", "label"),
        "text-classification",
        "# Names by language\n\n{total} family names of ten languages, listed for this project in "
        "`engine/corpora/labelled_texts/names_by_language.py`, dedicated to the public domain (CC0 1.0).\n\n"
        "| file | rows |\n| --- | ---: |\n{rows}\n",
    )


if __name__ == "__main__":
    write()
