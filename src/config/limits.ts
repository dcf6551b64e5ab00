/** How much memory caches may take, and how large files may be. */
import { size, wholeNumber } from './parsers.ts';
import { setting } from './setting.ts';

export const limits = {
  documentCacheSize: setting({
    key: 'PACKYARD_DOCUMENT_CACHE_SIZE',
    default: '64MiB',
    meaning: 'Memory for rendered metadata documents (packuments and the like).',
    parse: size,
  }),
  fileCacheSize: setting({
    key: 'PACKYARD_FILE_CACHE_SIZE',
    default: '32MiB',
    meaning: 'Memory for the bytes of small files that are downloaded often.',
    parse: size,
  }),
  upstreamCacheDays: setting({
    key: 'PACKYARD_UPSTREAM_CACHE_DAYS',
    default: null,
    defaultNote: 'kept for ever',
    meaning: 'Days after which what other registries gave is forgotten when nobody asks for it.',
    parse: wholeNumber(1, 3650),
  }),
  upstreamCacheSize: setting({
    key: 'PACKYARD_UPSTREAM_CACHE_SIZE',
    default: null,
    defaultNote: 'no bound',
    meaning: 'Bytes that what other registries gave may take; what was longest not asked for goes first.',
    parse: size,
  }),
};

/** One setting for each format; the default is the format's own. */
export const maxFileSize = setting({
  key: 'PACKYARD_<FORMAT>_MAX_FILE_SIZE',
  default: null,
  defaultNote: 'npm 500MiB, generic 5GiB',
  meaning: 'Largest file of a format: `PACKYARD_NPM_MAX_FILE_SIZE`, `PACKYARD_GENERIC_MAX_FILE_SIZE`.',
  parse: size,
});
