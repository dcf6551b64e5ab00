/** Makes NuGet packages as `nuget pack` does, and ones that lie wherever a test wants them to. */
import { zip, type ZipMember } from '../harness/zip.ts';

export interface NupkgParts {
  readonly id?: string;
  readonly version?: string;
  /** Further elements of `<metadata>`. */
  readonly metadata?: string;
  /** The whole nuspec instead. */
  readonly nuspec?: string | Buffer;
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly members?: readonly ZipMember[];
}

export function nuspecText({ id = 'Acme.Tools', version = '1.0.0', metadata = '' }: NupkgParts = {}): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>${id}</id>
    <version>${version}</version>
    <authors>Ann Author</authors>
    <description>Tools of ${id}.</description>
    ${metadata}
  </metadata>
</package>`;
}

export function nupkg(parts: NupkgParts = {}): Buffer {
  const { id = 'Acme.Tools', files = { 'lib/netstandard2.0/Acme.Tools.dll': 'MZ' }, members = [] } = parts;
  return zip([
    { name: '_rels/.rels', body: relationships(id) },
    { name: `${id}.nuspec`, body: parts.nuspec ?? nuspecText(parts) },
    ...Object.entries(files).map(([name, body]) => ({ name, body })),
    { name: '[Content_Types].xml', body: contentTypes },
    ...members,
  ]);
}

/** Where old clients look for the nuspec: https://ecma-international.org/publications-and-standards/standards/ecma-376/. */
function relationships(id: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/${id}.nuspec" Id="R1"/>
</Relationships>`;
}

const contentTypes = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  ${Object.entries({ rels: 'application/vnd.openxmlformats-package.relationships+xml', nuspec: 'application/octet' })
    .concat(['dll', 'pdb', 'txt', 'md', 'png'].map((extension) => [extension, 'application/octet']))
    .map(([extension, type]) => `<Default Extension="${extension}" ContentType="${type}"/>`)
    .join('')}
</Types>`;

/** A portable PDB of nothing, with that id of 16 bytes. */
export function portablePdb(guid: Buffer, rest = Buffer.alloc(0)): Buffer {
  const version = Buffer.from('PDB v1.0\0\0\0\0');
  const head = Buffer.alloc(16);
  head.write('BSJB', 0, 'latin1');
  head.writeUInt16LE(1, 4);
  head.writeUInt16LE(1, 6);
  head.writeUInt32LE(version.length, 12);
  const count = Buffer.from([0, 0, 1, 0]);
  const stream = Buffer.alloc(8 + 8);
  stream.writeUInt32LE(16 + version.length + 4 + stream.length, 0);
  stream.writeUInt32LE(32, 4);
  stream.write('#Pdb', 8, 'latin1');
  return Buffer.concat([head, version, count, stream, guid, Buffer.from('stmp'), Buffer.alloc(12), rest]);
}

const boundary = '9d61a29e-9f06-4a2a-8fd0-5c2d2f3b6a41';

/** The form that nuget.exe 5.8 sends: the boundary in quotes, the values without. */
export function pushForm(file: Buffer): { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer } {
  const head = [
    `--${boundary}`,
    'Content-Type: application/octet-stream',
    "Content-Disposition: form-data; name=package; filename=package.nupkg; filename*=utf-8''package.nupkg",
    '',
    '',
  ].join('\r\n');
  return {
    headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
    body: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
