"""`triage serve`: the service of an office."""

from __future__ import annotations

import sys
from typing import Annotated

from cases.language.messages import Sayable, _
from cli.arguments import TEXT, DataFolder, OfficeFile, SetAside, SpokenIn, counted, option
from cli.console import Terminal

SERVE = _("Serve the champion over HTTP until Ctrl-C; requests are described at /docs.json.")

ALLOW_HOST = _("Name that the service is called by, besides its address; may be repeated.")


def serve(
    office: OfficeFile,
    data: DataFolder = None,
    set_aside: SetAside = None,
    host: Annotated[str, option("--host", TEXT, _("IP address to listen on."))] = "127.0.0.1",
    port: Annotated[int, counted("--port", _("Port to listen on."))] = 3000,
    workers: Annotated[int, counted("--workers", _("Processes that answer."))] = 1,
    allow_host: Annotated[list[str] | None, option("--allow-host", TEXT, ALLOW_HOST)] = None,
    public_url: Annotated[
        str | None,
        option("--public-url", TEXT, _("Behind a proxy: the https address that browsers use.")),
    ] = None,
    proxy: Annotated[
        list[str] | None,
        option("--proxy", TEXT, _("IP address of a proxy that says whose request it is.")),
    ] = None,
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
    become_service(
        workspace,
        host=host,
        port=port,
        workers=workers,
        allow_hosts=allow_host or (),
        public_url=public_url,
        proxies=proxy or (),
        say=show,
    )
