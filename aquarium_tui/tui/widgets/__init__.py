"""What the screens are made of: each draws, none computes."""
