function seededKey(): string | undefined {
  // ruleid: secret-in-the-browser
  return import.meta.env.VITE_DATABASE_URL as string | undefined;
}

function seededMore(): string {
  // ok: secret-in-the-browser
  return import.meta.env.VITE_API_URL as string;
}
