export { startSandbox, type Sandbox, type SandboxOptions } from './start.ts';
export { parseFaults } from './faults/parse.ts';
export type { Fault } from './faults/plan.ts';
export type { LogInsightOptions } from './loginsight/options.ts';
export type { MoesifOptions } from './moesif/options.ts';
export type { ScarfExportOptions } from './scarf/exports/options.ts';
export type { Artifact, OutcomeKind, ScarfOptions } from './scarf/options.ts';
export type { RequestRecord } from './traffic.ts';
