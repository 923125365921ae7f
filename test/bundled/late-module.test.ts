/** Modules that V8 compiles once (`src/bundled/inside/late-module.js`), in a process of their own. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** `spin(n)`: a loop of n rounds. */
const spin = [
  [
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x01, 0x7f, 0x00, 0x03, 0x02,
    0x01,
  ],
  [
    0x00, 0x07, 0x08, 0x01, 0x04, 0x73, 0x70, 0x69, 0x6e, 0x00, 0x00, 0x0a, 0x10, 0x01, 0x0e, 0x00, 0x03,
    0x40,
  ],
  [0x20, 0x00, 0x41, 0x01, 0x6b, 0x22, 0x00, 0x0d, 0x00, 0x0b, 0x0b],
].flat();
const lateModule = new URL('../../src/bundled/inside/late-module.js', import.meta.url).href;
/** Longer than a budget of any size. */
const rounds = 400_000_000;

/** A section that says nothing: V8 has one module for the same bytes. */
const another = [0x00, 0x02, 0x01, 0x61];
/** Spins a late module, and then a usual one until V8 has compiled it a second time; prints whether it did that to the late one. */
const script = `import { LateModule } from '${lateModule}';
  const spins = (Module, bytes) => new WebAssembly.Instance(new Module(new Uint8Array(bytes))).exports.spin;
  const late = spins(LateModule, [${spin.join()}]);
  const usual = spins(WebAssembly.Module, [${[...spin, ...another].join()}]);
  late(${rounds});
  while (%IsLiftoffFunction(usual)) usual(1_000_000);
  console.log(%IsLiftoffFunction(late));`;

// Later versions put it off (late-module.js), for fewer rounds than these.
const [major] = process.versions.node.split('.');

test.runIf(Number(major) <= 22)(
  'a late module stays as V8 compiled it at first, a usual one does not',
  async () => {
    const options = ['--allow-natives-syntax', '--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, options);
    expect(stdout).toBe('true\n');
  },
);
