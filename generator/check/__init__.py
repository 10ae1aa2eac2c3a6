"""`leaderboards check`: looks for whatever speaks against applying the bundles. Start reading at `run`.

    drift          build/ differs from what the YAML says
    terraform_fmt  a file is not formatted as `terraform fmt` would, or Terraform cannot read it
    checkov        checkov, or one of our policies in blueprints/policies/, finds something
    blind_spots    Terraform would apply something that neither tool looks at

`findings` holds the results as data, `reports` writes them, `clean_bundles` remembers which bundles need no new scan.
"""
