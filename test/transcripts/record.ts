/**
 * Records transcripts from the real clients: `npm run transcripts`. Read the diff before committing it: it shows what
 * changed on the wire, on their side or on ours.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { credentials, servicesOf } from '../clients/terraform-machine.ts';
import { isMaven, startMaven } from './record-maven.ts';
import { askAs, isNuGet, startNuGet } from './record-nuget.ts';
import { fillProject, isPythonTool, startPythonTool } from './record-python.ts';
import { startRecordingProxy } from './recording-proxy.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { type TranscriptScene, transcriptScene } from './transcript-scene.ts';
import { type Exchange, formatTranscript, normalise } from './transcript.ts';

const origins = {
  recorded: 'Recorded from the real client',
  written: 'Requests written after the client’s source and documentation, not recorded from it; the answers are ours',
};

/** `npm run transcripts -- pypi` records those whose file begins so. */
const wanted = process.argv[2] ?? '';

for (const scenario of scenarios.filter(({ file }) => file.startsWith(wanted))) {
  const text = await record(scenario);
  const target = new URL(`./${scenario.file}.http`, import.meta.url).pathname;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
  console.log(`recorded ${scenario.file}`);
}

async function record(scenario: Scenario): Promise<string> {
  const scene = await transcriptScene(scenario);
  const proxy = await startRecordingProxy(scene.server.url);
  const folder = await mkdtemp(join(tmpdir(), 'packyard-record-'));
  const exchanges: Exchange[] = [];
  try {
    await writeFile(join(folder, '.npmrc'), npmrc(proxy.url, scene.server.rootToken));
    await writeFile(join(folder, '.netrc'), `machine 127.0.0.1 login root password ${scene.server.rootToken}\n`);
    await writeFile(join(folder, '.terraformrc'), terraformrc(proxy.url, scene.server.rootToken));
    for (const { prepare, argv } of scenario.commands) {
      const fill = (text: string): string => placed(text, proxy.url, scene);
      await prepare?.(folder);
      await fillProject(folder, fill);
      await run(argv.map(fill), folder, proxy.url, scene.server.rootToken);
      exchanges.push(...proxy.take());
    }
    const text = formatTranscript(
      `${origins[scenario.written === true ? 'written' : 'recorded']}: ${scenario.title}`,
      exchanges,
    );
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

function terraformrc(origin: string, token: string): string {
  const host = '127.0.0.1';
  return [
    'disable_checkpoint = true\n',
    credentials(host, token),
    servicesOf(host, origin.replace(/^http:\/\//, '')).replaceAll('https://', 'http://'),
  ].join('');
}

function placed(word: string, origin: string, { generic, packages, server }: TranscriptScene): string {
  return word
    .replace('<generic>', `${origin}${generic}`)
    .replace('<packages>', `${origin}${packages}`)
    .replace('<root token>', server.rootToken)
    .replace('<origin>', origin);
}

/** The client's own verdict is in the transcript already: refusals are recorded too. */
async function run([program = '', ...args]: readonly string[], folder: string, origin: string, token: string) {
  const env = {
    FLIT_INDEX_URL: `${origin}/api/v4/projects/1/packages/pypi`,
    FLIT_USERNAME: 'root',
    FLIT_PASSWORD: token,
    SOURCE_DATE_EPOCH: '1700000000',
    POETRY_HTTP_BASIC_ACME_USERNAME: 'root',
    POETRY_HTTP_BASIC_ACME_PASSWORD: token,
    TF_CLI_CONFIG_FILE: join(folder, '.terraformrc'),
  };
  if (program === 'ask') return askAs(args);
  const child = isMaven(program)
    ? await startMaven(program, args, folder, token)
    : isNuGet(program)
      ? await startNuGet(program, args, folder, { base: `${origin}/api/v4/projects/1/packages/nuget`, token })
      : isPythonTool(program)
        ? await startPythonTool(program, args, folder, env)
        : spawn(program, [...args, ...ownArguments(program, folder, token)], { cwd: folder, stdio: 'ignore' });
  await new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
}

function ownArguments(program: string, folder: string, token: string): string[] {
  return program === 'curl' ? ['-s', '-H', `PRIVATE-TOKEN: ${token}`] : ['--cache', `${folder}-cache`];
}
