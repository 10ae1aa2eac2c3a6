terraform {
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.45.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = {
      board   = "laps"
      owner   = "quasar@example.com"
      project = "fleet"
      team    = "quasar"
    }
  }
}

data "aws_caller_identity" "current" {}
