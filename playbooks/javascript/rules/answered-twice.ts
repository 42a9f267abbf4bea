async function seededShow(req: any, res: any, find: (id: string) => Promise<string | null>): Promise<void> {
  const order = await find(req.params.id);
  // ruleid: answered-twice
  if (order === null) {
    res.sendStatus(404);
  }
  res.status(200).json(order);
}

function seededMore(req: any, res: any): void {
  // ok: answered-twice
  if (!res.ok) {
    const error = res.json();
    throw error;
  }
  // ok: answered-twice
  if (req.query.old) {
    res.set("Sunset", "soon");
  }
  res.json({});
}
