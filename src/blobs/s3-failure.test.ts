import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { explainS3, S3Error, s3Failure, toS3Error } from './s3-failure.ts';

test.each([
  [{ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } }, 'absent', 'it answered 404 NoSuchKey'],
  [{ name: 'NoSuchBucket', $metadata: { httpStatusCode: 404 } }, 'refused', 'the bucket does not exist (NoSuchBucket)'],
  [
    { name: 'Unknown', $metadata: { httpStatusCode: 403 } },
    'refused',
    'these keys may not do this to the bucket (Unknown)',
  ],
  [{ name: 'Unknown', $metadata: { httpStatusCode: 400 } }, 'refused', 'it answered 400 Unknown'],
  [{ name: 'Error', Code: 'SlowDown', $metadata: { httpStatusCode: 503 } }, 'transient', 'it answered 503 SlowDown'],
  [{ name: 'SyntaxError', $metadata: { httpStatusCode: 200 } }, 'transient', 'it answered 200 SyntaxError'],
  [{ name: 'Error', code: 'ECONNREFUSED' }, 'transient', "it doesn't answer (ECONNREFUSED)"],
  [{ name: 'AggregateError', code: 'ECONNREFUSED' }, 'transient', "it doesn't answer (ECONNREFUSED)"],
])('%o is %s', (facts, failure, explanation) => {
  const error = toS3Error(Object.assign(new Error('what it says'), facts));
  expect(s3Failure(error)).toBe(failure);
  expect(explainS3(error)).toBe(explanation);
});

test('nothing of the request is kept: it holds a signature', () => {
  const thrown = Object.assign(new Error('no'), {
    $response: { headers: { authorization: 'hunter2' } },
    $metadata: { httpStatusCode: 403, requestId: '4711' },
  });
  const error = toS3Error(thrown);
  expect(error.message).toBe('no (request 4711)');
  expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
});

test('whatever is thrown becomes one, once', () => {
  const error = toS3Error('?');
  expect(error).toMatchObject({ code: 'Unknown', status: null, failure: 'transient' });
  expect(toS3Error(error)).toBe(error);
  expect(error).toBeInstanceOf(S3Error);
  expect(s3Failure(new Error('?'))).toBeNull();
});
