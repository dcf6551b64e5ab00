// One of several processes that work through one queue of jobs: `jobs.child.ts DATABASE_URL FILE NAME`. Each run of a job
// is a line in FILE. The job `forever` ends only with the process.
import { appendFileSync } from 'node:fs';
import { openDatabase } from '../../src/database/connect.ts';
import { type JobKind, JobWorker } from '../../src/jobs/worker.ts';

const [url = '', file = '', name = ''] = process.argv.slice(2);
const note = (text: unknown): void => appendFileSync(file, `${name} ${String(text)}\n`);
const database = await openDatabase(url);
const kinds: readonly JobKind[] = [
  { kind: 'note', run: async ({ body }) => note(body) },
  {
    kind: 'forever',
    async run({ body }) {
      note(body);
      if (name === 'first') await new Promise(() => setInterval(() => undefined, 1_000));
    },
  },
];
const logger = { info() {}, warn() {}, error: (fields: unknown, text?: string) => console.error(text, fields) };
const worker = new JobWorker({
  database,
  kinds,
  logger,
  metrics: { job() {} },
  now: Date.now,
  pollEvery: 5,
  leaseFor: 1_500,
});
await worker.start();
console.log('works');
process.stdin.on('end', () => {
  void worker.stop().then(() => database.close());
});
process.stdin.resume();
