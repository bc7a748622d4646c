"""`python -m serving`: the service of the office that the environment names.

What `triage serve` does, for a machine on which only the code was packed (`bentoml build`).

| Variable | Is | If unset |
|---|---|---|
| `TRIAGE_HOST` | the IP address to listen on | 127.0.0.1 |
| `TRIAGE_PORT` | the port | 3000 |
| `TRIAGE_WORKERS` | how many processes answer | 1 |
| `TRIAGE_ALLOW_HOSTS` | names that the service is called by, with commas between | none |
| `TRIAGE_PUBLIC_URL` | behind a proxy: the https address that browsers use | as each request says |
| `TRIAGE_PROXIES` | IP addresses of proxies that say whose request it is, with blanks | none |

and those of `serving.workspace`.
"""

from __future__ import annotations

import os
import sys

from cases.errors import BadInput, Fault, PlumblineError
from cases.files import permitted
from cases.language.messages import Sayable, _, say
from serving.http.access.site import PROXIES, PUBLIC_URL
from serving.serve import serve
from serving.workspace import Workspace

MOST_DIGITS = 9


def main() -> int:
    """Become the service; an exit code only where that cannot be."""
    given = os.environ
    language = given.get("TRIAGE_LANGUAGE") or "en"

    def show(sentence: Sayable) -> None:
        print(say(sentence, language), flush=True)  # noqa: T201

    try:
        with permitted():
            serve(
                Workspace.from_environment(given),
                host=given.get("TRIAGE_HOST", "127.0.0.1"),
                port=_number("TRIAGE_PORT", 3000),
                workers=_number("TRIAGE_WORKERS", 1),
                allow_hosts=[*filter(None, given.get("TRIAGE_ALLOW_HOSTS", "").split(","))],
                public_url=given.get(PUBLIC_URL) or None,
                proxies=given.get(PROXIES, "").split(),
                say=show,
            )
    except PlumblineError as error:
        print(error.say(language), file=sys.stderr)  # noqa: T201
        return error.exit_code


def _number(variable: str, otherwise: int) -> int:
    """The whole number of a variable; `BadInput` if it is none."""
    text = os.environ.get(variable) or str(otherwise)
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        remedy = _("Write it with digits only, for example 100.")
        problem = _("is not a whole number.")
        raise BadInput([Fault("serve", problem, remedy, column=variable, value=text)])
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
