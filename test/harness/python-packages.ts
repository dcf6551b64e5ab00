/** Makes wheels and source distributions for tests, without any tool: the same options always give the same bytes. */
import { createHash } from 'node:crypto';
import { tarball } from './tarball.ts';
import { zip, type ZipMember } from './zip.ts';

export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** `Requires-Dist` lines. */
  readonly requires?: readonly string[];
  readonly extras?: readonly string[];
  readonly requiresPython?: string;
  readonly summary?: string;
  /** More lines of `METADATA`, each `Name: value`. */
  readonly headers?: readonly string[];
  readonly description?: string;
  /** Bytes of ballast that don't compress away. */
  readonly ballast?: number;
  /** Default `py3-none-any`. */
  readonly tag?: string;
  readonly build?: string;
}

export interface Distribution {
  readonly fileName: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  /** Its `METADATA` or `PKG-INFO`. */
  readonly metadata: string;
  /** What an upload's form says of it, one pair for each field. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** A wheel with one module that prints and has `__version__`. */
export function wheel(options: PythonPackage): Distribution {
  const { name, version, tag = 'py3-none-any', build } = options;
  const module = moduleName(name);
  const info = `${module}-${version}.dist-info`;
  const metadata = coreMetadata(options);
  const members: ZipMember[] = [
    { name: `${module}/__init__.py`, body: moduleText(options) },
    { name: `${info}/METADATA`, body: metadata },
    { name: `${info}/WHEEL`, body: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n` },
  ];
  const record = [...members.map(recordLine), `${info}/RECORD,,`, ''].join('\n');
  const bytes = zip([...members, { name: `${info}/RECORD`, body: record }]);
  const fileName = [module, version, ...(build === undefined ? [] : [build]), tag].join('-');
  return distribution(`${fileName}.whl`, bytes, metadata, options, ['bdist_wheel', tag.split('-')[0] ?? '']);
}

/** A source distribution that brings its own build backend: it is built without asking any index. */
export async function sdist(options: PythonPackage): Promise<Distribution> {
  const module = moduleName(options.name);
  const top = `${module}-${options.version}`;
  const metadata = coreMetadata(options);
  const bytes = await tarball([
    { name: `${top}/PKG-INFO`, content: metadata },
    { name: `${top}/pyproject.toml`, content: pyproject },
    { name: `${top}/backend.py`, content: backend },
    { name: `${top}/${module}/__init__.py`, content: moduleText(options) },
  ]);
  return distribution(`${top}.tar.gz`, bytes, metadata, options, ['sdist', 'source']);
}

/** The form of an upload with its file, as twine fills it. */
export function uploadForm({ fileName, bytes, sha256, fields }: Distribution): FormData {
  const form = new FormData();
  const all = [[':action', 'file_upload'], ['protocol_version', '1'], ['sha256_digest', sha256], ...fields] as const;
  for (const [name, value] of all) form.append(name, value);
  form.append('content', new Blob([new Uint8Array(bytes)]), fileName);
  return form;
}

function distribution(
  fileName: string,
  bytes: Buffer,
  metadata: string,
  { name, version, requiresPython, summary }: PythonPackage,
  [filetype, pyversion]: readonly [string, string],
): Distribution {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const said = { metadata_version: '2.2', name, version, summary, requires_python: requiresPython };
  const fields = Object.entries({ ...said, filetype, pyversion }).flatMap(([field, value]) =>
    value === undefined ? [] : [[field, value] as const],
  );
  return { fileName, bytes, sha256, metadata, fields };
}

function moduleName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '_');
}

function coreMetadata(options: PythonPackage): string {
  const { name, version, requires = [], extras = [], requiresPython, summary, headers = [], description } = options;
  const lines = [
    'Metadata-Version: 2.2',
    `Name: ${name}`,
    `Version: ${version}`,
    ...(summary === undefined ? [] : [`Summary: ${summary}`]),
    ...(requiresPython === undefined ? [] : [`Requires-Python: ${requiresPython}`]),
    ...extras.map((extra) => `Provides-Extra: ${extra}`),
    ...requires.map((line) => `Requires-Dist: ${line}`),
    ...headers,
  ];
  return `${lines.join('\n')}\n${description === undefined ? '' : `\n${description}`}`;
}

function moduleText({ name, version, ballast = 0 }: PythonPackage): string {
  const noise = createHash('shake256', { outputLength: Math.ceil(ballast / 2) }).update(`${name}${version}`);
  const comment = ballast === 0 ? '' : `# ${noise.digest('hex')}\n`;
  return `__version__ = ${JSON.stringify(version)}\n${comment}`;
}

function recordLine({ name, body = '' }: ZipMember): string {
  const hash = createHash('sha256').update(body).digest('base64url');
  return `${String(name)},sha256=${hash},${Buffer.byteLength(body)}`;
}

const pyproject = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';

/** https://peps.python.org/pep-0517/: the two hooks that it demands. */
const backend = `
import base64, email, hashlib, os, zipfile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with open("PKG-INFO", "rb") as file: metadata = file.read()
    headers = email.message_from_bytes(metadata)
    module = headers["Name"].lower().replace("-", "_").replace(".", "_")
    stem = module + "-" + headers["Version"]
    info = stem + ".dist-info/"
    with open(module + "/__init__.py", "rb") as file: code = file.read()
    files = {module + "/__init__.py": code, info + "METADATA": metadata,
             info + "WHEEL": b"Wheel-Version: 1.0\\nGenerator: backend\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
    digest = lambda body: base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode().rstrip("=")
    record = ["%s,sha256=%s,%d\\n" % (name, digest(body), len(body)) for name, body in files.items()]
    files[info + "RECORD"] = "".join(record + [info + "RECORD,,\\n"]).encode()
    name = stem + "-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as archive:
        for path, body in files.items(): archive.writestr(path, body)
    return name

def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError
`;
