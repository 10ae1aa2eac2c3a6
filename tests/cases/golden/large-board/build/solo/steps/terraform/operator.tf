# The permissions of whoever is on call: attach this policy to that role. It allows what the commands `status`, `rejected`,
# `redrive`, `rebuild`, `export` and `audit` do, and nothing else.
resource "aws_iam_policy" "operator" {
  name        = "vast-steps-operator"
  description = "Operate the leaderboard vast-steps: see what was rejected, put it back, rebuild, export, read the audit"
  policy      = data.aws_iam_policy_document.operator.json
}

data "aws_iam_policy_document" "operator" {
  #checkov:skip=CKV_AWS_356:DescribeAlarms tells of composite alarms only where it may tell of all; the policy only reads them.
  statement {
    sid       = "ReadMarks"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"]
    resources = [aws_dynamodb_table.marks.arn]

    # With the secret of a grant one could make up activities of the past.
    condition {
      test     = "ForAllValues:StringNotEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#grants"]
    }
  }

  # A redrive takes back that an activity was rejected; nobody takes back what he has done, or who may load the past.
  statement {
    sid       = "TakeBackRejections"
    actions   = ["dynamodb:DeleteItem"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringNotEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#audit", "#corrections", "#grants"]
    }
  }

  statement {
    sid       = "WriteTheAudit"
    actions   = ["dynamodb:PutItem", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#audit"]
    }
  }

  # What was too large to be kept with its rejection, what is exported, and what the pipe could not deliver once the
  # stream is over.
  statement {
    sid       = "ReadActivities"
    actions   = ["dynamodb:GetItem", "dynamodb:Scan"]
    resources = [aws_dynamodb_table.activities.arn]
  }

  # What the pipe could not deliver: its dead letters are positions in the stream.
  statement {
    sid       = "ReadTheStream"
    actions   = ["dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [aws_dynamodb_table.activities.stream_arn]
  }

  # What the runbook says of the alarm oldest-activity.
  statement {
    sid       = "StartThePipe"
    actions   = ["pipes:StartPipe"]
    resources = [aws_pipes_pipe.activities.arn]
  }

  statement {
    sid       = "PutBack"
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]
    resources = [aws_sqs_queue.activities.arn]
  }

  statement {
    sid     = "TakeDeadLetters"
    actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
    resources = [
      aws_sqs_queue.activities_dead_letters.arn,
      aws_sqs_queue.pipe_dead_letters.arn,
      aws_sqs_queue.schedule_dead_letters.arn,
    ]
  }

  # A rebuild also does the work of those that a schedule could not start.
  statement {
    sid       = "Rebuild"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.rebuilder.arn]
  }

  statement {
    sid       = "ReadRanks"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.board.arn}/snapshots/*"]
  }

  # Without this, S3 answers 403 instead of 404 where there are no ranks yet; that request has no s3:prefix.
  statement {
    sid       = "SeeThatThereAreNoRanks"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.board.arn]

    condition {
      test     = "StringLikeIfExists"
      variable = "s3:prefix"
      values   = ["snapshots/*"]
    }
  }

  # CloudWatch tells of composite alarms only to those who may see all alarms, and metrics and an account's settings have
  # no ARN.
  statement {
    sid       = "ReadAlarmsMetricsAndSettings"
    actions   = ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "lambda:GetAccountSettings"]
    resources = ["*"]
  }

  statement {
    sid     = "ReadLogs"
    actions = ["logs:FilterLogEvents"]
    resources = [
      "${aws_cloudwatch_log_group.api.arn}:*",
      "${aws_cloudwatch_log_group.assembler.arn}:*",
      "${aws_cloudwatch_log_group.pipe.arn}:*",
      "${aws_cloudwatch_log_group.processor.arn}:*",
      "${aws_cloudwatch_log_group.rebuilder.arn}:*",
    ]
  }

  statement {
    sid     = "SeeWhatIsDeployed"
    actions = ["lambda:GetFunction"]
    resources = [
      aws_lambda_function.api.arn,
      aws_lambda_function.assembler.arn,
      aws_lambda_function.processor.arn,
      aws_lambda_function.rebuilder.arn,
    ]
  }

  # Which windows there are, and how far each is from its final ranks: for `status`, and for `export`.
  statement {
    sid       = "ReadWindows"
    actions   = ["dynamodb:Query"]
    resources = [aws_dynamodb_table.aggregates.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#windows"]
    }
  }

  statement {
    sid       = "SeeWhenScoresChanged"
    actions   = ["dynamodb:GetItem"]
    resources = [aws_dynamodb_table.aggregates.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#changes"]
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
      values   = ["sqs.eu-west-1.amazonaws.com"]
    }
  }
}
