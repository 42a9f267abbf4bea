async function seededAdd(req, User) {
  // ruleid: body-saved-whole
  await User.create(req.body);
}

async function seededMore(req, prisma, User, user) {
  // ruleid: body-saved-whole
  await prisma.user.update({ where: { id: 1 }, data: req.body });
  // ruleid: body-saved-whole
  Object.assign(user, req.body);
  // ok: body-saved-whole
  await User.create({ name: req.body.name });
  // ok: body-saved-whole
  const copy = Object.assign({}, req.body);
  return copy;
}
