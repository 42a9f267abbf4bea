async function seededPay(pay: (order: string) => Promise<void>, order: string): Promise<void> {
  // ruleid: error-only-logged
  try {
    await pay(order);
  } catch (error: unknown) {
    console.log(error);
  }
  // ruleid: error-only-logged
  pay(order).catch((error: unknown) => {
    console.log(error);
  });
  // ok: error-only-logged
  await pay(order).catch((error: unknown) => {
    throw error;
  });
}
