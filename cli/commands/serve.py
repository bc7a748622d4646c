"""`triage serve`: the service of an office."""

from __future__ import annotations

import sys
from typing import Annotated

from cases.language.messages import Sayable, _
from cli.arguments import TEXT, DataFolder, OfficeFile, SetAside, SpokenIn, counted, option
from cli.console import Terminal

SERVE = _("Serve the champion over HTTP until Ctrl-C; requests are described at /docs.json.")


def serve(
    office: OfficeFile,
    data: DataFolder = None,
    set_aside: SetAside = None,
    host: Annotated[str, option("--host", TEXT, _("IP address to listen on."))] = "127.0.0.1",
    port: Annotated[int, counted("--port", _("Port to listen on."))] = 3000,
    workers: Annotated[int, counted("--workers", _("Processes that answer."))] = 1,
    language: SpokenIn = None,
) -> None:
    """Become the service of the office."""
    from cli.files.office import workspace_of
    from serving.serve import serve as become_service

    terminal = Terminal.of(language, office)

    def show(sentence: str | Sayable) -> None:
        terminal.show(sentence)
        sys.stdout.flush()

    workspace = workspace_of(office, data, set_aside, language)
    become_service(workspace, host=host, port=port, workers=workers, say=show)
