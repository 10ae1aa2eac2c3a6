# The team's dashboard: whether the board is well. What is known only here is put into its body: the account, in the ARNs of
# alarms, and the distribution's id.
resource "aws_cloudwatch_dashboard" "board" {
  dashboard_name = "vast-steps"
  dashboard_body = replace(replace(file("${path.module}/../cloudwatch-dashboard.json"), "$${account}", data.aws_caller_identity.current.account_id), "$${distribution}", aws_cloudfront_distribution.board.id)
}
