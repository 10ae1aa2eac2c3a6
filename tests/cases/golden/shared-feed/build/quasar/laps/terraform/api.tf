# The API answers from the newest snapshot, and from the aggregates with what a player has scored since.
resource "aws_lambda_function" "api" {
  #checkov:skip=CKV_AWS_50:Logs and metrics carry what the runbook needs; tracing takes a permission that cannot be limited to a resource.
  #checkov:skip=CKV_AWS_116:Its callers wait for the answer; a dead-letter queue serves asynchronous calls only.
  #checkov:skip=CKV_AWS_117:It calls AWS services only, over TLS and by IAM; it needs nothing inside of a VPC.
  #checkov:skip=CKV_AWS_272:The code is generated beside this file and pinned by its hash; whoever may change one may change the other.
  function_name    = "fleet-laps-api"
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
  kms_key_arn      = aws_kms_key.board.arn

  reserved_concurrent_executions = 10

  environment {
    variables = {
      AGGREGATES_TABLE             = aws_dynamodb_table.aggregates.name
      BUCKET                       = aws_s3_bucket.board.bucket
      POWERTOOLS_METRICS_NAMESPACE = "Leaderboards"
      POWERTOOLS_SERVICE_NAME      = "fleet-laps"
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.api.name
  }
}

resource "aws_cloudwatch_log_group" "api" {
  name              = "/aws/lambda/fleet-laps-api"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.board.arn
}

resource "aws_iam_role" "api" {
  name               = "fleet-laps-api"
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
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"]
    }
  }

  # The function's environment variables, which Lambda decrypts with the role.
  statement {
    sid       = "DecryptItsSettings"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:lambda:FunctionArn"
      values   = ["arn:aws:lambda:eu-west-1:${data.aws_caller_identity.current.account_id}:function:fleet-laps-api"]
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
}

# A caller of the function URL needs both permissions. By principal, so that one that is removed takes no other with it.
resource "aws_lambda_permission" "api_url" {
  for_each = toset(["arn:aws:iam::111111111111:role/game-server"])

  # An ARN has characters that an id may not have.
  statement_id  = "CallUrl-${md5(each.key)}"
  action        = "lambda:InvokeFunctionUrl"
  function_name = aws_lambda_function.api.function_name
  principal     = each.key

  function_url_auth_type = "AWS_IAM"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lambda_permission" "api_function" {
  for_each = toset(["arn:aws:iam::111111111111:role/game-server"])

  # An ARN has characters that an id may not have.
  statement_id  = "RunThroughUrl-${md5(each.key)}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.api.function_name
  principal     = each.key

  invoked_via_function_url = true

  lifecycle {
    create_before_destroy = true
  }
}

# What a principal of another account needs in a policy of its own, beside the permissions above. Nothing is made of it:
# it is an output.
data "aws_iam_policy_document" "reader" {
  statement {
    sid       = "CallUrl"
    actions   = ["lambda:InvokeFunctionUrl"]
    resources = [aws_lambda_function.api.arn]

    condition {
      test     = "StringEquals"
      variable = "lambda:FunctionUrlAuthType"
      values   = ["AWS_IAM"]
    }
  }

  statement {
    sid       = "RunThroughUrl"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.api.arn]

    condition {
      test     = "Bool"
      variable = "lambda:InvokedViaFunctionUrl"
      values   = ["true"]
    }
  }
}
