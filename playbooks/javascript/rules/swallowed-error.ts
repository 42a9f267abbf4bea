async function seededSave(save: (order: string) => Promise<void>, order: string): Promise<void> {
  // ruleid: swallowed-error
  try {
    await save(order);
  } catch (error: unknown) {}
}

function seededMore(save: (order: string) => void, order: string): void {
  // ok: swallowed-error
  try {
    save(order);
  } catch (error: unknown) {
    throw new Error(`not saved: ${order}`, { cause: error });
  }
}
