/**
 * Records transcripts from the real clients: `npm run transcripts`. Read the diff before committing it: it shows what
 * changed on the wire, on their side or on ours.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startRecordingProxy } from './recording-proxy.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { transcriptScene } from './transcript-scene.ts';
import { type Exchange, formatTranscript, normalise } from './transcript.ts';

for (const scenario of scenarios) {
  const text = await record(scenario);
  const target = new URL(`./${scenario.file}.http`, import.meta.url).pathname;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
  console.log(`recorded ${scenario.file}`);
}

async function record(scenario: Scenario): Promise<string> {
  const scene = await transcriptScene();
  const proxy = await startRecordingProxy(scene.server.url);
  const folder = await mkdtemp(join(tmpdir(), 'packyard-record-'));
  const exchanges: Exchange[] = [];
  try {
    await writeFile(join(folder, '.npmrc'), npmrc(proxy.url, scene.server.rootToken));
    for (const { prepare, argv } of scenario.commands) {
      await prepare?.(folder);
      await run(
        argv.map((word) => word.replace('<generic>', `${proxy.url}${scene.generic}`)),
        folder,
        scene.server.rootToken,
      );
      exchanges.push(...proxy.take());
    }
    const text = formatTranscript(`Recorded from the real client: ${scenario.title}`, exchanges);
    return normalise(text, { origin: proxy.url, tokens: scene.tokens });
  } finally {
    await proxy.stop();
    await scene.server.stop();
    for (const made of [folder, `${folder}-cache`]) await rm(made, { recursive: true, force: true });
  }
}

function npmrc(origin: string, token: string): string {
  const registry = `${origin}/api/v4/projects/1/packages/npm/`;
  return [
    `registry=${registry}`,
    `${registry.replace(/^http:/, '')}:_authToken=${token}`,
    'fund=false',
    'audit=false',
    'update-notifier=false',
    '',
  ].join('\n');
}

/** The client's own verdict is in the transcript already: refusals are recorded too. */
async function run([program = '', ...args]: readonly string[], folder: string, token: string): Promise<void> {
  const own = program === 'curl' ? ['-s', '-H', `PRIVATE-TOKEN: ${token}`] : ['--cache', `${folder}-cache`];
  const child = spawn(program, [...args, ...own], { cwd: folder, stdio: 'ignore' });
  await new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
}
