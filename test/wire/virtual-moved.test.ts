/** An upstream that is pointed at another site while something of the old one is on its way: nothing of that stays. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fakeUpstream } from '../harness/fake-upstream.ts';
import { gate, virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'maven' });

const pom = (marker: string): string => `<project><!-- ${marker} --></project>`;
const path = (): string => `com/other/lib${scene.count}/1.0/lib${scene.count}-1.0.pom`;
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

/** Resolves when the request has come; the answer follows `go`. */
function slowly(at: string, text: string, go: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    scene.upstream.on(at, async (_request, response) => {
      resolve();
      await go;
      response.writeHead(200).end(text);
    });
  });
}

test.each([true, false])(
  'a file of the old site is neither cached nor pinned (asked for meanwhile: %s)',
  async (asks) => {
    const { opened, open } = gate();
    scene.upstream.on(`/${path()}.sha1`, sha1(pom('old')));
    const asked = slowly(`/${path()}`, pom('old'), opened);
    const first = scene.get(path());
    await asked;
    const other = await fakeUpstream();
    other.on(`/${path()}`, pom('new'));
    other.on(`/${path()}.sha1`, sha1(pom('new')));
    await scene.changeUpstream({ url: other.url });
    // Who asks now is no follower of the request to the old site.
    if (asks) expect((await scene.get(path())).text).toBe(pom('new'));
    open();
    expect((await first).status).toBe(502);
    expect(await scene.entries()).toHaveLength(asks ? 1 : 0);
    expect((await scene.get(path())).text).toBe(pom('new'));
    await other.close();
  },
);

test.each([true, false])(
  'a document of the old site is not cached, nor that there was none (there: %s)',
  async (there) => {
    const { opened, open } = gate();
    const metadata = (version: string): string =>
      `<metadata><groupId>com.other</groupId><artifactId>lib${scene.count}</artifactId><versioning><versions><version>${version}</version></versions></versioning></metadata>`;
    const document = `com/other/lib${scene.count}/maven-metadata.xml`;
    const asked = new Promise<void>((resolve) => {
      scene.upstream.on(`/${document}`, async (_request, response) => {
        resolve();
        await opened;
        response.writeHead(there ? 200 : 404).end(metadata('1.0'));
      });
    });
    const first = scene.get(document);
    await asked;
    const other = await fakeUpstream();
    other.on(`/${document}`, metadata('2.0'));
    await scene.changeUpstream({ url: other.url });
    open();
    expect((await first).status).toBe(there ? 502 : 404);
    expect((await scene.get(document)).text).toContain('2.0');
    await other.close();
  },
);
