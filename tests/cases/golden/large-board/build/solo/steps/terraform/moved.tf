# Addresses of an earlier version, in which these resources had numbers: Terraform keeps what it has made under them.
moved {
  from = aws_sns_topic_subscription.alarms_1
  to   = aws_sns_topic_subscription.alarms["mailto:solo@example.com"]
}

moved {
  from = aws_s3_object.page_app_js
  to   = aws_s3_object.page["app.js"]
}

moved {
  from = aws_s3_object.page_index_html
  to   = aws_s3_object.page["index.html"]
}

moved {
  from = aws_s3_object.page_style_css
  to   = aws_s3_object.page["style.css"]
}

moved {
  from = aws_s3_object.page_theme_css
  to   = aws_s3_object.page["theme.css"]
}

moved {
  from = aws_s3_object.page_theme_js
  to   = aws_s3_object.page["theme.js"]
}
