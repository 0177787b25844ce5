"""Who works together, where, and who may do what: groups, memberships, invitations, cities."""
