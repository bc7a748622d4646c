"""Tests of `policies/assignment`."""
