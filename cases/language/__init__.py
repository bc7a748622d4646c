"""Texts for people: written in English in the code, put into a language where they are shown."""
