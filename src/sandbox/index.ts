export { startSandbox, type Sandbox, type SandboxOptions } from './start.ts';
export type { Fault, FaultKind } from './faults/plan.ts';
export type { StoredEvent } from './events/store.ts';
export type { LogInsightOptions } from './loginsight/options.ts';
export type { MoesifOptions } from './moesif/options.ts';
export type { ScarfExportOptions } from './scarf/exports/options.ts';
export type { ScarfState } from './scarf/emulator.ts';
export type { Artifact, JobOutcome, OutcomeKind, ScarfOptions } from './scarf/options.ts';
export type { SumatraOptions } from './sumatra/options.ts';
