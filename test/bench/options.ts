import { parseArgs } from 'node:util';

export interface Options {
  /** Names of scenarios; empty = all but the optional ones. */
  readonly only: readonly string[];
  /** Length of one measurement of reads. */
  readonly seconds: number;
  readonly repeat: number;
  readonly verdaccio: boolean;
  /** Of Packyard: SQLite and files, or PostgreSQL and objects. */
  readonly storage: 'files' | 'remote';
  /** File that gets all figures. */
  readonly json: string | null;
  /** Folder that gets a V8 CPU profile of Packyard. */
  readonly profile: string | null;
}

export const usage = `npm run bench -- [options]
  --only a,b        only these scenarios
  --seconds n       length of one measurement of reads (2)
  --repeat n        repetitions, of which the median counts (3)
  --skip-verdaccio  without Verdaccio, which is most of the time
  --storage remote  Packyard on PostgreSQL and an object store
  --json file       write all figures to a file too
  --profile folder  write a CPU profile of Packyard there`;

/** Throws with a sentence when an argument makes no sense. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      seconds: { type: 'string', default: '2' },
      repeat: { type: 'string', default: '3' },
      'skip-verdaccio': { type: 'boolean', default: false },
      storage: { type: 'string', default: 'files' },
      json: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  return {
    only: values.only.split(',').filter((name) => name !== ''),
    seconds: count('--seconds', values.seconds, 60),
    repeat: count('--repeat', values.repeat, 20),
    verdaccio: !values['skip-verdaccio'],
    storage: storage(values.storage),
    json: values.json ?? null,
    profile: values.profile ?? null,
  };
}

function storage(text: string): Options['storage'] {
  if (text === 'files' || text === 'remote') return text;
  throw new Error('--storage is files or remote.');
}

function count(option: string, text: string, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > most) throw new Error(`${option} must be a whole number from 1 to ${most}.`);
  return number;
}
