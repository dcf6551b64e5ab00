import { expect, test } from 'vitest';
import { type ZipMember, zip } from '../../../test/harness/zip.ts';
import { bufferSource } from '../../lib/zip-reader.ts';
import type { StagedFile } from '../../registry/model.ts';
import { type FilePath, readPath } from './path.ts';
import { readPluginDescriptor } from './plugin-descriptor.ts';

function path(): FilePath {
  const target = readPath('com/example/hello-maven-plugin/1.0/hello-maven-plugin-1.0.jar')?.target;
  if (target?.kind !== 'file') throw new Error('no file');
  return target;
}

const descriptor = (more = '', prefix = 'hello'): string =>
  `<plugin>${more}<groupId>com.example</groupId><artifactId>hello-maven-plugin</artifactId><goalPrefix>${prefix}</goalPrefix></plugin>`;
const member = (body: string | Buffer): ZipMember => ({ name: 'META-INF/maven/plugin.xml', body });
const read = (jar: Buffer) => readPluginDescriptor(bufferSource(jar) as unknown as StagedFile, path());

test('the prefix and name that a plugin says', async () => {
  expect(await read(zip([member(descriptor('<name>Says  hello</name>'))]))).toEqual({
    plugin: { prefix: 'hello', name: 'Says hello' },
  });
  expect(await read(zip([member(descriptor())]))).toEqual({ plugin: { prefix: 'hello', name: 'hello-maven-plugin' } });
  // Signed or executable jars have bytes in front.
  expect(await read(zip([member(descriptor())], { prefix: Buffer.from('#!/bin/sh\n') }))).not.toBeNull();
});

test.each<[string, Buffer]>([
  ['no archive', Buffer.from('PK\x03\x04 and nothing else')],
  ['empty', Buffer.alloc(0)],
  ['no descriptor', zip([{ name: 'a', body: 'a' }])],
  ['two descriptors', zip([member(descriptor()), member(descriptor('', 'other'))])],
  ['a descriptor that is no XML', zip([member('hello')])],
  ['a document type', zip([member(`<!DOCTYPE plugin [<!ENTITY x "hello">]>${descriptor('', '&x;')}`)])],
  ['another artifact', zip([member(descriptor().replace('com.example', 'com.other'))])],
  ['a prefix that is none', zip([member(descriptor('', '../hello'))])],
  ['a descriptor that unpacks to more than it should', zip([member(Buffer.alloc(64 * 2 ** 20))])],
  ['a damaged descriptor', zip([{ ...member(descriptor()), packed: Buffer.from('not deflated') }])],
])('%s: no prefix, and no error', async (_what, jar) => {
  expect(await read(jar)).toBeNull();
});
