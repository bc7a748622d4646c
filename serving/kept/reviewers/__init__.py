"""The folder of a draw of reviewers: written, read and checked."""
