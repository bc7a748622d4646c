"""`python -m serving.running.renewal`: read and check the office for a service that runs already.

It prints the folder of the checked tables, for the workers that come next. What is wrong is logged.
"""

from __future__ import annotations

import os
import sys

from cases.errors import PlumblineError
from cases.files import permitted
from serving.running import logs
from serving.running.handover import hand_over
from serving.workspace import Workspace, check


def main() -> int:
    """Check and hand over; the exit code."""
    logs.configure()
    try:
        workspace = Workspace.from_environment(os.environ)
        with permitted():
            checked = hand_over(check(workspace), workspace.office, workspace.home)
        print(checked)  # noqa: T201
    except PlumblineError as error:
        logs.refused("office_refused", error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
