# The processor turns activities from the queue into aggregates.
resource "aws_lambda_function" "processor" {
  #checkov:skip=CKV_AWS_50:Logs and metrics carry what the runbook needs; tracing takes a permission that cannot be limited to a resource.
  #checkov:skip=CKV_AWS_115:The queue's maximum concurrency bounds it, without reserving a share of the account's concurrency.
  #checkov:skip=CKV_AWS_116:The queue that it reads has a dead-letter queue; a function's own serves asynchronous calls only.
  #checkov:skip=CKV_AWS_117:It calls AWS services only, over TLS and by IAM; it needs nothing inside of a VPC.
  #checkov:skip=CKV_AWS_272:The code is generated beside this file and pinned by its hash; whoever may change one may change the other.
  function_name    = "vast-steps-processor"
  description      = "Counts activities, each once"
  role             = aws_iam_role.processor.arn
  handler          = "runtime.processor.handler"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  layers           = [aws_lambda_layer_version.dependencies.arn]
  filename         = "${path.module}/../lambda/board.zip"
  source_code_hash = filebase64sha256("${path.module}/../lambda/board.zip")
  memory_size      = 512
  timeout          = 60
  kms_key_arn      = aws_kms_key.board.arn

  environment {
    variables = {
      AGGREGATES_TABLE             = aws_dynamodb_table.aggregates.name
      MARKS_TABLE                  = aws_dynamodb_table.marks.name
      POWERTOOLS_METRICS_NAMESPACE = "Leaderboards"
      POWERTOOLS_SERVICE_NAME      = "vast-steps"
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.processor.name
  }
}

resource "aws_cloudwatch_log_group" "processor" {
  name              = "/aws/lambda/vast-steps-processor"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.board.arn
}

resource "aws_iam_role" "processor" {
  name               = "vast-steps-processor"
  assume_role_policy = data.aws_iam_policy_document.lambda_assume.json
}

resource "aws_iam_role_policy" "processor" {
  name   = "processor"
  role   = aws_iam_role.processor.id
  policy = data.aws_iam_policy_document.processor.json
}

data "aws_iam_policy_document" "processor" {
  statement {
    sid       = "ReceiveActivities"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.activities.arn]
  }

  statement {
    sid       = "KeepAggregates"
    actions   = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.aggregates.arn]
  }

  statement {
    sid       = "MarkActivities"
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.marks.arn]

    # What people have done to the board, corrected and granted is among the marks, and no function writes that.
    condition {
      test     = "ForAllValues:StringNotEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#audit", "#corrections", "#grants"]
    }
  }

  statement {
    sid       = "ReadGrants"
    actions   = ["dynamodb:Query"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#grants"]
    }
  }

  # A service uses the key for a role that may use the service's resource; the role itself can decrypt nothing.
  statement {
    sid       = "DecryptThroughServices"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"]
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
      values   = ["arn:aws:lambda:eu-west-1:${data.aws_caller_identity.current.account_id}:function:vast-steps-processor"]
    }
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.processor.arn}:*"]
  }
}

resource "aws_lambda_event_source_mapping" "processor" {
  event_source_arn                   = aws_sqs_queue.activities.arn
  function_name                      = aws_lambda_function.processor.arn
  batch_size                         = 100
  maximum_batching_window_in_seconds = 1
  # Only the messages that the function names as failed are delivered again.
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 5
  }

  # AWS checks the permissions of the function's role when it creates the mapping.
  depends_on = [aws_iam_role_policy.processor]
}
