# The API answers from the newest snapshot, and from the aggregates with what a player has scored since.
resource "aws_lambda_function" "api" {
  #checkov:skip=CKV_AWS_50:Logs and metrics carry what the runbook needs; tracing takes a permission that cannot be limited to a resource.
  #checkov:skip=CKV_AWS_116:Its callers wait for the answer; a dead-letter queue serves asynchronous calls only.
  #checkov:skip=CKV_AWS_117:It calls AWS services only, over TLS and by IAM; it needs nothing inside of a VPC.
  #checkov:skip=CKV_AWS_272:The code is generated beside this file and pinned by its hash; whoever may change one may change the other.
  function_name    = "arcade-prod-arena-api"
  description      = "Answers from the newest snapshot"
  role             = aws_iam_role.api.arn
  handler          = "runtime.api.handler"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  layers           = [aws_lambda_layer_version.dependencies.arn]
  filename         = "${path.module}/../lambda/board.zip"
  source_code_hash = filebase64sha256("${path.module}/../lambda/board.zip")
  memory_size      = 512
  timeout          = 10
  kms_key_arn      = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  reserved_concurrent_executions = 50

  environment {
    variables = {
      AGGREGATES_TABLE             = aws_dynamodb_table.aggregates.name
      BUCKET                       = aws_s3_bucket.board.bucket
      POWERTOOLS_METRICS_NAMESPACE = "Leaderboards"
      POWERTOOLS_SERVICE_NAME      = "arcade-prod-arena"
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.api.name
  }
}

resource "aws_cloudwatch_log_group" "api" {
  name              = "/aws/lambda/arcade-prod-arena-api"
  retention_in_days = 365
  kms_key_id        = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"
}

resource "aws_iam_role" "api" {
  name               = "arcade-prod-arena-api"
  assume_role_policy = data.aws_iam_policy_document.lambda_assume.json
}

resource "aws_iam_role_policy" "api" {
  name   = "api"
  role   = aws_iam_role.api.id
  policy = data.aws_iam_policy_document.api.json
}

data "aws_iam_policy_document" "api" {
  statement {
    sid       = "ReadSnapshots"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.board.arn}/snapshots/*"]
  }

  # Without this, S3 answers 403 instead of 404 for an object that does not exist; that request has no s3:prefix.
  statement {
    sid       = "TellMissingFromForbidden"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.board.arn]

    condition {
      test     = "StringLikeIfExists"
      variable = "s3:prefix"
      values   = ["snapshots/*"]
    }
  }

  statement {
    sid       = "ReadAggregates"
    actions   = ["dynamodb:BatchGetItem"]
    resources = [aws_dynamodb_table.aggregates.arn]
  }

  # A service uses the key for a role that may use the service's resource; the role itself can decrypt nothing.
  statement {
    sid       = "DecryptThroughServices"
    actions   = ["kms:Decrypt"]
    resources = ["arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35", "arn:aws:kms:us-east-1:222222222222:key/1b5d9f3e-7a2c-4e68-9d40-6c8e2a4f1b77", aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com"]
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
      values   = ["arn:aws:lambda:us-east-1:${data.aws_caller_identity.current.account_id}:function:arcade-prod-arena-api"]
    }
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.api.arn}:*"]
  }
}

resource "aws_lambda_function_url" "api" {
  function_name      = aws_lambda_function.api.function_name
  authorization_type = "AWS_IAM"

  # The headers are those that HTTP libraries send and browsers ask for first, in a preflight.
  cors {
    allow_origins  = ["https://boards.example.com", "https://game.example.com", "https://www.example.com"]
    allow_methods  = ["GET", "HEAD"]
    allow_headers  = ["Cache-Control", "Content-Type", "If-Modified-Since", "If-None-Match", "Pragma", "X-Requested-With"]
    expose_headers = ["Age", "As-Of", "Date", "ETag"]
    max_age        = 3600
  }
}
