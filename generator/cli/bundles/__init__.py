"""Commands from YAML to bundles: judge the YAML, write the bundles, judge those, run them on this machine."""
