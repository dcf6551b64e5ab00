import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { StagedFile } from '../../registry/model.ts';
import { identifyPdb } from './portable-pdb.ts';

/** Of an assembly of one method, as Mono.Cecil 0.11 writes it: the stream #Pdb stands last. */
const written = Buffer.from(
  'QlNKQgEAAQAAAAAADAAAAFBEQiB2MS4wAAAAAAAABQBwAAAALAAAACN+AACcAAAABAAAACNTdHJpbmdzAAAAAKAAAAAQAAAAI0dVSUQAAACwAAAAGAAAACNCbG9iAAAAyAAAADgAAAAjUGRiAAAAAAAAAAACAAAKAAAAAAAAAwAA+gEzABbEAAEAAAABAAAACgABAAAAAQABAA8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA3NyYwRhLmNzBC8AAQUGAAAABAEBAAA8rd+tdhcmRqaK6vAlJ18lvWsFawAAAABHAAAACQAAAAEAAAABAAAAAgAAAAEAAAABAAAAAQAAAA==',
  'base64',
);
/** The GUID in that assembly's debug directory, as its bytes stand there. */
const guidInAssembly = '3caddfad76172646a68aeaf025275f25';

function staged(bytes: Buffer, pieceSize = 64): StagedFile {
  return {
    size: bytes.length,
    digests: { md5: '', sha1: '', sha256: '', sha512: '' },
    bytes: null,
    read: (start, length) => Promise.resolve(bytes.subarray(start, start + length)),
    open: () =>
      Readable.from(
        (function* () {
          for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize);
        })(),
      ),
  };
}

test('the signature is the GUID in the assembly, its numbers turned round', async () => {
  const identity = await identifyPdb(staged(written));
  expect(identity?.signature).toBe('addfad3c17764626a68aeaf025275f25ffffffff');
});

test('the checksum is of the file with its id taken for zeros, however it is cut', async () => {
  const zeroed = Buffer.from(written);
  zeroed.fill(
    0,
    zeroed.indexOf(Buffer.from(guidInAssembly, 'hex')),
    zeroed.indexOf(Buffer.from(guidInAssembly, 'hex')) + 20,
  );
  const checksum = createHash('sha256').update(zeroed).digest('hex');
  for (const pieceSize of [1, 7, 64, 1_000]) {
    expect((await identifyPdb(staged(written, pieceSize)))?.checksum, String(pieceSize)).toBe(checksum);
  }
});

test('what is none, wherever it ends, is no fault of ours', async () => {
  for (let length = 0; length < written.length; length++) {
    const identity = await identifyPdb(staged(written.subarray(0, length)));
    if (identity !== null)
      expect(length).toBeGreaterThanOrEqual(written.indexOf(Buffer.from(guidInAssembly, 'hex')) + 20);
  }
  expect(await identifyPdb(staged(Buffer.from('Microsoft C/C++ MSF 7.00')))).toBeNull();
  expect(
    await identifyPdb(
      staged(Buffer.concat([written.subarray(0, 12), Buffer.from('ffffffff', 'hex'), Buffer.alloc(64)])),
    ),
  ).toBeNull();
  const endless = Buffer.from(written);
  endless.fill(0x41, 40);
  expect(await identifyPdb(staged(endless))).toBeNull();
});
