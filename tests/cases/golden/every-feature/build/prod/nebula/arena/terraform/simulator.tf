# The simulator writes plausible activities for tests, as a game server would.
resource "aws_lambda_function" "simulator" {
  #checkov:skip=CKV_AWS_50:Logs and metrics carry what the runbook needs; tracing takes a permission that cannot be limited to a resource.
  #checkov:skip=CKV_AWS_115:A person starts it, one run at a time.
  #checkov:skip=CKV_AWS_116:A person waits for its answer; a dead-letter queue serves asynchronous calls only.
  #checkov:skip=CKV_AWS_117:It calls AWS services only, over TLS and by IAM; it needs nothing inside of a VPC.
  #checkov:skip=CKV_AWS_272:The code is generated beside this file and pinned by its hash; whoever may change one may change the other.
  function_name    = "arcade-prod-arena-simulator"
  description      = "Writes plausible activities"
  role             = aws_iam_role.simulator.arn
  handler          = "runtime.simulator.handler"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  layers           = [aws_lambda_layer_version.dependencies.arn]
  filename         = "${path.module}/../lambda/board.zip"
  source_code_hash = filebase64sha256("${path.module}/../lambda/board.zip")
  memory_size      = 256
  timeout          = 120
  kms_key_arn      = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  environment {
    variables = {
      ACTIVITIES_TABLE             = aws_dynamodb_table.activities.name
      POWERTOOLS_METRICS_NAMESPACE = "Leaderboards"
      POWERTOOLS_SERVICE_NAME      = "arcade-prod-arena"
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.simulator.name
  }
}

resource "aws_cloudwatch_log_group" "simulator" {
  name              = "/aws/lambda/arcade-prod-arena-simulator"
  retention_in_days = 365
  kms_key_id        = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"
}

resource "aws_iam_role" "simulator" {
  name               = "arcade-prod-arena-simulator"
  assume_role_policy = data.aws_iam_policy_document.lambda_assume.json
}

resource "aws_iam_role_policy" "simulator" {
  name   = "simulator"
  role   = aws_iam_role.simulator.id
  policy = data.aws_iam_policy_document.simulator.json
}

data "aws_iam_policy_document" "simulator" {
  statement {
    sid       = "WriteActivities"
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.activities.arn]
  }

  # A service uses the key for a role that may use the service's resource; the role itself can decrypt nothing.
  statement {
    sid       = "DecryptThroughServices"
    actions   = ["kms:Decrypt"]
    resources = ["arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35", "arn:aws:kms:us-east-1:222222222222:key/1b5d9f3e-7a2c-4e68-9d40-6c8e2a4f1b77", aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.us-east-1.amazonaws.com"]
    }
  }

  # The function's environment variables, which Lambda decrypts with the role.
  statement {
    sid       = "DecryptItsSettings"
    actions   = ["kms:Decrypt"]
    resources = ["arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35", "arn:aws:kms:us-east-1:222222222222:key/1b5d9f3e-7a2c-4e68-9d40-6c8e2a4f1b77", aws_kms_key.board.arn]

    condition {
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:lambda:FunctionArn"
      values   = ["arn:aws:lambda:us-east-1:${data.aws_caller_identity.current.account_id}:function:arcade-prod-arena-simulator"]
    }
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.simulator.arn}:*"]
  }
}
