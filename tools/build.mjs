/**
 * Builds src/ and the libraries it uses into dist/: some 70 files in place of 1,500, so that a start reads and compiles
 * a third of the code in half the time. Takes less than a second, and gives the same bytes for the same sources.
 *
 *     node tools/build.mjs [folder]
 */
import { readdir, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'dist'));

/** Stay packages: they hold native code, or are large and loaded by few. */
const external = [/^node:/, '@node-rs/argon2', '@photostructure/sqlite', /^@aws-sdk\//, 'pg-native'];

const bundle = await rolldown({
  cwd: root,
  input: { main: 'src/main.ts' },
  platform: 'node',
  external,
  tsconfig: 'tsconfig.json',
});
const { output } = await bundle.write({
  dir: folder,
  format: 'esm',
  chunkFileNames: 'chunks/[name]-[hash].js',
  sourcemap: true,
});
await bundle.close();
await removeAllBut(new Set(output.map(({ fileName }) => fileName)));

/** What earlier builds left; their folders too. */
async function removeAllBut(built) {
  const names = new Set([...built].flatMap((name) => [name, name.split('/')[0]]));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!names.has(relative(folder, path))) await rm(path, { recursive: true, force: true });
  }
}
