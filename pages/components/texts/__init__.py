"""Texts that a visitor gives, and how a network reads them."""
