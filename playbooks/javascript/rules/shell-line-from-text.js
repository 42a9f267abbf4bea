function seededUnpack(archive, execSync) {
  // ruleid: shell-line-from-text
  execSync(`tar xf ${archive}`);
}

function seededMore(archive, exec, child_process, pattern) {
  // ruleid: shell-line-from-text
  exec("tar xf " + archive, () => {});
  // ruleid: shell-line-from-text
  child_process.exec(`ls ${archive}`);
  // ok: shell-line-from-text
  exec("ls");
  // ok: shell-line-from-text
  pattern.exec(`${archive}.tar`);
  // ok: shell-line-from-text
  child_process.execFile("tar", ["xf", archive]);
}
