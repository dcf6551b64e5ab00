import { callerOf } from '../../access/authenticate.ts';
import type { Caller } from '../../access/caller.ts';
import { permitOnVirtualRegistry } from '../../access/permit.ts';
import { presentExplanation, presentTrace } from '../../api/virtual-registries/present-explanation.ts';
import { listAccounts } from '../../catalog/accounts.ts';
import { findRegistry, type VirtualRegistry } from '../../catalog/virtual-registries.ts';
import type { Database } from '../../database/database.ts';
import { formats } from '../../formats/index.ts';
import type { Format } from '../../formats/format.ts';
import { Problem } from '../../problems/problem.ts';
import type { Explanations } from '../../registry/explain.ts';
import { CommandFailed, type ExitCode, type Invocation } from '../invocation.ts';
import { withStorage } from '../storage.ts';
import { needUser } from '../user/find.ts';
import { splitVersion } from './split-version.ts';
import { hasNoList, tellExplanation, tellTrace } from './tell.ts';

interface Options {
  readonly registry?: string;
  readonly as?: string;
  readonly trace?: string;
}

type Explain = Invocation<[string | undefined, string | undefined], Options>;

/** `packyard explain`: exits with 1 when the package or version is not shown, or the trace is not known. */
export function run(invocation: Explain): Promise<ExitCode> {
  const { options, args } = invocation;
  const [format, name] = args;
  if (options.trace === undefined && (format === undefined || name === undefined || options.registry === undefined)) {
    throw new CommandFailed('Name a format, a package and --registry <id>, or --trace <id>.', 2);
  }
  return withStorage(invocation, async ({ config, database, blobs }) => {
    const { openExplanations } = await import('../../compose.ts');
    const opened = await openExplanations(config, { database, blobs });
    const { explanations } = opened;
    try {
      if (options.trace !== undefined) return await explainTrace(invocation, explanations, options.trace);
      return await explainPackage(invocation, explanations, database, format ?? '', name ?? '');
    } finally {
      await opened.close();
    }
  });
}

async function explainTrace({ terminal, options }: Explain, explanations: Explanations, id: string): Promise<ExitCode> {
  const trace = await explanations.traced(id);
  if (trace === null) throw new CommandFailed(`Nothing is known of the answer ${id}; traces are kept for a day.`);
  const told = presentTrace(trace, Date.now());
  if (options.json === true) terminal.print(JSON.stringify({ trace: id, registry: trace.registryId, ...told }));
  else tellTrace(terminal, told);
  return 0;
}

async function explainPackage(
  { terminal, options }: Explain,
  explanations: Explanations,
  database: Database,
  formatId: string,
  written: string,
): Promise<ExitCode> {
  const format = formatNamed(formatId);
  const registry = await registryNumbered(database, options.registry ?? '', format);
  const caller = await callerFor(database, options.as);
  const verdict = await permitOnVirtualRegistry(database, caller, registry.namespaceId, Date.now());
  if (!verdict.allowed) throw new CommandFailed(`${options.as} may not read the virtual registry ${registry.id}.`);
  const { name, version } = splitVersion(written);
  const explanation = await explanations.explain(registry.id, format, name, caller).catch((error: unknown) => {
    if (error instanceof Problem) throw new CommandFailed(error.reason, 2);
    throw error;
  });
  const told = presentExplanation(explanation, Date.now());
  const shown = told.versions?.filter((each) => version === null || each.version === version) ?? [];
  if (options.json === true) {
    terminal.print(JSON.stringify({ registry: registry.id, version, shown: shown.length > 0, ...told }));
  } else tellExplanation(terminal, told, version);
  return shown.length > 0 || hasNoList(told) ? 0 : 1;
}

function formatNamed(id: string): Format {
  const format = formats.find((each) => each.id === id);
  if (format?.upstream !== undefined) return format;
  const known = formats.filter(({ upstream }) => upstream !== undefined).map((each) => each.id);
  throw new CommandFailed(`There are no virtual registries of the format ${id}: name one of ${known.join(', ')}.`, 2);
}

async function registryNumbered(database: Database, id: string, format: Format): Promise<VirtualRegistry> {
  const registry = /^\d{1,15}$/.test(id) ? await findRegistry(database, Number(id)) : undefined;
  if (registry?.format === format.id) return registry;
  throw new CommandFailed(`There is no virtual registry ${id} of the format ${format.id}.`, 2);
}

/** Whoever runs this can read everything: without a name it is told as to an administrator. */
async function callerFor(database: Database, username: string | undefined): Promise<Caller> {
  if (username !== undefined) return callerOf(await needUser(database, username));
  const filter = { isBot: false, isAdmin: true, state: 'active' } as const;
  const { items } = await listAccounts(database, filter, { limit: 1, offset: 0 });
  const [administrator] = items;
  if (administrator === undefined) throw new CommandFailed('There is no administrator: name a user with --as.', 2);
  return callerOf(administrator);
}
