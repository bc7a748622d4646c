"""Tests of `cli/commands/work`."""
