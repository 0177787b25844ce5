"""What people say afterwards, how they sign it, and what they agreed to."""
