/** Prints the folder of the pinned newer Node's program, installed when missing: `.ci/run` puts it first in PATH. */
import path from 'node:path';
import { install } from './install.ts';
import { newerNode } from './pinned.ts';

process.stdout.write(`${path.dirname(await install(newerNode))}\n`);
