# Who may show the page in a frame. A page cannot say that by itself: its policy in a meta element takes no frame-ancestors.
# Response headers policies of one's own could, but an account may have only 20; of functions it may have 100.
resource "aws_cloudfront_function" "frames" {
  name    = "arcade-prod-arena-frames"
  comment = "Lets the sites of dashboard.embed_in show the page in a frame"
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = file("${path.module}/frames.js")
}
