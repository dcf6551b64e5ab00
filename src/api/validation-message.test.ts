import { expect, test } from 'vitest';
import { validationMessage } from './validation-message.ts';

test.each([
  [[{ keyword: 'type', instancePath: '/per_page', params: { type: 'integer' } }], 'per_page is invalid'],
  [[{ keyword: 'minimum', instancePath: '/page', params: {} }], 'page does not have a valid value'],
  [[{ keyword: 'enum', instancePath: '/scopes/0', params: {} }], 'scopes does not have a valid value'],
  [[{ keyword: 'required', instancePath: '', params: { missingProperty: 'name' } }], 'name is missing'],
  [
    [
      { keyword: 'required', instancePath: '', params: { missingProperty: 'name' } },
      { keyword: 'required', instancePath: '', params: { missingProperty: 'path' } },
    ],
    'name is missing, path is missing',
  ],
  [
    [
      { keyword: 'const', instancePath: '/sort', params: {} },
      { keyword: 'anyOf', instancePath: '/sort', params: {} },
    ],
    'sort does not have a valid value',
  ],
  [[{ keyword: 'type', instancePath: '', params: { type: 'object' } }], 'the request is invalid'],
  [[], 'the request is invalid'],
])('%j → %s', (failures, sentence) => {
  expect(validationMessage(failures)).toBe(sentence);
});
