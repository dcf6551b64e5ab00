#!/usr/bin/env node
// Plain JavaScript for every Node.js there is: it says what is missing before anything newer is read.
const { existsSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const main = join(__dirname, '../dist/main.js');

// Four threads for all file calls would let a few slow fsyncs hold up every read. It must be set before the first of
// them, which is why this file is no ES module: loading one uses the threads.
process.env.UV_THREADPOOL_SIZE ??= '16';

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Packyard needs Node.js 20.19 or newer, better 24; this is ${process.versions.node}.`);
  process.exitCode = 1;
} else if (!existsSync(main)) {
  console.error(`Packyard has not been built yet. Run "npm run build" in ${resolve(__dirname, '..')}`);
  process.exitCode = 1;
} else {
  import(pathToFileURL(main).href);
}
