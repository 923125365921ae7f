/** Names the tests that passed at the second attempt only, in CI, where there is one. */
import type { Reporter, TestModule } from 'vitest/node';

export default class FlakyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests('passed')) {
        if (test.diagnostic()?.flaky !== true) continue;
        console.log(`passed at the second attempt only: ${module.relativeModuleId}: ${test.fullName}`);
      }
    }
  }
}
