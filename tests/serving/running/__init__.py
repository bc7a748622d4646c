"""Tests of the processes of the service."""
