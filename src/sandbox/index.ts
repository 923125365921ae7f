export { startSandbox, type Sandbox, type SandboxOptions } from './start.ts';
export type { Fault, FaultKind } from './faults/plan.ts';
export type { StoredEvent } from './events/store.ts';
export type { ScarfState } from './scarf/emulator.ts';
export type { Artifact, JobOutcome, OutcomeKind, ScarfOptions } from './scarf/options.ts';
