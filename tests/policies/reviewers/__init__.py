"""Tests of who reviews what."""
