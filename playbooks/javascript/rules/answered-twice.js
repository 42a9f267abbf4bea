function seededShow(req, res, order) {
  // ruleid: answered-twice
  if (!order) {
    res.status(404).end();
  }
  res.json(order);
}

function seededMore(req, res, order, log) {
  // ok: answered-twice
  if (!order) {
    return res.status(404).end();
  }
  // ok: answered-twice
  if (order.old) {
    res.status(410).end();
    return;
  }
  // ok: answered-twice
  if (order.moved) {
    res.redirect(order.moved);
  } else {
    res.json(order);
  }
}
