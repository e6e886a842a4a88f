"""Every word on the kiosk, one module per language. English is complete and stands in where another lacks a text."""

from kiosk.screens.texts import ar, da, de, en, es, fr
from shared.desktop.translation import Catalogue

CATALOGUE = Catalogue({"en": en.TEXTS, "da": da.TEXTS, "de": de.TEXTS, "es": es.TEXTS, "fr": fr.TEXTS, "ar": ar.TEXTS})

LANGUAGE_NAMES = {
    "en": "English",
    "da": "Dansk",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "ar": "العربية",
}
"""Each language in its own words, as its button says it."""
