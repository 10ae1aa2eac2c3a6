"""Where windows that are stored and the rule of their kind come together."""
