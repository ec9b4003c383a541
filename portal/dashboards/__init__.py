"""Pages composed of what several rooms know."""
