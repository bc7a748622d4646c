"""The processes of the service: one that watches, those that answer, and no port but the one."""
