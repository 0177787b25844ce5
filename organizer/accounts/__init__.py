"""Who you are: accounts, sessions, passwords. What an account may do in a group is in `groups`."""
