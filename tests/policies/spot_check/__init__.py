"""Tests of `policies/spot_check`."""
