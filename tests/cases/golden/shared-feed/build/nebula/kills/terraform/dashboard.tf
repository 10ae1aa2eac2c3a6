# The team's dashboard: what the board does, and whether it is healthy.
resource "aws_cloudwatch_dashboard" "board" {
  dashboard_name = "fleet-kills"
  dashboard_body = file("${path.module}/../cloudwatch-dashboard.json")
}
