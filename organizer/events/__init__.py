"""What, when, where: events, their notices, and the gate that decides what a viewer may see."""
