function seededLogIn(res, token) {
  // ruleid: session-cookie-open-to-scripts
  res.cookie("session", token, { secure: true });
}

function seededMore(res, token, options) {
  // ruleid: session-cookie-open-to-scripts
  res.cookie("access_token", token);
  // ok: session-cookie-open-to-scripts
  res.cookie("session", token, { httpOnly: true });
  // ok: session-cookie-open-to-scripts
  res.cookie("session", token, options);
  // ok: session-cookie-open-to-scripts
  res.cookie("theme", "dark");
}
