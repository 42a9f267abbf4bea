function seededToken() {
  // ruleid: guessable-token
  const token = Math.random().toString(36).slice(2);
  return token;
}

function seededMore(user, crypto) {
  // ruleid: guessable-token
  user.resetToken = `${Math.random()}`;
  // ok: guessable-token
  user.seed = Math.random();
  // ok: guessable-token
  user.token = crypto.randomUUID();
}
