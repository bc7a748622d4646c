"""Tests of the commands of a plan."""
