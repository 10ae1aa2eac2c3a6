# The permissions of whoever decides about players: attach this policy to that role. It allows what the command `players`
# does, and nothing else. Who puts back what was rejected need not be able to change a score, or to erase a person.
resource "aws_iam_policy" "operator_players" {
  name        = "vast-steps-operator-players"
  description = "Decide about players of the leaderboard vast-steps: show, correct, hide, rename, restore, erase"
  policy      = data.aws_iam_policy_document.operator_players.json
}

data "aws_iam_policy_document" "operator_players" {
  statement {
    sid       = "Read"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"]
    resources = [aws_dynamodb_table.aggregates.arn]
  }

  statement {
    sid       = "ReadMarks"
    actions   = ["dynamodb:GetItem", "dynamodb:Query"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringNotEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#grants"]
    }
  }

  # Scores, what is decided about players, and events that wait. What the numbers mean, nobody changes.
  statement {
    sid = "DecideAndCorrect"
    actions = [
      "dynamodb:ConditionCheckItem",
      "dynamodb:DeleteItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
    ]
    resources = [aws_dynamodb_table.aggregates.arn]

    condition {
      test     = "ForAllValues:StringNotEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#identity"]
    }
  }

  # A correction leaves a trace that only an operator can leave: producers cannot write into this table.
  statement {
    sid       = "WriteCorrectionsAndTheAudit"
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#audit", "#corrections"]
    }
  }

  statement {
    sid       = "CompleteTheAudit"
    actions   = ["dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#audit"]
    }
  }

  statement {
    sid       = "EraseMarks"
    actions   = ["dynamodb:DeleteItem"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringNotEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#audit", "#grants"]
    }
  }

  statement {
    sid       = "EraseActivities"
    actions   = ["dynamodb:DeleteItem", "dynamodb:Query"]
    resources = [aws_dynamodb_table.activities.arn]
  }

  statement {
    sid       = "FindTheQueue"
    actions   = ["sqs:GetQueueUrl"]
    resources = [aws_sqs_queue.activities.arn]
  }

  statement {
    sid     = "EraseDeadLetters"
    actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
    resources = [
      aws_sqs_queue.activities_dead_letters.arn,
    ]
  }

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

  statement {
    sid       = "EraseRanks"
    actions   = ["s3:DeleteObjectVersion"]
    resources = ["${aws_s3_bucket.board.arn}/snapshots/ranks/*", "${aws_s3_bucket.board.arn}/snapshots/assemblies/*"]
  }

  # Without the first, S3 answers 403 instead of 404 where there are no ranks yet; that request has no s3:prefix.
  statement {
    sid       = "ListRanks"
    actions   = ["s3:ListBucket", "s3:ListBucketVersions"]
    resources = [aws_s3_bucket.board.arn]

    condition {
      test     = "StringLikeIfExists"
      variable = "s3:prefix"
      values   = ["snapshots/*"]
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
}
