function seededTotal(formula: string): number {
  // ruleid: code-from-text
  return eval(formula) as number;
}

function seededMore(formula: string, order: unknown): void {
  // ruleid: code-from-text
  const total = new Function("order", formula) as (order: unknown) => void;
  // ok: code-from-text
  setTimeout(() => total(order), 10);
}
