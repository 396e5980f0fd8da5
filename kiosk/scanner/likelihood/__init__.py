"""Reading by maximum likelihood: the code that best explains the grey levels, or none."""
