/** How much memory caches may take, and how large files may be. */
import { oneOf, size, trueOrFalse, wholePattern } from './parsers.ts';
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
  genericDuplicates: setting({
    key: 'PACKYARD_GENERIC_DUPLICATES',
    default: 'true',
    meaning: 'Whether a Generic file may be uploaded again under the same name; the newest one answers.',
    parse: trueOrFalse,
  }),
  nugetDelete: setting({
    key: 'PACKYARD_NUGET_DELETE',
    default: 'unlist',
    meaning:
      'What `nuget delete` does: `unlist` takes a version off the lists and keeps it for those who name it, `remove` deletes it.',
    parse: oneOf('unlist', 'remove'),
  }),
  terraformModuleDuplicates: setting({
    key: 'PACKYARD_TERRAFORM_MODULE_DUPLICATES',
    default: 'false',
    meaning: 'Whether several projects of a top-level group may have a Terraform module of the same name.',
    parse: trueOrFalse,
  }),
  terraformModuleDuplicateException: setting({
    key: 'PACKYARD_TERRAFORM_MODULE_DUPLICATE_EXCEPTION',
    default: null,
    defaultNote: 'none',
    meaning:
      'Regular expression: modules whose whole `name/system` it matches may be in several projects all the same.',
    parse: wholePattern,
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
