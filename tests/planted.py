"""Trees as text, planted on the disk."""

from __future__ import annotations

import os
from pathlib import Path

from s6kit.model import Directory, File, Link, Special
from s6kit.treetext import parse


def plant(root: Path, text: str) -> Path:
    """Write the tree that `text` describes under `root`, and give `root` back."""
    for path, entry in sorted(parse(text).entries.items()):
        place = root / path
        if isinstance(entry, Directory):
            place.mkdir(parents=True, exist_ok=True)
        elif isinstance(entry, Link):
            place.symlink_to(entry.target)
        elif isinstance(entry, Special):
            os.mkfifo(place)
        elif isinstance(entry, File):
            place.write_bytes(entry.data)
            place.chmod(0o755 if entry.executable else 0o644)
    return root
