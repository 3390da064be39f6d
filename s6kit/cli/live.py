"""The view while services run: a line each, on a terminal only."""

from __future__ import annotations

import sys
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING

from s6kit.cli.output import columns, tell
from s6kit.report.observations import shown

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live as Screen

    from s6kit.probe.observe import Event
    from s6kit.probe.run import Run

_PAUSE = 0.1  # seconds between two pictures
BARE = "the kernel allows no namespaces here: services see the processes and the network of this machine"
_MOST = 20  # services that are shown at a time


class Live:
    """Hears what happens to every run, and draws it on standard error while it lasts."""

    def __init__(self, on: bool) -> None:
        self._on = on and sys.stderr.isatty()
        self._screen: Screen | None = None
        self._going = dict[str, tuple[float, str, str]]()  # path -> since when, state, command
        self._done = 0
        self._next = 0.0
        self._noted = False

    def heard(self, run: Run, event: Event) -> None:
        """Take in an event, and draw, if it is time."""
        since, state, command = self._going.get(run.path, (monotonic(), "starts", run.service))
        match event["event"]:
            case "bare" if not self._noted:
                self._noted = True
                tell(f"s6kit: note: {BARE}")
            case "became":
                state, command = "runs", shown(event["command"])
            case "stopping":
                state = "stops"
            case "done":
                self._done += 1
                self._going.pop(run.path, None)
        if event["event"] not in ("done", "tick"):
            self._going[run.path] = (since, state, command)
        if self._screen is not None and monotonic() >= self._next:
            self._next = monotonic() + _PAUSE
            self._screen.update(self._picture(), refresh=True)

    def _picture(self) -> Group:
        """A line each, and an empty one: what comes after an end half-way begins on a line of its own."""
        from rich.console import Group  # noqa: PLC0415 - for those who see it
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table.grid(padding=(0, 2), expand=False)
        for path, (since, state, command) in list(self._going.items())[:_MOST]:
            age = f"{monotonic() - since:4.1f} s"
            table.add_row(
                Text(age, "cyan"),
                Text(state),
                Text(shown([path])),
                Text(command, overflow="ellipsis", no_wrap=True),
            )
        rest = len(self._going) - _MOST
        counted = f"{self._done} done" + (f", {rest} more at work" if rest > 0 else "")
        table.add_row(Text(""), Text(""), Text(counted, "bold"))
        return Group(table, "")

    def __enter__(self) -> Live:
        if self._on:
            from rich.console import Console  # noqa: PLC0415
            from rich.live import Live as Screen  # noqa: PLC0415

            console = Console(file=sys.stderr, width=columns(), highlight=False, emoji=False, markup=False)
            self._screen = Screen(console=console, auto_refresh=False, transient=True)
            self._screen.start()
            console.show_cursor(True)  # whatever stops or ends it leaves the terminal as it was
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._screen is not None:
            self._screen.stop()
