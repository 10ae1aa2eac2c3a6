"""`leaderboards check`: checks whether the bundles may be applied. Start reading at `run`.

What each module finds:

    drift          build/ differs from what the YAML says
    terraform_fmt  a file is not formatted as `terraform fmt` would, or Terraform cannot read it
    checkov        checkov, or one of our policies in blueprints/policies/, reports something
    blind_spots    Terraform would apply something that checkov does not look at

`findings` holds the results as data, `reports` writes them, `clean_bundles` remembers which bundles need no new scan.
"""
