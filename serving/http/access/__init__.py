"""Who asks, over HTTP: keys of programs, sessions of people, and the pages to sign in."""
