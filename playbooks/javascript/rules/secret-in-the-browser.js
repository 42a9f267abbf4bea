function seededKey() {
  // ruleid: secret-in-the-browser
  return process.env.NEXT_PUBLIC_STRIPE_SECRET_KEY;
}

function seededMore() {
  // ok: secret-in-the-browser
  const shown = process.env.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY;
  // ok: secret-in-the-browser
  return [shown, process.env.STRIPE_SECRET_KEY];
}
