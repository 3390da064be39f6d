"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Paths = Annotated[
    list[str] | None,
    typer.Argument(help="Where to look.", metavar="[PATH]...", show_default=False),
]
Select = Annotated[
    list[str] | None,
    typer.Option("--select", help="Rules to run: codes or prefixes such as SK2, or ALL.", metavar="CODE"),
]
Ignore = Annotated[
    list[str] | None, typer.Option("--ignore", help="Rules not to run: codes or prefixes.", metavar="CODE")
]
Format = Annotated[Literal["text", "concise", "json"], typer.Option("--format", help="How to tell it.")]
Output = Annotated[
    str | None,
    typer.Option("--output", help="Write there instead of to standard output.", metavar="FILE"),
]
Threshold = Annotated[
    Literal["error", "warning", "info"],
    typer.Option("--failure-threshold", help="Exit with 1 from this severity on."),
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
