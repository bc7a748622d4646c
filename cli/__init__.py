"""The `triage` command."""

INTERRUPTED = 130  # exit code after Ctrl-C
