# The rebuilder makes a snapshot of the board from its aggregates, seals windows that have ended, sends events, and
# watches the board.
resource "aws_lambda_function" "rebuilder" {
  #checkov:skip=CKV_AWS_50:Logs and metrics carry what the runbook needs; tracing takes a permission that cannot be limited to a resource.
  #checkov:skip=CKV_AWS_115:A lease in the aggregates table lets one rebuild run at a time, and two at once do no harm.
  #checkov:skip=CKV_AWS_117:It calls AWS services only, over TLS and by IAM; it needs nothing inside of a VPC.
  #checkov:skip=CKV_AWS_272:The code is generated beside this file and pinned by its hash; whoever may change one may change the other.
  function_name    = "vast-steps-rebuilder"
  description      = "Makes a snapshot of the board"
  role             = aws_iam_role.rebuilder.arn
  handler          = "runtime.rebuilder.handler"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  layers           = [aws_lambda_layer_version.dependencies.arn]
  filename         = "${path.module}/../lambda/board.zip"
  source_code_hash = filebase64sha256("${path.module}/../lambda/board.zip")
  memory_size      = 8845
  timeout          = 900
  kms_key_arn      = aws_kms_key.board.arn

  ephemeral_storage {
    size = 5120
  }

  environment {
    variables = {
      ACTIVITIES_TABLE             = aws_dynamodb_table.activities.name
      AGGREGATES_STREAM_ARN        = aws_dynamodb_table.aggregates.stream_arn
      AGGREGATES_TABLE             = aws_dynamodb_table.aggregates.name
      BUCKET                       = aws_s3_bucket.board.bucket
      KEY_ARN                      = aws_kms_key.board.arn
      ASSEMBLY_ARN                 = aws_sfn_state_machine.assembly.arn
      POWERTOOLS_METRICS_NAMESPACE = "Leaderboards"
      POWERTOOLS_SERVICE_NAME      = "vast-steps"
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.rebuilder.name
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.schedule_dead_letters.arn
  }

  # AWS checks the permissions of the function's role when the dead-letter queue is set.
  depends_on = [aws_iam_role_policy.rebuilder]
}

resource "aws_cloudwatch_log_group" "rebuilder" {
  name              = "/aws/lambda/vast-steps-rebuilder"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.board.arn
}

resource "aws_iam_role" "rebuilder" {
  name               = "vast-steps-rebuilder"
  assume_role_policy = data.aws_iam_policy_document.lambda_assume.json
}

resource "aws_iam_role_policy" "rebuilder" {
  name   = "rebuilder"
  role   = aws_iam_role.rebuilder.id
  policy = data.aws_iam_policy_document.rebuilder.json
}

# Lambda itself would run a failed rebuild twice more, and keep one that it could not start for six hours: by then others
# have done its work.
resource "aws_lambda_function_event_invoke_config" "rebuilder" {
  function_name                = aws_lambda_function.rebuilder.function_name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = 0
}

data "aws_iam_policy_document" "rebuilder" {
  statement {
    sid = "UseAggregates"
    actions = [
      "dynamodb:Query",
      "dynamodb:GetItem",
      # The other days of a rolling window's players that have changed in one.
      "dynamodb:BatchGetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "dynamodb:DeleteItem",
    ]
    resources = [aws_dynamodb_table.aggregates.arn]
  }

  statement {
    sid       = "ReadChanges"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords"]
    resources = [aws_dynamodb_table.aggregates.stream_arn]
  }

  # Probes and heartbeats go the whole way of an activity: when they have come through, so has what was written before.
  statement {
    sid       = "SendProbes"
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.activities.arn]

    # Probes and heartbeats: no player's id begins so, and the rebuilder can write no activity of anybody.
    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["#*"]
    }
  }

  statement {
    sid       = "StartAssemblies"
    actions   = ["states:StartExecution"]
    resources = [aws_sfn_state_machine.assembly.arn]
  }

  statement {
    sid       = "KeepSnapshots"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["${aws_s3_bucket.board.arn}/snapshots/*"]
  }

  # Without this, S3 answers 403 instead of 404 for an object that does not exist; that request has no s3:prefix.
  statement {
    sid       = "ListSnapshots"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.board.arn]

    condition {
      test     = "StringLikeIfExists"
      variable = "s3:prefix"
      values   = ["snapshots/*"]
    }
  }

  statement {
    sid       = "SendDeadLetters"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.schedule_dead_letters.arn]
  }

  # A service uses the key for a role that may use the service's resource; the role itself can decrypt nothing.
  statement {
    sid       = "DecryptThroughServices"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"]
    }
  }

  statement {
    sid       = "EncryptThroughServices"
    actions   = ["kms:GenerateDataKey"]
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"]
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
      values   = ["arn:aws:lambda:eu-west-1:${data.aws_caller_identity.current.account_id}:function:vast-steps-rebuilder"]
    }
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.rebuilder.arn}:*"]
  }
}
