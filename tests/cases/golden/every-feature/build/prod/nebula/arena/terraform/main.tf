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

  backend "s3" {
    bucket       = "arcade-tfstate"
    key          = "arcade/prod/nebula/arena.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    kms_key_id   = "arn:aws:kms:eu-central-1:222222222222:key/0d7c3f52-9a1e-4b86-8f25-6c2b7e9d4a10"
    use_lockfile = true
  }
}

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["222222222222"]

  default_tags {
    tags = {
      board        = "arena"
      cost_center  = "42"
      "data:class" = "public"
      data_class   = "public"
      environment  = "prod"
      owner        = "nebula-oncall@example.com"
      project      = "arcade"
      team         = "nebula"
    }
  }
}

data "aws_caller_identity" "current" {}
