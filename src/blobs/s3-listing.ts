import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { type S3Access, type S3Object, secondOf } from './s3-objects.ts';

/** Every object below a prefix, in the order of its key. */
export async function* listObjects(access: S3Access, prefix: string): AsyncGenerator<S3Object, void, undefined> {
  let previous = '';
  for (let page: Page | null = null; page === null || page.next !== undefined; ) {
    page = await readPage(access, prefix, page?.next);
    for (const object of page.objects) {
      // Whoever compares the list with rows of the database relies on it.
      if (object.key <= previous) throw new Error('The object store does not list its keys in order.');
      previous = object.key;
      yield object;
    }
  }
}

interface Page {
  readonly objects: readonly S3Object[];
  readonly next: string | undefined;
}

async function readPage({ client, bucket, calls }: S3Access, prefix: string, token: string | undefined): Promise<Page> {
  const more = token === undefined ? {} : { ContinuationToken: token };
  const page = await calls.call(({ signal }) =>
    client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...more }), { abortSignal: signal }),
  );
  const objects = (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
    key: Key,
    size: Size,
    modifiedAt: secondOf(LastModified),
  }));
  return { objects, next: page.IsTruncated === true ? page.NextContinuationToken : undefined };
}
