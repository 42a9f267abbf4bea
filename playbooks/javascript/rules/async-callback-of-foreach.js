function seededSaveAll(save, orders) {
  // ruleid: async-callback-of-foreach
  orders.forEach(async (order) => {
    await save(order);
  });
}

async function seededMore(save, orders) {
  // ruleid: async-callback-of-foreach
  orders.forEach(async (order) => await save(order));
  // ruleid: async-callback-of-foreach
  orders.forEach(async function (order) {
    await save(order);
  });
  // ok: async-callback-of-foreach
  await Promise.all(orders.map(async (order) => save(order)));
  // ok: async-callback-of-foreach
  orders.forEach((order) => console.error(order));
}
