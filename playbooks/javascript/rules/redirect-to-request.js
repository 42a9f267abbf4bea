function seededLeave(req, res) {
  // ruleid: redirect-to-request
  res.redirect(req.query.next);
}

function seededMore(req, res, PAGES) {
  // ruleid: redirect-to-request
  res.redirect(req.query.next || "/");
  // ruleid: redirect-to-request
  res.redirect(302, req.body.url);
  // ok: redirect-to-request
  res.redirect("/search?q=" + req.query.q);
  // ok: redirect-to-request
  res.redirect(PAGES[req.query.next] ?? "/");
  // ok: redirect-to-request
  res.redirect(checked(req.query.next));
}
