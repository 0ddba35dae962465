"""The commands: one module a group, heavy imports inside each command."""
