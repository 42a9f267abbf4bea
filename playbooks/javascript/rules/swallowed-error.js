async function seededSave(save, order) {
  // ruleid: swallowed-error
  try {
    await save(order);
  } catch (error) {}
}

function seededMore(save, order, log) {
  // ruleid: swallowed-error
  try {
    save(order);
  } catch {
  }
  // ok: swallowed-error
  try {
    save(order);
  } catch {
    // the order is kept in the outbox and saved with the next one
  }
  // ok: swallowed-error
  try {
    save(order);
  } catch (error) {
    log.error(error);
  }
}
