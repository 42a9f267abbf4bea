async function seededPay(pay, order) {
  // ruleid: error-only-logged
  try {
    await pay(order);
  } catch (error) {
    console.log(error);
  }
}

function seededMore(pay, order) {
  // ruleid: error-only-logged
  pay(order).catch((error) => console.log("no", error));
  // ruleid: error-only-logged
  pay(order).catch(console.log);
  // ok: error-only-logged
  pay(order).catch((error) => console.error(error));
  // ok: error-only-logged
  try {
    pay(order);
  } catch (error) {
    console.log(error);
    throw error;
  }
}
