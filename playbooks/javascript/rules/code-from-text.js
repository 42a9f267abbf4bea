function seededTotal(formula) {
  // ruleid: code-from-text
  return eval(formula);
}

function seededMore(formula, order) {
  // ruleid: code-from-text
  const total = new Function("order", formula);
  // ruleid: code-from-text
  setTimeout("refresh()", 10);
  // ok: code-from-text
  setTimeout(() => total(order), 10);
  // ok: code-from-text
  new Function("name", "return import(name)");
  // ok: code-from-text
  return JSON.parse(formula);
}
