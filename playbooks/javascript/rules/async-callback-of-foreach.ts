function seededSaveAll(save: (order: string) => Promise<void>, orders: string[]): void {
  // ruleid: async-callback-of-foreach
  orders.forEach(async (order: string, at: number): Promise<void> => {
    await save(order);
  });
  // ok: async-callback-of-foreach
  orders.forEach((order) => console.error(order));
}
