/**
 * Measures a folder by a sample: `MUTATION_SAMPLE=0.1 npm run mutation -- --mutate 'src/formats/**'` tries about one
 * mutant in ten. Which ones follows from `MUTATION_SEED` (1 without) and from what each mutant is, so that a sample can be
 * drawn again, and a change of one file draws no others elsewhere. Mutants that are left out count for nothing: Stryker
 * lists them as compile errors, which is its word for what a checker turned away.
 */
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

const share = Number(process.env.MUTATION_SAMPLE ?? 1);
const seed = process.env.MUTATION_SEED ?? '1';

/** A number from 0 up to 1 that is the same for the same mutant and seed. */
function draw({ fileName, location, mutatorName, replacement }) {
  const file = relative(process.cwd(), fileName).replaceAll('\\', '/');
  const mutant = JSON.stringify([seed, file, location, mutatorName, replacement]);
  return createHash('sha256').update(mutant).digest().readUInt32BE() / 2 ** 32;
}

class Sample {
  async init() {}

  async check(mutants) {
    const results = mutants.map((mutant) => [
      mutant.id,
      draw(mutant) < share ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' },
    ]);
    return Object.fromEntries(results);
  }

  async group(mutants) {
    return [mutants.map(({ id }) => id)];
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, 'sample', Sample)];
