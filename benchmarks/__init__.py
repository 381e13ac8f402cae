"""How fast it is, beside what else one could use: measured in one run, on one machine, by turns."""
