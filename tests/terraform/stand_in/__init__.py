"""A stand-in for the AWS provider: real Terraform plans and applies bundles with it, against emulators of AWS.

make_schema.py    npm packages -> aws_schema.json.gz: what the pinned provider's resource types look like
schema.py         reads that file, and has the provider hashicorp/time beside it
replacements.py   which attributes replace a resource when they change
kinds.py          the table of resource types: the calls that make them, and how attributes become parameters;
                  its rows are in kinds_storage.py, kinds_messages.py and so on
members.py        attributes <-> the members of botocore's shapes
cloud.py          the emulators, and what is asked of them
resources.py      create, read, update, delete with the table
planning.py       what the provider answers when Terraform plans
servicer.py       the protocol between Terraform and a provider
running.py        emulators, providers and Terraform of one test
"""
