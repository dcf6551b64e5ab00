// A server in a process of its own, for tests that kill it. Prints its URL as the first line.
import { compose } from '../../src/compose.ts';
import { formats } from '../../src/formats/index.ts';
import { loadConfig } from '../../src/config/load.ts';

const env = { ...process.env, PACKYARD_PORT: '0', PACKYARD_LOG_LEVEL: 'error' };
const packyard = await compose(await loadConfig({ env, cwd: process.cwd(), formats }));
const { url } = await packyard.listen();
console.log(url);
