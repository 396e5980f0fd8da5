"""People at the centre: who they are, what they may see and change, and how they come in."""
