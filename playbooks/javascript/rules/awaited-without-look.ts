async function seededName(find: (id: string) => Promise<{ name: string } | null>, id: string): Promise<string> {
  // ruleid: awaited-without-look
  return (await find(id))!.name;
}

async function seededMore(find: (id: string) => Promise<{ name: string } | null>, id: string): Promise<string> {
  // ok: awaited-without-look
  const user = await find(id);
  return user?.name ?? "";
}
