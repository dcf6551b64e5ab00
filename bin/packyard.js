#!/usr/bin/env node
// Plain JavaScript for every Node.js there is: it says what is missing before anything newer is read.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const main = new URL('../dist/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Packyard needs Node.js 20.19 or newer, better 24; this is ${process.versions.node}.`);
  process.exitCode = 1;
} else if (!existsSync(main)) {
  console.error(`Packyard has not been built yet. Run "npm run build" in ${fileURLToPath(new URL('..', import.meta.url))}`);
  process.exitCode = 1;
} else {
  await import(main.href);
}
