function seededTotal(prices) {
  // ruleid: placeholder-in-code
  // your code here
  return prices;
}

function seededTodo() {
  // ruleid: placeholder-in-code
  throw new Error("TODO: write this");
}

function seededRest(prices) {
  // ruleid: placeholder-in-code
  // ... rest of the function remains unchanged
  return prices;
}

function seededAbstract(prices) {
  // ok: placeholder-in-code
  throw new Error("a subclass says how prices are added");
}

function seededSaid(prices) {
  // ok: placeholder-in-code
  // the rest of the code path is the caller's
  return prices;
}
