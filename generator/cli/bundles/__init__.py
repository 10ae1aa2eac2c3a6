"""Commands from YAML to bundles: check the YAML, write the bundles, check the bundles, run them on this machine."""
