# One function ranks up to 15,882,352 players of a window. More are ranked by many, part by part: the rebuilder starts the
# state machine, and takes up what it has made. Parts pass everything on by the bucket.
resource "aws_lambda_function" "assembler" {
  #checkov:skip=CKV_AWS_50:Logs and metrics carry what the runbook needs; tracing takes a permission that cannot be limited to a resource.
  #checkov:skip=CKV_AWS_115:The state machine bounds it, without reserving a share of the account's concurrency.
  #checkov:skip=CKV_AWS_116:The state machine waits for its answer; a dead-letter queue serves asynchronous calls only.
  #checkov:skip=CKV_AWS_117:It calls AWS services only, over TLS and by IAM; it needs nothing inside of a VPC.
  #checkov:skip=CKV_AWS_272:The code is generated beside this file and pinned by its hash; whoever may change one may change the other.
  function_name    = "vast-steps-assembler"
  description      = "Makes one part of a window's ranks"
  role             = aws_iam_role.assembler.arn
  handler          = "runtime.assembler.handler"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  layers           = [aws_lambda_layer_version.dependencies.arn]
  filename         = "${path.module}/../lambda/board.zip"
  source_code_hash = filebase64sha256("${path.module}/../lambda/board.zip")
  memory_size      = 1769
  timeout          = 900
  kms_key_arn      = aws_kms_key.board.arn

  ephemeral_storage {
    size = 1536
  }

  environment {
    variables = {
      AGGREGATES_TABLE             = aws_dynamodb_table.aggregates.name
      BUCKET                       = aws_s3_bucket.board.bucket
      KEY_ARN                      = aws_kms_key.board.arn
      POWERTOOLS_METRICS_NAMESPACE = "Leaderboards"
      POWERTOOLS_SERVICE_NAME      = "vast-steps"
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.assembler.name
  }
}

resource "aws_cloudwatch_log_group" "assembler" {
  name              = "/aws/lambda/vast-steps-assembler"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.board.arn
}

resource "aws_iam_role" "assembler" {
  name               = "vast-steps-assembler"
  assume_role_policy = data.aws_iam_policy_document.lambda_assume.json
}

resource "aws_iam_role_policy" "assembler" {
  name   = "assembler"
  role   = aws_iam_role.assembler.id
  policy = data.aws_iam_policy_document.assembler.json
}

data "aws_iam_policy_document" "assembler" {
  statement {
    sid       = "ReadAggregates"
    actions   = ["dynamodb:Query"]
    resources = [aws_dynamodb_table.aggregates.arn]
  }

  statement {
    sid       = "KeepParts"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.board.arn}/snapshots/assemblies/*", "${aws_s3_bucket.board.arn}/snapshots/ranks/*"]
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

  statement {
    sid       = "EncryptThroughServices"
    actions   = ["kms:GenerateDataKey"]
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.eu-west-1.amazonaws.com"]
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
      values   = ["arn:aws:lambda:eu-west-1:${data.aws_caller_identity.current.account_id}:function:vast-steps-assembler"]
    }
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.assembler.arn}:*"]
  }
}

# Each step is a map over the numbers of its parts, and begins when the one before has ended. A part may run again, also while
# it still runs: it makes the same. The function is called by its ARN, so that its answer, which is empty, is all that Step
# Functions keeps of a call.
resource "aws_sfn_state_machine" "assembly" {
  #checkov:skip=CKV_AWS_284:The assembler's log and the history of executions carry what the runbook needs; tracing takes a permission that cannot be limited to a resource.
  #checkov:skip=CKV_AWS_285:Step Functions keeps the history of an execution for 90 days; a log takes permissions that cannot be limited to a resource.
  name     = "vast-steps-assembly"
  role_arn = aws_iam_role.assembly.arn

  definition = jsonencode({
    Comment        = "Ranks a window of vast-steps part by part"
    TimeoutSeconds = 3600
    StartAt        = "Read"
    States = {
      Read = {
        Type           = "Map"
        Label          = "Read"
        ItemsPath      = "$.reads"
        MaxConcurrency = 13
        ItemSelector = {
          "assembly.$" = "$.assembly"
          step         = "read"
          "number.$"   = "$$.Map.Item.Value"
        }
        ItemProcessor = {
          # A call may take longer than the 5 minutes of an express execution.
          ProcessorConfig = { Mode = "DISTRIBUTED", ExecutionType = "STANDARD" }
          StartAt         = "Call"
          States = {
            Call = {
              Type           = "Task"
              Resource       = aws_lambda_function.assembler.arn
              TimeoutSeconds = local.assembler_seconds
              Retry          = local.assembler_retry
              End            = true
            }
          }
        }
        ResultPath = null
        Next       = "Count"
      }
      Count = {
        Type           = "Map"
        Label          = "Count"
        ItemsPath      = "$.ranges"
        MaxConcurrency = 24
        ItemSelector = {
          "assembly.$" = "$.assembly"
          step         = "count"
          "number.$"   = "$$.Map.Item.Value"
        }
        ItemProcessor = {
          # A call may take longer than the 5 minutes of an express execution.
          ProcessorConfig = { Mode = "DISTRIBUTED", ExecutionType = "STANDARD" }
          StartAt         = "Call"
          States = {
            Call = {
              Type           = "Task"
              Resource       = aws_lambda_function.assembler.arn
              TimeoutSeconds = local.assembler_seconds
              Retry          = local.assembler_retry
              End            = true
            }
          }
        }
        ResultPath = null
        Next       = "Write"
      }
      Write = {
        Type           = "Map"
        Label          = "Write"
        ItemsPath      = "$.ranges"
        MaxConcurrency = 24
        ItemSelector = {
          "assembly.$" = "$.assembly"
          step         = "write"
          "number.$"   = "$$.Map.Item.Value"
        }
        ItemProcessor = {
          # A call may take longer than the 5 minutes of an express execution.
          ProcessorConfig = { Mode = "DISTRIBUTED", ExecutionType = "STANDARD" }
          StartAt         = "Call"
          States = {
            Call = {
              Type           = "Task"
              Resource       = aws_lambda_function.assembler.arn
              TimeoutSeconds = local.assembler_seconds
              Retry          = local.assembler_retry
              End            = true
            }
          }
        }
        ResultPath = null
        Next       = "Gather"
      }
      Gather = {
        Type           = "Map"
        Label          = "Gather"
        ItemsPath      = "$.groups"
        MaxConcurrency = 24
        ItemSelector = {
          "assembly.$" = "$.assembly"
          step         = "gather"
          "number.$"   = "$$.Map.Item.Value"
        }
        ItemProcessor = {
          # A call may take longer than the 5 minutes of an express execution.
          ProcessorConfig = { Mode = "DISTRIBUTED", ExecutionType = "STANDARD" }
          StartAt         = "Call"
          States = {
            Call = {
              Type           = "Task"
              Resource       = aws_lambda_function.assembler.arn
              TimeoutSeconds = local.assembler_seconds
              Retry          = local.assembler_retry
              End            = true
            }
          }
        }
        ResultPath = null
        Next       = "Finish"
      }
      Finish = {
        Type           = "Task"
        Resource       = aws_lambda_function.assembler.arn
        Parameters     = { "assembly.$" = "$.assembly", step = "finish", number = 0 }
        TimeoutSeconds = local.assembler_seconds
        Retry          = local.assembler_retry
        End            = true
      }
    }
  })

  # It is gone when its last execution has ended, which is when a call has (AWS Step Functions API reference,
  # "DeleteStateMachine"). By default the provider waits for 5 minutes (hashicorp/terraform-provider-aws#27673).
  timeouts {
    delete = "30m"
  }

  # Its first execution may begin as soon as it exists.
  depends_on = [aws_iam_role_policy.assembly]
}

locals {
  # A little longer than the function's timeout, so that its end is what is told.
  assembler_seconds = 910

  assembler_retry = [
    # Too many functions run: it waits for others to end, among them those of the same map, as long as the execution may take.
    # New accounts have 10 at once (AWS Lambda developer guide, "Lambda quotas").
    {
      ErrorEquals     = ["Lambda.TooManyRequestsException"]
      IntervalSeconds = 5
      MaxDelaySeconds = 60
      MaxAttempts     = 120
      BackoffRate     = 2
      JitterStrategy  = "FULL"
    },
    # What Lambda itself may answer for a moment (AWS Step Functions developer guide, "Handle Lambda service exceptions").
    {
      ErrorEquals = [
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
      ]
      IntervalSeconds = 2
      MaxAttempts     = 6
      BackoffRate     = 2
      JitterStrategy  = "FULL"
    },
    # A deployment changes the rebuilder and the assembler one after the other. Until both are of one release, the one refuses
    # what the other plans: for 10 minutes it is asked again. An error has the name of its class (AWS Step Functions
    # developer guide, "Handling error conditions in a Step Functions state machine").
    {
      ErrorEquals     = ["OutdatedError"]
      IntervalSeconds = 30
      MaxAttempts     = 40
      BackoffRate     = 1
      JitterStrategy  = "FULL"
    },
    # What DynamoDB or S3 slow down asks for less: calls that fail together do not come again together.
    { ErrorEquals = ["States.ALL"], IntervalSeconds = 30, MaxAttempts = 2, BackoffRate = 2, JitterStrategy = "FULL" },
  ]
}

resource "aws_iam_role" "assembly" {
  name               = "vast-steps-assembly"
  assume_role_policy = data.aws_iam_policy_document.assembly_assume.json
}

data "aws_iam_policy_document" "assembly_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    # By name, because the state machine is made after its role; the second is that of its maps.
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:states:eu-west-1:${data.aws_caller_identity.current.account_id}:stateMachine:vast-steps-assembly", "arn:aws:states:eu-west-1:${data.aws_caller_identity.current.account_id}:stateMachine:vast-steps-assembly/*"]
    }
  }
}

resource "aws_iam_role_policy" "assembly" {
  name   = "assembly"
  role   = aws_iam_role.assembly.id
  policy = data.aws_iam_policy_document.assembly.json
}

data "aws_iam_policy_document" "assembly" {
  statement {
    sid       = "CallParts"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.assembler.arn]
  }

  # A distributed map runs each item as an execution of the state machine itself (AWS Step Functions developer guide, "IAM
  # policies for using Distributed Map states").
  statement {
    sid       = "RunParts"
    actions   = ["states:StartExecution"]
    resources = ["arn:aws:states:eu-west-1:${data.aws_caller_identity.current.account_id}:stateMachine:vast-steps-assembly"]
  }

  statement {
    sid       = "EndParts"
    actions   = ["states:DescribeExecution", "states:StopExecution"]
    resources = ["arn:aws:states:eu-west-1:${data.aws_caller_identity.current.account_id}:execution:vast-steps-assembly:*", "arn:aws:states:eu-west-1:${data.aws_caller_identity.current.account_id}:execution:vast-steps-assembly/*"]
  }
}
