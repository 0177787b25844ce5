"""Short codes on printed leaflets: where each leads, and how often it was followed."""
