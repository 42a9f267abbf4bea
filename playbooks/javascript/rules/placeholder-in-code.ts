function seededTotal(prices: number[]): number[] {
  // ruleid: placeholder-in-code
  // ... existing code ...
  return prices;
}

function seededTodo(): never {
  // ruleid: placeholder-in-code
  throw new Error(`Not implemented yet`);
}

function seededAbstract(prices: number[]): never {
  // ok: placeholder-in-code
  throw new Error(`no price for ${prices.length}`);
}
