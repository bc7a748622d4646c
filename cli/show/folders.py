"""What is shown of a folder that was written."""

from __future__ import annotations

from cases.integrity.manifest import Manifest
from cases.language.messages import Sayable, _


def hash_of(manifest: Manifest) -> Sayable:
    """The hash that binds every byte of the folder to whoever writes it down."""
    return _("Hash of its manifest, for the record: {hash}", hash=manifest.hash)
