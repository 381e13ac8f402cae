"""The HTTP entrance (HTTP の入口): one door, one reception, and nobody unknown past it."""
