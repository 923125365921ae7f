/** The order of test files: the slowest first, so that none of them runs alone at the end. */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Of these nothing tells it where no earlier run is known: they are short, and run long tables or programs. */
const LONGEST = [
  'test/contracts/hostile/hostile.test.ts',
  'test/contracts/deliveries.test.ts',
  'test/docs/examples.test.ts',
  'test/chaos/chaos.test.ts',
  'test/formats/cases.test.ts',
  'test/storage/outputs.test.ts',
  'test/page/report.test.ts',
  'test/commands/rejects-kinds.test.ts',
  'test/demo/demo.test.ts',
  'test/commands/export/killed.test.ts',
  'test/commands/export/model.test.ts',
  'test/commands/export/ranges.test.ts',
  'test/commands/export/incremental.test.ts',
  'test/chaos/processes.test.ts',
  'test/security/few-resources.test.ts',
  'test/security/output-devices.test.ts',
  'test/commands/export/sandbox.test.ts',
  'test/deploy/command-lines.test.ts',
];

export class LongestFirst extends BaseSequencer {
  /** Files of one project stay together, in the order that vitest gives to projects. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((one) => {
      const own = sorted.filter(({ project }) => project === one);
      return own.toSorted((first, second) => this.#rankOf(first) - this.#rankOf(second));
    });
  }

  #rankOf({ moduleId }: TestSpecification): number {
    const rank = LONGEST.indexOf(relative(this.ctx.config.root, moduleId));
    return rank === -1 ? LONGEST.length : rank;
  }
}
