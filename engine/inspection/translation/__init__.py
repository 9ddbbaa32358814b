"""Translators taken apart: words, attention, search, teacher forcing, and what becomes of changed sentences."""
