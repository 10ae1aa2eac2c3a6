// Runs at CloudFront for each file of the page. Sites of dashboard.embed_in, and the page's own, may show it in a frame.
function handler(event) {
  const headers = event.response.headers;
  headers["content-security-policy"] = { value: "frame-ancestors 'self' https://game.example.com http://localhost:5173" };
  // It came with the managed policy and lets no other site do so. Browsers that know the header above ignore it.
  delete headers["x-frame-options"];
  return event.response;
}
