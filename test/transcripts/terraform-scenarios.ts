import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tarball } from '../harness/tarball.ts';
import { manifestFile, providerArchive, publisher, sumsFile } from '../harness/terraform-providers.ts';
import { zip } from '../harness/zip.ts';
import type { Command, Scenario } from './scenarios.ts';

/** The registry's own host, whose services the settings name: `http` is allowed there. */
const host = '127.0.0.1';
const platform = 'linux_amd64';

const variable =
  'variable "greeting" {\n  type        = string\n  default     = "hello"\n  description = "What to say"\n}\n';
const part = 'output "part" {\n  value = 1\n}\n';
const needs =
  'terraform {\n  required_providers {\n    demo = {\n      source  = "acme/demo"\n      version = ">= 1.0"\n    }\n  }\n}\n';

const archives =
  () =>
  async (folder: string): Promise<void> => {
    const files = [
      { name: 'main.tf', content: variable },
      { name: 'README.md', content: '# Hello\n' },
      { name: 'modules/part/main.tf', content: part },
    ];
    await writeFile(join(folder, 'module.tgz'), await tarball(files));
    await writeFile(join(folder, 'module.zip'), zip(files.map(({ name, content: body }) => ({ name, body }))));
    await writeFile(join(folder, 'needs.tgz'), await tarball([{ name: './versions.tf', content: needs }]));
  };

/** A release, its sums signed by a key made for the recording. Text stands as transcripts keep it: JSON indented, no last line end. */
const release =
  () =>
  async (folder: string): Promise<void> => {
    const { name: manifest, body: compact } = manifestFile('demo', '1.0.0', ['6.0']);
    const indented = Buffer.from(JSON.stringify(JSON.parse(compact.toString()), null, 2));
    const files = [providerArchive('demo', '1.0.0', platform), { name: manifest, body: indented }];
    const listed = sumsFile('demo', '1.0.0', files);
    const sums = { ...listed, body: Buffer.from(listed.body.toString().trimEnd()) };
    const own = publisher();
    for (const { name, body } of [...files, sums, own.sign(sums)]) await writeFile(join(folder, name), body);
    await writeFile(join(folder, 'key.asc'), own.armored.trimEnd());
  };

const configuration =
  (text: string) =>
  async (folder: string): Promise<void> => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'main.tf'), text);
  };

const init = (text: string): Command => ({
  prepare: configuration(text),
  argv: ['terraform@1.15', 'init', '-no-color'],
});

const module = (name: string, version: string): string =>
  `module "m" {\n  source  = "${host}/root/${name}"\n  version = "${version}"\n}\n`;

const put = (file: string, path: string): Command => ({ argv: ['curl', '-T', file, `<packages>/${path}`] });
const get = (path: string): Command => ({ argv: ['curl', path] });

const provider = `terraform {\n  required_providers {\n    demo = {\n      source  = "${host}/root/demo"\n      version = "1.0.0"\n    }\n  }\n}\n`;
const stem = 'terraform-provider-demo_1.0.0';

export const terraformScenarios: readonly Scenario[] = [
  {
    file: 'terraform/modules',
    title: 'curl uploads modules, terraform init installs them',
    commands: [
      {
        prepare: archives(),
        argv: ['curl', '-T', 'module.tgz', '<packages>/terraform/modules/hello/local/1.0.0/file'],
      },
      put('module.zip', 'terraform/modules/hello/local/1.1.0/file'),
      put('needs.tgz', 'terraform/modules/needs/local/1.0.0/file'),
      put('module.tgz', 'terraform/modules/hello/local/1.1.0/file'),
      put('module.tgz', 'terraform/modules/hello/local/1.1/file'),
      put('module.tgz', 'terraform/modules/Hello/local/1.0.0/file'),
      put('module.tgz', 'terraform/modules/hello/local/1.2.0'),
      init(module('hello/local', '1.0.0')),
      init(module('hello/local', '1.1.0')),
      init(module('none/local', '1.0.0')),
      get('<origin>/.well-known/terraform.json'),
      get('<origin>/api/v4/packages/terraform/modules/v1/root/hello/local'),
      get('<origin>/api/v4/packages/terraform/modules/v1/root/needs/local/1.0.0'),
      get('<origin>/api/v4/packages/terraform/modules/v1/root/hello/local/download'),
      get('<origin>/api/v4/packages/terraform/modules/v1/search?q=hel'),
      get('<packages>/terraform/modules/hello/local?terraform-get=1'),
      get('<packages>/terraform/modules/hello/local/1.0.0'),
    ],
  },
  {
    file: 'terraform/providers',
    title: 'curl uploads a release that its publisher signed, terraform init installs it',
    commands: [
      { prepare: release(), argv: ['curl', '-T', `${stem}_SHA256SUMS`, `<packages>/terraform_provider/demo/1.0.0/`] },
      put(`${stem}_SHA256SUMS.sig`, 'terraform_provider/demo/1.0.0/'),
      put('key.asc', 'terraform_provider/signing-keys'),
      put(`${stem}_SHA256SUMS.sig`, 'terraform_provider/demo/1.0.0/'),
      put(`${stem}_manifest.json`, 'terraform_provider/demo/1.0.0/'),
      get('<origin>/api/v4/packages/terraform_provider/v1/root/demo/versions'),
      put(`${stem}_${platform}.zip`, 'terraform_provider/demo/1.0.0/'),
      put(`${stem}_${platform}.zip`, 'terraform_provider/demo/1.0.0/'),
      init(provider),
      get('<origin>/api/v4/packages/terraform_provider/v1/root/demo/1.0.0/download/plan9/amd64'),
      get(`<origin>/api/v4/packages/terraform_provider/mirror/${host}/root/demo/index.json`),
      get(`<origin>/api/v4/packages/terraform_provider/mirror/${host}/root/demo/1.0.0.json`),
      get(`<origin>/api/v4/packages/terraform_provider/mirror/registry.terraform.io/root/demo/index.json`),
    ],
  },
];
