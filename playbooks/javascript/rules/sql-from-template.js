function seededFind(db, name) {
  // ruleid: sql-from-template
  return db.query(`SELECT * FROM users WHERE name = '${name}'`);
}

function seededMore(db, name, sql, log, TABLE) {
  // ruleid: sql-from-template
  db.query("DELETE FROM users WHERE name = '" + name + "'");
  // ruleid: sql-from-template
  db.$queryRawUnsafe(`update users set name = '${name.trim()}'`);
  // ok: sql-from-template
  db.query("SELECT * FROM users WHERE name = ?", [name]);
  // ok: sql-from-template
  db.query(`SELECT * FROM ${TABLE} WHERE name = ?`, [name]);
  // ok: sql-from-template
  db.$queryRaw`SELECT * FROM users WHERE name = ${name}`;
  // ok: sql-from-template
  log.get(`/users/${name}`);
}
