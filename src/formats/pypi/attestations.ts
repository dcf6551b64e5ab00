import { problem } from '../../problems/problem.ts';
import { type DistributionName, readDistributionName } from './distribution-name.ts';
import { isObject, member, stringMember } from './json-values.ts';

/**
 * Attestations of an upload (PEP 740): https://packaging.python.org/en/latest/specifications/index-hosted-attestations/.
 * Looked at: their structure, and that they are about this file. Not looked at: who signed, and the transparency log.
 */

const predicates: ReadonlySet<string> = new Set([
  'https://slsa.dev/provenance/v1',
  'https://docs.pypi.org/attestations/publish/v1',
]);
const maxAttestations = 10;

/** Says that nobody here has checked who published. */
const publisher = { kind: 'unverified', claims: null };

/** The provenance document that is served for the file, JSON text; refuses what isn't about these bytes. */
export function provenanceOf(text: string, file: DistributionName, sha256: string): string {
  const attestations = parsed(text);
  if (!Array.isArray(attestations) || attestations.length === 0 || attestations.length > maxAttestations) {
    throw invalid(`must be a JSON array of one to ${maxAttestations} objects`);
  }
  for (const attestation of attestations) checkAttestation(attestation, file, sha256);
  // As sent: what is nested without end can be read, but not written again.
  return `{"version":1,"attestation_bundles":[{"publisher":${JSON.stringify(publisher)},"attestations":${text}}]}`;
}

function checkAttestation(attestation: unknown, file: DistributionName, sha256: string): void {
  if (member(attestation, 'version') !== 1) throw invalid('must be of version 1');
  const material = member(attestation, 'verification_material');
  const entries = member(material, 'transparency_entries');
  if (!isBase64(stringMember(material, 'certificate'))) throw invalid('lack a certificate');
  if (!Array.isArray(entries) || entries.length === 0 || !entries.every(isObject)) {
    throw invalid('lack transparency entries');
  }
  const envelope = member(attestation, 'envelope');
  if (!isBase64(stringMember(envelope, 'signature'))) throw invalid('lack a signature');
  checkStatement(parsed(decoded(stringMember(envelope, 'statement'))), file, sha256);
}

/** An in-toto statement about exactly this file. */
function checkStatement(statement: unknown, file: DistributionName, sha256: string): void {
  if (stringMember(statement, '_type') !== 'https://in-toto.io/Statement/v1')
    throw invalid('hold no in-toto statement');
  if (!predicates.has(stringMember(statement, 'predicateType') ?? '')) throw invalid('are of a type unknown here');
  const subjects = member(statement, 'subject');
  if (!Array.isArray(subjects) || subjects.length !== 1) throw invalid('must be about one file each');
  const [subject] = subjects as readonly unknown[];
  if (!isNamed(stringMember(subject, 'name') ?? '', file)) throw invalid(`are not about ${file.fileName}`);
  if (stringMember(member(subject, 'digest'), 'sha256') !== sha256) throw invalid('are about other bytes');
}

/** The same distribution, in whatever spelling. */
function isNamed(name: string, file: DistributionName): boolean {
  return readDistributionName(name, file.project)?.uniqueKey === file.uniqueKey;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid('are not JSON');
  }
}

function decoded(base64: string | null): string {
  if (!isBase64(base64)) throw invalid('lack a statement');
  return Buffer.from(base64, 'base64').toString('utf8');
}

function isBase64(text: string | null): text is string {
  return text !== null && text !== '' && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function invalid(what: string): Error {
  return problem('invalid-request', `The attestations ${what}.`);
}
