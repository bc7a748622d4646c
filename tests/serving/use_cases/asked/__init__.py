"""Tests of cases that a request names or gives."""
