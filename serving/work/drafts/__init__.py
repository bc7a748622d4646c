"""Drafts: what somebody has begun to write and not sent, for this person alone."""
