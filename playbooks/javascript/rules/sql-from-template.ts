async function seededFind(db: { query<T>(text: string): Promise<T> }, name: string): Promise<string[]> {
  // ruleid: sql-from-template
  return db.query<string[]>(`SELECT * FROM users WHERE name = '${name}'`);
}

async function seededMore(db: { query(text: string, values: string[]): Promise<void> }, name: string): Promise<void> {
  // ok: sql-from-template
  await db.query("SELECT * FROM users WHERE name = $1", [name]);
}
