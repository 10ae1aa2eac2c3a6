"""The commands: each parses its arguments, calls the rooms below, prints, and returns or raises an error.

One file for each command, in a folder for each family: `bundles` from YAML to bundles, `authoring` for people who
write YAML, `operations` for boards that run. A new command is a file there and a line in `commands`.
"""
