"""Policies: what must hold of every bundle, as checks of checkov (`checkov --external-checks-dir blueprints/policies`).

checkov imports each file here by its bare name, in an environment of its own. So these files import checkov, each other
and Python's library, but nothing of the generator; and no file has a common name, which could be another module's.
"""
