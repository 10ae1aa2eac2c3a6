terraform {
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.45.0"
    }
    time = {
      source  = "hashicorp/time"
      version = "0.13.1"
    }
  }
}

provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = {
      board   = "steps"
      owner   = "solo@example.com"
      project = "vast"
      team    = "solo"
    }
  }
}

data "aws_caller_identity" "current" {}
