"""What must hold of every bundle, as checks of checkov: `checkov --external-checks-dir blueprints/policies`.

checkov imports each file here by its bare name, in its own environment: these files use checkov, each other and
Python's own library, and nothing of the generator. Bare names meet those of every installed module, so none is common.
"""
