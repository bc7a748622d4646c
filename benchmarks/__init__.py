"""Side-by-side measurements that print ratios; each is run as a program."""
