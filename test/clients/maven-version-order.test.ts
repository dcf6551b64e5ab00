import { readdir } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { compareMavenVersions } from '../../src/formats/maven/comparable-version.ts';
import { describeClient } from './client.ts';
import { machine } from './machine.ts';
import { run } from './run.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Prints -1, 0 or 1 for each line with two versions. */
const program = `
import org.apache.maven.artifact.versioning.ComparableVersion;
import java.io.*;
public class Compare {
  public static void main(String[] none) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = lines.readLine()) != null;) {
      String[] pair = line.split(" ", -1);
      System.out.println(Integer.signum(new ComparableVersion(pair[0]).compareTo(new ComparableVersion(pair[1]))));
    }
  }
}`;

const words = 'a b m rc cr alpha beta milestone SNAPSHOT ga Final release sp x jre + _'.split(' ');
const numbers = '0 1 2 10 00 007 99999999999 123456789012345678901'.split(' ');
const part = fc.constantFrom('.', '-', '.', '-', ...words, ...numbers);
const version = fc.array(part, { maxLength: 9 }).map((parts) => parts.join(''));
/** Versions of the same beginning: others differ at the first part. */
const pair = fc
  .tuple(version, version, version)
  .map(([start, one, other]) => [`${start}${one}`, `${start}${other}`] as const);

describeClient('mvn@4', (mvn) => {
  test('the order of versions is that of Maven’s own class', async () => {
    const pairs = fc.sample(pair, 20_000);
    const box = await machine(mvn);
    await box.write('Compare.java', program);
    const libraries = path.join(path.dirname(mvn.program), '../lib');
    const jar = (await readdir(libraries)).find((name) => /^maven-artifact-\d.*\.jar$/.test(name)) ?? '';
    const { code, stdout, stderr } = await run('java', ['-cp', path.join(libraries, jar), 'Compare.java'], {
      cwd: box.home,
      env: { PATH: '/usr/bin:/bin' },
      input: pairs.map((two) => `${two.join(' ')}\n`).join(''),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const theirs = stdout.trim().split('\n').map(Number);
    expect(theirs).toHaveLength(pairs.length);
    const differing = pairs.filter(([a, b], index) => Math.sign(compareMavenVersions(a, b)) !== theirs[index]);
    expect(differing).toEqual([]);
  });
});
