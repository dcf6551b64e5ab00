import { expect, test } from 'vitest';
import { generatePassword, hashPassword, verifyPassword } from './passwords.ts';

test('a password opens its own hash and no other', async () => {
  const stored = await hashPassword('correct horse');
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword('correct horse', stored)).toBe(true);
  expect(await verifyPassword('correct horsf', stored)).toBe(false);
  expect(await verifyPassword('', stored)).toBe(false);
  expect(await hashPassword('correct horse')).not.toBe(stored);
});

test('nothing opens an account without a password, nor a hash that is none', async () => {
  expect(await verifyPassword('correct horse', null)).toBe(false);
  expect(await verifyPassword('correct horse', 'rubbish')).toBe(false);
});

test('short and endless passwords are refused', async () => {
  await expect(hashPassword('1234567')).rejects.toMatchObject({ code: 'invalid-parameter' });
  await expect(hashPassword('x'.repeat(129))).rejects.toMatchObject({ code: 'invalid-parameter' });
  await hashPassword(generatePassword());
});
