import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.ts';
import type { SqliteConnection } from './sqlite-driver.ts';

/** Notes what is executed; throws the engine's error that `failures` has for a text. */
function fakeConnection(failures: Readonly<Record<string, number>> = {}): SqliteConnection & { log: string[] } {
  const log: string[] = [];
  const execute = (sql: string): number => {
    log.push(sql);
    const errcode = failures[sql];
    if (errcode !== undefined) throw Object.assign(new Error(sql), { errcode });
    return 1;
  };
  return {
    log,
    prepare: (sql) => ({ all: () => [], get: () => undefined, run: () => execute(sql) }),
    exec: execute,
    close: () => undefined,
  };
}

const accept = async (): Promise<string> => 'accepted';
const refuse = async (): Promise<string> => {
  throw new Error('refused');
};

describe('group commit', () => {
  it('begins and commits once for those that wait together', async () => {
    const connection = fakeConnection();
    const commits = new GroupCommit(connection, { longestBatch: Infinity });
    await Promise.allSettled([accept, refuse, accept].map((work) => commits.transaction(work)));
    const accepted = ['savepoint work', 'release work'];
    const refused = ['savepoint work', 'rollback to work', 'release work'];
    expect(connection.log).toEqual(['begin immediate', ...accepted, ...refused, ...accepted, 'commit']);
  });

  it('lets those join that become ready in the same turn of the event loop', async () => {
    const connection = fakeConnection();
    const commits = new GroupCommit(connection, { longestBatch: Infinity });
    const inOwnCallback = () =>
      new Promise<string>((resolve, reject) => {
        setImmediate(() => void commits.transaction(accept).then(resolve, reject));
      });
    await Promise.all([inOwnCallback(), inOwnCallback(), inOwnCallback()]);
    expect(connection.log.filter((sql) => sql === 'commit')).toHaveLength(1);
  });

  it('bounds how many share a commit', async () => {
    const connection = fakeConnection();
    const commits = new GroupCommit(connection, {});
    await Promise.all(Array.from({ length: 130 }, () => commits.transaction(accept)));
    expect(connection.log.filter((sql) => sql === 'commit').length).toBeGreaterThanOrEqual(3);
  });

  it('commits nothing when all were refused', async () => {
    const connection = fakeConnection();
    await expect(new GroupCommit(connection, {}).transaction(refuse)).rejects.toThrow('refused');
    expect(connection.log.at(-1)).toBe('rollback');
  });

  it('rejects all when the commit fails, those refused before it too, and tries again with the next', async () => {
    const failures: Record<string, number> = { commit: 13 };
    const connection = fakeConnection(failures);
    const commits = new GroupCommit(connection, {});
    const outcomes = await Promise.allSettled([accept, refuse].map((work) => commits.transaction(work)));
    expect(outcomes).toMatchObject([{ reason: { code: 'storage-full' } }, { reason: { code: 'storage-full' } }]);
    expect(connection.log.at(-1)).toBe('rollback');
    delete failures['commit'];
    expect(await commits.transaction(accept)).toBe('accepted');
  });

  it('never writes again after a failed fsync', async () => {
    const failures: Record<string, number> = { commit: 1034 };
    const connection = fakeConnection(failures);
    const commits = new GroupCommit(connection, {});
    const waiting = Array.from({ length: 65 }, () => commits.transaction(accept));
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
    delete failures['commit'];
    await expect(commits.transaction(accept)).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(connection.log.filter((sql) => sql === 'commit')).toHaveLength(1);
  });

  it('rejects when the transaction cannot begin', async () => {
    const failures: Record<string, number> = { 'begin immediate': 10 };
    const commits = new GroupCommit(fakeConnection(failures), {});
    await expect(commits.transaction(accept)).rejects.toMatchObject({ code: 'storage-unavailable' });
    delete failures['begin immediate'];
    expect(await commits.transaction(accept)).toBe('accepted');
  });
});
