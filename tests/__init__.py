import os

# What a bundle's Terraform sets for its functions; read when the handlers are imported, by whichever test is first.
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Leaderboards"
os.environ["POWERTOOLS_SERVICE_NAME"] = "arcade-weekly-kills"
