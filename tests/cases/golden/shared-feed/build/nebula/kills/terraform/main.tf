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
      board   = "kills"
      owner   = "nebula@example.com"
      project = "fleet"
      team    = "nebula"
    }
  }
}

data "aws_caller_identity" "current" {}
