// Format files with the project's own prettier and print what it would write; nothing is written.
//
// `node prettier.mjs PROGRAM` in the tree, a JSON list of paths on standard input. Prints `{version, files}`, each file with
// `path` and one of: `after` with `before` (it would change), `same`, `ignored`, `broken` (it does not parse: why),
// `unread` (why). What concerns the whole run, such as settings that cannot be read, ends it with exit code 2.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve, sep } from "node:path";

const require = createRequire(import.meta.url);

function isPrettier(folder) {
  const manifest = join(folder, "package.json");
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name === "prettier";
}

function packageOf(program) {
  // pnpm puts a script into `.bin`, where others put a link; the package lies beside that folder.
  const beside = join(dirname(program), "..", "prettier");
  if (isPrettier(beside)) return realpathSync(beside);
  let folder = dirname(realpathSync(program));
  while (folder !== dirname(folder)) {
    if (isPrettier(folder)) return folder;
    folder = dirname(folder);
  }
  throw new Error(`${program} is no program of prettier`);
}

function topOf(folder) {
  for (let place = folder; ; place = dirname(place)) {
    if (existsSync(join(place, ".git"))) return place;
    if (dirname(place) === place) return folder;
  }
}

async function look(prettier, path, top) {
  let before;
  try {
    before = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    return { unread: String(error.message) };
  }
  const ignorePath = Number(prettier.version.split(".")[0]) < 3 ? ".prettierignore" : [".gitignore", ".prettierignore"];
  const known = await prettier.getFileInfo(path, { ignorePath, withNodeModules: false });
  if (known.ignored) return { ignored: true };
  const place = await prettier.resolveConfigFile(resolve(path));
  if (place && !resolve(place).startsWith(top + sep)) throw new Error(`settings come from ${place}, outside of the tree`);
  const options = (await prettier.resolveConfig(resolve(path), { editorconfig: true })) ?? {};
  try {
    const after = await prettier.format(before, { ...options, filepath: path });
    return after === before ? { same: true } : { before, after };
  } catch (error) {
    if (error.name === "UndefinedParserError") return { ignored: true };
    if (error.loc || error.name === "SyntaxError") return { broken: String(error.message).split("\n")[0] };
    throw new Error(`${path}: ${String(error.message).split("\n")[0]}`);
  }
}

try {
  const prettier = require(packageOf(process.argv[2]));
  const top = topOf(process.cwd());
  const files = [];
  for (const path of JSON.parse(readFileSync(0, "utf8"))) files.push({ path, ...(await look(prettier, path, top)) });
  process.stdout.write(JSON.stringify({ version: prettier.version, files }));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
