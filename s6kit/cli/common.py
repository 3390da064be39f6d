"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Paths = Annotated[
    list[str] | None,
    typer.Argument(help="Where to look.", metavar="[PATH]...", show_default=False),
]
ConfigFile = Annotated[
    str | None, typer.Option("--config", help="Read this file, not the nearest s6kit.yaml.", metavar="FILE")
]
Isolated = Annotated[bool, typer.Option("--isolated", help="Read no s6kit.yaml at all.")]
Color = Annotated[
    bool | None,
    typer.Option(
        "--color/--no-color",
        help="Colours or none; else NO_COLOR, FORCE_COLOR and the terminal decide.",
        show_default=False,
    ),
]
