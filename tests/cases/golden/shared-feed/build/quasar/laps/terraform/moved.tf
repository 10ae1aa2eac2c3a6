# Addresses of an earlier version, in which these resources had numbers: Terraform keeps what it has made under them.
moved {
  from = aws_sns_topic_subscription.alarms_1
  to   = aws_sns_topic_subscription.alarms["mailto:quasar@example.com"]
}

moved {
  from = aws_sns_topic_subscription.alarms_2
  to   = aws_sns_topic_subscription.alarms["https://pager.example.com/quasar"]
}

moved {
  from = aws_lambda_permission.api_url_1
  to   = aws_lambda_permission.api_url["arn:aws:iam::111111111111:role/game-server"]
}

moved {
  from = aws_lambda_permission.api_function_1
  to   = aws_lambda_permission.api_function["arn:aws:iam::111111111111:role/game-server"]
}
