async function SeededName({ find }: { find: () => Promise<string | null> }) {
  // ruleid: awaited-without-look
  const name = (await find())!;
  return <b>{name}</b>;
}

async function SeededMore({ find }: { find: () => Promise<string> }) {
  // ok: awaited-without-look
  return <b>{await find()}</b>;
}
