"""Languages by name and by the code that data sets and networks are labelled with."""

from __future__ import annotations

# By what charset-normalizer calls them.
CODES = {
    "Arabic": "ar",
    "Bulgarian": "bg",
    "Chinese": "zh",
    "Classical Chinese": "zh",
    "Croatian": "hr",
    "Czech": "cs",
    "Danish": "da",
    "Dutch": "nl",
    "English": "en",
    "Estonian": "et",
    "Farsi": "fa",
    "Finnish": "fi",
    "French": "fr",
    "German": "de",
    "Greek": "el",
    "Hebrew": "he",
    "Hindi": "hi",
    "Hungarian": "hu",
    "Indonesian": "id",
    "Italian": "it",
    "Japanese": "ja",
    "Kazakh": "kk",
    "Korean": "ko",
    "Lithuanian": "lt",
    "Norwegian": "no",
    "Polish": "pl",
    "Portuguese": "pt",
    "Romanian": "ro",
    "Russian": "ru",
    "Serbian": "sr",
    "Simple English": "en",
    "Slovak": "sk",
    "Slovene": "sl",
    "Spanish": "es",
    "Swedish": "sv",
    "Tamil": "ta",
    "Thai": "th",
    "Turkish": "tr",
    "Ukrainian": "uk",
    "Vietnamese": "vi",
}
_NAMES = {code: name for name, code in sorted(CODES.items(), key=lambda item: -len(item[0]))}  # the shortest of each


def language_name(code: str) -> str:
    """Return what a language is called in English: "German" for "de", the code itself where it is not known."""
    return _NAMES.get(code, code)
