# Addresses of an earlier version, in which these resources had numbers: Terraform keeps what it has made under them.
moved {
  from = aws_sns_topic_subscription.alarms_1
  to   = aws_sns_topic_subscription.alarms["mailto:solo@example.com"]
}

moved {
  from = aws_s3_object.page_address_js
  to   = aws_s3_object.page["address.js"]
}

moved {
  from = aws_s3_object.page_api_js
  to   = aws_s3_object.page["api.js"]
}

moved {
  from = aws_s3_object.page_app_js
  to   = aws_s3_object.page["app.js"]
}

moved {
  from = aws_s3_object.page_attached_js
  to   = aws_s3_object.page["attached.js"]
}

moved {
  from = aws_s3_object.page_device_js
  to   = aws_s3_object.page["device.js"]
}

moved {
  from = aws_s3_object.page_display_js
  to   = aws_s3_object.page["display.js"]
}

moved {
  from = aws_s3_object.page_format_js
  to   = aws_s3_object.page["format.js"]
}

moved {
  from = aws_s3_object.page_index_html
  to   = aws_s3_object.page["index.html"]
}

moved {
  from = aws_s3_object.page_loading_js
  to   = aws_s3_object.page["loading.js"]
}

moved {
  from = aws_s3_object.page_paging_js
  to   = aws_s3_object.page["paging.js"]
}

moved {
  from = aws_s3_object.page_search_js
  to   = aws_s3_object.page["search.js"]
}

moved {
  from = aws_s3_object.page_settings_js
  to   = aws_s3_object.page["settings.js"]
}

moved {
  from = aws_s3_object.page_state_js
  to   = aws_s3_object.page["state.js"]
}

moved {
  from = aws_s3_object.page_status_js
  to   = aws_s3_object.page["status.js"]
}

moved {
  from = aws_s3_object.page_style_css
  to   = aws_s3_object.page["style.css"]
}

moved {
  from = aws_s3_object.page_table_js
  to   = aws_s3_object.page["table.js"]
}

moved {
  from = aws_s3_object.page_theme_css
  to   = aws_s3_object.page["theme.css"]
}

moved {
  from = aws_s3_object.page_theme_js
  to   = aws_s3_object.page["theme.js"]
}

moved {
  from = aws_s3_object.page_view_js
  to   = aws_s3_object.page["view.js"]
}

moved {
  from = aws_s3_object.page_windows_js
  to   = aws_s3_object.page["windows.js"]
}
