function seededUnpack(archive: string, execSync: (line: string) => Buffer): Buffer {
  // ruleid: shell-line-from-text
  return execSync(`tar xf ${archive}`);
}

function seededMore(execSync: (line: string) => Buffer): Buffer {
  // ok: shell-line-from-text
  return execSync("git status");
}
