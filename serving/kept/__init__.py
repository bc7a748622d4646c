"""Folders that are kept: written once, bound by a manifest, read back and checked."""
