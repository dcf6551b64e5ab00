// One of several processes whose logs go to one pipe: `log-lines.child.ts NUMBER LINES`.
import { createLog } from '../../src/lib/log.ts';

const [worker = 0, lines = 0] = process.argv.slice(2).map(Number);
const log = createLog({ logLevel: 'info', logFormat: 'json', requestLog: true, worker });
for (let count = 1; count <= lines; count++) {
  log.request({
    method: 'GET',
    target: `/a-package-${'x'.repeat((count * 37) % 700)}`,
    status: 200,
    bytes: 1,
    milliseconds: 1,
    caller: 'user:root',
    requestId: String(count),
  });
  if (count % 500 === 0) await new Promise(setImmediate);
}
await log.close();
