function seededToken(): string {
  // ruleid: guessable-token
  const sessionId: string = Math.random().toString(36);
  return sessionId;
}

function seededMore(): number {
  // ok: guessable-token
  const delay: number = Math.random() * 10;
  return delay;
}
