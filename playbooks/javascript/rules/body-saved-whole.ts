async function seededAdd(req: { body: object; params: { id: string } }, User: any): Promise<void> {
  // ruleid: body-saved-whole
  await User.findByIdAndUpdate(req.params.id, req.body, { new: true });
  // ok: body-saved-whole
  await User.findByIdAndUpdate(req.params.id, { name: "x" });
}
