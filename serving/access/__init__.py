"""Who may do what: users, machine keys, sessions, roles, and the cases that each may see."""
