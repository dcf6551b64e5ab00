/** How text compares, sorts and matches, and which numbers come out of expressions: the same on every engine. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OpenDatabase, OpenedDatabase } from './database.contract.ts';

const words = ['a', 'B', '_', '-', 'é', 'Z', '/', 'a b', 'a-b', 'aB', '~', '😀', '1', 'É', 'ab'];

export function textContract(open: OpenDatabase): void {
  let opened: OpenedDatabase;
  beforeEach(async () => {
    opened = await open();
    const { text } = opened.db.dialect;
    await opened.db.run(`create table word (word ${text} not null unique, note ${text})`);
    for (const word of words) await opened.db.run('insert into word (word) values (?)', [word]);
  });
  afterEach(() => opened.cleanup());

  const found = async (where: string, params: readonly string[] = []): Promise<unknown[]> =>
    (await opened.db.all(`select word from word where ${where} order by word`, params)).map((row) => row['word']);

  it('sorts by bytes', async () => {
    const byBytes = [...words].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await found('1 = 1')).toEqual(byBytes);
  });

  it('tells case and accents apart, and compares by bytes', async () => {
    expect(await found('word = ?', ['É'])).toEqual(['É']);
    expect(await found('word > ? and word <= ?', ['Z', 'a b'])).toEqual(['_', 'a', 'a b']);
  });

  it('lowers ASCII letters only', async () => {
    expect(await found('lower(word) = ?', ['ab'])).toEqual(['aB', 'ab']);
    expect(await found('lower(word) = ?', ['é'])).toEqual(['é']);
  });

  it('finds parts of lowered text literally', async () => {
    expect(await found(`lower(word) like ? escape '\\'`, ['%b%'])).toEqual(['B', 'a b', 'a-b', 'aB', 'ab']);
    expect(await found(`word like ? escape '\\'`, ['\\_%'])).toEqual(['_']);
    expect(await found(`? like word || '%'`, ['a-b/c'])).toEqual(['_', 'a', 'a-b']);
  });

  it('counts and cuts text by characters', async () => {
    const row = await opened.db.get('select length(word) as length, substr(word, 2) as rest from word where word = ?', [
      'é',
    ]);
    expect(row).toEqual({ length: 1, rest: '' });
  });

  it('gives counts, sums and comparisons as numbers', async () => {
    const row = await opened.db.get(
      `select count(*) as count, sum(length(word)) as sum, max(length(word)) as longest,
         max(case when note is null then 1 else 0 end) as flag, count(distinct note) as notes from word`,
    );
    expect(row).toEqual({ count: 15, sum: 21, longest: 3, flag: 1, notes: 0 });
    expect(await opened.db.get('select 1 = 1 as yes, 1 = 2 as no, null as unknown')).toEqual({
      yes: 1,
      no: 0,
      unknown: null,
    });
  });

  it('refuses to give a number that is not exact', async () => {
    await expect(opened.db.get('select 9007199254740991 + 1 as large')).rejects.toThrow();
    expect(await opened.db.get('select 9007199254740990 + 1 as large')).toEqual({ large: Number.MAX_SAFE_INTEGER });
  });
}
