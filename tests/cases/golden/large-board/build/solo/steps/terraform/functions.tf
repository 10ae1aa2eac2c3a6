# What the functions share: the layer with their libraries, and the policy by which Lambda assumes their roles.
resource "aws_lambda_layer_version" "dependencies" {
  layer_name               = "vast-steps-dependencies"
  description              = "boto3, Powertools for AWS Lambda, and the time zones of the board's windows"
  filename                 = "${path.module}/../lambda/layer.zip"
  source_code_hash         = filebase64sha256("${path.module}/../lambda/layer.zip")
  compatible_runtimes      = ["python3.13"]
  compatible_architectures = ["arm64"]

  # The functions move to the new version before the old one is deleted.
  lifecycle {
    create_before_destroy = true
  }
}

data "aws_iam_policy_document" "lambda_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
